//! Parts of a repair file that are to be ordered: into the baskets, and the number of their order back.
//!
//! Which basket line a part went to stands in the ledger. The order is found from there whenever the file is read, so nothing has
//! to be told to the file when an order is made or called off.

use serde_json::Value;

use super::repair::WORK_ORDER;
use super::{EntryBody, Judging};
use crate::diagnostic::{Error, Result};
use crate::format::{EntryFields, Item, Key};
use crate::ledger::{BookedPart, Entry, EntryBook as _, LineId, LineState, Need, NewLine, Stamp};
use crate::model::DepositKind;
use crate::split::MergeKey;
use crate::workspace::Workspace;

/// A part of a repair file that goes, or went, into a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedPart {
    /// The part.
    pub reference: String,
    /// How many.
    pub quantity: u32,
    /// The basket line; none when it was only tried.
    pub line: Option<LineId>,
}

/// What became of the parts of a repair file that were to be ordered.
#[derive(Debug)]
pub enum PartsOrder {
    /// They are in their baskets.
    Booked(Vec<OrderedPart>),
    /// None is: these cannot be ordered, each by its reference.
    Refused(Vec<(String, Error)>),
}

impl Workspace {
    /// Writes the numbers of orders down that parts are on by now and that the file itself does not name. They are never kept: an
    /// order may be called off.
    pub(super) fn fill_order_numbers(&self, entry: &Entry, body: &mut EntryBody, fields: &EntryFields) -> Result<()> {
        let mut booked = self.booked(entry)?;
        for (place, part) in parts(body, fields).into_iter().enumerate() {
            let Some(at) = booked.iter().position(|each| each.reference == part.reference) else { continue };
            let booked = booked.remove(at);
            if let Some(order) = booked.order.filter(|_| part.order.is_empty()) {
                body.put_item(place, fields.get(fields.key(Key::PartOrderNumber)), Value::String(order));
                // What is ordered must not be ordered again.
                body.put_item(place, fields.get(fields.key(Key::PartToBeOrdered)), Value::Null);
            }
        }
        Ok(())
    }

    /// Parts that went into a basket and were not taken out of it.
    fn booked(&self, entry: &Entry) -> Result<Vec<BookedPart>> {
        let mut booked = self.ledger.booked_parts(entry.id)?;
        booked.retain(|part| part.state != LineState::Removed);
        Ok(booked)
    }

    /// Puts the parts that are to be ordered into the baskets, all of them or none: those that are on no order and in no basket.
    /// What cannot be ordered is told, part by part.
    pub fn order_parts(
        &mut self,
        entry: &Entry,
        judging: &Judging<'_>,
        key: MergeKey,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<PartsOrder> {
        let fields = judging.fields()?;
        let body = self.entry_body(entry, fields)?;
        let rules = &judging.registry.deposits()?.rules;
        let mut booked = self.booked(entry)?;
        let catalogue = &judging.catalogue.catalogue;
        let text = |name: &str| fields.in_kind(name, DepositKind::Repairs).and_then(|id| body.value(fields.get(id)));
        let work_order = text(WORK_ORDER).unwrap_or_default();
        let need = Need { work_order: &work_order, countermark: &entry.report_number, ..Need::default() };
        let (mut lines, mut faults) = (Vec::new(), Vec::new());
        let wanted = parts(&body, fields);
        for part in &wanted {
            if let Some(at) = booked.iter().position(|each| each.reference == part.reference) {
                booked.remove(at);
                continue;
            }
            if !part.order.is_empty() || rules.flag(part.to_be_ordered.as_bytes()) != Some(true) {
                continue;
            }
            match self.find_part(&part.reference, entry.manufacturer, catalogue, judging.registry) {
                Ok(id) => {
                    let found = catalogue.part(id);
                    let merge_key = key.number(found.manufacturer, found.reference, &need, None);
                    let line = NewLine {
                        manufacturer: found.manufacturer,
                        reference: found.reference,
                        label: found.label,
                        unit_price: found.unit_price,
                        quantity: part.quantity,
                        need,
                        desired_delivery_date: None,
                        comment: &part.note,
                        merge_key,
                    };
                    lines.push((part.reference.as_str(), line));
                }
                Err(error) => faults.push((part.reference.clone(), error)),
            }
        }
        if !faults.is_empty() {
            return Ok(PartsOrder::Refused(faults));
        }
        let ids = if is_rehearsed || lines.is_empty() {
            Vec::new()
        } else {
            self.ledger.book_parts(entry.id, &lines, stamp)?
        };
        let mut ids = ids.into_iter();
        let ordered = lines.iter().map(|(reference, line)| OrderedPart {
            reference: (*reference).to_owned(),
            quantity: line.quantity,
            line: ids.next(),
        });
        Ok(PartsOrder::Booked(ordered.collect()))
    }
}

/// A part as a repair file says it.
struct WantedPart {
    reference: String,
    quantity: u32,
    note: String,
    order: String,
    to_be_ordered: String,
}

fn parts(body: &EntryBody, fields: &EntryFields) -> Vec<WantedPart> {
    let field = |key| fields.get(fields.key(key));
    let note = fields.in_kind("PartComment", DepositKind::Repairs).map(|id| fields.get(id));
    let part = |item: &Value| {
        let text = |key| body.item_value(item, field(key)).unwrap_or_default().trim().to_owned();
        WantedPart {
            reference: text(Key::PartReference),
            // Nobody lists a part without wanting one.
            quantity: text(Key::PartQuantity).parse().ok().filter(|quantity| *quantity > 0).unwrap_or(1),
            note: note.and_then(|note| body.item_value(item, note)).unwrap_or_default(),
            order: text(Key::PartOrderNumber),
            to_be_ordered: text(Key::PartToBeOrdered),
        }
    };
    body.items(Item::Part, fields).iter().map(part).collect()
}
