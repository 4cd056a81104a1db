//! A calendar day that exists.

use std::fmt;

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

    /// Reads `2026-03-04` and nothing else.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let digits = |text: &str, length| {
            let is_number = text.len() == length && text.bytes().all(|c| c.is_ascii_digit());
            text.parse().ok().filter(|_| is_number)
        };
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
    }

    /// The day as the number `yyyymmdd`.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day that [`Day::number`] gave, `None` for any other number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::new(number / 10_000, number / 100 % 100, number % 100)
    }

    /// Year, month and day.
    pub const fn parts(self) -> (u32, u32, u32) {
        (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
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
