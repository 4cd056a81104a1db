//! A workspace with files in its inbox, of which is known what was dropped, and how faults in it are counted.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::checker::{Case, Dropped, Judgement, Promise, judge};
use crate::support::{Desk, Ended, copy, program, samples};

/// Whether all faults are wanted, not only a choice.
pub(crate) fn is_full() -> bool {
    std::env::var_os("BORDEREAU_FAULTS").is_some_and(|value| value == "full")
}

/// This much, or that much when all faults are wanted.
pub(crate) fn much<T>(choice: T, full: T) -> T {
    if is_full() { full } else { choice }
}

/// Whether a tool is there; whoever wants all faults must have it.
pub(crate) fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        passed_over(&format!("there is no {tool} on this machine"));
    }
    found
}

/// Says why a fault is not planted.
pub(crate) fn passed_over(why: &str) {
    assert!(!is_full(), "{why}, and all faults are wanted");
    eprintln!("passed over: {why}");
}

/// Something that is known to be wrong and is told in `docs/reliability.md`.
pub(crate) struct Gap {
    /// What it is called there.
    pub(crate) name: &'static str,
    /// What a judgement says of it, and after which faults it may; a gap that has a test of its own says nothing.
    seen: Option<(Promise, &'static str, &'static [&'static str])>,
}

impl Gap {
    const fn of(name: &'static str) -> Self {
        Self { name, seen: None }
    }

    const fn seen(name: &'static str, promise: Promise, says: &'static str, after: &'static [&'static str]) -> Self {
        Self { name, seen: Some((promise, says, after)) }
    }
}

/// The faults that end a run in the middle of a file.
const ENDED: &[&str] = &["F01", "F02", "F05", "F06", "F07", "F08", "soak"];

/// All of them.
pub(crate) const GAPS: [Gap; 8] = [
    Gap::seen("a word is missing", Promise::SaysSo, "no code beside ", ENDED),
    Gap::seen("a workbook is missing", Promise::SaysSo, "no workbook to correct beside ", ENDED),
    Gap::seen("a second copy", Promise::NoLoss, "dropped 1 times, there 2 times: claims-list.csv", &["F07", "F08"]),
    Gap::of("a word over a file"),
    Gap::of("another time of change"),
    Gap::of("archives of several files"),
    Gap::of("links to folders"),
    Gap::of("long names"),
];

/// How many faults of a kind were planted, and what became of them.
pub(crate) struct Tally {
    fault: &'static str,
    planted: u32,
    survived: u32,
    with_gap: u32,
    bytes_lost: u64,
    doubles: u64,
}

impl Tally {
    /// Of a fault by its number in `docs/reliability.md`.
    pub(crate) fn of(fault: &'static str) -> Self {
        Self { fault, planted: 0, survived: 0, with_gap: 0, bytes_lost: 0, doubles: 0 }
    }

    pub(crate) fn planted(&self) -> u32 {
        self.planted
    }

    /// A fault was planted; whatever it did, all promises must hold now.
    #[track_caller]
    pub(crate) fn count(&mut self, house: &House, told: &str) {
        let found = house.judge();
        self.planted += 1;
        self.bytes_lost += found.bytes_lost;
        self.doubles += found.doubles;
        let is_known = |promise: Promise, fault: &String| {
            GAPS.iter()
                .filter_map(|gap| gap.seen)
                .any(|(of, says, after)| of == promise && fault.starts_with(says) && after.contains(&self.fault))
        };
        let mut faults = Promise::ALL
            .into_iter()
            .flat_map(|promise| found.faults(promise).iter().map(move |fault| (promise, fault)));
        assert!(faults.all(|(promise, fault)| is_known(promise, fault)), "{}, {told}\n{found}", self.fault);
        self.survived += u32::from(found.holds());
        self.with_gap += u32::from(!found.holds());
    }

    /// A fault was planted that is known to do harm: what it did counts. When it does no harm any more, the gap has to be taken
    /// out of the list.
    #[track_caller]
    pub(crate) fn gap(&mut self, house: &House, name: &str, is_open: bool) {
        assert!(GAPS.iter().any(|gap| gap.name == name), "{name} is not in the list");
        assert!(
            is_open,
            "closed: take « {name} » out of GAPS and of docs/reliability.md, and ask for what is promised"
        );
        let found = house.judge();
        self.planted += 1;
        self.with_gap += 1;
        self.bytes_lost += found.bytes_lost;
        self.doubles += found.doubles;
        eprintln!("known gap: {name}");
    }

    /// The same of a fault that leaves no workspace behind.
    pub(crate) fn survive(&mut self) {
        self.planted += 1;
        self.survived += 1;
    }
}

/// One line that can be added up.
impl Drop for Tally {
    fn drop(&mut self) {
        let Self { fault, planted, survived, with_gap, bytes_lost, doubles } = self;
        eprintln!(
            "fault {fault}: {planted} planted, {survived} survived, {with_gap} with a known gap, {bytes_lost} bytes lost, \
             {doubles} doubled"
        );
    }
}

/// A workspace, and what was dropped into it.
pub(crate) struct House {
    folder: tempfile::TempDir,
    pub(crate) dropped: Vec<Dropped>,
}

impl House {
    /// An empty one, with the catalogue of the samples.
    pub(crate) fn new() -> Self {
        let desk = Desk::workspace();
        let house = Self { folder: tempfile::tempdir().unwrap(), dropped: Vec::new() };
        copy(&desk.path(""), house.folder.path());
        house
    }

