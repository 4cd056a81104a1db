//! Whether a workspace is well.

use std::path::{Path, PathBuf};

use super::{CATALOGUE, FOLDERS, Workspace};
use crate::diagnostic::Error;
use crate::ledger::{Ledger as _, PartsBook as _};
use crate::pipeline;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// The ledger: its pages, its numbers.
    Ledger,
    /// A folder of the workspace.
    Folder,
    /// The catalogue.
    Catalogue,
}

/// Something that was looked at, and what is wrong with it.
#[derive(Debug)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// Where it is.
    pub path: PathBuf,
    /// Technical words for each fault; none when it is well.
    pub faults: Vec<String>,
    /// Why it could not even be looked at.
    pub error: Option<Error>,
}

impl Check {
    /// Whether it is well.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty() && self.error.is_none()
    }

    fn of(kind: CheckKind, path: &Path, found: Result<Vec<String>, Error>) -> Self {
        let (faults, error) = match found {
            Ok(faults) => (faults, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Self { kind, path: path.to_owned(), faults, error }
    }
}

impl Workspace {
    /// Looks at everything that the workspace stands on and changes nothing.
    pub fn examine(&self) -> Vec<Check> {
        let mut checks = vec![Check::of(CheckKind::Ledger, &self.root.join(super::LEDGER), self.ledger.faults())];
        for name in FOLDERS {
            let path = self.root.join(name);
            checks.push(Check::of(CheckKind::Folder, &path, pipeline::try_folder(&path).map(|()| Vec::new())));
        }
        let path = self.root.join(CATALOGUE);
        if path.exists() {
            checks.push(Check::of(CheckKind::Catalogue, &path, self.catalogue_faults()));
        }
        checks
    }

    /// A catalogue that is readable must be the one that was loaded last.
    fn catalogue_faults(&self) -> Result<Vec<String>, Error> {
        let opened = self.catalogue()?;
        let hash = pipeline::file_hash(&opened.path)?;
        let loads = self.ledger.loads()?;
        let known = loads.first().map_or("", |load| load.hash.as_str());
        let fault = format!("{} parts, not the catalogue of the last load", opened.catalogue.len());
        Ok(Some(fault).filter(|_| known != hash).into_iter().collect())
    }
}
