//! Chunks into records, records into cells.

use std::borrow::Cow;
use std::ops::Range;

use super::quotes::{Close, find_close, unquote};
use super::scanner::Scanner;
use super::{Charset, Dialect, QUOTE};

/// Where a cell stands in its chunk. Cells that need work keep their quotes until they are read.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u32,
    to: u32,
    form: Form,
}

/// How the text of a cell stands in its chunk. As wide as what stands beside it: gaps in what is copied for each cell are
/// copied by pieces, and that waits for each piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
enum Form {
    /// As it is.
    Plain,
    /// Doubled quotes, or text after the closing quote: [`unquote`] makes the text.
    Quoted,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    first: u32,
    cells: u32,
    /// Line feeds between the start of the chunk and the record.
    line: u32,
    unclosed: bool,
    quotes: bool,
}

/// A few records at a time, so that what is done with them stays in the nearest cache.
#[derive(Debug, Default)]
pub struct Block {
    spans: Vec<Span>,
    heads: Vec<Head>,
}

impl Block {
    /// The records, in the order of the file; `chunk` is what they were cut from.
    pub fn records<'c, 'b>(&'b self, chunk: &'c [u8]) -> impl ExactSizeIterator<Item = RawRecord<'c, 'b>> {
        self.heads.iter().map(move |head| RawRecord {
            chunk,
            spans: &self.spans[head.first as usize..(head.first + head.cells) as usize],
            line: head.line,
            unclosed: head.unclosed,
            quotes: head.quotes,
        })
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }
}

/// Cuts a chunk into records.
pub struct Records<'c> {
    chunk: &'c [u8],
    dialect: Dialect,
    scanner: Scanner<'c>,
    /// Where the next record begins.
    start: usize,
    line: u32,
}

impl<'c> Records<'c> {
    /// The records of a chunk; a chunk begins with a record and ends with one, the last line feed may be missing.
    pub fn new(chunk: &'c [u8], dialect: Dialect) -> Self {
        Self { chunk, dialect, scanner: Scanner::new(chunk, dialect.delimiter), start: 0, line: 0 }
    }

    /// Fills the block anew with up to `most` records; an empty block is the end.
    pub fn fill(&mut self, block: &mut Block, most: usize) {
        block.spans.clear();
        block.heads.clear();
        while block.heads.len() < most && self.start < self.chunk.len() {
            self.record(block);
        }
    }

    /// Adds one record to the block.
    fn record(&mut self, block: &mut Block) {
        let first = block.spans.len();
        let line = self.line;
        let (mut unclosed, mut quotes) = (false, false);
        let mut cell = self.start;
        let end = loop {
            let Some(mark) = self.scanner.next() else {
                block.spans.push(span(cell, self.chunk.len()));
                break self.chunk.len();
            };
            match self.chunk[mark] {
                b'\n' => {
                    // A carriage return before it belongs to the line end.
                    let to = if mark > cell && self.chunk[mark - 1] == b'\r' { mark - 1 } else { mark };
                    block.spans.push(span(cell, to));
                    self.line += 1;
                    break mark + 1;
                }
                QUOTE if mark == cell => {
                    quotes = true;
                    if let Some((found, after)) = self.quoted(cell) {
                        block.spans.push(found);
                        match self.chunk.get(after) {
                            Some(&c) if c == self.dialect.delimiter => {
                                cell = after + 1;
                                self.scanner.go_to(cell);
                            }
                            None => break after,
                            Some(_) => {
                                self.line += 1;
                                self.scanner.go_to(after + 1);
                                break after + 1;
                            }
                        }
                    } else {
                        // The quote stands for itself; the marks after it are still to come.
                        unclosed = true;
                    }
                }
                // A quote inside a cell stands for itself.
                QUOTE => quotes = true,
                _ => {
                    block.spans.push(span(cell, mark));
                    cell = mark + 1;
                }
            }
        };
        self.start = end;
        block.heads.push(Head { first: place(first), cells: place(block.spans.len() - first), line, unclosed, quotes });
    }

