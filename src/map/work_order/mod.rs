//! What a source says of work orders becomes drafts: fields found and read, nothing judged as a whole.
//!
//! What enters: what a [`Listener`](crate::decode::Listener) hears of XML or JSON, or the rows of a table.
//! What leaves: [`WorkOrderDraft`]s, each with what could not be read of it.
//! What is refused: an answer that tells of an error, a document of another version, a table without the columns that no
//! work order can do without, a work order that is longer than allowed. A member that nobody knows is passed over; null
//! and an empty text are the same.

mod table;
mod tree;
mod values;

pub use table::{WorkOrderTable, field_of, headings_of};
pub use tree::WorkOrderListener;
pub use values::{Clock, read_value};

use std::borrow::Cow;

use crate::decode::RowError;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error};
use crate::format::Limits;
use crate::model::{Slot, Value, WorkOrderContent, WorkOrderField};

/// What a source gives.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A work order.
    Draft(Box<WorkOrderDraft>),
    /// Something that is to be said of no work order alone.
    Said(Diagnostic),
}

/// Takes what a source gives, in its order.
pub type Take<'t> = &'t mut dyn FnMut(Heard) -> Result<(), Error>;

/// What a source says of one work order.
#[derive(Clone, Debug, Default)]
pub struct WorkOrderDraft {
    /// The line on which it begins.
    pub line: u64,
    /// What could be read.
    pub content: WorkOrderContent,
    /// What could not, and what is doubtful.
    pub diagnostics: Vec<Diagnostic>,
    /// Bytes of its texts.
    bytes: usize,
}

/// The largest texts.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Bytes of one text.
    cell: usize,
    /// Bytes of a whole work order.
    record: usize,
}

impl Room {
    const fn of(limits: &Limits) -> Self {
        // As for records of XML and JSON.
        Self { cell: limits.cell_bytes, record: limits.record_bytes.saturating_mul(16) }
    }
}

impl WorkOrderDraft {
    fn begin(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Counts bytes against the most that a work order may take.
    fn hold(&mut self, bytes: usize, room: Room) -> Result<(), RowError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > room.record { Err(RowError::limit("record-bytes", room.record)) } else { Ok(()) }
    }

    /// Takes the text of a field; an empty one says nothing.
    fn take(
        &mut self,
        field: WorkOrderField,
        text: &str,
        line: u64,
        clock: Clock<'_>,
        room: Room,
    ) -> Result<(), RowError> {
        self.hold(text.len(), room)?;
        let Some(text) = self.clean(field.name(), field.is_personal(), text, line, room) else { return Ok(()) };
        let is_again = self.content.value(field) != Value::Nothing;
        // Made only when it is needed: most fields are given once.
        let mut other = is_again.then(WorkOrderContent::default);
        let slot = other.as_mut().unwrap_or(&mut self.content).slot(field);
        let is_status = matches!(slot, Slot::Status(_));
        if let Err(expected) = read_value(slot, &text, clock) {
            let code = if is_status { Code::WorkOrderStatusUnknown } else { Code::WorkOrderValueInvalid };
            let found = (!field.is_personal()).then_some(&*text);
            self.fault(code, line, found, expected.arguments(&text).with("field", field));
        } else if other.is_some_and(|other| other.value(field) != self.content.value(field)) {
            self.fault(Code::WorkOrderFieldTwice, line, None, Arguments::none().with("field", field));
        }
        Ok(())
    }

    /// A text without what no file of ours can hold: control characters, white space around it, other line ends than line
    /// feeds. Nothing when that leaves nothing, or when it is too long.
    fn clean<'t>(
        &mut self,
        name: &str,
        is_personal: bool,
        text: &'t str,
        line: u64,
        room: Room,
    ) -> Option<Cow<'t, str>> {
        let mut text = Cow::Borrowed(text);
        if text.contains('\r') {
            text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
        }
        if text.contains(is_forbidden) {
            text = Cow::Owned(text.replace(is_forbidden, ""));
            self.fault(Code::ControlRemoved, line, None, Arguments::none().with("field", name));
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        if trimmed.len() > room.cell {
            let arguments = Arguments::none().with("found", trimmed.len()).with("maximum", room.cell);
            let shown = if is_personal { "" } else { name };
            self.fault(Code::CellTooLong, line, Some(shown), arguments);
            return None;
        }
        if trimmed.len() < text.len() {
            text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            };
        }
        Some(text)
    }

    /// Says that something is wrong, with the value as it was found where it tells nobody who the consumer is.
    fn fault(&mut self, code: Code, line: u64, found: Option<&str>, arguments: Arguments) {
        let value = found.unwrap_or_default().to_owned();
        let arguments = match found {
            Some(found) if arguments.get("found").is_none() => arguments.with("found", shortened(found)),
            _ => arguments,
        };
        self.diagnostics.push(Diagnostic::new(code, line, None, value, arguments));
    }
}

/// The beginning of a text that may be long.
fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// What XML 1.0 cannot hold.
fn is_forbidden(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests;
