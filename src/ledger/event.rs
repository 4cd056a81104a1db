//! The book of events: what others are to be told of, whom, and how far that is.

use serde::{Deserialize, Serialize};

use super::Stamp;
use crate::diagnostic::Result;
use crate::model::{Channel, EventKind, ManufacturerId, Moment, Recipient, words};

/// The number of an event; a later one has a higher number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

/// The number of a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(pub i64);

/// An event on its way into the ledger. It is written in the transaction of what it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// What it is known by: the same thing is told of once.
    pub key: String,
    /// When it happened, and by whose doing.
    pub stamp: Stamp,
    /// What it is about, as people name it.
    pub subject: String,
    /// What is told of it.
    pub facts: EventFacts,
}

impl NewEvent {
    /// A work order came in.
    pub fn new_work_order(facts: WorkOrderFacts, stamp: Stamp) -> Self {
        Self {
            key: format!("work-order:{}:new", facts.number),
            stamp,
            subject: facts.number.to_string(),
            facts: EventFacts::NewWorkOrder(facts),
        }
    }

    /// A work order has to be answered soon.
    pub fn deadline_near(facts: WorkOrderFacts, stamp: Stamp) -> Self {
        Self {
            key: format!("work-order:{}:deadline-near", facts.number),
            stamp,
            subject: facts.number.to_string(),
            facts: EventFacts::DeadlineNear(facts),
        }
    }

    /// Nothing of a deposit was created.
    pub fn deposit_rejected(facts: DepositFacts, stamp: Stamp) -> Self {
        Self {
            key: format!("deposit:{}:rejected", facts.deposit),
            stamp,
            subject: facts.deposit.to_string(),
            facts: EventFacts::DepositRejected(facts),
        }
    }

    /// A manufacturer answered to orders in a file of this hash.
    pub fn order_response(hash: &str, facts: ResponseFacts, stamp: Stamp) -> Self {
        Self {
            key: format!("order-response:{hash}"),
            stamp,
            subject: facts.file.clone(),
            facts: EventFacts::OrderResponse(facts),
        }
    }
}

/// What is told of an event. Never anything of a person: facts leave the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventFacts {
    /// Of a work order that came in.
    NewWorkOrder(WorkOrderFacts),
    /// Of a work order that has to be answered soon.
    DeadlineNear(WorkOrderFacts),
    /// Of a deposit of which nothing was created.
    DepositRejected(DepositFacts),
    /// Of a file with answers.
    OrderResponse(ResponseFacts),
}

impl EventFacts {
    /// What happened.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::NewWorkOrder(_) => EventKind::NewWorkOrder,
            Self::DeadlineNear(_) => EventKind::DeadlineNear,
            Self::DepositRejected(_) => EventKind::DepositRejected,
            Self::OrderResponse(_) => EventKind::OrderResponse,
        }
    }

    /// The facts as JSON.
    pub fn to_json(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The facts of an event of this kind, from JSON.
    pub fn from_json(kind: EventKind, text: &str) -> Option<Self> {
        match kind {
            EventKind::NewWorkOrder => serde_json::from_str(text).map(Self::NewWorkOrder),
            EventKind::DeadlineNear => serde_json::from_str(text).map(Self::DeadlineNear),
            EventKind::DepositRejected => serde_json::from_str(text).map(Self::DepositRejected),
            EventKind::OrderResponse => serde_json::from_str(text).map(Self::OrderResponse),
        }
        .ok()
    }
}

/// What is told of a work order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrderFacts {
    /// Its number on the platform.
    pub number: u64,
    /// The manufacturer's own number of it.
    pub order_mission: String,
    /// The number of its manufacturer.
    pub manufacturer: u32,
    /// Until when it has to be answered: `2026-03-04T18:05:00Z`.
    pub deadline: Option<String>,
}

impl WorkOrderFacts {
    /// What is told of a work order.
    pub fn new(number: u64, order_mission: &str, manufacturer: ManufacturerId, deadline: Option<Moment>) -> Self {
        Self {
            number,
            order_mission: order_mission.to_owned(),
            manufacturer: manufacturer.0,
            deadline: deadline.map(|moment| moment.to_string()),
        }
    }
}

/// What is told of a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositFacts {
    /// Its number.
    pub deposit: i64,
    /// The bare name of its file.
    pub file: String,
    /// How many entries were read.
    pub read: u64,
    /// How many of them were refused.
    pub rejected: u64,
    /// The code of the error for which the file was refused as a whole.
    pub code: Option<String>,
}

/// What is told of a file with answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseFacts {
    /// The bare name of the file.
    pub file: String,
    /// How many orders it says something of.
    pub orders: u64,
    /// How many answers were taken.
    pub taken: u64,
    /// How many were not.
    pub refused: u64,
}

