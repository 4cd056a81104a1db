//! The dialect of any table: what stands between cells, around them, and what takes a mark's meaning away.
//!
//! Every candidate reads the same sample; the one whose reading looks most like a table wins: most records of one width,
//! cells that look whole, columns of one kind.

use std::cell::OnceCell;

use rayon::prelude::*;

use super::look::{Look, is_number};
use super::row::TableRow;
use super::sample::{self, Claims, HEADING_RECORDS, Sample, SampleRecord};
use super::table::{TableDialect, first_rows};
use crate::delimited::Charset;
use crate::format::Target;

/// The delimiters that are looked for, the commonest first.
const DELIMITERS: [u8; 11] = [b',', b';', b'\t', b'|', 0x1f, 0x1e, 0x01, b'^', b'~', b':', b' '];

/// Bytes of the sample that candidates are judged by.
const JUDGED_BYTES: usize = 64 << 10;

/// Lines that are judged even if they are longer than that.
const LINES: usize = 6;

/// Records that candidates are judged by; in a brief look.
const JUDGED: usize = 400;
const JUDGED_BRIEFLY: usize = 60;

/// Rows among which a heading is looked for before candidates are compared.
const HEADING_ROWS: usize = 60;

/// Rows that one thread decodes at least.
const ROWS_AT_ONCE: usize = 128;

/// Records of the sample that is given back.
const RECORDS: usize = 2000;

/// What is known of a dialect before it is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownDialect {
    /// What stands between cells.
    pub delimiter: Option<u8>,
    /// Whether `"` stands around cells and is doubled within them, as in RFC 4180, and a backslash is a character like others.
    pub is_standard: bool,
    /// Whether it is only asked what the table is, and not how every row of it is to be read.
    pub is_brief: bool,
}

/// Finds the dialect of a text, its heading and what stands above; `claims` tells what a heading may stand for.
///
/// A row in which the dictionary knows a reference and a quantity outranks every other evidence.
pub fn sniff<F: Target>(
    text: &[u8],
    whole: bool,
    charset: Charset,
    known: KnownDialect,
    record_bytes: usize,
    claims: Claims<'_, F>,
) -> (TableDialect, Sample) {
    // A few lines are needed, however long they are.
    let lines = memchr::memchr2_iter(b'\n', b'\r', text).nth(LINES).map_or(text.len(), |at| at + 1);
    let judged = &text[..text.len().min(JUDGED_BYTES.max(lines))];
    let plain = TableDialect {
        delimiter: None,
        quote: Some(b'"'),
        backslash: false,
        blank_after: false,
        doubled: false,
        record_bytes,
    };
    let most = if known.is_brief { JUDGED_BRIEFLY } else { JUDGED };
    let rows_in = |dialect| first_rows(judged, whole && judged.len() == text.len(), dialect, most);
    let delimiter = known.delimiter.or_else(|| declared(text));
    let delimiters = delimiter.map_or_else(|| DELIMITERS.to_vec(), |only| vec![only]);
    // One column, first of all: what is not clearly better leaves the lines whole.
    let alone = OnceCell::new();
    let alone = || alone.get_or_init(|| Alone::of(&decoded(&rows_in(plain), JUDGED, charset)));
    let candidates: Vec<(u8, Vec<TableDialect>)> = delimiters
        .into_iter()
        .filter(|delimiter| judged.contains(delimiter))
        .map(|delimiter| (delimiter, quotings(judged, delimiter, known.is_standard, record_bytes)))
        .collect();
    // A heading stands among the first rows. What an order has in its heading outranks all the rest, so that only those
    // who read the best heading have to be compared by all rows.
    let named = |dialect: &TableDialect| {
        let rows = first_rows(judged, whole && judged.len() == text.len(), *dialect, HEADING_ROWS);
        let found = sample::heading(&decoded(&rows, HEADING_RECORDS, charset), HEADING_RECORDS, claims);
        found.map(|(_, likeness)| likeness.order_points()).filter(|(is_order, _)| *is_order)
    };
    let best_named = |dialects: &[TableDialect]| dialects.iter().filter_map(named).max();
    let named: Vec<_> = candidates.iter().map(|(_, dialects)| best_named(dialects)).collect();
    let usual = candidates.iter().zip(&named).filter(|((delimiter, _), _)| !is_rare(*delimiter));
    let most = usual.filter_map(|(_, named)| *named).max();
    let mut best = (Standing { is_order: false, points: 0, score: 0 }, plain);
    if delimiter.is_none() && most.is_none() {
        best.0.score = alone().score;
    }
    let compared = candidates.into_iter().zip(named).filter(|(_, named)| *named >= most);
    for ((delimiter, dialects), _) in compared {
        let (mut is_clean, mut usual_faults) = (false, 0);
        for dialect in dialects {
            let rows = rows_in(dialect);
            let faults = rows.iter().map(faults).sum();
            // Behind a cell that only ends with a backslash, all quotes change their parts, and one is left over.
            if dialect.backslash && faults > usual_faults {
                continue;
            }
            if !dialect.backslash {
                usual_faults = faults;
            }
            // Quotes that all close where a cell ends are no accident.
            if dialect.quote.is_none() && is_clean {
                continue;
            }
            is_clean |=
                rows.iter().any(|row| row.quoted > 0) && rows.iter().all(|row| row.trailing == 0 && !row.unclosed);
            let found = sample::heading(&decoded(&rows, HEADING_RECORDS, charset), HEADING_RECORDS, claims);
            let looks = looks(&rows, charset);
            let score = score(&rows, &looks, delimiter);
            let (is_order, points) = found.map_or((false, 0), |(_, likeness)| likeness.order_points());
            let usual = (is_order && !is_rare(delimiter)) || alone().allows(delimiter, &looks);
            let standing = Standing { is_order, points: if is_order { points } else { 0 }, score };
            if usual && standing > best.0 {
                best = (standing, dialect);
            }
        }
    }
    let mut dialect = best.1;
    let most = if known.is_brief { JUDGED_BRIEFLY } else { RECORDS };
    let mut rows = first_rows(text, whole, dialect, most);
    let first = &rows[..rows.len().min(JUDGED)];
    dialect.blank_after = has_blank_after(first, dialect);
    dialect.doubled = is_doubled(first);
    if dialect != best.1 {
        rows = first_rows(text, whole, dialect, most);
    }
    rows.retain(|row| !row.is_blank_line());
    let has_quotes = rows.iter().any(|row| row.quoted > 0);
    let mut sample = Sample::of(decoded(&rows, RECORDS, charset), has_quotes, declared(text).is_some(), claims);
    sample.has_loose_quotes = rows.iter().any(|row| row.is_loose);
    (dialect, sample)
}

