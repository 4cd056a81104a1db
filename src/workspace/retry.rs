//! Files that were put aside, taken up again.
//!
//! What enters: files of `rejected/` or `quarantine/`. What leaves: the same files in the inbox, under the names with which they
//! came. What is refused: nothing; whatever was taken of a file is known, and nothing is taken twice.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Workspace;
use super::inbox::place::{BESIDE, beside, move_new};
use super::purge::{owner_of_original, placed_at};
use crate::diagnostic::{Code, Error, Result};
use crate::ledger::{DepositBook as _, ImportBook as _, Owner};
use crate::model::Moment;

/// Where refused files are.
const REJECTED: &str = "rejected";

/// A file that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutAside {
    /// Where it is, as seen from the workspace.
    pub path: PathBuf,
    /// The name with which it came.
    pub name: String,
    /// What it was in the ledger.
    pub owner: Option<Owner>,
    /// How long it is.
    pub bytes: u64,
    /// Since when it is there.
    pub since: Moment,
}

impl Workspace {
    /// The files that were refused, by name.
    pub fn rejected_files(&self) -> Result<Vec<PutAside>> {
        self.put_aside(REJECTED)
    }

    /// The files of a folder with those that lie beside them left out.
    pub(super) fn put_aside(&self, folder: &str) -> Result<Vec<PutAside>> {
        let path = self.root.join(folder);
        let found = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            found => found.map_err(|error| Error::io(&path, Code::ReadFailed, error))?,
        };
        let mut files = Vec::new();
        for entry in found.filter_map(std::result::Result::ok) {
            let Ok(metadata) = entry.metadata() else { continue };
            let Ok(bare) = entry.file_name().into_string() else { continue };
            if metadata.is_file() && !bare.starts_with('.') {
                files.push((bare, metadata));
            }
        }
        let names: BTreeSet<_> = files.iter().map(|(bare, _)| bare.clone()).collect();
        files.retain(|(bare, _)| {
            !BESIDE.iter().any(|ending| bare.strip_suffix(ending).is_some_and(|file| names.contains(file)))
        });
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let put_aside = files.into_iter().map(|(bare, metadata)| {
            let owner = owner_of_original(&bare);
            Ok(PutAside {
                name: self.name_before(&bare, owner.as_ref())?,
                path: Path::new(folder).join(bare),
                owner,
                bytes: metadata.len(),
                since: Moment::from_seconds(placed_at(&metadata)).unwrap_or(Moment::beginning()),
            })
        });
        put_aside.collect()
    }

    /// The name with which a file came: without the number that it got here.
    fn name_before(&self, bare: &str, owner: Option<&Owner>) -> Result<String> {
        let known = match owner {
            Some(Owner::Import(id)) => self.ledger.import(*id)?.map(|import| import.file),
            Some(Owner::Deposit(id)) => self.ledger.deposit(*id)?.map(|deposit| deposit.file),
            _ => None,
        };
        let rest = bare.splitn(3, '-').nth(2).unwrap_or(bare);
        // A long name may have been cut, at its beginning.
        Ok(known.filter(|known| known.ends_with(rest)).unwrap_or_else(|| bare.to_owned()))
    }

    /// Puts a file back into the inbox, or into a folder below it, and tells where it is now. What was said of it goes: it will
    /// be said anew.
    pub fn take_up(&mut self, file: &PutAside, below: Option<&str>) -> Result<PathBuf> {
        if let Some(Owner::Deposit(id)) = file.owner
            && self.ledger.deposit(id)?.is_some_and(|deposit| deposit.kept.as_ref() == Some(&file.path))
        {
            self.ledger.move_deposit(id, None)?;
        }
        let from = self.root.join(&file.path);
        for ending in BESIDE {
            let beside = beside(&from, ending);
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::io(&beside, Code::WriteFailed, error));
                }
                _ => {}
            }
        }
        let inbox = self.root.join("inbox").join(below.unwrap_or_default());
        fs::create_dir_all(&inbox).map_err(|error| Error::io(&inbox, Code::WriteFailed, error))?;
        let to = move_new(&from, &inbox, &file.name)?;
        Ok(to.strip_prefix(&self.root).map(Path::to_owned).unwrap_or(to))
    }
}
