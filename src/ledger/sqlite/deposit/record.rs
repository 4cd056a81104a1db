//! A deposit on its way into the ledger, in one transaction.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde_json::json;

use super::{Correction, correct, stamp, tell, tell_rejected, unfinished};
use crate::diagnostic::{Code, Result};
use crate::ledger::sqlite::entry::{amend, insert};
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::count;
use crate::ledger::sqlite::{Connected, refusal};
use crate::ledger::{DepositEnd, DepositEntry, DepositId, DepositRecord, EntryId, NewEntry, RefusedRow, Stamp};
use crate::model::{DepositKind, DepositStatus};

/// How many entries a statement changes at most.
pub(super) const PIECE: i64 = 1000;

/// A deposit that is being written down.
pub(super) struct Record<'l> {
    transaction: Transaction<'l>,
    path: PathBuf,
    deposit: DepositEntry,
    stamp: Stamp,
    done: Done,
}

/// What was written down so far.
#[derive(Default)]
struct Done {
    claims: u64,
    repairs: u64,
    /// Entries that were there and were brought up to date.
    amended: u64,
    refused: u64,
    /// Deposits of which refused entries came in.
    touched: BTreeSet<DepositId>,
}

/// What is to be done with an entry.
enum Place {
    /// It is new.
    New,
    /// It brings an entry up to date that is there.
    Update(EntryId),
    /// It is faulty, and what it would bring up to date is not: that stays as it is.
    Leave(EntryId),
}

impl<'l> Record<'l> {
    /// Begins. Nobody else writes until the end; readers go on.
    pub(super) fn begin(connection: &'l mut Connection, path: &Path, id: DepositId) -> Result<Self> {
        let failed = |error| refusal(path, &error);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Somebody else may have read it meanwhile.
        let deposit = unfinished(&transaction, id).map_err(|halt| halt.error(path))?;
        transaction.execute_batch("SAVEPOINT entries").map_err(failed)?;
        let stamp = stamp(&deposit);
        Ok(Self { transaction, path: path.to_owned(), deposit, stamp, done: Done::default() })
    }

    fn write(&mut self, entry: &NewEntry<'_>) -> rusqlite::Result<EntryId> {
        let deposit = self.deposit.id;
        let id = match self.place(entry)? {
            Place::New => {
                let created = match entry.kind {
                    DepositKind::Claims => &mut self.done.claims,
                    DepositKind::Repairs => &mut self.done.repairs,
                };
                *created += 1;
                insert(&self.transaction, entry, Some(deposit), &self.stamp)?
            }
            Place::Update(id) => {
                amend(&self.transaction, id, entry, Some(deposit), &self.stamp)?;
                self.done.amended += 1;
                let detail = json!({ "deposit": deposit.0, "line": entry.line }).to_string();
                note(&self.transaction, &self.stamp, "entry.amended", &id.0.to_string(), &detail)?;
                id
            }
            Place::Leave(id) => id,
        };
        if entry.is_valid() {
            self.correct(id, entry)?;
        }
        Ok(id)
    }

    /// An entry without errors takes the place of what was refused.
    fn correct(&mut self, id: EntryId, entry: &NewEntry<'_>) -> rusqlite::Result<()> {
        let correction = Correction { entry: id, by: Some(self.deposit.id), at: self.stamp.at };
        if let (Some(parent), Some(line)) = (self.deposit.parent, entry.stands_for) {
            correction.of_line(&self.transaction, parent, line, &mut self.done.touched)?;
        }
        // What was created just now is nobody's draft.
        if entry.stands_for.is_some() || entry.intervention.is_some() {
            correction.of_drafts(&self.transaction, &mut self.done.touched)?;
        }
        Ok(())
    }

    fn place(&self, entry: &NewEntry<'_>) -> rusqlite::Result<Place> {
        if let (Some(parent), Some(line)) = (self.deposit.parent, entry.stands_for)
            && let Some(draft) = self.draft(parent, line, entry)?
        {
            return Ok(Place::Update(draft));
        }
        let (DepositKind::Repairs, Some(intervention)) = (entry.kind, entry.intervention) else {
            return Ok(Place::New);
        };
        Ok(match self.open_repair(intervention)? {
            None => Place::New,
            Some((id, true)) if !entry.is_valid() => Place::Leave(id),
            Some((id, _)) => Place::Update(id),
        })
    }

    /// The draft of the refused entry on a line of the parent; when several stand there, the one with the same identity.
    fn draft(&self, parent: DepositId, line: u64, entry: &NewEntry<'_>) -> rusqlite::Result<Option<EntryId>> {
        self.transaction
            .prepare_cached(
                "SELECT e.id FROM refused_record AS r JOIN entry AS e ON e.id = r.draft
                 WHERE r.deposit = ?1 AND r.entry_line = ?2 AND r.corrected_at IS NULL AND e.kind = ?3
                     AND e.body IS NOT NULL AND NOT e.valid AND e.status NOT IN ('CANCELLED', 'REFUSED')
                 ORDER BY e.identity = ?4 DESC, r.number LIMIT 1",
            )?
            .query_row(params![parent.0, count(line), entry.kind.name(), entry.identity], |row| row.get(0).map(EntryId))
            .optional()
    }

