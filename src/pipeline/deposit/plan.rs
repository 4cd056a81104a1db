//! How one deposit will be read: everything that is settled before its entries are judged.

use std::sync::Arc;

use super::DepositSettings;
use super::booking::Kept;
use crate::decode::{FileKind, SampleRecord, Survey, Wanted};
use crate::delimited::{Charset, Dialect};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Claim, Deposits, EntryFields, Key, Limits, RecordPlace, Registry, Target, ValueKind};
use crate::map::{DayTimeForms, EntryColumns, EntryMapping, EntryReader, kind_of};
use crate::model::DepositKind;
use crate::pipeline::look::{Known, Layout, SAMPLE_ROWS, Seen, Subject};
use crate::pipeline::pieces::MADE;
use crate::pipeline::plan::ReportKey;
use crate::pipeline::source::Opened;
use crate::report::OWN_COLUMNS;

/// How one deposit will be read.
#[derive(Debug)]
pub struct DepositPlan {
    /// What the whole file shows.
    pub survey: Arc<Survey>,
    /// Where its rows come from.
    pub layout: Layout,
    /// How the cells of its pieces are told apart.
    pub(super) dialect: Dialect,
    /// The line of the heading.
    pub heading_line: Option<u64>,
    /// The first line that may be an entry.
    pub(super) first_line: u64,
    /// Which column holds which field.
    pub mapping: EntryMapping,
    /// What its columns are to be looked at for.
    columns: EntryColumns,
    forms: DayTimeForms,
    pub(super) limits: Limits,
    /// Where the keys of a corrected report stand.
    pub(super) key: Option<ReportKey>,
    /// Whether the entries come from XML or JSON, be it by way of a corrected report.
    from_tree: bool,
}

/// Tells how the file was read that a report corrects.
pub(in crate::pipeline) type Parent<'p> = &'p mut dyn FnMut(&ReportKey) -> Result<Kept>;

/// What the heading of a deposit names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Manufacturer,
    Report,
    Other,
}

impl Target for Word {
    const PROOF: [Self; 2] = [Self::Manufacturer, Self::Report];
}

/// The claims of a heading that a deposit may have.
const fn claim(target: Word) -> [Claim<Word>; 1] {
    [Claim { target: Some(target), strong: true }]
}

const MANUFACTURER: [Claim<Word>; 1] = claim(Word::Manufacturer);
const REPORT: [Claim<Word>; 1] = claim(Word::Report);
const OTHER: [Claim<Word>; 1] = claim(Word::Other);

/// A longer cell is no heading.
const HEADING_BYTES: usize = 100;

fn claims(heading: &str, fields: &EntryFields) -> &'static [Claim<Word>] {
    // Numbers are none, either.
    if heading.len() > HEADING_BYTES || !heading.bytes().any(|c| c.is_ascii_alphabetic() || !c.is_ascii()) {
        return &[];
    }
    match fields.named(heading) {
        [] => &[],
        [id] if *id == fields.key(Key::ManufacturerId) => &MANUFACTURER,
        [id] if *id == fields.key(Key::ReportNumber) => &REPORT,
        _ => &OTHER,
    }
}

impl DepositPlan {
    /// Looks at a file and settles how it will be read.
    pub(in crate::pipeline) fn make(
        opened: &Opened,
        registry: &Registry,
        settings: &DepositSettings,
        parent: Option<Parent<'_>>,
    ) -> Result<Self> {
        Self::look(opened, registry, settings, parent, false)
    }

    /// Only looks whether a file is a deposit; nobody reads it by what that gives.
    pub(in crate::pipeline) fn glance(opened: &Opened, registry: &Registry, parent: Parent<'_>) -> Result<()> {
        Self::look(opened, registry, &DepositSettings::default(), Some(parent), true).map(drop)
    }

