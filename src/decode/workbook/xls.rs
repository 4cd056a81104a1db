//! Old workbooks, `.xls`, of Excel 5 to 2003; also any workbook that is encrypted.
//!
//! What enters: the file, as a whole, for its cells stand in any order. What leaves: the list of sheets; the rows of
//! one of them.
//! What is refused: encrypted workbooks, files larger than what may be held in memory.
//!
//! calamine would make a full table of every sheet, with a copy of its text in each cell; a small file can ask for
//! more memory than there is. Here the cells are only listed, and read when their row is made.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};

use encoding_rs::{Encoding, WINDOWS_1252};

use super::Sheet;
use super::binary::{bytes_at, error_name, f64_at, packed_number, push_wide, u8_at, u16_at, u32_at};
use super::fault::Fault;
use super::grid::{Grid, Marks, Merge};
use super::held::{Held, Strings};
use super::ole::Ole;
use super::value::{self, Kind};
use crate::decode::feed::Sink;
use crate::format::Limits;

mod record {
    //! The records that count.
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const END: u16 = 0x000A;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MANY_PACKED: u16 = 0x00BD;
    pub(super) const RICH_TEXT: u16 = 0x00D6;
    pub(super) const CELL_FORMAT: u16 = 0x00E0;
    pub(super) const MERGED: u16 = 0x00E5;
    pub(super) const STRINGS: u16 = 0x00FC;
    pub(super) const SHARED_TEXT: u16 = 0x00FD;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const TEXT: u16 = 0x0204;
    pub(super) const BOOL_OR_ERROR: u16 = 0x0205;
    pub(super) const FORMULA_TEXT: u16 = 0x0207;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const PACKED: u16 = 0x027E;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BEGIN: u16 = 0x0809;
}

/// A stream of records.
#[derive(Clone, Copy)]
struct Records<'w> {
    stream: &'w [u8],
    at: usize,
}

impl<'w> Records<'w> {
    /// The type and the bytes of the next record; none at the end.
    fn next(&mut self) -> Result<Option<(u16, &'w [u8])>, Fault> {
        if self.at >= self.stream.len() {
            return Ok(None);
        }
        let (kind, length) = (u16_at(self.stream, self.at)?, usize::from(u16_at(self.stream, self.at + 2)?));
        let from = self.at + 4;
        let data = self.stream.get(from..from + length).ok_or_else(|| Fault::damaged("a record ends early"))?;
        self.at = from + length;
        Ok(Some((kind, data)))
    }

    /// A record with those that go on with it.
    fn pieces(mut self, first: &'w [u8]) -> Result<Vec<&'w [u8]>, Fault> {
        let mut pieces = vec![first];
        while let Some((record::CONTINUE, data)) = self.next()? {
            pieces.push(data);
        }
        Ok(pieces)
    }
}

/// What stands before the sheets.
struct Book<'w> {
    stream: &'w [u8],
    sheets: Vec<(Sheet, usize)>,
    strings: Strings,
    kinds: Vec<Kind>,
    is_1904: bool,
    encoding: &'static Encoding,
    /// Texts are Unicode from Excel 97 on.
    is_unicode: bool,
}

/// The sheets of a workbook.
pub(super) fn sheets<R: Read + Seek>(source: R, limits: &Limits) -> Result<Vec<Sheet>, Fault> {
    let stream = stream(source, limits)?;
    Ok(book(&stream, limits)?.sheets.into_iter().map(|(sheet, _)| sheet).collect())
}

/// Gives the rows of a sheet.
pub(super) fn rows<R: Read + Seek>(source: R, sheet: &str, limits: &Limits, sink: &mut Sink) -> Result<(), Fault> {
    let stream = stream(source, limits)?;
    let book = book(&stream, limits)?;
    let Some((_, at)) = book.sheets.iter().find(|(found, _)| found.name == sheet) else {
        let names = book.sheets.into_iter().map(|(sheet, _)| sheet.name).collect();
        return Err(Fault::NoSheet(sheet.to_owned(), names));
    };
    let mut cells = cells(&book, *at)?;
    cells.list.sort_by_key(|cell| (cell.row, cell.column));
    let mut grid = Grid::new(sink, limits, cells.merges);
    let mut places = cells.list.iter().peekable();
    let mut text = String::new();
    while let Some(first) = places.peek() {
        let row = first.row;
        grid.begin_row(u64::from(row) + 1, cells.hidden.contains(&row))?;
        while let Some(cell) = places.next_if(|cell| cell.row == row) {
            // Of two values in one place the later one holds.
            if places.peek().is_none_or(|other| (other.row, other.column) != (row, cell.column)) {
                text.clear();
                give(&book, cell, &mut grid, &mut text)?;
            }
        }
        grid.end_row(1)?;
    }
    Ok(())
}

