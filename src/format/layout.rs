//! A format with every default filled in: all that the stages need to know about a file.
//!
//! What enters: nothing by itself, `resolve` builds it. What leaves: plain values.
//! What is refused: nothing; a value that could not be was refused before.

use super::{Accept, DateForm, RejectLimit, RepeatPolicy};
use crate::model::{Field, Language};

/// How files of one sender are recognised, read and judged (source: a file of `formats/import/` over `generic.toml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// The name, as in `--format NAME` and in the name of its file.
    pub name: String,
    /// What it is, in a few words.
    pub title: Localised,
    /// The manufacturer every line is for, by id, name or alias.
    pub supplier: Option<String>,
    /// Whether a file that names several manufacturers is refused.
    pub one_supplier: bool,
    /// Whether quantities such as `3,0` and `3 pcs` are taken.
    pub tolerant: bool,
    /// What a faulty line costs.
    pub accept: Accept,
    /// How many refused lines are too many; without it none are.
    pub reject_limit: Option<RejectLimit>,
    /// How the files are told from others.
    pub recognise: Recognise,
    /// How bytes become cells.
    pub decode: Decode,
    /// Where each field stands, by [`Field::index`].
    pub columns: [Column; Field::COUNT],
    /// The fields in which lines must be equal to be one basket line; always with the reference.
    pub merge_key: Vec<Field>,
    /// What becomes of a line that another file brought already.
    pub repeats: Repeats,
    /// What is taken with a warning.
    pub doubt: Doubt,
    /// How much is taken at most.
    pub limits: Limits,
    /// How many of a part one line may order.
    pub quantity: QuantityRange,
    /// The forms of dates that are looked for when the column fixes none.
    pub date_forms: Vec<DateForm>,
    /// Samples that prove the format.
    pub tests: Vec<FormatTest>,
}

impl Format {
    /// What the format says of a field's column.
    pub fn column(&self, field: Field) -> &Column {
        &self.columns[field.index()]
    }

    /// The form that the format fixes for the dates of its files.
    pub fn date_form(&self) -> Option<DateForm> {
        self.column(Field::DesiredDeliveryDate).form.as_deref().and_then(DateForm::from_pattern)
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localised {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Localised {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }
}

/// How a file is told from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognise {
    /// Patterns with `*` and `?`, of which one must fit the file's name.
    pub file_name: Vec<String>,
    /// Headings that must all be there, compared folded.
    pub header_contains: Vec<String>,
}

/// How bytes become cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decode {
    /// The name of the encoding; detected when there is none. Whether it exists, `decode` knows.
    pub encoding: Option<String>,
    /// The character between cells; detected when there is none.
    pub delimiter: Option<u8>,
    /// Whether a line that ends early is completed with empty cells.
    pub pad_short_lines: bool,
    /// The name of the sheet; chosen by its content when there is none.
    pub sheet: Option<String>,
    /// Which records are lines: the column from 0 and what stands in it. Without it all are.
    pub record_type: Option<(usize, String)>,
    /// The path of the lines in XML or JSON; the largest list when there is none.
    pub records: Option<String>,
}

/// Where a field stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The headings that stand for it, as written in the format; compared folded.
    pub headings: Vec<String>,
    /// Its place in a file without a heading, from 0.
    pub position: Option<usize>,
    /// Whether a file without it is refused.
    pub required: bool,
    /// Whether nothing depends on it, so that two columns may claim it.
    pub informative: bool,
    /// The form of its cells, such as `DD/MM/YYYY`; looked for when there is none.
    pub form: Option<String>,
    /// Whether a day before that of the import is refused.
    pub not_past: bool,
}

/// What becomes of a line that another file brought already to the same workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// Whether it is taken.
    pub policy: RepeatPolicy,
    /// For how many days a line is remembered.
    pub days: u32,
}

/// What is taken with a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How many times the usual quantity is doubted.
    pub quantity_factor: u32,
    /// Quantities below this are never doubted.
    pub quantity_floor: u32,
    /// How many times dearer or cheaper than the catalogue is doubted.
    pub price_factor: u32,
}

/// How much is taken at most (invariant I5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a cell.
    pub cell_bytes: usize,
    /// Bytes of a record.
    pub record_bytes: usize,
    /// Columns of a file.
    pub columns: usize,
    /// Lines of a file.
    pub lines: u64,
    /// Lines of all baskets together.
    pub basket_lines: u64,
    /// Levels of XML or JSON inside each other.
    pub depth: usize,
    /// Files in an archive.
    pub archive_files: usize,
    /// Bytes that an archive or a workbook has when unpacked.
    pub unpacked_bytes: u64,
    /// Bytes of a workbook that have to be held in memory at once.
    pub held_bytes: u64,
}

/// How many of a part one line may order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuantityRange {
    /// The least.
    pub minimum: u32,
    /// The most.
    pub maximum: u32,
}

/// A sample and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatTest {
    /// The order file, from the folder that holds `formats`.
    pub sample: String,
    /// The parts catalogue, from the folder that holds `formats`.
    pub catalogue: String,
    /// The supplier chosen for the import.
    pub supplier: Option<String>,
    /// How many lines are accepted.
    pub accepted: u64,
    /// The errors, such as `QTY_EMPTY line 7 column Qté`; without ` column …` when the whole record is meant.
    pub rejected: Vec<String>,
    /// The warnings, written like the errors.
    pub warned: Vec<String>,
}
