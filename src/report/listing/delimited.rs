//! A list as delimited text, in the profiles of all our files.
//!
//! For programs (`machine`) the headings are the names of the columns, and words have their names, the same in every
//! language; for French Excel both are as people read them.

use std::io::{self, Write};

use super::{Listing, Value, Word};
use crate::export::{Profile, Row};
use crate::model::Language;

pub(super) fn write<R>(list: &Listing<R>, out: &mut dyn Write, profile: Profile, language: Language) -> io::Result<()> {
    let columns = list.all_columns();
    let mut line = profile.mark().to_vec();
    let mut row = Row::begin(&mut line, profile);
    for column in &columns {
        row.text(match profile {
            Profile::Machine => column.name.as_bytes(),
            Profile::ExcelFr => column.heading.get(language).as_bytes(),
        });
    }
    row.end();
    out.write_all(&line)?;
    for each in list.rows() {
        line.clear();
        let mut row = Row::begin(&mut line, profile);
        for column in &columns {
            put(&mut row, &column.value(each), profile, language);
        }
        row.end();
        out.write_all(&line)?;
    }
    Ok(())
}

fn put(row: &mut Row<'_>, value: &Value<'_>, profile: Profile, language: Language) {
    let word = |word: Word| match profile {
        Profile::Machine => word.name,
        Profile::ExcelFr => word.text.get(language),
    };
    match value {
        Value::Empty => row.raw(b""),
        Value::Text(text) => row.text(text.as_bytes()),
        // Numbers are never neutralised, negative ones neither.
        Value::Number(number) => row.raw(number.to_string().as_bytes()),
        Value::Money(amount) => row.money(*amount),
        Value::Day(day) => row.day(Some(*day)),
        Value::Moment(moment) => row.raw(moment_text(&moment.to_string(), profile).as_bytes()),
        Value::Word(each) => row.raw(word(*each).as_bytes()),
        Value::Flag(is_yes) => row.raw(word(Word::answer(*is_yes)).as_bytes()),
    };
}

/// `2026-03-04T18:05:00Z`, or `04/03/2026 18:05:00`.
fn moment_text(iso: &str, profile: Profile) -> String {
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    match profile {
        Profile::Machine => iso.to_owned(),
        Profile::ExcelFr => format!("{}/{}/{} {}", part(8, 10), part(5, 7), part(0, 4), part(11, 19)),
    }
}
