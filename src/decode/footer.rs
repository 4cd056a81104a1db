//! What tells a line below a table from a row of it: the first column, and the words that stand before sums.

use super::frame::{COLUMN_CELLS, filled};
use super::look::Look;
use super::sample::SampleRecord;

/// What the first column of a table is like: what stands below the table is mostly told by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or not, each on its own")]
pub struct FirstColumn {
    /// Enough rows show it.
    pub(super) is_proven: bool,
    /// It holds values, not words.
    pub(super) is_typed: bool,
    /// It is filled in nearly every row.
    pub(super) is_filled: bool,
    /// Nearly every cell has a digit.
    pub(super) has_digits: bool,
    /// How many characters nearly every cell keeps to.
    longest: usize,
    /// No row of the table has this cell only.
    pub(super) never_alone: bool,
}

impl FirstColumn {
    /// The first column of these rows; `usually` cells of a row are filled. What is nearly empty is not the measure.
    pub(super) fn of(data: &[SampleRecord], usually: usize) -> Self {
        let is_few = |record: &&SampleRecord| filled(&record.cells) * 2 <= usually;
        let table = data.iter().rposition(|record| !is_few(&record)).map_or(data, |last| &data[..=last]);
        let is_alone = |record: &SampleRecord| filled(&record.cells) == 1;
        let full = || table.iter().filter(|record| !is_few(record)).take(COLUMN_CELLS);
        let cells: Vec<_> = full().filter_map(|record| record.cells.first()).map(|cell| cell.trim()).collect();
        let nearly_all = |holds: &dyn Fn(&str) -> bool| {
            cells.len() > 1 && cells.iter().filter(|cell| holds(cell)).count() * 10 >= cells.len() * 9
        };
        let mut lengths: Vec<_> = cells.iter().map(|cell| cell.chars().count()).collect();
        lengths.sort_unstable();
        Self {
            is_proven: cells.len() > 3,
            is_typed: nearly_all(&|cell| Look::of(cell).is_typed()),
            is_filled: nearly_all(&|cell| !cell.is_empty()),
            has_digits: nearly_all(&has_digit),
            longest: lengths.get(lengths.len().saturating_sub(1) * 9 / 10).copied().unwrap_or(0),
            never_alone: usually > 1 && !table.iter().any(is_alone),
        }
    }

    /// Whether a text alone in its row is a note, and no cell of this column.
    pub(super) fn is_note(self, text: &str) -> bool {
        let (length, words) = (text.chars().count(), text.split_whitespace().count());
        let is_sentence = (length * 2 > self.longest * 3 && words > 2) || length > self.longest.max(20) * 2;
        self.never_alone && (is_sentence || (self.has_digits && !has_digit(text)))
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|c| c.is_ascii_digit())
}

/// Words that stand before sums, counts and notes in the languages of the trade.
const SUMS: [&str; 26] = [
    "total",
    "totals",
    "totaux",
    "totale",
    "totales",
    "gesamt",
    "gesamtsumme",
    "summe",
    "sum",
    "somme",
    "subtotal",
    "sous-total",
    "zwischensumme",
    "suma",
    "count",
    "nombre",
    "anzahl",
    "grand",
    "source",
    "note",
    "notes",
    "trailer",
    "eof",
    "end",
    "ende",
    "fin",
];

/// No word of [`SUMS`] has more letters.
const SUM_LETTERS: usize = 30;

/// Whether a text begins with one of them.
pub(super) fn names_a_sum(text: &str) -> bool {
    // A cell may be a single word of a million letters.
    let letters = text.chars().take(SUM_LETTERS + 1).take_while(|c| c.is_alphabetic() || *c == '-');
    let word: String = letters.flat_map(char::to_lowercase).collect();
    SUMS.contains(&word.as_str())
}
