//! Questions about orders.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::{PROGRESS, progress};
use crate::ledger::sqlite::rows::{count, day, manufacturer, maybe_moment, moment, money, number, word};
use crate::ledger::{
    BackOrder, BackOrderFilter, Delivery, DocumentForm, OrderEntry, OrderFilter, OrderId, OrderLineEntry, OrderTerms,
    ReceiptEntry,
};
use crate::model::{LineStatus, Money, OrderStatus};

/// The columns of an [`OrderEntry`], in the order in which [`entry`] reads them.
const ENTRY: &str = "id, number, manufacturer, status, created_at, created_by, sent_at, delivery_account, \
                     customer_order_number, delivery_option, desired_delivery_date, comment, address, terms_accepted_at, \
                     currency, manufacturer_reference, estimate_source, fees, lines, quantity, amount, form, profile";

fn entry(row: &Row<'_>) -> rusqlite::Result<OrderEntry> {
    let address: String = row.get(12)?;
    let terms_accepted_at = maybe_moment(row, 13)?;
    Ok(OrderEntry {
        id: OrderId(row.get(0)?),
        number: row.get(1)?,
        manufacturer: manufacturer(row, 2)?,
        status: word(row, 3, OrderStatus::from_name)?,
        created_at: moment(row, 4)?,
        created_by: row.get(5)?,
        sent_at: maybe_moment(row, 6)?,
        terms: OrderTerms {
            delivery_account: row.get(7)?,
            customer_order_number: row.get(8)?,
            delivery_option: row.get(9)?,
            desired_delivery_date: day(row, 10)?,
            comment: row.get(11)?,
            address: serde_json::from_str(&address).ok(),
            are_terms_accepted: terms_accepted_at.is_some(),
        },
        terms_accepted_at,
        currency: row.get(14)?,
        manufacturer_reference: row.get(15)?,
        estimate_source: row.get(16)?,
        fees: money(row, 17)?,
        lines: number(row, 18)?,
        quantity: number(row, 19)?,
        amount: money(row, 20)?,
        document: DocumentForm { form: row.get(21)?, profile: row.get(22)? },
    })
}

/// The order for which a condition holds.
pub(super) fn order_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Option<OrderEntry>> {
    let question = format!("SELECT {ENTRY} FROM purchase_order WHERE {condition}");
    connection.prepare_cached(&question)?.query_row(values, entry).optional()
}

/// The orders for which a condition holds.
pub(super) fn orders_where(
    connection: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Vec<OrderEntry>> {
    let mut statement = connection.prepare(&format!("SELECT {ENTRY} FROM purchase_order WHERE {condition}"))?;
    statement.query_map(values, entry)?.collect()
}

/// The orders that a filter lets through, the newest first.
pub(super) fn orders(connection: &Connection, filter: &OrderFilter) -> rusqlite::Result<Vec<OrderEntry>> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut add = |condition: &str, value: Box<dyn ToSql>| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("?{}", values.len())));
    };
    if let Some(manufacturer) = filter.manufacturer {
        add("manufacturer = ?", Box::new(manufacturer.0));
    }
    if let Some(since) = filter.since {
        add("created_at >= ?", Box::new(since.seconds()));
    }
    if let Some(before) = filter.before {
        add("created_at < ?", Box::new(before.seconds()));
    }
    // Rare things are looked up first: the plus keeps the other indexes out of it.
    if let Some(number) = &filter.customer_order_number {
        add(
            "id IN (SELECT id FROM purchase_order WHERE customer_order_number = ? AND customer_order_number <> ''
                    UNION SELECT purchase_order FROM order_line
                    WHERE customer_order_number = ? AND customer_order_number <> '')",
            Box::new(number.clone()),
        );
    }
    if let Some(reference) = &filter.manufacturer_reference {
        add("manufacturer_reference = ? AND manufacturer_reference <> ''", Box::new(reference.clone()));
    }
    if let Some(reference) = &filter.reference {
        add("id IN (SELECT purchase_order FROM order_line WHERE reference = ?)", Box::new(reference.to_uppercase()));
    }
    if !filter.statuses.is_empty() {
        let names: Vec<_> = filter.statuses.iter().map(|status| format!("'{}'", status.name())).collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    values.push(Box::new(filter.limit.map_or(-1, count)));
    let condition = format!("{} ORDER BY id DESC LIMIT ?{}", conditions.join(" AND "), values.len());
    orders_where(connection, &condition, rusqlite::params_from_iter(values))
}

