//! A list as a workbook: a heading that stays, a filter, widths to read by, dates that are dates.
//!
//! What enters: headings, then rows, cell by cell. What leaves: an XLSX file; past the row limit of a sheet a further one.
//! What a spreadsheet cannot hold exactly (more than 15 digits, days before 1900) is text, and so are references.
//! What is refused: a failing disk, with the kind of its [`io::Error`]. Rows go to a temporary file as they come, so that
//! memory does not grow with them. No formula, no clock, no name of machine or user.

use std::io;
use std::path::Path;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook as Package, Worksheet, XlsxError,
};

use super::{KIND_PROPERTY, ROW_LIMIT, ZIP64_FROM, failure, text};
use crate::export::Cell;
use crate::model::{Day, Language, Money, TimeOfDay};

/// What the property says of a workbook of this module.
const KIND: &str = "list";
/// Rows that are looked at for the widths of the columns.
const WIDTH_ROWS: u32 = 1000;
/// Characters of the narrowest and of the widest column.
const WIDTHS: (u16, u16) = (8, 50);
/// Characters beside one another that can be read on a page.
const PAGE_WIDTH: u32 = 220;
/// Bytes of the markup around a cell.
const CELL_MARKUP: usize = 64;
/// Characters that no name of a sheet may hold, and how many it may have (Excel specifications and limits).
const NOT_IN_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
const NAME_LENGTH: usize = 28;
/// The largest number that a spreadsheet holds exactly has 15 digits.
const EXACT: u64 = 1_000_000_000_000_000;
/// The first year that the file form can count.
const FIRST_YEAR: u32 = 1900;

/// The looks of cells.
struct Formats {
    heading: Format,
    text: Format,
    number: Format,
    money: Format,
    day: Format,
    moment: Format,
    time: Format,
}

impl Formats {
    fn new(language: Language) -> Self {
        // As text: a spreadsheet must not take the zeros off a reference that somebody edits.
        let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
        let like = |form: &str| text.clone().set_num_format(form);
        let date = |form: &str| like(form).set_align(FormatAlign::Left);
        let (day, moment) = match language {
            Language::French => ("dd/mm/yyyy", "dd/mm/yyyy hh:mm"),
            Language::English => ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"),
        };
        Self {
            heading: text.clone().set_bold().set_text_wrap(),
            number: like("0"),
            // Two decimals at least and four at most, as everywhere.
            money: like("0.00##"),
            day: date(day),
            moment: date(moment),
            time: date("hh:mm"),
            text,
        }
    }
}

/// A list in the making: [`begin`](Self::begin), [`push`](Self::push) each cell, [`end_row`](Self::end_row),
/// [`finish`](Self::finish).
pub struct ListWorkbook {
    package: Package,
    formats: Formats,
    title: String,
    headings: Vec<String>,
    sheet: Worksheet,
    full: Vec<Worksheet>,
    limit: u32,
    row: u32,
    column: u16,
    widths: Vec<u16>,
    bytes: u64,
    large: bool,
}

impl ListWorkbook {
    /// Opens the first sheet. `temporary` is an existing folder for the rows on their way.
    pub fn begin(title: &str, headings: &[&str], language: Language, temporary: &Path) -> io::Result<Self> {
        Self::begin_with(title, headings, language, temporary, ROW_LIMIT)
    }

