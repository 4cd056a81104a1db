//! STAGE 5: baskets, orders, created entries and work orders become bytes.
//!
//! What enters: a basket, the catalogue that knows labels and prices, a [`Profile`]; an order that is settled; the checked
//! entries of a deposit; after-sales solution requests; work orders, one by one.
//! What leaves: the basket file; pages that people print ([`HtmlPages`]); an order as a file for its manufacturer, in any
//! [`OrderForm`]; `created.csv`; an entry as JSON of the platform's interface; requests in any [`SolutionFile`]; work
//! orders as XML, JSON or CSV, and the cells of a row for other kinds of tables. Amounts are exact.
//! What is refused: a total beyond the range of money ([`OutOfRange`]).

mod basket;
mod created;
mod csv;
mod entry_body;
mod html;
mod order;
mod solution;
mod work_order;
mod xml_writer;

pub use basket::{BASKET_HEADINGS, BasketForm, BasketTotals, OutOfRange};
pub use created::CreatedRows;
pub use csv::{Profile, Row, put_quoted};
pub use entry_body::EntryBodies;
pub use html::{HtmlColumn, HtmlPages};
pub use order::{OrderForm, write_agora, write_order};
pub use solution::{SolutionColumn, SolutionDocument, SolutionFile, write_solutions};
pub use work_order::{
    Cell, CsvWorkOrders, Document, Head, JsonWorkOrders, XmlWorkOrders, cell, push_parts, push_value, push_work_order,
};
pub use xml_writer::escape_xml;
