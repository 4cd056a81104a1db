//! The records of the Agora order format, version 1, and their fields (`docs/agora-order.md`).
//!
//! What enters: nothing. What leaves: for each type of record its fields in the order of the text form, by the names they
//! have in XML, in JSON and in reports. What is refused: nothing here; `check` judges by it.

/// What a file says of itself.
pub(super) const NAME: &str = "AGORA-ORDER";

/// The major version that is read.
pub(super) const MAJOR: &str = "1";

/// The columns of the rows that are given, for all types of records.
pub(super) const AGORA_HEADINGS: [&str; 29] = [
    "Record",
    "Number",
    "Manufacturer",
    "Reference",
    "Quantity",
    "CustomerOrderNumber",
    "OrderMission",
    "Countermark",
    "Comment",
    "DeliveryAccount",
    "DesiredDeliveryDate",
    "Label",
    "DeliveryOption",
    "Name",
    "Address1",
    "Address2",
    "Address3",
    "Zip",
    "Town",
    "Country",
    "Phone",
    "Format",
    "Version",
    "FileReference",
    "CreatedAt",
    "CustomerCode",
    "Currency",
    "LineCount",
    "QuantityTotal",
];

/// The columns that a line takes from the head of its order when it has nothing there itself.
pub(super) const DELIVERY_ACCOUNT: usize = 9;
pub(super) const DESIRED_DELIVERY_DATE: usize = 10;

/// A type of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Header,
    Order,
    Address,
    Line,
    Trailer,
}

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// So many characters.
    Text(usize),
    /// A manufacturer, by id or name.
    Manufacturer,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// A currency by ISO 4217.
    Currency,
    /// A country by ISO 3166-1.
    Country,
    /// A number that no other line of the file has.
    LineNumber,
    /// What is judged elsewhere: with the lines of all other files, or with the file as a whole.
    Elsewhere,
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its column in [`AGORA_HEADINGS`].
    pub(super) column: usize,
    /// Whether it must be filled.
    pub(super) must: bool,
    pub(super) form: Form,
}

const fn must(column: usize, form: Form) -> Field {
    Field { column, must: true, form }
}

const fn may(column: usize, form: Form) -> Field {
    Field { column, must: false, form }
}

const HEADER: [Field; 7] = [
    must(21, Form::Elsewhere),
    must(22, Form::Elsewhere),
    must(23, Form::Text(35)),
    must(24, Form::Moment),
    may(25, Form::Text(20)),
    may(26, Form::Currency),
    may(8, Form::Text(255)),
];

const ORDER: [Field; 6] = [
    must(5, Form::Text(35)),
    must(2, Form::Manufacturer),
    may(DELIVERY_ACCOUNT, Form::Text(20)),
    may(12, Form::Text(20)),
    may(DESIRED_DELIVERY_DATE, Form::Day),
    may(8, Form::Text(255)),
];

const ADDRESS: [Field; 10] = [
    must(5, Form::Text(35)),
    must(2, Form::Manufacturer),
    must(13, Form::Text(80)),
    must(14, Form::Text(80)),
    may(15, Form::Text(80)),
    may(16, Form::Text(80)),
    must(17, Form::Text(20)),
    must(18, Form::Text(80)),
    must(19, Form::Country),
    may(20, Form::Text(35)),
];

const LINE: [Field; 11] = [
    must(1, Form::LineNumber),
    must(2, Form::Elsewhere),
    // That they are there is checked with the lines of all files.
    may(3, Form::Text(40)),
    may(4, Form::Elsewhere),
    may(5, Form::Text(35)),
    may(6, Form::Text(35)),
    may(7, Form::Text(35)),
    may(8, Form::Text(255)),
    may(DELIVERY_ACCOUNT, Form::Text(20)),
    may(DESIRED_DELIVERY_DATE, Form::Elsewhere),
    may(11, Form::Text(255)),
];

const TRAILER: [Field; 2] = [must(27, Form::Elsewhere), must(28, Form::Elsewhere)];

impl Record {
    /// The type that a first field names.
    pub(super) fn of(tag: &[u8]) -> Option<Self> {
        Some(match tag.trim_ascii() {
            b"H" => Self::Header,
            b"O" => Self::Order,
            b"A" => Self::Address,
            b"L" => Self::Line,
            b"T" => Self::Trailer,
            _ => return None,
        })
    }

    /// What names the type.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Header => "H",
            Self::Order => "O",
            Self::Address => "A",
            Self::Line => "L",
            Self::Trailer => "T",
        }
    }

    /// Its fields, in the order of the text form, behind the type.
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Header => &HEADER,
            Self::Order => &ORDER,
            Self::Address => &ADDRESS,
            Self::Line => &LINE,
            Self::Trailer => &TRAILER,
        }
    }

    /// The place of a field by its name in XML and JSON, the type of the record being at 0.
    pub(super) fn place(self, name: &str) -> Option<usize> {
        let own = match self {
            // These stand at the root, or belong to the order around the address.
            Self::Header | Self::Address => 2,
            _ => 0,
        };
        let place = self.fields().iter().position(|field| AGORA_HEADINGS[field.column] == name)?;
        (place >= own).then_some(place + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_in_the_first_columns_as_in_its_text() {
        for (place, field) in (1..).zip(Record::Line.fields()) {
            assert_eq!(field.column, place);
        }
        assert_eq!(AGORA_HEADINGS[DELIVERY_ACCOUNT], "DeliveryAccount");
        assert_eq!(AGORA_HEADINGS[DESIRED_DELIVERY_DATE], "DesiredDeliveryDate");
    }

    #[test]
    fn fields_are_found_by_name_where_they_belong() {
        assert_eq!(Record::Line.place("Reference"), Some(3));
        assert_eq!(Record::Header.place("FileReference"), Some(3));
        assert_eq!(Record::Header.place("Version"), None);
        assert_eq!(Record::Address.place("Manufacturer"), None);
        assert_eq!(Record::Address.place("Name"), Some(3));
        assert_eq!(Record::Trailer.place("QuantityTotal"), Some(2));
        assert_eq!(Record::Trailer.place("Quantity"), None);
        for record in [Record::Header, Record::Order, Record::Address, Record::Line, Record::Trailer] {
            assert_eq!(Record::of(record.tag().as_bytes()), Some(record));
        }
    }
}
