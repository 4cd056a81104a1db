//! The forms in which a date may be written.
//!
//! What enters: the bytes of a cell. What leaves: a [`Day`].
//! What is refused: another form, another length, a day that does not exist.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Day;

/// How the dates of a column are written: two digits for day and month, four for the year, always.
///
/// The order month, day, year is left out on purpose: nothing in a file tells it from day, month, year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum DateForm {
    /// `04/03/2026`.
    #[serde(rename = "DD/MM/YYYY")]
    Slashes,
    /// `04.03.2026`.
    #[serde(rename = "DD.MM.YYYY")]
    Dots,
    /// `04-03-2026`.
    #[serde(rename = "DD-MM-YYYY")]
    Dashes,
    /// `2026-03-04`.
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
}

impl DateForm {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Slashes, Self::Dots, Self::Dashes, Self::Iso];

    /// The form as formats and reports write it, such as `DD/MM/YYYY`.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Slashes => "DD/MM/YYYY",
            Self::Dots => "DD.MM.YYYY",
            Self::Dashes => "DD-MM-YYYY",
            Self::Iso => "YYYY-MM-DD",
        }
    }

    /// The form of that pattern.
    pub fn from_pattern(pattern: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.pattern() == pattern)
    }

    /// The day that a cell in exactly this form holds; `None` for any other text and for a day that does not exist.
    #[inline]
    pub fn read(self, text: &[u8]) -> Option<Day> {
        let text: &[u8; 10] = text.try_into().ok()?;
        let (day, month, year, separators, separator) = match self {
            Self::Slashes => (&text[..2], &text[3..5], &text[6..], [text[2], text[5]], b'/'),
            Self::Dots => (&text[..2], &text[3..5], &text[6..], [text[2], text[5]], b'.'),
            Self::Dashes => (&text[..2], &text[3..5], &text[6..], [text[2], text[5]], b'-'),
            Self::Iso => (&text[8..], &text[5..7], &text[..4], [text[4], text[7]], b'-'),
        };
        if separators != [separator; 2] {
            return None;
        }
        Day::new(number(year)?, number(month)?, number(day)?)
    }
}

/// The number that these digits write.
#[inline]
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, c| c.is_ascii_digit().then(|| number * 10 + u32::from(c - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_reads_its_own_and_no_other() {
        let day = Day::new(2026, 3, 4);
        let written = ["04/03/2026", "04.03.2026", "04-03-2026", "2026-03-04"];
        for (form, own) in DateForm::ALL.into_iter().zip(written) {
            for text in written {
                assert_eq!(form.read(text.as_bytes()), day.filter(|_| text == own), "{form:?} {text}");
            }
            assert_eq!(DateForm::from_pattern(form.pattern()), Some(form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.pattern());
        }
    }

    #[test]
    fn what_is_nearly_a_date_is_none() {
        for text in [
            "4/3/2026",
            "04/03/26",
            "04/03/20266",
            " 04/03/2026",
            "04/03.2026",
            "0a/03/2026",
            "30/02/2026",
            "00/01/2026",
            "+4/03/2026",
            "",
        ] {
            assert_eq!(DateForm::Slashes.read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(DateForm::Slashes.read(b"29/02/2027"), None);
        assert!(DateForm::Slashes.read(b"29/02/2028").is_some());
    }
}