    fn look(
        opened: &Opened,
        registry: &Registry,
        settings: &DepositSettings,
        parent: Option<Parent<'_>>,
        is_brief: bool,
    ) -> Result<Self> {
        let deposits = registry.deposits()?;
        let limits = registry.format("generic")?.limits;
        let subject = Subject::survey(opened, registry)?;
        let places = places(&subject, deposits, settings.kind);
        let paths: Vec<_> = places.iter().map(|place| place.path.as_str()).collect();
        let known = Known {
            encoding: settings.encoding.as_deref(),
            delimiter: settings.delimiter,
            sheet: settings.sheet.as_deref(),
            records: Wanted { records: &paths, items_apart: true },
            is_brief,
            ..Known::default()
        };
        let seen = subject.look(known, &limits, &|heading| claims(heading, &deposits.fields));
        let seen = seen.map_err(|error| match error.code {
            // What helps with orders, a format that names the place, is of no use here.
            Code::RecordsNotFound => Error::new(Code::FieldsUnknown, Arguments::none().with("path", &subject.path)),
            _ => error,
        })?;
        let key = parent.and_then(|parent| Some((ReportKey::of(&seen, &subject)?, parent)));
        let Some((key, parent)) = key else { return Self::of(seen, &subject, &places, deposits, limits, settings) };
        let kept = parent(&key)?;
        let from_tree = kept.tree;
        let settings = DepositSettings { kind: DepositKind::from_name(&kept.kind), ..settings.clone() };
        let mut plan = Self::of(seen, &subject, &places, deposits, limits, &settings)?;
        plan.mapping.forget(|column| is_own(column, &key));
        plan.columns = EntryColumns::of(&plan.mapping, &deposits.fields);
        // Days stand in it as they did in the file, or as the spreadsheet program makes them.
        Ok(Self { key: Some(key), from_tree, forms: DayTimeForms::WrittenOrTyped, ..plan })
    }

    fn of(
        seen: Seen,
        subject: &Subject<'_>,
        places: &[&RecordPlace],
        deposits: &Deposits,
        limits: Limits,
        settings: &DepositSettings,
    ) -> Result<Self> {
        let Seen { layout, sample } = seen;
        let is_tree = matches!(layout, Layout::Tree { .. });
        let path = || Arguments::none().with("path", &subject.path);
        if !is_tree && !sample.is_known {
            // What stands in the first line may be about a person, and is not shown.
            return Err(Error::new(Code::FieldsUnknown, path()));
        }
        if is_tree && !could_be_deposit(&sample.headings, &deposits.fields) {
            return Err(Error::new(Code::FieldsUnknown, path()));
        }
        let kind = kind(&layout, &sample.headings, places, deposits, settings);
        let kind =
            kind.ok_or_else(|| Error::new(Code::KindUnknown, path().with("headings", sample.headings.join(", "))))?;
        if sample.headings.len() > limits.columns {
            let what = format_args!("columns {}", sample.headings.len()).to_string();
            return Err(Error::new(
                Code::LimitExceeded,
                Arguments::none().with("what", what).with("limit", limits.columns),
            ));
        }
        let mut mapping = EntryMapping::assign(sample.headings.clone(), kind, &deposits.fields)?;
        if !mapping.is_deposit(&deposits.fields) {
            return Err(Error::new(Code::FieldsUnknown, path().with("headings", sample.headings.join(", "))));
        }
        let is_whole = layout.dialect().is_none() || subject.is_whole(subject.survey.head.len());
        let body = sample.body();
        if is_whole && sample.records.len() < SAMPLE_ROWS && body.iter().all(SampleRecord::is_blank) {
            return Err(Error::new(Code::HeadingAlone, path()));
        }
        let lettered = lettered(&mapping, body, deposits);
        mapping.set_lettered(lettered);
        let forms = match layout {
            Layout::Delimited { .. } | Layout::Agora { .. } => DayTimeForms::Written,
            Layout::Workbook { .. } => DayTimeForms::WrittenOrTyped,
            Layout::Tree { .. } => DayTimeForms::Iso,
        };
        Ok(Self {
            survey: subject.survey.clone(),
            dialect: layout.plain().unwrap_or(MADE),
            heading_line: sample.heading_line(),
            first_line: body.first().map_or(0, |record| record.line),
            columns: EntryColumns::of(&mapping, &deposits.fields),
            layout,
            mapping,
            forms,
            limits,
            key: None,
            from_tree: is_tree,
        })
    }

