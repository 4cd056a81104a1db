//! What stands in columns, as the types of the trade.

use rusqlite::types::Type;
use rusqlite::{Connection, Row};

use crate::model::{Day, ManufacturerId, Moment, Money};

/// A value that cannot stand there: the ledger was changed by somebody else.
fn odd(column: usize, kind: Type) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "value out of range".to_owned(), kind)
}

/// A count or a quantity.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| odd(column, Type::Integer))
}

/// A count on its way into a column.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A moment.
pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Moment> {
    Moment::from_seconds(row.get(column)?).ok_or_else(|| odd(column, Type::Integer))
}

/// A moment, or none.
pub(super) fn maybe_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Moment>> {
    row.get::<_, Option<i64>>(column)?.map(|_| moment(row, column)).transpose()
}

/// A day, or none.
pub(super) fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Day>> {
    let number = u32::try_from(row.get::<_, i64>(column)?).map_err(|_| odd(column, Type::Integer))?;
    if number == 0 { Ok(None) } else { Day::from_number(number).map(Some).ok_or_else(|| odd(column, Type::Integer)) }
}

/// A day on its way into a column.
pub(super) fn day_number(day: Option<Day>) -> i64 {
    day.map_or(0, |day| i64::from(day.number()))
}

/// An amount.
pub(super) fn money(row: &Row<'_>, column: usize) -> rusqlite::Result<Money> {
    row.get(column).map(Money::from_ten_thousandths)
}

/// A manufacturer.
pub(super) fn manufacturer(row: &Row<'_>, column: usize) -> rusqlite::Result<ManufacturerId> {
    u32::try_from(row.get::<_, i64>(column)?).map(ManufacturerId).map_err(|_| odd(column, Type::Integer))
}

/// A word of a list.
pub(super) fn word<T>(row: &Row<'_>, column: usize, from_name: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    from_name(&row.get::<_, String>(column)?).ok_or_else(|| odd(column, Type::Text))
}

/// How many faults of a kind are named.
pub(super) const NAMED: usize = 20;

/// What questions tell that each give rows of one text: the first [`NAMED`] of each.
pub(super) fn told(connection: &Connection, questions: &[&str]) -> rusqlite::Result<Vec<String>> {
    let mut faults = Vec::new();
    for question in questions {
        let mut statement = connection.prepare(question)?;
        for line in statement.query_map([], |row| row.get(0))?.take(NAMED) {
            faults.push(line?);
        }
    }
    Ok(faults)
}
