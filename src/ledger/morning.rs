//! The book of the morning: what came in a night, what was refused of it, and what waits for somebody.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Totals;
use crate::diagnostic::Result;
use crate::model::{Day, Errand, ManufacturerId, Moment, words};

/// The night that is asked about, and by which clocks its morning is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    /// Its first second.
    pub since: Moment,
    /// The moment of the question: what comes later does not count.
    pub until: Moment,
    /// The day of the morning.
    pub today: Day,
    /// A work order whose deadline lies before is due soon.
    pub soon: Moment,
    /// An order that was sent before and has no answer is overdue.
    pub answered_by: Moment,
    /// A claim that was transmitted before should be on a draft invoice by now.
    pub invoiced_by: Moment,
}

words! {
    /// What became of a file.
    Outcome {
        /// All of it counts.
        Accepted = "accepted",
        /// A part of it does.
        Partial = "partial",
        /// Nothing does.
        Rejected = "rejected",
        /// It was there already.
        Duplicate = "duplicate",
        /// It was taken back.
        Undone = "undone",
        /// A run ended before it was done.
        Unfinished = "unfinished",
    }
}

/// Files of one kind that ended alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// What they were there for.
    pub errand: Errand,
    /// What became of them.
    pub outcome: Outcome,
    /// How many.
    pub files: u64,
    /// Records of theirs.
    pub read: u64,
    /// Those that count.
    pub accepted: u64,
    /// Those that were refused.
    pub rejected: u64,
}

/// What order files brought for a manufacturer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Whose parts.
    pub manufacturer: ManufacturerId,
    /// Accepted lines, parts, and what they come to.
    pub totals: Totals,
}

/// How often a code was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// How often.
    pub times: u64,
}

/// A file of which something still has to be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedFile {
    /// An order file or a deposit.
    pub errand: Errand,
    /// Its number.
    pub number: i64,
    /// Its bare name.
    pub file: String,
    /// What was refused and not brought in since.
    pub open: u64,
    /// Why, the most frequent first.
    pub causes: Vec<CodeCount>,
    /// The folder of its reports, as seen from the workspace.
    pub reports: Option<PathBuf>,
}

/// A basket that waits to be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingBasket {
    /// Whose parts.
    pub manufacturer: ManufacturerId,
    /// What they come to.
    pub totals: Totals,
    /// When the oldest of its lines came.
    pub since: Option<Moment>,
}

/// So many of something, since when the oldest waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// Since when the oldest of them.
    pub since: Option<Moment>,
}

/// Orders of a manufacturer about which something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingOrders {
    /// From whom.
    pub manufacturer: ManufacturerId,
    /// Drafts and estimates, which nobody else knows.
    pub drafts: Waiting,
    /// Sent, without an answer.
    pub unanswered: Waiting,
    /// Those of them that are overdue.
    pub overdue: u64,
}

/// Parts that a manufacturer owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedParts {
    /// Who.
    pub manufacturer: ManufacturerId,
    /// Lines on back-order.
    pub back_orders: u64,
    /// Parts of theirs that are still to come.
    pub quantity: u64,
    /// Lines whose promised day has passed, on back-order or not.
    pub late: u64,
}

/// Claims of a manufacturer about which something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingClaims {
    /// Against whom, where that is known.
    pub manufacturer: Option<ManufacturerId>,
    /// Drafts, to be completed.
    pub drafts: Waiting,
    /// Sent back, to be corrected.
    pub sent_back: Waiting,
    /// Valid, to be transmitted.
    pub ready: Waiting,
    /// Transmitted, without a last word.
    pub unanswered: Waiting,
    /// Transmitted long enough ago to be on a draft invoice, and on none.
    pub uninvoiced: u64,
}

/// Work orders of a manufacturer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingWorkOrders {
    /// Whose.
    pub manufacturer: ManufacturerId,
    /// Those that came in the night, whatever became of them.
    pub arrived: u64,
    /// New ones, to be accepted or refused.
    pub undecided: Waiting,
    /// Those of them whose deadline has passed.
    pub overdue: u64,
    /// Those of them that are due soon.
    pub due_soon: u64,
    /// The first deadline that has not passed.
    pub next: Option<Moment>,
}

/// A repair for which somebody is expected today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The repair file.
    pub repair: i64,
    /// Whose appliance, where that is known.
    pub manufacturer: Option<ManufacturerId>,
    /// The service centre's own number.
    pub report_number: String,
    /// Day and time as they were written.
    pub at: String,
}

/// All of it, as the ledger had it at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Morning {
    /// Files of the night.
    pub files: Vec<FileCount>,
    /// Lines of its order files.
    pub brought: Vec<Brought>,
    /// Answers to claims that were taken in.
    pub answered_claims: u64,
    /// Files of the night with something to be corrected, the worst first.
    pub refused: Vec<RefusedFile>,
    /// Every basket that is not empty.
    pub baskets: Vec<WaitingBasket>,
    /// Orders.
    pub orders: Vec<WaitingOrders>,
    /// Parts that are owed.
    pub owed: Vec<OwedParts>,
    /// Claims.
    pub claims: Vec<WaitingClaims>,
    /// Drafts of repair files.
    pub repair_drafts: Waiting,
    /// Work orders.
    pub work_orders: Vec<WaitingWorkOrders>,
    /// Repairs of today.
    pub appointments: Vec<Appointment>,
    /// Solution requests without an answer.
    pub solutions: Waiting,
}

impl Morning {
    /// Every manufacturer that it tells anything of, and nothing for what is of one that is not known.
    pub fn manufacturers(&self) -> BTreeSet<Option<ManufacturerId>> {
        let known = self.brought.iter().map(|each| each.manufacturer);
        let known = known.chain(self.baskets.iter().map(|each| each.manufacturer));
        let known = known.chain(self.orders.iter().map(|each| each.manufacturer));
        let known = known.chain(self.owed.iter().map(|each| each.manufacturer));
        let known = known.chain(self.work_orders.iter().map(|each| each.manufacturer));
        let perhaps = self.claims.iter().map(|each| each.manufacturer);
        known.map(Some).chain(perhaps).collect()
    }
}

/// The book of the morning.
pub trait MorningBook {
    /// What the ledger says of a night and of the morning after it. No line of a file is looked at.
    fn morning(&self, night: &Night) -> Result<Morning>;
}
