//! Status codes of repair files, and how repair files are closed.

use serde_json::Value;

use super::claim::not_allowed;
use super::{EntryBody, EntryEdit, Judging, Outcome, Own, kept_body};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{EntryFields, Item, Key, Purpose, Registry, StatusNeed, StatusRole};
use crate::ledger::{Entry, EntryBook as _, EntryChange, EntryFilter, Message, Stamp};
use crate::model::{DepositKind, Moment, RepairState};
use crate::pipeline::JudgedEntry;
use crate::workspace::Workspace;

/// The field of what is said besides a status code.
const STATUS_COMMENT: &str = "StatusComment";

/// The field of the work order.
pub(super) const WORK_ORDER: &str = "OrderMission";

/// The field of the place of an appointment among those of its file.
const APPOINTMENT_NUMBER: &str = "AppointmentNumber";

/// A status code that is added to a repair file; values as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewStatus {
    /// The code.
    pub code: String,
    /// What is said besides.
    pub comment: String,
    /// When the appointment begins.
    pub appointment_start: String,
    /// When it ends.
    pub appointment_end: String,
    /// Parts that it is about: reference, quantity, number of the order.
    pub parts: Vec<(String, String, String)>,
}

/// A status code of a repair file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairStatus {
    /// The code.
    pub code: String,
    /// What is said besides.
    pub comment: String,
    /// Appointment: when it begins and ends.
    pub appointment: [String; 2],
    /// Since when, where that is known: the platform sets the code of a file that is closed with a claim.
    pub automatic_since: Option<Moment>,
}

/// How a repair file is closed without a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// A status code that is a reason, or the reason in words.
    pub reason: String,
    /// What is said besides a code.
    pub comment: String,
}

/// Whether the platform knows a repair file.
pub(super) fn is_on_platform(entry: &Entry) -> bool {
    entry.intervention.is_some() || entry.transmitted_at.is_some()
}

impl Workspace {
    /// The status codes of a repair file; that of a claim is set by nobody here.
    pub fn repair_statuses(&self, entry: &Entry, body: &EntryBody, registry: &Registry) -> Result<Vec<RepairStatus>> {
        let deposits = registry.deposits()?;
        let fields = &deposits.fields;
        let value = |item: &Value, name: &str| {
            let field = fields.id(name).map(|id| fields.get(id));
            field.and_then(|field| body.item_value(item, field)).unwrap_or_default()
        };
        let items = body.items(Item::Status, fields).iter().map(|item| RepairStatus {
            code: value(item, "StatusCode"),
            comment: value(item, STATUS_COMMENT),
            appointment: ["AppointmentDate", "AppointmentEndDate"].map(|name| value(item, name)),
            automatic_since: None,
        });
        let mut statuses: Vec<_> = items.collect();
        if entry.repair_state == Some(RepairState::ClosedWithClaim) {
            let claim = entry.counterpart.map(|id| self.ledger.entry(id)).transpose()?.flatten();
            let automatic = deposits.rules.statuses().filter(|(_, need)| *need == StatusNeed::Platform);
            statuses.extend(automatic.map(|(code, _)| RepairStatus {
                code: String::from_utf8_lossy(code).into_owned(),
                comment: String::new(),
                appointment: Default::default(),
                automatic_since: Some(claim.as_ref().map_or(entry.changed_at, |claim| claim.created_at)),
            }));
        }
        Ok(statuses)
    }

    /// What the platform is told of a repair file. One that it knows is brought up to date, and it knows those that it sent the
    /// work order of.
    pub(super) fn repair_message(&self, entry: &Entry, judged: &JudgedEntry, judging: &Judging<'_>) -> Result<Message> {
        let fields = judging.fields()?;
        let mut body = EntryBody::new(entry.kind, &judged.body);
        let work_order = fields.id(WORK_ORDER).and_then(|field| body.value(fields.get(field)));
        let is_known = is_on_platform(entry) || judged.intervention.is_some() || work_order.is_some();
        let purpose = if is_known { Purpose::ChangedRepair } else { Purpose::NewRepair };
        self.fill_order_numbers(entry, &mut body, fields)?;
        Ok(Message { entry: Some(entry.id), call: judging.registry.call(purpose)?.name, body: body.text() })
    }

