//! What the system tells of a folder as it happens.
//!
//! What enters: folders. What leaves: hints to [`Observed`], a ring when it is worth looking at once.
//! What is refused: nothing. Who hears nothing, because the system cannot tell or told too much at once, looks all the same from
//! time to time: what is heard only makes it quicker.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use bordereau::workspace::{Heard, Observed};
use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::bell::Bell;

/// What tells a folder from another that takes its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity([u64; 2], Option<SystemTime>);

impl Identity {
    fn of(folder: &Path) -> Option<Self> {
        let metadata = folder.metadata().ok().filter(std::fs::Metadata::is_dir)?;
        #[cfg(unix)]
        let place = {
            use std::os::unix::fs::MetadataExt as _;
            [metadata.dev(), metadata.ino()]
        };
        #[cfg(not(unix))]
        let place = [0; 2];
        Some(Self(place, metadata.created().ok()))
    }
}

/// What the thread of the events and the one that looks share.
#[derive(Debug)]
struct Shared {
    observed: Arc<Observed>,
    bell: Arc<Bell>,
    /// The folders that are heard of; without an identity those that have gone meanwhile.
    folders: Mutex<BTreeMap<PathBuf, Option<Identity>>>,
    /// How often more happened than the system could tell.
    overflows: AtomicU64,
}

/// Hears what happens in folders.
pub(super) struct Ears {
    /// Nothing when the system cannot tell, or was not asked.
    watcher: Option<RecommendedWatcher>,
    shared: Arc<Shared>,
}

impl Ears {
    /// Hears nothing.
    pub(super) fn deaf(observed: &Arc<Observed>, bell: &Arc<Bell>) -> Self {
        let shared = Shared {
            observed: Arc::clone(observed),
            bell: Arc::clone(bell),
            folders: Mutex::default(),
            overflows: AtomicU64::new(0),
        };
        Self { watcher: None, shared: Arc::new(shared) }
    }

    /// Begins to hear; why it cannot, in the words of the system.
    pub(super) fn open(&mut self) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| match event {
            Ok(event) => shared.take(&event),
            Err(_) => shared.doubt(),
        });
        self.watcher = Some(watcher.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Whether it hears of any folder.
    pub(super) fn is_hearing(&self) -> bool {
        !self.shared.folders().is_empty()
    }

    /// How often more happened than the system could tell.
    pub(super) fn overflows(&self) -> u64 {
        self.shared.overflows.load(Ordering::Relaxed)
    }

    /// Hears of these folders and of no others; of one that was replaced anew. Why one cannot be heard of, if that is new.
    pub(super) fn turn_to(&mut self, folders: Vec<PathBuf>) -> Option<String> {
        let watcher = self.watcher.as_mut()?;
        let wanted: BTreeMap<_, _> =
            folders.into_iter().filter_map(|folder| Identity::of(&folder).map(|identity| (folder, identity))).collect();
        let known = self.shared.folders().clone();
        let is_stale = |(folder, identity): &(&PathBuf, &Option<Identity>)| wanted.get(*folder) != identity.as_ref();
        for (folder, _) in known.iter().filter(is_stale) {
            self.shared.folders().remove(folder);
            // The system may have forgotten it by itself.
            drop(watcher.unwatch(folder));
        }
        let mut fault = None;
        for (folder, identity) in wanted {
            if self.shared.folders().contains_key(&folder) {
                continue;
            }
            // What happened in it before is not known; what happens from here on is.
            self.shared.observed.doubt_in(&folder);
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.shared.folders().insert(folder, Some(identity));
                }
                Err(error) => fault = Some(error.to_string()),
            }
        }
        fault
    }
}

impl Shared {
    fn folders(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Option<Identity>>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// More happened than could be told.
    fn doubt(&self) {
        self.overflows.fetch_add(1, Ordering::Relaxed);
        self.observed.doubt();
        self.bell.ring();
    }

    fn take(&self, event: &Event) {
        if event.need_rescan() {
            return self.doubt();
        }
        let heard = match event.kind {
            EventKind::Create(_) => Heard::Named,
            EventKind::Modify(ModifyKind::Data(_)) => Heard::Written,
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Heard::Closed,
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Heard::Moved,
            EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => Heard::Gone,
            // A right that was missing may be there now.
            EventKind::Modify(ModifyKind::Metadata(_)) => return self.bell.ring(),
            _ => return,
        };
        let now = Instant::now();
        let mut is_folder = false;
        for path in &event.paths {
            self.observed.hear(path, heard, now);
            if let Some(identity) = self.folders().get_mut(path).filter(|_| heard == Heard::Gone) {
                *identity = None;
                is_folder = true;
            }
        }
        // A folder that came or went, a file that is new, closed or was moved here; one that is only written is no news.
        if is_folder || matches!(heard, Heard::Named | Heard::Closed | Heard::Moved) {
            self.bell.ring();
        }
    }
}
