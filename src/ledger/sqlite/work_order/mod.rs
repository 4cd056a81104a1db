//! The book of work orders in `SQLite`.

mod change;
mod faults;
mod read;
mod take;

#[cfg(test)]
mod tests;

pub(super) use change::follow;
pub(super) use faults::faults;

use rusqlite::{Connection, OptionalExtension as _};

use super::import::note;
use super::rows::{moment, number};
use super::{Connected as _, Halt, SqliteLedger, refusal};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    Acceptance, Accepted, ArrivingWorkOrder, JournalEntry, Stamp, TakeIn, WorkOrderBook, WorkOrderEntry,
};
use crate::model::{WorkOrderFilter, WorkOrderId, WorkOrderStatus};

impl WorkOrderBook for SqliteLedger {
    fn take_work_orders(
        &mut self,
        is_rehearsed: bool,
        stamp: &Stamp,
        give: &mut dyn FnMut(&mut TakeIn<'_>) -> Result<()>,
    ) -> Result<()> {
        let path = self.path.clone();
        self.try_or_do(is_rehearsed, |connection| {
            let mut take = |arriving: &ArrivingWorkOrder<'_>| {
                take::take(connection, arriving, stamp).map_err(|error| refusal(&path, &error))
            };
            Ok(give(&mut take)?)
        })
    }

    fn accept_work_orders(&mut self, orders: &[Acceptance<'_>], stamp: &Stamp) -> Result<Vec<Accepted>> {
        self.decide(|transaction| orders.iter().map(|order| change::accept(transaction, order, stamp)).collect())
    }

    fn refuse_work_orders(
        &mut self,
        ids: &[WorkOrderId],
        reason: &str,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<()> {
        self.try_or_do(is_rehearsed, |connection| {
            ids.iter().try_for_each(|id| change::refuse(connection, *id, reason, stamp))
        })
    }

    fn reopen_work_orders(
        &mut self,
        ids: &[WorkOrderId],
        reason: &str,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<()> {
        self.try_or_do(is_rehearsed, |connection| {
            ids.iter().try_for_each(|id| change::reopen(connection, *id, reason, stamp))
        })
    }

    fn mark_exported(&mut self, ids: &[WorkOrderId], stamp: &Stamp) -> Result<()> {
        self.change(|transaction| ids.iter().try_for_each(|id| change::exported(transaction, *id, stamp)))
    }

    fn work_order(&self, id: WorkOrderId) -> Result<Option<WorkOrderEntry>> {
        self.ask(|connection| read::one(connection, id))
    }

    fn work_order_body(&self, id: WorkOrderId) -> Result<Option<String>> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached("SELECT body FROM work_order WHERE id = ?1")?;
            statement.query_row([key(id)], |row| row.get(0)).optional()
        })
    }

    fn work_orders(&self, filter: &WorkOrderFilter) -> Result<Vec<WorkOrderEntry>> {
        self.ask(|connection| read::several(connection, filter))
    }

    fn work_order_acceptances(&self, id: WorkOrderId) -> Result<u64> {
        self.ask(|connection| {
            let question = "SELECT count(*) FROM journal WHERE subject = ?1 AND what = 'workorder.accepted'";
            connection.prepare_cached(question)?.query_row([id.to_string()], |row| number(row, 0))
        })
    }

    fn work_order_history(&self, id: WorkOrderId) -> Result<Vec<JournalEntry>> {
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT at, by, what, detail FROM journal WHERE subject = ?1 AND what LIKE 'workorder.%' ORDER BY id",
            )?;
            let rows = statement.query_map([id.to_string()], |row| {
                Ok(JournalEntry { at: moment(row, 0)?, by: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
            })?;
            rows.collect()
        })
    }
}

impl SqliteLedger {
    /// Does something in one transaction, or only tries it.
    fn try_or_do(
        &mut self,
        is_rehearsed: bool,
        work: impl FnOnce(&Connection) -> std::result::Result<(), Halt>,
    ) -> Result<()> {
        if is_rehearsed {
            self.rehearse(|transaction| work(transaction))
        } else {
            self.decide(|transaction| work(transaction))
        }
    }
}

/// The number of a work order in its column: the same bits, so that the largest of them has its place, too.
const fn key(id: WorkOrderId) -> i64 {
    id.cast_signed()
}

/// A work order that is to be changed.
fn known(connection: &Connection, id: WorkOrderId) -> std::result::Result<WorkOrderEntry, Halt> {
    let unknown = || Error::new(Code::WorkOrderUnknown, Arguments::none().with("mandate", id));
    read::one(connection, id)?.ok_or_else(|| unknown().into())
}

/// The refusal to bring a work order from where it is somewhere else.
fn not_allowed(order: &WorkOrderEntry, wanted: WorkOrderStatus) -> Halt {
    let arguments = Arguments::none().with("mandate", order.id).with("status", order.status).with("wanted", wanted);
    Error::new(Code::WorkOrderTransitionNotAllowed, arguments).into()
}

/// Writes down that something was done with a work order.
fn tell(connection: &Connection, id: WorkOrderId, what: &str, detail: &str, stamp: &Stamp) -> rusqlite::Result<()> {
    note(connection, stamp, &format!("workorder.{what}"), &id.to_string(), detail)
}
