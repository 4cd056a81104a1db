//! The summary sheet: counts, then causes.
//!
//! What enters: rows that the caller has counted. What leaves: one sheet without formulas. Nothing is refused.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{CauseRow, SummaryRow, Words, text};
use crate::model::Language;

/// Widths of code, severity, count, message, remedy, in characters.
const WIDTHS: [u16; 5] = [32, 12, 12, 70, 70];

/// Lays both blocks out, the causes below the counts.
pub(super) fn sheet(
    words: &Words,
    language: Language,
    summary: &[SummaryRow],
    causes: &[CauseRow],
) -> Result<Worksheet, XlsxError> {
    let bold = Format::new().set_bold();
    let top = Format::new().set_align(FormatAlign::Top);
    let number = top.clone().set_align(FormatAlign::Right).set_indent(1);
    let wrapped = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    let mut sheet = Worksheet::new();
    sheet.set_name(&words.sheet_summary)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    let cut = |text: &str| text::marked(text.to_owned(), &words.cut);
    let mut row = 0;
    for each in summary {
        sheet.write_string_with_format(row, 0, cut(&each.name), &bold)?;
        sheet.write_string(row, 1, cut(&each.value))?;
        row += 1;
    }
    if causes.is_empty() {
        return Ok(sheet);
    }
    row += 1;
    sheet.write_string_with_format(row, 0, cut(&words.sheet_codes), &bold)?;
    row += 1;
    let headings = [&words.code, &words.severity, &words.count, &words.meaning, &words.remedy];
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(row, column, cut(heading), &bold)?;
    }
    for cause in causes {
        row += 1;
        sheet.write_string_with_format(row, 0, cause.code.name(), &top)?;
        sheet.write_string_with_format(row, 1, cause.severity.letter(), &top)?;
        match u32::try_from(cause.count) {
            Ok(count) => sheet.write_number_with_format(row, 2, count, &number)?,
            Err(_) => sheet.write_string_with_format(row, 2, cause.count.to_string(), &number)?,
        };
        let message = cause.code.message(language, &cause.arguments);
        sheet.write_string_with_format(row, 3, cut(&message), &wrapped)?;
        let remedy = cause.code.remedy(language, &cause.arguments);
        sheet.write_string_with_format(row, 4, cut(&remedy), &wrapped)?;
    }
    Ok(sheet)
}
