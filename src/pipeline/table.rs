//! Any table as text, for files that are small and have headings of their own: answers of manufacturers, price lists; and
//! JSON as it stands, for answers of the platform.

use std::io::Read as _;

use super::guess::{GuessSettings, look};
use super::pass::limit_exceeded;
use super::source::{Opened, Source};
use crate::decode::{FileKind, TableRow};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Registry;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLine {
    /// Its line in the file, or its row in the sheet.
    pub line: u64,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// A table as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The bare name of the file.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// The row that names the most columns; empty when none names any.
    pub heading: TableLine,
    /// The rows below it that hold anything.
    pub rows: Vec<TableLine>,
}

/// How far down a heading is looked for.
const HEADING_ROWS: usize = 50;

/// How many bytes of cells are held.
const MOST_BYTES: usize = 256 << 20;

/// A file that holds one JSON value, or any table.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// JSON.
    Json {
        /// The bare name of the file.
        file: String,
        /// What it says.
        value: serde_json::Value,
    },
    /// A table.
    Table(Table),
}

/// How many bytes are held of a file that is taken as a whole: what it says takes several times as much room.
const MOST_WHOLE: u64 = 64 << 20;

/// All bytes of a file that is small, unpacked.
pub fn read_whole(source: &Source, registry: &Registry) -> Result<Vec<u8>> {
    bytes(&source.open(&registry.format("generic")?.limits)?)
}

fn bytes(opened: &Opened) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    opened.rewind()?.take(MOST_WHOLE + 1).read_to_end(&mut bytes).map_err(|error| opened.failed(error))?;
    if bytes.len() as u64 > MOST_WHOLE {
        return Err(limit_exceeded("bytes", MOST_WHOLE));
    }
    opened.check_unchanged()?;
    Ok(bytes)
}

/// Reads JSON, or a table. `is_known` tells whether a text is a heading of such a file.
pub fn read_document(
    source: &Source,
    registry: &Registry,
    settings: &GuessSettings,
    is_known: &dyn Fn(&str) -> bool,
) -> Result<Document> {
    let opened = source.open(&registry.format("generic")?.limits)?;
    if opened.kind()? != FileKind::Json {
        return table(&opened, registry, settings, is_known).map(Document::Table);
    }
    let bytes = bytes(&opened)?;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let value = serde_json::from_slice(text).map_err(|cause| {
        let arguments = Arguments::none().with("path", opened.path().display()).with("line", cause.line());
        Error::new(Code::JsonInvalid, arguments.with("cause", cause))
    })?;
    Ok(Document::Json { file: opened.name().to_owned(), value })
}

/// Reads a table. `is_known` tells whether a text is a heading of such a file.
pub fn read_table(
    source: &Source,
    registry: &Registry,
    settings: &GuessSettings,
    is_known: &dyn Fn(&str) -> bool,
) -> Result<Table> {
    table(&source.open(&registry.format("generic")?.limits)?, registry, settings, is_known)
}

fn table(
    opened: &Opened,
    registry: &Registry,
    settings: &GuessSettings,
    is_known: &dyn Fn(&str) -> bool,
) -> Result<Table> {
    let limits = registry.format("generic")?.limits;
    let guess = look(opened.name(), opened, registry, None, settings)?;
    if guess.sample.frame.width > limits.columns {
        return Err(limit_exceeded("columns", limits.columns));
    }
    let charset = guess.layout.charset();
    let mut reader = guess.layout.rows(guess.sample.frame.width, opened, registry, &limits)?;
    let (mut row, mut rows, mut held) = (TableRow::default(), Vec::new(), 0);
    while reader.next(&mut row).map_err(|error| opened.row_failed(error))? {
        let cells: Vec<_> = row.cells().map(|cell| charset.decode(cell).trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) || row.is_rule() {
            continue;
        }
        held += row.bytes().len();
        if held > MOST_BYTES {
            return Err(limit_exceeded("held-bytes", MOST_BYTES));
        }
        rows.push(TableLine { line: row.line, cells });
    }
    drop(reader);
    opened.check_unchanged()?;
    let names = |row: &TableLine| row.cells.iter().filter(|cell| is_known(cell)).count();
    let best = rows.iter().take(HEADING_ROWS).map(names).max().filter(|most| *most > 0);
    let at = best.and_then(|most| rows.iter().position(|row| names(row) == most));
    let heading = at.map(|at| {
        let below = rows.split_off(at + 1);
        std::mem::replace(&mut rows, below).pop()
    });
    let heading = heading.flatten().unwrap_or(TableLine { line: 0, cells: Vec::new() });
    Ok(Table { file: guess.file, hash: guess.survey.hash.clone(), heading, rows })
}
