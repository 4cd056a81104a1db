//! STAGE 3: drafts become order lines, or diagnostics.
//!
//! What enters: a [`Draft`], the part that the catalogue has for its reference, and the [`Terms`] of the file.
//! What leaves: an [`OrderLine`] whose part, quantity and manufacturer are settled, with warnings or without; else every
//! fault of the record, never only the first. A draft of a work order becomes a work order in the same way.
//! What is refused: a record with one error. One file per kind of check.
//!
//! Drafts of repair files and warranty claims become [`CheckedEntry`]s in the same way (`entry`).

mod entry;
mod line;
mod manufacturer;
mod part;
mod shape;
mod values;
mod work_order;

pub use entry::{CheckedEntry, EntryTerms, EntryTotals, check_entry};
pub use line::{OrderLine, Terms};
pub use part::part_doubts;
pub use work_order::WorkOrderTerms;

use crate::catalogue::PartId;
use crate::diagnostic::{Arguments, Code, Diagnostic, Severity};
use crate::map::{Draft, Reader};
use crate::model::Field;

/// What is found while one record is judged.
pub struct Findings<'f> {
    reader: Reader<'f>,
    draft: &'f Draft<'f, 'f>,
    /// The physical line of the record.
    line: u64,
    found: &'f mut Vec<Diagnostic>,
    faulty: bool,
}

impl Findings<'_> {
    /// Notes a fault of a cell.
    fn cell(&mut self, field: Field, code: Code, arguments: Arguments) {
        let column = self.reader.mapping().column(field);
        let value = self.reader.cell(self.draft.record, field).text(self.reader.charset());
        self.note(code, column, value, arguments);
    }

    fn note(&mut self, code: Code, column: Option<usize>, value: String, arguments: Arguments) {
        self.faulty |= code.severity() == Severity::Error;
        self.found.push(Diagnostic::new(code, self.line, column, value, arguments));
    }
}

/// Judges a record: the order line, or `None` when it has an error. `found` gets everything that is wrong or doubtful,
/// by column. `part` is what the catalogue has for the draft's reference; `line` the physical line of the record.
#[inline]
pub fn check<'c>(
    draft: &Draft<'c, '_>,
    part: Option<PartId>,
    line: u64,
    reader: Reader<'_>,
    terms: &Terms<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<OrderLine<'c>> {
    let before = found.len();
    let mut findings = Findings { reader, draft, line, found, faulty: false };
    if !shape::check(&mut findings, terms) {
        return None;
    }
    if terms.check_characters {
        shape::characters(&mut findings);
    }
    let manufacturer = manufacturer::check(&mut findings, terms);
    let part = part::check(&mut findings, terms, part, manufacturer);
    let quantity = values::quantity(&mut findings, terms);
    values::price(&mut findings);
    let date = values::date(&mut findings, terms);
    if let (Some(part), false) = (part, findings.faulty) {
        part::doubts(&mut findings, terms, part, quantity);
        values::doubts(&mut findings, terms, part, quantity);
    }
    let faulty = findings.faulty;
    if found.len() > before + 1 {
        found[before..].sort_by_key(|each| each.column);
    }
    match (part, quantity) {
        (Some(part), Some(quantity)) if !faulty => Some(OrderLine::new(draft, reader, part, quantity, date, line)),
        _ => None,
    }
}
