//! A file of `formats/import/` laid over the defaults.
//!
//! What enters: the keys that were given, and the format they lie over. What leaves: a complete [`Format`].
//! What is refused: a key that neither gives, and keys that contradict one another.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

use super::file::{ColumnFile, ImportFile, LimitsFile};
use super::read::{fault, invalid, line_of, toml};
use super::{Column, Decode, Doubt, Format, FormatTest, Limits, Localised, QuantityRange, Recognise, Repeats};
use crate::diagnostic::{Error, Result};
use crate::model::Field;

/// What a basket keeps of a line, and so the fields in which lines can be told apart when they are merged.
const MERGE_FIELDS: [Field; 6] = [
    Field::DeliveryAccount,
    Field::CustomerOrderNumber,
    Field::Reference,
    Field::WorkOrder,
    Field::Countermark,
    Field::DesiredDeliveryDate,
];

/// Reads a format; what it does not give is taken from `base`, and without a base everything with a default must be given.
pub(super) fn format(path: &str, name: &str, text: &str, base: Option<&Format>) -> Result<Format> {
    let file: ImportFile = toml(path, text)?;
    let missing = |key: &str| fault(path, format_args!("`{key}` = ?"));
    let columns = file.column.into_array();
    let given = &columns[Field::Quantity.index()];
    let quantity = QuantityRange {
        minimum: given
            .minimum
            .map(NonZeroU32::get)
            .or(base.map(|base| base.quantity.minimum))
            .ok_or_else(|| missing("minimum"))?,
        maximum: given
            .maximum
            .map(NonZeroU32::get)
            .or(base.map(|base| base.quantity.maximum))
            .ok_or_else(|| missing("maximum"))?,
    };
    at_home(path, &columns)?;
    let doubt = base.map(|base| base.doubt);
    let format = Format {
        name: name.to_owned(),
        title: match file.title {
            Some(title) => Localised { fr: title.fr, en: title.en },
            None => Localised { fr: name.to_owned(), en: name.to_owned() },
        },
        supplier: file.supplier.or_else(|| base.and_then(|base| base.supplier.clone())),
        one_supplier: file
            .one_supplier
            .or(base.map(|base| base.one_supplier))
            .ok_or_else(|| missing("one-supplier"))?,
        tolerant: file.tolerant.or(base.map(|base| base.tolerant)).ok_or_else(|| missing("tolerant"))?,
        accept: file.accept.or(base.map(|base| base.accept)).ok_or_else(|| missing("accept"))?,
        reject_limit: file.reject_limit.or(base.and_then(|base| base.reject_limit)),
        recognise: Recognise {
            file_name: file.recognise.file_name.unwrap_or_default(),
            header_contains: file.recognise.header_contains.unwrap_or_default(),
        },
        decode: Decode {
            encoding: file.decode.encoding.or_else(|| base.and_then(|base| base.decode.encoding.clone())),
            delimiter: file
                .decode
                .delimiter
                .map(super::file::Delimiter::byte)
                .or(base.and_then(|base| base.decode.delimiter)),
            pad_short_lines: (file.decode.pad_short_lines)
                .or(base.map(|base| base.decode.pad_short_lines))
                .ok_or_else(|| missing("pad-short-lines"))?,
            sheet: file.decode.sheet.or_else(|| base.and_then(|base| base.decode.sheet.clone())),
            record_type: (file.decode.record_type)
                .map(|text| (file.decode.record_type_column.map_or(0, |column| column.get() - 1), text))
                .or_else(|| base.and_then(|base| base.decode.record_type.clone())),
            records: file.decode.records.or_else(|| base.and_then(|base| base.decode.records.clone())),
        },
        columns: std::array::from_fn(|place| column(&columns[place], base.map(|base| &base.columns[place]))),
        merge_key: file.merge.key.or_else(|| base.map(|base| base.merge_key.clone())).ok_or_else(|| missing("key"))?,
        repeats: Repeats {
            policy: (file.repeats.policy).or(base.map(|base| base.repeats.policy)).ok_or_else(|| missing("policy"))?,
            days: (file.repeats.days).or(base.map(|base| base.repeats.days)).ok_or_else(|| missing("days"))?,
        },
        doubt: Doubt {
            quantity_factor: (file.doubt.quantity_factor.map(NonZeroU32::get))
                .or(doubt.map(|base| base.quantity_factor))
                .ok_or_else(|| missing("quantity-factor"))?,
            quantity_floor: (file.doubt.quantity_floor)
                .or(doubt.map(|base| base.quantity_floor))
                .ok_or_else(|| missing("quantity-floor"))?,
            price_factor: (file.doubt.price_factor.map(NonZeroU32::get))
                .or(doubt.map(|base| base.price_factor))
                .ok_or_else(|| missing("price-factor"))?,
        },
        limits: limits(&file.limits, base.map(|base| base.limits), missing)?,
        quantity,
        date_forms: file
            .date_forms
            .or_else(|| base.map(|base| base.date_forms.clone()))
            .ok_or_else(|| missing("date-forms"))?,
        tests: (file.test.into_iter())
            .map(|test| FormatTest {
                sample: test.sample,
                catalogue: test.catalogue,
                supplier: test.supplier,
                accepted: test.accepted,
                rejected: test.rejected,
                warned: test.warned,
            })
            .collect(),
    };
    consistent(path, text, &format)?;
    Ok(format)
}

