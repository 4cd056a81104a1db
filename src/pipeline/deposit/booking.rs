//! Deposits written down in a ledger: what is asked before, what is kept after.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::DepositSettings;
use super::known::Correction;
use super::plan::DepositPlan;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result};
use crate::format::Account;
use crate::ledger::{
    DepositBook, DepositEntry, DepositFilter, DepositHead, DepositId, DepositOrigin, DepositReading, KeptFault,
    KnownDeposits, Stamp,
};
use crate::model::{DepositKind, DepositStatus, fitting};
use crate::pipeline::folder::keep_file;
use crate::pipeline::known::read_key;
use crate::pipeline::plan::ReportKey;
use crate::pipeline::source::Opened;

/// Where deposits are written down.
pub struct DepositBooking<'b> {
    /// The book of deposits.
    pub ledger: &'b mut dyn DepositBook,
    /// When, and by whom.
    pub stamp: Stamp,
    /// How the files came in.
    pub origin: DepositOrigin,
    /// The folder of the workspace; paths in it are kept as seen from it, so that it can be moved.
    pub home: PathBuf,
    /// Who deposits.
    pub account: &'b Account,
    /// The deposit whose file is read again.
    pub again: Option<DepositEntry>,
}

/// Where a file waits while it is read, and where it goes then, below the folder of a workspace.
pub const PLACES: [&str; 3] = ["work", "done", "rejected"];

/// How a deposit was read, for those that correct it or read it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::pipeline) struct Kept {
    pub(super) kind: String,
    /// Whether its entries came from XML or JSON.
    pub(super) tree: bool,
    encoding: Option<String>,
    delimiter: Option<u8>,
    sheet: Option<String>,
}

impl Kept {
    pub(super) fn of(plan: &DepositPlan, settings: &DepositSettings) -> Self {
        Self {
            kind: plan.mapping.kind.name().to_owned(),
            tree: plan.is_from_tree(),
            encoding: settings.encoding.clone(),
            delimiter: settings.delimiter,
            sheet: settings.sheet.clone(),
        }
    }

    fn read(deposit: &DepositEntry) -> Option<Self> {
        serde_json::from_str(&deposit.settings).ok()
    }

