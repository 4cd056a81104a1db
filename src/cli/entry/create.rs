//! `claim create` and `repair create`: one entry, from a file or of a repair file.
//!
//! What enters: JSON or XML with the member names of the platform's interface. What leaves: the number of the entry, and what is
//! wrong with it. What is refused: a file with none or several, a report that is there already.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Error, Exit, Result};
use bordereau::ledger::EntryId;
use bordereau::model::DepositKind;
use bordereau::pipeline::{Source, read_whole};
use bordereau::workspace::entry::Outcome;
use clap::{ArgMatches, Command, value_parser};

use super::super::command::{Builder, Page};
use super::super::{Session, clock, convert, out, texts};
use super::show::{EntryObject, tell_json};
use super::{Desk, FaultObject, Told, fault_counts, fault_lines, state_word};

/// What can be typed.
pub(super) fn command(builder: Builder, kind: DepositKind) -> Command {
    let is_claim = kind == DepositKind::Claims;
    let page = Page {
        about: if is_claim { texts::ABOUT_CLAIM_CREATE } else { texts::ABOUT_REPAIR_CREATE },
        usage: if is_claim { texts::USAGE_CLAIM_CREATE } else { texts::USAGE_REPAIR_CREATE },
        examples: Some(if is_claim { texts::EXAMPLES_CLAIM_CREATE } else { texts::EXAMPLES_REPAIR_CREATE }),
        after: Some(texts::AFTER_ENTRY_CREATE),
        exit_codes: false,
    };
    let file =
        builder.positional("file", texts::VALUE_FILE, texts::HELP_ENTRY_FILE).value_parser(value_parser!(PathBuf));
    let mut arguments = Vec::new();
    if is_claim {
        let from = builder
            .option("from-repair", texts::VALUE_NUMBER, texts::HELP_CLAIM_FROM_REPAIR)
            .value_parser(value_parser!(i64).range(1..))
            .conflicts_with("file");
        arguments.extend([file.required_unless_present("from-repair"), from]);
    } else {
        arguments.push(file.required(true));
    }
    arguments.extend([builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()]);
    builder.command("create", page, arguments)
}

/// Creates the entry.
pub(super) fn run(kind: DepositKind, matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut desk = Desk::open(session)?;
    let is_tried = matches.get_flag("dry-run");
    let from = if kind == DepositKind::Claims { matches.get_one::<i64>("from-repair") } else { None };
    let stamp = clock::stamp()?;
    let outcome = if let Some(repair) = from {
        let (workspace, judging) = desk.parts(session.language);
        let repair = workspace.entry(DepositKind::Repairs, EntryId(*repair))?;
        workspace.claim_of_repair(&repair, &judging, is_tried, &stamp)?
    } else {
        let source = convert::source(matches);
        let bytes = read_whole(&source, &desk.registry)?;
        let (workspace, judging) = desk.parts(session.language);
        let created = workspace.create_entry(kind, &bytes, &judging, is_tried, &stamp);
        created.map_err(|error| named(error, &source))?
    };
    tell_created(&desk, kind, &outcome, matches, session)
}

/// An error about a file under the name that was typed: what is judged was copied from it.
pub(super) fn named(error: Error, source: &Source) -> Error {
    if error.arguments.get("path").is_none() {
        return error;
    }
    let known = error.code.arguments().iter().filter_map(|name| Some((*name, error.arguments.get(name)?)));
    let arguments = known.fold(Arguments::none(), |arguments, (name, value)| match name {
        "path" => arguments.with(name, source.name()),
        name => arguments.with(name, value),
    });
    Error::new(error.code, arguments)
}

/// Says what was created, or would be.
pub(super) fn tell_created(
    desk: &Desk,
    kind: DepositKind,
    outcome: &Outcome,
    matches: &ArgMatches,
    session: &Session,
) -> Result<Exit> {
    let language = session.language;
    let told = Told { fields: &desk.registry.deposits()?.fields, kind, personal: false, language };
    out::talk(&fault_lines(&outcome.faults, told));
    let (errors, warnings) = fault_counts(&outcome.faults);
    let counts = [("errors", errors.to_string()), ("warnings", warnings.to_string())];
    let mut said: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    let number = outcome.entry.as_ref().map(|entry| entry.id.0.to_string()).unwrap_or_default();
    let state = outcome.entry.as_ref().and_then(state_word).map_or("", |word| word.text.get(language));
    said.extend([("number", number.as_str()), ("state", state)]);
    let text = match (&outcome.entry, kind) {
        (None, _) if errors == 0 => texts::ENTRY_TRIED,
        (None, _) => texts::ENTRY_TRIED_FAULTY,
        (Some(_), DepositKind::Claims) => texts::CLAIM_CREATED,
        (Some(_), DepositKind::Repairs) => texts::REPAIR_CREATED,
    };
    out::talk(&(text.with(language, &said) + "\n"));
    match &outcome.entry {
        Some(entry) if matches.get_flag("json") => tell_json(&desk.workspace, &desk.registry, entry, false, language)?,
        Some(_) => out::data(&format!("{number}\n"))?,
        None if matches.get_flag("json") => {
            let faults = outcome.faults.iter().map(|fault| FaultObject::of(fault, told)).collect();
            out::json(kind.record_name(), EntryObject::planned(faults))?;
        }
        None => {}
    }
    Ok(if errors == 0 { Exit::Accepted } else { Exit::Partial })
}
