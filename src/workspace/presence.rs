//! Who has a workspace open, and what those left who were killed.
//!
//! What enters: the folder of a workspace. What leaves: a [`Presence`] that lasts as long as the process does; folders without
//! files that nobody finished. What is refused: sweeping while anybody else has the workspace open: they may be writing.
//!
//! The lock goes with its process, however that ends. Where none can be had, because a system does not lock folders, nothing is
//! swept.

use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Workspace;
use crate::diagnostic::Result;
use crate::ledger::{ImportBook as _, ImportId};

/// The folder that is held by everybody who has the workspace open.
const HELD: &str = "work";

/// What names of files begin with that are not whole yet.
const ASIDE: &str = ".bordereau-";

/// What belongs to a folder of reports, which has its own way to be finished.
const PARTIAL: &str = ".bordereau-partial";

/// Folders that are small, or emptied by others: looked at whenever the workspace is opened.
const SMALL: [&str; 3] = ["work", "outbox", "quarantine"];

/// Folders that grow: looked at by those who work the inbox off.
const LARGE: [&str; 4] = ["done", "rejected", "duplicates", "out/orders"];

/// Folders in which programs may write that have not opened the workspace.
const SHARED: [&str; 3] = [".", "inbox", "out"];

/// After what time nobody writes there any more.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// That somebody has a workspace open.
#[derive(Debug)]
pub(super) struct Presence {
    lock: Option<File>,
}

impl Presence {
    /// Nobody knows of it yet.
    pub(super) fn unknown() -> Self {
        Self { lock: None }
    }

    fn enter(root: &Path) -> Self {
        Self { lock: File::open(root.join(HELD)).ok() }
    }

    /// Does something when nobody else has the workspace open; in any case, from then on others know that somebody has.
    fn alone(&self, work: impl FnOnce()) {
        let Some(lock) = &self.lock else { return };
        if lock.try_lock().is_ok() {
            work();
        }
        // Without it somebody else might sweep; whoever has it alone sweeps for a moment only.
        drop(lock.unlock());
        drop(lock.lock_shared());
    }
}

impl Workspace {
    /// Enters the workspace. Whoever is alone in it removes what those left who were killed.
    pub(super) fn enter(&mut self) {
        self.presence = Presence::enter(&self.root);
        self.presence.alone(|| {
            for folder in SMALL {
                sweep(&self.root.join(folder), Duration::ZERO);
            }
        });
    }

    /// The same for the folders that are too large to be looked at each time.
    pub(super) fn sweep_all(&self) {
        self.presence.alone(|| {
            for folder in LARGE {
                sweep(&self.root.join(folder), Duration::ZERO);
            }
            for folder in SHARED {
                sweep(&self.root.join(folder), ABANDONED);
            }
            // An import that does not count has its number from nobody; the next one would find its reports in the way.
            drop(self.sweep_unfinished_import());
        });
    }

    /// Removes the reports of an import that was killed before it counted: nobody has that number, and no later one has any.
    fn sweep_unfinished_import(&self) -> Result<()> {
        let last = fs::read_dir(self.root.join("out")).into_iter().flatten().filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            Some((name.strip_prefix("import-")?.parse::<i64>().ok()?, name))
        });
        let Some((number, name)) = last.max() else { return Ok(()) };
        if self.ledger.import(ImportId(number))?.is_none() {
            let folder = self.root.join("out").join(name);
            drop(fs::remove_dir_all(folder.join(PARTIAL)));
            // What somebody keeps there stays.
            drop(fs::remove_dir(folder));
        }
        Ok(())
    }
}

/// Removes what nobody finished and nobody has touched for so long. What cannot be removed is no reason not to work.
fn sweep(folder: &Path, untouched: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok) {
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(ASIDE.as_bytes()) || name == PARTIAL {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        if age(&metadata) >= untouched {
            let path = entry.path();
            drop(if metadata.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) });
        }
    }
}

fn age(metadata: &Metadata) -> Duration {
    let modified = metadata.modified().ok();
    modified.and_then(|modified| SystemTime::now().duration_since(modified).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;
    use crate::model::Language;

    fn left(root: &Path, names: &[&str]) -> Vec<String> {
        names.iter().filter(|name| root.join(name).exists()).map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_was_left_is_swept_by_whoever_is_alone() {
        let home = tempfile::tempdir().unwrap();
        let (root, registry) = (home.path(), Registry::built_in());
        Workspace::init(root, Language::English, false).unwrap();
        let names = ["outbox/.bordereau-a", "work/.bordereau-b", "done/.bordereau-c", ".bordereau-d"];
        let fill = || {
            for name in names {
                fs::write(root.join(name), "half").unwrap();
            }
            fs::create_dir_all(root.join("outbox/.bordereau-folder/below")).unwrap();
            fs::create_dir_all(root.join("out/.bordereau-partial")).unwrap();
        };
        fill();
        let first = Workspace::open(root, &registry, false).unwrap();
        assert_eq!(left(root, &names), names[2..], "the large folders are left to those who work the inbox off");
        assert!(!root.join("outbox/.bordereau-folder").exists());
        // Somebody has it open: what they write is not for others to remove.
        fill();
        let second = Workspace::open(root, &registry, false).unwrap();
        second.sweep_all();
        assert_eq!(left(root, &names), names);
        drop(first);
        second.sweep_all();
        assert_eq!(
            left(root, &names),
            ["outbox/.bordereau-a", "work/.bordereau-b", ".bordereau-d"],
            "that may be alive"
        );
        assert!(root.join("out/.bordereau-partial").is_dir(), "reports have their own way");
        drop(second);
        drop(Workspace::open(root, &registry, false).unwrap());
        assert_eq!(left(root, &names), [".bordereau-d"]);
    }

    #[test]
    fn reports_of_an_import_that_never_counted_go_and_what_somebody_keeps_there_stays() {
        let home = tempfile::tempdir().unwrap();
        let (root, registry) = (home.path(), Registry::built_in());
        Workspace::init(root, Language::English, false).unwrap();
        let alive = Workspace::open(root, &registry, false).unwrap();
        fs::create_dir_all(root.join("out/import-000001").join(PARTIAL)).unwrap();
        let workspace = Workspace::open(root, &registry, false).unwrap();
        workspace.sweep_all();
        assert!(root.join("out/import-000001").join(PARTIAL).is_dir(), "somebody may be writing there");
        drop(alive);
        workspace.sweep_all();
        assert!(!root.join("out/import-000001").exists());
        fs::create_dir_all(root.join("out/import-000001").join(PARTIAL)).unwrap();
        fs::write(root.join("out/import-000001/kept.txt"), "by somebody").unwrap();
        workspace.sweep_all();
        assert_eq!(left(&root.join("out/import-000001"), &["kept.txt", PARTIAL]), ["kept.txt"]);
    }
}
