//! `backup`: a workspace in one file.
//!
//! What enters: a workspace, which others may go on using. What leaves: an archive with its ledger, its settings, its
//! catalogue and its searches, on request with its files. What is refused: a target that cannot be written.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::report::escape;
use clap::{ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::{Session, clock, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_BACKUP,
        usage: texts::USAGE_BACKUP,
        examples: Some(texts::EXAMPLES_BACKUP),
        after: Some(texts::AFTER_BACKUP),
        exit_codes: false,
    };
    let file = builder
        .positional("file", texts::VALUE_FILE, texts::HELP_BACKUP_FILE)
        .value_parser(value_parser!(PathBuf))
        .required(true);
    builder.command("backup", page, [file, builder.flag("files", texts::HELP_BACKUP_FILES)])
}

/// Writes the backup.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let file = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    session.needed_workspace(&session.registry()?)?.back_up(&file, matches.get_flag("files"), &clock::stamp()?)?;
    let done = texts::BACKUP_DONE.get(session.language).replace("{file}", &escape(&file.display().to_string()));
    out::talk(&(done + "\n"));
    Ok(Exit::Accepted)
}
