//! What a workspace keeps, how long, and what it takes up again.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::claims::{claim, ends, is_whole};
use crate::raised::raises;
use crate::repairs::repair;
use crate::support::{Desk, Ended, names, samples};

raises! {
    QUARANTINE_NO_FILE: what_is_no_file_is_not_let_go => letting_a_link_go();
}

fn letting_a_link_go() -> Ended {
    let desk = Desk::workspace();
    std::os::unix::fs::symlink("elsewhere", desk.path("inbox/link")).unwrap();
    desk.run("quarantine release link")
}

/// Long after everything else in these tests.
const LATER: &str = "2040-01-01T08:00:00Z";

/// Says how long things are kept.
fn keep(desk: &Desk, how_long: &str) {
    let settings = fs::read_to_string(desk.path("bordereau.toml")).unwrap();
    desk.put("bordereau.toml", format!("{settings}\n[retention]\n{how_long}\n"));
}

/// What a purge tells programs.
#[track_caller]
fn purge(desk: &Desk, more: &str) -> Value {
    let ended = desk.run_at(LATER, &format!("purge --json {more}"));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn files(purge: &Value) -> Vec<&str> {
    purge["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect()
}

/// Whether bytes stand anywhere in the ledger, the log of its changes included.
fn ledger_says(desk: &Desk, text: &str) -> bool {
    let files = ["ledger.sqlite", "ledger.sqlite-wal"].map(|name| fs::read(desk.path(name)).unwrap_or_default());
    files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

fn asked(desk: &Desk, question: &str) -> i64 {
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    ledger.query_row(question, [], |row| row.get(0)).unwrap()
}

/// A workspace that has done a night's files.
fn night() -> Desk {
    let desk = Desk::workspace();
    for (sample, name) in [
        ("orders/generic/commande.csv", "commande.csv"),
        ("orders/generic/commande.csv", "copie.csv"),
        ("deposits/claims-list.csv", "claims-list.csv"),
        ("work-orders/new-mandates.json", "mandates.json"),
    ] {
        desk.put(&format!("inbox/{name}"), fs::read(samples().join(sample)).unwrap());
    }
    desk.put("inbox/facture.pdf", b"%PDF-1.4\0\x01");
    assert_eq!(desk.run("run").code, Some(6));
    desk
}

#[test]
fn nothing_goes_unless_the_settings_say_so() {
    let desk = night();
    let before = crate::support::tree(&desk.path("done"));
    let ended = desk.run_at(LATER, "purge --lang fr");
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("tout est gardé"), "{}", ended.stderr);
    desk.run_at(LATER, "run");
    assert_eq!(crate::support::tree(&desk.path("done")), before);
}

#[test]
fn files_go_when_what_they_belong_to_is_finished() {
    let desk = night();
    keep(&desk, "originals = \"180 days\"");
    assert!(files(&purge(&desk, "--dry-run")).len() == 5 && desk.path("rejected/facture.pdf").is_file(), "only said");
    let gone = purge(&desk, "");
    // The import has lines that wait, the deposit has drafts.
    let expected = [
        "done/mandates.json",
        "duplicates/copie.csv",
        "duplicates/copie.csv.txt",
        "rejected/facture.pdf",
        "rejected/facture.pdf.txt",
    ];
    assert_eq!(files(&gone), expected);
    assert!(gone["unfinished_files"].as_u64().unwrap() >= 4, "{gone}");
    assert!(desk.path("done/import-000001-commande.csv").is_file() && desk.path("out/import-000001").is_dir());
    // It is known what went and when.
    assert_eq!(asked(&desk, "SELECT count(*) FROM purged_file WHERE gone AND length(hash) = 64 AND bytes > 0"), 5);
    ends(&desk, "basket remove --all --yes", 0);
    let gone = purge(&desk, "");
    assert_eq!(
        files(&gone),
        [
            "done/import-000001-commande.csv",
            "done/import-000001-commande.csv.errors.xlsx",
            "done/import-000001-commande.csv.txt",
            "out/import-000001"
        ]
    );
    assert!(!desk.path("out/import-000001").exists());
    assert_eq!(asked(&desk, "SELECT count(*) FROM import WHERE id = 1 AND reports = '' AND hash <> ''"), 1);
    assert_eq!(desk.run("doctor").code, Some(0));
    desk.bring("orders/generic/commande.csv", "encore.csv");
    ends(&desk, "import encore.csv", 5);
    assert!(files(&purge(&desk, "")).is_empty(), "everything once");
}

#[test]
fn a_run_purges_once_a_day() {
    let desk = night();
    keep(&desk, "originals = \"1 month\"");
    let ended = desk.run_at(LATER, "run --lang en");
    assert!(ended.stderr.contains("Purged: 5 files"), "{}", ended.stderr);
    desk.put("rejected/old.csv", "x");
    assert_eq!(desk.run_at("2040-01-02T07:59:59Z", "run").code, Some(0));
    assert!(desk.path("rejected/old.csv").is_file(), "not twice a day");
    assert_eq!(desk.run_at("2040-01-02T08:00:00Z", "run --dry-run").code, Some(0));
    assert!(desk.path("rejected/old.csv").is_file(), "only said");
    assert_eq!(desk.run_at("2040-01-02T08:00:00Z", "run").code, Some(0));
    assert!(!desk.path("rejected/old.csv").exists());
}

#[test]
fn a_file_that_took_the_name_of_another_stays() {
    let desk = night();
    desk.put("done/mandates.json", "another");
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    let noted = "INSERT INTO purged_file (path, hash, bytes, purged_at, purged_by) VALUES (?1, ?2, 1, 0, '')";
    let hash = blake3::hash(b"%PDF-1.4\0\x01").to_hex().to_string();
    for path in ["done/mandates.json", "rejected/facture.pdf", "rejected/never-there.csv"] {
        ledger.execute(noted, [path, &hash]).unwrap();
    }
    assert_eq!(desk.run("doctor").code, Some(0));
    assert!(desk.path("done/mandates.json").is_file() && !desk.path("rejected/facture.pdf").exists());
    assert_eq!(asked(&desk, "SELECT count(*) FROM purged_file WHERE NOT gone"), 0);
}

/// A workspace with a claim that was refused, one that waits for its answer, a repair file that is closed, one that is open, a
/// work order that was refused, one that is new.
fn told_of_persons() -> Desk {
    let desk = Desk::workspace();
    desk.put("claims.json", json!({ "WarrantyClaims": [claim("R-1"), claim("R-2")] }).to_string());
    ends(&desk, "deposit claims.json", 0);
    ends(&desk, "claim transmit 1 2", 0);
    desk.put("answer.csv", "report_number;last_status\nR-1;REFUSED\n");
    ends(&desk, "claim answer answer.csv", 0);
    for report in ["D-1", "D-2"] {
        desk.put("repair.json", repair(report).to_string().replace("Lefèvre", &format!("Lefèvre-{report}")));
        ends(&desk, "repair create repair.json", 0);
    }
    ends(&desk, "repair close 3 --without-claim --reason 104", 0);
    desk.bring("work-orders/new-mandates.json", "mandates.json");
    ends(&desk, "workorder take mandates.json", 0);
    desk
}

#[test]
fn persons_are_forgotten_and_the_rest_stays() {
    let desk = told_of_persons();
    let refused = asked(&desk, "SELECT min(id) FROM work_order");
    ends(&desk, &format!("workorder refuse {refused} --reason absent"), 0);
    assert!(ledger_says(&desk, "Lefèvre-D-1"));
    keep(&desk, "personal-data = \"13 months\"");
    let foreseen = purge(&desk, "--dry-run");
    let gone = purge(&desk, "");
    assert_eq!((&foreseen["persons"], &foreseen["files"]), (&gone["persons"], &gone["files"]));
    assert_eq!((&gone["persons"]["entries"], &gone["persons"]["work_orders"]), (&json!(2), &json!(1)), "{gone}");
    assert_eq!(gone["unfinished"]["entries"], 2, "{gone}");
    // A claim that waits may not be handed over yet.
    assert_eq!(files(&gone), ["outbox/000001-CreateWarrantyClaims.json", "outbox/000003-CreateRepair.json"]);
    assert!(!ledger_says(&desk, "Lefèvre-D-1") && ledger_says(&desk, "Lefèvre-D-2"));
    // Everything but the persons is still there.
    for (line, name) in [("claim show 1 --personal", "MS-623210"), ("repair show 3 --personal", "WAT28321FF")] {
        let shown = ends(&desk, line, 0).stdout;
        assert!(shown.contains(name) && !shown.contains("Lefèvre") && !shown.contains("Zoé"), "{shown}");
    }
    assert!(ends(&desk, "claim show 2 --personal", 0).stdout.contains("Lefèvre"));
    ends(&desk, &format!("workorder show {refused}"), 0);
    is_whole(&desk);
    // What comes again is known.
    ends(&desk, "deposit claims.json", 5);
    ends(&desk, "workorder take mandates.json", 5);
    ends(&desk, "claim create claims.json", 2);
    assert_eq!(purge(&desk, "")["persons"]["entries"], 0, "everything once");
    // The manufacturer's last word may name somebody, whenever it comes.
    desk.put(
        "answer.json",
        r#"{"ReportNumber":"R-1","ClaimID":7,"ValidationErrors":[{"Field":"Nom","ErrorMessage":"Mme Lefebvre-R"}]}"#,
    );
    desk.run("claim answer answer.json");
    assert!(ledger_says(&desk, "Lefebvre-R"));
    assert_eq!(purge(&desk, "")["persons"]["entries"], 1);
    assert!(!ledger_says(&desk, "Lefebvre-R"));
    is_whole(&desk);
}

#[test]
fn contents_are_forgotten_and_what_came_is_known_all_the_same() {
    let desk = told_of_persons();
    desk.put(
        "lines.csv",
        "Réf;Qté;Commande client;Commentaire;Contremarque\n0070817965D;2;CDE-77;pour Mme Dupont-L;DUPONT-C\n",
    );
    ends(&desk, "import lines.csv", 0);
    ends(&desk, "basket edit --all --comment pour-Dupont-J", 0);
    keep(&desk, "contents = \"2 years\"");
    let gone = purge(&desk, "");
    assert_eq!(
        (&gone["contents"]["imports"], &gone["unfinished"]["imports"]),
        (&json!(0), &json!(1)),
        "lines wait: {gone}"
    );
    assert!(ledger_says(&desk, "Dupont-L"));
    ends(
        &desk,
        "order create --manufacturer 4 --all --delivery-account 12345-01 --customer-order-number K-1 --accept-terms --confirm",
        0,
    );
    purge(&desk, "");
    assert!(ledger_says(&desk, "Dupont-L"), "an order is open");
    let number = names(&desk.path("out/orders"))[0].split('.').next().unwrap().to_owned();
    ends(&desk, &format!("order cancel {number}"), 0);
    ends(&desk, "basket remove --all --yes", 0);
    let gone = purge(&desk, "");
    assert_eq!(gone["contents"]["imports"], 1, "{gone}");
    for text in ["Dupont-L", "DUPONT-C", "Dupont-J", "Lefèvre-D-1"] {
        assert!(!ledger_says(&desk, text), "{text}");
    }
    let shown = ends(&desk, "claim show 1 --personal", 0).stdout;
    assert!(shown.contains("R-1") && !shown.contains("MS-623210"), "{shown}");
    assert!(ends(&desk, "claim list --status refused", 0).stdout.contains("R-1"), "that it was there is known");
    is_whole(&desk);
    ends(&desk, "deposit claims.json", 5);
    ends(&desk, "import lines.csv", 5);
    assert!(names(&desk.path("outbox")).len() == 3, "files are originals");
}

#[test]
fn a_need_is_known_when_all_that_is_left_of_it_is_its_key() {
    let desk = Desk::workspace();
    let need = "Réf;Qté;Commande client;Contremarque\n0070817965D;2;CDE-78;DUPONT-N\n";
    desk.put("need.csv", need);
    ends(&desk, "import need.csv", 0);
    ends(
        &desk,
        "order create --manufacturer 4 --all --delivery-account 12345-01 --customer-order-number K-2 --accept-terms --confirm",
        0,
    );
    let number = names(&desk.path("out/orders"))[0].split('.').next().unwrap().to_owned();
    ends(&desk, &format!("order receive {number} --delivery-note D --line 1=2"), 0);
    keep(&desk, "contents = \"1 day\"");
    assert_eq!(desk.run_at("2026-03-06T08:00:00Z", "purge").code, Some(0));
    assert_eq!(asked(&desk, "SELECT count(*) FROM source_line WHERE customer_order_number = ''"), 1);
    desk.put("again.csv", format!("{need}0070817965D;3;CDE-79;\n"));
    let ended = desk.run_at("2026-03-07T08:00:00Z", "import again.csv --out out/again");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    // The countermark is a part of the key.
    let errors = fs::read_to_string(desk.path("out/again/errors.csv")).unwrap();
    assert!(errors.contains("LINE_ALREADY_TAKEN") && errors.lines().count() == 2, "{errors}");
    is_whole(&desk);
}

/// A purge that is killed at its n-th call of a kind, for every n, ends well the next time.
#[test]
fn a_purge_that_is_killed_goes_on() {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    let template = told_of_persons();
    desk_files(&template);
    keep(&template, "originals = \"1 month\"\ncontents = \"2 years\"\npersonal-data = \"1 year\"");
    for call in ["unlink", "pwrite64", "fsync"] {
        for nth in 1_u32.. {
            let home = tempfile::tempdir().unwrap();
            copy(&template.path(""), home.path());
            let mut strace = std::process::Command::new("strace");
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            strace.args(["-f", "-q", "-o", "/dev/null", "-e", &inject]);
            let program = crate::support::program(home.path());
            strace.arg(program.get_program()).arg("purge").current_dir(home.path());
            strace.env("BORDEREAU_NOW", LATER).env("USER", "claire").env("LC_ALL", "C");
            let ended = strace.output().unwrap();
            let told = format!("killed at {call} {nth}");
            let doctor = crate::support::run(home.path(), ["doctor"]);
            assert_eq!(doctor.code, Some(0), "{told}: {}{}", doctor.stdout, doctor.stderr);
            let pending = "SELECT count(*) FROM purged_file WHERE NOT gone";
            let ledger = rusqlite::Connection::open(home.path().join("ledger.sqlite")).unwrap();
            assert_eq!(ledger.query_row::<i64, _, _>(pending, [], |row| row.get(0)), Ok(0), "{told}");
            let mut again = crate::support::program(home.path());
            let again = again.env("BORDEREAU_NOW", LATER).arg("purge").output().unwrap();
            assert_eq!(again.status.code(), Some(0), "{told}");
            assert!(!home.path().join("done/mandates.json").exists(), "{told}");
            assert!(home.path().join("inbox/waits.csv").exists(), "{told}");
            assert_eq!(
                ledger.query_row::<i64, _, _>("SELECT count(*) FROM entry WHERE body = '{}'", [], |row| row.get(0)),
                Ok(2),
                "{told}"
            );
            if ended.status.code() == Some(0) {
                assert!(nth > 1, "{call} is never called");
                break;
            }
        }
    }
}

fn desk_files(desk: &Desk) {
    desk.put("done/mandates.json", "old");
    desk.put("rejected/a.csv", "old");
    desk.put("inbox/waits.csv", "new");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[test]
fn refused_files_are_taken_up_again_under_their_own_names() {
    let desk = Desk::workspace();
    desk.put("inbox/neuf.csv", "Réf;Qté\nNEW-PART-1;2\n");
    desk.put("inbox/commande.csv", fs::read(samples().join("orders/generic/commande.csv")).unwrap());
    desk.put("inbox/facture.pdf", b"%PDF-1.4\0\x01");
    desk.run("run");
    assert!(
        desk.path("rejected/import-000002-neuf.csv").is_file()
            || desk.path("rejected/import-000001-neuf.csv").is_file()
    );
    let catalogue = fs::read_to_string(desk.path("catalogue.csv")).unwrap();
    let line = catalogue.lines().nth(1).unwrap().replacen(
        catalogue.lines().nth(1).unwrap().split(';').nth(1).unwrap(),
        "NEW-PART-1",
        1,
    );
    desk.put("catalogue.csv", format!("{catalogue}{line}\n"));
    ends(&desk, "catalogue load catalogue.csv", 0);
    assert!(desk.run("retry").tells("ARGUMENT_MISSING"));
    assert!(desk.run("retry nothing.csv").tells("FILE_NOT_FOUND"));
    assert!(desk.run("retry neuf.csv --into ../x").tells("ARGUMENT_INVALID"));
    let said = ends(&desk, "retry neuf.csv --dry-run --lang en", 0);
    assert!(said.stderr.contains("1 files would") && names(&desk.path("inbox")).is_empty(), "{}", said.stderr);
    ends(&desk, "retry neuf.csv", 0);
    assert_eq!(names(&desk.path("inbox")), ["neuf.csv"]);
    assert_eq!(names(&desk.path("rejected")), ["facture.pdf", "facture.pdf.txt"], "what was said of it goes with it");
    let lines = asked(&desk, "SELECT count(*) FROM source_line");
    ends(&desk, "run", 0);
    assert_eq!(asked(&desk, "SELECT count(*) FROM source_line"), lines + 1);
    // What cannot be done is refused once more, and nothing is done twice.
    ends(&desk, "retry --all", 0);
    assert_eq!(desk.run("run").code, Some(6));
    assert_eq!(names(&desk.path("rejected")), ["facture.pdf", "facture.pdf.txt"]);
    is_whole(&desk);
}

#[test]
fn a_refused_deposit_is_taken_up_by_its_number() {
    let desk = Desk::workspace();
    let mut faulty = claim("R-1");
    faulty["ClaimType"]["ManufacturerId"] = json!(999_999);
    desk.put("inbox/claims.json", faulty.to_string());
    desk.run("run");
    assert_eq!(asked(&desk, "SELECT count(*) FROM deposit WHERE status = 'REJECTED' AND kept LIKE 'rejected/%'"), 1);
    let moved = ends(&desk, "retry 1 --json", 0);
    let told: Value = serde_json::from_str(&moved.stdout).unwrap();
    assert_eq!((&told["kind"], &told["files"][0]["to"]), (&json!("retry"), &json!("inbox/claims.json")), "{told}");
    assert_eq!(asked(&desk, "SELECT count(*) FROM deposit WHERE kept <> ''"), 0, "it is in one place");
    desk.run("run");
    assert_eq!(asked(&desk, "SELECT count(*) FROM deposit WHERE status = 'REJECTED'"), 2);
    is_whole(&desk);
}

#[test]
fn what_is_no_file_is_listed_and_neither_followed_nor_waited_for() {
    use std::os::unix::ffi::OsStrExt as _;

    let desk = Desk::workspace();
    let secret = desk.path("secret");
    desk.put("secret/order.csv", "Réf;Qté\n0070817965D;2\n");
    std::os::unix::fs::symlink(&secret, desk.path("inbox/shared")).unwrap();
    std::os::unix::fs::symlink("loop", desk.path("inbox/loop")).unwrap();
    std::os::unix::fs::symlink(secret.join("order.csv"), desk.path("inbox/order.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("inbox/socket")).unwrap();
    assert!(desk.shell("mkfifo inbox/pipe && mkdir -p inbox/box/deep && mkfifo inbox/box/inbox.toml").code == Some(0));
    let odd = desk.path("inbox").join(std::ffi::OsStr::from_bytes(b"na\xffme.csv"));
    fs::write(&odd, "Réf;Qté\n0070817965D;3\n").unwrap();
    desk.put("quarantine/failed.csv", "Réf;Qté\n0070817965D;4\n");
    desk.put("quarantine/failed.csv.txt", "INTERNAL_ERROR");
    let ended = ends(&desk, "run --json", 0);
    assert!(ended.stdout.contains("\"files\": []"), "{}", ended.stdout);
    let listed = ends(&desk, "quarantine list --csv --columns place,reason", 0).stdout;
    let expected = "inbox/box/deep;FOLDER\ninbox/box/inbox.toml;PIPE\ninbox/loop;LINK\ninbox/na_me.csv;NAME\ninbox/order.csv;LINK\n\
                    inbox/pipe;PIPE\ninbox/shared;LINK\ninbox/socket;SOCKET\nquarantine/failed.csv;FAULT\n";
    assert_eq!(listed.split_once('\n').unwrap().1, expected);
    assert!(ends(&desk, "quarantine list --lang fr --sort -reason", 0).stdout.contains("tube"));
    assert!(desk.run("quarantine release pipe").tells("QUARANTINE_NO_FILE"));
    assert!(desk.run("quarantine release nothing").tells("FILE_NOT_FOUND"));
    ends(&desk, "quarantine release --all", 0);
    let listed = ends(&desk, "quarantine list --csv --columns place", 0).stdout;
    assert!(!listed.contains("failed") && !listed.contains("na_me") && listed.contains("inbox/pipe"), "{listed}");
    let done: Value = serde_json::from_str(&ends(&desk, "run --json", 0).stdout).unwrap();
    assert_eq!(done["files"].as_array().unwrap().len(), 2, "{done}");
    assert!(secret.join("order.csv").is_file(), "nothing is taken from elsewhere");
}
