//! Warranty claims one by one, through the program: created, corrected, transmitted, answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use bordereau::ledger::{Ledger as _, SqliteLedger};
use bordereau::model::{ClaimStatus, WarrantyClaim};
use serde_json::{Value, json};

use crate::raised::raises;
use crate::support::{Desk, Ended, expect, names, root, samples};

raises! {
    ANSWER_CLAIM_UNKNOWN: an_answer_is_about_a_claim_of_ours => answered(r#"{"ReportNumber":"R-9","LastStatus":"ACCEPTED"}"#);
    ANSWER_NOT_OF_ONE: an_answer_to_several_is_of_no_one_claim => two_for_one();
    ANSWER_CONTRADICTS: a_refused_claim_is_not_accepted_any_more => contradicted();
    ANSWER_UNREADABLE: an_answer_names_its_claims => answered(r#"[{"Colour":"red"}]"#);
    ENTRY_NOT_ALONE: several_entries_are_a_deposit => several();
    ENTRY_PURGED: what_was_purged_cannot_be_corrected => purged();
}

/// A claim without a fault.
pub(crate) fn claim(report: &str) -> Value {
    let text = fs::read_to_string(samples().join("deposits/claim-object.json")).unwrap();
    let mut claim: Value = serde_json::from_str(&text).unwrap();
    claim["ClaimType"]["ReportNumber"] = report.into();
    claim
}

/// A workspace with these files on the desk.
pub(crate) fn desk(files: &[(&str, &Value)]) -> Desk {
    let desk = Desk::workspace();
    for (name, value) in files {
        desk.put(name, value.to_string());
    }
    desk
}

/// Runs a command that must end with this exit code.
#[track_caller]
pub(crate) fn ends(desk: &Desk, line: &str, code: i32) -> Ended {
    let ended = desk.run(line);
    assert_eq!(ended.code, Some(code), "{line}\n{}{}", ended.stdout, ended.stderr);
    ended
}

/// What a command that ends well says to programs.
#[track_caller]
pub(crate) fn told(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&ends(desk, &format!("{line} --json"), 0).stdout).unwrap()
}

/// Fails when the ledger contradicts itself.
#[track_caller]
pub(crate) fn is_whole(desk: &Desk) {
    let ledger = SqliteLedger::open(&desk.path("ledger.sqlite"), false).unwrap();
    assert_eq!(ledger.faults().unwrap(), Vec::<String>::new());
}

/// A file of the outbox, by the number it begins with.
#[track_caller]
pub(crate) fn message(desk: &Desk, number: usize) -> (String, String) {
    let name = names(&desk.path("outbox")).into_iter().nth(number - 1).unwrap();
    let text = fs::read_to_string(desk.path("outbox").join(&name)).unwrap();
    let (numbered, call) = name.strip_suffix(".json").unwrap().split_once('-').unwrap();
    assert_eq!(numbered, format!("{number:06}"), "{name}");
    (call.to_owned(), text)
}

/// What the program says, in both languages.
pub(crate) fn snapshot(name: &str, desk: impl Fn() -> Desk, commands: &[&str]) {
    for language in ["fr", "en"] {
        let desk = desk();
        let mut text = String::new();
        for command in commands {
            let ended = desk.run(&format!("--lang {language} {command}"));
            writeln!(text, "$ bordereau {command}\nexit code {}", ended.code.unwrap()).unwrap();
            for (stream, said) in [("standard output", &ended.stdout), ("standard error", &ended.stderr)] {
                if !said.is_empty() {
                    write!(text, "--- {stream}\n{said}").unwrap();
                }
            }
            text.push('\n');
        }
        assert!(!text.contains("Lefèvre") && !text.contains("64100"), "{name} shows who somebody is");
        // The folder of a test has another name each time.
        let text = text.replace('\\', "/").replace(&desk.path("").display().to_string(), "DESK/");
        expect(&root().join(format!("tests/it/snapshots/{name}-{language}.txt")), text.as_bytes());
        is_whole(&desk);
    }
}

fn answered(answer: &str) -> Ended {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    desk.put("answer.json", answer);
    desk.run("claim answer answer.json")
}

fn contradicted() -> Ended {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    desk.put("answer.csv", "report_number;last_status\nR-1;REFUSED\n");
    ends(&desk, "claim answer answer.csv", 0);
    desk.put("answer.csv", "report_number;last_status\nR-1;ACCEPTED\n");
    desk.run("claim answer answer.csv")
}

fn several() -> Ended {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-array.json", "several.json");
    desk.run("claim create several.json")
}

fn purged() -> Ended {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "deposit claim.json", 0);
    ends(&desk, "deposits delete 1 --yes", 0);
    assert!(ends(&desk, "claim show 1", 0).stdout.contains("deleted with its deposit"));
    desk.run("claim update 1 --set Zip=64200")
}

