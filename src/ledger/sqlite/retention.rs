//! The book of retention in `SQLite`.
//!
//! Whatever is erased is overwritten, and leaves the log of changes at the end; pieces of at most [`PIECE`] rows are transactions of their own, so
//! that nobody waits long. A run that is killed in between has purged less, and the next one goes on.

use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::entry::{from_json, to_json};
use super::import::note;
use super::rows::{count, number, word};
use super::{Connected as _, SqliteLedger};
use crate::diagnostic::Result;
use crate::ledger::{FileRemoval, Owner, Persons, PurgedTexts, Reach, RetentionBook, Stamp, Tenure, Voice};
use crate::model::{DepositKind, Moment, WorkOrderField};

/// How much is purged at once.
const PIECE: i64 = 1000;

/// A claim `@` of which nobody expects anything any more.
const CLAIM_SETTLED: &str = "(@.status IN ('CLOSEDACCEPTED', 'REFUSED', 'CANCELLED')
     OR (@.status = 'ACCEPTED' AND @.draft_invoice IS NOT NULL))";

/// An import `i` none of whose lines waits in a basket or in an order that is open.
const IMPORT_FINISHED: &str = "NOT i.reports_pending AND NOT EXISTS (
     SELECT 1 FROM source_line AS s JOIN basket_line AS l ON l.id = s.basket_line
         LEFT JOIN order_line AS o ON o.basket_line = l.id LEFT JOIN purchase_order AS p ON p.id = o.purchase_order
     WHERE s.import = i.id AND (l.state = 'WAITING' OR (l.state = 'ORDERED'
         AND coalesce(p.status, '') NOT IN ('RECEIVED', 'REJECTED', 'CANCELLED'))))";

/// An order `o` to which nothing comes any more.
const ORDER_FINISHED: &str = "o.status IN ('RECEIVED', 'REJECTED', 'CANCELLED') AND NOT o.document_pending";

/// A claim or repair file `@` to which nothing comes any more.
fn entry_finished(alias: &str) -> String {
    let (own, other) = (CLAIM_SETTLED.replace('@', alias), CLAIM_SETTLED.replace('@', "c"));
    format!(
        "(CASE {alias}.kind WHEN 'claims' THEN {own} ELSE {alias}.status = 'CLOSED_WITHOUT_CLAIM'
              OR ({alias}.status = 'CLOSED_WITH_CLAIM'
                  AND EXISTS (SELECT 1 FROM entry AS c WHERE c.id = {alias}.counterpart AND {other})) END
          AND NOT EXISTS (SELECT 1 FROM outbox AS b WHERE b.entry = {alias}.id AND b.body IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM solution AS q WHERE q.entry = {alias}.id AND q.status <> 'ANSWERED')
          AND NOT EXISTS (SELECT 1 FROM work_order AS m WHERE m.entry = {alias}.id AND m.status <> 'CLOSED'))"
    )
}

/// A deposit `d` that was read to its end, of which nothing waits for its correction and every entry is finished.
fn deposit_finished() -> String {
    format!(
        "d.status NOT IN ('RECEIVED', 'PROCESSING', 'PARTIAL') AND NOT d.reports_pending AND NOT EXISTS (
             SELECT 1 FROM entry AS e WHERE (e.deposit = d.id OR e.amended_by = d.id) AND e.body IS NOT NULL
                 AND NOT {})",
        entry_finished("e")
    )
}

