//! Deposits: files of many repair files or warranty claims into created entries and reports of what is wrong.
//!
//! What enters: a [`DepositRequest`]. What leaves: `created.csv` and the reports under their final names, and a
//! [`DepositSummary`] for each file. What is refused: a file as a whole, with an [`Error`]; then nothing of it is written.
//!
//! Without a [`DepositBooking`] a pure function of its inputs: nothing is remembered from one deposit to the next.

mod arrival;
mod booking;
mod entry;
mod file;
mod hindsight;
mod judge;
mod known;
mod one;
mod pass;
mod plan;
mod reports;

pub use booking::{DepositBooking, PLACES, settle_file};
pub use entry::JudgedEntry;
pub use one::{EntryRequest, judge_entry};
pub use plan::DepositPlan;

use std::path::Path;

use self::arrival::arrive;
use self::file::DepositFile;
use self::pass::Passed;
use super::catalogue::CatalogueFile;
use super::gather::{Batch, Gathered, gather};
use super::pass::file_diagnostic;
use super::source::Source;
use super::{Progress, Stop};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::format::Registry;
use crate::model::{DepositKind, Language};
use crate::report::{ColumnUse, DepositSummary, DepositTotals, Summary};

/// What becomes of the entries of a file when some have errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DepositAccept {
    /// The valid ones are created.
    #[default]
    Valid,
    /// The others are kept, too, to be corrected; only a ledger can.
    Drafts,
    /// None is.
    File,
}

/// What the user chose.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that the user sets one by one")]
pub struct DepositSettings {
    /// What the files hold; told by their headings when not chosen.
    pub kind: Option<DepositKind>,
    /// The encoding.
    pub encoding: Option<String>,
    /// The character between cells.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What becomes of entries when some have errors.
    pub accept: DepositAccept,
    /// Whether `errors.csv` is written.
    pub report_csv: bool,
    /// Whether `errors.xlsx` is written.
    pub report_xlsx: bool,
    /// Whether `validation.json` is written.
    pub report_json: bool,
    /// Whether `errors.xlsx` shows created entries, too.
    pub annotate_all: bool,
    /// Whether nothing is written at all.
    pub dry_run: bool,
    /// Whether results survive a power cut; only benchmarks say no.
    pub sync: bool,
    /// Whether a warning makes an exit code of 3.
    pub warnings_fail: bool,
    /// The language of reports.
    pub language: Language,
}

/// Everything that a deposit needs.
pub struct DepositRequest<'d> {
    /// The files.
    pub files: &'d [Source],
    /// Where results go; `None`: to the place of the workspace, or nowhere.
    pub out: Option<&'d Path>,
    /// The parts.
    pub catalogue: &'d CatalogueFile,
    /// Fields, rules and manufacturers.
    pub registry: &'d Registry,
    /// What the user chose.
    pub settings: &'d DepositSettings,
    /// Told how far it is.
    pub progress: &'d dyn Progress,
    /// Asked whether to stop.
    pub stop: &'d Stop,
}

/// Deposits files, each on its own; with a booking they are written down in a ledger.
///
/// One file gives its results to the output folder, several to a folder each below it. An error is returned only when
/// nothing can be done at all or the run is asked to stop; what is wrong with one file is in its [`FileResult`](super::FileResult).
pub fn deposit(
    request: &DepositRequest<'_>,
    mut booking: Option<&mut DepositBooking<'_>>,
) -> Result<Batch<DepositTotals>> {
    let DepositRequest { registry, settings, .. } = *request;
    registry.deposits()?;
    let gathered = Gathered {
        files: request.files,
        out: request.out.filter(|_| !settings.dry_run),
        limits: &registry.format("generic")?.limits,
        catalogue: request.catalogue,
        sync: settings.sync,
        warnings_fail: settings.warnings_fail,
        language: settings.language,
        progress: request.progress,
    };
    gather(&gathered, |opened, out| match booking.as_deref_mut() {
        None => {
            let plan = DepositPlan::make(opened, registry, settings, None)?;
            let file = DepositFile { request, opened, plan: &plan, settings, account: None };
            file.read(None, None, out)
        }
        Some(booking) => arrive(request, booking, opened, out),
    })
}

/// The warning that a file holds records of another kind, which are not read.
fn other_records(plan: &DepositPlan) -> Option<Diagnostic> {
    let others = plan.other_records();
    let arguments = Arguments::none().with("places", others.join(", "));
    (!others.is_empty()).then(|| file_diagnostic(&Error::new(Code::RecordsIgnored, arguments)))
}

fn summarise(file: String, plan: &DepositPlan, passed: Passed, request: &DepositRequest<'_>) -> DepositSummary {
    let mapping = &plan.mapping;
    let fields = request.registry.deposits().map(|deposits| &deposits.fields).ok();
    let name = |column| Some(fields?.get(mapping.field(column)?).name.clone());
    // The columns of ours in a corrected report are none of the sender's.
    let columns = (0..mapping.headings().texts().len())
        .filter(|column| !plan.is_own(*column))
        .map(|column| ColumnUse { heading: mapping.headings().name(column), field: name(column) })
        .collect();
    let totals =
        |(id, totals)| DepositTotals { id, name: request.registry.manufacturer_name(id).map(str::to_owned), totals };
    Summary {
        file,
        agora: None,
        bytes: plan.survey.bytes,
        format: mapping.kind.name().to_owned(),
        source: plan.layout.kind(),
        sheet: plan.layout.sheet().map(str::to_owned),
        encoding: plan.layout.encoding_name(),
        delimiter: plan.layout.delimiter(),
        heading_line: plan.heading_line,
        columns,
        supplier: None,
        counts: passed.counts,
        manufacturers: passed.totals.into_iter().map(totals).collect(),
        causes: passed.causes.into_sorted(),
        refusal: None,
        outside: Vec::new(),
        hash: plan.survey.hash.clone(),
    }
}