    /// As JSON.
    fn text(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The settings with which the file itself is read again.
    pub(super) fn settings(self, settings: &DepositSettings) -> DepositSettings {
        DepositSettings {
            kind: DepositKind::from_name(&self.kind),
            encoding: self.encoding,
            delimiter: self.delimiter,
            sheet: self.sheet,
            ..settings.clone()
        }
    }
}

impl DepositBooking<'_> {
    /// The deposit that a corrected report corrects, and how that one was read.
    pub(super) fn parent(&self, key: &ReportKey) -> Result<(DepositEntry, Kept)> {
        let unknown = || Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path));
        let (hash, ..) = read_key(&key.first).ok_or_else(unknown)?;
        let parent = self.ledger.deposit_to_correct(hash)?.ok_or_else(unknown)?;
        let kept = Kept::read(&parent).ok_or_else(unknown)?;
        Ok((parent, kept))
    }

    /// How the file that is read again was read, when it was read to its end.
    pub(super) fn kept_again(&self) -> Option<Kept> {
        self.again.as_ref().and_then(Kept::read)
    }

    /// Goes on with a deposit of these bytes that was interrupted: nobody has to know its number.
    pub(super) fn take_up(&mut self, hash: &str) -> Result<()> {
        if self.again.is_none() {
            let statuses = vec![DepositStatus::Received, DepositStatus::Processing];
            let begun = DepositFilter { statuses, hash: Some(hash.to_owned()), ..DepositFilter::default() };
            self.again = self.ledger.deposits(&begun)?.into_iter().next();
        }
        Ok(())
    }

    /// What is known of a file before it is read.
    pub(super) fn head(&self, opened: &Opened, hash: &str, bytes: u64) -> DepositHead {
        DepositHead {
            origin: self.origin,
            parent: self.again.as_ref().map(|again| again.id),
            file: opened.name().to_owned(),
            hash: hash.to_owned(),
            bytes,
            stamp: self.stamp.clone(),
        }
    }

    /// Notes that the file came, and keeps it.
    pub(super) fn receive(&mut self, opened: &Opened, head: &DepositHead, sync: bool) -> Result<DepositId> {
        let begun = self.again.as_ref().filter(|again| again.status.is_unfinished()).map(|again| again.id);
        let file = head.file.clone();
        let id = match begun {
            Some(id) => id,
            None => self.ledger.receive_deposit(head, &|id| Path::new(PLACES[0]).join(kept_name(id, &file)))?,
        };
        let path = self.home.join(PLACES[0]).join(kept_name(id, &file));
        if begun.is_some() && path.exists() {
            return Ok(id);
        }
        keep_file(&path, sync, |kept| {
            std::io::copy(&mut opened.rewind().map_err(std::io::Error::other)?, kept).map(drop)
        })?;
        Ok(id)
    }

    /// Notes why a deposit is refused as a whole; what may go better another time is left to be read again.
    pub(super) fn turn(&mut self, id: DepositId, error: &Error, duplicate_of: Option<DepositId>) -> Result<()> {
        if !matches!(error.exit(), Exit::Rejected | Exit::Unreadable | Exit::Duplicate) {
            return Ok(());
        }
        let fault = Diagnostic::new(error.code, 0, None, String::new(), error.arguments.clone());
        self.ledger.turn_deposit(id, &KeptFault::of(&fault, String::new(), String::new()), duplicate_of)?;
        self.settle(id)
    }

    /// Puts the file of a deposit that was read where its status says.
    pub(super) fn settle(&mut self, id: DepositId) -> Result<()> {
        match self.ledger.deposit(id)? {
            Some(deposit) => settle_file(self.ledger, &deposit, &self.home),
            None => Ok(()),
        }
    }
}

/// What the records of a deposit that was read say of how it was read.
pub(super) fn reading(plan: &DepositPlan, settings: &DepositSettings, parent: Option<DepositId>) -> DepositReading {
    DepositReading { kind: plan.mapping.kind, settings: Kept::of(plan, settings).text(), parent }
}

/// Which refused records of another deposit a file stands for.
pub(super) fn correction(plan: &DepositPlan, parent: &DepositEntry, known: &dyn KnownDeposits) -> Result<Correction> {
    Ok(Correction::new(plan.key.as_ref().map(|key| key.column), parent.hash.clone(), known.refused_records(parent.id)?))
}

/// Puts the file of a deposit where its status says; what is there already stays. A file that is gone is no fault: its
/// deposit is known.
pub fn settle_file(ledger: &mut dyn DepositBook, deposit: &DepositEntry, home: &Path) -> Result<()> {
    use crate::model::DepositStatus::{Done, Duplicate, Partial, Processing, Received, Rejected, Superseded};

    let Some(kept) = deposit.kept.as_deref() else { return Ok(()) };
    let place = match deposit.status {
        Received | Processing => return Ok(()),
        Done | Partial | Superseded => PLACES[1],
        Rejected => PLACES[2],
        Duplicate => {
            drop(fs::remove_file(home.join(kept)));
            return ledger.move_deposit(deposit.id, None);
        }
    };
    let goal = Path::new(place).join(kept.file_name().unwrap_or_default());
    if kept == goal {
        return Ok(());
    }
    match fs::rename(home.join(kept), home.join(&goal)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io(&home.join(&goal), Code::WriteFailed, error));
        }
        _ => {}
    }
    ledger.move_deposit(deposit.id, Some(goal))
}

/// The name under which a file is kept.
fn kept_name(id: DepositId, file: &str) -> String {
    let bare =
        file.rsplit(['/', '\\']).next().filter(|bare| !matches!(*bare, "" | "-" | "." | "..")).unwrap_or("stdin");
    format!("deposit-{:06}-{}", id.0, fitting(bare))
}
