//! `[retention]` in `bordereau.toml`: how long a workspace keeps what is finished.
//!
//! What enters: the table as it was written. What leaves: [`Retention`]. What is refused: a time that is no number of days,
//! weeks, months or years, or none at all.

use serde::Deserialize;

use super::read;
use crate::diagnostic::Result;
use crate::model::Moment;

/// How long what is finished is kept; whatever is not named is kept for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// The files that came, and the reports of them.
    pub originals: Option<RetentionPeriod>,
    /// What their lines, claims, repair files and work orders say.
    pub contents: Option<RetentionPeriod>,
    /// What says who somebody is, wherever it stands.
    pub personal_data: Option<RetentionPeriod>,
}

impl Retention {
    /// Whether nothing is ever purged.
    pub const fn is_for_good(&self) -> bool {
        self.originals.is_none() && self.contents.is_none() && self.personal_data.is_none()
    }

    /// Before which moment files have come that are not kept any longer. Nobody can take persons out of a file, so that files
    /// go with whatever ends first.
    pub fn files_before(&self, now: Moment) -> Option<Moment> {
        [self.originals, self.personal_data].into_iter().flatten().map(|period| period.before(now)).max()
    }
}

/// So many days, weeks, months or years of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPeriod {
    months: u32,
    days: u32,
}

impl RetentionPeriod {
    /// Reads `180 days`, `13 months`. Nothing is kept for no time at all: that would take files away while somebody looks at
    /// them.
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(' ')?;
        let number: u32 = number.parse().ok().filter(|number| (1..=12_000).contains(number))?;
        match unit.trim().strip_suffix('s').unwrap_or(unit.trim()) {
            "day" => Some(Self { months: 0, days: number }),
            "week" => Some(Self { months: 0, days: number * 7 }),
            "month" => Some(Self { months: number, days: 0 }),
            "year" => Some(Self { months: number * 12, days: 0 }),
            _ => None,
        }
    }

    /// The moment that lies so far back.
    pub fn before(self, now: Moment) -> Moment {
        now.months_before(self.months).days_before(self.days)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct RetentionFile {
    originals: Option<String>,
    contents: Option<String>,
    personal_data: Option<String>,
}

/// What the table says; `path` and `text` are only named in errors.
pub(super) fn retention(path: &str, text: &str, file: &RetentionFile) -> Result<Retention> {
    let period = |key: &str, value: &Option<String>| {
        let invalid = |value: &str| {
            let cause = format_args!("{key} = \"{value}\": 180 days, 26 weeks, 13 months, 2 years");
            read::invalid(path, read::line_of(text, key), cause)
        };
        value.as_deref().map(|value| RetentionPeriod::parse(value).ok_or_else(|| invalid(value))).transpose()
    };
    Ok(Retention {
        originals: period("originals", &file.originals)?,
        contents: period("contents", &file.contents)?,
        personal_data: period("personal-data", &file.personal_data)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Registry};
    use super::*;

    fn read(text: &str) -> Result<Retention> {
        Account::read("bordereau.toml", text, &Registry::built_in()).map(|account| account.retention)
    }

    #[test]
    fn nothing_is_purged_unless_it_is_said() {
        assert!(read("").unwrap().is_for_good() && read("[retention]\n").unwrap().is_for_good());
        let now = Moment::parse("2026-03-04T08:00:00Z").unwrap();
        assert_eq!(read("").unwrap().files_before(now), None);
    }

    #[test]
    fn periods_are_those_of_the_calendar() {
        let now = Moment::parse("2026-03-04T08:00:00Z").unwrap();
        for (said, before) in [
            ("180 days", "2025-09-05T08:00:00Z"),
            ("1 day", "2026-03-03T08:00:00Z"),
            ("2 weeks", "2026-02-18T08:00:00Z"),
            ("13 months", "2025-02-04T08:00:00Z"),
            (" 2 years ", "2024-03-04T08:00:00Z"),
        ] {
            let kept = read(&format!("[retention]\ncontents = \"{said}\"\n")).unwrap();
            assert_eq!(kept.contents.unwrap().before(now).to_string(), before, "{said}");
            assert_eq!(kept.originals, None);
        }
    }

    #[test]
    fn files_go_with_whatever_ends_first() {
        let now = Moment::parse("2026-03-04T08:00:00Z").unwrap();
        let kept = read("[retention]\noriginals = \"2 years\"\npersonal-data = \"13 months\"\n").unwrap();
        assert_eq!(kept.files_before(now).unwrap().to_string(), "2025-02-04T08:00:00Z");
    }

    #[test]
    fn what_is_no_period_is_refused_with_its_line() {
        for said in ["180", "days", "0 days", "-1 days", "1.5 years", "forever", "99999999999 days", "3 fortnights"] {
            let error = read(&format!("\n[retention]\noriginals = \"{said}\"\n")).unwrap_err();
            assert!(error.arguments.get("cause").unwrap().starts_with("line 3:"), "{said}: {error}");
        }
        let misspelt = read("[retention]\npersonal = \"1 year\"\n").unwrap_err();
        assert_eq!(misspelt.arguments.get("key"), Some("personal"));
    }
}
