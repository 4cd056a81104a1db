//! Work orders as a table: a row for each, with the columns of a list.

use std::io::{self, Write};

use super::value::{push_parts, push_two, push_value};
use super::{Buffer, Document};
use crate::export::csv::{Profile, Row};
use crate::format::ExportFormat;
use crate::model::{Day, TimeOfDay, Value, WorkOrder, WorkOrderField, Zone};

/// What stands in a cell for people, whatever kind of table it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'c> {
    /// Nothing.
    Empty,
    /// A text, or a number that nobody calculates with.
    Text(&'c str),
    /// A day.
    Day(Day),
    /// A day and an hour, by the clocks of the list's zone.
    Moment(Day, TimeOfDay),
    /// An hour.
    Time(TimeOfDay),
}

/// The cell of a field; texts that have to be made are kept in `room`.
pub fn cell<'c>(order: &'c WorkOrder, field: WorkOrderField, zone: &Zone, room: &'c mut Vec<u8>) -> Cell<'c> {
    room.clear();
    match order.content().value(field) {
        Value::Nothing => return Cell::Empty,
        Value::Text(text) => return Cell::Text(text),
        Value::Day(day) => return Cell::Day(day),
        Value::Time(time) => return Cell::Time(time),
        Value::Flag(flag) => room.push(if flag { b'O' } else { b'N' }),
        Value::Parts(parts) => push_parts(room, parts),
        value @ Value::Number(_) => push_value(room, value),
        Value::Moment(moment) => match zone.local(moment) {
            Some((day, time)) => return Cell::Moment(day, time),
            None => push_value(room, Value::Moment(moment)),
        },
    }
    // All of it is text; other bytes would be shown as nothing.
    Cell::Text(str::from_utf8(room).unwrap_or_default())
}

/// Writes CSV.
pub struct CsvWorkOrders<'f, W> {
    buffer: Buffer<W>,
    format: &'f ExportFormat,
    zone: &'f Zone,
    profile: Profile,
    /// Whether texts like formulas are written as they are.
    keeps_formulas: bool,
    room: Vec<u8>,
}

impl<'f, W: Write> CsvWorkOrders<'f, W> {
    /// Begins the table with its heading. The profile `machine` writes moments in UTC, `excel-fr` by the clocks of `zone`.
    pub fn begin(out: W, format: &'f ExportFormat, zone: &'f Zone, profile: Profile, keeps_formulas: bool) -> Self {
        let mut buffer = Buffer::new(out);
        buffer.bytes.extend_from_slice(profile.mark());
        let mut row = Row::begin(&mut buffer.bytes, profile);
        for column in &format.columns {
            row.text(column.heading.as_bytes());
        }
        row.end();
        Self { buffer, format, zone, profile, keeps_formulas, room: Vec::new() }
    }
}

impl<W: Write> Document for CsvWorkOrders<'_, W> {
    fn add(&mut self, order: &WorkOrder) -> io::Result<()> {
        let mut row = Row::begin(&mut self.buffer.bytes, self.profile);
        for column in &self.format.columns {
            if self.profile == Profile::Machine {
                self.room.clear();
                match order.content().value(column.field) {
                    Value::Text(text) => row.raw(text.as_bytes()),
                    Value::Flag(flag) => row.raw(if flag { b"O" } else { b"N" }),
                    value => {
                        push_value(&mut self.room, value);
                        row.raw(&self.room)
                    }
                };
                continue;
            }
            match cell(order, column.field, self.zone, &mut self.room) {
                Cell::Empty => row.raw(b""),
                Cell::Text(text) if self.keeps_formulas => row.raw(text.as_bytes()),
                Cell::Text(text) => row.text(text.as_bytes()),
                Cell::Day(day) => row.day(Some(day)),
                Cell::Moment(day, time) => row.raw(&[shown_day(day).as_slice(), b" ", &shown_time(time)].concat()),
                Cell::Time(time) => row.raw(&shown_time(time)),
            };
        }
        row.end();
        self.buffer.settle()
    }

    fn end(&mut self) -> io::Result<()> {
        self.buffer.end()
    }
}

/// `04/03/2026`.
fn shown_day(day: Day) -> Vec<u8> {
    let (year, month, date) = day.parts();
    let mut out = Vec::with_capacity(10);
    push_two(&mut out, date);
    out.push(b'/');
    push_two(&mut out, month);
    out.push(b'/');
    push_two(&mut out, year / 100);
    push_two(&mut out, year % 100);
    out
}

/// `18:05`.
fn shown_time(time: TimeOfDay) -> Vec<u8> {
    let (hour, minute, _) = time.parts();
    let mut out = Vec::with_capacity(5);
    push_two(&mut out, hour);
    out.push(b':');
    push_two(&mut out, minute);
    out
}
