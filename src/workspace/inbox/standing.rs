//! What lies in a folder that files are dropped into, and how each of it stands.
//!
//! What enters: an [`InboxRequest`]. What leaves: every file of the folder and of the folders directly below it, with what keeps
//! it from being taken, if anything does.
//! What is refused: a folder that cannot be read, a small file in it that cannot be understood.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::InboxRequest;
use super::observed::Verdict;
use super::queue::{SETTINGS, folders, marker, settings_of};
use crate::diagnostic::{Code, Error, Result};
use crate::format::DropSettings;

/// How a file of the folder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It may be taken.
    Ready,
    /// Somebody writes to it, or did a moment ago.
    BeingWritten,
    /// It could not be done and is tried again later.
    PutOff,
    /// Its done-file is not there yet.
    Unmarked,
    /// Its name is one of those that are passed over.
    Temporary,
    /// It is no file that could be taken: a link, a device, a name that is no text.
    Foreign,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Ready, Self::BeingWritten, Self::PutOff, Self::Unmarked, Self::Temporary, Self::Foreign];

    /// How programs call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "waiting",
            Self::BeingWritten => "being-written",
            Self::PutOff => "put-off",
            Self::Unmarked => "unmarked",
            Self::Temporary => "temporary",
            Self::Foreign => "foreign",
        }
    }

    /// Whether it will be done one day if nobody does anything about it.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Ready | Self::BeingWritten | Self::PutOff | Self::Unmarked)
    }
}

/// A file of the folder.
#[derive(Debug)]
pub struct Queued {
    /// As seen from the folder.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// How it stands.
    pub standing: Standing,
    /// How long it has been known to whoever looks.
    pub known: Duration,
    /// When it was written, as its file system says.
    pub modified: Option<SystemTime>,
    /// What is chosen for it.
    pub(super) settings: DropSettings,
    /// The done-file that says that it is whole.
    pub(super) marker: Option<PathBuf>,
}

/// Looks at a folder and at the folders directly below it.
pub(super) fn look(folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Queued>> {
    let now = Instant::now();
    request.observed.begin();
    let own = settings_of(folder, "", request.registry)?;
    let mut found = files(folder, "", &own, request, now)?;
    for name in folders(folder)? {
        let below = folder.join(&name);
        let settings = settings_of(&below, &name, request.registry)?;
        found.extend(files(&below, &format!("{name}/"), &settings, request, now)?);
    }
    request.observed.end(now);
    Ok(found)
}

/// The files of one folder; neither its settings nor its done-files are files to be done.
fn files(
    folder: &Path,
    before: &str,
    settings: &DropSettings,
    request: &InboxRequest<'_>,
    now: Instant,
) -> Result<Vec<Queued>> {
    let ending = settings.done_file.as_deref().or(request.done_file);
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
    for entry in entries.filter_map(std::result::Result::ok) {
        let path = entry.path();
        // What is gone by now was not meant for us.
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let text = entry.file_name().into_string();
        let is_text = text.is_ok();
        let name = text.unwrap_or_else(|name| name.to_string_lossy().into_owned());
        let is_marker = ending.is_some_and(|ending| name.len() > ending.len() && name.ends_with(ending));
        if metadata.is_dir() || is_marker || name.eq_ignore_ascii_case(SETTINGS) {
            continue;
        }
        let marker = marker(settings, &path, request);
        let (standing, known) = if !is_text || !metadata.is_file() {
            (Standing::Foreign, Duration::ZERO)
        } else if request.registry.temporary(&name).is_some() {
            (Standing::Temporary, Duration::ZERO)
        } else {
            standing(&path, &metadata, marker.as_deref(), request, now)
        };
        found.push(Queued {
            name: format!("{before}{name}"),
            path,
            bytes: metadata.len(),
            standing,
            known,
            modified: metadata.modified().ok(),
            settings: settings.clone(),
            marker,
        });
    }
    Ok(found)
}

fn standing(
    path: &Path,
    metadata: &Metadata,
    marker: Option<&Path>,
    request: &InboxRequest<'_>,
    now: Instant,
) -> (Standing, Duration) {
    let (verdict, known) = request.observed.see(path, metadata, now);
    let standing = match (verdict, marker) {
        (Verdict::PutOff, _) => Standing::PutOff,
        (_, Some(marker)) if !marker.is_file() => Standing::Unmarked,
        // Whoever says that it is whole knows it better than we can see it.
        (_, Some(_)) | (Verdict::Whole, None) => Standing::Ready,
        (Verdict::BeingWritten, None) => Standing::BeingWritten,
    };
    (standing, known)
}