    /// One with a night's files: orders, a copy of them, claims, repair files, answers, work orders, and a file that is none of
    /// the trade.
    pub(crate) fn night() -> Self {
        let mut house = Self::new();
        for (sample, name) in [
            ("orders/generic/commande.csv", "commande.csv"),
            ("orders/generic/commande.csv", "copie.csv"),
            ("deposits/claims-list.csv", "claims-list.csv"),
            ("deposits/repairs.xml", "repairs.xml"),
            ("responses/answer.json", "answer.json"),
            ("work-orders/new-mandates.json", "mandates.json"),
        ] {
            house.put(name, fs::read(samples().join(sample)).unwrap());
        }
        house.put("facture.pdf", b"%PDF-1.4\0\x01");
        house
    }

    /// One with so many small order files, each with a need of its own.
    pub(crate) fn of_orders(count: usize) -> Self {
        let mut house = Self::new();
        for number in 0..count {
            house.put(&format!("order-{number:06}.csv"), order(number));
        }
        house
    }

    /// The same once more.
    pub(crate) fn again(&self) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap(), dropped: self.dropped.clone() };
        copy(self.folder.path(), house.folder.path());
        house
    }

    /// The same where a folder in it is the workspace from now on.
    pub(crate) fn moved(self, folder: &str) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap(), dropped: self.dropped.clone() };
        copy(&self.path(folder), house.folder.path());
        house
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Drops a file, whole at once.
    pub(crate) fn put(&mut self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path("inbox").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let aside = self.path("aside");
        fs::write(&aside, content).unwrap();
        fs::rename(&aside, &path).unwrap();
        self.dropped.push(Dropped::of(&path).unwrap());
    }

    /// The program there; nothing waits for the disk unless that is what is tested.
    pub(crate) fn program(&self) -> Command {
        let mut program = program(self.home());
        program.env("BORDEREAU_NO_SYNC", "1");
        program
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Ended {
        self.program().args(words).output().unwrap().into()
    }

    /// Works the inbox off; how it ends must be one of the ways in which work ends.
    #[track_caller]
    pub(crate) fn work(&self, told: &str) -> Ended {
        let ended = self.run(["run"]);
        let is_end = ended.code.is_some_and(|code| [0, 3, 4, 5, 6].contains(&code));
        assert!(is_end, "{told}: {:?} {}{}", ended.code, ended.stdout, ended.stderr);
        ended
    }

    pub(crate) fn judge(&self) -> Judgement {
        judge(self.home(), &Case { dropped: Some(&self.dropped), memory: None }).unwrap()
    }

    pub(crate) fn connection(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("ledger.sqlite")).unwrap()
    }

    pub(crate) fn ask(&self, question: &str) -> i64 {
        self.connection().query_row(question, [], |row| row.get(0)).unwrap()
    }

    /// What is in the ledger: source lines, parts that wait, entries, work orders, deposits and imports that brought something.
    pub(crate) fn sums(&self) -> [i64; 6] {
        [
            "SELECT count(*) FROM source_line",
            "SELECT coalesce(sum(quantity), 0) FROM basket_line",
            "SELECT count(*) FROM entry",
            "SELECT count(*) FROM work_order",
            "SELECT count(*) FROM deposit WHERE status IN ('DONE', 'PARTIAL')",
            "SELECT count(*) FROM import WHERE status IN ('DONE', 'PARTIAL')",
        ]
        .map(|question| self.ask(question))
    }

    /// How many files are in a folder, without what lies beside them.
    pub(crate) fn count(&self, folder: &str) -> usize {
        let names = crate::support::names(&self.path(folder));
        names.iter().filter(|name| !is_beside(name)).count()
    }
}

/// Whether a name is that of what lies beside a file.
fn is_beside(name: &str) -> bool {
    [".txt", ".errors.xlsx"].iter().any(|ending| name.ends_with(ending))
}

/// A small order file with a need of its own.
pub(crate) fn order(number: usize) -> String {
    let reference = ["0070817965D", "MS-623210"][number % 2];
    format!("Commande client;Réf;Qté\nK-{number};{reference};{}\n", number % 9 + 1)
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn wait(seconds: u64, what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < end, "{what} does not come within {seconds} seconds");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Numbers that look random and are the same each time.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// A `watch` that ends with the test, whatever becomes of it.
pub(crate) struct Watch(pub(crate) std::process::Child);

impl Watch {
    pub(crate) fn begin(house: &House, words: &[&str]) -> Self {
        let mut command = house.program();
        command.args(["watch", "--every", "1"]).args(words);
        if !words.contains(&"--settled") {
            command.args(["--settled", "0"]);
        }
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.0.id(), name);
    }

    /// Waits for its end; `None` when a signal ended it.
    #[track_caller]
    pub(crate) fn ended(&mut self, seconds: u64) -> Option<i32> {
        let mut status = None;
        wait(seconds, "the end of watch", || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().unwrap();
    assert!(sent.success());
}
