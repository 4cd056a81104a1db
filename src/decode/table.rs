//! Tables in any dialect, row by row, in bounded memory.
//!
//! What enters: text in an encoding that keeps ASCII apart, and a [`TableDialect`].
//! What leaves: [`TableRow`]s: cells without their quotes, nothing else changed.
//! What is refused: a line without an end. A quote that never closes stands for itself; its row says so.
//!
//! Imports read `"` with doubled quotes by the faster `delimited`; this reader takes every dialect that is found.

use std::io::Read;

use super::row::{RowError, Rows, TableRow};

/// How cells and records are told apart, in any of the ways that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDialect {
    /// Between two cells; `None` when a line is one cell.
    pub delimiter: Option<u8>,
    /// Around cells.
    pub quote: Option<u8>,
    /// Whether a backslash takes the meaning from the delimiter, quote or backslash after it.
    pub backslash: bool,
    /// Whether one blank belongs to each delimiter, as in `a, b`.
    pub blank_after: bool,
    /// Whether two delimiters stand between cells.
    pub doubled: bool,
    /// The longest quoted cell; a quote that stays open longer counts as never closed.
    pub record_bytes: usize,
}

/// How many bytes are asked for at once, at the beginning.
const STEP: usize = 256 << 10;

/// How many of the longest quoted cells a record may hold before it is taken for a line without an end.
const CELLS: usize = 16;

/// How many carriage returns before a line feed belong to it. Looking further would take ever longer in a long run of them.
const RETURNS: usize = 8;

/// Reads rows from a stream.
pub struct TableReader<R> {
    source: R,
    dialect: TableDialect,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    start: usize,
    at_end: bool,
    line: u64,
    /// Bytes of the text before the buffer.
    behind: u64,
    /// As many cells as rows should have; 0 when nobody knows.
    expected: usize,
}

/// Delimiters that single rows are written with by mistake.
const FOREIGN: [u8; 4] = [b',', b';', b'\t', b'|'];

impl<R: Read> TableReader<R> {
    /// The rows of `source`.
    pub fn new(source: R, dialect: TableDialect) -> Self {
        Self { source, dialect, buffer: Vec::new(), start: 0, at_end: false, line: 1, behind: 0, expected: 0 }
    }

    /// The same, taking a row that has so many cells only with another delimiter or other quotes for what it was meant to
    /// be: somebody pasted it from elsewhere.
    #[must_use]
    pub fn expecting(self, cells: usize) -> Self {
        Self { expected: cells, ..self }
    }

    fn read(&mut self, row: &mut TableRow) -> Result<bool, RowError> {
        loop {
            if self.start == self.buffer.len() && self.at_end {
                return Ok(false);
            }
            if self.start < self.buffer.len() {
                row.begin(self.line);
                let bytes = &self.buffer[self.start..];
                if let Some(length) = record(bytes, self.at_end, self.dialect, row) {
                    if self.expected > 2 {
                        foreign(&bytes[..length], self.dialect, self.expected, row);
                    }
                    row.drop_zeros();
                    self.line += line_ends(&bytes[..length]);
                    self.start += length;
                    return Ok(true);
                }
            }
            self.read_more()?;
        }
    }

    /// Reads as much again as is held, so that a long record is looked at a few times only.
    fn read_more(&mut self) -> Result<(), RowError> {
        self.buffer.drain(..self.start);
        self.behind += self.start as u64;
        self.start = 0;
        if self.buffer.len() > self.dialect.record_bytes.saturating_mul(CELLS) {
            return Err(RowError::limit("record-bytes", self.dialect.record_bytes));
        }
        let wanted = self.buffer.len().max(STEP) as u64;
        let got = self.source.by_ref().take(wanted).read_to_end(&mut self.buffer)?;
        self.at_end = (got as u64) < wanted;
        Ok(())
    }
}

impl<R: Read + Send> Rows for TableReader<R> {
    fn next(&mut self, row: &mut TableRow) -> Result<bool, RowError> {
        self.read(row)
    }

    fn position(&self) -> u64 {
        self.behind + self.start as u64
    }
}

