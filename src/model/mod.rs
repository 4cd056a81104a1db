//! The words of the trade, as plain types.
//!
//! What enters: nothing; this is the ground that every other module stands on.
//! What leaves: identifiers, money, days, moments, the fields of an order line, words made
//! comparable, and the counts that must add up.
//! What is refused: a value that cannot exist (a 31st of February, an amount beyond the range) is never built.

mod counts;
mod day;
mod field;
mod fold;
mod language;
mod manufacturer;
mod moment;
mod money;

pub use counts::{Counts, IgnoredReason};
pub use day::Day;
pub use field::Field;
pub use fold::{fold, fold_into, fold_words};
pub use language::Language;
pub use manufacturer::ManufacturerId;
pub use moment::Moment;
pub use money::{Money, write_integer};
