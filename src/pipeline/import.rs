//! Order files into baskets.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::catalogue::CatalogueFile;
use super::chunk::{Judged, Wants};
use super::folder::{Folder, SUMMARY, check, is_ours, put};
use super::pass::{
    Accepted, Listener, PIECE_BYTES, Pass, Passed, check_counts, file_diagnostic, limit_exceeded, terms,
};
use super::pieces::Pieces;
use super::plan::Plan;
use super::source::{Opened, Source, expand};
use super::verdict::Verdict;
use super::{Progress, Stop};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result};
use crate::export::{BasketTotals, Profile, write_basket};
use crate::format::{Accept, Limits, Registry, RejectLimit};
use crate::map::Wish;
use crate::model::Language;
use crate::report::{
    AnnotatedErrors, CatalogueNote, ColumnUse, ErrorList, LineList, ManufacturerTotals, Summary, batch_json,
    summary_json,
};
use crate::split::Basket;

/// What the user chose; what is not chosen, the format says.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that the user sets one by one")]
pub struct Settings {
    /// The one manufacturer the files are for, by id, name or alias.
    pub supplier: Option<String>,
    /// The format to read them by.
    pub format: Option<String>,
    /// Fields whose columns the user gives.
    pub maps: Vec<Wish>,
    /// The encoding.
    pub encoding: Option<String>,
    /// The character between cells.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What a faulty line costs.
    pub accept: Option<Accept>,
    /// How many refused lines are too many.
    pub reject_limit: Option<RejectLimit>,
    /// For whom CSV files are written.
    pub profile: Profile,
    /// Whether `errors.csv` is written.
    pub report_csv: bool,
    /// Whether `errors.xlsx` is written.
    pub report_xlsx: bool,
    /// Whether `lines.csv` is written.
    pub report_lines: bool,
    /// Whether `errors.xlsx` shows the accepted lines, too.
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

/// Everything that an import needs.
pub struct ImportRequest<'i> {
    /// The order files.
    pub files: &'i [Source],
    /// Where results go.
    pub out: &'i Path,
    /// The parts.
    pub catalogue: &'i CatalogueFile,
    /// Formats and manufacturers.
    pub registry: &'i Registry,
    /// What the user chose.
    pub settings: &'i Settings,
    /// Told how far it is.
    pub progress: &'i dyn Progress,
    /// Asked whether to stop.
    pub stop: &'i Stop,
}

/// What became of one file.
#[derive(Debug)]
pub struct FileResult {
    /// The bare name of the file.
    pub file: String,
    /// Where its results are, below the output folder; empty when it is the only one.
    pub folder: String,
    /// Its numbers, or why it could not be read.
    pub result: Result<Summary>,
}

/// What became of all files.
#[derive(Debug)]
pub struct Batch {
    /// In the order in which they were given.
    pub files: Vec<FileResult>,
    /// What is to be said of the catalogue.
    pub catalogue: CatalogueNote,
    /// The worst end of all.
    pub exit: Exit,
}

/// Imports order files, each on its own.
///
/// One file gives its results to the output folder, several to a folder each below it. An error is returned only when
/// nothing can be done at all or the run is asked to stop; what is wrong with one file is in its [`FileResult`].
pub fn import(request: &ImportRequest<'_>) -> Result<Batch> {
    if !request.settings.dry_run {
        check(request.out)?;
    }
    let limits = first_limits(request.registry, request.settings)?;
    let inputs = expand(request.files, limits);
    let several = (inputs.len() > 1 && !request.settings.dry_run)
        .then(|| Gathering::begin(request.out, request.settings.sync))
        .transpose()?;
    let mut files = Vec::with_capacity(inputs.len());
    let folders = folders(inputs.iter().map(|(name, _)| name.as_str()));
    for ((name, input), folder) in inputs.into_iter().zip(folders) {
        let out = if folder.is_empty() { request.out.to_owned() } else { request.out.join(&folder) };
        let result = input.and_then(|input| input.open(limits)).and_then(|opened| import_file(request, &opened, &out));
        request.progress.end();
        match result {
            Err(error) if matches!(error.code, Code::Interrupted | Code::Terminated) => return Err(error),
            result => files.push(FileResult { file: name, folder, result }),
        }
    }
    let exit = files.iter().fold(Exit::Accepted, |worst, file| worst.worst(file.exit(request.settings)));
    let batch = Batch { files, catalogue: request.catalogue.note(), exit };
    if let Some(several) = several {
        several.end(&batch_json(batch.parts(), &batch.catalogue, exit, request.settings.language))?;
    }
    Ok(batch)
}

