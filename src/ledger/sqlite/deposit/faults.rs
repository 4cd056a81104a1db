//! Where what is kept of deposits contradicts itself.

use rusqlite::Connection;

use crate::ledger::sqlite::rows::{NAMED, number, told, word};
use crate::model::DepositStatus;

/// What is wrong with deposits.
pub(in crate::ledger::sqlite) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = told(
        connection,
        &[
            "SELECT 'deposit ' || d.id || ': ' || d.claims || ' claims and ' || d.repairs
                 || ' repair files were created, others are kept'
             FROM deposit AS d WHERE (d.claims, d.repairs) IS NOT (
                 SELECT coalesce(sum(e.kind = 'claims'), 0), coalesce(sum(e.kind = 'repairs'), 0)
                 FROM entry AS e WHERE e.deposit = d.id)",
            "SELECT 'deposit ' || d.id || ': ' || d.rejected || ' entries were refused, more are kept' FROM deposit AS d
             WHERE d.rejected < (SELECT count(DISTINCT r.number) FROM refused_record AS r WHERE r.deposit = d.id)",
            "SELECT 'deposit ' || d.id || ': ' || d.drafts || ' drafts, others are kept' FROM deposit AS d
             WHERE d.deleted_at IS NULL AND d.drafts <> (SELECT count(DISTINCT r.number) FROM refused_record AS r
                                                         WHERE r.deposit = d.id AND r.draft IS NOT NULL)",
            "SELECT 'deposit ' || d.id || ': ' || d.corrected || ' entries were corrected, others are kept'
             FROM deposit AS d
             WHERE d.deleted_at IS NULL AND d.corrected <> (
                 SELECT count(DISTINCT r.number) FROM refused_record AS r
                 WHERE r.deposit = d.id AND r.corrected_at IS NOT NULL)",
            "SELECT 'deposit ' || r.deposit || ': the entry of line ' || r.entry_line || ' was corrected in part'
             FROM refused_record AS r GROUP BY r.deposit, r.entry_line, r.number
             HAVING count(DISTINCT coalesce(r.corrected_as, 0)) > 1 OR count(DISTINCT coalesce(r.draft, 0)) > 1",
            "SELECT 'deposit ' || d.id || ': is deleted, but what was refused is kept' FROM deposit AS d
             WHERE d.deleted_at IS NOT NULL
                 AND EXISTS (SELECT 1 FROM refused_record AS r WHERE r.deposit = d.id)",
            "SELECT 'deposit ' || d.id || ': was not read, but counts' FROM deposit AS d
             WHERE d.status IN ('RECEIVED', 'PROCESSING', 'DUPLICATE') AND (d.read > 0 OR d.content <> '')",
            "SELECT 'entry ' || e.id || ': is of a deposit that was not taken, or of no line of it'
             FROM entry AS e JOIN deposit AS d ON d.id = e.deposit
             WHERE d.status IN ('RECEIVED', 'PROCESSING', 'DUPLICATE') OR (e.line < 1 AND d.origin <> 'TYPED')",
        ],
    )?;
    statuses(connection, &mut faults)?;
    Ok(faults)
}

/// Deposits whose status does not follow from their counts.
fn statuses(connection: &Connection, faults: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(
        "SELECT id, status, accepted, rejected, corrected FROM deposit
         WHERE status NOT IN ('RECEIVED', 'PROCESSING', 'DUPLICATE') ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let kept = word(row, 1, DepositStatus::from_name)?;
        let derived = DepositStatus::of(number(row, 2)?, number(row, 3)?, number(row, 4)?);
        if kept != derived && found < NAMED {
            found += 1;
            let id: i64 = row.get(0)?;
            faults.push(format!("deposit {id}: is {}, its counts say {}", kept.name(), derived.name()));
        }
    }
    Ok(())
}
