//! `created.csv`: the entries of a deposit that are created, with the sender's own columns.

use super::csv::{Profile, Row};
use crate::delimited::Charset;
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
            let mut dates = draft.dates().iter().filter(|dated| dated.row == place).peekable();
            for (column, form) in self.forms.iter().enumerate() {
                let cell = draft.cell(place, column);
                let date = dates.next_if(|each| each.column == column);
                match (form, date.and_then(|each| each.reading.value())) {
                    (Form::Day, Some(date)) => drop(row.day(Some(date.day()))),
                    (Form::DayTime, Some(date)) => drop(row.day_time(date)),
                    (Form::Reference, _) => drop(row.raw(self.in_capitals(cell, decoded))),
                    (Form::Country, _) => {
                        let number = self.rules.country_of_letters(cell);
                        row.raw(number.map_or(cell, str::as_bytes));
                    }
                    (Form::Parts, _) if !cell.is_empty() => {
                        self.parts(cell, decoded);
                        row.raw(decoded);
                    }
                    _ if cell.is_ascii() => drop(row.raw(cell)),
                    _ => {
                        decoded.clear();
                        self.charset.decode_into(cell, decoded);
                        row.raw(decoded);
                    }
                }
            }
            row.end();
        }
    }

    fn in_capitals<'o>(&self, cell: &[u8], decoded: &'o mut Vec<u8>) -> &'o [u8] {
        decoded.clear();
        self.charset.decode_into(cell, decoded);
        decoded.make_ascii_uppercase();
        decoded
    }

    /// A list of parts as it is compared: references trimmed and in capitals.
    fn parts(&self, list: &[u8], decoded: &mut Vec<u8>) {
        decoded.clear();
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
    }
}