/// Blanks and colons cut any text into some word or other.
const fn is_rare(delimiter: u8) -> bool {
    matches!(delimiter, b' ' | b':')
}

/// How a candidate stands, compared from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    is_order: bool,
    points: usize,
    score: u64,
}

/// The delimiter that a first line `sep=;` declares.
fn declared(text: &[u8]) -> Option<u8> {
    let rest = text.strip_prefix(b"sep=").or_else(|| text.strip_prefix(b"SEP="))?;
    matches!(rest.get(1), Some(b'\r' | b'\n')).then_some(rest[0])
}

/// The ways of quoting that the sample gives reason to try, the usual one first.
fn quotings(text: &[u8], delimiter: u8, is_standard: bool, record_bytes: usize) -> Vec<TableDialect> {
    let usual = TableDialect {
        delimiter: Some(delimiter),
        quote: Some(b'"'),
        backslash: false,
        blank_after: false,
        doubled: false,
        record_bytes,
    };
    if is_standard {
        return vec![usual];
    }
    let is_edge = |c: Option<&u8>| c.is_none_or(|c| *c == delimiter || matches!(c, b'\n' | b'\r' | b' '));
    let stands_around = |quote: u8| {
        let places: Vec<_> = memchr::memchr_iter(quote, text).take(2000).collect();
        let opens = places.iter().filter(|at| is_edge(at.checked_sub(1).and_then(|before| text.get(before)))).count();
        let closes = places.iter().filter(|at| is_edge(text.get(**at + 1))).count();
        opens > 0 && closes > 0
    };
    let mut found = vec![usual];
    let escapes: Vec<_> =
        memchr::memchr_iter(b'\\', text).take(2000).filter_map(|at| text.get(at + 1)).copied().collect();
    let takes_away = |c: u8| escapes.contains(&c);
    if takes_away(b'"') || takes_away(delimiter) {
        found.push(TableDialect { backslash: true, ..usual });
    }
    if stands_around(b'\'') {
        found.push(TableDialect { quote: Some(b'\''), ..usual });
        if takes_away(b'\'') {
            found.push(TableDialect { quote: Some(b'\''), backslash: true, ..usual });
        }
    }
    if stands_around(b'"') {
        found.push(TableDialect { quote: None, ..usual });
    }
    found
}

