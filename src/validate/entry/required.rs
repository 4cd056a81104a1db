//! What has to be given.

use super::Findings;
use crate::diagnostic::{Arguments, Code, Severity};
use crate::format::{Key, Requirement};

/// Notes each required field that is empty. Where several rules are about one field, one whose condition holds counts
/// before one without a condition.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) {
    let required = &findings.rules.required[findings.terms.reader.mapping.kind as usize];
    if !required.are_met(findings.draft.filled()) {
        one_by_one(findings, required.rules());
    }
}

#[cold]
fn one_by_one(findings: &mut Findings<'_, '_, '_>, rules: &[Requirement]) {
    let mapping = findings.terms.reader.mapping;
    for required in rules {
        if required.fields.iter().all(|field| findings.draft.field(0, *field, mapping).is_empty()) {
            missing(findings, required);
        }
    }
}

fn missing(findings: &mut Findings<'_, '_, '_>, required: &Requirement) {
    let terms = findings.terms;
    let Some(field) = required.fields.first().copied() else { return };
    if terms.content_is_identity && field == findings.key(Key::ReportNumber) {
        return;
    }
    if terms.rules.default_country.is_some() && field == findings.key(Key::Country) {
        return;
    }
    let holds = |rule: &Requirement| {
        rule.when.as_ref().is_none_or(|(field, value)| {
            findings.draft.field(0, *field, terms.reader.mapping).eq_ignore_ascii_case(value.as_bytes())
        })
    };
    let all = findings.rules.required[terms.reader.mapping.kind as usize].rules();
    let is_overruled = required.when.is_none()
        && all.iter().any(|rule| rule.fields == required.fields && rule.when.is_some() && holds(rule));
    if holds(required) && !is_overruled {
        let names: Vec<_> = required.fields.iter().map(|field| shown(findings, *field)).collect();
        let arguments = Arguments::none().with("field", names.join(" | "));
        let severity: Severity = required.severity;
        let place = required.fields.iter().copied().find(|field| terms.reader.mapping.column(*field).is_some());
        findings.field(0, place.unwrap_or(field), Code::Mandatory, severity, arguments);
    }
}

fn shown(findings: &Findings<'_, '_, '_>, field: crate::format::FieldId) -> String {
    let reader = &findings.terms.reader;
    reader.fields.get(field).shown(reader.mapping.kind)
}
