//! Binary workbooks, `.xlsb`.
//!
//! What enters: their archive. What leaves: the list of sheets; the rows of one of them, record by record as they are
//! unpacked.
//! What is refused: parts that must be held and are larger than allowed, records longer than a record of a table.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::Sheet;
use super::binary::{error_name, f64_at, packed_number, push_wide, u8_at, u16_at, u32_at};
use super::fault::Fault;
use super::grid::{Grid, Marks, Merge};
use super::held::{Held, Strings};
use super::package::{Package, Part, share};
use super::relations::{Relation, main_part, relations};
use super::value::{self, Kind};
use crate::decode::feed::Sink;

mod record {
    //! The records that count.
    pub(super) const ROW: u16 = 0;
    pub(super) const BLANK: u16 = 1;
    pub(super) const PACKED: u16 = 2;
    pub(super) const ERROR: u16 = 3;
    pub(super) const BOOL: u16 = 4;
    pub(super) const NUMBER: u16 = 5;
    pub(super) const TEXT: u16 = 6;
    pub(super) const SHARED_TEXT: u16 = 7;
    pub(super) const FORMULA_TEXT: u16 = 8;
    pub(super) const FORMULA_NUMBER: u16 = 9;
    pub(super) const FORMULA_BOOL: u16 = 10;
    pub(super) const FORMULA_ERROR: u16 = 11;
    pub(super) const STRING: u16 = 19;
    pub(super) const FORMAT: u16 = 44;
    pub(super) const CELL_FORMAT: u16 = 47;
    pub(super) const RICH_TEXT: u16 = 62;
    pub(super) const END_ROWS: u16 = 146;
    pub(super) const BOOK: u16 = 153;
    pub(super) const SHEET: u16 = 156;
    pub(super) const MERGED: u16 = 176;
    pub(super) const BEGIN_CELL_FORMATS: u16 = 617;
    pub(super) const END_CELL_FORMATS: u16 = 618;
}

/// The records of a part.
struct Records<'p, R: Read> {
    part: Part<'p, R>,
    longest: usize,
    data: Vec<u8>,
}

impl<'p, R: Read + Seek> Records<'p, R> {
    fn open(package: &'p mut Package<R>, part: &str) -> Result<Self, Fault> {
        // Two bytes for a character, and what a formula adds.
        let longest = package.limits.record_bytes.saturating_mul(2).max(1 << 16);
        Ok(Self { part: package.part(part)?, longest, data: Vec::new() })
    }

    /// The type of the next record, whose bytes are in `data`; none at the end.
    fn next(&mut self) -> Result<Option<u16>, Fault> {
        self.part.next_token();
        let Some(low) = self.byte()? else { return Ok(None) };
        let early = || Fault::damaged("a record ends early");
        let mut kind = u16::from(low);
        if low & 0x80 != 0 {
            kind = (kind & 0x7F) | (u16::from(self.byte()?.ok_or_else(early)? & 0x7F) << 7);
        }
        let mut length = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?.ok_or_else(early)?;
            length |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > self.longest {
            return Err(Fault::limit("record-bytes", self.longest / 2));
        }
        self.data.resize(length, 0);
        let mut done = 0;
        while done < length {
            self.part.next_token();
            match self.part.read(&mut self.data[done..])? {
                0 => return Err(early()),
                count => done += count,
            }
        }
        Ok(Some(kind))
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        Ok((self.part.read(&mut byte)? == 1).then_some(byte[0]))
    }
}

/// What the first part of a workbook says.
struct Book {
    sheets: Vec<(Sheet, String)>,
    is_1904: bool,
    relations: Vec<Relation>,
}

/// The sheets of a workbook.
pub(super) fn sheets<R: Read + Seek>(package: &mut Package<R>) -> Result<Vec<Sheet>, Fault> {
    Ok(book(package)?.sheets.into_iter().map(|(sheet, _)| sheet).collect())
}

/// Gives the rows of a sheet.
pub(super) fn rows<R: Read + Seek>(
    package: &mut Package<R>,
    sheet: &str,
    file_bytes: u64,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let book = book(package)?;
    let Some((_, part)) = book.sheets.iter().find(|(found, _)| found.name == sheet) else {
        let names = book.sheets.into_iter().map(|(sheet, _)| sheet.name).collect();
        return Err(Fault::NoSheet(sheet.to_owned(), names));
    };
    let other = |kind: &str| book.relations.iter().find(|relation| relation.kind == kind);
    let kinds = other("styles").map_or(Ok(Vec::new()), |relation| kinds(package, &relation.target))?;
    let strings =
        other("sharedStrings").map_or(Ok(Strings::default()), |relation| strings(package, &relation.target))?;
    let merges = merges(package, part)?;
    let mut grid = Grid::new(sink, &package.limits, merges);
    let mut records = Records::open(package, part)?;
    let (mut is_open, mut line, mut text) = (false, 0, String::new());
    while let Some(kind) = records.next()? {
        match kind {
            record::ROW | record::END_ROWS => {
                if is_open {
                    grid.end_row(1)?;
                }
                if kind == record::END_ROWS {
                    return Ok(());
                }
                line = u64::from(u32_at(&records.data, 0)?) + 1;
                grid.begin_row(line, u8_at(&records.data, 11)? & 0x10 != 0)?;
                is_open = true;
                if line.is_multiple_of(64) {
                    grid.sink().at(share(records.part.unpacked(), records.part.size, file_bytes));
                }
            }
            record::BLANK => {}
            record::PACKED..=record::FORMULA_ERROR | record::RICH_TEXT if is_open => {
                text.clear();
                let cell = Cell { kind, data: &records.data, line };
                cell.give(&mut grid, &strings, &kinds, book.is_1904, &mut text)?;
            }
            _ => {}
        }
    }
    Err(Fault::damaged("a sheet ends early"))
}

