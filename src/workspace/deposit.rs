//! Files of claims and repair files into the ledger of a workspace, and what is kept of them.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::Workspace;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    Deletion, DepositBook as _, DepositEntry, DepositFilter, DepositId, DepositOrigin, ImportBook as _, Stamp,
};
use crate::model::DepositStatus;
use crate::pipeline::{self, Batch, DepositBooking, DepositRequest, PLACES, Source};
use crate::report::DepositTotals;

impl Workspace {
    /// Deposits files. Each is kept, and known by its number from its arrival on.
    pub fn deposit(&mut self, request: &DepositRequest<'_>, stamp: Stamp) -> Result<Batch<DepositTotals>> {
        self.book(request, DepositOrigin::File, None, stamp)
    }

    /// Reads the file of a deposit again: from its beginning when that was interrupted; else for its refused entries, which
    /// a newer catalogue or other rules may let in.
    pub fn retry_deposit(
        &mut self,
        deposit: DepositEntry,
        request: &DepositRequest<'_>,
        stamp: Stamp,
    ) -> Result<Batch<DepositTotals>> {
        let number = || Arguments::none().with("deposit", deposit.id.0);
        let is_left =
            deposit.status.is_unfinished() || deposit.rejected > deposit.corrected || deposit.refusal.is_some();
        if deposit.deleted.is_some() || deposit.status == DepositStatus::Duplicate || !is_left {
            return Err(Error::new(Code::DepositNotRetryable, number().with("status", deposit.status.name())));
        }
        let kept = deposit.kept.as_deref().map(|kept| self.root.join(kept)).filter(|kept| kept.is_file());
        let Some(kept) = kept else {
            return Err(Error::new(Code::DepositFileGone, number().with("file", &deposit.file)));
        };
        let files = [Source::File(kept)];
        self.book(&DepositRequest { files: &files, ..*request }, DepositOrigin::Retry, Some(deposit), stamp)
    }

    fn book(
        &mut self,
        request: &DepositRequest<'_>,
        origin: DepositOrigin,
        again: Option<DepositEntry>,
        stamp: Stamp,
    ) -> Result<Batch<DepositTotals>> {
        let home = self.root.clone();
        let mut booking =
            DepositBooking { ledger: &mut self.ledger, stamp, origin, home, account: &self.account, again };
        let batch = pipeline::deposit(request, Some(&mut booking));
        // What is in the ledger counts; the file of events is finished later when it cannot be written now.
        drop(self.write_events());
        batch
    }

    /// The deposit that somebody means: by its number, or the newest of a file of that name.
    pub fn find_deposit(&self, name: &str) -> Result<Option<DepositEntry>> {
        if let Ok(number) = name.parse() {
            return self.ledger.deposit(DepositId(number));
        }
        let bare = name.rsplit(['/', '\\']).next().unwrap_or(name);
        Ok(self.ledger.deposits(&DepositFilter::default())?.into_iter().find(|deposit| deposit.file == bare))
    }

    /// Hides a deposit and purges what it says of persons, its file and its reports, too.
    pub fn delete_deposit(&mut self, id: DepositId, stamp: &Stamp) -> Result<Deletion> {
        let deletion = self.ledger.delete_deposit(id, stamp)?;
        // From here on it is deleted; a file that cannot be removed now is removed when the workspace is opened again.
        self.remove_deleted()?;
        Ok(deletion)
    }

    /// Removes the files and the reports of deposits that were deleted.
    fn remove_deleted(&mut self) -> Result<()> {
        for deposit in self.ledger.purged_deposits()? {
            if let Some(kept) = deposit.kept.as_deref().map(|kept| self.root.join(kept)) {
                match fs::remove_file(&kept) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(Error::io(&kept, Code::WriteFailed, error));
                    }
                    _ => {}
                }
            }
            if let Some(reports) = deposit.reports.as_deref()
                && !self.has_later_reports(&deposit, reports)?
            {
                pipeline::remove_folder(&self.root.join(reports))?;
            }
            self.ledger.release_deposit(deposit.id)?;
        }
        Ok(())
    }

    /// Whether a folder holds the reports of something that came later.
    fn has_later_reports(&self, deposit: &DepositEntry, reports: &Path) -> Result<bool> {
        let deposits =
            self.ledger.deposits(&DepositFilter { from: Some(deposit.received_at), ..DepositFilter::default() })?;
        let is_there = |other: &DepositEntry| other.id > deposit.id && other.reports.as_deref() == Some(reports);
        if deposits.iter().any(is_there) {
            return Ok(true);
        }
        let import = self.ledger.import_at(reports)?.map(|id| self.ledger.import(id)).transpose()?.flatten();
        Ok(import.is_some_and(|import| import.received_at > deposit.received_at))
    }

    /// Finishes what a run left that ended in between: reports get their final names, files go where their status says.
    pub(super) fn recover_deposits(&mut self) -> Result<()> {
        self.remove_deleted()?;
        for held in self.ledger.held_deposits()? {
            if let Some(reports) = &held.reports {
                pipeline::finish_folder(&self.root.join(reports), self.sync)?;
            }
            self.ledger.release_deposit(held.id)?;
        }
        let work = self.root.join(PLACES[0]);
        let entries = fs::read_dir(&work).map_err(|error| Error::io(&work, Code::ReadFailed, error))?;
        for name in entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()) {
            let number = name.strip_prefix("deposit-").and_then(|rest| rest.split('-').next()?.parse().ok());
            let deposit = number.map(|number| self.ledger.deposit(DepositId(number))).transpose()?.flatten();
            let is_kept_there =
                |deposit: &DepositEntry| deposit.kept.as_ref().is_some_and(|kept| kept.ends_with(&name));
            if let Some(deposit) = deposit.filter(is_kept_there) {
                pipeline::settle_file(&mut self.ledger, &deposit, &self.root)?;
            }
        }
        Ok(())
    }
}
