//! The book of deposits in `SQLite`.

mod correct;
mod delete;
mod faults;
mod read;
mod record;

#[cfg(test)]
mod sequence_tests;
#[cfg(test)]
mod tests;

pub(super) use correct::{Correction, recount};
pub(super) use faults::faults;

use std::path::PathBuf;

use rusqlite::{Connection, params};

use super::event::note_event;
use super::import::note;
use super::rows::{count, day_number, number};
use super::{Connected, Halt, SqliteLedger};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    Deletion, DepositBook, DepositEntry, DepositFacts, DepositFilter, DepositHead, DepositId, DepositReading,
    DepositRecord, EarlierEntry, EntryId, KeptFault, KnownDeposits, NewEvent, RefusedRecord, RefusedRow, Stamp,
};
use crate::model::{Day, DepositKind, DepositStatus};

/// A deposit of which something counts.
const COUNTS: &str = "status IN ('DONE', 'PARTIAL', 'SUPERSEDED') AND deleted_at IS NULL ORDER BY id LIMIT 1";

impl<T: Connected> KnownDeposits for T {
    fn deposit_of_bytes(&self, hash: &str) -> Result<Option<DepositEntry>> {
        self.ask(|connection| read::deposit_where(connection, &format!("hash = ?1 AND {COUNTS}"), [hash]))
    }

    fn deposit_of_content(&self, content: &str) -> Result<Option<DepositEntry>> {
        let condition = format!("content = ?1 AND content <> '' AND {COUNTS}");
        self.ask(|connection| read::deposit_where(connection, &condition, [content]))
    }

    fn refused_records(&self, id: DepositId) -> Result<Vec<RefusedRecord>> {
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT line, record_hash, entry_line, draft, corrected_at IS NOT NULL, corrected_by
                 FROM refused_record WHERE deposit = ?1 ORDER BY line, number, record",
            )?;
            let rows = statement.query_map([id.0], |row| {
                Ok(RefusedRecord {
                    row: RefusedRow { line: number(row, 0)?, record_hash: row.get::<_, i64>(1)?.cast_unsigned() },
                    entry: number(row, 2)?,
                    draft: row.get::<_, Option<i64>>(3)?.map(EntryId),
                    is_corrected: row.get(4)?,
                    corrected_by: row.get::<_, Option<i64>>(5)?.map(DepositId),
                })
            })?;
            rows.collect()
        })
    }

    fn entry_of_identity(&self, kind: DepositKind, identity: i64) -> Result<Option<EarlierEntry>> {
        let condition = "e.kind = ?1 AND e.identity = ?2 AND e.body IS NOT NULL AND e.status <> 'CANCELLED'";
        self.ask(|connection| read::earlier_where(connection, condition, params![kind.name(), identity]))
    }

    fn repair_of_intervention(&self, intervention: u64) -> Result<Option<EarlierEntry>> {
        let condition = "e.intervention = ?1 AND e.kind = 'repairs' AND e.body IS NOT NULL ORDER BY e.id DESC LIMIT 1";
        self.ask(|connection| read::earlier_where(connection, condition, [count(intervention)]))
    }

    fn repair_of_appliance(&self, appliance: i64, from: Day, to: Day) -> Result<Option<EarlierEntry>> {
        let condition = "e.appliance = ?1 AND e.repaired_on BETWEEN ?2 AND ?3 AND e.body IS NOT NULL
                             AND e.status <> 'CANCELLED' ORDER BY e.repaired_on DESC, e.id DESC LIMIT 1";
        let values = params![appliance, day_number(Some(from)), day_number(Some(to))];
        self.ask(|connection| read::earlier_where(connection, condition, values))
    }
}

impl DepositBook for SqliteLedger {
    fn deposit_to_correct(&self, hash: &str) -> Result<Option<DepositEntry>> {
        let condition = "hash = ?1 AND status IN ('DONE', 'PARTIAL', 'REJECTED', 'SUPERSEDED') AND deleted_at IS NULL
                         ORDER BY id DESC LIMIT 1";
        self.ask(|connection| read::deposit_where(connection, condition, [hash]))
    }

