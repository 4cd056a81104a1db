//! `order list` and `order backorders`.
//!
//! What enters: filters. What leaves: orders, the newest first; parts that are still to come, the oldest first.
//! What is refused: a status or a day that cannot be.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{BackOrder, BackOrderFilter, OrderBook as _, OrderEntry, OrderFilter};
use bordereau::model::{Moment, OrderStatus};
use bordereau::report::listing::{Column, Listing};
use clap::builder::PossibleValuesParser;
use clap::{ArgAction, ArgMatches, Command};

use super::command::{Builder, Page};
use super::order::{day, line_word, manufacturer_name, status_word, text};
use super::{Session, clock, listing, out, texts};

/// What can be typed to list orders.
pub(crate) fn list_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_LIST,
        usage: texts::USAGE_ORDER_LIST,
        examples: Some(texts::EXAMPLES_ORDER_LIST),
        after: None,
        exit_codes: false,
    };
    let statuses: Vec<_> = OrderStatus::ALL.iter().map(|status| status.name()).collect();
    let arguments = [
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_FILTER_MANUFACTURER).short('m'),
        builder
            .option("status", texts::VALUE_STATUS, texts::HELP_FILTER_STATUS)
            .value_parser(PossibleValuesParser::new(statuses))
            .ignore_case(true)
            .hide_possible_values(true)
            .value_delimiter(',')
            .action(ArgAction::Append),
        builder.option("since", texts::VALUE_DAY, texts::HELP_FILTER_SINCE),
        builder.option("until", texts::VALUE_DAY, texts::HELP_FILTER_UNTIL),
        builder.option("customer-order-number", texts::VALUE_NUMBER_TEXT, texts::HELP_FILTER_CUSTOMER),
        builder.option("manufacturer-reference", texts::VALUE_NUMBER_TEXT, texts::HELP_FILTER_REFERENCE),
        builder.option("part", texts::VALUE_REFERENCE, texts::HELP_FILTER_PART),
    ];
    listing::command(builder, builder.command("list", page, arguments))
}

/// A column of the list of orders.
type Of = Column<Row>;

/// An order with the name of its manufacturer.
struct Row {
    order: OrderEntry,
    manufacturer: String,
}

/// Lists orders.
pub(crate) fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let mut filter = filter(matches, &registry)?;
    // One more than a terminal shows tells whether there are more.
    let is_short = filter.limit.is_none() && is_for_terminal(matches);
    if is_short {
        filter.limit = Some(SHOWN + 1);
    }
    let mut orders = workspace.ledger().orders(&filter)?;
    if is_short && orders.len() as u64 > SHOWN {
        orders.pop();
        out::talk(&(texts::ORDER_LIST_SHORT.with(session.language, &[("count", &SHOWN.to_string())]) + "\n"));
    }
    let rows: Vec<_> = orders
        .into_iter()
        .map(|order| Row { manufacturer: manufacturer_name(&registry, order.manufacturer), order })
        .collect();
    let columns = [
        Of::text("number", texts::COLUMN_ORDER, |row| Some(row.order.number.as_str().into())),
        Of::moment("created_at", texts::COLUMN_CREATED, |row| Some(row.order.created_at)),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.order.manufacturer.0.into()))
            .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::word("status", texts::COLUMN_STATUS, |row| Some(status_word(row.order.status))),
        Of::text("customer_order_number", texts::COLUMN_CUSTOMER_ORDER, |row| {
            Some(row.order.terms.customer_order_number.as_str().into())
        }),
        Of::text("manufacturer_reference", texts::COLUMN_MANUFACTURER_REFERENCE, |row| {
            Some(row.order.manufacturer_reference.as_str().into())
        }),
        Of::text("delivery_account", texts::COLUMN_ACCOUNT, |row| {
            Some(row.order.terms.delivery_account.as_str().into())
        })
        .unusual(),
        Of::number("lines", texts::COLUMN_LINES, |row| i64::try_from(row.order.lines).ok()).totalled(),
        Of::number("quantity", texts::COLUMN_QUANTITY, |row| i64::try_from(row.order.quantity).ok()).totalled(),
        Of::money("amount", texts::COLUMN_AMOUNT, |row| Some(row.order.amount)).totalled(),
        Of::text("currency", texts::COLUMN_CURRENCY, |row| Some(row.order.currency.as_str().into())).unusual(),
        Of::moment("sent_at", texts::COLUMN_SENT, |row| row.order.sent_at).unusual(),
        Of::text("created_by", texts::COLUMN_BY, |row| Some(row.order.created_by.as_str().into())).unusual(),
    ];
    listing::show(Listing::new("orders", columns, rows), "order list", matches, session)?;
    Ok(Exit::Accepted)
}

