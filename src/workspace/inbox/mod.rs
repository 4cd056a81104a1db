//! A folder into which files are dropped: each is recognised, done, and put where what became of it says.
//!
//! What enters: an [`InboxRequest`]: a folder, and what is chosen for it. What leaves: a [`Delivered`] for each file, the file
//! itself in `done/`, `rejected/` or `duplicates/`, with what people and machines want to know beside it.
//! What is refused: a second one who works at the same time.
//!
//! A file is claimed by its move into `work/inbox/`, so that it is in one place at any moment. What a run leaves there that
//! ended in between is done first by the next one: everything that is done to a file is done once, however often it comes.

mod errand;
mod place;
mod queue;
mod settled;
mod turn;

pub use queue::{Queued, Standing};
pub use settled::{Heard, Observed};
pub use turn::{Turn, Watching};

use std::fs;
use std::path::{Path, PathBuf};

use self::errand::Done;
use super::Workspace;
use crate::diagnostic::{Code, Error, Exit, Result};
use crate::format::{DropSettings, Registry};
use crate::ledger::Stamp;
use crate::model::{Errand, Language};
use crate::pipeline::{Progress, Stop};

/// Where claimed files are, below the workspace.
const CLAIMED: &str = "work/inbox";

/// Everything that working a folder off needs.
#[derive(Clone, Copy)]
pub struct InboxRequest<'i> {
    /// The folder; `None`: the inbox of the workspace.
    pub folder: Option<&'i Path>,
    /// Only files that are there for one of these; empty: for any.
    pub only: &'i [Errand],
    /// Formats and manufacturers.
    pub registry: &'i Registry,
    /// What done-files end in, without which no file is whole; a folder may say otherwise.
    pub done_file: Option<&'i str>,
    /// What was seen of the files so far: only what is left alone is whole.
    pub observed: &'i Observed,
    /// Whether nothing is done but telling what each file is there for.
    pub dry_run: bool,
    /// The language of reports.
    pub language: Language,
    /// Told how far it is.
    pub progress: &'i dyn Progress,
    /// Asked whether to stop.
    pub stop: &'i Stop,
}

/// What became of a file.
#[derive(Debug)]
pub struct Delivered {
    /// The file, as seen from the folder.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// What it was there for.
    pub errand: Errand,
    /// How it ended.
    pub exit: Exit,
    /// Its number in the ledger.
    pub number: Option<i64>,
    /// Lines, entries or answers: read, taken, refused.
    pub counts: [u64; 3],
    /// Where it is now, as seen from the workspace; nothing when it was only looked at.
    pub place: Option<PathBuf>,
    /// Why it could not be read.
    pub fault: Option<Code>,
    /// What is said of it, for people.
    pub said: String,
}

/// A file that waits.
struct Waiting {
    /// As seen from the folder it was dropped into.
    name: String,
    path: PathBuf,
    bytes: u64,
    /// Whether a run that ended in between has begun with it.
    is_begun: bool,
    settings: DropSettings,
    /// Its done-file, which goes with it.
    marker: Option<PathBuf>,
}

impl Workspace {
    /// What lies in the folder, and how each file stands.
    pub fn queue(&self, request: &InboxRequest<'_>) -> Result<Vec<Queued>> {
        let inbox = self.root.join("inbox");
        queue::look(request.folder.unwrap_or(&inbox), request)
    }

    /// The folders in which files are looked for: the one that was chosen, and those directly below it.
    pub fn drop_folders(&self, folder: Option<&Path>) -> Vec<PathBuf> {
        let inbox = self.root.join("inbox");
        queue::folders(folder.unwrap_or(&inbox))
    }

    /// The files that are worked on, or that a run has left that ended in between.
    pub fn work_in_progress(&self) -> Result<Vec<(String, u64)>> {
        Ok(self.begun()?.into_iter().map(|file| (file.name, file.bytes)).collect())
    }

    /// Works a folder off, the small files first, so that nobody waits for a large one. `hear` is told of each file when it is
    /// done.
    pub fn work_off(
        &mut self,
        _turn: &Turn,
        request: &InboxRequest<'_>,
        stamp: &dyn Fn() -> Result<Stamp>,
        hear: &mut dyn FnMut(&Delivered) -> Result<()>,
    ) -> Result<Exit> {
        let inbox = self.root.join("inbox");
        let folder = request.folder.unwrap_or(&inbox);
        self.sweep()?;
        let mut waiting = self.begun()?;
        waiting.retain(|file| !self.forget_second_name(&file.path, folder));
        waiting.extend(dropped(folder, request)?);
        waiting.sort_by(|one, other| {
            (!one.is_begun, one.bytes, &one.name).cmp(&(!other.is_begun, other.bytes, &other.name))
        });
        let mut worst = Exit::Accepted;
        for file in waiting {
            request.stop.check()?;
            if let Some(delivered) = self.deliver(file, folder, request, &stamp()?)? {
                worst = worst.worst(delivered.exit);
                hear(&delivered)?;
            }
        }
        Ok(worst)
    }

