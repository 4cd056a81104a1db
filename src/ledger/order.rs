//! The book of orders: what was ordered from whom, and what became of it.

use super::Stamp;
use crate::diagnostic::{Diagnostic, Result};
use crate::model::{Address, Answer, Day, LineProgress, LineStatus, ManufacturerId, Moment, Money, OrderStatus};

/// An order of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub i64);

/// What is said of an order besides its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderTerms {
    /// The account it goes to.
    pub delivery_account: String,
    /// The customer's own order number.
    pub customer_order_number: String,
    /// How it is delivered: a code of the manufacturer.
    pub delivery_option: String,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its comment.
    pub comment: String,
    /// Where it goes, when it is not the account's own address.
    pub address: Option<Address>,
    /// Whether somebody has accepted the manufacturer's terms of sale. No file can.
    pub are_terms_accepted: bool,
}

/// An order that is to be made of lines of a basket.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Whose parts they are.
    pub manufacturer: ManufacturerId,
    /// The basket lines, each with the price of today.
    pub lines: Vec<(i64, Money)>,
    /// What is said besides.
    pub terms: OrderTerms,
    /// The currency of its prices.
    pub currency: String,
}

/// What the manufacturer or the catalogue says of a line before it is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineEstimate {
    /// The line of the order, from 1.
    pub number: u32,
    /// What one part will cost.
    pub unit_price: Money,
    /// Whether it can be had now, when that was said.
    pub is_available: Option<bool>,
    /// How many can be delivered, when that was said.
    pub quantity: Option<u64>,
    /// When, when that was said.
    pub date: Option<Day>,
}

/// The answer of the step before the order is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Where it comes from: the bare name of a file, or nothing for the catalogue.
    pub source: String,
    /// Each line of the order.
    pub lines: Vec<LineEstimate>,
    /// What the order costs besides its parts.
    pub fees: Money,
}

/// In which form an order goes to its manufacturer, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentForm {
    /// The form.
    pub form: String,
    /// For whom a CSV file is written.
    pub profile: String,
}

/// The lines and the terms of an order that nobody but us knows.
#[derive(Clone, Debug)]
pub enum DraftPlan {
    /// A new one.
    New(NewOrder),
    /// One that is there, with other terms and, in the order of its lines, other prices.
    Revised {
        /// Which one.
        id: OrderId,
        /// What is said besides its lines.
        terms: OrderTerms,
        /// What its parts cost.
        prices: Vec<Money>,
    },
    /// One that is there.
    AsItIs(OrderId),
}

/// What is done about an order before its manufacturer knows of it: all of it or nothing.
#[derive(Clone, Debug)]
pub struct OrderPlan {
    /// Lines and terms.
    pub draft: DraftPlan,
    /// Its estimate, when one was made.
    pub estimate: Option<Estimate>,
    /// In which form it is handed over, when it is: from then on it is frozen, and its document is still to be written.
    pub send: Option<DocumentForm>,
}

/// An order as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEntry {
    /// Which one.
    pub id: OrderId,
    /// Its number, as people write it.
    pub number: String,
    /// Whose parts it orders.
    pub manufacturer: ManufacturerId,
    /// How far it is.
    pub status: OrderStatus,
    /// When it was made.
    pub created_at: Moment,
    /// By whom.
    pub created_by: String,
    /// When it was handed over.
    pub sent_at: Option<Moment>,
    /// What is said besides its lines.
    pub terms: OrderTerms,
    /// When the terms of sale were accepted.
    pub terms_accepted_at: Option<Moment>,
    /// The currency of its prices.
    pub currency: String,
    /// The manufacturer's own number.
    pub manufacturer_reference: String,
    /// Where its estimate comes from.
    pub estimate_source: String,
    /// What it costs besides its parts.
    pub fees: Money,
    /// How many lines it has.
    pub lines: u64,
    /// How many parts.
    pub quantity: u64,
    /// What they cost.
    pub amount: Money,
    /// In which form it went to the manufacturer.
    pub document: DocumentForm,
}

/// A line of an order as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLineEntry {
    /// Its place in the order, from 1.
    pub number: u32,
    /// The line of the basket; `None` when it went back there.
    pub basket_line: Option<i64>,
    /// The part.
    pub reference: String,
    /// Its name.
    pub label: String,
    /// What one costs.
    pub unit_price: Money,
    /// What it cost when it was put in the basket, while that is known.
    pub basket_price: Option<Money>,
    /// What became of its quantity.
    pub progress: LineProgress,
    /// Whether it could be had, when somebody said so before it was sent.
    pub is_available: Option<bool>,
    /// How many could be had, when somebody said so before it was sent.
    pub estimated_quantity: Option<u64>,
    /// When it will come.
    pub promised_date: Option<Day>,
    /// What the manufacturer would send in its place.
    pub replacement: String,
    /// What the manufacturer said last, word by word.
    pub note: String,
    /// The account it goes to.
    pub delivery_account: String,
    /// The customer's own order number.
    pub customer_order_number: String,
    /// The work order.
    pub work_order: String,
    /// The countermark.
    pub countermark: String,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its comment.
    pub comment: String,
}

/// Which orders are asked for; what is not given does not count.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Of one manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// In one of these statuses; all when none is named.
    pub statuses: Vec<OrderStatus>,
    /// Made at this moment or later.
    pub since: Option<Moment>,
    /// Made before this moment.
    pub before: Option<Moment>,
    /// With this number of the customer, on the order or on a line.
    pub customer_order_number: Option<String>,
    /// With this number of the manufacturer.
    pub manufacturer_reference: Option<String>,
    /// With this part on a line.
    pub reference: Option<String>,
    /// The newest ones, at most so many.
    pub limit: Option<u64>,
}

