//! How warranty claims go to their manufacturers.

use super::{Judging, Outcome, Own};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Purpose, Registry};
use crate::ledger::{Entry, EntryBook as _, EntryChange, EntryFilter, EntryId, Message, Stamp};
use crate::model::{ClaimStatus, DepositKind, ManufacturerId};
use crate::workspace::Workspace;

/// Which claims are to be transmitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// These.
    Those(Vec<EntryId>),
    /// Every one that is valid, perhaps of one manufacturer only.
    AllValid(Option<ManufacturerId>),
}

impl Workspace {
    /// The claims that are meant, the oldest first. Those that are named must be valid, every one.
    pub fn claims_to_transmit(&self, chosen: &Chosen) -> Result<Vec<Entry>> {
        match chosen {
            Chosen::Those(ids) => {
                let mut claims = Vec::with_capacity(ids.len());
                for id in ids {
                    let claim = self.entry(DepositKind::Claims, *id)?;
                    let status = claim.claim_status.unwrap_or(ClaimStatus::NotValid);
                    if status != ClaimStatus::Valid {
                        return Err(not_allowed(&claim, status.name(), ClaimStatus::Waiting.name()));
                    }
                    if !claims.iter().any(|known: &Entry| known.id == claim.id) {
                        claims.push(claim);
                    }
                }
                Ok(claims)
            }
            Chosen::AllValid(manufacturer) => {
                let mut claims = self.ledger.entries(&EntryFilter {
                    kind: Some(DepositKind::Claims),
                    claim_statuses: vec![ClaimStatus::Valid],
                    manufacturer: *manufacturer,
                    ..EntryFilter::default()
                })?;
                claims.reverse();
                Ok(claims)
            }
        }
    }

    /// The call by which a claim is transmitted: one that the platform had already is corrected.
    pub fn claim_purpose(claim: &Entry) -> Purpose {
        let is_known = claim.transmitted_at.is_some() || !claim.claim_number.is_empty();
        if is_known { Purpose::ChangedClaim } else { Purpose::NewClaim }
    }

    /// Transmits claims, all of them or none: each waits from now on, and a file in the outbox holds what the call takes.
    pub fn transmit_claims(&mut self, claims: &[Entry], registry: &Registry, stamp: &Stamp) -> Result<()> {
        let mut changes = Vec::with_capacity(claims.len());
        for claim in claims {
            let content = self.ledger.entry_content(claim.id)?;
            let purged = || Error::new(Code::EntryPurged, Arguments::none().with("number", claim.id.0));
            let message = Message {
                entry: Some(claim.id),
                call: registry.call(Self::claim_purpose(claim))?.name,
                body: content.body.ok_or_else(purged)?,
            };
            changes.push((claim.id, EntryChange::Claim(ClaimStatus::Waiting), Some(message)));
        }
        self.ledger.change_entries(&changes, stamp)?;
        self.write_outbox()
    }

    /// Takes claims back, all of them or none, and tells how each is then; nothing is changed when it `is_rehearsed`. The
    /// platform has no call for it.
    pub fn cancel_claims(&mut self, ids: &[EntryId], is_rehearsed: bool, stamp: &Stamp) -> Result<Vec<Entry>> {
        let mut claims = Vec::with_capacity(ids.len());
        for id in ids {
            let claim = self.entry(DepositKind::Claims, *id)?;
            let status = claim.claim_status.unwrap_or(ClaimStatus::NotValid);
            if !status.may_become(ClaimStatus::Cancelled) {
                return Err(not_allowed(&claim, status.name(), ClaimStatus::Cancelled.name()));
            }
            if !claims.iter().any(|known: &Entry| known.id == claim.id) {
                claims.push(claim);
            }
        }
        if is_rehearsed {
            return Ok(claims);
        }
        let changes: Vec<_> =
            claims.iter().map(|claim| (claim.id, EntryChange::Claim(ClaimStatus::Cancelled), None)).collect();
        self.ledger.change_entries(&changes, stamp)?;
        claims.iter().map(|claim| self.entry(DepositKind::Claims, claim.id)).collect()
    }

    /// Makes a claim of a repair file, with all that it says; the file is closed by it. A claim with errors is kept, too.
    pub fn claim_of_repair(
        &mut self,
        repair: &Entry,
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Outcome> {
        let body = self.entry_body(repair, judging.fields()?)?.as_claim(judging.fields()?);
        if let Some(state) = repair.repair_state.filter(|state| state.is_closed()) {
            return Err(not_allowed(repair, state.name(), crate::model::RepairState::ClosedWithClaim.name()));
        }
        let own = Own { entry: None, counterpart: Some(repair.id) };
        let judged = self.judge(body.text().as_bytes(), DepositKind::Claims, own, judging)?;
        let mut entry = None;
        if !is_rehearsed {
            let id = self.ledger.create_entry(&judged.entry(), Some(repair.id), stamp)?;
            entry = self.ledger.entry(id)?;
        }
        Ok(Outcome { entry, faults: judged.faults, gone: Vec::new(), is_told: false })
    }
}

/// A step that the state of an entry does not allow.
pub(super) fn not_allowed(entry: &Entry, status: &str, wanted: &str) -> Error {
    let arguments = Arguments::none().with("number", entry.id.0).with("status", status).with("wanted", wanted);
    Error::new(Code::EntryTransitionNotAllowed, arguments.with("command", entry.kind.record_name()))
}
