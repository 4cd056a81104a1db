//! Workbooks of XML, `.xlsx` and `.xlsm`.
//!
//! What enters: their archive. What leaves: the list of sheets; the rows of one of them, cell by cell as they are unpacked.
//! What is refused: parts that must be held and are larger than allowed.
//!
//! calamine reads such sheets cell by cell, too, yet it tells neither hidden rows nor formulas at no cost, and it
//! takes whatever size a file claims; here every byte is counted on its way.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use quick_xml::events::Event;

use super::Sheet;
use super::fault::Fault;
use super::grid::{Grid, Marks};
use super::held::{Held, Strings};
use super::package::{Package, place, share};
use super::relations::{main_part, relations};
use super::value::{self, Kind};
use super::xml::{Xml, attributes, ends_early, unescaped};
use crate::decode::feed::Sink;

/// A sheet and where its rows stand.
struct Entry {
    sheet: Sheet,
    part: String,
}

/// What the first part of a workbook says.
struct Book {
    sheets: Vec<Entry>,
    strings: Option<String>,
    styles: Option<String>,
    is_1904: bool,
}

/// The sheets of a workbook.
pub(super) fn sheets<R: Read + Seek>(package: &mut Package<R>) -> Result<Vec<Sheet>, Fault> {
    Ok(book(package)?.sheets.into_iter().map(|entry| entry.sheet).collect())
}

/// Gives the rows of a sheet.
pub(super) fn rows<R: Read + Seek>(
    package: &mut Package<R>,
    sheet: &str,
    file_bytes: u64,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let mut book = book(package)?;
    let Some(chosen) = book.sheets.iter().position(|entry| entry.sheet.name == sheet) else {
        return Err(Fault::NoSheet(sheet.to_owned(), book.sheets.into_iter().map(|entry| entry.sheet.name).collect()));
    };
    let part = book.sheets.swap_remove(chosen).part;
    let kinds = book.styles.as_deref().map_or(Ok(Vec::new()), |part| kinds(package, part))?;
    let strings = book.strings.as_deref().map_or(Ok(Strings::default()), |part| strings(package, part))?;
    let merges = package.merges(&part)?;
    let grid = Grid::new(sink, &package.limits, merges);
    let (deepest, longest) = (package.limits.depth, package.limits.record_bytes);
    let xml = Xml::new(package.part(&part)?, deepest);
    SheetReader {
        xml,
        grid,
        strings,
        kinds,
        is_1904: book.is_1904,
        file_bytes,
        text: String::new(),
        line: 0,
        column: 0,
        longest,
    }
    .read()
}

fn book<R: Read + Seek>(package: &mut Package<R>) -> Result<Book, Fault> {
    let main = main_part(package, "xl/workbook.xml")?;
    let relations = relations(package, &main)?;
    let target =
        |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone());
    let (strings, styles) = (target("sharedStrings"), target("styles"));
    let mut book = Book { sheets: Vec::new(), strings, styles, is_1904: false };
    book.strings = book.strings.filter(|part| package.holds(part));
    book.styles = book.styles.filter(|part| package.holds(part));
    let (deepest, mut held) = (package.limits.depth, Held::new(package));
    let mut xml = Xml::new(package.part(&main)?, deepest);
    let mut is_workbook = false;
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "workbook" => is_workbook = true,
            Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                let (mut name, mut id, mut is_visible) = (String::new(), String::new(), true);
                for attribute in attributes(&element) {
                    match attribute? {
                        ("name", value) => name = unescaped(&value)?,
                        ("id", value) => id = unescaped(&value)?,
                        ("state", value) => is_visible = value == "visible",
                        _ => {}
                    }
                }
                let relation = relations.iter().find(|relation| relation.id == id);
                if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                    held.take(name.len() + relation.target.len() + size_of::<Entry>())?;
                    book.sheets.push(Entry { sheet: Sheet { name, is_visible }, part: relation.target.clone() });
                }
            }
            Event::Start(element) if element.local_name().as_ref() == "workbookPr" => {
                for attribute in attributes(&element) {
                    if let ("date1904", value) = attribute? {
                        book.is_1904 = is_true(&value);
                    }
                }
            }
            // Documents of other kinds are packed alike.
            Event::Eof if !is_workbook => return Err(Fault::damaged(format!("{main} is no workbook"))),
            Event::Eof => return Ok(book),
            _ => {}
        }
    }
}

fn strings<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Strings, Fault> {
    let (deepest, mut held) = (package.limits.depth, Held::new(package));
    let longest = package.limits.record_bytes;
    let mut xml = Xml::new(package.part(part)?, deepest);
    let mut strings = Strings::default();
    let mut text = String::new();
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                text.clear();
                rich_text(&mut xml, &mut text, longest)?;
                strings.push(&text, &mut held)?;
            }
            Event::End(element) if element.local_name().as_ref() == "sst" => return Ok(strings),
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

