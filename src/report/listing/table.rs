//! A list as a table on a terminal.
//!
//! What enters: a list, the width of the terminal. What leaves: aligned lines, headings first, sums last.
//! What is refused: nothing; text of strangers is made harmless.

use std::io::{self, Write};

use super::{Column, Listing};
use crate::model::Language;
use crate::report::terminal::escape;
use crate::report::text;

/// Between two columns.
const GAP: usize = 2;

/// A cut text keeps at least so many characters.
const NARROWEST: usize = 12;

/// A column as it is drawn.
struct Drawn<'l, R> {
    column: &'l Column<R>,
    total: Option<String>,
    width: usize,
}

pub(super) fn write<R>(
    list: &Listing<R>,
    out: &mut dyn Write,
    width: Option<usize>,
    language: Language,
) -> io::Result<()> {
    let mut drawn: Vec<_> = list.usual_columns().into_iter().map(|column| draw(column, list, language)).collect();
    let has_totals = list.len() > 1 && drawn.iter().any(|each| each.total.is_some());
    if let Some(first) = drawn.first_mut().filter(|first| has_totals && first.total.is_none()) {
        let word = text::SUMMARY_TOTAL.get(language);
        first.width = first.width.max(length(word));
        first.total = Some(word.to_owned());
    }
    if let Some(room) = width {
        fit(&mut drawn, room);
    }
    line(out, &drawn, |each| each.column.heading.get(language).to_owned())?;
    for row in list.rows() {
        line(out, &drawn, |each| escape(&each.column.value(row).shown(language)))?;
    }
    if has_totals {
        line(out, &drawn, |each| each.total.clone().unwrap_or_default())?;
    }
    Ok(())
}

/// Finds out how wide a column is.
fn draw<'l, R>(column: &'l Column<R>, list: &Listing<R>, language: Language) -> Drawn<'l, R> {
    let total = if column.is_totalled { column.total(&list.rows) } else { None };
    let total = total.map(|value| value.shown(language).into_owned());
    let cells = list.rows().iter().map(|row| length(&escape(&column.value(row).shown(language))));
    let heading = length(column.heading.get(language));
    let width = cells.chain([heading, total.as_deref().map_or(0, length)]).max().unwrap_or(0);
    Drawn { column, total, width }
}

/// Makes the widest texts narrower until the table has room, or none can give more.
fn fit<R>(drawn: &mut [Drawn<'_, R>], room: usize) {
    let taken: usize = drawn.iter().map(|each| each.width + GAP).sum();
    let mut excess = taken.saturating_sub(GAP).saturating_sub(room);
    while excess > 0 {
        let texts = drawn.iter_mut().filter(|each| each.column.may_be_cut() && each.width > NARROWEST);
        let Some(widest) = texts.max_by_key(|each| each.width) else { return };
        widest.width -= 1;
        excess -= 1;
    }
}

/// Writes one line, without blanks at its end.
fn line<R>(out: &mut dyn Write, drawn: &[Drawn<'_, R>], cell: impl Fn(&Drawn<'_, R>) -> String) -> io::Result<()> {
    let mut line = String::new();
    for (place, each) in drawn.iter().enumerate() {
        let text = cut(cell(each), each.width);
        let blanks = each.width - length(&text);
        let (before, after) = if each.column.is_numeric() { (blanks, 0) } else { (0, blanks) };
        line.extend(std::iter::repeat_n(' ', before + if place > 0 { GAP } else { 0 }));
        line.push_str(&text);
        line.extend(std::iter::repeat_n(' ', after));
    }
    writeln!(out, "{}", line.trim_end_matches(' '))
}

/// At most so many characters, the last of them `…` if there were more.
fn cut(text: String, width: usize) -> String {
    if length(&text) <= width {
        return text;
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}