#[test]
fn a_claim_is_told_from_its_creation_to_its_end() {
    let with_files = || {
        let mut faulty = claim("R-2");
        faulty["ClaimInfos"]["CallDate"] = Value::Null;
        faulty["ClaimLab"]["LaborMinutes"] = "many".into();
        faulty["ClaimConso"]["LastName"] = Value::Null;
        let answer = json!({
            "IsValid": true, "ResponseStatus": "S", "ResponseMessage": "2 claims", "ResponseErrorMessage": "",
            "ResponseData": [
                {"ReportNumber": "R-1", "ClaimID": "C-77", "IsValid": false, "LastStatus": "NOTCONFORM", "ValidationErrors": [
                    {"Field": "Serial Number", "ErrorMessage": "The size of the field should be 19 character(s)", "MessageType": "E"},
                    {"Field": "ConsumerDto.LastName", "ErrorMessage": "Data is mandatory", "MessageType": "W"},
                ], "ErrorMessage": null},
                {"ReportNumber": "R-9", "ClaimID": null, "IsValid": true, "ValidationErrors": null},
            ],
        });
        desk(&[("claim.json", &claim("R-1")), ("faulty.json", &faulty), ("answer.json", &answer)])
    };
    snapshot(
        "claims",
        with_files,
        &[
            "claim create claim.json",
            "claim create claim.json",
            "claim create faulty.json --dry-run",
            "claim create faulty.json",
            "claim show 2",
            "claim update 2 --set CallDate=14/03/2026 --set Nmae=Martin",
            "claim update 2 --set CallDate=14/03/2026 --set Minutes=20 --dry-run",
            "claim update 2 --set CallDate=14/03/2026 --set Minutes=20",
            "claim transmit 1 2",
            "claim transmit --all-valid --dry-run",
            "claim transmit --all-valid",
            "claim transmit --all-valid",
            "claim update 1 --set Zip=64200",
            "claim answer answer.json --dry-run",
            "claim answer answer.json",
            "claim answer answer.json",
            "claim show 1",
            "claim update 1 --set SerialNumber=1234567890123456789",
            "claim transmit 1",
            "claim list",
            "claim list --valid no --csv",
            "claim show 7",
        ],
    );
}

#[test]
fn what_the_outbox_holds_is_what_the_call_takes() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    assert_eq!(ends(&desk, "claim create claim.json", 0).stdout, "1\n");
    ends(&desk, "claim transmit 1", 0);
    let (call, first) = message(&desk, 1);
    assert_eq!(call, "CreateWarrantyClaims");
    let read: WarrantyClaim = serde_json::from_str(&first).unwrap();
    let given: WarrantyClaim = serde_json::from_value(claim("R-1")).unwrap();
    assert_eq!((&read.claim_conso, &read.claim_lab), (&given.claim_conso, &given.claim_lab));
    assert_eq!(read.claim_type.report_number.as_deref(), Some("R-1"));
    assert_eq!(read.claim_parts.len(), 2);
    // It is a deposit as it stands.
    desk.put("sent.json", &first);
    let ended = desk.run("deposit sent.json --no-workspace --catalogue catalogue.csv --out out2");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // Sent back, corrected and sent again, it is another call.
    desk.put("answer.json", r#"{"ReportNumber":"R-1","ClaimID":77,"LastStatus":"NOTCONFORM"}"#);
    ends(&desk, "claim answer answer.json", 0);
    ends(&desk, "claim update 1 --set Minutes=50", 0);
    ends(&desk, "claim transmit 1", 0);
    let (call, second) = message(&desk, 2);
    assert_eq!(call, "UpdateWarrantyClaim");
    let again: WarrantyClaim = serde_json::from_str(&second).unwrap();
    assert_eq!(again.claim_lab.unwrap().labor_minutes, Some(50));
    assert_eq!(names(&desk.path("outbox")).len(), 2);
    is_whole(&desk);
}

