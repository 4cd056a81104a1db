//! `order cancel`, `order receive` and `order response`: what happens to an order after it was made.
//!
//! What enters: a number, a delivery note, a file of answers. What leaves: the order as it is then.
//! What is refused: what the status of the order does not allow, more parts than are to come, answers that cannot be true.

use std::path::PathBuf;

use bordereau::diagnostic::{Diagnostic, Exit, Result};
use bordereau::ledger::{Delivery, OrderBook as _};
use bordereau::model::Language;
use bordereau::report::escape;
use bordereau::workspace::order::Response;
use clap::{ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::convert;
use super::mistakes::invalid;
use super::order::{findings, number, status_word, text, typed_order};
use super::order_create::tell_order;
use super::{Session, clock, out, texts};

/// What can be typed to call an order off.
pub(crate) fn cancel_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_CANCEL,
        usage: texts::USAGE_ORDER_CANCEL,
        examples: Some(texts::EXAMPLES_ORDER_CANCEL),
        after: Some(texts::AFTER_ORDER_CANCEL),
        exit_codes: false,
    };
    let reason = builder.option("reason", texts::VALUE_TEXT, texts::HELP_ORDER_REASON);
    builder.command("cancel", page, [number(builder), reason, builder.json()])
}

/// Calls an order off.
pub(crate) fn cancel(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let order = typed_order(matches, &workspace)?;
    let reason = text(matches, "reason").unwrap_or_default();
    let order = workspace.ledger_mut().cancel_order(order.id, reason, &clock::stamp()?)?;
    tell_order(&workspace, &registry, &order, matches, session)?;
    Ok(Exit::Accepted)
}

/// What can be typed to take parts in.
pub(crate) fn receive_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_RECEIVE,
        usage: texts::USAGE_ORDER_RECEIVE,
        examples: Some(texts::EXAMPLES_ORDER_RECEIVE),
        after: Some(texts::AFTER_ORDER_RECEIVE),
        exit_codes: false,
    };
    let arguments = [
        number(builder),
        builder.option("delivery-note", texts::VALUE_NUMBER_TEXT, texts::HELP_ORDER_NOTE).required(true),
        builder.option("countermark", texts::VALUE_TEXT, texts::HELP_ORDER_COUNTERMARK),
        builder
            .option("line", texts::VALUE_LINE_QUANTITY, texts::HELP_ORDER_CAME)
            .value_delimiter(',')
            .action(ArgAction::Append)
            .required_unless_present("all"),
        builder.flag("all", texts::HELP_ORDER_CAME_ALL).conflicts_with("line"),
        builder.json(),
    ];
    builder.command("receive", page, arguments)
}

/// Takes parts in.
pub(crate) fn receive(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let lines = matches.get_many::<String>("line").unwrap_or_default();
    let delivery = Delivery {
        note: text(matches, "delivery-note").unwrap_or_default().trim().to_owned(),
        countermark: text(matches, "countermark").unwrap_or_default().trim().to_owned(),
        lines: lines.map(|text| came(text)).collect::<Result<_>>()?,
    };
    if delivery.note.is_empty() {
        return Err(invalid("--delivery-note", "", None));
    }
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let order = typed_order(matches, &workspace)?;
    let order = workspace.ledger_mut().receive(order.id, &delivery, &clock::stamp()?)?;
    tell_order(&workspace, &registry, &order, matches, session)?;
    Ok(Exit::Accepted)
}

/// `LINE=QUANTITY`.
fn came(text: &str) -> Result<(u32, u64)> {
    let read = || {
        let (line, quantity) = text.split_once('=')?;
        Some((line.trim().parse().ok()?, quantity.trim().parse().ok().filter(|quantity| *quantity > 0)?))
    };
    read().ok_or_else(|| invalid("--line", text, Some("2=5")))
}