/// Adds the text of the element that was begun last, a string that may have several parts; how its signs are to be
/// spoken is none of it.
fn rich_text<R: Read + Seek>(xml: &mut Xml<'_, R>, text: &mut String, longest: usize) -> Result<(), Fault> {
    let mut inside = 1;
    while inside > 0 {
        let mut keeps_blanks = false;
        let is_text = match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => {
                    for attribute in attributes(&element) {
                        keeps_blanks |= matches!(attribute?, ("space", value) if value == "preserve");
                    }
                    true
                }
                "r" => {
                    inside += 1;
                    continue;
                }
                _ => false,
            },
            Event::End(_) => {
                inside -= 1;
                continue;
            }
            Event::Eof => return Err(ends_early()),
            _ => continue,
        };
        if !is_text {
            xml.skip()?;
            continue;
        }
        let from = text.len();
        xml.text(text, longest)?;
        if !keeps_blanks {
            let kept = text[from..].trim_matches([' ', '\t', '\r', '\n']);
            if kept.len() < text.len() - from {
                let kept = kept.to_owned();
                text.truncate(from);
                text.push_str(&kept);
            }
        }
        unescape_units(text, from);
    }
    Ok(())
}

/// Resolves `_x000D_`, which stands for a sign that XML cannot hold, or for a `_` that would be taken for the
/// beginning of one.
fn unescape_units(text: &mut String, from: usize) {
    if memchr::memmem::find(&text.as_bytes()[from..], b"_x").is_none() {
        return;
    }
    let escaped = text.split_off(from);
    let mut rest = escaped.as_str();
    while let Some(at) = rest.find("_x") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let unit = rest.get(2..6).filter(|_| rest.as_bytes().get(6) == Some(&b'_'));
        let sign = unit
            .filter(|unit| unit.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|unit| char::from_u32(u32::from_str_radix(unit, 16).ok()?));
        if let Some(sign) = sign {
            text.push(sign);
            rest = &rest[7..];
        } else {
            text.push_str("_x");
            rest = &rest[2..];
        }
    }
    text.push_str(rest);
}

