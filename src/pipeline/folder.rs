//! Output that is never torn: everything is written aside, and gets its final name when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Arguments, Code, Error, Result};

/// What a finished folder holds, and the order in which it goes when it is replaced: without the summary, readers know
/// that the rest is not finished.
const OURS: [&str; 8] = [
    "summary.json",
    "errors.csv",
    "errors.xlsx",
    "validation.json",
    "refused.csv",
    "lines.csv",
    "created.csv",
    "baskets",
];

/// The file that is written last and says that the folder is ours.
pub(super) const SUMMARY: &str = OURS[0];

/// Where output is kept until it is whole. A folder that holds this one was left behind by a run that died.
const PARTIAL: &str = ".bordereau-partial";

/// What the name of a folder begins with that will take the place of another.
const BESIDE: &str = ".bordereau-for-";

/// An output folder that is being filled. Dropped before [`Folder::commit`] it leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Whose place it takes at the end, when that is another.
    goal: Option<PathBuf>,
    /// Folders that were made for it, the outermost first.
    made: Vec<PathBuf>,
    sync: bool,
    /// Whether it is on the disk as it will be.
    held: bool,
    committed: bool,
}

impl Folder {
    /// Takes a folder for output: a new one, an empty one, or one that holds a result of ours, which will be replaced.
    /// Anything else is refused and untouched. `sync` makes the result survive a power cut.
    pub fn take(path: &Path, sync: bool) -> Result<Self> {
        check(path)?;
        let mut made: Vec<_> = path
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .map(Path::to_owned)
            .collect();
        made.reverse();
        let folder = Self { path: path.to_owned(), goal: None, made, sync, held: false, committed: false };
        let partial = folder.path.join(PARTIAL);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(|error| failed(&partial, error))?;
        }
        fs::create_dir_all(&partial).map_err(|error| failed(&folder.path, error))?;
        Ok(folder)
    }

    /// Where files are kept until the commit, for writers that need a place of their own.
    pub fn aside(&self) -> PathBuf {
        self.path.join(PARTIAL)
    }

    /// Makes a file that will be `name` in the folder; `name` may hold one `/`.
    pub fn create(&self, name: &str) -> Result<File> {
        let path = self.aside().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failed(&self.path.join(name), error))?;
        }
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(|error| failed(&self.path.join(name), error))
    }

    /// The error of a write that failed.
    pub fn failed(&self, name: &str, error: io::Error) -> Error {
        failed(&self.path.join(name), error)
    }

    /// Gives everything its final name, the summary last; what an earlier run left goes first.
    pub fn commit(mut self) -> Result<()> {
        if !self.held {
            self.store()?;
        }
        if let Some(goal) = self.goal.take() {
            self.committed = true;
            return finish_folder(&goal, self.sync);
        }
        remove_result(&self.path)?;
        remove_gathered(&self.path)?;
        self.committed = true;
        finish(&self.path, self.sync)
    }

    /// Makes everything that was written survive a power cut, and survive this run, too: from now on
    /// [`finish_folder`] can do what [`Folder::commit`] would do.
    pub(super) fn hold(&mut self) -> Result<()> {
        self.store()?;
        self.held = true;
        Ok(())
    }

    /// Will take the place of `path`, a new folder, with everything that it keeps aside. Until it has its names it waits
    /// beside it.
    pub(super) fn move_to(&mut self, path: &Path) -> Result<()> {
        let beside = beside(path);
        if beside.exists() {
            // A run left it that died.
            fs::remove_dir_all(&beside).map_err(|error| failed(&beside, error))?;
        }
        fs::rename(&self.path, &beside).map_err(|error| failed(&beside, error))?;
        self.made = vec![beside.clone()];
        self.path = beside;
        self.goal = Some(path.to_owned());
        Ok(())
    }

    /// From now on nothing of it may be lost: whatever ends this run, [`finish_folder`] goes on.
    pub(super) fn keep(&mut self) {
        self.committed = true;
    }

    fn store(&self) -> Result<()> {
        if !self.sync {
            return Ok(());
        }
        let aside = self.aside();
        sync_tree(&aside).map_err(|error| failed(&self.path, error))?;
        for folder in self.made.iter().filter_map(|folder| folder.parent()).chain([self.path.as_path()]) {
            sync_folder(folder).map_err(|error| failed(folder, error))?;
        }
        Ok(())
    }
}