/// What can be typed to take answers in.
pub(crate) fn response_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_RESPONSE,
        usage: texts::USAGE_ORDER_RESPONSE,
        examples: Some(texts::EXAMPLES_ORDER_RESPONSE),
        after: Some(texts::AFTER_ORDER_RESPONSE),
        exit_codes: false,
    };
    let file = builder.positional("file", texts::VALUE_FILE, texts::HELP_ORDER_RESPONSE);
    let file = file.value_parser(value_parser!(PathBuf)).required(true);
    let arguments = [file].into_iter().chain(convert::table_arguments(builder));
    let arguments = arguments.chain([builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()]);
    builder.command("response", page, arguments)
}

/// Takes answers in.
pub(crate) fn response(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let settings = convert::settings(matches, "delimiter")?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let is_rehearsed = matches.get_flag("dry-run");
    let source = convert::source(matches);
    let response = workspace.respond(&source, &settings, is_rehearsed, &registry, &clock::stamp()?)?;
    let language = session.language;
    out::talk(&findings(&response.answered.refused, true, language));
    out::talk(&page(&response, language));
    if matches.get_flag("json") {
        out::json("order-response", ResponseObject::new(&response, language))?;
    }
    Ok(response.exit())
}

/// What became of a file of answers.
fn page(response: &Response, language: Language) -> String {
    let answered = &response.answered;
    let (rows, taken) = (response.rows.to_string(), answered.taken.to_string());
    let refused = (response.rows - answered.taken).to_string();
    let counts = [("file", &*escape(&response.file.file)), ("rows", &rows), ("taken", &taken), ("refused", &refused)];
    let mut text = texts::ORDER_RESPONSE_COUNTS.with(language, &counts) + "\n";
    for change in &answered.changed {
        let (from, to) = (status_word(change.from).text.get(language), status_word(change.to).text.get(language));
        text.extend(["  ", &change.order, "  ", from, " → ", to, "\n"]);
    }
    for (order, line, replacement) in &answered.replacements {
        let said = [("number", order.as_str()), ("line", &line.to_string()), ("replacement", &escape(replacement))];
        text.extend(["  ", &texts::ORDER_REPLACEMENT.with(language, &said), "\n"]);
    }
    text
}

#[derive(Serialize)]
struct ResponseObject<'r> {
    file: &'r str,
    hash: &'r str,
    rows: u64,
    taken: u64,
    refused: Vec<RefusedObject<'r>>,
    changed: Vec<ChangeObject<'r>>,
    replacements: Vec<ReplacementObject<'r>>,
}

/// Something that is wrong, for programs.
#[derive(Serialize)]
pub(crate) struct RefusedObject<'r> {
    line: u64,
    code: &'static str,
    severity: &'static str,
    message: String,
    value: &'r str,
}

impl<'r> RefusedObject<'r> {
    pub(crate) fn new(fault: &'r Diagnostic, language: Language) -> Self {
        Self {
            line: fault.line,
            code: fault.code.name(),
            severity: fault.severity.letter(),
            message: fault.code.message(language, &fault.arguments).into_owned(),
            value: &fault.value,
        }
    }
}

#[derive(Serialize)]
struct ChangeObject<'r> {
    order: &'r str,
    from: &'static str,
    to: &'static str,
}

#[derive(Serialize)]
struct ReplacementObject<'r> {
    order: &'r str,
    line: u32,
    replacement: &'r str,
}

impl<'r> ResponseObject<'r> {
    fn new(response: &'r Response, language: Language) -> Self {
        let answered = &response.answered;
        let changed = answered.changed.iter().map(|change| ChangeObject {
            order: &change.order,
            from: change.from.name(),
            to: change.to.name(),
        });
        let replacements = answered.replacements.iter().map(|(order, line, replacement)| ReplacementObject {
            order,
            line: *line,
            replacement,
        });
        Self {
            file: &response.file.file,
            hash: &response.file.hash,
            rows: response.rows,
            taken: answered.taken,
            refused: answered.refused.iter().map(|fault| RefusedObject::new(fault, language)).collect(),
            changed: changed.collect(),
            replacements: replacements.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_a_line_and_a_quantity() {
        assert_eq!(came("2=5").unwrap(), (2, 5));
        for text in ["2", "2=", "=5", "2=0", "2=-1", "a=1", "2=1,5"] {
            assert!(came(text).is_err(), "{text}");
        }
    }
}
