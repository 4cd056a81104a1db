//! Which part a reference means, and what the catalogue says of it.

use super::manufacturer::{Own, name, names};
use super::{Findings, Terms};
use crate::catalogue::{Catalogue, PartId, Status, Successor};
use crate::diagnostic::{Arguments, Code};
use crate::format::DateForm;
use crate::model::Field;

/// The part; `None` with a note when there is none or more than one.
///
/// A chosen supplier or the line's own manufacturer settles a reference that several have; without them it is never
/// guessed.
#[inline]
pub(super) fn check(findings: &mut Findings<'_>, terms: &Terms<'_>, part: Option<PartId>, own: Own) -> Option<PartId> {
    let part = find(findings, terms, part, own)?;
    if let Some(account) = terms.account {
        let manufacturer = terms.catalogue.manufacturer(part);
        if !account.may_order_from(manufacturer) {
            let arguments = Arguments::none().with("manufacturer", name(terms, manufacturer));
            findings.cell(Field::Reference, Code::ManufacturerNotAuthorised, arguments);
            return None;
        }
    }
    Some(part)
}

#[inline]
fn find(findings: &mut Findings<'_>, terms: &Terms<'_>, part: Option<PartId>, own: Own) -> Option<PartId> {
    let catalogue = terms.catalogue;
    let Some(first) = part else {
        unknown(findings, terms);
        return None;
    };
    let named = if let Own::Named(id) = own { Some(id) } else { None };
    let Some(wanted) = terms.supplier.or(named) else {
        if catalogue.is_unique(first) {
            return Some(first);
        }
        if own == Own::Unclear {
            // Once the manufacturer is clear, the reference is, too: one fault, one message.
            return None;
        }
        let bearers = catalogue.bearers(first).map(|part| catalogue.manufacturer(part)).collect();
        findings.cell(
            Field::Reference,
            Code::RefAmbiguous,
            Arguments::none().with("manufacturers", names(terms, bearers)),
        );
        return None;
    };
    let found = catalogue.at_manufacturer(first, wanted);
    if found.is_none() && own != Own::Unclear {
        let owners = catalogue.bearers(first).map(|part| catalogue.manufacturer(part)).collect();
        let arguments = Arguments::none().with("owner", names(terms, owners)).with("supplier", name(terms, wanted));
        findings.cell(Field::Reference, Code::RefOtherManufacturer, arguments);
    }
    found
}

/// Notes why a reference is not in the catalogue.
#[cold]
fn unknown(findings: &mut Findings<'_>, terms: &Terms<'_>) {
    let reference = String::from_utf8_lossy(&findings.draft.reference).into_owned();
    if reference.is_empty() {
        return findings.cell(Field::Reference, Code::RefEmpty, Arguments::none());
    }
    let code = if is_mangled(&reference) { Code::RefMangled } else { Code::RefUnknown };
    let proposed =
        terms.catalogue.suggest(&reference, terms.longest_reference).map(|part| terms.catalogue.part(part).reference);
    let arguments = proposed.into_iter().fold(Arguments::none(), |arguments, near| arguments.with("suggestion", near));
    findings.cell(Field::Reference, code, arguments);
}