/// Refuses keys that only one column has: the form of dates, the range of quantities.
fn at_home(path: &str, columns: &[ColumnFile; Field::COUNT]) -> Result<()> {
    for (field, column) in Field::ALL.into_iter().zip(columns) {
        let date = field == Field::DesiredDeliveryDate;
        let counted = field == Field::Quantity;
        for (key, misplaced) in [
            ("form", column.form.is_some() && !date),
            ("not-past", column.not_past.is_some() && !date),
            ("minimum", column.minimum.is_some() && !counted),
            ("maximum", column.maximum.is_some() && !counted),
        ] {
            if misplaced {
                let home =
                    if matches!(key, "form" | "not-past") { Field::DesiredDeliveryDate } else { Field::Quantity };
                return Err(fault(path, format_args!("[column.{field}] {key} → [column.{home}] {key}")));
            }
        }
    }
    Ok(())
}

/// A column over the column of the base.
fn column(file: &ColumnFile, base: Option<&Column>) -> Column {
    let base = base.cloned().unwrap_or_default();
    Column {
        headings: file.header.clone().unwrap_or(base.headings),
        position: file.position.map(|position| position.get() - 1).or(base.position),
        required: file.required.unwrap_or(base.required),
        informative: file.informative.unwrap_or(base.informative),
        form: file.form.map(|form| form.pattern().to_owned()).or(base.form),
        not_past: file.not_past.unwrap_or(base.not_past),
    }
}

/// Refuses keys that are fine alone and wrong together.
fn consistent(path: &str, text: &str, format: &Format) -> Result<()> {
    let QuantityRange { minimum, maximum } = format.quantity;
    if minimum > maximum {
        return Err(invalid(path, line_of(text, "minimum"), format_args!("minimum {minimum} > maximum {maximum}")));
    }
    for (place, column) in format.columns.iter().enumerate() {
        let taken = |other: &Column| column.position.is_some() && other.position == column.position;
        if let Some(other) = format.columns[..place].iter().position(taken) {
            let position = column.position.unwrap_or_default() + 1;
            let (one, other) = (Field::ALL[other], Field::ALL[place]);
            return Err(invalid(path, line_of(text, "position"), format_args!("position {position}: {one}, {other}")));
        }
    }
    // Lines of different references merged into one would be a lie.
    let line = line_of(text, "key");
    if !format.merge_key.contains(&Field::Reference) {
        return Err(invalid(path, line, format_args!("key: + {}", Field::Reference)));
    }
    for (place, field) in format.merge_key.iter().enumerate() {
        if !MERGE_FIELDS.contains(field) || format.merge_key[..place].contains(field) {
            return Err(invalid(path, line, format_args!("key: {field}")));
        }
    }
    if format.date_forms.is_empty() {
        return Err(invalid(path, line_of(text, "date-forms"), "date-forms: []"));
    }
    Ok(())
}

