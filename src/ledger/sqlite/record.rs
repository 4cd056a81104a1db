//! Imports on their way into the ledger: one in a transaction of its own, or many in one.

use std::cell::Cell;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::import::{insert, insert_duplicate, note};
use super::rows::{count, day_number};
use super::totals::{self, Share};
use super::{Connected, refusal};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    ImportBatch, ImportHead, ImportId, ImportRecord, ImportStatus, ImportTotals, KnownImports, LineBook, SourceLine,
    Stamp,
};
use crate::model::ManufacturerId;

/// What an import is written down in.
enum Scope<'l> {
    /// A transaction of its own. Dropped before its commit it leaves nothing behind.
    Whole(Transaction<'l>),
    /// The transaction of many, and whether one of them is begun and not finished. A savepoint for each would keep every
    /// page twice that one of them touches, and nobody takes a single one back.
    Part(&'l Connection, &'l Cell<bool>),
}

impl Scope<'_> {
    fn finish(self) -> rusqlite::Result<()> {
        match self {
            Self::Whole(transaction) => transaction.commit(),
            Self::Part(_, is_open) => {
                is_open.set(false);
                Ok(())
            }
        }
    }
}

impl Deref for Scope<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Whole(transaction) => transaction,
            Self::Part(connection, _) => connection,
        }
    }
}

/// Many imports in one transaction.
pub(super) struct Records<'l> {
    transaction: Transaction<'l>,
    path: PathBuf,
    /// Whether one is begun and not finished.
    is_open: Cell<bool>,
}

impl<'l> Records<'l> {
    /// Begins. Nobody else writes until the end; readers go on.
    pub(super) fn begin(connection: &'l mut Connection, path: &Path) -> Result<Self> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.map_err(|error| refusal(path, &error))?;
        Ok(Self { transaction, path: path.to_owned(), is_open: Cell::new(false) })
    }
}

impl Connected for Records<'_> {
    fn connection(&self) -> &Connection {
        &self.transaction
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl ImportBatch for Records<'_> {
    fn known(&self) -> &dyn KnownImports {
        self
    }

    fn begin_import<'b>(&'b mut self, head: &ImportHead) -> Result<Box<dyn ImportRecord + 'b>> {
        self.is_open.set(true);
        let scope = Scope::Part(&self.transaction, &self.is_open);
        Record::within(scope, &self.path, head).map(|record| Box::new(record) as _)
    }

    fn note_duplicate(&mut self, head: &ImportHead, of: ImportId) -> Result<ImportId> {
        self.ask(|connection| insert_duplicate(connection, head, of))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { transaction, path, is_open } = *self;
        if is_open.get() {
            let cause = "an import of a batch is not finished";
            return Err(Error::new(Code::InternalError, Arguments::none().with("cause", cause)));
        }
        transaction.commit().map_err(|error| refusal(&path, &error))
    }
}

/// An import that is being written down.
pub(super) struct Record<'l> {
    scope: Scope<'l>,
    path: PathBuf,
    id: i64,
    parent: Option<ImportId>,
    stamp: Stamp,
    /// Whether there is a place to which lines can be taken back.
    is_begun: bool,
    /// Whether lines wait in baskets with which new ones may be merged.
    may_merge: bool,
    baskets: Vec<Filling>,
}

/// A basket as far as this import fills it.
struct Filling {
    manufacturer: ManufacturerId,
    /// By place: the basket line, and what is still to be added to it.
    lines: Vec<(i64, i64)>,
    share: Share,
    /// Lines of the file that went into it.
    sources: i64,
}

impl<'l> Record<'l> {
    /// Begins. Nobody else writes until the end; readers go on.
    pub(super) fn begin(connection: &'l mut Connection, path: &Path, head: &ImportHead) -> Result<Self> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.map_err(|error| refusal(path, &error))?;
        Self::within(Scope::Whole(transaction), path, head)
    }

