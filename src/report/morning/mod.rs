//! The sheet of the morning: what came in the night, what was refused of it, what waits for whom; to be read in a minute.
//!
//! What enters: a [`MorningSheet`]: what the ledger says of the night, and what lies in folders. What leaves: text for a terminal
//! ([`render_morning`]), one page of HTML ([`morning_html`]), an object for programs ([`MorningObject`]), a mail
//! ([`Announcement::morning`](super::Announcement::morning)). What is refused: nothing; long lists are cut, with how much is left
//! out, and never in the object.

mod json;
mod page;
mod parts;
mod screen;
mod to_do;

pub use json::MorningObject;
pub use page::morning_html;
pub use screen::render_morning;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::terminal::Page;
use super::text::{self, Text};
use super::{shown_day, shown_moment};
use crate::ledger::{Morning, Night, RefusedFile};
use crate::model::{Day, Language, ManufacturerId, Moment, Zone};

/// Everything that the sheet of a morning tells.
#[derive(Clone, Debug)]
pub struct MorningSheet {
    /// The night, and what its morning is judged by.
    pub night: Night,
    /// By whose clocks moments are written.
    pub zone: Zone,
    /// Who works here.
    pub account: String,
    /// What the ledger says.
    pub morning: Morning,
    /// What manufacturers are called.
    pub names: BTreeMap<ManufacturerId, String>,
    /// Files of the night of which something is to be corrected, the worst first.
    pub to_correct: Vec<ToCorrect>,
    /// Files that were put aside in the night, and that the ledger does not know.
    pub put_aside: Vec<PutAside>,
    /// How many such files lie there since earlier nights.
    pub older_put_aside: u64,
    /// Files that still wait in the inbox.
    pub in_inbox: u64,
    /// Messages for the platform that nobody has taken away.
    pub in_outbox: u64,
}

/// A file of which something is to be corrected.
#[derive(Clone, Debug)]
pub struct ToCorrect {
    /// What the ledger says of it.
    pub refused: RefusedFile,
    /// The workbook to be corrected and dropped, as seen from the workspace.
    pub workbook: Option<PathBuf>,
}

/// A file that was put aside.
#[derive(Clone, Debug)]
pub struct PutAside {
    /// Where it is, as seen from the workspace.
    pub place: String,
    /// What was said of it, its first line.
    pub said: String,
}

/// A part of the sheet under a title of its own.
struct Section {
    title: String,
    blocks: Vec<Block>,
}

/// What stands in a section.
enum Block {
    /// Rows under headings; the last row may be a sum. How many rows are left out.
    Table { columns: Vec<Heading>, rows: Vec<Vec<String>>, foot: Option<Vec<String>>, more: usize },
    /// Things to be done or looked at. How many are left out.
    Items { items: Vec<Item>, more: usize },
    /// A sentence.
    Sentence(String),
}

/// What stands above a column.
struct Heading {
    text: &'static str,
    is_number: bool,
}

/// Something to be done.
struct Item {
    /// What, and how many.
    what: String,
    /// For whom, since when.
    more: String,
    /// What to type, or the file to open.
    next: String,
}

/// Most rows of a table, so that the sheet stays on one page.
const ROWS: usize = 8;

/// Most items of a list.
const ITEMS: usize = 5;

/// Most manufacturers that are named for one thing.
const NAMES: usize = 3;

/// How the sheet is put into words.
struct Speech<'s> {
    sheet: &'s MorningSheet,
    language: Language,
}

impl Speech<'_> {
    fn word(&self, text: Text) -> &'static str {
        text.get(self.language)
    }

    fn with(&self, text: Text, arguments: &[(&str, &str)]) -> String {
        text.with(self.language, arguments)
    }

    fn number(&self, number: u64) -> String {
        Page { language: self.language }.number(number)
    }

    /// A day as people write it.
    fn day(&self, day: Day) -> String {
        shown_day(day, self.language)
    }

    /// A moment as people read it off their own clocks.
    fn moment(&self, at: Moment) -> String {
        shown_moment(at, &self.sheet.zone, self.language)
    }

    /// For how many days something has waited.
    fn days(&self, since: Moment) -> u32 {
        let day = self.sheet.zone.local(since).map_or(self.sheet.night.today, |(day, _)| day);
        self.sheet.night.today.count().saturating_sub(day.count())
    }

    /// The same in words.
    fn age(&self, since: Option<Moment>) -> String {
        match since.map(|since| self.days(since)) {
            None => String::new(),
            Some(0) => self.word(text::MORNING_TODAY).to_owned(),
            Some(1) => self.word(text::MORNING_ONE_DAY).to_owned(),
            Some(days) => self.with(text::MORNING_DAYS, &[("days", &days.to_string())]),
        }
    }

    fn name(&self, manufacturer: ManufacturerId) -> String {
        self.sheet.names.get(&manufacturer).cloned().unwrap_or_else(|| manufacturer.to_string())
    }

    /// Manufacturers with how many each, those with the most first.
    fn names(&self, counts: impl IntoIterator<Item = (Option<ManufacturerId>, u64)>) -> String {
        let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        counts.sort_by_key(|(manufacturer, count)| (std::cmp::Reverse(*count), *manufacturer));
        let left = counts.len().saturating_sub(NAMES);
        let mut names: Vec<_> = counts
            .iter()
            .take(NAMES)
            .map(|(manufacturer, count)| {
                let name = manufacturer.map_or_else(|| "?".to_owned(), |id| self.name(id));
                format!("{name} {}", self.number(*count))
            })
            .collect();
        if left > 0 {
            names.push(format!("+{left}"));
        }
        names.join(", ")
    }

    fn title(&self) -> String {
        self.with(text::MORNING_TITLE, &[("day", &self.day(self.sheet.night.today))])
    }

    /// What the sheet is about: from when to when, and whose.
    fn subtitle(&self) -> String {
        let night = self.sheet.night;
        let span = [("since", &*self.moment(night.since)), ("until", &*self.moment(night.until))];
        let span = self.with(text::MORNING_SPAN, &span);
        if self.sheet.account.is_empty() { span } else { format!("{span} · {}", self.sheet.account) }
    }

    /// The sections that have something to say.
    fn sections(&self) -> Vec<Section> {
        let all = [
            Some(self.came()),
            self.by_manufacturer(),
            self.to_correct(),
            self.put_aside(),
            self.to_do(),
            self.appointments(),
        ];
        all.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
