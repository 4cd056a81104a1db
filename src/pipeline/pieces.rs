//! A file in pieces of delimited text, whatever kind of file it is.
//!
//! Delimited text that `delimited` reads is cut as it is. Everything else is read row by row and written down as
//! delimited text again: the price of one more copy buys one way of judging, in parallel, for all kinds of files.

use std::io::Read;

use super::look::Layout;
use super::source::Opened;
use crate::decode::{Note, RowError, Rows, TableRow, Text};
use crate::delimited::{Chunk, Chunks, Dialect, QUOTE, RawRecord};
use crate::diagnostic::{Code, Result};
use crate::format::{Limits, Registry};

/// What stands between cells that were written down again: hardly any text holds it.
const SEPARATOR: u8 = 0x1F;

/// The dialect in which rows are written down.
pub(super) const MADE: Dialect = Dialect { delimiter: SEPARATOR, record_bytes: usize::MAX };

/// A piece of a file.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Its records.
    pub(super) chunk: Chunk,
    /// What its records do not show themselves, when they were written down again.
    made: Option<Made>,
}

#[derive(Debug, Default)]
struct Made {
    /// Where each record stands in the file.
    lines: Vec<u64>,
    /// By place of the record.
    notes: Vec<(usize, Note)>,
    /// Places of records that go on with the record before them.
    continuing: Vec<usize>,
}

impl Piece {
    /// Where the record at a place of the piece stands in the file.
    #[inline]
    pub(super) fn line(&self, place: usize, record: RawRecord<'_, '_>) -> u64 {
        match &self.made {
            None => self.chunk.first_line + u64::from(record.line()),
            Some(made) => made.lines.get(place).copied().unwrap_or_default(),
        }
    }

    /// What its reader saw beyond the text of a record.
    pub(super) fn notes(&self, place: usize) -> impl Iterator<Item = &Note> {
        let notes = self.made.as_ref().map_or(&[][..], |made| &made.notes);
        let from = notes.partition_point(|(record, _)| *record < place);
        notes[from..].iter().take_while(move |(record, _)| *record == place).map(|(_, note)| note)
    }

    /// Whether its reader says that the record at a place goes on with the one before it.
    pub(super) fn continues(&self, place: usize) -> bool {
        self.made.as_ref().is_some_and(|made| made.continuing.binary_search(&place).is_ok())
    }

    /// Adds a record as it stands at a place of another piece, with all that is known of it. `delimiter` is that of both.
    pub(super) fn take(&mut self, other: &Self, place: usize, record: RawRecord<'_, '_>, delimiter: u8) {
        let made = self.made.get_or_insert_default();
        let here = made.lines.len();
        made.lines.push(other.line(place, record));
        made.notes.extend(other.notes(place).map(|note| (here, note.clone())));
        if other.continues(place) {
            made.continuing.push(here);
        }
        if record.is_unclosed() {
            made.notes.push((here, Note::plain(None, Code::QuoteUnclosed)));
        }
        let cells = record.cells();
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                self.chunk.bytes.push(delimiter);
            }
            put_cell(&mut self.chunk.bytes, &cell.bytes(), delimiter);
        }
        self.chunk.bytes.push(b'\n');
    }

    /// Adds the records of a piece that was put together in the same way.
    pub(super) fn append(&mut self, other: Self) {
        let made = self.made.get_or_insert_default();
        let before = made.lines.len();
        self.chunk.bytes.extend_from_slice(&other.chunk.bytes);
        if let Some(other) = other.made {
            made.lines.extend(other.lines);
            made.notes.extend(other.notes.into_iter().map(|(place, note)| (place + before, note)));
            made.continuing.extend(other.continuing.into_iter().map(|place| place + before));
        }
    }

    /// Whether any record has notes.
    pub(super) fn has_notes(&self) -> bool {
        self.made.as_ref().is_some_and(|made| !made.notes.is_empty())
    }
}

/// Reads a file piece by piece.
pub(super) enum Pieces<'o> {
    /// Cut as it is.
    Cut(Chunks<Text<Box<dyn Read + Send + 'o>>>),
    /// Written down again.
    Made {
        rows: Box<dyn Rows + 'o>,
        row: TableRow,
        size: usize,
        /// As many cells as a row has at least.
        width: usize,
        record_bytes: usize,
        done: u64,
    },
}

