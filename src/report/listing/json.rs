//! A list as one JSON object, written row by row.
//!
//! Amounts are text with a dot, since numbers of JSON lose decimals; days and moments are ISO 8601; words have their
//! names; what is not known is null.

use std::io::{self, Write};

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::{Column, Listing, Value};

/// The shape of the object; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Object<T> {
    kind: &'static str,
    version: u32,
    rows: T,
}

struct Rows<'l, R> {
    columns: Vec<&'l Column<R>>,
    rows: &'l [R],
}

impl<R> Serialize for Rows<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in self.rows {
            rows.serialize_element(&Cells { columns: &self.columns, row })?;
        }
        rows.end()
    }
}

struct Cells<'l, R> {
    columns: &'l [&'l Column<R>],
    row: &'l R,
}

impl<R> Serialize for Cells<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cells = serializer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            cells.serialize_entry(column.name, &column.value(self.row))?;
        }
        cells.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Money(amount) => serializer.collect_str(amount),
            Self::Day(day) => serializer.collect_str(day),
            Self::Moment(moment) => serializer.collect_str(moment),
            Self::Word(word) => serializer.serialize_str(word.name),
            Self::Flag(is_yes) => serializer.serialize_bool(*is_yes),
        }
    }
}

pub(super) fn write<R>(list: &Listing<R>, out: &mut dyn Write) -> io::Result<()> {
    let rows = Rows { columns: list.all_columns(), rows: list.rows() };
    serde_json::to_writer_pretty(&mut *out, &Object { kind: list.kind, version: VERSION, rows })?;
    out.write_all(b"\n")
}
