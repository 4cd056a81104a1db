//! Where a table begins and ends in its file: what stands above, the heading, its width, what stands below.

use super::footer::{FirstColumn, names_a_sum};
use super::look::Look;
use super::sample::SampleRecord;
use super::sniff::modal;

/// Where a table begins, and what its rows are like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The first record of the table; those before it are no part of it. Counted without blank lines.
    pub first: usize,
    /// How many records from there on are the heading: none, one, or two where it spans two rows.
    pub heading_rows: usize,
    /// How many columns it has.
    pub width: usize,
    /// How many cells of a row are usually filled.
    pub filled: usize,
    /// How many cells most rows have.
    pub row_cells: usize,
    /// What its first column is like.
    pub first_column: FirstColumn,
}

/// How far down a table may begin.
const PREAMBLE: usize = 50;

/// Cells of a column that are looked at.
pub(super) const COLUMN_CELLS: usize = 300;

/// How many cells hold something.
pub(super) fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.trim().is_empty()).count()
}

impl Frame {
    /// The frame of a sample. `order` is the record that the dictionary knows as a heading, and over how many rows;
    /// `declares` whether the first line only names the delimiter.
    pub(super) fn of(records: &[SampleRecord], order: Option<(usize, usize)>, declares: bool) -> Self {
        let (width, _) = modal(records.iter().map(|record| record.cells.len()));
        let mut fills: Vec<_> =
            records.iter().filter(|record| record.cells.len() == width).map(|record| filled(&record.cells)).collect();
        fills.sort_unstable();
        let usually = fills.get(fills.len() / 2).copied().unwrap_or(0);
        let first = order.map_or_else(|| begin(records, width, usually).max(usize::from(declares)), |(place, _)| place);
        let body = records.get(first..).unwrap_or_default();
        let heading_rows = match order {
            Some((_, 2)) => 2,
            _ if order.is_some() || is_heading(body) => 1 + usize::from(has_second_row(body)),
            _ => 0,
        };
        let data = &body[heading_rows.min(body.len())..];
        let heading = body.iter().take(heading_rows).map(|record| record.cells.len()).max().unwrap_or(0);
        let beyond = data.iter().filter(|record| filled(record.cells.get(heading..).unwrap_or_default()) > 0).count();
        let commonest = modal(data.iter().map(|record| record.cells.len())).0;
        let width = match heading {
            0 if data.is_empty() => width,
            0 => commonest,
            // Most rows hold more than the heading names.
            _ if beyond * 2 > data.len() => commonest.max(heading),
            _ => heading,
        };
        Self {
            first,
            heading_rows,
            width,
            filled: usually,
            row_cells: commonest,
            first_column: FirstColumn::of(data, usually),
        }
    }