    fn begin_with(
        title: &str,
        headings: &[&str],
        language: Language,
        temporary: &Path,
        limit: u32,
    ) -> io::Result<Self> {
        failure::guard(|| {
            let mut package = Package::new();
            package.set_tempdir(temporary)?;
            let properties = DocProperties::new()
                .set_title(title)
                // The clock would make two runs differ.
                .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?)
                .set_custom_property(KIND_PROPERTY, KIND);
            package.set_properties(&properties);
            let sheet = package.new_worksheet_with_constant_memory()?;
            let mut list = Self {
                package,
                formats: Formats::new(language),
                title: sheet_name(title),
                headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
                sheet,
                full: Vec::new(),
                limit,
                row: 0,
                column: 0,
                widths: vec![0; headings.len()],
                bytes: 0,
                large: false,
            };
            list.open()?;
            Ok(list)
        })
    }

    /// Adds a cell with a number to the row.
    pub fn push_number(&mut self, number: i64) -> io::Result<()> {
        self.push_amount(number, &number.to_string(), |formats| &formats.number)
    }

    /// Adds a cell with an amount to the row.
    pub fn push_money(&mut self, amount: Money) -> io::Result<()> {
        self.push_amount(amount.ten_thousandths(), &amount.to_string(), |formats| &formats.money)
    }

    /// Adds a cell with the number that a text says; it has so many `units` of the smallest kind.
    fn push_amount(&mut self, units: i64, text: &str, format: fn(&Formats) -> &Format) -> io::Result<()> {
        let Some(number) = text.parse::<f64>().ok().filter(|_| units.unsigned_abs() < EXACT) else {
            return self.push(Cell::Text(text));
        };
        let (row, column) = self.place(text);
        failure::guard(|| {
            self.sheet.write_number_with_format(row, column, number, format(&self.formats))?;
            Ok(())
        })
    }

    /// The place of the next cell, in which this is shown.
    fn place(&mut self, shown: &str) -> (u32, u16) {
        let place = (self.row, self.column);
        self.column += 1;
        self.measure(place.1, shown, 0);
        self.bytes += (shown.len() + CELL_MARKUP) as u64;
        place
    }

    /// Adds a cell to the row.
    pub fn push(&mut self, cell: Cell<'_>) -> io::Result<()> {
        let shown = match cell {
            Cell::Empty => {
                self.column += 1;
                return Ok(());
            }
            Cell::Text(text) => text::start(text, text::CELL).0,
            Cell::Day(_) => "dd/mm/yyyy",
            Cell::Moment(..) => "dd/mm/yyyy hh:mm",
            Cell::Time(_) => "hh:mm",
        };
        let (row, column) = self.place(shown);
        failure::guard(|| {
            let (formats, sheet) = (&self.formats, &mut self.sheet);
            match cell {
                Cell::Empty => {}
                Cell::Text(_) => drop(sheet.write_string_with_format(row, column, shown, &formats.text)?),
                Cell::Time(time) => {
                    sheet.write_datetime_with_format(row, column, date_time(None, Some(time))?, &formats.time)?;
                }
                Cell::Day(day) if is_counted(day) => {
                    sheet.write_datetime_with_format(row, column, date_time(Some(day), None)?, &formats.day)?;
                }
                Cell::Moment(day, time) if is_counted(day) => {
                    let value = date_time(Some(day), Some(time))?;
                    sheet.write_datetime_with_format(row, column, value, &formats.moment)?;
                }
                Cell::Day(day) => drop(sheet.write_string_with_format(row, column, day.to_string(), &formats.text)?),
                Cell::Moment(day, time) => {
                    sheet.write_string_with_format(row, column, format!("{day} {time}"), &formats.text)?;
                }
            }
            Ok(())
        })
    }

    /// Ends the row, and the sheet when that is full.
    pub fn end_row(&mut self) -> io::Result<()> {
        self.column = 0;
        self.row += 1;
        self.large |= self.bytes > ZIP64_FROM;
        if self.row < self.limit {
            return Ok(());
        }
        failure::guard(|| {
            self.close()?;
            let sheet = self.package.new_worksheet_with_constant_memory()?;
            self.full.push(std::mem::replace(&mut self.sheet, sheet));
            self.bytes = 0;
            self.open()
        })
    }

    /// Writes the whole file, which is flushed.
    pub fn finish(mut self, out: &mut (impl io::Write + io::Seek + Send)) -> io::Result<()> {
        failure::guard(|| {
            self.close()?;
            for sheet in self.full {
                self.package.push_worksheet(sheet);
            }
            self.package.push_worksheet(self.sheet);
            self.package.use_zip_large_file(self.large);
            self.package.save_to_writer(failure::FailsOnce::new(&mut *out))
        })?;
        out.flush()
    }

    fn open(&mut self) -> Result<(), XlsxError> {
        let name = match self.full.len() {
            0 => self.title.clone(),
            further => format!("{} {}", self.title, further + 1),
        };
        self.sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        self.row = 0;
        for (column, heading) in (0..).zip(self.headings.clone()) {
            self.sheet.write_string_with_format(0, column, &heading, &self.formats.heading)?;
            // The button of the filter covers the end of a heading.
            self.measure(column, &heading, 3);
        }
        self.row = 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), XlsxError> {
        let mut whole = 0;
        for (column, width) in (0..).zip(&self.widths) {
            let width = (width + 1).clamp(WIDTHS.0, WIDTHS.1);
            self.sheet.set_column_width(column, width)?;
            whole += u32::from(width);
        }
        // On paper: the heading on every page, and all columns beside one another as long as that can be read; else pages
        // of columns, the first one on each of them.
        self.sheet.set_landscape().set_repeat_rows(0, 0)?;
        if whole <= PAGE_WIDTH {
            self.sheet.set_print_fit_to_pages(1, 0);
        } else {
            self.sheet.set_repeat_columns(0, 0)?;
        }
        let (rows, columns) = (self.row - 1, self.headings.len().saturating_sub(1));
        let last = u16::try_from(columns).unwrap_or(u16::MAX);
        self.sheet.autofilter(0, 0, rows, last)?;
        self.sheet.ignore_error_range(0, 0, rows, last, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    fn measure(&mut self, column: u16, text: &str, extra: u16) {
        if self.row <= WIDTH_ROWS
            && let Some(widest) = self.widths.get_mut(usize::from(column))
        {
            let longest = text.lines().map(|line| line.chars().take(usize::from(WIDTHS.1)).count()).max().unwrap_or(0);
            *widest = (*widest).max(u16::try_from(longest).unwrap_or(WIDTHS.1) + extra);
        }
    }
}

/// The title as the name of a sheet.
fn sheet_name(title: &str) -> String {
    let cut: String = title.replace(NOT_IN_NAMES, " ").chars().take(NAME_LENGTH).collect();
    cut.trim_matches(['\'', ' ']).to_owned()
}

fn is_counted(day: Day) -> bool {
    day.parts().0 >= FIRST_YEAR
}

fn date_time(day: Option<Day>, time: Option<TimeOfDay>) -> Result<ExcelDateTime, XlsxError> {
    let (hour, minute, second) = time.map_or((0, 0, 0), TimeOfDay::parts);
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let hour = u16::try_from(hour).unwrap_or_default();
    match day.map(Day::parts) {
        Some((year, month, date)) => {
            let year = u16::try_from(year).unwrap_or_default();
            ExcelDateTime::from_ymd(year, small(month), small(date))?.and_hms(hour, small(minute), small(second))
        }
        None => ExcelDateTime::from_hms(hour, small(minute), small(second)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn read(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap()
    }

    fn list(limit: u32, rows: &[&[Cell<'_>]]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut list = ListWorkbook::begin_with(
            "Une liste : [x]",
            &["N°", "Jour", "Heure"],
            Language::French,
            folder.path(),
            limit,
        )
        .unwrap();
        for row in rows {
            row.iter().for_each(|cell| list.push(*cell).unwrap());
            list.end_row().unwrap();
        }
        let mut out = Cursor::new(Vec::new());
        list.finish(&mut out).unwrap();
        out.into_inner()
    }

    #[test]
    fn cells_keep_their_kind() {
        let (day, time) = (Day::new(2026, 3, 4).unwrap(), TimeOfDay::new(18, 30, 0).unwrap());
        let bytes = list(
            ROW_LIMIT,
            &[
                &[Cell::Text("0012"), Cell::Moment(day, time), Cell::Time(time)],
                &[Cell::Text("=1+1"), Cell::Day(Day::FIRST), Cell::Empty],
            ],
        );
        let mut workbook = read(bytes);
        let name = workbook.sheet_names()[0].clone();
        assert_eq!(name, "Une liste    x");
        let range = workbook.worksheet_range(&name).unwrap();
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("0012".to_owned())));
        let Some(Data::DateTime(moment)) = range.get_value((1, 1)) else { panic!("no date") };
        // Days since 1900, as the file form counts them.
        assert_eq!(format!("{:.4}", moment.as_f64()), "46085.7708");
        assert!(matches!(range.get_value((1, 2)), Some(Data::DateTime(_))));
        assert_eq!(range.get_value((2, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!(
            range.get_value((2, 1)),
            Some(&Data::String("0001-01-01".to_owned())),
            "before the first day of a sheet"
        );
    }

    #[test]
    fn a_full_sheet_is_followed_by_another_with_the_same_heading() {
        let row: &[Cell<'_>] = &[Cell::Text("x")];
        let mut workbook = read(list(3, &[row; 5]));
        let sizes: Vec<_> = workbook.worksheets().into_iter().map(|(_, range)| range.height()).collect();
        assert_eq!(sizes, [3, 3, 2]);
        assert_eq!(list(3, &[row; 5]), list(3, &[row; 5]), "the same bytes again");
    }
}
