//! Whose appliance it is, and the type of its repair, which only the manufacturer can allow.

use super::Findings;
use crate::diagnostic::{Arguments, Code};
use crate::format::{Key, Resolution};
use crate::model::ManufacturerId;

/// Finds the manufacturer and the type of repair, and judges both.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) {
    manufacturer(findings);
    let text = findings.cell(0, Key::InterventionTypeId);
    findings.repair_type = findings.rules.repair_types.iter().find(|each| each.id.as_bytes() == text);
    if let Some(id) = findings.manufacturer
        && findings.repair_type.is_none()
        && !text.is_empty()
    {
        not_allowed(findings, id);
    }
}

/// Finds the manufacturer, by its id alone: a name is none. One that nobody knows is a fault, and its rules are passed over.
#[inline]
fn manufacturer(findings: &mut Findings<'_, '_, '_>) {
    let text = findings.cell(0, Key::ManufacturerId);
    if text.is_empty() {
        return;
    }
    let known = ManufacturerId::parse(text).and_then(|id| findings.terms.rules.of(id).map(|rules| (id, rules)));
    let Some((id, rules)) = known else {
        let arguments = match findings.terms.registry.manufacturer(&findings.text(text)) {
            Resolution::One(id) => Arguments::none().with("suggestion", id),
            _ => Arguments::none(),
        };
        return findings.fault(0, Key::ManufacturerId, Code::ManufacturerUnknown, arguments);
    };
    findings.rules = rules;
    findings.manufacturer = Some(id);
    if findings.terms.account.is_some_and(|account| !account.may_order_from(id)) {
        let arguments = Arguments::none().with("manufacturer", findings.terms.registry.manufacturer_title(id));
        findings.fault(0, Key::ManufacturerId, Code::ManufacturerNotAuthorised, arguments);
    }
}

/// A type of repair that the manufacturer does not have; one whose types are not known is not judged.
#[cold]
fn not_allowed(findings: &mut Findings<'_, '_, '_>, id: ManufacturerId) {
    let types = &findings.rules.repair_types;
    let arguments = Arguments::none().with("manufacturer", id);
    if types.is_empty() {
        return findings.fault(0, Key::InterventionTypeId, Code::RepairTypesMissing, arguments);
    }
    let possible = types.iter().map(|each| each.id.as_str()).collect::<Vec<_>>().join(", ");
    findings.fault(0, Key::InterventionTypeId, Code::TypeNotAllowed, arguments.with("possible", possible));
}
