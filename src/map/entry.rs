//! The records of one repair file or warranty claim, with their cells trimmed and their dates read.

use std::borrow::Cow;
use std::ops::Range;

use super::{DayTimeForms, EntryMapping, Reading};
use crate::delimited::{Charset, RawRecord};
use crate::format::{EntryFields, FieldId, FieldSet, Item, Key, ValueKind};
use crate::model::DayTime;

/// Turns the records of one deposit into drafts.
#[derive(Clone, Copy, Debug)]
pub struct EntryReader<'m> {
    /// Which column holds which field.
    pub mapping: &'m EntryMapping,
    /// All fields.
    pub fields: &'m EntryFields,
    /// The encoding of the cells.
    pub charset: Charset,
    /// The forms of days and times.
    pub forms: DayTimeForms,
    /// What its columns are to be looked at for.
    pub columns: &'m EntryColumns,
    /// How many columns are read.
    width: usize,
}

/// What the columns of a deposit are to be looked at for.
#[derive(Clone, Debug, Default)]
pub struct EntryColumns {
    /// Those of days and times, and whether a time belongs to them.
    dates: Vec<(usize, bool)>,
    /// Those whose cells can be at fault by themselves.
    judged: Vec<(usize, FieldId)>,
}

impl EntryColumns {
    /// By the fields that the columns hold.
    pub fn of(mapping: &EntryMapping, fields: &EntryFields) -> Self {
        let mut columns = Self::default();
        for (column, field) in mapping.mapped() {
            match fields.get(field).kind {
                ValueKind::Day => columns.dates.push((column, false)),
                ValueKind::DayTime => columns.dates.push((column, true)),
                // Judged with others, or taken as they are.
                ValueKind::Text
                | ValueKind::Manufacturer
                | ValueKind::RepairType
                | ValueKind::Reference
                | ValueKind::Parts => {}
                _ => columns.judged.push((column, field)),
            }
        }
        columns
    }

    /// Columns whose cells can be at fault by themselves, with the fields that they hold.
    pub fn judged(&self) -> &[(usize, FieldId)] {
        &self.judged
    }
}

/// A record of an entry.
#[derive(Clone, Copy, Debug)]
pub struct EntryRow<'c, 'b> {
    /// As it stands in the file.
    pub record: RawRecord<'c, 'b>,
    /// Where it stands in the file.
    pub line: u64,
    /// Where it stands in its piece.
    pub place: usize,
}

/// A day of an entry, with or without a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The row of the entry.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// What it says.
    pub reading: Reading<DayTime>,
}

/// A repair file or warranty claim as it stands in the file: one record, or one for each part or status code.
///
/// Serves entry after entry, so that its memory is used again.
#[derive(Debug, Default)]
pub struct EntryDraft<'c, 'b> {
    rows: Vec<EntryRow<'c, 'b>>,
    /// Trimmed, row after row.
    cells: Vec<Cow<'c, [u8]>>,
    width: usize,
    /// The fields that hold something in the first row.
    filled: FieldSet,
    /// Cells of days and times that are not empty, row after row.
    dates: Vec<Dated>,
}

impl<'m> EntryReader<'m> {
    /// Reads by a mapping.
    pub fn new(
        mapping: &'m EntryMapping,
        fields: &'m EntryFields,
        charset: Charset,
        forms: DayTimeForms,
        columns: &'m EntryColumns,
    ) -> Self {
        Self { mapping, fields, charset, forms, columns, width: mapping.headings().texts().len() }
    }

    /// Begins an entry with its first record.
    #[inline]
    pub fn begin<'c, 'b>(&self, draft: &mut EntryDraft<'c, 'b>, row: EntryRow<'c, 'b>) {
        draft.rows.clear();
        draft.cells.clear();
        draft.dates.clear();
        draft.width = self.width;
        self.add(draft, row);
        let filled = self.mapping.mapped().filter(|(column, _)| !draft.cell(0, *column).is_empty());
        draft.filled = filled.map(|(_, field)| field).collect();
    }

    /// Adds a further record.
    #[inline]
    pub fn add<'c, 'b>(&self, draft: &mut EntryDraft<'c, 'b>, row: EntryRow<'c, 'b>) {
        let record = row.record;
        let cells = (0..self.width).map(|column| match record.cell(column).bytes() {
            Cow::Borrowed(bytes) => Cow::Borrowed(self.charset.trim(bytes)),
            Cow::Owned(bytes) => Cow::Owned(self.charset.trim(&bytes).to_vec()),
        });
        draft.cells.extend(cells);
        let place = draft.rows.len();
        draft.rows.push(row);
        for (column, has_time) in &self.columns.dates {
            let text = draft.cell(place, *column);
            if text.is_empty() {
                continue;
            }
            let day_time =
                if *has_time { self.forms.day_time(text) } else { self.forms.day(text).map(DayTime::midnight) };
            let reading = day_time.map_or(Reading::Unreadable, Reading::Value);
            draft.dates.push(Dated { row: place, column: *column, reading });
        }
    }

