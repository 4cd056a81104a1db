//! Work orders in a workspace: taken in, answered in time, followed to their end.

use std::fmt::Write as _;
use std::fs;

use crate::raised::raises;
use crate::support::{Desk, Ended, expect, records, root};

raises! {
    WORK_ORDER_TRANSITION_NOT_ALLOWED: what_was_refused_cannot_be_accepted => accepted_after_refusal();
    WORK_ORDER_UNKNOWN: a_number_must_be_known => desk(&["morning.json"]).run("workorder accept 4711020 999");
}

/// The code about data that no sample raises: only a workspace knows a status that contradicts a file.
pub(crate) const TOLD: &str = "WORK_ORDER_STATUS_DIFFERS";

const NOW: &str = "2026-03-04T08:00:00Z";

/// Personal data of the samples.
const PERSONS: [&str; 6] = ["Lefèvre", "Zoé", "Durand", "Etcheverry", "05 00", "Œuvre"];

/// A workspace with samples of work orders.
fn desk(samples: &[&str]) -> Desk {
    let desk = Desk::workspace();
    for sample in samples {
        desk.bring(&format!("work-orders/{sample}"), sample);
        let ended = desk.run_at(NOW, &format!("workorder take {sample}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    desk
}

#[track_caller]
fn good(desk: &Desk, line: &str) -> Ended {
    ended(desk, line, 0)
}

#[track_caller]
fn ended(desk: &Desk, line: &str, code: i32) -> Ended {
    let ended = desk.run_at(NOW, line);
    assert_eq!(ended.code, Some(code), "{line}\n{}{}", ended.stdout, ended.stderr);
    ended
}

fn json(desk: &Desk, line: &str) -> serde_json::Value {
    let ended = desk.run_at(NOW, line);
    serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{line}: {error}\n{}{}", ended.stdout, ended.stderr))
}

/// The status of a work order, and the number of its repair file.
fn state(desk: &Desk, id: u64) -> (String, Option<i64>) {
    let list = json(desk, "workorder list --json");
    let row = list["rows"].as_array().unwrap().iter().find(|row| row["work_order"] == id).unwrap();
    (row["status"].as_str().unwrap().to_owned(), row["repair_file"].as_i64())
}

#[track_caller]
fn well(desk: &Desk) {
    good(desk, "doctor");
}

#[track_caller]
fn names_nobody(ended: &Ended) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!PERSONS.iter().any(|person| said.contains(person)), "{said}");
}

fn accepted_after_refusal() -> Ended {
    let desk = desk(&["morning.json"]);
    good(&desk, "workorder refuse 4711021 --reason too-far");
    let ended = desk.run_at(NOW, "workorder accept 4711020 4711021");
    assert_eq!(state(&desk, 4_711_020), ("NEW".to_owned(), None), "nothing half done");
    assert_eq!(state(&desk, 4_711_021), ("REFUSED".to_owned(), None));
    well(&desk);
    ended
}

#[test]
fn a_file_comes_once_and_says_so() {
    let desk = desk(&[]);
    desk.bring("work-orders/morning.json", "morning.json");
    let tried = good(&desk, "workorder take morning.json --dry-run");
    assert!(tried.stderr.contains("3 would be new"), "{}", tried.stderr);
    assert_eq!(json(&desk, "workorder list --json")["rows"].as_array().unwrap().len(), 0);
    let taken = good(&desk, "workorder take morning.json");
    assert!(taken.stderr.contains("3 read, 3 new, 0 known, 0 changed, 0 in conflict, 0 refused"), "{}", taken.stderr);
    names_nobody(&taken);
    // The same bytes, and the same in other forms: nothing happens.
    ended(&desk, "workorder take morning.json", 5);
    good(&desk, "workorder export morning.json --as xml -o same.xml");
    good(&desk, "workorder export morning.json --as json -o same.json");
    let again = ended(&desk, "workorder take same.xml same.json morning.json", 5);
    assert_eq!(again.stderr.matches("3 read, 0 new, 3 known").count(), 3, "{}", again.stderr);
    // Other content is refused, and what is there stays.
    let text = fs::read_to_string(desk.path("morning.json")).unwrap();
    desk.put("other.json", text.replace("Moulinex", "Krups"));
    let other = ended(&desk, "workorder take other.json", 3);
    assert!(other.tells("WORK_ORDER_CONFLICT") && other.stderr.contains("1 in conflict"), "{}", other.stderr);
    desk.put(
        "alone.json",
        text.replace("Moulinex", "Krups").replace("4711021", "4711020").replace("4711022", "4711020"),
    );
    ended(&desk, "workorder take alone.json", 4);
    let shown = good(&desk, "workorder show 4711020");
    assert!(shown.stdout.contains("Moulinex") && !shown.stdout.contains("Krups"), "{}", shown.stdout);
    let object = json(&desk, "workorder take other.json morning.json --json");
    assert_eq!((object["kind"].as_str(), object["exit"].as_i64()), (Some("work-orders-take"), Some(3)));
    assert_eq!(object["files"][0]["conflicts"], 1);
    assert_eq!(object["files"][0]["orders"][0]["outcome"], "conflict");
    assert_eq!(object["files"][1]["exit"], 5);
    well(&desk);
}

#[test]
fn a_file_that_cannot_be_taken_leaves_the_others_alone() {
    for (sample, code, exit) in [
        ("truncated.json", "JSON_INVALID", 6),
        ("refused-answer.json", "RESPONSE_REFUSED", 4),
        ("unknown-status.json", "WORK_ORDER_STATUS_UNKNOWN", 3),
        ("conflict.json", "WORK_ORDER_CONFLICT", 3),
    ] {
        let desk = Desk::workspace();
        desk.bring(&format!("work-orders/{sample}"), "bad.json");
        desk.bring("work-orders/morning.json", "good.json");
        let line = ended(&desk, "workorder take bad.json good.json", exit);
        assert!(line.tells(code) && line.stderr.contains("good.json: 3 read, 3 new"), "{sample}: {}", line.stderr);
        names_nobody(&line);
        let object = json(&desk, "workorder take bad.json good.json --json");
        assert_eq!(object["files"].as_array().unwrap().len(), 2);
        well(&desk);
    }
    // Nothing at all is no fault.
    let desk = Desk::workspace();
    desk.bring("work-orders/no-work-order.json", "none.json");
    good(&desk, "workorder take none.json");
}

#[test]
fn a_work_order_goes_from_step_to_step_with_its_repair_file() {
    let desk = desk(&["morning.json"]);
    let tried = good(&desk, "workorder accept 4711020 --dry-run");
    assert!(tried.stderr.contains("nothing is written"), "{}", tried.stderr);
    assert_eq!(state(&desk, 4_711_020), ("NEW".to_owned(), None));
    let accepted = good(&desk, "workorder accept 4711020");
    names_nobody(&accepted);
    assert_eq!(state(&desk, 4_711_020), ("ACCEPTED".to_owned(), Some(1)));
    let again = json(&desk, "workorder accept 4711020 --json");
    assert_eq!(again["accepted"][0]["repair_file"], 1);
    assert_eq!(again["accepted"][0]["repeated"], true);
    // Everything that the work order says stands in the repair file.
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    let body: String = ledger.query_row("SELECT body FROM entry WHERE id = 1", [], |row| row.get(0)).unwrap();
    for word in
        ["OM26-0004730", "EA8108/70B", "Moulinex", "ne chauffe plus", "Durand", "3, quai Sud", "64100", "MS-623210"]
    {
        assert!(body.contains(word), "{word}: {body}");
    }
    assert_eq!(ledger.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    drop(ledger);
    ended(&desk, "workorder refuse 4711020 --reason late", 2);
    good(&desk, "workorder reopen 4711020 --reason again");
    assert_eq!(state(&desk, 4_711_020), ("NEW".to_owned(), None));
    good(&desk, "workorder accept 4711020");
    assert_eq!(state(&desk, 4_711_020), ("ACCEPTED".to_owned(), Some(2)));
    let shown = good(&desk, "workorder show 4711020 --lang fr");
    for word in ["Histoire", "reçu", "accepté (dossier n° 1)", "de nouveau à décider", "accepté (dossier n° 2)"]
    {
        assert!(shown.stdout.contains(word), "{word}: {}", shown.stdout);
    }
    well(&desk);
}

/// Runs a command of which one argument holds blanks.
#[track_caller]
fn typed(desk: &Desk, arguments: &[&str]) {
    let mut command = crate::support::program(&desk.path(""));
    let ended: Ended = command.env("BORDEREAU_NOW", NOW).args(arguments).output().unwrap().into();
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
}

#[test]
fn a_work_order_follows_its_repair_file_through_the_commands() {
    for (closing, kind) in
        [("repair close 1 --with-claim", "WithClaim"), ("repair close 1 --without-claim --reason 901", "WithoutClaim")]
    {
        let desk = desk(&["morning.json"]);
        good(&desk, "workorder accept 4711020");
        typed(&desk, &["repair", "update", "1", "--set", "Origin=CONSUMER", "--set", "Manufacturing code=1214"]);
        let (start, end) = ("05/03/2026 09:30", "05/03/2026 11:00");
        typed(&desk, &["repair", "status", "1", "102", "--appointment-start", start, "--appointment-end", end]);
        assert_eq!(state(&desk, 4_711_020).0, "PLANNED");
        good(&desk, "repair status 1 406");
        assert_eq!(state(&desk, 4_711_020).0, "INPROGRESS");
        // A second appointment plans nothing back.
        typed(&desk, &["repair", "status", "1", "102", "--appointment-start", start, "--appointment-end", end]);
        assert_eq!(state(&desk, 4_711_020).0, "INPROGRESS");
        let closed = desk.run_at(NOW, closing);
        assert!(matches!(closed.code, Some(0 | 3)), "{}", closed.stderr);
        let list = json(&desk, "workorder list --status CLOSED --json");
        assert_eq!(list["rows"][0]["close_kind"], kind, "{closing}");
        let export = good(&desk, "workorder export 4711020 --as xml -o -");
        assert!(export.stdout.contains(&format!("CloseKind=\"{kind}\"")), "{}", export.stdout);
        ended(&desk, "workorder reopen 4711020 --reason again", 2);
        well(&desk);
    }
}

#[test]
fn only_what_the_settings_name_is_accepted_by_itself() {
    let desk = Desk::workspace();
    desk.bring("work-orders/morning.json", "morning.json");
    let rule = "[work-orders]\nauto-accept = [{ manufacturer = 4, repair-types = [1, 2] }]\n";
    desk.put("bordereau.toml", rule);
    let taken = good(&desk, "workorder take morning.json");
    assert!(taken.stderr.contains("Mandate 4711021 accepted: repair file no. 1"), "{}", taken.stderr);
    let states = [4_711_020, 4_711_021, 4_711_022].map(|id| state(&desk, id).0);
    assert_eq!(states, ["NEW", "ACCEPTED", "NEW"], "another manufacturer, the rule, another repair type");
    let shown = good(&desk, "workorder show 4711021");
    assert!(shown.stdout.contains("by the rule of bordereau.toml"), "{}", shown.stdout);
    ended(&desk, "workorder take morning.json", 5);
    well(&desk);
}

#[test]
fn what_the_platform_accepted_is_accepted_here() {
    let desk = desk(&["new-mandates.json"]);
    let mut text = fs::read_to_string(root().join("samples/work-orders/new-mandates.json")).unwrap();
    text = text.replace("\"InterventionId\": null", "\"InterventionId\": 880099");
    desk.put("accepted.json", &text);
    let taken = good(&desk, "workorder take accepted.json");
    assert!(taken.stderr.contains("2 known"), "{}", taken.stderr);
    assert_eq!(state(&desk, 4_711_001).0, "ACCEPTED");
    let shown = good(&desk, "workorder show 4711001");
    assert!(shown.stdout.contains("880099") && shown.stdout.contains("as the platform tells"), "{}", shown.stdout);
    // Yesterday's file comes again: nothing is given back, and it is told.
    let old = ended(&desk, "workorder take new-mandates.json", 5);
    assert_eq!(old.stderr.matches(TOLD).count(), 2, "{}", old.stderr);
    assert_eq!(state(&desk, 4_711_001).0, "ACCEPTED");
    well(&desk);
}

#[test]
fn what_is_due_is_marked_and_told_by_the_exit_code() {
    let desk = desk(&["morning.json"]);
    let due = ended(&desk, "workorder due", 3);
    assert!(due.stderr.contains("Overdue: 1; due soon: 0"), "{}", due.stderr);
    names_nobody(&due);
    let rows = json(&desk, "workorder due --json");
    assert_eq!(rows["rows"][0]["due"], "overdue");
    assert_eq!(rows["rows"][0]["work_order"], 4_711_021);
    desk.put("bordereau.toml", "[work-orders]\ndue-soon-hours = 12\n");
    assert!(ended(&desk, "workorder due", 3).stderr.contains("Overdue: 1; due soon: 1"));
    good(&desk, "workorder refuse 4711021 --reason too-far");
    assert!(good(&desk, "workorder due").stderr.contains("Overdue: 0; due soon: 1"), "only due soon is no fault");
    good(&desk, "workorder accept --all-new");
    let none = good(&desk, "workorder due");
    assert!(none.stderr.contains("Overdue: 0; due soon: 0"), "{}", none.stderr);
}

#[test]
fn every_filter_chooses() {
    let desk = desk(&["morning.json"]);
    good(&desk, "workorder refuse 4711022 --reason far");
    for (filter, wanted) in [
        ("", "4711021 4711020 4711022"),
        ("--status NEW", "4711021 4711020"),
        ("--status refused", "4711022"),
        ("--manufacturer 15", "4711020"),
        ("--from 2026-03-04", "4711020 4711022"),
        ("--to 03/03/2026", "4711021"),
        ("--deadline overdue", "4711021"),
        ("--deadline ok,none", "4711020 4711022"),
        ("--zip 64", "4711021 4711020"),
        ("--zip 64600", "4711021"),
        ("--product lave-linge", "4711021"),
        ("--product MACHINE", "4711020"),
        ("--product bosch --zip 40", ""),
        ("--since-last-export", "4711021 4711020 4711022"),
    ] {
        let list = json(&desk, &format!("workorder list --json {filter}"));
        let ids: Vec<_> = list["rows"].as_array().unwrap().iter().map(|row| row["work_order"].to_string()).collect();
        assert_eq!(ids.join(" "), wanted, "{filter}");
    }
    let list = good(&desk, "workorder list");
    names_nobody(&list);
    assert!(!list.stdout.contains("64600"), "{}", list.stdout);
    for (line, word) in
        [("--deadline late", "due_soon"), ("--status DONE", "ACCEPTED"), ("--from yesterday", "2026-03-10")]
    {
        let refused = ended(&desk, &format!("workorder list {line}"), 2);
        assert!(refused.tells("ARGUMENT_INVALID") && refused.stderr.contains(word), "{}", refused.stderr);
    }
}

#[test]
fn exports_from_the_workspace_are_marked() {
    let desk = desk(&["morning.json"]);
    good(&desk, "workorder export 4711020 --as csv -o one.csv --no-mark");
    good(&desk, "workorder export 4711020 --as csv -o one.csv --dry-run");
    good(&desk, "workorder export --manufacturer 15 --since-last-export --as csv -o one.csv");
    assert_eq!(records(&desk.path("one.csv")).len(), 2);
    good(&desk, "workorder export --since-last-export --as csv -o rest.csv");
    assert_eq!(records(&desk.path("rest.csv")).len(), 3);
    let none = ended(&desk, "workorder export --since-last-export --as csv -o none.csv", 4);
    assert!(none.tells("EXPORT_EMPTY") && !desk.path("none.csv").exists(), "{}", none.stderr);
    // What fails is not marked.
    desk.bring("work-orders/new-mandates.json", "new-mandates.json");
    good(&desk, "workorder take new-mandates.json");
    fs::create_dir(desk.path("taken")).unwrap();
    ended(&desk, "workorder export --since-last-export --as csv -o taken", 2);
    good(&desk, "workorder export --since-last-export --as xlsx -o new/");
    assert_eq!(crate::support::names(&desk.path("new")), ["4711001.xlsx", "4711002.xlsx"]);
    // The same document as from the file.
    good(&desk, "workorder export morning.json --as xml -o file.xml");
    good(&desk, "workorder export 4711020 4711021 4711022 --as xml -o kept.xml");
    assert_eq!(fs::read(desk.path("file.xml")).unwrap(), fs::read(desk.path("kept.xml")).unwrap());
    let files = ended(&desk, "workorder export morning.json --since-last-export --as xml -o x.xml", 2);
    assert!(files.tells("ARGUMENT_CONFLICT"), "{}", files.stderr);
    good(&desk, "workorder print 4711020 -o page.html");
    assert!(fs::read_to_string(desk.path("page.html")).unwrap().contains("Durand"));
    well(&desk);
}

#[test]
fn nothing_can_be_decided_without_a_workspace_or_a_reason() {
    let desk = Desk::new();
    for line in [
        "workorder accept 1",
        "workorder list",
        "workorder due",
        "workorder export --as csv -o a.csv",
        "workorder show 1",
    ] {
        let refused = ended(&desk, line, 2);
        assert!(refused.tells("WORKSPACE_NEEDED"), "{line}: {}", refused.stderr);
    }
    let desk = self::desk(&["morning.json"]);
    assert!(ended(&desk, "workorder refuse 4711020", 2).tells("ARGUMENT_MISSING"));
    assert!(ended(&desk, "workorder accept", 2).tells("ARGUMENT_MISSING"));
    assert!(ended(&desk, "workorder accept 4711020 --all-new", 2).tells("ARGUMENT_CONFLICT"));
    assert!(ended(&desk, "workorder accept OM26", 2).tells("ARGUMENT_INVALID"));
    assert_eq!(state(&desk, 4_711_020).0, "NEW");
}

/// What a morning looks like, in both languages.
#[test]
fn a_morning_on_the_terminal() {
    for language in ["en", "fr"] {
        let desk = Desk::workspace();
        desk.bring("work-orders/morning.json", "morning.json");
        let mut page = String::new();
        for line in [
            "workorder take morning.json",
            "workorder list",
            "workorder due",
            "workorder refuse 4711022 --reason far",
            "workorder accept --all-new",
            "workorder accept 4711020",
            "workorder export --status ACCEPTED --since-last-export --as csv -o atelier.csv",
            "workorder list --status ACCEPTED --columns work_order,status,repair_file,exported_at",
            "workorder take morning.json",
            "workorder accept 4711022",
        ] {
            let ended = desk.run_at(NOW, &format!("{line} --lang {language}"));
            let code = ended.code.unwrap();
            write!(page, "$ bordereau {line}\n{}{}→ {code}\n\n", ended.stdout, ended.stderr).unwrap();
        }
        expect(&root().join(format!("tests/it/snapshots/work-orders-{language}.txt")), page.as_bytes());
    }
}
