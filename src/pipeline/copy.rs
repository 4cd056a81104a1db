//! The rows of a table, one after the other: which of them the clean copy has, and what becomes of the others.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::convert::{ConvertRequest, Converted, NOTED_LINES, Noted, Outside};
use super::guess::Guess;
use crate::decode::{RowError, Rows, TableRow, is_number_sign};
use crate::delimited::Charset;
use crate::diagnostic::{Arguments, Code, Error};
use crate::export::put_quoted;

/// Sparse rows that may turn out to stand below the table; more cannot.
const PENDING: usize = 20;

/// Bytes of these at most.
const PENDING_BYTES: usize = 1 << 20;

/// Rows between two looks at the wish to stop.
const ROWS_BETWEEN: u64 = 4096;

/// Why a copy ended early.
pub(super) enum Ended {
    Read(RowError),
    Write(io::Error),
    Refused(Error),
}

/// A sparse row that waits for the next full one.
struct Pending {
    /// Lines of rows without a value that stand above it.
    empty: Vec<u64>,
    row: TableRow,
    cells: Vec<String>,
    behind_blank: bool,
}

/// What a row repeats of the heading.
enum Repeats {
    Nothing,
    /// All of it.
    Heading,
    /// A part of it, or it with more behind it: the heading of another table of the same maker.
    ForAnotherTable,
}

/// A copy that is being written.
pub(super) struct Copy<'c> {
    request: &'c ConvertRequest<'c>,
    pub(super) told: Converted,
    pending: Vec<Pending>,
    /// Whether a blank line came since the last full row.
    behind_blank: bool,
    /// Whether another table has begun.
    is_beyond: bool,
    /// Lines of rows without a value that came since the last other row.
    empty: Vec<u64>,
    /// The first row of the heading as it was read.
    heading: Option<TableRow>,
    line: Vec<u8>,
    /// Empty cells that were added, and how many may be.
    padding: u64,
    most_padding: u64,
}

impl<'c> Copy<'c> {
    pub(super) fn new(guess: Guess, request: &'c ConvertRequest<'c>, most_padding: u64) -> Self {
        let told = Converted {
            guess,
            has_quotes: false,
            read: 0,
            rows: 0,
            preamble: Vec::new(),
            footer: Vec::new(),
            comments: Vec::new(),
            comment_count: 0,
            blank: Noted::default(),
            padded: Noted::default(),
            surplus: Noted::default(),
            unclosed: Noted::default(),
            trailing: Noted::default(),
            foreign: Noted::default(),
            unreadable: Noted::default(),
            headings: Noted::default(),
            others: Noted::default(),
            notes: BTreeMap::new(),
        };
        Self {
            request,
            told,
            pending: Vec::new(),
            behind_blank: false,
            is_beyond: false,
            empty: Vec::new(),
            heading: None,
            line: Vec::new(),
            padding: 0,
            most_padding,
        }
    }

    pub(super) fn run(&mut self, rows: &mut dyn Rows, out: &mut impl Write) -> std::result::Result<(), Ended> {
        let mut row = TableRow::default();
        let (mut place, mut reached, mut last_line) = (0, 0, 0);
        while rows.next(&mut row).map_err(Ended::Read)? {
            if self.told.read.is_multiple_of(ROWS_BETWEEN) {
                self.request.stop.check().map_err(Ended::Refused)?;
                let now = rows.position();
                self.request.progress.advance(now.saturating_sub(reached));
                reached = now;
            }
            self.told.read += 1;
            // Rows of a sheet without anything in them are not given; they separate as blank lines do.
            let has_gap = self.told.guess.layout.sheet().is_some() && row.line > last_line + 1;
            self.behind_blank |= has_gap && place > self.told.guess.sample.frame.first;
            last_line = row.line;
            if row.is_rule() {
                self.comment(&row);
                continue;
            }
            if row.is_blank_line() {
                self.told.blank.add(row.line);
                self.behind_blank = true;
                continue;
            }
            if self.told.guess.layout.may_end_early() {
                row.pad(self.told.guess.sample.frame.width);
            }
            self.row(&row, place, out)?;
            place += 1;
        }
        self.end(out)?;
        if self.told.adds_up() {
            return Ok(());
        }
        let cause = format!("{} records read, {} rows written", self.told.read, self.told.rows);
        Err(Ended::Refused(Error::new(Code::InternalError, Arguments::none().with("cause", cause))))
    }

