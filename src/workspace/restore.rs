//! A workspace made of its backup.
//!
//! What enters: an archive that [`Workspace::back_up`] wrote, an empty folder, on request the workspace that was lost, whose
//! files are still there. What leaves: a workspace as it was at the moment of the backup, with what came after it in its inbox.
//! What is refused: an archive that is no backup, a folder that is not empty.
//!
//! Everything is made beside the folder and gets its name at the end: a run that is killed in between leaves no workspace.
//! Files of which the ledger does not know the number came later. They go back into the inbox and are done again; what the
//! ledger knows of them it does not take twice.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;

use super::backup::{MANIFEST, SEARCHES, files_below, name_in_backup};
use super::inbox::place::move_new;
use super::purge::{number_behind, owner_of_original};
use super::{CATALOGUE, FOLDERS, LEDGER, PutAside, SETTINGS, Workspace, make_folders};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Registry;
use crate::ledger::{DepositBook as _, ImportBook as _, Owner, RetentionBook as _, Tenure};
use crate::model::Moment;
use crate::pipeline::{self, write_file};

/// Where files are that somebody has put away, or was at.
const PUT_AWAY: [&str; 4] = ["done", "rejected", "duplicates", "work"];

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// Of which moment the ledger is.
    pub at: Moment,
    /// The files that came later and are to be done again, as seen from the workspace.
    pub again: Vec<PathBuf>,
}

impl Workspace {
    /// Makes a workspace of a backup, in a folder that is not there or empty. `lost` is a workspace whose files are taken over.
    pub fn restore(
        archive: &Path,
        to: &Path,
        lost: Option<&Path>,
        registry: &Registry,
        sync: bool,
    ) -> Result<Restored> {
        let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
        refuse_filled(&to)?;
        let parent = to.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(|error| Error::io(parent, Code::WriteFailed, error))?;
        let aside = tempfile::Builder::new()
            .prefix(".bordereau-")
            .tempdir_in(parent)
            .map_err(|error| Error::io(parent, Code::WriteFailed, error))?;
        let root = aside.path().join("workspace");
        make_folders(&root)?;
        let at = unpack(archive, &root, sync)?;
        if let Some(lost) = lost {
            take_over(lost, &root, at, sync)?;
        }
        let again = {
            let mut workspace = Self::open(&root, registry, sync)?;
            workspace.settle_files()?
        };
        // An empty folder takes the place of none everywhere.
        match fs::remove_dir(&to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io(&to, Code::WriteFailed, error));
            }
            _ => {}
        }
        fs::rename(&root, &to).map_err(|error| Error::io(&to, Code::WriteFailed, error))?;
        Ok(Restored { at, again })
    }

    /// Puts each file where the ledger says that it is, and those that it does not know back into the inbox.
    fn settle_files(&mut self) -> Result<Vec<PathBuf>> {
        let mut again = Vec::new();
        for folder in PUT_AWAY {
            for file in self.put_aside(folder)? {
                if self.is_known(&file)? {
                    continue;
                }
                // Its number is none here, so that the name before it is not known, either.
                let bare = file.path.file_name().unwrap_or_default().to_string_lossy();
                let name = bare.splitn(3, '-').nth(2).unwrap_or(&file.name).to_owned();
                again.push(self.take_up(&PutAside { name, ..file }, None)?);
            }
        }
        self.forget_strange_reports()?;
        Ok(again)
    }

    /// Whether the ledger knows a file by its number. One of a deposit that went on after the backup goes back to where the
    /// ledger left it.
    fn is_known(&self, file: &PutAside) -> Result<bool> {
        match &file.owner {
            Some(Owner::Import(id)) => {
                let import = self.ledger.import(*id)?;
                Ok(import.is_some_and(|import| file.path.to_string_lossy().contains(&import.file)))
            }
            Some(Owner::Deposit(id)) => {
                let Some(deposit) = self.ledger.deposit(*id)? else { return Ok(false) };
                let kept = deposit.kept.filter(|kept| kept.file_name() == file.path.file_name());
                if let Some(kept) = kept.map(|kept| self.root.join(kept)).filter(|kept| !kept.exists()) {
                    fs::rename(self.root.join(&file.path), &kept)
                        .map_err(|error| Error::io(&kept, Code::WriteFailed, error))?;
                }
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    /// Removes messages and reports of what the ledger does not know: whatever comes next gets their numbers.
    /// Reports go whole: the backup may have met them while they got their names, and without their summary nobody takes a
    /// folder for ours. All of it is a copy.
    fn forget_strange_reports(&self) -> Result<()> {
        let is_strange = |owner| Ok::<_, Error>(self.ledger.tenure(&owner, Moment::beginning())? == Tenure::Unknown);
        for entry in read(&self.root.join(super::outbox::OUTBOX))? {
            let number = entry.file_name().to_str().and_then(|name| number_behind(name, ""));
            if number.map(|number| is_strange(Owner::Message(number))).transpose()?.unwrap_or_default() {
                let path = entry.path();
                fs::remove_file(&path).map_err(|error| Error::io(&path, Code::WriteFailed, error))?;
            }
        }
        for entry in read(&self.root.join("out"))? {
            let owner = entry.file_name().to_str().and_then(owner_of_original);
            if owner.map(is_strange).transpose()?.unwrap_or_default() {
                let path = entry.path();
                fs::remove_dir_all(&path).map_err(|error| Error::io(&path, Code::WriteFailed, error))?;
            }
        }
        Ok(())
    }
}

fn read(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    let found = fs::read_dir(folder).map_err(|error| Error::io(folder, Code::ReadFailed, error))?;
    Ok(found.filter_map(std::result::Result::ok).collect())
}

/// A folder in which something is stays as it is.
fn refuse_filled(folder: &Path) -> Result<()> {
    let is_filled = match fs::read_dir(folder) {
        Ok(mut found) => found.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(Error::io(folder, Code::WriteFailed, error)),
    };
    let code = if folder.join(SETTINGS).exists() { Code::WorkspaceExists } else { Code::FolderNotEmpty };
    if is_filled { Err(Error::new(code, Arguments::none().with("path", folder.display()))) } else { Ok(()) }
}

/// Unpacks a backup and tells of which moment it is. Nothing in it gets outside the folder.
fn unpack(archive: &Path, root: &Path, sync: bool) -> Result<Moment> {
    let no_backup = |cause: &dyn std::fmt::Display| {
        Error::new(Code::BackupInvalid, Arguments::none().with("path", archive.display()).with("cause", cause))
    };
    let file = File::open(archive).map_err(|error| Error::io(archive, Code::ReadFailed, error))?;
    let mut zip = ZipArchive::new(file).map_err(|error| no_backup(&error))?;
    let at = {
        let manifest = zip.by_name(MANIFEST).map_err(|error| no_backup(&error))?;
        // It is one short line; whatever says more is none of ours.
        let manifest = io::Read::take(manifest, 4096);
        let manifest: serde_json::Value = serde_json::from_reader(manifest).map_err(|error| no_backup(&error))?;
        let at = manifest["at"].as_str().and_then(Moment::parse);
        at.filter(|_| manifest["kind"] == "backup" && manifest["version"] == 1).ok_or_else(|| no_backup(&MANIFEST))?
    };
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).map_err(|error| no_backup(&error))?;
        // Senders choose names: one that another system would take for a path is a name like any other here.
        let name = file.name().ok().map(|name| PathBuf::from(&*name)).filter(|name| belongs(name));
        let name = name.ok_or_else(|| no_backup(&place))?;
        if name == Path::new(MANIFEST) || file.is_dir() {
            continue;
        }
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::io(folder, Code::WriteFailed, error))?;
        }
        write_file(&path, sync, |out| io::copy(&mut file, out).map(drop))?;
    }
    if !root.join(LEDGER).is_file() || !root.join(SETTINGS).is_file() {
        return Err(no_backup(&LEDGER));
    }
    Ok(at)
}

