//! What a corrected report, or a file that is read again, stands for: the records of an earlier deposit that were refused.

use std::collections::BTreeMap;

use crate::delimited::Charset;
use crate::ledger::{EntryId, RefusedRecord};
use crate::map::EntryRow;
use crate::pipeline::chunk::record_hash;
use crate::pipeline::known::read_key;

/// The refused records of an earlier deposit, and where their keys stand.
#[derive(Debug)]
pub(super) struct Correction {
    /// The column of the keys; none in the file itself, whose lines speak for themselves.
    column: Option<usize>,
    /// BLAKE3 of the earlier file.
    hash: String,
    /// By line.
    refused: BTreeMap<u64, RefusedRecord>,
}

/// What an entry of a corrected report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// The refused entry on this line.
    For(u64),
    /// An entry that was created already.
    Taken,
    /// Nobody can tell.
    Unclear,
}

impl Correction {
    pub(super) fn new(column: Option<usize>, hash: String, refused: Vec<RefusedRecord>) -> Self {
        let refused = refused.into_iter().map(|record| (record.row.line, record)).collect();
        Self { column, hash, refused }
    }

    /// The column of the keys.
    pub(super) fn column(&self) -> Option<usize> {
        self.column
    }

    /// The draft that is kept of a refused entry.
    pub(super) fn draft(&self, entry: u64) -> Option<EntryId> {
        self.refused.get(&entry).and_then(|record| record.draft)
    }

    /// What a record stands for; nothing when it bears no key.
    fn of(&self, row: &EntryRow<'_, '_>, charset: Charset) -> Option<Stands> {
        let (line, hash) = match self.column {
            None => (row.line, record_hash(row.record, charset)),
            Some(column) => {
                let key = row.record.cell(column).text(charset);
                if key.trim().is_empty() {
                    return None;
                }
                let Some((_, line, hash)) = read_key(&key).filter(|(hash, ..)| *hash == self.hash) else {
                    return Some(Stands::Unclear);
                };
                (line, hash)
            }
        };
        Some(match self.refused.get(&line) {
            Some(refused) if refused.row.record_hash != hash => Stands::Unclear,
            Some(refused) if refused.is_corrected => Stands::Taken,
            Some(refused) => Stands::For(refused.entry),
            None => Stands::Taken,
        })
    }

    /// What an entry stands for: a row that was put in has no key and goes with the others.
    pub(super) fn entry(&self, rows: &[EntryRow<'_, '_>], charset: Charset) -> Stands {
        let mut stands = rows.iter().filter_map(|row| self.of(row, charset));
        let Some(first) = stands.next() else { return Stands::Unclear };
        if stands.all(|each| each == first) { first } else { Stands::Unclear }
    }

    /// Whether a record goes on with the entry of the record before it; nothing when only the records themselves can tell.
    pub(super) fn goes_on(&self, before: &EntryRow<'_, '_>, row: &EntryRow<'_, '_>, charset: Charset) -> Option<bool> {
        self.column?;
        let (before, own) = (self.of(before, charset), self.of(row, charset)?);
        Some(matches!((before, own), (Some(Stands::For(one)), Stands::For(other)) if one == other))
    }
}
