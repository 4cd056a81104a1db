//! What waits in each basket, in numbers that follow every change.

use rusqlite::{Connection, params};

use crate::model::ManufacturerId;

/// What a change adds to a basket; less than nothing when lines leave it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) lines: i64,
    pub(super) quantity: i64,
    /// Ten-thousandths.
    pub(super) amount: i64,
}

impl Share {
    /// Of one line.
    pub(super) const fn of_line(quantity: i64, unit_price: i64) -> Self {
        Self { lines: 1, quantity, amount: quantity.saturating_mul(unit_price) }
    }

    /// Of what is added to a line that is there.
    pub(super) const fn more(quantity: i64, unit_price: i64) -> Self {
        Self { lines: 0, ..Self::of_line(quantity, unit_price) }
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            lines: self.lines + other.lines,
            quantity: self.quantity + other.quantity,
            amount: self.amount.saturating_add(other.amount),
        }
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self {
            lines: self.lines - other.lines,
            quantity: self.quantity - other.quantity,
            amount: self.amount.saturating_sub(other.amount),
        }
    }
}

/// Adds a share to the basket of a manufacturer.
pub(super) fn add(connection: &Connection, manufacturer: ManufacturerId, share: Share) -> rusqlite::Result<()> {
    // An upsert would check the numbers of the row that it does not insert.
    connection
        .prepare_cached("INSERT OR IGNORE INTO basket (manufacturer, lines, quantity, amount) VALUES (?1, 0, 0, 0)")?
        .execute([manufacturer.0])?;
    connection
        .prepare_cached(
            "UPDATE basket SET lines = lines + ?2, quantity = quantity + ?3, amount = amount + ?4
             WHERE manufacturer = ?1",
        )?
        .execute(params![manufacturer.0, share.lines, share.quantity, share.amount])?;
    Ok(())
}

/// Where numbers that are kept and numbers that are counted differ.
pub(super) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    const QUESTIONS: [&str; 4] = [
        "SELECT 'basket ' || m || ': totals differ from its lines' FROM (
             SELECT manufacturer AS m, lines AS l, quantity AS q, amount AS a FROM basket
             UNION ALL
             SELECT manufacturer, -count(*), -sum(quantity), -sum(quantity * unit_price)
             FROM basket_line WHERE state = 'WAITING' GROUP BY manufacturer
         ) GROUP BY m HAVING sum(l) <> 0 OR sum(q) <> 0 OR sum(a) <> 0",
        "SELECT 'basket line ' || l.id || ': quantity ' || l.quantity || ' is not that of its source lines'
         FROM basket_line AS l
         WHERE l.quantity <> l.adjusted
             + (SELECT coalesce(sum(s.quantity), 0) FROM source_line AS s WHERE s.basket_line = l.id)",
        "SELECT 'import ' || i.id || ': ' || i.accepted || ' lines were accepted, others are kept'
         FROM import AS i
         WHERE i.accepted * (i.status <> 'UNDONE') <> (SELECT count(*) FROM source_line AS s WHERE s.import = i.id)
        ",
        "SELECT 'import ' || i.id || ': ' || i.corrected || ' lines were corrected, others are kept'
         FROM import AS i WHERE i.corrected
             <> (SELECT count(*) FROM refused_line AS r WHERE r.import = i.id AND r.corrected_by IS NOT NULL)
        ",
    ];
    super::rows::told(connection, &QUESTIONS)
}