    /// Adds a status code with its data. The whole file is judged; with an error nothing is changed, and the outcome says why.
    pub fn add_status(
        &mut self,
        entry: &Entry,
        status: &NewStatus,
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Outcome> {
        let before = self.ledger.entry_content(entry.id)?;
        let known = self.body_of(entry, &before, judging.fields()?)?;
        let mut body = kept_body(entry, &before)?;
        push_status(&mut body, status, &known, judging.fields()?)?;
        if let Some(state) = entry.repair_state.filter(|state| state.is_closed()) {
            return Err(not_allowed(entry, state.name(), &status.code));
        }
        let judged = self.judge(body.text().as_bytes(), entry.kind, Own::of(entry), judging)?;
        let is_valid = judged.entry().is_valid();
        let mut now = Some(entry.clone());
        if is_valid && !is_rehearsed {
            let message = self.repair_message(entry, &judged, judging)?;
            let amended = judged.entry();
            self.ledger.advance_entry(entry.id, &amended, entry.changed_at, None, &[message], stamp)?;
            self.write_outbox()?;
            now = self.ledger.entry(entry.id)?;
        }
        Ok(Outcome { entry: now, faults: judged.faults, gone: Vec::new(), is_told: is_valid })
    }

    /// Closes a repair file without a claim. A reason that is a status code is told to the platform, when the file is valid.
    pub fn close_without_claim(
        &mut self,
        entry: &Entry,
        closing: &Closing,
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Outcome> {
        if let Some(state) = entry.repair_state.filter(|state| state.is_closed()) {
            return Err(not_allowed(entry, state.name(), RepairState::ClosedWithoutClaim.name()));
        }
        let codes = &judging.registry.deposits()?.statuses;
        let reason = closing.reason.trim();
        let code = codes.get(reason);
        if let Some(code) = code.filter(|code| code.role != Some(StatusRole::Reason)) {
            let arguments = Arguments::none().with("reason", &code.code).with("possible", codes.reasons());
            return Err(Error::new(Code::ClosingReasonInvalid, arguments));
        }
        let words = code.map_or(reason, |code| code.title(judging.language));
        let change = EntryChange::CloseWithout(words.to_owned());
        let status = code.map(|code| NewStatus {
            code: code.code.clone(),
            comment: closing.comment.clone(),
            ..NewStatus::default()
        });
        let judged = match &status {
            Some(status) => {
                let mut body = kept_body(entry, &self.ledger.entry_content(entry.id)?)?;
                // A reason is about no part.
                let known = EntryBody::new(entry.kind, "");
                push_status(&mut body, status, &known, judging.fields()?)?;
                Some(self.judge(body.text().as_bytes(), entry.kind, Own::of(entry), judging)?)
            }
            None => None,
        };
        let told = judged.as_ref().filter(|judged| judged.entry().is_valid());
        if !is_rehearsed {
            match &judged {
                Some(judged) => {
                    let message = told.map(|judged| self.repair_message(entry, judged, judging)).transpose()?;
                    let messages: Vec<_> = message.into_iter().collect();
                    let amended = judged.entry();
                    self.ledger.advance_entry(entry.id, &amended, entry.changed_at, Some(&change), &messages, stamp)?;
                }
                None => self.ledger.change_entry(entry.id, &change, &[], stamp)?,
            }
            self.write_outbox()?;
        }
        let is_told = told.is_some();
        let now = if is_rehearsed { Some(entry.clone()) } else { self.ledger.entry(entry.id)? };
        Ok(Outcome {
            entry: now,
            faults: judged.map(|judged| judged.faults).unwrap_or_default(),
            gone: Vec::new(),
            is_told,
        })
    }

    /// Open repair files that the platform does not know and that nothing keeps from being told, the oldest first.
    pub fn repairs_to_transmit(&self) -> Result<Vec<Entry>> {
        let mut repairs = self.ledger.entries(&EntryFilter {
            kind: Some(DepositKind::Repairs),
            valid: Some(true),
            ..EntryFilter::default()
        })?;
        repairs.retain(|entry| !is_on_platform(entry) && !entry.repair_state.is_some_and(RepairState::is_closed));
        repairs.reverse();
        Ok(repairs)
    }

    /// Tells the platform of repair files, and says by which calls; each must be open and valid, or none is told. Nothing is told
    /// when `is_rehearsed`.
    pub fn transmit_repairs(
        &mut self,
        repairs: &[Entry],
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Vec<String>> {
        let mut ready = Vec::with_capacity(repairs.len());
        for entry in repairs {
            let body = kept_body(entry, &self.ledger.entry_content(entry.id)?)?;
            if let Some(state) = entry.repair_state.filter(|state| state.is_closed()) {
                return Err(not_allowed(entry, state.name(), "TRANSMITTED"));
            }
            let judged = self.judge(body.text().as_bytes(), entry.kind, Own::of(entry), judging)?;
            if !judged.entry().is_valid() {
                return Err(Error::new(Code::RepairNotValid, Arguments::none().with("number", entry.id.0)));
            }
            let message = self.repair_message(entry, &judged, judging)?;
            ready.push((
                entry.id,
                EntryChange::Repair(entry.repair_state.unwrap_or(RepairState::ToPlan)),
                Some(message),
            ));
        }
        if !is_rehearsed {
            self.ledger.change_entries(&ready, stamp)?;
        }
        self.write_outbox()?;
        Ok(ready.into_iter().filter_map(|(_, _, message)| Some(message?.call)).collect())
    }
}

/// Adds a status code to the body of a repair file, of whose parts `known` knows the orders.
fn push_status(body: &mut EntryBody, status: &NewStatus, known: &EntryBody, fields: &EntryFields) -> Result<()> {
    let place = body.items(Item::Status, fields).len() + 1;
    let named = |key: Key| fields.get(fields.key(key)).name.clone();
    let mut members = vec![
        (named(Key::StatusCode), status.code.clone()),
        (STATUS_COMMENT.to_owned(), status.comment.clone()),
        (named(Key::AppointmentDate), status.appointment_start.clone()),
        (named(Key::AppointmentEndDate), status.appointment_end.clone()),
    ];
    // The appointments of a file are numbered.
    if !status.appointment_start.trim().is_empty() {
        let field = fields.get(fields.key(Key::AppointmentDate));
        let items = body.items(Item::Status, fields);
        let number = items.iter().filter(|item| body.item_value(item, field).is_some()).count() + 1;
        members.push((APPOINTMENT_NUMBER.to_owned(), number.to_string()));
    }
    for (field, value) in members.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
        body.edit(&EntryEdit { field, place: Some(place), value }, fields)?;
    }
    for (reference, quantity, order) in &status.parts {
        // What is known of the order need not be typed again.
        let given = Some(order.clone()).filter(|order| !order.is_empty());
        let order = given.or_else(|| known.order_number(reference, fields)).unwrap_or_default();
        let part = [
            (Key::StatusPartReference, reference.as_str()),
            (Key::StatusPartQuantity, quantity),
            (Key::StatusPartOrderNumber, &order),
        ];
        body.push_part_of_status(place - 1, &part, fields);
    }
    Ok(())
}