    /// Takes a row that is not blank, by its place among these.
    fn row(&mut self, row: &TableRow, place: usize, out: &mut impl Write) -> std::result::Result<(), Ended> {
        let frame = &self.told.guess.sample.frame;
        if place < frame.first {
            let outside = self.outside(row);
            self.told.preamble.push(outside);
            return Ok(());
        }
        if place < frame.first + frame.heading_rows {
            let is_first = place == frame.first;
            self.note(row);
            self.behind_blank = false;
            if is_first {
                self.heading = Some(row.clone());
                return self.write_heading(row.line, out);
            }
            return Ok(());
        }
        if self.is_beyond {
            self.told.others.add(row.line);
            return Ok(());
        }
        let is_comment =
            row.quoted == 0 && row.len() < frame.width && row.cell(0).starts_with(b"#") && !is_number_sign(row.cell(0));
        if is_comment {
            self.comment(row);
            return Ok(());
        }
        let charset = self.told.guess.layout.charset();
        match self.repeats_heading(row) {
            Repeats::Nothing => {}
            Repeats::Heading => {
                self.flush(out)?;
                self.drop_empty(&[]);
                self.told.headings.add(row.line);
                return Ok(());
            }
            Repeats::ForAnotherTable => {
                self.flush(out)?;
                self.drop_empty(&[]);
                self.is_beyond = true;
                self.told.others.add(row.line);
                return Ok(());
            }
        }
        let filled = row.cells().filter(|cell| !charset.trim(cell).is_empty()).count();
        if filled == 0 {
            self.empty.push(row.line);
            self.behind_blank = true;
            return Ok(());
        }
        let has_own_width = row.len() == frame.width || row.len() == frame.row_cells;
        let is_odd = self.behind_blank && !has_own_width;
        if is_odd || frame.may_be_below(filled, || charset.decode(row.cell(0))) {
            let cells = row.cells().map(|cell| charset.decode(cell).into_owned()).collect();
            let empty = std::mem::take(&mut self.empty);
            self.pending.push(Pending { empty, row: row.clone(), cells, behind_blank: self.behind_blank });
            let held: usize = self.pending.iter().map(|pending| pending.row.bytes().len()).sum();
            let is_full = self.pending.len() > PENDING || held > PENDING_BYTES;
            return if is_full { self.settle(out) } else { Ok(()) };
        }
        self.flush(out)?;
        let empty = std::mem::take(&mut self.empty);
        self.write_empty(&empty, out)?;
        self.behind_blank = false;
        self.data(row, out)
    }

    /// Leaves a line out that is no row.
    fn comment(&mut self, row: &TableRow) {
        self.told.comment_count += 1;
        if self.told.comments.len() < NOTED_LINES {
            let outside = self.outside(row);
            self.told.comments.push(outside);
        }
    }

    /// Settles what waited too long to stand below the table: it is another table, or rows of this one.
    fn settle(&mut self, out: &mut impl Write) -> std::result::Result<(), Ended> {
        let Some(from) = self.other_table() else { return self.flush(out) };
        let others = self.pending.split_off(from);
        self.flush(out)?;
        self.is_beyond = true;
        self.drop_empty(&others);
        for pending in &others {
            self.told.others.add(pending.row.line);
        }
        Ok(())
    }

    /// Where another table begins among the rows that wait.
    fn other_table(&self) -> Option<usize> {
        let from = self.pending.iter().position(|pending| pending.behind_blank)?;
        let rows: Vec<_> = self.pending[from..].iter().map(|pending| pending.cells.as_slice()).collect();
        self.told.guess.sample.frame.is_other_table(&rows).then_some(from)
    }

    /// Writes what waited: rows of the table after all.
    fn flush(&mut self, out: &mut impl Write) -> std::result::Result<(), Ended> {
        for pending in std::mem::take(&mut self.pending) {
            self.write_empty(&pending.empty, out)?;
            self.data(&pending.row, out)?;
        }
        Ok(())
    }

    /// Writes rows without a value: a full row stands below.
    fn write_empty(&mut self, lines: &[u64], out: &mut impl Write) -> std::result::Result<(), Ended> {
        let mut row = TableRow::default();
        for line in lines {
            row.begin(*line);
            row.pad(self.told.guess.sample.frame.width);
            self.data(&row, out)?;
        }
        Ok(())
    }

    /// Counts rows without a value at the end of the table as blank lines.
    fn drop_empty(&mut self, pending: &[Pending]) {
        let lines = pending.iter().flat_map(|pending| &pending.empty).copied();
        let lines: Vec<_> = lines.chain(std::mem::take(&mut self.empty)).collect();
        for line in lines {
            self.told.blank.add(line);
        }
    }

    /// The last rows that waited stand below the table if they look like it.
    fn end(&mut self, out: &mut impl Write) -> std::result::Result<(), Ended> {
        if self.other_table().is_some() {
            return self.settle(out);
        }
        let frame = &self.told.guess.sample.frame;
        let rows = self.pending.iter().map(|pending| (pending.cells.as_slice(), pending.behind_blank));
        let from = frame.footer(rows).unwrap_or(self.pending.len());
        let footer = self.pending.split_off(from);
        self.drop_empty(&footer);
        self.flush(out)?;
        self.told.footer = footer.iter().map(|pending| self.outside(&pending.row)).collect();
        Ok(())
    }