/// Whether the system can make all that was written survive a power cut at once.
pub const SYNCS_DISKS: bool = cfg!(target_os = "linux");

/// Makes everything that was written to the disk that a folder is on survive a power cut; where the system cannot do so,
/// nothing.
pub fn sync_disk(folder: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        let open = File::open(folder).and_then(|open| Ok(rustix::fs::syncfs(open)?));
        open.map_err(|error| failed(folder, error))?;
    }
    let _ = folder;
    Ok(())
}

/// Gives what a held folder keeps aside its final names, whenever the run that held it ended. Done already, it does
/// nothing.
pub fn finish_folder(path: &Path, sync: bool) -> Result<()> {
    let waits = beside(path);
    match fs::rename(&waits, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(_) if path.exists() => {
            // Something is there already; what is ours of it is replaced.
            remove_result(path)?;
            let moved = fs::rename(waits.join(PARTIAL), path.join(PARTIAL)).and_then(|()| fs::remove_dir_all(&waits));
            moved.map_err(|error| failed(path, error))?;
        }
        renamed => renamed.map_err(|error| failed(path, error))?,
    }
    let aside = path.join(PARTIAL);
    if !aside.join(SUMMARY).is_file() {
        // The summary goes last: without it everything else has its name.
        return match fs::remove_dir_all(&aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&aside, error)),
            _ => Ok(()),
        };
    }
    finish(path, sync)
}

/// Where a folder waits that will take the place of another.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{BESIDE}{name}"))
}

/// Removes the folders below one that waited to take the place of others, and belong to a run that died.
pub fn sweep_beside(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))?.filter_map(io::Result::ok) {
        if entry.file_name().as_encoded_bytes().starts_with(BESIDE.as_bytes()) {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

/// The error of a write that failed; without a folder its name is all that is known.
pub(super) fn not_written(folder: Option<&Folder>, name: &str, error: io::Error) -> Error {
    match folder {
        Some(folder) => folder.failed(name, error),
        None => failed(name.as_ref(), error),
    }
}

/// A path as the ledger keeps it: as seen from `home` when it is in there.
pub(super) fn kept_path(path: &Path, home: &Path) -> PathBuf {
    match path.strip_prefix(home) {
        Ok(inside) => inside.to_owned(),
        Err(_) => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

/// Whether files can be made in a folder.
pub fn try_folder(path: &Path) -> Result<()> {
    let file = tempfile::Builder::new().prefix(".bordereau-").tempfile_in(path);
    file.map(drop).map_err(|error| failed(path, error))
}

/// Whoever opens a workspace finishes what is held there: two may do so at once, and what one has done the other finds done.
fn finish(path: &Path, sync: bool) -> Result<()> {
    let aside = path.join(PARTIAL);
    let told = match acknowledgements(&aside) {
        Err(_) if !aside.exists() => return Ok(()),
        told => told?,
    };
    // The summary is the first of ours and goes last.
    for name in told.iter().map(String::as_str).chain(OURS.iter().rev().copied()) {
        let (new, final_name) = (aside.join(name), path.join(name));
        if !new.exists() {
            continue;
        }
        if final_name.is_dir() {
            fs::remove_dir_all(&final_name).map_err(|error| failed(&final_name, error))?;
        }
        match fs::rename(&new, &final_name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound || new.exists() => {
                return Err(failed(&final_name, error));
            }
            _ => {}
        }
    }
    match fs::remove_dir_all(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&aside, error)),
        _ => {}
    }
    if sync { sync_folder(path).map_err(|error| failed(path, error)) } else { Ok(()) }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.committed {
            // What cannot be removed now is recognised and removed by the next run.
            drop(fs::remove_dir_all(self.aside()));
            for folder in self.made.iter().rev() {
                drop(fs::remove_dir(folder));
            }
        }
    }
}

/// Refuses a folder that holds something else than a result of ours.
pub(super) fn check(path: &Path) -> Result<()> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(not_ours(path)),
        Err(error) => return Err(failed(path, error)),
    };
    let mut empty = true;
    for entry in entries {
        let name = entry.map_err(|error| failed(path, error))?.file_name();
        if name == SUMMARY || name == PARTIAL {
            return Ok(());
        }
        empty = false;
    }
    if empty { Ok(()) } else { Err(not_ours(path)) }
}

