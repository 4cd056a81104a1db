//! The forms in which deposits write days and times.

use crate::format::DateForm;
use crate::model::{Day, DayTime};

/// In which forms days and times stand: it follows from the kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayTimeForms {
    /// `14/03/2026` and `14/03/2026 09:30`.
    Written,
    /// The same, or typed cells, which their reader gives in the form of ISO 8601.
    WrittenOrTyped,
    /// ISO 8601, as XML and JSON write them.
    Iso,
}

impl DayTimeForms {
    /// The day that a text says; in ISO 8601 a time may stand behind it.
    #[inline]
    pub fn day(self, text: &[u8]) -> Option<Day> {
        let iso = || DayTime::parse_iso(text).map(DayTime::day);
        match self {
            Self::Written => DateForm::Slashes.read(text),
            Self::WrittenOrTyped => DateForm::Slashes.read(text).or_else(iso),
            Self::Iso => iso(),
        }
    }

    /// The day and time that a text says.
    #[inline]
    pub fn day_time(self, text: &[u8]) -> Option<DayTime> {
        let iso = || DayTime::parse_iso(text);
        match self {
            Self::Written => written(text),
            Self::WrittenOrTyped => written(text).or_else(iso),
            Self::Iso => iso(),
        }
    }

    /// The form of days, as messages show it.
    pub const fn day_pattern(self) -> &'static str {
        match self {
            Self::Written | Self::WrittenOrTyped => "DD/MM/YYYY",
            Self::Iso => "YYYY-MM-DD",
        }
    }

    /// The form of days with a time, as messages show it.
    pub const fn day_time_pattern(self) -> &'static str {
        match self {
            Self::Written | Self::WrittenOrTyped => "DD/MM/YYYY HH:MM",
            Self::Iso => "YYYY-MM-DDThh:mm:ssZ",
        }
    }
}

/// `14/03/2026 09:30`.
#[inline]
fn written(text: &[u8]) -> Option<DayTime> {
    let (day, time) = text.split_first_chunk::<10>()?;
    let [b' ', h1, h2, b':', m1, m2] = *time else { return None };
    let two = |a: u8, b: u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'))
    };
    DayTime::new(DateForm::Slashes.read(day)?, two(h1, h2)?, two(m1, m2)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_of_file_has_its_forms() {
        use DayTimeForms::{Iso, Written, WrittenOrTyped};
        for (forms, day, day_time) in [
            (Written, &["14/03/2026"][..], &["14/03/2026 09:30"][..]),
            (WrittenOrTyped, &["14/03/2026", "2026-03-14"], &["14/03/2026 09:30", "2026-03-14 09:30:00", "2026-03-14"]),
            (Iso, &["2026-03-14", "2026-03-14T00:00:00Z"], &["2026-03-14T09:30:00Z", "2026-03-14T09:30"]),
        ] {
            for text in day {
                assert!(forms.day(text.as_bytes()).is_some(), "{forms:?} {text}");
            }
            for text in day_time {
                assert!(forms.day_time(text.as_bytes()).is_some(), "{forms:?} {text}");
            }
        }
        for text in [
            "31/02/2025 10:00",
            "12/03/2025 25:00",
            "12/03/2025",
            "12/03/2025 10h30",
            "2026-03-14 09:30",
            "12/03/2025  9:30",
        ] {
            assert_eq!(Written.day_time(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Iso.day(b"14/03/2026"), None);
    }

    proptest! {
        #[test]
        fn a_written_time_is_the_one_that_was_meant(days in 0_i32..3_000_000, hour in 0_u32..24, minute in 0_u32..60) {
            let day = Day::new(1, 1, 1).unwrap().plus_days(days).unwrap();
            let (year, month, date) = day.parts();
            let text = format!("{date:02}/{month:02}/{year:04} {hour:02}:{minute:02}");
            let read = DayTimeForms::Written.day_time(text.as_bytes());
            prop_assert_eq!(read, DayTime::new(day, hour, minute));
            prop_assert_eq!(DayTimeForms::Written.day(&text.as_bytes()[..10]), Some(day));
        }
    }
}
