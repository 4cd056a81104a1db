//! Text set in columns, for pages of one order, claim or repair file.
//!
//! What enters: names and values, or rows of cells. What leaves: lines, set in. What is refused: nothing.

use bordereau::report::escape;

use super::ask::{pad, text_width};

/// Names and values below each other.
pub(crate) fn fact_lines(facts: &[(&str, String)]) -> String {
    let filled = || facts.iter().filter(|(_, value)| !value.is_empty());
    let width = filled().map(|(name, _)| text_width(name)).max().unwrap_or_default();
    filled()
        .flat_map(|(name, value)| ["  ".to_owned(), pad(name, width), "  ".to_owned(), escape(value), "\n".to_owned()])
        .collect()
}

/// Rows below each other; those columns that are named stand to the right.
pub(crate) fn table(rows: &[Vec<String>], right: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| text_width(cell)).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let room = " ".repeat(widths[column].saturating_sub(text_width(cell)));
            if right.contains(&column) { room + cell } else { cell.clone() + &room }
        });
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
