//! A deposit is deleted: what it says of persons goes, that it came stays.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::record::PIECE;
use super::{correct, present};
use crate::ledger::sqlite::Halt;
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::number;
use crate::ledger::{Deletion, DepositId, Stamp};

/// An entry that somebody else knows of, or that something that stays is about.
const STAYS: &str = "(e.transmitted_at IS NOT NULL OR e.counterpart IS NOT NULL OR e.draft_invoice IS NOT NULL
     OR e.status IN ('WAITING', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED', 'REFUSED', 'CLOSED_WITH_CLAIM',
                     'CLOSED_WITHOUT_CLAIM')
     OR EXISTS (SELECT 1 FROM outbox AS o WHERE o.entry = e.id)
     OR EXISTS (SELECT 1 FROM solution AS s WHERE s.entry = e.id AND s.status <> 'NOT_TRANSMITTED'))";

/// What deleting a deposit would do.
pub(super) fn foresee(connection: &Connection, id: DepositId) -> rusqlite::Result<Deletion> {
    connection.query_row(
        &format!(
            "SELECT coalesce(sum(NOT {STAYS}), 0), coalesce(sum({STAYS}), 0) FROM entry AS e
             WHERE e.deposit = ?1 AND e.body IS NOT NULL"
        ),
        [id.0],
        |row| Ok(Deletion { purged: number(row, 0)?, kept: number(row, 1)? }),
    )
}

/// Does it.
pub(super) fn delete(connection: &Connection, id: DepositId, stamp: &Stamp) -> Result<Deletion, Halt> {
    present(connection, id)?;
    let deletion = foresee(connection, id)?;
    connection.execute("DELETE FROM refused_record WHERE deposit = ?1", [id.0])?;
    connection.execute_batch("CREATE TEMP TABLE IF NOT EXISTS purged (id INTEGER PRIMARY KEY); DELETE FROM purged")?;
    connection.execute(
        &format!(
            "INSERT INTO purged SELECT e.id FROM entry AS e WHERE e.deposit = ?1 AND e.body IS NOT NULL AND NOT {STAYS}"
        ),
        [id.0],
    )?;
    purge(connection, stamp)?;
    free(connection)?;
    connection.execute_batch("DROP TABLE purged")?;
    connection.execute(
        "UPDATE deposit SET deleted_at = ?2, deleted_by = ?3, reports_pending = 0 WHERE id = ?1",
        params![id.0, stamp.at.seconds(), stamp.by],
    )?;
    let detail = format!("{{\"purged\":{},\"kept\":{}}}", deletion.purged, deletion.kept);
    note(connection, stamp, "deposit.deleted", &id.0.to_string(), &detail)?;
    Ok(deletion)
}

/// Erases what the entries say, piece by piece: whatever a statement changes is held in memory until it ends.
fn purge(connection: &Connection, stamp: &Stamp) -> rusqlite::Result<()> {
    let mut last =
        connection.prepare("SELECT max(id) FROM (SELECT id FROM purged WHERE id > ?1 ORDER BY id LIMIT ?2)")?;
    let mut some = connection.prepare(
        "UPDATE entry SET body = NULL, faults = '[]', remarks = '[]', valid = 0, appliance = NULL,
             status = CASE kind WHEN 'claims' THEN 'CANCELLED' ELSE status END, changed_at = max(changed_at + 1, ?3)
         WHERE id IN (SELECT id FROM purged WHERE id > ?1 AND id <= ?2)",
    )?;
    let mut done = 0;
    while let Some(next) = last.query_row([done, PIECE], |row| row.get::<_, Option<i64>>(0))? {
        some.execute(params![done, next, stamp.at.seconds()])?;
        done = next;
    }
    Ok(())
}

/// What was purged is no draft of other deposits any more, and what it corrected there waits again.
fn free(connection: &Connection) -> rusqlite::Result<()> {
    let mut touched = BTreeSet::new();
    for (column, forgotten) in
        [("draft", "draft = NULL"), ("corrected_as", "corrected_as = NULL, corrected_at = NULL, corrected_by = NULL")]
    {
        let mut statement = connection.prepare(&format!(
            "UPDATE refused_record SET {forgotten} WHERE {column} IN (SELECT id FROM purged) RETURNING deposit"
        ))?;
        for deposit in statement.query_map([], |row| row.get(0).map(DepositId))? {
            touched.insert(deposit?);
        }
    }
    touched.into_iter().try_for_each(|deposit| correct::recount(connection, deposit))
}
