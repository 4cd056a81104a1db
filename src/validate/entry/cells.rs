//! Cells that can be judged by themselves. An empty cell is never at fault here.

use super::{Findings, own_fields};
use crate::diagnostic::{Arguments, Code, Severity};
use crate::format::{EntryField, FieldId, Item, ValueKind};
use crate::map::whole;
use crate::model::Money;

/// Judges every cell of the entry, those of its parts and status codes in each of its records.
#[inline]
pub(super) fn check(findings: &mut Findings<'_, '_, '_>) {
    let reader = findings.terms.reader;
    for &(column, field) in reader.columns.judged() {
        let facts = reader.fields.get(field);
        if facts.item == Item::Entry {
            let text = findings.draft.cell(0, column);
            if !text.is_empty() {
                judge(findings, 0, field, facts, text);
            }
            continue;
        }
        for row in 0..findings.draft.rows().len() {
            let text = findings.draft.cell(row, column);
            if !text.is_empty() {
                judge(findings, row, field, facts, text);
            }
        }
    }
    if findings.draft.rows().len() > 1 {
        repeated(findings);
    }
}

/// Notes cells of further records that are neither empty nor the same as on the first one.
fn repeated(findings: &mut Findings<'_, '_, '_>) {
    for (column, field) in own_fields(findings.terms) {
        for row in 1..findings.draft.rows().len() {
            let text = findings.draft.cell(row, column);
            if !text.is_empty() && text != findings.draft.cell(0, column) {
                fault(findings, row, field, Code::RepeatConflict, Arguments::none());
            }
        }
    }
}

fn fault(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, code: Code, arguments: Arguments) {
    findings.field(row, field, code, code.severity(), arguments);
}

#[inline]
fn judge(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, facts: &EntryField, text: &[u8]) {
    let rules = findings.terms.rules;
    let none = Arguments::none;
    match facts.kind {
        ValueKind::Serial => serial(findings, row, field, text),
        ValueKind::Title if !rules.is_title(text) => fault(findings, row, field, Code::TitleInvalid, none()),
        ValueKind::Country if !is_country(findings, field, text) => {
            fault(findings, row, field, Code::CountryInvalid, none());
        }
        ValueKind::Email if !is_email(text) => fault(findings, row, field, Code::EmailInvalid, none()),
        ValueKind::Whole => number(findings, row, field, facts, text),
        ValueKind::Money if Money::parse(text).is_none() => fault(findings, row, field, Code::PriceInvalid, none()),
        ValueKind::Origin if !rules.is_origin(text) => {
            fault(findings, row, field, Code::OriginInvalid, none().with("possible", rules.origins()));
        }
        ValueKind::Mode if rules.allows_bill(text).is_none() => {
            fault(findings, row, field, Code::ValueInvalid, none().with("possible", rules.modes()));
        }
        ValueKind::Flag if rules.flag(text).is_none() => {
            fault(findings, row, field, Code::ValueInvalid, none().with("possible", rules.flags()));
        }
        ValueKind::Condition => condition(findings, row, field, text),
        ValueKind::Iris => iris(findings, row, field, text),
        _ => {}
    }
}

/// A country by its number, or by letters in a column that does so throughout.
#[inline]
fn is_country(findings: &Findings<'_, '_, '_>, field: FieldId, text: &[u8]) -> bool {
    let (rules, mapping) = (findings.terms.rules, findings.terms.reader.mapping);
    let is_lettered = || mapping.column(field).is_some_and(|column| mapping.is_lettered(column));
    rules.is_country(text) || (is_lettered() && rules.country_of_letters(text).is_some())
}

/// A serial number of the manufacturer's length, in characters.
#[inline]
fn serial(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, text: &[u8]) {
    let Some((least, most)) = findings.rules.serial_length else { return };
    let length = if text.is_ascii() { text.len() } else { findings.terms.reader.charset.decode(text).chars().count() };
    if (least..=most).contains(&length) {
        return;
    }
    let expected = if least == most { least.to_string() } else { format!("{least}–{most}") };
    let arguments = Arguments::none().with("found", length).with("expected", expected);
    fault(findings, row, field, Code::SerialLength, arguments);
}