/// The stream of the workbook.
fn stream<R: Read + Seek>(mut source: R, limits: &Limits) -> Result<Vec<u8>, Fault> {
    if source.seek(SeekFrom::End(0))? > limits.held_bytes {
        return Err(Fault::limit("held-bytes", limits.held_bytes));
    }
    source.seek(SeekFrom::Start(0))?;
    let mut file = Vec::new();
    source.take(limits.held_bytes).read_to_end(&mut file)?;
    let ole = Ole::open(&file)?;
    if ole.holds("EncryptedPackage") {
        return Err(Fault::Protected);
    }
    match ole.stream("Workbook")? {
        Some(stream) => Ok(stream),
        None => ole.stream("Book")?.ok_or_else(|| Fault::damaged("no workbook in the container")),
    }
}

fn book<'w>(stream: &'w [u8], limits: &Limits) -> Result<Book<'w>, Fault> {
    let mut book = Book {
        stream,
        sheets: Vec::new(),
        strings: Strings::default(),
        kinds: Vec::new(),
        is_1904: false,
        encoding: WINDOWS_1252,
        is_unicode: true,
    };
    let (mut codes, mut formats) = (BTreeMap::new(), Vec::new());
    let mut records = Records { stream, at: 0 };
    while let Some((kind, data)) = records.next()? {
        match kind {
            record::BEGIN => book.is_unicode = u16_at(data, 0)? >= 0x0600,
            record::FILE_PASS => return Err(Fault::Protected),
            record::CODE_PAGE => book.encoding = code_page(u16_at(data, 0)?),
            record::DATE_MODE => book.is_1904 = u16_at(data, 0)? == 1,
            record::FORMAT => {
                let mut code = String::new();
                let at = if book.is_unicode { 2 } else { 3 };
                let length = if book.is_unicode { u16_at(data, 2)? } else { u8_at(data, 2)?.into() };
                let at = if book.is_unicode { at + 2 } else { at };
                push_chars(&book, &[data.get(at..).unwrap_or_default()], length.into(), &mut code)?;
                codes.insert(u16_at(data, 0)?, value::kind_of_code(&code));
            }
            record::CELL_FORMAT => formats.push(u16_at(data, 2)?),
            record::BOUND_SHEET => {
                let (at, state, of) = (u32_at(data, 0)?, u8_at(data, 4)?, u8_at(data, 5)?);
                let mut name = String::new();
                let length = u8_at(data, 6)?.into();
                push_chars(&book, &[data.get(7..).unwrap_or_default()], length, &mut name)?;
                name.retain(|sign| sign != '\0');
                if of == 0 {
                    book.sheets.push((Sheet { name, is_visible: state.trailing_zeros() >= 2 }, at as usize));
                }
            }
            record::STRINGS => book.strings = strings(&records.pieces(data)?, limits)?,
            record::END => break,
            _ => {}
        }
    }
    let kind = |id: &u16| codes.get(id).copied().unwrap_or_else(|| value::kind_of_builtin((*id).into()));
    book.kinds = formats.iter().map(kind).collect();
    Ok(book)
}

/// The encoding of texts before Unicode.
fn code_page(number: u16) -> &'static Encoding {
    let label = match number {
        874 | 1250..=1258 => format!("windows-{number}"),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 | 32_768 => "macintosh".to_owned(),
        _ => String::new(),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// Adds so many characters, which begin with the byte that tells how they are written (in Unicode) and may go on in
/// further pieces, each with such a byte of its own. Says where they end: piece and place.
fn push_chars(book: &Book<'_>, pieces: &[&[u8]], count: usize, text: &mut String) -> Result<(), Fault> {
    if book.is_unicode {
        let mut reader = Pieces { all: pieces, piece: 0, at: 0 };
        let is_wide = u8_at(&reader.bytes::<1>()?, 0)? & 1 == 1;
        return reader.push_chars(count, is_wide, text);
    }
    let bytes =
        pieces.first().and_then(|piece| piece.get(..count)).ok_or_else(|| Fault::damaged("a text ends early"))?;
    text.push_str(&book.encoding.decode_without_bom_handling(bytes).0);
    Ok(())
}

/// Bytes that go on from piece to piece.
struct Pieces<'w> {
    all: &'w [&'w [u8]],
    piece: usize,
    at: usize,
}

