//! The book of work orders: each as it came, and what was decided about it.

use super::{EntryId, JournalEntry, NewEntry, Stamp};
use crate::diagnostic::Result;
use crate::model::{
    CloseKind, DeadlineClass, DeadlineClock, ManufacturerId, Moment, WorkOrder, WorkOrderFacts, WorkOrderFilter,
    WorkOrderId, WorkOrderStatus, words,
};

/// A work order as the ledger has it, but for what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkOrderEntry {
    /// The platform's number.
    pub id: WorkOrderId,
    /// The manufacturer's own number.
    pub number: String,
    /// Who sends it.
    pub manufacturer: ManufacturerId,
    /// The repair type.
    pub repair_type: Option<u64>,
    /// The appliance in one line.
    pub product: String,
    /// The consumer's postcode.
    pub zip: String,
    /// When the manufacturer sent it, where that is told.
    pub created: Option<Moment>,
    /// Until when the manufacturer wants an answer.
    pub deadline: Option<Moment>,
    /// How far it is.
    pub status: WorkOrderStatus,
    /// How it was closed.
    pub close_kind: Option<CloseKind>,
    /// The last status that the platform told.
    pub reported: WorkOrderStatus,
    /// The repair file on the platform.
    pub intervention: Option<u64>,
    /// The repair file here.
    pub repair_file: Option<EntryId>,
    /// When it came in.
    pub received_at: Moment,
    /// Who took it in.
    pub received_by: String,
    /// When it was accepted or refused.
    pub decided_at: Option<Moment>,
    /// By whom.
    pub decided_by: String,
    /// Why it was refused.
    pub refusal_reason: String,
    /// When it was exported last.
    pub exported_at: Option<Moment>,
}

impl WorkOrderEntry {
    /// What filters look at.
    pub fn facts(&self) -> WorkOrderFacts<'_> {
        WorkOrderFacts {
            id: self.id,
            status: self.status,
            manufacturer: self.manufacturer,
            sent: Some(self.created.unwrap_or(self.received_at)),
            deadline: self.deadline,
            zip: &self.zip,
            product: &self.product,
        }
    }

    /// How urgent an answer is.
    pub fn deadline_class(&self, clock: DeadlineClock) -> DeadlineClass {
        clock.class(self.status, self.deadline)
    }
}

/// A work order that comes in.
#[derive(Clone, Copy, Debug)]
pub struct ArrivingWorkOrder<'a> {
    /// What it says.
    pub order: &'a WorkOrder,
    /// The same without its state, as it is kept: equal texts say the same.
    pub body: &'a str,
}

/// What becomes of a work order that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// It is new here.
    New,
    /// It is known, and nothing happens.
    Known,
    /// It is known, and the platform says something new of its state.
    Moved {
        /// What it was here.
        from: WorkOrderStatus,
        /// What it is now.
        to: WorkOrderStatus,
    },
    /// It is known, and what the platform says of its state cannot follow from the state here.
    Otherwise {
        /// The state here, which stays.
        here: WorkOrderStatus,
    },
    /// Another content is known under this number, and stays.
    Conflict,
}

words! {
    /// Who decides to accept a work order.
    AcceptedBy {
        /// Somebody who typed so.
        User = "user",
        /// A rule of the workspace.
        Rule = "rule",
        /// The platform, where it was accepted.
        Platform = "platform",
    }
}

/// A work order that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The work order.
    pub id: WorkOrderId,
    /// Its repair file.
    pub repair_file: EntryId,
    /// Whether it was accepted before, and the repair file was there.
    pub is_repeated: bool,
}

/// A work order that is to be accepted.
#[derive(Debug)]
pub struct Acceptance<'a> {
    /// The work order.
    pub id: WorkOrderId,
    /// The repair file that it begins.
    pub repair_file: NewEntry<'a>,
    /// Who decides so.
    pub by: AcceptedBy,
}

/// Takes one work order in.
pub type TakeIn<'t> = dyn FnMut(&ArrivingWorkOrder<'_>) -> Result<Arrived> + 't;

/// The book of work orders.
pub trait WorkOrderBook {
    /// Takes in what a file has, all or nothing; `give` hands its work orders over one by one. Nothing is kept of it when it
    /// `is_rehearsed`. One that the platform calls accepted is new until somebody makes its repair file.
    fn take_work_orders(
        &mut self,
        is_rehearsed: bool,
        stamp: &Stamp,
        give: &mut dyn FnMut(&mut TakeIn<'_>) -> Result<()>,
    ) -> Result<()>;
    /// Accepts work orders, each with a repair file of its own; all of them or none. One that was accepted keeps its file.
    fn accept_work_orders(&mut self, orders: &[Acceptance<'_>], stamp: &Stamp) -> Result<Vec<Accepted>>;
    /// Refuses work orders, all of them or none; nothing is kept of it when it `is_rehearsed`.
    fn refuse_work_orders(
        &mut self,
        ids: &[WorkOrderId],
        reason: &str,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<()>;
    /// Makes work orders new again that the manufacturer gives anew; an open repair file is closed without a claim.
    fn reopen_work_orders(
        &mut self,
        ids: &[WorkOrderId],
        reason: &str,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<()>;
    /// Notes that work orders were exported.
    fn mark_exported(&mut self, ids: &[WorkOrderId], stamp: &Stamp) -> Result<()>;
    /// A work order by its number.
    fn work_order(&self, id: WorkOrderId) -> Result<Option<WorkOrderEntry>>;
    /// What it says, as it was handed over.
    fn work_order_body(&self, id: WorkOrderId) -> Result<Option<String>>;
    /// Work orders, by their numbers.
    fn work_orders(&self, filter: &WorkOrderFilter) -> Result<Vec<WorkOrderEntry>>;
    /// How often a work order has been accepted.
    fn work_order_acceptances(&self, id: WorkOrderId) -> Result<u64>;
    /// What was done with it, the oldest first.
    fn work_order_history(&self, id: WorkOrderId) -> Result<Vec<JournalEntry>>;
}
