//! An order as CSV.
//!
//! What enters: an order and a [`Profile`]. What leaves: a heading and a row for each line; what is said of the order
//! stands in each row. What is refused: an amount beyond the range of money.

use std::io::{self, Write};

use super::super::csv::{Profile, Row};
use super::rows::{COLUMNS, Cell, rows};
use crate::model::OrderDocument;

/// Bytes that are written at once.
const BUFFER: usize = 64 << 10;

pub(super) fn write(document: &OrderDocument, profile: Profile, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(document)?;
    let mut buffer = profile.mark().to_vec();
    let mut row = Row::begin(&mut buffer, profile);
    for column in COLUMNS {
        row.text(column.heading.as_bytes());
    }
    row.end();
    for line in &document.lines {
        let cells = rows.cells(line)?;
        let mut row = Row::begin(&mut buffer, profile);
        for cell in cells {
            match cell {
                Cell::Text(text) => row.text(text.as_bytes()),
                Cell::Number(number) => row.number(number),
                Cell::Money(amount) => row.money(amount),
                Cell::Day(day) => row.day(day),
            };
        }
        row.end();
        if buffer.len() >= BUFFER {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}
