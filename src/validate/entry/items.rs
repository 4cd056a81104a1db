//! What an entry has several of: parts and status codes.

use super::Findings;
use crate::diagnostic::{Arguments, Code, Severity};
use crate::format::{FieldId, Item, Key, StatusNeed};
use crate::map::{part_list, whole};
use crate::model::ManufacturerId;

/// Judges parts and status codes. Gives the number of parts and their quantities added up.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) -> (u64, u64) {
    let (mut parts, mut quantity) = (0, 0);
    let list = findings.cell(0, Key::Parts);
    if !list.is_empty() {
        (parts, quantity) = listed(findings, list);
    }
    if findings.terms.reader.mapping.repeats() {
        let (more, sum) = by_row(findings);
        if more > 0 && parts > 0 {
            findings.fault(0, Key::Parts, Code::RepeatConflict, Arguments::none());
        }
        parts += more;
        quantity += sum;
        statuses(findings);
    }
    (parts, quantity)
}

/// Parts in one cell.
#[inline]
fn listed(findings: &mut Findings<'_, '_, '_>, list: &[u8]) -> (u64, u64) {
    let (mut parts, mut quantity) = (0, 0);
    let (before, faulty) = (findings.found.len(), findings.faulty);
    for part in part_list(list) {
        let Some(part) = part else {
            // A malformed list names no parts, unknown or not.
            findings.found.truncate(before);
            findings.faulty = faulty;
            findings.fault(0, Key::Parts, Code::PartsFormat, Arguments::none());
            return (0, 0);
        };
        parts += 1;
        quantity += u64::from(part.quantity);
        let trimmed = findings.terms.reader.charset.trim(part.reference);
        if let Some(id) = findings.manufacturer
            && !is_known(findings, id, trimmed)
        {
            let typed = findings.text(part.reference);
            unknown(findings, 0, Key::Parts, id, typed);
        }
    }
    (parts, quantity)
}

/// Whether the manufacturer has a part of this trimmed reference.
#[inline]
fn is_known(findings: &Findings<'_, '_, '_>, id: ManufacturerId, reference: &[u8]) -> bool {
    let catalogue = findings.terms.catalogue;
    let reference = findings.terms.reader.charset.utf8(reference);
    catalogue.find_bytes(&reference).is_some_and(|first| catalogue.at_manufacturer(first, id).is_some())
}

/// A part that is not in the catalogue; of a manufacturer of whom the catalogue has nothing, that is no fault.
#[cold]
fn unknown(findings: &mut Findings<'_, '_, '_>, row: usize, key: Key, id: ManufacturerId, typed: String) {
    let is_listed = findings.terms.catalogue.manufacturers().contains(&id);
    let severity = if is_listed { Severity::Error } else { Severity::Warning };
    let reader = &findings.terms.reader;
    let shown = reader.fields.get(findings.key(key)).shown(reader.mapping.kind);
    let arguments = Arguments::none().with("manufacturer", id).with("field", shown);
    findings.note(row, Code::PartUnknown, severity, findings.column(key), typed, arguments);
}

/// Parts that stand in columns of their own.
fn by_row(findings: &mut Findings<'_, '_, '_>) -> (u64, u64) {
    let (mut parts, mut quantity) = (0, 0);
    let mut seen: Vec<(&[u8], bool)> = Vec::new();
    let forbids_bill = findings.terms.rules.allows_bill(findings.cell(0, Key::ClaimMode)) == Some(false);
    for row in 0..findings.draft.rows().len() {
        if has(findings, row, Item::Part) {
            parts += 1;
            let field = findings.terms.reader.fields.get(findings.key(Key::PartQuantity));
            quantity += u64::from(whole(findings.cell(row, Key::PartQuantity), field.maximum).unwrap_or(0));
            let reference = reference(findings, row, Key::PartReference);
            let has_bill = !findings.cell(row, Key::PartBillNumber).is_empty();
            if has_bill && forbids_bill {
                findings.fault(row, Key::PartBillNumber, Code::BillNumber, Arguments::none());
            }
            let is_ordered = !findings.cell(row, Key::PartOrderNumber).is_empty();
            let to_be_ordered = findings.terms.rules.flag(findings.cell(row, Key::PartToBeOrdered)) == Some(true);
            let is_repeated = seen.iter().any(|(other, bill)| *other == reference && *bill != has_bill);
            if (is_ordered && to_be_ordered) || (is_repeated && !reference.is_empty()) {
                let arguments = Arguments::none().with("reference", findings.text(reference));
                findings.fault(row, Key::PartReference, Code::PartOrderedAndClaimed, arguments);
            }
            seen.push((reference, has_bill));
        }
        if has(findings, row, Item::StatusPart) {
            reference(findings, row, Key::StatusPartReference);
        }
    }
    (parts, quantity)
}

