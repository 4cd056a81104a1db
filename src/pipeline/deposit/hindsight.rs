//! What only the whole file, or what came before it, shows: the same report twice, the same appliance repaired again, whether
//! the file is refused.
//!
//! A pass takes note of every entry in a few words; what they show together is said by the next pass.

use std::collections::BTreeMap;
#[expect(clippy::disallowed_types, reason = "asked and never walked, so that their order shows nowhere")]
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::known::Correction;
use crate::diagnostic::{Arguments, Code, Result};
use crate::format::Key;
use crate::ledger::{EarlierEntry, EntryId, KnownDeposits, stable_hash};
use crate::memory::zeros;
use crate::model::{Day, DepositKind};

/// Who an entry is, and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReportSeen {
    /// Hash of manufacturer and report number, or of all that it says; none when it has neither.
    pub(super) identity: Option<i64>,
    pub(super) line: u64,
    /// The refused entry that it corrects.
    pub(super) stands_for: Option<u64>,
    /// The repair file on the platform.
    pub(super) intervention: Option<u64>,
}

/// An appliance, when it was repaired, and the line that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RepairSeen {
    pub(super) appliance: i64,
    pub(super) day: Day,
    pub(super) line: u64,
}

/// Tells the entries of one file apart.
const HASHER: foldhash::quality::FixedState = foldhash::quality::FixedState::with_seed(0);

/// How far what an entry is known by must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Every file and every version: a ledger keeps it.
    Ledger,
    /// The file itself.
    File,
}

/// A hash of texts in UTF-8 that means the same as far as it must: who an entry is, or which appliance it is about.
pub(super) fn identity(reach: Reach, role: &str, texts: [&[u8]; 2]) -> i64 {
    match reach {
        Reach::Ledger => stable_hash(&[role.as_bytes(), texts[0], texts[1]]),
        Reach::File => HASHER.hash_one((role, texts)).cast_signed(),
    }
}

/// Tells as early as it can that a file will be read again, because two of its entries have to be told of each other: what the
/// first pass writes from then on counts for nothing, and it only takes note of who is there.
pub(super) struct Foresight {
    /// As in [`Hindsight::of`].
    days: u32,
    seen: Mutex<Seen>,
    is_sure: AtomicBool,
}

/// The first entries of a file.
#[derive(Default)]
#[expect(clippy::disallowed_types, reason = "asked and never walked, so that their order shows nowhere")]
struct Seen {
    reports: HashSet<i64, foldhash::fast::FixedState>,
    /// When an appliance was last repaired.
    repairs: HashMap<i64, Day, foldhash::fast::FixedState>,
}

/// So many entries are remembered: where none of them meets another, hardly any does behind them, and it is no great loss.
const FORESEEN: usize = 1 << 14;

impl Foresight {
    pub(super) fn new(days: u32) -> Self {
        Self { days, seen: Mutex::default(), is_sure: AtomicBool::new(false) }
    }

    /// Whether there is something to be told.
    #[inline]
    pub(super) fn is_sure(&self) -> bool {
        self.is_sure.load(Ordering::Relaxed)
    }

    /// Takes note of further entries.
    pub(super) fn take(&self, reports: &[ReportSeen], repairs: &[RepairSeen]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_sure() || seen.reports.len() + seen.repairs.len() > FORESEEN {
            return;
        }
        let is_same_report = reports.iter().filter_map(|each| each.identity).any(|report| !seen.reports.insert(report));
        let is_repaired_again = repairs.iter().any(|each| {
            let earlier = seen.repairs.insert(each.appliance, each.day);
            self.days > 0 && earlier.is_some_and(|earlier| earlier.count().abs_diff(each.day.count()) <= self.days)
        });
        self.is_sure.store(is_same_report || is_repaired_again, Ordering::Relaxed);
    }
}

/// What is to be said of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recalled {
    /// About which field.
    pub(super) key: Key,
    pub(super) code: Code,
    pub(super) arguments: Arguments,
}

/// What earlier passes, and what is kept, showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hindsight {
    /// By line.
    recalled: BTreeMap<u64, Vec<Recalled>>,
    /// Whether the whole file is refused.
    pub(super) refuses_all: bool,
}

/// What a file is compared with besides itself.
#[derive(Clone, Copy)]
pub(super) struct Memory<'m> {
    pub(super) known: &'m dyn KnownDeposits,
    pub(super) correction: Option<&'m Correction>,
    /// The entry that is being changed: it is no duplicate of itself.
    pub(super) except: Option<EntryId>,
    pub(super) kind: DepositKind,
}