/// A whole number in its range, and not far beyond what is usual.
#[inline]
fn number(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, facts: &EntryField, text: &[u8]) {
    let Some(number) = whole(text, facts.maximum).filter(|number| *number >= facts.minimum) else {
        let arguments = Arguments::none().with("minimum", facts.minimum).with("maximum", facts.maximum);
        return fault(findings, row, field, Code::NumberInvalid, arguments);
    };
    if let Some(usual) = facts.doubt.filter(|usual| number > *usual) {
        fault(findings, row, field, Code::NumberDoubtful, Arguments::none().with("usual", usual));
    }
}

/// A condition that is the one that follows from the type of repair.
fn condition(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, text: &[u8]) {
    let Some(known) = findings.repair_type else { return };
    if !known.condition.is_empty() && !text.eq_ignore_ascii_case(known.condition.as_bytes()) {
        let arguments = Arguments::none().with("expected", &known.condition);
        fault(findings, row, field, Code::ConditionCode, arguments);
    }
}

/// A code of IRIS in one of its usual forms.
#[inline]
fn iris(findings: &mut Findings<'_, '_, '_>, row: usize, field: FieldId, text: &[u8]) {
    let Some(pattern) = findings.rules.patterns.iter().find(|pattern| pattern.field == field) else { return };
    if !pattern.shapes.iter().any(|shape| shape.matches(text)) {
        let severity: Severity = pattern.severity;
        findings.field(row, field, Code::IrisFormat, severity, Arguments::none());
    }
}

/// `name@host.tld` in its plain form: letters, digits and `._%+-`, then labels of letters, digits and hyphens, the last of
/// two letters at least.
fn is_email(text: &[u8]) -> bool {
    let is = |c: &u8, what: u8| SIGNS[usize::from(*c)] & what != 0;
    let name = text.iter().take_while(|c| is(c, NAME)).count();
    let Some((b'@', host)) = text[name..].split_first() else { return false };
    let top = host.iter().rev().take_while(|c| is(c, LETTER)).count();
    let Some((b'.', labels)) = host[..host.len() - top].split_last() else { return false };
    // A dot stands between two labels, and none of them is empty.
    let mut before = b'.';
    let is_label = |c: &u8| {
        let is_empty = *c == b'.' && before == b'.';
        before = *c;
        is(c, LABEL) && !is_empty
    };
    name > 0 && top >= 2 && !labels.is_empty() && labels.iter().all(is_label) && before != b'.'
}

/// In the name of an e-mail address; in its host, dots counted in; a letter.
const NAME: u8 = 1;
const LABEL: u8 = 2;
const LETTER: u8 = 4;

/// What each byte may be in an e-mail address.
static SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut c = 0_u8;
    while c < 128 {
        signs[c as usize] = match c {
            b'a'..=b'z' | b'A'..=b'Z' => NAME | LABEL | LETTER,
            b'0'..=b'9' | b'-' | b'.' => NAME | LABEL,
            b'_' | b'%' | b'+' => NAME,
            _ => 0,
        };
        c += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_only() {
        for text in ["a@b.fr", "c.lient-12%+_@sav-atelier.example", "A@b.c.DE"] {
            assert!(is_email(text.as_bytes()), "{text}");
        }
        for text in [
            "dupont",
            "a@b",
            "é.leger@free.example",
            "x y@free.example",
            "a@@free.example",
            "a@free.",
            "@free.example",
            "a@b..fr",
            "a@b.f",
            "a@.fr",
            "a@b.f1",
            "",
        ] {
            assert!(!is_email(text.as_bytes()), "{text}");
        }
    }
}
