//! The clocks of a country: moments as they are written there.
//!
//! The rules of all time zones are a part of the program, so that a moment is written alike on every machine.

use std::fmt;

use jiff::civil;
use jiff::tz::TimeZone;

use super::{Day, Moment, TimeOfDay};

/// A time zone of the IANA database.
#[doc(alias = "fuseau horaire")]
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone of that name, such as `Europe/Paris`.
    pub fn named(name: &str) -> Option<Self> {
        let rules = jiff::tz::db().get(name).ok()?;
        Some(Self { name: rules.iana_name().unwrap_or(name).to_owned(), rules })
    }

    /// Every name, in the order of the alphabet.
    pub fn names() -> Vec<String> {
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect()
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What calendar and clock show there at a moment; `None` where that leaves the years 1 to 9999.
    pub fn local(&self, moment: Moment) -> Option<(Day, TimeOfDay)> {
        parts(self.rules.to_datetime(moment.timestamp()))
    }

    /// The moment at which calendar and clock show this there: the first of two when the clock is set back, the one an
    /// hour later when it is set forward over it.
    pub fn moment(&self, day: Day, time: TimeOfDay) -> Option<Moment> {
        let ((year, month, date), (hour, minute, second)) = (day.parts(), time.parts());
        let small = |number: u32| i8::try_from(number).ok();
        let local = civil::DateTime::new(
            i16::try_from(year).ok()?,
            small(month)?,
            small(date)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            0,
        );
        Moment::from_seconds(self.rules.to_timestamp(local.ok()?).ok()?.as_second())
    }
}

/// What calendar and clock show; `None` outside the years 1 to 9999.
pub(super) fn parts(local: civil::DateTime) -> Option<(Day, TimeOfDay)> {
    let small = |number: i8| u32::try_from(number).ok();
    let day = Day::new(u32::try_from(local.year()).ok()?, small(local.month())?, small(local.day())?)?;
    Some((day, TimeOfDay::new(small(local.hour())?, small(local.minute())?, small(local.second())?)?))
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(zone: &str, moment: &str) -> String {
        let zone = Zone::named(zone).unwrap();
        let (day, time) = zone.local(Moment::parse(moment).unwrap()).unwrap();
        format!("{day} {time}")
    }

    #[test]
    fn clocks_differ_in_summer_and_in_winter() {
        assert_eq!(shown("Europe/Paris", "2026-03-04T18:05:00Z"), "2026-03-04 19:05:00");
        assert_eq!(shown("Europe/Paris", "2026-07-04T22:05:00Z"), "2026-07-05 00:05:00");
        assert_eq!(shown("Indian/Reunion", "2026-07-04T22:05:00Z"), "2026-07-05 02:05:00");
        assert_eq!(Zone::named("Europe/Pariss"), None);
        assert!(Zone::names().iter().any(|name| name == "Europe/Paris"));
    }

    #[test]
    fn an_hour_that_comes_twice_is_the_first_and_one_that_never_comes_is_later() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let moment = |text: &str, time: &str| {
            zone.moment(Day::parse_iso(text).unwrap(), TimeOfDay::parse(time).unwrap()).unwrap().to_string()
        };
        assert_eq!(moment("2026-03-04", "19:05"), "2026-03-04T18:05:00Z");
        assert_eq!(moment("2026-10-25", "02:30"), "2026-10-25T00:30:00Z");
        assert_eq!(moment("2026-03-29", "02:30"), "2026-03-29T01:30:00Z");
    }
}
