//! `status`: how a workspace fares at this moment.
//!
//! What enters: a workspace, what the last run or watch left to be known of it. What leaves: what waits, what is being done, what
//! was done last, how much room there is, what stands in the way.
//! What is refused: a folder that cannot be read is told, not refused; something in the way makes an exit code of 3.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bordereau::diagnostic::{Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::{Errand, Language, Moment, Zone};
use bordereau::pipeline::Stop;
use bordereau::report::text::Text;
use bordereau::report::{escape, shown_moment};
use bordereau::workspace::{Observed, Queued, Standing, Workspace};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::inbox::{self, Context, Wish};
use super::state::{By, LastResult, State};
use super::watch::{LEAST_ROOM, Trouble};
use super::{Session, clock, out, texts};

/// So many files and results are named to people; programs get all that are known.
const NAMED: usize = 10;

/// A watch that looked no more for so long, besides its pauses, hangs.
const PATIENCE: u64 = 180;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_STATUS,
        usage: texts::USAGE_STATUS,
        examples: Some(texts::EXAMPLES_STATUS),
        after: Some(texts::AFTER_STATUS),
        exit_codes: false,
    };
    let folder = builder
        .positional("folder", texts::VALUE_FOLDER, texts::HELP_STATUS_FOLDER)
        .value_parser(value_parser!(PathBuf))
        .action(ArgAction::Set);
    let arguments: [Arg; 3] = [folder, inbox::done_file(builder), builder.json()];
    builder.command("status", page, arguments)
}

/// Shows how it fares.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let status = Status::of(&workspace, &registry, matches, session.language)?;
    if matches.get_flag("json") {
        out::json("status", &status)?;
    } else {
        out::data(&status.page(registry.clocks()?, session.language))?;
    }
    Ok(if status.reasons.is_empty() { Exit::Accepted } else { Exit::Partial })
}

/// A watch, running or not.
#[derive(Serialize)]
struct Watch {
    running: bool,
    pid: Option<u32>,
    since: Option<String>,
    listen: Option<String>,
    last_look: Option<String>,
}

/// A file that waits.
#[derive(Serialize)]
struct Entry {
    file: String,
    bytes: u64,
    standing: &'static str,
    /// How old it is, as its file system says; nothing when it is from the future.
    age_seconds: Option<u64>,
    #[serde(skip)]
    place: Standing,
}

/// A file that is being done, or was begun by a run that ended in between.
#[derive(Serialize)]
struct InWork {
    file: String,
    bytes: u64,
}

/// How a workspace fares.
#[derive(Serialize)]
struct Status {
    healthy: bool,
    reasons: Vec<Trouble>,
    watch: Watch,
    /// Whether somebody works here: a watch, or a run.
    at_work: bool,
    folder: PathBuf,
    done_file: Option<String>,
    queue: BTreeMap<&'static str, usize>,
    oldest_seconds: Option<u64>,
    files: Vec<Entry>,
    in_work: Vec<InWork>,
    results: Vec<LastResult>,
    quarantined: usize,
    disk_free_bytes: Option<u64>,
    ledger_bytes: u64,
    temporary_names: Vec<String>,
}