    /// Whether a row may stand below the table: it is nearly empty, or begins like a sum and has fewer
    /// values than rows usually have.
    pub fn may_be_below<'t>(&self, filled: usize, first: impl FnOnce() -> std::borrow::Cow<'t, str>) -> bool {
        let is_poorer = filled < self.filled || self.filled == 2;
        self.is_sparse(filled) || (is_poorer && names_a_sum(first().trim()))
    }

    /// Whether a text stands before sums, counts and notes.
    pub fn is_sum(text: &str) -> bool {
        names_a_sum(text.trim())
    }

    fn is_sparse(&self, filled: usize) -> bool {
        self.width > 1 && filled * 3 <= self.filled * 2 && filled < self.filled
    }

    /// Whether there is a heading.
    pub fn has_heading(&self) -> bool {
        self.heading_rows > 0
    }

    /// Whether rows behind a blank line are another table: all of one width that is not this table's, and more than one;
    /// or, where empty cells make them as wide, words above values that this table does not have.
    pub fn is_other_table(&self, rows: &[&[String]]) -> bool {
        let extent = |cells: &[String]| cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |at| at + 1);
        let [first, second, ..] = rows else { return false };
        let width = first.len();
        if width != self.width && width != self.row_cells && second.len() == width && width > 1 {
            return rows.iter().all(|cells| cells.len() == width);
        }
        let width = extent(first);
        let is_narrower = width > 1 && width < self.filled && rows.iter().all(|cells| extent(cells) <= width);
        let records: Vec<_> = rows
            .iter()
            .map(|cells| SampleRecord { line: 0, cells: cells.iter().take(width).cloned().collect() })
            .collect();
        is_narrower && self.has_heading() && is_heading(&records)
    }

    /// Where the first of the last rows stands that is below the table; behind it only nearly empty ones follow. Each
    /// row comes with whether a blank line stands above.
    pub fn footer<'r>(&self, rows: impl ExactSizeIterator<Item = (&'r [String], bool)>) -> Option<usize> {
        let rows: Vec<_> = rows.collect();
        let is_few = |cells: &[String]| filled(cells) * 2 <= self.filled;
        let from = rows.iter().rposition(|(cells, _)| !is_few(cells)).map_or(0, |place| place + 1);
        let sums = rows[..from].iter().rposition(|(cells, behind_blank)| !self.is_footer(cells, *behind_blank));
        let first = sums.map_or(0, |place| place + 1);
        (first..rows.len()).find(|place| self.is_footer(rows[*place].0, rows[*place].1))
    }

    /// Whether a sparse last row stands below the table: it says that it is a sum or a note, it comes behind a blank
    /// line, or its first cell is of another kind than the column. A row that is merely cut short is none.
    pub fn is_footer(&self, cells: &[String], behind_blank: bool) -> bool {
        let Some(text) = cells.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty()) else { return false };
        if filled(cells) * 2 > self.filled {
            // More cells are filled below sums only.
            return names_a_sum(text) && (filled(cells) < self.filled || self.filled == 2);
        }
        let first = cells.first().map_or("", |cell| cell.trim());
        let column = self.first_column;
        let is_line = cells.len() == 1
            && self.width > 2
            && (text.contains(' ') || text.starts_with(|c: char| c.is_ascii_punctuation()));
        behind_blank
            || names_a_sum(text)
            || is_line
            || (filled(cells) == 1 && !first.is_empty() && column.is_note(first))
            || (first.is_empty() && column.is_filled && (column.is_proven || only_numbers(cells)))
            || (column.is_typed && !first.is_empty() && !Look::of(first).is_typed())
    }
}

/// Whether all filled cells are numbers, as sums are.
fn only_numbers(cells: &[String]) -> bool {
    cells.iter().filter(|cell| !cell.trim().is_empty()).all(|cell| Look::of(cell) == Look::Number)
}

/// The first record of the table.
fn begin(records: &[SampleRecord], width: usize, usually: usize) -> usize {
    if width < 2 {
        return 0;
    }
    // Where hardly any row has one of two cells only, such a row above is a title.
    let alone = records.iter().filter(|record| filled(&record.cells) == 1).count();
    let least = match width {
        2 if usually == 2 && alone * 4 <= records.len() => 2,
        2 => 0,
        _ => usually.div_ceil(2),
    };
    // One word may be a heading beside an empty one.
    let is_word = |record: &SampleRecord| width == 2 && !record.cells.iter().any(|cell| cell.trim().contains(' '));
    let is_full =
        |record: &SampleRecord| record.cells.len() >= width && (filled(&record.cells) >= least || is_word(record));
    let Some(first_full) = records.iter().take(PREAMBLE).position(is_full) else { return 0 };
    let above = &records[..first_full];
    let is_title = |record: &SampleRecord| filled(&record.cells) * 2 <= usually;
    // What stands above belongs to the table unless it is nearly empty or a heading comes behind it.
    let kept = above.iter().rposition(|record| !is_title(record)).map_or(0, |place| place + 1);
    if kept == 0 || is_heading(&records[first_full..]) {
        first_full
    } else if above.iter().take(kept).all(|record| !is_title(record)) {
        0
    } else {
        above.iter().position(|record| !is_title(record)).unwrap_or(first_full)
    }
}

