//! The words of the trade, as plain types.
//!
//! What enters: nothing; this is the ground that every other module stands on.
//! What leaves: identifiers, money, days and moments, addresses, the fields of an order line, words made comparable, orders
//! as they are handed to a manufacturer, work orders, repair files and warranty claims and how far they are, the counts
//! that must add up, and what others are told of.
//! What is refused: a value that cannot exist (a 31st of February, an amount beyond the range) is never built.

mod address;
mod agora;
mod claim;
mod claim_result;
mod counts;
mod day;
mod day_time;
mod deposit_kind;
mod deposit_status;
mod errand;
mod event;
mod field;
mod file_name;
mod fold;
mod language;
mod manufacturer;
mod moment;
mod money;
mod order;
mod order_progress;
mod order_status;
mod repair;
mod time_of_day;
mod words;
mod work_order;
mod zone;

pub use address::Address;
pub use agora::{AgoraContents, AgoraHeader, OrderHead};
pub use claim::{
    ClaimAppliance, ClaimConsumer, ClaimDelivery, ClaimInfos, ClaimLabour, ClaimPart, ClaimReseller, WarrantyClaim,
};
pub use claim_result::{Envelope, InvoiceAnswer, ValidationResult, WarrantyClaimResult};
pub use counts::{Counts, IgnoredReason};
pub use day::Day;
pub use day_time::DayTime;
pub use deposit_kind::DepositKind;
pub use deposit_status::{ClaimStatus, DepositStatus, RepairState};
pub use errand::Errand;
pub use event::{Channel, EventKind, Recipient};
pub use field::Field;
pub use file_name::fitting;
pub use fold::{fold, fold_into, fold_words};
pub use language::Language;
pub use manufacturer::ManufacturerId;
pub use moment::Moment;
pub use money::{Money, two_digits, write_integer};
pub use order::{DEFAULT_CURRENCY, OrderDocument, OrderDocumentLine};
pub use order_progress::{Answer, AnswerFault, LineProgress, Verdict};
pub use order_status::{LineStatus, LogisticCode, OrderStatus};
pub use repair::{CompleteRepairState, Consumer, Intervention, RepairPart, Reseller, StateNature};
pub use time_of_day::TimeOfDay;
pub(crate) use words::words;
pub use work_order::{
    Appliance, AppointmentWish, CloseKind, DeadlineClass, DeadlineClock, InterventionType, Slot, SuggestedPart,
    Symptom, TRANSITIONS, Trigger, Value, WorkOrder, WorkOrderConsumer, WorkOrderContent, WorkOrderFacts,
    WorkOrderField, WorkOrderFilter, WorkOrderId, WorkOrderReseller, WorkOrderStatus,
};
pub use zone::Zone;
