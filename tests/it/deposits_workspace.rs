//! The commands below `deposits`, through the program.

use std::fs;

use serde_json::Value;

use crate::cli::snapshot;
use crate::raised::raises;
use crate::support::{Desk, Ended, names};

raises! {
    DEPOSIT_DELETED: what_is_deleted_is_not_deleted_twice => twice_deleted();
    DEPOSIT_NOT_RETRYABLE: what_has_nothing_left_is_not_read_again => retried_when_done();
    DEPOSIT_REPORT_GONE: a_report_that_is_gone_is_told => without_a_report();
    DEPOSIT_UNKNOWN: a_deposit_that_nobody_knows_is_told => Desk::workspace().run("deposits show march.csv");
}

/// A workspace with a deposit of which two of five claims are refused.
fn deposited() -> Desk {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    done(&desk, "deposit claims.csv", 3);
    desk
}

#[track_caller]
fn done(desk: &Desk, line: &str, code: i32) -> Ended {
    let ended = desk.run(line);
    assert_eq!(ended.code, Some(code), "{line}: {}{}", ended.stdout, ended.stderr);
    ended
}

#[track_caller]
fn json(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&done(desk, line, 0).stdout).unwrap()
}

fn twice_deleted() -> Ended {
    let desk = deposited();
    done(&desk, "deposits delete claims.csv --yes", 0);
    desk.run("deposits delete 1 --yes")
}

fn retried_when_done() -> Ended {
    let desk = Desk::workspace();
    desk.bring("deposits/claim-object.json", "claim.json");
    done(&desk, "deposit claim.json", 0);
    desk.run("deposits retry 1")
}

fn without_a_report() -> Ended {
    let desk = deposited();
    fs::remove_file(desk.path("out/deposit-000001/errors.xlsx")).unwrap();
    let ended = desk.run("deposits errors 1 --xlsx -o copy.xlsx");
    assert!(!desk.path("copy.xlsx").exists());
    ended
}

#[test]
fn deposits_are_told_in_both_languages() {
    for language in ["fr", "en"] {
        let desk = deposited();
        desk.bring("deposits/repairs-repeated.csv", "repairs.csv");
        fs::copy(desk.path("claims.csv"), desk.path("again.csv")).unwrap();
        done(&desk, "deposit repairs.csv", 3);
        done(&desk, "deposit again.csv", 5);
        let commands = [
            "deposits list",
            "deposits show 1",
            "deposits show 3",
            "deposits errors 2",
            "deposits content 1",
            "deposits show 9",
            "deposits delete 1 2 --dry-run",
            "deposits delete 1 2 --yes",
            "deposits show 1",
            "deposits list --deleted",
            "deposits errors 1",
        ];
        let commands = commands.map(|line| format!("{line} --lang {language}"));
        snapshot(&format!("deposits-{language}"), &desk, &commands.each_ref().map(String::as_str));
    }
}

/// The rows of a list as JSON.
fn rows(desk: &Desk, line: &str) -> Vec<Value> {
    json(desk, &format!("{line} --json"))["rows"].as_array().unwrap().clone()
}

fn numbers(desk: &Desk, line: &str) -> Vec<i64> {
    rows(desk, line).iter().map(|row| row["deposit"].as_i64().unwrap()).collect()
}

#[test]
fn deposits_are_listed_by_what_they_are() {
    let desk = deposited();
    desk.bring("deposits/repairs-repeated.csv", "repairs.csv");
    done(&desk, "deposit repairs.csv", 3);
    fs::copy(desk.path("claims.csv"), desk.path("again.csv")).unwrap();
    done(&desk, "deposit again.csv", 5);
    for (filter, found) in [
        ("", vec![3, 2, 1]),
        ("--status partial", vec![2, 1]),
        ("--status DUPLICATE,REJECTED", vec![3]),
        ("--kind claims", vec![1]),
        ("--kind repairs", vec![2]),
        ("-m 4", vec![2]),
        ("--manufacturer 15", vec![1]),
        ("--from 04/03/2026 --to 2026-03-04", vec![3, 2, 1]),
        ("--from 05/03/2026", vec![]),
        ("--to 03/03/2026", vec![]),
        ("--limit 1", vec![3]),
        ("--sort deposit", vec![1, 2, 3]),
    ] {
        assert_eq!(numbers(&desk, &format!("deposits list {filter}")), found, "{filter}");
    }
    let row = &rows(&desk, "deposits list")[2];
    let counts =
        ["read", "accepted", "rejected", "ignored", "claims", "repairs", "drafts", "corrected", "open", "updated"];
    assert_eq!(counts.map(|name| row[name].as_i64().unwrap()), [5, 3, 2, 0, 5, 0, 2, 0, 2, 0]);
    assert_eq!(
        (&row["received_by"], &row["status"], &row["parent"]),
        (&"claire".into(), &"PARTIAL".into(), &Value::Null)
    );
    done(&desk, "deposits list --from yesterday", 2);
    done(&desk, "deposits list --kind orders", 2);
    // A search is kept and fetched as in every other list.
    done(&desk, "deposits list --status duplicate --json --save-search twice", 0);
    assert_eq!(numbers(&desk, "deposits list --search twice"), [3]);
}

