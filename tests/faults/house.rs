//! A workspace with files in its inbox, of which is known what was dropped.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::checker::{Case, Dropped, Judgement, judge};
use crate::support::{Desk, Ended, copy, names, program, samples};

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

    /// One with a night's files, and a copy of one of them.
    pub(crate) fn night() -> Self {
        let mut house = Self::evening();
        house.put("copie.csv", fs::read(samples().join("orders/generic/commande.csv")).unwrap());
        house
    }

    /// One with orders, claims, repair files, answers, work orders, and a file that is none of the trade.
    pub(crate) fn evening() -> Self {
        let mut house = Self::new();
        for (sample, name) in [
            ("orders/generic/commande.csv", "commande.csv"),
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

    /// Whether it stays when the test ends, to be looked at.
    pub(crate) fn keep(&mut self, is_kept: bool) {
        self.folder.disable_cleanup(is_kept);
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
        // As soon as it is there a watch may take it.
        self.dropped.push(Dropped { name: name.to_owned(), ..Dropped::of(&aside).unwrap() });
        fs::rename(&aside, &path).unwrap();
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
        names(&self.path(folder)).iter().filter(|name| !is_beside(name)).count()
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
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("watch does not end within {seconds} seconds: {}", self.threads());
    }

    /// What each of its threads waits for, as far as the system tells.
    fn threads(&self) -> String {
        let folder = PathBuf::from(format!("/proc/{}/task", self.0.id()));
        let tell = |thread: String| {
            let word = |name: &str| fs::read_to_string(folder.join(&thread).join(name)).unwrap_or_default();
            format!("\n{} {} {}", word("comm").trim(), word("wchan"), word("syscall").trim())
        };
        names(&folder).into_iter().map(tell).collect()
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
