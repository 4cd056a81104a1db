//! The only place that looks at a clock, and the user's name.
//!
//! What enters: the environment. What leaves: a [`Moment`], and a [`Stamp`] for what is written down. What is
//! refused: a `BORDEREAU_NOW` that is no moment.

use std::time::{SystemTime, UNIX_EPOCH};

use bordereau::diagnostic::Result;
use bordereau::ledger::Stamp;
use bordereau::model::Moment;

use super::mistakes::invalid;

/// The environment variable that takes the place of the clock, to play a day again: `2026-03-04T18:05:00Z`.
pub(crate) const NOW: &str = "BORDEREAU_NOW";

/// The variables that name the user, the first that is filled.
const USERS: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// This moment.
pub(crate) fn now() -> Result<Moment> {
    if let Some(text) = std::env::var(NOW).ok().filter(|text| !text.is_empty()) {
        return Moment::parse(&text).ok_or_else(|| invalid(NOW, &text, Some("2026-03-04T18:05:00Z")));
    }
    // A clock that stands before 1970 is as good as none.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(i64::try_from(since).ok().and_then(Moment::from_seconds).unwrap_or_else(Moment::beginning))
}

/// This moment, and who works.
pub(crate) fn stamp() -> Result<Stamp> {
    let by = USERS.iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    Ok(Stamp { at: now()?, by: by.unwrap_or_default() })
}
