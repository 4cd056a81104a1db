//! `run` and `watch`: what is dropped into a folder is done, once or as long as it is wanted.
//!
//! What enters: a workspace, perhaps another folder than its inbox, what the user chose. What leaves: the files where what became
//! of them says, and a line for each.
//! What is refused: a second one who works in the workspace at the same time; `watch` waits until the other one ends.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::{Errand, Language};
use bordereau::pipeline::Stop;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::report::{escape, render_error};
use bordereau::workspace::{Delivered, InboxRequest, Turn, Workspace};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, clock, out, purge, signals, texts};

/// How long `watch` sleeps before it looks whether it is asked to stop.
const NAP: Duration = Duration::from_millis(100);

/// What files are there for, as it is typed.
const ERRANDS: [&str; 6] = ["order", "deposit", "work-order", "order-response", "claim-answer", "catalogue"];

/// What can be typed to work a folder off once.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_RUN,
        usage: texts::USAGE_RUN,
        examples: Some(texts::EXAMPLES_RUN),
        after: Some(texts::AFTER_RUN),
        exit_codes: true,
    };
    let dry_run = builder.flag("dry-run", texts::HELP_RUN_DRY_RUN);
    builder.command("run", page, arguments(builder, "0").into_iter().chain([dry_run]))
}

/// What can be typed to work a folder off as long as it is wanted.
pub(crate) fn watch_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WATCH,
        usage: texts::USAGE_WATCH,
        examples: Some(texts::EXAMPLES_WATCH),
        after: Some(texts::AFTER_WATCH),
        exit_codes: true,
    };
    let every = builder
        .option("every", texts::VALUE_SECONDS, texts::HELP_WATCH_EVERY)
        .default_value("2")
        .hide_default_value(true);
    let every = every.value_parser(value_parser!(u64).range(1..=86_400));
    builder.command("watch", page, arguments(builder, "2").into_iter().chain([every]))
}

fn arguments(builder: Builder, settled: &'static str) -> [Arg; 5] {
    [
        builder.positional("folder", texts::VALUE_FOLDER, texts::HELP_RUN_FOLDER).value_parser(value_parser!(PathBuf)),
        builder
            .choice("only", texts::VALUE_ERRAND, texts::HELP_RUN_ONLY, &ERRANDS)
            .value_delimiter(',')
            .action(ArgAction::Append),
        builder
            .option("settled", texts::VALUE_SECONDS, texts::HELP_RUN_SETTLED)
            .value_parser(value_parser!(u64).range(0..=86_400))
            .default_value(settled)
            .hide_default_value(true),
        builder
            .option("jobs", texts::VALUE_NUMBER, texts::HELP_RUN_JOBS)
            .value_parser(value_parser!(u64).range(1..=1024)),
        builder.json(),
    ]
}

/// How people and programs call what a file is there for.
const fn word(errand: Errand) -> Word {
    let text = match errand {
        Errand::Order => texts::ERRAND_ORDER,
        Errand::Deposit => texts::ERRAND_DEPOSIT,
        Errand::WorkOrder => texts::ERRAND_WORK_ORDER,
        Errand::OrderResponse => texts::ERRAND_ORDER_RESPONSE,
        Errand::ClaimAnswer => texts::ERRAND_CLAIM_ANSWER,
        Errand::Catalogue => texts::ERRAND_CATALOGUE,
    };
    Word { name: errand.name(), text }
}

/// How a file ended, in a word.
const fn ending(exit: Exit) -> Word {
    match exit {
        Exit::Accepted => Word { name: "accepted", text: texts::ENDED_ACCEPTED },
        Exit::Partial => Word { name: "partial", text: texts::ENDED_PARTIAL },
        Exit::Duplicate => Word { name: "duplicate", text: texts::ENDED_DUPLICATE },
        Exit::Rejected | Exit::Unreadable => Word { name: "rejected", text: texts::ENDED_REJECTED },
        Exit::Internal => Word { name: "quarantined", text: texts::ENDED_QUARANTINED },
        _ => Word { name: "later", text: texts::ENDED_LATER },
    }
}

/// What was typed.
struct Wish {
    folder: Option<PathBuf>,
    only: Vec<Errand>,
    settled: Duration,
    jobs: Option<usize>,
    dry_run: bool,
    json: bool,
}

