//! Weeks in minutes: files of all kinds are dropped at random, some written slowly, some twice, some corrected, while a watch is
//! killed, asked to stop and begun again. At the end everything that came is accounted for.
//!
//! `just soak 30` goes on for 30 minutes (`BORDEREAU_SOAK`), the ordinary form for some seconds; `BORDEREAU_SEED` sets other
//! chances.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::checker::Dropped;
use crate::house::{Chance, House, Watch, order, wait};
use crate::support::{names, samples};
use crate::tally::Tally;

/// A number from the environment.
fn chosen(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// What goes on.
struct Soak {
    house: House,
    watch: Watch,
    chance: Chance,
    number: usize,
    kills: u32,
    stops: u32,
    counts: [u32; 6],
    /// The needs of orders that must be there once.
    needs: Vec<usize>,
}

impl Soak {
    fn begin(seed: u64) -> Self {
        let mut house = House::new();
        // Whatever goes wrong should be seen.
        house.keep(true);
        eprintln!("soaked in {}", house.home().display());
        let watch = Watch::begin(&house, &["--settled", "1"]);
        Self {
            house,
            watch,
            chance: Chance::new(seed),
            number: 0,
            kills: 0,
            stops: 0,
            counts: [0; 6],
            needs: Vec::new(),
        }
    }

    fn name(&mut self, ending: &str) -> String {
        self.number += 1;
        format!("file-{:06}.{ending}", self.number)
    }

    /// One file more, of some kind.
    fn drop_one(&mut self) {
        let kind = self.chance.below(10);
        match kind {
            0..=3 => {
                let name = self.name("csv");
                self.house.put(&name, order(self.number));
                self.needs.push(self.number);
            }
            4 => self.drop_deposit(),
            5 => self.drop_work_orders(),
            6 => self.drop_again(),
            7 => self.drop_corrected(),
            8 => self.drop_odd(),
            _ => self.drop_slowly(),
        }
        self.counts[usize::try_from(kind.saturating_sub(4)).unwrap()] += 1;
    }

    /// Claims under report numbers that nobody had.
    fn drop_deposit(&mut self) {
        let name = self.name("csv");
        let bytes = fs::read(samples().join("deposits/claims-list.csv")).unwrap();
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        let mut lines = text.lines();
        let heading = lines.next().unwrap().to_owned();
        let number = self.number;
        let lines = lines.map(|line| format!("S{number}-{line}"));
        let text: String = std::iter::once(heading).chain(lines).map(|line| line + "\n").collect();
        self.house.put(&name, encoding_rs::WINDOWS_1252.encode(&text).0);
    }

    /// Work orders under other numbers.
    fn drop_work_orders(&mut self) {
        let name = self.name("json");
        let text = fs::read_to_string(samples().join("work-orders/new-mandates.json")).unwrap();
        self.house.put(&name, text.replace("4711", &format!("{}", 50_000 + self.number)));
    }

    /// Something that came before, under another name.
    fn drop_again(&mut self) {
        let earlier = names(&self.house.path("done"))
            .into_iter()
            .filter(|name| name.contains("-file-") && !name.contains(".csv."))
            .collect::<Vec<_>>();
        let Some(earlier) = earlier.get(usize::try_from(self.chance.below(1 + earlier.len() as u64)).unwrap()) else {
            return;
        };
        let Ok(content) = fs::read(self.house.path("done").join(earlier)) else { return };
        let name = self.name("csv");
        self.house.put(&name, content);
    }

    /// The list of what was refused of some import, corrected.
    fn drop_corrected(&mut self) {
        let folders: Vec<_> =
            names(&self.house.path("out")).into_iter().filter(|name| name.starts_with("import-")).collect();
        let Some(folder) = folders.get(usize::try_from(self.chance.below(1 + folders.len() as u64)).unwrap()) else {
            return;
        };
        let refused = fs::read_to_string(self.house.path("out").join(folder).join("refused.csv")).unwrap_or_default();
        let name = self.name("csv");
        self.house.put(&name, refused.replace("NOPE", "MS-623210"));
    }

    /// What is no file of the trade, or not quite one.
    fn drop_odd(&mut self) {
        let number = self.number;
        let (ending, content) = match self.chance.below(6) {
            0 => ("pdf", format!("%PDF-1.4\0 {number}")),
            1 => ("csv", String::new()),
            2 => ("xml", format!("<a><b>{number}</a>")),
            3 => ("json", format!("[{{\"Réf\": {number}")),
            4 => ("csv", "\0".repeat(100 + number)),
            _ => (
                "csv",
                format!(
                    "Commande client;Réf;Qté\nF-{number};NOPE;1\nF-{number};0070817965D;zwei\nG-{number};MS-623210;1\n"
                ),
            ),
        };
        let name = self.name(ending);
        self.house.put(&name, content);
    }

    /// A file that grows while others look on.
    fn drop_slowly(&mut self) {
        let name = self.name("csv");
        let path = self.house.path("inbox").join(&name);
        let numbers = [self.number, self.number + 500_000];
        self.needs.extend(numbers);
        let text = order(numbers[0]) + &order(numbers[1])["Commande client;Réf;Qté\n".len()..];
        let mut file = fs::File::create(&path).unwrap();
        for piece in text.as_bytes().chunks(16) {
            file.write_all(piece).unwrap();
            sleep(Duration::from_millis(self.chance.below(120)));
        }
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        self.house.dropped.push(Dropped { hash, bytes: text.len() as u64, name });
    }

    /// Asks the watch to end. One that has just begun does not listen yet and ends by the signal itself.
    fn stop(&mut self) {
        self.watch.signal("TERM");
        let ended = self.watch.ended(30);
        assert!(ended.is_none_or(|code| code == 0), "asked to end, it ends cleanly: {ended:?}");
    }

    /// Ends the watch somehow and begins another one.
    fn disturb(&mut self) {
        if self.chance.below(3) == 0 {
            self.stop();
            self.stops += 1;
        } else {
            drop(self.watch.0.kill());
            drop(self.watch.0.wait());
            self.kills += 1;
        }
        sleep(Duration::from_millis(self.chance.below(200)));
        self.watch = Watch::begin(&self.house, &["--settled", "1"]);
    }
}

#[test]
fn a_soak_ends_with_everything_accounted_for() {
    let minutes = chosen("BORDEREAU_SOAK");
    let time = minutes.map_or(Duration::from_secs(12), |minutes| Duration::from_secs(60 * minutes));
    let mut soak = Soak::begin(chosen("BORDEREAU_SEED").unwrap_or(30));
    let end = Instant::now() + time;
    let mut told = Instant::now();
    while Instant::now() < end {
        for _ in 0..soak.chance.below(6) {
            soak.drop_one();
        }
        sleep(Duration::from_millis(soak.chance.below(400)));
        if soak.chance.below(3) == 0 {
            soak.disturb();
        }
        if told.elapsed() > Duration::from_secs(60) {
            eprintln!("{} files, {} kills, {} stops", soak.house.dropped.len(), soak.kills, soak.stops);
            told = Instant::now();
        }
    }
    soak.stop();
    // Whoever was stopped may have left the newest ones.
    let mut last = soak.house.program();
    let status = last.args(["run"]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.code().is_some_and(|code| [0, 3, 4, 5, 6].contains(&code)), "{status:?}");
    wait(5, "an empty inbox", || soak.house.count("inbox") == 0);
    let Soak { house, kills, stops, counts, needs, .. } = &soak;
    let mut tally = Tally::of("soak");
    let of_kinds = "orders and deposits, work orders, repeated, corrected, odd, slow";
    eprintln!("{} files ({counts:?}: {of_kinds}), {kills} kills, {stops} stops", house.dropped.len());
    tally.count(house, "at the end");
    let ledger = house.connection();
    let mut question = ledger.prepare("SELECT count(*) FROM source_line WHERE customer_order_number = ?1").unwrap();
    for need in needs {
        let times: i64 = question.query_row([format!("K-{need}")], |row| row.get(0)).unwrap();
        assert_eq!(times, 1, "K-{need}");
    }
    let doctor = house.run(["doctor"]);
    assert_eq!(doctor.code, Some(0), "{}", doctor.stdout);
    assert!(house.dropped.len() > 20 && kills + stops > 3, "{} files, {kills} kills", house.dropped.len());
    soak.house.keep(false);
}
