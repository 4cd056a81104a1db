//! A stream cut into chunks where records end.

use std::io::{self, Read};

use super::quotes::{Close, find_close};
use super::{Dialect, QUOTE};

/// Whole records, one after the other.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The records; the last line feed of the stream may be missing.
    pub bytes: Vec<u8>,
    /// The physical line on which the chunk starts, from 1.
    pub first_line: u64,
}

/// How many of the longest quoted cells a record may hold before it is taken for a line without an end.
const CELLS: usize = 16;

/// Cuts a stream into chunks of about a given size. Only quotes are looked at; cells are found later, in parallel.
pub struct Chunks<R> {
    source: R,
    dialect: Dialect,
    size: usize,
    /// What was read beyond the last cut.
    carry: Vec<u8>,
    at_end: bool,
    /// The physical line of the next chunk.
    line: u64,
}

impl<R: Read> Chunks<R> {
    /// Cuts `source` into chunks of at least `size` bytes; a chunk exceeds it by one longest record at most.
    pub fn new(source: R, dialect: Dialect, size: usize) -> Self {
        Self { source, dialect, size, carry: Vec::new(), at_end: false, line: 1 }
    }

    /// How cells are told apart.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The next chunk, in `buffer`'s memory; `None` at the end of the stream. A record far longer than the longest is
    /// [`io::ErrorKind::InvalidData`], so that memory stays bounded.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        buffer.clear();
        buffer.append(&mut self.carry);
        let mut cutter = Cutter::default();
        loop {
            self.read_more(&mut buffer)?;
            let cut = if self.at_end { buffer.len() } else { cutter.cut(&buffer, self.dialect) };
            // A quote that stays open is given up after the longest record; what is left is a line without an end.
            if cut == 0 && buffer.len() > self.dialect.record_bytes.saturating_mul(CELLS) + self.size {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if cut > 0 || self.at_end {
                self.carry.extend_from_slice(&buffer[cut..]);
                buffer.truncate(cut);
                let first_line = self.line;
                self.line += memchr::memchr_iter(b'\n', &buffer).count() as u64;
                return Ok((!buffer.is_empty()).then_some(Chunk { bytes: buffer, first_line }));
            }
        }
    }

    /// Reads `size` bytes more, or to the end of the stream.
    fn read_more(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        if self.at_end {
            return Ok(());
        }
        buffer.reserve(self.size);
        let wanted = self.size as u64;
        let got = self.source.by_ref().take(wanted).read_to_end(buffer)?;
        self.at_end = (got as u64) < wanted;
        Ok(())
    }
}

/// How far a buffer has been looked at; goes on when more bytes have come.
#[derive(Default)]
struct Cutter {
    /// Where to look for the next quote.
    looked: usize,
    /// Behind the last quoted cell: every line feed from here to the next one ends a record.
    outside: usize,
    /// The place after the last record that is surely complete.
    cut: usize,
}

impl Cutter {
    /// The place after the last record of the buffer that is surely complete, 0 when there is none yet.
    fn cut(&mut self, buffer: &[u8], dialect: Dialect) -> usize {
        while let Some(quote) = memchr::memchr(QUOTE, &buffer[self.looked..]).map(|at| self.looked + at) {
            let opens = quote == 0 || buffer[quote - 1] == b'\n' || buffer[quote - 1] == dialect.delimiter;
            self.looked = quote + 1;
            if !opens {
                continue;
            }
            // A doubled quote or a line end may be cut in two by the end of the buffer: that is `Open`, too.
            let behind = match find_close(buffer, quote + 1, dialect, false) {
                Close::Clean { quote, .. } => quote + 1,
                Close::Trailing { end } => end,
                Close::Unclosed => continue,
                Close::Open => {
                    self.looked = quote;
                    return self.note(buffer, quote);
                }
            };
            self.note(buffer, quote);
            self.outside = behind;
            self.looked = behind;
        }
        self.looked = buffer.len();
        self.note(buffer, buffer.len())
    }

    /// Takes note of the last record end before `to`.
    fn note(&mut self, buffer: &[u8], to: usize) -> usize {
        if let Some(at) = memchr::memrchr(b'\n', &buffer[self.outside..to]) {
            self.cut = self.outside + at + 1;
        }
        self.cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimited::{Block, Charset, Records};
    use proptest::prelude::*;

    fn chunks(text: &[u8], dialect: Dialect, size: usize) -> Vec<Vec<u8>> {
        let mut chunks = Chunks::new(text, dialect, size);
        std::iter::from_fn(|| chunks.next(Vec::new()).unwrap().map(|chunk| chunk.bytes)).collect()
    }

    fn records(text: &[u8], dialect: Dialect) -> Vec<Vec<String>> {
        let mut records = Records::new(text, dialect);
        let mut block = Block::default();
        let mut out = Vec::new();
        loop {
            records.fill(&mut block, 7);
            if block.is_empty() {
                return out;
            }
            out.extend(block.records(text).map(|r| r.cells().map(|cell| cell.text(Charset::Utf8)).collect::<Vec<_>>()));
        }
    }

    proptest! {
        /// Wherever the stream is cut, the records are those of the whole, and no byte is lost.
        #[test]
        fn the_cut_changes_nothing(
            text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), Just(b'\r'), Just(b'a')], 0..90),
            size in 1_usize..40,
            record_bytes in prop_oneof![Just(6_usize), Just(1000)],
        ) {
            let dialect = Dialect { delimiter: b';', record_bytes };
            let cut = chunks(&text, dialect, size);
            prop_assert_eq!(&cut.concat(), &text);
            let found: Vec<_> = cut.iter().flat_map(|chunk| records(chunk, dialect)).collect();
            prop_assert_eq!(found, records(&text, dialect));
        }
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let dialect = Dialect { delimiter: b';', record_bytes: 1000 };
        let mut chunks = Chunks::new(io::repeat(b'x'), dialect, 100);
        assert_eq!(chunks.next(Vec::new()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_long_record_is_kept_whole() {
        let text = format!("a;\"{}\"\nb\n", "x\n".repeat(50));
        let dialect = Dialect { delimiter: b';', record_bytes: 1000 };
        let first = &chunks(text.as_bytes(), dialect, 10)[0];
        assert!(first.ends_with(b"\"\n") || first.ends_with(b"b\n"), "cut inside a record");
    }
}
