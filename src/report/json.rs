//! The results as JSON: one documented, versioned object. `docs/summary.md` describes it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::summary::{CatalogueNote, Cause, ManufacturerTotals, Summary};
use crate::diagnostic::{Arguments, Code, Error, Exit};
use crate::model::{AgoraHeader, Counts, IgnoredReason, Language, Money};

/// The shape of the object; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct FileObject<'s> {
    kind: &'static str,
    version: u32,
    file: &'s str,
    hash: &'s str,
    bytes: u64,
    format: &'s str,
    encoding: &'s str,
    delimiter: Option<char>,
    source: &'static str,
    sheet: Option<&'s str>,
    heading_line: Option<u64>,
    columns: Vec<ColumnObject<'s>>,
    supplier: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agora: Option<AgoraObject<'s>>,
    outcome: &'static str,
    exit: u8,
    #[serde(flatten)]
    counts: CountsObject,
    ignored_reasons: BTreeMap<&'static str, u64>,
    warned: u64,
    refusal: Option<ErrorObject>,
    manufacturers: BTreeMap<u32, BasketObject<'s>>,
    causes: Vec<CauseObject>,
    catalogue: CatalogueObject<'s>,
}

/// What a file was read for: how its results are told to programs.
pub trait Reported: Sized {
    /// What the object of one file is.
    const KIND: &'static str;
    /// What the object of several files is.
    const BATCH: &'static str;
    /// What is counted.
    const COUNTED: &'static str;

    /// The object of one file.
    fn json(summary: &Summary<Self>, catalogue: &CatalogueNote, exit: Exit, language: Language) -> String;
}

/// The counts that every object of a file has, among its other keys.
pub(super) struct CountsObject {
    counted: &'static str,
    counts: Counts,
}

impl CountsObject {
    pub(super) fn of<M: Reported>(counts: &Counts) -> Self {
        Self { counted: M::COUNTED, counts: *counts }
    }
}

impl Serialize for CountsObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = &self.counts;
        serializer.collect_map([
            (self.counted, counts.lines()),
            ("valid", counts.valid),
            ("faulty", counts.faulty),
            ("read", counts.read()),
            ("accepted", counts.accepted),
            ("rejected", counts.rejected),
            ("ignored", counts.ignored()),
        ])
    }
}

/// The header of an Agora order file.
#[derive(Serialize)]
struct AgoraObject<'s> {
    version: &'s str,
    file_reference: &'s str,
    created_at: String,
    customer_code: &'s str,
    currency: &'s str,
    comment: &'s str,
}

impl<'s> AgoraObject<'s> {
    fn new(header: &'s AgoraHeader) -> Self {
        Self {
            version: &header.version,
            file_reference: &header.file_reference,
            created_at: header.created_at.to_string(),
            customer_code: &header.customer_code,
            currency: &header.currency,
            comment: &header.comment,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ColumnObject<'s> {
    pub(super) heading: &'s str,
    pub(super) field: Option<&'s str>,
}

#[derive(Serialize)]
struct BasketObject<'s> {
    name: Option<&'s str>,
    lines: u64,
    basket_lines: u64,
    quantity: u64,
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    core_deposit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eco_contribution: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CauseObject {
    code: &'static str,
    severity: &'static str,
    count: u64,
    message: String,
    remedy: String,
    examples: Vec<ExampleObject>,
}

#[derive(Serialize)]
struct ExampleObject {
    line: u64,
    column: Option<String>,
    value: String,
    message: String,
}

#[derive(Serialize)]
struct ErrorObject {
    code: &'static str,
    message: String,
    remedy: String,
}

#[derive(Serialize)]
pub(super) struct CatalogueObject<'s> {
    file: &'s str,
    parts: u64,
    damaged: u64,
    repeated: u64,
}

#[derive(Serialize)]
struct UnreadObject<'s> {
    kind: &'static str,
    version: u32,
    file: &'s str,
    outcome: &'static str,
    exit: u8,
    error: ErrorObject,
}

#[derive(Serialize)]
struct BatchObject<'s> {
    kind: &'static str,
    version: u32,
    exit: u8,
    catalogue: CatalogueObject<'s>,
    files: Vec<BatchFile<'s>>,
}

#[derive(Serialize)]
struct BatchFile<'s> {
    file: &'s str,
    folder: &'s str,
    #[serde(flatten)]
    counts: CountsObject,
    error: Option<ErrorObject>,
}

impl Reported for ManufacturerTotals {
    const KIND: &'static str = "order-import";
    const BATCH: &'static str = "order-import-batch";
    const COUNTED: &'static str = "lines";

    fn json(summary: &Summary, catalogue: &CatalogueNote, exit: Exit, language: Language) -> String {
        import_json(summary, catalogue, exit, language)
    }
}

/// The object of one file.
pub fn summary_json<M: Reported>(
    summary: &Summary<M>,
    catalogue: &CatalogueNote,
    exit: Exit,
    language: Language,
) -> String {
    M::json(summary, catalogue, exit, language)
}

