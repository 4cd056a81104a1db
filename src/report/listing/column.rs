//! What can be shown of a row.

use std::borrow::Cow;

use super::value::{Value, Word};
use crate::model::{Day, Moment, Money};
use crate::report::text::Text;

/// A column of a list of `R`.
pub struct Column<R> {
    /// What is typed after `--columns` and `--sort`, and the key in JSON.
    pub(super) name: &'static str,
    pub(super) heading: Text,
    /// Whether a terminal shows it when nobody chose columns.
    pub(super) is_usual: bool,
    /// Whether a terminal shows its sum below it.
    pub(super) is_totalled: bool,
    /// Whether its texts mean nothing when they are cut.
    is_whole: bool,
    cell: Cell<R>,
}

/// How the cell is read from a row; this also tells the kind of the column.
enum Cell<R> {
    Text(fn(&R) -> Option<Cow<'_, str>>),
    Number(fn(&R) -> Option<i64>),
    Money(fn(&R) -> Option<Money>),
    Day(fn(&R) -> Option<Day>),
    Moment(fn(&R) -> Option<Moment>),
    Word(fn(&R) -> Option<Word>),
    Flag(fn(&R) -> Option<bool>),
}

impl<R> Column<R> {
    const fn new(name: &'static str, heading: Text, cell: Cell<R>) -> Self {
        Self { name, heading, is_usual: true, is_totalled: false, is_whole: false, cell }
    }

    /// Text as somebody wrote it.
    pub const fn text(name: &'static str, heading: Text, read: fn(&R) -> Option<Cow<'_, str>>) -> Self {
        Self::new(name, heading, Cell::Text(read))
    }

    /// A whole number.
    pub const fn number(name: &'static str, heading: Text, read: fn(&R) -> Option<i64>) -> Self {
        Self::new(name, heading, Cell::Number(read))
    }

    /// An amount of money.
    pub const fn money(name: &'static str, heading: Text, read: fn(&R) -> Option<Money>) -> Self {
        Self::new(name, heading, Cell::Money(read))
    }

    /// A day.
    pub const fn day(name: &'static str, heading: Text, read: fn(&R) -> Option<Day>) -> Self {
        Self::new(name, heading, Cell::Day(read))
    }

    /// A moment, shown in UTC.
    pub const fn moment(name: &'static str, heading: Text, read: fn(&R) -> Option<Moment>) -> Self {
        Self::new(name, heading, Cell::Moment(read))
    }

    /// A word of ours.
    pub const fn word(name: &'static str, heading: Text, read: fn(&R) -> Option<Word>) -> Self {
        Self::new(name, heading, Cell::Word(read))
    }

    /// Yes or no.
    pub const fn flag(name: &'static str, heading: Text, read: fn(&R) -> Option<bool>) -> Self {
        Self::new(name, heading, Cell::Flag(read))
    }

    /// A column that a terminal shows only when it is chosen.
    #[must_use]
    pub fn unusual(self) -> Self {
        self.usual_if(false)
    }

    /// A column that a terminal shows in this case; in the other, only when it is chosen.
    #[must_use]
    pub fn usual_if(self, is_usual: bool) -> Self {
        Self { is_usual, ..self }
    }

    /// A column of numbers or amounts whose sum a terminal shows.
    #[must_use]
    pub fn totalled(self) -> Self {
        Self { is_totalled: true, ..self }
    }

    /// A column of texts that mean nothing when they are cut, such as references.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { is_whole: true, ..self }
    }

    pub(super) const fn headings(&self) -> [&'static str; 2] {
        [self.heading.french, self.heading.english]
    }

    /// The cell of a row.
    pub(super) fn value<'r>(&self, row: &'r R) -> Value<'r> {
        match self.cell {
            Cell::Text(read) => read(row).filter(|text| !text.is_empty()).map(Value::Text),
            Cell::Number(read) => read(row).map(Value::Number),
            Cell::Money(read) => read(row).map(Value::Money),
            Cell::Day(read) => read(row).map(Value::Day),
            Cell::Moment(read) => read(row).map(Value::Moment),
            Cell::Word(read) => read(row).map(Value::Word),
            Cell::Flag(read) => read(row).map(Value::Flag),
        }
        .unwrap_or(Value::Empty)
    }

    /// Whether its cells may be cut where room is scarce.
    pub(super) const fn may_be_cut(&self) -> bool {
        matches!(self.cell, Cell::Text(_)) && !self.is_whole
    }

    /// Whether its cells stand to the right, units below units.
    pub(super) const fn is_numeric(&self) -> bool {
        matches!(self.cell, Cell::Number(_) | Cell::Money(_))
    }

    /// The sum of its cells; none of texts, or when it leaves the range.
    pub(super) fn total(&self, rows: &[R]) -> Option<Value<'static>> {
        match self.cell {
            Cell::Number(read) => rows.iter().filter_map(read).try_fold(0_i64, i64::checked_add).map(Value::Number),
            Cell::Money(read) => rows.iter().filter_map(read).try_fold(Money::ZERO, Money::plus).map(Value::Money),
            _ => None,
        }
    }
}
