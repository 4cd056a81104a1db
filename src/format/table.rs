//! Small `;` tables with a heading: the reference tables.
//!
//! What enters: the text of a file under `formats/reference/`. What leaves: its cells as text.
//! What is refused: no heading, a heading given twice, a row with more or fewer cells than the heading.

use super::read::invalid;
use crate::diagnostic::Result;

/// A table of text cells under named columns; a cell may stand in double quotes, doubled inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a table; `path` is only named in errors.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut records = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let headings = records.next().map(|(_, line)| cells(line)).ok_or_else(|| invalid(path, 1, "0"))?;
        if let Some((_, twice)) = headings.iter().enumerate().find(|(place, each)| headings[..*place].contains(each)) {
            return Err(invalid(path, 1, format_args!("2 × `{twice}`")));
        }
        let mut rows = Vec::new();
        for (place, line) in records {
            let row = cells(line);
            if row.len() != headings.len() {
                return Err(invalid(path, place + 1, format_args!("{} ≠ {}", row.len(), headings.len())));
            }
            rows.push(row);
        }
        Ok(Self { headings, rows })
    }

    /// The names of the columns.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The rows below the heading, each with a cell for every column.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The place of a column, by its exact name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|heading| heading == name)
    }
}

/// The cells of one line.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            ';' if !quoted => cells.push(String::new()),
            _ => cell.push(c),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cells_under_their_headings() {
        let table = Table::parse("t.csv", "\u{feff}id;name\r\n1;\"a;\"\"b\"\"\"\n\n2;\n").unwrap();
        assert_eq!(table.column("name"), Some(1));
        assert_eq!(table.column("Name"), None);
        assert_eq!(table.rows(), [["1", "a;\"b\""], ["2", ""]]);
    }

    #[test]
    fn a_torn_row_is_named_by_its_line() {
        let error = Table::parse("t.csv", "id;name\n1;a\n2\n").unwrap_err();
        assert_eq!(error.arguments.get("cause"), Some("line 3: 1 ≠ 2"));
        assert!(Table::parse("t.csv", "").is_err());
        assert!(Table::parse("t.csv", "id;id\n").is_err());
    }
}
