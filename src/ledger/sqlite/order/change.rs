//! What people do to an order: from the lines of a basket to the manufacturer, or back.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::json;

use super::{known, not_allowed, put, rows, settle};
use crate::diagnostic::{Arguments, Code, Error};
use crate::ledger::sqlite::Halt;
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::{count, day_number};
use crate::ledger::sqlite::totals::{self, Share};
use crate::ledger::{DocumentForm, DraftPlan, Estimate, NewOrder, OrderEntry, OrderId, OrderPlan, OrderTerms, Stamp};
use crate::model::{Address, ManufacturerId, Money, OrderStatus};

type Changed = Result<OrderEntry, Halt>;

/// Does what is planned, one step after the other.
pub(super) fn make(transaction: &Transaction<'_>, plan: &OrderPlan, stamp: &Stamp) -> Changed {
    let mut order = match &plan.draft {
        DraftPlan::New(order) => create(transaction, order, stamp)?,
        DraftPlan::Revised { id, terms, prices } => revise(transaction, *id, terms, prices, stamp)?,
        DraftPlan::AsItIs(id) => known(transaction, *id)?,
    };
    if let Some(said) = &plan.estimate {
        order = estimate(transaction, order.id, said, stamp)?;
    }
    if let Some(form) = &plan.send {
        order = send(transaction, order.id, form, stamp)?;
    }
    Ok(order)
}

/// Makes a draft of lines that wait.
fn create(transaction: &Transaction<'_>, order: &NewOrder, stamp: &Stamp) -> Changed {
    if order.lines.is_empty() {
        let arguments = Arguments::none().with("manufacturer", order.manufacturer);
        return Err(Error::new(Code::OrderEmpty, arguments).into());
    }
    let (year, serial, number) = next_number(transaction, stamp)?;
    let terms = &order.terms;
    transaction.execute(
        "INSERT INTO purchase_order (number, year, serial, manufacturer, status, created_at, created_by,
             delivery_account, customer_order_number, delivery_option, desired_delivery_date, comment, address,
             terms_accepted_at, currency, lines, quantity, amount)
         VALUES (?1, ?2, ?3, ?4, 'DRAFT', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, 0)",
        params![
            number,
            year,
            serial,
            order.manufacturer.0,
            stamp.at.seconds(),
            stamp.by,
            terms.delivery_account,
            terms.customer_order_number,
            terms.delivery_option,
            day_number(terms.desired_delivery_date),
            terms.comment,
            address_text(terms.address.as_ref()),
            terms.are_terms_accepted.then_some(stamp.at.seconds()),
            order.currency,
        ],
    )?;
    let id = transaction.last_insert_rowid();
    let mut left = Share::default();
    for (place, (basket_line, price)) in (1_i64..).zip(&order.lines) {
        left = left.plus(take_line(transaction, order.manufacturer, id, place, *basket_line, *price)?);
    }
    totals::add(transaction, order.manufacturer, Share::default().minus(left))?;
    add_up(transaction, id)?;
    note(transaction, stamp, "order.draft", &number, &json!({ "lines": order.lines.len() }).to_string())?;
    known(transaction, OrderId(id))
}

