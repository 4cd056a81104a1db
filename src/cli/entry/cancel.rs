//! `claim cancel`: claims that are taken back.
//!
//! What enters: numbers. What leaves: what was taken back, and which of them the platform has to be told by hand. What is refused:
//! a claim whose state is an end already; then none is taken back.

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::Entry;
use clap::{ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::{Session, clock, out, texts};
use super::show::tell_json;
use super::transmit::{numbers, typed};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CLAIM_CANCEL,
        usage: texts::USAGE_CLAIM_CANCEL,
        examples: Some(texts::EXAMPLES_CLAIM_CANCEL),
        after: Some(texts::AFTER_CLAIM_CANCEL),
        exit_codes: false,
    };
    let numbers = numbers(builder, texts::HELP_CANCEL_NUMBERS).required(true);
    builder.command("cancel", page, [numbers, builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()])
}

/// Takes claims back.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let is_tried = matches.get_flag("dry-run");
    let cancelled = workspace.cancel_claims(&typed(matches), is_tried, &clock::stamp()?)?;
    let text = if is_tried { texts::CLAIMS_CANCEL_TRIED } else { texts::CLAIMS_CANCELLED };
    out::talk(&(text.with(session.language, &[("numbers", &listed(&cancelled))]) + "\n"));
    let known: Vec<_> = cancelled.iter().filter(|claim| claim.transmitted_at.is_some()).cloned().collect();
    if !known.is_empty() {
        out::talk(&(texts::CLAIMS_CANCEL_TELL.with(session.language, &[("numbers", &listed(&known))]) + "\n"));
    }
    if matches.get_flag("json") {
        for claim in &cancelled {
            tell_json(&workspace, &registry, claim, false, session.language)?;
        }
    }
    Ok(Exit::Accepted)
}

fn listed(claims: &[Entry]) -> String {
    claims.iter().map(|claim| claim.id.0.to_string()).collect::<Vec<_>>().join(", ")
}
