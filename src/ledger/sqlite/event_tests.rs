//! Events and notifications in the ledger itself.

use rusqlite::Connection;

use super::{Connected as _, SqliteLedger};
use crate::ledger::{
    AttemptEnd, Claim, DepositFacts, EventBook as _, EventId, Ledger as _, NewEvent, Notification, NotificationId,
    NotificationStatus, Stamp,
};
use crate::model::{Channel, Moment, Recipient};

fn ledger() -> (tempfile::TempDir, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::create(&folder.path().join("ledger.sqlite"), false).unwrap();
    (folder, ledger)
}

fn at(seconds: i64) -> Moment {
    Moment::from_seconds(seconds).unwrap()
}

fn rejected(deposit: i64) -> NewEvent {
    let facts = DepositFacts { deposit, file: format!("{deposit}.csv"), read: 1, rejected: 1, code: None };
    NewEvent::deposit_rejected(facts, Stamp { at: at(0), by: "claire".to_owned() })
}

/// A ledger with events that are told by mail and by webhook.
fn routed(events: i64) -> (tempfile::TempDir, SqliteLedger) {
    let (folder, mut ledger) = ledger();
    for number in 1..=events {
        assert!(ledger.note_event(&rejected(number)).unwrap());
    }
    let to = [Recipient::Mail("a@example.org".to_owned()), Recipient::Webhook];
    assert_eq!(ledger.route_events(&|_| to.to_vec()).unwrap(), events.cast_unsigned());
    (folder, ledger)
}

fn claim(ledger: &mut SqliteLedger, after: NotificationId, now: i64) -> Option<Notification> {
    let claim = Claim { after, now: at(now), until: at(now + 100), channels: Channel::ALL };
    ledger.claim_notification(&claim).unwrap()
}

#[test]
fn an_event_is_kept_once_and_settled_once() {
    let (_folder, mut ledger) = routed(2);
    assert!(!ledger.note_event(&rejected(2)).unwrap());
    assert_eq!(ledger.route_events(&|_| vec![Recipient::Webhook]).unwrap(), 0);
    assert_eq!(ledger.notifications(&[]).unwrap().len(), 4);
    let events = ledger.events_after(EventId(1), 10).unwrap();
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [EventId(2)]);
    let (name, key) = events[0].key.split_once(':').unwrap();
    assert!(name.len() == 16 && key == "deposit:2:rejected", "{}", events[0].key);
    ledger.events_written(EventId(2)).unwrap();
    ledger.events_written(EventId(1)).unwrap();
    assert_eq!(ledger.last_written_event().unwrap(), EventId(2), "the file never gets shorter");
    assert_eq!(ledger.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn two_ledgers_never_tell_the_same_key() {
    let keys =
        [routed(1), routed(1)].map(|(_folder, ledger)| ledger.events_after(EventId(0), 1).unwrap()[0].key.clone());
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn whoever_claims_has_it_alone_until_the_claim_ends() {
    let (_folder, mut ledger) = routed(1);
    let first = claim(&mut ledger, NotificationId(0), 1000).unwrap();
    let second = claim(&mut ledger, NotificationId(0), 1000).unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!((claim(&mut ledger, NotificationId(0), 1099), first.attempts), (None, 1));
    let again = claim(&mut ledger, NotificationId(0), 1100).unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 2));
    ledger.end_attempt(again.id, &AttemptEnd::Delivered(at(1101))).unwrap();
    // The first one comes back late and thinks that it failed.
    ledger.end_attempt(first.id, &AttemptEnd::Refused("late".to_owned())).unwrap();
    let delivered = ledger.notifications(&[NotificationStatus::Delivered]).unwrap();
    assert_eq!(delivered.iter().map(|each| each.id).collect::<Vec<_>>(), [first.id]);
}

#[test]
fn what_cannot_be_handed_over_waits_and_its_channel_with_it() {
    let (_folder, mut ledger) = routed(3);
    let first = claim(&mut ledger, NotificationId(0), 10).unwrap();
    ledger.end_attempt(first.id, &AttemptEnd::Blocked("down".to_owned(), at(70))).unwrap();
    let mut after = NotificationId(0);
    let mut due = Vec::new();
    while let Some(next) = claim(&mut ledger, after, 11) {
        after = next.id;
        due.push(next.recipient.channel());
        ledger.end_attempt(next.id, &AttemptEnd::Refused("no".to_owned())).unwrap();
    }
    let other = if first.recipient.channel() == Channel::Mail { Channel::Webhook } else { Channel::Mail };
    assert_eq!(due, [other; 3]);
    assert_eq!(claim(&mut ledger, NotificationId(0), 69), None);
    assert_eq!(claim(&mut ledger, NotificationId(0), 70).unwrap().last_error, "down");
    assert_eq!(ledger.reopen_notifications().unwrap(), 3);
    assert_eq!(ledger.notifications(&[NotificationStatus::Open]).unwrap().len(), 6);
    assert_eq!(ledger.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn a_faulty_stream_is_told() {
    let (_folder, ledger) = routed(1);
    let change = |sql: &str| ledger.ask(|connection: &Connection| connection.execute_batch(sql)).unwrap();
    change("UPDATE event_stream SET routed = 9");
    assert_eq!(ledger.faults().unwrap().len(), 1);
    change("UPDATE event_stream SET routed = 0");
    assert_eq!(ledger.faults().unwrap().len(), 2, "both notifications are of an event that is not settled");
}