/// A record that holds a cell: column, style, value.
struct Cell<'r> {
    kind: u16,
    data: &'r [u8],
    line: u64,
}

impl Cell<'_> {
    fn give(
        &self,
        grid: &mut Grid<'_>,
        strings: &Strings,
        kinds: &[Kind],
        is_1904: bool,
        text: &mut String,
    ) -> Result<(), Fault> {
        let data = self.data;
        let (column, style) = (u32_at(data, 0)?, u32_at(data, 4)? & 0x00FF_FFFF);
        let mut number = None;
        let is_error = matches!(self.kind, record::ERROR | record::FORMULA_ERROR);
        match self.kind {
            record::PACKED => number = Some(packed_number(u32_at(data, 8)?)),
            record::NUMBER | record::FORMULA_NUMBER => number = Some(f64_at(data, 8)?),
            record::BOOL | record::FORMULA_BOOL => text.push_str(if u8_at(data, 8)? == 0 { "FALSE" } else { "TRUE" }),
            record::TEXT | record::FORMULA_TEXT => push_string(text, data, 8)?,
            record::RICH_TEXT => push_string(text, data, 9)?,
            record::SHARED_TEXT => {
                let missing = || Fault::damaged(format!("row {}: a shared text is missing", self.line));
                let shared = strings.get(u32_at(data, 8)? as usize).ok_or_else(missing)?;
                grid.open(column)?.extend_from_slice(shared.as_bytes());
                return grid.close(Marks::default());
            }
            _ => text.push_str(error_name(u8_at(data, 8)?)),
        }
        let out = grid.open(column)?;
        match number {
            Some(number) => {
                value::push_serial(out, number, kinds.get(style as usize).copied().unwrap_or_default(), is_1904);
            }
            None => out.extend_from_slice(text.as_bytes()),
        }
        let is_formula = (record::FORMULA_TEXT..=record::FORMULA_ERROR).contains(&self.kind);
        grid.close(Marks { is_error, is_formula, is_unsaved: false })
    }
}

fn book<R: Read + Seek>(package: &mut Package<R>) -> Result<Book, Fault> {
    let main = main_part(package, "xl/workbook.bin")?;
    let relations = relations(package, &main)?;
    let mut book = Book { sheets: Vec::new(), is_1904: false, relations };
    book.relations.retain(|relation| package.holds(&relation.target));
    let mut held = Held::new(package);
    let mut records = Records::open(package, &main)?;
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            record::BOOK => book.is_1904 = u8_at(data, 0)? & 1 == 1,
            record::SHEET => {
                let (mut id, mut name) = (String::new(), String::new());
                if u32_at(data, 8)? == u32::MAX {
                    continue;
                }
                push_string(&mut id, data, 8)?;
                push_string(&mut name, data, 12 + 2 * u32_at(data, 8)? as usize)?;
                let relation = book.relations.iter().find(|relation| relation.id == id);
                if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                    held.take(name.len() + relation.target.len() + size_of::<Sheet>())?;
                    book.sheets.push((Sheet { name, is_visible: u32_at(data, 0)? == 0 }, relation.target.clone()));
                }
            }
            _ => {}
        }
    }
    Ok(book)
}

fn kinds<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Vec<Kind>, Fault> {
    let mut held = Held::new(package);
    let mut records = Records::open(package, part)?;
    let (mut kinds, mut codes, mut is_in_cells) = (Vec::new(), BTreeMap::new(), false);
    while let Some(kind) = records.next()? {
        match kind {
            record::BEGIN_CELL_FORMATS => is_in_cells = true,
            record::END_CELL_FORMATS => break,
            record::FORMAT => {
                let mut code = String::new();
                push_string(&mut code, &records.data, 2)?;
                held.take(64)?;
                codes.insert(u16_at(&records.data, 0)?, value::kind_of_code(&code));
            }
            record::CELL_FORMAT if is_in_cells => {
                let id = u16_at(&records.data, 2)?;
                held.take(1)?;
                kinds.push(codes.get(&id).copied().unwrap_or_else(|| value::kind_of_builtin(id.into())));
            }
            _ => {}
        }
    }
    Ok(kinds)
}

fn strings<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Strings, Fault> {
    let mut held = Held::new(package);
    let mut records = Records::open(package, part)?;
    let (mut strings, mut text) = (Strings::default(), String::new());
    while let Some(kind) = records.next()? {
        if kind == record::STRING {
            text.clear();
            push_string(&mut text, &records.data, 1)?;
            strings.push(&text, &mut held)?;
        }
    }
    Ok(strings)
}

/// The merged cells stand behind the rows.
fn merges<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Vec<Merge>, Fault> {
    let mut held = Held::new(package);
    let mut records = Records::open(package, part)?;
    let mut merges = Vec::new();
    while let Some(kind) = records.next()? {
        if kind == record::MERGED {
            held.take(size_of::<Merge>())?;
            let data = &records.data;
            merges.push(Merge { first: u32_at(data, 0)?, last: u32_at(data, 4)?, column: u32_at(data, 8)? });
        }
    }
    Ok(merges)
}

/// Adds the text whose length and UTF-16 stand at a place.
fn push_string(text: &mut String, data: &[u8], at: usize) -> Result<(), Fault> {
    let bytes = u32_at(data, at)? as usize * 2;
    let wide = data.get(at + 4..).and_then(|rest| rest.get(..bytes));
    push_wide(text, wide.ok_or_else(|| Fault::damaged("a text ends early"))?);
    Ok(())
}
