//! `[morning]` of `bordereau.toml`: who gets the sheet of the morning, and what it goes by.
//!
//! What enters: the table as it was written. What leaves: [`MorningSettings`]. What is refused: a time that no clock shows, a
//! recipient without the server that reaches it.

use serde::Deserialize;

use super::notification::{self, NotificationSettings};
use super::read;
use crate::diagnostic::Result;
use crate::model::{Recipient, TimeOfDay};

/// After how many days an order without an answer is overdue, when nobody says.
const ANSWER_DAYS: u32 = 5;

/// When a working day ends, when nobody says: what comes later belongs to the night.
const EVENING: &str = "18:00";

/// Who gets the sheet of the morning, and what it goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorningSettings {
    /// Who gets it.
    pub to: Vec<Recipient>,
    /// When the night begins.
    pub evening: TimeOfDay,
    /// After how many days an order without an answer is overdue.
    pub answer_days: u32,
}

impl Default for MorningSettings {
    fn default() -> Self {
        let evening = TimeOfDay::parse(EVENING).unwrap_or_default();
        Self { to: Vec::new(), evening, answer_days: ANSWER_DAYS }
    }
}

/// The table as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct MorningFile {
    to: Vec<String>,
    evening: Option<String>,
    answer_days: Option<u32>,
}

/// Reads the table; `path` and `text` are those of the whole file.
pub(super) fn settings(
    path: &str,
    text: &str,
    file: MorningFile,
    notification: &NotificationSettings,
) -> Result<MorningSettings> {
    let usual = MorningSettings::default();
    let evening = file.evening.map(|evening| {
        let line = read::line_of(text, "evening");
        TimeOfDay::parse(&evening)
            .ok_or_else(|| read::invalid(path, line, format_args!("evening = \"{evening}\" → \"{EVENING}\"")))
    });
    Ok(MorningSettings {
        to: notification::recipients(path, text, &file.to, notification)?,
        evening: evening.transpose()?.unwrap_or(usual.evening),
        answer_days: file.answer_days.unwrap_or(usual.answer_days),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Registry};
    use super::*;

    fn read(text: &str) -> Result<MorningSettings> {
        Account::read("bordereau.toml", text, &Registry::built_in()).map(|account| account.morning)
    }

    #[test]
    fn what_is_not_said_is_usual() {
        let usual = read("").unwrap();
        assert_eq!((usual.to.len(), usual.evening.to_string().as_str(), usual.answer_days), (0, "18:00:00", 5));
        let text = "[notify]\nsmtp = { host = \"localhost\", from = \"bordereau@example.org\" }\n\
                    [morning]\nto = [\"mailto:adv@example.org\"]\nevening = \"19:30\"\nanswer-days = 2\n";
        let settings = read(text).unwrap();
        assert_eq!(settings.to[0].to_string(), "mailto:adv@example.org");
        assert_eq!((settings.evening.to_string().as_str(), settings.answer_days), ("19:30:00", 2));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line() {
        for (text, said) in [
            ("[morning]\nevening = \"25:00\"\n", "line 2"),
            ("[morning]\nto = [\"mailto:adv@example.org\"]\n", "smtp = {"),
            ("[morning]\nto = [\"adv\"]\n", "mailto:"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.arguments.get("cause").unwrap().contains(said), "{error}");
        }
        assert_eq!(read("[morning]\nevning = \"18:00\"\n").unwrap_err().arguments.get("suggestion"), Some("evening"));
    }
}