/// Quotes of a row that mean nothing.
fn faults(row: &TableRow) -> usize {
    row.trailing + row.unopened + usize::from(row.unclosed)
}

/// The first `most` rows as text, blank lines left out.
fn decoded(rows: &[TableRow], most: usize, charset: Charset) -> Vec<SampleRecord> {
    let record = |row: &TableRow| SampleRecord {
        line: row.line,
        cells: row.cells().map(|cell| charset.decode(cell).into_owned()).collect(),
    };
    let rows: Vec<_> = filled(rows).take(most).collect();
    rows.into_par_iter().with_min_len(ROWS_AT_ONCE).map(record).collect()
}

/// What each cell of each row looks like, blank lines left out.
fn looks(rows: &[TableRow], charset: Charset) -> Vec<Vec<Look>> {
    let look = |cell: &[u8]| Look::of(&charset.decode(cell));
    filled(rows).map(|row| row.cells().map(look).collect()).collect()
}

fn filled(rows: &[TableRow]) -> impl Iterator<Item = &TableRow> {
    rows.iter().filter(|row| !row.is_blank_line() && !row.is_rule())
}

/// Lines above a table, and below, that may be cut otherwise than its rows.
const EDGE: usize = 5;

/// What the lines show when nothing cuts them.
struct Alone {
    score: u64,
    /// Whether nearly all of them are one value each.
    is_typed: bool,
    /// Whether they are numbers with two decimals behind a comma.
    is_decimal: bool,
}

impl Alone {
    fn of(lines: &[SampleRecord]) -> Self {
        let texts: Vec<_> = lines.iter().filter_map(|line| line.cells.first()).map(|cell| cell.trim()).collect();
        let count = |holds: &dyn Fn(&str) -> bool| texts.iter().filter(|text| holds(text)).count();
        let most = |found: usize| found * 10 >= texts.len().saturating_sub(1) * 9 && found > 0;
        let looks: Vec<_> = texts.iter().map(|text| Look::of(text)).collect();
        let weights: u64 = looks.iter().map(|look| look.weight()).sum();
        let average = weights * 1000 / (10 * texts.len() as u64).max(1);
        let decimal = |text: &str| is_number(text) && text.rsplit_once(',').is_some_and(|(_, after)| after.len() == 2);
        Self {
            score: average * 250,
            is_typed: most(looks.iter().filter(|look| look.is_typed()).count()),
            is_decimal: most(count(&decimal)),
        }
    }

    /// Whether a delimiter may cut such lines. Blanks and colons stand inside dates, times, names and sentences, so they
    /// have to give a column of values, and nearly every line the same width.
    fn allows(&self, delimiter: u8, records: &[Vec<Look>]) -> bool {
        match delimiter {
            b',' => !self.is_decimal,
            b' ' | b':' => {
                let width = modal(records.iter().map(Vec::len)).0;
                // Titles above and notes below are cut into anything.
                let is_row = |record: &Vec<Look>| record.len() == width;
                let around = |most: usize, found: Option<usize>| found.unwrap_or(0).min(most);
                let from = around(EDGE, records.iter().position(is_row));
                let to = records.len() - around(EDGE, records.iter().rev().position(is_row)).min(records.len() - from);
                let rows = &records[from..to];
                !self.is_typed
                    && rows.iter().filter(|record| is_row(record)).count() * 10 >= rows.len() * 9
                    && rows.len() > 1
                    && rows.len() * 2 > records.len()
                    && (0..width).any(|column| {
                        let (look, share) = column_look(rows, width, column);
                        look.is_typed() && share >= 800
                    })
            }
            _ => true,
        }
    }
}

/// The commonest of some numbers of cells, and how often it is there; the larger of equals.
pub(super) fn modal(widths: impl Iterator<Item = usize>) -> (usize, usize) {
    let mut widths: Vec<_> = widths.collect();
    widths.sort_unstable();
    widths
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], same.len()))
        .max_by_key(|(width, count)| (*count, *width))
        .unwrap_or((0, 0))
}

