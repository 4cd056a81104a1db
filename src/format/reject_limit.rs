//! How many refused lines are too many for the whole file.
//!
//! What enters: `25`, `5 %` or `2,5%`, from a format or the command line. What leaves: a limit that can be asked.
//! What is refused: anything else, and more than the whole.

use std::fmt;

use serde::Deserialize;

/// The most refused lines a file may have before it is refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum RejectLimit {
    /// So many lines.
    Count(u64),
    /// So many thousandths of the lines.
    PerMille(u32),
}

impl RejectLimit {
    /// Reads a number of lines, or a share with a per cent sign and at most one decimal after a comma or a dot.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some(share) = text.strip_suffix('%') else {
            return digits(text).map(Self::Count);
        };
        let share = share.trim_end();
        let (whole, tenth) = share.split_once([',', '.']).unwrap_or((share, "0"));
        if tenth.len() != 1 {
            return None;
        }
        let thousandths = digits(whole)?.checked_mul(10)?.checked_add(digits(tenth)?)?;
        u32::try_from(thousandths).ok().filter(|share| *share <= 1000).map(Self::PerMille)
    }

    /// Whether so many refused lines among so many are beyond the limit; exactly at the limit they are not.
    pub fn exceeded(self, rejected: u64, lines: u64) -> bool {
        match self {
            Self::Count(limit) => rejected > limit,
            Self::PerMille(share) => u128::from(rejected) * 1000 > u128::from(share) * u128::from(lines),
        }
    }
}

/// The number of a text of digits alone.
fn digits(text: &str) -> Option<u64> {
    // `parse` alone would take a leading plus.
    text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl TryFrom<String> for RejectLimit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}`: `25` | `5 %` | `2,5 %`"))
    }
}

impl fmt::Display for RejectLimit {
    /// `25`, `5 %` or `2.5 %`, which [`RejectLimit::parse`] reads again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(limit) => limit.fmt(f),
            Self::PerMille(share) if share % 10 == 0 => write!(f, "{} %", share / 10),
            Self::PerMille(share) => write!(f, "{}.{} %", share / 10, share % 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_shares_and_writes_them_back() {
        for (text, limit, written) in [
            ("25", RejectLimit::Count(25), "25"),
            ("0", RejectLimit::Count(0), "0"),
            ("5 %", RejectLimit::PerMille(50), "5 %"),
            ("2,5%", RejectLimit::PerMille(25), "2.5 %"),
            (" 0.1 % ", RejectLimit::PerMille(1), "0.1 %"),
            ("100%", RejectLimit::PerMille(1000), "100 %"),
        ] {
            assert_eq!(RejectLimit::parse(text), Some(limit), "{text}");
            assert_eq!(limit.to_string(), written);
            assert_eq!(RejectLimit::parse(written), Some(limit));
        }
        for text in ["", "%", "-1", "+1", "five", "101 %", "2,55 %", "2,%", ",5 %", "1e3", "99999999999999999999"] {
            assert_eq!(RejectLimit::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_limit_itself_is_not_beyond_it() {
        assert!(!RejectLimit::Count(2).exceeded(2, 10));
        assert!(RejectLimit::Count(2).exceeded(3, 10));
        assert!(!RejectLimit::PerMille(25).exceeded(1, 40));
        assert!(RejectLimit::PerMille(25).exceeded(1, 39));
        assert!(RejectLimit::PerMille(0).exceeded(1, u64::MAX));
        assert!(!RejectLimit::PerMille(0).exceeded(0, 0));
    }
}
