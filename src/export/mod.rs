//! STAGE 5: baskets, orders and work orders become bytes.
//!
//! What enters: a basket, the catalogue that knows labels and prices, a [`Profile`]; an order that is settled; work orders,
//! one by one.
//! What leaves: the basket file; pages that people print ([`HtmlPage`]); an order as a file for its manufacturer, in any
//! [`OrderForm`]; work orders as XML, JSON or CSV, and the cells of a row for other kinds of tables. Amounts are exact.
//! What is refused: a total beyond the range of money ([`OutOfRange`]).

mod basket;
mod csv;
mod html;
mod order;
mod work_order;

pub use basket::{BASKET_HEADINGS, BasketTotals, OutOfRange, write_basket};
pub use csv::{Profile, Row, put_quoted};
pub use html::{HtmlColumn, HtmlPage, escape_html, push_html};
pub use order::{OrderForm, write_agora, write_order};
pub use work_order::{
    Cell, CsvWorkOrders, Document, Head, JsonWorkOrders, XmlWorkOrders, cell, push_parts, push_value,
};