fn import_json(summary: &Summary, catalogue: &CatalogueNote, exit: Exit, language: Language) -> String {
    let counts = summary.counts;
    let manufacturers = summary.manufacturers.iter().map(|each| {
        let filled = |amount: Money| (amount != Money::ZERO).then(|| amount.to_string());
        let basket = BasketObject {
            name: each.name.as_deref(),
            lines: each.lines,
            basket_lines: each.basket_lines,
            quantity: each.totals.quantity,
            amount: each.totals.amount.to_string(),
            core_deposit: filled(each.totals.core_deposit),
            eco_contribution: filled(each.totals.eco_contribution),
        };
        (each.id.0, basket)
    });
    let columns =
        summary.columns.iter().map(|column| ColumnObject { heading: &column.heading, field: column.field.as_deref() });
    render(&FileObject {
        kind: ManufacturerTotals::KIND,
        version: VERSION,
        file: &summary.file,
        hash: &summary.hash,
        bytes: summary.bytes,
        format: &summary.format,
        encoding: &summary.encoding,
        delimiter: summary.delimiter,
        source: summary.source,
        sheet: summary.sheet.as_deref(),
        heading_line: summary.heading_line,
        columns: columns.collect(),
        supplier: summary.supplier.map(|id| id.0),
        agora: summary.agora.as_ref().map(|contents| AgoraObject::new(&contents.header)),
        outcome: outcome(exit),
        exit: exit.code(),
        counts: CountsObject::of::<ManufacturerTotals>(&counts),
        ignored_reasons: IgnoredReason::ALL
            .into_iter()
            .map(|reason| (reason.name(), summary.ignored(reason)))
            .collect(),
        warned: counts.warned,
        refusal: summary.refusal.as_ref().map(|error| error_object(error, language)),
        manufacturers: manufacturers.collect(),
        causes: summary.causes.iter().map(|cause| cause_object(cause, language)).collect(),
        catalogue: catalogue_object(catalogue),
    })
}

/// The object, of such a kind, of a file that could not be read.
pub fn error_json(kind: &'static str, file: &str, error: &Error, language: Language) -> String {
    let exit = error.exit();
    render(&UnreadObject {
        kind,
        version: VERSION,
        file,
        outcome: outcome(exit),
        exit: exit.code(),
        error: error_object(error, language),
    })
}

/// The object of several files: each with its folder and its counts.
pub fn batch_json<'s, M: Reported + 's>(
    files: impl Iterator<Item = (&'s str, &'s str, Result<&'s Summary<M>, &'s Error>)>,
    catalogue: &CatalogueNote,
    exit: Exit,
    language: Language,
) -> String {
    let files = files.map(|(file, folder, result)| {
        let counts = result.map(|summary| summary.counts).unwrap_or_default();
        BatchFile {
            file,
            folder,
            counts: CountsObject::of::<M>(&counts),
            error: result.err().map(|error| error_object(error, language)),
        }
    });
    render(&BatchObject {
        kind: M::BATCH,
        version: VERSION,
        exit: exit.code(),
        catalogue: catalogue_object(catalogue),
        files: files.collect(),
    })
}

pub(super) fn cause_object(cause: &Cause, language: Language) -> CauseObject {
    let shared = cause.shared_arguments();
    CauseObject {
        code: cause.code.name(),
        severity: cause.severity.letter(),
        count: cause.count,
        message: message(cause.code, language, &shared),
        remedy: cause.code.remedy(language, &shared).into_owned(),
        examples: cause
            .examples
            .iter()
            .map(|example| ExampleObject {
                line: example.diagnostic.line,
                column: example.column.clone(),
                value: example.diagnostic.value.clone(),
                message: message(cause.code, language, &example.diagnostic.arguments),
            })
            .collect(),
    }
}

fn message(code: Code, language: Language, arguments: &Arguments) -> String {
    code.message(language, arguments).into_owned()
}

fn error_object(error: &Error, language: Language) -> ErrorObject {
    ErrorObject { code: error.code.name(), message: error.message(language), remedy: error.remedy(language) }
}

pub(super) fn catalogue_object(note: &CatalogueNote) -> CatalogueObject<'_> {
    CatalogueObject { file: &note.file, parts: note.parts, damaged: note.damaged, repeated: note.repeated }
}

/// How it ended, in one word for programs.
pub(super) const fn outcome(exit: Exit) -> &'static str {
    match exit {
        Exit::Accepted => "accepted",
        Exit::Partial => "partial",
        Exit::Rejected => "rejected",
        Exit::Duplicate => "duplicate",
        _ => "failed",
    }
}

pub(super) fn render(object: &impl Serialize) -> String {
    // A struct of texts and numbers always has a JSON form.
    let mut text = serde_json::to_string_pretty(object).unwrap_or_default();
    text.push('\n');
    text
}
