//! Work orders that come in.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::json;

use super::{change, key, read, tell};
use crate::ledger::sqlite::rows::count;
use crate::ledger::{Arrived, ArrivingWorkOrder, Stamp, WorkOrderEntry};
use crate::model::{CloseKind, Moment, Trigger, WorkOrder, WorkOrderStatus};

/// Takes one in: it is new, known, or contradicts what is known.
pub(super) fn take(
    connection: &Connection,
    arriving: &ArrivingWorkOrder<'_>,
    stamp: &Stamp,
) -> rusqlite::Result<Arrived> {
    let hash = blake3::hash(arriving.body.as_bytes()).to_hex();
    let question = "SELECT hash FROM work_order WHERE id = ?1";
    let earlier: Option<String> =
        connection.prepare_cached(question)?.query_row([key(arriving.order.id())], |row| row.get(0)).optional()?;
    let Some(earlier) = earlier else {
        insert(connection, arriving, hash.as_str(), stamp)?;
        return Ok(Arrived::New);
    };
    if earlier != hash.as_str() {
        return Ok(Arrived::Conflict);
    }
    match read::one(connection, arriving.order.id())? {
        Some(known) => report(connection, &known, arriving.order, stamp),
        // It was there a moment ago, in the same transaction.
        None => Ok(Arrived::Known),
    }
}

fn insert(
    connection: &Connection,
    arriving: &ArrivingWorkOrder<'_>,
    hash: &str,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    let (order, content) = (arriving.order, arriving.order.content());
    let reported = order.status();
    // Accepted is what has a repair file here.
    let status = if reported == WorkOrderStatus::Accepted { WorkOrderStatus::New } else { reported };
    connection
        .prepare_cached(
            "INSERT INTO work_order (id, number, manufacturer, repair_type, product, zip, created_at, deadline, hash,
                 body, status, close_kind, reported, intervention, received_at, received_by, decided_at, decided_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 CASE ?11 WHEN 'NEW' THEN NULL ELSE ?15 END, CASE ?11 WHEN 'NEW' THEN '' ELSE ?16 END)",
        )?
        .execute(params![
            key(order.id()),
            content.number,
            order.manufacturer().0,
            content.intervention.id.map(count),
            content.product(),
            content.consumer.zip,
            content.created.map(Moment::seconds),
            content.deadline.map(Moment::seconds),
            hash,
            arriving.body,
            status.name(),
            content.close_kind.filter(|_| status == WorkOrderStatus::Closed).map(CloseKind::name),
            reported.name(),
            content.repair_file.map(count),
            stamp.at.seconds(),
            stamp.by,
        ])?;
    tell(connection, order.id(), "received", &json!({ "status": reported.name() }).to_string(), stamp)
}

/// What the platform says of the state of a work order that is known.
fn report(
    connection: &Connection,
    known: &WorkOrderEntry,
    order: &WorkOrder,
    stamp: &Stamp,
) -> rusqlite::Result<Arrived> {
    let (here, reported) = (known.status, order.status());
    if let Some(intervention) = order.content().repair_file.filter(|told| known.intervention != Some(*told)) {
        change::name_repair_file(connection, known, intervention, stamp)?;
    }
    // What was told before is no news, whatever was done here since.
    if reported == known.reported {
        return Ok(Arrived::Known);
    }
    let is_news = match here.trigger(reported) {
        // An old file must not give a work order back that somebody works on: that is for a person to say.
        Some(Trigger::Reassign) => return Ok(Arrived::Otherwise { here }),
        Some(_) => true,
        None if here.follows(reported) => false,
        None => return Ok(Arrived::Otherwise { here }),
    };
    connection
        .prepare_cached("UPDATE work_order SET reported = ?2 WHERE id = ?1")?
        .execute(params![key(known.id), reported.name()])?;
    // It is accepted once it has its repair file.
    if !is_news || reported == WorkOrderStatus::Accepted {
        return Ok(Arrived::Known);
    }
    change::step(connection, known, reported, order.content().close_kind, &json!({ "by": "platform" }), stamp)?;
    Ok(Arrived::Moved { from: here, to: reported })
}
