//! Files that are recognised and read before it is their turn, side by side.
//!
//! What enters: files that wait. What leaves: a [`Lot`] of them. What is refused: nothing; what hinders a file is told when it
//! is its turn.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::super::{CATALOGUE, Workspace};
use super::errand::{order_settings, recognise_file};
use super::queue::{Waiting, unmark};
use super::{InboxRequest, place};
use crate::diagnostic::{Code, Error, Result};
use crate::format::Account;
use crate::ledger::Stamp;
use crate::model::Errand;
use crate::pipeline::{
    CatalogueFile, ImportRequest, Opened, ReadAhead, Recognised, Room, SYNCS_DISKS, Settings, Source, open_catalogue,
    read_ahead,
};

/// Where the reports of files are until these have their numbers.
pub(super) const ASIDE: &str = "out/.bordereau-lots";

/// How many bytes the lines of a lot may take until they are written down.
const ROOM: usize = 96 << 20;

/// A longer file keeps all threads busy by itself, when it is its turn.
const LONG: u64 = 4 << 20;

/// Tells when something is done, and who does it.
pub(super) type Clock<'c> = dyn Fn() -> Result<Stamp> + Sync + 'c;

/// What reads files before it is their turn. It knows nothing of the ledger.
pub(super) struct Reader<'r> {
    pub(super) request: &'r InboxRequest<'r>,
    /// The folder they were dropped into.
    pub(super) folder: &'r Path,
    root: PathBuf,
    account: Account,
    sync: bool,
    catalogue: OnceLock<Option<CatalogueFile>>,
    /// How many lots were read; each has a folder of its own.
    lots: AtomicUsize,
}

/// Files that are done together, in their order.
pub(super) struct Lot(pub(super) Vec<Candidate>);

/// A file of a lot.
pub(super) struct Candidate {
    pub(super) file: Waiting,
    pub(super) recognised: Result<Recognised>,
    /// Whether it is nobody else's; then its path says where it is now.
    pub(super) is_claimed: bool,
    /// Whether it is put away with the others of its lot, all of them forced to the disk at once.
    pub(super) is_together: bool,
    /// Whether it counts, whatever else went wrong: it never comes again as a new file.
    pub(super) counts: bool,
    /// What was read of it, if it was.
    pub(super) ahead: Option<Box<ReadAhead>>,
}

impl Candidate {
    /// What it is there for, as far as it says so itself.
    pub(super) fn errand(&self) -> Option<Errand> {
        match self.recognised {
            Ok(Recognised::Errand(errand)) => Some(errand),
            _ => None,
        }
    }

    /// Claims it: from here on it is nobody else's.
    pub(super) fn claim(&mut self, root: &Path) -> Result<()> {
        if !self.is_claimed {
            let folder = self.file.claims(root);
            std::fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, Code::WriteFailed, error))?;
            self.file.path = place::move_new(&self.file.path, &folder, self.file.bare())?;
            self.is_claimed = true;
            self.file.marker.as_deref().map_or(Ok(()), unmark)?;
        }
        Ok(())
    }

    /// Puts it back where it was dropped, unless it counts. Gives its place.
    pub(super) fn put_back(&self, folder: &Path) -> Result<PathBuf> {
        if self.is_claimed && !self.counts {
            if let Some(marker) = &self.file.marker {
                std::fs::write(marker, "").map_err(|error| Error::io(marker, Code::WriteFailed, error))?;
            }
            place::put_back(&self.file.path, &folder.join(&self.file.name))
        } else {
            Ok(self.file.path.clone())
        }
    }
}

impl Lot {
    /// Whether it is a catalogue, which counts for all files behind it.
    pub(super) fn is_catalogue(&self) -> bool {
        self.0.iter().any(|candidate| candidate.errand() == Some(Errand::Catalogue))
    }

    /// Puts everything back where it was dropped.
    pub(super) fn put_back(&self, folder: &Path) -> Result<()> {
        put_back(self.0.iter(), folder)
    }
}

/// Puts files back where they were dropped; one that cannot be put back hinders no other.
pub(super) fn put_back<'c>(files: impl Iterator<Item = &'c Candidate>, folder: &Path) -> Result<()> {
    files.map(|file| file.put_back(folder).map(drop)).fold(Ok(()), Result::and)
}