impl FileResult {
    /// How the file ended.
    pub fn exit(&self, settings: &Settings) -> Exit {
        match &self.result {
            Ok(summary) => summary.exit(settings.warnings_fail),
            Err(error) => error.exit(),
        }
    }
}

impl Batch {
    /// File, folder and result of each file.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str, std::result::Result<&Summary, &Error>)> {
        self.files.iter().map(|file| (file.file.as_str(), file.folder.as_str(), file.result.as_ref()))
    }
}

/// The limits that hold before it is known which format a file has; an unknown one is told later, of each file.
pub(super) fn first_limits<'r>(registry: &'r Registry, settings: &Settings) -> Result<&'r Limits> {
    let chosen = settings.format.as_deref().and_then(|name| registry.format(name).ok());
    Ok(&chosen.map_or_else(|| registry.format("generic"), Ok)?.limits)
}

/// A folder for each file below the output folder: its own name, numbered when two files bear the same; no folder for a
/// single file.
fn folders<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Vec<String> {
    if names.len() == 1 {
        return vec![String::new()];
    }
    let mut taken: Vec<String> = Vec::new();
    // Some file systems make no difference between `A.csv` and `a.csv`.
    let mut folded = BTreeSet::new();
    for name in names {
        let name = if name == "-" { "stdin" } else { name };
        let free = (1..).map(|number| if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        let free = free.filter(|name| !is_ours(name) && folded.insert(name.to_lowercase())).take(1).collect::<Vec<_>>();
        taken.extend(free);
    }
    taken
}

/// Imports one file into `out`. Each pass writes aside; the pass that shows nothing more to refuse is the result.
fn import_file(request: &ImportRequest<'_>, opened: &Opened, out: &Path) -> Result<Summary> {
    let ImportRequest { registry, settings, .. } = *request;
    let catalogue = &request.catalogue.catalogue;
    let plan = Plan::make(opened.plain_name(), opened, registry, catalogue, settings)?;
    let lexicon = plan.lexicon(registry);
    let (mut verdict, mut beyond) = (Verdict::default(), None);
    loop {
        request.progress.begin(opened.name(), plan.survey.bytes);
        let folder = if settings.dry_run { None } else { Some(Folder::take(out, settings.sync)?) };
        let mut reports = Reports::begin(folder.as_ref(), opened.name(), &plan, request)?;
        let write_failed = |error| Error::io(out, Code::WriteFailed, error);
        let pass = Pass {
            plan: &plan,
            terms: terms(&plan, catalogue, registry),
            verdict: &verdict,
            beyond,
            lexicon: &lexicon,
            progress: request.progress,
            stop: request.stop,
        };
        let fault = match &verdict {
            Verdict::File(Some(refusal)) if !refusal.told_by_lines => Some(file_diagnostic(&refusal.error)),
            _ => None,
        };
        if let Some(fault) = &fault {
            reports.fault(fault).map_err(write_failed)?;
        }
        let warning = other_sheets(&plan);
        if let Some(warning) = &warning {
            reports.fault(warning).map_err(write_failed)?;
        }
        let pieces = Pieces::of(&plan.layout, plan.mapping.width(), opened, &plan.format.limits, PIECE_BYTES)?;
        let mut passed = pass.run(pieces, &mut reports, |error| opened.row_failed(error), write_failed)?;
        if beyond.is_none() {
            beyond = passed.findings.beyond(&plan.frame);
            if beyond.is_some() {
                continue;
            }
        }
        let one_only = one_supplier(&plan, &passed, request);
        if let Some(stricter) = verdict.stricter(&plan.format, &passed.findings, one_only) {
            verdict = stricter;
            continue;
        }
        opened.check_unchanged()?;
        check_counts(&passed.findings.counts, passed.baskets.iter().map(Basket::sources).sum())?;
        if let Some(warning) = &warning {
            passed.causes.add(warning, |_| String::new());
        }
        if let Some(fault) = &fault {
            passed.causes.add(fault, |_| String::new());
        }
        let manufacturers = write_baskets(&passed.baskets, folder.as_ref(), request)?;
        let refusal = if let Verdict::File(Some(refusal)) = verdict { Some(refusal.error) } else { None };
        drop(lexicon);
        let summary = summarise(opened.name().to_owned(), plan, passed, manufacturers, refusal);
        reports.finish(folder.as_ref(), &summary)?;
        if let Some(folder) = folder {
            let exit = summary.exit(settings.warnings_fail);
            put(&folder, SUMMARY, &summary_json(&summary, &request.catalogue.note(), exit, settings.language))?;
            request.stop.check()?;
            folder.commit()?;
        }
        return Ok(summary);
    }
}

/// The warning that a workbook has further orders.
fn other_sheets(plan: &Plan) -> Option<Diagnostic> {
    let orders = plan.layout.other_orders();
    let arguments = Arguments::none().with("sheets", orders.join(", "));
    (!orders.is_empty()).then(|| file_diagnostic(&Error::new(Code::SheetIgnored, arguments)))
}

/// The fault of a file that must be for one manufacturer and is for several.
fn one_supplier(plan: &Plan, passed: &Passed, request: &ImportRequest<'_>) -> Option<Error> {
    let manufacturers = request.catalogue.catalogue.manufacturers();
    let filled = passed.baskets.iter().zip(manufacturers).filter(|(basket, _)| !basket.is_empty());
    let mut ids: Vec<_> = filled.map(|(_, id)| *id).collect();
    if !plan.format.one_supplier || plan.supplier.is_some() || ids.len() < 2 {
        return None;
    }
    ids.sort_unstable();
    let names: Vec<_> = ids
        .iter()
        .map(|id| request.registry.manufacturer_name(*id).map_or_else(|| id.to_string(), |name| format!("{id} {name}")))
        .collect();
    Some(Error::new(Code::SeveralSuppliers, Arguments::none().with("suppliers", names.join(", "))))
}

/// Writes each basket to its own file, side by side.
fn write_baskets(
    baskets: &[Basket],
    folder: Option<&Folder>,
    request: &ImportRequest<'_>,
) -> Result<Vec<ManufacturerTotals>> {
    let catalogue: &Catalogue = &request.catalogue.catalogue;
    let mut filled: Vec<_> =
        catalogue.manufacturers().iter().copied().zip(baskets).filter(|(_, basket)| !basket.is_empty()).collect();
    filled.sort_by_key(|(id, _)| *id);
    filled
        .into_par_iter()
        .with_max_len(1)
        .map(|(id, basket)| {
            request.stop.check()?;
            let name = format!("baskets/{id}.csv");
            let failed = |error| Error::io(&request.out.join(&name), Code::WriteFailed, error);
            let mut file: Box<dyn Write> = match folder {
                Some(folder) => Box::new(folder.create(&name)?),
                None => Box::new(io::sink()),
            };
            let totals: BasketTotals = write_basket(basket, id, catalogue, request.settings.profile, &mut file)
                .map_err(failed)?
                .map_err(|_| limit_exceeded("amount", i64::MAX / 10_000))?;
            Ok(ManufacturerTotals {
                id,
                name: request.registry.manufacturer_name(id).map(str::to_owned),
                lines: basket.sources(),
                basket_lines: basket.len() as u64,
                totals,
            })
        })
        .collect()
}

fn summarise(
    file: String,
    plan: Plan,
    passed: Passed,
    manufacturers: Vec<ManufacturerTotals>,
    refusal: Option<Error>,
) -> Summary {
    let width = plan.mapping.headings().len().max(last_column(&plan));
    let columns = (0..width)
        .map(|column| ColumnUse { heading: plan.mapping.heading(column), field: plan.mapping.field(column) })
        .collect();
    Summary {
        file,
        bytes: plan.survey.bytes,
        format: plan.format.name.clone(),
        source: plan.layout.kind(),
        sheet: plan.layout.sheet().map(str::to_owned),
        encoding: plan.layout.encoding_name(),
        delimiter: plan.layout.delimiter(),
        heading_line: plan.heading_line,
        columns,
        supplier: plan.supplier,
        counts: passed.findings.counts,
        manufacturers,
        causes: passed.causes.into_sorted(),
        refusal,
        outside: passed.outside,
        hash: plan.survey.hash,
    }
}

/// The number of columns up to the last one that holds a field.
fn last_column(plan: &Plan) -> usize {
    crate::model::Field::ALL.into_iter().filter_map(|field| plan.mapping.column(field)).max().map_or(0, |last| last + 1)
}

/// The reports of one file while it is read.
struct Reports<'r> {
    errors: Option<ErrorList<BufWriter<File>>>,
    annotated: Option<AnnotatedErrors>,
    lines: Option<LineList<BufWriter<File>>>,
    request: &'r ImportRequest<'r>,
}

