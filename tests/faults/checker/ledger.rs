//! What the ledger says, counted anew.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};

use super::{Judgement, Promise};

/// Questions whose every answer is a fault, in words.
const QUESTIONS: [(Promise, &str); 19] = [
    (
        Promise::NoDouble,
        "SELECT 'imports ' || group_concat(id) || ' brought the same bytes (' || max(file) || ')' FROM import
         WHERE origin = 'FILE' AND status IN ('DONE', 'PARTIAL') GROUP BY hash HAVING count(*) > 1",
    ),
    (
        Promise::NoDouble,
        "SELECT 'imports ' || group_concat(id) || ' brought the same lines (' || max(file) || ')' FROM import
         WHERE origin = 'FILE' AND status IN ('DONE', 'PARTIAL') AND content <> '' AND accepted > 0
         GROUP BY content HAVING count(*) > 1 AND count(DISTINCT hash) > 1",
    ),
    (
        Promise::NoDouble,
        "SELECT 'deposits ' || group_concat(id) || ' brought the same bytes (' || max(file) || ')' FROM deposit
         WHERE origin = 'FILE' AND status IN ('DONE', 'PARTIAL', 'SUPERSEDED') AND deleted_at IS NULL
         GROUP BY hash, kind HAVING count(*) > 1",
    ),
    (
        Promise::NoLie,
        "SELECT what || ' ' || id || ': ' || read || ' read, ' || (accepted + rejected + ignored) || ' accounted for'
         FROM (SELECT 'import' AS what, id, read, accepted, rejected, ignored FROM import
               UNION ALL SELECT 'deposit', id, read, accepted, rejected, ignored FROM deposit)
         WHERE read <> accepted + rejected + ignored",
    ),
    (
        Promise::NoLie,
        "SELECT 'import ' || i.id || ': ' || i.accepted || ' lines accepted, ' || count(s.id) || ' kept'
         FROM import AS i LEFT JOIN source_line AS s ON s.import = i.id GROUP BY i.id
         HAVING count(s.id) <> i.accepted * (i.status <> 'UNDONE')",
    ),
    (
        Promise::NoLie,
        "SELECT 'import ' || i.id || ': ' || i.rejected || ' lines rejected, ' || count(r.line) || ' kept'
         FROM import AS i LEFT JOIN refused_line AS r ON r.import = i.id
         WHERE i.status IN ('DONE', 'PARTIAL') GROUP BY i.id HAVING count(r.line) <> i.rejected",
    ),
    (
        Promise::NoLie,
        "SELECT 'import ' || id || ': nothing was refused and it is ' || status FROM import
         WHERE status = 'PARTIAL' AND rejected = 0 OR status = 'DONE' AND rejected > 0
            OR status IN ('REJECTED', 'DUPLICATE') AND accepted > 0",
    ),
    (
        Promise::NoLie,
        "SELECT 'basket line ' || l.id || ': ' || l.quantity || ' parts, its sources ask for others'
         FROM basket_line AS l LEFT JOIN source_line AS s ON s.basket_line = l.id GROUP BY l.id
         HAVING l.quantity <> l.adjusted + coalesce(sum(s.quantity), 0)",
    ),
    (
        Promise::NoLie,
        "SELECT 'basket ' || b.manufacturer || ': totals differ from its lines' FROM basket AS b
         LEFT JOIN basket_line AS l ON l.manufacturer = b.manufacturer AND l.state = 'WAITING' GROUP BY b.manufacturer
         HAVING b.lines <> count(l.id) OR b.quantity <> coalesce(sum(l.quantity), 0)
             OR b.amount <> coalesce(sum(l.quantity * l.unit_price), 0)",
    ),
    (
        Promise::NoLie,
        "SELECT 'deposit ' || d.id || ': ' || (d.claims + d.repairs) || ' entries created, ' || count(e.id) || ' kept'
         FROM deposit AS d LEFT JOIN entry AS e ON e.deposit = d.id
         WHERE d.deleted_at IS NULL GROUP BY d.id HAVING count(e.id) <> d.claims + d.repairs",
    ),
    (
        Promise::Recovers,
        "SELECT 'its pages: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    ),
    (Promise::Recovers, "SELECT \"table\" || ' names a row that is not there' FROM pragma_foreign_key_check"),
    (Promise::Recovers, "SELECT 'reports of import ' || id || ' have no names yet' FROM import WHERE reports_pending"),
    (
        Promise::Recovers,
        "SELECT 'reports of deposit ' || id || ' have no names yet' FROM deposit WHERE reports_pending",
    ),
    (
        Promise::Recovers,
        "SELECT 'deposit ' || id || ' is ' || status FROM deposit WHERE status IN ('RECEIVED', 'PROCESSING')",
    ),
    (Promise::Recovers, "SELECT path || ' should be gone' FROM purged_file WHERE NOT gone"),
    (Promise::Recovers, "SELECT 'message ' || id || ' has no file yet' FROM outbox WHERE body IS NOT NULL"),
    (
        Promise::Recovers,
        "SELECT 'order ' || number || ' has no document yet' FROM purchase_order
         WHERE document_pending AND status NOT IN ('DRAFT', 'ESTIMATED')",
    ),
    (
        Promise::Recovers,
        "SELECT 'events up to ' || max(e.id) || ' happened, ' || s.written || ' are in the file'
         FROM event AS e, event_stream AS s HAVING s.written < max(e.id)",
    ),
];

/// How many lines count more often than once, by the bytes of their file and the line in it; corrections are files of
/// their own.
const LINES_DOUBLED: &str = "SELECT coalesce(sum(times - 1), 0) FROM (
    SELECT count(*) AS times FROM source_line AS s JOIN import AS i ON i.id = s.import
    WHERE i.origin = 'FILE' GROUP BY i.hash, s.line HAVING count(*) > 1)";

/// The same of entries.
const ENTRIES_DOUBLED: &str = "SELECT coalesce(sum(times - 1), 0) FROM (
    SELECT count(*) AS times FROM entry WHERE body IS NOT NULL AND status <> 'CANCELLED'
    GROUP BY kind, identity HAVING count(*) > 1)";

/// What the settings say is kept no longer: paths as seen from the workspace, and hashes.
pub(super) fn purged(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut question = connection.prepare("SELECT path, hash FROM purged_file")?;
    let mut found = BTreeSet::new();
    let mut rows = question.query([])?;
    while let Some(row) = rows.next()? {
        found.extend([row.get::<_, String>(0)?, row.get(1)?]);
    }
    Ok(found)
}

pub(super) fn judge(connection: &Connection, found: &mut Judgement) -> rusqlite::Result<()> {
    for (promise, question) in QUESTIONS {
        let mut question = connection.prepare(question)?;
        for fault in question.query_map([], |row: &Row<'_>| row.get::<_, String>(0))? {
            found.against(promise, fault?);
        }
    }
    for (what, question) in [("source lines", LINES_DOUBLED), ("entries", ENTRIES_DOUBLED)] {
        let doubled = connection.query_row(question, [], |row| super::count(row, 0))?;
        if doubled > 0 {
            found.against(Promise::NoDouble, format!("{doubled} {what} count more often than once"));
            found.doubles += doubled;
        }
    }
    Ok(())
}