impl<'r> Reader<'r> {
    pub(super) fn new(workspace: &Workspace, request: &'r InboxRequest<'r>, folder: &'r Path) -> Self {
        Self {
            request,
            folder,
            root: workspace.root.clone(),
            account: workspace.account.clone(),
            sync: workspace.sync,
            catalogue: OnceLock::new(),
            lots: AtomicUsize::new(0),
        }
    }

    /// Recognises files and reads those of them that can be read now; nothing when there are none.
    pub(super) fn read(&self, files: Vec<Waiting>, stamp: &Clock<'_>) -> Result<Option<Lot>> {
        if files.is_empty() {
            return Ok(None);
        }
        let (room, stamp) = (Room::new(ROOM), stamp()?);
        let aside = self.root.join(ASIDE).join(self.lots.fetch_add(1, Ordering::Relaxed).to_string());
        let files = Mutex::new(files.into_iter().enumerate());
        let next = || files.lock().unwrap_or_else(PoisonError::into_inner).next();
        let jobs = self.request.jobs.unwrap_or_else(rayon::current_num_threads);
        let mut read: Vec<_> = (0..jobs)
            .into_par_iter()
            .with_max_len(1)
            .flat_map_iter(|_| std::iter::from_fn(next))
            .filter_map(|(place, file)| {
                Some((place, self.candidate(file, &aside.join(place.to_string()), &stamp, &room)?))
            })
            .collect();
        read.sort_by_key(|(place, _)| *place);
        Ok(Some(Lot(read.into_iter().map(|(_, candidate)| candidate).collect())))
    }

    /// A file that is there for something wanted.
    fn candidate(&self, file: Waiting, out: &Path, stamp: &Stamp, room: &Room) -> Option<Candidate> {
        let mut opened = self.open(&file.path);
        let recognised = match (file.settings.errand, &opened) {
            (Some(errand), _) => Ok(Recognised::Errand(errand)),
            (None, Ok(opened)) => recognise_file(opened, self.request.registry),
            (None, Err(error)) => Err(error.again()),
        };
        match &recognised {
            Err(error) if error.code == Code::FileNotFound => return None,
            Ok(Recognised::Errand(errand)) if !self.request.wants(*errand) => return None,
            _ => {}
        }
        let is_claimed = file.is_begun;
        let mut candidate = Candidate { file, recognised, is_claimed, is_together: false, counts: false, ahead: None };
        let is_for_now = candidate.errand() == Some(Errand::Order)
            && !candidate.file.is_begun
            && candidate.file.bytes <= LONG
            && !self.request.dry_run
            && self.request.stop.check().is_ok();
        if let Some(opened) = opened.as_mut().ok().filter(|_| is_for_now) {
            candidate.ahead = self.ahead(&mut candidate, opened, (out, room), stamp).ok().flatten().map(Box::new);
        }
        Some(candidate)
    }

    fn open(&self, path: &Path) -> Result<Opened> {
        Source::File(path.to_owned()).open(&self.request.registry.format("generic")?.limits)
    }

    fn ahead(
        &self,
        candidate: &mut Candidate,
        opened: &mut Opened,
        (out, room): (&Path, &Room),
        stamp: &Stamp,
    ) -> Result<Option<ReadAhead>> {
        let Some(catalogue) = self.catalogue() else { return Ok(None) };
        candidate.claim(&self.root)?;
        let settings = Settings { today: stamp.at.day(), ..self.settings(candidate) };
        opened.set_path(&candidate.file.path);
        read_ahead(&self.import(&settings, catalogue), opened, stamp, out, room)
    }

    /// How an order file is read. What it writes is synced with its lot, where the system can.
    pub(super) fn settings(&self, candidate: &Candidate) -> Settings {
        order_settings(&candidate.file.settings, self.request, self.sync && !SYNCS_DISKS)
    }

    /// The parts, the same for all files; none while there is no catalogue that can be read.
    pub(super) fn catalogue(&self) -> Option<&CatalogueFile> {
        self.catalogue.get_or_init(|| open_catalogue(&self.root.join(CATALOGUE)).ok()).as_ref()
    }

    pub(super) fn import<'i>(&'i self, settings: &'i Settings, catalogue: &'i CatalogueFile) -> ImportRequest<'i> {
        ImportRequest {
            files: &[],
            out: None,
            catalogue,
            registry: self.request.registry,
            account: Some(&self.account),
            settings,
            progress: &(),
            stop: self.request.stop,
        }
    }
}
