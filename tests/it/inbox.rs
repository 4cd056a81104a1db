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
    let is_beside =
        |name: &str| [".txt", ".errors.xlsx", ".lock", "work/state.json"].iter().any(|ending| name.ends_with(ending));
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

/// The status of each file that came, by its name.
fn statuses(home: &Path) -> BTreeMap<String, String> {
    let ledger = rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap();
    let mut statement = ledger.prepare("SELECT file, status FROM import").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn files_that_come_together_are_told_apart_as_if_they_came_one_by_one() {
    let desk = Desk::workspace();
    let order = |number: &str, quantity: u32| format!("Commande client;Réf;Qté\n{number};0070817965D;{quantity}\n");
    desk.put("inbox/a.csv", order("K-1", 2));
    // The same bytes, the same lines in another form, the same need with another quantity, and something else.
    desk.put("inbox/b.csv", order("K-1", 2));
    desk.put("inbox/c.csv", "Réf;Qté;Commande client\r\n0070817965D;2;K-1\r\n");
    desk.put("inbox/d.csv", order("K-1", 30));
    desk.put("inbox/e.csv", order("K-2", 4));
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(4), "{}{}", ended.stderr, ended.stdout);
    let expected = [("a", "DONE"), ("b", "DUPLICATE"), ("c", "DUPLICATE"), ("d", "REJECTED"), ("e", "DONE")];
    let expected = expected.map(|(file, status)| (format!("{file}.csv"), status.to_owned()));
    assert_eq!(statuses(&desk.path("")), BTreeMap::from(expected));
    let refused = fs::read_to_string(desk.path("out/import-000005/errors.csv"))
        .or_else(|_| fs::read_to_string(desk.path("out/import-000004/errors.csv")));
    assert!(refused.unwrap().contains("LINE_ALREADY_TAKEN"));
    assert_eq!(counts(&desk.path(""))[3], 6);
    assert_eq!(desk.run("doctor").code, Some(0));
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let mut all = Vec::new();
    for jobs in ["1", "7"] {
        let desk = Desk::workspace();
        for number in 0..40 {
            let lines: Vec<_> = (1..number + 4).map(|quantity| format!("K-{number};MS-623210;{quantity}\n")).collect();
            desk.put(
                &format!("inbox/{number:02}.csv"),
                format!("Commande client;Réf;Qté\n{}X;NOPE;1\n", lines.concat()),
            );
        }
        let ended = desk.run(&format!("run --json --jobs {jobs}"));
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        let reports: Vec<_> = (1..=40)
            .map(|number| fs::read(desk.path(&format!("out/import-{number:06}/errors.csv"))).unwrap())
            .collect();
        all.push((ended.stdout, reports, counts(&desk.path("")), files(&desk.path(""))));
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0].3.len(), 40);
}

#[test]
fn headings_that_orders_and_deposits_share_make_an_order() {
    let desk = Desk::workspace();
    let heading = "N° commande client;Réf. pièce;Désignation;Qté;Prix unitaire HT;Date livraison souhaitée;\
                   Compte de livraison;Ordre de mission;Commentaire";
    desk.put("inbox/order.csv", format!("{heading}\nCDE-1;0070817965D;Joint;2;16,10;;CL587104;;à changer\n"));
    let ended = desk.run("run --json --dry-run");
    assert_eq!(told(&ended)["order.csv"].0, "ORDER", "{}", ended.stdout);
    assert!(desk.path("inbox/order.csv").is_file());
}

#[test]
fn without_a_catalogue_orders_wait() {
    let desk = Desk::workspace();
    fs::remove_file(desk.path("catalogue.bdc")).unwrap();
    desk.put("inbox/a.csv", "Réf;Qté\n0070817965D;2\n");
    let ended = desk.run("run");
    assert!(ended.tells("CATALOGUE_MISSING"), "{}", ended.stderr);
    assert!(desk.path("inbox/a.csv").is_file(), "it is not for the file to say that there is no catalogue");
}

/// What is said of a file stands beside it, and takes no other file's place; a name that is too long for that is shortened.
#[test]
fn what_is_said_of_a_file_takes_no_place_of_another() {
    let desk = Desk::workspace();
    desk.put("inbox/scan.pdf.txt", "%PDF-1.4\0 one");
    assert_eq!(desk.run("run").code, Some(6));
    desk.put("inbox/scan.pdf", "%PDF-1.4\0 two");
    assert_eq!(desk.run("run").code, Some(6));
    assert_eq!(fs::read_to_string(desk.path("rejected/scan.pdf.txt")).unwrap(), "%PDF-1.4\0 one");
    assert_eq!(fs::read_to_string(desk.path("rejected/scan-2.pdf")).unwrap(), "%PDF-1.4\0 two");
    let long = format!("{}.csv", "é".repeat(125));
    desk.put(&format!("inbox/{long}"), "Réf;Qté\n0070817965D;2\n");
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(names(&desk.path("done")).iter().any(|name| name.starts_with("import-000001-éé") && name.len() < 220));
}

/// A catalogue that comes with orders for its parts counts for them, however large it is.
#[test]
fn a_catalogue_comes_before_the_orders() {
    let desk = Desk::workspace();
    let parts = fs::read_to_string(samples().join("catalogue.csv")).unwrap();
    let last = parts.lines().last().unwrap();
    let reference = last.split(';').nth(1).unwrap();
    desk.put("inbox/catalogue/parts.csv", parts.clone() + &last.replacen(reference, "NEW-4711", 1) + "\n");
    desk.put("inbox/a.csv", "Réf;Qté\nNEW-4711;2\n");
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
}

/// A run that ended after the ledger had its files: they are put away as if nothing had happened.
#[test]
fn what_counts_already_only_has_to_be_put_away() {
    let desk = Desk::workspace();
    desk.put("inbox/BSH (France)/a.csv", "Réf;Qté\n0070817965D;2\n");
    assert_eq!(desk.run("run").code, Some(0));
    fs::create_dir_all(desk.path("work/inbox/BSH (France)")).unwrap();
    drop(fs::remove_file(desk.path("done/import-000001-a.csv.txt")));
    fs::rename(desk.path("done/import-000001-a.csv"), desk.path("work/inbox/BSH (France)/a.csv")).unwrap();
    let ended = desk.run("run --json");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
    assert_eq!(files(&desk.path("")), ["done/import-000001-a.csv"]);
    assert_eq!(statuses(&desk.path("")).into_values().collect::<Vec<_>>(), ["DONE"]);
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
