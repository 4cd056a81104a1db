//! What becomes of work orders.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::{key, known, not_allowed, read, tell};
use crate::ledger::sqlite::rows::count;
use crate::ledger::sqlite::{Halt, entry};
use crate::ledger::{Acceptance, Accepted, EntryChange, EntryId, Stamp, WorkOrderEntry};
use crate::model::{CloseKind, RepairState, Trigger, WorkOrderId, WorkOrderStatus};

/// Brings a work order one step on. Only steps of the table come here.
pub(super) fn step(
    connection: &Connection,
    order: &WorkOrderEntry,
    to: WorkOrderStatus,
    kind: Option<CloseKind>,
    detail: &Value,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    // Whoever decides first has decided; what follows is the way of the repair.
    connection
        .prepare_cached(
            "UPDATE work_order SET status = ?2, close_kind = ?3,
                 decided_by = CASE WHEN ?2 = 'NEW' THEN '' WHEN decided_at IS NULL THEN ?5 ELSE decided_by END,
                 decided_at = CASE WHEN ?2 = 'NEW' THEN NULL ELSE coalesce(decided_at, ?4) END
             WHERE id = ?1",
        )?
        .execute(params![key(order.id), to.name(), kind.map(CloseKind::name), stamp.at.seconds(), stamp.by])?;
    let mut detail = detail.clone();
    if let Some(members) = detail.as_object_mut() {
        members.insert("from".to_owned(), order.status.name().into());
        members.extend(kind.map(|kind| ("close_kind".to_owned(), kind.name().into())));
    }
    tell(connection, order.id, &to.name().to_lowercase(), &detail.to_string(), stamp)
}

/// Accepts a work order: its repair file is made with it. One that was accepted keeps the file that it has.
pub(super) fn accept(connection: &Connection, order: &Acceptance<'_>, stamp: &Stamp) -> Result<Accepted, Halt> {
    let now = known(connection, order.id)?;
    if let Some(repair_file) = now.repair_file {
        return Ok(Accepted { id: order.id, repair_file, is_repeated: true });
    }
    if now.status.trigger(WorkOrderStatus::Accepted) != Some(Trigger::Accept) {
        return Err(not_allowed(&now, WorkOrderStatus::Accepted));
    }
    let repair_file = entry::create(connection, &order.repair_file, None, stamp)?;
    connection.execute(
        // One statement: accepted and without a repair file is what it never is.
        "UPDATE work_order SET status = 'ACCEPTED', entry = ?2, decided_at = ?3, decided_by = ?4 WHERE id = ?1",
        params![key(order.id), repair_file.0, stamp.at.seconds(), stamp.by],
    )?;
    let detail = json!({ "from": now.status.name(), "repair_file": repair_file.0, "by": order.by.name() });
    tell(connection, order.id, "accepted", &detail.to_string(), stamp)?;
    Ok(Accepted { id: order.id, repair_file, is_repeated: false })
}

/// Refuses a work order.
pub(super) fn refuse(connection: &Connection, id: WorkOrderId, reason: &str, stamp: &Stamp) -> Result<(), Halt> {
    let order = known(connection, id)?;
    if order.status.trigger(WorkOrderStatus::Refused) != Some(Trigger::Refuse) {
        return Err(not_allowed(&order, WorkOrderStatus::Refused));
    }
    step(connection, &order, WorkOrderStatus::Refused, None, &json!({ "reason": reason }), stamp)?;
    connection.execute("UPDATE work_order SET refusal_reason = ?2 WHERE id = ?1", params![key(id), reason])?;
    Ok(())
}

/// Makes a work order new again; its repair file is closed by itself.
pub(super) fn reopen(connection: &Connection, id: WorkOrderId, reason: &str, stamp: &Stamp) -> Result<(), Halt> {
    let order = known(connection, id)?;
    if order.status.trigger(WorkOrderStatus::New) != Some(Trigger::Reassign) {
        return Err(not_allowed(&order, WorkOrderStatus::New));
    }
    connection.execute(
        "UPDATE work_order SET status = 'NEW', decided_at = NULL, entry = NULL, refusal_reason = '', reported = 'NEW'
         WHERE id = ?1",
        [key(id)],
    )?;
    let detail = json!({ "reason": reason, "repair_file": order.repair_file.map(|entry| entry.0) });
    step(connection, &order, WorkOrderStatus::New, None, &detail, stamp)?;
    let Some(repair_file) = order.repair_file else { return Ok(()) };
    entry::change(connection, repair_file, &EntryChange::CloseWithout(reason.to_owned()), &[], stamp)
}

/// Notes that a work order was exported.
pub(super) fn exported(connection: &Connection, id: WorkOrderId, stamp: &Stamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE work_order SET exported_at = ?2 WHERE id = ?1")?
        .execute(params![key(id), stamp.at.seconds()])?;
    tell(connection, id, "exported", "{}", stamp)
}

/// A work order goes the way of its repair file, as far as the table lets it.
pub(in crate::ledger::sqlite) fn follow(
    connection: &Connection,
    repair_file: EntryId,
    state: RepairState,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    let (to, kind) = match state {
        RepairState::ToPlan | RepairState::WaitingParts => return Ok(()),
        RepairState::Planned => (WorkOrderStatus::Planned, None),
        RepairState::InProgress => (WorkOrderStatus::InProgress, None),
        RepairState::ClosedWithClaim => (WorkOrderStatus::Closed, Some(CloseKind::WithClaim)),
        RepairState::ClosedWithoutClaim => (WorkOrderStatus::Closed, Some(CloseKind::WithoutClaim)),
    };
    let Some(order) = read::of_repair_file(connection, repair_file)? else { return Ok(()) };
    if !order.status.may_become(to) {
        return Ok(());
    }
    step(connection, &order, to, kind, &json!({ "by": "repair", "repair_file": repair_file.0 }), stamp)
}

/// The platform tells the number of the repair file: ours gets it, so that both mean the same.
pub(super) fn name_repair_file(
    connection: &Connection,
    order: &WorkOrderEntry,
    intervention: u64,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE work_order SET intervention = ?2 WHERE id = ?1")?
        .execute(params![key(order.id), count(intervention)])?;
    let Some(repair_file) = order.repair_file else { return Ok(()) };
    connection
        .prepare_cached(
            "UPDATE entry SET intervention = ?2, body = json_set(body, '$.InterventionId', ?2),
                 changed_at = max(changed_at + 1, ?3)
             WHERE id = ?1 AND body IS NOT NULL AND intervention IS NULL",
        )?
        .execute(params![repair_file.0, count(intervention), stamp.at.seconds()])?;
    let detail = json!({ "intervention": intervention, "repair_file": repair_file.0 });
    tell(connection, order.id, "numbered", &detail.to_string(), stamp)
}
