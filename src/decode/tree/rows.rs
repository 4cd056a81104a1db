//! The second pass: a row for each record.
//!
//! What enters: the same tree again, by what a [`Listener`] hears, and its [`Outline`]. What leaves: rows.
//! What is refused: a record that is too long, and more than [`HELD_BYTES`] to hold.

use super::super::feed::{Ended, Sink};
use super::super::row::{RowError, TableRow};
use super::outline::{Outline, Role};
use super::paths::{FILE, NOWHERE, Place};
use super::{HELD_BYTES, Listener, longest};
use crate::diagnostic::Code;
use crate::format::Limits;

/// A cell that becomes longer gives its memory back.
const KEPT_BYTES: usize = 64 << 10;

/// What is open.
struct Frame {
    place: Place,
    last: Place,
    /// What it is in, when it is one of the elements around the records that are held.
    outer: Option<usize>,
    is_held: bool,
}

/// An element around the records that is held.
struct Group {
    outer: Option<usize>,
    cells: Vec<(usize, String)>,
}

/// Something that repeats inside a record.
struct Item {
    line: u64,
    cells: Vec<(usize, String)>,
}

/// A record whose row waits for what is around it.
struct Waiting {
    line: u64,
    group: usize,
    is_odd: bool,
}

/// Makes the rows.
pub(super) struct Writer<'s> {
    outline: Outline,
    sink: &'s mut Sink,
    row: TableRow,
    last_bytes: usize,
    last_line: u64,
    open: Vec<Frame>,
    /// The record that is open: how many frames there are with it, and its line.
    record: Option<(usize, u64)>,
    /// Its cells; `None` where nothing stands.
    cells: Vec<String>,
    is_set: Vec<bool>,
    record_bytes: usize,
    longest: usize,
    /// What repeats inside the open record, and which of it is open: how many frames there are with it, and its place here.
    items: Vec<Item>,
    open_items: Vec<(usize, usize)>,
    /// What is around the records: fields that stand once, as long as nothing else is known.
    around: Vec<String>,
    groups: Vec<Group>,
    group: Option<usize>,
    waiting: Vec<Waiting>,
    /// The cells of the records that wait.
    text: String,
    ends: Vec<usize>,
    held: usize,
    position: u64,
}

impl<'s> Writer<'s> {
    /// Gives the heading.
    pub(super) fn begin(outline: Outline, limits: &Limits, sink: &'s mut Sink) -> Result<Self, Ended> {
        let mut row = TableRow::default();
        row.begin(0);
        outline.columns.iter().for_each(|column| row.push(column.as_bytes()));
        sink.give(&mut row)?;
        let own = outline.columns.len() - outline.own;
        let constant = |column| outline.constants.get(&column).cloned().unwrap_or_default();
        Ok(Self {
            around: (0..outline.own).map(constant).collect(),
            outline,
            sink,
            row,
            last_bytes: 0,
            last_line: 0,
            open: vec![Frame { place: FILE, last: NOWHERE, outer: None, is_held: false }],
            record: None,
            cells: vec![String::new(); own],
            is_set: vec![false; own],
            record_bytes: 0,
            longest: longest(limits),
            items: Vec::new(),
            open_items: Vec::new(),
            groups: Vec::new(),
            group: None,
            waiting: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
            held: 0,
            position: 0,
        })
    }

    /// Goes to a child of what is open.
    fn enter(&mut self, name: &str) -> Place {
        let Some(frame) = self.open.last_mut() else { return NOWHERE };
        let Some(place) = self.outline.paths.find(frame.place, frame.last, name) else { return NOWHERE };
        frame.last = place;
        place
    }

