//! Any table as text, for files that are small and have headings of their own: answers of manufacturers, price lists.

use super::guess::{GuessSettings, look};
use super::pass::limit_exceeded;
use super::source::Source;
use crate::decode::TableRow;
use crate::diagnostic::Result;
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

/// Reads a table. `is_known` tells whether a text is a heading of such a file.
pub fn read_table(
    source: &Source,
    registry: &Registry,
    settings: &GuessSettings,
    is_known: &dyn Fn(&str) -> bool,
) -> Result<Table> {
    let limits = registry.format("generic")?.limits;
    let opened = source.open(&limits)?;
    let guess = look(opened.name(), &opened, registry, None, settings)?;
    if guess.sample.frame.width > limits.columns {
        return Err(limit_exceeded("columns", limits.columns));
    }
    let charset = guess.layout.charset();
    let mut reader = guess.layout.rows(guess.sample.frame.width, &opened, registry, &limits)?;
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
    Ok(Table { file: guess.file, hash: guess.survey.hash, heading, rows })
}
