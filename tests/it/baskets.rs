//! Baskets through the program: seen, changed, added to, emptied.

use serde_json::{Value, json};

use crate::cli::snapshot;
use crate::raised::raises;
use crate::support::{Desk, Ended, run, summary};

raises! {
    LINE_NOT_WAITING: a_line_that_is_not_in_a_basket_cannot_be_changed => of_a_line_that_was_removed();
    REF_NOT_AT_MANUFACTURER: a_part_is_not_moved_to_somebody_who_does_not_have_it => moved_to_a_stranger();
}

/// A workspace in whose baskets lines wait.
fn filled() -> Desk {
    let desk = Desk::workspace();
    for line in [
        "0070817965D 2 --mission-order OM26-0004711 --comment urgent",
        "0070817965D 3 --mission-order OM26-0004711 --comment =1+1",
        "00400001 1 --customer-order-number CDE-7 --desired-date 10/03/2026",
        "C00111222 4 --manufacturer 27 --countermark DUPONT",
        "481246688962 5 --delivery-account 12345-02",
    ] {
        let ended = desk.run(&format!("basket add {line}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    desk
}

/// The rows of a list.
#[track_caller]
fn rows(desk: &Desk, command: &str) -> Vec<Value> {
    let ended = desk.run(&format!("{command} --json"));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    told["rows"].as_array().unwrap().clone()
}

fn of_a_line_that_was_removed() -> Ended {
    let desk = filled();
    assert_eq!(desk.run("basket remove --line 1").code, Some(0));
    let before = rows(&desk, "basket show");
    let ended = desk.run("basket edit --line 1,2,99 --quantity 7");
    assert!(ended.stderr.contains("removed: 1; unknown: 99"), "{}", ended.stderr);
    assert_eq!(rows(&desk, "basket show"), before, "line 2 was left alone, too");
    ended
}

fn moved_to_a_stranger() -> Ended {
    let desk = filled();
    let before = rows(&desk, "basket show");
    let ended = desk.run("basket move --line 1-9 --to 2");
    assert!(ended.stderr.contains("0070817965D, 00400001 "), "{}", ended.stderr);
    assert_eq!(rows(&desk, "basket show"), before, "those that could be moved were not");
    ended
}

fn played(language: &str) {
    let desk = Desk::workspace();
    desk.put("newer.csv", newer_catalogue());
    let commands = [
        "basket list",
        "basket add 0070817965D 2 --mission-order OM26-0004711 --comment urgent",
        "basket add 0070817965D 3 --mission-order OM26-0004711",
        "basket add 00400001 1 --customer-order-number CDE-7 --desired-date 10/03/2026",
        "basket add C00111222 1",
        "basket add C00111222 4 --supplier 27 --countermark DUPONT",
        "basket add 481246688962 7 --dry-run",
        "basket add O070817965D 0",
        "basket add 0070817965D 1 --manufacturer Miele",
        "basket add 0070817965D 1 --desired-date 31/02/2026",
        "basket list",
        "basket show",
        "basket show 4 --sources",
        "basket show --text JOINT --columns line,reference,availability",
        "basket show --limit 1",
        "basket show --countermark nobody",
        "basket edit --line 1 --quantity 9 --comment later",
        "basket edit --all --take-replacement --dry-run",
        "basket edit --all --take-replacement",
        "catalogue load newer.csv",
        "basket edit --all --refresh-prices",
        "basket edit --manufacturer 4 --quantity 10000",
        "basket edit --line 1",
        "basket edit --quantity 2",
        "basket move --line 3 --to 2",
        "basket show",
        "basket remove --text joint",
        "basket remove --all",
        "basket remove --all --yes",
        "basket list",
    ];
    let commands: Vec<_> = commands.iter().map(|command| format!("{command} --lang {language}")).collect();
    snapshot(&format!("baskets-{language}"), &desk, &commands.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The catalogue of the samples with another price, without a part that a line waits for, and without one's manufacturer.
fn newer_catalogue() -> String {
    let catalogue = std::fs::read_to_string(crate::support::samples().join("catalogue.csv")).unwrap();
    let kept = catalogue.lines().filter(|line| !line.starts_with("4;00400003;"));
    kept.map(|line| line.replace(";Joint de porte;24.90;", ";Joint de porte;26.50;") + "\n").collect()
}

#[test]
fn baskets_are_played_in_french() {
    played("fr");
}

#[test]
fn baskets_are_played_in_english() {
    played("en");
}

#[test]
fn what_a_file_brought_is_what_waits() {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv --out out").code, Some(3));
    let told = &summary(&desk.path("out"))["manufacturers"];
    let baskets = rows(&desk, "basket list");
    assert!(!baskets.is_empty());
    for basket in &baskets {
        let told = &told[basket["manufacturer"].to_string()];
        assert_eq!(
            (&basket["lines"], &basket["quantity"], &basket["amount"]),
            (&told["basket_lines"], &told["quantity"], &told["amount"])
        );
    }
    assert_eq!(told.as_object().unwrap().len(), baskets.len());
    let sources = rows(&desk, "basket show --sources");
    assert!(sources.iter().all(|row| row["file"] == "orders.csv" && row["import"] == 1), "{sources:?}");
    // A typed line joins one of a file that it equals.
    let line = &rows(&desk, "basket show --text 0070817965D")[0];
    let typed = [
        ("--customer-order-number", "customer_order_number"),
        ("--mission-order", "mission_order"),
        ("--countermark", "countermark"),
        ("--delivery-account", "delivery_account"),
        ("--desired-date", "desired_delivery_date"),
    ];
    let need: Vec<_> =
        typed.iter().filter_map(|(option, key)| Some([*option, line[*key].as_str()?])).flatten().collect();
    let add = run(&desk.path(""), ["basket", "add", "0070817965D", "1"].into_iter().chain(need));
    assert_eq!(add.code, Some(0), "{}", add.stderr);
    let after = &rows(&desk, "basket show --text 0070817965D")[0];
    assert_eq!(after["line"], line["line"]);
    assert_eq!(after["quantity"].as_u64(), line["quantity"].as_u64().map(|quantity| quantity + 1));
}

#[test]
fn a_trial_changes_nothing() {
    let desk = filled();
    let before = rows(&desk, "basket show");
    for command in [
        "basket add AS0020441 2",
        "basket edit --all --quantity 9 --comment x --take-replacement --refresh-prices",
        "basket move --line 3 --to 2",
        "basket remove --all",
    ] {
        let ended = desk.run(&format!("{command} --dry-run"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stderr.contains("nothing was written") && !ended.stdout.is_empty(), "{}", ended.stderr);
        assert_eq!(rows(&desk, "basket show"), before, "{command}");
    }
}

#[test]
fn programs_are_told_what_stood_there_and_what_stands_there_now() {
    let desk = filled();
    let changed = rows(&desk, "basket edit --manufacturer 4 --quantity 8 --take-replacement");
    assert_eq!(changed.len(), 2);
    assert_eq!(
        changed[1],
        json!({
            "line": 2, "manufacturer": 4, "reference": "00400001", "label": "Module de commande, 1re série",
            "new_manufacturer": 4, "new_reference": "00400003", "quantity": 1, "new_quantity": 8,
            "unit_price": "98.00", "new_unit_price": "104.20", "comment": null, "new_comment": null,
            "removed": false, "obstacle": null,
        })
    );
    let line = &rows(&desk, "basket show --line 2")[0];
    assert_eq!((&line["asked_reference"], &line["adjusted"]), (&json!("00400001"), &json!(7)));
    assert_eq!(rows(&desk, "basket edit --manufacturer 4 --quantity 8 --take-replacement").len(), 0);
}

#[test]
fn only_whom_the_account_may_order_from() {
    let desk = filled();
    desk.put("bordereau.toml", "manufacturers = [4, 27]\n");
    for command in ["basket add 481246688962 5", "basket move --line 3 --to 2"] {
        let ended = desk.run(command);
        assert!(ended.tells("MANUFACTURER_NOT_AUTHORISED"), "{}", ended.stderr);
        assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    }
    assert_eq!(desk.run("basket add C00111222 1 --manufacturer 27").code, Some(0));
}

#[test]
fn all_baskets_are_emptied_only_by_somebody_who_is_sure() {
    let desk = filled();
    let ended = desk.run("basket remove --all");
    assert!(ended.tells("ARGUMENT_MISSING") && ended.stderr.contains("--yes"), "{}", ended.stderr);
    assert_eq!(rows(&desk, "basket show").len(), 4);
    assert_eq!(desk.run("basket remove --all --yes").code, Some(0));
    assert_eq!(rows(&desk, "basket list").len(), 0);
    assert_eq!(desk.run("basket remove --all").code, Some(0), "nothing is left to be sure about");
}

#[test]
fn every_change_is_in_the_journal_with_who_made_it() {
    let desk = filled();
    desk.run("basket edit --line 1 --quantity 9 --comment later");
    desk.run("basket remove --line 1");
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    let mut journal = ledger
        .prepare("SELECT what, by, detail FROM journal WHERE subject = '1' AND what LIKE 'basket.%' ORDER BY id")
        .unwrap();
    let rows = journal.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).unwrap();
    let rows: Vec<[String; 3]> = rows.map(Result::unwrap).collect();
    let rows: Vec<_> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    assert_eq!(
        rows,
        [
            ["basket.quantity", "claire", "{\"from\":5,\"to\":9}"],
            ["basket.comment", "claire", "{\"from\":\"urgent\",\"to\":\"later\"}"],
            [
                "basket.removed",
                "claire",
                "{\"from\":{\"manufacturer\":4,\"reference\":\"0070817965D\",\"quantity\":9,\"unit_price\":249000}}"
            ],
        ]
    );
    assert_eq!(desk.run("doctor").code, Some(0));
}

#[test]
fn what_somebody_typed_is_shown_harmless_and_kept_as_it_is() {
    let desk = filled();
    let ended =
        run(&desk.path(""), ["basket", "edit", "--line", "1", "--comment", "a\u{1b}[31m'; DROP TABLE basket--"]);
    assert!(ended.code == Some(0) && !ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
    assert_eq!(rows(&desk, "basket show --line 1")[0]["comment"], "a\u{1b}[31m'; DROP TABLE basket--");
}
