//! The book of imports in `SQLite`.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::rows::{count, day, moment, number, word};
use super::totals::{self, Share};
use super::{Connected, SqliteLedger, earlier, record};
use crate::diagnostic::Result;
use crate::ledger::{
    Earlier, EarlierLine, HeldImport, ImportBatch, ImportBook, ImportEntry, ImportHead, ImportId, ImportOrigin,
    ImportRecord, ImportStatus, KnownImports, OrderHead, RefusedLine, SourceLine, Stamp,
};
use crate::model::{ManufacturerId, Moment};

/// The columns of an [`ImportEntry`], in the order in which [`entry`] reads them.
const ENTRY: &str = "id, parent, origin, status, file, hash, format, settings, received_at, received_by, read, accepted, \
                     rejected, ignored, corrected, customer_code, file_reference, reports";

fn entry(row: &Row<'_>) -> rusqlite::Result<ImportEntry> {
    let (customer, reference): (String, String) = (row.get(15)?, row.get(16)?);
    let reports: String = row.get(17)?;
    Ok(ImportEntry {
        id: ImportId(row.get(0)?),
        parent: row.get::<_, Option<i64>>(1)?.map(ImportId),
        origin: word(row, 2, ImportOrigin::from_name)?,
        status: word(row, 3, ImportStatus::from_name)?,
        file: row.get(4)?,
        hash: row.get(5)?,
        format: row.get(6)?,
        settings: row.get(7)?,
        received_at: moment(row, 8)?,
        received_by: row.get(9)?,
        read: number(row, 10)?,
        accepted: number(row, 11)?,
        rejected: number(row, 12)?,
        ignored: number(row, 13)?,
        corrected: number(row, 14)?,
        reference: (!reference.is_empty()).then_some((customer, reference)),
        reports: (!reports.is_empty()).then(|| PathBuf::from(reports)),
    })
}

/// The first import for which a condition holds and whose lines count.
pub(super) fn import_where(
    connection: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> rusqlite::Result<Option<ImportEntry>> {
    let question =
        format!("SELECT {ENTRY} FROM import WHERE {condition} AND status IN ('DONE', 'PARTIAL') ORDER BY id LIMIT 1");
    connection.prepare_cached(&question)?.query_row(values, entry).optional()
}

impl<T: Connected> KnownImports for T {
    fn import_of_bytes(&self, hash: &str) -> Result<Option<ImportEntry>> {
        self.ask(|connection| import_where(connection, "hash = ?1", [hash]))
    }

    fn import_of_content(&self, content: &str) -> Result<Option<ImportEntry>> {
        self.ask(|connection| import_where(connection, "content = ?1", [content]))
    }

    fn import_of_reference(&self, customer_code: &str, file_reference: &str) -> Result<Option<ImportEntry>> {
        let condition = "file_reference = ?1 AND file_reference <> '' AND customer_code = ?2";
        self.ask(|connection| import_where(connection, condition, [file_reference, customer_code]))
    }

    fn refused_lines(&self, id: ImportId) -> Result<Vec<RefusedLine>> {
        self.ask(|connection| {
            let mut statement = connection
                .prepare("SELECT line, record_hash, corrected_by FROM refused_line WHERE import = ?1 ORDER BY line")?;
            let rows = statement.query_map([id.0], |row| {
                Ok(RefusedLine {
                    line: number(row, 0)?,
                    record_hash: row.get::<_, i64>(1)?.cast_unsigned(),
                    corrected_by: row.get::<_, Option<i64>>(2)?.map(ImportId),
                })
            })?;
            rows.collect()
        })
    }

    fn earlier_lines(&self, since: Moment, family: Option<ImportId>) -> Result<Box<dyn Earlier>> {
        earlier::EarlierLines::since(self.path(), since, family).map(|lines| Box::new(lines) as Box<dyn Earlier>)
    }

    fn earlier_line(&self, since: Moment, key: i64, line: &SourceLine<'_>) -> Result<Option<EarlierLine>> {
        self.ask(|connection| {
            // Nearly no line has one.
            let is_any: bool = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM source_line WHERE need = ?1)")?
                .query_row([key], |row| row.get(0))?;
            if is_any { earlier::line_for(connection, since, key, line) } else { Ok(None) }
        })
    }
}