    fn deposit(&self, id: DepositId) -> Result<Option<DepositEntry>> {
        self.ask(|connection| read::deposit_where(connection, "id = ?1", [id.0]))
    }

    fn deposits(&self, filter: &DepositFilter) -> Result<Vec<DepositEntry>> {
        self.ask(|connection| read::deposits(connection, filter))
    }

    fn corrections(&self, id: DepositId) -> Result<Vec<DepositEntry>> {
        let condition = "id IN (
                WITH RECURSIVE family (id) AS (
                    SELECT ?1 UNION SELECT d.id FROM deposit AS d JOIN family AS f ON d.parent = f.id
                    WHERE d.origin = 'CORRECTION' AND d.status <> 'DUPLICATE')
                SELECT id FROM family) AND id <> ?1 ORDER BY id";
        self.ask(|connection| read::deposits_where(connection, condition, [id.0]))
    }

    fn receive_deposit(&mut self, head: &DepositHead, kept: &dyn Fn(DepositId) -> PathBuf) -> Result<DepositId> {
        self.change(|transaction| receive(transaction, head, kept))
    }

    fn begin_deposit<'l>(&'l mut self, id: DepositId, reading: &DepositReading) -> Result<Box<dyn DepositRecord + 'l>> {
        // Of its own, so that a deposit whose reading is cut off shows that somebody was at it.
        self.decide(|transaction| {
            unfinished(transaction, id)?;
            transaction.execute(
                "UPDATE deposit SET status = 'PROCESSING', kind = ?2, settings = ?3, parent = coalesce(?4, parent),
                     origin = CASE WHEN ?4 IS NOT NULL AND origin = 'FILE' THEN 'CORRECTION' ELSE origin END
                 WHERE id = ?1",
                params![id.0, reading.kind.name(), reading.settings, reading.parent.map(|parent| parent.0)],
            )?;
            Ok(())
        })?;
        record::Record::begin(&mut self.connection, &self.path, id).map(|record| Box::new(record) as _)
    }

    fn turn_deposit(&mut self, id: DepositId, why: &KeptFault, duplicate_of: Option<DepositId>) -> Result<()> {
        self.decide(|transaction| {
            let deposit = unfinished(transaction, id)?;
            let status = if duplicate_of.is_some() { DepositStatus::Duplicate } else { DepositStatus::Rejected };
            let refusal = super::entry::to_json(why)?;
            transaction.execute(
                "UPDATE deposit SET status = ?2, refusal = ?3, parent = coalesce(?4, parent) WHERE id = ?1",
                params![id.0, status.name(), refusal, duplicate_of.map(|other| other.0)],
            )?;
            let detail = serde_json::json!({ "code": why.code, "of": duplicate_of.map(|other| other.0) });
            tell(transaction, &deposit, status, &detail.to_string())?;
            if status == DepositStatus::Rejected {
                tell_rejected(transaction, &deposit, (0, 0), Some(why.code.clone()))?;
            }
            Ok(())
        })
    }

    fn move_deposit(&mut self, id: DepositId, kept: Option<PathBuf>) -> Result<()> {
        let kept = kept.unwrap_or_default();
        self.change(|transaction| {
            transaction
                .execute("UPDATE deposit SET kept = ?2 WHERE id = ?1", params![id.0, kept.to_string_lossy()])
                .map(|_| ())
        })
    }

    fn held_deposits(&self) -> Result<Vec<DepositEntry>> {
        self.ask(|connection| read::deposits_where(connection, "reports_pending ORDER BY id", []))
    }

    fn release_deposit(&mut self, id: DepositId) -> Result<()> {
        self.change(|transaction| {
            transaction.execute("UPDATE deposit SET reports_pending = 0 WHERE id = ?1", [id.0])?;
            transaction
                .execute("UPDATE deposit SET kept = '', reports = '' WHERE id = ?1 AND deleted_at IS NOT NULL", [id.0])
                .map(|_| ())
        })
    }

    fn purged_deposits(&self) -> Result<Vec<DepositEntry>> {
        let condition = "deleted_at IS NOT NULL AND (kept <> '' OR reports <> '') ORDER BY id";
        self.ask(|connection| read::deposits_where(connection, condition, []))
    }

    fn deletion(&self, id: DepositId) -> Result<Deletion> {
        self.ask(|connection| delete::foresee(connection, id))
    }

    fn delete_deposit(&mut self, id: DepositId, stamp: &Stamp) -> Result<Deletion> {
        let deletion = self.decide(|transaction| delete::delete(transaction, id, stamp));
        // What is erased leaves the log of changes, too, unless somebody is reading at this moment.
        self.ask(|connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))?;
        deletion
    }
}