/// Marks a folder as ours while several results are gathered in it; its owner removes the mark at the end. What an
/// earlier run gathered goes first, because it would stand beside results that it does not belong to.
pub(super) fn mark(path: &Path) -> Result<PathBuf> {
    let mark = path.join(PARTIAL);
    fs::create_dir_all(&mark).map_err(|error| failed(path, error))?;
    remove_result(path)?;
    remove_gathered(path)?;
    Ok(mark)
}

/// Removes a result of ours for good, whatever of it is there; the folder, too, unless somebody keeps something else in it.
pub fn remove_folder(path: &Path) -> Result<()> {
    if !path.join(SUMMARY).is_file() && !path.join(PARTIAL).is_dir() {
        return Ok(());
    }
    // The summary goes last: as long as it is there, the rest is known to be ours.
    let mut names = match acknowledgements(path) {
        // Another program was faster.
        Err(_) if !path.exists() => return Ok(()),
        names => names?,
    };
    names.push(PARTIAL.to_owned());
    names.extend(OURS.iter().rev().map(|name| (*name).to_owned()));
    remove(path, names.iter().map(String::as_str))?;
    drop(fs::remove_dir(path));
    Ok(())
}

/// Whether a name has a meaning of its own in an output folder.
pub(super) fn is_ours(name: &str) -> bool {
    OURS.contains(&name) || name == PARTIAL
}

/// Removes the results of single files that an earlier run gathered below a folder.
fn remove_gathered(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path).map_err(|error| failed(path, error))? {
        let folder = entry.map_err(|error| failed(path, error))?.path();
        if folder.join(SUMMARY).is_file() && !folder.ends_with(PARTIAL) {
            remove_result(&folder)?;
            // A folder in which the user keeps a file of their own stays.
            drop(fs::remove_dir(&folder));
        }
    }
    Ok(())
}

/// Removes a result, the summary first: without it, readers know that the rest is not finished.
fn remove_result(folder: &Path) -> Result<()> {
    let told = acknowledgements(folder)?;
    remove(folder, OURS.iter().copied().chain(told.iter().map(String::as_str)))
}

/// Removes what is there of these files and folders.
fn remove<'n>(folder: &Path, names: impl Iterator<Item = &'n str>) -> Result<()> {
    for name in names {
        let old = folder.join(name);
        let gone = if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&old, error)),
            _ => {}
        }
    }
    Ok(())
}

/// The files in a folder that tell machines what became of others.
fn acknowledgements(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names.filter(|name| name.ends_with(".ack.json") || name.ends_with(".ack.xml")).collect())
}

fn not_ours(path: &Path) -> Error {
    Error::new(Code::OutNotOurs, Arguments::none().with("path", path.display()))
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::io(path, Code::WriteFailed, error)
}

