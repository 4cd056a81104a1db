//! The book of deposits: which files were deposited, what was created of them, what waits for its correction.

use std::path::PathBuf;

use super::{EntryId, KeptFault, Stamp};
use crate::diagnostic::{Code, Result};
use crate::model::{Counts, Day, DepositKind, DepositStatus, ManufacturerId, Moment, RepairState, words};

/// The number of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DepositId(pub i64);

words! {
    /// How a deposit came in.
    DepositOrigin {
        /// As a file.
        File = "FILE",
        /// As a corrected report of an earlier one.
        Correction = "CORRECTION",
        /// The file that is kept of an earlier one, read again.
        Retry = "RETRY",
        /// One by one on the command line.
        Typed = "TYPED",
    }
}

/// What is known of a deposit before it is read.
#[derive(Clone, Debug)]
pub struct DepositHead {
    /// How it came in.
    pub origin: DepositOrigin,
    /// What it corrects, or what is read again.
    pub parent: Option<DepositId>,
    /// The bare name of the file.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// How long it is.
    pub bytes: u64,
    /// When it came, and who brought it.
    pub stamp: Stamp,
}

/// What is known of a deposit once somebody has looked at it.
#[derive(Clone, Debug)]
pub struct DepositReading {
    /// What it holds.
    pub kind: DepositKind,
    /// How it was read, as JSON.
    pub settings: String,
    /// What it corrects, when that shows only now.
    pub parent: Option<DepositId>,
}

/// A warranty claim or repair file on its way into the ledger.
#[derive(Clone, Debug)]
pub struct NewEntry<'e> {
    /// What it is.
    pub kind: DepositKind,
    /// The physical line on which it starts; 0 when it was typed.
    pub line: u64,
    /// Its manufacturer, when that is known.
    pub manufacturer: Option<ManufacturerId>,
    /// The service centre's own number; empty when its content is its identity.
    pub report_number: &'e str,
    /// The same manufacturer and report number, or the same content, give the same hash.
    pub identity: i64,
    /// Hash of what it says.
    pub content: i64,
    /// The same manufacturer and serial number give the same hash; none without a serial number.
    pub appliance: Option<i64>,
    /// When the appliance was repaired, as far as that is known.
    pub repaired_on: Option<Day>,
    /// The repair file on the platform, where it is named.
    pub intervention: Option<u64>,
    /// How far a repair file is, by its status codes; nothing for a claim.
    pub state: Option<RepairState>,
    /// What it says, as JSON with the member names of the platform's interface; what cannot be read stands there as it was
    /// written.
    pub body: &'e str,
    /// What is wrong or doubtful; with an error it is not valid.
    pub faults: &'e [KeptFault],
    /// The refused entry of the parent that it stands for, by its line.
    pub stands_for: Option<u64>,
}

impl NewEntry<'_> {
    /// Whether nothing keeps it from being transmitted.
    pub fn is_valid(&self) -> bool {
        !self.faults.iter().any(KeptFault::is_error)
    }
}

/// A record of an entry that was not created without a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// The physical line.
    pub line: u64,
    /// Hash of its cells.
    pub record_hash: u64,
}

/// What is known of a deposit at its end.
#[derive(Clone, Debug)]
pub struct DepositEnd {
    /// What became of its entries.
    pub counts: Counts,
    /// The errors of its entries, and how often each.
    pub causes: Vec<(Code, u64)>,
    /// Hash of what its entries say, in whatever order.
    pub content: String,
    /// The folder of its reports, which get their final names after the ledger has the deposit.
    pub reports: Option<PathBuf>,
}

/// An entry of an earlier deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierEntry {
    /// Its number.
    pub id: EntryId,
    /// The deposit that brought it, unless it was typed.
    pub deposit: Option<DepositId>,
    /// The file of that deposit.
    pub file: String,
    /// When it was created.
    pub created_at: Moment,
    /// Hash of what it says.
    pub content: i64,
    /// Whether it may still be changed.
    pub is_open: bool,
}

/// What deposits are compared with.
pub trait KnownDeposits {
    /// The deposit that took a file of these bytes, while something of it counts.
    fn deposit_of_bytes(&self, hash: &str) -> Result<Option<DepositEntry>>;
    /// The deposit that took a file with the same entries, in whatever form.
    fn deposit_of_content(&self, content: &str) -> Result<Option<DepositEntry>>;
    /// The records of a deposit that were refused, in the order of the file.
    fn refused_records(&self, id: DepositId) -> Result<Vec<RefusedRecord>>;
    /// The entry of this kind and identity, if one is kept.
    fn entry_of_identity(&self, kind: DepositKind, identity: i64) -> Result<Option<EarlierEntry>>;
    /// The repair file that has this number on the platform.
    fn repair_of_intervention(&self, intervention: u64) -> Result<Option<EarlierEntry>>;
    /// The last repair of an appliance in a span of days, both included, besides that of an entry.
    fn repair_of_appliance(&self, appliance: i64, from: Day, to: Day) -> Result<Option<EarlierEntry>>;
}

/// A record that was refused and waits for its correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Where it stands.
    pub row: RefusedRow,
    /// The line on which its entry starts.
    pub entry: u64,
    /// The draft that is kept of its entry.
    pub draft: Option<EntryId>,
    /// Whether it was brought in since, by a deposit or by a command.
    pub is_corrected: bool,
    /// The deposit that brought it in; nothing when a command did.
    pub corrected_by: Option<DepositId>,
}

