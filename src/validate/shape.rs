//! Whether a record can be judged at all: its cells, their length, their characters.

use super::{Findings, Terms};
use crate::delimited::{Charset, RawRecord};
use crate::diagnostic::{Arguments, Code};
use crate::model::Field;

/// A record and what it is measured by, whatever its fields are.
#[derive(Clone, Copy)]
pub(super) struct Shape<'c, 'b> {
    pub(super) record: RawRecord<'c, 'b>,
    pub(super) charset: Charset,
    /// How many cells it must have.
    pub(super) width: usize,
    /// How many headings there are, empty ones at the end included.
    pub(super) headings: usize,
    /// Whether it may end early.
    pub(super) may_end_early: bool,
    /// Bytes of the longest cell.
    pub(super) cell_bytes: usize,
}

/// Takes note of a fault: its code, its column, the value, what the message says beyond it.
pub(super) type Note<'n> = &'n mut dyn FnMut(Code, Option<usize>, String, Arguments);

/// `false` when no other check of an order line makes sense.
#[inline]
pub(super) fn check(findings: &mut Findings<'_>, terms: &Terms<'_>) -> bool {
    let shape = Shape {
        record: findings.draft.record,
        charset: findings.reader.charset(),
        width: terms.width,
        headings: findings.reader.mapping().headings().len(),
        may_end_early: terms.pad_short_lines,
        cell_bytes: terms.limits.cell_bytes,
    };
    shape.check(&mut |code, column, value, arguments| findings.note(code, column, value, arguments))
}

impl Shape<'_, '_> {
    /// `false` when no other check makes sense.
    #[inline]
    pub(super) fn check(self, note: Note<'_>) -> bool {
        let Self { record, width, .. } = self;
        if record.is_unclosed() {
            let texts = record.cells().map(|cell| cell.text(self.charset));
            let text = texts.into_iter().find(|text| text.starts_with('"')).unwrap_or_default();
            note(Code::QuoteUnclosed, None, text, Arguments::none());
            return false;
        }
        if record.len() < width && !self.may_end_early {
            let arguments = Arguments::none().with("found", record.len()).with("expected", width);
            note(Code::LineTooShort, None, record.len().to_string(), arguments);
            return false;
        }
        if record.len() > width && width > 0 {
            self.surplus(note);
        }
        let long = record.extent() > self.cell_bytes && record.cells().any(|cell| cell.len() > self.cell_bytes);
        if long {
            self.too_long(note);
        }
        !long
    }

    /// Filled cells beyond the last heading; empty ones are what spreadsheets leave behind.
    fn surplus(self, note: Note<'_>) {
        let record = self.record;
        let filled: Vec<_> = (self.width.max(self.headings)..record.len())
            .map(|place| record.cell(place).text(self.charset))
            .filter(|text| !text.trim().is_empty())
            .collect();
        if !filled.is_empty() {
            let arguments = Arguments::none().with("found", record.len()).with("expected", self.width);
            note(Code::SurplusCells, None, filled.join(" | "), arguments);
        }
    }

    #[cold]
    fn too_long(self, note: Note<'_>) {
        for (place, cell) in self.record.cells().enumerate().filter(|(_, cell)| cell.len() > self.cell_bytes) {
            let arguments = Arguments::none().with("found", cell.len()).with("maximum", self.cell_bytes);
            let beginning = cell.text(self.charset).chars().take(80).collect();
            note(Code::CellTooLong, Some(place), beginning, arguments);
        }
    }
}

/// Notes each mapped cell whose bytes mean nothing in the encoding; called only for chunks that hold such bytes.
pub(super) fn characters(findings: &mut Findings<'_>) {
    let charset = findings.reader.charset();
    for field in Field::ALL {
        let cell = findings.reader.cell(findings.draft.record, field);
        if !charset.is_clean(&cell.bytes()) {
            findings.cell(field, Code::EncodingInvalid, Arguments::none().with("encoding", charset.name()));
        }
    }
}