/// Where a claim of each row stands, and what is said of it then: every pair.
#[test]
fn claims_go_only_where_the_table_lets_them() {
    use ClaimStatus::{NotConform, NotValid, Valid, Waiting};

    let pairs: Vec<_> =
        ClaimStatus::ALL.iter().flat_map(|from| ClaimStatus::ALL.iter().map(|to| (*from, *to))).collect();
    let report = |(from, to): &(ClaimStatus, ClaimStatus)| format!("{}-{}", from.name(), to.name());
    let claims = pairs.iter().map(|pair| {
        let mut claim = claim(&report(pair));
        claim["ClaimType"]["SerialNumber"] = Value::Null;
        if pair.0 == NotValid {
            claim["ClaimInfos"]["CallDate"] = Value::Null;
        }
        claim
    });
    let desk = desk(&[("claims.json", &json!({ "WarrantyClaims": claims.collect::<Vec<_>>() }))]);
    ends(&desk, "deposit claims.json", 3);
    let rows = |desk: &Desk| {
        let list = told(desk, "claim list");
        let rows = list["rows"].as_array().unwrap().clone();
        let row = |row: Value| {
            let status = row["status"].as_str().unwrap().to_owned();
            (row["report_number"].as_str().unwrap().to_owned(), (row["number"].as_i64().unwrap(), status))
        };
        rows.into_iter().map(row).collect::<BTreeMap<_, _>>()
    };
    let numbers = rows(&desk);
    assert_eq!(numbers.len(), pairs.len());
    let sent = pairs.iter().filter(|(from, _)| !matches!(from, NotValid | Valid));
    let sent: Vec<_> = sent.map(|pair| numbers[&report(pair)].0.to_string()).collect();
    ends(&desk, &format!("claim transmit {}", sent.join(" ")), 0);
    let answers = |pairs: &mut dyn Iterator<Item = (String, ClaimStatus)>| {
        let rows =
            pairs.flat_map(|(report, status)| [report, ";".to_owned(), status.name().to_owned(), "\n".to_owned()]);
        "report_number;last_status\n".to_owned() + &rows.collect::<String>()
    };
    let there = pairs.iter().filter(|(from, _)| !matches!(from, NotValid | Valid | Waiting));
    desk.put("first.csv", answers(&mut there.map(|pair| (report(pair), pair.0))));
    ends(&desk, "claim answer first.csv", 0);
    for (report, (_, status)) in rows(&desk) {
        assert!(report.starts_with(&format!("{status}-")), "{report} is {status}");
    }
    desk.put("second.csv", answers(&mut pairs.iter().map(|pair| (report(pair), pair.1))));
    let ended = ends(&desk, "claim answer second.csv --json", 3);
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    let after = rows(&desk);
    for (pair, row) in pairs.iter().zip(said["rows"].as_array().unwrap()) {
        let (from, to) = *pair;
        // In the mouth of the platform a valid claim is one that waits.
        let goal = if to == Valid { Waiting } else { to };
        // What is spoken of was handed over.
        let start = if from == Valid && goal != Valid { Waiting } else { from };
        let is_possible = start == goal || start.may_become(goal) || (from == NotConform && goal == Waiting);
        let expected = if is_possible { goal } else { from };
        let name = report(pair);
        assert_eq!(row["outcome"] == "CONTRADICTS", !is_possible, "{name}: {row}");
        assert_eq!(after[&name].1, expected.name(), "{name}: {row}");
    }
    is_whole(&desk);
}