    fn within(scope: Scope<'l>, path: &Path, head: &ImportHead) -> Result<Self> {
        let failed = |error| refusal(path, &error);
        let may_merge = scope
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM basket WHERE lines > 0)")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(failed)?;
        let id = insert(&scope, head, ImportStatus::Rejected).map_err(failed)?;
        Ok(Self {
            scope,
            path: path.to_owned(),
            id,
            parent: head.parent,
            stamp: head.stamp.clone(),
            is_begun: false,
            may_merge,
            baskets: Vec::new(),
        })
    }

    /// A line of the parent, and with it every line that that one stood for, is in a basket now.
    fn correct(&self, line: u64) -> rusqlite::Result<()> {
        let scope = &self.scope;
        let mut at = self.parent.map(|parent| (parent.0, count(line)));
        while let Some((import, line)) = at {
            let place = params![import, line, self.id];
            let corrected = scope
                .prepare_cached(
                    "UPDATE refused_line SET corrected_by = ?3 WHERE import = ?1 AND line = ?2 AND corrected_by IS NULL",
                )?
                .execute(place)?;
            scope
                .prepare_cached(
                    "UPDATE import SET corrected = corrected + ?2,
                         status = CASE WHEN status = 'REJECTED' THEN 'PARTIAL' ELSE status END WHERE id = ?1",
                )?
                .execute(params![import, count(corrected as u64)])?;
            at = scope
                .prepare_cached(
                    "SELECT i.parent, r.stands_for FROM refused_line AS r JOIN import AS i ON i.id = r.import
                     WHERE r.import = ?1 AND r.line = ?2 AND i.parent IS NOT NULL AND r.stands_for IS NOT NULL",
                )?
                .query_row([import, line], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
        }
        Ok(())
    }

    fn write(&mut self, line: &SourceLine<'_>) -> rusqlite::Result<i64> {
        let basket = self.basket(line.manufacturer);
        let quantity = i64::from(line.quantity);
        let known = self.baskets[basket].lines.get(line.place).copied();
        let (basket_line, share) = if let Some((id, _)) = known {
            (id, Share::more(quantity, line.unit_price.ten_thousandths()))
        } else if let Some((id, price)) = self.waiting(line)? {
            self.baskets[basket].lines.push((id, 0));
            (id, Share::more(quantity, price))
        } else {
            let id = self.add(line)?;
            self.baskets[basket].lines.push((id, -quantity));
            (id, Share::of_line(quantity, line.unit_price.ten_thousandths()))
        };
        let filling = &mut self.baskets[basket];
        filling.lines[line.place].1 += quantity;
        filling.share = filling.share.plus(share);
        filling.sources += 1;
        self.scope
            .prepare_cached(
                "INSERT INTO source_line (import, line, basket_line, quantity, delivery_account,
                     customer_order_number, work_order, countermark, desired_delivery_date, comment, need)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.id,
                count(line.line),
                basket_line,
                quantity,
                line.need.delivery_account,
                line.need.customer_order_number,
                line.need.work_order,
                line.need.countermark,
                day_number(line.desired_delivery_date),
                line.comment,
                line.need.key(line.manufacturer, line.reference),
            ])?;
        Ok(basket_line)
    }

    /// The place of a manufacturer's basket.
    fn basket(&mut self, manufacturer: ManufacturerId) -> usize {
        if let Some(place) = self.baskets.iter().position(|basket| basket.manufacturer == manufacturer) {
            return place;
        }
        self.baskets.push(Filling { manufacturer, lines: Vec::new(), share: Share::default(), sources: 0 });
        self.baskets.len() - 1
    }

    /// A line that waits already and is the same in everything that the merge key names: its number and its price.
    fn waiting(&self, line: &SourceLine<'_>) -> rusqlite::Result<Option<(i64, i64)>> {
        if !self.may_merge {
            return Ok(None);
        }
        self.scope
            .prepare_cached(
                "SELECT id, unit_price FROM basket_line
                 WHERE merge_key = ?1 AND state = 'WAITING' AND manufacturer = ?2 AND reference = ?3 ORDER BY id LIMIT 1",
            )?
            .query_row(params![line.merge_key, line.manufacturer.0, line.reference], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    }

    fn add(&self, line: &SourceLine<'_>) -> rusqlite::Result<i64> {
        self.scope
            .prepare_cached(
                "INSERT INTO basket_line (manufacturer, reference, label, unit_price, quantity, delivery_account,
                     customer_order_number, work_order, countermark, desired_delivery_date, comment, merge_key)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                line.manufacturer.0,
                line.reference,
                line.label,
                line.unit_price.ten_thousandths(),
                i64::from(line.quantity),
                line.need.delivery_account,
                line.need.customer_order_number,
                line.need.work_order,
                line.need.countermark,
                day_number(line.desired_delivery_date),
                line.comment,
                line.merge_key,
            ])?;
        Ok(self.scope.last_insert_rowid())
    }

    /// Keeps what was brought for whom and why the rest was refused, for those who ask what a night brought.
    fn keep_for_the_morning(&self, causes: &[(Code, u64)]) -> rusqlite::Result<()> {
        let mut share = self.scope.prepare_cached(
            "INSERT INTO import_share (import, manufacturer, lines, quantity, amount) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for Filling { manufacturer, sources, share: Share { quantity, amount, .. }, .. } in &self.baskets {
            share.execute(params![self.id, manufacturer.0, sources, quantity, amount])?;
        }
        let mut cause =
            self.scope.prepare_cached("INSERT INTO import_cause (import, code, times) VALUES (?1, ?2, ?3)")?;
        causes
            .iter()
            .try_for_each(|(code, times)| cause.execute(params![self.id, code.name(), count(*times)]).map(drop))
    }

    fn close(&mut self, totals: &ImportTotals) -> rusqlite::Result<()> {
        let scope = &self.scope;
        let mut more = scope.prepare_cached("UPDATE basket_line SET quantity = quantity + ?2 WHERE id = ?1")?;
        for basket in &self.baskets {
            for (id, added) in basket.lines.iter().filter(|(_, added)| *added > 0) {
                more.execute(params![id, added])?;
            }
            totals::add(scope, basket.manufacturer, basket.share)?;
        }
        drop(more);
        self.keep_for_the_morning(&totals.causes)?;
        for head in &totals.heads {
            scope.execute(
                "INSERT OR REPLACE INTO order_head (import, manufacturer, customer_order_number, delivery_account,
                     delivery_option, desired_delivery_date, comment, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    self.id,
                    head.manufacturer,
                    head.customer_order_number,
                    head.delivery_account,
                    head.delivery_option,
                    day_number(head.desired_delivery_date),
                    head.comment,
                    head.address,
                ],
            )?;
        }
        let counts = &totals.counts;
        let status = match (counts.accepted, counts.rejected) {
            (0, _) => ImportStatus::Rejected,
            (_, 0) => ImportStatus::Done,
            _ => ImportStatus::Partial,
        };
        let reports = totals.reports.as_deref().map(Path::to_string_lossy).unwrap_or_default();
        scope
            .prepare_cached(
                "UPDATE import SET status = ?2, content = ?3, read = ?4, accepted = ?5, rejected = ?6, ignored = ?7,
                 reports = ?8, reports_pending = ?9 WHERE id = ?1",
            )?
            .execute(params![
                self.id,
                status.name(),
                totals.content,
                count(counts.read()),
                count(counts.accepted),
                count(counts.rejected),
                count(counts.ignored()),
                reports,
                !reports.is_empty(),
            ])?;
        let detail = format!("{{\"accepted\":{},\"rejected\":{}}}", counts.accepted, counts.rejected);
        note(scope, &self.stamp, "import.taken", &self.id.to_string(), &detail)
    }
}