/// What the numbers of each style are.
fn kinds<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Vec<Kind>, Fault> {
    let (deepest, mut held) = (package.limits.depth, Held::new(package));
    let mut xml = Xml::new(package.part(part)?, deepest);
    let (mut kinds, mut codes) = (Vec::new(), BTreeMap::new());
    // Differences of conditional formats hold formats, too, and named styles hold styles; neither is meant by cells.
    let (mut is_in_formats, mut is_in_cells) = (false, false);
    loop {
        match xml.next()? {
            Event::Start(element) => {
                let is_format = match element.local_name().as_ref() {
                    "numFmts" => {
                        is_in_formats = true;
                        continue;
                    }
                    "cellXfs" => {
                        is_in_cells = true;
                        continue;
                    }
                    "numFmt" if is_in_formats => true,
                    "xf" if is_in_cells => false,
                    _ => continue,
                };
                let (mut id, mut code) = (0, String::new());
                for attribute in attributes(&element) {
                    match attribute? {
                        ("numFmtId", value) => id = value.parse::<u32>().unwrap_or(0),
                        ("formatCode", value) if is_format => code = unescaped(&value)?,
                        _ => {}
                    }
                }
                // A share of a node of the map, which is larger than what it keeps.
                held.take(64)?;
                if is_format {
                    codes.insert(id, value::kind_of_code(&code));
                } else {
                    kinds.push(codes.get(&id).copied().unwrap_or_else(|| value::kind_of_builtin(id)));
                }
            }
            Event::End(element) => match element.local_name().as_ref() {
                "numFmts" => is_in_formats = false,
                "cellXfs" => return Ok(kinds),
                _ => {}
            },
            Event::Eof => return Ok(kinds),
            _ => {}
        }
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// What a cell says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum CellType {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Bool,
    Error,
    Date,
}

/// Reads the rows of a sheet.
struct SheetReader<'p, 's, R: Read> {
    xml: Xml<'p, R>,
    grid: Grid<'s>,
    strings: Strings,
    kinds: Vec<Kind>,
    is_1904: bool,
    file_bytes: u64,
    /// The text of a cell.
    text: String,
    line: u64,
    column: u32,
    longest: usize,
}

impl<R: Read + Seek> SheetReader<'_, '_, R> {
    fn read(mut self) -> Result<(), Fault> {
        let mut is_in_rows = false;
        loop {
            match self.xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "c" if is_in_rows => {
                        let (mut cell, mut style, mut column) = (CellType::default(), 0, None);
                        for attribute in attributes(&element) {
                            match attribute? {
                                ("r", value) => column = Some(column_of(&value, self.line)?),
                                ("s", value) => style = value.parse().unwrap_or(0),
                                ("t", value) => cell = cell_type(&value),
                                _ => {}
                            }
                        }
                        self.column = column.unwrap_or(self.column);
                        self.cell(cell, style)?;
                        self.column += 1;
                    }
                    "row" if is_in_rows => {
                        let (mut line, mut is_hidden) = (self.line + 1, false);
                        for attribute in attributes(&element) {
                            match attribute? {
                                ("r", value) => line = value.trim().parse().map_err(|_| row_damaged(&value))?,
                                ("hidden", value) => is_hidden = is_true(&value),
                                _ => {}
                            }
                        }
                        self.line = line;
                        self.column = 0;
                        self.grid.begin_row(line, is_hidden)?;
                    }
                    "sheetData" => is_in_rows = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "row" if is_in_rows => {
                        self.grid.end_row(1)?;
                        if self.line.is_multiple_of(64) {
                            let (done, whole) = self.xml.progress();
                            self.grid.sink().at(share(done, whole, self.file_bytes));
                        }
                    }
                    "sheetData" => return Ok(()),
                    _ => {}
                },
                Event::Eof if is_in_rows => return Err(ends_early()),
                Event::Eof => return Err(Fault::damaged("a sheet without rows")),
                _ => {}
            }
        }
    }

    /// Reads the rest of a cell.
    fn cell(&mut self, cell: CellType, style: usize) -> Result<(), Fault> {
        self.text.clear();
        let (mut is_formula, mut has_value) = (false, false);
        loop {
            let is_inline = match self.xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => Some(false),
                    "is" => Some(true),
                    "f" => {
                        is_formula = true;
                        None
                    }
                    _ => None,
                },
                Event::End(_) => break,
                Event::Eof => return Err(ends_early()),
                _ => continue,
            };
            match is_inline {
                None => self.xml.skip()?,
                // What stands beside an inline text says the same again.
                Some(false) if cell == CellType::Inline && has_value => self.xml.skip()?,
                Some(false) => {
                    self.xml.text(&mut self.text, self.longest)?;
                    has_value = true;
                }
                Some(true) => {
                    self.text.clear();
                    rich_text(&mut self.xml, &mut self.text, self.longest)?;
                    has_value = true;
                }
            }
        }
        if !has_value && !is_formula {
            return Ok(());
        }
        let is_error = cell == CellType::Error && !self.text.is_empty();
        // An empty text that a formula gave is said to be text; a value that was never saved is said to be nothing.
        let is_unsaved = is_formula && self.text.is_empty() && cell != CellType::Text;
        let (text, is_1904) = (&mut self.text, self.is_1904);
        if cell == CellType::Text {
            unescape_units(text, 0);
        }
        let out = self.grid.open(self.column)?;
        match cell {
            _ if text.is_empty() => {}
            CellType::Number => {
                let kind = self.kinds.get(style).copied().unwrap_or_default();
                value::push_written(out, text.as_bytes(), kind, is_1904);
            }
            CellType::Shared => {
                let place = text.trim().parse().ok();
                let shared = place.and_then(|place| self.strings.get(place));
                let missing = || Fault::damaged(format!("row {}: shared text {text} is missing", self.line));
                out.extend_from_slice(shared.ok_or_else(missing)?.as_bytes());
            }
            CellType::Bool if is_true(text) => out.extend_from_slice(b"TRUE"),
            CellType::Bool if text.trim() == "0" || text.trim() == "false" => out.extend_from_slice(b"FALSE"),
            CellType::Date => value::push_iso_date(out, text),
            _ => out.extend_from_slice(text.as_bytes()),
        }
        self.grid.close(Marks { is_error, is_formula, is_unsaved })
    }
}

fn cell_type(value: &str) -> CellType {
    match value {
        "s" => CellType::Shared,
        "inlineStr" => CellType::Inline,
        "b" => CellType::Bool,
        "e" => CellType::Error,
        "d" => CellType::Date,
        "n" => CellType::Number,
        // `str`, and whatever comes one day: what is written is the best that is known.
        _ => CellType::Text,
    }
}

/// The column of a cell of a row.
fn column_of(reference: &str, line: u64) -> Result<u32, Fault> {
    match place(reference) {
        Some((row, column)) if u64::from(row) + 1 == line => Ok(column),
        _ => Err(Fault::damaged(format!("cell {reference} in row {line}"))),
    }
}

fn row_damaged(value: &str) -> Fault {
    Fault::damaged(format!("row {value}"))
}
