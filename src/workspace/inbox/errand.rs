//! What is done to a file, by what it is there for.

use std::path::{Path, PathBuf};

use super::super::Workspace;
use super::super::work_order::AcceptedWorkOrder;
use super::InboxRequest;
use super::place::prefix;
use crate::diagnostic::{Arguments, Code, Error, Exit, Result};
use crate::format::{DropSettings, Registry};
use crate::ledger::{
    Arrived, DepositBook as _, DepositFilter, DepositId, EntryBook as _, ImportEntry, ImportOrigin, Matched, Stamp,
};
use crate::model::{ClaimStatus, Counts, DepositKind, Errand, Language, WorkOrderFilter};
use crate::pipeline::{
    self, DepositAccept, DepositRequest, DepositSettings, FileResult, GuessSettings, ImportRequest, Opened, Recognised,
    Settings, Source, WorkOrderRequest, file_hash, recognise,
};
use crate::report::{Summary, render_deposit, render_error, render_finding, render_notices, render_summary};

/// The list whose headings a table of work orders may have.
const WORK_ORDERS: &str = "work-orders";

/// What the names of order files begin with that were taken.
pub(super) const IMPORT: &str = "import";

/// What became of a file.
pub(super) struct Done {
    pub(super) exit: Exit,
    pub(super) number: Option<i64>,
    /// Read, taken, refused.
    pub(super) counts: [u64; 3],
    /// What its name begins with where it goes.
    pub(super) prefix: Option<String>,
    /// Where the ledger keeps a copy, as seen from the workspace.
    pub(super) kept: Option<PathBuf>,
    /// Where it keeps the same file since it came before.
    pub(super) kept_before: Option<PathBuf>,
    /// The folder of its reports, as seen from the workspace.
    pub(super) reports: Option<PathBuf>,
    /// What is said of it.
    pub(super) page: String,
    pub(super) error: Option<Error>,
}

impl Done {
    /// A file that could not be read.
    pub(super) fn failed(error: Error) -> Self {
        let exit = error.exit();
        Self { error: Some(error), ..Self::ended(exit, [0; 3]) }
    }

    /// Whether its file goes back to where it was dropped: that it could not be done now is not for the file to say, nor that
    /// there is no catalogue.
    pub(super) fn goes_back(&self) -> bool {
        let is_no_catalogue = |error: &Error| error.code == Code::CatalogueMissing;
        self.error.as_ref().is_some_and(is_no_catalogue)
            || matches!(
                self.exit,
                Exit::Interrupted | Exit::Terminated | Exit::Io | Exit::TryLater | Exit::Locked | Exit::Usage
            )
    }

    fn ended(exit: Exit, counts: [u64; 3]) -> Self {
        Self {
            exit,
            number: None,
            counts,
            prefix: None,
            kept: None,
            kept_before: None,
            reports: None,
            page: String::new(),
            error: None,
        }
    }

    /// The same file, done once more in another sense, or another file of the same archive.
    fn and(self, other: Self, language: Language) -> Self {
        let [read, taken, refused] = self.counts;
        let is_taken = |exit| matches!(exit, Exit::Accepted | Exit::Partial);
        let exit = match self.exit.worst(other.exit) {
            Exit::Duplicate | Exit::Rejected | Exit::Unreadable if is_taken(self.exit) || is_taken(other.exit) => {
                Exit::Partial
            }
            worst => worst,
        };
        let more = match (&self.error, &other.error) {
            (Some(_), Some(error)) => render_error(error, language),
            _ => String::new(),
        };
        let reports = if self.exit == Exit::Accepted { other.reports } else { self.reports };
        Self {
            exit,
            counts: [read + other.counts[0], taken + other.counts[1], refused + other.counts[2]],
            kept: other.kept.or(self.kept),
            kept_before: other.kept_before.or(self.kept_before),
            reports,
            page: self.page + &more + &other.page,
            error: self.error.or(other.error),
            ..self
        }
    }

    /// An order file.
    pub(super) fn of_order(file: FileResult, language: Language) -> Self {
        Self::of(file, IMPORT, |summary: &Summary, exit| render_summary(summary, None, exit, language))
    }

