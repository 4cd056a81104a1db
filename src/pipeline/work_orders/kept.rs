//! Work orders as a ledger keeps them: what they say in one text, and their state beside it.
//!
//! The text is the JSON of exports without the state: the same content gives the same bytes, whatever file it came in.

use serde_json::Value as Json;

use super::read::WorkOrders;
use super::spool::Collecting;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::export::push_work_order;
use crate::ledger::WorkOrderEntry;
use crate::map::{Clock, read_value};
use crate::model::{SuggestedPart, WorkOrder, WorkOrderContent, WorkOrderField};

/// What a work order says, without its state.
pub fn work_order_body(order: &WorkOrder) -> Result<String> {
    let mut content = order.content().clone();
    (content.status, content.close_kind, content.repair_file) = (None, None, None);
    let mut body = Vec::new();
    push_work_order(&mut body, &content)
        .map_err(|error| Error::new(Code::InternalError, Arguments::none().with("cause", error)))?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// The work order of a ledger, with the state that it has there.
pub fn kept_work_order(entry: &WorkOrderEntry, body: &str) -> Result<WorkOrder> {
    let damaged =
        || Error::new(Code::LedgerDamaged, Arguments::none().with("cause", format!("work order {}", entry.id)));
    let json: Json = serde_json::from_str(body).map_err(|_| damaged())?;
    let mut content = WorkOrderContent::default();
    for field in WorkOrderField::ALL {
        let (group, name) = field.name().split_once('.').unwrap_or(("", field.name()));
        let holder = if group.is_empty() { Some(&json) } else { json.get(group) };
        match holder.and_then(|holder| holder.get(name)) {
            None | Some(Json::Null) => {}
            Some(Json::Array(parts)) => content.parts = parts.iter().map(part).collect(),
            Some(value) => {
                let written = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                read_value(content.slot(field), &written, Clock::Utc).map_err(|_| damaged())?;
            }
        }
    }
    content.status = Some(entry.status);
    content.close_kind = entry.close_kind;
    content.repair_file = entry.intervention;
    WorkOrder::new(content).map_err(|_| damaged())
}

fn part(part: &Json) -> SuggestedPart {
    let text = |name: &str| part.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    SuggestedPart {
        reference: text("SuggestedPartRef"),
        quantity: part.get("Quantity").and_then(Json::as_u64),
        label: text("Label"),
        comment: text("Comment"),
    }
}

impl WorkOrders {
    /// Work orders that come from no file; `give` hands them over.
    pub fn kept(give: impl FnOnce(&mut dyn FnMut(&WorkOrder) -> Result<()>) -> Result<()>) -> Result<Self> {
        let mut collecting = Collecting::begin()?;
        let mut count = 0;
        give(&mut |order| {
            count += 1;
            collecting.keep(order, 0, true).map(|_| ())
        })?;
        Ok(Self::of(collecting.finish()?, count))
    }
}
