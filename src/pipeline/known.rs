//! What a ledger knows of the lines of a file, asked while they are judged by many threads.

use std::collections::{BTreeMap, BTreeSet};

use crate::delimited::{Charset, RawCell, RawRecord};
use crate::diagnostic::{Arguments, Code, Diagnostic, Result};
use crate::format::RepeatPolicy;
use crate::ledger::{Earlier, Need, RefusedLine};
use crate::model::ManufacturerId;
use crate::validate::OrderLine;

/// What is known besides the file itself; nothing without a ledger.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'k> {
    /// Lines of other files.
    pub(super) earlier: Option<&'k EarlierFiles>,
    /// What the file corrects.
    pub(super) correction: Option<&'k Correction>,
}

/// Lines that other files brought, and what becomes of lines for the same needs.
pub(super) struct EarlierFiles {
    pub(super) lines: Box<dyn Earlier>,
    pub(super) policy: RepeatPolicy,
}

impl EarlierFiles {
    /// What is to be said of a line for whose need another file brought the same part.
    pub(super) fn find(
        &self,
        line: &OrderLine<'_>,
        reference: &str,
        manufacturer: ManufacturerId,
        charset: Charset,
    ) -> Result<Option<(Code, Arguments)>> {
        let code = match self.policy {
            RepeatPolicy::Block => Code::LineAlreadyTaken,
            RepeatPolicy::Warn => Code::LineTakenBefore,
            RepeatPolicy::Accept => return Ok(None),
        };
        // The ledger keeps what stands between the blanks.
        let text = |cell: RawCell<'_>| cell.text(charset).trim().to_owned();
        let (account, number) = (text(line.delivery_account()), text(line.customer_order_number()));
        let (work_order, countermark) = (text(line.work_order()), text(line.countermark()));
        let need = Need {
            delivery_account: &account,
            customer_order_number: &number,
            work_order: &work_order,
            countermark: &countermark,
        };
        let found = self.lines.find(manufacturer, reference, &need)?;
        Ok(found.map(|earlier| {
            let day = earlier.received_at.day().map(|day| day.to_string()).unwrap_or_default();
            let arguments = Arguments::none().with("file", earlier.file).with("line", earlier.line).with("day", day);
            (code, arguments)
        }))
    }
}

/// What a corrected report stands for: the refused lines of an earlier import.
pub(super) struct Correction {
    /// The column of the keys.
    column: usize,
    /// BLAKE3 of the earlier file.
    hash: String,
    refused: BTreeMap<u64, RefusedLine>,
    /// Rows that stand for a line for which another row stands already.
    repeated: BTreeSet<u64>,
}

/// What a row of a corrected report is.
pub(super) enum Row {
    /// A line that was refused.
    Refused(u64),
    /// A line that is in a basket already.
    Taken,
    /// Nobody can tell.
    Unclear(Diagnostic),
}

impl Correction {
    pub(super) fn new(column: usize, hash: String, refused: Vec<RefusedLine>) -> Self {
        let refused = refused.into_iter().map(|line| (line.line, line)).collect();
        Self { column, hash, refused, repeated: BTreeSet::new() }
    }

    /// Tells rows that stand for one line; whether there are more than were known.
    pub(super) fn repeat(&mut self, rows: impl IntoIterator<Item = u64>) -> bool {
        let before = self.repeated.len();
        self.repeated.extend(rows);
        self.repeated.len() > before
    }

    /// What a row stands for.
    pub(super) fn row(&self, record: RawRecord<'_, '_>, line: u64, charset: Charset) -> Row {
        let key = record.cell(self.column).text(charset);
        let unclear = |code| {
            let (column, value) = (Some(self.column), key.clone());
            Row::Unclear(Diagnostic::new(code, line, column, value, Arguments::none()))
        };
        let Some((hash, parent, record_hash)) = read_key(&key) else { return unclear(Code::CorrectionKeyLost) };
        if hash != self.hash {
            return unclear(Code::CorrectionKeyLost);
        }
        match self.refused.get(&parent) {
            Some(refused) if refused.record_hash != record_hash => unclear(Code::CorrectionKeyLost),
            Some(refused) if refused.corrected_by.is_some() => Row::Taken,
            Some(_) if self.repeated.contains(&line) => unclear(Code::CorrectionRepeated),
            Some(_) => Row::Refused(parent),
            None => Row::Taken,
        }
    }
}

/// The file, the line and the record that a key names.
pub(super) fn read_key(key: &str) -> Option<(&str, u64, u64)> {
    let mut parts = key.trim().split(':');
    let (hash, line, record) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && hash.len() == 64).then_some(())?;
    Some((hash, line.parse().ok()?, u64::from_str_radix(record, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let hash = "ab".repeat(32);
        let key = format!("{hash}:17:00000000000000ff");
        assert_eq!(read_key(&key), Some((hash.as_str(), 17, 255)));
        assert_eq!(read_key(&format!(" {key} ")), Some((hash.as_str(), 17, 255)));
        for broken in ["", "x:1:2", &format!("{hash}:x:ff"), &format!("{key}:1"), &format!("{hash}:1")] {
            assert_eq!(read_key(broken), None, "{broken}");
        }
    }
}
