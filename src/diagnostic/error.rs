//! Why a run, or one file of it, cannot go on.

use std::path::Path;
use std::{fmt, io};

use super::{Arguments, Code, Exit};
use crate::model::Language;

/// The result of what can stop a run.
pub type Result<T> = std::result::Result<T, Error>;

/// A code of the catalogue with its arguments: the run, or this file of it, cannot go on.
#[derive(Debug)]
pub struct Error {
    /// What is wrong.
    pub code: Code,
    /// What the message says of this case.
    pub arguments: Arguments,
    source: Option<io::Error>,
}

impl Error {
    /// An error without a cause below it.
    pub const fn new(code: Code, arguments: Arguments) -> Self {
        Self { code, arguments, source: None }
    }

    /// The same once more, for another file that it concerns.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::new(self.code, self.arguments.clone())
    }

    /// What the operating system said of a path, as a code of the catalogue; `otherwise` when it is none of the usual faults.
    pub fn io(path: &Path, otherwise: Code, source: io::Error) -> Self {
        let code = match source.kind() {
            io::ErrorKind::NotFound if otherwise == Code::ReadFailed => Code::FileNotFound,
            io::ErrorKind::PermissionDenied => Code::PermissionDenied,
            io::ErrorKind::IsADirectory => Code::PathIsDirectory,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Code::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnlyDisk,
            _ => otherwise,
        };
        let arguments = Arguments::none().with("path", path.display()).with("cause", &source);
        Self { code, arguments, source: Some(source) }
    }

    /// The exit code of a run that ends with this error.
    pub fn exit(&self) -> Exit {
        self.code.exit().unwrap_or(Exit::Internal)
    }

    /// The message in a language.
    pub fn message(&self, language: Language) -> String {
        self.code.message(language, &self.arguments).into_owned()
    }

    /// What to do about it, in a language.
    pub fn remedy(&self, language: Language) -> String {
        self.code.remedy(language, &self.arguments).into_owned()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message(Language::English))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
