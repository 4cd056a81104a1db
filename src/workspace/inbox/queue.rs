//! What waits to be done: files that were dropped and are whole, and what a run left that ended in between.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::standing::{Queued, Standing, look};
use super::{CLAIMED, InboxRequest};
use crate::diagnostic::{Code, Error, Result};
use crate::format::{DropSettings, Registry};
use crate::model::Errand;

/// What a folder may say of its files.
pub(super) const SETTINGS: &str = "inbox.toml";

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
    /// Its done-file, which goes with it and comes back with it.
    pub(super) marker: Option<PathBuf>,
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

/// What runs have begun that ended in between, with what is chosen for it where it was dropped.
pub(super) fn begun(root: &Path, folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let mut waiting = claimed(root)?;
    for file in &mut waiting {
        let path = folder.join(&file.name);
        let below = file.name.rsplit_once('/').map_or("", |(below, _)| below);
        if let Some(parent) = path.parent().filter(|parent| parent.is_dir()) {
            file.settings = settings_of(parent, below, request.registry)?;
        }
        file.marker = marker(&file.settings, &path, request);
        // Whoever claimed the file may not have come to take its done-file away.
        if let Some(marker) = file.marker.as_deref().filter(|_| !path.exists()) {
            unmark(marker)?;
        }
    }
    Ok(waiting)
}

/// What is claimed.
pub(super) fn claimed(root: &Path) -> Result<Vec<Waiting>> {
    let claimed = root.join(CLAIMED);
    if !claimed.is_dir() {
        return Ok(Vec::new());
    }
    let mut waiting = files(&claimed, "")?;
    for below in folders(&claimed)? {
        waiting.extend(files(&claimed.join(&below), &format!("{below}/"))?);
    }
    Ok(waiting)
}

/// The files of a folder, and of the folders directly below it, that may be taken.
pub(super) fn dropped(folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let found = look(folder, request)?.into_iter().filter(|file| file.standing == Standing::Ready);
    let waiting = found.map(|file| {
        let Queued { name, path, bytes, settings, marker, .. } = file;
        Waiting { name, path, bytes, is_begun: false, settings, marker }
    });
    Ok(waiting.collect())
}

/// The done-file of a file, where there must be one.
pub(super) fn marker(settings: &DropSettings, path: &Path, request: &InboxRequest<'_>) -> Option<PathBuf> {
    let ending = settings.done_file.as_deref().or(request.done_file)?;
    let mut marker = path.as_os_str().to_owned();
    marker.push(ending);
    Some(marker.into())
}

/// Takes a done-file away.
pub(super) fn unmark(marker: &Path) -> Result<()> {
    match fs::remove_file(marker) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(marker, Code::WriteFailed, error)),
        _ => Ok(()),
    }
}

/// The names of the folders directly below one that may hold files for us.
pub(super) fn folders(folder: &Path) -> Result<Vec<String>> {
    let found = fs::read_dir(folder).map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
    let names = found.filter_map(|entry| {
        let entry = entry.ok().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))?;
        entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))
    });
    Ok(names.collect())
}

/// What a folder says of its files: in a small file, or by its name.
pub(super) fn settings_of(folder: &Path, name: &str, registry: &Registry) -> Result<DropSettings> {
    let path = folder.join(SETTINGS);
    let unsaid = || if name.is_empty() { DropSettings::default() } else { DropSettings::named(name, registry) };
    // A pipe would be waited for.
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(unsaid());
    }
    match fs::read_to_string(&path) {
        Ok(text) => DropSettings::read(&path.display().to_string(), &text, registry),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(unsaid()),
        Err(error) => Err(Error::io(&path, Code::ReadFailed, error)),
    }
}

/// The files in a folder where they are claimed.
fn files(folder: &Path, before: &str) -> Result<Vec<Waiting>> {
    let found = fs::read_dir(folder).map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
    let waiting = found.filter_map(|entry| {
        let path = entry.ok()?.path();
        let bytes = path.symlink_metadata().ok().filter(fs::Metadata::is_file)?.len();
        let name = format!("{before}{}", path.file_name()?.to_str()?);
        Some(Waiting { name, path, bytes, is_begun: true, settings: DropSettings::default(), marker: None })
    });
    Ok(waiting.collect())
}