/// An event of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// What it is known by wherever it is told, different in every ledger.
    pub key: String,
    /// When it happened.
    pub at: Moment,
    /// By whose doing.
    pub by: String,
    /// What it is about.
    pub subject: String,
    /// What is told of it.
    pub facts: EventFacts,
}

words! {
    /// How far a notification is.
    NotificationStatus {
        /// It is to be handed over.
        Open = "OPEN",
        /// It was handed over.
        Delivered = "DELIVERED",
        /// It was refused for good, or could not be handed over for too long.
        Refused = "REFUSED",
    }
}

/// An event that one recipient is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub id: NotificationId,
    /// What is told.
    pub event: Event,
    /// Whom.
    pub recipient: Recipient,
    /// How far it is.
    pub status: NotificationStatus,
    /// How often it was tried.
    pub attempts: u64,
    /// Before when it is not tried again.
    pub next_attempt: Option<Moment>,
    /// When it was handed over.
    pub delivered_at: Option<Moment>,
    /// What went wrong the last time.
    pub last_error: String,
}

/// Which notification is claimed.
#[derive(Clone, Debug)]
pub struct Claim<'c> {
    /// One behind this one: a run takes each once.
    pub after: NotificationId,
    /// One that is due, and that nobody else holds.
    pub now: Moment,
    /// Until when nobody else gets it.
    pub until: Moment,
    /// One on these ways.
    pub channels: &'c [Channel],
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It was handed over.
    Delivered(Moment),
    /// It was refused for good.
    Refused(String),
    /// It is tried again at that moment.
    Postponed(String, Moment),
    /// Nothing of its channel can be handed over: all of it waits until that moment.
    Blocked(String, Moment),
}

/// What others are told of. Books that keep what happens write their events themselves, with what happens.
pub trait EventBook {
    /// Writes an event down that no other book writes; `false` when it is known.
    fn note_event(&mut self, event: &NewEvent) -> Result<bool>;

    /// Work orders that wait for an answer until a moment between these two and were not told of yet, as events of `now`.
    fn near_deadlines(&self, from: Moment, until: Moment, now: Moment) -> Result<Vec<NewEvent>>;

    /// The first events behind one, at most so many.
    fn events_after(&self, id: EventId, limit: u32) -> Result<Vec<Event>>;

    /// The last event that stands in the file of events.
    fn last_written_event(&self) -> Result<EventId>;

    /// Says that all events up to one stand in the file of events.
    fn events_written(&mut self, up_to: EventId) -> Result<()>;

    /// Events of which was not settled yet whom they are told.
    fn unrouted_events(&self) -> Result<Vec<Event>>;

    /// Settles once and for all whom events are told that were not settled yet; tells how many these were.
    fn route_events(&mut self, recipients: &dyn Fn(&Event) -> Vec<Recipient>) -> Result<u64>;

    /// Takes the next notification to hand it over: nobody else gets it before the claim ends.
    fn claim_notification(&mut self, claim: &Claim<'_>) -> Result<Option<Notification>>;

    /// Keeps how an attempt ended, and ends the claim.
    fn end_attempt(&mut self, id: NotificationId, end: &AttemptEnd) -> Result<()>;

    /// Notifications of these statuses (none: all), in the order of their events.
    fn notifications(&self, statuses: &[NotificationStatus]) -> Result<Vec<Notification>>;

    /// Opens notifications again that were refused; tells how many.
    fn reopen_notifications(&mut self) -> Result<u64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_from_json_and_name_nobody() {
        let stamp = Stamp { at: Moment::beginning(), by: "claire".to_owned() };
        let work_order = WorkOrderFacts::new(4_711_001, "OM-1", ManufacturerId(15), Moment::from_seconds(0));
        let deposit = DepositFacts { deposit: 12, file: "claims.csv".to_owned(), read: 3, rejected: 3, code: None };
        let response = ResponseFacts { file: "answer.csv".to_owned(), orders: 1, taken: 2, refused: 0 };
        let events = [
            NewEvent::new_work_order(work_order.clone(), stamp.clone()),
            NewEvent::deadline_near(work_order, stamp.clone()),
            NewEvent::deposit_rejected(deposit, stamp.clone()),
            NewEvent::order_response("ab12", response, stamp),
        ];
        assert_eq!(events.each_ref().map(|event| event.facts.kind()).as_slice(), EventKind::ALL);
        for event in events {
            let text = event.facts.to_json();
            assert_eq!(EventFacts::from_json(event.facts.kind(), &text), Some(event.facts.clone()), "{text}");
            assert!(!text.contains("claire"), "{text}");
        }
        assert_eq!(EventFacts::from_json(EventKind::OrderResponse, "{}"), None);
    }
}