/// The table `t` in which persons are spoken of, when its rows were changed last, and which of them are finished.
fn spoken(voice: Voice) -> (&'static str, &'static str, String) {
    match voice {
        Voice::Entry => {
            ("entry", "t.body IS NOT NULL AND t.changed_at < ?1 AND t.contents_purged_at IS NULL", entry_finished("t"))
        }
        Voice::Solution => (
            "solution",
            "t.created_at < ?1 AND t.contents_purged_at IS NULL",
            format!(
                "t.status = 'ANSWERED' AND (t.entry IS NULL
                     OR EXISTS (SELECT 1 FROM entry AS e WHERE e.id = t.entry AND {}))",
                entry_finished("e")
            ),
        ),
        Voice::WorkOrder => (
            "work_order",
            "max(t.received_at, coalesce(t.decided_at, 0)) < ?1 AND t.contents_purged_at IS NULL",
            format!(
                "t.status IN ('CLOSED', 'REFUSED') AND (t.entry IS NULL
                     OR EXISTS (SELECT 1 FROM entry AS e WHERE e.id = t.entry AND e.changed_at < ?1 AND {}))",
                entry_finished("e")
            ),
        ),
    }
}

/// Which rows of such a table are to be purged.
fn due(voice: Voice, reach: Reach) -> (&'static str, String) {
    let (table, old, finished) = spoken(voice);
    let wanted = match reach {
        Reach::Persons => " AND t.persons_purged_at IS NULL",
        Reach::Contents => "",
    };
    (table, format!("{old}{wanted} AND {finished}"))
}

/// Which imports `i` are to be purged.
fn imports_due(reach: Reach) -> String {
    let wanted = match reach {
        Reach::Persons => " AND i.persons_purged_at IS NULL",
        Reach::Contents => "",
    };
    format!("i.received_at < ?1 AND i.contents_purged_at IS NULL{wanted} AND {IMPORT_FINISHED}")
}

/// Which orders `o` say more than numbers.
fn orders_due() -> String {
    format!("o.created_at < ?1 AND (o.comment <> '' OR o.address <> '') AND {ORDER_FINISHED}")
}

/// What is left of everything that was said.
fn emptied(voice: Voice) -> String {
    match voice {
        Voice::Entry => "body = '{}', faults = '[]', remarks = '[]'".to_owned(),
        Voice::Solution => "body = '{}', answer = '', faults = '[]'".to_owned(),
        Voice::WorkOrder => {
            // What it is called by stays: it may come once more.
            let names = [WorkOrderField::MandateId, WorkOrderField::OrderMission, WorkOrderField::ManufacturerId];
            let members: Vec<_> = names.iter().map(|field| format!("'{0}', body -> '$.{0}'", field.name())).collect();
            format!("body = json_object({}), product = '', zip = '', refusal_reason = ''", members.join(", "))
        }
    }
}

fn how_many(connection: &Connection, question: &str, values: impl Params) -> rusqlite::Result<u64> {
    connection.prepare(question)?.query_row(values, |row| number(row, 0))
}

