//! What can go wrong below a workbook, as [`io::Error`].
//!
//! What enters: errors of the XLSX writer, and its panics.
//! What leaves: the error of the operating system with its kind, so that a full disk stays a full disk.
//! What is refused: a panic that is no failing disk goes on as a panic; it is a fault of the program.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind};

use rust_xlsxwriter::XlsxError;

/// Whether a panic is how the XLSX writer reports a disk that fails, which this module turns into an [`io::Error`].
///
/// For the panic hook of the binary: it must not call such a panic a fault of the program.
pub fn is_disk_failure(panic: &PanicHookInfo<'_>) -> bool {
    from_panic(panic.payload()).is_some()
}

/// Runs one step of the XLSX writer. Version 0.102 writes rows to the temporary file with `expect`: a full disk
/// panics. The panic is caught here; the caller gives the workbook up afterwards, so its broken state is never seen.
pub(super) fn guard<T>(step: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(result) => result.map_err(from_writer),
        Err(payload) => match from_panic(payload.as_ref()) {
            Some(error) => Err(error),
            None => resume_unwind(payload),
        },
    }
}

/// A target that gives its first error to the package writer and takes everything after it without keeping it.
///
/// A package writer that is dropped half-done tries to end its file, and prints to the standard error stream when that
/// fails as well. What is said to people is not for a library of archives to decide.
pub(super) struct FailsOnce<W> {
    target: W,
    failed: bool,
}

impl<W> FailsOnce<W> {
    pub(super) fn new(target: W) -> Self {
        Self { target, failed: false }
    }
}

impl<W: io::Write> io::Write for FailsOnce<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(bytes.len());
        }
        let written = self.target.write(bytes);
        // An interrupted call is tried again; it is no failure.
        self.failed = written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed { Ok(()) } else { self.target.flush() }
    }
}

/// The error of the disk where there is one; anything else is a value that the file form does not take.
fn from_writer(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error,
        XlsxError::ZipError(error) => error.into(),
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}

/// The error behind the panic of an `expect` on an [`io::Error`], which prints as `Os { code: 28, …`.
fn from_panic(payload: &(dyn Any + Send)) -> Option<io::Error> {
    let text = payload.downcast_ref::<String>()?;
    let (_, rest) = text.split_once("Os { code: ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-')?;
    rest[..end].parse().ok().map(io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_below_the_writer_stays_a_full_disk() {
        let full = || Err::<(), _>(io::Error::from_raw_os_error(28));
        let error = guard(|| {
            full().expect("Couldn't write to xml file");
            Ok(())
        });
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(from_writer(full().unwrap_err().into()).kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    #[should_panic(expected = "a fault of the program")]
    fn any_other_panic_goes_on() {
        drop(guard(|| -> Result<(), XlsxError> { panic!("{}", "a fault of the program") }));
    }
}
