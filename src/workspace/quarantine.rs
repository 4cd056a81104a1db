//! What nobody can do anything about yet: files at which the program failed, and what lies in the inbox and is no file.
//!
//! What enters: the folder `quarantine/` and the inbox. What leaves: [`Quarantined`], each with its reason. What is refused:
//! letting go of what is no file. Nothing is opened and no link is followed to tell what it is, so that nothing can hang.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Workspace;
use super::inbox::place::move_new;
use super::purge::placed_at;
use super::retry::PutAside;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::model::{Moment, words};

/// Where files are at which the program failed.
const QUARANTINE: &str = "quarantine";

words! {
    /// Why something is left alone.
    Reason {
        /// The program failed at it.
        Fault = "FAULT",
        /// It leads to something else.
        Link = "LINK",
        /// A folder so far down that nobody looks into it.
        Folder = "FOLDER",
        /// A pipe.
        Pipe = "PIPE",
        /// A socket.
        Socket = "SOCKET",
        /// A device.
        Device = "DEVICE",
        /// A file whose name is no text.
        Name = "NAME",
    }
}

/// Something that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Why.
    pub reason: Reason,
    /// What it is; its name may not be its own.
    pub file: PutAside,
    /// Where it is, byte for byte.
    path: PathBuf,
}

impl Workspace {
    /// What is left alone, by place.
    pub fn quarantine(&self) -> Result<Vec<Quarantined>> {
        let mut found: Vec<_> = self.put_aside(QUARANTINE)?.into_iter().map(|file| self.failed(file)).collect();
        self.odd_entries(Path::new(QUARANTINE), false, &mut found)?;
        let inbox = Path::new("inbox");
        self.odd_entries(inbox, false, &mut found)?;
        for folder in below(&self.root.join(inbox))? {
            self.odd_entries(&inbox.join(folder), true, &mut found)?;
        }
        found.sort_by(|one, other| one.file.path.cmp(&other.file.path));
        Ok(found)
    }

    fn failed(&self, file: PutAside) -> Quarantined {
        Quarantined { reason: Reason::Fault, path: self.root.join(&file.path), file }
    }

    /// What lies in a folder and is no file, or has a name that cannot be told. Folders count where nobody looks into them.
    fn odd_entries(&self, folder: &Path, with_folders: bool, found: &mut Vec<Quarantined>) -> Result<()> {
        for entry in read(&self.root.join(folder))? {
            let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else { continue };
            let Some(reason) = reason(kind, &name)
                .filter(|reason| with_folders || *reason != Reason::Folder || name.to_str().is_none())
            else {
                continue;
            };
            let Ok(metadata) = entry.metadata() else { continue };
            let shown = written(&name);
            found.push(Quarantined {
                reason,
                path: entry.path(),
                file: PutAside {
                    path: folder.join(&shown),
                    name: shown,
                    owner: None,
                    bytes: if metadata.is_file() { metadata.len() } else { 0 },
                    since: Moment::from_seconds(placed_at(&metadata)).unwrap_or(Moment::beginning()),
                },
            });
        }
        Ok(())
    }

    /// Lets it go: a file goes back into the inbox, under a name that can be told. Tells where it is now.
    pub fn release(&mut self, quarantined: &Quarantined) -> Result<PathBuf> {
        match quarantined.reason {
            Reason::Fault => self.take_up(&quarantined.file, None),
            Reason::Name => {
                let folder = quarantined.path.parent().unwrap_or(Path::new("."));
                let folder = if folder.ends_with(QUARANTINE) { self.root.join("inbox") } else { folder.to_owned() };
                let to = move_new(&quarantined.path, &folder, &quarantined.file.name)?;
                Ok(to.strip_prefix(&self.root).map(Path::to_owned).unwrap_or(to))
            }
            _ => {
                let arguments = Arguments::none().with("path", quarantined.file.path.display());
                Err(Error::new(Code::QuarantineNoFile, arguments))
            }
        }
    }
}

fn read(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        found => {
            let found = found.map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
            Ok(found.filter_map(std::result::Result::ok).collect())
        }
    }
}

/// The folders into which those who work the inbox off look.
fn below(inbox: &Path) -> Result<Vec<String>> {
    let folders = read(inbox)?.into_iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    Ok(folders.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| !name.starts_with('.')).collect())
}

/// Why something is left alone; nothing when it is a file like any other, or hides itself.
fn reason(kind: FileType, name: &OsStr) -> Option<Reason> {
    if name.as_encoded_bytes().starts_with(b".") {
        return None;
    }
    if kind.is_symlink() {
        return Some(Reason::Link);
    }
    if kind.is_dir() {
        return Some(Reason::Folder);
    }
    if kind.is_file() {
        return name.to_str().is_none().then_some(Reason::Name);
    }
    Some(special(kind))
}

#[cfg(unix)]
fn special(kind: FileType) -> Reason {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        Reason::Pipe
    } else if kind.is_socket() {
        Reason::Socket
    } else {
        Reason::Device
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> Reason {
    Reason::Device
}

/// A name as text; what is none becomes a line.
fn written(name: &OsStr) -> String {
    name.to_string_lossy().replace(char::REPLACEMENT_CHARACTER, "_")
}