/// Reads a row that was written in another dialect as what it was meant to be: only then it has as many cells as expected.
fn foreign(bytes: &[u8], dialect: TableDialect, expected: usize, row: &mut TableRow) {
    let quoted_otherwise = dialect.quote == Some(b'"') && bytes.first() == Some(&b'\'');
    if row.len() == expected && !quoted_otherwise {
        return;
    }
    let mut candidates = Vec::new();
    if quoted_otherwise {
        candidates.push(TableDialect { quote: Some(b'\''), ..dialect });
    }
    if row.len() < expected {
        let others = FOREIGN.into_iter().filter(|each| dialect.delimiter != Some(*each) && bytes.contains(each));
        candidates.extend(others.map(|delimiter| TableDialect { delimiter: Some(delimiter), ..dialect }));
    }
    for candidate in candidates {
        let mut other = TableRow { line: row.line, ..TableRow::default() };
        let is_whole = record(bytes, true, candidate, &mut other) == Some(bytes.len());
        let filled = other.cells().filter(|cell| !cell.is_empty()).count();
        let is_quoted = candidate.quote == dialect.quote || other.quoted >= filled;
        // Blanks stand behind the commas of sentences.
        let is_sentence = other.cells().skip(1).any(|cell| cell.starts_with(b" "));
        if is_whole && other.len() == expected && is_quoted && !is_sentence {
            *row = TableRow { is_foreign: true, ..other };
            return;
        }
    }
}

/// The first rows of a text, `most` of them; one that the end of `text` cuts (unless it is the `whole` file) is left out.
pub(super) fn first_rows(text: &[u8], whole: bool, dialect: TableDialect, most: usize) -> Vec<TableRow> {
    let (mut rows, mut start, mut line) = (Vec::<TableRow>::new(), 0, 1);
    while rows.len() < most && start < text.len() {
        // Rows of a table are of a size.
        let (bytes, cells) = rows.last().map_or((0, 0), |last| (last.bytes.len(), last.ends.len()));
        let (bytes, ends) = (Vec::with_capacity(bytes * 5 / 4), Vec::with_capacity(cells));
        let mut row = TableRow { bytes, ends, line, ..TableRow::default() };
        let Some(length) = record(&text[start..], whole, dialect, &mut row) else { break };
        line += line_ends(&text[start..start + length]);
        start += length;
        rows.push(row);
    }
    rows
}

/// How many lines end in these bytes: with LF, CR LF or CR.
fn line_ends(bytes: &[u8]) -> u64 {
    let returns = memchr::memchr_iter(b'\r', bytes).filter(|at| !matches!(bytes.get(at + 1), Some(b'\n' | b'\r')));
    (memchr::memchr_iter(b'\n', bytes).count() + returns.count()) as u64
}

/// Reads the record at the start of `bytes` and says how long it is with its line end; `None` when more is needed.
fn record(bytes: &[u8], at_end: bool, dialect: TableDialect, row: &mut TableRow) -> Option<usize> {
    row.begin(row.line);
    let mut cell = 0;
    loop {
        if cell > 0 && dialect.blank_after && bytes.get(cell) == Some(&b' ') {
            cell += 1;
        }
        let after = match quoted(bytes, cell, at_end, dialect, row) {
            Quoted::Until(after) => after,
            Quoted::None => {
                let begin = row.bytes.len();
                let after = plain(bytes, cell, at_end, dialect, row)?;
                let last = row.bytes.get(begin..).and_then(<[u8]>::last);
                row.unopened += usize::from(last.is_some() && last == dialect.quote.as_ref());
                after
            }
            Quoted::Open => return None,
        };
        row.end_cell();
        match bytes.get(after) {
            Some(c) if dialect.delimiter == Some(*c) => {
                cell = after + 1;
                if dialect.doubled && bytes.get(cell) == Some(c) {
                    cell += 1;
                }
            }
            Some(b'\n') => return Some(after + 1),
            // Carriage returns before a line feed belong to it; alone one ends the line, too.
            Some(_) => {
                let run = bytes[after..].iter().take(RETURNS).take_while(|c| **c == b'\r').count();
                return match bytes.get(after + run) {
                    Some(b'\n') => Some(after + run + 1),
                    None if !at_end => None,
                    _ => Some(after + 1),
                };
            }
            None => return at_end.then_some(after),
        }
    }
}