    /// An order file of an earlier run.
    pub(super) fn of_entry(import: &ImportEntry) -> Self {
        let exit = if import.rejected > 0 { Exit::Partial } else { Exit::Accepted };
        Self {
            number: Some(import.id.0),
            prefix: Some(prefix(IMPORT, import.id.0)),
            reports: import.reports.clone(),
            ..Self::ended(exit, [import.read, import.accepted, import.rejected])
        }
    }

    fn of<M>(file: FileResult<Summary<M>>, what: &str, page: impl Fn(&Summary<M>, Exit) -> String) -> Self {
        let exit = file.exit(false);
        let number = file.number;
        match file.result {
            Err(error) => Self::failed(error),
            Ok(summary) => Self {
                number,
                prefix: number.map(|number| prefix(what, number)),
                reports: file.out,
                page: page(&summary, exit),
                ..Self::ended(exit, counted(&summary.counts))
            },
        }
    }
}

/// The number of a draft invoice and that of the invoice for it, where a file is called so: `PF-2026-02__F-118.csv`.
fn invoice_numbers(file: &str) -> Option<(&str, &str)> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let (draft, invoice) = stem.split_once("__")?;
    let is_number = |text: &str| !text.trim().is_empty() && !text.contains("__");
    (is_number(draft) && is_number(invoice)).then(|| (draft.trim(), invoice.trim()))
}

fn counted(counts: &Counts) -> [u64; 3] {
    [counts.read(), counts.accepted, counts.rejected]
}

/// What a file is there for.
pub(super) fn recognise_file(opened: &Opened, registry: &Registry) -> Result<Recognised> {
    recognise(opened, registry)
}

/// How order files are read that were dropped.
pub(super) fn order_settings(dropped: &DropSettings, request: &InboxRequest<'_>, sync: bool) -> Settings {
    Settings {
        supplier: dropped.supplier.clone(),
        format: dropped.format.clone(),
        accept: dropped.accept,
        report_csv: true,
        report_xlsx: true,
        sync,
        language: request.language,
        ..Settings::default()
    }
}

impl Workspace {
    /// Does what a file is there for.
    pub(super) fn do_errand(
        &mut self,
        errand: Errand,
        path: &Path,
        settings: &DropSettings,
        request: &InboxRequest<'_>,
        stamp: &Stamp,
    ) -> Result<Done> {
        let source = Source::File(path.to_owned());
        match errand {
            Errand::Order => self.order_file(source, settings, request, stamp),
            Errand::Deposit => self.deposit_file(path, request, stamp),
            Errand::OrderResponse => self.order_response(&source, request, stamp),
            Errand::ClaimAnswer => self.claim_answer(&source, request, stamp),
            Errand::WorkOrder => self.work_order_file(&source, request, stamp),
            Errand::DraftInvoice => self.draft_invoice(&source, settings, request, stamp),
            Errand::Catalogue => {
                let loaded = self.load_catalogue(path, stamp)?;
                let parts = loaded.catalogue.len() as u64;
                let refused = loaded.damaged + loaded.repeated;
                let exit = if refused > 0 { Exit::Partial } else { Exit::Accepted };
                Ok(Done::ended(exit, [parts + refused, parts, refused]))
            }
        }
    }

    fn order_file(
        &mut self,
        source: Source,
        settings: &DropSettings,
        request: &InboxRequest<'_>,
        stamp: &Stamp,
    ) -> Result<Done> {
        let InboxRequest { registry, language, progress, stop, .. } = *request;
        let settings = order_settings(settings, request, self.sync);
        let catalogue = self.catalogue()?;
        let files = [source];
        let import = ImportRequest {
            files: &files,
            out: None,
            catalogue: &catalogue,
            registry,
            account: None,
            settings: &settings,
            progress,
            stop,
        };
        let batch = self.import(&import, ImportOrigin::File, false, stamp.clone())?;
        // An archive has several, or none.
        let done = batch
            .files
            .into_iter()
            .map(|file| Done::of_order(file, language))
            .reduce(|done, file| done.and(file, language));
        Ok(done.unwrap_or_else(|| Done::ended(Exit::Rejected, [0; 3])))
    }

