//! Files become work orders aside, with all that is to be said of them.

use super::spool::{Collecting, Kept, Spool};
use crate::decode::{EncodingChoice, TableRow, Text, TreeKind, walk};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::format::{Claim, ExportColumn, Limits, Registry};
use crate::map::{Heard, WorkOrderDraft, WorkOrderListener, WorkOrderTable, field_of};
use crate::model::{Field, WorkOrder, WorkOrderField, WorkOrderFilter, Zone};
use crate::pipeline::look::{Known, Seen, Subject};
use crate::pipeline::source::{Opened, Source, expand};
use crate::pipeline::{Progress, Stop};
use crate::validate::WorkOrderTerms;

/// Everything that reading work orders needs.
pub struct WorkOrderRequest<'r> {
    /// The files, in the order of the user.
    pub files: &'r [Source],
    /// Formats and manufacturers.
    pub registry: &'r Registry,
    /// The list whose headings a table may have.
    pub format: &'r str,
    /// By whose clocks a table may write moments; those of the list, unless the user says otherwise.
    pub zone: Option<&'r Zone>,
    /// Which work orders are wanted.
    pub filter: &'r WorkOrderFilter,
    /// Told how far it is.
    pub progress: &'r dyn Progress,
    /// Asked whether to stop.
    pub stop: &'r Stop,
}

/// Something that is said of a file.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// The file, by its place in [`WorkOrders::files`].
    pub file: usize,
    /// What is wrong or doubtful.
    pub diagnostic: Diagnostic,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileNotes {
    /// Its bare name.
    pub name: String,
    /// Work orders read.
    pub read: u64,
    /// Those that were refused.
    pub refused: u64,
    /// Those that were there already with the same content.
    pub repeated: u64,
}

/// How much is said at most; all of it is counted.
const SAID: usize = 10_000;

/// Work orders between two looks at the wish to stop.
const BETWEEN: u64 = 1024;

/// Work orders that were read.
pub struct WorkOrders {
    /// The files, in their order.
    pub files: Vec<FileNotes>,
    /// What is said of them, the first ten thousand.
    pub noticed: Vec<Noticed>,
    /// How much is left unsaid.
    pub unsaid: u64,
    /// Good work orders that nobody wanted.
    pub left_out: u64,
    /// Those that come from no file.
    kept: u64,
    spool: Spool,
}

impl WorkOrders {
    /// Work orders of a ledger.
    pub(super) fn of(spool: Spool, kept: u64) -> Self {
        Self { files: Vec::new(), noticed: Vec::new(), unsaid: 0, left_out: 0, kept, spool }
    }

    /// How many are wanted.
    pub fn len(&self) -> u64 {
        self.spool.len() as u64
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Work orders read.
    pub fn read(&self) -> u64 {
        self.kept + self.files.iter().map(|file| file.read).sum::<u64>()
    }

    /// Those that were refused.
    pub fn refused(&self) -> u64 {
        self.files.iter().map(|file| file.refused).sum()
    }

    /// Those that were there already.
    pub fn repeated(&self) -> u64 {
        self.files.iter().map(|file| file.repeated).sum()
    }

    /// Gives each wanted one, in the order of the numbers.
    pub fn each(&self, take: impl FnMut(WorkOrder) -> Result<()>) -> Result<()> {
        self.spool.each(take)
    }

    /// The error for a result without any.
    pub fn none(&self) -> Error {
        Error::new(Code::ExportEmpty, Arguments::none().with("read", self.read()))
    }
}

/// Reads all of the files. One that cannot be read refuses all: every such file is told, the first as the error of the run.
pub fn read_work_orders(request: &WorkOrderRequest<'_>) -> std::result::Result<WorkOrders, Vec<(String, Error)>> {
    let alone = |error| vec![(String::new(), error)];
    let limits = request.registry.format("generic").map_err(alone)?.limits;
    let mut reading = Reading {
        request,
        limits,
        terms: WorkOrderTerms::of(request.registry),
        collecting: Collecting::begin().map_err(alone)?,
        files: Vec::new(),
        noticed: Vec::new(),
        unsaid: 0,
        left_out: 0,
        seen: 0,
    };
    let mut failures = Vec::new();
    for (name, input) in expand(request.files, &limits) {
        reading.files.push(FileNotes { name: name.clone(), ..FileNotes::default() });
        let read = input.and_then(|input| reading.file(&input.open(&limits)?));
        if let Err(error) = read {
            let is_the_end = matches!(error.code, Code::Interrupted | Code::Terminated);
            failures.push((name, error));
            if is_the_end {
                break;
            }
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let Reading { collecting, files, noticed, unsaid, left_out, .. } = reading;
    Ok(WorkOrders { files, noticed, unsaid, left_out, kept: 0, spool: collecting.finish().map_err(alone)? })
}

/// What a heading says of its table to those who look for one. They know a table by two words that stand side by side in
/// no other: in orders a reference and a quantity, here the two numbers of a work order.
fn claims(heading: &str, known: &[ExportColumn]) -> &'static [Claim] {
    const fn surely(field: Field) -> [Claim; 1] {
        [Claim { target: Some(field), strong: true }]
    }
    const FIRST: [Claim; 1] = surely(Field::Reference);
    const SECOND: [Claim; 1] = surely(Field::Quantity);
    const OTHER: [Claim; 1] = surely(Field::WorkOrder);
    match field_of(heading, known) {
        Some(WorkOrderField::MandateId) => &FIRST,
        Some(WorkOrderField::OrderMission) => &SECOND,
        Some(_) => &OTHER,
        None => &[],
    }
}

/// Reading under way.
struct Reading<'r> {
    request: &'r WorkOrderRequest<'r>,
    limits: Limits,
    terms: WorkOrderTerms<'r>,
    collecting: Collecting,
    files: Vec<FileNotes>,
    noticed: Vec<Noticed>,
    unsaid: u64,
    left_out: u64,
    seen: u64,
}

impl Reading<'_> {
    fn file(&mut self, opened: &Opened) -> Result<()> {
        let subject = Subject::survey(opened, self.request.registry)?;
        self.request.progress.begin(opened.name(), subject.survey.bytes);
        let read = match subject.tree_kind() {
            Some(kind) => {
                subject.tree_encoding(kind, Known::default()).and_then(|encoding| self.tree(opened, kind, encoding))
            }
            None => self.table(opened, &subject),
        };
        self.request.progress.end();
        read?;
        opened.check_unchanged()
    }

