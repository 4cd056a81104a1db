//! The book of events in `SQLite`.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params, params_from_iter};

use super::rows::{manufacturer, maybe_moment, moment, number, told, word};
use super::{Connected as _, SqliteLedger};
use crate::diagnostic::Result;
use crate::ledger::{
    AttemptEnd, Claim, Event, EventBook, EventFacts, EventId, NewEvent, Notification, NotificationId,
    NotificationStatus, Stamp, WorkOrderFacts,
};
use crate::model::{Channel, EventKind, Moment, Recipient};

/// The columns of an event. Where it is told its key begins with the name of the ledger: others hear of several.
const EVENT: &str = "e.id, s.name || ':' || e.key, e.kind, e.at, e.by, e.subject, e.facts";

/// The columns of a notification, behind those of its event.
const NOTIFICATION: &str =
    "n.id, n.channel, n.address, n.status, n.attempts, n.next_attempt, n.delivered_at, n.last_error";

/// Writes an event down; `false` when it is known. Called in the transaction of what it tells of.
pub(super) fn note_event(connection: &Connection, event: &NewEvent) -> rusqlite::Result<bool> {
    let written = connection
        .prepare_cached(
            "INSERT INTO event (key, kind, at, by, subject, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (key) DO NOTHING",
        )?
        .execute(params![
            event.key,
            event.facts.kind().name(),
            event.stamp.at.seconds(),
            event.stamp.by,
            event.subject,
            event.facts.to_json(),
        ])?;
    Ok(written > 0)
}

impl EventBook for SqliteLedger {
    fn note_event(&mut self, event: &NewEvent) -> Result<bool> {
        self.change(|transaction| note_event(transaction, event))
    }

    fn near_deadlines(&self, from: Moment, until: Moment, now: Moment) -> Result<Vec<NewEvent>> {
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT w.id, w.number, w.manufacturer, w.deadline, w.received_by FROM work_order AS w
                 WHERE w.status = 'NEW' AND w.deadline BETWEEN ?1 AND ?2
                     AND NOT EXISTS (SELECT 1 FROM event WHERE key = 'work-order:' || w.id || ':deadline-near')
                 ORDER BY w.deadline, w.id",
            )?;
            let rows = statement.query_map([from.seconds(), until.seconds()], |row| {
                let number = row.get_ref(1)?.as_str()?;
                let facts =
                    WorkOrderFacts::new(self::number(row, 0)?, number, manufacturer(row, 2)?, maybe_moment(row, 3)?);
                Ok(NewEvent::deadline_near(facts, Stamp { at: now, by: row.get(4)? }))
            })?;
            rows.collect()
        })
    }

    fn events_after(&self, id: EventId, limit: u32) -> Result<Vec<Event>> {
        self.ask(|connection| events(connection, "e.id > ?1 ORDER BY e.id LIMIT ?2", params![id.0, limit]))
    }

    fn last_written_event(&self) -> Result<EventId> {
        self.ask(|connection| {
            connection.query_row("SELECT written FROM event_stream", [], |row| row.get(0).map(EventId))
        })
    }

    fn events_written(&mut self, up_to: EventId) -> Result<()> {
        self.change(|transaction| {
            transaction.execute("UPDATE event_stream SET written = max(written, ?1)", [up_to.0]).map(|_| ())
        })
    }

    fn unrouted_events(&self) -> Result<Vec<Event>> {
        self.ask(unrouted)
    }

    fn route_events(&mut self, recipients: &dyn Fn(&Event) -> Vec<Recipient>) -> Result<u64> {
        self.change(|transaction| {
            let events = unrouted(transaction)?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO notification (event, channel, address) VALUES (?1, ?2, ?3)
                 ON CONFLICT (event, channel, address) DO NOTHING",
            )?;
            for event in &events {
                for recipient in recipients(event) {
                    insert.execute(params![event.id.0, recipient.channel().name(), recipient.address()])?;
                }
            }
            if let Some(last) = events.last() {
                transaction.execute("UPDATE event_stream SET routed = ?1", [last.id.0])?;
            }
            Ok(events.len() as u64)
        })
    }

    fn claim_notification(&mut self, claim: &Claim<'_>) -> Result<Option<Notification>> {
        self.change(|transaction| {
            let mut condition = "n.status = 'OPEN' AND n.id > ?1 AND coalesce(n.next_attempt, ?2) <= ?2
                AND coalesce(n.claimed_until, ?2) <= ?2 AND n.channel IN ("
                .to_owned();
            let channels: Vec<_> = claim.channels.iter().map(|each| format!("'{}'", each.name())).collect();
            condition.push_str(&channels.join(", "));
            condition.push_str(") ORDER BY n.id LIMIT 1");
            let due = params![claim.after.0, claim.now.seconds()];
            let Some(found) = notifications(transaction, &condition, due)?.pop() else { return Ok(None) };
            transaction.execute(
                "UPDATE notification SET claimed_until = ?2, attempts = attempts + 1 WHERE id = ?1",
                params![found.id.0, claim.until.seconds()],
            )?;
            Ok(Some(Notification { attempts: found.attempts + 1, ..found }))
        })
    }

    fn end_attempt(&mut self, id: NotificationId, end: &AttemptEnd) -> Result<()> {
        self.change(|transaction| {
            let (status, at, next, cause) = match end {
                AttemptEnd::Delivered(at) => (NotificationStatus::Delivered, Some(*at), None, ""),
                AttemptEnd::Refused(cause) => (NotificationStatus::Refused, None, None, cause.as_str()),
                AttemptEnd::Postponed(cause, next) | AttemptEnd::Blocked(cause, next) => {
                    (NotificationStatus::Open, None, Some(*next), cause.as_str())
                }
            };
            // Somebody else may have told the same since a claim that ended: what was delivered stays delivered.
            transaction.execute(
                "UPDATE notification SET status = ?2, delivered_at = ?3, next_attempt = ?4, claimed_until = NULL,
                     last_error = ?5 WHERE id = ?1 AND status <> 'DELIVERED'",
                params![id.0, status.name(), at.map(Moment::seconds), next.map(Moment::seconds), cause],
            )?;
            if let AttemptEnd::Blocked(_, next) = end {
                transaction.execute(
                    "UPDATE notification SET next_attempt = max(coalesce(next_attempt, 0), ?2)
                     WHERE status = 'OPEN' AND claimed_until IS NULL
                         AND channel = (SELECT channel FROM notification WHERE id = ?1)",
                    params![id.0, next.seconds()],
                )?;
            }
            Ok(())
        })
    }

    fn notifications(&self, statuses: &[NotificationStatus]) -> Result<Vec<Notification>> {
        let wanted = if statuses.is_empty() { NotificationStatus::ALL } else { statuses };
        let places = vec!["?"; wanted.len()].join(", ");
        let condition = format!("n.status IN ({places}) ORDER BY n.event, n.id");
        let names = params_from_iter(wanted.iter().map(|status| status.name()));
        self.ask(|connection| notifications(connection, &condition, names))
    }

    fn reopen_notifications(&mut self) -> Result<u64> {
        self.change(|transaction| {
            let opened = transaction.execute("UPDATE notification SET status = 'OPEN' WHERE status = 'REFUSED'", [])?;
            Ok(opened as u64)
        })
    }
}

