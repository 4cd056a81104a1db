//! `validation.json`: what is wrong with each entry of a deposit, in the shape in which the platform answers.
//!
//! What enters: the entries with findings, in the order of the file. What leaves: one object whose `ResponseData` holds a
//! `WarrantyClaimResult` for each, with `Code`, `Line`, `Column` and `Value` of ours beside the platform's own members.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

/// What is wrong or doubtful with one entry (`WarrantyClaimResult`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValidationObject<'v> {
    /// The service centre's own number.
    pub report_number: Option<&'v str>,
    /// The number of the claim on the platform.
    #[serde(rename = "ClaimID")]
    pub claim_id: Option<u64>,
    /// Whether nothing keeps it from being transmitted.
    pub is_valid: bool,
    /// What was found.
    pub validation_errors: Vec<FindingObject<'v>>,
    /// What is wrong with the entry as a whole.
    pub error_message: Option<&'v str>,
}

/// One finding (`ValidationResult`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FindingObject<'v> {
    /// The field, as the platform calls it.
    pub field: Cow<'v, str>,
    /// The sentence.
    pub error_message: Cow<'v, str>,
    /// `E` or `W`.
    pub message_type: &'static str,
    /// The code.
    pub code: &'static str,
    /// The physical line.
    pub line: u64,
    /// The sender's own heading.
    pub column: Cow<'v, str>,
    /// The value as written.
    pub value: &'v str,
}

impl ValidationObject<'_> {
    /// Appends the object, behind a comma when another one stands before it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if out.is_empty() { b"" } else { b",\n" });
        // Texts and numbers always have a JSON form, and memory takes everything.
        drop(serde_json::to_writer(out, self));
    }
}

/// Writes the file.
pub struct ValidationList<W> {
    out: W,
    is_empty: bool,
}

impl<W: Write> ValidationList<W> {
    /// Begins it.
    pub fn begin(mut out: W, file: &str) -> io::Result<Self> {
        let file = serde_json::to_string(file).unwrap_or_default();
        write!(out, "{{\"Format\":\"bordereau-validation\",\"Version\":1,\"File\":{file},\"ResponseData\":[")?;
        Ok(Self { out, is_empty: true })
    }

    /// Adds objects that [`ValidationObject::write`] made.
    pub fn add(&mut self, objects: &[u8]) -> io::Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        self.out.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        self.out.write_all(objects)
    }

    /// Ends it.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}
