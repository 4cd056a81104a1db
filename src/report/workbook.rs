//! `errors.xlsx`: the sender's own lines, annotated, so that they can be corrected and dropped again.
//!
//! What enters: records with their cells as written and what is wrong with them, in the order of the file;
//! then the counts and the causes. Every word of the sheets comes from the caller or from the catalogue of errors.
//! What leaves: an XLSX file. One sheet of lines (further ones past the row limit), then a summary. No formula, no
//! clock, no name of machine or user: the same input gives the same bytes. Rows go to a temporary file as they come,
//! so that memory does not grow with them.
//! What is refused: a failing disk, with the kind of its [`io::Error`]; words that cannot name a sheet. Cells that
//! are too long for the file form, or stand beyond its last column, are cut, and the errors column names them.
//!
//! The shape is the one in which people correct a file: status and errors first, then the sender's columns in their own order, then
//! a hidden key **column** (not a sheet of keys), because only a column stays with its row when people sort.

mod failure;
mod lines;
mod list;
mod summary;
mod text;

pub use failure::is_disk_failure;
pub use list::ListWorkbook;

use std::io;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook as Package, Worksheet};

use crate::diagnostic::{Arguments, Code, Diagnostic, Severity};
use crate::model::Language;
use lines::Lines;

/// The heading of the hidden key column; a machine name, by which a corrected file is known again.
pub const KEY_HEADING: &str = "bordereau-key";

/// How many columns of ours stand before the sender's.
pub const OWN_COLUMNS: usize = lines::SENDER as usize;
/// The custom property that holds the hash of the file the lines come from.
pub const FILE_PROPERTY: &str = "bordereau-file";
/// The custom property that says what the workbook is; its value is [`KIND`].
pub const KIND_PROPERTY: &str = "bordereau-kind";
/// What [`KIND_PROPERTY`] says of a workbook of this module.
pub const KIND: &str = "order-errors";
/// The custom property that numbers the shape of the sheets; its value is [`VERSION`].
pub const VERSION_PROPERTY: &str = "bordereau-version";
/// The shape of the sheets: columns, key, properties.
pub const VERSION: &str = "1";

/// Rows of a sheet, its heading included (Excel specifications and limits).
const ROW_LIMIT: u32 = 1_048_576;
/// A part of the package beyond 4 GiB needs ZIP64. The estimate leaves escaping out, hence half of it.
const ZIP64_FROM: u64 = 2 << 30;

/// Every word that people read in the workbook and that is no message, in one language.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Heading of the status column.
    pub status: String,
    /// Heading of the errors column.
    pub errors: String,
    /// Heading of the column of line numbers.
    pub line: String,
    /// Status of a record that joined a basket.
    pub accepted: String,
    /// Status of a record that joined one and carries a warning.
    pub warned: String,
    /// Status of a record that was refused.
    pub refused: String,
    /// Stands in parentheses after a message that only warns, because colour alone must not say it.
    pub warning: String,
    /// What is said of a cell of which a part is missing.
    pub cut: String,
    /// Name of the sheet of lines, at most 28 characters; further sheets add a number.
    pub sheet_lines: String,
    /// Name of the summary sheet, at most 31 characters.
    pub sheet_summary: String,
    /// Title of the table of causes on the summary sheet.
    pub sheet_codes: String,
    /// Heading of the codes in the table of causes.
    pub code: String,
    /// Heading of the severity letters.
    pub severity: String,
    /// Heading of how often each cause occurred.
    pub count: String,
    /// Heading of the messages.
    pub meaning: String,
    /// Heading of the remedies.
    pub remedy: String,
}

/// What is known before the first line.
#[derive(Clone, Debug)]
pub struct WorkbookHead<'a> {
    /// The base name of the sender's file; the title of the workbook.
    pub file_name: &'a str,
    /// Its hash, in hexadecimal.
    pub file_hash: &'a str,
    /// Its headings, as written and in their order.
    pub headings: &'a [String],
    /// The language of the messages.
    pub language: Language,
    /// The words of the same language.
    pub words: Words,
    /// An existing folder for the rows on their way; the files in it have no name and vanish by themselves.
    pub temporary: &'a Path,
}

