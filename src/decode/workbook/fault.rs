//! Why a workbook cannot be read on, before anybody knows its path.
//!
//! What enters: the errors of readers below. What leaves: a [`RowError`]. What is refused: nothing.

use std::io;

use calamine::XlsbError;
use zip::result::ZipError;

use crate::decode::feed::{Ended, Gone};
use crate::decode::row::RowError;
use crate::diagnostic::{Arguments, Code, Error};

/// Why a workbook cannot be read on.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not what it claims to be: what is wrong.
    Damaged(String),
    /// Nobody reads it without its password.
    Protected,
    /// No sheet has this name; those that are there.
    NoSheet(String, Vec<String>),
    /// A limit, or an error of the source.
    Row(RowError),
    /// Nobody wants further rows.
    Gone,
}

/// A limit that was met while bytes were read, carried through readers that know only `io::Error`.
#[derive(Debug)]
pub(super) struct Exceeded {
    pub(super) what: &'static str,
    pub(super) limit: u64,
}

impl std::fmt::Display for Exceeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.limit)
    }
}

impl std::error::Error for Exceeded {}

/// Longest cause that is shown.
const CAUSE: usize = 200;

impl Fault {
    pub(super) fn damaged(cause: impl std::fmt::Display) -> Self {
        Self::Damaged(cause.to_string())
    }

    pub(super) fn limit(what: &str, limit: impl std::fmt::Display) -> Self {
        Self::Row(RowError::limit(what, limit))
    }

    /// The fault of a source that was read as it lies on the disk, or of something between.
    fn of_io(error: &io::Error) -> Option<Self> {
        if let Some(Exceeded { what, limit }) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Some(Self::limit(what, limit));
        }
        // What a disk or a network says has a number; readers of formats make up their errors.
        error.raw_os_error().is_none().then(|| Self::damaged(error))
    }

    /// The fault as the caller sees it.
    pub(super) fn into_row_error(self, path: &str) -> RowError {
        let arguments = Arguments::none();
        RowError::Refused(match self {
            Self::Damaged(cause) => {
                // A cause is one line, whatever a broken file put into it.
                let cause: String = cause.chars().map(|c| if c.is_control() { ' ' } else { c }).take(CAUSE).collect();
                Error::new(Code::WorkbookDamaged, arguments.with("path", path).with("cause", cause))
            }
            Self::Protected => Error::new(Code::WorkbookProtected, arguments.with("path", path)),
            Self::NoSheet(sheet, sheets) => {
                let arguments = arguments.with("sheet", sheet).with("path", path);
                let sheets = sheets.join(", ");
                let arguments = if sheets.is_empty() { arguments } else { arguments.with("sheets", sheets) };
                Error::new(Code::SheetUnknown, arguments)
            }
            Self::Row(error) => return error,
            Self::Gone => return RowError::Io(io::ErrorKind::BrokenPipe.into()),
        })
    }

    /// The fault as the end of a feed.
    pub(super) fn into_ended(self, path: &str) -> Ended {
        match self {
            Self::Gone => Ended::Gone,
            other => Ended::Failed(other.into_row_error(path)),
        }
    }
}

impl From<Gone> for Fault {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::of_io(&error).unwrap_or(Self::Row(RowError::Io(error)))
    }
}

impl From<quick_xml::Error> for Fault {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(inner) => Self::of_io(&inner).unwrap_or_else(|| {
                // The error itself is shared, its number is not.
                let number = inner.raw_os_error().map(io::Error::from_raw_os_error);
                Self::Row(RowError::Io(number.unwrap_or_else(|| inner.kind().into())))
            }),
            other => Self::damaged(other),
        }
    }
}

impl From<quick_xml::events::attributes::AttrError> for Fault {
    fn from(error: quick_xml::events::attributes::AttrError) -> Self {
        Self::damaged(error)
    }
}

impl From<ZipError> for Fault {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Self::Protected,
            other => Self::damaged(other),
        }
    }
}

impl From<XlsbError> for Fault {
    fn from(error: XlsbError) -> Self {
        match error {
            XlsbError::Io(error) => error.into(),
            XlsbError::Zip(error) => error.into(),
            XlsbError::Password => Self::Protected,
            other => Self::damaged(other),
        }
    }
}