/// The limits that a file gives, over those of the base.
fn limits(file: &LimitsFile, base: Option<Limits>, missing: impl Fn(&str) -> Error) -> Result<Limits> {
    Ok(Limits {
        cell_bytes: (file.cell_bytes.map(NonZeroUsize::get))
            .or(base.map(|base| base.cell_bytes))
            .ok_or_else(|| missing("cell-bytes"))?,
        record_bytes: (file.record_bytes.map(NonZeroUsize::get))
            .or(base.map(|base| base.record_bytes))
            .ok_or_else(|| missing("record-bytes"))?,
        columns: (file.columns.map(NonZeroUsize::get))
            .or(base.map(|base| base.columns))
            .ok_or_else(|| missing("columns"))?,
        lines: (file.lines.map(NonZeroU64::get)).or(base.map(|base| base.lines)).ok_or_else(|| missing("lines"))?,
        basket_lines: (file.basket_lines.map(NonZeroU64::get))
            .or(base.map(|base| base.basket_lines))
            .ok_or_else(|| missing("basket-lines"))?,
        depth: (file.depth.map(NonZeroUsize::get)).or(base.map(|base| base.depth)).ok_or_else(|| missing("depth"))?,
        archive_files: (file.archive_files.map(NonZeroUsize::get))
            .or(base.map(|base| base.archive_files))
            .ok_or_else(|| missing("archive-files"))?,
        unpacked_bytes: (file.unpacked_bytes.map(NonZeroU64::get))
            .or(base.map(|base| base.unpacked_bytes))
            .ok_or_else(|| missing("unpacked-bytes"))?,
        held_bytes: (file.held_bytes.map(NonZeroU64::get))
            .or(base.map(|base| base.held_bytes))
            .ok_or_else(|| missing("held-bytes"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Accept, DateForm, Registry, RejectLimit};
    use super::*;
    use crate::diagnostic::Code;

    fn over_generic(text: &str) -> Result<Format> {
        let registry = Registry::built_in();
        format("import/x.toml", "x", text, Some(registry.format("generic").unwrap()))
    }

    #[test]
    fn what_is_not_given_is_generic() {
        let format = over_generic(
            "kind = 'order'\nreject-limit = '2,5 %'\naccept = 'orders'\n[decode]\ndelimiter = \"\\t\"\n\
             [column.quantity]\nheader = ['Nb']\nposition = 2\nmaximum = 50\n[column.label]\nrequired = true\n\
             [column.desired_delivery_date]\nform = 'DD.MM.YYYY'\n[limits]\nlines = 7\n[merge]\nkey = ['reference', 'work_order']\n",
        )
        .unwrap();
        assert_eq!(format.reject_limit, Some(RejectLimit::PerMille(25)));
        assert_eq!(format.accept, Accept::Orders);
        assert_eq!(format.decode.delimiter, Some(b'\t'));
        assert_eq!((format.quantity.minimum, format.quantity.maximum), (1, 50));
        let quantity = format.column(Field::Quantity);
        assert_eq!((quantity.position, quantity.required), (Some(1), true));
        let label = format.column(Field::Label);
        assert!(label.required && label.informative);
        assert_eq!(format.date_form(), Some(DateForm::Dots));
        assert_eq!((format.limits.lines, format.limits.columns), (7, 20_000));
        assert_eq!(format.merge_key, [Field::Reference, Field::WorkOrder]);
    }

    #[test]
    fn every_field_finds_its_own_table() {
        for field in Field::ALL {
            let format = over_generic(&format!("kind = 'order'\n[column.{field}]\nheader = ['mine']\n")).unwrap();
            assert_eq!(format.columns.iter().filter(|column| column.headings == ["mine"]).count(), 1);
            assert_eq!(format.column(field).headings, ["mine"]);
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, cause) in [
            ("[column.quantity]\nminimum = 9\nmaximum = 3\n", "line 3: minimum 9 > maximum 3"),
            ("[column.label]\nmaximum = 3\n", "[column.label] maximum → [column.quantity] maximum"),
            ("[column.comment]\nform = 'YYYY-MM-DD'\n", "[column.comment] form → [column.desired_delivery_date] form"),
            ("[column.comment]\nposition = 2\n[column.label]\nposition = 2\n", "line 3: position 2: label, comment"),
            ("[merge]\nkey = ['work_order']\n", "line 3: key: + reference"),
            ("[merge]\nkey = ['reference', 'quantity']\n", "line 3: key: quantity"),
            ("[merge]\nkey = ['reference', 'reference']\n", "line 3: key: reference"),
            ("date-forms = []\n", "line 2: date-forms: []"),
        ] {
            let error = over_generic(&format!("kind = 'order'\n{text}")).unwrap_err();
            assert_eq!(error.arguments.get("cause"), Some(cause));
        }
        for (text, line) in [
            ("reject-limit = 'a lot'\n", 2),
            ("[column.quantity]\nposition = 0\n", 3),
            ("[limits]\nlines = -1\n", 3),
            ("[column.desired_delivery_date]\nform = 'MM/DD/YYYY'\n", 3),
            ("[decode]\ndelimiter = ';;'\n", 3),
            ("accept = 'some'\n", 2),
        ] {
            let error = over_generic(&format!("kind = 'order'\n{text}")).unwrap_err();
            assert_eq!(error.code, Code::FormatInvalid);
            assert!(error.arguments.get("cause").unwrap().starts_with(&format!("line {line}: ")), "{error}");
        }
    }

    #[test]
    fn unknown_keys_are_found_at_every_depth() {
        for (text, key, suggestion) in [
            ("titel = 'x'\n", "titel", Some("title")),
            ("[column.quantty]\n", "quantty", Some("quantity")),
            ("[column.quantity]\nmaximun = 3\n", "maximun", Some("maximum")),
            ("[limits]\ncell_bytes = 3\n", "cell_bytes", Some("cell-bytes")),
            ("[[test]]\nfoo = 3\n", "foo", None),
        ] {
            let error = over_generic(&format!("kind = 'order'\n{text}")).unwrap_err();
            assert_eq!(error.code, Code::FormatKeyUnknown, "{error}");
            assert_eq!((error.arguments.get("key"), error.arguments.get("suggestion")), (Some(key), suggestion));
        }
    }

    #[test]
    fn the_defaults_must_be_complete() {
        let error = format("import/generic.toml", "generic", "kind = 'order'", None).unwrap_err();
        assert_eq!(error.code, Code::FormatInvalid);
    }
}
