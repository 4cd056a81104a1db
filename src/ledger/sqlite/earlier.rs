//! Lines of earlier files, looked for while a file is judged by many threads.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::refusal;
use super::rows::{moment, number};
use crate::diagnostic::Result;
use crate::ledger::{Earlier, EarlierLine, ImportId, Need};
use crate::model::{ManufacturerId, Moment};

/// The keys of needs are held in memory, so that nearly every line is answered without asking; who hits is asked for.
pub(super) struct EarlierLines {
    /// Keys with their source lines, sorted.
    lines: Vec<(i64, i64)>,
    /// A connection of its own: the ledger's is writing.
    connection: Mutex<Connection>,
    path: PathBuf,
}

impl EarlierLines {
    /// The lines that came since a moment, but for those of an import, its parent and its corrections.
    pub(super) fn since(path: &Path, since: Moment, family: Option<ImportId>) -> Result<Self> {
        let failed = |error| refusal(path, &error);
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        connection.busy_timeout(super::patience()).map_err(failed)?;
        let lines = read(&connection, since, family).map_err(failed)?;
        Ok(Self { lines, connection: Mutex::new(connection), path: path.to_owned() })
    }
}

fn read(connection: &Connection, since: Moment, family: Option<ImportId>) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare(
        "SELECT s.need, s.id FROM import AS i JOIN source_line AS s ON s.import = i.id
         WHERE i.received_at >= ?1 AND i.status IN ('DONE', 'PARTIAL') AND s.need IS NOT NULL
             AND i.id NOT IN (
                 WITH RECURSIVE root (id, parent) AS (
                     SELECT id, parent FROM import WHERE id = ?2
                     UNION SELECT i.id, i.parent FROM import AS i JOIN root AS r ON i.id = r.parent),
                 family (id) AS (
                     SELECT id FROM root UNION SELECT i.id FROM import AS i JOIN family AS f ON i.parent = f.id)
                 SELECT id FROM family)",
    )?;
    let rows =
        statement.query_map(params![since.seconds(), family.map(|id| id.0)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut lines: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    lines.sort_unstable();
    Ok(lines)
}

impl EarlierLines {
    /// The last source line with a key.
    fn last(&self, key: i64) -> Option<i64> {
        let behind = self.lines.partition_point(|(each, _)| *each <= key);
        self.lines[..behind].last().filter(|(each, _)| *each == key).map(|(_, id)| *id)
    }
}

impl Earlier for EarlierLines {
    fn find(&self, manufacturer: ManufacturerId, reference: &str, need: &Need<'_>) -> Result<Option<EarlierLine>> {
        if self.lines.is_empty() {
            return Ok(None);
        }
        let Some(id) = need.key(manufacturer, reference).and_then(|key| self.last(key)) else { return Ok(None) };
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Other needs may have the same key; these texts settle it. Of what was purged the key alone is left.
        let question = "SELECT i.file, s.line, i.received_at
             FROM source_line AS s JOIN import AS i ON i.id = s.import JOIN basket_line AS l ON l.id = s.basket_line
             WHERE s.id = ?1 AND coalesce(l.asked_manufacturer, l.manufacturer) = ?2
                 AND coalesce(l.asked_reference, l.reference) = ?3 AND l.state <> 'REMOVED'
                 AND (i.persons_purged_at IS NOT NULL OR i.contents_purged_at IS NOT NULL
                     OR (s.delivery_account, s.customer_order_number, s.work_order, s.countermark) = (?4, ?5, ?6, ?7))";
        let values = params![
            id,
            manufacturer.0,
            reference,
            need.delivery_account,
            need.customer_order_number,
            need.work_order,
            need.countermark
        ];
        let found = connection.prepare_cached(question).and_then(|mut statement| {
            statement
                .query_row(values, |row| {
                    Ok(EarlierLine { file: row.get(0)?, line: number(row, 1)?, received_at: moment(row, 2)? })
                })
                .optional()
        });
        found.map_err(|error| refusal(&self.path, &error))
    }
}
