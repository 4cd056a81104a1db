//! The files under `formats/` as people write them; the types are the list of keys.
//!
//! What enters: TOML. What leaves: the keys that were given, nothing filled in (`resolve` does that).
//! What is refused: unknown keys, values of another kind, zero where a limit stands.
//!
//! The doc comments of the keys become `docs/format.schema.json`.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

use schemars::JsonSchema;
use serde::Deserialize;

use super::manufacturer::Shape;
use super::order_profile::{OrderDatum, OrderFileProfile, OrderForm};
use super::{DateForm, RejectLimit};
use crate::model::Field;

/// A layout of order files: one file of `formats/import/`, named like the format. A key that is not given is taken from `generic.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ImportFile {
    /// What such a file holds.
    #[expect(dead_code, reason = "there is one kind so far, and the key keeps room for others")]
    pub(super) kind: Kind,
    /// What the format is, in a few words.
    pub(super) title: Option<TitleFile>,
    /// The manufacturer every line is for, by id, name or alias.
    pub(super) supplier: Option<String>,
    /// Whether a file that names several manufacturers is refused.
    pub(super) one_supplier: Option<bool>,
    /// Whether quantities such as `3,0`, `3.0` and `3 pcs` are taken.
    pub(super) tolerant: Option<bool>,
    /// What a faulty line costs.
    pub(super) accept: Option<Accept>,
    /// The most refused lines, as a number (`"25"`) or a share (`"5 %"`); beyond it the file is refused.
    #[schemars(with = "Option<String>")]
    pub(super) reject_limit: Option<RejectLimit>,
    /// The forms of dates that are looked for when no column fixes its form.
    pub(super) date_forms: Option<Vec<DateForm>>,
    /// How such a file is told from others.
    #[serde(default)]
    pub(super) recognise: RecogniseFile,
    /// How bytes become cells.
    #[serde(default)]
    pub(super) decode: DecodeFile,
    /// Where each field stands.
    #[serde(default)]
    pub(super) column: ColumnsFile,
    /// Which lines are one basket line.
    #[serde(default)]
    pub(super) merge: MergeFile,
    /// What becomes of a line that another file brought already.
    #[serde(default)]
    pub(super) repeats: RepeatsFile,
    /// What is taken with a warning.
    #[serde(default)]
    pub(super) doubt: DoubtFile,
    /// How much is taken at most.
    #[serde(default)]
    pub(super) limits: LimitsFile,
    /// Samples that prove the format.
    #[serde(default)]
    pub(super) test: Vec<TestFile>,
}

/// What a file of a format holds.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Lines of orders.
    Order,
}

/// What a faulty line costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// Itself alone.
    Lines,
    /// Every line with the same customer order number.
    Orders,
    /// The whole file.
    File,
}

/// A text in both languages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TitleFile {
    /// In French.
    pub(super) fr: String,
    /// In English.
    pub(super) en: String,
}

/// How a file is told from others; all that is given must hold. A format without any of it is only used when asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RecogniseFile {
    /// Patterns of which one must fit the file's name: `*` is any text, `?` one character, case does not count.
    pub(super) file_name: Option<Vec<String>>,
    /// Headings that must all be there, compared without case, accents, blanks and punctuation.
    pub(super) header_contains: Option<Vec<String>>,
}

/// How bytes become cells.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DecodeFile {
    /// The encoding, such as `utf-8` or `windows-1252`; detected when not given.
    pub(super) encoding: Option<String>,
    /// The character between cells; detected when not given.
    pub(super) delimiter: Option<Delimiter>,
    /// Whether a line that ends early is completed with empty cells instead of being refused.
    pub(super) pad_short_lines: Option<bool>,
    /// The sheet of a workbook; the one that looks most like an order when not given.
    pub(super) sheet: Option<String>,
    /// What stands in the records that are lines, where others stand among them, such as `L` beside `H` and `T`.
    pub(super) record_type: Option<String>,
    /// The column of that, from 1; the first when not given.
    pub(super) record_type_column: Option<NonZeroUsize>,
    /// Where the lines of XML or JSON stand, such as `/orders/order/line`; the largest list when not given.
    pub(super) records: Option<String>,
}