/// Parts that are still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackOrder {
    /// The number of the order.
    pub order: String,
    /// Whose part it is.
    pub manufacturer: ManufacturerId,
    /// The line of the order.
    pub line: u32,
    /// How far the line is.
    pub status: LineStatus,
    /// The part.
    pub reference: String,
    /// Its name.
    pub label: String,
    /// How many were ordered.
    pub ordered: u64,
    /// How many are still to come.
    pub outstanding: u64,
    /// When the order was handed over.
    pub sent_at: Moment,
    /// When the rest will come.
    pub promised_date: Option<Day>,
    /// What the manufacturer would send in its place.
    pub replacement: String,
    /// The customer's own order number.
    pub customer_order_number: String,
    /// The countermark.
    pub countermark: String,
}

/// Which back-orders are asked for.
#[derive(Clone, Debug, Default)]
pub struct BackOrderFilter {
    /// Of one manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// Lines that are merely not there yet, too.
    pub with_awaited: bool,
}

/// Parts that came with one delivery note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The number of the delivery note.
    pub note: String,
    /// The countermark that stands on it.
    pub countermark: String,
    /// Line of the order and how many came; all that is to come when no line is named.
    pub lines: Vec<(u32, u64)>,
}

/// A delivery as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptEntry {
    /// The delivery.
    pub delivery: Delivery,
    /// When it was taken in.
    pub received_at: Moment,
    /// By whom.
    pub received_by: String,
}

/// A file in which a manufacturer answers.
#[derive(Clone, Debug)]
pub struct ResponseFile {
    /// Its bare name.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
}

/// An answer and what it is about.
#[derive(Clone, Debug)]
pub struct OrderAnswer {
    /// The physical line of the file.
    pub row: u64,
    /// Our number of the order; empty when only the manufacturer's is given.
    pub order: String,
    /// The manufacturer's number of the order; kept when both are given.
    pub manufacturer_reference: String,
    /// The line of the order.
    pub line: Option<u32>,
    /// The part; the only line that bears it is meant. With neither line nor part the whole order is meant.
    pub reference: String,
    /// What is said.
    pub answer: Answer,
}

/// What became of the answers of a file.
#[derive(Debug, Default)]
pub struct Answered {
    /// How many were taken.
    pub taken: u64,
    /// Why others were not.
    pub refused: Vec<Diagnostic>,
    /// The orders whose status changed.
    pub changed: Vec<StatusChange>,
    /// Replacements that were proposed: order, line, what would come instead.
    pub replacements: Vec<(String, u32, String)>,
}

/// An order that went from one status to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The number of the order.
    pub order: String,
    /// What it was.
    pub from: OrderStatus,
    /// What it is.
    pub to: OrderStatus,
}

/// Something that was done, as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// A word of the trade, such as `order.sent`.
    pub what: String,
    /// More of it, as JSON.
    pub detail: String,
}

/// The book of orders.
pub trait OrderBook {
    /// Makes an order, changes a draft, estimates or sends it. The lines of a new one leave the basket: each must wait there.
    fn make_order(&mut self, plan: &OrderPlan, stamp: &Stamp) -> Result<OrderEntry>;
    /// What the order and its lines would be then. Nothing is changed.
    fn rehearse_order(&mut self, plan: &OrderPlan, stamp: &Stamp) -> Result<(OrderEntry, Vec<OrderLineEntry>)>;
    /// Calls an order off. The lines of one that was not handed over go back to the basket; of any other, all that is not
    /// on its way is cancelled.
    fn cancel_order(&mut self, id: OrderId, reason: &str, stamp: &Stamp) -> Result<OrderEntry>;
    /// Takes parts in that came.
    fn receive(&mut self, id: OrderId, delivery: &Delivery, stamp: &Stamp) -> Result<OrderEntry>;
    /// Takes the answers of a manufacturer in, those that can be true; nothing when `is_rehearsed`.
    fn answer_orders(
        &mut self,
        file: &ResponseFile,
        answers: &[OrderAnswer],
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Answered>;
    /// When answers of the same bytes were taken in.
    fn response_of_bytes(&self, hash: &str) -> Result<Option<Moment>>;
    /// An order by its number, in capitals or not.
    fn order(&self, number: &str) -> Result<Option<OrderEntry>>;
    /// Its lines.
    fn order_lines(&self, id: OrderId) -> Result<Vec<OrderLineEntry>>;
    /// Orders, the newest first.
    fn orders(&self, filter: &OrderFilter) -> Result<Vec<OrderEntry>>;
    /// Parts that are still to come, the oldest order first.
    fn back_orders(&self, filter: &BackOrderFilter) -> Result<Vec<BackOrder>>;
    /// What came of an order.
    fn receipts(&self, id: OrderId) -> Result<Vec<ReceiptEntry>>;
    /// What was done to an order, the oldest first.
    fn order_events(&self, number: &str) -> Result<Vec<JournalEntry>>;
    /// Orders whose document may not be written yet.
    fn unwritten_orders(&self) -> Result<Vec<OrderEntry>>;
    /// The document of an order is written.
    fn order_written(&mut self, id: OrderId) -> Result<()>;
}
