//! `solution`: what is asked of a manufacturer when an appliance cannot be repaired.
//!
//! What enters: a product, a repair file or a claim, and what is asked. What leaves: the request, what it lacks, a file for the
//! person who hands it over. What is refused: a request that is not valid, a step that its status does not allow.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::export::{Profile, SolutionFile};
use bordereau::format::{Registry, SolutionForm};
use bordereau::ledger::{EntryId, SolutionBook as _, SolutionEntry, SolutionId, SolutionStatus, Stamp};
use bordereau::model::{DepositKind, Language};
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::workspace::entry::MASK;
use bordereau::workspace::{NewSolution, Subject, solution_values};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::columns::fact_lines;
use super::command::{Builder, Page};
use super::entry::{Desk, FaultObject, Told, fault_counts, fault_lines};
use super::mistakes::{invalid, missing};
use super::order::{manufacturer_name, text};
use super::{Session, clock, listing, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION, texts::USAGE_SOLUTION, texts::EXAMPLES_SOLUTION, None);
    let commands = [
        create_command(builder),
        update_command(builder),
        list_command(builder),
        show_command(builder),
        transmit_command(builder),
        answer_command(builder),
    ];
    builder.group("solution", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("create", matches)) => create(matches, session),
        Some(("update", matches)) => update(matches, session),
        Some(("list", matches)) => list(matches, session),
        Some(("show", matches)) => show(matches, session),
        Some(("transmit", matches)) => transmit(matches, session),
        Some(("answer", matches)) => answer(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

const fn page(
    about: bordereau::report::text::Text,
    usage: bordereau::report::text::Text,
    examples: bordereau::report::text::Text,
    after: Option<bordereau::report::text::Text>,
) -> Page {
    Page { about, usage, examples: Some(examples), after, exit_codes: false }
}

fn number(builder: Builder) -> Arg {
    builder
        .positional("number", texts::VALUE_NUMBER, texts::HELP_SOLUTION_NUMBER)
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
    let solution = workspace.create_solution(&subject, &said, &registry, &clock::stamp()?)?;
    tell(&solution, texts::SOLUTION_CREATED, &registry, matches, session)
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
    said: bordereau::report::text::Text,
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
    } else {
        out::data(&format!("{number}\n"))?;
    }
    Ok(if errors == 0 { Exit::Accepted } else { Exit::Partial })
}

/// What a request lacks, in words.
fn faults(solution: &SolutionEntry, form: &SolutionForm, language: Language) -> Vec<FaultObject> {
    let fault = |fault: &bordereau::ledger::KeptFault| {
        let label = form.field(&fault.field).map_or(fault.field.as_str(), |field| field.title.get(language));
        FaultObject::with(fault, label.to_owned(), fault.value.clone(), language)
    };
    solution.faults.iter().map(fault).collect()
}

const fn validity(is_valid: bool) -> Word {
    if is_valid {
        Word { name: "VALID", text: texts::SOLUTION_VALID }
    } else {
        Word { name: "NOTVALID", text: texts::SOLUTION_NOT_VALID }
    }
}

const fn status_word(status: SolutionStatus) -> Word {
    let text = match status {
        SolutionStatus::NotTransmitted => texts::SOLUTION_NOT_TRANSMITTED,
        SolutionStatus::Transmitted => texts::SOLUTION_TRANSMITTED,
        SolutionStatus::Answered => texts::SOLUTION_ANSWERED,
    };
    Word { name: status.name(), text }
}

fn list_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_LIST, texts::USAGE_SOLUTION_LIST, texts::EXAMPLES_SOLUTION_LIST, None);
    listing::command(builder, builder.command("list", page, []))
}

/// A request with the name of its manufacturer.
struct Row {
    solution: SolutionEntry,
    manufacturer: String,
}

fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let rows = workspace.ledger().solutions()?.into_iter().map(|solution| Row {
        manufacturer: solution.manufacturer.map(|id| manufacturer_name(&registry, id)).unwrap_or_default(),
        solution,
    });
    let columns = [
        Of::number("number", texts::COLUMN_SOLUTION, |row| Some(row.solution.id.0)),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.solution.manufacturer?.0.into()))
            .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::number("entry", texts::COLUMN_COUNTERPART, |row| row.solution.of.map(|of| of.0)),
        Of::word("valid", texts::COLUMN_VALID, |row| Some(validity(row.solution.is_valid))),
        Of::word("status", texts::COLUMN_STATUS, |row| Some(status_word(row.solution.status))),
        Of::text("answer", texts::COLUMN_ANSWER, |row| Some(row.solution.answer.as_str().into())),
        Of::moment("created_at", texts::COLUMN_CREATED, |row| Some(row.solution.created_at)),
        Of::text("created_by", texts::COLUMN_BY, |row| Some(row.solution.created_by.as_str().into())).unusual(),
    ];
    listing::show(Listing::new("solutions", columns, rows.collect()), "solution list", matches, session)?;
    Ok(Exit::Accepted)
}

fn show_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_SHOW, texts::USAGE_SOLUTION_SHOW, texts::EXAMPLES_SOLUTION_SHOW, None);
    let personal = builder.flag("personal", texts::HELP_ENTRY_PERSONAL);
    builder.command("show", page, [number(builder), personal, builder.json()])
}

fn show(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let solution = workspace.solution(typed_number(matches))?;
    let (language, personal) = (session.language, matches.get_flag("personal"));
    let form = SolutionForm::read(&registry)?;
    let object = SolutionObject::new(&solution, &form, personal, language);
    if matches.get_flag("json") {
        out::json("solution", object)?;
        return Ok(Exit::Accepted);
    }
    let number = solution.id.0.to_string();
    let said = [
        ("number", number.as_str()),
        ("validity", validity(solution.is_valid).text.get(language)),
        ("state", status_word(solution.status).text.get(language)),
    ];
    let mut text = texts::SOLUTION_TITLE.with(language, &said) + "\n";
    let facts = [
        (texts::COLUMN_COUNTERPART.get(language), solution.of.map(|of| of.0.to_string()).unwrap_or_default()),
        (texts::COLUMN_ANSWER.get(language), solution.answer.clone()),
        (texts::COLUMN_CREATED.get(language), solution.created_at.to_string()),
        (texts::COLUMN_BY.get(language), solution.created_by.clone()),
    ];
    text += &fact_lines(&facts);
    let lacks: String = object.faults.iter().map(|fault| fault.line(language)).collect();
    if !lacks.is_empty() {
        text.extend(["\n", texts::SECTION_FAULTS.get(language), "\n", &lacks]);
    }
    let values: Vec<_> = object.values.iter().map(|value| (value.label.as_str(), value.value.clone())).collect();
    text.extend(["\n", texts::SECTION_CONTENT.get(language), "\n", &fact_lines(&values)]);
    out::data(&text)?;
    Ok(Exit::Accepted)
}

/// A request for programs.
#[derive(Serialize)]
struct SolutionObject<'s> {
    number: i64,
    manufacturer: Option<u32>,
    entry: Option<i64>,
    status: &'static str,
    valid: bool,
    answer: &'s str,
    created_at: String,
    created_by: &'s str,
    faults: Vec<FaultObject>,
    values: Vec<ValueObject>,
}

#[derive(Serialize)]
struct ValueObject {
    field: String,
    label: String,
    value: String,
}

impl<'s> SolutionObject<'s> {
    fn new(solution: &'s SolutionEntry, form: &SolutionForm, personal: bool, language: Language) -> Self {
        let values = solution_values(solution, form).into_iter().filter(|(_, value)| !value.is_empty());
        let values = values.map(|(field, value)| ValueObject {
            field: field.name.clone(),
            label: field.title.get(language).to_owned(),
            value: if field.is_personal && !personal { MASK.to_owned() } else { value },
        });
        Self {
            number: solution.id.0,
            manufacturer: solution.manufacturer.map(|id| id.0),
            entry: solution.of.map(|of| of.0),
            status: solution.status.name(),
            valid: solution.is_valid,
            answer: &solution.answer,
            created_at: solution.created_at.to_string(),
            created_by: &solution.created_by,
            faults: faults(solution, form, language),
            values: values.collect(),
        }
    }
}

