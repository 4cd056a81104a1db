//! `order export` and `order print`: an order as a file for its manufacturer, and as a page for people.
//!
//! What enters: the number of an order. What leaves: the file. What is refused: an order of a form that cannot hold it.

use std::io::Write as _;
use std::path::PathBuf;

use bordereau::diagnostic::{Code, Error, Exit, Result};
use bordereau::export::{HtmlColumn, HtmlPages};
use bordereau::format::{OrderFileProfile, OrderForm, Registry};
use bordereau::ledger::{OrderBook as _, OrderEntry, OrderLineEntry};
use bordereau::model::{Address, Language};
use bordereau::pipeline::write_file;
use bordereau::report::text::Text;
use bordereau::workspace::Workspace;
use bordereau::workspace::order::{document, write_document};
use clap::{Arg, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::order::{FORMS, line_word, manufacturer_name, money, number, status_word, text, typed_order};
use super::{Session, out, texts};

fn target(builder: Builder) -> Arg {
    builder
        .option("out", texts::VALUE_FILE, texts::HELP_ORDER_OUT)
        .short('o')
        .value_parser(value_parser!(PathBuf))
        .required(true)
}

/// What can be typed to write an order.
pub(crate) fn export_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_EXPORT,
        usage: texts::USAGE_ORDER_EXPORT,
        examples: Some(texts::EXAMPLES_ORDER_EXPORT),
        after: None,
        exit_codes: false,
    };
    let arguments = [
        number(builder),
        builder.choice("as", texts::VALUE_FORM, texts::HELP_ORDER_FORM, &FORMS),
        builder.choice("profile", texts::VALUE_PROFILE, texts::HELP_PROFILE, &["machine", "excel-fr"]),
        target(builder),
    ];
    builder.command("export", page, arguments)
}

/// Writes an order.
pub(crate) fn export(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let order = typed_order(matches, &workspace)?;
    let usual = registry.manufacturer_of(order.manufacturer).map(|each| each.order.clone()).unwrap_or_default();
    let form = super::order::form(matches).or_else(|| OrderForm::from_name(&order.document.form)).unwrap_or(usual.form);
    let profile = text(matches, "profile").and_then(OrderFileProfile::from_name).unwrap_or(usual.profile);
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    if path.as_os_str() == "-" {
        let lines = workspace.ledger().order_lines(order.id)?;
        let document = document(&order, &lines, &registry, workspace.account());
        let mut bytes = Vec::new();
        write_document(&document, form, profile, &mut bytes)
            .map_err(|error| Error::io(&path, Code::WriteFailed, error))?;
        out::stream(|out| out.write_all(&bytes))?;
        return Ok(Exit::Accepted);
    }
    workspace.export_order(&order, form, profile, &registry, &path)?;
    Ok(Exit::Accepted)
}

/// What can be typed to print an order.
pub(crate) fn print_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_PRINT,
        usage: texts::USAGE_ORDER_PRINT,
        examples: Some(texts::EXAMPLES_ORDER_PRINT),
        after: None,
        exit_codes: false,
    };
    builder.command("print", page, [number(builder), target(builder)])
}

/// Writes the page of an order.
pub(crate) fn print(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let order = typed_order(matches, &workspace)?;
    let page = html(&workspace, &registry, &order, session.language)?;
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    if path.as_os_str() == "-" {
        out::data(&page)?;
    } else {
        write_file(&path, workspace.is_synced(), |file| file.write_all(page.as_bytes()))?;
    }
    Ok(Exit::Accepted)
}

