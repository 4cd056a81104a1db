//! A list as a workbook, to be sorted, filtered and summed in a spreadsheet.
//!
//! What enters: a list. What leaves: an XLSX file with a frozen heading, a filter, and cells of their kind; further sheets
//! past the row limit. No formula, no clock, no name of machine or user: the same list gives the same bytes. Rows go to
//! a temporary file, so that memory does not grow with them.
//! What is refused: a failing disk. Texts too long for a cell are cut.

use std::io::{self, Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Column, Listing, Value, Word};
use crate::model::{Day, Language, Moment, Money};
use crate::report::workbook::failure::{FailsOnce, guard};
use crate::report::workbook::text::{CELL, start};
use crate::report::workbook::{KIND_PROPERTY, ROW_LIMIT, ZIP64_FROM};

/// What the property says of a workbook of this module.
const KIND: &str = "list";

/// Rows that are looked at for the widths of the columns, and the narrowest and widest of these.
const WIDTH_ROWS: usize = 1000;
const WIDTHS: (usize, usize) = (8, 60);

/// The button of the filter covers the end of a heading.
const BUTTON: usize = 3;

/// Bytes of a row beside its texts, by column.
const CELL_MARKUP: u64 = 64;

/// The largest number that a spreadsheet holds exactly has 15 digits.
const EXACT: u64 = 1_000_000_000_000_000;

/// Spreadsheets know no day before 1900; its first second, counted from 1970.
const FIRST_YEAR: u16 = 1900;
const FIRST_SECOND: i64 = -2_208_988_800;

/// The looks of cells.
struct Formats {
    heading: Format,
    text: Format,
    money: Format,
    day: Format,
    moment: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            heading: Format::new().set_bold().set_align(FormatAlign::Top),
            // As text: a spreadsheet must not take the zeros off a reference that somebody edits.
            text: Format::new().set_num_format("@"),
            // Two decimals at least and four at most, as everywhere.
            money: Format::new().set_num_format("0.00##"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

pub(super) fn write<R>(
    list: &Listing<R>,
    out: &mut (impl Write + Seek + Send),
    temporary: &Path,
    language: Language,
) -> io::Result<()> {
    let writer = Writer { columns: list.all_columns(), formats: Formats::new(), language };
    guard(|| {
        let mut package = Workbook::new();
        package.set_tempdir(temporary)?;
        let properties = DocProperties::new()
            .set_title(list.kind)
            // The clock would make two runs differ.
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?)
            .set_custom_property(KIND_PROPERTY, KIND);
        package.set_properties(&properties);
        let mut is_large = false;
        let mut sheets = list.rows().chunks(ROW_LIMIT as usize - 1);
        // An empty list has a sheet, too.
        let mut next = Some(sheets.next().unwrap_or_default());
        while let Some(rows) = next {
            let sheet = package.add_worksheet_with_constant_memory()?;
            is_large |= writer.sheet(sheet, rows)? > ZIP64_FROM;
            next = sheets.next();
        }
        package.use_zip_large_file(is_large);
        package.save_to_writer(FailsOnce::new(&mut *out))
    })?;
    out.flush()
}

/// What all sheets share.
struct Writer<'l, R> {
    columns: Vec<&'l Column<R>>,
    formats: Formats,
    language: Language,
}

impl<R> Writer<'_, R> {
    /// Fills a sheet; tells about how many bytes it takes.
    fn sheet(&self, sheet: &mut Worksheet, rows: &[R]) -> Result<u64, XlsxError> {
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (place, column) in (0..).zip(&self.columns) {
            let heading = column.heading.get(self.language);
            let cells = rows.iter().take(WIDTH_ROWS).map(|row| self.length(&column.value(row)));
            let width = cells.max().unwrap_or(0).max(length(heading) + BUTTON) + 1;
            sheet.set_column_width(place, u16::try_from(width.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(u16::MAX))?;
            sheet.write_string_with_format(0, place, heading, &self.formats.heading)?;
        }
        let mut bytes = 0;
        let mut last = 0;
        for (number, row) in (1..).zip(rows) {
            for (place, column) in (0..).zip(&self.columns) {
                bytes += CELL_MARKUP + self.cell(sheet, number, place, &column.value(row))?;
            }
            last = number;
        }
        let columns = u16::try_from(self.columns.len()).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
        Ok(bytes)
    }

    /// Writes a cell; tells how many bytes of text it has.
    fn cell(&self, sheet: &mut Worksheet, row: u32, column: u16, value: &Value<'_>) -> Result<u64, XlsxError> {
        let formats = &self.formats;
        let text = |sheet: &mut Worksheet, text: &str| {
            let (text, _) = start(text, CELL);
            sheet.write_string_with_format(row, column, text, &formats.text)?;
            Ok(text.len() as u64)
        };
        match value {
            Value::Empty => return Ok(0),
            Value::Text(each) => return text(sheet, each),
            Value::Word(word) => return text(sheet, word.text.get(self.language)),
            Value::Flag(is_yes) => return text(sheet, Word::answer(*is_yes).text.get(self.language)),
            Value::Number(number) => match exact(*number, &number.to_string()) {
                Some(number) => sheet.write_number(row, column, number)?,
                None => return text(sheet, &number.to_string()),
            },
            Value::Money(amount) => match money(*amount) {
                Some(number) => sheet.write_number_with_format(row, column, number, &formats.money)?,
                None => return text(sheet, &amount.to_string()),
            },
            Value::Day(day) => match date(*day) {
                Some(date) => sheet.write_datetime_with_format(row, column, &date, &formats.day)?,
                None => return text(sheet, &day.to_string()),
            },
            Value::Moment(each) => match moment(*each) {
                Some(date) => sheet.write_datetime_with_format(row, column, &date, &formats.moment)?,
                None => return text(sheet, &each.to_string()),
            },
        };
        Ok(0)
    }

    fn length(&self, value: &Value<'_>) -> usize {
        match value {
            Value::Moment(_) => "2026-03-04 18:05:00".len(),
            value => length(&value.shown(self.language)),
        }
    }
}

fn length(text: &str) -> usize {
    text.chars().take(WIDTHS.1).count()
}

/// The number that a text says, if a spreadsheet holds so many `units` exactly.
fn exact(units: i64, text: &str) -> Option<f64> {
    if units.unsigned_abs() < EXACT { text.parse().ok() } else { None }
}

fn money(amount: Money) -> Option<f64> {
    exact(amount.ten_thousandths(), &amount.to_string())
}

fn date(day: Day) -> Option<ExcelDateTime> {
    let (year, month, date) = day.parts();
    let year = u16::try_from(year).ok().filter(|year| *year >= FIRST_YEAR)?;
    ExcelDateTime::from_ymd(year, u8::try_from(month).ok()?, u8::try_from(date).ok()?).ok()
}

fn moment(moment: Moment) -> Option<ExcelDateTime> {
    let seconds = Some(moment.seconds()).filter(|seconds| *seconds >= FIRST_SECOND)?;
    ExcelDateTime::from_timestamp(seconds).ok()
}
