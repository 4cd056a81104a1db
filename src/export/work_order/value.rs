//! Values as programs write them: what is read back as it was.

use crate::model::{Day, Moment, SuggestedPart, TimeOfDay, Value, write_integer};

/// Adds a value: text as it is, digits, `true`, `2026-03-04T18:05:00Z`, `REF:2|REF:1`.
pub fn push_value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Nothing => {}
        Value::Text(text) => out.extend_from_slice(text.as_bytes()),
        Value::Number(number) => write_integer(out, number),
        Value::Flag(flag) => out.extend_from_slice(if flag { b"true" } else { b"false" }),
        Value::Moment(moment) => push_moment(out, moment),
        Value::Day(day) => push_day(out, day),
        Value::Time(time) => push_time(out, time),
        Value::Parts(parts) => push_parts(out, parts),
    }
}

fn push_moment(out: &mut Vec<u8>, moment: Moment) {
    // Every moment has a day and an hour.
    let Some((day, time)) = moment.parts() else { return };
    push_day(out, day);
    out.push(b'T');
    push_time(out, time);
    out.push(b'Z');
}

fn push_day(out: &mut Vec<u8>, day: Day) {
    let (year, month, date) = day.parts();
    push_two(out, year / 100);
    push_two(out, year % 100);
    out.push(b'-');
    push_two(out, month);
    out.push(b'-');
    push_two(out, date);
}

fn push_time(out: &mut Vec<u8>, time: TimeOfDay) {
    let (hour, minute, second) = time.parts();
    push_two(out, hour);
    out.push(b':');
    push_two(out, minute);
    out.push(b':');
    push_two(out, second);
}

/// Adds the last two decimal digits of a number.
pub(super) fn push_two(out: &mut Vec<u8>, number: u32) {
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
    out.extend_from_slice(&[digit(number / 10), digit(number)]);
}

/// Adds parts as `REF:2|REF:1`, without labels and comments; a backslash stands before `|` and backslashes of references.
pub fn push_parts(out: &mut Vec<u8>, parts: &[SuggestedPart]) {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push(b'|');
        }
        for byte in part.reference.bytes() {
            if matches!(byte, b'|' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b':');
        if let Some(quantity) = part.quantity {
            write_integer(out, quantity);
        }
    }
}