/// What most filled cells of a column look like, and their share of a thousand. The first record may be a heading.
fn column_look(records: &[Vec<Look>], width: usize, column: usize) -> (Look, u64) {
    let rows = records.iter().skip(usize::from(records.len() > 2)).filter(|record| record.len() == width);
    let mut looks: Vec<_> =
        rows.filter_map(|record| record.get(column)).copied().filter(|look| *look != Look::Empty).collect();
    looks.sort_unstable();
    let all = looks.len() as u64;
    let commonest =
        looks.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).max_by_key(|(_, count)| *count);
    commonest.map_or((Look::Empty, 500), |(look, count)| (look, count * 1000 / all))
}

/// How much a reading looks like a table, of a million.
fn score(rows: &[TableRow], records: &[Vec<Look>], delimiter: u8) -> u64 {
    let (width, _) = modal(records.iter().map(Vec::len).filter(|width| *width > 1));
    if width < 2 {
        return 0;
    }
    let count = |holds: &dyn Fn(usize) -> bool| records.iter().filter(|record| holds(record.len())).count() as u64;
    let all = records.len() as u64;
    let steady = (count(&|each| each == width) * 2 + count(&|each| each > 1)) * 1000 / (3 * all).max(1);
    // Where few lines are cut at all, they are rather sentences.
    let steady = if count(&|each| each > 1) * 10 < all * 6 { steady / 2 } else { steady };
    let width_share = (width as u64 - 1) * 1000 / width as u64;
    // Text behind a closing quote, or a quote that never closes: it may not be one.
    let is_open = |row: &TableRow| row.unclosed || (row.quoted == 0 && row.cells().any(|cell| cell.starts_with(b"\"")));
    let broken: usize = rows.iter().map(|row| row.trailing + usize::from(is_open(row))).sum();
    let cells: u64 = records.iter().map(|record| record.len() as u64).sum();
    let weights: u64 = records.iter().flatten().map(|look| look.weight()).sum();
    let whole = (weights * 100).saturating_sub(broken as u64 * 1800) / cells.max(1);
    let columns: u64 = (0..width).map(|column| column_look(records, width, column).1).sum::<u64>() / width as u64;
    let prior = match delimiter {
        b' ' => 600,
        b':' => 650,
        b'^' | b'~' => 950,
        _ => 1000,
    };
    steady * width_share / 1000 * whole / 1000 * (1000 + columns) / 2000 * prior
}

/// Whether two delimiters stand between cells: every second cell of every row is empty.
fn is_doubled(rows: &[TableRow]) -> bool {
    let mut rows = rows.iter().filter(|row| row.len() > 1).peekable();
    let is_doubled = |row: &TableRow| {
        row.len() % 2 == 1
            && row.cells().skip(1).step_by(2).all(<[u8]>::is_empty)
            && row.cells().step_by(2).filter(|cell| !cell.is_empty()).count() > 1
    };
    rows.peek().is_some() && rows.all(is_doubled)
}

