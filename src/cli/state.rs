//! What the last `run` or `watch` left to be known of it: `work/state.json`.
//!
//! What enters: what it did and sees. What leaves: a small file that is whole at any moment, and its content again.
//! What is refused: nothing; a file that cannot be read says nothing, one that cannot be written is not worth a night's work.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bordereau::pipeline::write_file;
use bordereau::workspace::{Delivered, Queued, Standing};
use serde::{Deserialize, Serialize};

use super::inbox;
use super::watch::Trouble;

/// Where it is, below the workspace.
const FILE: &str = "work/state.json";

/// So many results are kept.
const RESULTS: usize = 20;

/// So many files that are held back are named.
const HELD: usize = 1000;

/// Who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    Run,
    Watch,
}

/// What became of a file, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastResult {
    pub(crate) at: String,
    pub(crate) file: String,
    pub(crate) errand: String,
    pub(crate) outcome: String,
    pub(crate) exit: u8,
    pub(crate) number: Option<i64>,
    pub(crate) read: u64,
    pub(crate) taken: u64,
    pub(crate) refused: u64,
    pub(crate) place: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) milliseconds: u64,
}

impl LastResult {
    pub(crate) fn of(delivered: &Delivered, at: String, time: Duration) -> Self {
        let [read, taken, refused] = delivered.counts;
        Self {
            at,
            file: delivered.file.clone(),
            errand: delivered.errand.name().to_owned(),
            outcome: inbox::outcome(delivered).name.to_owned(),
            exit: delivered.exit.code(),
            number: delivered.number,
            read,
            taken,
            refused,
            place: delivered.place.as_ref().map(|place| place.display().to_string()),
            error: delivered.fault.map(|code| code.name().to_owned()),
            milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// What is known of the last run or watch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) version: u32,
    pub(crate) by: By,
    pub(crate) pid: u32,
    pub(crate) begun: String,
    /// When it ended; one that was killed did not say so.
    pub(crate) ended: Option<String>,
    pub(crate) folder: PathBuf,
    pub(crate) done_file: Option<String>,
    pub(crate) every: Option<u64>,
    pub(crate) listen: Option<String>,
    pub(crate) last_look: Option<String>,
    pub(crate) reasons: Vec<Trouble>,
    /// Files that are not taken yet, and why.
    pub(crate) held: BTreeMap<String, String>,
    /// The last ones, the newest at the end.
    pub(crate) results: VecDeque<LastResult>,
}

impl State {
    /// The state of one who begins, with the results of those before it.
    pub(crate) fn begin(root: &Path, by: By, folder: PathBuf, begun: String) -> Self {
        Self {
            version: 1,
            by,
            pid: std::process::id(),
            begun,
            ended: None,
            folder,
            done_file: None,
            every: None,
            listen: None,
            last_look: None,
            reasons: Vec::new(),
            held: BTreeMap::new(),
            results: Self::read(root).map(|before| before.results).unwrap_or_default(),
        }
    }

    /// What was left there.
    pub(crate) fn read(root: &Path) -> Option<Self> {
        let text = std::fs::read(root.join(FILE)).ok()?;
        serde_json::from_slice::<Self>(&text).ok().filter(|state| state.version == 1)
    }

    /// Keeps a result; the oldest goes.
    pub(crate) fn keep(&mut self, result: LastResult) {
        while self.results.len() >= RESULTS {
            self.results.pop_front();
        }
        self.results.push_back(result);
    }

    /// Takes note of the files that are not taken yet.
    pub(crate) fn hold(&mut self, queue: &[Queued]) {
        let held = queue.iter().filter(|file| matches!(file.standing, Standing::BeingWritten | Standing::PutOff));
        self.held = held.take(HELD).map(|file| (file.name.clone(), file.standing.name().to_owned())).collect();
    }

    /// Leaves it there. It need not survive a power cut: nothing does that it tells of.
    pub(crate) fn write(&self, root: &Path) {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        drop(write_file(&root.join(FILE), false, |file| std::io::Write::write_all(file, &text)));
    }
}