impl Wish {
    fn of(matches: &ArgMatches) -> Self {
        let only = matches.get_many::<String>("only").unwrap_or_default();
        let seconds = |name: &str| Duration::from_secs(matches.get_one::<u64>(name).copied().unwrap_or_default());
        Self {
            folder: matches.get_one::<PathBuf>("folder").cloned(),
            only: only.filter_map(|name| Errand::from_name(&name.replace('-', "_"))).collect(),
            settled: seconds("settled"),
            jobs: matches.get_one::<u64>("jobs").and_then(|jobs| usize::try_from(*jobs).ok()),
            dry_run: matches.try_get_one::<bool>("dry-run").ok().flatten().copied().unwrap_or_default(),
            json: matches.get_flag("json"),
        }
    }

    fn request<'r>(&'r self, registry: &'r Registry, language: Language, stop: &'r Stop) -> InboxRequest<'r> {
        InboxRequest {
            folder: self.folder.as_deref(),
            only: &self.only,
            registry,
            settled: self.settled,
            jobs: self.jobs,
            dry_run: self.dry_run,
            language,
            progress: &(),
            stop,
        }
    }

    /// A folder that is not there is a slip, before anything is done.
    fn check(&self) -> Result<()> {
        match &self.folder {
            Some(folder) if !folder.is_dir() => {
                Err(Error::new(Code::FileNotFound, Arguments::none().with("path", folder.display())))
            }
            _ => Ok(()),
        }
    }
}

/// Works a folder off once.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let wish = Wish::of(matches);
    wish.check()?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let turn = workspace.take_turn()?;
    let stop = signals::listen(session.language);
    let mut done = Vec::new();
    let exit = {
        let mut hear = |delivered: &Delivered| {
            tell_error(delivered);
            done.push(Row::of(delivered));
            Ok(())
        };
        workspace.work_off(&turn, &wish.request(&registry, session.language, &stop), &clock::stamp, &mut hear)?
    };
    if !wish.dry_run {
        purge::daily(&mut workspace, &registry, &stop, session)?;
    }
    if wish.json {
        out::json("inbox-run", RunObject { exit: exit.code(), dry_run: wish.dry_run, files: &done })?;
        return Ok(exit);
    }
    let count = done.len();
    let list = listing(done);
    if count > 0 {
        out::stream(|out| list.write_table(out, out::width(), session.language))?;
    } else {
        out::talk(&format!("{}\n", texts::RUN_NOTHING.get(session.language)));
    }
    Ok(exit)
}

/// Works a folder off until it is asked to stop. Asked by the system, that is no fault.
pub(crate) fn watch(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let wish = Wish::of(matches);
    wish.check()?;
    let every = Duration::from_secs(matches.get_one::<u64>("every").copied().unwrap_or(2));
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let stop = signals::listen(session.language);
    let ended = wait_for_turn(&workspace, session.language, &stop)
        .and_then(|turn| go_on(&mut workspace, &turn, &wish, every, session, &registry, &stop));
    systemd::tell("STOPPING=1");
    match ended {
        Err(error) if error.code == Code::Terminated => Ok(Exit::Accepted),
        Err(error) => Err(error),
        Ok(never) => match never {},
    }
}

/// Nothing: what never ends gives nothing.
enum Never {}

fn go_on(
    workspace: &mut Workspace,
    turn: &Turn,
    wish: &Wish,
    every: Duration,
    session: &Session,
    registry: &Registry,
    stop: &Stop,
) -> Result<Never> {
    let language = session.language;
    let folder = wish.folder.clone().unwrap_or_else(|| workspace.root().join("inbox"));
    systemd::tell("READY=1");
    out::talk(&format!("{}\n", texts::WATCH_BEGINS.with(language, &[("folder", &shown(&folder))])));
    loop {
        let mut hear = |delivered: &Delivered| {
            tell_error(delivered);
            let row = Row::of(delivered);
            if wish.json { out::json("inbox-file", row) } else { out::data(&(line(delivered, language) + "\n")) }
        };
        match workspace.work_off(turn, &wish.request(registry, language, stop), &clock::stamp, &mut hear) {
            Ok(_) => {}
            Err(error) if matches!(error.code, Code::Interrupted | Code::Terminated) => return Err(error),
            // A folder that is gone may come back, a disk that is full may be emptied: the next look tells.
            Err(error) => out::talk(&render_error(&error, language)),
        }
        purge::daily(workspace, registry, stop, session)?;
        sleep(every, stop)?;
    }
}

