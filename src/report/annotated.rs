//! `errors.xlsx`: the words and numbers that the annotated workbook shows.

use std::io::{self, Seek, Write};
use std::path::Path;

use super::summary::Summary;
use super::text::{self, Text};
use super::workbook::{AnnotatedRow, CauseRow, SummaryRow, Words, Workbook, WorkbookHead};
use crate::diagnostic::{Diagnostic, Exit};
use crate::model::Language;

/// The annotated workbook of one file, in the making.
pub struct AnnotatedErrors {
    workbook: Workbook,
    language: Language,
}

impl AnnotatedErrors {
    /// Begins it. `temporary` is a folder for rows on their way to the disk.
    pub fn begin(
        file_name: &str,
        file_hash: &str,
        headings: &[String],
        language: Language,
        temporary: &Path,
    ) -> io::Result<Self> {
        let head = WorkbookHead { file_name, file_hash, headings, language, words: words(language), temporary };
        Ok(Self { workbook: Workbook::begin(&head)?, language })
    }

    /// Adds a row of the file with what was found in it.
    pub fn add(
        &mut self,
        line: u64,
        cells: &[String],
        faults: &[Diagnostic],
        accepted: bool,
        record_hash: u64,
    ) -> io::Result<()> {
        self.workbook.add(&AnnotatedRow { line, cells, faults, accepted, record_hash })
    }

    /// Adds the summary and writes the whole to `out`.
    pub fn finish<M>(self, summary: &Summary<M>, out: &mut (impl Write + Seek + Send)) -> io::Result<()> {
        let row = |name: Text, value: String| SummaryRow { name: name.get(self.language).to_owned(), value };
        let counts = summary.counts;
        let rows = [
            row(text::WORKBOOK_FILE, summary.file.clone()),
            row(text::WORKBOOK_RESULT, ending(summary.exit(false)).get(self.language).to_owned()),
            row(text::WORKBOOK_READ, counts.read().to_string()),
            row(text::WORKBOOK_COUNT_ACCEPTED, counts.accepted.to_string()),
            row(text::WORKBOOK_COUNT_REJECTED, counts.rejected.to_string()),
            row(text::WORKBOOK_COUNT_IGNORED, counts.ignored().to_string()),
            row(text::WORKBOOK_HASH, summary.hash.clone()),
        ];
        let causes: Vec<_> = summary
            .causes
            .iter()
            .map(|cause| CauseRow {
                code: cause.code,
                severity: cause.severity,
                count: cause.count,
                arguments: cause.shared_arguments(),
            })
            .collect();
        self.workbook.finish(&rows, &causes, out)
    }
}

/// How a file ended, in words.
pub(super) const fn ending(exit: Exit) -> Text {
    match exit {
        Exit::Accepted => text::END_ACCEPTED,
        Exit::Partial => text::END_PARTIAL,
        Exit::Rejected => text::END_REJECTED,
        _ => text::END_UNREADABLE,
    }
}

fn words(language: Language) -> Words {
    let word = |text: Text| text.get(language).to_owned();
    Words {
        status: word(text::WORKBOOK_STATUS),
        errors: word(text::WORKBOOK_ERRORS),
        line: word(text::WORKBOOK_LINE),
        accepted: word(text::WORKBOOK_ACCEPTED),
        warned: word(text::WORKBOOK_WARNED),
        refused: word(text::WORKBOOK_REFUSED),
        warning: word(text::WORKBOOK_WARNING),
        cut: word(text::WORKBOOK_CUT),
        sheet_lines: word(text::WORKBOOK_SHEET_LINES),
        sheet_summary: word(text::WORKBOOK_SHEET_SUMMARY),
        sheet_codes: word(text::WORKBOOK_CODES),
        code: word(text::WORKBOOK_CODE),
        severity: word(text::WORKBOOK_SEVERITY),
        count: word(text::WORKBOOK_COUNT),
        meaning: word(text::WORKBOOK_MEANING),
        remedy: word(text::WORKBOOK_REMEDY),
    }
}
