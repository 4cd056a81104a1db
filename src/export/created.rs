//! `created.csv`: the entries of a deposit that are created, with the sender's own columns.

use std::ops::Range;

use super::csv::{Profile, Row};
use crate::delimited::{Charset, is_plain_ascii};
use crate::format::{Rules, ValueKind};
use crate::map::{EntryDraft, EntryReader, part_list};
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
    /// Columns beside each other that are written in the same form; only texts are put together.
    runs: Vec<(Form, Range<usize>)>,
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
        let mut runs: Vec<(Form, Range<usize>)> = Vec::new();
        for column in 0..reader.mapping.headings().texts().len() {
            match (form(column), runs.last_mut()) {
                (Form::Text, Some((Form::Text, columns))) => columns.end += 1,
                (form, _) => runs.push((form, column..column + 1)),
            }
        }
        Self { runs, rules, charset: reader.charset }
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
            for (form, columns) in &self.runs {
                let (column, cell) = (columns.start, draft.cell(place, columns.start));
                let date = || draft.day_time(place, column);
                match form {
                    Form::Text => self.texts(&mut row, draft, place, columns.clone(), decoded),
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

    /// Texts beside each other: at once where the file has them as they are written, else one by one.
    #[inline]
    fn texts(
        &self,
        row: &mut Row<'_>,
        draft: &EntryDraft<'_, '_>,
        place: usize,
        columns: Range<usize>,
        decoded: &mut Vec<u8>,
    ) {
        let first = draft.cell(place, columns.start);
        // A cell without quotes holds no delimiter, so where that is the `;` of ours, only quotes and line ends are left.
        let is_ready = |written: &&[u8]| {
            written.get(first.len()) == Some(&b';') && memchr::memchr3(b'"', b'\r', b'\n', written).is_none()
        };
        match draft.as_written(place, columns.clone()).filter(is_ready) {
            Some(written) if written.is_ascii() => drop(row.as_written(written)),
            Some(written) => {
                decoded.clear();
                self.charset.decode_into(written, decoded);
                row.as_written(decoded);
            }
            None => columns.for_each(|column| self.text(row, draft.cell(place, column), decoded)),
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
    use crate::delimited::{Block, Dialect, Records};
    use crate::format::Registry;
    use crate::map::{DayTimeForms, EntryColumns, EntryMapping, EntryRow};
    use crate::model::DepositKind;

    #[test]
    fn texts_together_are_written_as_each_by_itself() {
        let registry = Registry::built_in();
        let deposits = registry.deposits().unwrap();
        let headings = ["Nom", "Ville", "Adresse"].map(str::to_owned).to_vec();
        let mapping = EntryMapping::assign(headings, DepositKind::Claims, &deposits.fields).unwrap();
        let charset = Charset::WINDOWS_1252;
        let columns = EntryColumns::default();
        let reader = EntryReader::new(&mapping, &deposits.fields, charset, DayTimeForms::Written, &columns);
        let rows = CreatedRows::new(&reader, &deposits.rules);
        assert_eq!(rows.runs, [(Form::Text, 0..3)]);
        for (delimiter, line, written) in [
            (b';', "a;b;c", "a;b;c\n"),
            (b';', "a;;", "a;;\n"),
            (b';', "a", "a;;\n"),
            (b';', "a;\u{e9};c", "a;\u{e9};c\n"),
            (b';', "a; b ;c", "a;b;c\n"),
            (b';', "a;b;\u{a0}c", "a;b;c\n"),
            (b';', "a;b 12\" c;d", "a;\"b 12\"\" c\";d\n"),
            (b';', "a;b\rc;d", "a;\"b\rc\";d\n"),
            (b';', "\"a;b\";c;\"d;e\"", "\"a;b\";c;\"d;e\"\n"),
            (b';', "\"a\";b;c", "a;b;c\n"),
            (b',', "a;b,c,d", "\"a;b\";c;d\n"),
            (b',', "a,b,c", "a;b;c\n"),
        ] {
            let line: Vec<_> = line.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            let mut block = Block::default();
            Records::new(&line, Dialect { delimiter, record_bytes: 1000 }).fill(&mut block, 1);
            let record = block.records(&line).next().unwrap();
            let mut draft = EntryDraft::default();
            reader.begin(&mut draft, EntryRow { record, line: 1, place: 0 });
            let (mut out, mut decoded) = (Vec::new(), Vec::new());
            let mut row = Row::begin(&mut out, Profile::Machine);
            rows.texts(&mut row, &draft, 0, 0..3, &mut decoded);
            row.end();
            assert_eq!(String::from_utf8_lossy(&out), written);
        }
    }

    #[test]
    fn lists_of_parts_are_written_as_they_are_compared() {
        let registry = Registry::built_in();
        let rules = &registry.deposits().unwrap().rules;
        let rows = CreatedRows { runs: Vec::new(), rules, charset: Charset::WINDOWS_1252 };
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