/// Whether the second of these records is a heading, too: words stand in it above the values of at least two columns, and
/// nothing in it is a value or comes again below.
fn has_second_row(records: &[SampleRecord]) -> bool {
    let [first, second, rest @ ..] = records else { return false };
    if rest.len() < 2 || second.cells.len() != first.cells.len() || second.cells == first.cells {
        return false;
    }
    let (mut words, mut against) = (0, 0);
    for (column, cell) in second.cells.iter().enumerate() {
        let (text, look) = (cell.trim(), Look::of(cell));
        let cells: Vec<_> = column_cells(rest, column);
        let (in_favour, opposed) = column_votes(text, look, &cells);
        words += i32::from(in_favour == 3);
        against += opposed;
    }
    words > 1 && against == 0
}

/// The filled cells of a column.
fn column_cells(records: &[SampleRecord], column: usize) -> Vec<&str> {
    records
        .iter()
        .take(COLUMN_CELLS)
        .filter_map(|record| record.cells.get(column))
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .collect()
}

/// Whether the first of these records is a heading of the others. One that comes again says nothing against itself.
fn is_heading(records: &[SampleRecord]) -> bool {
    let Some((first, body)) = records.split_first() else { return false };
    if body.first().is_some_and(|second| second.cells == first.cells) {
        let others: Vec<_> = records.iter().skip_while(|record| record.cells == first.cells).cloned().collect();
        let once: Vec<_> = std::iter::once(first.clone()).chain(others).collect();
        return once.len() > 1 && is_heading(&once);
    }
    let width = first.cells.len();
    let texts: Vec<_> = first.cells.iter().map(|cell| cell.trim()).collect();
    let looks: Vec<_> = texts.iter().map(|text| Look::of(text)).collect();
    let filled = texts.iter().filter(|text| !text.is_empty()).count();
    if filled == 0 {
        return false;
    }
    let (mut votes, mut against) = (0_i32, 0_i32);
    let (mut is_above_values, mut is_value) = (false, false);
    for (column, (text, look)) in texts.iter().zip(&looks).enumerate() {
        let cells = column_cells(body, column);
        let (in_favour, opposed) = column_votes(text, *look, &cells);
        votes += in_favour;
        against += opposed;
        is_above_values |= in_favour == 3;
        is_value |= opposed == 3;
    }
    // A word above values is worth more than one that comes again below.
    if is_above_values && !is_value {
        against /= 2;
    }
    let values = looks.iter().filter(|look| matches!(look, Look::Number | Look::Date | Look::Time)).count();
    if values > 0 && is_series(&texts) {
        return true;
    }
    let mut sorted = texts.clone();
    sorted.retain(|text| !text.is_empty());
    sorted.sort_unstable();
    sorted.dedup();
    let is_unique = sorted.len() == filled;
    let is_long = texts.iter().any(|text| text.chars().count() > 80);
    let is_complete = filled * 10 >= width * 8 || filled + 1 >= width;
    if values * 2 > filled {
        return false;
    }
    votes > against || (votes == against && values == 0 && is_unique && is_complete && !is_long)
}

/// How many points a column has for its first cell being a heading, and against.
fn column_votes(text: &str, look: Look, cells: &[&str]) -> (i32, i32) {
    if text.is_empty() {
        return (0, 0);
    }
    let typed = cells.iter().filter(|cell| Look::of(cell).is_typed()).count();
    let is_column_typed = !cells.is_empty() && typed * 10 >= cells.len() * 7;
    let mostly_digits = text.bytes().filter(u8::is_ascii_digit).count() * 2 > text.len();
    match (is_column_typed, look.is_typed()) {
        // A number with a letter among numbers is a value, too.
        (true, false) if mostly_digits => return (0, 3),
        (true, false) => return (3, 0),
        (true, true) => return (0, 3),
        (false, true) if look != Look::Flag => return (0, 2),
        _ => {}
    }
    if cells.contains(&text) {
        return (0, 2);
    }
    let digits = |text: &str| text.bytes().any(|c| c.is_ascii_digit());
    let with_digits = cells.iter().filter(|cell| digits(cell)).count();
    if !cells.is_empty() && with_digits * 10 >= cells.len() * 7 {
        return if digits(text) { (0, 1) } else { (2, 0) };
    }
    let length = |text: &str| text.chars().count();
    let mut lengths: Vec<_> = cells.iter().map(|cell| length(cell)).collect();
    lengths.sort_unstable();
    match (lengths.first(), lengths.last()) {
        (Some(least), Some(most)) if least == most && cells.len() > 2 => {
            if length(text) == *least {
                (0, 1)
            } else {
                (2, 0)
            }
        }
        (Some(_), Some(_)) if lengths[lengths.len() / 2] > length(text) * 2 => (1, 0),
        _ => (0, 0),
    }
}