impl Status {
    fn of(workspace: &Workspace, registry: &Registry, matches: &ArgMatches, language: Language) -> Result<Self> {
        let state = State::read(workspace.root());
        let running = workspace.is_watched();
        let of_watch = state.as_ref().filter(|state| running && state.by == By::Watch);
        let wish = Wish {
            folder: matches
                .get_one::<PathBuf>("folder")
                .cloned()
                .or_else(|| of_watch.map(|state| state.folder.clone())),
            only: Vec::new(),
            settled: Duration::ZERO,
            jobs: None,
            done_file: inbox::typed_done_file(matches)?.or_else(|| of_watch.and_then(|state| state.done_file.clone())),
            json: false,
        };
        let mut reasons = of_watch.map(|state| state.reasons.clone()).unwrap_or_default();
        let (observed, stop) = (Observed::new(Duration::ZERO), Stop::default());
        let context = Context { registry, observed: &observed, language, progress: &(), stop: &stop, dry_run: true };
        let queue = workspace.queue(&wish.request(context)).unwrap_or_else(|error: Error| {
            add(&mut reasons, Trouble::of(&error, language));
            Vec::new()
        });
        let in_work = workspace.work_in_progress()?;
        if let Some(state) = state.as_ref().filter(|state| !running && state.by == By::Watch && state.ended.is_none()) {
            add(&mut reasons, Trouble::died(state.pid, language));
        }
        if let Some(late) = of_watch.filter(|_| in_work.is_empty()).and_then(late) {
            add(&mut reasons, Trouble::overdue(late, language));
        }
        let free = workspace.free_space();
        if let Some(free) = free.filter(|free| *free < LEAST_ROOM) {
            add(&mut reasons, Trouble::little_room(free, language));
        }
        let now = SystemTime::now();
        let files: Vec<_> = queue.into_iter().map(|file| Entry::of(file, of_watch, now)).collect();
        let mut counts: BTreeMap<_, _> = Standing::ALL.map(|standing| (standing.name(), 0)).into();
        for file in &files {
            *counts.entry(file.standing).or_default() += 1;
        }
        Ok(Self {
            healthy: reasons.is_empty(),
            reasons,
            watch: Watch {
                running,
                pid: of_watch.map(|state| state.pid),
                since: of_watch.map(|state| state.begun.clone()),
                listen: of_watch.and_then(|state| state.listen.clone()),
                last_look: of_watch.and_then(|state| state.last_look.clone()),
            },
            at_work: running || workspace.is_worked_in(),
            folder: wish.folder.unwrap_or_else(|| workspace.root().join("inbox")),
            done_file: wish.done_file,
            queue: counts,
            oldest_seconds: files
                .iter()
                .filter(|file| file.place.is_waiting())
                .filter_map(|file| file.age_seconds)
                .max(),
            files,
            in_work: in_work.into_iter().map(|(file, bytes)| InWork { file, bytes }).collect(),
            results: state.map(|state| state.results.into()).unwrap_or_default(),
            quarantined: workspace.quarantined(),
            disk_free_bytes: free,
            ledger_bytes: workspace.ledger_bytes(),
            temporary_names: registry.temporary_names().map(str::to_owned).collect(),
        })
    }

    /// The page for people, who go by the clocks of `zone`.
    fn page(&self, zone: &Zone, language: Language) -> String {
        let mut page = String::new();
        let mut line = |label: Text, said: &str| {
            let label = label.get(language);
            let pad = 18_usize.saturating_sub(label.chars().count());
            page.extend([label, &" ".repeat(pad), said, "\n"]);
        };
        line(texts::STATUS_WATCH, &self.watch_line(zone, language));
        line(texts::STATUS_FOLDER, &inbox::shown(&self.folder));
        if let Some(ending) = &self.done_file {
            line(texts::STATUS_DONE_FILES, &escape(ending));
        }
        line(texts::STATUS_QUEUE, &self.queue_line(language));
        if self.queue[Standing::Temporary.name()] > 0 {
            line(texts::STATUS_PASSED_OVER, &self.temporary_names.join(" "));
        }
        for file in self.files.iter().take(NAMED) {
            let (name, bytes) = (escape(&file.file), file.bytes.to_string());
            let words = [("file", &*name), ("bytes", &bytes), ("standing", standing(file.place).get(language))];
            line(texts::STATUS_FILES, &texts::STATUS_FILE.with(language, &words));
        }
        if let Some(more) = self.files.len().checked_sub(NAMED).filter(|more| *more > 0) {
            line(texts::STATUS_FILES, &texts::STATUS_MORE.with(language, &[("count", &more.to_string())]));
        }
        for file in self.in_work.iter().take(NAMED) {
            let what = if self.at_work { texts::STATUS_IN_WORK } else { texts::STATUS_LEFT_BEHIND };
            line(what, &escape(&file.file));
        }
        for result in self.results.iter().rev().take(NAMED) {
            line(texts::STATUS_RESULT, &result_line(result, zone, language));
        }
        line(texts::STATUS_QUARANTINE, &self.quarantined.to_string());
        let megabytes = |bytes: u64| (bytes >> 20).to_string();
        let free = self.disk_free_bytes.map_or_else(|| "?".to_owned(), megabytes);
        line(texts::STATUS_DISK, &texts::STATUS_MEGABYTES.with(language, &[("count", &free)]));
        let ledger = (self.ledger_bytes >> 10).to_string();
        line(texts::STATUS_LEDGER, &texts::STATUS_KILOBYTES.with(language, &[("count", &ledger)]));
        for reason in &self.reasons {
            line(texts::STATUS_TROUBLE, &format!("{} [{}]", escape(&reason.said), reason.code));
        }
        if self.reasons.is_empty() {
            line(texts::STATUS_TROUBLE, texts::STATUS_NO_TROUBLE.get(language));
        }
        page
    }

