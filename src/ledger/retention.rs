//! The book of retention: what has been kept long enough, and what was purged.
//!
//! Only what is finished is ever purged. Hashes, numbers, names of files and counts stay, so that what came before is
//! recognised all the same.

use std::path::PathBuf;

use super::{DepositId, ImportId, KeptFault, Stamp};
use crate::diagnostic::Result;
use crate::model::{DepositKind, Moment};

/// To what a kept file belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// To an import.
    Import(ImportId),
    /// To a deposit.
    Deposit(DepositId),
    /// To a message of the outbox.
    Message(i64),
    /// To an order, by its number.
    Order(String),
}

/// Whether the time of something is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenure {
    /// It is finished, and came before the moment that was asked for.
    Over,
    /// It came later.
    Young,
    /// It is old, but not finished: it stays, however old it grows.
    Unfinished,
    /// Nobody knows it.
    Unknown,
}

/// A file, or a folder of reports, that is removed because its time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRemoval {
    /// The number of the removal; 0 before it is noted.
    pub id: i64,
    /// Where it is, as seen from the workspace.
    pub path: PathBuf,
    /// BLAKE3 of its bytes; nothing for a folder.
    pub hash: String,
    /// How long it is.
    pub bytes: u64,
    /// To what it belongs.
    pub owner: Option<Owner>,
}

/// What is purged of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What says who somebody is, and texts in which somebody may be named.
    Persons,
    /// Everything.
    Contents,
}

/// Where persons are spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// In a claim or a repair file.
    Entry,
    /// In an after-sales solution request.
    Solution,
    /// In a work order.
    WorkOrder,
}

impl Voice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Entry, Self::Solution, Self::WorkOrder];
}

/// What is said somewhere, before and after persons are taken out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persons {
    /// The number of the claim, repair file, request or work order.
    pub id: i64,
    /// Of an entry what it is.
    pub kind: Option<DepositKind>,
    /// JSON.
    pub body: String,
    /// What was found wrong with it.
    pub faults: Vec<KeptFault>,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgedTexts {
    /// Imports.
    pub imports: u64,
    /// Claims and repair files.
    pub entries: u64,
    /// After-sales solution requests.
    pub solutions: u64,
    /// Work orders.
    pub work_orders: u64,
    /// Orders.
    pub orders: u64,
}

impl PurgedTexts {
    /// All of them together.
    pub const fn sum(self) -> u64 {
        self.imports + self.entries + self.solutions + self.work_orders + self.orders
    }

    /// How many of those in which persons are spoken of.
    pub const fn of(&mut self, voice: Voice) -> &mut u64 {
        match voice {
            Voice::Entry => &mut self.entries,
            Voice::Solution => &mut self.solutions,
            Voice::WorkOrder => &mut self.work_orders,
        }
    }
}

/// The book of retention.
pub trait RetentionBook {
    /// Whether what belongs to `owner` came before a moment, and is finished.
    fn tenure(&self, owner: &Owner, before: Moment) -> Result<Tenure>;
    /// Notes that files are removed, before they are; what owned them names them no more.
    fn begin_removals(&mut self, files: &[FileRemoval], stamp: &Stamp) -> Result<()>;
    /// What was to be removed and may still be there.
    fn pending_removals(&self) -> Result<Vec<FileRemoval>>;
    /// They are gone.
    fn end_removals(&mut self, removals: &[FileRemoval]) -> Result<()>;
    /// Some of what still speaks of persons, is finished and was changed before a moment.
    fn persons_before(&self, voice: Voice, before: Moment) -> Result<Vec<Persons>>;
    /// Keeps what is left of them.
    fn forget_persons(&mut self, voice: Voice, left: &[Persons], stamp: &Stamp) -> Result<()>;
    /// Purges what imports and orders of before a moment say and, when everything is meant, all else; what is finished alone.
    fn purge_texts(&mut self, reach: Reach, before: Moment, stamp: &Stamp) -> Result<PurgedTexts>;
    /// How many there are to purge.
    fn to_purge(&self, reach: Reach, before: Moment) -> Result<PurgedTexts>;
    /// How many stay although they are older, because they are not finished.
    fn unfinished(&self, before: Moment) -> Result<PurgedTexts>;
    /// When the settings were enforced last.
    fn purged_last(&self) -> Result<Option<Moment>>;
    /// Notes that they were, and how much went: files and texts. What was overwritten leaves the log of changes, too.
    fn note_purge(&mut self, files: u64, texts: u64, stamp: &Stamp) -> Result<()>;
}