impl Hindsight {
    /// What these entries show together, and beside what is kept. `days` is how long after a repair another one is worth a look.
    pub(super) fn of(
        reports: &[ReportSeen],
        repairs: &[RepairSeen],
        days: u32,
        memory: Option<Memory<'_>>,
    ) -> Result<Self> {
        let mut found = Self::default();
        let (same_report, same_appliance) =
            rayon::join(|| shared(reports, |seen| seen.identity), || shared(repairs, |seen| Some(seen.appliance)));
        for same in same_report.chunk_by(|one, other| one.identity == other.identity) {
            for later in &same[1..] {
                found.say(later.line, Key::ReportNumber, Code::DuplicateReport, with_line(same[0].line));
            }
        }
        for pair in same_appliance.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            let is_same = earlier.appliance == later.appliance && !found.is_told(later.line.max(earlier.line));
            if days > 0 && is_same && later.day.count() - earlier.day.count() <= days {
                found.say(later.line, Key::SerialNumber, Code::RepairedAgain, with_line(earlier.line));
            }
        }
        if let Some(memory) = memory {
            found.recall(reports, repairs, days, memory)?;
        }
        Ok(found)
    }

    /// What is to be said of the entry on a line.
    pub(super) fn about(&self, line: u64) -> &[Recalled] {
        self.recalled.get(&line).map_or(&[], Vec::as_slice)
    }

    /// Whether the report on a line stands in the file already.
    fn is_told(&self, line: u64) -> bool {
        self.about(line).iter().any(|each| each.code == Code::DuplicateReport)
    }

    fn say(&mut self, line: u64, key: Key, code: Code, arguments: Arguments) {
        self.recalled.entry(line).or_default().push(Recalled { key, code, arguments });
    }

    /// Adds what is known from earlier deposits.
    fn recall(&mut self, reports: &[ReportSeen], repairs: &[RepairSeen], days: u32, memory: Memory<'_>) -> Result<()> {
        let mut own = BTreeMap::new();
        let mut corrected = BTreeMap::new();
        let mut by_line: Vec<_> = reports.iter().filter(|seen| !self.is_told(seen.line)).copied().collect();
        by_line.sort_unstable_by_key(|seen| seen.line);
        for seen in by_line {
            if let Some(entry) = seen.stands_for
                && let Some(first) = corrected.insert(entry, seen.line)
            {
                corrected.insert(entry, first);
                self.say(seen.line, Key::ReportNumber, Code::CorrectionRepeated, Arguments::none());
                continue;
            }
            let updated = match seen.intervention.filter(|_| memory.kind == DepositKind::Repairs) {
                Some(number) => memory.known.repair_of_intervention(number)?,
                None => None,
            };
            if let Some(closed) = updated.as_ref().filter(|updated| !updated.is_open) {
                self.say(seen.line, Key::InterventionId, Code::RepairFileClosed, told(closed));
            }
            let draft = memory.correction.and_then(|correction| correction.draft(seen.stands_for?));
            let known = match seen.identity {
                Some(identity) => memory.known.entry_of_identity(memory.kind, identity)?,
                None => None,
            };
            let is_same = |earlier: &EarlierEntry| {
                [draft, memory.except].contains(&Some(earlier.id))
                    || Some(earlier.id) == updated.as_ref().map(|updated| updated.id)
            };
            if let Some(earlier) = known.filter(|earlier| !is_same(earlier)) {
                self.say(seen.line, Key::ReportNumber, Code::ReportKnown, told(&earlier));
            }
            own.insert(seen.line, draft.or(memory.except).or(updated.map(|updated| updated.id)));
        }
        let mut repairs: Vec<_> = repairs.iter().filter(|seen| own.contains_key(&seen.line)).collect();
        repairs.sort_unstable();
        for seen in repairs {
            let Some(from) = seen.day.plus_days(-i32::try_from(days).unwrap_or(i32::MAX)) else { continue };
            let earlier = memory.known.repair_of_appliance(seen.appliance, from, seen.day)?;
            let is_own = |earlier: &EarlierEntry| own.get(&seen.line) == Some(&Some(earlier.id));
            if let Some(earlier) = earlier.filter(|earlier| days > 0 && !is_own(earlier)) {
                self.say(seen.line, Key::SerialNumber, Code::RepairedAgain, told(&earlier));
            }
        }
        Ok(())
    }
}

