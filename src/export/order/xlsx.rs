//! An order as a workbook.
//!
//! What enters: an order. What leaves: one sheet with a frozen heading and a row for each line: references and other codes
//! as text, numbers, amounts and days as what they are. No clock and no name of machine or user gets in.
//! What is refused: more lines than a sheet has rows; text that no cell can hold is cut.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::impossible;
use super::rows::{COLUMNS, Cell, rows};
use crate::model::{Day, Money, OrderDocument};

/// Characters of a cell (Excel specifications and limits).
const CELL: usize = 32_767;

/// Rows of a sheet below its heading.
const ROWS: usize = 1_048_575;

pub(super) fn write(document: &OrderDocument, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(document)?;
    if document.lines.len() > ROWS {
        return Err(impossible("more lines than a sheet has rows"));
    }
    let mut package = Workbook::new();
    let begun = ExcelDateTime::from_timestamp(document.created_at.seconds()).map_err(failed)?;
    package.set_properties(&DocProperties::new().set_creation_datetime(&begun).set_title(&document.number));
    let sheet = package.add_worksheet();
    let heading = Format::new().set_bold();
    let forms = Forms::new();
    for (place, column) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, place, column.heading, &heading).map_err(failed)?;
        sheet.set_column_width(place, column.width).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    for (row, line) in (1_u32..).zip(&document.lines) {
        for (place, cell) in (0_u16..).zip(rows.cells(line)?) {
            put(sheet, row, place, cell, &forms).map_err(failed)?;
        }
    }
    let bytes = package.save_to_buffer().map_err(failed)?;
    out.write_all(&bytes)
}

/// How cells are shown.
struct Forms {
    text: Format,
    amount: Format,
    day: Format,
}

impl Forms {
    fn new() -> Self {
        Self {
            text: Format::new().set_num_format("@"),
            amount: Format::new().set_num_format("0.00##"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: Cell<'_>, forms: &Forms) -> Result<(), XlsxError> {
    match cell {
        Cell::Text("") | Cell::Day(None) => {}
        Cell::Text(text) => {
            let text: String = if text.len() > CELL { text.chars().take(CELL).collect() } else { text.to_owned() };
            sheet.write_string_with_format(row, column, text, &forms.text)?;
        }
        Cell::Number(number) => match u32::try_from(number) {
            Ok(number) => drop(sheet.write_number(row, column, number)?),
            // A spreadsheet would round it.
            Err(_) => drop(sheet.write_string(row, column, number.to_string())?),
        },
        Cell::Money(amount) => match exact(amount) {
            Some(number) => drop(sheet.write_number_with_format(row, column, number, &forms.amount)?),
            None => drop(sheet.write_string(row, column, amount.to_string())?),
        },
        Cell::Day(Some(day)) => {
            let (year, month, date) = day.parts();
            match moment(day, year, month, date) {
                Some(day) => drop(sheet.write_datetime_with_format(row, column, &day, &forms.day)?),
                None => drop(sheet.write_string(row, column, day.to_string())?),
            }
        }
    }
    Ok(())
}

/// A day that spreadsheets know: they begin with 1900.
fn moment(day: Day, year: u32, month: u32, date: u32) -> Option<ExcelDateTime> {
    let small = |number: u32| u8::try_from(number).ok();
    (day.number() >= 19_000_301)
        .then(|| ExcelDateTime::from_ymd(u16::try_from(year).ok()?, small(month)?, small(date)?).ok())?
}

/// The number a spreadsheet keeps for an amount, when it shows the same digits: fifteen of them are exact.
fn exact(amount: Money) -> Option<f64> {
    let is_exact = amount.ten_thousandths().unsigned_abs() < 1_000_000_000_000_000;
    is_exact.then(|| amount.to_string().parse().ok())?
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => impossible(&error.to_string()),
    }
}
