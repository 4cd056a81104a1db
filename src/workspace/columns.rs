//! Small tables whose headings are data: answers of manufacturers, price lists, lists of draft invoices.
//!
//! What enters: rows as text and a format of `formats/response/`. What leaves: cells by field, and their values.
//! What is refused: a table that lacks a column it cannot go without; a cell that is not what its column holds.

use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::format::{DateForm, ResponseField, ResponseFormat};
use crate::model::{Day, Money};

/// Which column holds which field.
pub(super) struct Columns {
    fields: Vec<Option<ResponseField>>,
    headings: Vec<String>,
}

impl Columns {
    /// The columns of a heading; an error names the fields of which none is there.
    pub(super) fn of(heading: &[String], format: &ResponseFormat, path: &str) -> Result<Self> {
        let mut fields: Vec<Option<ResponseField>> = Vec::new();
        for text in heading {
            // The first column of two with the same meaning counts.
            let field = format.field(text).filter(|field| !fields.contains(&Some(*field)));
            fields.push(field);
        }
        let is_missing = |group: &&Vec<ResponseField>| !group.iter().any(|field| fields.contains(&Some(*field)));
        let missing: Vec<_> = format
            .required
            .iter()
            .filter(is_missing)
            .map(|group| group.iter().map(|field| field.name()).collect::<Vec<_>>().join(" | "))
            .collect();
        if missing.is_empty() {
            return Ok(Self { fields, headings: heading.to_vec() });
        }
        let arguments = Arguments::none().with("path", path).with("fields", missing.join(", "));
        Err(Error::new(Code::ResponseUnreadable, arguments))
    }
}

/// The cells of a row, by field.
pub(super) struct Cells<'c> {
    pub(super) columns: &'c Columns,
    pub(super) texts: &'c [String],
    pub(super) row: u64,
}

impl Cells<'_> {
    /// The text of a field; empty when there is none.
    pub(super) fn text(&self, field: ResponseField) -> &str {
        let column = self.columns.fields.iter().position(|each| *each == Some(field));
        column.and_then(|column| self.texts.get(column)).map_or("", String::as_str)
    }

    /// The value of a field; none when its cell is empty.
    pub(super) fn read<T>(
        &self,
        field: ResponseField,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> std::result::Result<Option<T>, Diagnostic> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        read(text).map(Some).ok_or_else(|| {
            let column = self.columns.fields.iter().position(|each| *each == Some(field));
            let heading = column.and_then(|column| self.columns.headings.get(column)).map_or("", String::as_str);
            let arguments = Arguments::none().with("column", heading).with("value", text);
            let code = Code::ResponseValueInvalid;
            Diagnostic::new(code, self.row, column, text.to_owned(), arguments)
        })
    }

    /// The same, where one fault spoils the file.
    pub(super) fn value<T>(&self, field: ResponseField, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        self.read(field, read).map_err(|fault| Error::new(fault.code, fault.arguments))
    }
}

/// A whole number.
pub(super) fn whole(text: &str) -> Option<u64> {
    let is_number = text.len() <= 9 && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// A price, perhaps with the sign of its currency.
pub(super) fn price(text: &str) -> Option<Money> {
    let bare = text.trim_end_matches('€').trim_end_matches("EUR").trim();
    Money::parse(bare.as_bytes())
}

/// A day, in any of the forms that cannot be confused.
pub(super) fn day(text: &str) -> Option<Day> {
    DateForm::ALL.into_iter().find_map(|form| form.read(text.as_bytes()))
}
