//! Which work orders are meant: one rule for those of files and for those of a ledger.

use std::collections::BTreeSet;

use super::{DeadlineClass, WorkOrder, WorkOrderContent, WorkOrderId, WorkOrderStatus};
use crate::model::{ManufacturerId, Moment, fold};

/// Which work orders are meant; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct WorkOrderFilter {
    /// With one of these numbers.
    pub ids: BTreeSet<WorkOrderId>,
    /// In one of these states.
    pub statuses: BTreeSet<WorkOrderStatus>,
    /// Of one of these manufacturers.
    pub manufacturers: BTreeSet<ManufacturerId>,
    /// Sent by the manufacturer at this moment or later.
    pub from: Option<Moment>,
    /// Sent by the manufacturer before.
    pub before: Option<Moment>,
    /// As urgent as one of these.
    pub deadlines: BTreeSet<DeadlineClass>,
    /// When that is asked; what is due soon depends on it.
    pub clock: Option<DeadlineClock>,
    /// Postcodes that begin with this.
    pub zip: String,
    /// Appliances in whose brand, family or references this stands, however it is spelt.
    pub product: String,
    /// Not exported yet, as far as a ledger knows.
    pub is_unexported: bool,
}

/// The moment by which deadlines are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlineClock {
    /// Now.
    pub now: Moment,
    /// How many seconds before its deadline an answer is due soon.
    pub soon: i64,
}

impl DeadlineClock {
    /// How urgent an answer is.
    pub fn class(self, status: WorkOrderStatus, deadline: Option<Moment>) -> DeadlineClass {
        DeadlineClass::of(status, deadline, self.now, self.soon)
    }
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug)]
pub struct WorkOrderFacts<'f> {
    /// Its number.
    pub id: WorkOrderId,
    /// Its state.
    pub status: WorkOrderStatus,
    /// Who sends it.
    pub manufacturer: ManufacturerId,
    /// When it was sent, or came.
    pub sent: Option<Moment>,
    /// Until when an answer is wanted.
    pub deadline: Option<Moment>,
    /// The consumer's postcode.
    pub zip: &'f str,
    /// The appliance, as [`WorkOrderContent::product`] calls it.
    pub product: &'f str,
}

impl WorkOrderFilter {
    /// Whether a work order of a file is wanted.
    pub fn takes(&self, order: &WorkOrder) -> bool {
        let content = order.content();
        let product = if self.product.is_empty() { String::new() } else { content.product() };
        self.takes_facts(&WorkOrderFacts {
            id: order.id(),
            status: order.status(),
            manufacturer: order.manufacturer(),
            sent: content.created,
            deadline: content.deadline,
            zip: &content.consumer.zip,
            product: &product,
        })
    }

    /// Whether a work order is wanted of which this is known.
    pub fn takes_facts(&self, facts: &WorkOrderFacts<'_>) -> bool {
        fn is_among<T: Ord>(wanted: &BTreeSet<T>, found: &T) -> bool {
            wanted.is_empty() || wanted.contains(found)
        }
        let class = || self.clock.map_or(DeadlineClass::None, |clock| clock.class(facts.status, facts.deadline));
        is_among(&self.ids, &facts.id)
            && is_among(&self.statuses, &facts.status)
            && is_among(&self.manufacturers, &facts.manufacturer)
            && self.from.is_none_or(|from| facts.sent.is_some_and(|sent| sent >= from))
            && self.before.is_none_or(|before| facts.sent.is_some_and(|sent| sent < before))
            && (self.deadlines.is_empty() || self.deadlines.contains(&class()))
            && facts.zip.starts_with(&self.zip)
            && (self.product.is_empty() || fold(facts.product).contains(&fold(&self.product)))
    }
}

impl WorkOrderContent {
    /// The appliance in one line: brand, family, references.
    pub fn product(&self) -> String {
        let appliance = &self.appliance;
        let mut words: Vec<&str> = Vec::new();
        for word in
            [&appliance.brand, &appliance.family, &appliance.commercial_reference, &appliance.technical_reference]
        {
            if !word.is_empty() && !words.contains(&word.as_str()) {
                words.push(word);
            }
        }
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Appliance;

    fn order() -> WorkOrder {
        let content = WorkOrderContent {
            id: Some(7),
            number: "OM7".to_owned(),
            status: Some(WorkOrderStatus::New),
            manufacturer: Some(ManufacturerId(4)),
            created: Moment::parse("2026-03-04T07:45:00Z"),
            deadline: Moment::parse("2026-03-04T19:00:00Z"),
            appliance: Appliance {
                brand: "Bosch".to_owned(),
                family: "Sèche-linge".to_owned(),
                commercial_reference: "WAU28/01".to_owned(),
                technical_reference: "WAU28/01".to_owned(),
                ..Appliance::default()
            },
            ..WorkOrderContent::default()
        };
        WorkOrder::new(content).unwrap()
    }

    #[test]
    fn every_question_counts() {
        let order = order();
        assert_eq!(order.content().product(), "Bosch Sèche-linge WAU28/01");
        let clock = |now: &str| Some(DeadlineClock { now: Moment::parse(now).unwrap(), soon: DeadlineClass::SOON });
        let empty = WorkOrderFilter::default;
        let due = |class, now| WorkOrderFilter { deadlines: [class].into(), clock: clock(now), ..empty() };
        for (filter, is_taken) in [
            (empty(), true),
            (WorkOrderFilter { product: "seche linge".to_owned(), ..empty() }, true),
            (WorkOrderFilter { product: "wau 28".to_owned(), ..empty() }, true),
            (WorkOrderFilter { product: "Miele".to_owned(), ..empty() }, false),
            (WorkOrderFilter { zip: "64".to_owned(), ..empty() }, false),
            (WorkOrderFilter { from: Moment::parse("2026-03-04T00:00:00Z"), ..empty() }, true),
            (WorkOrderFilter { before: Moment::parse("2026-03-04T00:00:00Z"), ..empty() }, false),
            (due(DeadlineClass::Ok, "2026-03-04T10:00:00Z"), true),
            (due(DeadlineClass::DueSoon, "2026-03-04T18:00:00Z"), true),
            (due(DeadlineClass::Overdue, "2026-03-04T18:00:00Z"), false),
        ] {
            assert_eq!(filter.takes(&order), is_taken, "{filter:?}");
        }
    }
}
