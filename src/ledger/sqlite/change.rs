//! What is changed by hand about lines that wait, with a row of the journal for each change.

use std::collections::BTreeMap;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension as _, Statement, params};

use super::basket::state;
use super::totals::{self, Share};
use crate::ledger::{Change, LineId, NotWaiting, Stamp};
use crate::model::{ManufacturerId, Money};

/// A line before its change, as far as totals go.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counted {
    manufacturer: u32,
    quantity: i64,
    unit_price: i64,
}

/// How a change is written: its word in the journal, what stood there and what will, whether there is something to do,
/// and what is done.
struct Writing {
    what: &'static str,
    detail: &'static str,
    differs: &'static str,
    set: &'static str,
}

const QUANTITY: Writing = Writing {
    what: "basket.quantity",
    detail: "json_object('from', quantity, 'to', :quantity)",
    differs: "quantity <> :quantity",
    set: "adjusted = adjusted + :quantity - quantity, quantity = :quantity",
};

const COMMENT: Writing = Writing {
    what: "basket.comment",
    detail: "json_object('from', comment, 'to', :text)",
    differs: "comment <> :text",
    set: "comment = :text",
};

const PRICE: Writing = Writing {
    what: "basket.price",
    detail: "json_object('from', json_object('label', label, 'unit_price', unit_price),
                         'to', json_object('label', :label, 'unit_price', :unit_price))",
    differs: "(label, unit_price) <> (:label, :unit_price)",
    set: "label = :label, unit_price = :unit_price",
};

/// What was asked for is kept once, and forgotten when it is back. Such a line is merged with none: its source lines ask
/// for another part than those that would join it.
const PART: Writing = Writing {
    what: "basket.part",
    detail: "json_object('from', json_object('manufacturer', manufacturer, 'reference', reference, 'label', label,
                                             'unit_price', unit_price),
                         'to', json_object('manufacturer', :manufacturer, 'reference', :text, 'label', :label,
                                           'unit_price', :unit_price))",
    differs: "(manufacturer, reference, label, unit_price) <> (:manufacturer, :text, :label, :unit_price)",
    set: "asked_manufacturer = CASE
              WHEN (coalesce(asked_manufacturer, manufacturer), coalesce(asked_reference, reference))
                   <> (:manufacturer, :text) THEN coalesce(asked_manufacturer, manufacturer) END,
          asked_reference = CASE
              WHEN (coalesce(asked_manufacturer, manufacturer), coalesce(asked_reference, reference))
                   <> (:manufacturer, :text) THEN coalesce(asked_reference, reference) END,
          merge_key = NULL, manufacturer = :manufacturer, reference = :text, label = :label, unit_price = :unit_price",
};

const REMOVE: Writing = Writing {
    what: "basket.removed",
    detail:
        "json_object('from', json_object('manufacturer', manufacturer, 'reference', reference, 'quantity', quantity,
                                             'unit_price', unit_price))",
    differs: "1",
    set: "state = 'REMOVED'",
};

/// Makes the changes and tells how many there were to make, or makes none and tells which lines do not wait.
pub(super) fn apply(
    connection: &Connection,
    changes: &[(LineId, Change<'_>)],
    stamp: &Stamp,
) -> rusqlite::Result<Result<u64, Vec<NotWaiting>>> {
    connection.execute_batch("SAVEPOINT changes")?;
    let mut made = 0;
    let mut not_waiting: Vec<NotWaiting> = Vec::new();
    let mut shares: BTreeMap<u32, Share> = BTreeMap::new();
    for (id, change) in changes {
        let Some(before) = counted(connection, *id)? else {
            if not_waiting.last().is_none_or(|last| last.id != *id) {
                not_waiting.push(NotWaiting { id: *id, state: state(connection, *id)? });
            }
            continue;
        };
        if !not_waiting.is_empty() || !write(connection, *id, change, stamp)? {
            continue;
        }
        made += 1;
        let mut add = |counted: Counted, sign: fn(Share, Share) -> Share| {
            let share = shares.entry(counted.manufacturer).or_default();
            *share = sign(*share, Share::of_line(counted.quantity, counted.unit_price));
        };
        add(before, Share::minus);
        if let Some(after) = counted(connection, *id)? {
            add(after, Share::plus);
        }
    }
    if !not_waiting.is_empty() {
        connection.execute_batch("ROLLBACK TO changes; RELEASE changes")?;
        return Ok(Err(not_waiting));
    }
    for (manufacturer, share) in shares {
        totals::add(connection, ManufacturerId(manufacturer), share)?;
    }
    connection.execute_batch("RELEASE changes")?;
    Ok(Ok(made))
}

/// A line that waits.
fn counted(connection: &Connection, id: LineId) -> rusqlite::Result<Option<Counted>> {
    connection
        .prepare_cached(
            "SELECT manufacturer, quantity, unit_price FROM basket_line WHERE id = ?1 AND state = 'WAITING'",
        )?
        .query_row(params![id.0], |row| {
            Ok(Counted { manufacturer: row.get(0)?, quantity: row.get(1)?, unit_price: row.get(2)? })
        })
        .optional()
}

/// Writes one change, and the journal before it; `false` when there is nothing to change.
fn write(connection: &Connection, id: LineId, change: &Change<'_>, stamp: &Stamp) -> rusqlite::Result<bool> {
    let (Writing { what, detail, differs, set }, mut values) = written(change);
    values.push((":id", id.0.into()));
    let mut update = connection.prepare_cached(&format!("UPDATE basket_line SET {set} WHERE id = :id"))?;
    let mut journal = connection.prepare_cached(&format!(
        "INSERT INTO journal (at, by, what, subject, detail)
         SELECT :at, :by, '{what}', id, {detail} FROM basket_line WHERE id = :id AND {differs}"
    ))?;
    bind(&mut journal, &values)?;
    bind(&mut journal, &[(":at", stamp.at.seconds().into()), (":by", stamp.by.as_str().into())])?;
    if journal.raw_execute()? == 0 {
        return Ok(false);
    }
    bind(&mut update, &values)?;
    update.raw_execute()?;
    Ok(true)
}

/// A value by its name in a statement.
type Named<'v> = (&'static str, ToSqlOutput<'v>);

/// How a change is written, and with which values.
fn written<'v>(change: &Change<'v>) -> (Writing, Vec<Named<'v>>) {
    match *change {
        Change::Quantity(quantity) => (QUANTITY, vec![(":quantity", quantity.into())]),
        Change::Comment(text) => (COMMENT, vec![(":text", text.into())]),
        Change::Price { label, unit_price } => (PRICE, named(label, unit_price)),
        Change::Part { manufacturer, reference, label, unit_price } => {
            let mut values = named(label, unit_price);
            values.extend([(":manufacturer", manufacturer.0.into()), (":text", reference.into())]);
            (PART, values)
        }
        Change::Remove => (REMOVE, Vec::new()),
    }
}

fn named(label: &str, unit_price: Money) -> Vec<Named<'_>> {
    vec![(":label", label.into()), (":unit_price", unit_price.ten_thousandths().into())]
}

/// Gives a statement those of the values that it asks for.
fn bind(statement: &mut Statement<'_>, values: &[Named<'_>]) -> rusqlite::Result<()> {
    for (name, value) in values {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    Ok(())
}
