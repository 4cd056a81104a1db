//! What an entry says, on its way into its row.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::json;

use super::{change, is_open, known, not_allowed, only_once, tell, unknown};
use crate::diagnostic::{Arguments, Code, Error};
use crate::ledger::sqlite::deposit::{Correction, recount};
use crate::ledger::sqlite::rows::{count, day_number};
use crate::ledger::sqlite::{Halt, work_order};
use crate::ledger::{DepositId, EntryChange, EntryId, KeptFault, NewEntry, Stamp};
use crate::model::{ClaimStatus, DepositKind, Moment, RepairState};

/// What a claim is after its content was judged.
const fn judged(is_valid: bool) -> ClaimStatus {
    if is_valid { ClaimStatus::Valid } else { ClaimStatus::NotValid }
}

/// What an entry is by what it says; nothing when that leaves a repair file as it is.
fn status_of(entry: &NewEntry<'_>) -> Option<&'static str> {
    match entry.kind {
        DepositKind::Claims => Some(judged(entry.is_valid()).name()),
        DepositKind::Repairs => entry.state.map(RepairState::name),
    }
}

fn faults(faults: &[KeptFault]) -> rusqlite::Result<Cow<'static, str>> {
    if faults.is_empty() { Ok("[]".into()) } else { super::to_json(faults).map(Cow::Owned) }
}

/// Adds an entry.
pub(in crate::ledger::sqlite) fn insert(
    connection: &Connection,
    entry: &NewEntry<'_>,
    deposit: Option<DepositId>,
    stamp: &Stamp,
) -> rusqlite::Result<EntryId> {
    let is_valid = entry.is_valid();
    let status = status_of(entry).unwrap_or(RepairState::ToPlan.name());
    connection
        .prepare_cached(
            "INSERT INTO entry (kind, deposit, line, manufacturer, report_number, identity, content, appliance,
                 repaired_on, valid, status, intervention, created_at, created_by, changed_at, body, faults)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?13, ?15, ?16)",
        )?
        .execute(params![
            entry.kind.name(),
            deposit.map(|deposit| deposit.0),
            count(entry.line),
            entry.manufacturer.map(|id| id.0),
            entry.report_number,
            entry.identity,
            entry.content,
            entry.appliance,
            day_number(entry.repaired_on),
            is_valid,
            status,
            entry.intervention.map(count),
            stamp.at.seconds(),
            stamp.by,
            entry.body,
            faults(entry.faults)?,
        ])?;
    Ok(EntryId(connection.last_insert_rowid()))
}

/// Gives an entry another content, that of a deposit or of a command. Where it came from stays; the work order that a repair
/// file was made of goes with it.
pub(in crate::ledger::sqlite) fn amend(
    connection: &Connection,
    id: EntryId,
    entry: &NewEntry<'_>,
    deposit: Option<DepositId>,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    let is_valid = entry.is_valid();
    // Two changes within a second have two moments: whoever knows the first one sees that there was another.
    connection
        .prepare_cached(
            "UPDATE entry SET manufacturer = ?2, report_number = ?3, identity = ?4, content = ?5, appliance = ?6,
                 repaired_on = ?7, valid = ?8, status = coalesce(?9, status),
                 intervention = coalesce(?10, intervention), body = ?11, faults = ?12,
                 changed_at = max(changed_at + 1, ?13), amended_by = coalesce(?14, amended_by) WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            entry.manufacturer.map(|id| id.0),
            entry.report_number,
            entry.identity,
            entry.content,
            entry.appliance,
            day_number(entry.repaired_on),
            is_valid,
            status_of(entry),
            entry.intervention.map(count),
            entry.body,
            faults(entry.faults)?,
            stamp.at.seconds(),
            deposit.map(|deposit| deposit.0),
        ])?;
    entry.state.map_or(Ok(()), |state| work_order::follow(connection, id, state, stamp))
}

/// Creates an entry that came in no file.
pub(in crate::ledger::sqlite) fn create(
    connection: &Connection,
    entry: &NewEntry<'_>,
    of: Option<EntryId>,
    stamp: &Stamp,
) -> Result<EntryId, Halt> {
    only_once(connection, entry, None)?;
    let id = insert(connection, entry, None, stamp)?;
    tell(connection, id, "created", &json!({ "of": of.map(|of| of.0) }).to_string(), stamp)?;
    if let Some(of) = of {
        change::change(connection, of, &EntryChange::CloseWith(id), &[], stamp)?;
    }
    Ok(id)
}

/// Gives an entry that may still be changed another content.
pub(super) fn replace(
    connection: &Connection,
    id: EntryId,
    entry: &NewEntry<'_>,
    known_at: Moment,
    stamp: &Stamp,
) -> Result<(), Halt> {
    let before = known(connection, id)?;
    if before.kind != entry.kind {
        return Err(unknown(id).into());
    }
    if before.changed_at > known_at {
        let arguments = Arguments::none().with("number", id.0).with("command", entry.kind.record_name());
        return Err(Error::new(Code::EntryChanged, arguments).into());
    }
    if !is_open(&before) {
        return Err(not_allowed(&before, judged(entry.is_valid()).name()));
    }
    only_once(connection, entry, Some(id))?;
    amend(connection, id, entry, None, stamp)?;
    tell(connection, id, "amended", "{}", stamp)?;
    if let (Some(from), Some(to)) = (before.repair_state, entry.state.filter(|to| before.repair_state != Some(*to))) {
        tell(connection, id, &to.name().to_lowercase(), &json!({ "from": from.name() }).to_string(), stamp)?;
    }
    if entry.is_valid() {
        let mut touched = BTreeSet::new();
        Correction { entry: id, by: None, at: stamp.at }.of_drafts(connection, &mut touched)?;
        touched.into_iter().try_for_each(|deposit| recount(connection, deposit))?;
    }
    Ok(())
}