/// The page of an order, to be printed on A4.
fn html(workspace: &Workspace, registry: &Registry, order: &OrderEntry, language: Language) -> Result<String> {
    let word = |text: Text| text.get(language);
    let lines = workspace.ledger().order_lines(order.id)?;
    let title = texts::PRINT_TITLE.with(language, &[("number", &order.number)]);
    let mut page = HtmlPages::begin(&title, language);
    page.begin_page(&title, "");
    page.facts(facts(workspace, registry, order).map(|(name, value)| (word(name), value(language))));
    page.heading(word(texts::COLUMN_LINES));
    let columns = [
        (texts::COLUMN_LINE, true),
        (texts::COLUMN_REFERENCE, false),
        (texts::COLUMN_LABEL, false),
        (texts::COLUMN_COUNTERMARK, false),
        (texts::COLUMN_STATUS, false),
        (texts::COLUMN_QUANTITY, true),
        (texts::COLUMN_PRICE, true),
        (texts::COLUMN_AMOUNT, true),
    ];
    let columns = columns.map(|(heading, is_number)| HtmlColumn { heading: word(heading), is_number });
    let rows = lines.iter().map(|line| row(line, language));
    let foot = ["", "", word(texts::ORDER_TOTAL), "", ""].map(str::to_owned).into_iter();
    let foot: Vec<_> = foot
        .chain([
            order.quantity.to_string(),
            String::new(),
            format!("{} {}", money(order.amount, language), order.currency),
        ])
        .collect();
    page.table(&columns, rows, Some(&foot));
    page.end_page();
    Ok(page.end())
}

fn row(line: &OrderLineEntry, language: Language) -> Vec<String> {
    let amount = line.unit_price.times(line.progress.ordered);
    vec![
        line.number.to_string(),
        line.reference.clone(),
        line.label.clone(),
        line.countermark.clone(),
        line_word(line.progress.status()).text.get(language).to_owned(),
        line.progress.ordered.to_string(),
        money(line.unit_price, language),
        amount.map(|amount| money(amount, language)).unwrap_or_default(),
    ]
}

/// A value in a language.
type InLanguage<'f> = Box<dyn Fn(Language) -> String + 'f>;

/// What is said of an order besides its lines.
pub(crate) fn facts<'f>(
    workspace: &'f Workspace,
    registry: &'f Registry,
    order: &'f OrderEntry,
) -> impl Iterator<Item = (Text, InLanguage<'f>)> {
    let terms = &order.terms;
    let plain = |text: String| -> InLanguage<'f> { Box::new(move |_| text.clone()) };
    let shown = |moment: bordereau::model::Moment| moment.to_string().replace('T', " ").replace('Z', " UTC");
    let sent = order.sent_at.map(shown).unwrap_or_default();
    let wished = terms.desired_delivery_date.map(|day| day.to_string()).unwrap_or_default();
    let fees = order.fees;
    let has_fees = fees != bordereau::model::Money::ZERO;
    let facts: [(Text, InLanguage<'f>); 13] = [
        (texts::COLUMN_MANUFACTURER, plain(manufacturer_name(registry, order.manufacturer))),
        (texts::COLUMN_STATUS, Box::new(|language| status_word(order.status).text.get(language).to_owned())),
        (texts::COLUMN_CREATED, plain(shown(order.created_at))),
        (texts::COLUMN_SENT, plain(sent)),
        (texts::FACT_CUSTOMER, plain(workspace.account().code.clone())),
        (texts::COLUMN_CUSTOMER_ORDER, plain(terms.customer_order_number.clone())),
        (texts::COLUMN_MANUFACTURER_REFERENCE, plain(order.manufacturer_reference.clone())),
        (texts::COLUMN_ACCOUNT, plain(terms.delivery_account.clone())),
        (texts::FACT_ADDRESS, plain(terms.address.as_ref().map(address_text).unwrap_or_default())),
        (texts::FACT_OPTION, plain(terms.delivery_option.clone())),
        (texts::FACT_WISHED, plain(wished)),
        (texts::FACT_COMMENT, plain(terms.comment.clone())),
        (texts::FACT_FEES, Box::new(move |language| if has_fees { money(fees, language) } else { String::new() })),
    ];
    facts.into_iter()
}

/// An address on one line.
pub(crate) fn address_text(address: &Address) -> String {
    let town = format!("{} {}", address.zip, address.town);
    let parts = [
        address.name.as_str(),
        &address.address1,
        &address.address2,
        &address.address3,
        town.trim(),
        &address.country,
        &address.phone,
    ];
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
}