/// How many orders a terminal shows when nobody says: of a hundred thousand, nobody waits for the others.
const SHOWN: u64 = 250;

/// Whether the list goes to a terminal in its own order, as long as somebody pleased.
fn is_for_terminal(matches: &ArgMatches) -> bool {
    let has_form = listing::FORMS.into_iter().any(|form| matches.get_flag(form)) || matches.contains_id("out");
    out::width().is_some() && !has_form && text(matches, "sort").is_none()
}

fn filter(matches: &ArgMatches, registry: &Registry) -> Result<OrderFilter> {
    let owned = |name| text(matches, name).map(str::to_owned);
    let start = |option: &str, name| text(matches, name).map(|typed| day(option, typed)).transpose();
    let midnight = |day| Moment::parse(&format!("{day}T00:00:00Z"));
    let statuses = matches.get_many::<String>("status").unwrap_or_default();
    let until = start("--until", "until")?.and_then(midnight);
    // Sorted otherwise, the rows to be shown may be any of them.
    let is_newest_first = text(matches, "sort").is_none();
    Ok(OrderFilter {
        manufacturer: text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?,
        statuses: statuses.filter_map(|name| OrderStatus::from_name(name)).collect(),
        since: start("--since", "since")?.and_then(midnight),
        before: until.and_then(|day| Moment::from_seconds(day.seconds() + 24 * 60 * 60)),
        customer_order_number: owned("customer-order-number"),
        manufacturer_reference: owned("manufacturer-reference"),
        reference: owned("part"),
        limit: matches.get_one::<usize>("limit").filter(|_| is_newest_first).map(|limit| *limit as u64),
    })
}

/// What can be typed to see what is still to come.
pub(crate) fn back_orders_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_BACKORDERS,
        usage: texts::USAGE_ORDER_BACKORDERS,
        examples: Some(texts::EXAMPLES_ORDER_BACKORDERS),
        after: None,
        exit_codes: false,
    };
    let arguments = [
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_FILTER_MANUFACTURER).short('m'),
        builder.flag("awaited", texts::HELP_BACKORDERS_AWAITED),
    ];
    listing::command(builder, builder.command("backorders", page, arguments))
}

/// A column of the list of back-orders.
type OfRest = Column<Late>;

/// A back-order with the name of its manufacturer and its age.
struct Late {
    line: BackOrder,
    manufacturer: String,
    days: i64,
}

/// Lists what is still to come.
pub(crate) fn back_orders(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let filter = BackOrderFilter {
        manufacturer: text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?,
        with_awaited: matches.get_flag("awaited"),
    };
    let now = clock::now()?;
    let found = workspace.ledger().back_orders(&filter)?.into_iter();
    let rows: Vec<_> = found
        .map(|line| Late {
            manufacturer: manufacturer_name(&registry, line.manufacturer),
            days: (now.seconds() - line.sent_at.seconds()).div_euclid(24 * 60 * 60),
            line,
        })
        .collect();
    let columns = [
        OfRest::text("number", texts::COLUMN_ORDER, |row| Some(row.line.order.as_str().into())),
        OfRest::number("line", texts::COLUMN_LINE, |row| Some(row.line.line.into())),
        OfRest::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.line.manufacturer.0.into()))
            .unusual(),
        OfRest::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        OfRest::text("reference", texts::COLUMN_REFERENCE, |row| Some(row.line.reference.as_str().into())),
        OfRest::text("label", texts::COLUMN_LABEL, |row| Some(row.line.label.as_str().into())).unusual(),
        OfRest::word("status", texts::COLUMN_STATUS, |row| Some(line_word(row.line.status))),
        OfRest::number("ordered", texts::COLUMN_ORDERED, |row| i64::try_from(row.line.ordered).ok()).unusual(),
        OfRest::number("outstanding", texts::COLUMN_OUTSTANDING, |row| i64::try_from(row.line.outstanding).ok())
            .totalled(),
        OfRest::number("age_days", texts::COLUMN_AGE, |row| Some(row.days)),
        OfRest::day("promised_date", texts::COLUMN_PROMISED, |row| row.line.promised_date),
        OfRest::text("customer_order_number", texts::COLUMN_CUSTOMER_ORDER, |row| {
            Some(row.line.customer_order_number.as_str().into())
        }),
        OfRest::text("countermark", texts::COLUMN_COUNTERMARK, |row| Some(row.line.countermark.as_str().into()))
            .unusual(),
        OfRest::text("replacement", texts::COLUMN_REPLACEMENT, |row| Some(row.line.replacement.as_str().into())),
        OfRest::moment("sent_at", texts::COLUMN_SENT, |row| Some(row.line.sent_at)).unusual(),
    ];
    listing::show(Listing::new("back-orders", columns, rows), "order backorders", matches, session)?;
    Ok(Exit::Accepted)
}
