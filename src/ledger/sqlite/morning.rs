//! The book of the morning in `SQLite`: one question for each section, each along an index.

use rusqlite::{Connection, Row, params};

use super::rows::{manufacturer, maybe_moment, money, number, word};
use super::{Connected as _, SqliteLedger};
use crate::diagnostic::Result;
use crate::ledger::{
    Appointment, Brought, CodeCount, FileCount, Morning, MorningBook, Night, Outcome, OwedParts, RefusedFile, Totals,
    Waiting, WaitingBasket, WaitingClaims, WaitingOrders, WaitingWorkOrders,
};
use crate::model::{Errand, ManufacturerId};

impl MorningBook for SqliteLedger {
    fn morning(&self, night: &Night) -> Result<Morning> {
        self.ask(|connection| {
            // All sections tell of one state of the ledger, whatever is written meanwhile.
            let reading = connection.unchecked_transaction()?;
            Ok(Morning {
                files: files(&reading, night)?,
                brought: brought(&reading, night)?,
                answered_claims: answered_claims(&reading, night)?,
                refused: refused(&reading, night)?,
                baskets: baskets(&reading)?,
                orders: orders(&reading, night)?,
                owed: owed(&reading, night)?,
                claims: claims(&reading, night)?,
                repair_drafts: repair_drafts(&reading)?,
                work_orders: work_orders(&reading, night)?,
                appointments: appointments(&reading, night)?,
                solutions: solutions(&reading)?,
            })
        })
    }
}

const FILES: &str = "
    WITH came (errand, outcome, read, accepted, rejected) AS (
    SELECT 'ORDER', CASE status WHEN 'DONE' THEN 'accepted' ELSE lower(status) END, read, accepted, rejected
    FROM import WHERE received_at BETWEEN ?1 AND ?2 AND origin <> 'TYPED'
    UNION ALL
    SELECT 'DEPOSIT', CASE WHEN status IN ('RECEIVED', 'PROCESSING') THEN 'unfinished'
                           WHEN status IN ('DONE', 'SUPERSEDED') THEN 'accepted' ELSE lower(status) END,
        read, accepted, rejected
    FROM deposit WHERE received_at BETWEEN ?1 AND ?2 AND origin <> 'TYPED' AND deleted_at IS NULL
    UNION ALL
    SELECT 'ORDER_RESPONSE', CASE WHEN refused = 0 THEN 'accepted' WHEN taken = 0 THEN 'rejected'
                                  ELSE 'partial' END, taken + refused, taken, refused
    FROM order_response WHERE received_at BETWEEN ?1 AND ?2
    UNION ALL
    SELECT 'CATALOGUE', 'accepted', parts, parts, 0 FROM catalogue_load WHERE loaded_at BETWEEN ?1 AND ?2)
    SELECT errand, outcome, count(*), sum(read), sum(accepted), sum(rejected) FROM came GROUP BY errand, outcome";

