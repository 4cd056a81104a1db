//! The file of a log: it is put aside when it is long enough or when a day is over, and so many of them are kept.
//!
//! What enters: whole lines. What leaves: `NAME`, and `NAME.1` (the newest) to `NAME.N` of those put aside.
//! What is refused: a file that cannot be opened; what goes wrong later is passed over.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use bordereau::diagnostic::{Code, Error, Result};
use bordereau::model::{Day, Moment};

use super::super::clock;

/// When a file is put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rotation {
    /// When it is this long.
    Size(u64),
    /// When the day it was begun on is over, in universal time.
    Day,
    /// Somebody else does it.
    Never,
}

impl Default for Rotation {
    fn default() -> Self {
        Self::Size(10 << 20)
    }
}

impl Rotation {
    /// `day`, `never`, or a size such as `10M`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => return Some(Self::Day),
            "never" => return Some(Self::Never),
            _ => {}
        }
        let units = [('K', 10), ('M', 20), ('G', 30)];
        let (number, shift) =
            units.iter().find_map(|(unit, shift)| Some((text.strip_suffix(*unit)?, *shift))).unwrap_or((text, 0));
        let number = number.parse::<u64>().ok().filter(|number| *number > 0 && number.leading_zeros() > shift)?;
        Some(Self::Size(number << shift))
    }
}

struct Open {
    file: File,
    bytes: u64,
    day: Option<Day>,
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        let metadata = file.metadata()?;
        let begun = if metadata.len() == 0 {
            clock::now().ok()
        } else {
            let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_secs()).ok().and_then(Moment::from_seconds)
        };
        Ok(Self { file, bytes: metadata.len(), day: begun.and_then(Moment::day) })
    }
}

/// A file that lines are added to.
pub(super) struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    keep: u32,
    open: Mutex<Open>,
}

impl LogFile {
    pub(super) fn open(path: &Path, rotation: Rotation, keep: u32) -> Result<Self> {
        let open = Open::at(path).map_err(|error| Error::io(path, Code::WriteFailed, error))?;
        Ok(Self { path: path.to_owned(), rotation, keep, open: Mutex::new(open) })
    }

    /// Opens it anew: somebody has moved it away. When that cannot be, it goes on with what it has.
    pub(super) fn reopen(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(anew) = Open::at(&self.path) {
            *open = anew;
        }
    }

    fn add(&self, line: &[u8]) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = match self.rotation {
            Rotation::Size(most) => open.bytes > 0 && open.bytes + line.len() as u64 > most,
            Rotation::Day => open.bytes > 0 && clock::now().ok().and_then(Moment::day) != open.day,
            Rotation::Never => false,
        };
        if is_over && self.put_aside().is_ok() {
            *open = Open::at(&self.path)?;
        }
        open.bytes += line.len() as u64;
        open.file.write_all(line)
    }

    /// `NAME` becomes `NAME.1`, that one `NAME.2`; the last one goes.
    fn put_aside(&self) -> io::Result<()> {
        if self.keep == 0 {
            return fs::remove_file(&self.path);
        }
        for number in (1..self.keep).rev() {
            match fs::rename(self.numbered(number), self.numbered(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, self.numbered(1))
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Writes into the file, a whole line at a time.
pub(super) struct Pen(pub(super) Arc<LogFile>);

impl Write for Pen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_typed() {
        for (text, rotation) in [
            ("day", Some(Rotation::Day)),
            ("never", Some(Rotation::Never)),
            ("512", Some(Rotation::Size(512))),
            ("4K", Some(Rotation::Size(4096))),
            ("10M", Some(Rotation::default())),
            ("0", None),
            ("M", None),
            ("10m", None),
            ("-1", None),
            ("99999999999999999G", None),
        ] {
            assert_eq!(Rotation::parse(text), rotation, "{text}");
        }
    }

    #[test]
    fn a_long_file_is_put_aside_and_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = LogFile::open(&path, Rotation::Size(8), 2).unwrap();
        for line in ["one\n", "two\n", "three\n", "four\n", "five\n", "a line that is longer\n", "six\n"] {
            log.add(line.as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        assert_eq!(read("log").as_deref(), Some("six\n"));
        assert_eq!(read("log.1").as_deref(), Some("a line that is longer\n"));
        assert_eq!(read("log.2").as_deref(), Some("five\n"));
        assert_eq!(read("log.3"), None);
        fs::rename(&path, folder.path().join("moved")).unwrap();
        log.reopen();
        log.add(b"new\n").unwrap();
        assert_eq!(read("log").as_deref(), Some("new\n"));
        // Who comes back goes on at the end.
        let log = LogFile::open(&path, Rotation::Day, 0).unwrap();
        log.add(b"day\n").unwrap();
        assert!(read("log").unwrap().ends_with("day\n"));
    }
}
