//! A lot is written down, and its files are put where what became of them says.
//!
//! What enters: a [`Lot`] that was read. What leaves: what became of each file. What is refused: nothing; what cannot be done
//! now goes back to where it was dropped.

use std::collections::VecDeque;
use std::fs::File;

use super::super::Workspace;
use super::errand::{Done, IMPORT};
use super::reader::{Candidate, Clock, Lot, Reader, put_back};
use super::{Delivered, place};
use crate::diagnostic::{Arguments, Code, Error, Exit, Result};
use crate::ledger::{DepositBook as _, ImportBook as _, ImportEntry, KnownDeposits as _, KnownImports as _, Stamp};
use crate::model::Errand;
use crate::pipeline::{Ahead, Counted, Recognised, SYNCS_DISKS, file_hash, hash_of, sync_disk};

/// A file that a batch has taken, or refused.
struct Booked {
    candidate: Candidate,
    taken: std::result::Result<Box<Counted>, Error>,
}

impl Workspace {
    /// Writes a lot down and puts its files away. Tells `delivered` what became of each; whatever ends it early, the rest is
    /// back where it was dropped.
    pub(super) fn settle(
        &mut self,
        lot: Lot,
        reader: &Reader<'_>,
        stamp: &Clock<'_>,
        delivered: &mut Vec<Delivered>,
    ) -> Result<()> {
        let (mut together, mut alone): (VecDeque<_>, VecDeque<_>) =
            lot.0.into_iter().partition(|candidate| candidate.ahead.is_some());
        let mut ended = Ok(());
        if !together.is_empty() {
            ended = self.settle_together(&mut together, reader, delivered);
        }
        while ended.is_ok()
            && let Some(candidate) = alone.pop_front()
        {
            ended = self.settle_alone(candidate, reader, stamp, delivered);
        }
        let back = put_back(together.iter().chain(&alone), reader.folder);
        ended.and(back)
    }

    fn settle_alone(
        &mut self,
        candidate: Candidate,
        reader: &Reader<'_>,
        stamp: &Clock<'_>,
        delivered: &mut Vec<Delivered>,
    ) -> Result<()> {
        let stopped = reader.request.stop.check();
        if stopped.is_err() {
            candidate.put_back(reader.folder)?;
            return stopped;
        }
        delivered.extend(self.deliver(candidate, reader, &stamp()?)?);
        Ok(())
    }

    /// Writes down what was read ahead, in one transaction. What did not come to its turn stays, and everything when it is
    /// asked to stop within the transaction.
    fn settle_together(
        &mut self,
        together: &mut VecDeque<Candidate>,
        reader: &Reader<'_>,
        delivered: &mut Vec<Delivered>,
    ) -> Result<()> {
        let mut booked = Vec::with_capacity(together.len());
        match self.book_together(together, reader, &mut booked) {
            Ok(()) => self.put_booked_away(booked, reader, delivered)?,
            Err(error) => {
                // Nothing of the batch counts, and it is the same for all of them.
                let all: VecDeque<_> =
                    booked.into_iter().map(|booked| booked.candidate).chain(together.drain(..)).collect();
                if reader.request.stop.check().is_err() {
                    *together = all;
                    return Err(error);
                }
                for candidate in all {
                    delivered.push(self.conclude(&candidate, Errand::Order, Done::failed(error.again()), reader)?);
                }
            }
        }
        reader.request.stop.check()
    }

    fn book_together(
        &mut self,
        together: &mut VecDeque<Candidate>,
        reader: &Reader<'_>,
        booked: &mut Vec<Booked>,
    ) -> Result<()> {
        let Some(catalogue) = reader.catalogue() else { return Ok(()) };
        let home = self.root.clone();
        let mut batch = self.ledger.begin_batch()?;
        while reader.request.stop.check().is_ok()
            && let Some(mut candidate) = together.pop_front()
        {
            let Some(ahead) = candidate.ahead.take() else { continue };
            candidate.is_together = true;
            let settings = reader.settings(&candidate);
            let taken = match ahead.book(&reader.import(&settings, catalogue), batch.as_mut(), &home) {
                Ok(Ahead::Counted(counted)) => Ok(counted),
                Ok(Ahead::Refused(error)) => Err(error),
                Err(error) => {
                    together.push_front(candidate);
                    return Err(error);
                }
            };
            booked.push(Booked { candidate, taken });
        }
        if self.sync {
            sync_disk(&home)?;
        }
        batch.commit()
    }

    /// Files whose batch counts get their reports and their places.
    fn put_booked_away(
        &mut self,
        booked: Vec<Booked>,
        reader: &Reader<'_>,
        delivered: &mut Vec<Delivered>,
    ) -> Result<()> {
        let mut held = Vec::with_capacity(booked.len());
        for Booked { candidate, taken } in booked {
            let done = match taken {
                Err(error) => Done::failed(error),
                Ok(mut counted) => {
                    counted.finish()?;
                    held.push(counted.id);
                    Done::of_order(counted.result, reader.request.language)
                }
            };
            delivered.push(self.conclude(&candidate, Errand::Order, done, reader)?);
        }
        if self.sync {
            sync_disk(&self.root)?;
        }
        self.ledger.release_reports(&held)
    }