#[test]
fn answers_come_in_any_form_and_count_once() {
    let result = r#"{"ReportNumber":"R-1","ClaimID":77,"IsValid":true,"ValidationErrors":[]}"#;
    for (name, answer) in [
        ("object.json", format!(r#"{{"IsValid":true,"ResponseStatus":"S","ResponseData":{result}}}"#)),
        ("array.json", format!(r#"{{"IsValid":true,"ResponseData":[{result}]}}"#)),
        ("bare.json", result.to_owned()),
        ("list.json", format!("[{result}]")),
        ("table.csv", "N° rapport;Numéro ISG;Statut\nR-1;77;VALID\n".to_owned()),
        ("table.xml", "<Claims><Claim><ReportNumber>R-1</ReportNumber><ClaimID>77</ClaimID><LastStatus>VALID</LastStatus></Claim><Claim><ReportNumber>R-1</ReportNumber><ClaimID>77</ClaimID><LastStatus>VALID</LastStatus></Claim></Claims>".to_owned()),
    ] {
        let desk = desk(&[("claim.json", &claim("R-1"))]);
        ends(&desk, "claim create claim.json", 0);
        ends(&desk, "claim transmit 1", 0);
        desk.put(name, answer);
        ends(&desk, &format!("claim answer {name} --dry-run"), 0);
        assert_eq!(told(&desk, "claim show 1")["claim_number"], "", "{name}: a trial");
        ends(&desk, &format!("claim answer {name}"), 0);
        let shown = told(&desk, "claim show 1");
        assert_eq!((&shown["claim_number"], &shown["status"]), (&"77".into(), &"WAITING".into()), "{name}");
        ends(&desk, &format!("claim answer {name}"), 5);
    }
}

#[test]
fn the_samples_of_answers_and_of_a_draft_invoice_are_read() {
    let claims: Vec<_> = (1..=4).map(|number| claim(&format!("R-{number}"))).collect();
    let desk = desk(&[("claims.json", &json!({ "WarrantyClaims": claims }))]);
    ends(&desk, "deposit claims.json", 0);
    ends(&desk, "claim transmit --all-valid", 0);
    for file in ["claims.json", "claims.csv", "draft-invoice.xlsx"] {
        desk.bring(&format!("responses/{file}"), &format!("from-{file}"));
    }
    ends(&desk, "claim answer from-claims.json", 0);
    ends(&desk, "claim answer from-claims.csv", 0);
    let status = |number: u32| told(&desk, &format!("claim show {number}"))["status"].clone();
    assert_eq!([1, 2, 3, 4].map(status), ["CLOSEDACCEPTED", "NOTCONFORM", "REFUSED", "WAITING"].map(Value::from));
    let ended = ends(&desk, "invoice match from-draft-invoice.xlsx --draft PF-1 --manufacturer 15", 0);
    assert!(ended.stderr.contains("150.50 EUR"), "{}", ended.stderr);
}

#[test]
fn the_words_of_the_manufacturer_are_kept_as_they_came() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "claim transmit 1", 0);
    let words = "  Facture d'achat : <illisible> & « vieille »\u{a0}!";
    let answer = json!({"ResponseStatus": "W", "ResponseMessage": "vu", "ResponseData": [
        {"ReportNumber": "R-1", "LastStatus": "UNHEARD_OF", "ErrorMessage": words}]});
    desk.put("answer.json", answer.to_string());
    let ended = ends(&desk, "claim answer answer.json --lang fr", 0);
    assert!(ended.stderr.contains(words) && ended.stderr.contains("vu"), "{}", ended.stderr);
    let shown = told(&desk, "claim show 1");
    assert_eq!(shown["remarks"][0]["ErrorMessage"], words);
    // A word that nobody knows is shown and moves nothing.
    assert_eq!((&shown["answer"], &shown["status"]), (&"UNHEARD_OF".into(), &"WAITING".into()));
}

#[test]
fn one_faulty_row_leaves_the_others_alone() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    desk.put(
        "answer.csv",
        "report_number;claim_id;manufacturer_id;last_status\n;;15;ACCEPTED\nR-1;;Nobody;ACCEPTED\nR-1;;15;ACCEPTED\n",
    );
    let ended = ends(&desk, "claim answer answer.csv", 3);
    assert!(ended.stderr.contains("line 2") && ended.stderr.contains("line 3"), "{}", ended.stderr);
    assert_eq!(told(&desk, "claim show 1")["status"], "ACCEPTED");
    desk.put("answer.csv", "report_number;note\nR-1;x\n");
    assert!(ends(&desk, "claim answer answer.csv", 6).tells("RESPONSE_UNREADABLE"));
    desk.put("answer.json", "{\"ReportNumber\":");
    assert!(ends(&desk, "claim answer answer.json", 6).tells("JSON_INVALID"));
    for envelope in [
        r#"{"IsValid":false,"ResponseErrorMessage":"clé refusée","ResponseData":null}"#,
        r#"{"ResponseStatus":"E","ResponseMessage":"clé refusée","ResponseData":[]}"#,
    ] {
        desk.put("answer.json", envelope);
        let ended = ends(&desk, "claim answer answer.json", 4);
        assert!(ended.tells("RESPONSE_REFUSED") && ended.stderr.contains("clé refusée"), "{}", ended.stderr);
    }
    // An error about some of them does not hide what is said of the others.
    desk.put("answer.json", r#"{"IsValid":false,"ResponseErrorMessage":"partiel","ResponseData":{"ReportNumber":"R-1","LastStatus":"CLOSEDACCEPTED"}}"#);
    assert!(ends(&desk, "claim answer answer.json", 3).stderr.contains("partiel"));
    assert_eq!(told(&desk, "claim show 1")["status"], "CLOSEDACCEPTED");
}

#[test]
fn a_message_that_was_not_written_is_written_at_the_next_start() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "claim transmit 1", 0);
    let path = desk.path("outbox/000001-CreateWarrantyClaims.json");
    let sent = fs::read_to_string(&path).unwrap();
    // The run ends between ledger and file.
    fs::remove_file(&path).unwrap();
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    ledger.execute("UPDATE outbox SET body = ?1", [sent.trim_end()]).unwrap();
    drop(ledger);
    ends(&desk, "claim list", 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), sent, "the same message gives the same bytes");
    fs::remove_file(&path).unwrap();
    ends(&desk, "claim list", 0);
    assert!(!path.exists(), "what was written once is the user's to take away");
}

