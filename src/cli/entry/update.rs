//! `claim update` and `repair update`: what an entry says is changed, and judged anew.
//!
//! What enters: fields and values, or a file with all of it. What leaves: which faults are gone and which remain.
//! What is refused: a field that entries of the kind do not have; an entry that is not here any more to be changed.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::pipeline::{Source, read_whole};
use bordereau::report::escape;
use bordereau::workspace::entry::{EntryEdit, EntryUpdate};
use clap::{ArgAction, ArgMatches, Command, value_parser};

use super::super::basket::refused;
use super::super::command::{Builder, Page};
use super::super::mistakes::{invalid, missing};
use super::super::{Session, clock, out, texts};
use super::create::named;
use super::show::{EntryObject, tell_json};
use super::{Desk, FaultObject, Told, fault_lines, number, state_word, typed_number};

/// What can be typed.
pub(super) fn command(builder: Builder, kind: DepositKind) -> Command {
    let is_claim = kind == DepositKind::Claims;
    let page = Page {
        about: if is_claim { texts::ABOUT_CLAIM_UPDATE } else { texts::ABOUT_REPAIR_UPDATE },
        usage: if is_claim { texts::USAGE_CLAIM_UPDATE } else { texts::USAGE_REPAIR_UPDATE },
        examples: Some(if is_claim { texts::EXAMPLES_CLAIM_UPDATE } else { texts::EXAMPLES_REPAIR_UPDATE }),
        after: Some(texts::AFTER_ENTRY_UPDATE),
        exit_codes: false,
    };
    let arguments = [
        number(builder, kind),
        builder
            .option("set", texts::VALUE_FIELD_VALUE, texts::HELP_ENTRY_SET)
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        builder.option("file", texts::VALUE_FILE, texts::HELP_ENTRY_WHOLE).value_parser(value_parser!(PathBuf)),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("update", page, arguments)
}

/// Changes the entry.
pub(super) fn run(kind: DepositKind, matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let edits = matches.get_many::<String>("set").unwrap_or_default().map(|text| edit(text));
    let edits = edits.collect::<Result<Vec<_>>>()?;
    let file = matches.get_one::<PathBuf>("file");
    if edits.is_empty() && file.is_none() {
        return Err(missing("--set | --file"));
    }
    let mut desk = Desk::open(session)?;
    let source = file.map(|path| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.clone()) });
    let whole = source.as_ref().map(|source| read_whole(source, &desk.registry)).transpose()?;
    let is_tried = matches.get_flag("dry-run");
    let (workspace, judging) = desk.parts(language);
    let entry = workspace.entry(kind, typed_number(matches))?;
    let update = EntryUpdate { whole, edits };
    let outcome = match workspace.update_entry(&entry, &update, &judging, is_tried, &clock::stamp()?) {
        Ok(outcome) => outcome,
        Err(error) => {
            let error = match &source {
                Some(source) => named(error, source),
                None => error,
            };
            return refused(error, session);
        }
    };
    let told = Told { fields: &desk.registry.deposits()?.fields, kind, personal: false, language };
    let gone: Vec<_> = outcome.gone.iter().map(|fault| FaultObject::of(fault, told)).collect();
    for fault in &gone {
        out::talk(&format!("  {}\n", texts::ENTRY_FAULT_GONE.with(language, &[("message", &escape(fault.message()))])));
    }
    out::talk(&fault_lines(&outcome.faults, told));
    let remain = outcome.faults.len().to_string();
    let state = outcome.entry.as_ref().and_then(state_word).map_or("", |word| word.text.get(language));
    let (number, corrected) = (entry.id.0.to_string(), gone.len().to_string());
    let said = [("number", &*number), ("gone", &corrected), ("remain", &remain), ("state", state)];
    let text = if is_tried { texts::ENTRY_UPDATE_TRIED } else { texts::ENTRY_UPDATED };
    out::talk(&(text.with(language, &said) + "\n"));
    if outcome.is_told && !is_tried {
        out::talk(&(texts::ENTRY_TOLD.get(language).to_owned() + "\n"));
    }
    if matches.get_flag("json") {
        match &outcome.entry {
            Some(entry) if !is_tried => tell_json(&desk.workspace, &desk.registry, entry, false, language)?,
            _ => {
                let faults = outcome.faults.iter().map(|fault| FaultObject::of(fault, told)).collect();
                out::json(kind.record_name(), EntryObject::planned(faults))?;
            }
        }
    }
    Ok(if outcome.is_valid() { Exit::Accepted } else { Exit::Partial })
}

/// `FIELD=VALUE` or `FIELD#2=VALUE`.
pub(super) fn edit(text: &str) -> Result<EntryEdit> {
    let refused = || invalid("--set", text, Some("LastName=Martin, \"N° de série=A1\", PartQuantity#2=3, Email="));
    let (name, value) = text.split_once('=').ok_or_else(refused)?;
    let numbered = name.rsplit_once('#').and_then(|(name, place)| Some((name, place.trim().parse::<usize>().ok()?)));
    let (name, place) = numbered.map_or((name, None), |(name, place)| (name, Some(place)));
    if name.trim().is_empty() {
        return Err(refused());
    }
    Ok(EntryEdit { field: name.trim().to_owned(), place, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_a_field_and_perhaps_a_place() {
        let of = |text| edit(text).map(|edit| (edit.field, edit.place, edit.value)).map_err(|error| error.code);
        let owned = |field: &str, place, value: &str| Ok((field.to_owned(), place, value.to_owned()));
        assert_eq!(of("Nom=Martin"), owned("Nom", None, "Martin"));
        assert_eq!(of(" PartQuantity#2 =3"), owned("PartQuantity", Some(2), "3"));
        assert_eq!(of("Email="), owned("Email", None, ""));
        assert_eq!(of("Remarks=a=b#1"), owned("Remarks", None, "a=b#1"));
        for text in ["Nom", "=x", "#2=x", ""] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
