//! Rows of a table, whatever kind of file it stands in.
//!
//! What enters: nothing by itself; every reader of tables gives [`Rows`]. What leaves: [`TableRow`]s.
//! What is refused: a file that cannot be read on, with a [`RowError`].

use std::io;

use crate::diagnostic::{Arguments, Code, Error};

/// What old systems write at the end of a text.
const END_MARK: u8 = 0x1A;

/// A row as it was read: its cells, and what was odd about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else that its reader saw")]
pub struct TableRow {
    /// The cells, one behind the other.
    pub(super) bytes: Vec<u8>,
    pub(super) ends: Vec<usize>,
    /// Where it stands, from 1: the physical line on which it starts, or the row of a sheet.
    pub line: u64,
    /// How many cells stood in quotes.
    pub quoted: usize,
    /// Cells with text behind their closing quote.
    pub trailing: usize,
    /// Cells without quotes that end with one.
    pub unopened: usize,
    /// Whether a quote opens and never closes.
    pub unclosed: bool,
    /// Whether a quoted cell begins behind blanks.
    pub is_loose: bool,
    /// Whether it was written with another delimiter or other quotes than the rows around it.
    pub is_foreign: bool,
    /// Whether it goes on with the row before it: something that repeats inside a record.
    pub continues: bool,
    /// What else the reader saw and nobody behind it can see.
    pub notes: Vec<Note>,
}

/// Something odd about a cell or a row that its text does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The column, from 0; `None` when the whole row is meant.
    pub column: Option<usize>,
    /// What it is: a code about cells or lines.
    pub code: Code,
    /// What it is about, when no cell of the row shows it.
    pub value: String,
    /// What its message says.
    pub arguments: Arguments,
}

impl Note {
    /// A note that its code says everything of.
    pub const fn plain(column: Option<usize>, code: Code) -> Self {
        Self { column, code, value: String::new(), arguments: Arguments::none() }
    }
}

impl TableRow {
    /// Begins a row anew, in the memory of the last one.
    pub fn begin(&mut self, line: u64) {
        let Self { bytes, ends, notes, .. } = std::mem::take(self);
        *self = Self { bytes, ends, line, notes, ..Self::default() };
        self.bytes.clear();
        self.ends.clear();
        self.notes.clear();
    }

    /// Adds a cell.
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end_cell();
    }

    /// Adds empty cells until there are so many.
    pub fn pad(&mut self, cells: usize) {
        if self.ends.len() < cells {
            self.ends.resize(cells, self.bytes.len());
        }
    }

    /// Says that something is odd about a cell, or the row.
    pub fn note(&mut self, column: Option<usize>, code: Code) {
        self.notes.push(Note::plain(column, code));
    }

    /// Takes zero bytes out of its cells, which mean nothing in text, and says so.
    pub(super) fn drop_zeros(&mut self) {
        if memchr::memchr(0, &self.bytes).is_none() {
            return;
        }
        self.note(None, Code::NulRemoved);
        let (mut kept, mut from) = (Vec::with_capacity(self.bytes.len()), 0);
        for end in &mut self.ends {
            kept.extend(self.bytes[from..*end].iter().filter(|c| **c != 0));
            from = std::mem::replace(end, kept.len());
        }
        self.bytes = kept;
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cell; a row that was read has one at least.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of a cell, none when the row is too short.
    pub fn cell(&self, place: usize) -> &[u8] {
        let from = if place == 0 { 0 } else { self.ends.get(place - 1).copied().unwrap_or(self.bytes.len()) };
        self.ends.get(place).map_or(&[], |end| &self.bytes[from..*end])
    }

    /// The bytes of all cells.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every cell.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &[u8]> + DoubleEndedIterator {
        (0..self.len()).map(|place| self.cell(place))
    }

    /// Whether it is a line with nothing but blanks: no delimiter, no quote.
    pub fn is_blank_line(&self) -> bool {
        self.len() <= 1 && self.quoted == 0 && self.bytes.iter().all(|c| c.is_ascii_whitespace() || *c == END_MARK)
    }

    /// Whether it is a rule drawn between lines, such as `---;-----;---`: nothing but one mark in each filled
    /// cell, three times at least in one of them.
    pub fn is_rule(&self) -> bool {
        is_rule(self.cells())
    }

    pub(super) fn end_cell(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

/// Whether these cells only draw a rule.
pub fn is_rule<'c>(cells: impl Iterator<Item = &'c [u8]>) -> bool {
    let mut is_drawn = false;
    for cell in cells.map(<[u8]>::trim_ascii).filter(|cell| !cell.is_empty()) {
        let (mark, rest) = (cell[0], &cell[1..]);
        if !matches!(mark, b'-' | b'=' | b'_' | b'*' | b'~' | b'+') || rest.iter().any(|c| *c != mark) {
            return false;
        }
        // Single marks say that there is no value.
        is_drawn |= rest.len() > 1;
    }
    is_drawn
}

/// Whether a text is a number behind the sign for numbers, as in `#124`, and no comment.
pub fn is_number_sign(text: &[u8]) -> bool {
    matches!(text, [b'#', c, ..] if c.is_ascii_digit())
}

/// Gives the rows of a table, in the order of the file.
pub trait Rows: Send {
    /// Reads the next row; false at the end.
    fn next(&mut self, row: &mut TableRow) -> Result<bool, RowError>;

    /// How many bytes of the file are done, as far as that is known.
    fn position(&self) -> u64;
}

/// Why no further row can be read.
#[derive(Debug)]
pub enum RowError {
    /// The source failed.
    Io(io::Error),
    /// The file cannot be what it claims to be, or is larger than allowed.
    Refused(Error),
}

impl RowError {
    /// Something is larger than allowed.
    pub fn limit(what: &str, limit: impl std::fmt::Display) -> Self {
        Self::Refused(Error::new(Code::LimitExceeded, Arguments::none().with("what", what).with("limit", limit)))
    }
}

impl From<io::Error> for RowError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for RowError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}
