//! What a fault costs: a line, an order, or the file.

use std::collections::BTreeMap;

use super::chunk::Judged;
use crate::decode::Frame;
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::{Accept, Format};
use crate::model::{Counts, IgnoredReason};

/// What is refused besides faulty lines. A pass that shows that more has to be refused is done again.
#[derive(Debug, Default)]
pub(super) enum Verdict {
    /// Nothing.
    #[default]
    Lines,
    /// Every line of these orders (customer order number, first faulty line).
    Orders(BTreeMap<String, u64>),
    /// Every line; a refusal says why, unless it is the policy itself.
    File(Option<Refusal>),
}

/// Why a file is refused as a whole.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: Error,
    /// Whether lines of the file bear the fault themselves, so that it need not be told once more for the file.
    pub(super) told_by_lines: bool,
}

/// Where the table ends before the file does. Only a pass over the file shows it, so the file is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beyond {
    /// The line from which on nothing belongs to the table.
    pub(super) line: u64,
    /// What stands there.
    pub(super) reason: IgnoredReason,
}

impl Beyond {
    /// Whether another table stands there, whose heading is told.
    pub(super) fn is_other_table(self) -> bool {
        self.reason == IgnoredReason::OtherTable
    }
}

/// What a pass found out that a verdict depends on.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) counts: Counts,
    /// Orders with a faulty line, and the first such line.
    pub(super) bad_orders: BTreeMap<String, u64>,
    /// A line names another supplier than the file is for.
    pub(super) several_suppliers: Option<Error>,
    /// Where another table begins, by its heading.
    pub(super) other_table: Option<u64>,
    /// Faulty rows at the end that may stand below the table.
    pub(super) tail: Vec<TailRow>,
}

/// A row that may stand below the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TailRow {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    pub(super) behind_blank: bool,
}

/// More rows than this do not stand below a table.
pub(super) const TAIL: usize = 20;

impl Findings {
    /// Takes in what a piece shows of the table's end, in the order of the file.
    pub(super) fn take_outside(&mut self, judged: &Judged) {
        self.other_table = self.other_table.or(judged.other_table);
        if judged.has_table_rows {
            self.tail.clear();
        }
        self.tail.extend(judged.tail.iter().cloned());
        if self.tail.len() > TAIL {
            self.tail.clear();
        }
    }

    /// Where the table ends, as far as these findings tell.
    pub(super) fn beyond(&self, frame: &Frame) -> Option<Beyond> {
        if let Some(line) = self.other_table {
            return Some(Beyond { line, reason: IgnoredReason::OtherTable });
        }
        let from = frame.footer(self.tail.iter().map(|row| (row.cells.as_slice(), row.behind_blank)))?;
        self.tail.get(from).map(|row| Beyond { line: row.line, reason: IgnoredReason::Footer })
    }
}

impl Verdict {
    /// The stricter verdict that a pass under this one calls for, if it does. `several` is the fault of a file for one
    /// supplier whose lines are for several.
    pub(super) fn stricter(&self, format: &Format, findings: &Findings, several: Option<Error>) -> Option<Self> {
        if matches!(self, Self::File(_)) {
            return None;
        }
        if let Some(error) = &findings.several_suppliers {
            let error = Error::new(error.code, error.arguments.clone());
            return Some(Self::File(Some(Refusal { error, told_by_lines: true })));
        }
        let whole = |error| Some(Self::File(Some(Refusal { error, told_by_lines: false })));
        if let Some(error) = several {
            return whole(error);
        }
        let counts = &findings.counts;
        if format.accept == Accept::File && counts.faulty > 0 {
            return Some(Self::File(None));
        }
        if let Some(limit) = format.reject_limit
            && limit.exceeded(counts.rejected, counts.lines())
        {
            let arguments = Arguments::none().with("found", counts.rejected).with("limit", limit);
            return whole(Error::new(Code::RejectLimitExceeded, arguments));
        }
        let orders = format.accept == Accept::Orders && matches!(self, Self::Lines) && !findings.bad_orders.is_empty();
        orders.then(|| Self::Orders(findings.bad_orders.clone()))
    }

    /// Why an innocent line is refused, if it is.
    pub(super) fn of(&self, order: impl FnOnce() -> String) -> Option<(Code, Arguments)> {
        match self {
            Self::Lines => None,
            Self::Orders(bad) => {
                let order = order();
                let line = bad.get(&order)?;
                Some((Code::OrderRefused, Arguments::none().with("order", order).with("line", line)))
            }
            Self::File(_) => Some((Code::FileRefused, Arguments::none())),
        }
    }
}
