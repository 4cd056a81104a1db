//! `init`: a folder becomes a workspace.
//!
//! What enters: a folder. What leaves: its settings, an empty ledger, its folders; what to do next, on standard error.
//! What is refused: a folder that is a workspace already.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::report::escape;
use bordereau::workspace::Workspace;
use clap::{ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::NO_SYNC;
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_INIT,
        usage: texts::USAGE_INIT,
        examples: Some(texts::EXAMPLES_INIT),
        after: None,
        exit_codes: false,
    };
    let folder = builder
        .positional("folder", texts::VALUE_FOLDER, texts::HELP_INIT_FOLDER)
        .value_parser(value_parser!(PathBuf))
        .required(true);
    builder.command("init", page, [folder])
}

/// Makes the workspace.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let folder = matches.get_one::<PathBuf>("folder").cloned().unwrap_or_default();
    Workspace::init(&folder, session.language, std::env::var_os(NO_SYNC).is_none())?;
    let next = texts::INIT_DONE.get(session.language).replace("{n}", "\n");
    out::talk(&(next.replace("{folder}", &escape(&folder.display().to_string())) + "\n"));
    Ok(Exit::Accepted)
}
