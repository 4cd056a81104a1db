//! How a watch fares: what it did, what waits, what hinders it.
//!
//! What enters: what the watch sees and does, as it sees and does it. What leaves: whether it is well and why not, numbers.
//! What is refused: nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bordereau::diagnostic::{Code, Error};
use bordereau::model::Language;
use bordereau::pipeline::Progress;
use bordereau::workspace::{Delivered, Queued, Standing};
use serde::{Deserialize, Serialize};

use super::super::inbox;
use super::super::texts;

/// With less room than this it is time to make some.
pub(crate) const LEAST_ROOM: u64 = 64 << 20;

/// So long a file may take without getting on before something must be wrong.
const LONGEST_SILENCE: Duration = Duration::from_secs(300);

/// So long at least nothing is wrong with a watch that has nothing to do.
const LONGEST_NAP: Duration = Duration::from_secs(60);

/// What hinders a watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    /// For programs.
    pub(crate) code: String,
    /// For people.
    pub(crate) said: String,
}

impl Trouble {
    pub(crate) fn of(error: &Error, language: Language) -> Self {
        Self { code: error.code.name().to_owned(), said: error.message(language) }
    }

    pub(crate) fn little_room(free: u64, language: Language) -> Self {
        let free = (free >> 20).to_string();
        Self { code: "DISK_LOW".to_owned(), said: texts::STATUS_DISK_LOW.with(language, &[("free", &free)]) }
    }

    pub(crate) fn died(pid: u32, language: Language) -> Self {
        let pid = pid.to_string();
        Self { code: "WATCH_DIED".to_owned(), said: texts::STATUS_DIED.with(language, &[("pid", &pid)]) }
    }

    pub(crate) fn overdue(seconds: u64, language: Language) -> Self {
        let seconds = seconds.to_string();
        Self { code: "LOOK_OVERDUE".to_owned(), said: texts::STATUS_OVERDUE.with(language, &[("seconds", &seconds)]) }
    }
}

/// What a watch is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Another one has the turn.
    #[default]
    StandingBy,
    /// Waiting for files.
    Watching,
    /// Doing files.
    Working,
}

impl Phase {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::StandingBy => "standing-by",
            Self::Watching => "watching",
            Self::Working => "working",
        }
    }
}

/// What was done to files of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    /// Lines, entries or answers: read, taken, refused.
    pub(super) counts: [u64; 3],
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

/// What is known at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) phase: Phase,
    /// Files by kind and outcome.
    pub(super) files: BTreeMap<(&'static str, &'static str), u64>,
    /// Work by kind.
    pub(super) work: BTreeMap<&'static str, Work>,
    /// Files by how they stand.
    pub(super) queue: BTreeMap<Standing, u64>,
    /// How long the one that has waited longest is known, and since when that is so.
    pub(super) oldest: Option<Duration>,
    pub(super) looks: u64,
    pub(super) failed_looks: u64,
    /// When the folder was last looked at, in seconds since 1970.
    pub(super) last_look: Option<i64>,
    /// When a file was last done.
    pub(super) last_file: Option<i64>,
    pub(super) free: Option<u64>,
    pub(super) ledger: u64,
    pub(super) hearing: bool,
    pub(super) overflows: u64,
    /// What is wrong with the folder.
    pub(super) folder: Option<Trouble>,
    /// What is wrong with the last file that could not be done now, if it is not its own fault.
    pub(super) file: Option<Trouble>,
    pub(super) room: Option<Trouble>,
}

impl Facts {
    /// What is wrong.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        [&self.folder, &self.file, &self.room].into_iter().flatten().cloned().collect()
    }

    /// Takes note of what lies in the folder.
    pub(super) fn count(&mut self, queue: &[Queued]) {
        self.queue.clear();
        for file in queue {
            *self.queue.entry(file.standing).or_default() += 1;
        }
        self.oldest = queue.iter().filter(|file| file.standing.is_waiting()).map(|file| file.known).max();
    }

    /// Takes note of a file.
    pub(super) fn done(&mut self, delivered: &Delivered, time: Duration, now: i64, language: Language) {
        let errand = inbox::word(delivered.errand).name;
        *self.files.entry((errand, inbox::outcome(delivered).name)).or_default() += 1;
        let work = self.work.entry(errand).or_default();
        for (sum, count) in work.counts.iter_mut().zip(delivered.counts) {
            *sum += count;
        }
        work.bytes += delivered.bytes;
        work.time += time;
        self.last_file = Some(now);
        let fault = delivered.fault.filter(|code| is_of_the_house(*code));
        self.file = fault.map(|code| Trouble {
            code: code.name().to_owned(),
            said: texts::STATUS_FILE_PUT_OFF.with(language, &[("file", &delivered.file)]),
        });
    }
}

/// Whether no other file will fare better.
const fn is_of_the_house(code: Code) -> bool {
    use Code::{CatalogueDamaged, CatalogueMissing, DiskFull, LedgerBusy, LedgerDamaged, LedgerReadOnly, ReadOnlyDisk};
    matches!(
        code,
        DiskFull | ReadOnlyDisk | LedgerBusy | LedgerReadOnly | LedgerDamaged | CatalogueDamaged | CatalogueMissing
    )
}

/// How a watch fares; asked by other threads.
#[derive(Debug)]
pub(super) struct Life {
    begun: Instant,
    every: Duration,
    language: Language,
    /// When it last got on, in milliseconds since it began.
    sign: AtomicU64,
    facts: Mutex<Facts>,
}

impl Life {
    pub(super) fn new(every: Duration, language: Language) -> Self {
        let facts = Mutex::default();
        Self { begun: Instant::now(), every, language, sign: AtomicU64::new(0), facts }
    }

    pub(super) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It gets on.
    pub(super) fn sign(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.sign.store(now, Ordering::Relaxed);
    }

    pub(super) fn up(&self) -> Duration {
        self.begun.elapsed()
    }

    fn silence(&self) -> Duration {
        self.begun.elapsed().saturating_sub(Duration::from_millis(self.sign.load(Ordering::Relaxed)))
    }

    /// Whether it should have got on long ago.
    pub(super) fn is_overdue(&self) -> bool {
        let patience = match self.facts().phase {
            Phase::Working => LONGEST_SILENCE,
            _ => LONGEST_NAP.max(self.every * 10),
        };
        self.silence() > patience
    }

    /// What is wrong; nothing is well.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let overdue = self.is_overdue().then(|| Trouble::overdue(self.silence().as_secs(), self.language));
        self.facts().troubles().into_iter().chain(overdue).collect()
    }
}

/// Getting on with a file is a sign of life.
impl Progress for Life {
    fn begin(&self, _file: &str, _bytes: u64) {
        self.sign();
    }

    fn advance(&self, _bytes: u64) {
        self.sign();
    }

    fn end(&self) {
        self.sign();
    }
}
