//! A moment in time, to the second.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};

use super::Day;

/// Seconds since 1970 in universal time. Nobody here looks at a clock: moments come from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment so many seconds after the beginning of 1970, within the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(|_| Self(seconds))
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
        text.parse::<Timestamp>().ok().map(|moment| Self(moment.as_second()))
    }

    /// The day it falls on in universal time.
    pub fn day(self) -> Option<Day> {
        let date = self.timestamp().to_zoned(TimeZone::UTC).date();
        let unsigned = |number: i16| u32::try_from(number).ok();
        Day::new(unsigned(date.year())?, unsigned(date.month().into())?, unsigned(date.day().into())?)
    }

    /// So many days of 24 hours earlier; the earliest moment there is when that would lie before it.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        let seconds = self.0.saturating_sub(i64::from(days) * 24 * 60 * 60);
        Self(seconds.max(Timestamp::MIN.as_second()))
    }

    fn timestamp(self) -> Timestamp {
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
        for text in ["", "2026-03-04", "2026-02-30T00:00:00Z", "yesterday"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        assert_eq!(Moment::from_seconds(i64::MAX), None);
    }

    #[test]
    fn has_a_day_and_days_before_it() {
        let moment = Moment::parse("2026-03-04T23:59:59Z").unwrap();
        assert_eq!(moment.day(), Day::new(2026, 3, 4));
        assert_eq!(moment.days_before(30).to_string(), "2026-02-02T23:59:59Z");
        assert!(moment.days_before(u32::MAX).seconds() < 0);
    }
}