    /// Does what a file is there for; nothing when it is not wanted, or gone.
    fn deliver(
        &mut self,
        file: Waiting,
        folder: &Path,
        request: &InboxRequest<'_>,
        stamp: &Stamp,
    ) -> Result<Option<Delivered>> {
        let Waiting { name, path, bytes, is_begun, settings, marker } = file;
        let recognised = settings.errand.map_or_else(|| self.recognise(&path, request), Ok);
        let errand = match &recognised {
            Ok(errand) => *errand,
            Err(error) if error.code == Code::FileNotFound => return Ok(None),
            // Its reader will say the same, and it is put aside.
            Err(_) => Errand::Order,
        };
        if !request.only.is_empty() && !request.only.contains(&errand) {
            return Ok(None);
        }
        let mut delivered = Delivered {
            file: name,
            bytes,
            errand,
            exit: Exit::Accepted,
            number: None,
            counts: [0; 3],
            place: None,
            fault: None,
            said: String::new(),
        };
        if request.dry_run {
            return Ok(Some(delivered));
        }
        let claimed = if is_begun { path } else { self.claim(&path, &delivered.file)? };
        if is_begun || marker.is_some() {
            queue::unmark(folder, &delivered.file, marker.as_deref(), request)?;
        }
        let done = self.do_errand(errand, &claimed, &settings, request, stamp);
        let mut done = done.unwrap_or_else(Done::failed);
        if is_begun && done.exit == Exit::Duplicate {
            // What was begun and is known by now was done; only its move was missing.
            done.kept = done.kept.or(done.kept_before.take());
        }
        delivered.counts = done.counts;
        delivered.number = done.number;
        delivered.exit = done.exit;
        delivered.fault = done.error.as_ref().map(|error| error.code);
        delivered.said = self.said(&done, request.language);
        let exit = if is_begun && done.exit == Exit::Duplicate { Exit::Accepted } else { done.exit };
        match exit {
            Exit::Interrupted | Exit::Terminated | Exit::Io | Exit::TryLater | Exit::Locked | Exit::Usage => {
                queue::mark(folder, &delivered.file, request)?;
                let back = place::put_back(&claimed, &folder.join(&delivered.file))?;
                delivered.place = Some(back);
                return match done.error {
                    Some(error) if matches!(exit, Exit::Interrupted | Exit::Terminated) => Err(error),
                    _ => Ok(Some(delivered)),
                };
            }
            _ => {}
        }
        delivered.place = Some(self.put_away(&claimed, &done, exit, &delivered.said)?);
        Ok(Some(delivered))
    }

    /// Claims a file: from here on it is nobody else's.
    fn claim(&self, path: &Path, name: &str) -> Result<PathBuf> {
        let claimed = self.root.join(CLAIMED);
        fs::create_dir_all(&claimed).map_err(|error| Error::io(&claimed, Code::WriteFailed, error))?;
        let bare = name.rsplit('/').next().unwrap_or(name);
        place::move_new(path, &claimed, bare)
    }

    /// Removes what runs that were killed had not written to its end. Whoever has the turn is the only one who writes there.
    fn sweep(&self) -> Result<()> {
        for folder in place::PLACES.map(|name| self.root.join(name)) {
            let found = fs::read_dir(&folder).map_err(|error| Error::io(&folder, Code::ReadFailed, error))?;
            for entry in found.filter_map(std::result::Result::ok) {
                if entry.file_name().to_string_lossy().starts_with(".bordereau-") {
                    fs::remove_file(entry.path())
                        .map_err(|error| Error::io(&entry.path(), Code::WriteFailed, error))?;
                }
            }
        }
        Ok(())
    }

    /// Takes the claimed name away from a file that has its other one already, where it came from or where it goes: the run
    /// that moved it ended between the two. Whether it had.
    fn forget_second_name(&self, claimed: &Path, folder: &Path) -> bool {
        let below = place::entries(folder).into_iter().filter(|path| path.is_dir()).collect::<Vec<_>>();
        let places = place::PLACES.map(|name| self.root.join(name));
        let all = places.iter().map(PathBuf::as_path).chain([folder]).chain(below.iter().map(PathBuf::as_path));
        place::has_second_name(claimed)
            && all.flat_map(place::entries).any(|path| place::is_same(claimed, &path))
            && fs::remove_file(claimed).is_ok()
    }

    /// What runs have begun that ended in between.
    fn begun(&self) -> Result<Vec<Waiting>> {
        let claimed = self.root.join(CLAIMED);
        let found = match fs::read_dir(&claimed) {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(&claimed, Code::ReadFailed, error)),
        };
        let waiting = found.filter_map(|entry| {
            let entry = entry.ok()?;
            let bytes = entry.metadata().ok().filter(fs::Metadata::is_file)?.len();
            let name = entry.file_name().into_string().ok()?;
            Some(Waiting {
                name,
                path: entry.path(),
                bytes,
                is_begun: true,
                settings: DropSettings::default(),
                marker: None,
            })
        });
        Ok(waiting.collect())
    }
}

/// The files of a folder, and of the folders directly below it, that may be taken.
fn dropped(folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let found = queue::look(folder, request)?.into_iter().filter(|file| file.standing == Standing::Ready);
    let waiting = found.map(|file| {
        let Queued { name, path, bytes, settings, marker, .. } = file;
        Waiting { name, path, bytes, is_begun: false, settings, marker }
    });
    Ok(waiting.collect())
}
