//! `order`: from a basket to the manufacturer, and back with the parts.
//!
//! What enters: the commands below it, each in a file of its own. What leaves: what they have in common: numbers of orders,
//! manufacturers, statuses in the words of the user. What is refused: a number that no order bears.

use bordereau::diagnostic::{Diagnostic, Error, Exit, Result, Severity};
use bordereau::format::{DateForm, OrderForm, Registry};
use bordereau::ledger::OrderEntry;
use bordereau::model::{Day, Language, LineStatus, ManufacturerId, Money, OrderStatus};
use bordereau::report::listing::Word;
use bordereau::report::{escape, render_error};
use bordereau::workspace::Workspace;
use clap::{Arg, ArgMatches, Command};

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::{Session, order_change, order_create, order_list, order_paper, order_show, texts};

/// Every form in which an order can be written.
pub(crate) const FORMS: [&str; 7] = ["csv", "xlsx", "xml", "json", "agora", "agora-xml", "agora-json"];

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER,
        usage: texts::USAGE_ORDER,
        examples: Some(texts::EXAMPLES_ORDER),
        after: None,
        exit_codes: false,
    };
    let commands = [
        order_create::create_command(builder),
        order_create::confirm_command(builder),
        order_change::cancel_command(builder),
        order_change::receive_command(builder),
        order_change::response_command(builder),
        order_list::list_command(builder),
        order_list::back_orders_command(builder),
        order_show::command(builder),
        order_paper::export_command(builder),
        order_paper::print_command(builder),
    ];
    builder.group("order", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("create", matches)) => order_create::create(matches, session),
        Some(("confirm", matches)) => order_create::confirm(matches, session),
        Some(("cancel", matches)) => order_change::cancel(matches, session),
        Some(("receive", matches)) => order_change::receive(matches, session),
        Some(("response", matches)) => order_change::response(matches, session),
        Some(("list", matches)) => order_list::list(matches, session),
        Some(("backorders", matches)) => order_list::back_orders(matches, session),
        Some(("show", matches)) => order_show::run(matches, session),
        Some(("export", matches)) => order_paper::export(matches, session),
        Some(("print", matches)) => order_paper::print(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// The number of an order.
pub(crate) fn number(builder: Builder) -> Arg {
    builder.positional("number", texts::VALUE_ORDER, texts::HELP_ORDER_NUMBER).required(true)
}

/// The text of an option, when it was typed.
pub(crate) fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// The order that was typed.
pub(crate) fn typed_order(matches: &ArgMatches, workspace: &Workspace) -> Result<OrderEntry> {
    workspace.order(text(matches, "number").unwrap_or_default())
}

/// The form that was typed.
pub(crate) fn form(matches: &ArgMatches) -> Option<OrderForm> {
    text(matches, "as").and_then(OrderForm::from_name)
}

/// A day as people type it.
pub(crate) fn day(option: &str, text: &str) -> Result<Day> {
    let read = [DateForm::Iso, DateForm::Slashes].into_iter().find_map(|form| form.read(text.trim().as_bytes()));
    read.ok_or_else(|| invalid(option, text, Some("2026-03-10, 10/03/2026")))
}

/// How a manufacturer is called.
pub(crate) fn manufacturer_name(registry: &Registry, id: ManufacturerId) -> String {
    registry.manufacturer_name(id).map_or_else(|| id.to_string(), ToOwned::to_owned)
}

/// An amount as people write it.
pub(crate) fn money(amount: Money, language: Language) -> String {
    let text = amount.to_string();
    if language == Language::French { text.replace('.', ",") } else { text }
}

/// A status in the words of people.
pub(crate) const fn status_word(status: OrderStatus) -> Word {
    let text = match status {
        OrderStatus::Draft => texts::ORDER_DRAFT,
        OrderStatus::Estimated => texts::ORDER_ESTIMATED,
        OrderStatus::Sent => texts::ORDER_SENT,
        OrderStatus::Confirmed => texts::ORDER_CONFIRMED,
        OrderStatus::PartlyShipped => texts::ORDER_PARTLY_SHIPPED,
        OrderStatus::Shipped => texts::ORDER_SHIPPED,
        OrderStatus::Received => texts::ORDER_RECEIVED,
        OrderStatus::Rejected => texts::ORDER_REJECTED,
        OrderStatus::Cancelled => texts::ORDER_CANCELLED,
    };
    Word { name: status.name(), text }
}

/// The status of a line in the words of people.
pub(crate) const fn line_word(status: LineStatus) -> Word {
    let text = match status {
        LineStatus::Open => texts::LINE_OPEN,
        LineStatus::Confirmed => texts::LINE_CONFIRMED,
        LineStatus::Unavailable => texts::LINE_UNAVAILABLE,
        LineStatus::Backorder => texts::LINE_BACKORDER,
        LineStatus::Shipped => texts::LINE_SHIPPED,
        LineStatus::Received => texts::LINE_RECEIVED,
        LineStatus::Cancelled => texts::LINE_CANCELLED,
    };
    Word { name: status.name(), text }
}

/// What was found, each with what to do about it; `place` says where, when that is to be said.
pub(crate) fn findings(found: &[Diagnostic], in_file: bool, language: Language) -> String {
    let mut out = String::new();
    for finding in found {
        if in_file {
            out += &texts::ORDER_FILE_LINE.with(language, &[("line", &finding.line.to_string())]);
        }
        match finding.severity {
            Severity::Error => out += &render_error(&Error::new(finding.code, finding.arguments.clone()), language),
            Severity::Warning => {
                let message = finding.code.message(language, &finding.arguments);
                let said = [("code", finding.code.name()), ("message", &*escape(&message))];
                out += &(texts::ORDER_WARNING.with(language, &said) + "\n");
            }
        }
    }
    out
}