    /// Whether a record goes on with the entry of the record before it: same manufacturer, same report number, and it brings
    /// a part or a status code.
    pub fn goes_on(&self, before: RawRecord<'_, '_>, record: RawRecord<'_, '_>) -> bool {
        let cell = |record: RawRecord<'_, '_>, key: Key| {
            let column = self.mapping.column(self.fields.key(key));
            column
                .map(|column| self.charset.trim(&record.cell(column).bytes()).to_vec())
                .filter(|text| !text.is_empty())
        };
        let is_same = [Key::ReportNumber, Key::ManufacturerId]
            .into_iter()
            .all(|key| cell(record, key).is_some_and(|text| cell(before, key) == Some(text)));
        is_same && self.has_item(record)
    }

    /// Whether a record holds a part or a status code.
    fn has_item(&self, record: RawRecord<'_, '_>) -> bool {
        self.mapping.mapped().any(|(column, field)| {
            self.fields.get(field).item != Item::Entry && !self.charset.trim(&record.cell(column).bytes()).is_empty()
        })
    }
}

impl<'c, 'b> EntryDraft<'c, 'b> {
    /// Its records.
    pub fn rows(&self) -> &[EntryRow<'c, 'b>] {
        &self.rows
    }

    /// How many columns are read.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A cell, trimmed; its bytes are in the encoding of the file.
    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> &[u8] {
        &self.cells[row * self.width + column]
    }

    /// The cells of a row, trimmed.
    #[inline]
    pub fn cells(&self, row: usize) -> impl Iterator<Item = &[u8]> {
        self.cells[row * self.width..][..self.width].iter().map(AsRef::as_ref)
    }

    /// Cells beside each other as they stand in the file, with the delimiters between them; none where something had to be
    /// taken away: quotes, or blanks.
    #[inline]
    pub fn as_written(&self, row: usize, columns: Range<usize>) -> Option<&'c [u8]> {
        let cells = &self.cells[row * self.width..][columns.clone()];
        let written = self.rows[row].record.unquoted(columns)?;
        let length = cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
        (length == written.len() + 1).then_some(written)
    }

    /// The cell of a field in a row; empty when it has no column.
    #[inline]
    pub fn field(&self, row: usize, field: FieldId, mapping: &EntryMapping) -> &[u8] {
        mapping.column(field).map_or(&[], |column| self.cell(row, column))
    }

    /// The fields that hold something in the first row.
    #[inline]
    pub fn filled(&self) -> &FieldSet {
        &self.filled
    }

    /// The days and times that are not empty, row after row.
    pub fn dates(&self) -> &[Dated] {
        &self.dates
    }

    /// The day and time in a cell, if they are one.
    #[inline]
    pub fn day_time(&self, row: usize, column: usize) -> Option<DayTime> {
        let dated = self.dates.iter().find(|dated| dated.row == row && dated.column == column)?;
        if let Reading::Value(day_time) = dated.reading { Some(day_time) } else { None }
    }
}

/// A whole number of digits alone, at most `maximum`; it may have one digit more than that, as leading zeros.
#[inline]
pub fn whole(text: &[u8], maximum: u32) -> Option<u32> {
    let digits = maximum.checked_ilog10().unwrap_or(0) as usize + 2;
    if text.is_empty() || text.len() > digits {
        return None;
    }
    let number =
        text.iter().try_fold(0_u64, |number, c| c.is_ascii_digit().then(|| number * 10 + u64::from(c - b'0')))?;
    u32::try_from(number).ok().filter(|number| *number <= maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_digits_only() {
        for (text, number) in [
            ("0", Some(0)),
            ("6000", Some(6000)),
            ("00015", Some(15)),
            ("000015", None),
            ("6001", None),
            ("-5", None),
            ("1,5", None),
            ("12 km", None),
            ("", None),
        ] {
            assert_eq!(whole(text.as_bytes(), 6000), number, "{text}");
        }
        assert_eq!(whole(b"4294967295", u32::MAX), Some(u32::MAX));
        assert_eq!(whole(b"4294967296", u32::MAX), None);
    }
}