fn files(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<FileCount>> {
    let mut statement = connection.prepare(FILES)?;
    let rows = statement.query_map(span(night), |row| {
        Ok(FileCount {
            errand: word(row, 0, Errand::from_name)?,
            outcome: word(row, 1, Outcome::from_name)?,
            files: number(row, 2)?,
            read: number(row, 3)?,
            accepted: number(row, 4)?,
            rejected: number(row, 5)?,
        })
    })?;
    let mut found: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    found.sort_by_key(|each| (each.errand, each.outcome));
    Ok(found)
}

/// The first and the last second of a night.
fn span(night: &Night) -> [i64; 2] {
    [night.since.seconds(), night.until.seconds()]
}

const BROUGHT: &str = "
    SELECT s.manufacturer, sum(s.lines), sum(s.quantity), sum(s.amount)
    FROM import AS i JOIN import_share AS s ON s.import = i.id
    WHERE i.received_at BETWEEN ?1 AND ?2 AND i.origin <> 'TYPED' AND i.status IN ('DONE', 'PARTIAL')
    GROUP BY s.manufacturer ORDER BY s.manufacturer";

fn brought(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<Brought>> {
    let mut statement = connection.prepare(BROUGHT)?;
    let rows = statement
        .query_map(span(night), |row| Ok(Brought { manufacturer: manufacturer(row, 0)?, totals: totals(row)? }))?;
    rows.collect()
}

/// Lines, quantity and amount behind a manufacturer.
fn totals(row: &Row<'_>) -> rusqlite::Result<Totals> {
    Ok(Totals { lines: number(row, 1)?, quantity: number(row, 2)?, amount: money(row, 3)? })
}

const ANSWERED_CLAIMS: &str = "
    SELECT count(*) FROM journal WHERE what = 'entry.answered' AND at BETWEEN ?1 AND ?2";

fn answered_claims(connection: &Connection, night: &Night) -> rusqlite::Result<u64> {
    connection.query_row(ANSWERED_CLAIMS, span(night), |row| number(row, 0))
}

const REFUSED: &str = "
    SELECT 'ORDER', i.id, i.file, i.rejected - i.corrected, i.reports, c.code, c.times
    FROM import AS i LEFT JOIN import_cause AS c ON c.import = i.id
    WHERE i.received_at BETWEEN ?1 AND ?2 AND i.status IN ('PARTIAL', 'REJECTED') AND i.rejected > i.corrected
    UNION ALL
    SELECT 'DEPOSIT', d.id, d.file, d.rejected - d.corrected, d.reports,
    coalesce(c.code, json_extract(nullif(d.refusal, ''), '$.code')), coalesce(c.times, 1)
    FROM deposit AS d LEFT JOIN deposit_cause AS c ON c.deposit = d.id
    WHERE d.received_at BETWEEN ?1 AND ?2 AND d.status IN ('PARTIAL', 'REJECTED') AND d.deleted_at IS NULL
    AND (d.rejected > d.corrected OR d.refusal <> '')
    ORDER BY 4 DESC, 1, 2, 7 DESC, 6";

fn refused(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<RefusedFile>> {
    let mut statement = connection.prepare(REFUSED)?;
    let mut rows = statement.query(span(night))?;
    let mut files: Vec<RefusedFile> = Vec::new();
    while let Some(row) = rows.next()? {
        let (errand, id) = (word(row, 0, Errand::from_name)?, row.get(1)?);
        if files.last().is_none_or(|last| (last.errand, last.number) != (errand, id)) {
            let reports: String = row.get(4)?;
            files.push(RefusedFile {
                errand,
                number: id,
                file: row.get(2)?,
                open: number(row, 3)?,
                causes: Vec::new(),
                reports: (!reports.is_empty()).then(|| reports.into()),
            });
        }
        if let (Some(file), Some(code)) = (files.last_mut(), row.get::<_, Option<String>>(5)?) {
            file.causes.push(CodeCount { code, times: number(row, 6)? });
        }
    }
    Ok(files)
}

const BASKETS: &str = "
    SELECT manufacturer, lines, quantity, amount,
    (SELECT min(i.received_at) FROM source_line AS s JOIN import AS i ON i.id = s.import
     WHERE s.basket_line = (SELECT min(l.id) FROM basket_line AS l
                            WHERE l.manufacturer = basket.manufacturer AND l.state = 'WAITING'))
    FROM basket WHERE lines > 0 ORDER BY manufacturer";

fn baskets(connection: &Connection) -> rusqlite::Result<Vec<WaitingBasket>> {
    let mut statement = connection.prepare(BASKETS)?;
    let rows = statement.query_map([], |row| {
        Ok(WaitingBasket { manufacturer: manufacturer(row, 0)?, totals: totals(row)?, since: maybe_moment(row, 4)? })
    })?;
    rows.collect()
}

/// A count and the moment behind it.
fn waiting(row: &Row<'_>, column: usize) -> rusqlite::Result<Waiting> {
    Ok(Waiting { count: number(row, column)?, since: maybe_moment(row, column + 1)? })
}

const ORDERS: &str = "
    SELECT manufacturer, sum(status <> 'SENT'), min(CASE WHEN status <> 'SENT' THEN created_at END),
    sum(status = 'SENT'), min(CASE WHEN status = 'SENT' THEN sent_at END),
    sum(status = 'SENT' AND sent_at < ?1)
    FROM purchase_order WHERE status IN ('DRAFT', 'ESTIMATED', 'SENT')
    GROUP BY manufacturer ORDER BY manufacturer";

fn orders(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<WaitingOrders>> {
    let mut statement = connection.prepare(ORDERS)?;
    let rows = statement.query_map([night.answered_by.seconds()], |row| {
        Ok(WaitingOrders {
            manufacturer: manufacturer(row, 0)?,
            drafts: waiting(row, 1)?,
            unanswered: waiting(row, 3)?,
            overdue: number(row, 5)?,
        })
    })?;
    rows.collect()
}

/// The conditions name the indexes of back-orders and of promised days word by word.
const OWED: &str = "
    WITH owed (purchase_order, back_order, quantity, late) AS (
    SELECT purchase_order, 1, quantity - received_quantity - cancelled_quantity, 0 FROM order_line
    WHERE status IN ('BACKORDER', 'UNAVAILABLE')
    UNION ALL
    SELECT purchase_order, 0, 0, 1 FROM order_line
    WHERE promised_date > 0 AND status IN ('CONFIRMED', 'UNAVAILABLE', 'BACKORDER', 'SHIPPED')
        AND promised_date < ?1)
    SELECT o.manufacturer, sum(w.back_order), sum(w.quantity), sum(w.late)
    FROM owed AS w JOIN purchase_order AS o ON o.id = w.purchase_order
    WHERE o.status IN ('SENT', 'CONFIRMED', 'PARTLY_SHIPPED', 'SHIPPED')
    GROUP BY o.manufacturer ORDER BY o.manufacturer";

fn owed(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<OwedParts>> {
    let mut statement = connection.prepare(OWED)?;
    let rows = statement.query_map([night.today.number()], |row| {
        Ok(OwedParts {
            manufacturer: manufacturer(row, 0)?,
            back_orders: number(row, 1)?,
            quantity: number(row, 2)?,
            late: number(row, 3)?,
        })
    })?;
    rows.collect()
}

/// Whoever keeps no draft invoices here is not asked for any.
const CLAIMS: &str = "
    SELECT manufacturer, sum(status = 'NOTVALID'), min(CASE status WHEN 'NOTVALID' THEN created_at END),
    sum(status = 'NOTCONFORM'), min(CASE status WHEN 'NOTCONFORM' THEN transmitted_at END),
    sum(status = 'VALID'), min(CASE status WHEN 'VALID' THEN created_at END),
    sum(status IN ('WAITING', 'ARBITRATION')),
    min(CASE WHEN status IN ('WAITING', 'ARBITRATION') THEN transmitted_at END),
    sum(status IN ('WAITING', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED') AND transmitted_at < ?1
        AND EXISTS (SELECT 1 FROM draft_invoice))
    FROM entry INDEXED BY entry_claim_open
    WHERE draft_invoice IS NULL
    AND status IN ('NOTVALID', 'VALID', 'NOTCONFORM', 'WAITING', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED')
    GROUP BY manufacturer ORDER BY manufacturer";

fn claims(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<WaitingClaims>> {
    let mut statement = connection.prepare(CLAIMS)?;
    let rows = statement.query_map([night.invoiced_by.seconds()], |row| {
        Ok(WaitingClaims {
            manufacturer: maybe_manufacturer(row, 0)?,
            drafts: waiting(row, 1)?,
            sent_back: waiting(row, 3)?,
            ready: waiting(row, 5)?,
            unanswered: waiting(row, 7)?,
            uninvoiced: number(row, 9)?,
        })
    })?;
    rows.collect()
}

fn maybe_manufacturer(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ManufacturerId>> {
    row.get::<_, Option<i64>>(column)?.map(|_| manufacturer(row, column)).transpose()
}

const REPAIR_DRAFTS: &str = "
    SELECT count(*), min(created_at) FROM entry INDEXED BY entry_repair_draft WHERE kind = 'repairs' AND NOT valid AND body IS NOT NULL";

fn repair_drafts(connection: &Connection) -> rusqlite::Result<Waiting> {
    connection.query_row(REPAIR_DRAFTS, [], |row| waiting(row, 0))
}

const WORK_ORDERS: &str = "
    WITH found (manufacturer, arrived, undecided, received_at, overdue, due_soon, next) AS (
    SELECT manufacturer, 1, 0, NULL, 0, 0, NULL FROM work_order WHERE received_at BETWEEN ?1 AND ?2
    UNION ALL
    SELECT manufacturer, 0, 1, received_at, coalesce(deadline < ?2, 0),
        coalesce(deadline BETWEEN ?2 AND ?3 - 1, 0), CASE WHEN deadline >= ?2 THEN deadline END
    FROM work_order WHERE status = 'NEW')
    SELECT manufacturer, sum(arrived), sum(undecided), min(received_at), sum(overdue), sum(due_soon), min(next)
    FROM found GROUP BY manufacturer ORDER BY manufacturer";

fn work_orders(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<WaitingWorkOrders>> {
    let mut statement = connection.prepare(WORK_ORDERS)?;
    let values = params![night.since.seconds(), night.until.seconds(), night.soon.seconds()];
    let rows = statement.query_map(values, |row| {
        Ok(WaitingWorkOrders {
            manufacturer: manufacturer(row, 0)?,
            arrived: number(row, 1)?,
            undecided: waiting(row, 2)?,
            overdue: number(row, 4)?,
            due_soon: number(row, 5)?,
            next: maybe_moment(row, 6)?,
        })
    })?;
    rows.collect()
}

/// What was agreed last counts. Repair files that are planned are few, whatever else the ledger holds.
const APPOINTMENTS: &str = "
    WITH planned AS (
    SELECT e.id, e.manufacturer, e.report_number,
        (SELECT s.value ->> 'AppointmentDate' FROM json_each(e.body, '$.StateNatures') AS s
         WHERE s.value ->> 'AppointmentDate' IS NOT NULL ORDER BY s.key DESC LIMIT 1) AS date
    FROM entry AS e WHERE e.kind = 'repairs' AND e.status = 'PLANNED' AND e.body IS NOT NULL)
    SELECT id, manufacturer, report_number, date FROM planned WHERE substr(date, 1, 10) = ?1 ORDER BY date, id";

fn appointments(connection: &Connection, night: &Night) -> rusqlite::Result<Vec<Appointment>> {
    let mut statement = connection.prepare(APPOINTMENTS)?;
    let rows = statement.query_map([night.today.to_string()], |row| {
        Ok(Appointment {
            repair: row.get(0)?,
            manufacturer: maybe_manufacturer(row, 1)?,
            report_number: row.get(2)?,
            at: row.get(3)?,
        })
    })?;
    rows.collect()
}

const SOLUTIONS: &str = "
    SELECT count(*), min(created_at) FROM solution WHERE status = 'TRANSMITTED'";

fn solutions(connection: &Connection) -> rusqlite::Result<Waiting> {
    connection.query_row(SOLUTIONS, [], |row| waiting(row, 0))
}

/// Every question, for a look at how it is answered.
#[cfg(test)]
pub(super) const QUESTIONS: [&str; 12] = [
    FILES,
    BROUGHT,
    ANSWERED_CLAIMS,
    REFUSED,
    BASKETS,
    ORDERS,
    OWED,
    CLAIMS,
    REPAIR_DRAFTS,
    WORK_ORDERS,
    APPOINTMENTS,
    SOLUTIONS,
];