    /// A file with a list of claims and one of repair files is deposited once for each.
    fn deposit_file(&mut self, path: &Path, request: &InboxRequest<'_>, stamp: &Stamp) -> Result<Done> {
        let kinds = pipeline::deposit_kinds(&Source::File(path.to_owned()), request.registry).unwrap_or_default();
        let (first, rest) = match &*kinds {
            [first, rest @ ..] => (Some(*first), rest),
            [] => (None, &[][..]),
        };
        let mut done = self.deposit_one(path, first, request, stamp)?;
        for kind in rest {
            done = done.and(self.deposit_one(path, Some(*kind), request, stamp)?, request.language);
        }
        Ok(done)
    }

    fn deposit_one(
        &mut self,
        path: &Path,
        kind: Option<DepositKind>,
        request: &InboxRequest<'_>,
        stamp: &Stamp,
    ) -> Result<Done> {
        let InboxRequest { registry, language, progress, stop, .. } = *request;
        let settings = DepositSettings {
            kind,
            accept: DepositAccept::Drafts,
            report_csv: true,
            report_xlsx: true,
            report_json: true,
            sync: self.sync,
            language,
            ..DepositSettings::default()
        };
        let catalogue = self.catalogue()?;
        let files = [Source::File(path.to_owned())];
        let deposit = DepositRequest {
            files: &files,
            out: None,
            catalogue: &catalogue,
            registry,
            settings: &settings,
            progress,
            stop,
        };
        let mut batch = self.deposit(&deposit, stamp.clone())?;
        let Some(file) = batch.files.pop() else { return Ok(Done::ended(Exit::Rejected, [0; 3])) };
        let name = file.file.clone();
        let mut done = Done::of(file, "deposit", |summary, exit| render_deposit(summary, None, exit, language));
        // The ledger knows files that cannot be read, too; they have no number here.
        let known = if let Some(number) = done.number {
            self.ledger.deposit(DepositId(number))?
        } else {
            let of_bytes = DepositFilter { hash: Some(file_hash(path)?), ..DepositFilter::default() };
            self.ledger.deposits(&of_bytes)?.into_iter().find(|deposit| deposit.file == name)
        };
        let is_there = |kept: &PathBuf| self.root.join(kept).is_file();
        if let Some(known) = known {
            done.number = Some(known.id.0);
            done.kept = known.kept.filter(is_there);
            let earlier = known.parent.map(|parent| self.ledger.deposit(parent)).transpose()?.flatten();
            done.kept_before = earlier.and_then(|earlier| earlier.kept).filter(is_there);
        }
        Ok(done)
    }

    fn order_response(&mut self, source: &Source, request: &InboxRequest<'_>, stamp: &Stamp) -> Result<Done> {
        let response = self.respond(source, &GuessSettings::default(), false, request.registry, stamp)?;
        let (taken, refused) = (response.answered.taken, response.answered.refused.len() as u64);
        let found = response.answered.refused.iter();
        let page = found.map(|each| render_finding(each.code, &each.arguments, request.language)).collect();
        Ok(Done { page, ..Done::ended(response.exit(), [response.rows, taken, refused]) })
    }

    fn claim_answer(&mut self, source: &Source, request: &InboxRequest<'_>, stamp: &Stamp) -> Result<Done> {
        let answers =
            self.take_claim_answers(source, &GuessSettings::default(), None, false, request.registry, stamp)?;
        let count = |matched| answers.count(matched) as u64;
        let taken = count(Matched::Taken) + count(Matched::Known);
        let read = answers.claims.len() as u64 + answers.faults.len() as u64;
        let mut found = answers.faults.clone();
        for claim in &answers.claims {
            let known = claim.entry.map(|id| self.ledger.entry(id)).transpose()?.flatten();
            let known = known.and_then(|entry| entry.claim_status).map_or("", ClaimStatus::name);
            found.extend(claim.unknown().or_else(|| claim.contradiction(known, &claim.said.answer.status)));
        }
        found.sort_by_key(|finding| finding.line);
        let found = found.iter();
        let page = found.map(|each| render_finding(each.code, &each.arguments, request.language)).collect();
        Ok(Done { page, ..Done::ended(answers.exit(), [read, taken, read - taken]) })
    }

