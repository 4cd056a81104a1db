//! The book of entries in `SQLite`.

mod answer;
mod change;
mod faults;
mod invoice;
mod parts;
mod read;
mod solution;
mod write;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod tests;

pub(super) use change::change;
pub(super) use faults::faults;
pub(super) use read::{from_json, to_json};
pub(super) use write::{amend, create, insert};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::import::note;
use super::rows::moment;
use super::{Connected as _, Halt, SqliteLedger};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    BookedPart, ClaimAnswer, Entry, EntryBook, EntryChange, EntryContent, EntryFilter, EntryId, JournalEntry, LineId,
    Matched, Message, NewEntry, NewLine, PendingMessage, SaidOfClaim, Stamp,
};
use crate::model::{ManufacturerId, Moment};

impl EntryBook for SqliteLedger {
    fn entry(&self, id: EntryId) -> Result<Option<Entry>> {
        self.ask(|connection| read::entry_where(connection, "e.id = ?1", [id.0]))
    }

    fn entry_content(&self, id: EntryId) -> Result<EntryContent> {
        let found = self.ask(|connection| read::content(connection, id))?;
        found.ok_or_else(|| unknown(id))
    }

    fn entries(&self, filter: &EntryFilter) -> Result<Vec<Entry>> {
        self.ask(|connection| read::entries(connection, filter))
    }

    fn entry_history(&self, id: EntryId) -> Result<Vec<JournalEntry>> {
        self.ask(|connection| {
            // What a deposit created is not written down one by one.
            let mut statement = connection.prepare(
                "SELECT created_at, created_by, 'entry.created', json_object('deposit', deposit, 'line', line), 0
                 FROM entry WHERE id = ?1 AND deposit IS NOT NULL
                 UNION ALL SELECT at, by, what, detail, id FROM journal WHERE subject = ?2 AND what LIKE 'entry.%'
                 ORDER BY 5",
            )?;
            let rows = statement.query_map(params![id.0, id.0.to_string()], |row| {
                Ok(JournalEntry { at: moment(row, 0)?, by: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
            })?;
            rows.collect()
        })
    }

    fn create_entry(&mut self, entry: &NewEntry<'_>, of: Option<EntryId>, stamp: &Stamp) -> Result<EntryId> {
        self.decide(|transaction| write::create(transaction, entry, of, stamp))
    }

    fn amend_entry(&mut self, id: EntryId, entry: &NewEntry<'_>, known_at: Moment, stamp: &Stamp) -> Result<()> {
        self.decide(|transaction| write::replace(transaction, id, entry, known_at, stamp))
    }

    fn advance_entry(
        &mut self,
        id: EntryId,
        entry: &NewEntry<'_>,
        known_at: Moment,
        change: Option<&EntryChange>,
        messages: &[Message],
        stamp: &Stamp,
    ) -> Result<()> {
        self.decide(|transaction| {
            write::replace(transaction, id, entry, known_at, stamp)?;
            match change {
                Some(change) => change::change(transaction, id, change, messages, stamp),
                None => change::tell_platform(transaction, id, messages, stamp),
            }
        })
    }

    fn change_entry(&mut self, id: EntryId, change: &EntryChange, messages: &[Message], stamp: &Stamp) -> Result<()> {
        self.decide(|transaction| change::change(transaction, id, change, messages, stamp))
    }

    fn change_entries(&mut self, changes: &[(EntryId, EntryChange, Option<Message>)], stamp: &Stamp) -> Result<()> {
        self.decide(|transaction| {
            changes.iter().try_for_each(|(id, change, message)| {
                change::change(transaction, *id, change, message.as_slice(), stamp)
            })
        })
    }

    fn take_answer(
        &mut self,
        manufacturer: Option<ManufacturerId>,
        report_number: &str,
        answer: &ClaimAnswer,
        stamp: &Stamp,
    ) -> Result<(Matched, Option<EntryId>)> {
        self.decide(|transaction| answer::take(transaction, None, manufacturer, report_number, answer, stamp))
    }

    fn take_answers(
        &mut self,
        answers: &[SaidOfClaim],
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Vec<(Matched, Option<EntryId>)>> {
        let take = |transaction: &Transaction<'_>| {
            let each = |said: &SaidOfClaim| {
                answer::take(transaction, said.entry, said.manufacturer, &said.report_number, &said.answer, stamp)
            };
            answers.iter().map(each).collect()
        };
        if is_rehearsed { self.rehearse(take) } else { self.decide(take) }
    }

    fn book_parts(&mut self, id: EntryId, parts: &[(&str, NewLine<'_>)], stamp: &Stamp) -> Result<Vec<LineId>> {
        parts::book(self, id, parts, stamp)
    }

    fn booked_parts(&self, id: EntryId) -> Result<Vec<BookedPart>> {
        self.ask(|connection| parts::booked(connection, id))
    }

    fn pending_messages(&self) -> Result<Vec<PendingMessage>> {
        self.ask(|connection| {
            let mut statement =
                connection.prepare("SELECT id, entry, call, body FROM outbox WHERE body IS NOT NULL ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                let entry = row.get::<_, Option<i64>>(1)?.map(EntryId);
                let message = Message { entry, call: row.get(2)?, body: row.get(3)? };
                Ok(PendingMessage { number: row.get(0)?, message })
            })?;
            rows.collect()
        })
    }

    fn post_message(&mut self, message: &Message, stamp: &Stamp) -> Result<i64> {
        self.change(|transaction| post(transaction, message, stamp))
    }

    fn release_messages(&mut self, numbers: &[i64]) -> Result<()> {
        self.change(|transaction| {
            let mut release = transaction.prepare("UPDATE outbox SET body = NULL WHERE id = ?1")?;
            numbers.iter().try_for_each(|number| release.execute([number]).map(|_| ()))
        })
    }
}

/// Puts a message into the outbox.
fn post(connection: &Connection, message: &Message, stamp: &Stamp) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("INSERT INTO outbox (entry, call, body, posted_at, posted_by) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            message.entry.map(|entry| entry.0),
            message.call,
            message.body,
            stamp.at.seconds(),
            stamp.by
        ])?;
    Ok(connection.last_insert_rowid())
}

fn unknown(id: EntryId) -> Error {
    Error::new(Code::EntryUnknown, Arguments::none().with("number", id.0))
}

/// An entry that is to be changed: one that was purged is none.
fn known(connection: &Connection, id: EntryId) -> std::result::Result<Entry, Halt> {
    let found = read::entry_where(connection, "e.id = ?1 AND e.body IS NOT NULL", [id.0])?;
    found.ok_or_else(|| unknown(id).into())
}

/// How far an entry is, as one word.
fn status(entry: &Entry) -> &'static str {
    let claim = entry.claim_status.map(crate::model::ClaimStatus::name);
    claim.or(entry.repair_state.map(crate::model::RepairState::name)).unwrap_or_default()
}

