//! `solution transmit` and `solution answer`: requests are handed over by a person, and answered.
//!
//! What enters: requests that are valid. What leaves: a file with all of them; their repair files announce them to the platform.
//! What is refused: a request that is not valid, or was handed over already; then nothing is written.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::export::{Profile, SolutionFile};
use bordereau::format::SolutionForm;
use bordereau::ledger::{SolutionBook as _, SolutionEntry, SolutionId, SolutionStatus, Stamp};
use bordereau::model::DepositKind;
use bordereau::report::escape;
use clap::{ArgAction, ArgMatches, Command, value_parser};

use super::super::command::Builder;
use super::super::entry::{Desk, Told, fault_lines};
use super::super::mistakes::missing;
use super::super::order::text;
use super::super::{Session, clock, out, texts};
use super::show::SolutionObject;
use super::{number, page, typed_number};

/// What can be typed to hand requests over.
pub(super) fn command(builder: Builder) -> Command {
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
        builder.flag("dry-run", texts::HELP_DRY_RUN),
    ];
    builder.command("transmit", page, arguments)
}

/// Writes requests into a file.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
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
    if matches.get_flag("dry-run") {
        let (count, folder) = (solutions.len().to_string(), to.display().to_string());
        out::talk(&(texts::TRANSMIT_TRIED.with(language, &[("count", &count), ("folder", &folder)]) + "\n"));
        return Ok(Exit::Accepted);
    }
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

/// What can be typed to keep an answer.
pub(super) fn answer_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_ANSWER, texts::USAGE_SOLUTION_ANSWER, texts::EXAMPLES_SOLUTION_ANSWER, None);
    let text =
        builder.positional("text", texts::VALUE_TEXT, texts::HELP_SOLUTION_ANSWER).required(true).display_order(2);
    builder.command("answer", page, [number(builder), text, builder.json()])
}

/// Keeps what was answered.
pub(super) fn answer(matches: &ArgMatches, session: &Session) -> Result<Exit> {
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
