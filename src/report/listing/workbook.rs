//! A list as a workbook, to be sorted, filtered and summed in a spreadsheet.
//!
//! What enters: a list. What leaves: an XLSX file with cells of their kind, all columns and the rows that are shown.
//! What is refused: a failing disk. Texts too long for a cell are cut.

use std::io::{self, Seek, Write};
use std::path::Path;

use super::{Listing, Value, Word};
use crate::export::Cell;
use crate::model::Language;
use crate::report::workbook::ListWorkbook;

pub(super) fn write<R>(
    list: &Listing<R>,
    out: &mut (impl Write + Seek + Send),
    temporary: &Path,
    language: Language,
) -> io::Result<()> {
    let columns = list.all_columns();
    let headings: Vec<_> = columns.iter().map(|column| column.heading.get(language)).collect();
    let mut workbook = ListWorkbook::begin(list.kind, &headings, language, temporary)?;
    for row in list.rows() {
        for column in &columns {
            match column.value(row) {
                Value::Empty => workbook.push(Cell::Empty),
                Value::Text(text) => workbook.push(Cell::Text(&text)),
                Value::Word(word) => workbook.push(Cell::Text(word.text.get(language))),
                Value::Flag(is_yes) => workbook.push(Cell::Text(Word::answer(is_yes).text.get(language))),
                Value::Number(number) => workbook.push_number(number),
                Value::Money(amount) => workbook.push_money(amount),
                Value::Day(day) => workbook.push(Cell::Day(day)),
                Value::Moment(moment) => match moment.parts() {
                    Some((day, time)) => workbook.push(Cell::Moment(day, time)),
                    None => workbook.push(Cell::Text(&moment.to_string())),
                },
            }?;
        }
        workbook.end_row()?;
    }
    workbook.finish(out)
}
