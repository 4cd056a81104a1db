//! `solution`: what is asked of a manufacturer when an appliance cannot be repaired.
//!
//! What enters: a product, a repair file or a claim, and what is asked. What leaves: the request, what it lacks, a file for the
//! person who hands it over. What is refused: a request that is not valid, a step that its status does not allow.

mod show;
mod transmit;

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::{Registry, SolutionForm};
use bordereau::ledger::{EntryId, SolutionEntry, SolutionId};
use bordereau::model::DepositKind;
use bordereau::report::text::Text;
use bordereau::workspace::{NewSolution, Subject};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use self::show::{SolutionObject, faults, validity};
use super::command::{Builder, Page};
use super::entry::fault_counts;
use super::mistakes::{invalid, missing};
use super::order::text;
use super::{Session, clock, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION, texts::USAGE_SOLUTION, texts::EXAMPLES_SOLUTION, None);
    let commands = [
        create_command(builder),
        update_command(builder),
        show::list_command(builder),
        show::command(builder),
        transmit::command(builder),
        transmit::answer_command(builder),
    ];
    builder.group("solution", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("create", matches)) => create(matches, session),
        Some(("update", matches)) => update(matches, session),
        Some(("list", matches)) => show::list(matches, session),
        Some(("show", matches)) => show::run(matches, session),
        Some(("transmit", matches)) => transmit::run(matches, session),
        Some(("answer", matches)) => transmit::answer(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

const fn page(about: Text, usage: Text, examples: Text, after: Option<Text>) -> Page {
    Page { about, usage, examples: Some(examples), after, exit_codes: false }
}

fn number(builder: Builder) -> Arg {
    builder
        .positional("number", texts::VALUE_NUMBER, texts::HELP_SOLUTION_NUMBER)
        .display_order(1)
        .value_parser(value_parser!(i64).range(1..))
        .required(true)
}

fn typed_number(matches: &ArgMatches) -> SolutionId {
    SolutionId(matches.get_one::<i64>("number").copied().unwrap_or_default())
}

/// What can be said of a request.
fn said_arguments(builder: Builder) -> [Arg; 3] {
    [
        builder.option("kind", texts::VALUE_KIND, texts::HELP_SOLUTION_KIND),
        builder.option("problem", texts::VALUE_TEXT, texts::HELP_SOLUTION_PROBLEM),
        builder.option("set", texts::VALUE_FIELD_VALUE, texts::HELP_SOLUTION_SET).action(ArgAction::Append),
    ]
}

fn said(matches: &ArgMatches) -> Result<NewSolution> {
    let value = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| invalid("--set", text, Some("SerialNumber=1234, \"N° de série=1234\"")))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    Ok(NewSolution {
        kind: text(matches, "kind").map(str::to_owned),
        problem: text(matches, "problem").map(str::to_owned),
        values: matches.get_many::<String>("set").unwrap_or_default().map(value).collect::<Result<_>>()?,
    })
}

fn create_command(builder: Builder) -> Command {
    let after = Some(texts::AFTER_SOLUTION_CREATE);
    let page = page(texts::ABOUT_SOLUTION_CREATE, texts::USAGE_SOLUTION_CREATE, texts::EXAMPLES_SOLUTION_CREATE, after);
    let entry =
        |name, help| builder.option(name, texts::VALUE_NUMBER, help).value_parser(value_parser!(i64).range(1..));
    let arguments = [
        builder.option("product", texts::VALUE_PRODUCT, texts::HELP_SOLUTION_PRODUCT),
        entry("repair", texts::HELP_SOLUTION_REPAIR),
        entry("claim", texts::HELP_SOLUTION_CLAIM),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    let subject = ArgGroup::new("subject").args(["product", "repair", "claim"]).required(true);
    builder.command("create", page, arguments).args(said_arguments(builder)).group(subject)
}

fn create(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let said = said(matches)?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let entry = |name, kind| {
        let number = matches.get_one::<i64>(name).copied();
        number
            .map(|number| workspace.entry(kind, EntryId(number)).map(|entry| Subject::Entry(Box::new(entry))))
            .transpose()
    };
    let subject = match (entry("repair", DepositKind::Repairs)?, entry("claim", DepositKind::Claims)?) {
        (Some(subject), _) | (None, Some(subject)) => subject,
        (None, None) => product(text(matches, "product").unwrap_or_default(), &registry)?,
    };
    let is_tried = matches.get_flag("dry-run");
    let solution = workspace.create_solution(&subject, &said, &registry, is_tried, &clock::stamp()?)?;
    let text = if is_tried { texts::SOLUTION_TRIED } else { texts::SOLUTION_CREATED };
    tell(&solution, text, &registry, matches, session)
}

/// `MANUFACTURER:REFERENCE`.
fn product(text: &str, registry: &Registry) -> Result<Subject> {
    let parts = text.split_once(':').map(|(manufacturer, reference)| (manufacturer.trim(), reference.trim()));
    let Some((manufacturer, reference)) = parts.filter(|(_, reference)| !reference.is_empty()) else {
        return Err(invalid("--product", text, Some("15:EA8108/70B, 4:WAT28321FF")));
    };
    Ok(Subject::Product(registry.one_manufacturer(manufacturer)?, reference.to_owned()))
}

fn update_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_UPDATE, texts::USAGE_SOLUTION_UPDATE, texts::EXAMPLES_SOLUTION_UPDATE, None);
    builder.command("update", page, [number(builder), builder.json()]).args(said_arguments(builder))
}

fn update(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let said = said(matches)?;
    if said == NewSolution::default() {
        return Err(missing("--kind | --problem | --set"));
    }
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let solution = workspace.update_solution(typed_number(matches), &said, &registry, &clock::stamp()?)?;
    tell(&solution, texts::SOLUTION_UPDATED, &registry, matches, session)
}

/// Says what a request lacks, and its number.
fn tell(
    solution: &SolutionEntry,
    said: Text,
    registry: &Registry,
    matches: &ArgMatches,
    session: &Session,
) -> Result<Exit> {
    let language = session.language;
    let form = SolutionForm::read(registry)?;
    out::talk(&faults(solution, &form, language).iter().map(|fault| fault.line(language)).collect::<String>());
    let (errors, _) = fault_counts(&solution.faults);
    let number = solution.id.0.to_string();
    let state = validity(solution.is_valid).text.get(language);
    out::talk(&(said.with(language, &[("number", &number), ("state", state)]) + "\n"));
    if matches.get_flag("json") {
        out::json("solution", SolutionObject::new(solution, &form, false, language))?;
    } else if solution.id != SolutionId(0) {
        out::data(&format!("{number}\n"))?;
    }
    Ok(if errors == 0 { Exit::Accepted } else { Exit::Partial })
}