/// Waits until nobody else works in the workspace.
fn wait_for_turn(workspace: &Workspace, language: Language, stop: &Stop) -> Result<Turn> {
    let mut told = false;
    loop {
        match workspace.take_turn() {
            Err(error) if error.code == Code::AnotherWorks => {
                if !told {
                    out::talk(&format!("{}\n", texts::WATCH_STANDS_BY.get(language)));
                }
                told = true;
                sleep(Duration::from_secs(1), stop)?;
            }
            turn => return turn,
        }
    }
}

fn sleep(time: Duration, stop: &Stop) -> Result<()> {
    let mut left = time;
    while !left.is_zero() {
        stop.check()?;
        let nap = left.min(NAP);
        std::thread::sleep(nap);
        left -= nap;
    }
    stop.check()
}

/// Why a file could not be read.
fn tell_error(delivered: &Delivered) {
    if delivered.fault.is_some() {
        out::talk(&format!("{}\n{}", escape(&delivered.file), delivered.said));
    }
}

/// What became of a file, in a line.
fn line(delivered: &Delivered, language: Language) -> String {
    let counts = delivered.counts.map(|count| count.to_string());
    let place = delivered.place.as_deref().map(shown).unwrap_or_default();
    let filled = [
        ("file", &*escape(&delivered.file)),
        ("errand", word(delivered.errand).text.get(language)),
        ("ended", ending(delivered.exit).text.get(language)),
        ("taken", &counts[1]),
        ("refused", &counts[2]),
        ("place", &place),
    ];
    texts::WATCH_LINE.with(language, &filled)
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

/// What became of a file, for lists and programs.
#[derive(Serialize)]
struct Row {
    file: String,
    bytes: u64,
    errand: &'static str,
    outcome: &'static str,
    exit: u8,
    number: Option<i64>,
    read: u64,
    taken: u64,
    refused: u64,
    place: Option<String>,
    error: Option<&'static str>,
    #[serde(skip)]
    words: (Errand, Exit),
}

impl Row {
    fn of(delivered: &Delivered) -> Self {
        let Delivered { file, bytes, errand, exit, number, counts: [read, taken, refused], place, fault, .. } =
            delivered;
        Self {
            file: file.clone(),
            bytes: *bytes,
            errand: errand.name(),
            outcome: ending(*exit).name,
            exit: exit.code(),
            number: *number,
            read: *read,
            taken: *taken,
            refused: *refused,
            place: place.as_ref().map(|place| place.display().to_string()),
            error: fault.map(Code::name),
            words: (*errand, *exit),
        }
    }
}

#[derive(Serialize)]
struct RunObject<'r> {
    exit: u8,
    dry_run: bool,
    files: &'r [Row],
}

fn listing(rows: Vec<Row>) -> Listing<Row> {
    type Of = Column<Row>;

    let columns = [
        Of::text("file", texts::COLUMN_FILE, |row| Some(row.file.as_str().into())),
        Of::word("errand", texts::COLUMN_ERRAND, |row| Some(word(row.words.0))),
        Of::word("outcome", texts::COLUMN_OUTCOME, |row| row.place.as_ref().map(|_| ending(row.words.1))),
        Of::number("read", texts::IMPORT_READ, |row| i64::try_from(row.read).ok()).totalled(),
        Of::number("taken", texts::IMPORT_ACCEPTED, |row| i64::try_from(row.taken).ok()).totalled(),
        Of::number("refused", texts::IMPORT_REJECTED, |row| i64::try_from(row.refused).ok()).totalled(),
        Of::text("place", texts::COLUMN_PLACE, |row| row.place.as_deref().map(Into::into)),
    ];
    Listing::new("inbox-run", columns, rows)
}

/// What the service manager of Linux wants to know.
mod systemd {
    /// Tells it, if it asked to be told.
    #[cfg(unix)]
    pub(super) fn tell(state: &str) {
        let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
        // Whether anybody hears it is not our concern.
        drop(std::os::unix::net::UnixDatagram::unbound().and_then(|from| from.send_to(state.as_bytes(), socket)));
    }

    #[cfg(not(unix))]
    pub(super) fn tell(_: &str) {}
}
