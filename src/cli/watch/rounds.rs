//! The rounds of a watch: it looks at the folder, does what is whole, and waits.
//!
//! What enters: the turn, and what goes on around: rings, hints, the wish to stop. What leaves: files done.
//! What is refused: nothing but to stop. What goes wrong is told once, and once that it is well again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bordereau::diagnostic::{Code, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::Language;
use bordereau::pipeline::Stop;
use bordereau::report::render_error;
use bordereau::workspace::{Delivered, Observed, Queued, Standing, Turn, Watching, Workspace};

use super::super::inbox::{self, Context, Row, Wish};
use super::super::log::{self, Log};
use super::super::state::{By, LastResult, State};
use super::super::{Session, clock, out, purge, texts};
use super::bell::Bell;
use super::ears::Ears;
use super::life::{LEAST_ROOM, Life, Phase, Trouble};
use super::{Never, ready, systemd};

/// How long what is known of a watch may be old.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// How often it is written down while files are done.
const BREATH: Duration = Duration::from_secs(1);

/// No look follows another sooner, however much happens.
const SHORTEST: Duration = Duration::from_millis(10);

/// A look costs no more than this share of the time.
const SHARE: u32 = 10;

/// What goes on around the rounds.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'s> {
    pub(super) wish: &'s Wish,
    pub(super) every: Duration,
    pub(super) polls: bool,
    pub(super) address: Option<SocketAddr>,
    pub(super) session: &'s Session,
    pub(super) language: Language,
    pub(super) registry: &'s Registry,
    pub(super) log: &'s Log,
    pub(super) bell: &'s Arc<Bell>,
    pub(super) life: &'s Arc<Life>,
    pub(super) stop: &'s Stop,
}

/// The rounds.
pub(super) struct Rounds<'r> {
    workspace: &'r mut Workspace,
    turn: &'r Turn,
    _watching: Watching,
    around: Surroundings<'r>,
    folder: PathBuf,
    observed: Arc<Observed>,
    ears: Ears,
    /// Why the folder, or one below it, cannot be heard of; told once.
    deaf: Option<String>,
    /// What went wrong with the last look.
    trouble: Option<Code>,
    state: State,
    written: Instant,
}

/// What a look led to.
struct Looked {
    /// Whether a file was put away.
    has_done: bool,
    /// How long the look itself took.
    time: Duration,
}

impl<'r> Rounds<'r> {
    pub(super) fn new(workspace: &'r mut Workspace, turn: &'r Turn, around: Surroundings<'r>) -> Result<Self> {
        let watching = workspace.begin_watch(turn)?;
        let folder = around.wish.folder.clone().unwrap_or_else(|| workspace.root().join("inbox"));
        let mut state = State::begin(workspace.root(), By::Watch, folder.clone(), clock::now()?.to_string());
        state.done_file.clone_from(&around.wish.done_file);
        state.every = Some(around.every.as_secs());
        state.listen = around.address.map(|address| address.to_string());
        let observed = Arc::new(Observed::new(around.wish.settled));
        let ears = Ears::deaf(&observed, around.bell);
        let written = Instant::now();
        let (deaf, trouble) = (None, None);
        Ok(Self { workspace, turn, _watching: watching, around, folder, observed, ears, deaf, trouble, state, written })
    }

    /// Goes on until it is asked to stop.
    pub(super) fn go_on(mut self) -> Result<Never> {
        let language = self.around.language;
        if !self.around.polls
            && let Err(cause) = self.ears.open()
        {
            self.say_deaf(Some(cause));
        }
        self.hear_of_folders();
        let begins = texts::WATCH_BEGINS.with(language, &[("folder", &inbox::shown(&self.folder))]);
        log::event("watch begins", std::process::id(), &self.folder.display().to_string());
        self.around.life.facts().phase = Phase::Watching;
        self.write_state();
        ready(&begins);
        self.around.talk(&begins);
        let ended = loop {
            let looked = match self.look() {
                Ok(looked) => looked,
                Err(error) => break error,
            };
            let Surroundings { registry, stop, session, .. } = self.around;
            if let Err(error) = purge::daily(self.workspace, registry, stop, session).and_then(|()| self.wait(&looked))
            {
                break error;
            }
        };
        self.around.life.facts().phase = Phase::Watching;
        self.state.ended = clock::now().ok().map(|now| now.to_string());
        self.write_state();
        Err(ended)
    }

    /// Hears of the folders that are there now.
    fn hear_of_folders(&mut self) {
        // Whether the folder can be read is told by the look at it.
        let folders = self.workspace.drop_folders(Some(&self.folder)).unwrap_or_default();
        let fault = self.ears.turn_to(folders);
        self.say_deaf(fault);
    }

    /// Waits until there may be something to do.
    fn wait(&mut self, looked: &Looked) -> Result<()> {
        let Surroundings { every, bell, stop, .. } = self.around;
        if looked.has_done {
            return stop.check();
        }
        let due = self.observed.next_look(Instant::now()).unwrap_or(every);
        // What hinders is seldom gone in an instant, and a look at many files is not for nothing.
        let least = if self.trouble.is_some() { every } else { (looked.time * SHARE).clamp(SHORTEST, every) };
        bell.wait(least, due.min(every).max(least), stop).map(drop)
    }

