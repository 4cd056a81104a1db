//! What the platform answers, with the member names of its interface.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ManufacturerId;

/// The envelope of every answer. What is missing is empty, what nobody knows is passed over.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Envelope {
    /// `S` success, `E` error, `W` warning.
    pub response_status: Option<String>,
    /// Whether the answer has no error; what it is about may have some all the same.
    pub is_valid: Option<bool>,
    /// What is said in short.
    pub response_message: Option<String>,
    /// What is said of an error.
    pub response_error_message: Option<String>,
    /// What is answered: a list, or one object.
    pub response_data: Value,
}

impl Envelope {
    /// Whether it says that something is wrong.
    pub fn is_error(&self) -> bool {
        self.is_valid == Some(false) || self.response_status.as_deref() == Some("E")
    }

    /// What it says, word for word; of an error first.
    pub fn message(&self) -> &str {
        let words = [&self.response_error_message, &self.response_message].into_iter().flatten();
        words.map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// What is said of a claim: the result of a check, or how far it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WarrantyClaimResult {
    /// The service centre's own number.
    pub report_number: Value,
    /// The number of the claim on the platform.
    #[serde(rename = "ClaimID", alias = "ClaimId")]
    pub claim_id: Value,
    /// Whose claim it is.
    pub manufacturer_id: Option<ManufacturerId>,
    /// Whether the checks found no error.
    pub is_valid: Option<bool>,
    /// How far the claim is.
    pub last_status: Option<String>,
    /// What the checks found.
    pub validation_errors: Option<Vec<ValidationResult>>,
    /// What is said besides.
    pub error_message: Option<String>,
}

impl WarrantyClaimResult {
    /// A number, which may stand as a number or as a text.
    pub fn number(value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ValidationResult {
    /// The field, in the manufacturer's words.
    pub field: Option<String>,
    /// The sentence.
    pub error_message: Option<String>,
    /// `E` or `W`.
    pub message_type: Option<String>,
}

/// The service centre's invoice for a draft invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoiceAnswer {
    /// The number of the invoice.
    pub invoice_number: String,
    /// The number of the draft invoice.
    pub draft_invoice_number: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_empty_and_what_nobody_knows_is_passed_over() {
        let text = r#"{"IsValid":true,"ResponseStatus":"S","ResponseErrorMessage":"","ResponseMessage":null,"Colour":1,
            "ResponseData":{"ReportNumber":42,"ClaimID":null,"ValidationErrors":[{"Field":"Zip"}]}}"#;
        let envelope: Envelope = serde_json::from_str(text).unwrap();
        assert!(!envelope.is_error() && envelope.message().is_empty());
        let result: WarrantyClaimResult = serde_json::from_value(envelope.response_data).unwrap();
        assert_eq!(WarrantyClaimResult::number(&result.report_number), "42");
        assert_eq!(WarrantyClaimResult::number(&result.claim_id), "");
        assert_eq!(result.validation_errors.unwrap()[0].field.as_deref(), Some("Zip"));
        let failed: Envelope = serde_json::from_str(r#"{"ResponseStatus":"E","ResponseErrorMessage":" no "}"#).unwrap();
        assert!(failed.is_error());
        assert_eq!(failed.message(), "no");
    }
}
