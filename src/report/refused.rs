//! `refused.csv`: the refused lines as they came, with what is wrong and a key, to be corrected without a spreadsheet program.

use std::io::{self, Write};

use super::workbook::KEY_HEADING;
use crate::diagnostic::Diagnostic;
use crate::export::{Profile, Row};
use crate::model::Language;

const BUFFER: usize = 64 << 10;

/// Writes refused lines in the order of the file.
pub struct RefusedList<W> {
    out: W,
    buffer: Vec<u8>,
    profile: Profile,
    language: Language,
    hash: String,
    width: usize,
}

impl<W: Write> RefusedList<W> {
    /// Begins the file: the sender's headings, then what is wrong and the key.
    pub fn begin(out: W, profile: Profile, language: Language, hash: &str, headings: &[String]) -> Self {
        let mut buffer = profile.mark().to_vec();
        let mut row = Row::begin(&mut buffer, profile);
        for heading in headings {
            row.raw(heading.as_bytes());
        }
        row.raw(super::text::WORKBOOK_ERRORS.get(language).as_bytes()).raw(KEY_HEADING.as_bytes());
        row.end();
        Self { out, buffer, profile, language, hash: hash.to_owned(), width: headings.len() }
    }

    /// Adds a line: its cells as they stand in the file.
    pub fn add(&mut self, line: u64, cells: &[String], faults: &[Diagnostic], record_hash: u64) -> io::Result<()> {
        let said: Vec<_> =
            faults.iter().map(|fault| fault.code.message(self.language, &fault.arguments).into_owned()).collect();
        let mut row = Row::begin(&mut self.buffer, self.profile);
        // Cells behind the last heading would push the key out of its column; `errors.xlsx` has them.
        for place in 0..self.width {
            row.raw(cells.get(place).map_or(&[], |cell| cell.as_bytes()));
        }
        row.raw(said.join(" / ").as_bytes());
        row.raw(format!("{}:{line}:{record_hash:016x}", self.hash).as_bytes());
        row.end();
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.out.flush()
    }
}