    /// Looks at the folder and does what is whole.
    fn look(&mut self) -> Result<Looked> {
        let begun = Instant::now();
        self.around.life.sign();
        self.hear_of_folders();
        let (wish, observed) = (self.around.wish, Arc::clone(&self.observed));
        let request = wish.request(self.context(&observed));
        let found = self.workspace.queue(&request);
        let time = begun.elapsed();
        let queue = match found {
            Ok(queue) => queue,
            Err(error) => {
                self.note(&[], false)?;
                self.say_trouble(Some(error));
                return Ok(Looked { has_done: false, time });
            }
        };
        let is_begun = self.workspace.work_in_progress().is_ok_and(|begun| !begun.is_empty());
        let has_work = is_begun || queue.iter().any(|file| file.standing == Standing::Ready);
        self.note(&queue, true)?;
        if !has_work {
            self.say_trouble(None);
            return Ok(Looked { has_done: false, time });
        }
        let has_done = self.work()?;
        Ok(Looked { has_done, time })
    }

    /// Does what is whole. Whether a file was put away.
    fn work(&mut self) -> Result<bool> {
        let (around, observed) = (self.around, Arc::clone(&self.observed));
        let request = around.wish.request(self.context(&observed));
        around.life.facts().phase = Phase::Working;
        let mut has_done = false;
        let mut last = Instant::now();
        let (state, written, root) = (&mut self.state, &mut self.written, self.workspace.root().to_owned());
        let mut hear = |delivered: &Delivered| {
            let time = std::mem::replace(&mut last, Instant::now()).elapsed();
            around.life.sign();
            if inbox::is_put_off(delivered) {
                let path = delivered.place.as_deref().unwrap_or(&root);
                observed.put_off(path, last);
            } else {
                has_done = true;
            }
            let now = clock::now()?;
            around.life.facts().done(delivered, time, now.seconds(), around.language);
            log::done(delivered, time);
            state.keep(LastResult::of(delivered, now.to_string(), time));
            if written.elapsed() >= BREATH {
                state.write(&root);
                *written = last;
            }
            if !around.log.is_talk() {
                inbox::tell_error(delivered);
            }
            if around.wish.json {
                out::json_line("inbox-file", Row::of(delivered))
            } else {
                out::data(&(inbox::line(delivered, around.language) + "\n"))
            }
        };
        let ended = self.workspace.work_off(self.turn, &request, &clock::stamp, &mut hear);
        around.life.facts().phase = Phase::Watching;
        self.write_state();
        match ended {
            Err(error) if matches!(error.exit(), Exit::Interrupted | Exit::Terminated) => return Err(error),
            // A folder that is gone may come back, a disk that is full may be emptied: the next look tells.
            Err(error) => self.say_trouble(Some(error)),
            Ok(_) => self.say_trouble(None),
        }
        Ok(has_done && self.trouble.is_none())
    }

    fn context<'c>(&self, observed: &'c Observed) -> Context<'c>
    where
        'r: 'c,
    {
        let Surroundings { registry, language, life, stop, .. } = self.around;
        Context { registry, observed, language, progress: &**life, stop, dry_run: false }
    }

    /// Takes note of what lies in the folder, and tells it when it has changed, or from time to time.
    fn note(&mut self, queue: &[Queued], is_there: bool) -> Result<()> {
        let Surroundings { life, language, .. } = self.around;
        let now = clock::now()?;
        let free = self.workspace.free_space();
        let waiting = queue.iter().filter(|file| file.standing.is_waiting()).count();
        let has_changed = {
            let mut facts = life.facts();
            let before = (facts.queue.clone(), facts.troubles().len());
            facts.count(queue);
            facts.looks += 1;
            facts.failed_looks += u64::from(!is_there);
            if is_there {
                facts.last_look = Some(now.seconds());
            }
            facts.free = free;
            facts.ledger = self.workspace.ledger_bytes();
            facts.hearing = self.ears.is_hearing();
            facts.overflows = self.ears.overflows();
            facts.room = free.filter(|free| *free < LEAST_ROOM).map(|free| Trouble::little_room(free, language));
            if !queue.iter().any(|file| file.standing == Standing::PutOff) {
                facts.file = None;
            }
            facts.looks == 1 || before != (facts.queue.clone(), facts.troubles().len())
        };
        self.state.hold(queue);
        if is_there {
            self.state.last_look = Some(now.to_string());
        }
        if has_changed || self.written.elapsed() >= HEARTBEAT {
            self.write_state();
            let waiting = waiting.to_string();
            systemd::tell(&format!("STATUS={}", texts::WATCH_STATUS.with(language, &[("count", &waiting)])));
        }
        self.around.stop.check()
    }

    fn write_state(&mut self) {
        self.state.reasons = self.around.life.troubles();
        self.state.write(self.workspace.root());
        self.written = Instant::now();
    }

    /// Tells what stands in the way when that is new, and when nothing does any more.
    fn say_trouble(&mut self, error: Option<Error>) {
        let language = self.around.language;
        let code = error.as_ref().map(|error| error.code);
        self.around.life.facts().folder = error.as_ref().map(|error| Trouble::of(error, language));
        if code == self.trouble {
            return;
        }
        if let Some(error) = error {
            log::trouble(&error);
            self.around.talk(&render_error(&error, language));
        } else {
            log::well_again();
            self.around.talk(texts::WATCH_WELL_AGAIN.get(language));
        }
        self.trouble = code;
        self.write_state();
    }

    /// Tells that the system cannot tell what happens, when that is new.
    fn say_deaf(&mut self, cause: Option<String>) {
        if let Some(cause) = cause.as_deref().filter(|cause| Some(*cause) != self.deaf.as_deref()) {
            log::deaf(cause);
            let every = self.around.every.as_secs().to_string();
            self.around.talk(&texts::WATCH_DEAF.with(self.around.language, &[("cause", cause), ("seconds", &every)]));
        }
        self.deaf = cause;
    }
}
