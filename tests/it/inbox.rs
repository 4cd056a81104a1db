//! The folder into which files are dropped: each is recognised, done once, and in one place, whatever happens.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::raised::raises;
use crate::support::{Desk, Ended, copy, names, program, root, run, samples};

raises! {
    ANOTHER_WORKS: only_one_works_at_a_time => while_another_works();
}

fn while_another_works() -> Ended {
    let desk = Desk::workspace();
    let lock = fs::File::create(desk.path("work/.lock")).unwrap();
    lock.lock().unwrap();
    desk.run("run")
}

/// A workspace with a night's files: orders, a copy of them, claims, repair files, answers, work orders, what is no file of the
/// trade, and what is not whole yet.
fn night() -> Desk {
    let desk = Desk::workspace();
    for (sample, name) in [
        ("orders/generic/commande.csv", "commande.csv"),
        ("orders/generic/commande.csv", "copie.csv"),
        ("deposits/claims-list.csv", "claims-list.csv"),
        ("deposits/repairs.xml", "repairs.xml"),
        ("responses/answer.json", "answer.json"),
        ("work-orders/new-mandates.json", "mandates.json"),
    ] {
        desk.put(&format!("inbox/{name}"), fs::read(samples().join(sample)).unwrap());
    }
    desk.put("inbox/facture.pdf", b"%PDF-1.4\0\x01");
    desk.put("inbox/half.csv.part", b"x");
    desk.put("inbox/.hidden", b"x");
    desk
}

