//! Order files into baskets: those of the output folder, or those of a ledger.

mod booking;
mod file;
mod reports;

pub use booking::Booking;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use self::file::Imported;
use super::catalogue::CatalogueFile;
use super::folder::{SUMMARY, check, is_ours};
use super::source::{Source, expand};
use super::{Progress, Stop};
use crate::diagnostic::{Code, Error, Exit, Result};
use crate::export::Profile;
use crate::format::{Accept, Account, Limits, Registry, RejectLimit};
use crate::ledger::ImportId;
use crate::map::Wish;
use crate::model::{Day, Language};
use crate::report::{CatalogueNote, Summary, batch_json};

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
    /// The day of the import; without it no date is too early.
    pub today: Option<Day>,
    /// Whether results survive a power cut; only benchmarks say no.
    pub sync: bool,
    /// Whether a warning makes an exit code of 3.
    pub warnings_fail: bool,
    /// The language of reports.
    pub language: Language,
}

/// Everything that an import needs.
#[derive(Clone, Copy)]
pub struct ImportRequest<'i> {
    /// The order files.
    pub files: &'i [Source],
    /// Where results go; `None`: where the booking says.
    pub out: Option<&'i Path>,
    /// The parts.
    pub catalogue: &'i CatalogueFile,
    /// Formats and manufacturers.
    pub registry: &'i Registry,
    /// Who orders; only told in a workspace.
    pub account: Option<&'i Account>,
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
    /// Where its results are, when they were written.
    pub out: Option<PathBuf>,
    /// Its number in the ledger.
    pub import: Option<ImportId>,
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
///
/// With a booking, accepted lines go to the baskets of its ledger instead of files.
pub fn import(request: &ImportRequest<'_>, mut booking: Option<&mut Booking<'_>>) -> Result<Batch> {
    let gathered = request.out.filter(|_| !request.settings.dry_run);
    if let Some(out) = gathered {
        check(out)?;
    }
    let limits = first_limits(request.registry, request.settings)?;
    let inputs = expand(request.files, limits);
    let several =
        gathered.filter(|_| inputs.len() > 1).map(|out| Gathering::begin(out, request.settings.sync)).transpose()?;
    let mut files = Vec::with_capacity(inputs.len());
    let folders = folders(inputs.iter().map(|(name, _)| name.as_str()));
    for ((name, input), folder) in inputs.into_iter().zip(folders) {
        let out = request.out.map(|out| if folder.is_empty() { out.to_owned() } else { out.join(&folder) });
        let result = input
            .and_then(|input| input.open(limits))
            .and_then(|opened| file::import_file(request, booking.as_deref_mut(), &opened, out));
        request.progress.end();
        files.push(match result {
            Err(error) if matches!(error.code, Code::Interrupted | Code::Terminated) => return Err(error),
            Err(error) => FileResult { file: name, folder, out: None, import: None, result: Err(error) },
            Ok(Imported { summary, out, import, .. }) => {
                FileResult { file: name, folder, out, import, result: Ok(summary) }
            }
        });
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
