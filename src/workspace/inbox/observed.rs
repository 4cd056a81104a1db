//! Whether a file is whole: nobody writes to it any more.
//!
//! What enters: what is seen of each file whenever the folder is looked at, what the system tells of it in between, how long it
//! must have been left alone. What leaves: whether it may be taken.
//! What is refused: a file that changed since it was last seen, one whose writer has not closed it, one that was put back a
//! moment ago.
//!
//! A file is judged by what was observed of it on a clock that only runs forward, never by the time that stands in its head: a
//! copy that keeps the old times, a clock that is set and a time in the future do no harm.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a file that was only named, and not seen to be written, is given for its writer to show up.
const NAMED: Duration = Duration::from_secs(1);

/// How long a file that could not be done now is left alone, the first time; it doubles from time to time.
const FIRST_DELAY: Duration = Duration::from_secs(2);

/// And the longest.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// After so long a file that was put back is a new one.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// What the system told of a file. It is a hint: none may ever come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Its name came to be.
    Named,
    /// Somebody writes to it.
    Written,
    /// Whoever wrote to it has closed it.
    Closed,
    /// It was moved here, whole as it is.
    Moved,
    /// It has gone.
    Gone,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    bytes: u64,
    /// Where it lies and when it was changed, as its file system says; only compared, never trusted.
    marks: [i128; 4],
}

impl Shape {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        let marks = [
            i128::from(metadata.dev()),
            i128::from(metadata.ino()),
            nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        ];
        Self { bytes: metadata.len(), marks }
    }

    #[cfg(not(unix))]
    fn of(metadata: &Metadata) -> Self {
        let since = |time: std::io::Result<std::time::SystemTime>| {
            let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            since.and_then(|since| i128::try_from(since.as_nanos()).ok()).unwrap_or_default()
        };
        Self { bytes: metadata.len(), marks: [0, 0, since(metadata.modified()), since(metadata.created())] }
    }
}

/// What is known of a file.
#[derive(Debug)]
struct Seen {
    shape: Option<Shape>,
    /// When it was first seen.
    first: Instant,
    /// Since when it looks like this.
    since: Instant,
    heard: Option<Heard>,
    /// When the folder was last looked at and it was there.
    round: u64,
}

/// A file that was put back.
#[derive(Debug)]
struct PutOff {
    until: Instant,
    delay: Duration,
    shape: Option<Shape>,
}

#[derive(Debug, Default)]
struct State {
    seen: BTreeMap<PathBuf, Seen>,
    put_off: BTreeMap<PathBuf, PutOff>,
    round: u64,
    /// When the first of the files that are not settled may be.
    due: Option<Instant>,
}

/// What was seen of the files of a folder, from look to look.
#[derive(Debug)]
pub struct Observed {
    settle: Duration,
    state: Mutex<State>,
}

/// Whether a file may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Whole,
    BeingWritten,
    PutOff,
}

