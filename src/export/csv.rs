//! Rows of delimited text, in one of two profiles.

use crate::delimited::is_plain;
use crate::model::{Day, DayTime, Money, two_digits, write_integer};

/// For whom a file is written (design: output contracts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// For programs: UTF-8, `;`, LF, ISO dates, decimal dot, values as they are.
    #[default]
    Machine,
    /// For French Excel: UTF-8 with a mark, `;`, CRLF, `dd/mm/yyyy`, decimal comma; text that a spreadsheet would take
    /// for a formula is neutralised by an apostrophe, numbers are untouched.
    ExcelFr,
}

impl Profile {
    /// The name, as `--profile` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::ExcelFr => "excel-fr",
        }
    }

    /// What a file begins with.
    pub const fn mark(self) -> &'static [u8] {
        match self {
            Self::Machine => b"",
            Self::ExcelFr => b"\xEF\xBB\xBF",
        }
    }
}

/// A row that is being written. Cells are quoted only where RFC 4180 asks for it.
pub struct Row<'o> {
    out: &'o mut Vec<u8>,
    profile: Profile,
    first: bool,
}

impl<'o> Row<'o> {
    /// Begins a row at the end of `out`.
    #[inline]
    pub fn begin(out: &'o mut Vec<u8>, profile: Profile) -> Self {
        Self { out, profile, first: true }
    }

    #[inline]
    fn separate(&mut self) {
        if !self.first {
            self.out.push(b';');
        }
        self.first = false;
    }

    /// A cell of text (UTF-8) that people may read in a spreadsheet.
    #[inline]
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        if self.profile == Profile::ExcelFr && is_formula(text) {
            let safe = [b"'", text].concat();
            put_text(self.out, &safe);
        } else {
            put_text(self.out, text);
        }
        self
    }

    /// A cell of text that is known to be plain ([`is_plain`]): only a formula has to be looked for.
    #[inline]
    pub fn plain_text(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        if self.profile == Profile::ExcelFr && is_formula(text) {
            self.out.push(b'\'');
        }
        append(self.out, text);
        self
    }

    /// Cells that stand elsewhere as they will here, plain and with `;` between them.
    #[inline]
    pub fn as_written(&mut self, cells: &[u8]) -> &mut Self {
        self.separate();
        self.out.extend_from_slice(cells);
        self
    }

    /// A cell exactly as given, whatever the profile: values as written in a file.
    #[inline]
    pub fn raw(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        put_text(self.out, text);
        self
    }

    /// A whole number.
    #[inline]
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.separate();
        write_integer(self.out, number);
        self
    }

    /// An amount of money.
    #[inline]
    pub fn money(&mut self, amount: Money) -> &mut Self {
        self.separate();
        amount.write(self.out, if self.profile == Profile::ExcelFr { b',' } else { b'.' });
        self
    }

    /// A day, or an empty cell.
    #[inline]
    pub fn day(&mut self, day: Option<Day>) -> &mut Self {
        self.separate();
        if let Some(day) = day {
            let (year, month, date) = day.parts();
            let two = |number: u32| two_digits(number.into());
            let ([y1, y2], [y3, y4], [m1, m2], [d1, d2]) = (two(year / 100), two(year % 100), two(month), two(date));
            self.out.extend_from_slice(&match self.profile {
                Profile::Machine => [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2],
                Profile::ExcelFr => [d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4],
            });
        }
        self
    }

    /// A day and a time of it as `2026-03-14T09:30`, with `Z` behind when it is told in universal time, whatever the profile.
    #[inline]
    pub fn day_time(&mut self, day_time: DayTime) -> &mut Self {
        self.separate();
        let (year, month, date) = day_time.day().parts();
        let (hour, minute) = day_time.time();
        let two = |number: u32| two_digits(number.into());
        let ([y1, y2], [y3, y4], [m1, m2], [d1, d2]) = (two(year / 100), two(year % 100), two(month), two(date));
        let ([h1, h2], [n1, n2]) = (two(u32::from(hour)), two(u32::from(minute)));
        let text = [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2];
        self.out.extend_from_slice(&text);
        if day_time.is_utc() {
            self.out.push(b'Z');
        }
        self
    }

    /// Ends the row.
    #[inline]
    pub fn end(self) {
        match self.profile {
            Profile::Machine => self.out.push(b'\n'),
            Profile::ExcelFr => self.out.extend_from_slice(b"\r\n"),
        }
    }
}

