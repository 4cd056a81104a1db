//! `deposits retry`: the file that is kept of a deposit, read again.
//!
//! What enters: a workspace, a deposit by its number or the name of its file. What leaves: what `deposit` gives, for the entries
//! that were refused before or were never read.
//! What is refused: a deposit of which nothing is left, or whose file is gone.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::pipeline::{DepositRequest, Source};
use clap::{ArgMatches, Command};

use super::command::{Builder, Page};
use super::deposit::{page, settings};
use super::many::{Manner, with_threads};
use super::{Session, clock, deposit, signals, texts, values};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_RETRY,
        usage: texts::USAGE_DEPOSITS_RETRY,
        examples: Some(texts::EXAMPLES_DEPOSITS_RETRY),
        after: Some(texts::AFTER_DEPOSITS_RETRY),
        exit_codes: true,
    };
    let which = builder.positional("deposit", texts::VALUE_DEPOSIT, texts::HELP_DEPOSIT_NAME).required(true);
    builder.command("retry", page, [which].into_iter().chain(deposit::choices(builder)))
}

/// Reads it again.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let threads = matches.get_one::<String>("threads").map(|text| values::threads(text)).transpose()?;
    let name = matches.get_one::<String>("deposit").map(String::as_str).unwrap_or_default();
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let unknown = || Error::new(Code::DepositUnknown, Arguments::none().with("number", name));
    let found = workspace.find_deposit(name)?.ok_or_else(unknown)?;
    let settings = settings(matches, session, true)?;
    let catalogue = super::workspace::catalogue(matches, Some(&workspace))?;
    let manner = Manner::of(matches, session, &[Source::File(PathBuf::from(&found.file))]);
    let bar = manner.bar();
    let stop = signals::listen(session.language);
    let request = DepositRequest {
        files: &[],
        out: matches.get_one::<PathBuf>("out").map(PathBuf::as_path),
        catalogue: &catalogue,
        registry: &registry,
        settings: &settings,
        progress: &bar,
        stop: &stop,
    };
    let again = || workspace.retry_deposit(found, &request, clock::stamp()?);
    with_threads(threads, || manner.end(again(), |file, summary, exit| page(file, summary, exit, session)))
}
