//! A day and a time of it.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Day;

/// A minute of a real day as a sender writes it, ordered by time. Seconds do not matter to repairs and are dropped.
///
/// Unlike a [`Moment`](super::Moment) it need not say in which zone it is told: most files leave that out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayTime {
    day: Day,
    minute: u16,
    is_utc: bool,
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

impl DayTime {
    /// The day and time, or `None` when the day has no such time.
    pub fn new(day: Day, hour: u32, minute: u32) -> Option<Self> {
        let minute = (hour < 24 && minute < 60).then_some(hour * 60 + minute)?;
        Some(Self { day, minute: u16::try_from(minute).ok()?, is_utc: false })
    }

    /// The beginning of a day.
    pub const fn midnight(day: Day) -> Self {
        Self { day, minute: 0, is_utc: false }
    }

    /// The same, told in universal time.
    #[must_use]
    pub const fn in_utc(self) -> Self {
        Self { is_utc: true, ..self }
    }

    /// Its day.
    pub const fn day(self) -> Day {
        self.day
    }

    /// Hour and minute.
    pub const fn time(self) -> (u16, u16) {
        (self.minute / 60, self.minute % 60)
    }

    /// Whether it is told in universal time.
    pub const fn is_utc(self) -> bool {
        self.is_utc
    }

    /// Reads the form of ISO 8601: `2026-03-14`, `2026-03-14T09:30`, with seconds and their fractions or not, and `Z` or an
    /// offset from universal time behind. A blank may stand for the `T`, as readers of workbooks give it.
    pub fn parse_iso(text: &[u8]) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let day = Day::parse_iso(date)?;
        let Some((b'T' | b' ', rest)) = rest.split_first() else {
            return rest.is_empty().then_some(Self::midnight(day));
        };
        let (time, rest) = rest.split_at_checked(5)?;
        let day_time = Self::new(day, two(&time[..2])?, two(&time[3..])?).filter(|_| time[2] == b':')?;
        let rest = seconds(rest)?;
        match rest {
            [] => Some(day_time),
            b"Z" => Some(day_time.in_utc()),
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let offset = i32::try_from(two(&[*h1, *h2])? * 60 + two(&[*m1, *m2])?).ok()?;
                day_time.shifted(if *sign == b'+' { -offset } else { offset })
            }
            _ => None,
        }
    }

    /// So many minutes later, in universal time.
    fn shifted(self, minutes: i32) -> Option<Self> {
        let whole = i32::from(DAY_MINUTES);
        let at = i32::from(self.minute) + minutes;
        let day = self.day.plus_days(at.div_euclid(whole))?;
        Some(Self { day, minute: u16::try_from(at.rem_euclid(whole)).ok()?, is_utc: true })
    }
}

/// What stands behind `:30` or `:30.000`, or all of it when no seconds stand there.
fn seconds(text: &[u8]) -> Option<&[u8]> {
    let [b':', s1, s2, rest @ ..] = text else { return Some(text) };
    two(&[*s1, *s2]).filter(|seconds| *seconds < 60)?;
    let [b'.' | b',', rest @ ..] = rest else { return Some(rest) };
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    (digits > 0).then(|| &rest[digits..])
}

fn two(digits: &[u8]) -> Option<u32> {
    match digits {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

impl fmt::Display for DayTime {
    /// `2026-03-14T09:30`, with `Z` behind when it is told in universal time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.time();
        write!(f, "{}T{hour:02}:{minute:02}{}", self.day, if self.is_utc { "Z" } else { "" })
    }
}

impl Serialize for DayTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'d> Deserialize<'d> for DayTime {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_iso(text.as_bytes())
            .ok_or_else(|| D::Error::custom(format_args!("`{text}`: `2026-03-14T09:30:00Z`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_the_interface_writes() {
        for (text, written) in [
            ("2022-05-02T08:00:00.000Z", Some("2022-05-02T08:00Z")),
            ("2022-05-02T08:00:00Z", Some("2022-05-02T08:00Z")),
            ("2022-05-02T08:00", Some("2022-05-02T08:00")),
            ("2022-05-02 08:00:59", Some("2022-05-02T08:00")),
            ("2022-05-02", Some("2022-05-02T00:00")),
            ("2022-03-01T00:30:00+02:00", Some("2022-02-28T22:30Z")),
            ("2021-12-31T23:30-01:00", Some("2022-01-01T00:30Z")),
            ("2022-02-30T08:00", None),
            ("2022-05-02T24:00", None),
            ("2022-05-02T08:60", None),
            ("2022-05-02T08-00", None),
            ("2022-05-02T08:00:61Z", None),
            ("2022-05-02T08:00:00.Z", None),
            ("2022-05-02T", None),
            ("2022-05-02x", None),
            ("2022-5-2", None),
            ("", None),
        ] {
            assert_eq!(
                DayTime::parse_iso(text.as_bytes()).map(|day_time| day_time.to_string()).as_deref(),
                written,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(days in -200_000_i32..200_000, hour in 0_u32..24, minute in 0_u32..60, utc in any::<bool>()) {
            let day = Day::new(2026, 3, 14).unwrap().plus_days(days).unwrap();
            let day_time = DayTime::new(day, hour, minute).unwrap();
            let day_time = if utc { day_time.in_utc() } else { day_time };
            prop_assert_eq!(DayTime::parse_iso(day_time.to_string().as_bytes()), Some(day_time));
        }

        #[test]
        fn any_text_at_all_is_read_or_not(text in proptest::collection::vec(any::<u8>(), 0..30)) {
            let _ = DayTime::parse_iso(&text);
        }
    }
}
