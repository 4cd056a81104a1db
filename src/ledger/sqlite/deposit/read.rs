//! Questions about deposits.

use std::path::PathBuf;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use crate::ledger::sqlite::entry::from_json;
use crate::ledger::sqlite::rows::{maybe_moment, moment, number, word};
use crate::ledger::{DepositEntry, DepositFilter, DepositId, DepositOrigin, EarlierEntry, EntryId, Stamp};
use crate::model::{ClaimStatus, DepositKind, DepositStatus, RepairState};

/// The columns of a [`DepositEntry`], in the order in which [`deposit`] reads them.
const DEPOSIT: &str = "id, parent, origin, kind, status, file, hash, bytes, settings, received_at, received_by, read, \
                       accepted, rejected, ignored, drafts, corrected, claims, repairs, refusal, kept, reports, \
                       deleted_at, deleted_by";

fn deposit(row: &Row<'_>) -> rusqlite::Result<DepositEntry> {
    let refusal: String = row.get(19)?;
    let deleted_at = maybe_moment(row, 22)?;
    let deleted_by: String = row.get(23)?;
    Ok(DepositEntry {
        id: DepositId(row.get(0)?),
        parent: row.get::<_, Option<i64>>(1)?.map(DepositId),
        origin: word(row, 2, DepositOrigin::from_name)?,
        kind: row.get::<_, Option<String>>(3)?.map(|_| word(row, 3, DepositKind::from_name)).transpose()?,
        status: word(row, 4, DepositStatus::from_name)?,
        file: row.get(5)?,
        hash: row.get(6)?,
        bytes: number(row, 7)?,
        settings: row.get(8)?,
        received_at: moment(row, 9)?,
        received_by: row.get(10)?,
        read: number(row, 11)?,
        accepted: number(row, 12)?,
        rejected: number(row, 13)?,
        ignored: number(row, 14)?,
        drafts: number(row, 15)?,
        corrected: number(row, 16)?,
        claims: number(row, 17)?,
        repairs: number(row, 18)?,
        refusal: if refusal.is_empty() { None } else { Some(from_json(&refusal, 19)?) },
        kept: path(row, 20)?,
        reports: path(row, 21)?,
        deleted: deleted_at.map(|at| Stamp { at, by: deleted_by }),
    })
}

fn path(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PathBuf>> {
    let text: String = row.get(column)?;
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

/// The first deposit for which a condition holds.
pub(super) fn deposit_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Option<DepositEntry>> {
    let question = format!("SELECT {DEPOSIT} FROM deposit WHERE {condition}");
    connection.prepare_cached(&question)?.query_row(values, deposit).optional()
}

/// Every deposit for which a condition holds.
pub(super) fn deposits_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Vec<DepositEntry>> {
    let question = format!("SELECT {DEPOSIT} FROM deposit WHERE {condition}");
    connection.prepare_cached(&question)?.query_map(values, deposit)?.collect()
}

/// The deposits that are meant, the newest first.
pub(super) fn deposits(connection: &Connection, filter: &DepositFilter) -> rusqlite::Result<Vec<DepositEntry>> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut add = |condition: &str, value: Box<dyn ToSql>| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("?{}", values.len())));
    };
    if let Some(hash) = &filter.hash {
        add("hash = ?", Box::new(hash.clone()));
    }
    if let Some(kind) = filter.kind {
        add("kind = ?", Box::new(kind.name()));
    }
    if let Some(manufacturer) = filter.manufacturer {
        let condition = "EXISTS (SELECT 1 FROM entry AS e WHERE e.deposit = deposit.id AND e.manufacturer = ?)";
        add(condition, Box::new(manufacturer.0));
    }
    if let Some(from) = filter.from {
        add("received_at >= ?", Box::new(from.seconds()));
    }
    if let Some(before) = filter.before {
        add("received_at < ?", Box::new(before.seconds()));
    }
    if !filter.statuses.is_empty() {
        let names: Vec<_> = filter.statuses.iter().map(|status| format!("'{}'", status.name())).collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    if !filter.deleted {
        conditions.push("deleted_at IS NULL".to_owned());
    }
    let condition = format!("{} ORDER BY id DESC", conditions.join(" AND "));
    deposits_where(connection, &condition, rusqlite::params_from_iter(values))
}

/// The first entry `e` for which a condition holds.
pub(super) fn earlier_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Option<EarlierEntry>> {
    let question = format!(
        "SELECT e.id, e.deposit, coalesce(d.file, ''), e.created_at, e.content, e.kind, e.status
         FROM entry AS e LEFT JOIN deposit AS d ON d.id = e.deposit WHERE {condition}"
    );
    connection.prepare_cached(&question)?.query_row(values, earlier).optional()
}

fn earlier(row: &Row<'_>) -> rusqlite::Result<EarlierEntry> {
    Ok(EarlierEntry {
        id: EntryId(row.get(0)?),
        deposit: row.get::<_, Option<i64>>(1)?.map(DepositId),
        file: row.get(2)?,
        created_at: moment(row, 3)?,
        content: row.get(4)?,
        is_open: is_open(row, 5)?,
    })
}

/// Whether an entry may still be changed, by its kind and, in the column behind it, its status.
fn is_open(row: &Row<'_>, kind: usize) -> rusqlite::Result<bool> {
    Ok(match word(row, kind, DepositKind::from_name)? {
        DepositKind::Claims => word(row, kind + 1, ClaimStatus::from_name)?.is_ours(),
        DepositKind::Repairs => !word(row, kind + 1, RepairState::from_name)?.is_closed(),
    })
}
