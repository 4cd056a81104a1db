//! `basket prepare`: an order preparation list, spread over the baskets of its manufacturers.
//!
//! What enters: files with a reference and a quantity on each line, with headings or without. What leaves: lines in the
//! baskets, as an import leaves them. What is refused: what an import refuses; a call outside a workspace.

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::ImportOrigin;
use clap::{ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::{Session, import, texts};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_BASKET_PREPARE,
        usage: texts::USAGE_BASKET_PREPARE,
        examples: Some(texts::EXAMPLES_BASKET_PREPARE),
        after: Some(texts::AFTER_BASKET_PREPARE),
        exit_codes: false,
    };
    builder.command("prepare", page, import::arguments(builder))
}

/// Takes the lists in.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    session.needed_workspace(&session.registry()?)?;
    import::run_as(ImportOrigin::Preparation, matches, session)
}
