//! A folder into which files are dropped: each is recognised, done, and put where what became of it says.
//!
//! What enters: an [`InboxRequest`]: a folder, and what is chosen for it. What leaves: a [`Delivered`] for each file, the file
//! itself in `done/`, `rejected/` or `duplicates/`, with what people and machines want to know beside it.
//! What is refused: a second one who works at the same time.
//!
//! A file is claimed by its move into `work/inbox/`, so that it is in one place at any moment. What a run leaves there that
//! ended in between is done first by the next one: everything that is done to a file is done once, however often it comes.
//!
//! Files go by lots: while one lot is written down, the next one is read, its files side by side. The order files of a lot
//! come to count together, in one transaction.

mod errand;
mod observed;
pub(super) mod place;
mod queue;
mod reader;
mod settle;
mod standing;
#[cfg(test)]
mod tests;
mod turn;

pub use observed::{Heard, Observed};
pub use standing::{Queued, Standing};
pub use turn::{Turn, Watching};

use std::fs;
use std::path::{Path, PathBuf};

use self::queue::{Queue, Waiting, begun, dropped};
use self::reader::{ASIDE, Reader};
use super::Workspace;
use crate::diagnostic::{Code, Error, Exit, Result};
use crate::format::Registry;
use crate::ledger::Stamp;
use crate::model::{Errand, Language};
use crate::pipeline::{Progress, Stop, sweep_beside};

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
    /// How many files are read side by side; `None`: as many as there are threads.
    pub jobs: Option<usize>,
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

impl InboxRequest<'_> {
    /// Whether files that are there for this are done.
    fn wants(&self, errand: Errand) -> bool {
        self.only.is_empty() || self.only.contains(&errand)
    }
}

impl Delivered {
    /// A file that was only looked at.
    fn seen(file: &Waiting, errand: Errand) -> Self {
        Self {
            file: file.name.clone(),
            bytes: file.bytes,
            errand,
            exit: Exit::Accepted,
            number: None,
            counts: [0; 3],
            place: None,
            fault: None,
            said: String::new(),
        }
    }
}

impl Workspace {
    /// What lies in the folder, and how each file stands.
    pub fn queue(&self, request: &InboxRequest<'_>) -> Result<Vec<Queued>> {
        let inbox = self.root.join("inbox");
        standing::look(request.folder.unwrap_or(&inbox), request)
    }

    /// The folders in which files are looked for: the one that was chosen, and those directly below it.
    pub fn drop_folders(&self, folder: Option<&Path>) -> Result<Vec<PathBuf>> {
        let inbox = self.root.join("inbox");
        let folder = folder.unwrap_or(&inbox);
        let below = queue::folders(folder)?.into_iter().map(|name| folder.join(name));
        Ok(std::iter::once(folder.to_owned()).chain(below).collect())
    }

    /// The files that are worked on, or that a run has left that ended in between, with their lengths.
    pub fn work_in_progress(&self) -> Result<Vec<(String, u64)>> {
        Ok(queue::claimed(&self.root)?.into_iter().map(|file| (file.name, file.bytes)).collect())
    }

    /// Works a folder off, the small files first, so that nobody waits for a large one. `hear` is told of each file when it is
    /// done.
    pub fn work_off(
        &mut self,
        _turn: &Turn,
        request: &InboxRequest<'_>,
        stamp: &(dyn Fn() -> Result<Stamp> + Sync),
        hear: &mut dyn FnMut(&Delivered) -> Result<()>,
    ) -> Result<Exit> {
        let ended = self.work_lots(request, stamp, hear);
        self.remove_aside().and(ended)
    }

    fn work_lots(
        &mut self,
        request: &InboxRequest<'_>,
        stamp: &(dyn Fn() -> Result<Stamp> + Sync),
        hear: &mut dyn FnMut(&Delivered) -> Result<()>,
    ) -> Result<Exit> {
        let inbox = self.root.join("inbox");
        let folder = request.folder.unwrap_or(&inbox);
        self.sweep()?;
        let mut waiting = begun(&self.root, folder, request)?;
        waiting.retain(|file| !self.forget_second_name(&file.path, folder));
        waiting.extend(dropped(folder, request)?);
        let mut queue = Queue::of(waiting);
        let reader = Reader::new(self, request, folder);
        let mut worst = Exit::Accepted;
        let mut lot = reader.read(queue.next_lot(), stamp)?;
        while let Some(read) = lot.take() {
            // A catalogue counts for every file behind it.
            let behind = if read.is_catalogue() { Vec::new() } else { queue.next_lot() };
            let is_pause = behind.is_empty();
            let mut delivered = Vec::new();
            let (settled, next) =
                rayon::join(|| self.settle(read, &reader, stamp, &mut delivered), || reader.read(behind, stamp));
            let heard = delivered.iter().try_for_each(|each| {
                worst = worst.worst(each.exit);
                hear(each)
            });
            lot = next?;
            if let Err(error) = settled.and(heard).and_then(|()| request.stop.check()) {
                lot.map_or(Ok(()), |lot| lot.put_back(folder))?;
                return Err(error);
            }
            if is_pause {
                lot = reader.read(queue.next_lot(), stamp)?;
            }
        }
        Ok(worst)
    }

    /// Removes what runs that were killed had not written to its end. Whoever has the turn is the only one who writes there.
    fn sweep(&mut self) -> Result<()> {
        self.finish_imports()?;
        sweep_beside(&self.root.join("out"))?;
        for folder in place::PLACES.map(|name| self.root.join(name)) {
            let found = fs::read_dir(&folder).map_err(|error| Error::io(&folder, Code::ReadFailed, error))?;
            for entry in found.filter_map(std::result::Result::ok) {
                if entry.file_name().to_string_lossy().starts_with(".bordereau-") {
                    fs::remove_file(entry.path())
                        .map_err(|error| Error::io(&entry.path(), Code::WriteFailed, error))?;
                }
            }
        }
        self.remove_aside()
    }

    /// Removes what was written before its file had a number, and the folder for it.
    fn remove_aside(&self) -> Result<()> {
        let aside = self.root.join(ASIDE);
        match fs::remove_dir_all(&aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(&aside, Code::WriteFailed, error))
            }
            _ => Ok(()),
        }
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
}
