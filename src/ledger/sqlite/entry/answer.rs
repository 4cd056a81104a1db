//! What the manufacturer says of claims.

use rusqlite::{Connection, params};
use serde_json::json;

use super::change::step;
use super::read::{content, entries_where};
use super::{known, tell};
use crate::ledger::sqlite::Halt;
use crate::ledger::{ClaimAnswer, Entry, EntryId, Matched, Stamp};
use crate::model::{ClaimStatus, ManufacturerId};

/// Takes in what the manufacturer says of a claim: the one that is named, or found by its numbers.
pub(super) fn take(
    connection: &Connection,
    claim: Option<EntryId>,
    manufacturer: Option<ManufacturerId>,
    report_number: &str,
    answer: &ClaimAnswer,
    stamp: &Stamp,
) -> Result<(Matched, Option<EntryId>), Halt> {
    let found = match claim {
        Some(id) => known(connection, id).map(Some)?,
        None => find(connection, manufacturer, &answer.claim_number, report_number)?,
    };
    let Some(entry) = found else {
        return Ok((Matched::Unknown, None));
    };
    let (Some(now), true) = (entry.claim_status, agrees(&entry, &answer.claim_number, report_number)) else {
        return Ok((Matched::Contradicts, Some(entry.id)));
    };
    // A word that nobody here knows is kept and moves nothing.
    let said = ClaimStatus::from_name(&answer.status);
    let Some(way) = said.map_or(Some(Vec::new()), |said| way(now, said, entry.is_valid)) else {
        return Ok((Matched::Contradicts, Some(entry.id)));
    };
    let is_heard = answer.status.is_empty() || answer.status == entry.answer;
    let is_numbered = answer.claim_number.is_empty() || answer.claim_number == entry.claim_number;
    let remarks = content(connection, entry.id)?.map(|content| content.remarks).unwrap_or_default();
    if way.is_empty() && is_heard && is_numbered && remarks == answer.remarks {
        return Ok((Matched::Known, Some(entry.id)));
    }
    go(connection, &entry, now, &way, stamp)?;
    connection
        .prepare_cached(
            "UPDATE entry SET answer = CASE ?2 WHEN '' THEN answer ELSE ?2 END,
                 claim_number = CASE ?3 WHEN '' THEN claim_number ELSE ?3 END,
                 remarks = iif(contents_purged_at IS NULL, ?4, '[]'), persons_purged_at = NULL,
                 changed_at = max(changed_at + 1, ?5) WHERE id = ?1",
        )?
        .execute(params![
            entry.id.0,
            answer.status,
            answer.claim_number,
            super::to_json(&answer.remarks)?,
            stamp.at.seconds()
        ])?;
    // Remarks may name persons, and the journal is never purged.
    let detail = json!({ "status": answer.status, "remarks": answer.remarks.len() });
    tell(connection, entry.id, "answered", &detail.to_string(), stamp)?;
    Ok((Matched::Taken, Some(entry.id)))
}

/// Brings a claim from step to step.
pub(super) fn go(
    connection: &Connection,
    entry: &Entry,
    mut now: ClaimStatus,
    way: &[ClaimStatus],
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    for next in way {
        step(connection, entry, now, *next, stamp)?;
        now = *next;
    }
    Ok(())
}

/// The claim that is spoken of: by its number on the platform, else by its report number when only one can be meant.
pub(super) fn find(
    connection: &Connection,
    manufacturer: Option<ManufacturerId>,
    claim_number: &str,
    report_number: &str,
) -> rusqlite::Result<Option<Entry>> {
    let manufacturer = manufacturer.map(|id| id.0);
    let among = "e.kind = 'claims' AND e.body IS NOT NULL AND (?2 IS NULL OR e.manufacturer = ?2)";
    if !claim_number.is_empty() {
        let condition = format!("e.claim_number = ?1 AND e.claim_number <> '' AND {among} ORDER BY e.id DESC LIMIT 2");
        let numbered = entries_where(connection, &condition, params![claim_number, manufacturer])?;
        if let Some(entry) = only(numbered) {
            return Ok(Some(entry));
        }
    }
    if report_number.is_empty() {
        return Ok(None);
    }
    // What was taken back was handed over, or nobody else would know of it; what came in its place is meant first.
    let condition = format!(
        "e.report_number = ?1 AND {among} AND (e.transmitted_at IS NOT NULL OR e.status IN ('VALID', 'NOTVALID'))"
    );
    let found = entries_where(connection, &condition, params![report_number, manufacturer])?;
    let (gone, here): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|entry| entry.claim_status == Some(ClaimStatus::Cancelled));
    let (sent, ours): (Vec<_>, Vec<_>) = here.into_iter().partition(|entry| entry.transmitted_at.is_some());
    let candidates = [sent, ours, gone].into_iter().find(|entries| !entries.is_empty());
    Ok(candidates.and_then(only))
}

/// Nobody guesses which of several is meant.
fn only(mut entries: Vec<Entry>) -> Option<Entry> {
    if entries.len() == 1 { entries.pop() } else { None }
}

/// Whether both numbers that were said are those of the claim, as far as they are known.
pub(super) fn agrees(entry: &Entry, claim_number: &str, report_number: &str) -> bool {
    let fits = |said: &str, known: &str| said.is_empty() || known.is_empty() || said == known;
    fits(claim_number, &entry.claim_number) && fits(report_number, &entry.report_number)
}

/// The steps that bring a claim where the manufacturer says that it is; `None` when it cannot be there.
///
/// What is spoken of was handed over, so one that is ready goes by way of waiting. `VALID` in the mouth of the platform is
/// no more than that: the claim is there, and no answer yet.
pub(super) fn way(now: ClaimStatus, said: ClaimStatus, is_valid: bool) -> Option<Vec<ClaimStatus>> {
    use ClaimStatus::{NotConform, NotValid, Valid, Waiting};

    let goal = if said == Valid { Waiting } else { said };
    if goal == now {
        return Some(Vec::new());
    }
    let mut way = match now {
        Valid => vec![Waiting],
        NotValid | NotConform if goal == Waiting && is_valid => vec![Valid, Waiting],
        _ => Vec::new(),
    };
    let at = way.last().copied().unwrap_or(now);
    if at == goal {
        return Some(way);
    }
    at.may_become(goal).then(|| {
        way.push(goal);
        way
    })
}
