//! STAGE 5: baskets, orders and created entries become bytes.
//!
//! What enters: a basket, the catalogue that knows labels and prices, a [`Profile`]; an order that is settled; the checked
//! entries of a deposit; after-sales solution requests.
//! What leaves: the basket file; pages that people print ([`HtmlPage`]); an order as a file for its manufacturer, in any
//! [`OrderForm`]; `created.csv`; an entry as JSON of the platform's interface; requests in any [`SolutionFile`]. Amounts are
//! exact; a total beyond the range of money is refused ([`OutOfRange`]).

mod basket;
mod created;
mod csv;
mod entry_body;
mod html;
mod order;
mod solution;
mod xml_writer;

pub use basket::{BASKET_HEADINGS, BasketTotals, OutOfRange, write_basket};
pub use created::CreatedRows;
pub use csv::{Profile, Row, put_quoted};
pub use entry_body::EntryBodies;
pub use html::{HtmlColumn, HtmlPage, escape_html};
pub use order::{OrderForm, write_agora, write_order};
pub use solution::{SolutionColumn, SolutionDocument, SolutionFile, write_solutions};
