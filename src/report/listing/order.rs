//! The order of rows.

use std::cmp::Ordering;

use super::column::Column;
use super::value::Value;
use crate::format::fold;

/// What a cell is sorted by. Within a column all filled cells are of one kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    /// Folded, so that É stands beside E; then in lower case, since folding also drops punctuation.
    Text(String, String),
    Word(&'static str),
}

impl Key {
    fn of(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Empty => None,
            Value::Text(text) => Some(Self::Text(fold(text), text.to_lowercase())),
            Value::Number(number) => Some(Self::Number(*number)),
            Value::Money(amount) => Some(Self::Number(amount.ten_thousandths())),
            Value::Day(day) => Some(Self::Number(i64::from(day.number()))),
            Value::Moment(moment) => Some(Self::Number(moment.seconds())),
            Value::Word(word) => Some(Self::Word(word.name)),
            Value::Flag(is_yes) => Some(Self::Number(i64::from(*is_yes))),
        }
    }
}

/// Sorts by the cells of some columns, each turned round or not.
pub(super) fn sort<R>(rows: &mut Vec<R>, columns: &[Column<R>], keys: &[(usize, bool)]) {
    let keyed = std::mem::take(rows).into_iter().map(|row| {
        let cells: Vec<_> = keys.iter().map(|(place, _)| Key::of(&columns[*place].value(&row))).collect();
        (cells, row)
    });
    let mut keyed: Vec<_> = keyed.collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let pairs = a.iter().zip(b).zip(keys);
        pairs.fold(Ordering::Equal, |order, ((a, b), (_, is_descending))| {
            order.then_with(|| compare(a.as_ref(), b.as_ref(), *is_descending))
        })
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

/// Empty cells stand last, whichever way round.
fn compare(a: Option<&Key>, b: Option<&Key>, is_descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if is_descending => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
