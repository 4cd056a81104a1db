//! The book of baskets in `SQLite`; `change` writes what is changed by hand.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};

use super::rows::{day, manufacturer, money, number, word};
use super::{Connected as _, SqliteLedger, change, refusal};
use crate::diagnostic::Result;
use crate::format::fold;
use crate::ledger::{
    Asked, BasketBook, BasketTotals, Change, ImportBook as _, ImportHead, ImportId, ImportOrigin, ImportTotals,
    LineFilter, LineId, LineState, NewLine, NotWaiting, SourceEntry, SourceLine, Stamp, Totals, WaitingLine,
};
use crate::model::Counts;

/// The columns of a [`WaitingLine`], in the order in which [`waiting_line`] reads them.
const LINE: &str = "id, manufacturer, reference, label, unit_price, quantity, adjusted, delivery_account, \
                    customer_order_number, work_order, countermark, desired_delivery_date, comment, \
                    asked_manufacturer, asked_reference";

fn waiting_line(row: &Row<'_>) -> rusqlite::Result<WaitingLine> {
    let asked = match row.get(14)? {
        Some(reference) => Some(Asked { manufacturer: manufacturer(row, 13)?, reference }),
        None => None,
    };
    Ok(WaitingLine {
        id: LineId(row.get(0)?),
        manufacturer: manufacturer(row, 1)?,
        reference: row.get(2)?,
        label: row.get(3)?,
        unit_price: money(row, 4)?,
        quantity: number(row, 5)?,
        adjusted: row.get(6)?,
        delivery_account: row.get(7)?,
        customer_order_number: row.get(8)?,
        work_order: row.get(9)?,
        countermark: row.get(10)?,
        desired_delivery_date: day(row, 11)?,
        comment: row.get(12)?,
        asked,
    })
}

fn totals(row: &Row<'_>, column: usize) -> rusqlite::Result<Totals> {
    Ok(Totals { lines: number(row, column)?, quantity: number(row, column + 1)?, amount: money(row, column + 2)? })
}

/// A filter as a condition with its values; texts are left to [`Wanted`].
fn condition(filter: &LineFilter) -> (String, Vec<Value>) {
    let mut condition = "state = 'WAITING'".to_owned();
    let mut values = Vec::new();
    let mut and = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            condition.extend([" AND ", column, " = ?", &values.len().to_string()]);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    and("manufacturer", filter.manufacturer.map(|id| Value::Integer(id.0.into())));
    and("customer_order_number", text(&filter.customer_order_number));
    and("work_order", text(&filter.work_order));
    and("countermark", text(&filter.countermark));
    and("delivery_account", text(&filter.delivery_account));
    (condition, values)
}

/// Where lines are looked for. What has no index of its own is found fastest from the first line to the last.
fn table(filter: &LineFilter) -> &'static str {
    let exact = [&filter.customer_order_number, &filter.work_order, &filter.countermark, &filter.delivery_account];
    let is_by_number = !filter.lines.is_empty();
    if is_by_number || exact.iter().all(|text| text.is_none()) { "basket_line" } else { "basket_line NOT INDEXED" }
}

/// A text that reference or label must hold.
struct Wanted(String);

impl Wanted {
    fn of(filter: &LineFilter) -> Option<Self> {
        filter.text.as_deref().map(|text| Self(fold(text)))
    }

    /// What folds to nothing is nowhere: it must not choose everything.
    fn is_in(&self, line: &WaitingLine) -> bool {
        !self.0.is_empty() && [&line.reference, &line.label].into_iter().any(|text| fold(text).contains(&self.0))
    }
}

impl BasketBook for SqliteLedger {
    fn baskets(&self) -> Result<Vec<BasketTotals>> {
        self.ask(|connection| {
            let question =
                "SELECT manufacturer, lines, quantity, amount FROM basket WHERE lines > 0 ORDER BY manufacturer";
            let mut statement = connection.prepare(question)?;
            let rows = statement.query_map([], |row| {
                Ok(BasketTotals { manufacturer: manufacturer(row, 0)?, totals: totals(row, 1)? })
            })?;
            rows.collect()
        })
    }

    fn waiting_lines(&self, filter: &LineFilter, take: &mut dyn FnMut(WaitingLine) -> Result<()>) -> Result<()> {
        let failed = |error| refusal(&self.path, &error);
        let (condition, values) = condition(filter);
        let (between, order) = match filter.lines.as_slice() {
            [] => (String::new(), "manufacturer, id"),
            // The line's number finds it, not its manufacturer.
            _ => (format!(" AND id BETWEEN ?{} AND ?{}", values.len() + 1, values.len() + 2), "id"),
        };
        let table = table(filter);
        let question = format!("SELECT {LINE} FROM {table} WHERE {condition}{between} ORDER BY {order}");
        let mut statement = self.connection.prepare_cached(&question).map_err(failed)?;
        let wanted = Wanted::of(filter);
        let mut left = filter.limit.unwrap_or(usize::MAX);
        for range in ranges(filter) {
            let ends = range.into_iter().flat_map(|(first, last)| [first, last]).map(Value::Integer);
            let mut rows = statement.query(params_from_iter(values.iter().cloned().chain(ends))).map_err(failed)?;
            while left > 0 {
                let Some(row) = rows.next().map_err(failed)? else { break };
                let line = waiting_line(row).map_err(failed)?;
                if wanted.as_ref().is_none_or(|wanted| wanted.is_in(&line)) {
                    take(line)?;
                    left -= 1;
                }
            }
        }
        Ok(())
    }

