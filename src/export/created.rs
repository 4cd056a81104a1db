//! `created.csv`: the entries of a deposit that are created, with the sender's own columns.

use super::csv::{Profile, Row};
use crate::delimited::{Charset, is_plain_ascii};
use crate::format::{Rules, ValueKind};
use crate::map::{EntryReader, part_list};
use crate::validate::CheckedEntry;

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Trimmed.
    Text,
    /// As `2026-03-14`.
    Day,
    /// As `2026-03-14T09:30`.
    DayTime,
    /// In capitals.
    Reference,
    /// References in capitals, without blanks around them.
    Parts,
    /// By its number.
    Country,
}

/// Writes the rows of created entries.
#[derive(Clone, Debug)]
pub struct CreatedRows<'r> {
    forms: Vec<Form>,
    rules: &'r Rules,
    charset: Charset,
}

impl<'r> CreatedRows<'r> {
    /// For the columns of a deposit.
    pub fn new(reader: &EntryReader<'_>, rules: &'r Rules) -> Self {
        let form = |column| match reader.mapping.field(column).map(|field| reader.fields.get(field).kind) {
            Some(ValueKind::Day) => Form::Day,
            Some(ValueKind::DayTime) => Form::DayTime,
            Some(ValueKind::Reference) => Form::Reference,
            Some(ValueKind::Parts) => Form::Parts,
            Some(ValueKind::Country) if reader.mapping.is_lettered(column) => Form::Country,
            _ => Form::Text,
        };
        Self { forms: (0..reader.mapping.headings().texts().len()).map(form).collect(), rules, charset: reader.charset }
    }

    /// The first row: `line`, then the sender's headings.
    pub fn heading(&self, headings: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut row = Row::begin(&mut out, Profile::Machine);
        row.raw(b"line");
        for heading in headings {
            row.raw(heading.trim().as_bytes());
        }
        row.end();
        out
    }

    /// Appends an entry: a row for each of its records, with the line it stands on.
    pub fn write(&self, entry: &CheckedEntry<'_, '_, '_>, out: &mut Vec<u8>, decoded: &mut Vec<u8>) {
        let draft = entry.draft();
        for (place, record) in draft.rows().iter().enumerate() {
            let mut row = Row::begin(out, Profile::Machine);
            row.number(record.line);
            for (column, (form, cell)) in self.forms.iter().zip(draft.cells(place)).enumerate() {
                let date = || draft.day_time(place, column);
                match form {
                    Form::Text => self.text(&mut row, cell, decoded),
                    Form::Day => match date() {
                        Some(date) => drop(row.day(Some(date.day()))),
                        None => self.text(&mut row, cell, decoded),
                    },
                    Form::DayTime => match date() {
                        Some(date) => drop(row.day_time(date)),
                        None => self.text(&mut row, cell, decoded),
                    },
                    Form::Reference => drop(row.raw(self.in_capitals(cell, decoded))),
                    Form::Country => {
                        let number = self.rules.country_of_letters(cell);
                        row.raw(number.map_or(cell, str::as_bytes));
                    }
                    Form::Parts => drop(row.raw(self.parts(cell, decoded))),
                }
            }
            row.end();
        }
    }

    /// A cell as it stands, in UTF-8.
    #[inline]
    fn text(&self, row: &mut Row<'_>, cell: &[u8], decoded: &mut Vec<u8>) {
        if is_plain_ascii(cell) {
            row.plain_text(cell);
            return;
        }
        decoded.clear();
        self.charset.decode_into(cell, decoded);
        row.raw(decoded);
    }

    fn in_capitals<'o>(&self, cell: &[u8], decoded: &'o mut Vec<u8>) -> &'o [u8] {
        decoded.clear();
        self.charset.decode_into(cell, decoded);
        decoded.make_ascii_uppercase();
        decoded
    }

    /// A list of parts as it is compared: references trimmed and in capitals.
    fn parts<'o>(&self, list: &[u8], decoded: &'o mut Vec<u8>) -> &'o [u8] {
        decoded.clear();
        // Where nothing has to be trimmed, a list is what it says.
        if list.is_ascii() && memchr::memchr2(b' ', b'\t', list).is_none() {
            decoded.extend_from_slice(list);
            decoded.make_ascii_uppercase();
            return decoded;
        }
        for (place, part) in part_list(list).flatten().enumerate() {
            if place > 0 {
                decoded.push(b'|');
            }
            let from = decoded.len();
            self.charset.decode_into(self.charset.trim(part.reference), decoded);
            decoded[from..].make_ascii_uppercase();
            decoded.push(b':');
            crate::model::write_integer(decoded, u64::from(part.quantity));
        }
        decoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    #[test]
    fn lists_of_parts_are_written_as_they_are_compared() {
        let registry = Registry::built_in();
        let rules = &registry.deposits().unwrap().rules;
        let rows = CreatedRows { forms: Vec::new(), rules, charset: Charset::WINDOWS_1252 };
        let mut decoded = Vec::new();
        for (list, written) in [
            ("", ""),
            ("ms-1:2|x2:10", "MS-1:2|X2:10"),
            (" ms-1 :2|x 2:10", "MS-1:2|X 2:10"),
            ("ms-1\t:2", "MS-1:2"),
            ("\u{e9}1\u{a0}:2", "\u{e9}1:2"),
        ] {
            let cell: Vec<_> = list.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            assert_eq!(String::from_utf8_lossy(rows.parts(&cell, &mut decoded)), written, "{list}");
        }
    }
}
