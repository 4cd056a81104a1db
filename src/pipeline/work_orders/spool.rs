//! Work orders aside, in a temporary file: each once, found by its number.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use crate::diagnostic::{Code, Error, Result};
use crate::export::push_value;
use crate::map::{Clock, read_value};
use crate::model::{SuggestedPart, Value, WorkOrder, WorkOrderContent, WorkOrderField, WorkOrderId};

/// Where a work order lies.
#[derive(Clone, Copy)]
struct Entry {
    id: WorkOrderId,
    offset: u64,
    bytes: u32,
    /// The file it comes from, by its place among them.
    file: u32,
    /// What its content is compared by.
    digest: [u8; 16],
    /// Whether somebody wants it; the others are kept to compare by.
    is_wanted: bool,
}

/// What became of a work order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is new.
    New,
    /// It was there already, with the same content.
    Again,
    /// Another one of this number was there, from this file.
    Otherwise(u32),
}

/// Work orders that are being collected.
pub(super) struct Collecting {
    out: BufWriter<File>,
    entries: Vec<Entry>,
    /// The places of the entries, by their numbers.
    by_id: std::collections::BTreeMap<WorkOrderId, u32>,
    end: u64,
    record: Vec<u8>,
}

fn failed(error: io::Error) -> Error {
    Error::io(&std::env::temp_dir(), Code::WriteFailed, error)
}

impl Collecting {
    pub(super) fn begin() -> Result<Self> {
        let file = tempfile::tempfile().map_err(failed)?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 18, file),
            entries: Vec::new(),
            by_id: std::collections::BTreeMap::new(),
            end: 0,
            record: Vec::new(),
        })
    }

    /// Keeps a work order unless one of its number is there.
    pub(super) fn keep(&mut self, order: &WorkOrder, file: u32, is_wanted: bool) -> Result<Kept> {
        self.record.clear();
        pack(&mut self.record, order.content());
        let mut digest = [0; 16];
        digest.copy_from_slice(&blake3::hash(&self.record).as_bytes()[..16]);
        if let Some(other) = self.by_id.get(&order.id()).and_then(|place| self.entries.get(*place as usize)) {
            return Ok(if other.digest == digest { Kept::Again } else { Kept::Otherwise(other.file) });
        }
        if is_wanted {
            self.out.write_all(&self.record).map_err(failed)?;
        } else {
            self.record.clear();
        }
        // A work order is never longer than a record may be.
        let bytes = u32::try_from(self.record.len()).map_err(|error| failed(io::Error::other(error)))?;
        let place = u32::try_from(self.entries.len()).map_err(|error| failed(io::Error::other(error)))?;
        self.by_id.insert(order.id(), place);
        self.entries.push(Entry { id: order.id(), offset: self.end, bytes, file, digest, is_wanted });
        self.end += u64::from(bytes);
        Ok(Kept::New)
    }

    /// All that are wanted, by number.
    pub(super) fn finish(self) -> Result<Spool> {
        let Self { out, entries, by_id, .. } = self;
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        let entries = by_id.values().filter_map(|place| entries.get(*place as usize).copied());
        let entries = entries.filter(|entry| entry.is_wanted).collect();
        Ok(Spool { file, entries })
    }
}

/// Work orders aside, in the order of their numbers.
pub(super) struct Spool {
    file: File,
    entries: Vec<Entry>,
}

impl Spool {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Gives each one in its turn.
    pub(super) fn each(&self, mut take: impl FnMut(WorkOrder) -> Result<()>) -> Result<()> {
        let mut source = BufReader::with_capacity(1 << 18, &self.file);
        source.seek(SeekFrom::Start(0)).map_err(failed)?;
        let (mut at, mut record) = (0_i64, Vec::new());
        for entry in &self.entries {
            let offset = i64::try_from(entry.offset).map_err(|error| failed(io::Error::other(error)))?;
            // Most files are in the order of the numbers; then nothing is read twice.
            source.seek_relative(offset - at).map_err(failed)?;
            record.resize(entry.bytes as usize, 0);
            source.read_exact(&mut record).map_err(failed)?;
            at = offset + i64::from(entry.bytes);
            let order = unpack(&record).and_then(|content| WorkOrder::new(content).ok());
            let lost = || failed(io::Error::new(io::ErrorKind::InvalidData, format!("{}", entry.id)));
            take(order.ok_or_else(lost)?)?;
        }
        Ok(())
    }
}

/// Field by field: its number, the length of its text, its text. Parts are a list of such texts.
fn pack(out: &mut Vec<u8>, content: &WorkOrderContent) {
    for field in WorkOrderField::ALL {
        match content.value(field) {
            Value::Nothing => {}
            Value::Parts(parts) => {
                for part in parts {
                    out.push(field as u8);
                    let quantity = part.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
                    for text in [&part.reference, &quantity, &part.label, &part.comment] {
                        push_sized(out, |out| out.extend_from_slice(text.as_bytes()));
                    }
                }
            }
            value => {
                out.push(field as u8);
                push_sized(out, |out| push_value(out, value));
            }
        }
    }
}

/// Adds bytes behind their number.
fn push_sized(out: &mut Vec<u8>, push: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    push(out);
    let length = u32::try_from(out.len() - at - 4).unwrap_or(u32::MAX);
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

fn unpack(mut record: &[u8]) -> Option<WorkOrderContent> {
    let mut content = WorkOrderContent::default();
    while let Some((number, rest)) = record.split_first() {
        record = rest;
        let field = *WorkOrderField::ALL.get(usize::from(*number))?;
        if field == WorkOrderField::SuggestedParts {
            let (reference, quantity) = (sized(&mut record)?, sized(&mut record)?);
            let (label, comment) = (sized(&mut record)?, sized(&mut record)?);
            let quantity = if quantity.is_empty() { None } else { Some(quantity.parse().ok()?) };
            let [reference, label, comment] = [reference, label, comment].map(str::to_owned);
            content.parts.push(SuggestedPart { reference, quantity, label, comment });
        } else {
            read_value(content.slot(field), sized(&mut record)?, Clock::Utc).ok()?;
        }
    }
    Some(content)
}

fn sized<'r>(record: &mut &'r [u8]) -> Option<&'r str> {
    let (length, rest) = record.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *record = rest;
    str::from_utf8(text).ok()
}