/// Takes the cell without quotes that begins at `from`; the place of what ends it.
fn plain(bytes: &[u8], from: usize, at_end: bool, dialect: TableDialect, row: &mut TableRow) -> Option<usize> {
    let delimiter = dialect.delimiter.unwrap_or(b'\n');
    let end_behind = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = memchr::memchr3(delimiter, b'\n', b'\r', rest);
        if found.is_none() && !at_end { None } else { Some(at + found.unwrap_or(rest.len())) }
    };
    let mut at = from;
    let mut end = end_behind(at)?;
    loop {
        // The end lost its meaning; any other is looked for once.
        if at > end {
            end = end_behind(at)?;
        }
        let escape =
            if dialect.backslash { memchr::memchr(b'\\', &bytes[at..end]).map(|found| at + found) } else { None };
        let Some(escape) = escape else {
            row.bytes.extend_from_slice(&bytes[at..end]);
            return Some(end);
        };
        row.bytes.extend_from_slice(&bytes[at..escape]);
        at = escaped(bytes, escape, dialect, row);
    }
}

/// Takes what a backslash at `at` stands for; the place behind it.
fn escaped(bytes: &[u8], at: usize, dialect: TableDialect, row: &mut TableRow) -> usize {
    match bytes.get(at + 1) {
        Some(&c) if c == b'\\' || Some(c) == dialect.delimiter || Some(c) == dialect.quote => {
            row.bytes.push(c);
            at + 2
        }
        _ => {
            row.bytes.push(b'\\');
            at + 1
        }
    }
}

/// What stands where a quoted cell may begin.
enum Quoted {
    /// A cell in quotes; the place of what ends it.
    Until(usize),
    /// Something else.
    None,
    /// More bytes are needed to tell.
    Open,
}

