//! What was ordered from whom, in numbers.

use crate::diagnostic::Result;
use crate::model::words;
use crate::model::{Day, ManufacturerId, Money};

words! {
    /// How long a period is.
    Period {
        /// A day.
        Day = "day",
        /// A month.
        Month = "month",
        /// A year.
        Year = "year",
        /// All days together.
        All = "all",
    }
}

/// What was ordered from a manufacturer in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderShare {
    /// `2026`, `2026-03` or `2026-03-04`; empty for all days together.
    pub period: String,
    /// From whom.
    pub manufacturer: ManufacturerId,
    /// How many orders.
    pub orders: u64,
    /// How many lines they have.
    pub lines: u64,
    /// How many parts.
    pub quantity: u64,
    /// What they come to.
    pub amount: Money,
}

/// The book of numbers.
pub trait StatisticsBook {
    /// What was sent between two days, both included, and neither refused nor cancelled; by period, then by manufacturer.
    fn order_shares(&self, from: Option<Day>, to: Option<Day>, period: Period) -> Result<Vec<OrderShare>>;
}
