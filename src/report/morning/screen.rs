//! The sheet on a terminal, and in the plain text of a mail.

use super::{Block, Heading, Item, MorningSheet, Section, Speech};
use crate::model::Language;
use crate::report::terminal::escape;
use crate::report::text;

/// Between two columns.
const GAP: usize = 2;

/// A cut text keeps at least so many characters.
const NARROWEST: usize = 8;

/// The sheet as text, no line longer than `width` but for names and commands that are longer themselves.
pub fn render_morning(sheet: &MorningSheet, width: usize, language: Language) -> String {
    let speech = Speech { sheet, language };
    let mut out = format!("{}\n{}\n", speech.title(), escape(&speech.subtitle()));
    for Section { title, blocks } in speech.sections() {
        out.extend(["\n", &*title, "\n"]);
        for block in blocks {
            match block {
                Block::Table { columns, rows, foot, more } => {
                    table(&mut out, &columns, rows, foot, width);
                    left_out(&mut out, &speech, more);
                }
                Block::Items { items, more } => {
                    for each in &items {
                        item(&mut out, each, width);
                    }
                    left_out(&mut out, &speech, more);
                }
                Block::Sentence(sentence) => wrap(&mut out, &escape(&sentence), "  ", "  ", width),
            }
        }
    }
    out
}

fn left_out(out: &mut String, speech: &Speech<'_>, more: usize) {
    if more > 0 {
        let said = speech.with(text::MORNING_MORE, &[("count", &speech.number(more as u64))]);
        out.extend(["  ", &*said, "\n"]);
    }
}

/// What, then what else is said of it, then what to type, each on lines of its own.
fn item(out: &mut String, Item { what, more, next }: &Item, width: usize) {
    wrap(out, &escape(what), "  ", "    ", width);
    wrap(out, &escape(more), "    ", "    ", width);
    if !next.is_empty() {
        // Whoever copies a command or a name wants it in one piece.
        out.extend(["    → ", &*escape(next), "\n"]);
    }
}

/// Words in lines, the first set in by `first`, the others by `others`.
fn wrap(out: &mut String, words: &str, first: &str, others: &str, width: usize) {
    let mut line = String::new();
    // Blanks that hold words together hold them together here, too.
    for word in words.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let indent = if line.is_empty() { first } else { " " };
        if !line.is_empty() && length(&line) + 1 + length(word) > width {
            out.extend([&*line, "\n"]);
            line.clear();
            line.extend([others, word]);
        } else {
            line.extend([indent, word]);
        }
    }
    if !line.is_empty() {
        out.extend([&*line, "\n"]);
    }
}

fn table(out: &mut String, columns: &[Heading], rows: Vec<Vec<String>>, foot: Option<Vec<String>>, width: usize) {
    let heading = columns.iter().map(|column| column.text.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heading)
        .chain(rows)
        .chain(foot)
        .map(|row| row.iter().map(|cell| escape(cell)).collect())
        .collect();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max();
    let mut widths: Vec<_> = (0..columns.len()).map(|column| widest(column).unwrap_or(0)).collect();
    let taken: usize = widths.iter().map(|width| width + GAP).sum();
    for _ in 0..taken.saturating_sub(width) {
        let texts = widths.iter_mut().zip(columns).filter(|(width, column)| !column.is_number && **width > NARROWEST);
        let Some((widest, _)) = texts.max_by_key(|(width, _)| **width) else { break };
        *widest -= 1;
    }
    for row in rows {
        let mut line = String::new();
        for ((cell, width), column) in row.iter().zip(&widths).zip(columns) {
            let cell = cut(cell, *width);
            let blanks = " ".repeat(width - length(&cell));
            let gap = " ".repeat(GAP);
            if column.is_number {
                line.extend([gap, blanks, cell]);
            } else {
                line.extend([gap, cell, blanks]);
            }
        }
        out.extend([line.trim_end_matches(' '), "\n"]);
    }
}

/// At most so many characters, the last of them `…` if there were more.
fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}