/// Takes the quoted cell that begins at `from`, blanks before it or not.
fn quoted(bytes: &[u8], from: usize, at_end: bool, dialect: TableDialect, row: &mut TableRow) -> Quoted {
    let Some(quote) = dialect.quote else { return Quoted::None };
    let is_blank = |c: &u8| matches!(c, b' ' | b'\t') && dialect.delimiter != Some(*c);
    let open = from + bytes.get(from..).unwrap_or_default().iter().take_while(|c| is_blank(c)).count();
    match bytes.get(open) {
        Some(c) if *c == quote => {}
        None if !at_end => return Quoted::Open,
        _ => return Quoted::None,
    }
    let kept = row.bytes.len();
    let give_up = |row: &mut TableRow| {
        row.bytes.truncate(kept);
        row.unclosed |= open == from;
        Quoted::None
    };
    let reach = bytes.len().min(open.saturating_add(dialect.record_bytes));
    let mut at = open + 1;
    loop {
        let mark = bytes.get(at..reach).and_then(|rest| {
            if dialect.backslash { memchr::memchr2(quote, b'\\', rest) } else { memchr::memchr(quote, rest) }
        });
        let Some(mark) = mark.map(|found| at + found) else {
            return if reach < bytes.len() || at_end { give_up(row) } else { Quoted::Open };
        };
        row.bytes.extend_from_slice(&bytes[at..mark]);
        if mark + 1 == bytes.len() && !at_end {
            return Quoted::Open;
        }
        if bytes[mark] == b'\\' {
            at = escaped(bytes, mark, dialect, row);
            continue;
        }
        if bytes.get(mark + 1) == Some(&quote) {
            row.bytes.push(quote);
            at = mark + 2;
            continue;
        }
        let after = mark + 1 + bytes[mark + 1..].iter().take_while(|c| is_blank(c)).count();
        match bytes.get(after) {
            Some(&c) if Some(c) != dialect.delimiter && c != b'\n' && c != b'\r' => {
                // Over a line end such a quote rather opens the next cell, so the first was never closed. On one line
                // `"abc"def` is `abcdef`, as every reader takes it.
                let is_cut = memchr::memchr2(b'\n', b'\r', &bytes[open..mark]).is_some();
                if is_cut || open > from {
                    return give_up(row);
                }
                let plain_rest = TableDialect { backslash: false, ..dialect };
                let Some(end) = plain(bytes, mark + 1, at_end, plain_rest, row) else { return Quoted::Open };
                row.trailing += 1;
                row.quoted += 1;
                return Quoted::Until(end);
            }
            None if !at_end => return Quoted::Open,
            _ => {
                row.quoted += 1;
                row.is_loose |= open > from;
                return Quoted::Until(after);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::delimited::{Block, Charset, Dialect, Records};
    use proptest::prelude::*;

    const DIALECT: TableDialect = TableDialect {
        delimiter: Some(b';'),
        quote: Some(b'"'),
        backslash: false,
        blank_after: false,
        doubled: false,
        record_bytes: 1000,
    };

    /// Gives a few bytes at a time.
    struct Drip<'t>(&'t [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(3).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn rows(text: &[u8], dialect: TableDialect) -> Vec<TableRow> {
        let mut reader = TableReader::new(Drip(text), dialect);
        let mut row = TableRow::default();
        let mut found = Vec::new();
        while reader.next(&mut row).unwrap() {
            found.push(row.clone());
        }
        assert_eq!(found, first_rows(text, true, dialect, usize::MAX));
        found
    }

    fn cells(text: &str, dialect: TableDialect) -> Vec<Vec<String>> {
        let text_of = |cell: &[u8]| String::from_utf8(cell.to_vec()).unwrap();
        rows(text.as_bytes(), dialect).iter().map(|row| row.cells().map(text_of).collect()).collect()
    }

    #[test]
    fn every_line_end_ends_a_line() {
        let found = rows(b"a;b\r\nc\rd;\"e\rf\"\r\r\n\ng", DIALECT);
        assert_eq!(found.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 3, 5, 6]);
        assert_eq!(cells("a\r\r\nb;\r", DIALECT), [vec!["a"], vec!["b", ""]]);
    }

    #[test]
    fn other_quotes_backslashes_and_blanks() {
        let single = TableDialect { quote: Some(b'\''), ..DIALECT };
        assert_eq!(cells("'a;''b''';\"c\n", single), [["a;'b'", "\"c"]]);
        let backslash = TableDialect { backslash: true, ..DIALECT };
        assert_eq!(cells("\"a\\\";b\";c\\;d;e\\n;f\\\\\n", backslash), [["a\";b", "c;d", "e\\n", "f\\"]]);
        let blank = TableDialect { blank_after: true, ..DIALECT };
        assert_eq!(cells("a; b; \"c;d\" ;  e\n", blank), [["a", "b", "c;d", " e"]]);
        assert_eq!(cells("a b;c\n", TableDialect { delimiter: None, ..DIALECT }), [["a b;c"]]);
    }

    #[test]
    fn a_forgotten_quote_costs_its_own_row_nothing() {
        let found = rows(b"a;1\n\"b;2\nc;\"x\";3\n\"d\"e;f\n", DIALECT);
        assert_eq!(found.iter().map(|row| row.unclosed).collect::<Vec<_>>(), [false, true, false, false]);
        assert_eq!((found[1].cell(0), found[3].cell(0)), (b"\"b".as_slice(), b"de".as_slice()));
    }

    /// Either took hours when each mark was looked at from every mark before it.
    #[test]
    fn long_runs_of_marks_are_read_once() {
        let returns = [b"a".as_slice(), &b"\r".repeat(4 << 20), b"b\r\r\r\nc"].concat();
        let mut reader = TableReader::new(returns.as_slice(), DIALECT);
        let mut row = TableRow::default();
        let mut last = 0;
        while reader.next(&mut row).unwrap() {
            last = row.line;
        }
        assert_eq!((row.cell(0), last), (b"c".as_slice(), (4 << 20) + 2));
        let dialect = TableDialect { backslash: true, record_bytes: 1 << 20, ..DIALECT };
        let backslashes = [&b"\\".repeat(4 << 20), b"\\;x;y\n".as_slice()].concat();
        let mut reader = TableReader::new(backslashes.as_slice(), dialect);
        assert!(reader.next(&mut row).unwrap());
        assert_eq!((row.len(), row.cell(0).len(), row.cell(1)), (2, (2 << 20) + 2, b"y".as_slice()));
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let mut reader = TableReader::new(io::repeat(b'x'), DIALECT);
        assert!(matches!(reader.next(&mut TableRow::default()), Err(RowError::Refused(_))));
    }

    proptest! {
        /// Where both readers know the dialect they read the same.
        #[test]
        fn agrees_with_the_reader_of_imports(text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), Just(b'a')], 0..80)) {
            let found: Vec<Vec<Vec<u8>>> =
                rows(&text, DIALECT).iter().map(|row| row.cells().map(<[u8]>::to_vec).collect()).collect();
            let mut records = Records::new(&text, Dialect { delimiter: b';', record_bytes: 1000 });
            let mut block = Block::default();
            records.fill(&mut block, 1000);
            let expected: Vec<Vec<Vec<u8>>> = block.records(&text)
                .map(|record| record.cells().map(|cell| cell.text(Charset::Utf8).into_bytes()).collect()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
