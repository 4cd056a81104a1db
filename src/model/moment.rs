//! A moment in time, to the second.

use std::fmt;

use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::{Day, TimeOfDay, zone};

/// Seconds since 1970 in universal time. Nobody here looks at a clock: moments come from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The year 1 began.
    const FIRST: i64 = -62_135_596_800;

    /// The moment so many seconds after the beginning of 1970, within the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (seconds >= Self::FIRST && Timestamp::from_second(seconds).is_ok()).then_some(Self(seconds))
    }

    /// The beginning of 1970.
    pub const fn beginning() -> Self {
        Self(0)
    }

    /// Seconds since the beginning of 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Reads `2026-03-04T18:05:00Z`, or the same with another offset.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_seconds(text.parse::<Timestamp>().ok()?.as_second())
    }

    /// The day it falls on in universal time.
    pub fn day(self) -> Option<Day> {
        self.parts().map(|(day, _)| day)
    }

    /// The day and the hour in universal time.
    pub fn parts(self) -> Option<(Day, TimeOfDay)> {
        zone::parts(Offset::UTC.to_datetime(self.timestamp()))
    }

    /// So many days of 24 hours earlier; the earliest moment there is when that would lie before it.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        let seconds = self.0.saturating_sub(i64::from(days) * 24 * 60 * 60);
        Self(seconds.max(Self::FIRST))
    }

    /// The same hour so many months of the calendar earlier; the last day of a month that is shorter.
    #[must_use]
    pub fn months_before(self, months: u32) -> Self {
        let earlier =
            Offset::UTC.to_datetime(self.timestamp()).checked_sub(Span::new().months(i64::from(months.min(12_000))));
        let moment = earlier.ok().and_then(|earlier| Offset::UTC.to_timestamp(earlier).ok());
        Self(moment.map_or(Self::FIRST, Timestamp::as_second).max(Self::FIRST))
    }

    pub(super) fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Moment {
    /// `2026-03-04T18:05:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_and_written_in_universal_time() {
        let moment = Moment::parse("2026-03-04T18:05:00Z").unwrap();
        assert_eq!(moment.seconds(), 1_772_647_500);
        assert_eq!(moment.to_string(), "2026-03-04T18:05:00Z");
        assert_eq!(Moment::parse("2026-03-04T19:05:00+01:00"), Some(moment));
        assert_eq!(Moment::from_seconds(moment.seconds()), Some(moment));
        for text in
            ["", "2026-03-04", "2026-03-04T18:05:00", "2026-02-30T00:00:00Z", "-000001-01-01T00:00:00Z", "yesterday"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        assert_eq!(Moment::from_seconds(i64::MAX), None);
        assert_eq!(Moment::from_seconds(Moment::FIRST).unwrap().to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Moment::from_seconds(Moment::FIRST - 1), None);
    }

    #[test]
    fn has_a_day_and_days_before_it() {
        let moment = Moment::parse("2026-03-04T23:59:59Z").unwrap();
        assert_eq!(moment.day(), Day::new(2026, 3, 4));
        assert_eq!(moment.parts(), Some((Day::new(2026, 3, 4).unwrap(), TimeOfDay::new(23, 59, 59).unwrap())));
        assert_eq!(moment.days_before(30).to_string(), "2026-02-02T23:59:59Z");
        assert!(moment.days_before(u32::MAX).seconds() < 0);
        assert_eq!(moment.months_before(13).to_string(), "2025-02-04T23:59:59Z");
        let end = Moment::parse("2026-03-31T12:00:00Z").unwrap();
        assert_eq!(end.months_before(1).to_string(), "2026-02-28T12:00:00Z");
        assert_eq!(end.months_before(24).to_string(), "2024-03-31T12:00:00Z");
        assert!(end.months_before(u32::MAX).seconds() < 0);
    }
}
