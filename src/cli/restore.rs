//! `restore`: a workspace made of its backup.
//!
//! What enters: a backup, an empty folder, on request the workspace that was lost. What leaves: a workspace, and the files that
//! are to be done again. What is refused: an archive that is no backup, a folder in which something is.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::report::escape;
use bordereau::workspace::Workspace;
use clap::{ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::many::NO_SYNC;
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_RESTORE,
        usage: texts::USAGE_RESTORE,
        examples: Some(texts::EXAMPLES_RESTORE),
        after: Some(texts::AFTER_RESTORE),
        exit_codes: false,
    };
    let path = |argument: clap::Arg| argument.value_parser(value_parser!(PathBuf));
    let arguments = [
        path(builder.positional("file", texts::VALUE_FILE, texts::HELP_RESTORE_FILE)).required(true),
        path(builder.positional("folder", texts::VALUE_FOLDER, texts::HELP_RESTORE_FOLDER)).required(true),
        path(builder.option("files-from", texts::VALUE_FOLDER, texts::HELP_RESTORE_FILES_FROM)),
        builder.json(),
    ];
    builder.command("restore", page, arguments)
}

#[derive(Serialize)]
struct RestoredObject {
    folder: String,
    at: String,
    again: Vec<String>,
}

/// Restores a backup.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let (file, folder) = (path("file").unwrap_or_default(), path("folder").unwrap_or_default());
    let sync = std::env::var_os(NO_SYNC).is_none();
    let lost = path("files-from");
    let restored = Workspace::restore(&file, &folder, lost.as_deref(), &session.registry()?, sync)?;
    let (folder, at) = (folder.display().to_string(), restored.at.to_string());
    let again: Vec<_> = restored.again.iter().map(|path| path.display().to_string()).collect();
    let count = again.len().to_string();
    let said = [("folder", &*escape(&folder)), ("at", &at), ("count", &count)];
    let done = texts::RESTORE_DONE.with(session.language, &said);
    if matches.get_flag("json") {
        out::json("restored", RestoredObject { folder, at, again })?;
    } else {
        out::data(&again.iter().map(|path| escape(path) + "\n").collect::<String>())?;
    }
    out::talk(&(done + "\n"));
    Ok(Exit::Accepted)
}