/// Those whose hash another one has, too, in their order, and perhaps a few more.
///
/// A bit for each hash tells nearly all of them apart: only what is left is sorted.
fn shared<S: Copy + Ord>(all: &[S], hash: impl Fn(&S) -> Option<i64>) -> Vec<S> {
    /// Bits for each hash: so few of them meet by chance.
    const ROOM: usize = 16;
    let bits = (all.len() * ROOM).next_power_of_two().max(64);
    let place = |hash: i64| {
        let place = usize::try_from(hash.cast_unsigned() & (bits as u64 - 1)).unwrap_or_default();
        (place / 64, 1_u64 << (place % 64))
    };
    let (mut once, mut again) = (zeros::<u64>(bits / 64), zeros::<u64>(bits / 64));
    for (word, bit) in all.iter().filter_map(&hash).map(place) {
        again[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let is_shared = |hash| {
        let (word, bit) = place(hash);
        again[word] & bit != 0
    };
    let mut found: Vec<_> = all.iter().filter(|each| hash(each).is_some_and(is_shared)).copied().collect();
    found.sort_unstable();
    found
}

fn with_line(line: u64) -> Arguments {
    Arguments::none().with("first", line)
}

/// The entry that was there before, in words that say where to look for it.
fn told(earlier: &EarlierEntry) -> Arguments {
    let day = earlier.created_at.day().map(|day| day.to_string()).unwrap_or_default();
    let arguments = Arguments::none().with("entry", earlier.id.0).with("day", day);
    if earlier.file.is_empty() { arguments } else { arguments.with("file", &earlier.file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_share_a_hash_are_found_and_few_others() {
        let seen = |line: u64, appliance: i64| RepairSeen { appliance, day: Day::FIRST, line };
        let hash = |line: u64| super::identity(Reach::File, "appliance", [b"4", line.to_string().as_bytes()]);
        let mut all: Vec<_> = (0..5000).map(|line| seen(line, hash(line))).collect();
        all.extend((0..100).map(|line| seen(5000 + line, hash(line * 50))));
        let found = shared(&all, |each| Some(each.appliance));
        let pairs = found.chunk_by(|one, other| one.appliance == other.appliance).filter(|same| same.len() == 2);
        assert_eq!(pairs.count(), 100);
        assert!(found.len() < 1200, "{}", found.len());
        assert!(shared(&[seen(1, 2)], |_| None).is_empty() && shared(&[], |_: &u64| None).is_empty());
    }

    #[test]
    fn what_will_be_told_is_foreseen_and_nothing_else() {
        let day = |text: &str| Day::parse_iso(text.as_bytes()).unwrap();
        let report = |identity, line| ReportSeen { identity, line, stands_for: None, intervention: None };
        let repair = |appliance, date, line| RepairSeen { appliance, day: day(date), line };
        let sure = |days, reports: &[ReportSeen], repairs: &[RepairSeen]| {
            let foresight = Foresight::new(days);
            let chunks = reports.len().max(repairs.len());
            for place in 0..chunks {
                foresight.take(
                    reports.get(place..=place).unwrap_or_default(),
                    repairs.get(place..=place).unwrap_or_default(),
                );
            }
            let shown = Hindsight::of(reports, repairs, days, None).unwrap();
            assert_eq!(foresight.is_sure(), shown != Hindsight::default());
            foresight.is_sure()
        };
        assert!(!sure(90, &[report(None, 2), report(None, 3), report(Some(1), 4)], &[]));
        assert!(sure(90, &[report(Some(1), 2), report(Some(2), 3), report(Some(1), 4)], &[]));
        let apart = [repair(1, "2026-05-01", 2), repair(2, "2026-05-01", 3), repair(1, "2026-01-01", 4)];
        assert!(!sure(90, &[], &apart));
        assert!(sure(120, &[], &apart));
        assert!(!sure(0, &[], &[repair(1, "2026-05-01", 2); 2]));
    }

    #[test]
    fn later_ones_are_duplicates_and_soon_ones_are_repeats() {
        let day = |text: &str| Day::parse_iso(text.as_bytes()).unwrap();
        let seen = |identity: Option<i64>, line| ReportSeen { identity, line, stands_for: None, intervention: None };
        let reports = [(Some(4), 9), (Some(4), 2), (Some(5), 3), (Some(4), 5), (None, 6), (None, 7)]
            .map(|(id, line)| seen(id, line));
        let repairs = [("2026-01-01", 2), ("2026-05-01", 3), ("2026-03-31", 4)].map(|(date, line)| RepairSeen {
            appliance: 1,
            day: day(date),
            line,
        });
        let found = Hindsight::of(&reports, &repairs, 90, None).unwrap();
        let told = |found: &Hindsight, code: Code| {
            let lines = found.recalled.iter().flat_map(|(line, all)| all.iter().map(move |each| (line, each)));
            lines
                .filter(|(_, each)| each.code == code)
                .map(|(line, each)| (*line, each.arguments.get("first").unwrap().parse().unwrap()))
                .collect::<Vec<(u64, u64)>>()
        };
        assert_eq!(told(&found, Code::DuplicateReport), [(5, 2), (9, 2)]);
        assert_eq!(told(&found, Code::RepairedAgain), [(3, 4), (4, 2)]);
        assert_eq!(found.about(4).len(), 1);
        assert_eq!(told(&Hindsight::of(&[], &[repairs[0]; 2], 0, None).unwrap(), Code::RepairedAgain), []);
        let fewer = Hindsight::of(&[], &repairs, 88, None).unwrap();
        assert_eq!(told(&fewer, Code::RepairedAgain), [(3, 4)]);
    }
}
