//! What manufacturers do to an order: answers and deliveries.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::json;

use super::read::{order_where, orders_where};
use super::{Row, known, not_allowed, put, rows, settle};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error};
use crate::ledger::sqlite::Halt;
use crate::ledger::sqlite::event::note_event;
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::{count, day_number};
use crate::ledger::{
    Answered, Delivery, NewEvent, OrderAnswer, OrderEntry, OrderId, ResponseFacts, ResponseFile, Stamp, StatusChange,
};
use crate::model::{AnswerFault, OrderStatus, Verdict};

/// Takes parts in.
pub(super) fn receive(
    transaction: &Transaction<'_>,
    id: OrderId,
    delivery: &Delivery,
    stamp: &Stamp,
) -> Result<OrderEntry, Halt> {
    let order = known(transaction, id)?;
    if !order.status.is_awaited() {
        return Err(not_allowed(&order.number, order.status, OrderStatus::Received));
    }
    let is_known = transaction
        .query_row(
            "SELECT 1 FROM receipt WHERE purchase_order = ?1 AND delivery_note = ?2",
            params![id.0, delivery.note],
            |_| Ok(()),
        )
        .optional()?
        .is_some();
    let arguments = || Arguments::none().with("number", &order.number);
    if is_known {
        return Err(Error::new(Code::DeliveryNoteRepeated, arguments().with("note", &delivery.note)).into());
    }
    let mut lines = rows(transaction, id)?;
    let came = quantities(&order, &lines, delivery)?;
    transaction.execute(
        "INSERT INTO receipt (purchase_order, received_at, received_by, delivery_note, countermark)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id.0, stamp.at.seconds(), stamp.by, delivery.note, delivery.countermark],
    )?;
    let receipt = transaction.last_insert_rowid();
    for (place, quantity) in &came {
        let line = &mut lines[*place];
        let Some(progress) = line.progress.receive(*quantity) else {
            let arguments = arguments().with("line", line.number).with("quantity", quantity);
            let arguments = arguments.with("outstanding", line.progress.outstanding());
            return Err(Error::new(Code::ReceiptTooLarge, arguments).into());
        };
        line.progress = progress;
        put(transaction, line)?;
        transaction.execute(
            "INSERT INTO receipt_line (receipt, order_line, quantity) VALUES (?1, ?2, ?3)",
            params![receipt, line.id, count(*quantity)],
        )?;
    }
    let total: u64 = came.values().sum();
    let detail = json!({ "delivery_note": delivery.note, "lines": came.len(), "quantity": total });
    note(transaction, stamp, "order.delivery", &order.number, &detail.to_string())?;
    settle(transaction, &order, &lines, false, stamp)?;
    known(transaction, id)
}

/// Which lines came, by their place, and how many of each.
fn quantities(order: &OrderEntry, lines: &[Row], delivery: &Delivery) -> Result<BTreeMap<usize, u64>, Halt> {
    if delivery.lines.is_empty() {
        let rest = lines.iter().enumerate().map(|(place, line)| (place, line.progress.outstanding()));
        return Ok(rest.filter(|(_, quantity)| *quantity > 0).collect());
    }
    let mut came = BTreeMap::new();
    for (number, quantity) in &delivery.lines {
        let Some(place) = lines.iter().position(|line| line.number == *number) else {
            let arguments = Arguments::none().with("number", &order.number).with("line", number);
            return Err(Error::new(Code::OrderLineUnknown, arguments).into());
        };
        *came.entry(place).or_default() += quantity;
    }
    Ok(came)
}

/// An order that answers are about.
struct Asked {
    order: OrderEntry,
    lines: Vec<Row>,
    /// Whether a part of it is refused.
    is_refused: bool,
    /// Whether anything was taken.
    is_touched: bool,
}

/// Takes the answers that can be true.
pub(super) fn take(
    transaction: &Transaction<'_>,
    file: &ResponseFile,
    answers: &[OrderAnswer],
    stamp: &Stamp,
) -> Result<Answered, Halt> {
    let mut asked: BTreeMap<OrderId, Asked> = BTreeMap::new();
    let mut done = Answered::default();
    for answer in answers {
        match find(transaction, answer)? {
            Err(fault) => done.refused.push(fault),
            Ok(order) => {
                let asked = match asked.entry(order.id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let lines = rows(transaction, order.id)?;
                        new.insert(Asked { order, lines, is_refused: false, is_touched: false })
                    }
                };
                match believe(transaction, asked, answer, file, stamp, &mut done)? {
                    None => done.taken += 1,
                    Some(fault) => done.refused.push(fault),
                }
            }
        }
    }
    let mut orders = 0;
    for asked in asked.into_values().filter(|asked| asked.is_touched) {
        orders += 1;
        let to = settle(transaction, &asked.order, &asked.lines, asked.is_refused, stamp)?;
        if to != asked.order.status {
            done.changed.push(StatusChange { order: asked.order.number, from: asked.order.status, to });
        }
    }
    if done.taken > 0 {
        transaction.execute(
            "INSERT INTO order_response (file, hash, received_at, received_by, taken, refused)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                file.file,
                file.hash,
                stamp.at.seconds(),
                stamp.by,
                count(done.taken),
                count(done.refused.len() as u64)
            ],
        )?;
        let refused = done.refused.len() as u64;
        let facts = ResponseFacts { file: file.file.clone(), orders, taken: done.taken, refused };
        note_event(transaction, &NewEvent::order_response(&file.hash, facts, stamp.clone()))?;
    }
    Ok(done)
}

