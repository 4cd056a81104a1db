//! Lists that are written: which columns, in which order, under which headings.
//!
//! What enters: files of `formats/export/`. What leaves: [`ExportFormat`]s.
//! What is refused: a field or a time zone that nobody knows (with the nearest known one), a field or a heading given
//! twice, a list without columns.

use super::file::ExportFile;
use super::read::{fault, invalid, toml};
use super::{Localised, fold, nearest};
use crate::diagnostic::Result;
use crate::model::{WorkOrderField, Zone};

/// The zone of a format that names none.
const ZONE: &str = "Europe/Paris";

/// A list of work orders (source: its file in `formats/export/`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFormat {
    /// The name, as in `--format NAME` and in the name of its file.
    pub name: String,
    /// What it is, in a few words.
    pub title: Localised,
    /// Whose clocks moments are written by where people read them.
    pub zone: Zone,
    /// The columns, in their order.
    pub columns: Vec<ExportColumn>,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportColumn {
    /// What stands in it.
    pub field: WorkOrderField,
    /// What stands above it.
    pub heading: String,
}

impl ExportFormat {
    /// Reads a format; `path` is only named in errors.
    pub(super) fn parse(path: &str, name: &str, text: &str) -> Result<Self> {
        let file: ExportFile = toml(path, text)?;
        let zone = file.time_zone.as_deref().unwrap_or(ZONE);
        let zone = Zone::named(zone).ok_or_else(|| {
            let known = Zone::names();
            let suggestion = nearest(zone, known.iter().map(String::as_str)).unwrap_or("?");
            invalid(path, line_with(text, zone), format_args!("time-zone = `{zone}` → {suggestion}"))
        })?;
        let mut columns: Vec<ExportColumn> = Vec::with_capacity(file.column.len());
        for column in file.column {
            let field = WorkOrderField::from_name(&column.field).ok_or_else(|| {
                let known = WorkOrderField::ALL.map(WorkOrderField::name);
                let suggestion = nearest(&column.field, known).unwrap_or("?");
                let line = line_with(text, &column.field);
                invalid(path, line, format_args!("field = `{}` → {suggestion}", column.field))
            })?;
            if columns.iter().any(|other| other.field == field) {
                return Err(fault(path, format_args!("2 × field = `{field}`")));
            }
            let folded = fold(&column.heading);
            if folded.is_empty() || columns.iter().any(|other| fold(&other.heading) == folded) {
                // Such a list could not be read back.
                return Err(fault(path, format_args!("2 × heading = `{}`", column.heading)));
            }
            columns.push(ExportColumn { field, heading: column.heading });
        }
        if columns.is_empty() {
            return Err(fault(path, "column = []"));
        }
        let title = file.title.map_or_else(
            || Localised { fr: name.to_owned(), en: name.to_owned() },
            |title| Localised { fr: title.fr, en: title.en },
        );
        Ok(Self { name: name.to_owned(), title, zone, columns })
    }
}

/// The line, from 1, on which a value stands in quotes.
fn line_with(text: &str, value: &str) -> usize {
    let quoted = [format!("\"{value}\""), format!("'{value}'")];
    text.lines().position(|line| quoted.iter().any(|each| line.contains(each))).map_or(1, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    fn parse(text: &str) -> Result<ExportFormat> {
        ExportFormat::parse("export/x.toml", "x", &format!("kind = 'work-orders'\n{text}"))
    }

    #[test]
    fn columns_come_in_the_order_of_the_file() {
        let format = parse(
            "time-zone = 'Indian/Reunion'\n[[column]]\nfield = 'Consumer.Town'\nheading = 'Ville'\n\
             [[column]]\nfield = 'MandateId'\nheading = 'No'\n",
        )
        .unwrap();
        let columns: Vec<_> = format.columns.iter().map(|each| (each.field, each.heading.as_str())).collect();
        assert_eq!(columns, [(WorkOrderField::ConsumerTown, "Ville"), (WorkOrderField::MandateId, "No")]);
        assert_eq!((format.zone.name(), format.title.en.as_str()), ("Indian/Reunion", "x"));
        assert_eq!(parse("[[column]]\nfield = 'Brand'\nheading = 'B'\n").unwrap().zone.name(), ZONE);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_was_meant() {
        for (text, cause) in [
            ("[[column]]\nfield = 'Consumer.Twon'\nheading = 'V'\n", "line 3: field = `Consumer.Twon` → Consumer.Town"),
            ("time-zone = 'Europe/Pari'\ncolumn = []\n", "line 2: time-zone = `Europe/Pari` → Europe/Paris"),
            ("column = []\n", "column = []"),
            (
                "[[column]]\nfield = 'Brand'\nheading = 'V'\n[[column]]\nfield = 'Brand'\nheading = 'W'\n",
                "2 × field = `Brand`",
            ),
            (
                "[[column]]\nfield = 'Brand'\nheading = 'É V'\n[[column]]\nfield = 'Family'\nheading = 'ev'\n",
                "2 × heading = `ev`",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().arguments.get("cause"), Some(cause));
        }
        let error = parse("titel = 1\ncolumn = []\n").unwrap_err();
        assert_eq!((error.code, error.arguments.get("suggestion")), (Code::FormatKeyUnknown, Some("title")));
    }
}
