//! The only place that writes to the terminal, besides `ask`, which draws questions.
//!
//! What enters: finished text. What leaves: data on standard output, talk on standard error.
//! What is refused: data that cannot be written, except that nobody reads on (`| head`), which is no fault.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use bordereau::diagnostic::{Code, Error, Result};
use serde::Serialize;

/// The shape of the JSON objects; raised when a reader would have to change.
const VERSION: u32 = 1;

/// Writes data to standard output.
pub(crate) fn data(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::io(Path::new("stdout"), Code::WriteFailed, error)),
    }
}

/// Lets data be written to standard output piece by piece. That nobody reads on is no fault.
pub(crate) fn stream(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::io(Path::new("stdout"), Code::WriteFailed, error)),
    }
}

/// How wide the terminal is that shows standard output, if one does; 80 where it does not say.
pub(crate) fn width() -> Option<usize> {
    let terminal = console::Term::stdout();
    terminal.is_term().then(|| usize::from(terminal.size().1))
}

/// Writes talk to standard error. Whoever closed it does not want to hear.
pub(crate) fn talk(text: &str) {
    let mut out = io::stderr().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Whether somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

#[derive(Serialize)]
struct Object<T> {
    kind: &'static str,
    version: u32,
    #[serde(flatten)]
    content: T,
}

/// Writes one JSON object on a line of its own to standard output, for who reads line by line.
pub(crate) fn json_line(kind: &'static str, content: impl Serialize) -> Result<()> {
    let text = serde_json::to_string(&Object { kind, version: VERSION, content }).unwrap_or_default();
    data(&(text + "\n"))
}

/// Writes one JSON object to standard output: its kind, its version, its content.
pub(crate) fn json(kind: &'static str, content: impl Serialize) -> Result<()> {
    // Texts and numbers always have a JSON form.
    let text = serde_json::to_string_pretty(&Object { kind, version: VERSION, content }).unwrap_or_default();
    data(&(text + "\n"))
}