    /// The quoted cell that begins at `cell` and the place after it: a delimiter, a line feed or the end.
    fn quoted(&mut self, cell: usize) -> Option<(Span, usize)> {
        let (found, after) = match find_close(self.chunk, cell + 1, self.dialect, true) {
            Close::Clean { quote, escaped: false } => (span(cell + 1, quote), quote + 1),
            Close::Clean { quote, escaped: true } => (Span { form: Form::Quoted, ..span(cell, quote + 1) }, quote + 1),
            Close::Trailing { end } => {
                let to = if self.chunk[..end].ends_with(b"\r") && self.chunk.get(end) == Some(&b'\n') {
                    end - 1
                } else {
                    end
                };
                (Span { form: Form::Quoted, ..span(cell, to) }, end)
            }
            Close::Unclosed | Close::Open => return None,
        };
        let inside = &self.chunk[cell..after];
        self.line += place(memchr::memchr_iter(b'\n', inside).count());
        let after = if self.chunk.get(after) == Some(&b'\r') { after + 1 } else { after };
        Some((found, after))
    }
}

/// A place in a chunk as it is kept. Chunks stay far below 4 GiB: they hold one longest record at most beyond their size.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn span(from: usize, to: usize) -> Span {
    Span { from: place(from), to: place(to), form: Form::Plain }
}

/// A record as it stands in the file: cells, nothing judged.
#[derive(Clone, Copy, Debug)]
pub struct RawRecord<'c, 'b> {
    chunk: &'c [u8],
    spans: &'b [Span],
    line: u32,
    unclosed: bool,
    quotes: bool,
}

impl<'c> RawRecord<'c, '_> {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it has no cell; a record has one at least.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Line feeds between the start of the chunk and the record.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether a quote opens here and never closes.
    pub fn is_unclosed(&self) -> bool {
        self.unclosed
    }

    /// Whether a quote stands anywhere in it. Where none does, cells hold neither delimiters nor line feeds.
    #[inline]
    pub fn has_quotes(&self) -> bool {
        self.quotes
    }

    /// The cell at a place, empty when the record is too short.
    #[inline]
    pub fn cell(&self, place: usize) -> RawCell<'c> {
        match self.spans.get(place) {
            Some(span) => RawCell { bytes: &self.chunk[span.from as usize..span.to as usize], form: span.form },
            None => RawCell::EMPTY,
        }
    }

    /// Every cell.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = RawCell<'c>> {
        (0..self.len()).map(|place| self.cell(place))
    }

    /// Cells beside each other as they stand in the file, with the delimiters between them; none where one is missing or stands
    /// in quotes.
    #[inline]
    pub fn unquoted(&self, places: Range<usize>) -> Option<&'c [u8]> {
        let spans = self.spans.get(places)?;
        let (first, last) = (spans.first()?, spans.last()?);
        let is_unquoted = spans.iter().all(|span| span.form == Form::Plain);
        is_unquoted.then(|| &self.chunk[first.from as usize..last.to as usize])
    }

    /// How many bytes its cells take in the file, delimiters between them included: no cell is longer.
    #[inline]
    pub fn extent(&self) -> usize {
        match (self.spans.first(), self.spans.last()) {
            (Some(first), Some(last)) => (last.to - first.from) as usize,
            _ => 0,
        }
    }

    /// Whether nothing but blanks stands in it.
    pub fn is_blank(&self, charset: Charset) -> bool {
        self.cells().all(|cell| charset.trim(cell.bytes).is_empty())
    }
}

/// A cell as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct RawCell<'c> {
    bytes: &'c [u8],
    form: Form,
}

impl<'c> RawCell<'c> {
    /// The first byte of its text as it stands in the file.
    #[inline]
    pub fn first(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// Nothing.
    pub const EMPTY: Self = Self { bytes: b"", form: Form::Plain };

    /// The bytes without their quotes; borrowed unless doubled quotes had to go.
    #[inline]
    pub fn bytes(&self) -> Cow<'c, [u8]> {
        match self.form {
            Form::Plain => Cow::Borrowed(self.bytes),
            Form::Quoted => Cow::Owned(unquote(self.bytes)),
        }
    }

