//! STAGE 5: baskets become bytes.
//!
//! What enters: a basket, the catalogue that knows labels and prices, a [`Profile`].
//! What leaves: the basket file. Amounts are exact; a total beyond the range of money is refused ([`OutOfRange`]).

mod basket;
mod csv;

pub use basket::{BASKET_HEADINGS, BasketTotals, OutOfRange, write_basket};
pub use csv::{Profile, Row, put_quoted};
