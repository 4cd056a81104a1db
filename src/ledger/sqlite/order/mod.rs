//! The book of orders in `SQLite`.

mod answer;
mod change;
mod faults;
mod read;

#[cfg(test)]
mod tests;

pub(super) use faults::faults;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::import::note;
use super::rows::{moment, number};
use super::{Connected as _, Halt, SqliteLedger};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    Answered, BackOrder, BackOrderFilter, Delivery, JournalEntry, OrderAnswer, OrderBook, OrderEntry, OrderFilter,
    OrderId, OrderLineEntry, OrderPlan, ReceiptEntry, ResponseFile, Stamp,
};
use crate::model::{LineProgress, Moment, OrderStatus};

impl OrderBook for SqliteLedger {
    fn make_order(&mut self, plan: &OrderPlan, stamp: &Stamp) -> Result<OrderEntry> {
        self.decide(|transaction| change::make(transaction, plan, stamp))
    }

    fn rehearse_order(&mut self, plan: &OrderPlan, stamp: &Stamp) -> Result<(OrderEntry, Vec<OrderLineEntry>)> {
        self.rehearse(|transaction| {
            let order = change::make(transaction, plan, stamp)?;
            let lines = read::lines(transaction, order.id)?;
            Ok((order, lines))
        })
    }

    fn cancel_order(&mut self, id: OrderId, reason: &str, stamp: &Stamp) -> Result<OrderEntry> {
        self.decide(|transaction| change::cancel(transaction, id, reason, stamp))
    }

    fn receive(&mut self, id: OrderId, delivery: &Delivery, stamp: &Stamp) -> Result<OrderEntry> {
        self.decide(|transaction| answer::receive(transaction, id, delivery, stamp))
    }

    fn answer_orders(
        &mut self,
        file: &ResponseFile,
        answers: &[OrderAnswer],
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Answered> {
        let work = |transaction: &Transaction<'_>| answer::take(transaction, file, answers, stamp);
        if is_rehearsed { self.rehearse(work) } else { self.decide(work) }
    }

    fn response_of_bytes(&self, hash: &str) -> Result<Option<Moment>> {
        self.ask(|connection| {
            connection
                .query_row("SELECT received_at FROM order_response WHERE hash = ?1", [hash], |row| moment(row, 0))
                .optional()
        })
    }

    fn order(&self, number: &str) -> Result<Option<OrderEntry>> {
        self.ask(|connection| read::order_where(connection, "number = ?1", [number]))
    }

    fn order_lines(&self, id: OrderId) -> Result<Vec<OrderLineEntry>> {
        self.ask(|connection| read::lines(connection, id))
    }

    fn orders(&self, filter: &OrderFilter) -> Result<Vec<OrderEntry>> {
        self.ask(|connection| read::orders(connection, filter))
    }

    fn back_orders(&self, filter: &BackOrderFilter) -> Result<Vec<BackOrder>> {
        self.ask(|connection| read::back_orders(connection, filter))
    }

    fn receipts(&self, id: OrderId) -> Result<Vec<ReceiptEntry>> {
        self.ask(|connection| read::receipts(connection, id))
    }

    fn order_events(&self, number: &str) -> Result<Vec<JournalEntry>> {
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT at, by, what, detail FROM journal WHERE subject = ?1 AND what LIKE 'order.%' ORDER BY id",
            )?;
            let rows = statement.query_map([number], |row| {
                Ok(JournalEntry { at: moment(row, 0)?, by: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
            })?;
            rows.collect()
        })
    }

    fn unwritten_orders(&self) -> Result<Vec<OrderEntry>> {
        self.ask(|connection| read::orders_where(connection, "document_pending ORDER BY id", []))
    }

    fn order_written(&mut self, id: OrderId) -> Result<()> {
        self.change(|transaction| {
            transaction.execute("UPDATE purchase_order SET document_pending = 0 WHERE id = ?1", [id.0])
        })?;
        Ok(())
    }
}

/// An order that is to be changed.
fn known(connection: &Connection, id: OrderId) -> std::result::Result<OrderEntry, Halt> {
    let found = read::order_where(connection, "id = ?1", [id.0])?;
    found.ok_or_else(|| Error::new(Code::OrderUnknown, Arguments::none().with("number", id.0)).into())
}

/// The refusal to bring an order from one status to another.
fn not_allowed(number: &str, from: OrderStatus, to: OrderStatus) -> Halt {
    let arguments = Arguments::none().with("number", number).with("status", from.name()).with("wanted", to.name());
    Error::new(Code::TransitionNotAllowed, arguments).into()
}

/// A line of an order, as far as its quantity goes.
struct Row {
    id: i64,
    number: u32,
    reference: String,
    progress: LineProgress,
}

/// The columns of a [`LineProgress`], in the order in which [`progress`] reads them.
const PROGRESS: &str =
    "quantity, confirmed_quantity, unavailable, shipped_quantity, received_quantity, cancelled_quantity";

/// Reads the columns of [`PROGRESS`] from the first of them on.
fn progress(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<LineProgress> {
    Ok(LineProgress {
        ordered: number(row, first)?,
        confirmed: row.get::<_, Option<i64>>(first + 1)?.and_then(|confirmed| u64::try_from(confirmed).ok()),
        is_unavailable: row.get(first + 2)?,
        shipped: number(row, first + 3)?,
        received: number(row, first + 4)?,
        cancelled: number(row, first + 5)?,
    })
}

fn rows(connection: &Connection, id: OrderId) -> rusqlite::Result<Vec<Row>> {
    let question =
        format!("SELECT id, number, reference, {PROGRESS} FROM order_line WHERE purchase_order = ?1 ORDER BY number");
    let mut statement = connection.prepare_cached(&question)?;
    let rows = statement.query_map([id.0], |row| {
        Ok(Row { id: row.get(0)?, number: row.get(1)?, reference: row.get(2)?, progress: progress(row, 3)? })
    })?;
    rows.collect()
}

/// Writes down what became of a line.
fn put(connection: &Connection, row: &Row) -> rusqlite::Result<()> {
    let count = super::rows::count;
    let line = &row.progress;
    connection
        .prepare_cached(
            "UPDATE order_line SET status = ?2, confirmed_quantity = ?3, unavailable = ?4, shipped_quantity = ?5,
                 received_quantity = ?6, cancelled_quantity = ?7 WHERE id = ?1",
        )?
        .execute(params![
            row.id,
            line.status().name(),
            line.confirmed.map(count),
            line.is_unavailable,
            count(line.shipped),
            count(line.received),
            count(line.cancelled),
        ])?;
    Ok(())
}

/// Brings an order that was handed over where its lines are, or where it was refused to, and writes every step down.
fn settle(
    connection: &Connection,
    order: &OrderEntry,
    lines: &[Row],
    is_refused: bool,
    stamp: &Stamp,
) -> std::result::Result<OrderStatus, Halt> {
    let progress: Vec<_> = lines.iter().map(|row| row.progress).collect();
    let mut goal = LineProgress::order_status(&progress);
    if goal == OrderStatus::Cancelled && is_refused && order.status == OrderStatus::Sent {
        goal = OrderStatus::Rejected;
    }
    let way = order.status.way_to(goal).ok_or_else(|| not_allowed(&order.number, order.status, goal))?;
    for status in way {
        connection
            .prepare_cached("UPDATE purchase_order SET status = ?2 WHERE id = ?1")?
            .execute(params![order.id.0, status.name()])?;
        note(connection, stamp, &format!("order.{}", status.name().to_lowercase()), &order.number, "{}")?;
    }
    Ok(goal)
}