    /// Does what a file is there for; nothing when it is not wanted, or gone.
    fn deliver(&mut self, mut candidate: Candidate, reader: &Reader<'_>, stamp: &Stamp) -> Result<Option<Delivered>> {
        let request = reader.request;
        let errand = match &candidate.recognised {
            Ok(recognised) => self.errand_of(recognised)?,
            // Its reader will say the same, and it is put aside.
            Err(_) => Errand::Order,
        };
        if !request.wants(errand) {
            candidate.put_back(reader.folder)?;
            return Ok(None);
        }
        if request.dry_run {
            return Ok(Some(Delivered::seen(&candidate.file, errand)));
        }
        match candidate.claim(&self.root) {
            Err(error) if error.code == Code::FileNotFound => return Ok(None),
            Err(error) => return self.conclude(&candidate, errand, Done::failed(error), reader).map(Some),
            Ok(()) => {}
        }
        // Held open: what hinders the errand must not hinder the question whether the file counts.
        let file = File::open(&candidate.file.path).ok();
        let taken = if errand == Errand::Order { self.taken_before(&candidate)? } else { None };
        let done = match taken {
            Some(import) => Done::of_entry(&import),
            None => self
                .do_errand(errand, &candidate.file.path, &candidate.file.settings, request, stamp)
                .unwrap_or_else(Done::failed),
        };
        candidate.counts = done.goes_back()
            && file.is_some_and(|file| self.has_counted(&candidate, &file, errand, stamp).unwrap_or(false));
        self.conclude(&candidate, errand, done, reader).map(Some)
    }

    /// Whether a file counts although what had to follow failed: then its move is all that is missing, and the next pass makes it.
    fn has_counted(&self, candidate: &Candidate, file: &File, errand: Errand, stamp: &Stamp) -> Result<bool> {
        let hash = hash_of(file, &candidate.file.path)?;
        let received = match errand {
            Errand::Order => self.ledger.import_of_bytes(&hash)?.map(|import| import.received_at),
            Errand::Deposit => self.ledger.deposit_of_bytes(&hash)?.map(|deposit| deposit.received_at),
            _ => None,
        };
        // The same file may have come before; this one is then a second one.
        Ok(received.is_some_and(|received| candidate.file.is_begun || received >= stamp.at))
    }

    /// The import that a run has made of a file, which ended before it could put the file away.
    fn taken_before(&self, candidate: &Candidate) -> Result<Option<ImportEntry>> {
        if !candidate.file.is_begun {
            return Ok(None);
        }
        let hash = file_hash(&candidate.file.path)?;
        let taken = self.ledger.import_of_bytes(&hash)?;
        Ok(taken.filter(|import| !place::holds(&self.root.join(place::PLACES[0]), &place::prefix(IMPORT, import.id.0))))
    }

    /// Puts a file where what became of it says, or back where it was dropped.
    fn conclude(
        &mut self,
        candidate: &Candidate,
        errand: Errand,
        mut done: Done,
        reader: &Reader<'_>,
    ) -> Result<Delivered> {
        let is_begun = candidate.file.is_begun;
        let sync = self.sync && !(candidate.is_together && SYNCS_DISKS);
        if is_begun && done.exit == Exit::Duplicate {
            // What was begun and is known by now was done; only its move was missing.
            done.kept = done.kept.or(done.kept_before.take());
        }
        let mut delivered = Delivered {
            exit: done.exit,
            number: done.number,
            counts: done.counts,
            fault: done.error.as_ref().map(|error| error.code),
            said: self.said(&done, reader.request.language),
            ..Delivered::seen(&candidate.file, errand)
        };
        delivered.place = Some(if done.goes_back() {
            let place = candidate.put_back(reader.folder)?;
            if matches!(done.exit, Exit::Interrupted | Exit::Terminated) {
                return Err(done.error.unwrap_or_else(|| Error::new(Code::Interrupted, Arguments::none())));
            }
            place
        } else {
            let exit = if is_begun && done.exit == Exit::Duplicate { Exit::Accepted } else { done.exit };
            self.put_away(&candidate.file.path, &done, exit, (&delivered.said, sync))?
        });
        Ok(delivered)
    }

    /// What a file is there for, as far as the ledger has to say it.
    fn errand_of(&self, recognised: &Recognised) -> Result<Errand> {
        Ok(match recognised {
            Recognised::Errand(errand) => *errand,
            Recognised::Correction(hash) if self.ledger.deposit_to_correct(hash)?.is_some() => Errand::Deposit,
            // Whoever does not know the file that it corrects says so.
            Recognised::Correction(_) => Errand::Order,
        })
    }
}
