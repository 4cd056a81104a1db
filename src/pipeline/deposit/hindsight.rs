//! What only the whole file shows: the same report twice, the same appliance repaired again, whether the file is refused.
//!
//! A pass takes note of every entry in a few words; what they show together is said by the next pass.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::quality::FixedState;

use crate::diagnostic::Code;
use crate::format::Key;
use crate::model::Day;

/// Who an entry is: a hash of manufacturer and report number, or of all its cells, and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReportSeen {
    who: [u64; 2],
    line: u64,
}

impl ReportSeen {
    pub(super) fn of(cells: &[&[u8]], line: u64) -> Self {
        Self { who: [hash(cells, 1), hash(cells, 2)], line }
    }
}

/// An appliance, when it was repaired, and the line that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RepairSeen {
    which: u64,
    day: u32,
    line: u64,
}

impl RepairSeen {
    pub(super) fn of(cells: &[&[u8]], day: Day, line: u64) -> Self {
        Self { which: hash(cells, 3), day: day.count(), line }
    }
}

/// A hash of cells; where one ends counts, too. The seeds make it the same in every run.
fn hash(cells: &[&[u8]], seed: u64) -> u64 {
    let mut hasher = FixedState::with_seed(seed).build_hasher();
    for cell in cells {
        hasher.write_usize(cell.len());
        hasher.write(cell);
    }
    hasher.finish()
}

/// What earlier passes showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hindsight {
    /// Lines of reports that stand in the file already, and where first.
    duplicates: BTreeMap<u64, u64>,
    /// Lines of appliances that were repaired not long before, and where.
    repaired: BTreeMap<u64, u64>,
    /// Whether the whole file is refused.
    pub(super) refuses_all: bool,
}

impl Hindsight {
    /// What these entries show together. `days` is how long after a repair another one is worth a look.
    pub(super) fn of(reports: &mut [ReportSeen], repairs: &mut [RepairSeen], days: u32) -> Self {
        let mut found = Self::default();
        reports.sort_unstable();
        for same in reports.chunk_by(|one, other| one.who == other.who) {
            for later in &same[1..] {
                found.duplicates.insert(later.line, same[0].line);
            }
        }
        repairs.sort_unstable();
        for pair in repairs.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            let is_same = earlier.which == later.which && !found.duplicates.contains_key(&later.line.max(earlier.line));
            if is_same && later.day - earlier.day <= days {
                found.repaired.insert(later.line, earlier.line);
            }
        }
        found
    }

    /// What is to be said of the entry on a line: about which field, the code, the other line.
    pub(super) fn about(&self, line: u64) -> impl Iterator<Item = (Key, Code, u64)> {
        let duplicate = self.duplicates.get(&line).map(|first| (Key::ReportNumber, Code::DuplicateReport, *first));
        let repaired = self.repaired.get(&line).map(|first| (Key::SerialNumber, Code::RepairedAgain, *first));
        duplicate.into_iter().chain(repaired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ones_are_duplicates_and_soon_ones_are_repeats() {
        let day = |text: &str| Day::parse_iso(text.as_bytes()).unwrap();
        let mut reports = [(b"4", b"a", 9), (b"4", b"a", 2), (b"5", b"a", 3), (b"4", b"a", 5)]
            .map(|(id, report, line)| ReportSeen::of(&[id, report], line));
        let mut repairs = [("2026-01-01", 2), ("2026-05-01", 3), ("2026-03-31", 4)]
            .map(|(date, line)| RepairSeen::of(&[b"4", b"s"], day(date), line));
        let found = Hindsight::of(&mut reports, &mut repairs, 90);
        assert_eq!(found.duplicates, BTreeMap::from([(5, 2), (9, 2)]));
        assert_eq!(found.repaired, BTreeMap::from([(3, 4), (4, 2)]));
        assert_eq!(found.about(4).count(), 1);
        assert_eq!(Hindsight::of(&mut [], &mut repairs, 88).repaired, BTreeMap::from([(3, 4)]));
    }
}
