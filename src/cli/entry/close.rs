//! `repair close`: with a warranty claim, or without one and for a reason.

use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::workspace::entry::Closing;
use clap::{ArgGroup, ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::mistakes::missing;
use super::super::order::text;
use super::super::{Session, clock, out, texts};
use super::create::tell_created;
use super::show::tell_json;
use super::{Desk, number, typed_number};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_REPAIR_CLOSE,
        usage: texts::USAGE_REPAIR_CLOSE,
        examples: Some(texts::EXAMPLES_REPAIR_CLOSE),
        after: Some(texts::AFTER_REPAIR_CLOSE),
        exit_codes: false,
    };
    let arguments = [
        number(builder, DepositKind::Repairs),
        builder.flag("with-claim", texts::HELP_CLOSE_WITH),
        builder.flag("without-claim", texts::HELP_CLOSE_WITHOUT),
        builder.option("reason", texts::VALUE_REASON, texts::HELP_CLOSE_REASON).requires("without-claim"),
        builder.option("comment", texts::VALUE_TEXT, texts::HELP_CLOSE_COMMENT).requires("reason"),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    let ways = ArgGroup::new("way").args(["with-claim", "without-claim"]).required(true);
    builder.command("close", page, arguments).group(ways)
}

/// Closes the repair file.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let is_tried = matches.get_flag("dry-run");
    let reason = text(matches, "reason").unwrap_or_default().trim();
    if matches.get_flag("without-claim") && reason.is_empty() {
        return Err(missing("--reason"));
    }
    let mut desk = Desk::open(session)?;
    let (workspace, judging) = desk.parts(session.language);
    let entry = workspace.entry(DepositKind::Repairs, typed_number(matches))?;
    let stamp = clock::stamp()?;
    if matches.get_flag("with-claim") {
        let outcome = workspace.claim_of_repair(&entry, &judging, is_tried, &stamp)?;
        return tell_created(&desk, DepositKind::Claims, &outcome, matches, session);
    }
    let closing =
        Closing { reason: reason.to_owned(), comment: text(matches, "comment").unwrap_or_default().trim().to_owned() };
    let outcome = workspace.close_without_claim(&entry, &closing, &judging, is_tried, &stamp)?;
    let language = session.language;
    let reason = outcome.entry.as_ref().map(|entry| entry.closing_reason.clone()).filter(|text| !text.is_empty());
    let (number, reason) = (entry.id.0.to_string(), reason.unwrap_or(closing.reason));
    let said = [("number", number.as_str()), ("reason", &*bordereau::report::escape(&reason))];
    let text = if is_tried { texts::CLOSE_TRIED } else { texts::CLOSED_WITHOUT };
    out::talk(&(text.with(language, &said) + "\n"));
    if outcome.is_told && !is_tried {
        out::talk(&(texts::ENTRY_TOLD.get(language).to_owned() + "\n"));
    }
    if matches.get_flag("json")
        && let Some(entry) = &outcome.entry
    {
        tell_json(&desk.workspace, &desk.registry, entry, false, language)?;
    }
    Ok(Exit::Accepted)
}