    fn take(&mut self, place: Place, text: &str) -> Result<(), RowError> {
        match self.outline.roles.get(place as usize) {
            Some(Role::Own(column)) if self.record.is_some() => self.set(column - self.outline.own, text),
            Some(Role::Around(column)) => {
                if let Some(group) = self.group {
                    self.groups[group].cells.push((*column, text.to_owned()));
                    return self.hold(text.len() + size_of::<(usize, String)>());
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Sets an own cell, or adds to it: of the item that is open, else of the record.
    fn set(&mut self, cell: usize, text: &str) -> Result<(), RowError> {
        if let Some((_, item)) = self.open_items.last() {
            self.items[*item].cells.push((cell, text.to_owned()));
            return self.count(text.len() + size_of::<(usize, String)>());
        }
        if self.is_set[cell] {
            self.cells[cell].push('|');
        }
        self.is_set[cell] = true;
        self.cells[cell].push_str(text);
        self.count(text.len() + 1)
    }

    /// Takes note of how long the record becomes.
    fn count(&mut self, bytes: usize) -> Result<(), RowError> {
        self.record_bytes += bytes;
        if self.record_bytes > self.longest { Err(RowError::limit("record-bytes", self.longest)) } else { Ok(()) }
    }

    fn hold(&mut self, bytes: usize) -> Result<(), RowError> {
        self.held += bytes;
        if self.held > HELD_BYTES { Err(RowError::limit("record-bytes", HELD_BYTES)) } else { Ok(()) }
    }

    /// Gives the row of the record whose cells are set, or lets it wait.
    fn finish(&mut self, line: u64, is_odd: bool) -> Result<(), Ended> {
        let group = self.group;
        if group.is_none() {
            self.begin_row(line);
            self.around.iter().for_each(|cell| self.row.push(cell.as_bytes()));
        }
        let before = self.text.len();
        for (cell, is_set) in self.cells.iter_mut().zip(&mut self.is_set) {
            if group.is_none() {
                self.row.push(cell.as_bytes());
            } else {
                self.text.push_str(cell);
                self.ends.push(self.text.len());
            }
            *is_set = false;
            cell.clear();
            if cell.capacity() > KEPT_BYTES {
                *cell = String::new();
            }
        }
        self.record_bytes = 0;
        let Some(group) = group else {
            self.give(is_odd)?;
            return self.give_items();
        };
        self.waiting.push(Waiting { line, group, is_odd });
        let overhead = size_of::<Waiting>() + self.cells.len() * size_of::<usize>();
        Ok(self.hold(self.text.len() - before + overhead)?)
    }

    /// Rows are handed over with their memory; the next one needs about as much as the last. A line belongs to one record, by
    /// which it is found again: of several on one line each counts as a line of its own.
    fn begin_row(&mut self, line: u64) {
        self.last_line = line.max(self.last_line + 1);
        self.row.begin(self.last_line);
        self.row.ends.reserve_exact(self.outline.columns.len());
        self.row.bytes.reserve(self.last_bytes);
    }

    fn give(&mut self, is_odd: bool) -> Result<(), Ended> {
        if is_odd {
            self.row.note(None, Code::RecordUnreadable);
        }
        self.last_bytes = self.row.bytes().len();
        self.sink.at(self.position);
        Ok(self.sink.give(&mut self.row)?)
    }

    /// Gives the rows of what repeats inside the record that was given.
    fn give_items(&mut self) -> Result<(), Ended> {
        for mut item in std::mem::take(&mut self.items) {
            self.begin_row(item.line);
            self.row.continues = true;
            item.cells.sort_by_key(|(cell, _)| *cell);
            let mut cells = item.cells.into_iter().peekable();
            for cell in 0..self.cells.len() {
                let mut text = String::new();
                while let Some((_, more)) = cells.next_if(|(each, _)| *each == cell) {
                    if !text.is_empty() {
                        text.push('|');
                    }
                    text.push_str(&more);
                }
                self.row.push(text.as_bytes());
            }
            self.give(false)?;
        }
        Ok(())
    }

    /// Gives the rows that wait.
    pub(super) fn flush(&mut self) -> Result<(), Ended> {
        let waiting = std::mem::take(&mut self.waiting);
        let width = self.cells.len();
        let mut around = self.around.clone();
        let mut known = None;
        let mut from = 0;
        for (place, record) in waiting.iter().enumerate() {
            if known != Some(record.group) {
                known = Some(record.group);
                around.clone_from(&self.around);
                self.look_around(record.group, &mut around);
            }
            self.begin_row(record.line);
            for cell in &around {
                self.row.push(cell.as_bytes());
            }
            for cell in 0..width {
                let end = self.ends[place * width + cell];
                self.row.push(&self.text.as_bytes()[from..end]);
                from = end;
            }
            self.give(record.is_odd)?;
        }
        self.text.clear();
        self.ends.clear();
        self.groups.clear();
        self.group = None;
        self.held = 0;
        Ok(())
    }

    /// What the group and those around it know.
    fn look_around(&self, group: usize, around: &mut [String]) {
        let mut at = Some(group);
        while let Some(group) = at {
            for (column, text) in &self.groups[group].cells {
                around[*column].clone_from(text);
            }
            at = self.groups[group].outer;
        }
    }
}

impl Listener for Writer<'_> {
    type Stop = Ended;

    fn open(&mut self, name: &str, _: bool, line: u64) -> Result<(), Ended> {
        let place = self.enter(name);
        let level = self.open.len() - 1;
        let is_held =
            self.outline.held_from.is_some_and(|from| level >= from) && self.outline.chain.get(level) == Some(&place);
        self.open.push(Frame { place, last: NOWHERE, outer: self.group, is_held });
        if is_held {
            self.groups.push(Group { outer: self.group, cells: Vec::new() });
            self.group = Some(self.groups.len() - 1);
            self.hold(size_of::<Group>())?;
        }
        if place == self.outline.record {
            self.record = Some((self.open.len(), line));
        } else if self.record.is_some() && self.outline.items.get(place as usize) == Some(&true) {
            self.open_items.push((self.open.len(), self.items.len()));
            self.items.push(Item { line, cells: Vec::new() });
            self.count(size_of::<Item>())?;
        }
        Ok(())
    }

    fn value(&mut self, name: &str, listed: bool, line: u64, text: &str) -> Result<(), Ended> {
        let place = self.enter(name);
        if place == self.outline.record {
            if listed || !text.is_empty() {
                self.set(0, text)?;
                self.finish(line, true)?;
            }
            return Ok(());
        }
        Ok(self.take(place, text)?)
    }

    fn close(&mut self, text: Option<&str>) -> Result<(), Ended> {
        let Some(frame) = self.open.last() else { return Ok(()) };
        let (place, outer, is_held) = (frame.place, frame.outer, frame.is_held);
        if let Some(text) = text {
            self.take(place, text)?;
        }
        if self.open_items.last().is_some_and(|(depth, _)| *depth == self.open.len()) {
            self.open_items.pop();
        }
        if let Some((depth, line)) = self.record
            && depth == self.open.len()
        {
            self.record = None;
            self.finish(line, false)?;
        }
        self.open.pop();
        if is_held {
            self.group = outer;
            if outer.is_none() {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn at(&mut self, position: u64) {
        self.position = position;
    }
}
