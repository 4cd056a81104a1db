//! The book of baskets: what waits to be ordered, and what is changed about it by hand.

use std::ops::RangeInclusive;

use super::{Need, SourceEntry, Stamp};
use crate::diagnostic::Result;
use crate::model::words;
use crate::model::{Day, ManufacturerId, Money};

/// The number of a basket line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub i64);

words! {
    /// Where a basket line stands.
    LineState {
        /// In its basket.
        Waiting = "WAITING",
        /// In an order.
        Ordered = "ORDERED",
        /// Taken out of its basket by hand.
        Removed = "REMOVED",
    }
}

/// What basket lines come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many lines.
    pub lines: u64,
    /// How many parts.
    pub quantity: u64,
    /// What they cost.
    pub amount: Money,
}

impl Totals {
    /// What these lines come to. An amount beyond the range is left out.
    pub fn of<'l>(lines: impl IntoIterator<Item = &'l WaitingLine>) -> Self {
        lines.into_iter().fold(Self::default(), |sum, line| sum.with(line.quantity, line.unit_price))
    }

    /// With one line more.
    #[must_use]
    pub fn with(self, quantity: u64, unit_price: Money) -> Self {
        let amount = unit_price.times(quantity).and_then(|more| self.amount.plus(more));
        Self { lines: self.lines + 1, quantity: self.quantity + quantity, amount: amount.unwrap_or(self.amount) }
    }
}

/// What waits in the basket of a manufacturer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasketTotals {
    /// Whose parts they are.
    pub manufacturer: ManufacturerId,
    /// What they come to.
    pub totals: Totals,
}

/// A basket line that waits to be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLine {
    /// Its number.
    pub id: LineId,
    /// Whose part it is.
    pub manufacturer: ManufacturerId,
    /// The part as the catalogue had it.
    pub reference: String,
    /// Its name.
    pub label: String,
    /// The price that counts.
    pub unit_price: Money,
    /// How many.
    pub quantity: u64,
    /// How much of the quantity was set by hand; less than nothing when it was lowered.
    pub adjusted: i64,
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
    /// The part that was asked for, when another took its place.
    pub asked: Option<Asked>,
}

impl WaitingLine {
    /// Quantity times price; `None` when it leaves the range.
    pub fn amount(&self) -> Option<Money> {
        self.unit_price.times(self.quantity)
    }
}

/// The part that source lines ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose it is.
    pub manufacturer: ManufacturerId,
    /// The part.
    pub reference: String,
}

/// Which of the waiting lines are meant: those for which everything that is named holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// Of this manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// With these numbers; empty: with any.
    pub lines: Vec<RangeInclusive<i64>>,
    /// For this order of the customer.
    pub customer_order_number: Option<String>,
    /// For this work order.
    pub work_order: Option<String>,
    /// With this countermark.
    pub countermark: Option<String>,
    /// For this account.
    pub delivery_account: Option<String>,
    /// With this in the reference or in the label, in whatever case and accents.
    pub text: Option<String>,
    /// No more than so many, the first ones.
    pub limit: Option<usize>,
}

impl LineFilter {
    /// Whether it asks for whole baskets.
    pub fn is_whole_baskets(&self) -> bool {
        let texts =
            [&self.customer_order_number, &self.work_order, &self.countermark, &self.delivery_account, &self.text];
        self.lines.is_empty() && texts.iter().all(|text| text.is_none())
    }
}

/// What is changed about a waiting line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'c> {
    /// So many are wanted.
    Quantity(u32),
    /// This is its comment.
    Comment(&'c str),
    /// The catalogue says this of its part now.
    Price {
        /// The part's name.
        label: &'c str,
        /// The price that counts.
        unit_price: Money,
    },
    /// Another part takes the place of the one that was asked for; the line joins the basket of its manufacturer.
    Part {
        /// Whose it is.
        manufacturer: ManufacturerId,
        /// The part as the catalogue has it.
        reference: &'c str,
        /// Its name.
        label: &'c str,
        /// The price that counts.
        unit_price: Money,
    },
    /// It leaves its basket. The ledger keeps it.
    Remove,
}

/// A line that cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWaiting {
    /// Its number.
    pub id: LineId,
    /// Where it stands; `None` when there is no such line.
    pub state: Option<LineState>,
}

/// A line that was typed instead of coming in a file.
#[derive(Clone, Copy, Debug)]
pub struct NewLine<'l> {
    /// Whose part it is.
    pub manufacturer: ManufacturerId,
    /// The part as the catalogue has it.
    pub reference: &'l str,
    /// Its name.
    pub label: &'l str,
    /// The price that counts.
    pub unit_price: Money,
    /// How many.
    pub quantity: u32,
    /// The need it is for.
    pub need: Need<'l>,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its comment.
    pub comment: &'l str,
    /// What it must agree in with a line that waits already, to be merged with it.
    pub merge_key: i64,
}

/// The book of baskets.
pub trait BasketBook {
    /// What waits in each basket that is not empty, by manufacturer. No line is looked at.
    fn baskets(&self) -> Result<Vec<BasketTotals>>;
    /// Gives the waiting lines that are meant, one after the other: basket by basket, each in order of first appearance;
    /// by their numbers when these are named.
    fn waiting_lines(&self, filter: &LineFilter, take: &mut dyn FnMut(WaitingLine) -> Result<()>) -> Result<()>;
    /// What the waiting lines that are meant come to, whatever their limit.
    fn waiting_totals(&self, filter: &LineFilter) -> Result<Totals>;
    /// Every source line that a basket line was made of, in the order in which they came.
    fn source_lines(&self, line: LineId) -> Result<Vec<SourceEntry>>;
    /// Where a line stands; `None` when there is no such line.
    fn line_state(&self, line: LineId) -> Result<Option<LineState>>;
    /// Changes waiting lines and tells how many changes there were to make: what is so already is none. When one of the
    /// lines does not wait, nothing is changed and those lines are told.
    fn change_lines(
        &mut self,
        changes: &[(LineId, Change<'_>)],
        stamp: &Stamp,
    ) -> Result<std::result::Result<u64, Vec<NotWaiting>>>;
    /// Takes in a line that was typed, and tells the basket line that it became or was merged with.
    fn add_line(&mut self, line: &NewLine<'_>, stamp: &Stamp) -> Result<LineId>;
}