/// The reference of a part, which must be there and be known.
fn reference<'f>(findings: &mut Findings<'f, '_, '_>, row: usize, key: Key) -> &'f [u8] {
    let reference = findings.cell(row, key);
    match findings.manufacturer {
        _ if reference.is_empty() => findings.fault(row, key, Code::Mandatory, Arguments::none()),
        Some(id) if !is_known(findings, id, reference) => {
            let typed = findings.column(key).map(|column| findings.draft.rows()[row].record.cell(column));
            let typed = typed.map(|cell| cell.text(findings.terms.reader.charset)).unwrap_or_default();
            unknown(findings, row, key, id, typed);
        }
        _ => {}
    }
    reference
}

/// Whether a row holds anything of a kind.
fn has(findings: &Findings<'_, '_, '_>, row: usize, item: Item) -> bool {
    let reader = findings.terms.reader;
    let is_item = |field: FieldId| reader.fields.get(field).item == item;
    reader.mapping.mapped().any(|(column, field)| is_item(field) && !findings.draft.cell(row, column).is_empty())
}

/// Status codes, each with what it asks for. In XML and JSON its parts stand in the rows behind it; elsewhere on its own row.
fn statuses(findings: &mut Findings<'_, '_, '_>) {
    let rows = findings.draft.rows().len();
    for row in (0..rows).filter(|row| has(findings, *row, Item::Status)).collect::<Vec<_>>() {
        let code = findings.cell(row, Key::StatusCode);
        let end = (row + 1..rows).find(|next| has(findings, *next, Item::Status)).unwrap_or(rows);
        match findings.terms.rules.status(code) {
            _ if code.is_empty() => findings.fault(row, Key::StatusCode, Code::Mandatory, Arguments::none()),
            None => findings.fault(row, Key::StatusCode, Code::StatusUnknown, Arguments::none()),
            Some(StatusNeed::Platform) => {
                let arguments = Arguments::none().with("reserved", findings.text(code));
                findings.fault(row, Key::StatusCode, Code::StatusUnknown, arguments);
            }
            Some(StatusNeed::Appointment) => {
                for key in [Key::AppointmentDate, Key::AppointmentEndDate] {
                    if findings.cell(row, key).is_empty() {
                        findings.fault(row, key, Code::AppointmentMissing, Arguments::none());
                    }
                }
            }
            Some(StatusNeed::Part(severity)) => status_parts(findings, row, end, severity),
            Some(StatusNeed::Nothing) => {}
        }
    }
}

/// The parts of a status code that asks for some: at least one, with the number of its order.
fn status_parts(findings: &mut Findings<'_, '_, '_>, row: usize, end: usize, severity: Severity) {
    let own: Vec<_> = (row..end).filter(|row| has(findings, *row, Item::StatusPart)).collect();
    let (rows, reference, order) = if own.is_empty() && !findings.terms.content_is_identity {
        (vec![row], Key::PartReference, Key::PartOrderNumber)
    } else {
        (own, Key::StatusPartReference, Key::StatusPartOrderNumber)
    };
    if rows.iter().all(|row| findings.cell(*row, reference).is_empty()) {
        findings.fault(row, reference, Code::PartOrderMissing, Arguments::none());
    }
    for row in rows {
        if !findings.cell(row, reference).is_empty() && findings.cell(row, order).is_empty() {
            findings.field(row, findings.key(order), Code::PartOrderMissing, severity, Arguments::none());
        }
    }
}