/// Whether the numbers in a heading count on, as years do (`Country;2019;2020;2021`), beside at least one word.
fn is_series(texts: &[&str]) -> bool {
    let words = texts.iter().filter(|text| !text.is_empty() && !Look::of(text).is_typed()).count();
    let numbers: Vec<i64> = texts.iter().filter(|text| text.len() <= 4).filter_map(|text| text.parse().ok()).collect();
    let step = match numbers.as_slice() {
        [first, second, ..] => second - first,
        _ => return false,
    };
    let are_years = numbers.iter().all(|number| (1900..2100).contains(number)) && step.abs() == 1;
    words > 0
        && (numbers.len() > 2 || are_years)
        && words + numbers.len() >= texts.iter().filter(|text| !text.is_empty()).count()
        && step.abs() <= 10
        && step != 0
        && numbers.windows(2).all(|pair| pair[1] - pair[0] == step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<SampleRecord> {
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(place, line)| SampleRecord {
                line: place as u64 + 1,
                cells: line.split(';').map(str::to_owned).collect(),
            })
            .collect()
    }

    fn frame(text: &str) -> (usize, bool, usize) {
        let frame = Frame::of(&records(text), None, false);
        (frame.first, frame.has_heading(), frame.width)
    }

    #[test]
    fn a_heading_is_told_from_the_first_row() {
        for (text, has_heading) in [
            ("name;age\nAnn;3\nBob;4\n", true),
            ("Ann;3\nBob;4\n", false),
            ("city;country\nParis;France\nBerlin;Germany\n", true),
            ("Country;2019;2020;2021\nFrance;1;2;3\nItaly;3;4;5\n", true),
            ("code;state\nAA;open\nBB;open\nCC;closed\n", true),
            ("AA;open\nBB;open\nCC;closed\n", false),
            ("2026-01-01;a\n2026-01-02;b\n", false),
            ("0070817965D;x\n0070817966;y\n", false),
            ("name\nAnn\n", true),
            ("1\n2\n3\n", false),
        ] {
            assert_eq!(frame(text).1, has_heading, "{text}");
        }
    }

    #[test]
    fn titles_above_and_widths() {
        assert_eq!(frame("Report of March\n\nid;name;price\n1;a;2\n2;b;3\n"), (1, true, 3));
        assert_eq!(frame("Report;2026\nid;name;price\n1;a;2\n2;b;3\n"), (1, true, 3));
        assert_eq!(frame("Report;;;\nid;name;price;x\n1;a;2;3\n2;b;3;4\n"), (1, true, 4));
        assert_eq!(frame("a;b\n1;2;\n3;4;\n5;6;\n"), (0, true, 2));
        assert_eq!(frame("a;b\n1;2;3\n3;4;5\n5;6;7\n"), (0, true, 3));
        assert_eq!(frame("id;name;price\n1;a\n2;b;3\n3;b;3\n"), (0, true, 3));
    }

    #[test]
    fn a_cut_row_is_no_footer() {
        let frame = Frame::of(&records("id;name;price;n\n1;a;2;3\n2;b;3;4\n3;b;3;4\n"), None, false);
        let cells = |text: &str| text.split(';').map(str::to_owned).collect::<Vec<_>>();
        assert!(frame.is_footer(&cells("Total;;;123"), false));
        assert!(frame.is_footer(&cells(";;;7"), false));
        assert!(frame.is_footer(&cells("printed by hand"), false));
        assert!(!frame.is_footer(&cells("4;c"), false));
        assert!(!frame.is_footer(&cells("4;c;3"), false));
        assert!(!frame.is_footer(&cells("4;c;3;5"), true));
    }
}
