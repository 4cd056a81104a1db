//! What must be held in memory while a workbook is read.
//!
//! What enters: the texts that cells share, and the sizes of other things. What leaves: the texts by their number.
//! What is refused: more than the limit allows.

use super::fault::Fault;
use super::package::Package;
use crate::format::Limits;

/// What may still be held in memory.
pub(super) struct Held {
    left: u64,
    limit: u64,
}

impl Held {
    pub(super) fn new<R>(package: &Package<R>) -> Self {
        Self::of(&package.limits)
    }

    pub(super) fn of(limits: &Limits) -> Self {
        Self { left: limits.held_bytes, limit: limits.held_bytes }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let left = self.left.checked_sub(bytes as u64);
        self.left = left.ok_or_else(|| Fault::limit("held-bytes", self.limit))?;
        Ok(())
    }
}

/// The texts that cells share.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Ends the text that was added last.
    pub(super) fn push(&mut self, text: &str, held: &mut Held) -> Result<(), Fault> {
        held.take(text.len() + size_of::<usize>())?;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        Ok(())
    }

    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let from = if place == 0 { 0 } else { self.ends[place - 1] };
        self.text.get(from..end)
    }
}
