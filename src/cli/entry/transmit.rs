//! `claim transmit` and `repair transmit`: what is handed over to the platform, as files in the outbox.
//!
//! What enters: numbers, or all that can go. What leaves: what goes, by which call. What is refused: an entry that is not valid;
//! then none goes.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{Entry, EntryId};
use bordereau::model::DepositKind;
use bordereau::report::listing::{Column, Listing};
use bordereau::report::text::Text;
use bordereau::workspace::Workspace;
use bordereau::workspace::entry::Chosen;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::super::command::{Builder, Page};
use super::super::order::{manufacturer_name, text};
use super::super::{Session, clock, out, texts};
use super::Desk;

/// What can be typed of claims.
pub(super) fn claim_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CLAIM_TRANSMIT,
        usage: texts::USAGE_CLAIM_TRANSMIT,
        examples: Some(texts::EXAMPLES_CLAIM_TRANSMIT),
        after: Some(texts::AFTER_TRANSMIT),
        exit_codes: false,
    };
    let manufacturer = builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_TRANSMIT_MANUFACTURER).short('m');
    let arguments = [
        numbers(builder, texts::HELP_TRANSMIT_NUMBERS).required_unless_present("all-valid"),
        builder.flag("all-valid", texts::HELP_CLAIM_ALL_VALID).conflicts_with("numbers"),
        manufacturer.requires("all-valid"),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("transmit", page, arguments)
}

/// What can be typed of repair files.
pub(super) fn repair_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_REPAIR_TRANSMIT,
        usage: texts::USAGE_REPAIR_TRANSMIT,
        examples: Some(texts::EXAMPLES_REPAIR_TRANSMIT),
        after: Some(texts::AFTER_TRANSMIT),
        exit_codes: false,
    };
    let arguments = [
        numbers(builder, texts::HELP_TRANSMIT_NUMBERS).required_unless_present("all-valid"),
        builder.flag("all-valid", texts::HELP_REPAIR_ALL_VALID).conflicts_with("numbers"),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("transmit", page, arguments)
}

/// Numbers of entries.
pub(super) fn numbers(builder: Builder, help: Text) -> Arg {
    builder
        .positional("numbers", texts::VALUE_NUMBER, help)
        .value_parser(value_parser!(i64).range(1..))
        .action(ArgAction::Append)
        .num_args(1..)
}

/// The numbers that were typed.
pub(super) fn typed(matches: &ArgMatches) -> Vec<EntryId> {
    matches.get_many::<i64>("numbers").unwrap_or_default().map(|number| EntryId(*number)).collect()
}

/// An entry on its way.
struct Row {
    entry: Entry,
    manufacturer: String,
    call: String,
}

/// Transmits claims.
pub(super) fn run_claims(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let manufacturer = text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?;
    let all = matches.get_flag("all-valid");
    let chosen = if all { Chosen::AllValid(manufacturer) } else { Chosen::Those(typed(matches)) };
    let claims = workspace.claims_to_transmit(&chosen)?;
    let call = |claim: &Entry| Ok(registry.call(Workspace::claim_purpose(claim))?.name);
    let rows = rows(&claims, &registry, claims.iter().map(call).collect::<Result<_>>()?);
    if !matches.get_flag("dry-run") {
        workspace.transmit_claims(&claims, &registry, &clock::stamp()?)?;
    }
    tell("claims", rows, &workspace, matches, session)
}

/// Tells the platform of repair files.
pub(super) fn run_repairs(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut desk = Desk::open(session)?;
    let (workspace, judging) = desk.parts(session.language);
    let repairs = if matches.get_flag("all-valid") {
        workspace.repairs_to_transmit()?
    } else {
        let entries = typed(matches).into_iter().map(|id| workspace.entry(DepositKind::Repairs, id));
        entries.collect::<Result<_>>()?
    };
    let is_tried = matches.get_flag("dry-run");
    let calls = workspace.transmit_repairs(&repairs, &judging, is_tried, &clock::stamp()?)?;
    let rows = rows(&repairs, judging.registry, calls);
    tell("repairs", rows, &desk.workspace, matches, session)
}

fn rows(entries: &[Entry], registry: &Registry, calls: Vec<String>) -> Vec<Row> {
    let row = |(entry, call): (&Entry, String)| Row {
        manufacturer: entry.manufacturer.map(|id| manufacturer_name(registry, id)).unwrap_or_default(),
        call,
        entry: entry.clone(),
    };
    entries.iter().zip(calls).map(row).collect()
}

/// Says what went, or would go.
fn tell(
    kind: &'static str,
    rows: Vec<Row>,
    workspace: &Workspace,
    matches: &ArgMatches,
    session: &Session,
) -> Result<Exit> {
    type Of = Column<Row>;

    let language = session.language;
    let count = rows.len().to_string();
    let columns = [
        Of::number("number", texts::COLUMN_ENTRY, |row| Some(row.entry.id.0)),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.entry.report_number.as_str().into())).whole(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::text("call", texts::COLUMN_CALL, |row| Some(row.call.as_str().into())).whole(),
    ];
    let list = Listing::new(kind, columns, rows);
    if matches.get_flag("json") {
        out::stream(|out| list.write_json(out))?;
    } else if !list.is_empty() {
        out::stream(|out| list.write_table(out, out::width(), language))?;
    }
    let folder = workspace.outbox().display().to_string();
    let text = match (list.is_empty(), matches.get_flag("dry-run")) {
        (true, _) => texts::TRANSMIT_NONE,
        (false, true) => texts::TRANSMIT_TRIED,
        (false, false) => texts::TRANSMITTED,
    };
    out::talk(&(text.with(language, &[("count", &count), ("folder", &folder)]) + "\n"));
    Ok(Exit::Accepted)
}