impl ImportBook for SqliteLedger {
    fn import_to_correct(&self, hash: &str) -> Result<Option<ImportEntry>> {
        let question = format!(
            "SELECT {ENTRY} FROM import WHERE hash = ?1 AND status IN ('DONE', 'PARTIAL', 'REJECTED')
             ORDER BY id DESC LIMIT 1"
        );
        self.ask(|connection| connection.query_row(&question, [hash], entry).optional())
    }

    fn import(&self, id: ImportId) -> Result<Option<ImportEntry>> {
        let question = format!("SELECT {ENTRY} FROM import WHERE id = ?1");
        self.ask(|connection| connection.query_row(&question, [id.0], entry).optional())
    }

    fn imports(&self) -> Result<Vec<ImportEntry>> {
        let question = format!("SELECT {ENTRY} FROM import ORDER BY id DESC");
        self.ask(|connection| connection.prepare(&question)?.query_map([], entry)?.collect())
    }

    fn begin_import<'l>(&'l mut self, head: &ImportHead) -> Result<Box<dyn ImportRecord + 'l>> {
        record::Record::begin(&mut self.connection, &self.path, head).map(|record| Box::new(record) as _)
    }

    fn begin_batch<'l>(&'l mut self) -> Result<Box<dyn ImportBatch + 'l>> {
        record::Records::begin(&mut self.connection, &self.path).map(|records| Box::new(records) as _)
    }

    fn note_duplicate(&mut self, head: &ImportHead, of: ImportId) -> Result<ImportId> {
        self.change(|transaction| insert_duplicate(transaction, head, of))
    }

    fn undo_import(&mut self, id: ImportId, stamp: &Stamp) -> Result<std::result::Result<u64, Vec<u64>>> {
        self.change(|transaction| {
            let imports = with_corrections(transaction, id)?;
            let mut ordered = Vec::new();
            for each in &imports {
                ordered.extend(ordered_lines(transaction, *each)?);
            }
            if !ordered.is_empty() {
                return Ok(Err(ordered));
            }
            let mut lines = 0;
            // The corrections first: a basket line that both have a share in goes with the last.
            for each in imports.iter().rev() {
                let taken = take_back(transaction, *each)?;
                lines += taken;
                free_corrected(transaction, *each)?;
                transaction.execute("UPDATE import SET status = 'UNDONE' WHERE id = ?1", [each.0])?;
                note(transaction, stamp, "import.undone", &each.0.to_string(), &format!("{{\"lines\":{taken}}}"))?;
            }
            Ok(Ok(lines))
        })
    }

    fn held_imports(&self) -> Result<Vec<HeldImport>> {
        self.ask(|connection| {
            let mut statement =
                connection.prepare("SELECT id, reports FROM import WHERE reports_pending ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok(HeldImport { id: ImportId(row.get(0)?), reports: PathBuf::from(row.get::<_, String>(1)?) })
            })?;
            rows.collect()
        })
    }

    fn release_reports(&mut self, ids: &[ImportId]) -> Result<()> {
        self.change(|transaction| {
            let mut statement = transaction.prepare("UPDATE import SET reports_pending = 0 WHERE id = ?1")?;
            ids.iter().try_for_each(|id| statement.execute([id.0]).map(drop))
        })
    }

    fn order_heads(&self, manufacturer: ManufacturerId) -> Result<Vec<OrderHead>> {
        self.ask(|connection| {
            // The newest file that names an order says what counts.
            let mut statement = connection.prepare(
                "SELECT h.customer_order_number, h.delivery_account, h.delivery_option, h.desired_delivery_date,
                        h.comment, h.address
                 FROM order_head AS h JOIN import AS i ON i.id = h.import
                 WHERE h.manufacturer = ?1 AND i.status IN ('DONE', 'PARTIAL') ORDER BY h.import DESC",
            )?;
            let rows = statement.query_map([manufacturer.0], |row| {
                Ok(OrderHead {
                    manufacturer: manufacturer.0,
                    customer_order_number: row.get(0)?,
                    delivery_account: row.get(1)?,
                    delivery_option: row.get(2)?,
                    desired_delivery_date: day(row, 3)?,
                    comment: row.get(4)?,
                    address: row.get(5)?,
                })
            })?;
            rows.collect()
        })
    }

    fn import_at(&self, reports: &Path) -> Result<Option<ImportId>> {
        let reports = reports.to_string_lossy();
        self.ask(|connection| {
            connection
                .query_row("SELECT id FROM import WHERE reports = ?1 ORDER BY id DESC LIMIT 1", [&*reports], |row| {
                    row.get(0).map(ImportId)
                })
                .optional()
        })
    }
}