/// How many there are of each, with what decides about rows of each table.
fn counted(
    connection: &Connection,
    before: Moment,
    rows: impl Fn(Voice) -> (&'static str, String),
    imports: &str,
    orders: &str,
) -> rusqlite::Result<PurgedTexts> {
    let values = [before.seconds()];
    let mut found = PurgedTexts {
        imports: how_many(connection, &format!("SELECT count(*) FROM import AS i WHERE {imports}"), values)?,
        orders: how_many(connection, &format!("SELECT count(*) FROM purchase_order AS o WHERE {orders}"), values)?,
        ..PurgedTexts::default()
    };
    for voice in Voice::ALL {
        let (table, condition) = rows(voice);
        let question = format!("SELECT count(*) FROM {table} AS t WHERE {condition}");
        *found.of(voice) = how_many(connection, &question, values)?;
    }
    Ok(found)
}

impl SqliteLedger {
    /// Changes pieces until there is nothing left to change, and counts what was.
    fn purge_pieces(&mut self, statement: &str, values: &[&dyn ToSql]) -> Result<u64> {
        let mut purged = 0;
        loop {
            let some = self.change(|transaction| transaction.prepare_cached(statement)?.execute(values))?;
            if some == 0 {
                return Ok(purged);
            }
            purged += some as u64;
        }
    }

    /// Purges imports, one by one.
    fn purge_imports(&mut self, reach: Reach, before: Moment, stamp: &Stamp) -> Result<u64> {
        let question = format!("SELECT i.id FROM import AS i WHERE {} ORDER BY i.id", imports_due(reach));
        let imports: Vec<i64> = self.ask(|connection| {
            connection.prepare(&question)?.query_map([before.seconds()], |row| row.get(0))?.collect()
        })?;
        for import in &imports {
            self.change(|transaction| purge_import(transaction, *import, reach, stamp))?;
        }
        Ok(imports.len() as u64)
    }
}

/// Purges what the lines of an import say beyond part and quantity, piece by piece: whatever a statement changes is held in
/// memory until it ends. A line of a basket loses its texts with the last of the imports that have a share in it.
fn purge_import(connection: &Connection, import: i64, reach: Reach, stamp: &Stamp) -> rusqlite::Result<()> {
    const PERSONS: &str = "comment = '', countermark = ''";
    const ALL: &str =
        "comment = '', countermark = '', customer_order_number = '', work_order = '', delivery_account = ''";
    let (column, texts) = match reach {
        Reach::Persons => ("persons_purged_at", PERSONS),
        Reach::Contents => ("contents_purged_at", ALL),
    };
    connection
        .execute(&format!("UPDATE import SET {column} = ?2 WHERE id = ?1"), params![import, stamp.at.seconds()])?;
    connection.execute("UPDATE order_head SET comment = '', address = '' WHERE import = ?1", [import])?;
    let mut last = connection.prepare_cached(
        "SELECT max(line) FROM (SELECT line FROM source_line WHERE import = ?1 AND line > ?2 ORDER BY line LIMIT ?3)",
    )?;
    let mut lines = connection
        .prepare_cached(&format!("UPDATE source_line SET {texts} WHERE import = ?1 AND line > ?2 AND line <= ?3"))?;
    let mut baskets = connection.prepare_cached(
        "UPDATE basket_line AS l SET comment = '', countermark = ''
         WHERE l.id IN (SELECT basket_line FROM source_line WHERE import = ?1 AND line > ?2 AND line <= ?3)
             AND l.state <> 'WAITING' AND (l.comment <> '' OR l.countermark <> '') AND NOT EXISTS (
                 SELECT 1 FROM source_line AS s JOIN import AS i ON i.id = s.import
                 WHERE s.basket_line = l.id AND i.persons_purged_at IS NULL AND i.contents_purged_at IS NULL)",
    )?;
    let mut done = 0;
    while let Some(next) = last.query_row([import, done, PIECE], |row| row.get::<_, Option<i64>>(0))? {
        lines.execute([import, done, next])?;
        baskets.execute([import, done, next])?;
        done = next;
    }
    Ok(())
}

impl RetentionBook for SqliteLedger {
    fn tenure(&self, owner: &Owner, before: Moment) -> Result<Tenure> {
        let (question, key): (String, Value) = match owner {
            Owner::Import(id) => {
                (format!("SELECT i.received_at < ?2, {IMPORT_FINISHED} FROM import AS i WHERE i.id = ?1"), id.0.into())
            }
            Owner::Deposit(id) => (
                format!("SELECT d.received_at < ?2, {} FROM deposit AS d WHERE d.id = ?1", deposit_finished()),
                id.0.into(),
            ),
            // Without an entry nobody can tell whether it was handed over.
            Owner::Message(id) => (
                format!(
                    "SELECT b.posted_at < ?2, b.body IS NULL AND e.id IS NOT NULL AND {}
                     FROM outbox AS b LEFT JOIN entry AS e ON e.id = b.entry WHERE b.id = ?1",
                    entry_finished("e")
                ),
                (*id).into(),
            ),
            Owner::Order(number) => (
                format!("SELECT o.created_at < ?2, {ORDER_FINISHED} FROM purchase_order AS o WHERE o.number = ?1"),
                number.clone().into(),
            ),
        };
        self.ask(|connection| {
            let found = connection
                .prepare_cached(&question)?
                .query_row(params![key, before.seconds()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(match found {
                None => Tenure::Unknown,
                Some((false, _)) => Tenure::Young,
                Some((true, false)) => Tenure::Unfinished,
                Some((true, true)) => Tenure::Over,
            })
        })
    }

    fn begin_removals(&mut self, files: &[FileRemoval], stamp: &Stamp) -> Result<()> {
        self.change(|transaction| {
            for file in files {
                let path = file.path.to_string_lossy();
                transaction
                    .prepare_cached(
                        "INSERT INTO purged_file (path, hash, bytes, purged_at, purged_by) SELECT ?1, ?2, ?3, ?4, ?5
                         WHERE NOT EXISTS (SELECT 1 FROM purged_file WHERE NOT gone AND path = ?1)",
                    )?
                    .execute(params![path, file.hash, count(file.bytes), stamp.at.seconds(), stamp.by])?;
                let (statement, id) = match &file.owner {
                    Some(Owner::Import(id)) => ("UPDATE import SET reports = '' WHERE id = ?1 AND reports = ?2", id.0),
                    Some(Owner::Deposit(id)) => (
                        "UPDATE deposit SET kept = iif(kept = ?2, '', kept), reports = iif(reports = ?2, '', reports)
                         WHERE id = ?1",
                        id.0,
                    ),
                    Some(Owner::Message(_) | Owner::Order(_)) | None => continue,
                };
                transaction.prepare_cached(statement)?.execute(params![id, path])?;
            }
            Ok(())
        })
    }

    fn pending_removals(&self) -> Result<Vec<FileRemoval>> {
        self.ask(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, path, hash, bytes FROM purged_file WHERE NOT gone ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok(FileRemoval {
                    id: row.get(0)?,
                    path: row.get::<_, String>(1)?.into(),
                    hash: row.get(2)?,
                    bytes: number(row, 3)?,
                    owner: None,
                })
            })?;
            rows.collect()
        })
    }

    fn end_removals(&mut self, removals: &[FileRemoval]) -> Result<()> {
        self.change(|transaction| {
            let mut end = transaction.prepare_cached("UPDATE purged_file SET gone = 1 WHERE id = ?1")?;
            removals.iter().try_for_each(|removal| end.execute([removal.id]).map(|_| ()))
        })
    }

    fn persons_before(&self, voice: Voice, before: Moment) -> Result<Vec<Persons>> {
        let (table, condition) = due(voice, Reach::Persons);
        let columns = match voice {
            Voice::Entry => "t.id, t.body, t.faults, t.kind",
            Voice::Solution => "t.id, t.body, t.faults, NULL",
            Voice::WorkOrder => "t.id, t.body, '[]', NULL",
        };
        let question = format!("SELECT {columns} FROM {table} AS t WHERE {condition} LIMIT ?2");
        self.ask(|connection| connection.prepare(&question)?.query_map([before.seconds(), PIECE], persons)?.collect())
    }

    fn forget_persons(&mut self, voice: Voice, left: &[Persons], stamp: &Stamp) -> Result<()> {
        let statement = match voice {
            Voice::Entry => {
                "UPDATE entry SET body = ?2, persons_purged_at = ?3, faults = ?4, remarks = '[]' WHERE id = ?1"
            }
            Voice::Solution => {
                "UPDATE solution SET body = ?2, persons_purged_at = ?3, faults = ?4, answer = '' WHERE id = ?1"
            }
            Voice::WorkOrder => "UPDATE work_order SET body = ?2, persons_purged_at = ?3, zip = '' WHERE id = ?1",
        };
        self.change(|transaction| {
            let mut forget = transaction.prepare_cached(statement)?;
            let asked = forget.parameter_count();
            left.iter().try_for_each(|each| {
                let faults = to_json(&each.faults)?;
                let values: [&dyn ToSql; 4] = [&each.id, &each.body, &stamp.at.seconds(), &faults];
                forget.execute(&values[..asked]).map(|_| ())
            })
        })
    }

    fn purge_texts(&mut self, reach: Reach, before: Moment, stamp: &Stamp) -> Result<PurgedTexts> {
        let (before_seconds, now) = (before.seconds(), stamp.at.seconds());
        let mut purged = PurgedTexts { imports: self.purge_imports(reach, before, stamp)?, ..PurgedTexts::default() };
        purged.orders = self.purge_pieces(
            &format!(
                "UPDATE purchase_order SET comment = '', address = ''
                 WHERE id IN (SELECT o.id FROM purchase_order AS o WHERE {} LIMIT ?2)",
                orders_due()
            ),
            &[&before_seconds, &PIECE],
        )?;
        self.purge_pieces(
            "UPDATE journal SET detail = '{}' WHERE id IN (
                 SELECT j.id FROM journal AS j WHERE j.what = 'basket.comment' AND j.detail <> '{}' AND j.at < ?1
                     AND NOT EXISTS (SELECT 1 FROM basket_line AS l WHERE l.id = CAST(j.subject AS INTEGER)
                                         AND (l.state = 'WAITING' OR l.comment <> '')) LIMIT ?2)",
            &[&before_seconds, &PIECE],
        )?;
        if reach == Reach::Contents {
            for voice in Voice::ALL {
                let (table, condition) = due(voice, reach);
                let statement = format!(
                    "UPDATE {table} SET {}, contents_purged_at = ?3
                     WHERE id IN (SELECT t.id FROM {table} AS t WHERE {condition} LIMIT ?2)",
                    emptied(voice)
                );
                *purged.of(voice) = self.purge_pieces(&statement, &[&before_seconds, &PIECE, &now])?;
            }
        }
        Ok(purged)
    }

    fn to_purge(&self, reach: Reach, before: Moment) -> Result<PurgedTexts> {
        self.ask(|connection| {
            counted(connection, before, |voice| due(voice, reach), &imports_due(reach), &orders_due())
        })
    }

    fn unfinished(&self, before: Moment) -> Result<PurgedTexts> {
        let rows = |voice| {
            let (table, old, finished) = spoken(voice);
            (table, format!("{old} AND NOT ({finished})"))
        };
        let imports = format!("i.received_at < ?1 AND i.contents_purged_at IS NULL AND NOT ({IMPORT_FINISHED})");
        let orders = format!("o.created_at < ?1 AND NOT ({ORDER_FINISHED})");
        self.ask(|connection| counted(connection, before, rows, &imports, &orders))
    }

    fn purged_last(&self) -> Result<Option<Moment>> {
        let seconds: i64 =
            self.ask(|connection| connection.query_row("SELECT purged_at FROM retention", [], |row| row.get(0)))?;
        Ok(Moment::from_seconds(seconds).filter(|_| seconds > 0))
    }

    fn note_purge(&mut self, files: u64, texts: u64, stamp: &Stamp) -> Result<()> {
        self.change(|transaction| {
            transaction.execute("UPDATE retention SET purged_at = ?1", [stamp.at.seconds()])?;
            if files + texts > 0 {
                let detail = serde_json::json!({ "files": files, "texts": texts });
                note(transaction, stamp, "workspace.purged", "", &detail.to_string())?;
            }
            Ok(())
        })?;
        if texts > 0 {
            self.ask(|connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))?;
        }
        Ok(())
    }
}

fn persons(row: &Row<'_>) -> rusqlite::Result<Persons> {
    let kind = row.get::<_, Option<String>>(3)?.map(|_| word(row, 3, DepositKind::from_name)).transpose()?;
    Ok(Persons { id: row.get(0)?, body: row.get(1)?, faults: from_json(row.get_ref(2)?.as_str()?, 2)?, kind })
}
