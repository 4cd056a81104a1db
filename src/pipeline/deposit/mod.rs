//! Deposits: files of many repair files or warranty claims into created entries and reports of what is wrong.
//!
//! What enters: a [`DepositRequest`]. What leaves: `created.csv` and the reports under their final names, and a
//! [`DepositSummary`] for each file. What is refused: a file as a whole, with an [`Error`]; then nothing of it is written.
//!
//! A pure function of its inputs: nothing is remembered from one deposit to the next.

mod hindsight;
mod judge;
mod pass;
mod plan;
mod reports;

pub use plan::DepositPlan;

use std::path::{Path, PathBuf};

use self::hindsight::Hindsight;
use self::judge::Judge;
use self::pass::{Pass, Passed};
use self::reports::Reports;
use super::catalogue::CatalogueFile;
use super::conveyor::Conveyor;
use super::folder::{Folder, SUMMARY, put};
use super::gather::{Batch, Finished, Gathered, gather};
use super::pass::{PIECE_BYTES, check_counts, file_diagnostic};
use super::pieces::Pieces;
use super::source::{Opened, Source};
use super::{Progress, Stop};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::export::CreatedRows;
use crate::format::{Deposits, Registry};
use crate::model::{DepositKind, Language};
use crate::report::{ColumnUse, DepositSummary, DepositTotals, Summary, summary_json};
use crate::validate::EntryTerms;

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
    /// Whether one fault refuses the whole file.
    pub all_or_nothing: bool,
    /// Whether `errors.csv` is written.
    pub report_csv: bool,
    /// Whether `errors.xlsx` is written.
    pub report_xlsx: bool,
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
    /// Where results go.
    pub out: &'d Path,
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

/// Deposits files, each on its own.
///
/// One file gives its results to the output folder, several to a folder each below it. An error is returned only when
/// nothing can be done at all or the run is asked to stop; what is wrong with one file is in its [`FileResult`](super::FileResult).
pub fn deposit(request: &DepositRequest<'_>) -> Result<Batch<DepositTotals>> {
    let DepositRequest { registry, settings, .. } = *request;
    registry.deposits()?;
    let gathered = Gathered {
        files: request.files,
        out: (!settings.dry_run).then_some(request.out),
        limits: &registry.format("generic")?.limits,
        catalogue: request.catalogue,
        sync: settings.sync,
        warnings_fail: settings.warnings_fail,
        language: settings.language,
        progress: request.progress,
    };
    gather(&gathered, |opened, out| deposit_file(request, opened, out))
}

/// Deposits one file into `out`, or only says what would become of it. Each pass writes aside; the pass that shows nothing more is the result.
fn deposit_file(
    request: &DepositRequest<'_>,
    opened: &Opened,
    out: Option<PathBuf>,
) -> Result<Finished<DepositSummary>> {
    let DepositRequest { registry, settings, .. } = *request;
    let deposits = registry.deposits()?;
    let plan = DepositPlan::make(opened, registry, settings)?;
    let terms = terms(&plan, deposits, request);
    let created = CreatedRows::new(&terms.reader);
    let mut hindsight = Hindsight::default();
    loop {
        request.progress.begin(opened.name(), plan.survey.bytes);
        let folder = out.as_deref().map(|out| Folder::take(out, settings.sync)).transpose()?;
        let mut reports = Reports::begin(folder.as_ref(), opened.name(), &plan, &created, request)?;
        let warning = other_records(&plan);
        if let Some(warning) = &warning {
            reports.fault(warning)?;
        }
        let mixed = plan.layout.encoding().filter(|encoding| encoding.is_mixed());
        let judge =
            Judge { plan: &plan, terms, created: &created, hindsight: &hindsight, mixed, wants: reports.wants() };
        let pass = Pass { judge, conveyor: Conveyor { progress: request.progress, stop: request.stop } };
        let width = plan.mapping.headings().width();
        let pieces = Pieces::of(&plan.layout, width, opened, registry, &plan.limits, PIECE_BYTES)?;
        let mut passed = pass.run(pieces, &mut reports, |error| opened.row_failed(error))?;
        let shown = shown(&mut passed, &hindsight, deposits, settings);
        if shown != hindsight {
            hindsight = shown;
            continue;
        }
        opened.check_unchanged()?;
        check_counts(&passed.counts, passed.counts.accepted)?;
        if let Some(warning) = &warning {
            passed.causes.add(warning, |_| String::new());
        }
        let summary = summarise(opened.name().to_owned(), &plan, passed, request);
        reports.finish(folder.as_ref(), &summary)?;
        if let Some(folder) = folder {
            let exit = summary.exit(settings.warnings_fail);
            put(&folder, SUMMARY, &summary_json(&summary, &request.catalogue.note(), exit, settings.language))?;
            request.stop.check()?;
            folder.commit()?;
        }
        return Ok(Finished { summary, out, import: None });
    }
}

/// What a pass showed of the whole file; once a file is refused, it stays refused.
fn shown(passed: &mut Passed, before: &Hindsight, deposits: &Deposits, settings: &DepositSettings) -> Hindsight {
    let days = deposits.rules.repeated_repair_days;
    let mut shown = Hindsight::of(&mut passed.reports, &mut passed.repairs, days);
    shown.refuses_all = before.refuses_all || (settings.all_or_nothing && passed.counts.faulty > 0);
    shown
}

/// The terms under which the entries of a plan are judged.
fn terms<'t>(plan: &'t DepositPlan, deposits: &'t Deposits, request: &DepositRequest<'t>) -> EntryTerms<'t> {
    EntryTerms {
        reader: plan.reader(&deposits.fields),
        rules: &deposits.rules,
        catalogue: &request.catalogue.catalogue,
        registry: request.registry,
        cell_bytes: plan.limits.cell_bytes,
        may_end_early: plan.layout.may_end_early(),
        content_is_identity: plan.is_tree(),
        check_characters: false,
    }
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
    let columns = (0..mapping.headings().texts().len())
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
