//! Where what is kept of orders contradicts itself.

use rusqlite::Connection;

use super::{PROGRESS, progress};
use crate::ledger::sqlite::rows::{NAMED, told, word};
use crate::model::{LineProgress, LineStatus, OrderStatus};

/// What is wrong with orders.
pub(in crate::ledger::sqlite) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    const QUESTIONS: [&str; 6] = [
        "SELECT 'order ' || o.number || ': totals differ from its lines' FROM purchase_order AS o
         WHERE (o.lines, o.quantity, o.amount) IS NOT (
             SELECT count(*), coalesce(sum(l.quantity), 0), coalesce(sum(l.quantity * l.unit_price), 0)
             FROM order_line AS l WHERE l.purchase_order = o.id)",
        "SELECT 'order ' || o.number || ': was sent and cannot be, or was not and must be' FROM purchase_order AS o
         WHERE (o.sent_at IS NULL) <> (o.status IN ('DRAFT', 'ESTIMATED')
             OR (o.status = 'CANCELLED'
                 AND NOT EXISTS (SELECT 1 FROM order_line WHERE purchase_order = o.id AND basket_line IS NOT NULL)))
        ",
        "SELECT 'order line ' || l.id || ': its basket line is not as it was ordered'
         FROM order_line AS l JOIN basket_line AS b ON b.id = l.basket_line JOIN purchase_order AS o
             ON o.id = l.purchase_order
         WHERE b.state <> 'ORDERED' OR b.quantity <> l.quantity OR b.reference <> l.reference
             OR b.manufacturer <> o.manufacturer",
        "SELECT 'order line ' || l.id || ': has no basket line' FROM order_line AS l JOIN purchase_order AS o
             ON o.id = l.purchase_order
         WHERE l.basket_line IS NULL AND (o.status <> 'CANCELLED' OR o.sent_at IS NOT NULL)",
        "SELECT 'basket line ' || b.id || ': is ordered, but no order has it' FROM basket_line AS b
         WHERE b.state = 'ORDERED' AND NOT EXISTS (SELECT 1 FROM order_line AS l WHERE l.basket_line = b.id)",
        "SELECT 'order line ' || l.id || ': ' || l.received_quantity || ' came, the delivery notes say others'
         FROM order_line AS l WHERE l.received_quantity
             <> (SELECT coalesce(sum(r.quantity), 0) FROM receipt_line AS r WHERE r.order_line = l.id)",
    ];
    let mut faults = told(connection, &QUESTIONS)?;
    statuses(connection, &mut faults)?;
    Ok(faults)
}

/// Lines whose status does not follow from their quantities, orders whose status does not follow from their lines.
fn statuses(connection: &Connection, faults: &mut Vec<String>) -> rusqlite::Result<()> {
    let quantities: Vec<_> = PROGRESS.split(", ").map(|column| format!("l.{column}")).collect();
    let mut statement = connection.prepare(&format!(
        "SELECT o.number, o.status, l.id, l.status, {} FROM order_line AS l JOIN purchase_order AS o
             ON o.id = l.purchase_order ORDER BY l.purchase_order",
        quantities.join(", ")
    ))?;
    let mut found = Vec::new();
    let mut judge = |number: &str, status: Option<OrderStatus>, lines: &[LineProgress]| {
        let Some(status) = status else { return };
        let derived = LineProgress::order_status(lines);
        let fits = match status {
            OrderStatus::Draft | OrderStatus::Estimated => derived == OrderStatus::Sent,
            OrderStatus::Rejected => derived == OrderStatus::Cancelled,
            status => derived == status,
        };
        if !fits && found.len() < NAMED {
            found.push(format!("order {number}: is {}, its lines say {}", status.name(), derived.name()));
        }
    };
    let (mut number, mut status, mut lines) = (String::new(), None, Vec::new());
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let next: String = row.get(0)?;
        if next != number {
            judge(&number, status, &lines);
            lines.clear();
            number = next;
            status = Some(word(row, 1, OrderStatus::from_name)?);
        }
        let line = progress(row, 4)?;
        let kept = word(row, 3, LineStatus::from_name)?;
        if kept != line.status() && faults.len() < NAMED {
            let id: i64 = row.get(2)?;
            faults.push(format!("order line {id}: is {}, its quantities say {}", kept.name(), line.status().name()));
        }
        lines.push(line);
    }
    judge(&number, status, &lines);
    faults.append(&mut found);
    Ok(())
}
