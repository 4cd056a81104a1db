//! Whether a record can be judged at all: its cells, their length, their characters.

use super::{Findings, Terms};
use crate::diagnostic::{Arguments, Code};
use crate::model::Field;

/// `false` when no other check makes sense.
#[inline]
pub(super) fn check(findings: &mut Findings<'_>, terms: &Terms<'_>) -> bool {
    let record = findings.draft.record;
    if record.is_unclosed() {
        let charset = findings.reader.charset();
        let text = record.cells().map(|cell| cell.text(charset)).find(|text| text.starts_with('"')).unwrap_or_default();
        findings.record(Code::QuoteUnclosed, text, Arguments::none());
        return false;
    }
    if record.len() < terms.width && !terms.pad_short_lines {
        let arguments = Arguments::none().with("found", record.len()).with("expected", terms.width);
        findings.record(Code::LineTooShort, record.len().to_string(), arguments);
        return false;
    }
    if record.len() > terms.width && terms.width > 0 {
        surplus(findings, terms);
    }
    let most = terms.limits.cell_bytes;
    let long = record.extent() > most && record.cells().any(|cell| cell.len() > most);
    if long {
        too_long(findings, terms);
    }
    !long
}

/// Filled cells beyond the last heading; empty ones are what spreadsheets leave behind.
fn surplus(findings: &mut Findings<'_>, terms: &Terms<'_>) {
    let record = findings.draft.record;
    let charset = findings.reader.charset();
    let filled: Vec<_> = (terms.width.max(findings.reader.mapping().headings().len())..record.len())
        .map(|place| record.cell(place).text(charset))
        .filter(|text| !text.trim().is_empty())
        .collect();
    if !filled.is_empty() {
        let arguments = Arguments::none().with("found", record.len()).with("expected", terms.width);
        findings.record(Code::SurplusCells, filled.join(" | "), arguments);
    }
}

#[cold]
fn too_long(findings: &mut Findings<'_>, terms: &Terms<'_>) {
    let record = findings.draft.record;
    for (place, cell) in record.cells().enumerate().filter(|(_, cell)| cell.len() > terms.limits.cell_bytes) {
        let arguments = Arguments::none().with("found", cell.len()).with("maximum", terms.limits.cell_bytes);
        let beginning = cell.text(findings.reader.charset()).chars().take(80).collect();
        findings.note(Code::CellTooLong, Some(place), beginning, arguments);
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
