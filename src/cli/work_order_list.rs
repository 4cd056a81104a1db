//! `workorder list` and `workorder due`: the work orders of a workspace.
//!
//! What enters: filters. What leaves: a line for each work order, the most urgent first, without its consumer; for `due`, an exit
//! code that a nightly job can go by. What is refused: a filter that cannot be.

use std::cmp::Reverse;

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::WorkOrderEntry;
use bordereau::model::{DeadlineClass, WorkOrderStatus};
use bordereau::report::listing::{Column, Listing};
use bordereau::report::{close_kind_word, deadline_word, work_order_status_word};
use clap::{ArgMatches, Command};

use super::command::{Builder, Page};
use super::order::manufacturer_name;
use super::work_order::{filter, filters};
use super::{Session, clock, listing, out, texts};

/// What can be typed to list work orders.
pub(crate) fn list_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_LIST,
        usage: texts::USAGE_WORKORDER_LIST,
        examples: Some(texts::EXAMPLES_WORKORDER_LIST),
        after: Some(texts::AFTER_WORKORDER_LIST),
        exit_codes: false,
    };
    let since = builder.flag("since-last-export", texts::HELP_WORKORDER_SINCE);
    listing::command(builder, builder.command("list", page, filters(builder).into_iter().chain([since])))
}

/// What can be typed to see what is due.
pub(crate) fn due_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_DUE,
        usage: texts::USAGE_WORKORDER_DUE,
        examples: Some(texts::EXAMPLES_WORKORDER_DUE),
        after: Some(texts::AFTER_WORKORDER_DUE),
        exit_codes: false,
    };
    let [_, manufacturer, from, to, _, zip, product] = filters(builder);
    listing::command(builder, builder.command("due", page, [manufacturer, from, to, zip, product]))
}

/// A column of the list of work orders.
type Of = Column<Row>;

/// A work order, with what its line needs besides.
struct Row {
    order: WorkOrderEntry,
    class: DeadlineClass,
    manufacturer: String,
}

/// Lists work orders.
pub(crate) fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let found = rows(matches, session, |filter| filter.is_unexported = matches.get_flag("since-last-export"))?;
    listing::show(Listing::new("work-order-list", columns(), found), "workorder list", matches, session)?;
    Ok(Exit::Accepted)
}

/// Lists what is overdue or due soon.
pub(crate) fn due(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let found = rows(matches, session, |filter| {
        filter.statuses = [WorkOrderStatus::New].into();
        filter.deadlines = [DeadlineClass::DueSoon, DeadlineClass::Overdue].into();
    })?;
    let overdue = found.iter().filter(|row| row.class == DeadlineClass::Overdue).count();
    let counts = [("overdue", overdue.to_string()), ("soon", (found.len() - overdue).to_string())];
    listing::show(Listing::new("work-orders-due", columns(), found), "workorder due", matches, session)?;
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    out::talk(&(texts::WORKORDER_DUE.with(session.language, &counts) + "\n"));
    Ok(if overdue > 0 { Exit::Partial } else { Exit::Accepted })
}

/// The work orders that are meant: the most urgent first, then the newest.
fn rows(
    matches: &ArgMatches,
    session: &Session,
    narrow: impl FnOnce(&mut bordereau::model::WorkOrderFilter),
) -> Result<Vec<Row>> {
    let registry = session.registry()?;
    let mut filter = filter(matches, &registry)?;
    let workspace = session.needed_workspace(&registry)?;
    let clock = workspace.deadline_clock(clock::now()?);
    filter.clock = Some(clock);
    narrow(&mut filter);
    let mut rows: Vec<_> = workspace
        .work_orders(&filter)?
        .into_iter()
        .map(|order| Row {
            class: order.deadline_class(clock),
            manufacturer: manufacturer_name(&registry, order.manufacturer),
            order,
        })
        .collect();
    rows.sort_by_key(|row| {
        let deadline = if row.class == DeadlineClass::None { None } else { row.order.deadline };
        (Reverse(row.class), deadline, Reverse((row.order.created.unwrap_or(row.order.received_at), row.order.id)))
    });
    Ok(rows)
}

fn columns() -> [Of; 19] {
    [
        Of::word("due", texts::COLUMN_DUE, |row| deadline_word(row.class)),
        Of::number("work_order", texts::COLUMN_MANDATE, |row| i64::try_from(row.order.id).ok()),
        Of::text("number", texts::COLUMN_WORK_ORDER_NUMBER, |row| Some(row.order.number.as_str().into())).whole(),
        Of::word("status", texts::COLUMN_STATUS, |row| Some(work_order_status_word(row.order.status))),
        Of::word("close_kind", texts::COLUMN_CLOSE_KIND, |row| row.order.close_kind.map(close_kind_word)).unusual(),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.order.manufacturer.0.into()))
            .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::text("product", texts::COLUMN_PRODUCT, |row| Some(row.order.product.as_str().into())),
        Of::moment("sent_at", texts::COLUMN_WORK_ORDER_SENT, |row| row.order.created),
        Of::moment("deadline", texts::COLUMN_DEADLINE, |row| row.order.deadline),
        Of::number("repair_file", texts::COLUMN_REPAIR_FILE, |row| row.order.repair_file.map(|entry| entry.0)),
        Of::number("repair_type", texts::COLUMN_REPAIR_TYPE, |row| {
            row.order.repair_type.and_then(|id| i64::try_from(id).ok())
        })
        .unusual(),
        Of::number("intervention", texts::COLUMN_INTERVENTION, |row| {
            row.order.intervention.and_then(|id| i64::try_from(id).ok())
        })
        .unusual(),
        Of::text("zip", texts::COLUMN_ZIP, |row| Some(row.order.zip.as_str().into())).unusual(),
        Of::moment("received_at", texts::COLUMN_RECEIVED, |row| Some(row.order.received_at)).unusual(),
        Of::moment("decided_at", texts::COLUMN_DECIDED, |row| row.order.decided_at).unusual(),
        Of::text("decided_by", texts::COLUMN_DECIDED_BY, |row| Some(row.order.decided_by.as_str().into())).unusual(),
        Of::text("refusal_reason", texts::COLUMN_REFUSAL, |row| Some(row.order.refusal_reason.as_str().into()))
            .unusual(),
        Of::moment("exported_at", texts::COLUMN_EXPORTED, |row| row.order.exported_at),
    ]
}