/// Whether a blank follows every delimiter that an unquoted, filled cell follows.
fn has_blank_after(rows: &[TableRow], dialect: TableDialect) -> bool {
    if dialect.delimiter.is_none_or(|delimiter| delimiter.is_ascii_whitespace()) {
        return false;
    }
    let filled = |row: &&TableRow| row.cells().skip(1).filter(|cell| !cell.is_empty()).count();
    let blanks = |row: &TableRow| row.cells().skip(1).filter(|cell| cell.starts_with(b" ")).count();
    // Quotes behind a blank are read without it; some cells must show it.
    rows.iter().map(blanks).sum::<usize>() > 1 && rows.iter().all(|row| blanks(row) + row.quoted >= filled(&row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    fn sniffed(text: &str) -> (TableDialect, Sample) {
        let registry = Registry::built_in();
        let claims = |heading: &str| registry.dictionary().claims(heading);
        sniff(text.as_bytes(), true, Charset::Utf8, KnownDialect::default(), 1 << 20, &claims)
    }

    fn delimiter(text: &str) -> Option<char> {
        sniffed(text).0.delimiter.map(char::from)
    }

    #[test]
    fn each_delimiter_is_found_in_an_ordinary_table() {
        for mark in [',', ';', '\t', '|', '^', '~', ':', ' ', '\u{1e}', '\u{1f}'] {
            let rows = [["id", "name", "price"], ["1", "Ann", "12.50"], ["2", "Bob", "3.00"], ["3", "Cid", "7.25"]];
            let text: String = rows.iter().map(|row| row.join(&mark.to_string()) + "\n").collect();
            assert_eq!(delimiter(&text), Some(mark), "{mark:?}");
        }
    }

    #[test]
    fn decimal_commas_times_and_sentences_cut_nothing() {
        assert_eq!(delimiter("12,50\n13,20\n1,99\n"), None);
        assert_eq!(delimiter("a;12,50;1,00\nb;3,99;2,00\n"), Some(';'));
        assert_eq!(delimiter("2026-03-01 10:00:00\n2026-03-02 11:30:00\n"), None);
        assert_eq!(delimiter("10:30\n11:45\n"), None);
        assert_eq!(delimiter("John Smith\nAnn Lee\nBob Hope\n"), None);
        assert_eq!(delimiter("when,what\n10:30:00,started\n11:30:00,ended\n"), Some(','));
        assert_eq!(delimiter("1;Smith, John;NY\n2;Lee, Ann;LA\n3;Hope, Bob;SF\n"), Some(';'));
    }

    #[test]
    fn quotes_and_escapes_are_what_leaves_no_half_cells() {
        let single = sniffed("'a,b','c'\n'd,e','f'\n'g','h,i'\n").0;
        assert_eq!((single.delimiter, single.quote), (Some(b','), Some(b'\'')));
        let backslash = sniffed("id,text\n1,\"say \\\"hi\\\", now\"\n2,\"b\"\n3,\"c\"\n").0;
        assert_eq!((backslash.delimiter, backslash.quote, backslash.backslash), (Some(b','), Some(b'"'), true));
        let usual = sniffed("id,text\n1,\"say \"\"hi\"\", now\"\n2,it's\n3,'tis\n").0;
        assert_eq!((usual.quote, usual.backslash), (Some(b'"'), false));
        let path = sniffed("id,path\n1,\"C:\\dir\\\"\n2,\"D:\\\"\n").0;
        assert!(!path.backslash);
    }

    #[test]
    fn a_cell_that_ends_with_a_backslash_is_no_escape() {
        // The same width either way; read with escapes, the last cell but one would end with a quote.
        let text = "id;a;b;c;d\n1;\"A&amp;e\\\";;\";&amp;4HUZ x\";q\n2;a;b;c;d\n";
        assert_eq!(text.lines().nth(1), Some(r#"1;"A&amp;e\";;";&amp;4HUZ x";q"#));
        let found = sniffed(text);
        assert!(!found.0.backslash);
        assert_eq!(found.1.records[1].cells, ["1", r"A&amp;e\", "", ";&amp;4HUZ x", "q"]);
        // An escaped quote before a delimiter, of which the usual reading leaves one over.
        let inches = sniffed("id,text,n\n1,\"19\\\", black\",2\n2,\"b\",3\n3,\"c\",4\n");
        assert!(inches.0.backslash);
        assert_eq!(inches.1.records[1].cells, ["1", "19\", black", "2"]);
    }

    #[test]
    fn a_known_way_of_quoting_is_not_guessed() {
        let text = "id;a\n1;\"say \\\"hi\\\"\"\n";
        assert!(sniffed(text).0.backslash);
        let registry = Registry::built_in();
        let claims = |heading: &str| registry.dictionary().claims(heading);
        let known = KnownDialect { is_standard: true, ..KnownDialect::default() };
        let dialect = sniff(text.as_bytes(), true, Charset::Utf8, known, 1 << 20, &claims).0;
        assert_eq!((dialect.delimiter, dialect.quote, dialect.backslash), (Some(b';'), Some(b'"'), false));
    }

    #[test]
    fn blanks_behind_delimiters_and_declared_delimiters() {
        assert!(sniffed("a, b, c\n1, 2, 3\n4, 5, 6\n").0.blank_after);
        assert!(!sniffed("a,b,c\n1, 2,3\n4,5,6\n").0.blank_after);
        let declared = sniffed("sep=|\na|b\n1|2\n");
        assert_eq!((declared.0.delimiter, declared.1.frame.first), (Some(b'|'), 1));
    }
}