/// Whether a spreadsheet would run the text: `=`, `+`, `-`, `@`, their full-width twins, a tab or a line end before them.
fn is_formula(text: &[u8]) -> bool {
    match text.first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => true,
        Some(0xEF) => ["＝", "＋", "－", "＠"].iter().any(|sign| text.starts_with(sign.as_bytes())),
        _ => false,
    }
}

/// Appends text. Cells are short, and two words of a known length that overlap are there sooner than bytes whose number is
/// only known now.
#[inline]
fn append(out: &mut Vec<u8>, text: &[u8]) {
    match text.len() {
        0 => {}
        4..=7 => append_ends::<4>(out, text),
        8..=16 => append_ends::<8>(out, text),
        17..=32 => append_ends::<16>(out, text),
        _ => out.extend_from_slice(text),
    }
}

/// Appends text that is as long as one to two words, by its first and its last word.
#[inline]
fn append_ends<const WORD: usize>(out: &mut Vec<u8>, text: &[u8]) {
    if let (Some(first), Some(last)) = (text.first_chunk::<WORD>(), text.last_chunk::<WORD>()) {
        let end = out.len() + text.len();
        out.extend_from_slice(first);
        out.truncate(end - WORD);
        out.extend_from_slice(last);
    }
}

#[inline]
fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        append(out, text);
    } else {
        put_quoted(out, text);
    }
}

/// Appends text in quotes, those in it doubled (RFC 4180).
pub fn put_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for part in text.split_inclusive(|c| *c == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(profile: Profile, write: impl FnOnce(&mut Row<'_>)) -> String {
        let mut out = Vec::new();
        let mut row = Row::begin(&mut out, profile);
        write(&mut row);
        row.end();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_two_profiles() {
        let write = |row: &mut Row<'_>| {
            row.text(b"a;\"b\"")
                .text(b"")
                .number(120)
                .money(Money::from_ten_thousandths(125_000))
                .day(Day::new(2026, 3, 4))
                .day(None)
                .day_time(DayTime::parse_iso(b"2026-03-14T09:05Z").unwrap())
                .text(b"=1+1");
        };
        assert_eq!(row(Profile::Machine, write), "\"a;\"\"b\"\"\";;120;12.50;2026-03-04;;2026-03-14T09:05Z;=1+1\n");
        assert_eq!(row(Profile::ExcelFr, write), "\"a;\"\"b\"\"\";;120;12,50;04/03/2026;;2026-03-14T09:05Z;'=1+1\r\n");
    }

    #[test]
    fn formulas_are_neutralised_and_values_as_written_kept() {
        for text in ["=1", "+1", "-1", "@a", "\tx", "＝1"] {
            assert!(
                row(Profile::ExcelFr, |row| {
                    row.text(text.as_bytes());
                })
                .contains(&format!("'{text}")),
                "{text}"
            );
            assert!(
                !row(Profile::ExcelFr, |row| {
                    row.raw(text.as_bytes());
                })
                .contains('\''),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn another_reader_reads_it_back(cells in proptest::collection::vec("[a-c;\"\r\n é]{0,8}|[a-c é]{0,40}", 2..6), number in any::<u64>()) {
            let text = row(Profile::Machine, |row| { for cell in &cells { row.text(cell.as_bytes()); } row.number(number); });
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            let expected: Vec<_> = cells.iter().cloned().chain([number.to_string()]).collect();
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), expected);
        }
    }
}
