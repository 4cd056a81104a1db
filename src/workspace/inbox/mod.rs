//! A folder into which files are dropped: each is recognised, done, and put where what became of it says.
//!
//! What enters: an [`InboxRequest`]: a folder, and what is chosen for it. What leaves: a [`Delivered`] for each file, the file
//! itself in `done/`, `rejected/` or `duplicates/`, with what people and machines want to know beside it.
//! What is refused: a second one who works at the same time.
//!
//! A file is claimed by its move into `work/inbox/`, so that it is in one place at any moment. What a run leaves there that
//! ended in between is done first by the next one: everything that is done to a file is done once, however often it comes.

mod errand;
pub(super) mod place;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use self::errand::Done;
use super::Workspace;
use crate::diagnostic::{Arguments, Code, Error, Exit, Result};
use crate::format::{DropSettings, Registry};
use crate::ledger::Stamp;
use crate::model::{Errand, Language};
use crate::pipeline::{Progress, Stop};

/// Where claimed files are, below the workspace.
const CLAIMED: &str = "work/inbox";

/// What a folder below the inbox may say of its files.
const SETTINGS: &str = "inbox.toml";

/// Who holds this one works.
const LOCK: &str = "work/.lock";

/// Everything that working a folder off needs.
#[derive(Clone, Copy)]
pub struct InboxRequest<'i> {
    /// The folder; `None`: the inbox of the workspace.
    pub folder: Option<&'i Path>,
    /// Only files that are there for one of these; empty: for any.
    pub only: &'i [Errand],
    /// Formats and manufacturers.
    pub registry: &'i Registry,
    /// How long a file must have been left alone to be taken for whole.
    pub settled: Duration,
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

/// The right to work a folder off; nobody else has it meanwhile.
#[derive(Debug)]
pub struct Turn {
    _lock: File,
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
}

impl Workspace {
    /// Takes the turn to work folders off, or refuses because somebody else has it.
    pub fn take_turn(&self) -> Result<Turn> {
        let path = self.root.join(LOCK);
        let failed = |error| Error::io(&path, Code::WriteFailed, error);
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                self.sweep_all();
                Ok(Turn { _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                Err(Error::new(Code::AnotherWorks, Arguments::none().with("path", self.root.display())))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
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
        let Waiting { name, path, bytes, is_begun, settings } = file;
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
            Some(Waiting { name, path: entry.path(), bytes, is_begun: true, settings: DropSettings::default() })
        });
        Ok(waiting.collect())
    }
}

/// The files of a folder, and of the folders directly below it, that are whole.
fn dropped(folder: &Path, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let mut waiting = files(folder, "", &DropSettings::default(), request)?;
    let failed = |error| Error::io(folder, Code::ReadFailed, error);
    for entry in fs::read_dir(folder).map_err(failed)?.filter_map(std::result::Result::ok) {
        let Some(name) = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.')) else { continue };
        // A link may lead anywhere.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let settings = settings_of(&entry.path(), &name, request.registry)?;
            waiting.extend(files(&entry.path(), &format!("{name}/"), &settings, request)?);
        }
    }
    Ok(waiting)
}

/// What a folder below the inbox says of its files: in a small file, or by its name.
fn settings_of(folder: &Path, name: &str, registry: &Registry) -> Result<DropSettings> {
    let path = folder.join(SETTINGS);
    // A pipe would be waited for.
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(DropSettings::named(name, registry));
    }
    match fs::read_to_string(&path) {
        Ok(text) => DropSettings::read(&path.display().to_string(), &text, registry),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(DropSettings::named(name, registry)),
        Err(error) => Err(Error::io(&path, Code::ReadFailed, error)),
    }
}

fn files(folder: &Path, before: &str, settings: &DropSettings, request: &InboxRequest<'_>) -> Result<Vec<Waiting>> {
    let mut found = Vec::new();
    let failed = |error| Error::io(folder, Code::ReadFailed, error);
    for entry in fs::read_dir(folder).map_err(failed)?.filter_map(std::result::Result::ok) {
        // A link may lead anywhere; a name that is no text cannot be told.
        let Ok(metadata) = entry.path().symlink_metadata() else { continue };
        let Some(name) = entry.file_name().into_string().ok() else { continue };
        if metadata.is_file() && !is_temporary(&name) && is_settled(&metadata, request.settled) {
            found.push(Waiting {
                name: format!("{before}{name}"),
                path: entry.path(),
                bytes: metadata.len(),
                is_begun: false,
                settings: settings.clone(),
            });
        }
    }
    Ok(found)
}

/// Whether a name is one under which programs write what is not whole yet, or what is not for us.
fn is_temporary(name: &str) -> bool {
    const ENDINGS: [&str; 7] = [".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~"];
    let lower = name.to_lowercase();
    lower.starts_with(['.', '~']) || ENDINGS.iter().any(|ending| lower.ends_with(ending)) || lower == SETTINGS
}

/// Whether nobody has written to a file for a while. One from the future is as good as old.
fn is_settled(metadata: &fs::Metadata, settled: Duration) -> bool {
    let age = metadata.modified().ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_none_or(|age| age >= settled)
}
