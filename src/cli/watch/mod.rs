//! `watch`: what is dropped into a folder is done, as long as it is wanted.
//!
//! What enters: a workspace, perhaps another folder than its inbox, what the user chose, signals. What leaves: the files where
//! what became of them says, a line for each; a log, a small file of how it fares, answers to whoever supervises it.
//! What is refused: nothing that may pass: a folder that is gone may come back. A second watch waits until the first one ends.

mod bell;
mod ears;
mod http;
mod life;
mod metrics;
mod rounds;
mod systemd;

pub(crate) use life::{LEAST_ROOM, Trouble};

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bordereau::diagnostic::{Code, Exit, Result};
use bordereau::workspace::{Turn, Workspace};
use clap::{ArgMatches, Command, value_parser};

use self::bell::Bell;
use self::life::Life;
use self::rounds::{Rounds, Surroundings};
use super::command::{Builder, Page};
use super::inbox::{Wish, arguments};
use super::log::{self, Log};
use super::mistakes::missing;
use super::{Session, clock, out, signals, texts};

/// How long a watch that stands by waits before it asks again whether it is its turn.
const STAND_BY: Duration = Duration::from_secs(1);

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WATCH,
        usage: texts::USAGE_WATCH,
        examples: Some(texts::EXAMPLES_WATCH),
        after: Some(texts::AFTER_WATCH),
        exit_codes: true,
    };
    let every = builder
        .option("every", texts::VALUE_SECONDS, texts::HELP_WATCH_EVERY)
        .value_parser(value_parser!(u64).range(1..=86_400))
        .default_value("2")
        .hide_default_value(true);
    let more = [
        every,
        builder.flag("poll", texts::HELP_WATCH_POLL),
        builder
            .option("listen", texts::VALUE_ADDRESS, texts::HELP_WATCH_LISTEN)
            .value_parser(value_parser!(SocketAddr)),
        builder.flag("listen-anywhere", texts::HELP_WATCH_LISTEN_ANYWHERE),
    ];
    let arguments = arguments(builder, "2").into_iter().chain(more).chain(log::arguments(builder));
    builder.command("watch", page, arguments)
}

/// Works a folder off until it is asked to stop. Asked by the system, that is no fault.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let wish = Wish::of(matches)?;
    // A clock that is none is a slip, and no file's fault.
    clock::now()?;
    let listen = matches.get_one::<SocketAddr>("listen").copied();
    if listen.is_none() && matches.get_flag("listen-anywhere") {
        return Err(missing("--listen"));
    }
    let log = Log::begin(matches)?;
    let bell = Arc::<Bell>::default();
    let stop = {
        let (bell, log) = (Arc::clone(&bell), log.clone());
        signals::listen_and_tell(session.language, move |heard| {
            if heard == signals::Heard::HangUp {
                log.reopen();
            }
            bell.ring();
        })
    };
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let every = Duration::from_secs(matches.get_one::<u64>("every").copied().unwrap_or(2));
    let life = Arc::new(Life::new(every, session.language));
    let listener = listen.map(|address| http::bind(address, matches.get_flag("listen-anywhere"))).transpose()?;
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some(listener) = listener {
        http::serve(listener, &life)?;
    }
    systemd::tell_signs_of_life(&life);
    let surroundings = Surroundings {
        wish: &wish,
        every,
        polls: matches.get_flag("poll"),
        address,
        session,
        language: session.language,
        registry: &registry,
        log: &log,
        bell: &bell,
        life: &life,
        stop: &stop,
    };
    if let Some(address) = address {
        surroundings.talk(&texts::WATCH_LISTENS.with(session.language, &[("address", &address.to_string())]));
    }
    let ended = wait_for_turn(&workspace, &surroundings)
        .and_then(|turn| Rounds::new(&mut workspace, &turn, surroundings).and_then(Rounds::go_on));
    systemd::tell("STOPPING=1");
    log::event("watch ends", std::process::id(), ended.as_ref().err().map_or("", |error| error.code.name()));
    match ended {
        Err(error) if error.code == Code::Terminated => Ok(Exit::Accepted),
        Err(error) => Err(error),
        Ok(never) => match never {},
    }
}

/// Nothing: what never ends gives nothing.
enum Never {}

/// Waits until nobody else works in the workspace.
fn wait_for_turn(workspace: &Workspace, surroundings: &Surroundings<'_>) -> Result<Turn> {
    let Surroundings { language, life, bell, stop, .. } = *surroundings;
    let mut is_told = false;
    loop {
        life.sign();
        match workspace.take_turn() {
            Err(error) if error.code == Code::AnotherWorks => {
                if !is_told {
                    surroundings.talk(texts::WATCH_STANDS_BY.get(language));
                    log::event("standing by", std::process::id(), "");
                    // It does what it is there for: it is there when the other one is not.
                    ready(texts::WATCH_STANDS_BY.get(language));
                }
                is_told = true;
                bell.wait(STAND_BY, STAND_BY, stop)?;
            }
            turn => return turn,
        }
    }
}

/// Tells the service manager that the watch has begun.
fn ready(status: &str) {
    systemd::tell(&format!("READY=1\nSTATUS={status}"));
}

impl Surroundings<'_> {
    /// Tells people something, unless the log has their ear.
    fn talk(&self, text: &str) {
        if !self.log.is_talk() {
            out::talk(&format!("{}\n", text.trim_end()));
        }
    }
}
