//! Days, hours and moments as people read them off a calendar and a clock.

use crate::model::{Day, Language, Moment, TimeOfDay, Zone};

/// A day as the language writes it.
pub fn shown_day(day: Day, language: Language) -> String {
    let (year, month, date) = day.parts();
    match language {
        Language::French => format!("{date:02}/{month:02}/{year:04}"),
        Language::English => day.to_string(),
    }
}

/// An hour without its seconds.
pub fn shown_time(time: TimeOfDay) -> String {
    let (hour, minute, _) = time.parts();
    format!("{hour:02}:{minute:02}")
}

/// A moment by the clocks of a zone; a moment that these do not know as it is written for programs.
pub fn shown_moment(at: Moment, zone: &Zone, language: Language) -> String {
    match zone.local(at) {
        Some((day, time)) => format!("{} {}", shown_day(day, language), shown_time(time)),
        None => at.to_string(),
    }
}