impl<'r> Reports<'r> {
    fn begin(folder: Option<&Folder>, file: &str, plan: &Plan, request: &'r ImportRequest<'r>) -> Result<Self> {
        let settings = request.settings;
        let none = Self { errors: None, annotated: None, lines: None, request };
        let Some(folder) = folder else { return Ok(none) };
        let create = |wanted: bool, name: &str| -> Result<Option<BufWriter<File>>> {
            wanted.then(|| folder.create(name).map(BufWriter::new)).transpose()
        };
        let annotated = settings.report_xlsx.then(|| {
            let headings: Vec<_> = (0..plan.mapping.headings().len().max(last_column(plan)))
                .map(|column| plan.mapping.heading(column))
                .collect();
            AnnotatedErrors::begin(file, &plan.survey.hash, &headings, settings.language, &folder.aside())
                .map_err(|error| folder.failed("errors.xlsx", error))
        });
        Ok(Self {
            errors: create(settings.report_csv, "errors.csv")?
                .map(|out| ErrorList::begin(out, settings.profile, settings.language)),
            annotated: annotated.transpose()?,
            lines: create(settings.report_lines, "lines.csv")?.map(|out| LineList::begin(out, settings.profile)),
            ..none
        })
    }

    /// Notes a fault of the whole file.
    fn fault(&mut self, fault: &Diagnostic) -> io::Result<()> {
        self.errors.as_mut().map_or(Ok(()), |errors| errors.add(fault, ""))
    }