    /// The bytes if they can be used as they stand, which holds for all but cells with doubled quotes.
    #[inline]
    pub fn plain(&self) -> Option<&'c [u8]> {
        (self.form == Form::Plain).then_some(self.bytes)
    }

    /// How many bytes it has in the file.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing at all.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text, unquoted, not trimmed.
    pub fn text(&self, charset: Charset) -> String {
        match self.bytes() {
            Cow::Borrowed(bytes) => charset.decode(bytes).into_owned(),
            Cow::Owned(bytes) => charset.decode(&bytes).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DIALECT: Dialect = Dialect { delimiter: b';', record_bytes: 1000 };

    fn read(text: &[u8]) -> Vec<(u32, Vec<String>, bool)> {
        let mut records = Records::new(text, DIALECT);
        let mut block = Block::default();
        let mut out = Vec::new();
        loop {
            records.fill(&mut block, 3);
            if block.is_empty() {
                return out;
            }
            out.extend(
                block
                    .records(text)
                    .map(|r| (r.line(), r.cells().map(|c| c.text(Charset::Utf8)).collect(), r.is_unclosed())),
            );
        }
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text.as_bytes()).into_iter().map(|(_, cells, _)| cells).collect()
    }

    #[test]
    fn line_ends_quotes_and_empty_lines() {
        assert_eq!(
            cells("a;b\r\nc;\"d;\"\"e\"\"\"\n\n;\n"),
            [vec!["a", "b"], vec!["c", "d;\"e\""], vec![""], vec!["", ""]]
        );
        assert_eq!(cells("a;\"b\"\r\n\"c\""), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(cells("3/4\";x\"y\n"), [["3/4\"", "x\"y"]]);
        assert_eq!(cells("\"a\"b;c\r\n"), [["ab", "c"]]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_record_knows_its_physical_line() {
        let lines: Vec<_> = read(b"a;\"1\n2\r\n3\"\nb;\"x\"\n\nc").into_iter().map(|(line, ..)| line).collect();
        assert_eq!(lines, [0, 3, 4, 5]);
    }

    #[test]
    fn an_unclosed_quote_marks_its_record_and_loses_no_other() {
        let found = read(b"a;1\n\"b;2\nc;\"x\";3\n");
        assert_eq!(found[1], (1, vec!["\"b".to_owned(), "2".to_owned()], true));
        assert_eq!(found[2], (2, vec!["c".to_owned(), "x".to_owned(), "3".to_owned()], false));
    }

    #[test]
    fn a_record_knows_whether_quotes_stand_in_it() {
        let text = b"a;b\n\"a\";b\na;3/4\"\n\"a;b\nc;d\n";
        let (mut records, mut block) = (Records::new(text, DIALECT), Block::default());
        records.fill(&mut block, 9);
        assert_eq!(
            block.records(text).map(|record| record.has_quotes()).collect::<Vec<_>>(),
            [false, true, true, true, false]
        );
    }

    proptest! {
        /// What another CSV writer wrote is read back equal, with the lines it stands on.
        #[test]
        fn reads_what_another_writer_wrote(rows in proptest::collection::vec(proptest::collection::vec("[a-c;\"\n é]{0,6}", 2..5), 1..20), crlf in any::<bool>()) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true)
                .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') }).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let found = read(&text);
            prop_assert_eq!(found.iter().map(|(_, cells, _)| cells.clone()).collect::<Vec<_>>(), rows.clone());
            let mut line = 0;
            for (row, (found, ..)) in rows.iter().zip(&found) {
                prop_assert_eq!(*found, line);
                line += 1 + u32::try_from(row.concat().matches('\n').count()).unwrap();
            }
        }

        /// Any bytes at all: no panic, and every byte that is no mark of structure comes out again.
        #[test]
        fn loses_nothing_of_any_bytes(text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), Just(b'\r'), Just(b'a')], 0..200)) {
            let kept = |bytes: &[u8]| memchr::memchr_iter(b'a', bytes).count();
            let found: usize = read(&text).iter().flat_map(|(_, cells, _)| cells).map(|cell| kept(cell.as_bytes())).sum();
            prop_assert_eq!(found, kept(&text));
        }
    }
}