/// One record and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct AnnotatedRow<'a> {
    /// The physical line on which it starts.
    pub line: u64,
    /// Its cells as written.
    pub cells: &'a [String],
    /// What is wrong or doubtful; the first gives the remedy.
    pub faults: &'a [Diagnostic],
    /// Whether it joined a basket.
    pub accepted: bool,
    /// The hash of the record, for the key column.
    pub record_hash: u64,
}

/// One line of the first block of the summary: file, read, accepted…
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// What is told.
    pub name: String,
    /// Its value, already in the form for people.
    pub value: String,
}

/// One cause and how often it occurred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseRow {
    /// The cause.
    pub code: Code,
    /// Whether it refused.
    pub severity: Severity,
    /// How often it occurred.
    pub count: u64,
    /// The arguments that all its occurrences share; others are left out.
    pub arguments: Arguments,
}

/// A workbook in the making: [`begin`](Self::begin), [`add`](Self::add) each line, [`finish`](Self::finish).
pub struct Workbook {
    package: Package,
    lines: Lines,
    full: Vec<Worksheet>,
    limit: u32,
    bytes: u64,
    large: bool,
}

impl Workbook {
    /// Opens the first sheet and its temporary file.
    ///
    /// # Errors
    ///
    /// When the temporary folder cannot be written, or the words give no valid sheet name.
    pub fn begin(head: &WorkbookHead<'_>) -> io::Result<Self> {
        Self::begin_with(head, ROW_LIMIT)
    }

    fn begin_with(head: &WorkbookHead<'_>, limit: u32) -> io::Result<Self> {
        failure::guard(|| {
            let mut package = Package::new();
            package.set_tempdir(head.temporary)?;
            let properties = DocProperties::new()
                .set_title(head.file_name)
                // The clock would make two runs differ.
                .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?)
                .set_custom_property(FILE_PROPERTY, head.file_hash)
                .set_custom_property(KIND_PROPERTY, KIND)
                .set_custom_property(VERSION_PROPERTY, VERSION);
            package.set_properties(&properties);
            let sheet = package.new_worksheet_with_constant_memory()?;
            let lines = Lines::begin(head, sheet)?;
            Ok(Self { package, lines, full: Vec::new(), limit, bytes: 0, large: false })
        })
    }

    /// Adds a line below the last one, on a further sheet when the sheet is full.
    ///
    /// # Errors
    ///
    /// When the temporary file cannot be written. The workbook is of no use afterwards.
    pub fn add(&mut self, row: &AnnotatedRow<'_>) -> io::Result<()> {
        failure::guard(|| {
            if self.lines.rows() >= self.limit {
                let sheet = self.package.new_worksheet_with_constant_memory()?;
                self.full.push(self.lines.next_sheet(sheet)?);
                self.bytes = 0;
            }
            self.bytes += self.lines.add(row)?;
            self.large |= self.bytes > ZIP64_FROM;
            Ok(())
        })
    }

    /// Adds the summary and writes the whole file to `out`, which is flushed. The first sheet is the one that opens.
    ///
    /// # Errors
    ///
    /// When the temporary file or `out` fails, or the words give no valid or no distinct sheet names.
    pub fn finish(
        mut self,
        summary: &[SummaryRow],
        causes: &[CauseRow],
        out: &mut (impl io::Write + io::Seek + Send),
    ) -> io::Result<()> {
        failure::guard(|| {
            let summary = summary::sheet(self.lines.words(), self.lines.language(), summary, causes)?;
            for sheet in self.full {
                self.package.push_worksheet(sheet);
            }
            self.package.push_worksheet(self.lines.end()?);
            self.package.push_worksheet(summary);
            self.package.use_zip_large_file(self.large);
            self.package.save_to_writer(failure::FailsOnce::new(&mut *out))
        })?;
        out.flush()
    }
}

#[cfg(test)]
mod tests;
