//! What waits to be done: files that were dropped and are whole, and what a run left that ended in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{CLAIMED, InboxRequest};
use crate::diagnostic::{Code, Error, Result};
use crate::format::{DropSettings, Registry};
use crate::model::Errand;

/// What a folder below the inbox may say of its files.
const SETTINGS: &str = "inbox.toml";

/// How many files are claimed together, at most.
const LOT_FILES: usize = 256;

/// How many bytes they may have, together.
const LOT_BYTES: u64 = 16 << 20;

/// A file that waits.
pub(super) struct Waiting {
    /// As seen from the folder it was dropped into.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// Whether a run that ended in between has begun with it.
    pub(super) is_begun: bool,
    pub(super) settings: DropSettings,
}

/// The files that wait, the first at the end.
pub(super) struct Queue(Vec<Waiting>);

impl Queue {
    /// What a run left comes first, then a catalogue, then the small before the large, so that nobody waits for a large one.
    pub(super) fn of(mut waiting: Vec<Waiting>) -> Self {
        waiting.sort_by(|one, other| one.rank().cmp(&other.rank()).reverse());
        Self(waiting)
    }

    /// The next files that may be done together; none when nothing waits any more.
    pub(super) fn next_lot(&mut self) -> Vec<Waiting> {
        let (mut lot, mut bytes) = (Vec::new(), 0);
        while let Some(file) = self.0.pop_if(|file| lot.is_empty() || bytes + file.bytes <= LOT_BYTES) {
            bytes += file.bytes;
            let is_alone = file.settings.errand == Some(Errand::Catalogue);
            lot.push(file);
            if lot.len() == LOT_FILES || is_alone {
                break;
            }
        }
        lot
    }
}

impl Waiting {
    fn rank(&self) -> (bool, bool, u64, &str) {
        (!self.is_begun, self.settings.errand != Some(Errand::Catalogue), self.bytes, &self.name)
    }

    /// Its name without the folder it was dropped into.
    pub(super) fn bare(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Where it is kept as soon as it is nobody else's, below the workspace: a folder below the inbox has one of its name there.
    pub(super) fn claims(&self, root: &Path) -> PathBuf {
        let claimed = root.join(CLAIMED);
        self.name.rsplit_once('/').map_or(claimed.clone(), |(folder, _)| claimed.join(folder))
    }
}

/// What runs have begun that ended in between.
pub(super) fn begun(root: &Path, folder: &Path, registry: &Registry) -> Result<Vec<Waiting>> {
    let claimed = root.join(CLAIMED);
    if !claimed.is_dir() {
        return Ok(Vec::new());
    }
    let mut waiting = Vec::new();
    for below in std::iter::once(String::new()).chain(folders(&claimed)?) {
        let dropped_into = folder.join(&below);
        let settings = if below.is_empty() || !dropped_into.is_dir() {
            DropSettings::default()
        } else {
            settings_of(&dropped_into, &below, registry)?
        };
        let before = if below.is_empty() { below.clone() } else { format!("{below}/") };
        waiting.extend(files(&claimed.join(&below), &before, &settings, |_, _| true)?);
    }
    waiting.iter_mut().for_each(|file| file.is_begun = true);
    Ok(waiting)
}

/// The files of a folder, and of the folders directly below it, that are whole.
pub(super) fn dropped(folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let is_whole = |name: &str, metadata: &fs::Metadata| !is_temporary(name) && is_settled(metadata, request.settled);
    let mut waiting = files(folder, "", &DropSettings::default(), is_whole)?;
    for name in folders(folder)? {
        let below = folder.join(&name);
        let settings = settings_of(&below, &name, request.registry)?;
        waiting.extend(files(&below, &format!("{name}/"), &settings, is_whole)?);
    }
    Ok(waiting)
}

/// The names of the folders directly below one that may hold files for us.
fn folders(folder: &Path) -> Result<Vec<String>> {
    let found = fs::read_dir(folder).map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
    let names = found.filter_map(|entry| {
        let entry = entry.ok().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))?;
        entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))
    });
    Ok(names.collect())
}

/// What a folder below the inbox says of its files: in a small file, or by its name.
fn settings_of(folder: &Path, name: &str, registry: &Registry) -> Result<DropSettings> {
    let path = folder.join(SETTINGS);
    // A pipe would be waited for.
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(DropSettings::named(name, registry));
    }
    match fs::read_to_string(&path) {
        Ok(text) => DropSettings::read(&path.display().to_string(), &text, registry),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(DropSettings::named(name, registry)),
        Err(error) => Err(Error::io(&path, Code::ReadFailed, error)),
    }
}

/// The files in a folder that are `wanted`.
fn files(
    folder: &Path,
    before: &str,
    settings: &DropSettings,
    wanted: impl Fn(&str, &fs::Metadata) -> bool,
) -> Result<Vec<Waiting>> {
    let mut found = Vec::new();
    let failed = |error| Error::io(folder, Code::ReadFailed, error);
    for entry in fs::read_dir(folder).map_err(failed)?.filter_map(std::result::Result::ok) {
        // A link may lead anywhere; a name that is no text cannot be told.
        let Ok(metadata) = entry.path().symlink_metadata() else { continue };
        let Some(name) = entry.file_name().into_string().ok() else { continue };
        if metadata.is_file() && wanted(&name, &metadata) {
            found.push(Waiting {
                name: format!("{before}{name}"),
                path: entry.path(),
                bytes: metadata.len(),
                is_begun: false,
                settings: settings.clone(),
            });
        }
    }
    Ok(found)
}

/// Whether a name is one under which programs write what is not whole yet, or what is not for us.
fn is_temporary(name: &str) -> bool {
    const ENDINGS: [&str; 7] = [".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~"];
    let lower = name.to_lowercase();
    lower.starts_with(['.', '~']) || ENDINGS.iter().any(|ending| lower.ends_with(ending)) || lower == SETTINGS
}

/// Whether nobody has written to a file for a while. One from the future is as good as old.
fn is_settled(metadata: &fs::Metadata, settled: Duration) -> bool {
    let age = metadata.modified().ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_none_or(|age| age >= settled)
}
