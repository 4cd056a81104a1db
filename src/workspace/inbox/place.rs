//! Where files go. Nothing is ever written over, and a file is whole under every name it has.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::super::Workspace;
use super::CLAIMED;
use super::errand::Done;
use crate::diagnostic::{Code, Error, Exit, Result};
use crate::model::{Language, fitting};
use crate::pipeline::write_file;
use crate::report::render_error;

/// Where files go.
pub(super) const PLACES: [&str; 4] = ["done", "rejected", "duplicates", "quarantine"];

/// Moves a file into a folder under its name, or the next free one like it.
pub(in crate::workspace) fn move_new(from: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    move_where(from, folder, name, |_| true, |_| Ok(()))
}

/// The same; `is_free` says whether a name is also free for what stands beside a file, and `tell` writes that, before the file
/// itself is there: wherever a file was put away, everything is said of it.
fn move_where(
    from: &Path,
    folder: &Path,
    name: &str,
    is_free: impl Fn(&Path) -> bool,
    tell: impl Fn(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let failed = |to: &Path, error| Error::io(to, Code::WriteFailed, error);
    let (stem, ending) = name.split_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    for number in 1_u32.. {
        let to = if number == 1 { folder.join(name) } else { folder.join(format!("{stem}-{number}{dot}{ending}")) };
        if to.symlink_metadata().is_ok() && is_same(from, &to) {
            // A run that ended in between had given it its second name already.
            fs::remove_file(from).map_err(|error| failed(from, error))?;
            return Ok(to);
        }
        if to.symlink_metadata().is_ok() || !is_free(&to) {
            continue;
        }
        tell(&to)?;
        // A second name for the same file takes no other's place; then the first name goes.
        match fs::hard_link(from, &to) {
            Ok(()) => {
                fs::remove_file(from).map_err(|error| failed(from, error))?;
                return Ok(to);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::CrossesDevices | ErrorKind::Unsupported | ErrorKind::PermissionDenied
                ) =>
            {
                return move_without_links(from, &to);
            }
            Err(error) => return Err(failed(&to, error)),
        }
    }
    Err(failed(folder, ErrorKind::AlreadyExists.into()))
}

/// What stands beside a file: what was said of it, and the workbook to be corrected.
pub(in crate::workspace) const BESIDE: [&str; 2] = [".txt", ".errors.xlsx"];

/// Where that stands.
pub(in crate::workspace) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether nothing stands where something is to stand beside a file, or what a run left there that ended in between.
fn is_free_beside(path: &Path, said: &str) -> bool {
    let is_left = || !said.is_empty() && fs::read(beside(path, BESIDE[0])).is_ok_and(|found| found == said.as_bytes());
    BESIDE.iter().all(|ending| beside(path, ending).symlink_metadata().is_err()) || is_left()
}

/// The same between file systems, or on one that has no second names: the file is copied beside its new name first.
fn move_without_links(from: &Path, to: &Path) -> Result<PathBuf> {
    if to.exists() {
        return Err(Error::io(to, Code::WriteFailed, ErrorKind::AlreadyExists.into()));
    }
    let failed = |error| Error::io(to, Code::WriteFailed, error);
    if fs::rename(from, to).is_err() {
        let mut source = fs::File::open(from).map_err(|error| Error::io(from, Code::ReadFailed, error))?;
        write_file(to, true, |file| std::io::copy(&mut source, file).map(drop))?;
        fs::remove_file(from).map_err(failed)?;
    }
    Ok(to.to_owned())
}

/// What the name of a file begins with where it goes, by its number in the ledger.
pub(super) fn prefix(what: &str, number: i64) -> String {
    format!("{what}-{number:06}")
}

/// Whether a file in a folder bears a number.
pub(super) fn holds(folder: &Path, prefix: &str) -> bool {
    let is_it = |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-'));
    entries(folder).iter().any(|path| path.file_name().is_some_and(|name| is_it(&name.to_string_lossy())))
}

/// What is in a folder; nothing when it cannot be read.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten();
    found.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Whether a file has more names than one.
#[cfg(unix)]
pub(super) fn has_second_name(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    path.symlink_metadata().is_ok_and(|found| found.nlink() > 1)
}

#[cfg(not(unix))]
pub(super) fn has_second_name(_: &Path) -> bool {
    false
}

/// Whether both are names of one file.
#[cfg(unix)]
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| path.symlink_metadata().ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|one| Some(one) == identity(other))
}

#[cfg(not(unix))]
pub(super) fn is_same(_: &Path, _: &Path) -> bool {
    false
}

/// Puts a file back where it was dropped, to be done another time.
pub(super) fn put_back(claimed: &Path, to: &Path) -> Result<PathBuf> {
    let folder = to.parent().unwrap_or(Path::new("."));
    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
    move_new(claimed, folder, &name)
}

impl Workspace {
    /// Puts a file where what became of it says, and what there is to be known beside it. Gives its place.
    /// `said` is what people are told of it, and whether that must survive a power cut by itself.
    pub(super) fn put_away(&self, claimed: &Path, done: &Done, exit: Exit, said: (&str, bool)) -> Result<PathBuf> {
        let place = match exit {
            Exit::Accepted | Exit::Partial => PLACES[0],
            Exit::Duplicate => PLACES[2],
            Exit::Internal => PLACES[3],
            _ => PLACES[1],
        };
        if let Some(kept) = &done.kept {
            // The ledger has a copy of its own already.
            self.tell_beside(&self.root.join(kept), done, exit, said)?;
            fs::remove_file(claimed).map_err(|error| Error::io(claimed, Code::WriteFailed, error))?;
            return Ok(kept.clone());
        }
        let name = claimed.file_name().unwrap_or_default().to_string_lossy();
        let name = fitting(&name);
        let name = done.prefix.as_ref().map_or_else(|| name.to_owned(), |prefix| format!("{prefix}-{name}"));
        let is_free = |path: &Path| is_free_beside(path, said.0);
        let tell = |path: &Path| self.tell_beside(path, done, exit, said);
        let path = move_where(claimed, &self.root.join(place), &name, is_free, tell)?;
        Ok(path.strip_prefix(&self.root).map(Path::to_owned).unwrap_or(path))
    }

    /// What is said of a file, for people; where it was meanwhile does not matter to them.
    pub(super) fn said(&self, done: &Done, language: Language) -> String {
        let said = match &done.error {
            Some(error) => render_error(error, language) + &done.page,
            None => done.page.clone(),
        };
        said.replace(&format!("{}/", self.root.join(CLAIMED).display()), "")
    }

    /// Writes what people want to know of a file beside it: what was said of it, and the workbook to be corrected.
    fn tell_beside(&self, path: &Path, done: &Done, exit: Exit, (said, sync): (&str, bool)) -> Result<()> {
        if !said.is_empty() {
            write_file(&beside(path, BESIDE[0]), sync, |file| file.write_all(said.as_bytes()))?;
        }
        let workbook = done.reports.as_ref().map(|reports| self.root.join(reports).join("errors.xlsx"));
        if let Some(workbook) = workbook.filter(|workbook| exit != Exit::Accepted && workbook.is_file()) {
            let mut source =
                fs::File::open(&workbook).map_err(|error| Error::io(&workbook, Code::ReadFailed, error))?;
            write_file(&beside(path, BESIDE[1]), sync, |file| std::io::copy(&mut source, file).map(drop))?;
        }
        Ok(())
    }
}
