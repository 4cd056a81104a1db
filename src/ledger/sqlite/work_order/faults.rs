//! Where what is kept of work orders contradicts itself.

use rusqlite::Connection;

use crate::ledger::sqlite::rows::{NAMED, told};

/// What is wrong with work orders.
pub(in crate::ledger::sqlite) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = told(
        connection,
        &[
            "SELECT 'work order ' || w.id || ': its repair file is no repair file' FROM work_order AS w
                 JOIN entry AS e ON e.id = w.entry WHERE e.kind <> 'repairs'",
            "SELECT 'work order ' || w.id || ': is ' || w.status || ', its repair file is ' || e.status
             FROM work_order AS w JOIN entry AS e ON e.id = w.entry
             WHERE e.status LIKE 'CLOSED%' AND w.status <> 'CLOSED'",
            "SELECT 'work order ' || w.id || ': is closed ' || w.close_kind || ', its repair file is ' || e.status
             FROM work_order AS w JOIN entry AS e ON e.id = w.entry
             WHERE e.status LIKE 'CLOSED%' AND w.status = 'CLOSED' AND w.close_kind IS NOT NULL
                 AND (w.close_kind = 'WithClaim') <> (e.status = 'CLOSED_WITH_CLAIM')",
            "SELECT 'work order ' || w.id || ': came in and nobody wrote it down' FROM work_order AS w
             WHERE NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.subject = CAST(w.id AS TEXT)
                                   AND j.what = 'workorder.received') AND w.id >= 0",
        ],
    )?;
    faults.extend(contents(connection)?);
    Ok(faults)
}

/// Work orders that do not say any more what they said when they came.
fn contents(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT id, hash, body FROM work_order
         WHERE persons_purged_at IS NULL AND contents_purged_at IS NULL ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut faults = Vec::new();
    while let Some(row) = rows.next()? {
        let body = blake3::hash(row.get_ref(2)?.as_bytes()?);
        if row.get_ref(1)?.as_str()? != body.to_hex().as_str() && faults.len() < NAMED {
            faults
                .push(format!("work order {}: says something else than it did", row.get::<_, i64>(0)?.cast_unsigned()));
        }
    }
    Ok(faults)
}