#[test]
fn a_deposit_says_what_is_to_be_done_next() {
    let desk = deposited();
    let page = done(&desk, "deposits show 1 --lang fr", 0).stdout;
    for said in [
        "Dépose 1 : claims.csv",
        "2026-03-04 08:00:00 UTC par claire",
        "5 = 3 acceptés + 2 refusés + 0 ignorés",
        "0, restent 2",
        "done/deposit-000001-claims.csv",
        "bordereau deposit out/deposit-000001/errors.xlsx",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The command that it gives is the right one.
    done(&desk, "deposit out/deposit-000001/errors.xlsx", 4);
    let object = json(&desk, "deposits show claims.csv --json");
    assert_eq!((object["kind"].as_str(), object["version"].as_i64()), (Some("deposit-entry"), Some(1)));
    assert_eq!((&object["corrections"], &object["open"]), (&serde_json::json!([2]), &2.into()));

    // Without the workbook the refused lines alone will do, without any report the list of errors.
    for (gone, said) in [("errors.xlsx", "refused.csv"), ("refused.csv", "bordereau deposits errors 1")] {
        fs::remove_file(desk.path("out/deposit-000001").join(gone)).unwrap();
        let page = done(&desk, "deposits show 1", 0).stdout;
        assert!(page.lines().last().unwrap().contains(said), "{page}");
    }
    fs::copy(desk.path("claims.csv"), desk.path("again.csv")).unwrap();
    done(&desk, "deposit again.csv", 5);
    let page = done(&desk, "deposits show 3", 0).stdout;
    assert!(page.contains("[DUPLICATE_DEPOSIT]") && page.contains("bordereau deposits show 1"), "{page}");

    desk.bring("deposits/claim-object.json", "claim.json");
    done(&desk, "deposit claim.json", 0);
    let page = done(&desk, "deposits show claim.json", 0).stdout;
    assert!(page.contains("bordereau deposits content 4"), "{page}");
    desk.put("orders-only.csv", "Ref;Qty\nA;1\n");
    done(&desk, "deposit orders-only.csv", 6);
    let page = done(&desk, "deposits show 5", 0).stdout;
    assert!(page.contains("refused") && page.contains("\n  → "), "{page}");
}

#[test]
fn what_is_left_to_be_corrected_is_listed_without_its_values() {
    let desk = deposited();
    let told = done(&desk, "deposits errors 1 --lang fr", 0).stdout;
    let codes: Vec<_> = told.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert_eq!(codes, ["4", "4", "4", "5"], "{told}");
    assert!(told.contains("JJ/MM/AAAA") && !told.contains("31/02/2026"), "{told}");

    // Corrected: only the other one is left. The reports stay as they were.
    let refused = fs::read_to_string(desk.path("out/deposit-000001/refused.csv")).unwrap();
    desk.put("corrected.csv", refused.replace("Groupe Seb", "15"));
    done(&desk, "deposit corrected.csv", 3);
    let told = done(&desk, "deposits errors 1", 0).stdout;
    assert!(told.contains("DATE_INVALID") && !told.contains("MANUFACTURER_UNKNOWN"), "{told}");
    let kept = fs::read_to_string(desk.path("out/deposit-000001/errors.csv")).unwrap();
    assert_eq!(done(&desk, "deposits errors 1 --csv", 0).stdout, kept);
    done(&desk, "deposits errors 1 -o copy.csv", 0);
    assert_eq!(fs::read_to_string(desk.path("copy.csv")).unwrap(), kept);
    done(&desk, "deposits errors 1 --xlsx -o copy.bin", 0);
    assert_eq!(
        fs::read(desk.path("copy.bin")).unwrap(),
        fs::read(desk.path("out/deposit-000001/errors.xlsx")).unwrap()
    );
    let found = json(&desk, "deposits errors 1 --json");
    let results = found["ResponseData"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["ReportNumber"], "R-2026-0003");
    assert_eq!(results[0]["ValidationErrors"][0]["Field"], "ConsumerDto.Zip");
    done(&desk, "deposits errors 1 --xlsx", 2);
    done(&desk, "deposits errors 1 -o copy.txt", 2);
}

/// What has no draft is told from the report.
#[test]
fn what_was_refused_without_a_draft_is_listed_too() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    done(&desk, "deposit claims.csv --accept valid", 3);
    let told = done(&desk, "deposits errors 1", 0);
    assert_eq!(told.stdout.lines().count(), 5, "{}", told.stdout);
    fs::remove_file(desk.path("out/deposit-000001/errors.csv")).unwrap();
    assert!(done(&desk, "deposits errors 1", 0).tells("DEPOSIT_REPORT_GONE"));
}

