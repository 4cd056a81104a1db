//! Binary workbooks, `.xlsb`, as calamine reads them.
//!
//! What enters: their archive. What leaves: the list of sheets; the rows of one of them, cell by cell as they are
//! unpacked.
//! What is refused: what [`guard`] refuses, and what calamine does.
//!
//! calamine gives the values of cells one by one. It leaves out formulas whose value is an error and texts with several
//! fonts, and it tells neither hidden rows nor which value a formula gave (its reader of formulas writes them out as
//! text and fails at some). So our own look at the records goes along, one step ahead: it sees that a record is whole
//! before calamine reads it, and adds what is left out.

use std::io::Write as _;
use std::io::{Read, Seek};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsb};

use super::Sheet;
use super::binary::{error_name, push_wide, u8_at, u32_at};
use super::fault::Fault;
use super::grid::{Grid, Marks};
use super::guard::{self, Checked};
use super::package::{Package, share};
use super::records::{Records, wide_at};
use super::shared::Shared;
use super::value::{self, Kind};
use crate::decode::feed::Sink;
use crate::format::Limits;

mod record {
    //! The records that count.
    pub(super) const ROW: u16 = 0;
    pub(super) const PACKED: u16 = 2;
    pub(super) const ERROR: u16 = 3;
    pub(super) const NUMBER: u16 = 5;
    pub(super) const TEXT: u16 = 6;
    pub(super) const SHARED_TEXT: u16 = 7;
    pub(super) const FORMULA_TEXT: u16 = 8;
    pub(super) const FORMULA_NUMBER: u16 = 9;
    pub(super) const FORMULA_BOOL: u16 = 10;
    pub(super) const FORMULA_ERROR: u16 = 11;
    pub(super) const RICH_TEXT: u16 = 62;
    pub(super) const END_ROWS: u16 = 146;
}

/// A workbook that was looked at.
struct Book<R: Read + Seek> {
    package: Package<Shared<R>>,
    checked: Checked,
    values: Xlsb<Shared<R>>,
}

impl<R: Read + Seek> Book<R> {
    fn open(source: R, limits: &Limits) -> Result<Self, Fault> {
        let source = Shared::new(source);
        let mut package = Package::open(source.other(), limits)?;
        let checked = guard::check(&mut package)?;
        Ok(Self { package, checked, values: Xlsb::new(source)? })
    }

    fn sheets(&self) -> Vec<Sheet> {
        let all = self.values.sheets_metadata().iter();
        let tables = all.filter(|sheet| sheet.typ == SheetType::WorkSheet);
        tables
            .map(|sheet| Sheet { name: sheet.name.clone(), is_visible: sheet.visible == SheetVisible::Visible })
            .collect()
    }
}

/// The sheets of a workbook.
pub(super) fn sheets<R: Read + Seek>(source: R, limits: &Limits) -> Result<Vec<Sheet>, Fault> {
    Ok(Book::open(source, limits)?.sheets())
}

/// Gives the rows of a sheet.
pub(super) fn rows<R: Read + Seek>(
    source: R,
    sheet: &str,
    limits: &Limits,
    file_bytes: u64,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let book = Book::open(source, limits)?;
    let sheets = book.sheets();
    let Book { mut package, checked, values: mut workbook } = book;
    let is_there = sheets.iter().any(|found| found.name == sheet);
    let Some((_, part)) = checked.sheets.iter().find(|(name, _)| is_there && name == sheet) else {
        return Err(Fault::NoSheet(sheet.to_owned(), sheets.into_iter().map(|sheet| sheet.name).collect()));
    };
    let is_1904 = workbook.has_1904_epoch();
    let merges = guard::merges(&mut package, part)?;
    let mut grid = Grid::new(sink, limits, merges);
    let mut values = workbook.worksheet_cells_reader(sheet)?;
    let mut records = Records::open(&mut package, part)?;
    let (mut is_open, mut row, mut text) = (false, 0, String::new());
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            record::ROW | record::END_ROWS => {
                if is_open {
                    grid.end_row(1)?;
                }
                if kind == record::END_ROWS {
                    return Ok(());
                }
                row = u32_at(data, 0)?;
                grid.begin_row(u64::from(row) + 1, u8_at(data, 11)? & 0x10 != 0)?;
                is_open = true;
                if row.is_multiple_of(64) {
                    grid.sink().at(share(records.part.unpacked(), records.part.size, file_bytes));
                }
            }
            record::FORMULA_ERROR | record::RICH_TEXT if is_open => {
                text.clear();
                let is_error = kind == record::FORMULA_ERROR;
                if is_error {
                    text.push_str(error_name(u8_at(data, 8)?));
                } else {
                    push_wide(&mut text, wide_at(data, 9)?);
                }
                grid.open(u32_at(data, 0)?)?.extend_from_slice(text.as_bytes());
                grid.close(Marks { is_error, is_formula: is_error, is_unsaved: false })?;
            }
            record::PACKED..=record::FORMULA_BOOL => {
                check(kind, data, checked.strings)?;
                let place = (row, u32_at(data, 0)?);
                let cell = values.next_cell()?.filter(|cell| is_open && cell.get_position() == place);
                let cell = cell.ok_or_else(|| Fault::damaged(format!("a cell is out of place behind row {row}")))?;
                push(grid.open(place.1)?, cell.get_value(), data, is_1904)?;
                let is_formula = kind >= record::FORMULA_TEXT;
                grid.close(Marks { is_error: kind == record::ERROR, is_formula, is_unsaved: false })?;
            }
            _ => {}
        }
    }
    Err(Fault::damaged("a sheet ends early"))
}

/// Whether a record holds the value that calamine will read from it.
fn check(kind: u16, data: &[u8], strings: u32) -> Result<(), Fault> {
    match kind {
        record::PACKED => drop(u32_at(data, 8)?),
        record::NUMBER | record::FORMULA_NUMBER => drop((u32_at(data, 8)?, u32_at(data, 12)?)),
        record::TEXT | record::FORMULA_TEXT => drop(wide_at(data, 8)?),
        record::SHARED_TEXT if u32_at(data, 8)? >= strings => return Err(Fault::damaged("a shared text is missing")),
        _ => drop(u8_at(data, 8)?),
    }
    Ok(())
}

/// A value as text; `data` is its record.
fn push(out: &mut Vec<u8>, value: &DataRef<'_>, data: &[u8], is_1904: bool) -> Result<(), Fault> {
    match value {
        DataRef::Int(whole) => write!(out, "{whole}")?,
        DataRef::Float(number) => value::push_number(out, *number),
        DataRef::DateTime(moment) => {
            let serial = moment.as_f64();
            let kind = match moment.is_duration() {
                true => Kind::Duration,
                // calamine knows dates and durations only; less than a day is no date.
                false if serial > 0.0 && serial < 1.0 => Kind::Time,
                false => Kind::Date,
            };
            value::push_serial(out, serial, kind, is_1904);
        }
        DataRef::String(text) => out.extend_from_slice(text.as_bytes()),
        DataRef::SharedString(text) => out.extend_from_slice(text.as_bytes()),
        DataRef::Bool(is_true) => out.extend_from_slice(if *is_true { b"TRUE" } else { b"FALSE" }),
        DataRef::Error(_) => out.extend_from_slice(error_name(u8_at(data, 8)?).as_bytes()),
        DataRef::DateTimeIso(_) | DataRef::DurationIso(_) | DataRef::Empty => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
