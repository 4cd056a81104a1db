//! A workspace in one file, written while others go on working.
//!
//! What enters: a workspace, whether its files go along. What leaves: a ZIP archive: ledger, settings, catalogue, kept searches,
//! and a manifest that tells the moment of the ledger. What is refused: a target that cannot be written.
//!
//! The ledger is copied first. A file that goes along and was put away after that is done again when the backup is restored:
//! its number is one that the ledger does not know, or it lies in the inbox of the backup.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::purge::{owner_of_original, placed_at};
use super::{CATALOGUE, FOLDERS, LEDGER, SETTINGS, Workspace};
use crate::diagnostic::{Code, Error, Result};
use crate::ledger::{Ledger as _, PartsBook as _, SqliteLedger, Stamp};
use crate::pipeline::{self, write_file};

/// What says of an archive that it is a backup.
pub(super) const MANIFEST: &str = "backup.json";

/// Searches that users keep.
pub(super) const SEARCHES: &str = "searches.toml";

/// The file of events goes on by itself.
pub(super) const EVENTS: &str = "out/events.ndjson";

/// How often ledger and catalogue are copied until they belong together.
const ATTEMPTS: u32 = 20;

/// How long somebody who loads a catalogue is given before that.
const PAUSE: Duration = Duration::from_millis(250);

impl Workspace {
    /// Writes ledger, settings, catalogue and searches as they are at this moment into an archive, on request the files, too.
    /// An earlier file of that name is replaced when the new one is whole.
    pub fn back_up(&self, to: &Path, with_files: bool, stamp: &Stamp) -> Result<()> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let aside = tempfile::Builder::new()
            .prefix(".bordereau-")
            .tempdir_in(folder)
            .map_err(|error| Error::io(folder, Code::WriteFailed, error))?;
        // A second earlier: what was put away within it is rather done once more than not at all.
        let begun = stamp.at.seconds() - 1;
        self.copy_ledger(aside.path())?;
        let manifest = json!({ "kind": "backup", "version": 1, "at": stamp.at.to_string(), "files": with_files });
        let files = if with_files { self.files_to_keep(begun)? } else { Vec::new() };
        write_file(to, self.sync, |file| {
            let mut archive = ZipWriter::new(BufWriter::new(file));
            // Whoever needs a backup needs it at once: nothing is packed tightly.
            let options = SimpleFileOptions::default().compression_level(Some(1)).large_file(true);
            archive.start_file(MANIFEST, options)?;
            archive.write_all(manifest.to_string().as_bytes())?;
            let whole = [
                (LEDGER, aside.path().join(LEDGER)),
                (SETTINGS, self.root.join(SETTINGS)),
                (CATALOGUE, aside.path().join(CATALOGUE)),
                (SEARCHES, self.root.join(SEARCHES)),
            ];
            let whole = whole.into_iter().map(|(name, path)| (name.to_owned(), path));
            for (name, path) in whole.chain(files) {
                // A workspace may have no catalogue yet; a file may have moved on, and is found where it is now.
                let Some(mut source) = opened(&path)? else { continue };
                archive.start_file(name, options)?;
                io::copy(&mut source, &mut archive)?;
            }
            archive.finish()?.flush()
        })
    }

    /// Copies ledger and catalogue so that both belong together, whoever loads another one meanwhile.
    fn copy_ledger(&self, aside: &Path) -> Result<()> {
        let (ledger, catalogue) = (aside.join(LEDGER), aside.join(CATALOGUE));
        for attempt in 1.. {
            let hash = match fs::copy(self.catalogue_path(), &catalogue) {
                Ok(_) => Some(pipeline::file_hash(&catalogue)?),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(Error::io(&catalogue, Code::WriteFailed, error)),
            };
            self.ledger.copy_to(&ledger)?;
            let loaded = SqliteLedger::open(&ledger, false)?.loads()?.into_iter().next().map(|load| load.hash);
            // A catalogue that nobody noted is no fault of the backup: doctor tells it in both.
            if loaded == hash || attempt == ATTEMPTS {
                break;
            }
            fs::remove_file(&ledger).map_err(|error| Error::io(&ledger, Code::WriteFailed, error))?;
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// The files that go along, each with its name in the archive. Files move from the inbox on: whoever looks in this order
    /// misses none, and those that somebody put back are found by a second look.
    fn files_to_keep(&self, begun: i64) -> Result<Vec<(String, PathBuf)>> {
        let mut found = Vec::new();
        for folder in FOLDERS.iter().chain([&FOLDERS[0]]) {
            files_below(&self.root, Path::new(folder), &mut found)?;
        }
        let mut names = BTreeSet::new();
        let all = found.into_iter().map(|path| (name_in_backup(&path, &self.root, begun), self.root.join(path)));
        Ok(all.filter(|(name, _)| names.insert(name.clone())).collect())
    }
}

/// Where a file of a workspace belongs in a copy of it whose ledger is of a moment. What was put away since then and has no
/// number to be told by is done again.
pub(super) fn name_in_backup(path: &Path, root: &Path, begun: i64) -> String {
    let bare = path.file_name().unwrap_or_default().to_string_lossy();
    let is_new = || root.join(path).symlink_metadata().is_ok_and(|metadata| placed_at(&metadata) >= begun);
    let is_done = path.parent() == Some(Path::new("done")) && owner_of_original(&bare).is_none();
    if is_done && is_new() {
        return format!("inbox/{bare}");
    }
    path.components().map(|step| step.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The files below a folder of a workspace but for what is not whole and what belongs to those who work there at the moment.
pub(super) fn files_below(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let path = root.join(folder);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| Error::io(&path, Code::ReadFailed, error))?,
    };
    for entry in entries.filter_map(std::result::Result::ok) {
        // What is no text has no name in an archive; it is listed as what is left alone.
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        let path = folder.join(&name);
        if name.starts_with('.') || path == Path::new(EVENTS) {
            continue;
        }
        if kind.is_dir() {
            files_below(root, &path, found)?;
        } else if kind.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn opened(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}
