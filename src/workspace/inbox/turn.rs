//! Who works here, and who watches: locks that go with their process.
//!
//! What enters: a workspace. What leaves: the right to work in it, or to be the one who watches it; whether somebody has it.
//! What is refused: the right to work while somebody else has it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::workspace::Workspace;

/// Who holds this one works.
const WORK: &str = "work/.lock";

/// Who holds this one watches, and works in between.
const WATCH: &str = "work/.watch.lock";

/// Whoever asks whether somebody works here holds the lock for an instant: a lock that is held is asked for again.
const ATTEMPTS: u32 = 4;

const PAUSE: Duration = Duration::from_millis(10);

/// The right to work a folder off; nobody else has it meanwhile.
#[derive(Debug)]
pub struct Turn {
    _lock: File,
}

/// The sign that a watch is running; it goes with its process.
#[derive(Debug)]
pub struct Watching {
    _lock: File,
}

impl Workspace {
    /// Takes the turn to work folders off, or refuses because somebody else has it.
    pub fn take_turn(&self) -> Result<Turn> {
        let taken = try_lock(&self.root.join(WORK))?;
        let refused = || Error::new(Code::AnotherWorks, Arguments::none().with("path", self.root.display()));
        let lock = taken.ok_or_else(refused)?;
        self.sweep_all();
        Ok(Turn { _lock: lock })
    }

    /// Shows whoever asks that a watch is running; only who has the turn may.
    pub fn begin_watch(&self, _turn: &Turn) -> Result<Watching> {
        let path = self.root.join(WATCH);
        let lock = open(&path)?;
        // Nobody holds it for longer than it takes to ask.
        lock.lock().map_err(|error| Error::io(&path, Code::WriteFailed, error))?;
        Ok(Watching { _lock: lock })
    }

    /// Whether somebody works here.
    pub fn is_worked_in(&self) -> bool {
        is_held(&self.root.join(WORK))
    }

    /// Whether a watch is running.
    pub fn is_watched(&self) -> bool {
        is_held(&self.root.join(WATCH))
    }
}

fn open(path: &Path) -> Result<File> {
    let opened = File::options().create(true).truncate(false).write(true).open(path);
    opened.map_err(|error| Error::io(path, Code::WriteFailed, error))
}

fn try_lock(path: &Path) -> Result<Option<File>> {
    let lock = open(path)?;
    for attempt in 1..=ATTEMPTS {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(Error::io(path, Code::WriteFailed, error)),
        }
    }
    Ok(None)
}

/// Whether somebody holds a lock. Where there is no such file, nobody ever did.
fn is_held(path: &Path) -> bool {
    let Ok(file) = File::options().read(true).open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}
