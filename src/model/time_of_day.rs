//! The hour of a day.

use std::fmt;

/// An hour of a day as a clock shows it, without a day and without a time zone.
#[doc(alias = "heure")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// The hour, or `None` when no clock shows it.
    pub fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then(|| Self(hour * 3600 + minute * 60 + second))
    }

    /// Reads `14:30` and `14:30:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
        let second = parts.next().map_or(Some(0), two_digits)?;
        if parts.next().is_some() { None } else { Self::new(hour, minute, second) }
    }

    /// Seconds since midnight.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// Hour, minute and second.
    pub const fn parts(self) -> (u32, u32, u32) {
        (self.0 / 3600, self.0 / 60 % 60, self.0 % 60)
    }
}

impl fmt::Display for TimeOfDay {
    /// `18:05:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.parts();
        write!(f, "{hour:02}:{minute:02}:{second:02}")
    }
}

fn two_digits(text: &str) -> Option<u32> {
    if let [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = *text.as_bytes() {
        Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_read_with_two_digits_each_and_written_with_seconds() {
        assert_eq!(TimeOfDay::parse("14:30").unwrap().to_string(), "14:30:00");
        assert_eq!(TimeOfDay::parse("14:30:09").unwrap().parts(), (14, 30, 9));
        for text in ["24:00", "1:30", "14:60", "14", "14:30:00:00", "+1:30"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}
