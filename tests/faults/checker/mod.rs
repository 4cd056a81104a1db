//! Whether a workspace keeps its promises, judged from its files alone.
//!
//! What enters: the folder of a workspace, perhaps a list of what was dropped into it. What leaves: for each promise what
//! speaks against it, and what was lost or doubled. What is refused: a folder without a ledger.
//!
//! Nothing here comes from the program that is judged: the ledger is asked in SQL, files are hashed and read anew. What a
//! table is called and where files go is all that both have in common.

mod ledger;
mod outputs;
mod places;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};

pub(crate) use places::Dropped;
use places::{Kept, Place};

/// What answers a question, or why it cannot be answered.
type Asked<T> = Result<T, String>;

/// A number that is never below zero.
fn count(row: &Row<'_>, place: usize) -> rusqlite::Result<u64> {
    row.get(place).map(i64::cast_unsigned)
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// I1: a file that came is in exactly one place, and in the ledger where it belongs there.
    NoLoss,
    /// I2: one source line counts once.
    NoDouble,
    /// I3: read = accepted + rejected + ignored, and what is told of a file is what is kept of it.
    NoLie,
    /// I4: nothing half-written stands under a final name, nothing is left beside.
    NotTorn,
    /// I5: memory has its bound.
    Bounded,
    /// I6: nothing waits for somebody to mend it.
    Recovers,
    /// I7: whatever was refused is told, with a code.
    SaysSo,
}

impl Promise {
    /// All of them.
    pub(crate) const ALL: [Self; 7] =
        [Self::NoLoss, Self::NoDouble, Self::NoLie, Self::NotTorn, Self::Bounded, Self::Recovers, Self::SaysSo];

    /// Its number and its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NoLoss => "I1 no loss",
            Self::NoDouble => "I2 no double",
            Self::NoLie => "I3 no lie",
            Self::NotTorn => "I4 no torn output",
            Self::Bounded => "I5 bounded",
            Self::Recovers => "I6 recovers alone",
            Self::SaysSo => "I7 says so",
        }
    }
}

/// What a judgement knows besides the workspace.
#[derive(Debug, Default)]
pub(crate) struct Case<'c> {
    /// What was dropped, when that is known.
    pub(crate) dropped: Option<&'c [Dropped]>,
    /// How much memory a run that was watched took, and how much it may take, in KiB.
    pub(crate) memory: Option<(u64, u64)>,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    faults: BTreeMap<Promise, Vec<String>>,
    /// Files that were looked at.
    pub(crate) files: usize,
    /// What was dropped and is nowhere: its bytes.
    pub(crate) bytes_lost: u64,
    /// Source lines and entries that count twice, files that are in two places.
    pub(crate) doubles: u64,
    dropped_known: bool,
    memory_known: bool,
}

impl Judgement {
    fn against(&mut self, promise: Promise, fault: impl Into<String>) {
        self.faults.entry(promise).or_default().push(fault.into());
    }

    /// What speaks against a promise.
    pub(crate) fn faults(&self, promise: Promise) -> &[String] {
        self.faults.get(&promise).map_or(&[], Vec::as_slice)
    }

    /// Whether all of them are kept.
    pub(crate) fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A line for each promise, and what speaks against it below.
impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More than this nobody reads.
        const SHOWN: usize = 20;

        for promise in Promise::ALL {
            let faults = self.faults(promise);
            let verdict = match faults.len() {
                0 if promise == Promise::Bounded && !self.memory_known => "not judged (no --peak)".to_owned(),
                0 => "holds".to_owned(),
                count => format!("BROKEN, {count} times"),
            };
            writeln!(f, "{}: {verdict}", promise.name())?;
            for fault in faults.iter().take(SHOWN) {
                writeln!(f, "    {fault}")?;
            }
        }
        write!(f, "{} files", self.files)?;
        if self.dropped_known {
            write!(f, ", {} bytes lost", self.bytes_lost)?;
        }
        write!(f, ", {} doubled", self.doubles)
    }
}

/// Judges a workspace in which nobody works.
pub(crate) fn judge(home: &Path, case: &Case<'_>) -> Asked<Judgement> {
    let path = home.join("ledger.sqlite");
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut found = Judgement::default();
    let kept = places::kept(home)?;
    found.files = kept.len();
    ledger::judge(&connection, &mut found).map_err(|error| format!("{}: {error}", path.display()))?;
    places::judge(&connection, &kept, case.dropped, &mut found).map_err(|error| error.to_string())?;
    outputs::judge(home, &connection, &kept, &mut found)?;
    found.memory_known = case.memory.is_some();
    if let Some((peak, cap)) = case.memory.filter(|(peak, cap)| peak > cap) {
        found.against(Promise::Bounded, format!("{peak} KiB of memory, {cap} were allowed"));
    }
    Ok(found)
}