#[test]
fn who_somebody_is_is_shown_to_whoever_asks() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    for (line, is_shown) in [
        ("claim show 1", false),
        ("claim show 1 --json", false),
        ("claim list --json", false),
        ("claim show 1 --personal", true),
        ("claim show 1 --personal --json", true),
    ] {
        let ended = ends(&desk, line, 0);
        for who in ["Lefèvre", "3 rue du Port", "64100", "0600000001", "client1@courrier.example"] {
            assert_eq!(ended.stdout.contains(who), is_shown, "{line}: {who}\n{}", ended.stdout);
            assert!(!ended.stderr.contains(who), "{line}: {who}\n{}", ended.stderr);
        }
    }
    // Nor is a value that is wrong.
    let ended = ends(&desk, "claim update 1 --set Email=lefevre", 3);
    assert!(ended.tells("EMAIL_INVALID") && !ended.stderr.contains("lefevre"), "{}", ended.stderr);
}

#[test]
fn a_claim_comes_as_xml_or_by_standard_input_and_alone() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    let xml = "<WarrantyClaim><ClaimType><ManufacturerId>15</ManufacturerId><ReportNumber>R-7</ReportNumber></ClaimType></WarrantyClaim>";
    desk.put("claim.xml", xml);
    assert_eq!(ends(&desk, "claim create claim.xml", 3).stdout, "1\n");
    #[cfg(unix)]
    {
        let ended = desk.shell("\"$BORDEREAU\" claim create - < claim.json");
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "2\n"), "{}", ended.stderr);
    }
    assert!(ends(&desk, "claim create none.json", 74).tells("FILE_NOT_FOUND"));
    desk.put("broken.json", "{\"ClaimType\":");
    let ended = ends(&desk, "claim create broken.json", 6);
    assert!(ended.stderr.contains("broken.json") && !ended.stderr.contains("bordereau-"), "{}", ended.stderr);
    // What is not valid does not go, and takes the others along.
    let ended = ends(&desk, "claim transmit 1", 2);
    assert!(ended.tells("ENTRY_TRANSITION_NOT_ALLOWED"), "{}", ended.stderr);
    assert!(names(&desk.path("outbox")).is_empty());
    is_whole(&desk);
}