    fn waiting_totals(&self, filter: &LineFilter) -> Result<Totals> {
        if filter.is_whole_baskets() {
            return self.ask(|connection| {
                let question = "SELECT coalesce(sum(lines), 0), coalesce(sum(quantity), 0), coalesce(sum(amount), 0)
                                FROM basket WHERE ?1 IS NULL OR manufacturer = ?1";
                connection.query_row(question, [filter.manufacturer.map(|id| id.0)], |row| totals(row, 0))
            });
        }
        if filter.lines.is_empty() && filter.text.is_none() {
            let (condition, values) = condition(filter);
            let question = format!(
                "SELECT count(*), coalesce(sum(quantity), 0), coalesce(sum(quantity * unit_price), 0)
                 FROM {} WHERE {condition}",
                table(filter)
            );
            return self
                .ask(|connection| connection.query_row(&question, params_from_iter(values), |row| totals(row, 0)));
        }
        let mut sum = Totals::default();
        self.waiting_lines(&LineFilter { limit: None, ..filter.clone() }, &mut |line| {
            sum = sum.with(line.quantity, line.unit_price);
            Ok(())
        })?;
        Ok(sum)
    }

    fn source_lines(&self, line: LineId) -> Result<Vec<SourceEntry>> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.import, i.file, s.line, s.quantity, s.customer_order_number, s.work_order, s.countermark,
                        s.desired_delivery_date, s.comment
                 FROM source_line AS s JOIN import AS i ON i.id = s.import WHERE s.basket_line = ?1 ORDER BY s.id",
            )?;
            let rows = statement.query_map([line.0], |row| {
                Ok(SourceEntry {
                    import: ImportId(row.get(0)?),
                    file: row.get(1)?,
                    line: number(row, 2)?,
                    quantity: number(row, 3)?,
                    customer_order_number: row.get(4)?,
                    work_order: row.get(5)?,
                    countermark: row.get(6)?,
                    desired_delivery_date: day(row, 7)?,
                    comment: row.get(8)?,
                })
            })?;
            rows.collect()
        })
    }

    fn line_state(&self, line: LineId) -> Result<Option<LineState>> {
        self.ask(|connection| state(connection, line))
    }

    fn change_lines(
        &mut self,
        changes: &[(LineId, Change<'_>)],
        stamp: &Stamp,
    ) -> Result<std::result::Result<u64, Vec<NotWaiting>>> {
        self.change(|transaction| change::apply(transaction, changes, stamp))
    }

    fn add_line(&mut self, line: &NewLine<'_>, stamp: &Stamp) -> Result<LineId> {
        let mut record = self.begin_import(&typed(stamp))?;
        record.take(&SourceLine {
            line: 1,
            manufacturer: line.manufacturer,
            place: 0,
            reference: line.reference,
            label: line.label,
            unit_price: line.unit_price,
            quantity: line.quantity,
            need: line.need,
            desired_delivery_date: line.desired_delivery_date,
            comment: line.comment,
            merge_key: line.merge_key,
        })?;
        let counts = Counts { valid: 1, accepted: 1, ..Counts::default() };
        let import = record.finish(&ImportTotals {
            counts,
            content: String::new(),
            causes: Vec::new(),
            heads: Vec::new(),
            reports: None,
        })?;
        self.ask(|connection| {
            connection.query_row("SELECT basket_line FROM source_line WHERE import = ?1", [import.0], |row| {
                row.get(0).map(LineId)
            })
        })
    }
}

/// The numbers that are meant, each range once, or one wish for any of them.
fn ranges(filter: &LineFilter) -> Vec<Option<(i64, i64)>> {
    if filter.lines.is_empty() {
        return vec![None];
    }
    let mut ranges: Vec<_> = filter.lines.iter().map(|range| (*range.start(), *range.end())).collect();
    ranges.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for (first, last) in ranges {
        match apart.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => apart.push((first, last)),
        }
    }
    apart.into_iter().map(Some).collect()
}

/// Where a line stands.
pub(super) fn state(connection: &rusqlite::Connection, line: LineId) -> rusqlite::Result<Option<LineState>> {
    connection
        .prepare_cached("SELECT state FROM basket_line WHERE id = ?1")?
        .query_row(params![line.0], |row| word(row, 0, LineState::from_name))
        .optional()
}

/// The import of a line that came in no file.
pub(super) fn typed(stamp: &Stamp) -> ImportHead {
    ImportHead {
        origin: ImportOrigin::Typed,
        parent: None,
        file: String::new(),
        hash: String::new(),
        bytes: 0,
        format: String::new(),
        format_hash: String::new(),
        settings: "{}".to_owned(),
        reference: None,
        stamp: stamp.clone(),
    }
}
