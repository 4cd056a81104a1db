//! Where an order file comes from.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::decode::RowError;
use crate::diagnostic::{Arguments, Code, Error, Result};

/// A file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input, kept in a temporary file because it is read twice.
    Stdin,
}

impl Source {
    /// The source that an argument names; `-` is standard input.
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::File(PathBuf::from(argument)) }
    }

    /// The bare name, as reports give it: the same on every machine.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Self::Stdin => "-".to_owned(),
        }
    }

    /// Opens it.
    pub(super) fn open(&self) -> Result<Opened> {
        match self {
            Self::File(path) => {
                open_file(path).map(|file| Opened { changed: changed(&file), file, path: path.clone() })
            }
            Self::Stdin => {
                let path = PathBuf::from("-");
                let failed = |error| Error::io(&path, Code::ReadFailed, error);
                let mut file = tempfile::tempfile().map_err(failed)?;
                io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
                Ok(Opened { changed: changed(&file), file, path })
            }
        }
    }
}

/// Opens a file for reading; a folder is said to be one.
pub(super) fn open_file(path: &Path) -> Result<File> {
    let failed = |error| Error::io(path, Code::ReadFailed, error);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(Error::new(Code::PathIsDirectory, Arguments::none().with("path", path.display())));
    }
    Ok(file)
}

/// An open file that is read from its beginning as often as needed.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    path: PathBuf,
    /// Length and time of change when it was opened.
    changed: Option<(u64, SystemTime)>,
}

impl Opened {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A reader from the beginning.
    pub(super) fn rewind(&self) -> Result<impl Read + Send + '_> {
        (&self.file).seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        Ok(&self.file)
    }

    /// The file itself, at its beginning, for readers that keep it. It shares its place with all others: one reader at a
    /// time.
    pub(super) fn file(&self) -> Result<File> {
        let mut file = self.file.try_clone().map_err(|error| self.failed(error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        Ok(file)
    }

    pub(super) fn row_failed(&self, error: RowError) -> Error {
        match error {
            RowError::Io(error) => self.failed(error),
            RowError::Refused(error) => error,
        }
    }

    pub(super) fn failed(&self, error: io::Error) -> Error {
        Error::io(&self.path, Code::ReadFailed, error)
    }

    /// An error when somebody wrote to the file since it was opened.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        if changed(&self.file) == self.changed {
            return Ok(());
        }
        Err(Error::new(Code::FileChanged, Arguments::none().with("path", self.path.display())))
    }
}

fn changed(file: &File) -> Option<(u64, SystemTime)> {
    let facts = file.metadata().ok()?;
    Some((facts.len(), facts.modified().ok()?))
}