#[test]
fn all_of_a_claim_may_be_replaced_by_a_file() {
    let mut other = claim("R-1");
    other["ClaimLab"] = json!({"LaborMinutes": 10});
    other["ClaimConso"]["MobilePhone"] = Value::Null;
    let desk = desk(&[("claim.json", &claim("R-1")), ("other.json", &other), ("taken.json", &claim("R-2"))]);
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "claim create taken.json", 0);
    let ended = ends(&desk, "claim update 1 --file other.json", 3);
    assert!(ended.tells("MANDATORY"), "{}", ended.stderr);
    let ended = ends(&desk, "claim update 1 --file other.json --set Portable=0611111111", 0);
    assert!(ended.stderr.contains("Corrected"), "{}", ended.stderr);
    let body = &told(&desk, "claim show 1 --personal")["body"];
    assert_eq!(body["ClaimLab"], json!({"LaborMinutes": 10}));
    assert_eq!(body["ClaimConso"]["MobilePhone"], "0611111111");
    assert!(ends(&desk, "claim update 1 --set ReportNumber=R-2", 2).tells("ENTRY_EXISTS"));
    assert!(ends(&desk, "claim update 1 --set Parts=MS-623210", 4).tells("PARTS_FORMAT"));
    ends(&desk, "claim update 1 --set PartQuantity#2=7 --set PartComment#1=", 0);
    let parts = told(&desk, "claim show 1")["body"]["ClaimParts"].clone();
    assert_eq!((&parts[1]["Quantity"], &parts[0]["Comments"]), (&7.into(), &Value::Null));
    is_whole(&desk);
}

/// One claim is named, the file answers two.
fn two_for_one() -> Ended {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    desk.put("answer.csv", "report_number;last_status\nR-1;ACCEPTED\nR-2;ACCEPTED\n");
    desk.run("claim answer answer.csv --claim 1")
}

#[test]
fn a_first_answer_without_a_report_number_is_told_whose_it_is() {
    let desk = desk(&[("one.json", &claim("R-1")), ("two.json", &claim("R-2"))]);
    let mut other = claim("R-2");
    other["ClaimType"]["SerialNumber"] = Value::Null;
    desk.put("two.json", other.to_string());
    for line in ["claim create one.json", "claim create two.json", "claim transmit 1 2"] {
        ends(&desk, line, 0);
    }
    desk.put("answer.json", r#"{"ClaimID":"C-7","LastStatus":"ACCEPTED"}"#);
    assert!(ends(&desk, "claim answer answer.json", 4).tells("ANSWER_CLAIM_UNKNOWN"));
    ends(&desk, "claim answer answer.json --claim 2 --dry-run", 0);
    assert_eq!(told(&desk, "claim show 2")["status"], "WAITING");
    ends(&desk, "claim answer answer.json --claim 2", 0);
    let shown = told(&desk, "claim show 2");
    assert_eq!((&shown["status"], &shown["claim_number"]), (&json!("ACCEPTED"), &json!("C-7")));
    desk.put("other.json", r#"{"ReportNumber":"R-1","LastStatus":"REFUSED"}"#);
    assert!(ends(&desk, "claim answer other.json --claim 2", 4).tells("ANSWER_CONTRADICTS"), "it names another report");
    assert!(ends(&desk, "claim answer answer.json --claim 9", 2).tells("ENTRY_UNKNOWN"));
    is_whole(&desk);
}

#[test]
fn claims_are_taken_back_together_or_not_at_all() {
    let desk = desk(&[("one.json", &claim("R-1")), ("two.json", &claim("R-2"))]);
    let mut other = claim("R-2");
    other["ClaimType"]["SerialNumber"] = Value::Null;
    desk.put("two.json", other.to_string());
    for line in ["claim create one.json", "claim create two.json", "claim transmit 1"] {
        ends(&desk, line, 0);
    }
    let status = |number: u32| told(&desk, &format!("claim show {number}"))["status"].clone();
    ends(&desk, "claim cancel 1 2 --dry-run", 0);
    assert!(ends(&desk, "claim cancel 2 9", 2).tells("ENTRY_UNKNOWN"));
    assert_eq!((status(1), status(2)), (json!("WAITING"), json!("VALID")));
    let ended = ends(&desk, "claim cancel 1 2 --lang en", 0);
    assert!(ended.stderr.contains("taken back: 1, 2") && ended.stderr.contains("to be told: 1\n"), "{}", ended.stderr);
    assert_eq!((status(1), status(2)), (json!("CANCELLED"), json!("CANCELLED")));
    assert!(ends(&desk, "claim cancel 1", 2).tells("ENTRY_TRANSITION_NOT_ALLOWED"));
    ends(&desk, "claim create one.json", 0);
    assert_eq!(names(&desk.path("outbox")).len(), 1, "the platform has no call for it");
    is_whole(&desk);
}
