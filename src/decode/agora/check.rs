//! Judges the fields of one record, as far as they stand for themselves.
//!
//! What enters: a record in the order of the text form, and its type. What leaves: notes, by the columns of the rows.
//! What is refused: a field that is missing, too long, or not in its form.

use super::super::row::{Note, TableRow};
use super::layout::{Form, Record};
use crate::diagnostic::{Arguments, Code};
use crate::format::{DateForm, Registry, Resolution};
use crate::model::{ManufacturerId, Moment};

/// The text of a field, without blanks at its ends.
pub(super) fn text(row: &TableRow, place: usize) -> String {
    String::from_utf8_lossy(row.cell(place)).trim().to_owned()
}

/// What is wrong with the fields of a record, in their order.
pub(super) fn faults(row: &TableRow, record: Record, registry: &Registry, found: &mut Vec<Note>) {
    let fields = record.fields();
    for (place, field) in (1..).zip(fields) {
        let cell = row.cell(place).trim_ascii();
        if !cell.is_empty() {
            let fault = fault(cell, field.form, registry);
            let note = |(code, arguments)| Note { arguments, ..Note::plain(Some(field.column), code) };
            found.extend(fault.map(note));
        } else if field.must {
            found.push(Note::plain(Some(field.column), Code::FieldMissing));
        }
    }
    surplus(row, fields.len() + 1, found);
}

/// What is wrong with a field that is filled.
fn fault(cell: &[u8], form: Form, registry: &Registry) -> Option<(Code, Arguments)> {
    let text = || String::from_utf8_lossy(cell);
    let unless = |is_right: bool, code| (!is_right).then(|| (code, Arguments::none()));
    match form {
        Form::Elsewhere => None,
        Form::Text(most) => too_long(cell, most),
        Form::Manufacturer => manufacturer(&text(), registry).err(),
        Form::Day if DateForm::Iso.read(cell).is_some() => None,
        Form::Day => Some((Code::DateInvalid, Arguments::none().with_date_form("form", DateForm::Iso.pattern()))),
        Form::LineNumber => unless(number(cell).is_some(), Code::LineNumberInvalid),
        Form::Country => unless(registry.country(&text()).is_some(), Code::CountryUnknown),
        // Only a header has these, and what is wrong with it is told otherwise.
        Form::Moment => unless(Moment::parse(&text()).is_some(), Code::AgoraHeaderInvalid),
        Form::Currency => unless(is_currency(cell), Code::AgoraHeaderInvalid),
    }
}

/// What is said of a text that is too long. Only one with more bytes than characters are allowed is looked at twice.
fn too_long(cell: &[u8], most: usize) -> Option<(Code, Arguments)> {
    if cell.len() <= most {
        return None;
    }
    let found = String::from_utf8_lossy(cell).chars().count();
    (found > most).then(|| (Code::TextTooLong, Arguments::none().with("found", found).with("maximum", most)))
}

/// Filled fields behind the last one that the record has.
fn surplus(row: &TableRow, width: usize, found: &mut Vec<Note>) {
    if row.len() <= width {
        return;
    }
    let filled: Vec<_> = (width..row.len()).map(|place| text(row, place)).filter(|text| !text.is_empty()).collect();
    if !filled.is_empty() {
        let arguments = Arguments::none().with("found", row.len()).with("expected", width);
        found.push(Note { value: filled.join(" | "), arguments, ..Note::plain(None, Code::SurplusCells) });
    }
}

/// The manufacturer that a text means, or what is to be said of it.
pub(super) fn manufacturer(text: &str, registry: &Registry) -> Result<ManufacturerId, (Code, Arguments)> {
    match registry.manufacturer(text) {
        Resolution::One(id) => Ok(id),
        Resolution::Several(ids) => {
            let name = |id: &ManufacturerId| {
                registry.manufacturer_name(*id).map_or_else(|| id.to_string(), |name| format!("{id} {name}"))
            };
            let names: Vec<_> = ids.iter().map(name).collect();
            Err((Code::ManufacturerAmbiguous, Arguments::none().with("candidates", names.join(", "))))
        }
        Resolution::None { suggestion } => {
            let arguments = Arguments::none();
            let arguments =
                suggestion.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
            Err((Code::ManufacturerUnknown, arguments))
        }
    }
}

/// A whole number of digits.
pub(super) fn number(cell: &[u8]) -> Option<u64> {
    let text = str::from_utf8(cell.trim_ascii()).ok()?;
    text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Whether it has the shape of ISO 4217.
fn is_currency(cell: &[u8]) -> bool {
    cell.len() == 3 && cell.iter().all(u8::is_ascii_uppercase)
}
