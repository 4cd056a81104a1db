//! The sheet of the morning: what the ledger says of the night, with what lies in the folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Workspace;
use super::inbox::place::BESIDE;
use super::outbox::OUTBOX;
use crate::diagnostic::Result;
use crate::format::Registry;
use crate::ledger::{MorningBook as _, Night};
use crate::model::{Day, Moment, TimeOfDay, Zone};
use crate::report::{MorningSheet, PutAside, ToCorrect};

/// Where files lie that somebody has to look at.
const ASIDE: [&str; 2] = ["quarantine", "rejected"];

/// The longest sentence that is shown of what was said of a file.
const SAID: usize = 100;

impl Workspace {
    /// The sheet of a morning: of what came from `since` until `now`; without `since`, from the evening of the last working day.
    pub fn morning_sheet(&self, since: Option<Moment>, now: Moment, registry: &Registry) -> Result<MorningSheet> {
        let zone = registry.clocks()?.clone();
        let night = self.night(since, now, &zone);
        let morning = self.ledger.morning(&night)?;
        let names = morning.manufacturers().into_iter().flatten();
        let names = names.filter_map(|id| Some((id, registry.manufacturer_name(id)?.to_owned()))).collect();
        let to_correct = morning.refused.iter().map(|refused| {
            let workbook = refused.reports.as_ref().map(|reports| reports.join("errors.xlsx"));
            ToCorrect { refused: refused.clone(), workbook: workbook.filter(|path| self.root.join(path).is_file()) }
        });
        let to_correct = to_correct.collect();
        let (put_aside, older_put_aside) = self.put_aside_since(night.since);
        Ok(MorningSheet {
            night,
            zone,
            account: self.account.code.clone(),
            morning,
            names,
            to_correct,
            put_aside,
            older_put_aside,
            in_inbox: self.waiting_in("inbox"),
            in_outbox: self.waiting_in(OUTBOX),
        })
    }

    fn night(&self, since: Option<Moment>, now: Moment, zone: &Zone) -> Night {
        let settings = &self.account.morning;
        let today = zone.local(now).map(|(day, _)| day).or_else(|| now.day()).unwrap_or(Day::FIRST);
        let (year, month, _) = today.parts();
        let month_begin = Day::new(year, month, 1).and_then(|day| zone.moment(day, TimeOfDay::default()));
        let soon = now.seconds().saturating_add(self.account.work_orders.soon());
        Night {
            since: since.or_else(|| last_evening(today, settings.evening, zone)).unwrap_or_else(|| now.days_before(1)),
            until: now,
            today,
            soon: Moment::from_seconds(soon).unwrap_or(now),
            answered_by: now.days_before(settings.answer_days),
            invoiced_by: month_begin.unwrap_or(now),
        }
    }

    /// Files that the ledger does not know and that were put aside since then, and how many lie there since earlier nights.
    fn put_aside_since(&self, since: Moment) -> (Vec<PutAside>, u64) {
        let (mut found, mut older) = (Vec::new(), 0);
        for (place, name) in
            ASIDE.iter().flat_map(|place| names(&self.root.join(place)).into_iter().map(move |name| (place, name)))
        {
            if is_numbered(&name) {
                continue;
            }
            let path = self.root.join(place).join(&name);
            let note = PathBuf::from(format!("{}.txt", path.display()));
            // What stands beside a file was written when it was put there; the file itself is as old as it came.
            let is_new = [&note, &path].into_iter().find_map(|path| written(path)).is_none_or(|at| at >= since);
            if is_new {
                let said = fs::read_to_string(&note).unwrap_or_default();
                let said = shortened(said.lines().next().unwrap_or_default());
                found.push(PutAside { place: format!("{place}/{name}"), said });
            } else {
                older += 1;
            }
        }
        (found, older)
    }

    fn waiting_in(&self, folder: &str) -> u64 {
        let folder = self.root.join(folder);
        let below = |name: &String| fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_dir());
        let names = names(&folder);
        let deeper = names.iter().filter(|name| below(name)).map(|name| files(&folder.join(name)));
        files(&folder) + deeper.sum::<u64>()
    }
}

/// The evening of the last working day before a day.
fn last_evening(today: Day, evening: TimeOfDay, zone: &Zone) -> Option<Moment> {
    let day = (1..=7).filter_map(|days| today.plus_days(-days)).find(|day| !day.is_weekend())?;
    zone.moment(day, evening)
}

/// The names in a folder, in their order, without those of what stands beside a file; none when it cannot be read.
fn names(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let mut names: Vec<_> = found.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    let all = names.clone();
    let is_beside = |name: &String| {
        BESIDE
            .iter()
            .filter_map(|ending| name.strip_suffix(ending))
            .any(|bare| all.binary_search_by(|each| each.as_str().cmp(bare)).is_ok())
    };
    names.retain(|name| !is_beside(name));
    names
}

/// At most so many characters, the last of them `…` if there were more.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SAID) {
        None => text.to_owned(),
        Some((end, _)) => text[..end].to_owned() + "…",
    }
}

/// How many files wait in a folder, but for its settings.
fn files(folder: &Path) -> u64 {
    let is_file = |name: &String| {
        name != "inbox.toml" && fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_file())
    };
    names(folder).iter().filter(|name| is_file(name)).count() as u64
}

/// Whether the ledger knows a file under the number in its name.
fn is_numbered(name: &str) -> bool {
    let number = ["import-", "deposit-"].iter().find_map(|what| name.strip_prefix(what));
    number.is_some_and(|rest| rest.len() > 6 && rest.as_bytes()[..6].iter().all(u8::is_ascii_digit))
}

/// When a file was written last.
fn written(path: &Path) -> Option<Moment> {
    let modified = fs::symlink_metadata(path).ok()?.modified().ok()?;
    let seconds = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Moment::from_seconds(i64::try_from(seconds).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_on_the_evening_of_the_last_working_day() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let evening = TimeOfDay::parse("18:00").unwrap();
        for (today, begins) in [
            ("2026-03-04", "2026-03-03T17:00:00Z"),
            ("2026-03-09", "2026-03-06T17:00:00Z"),
            ("2026-03-08", "2026-03-06T17:00:00Z"),
            // The clock was set forward in that night.
            ("2026-03-30", "2026-03-27T17:00:00Z"),
            ("2026-03-31", "2026-03-30T16:00:00Z"),
        ] {
            let found = last_evening(Day::parse_iso(today).unwrap(), evening, &zone).unwrap();
            assert_eq!(found.to_string(), begins, "{today}");
        }
    }

    #[test]
    fn what_stands_beside_a_file_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.csv", "a.csv.txt", "a.csv.errors.xlsx", "notes.txt", ".hidden", "inbox.toml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(names(folder.path()), ["a.csv", "inbox.toml", "notes.txt"]);
        assert_eq!(files(folder.path()), 2);
        assert!(is_numbered("import-000012-a.csv") && is_numbered("deposit-000001-b"));
        assert!(!is_numbered("import-12.csv") && !is_numbered("import-000012") && !is_numbered("scan.pdf"));
    }
}