/// Whether a name is one that a backup has.
fn belongs(name: &Path) -> bool {
    let mut steps = name.components();
    let Some(Component::Normal(first)) = steps.next() else { return false };
    let mut rest = steps.peekable();
    match rest.peek() {
        None => [MANIFEST, LEDGER, SETTINGS, CATALOGUE, SEARCHES].iter().any(|known| first == *known),
        Some(_) => {
            FOLDERS.iter().any(|folder| first == *folder) && rest.all(|step| matches!(step, Component::Normal(_)))
        }
    }
}

/// Takes the files of another workspace over, which stays as it is.
fn take_over(lost: &Path, root: &Path, at: Moment, sync: bool) -> Result<()> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        files_below(lost, Path::new(folder), &mut found)?;
    }
    for path in found {
        let (from, to) = (lost.join(&path), root.join(name_in_backup(&path, lost, at.seconds() - 1)));
        if to.is_file() && pipeline::file_hash(&to)? == pipeline::file_hash(&from)? {
            continue;
        }
        let folder = to.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, Code::WriteFailed, error))?;
        let aside = folder.join(format!(".bordereau-{}", path.file_name().unwrap_or_default().to_string_lossy()));
        let mut source = File::open(&from).map_err(|error| Error::io(&from, Code::ReadFailed, error))?;
        write_file(&aside, sync, |out| io::copy(&mut source, out).map(drop))?;
        let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
        move_new(&aside, folder, &name)?;
    }
    Ok(())
}
