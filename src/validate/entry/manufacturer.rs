//! Whose appliance it is, and the type of its repair, which only the manufacturer can allow.

use super::Findings;
use crate::diagnostic::{Arguments, Code};
use crate::format::{Key, Resolution};
use crate::model::ManufacturerId;

/// Finds the manufacturer, by its id alone: a name is none. One that nobody knows is a fault, and its rules are passed over.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) {
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
    repair_type(findings, id);
}

/// Whether the manufacturer has this type of repair; one whose types are not known is not judged.
#[inline]
fn repair_type(findings: &mut Findings<'_, '_, '_>, id: ManufacturerId) {
    let text = findings.cell(0, Key::InterventionTypeId);
    let types = &findings.rules.repair_types;
    if text.is_empty() || types.iter().any(|each| each.id.as_bytes() == text) {
        return;
    }
    let arguments = Arguments::none().with("manufacturer", id);
    if types.is_empty() {
        return findings.fault(0, Key::InterventionTypeId, Code::RepairTypesMissing, arguments);
    }
    let possible = types.iter().map(|each| each.id.as_str()).collect::<Vec<_>>().join(", ");
    findings.fault(0, Key::InterventionTypeId, Code::TypeNotAllowed, arguments.with("possible", possible));
}
