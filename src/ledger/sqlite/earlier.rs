//! Lines of earlier files, looked for while a file is judged by many threads.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::refusal;
use super::rows::{moment, number};
use crate::diagnostic::Result;
use crate::ledger::{Earlier, EarlierLine, ImportId, Need, SourceLine};
use crate::model::{ManufacturerId, Moment};

/// How often the ledger is asked before the keys of all needs are held in memory: for a short file that would cost more than
/// its lines.
const ASKED: usize = 2_000;

/// Who asks often has the keys of needs held in memory, so that nearly every line is answered without asking; who hits is
/// asked for.
pub(super) struct EarlierLines {
    /// Keys with their source lines, sorted, as soon as they are held.
    lines: OnceLock<Vec<(i64, i64)>>,
    /// How many lines were asked for.
    asked: AtomicUsize,
    since: Moment,
    family: Option<ImportId>,
    /// A connection of its own: the ledger's is writing.
    connection: Mutex<Connection>,
    path: PathBuf,
}

/// The imports whose lines count: those of a time, but for an import, its parent and its corrections.
const IMPORTS: &str = "i.received_at >= ?1 AND i.status IN ('DONE', 'PARTIAL')
     AND i.id NOT IN (
         WITH RECURSIVE root (id, parent) AS (
             SELECT id, parent FROM import WHERE id = ?2
             UNION SELECT i.id, i.parent FROM import AS i JOIN root AS r ON i.id = r.parent),
         family (id) AS (
             SELECT id FROM root UNION SELECT i.id FROM import AS i JOIN family AS f ON i.parent = f.id)
         SELECT id FROM family)";

impl EarlierLines {
    /// The lines that came since a moment, but for those of an import, its parent and its corrections.
    pub(super) fn since(path: &Path, since: Moment, family: Option<ImportId>) -> Result<Self> {
        let failed = |error| refusal(path, &error);
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        connection.busy_timeout(super::patience()).map_err(failed)?;
        Ok(Self {
            lines: OnceLock::new(),
            asked: AtomicUsize::new(0),
            since,
            family,
            connection: Mutex::new(connection),
            path: path.to_owned(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last source line with a key, asked of the ledger, or of the keys if that is done too often.
    fn ask(&self, key: i64) -> rusqlite::Result<Option<i64>> {
        let connection = self.connection();
        if self.asked.fetch_add(1, Ordering::Relaxed) >= ASKED {
            return Ok(last_of(self.held(&connection)?, key));
        }
        last_line(&connection, self.since, self.family, key)
    }

    /// The keys, held from now on. Whoever has the connection is the only one who reads them.
    fn held(&self, connection: &Connection) -> rusqlite::Result<&[(i64, i64)]> {
        if let Some(lines) = self.lines.get() {
            return Ok(lines);
        }
        let mut statement = connection.prepare(&format!(
            "SELECT s.need, s.id FROM import AS i JOIN source_line AS s ON s.import = i.id
             WHERE s.need IS NOT NULL AND {IMPORTS}"
        ))?;
        let values = params![self.since.seconds(), self.family.map(|id| id.0)];
        let rows = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut lines: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        lines.sort_unstable();
        Ok(self.lines.get_or_init(|| lines))
    }
}

/// The last source line with a key.
fn last_of(lines: &[(i64, i64)], key: i64) -> Option<i64> {
    let behind = lines.partition_point(|(each, _)| *each <= key);
    lines[..behind].last().filter(|(each, _)| *each == key).map(|(_, id)| *id)
}

impl Earlier for EarlierLines {
    fn find(&self, manufacturer: ManufacturerId, reference: &str, need: &Need<'_>) -> Result<Option<EarlierLine>> {
        let Some(key) = need.key(manufacturer, reference) else { return Ok(None) };
        let failed = |error| refusal(&self.path, &error);
        let last = match self.lines.get() {
            Some(lines) => last_of(lines, key),
            None => self.ask(key).map_err(failed)?,
        };
        let Some(id) = last else { return Ok(None) };
        let connection = self.connection();
        line_at(&connection, id, manufacturer, reference, need).map_err(failed)
    }
}

/// The last source line with a key, among those of a time and of other imports than the family.
fn last_line(
    connection: &Connection,
    since: Moment,
    family: Option<ImportId>,
    key: i64,
) -> rusqlite::Result<Option<i64>> {
    let question = format!(
        "SELECT max(s.id) FROM source_line AS s JOIN import AS i ON i.id = s.import WHERE s.need = ?3 AND {IMPORTS}"
    );
    let values = params![since.seconds(), family.map(|id| id.0), key];
    connection.prepare_cached(&question)?.query_row(values, |row| row.get(0))
}

/// A source line, if it brought this part for this need: other needs may have the same key, and the texts settle it. Of
/// what was purged the key alone is left.
fn line_at(
    connection: &Connection,
    id: i64,
    manufacturer: ManufacturerId,
    reference: &str,
    need: &Need<'_>,
) -> rusqlite::Result<Option<EarlierLine>> {
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
    connection
        .prepare_cached(question)?
        .query_row(values, |row| {
            Ok(EarlierLine { file: row.get(0)?, line: number(row, 1)?, received_at: moment(row, 2)? })
        })
        .optional()
}

/// The line that brought what a line brings, for the same need, since a moment.
pub(super) fn line_for(
    connection: &Connection,
    since: Moment,
    key: i64,
    line: &SourceLine<'_>,
) -> rusqlite::Result<Option<EarlierLine>> {
    match last_line(connection, since, None, key)? {
        Some(id) => line_at(connection, id, line.manufacturer, line.reference, &line.need),
        None => Ok(None),
    }
}
