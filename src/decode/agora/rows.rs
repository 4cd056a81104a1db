//! The rows of an Agora order file: each record under the columns of all.
//!
//! What enters: records in the order of the text form, and the [`AgoraHeads`] of their file. What leaves: rows, those of
//! lines with what the head of their order says in their stead, and notes of what is wrong with them.
//! What is refused: more numbers of lines than may be held.

use std::sync::Arc;

use super::super::row::{Note, RowError, Rows, TableRow};
use super::check::{faults, manufacturer, number, text};
use super::heads::{AgoraHeads, Head, is_nothing};
use super::layout::{AGORA_HEADINGS, DELIVERY_ACCOUNT, DESIRED_DELIVERY_DATE, Record};
use super::numbers::Numbers;
use crate::diagnostic::{Arguments, Code};
use crate::format::Registry;
use crate::model::{Day, ManufacturerId};

/// Characters of an unknown type that are told.
const TOLD: usize = 40;

/// Gives rows.
pub(super) struct AgoraRows<'r> {
    records: Box<dyn Rows + 'r>,
    heads: Arc<AgoraHeads>,
    registry: &'r Registry,
    /// The record that was read last.
    record: TableRow,
    numbers: Numbers,
    held_bytes: u64,
    /// The manufacturer that was named last, and whom the name means: mostly it is named again.
    named: (Vec<u8>, Option<ManufacturerId>),
    has_begun: bool,
}

impl<'r> AgoraRows<'r> {
    pub(super) fn new(
        records: Box<dyn Rows + 'r>,
        heads: Arc<AgoraHeads>,
        registry: &'r Registry,
        held_bytes: u64,
    ) -> Self {
        Self {
            records,
            heads,
            registry,
            record: TableRow::default(),
            numbers: Numbers::default(),
            held_bytes,
            named: (Vec::new(), None),
            has_begun: false,
        }
    }

    fn manufacturer(&mut self) -> Option<ManufacturerId> {
        if self.record.cell(2) != self.named.0 {
            let id = manufacturer(&text(&self.record, 2), self.registry).ok();
            self.named = (self.record.cell(2).to_owned(), id);
        }
        self.named.1
    }

    fn line(&mut self, row: &mut TableRow) -> Result<(), RowError> {
        let manufacturer = self.manufacturer();
        let before = row.notes.len();
        if !is_odd(row) {
            faults(&self.record, Record::Line, self.registry, &mut row.notes);
        }
        if let Some(number) = number(self.record.cell(1)) {
            if !self.numbers.add(number) {
                row.note(Some(1), Code::LineNumberRepeated);
            }
            if self.numbers.bytes() > self.held_bytes {
                return Err(RowError::limit("held-bytes", self.held_bytes));
            }
        }
        let order = String::from_utf8_lossy(self.record.cell(5));
        let order = order.trim();
        let head = manufacturer.filter(|_| !order.is_empty()).and_then(|id| self.heads.head(order, id));
        let refused_by = match head {
            Some(head) => head.refused_by,
            None => self.heads.lost(order),
        };
        if self.heads.is_behind_end(self.record.line) {
            row.notes.insert(before, misplaced(Record::Line));
        } else if let Some(line) = refused_by {
            let arguments = Arguments::none().with("order", order).with("line", line);
            row.notes.insert(before, Note { arguments, ..Note::plain(None, Code::OrderRefused) });
        }
        for place in 0..=Record::Line.fields().len() {
            let cell = self.record.cell(place);
            if cell.trim_ascii().is_empty() {
                fill(row, place, head);
            } else {
                row.push(cell);
            }
        }
        Ok(())
    }

    /// A record that is no line, under its own columns.
    fn other(&self, record: Record, row: &mut TableRow) {
        if !is_odd(row) {
            faults(&self.record, record, self.registry, &mut row.notes);
        }
        let line = self.record.line;
        if self.heads.is_behind_end(line) {
            row.notes.push(misplaced(record));
        } else {
            let head = manufacturer(&text(&self.record, 2), self.registry)
                .ok()
                .and_then(|id| self.heads.head(&text(&self.record, 1), id));
            let code = match (record, head) {
                (Record::Order, Some(head)) => about(line, head.order.as_ref().map(|(_, line)| *line), head),
                (Record::Address, Some(head)) if head.order.is_some() => {
                    about(line, head.address.as_ref().map(|(_, line)| *line), head)
                }
                (Record::Address, Some(_)) => Some(Code::AgoraOrderMissing),
                (Record::Trailer, _) if self.heads.trailer != Some(line) => Some(Code::AgoraRecordRepeated),
                _ => None,
            };
            row.notes.extend(code.map(|code| said(code, record)));
        }
        let fields = record.fields();
        let mut cells = [""; AGORA_HEADINGS.len()].map(str::as_bytes);
        cells[0] = record.tag().as_bytes();
        for (place, field) in (1..).zip(fields) {
            cells[field.column] = self.record.cell(place);
        }
        for cell in cells {
            row.push(cell);
        }
    }
}

/// What is wrong with the record in `line` of a head whose first such record is in `first`.
fn about(line: u64, first: Option<u64>, head: &Head) -> Option<Code> {
    if first != Some(line) {
        Some(Code::AgoraRecordRepeated)
    } else if head.is_late(line) {
        Some(Code::AgoraRecordMisplaced)
    } else {
        None
    }
}

/// Whether a record is none, so that nothing more can be said of it.
fn is_odd(row: &TableRow) -> bool {
    row.notes.iter().any(|note| note.code == Code::RecordUnreadable)
}

fn said(code: Code, record: Record) -> Note {
    Note { arguments: Arguments::none().with("record", record.tag()), ..Note::plain(None, code) }
}

fn misplaced(record: Record) -> Note {
    said(Code::AgoraRecordMisplaced, record)
}

/// Adds a cell that a line leaves empty, with what the head of its order says.
fn fill(row: &mut TableRow, place: usize, head: Option<&Head>) {
    let order = head.and_then(|head| head.order.as_ref()).map(|(order, _)| order);
    match (place, order) {
        (DELIVERY_ACCOUNT, Some(order)) => row.push(order.delivery_account.as_bytes()),
        (DESIRED_DELIVERY_DATE, Some(order)) => {
            let day = order.desired_delivery_date.as_ref().map(Day::to_string);
            row.push(day.unwrap_or_default().as_bytes());
        }
        _ => row.push(b""),
    }
}

impl Rows for AgoraRows<'_> {
    fn next(&mut self, row: &mut TableRow) -> Result<bool, RowError> {
        if !std::mem::replace(&mut self.has_begun, true) {
            row.begin(0);
            for heading in AGORA_HEADINGS {
                row.push(heading.as_bytes());
            }
            return Ok(true);
        }
        if !self.records.next(&mut self.record)? {
            return Ok(false);
        }
        row.begin(self.record.line);
        if is_nothing(&self.record) {
            row.notes.append(&mut self.record.notes);
            let text: Vec<_> = self.record.cells().collect();
            row.push(&text.join(b";".as_slice()));
            return Ok(true);
        }
        row.unclosed = self.record.unclosed;
        row.notes.append(&mut self.record.notes);
        match Record::of(self.record.cell(0)) {
            Some(Record::Line) => self.line(row)?,
            Some(record) => self.other(record, row),
            None => {
                let value = text(&self.record, 0).chars().take(TOLD).collect();
                row.notes.push(Note { value, ..Note::plain(None, Code::AgoraRecordUnknown) });
                self.record.cells().for_each(|cell| row.push(cell));
            }
        }
        Ok(true)
    }

    fn position(&self) -> u64 {
        self.records.position()
    }
}
