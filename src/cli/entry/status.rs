//! `repair status`: a status code is added to a repair file, and told to the platform.
//!
//! What enters: a code with the data that it asks for. What leaves: the file as it is then. What is refused: a code that lacks
//! something, a file with errors; every fault is told, and nothing is changed.

use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::workspace::entry::NewStatus;
use clap::{ArgAction, ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::mistakes::invalid;
use super::super::order::text;
use super::super::{Session, clock, out, texts};
use super::show::{EntryObject, tell_json};
use super::{Desk, FaultObject, Told, fault_lines, number, state_word, typed_number};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_REPAIR_STATUS,
        usage: texts::USAGE_REPAIR_STATUS,
        examples: Some(texts::EXAMPLES_REPAIR_STATUS),
        after: Some(texts::AFTER_REPAIR_STATUS),
        exit_codes: false,
    };
    let arguments = [
        number(builder, DepositKind::Repairs),
        builder.positional("code", texts::VALUE_CODE, texts::HELP_STATUS_CODE).required(true).display_order(2),
        builder.option("comment", texts::VALUE_TEXT, texts::HELP_STATUS_COMMENT).allow_hyphen_values(true),
        builder.option("appointment-start", texts::VALUE_MOMENT, texts::HELP_STATUS_START),
        builder.option("appointment-end", texts::VALUE_MOMENT, texts::HELP_STATUS_END),
        builder.option("part", texts::VALUE_PART, texts::HELP_STATUS_PART).action(ArgAction::Append),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("status", page, arguments)
}

/// Adds the status code.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let owned = |name| text(matches, name).unwrap_or_default().trim().to_owned();
    let status = NewStatus {
        code: owned("code"),
        comment: owned("comment"),
        appointment_start: owned("appointment-start"),
        appointment_end: owned("appointment-end"),
        parts: matches.get_many::<String>("part").unwrap_or_default().map(|text| part(text)).collect::<Result<_>>()?,
    };
    let is_tried = matches.get_flag("dry-run");
    let mut desk = Desk::open(session)?;
    let (workspace, judging) = desk.parts(language);
    let entry = workspace.entry(DepositKind::Repairs, typed_number(matches))?;
    let outcome = workspace.add_status(&entry, &status, &judging, is_tried, &clock::stamp()?)?;
    let told =
        Told { fields: &desk.registry.deposits()?.fields, kind: DepositKind::Repairs, personal: false, language };
    out::talk(&fault_lines(&outcome.faults, told));
    let title = desk.registry.deposits()?.statuses.get(&status.code).map_or("", |code| code.title(language));
    let state = outcome.entry.as_ref().and_then(state_word).map_or("", |word| word.text.get(language));
    let number = entry.id.0.to_string();
    let said = [("number", &*number), ("code", &status.code), ("title", title), ("state", state)];
    let text = match (outcome.is_valid(), is_tried) {
        (false, _) => texts::STATUS_REFUSED,
        (true, true) => texts::STATUS_TRIED,
        (true, false) => texts::STATUS_ADDED,
    };
    out::talk(&(text.with(language, &said) + "\n"));
    if matches.get_flag("json") {
        match &outcome.entry {
            Some(entry) if outcome.is_valid() && !is_tried => {
                tell_json(&desk.workspace, &desk.registry, entry, false, language)?;
            }
            _ => {
                let faults = outcome.faults.iter().map(|fault| FaultObject::of(fault, told)).collect();
                out::json(DepositKind::Repairs.record_name(), EntryObject::planned(faults))?;
            }
        }
    }
    Ok(if outcome.is_valid() { Exit::Accepted } else { Exit::Rejected })
}

/// `REF:QTY` or `REF:QTY:ORDER`.
fn part(text: &str) -> Result<(String, String, String)> {
    let refused = || invalid("--part", text, Some("MS-623210:1, MS-623210:1:B26-000001"));
    let mut parts = text.split(':').map(|part| part.trim().to_owned());
    let (reference, quantity) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let order = parts.next().unwrap_or_default();
    if reference.is_empty() || quantity.is_empty() || parts.next().is_some() {
        return Err(refused());
    }
    Ok((reference, quantity, order))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_a_quantity_and_perhaps_an_order() {
        let owned = |parts: [&str; 3]| {
            let [reference, quantity, order] = parts.map(str::to_owned);
            (reference, quantity, order)
        };
        assert_eq!(part("MS-1:2").unwrap(), owned(["MS-1", "2", ""]));
        assert_eq!(part("MS-1 : 2 : B26-000001").unwrap(), owned(["MS-1", "2", "B26-000001"]));
        for text in ["", "MS-1", "MS-1:", ":2", "MS-1:2:A:B"] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}