/// Whether what an entry says may be changed.
fn is_open(entry: &Entry) -> bool {
    entry.claim_status.is_some_and(crate::model::ClaimStatus::is_ours)
        || entry.repair_state.is_some_and(|state| !state.is_closed())
}

/// The refusal to bring an entry from where it is somewhere else.
fn not_allowed(entry: &Entry, wanted: &str) -> Halt {
    let arguments = Arguments::none().with("number", entry.id.0).with("status", status(entry)).with("wanted", wanted);
    let arguments = arguments.with("command", entry.kind.record_name());
    Error::new(Code::EntryTransitionNotAllowed, arguments).into()
}

/// Refuses an entry whose report is there already.
fn only_once(connection: &Connection, entry: &NewEntry<'_>, besides: Option<EntryId>) -> std::result::Result<(), Halt> {
    let other: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM entry WHERE kind = ?1 AND identity = ?2 AND body IS NOT NULL AND status <> 'CANCELLED'
                 AND id IS NOT ?3",
        )?
        .query_row(params![entry.kind.name(), entry.identity, besides.map(|id| id.0)], |row| row.get(0))
        .optional()?;
    let Some(other) = other else { return Ok(()) };
    let arguments = Arguments::none().with("report", entry.report_number).with("number", other);
    Err(Error::new(Code::EntryExists, arguments.with("command", entry.kind.record_name())).into())
}

/// Writes down that something was done with an entry.
fn tell(connection: &Connection, id: EntryId, what: &str, detail: &str, stamp: &Stamp) -> rusqlite::Result<()> {
    note(connection, stamp, &format!("entry.{what}"), &id.0.to_string(), detail)
}