impl<'o> Pieces<'o> {
    /// The pieces of a file, of about `size` bytes; its table has `width` columns.
    pub(super) fn of(
        layout: &Layout,
        width: usize,
        opened: &'o Opened,
        registry: &'o Registry,
        limits: &Limits,
        size: usize,
    ) -> Result<Self> {
        if let (Some(dialect), Layout::Delimited { encoding, .. }) = (layout.plain(), layout) {
            let source: Box<dyn Read + Send + 'o> = Box::new(opened.rewind()?);
            return Ok(Self::Cut(Chunks::new(Text::new(source, *encoding), dialect, size)));
        }
        let rows = layout.rows(0, opened, registry, limits)?;
        let width = if layout.may_end_early() { width } else { 0 };
        Ok(Self::Made { rows, row: TableRow::default(), size, width, record_bytes: limits.record_bytes, done: 0 })
    }

    /// The next piece, in `buffer`'s memory; `None` at the end.
    pub(super) fn next(&mut self, mut buffer: Vec<u8>) -> std::result::Result<Option<Piece>, RowError> {
        match self {
            Self::Cut(chunks) => {
                let limit = chunks.dialect().record_bytes;
                let chunk = chunks.next(buffer).map_err(|error| match error.kind() {
                    // A record without end (`Chunks::next`).
                    std::io::ErrorKind::InvalidData => RowError::limit("record-bytes", limit),
                    _ => RowError::Io(error),
                })?;
                Ok(chunk.map(|chunk| Piece { chunk, made: None }))
            }
            Self::Made { rows, row, size, width, record_bytes, .. } => {
                buffer.clear();
                let mut made = Made::default();
                while buffer.len() < *size && rows.next(row)? {
                    if row.bytes().len() > record_bytes.saturating_mul(16) {
                        return Err(RowError::limit("record-bytes", *record_bytes));
                    }
                    if row.unclosed {
                        row.note(None, Code::QuoteUnclosed);
                    }
                    if row.continues {
                        made.continuing.push(made.lines.len());
                    }
                    made.notes.extend(row.notes.drain(..).map(|note| (made.lines.len(), note)));
                    made.lines.push(row.line);
                    row.pad(*width);
                    put(&mut buffer, row);
                }
                let first_line = made.lines.first().copied();
                Ok(first_line.map(|first_line| Piece { chunk: Chunk { bytes: buffer, first_line }, made: Some(made) }))
            }
        }
    }

    /// How many bytes of the file went into the pieces since the last time it was asked; `piece` are those of the pieces.
    pub(super) fn advanced(&mut self, pieces: u64) -> u64 {
        match self {
            Self::Cut(_) => pieces,
            Self::Made { rows, done, .. } => {
                let now = rows.position();
                now.saturating_sub(std::mem::replace(done, now))
            }
        }
    }
}

/// Writes a row down.
fn put(out: &mut Vec<u8>, row: &TableRow) {
    for (place, cell) in row.cells().enumerate() {
        if place > 0 {
            out.push(SEPARATOR);
        }
        put_cell(out, cell, SEPARATOR);
    }
    out.push(b'\n');
}

/// Writes a cell down, in quotes where it needs them.
fn put_cell(out: &mut Vec<u8>, cell: &[u8], delimiter: u8) {
    let is_plain = cell.first() != Some(&QUOTE) && memchr::memchr3(delimiter, b'\n', b'\r', cell).is_none();
    if is_plain {
        out.extend_from_slice(cell);
    } else {
        crate::export::put_quoted(out, cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimited::{Block, Charset, Records};
    use proptest::prelude::*;

    proptest! {
        /// What is written down is read as the same cells.
        #[test]
        fn rows_come_back(cells in proptest::collection::vec("[a\"\n\r\u{1f};]{0,6}", 2..5)) {
            let mut row = TableRow::default();
            row.begin(1);
            for cell in &cells {
                row.push(cell.as_bytes());
            }
            let mut text = Vec::new();
            put(&mut text, &row);
            put(&mut text, &row);
            let mut block = Block::default();
            Records::new(&text, MADE).fill(&mut block, 9);
            for record in block.records(&text) {
                let found: Vec<_> = record.cells().map(|cell| cell.text(Charset::Utf8)).collect();
                prop_assert_eq!(&found, &cells);
            }
            prop_assert_eq!(block.len(), 2);
        }
    }
}
