//! Stub.
use std::io::{Read, Seek};

use super::{Feed, RowError, WorkbookKind};
use crate::format::Limits;

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is shown.
    pub is_visible: bool,
}

/// The sheets.
pub fn sheets<R: Read + Seek>(
    _source: R,
    _kind: WorkbookKind,
    _limits: &Limits,
    _path: &str,
) -> Result<Vec<Sheet>, RowError> {
    Ok(Vec::new())
}

/// The rows of a sheet.
pub fn sheet_rows<R: Read + Seek + Send + 'static>(
    _source: R,
    _kind: WorkbookKind,
    _sheet: &str,
    _limits: &Limits,
    _path: &str,
) -> Feed {
    Feed::begin(|_| Ok(()))
}
