//! How far an entry is, changed by ourselves.

use rusqlite::{Connection, params};
use serde_json::json;

use super::{known, not_allowed, post, status, tell, unknown};
use crate::ledger::sqlite::{Halt, work_order};
use crate::ledger::{Entry, EntryChange, EntryId, Message, Stamp};
use crate::model::{ClaimStatus, RepairState};

/// Changes an entry, and puts what the platform is to be told into the outbox.
pub(in crate::ledger::sqlite) fn change(
    connection: &Connection,
    id: EntryId,
    change: &EntryChange,
    messages: &[Message],
    stamp: &Stamp,
) -> Result<(), Halt> {
    let entry = known(connection, id)?;
    match change {
        EntryChange::Claim(to) => claim(connection, &entry, *to, stamp)?,
        EntryChange::Repair(to) => {
            let now = open_repair(&entry, *to)?;
            // Nobody closes a repair file without saying how.
            if to.is_closed() {
                return Err(not_allowed(&entry, to.name()));
            }
            if now != *to {
                set(connection, &entry, to.name(), &json!({ "from": now.name() }).to_string(), stamp)?;
            }
        }
        EntryChange::CloseWithout(reason) => {
            let now = open_repair(&entry, RepairState::ClosedWithoutClaim)?;
            let detail = json!({ "from": now.name(), "reason": reason }).to_string();
            set(connection, &entry, RepairState::ClosedWithoutClaim.name(), &detail, stamp)?;
            connection.execute("UPDATE entry SET closing_reason = ?2 WHERE id = ?1", params![id.0, reason])?;
        }
        EntryChange::CloseWith(claim) => close_with(connection, &entry, *claim, stamp)?,
    }
    tell_platform(connection, id, messages, stamp)
}

/// Puts what the platform is to be told of an entry into the outbox.
pub(super) fn tell_platform(
    connection: &Connection,
    id: EntryId,
    messages: &[Message],
    stamp: &Stamp,
) -> Result<(), Halt> {
    let entry = known(connection, id)?;
    for message in messages {
        post(connection, message, stamp)?;
    }
    if entry.repair_state.is_some() && !messages.is_empty() {
        transmitted(connection, &entry, messages, stamp)?;
    }
    Ok(())
}

fn claim(connection: &Connection, entry: &Entry, to: ClaimStatus, stamp: &Stamp) -> Result<(), Halt> {
    let Some(now) = entry.claim_status.filter(|now| now.may_become(to)) else {
        return Err(not_allowed(entry, to.name()));
    };
    // What has errors cannot be transmitted.
    if matches!(to, ClaimStatus::Valid | ClaimStatus::Waiting) && !entry.is_valid {
        return Err(not_allowed(entry, to.name()));
    }
    step(connection, entry, now, to, stamp)?;
    Ok(())
}

/// Brings a claim one step on.
pub(super) fn step(
    connection: &Connection,
    entry: &Entry,
    from: ClaimStatus,
    to: ClaimStatus,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    set(connection, entry, to.name(), &json!({ "from": from.name() }).to_string(), stamp)?;
    if to == ClaimStatus::Waiting {
        connection
            .prepare_cached("UPDATE entry SET transmitted_at = ?2 WHERE id = ?1")?
            .execute(params![entry.id.0, stamp.at.seconds()])?;
    }
    Ok(())
}

/// Writes a status down. The work order that a repair file was made of goes with it.
fn set(connection: &Connection, entry: &Entry, to: &str, detail: &str, stamp: &Stamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE entry SET status = ?2, changed_at = max(changed_at + 1, ?3) WHERE id = ?1")?
        .execute(params![entry.id.0, to, stamp.at.seconds()])?;
    tell(connection, entry.id, &to.to_lowercase(), detail, stamp)?;
    match RepairState::from_name(to).filter(|_| entry.repair_state.is_some()) {
        Some(state) => work_order::follow(connection, entry.id, state, stamp),
        None => Ok(()),
    }
}

/// How far a repair file is that is not closed.
fn open_repair(entry: &Entry, to: RepairState) -> Result<RepairState, Halt> {
    entry.repair_state.filter(|now| !now.is_closed()).ok_or_else(|| not_allowed(entry, to.name()))
}

/// Closes a repair file with the claim that was made of it.
fn close_with(connection: &Connection, entry: &Entry, claim: EntryId, stamp: &Stamp) -> Result<(), Halt> {
    let now = open_repair(entry, RepairState::ClosedWithClaim)?;
    let made = known(connection, claim)?;
    let Some(claim_status) = made.claim_status else { return Err(unknown(claim).into()) };
    if made.counterpart.is_some() || claim_status == ClaimStatus::Cancelled {
        return Err(not_allowed(entry, RepairState::ClosedWithClaim.name()));
    }
    let detail = json!({ "from": now.name(), "claim": claim.0 }).to_string();
    set(connection, entry, RepairState::ClosedWithClaim.name(), &detail, stamp)?;
    for (one, other) in [(entry.id, claim), (claim, entry.id)] {
        connection.execute("UPDATE entry SET counterpart = ?2 WHERE id = ?1", [one.0, other.0])?;
    }
    Ok(())
}

/// Writes down that the platform is told of a repair file.
fn transmitted(connection: &Connection, entry: &Entry, messages: &[Message], stamp: &Stamp) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE entry SET transmitted_at = ?2, changed_at = max(changed_at + 1, ?2) WHERE id = ?1",
        params![entry.id.0, stamp.at.seconds()],
    )?;
    let calls: Vec<_> = messages.iter().map(|message| message.call.as_str()).collect();
    tell(connection, entry.id, "transmitted", &json!({ "calls": calls, "status": status(entry) }).to_string(), stamp)
}