    /// How its records are read.
    pub(super) fn reader<'p>(&'p self, fields: &'p EntryFields) -> EntryReader<'p> {
        EntryReader::new(&self.mapping, fields, self.charset(), self.forms, &self.columns)
    }

    /// The same for entries that somebody typed: days may stand as people write them.
    pub(super) fn with_written_days(self) -> Self {
        Self { forms: DayTimeForms::WrittenOrTyped, ..self }
    }

    /// The encoding of the cells.
    pub(super) fn charset(&self) -> Charset {
        self.layout.charset()
    }

    /// Whether its records come from XML or JSON.
    pub(super) fn is_tree(&self) -> bool {
        matches!(self.layout, Layout::Tree { .. })
    }

    /// Whether its entries come from XML or JSON, be it by way of a corrected report.
    pub(super) fn is_from_tree(&self) -> bool {
        self.from_tree
    }

    /// Whether a column is one of ours, in a corrected report.
    pub(super) fn is_own(&self, column: usize) -> bool {
        self.key.as_ref().is_some_and(|key| is_own(column, key))
    }

    /// Places of records of the other kind, which are not read.
    pub(super) fn other_records(&self) -> Vec<&str> {
        let Layout::Tree { outline, .. } = &self.layout else { return Vec::new() };
        outline.others.iter().map(String::as_str).filter(|place| *place != "/").collect()
    }
}

/// Columns of countries whose cells are codes of letters throughout.
fn lettered(mapping: &EntryMapping, body: &[SampleRecord], deposits: &Deposits) -> Vec<usize> {
    let is_lettered = |column: usize| {
        let cells = body.iter().filter_map(|record| record.cells.get(column)).map(|cell| cell.trim());
        let mut filled = cells.filter(|cell| !cell.is_empty()).peekable();
        filled.peek().is_some() && filled.all(|cell| deposits.rules.country_of_letters(cell.as_bytes()).is_some())
    };
    let countries = mapping.mapped().filter(|(_, field)| deposits.fields.get(*field).kind == ValueKind::Country);
    countries.map(|(column, _)| column).filter(|column| is_lettered(*column)).collect()
}

/// Whether a column of a corrected report is one of ours, whatever it is called.
fn is_own(column: usize, key: &ReportKey) -> bool {
    let (before, behind) =
        if key.sheet.is_some() { (OWN_COLUMNS, key.column) } else { (0, key.column.saturating_sub(1)) };
    column < before || column >= behind
}

/// Where records may stand in a file of this kind, those of the kind that is asked for first.
fn places<'d>(subject: &Subject<'_>, deposits: &'d Deposits, kind: Option<DepositKind>) -> Vec<&'d RecordPlace> {
    let source = if subject.kind == FileKind::Xml { "xml" } else { "json" };
    let mut places: Vec<_> = deposits.places.iter().filter(|place| place.source == source).collect();
    places.sort_by_key(|place| place.kind.is_none() || (kind.is_some() && place.kind != kind));
    places
}

/// Whether fields have names that hardly anything but claims and repair files has.
fn could_be_deposit(headings: &[String], fields: &EntryFields) -> bool {
    let own = [Key::ReportNumber, Key::InterventionTypeId].map(|key| fields.key(key));
    headings.iter().flat_map(|heading| fields.named(heading)).any(|field| own.contains(field))
}

/// The kind that the caller tells, else the place of the records, else their fields.
fn kind(
    layout: &Layout,
    headings: &[String],
    places: &[&RecordPlace],
    deposits: &Deposits,
    settings: &DepositSettings,
) -> Option<DepositKind> {
    let place = layout.records().and_then(|records| places.iter().find(|place| place.path == records));
    let told = place.and_then(|place| place.kind);
    let Layout::Tree { outline, .. } = layout else {
        return settings.kind.or_else(|| kind_of(headings, &deposits.fields));
    };
    let others = places.iter().filter(|place| place.kind.is_some() && place.kind != told);
    // Nobody guesses which of two lists is meant.
    let is_mixed = others.into_iter().any(|place| outline.others.contains(&place.path));
    if is_mixed { settings.kind } else { settings.kind.or(told).or_else(|| kind_of(headings, &deposits.fields)) }
}