#[test]
fn the_content_of_a_deposit_names_nobody() {
    let desk = deposited();
    let content = rows(&desk, "deposits content 1");
    let of = |name: &str| content.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("report_number"), ["R-2026-0001", "R-2026-0002", "R-2026-0003", "R-2026-0004", "R-2026-0005"]);
    assert_eq!(of("status"), ["VALID", "VALID", "NOTVALID", "NOTVALID", "VALID"]);
    assert_eq!(of("line"), [2, 3, 4, 5, 6]);
    assert_eq!(of("manufacturer_id"), [Value::from(15), 15.into(), 15.into(), Value::Null, 15.into()]);
    let whole = done(&desk, "deposits content 1 --csv", 0).stdout;
    assert!(!whole.contains("Lef") && !whole.contains("Bayonne"), "{whole}");
    // A correction brought a claim up to date that the first deposit had created.
    let refused = fs::read_to_string(desk.path("out/deposit-000001/refused.csv")).unwrap();
    desk.put("corrected.csv", refused.replace("Groupe Seb", "15"));
    done(&desk, "deposit corrected.csv", 3);
    let updated = rows(&desk, "deposits content 2");
    assert!(updated.iter().any(|row| row["report_number"] == "R-2026-0004" && row["status"] == "VALID"), "{updated:?}");
    assert!(updated.iter().all(|row| row["created"] == false && row["line"].is_null()), "{updated:?}");
}

#[test]
fn a_deleted_deposit_leaves_its_line_and_nothing_else() {
    let desk = deposited();
    let rehearsed = json(&desk, "deposits delete 1 --dry-run --json");
    assert_eq!((&rehearsed["dry_run"], &rehearsed["deposits"][0]["purged"]), (&true.into(), &5.into()));
    assert_eq!(names(&desk.path("done")), ["deposit-000001-claims.csv"], "only said");
    // Nobody is there to be asked, and an unknown number spares all.
    assert!(done(&desk, "deposits delete 1", 2).tells("ARGUMENT_MISSING"));
    assert!(done(&desk, "deposits delete 1 99 --yes", 2).tells("DEPOSIT_UNKNOWN"));
    assert_eq!(numbers(&desk, "deposits list"), [1]);

    let deleted = json(&desk, "deposits delete 1 1 --yes --json");
    assert_eq!(deleted["deposits"].as_array().unwrap().len(), 1);
    assert_eq!((names(&desk.path("done")), names(&desk.path("out"))), (Vec::new(), Vec::new()));
    assert_eq!(numbers(&desk, "deposits list"), Vec::<i64>::new());
    assert_eq!(numbers(&desk, "deposits list --deleted"), [1]);
    assert!(rows(&desk, "deposits content 1").is_empty());
    done(&desk, "deposits errors 1", 2);
    let page = done(&desk, "deposits show 1", 0).stdout;
    assert!(page.contains("Deleted at") && !page.contains('→'), "{page}");
    let object = json(&desk, "deposits show 1 --json");
    assert_eq!((object["deleted_by"].as_str(), object["read"].as_i64()), (Some("claire"), Some(5)));
    done(&desk, "doctor", 0);
    // The same file may come again.
    done(&desk, "deposit claims.csv", 3);
    done(&desk, "doctor", 0);
}

/// The program died when the ledger had deleted the deposit.
#[test]
fn files_of_a_deleted_deposit_are_removed_by_the_next_command() {
    use bordereau::ledger::{DepositBook as _, DepositId, SqliteLedger, Stamp};
    use bordereau::model::Moment;

    let desk = deposited();
    desk.put("out/deposit-000001/note.txt", "mine");
    let stamp = Stamp { at: Moment::parse("2026-03-04T09:00:00Z").unwrap(), by: "claire".to_owned() };
    SqliteLedger::open(&desk.path("ledger.sqlite"), false).unwrap().delete_deposit(DepositId(1), &stamp).unwrap();
    assert_eq!(names(&desk.path("done")).len(), 1);
    assert_eq!(numbers(&desk, "deposits list --deleted"), [1]);
    assert_eq!(names(&desk.path("done")), Vec::<String>::new());
    assert_eq!(names(&desk.path("out/deposit-000001")), ["note.txt"], "what is not ours stays");
}

/// A folder that later results have taken over is theirs.
#[test]
fn reports_that_a_later_deposit_has_replaced_stay() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    desk.bring("deposits/repairs-repeated.csv", "repairs.csv");
    done(&desk, "deposit claims.csv --out result", 3);
    done(&desk, "deposit repairs.csv --out result", 3);
    done(&desk, "deposits delete 1 --yes", 0);
    assert!(desk.path("result/summary.json").is_file());
    done(&desk, "deposits errors 2 --csv", 0);
    done(&desk, "deposits delete 2 --yes", 0);
    assert!(!desk.path("result").exists());
}
