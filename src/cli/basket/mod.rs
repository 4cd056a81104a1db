//! `basket`: what waits to be ordered, and what is changed about it before it is.
//!
//! What enters: which lines are meant, and what is wished for them. What leaves: lists on standard output, what was done on
//! standard error. What is refused: lines that do not wait, and all that the workspace refuses; then nothing is changed.

mod add;
mod edit;
mod lines;
mod list;
mod prepare;
mod show;

use std::ops::RangeInclusive;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{BasketBook as _, LineFilter, Totals};
use bordereau::model::{Language, ManufacturerId, Money};
use bordereau::pipeline::CatalogueFile;
use bordereau::report::text::Text;
use bordereau::workspace::Workspace;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::command::{Builder, Page};
use super::mistakes::{invalid, missing};
use super::{Session, texts};

/// The options that say which lines are meant, besides `--line` and `--all`.
const FILTERS: [&str; 5] = ["customer-order-number", "mission-order", "countermark", "delivery-account", "text"];

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_BASKET, texts::USAGE_BASKET, texts::EXAMPLES_BASKET, None);
    let commands = [
        list::command(builder),
        show::command(builder),
        add::command(builder),
        prepare::command(builder),
        edit::command(builder),
        edit::move_command(builder),
        edit::remove_command(builder),
    ];
    builder.group("basket", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("list", matches)) => list::run(matches, session),
        Some(("show", matches)) => show::run(matches, session),
        Some(("add", matches)) => add::run(matches, session),
        Some(("prepare", matches)) => prepare::run(matches, session),
        Some(("edit", matches)) => edit::run(matches, session),
        Some(("move", matches)) => edit::run_move(matches, session),
        Some(("remove", matches)) => edit::run_remove(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

const fn page(about: Text, usage: Text, examples: Text, after: Option<Text>) -> Page {
    Page { about, usage, examples: Some(examples), after, exit_codes: false }
}

/// The arguments that say which lines are meant.
fn filters(builder: Builder) -> Vec<Arg> {
    let heading = builder.word(texts::HEADING_SELECTION);
    let arguments = [
        builder.option("line", texts::VALUE_LINE_NUMBERS, texts::HELP_BASKET_LINE).action(ArgAction::Append),
        builder.option("customer-order-number", texts::VALUE_TEXT, texts::HELP_BASKET_CUSTOMER_ORDER),
        builder.option("mission-order", texts::VALUE_TEXT, texts::HELP_BASKET_MISSION_ORDER),
        builder.option("countermark", texts::VALUE_TEXT, texts::HELP_BASKET_COUNTERMARK),
        builder.option("delivery-account", texts::VALUE_TEXT, texts::HELP_BASKET_DELIVERY_ACCOUNT),
        builder.option("text", texts::VALUE_TEXT, texts::HELP_BASKET_TEXT),
    ];
    arguments.map(|argument| argument.help_heading(heading)).into()
}

/// A command that changes lines: some must be meant, and what is chosen by number is chosen by nothing else.
fn selecting(builder: Builder, command: Command) -> Command {
    let heading = builder.word(texts::HEADING_SELECTION);
    let manufacturer = builder.option("manufacturer", texts::VALUE_MANUFACTURER, texts::HELP_BASKET_MANUFACTURER);
    let all = builder.flag("all", texts::HELP_BASKET_ALL);
    let others: Vec<_> = FILTERS.into_iter().chain(["manufacturer", "line"]).collect();
    let all = all.conflicts_with_all(others).help_heading(heading);
    let filters = filters(builder).into_iter().map(|argument| match argument.get_id().as_str() {
        "line" => argument.conflicts_with_all(FILTERS.into_iter().chain(["manufacturer"]).collect::<Vec<_>>()),
        _ => argument,
    });
    command.arg(manufacturer.help_heading(heading)).args(filters).arg(all)
}

/// Which lines are to be changed; it must be said.
fn selection(matches: &ArgMatches, known: &Known<'_>) -> Result<LineFilter> {
    let filter = filter(matches, known)?;
    if filter == LineFilter::default() && !matches.get_flag("all") {
        let options: Vec<_> = ["manufacturer", "line"].into_iter().chain(FILTERS).chain(["all"]).collect();
        return Err(missing_one(&options));
    }
    Ok(filter)
}

/// One of these options at least has to be given.
fn missing_one(options: &[&str]) -> Error {
    missing(&options.iter().map(|option| format!("--{option}")).collect::<Vec<_>>().join(" | "))
}

/// Which lines are meant.
fn filter(matches: &ArgMatches, known: &Known<'_>) -> Result<LineFilter> {
    let text = |name| word(matches, name).map(str::to_owned);
    let lines = matches.get_many::<String>("line").unwrap_or_default().map(|text| line_numbers(text));
    let lines: Vec<_> = lines.collect::<Result<_>>()?;
    Ok(LineFilter {
        manufacturer: word(matches, "manufacturer").map(|name| known.manufacturer(name)).transpose()?,
        lines: lines.concat(),
        customer_order_number: text("customer-order-number"),
        work_order: text("mission-order"),
        countermark: text("countermark"),
        delivery_account: text("delivery-account"),
        text: text("text"),
        limit: None,
    })
}

fn word<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// `12`, `12,15` or `12-15,20`.
pub(crate) fn line_numbers(text: &str) -> Result<Vec<RangeInclusive<i64>>> {
    let number = |text: &str| text.trim().parse::<i64>().ok().filter(|number| *number > 0);
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => Some(number(first)?..=number(last)?).filter(|range| !range.is_empty()),
        None => number(part).map(|number| number..=number),
    };
    let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
    ranges.ok_or_else(|| invalid("--line", text, Some("12 | 12,15 | 12-20,31")))
}

