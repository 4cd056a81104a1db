//! The numbers of a watch, in the text form that Prometheus reads (version 0.0.4).
//!
//! What enters: how a watch fares. What leaves: text. What is refused: nothing; what is not known is left out.

use std::fmt::Display;
use std::time::Duration;

use bordereau::workspace::Standing;

use super::life::{Life, Phase};

/// What the lines of a number are.
const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";

/// A page of numbers.
struct Page(String);

impl Page {
    /// A number with its lines: labels and value.
    fn number<L: Display, V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        lines: impl IntoIterator<Item = (L, V)>,
    ) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_none() {
            return;
        }
        self.0.extend(["# HELP bordereau_", name, " ", help, "\n# TYPE bordereau_", name, " ", kind, "\n"]);
        for (labels, value) in lines {
            self.0.extend([format!("bordereau_{name}{labels} {value}\n")]);
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.number(name, kind, help, [("", value)]);
    }
}

fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

/// All numbers.
pub(super) fn page(life: &Life) -> String {
    let is_well = life.troubles().is_empty();
    let up = life.up();
    let facts = life.facts().clone();
    let mut page = Page(String::with_capacity(4096));
    let version = concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    page.number("build_info", GAUGE, "The program.", [(version, 1)]);
    page.one("up_seconds", GAUGE, "For how long it has been running.", seconds(up));
    page.one("healthy", GAUGE, "1 when nothing hinders it (see /healthz).", u8::from(is_well));
    let phases = [Phase::StandingBy, Phase::Watching, Phase::Working];
    let phases = phases.map(|phase| (format!("{{phase=\"{}\"}}", phase.name()), u8::from(phase == facts.phase)));
    page.number("phase", GAUGE, "What it is at.", phases);
    let files = facts.files.iter();
    page.number(
        "files_total",
        COUNTER,
        "Files by kind and outcome.",
        files.map(|((errand, outcome), count)| (format!("{{errand=\"{errand}\",outcome=\"{outcome}\"}}"), *count)),
    );
    let lines = facts.work.iter().flat_map(|(errand, work)| {
        let label = move |result| format!("{{errand=\"{errand}\",result=\"{result}\"}}");
        ["read", "taken", "refused"].map(label).into_iter().zip(work.counts)
    });
    page.number("lines_total", COUNTER, "Lines, entries and answers by kind and result.", lines);
    let by_errand = |errand: &&'static str| format!("{{errand=\"{errand}\"}}");
    let bytes = facts.work.iter().map(|(errand, work)| (by_errand(errand), work.bytes));
    page.number("bytes_total", COUNTER, "Bytes of files by kind.", bytes);
    let time = facts.work.iter().map(|(errand, work)| (by_errand(errand), seconds(work.time)));
    page.number("busy_seconds_total", COUNTER, "Time spent on files by kind.", time);
    let queue = Standing::ALL.map(|standing| {
        let count = facts.queue.get(&standing).copied().unwrap_or_default();
        (format!("{{standing=\"{}\"}}", standing.name()), count)
    });
    page.number("queue_files", GAUGE, "Files in the folder at the last look.", queue);
    let oldest = seconds(facts.oldest.unwrap_or_default());
    page.one("queue_oldest_seconds", GAUGE, "For how long the oldest of them has been known.", oldest);
    page.one("looks_total", COUNTER, "How often the folder was looked at.", facts.looks);
    page.one("failed_looks_total", COUNTER, "How often it could not be looked at.", facts.failed_looks);
    let moment = |moment: Option<i64>| moment.map(|moment| ("", moment));
    page.number("last_look_timestamp_seconds", GAUGE, "When it was last looked at.", moment(facts.last_look));
    page.number("last_file_timestamp_seconds", GAUGE, "When a file was last done.", moment(facts.last_file));
    page.one("events_heard", GAUGE, "1 when the system tells what happens in the folder.", u8::from(facts.hearing));
    page.one("event_overflows_total", COUNTER, "How often it told less than happened.", facts.overflows);
    page.number("disk_free_bytes", GAUGE, "Room where the workspace is.", facts.free.map(|free| ("", free)));
    page.one("ledger_bytes", GAUGE, "Length of the ledger.", facts.ledger);
    page.0
}