/// Every file below a folder of the workspace but its reports and what belongs to the workspace itself.
fn files(home: &Path) -> Vec<String> {
    fn walk(home: &Path, folder: &Path, found: &mut Vec<String>) {
        for name in names(folder) {
            let path = folder.join(name);
            if path.is_dir() {
                walk(home, &path, found);
            } else {
                found.push(path.strip_prefix(home).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["inbox", "work", "done", "rejected", "duplicates", "quarantine"] {
        walk(home, &home.join(folder), &mut found);
    }
    let is_beside = |name: &str| [".txt", ".errors.xlsx", ".lock"].iter().any(|ending| name.ends_with(ending));
    found.retain(|name| !is_beside(name));
    found.sort();
    found
}

const PUT_AWAY: [&str; 9] = [
    "done/deposit-000001-claims-list.csv",
    "done/deposit-000002-repairs.xml",
    "done/import-000001-commande.csv",
    "done/mandates.json",
    "duplicates/copie.csv",
    "inbox/.hidden",
    "inbox/half.csv.part",
    "rejected/answer.json",
    "rejected/facture.pdf",
];

fn told(ended: &Ended) -> BTreeMap<String, (String, i64)> {
    let told: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let files = told["files"].as_array().unwrap().iter();
    let text = |file: &serde_json::Value, key: &str| file[key].as_str().unwrap().to_owned();
    files.map(|file| (text(file, "file"), (text(file, "errand"), file["exit"].as_i64().unwrap()))).collect()
}

#[test]
fn each_file_is_done_and_put_where_what_became_of_it_says() {
    let desk = night();
    let ended = desk.run("run --dry-run --json");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(names(&desk.path("done")).is_empty(), "only said");
    let ended = desk.run("run --json --lang fr");
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    let expected = [
        ("answer.json", "ORDER_RESPONSE", 4),
        ("claims-list.csv", "DEPOSIT", 3),
        ("commande.csv", "ORDER", 3),
        ("copie.csv", "ORDER", 5),
        ("facture.pdf", "ORDER", 6),
        ("mandates.json", "WORK_ORDER", 0),
        ("repairs.xml", "DEPOSIT", 0),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(file, errand, exit)| (file.to_owned(), (errand.to_owned(), exit))).collect();
    assert_eq!(told(&ended), expected);
    assert_eq!(files(&desk.path("")), PUT_AWAY);
    let said = fs::read_to_string(desk.path("rejected/facture.pdf.txt")).unwrap();
    assert!(said.contains("FILE_BINARY") && said.contains("facture.pdf n'est pas"), "{said}");
    assert!(!said.contains("work/"), "where it was meanwhile does not matter: {said}");
    assert!(desk.path("done/import-000001-commande.csv.errors.xlsx").is_file());
    assert_eq!(desk.run("doctor").code, Some(0));
    // Nothing is left, and a night without files is none to worry about.
    let again = desk.run("run");
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{}", again.stderr);
}

#[test]
fn a_corrected_report_is_dropped_like_any_file() {
    let desk = Desk::workspace();
    desk.put("inbox/claims-list.csv", fs::read(samples().join("deposits/claims-list.csv")).unwrap());
    assert_eq!(desk.run("run").code, Some(3));
    let corrected = root().join("tests/fixtures/deposits/claims-libreoffice.ods");
    desk.put("inbox/corrigé.ods", fs::read(corrected).unwrap());
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(told(&ended)["corrigé.ods"], ("DEPOSIT".to_owned(), 0));
    let shown = desk.run("deposits show 1 --json");
    assert!(shown.stdout.contains("\"SUPERSEDED\""), "{}", shown.stdout);
}

#[test]
fn folders_below_say_what_they_hold() {
    let desk = Desk::workspace();
    let order = "Réf;Qté\n0070817965D;2\n";
    desk.put("inbox/BSH (France)/a.csv", order);
    desk.put("inbox/from Claire/b.csv", order.replace('2', "3"));
    desk.put("inbox/from Claire/inbox.toml", "supplier = \"4\"\naccept = \"file\"\n");
    desk.put("inbox/catalogue/parts.csv", fs::read(samples().join("catalogue.csv")).unwrap());
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
    assert_eq!(told(&ended)["catalogue/parts.csv"].0, "CATALOGUE");
    assert!(desk.path("inbox/from Claire/inbox.toml").is_file(), "settings stay");
    desk.put("inbox/from Claire/inbox.toml", "suplier = \"4\"\n");
    let ended = desk.run("run --lang en");
    assert!(ended.tells("FORMAT_KEY_UNKNOWN") && ended.stderr.contains("supplier"), "{}", ended.stderr);
    assert!(desk.run("run nowhere").tells("FILE_NOT_FOUND"));
    desk.put("inbox/c.csv", order);
    let ended = desk.run("run --only deposit");
    assert_eq!(ended.code, Some(2), "the settings are looked at first: {}", ended.stderr);
    fs::remove_file(desk.path("inbox/from Claire/inbox.toml")).unwrap();
    assert_eq!(desk.run("run --only deposit").code, Some(0));
    assert!(desk.path("inbox/c.csv").is_file(), "orders are not wanted now");
}

#[test]
fn nothing_is_written_over() {
    let desk = Desk::workspace();
    for content in ["%PDF-1.4\0 one", "%PDF-1.4\0 two", "%PDF-1.4\0 three"] {
        desk.put("inbox/scan.pdf", content);
        assert_eq!(desk.run("run").code, Some(6));
    }
    assert_eq!(files(&desk.path("")), ["rejected/scan-2.pdf", "rejected/scan-3.pdf", "rejected/scan.pdf"]);
    assert_eq!(fs::read_to_string(desk.path("rejected/scan-3.pdf")).unwrap(), "%PDF-1.4\0 three");
}

fn counts(home: &Path) -> [i64; 4] {
    let ledger = rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap();
    let count = |question: &str| ledger.query_row(question, [], |row| row.get(0)).unwrap();
    [
        count("SELECT count(*) FROM source_line"),
        count("SELECT count(*) FROM entry"),
        count("SELECT count(*) FROM work_order"),
        count("SELECT coalesce(sum(quantity), 0) FROM basket_line"),
    ]
}

/// Killed again and again in the middle of a night, every file ends in one place, and everything is done once.
#[test]
fn a_night_that_is_killed_again_and_again_ends_as_one_that_is_not() {
    let template = night();
    let room = tempfile::tempdir().unwrap();
    let undisturbed = room.path().join("undisturbed");
    copy(&template.path(""), &undisturbed);
    let start = Instant::now();
    assert_eq!(run(&undisturbed, ["run"]).code, Some(6));
    let whole = start.elapsed();
    let expected = counts(&undisturbed);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut killed = 0;
    for round in 0..8 {
        let home = room.path().join(format!("night-{round}"));
        copy(&template.path(""), &home);
        for _ in 0..6 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut child = quiet(&home, &["run"]).spawn().unwrap();
            std::thread::sleep(whole * u32::try_from(random % 300).unwrap() / 1000);
            killed += u32::from(child.try_wait().unwrap().is_none());
            drop(child.kill());
            child.wait().unwrap();
            assert_eq!(run(&home, ["doctor"]).code, Some(0), "round {round}");
        }
        let ended = run(&home, ["run"]);
        assert!(ended.code.is_some_and(|code| [0, 3, 4, 5, 6].contains(&code)), "round {round}: {}", ended.stderr);
        // A file that came in before the kill bears no number, or another one.
        let bare = |name: &String| {
            let name = name.rsplit('/').next().unwrap();
            name.trim_start_matches(|c: char| c.is_ascii_digit() || "deposit-import".contains(c)).to_owned()
        };
        let mut found: Vec<_> = files(&home).iter().map(bare).collect();
        let mut all: Vec<_> = PUT_AWAY.iter().map(|name| bare(&(*name).to_owned())).collect();
        found.sort();
        all.sort();
        assert_eq!(found, all, "round {round}: each file is in one place");
        assert!(files(&home).iter().all(|name| !name.starts_with("work/")), "round {round}");
        assert_eq!(counts(&home), expected, "round {round}");
    }
    eprintln!("{killed} runs killed");
    assert!(killed > 3, "{killed} kills are none worth the name");
}

fn quiet(home: &Path, words: &[&str]) -> Command {
    let mut command = program(home);
    command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Ends with the test, whatever becomes of it.
struct Watch(Child);

impl Watch {
    fn begin(home: &Path) -> Self {
        Self(quiet(home, &["watch", "--every", "1", "--settled", "0"]).spawn().unwrap())
    }

    fn end(&mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not end within ten seconds");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn wait_for(path: &Path) {
    let end = Instant::now() + Duration::from_secs(30);
    while !path.exists() {
        assert!(Instant::now() < end, "{} does not come", path.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_watch_does_what_comes_and_hands_over_to_the_next() {
    let desk = Desk::workspace();
    let mut first = Watch::begin(&desk.path(""));
    desk.put("inbox/a.csv", "Réf;Qté\n0070817965D;2\n");
    wait_for(&desk.path("done/import-000001-a.csv"));
    let mut second = Watch::begin(&desk.path(""));
    assert_eq!(first.end(), Some(0), "asked to end, it ends cleanly");
    desk.put("inbox/b.csv", "Réf;Qté\n0070817965D;3\n");
    wait_for(&desk.path("done/import-000002-b.csv"));
    // A folder that goes and comes back is no end.
    fs::rename(desk.path("inbox"), desk.path("away")).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    fs::rename(desk.path("away"), desk.path("inbox")).unwrap();
    desk.put("inbox/c.csv", "Réf;Qté\n0070817965D;4\n");
    wait_for(&desk.path("done/import-000003-c.csv"));
    assert_eq!(second.end(), Some(0));
    assert_eq!(desk.run("doctor").code, Some(0));
}
