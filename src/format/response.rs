//! How the answers of manufacturers are read: which heading stands for what, which word means what.
//!
//! What enters: files of `formats/response/`. What leaves: [`ResponseFormat`]s.
//! What is refused: a field that nobody knows, a heading that stands for two fields.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{fold, read};
use crate::diagnostic::Result;
use crate::model::Verdict;

/// What a column of an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseField {
    /// Our number of the order.
    Order,
    /// The manufacturer's number of the order.
    ManufacturerReference,
    /// The line of the order.
    Line,
    /// The part.
    Reference,
    /// How many will be delivered.
    ConfirmedQuantity,
    /// When.
    DeliveryDate,
    /// What would be delivered in its place.
    Replacement,
    /// What is said of the line: a word or a logistic code.
    Status,
    /// How many were shipped, all shipments together.
    ShippedQuantity,
    /// What else is said.
    Message,
    /// What one part costs.
    UnitPrice,
    /// Whether it can be had.
    Available,
    /// What the order costs besides its parts.
    Fees,
    /// The service centre's own number of a claim.
    ReportNumber,
    /// The number of a claim on the platform.
    ClaimId,
    /// Whose claim it is.
    ManufacturerId,
    /// What will be paid for a claim.
    Amount,
    /// In which currency.
    Currency,
}

impl ResponseField {
    /// Its name in formats.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::ManufacturerReference => "manufacturer-reference",
            Self::Line => "line",
            Self::Reference => "reference",
            Self::ConfirmedQuantity => "confirmed-quantity",
            Self::DeliveryDate => "delivery-date",
            Self::Replacement => "replacement",
            Self::Status => "status",
            Self::ShippedQuantity => "shipped-quantity",
            Self::Message => "message",
            Self::UnitPrice => "unit-price",
            Self::Available => "available",
            Self::Fees => "fees",
            Self::ReportNumber => "report-number",
            Self::ClaimId => "claim-id",
            Self::ManufacturerId => "manufacturer-id",
            Self::Amount => "amount",
            Self::Currency => "currency",
        }
    }
}

/// How an answer of manufacturers is read: one file of `formats/response/`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ResponseFormatFile {
    /// Columns that must be there: one of each group.
    required: Vec<Vec<ResponseField>>,
    /// The headings of each field, compared without case, accents, blanks and punctuation.
    headings: BTreeMap<ResponseField, Vec<String>>,
    /// The words and codes of the status, by what they mean.
    #[serde(default)]
    statuses: StatusesFile,
    /// The words for a part that can be had, and for one that cannot.
    #[serde(default)]
    availability: AvailabilityFile,
}

/// The words and codes of the status.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct StatusesFile {
    /// It will be delivered.
    confirmed: Vec<String>,
    /// There is none now.
    unavailable: Vec<String>,
    /// It is called off.
    cancelled: Vec<String>,
    /// It is refused.
    rejected: Vec<String>,
    /// It is on its way.
    shipped: Vec<String>,
}

/// Words for a part that can be had, and for one that cannot.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct AvailabilityFile {
    /// It can be had.
    yes: Vec<String>,
    /// It cannot.
    no: Vec<String>,
}

/// How an answer of manufacturers is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseFormat {
    /// Columns that must be there: one of each group.
    pub required: Vec<Vec<ResponseField>>,
    /// By folded heading.
    headings: BTreeMap<String, ResponseField>,
    /// By folded word.
    statuses: BTreeMap<String, Verdict>,
    availability: BTreeMap<String, bool>,
}

impl ResponseFormat {
    /// Reads a format; `path` is only named in errors.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let file: ResponseFormatFile = read::toml(path, text)?;
        let mut format = Self { required: file.required, ..Self::default() };
        for (field, headings) in file.headings {
            for heading in headings {
                let other = format.headings.insert(fold(&heading), field);
                if fold(&heading).is_empty() || other.is_some_and(|other| other != field) {
                    let line = read::line_of(text, field.name());
                    return Err(read::invalid(path, line, format_args!("`{heading}`")));
                }
            }
        }
        let statuses = [
            (Verdict::Confirmed, file.statuses.confirmed),
            (Verdict::Unavailable, file.statuses.unavailable),
            (Verdict::Cancelled, file.statuses.cancelled),
            (Verdict::Rejected, file.statuses.rejected),
            (Verdict::Shipped, file.statuses.shipped),
        ];
        for (verdict, words) in statuses {
            format.statuses.extend(words.iter().map(|word| (fold(word), verdict)));
        }
        format.availability.extend(file.availability.yes.iter().map(|word| (fold(word), true)));
        format.availability.extend(file.availability.no.iter().map(|word| (fold(word), false)));
        Ok(format)
    }

    /// What a heading stands for.
    pub fn field(&self, heading: &str) -> Option<ResponseField> {
        self.field_of_folded(&fold(heading))
    }

    /// The field that a folded heading stands for.
    pub fn field_of_folded(&self, folded: &str) -> Option<ResponseField> {
        self.headings.get(folded).copied()
    }

    /// What a word or a code says of a line.
    pub fn verdict(&self, word: &str) -> Option<Verdict> {
        self.statuses.get(&fold(word)).copied()
    }

    /// Whether a word says that a part can be had.
    pub fn availability(&self, word: &str) -> Option<bool> {
        self.availability.get(&fold(word)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Registry;
    use super::*;
    use crate::diagnostic::Code;
    use crate::model::LogisticCode;

    #[test]
    fn the_logistic_codes_of_the_table_are_known() {
        let registry = Registry::built_in();
        let format = registry.response("order-response").unwrap();
        let table = registry.reference("logistic_statuses").unwrap();
        let column = table.column("code").unwrap();
        assert!(table.rows().len() >= 3);
        for row in table.rows() {
            let code = LogisticCode::from_number(row[column].parse().unwrap()).unwrap();
            assert_eq!(format.verdict(&row[column]), Some(Verdict::from(code)), "{}", row[column]);
        }
    }

    #[test]
    fn headings_and_words_are_compared_folded() {
        let registry = Registry::built_in();
        let format = registry.response("order-response").unwrap();
        assert_eq!(format.field("QTE EXPEDIEE"), Some(ResponseField::ShippedQuantity));
        assert_eq!(format.field("colour"), None);
        assert_eq!(format.verdict("Expédiée"), Some(Verdict::Shipped));
        assert_eq!(registry.response("estimate").unwrap().availability("OUI"), Some(true));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |text: &str| ResponseFormat::parse("response/x.toml", text).unwrap_err();
        let twice = "required = []\n[headings]\nline = ['No']\norder = ['n o']\n";
        assert_eq!(refused(twice).code, Code::FormatInvalid);
        let misspelt = refused("required = []\nheadngs = 1\n");
        assert_eq!(misspelt.arguments.get("suggestion"), Some("headings"));
        assert!(refused("required = []\n[headings]\ncolour = ['Colour']\n").to_string().contains("colour"));
    }
}