/// The manufacturers that somebody may name: those of the formats, and those of the baskets and the catalogue by number.
struct Known<'k> {
    registry: &'k Registry,
    workspace: &'k Workspace,
    catalogue: Option<&'k CatalogueFile>,
}

impl Known<'_> {
    fn manufacturer(&self, name: &str) -> Result<ManufacturerId> {
        let refused = match self.registry.one_manufacturer(name) {
            Err(error) if error.code == Code::SupplierUnknown => error,
            answer => return answer,
        };
        let Some(id) = ManufacturerId::parse(name.trim().as_bytes()) else { return Err(refused) };
        let in_catalogue = self.catalogue.is_some_and(|file| file.catalogue.manufacturers().contains(&id));
        let in_baskets = || Ok(self.workspace.ledger().baskets()?.iter().any(|basket| basket.manufacturer == id));
        if in_catalogue || in_baskets()? { Ok(id) } else { Err(refused) }
    }
}

/// The catalogue of the workspace, if it has one already.
fn catalogue(workspace: &Workspace) -> Result<Option<CatalogueFile>> {
    match workspace.catalogue() {
        Err(error) if error.code == Code::CatalogueMissing => Ok(None),
        opened => opened.map(Some),
    }
}

/// How many are wanted, within what any order file may ask for.
fn quantity(text: &str, registry: &Registry) -> Result<u32> {
    let range = registry.generic()?.quantity;
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Error::new(Code::QtyNotInteger, Arguments::none()));
    }
    let number = text.parse().ok().filter(|number| (range.minimum..=range.maximum).contains(number));
    number.ok_or_else(|| {
        let arguments = Arguments::none();
        Error::new(Code::QtyOutOfRange, arguments.with("minimum", range.minimum).with("maximum", range.maximum))
    })
}

/// Ends a command whose values were refused: codes about data have no exit of their own.
pub(crate) fn refused(error: Error, session: &Session) -> Result<Exit> {
    if error.code.exit().is_some() {
        return Err(error);
    }
    session.say(&error);
    Ok(Exit::Rejected)
}

/// Totals for people.
fn totals(totals: Totals, language: Language) -> String {
    let (lines, quantity) = (totals.lines.to_string(), totals.quantity.to_string());
    let amount = money(totals.amount, language);
    texts::BASKET_TOTALS.with(language, &[("lines", &lines), ("quantity", &quantity), ("amount", &amount)])
}

fn money(amount: Money, language: Language) -> String {
    let text = amount.to_string();
    if language == Language::French { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_chosen_by_numbers_and_ranges() {
        assert_eq!(line_numbers("12").unwrap(), [12..=12]);
        assert_eq!(line_numbers("12, 15-20,31").unwrap(), [12..=12, 15..=20, 31..=31]);
        for text in ["", "0", "-3", "5-", "a", "9-3", "1,,2", "99999999999999999999"] {
            assert_eq!(line_numbers(text).unwrap_err().code, Code::ArgumentInvalid, "{text}");
        }
    }

    #[test]
    fn quantities_are_what_a_file_may_ask_for() {
        let registry = Registry::built_in();
        let code = |text| quantity(text, &registry).map_err(|error| error.code);
        assert_eq!((code("1"), code(" 9999 ")), (Ok(1), Ok(9999)));
        for text in ["", "1,5", "-1", "+1", "two"] {
            assert_eq!(code(text), Err(Code::QtyNotInteger), "{text}");
        }
        for text in ["0", "10000", "99999999999999999999"] {
            assert_eq!(code(text), Err(Code::QtyOutOfRange), "{text}");
        }
    }
}
