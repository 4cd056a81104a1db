//! The command line: what was typed becomes requests to the library, and its answers become text and exit codes.
//!
//! What enters: the arguments and the environment. What leaves: data on standard output, talk on standard error, an
//! [`Exit`]. What is refused: arguments that nobody knows, that miss or contradict each other, with a code of the error
//! catalogue and the nearest word that is known.
//!
//! Each command has its own file with `command` (what can be typed) and `run` (what is done). Their sentences stand in
//! `texts.toml`.

mod ask;
mod backup;
mod basket;
mod catalogue;
mod catalogue_find;
mod catalogue_show;
mod clock;
mod catalogue_update;
mod columns;
mod command;
mod convert;
mod crash;
mod deposit;
mod deposits;
mod doctor;
mod entry;
mod explain;
mod formats;
mod formats_check;
mod guess;
mod import;
mod imports;
mod inbox;
mod init;
mod invoice;
mod language;
mod listing;
mod log;
mod many;
mod map;
mod map_page;
mod mistakes;
mod morning;
mod notify;
mod order;
mod order_change;
mod order_create;
mod order_list;
mod order_paper;
mod order_show;
mod out;
mod preset;
mod preview;
mod progress;
mod purge;
mod quarantine;
mod restore;
mod retry;
mod run;
mod searches;
mod signals;
mod solution;
mod state;
mod stats;
mod status;
mod values;
mod watch;
mod work_order;
mod work_order_decide;
mod work_order_export;
mod work_order_list;
mod work_order_show;
mod work_order_take;
mod workspace;

/// The words of the command line, from `texts.toml`.
#[expect(unreachable_pub, clippy::doc_markdown, reason = "the build script writes one form for library and program")]
mod texts {
    use bordereau::report::text::Text;

    include!(concat!(env!("OUT_DIR"), "/cli_texts.rs"));
}

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use bordereau::diagnostic::{Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::Language;
use bordereau::report::render_error;
use clap::ArgMatches;
use clap::error::ErrorKind;

/// What every command needs.
pub(crate) struct Session {
    /// The language of messages and reports.
    pub(crate) language: Language,
    /// The user's own formats.
    pub(crate) formats: Option<PathBuf>,
    /// Which workspace.
    pub(crate) workspace: workspace::Choice,
}

impl Session {
    /// The formats and manufacturers that count.
    pub(crate) fn registry(&self) -> Result<Registry> {
        self.formats.as_deref().map_or_else(|| Ok(Registry::built_in()), Registry::with_overlay)
    }

    /// Says an error with its remedy.
    pub(crate) fn say(&self, error: &Error) {
        out::talk(&render_error(error, self.language));
    }
}

/// Does what the arguments ask for; the first one is the program itself.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let language = language::choose(&arguments, |name| std::env::var(name).ok());
    let ended = crash::guarded(|| start(arguments, language));
    let exit = ended.unwrap_or_else(|error| {
        out::talk(&render_error(&error, language));
        error.exit()
    });
    ExitCode::from(exit.code())
}

/// Reads the arguments and hands them to their command.
fn start(arguments: Vec<OsString>, language: Language) -> Result<Exit> {
    let workspace = workspace::Choice::typed(&arguments).root();
    let root = command::root(language);
    let words = searches::fetch(command::without_help(&arguments), &root, workspace.as_deref())?;
    let typed = root.try_get_matches_from(words);
    let matches = match typed {
        Ok(matches) => matches,
        Err(answer) if answer.kind() == ErrorKind::MissingSubcommand => return Ok(show_help(arguments, language)),
        Err(answer) => return refuse(&answer, &arguments),
    };
    let formats = matches.get_one::<PathBuf>("formats").cloned();
    let session = Session { language, formats, workspace: workspace::Choice::of(&matches) };
    dispatch(&matches, &session)
}

fn dispatch(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("init", matches)) => init::run(matches, session),
        Some(("import", matches)) => import::run(matches, session),
        Some(("deposit", matches)) => deposit::run(matches, session),
        Some(("deposits", matches)) => deposits::run(matches, session),
        Some(("run", matches)) => run::run(matches, session),
        Some(("morning", matches)) => morning::run(matches, session),
        Some(("watch", matches)) => watch::run(matches, session),
        Some(("status", matches)) => status::run(matches, session),
        Some(("guess", matches)) => guess::run(matches, session),
        Some(("map", matches)) => map::run(matches, session),
        Some(("preview", matches)) => preview::run(matches, session),
        Some(("convert", matches)) => convert::run(matches, session),
        Some(("catalogue", matches)) => catalogue::run(matches, session),
        Some(("basket", matches)) => basket::run(matches, session),
        Some(("workorder", matches)) => work_order::run(matches, session),
        Some(("formats", matches)) => formats::run(matches, session),
        Some(("explain", matches)) => explain::run(matches, session),
        Some(("stats", matches)) => stats::run(matches, session),
        Some(("order", matches)) => order::run(matches, session),
        Some(("claim", matches)) => entry::run_claim(matches, session),
        Some(("repair", matches)) => entry::run_repair(matches, session),
        Some(("solution", matches)) => solution::run(matches, session),
        Some(("invoice", matches)) => invoice::run(matches, session),
        Some(("notify", matches)) => notify::run(matches, session),
        Some(("retry", matches)) => retry::run(matches, session),
        Some(("quarantine", matches)) => quarantine::run(matches, session),
        Some(("purge", matches)) => purge::run(matches, session),
        Some(("doctor", matches)) => doctor::run(matches, session),
        Some(("restore", matches)) => restore::run(matches, session),
        Some(("backup", matches)) => backup::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// Shows the help or the version that was asked for; anything else that clap answers is a mistake.
fn refuse(answer: &clap::Error, arguments: &[OsString]) -> Result<Exit> {
    match answer.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out::data(&answer.render().to_string())?;
            Ok(Exit::Accepted)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            out::talk(&answer.render().to_string());
            Ok(Exit::Usage)
        }
        _ => Err(mistakes::translate(answer, arguments)),
    }
}

/// Shows the help of a command that only holds others, to whoever typed no more than that.
fn show_help(mut arguments: Vec<OsString>, language: Language) -> Exit {
    arguments.push("--help".into());
    if let Err(help) = command::root(language).try_get_matches_from(arguments) {
        out::talk(&help.render().to_string());
    }
    Exit::Usage
}