/// Writes one file aside and gives it its final name when it is whole. What a link leads to is replaced, not the link; what
/// is no file, such as `/dev/null`, is never replaced but written to.
pub fn write_file(path: &Path, sync: bool, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    let found = fs::metadata(path).ok();
    if found.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(Error::new(Code::PathIsDirectory, Arguments::none().with("path", path.display())));
    }
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        let mut device = File::options().write(true).open(path).map_err(|error| failed(path, error))?;
        return write(&mut device).map_err(|error| failed(path, error));
    }
    let target = if found.is_some() { fs::canonicalize(path).ok() } else { None };
    let path = target.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut aside =
        tempfile::Builder::new().prefix(".bordereau-").tempfile_in(folder).map_err(|error| failed(path, error))?;
    let file = aside.as_file_mut();
    write(file).and_then(|()| if sync { file.sync_all() } else { Ok(()) }).map_err(|error| failed(path, error))?;
    readable(aside.as_file()).map_err(|error| failed(path, error))?;
    aside.persist(path).map_err(|error| failed(path, error.error))?;
    if sync { sync_folder(folder).map_err(|error| failed(folder, error)) } else { Ok(()) }
}

/// Files that will stand side by side in a folder.
pub(super) struct Files {
    aside: tempfile::TempDir,
    folder: PathBuf,
}

impl Files {
    /// Makes a file that will be `name` in the folder.
    pub(super) fn create(&mut self, name: &str) -> Result<File> {
        File::create(self.aside.path().join(name)).map_err(|error| failed(&self.folder.join(name), error))
    }
}

/// Writes files aside and gives them their final names, in the order of these, when all of them are whole. The folder is
/// made when it is not there; files of these names in it are replaced, all others stay.
pub(super) fn write_files(folder: &Path, sync: bool, write: impl FnOnce(&mut Files) -> io::Result<()>) -> Result<()> {
    let was_there = folder.exists();
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let aside = tempfile::Builder::new().prefix(".bordereau-").tempdir_in(folder);
    let mut files = Files { aside: aside.map_err(|error| failed(folder, error))?, folder: folder.to_owned() };
    let written = write(&mut files).map_err(|error| failed(folder, error)).and_then(|()| files.name(sync));
    if written.is_err() && !was_there {
        drop(files);
        // Only an empty one can be removed.
        drop(fs::remove_dir(folder));
    }
    written
}

impl Files {
    fn name(&self, sync: bool) -> Result<()> {
        let failed = |error| failed(&self.folder, error);
        if sync {
            sync_tree(self.aside.path()).map_err(failed)?;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(self.aside.path()).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name());
        }
        names.sort();
        // A folder in the place of a file would stop the rest half-way.
        if let Some(name) = names.iter().find(|name| self.folder.join(name).is_dir()) {
            let path = self.folder.join(name);
            return Err(Error::new(Code::PathIsDirectory, Arguments::none().with("path", path.display())));
        }
        for name in names {
            fs::rename(self.aside.path().join(&name), self.folder.join(&name)).map_err(failed)?;
        }
        if sync { sync_folder(&self.folder).map_err(failed) } else { Ok(()) }
    }
}

/// Writes one file beside its final name, under one that is always the same: whoever does it again after a crash writes over
/// what was left.
pub(super) fn keep_file(path: &Path, sync: bool, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    let aside = PathBuf::from(aside);
    let done = File::create(&aside).and_then(|mut file| {
        write(&mut file)?;
        if sync { file.sync_all() } else { Ok(()) }
    });
    done.and_then(|()| fs::rename(&aside, path)).map_err(|error| failed(path, error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    if sync { sync_folder(folder).map_err(|error| failed(folder, error)) } else { Ok(()) }
}

/// Temporary files are made for their owner only; a result is for whoever may read the folder.
fn readable(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(&path)?.sync_all()? }
    }
    sync_folder(folder)
}

/// Makes the names in a folder survive a power cut. Systems without such a thing need none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Writes small text as the whole content of `name` in the folder.
pub(super) fn put(folder: &Folder, name: &str, content: &str) -> Result<()> {
    let mut file = folder.create(name)?;
    file.write_all(content.as_bytes()).map_err(|error| folder.failed(name, error))
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