fn transmit_command(builder: Builder) -> Command {
    let after = Some(texts::AFTER_SOLUTION_TRANSMIT);
    let page =
        page(texts::ABOUT_SOLUTION_TRANSMIT, texts::USAGE_SOLUTION_TRANSMIT, texts::EXAMPLES_SOLUTION_TRANSMIT, after);
    let numbers = builder
        .positional("numbers", texts::VALUE_NUMBER, texts::HELP_TRANSMIT_NUMBERS)
        .value_parser(value_parser!(i64).range(1..))
        .action(ArgAction::Append)
        .num_args(1..)
        .required(true);
    let arguments = [
        numbers,
        builder.choice("as", texts::VALUE_FORM, texts::HELP_SOLUTION_AS, &["xml", "csv", "xlsx"]),
        builder
            .option("out", texts::VALUE_FILE, texts::HELP_SOLUTION_OUT)
            .short('o')
            .value_parser(value_parser!(PathBuf))
            .required(true),
        builder.choice("profile", texts::VALUE_PROFILE, texts::HELP_PROFILE, &["machine", "excel-fr"]),
    ];
    builder.command("transmit", page, arguments)
}

fn transmit(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let to = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let ending = to.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let form = text(matches, "as").or(ending.as_deref()).and_then(SolutionFile::from_name);
    let form = form.ok_or_else(|| missing("--as"))?;
    let profile = if text(matches, "profile") == Some("excel-fr") { Profile::ExcelFr } else { Profile::Machine };
    let mut desk = Desk::open(session)?;
    let stamp = clock::stamp()?;
    let ids: Vec<_> =
        matches.get_many::<i64>("numbers").unwrap_or_default().map(|number| SolutionId(*number)).collect();
    let (workspace, judging) = desk.parts(language);
    let solutions = workspace.solutions_to_transmit(&ids)?;
    workspace.transmit_solutions(&solutions, (form, profile, &to), (judging.registry, language), &stamp)?;
    let (count, path) = (solutions.len().to_string(), to.display().to_string());
    out::talk(&(texts::SOLUTIONS_WRITTEN.with(language, &[("count", &count), ("path", &path)]) + "\n"));
    announce(&mut desk, &solutions, &stamp, session)
}

/// Adds the status code that announces each request to its repair file.
fn announce(desk: &mut Desk, solutions: &[SolutionEntry], stamp: &Stamp, session: &Session) -> Result<Exit> {
    let language = session.language;
    let mut exit = Exit::Accepted;
    for solution in solutions {
        let (workspace, judging) = desk.parts(language);
        let Some((entry, outcome)) = workspace.announce_solution(solution, &judging, stamp)? else { continue };
        let number = entry.id.0.to_string();
        if outcome.is_valid() {
            out::talk(&(texts::SOLUTION_ANNOUNCED.with(language, &[("number", &number)]) + "\n"));
            continue;
        }
        let fields = &desk.registry.deposits()?.fields;
        out::talk(&fault_lines(
            &outcome.faults,
            Told { fields, kind: DepositKind::Repairs, personal: false, language },
        ));
        out::talk(&(texts::SOLUTION_NOT_ANNOUNCED.with(language, &[("number", &number)]) + "\n"));
        exit = Exit::Partial;
    }
    Ok(exit)
}

fn answer_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_ANSWER, texts::USAGE_SOLUTION_ANSWER, texts::EXAMPLES_SOLUTION_ANSWER, None);
    let text = builder.positional("text", texts::VALUE_TEXT, texts::HELP_SOLUTION_ANSWER).required(true);
    builder.command("answer", page, [number(builder), text, builder.json()])
}

fn answer(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let id = typed_number(matches);
    let answer = text(matches, "text").unwrap_or_default().trim();
    if answer.is_empty() {
        return Err(missing(texts::VALUE_TEXT.get(session.language)));
    }
    workspace.ledger_mut().change_solution(id, SolutionStatus::Answered, answer, &clock::stamp()?)?;
    let solution = workspace.solution(id)?;
    let said = [("number", id.0.to_string()), ("answer", escape(&solution.answer))];
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    out::talk(&(texts::SOLUTION_ANSWER_KEPT.with(session.language, &said) + "\n"));
    if matches.get_flag("json") {
        let form = SolutionForm::read(&registry)?;
        out::json("solution", SolutionObject::new(&solution, &form, false, session.language))?;
    }
    Ok(Exit::Accepted)
}
