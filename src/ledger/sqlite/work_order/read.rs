//! Questions about work orders.

use rusqlite::types::{ToSql, Type};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::key;
use crate::ledger::sqlite::rows::{manufacturer, maybe_moment, moment, number, word};
use crate::ledger::{EntryId, WorkOrderEntry};
use crate::model::{CloseKind, WorkOrderFilter, WorkOrderId, WorkOrderStatus};

/// The columns of a [`WorkOrderEntry`], in the order in which [`entry`] reads them.
const COLUMNS: &str = "id, number, manufacturer, repair_type, product, zip, created_at, deadline, status, close_kind, \
                       reported, intervention, entry, received_at, received_by, decided_at, decided_by, \
                       refusal_reason, exported_at";

fn entry(row: &Row<'_>) -> rusqlite::Result<WorkOrderEntry> {
    let maybe = |column| match row.get::<_, Option<i64>>(column)? {
        Some(_) => number(row, column).map(Some),
        None => Ok::<_, rusqlite::Error>(None),
    };
    let close_kind = row.get::<_, Option<String>>(9)?.map(|name| {
        let odd = || rusqlite::Error::InvalidColumnType(9, "value out of range".to_owned(), Type::Text);
        CloseKind::from_name(&name).ok_or_else(odd)
    });
    Ok(WorkOrderEntry {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        number: row.get(1)?,
        manufacturer: manufacturer(row, 2)?,
        repair_type: maybe(3)?,
        product: row.get(4)?,
        zip: row.get(5)?,
        created: maybe_moment(row, 6)?,
        deadline: maybe_moment(row, 7)?,
        status: word(row, 8, WorkOrderStatus::from_name)?,
        close_kind: close_kind.transpose()?,
        reported: word(row, 10, WorkOrderStatus::from_name)?,
        intervention: maybe(11)?,
        repair_file: row.get::<_, Option<i64>>(12)?.map(EntryId),
        received_at: moment(row, 13)?,
        received_by: row.get(14)?,
        decided_at: maybe_moment(row, 15)?,
        decided_by: row.get(16)?,
        refusal_reason: row.get(17)?,
        exported_at: maybe_moment(row, 18)?,
    })
}

/// A work order by its number.
pub(super) fn one(connection: &Connection, id: WorkOrderId) -> rusqlite::Result<Option<WorkOrderEntry>> {
    let question = format!("SELECT {COLUMNS} FROM work_order WHERE id = ?1");
    connection.prepare_cached(&question)?.query_row([key(id)], entry).optional()
}

/// The work order whose repair file this is.
pub(super) fn of_repair_file(connection: &Connection, id: EntryId) -> rusqlite::Result<Option<WorkOrderEntry>> {
    let question = format!("SELECT {COLUMNS} FROM work_order WHERE entry = ?1");
    connection.prepare_cached(&question)?.query_row([id.0], entry).optional()
}

/// The work orders that are meant, by their numbers. The rows are narrowed by what has an index; the filter has the last word.
pub(super) fn several(connection: &Connection, filter: &WorkOrderFilter) -> rusqlite::Result<Vec<WorkOrderEntry>> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    if !filter.statuses.is_empty() {
        let names: Vec<_> = filter.statuses.iter().map(|status| status.name()).collect();
        conditions.push(format!("status IN ('{}')", names.join("', '")));
    }
    if let Some(id) = filter.ids.first().filter(|_| filter.ids.len() == 1) {
        conditions.push("id = ?1".to_owned());
        values.push(Box::new(key(*id)));
    }
    if filter.is_unexported {
        conditions.push("exported_at IS NULL".to_owned());
    }
    let question = format!("SELECT {COLUMNS} FROM work_order WHERE {} ORDER BY id", conditions.join(" AND "));
    let mut statement = connection.prepare(&question)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(entry(row)?);
        if found.last().is_some_and(|order| !filter.takes_facts(&order.facts())) {
            found.pop();
        }
    }
    Ok(found)
}
