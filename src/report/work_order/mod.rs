//! Work orders for people: on a terminal, and on paper.
//!
//! What enters: work orders, a language, whose clocks to go by. What leaves: text for a terminal, pages of HTML, what is
//! said of files. What is refused: nothing. Consumers are named only on pages that somebody asked for.

mod pages;
mod screen;
mod words;

pub use pages::WorkOrderPages;
pub use screen::{render_notices, render_work_order, render_work_orders};
pub use words::{close_kind_word, deadline_word, work_order_status_word};

use crate::model::{CloseKind, Language, Value, WorkOrder, WorkOrderField, WorkOrderStatus, Zone};
use crate::report::listing::Word;
use crate::report::{shown_day, shown_moment, shown_time};

/// What a language needs to show a value.
#[derive(Clone, Copy)]
struct Speech<'z> {
    zone: &'z Zone,
    language: Language,
}

impl Speech<'_> {
    /// The value of a field as people read it; nothing where there is none, or where it is a table of its own.
    fn value(self, order: &WorkOrder, field: WorkOrderField) -> Option<String> {
        Some(match order.content().value(field) {
            Value::Nothing | Value::Parts(_) => return None,
            Value::Text(name) if field == WorkOrderField::Status => WorkOrderStatus::from_name(name)
                .map_or_else(|| name.to_owned(), |status| words::status(status).get(self.language).to_owned()),
            Value::Text(name) if field == WorkOrderField::CloseKind => CloseKind::from_name(name)
                .map_or_else(|| name.to_owned(), |kind| words::close_kind(kind).get(self.language).to_owned()),
            Value::Text(number) if field == WorkOrderField::ConsumerTitle => {
                words::title(number).map_or_else(|| number.to_owned(), |title| title.get(self.language).to_owned())
            }
            Value::Text(text) => text.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => Word::answer(flag).text.get(self.language).to_owned(),
            Value::Day(day) => shown_day(day, self.language),
            Value::Time(time) => shown_time(time),
            Value::Moment(moment) => shown_moment(moment, self.zone, self.language),
        })
    }

    /// The fields that are filled, part by part: what they are called and what stands in them.
    fn sections(self, order: &WorkOrder) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
        let filled = |fields: &[WorkOrderField]| {
            let shown = fields
                .iter()
                .filter_map(|field| Some((words::label(*field).get(self.language), self.value(order, *field)?)));
            shown.collect::<Vec<_>>()
        };
        let sections = words::sections().map(|(title, fields)| (title.get(self.language), filled(fields)));
        sections.into_iter().filter(|(_, fields)| !fields.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests;
