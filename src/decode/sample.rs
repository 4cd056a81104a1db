//! The first records of a table and the heading among them.

use super::frame::Frame;
use crate::format::{Claim, Target};
use crate::model::Field;

/// A record of the sample, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRecord {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// Its cells, unquoted, not trimmed.
    pub cells: Vec<String>,
}

impl SampleRecord {
    /// Whether nothing but blanks stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// What a heading may stand for.
pub type Claims<'c, F = Field> = &'c dyn Fn(&str) -> &'c [Claim<F>];

/// The first records of a table, and what they show of it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The first of the file first; blank lines are not among them.
    pub records: Vec<SampleRecord>,
    /// Whether any of their cells stands in quotes.
    pub has_quotes: bool,
    /// Whether any of these begins behind blanks.
    pub has_loose_quotes: bool,
    /// Where the table begins in them, and its heading.
    pub frame: Frame,
    /// The texts of the heading; of one over two rows those that say most.
    pub headings: Vec<String>,
    /// Whether the dictionary knows the heading: as that of an order, or most of its words.
    pub is_known: bool,
}

impl Sample {
    /// What records show. `declares` says that the first of them only names the delimiter.
    pub fn of<F: Target>(records: Vec<SampleRecord>, has_quotes: bool, declares: bool, claims: Claims<'_, F>) -> Self {
        let found = heading(&records, HEADING_RECORDS, claims).map(|(place, likeness)| (place, 1, likeness));
        let is_order = |found: &(usize, usize, Likeness)| found.2.is_order;
        let found = found
            .filter(is_order)
            .or_else(|| heading_of_two(&records, claims))
            .or_else(|| {
                heading(&records, records.len(), claims).map(|(place, likeness)| (place, 1, likeness)).filter(is_order)
            })
            .or(found);
        let order = found.filter(is_order).map(|(place, rows, _)| (place, rows));
        let mut frame = Frame::of(&records, order, declares);
        if let (Some((place, rows, _)), None) = (found, order)
            && !frame.has_heading()
        {
            frame.first = place;
            frame.heading_rows = rows;
        }
        let is_known = found.is_some_and(|(place, ..)| place == frame.first);
        let headings = joined(&records, &frame, claims);
        Self { records, has_quotes, has_loose_quotes: false, frame, headings, is_known }
    }

    /// The first row of the heading, as it looks.
    pub fn heading(&self) -> Option<&SampleRecord> {
        self.records.get(self.frame.first).filter(|_| self.frame.has_heading())
    }

    /// The line of the heading; names of fields that stand on no line of their own have none.
    pub fn heading_line(&self) -> Option<u64> {
        self.heading().map(|record| record.line).filter(|line| *line > 0)
    }

    /// The rows of the table.
    pub fn body(&self) -> &[SampleRecord] {
        self.records.get(self.frame.first + self.frame.heading_rows..).unwrap_or_default()
    }

    /// Takes the heading for a row.
    pub fn drop_heading(&mut self) {
        self.frame.heading_rows = 0;
        self.headings.clear();
    }

    /// How much speaks for its being an order: the points of its heading, none when it names no reference and quantity.
    pub fn order_points<F: Target>(&self, claims: Claims<'_, F>) -> usize {
        let likeness = likeness(self.headings.iter().map(String::as_str), claims);
        if likeness.is_order { likeness.points } else { 0 }
    }
}

/// The texts of the heading. Of two rows a column has both, unless the dictionary only knows one of them.
fn joined<F: Target>(records: &[SampleRecord], frame: &Frame, claims: Claims<'_, F>) -> Vec<String> {
    let rows = records.get(frame.first..frame.first + frame.heading_rows).unwrap_or_default();
    let [upper, lower] = rows else { return rows.first().map(|row| row.cells.clone()).unwrap_or_default() };
    let width = upper.cells.len().max(lower.cells.len());
    let cell = |row: &SampleRecord, column: usize| row.cells.get(column).map_or("", |cell| cell.trim()).to_owned();
    let join = |column| {
        let (above, below) = (cell(upper, column), cell(lower, column));
        if above == below || below.is_empty() {
            return above;
        }
        let both = format!("{above} {below}").trim().to_owned();
        [both.clone(), below, above].into_iter().find(|text| !claims(text).is_empty()).unwrap_or(both)
    };
    (0..width).map(join).collect()
}

/// A heading over two rows, of which neither alone names a reference and a quantity.
fn heading_of_two<F: Target>(records: &[SampleRecord], claims: Claims<'_, F>) -> Option<(usize, usize, Likeness)> {
    let pairs = records.windows(2).take(HEADING_RECORDS).enumerate();
    pairs.filter(|(_, pair)| pair[0].cells.len() == pair[1].cells.len()).find_map(|(place, pair)| {
        let frame = Frame { heading_rows: 2, ..Frame::default() };
        let texts = joined(pair, &frame, claims);
        let each_says = pair.iter().all(|row| likeness(row.cells.iter().map(String::as_str), claims).points > 0);
        let both = likeness(texts.iter().map(String::as_str), claims);
        (both.is_order && each_says).then_some((place, 2, both))
    })
}

/// How far down a heading is looked for.
pub(super) const HEADING_RECORDS: usize = 50;

/// How much a record looks like a heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness {
    /// It names what every such table names, an order its reference and quantity, one of them beyond doubt.
    is_order: bool,
    /// Headings known beyond doubt count two, others one.
    points: usize,
}

impl Likeness {
    /// Whether it names a reference and a quantity, and how much speaks for it.
    pub(super) const fn order_points(self) -> (bool, usize) {
        (self.is_order, self.points)
    }
}

/// The likeliest heading among the first `most` records, if one of them is likely at all. Weak words (`total`, `num`,
/// `type`) never prove a heading on their own.
pub(super) fn heading<F: Target>(
    records: &[SampleRecord],
    most: usize,
    claims: Claims<'_, F>,
) -> Option<(usize, Likeness)> {
    let mut best: Option<(usize, Likeness)> = None;
    for (place, record) in records.iter().take(most).enumerate() {
        let likeness = likeness(record.cells.iter().map(String::as_str), claims);
        let enough = likeness.is_order || likeness.points >= 4;
        if enough && best.is_none_or(|(_, best)| likeness > best) {
            best = Some((place, likeness));
        }
    }
    best
}

/// Whether these are the headings of an order.
pub fn names_an_order<'t, F: Target>(texts: impl ExactSizeIterator<Item = &'t str>, claims: Claims<'_, F>) -> bool {
    likeness(texts, claims).is_order
}

fn likeness<'t, F: Target>(texts: impl ExactSizeIterator<Item = &'t str>, claims: Claims<'_, F>) -> Likeness {
    // A row of one cell is a title.
    if texts.len() < 2 {
        return Likeness::default();
    }
    let mut found: Vec<(Option<F>, bool)> = Vec::new();
    let mut points = 0;
    for text in texts {
        let claims = claims(text);
        let strong = claims.iter().any(|claim| claim.strong && claim.target.is_some());
        points += if strong { 2 } else { usize::from(claims.iter().any(|claim| claim.target.is_some())) };
        found.extend(claims.iter().map(|claim| (claim.target, claim.strong)));
    }
    let names = |field| found.iter().any(|(target, _)| *target == Some(field));
    let surely = |field| found.contains(&(Some(field), true));
    let is_order = F::PROOF.into_iter().all(names) && F::PROOF.into_iter().any(surely);
    Likeness { is_order, points }
}
