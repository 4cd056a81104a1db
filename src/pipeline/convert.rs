//! A clean copy of any table: cells as text in UTF-8, quotes as RFC 4180 has them, line feeds, rows of one width.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::copy::{Copy, Ended};
use super::folder::write_file;
use super::guess::{Guess, GuessSettings, look};
use super::pass::limit_exceeded;
use super::source::Source;
use super::{Progress, Stop};
use crate::diagnostic::{Code, Error, Result};
use crate::format::Registry;

/// Everything that a clean copy needs.
pub struct ConvertRequest<'c> {
    /// The table.
    pub source: &'c Source,
    /// Formats and headings.
    pub registry: &'c Registry,
    /// What the user knows of the table.
    pub settings: &'c GuessSettings,
    /// The character between the cells of the copy.
    pub delimiter: u8,
    /// Whether the copy survives a power cut.
    pub sync: bool,
    /// Told how far it is.
    pub progress: &'c dyn Progress,
    /// Asked whether to stop.
    pub stop: &'c Stop,
}

/// Where the copy goes.
pub enum Target<'t> {
    /// To a file, which has its name when it is whole.
    File(&'t Path),
    /// To a stream, as it comes.
    Stream(&'t mut dyn Write),
}

/// Lines that share a peculiarity: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// How many.
    pub count: u64,
    /// The first lines, at most [`NOTED_LINES`].
    pub lines: Vec<u64>,
}

/// How many lines are named; all are counted.
pub const NOTED_LINES: usize = 100;

impl Noted {
    pub(super) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < NOTED_LINES {
            self.lines.push(line);
        }
    }
}

/// A line that is no row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Its line in the file.
    pub line: u64,
    /// Its filled cells.
    pub text: String,
}

/// What became of a table.
#[derive(Debug)]
pub struct Converted {
    /// What the file is.
    pub guess: Guess,
    /// Whether any cell of the file stands in quotes.
    pub has_quotes: bool,
    /// Records read, blank lines with them.
    pub read: u64,
    /// Rows written, without the heading.
    pub rows: u64,
    /// What stands above the table.
    pub preamble: Vec<Outside>,
    /// What stands below.
    pub footer: Vec<Outside>,
    /// Lines in the table that begin with `#` and are no rows; the first of them.
    pub comments: Vec<Outside>,
    /// How many of these there are.
    pub comment_count: u64,
    /// Lines without anything.
    pub blank: Noted,
    /// Rows that were too short and got empty cells.
    pub padded: Noted,
    /// Rows with more filled cells than the table has columns.
    pub surplus: Noted,
    /// Rows in which a quote opens and never closes.
    pub unclosed: Noted,
    /// Rows with text behind a closing quote.
    pub trailing: Noted,
    /// Rows that were written with another delimiter or other quotes than the others, and read as they were meant.
    pub foreign: Noted,
    /// Rows with bytes that mean nothing in the encoding.
    pub unreadable: Noted,
    /// Rows that repeat the heading, as at the top of printed pages; they are left out.
    pub headings: Noted,
    /// Rows of further tables, from the first of them to the end of the file; they are left out.
    pub others: Noted,
    /// What the reader saw beyond the cells, such as values of formulas.
    pub notes: BTreeMap<Code, Noted>,
}

impl Converted {
    /// Whether every record that was read is written or named.
    pub(super) fn adds_up(&self) -> bool {
        let heading = self.guess.sample.frame.heading_rows as u64;
        let outside = self.preamble.len() as u64 + self.footer.len() as u64 + self.comment_count;
        self.read == self.rows + heading + self.blank.count + self.headings.count + self.others.count + outside
    }
}

/// Writes a clean copy.
pub fn convert(request: &ConvertRequest<'_>, target: Target<'_>) -> Result<Converted> {
    let limits = request.registry.format("generic")?.limits;
    let opened = request.source.open(&limits)?;
    let name = opened.name();
    let guess = look(name, &opened, request.registry, None, request.settings)?;
    if guess.sample.frame.width > limits.columns {
        return Err(limit_exceeded("columns", limits.columns));
    }
    request.progress.begin(name, guess.survey.bytes);
    let mut rows = guess.layout.rows(guess.sample.frame.width, &opened, request.registry, &limits)?;
    let mut copy = Copy::new(guess, request, limits.unpacked_bytes);
    let (path, written) = match target {
        Target::File(path) => {
            let mut stopped = None;
            let written = write_file(path, request.sync, |file| {
                let mut out = BufWriter::with_capacity(1 << 18, file);
                let ended = copy.run(&mut *rows, &mut out).and_then(|()| {
                    opened.check_unchanged().map_err(Ended::Refused)?;
                    out.flush().map_err(Ended::Write)
                });
                // The writer only knows its own errors; others are kept aside.
                ended.map_err(|ended| match ended {
                    Ended::Write(error) => error,
                    other => {
                        stopped = Some(other);
                        io::ErrorKind::Other.into()
                    }
                })
            });
            (
                path,
                match stopped {
                    Some(other) => Err(other),
                    None => written.map_err(Ended::Refused),
                },
            )
        }
        Target::Stream(stream) => {
            let mut out = BufWriter::with_capacity(1 << 18, stream);
            let ended = copy.run(&mut *rows, &mut out).and_then(|()| out.flush().map_err(Ended::Write));
            (Path::new("-"), ended.and_then(|()| opened.check_unchanged().map_err(Ended::Refused)))
        }
    };
    request.progress.end();
    written.map_err(|ended| match ended {
        Ended::Read(error) => opened.row_failed(error),
        Ended::Write(error) => Error::io(path, Code::WriteFailed, error),
        Ended::Refused(error) => error,
    })?;
    Ok(copy.told)
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