/// Whether a spreadsheet made a number or a date of the reference: `7,08E+07`, `01/02/2026`, `1-févr`.
///
/// Leading zeros that are lost leave a well-formed reference, which is unknown and not mangled.
fn is_mangled(reference: &str) -> bool {
    let lower = reference.to_lowercase();
    if let Some((digits, power)) = lower.split_once("e+") {
        let number = digits.bytes().filter(|c| !matches!(c, b',' | b'.')).collect::<Vec<_>>();
        return !number.is_empty()
            && number.iter().all(u8::is_ascii_digit)
            && !power.is_empty()
            && power.bytes().all(|c| c.is_ascii_digit());
    }
    let parts: Vec<_> = lower.split(['/', '-', '.']).collect();
    let digits =
        |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|c| c.is_ascii_digit());
    let is_month = |text: &str| {
        MONTHS.iter().any(|month| text.trim_end_matches('.').starts_with(month) && text.chars().count() <= 9)
    };
    match parts.as_slice() {
        [day, month, year] if lower.contains('/') => {
            digits(day, 2) && digits(month, 2) && (year.len() == 2 || year.len() == 4) && digits(year, 4)
        }
        // As a reader of workbooks gives the dates that a spreadsheet made.
        [year, _, _] if year.len() == 4 && lower.contains('-') => DateForm::Iso.read(lower.as_bytes()).is_some(),
        [day, month] | [day, month, ""] => digits(day, 2) && is_month(month) || is_month(day) && digits(month, 2),
        _ => false,
    }
}

/// Beginnings of the months as French and English spreadsheets shorten them.
const MONTHS: [&str; 18] = [
    "janv", "févr", "fevr", "mars", "avr", "mai", "juin", "juil", "août", "aout", "sept", "oct", "nov", "déc", "jan",
    "feb", "mar", "dec",
];

/// What is doubtful about a part that was found: it cannot be had, it is no longer made, the quantity does not suit it.
#[inline]
pub(super) fn doubts(findings: &mut Findings<'_>, terms: &Terms<'_>, part: PartId, quantity: Option<u32>) {
    part_doubts(terms.catalogue, part, quantity, |field, code, arguments| findings.cell(field, code, arguments));
}

/// Tells what is doubtful about ordering so many of a part. The part stays as it was ordered.
#[inline]
pub fn part_doubts(
    catalogue: &Catalogue,
    part: PartId,
    quantity: Option<u32>,
    mut tell: impl FnMut(Field, Code, Arguments),
) {
    if !catalogue.is_available(part) && catalogue.has_replacement(part) {
        replacement(catalogue, part, &mut tell);
    }
    if !catalogue.has_extras() {
        return;
    }
    let known = catalogue.part(part);
    if known.status == Status::Discontinued {
        tell(Field::Reference, Code::PartDiscontinued, Arguments::none());
    }
    let Some(quantity) = quantity else { return };
    if let Some(minimum) = known.minimum_quantity.filter(|minimum| quantity < *minimum) {
        tell(Field::Quantity, Code::QtyBelowMinimum, Arguments::none().with("minimum", minimum));
    }
    if let Some(pack) = known.pack_quantity.filter(|pack| !quantity.is_multiple_of(*pack)) {
        tell(Field::Quantity, Code::PackNotMultiple, Arguments::none().with("pack", pack));
    }
}

/// Names the end of the chain of replacements.
#[cold]
fn replacement(catalogue: &Catalogue, part: PartId, tell: &mut impl FnMut(Field, Code, Arguments)) {
    let named = match catalogue.successor(part) {
        Successor::None => return,
        Successor::Part(last) => catalogue.part(last).reference,
        Successor::Unknown(reference) => reference,
        Successor::Circle(chain) => {
            let names: Vec<_> = chain.iter().map(|part| catalogue.part(*part).reference).collect();
            let arguments = Arguments::none().with("chain", names.join(" → "));
            return tell(Field::Reference, Code::ReplacementCycle, arguments);
        }
    };
    tell(Field::Reference, Code::ReplacementAvailable, Arguments::none().with("replacement", named));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_makes_of_references() {
        for text in
            ["7,08E+07", "7.08E+11", "1E+05", "01/02/2026", "1-févr", "01-Feb", "1-févr.", "mars-26", "2026-02-01"]
        {
            assert!(is_mangled(text), "{text}");
        }
        for text in [
            "0070817965D",
            "MS-623210",
            "AS132-05",
            "E+",
            "12-345",
            "1/2",
            "EB123E+X",
            "2024-001",
            "oct",
            "12-oct-extra",
        ] {
            assert!(!is_mangled(text), "{text}");
        }
    }
}