    fn finish(self, folder: Option<&Folder>, summary: &Summary) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        if let Some(errors) = self.errors {
            errors.finish().map_err(|error| folder.failed("errors.csv", error))?;
        }
        if let Some(lines) = self.lines {
            lines.finish().map_err(|error| folder.failed("lines.csv", error))?;
        }
        if let Some(annotated) = self.annotated {
            let mut out = folder.create("errors.xlsx")?;
            annotated.finish(summary, &mut out).map_err(|error| folder.failed("errors.xlsx", error))?;
        }
        Ok(())
    }
}

impl Listener for Reports<'_> {
    fn judged(&mut self, judged: &Judged, plan: &Plan) -> io::Result<()> {
        if let Some(errors) = &mut self.errors {
            for diagnostic in &judged.diagnostics {
                let heading = diagnostic.column.map(|column| plan.mapping.heading(column)).unwrap_or_default();
                errors.add(diagnostic, &heading)?;
            }
        }
        if let Some(annotated) = &mut self.annotated {
            for row in &judged.rows {
                annotated.add(
                    row.line,
                    &row.cells,
                    &judged.diagnostics[row.diagnostics.clone()],
                    row.accepted,
                    row.hash,
                )?;
            }
        }
        Ok(())
    }

    fn accepted(&mut self, accepted: &Accepted<'_>) -> io::Result<()> {
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let catalogue = &self.request.catalogue.catalogue;
        lines.add(
            accepted.line,
            catalogue.manufacturer(accepted.part),
            // The heading is line 1.
            accepted.basket_line as u64 + 2,
            catalogue.texts(accepted.part).0,
            u64::from(accepted.quantity),
            accepted.comment,
        )
    }

    fn wants_lines(&self) -> bool {
        self.lines.is_some()
    }

    fn wants(&self) -> Wants {
        let shown = self.annotated.is_some();
        Wants { refused_cells: shown, all_cells: shown && self.request.settings.annotate_all }
    }
}

/// The folder of several files: marked as ours while it fills, listed in a summary at the end.
struct Gathering {
    path: PathBuf,
    mark: PathBuf,
    sync: bool,
}

impl Gathering {
    fn begin(path: &Path, sync: bool) -> Result<Self> {
        let mark = super::folder::mark(path)?;
        Ok(Self { path: path.to_owned(), mark, sync })
    }

    fn end(self, summary: &str) -> Result<()> {
        let path = self.path.join(SUMMARY);
        super::folder::write_file(&path, self.sync, |file| file.write_all(summary.as_bytes()))?;
        std::fs::remove_dir(&self.mark).map_err(|error| Error::io(&self.mark, Code::WriteFailed, error))
    }
}