    fn outside(&self, row: &TableRow) -> Outside {
        let charset = self.told.guess.layout.charset();
        let cells: Vec<_> =
            row.cells().map(|cell| charset.decode(cell).trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
        Outside { line: row.line, text: cells.join(" | ").chars().take(200).collect() }
    }

    fn data(&mut self, row: &TableRow, out: &mut impl Write) -> std::result::Result<(), Ended> {
        self.note(row);
        let width = self.told.guess.sample.frame.width;
        if row.len() < width {
            self.told.padded.add(row.line);
            self.padding += (width - row.len()) as u64;
            // A wide heading over short rows would fill the disk.
            if self.padding > self.most_padding {
                return Err(Ended::Read(RowError::limit("unpacked-bytes", self.most_padding)));
            }
        }
        self.told.rows += 1;
        self.write(row, self.told.guess.layout.charset(), out)
    }

    /// Takes note of what is odd about a row, the heading included.
    fn note(&mut self, row: &TableRow) {
        self.told.has_quotes |= row.quoted > 0;
        if row.unclosed {
            self.told.unclosed.add(row.line);
        }
        if row.is_foreign {
            self.told.foreign.add(row.line);
        }
        if row.trailing > 0 {
            self.told.trailing.add(row.line);
        }
        let encoding = self.told.guess.layout.encoding();
        if encoding.is_some_and(|encoding| row.cells().any(|cell| encoding.is_odd(cell))) {
            self.told.notes.entry(Code::EncodingMixed).or_default().add(row.line);
        }
        for note in &row.notes {
            self.told.notes.entry(note.code).or_default().add(row.line);
        }
        if !row.bytes().is_ascii() && !self.told.guess.layout.charset().is_clean(row.bytes()) {
            self.told.unreadable.add(row.line);
        }
    }

    /// Writes the heading; one of two rows as one.
    fn write_heading(&mut self, line: u64, out: &mut impl Write) -> std::result::Result<(), Ended> {
        let mut heading = TableRow::default();
        heading.begin(line);
        self.told.guess.sample.headings.iter().for_each(|text| heading.push(text.as_bytes()));
        self.write(&heading, Charset::Utf8, out)
    }

    /// Whether a row says again what the heading says.
    fn repeats_heading(&self, row: &TableRow) -> Repeats {
        let Some(heading) = &self.heading else { return Repeats::Nothing };
        let charset = self.told.guess.layout.charset();
        let same = |place: usize| charset.trim(row.cell(place)) == charset.trim(heading.cell(place));
        // Most rows differ in their first cell.
        if !same(0) || row.len().min(heading.len()) < 2 {
            return Repeats::Nothing;
        }
        let extent =
            |row: &TableRow| row.cells().rposition(|cell| !charset.trim(cell).is_empty()).map_or(0, |at| at + 1);
        let (mine, theirs) = (extent(heading), extent(row));
        match (0..mine.min(theirs)).all(same) {
            true if mine == theirs => Repeats::Heading,
            true if theirs > 1 => Repeats::ForAnotherTable,
            _ => Repeats::Nothing,
        }
    }

    /// Writes a row, as wide as the table and wider only for filled cells.
    fn write(&mut self, row: &TableRow, charset: Charset, out: &mut impl Write) -> std::result::Result<(), Ended> {
        let width = self.told.guess.sample.frame.width.max(1);
        let last = row.cells().rposition(|cell| !charset.trim(cell).is_empty()).map_or(0, |place| place + 1);
        if last > width {
            self.told.surplus.add(row.line);
        }
        self.line.clear();
        for place in 0..width.max(last) {
            if place > 0 {
                self.line.push(self.request.delimiter);
            }
            put(&mut self.line, charset.decode(row.cell(place)).as_bytes(), self.request.delimiter, width == 1);
        }
        self.line.push(b'\n');
        out.write_all(&self.line).map_err(Ended::Write)
    }
}

/// Adds a cell, in quotes only where RFC 4180 asks for it. A row that is one empty cell would be a blank line.
fn put(out: &mut Vec<u8>, text: &[u8], delimiter: u8, alone: bool) {
    let is_mark = |c: &u8| *c == delimiter || matches!(c, b'"' | b'\n' | b'\r');
    let is_blank_line = alone && text.iter().all(u8::is_ascii_whitespace);
    if is_blank_line || text.iter().any(is_mark) {
        put_quoted(out, text);
    } else {
        out.extend_from_slice(text);
    }
}