    /// The repair file that has a number on the platform and is not closed, and whether it is without errors.
    fn open_repair(&self, intervention: u64) -> rusqlite::Result<Option<(EntryId, bool)>> {
        self.transaction
            .prepare_cached(
                "SELECT id, valid FROM entry WHERE intervention = ?1 AND kind = 'repairs' AND body IS NOT NULL
                     AND status NOT IN ('CLOSED_WITH_CLAIM', 'CLOSED_WITHOUT_CLAIM') ORDER BY id DESC LIMIT 1",
            )?
            .query_row([count(intervention)], |row| Ok((EntryId(row.get(0)?), row.get(1)?)))
            .optional()
    }

    fn write_refused(
        &mut self,
        rows: &[RefusedRow],
        draft: Option<EntryId>,
        stands_for: Option<u64>,
    ) -> rusqlite::Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        self.done.refused += 1;
        // A repair file that was left as it is, is no draft.
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO refused_record (deposit, entry_line, number, record, line, record_hash, draft, stands_for)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT id FROM entry WHERE id = ?7 AND NOT valid), ?8)",
        )?;
        for (record, row) in (1_i64..).zip(rows) {
            statement.execute(params![
                self.deposit.id.0,
                count(first.line),
                count(self.done.refused),
                record,
                count(row.line),
                row.record_hash.cast_signed(),
                draft.map(|draft| draft.0),
                stands_for.map(count),
            ])?;
        }
        Ok(())
    }

    fn close(&mut self, end: &DepositEnd) -> rusqlite::Result<()> {
        let counts = &end.counts;
        if counts.accepted == 0 {
            self.drop_drafts()?;
        }
        let id = self.deposit.id;
        let reports = end.reports.as_deref().map(Path::to_string_lossy).unwrap_or_default();
        self.transaction.execute(
            "UPDATE deposit SET content = ?2, read = ?3, accepted = ?4, rejected = ?5, ignored = ?6, reports = ?7,
                 reports_pending = ?8, drafts = (SELECT count(DISTINCT number) FROM refused_record
                                                 WHERE deposit = ?1 AND draft IS NOT NULL),
                 claims = ?9, repairs = ?10 WHERE id = ?1",
            params![
                id.0,
                end.content,
                count(counts.read()),
                count(counts.accepted),
                count(counts.rejected),
                count(counts.ignored()),
                reports,
                !reports.is_empty(),
                count(self.done.claims),
                count(self.done.repairs),
            ],
        )?;
        self.keep_causes(&end.causes)?;
        self.done.touched.insert(id);
        for deposit in &self.done.touched {
            correct::recount(&self.transaction, *deposit)?;
        }
        let status = DepositStatus::of(counts.accepted, counts.rejected, 0);
        let detail = json!({
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "claims": self.done.claims,
            "repairs": self.done.repairs,
            "amended": self.done.amended,
        });
        tell(&self.transaction, &self.deposit, status, &detail.to_string())?;
        if status == DepositStatus::Rejected {
            tell_rejected(&self.transaction, &self.deposit, (counts.read(), counts.rejected), None)?;
        }
        Ok(())
    }

    /// Keeps why entries were refused, for those who ask what a night brought.
    fn keep_causes(&self, causes: &[(Code, u64)]) -> rusqlite::Result<()> {
        let mut one = self
            .transaction
            .prepare_cached("INSERT OR REPLACE INTO deposit_cause (deposit, code, times) VALUES (?1, ?2, ?3)")?;
        causes
            .iter()
            .try_for_each(|(code, times)| one.execute(params![self.deposit.id.0, code.name(), count(*times)]).map(drop))
    }

    /// Takes back what was created: nothing of it can be transmitted.
    fn drop_drafts(&mut self) -> rusqlite::Result<()> {
        let id = self.deposit.id.0;
        self.transaction.execute(
            "UPDATE refused_record SET draft = NULL
             WHERE deposit = ?1 AND draft IN (SELECT id FROM entry WHERE deposit = ?1 AND NOT valid)",
            [id],
        )?;
        // Piece by piece: whatever a statement changes is held in memory until it ends.
        let mut some = self.transaction.prepare(
            "DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE deposit = ?1 AND NOT valid LIMIT ?2)",
        )?;
        while some.execute([id, PIECE])? > 0 {}
        (self.done.claims, self.done.repairs) = (0, 0);
        Ok(())
    }
}

impl Connected for Record<'_> {
    fn connection(&self) -> &Connection {
        &self.transaction
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl DepositRecord for Record<'_> {
    fn id(&self) -> DepositId {
        self.deposit.id
    }

    fn restart(&mut self) -> Result<()> {
        self.done = Done::default();
        self.ask(|connection| connection.execute_batch("ROLLBACK TO entries"))
    }

    fn create(&mut self, entry: &NewEntry<'_>) -> Result<EntryId> {
        let written = self.write(entry);
        written.map_err(|error| refusal(&self.path, &error))
    }

    fn refuse(&mut self, rows: &[RefusedRow], draft: Option<EntryId>, stands_for: Option<u64>) -> Result<()> {
        let written = self.write_refused(rows, draft, stands_for);
        written.map_err(|error| refusal(&self.path, &error))
    }

    fn finish(mut self: Box<Self>, end: &DepositEnd) -> Result<DepositEntry> {
        let path = self.path.clone();
        let failed = |error| refusal(&path, &error);
        self.close(end).map_err(failed)?;
        let id = self.deposit.id;
        let deposit = super::known(&self.transaction, id).map_err(|halt| halt.error(&path))?;
        self.transaction.commit().map_err(failed)?;
        Ok(deposit)
    }
}