/// Takes a line out of its basket into an order; tells what the basket loses.
fn take_line(
    connection: &Connection,
    manufacturer: ManufacturerId,
    order: i64,
    place: i64,
    basket_line: i64,
    price: Money,
) -> Result<Share, Halt> {
    let taken = connection
        .prepare_cached(
            "UPDATE basket_line SET state = 'ORDERED' WHERE id = ?1 AND manufacturer = ?2 AND state = 'WAITING'
             RETURNING quantity, unit_price",
        )?
        .query_row(params![basket_line, manufacturer.0], |row| Ok(Share::of_line(row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some(share) = taken else {
        return Err(Error::new(Code::LineNotWaiting, Arguments::none().with("unknown", basket_line)).into());
    };
    connection
        .prepare_cached(
            "INSERT INTO order_line (purchase_order, number, basket_line, status, reference, label,
                 customer_order_number, quantity, unit_price)
             SELECT ?1, ?2, id, 'OPEN', reference, label, customer_order_number, quantity, ?4
             FROM basket_line WHERE id = ?3",
        )?
        .execute(params![order, place, basket_line, price.ten_thousandths()])?;
    Ok(share)
}

/// The number of the next order: the year and a running number.
fn next_number(connection: &Connection, stamp: &Stamp) -> rusqlite::Result<(u32, i64, String)> {
    let year = stamp.at.day().map_or(0, |day| day.parts().0);
    let serial: i64 = connection.query_row(
        "SELECT coalesce(max(serial), 0) + 1 FROM purchase_order WHERE year = ?1",
        [year],
        |row| row.get(0),
    )?;
    Ok((year, serial, format!("B{:02}-{serial:06}", year % 100)))
}

fn address_text(address: Option<&Address>) -> String {
    address.and_then(|address| serde_json::to_string(address).ok()).unwrap_or_default()
}

/// Writes down what the lines of an order come to.
fn add_up(connection: &Connection, id: i64) -> Result<(), Halt> {
    let amounts = connection
        .prepare_cached("SELECT quantity, unit_price FROM order_line WHERE purchase_order = ?1")?
        .query_map([id], |row| Ok((super::number(row, 0)?, Money::from_ten_thousandths(row.get(1)?))))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let total = amounts.iter().try_fold(Money::ZERO, |sum, (quantity, price)| sum.plus(price.times(*quantity)?));
    let Some(total) = total else {
        let arguments = Arguments::none().with("what", "amount").with("limit", "922337203685477");
        return Err(Error::new(Code::LimitExceeded, arguments).into());
    };
    let quantity = amounts.iter().map(|(quantity, _)| quantity).sum();
    connection.execute(
        "UPDATE purchase_order SET lines = ?2, quantity = ?3, amount = ?4 WHERE id = ?1",
        params![id, count(amounts.len() as u64), count(quantity), total.ten_thousandths()],
    )?;
    Ok(())
}

/// An order that nobody but us knows.
fn ours(connection: &Connection, id: OrderId, wanted: OrderStatus) -> Changed {
    let order = known(connection, id)?;
    if order.status.is_ours() { Ok(order) } else { Err(not_allowed(&order.number, order.status, wanted)) }
}

/// Gives a draft other terms and prices.
fn revise(transaction: &Transaction<'_>, id: OrderId, terms: &OrderTerms, prices: &[Money], stamp: &Stamp) -> Changed {
    let order = ours(transaction, id, OrderStatus::Draft)?;
    let accepted = match (terms.are_terms_accepted, order.terms_accepted_at) {
        (true, Some(before)) => Some(before),
        (true, None) => Some(stamp.at),
        (false, _) => None,
    };
    transaction.execute(
        "UPDATE purchase_order SET delivery_account = ?2, customer_order_number = ?3, delivery_option = ?4,
             desired_delivery_date = ?5, comment = ?6, address = ?7, terms_accepted_at = ?8 WHERE id = ?1",
        params![
            id.0,
            terms.delivery_account,
            terms.customer_order_number,
            terms.delivery_option,
            day_number(terms.desired_delivery_date),
            terms.comment,
            address_text(terms.address.as_ref()),
            accepted.map(crate::model::Moment::seconds),
        ],
    )?;
    for (number, price) in (1_i64..).zip(prices) {
        set_price(transaction, id, number, *price)?;
    }
    add_up(transaction, id.0)?;
    note(transaction, stamp, "order.revised", &order.number, "{}")?;
    known(transaction, id)
}

fn set_price(connection: &Connection, id: OrderId, number: i64, price: Money) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE order_line SET unit_price = ?3 WHERE purchase_order = ?1 AND number = ?2")?
        .execute(params![id.0, number, price.ten_thousandths()])?;
    Ok(())
}

/// Writes the answer of the estimate step down.
fn estimate(transaction: &Transaction<'_>, id: OrderId, estimate: &Estimate, stamp: &Stamp) -> Changed {
    let order = ours(transaction, id, OrderStatus::Estimated)?;
    for line in &estimate.lines {
        set_price(transaction, id, i64::from(line.number), line.unit_price)?;
        transaction
            .prepare_cached(
                "UPDATE order_line SET available = ?3, estimated_quantity = ?4, promised_date = ?5
                 WHERE purchase_order = ?1 AND number = ?2",
            )?
            .execute(params![id.0, line.number, line.is_available, line.quantity.map(count), day_number(line.date)])?;
    }
    transaction.execute(
        "UPDATE purchase_order SET status = 'ESTIMATED', estimate_source = ?2, fees = ?3 WHERE id = ?1",
        params![id.0, estimate.source, estimate.fees.ten_thousandths()],
    )?;
    add_up(transaction, id.0)?;
    note(transaction, stamp, "order.estimated", &order.number, &json!({ "source": estimate.source }).to_string())?;
    known(transaction, id)
}

/// Freezes an order; its document is pending from here on.
fn send(transaction: &Transaction<'_>, id: OrderId, form: &DocumentForm, stamp: &Stamp) -> Changed {
    let order = ours(transaction, id, OrderStatus::Sent)?;
    transaction.execute(
        "UPDATE purchase_order SET status = 'SENT', sent_at = ?2, form = ?3, profile = ?4, document_pending = 1
         WHERE id = ?1",
        params![id.0, stamp.at.seconds(), form.form, form.profile],
    )?;
    let detail = json!({ "lines": order.lines, "amount": order.amount.to_string(), "form": form.form });
    note(transaction, stamp, "order.sent", &order.number, &detail.to_string())?;
    known(transaction, id)
}

/// Calls an order off.
pub(super) fn cancel(transaction: &Transaction<'_>, id: OrderId, reason: &str, stamp: &Stamp) -> Changed {
    let order = known(transaction, id)?;
    let is_ours = order.status.is_ours();
    if !order.status.may_become(OrderStatus::Cancelled) {
        return Err(not_allowed(&order.number, order.status, OrderStatus::Cancelled));
    }
    if is_ours {
        give_back(transaction, &order)?;
    }
    let mut lines = rows(transaction, id)?;
    for line in &mut lines {
        line.progress = line.progress.cancel();
        put(transaction, line)?;
    }
    let detail = json!({ "reason": reason, "lines_given_back": if is_ours { order.lines } else { 0 } });
    note(transaction, stamp, "order.called_off", &order.number, &detail.to_string())?;
    settle(transaction, &order, &lines, false, stamp)?;
    known(transaction, id)
}

/// Puts the lines of an order back into the basket that they came from, as they were there.
fn give_back(connection: &Connection, order: &OrderEntry) -> rusqlite::Result<()> {
    let share = connection.query_row(
        "SELECT count(*), coalesce(sum(b.quantity), 0), coalesce(sum(b.quantity * b.unit_price), 0)
         FROM order_line AS l JOIN basket_line AS b ON b.id = l.basket_line WHERE l.purchase_order = ?1",
        [order.id.0],
        |row| Ok(Share { lines: row.get(0)?, quantity: row.get(1)?, amount: row.get(2)? }),
    )?;
    connection.execute(
        "UPDATE basket_line SET state = 'WAITING'
         WHERE id IN (SELECT basket_line FROM order_line WHERE purchase_order = ?1)",
        [order.id.0],
    )?;
    connection.execute("UPDATE order_line SET basket_line = NULL WHERE purchase_order = ?1", [order.id.0])?;
    totals::add(connection, order.manufacturer, share)
}
