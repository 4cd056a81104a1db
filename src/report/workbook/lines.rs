//! The sheet of lines to correct.
//!
//! What enters: one record after the other. What leaves: rows in the temporary file of a sheet.
//! What is refused: nothing; what the file form cannot hold is cut and named.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, IgnoreError, Note, Worksheet, XlsxError};

use super::{AnnotatedRow, KEY_HEADING, Words, WorkbookHead, text};
use crate::model::Language;

/// Where things stand; the sender's columns come in between, the key after those that have a heading.
const STATUS: u16 = 0;
const ERRORS: u16 = 1;
const LINE: u16 = 2;
pub(super) const SENDER: u16 = 3;
/// Columns of a sheet (Excel specifications and limits).
const COLUMN_LIMIT: u16 = 16_384;
/// Notes are kept in memory until the end, and thousands of them make Excel slow; the errors column says the same.
const NOTE_LIMIT: u32 = 2_000;
/// UTF-16 units of a note: more is not readable in a note, and the errors column has all of it.
const NOTE_LENGTH: usize = 1_000;
/// Rows that are looked at for the widths of the columns.
const WIDTH_ROWS: u32 = 200;
/// Characters of the narrowest and of the widest column of the sender.
const WIDTHS: (u16, u16) = (9, 40);
/// Characters of the errors column, whose text is wrapped. It is frozen, hence not as wide as one would like.
const ERRORS_WIDTH: u16 = 55;
/// Characters that surely fit on a line of the errors column, whatever font stands in for the one of Excel.
const ERRORS_LINE: usize = 45;
/// Rows whose errors are wrapped. Such a row needs a height, as `LibreOffice` finds none by itself and writes one text
/// over the other, and heights are kept in memory. Later rows show one line of their errors.
const WRAPPED_ROWS: u32 = 10_000;
/// Points of a line of text, and lines of the highest row there is.
const LINE_HEIGHT: u32 = 15;
const HIGHEST: usize = 27;
/// Bytes of the markup around a cell.
const CELL_MARKUP: usize = 64;

/// The looks of cells. Text everywhere but in the line number: editing must not turn `00123` into 123.
struct Formats {
    heading: Format,
    text: Format,
    wrapped: Format,
    number: Format,
    error: Format,
    warning: Format,
}

impl Formats {
    fn new() -> Self {
        let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
        Self {
            heading: Format::new().set_bold().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap(),
            wrapped: text.clone().set_text_wrap(),
            // The indent keeps the number off the text in the next column.
            number: Format::new().set_align(FormatAlign::Top).set_align(FormatAlign::Right).set_indent(1),
            error: text.clone().set_background_color(Color::RGB(0xFF_C7CE)).set_font_color(Color::RGB(0x9C_0006)),
            warning: text.clone().set_background_color(Color::RGB(0xFF_D8A8)).set_font_color(Color::RGB(0x7F_4A00)),
            text,
        }
    }
}

/// The sheet that is being filled, and what all sheets of lines share.
pub(super) struct Lines {
    language: Language,
    words: Words,
    file_hash: String,
    headings: Vec<String>,
    formats: Formats,
    sheet: Worksheet,
    number: u32,
    rows: u32,
    /// The last row that was given a height.
    tall: Option<u32>,
    notes: u32,
    /// The first column behind those in use.
    end: u16,
    /// The widest text seen in each column, in characters.
    widths: BTreeMap<u16, u16>,
}

impl Lines {
    /// The first sheet, with its heading.
    pub(super) fn begin(head: &WorkbookHead<'_>, sheet: Worksheet) -> Result<Self, XlsxError> {
        let room = usize::from(COLUMN_LIMIT - SENDER - 1);
        let mut lines = Self {
            language: head.language,
            words: head.words.clone(),
            file_hash: head.file_hash.to_owned(),
            headings: head.headings.iter().take(room).cloned().collect(),
            formats: Formats::new(),
            sheet,
            number: 1,
            rows: 0,
            tall: None,
            notes: 0,
            end: 0,
            widths: BTreeMap::new(),
        };
        lines.open()?;
        Ok(lines)
    }

    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Rows of the sheet, its heading included.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Goes on with an empty sheet and gives the full one back.
    pub(super) fn next_sheet(&mut self, sheet: Worksheet) -> Result<Worksheet, XlsxError> {
        self.close()?;
        let full = std::mem::replace(&mut self.sheet, sheet);
        self.number += 1;
        self.open()?;
        Ok(full)
    }

    /// Gives the last sheet back.
    pub(super) fn end(mut self) -> Result<Worksheet, XlsxError> {
        self.close()?;
        Ok(self.sheet)
    }

    fn key_column(&self) -> u16 {
        // `begin` has cut the headings to the sheet.
        SENDER + u16::try_from(self.headings.len()).unwrap_or_default()
    }

