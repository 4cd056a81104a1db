//! Parts of repair files on their way into baskets and orders.

use rusqlite::{Connection, params};

use crate::diagnostic::Result;
use crate::ledger::sqlite::basket::typed;
use crate::ledger::sqlite::record::Record;
use crate::ledger::sqlite::rows::{count, word};
use crate::ledger::sqlite::{Connected as _, SqliteLedger};
use crate::ledger::{
    BookedPart, EntryId, ImportRecord as _, ImportTotals, LineBook as _, LineId, LineState, NewLine, SourceLine, Stamp,
};
use crate::model::{Counts, ManufacturerId};

/// Puts parts into the baskets, as lines that somebody typed, and notes whose they are.
pub(super) fn book(
    ledger: &mut SqliteLedger,
    id: EntryId,
    parts: &[(&str, NewLine<'_>)],
    stamp: &Stamp,
) -> Result<Vec<LineId>> {
    let mut record = Record::begin(&mut ledger.connection, &ledger.path, &typed(stamp))?;
    let import = record.id();
    // Lines that are merged with one another have one place in their basket.
    let mut places: Vec<(ManufacturerId, i64)> = Vec::new();
    let mut lines = Vec::with_capacity(parts.len());
    for (number, (reference, part)) in (1_u64..).zip(parts) {
        let mut same = places.iter().filter(|(manufacturer, _)| *manufacturer == part.manufacturer);
        let place = same.position(|(_, key)| *key == part.merge_key).unwrap_or_else(|| {
            places.push((part.manufacturer, part.merge_key));
            places.iter().filter(|(manufacturer, _)| *manufacturer == part.manufacturer).count() - 1
        });
        let line = record.take(&SourceLine {
            line: number,
            manufacturer: part.manufacturer,
            place,
            reference: part.reference,
            label: part.label,
            unit_price: part.unit_price,
            quantity: part.quantity,
            need: part.need,
            desired_delivery_date: part.desired_delivery_date,
            comment: part.comment,
            merge_key: part.merge_key,
        })?;
        record.ask(|connection| {
            connection
                .prepare_cached("INSERT INTO repair_part (import, line, entry, reference) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![import.0, count(number), id.0, reference])
        })?;
        lines.push(LineId(line));
    }
    let booked = parts.len() as u64;
    record.ask(|connection| super::tell(connection, id, "ordered", &format!("{{\"parts\":{booked}}}"), stamp))?;
    let counts = Counts { valid: booked, accepted: booked, ..Counts::default() };
    Box::new(record).finish(&ImportTotals {
        counts,
        content: String::new(),
        causes: Vec::new(),
        heads: Vec::new(),
        reports: None,
    })?;
    Ok(lines)
}

/// The parts that were put into baskets, with the orders they are on. What was called off after it was ordered is as if it had
/// never been there.
pub(super) fn booked(connection: &Connection, id: EntryId) -> rusqlite::Result<Vec<BookedPart>> {
    let mut statement = connection.prepare_cached(
        "SELECT p.reference, b.id, b.state, o.number FROM repair_part AS p
             JOIN source_line AS s ON s.import = p.import AND s.line = p.line
             JOIN basket_line AS b ON b.id = s.basket_line
             LEFT JOIN order_line AS l ON l.basket_line = b.id
             LEFT JOIN purchase_order AS o ON o.id = l.purchase_order
         WHERE p.entry = ?1 AND (l.status IS NULL OR l.status <> 'CANCELLED') ORDER BY p.import, p.line",
    )?;
    let rows = statement.query_map([id.0], |row| {
        Ok(BookedPart {
            reference: row.get(0)?,
            line: LineId(row.get(1)?),
            state: word(row, 2, LineState::from_name)?,
            order: row.get(3)?,
        })
    })?;
    rows.collect()
}
