//! What is kept between runs: imports, baskets, orders, deposits, claims, repair files, who did what, and
//! what others are told of it.
//!
//! What enters: facts in the words of the trade, with a [`Stamp`] of when and by whom.
//! What leaves: the same facts, and answers to questions about them. Each method that changes something is one
//! transaction: done as a whole or not at all.
//! What is refused: a change that would make two facts contradict each other; a ledger that is damaged, locked, or written
//! by a newer program.
//!
//! [`Ledger`] is made of books, so that another store can take the place of [`SqliteLedger`]. No book looks at a clock.

mod basket;
mod deposit;
mod entry;
mod event;
mod import;
mod morning;
mod order;
mod parts;
mod retention;
mod sqlite;
mod statistics;
mod work_order;

pub use basket::{
    Asked, BasketBook, BasketTotals, Change, LineFilter, LineId, LineState, NewLine, NotWaiting, Totals, WaitingLine,
};
pub use deposit::{
    Deletion, DepositBook, DepositEnd, DepositEntry, DepositFilter, DepositHead, DepositId, DepositOrigin,
    DepositReading, DepositRecord, EarlierEntry, KnownDeposits, NewEntry, RefusedRecord, RefusedRow,
};
pub use entry::{
    ApprovedClaim, BookedPart, ClaimAnswer, DraftInvoice, Entry, EntryBook, EntryChange, EntryContent, EntryFilter,
    EntryId, InvoiceBook, InvoiceEntry, InvoiceMatch, KeptFault, Matched, Message, PendingMessage, Remark, SaidOfClaim,
    SolutionBook, SolutionEntry, SolutionId, SolutionStatus,
};
pub use event::{
    AttemptEnd, Claim, DepositFacts, Event, EventBook, EventFacts, EventId, NewEvent, Notification, NotificationId,
    NotificationStatus, ResponseFacts, WorkOrderFacts,
};
pub use import::{
    Earlier, EarlierLine, HeldImport, ImportBatch, ImportBook, ImportEntry, ImportHead, ImportId, ImportOrigin,
    ImportRecord, ImportStatus, ImportTotals, KnownImports, LineBook, Need, OrderHead, RefusedLine, SourceEntry,
    SourceLine, stable_hash,
};
pub use morning::{
    Appointment, Brought, CodeCount, FileCount, Morning, MorningBook, Night, Outcome, OwedParts, RefusedFile, Waiting,
    WaitingBasket, WaitingClaims, WaitingOrders, WaitingWorkOrders,
};
pub use order::{
    Answered, BackOrder, BackOrderFilter, Delivery, DocumentForm, DraftPlan, Estimate, JournalEntry, LineEstimate,
    NewOrder, OrderAnswer, OrderBook, OrderEntry, OrderFilter, OrderId, OrderLineEntry, OrderPlan, OrderTerms,
    ReceiptEntry, ResponseFile, StatusChange,
};
pub use parts::{CatalogueLoad, LoadKind, PartsBook};
pub use retention::{FileRemoval, Owner, Persons, PurgedTexts, Reach, RetentionBook, Tenure, Voice};
pub use sqlite::SqliteLedger;
pub use statistics::{OrderShare, Period, StatisticsBook};
pub use work_order::{
    Acceptance, Accepted, AcceptedBy, Arrived, ArrivingWorkOrder, TakeIn, WorkOrderBook, WorkOrderEntry,
};

use std::path::Path;

use crate::diagnostic::Result;
use crate::model::Moment;

/// Everything that is kept.
pub trait Ledger:
    ImportBook
    + BasketBook
    + OrderBook
    + PartsBook
    + StatisticsBook
    + DepositBook
    + EntryBook
    + SolutionBook
    + InvoiceBook
    + EventBook
    + WorkOrderBook
    + RetentionBook
    + MorningBook
{
    /// What is wrong with it, one line for each fault, in technical words; nothing when it is whole. Every book is read.
    fn faults(&self) -> Result<Vec<String>>;

    /// Writes a whole copy to `path`, which must not exist, while others go on working.
    fn copy_to(&self, path: &Path) -> Result<()>;
}

/// When something was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Moment,
    /// The user, as the system names them.
    pub by: String,
}
