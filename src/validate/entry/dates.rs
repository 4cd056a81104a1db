//! Days and times: that they exist, that they follow each other, that the warranty still runs.

use super::Findings;
use crate::diagnostic::{Arguments, Code};
use crate::format::Key;
use crate::map::Reading;
use crate::model::{Day, DayTime};

/// Judges all of them. Two dates are compared only when both are read.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) {
    for dated in findings.draft.dates() {
        if dated.reading == Reading::Unreadable {
            unreadable(findings, dated.row, dated.column);
        }
    }
    let read = |key: Key| findings.column(key).and_then(|column| findings.draft.day_time(0, column));
    let (purchase, call) = (read(Key::PurchaseDate).map(DayTime::day), read(Key::CallDate).map(DayTime::day));
    let (start, end) = (read(Key::InterventionStartDateTime), read(Key::InterventionEndDateTime));
    if let Some((before, _)) = purchase.zip(call).filter(|(purchase, call)| call < purchase) {
        out_of_order(findings, 0, Key::CallDate, before);
    }
    if let Some((before, _)) = call.zip(start).filter(|(call, start)| start.day() < *call) {
        out_of_order(findings, 0, Key::InterventionStartDateTime, before);
    }
    if let Some((before, _)) = start.zip(end).filter(|(start, end)| end < start) {
        out_of_order(findings, 0, Key::InterventionEndDateTime, before);
    }
    if let Some((purchase, call)) = purchase.zip(call) {
        warranty(findings, purchase, call);
    }
    if let Some(columns) = findings.column(Key::AppointmentDate).zip(findings.column(Key::AppointmentEndDate)) {
        appointments(findings, columns);
    }
}

fn out_of_order(findings: &mut Findings<'_, '_, '_>, row: usize, key: Key, before: impl std::fmt::Display) {
    findings.fault(row, key, Code::DateOrder, Arguments::none().with("before", before));
}

/// Appointments that end before they begin.
fn appointments(findings: &mut Findings<'_, '_, '_>, (start, end): (usize, usize)) {
    for row in 0..findings.draft.rows().len() {
        let (start, end) = (findings.draft.day_time(row, start), findings.draft.day_time(row, end));
        if let Some((start, _)) = start.zip(end).filter(|(start, end)| end < start) {
            out_of_order(findings, row, Key::AppointmentEndDate, start);
        }
    }
}

#[cold]
fn unreadable(findings: &mut Findings<'_, '_, '_>, row: usize, column: usize) {
    let reader = findings.terms.reader;
    let Some(field) = reader.mapping.field(column) else { return };
    let has_time = reader.fields.get(field).kind == crate::format::ValueKind::DayTime;
    let form = if has_time { reader.forms.day_time_pattern() } else { reader.forms.day_pattern() };
    let arguments = Arguments::none().with_date_form("form", form);
    findings.field(row, field, Code::DateInvalid, Code::DateInvalid.severity(), arguments);
}

/// A call after the months that the warranty lasts, where the type of repair says that it is under warranty.
#[inline]
fn warranty(findings: &mut Findings<'_, '_, '_>, purchase: Day, call: Day) {
    let months = findings.repair_type.and_then(|known| findings.rules.warranty_months.get(&known.condition));
    if let Some(months) = months
        && purchase.plus_months(*months).is_some_and(|end| call > end)
    {
        findings.fault(0, Key::CallDate, Code::WarrantyExpired, Arguments::none().with("months", months));
    }
}
