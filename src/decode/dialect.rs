//! The delimiter and the heading row, as a sample shows them.

use crate::delimited::{Block, Charset, Dialect, Records};
use crate::format::Claim;
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
pub type Claims<'c> = &'c dyn Fn(&str) -> &'c [Claim];

/// What a sample shows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    /// Between two cells.
    pub delimiter: u8,
    /// Which record is the heading, counted from the first of the file; `None` when none is.
    pub heading: Option<usize>,
}

/// The delimiters that are looked for, the commonest in Europe first.
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// How far down a heading is looked for.
const HEADING_RECORDS: usize = 50;

/// The first records of a file, `most` of them; one that the end of `text` cuts (unless it is the `whole` file) is left
/// out.
pub fn sample(text: &[u8], whole: bool, charset: Charset, dialect: Dialect, most: usize) -> Vec<SampleRecord> {
    let mut records = Records::new(text, dialect);
    let mut block = Block::default();
    let mut out = Vec::new();
    loop {
        records.fill(&mut block, (most - out.len()).min(256));
        if block.is_empty() {
            break;
        }
        out.extend(block.records(text).map(|record| SampleRecord {
            line: u64::from(record.line()) + 1,
            cells: record.cells().map(|cell| cell.text(charset)).collect(),
        }));
    }
    if !whole && out.len() < most {
        out.pop();
    }
    out
}

/// How much a record looks like a heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness {
    /// It names both a reference and a quantity, one of them beyond doubt.
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

/// Finds delimiter and heading. `claims` tells what a heading may stand for; `delimiter` is given when it is known.
///
/// The row with a reference and a quantity wins, so the commas of `12,50` make no delimiter. Weak words (`total`,
/// `num`, `type`) never prove a heading on their own (`docs/reading.md`, heading). Without any heading the delimiter is
/// the one that gives most records the same number of cells.
pub fn detect(
    text: &[u8],
    whole: bool,
    charset: Charset,
    base: Dialect,
    delimiter: Option<u8>,
    claims: Claims<'_>,
) -> Detected {
    let candidates = delimiter.map_or_else(|| DELIMITERS.to_vec(), |only| vec![only]);
    let samples: Vec<_> = candidates
        .iter()
        .map(|delimiter| sample(text, whole, charset, Dialect { delimiter: *delimiter, ..base }, HEADING_RECORDS * 4))
        .collect();
    let best = candidates
        .iter()
        .zip(&samples)
        .filter_map(|(delimiter, records)| {
            heading(records, claims).map(|(place, likeness)| (likeness, *delimiter, place))
        })
        // The first of equals wins, which `max_by_key` does not do.
        .fold(
            None,
            |best: Option<(Likeness, u8, usize)>, next| {
                if best.is_none_or(|best| next.0 > best.0) { Some(next) } else { best }
            },
        );
    if let Some((_, delimiter, place)) = best {
        return Detected { delimiter, heading: Some(place) };
    }
    let steadiest = candidates.iter().zip(&samples).fold((0, candidates[0]), |best, (delimiter, records)| {
        let score = steadiness(records);
        if score > best.0 { (score, *delimiter) } else { best }
    });
    Detected { delimiter: steadiest.1, heading: None }
}

/// The likeliest heading among the first records.
pub(super) fn heading(records: &[SampleRecord], claims: Claims<'_>) -> Option<(usize, Likeness)> {
    let mut best: Option<(usize, Likeness)> = None;
    for (place, record) in records.iter().take(HEADING_RECORDS).enumerate() {
        let likeness = likeness(record, claims);
        let enough = likeness.is_order || likeness.points >= 4;
        if enough && best.is_none_or(|(_, best)| likeness > best) {
            best = Some((place, likeness));
        }
    }
    best
}

fn likeness(record: &SampleRecord, claims: Claims<'_>) -> Likeness {
    let mut found: Vec<(Option<Field>, bool)> = Vec::new();
    let mut points = 0;
    for cell in &record.cells {
        let claims = claims(cell);
        let strong = claims.iter().any(|claim| claim.strong && claim.target.is_some());
        points += if strong { 2 } else { usize::from(claims.iter().any(|claim| claim.target.is_some())) };
        found.extend(claims.iter().map(|claim| (claim.target, claim.strong)));
    }
    let names = |field| found.iter().any(|(target, _)| *target == Some(field));
    let surely = |field| found.contains(&(Some(field), true));
    let is_order =
        names(Field::Reference) && names(Field::Quantity) && (surely(Field::Reference) || surely(Field::Quantity));
    // A one-cell row is a title.
    Likeness { is_order: is_order && record.cells.len() > 1, points: if record.cells.len() > 1 { points } else { 0 } }
}

/// How many records have the commonest number of cells, if that is more than one.
fn steadiness(records: &[SampleRecord]) -> usize {
    let widths: Vec<_> = records.iter().filter(|record| !record.is_blank()).map(|record| record.cells.len()).collect();
    widths
        .iter()
        .filter(|width| **width > 1)
        .map(|width| widths.iter().filter(|other| *other == width).count() * 8 + width.min(&7))
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    const BASE: Dialect = Dialect { delimiter: b';', record_bytes: 1 << 16 };

    fn detected(text: &str) -> (char, Option<usize>) {
        let registry = Registry::built_in();
        let claims = |heading: &str| registry.dictionary().claims(heading);
        let found = detect(text.as_bytes(), true, Charset::Utf8, BASE, None, &claims);
        (char::from(found.delimiter), found.heading)
    }

    #[test]
    fn the_heading_shows_the_delimiter() {
        assert_eq!(detected("Référence;Qté;Prix\nA;1;12,50\n"), (';', Some(0)));
        assert_eq!(detected("Part Number,Quantity\nA,1\n"), (',', Some(0)));
        assert_eq!(detected("Artikelnummer\tMenge\nA\t1\n"), ('\t', Some(0)));
        assert_eq!(detected("sku|qty ordered|units\nA|x|1\n"), ('|', Some(0)));
    }

    #[test]
    fn titles_above_the_heading_are_not_taken_for_it() {
        let text = "Référence de la commande;X1;;;\n\nRéférence article;Désignation;Prix unitaire HT;Quantité;Total HT\nA;b;1,00;2;2,00\n";
        assert_eq!(detected(text), (';', Some(2)));
    }

    #[test]
    fn without_a_heading_the_steadiest_delimiter_wins() {
        assert_eq!(detected("0070817965D;2\n0070817966;1\n"), (';', None));
        assert_eq!(detected("A|1|12,50\nB|2|13,50\nC|1|2,50\n"), ('|', None));
        assert_eq!(detected("total;num;type\n1;2;3\n"), (';', None));
    }
}
