//! `errors.csv`: everything that is wrong or doubtful, for programs.

use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::export::{Profile, Row};
use crate::model::Language;

/// The headings (design: output contracts).
const HEADINGS: [&str; 6] = ["line", "column", "code", "severity", "message", "value"];

/// How much is written at once.
const BUFFER: usize = 64 << 10;

/// Writes diagnostics in the order in which they are given: that of the file.
pub struct ErrorList<W> {
    out: W,
    buffer: Vec<u8>,
    profile: Profile,
    language: Language,
}

impl<W: Write> ErrorList<W> {
    /// Begins the file.
    pub fn begin(out: W, profile: Profile, language: Language) -> Self {
        let mut buffer = profile.mark().to_vec();
        let mut row = Row::begin(&mut buffer, profile);
        for heading in HEADINGS {
            row.raw(heading.as_bytes());
        }
        row.end();
        Self { out, buffer, profile, language }
    }

    /// Adds one; `heading` is what its column is called.
    pub fn add(&mut self, diagnostic: &Diagnostic, heading: &str) -> io::Result<()> {
        let mut row = Row::begin(&mut self.buffer, self.profile);
        row.number(diagnostic.line)
            .raw(heading.as_bytes())
            .raw(diagnostic.code.name().as_bytes())
            .raw(diagnostic.severity.letter().as_bytes())
            .raw(diagnostic.code.message(self.language, &diagnostic.arguments).as_bytes())
            .raw(diagnostic.value.as_bytes());
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