/// What is wrong with an answer.
fn fault(answer: &OrderAnswer, code: Code, value: &str, arguments: Arguments) -> Diagnostic {
    Diagnostic::new(code, answer.row, None, value.to_owned(), arguments)
}

/// The order that an answer is about: by our number, else by the manufacturer's when only one order bears it.
fn find(connection: &Connection, answer: &OrderAnswer) -> Result<Result<OrderEntry, Diagnostic>, Halt> {
    let unknown =
        |number: &str| fault(answer, Code::ResponseOrderUnknown, number, Arguments::none().with("number", number));
    if !answer.order.is_empty() {
        let found = order_where(connection, "number = ?1", [&answer.order])?;
        return Ok(found.ok_or_else(|| unknown(&answer.order)));
    }
    let reference = &answer.manufacturer_reference;
    let condition = "manufacturer_reference = ?1 AND manufacturer_reference <> '' LIMIT 2";
    let mut found = orders_where(connection, condition, [reference])?;
    Ok(match (found.pop(), found.is_empty()) {
        (Some(order), true) => Ok(order),
        _ => Err(unknown(reference)),
    })
}

/// Takes an answer, or tells why it cannot be true.
fn believe(
    connection: &Connection,
    asked: &mut Asked,
    answer: &OrderAnswer,
    file: &ResponseFile,
    stamp: &Stamp,
    done: &mut Answered,
) -> Result<Option<Diagnostic>, Halt> {
    let order = &asked.order;
    let arguments = || Arguments::none().with("number", &order.number);
    if !order.status.is_awaited() {
        let arguments = arguments().with("status", order.status.name());
        return Ok(Some(fault(answer, Code::ResponseNotExpected, &order.number, arguments)));
    }
    let places = match places(&asked.lines, answer) {
        Ok(places) => places,
        Err(what) => {
            let arguments = arguments().with("line", &what);
            return Ok(Some(fault(answer, Code::ResponseLineUnknown, &what, arguments)));
        }
    };
    let mut changed = Vec::new();
    for place in &places {
        let line = &asked.lines[*place];
        match line.progress.answer(&answer.answer) {
            Ok(progress) => changed.push(progress),
            Err(AnswerFault::TooMany { ordered }) => {
                let arguments = arguments().with("line", line.number).with("ordered", ordered);
                let said = answer.answer.shipped.max(answer.answer.confirmed).map(|said| said.to_string());
                return Ok(Some(fault(answer, Code::ResponseQtyTooLarge, &said.unwrap_or_default(), arguments)));
            }
            Err(AnswerFault::OnItsWay) => {
                let arguments = arguments().with("line", line.number);
                return Ok(Some(fault(answer, Code::ResponseTooLate, "", arguments)));
            }
        }
    }
    for (place, progress) in places.iter().zip(changed) {
        let line = &mut asked.lines[*place];
        line.progress = progress;
        put(connection, line)?;
        say(connection, line, answer)?;
        if let Some(replacement) = &answer.answer.replacement {
            done.replacements.push((order.number.clone(), line.number, replacement.clone()));
        }
    }
    if !answer.manufacturer_reference.is_empty() {
        connection.execute(
            "UPDATE purchase_order SET manufacturer_reference = ?2 WHERE id = ?1",
            params![order.id.0, answer.manufacturer_reference],
        )?;
    }
    asked.is_touched = true;
    asked.is_refused |= answer.answer.verdict == Some(Verdict::Rejected);
    let said = &answer.answer;
    let detail = json!({
        "file": file.file,
        "row": answer.row,
        "lines": places.iter().map(|place| asked.lines[*place].number).collect::<Vec<_>>(),
        "verdict": said.verdict.map(Verdict::name),
        "confirmed": said.confirmed,
        "shipped": said.shipped,
        "date": said.promised.map(|day| day.to_string()),
        "replacement": said.replacement,
        "message": said.message,
    });
    note(connection, stamp, "order.answered", &asked.order.number, &detail.to_string())?;
    Ok(None)
}

/// The lines that are meant, by their place.
fn places(lines: &[Row], answer: &OrderAnswer) -> Result<Vec<usize>, String> {
    let reference = answer.reference.to_uppercase();
    let fits = |line: &Row| {
        answer.line.is_none_or(|number| line.number == number) && (reference.is_empty() || line.reference == reference)
    };
    let found: Vec<_> = (0..lines.len()).filter(|place| fits(&lines[*place])).collect();
    let is_whole_order = answer.line.is_none() && reference.is_empty();
    // The same part on two lines: nobody guesses which.
    if found.is_empty() || (!is_whole_order && found.len() > 1) {
        let line = answer.line.map(|number| number.to_string()).into_iter();
        let named: Vec<_> = line.chain(Some(reference).filter(|text| !text.is_empty())).collect();
        return Err(named.join(", "));
    }
    Ok(found)
}

/// Keeps what is said of a line besides its quantity.
fn say(connection: &Connection, line: &Row, answer: &OrderAnswer) -> rusqlite::Result<()> {
    let said = &answer.answer;
    connection
        .prepare_cached(
            "UPDATE order_line SET promised_date = CASE WHEN ?2 = 0 THEN promised_date ELSE ?2 END,
                 replacement = coalesce(?3, replacement), note = CASE WHEN ?4 = '' THEN note ELSE ?4 END
             WHERE id = ?1",
        )?
        .execute(params![line.id, day_number(said.promised), said.replacement, said.message])?;
    Ok(())
}
