//! Questions about entries.

use rusqlite::types::{ToSql, Type};
use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ledger::sqlite::rows::{manufacturer, maybe_moment, moment, number, word};
use crate::ledger::{DepositId, Entry, EntryContent, EntryFilter, EntryId};
use crate::model::{ClaimStatus, DepositKind, RepairState};

/// What is kept as JSON.
pub(in crate::ledger::sqlite) fn to_json(value: &(impl Serialize + ?Sized)) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// What JSON of a column says.
pub(in crate::ledger::sqlite) fn from_json<T: DeserializeOwned>(text: &str, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The columns of an [`Entry`], in the order in which [`entry`] reads them.
const ENTRY: &str = "e.id, e.kind, e.manufacturer, e.report_number, e.valid, e.status, e.answer, e.claim_number, \
                     e.intervention, e.counterpart, e.closing_reason, e.deposit, e.line, e.created_at, e.created_by, \
                     e.changed_at, e.transmitted_at, coalesce(i.number, ''), coalesce(i.invoice, '')";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let kind = word(row, 1, DepositKind::from_name)?;
    let is_claim = kind == DepositKind::Claims;
    let has = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.is_some());
    Ok(Entry {
        id: EntryId(row.get(0)?),
        kind,
        manufacturer: if has(2)? { Some(manufacturer(row, 2)?) } else { None },
        report_number: row.get(3)?,
        is_valid: row.get(4)?,
        claim_status: is_claim.then(|| word(row, 5, ClaimStatus::from_name)).transpose()?,
        repair_state: (!is_claim).then(|| word(row, 5, RepairState::from_name)).transpose()?,
        answer: row.get(6)?,
        claim_number: row.get(7)?,
        intervention: if has(8)? { Some(number(row, 8)?) } else { None },
        counterpart: row.get::<_, Option<i64>>(9)?.map(EntryId),
        closing_reason: row.get(10)?,
        source: if has(11)? { Some((DepositId(row.get(11)?), number(row, 12)?)) } else { None },
        created_at: moment(row, 13)?,
        created_by: row.get(14)?,
        changed_at: moment(row, 15)?,
        transmitted_at: maybe_moment(row, 16)?,
        draft_invoice: row.get(17)?,
        invoice: row.get(18)?,
    })
}

/// The first entry for which a condition holds.
pub(super) fn entry_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Option<Entry>> {
    connection.prepare_cached(&question(condition))?.query_row(values, entry).optional()
}

/// Every entry for which a condition holds.
pub(super) fn entries_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Vec<Entry>> {
    connection.prepare_cached(&question(condition))?.query_map(values, entry)?.collect()
}

fn question(condition: &str) -> String {
    format!("SELECT {ENTRY} FROM entry AS e LEFT JOIN draft_invoice AS i ON i.id = e.draft_invoice WHERE {condition}")
}

/// What an entry says.
pub(super) fn content(connection: &Connection, id: EntryId) -> rusqlite::Result<Option<EntryContent>> {
    let mut statement = connection.prepare_cached(
        "SELECT iif(contents_purged_at IS NULL, body, NULL), faults, remarks FROM entry WHERE id = ?1",
    )?;
    let found = statement.query_row([id.0], |row| {
        Ok(EntryContent {
            body: row.get(0)?,
            faults: from_json(row.get_ref(1)?.as_str()?, 1)?,
            remarks: from_json(row.get_ref(2)?.as_str()?, 2)?,
        })
    });
    found.optional()
}

/// The entries that are meant, the newest first; those that were purged are not among them.
pub(super) fn entries(connection: &Connection, filter: &EntryFilter) -> rusqlite::Result<Vec<Entry>> {
    let mut conditions = vec!["e.body IS NOT NULL".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut add = |condition: &str, value: Box<dyn ToSql>| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("?{}", values.len())));
    };
    if let Some(kind) = filter.kind {
        add("e.kind = ?", Box::new(kind.name()));
    }
    if let Some(is_valid) = filter.valid {
        add("e.valid = ?", Box::new(is_valid));
    }
    if let Some(manufacturer) = filter.manufacturer {
        add("e.manufacturer = ?", Box::new(manufacturer.0));
    }
    if let Some(report_number) = &filter.report_number {
        add("e.report_number = ?", Box::new(report_number.clone()));
    }
    if let Some(deposit) = filter.deposit {
        add("(e.deposit = ? OR e.amended_by = ?)", Box::new(deposit.0));
    }
    if let Some(from) = filter.from {
        add("e.created_at >= ?", Box::new(from.seconds()));
    }
    if let Some(before) = filter.before {
        add("e.created_at < ?", Box::new(before.seconds()));
    }
    let claims = filter.claim_statuses.iter().map(|status| status.name());
    let wanted: Vec<_> = claims.chain(filter.repair_states.iter().map(|state| state.name())).collect();
    if !wanted.is_empty() {
        conditions.push(format!("e.status IN ('{}')", wanted.join("', '")));
    }
    let condition = format!("{} ORDER BY e.id DESC", conditions.join(" AND "));
    entries_where(connection, &condition, rusqlite::params_from_iter(values))
}