impl Pieces<'_> {
    fn rest(&self) -> &[u8] {
        self.all.get(self.piece).and_then(|piece| piece.get(self.at..)).unwrap_or_default()
    }

    /// Goes on to the next piece where one ends; false at the end of all.
    fn is_more(&mut self) -> bool {
        while self.rest().is_empty() && self.piece < self.all.len() {
            self.piece += 1;
            self.at = 0;
        }
        self.piece < self.all.len()
    }

    fn bytes<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Fault> {
        self.is_more();
        let bytes = bytes_at(self.rest(), 0)?;
        self.at += COUNT;
        Ok(bytes)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Fault> {
        while count > 0 {
            if !self.is_more() {
                return Err(Fault::damaged("a text ends early"));
            }
            let step = self.rest().len().min(count);
            self.at += step;
            count -= step;
        }
        Ok(())
    }

    fn push_chars(&mut self, mut count: usize, mut is_wide: bool, text: &mut String) -> Result<(), Fault> {
        while count > 0 {
            if self.rest().is_empty() {
                if !self.is_more() {
                    return Err(Fault::damaged("a text ends early"));
                }
                is_wide = self.rest()[0] & 1 == 1;
                self.at += 1;
            }
            let width = if is_wide { 2 } else { 1 };
            let step = (self.rest().len() / width).min(count);
            if step == 0 {
                return Err(Fault::damaged("a text ends early"));
            }
            let bytes = &self.rest()[..step * width];
            if is_wide {
                push_wide(text, bytes);
            } else {
                text.extend(bytes.iter().map(|byte| char::from(*byte)));
            }
            self.at += step * width;
            count -= step;
        }
        Ok(())
    }
}

/// The texts that cells share.
fn strings(pieces: &[&[u8]], limits: &Limits) -> Result<Strings, Fault> {
    let mut held = Held::of(limits);
    let mut strings = Strings::default();
    let mut reader = Pieces { all: pieces, piece: 0, at: 0 };
    let [.., a, b, c, d] = reader.bytes::<8>()?;
    let mut text = String::new();
    for _ in 0..u32::from_le_bytes([a, b, c, d]) {
        if !reader.is_more() {
            break;
        }
        let [low, high, flags] = reader.bytes()?;
        let runs = if flags & 8 == 0 { 0 } else { u16::from_le_bytes(reader.bytes()?).into() };
        let extra = if flags & 4 == 0 { 0 } else { u32::from_le_bytes(reader.bytes()?) as usize };
        text.clear();
        reader.push_chars(u16::from_le_bytes([low, high]).into(), flags & 1 == 1, &mut text)?;
        reader.skip(4 * runs + extra)?;
        strings.push(&text, &mut held)?;
    }
    Ok(strings)
}

/// Where a cell stands, in the sheet and in the stream.
struct Place {
    row: u16,
    column: u16,
    kind: u16,
    /// Where the bytes of its record begin, behind row and column.
    at: usize,
}

/// The cells of a sheet.
#[derive(Default)]
struct Cells {
    list: Vec<Place>,
    merges: Vec<Merge>,
    hidden: BTreeSet<u16>,
}