/// Adds an import whose numbers are not known yet.
pub(super) fn insert(connection: &Connection, head: &ImportHead, status: ImportStatus) -> rusqlite::Result<i64> {
    let (customer, reference) = head.reference.clone().unwrap_or_default();
    let mut statement = connection.prepare_cached(
        "INSERT INTO import (parent, origin, status, file, hash, content, bytes, format, format_hash, settings,
                             received_at, received_by, read, accepted, rejected, ignored, customer_code,
                             file_reference, reports)
         VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, ?9, ?10, ?11, 0, 0, 0, 0, ?12, ?13, '')",
    )?;
    statement.execute(params![
        head.parent.map(|parent| parent.0),
        head.origin.name(),
        status.name(),
        head.file,
        head.hash,
        count(head.bytes),
        head.format,
        head.format_hash,
        head.settings,
        head.stamp.at.seconds(),
        head.stamp.by,
        customer,
        reference,
    ])?;
    Ok(connection.last_insert_rowid())
}

/// Adds a file that was there already.
pub(super) fn insert_duplicate(connection: &Connection, head: &ImportHead, of: ImportId) -> rusqlite::Result<ImportId> {
    let head = ImportHead { parent: Some(of), ..head.clone() };
    insert(connection, &head, ImportStatus::Duplicate).map(ImportId)
}

/// Writes something down that was done.
pub(super) fn note(
    connection: &Connection,
    stamp: &Stamp,
    what: &str,
    subject: &str,
    detail: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO journal (at, by, what, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![stamp.at.seconds(), stamp.by, what, subject, detail])?;
    Ok(())
}

/// An import and everything that corrects it, in the order in which they came.
fn with_corrections(connection: &Connection, id: ImportId) -> rusqlite::Result<Vec<ImportId>> {
    let mut statement = connection.prepare(
        "WITH RECURSIVE family (id) AS (
             SELECT ?1 UNION SELECT i.id FROM import AS i JOIN family AS f ON i.parent = f.id
             WHERE i.origin = 'CORRECTION' AND i.status IN ('DONE', 'PARTIAL', 'REJECTED'))
         SELECT id FROM family ORDER BY id",
    )?;
    statement.query_map([id.0], |row| row.get(0).map(ImportId))?.collect()
}

/// What an import corrected is refused again.
fn free_corrected(connection: &Connection, id: ImportId) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE import SET corrected = corrected
             - (SELECT count(*) FROM refused_line AS r WHERE r.import = import.id AND r.corrected_by = ?1)
         WHERE id IN (SELECT import FROM refused_line WHERE corrected_by = ?1)",
        [id.0],
    )?;
    connection.execute("UPDATE refused_line SET corrected_by = NULL WHERE corrected_by = ?1", [id.0])?;
    connection.execute(
        "UPDATE import SET status = 'REJECTED' WHERE status = 'PARTIAL' AND accepted = 0 AND corrected = 0",
        [],
    )?;
    Ok(())
}

