//! CONDUCT in a workspace: work that outlives a run.
//!
//! What enters: a folder made by [`Workspace::init`], with its settings, its ledger and its catalogue.
//! What leaves: imports in baskets, deposits with their claims and repair files, and everything else that the ledger keeps. What is refused: a folder that is no
//! workspace; a ledger that cannot be trusted.
//!
//! Whatever was interrupted is finished when a workspace is opened: the ledger says what happened, files follow it.

mod backup;
mod basket;
mod catalogue;
mod columns;
mod deposit;
mod doctor;
pub mod entry;
mod events;
mod import;
mod inbox;
mod invoice;
mod morning;
pub mod order;
mod outbox;
mod presence;
mod purge;
mod quarantine;
mod restore;
mod retry;
mod room;
mod solution;
pub mod work_order;

pub use basket::{AmendedLine, Amendment, LineEdit, Obstacle, Replacement, Supply, TypedLine, supply};
pub use doctor::{Check, CheckKind};
pub use inbox::{Delivered, Heard, InboxRequest, Observed, Queued, Standing, Turn, Watching};
pub use invoice::{InvoiceLine, MatchedInvoice};
pub use purge::Purge;
pub use quarantine::{Quarantined, Reason};
pub use restore::Restored;
pub use retry::PutAside;
pub use solution::{NewSolution, Subject, solution_values};

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Account, Registry};
use crate::ledger::{ImportBook as _, SqliteLedger};
use crate::model::Language;
use crate::pipeline::{self, CatalogueFile, write_file};

/// The file that makes a folder a workspace; it is made last.
const SETTINGS: &str = "bordereau.toml";

/// The ledger.
const LEDGER: &str = "ledger.sqlite";

/// The catalogue, compiled.
const CATALOGUE: &str = "catalogue.bdc";

/// Folders of a workspace: where files wait, are worked on, and go.
const FOLDERS: [&str; 8] = ["inbox", "work", "done", "rejected", "duplicates", "quarantine", "out", outbox::OUTBOX];

/// A folder in which work goes on from run to run.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    account: Account,
    ledger: SqliteLedger,
    sync: bool,
    presence: presence::Presence,
}

impl Workspace {
    /// Makes a workspace in a folder, which may hold other things already but no workspace.
    pub fn init(root: &Path, language: Language, sync: bool) -> Result<()> {
        let settings = root.join(SETTINGS);
        if settings.exists() {
            return Err(Error::new(Code::WorkspaceExists, Arguments::none().with("path", root.display())));
        }
        make_folders(root)?;
        // Whoever was interrupted while making one goes on with the ledger that is there.
        drop(SqliteLedger::create(&root.join(LEDGER), sync)?);
        let text = match language {
            Language::French => include_str!("bordereau.fr.toml"),
            Language::English => include_str!("bordereau.en.toml"),
        };
        write_file(&settings, sync, |file| std::io::Write::write_all(file, text.as_bytes()))
    }

    /// The workspace that a folder is, or is in.
    pub fn around(folder: &Path) -> Option<PathBuf> {
        folder.ancestors().find(|folder| folder.join(SETTINGS).is_file()).map(Path::to_owned)
    }

    /// Opens a workspace and finishes what was interrupted.
    pub fn open(root: &Path, registry: &Registry, sync: bool) -> Result<Self> {
        let settings = root.join(SETTINGS);
        let text = fs::read_to_string(&settings).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                Error::new(Code::NotAWorkspace, Arguments::none().with("path", root.display()))
            }
            _ => Error::io(&settings, Code::ReadFailed, error),
        })?;
        let account = Account::read(&settings.display().to_string(), &text, registry)?;
        let ledger = SqliteLedger::open(&root.join(LEDGER), sync)?;
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let mut workspace = Self { root, account, ledger, sync, presence: presence::Presence::unknown() };
        workspace.recover(registry)?;
        Ok(workspace)
    }

    /// Makes the folders that are missing, and finishes what a run left that ended in between: reports whose import is in the
    /// ledger get their final names, documents of orders that were sent are written,
    /// and messages to the platform.
    fn recover(&mut self, registry: &Registry) -> Result<()> {
        match self.finish(registry) {
            // What can only be read can be looked at all the same; the rest is finished when there is room again.
            Err(error)
                if matches!(
                    error.code,
                    Code::DiskFull | Code::ReadOnlyDisk | Code::LedgerReadOnly | Code::PermissionDenied
                ) =>
            {
                Ok(())
            }
            finished => finished,
        }
    }

    fn finish(&mut self, registry: &Registry) -> Result<()> {
        make_folders(&self.root)?;
        self.enter();
        self.finish_imports()?;
        self.recover_deposits()?;
        self.write_outbox()?;
        self.recover_orders(registry)?;
        self.write_events()?;
        // What cannot be removed now is removed later, and told by the next purge.
        drop(self.finish_removals());
        Ok(())
    }

    /// Gives the reports of imports their final names that the ledger has.
    fn finish_imports(&mut self) -> Result<()> {
        for held in self.ledger.held_imports()? {
            pipeline::finish_folder(&self.root.join(&held.reports), self.sync)?;
            self.ledger.release_reports(&[held.id])?;
        }
        Ok(())
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Who works here.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What is kept.
    pub fn ledger(&self) -> &SqliteLedger {
        &self.ledger
    }

    /// What is kept, to be changed.
    pub fn ledger_mut(&mut self) -> &mut SqliteLedger {
        &mut self.ledger
    }

    /// Whether what is written must survive a power cut.
    pub fn is_synced(&self) -> bool {
        self.sync
    }

    /// Where the catalogue is kept.
    pub fn catalogue_path(&self) -> PathBuf {
        self.root.join(CATALOGUE)
    }

    /// The parts.
    pub fn catalogue(&self) -> Result<CatalogueFile> {
        let path = self.catalogue_path();
        if !path.exists() {
            return Err(Error::new(Code::CatalogueMissing, Arguments::none().with("path", path.display())));
        }
        pipeline::open_catalogue(&path)
    }
}

fn make_folders(root: &Path) -> Result<()> {
    for folder in FOLDERS.iter().map(|name| root.join(name)) {
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, Code::WriteFailed, error))?;
    }
    Ok(())
}