impl Connected for Record<'_> {
    fn connection(&self) -> &Connection {
        &self.scope
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl LineBook for Record<'_> {
    fn restart(&mut self) -> Result<()> {
        self.baskets.clear();
        let step = if std::mem::replace(&mut self.is_begun, true) { "ROLLBACK TO lines" } else { "SAVEPOINT lines" };
        self.ask(|connection| connection.execute_batch(step))
    }

    fn take(&mut self, line: &SourceLine<'_>) -> Result<i64> {
        let written = self.write(line);
        written.map_err(|error| refusal(&self.path, &error))
    }

    fn refuse(&mut self, line: u64, record_hash: u64, stands_for: Option<u64>) -> Result<()> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO refused_line (import, line, record_hash, stands_for) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![self.id, count(line), record_hash.cast_signed(), stands_for.map(count)])?;
            Ok(())
        })
    }

    fn corrects(&mut self, line: u64) -> Result<()> {
        self.ask(|_| self.correct(line))
    }
}

impl ImportRecord for Record<'_> {
    fn id(&self) -> ImportId {
        ImportId(self.id)
    }

    fn finish(mut self: Box<Self>, totals: &ImportTotals) -> Result<ImportId> {
        let path = self.path.clone();
        let failed = |error| refusal(&path, &error);
        self.close(totals).map_err(failed)?;
        let id = ImportId(self.id);
        self.scope.finish().map_err(failed)?;
        Ok(id)
    }
}
