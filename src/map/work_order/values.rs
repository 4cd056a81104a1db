//! The value of one field, from its text.
//!
//! What enters: a text without white space around it, and whose clock it was written by. What leaves: the value, in its slot.
//! What is refused: a text in another form, with the form that was expected.

use crate::diagnostic::Arguments;
use crate::format::nearest;
use crate::model::{CloseKind, Day, ManufacturerId, Moment, Slot, SuggestedPart, TimeOfDay, WorkOrderStatus, Zone};

/// How moments and days may be written.
#[derive(Clone, Copy, Debug)]
pub enum Clock<'z> {
    /// As programs write them: `2026-03-04T18:05:00Z`, `2026-03-04`.
    Utc,
    /// Also as tables for people do, by the clocks of a zone: `04/03/2026 19:05`, `2026-03-04 19:05:00`.
    Local(&'z Zone),
}

/// The form that a value should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A moment.
    Moment,
    /// A day.
    Day,
    /// An hour.
    Time,
    /// A status.
    Status,
    /// A way to close.
    CloseKind,
    /// Parts.
    Parts,
}

impl Expected {
    /// What a message says of it.
    pub(super) fn arguments(self, found: &str) -> Arguments {
        let none = Arguments::none();
        match self {
            Self::Number => none.with("expected", "123"),
            Self::Flag => none.with("expected", "true / false"),
            Self::Moment => none.with_date_form("expected", "YYYY-MM-DDThh:mm:ssZ"),
            Self::Day => none.with_date_form("expected", "YYYY-MM-DD"),
            Self::Time => none.with("expected", "hh:mm"),
            Self::CloseKind => none.with("expected", CloseKind::ALL.map(CloseKind::name).join(" / ")),
            Self::Parts => none.with("expected", "REF:2|REF:1"),
            Self::Status => match nearest(found, WorkOrderStatus::ALL.map(WorkOrderStatus::name)) {
                Some(suggestion) => none.with("suggestion", suggestion),
                None => none,
            },
        }
    }
}

/// Reads a text into its slot.
pub fn read_value(slot: Slot<'_>, text: &str, clock: Clock<'_>) -> Result<(), Expected> {
    fn set<T>(slot: &mut Option<T>, value: Option<T>, expected: Expected) -> Result<(), Expected> {
        *slot = Some(value.ok_or(expected)?);
        Ok(())
    }
    match slot {
        Slot::Text(slot) => text.clone_into(slot),
        Slot::Number(slot) => set(slot, number(text), Expected::Number)?,
        Slot::Manufacturer(slot) => {
            set(slot, ManufacturerId::parse(text.as_bytes()), Expected::Number)?;
        }
        Slot::Flag(slot) => set(slot, flag(text), Expected::Flag)?,
        Slot::Moment(slot) => set(slot, moment(text, clock), Expected::Moment)?,
        Slot::Day(slot) => set(slot, day(text, clock), Expected::Day)?,
        Slot::Time(slot) => set(slot, TimeOfDay::parse(text), Expected::Time)?,
        Slot::Status(slot) => set(slot, WorkOrderStatus::from_name(text), Expected::Status)?,
        Slot::CloseKind(slot) => set(slot, CloseKind::from_name(text), Expected::CloseKind)?,
        Slot::Parts(slot) => *slot = parts(text).ok_or(Expected::Parts)?,
    }
    Ok(())
}

/// Digits, and no more of them than a number of 64 bits has.
pub(super) fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|c| c.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn flag(text: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "O", "1"]) {
        Some(true)
    } else if is(["false", "N", "0"]) {
        Some(false)
    } else {
        None
    }
}

fn moment(text: &str, clock: Clock<'_>) -> Option<Moment> {
    let Clock::Local(zone) = clock else { return Moment::parse(text) };
    Moment::parse(text).or_else(|| {
        let (date, time) = text.split_once(' ').unwrap_or((text, "00:00"));
        zone.moment(local_day(date)?, TimeOfDay::parse(time)?)
    })
}

/// A day; programs often write one as the moment at which it begins.
fn day(text: &str, clock: Clock<'_>) -> Option<Day> {
    let date = ["T00:00:00Z", "T00:00:00"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    match clock {
        Clock::Utc => Day::parse_iso(date),
        Clock::Local(_) => local_day(date),
    }
}

/// `04/03/2026` or `2026-03-04`.
fn local_day(text: &str) -> Option<Day> {
    Day::parse_iso(text).or_else(|| {
        let mut parts = text.split('/');
        let (date, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none() && (date.len(), month.len(), year.len()) == (2, 2, 4);
        let part = |text: &str| number(text).and_then(|number| u32::try_from(number).ok());
        if is_whole { Day::new(part(year)?, part(month)?, part(date)?) } else { None }
    })
}

/// `REF:QTY|REF:QTY`; a backslash takes the meaning from `|` and from a backslash.
fn parts(text: &str) -> Option<Vec<SuggestedPart>> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut characters = text.chars();
    loop {
        match characters.next() {
            Some('\\') => part.push(characters.next()?),
            Some('|') | None if part.trim().is_empty() => return None,
            Some('|') => parts.push(one_part(&std::mem::take(&mut part))?),
            Some(c) => part.push(c),
            None => {
                parts.push(one_part(&part)?);
                return Some(parts);
            }
        }
    }
}

fn one_part(text: &str) -> Option<SuggestedPart> {
    let (reference, quantity) = text.rsplit_once(':').unwrap_or((text, ""));
    let (reference, quantity) = (reference.trim(), quantity.trim());
    let quantity = if quantity.is_empty() { None } else { Some(number(quantity)?) };
    if reference.is_empty() {
        return None;
    }
    Some(SuggestedPart { reference: reference.to_owned(), quantity, ..SuggestedPart::default() })
}
