//! `deposits retry`: the file that is kept of a deposit, read again.
//!
//! What enters: a workspace, a deposit by its number or the name of its file. What leaves: what `deposit` gives, for the entries
//! that were refused before or were never read.
//! What is refused: a deposit of which nothing is left, or whose file is gone.

use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::pipeline::{DepositRequest, Source};
use clap::{ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::deposit::{choices, page, settings};
use super::super::many::{Manner, with_threads};
use super::super::workspace::catalogue;
use super::super::{Session, clock, signals, texts, values};
use super::{argument, typed};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_RETRY,
        usage: texts::USAGE_DEPOSITS_RETRY,
        examples: Some(texts::EXAMPLES_DEPOSITS_RETRY),
        after: Some(texts::AFTER_DEPOSITS_RETRY),
        exit_codes: true,
    };
    builder.command("retry", page, [argument(builder)].into_iter().chain(choices(builder)))
}

/// Reads it again.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let threads = matches.get_one::<String>("threads").map(|text| values::threads(text)).transpose()?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let found = typed(matches, &workspace)?;
    let settings = settings(matches, session, true)?;
    let catalogue = catalogue(matches, Some(&workspace))?;
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