    /// A list of approved claims: recorded when its name gives the two numbers that no list has and all that stands in it is
    /// known, else put aside with what to type.
    fn draft_invoice(
        &mut self,
        source: &Source,
        settings: &DropSettings,
        request: &InboxRequest<'_>,
        stamp: &Stamp,
    ) -> Result<Done> {
        let registry = request.registry;
        let manufacturer = settings.supplier.as_deref().map(|name| registry.one_manufacturer(name)).transpose()?;
        let file = source.name();
        let numbers = invoice_numbers(&file);
        let draft = numbers.map_or("", |(draft, _)| draft);
        let draft = Self::read_draft_invoice(source, draft, manufacturer, None, &GuessSettings::default(), registry)?;
        let read = draft.claims.len() as u64;
        let matched = self.match_invoice(draft)?;
        let count = |outcome| matched.count(Some(outcome)).to_string();
        let aside = |code| {
            let arguments = Arguments::none()
                .with("path", &file)
                .with("count", read)
                .with("approved", count(Matched::Taken))
                .with("known", count(Matched::Known))
                .with("unknown", count(Matched::Unknown))
                .with("contradicting", count(Matched::Contradicts));
            Done { error: Some(Error::new(code, arguments)), ..Done::ended(Exit::Rejected, [read, 0, read]) }
        };
        let Some((_, invoice)) = numbers else { return Ok(aside(Code::InvoiceNumberMissing)) };
        // Claims of a later month are missing in any list; what is in it must be true.
        if matched.lines.iter().any(|line| matches!(line.matched, Some(Matched::Unknown | Matched::Contradicts))) {
            return Ok(aside(Code::DraftInvoiceDiffers));
        }
        match self.keep_invoice(matched.draft, invoice, registry, stamp) {
            Ok(kept) => {
                let taken = kept.count(Some(Matched::Taken)) as u64;
                let exit = if taken < read { Exit::Partial } else { Exit::Accepted };
                Ok(Done::ended(exit, [read, taken, read - taken]))
            }
            // Nothing that somebody could mend in the settings: it would come back every night.
            Err(error) if error.code == Code::DraftInvoiceKnown => {
                Ok(Done { error: Some(error), ..Done::ended(Exit::Duplicate, [read, 0, 0]) })
            }
            Err(error) if error.code == Code::InvoiceKnown => {
                Ok(Done { error: Some(error), ..Done::ended(Exit::Rejected, [read, 0, read]) })
            }
            Err(error) => Err(error),
        }
    }

    fn work_order_file(&mut self, source: &Source, request: &InboxRequest<'_>, stamp: &Stamp) -> Result<Done> {
        let InboxRequest { registry, language, progress, stop, .. } = *request;
        let orders = pipeline::read_work_orders(&WorkOrderRequest {
            files: std::slice::from_ref(source),
            registry,
            format: WORK_ORDERS,
            zone: None,
            filter: &WorkOrderFilter::default(),
            progress,
            stop,
        });
        let orders = orders.map_err(|failures| failures.into_iter().next().map(|(_, error)| error));
        let orders = match orders {
            Ok(orders) => orders,
            Err(Some(error)) => return Err(error),
            Err(None) => return Ok(Done::ended(Exit::Rejected, [0; 3])),
        };
        let taken = self.take_work_orders(&orders, false, stamp)?;
        let mut accepted = 0;
        let mut hear = |order: AcceptedWorkOrder| accepted += u64::from(!order.is_repeated);
        self.accept_taken(&taken, registry, language, stop, stamp, &mut hear)?;
        let said = orders.noticed.iter().map(|noticed| (&*orders.files[noticed.file].name, &noticed.diagnostic));
        let page = render_notices(said, orders.unsaid, language);
        let (read, refused) = (orders.read(), orders.refused());
        let conflicts = taken.count(|arrived| *arrived == Arrived::Conflict);
        let counts = [read, read.saturating_sub(refused + conflicts), refused + conflicts];
        Ok(Done { page, ..Done::ended(taken.exit(read, refused, accepted), counts) })
    }
}