    fn watch_line(&self, zone: &Zone, language: Language) -> String {
        let Watch { running, pid, since, listen, .. } = &self.watch;
        if !running {
            let text = if self.at_work { texts::STATUS_RUN_AT_WORK } else { texts::STATUS_NOT_RUNNING };
            return text.get(language).to_owned();
        }
        let (Some(pid), Some(since)) = (pid, since) else { return texts::STATUS_RUNNING.get(language).to_owned() };
        let said = texts::STATUS_RUNNING_SINCE
            .with(language, &[("pid", &pid.to_string()), ("moment", &shown(since, zone, language))]);
        listen.as_ref().map_or_else(|| said.clone(), |address| format!("{said}, http://{address}"))
    }

    fn queue_line(&self, language: Language) -> String {
        let counted =
            Standing::ALL.into_iter().map(|each| (each, self.queue[each.name()])).filter(|(_, count)| *count > 0);
        let said: Vec<_> = counted.map(|(each, count)| format!("{count} {}", standing(each).get(language))).collect();
        if said.is_empty() { texts::STATUS_EMPTY.get(language).to_owned() } else { said.join(", ") }
    }
}

impl Entry {
    fn of(file: Queued, watch: Option<&State>, now: SystemTime) -> Self {
        // A single look cannot tell whether somebody writes to it; who has watched it can.
        let held = watch.and_then(|state| state.held.get(&file.name));
        let is = |standing: Standing| held.is_some_and(|held| held == standing.name());
        let place = match file.standing {
            Standing::Ready if is(Standing::BeingWritten) => Standing::BeingWritten,
            Standing::Ready if is(Standing::PutOff) => Standing::PutOff,
            standing => standing,
        };
        let age = file.modified.and_then(|modified| now.duration_since(modified).ok());
        let age_seconds = age.map(|age| age.as_secs());
        Self { file: file.name, bytes: file.bytes, standing: place.name(), age_seconds, place }
    }
}

/// Adds what is not told yet.
fn add(reasons: &mut Vec<Trouble>, trouble: Trouble) {
    if !reasons.iter().any(|other| other.code == trouble.code) {
        reasons.push(trouble);
    }
}

/// How long a watch has looked no more that should have.
fn late(state: &State) -> Option<u64> {
    let last = Moment::parse(state.last_look.as_ref()?)?;
    let since = u64::try_from(clock::now().ok()?.seconds() - last.seconds()).ok()?;
    (since > PATIENCE + state.every.unwrap_or_default() * 2).then_some(since)
}

const fn standing(standing: Standing) -> Text {
    match standing {
        Standing::Ready => texts::STANDING_READY,
        Standing::BeingWritten => texts::STANDING_BEING_WRITTEN,
        Standing::PutOff => texts::STANDING_PUT_OFF,
        Standing::Unmarked => texts::STANDING_UNMARKED,
        Standing::Temporary => texts::STANDING_TEMPORARY,
        Standing::Foreign => texts::STANDING_FOREIGN,
    }
}

/// A moment that a watch has written down.
fn shown(moment: &str, zone: &Zone, language: Language) -> String {
    Moment::parse(moment).map_or_else(|| moment.to_owned(), |at| shown_moment(at, zone, language))
}

fn result_line(result: &LastResult, zone: &Zone, language: Language) -> String {
    let errand = Errand::from_name(&result.errand).map_or("", |errand| inbox::word(errand).text.get(language));
    let words = [
        ("moment", &*shown(&result.at, zone, language)),
        ("file", &escape(&result.file)),
        ("errand", errand),
        ("ended", inbox::ended(&result.outcome).map_or("", |text| text.get(language))),
        ("taken", &result.taken.to_string()),
        ("refused", &result.refused.to_string()),
    ];
    texts::STATUS_RESULT_LINE.with(language, &words)
}
