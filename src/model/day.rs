//! A calendar day that exists.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DayTime;

/// A real day of the Gregorian calendar, ordered by time.
///
/// Kept as `yyyymmdd` in one word, because it is part of the key under which basket lines are merged.
#[doc(alias = "date")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// 1 January of the year 1.
    pub const FIRST: Self = Self(10_101);

    /// The day, or `None` when it does not exist (31 February, month 13, year 0).
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=last).contains(&day)).then(|| Self(year * 10_000 + month * 100 + day))
    }

    /// The day as the number `yyyymmdd`.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day that [`Day::number`] gave, `None` for any other number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::new(number / 10_000, number / 100 % 100, number % 100)
    }

    /// The day that `2026-03-04` writes; `None` for any other form and for a day that does not exist.
    pub fn parse_iso(text: impl AsRef<[u8]>) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_ref() else { return None };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0, |number, c| c.is_ascii_digit().then(|| number * 10 + u32::from(c - b'0')))
        };
        Self::new(number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?)
    }

    /// How many days lie between 1 March of the year 0 and this day.
    pub const fn count(self) -> u32 {
        let (year, month, day) = self.parts();
        // Years that begin in March end with the day that only some of them have.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1
    }

    /// Whether it is a Saturday or a Sunday.
    pub const fn is_weekend(self) -> bool {
        // Day 0, 1 March of the year 0, was a Wednesday.
        matches!(self.count() % 7, 3 | 4)
    }

    /// So many days later; `None` beyond the years 1 to 9999.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        let count = self.count().checked_add_signed(days)?;
        let centuries = (4 * count + 3) / 146_097;
        let rest = count - 146_097 * centuries / 4;
        let years = (4 * rest + 3) / 1461;
        let rest = rest - 1461 * years / 4;
        let month = (5 * rest + 2) / 153;
        let day = rest - (153 * month + 2) / 5 + 1;
        let year = 100 * centuries + years + u32::from(month > 9);
        Self::new(year, if month < 10 { month + 3 } else { month - 9 }, day)
    }

    /// So many months later, on the last day of a month that is shorter.
    pub fn plus_months(self, months: u32) -> Option<Self> {
        let (year, month, day) = self.parts();
        let months = month - 1 + months;
        let (year, month) = (year + months / 12, months % 12 + 1);
        (day.saturating_sub(3).max(1)..=day).rev().find_map(|day| Self::new(year, month, day))
    }

    /// Year, month and day.
    pub const fn parts(self) -> (u32, u32, u32) {
        (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'d> Deserialize<'d> for Day {
    /// A day, or a time of one, which does not matter.
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        DayTime::deserialize(deserializer).map(DayTime::day)
    }
}

impl fmt::Display for Day {
    /// `2026-03-04`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_exist() {
        assert!(Day::new(2028, 2, 29).is_some());
        assert!(Day::new(2000, 2, 29).is_some());
        for (year, month, day) in
            [(2027, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (0, 1, 1), (2026, 1, 0)]
        {
            assert_eq!(Day::new(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn days_and_months_are_counted_as_the_calendar_does() {
        let day = |text: &str| Day::parse_iso(text).unwrap();
        assert_eq!(day("2026-03-14").count() - day("2025-03-14").count(), 365);
        assert_eq!(day("2024-03-01").count() - day("2024-02-28").count(), 2);
        for (from, days, to) in [
            ("2024-02-28", 1, "2024-02-29"),
            ("2023-12-31", 1, "2024-01-01"),
            ("2024-03-01", -1, "2024-02-29"),
            ("1900-02-28", 1, "1900-03-01"),
            ("2000-02-29", 366, "2001-03-01"),
        ] {
            assert_eq!(day(from).plus_days(days), Some(day(to)), "{from} {days}");
        }
        assert_eq!(day("9999-12-31").plus_days(1), None);
        for (from, months, to) in
            [("2024-01-31", 1, "2024-02-29"), ("2024-02-29", 24, "2026-02-28"), ("2024-12-15", 1, "2025-01-15")]
        {
            assert_eq!(day(from).plus_months(months), Some(day(to)));
        }
    }

    #[test]
    fn weeks_end_with_two_days() {
        let is_weekend = |text: &str| Day::parse_iso(text).unwrap().is_weekend();
        for (text, expected) in [
            ("2026-03-06", false),
            ("2026-03-07", true),
            ("2026-03-08", true),
            ("2026-03-09", false),
            ("2000-01-01", true),
            ("1970-01-01", false),
        ] {
            assert_eq!(is_weekend(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_day_has_its_neighbours(count in 400_u32..3_600_000) {
            let first = Day::new(1, 3, 1).unwrap();
            let days = i32::try_from(count - first.count()).unwrap();
            let day = first.plus_days(days).unwrap();
            proptest::prop_assert_eq!(day.count(), count);
            proptest::prop_assert!(day.plus_days(1).unwrap() > day);
        }
    }

    #[test]
    fn iso_is_read_and_nothing_else() {
        assert_eq!(Day::parse_iso("2026-03-04"), Day::new(2026, 3, 4));
        for text in
            ["", "2026-3-04", "2026-03-4", "04-03-2026", "2026-02-30", "2026-03-04T", "+026-03-04", "2026/03/04"]
        {
            assert_eq!(Day::parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn is_written_as_iso_and_kept_as_a_number() {
        let day = Day::new(2026, 3, 4).unwrap();
        assert_eq!(day.to_string(), "2026-03-04");
        assert_eq!(Day::from_number(day.number()), Some(day));
        assert_eq!(Day::new(1, 1, 1), Some(Day::FIRST));
    }
}