    /// The column of the sender's cell, or `None` beyond the sheet. Surplus cells stand behind the key: how many there
    /// will be is not known when the first row is written, and the key must not wander.
    fn column(&self, place: usize) -> Option<u16> {
        let behind_key = u16::from(place >= self.headings.len());
        let column = u16::try_from(place).ok()?.checked_add(SENDER + behind_key)?;
        (column < COLUMN_LIMIT).then_some(column)
    }

    /// Name, frozen heading, column formats.
    fn open(&mut self) -> Result<(), XlsxError> {
        let name = match self.number {
            1 => self.words.sheet_lines.clone(),
            number => format!("{} {number}", self.words.sheet_lines),
        };
        self.sheet.set_name(name)?;
        self.sheet.set_default_note_author(env!("CARGO_PKG_NAME"));
        self.sheet.set_freeze_panes(1, SENDER)?;
        // On paper: all columns on one width, the heading on every page.
        self.sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        self.rows = 0;
        self.tall = None;
        self.end = 0;
        let key = self.key_column();
        self.reach(key)?;
        let own = [&self.words.status, &self.words.errors, &self.words.line].map(String::clone);
        for (column, heading) in (0..).zip(own) {
            self.write_heading(column, &heading)?;
        }
        for (column, heading) in (SENDER..).zip(self.headings.clone()) {
            self.write_heading(column, &heading)?;
        }
        self.write_heading(key, KEY_HEADING)?;
        self.sheet.set_column_hidden(key)?;
        let widest = self.headings.iter().map(|heading| heading.chars().count()).max();
        self.set_height(0, widest.unwrap_or_default() / usize::from(WIDTHS.1 - 3) + 1)?;
        self.rows = 1;
        Ok(())
    }

    fn write_heading(&mut self, column: u16, heading: &str) -> Result<(), XlsxError> {
        let (heading, _) = text::start(heading, text::CELL);
        self.sheet.write_string_with_format(0, column, heading, &self.formats.heading)?;
        // The button of the filter covers the end of a heading.
        self.measure(column, heading, 3);
        Ok(())
    }

    /// Sets the formats of the columns up to `column`. Cells without a format of their own take that of their column
    /// when their row is written, which spares a look-up of the format for every cell.
    fn reach(&mut self, column: u16) -> Result<(), XlsxError> {
        for each in self.end..=column {
            let format = match each {
                ERRORS => &self.formats.wrapped,
                LINE => &self.formats.number,
                _ => &self.formats.text,
            };
            self.sheet.set_column_format(each, format)?;
        }
        self.end = self.end.max(column + 1);
        Ok(())
    }

    fn set_height(&mut self, row: u32, lines: usize) -> Result<(), XlsxError> {
        let lines = u32::try_from(lines.min(HIGHEST)).unwrap_or(1);
        if lines > 1 {
            self.sheet.set_row_height(row, lines * LINE_HEIGHT)?;
            self.tall = Some(row);
        }
        Ok(())
    }

    fn measure(&mut self, column: u16, text: &str, extra: u16) {
        if self.rows <= WIDTH_ROWS {
            let characters = text.chars().take(usize::from(WIDTHS.1)).count();
            let width = u16::try_from(characters).unwrap_or(WIDTHS.1) + extra;
            let widest = self.widths.entry(column).or_default();
            *widest = width.max(*widest);
        }
    }

