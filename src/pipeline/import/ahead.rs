//! Order files that are read before it is their turn: many side by side, then written down together.
//!
//! What enters: a small file that corrects nothing, and a place for its reports. What leaves: a [`ReadAhead`], and from a batch
//! of the ledger a [`Counted`]. What is refused: files that were there already. What must know more of the ledger than that is
//! read alone, by [`import`](super::import).

use std::path::{Path, PathBuf};

use super::super::folder::Folder;
use super::super::plan::{Parent, Plan};
use super::super::source::{Opened, Source};
use super::ImportRequest;
use super::booking::{Arrival, Turned, check_known, import_head, reports_folder};
use super::file::{File, Read, plan};
use super::first_limits;
pub use super::spool::Room;
use super::spool::{Lines, Repeated, Spool};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::RepeatPolicy;
use crate::ledger::{ImportBatch, ImportHead, ImportId, ImportOrigin, Stamp};
use crate::pipeline::FileResult;
use crate::report::Acknowledgement;

/// A file that was read; nothing of it counts yet.
pub struct ReadAhead {
    source: Source,
    plan: Plan,
    head: ImportHead,
    read: Read,
    lines: Lines,
    /// Where its reports are for now.
    aside: PathBuf,
}

/// A file that a batch has taken. It counts when the batch does.
pub struct Counted {
    /// Its number.
    pub id: ImportId,
    /// What became of it.
    pub result: FileResult,
    folder: Option<Folder>,
}

/// What a batch made of a file.
pub enum Ahead {
    /// It is taken.
    Counted(Box<Counted>),
    /// It is refused.
    Refused(Error),
}

/// Reads a file; its reports go `aside`. Nothing when it must be read alone.
pub fn read_ahead(
    request: &ImportRequest<'_>,
    opened: &Opened,
    stamp: &Stamp,
    aside: &Path,
    room: &Room,
) -> Result<Option<ReadAhead>> {
    let mut is_correction = false;
    let parent: Parent<'_> = &mut |key| {
        is_correction = true;
        Err(Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path)))
    };
    let plan = match plan(request, opened, Some(parent)) {
        Err(_) if is_correction => return Ok(None),
        plan => plan?,
    };
    let head = import_head((ImportOrigin::File, stamp), opened.name(), &plan, None, request);
    let mut spool = Spool::new(room);
    let file = File { request, opened, plan: &plan, arrival: None };
    let read = file.read(Some(&mut spool), Some(aside))?;
    let Some(lines) = spool.into_lines() else { return Ok(None) };
    let (source, aside) = (Source::File(opened.path().to_owned()), aside.to_owned());
    Ok(Some(ReadAhead { source, plan, head, read, lines, aside }))
}

impl ReadAhead {
    /// Writes it down in a batch. Its reports go to their folder below `home`, still without their final names. An error
    /// means that the batch cannot go on.
    pub fn book(self, request: &ImportRequest<'_>, batch: &mut dyn ImportBatch, home: &Path) -> Result<Ahead> {
        let head = self.head.clone();
        match self.take(request, batch, home) {
            Ok(counted) => Ok(Ahead::Counted(Box::new(counted))),
            Err(Turned { error, duplicate_of: Some(earlier) }) => {
                batch.note_duplicate(&head, earlier)?;
                Ok(Ahead::Refused(error))
            }
            Err(Turned { error, .. }) if error.code == Code::FileReferenceReused => Ok(Ahead::Refused(error)),
            Err(Turned { error, .. }) => Err(error),
        }
    }

    fn take(
        mut self,
        request: &ImportRequest<'_>,
        batch: &mut dyn ImportBatch,
        home: &Path,
    ) -> std::result::Result<Counted, Turned> {
        // Everything is asked before anything is written.
        let known = batch.known();
        check_known(&self.head, known)?;
        if let Some(earlier) = known.import_of_content(&self.read.content)? {
            return Err(Turned::duplicate(Code::DuplicateContent, &self.head.file, &earlier));
        }
        let repeats = self.plan.format.repeats;
        if repeats.policy != RepeatPolicy::Accept {
            let since = self.head.stamp.at.days_before(repeats.days);
            let repeated = self.lines.repeated(batch.known(), since)?;
            if !repeated.is_empty() {
                self = self.read_again(request, repeated)?;
            }
        }
        let Self { head, mut read, lines, .. } = self;
        let mut record = batch.begin_import(&head)?;
        lines.write_down(record.as_mut())?;
        let out = reports_folder(home, record.id());
        read.put_summary(request, Some(Acknowledgement::of_import(record.id(), &head)))?;
        read.folder.as_mut().map_or(Ok(()), |folder| folder.move_to(&out).and_then(|()| folder.hold()))?;
        let id = record.finish(&read.totals(&out, home))?;
        let Read { summary, folder, .. } = read;
        let ImportHead { file, .. } = head;
        let result =
            FileResult { file, folder: String::new(), out: Some(out), number: Some(id.0), result: Ok(summary) };
        Ok(Counted { id, result, folder })
    }

    /// Reads it again, knowing what other files brought. That makes no line acceptable that was not.
    fn read_again(self, request: &ImportRequest<'_>, repeated: Repeated) -> Result<Self> {
        let Self { source, plan, head, read, aside, .. } = self;
        drop(read);
        let gone = || Error::new(Code::FileChanged, Arguments::none().with("path", aside.display()));
        let opened = source.open(first_limits(request.registry, request.settings)?)?;
        let mut arrival = Arrival::repeating(opened.name(), repeated, plan.format.repeats.policy);
        // There was room for its lines.
        let room = Room::new(usize::MAX);
        let mut spool = Spool::new(&room);
        let file = File { request, opened: &opened, plan: &plan, arrival: Some(&mut arrival) };
        let read = file.read(Some(&mut spool), Some(&aside))?;
        let lines = spool.into_lines().ok_or_else(gone)?;
        Ok(Self { source, plan, head, read, lines, aside })
    }
}

impl Counted {
    /// Gives the reports their final names, now that the batch counts.
    pub fn finish(&mut self) -> Result<()> {
        let Some(mut folder) = self.folder.take() else { return Ok(()) };
        folder.keep();
        folder.commit()
    }
}