/// A deposit while it is written down. Dropped before [`DepositRecord::finish`] it leaves nothing behind but that the file was
/// received.
///
/// Nobody else writes meanwhile, so what it answers as [`KnownDeposits`] holds until it is finished.
pub trait DepositRecord: KnownDeposits {
    /// The number of the deposit.
    fn id(&self) -> DepositId;
    /// Forgets every entry: the file is read once more.
    fn restart(&mut self) -> Result<()>;
    /// Creates an entry, or brings the one up to date that it stands for: a draft of the parent, a repair file that is known
    /// on the platform. One that is not valid is kept as a draft.
    fn create(&mut self, entry: &NewEntry<'_>) -> Result<EntryId>;
    /// Writes down that an entry has an error: its records, the first of which is its line; the draft that is kept of it; the
    /// refused entry of the parent that it stands for.
    fn refuse(&mut self, rows: &[RefusedRow], draft: Option<EntryId>, stands_for: Option<u64>) -> Result<()>;
    /// Makes it count. A deposit without a single valid entry leaves no drafts.
    fn finish(self: Box<Self>, end: &DepositEnd) -> Result<DepositEntry>;
}

/// A deposit as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositEntry {
    /// Its number.
    pub id: DepositId,
    /// What it corrects, what is read again, or what it is a duplicate of.
    pub parent: Option<DepositId>,
    /// How it came in.
    pub origin: DepositOrigin,
    /// What it holds, once somebody has looked.
    pub kind: Option<DepositKind>,
    /// How far it is.
    pub status: DepositStatus,
    /// The bare name of the file.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// How long it is.
    pub bytes: u64,
    /// How it was read, as JSON.
    pub settings: String,
    /// When it came.
    pub received_at: Moment,
    /// Who brought it.
    pub received_by: String,
    /// Records read, an entry counting once.
    pub read: u64,
    /// Entries created without an error.
    pub accepted: u64,
    /// Entries with an error.
    pub rejected: u64,
    /// Records that are no entries.
    pub ignored: u64,
    /// Those of the rejected that are kept as drafts.
    pub drafts: u64,
    /// Those of the rejected that later deposits or commands have brought in.
    pub corrected: u64,
    /// Warranty claims created, drafts among them.
    pub claims: u64,
    /// Repair files created, drafts among them.
    pub repairs: u64,
    /// Why it was refused as a whole.
    pub refusal: Option<KeptFault>,
    /// Where the file is kept, as seen from the workspace.
    pub kept: Option<PathBuf>,
    /// Where its reports are.
    pub reports: Option<PathBuf>,
    /// When it was deleted, and by whom.
    pub deleted: Option<Stamp>,
}

/// Which deposits are meant.
#[derive(Clone, Debug, Default)]
pub struct DepositFilter {
    /// With one of these statuses; none given: any.
    pub statuses: Vec<DepositStatus>,
    /// Of a file of these bytes, by their BLAKE3.
    pub hash: Option<String>,
    /// Of this kind.
    pub kind: Option<DepositKind>,
    /// With an entry of this manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// Received on this day or later.
    pub from: Option<Moment>,
    /// Received before.
    pub before: Option<Moment>,
    /// Deleted ones, too.
    pub deleted: bool,
}

/// What deleting a deposit does, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// Entries whose content goes.
    pub purged: u64,
    /// Entries that stay, because they were transmitted or closed.
    pub kept: u64,
}

/// The book of deposits.
pub trait DepositBook: KnownDeposits {
    /// The newest deposit of a file of these bytes that somebody may correct, be it that all of it was refused.
    fn deposit_to_correct(&self, hash: &str) -> Result<Option<DepositEntry>>;
    /// A deposit by its number, a deleted one too.
    fn deposit(&self, id: DepositId) -> Result<Option<DepositEntry>>;
    /// Deposits, the newest first.
    fn deposits(&self, filter: &DepositFilter) -> Result<Vec<DepositEntry>>;
    /// Corrections of a deposit, and corrections of those, the oldest first.
    fn corrections(&self, id: DepositId) -> Result<Vec<DepositEntry>>;
    /// Notes that a file came. From here on it is in the ledger, whatever happens. `kept` says for a number where the file is
    /// kept, as seen from the workspace.
    fn receive_deposit(&mut self, head: &DepositHead, kept: &dyn Fn(DepositId) -> PathBuf) -> Result<DepositId>;
    /// Begins to write down what is in a deposit that was received.
    fn begin_deposit<'l>(&'l mut self, id: DepositId, reading: &DepositReading) -> Result<Box<dyn DepositRecord + 'l>>;
    /// Notes that a deposit is refused as a whole, or that it was deposited before.
    fn turn_deposit(&mut self, id: DepositId, why: &KeptFault, duplicate_of: Option<DepositId>) -> Result<()>;
    /// The file of a deposit is kept elsewhere now, or nowhere.
    fn move_deposit(&mut self, id: DepositId, kept: Option<PathBuf>) -> Result<()>;
    /// Deposits whose reports may still lack their final names.
    fn held_deposits(&self) -> Result<Vec<DepositEntry>>;
    /// The reports of a deposit have their final names; those of a deleted one are gone, and its file.
    fn release_deposit(&mut self, id: DepositId) -> Result<()>;
    /// Deleted deposits whose file or reports may still lie about.
    fn purged_deposits(&self) -> Result<Vec<DepositEntry>>;
    /// What deleting it would do.
    fn deletion(&self, id: DepositId) -> Result<Deletion>;
    /// Hides a deposit and purges what it says of persons; that it came, and what was counted, stays. Its file and its
    /// reports are named as long as nobody has said that they are gone. What it corrected in others alone waits again.
    fn delete_deposit(&mut self, id: DepositId, stamp: &Stamp) -> Result<Deletion>;
}