fn cells(book: &Book<'_>, at: usize) -> Result<Cells, Fault> {
    let mut cells = Cells::default();
    let mut records = Records { stream: book.stream, at };
    let mut inside = 0;
    loop {
        let from = records.at + 4;
        let Some((kind, data)) = records.next()? else { return Err(Fault::damaged("a sheet ends early")) };
        match kind {
            record::BEGIN => inside += 1,
            record::END if inside <= 1 => return Ok(cells),
            record::END => inside -= 1,
            // A diagram in a sheet holds cells of its own.
            _ if inside != 1 => {}
            record::NUMBER
            | record::TEXT
            | record::RICH_TEXT
            | record::BOOL_OR_ERROR
            | record::SHARED_TEXT
            | record::PACKED
            | record::FORMULA => {
                cells.list.push(Place { row: u16_at(data, 0)?, column: u16_at(data, 2)?, kind, at: from + 4 });
            }
            record::MANY_PACKED => {
                let (row, first) = (u16_at(data, 0)?, u16_at(data, 2)?);
                for (number, column) in (0..data.len().saturating_sub(6) / 6).zip(first..) {
                    cells.list.push(Place { row, column, kind: record::PACKED, at: from + 4 + 6 * number });
                }
            }
            record::ROW if u16_at(data, 12)? & 0x20 != 0 => drop(cells.hidden.insert(u16_at(data, 0)?)),
            record::MERGED => {
                for range in data.get(2..).unwrap_or_default().chunks_exact(8) {
                    let (first, last, column) = (u16_at(range, 0)?, u16_at(range, 2)?, u16_at(range, 4)?);
                    cells.merges.push(Merge { first: first.into(), last: last.into(), column: column.into() });
                }
            }
            _ => {}
        }
    }
}

/// Gives a cell.
fn give(book: &Book<'_>, cell: &Place, grid: &mut Grid<'_>, text: &mut String) -> Result<(), Fault> {
    let mut records = Records { stream: book.stream, at: cell.at - 8 };
    let data = book.stream.get(cell.at..).unwrap_or_default();
    let kind = book.kinds.get(usize::from(u16_at(data, 0)?)).copied().unwrap_or_default();
    let mut marks = Marks { is_formula: cell.kind == record::FORMULA, ..Marks::default() };
    let mut number = None;
    match cell.kind {
        record::NUMBER => number = Some(f64_at(data, 2)?),
        record::PACKED => number = Some(packed_number(u32_at(data, 2)?)),
        record::SHARED_TEXT => {
            let shared = book.strings.get(u32_at(data, 2)? as usize);
            let missing = || Fault::damaged(format!("row {}: a shared text is missing", cell.row));
            let out = grid.open(cell.column.into())?;
            out.extend_from_slice(shared.ok_or_else(missing)?.as_bytes());
            return grid.close(marks);
        }
        record::BOOL_OR_ERROR => marks.is_error = push_bool_or_error(u8_at(data, 2)?, u8_at(data, 3)? == 1, text),
        record::FORMULA => match bytes_at::<8>(data, 2)? {
            [0, .., 0xFF, 0xFF] => formula_text(book, &mut records, text)?,
            [of @ (1 | 2), _, code, .., 0xFF, 0xFF] => marks.is_error = push_bool_or_error(code, of == 2, text),
            [.., 0xFF, 0xFF] => {}
            bytes => number = Some(f64::from_le_bytes(bytes)),
        },
        _ => {
            if let Some((_, first)) = records.next()? {
                let pieces = tail(&records.pieces(first)?, 8);
                push_chars(book, &pieces, u16_at(data, 2)?.into(), text)?;
            }
        }
    }
    let out = grid.open(cell.column.into())?;
    match number {
        Some(number) => value::push_serial(out, number, kind, book.is_1904),
        None => out.extend_from_slice(text.as_bytes()),
    }
    grid.close(marks)
}

/// The pieces without the first bytes of the first one.
fn tail<'w>(pieces: &[&'w [u8]], from: usize) -> Vec<&'w [u8]> {
    let mut pieces = pieces.to_vec();
    if let Some(first) = pieces.first_mut() {
        *first = first.get(from..).unwrap_or_default();
    }
    pieces
}

/// Whether it is an error.
fn push_bool_or_error(code: u8, is_error: bool, text: &mut String) -> bool {
    text.push_str(match (is_error, code) {
        (true, code) => error_name(code),
        (false, 0) => "FALSE",
        (false, _) => "TRUE",
    });
    is_error
}

/// The text that a formula gave stands behind it; what it shares with other formulas may stand between.
fn formula_text(book: &Book<'_>, records: &mut Records<'_>, text: &mut String) -> Result<(), Fault> {
    records.next()?;
    for _ in 0..4 {
        match records.next()? {
            Some((record::FORMULA_TEXT, first)) => {
                let pieces = tail(&records.pieces(first)?, 2);
                return push_chars(book, &pieces, u16_at(first, 0)?.into(), text);
            }
            Some((record::FORMULA, _)) | None => return Ok(()),
            Some(_) => {}
        }
    }
    Ok(())
}