fn receive(
    connection: &Connection,
    head: &DepositHead,
    kept: &dyn Fn(DepositId) -> PathBuf,
) -> rusqlite::Result<DepositId> {
    connection.execute(
        "INSERT INTO deposit (parent, origin, status, file, hash, bytes, received_at, received_by)
         VALUES (?1, ?2, 'RECEIVED', ?3, ?4, ?5, ?6, ?7)",
        params![
            head.parent.map(|parent| parent.0),
            head.origin.name(),
            head.file,
            head.hash,
            count(head.bytes),
            head.stamp.at.seconds(),
            head.stamp.by,
        ],
    )?;
    let id = DepositId(connection.last_insert_rowid());
    connection.execute("UPDATE deposit SET kept = ?2 WHERE id = ?1", params![id.0, kept(id).to_string_lossy()])?;
    let detail = serde_json::json!({ "file": head.file, "origin": head.origin.name() });
    note(connection, &head.stamp, "deposit.received", &id.0.to_string(), &detail.to_string())?;
    Ok(id)
}

/// A deposit that is to be changed.
fn known(connection: &Connection, id: DepositId) -> std::result::Result<DepositEntry, Halt> {
    let found = read::deposit_where(connection, "id = ?1", [id.0])?;
    found.ok_or_else(|| Error::new(Code::DepositUnknown, Arguments::none().with("number", id.0)).into())
}

/// A deposit that was never read to its end.
fn unfinished(connection: &Connection, id: DepositId) -> std::result::Result<DepositEntry, Halt> {
    let deposit = present(connection, id)?;
    if deposit.status.is_unfinished() {
        return Ok(deposit);
    }
    let arguments = Arguments::none().with("number", id.0).with("status", deposit.status.name());
    Err(Error::new(Code::DepositFinished, arguments).into())
}

/// A deposit that was not deleted.
fn present(connection: &Connection, id: DepositId) -> std::result::Result<DepositEntry, Halt> {
    let deposit = known(connection, id)?;
    if deposit.deleted.is_none() {
        return Ok(deposit);
    }
    Err(Error::new(Code::DepositDeleted, Arguments::none().with("number", id.0)).into())
}

/// Writes down what became of a deposit.
fn tell(connection: &Connection, deposit: &DepositEntry, status: DepositStatus, detail: &str) -> rusqlite::Result<()> {
    let what = format!("deposit.{}", status.name().to_lowercase());
    note(connection, &stamp(deposit), &what, &deposit.id.0.to_string(), detail)
}

/// Writes down that others are to be told that nothing of a deposit was created, of so many entries read and refused.
fn tell_rejected(
    connection: &Connection,
    deposit: &DepositEntry,
    (read, rejected): (u64, u64),
    code: Option<String>,
) -> rusqlite::Result<()> {
    let facts = DepositFacts { deposit: deposit.id.0, file: deposit.file.clone(), read, rejected, code };
    note_event(connection, &NewEvent::deposit_rejected(facts, stamp(deposit))).map(|_| ())
}

/// When a deposit came, and who brought it: what is created of it is created then, by them.
fn stamp(deposit: &DepositEntry) -> Stamp {
    Stamp { at: deposit.received_at, by: deposit.received_by.clone() }
}