fn unrouted(connection: &Connection) -> rusqlite::Result<Vec<Event>> {
    events(connection, "e.id > s.routed ORDER BY e.id", [])
}

fn events(connection: &Connection, condition: &str, values: impl Params) -> rusqlite::Result<Vec<Event>> {
    let question = format!("SELECT {EVENT} FROM event AS e, event_stream AS s WHERE {condition}");
    let mut statement = connection.prepare_cached(&question)?;
    statement.query_map(values, event)?.collect()
}

fn notifications(connection: &Connection, condition: &str, values: impl Params) -> rusqlite::Result<Vec<Notification>> {
    let question = format!(
        "SELECT {EVENT}, {NOTIFICATION} FROM notification AS n JOIN event AS e ON e.id = n.event, event_stream AS s
         WHERE {condition}"
    );
    let mut statement = connection.prepare_cached(&question)?;
    statement.query_map(values, notification)?.collect()
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind = word(row, 2, EventKind::from_name)?;
    let facts = EventFacts::from_json(kind, row.get_ref(6)?.as_str()?);
    Ok(Event {
        id: EventId(row.get(0)?),
        key: row.get(1)?,
        at: moment(row, 3)?,
        by: row.get(4)?,
        subject: row.get(5)?,
        facts: facts.ok_or_else(|| rusqlite::Error::InvalidColumnType(6, "facts".to_owned(), Type::Text))?,
    })
}

fn notification(row: &Row<'_>) -> rusqlite::Result<Notification> {
    let channel = word(row, 8, Channel::from_name)?;
    Ok(Notification {
        id: NotificationId(row.get(7)?),
        event: event(row)?,
        recipient: Recipient::on(channel, row.get_ref(9)?.as_str()?),
        status: word(row, 10, NotificationStatus::from_name)?,
        attempts: number(row, 11)?,
        next_attempt: maybe_moment(row, 12)?,
        delivered_at: maybe_moment(row, 13)?,
        last_error: row.get(14)?,
    })
}

/// What is wrong with events.
pub(super) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = told(
        connection,
        &[
            "SELECT 'notification ' || n.id || ': is of an event of which nothing is settled'
             FROM notification AS n, event_stream AS s WHERE n.event > s.routed",
            "SELECT 'event stream: ' || max(s.written, s.routed) || ' events are told of, the last one is '
                 || coalesce((SELECT max(id) FROM event), 0)
             FROM event_stream AS s
             WHERE max(s.written, s.routed) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)",
            "SELECT 'event ' || id || ': cannot be read' FROM event WHERE NOT json_valid(facts)",
        ],
    )?;
    let streams: Option<i64> =
        connection.query_row("SELECT count(*) FROM event_stream", [], |row| row.get(0)).optional()?;
    if streams != Some(1) {
        faults.push("event stream: there must be one".to_owned());
    }
    Ok(faults)
}