/// The lines of an order, with what the basket lines say that they are.
pub(super) fn lines(connection: &Connection, id: OrderId) -> rusqlite::Result<Vec<OrderLineEntry>> {
    let quantities: Vec<_> = PROGRESS.split(", ").map(|column| format!("o.{column}")).collect();
    let question = format!(
        "SELECT o.number, o.basket_line, o.reference, o.label, o.unit_price, b.unit_price, o.available,
                o.estimated_quantity, o.promised_date, o.replacement, o.note, coalesce(b.delivery_account, ''),
                o.customer_order_number, coalesce(b.work_order, ''), coalesce(b.countermark, ''),
                coalesce(b.desired_delivery_date, 0), coalesce(b.comment, ''), {}
         FROM order_line AS o LEFT JOIN basket_line AS b ON b.id = o.basket_line
         WHERE o.purchase_order = ?1 ORDER BY o.number",
        quantities.join(", ")
    );
    let mut statement = connection.prepare_cached(&question)?;
    let rows = statement.query_map([id.0], |row| {
        Ok(OrderLineEntry {
            number: row.get(0)?,
            basket_line: row.get(1)?,
            reference: row.get(2)?,
            label: row.get(3)?,
            unit_price: money(row, 4)?,
            basket_price: row.get::<_, Option<i64>>(5)?.map(Money::from_ten_thousandths),
            is_available: row.get(6)?,
            estimated_quantity: row.get::<_, Option<i64>>(7)?.and_then(|quantity| u64::try_from(quantity).ok()),
            promised_date: day(row, 8)?,
            replacement: row.get(9)?,
            note: row.get(10)?,
            delivery_account: row.get(11)?,
            customer_order_number: row.get(12)?,
            work_order: row.get(13)?,
            countermark: row.get(14)?,
            desired_delivery_date: day(row, 15)?,
            comment: row.get(16)?,
            progress: progress(row, 17)?,
        })
    })?;
    rows.collect()
}

/// What is still to come.
pub(super) fn back_orders(connection: &Connection, filter: &BackOrderFilter) -> rusqlite::Result<Vec<BackOrder>> {
    // The first condition names the index of back-orders word by word.
    let lines = if filter.with_awaited {
        "l.status IN ('OPEN', 'CONFIRMED', 'UNAVAILABLE', 'BACKORDER', 'SHIPPED')"
    } else {
        "l.status IN ('BACKORDER', 'UNAVAILABLE')"
    };
    let question = format!(
        "SELECT o.number, o.manufacturer, l.number, l.status, l.reference, l.label, l.quantity,
                l.quantity - l.received_quantity - l.cancelled_quantity, o.sent_at, l.promised_date, l.replacement,
                CASE WHEN l.customer_order_number <> '' THEN l.customer_order_number ELSE o.customer_order_number END,
                coalesce(b.countermark, '')
         FROM purchase_order AS o JOIN order_line AS l ON l.purchase_order = o.id
              LEFT JOIN basket_line AS b ON b.id = l.basket_line
         WHERE {lines} AND o.status IN ('SENT', 'CONFIRMED', 'PARTLY_SHIPPED', 'SHIPPED')
             AND (?1 IS NULL OR o.manufacturer = ?1)
         ORDER BY o.sent_at, o.id, l.number"
    );
    let mut statement = connection.prepare_cached(&question)?;
    let rows = statement.query_map([filter.manufacturer.map(|id| id.0)], |row| {
        Ok(BackOrder {
            order: row.get(0)?,
            manufacturer: manufacturer(row, 1)?,
            line: row.get(2)?,
            status: word(row, 3, LineStatus::from_name)?,
            reference: row.get(4)?,
            label: row.get(5)?,
            ordered: number(row, 6)?,
            outstanding: number(row, 7)?,
            sent_at: moment(row, 8)?,
            promised_date: day(row, 9)?,
            replacement: row.get(10)?,
            customer_order_number: row.get(11)?,
            countermark: row.get(12)?,
        })
    })?;
    rows.collect()
}

/// What came of an order, each delivery with its lines.
pub(super) fn receipts(connection: &Connection, id: OrderId) -> rusqlite::Result<Vec<ReceiptEntry>> {
    let mut statement = connection.prepare(
        "SELECT id, delivery_note, countermark, received_at, received_by FROM receipt WHERE purchase_order = ?1
         ORDER BY id",
    )?;
    let mut lines = connection.prepare(
        "SELECT l.number, r.quantity FROM receipt_line AS r JOIN order_line AS l ON l.id = r.order_line
         WHERE r.receipt = ?1 ORDER BY l.number",
    )?;
    let mut found = Vec::new();
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let came = lines.query_map([row.get::<_, i64>(0)?], |row| Ok((row.get(0)?, number(row, 1)?)))?;
        found.push(ReceiptEntry {
            delivery: Delivery { note: row.get(1)?, countermark: row.get(2)?, lines: came.collect::<Result<_, _>>()? },
            received_at: moment(row, 3)?,
            received_by: row.get(4)?,
        });
    }
    Ok(found)
}
