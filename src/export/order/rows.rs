//! An order as a table: the columns that CSV and workbooks share.
//!
//! What enters: an order. What leaves: headings, and for each line its cells, what is said of the order in each of them.
//! What is refused: an amount that leaves the range of money.

use std::io;

use super::impossible;
use crate::model::{Day, Money, OrderDocument, OrderDocumentLine};

/// A cell with what it holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'d> {
    /// Text; references and account numbers are text, too.
    Text(&'d str),
    /// A whole number.
    Number(u64),
    /// An amount.
    Money(Money),
    /// A day, or none.
    Day(Option<Day>),
}

/// A column: its heading, and how many characters wide a spreadsheet shows it.
pub(super) struct Column {
    pub(super) heading: &'static str,
    pub(super) width: u16,
}

const fn column(heading: &'static str, width: u16) -> Column {
    Column { heading, width }
}

/// The columns.
pub(super) const COLUMNS: [Column; 32] = [
    column("order_number", 16),
    column("manufacturer_id", 14),
    column("manufacturer", 22),
    column("created_at", 21),
    column("customer_code", 14),
    column("order_customer_order_number", 24),
    column("order_delivery_account", 20),
    column("delivery_option", 14),
    column("order_desired_delivery_date", 24),
    column("order_comment", 30),
    column("address_name", 24),
    column("address1", 28),
    column("address2", 20),
    column("address3", 20),
    column("zip", 10),
    column("town", 20),
    column("country", 9),
    column("phone", 16),
    column("currency", 9),
    column("line", 6),
    column("reference", 18),
    column("label", 32),
    column("quantity", 9),
    column("unit_price", 12),
    column("line_total", 12),
    column("customer_order_number", 22),
    column("mission_order", 18),
    column("countermark", 18),
    column("delivery_account", 18),
    column("desired_delivery_date", 20),
    column("comment", 30),
    column("order_total", 12),
];

/// The cells of each line.
pub(super) fn rows(document: &OrderDocument) -> io::Result<Rows<'_>> {
    let total = document.total().ok_or_else(out_of_range)?;
    Ok(Rows { document, created_at: document.created_at.to_string(), total })
}

fn out_of_range() -> io::Error {
    impossible("an amount beyond the range of money")
}

/// An order whose total is known.
pub(super) struct Rows<'d> {
    document: &'d OrderDocument,
    created_at: String,
    total: Money,
}

impl Rows<'_> {
    /// The cells of a line.
    pub(super) fn cells<'r>(&'r self, line: &'r OrderDocumentLine) -> io::Result<[Cell<'r>; COLUMNS.len()]> {
        let order = self.document;
        let address = order.address.as_ref();
        let of_address =
            |part: fn(&crate::model::Address) -> &String| Cell::Text(address.map_or("", |address| part(address)));
        Ok([
            Cell::Text(&order.number),
            Cell::Number(u64::from(order.manufacturer.0)),
            Cell::Text(&order.manufacturer_name),
            Cell::Text(&self.created_at),
            Cell::Text(&order.customer_code),
            Cell::Text(&order.customer_order_number),
            Cell::Text(&order.delivery_account),
            Cell::Text(&order.delivery_option),
            Cell::Day(order.desired_delivery_date),
            Cell::Text(&order.comment),
            of_address(|address| &address.name),
            of_address(|address| &address.address1),
            of_address(|address| &address.address2),
            of_address(|address| &address.address3),
            of_address(|address| &address.zip),
            of_address(|address| &address.town),
            of_address(|address| &address.country),
            of_address(|address| &address.phone),
            Cell::Text(&order.currency),
            Cell::Number(u64::from(line.number)),
            Cell::Text(&line.reference),
            Cell::Text(&line.label),
            Cell::Number(line.quantity),
            Cell::Money(line.unit_price),
            Cell::Money(line.line_total().ok_or_else(out_of_range)?),
            Cell::Text(&line.customer_order_number),
            Cell::Text(&line.work_order),
            Cell::Text(&line.countermark),
            Cell::Text(&line.delivery_account),
            Cell::Day(line.desired_delivery_date),
            Cell::Text(&line.comment),
            Cell::Money(self.total),
        ])
    }
}
