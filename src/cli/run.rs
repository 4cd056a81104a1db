//! `run`: what was dropped into a folder is done, once.
//!
//! What enters: a workspace, perhaps another folder than its inbox, what the user chose. What leaves: the files where what became
//! of them says, and a line for each.
//! What is refused: a second one who works in the workspace at the same time.

use std::time::Instant;

use bordereau::diagnostic::{Exit, Result};
use bordereau::workspace::{Delivered, Observed};
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::inbox::{Context, Row, Wish, arguments, listing, tell_error};
use super::log::{self, Log};
use super::state::{By, LastResult, State};
use super::{Session, clock, out, purge, signals, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_RUN,
        usage: texts::USAGE_RUN,
        examples: Some(texts::EXAMPLES_RUN),
        after: Some(texts::AFTER_RUN),
        exit_codes: true,
    };
    let dry_run = builder.flag("dry-run", texts::HELP_RUN_DRY_RUN);
    builder.command("run", page, arguments(builder, "0").into_iter().chain([dry_run]).chain(log::arguments(builder)))
}

/// Works a folder off once.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let wish = Wish::of(matches)?;
    let dry_run = matches.get_flag("dry-run");
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let turn = workspace.take_turn()?;
    let log = Log::begin(matches)?;
    let stop = signals::listen(session.language);
    let observed = Observed::new(wish.settled);
    let context = Context {
        registry: &registry,
        observed: &observed,
        language: session.language,
        progress: &(),
        stop: &stop,
        dry_run,
    };
    let request = wish.request(context);
    if !wish.settled.is_zero() {
        // Who looks once sees no change.
        workspace.queue(&request)?;
        signals::wait(wish.settled, &stop)?;
    }
    let root = workspace.root().to_owned();
    let folder = wish.folder.clone().unwrap_or_else(|| root.join("inbox"));
    let mut state = State::begin(&root, By::Run, folder, clock::now()?.to_string());
    state.done_file.clone_from(&wish.done_file);
    let mut done = Vec::new();
    let mut last = Instant::now();
    let mut hear = |delivered: &Delivered| {
        let time = std::mem::replace(&mut last, Instant::now()).elapsed();
        if !dry_run {
            log::done(delivered, time);
            state.keep(LastResult::of(delivered, clock::now()?.to_string(), time));
        }
        if !log.is_talk() {
            tell_error(delivered);
        }
        done.push(Row::of(delivered));
        Ok(())
    };
    log::event("run begins", std::process::id(), "");
    let ended = workspace.work_off(&turn, &request, &clock::stamp, &mut hear);
    if !dry_run {
        state.last_look = Some(clock::now()?.to_string());
        state.ended.clone_from(&state.last_look);
        state.write(&root);
    }
    let exit = ended.inspect_err(log::trouble)?;
    if !dry_run {
        purge::daily(&mut workspace, &registry, &stop, session)?;
    }
    log::event("run ends", std::process::id(), &format!("exit {}", exit.code()));
    if wish.json {
        out::json("inbox-run", RunObject { exit: exit.code(), dry_run, files: &done })?;
        return Ok(exit);
    }
    let count = done.len();
    let table = listing(done);
    if count > 0 {
        out::stream(|out| table.write_table(out, out::width(), session.language))?;
    } else if !log.is_talk() {
        out::talk(&format!("{}\n", texts::RUN_NOTHING.get(session.language)));
    }
    Ok(exit)
}

#[derive(Serialize)]
struct RunObject<'r> {
    exit: u8,
    dry_run: bool,
    files: &'r [Row],
}
