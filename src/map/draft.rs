//! A record with its fields found and its values read.

use std::borrow::Cow;

use super::{Forms, Mapping};
use crate::catalogue::Key;
use crate::delimited::{Charset, RawCell, RawRecord};
use crate::model::{Day, Field, Money};

/// What a cell says of a typed field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Nothing but blanks, or no such column.
    Empty,
    /// A value in the form of the column.
    Value(T),
    /// Something else.
    Unreadable,
}

impl<T> Reading<T> {
    /// The value, if there is one.
    #[inline]
    pub fn value(self) -> Option<T> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

/// A record whose fields are found and whose typed values are read; nothing is judged yet.
#[derive(Clone, Debug)]
pub struct Draft<'c, 'b> {
    /// The record as it stands in the file.
    pub record: RawRecord<'c, 'b>,
    /// The reference, trimmed, in UTF-8, as typed.
    pub reference: Cow<'c, [u8]>,
    /// What the catalogue is asked with.
    pub key: Key,
    /// The quantity; numbers beyond the range of `i64` are its ends.
    pub quantity: Reading<i64>,
    /// The price as the customer knows it.
    pub unit_price: Reading<Money>,
    /// The day the customer wishes delivery.
    pub desired_delivery_date: Reading<Day>,
}

/// Turns the records of one file into drafts.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'m> {
    mapping: &'m Mapping,
    charset: Charset,
    forms: Forms,
    tolerant: bool,
}

impl<'m> Reader<'m> {
    /// Reads by a mapping, in an encoding and the forms of the columns; `tolerant` takes `3,0` and `3 pcs`.
    pub fn new(mapping: &'m Mapping, charset: Charset, forms: Forms, tolerant: bool) -> Self {
        Self { mapping, charset, forms, tolerant }
    }

    /// The encoding of the cells.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// The forms of the columns.
    pub fn forms(&self) -> Forms {
        self.forms
    }

    /// Which column holds which field.
    pub fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// The cell of a field, empty when it has no column.
    #[inline]
    pub fn cell<'c>(&self, record: RawRecord<'c, '_>, field: Field) -> RawCell<'c> {
        self.mapping.column(field).map_or(RawCell::EMPTY, |column| record.cell(column))
    }

    /// Reads a record.
    #[inline]
    pub fn draft<'c, 'b>(&self, record: RawRecord<'c, 'b>) -> Draft<'c, 'b> {
        let reference = self.reference(record);
        Draft {
            record,
            key: Key::new(&reference),
            reference,
            quantity: self.read(record, Field::Quantity, |text| self.quantity(text)),
            unit_price: self.read(record, Field::UnitPrice, |text| self.price(text)),
            desired_delivery_date: self.read(record, Field::DesiredDeliveryDate, |text| self.forms.day(text)),
        }
    }

    #[inline]
    fn reference<'c>(&self, record: RawRecord<'c, '_>) -> Cow<'c, [u8]> {
        match self.cell(record, Field::Reference).bytes() {
            Cow::Borrowed(bytes) => self.charset.utf8(self.charset.trim(bytes)),
            Cow::Owned(bytes) => Cow::Owned(self.charset.utf8(self.charset.trim(&bytes)).into_owned()),
        }
    }

    #[inline]
    fn read<T>(&self, record: RawRecord<'_, '_>, field: Field, value: impl Fn(&[u8]) -> Option<T>) -> Reading<T> {
        let bytes = self.cell(record, field).bytes();
        let text = self.charset.trim(&bytes);
        if text.is_empty() {
            return Reading::Empty;
        }
        value(text).map_or(Reading::Unreadable, Reading::Value)
    }

    fn price(&self, text: &[u8]) -> Option<Money> {
        if self.forms.price.is_plain() { Money::parse(text) } else { self.forms.price.read(&self.charset.decode(text)) }
    }

    fn quantity(&self, text: &[u8]) -> Option<i64> {
        whole_number(text).or_else(|| if self.tolerant { whole_number(without_unit(text)) } else { None })
    }
}

/// Digits, a minus before them or not; beyond the range the nearest end.
#[inline]
fn whole_number(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().try_fold(0_i64, |number, c| {
        c.is_ascii_digit().then(|| number.saturating_mul(10).saturating_add(i64::from(c - b'0')))
    })?;
    Some(if negative { -number } else { number })
}

/// The number before a decimal part of zeros and a unit, as tolerant formats take it: `3,0`, `3.0`, `3 pcs`.
///
/// `1,5` and `500,000` keep their decimals and so stay unreadable (`docs/reading.md`, forms).
fn without_unit(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit() && !matches!(c, b'-' | b',' | b'.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let is_unit = unit.iter().all(|c| c.is_ascii_alphabetic() || matches!(c, b' ' | b'.' | 0xA0 | 0xC2));
    if !is_unit || number.is_empty() {
        return text;
    }
    match number.iter().position(|c| matches!(c, b',' | b'.')) {
        Some(at) if matches!(&number[at + 1..], b"0" | b"00") => &number[..at],
        Some(_) => text,
        None => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_whole_number() {
        for (text, number) in [
            ("2", Some(2)),
            ("02", Some(2)),
            ("-1", Some(-1)),
            ("99999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-", None),
            ("1,5", None),
            ("1 000", None),
            ("1e3", None),
        ] {
            assert_eq!(whole_number(text.as_bytes()), number, "{text}");
        }
    }

    #[test]
    fn tolerant_formats_take_units_and_zeros_but_no_fractions() {
        for (text, number) in [
            ("3,0", Some(3)),
            ("3.0", Some(3)),
            ("3 pcs", Some(3)),
            ("3pcs.", Some(3)),
            ("3.0 Rl", Some(3)),
            ("1,5", None),
            ("500,000", None),
            ("500,000 Stk", None),
            ("pcs", None),
            ("3 x 2", None),
        ] {
            assert_eq!(whole_number(without_unit(text.as_bytes())), number, "{text}");
        }
    }
}
