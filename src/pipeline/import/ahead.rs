//! Order files that are read before it is their turn: many side by side, then written down together.
//!
//! What enters: a small file that corrects nothing, and a place for its reports. What leaves: a [`ReadAhead`], and from a batch
//! of the ledger a [`Counted`]. What is refused: files that were there already. What must know more of the ledger than that is
//! read alone, by [`import`](super::import).

use std::path::Path;

use super::super::folder::Folder;
use super::super::plan::Parent;
use super::super::source::{Source, expand};
use super::ImportRequest;
use super::booking::{Turned, check_known, import_head, reports_folder};
use super::file::{File, Read, plan};
use super::first_limits;
pub use super::spool::Room;
use super::spool::{Lines, Spool};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::RepeatPolicy;
use crate::ledger::{ImportBatch, ImportHead, ImportId, ImportOrigin, Stamp};
use crate::pipeline::FileResult;
use crate::report::Acknowledgement;

/// A file that was read; nothing of it counts yet.
pub struct ReadAhead {
    head: ImportHead,
    read: Read,
    lines: Lines,
    /// Whether lines for needs of other files matter.
    minds_repeats: bool,
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
    /// It must be read alone, when everything before it counts.
    Alone,
}

/// Reads a file; its reports go aside in the folder `out`. Nothing when it must be read alone.
pub fn read_ahead(
    request: &ImportRequest<'_>,
    source: &Source,
    stamp: &Stamp,
    out: &Path,
    room: &Room,
) -> Result<Option<ReadAhead>> {
    let limits = first_limits(request.registry, request.settings)?;
    let mut inputs = expand(std::slice::from_ref(source), limits);
    let Some((_, input)) = inputs.pop().filter(|_| inputs.is_empty()) else { return Ok(None) };
    let opened = input?.open(limits)?;
    let mut is_correction = false;
    let parent: Parent<'_> = &mut |key| {
        is_correction = true;
        Err(Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path)))
    };
    let plan = match plan(request, &opened, Some(parent)) {
        Err(_) if is_correction => return Ok(None),
        plan => plan?,
    };
    let head = import_head((ImportOrigin::File, stamp), opened.name(), &plan, None, request);
    let minds_repeats = plan.format.repeats.policy != RepeatPolicy::Accept;
    let mut spool = Spool::new(room);
    let read = File { request, opened: &opened, plan, arrival: None }.read(Some(&mut spool), Some(out))?;
    let Some(lines) = spool.into_lines() else { return Ok(None) };
    Ok(Some(ReadAhead { head, read, lines, minds_repeats }))
}

impl ReadAhead {
    /// Writes it down in a batch. Its reports go to their folder below `home`, still without their final names. An error
    /// means that the batch cannot go on.
    pub fn book(self, request: &ImportRequest<'_>, batch: &mut dyn ImportBatch, home: &Path) -> Result<Ahead> {
        let head = self.head.clone();
        match self.take(request, batch, home) {
            Ok(counted) => Ok(counted.map_or(Ahead::Alone, |counted| Ahead::Counted(Box::new(counted)))),
            Err(Turned { error, duplicate_of: Some(earlier) }) => {
                batch.note_duplicate(&head, earlier)?;
                Ok(Ahead::Refused(error))
            }
            Err(Turned { error, .. }) if error.code == Code::FileReferenceReused => Ok(Ahead::Refused(error)),
            Err(Turned { error, .. }) => Err(error),
        }
    }

    /// Nothing when it must be read alone.
    fn take(
        self,
        request: &ImportRequest<'_>,
        batch: &mut dyn ImportBatch,
        home: &Path,
    ) -> std::result::Result<Option<Counted>, Turned> {
        let Self { head, mut read, lines, minds_repeats } = self;
        let mut record = batch.begin_import(&head)?;
        check_known(&head, record.as_ref())?;
        if let Some(earlier) = record.import_of_content(&read.content)? {
            return Err(Turned::duplicate(Code::DuplicateContent, &head.file, &earlier));
        }
        if minds_repeats && lines.may_repeat(record.as_ref())? {
            return Ok(None);
        }
        lines.write_down(record.as_mut())?;
        let out = reports_folder(home, record.id());
        read.put_summary(request, Some(Acknowledgement::of_import(record.id(), &head)))?;
        read.folder.as_mut().map_or(Ok(()), |folder| folder.move_to(&out).and_then(|()| folder.hold()))?;
        let id = record.finish(&read.totals(&out, home))?;
        let Read { summary, folder, .. } = read;
        let ImportHead { file, .. } = head;
        let result =
            FileResult { file, folder: String::new(), out: Some(out), number: Some(id.0), result: Ok(summary) };
        Ok(Some(Counted { id, result, folder }))
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
