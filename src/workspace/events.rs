//! The file of events of a workspace: what happened, one line of JSON after the other, for programs that read along.
//!
//! The ledger has events first, the file follows. Each event gets into it once, in order: the last line tells how far it is,
//! a line that was torn by an interruption is cut off and written again. Whoever takes the file away gets a new one with
//! what happens from then on.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::Workspace;
use crate::diagnostic::{Code, Error, Result};
use crate::ledger::{Event, EventBook as _, EventId};
use crate::report::event_json;

/// Where it is, below the folder of the workspace.
const EVENTS: &str = "out/events.ndjson";

/// How many events are written at once.
const BATCH: u32 = 1000;

/// How much of the end of the file is looked at: more than the longest line.
const TAIL: u64 = 1 << 20;

impl Workspace {
    /// Where the file of events is.
    pub fn events_path(&self) -> PathBuf {
        self.root.join(EVENTS)
    }

    /// Writes the events that the file lacks.
    pub fn write_events(&mut self) -> Result<()> {
        if self.ledger.events_after(self.ledger.last_written_event()?, 1)?.is_empty() {
            return Ok(());
        }
        let path = self.events_path();
        let failed = |error| Error::io(&path, Code::WriteFailed, error);
        let is_new = !path.exists();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file =
            File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        // Whoever else writes waits, and finds then that there is nothing left to do. Closing the file ends it.
        file.lock().map_err(failed)?;
        let in_file = mend(&mut file).map_err(failed)?;
        let mut last = self.ledger.last_written_event()?.max(in_file);
        loop {
            let events = self.ledger.events_after(last, BATCH)?;
            let Some(newest) = events.last().map(|event| event.id) else { break };
            append(&mut file, &events, self.sync).map_err(failed)?;
            last = newest;
        }
        if is_new && self.sync {
            sync_parent(&path).map_err(failed)?;
        }
        self.ledger.events_written(last)
    }
}

fn append(file: &mut File, events: &[Event], sync: bool) -> io::Result<()> {
    let lines: String = events.iter().map(event_json).collect();
    file.write_all(lines.as_bytes())?;
    if sync { file.sync_data() } else { Ok(()) }
}

/// Makes the name of a new file last.
fn sync_parent(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    File::open(folder)?.sync_all()
}

/// Cuts a torn line off the end of the file, which is then where it stands; tells the last event in it.
fn mend(file: &mut File) -> io::Result<EventId> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    (&*file).take(TAIL).read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    if whole == 0 && start > 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no line ends in its last MiB: no file of events"));
    }
    if whole < tail.len() {
        file.set_len(start + whole as u64)?;
        file.seek(SeekFrom::End(0))?;
    }
    let mut lines = tail[..whole].split(|byte| *byte == b'\n').rev().filter(|line| !line.is_empty());
    Ok(lines.next().and_then(number).unwrap_or_default())
}

/// The number of the event of a line; what is no line of ours has none.
fn number(line: &[u8]) -> Option<EventId> {
    let object: serde_json::Value = serde_json::from_slice(line).ok()?;
    (object["kind"] == "event").then(|| object["number"].as_i64().map(EventId))?
}