impl Observed {
    /// Nothing seen yet. A file is whole that is left alone for so long; at once, when that is no time at all.
    pub fn new(settle: Duration) -> Self {
        Self { settle, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what the system told of a file.
    pub fn hear(&self, path: &Path, heard: Heard, now: Instant) {
        let mut state = self.state();
        if heard == Heard::Gone {
            state.seen.remove(path);
            return;
        }
        let round = state.round + 1;
        if let Some(seen) = state.seen.get_mut(path) {
            seen.heard = Some(heard);
            seen.since = now;
            seen.round = round;
        } else {
            let seen = Seen { shape: None, first: now, since: now, heard: Some(heard), round };
            state.seen.insert(path.to_owned(), seen);
        }
    }

    /// What the system told cannot be trusted any more: some of it was lost. Only what is seen counts.
    pub fn doubt(&self) {
        self.state().seen.values_mut().for_each(|seen| seen.heard = None);
    }

    /// The same of the files directly in a folder.
    pub fn doubt_in(&self, folder: &Path) {
        let mut state = self.state();
        let there = state.seen.iter_mut().filter(|(path, _)| path.parent() == Some(folder));
        there.for_each(|(_, seen)| seen.heard = None);
    }

    /// Leaves a file alone for a while that was put back because it could not be done now. A change ends that.
    pub fn put_off(&self, path: &Path, now: Instant) {
        let shape = path.symlink_metadata().ok().map(|metadata| Shape::of(&metadata));
        let mut state = self.state();
        let before = state.put_off.get(path).map(|put_off| put_off.delay);
        let delay = before.map_or(FIRST_DELAY, |delay| (delay * 2).min(LONGEST_DELAY));
        state.put_off.insert(path.to_owned(), PutOff { until: now + delay, delay, shape });
    }

    /// How long it takes until a file that is not settled may be; nothing when no file is waited for.
    pub fn next_look(&self, now: Instant) -> Option<Duration> {
        self.state().due.map(|due| due.saturating_duration_since(now))
    }

    /// The folder is looked at from here on.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.round += 1;
        state.due = None;
    }

    /// The folder was looked at: what was not there is forgotten.
    pub(super) fn end(&self, now: Instant) {
        let mut state = self.state();
        let round = state.round;
        state.seen.retain(|_, seen| seen.round >= round);
        state.put_off.retain(|_, put_off| now < put_off.until + FORGOTTEN);
    }

    /// Sees a file. Gives whether it may be taken, and how long it has been known.
    pub(super) fn see(&self, path: &Path, metadata: &Metadata, now: Instant) -> (Verdict, Duration) {
        let shape = Shape::of(metadata);
        let mut state = self.state();
        let round = state.round;
        if !state.seen.contains_key(path) {
            state.seen.insert(path.to_owned(), Seen { shape: None, first: now, since: now, heard: None, round });
        }
        let Some(seen) = state.seen.get_mut(path) else { return (Verdict::BeingWritten, Duration::ZERO) };
        seen.round = seen.round.max(round);
        if seen.shape.is_some_and(|before| before != shape) {
            seen.since = now;
        }
        seen.shape = Some(shape);
        let alone = now.saturating_duration_since(seen.since);
        let known = now.saturating_duration_since(seen.first);
        let needed = match seen.heard {
            Some(Heard::Moved) => Some(Duration::ZERO),
            Some(Heard::Named) => Some(self.settle.max(NAMED)),
            // Whoever pauses while the file is open goes on one day.
            Some(Heard::Written) => None,
            Some(Heard::Closed | Heard::Gone) | None => Some(self.settle),
        };
        let settled = needed.map(|needed| seen.since + needed);
        let put_off = state.put_off.get(path).filter(|put_off| put_off.shape == Some(shape) && now < put_off.until);
        let (verdict, due) = match put_off.map(|put_off| put_off.until) {
            Some(until) => (Verdict::PutOff, Some(until)),
            None if needed.is_some_and(|needed| alone >= needed) => (Verdict::Whole, None),
            None => (Verdict::BeingWritten, settled),
        };
        state.due = state.due.into_iter().chain(due).min();
        (verdict, known)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::SystemTime;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A folder with one file, looked at by somebody whose clock the test sets.
    struct Desk {
        _folder: tempfile::TempDir,
        path: PathBuf,
        observed: Observed,
        start: Instant,
    }

    impl Desk {
        fn new(settle: u32) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.csv");
            fs::write(&path, "one").unwrap();
            Self { _folder: folder, path, observed: Observed::new(SECOND * settle), start: Instant::now() }
        }

        fn look(&self, second: u32) -> Verdict {
            let now = self.start + SECOND * second;
            self.observed.begin();
            let verdict = self.observed.see(&self.path, &self.path.symlink_metadata().unwrap(), now).0;
            self.observed.end(now);
            verdict
        }

        fn hear(&self, second: u32, heard: Heard) {
            self.observed.hear(&self.path, heard, self.start + SECOND * second);
        }
    }

    #[test]
    fn a_file_is_whole_that_did_not_change_while_it_was_watched() {
        let desk = Desk::new(5);
        assert_eq!(desk.look(0), Verdict::BeingWritten);
        assert_eq!(desk.observed.next_look(desk.start + SECOND), Some(SECOND * 4));
        assert_eq!(desk.look(4), Verdict::BeingWritten);
        fs::write(&desk.path, "two and three").unwrap();
        assert_eq!(desk.look(6), Verdict::BeingWritten, "it has grown");
        assert_eq!(desk.look(10), Verdict::BeingWritten);
        assert_eq!(desk.look(11), Verdict::Whole);
        assert_eq!(desk.observed.next_look(desk.start), None);
    }

    #[test]
    fn the_time_that_stands_in_its_head_does_not_count() {
        for time in [SystemTime::UNIX_EPOCH, SystemTime::now() + SECOND * 1_000_000] {
            let desk = Desk::new(5);
            File::options().write(true).open(&desk.path).unwrap().set_modified(time).unwrap();
            assert_eq!(desk.look(0), Verdict::BeingWritten, "old or from the future, nobody knows who writes to it");
            assert_eq!(desk.look(5), Verdict::Whole);
        }
    }

    #[test]
    fn another_file_under_the_same_name_is_another_file() {
        let desk = Desk::new(5);
        assert_eq!(desk.look(0), Verdict::BeingWritten);
        let other = desk.path.with_extension("part");
        fs::write(&other, "one").unwrap();
        fs::rename(&other, &desk.path).unwrap();
        assert_eq!(desk.look(5), Verdict::BeingWritten);
        assert_eq!(desk.look(10), Verdict::Whole);
    }

    #[test]
    fn a_pause_of_its_writer_is_no_end() {
        let desk = Desk::new(2);
        desk.hear(0, Heard::Named);
        desk.hear(0, Heard::Written);
        assert_eq!(desk.look(1), Verdict::BeingWritten);
        assert_eq!(desk.look(1000), Verdict::BeingWritten);
        desk.hear(1001, Heard::Closed);
        assert_eq!(desk.look(1002), Verdict::BeingWritten, "it may be opened again");
        assert_eq!(desk.look(1003), Verdict::Whole);
        desk.hear(1004, Heard::Written);
        assert_eq!(desk.look(2000), Verdict::BeingWritten);
        desk.observed.doubt();
        assert_eq!(desk.look(2001), Verdict::Whole, "who may have missed something goes by what is seen");
    }

    #[test]
    fn what_is_moved_here_is_whole_and_what_is_only_named_gets_a_moment() {
        let desk = Desk::new(60);
        desk.hear(0, Heard::Moved);
        assert_eq!(desk.look(0), Verdict::Whole);
        desk.hear(1, Heard::Written);
        assert_eq!(desk.look(1), Verdict::BeingWritten);
        let desk = Desk::new(0);
        assert_eq!(desk.look(0), Verdict::Whole);
        desk.hear(1, Heard::Named);
        assert_eq!(desk.look(1), Verdict::BeingWritten);
        assert_eq!(desk.look(2), Verdict::Whole, "a second name of a file is never closed");
        desk.hear(2, Heard::Gone);
        desk.hear(2, Heard::Closed);
        assert_eq!(desk.look(2), Verdict::Whole);
    }

    #[test]
    fn what_was_put_back_is_left_alone_for_longer_and_longer_until_it_changes() {
        let desk = Desk::new(0);
        let at = |second: u32| desk.start + SECOND * second;
        desk.observed.put_off(&desk.path, at(0));
        assert_eq!(desk.look(1), Verdict::PutOff);
        assert_eq!(desk.observed.next_look(at(1)), Some(SECOND));
        assert_eq!(desk.look(2), Verdict::Whole);
        desk.observed.put_off(&desk.path, at(2));
        assert_eq!((desk.look(5), desk.look(6)), (Verdict::PutOff, Verdict::Whole));
        for _ in 0..10 {
            desk.observed.put_off(&desk.path, at(6));
        }
        assert_eq!((desk.look(65), desk.look(66)), (Verdict::PutOff, Verdict::Whole));
        desk.observed.put_off(&desk.path, at(66));
        fs::write(&desk.path, "corrected").unwrap();
        assert_eq!(desk.look(67), Verdict::Whole);
    }

    #[test]
    fn what_has_gone_is_forgotten() {
        let desk = Desk::new(5);
        assert_eq!(desk.look(0), Verdict::BeingWritten);
        desk.observed.begin();
        desk.observed.end(desk.start);
        assert!(desk.observed.state().seen.is_empty());
        assert_eq!(desk.look(5), Verdict::BeingWritten, "it came anew");
    }
}