/// A character between cells.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub(super) enum Delimiter {
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
    /// A comma.
    #[serde(rename = ",")]
    Comma,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// A pipe.
    #[serde(rename = "|")]
    Pipe,
}

impl Delimiter {
    /// The character as it stands in the file.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// One table for each field.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ColumnsFile {
    /// The part's reference at its manufacturer.
    reference: ColumnFile,
    /// How many are ordered.
    quantity: ColumnFile,
    /// The part's name as the customer wrote it.
    label: ColumnFile,
    /// The customer's own order number.
    customer_order_number: ColumnFile,
    /// The work order the part is for.
    work_order: ColumnFile,
    /// The need a line is bought for.
    countermark: ColumnFile,
    /// Free text of the line.
    comment: ColumnFile,
    /// The account the parts are delivered to.
    delivery_account: ColumnFile,
    /// A delivery address as text.
    delivery_address: ColumnFile,
    /// The day the customer wishes delivery.
    desired_delivery_date: ColumnFile,
    /// The manufacturer, by id, name or alias.
    manufacturer: ColumnFile,
    /// The brand.
    brand: ColumnFile,
    /// The price as the customer knows it.
    unit_price: ColumnFile,
}

impl ColumnsFile {
    /// The tables in the order of [`Field::ALL`].
    pub(super) fn into_array(self) -> [ColumnFile; Field::COUNT] {
        [
            self.reference,
            self.quantity,
            self.label,
            self.customer_order_number,
            self.work_order,
            self.countermark,
            self.comment,
            self.delivery_account,
            self.delivery_address,
            self.desired_delivery_date,
            self.manufacturer,
            self.brand,
            self.unit_price,
        ]
    }
}

/// Where a field stands and what it may hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ColumnFile {
    /// The headings that stand for the field in these files, compared without case, accents, blanks and punctuation.
    pub(super) header: Option<Vec<String>>,
    /// The column's place, from 1, for files without a heading.
    pub(super) position: Option<NonZeroUsize>,
    /// Whether a file without this column is refused.
    pub(super) required: Option<bool>,
    /// Whether nothing depends on the field, so that two columns may claim it.
    pub(super) informative: Option<bool>,
    /// The form of the dates, only for `desired_delivery_date`; looked for when not given.
    pub(super) form: Option<DateForm>,
    /// Whether a day before that of the import is refused, only for `desired_delivery_date`.
    pub(super) not_past: Option<bool>,
    /// The least that may be ordered, only for `quantity`.
    pub(super) minimum: Option<NonZeroU32>,
    /// The most that may be ordered, only for `quantity`.
    pub(super) maximum: Option<NonZeroU32>,
}

/// Which lines are one basket line.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MergeFile {
    /// Lines of a manufacturer that are equal in these fields are merged and their quantities added; always with `reference`.
    pub(super) key: Option<Vec<Field>>,
}

/// What becomes of a line that another file brought already to the same workspace: the same part for the same customer order number or work order.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RepeatsFile {
    /// Whether such a line is refused, taken with a warning, or taken.
    pub(super) policy: Option<RepeatPolicy>,
    /// For how many days a line is remembered.
    pub(super) days: Option<u32>,
}

/// What becomes of a line that another file brought already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RepeatPolicy {
    /// It is refused.
    Block,
    /// It is taken with a warning.
    Warn,
    /// It is taken.
    Accept,
}

/// What is taken with a warning.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DoubtFile {
    /// How many times what most lines of the file order a quantity must reach to be doubted.
    pub(super) quantity_factor: Option<NonZeroU32>,
    /// Quantities below this are never doubted.
    pub(super) quantity_floor: Option<u32>,
    /// How many times dearer or cheaper than the catalogue a price must be to be doubted.
    pub(super) price_factor: Option<NonZeroU32>,
}

