//! Several files, each on its own: who they are, where their results go, and the list of all of them.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Progress;
use super::catalogue::CatalogueFile;
use super::folder::{SUMMARY, check, is_ours};
use super::source::{Opened, Source, expand};
use crate::diagnostic::{Code, Error, Exit, Result};
use crate::format::Limits;
use crate::model::Language;
use crate::report::{CatalogueNote, ManufacturerTotals, Reported, Summary, batch_json, error_json, summary_json};

/// What became of one file.
#[derive(Debug)]
pub struct FileResult<S = Summary> {
    /// The bare name of the file.
    pub file: String,
    /// Where its results are, below the output folder; empty when it is the only one.
    pub folder: String,
    /// Where its results are, when they were written.
    pub out: Option<PathBuf>,
    /// Its number in the ledger.
    pub number: Option<i64>,
    /// Its numbers, or why it could not be read.
    pub result: Result<S>,
}

impl<M> FileResult<Summary<M>> {
    /// How the file ended.
    pub fn exit(&self, warnings_fail: bool) -> Exit {
        match &self.result {
            Ok(summary) => summary.exit(warnings_fail),
            Err(error) => error.exit(),
        }
    }
}

/// What became of all files.
#[derive(Debug)]
pub struct Batch<M = ManufacturerTotals> {
    /// In the order in which they were given.
    pub files: Vec<FileResult<Summary<M>>>,
    /// What is to be said of the catalogue.
    pub catalogue: CatalogueNote,
    /// The worst end of all.
    pub exit: Exit,
}

impl<M: Reported> Batch<M> {
    /// The object of the one file, or of all of them, for programs.
    pub fn json(&self, exit: Exit, language: Language) -> String {
        match self.files.as_slice() {
            [FileResult { result: Ok(summary), .. }] => summary_json(summary, &self.catalogue, exit, language),
            [FileResult { file, result: Err(error), .. }] => error_json(M::KIND, file, error, language),
            _ => self.listed(exit, language),
        }
    }

    fn listed(&self, exit: Exit, language: Language) -> String {
        let files = self.files.iter();
        let parts = files.map(|file| (file.file.as_str(), file.folder.as_str(), file.result.as_ref()));
        batch_json(parts, &self.catalogue, exit, language)
    }
}

/// A file that was read.
pub(super) struct Finished<S> {
    pub(super) summary: S,
    /// Where its results are, when they were written.
    pub(super) out: Option<PathBuf>,
    /// Its number in the ledger.
    pub(super) number: Option<i64>,
}

/// The files of one run and where their results go.
pub(super) struct Gathered<'g> {
    pub(super) files: &'g [Source],
    /// The output folder; `None` when nothing is written, or elsewhere.
    pub(super) out: Option<&'g Path>,
    pub(super) limits: &'g Limits,
    pub(super) catalogue: &'g CatalogueFile,
    pub(super) sync: bool,
    pub(super) warnings_fail: bool,
    pub(super) language: Language,
    pub(super) progress: &'g dyn Progress,
}

/// Does each file on its own: one file gives its results to the output folder, several to a folder each below it, with a
/// summary of all.
pub(super) fn gather<M: Reported>(
    run: &Gathered<'_>,
    mut one: impl FnMut(&Opened, Option<PathBuf>) -> Result<Finished<Summary<M>>>,
) -> Result<Batch<M>> {
    if let Some(out) = run.out {
        check(out)?;
    }
    let inputs = expand(run.files, run.limits);
    let several = run.out.filter(|_| inputs.len() > 1).map(|out| Gathering::begin(out, run.sync)).transpose()?;
    let mut files = Vec::with_capacity(inputs.len());
    let folders = folders(inputs.iter().map(|(name, _)| name.as_str()));
    for ((name, input), folder) in inputs.into_iter().zip(folders) {
        let out = run.out.map(|out| if folder.is_empty() { out.to_owned() } else { out.join(&folder) });
        let result = input.and_then(|input| input.open(run.limits)).and_then(|opened| one(&opened, out));
        run.progress.end();
        files.push(match result {
            Err(error) if matches!(error.code, Code::Interrupted | Code::Terminated) => return Err(error),
            Err(error) => FileResult { file: name, folder, out: None, number: None, result: Err(error) },
            Ok(Finished { summary, out, number }) => {
                FileResult { file: name, folder, out, number, result: Ok(summary) }
            }
        });
    }
    let exit = files.iter().fold(Exit::Accepted, |worst, file| worst.worst(file.exit(run.warnings_fail)));
    let batch = Batch { files, catalogue: run.catalogue.note(), exit };
    if let Some(several) = several {
        several.end(&batch.listed(exit, run.language))?;
    }
    Ok(batch)
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
