//! Workbooks of spreadsheets become rows.
//!
//! What enters: a file that [`file_kind`](super::file_kind) calls a workbook. What leaves: the list of its sheets, and
//! the rows of one sheet: every value as text in one form, whatever the sheet shows, and notes of what the text does not
//! show (formulas, errors, merged cells, hidden rows).
//! What is refused: what is damaged, what is protected by a password, what is larger than allowed.
//!
//! Nothing that a file says of its own size is believed: parts are counted while they are unpacked, and what has to be
//! held in memory has a limit.

mod binary;
mod fault;
mod grid;
mod guard;
mod held;
mod ods;
mod ole;
mod package;
mod records;
mod relations;
mod shared;
mod value;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use self::fault::Fault;
use self::package::Package;
use super::feed::{Feed, Sink};
use super::kind::WorkbookKind;
use super::row::RowError;
use crate::format::Limits;

/// A sheet of a workbook, as its list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the spreadsheet shows it.
    pub is_visible: bool,
}

/// The sheets that hold tables, in the order of the workbook.
pub fn sheets<R: Read + Seek>(
    source: R,
    kind: WorkbookKind,
    limits: &Limits,
    path: &str,
) -> Result<Vec<Sheet>, RowError> {
    let work = || match kind {
        WorkbookKind::Xlsx => xlsx::sheets(&mut Package::open(source, limits)?),
        WorkbookKind::Xlsb => xlsb::sheets(source, limits),
        WorkbookKind::Ods => ods::sheets(&mut Package::open(source, limits)?),
        WorkbookKind::Xls => xls::sheets(source, limits),
    };
    unharmed(work).map_err(|fault| fault.into_row_error(path))
}

/// The rows of a sheet; they are read on a thread of their own.
pub fn sheet_rows<R: Read + Seek + Send + 'static>(
    source: R,
    kind: WorkbookKind,
    sheet: &str,
    limits: &Limits,
    path: &str,
) -> Feed {
    let (sheet, limits, path) = (sheet.to_owned(), *limits, path.to_owned());
    Feed::begin(move |sink| {
        unharmed(|| rows(source, kind, &sheet, &limits, sink)).map_err(|fault| fault.into_ended(&path))
    })
}

fn rows<R: Read + Seek>(
    mut source: R,
    kind: WorkbookKind,
    sheet: &str,
    limits: &Limits,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let file_bytes = source.seek(SeekFrom::End(0))?;
    match kind {
        WorkbookKind::Xlsx => xlsx::rows(&mut Package::open(source, limits)?, sheet, file_bytes, sink),
        WorkbookKind::Xlsb => xlsb::rows(source, sheet, limits, file_bytes, sink),
        WorkbookKind::Ods => ods::rows(&mut Package::open(source, limits)?, sheet, file_bytes, sink),
        WorkbookKind::Xls => xls::rows(source, sheet, limits, sink),
    }?;
    sink.at(file_bytes);
    Ok(())
}

/// Does some work; a panic of a reader that is not ours says that the file is damaged.
fn unharmed<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Fault::damaged(text.unwrap_or("a reader gave up")))
    })
}

#[cfg(test)]
mod tests;