/// The source lines of an import whose basket lines are ordered.
fn ordered_lines(connection: &Connection, id: ImportId) -> rusqlite::Result<Vec<u64>> {
    let mut statement = connection.prepare(
        "SELECT s.line FROM source_line AS s JOIN basket_line AS l ON l.id = s.basket_line
         WHERE s.import = ?1 AND l.state = 'ORDERED' ORDER BY s.line",
    )?;
    statement.query_map([id.0], |row| number(row, 0))?.collect()
}

/// Takes every line of an import out of the baskets and tells how many there were.
fn take_back(connection: &Connection, id: ImportId) -> rusqlite::Result<u64> {
    let before = waiting_shares(connection, id)?;
    // A basket line keeps what other imports want of it; what was changed by hand goes with its last source line.
    connection.execute_batch("CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY, quantity INTEGER)")?;
    connection.execute("DELETE FROM touched", [])?;
    connection.execute(
        "INSERT INTO touched SELECT basket_line, sum(quantity) FROM source_line WHERE import = ?1 GROUP BY basket_line",
        [id.0],
    )?;
    let after_only = "SELECT t.id FROM touched AS t WHERE NOT EXISTS (
                          SELECT 1 FROM source_line AS s WHERE s.basket_line = t.id AND s.import <> ?1)";
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS emptied (id INTEGER PRIMARY KEY)", [])?;
    connection.execute("DELETE FROM emptied", [])?;
    connection.execute(&format!("INSERT INTO emptied {after_only}"), [id.0])?;
    let lines = connection.execute("DELETE FROM source_line WHERE import = ?1", [id.0])?;
    connection.execute("DELETE FROM basket_line WHERE id IN (SELECT id FROM emptied)", [])?;
    // A quantity that was lowered by hand may be less than what is taken back: one stays, as the other files want it.
    connection.execute(
        "UPDATE basket_line AS l SET
             adjusted = max(l.quantity - t.quantity, 1) - (l.quantity - l.adjusted - t.quantity),
             quantity = max(l.quantity - t.quantity, 1)
         FROM touched AS t WHERE l.id = t.id",
        [],
    )?;
    let after = waiting_shares_of_touched(connection)?;
    connection.execute_batch("DROP TABLE touched; DROP TABLE emptied")?;
    for (manufacturer, share) in before {
        totals::add(connection, manufacturer, Share::default().minus(share))?;
    }
    for (manufacturer, share) in after {
        totals::add(connection, manufacturer, share)?;
    }
    Ok(u64::try_from(lines).unwrap_or(u64::MAX))
}

/// What the waiting basket lines that an import has a share in come to, whole.
fn waiting_shares(connection: &Connection, id: ImportId) -> rusqlite::Result<Vec<(ManufacturerId, Share)>> {
    shares(connection, &format!("(SELECT basket_line FROM source_line WHERE import = {})", id.0))
}

fn waiting_shares_of_touched(connection: &Connection) -> rusqlite::Result<Vec<(ManufacturerId, Share)>> {
    shares(connection, "(SELECT id FROM touched)")
}

fn shares(connection: &Connection, among: &str) -> rusqlite::Result<Vec<(ManufacturerId, Share)>> {
    let mut statement = connection.prepare(&format!(
        "SELECT manufacturer, count(*), sum(quantity), sum(quantity * unit_price) FROM basket_line
         WHERE id IN {among} AND state = 'WAITING' GROUP BY manufacturer"
    ))?;
    let rows = statement.query_map([], |row| {
        let share = Share { lines: row.get(1)?, quantity: row.get(2)?, amount: row.get(3)? };
        Ok((super::rows::manufacturer(row, 0)?, share))
    })?;
    rows.collect()
}