    /// Widths, filter, and no green corners on numbers that are text on purpose.
    fn close(&mut self) -> Result<(), XlsxError> {
        if self.tall.is_some_and(|row| row + 1 == self.rows) {
            // The writer would write the last row twice if it has a height, and spreadsheet programs refuse that.
            self.sheet.write_blank(self.rows, STATUS, &self.formats.text)?;
        }
        let last = self.end - 1;
        for column in 0..self.end {
            let seen = self.widths.get(&column).copied().unwrap_or_default() + 1;
            let width = if column == ERRORS { ERRORS_WIDTH } else { seen.clamp(WIDTHS.0, WIDTHS.1) };
            self.sheet.set_column_width(column, width)?;
        }
        self.sheet.autofilter(0, 0, self.rows - 1, last)?;
        self.sheet.ignore_error_range(0, SENDER, self.rows - 1, last, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    /// Writes one record; tells about how many bytes it takes in the sheet.
    pub(super) fn add(&mut self, row: &AnnotatedRow<'_>) -> Result<u64, XlsxError> {
        let at = self.rows;
        let mut bytes = 0;
        // Whether the cell is refused (or only doubtful), by the sender's column.
        let mut marks = BTreeMap::new();
        for fault in row.faults {
            if let Some(place) = fault.column {
                *marks.entry(place).or_insert(false) |= fault.is_error();
            }
        }
        let mut cut = Vec::new();
        // A cell that the record lacks can be at fault, too.
        let places = row.cells.len().max(self.headings.len());
        for place in 0..places {
            let whole = row.cells.get(place).map_or("", String::as_str);
            let Some(column) = self.column(place) else {
                cut.push(place);
                break;
            };
            if column >= self.end {
                self.reach(column)?;
            }
            let (cell, shortened) = text::start(whole, text::CELL);
            if shortened {
                cut.push(place);
            }
            match marks.get(&place) {
                // An empty cell with a format becomes a blank one with its colour.
                Some(true) => self.sheet.write_string_with_format(at, column, cell, &self.formats.error)?,
                Some(false) => self.sheet.write_string_with_format(at, column, cell, &self.formats.warning)?,
                None => self.sheet.write_string(at, column, cell)?,
            };
            self.measure(column, cell, 0);
            bytes += cell.len() + CELL_MARKUP;
        }
        for &place in marks.keys() {
            if self.notes < NOTE_LIMIT && place < places {
                self.note(row, place)?;
            }
        }
        bytes += self.write_own(row, &cut)?;
        self.rows += 1;
        Ok(bytes as u64)
    }

    /// Status, errors, line and key of a record; tells about how many bytes they take.
    fn write_own(&mut self, row: &AnnotatedRow<'_>, cut: &[usize]) -> Result<usize, XlsxError> {
        let at = self.rows;
        let status = match (row.accepted, row.faults.is_empty()) {
            (true, true) => &self.words.accepted,
            (true, false) => &self.words.warned,
            (false, _) => &self.words.refused,
        }
        .clone();
        self.sheet.write_string(at, STATUS, &status)?;
        self.measure(STATUS, &status, 0);
        let errors = self.errors(row, cut);
        let key = format!("{}:{}:{:016x}", self.file_hash, row.line, row.record_hash);
        let bytes = status.len() + errors.len() + key.len() + 4 * CELL_MARKUP;
        if at <= WRAPPED_ROWS {
            self.set_height(at, errors.lines().map(|line| line.chars().count() / ERRORS_LINE + 1).sum())?;
            self.sheet.write_string(at, ERRORS, errors)?;
        } else {
            self.sheet.write_string_with_format(at, ERRORS, errors, &self.formats.text)?;
        }
        match u32::try_from(row.line) {
            Ok(line) => self.sheet.write_number(at, LINE, line)?,
            Err(_) => self.sheet.write_string(at, LINE, row.line.to_string())?,
        };
        self.sheet.write_string(at, self.key_column(), key)?;
        Ok(bytes)
    }

    /// All that is wrong with a record, then the remedy of the first fault.
    fn errors(&self, row: &AnnotatedRow<'_>, cut: &[usize]) -> String {
        let said = row.faults.iter().map(|fault| (fault.column, text::message(fault, self.language, &self.words)));
        let shortened = cut.iter().map(|&place| (Some(place), self.words.cut.clone()));
        let mut errors = String::new();
        for (place, message) in said.chain(shortened) {
            if !errors.is_empty() {
                errors.push_str(text::semicolon(self.language));
            }
            if let Some(heading) =
                place.and_then(|place| self.headings.get(place)).filter(|heading| !heading.is_empty())
            {
                errors.push_str(heading);
                errors.push_str(text::colon(self.language));
            }
            errors.push_str(&message);
        }
        if let Some(first) = row.faults.first() {
            errors.push_str(" — ");
            errors.push_str(&first.code.remedy(self.language, &first.arguments));
        }
        text::marked(errors, &self.words.cut)
    }

    /// Puts what is wrong with one cell, and what to do, into a note on it.
    fn note(&mut self, row: &AnnotatedRow<'_>, place: usize) -> Result<(), XlsxError> {
        let Some(column) = self.column(place) else {
            return Ok(());
        };
        let mut said = String::new();
        for fault in row.faults.iter().filter(|fault| fault.column == Some(place)) {
            if !said.is_empty() {
                said.push('\n');
            }
            said.push_str(&text::message(fault, self.language, &self.words));
            said.push('\n');
            said.push_str(&fault.code.remedy(self.language, &fault.arguments));
        }
        let (said, _) = text::start(&said, NOTE_LENGTH);
        // About 45 characters of the note's small letters on a line of 14 points.
        let lines: usize = said.lines().map(|line| line.chars().count() / 45 + 1).sum();
        let height = u32::try_from(lines * 14 + 14).unwrap_or(400).clamp(60, 400);
        let note = Note::new(said).add_author_prefix(false).set_width(260).set_height(height);
        self.sheet.insert_note(self.rows, column, &note)?;
        self.notes += 1;
        Ok(())
    }
}