    fn tree(&mut self, opened: &Opened, kind: TreeKind, encoding: EncodingChoice) -> Result<()> {
        let (limits, path) = (self.limits, opened.path().display().to_string());
        let mut take = |heard| self.take(heard);
        let mut listener = WorkOrderListener::new(kind, &limits, &path, &mut take);
        let text = Text::utf8(opened.file()?, encoding);
        walk(text, kind, &limits, &path, &mut listener).map_err(|error| opened.row_failed(error))?;
        listener.end()
    }

    fn table(&mut self, opened: &Opened, subject: &Subject<'_>) -> Result<()> {
        let format = self.request.registry.export_format(self.request.format)?;
        let claims = |heading: &str| claims(heading, &format.columns);
        // As we write them, and as spreadsheets do: a cell that ends with a backslash is no puzzle.
        let known = Known { is_standard: true, ..Known::default() };
        let Seen { layout, sample } = subject.look(known, &self.limits, &claims)?;
        let (headings, first) = (&sample.headings, sample.frame.first);
        let zone = self.request.zone.unwrap_or(&format.zone);
        let path = &subject.path;
        let table = WorkOrderTable::new(headings, &format.columns, layout.charset(), zone, &self.limits, path)?;
        // Only the profile for spreadsheets has a mark at its beginning.
        let table = table.neutralised(layout.encoding().is_some_and(|encoding| encoding.mark > 0));
        let mut rows = layout.rows(headings.len(), opened, self.request.registry, &self.limits)?;
        let (mut row, mut place) = (TableRow::default(), 0);
        while rows.next(&mut row).map_err(|error| opened.row_failed(error))? {
            if row.is_blank_line() {
                continue;
            }
            place += 1;
            if place <= first + 1 || row.cells().all(<[u8]>::is_empty) {
                continue;
            }
            let draft = table.draft(&row).map_err(|error| opened.row_failed(error))?;
            self.draft(draft)?;
        }
        Ok(())
    }

    fn take(&mut self, heard: Heard) -> Result<()> {
        match heard {
            Heard::Said(diagnostic) => {
                self.say(diagnostic);
                Ok(())
            }
            Heard::Draft(draft) => self.draft(*draft),
        }
    }

    fn draft(&mut self, draft: WorkOrderDraft) -> Result<()> {
        if self.seen.is_multiple_of(BETWEEN) {
            self.request.stop.check()?;
        }
        self.seen += 1;
        if self.seen > self.limits.lines {
            let arguments = Arguments::none().with("what", "lines").with("limit", self.limits.lines);
            return Err(Error::new(Code::LimitExceeded, arguments));
        }
        let line = draft.line;
        let (order, diagnostics) = self.terms.judge(draft);
        for diagnostic in diagnostics {
            self.say(diagnostic);
        }
        let file = self.files.len() - 1;
        self.files[file].read += 1;
        let Some(order) = order else {
            self.files[file].refused += 1;
            return Ok(());
        };
        let is_wanted = self.request.filter.takes(&order);
        match self.collecting.keep(&order, u32::try_from(file).unwrap_or(u32::MAX), is_wanted)? {
            Kept::New => self.left_out += u64::from(!is_wanted),
            Kept::Again => self.files[file].repeated += 1,
            Kept::Otherwise(other) => {
                self.files[file].refused += 1;
                let other = self.files.get(other as usize).map_or("", |file| &file.name);
                let arguments = Arguments::none().with("mandate", order.id()).with("other", other);
                let (code, value) = (Code::WorkOrderConflict, order.id().to_string());
                self.say(Diagnostic::new(code, line, None, value, arguments));
            }
        }
        Ok(())
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        if self.noticed.len() < SAID {
            self.noticed.push(Noticed { file: self.files.len() - 1, diagnostic });
        } else {
            self.unsaid += 1;
        }
    }
}
