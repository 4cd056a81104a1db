//! The orders of [`crate::order_file`] as a workbook of Excel.

use rust_xlsxwriter::Workbook;

use crate::order_file::{HEADINGS, Orders};

/// So many records, quantities as numbers; the sheet is called `Sheet1`.
pub(crate) fn workbook(records: u32, parts: u64) -> Workbook {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().expect("a temporary file");
    sheet.write_row(0, 0, HEADINGS).expect("room");
    for (row, cells) in (1..=records).zip(Orders::new(parts)) {
        for (column, text) in (0..).zip(&cells) {
            match (column, text.parse::<u32>()) {
                (3, Ok(quantity)) => sheet.write_number(row, column, quantity).expect("room"),
                _ => sheet.write_string(row, column, text.trim_matches('"')).expect("room"),
            };
        }
    }
    workbook
}