/// How much is taken at most.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitsFile {
    /// Bytes of a cell.
    pub(super) cell_bytes: Option<NonZeroUsize>,
    /// Bytes of a record.
    pub(super) record_bytes: Option<NonZeroUsize>,
    /// Columns of a file.
    pub(super) columns: Option<NonZeroUsize>,
    /// Lines of a file.
    pub(super) lines: Option<NonZeroU64>,
    /// Lines of all baskets together.
    pub(super) basket_lines: Option<NonZeroU64>,
    /// Levels of XML or JSON inside each other.
    pub(super) depth: Option<NonZeroUsize>,
    /// Files in an archive.
    pub(super) archive_files: Option<NonZeroUsize>,
    /// Bytes that an archive or a workbook has when unpacked.
    pub(super) unpacked_bytes: Option<NonZeroU64>,
    /// Bytes of a workbook that have to be held in memory at once.
    pub(super) held_bytes: Option<NonZeroU64>,
}

/// A sample and what must come of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TestFile {
    /// The order file, from the folder that holds `formats`.
    pub(super) sample: String,
    /// The parts catalogue, from the folder that holds `formats`.
    pub(super) catalogue: String,
    /// The supplier chosen for the import, if any.
    pub(super) supplier: Option<String>,
    /// How many lines are accepted.
    pub(super) accepted: u64,
    /// The errors, in the order of the report, such as `QTY_EMPTY line 7 column Qté`.
    #[serde(default)]
    pub(super) rejected: Vec<String>,
    /// The warnings, written like the errors.
    #[serde(default)]
    pub(super) warned: Vec<String>,
}

/// A list that is written as CSV and XLSX: one file of `formats/export/`, named like the format.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ExportFile {
    /// What the list holds.
    #[expect(dead_code, reason = "there is one kind so far, and the key keeps room for others")]
    pub(super) kind: ExportKind,
    /// What the list is, in a few words.
    pub(super) title: Option<TitleFile>,
    /// Whose clocks the moments are written by where people read them, such as `Europe/Paris`.
    pub(super) time_zone: Option<String>,
    /// The columns, in their order.
    pub(super) column: Vec<ExportColumnFile>,
}

/// What a list holds.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ExportKind {
    /// A row for each work order.
    WorkOrders,
}

/// A column of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ExportColumnFile {
    /// What stands in it, by the names of JSON: `MandateId`, `Consumer.LastName`.
    pub(super) field: String,
    /// What stands above it.
    pub(super) heading: String,
}

/// A manufacturer: one file of `formats/manufacturer/`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ManufacturerFile {
    /// The id of `reference/manufacturers.csv`.
    pub(super) id: u32,
    /// The name shown to people.
    pub(super) name: String,
    /// Other names; one that several manufacturers share is never guessed.
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    /// What its references look like.
    #[serde(default)]
    pub(super) reference: ReferenceFile,
    /// How one orders from it.
    #[serde(default)]
    pub(super) order: OrderFile,
}

/// How one orders from a manufacturer; a key that is not given asks for nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OrderFile {
    /// Whether prices, availability and dates are asked for before the order is sent.
    pub(super) estimate_step: bool,
    /// Whether somebody must accept the terms of sale for each order.
    pub(super) terms_required: bool,
    /// What must be said of an order.
    pub(super) mandatory: Vec<OrderDatum>,
    /// How it delivers; any text when empty.
    pub(super) delivery_options: Vec<DeliveryOptionFile>,
    /// Whether an order may go to another address than that of the delivery account.
    pub(super) one_off_address: Option<bool>,
    /// In which form it wants its orders.
    pub(super) form: OrderForm,
    /// For whom a CSV order is written: `machine` or `excel-fr`.
    pub(super) profile: OrderFileProfile,
}

/// A way to deliver.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DeliveryOptionFile {
    /// The manufacturer's code.
    pub(super) code: String,
    /// What it means.
    pub(super) title: TitleFile,
}

/// What the references of a manufacturer look like; only used to propose a correction.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ReferenceFile {
    /// `N` is a digit, `A` a letter, `X` either, any other character itself.
    #[schemars(with = "Vec<String>")]
    pub(super) shapes: Vec<Shape>,
}
