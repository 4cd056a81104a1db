//! Backups written while others work, and workspaces made of them.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::claims::ends;
use crate::raised::raises;
use crate::support::{Desk, Ended, names, program, run, samples, tree, zipped};

raises! {
    BACKUP_INVALID: only_a_backup_is_restored => restoring_something_else();
    FOLDER_NOT_EMPTY: a_backup_is_restored_where_nothing_is => restoring_onto_something();
}

fn restoring_something_else() -> Ended {
    let desk = Desk::new();
    for (name, files) in [
        ("a.zip", vec![("ledger.sqlite", "x")]),
        (
            "b.zip",
            vec![("backup.json", r#"{"kind":"backup","version":1,"at":"2026-03-04T08:00:00Z"}"#), ("../out", "x")],
        ),
        (
            "c.zip",
            vec![("backup.json", r#"{"kind":"backup","version":1,"at":"2026-03-04T08:00:00Z"}"#), ("home/x", "x")],
        ),
        ("d.zip", vec![("backup.json", r#"{"kind":"backup","version":2,"at":"2026-03-04T08:00:00Z"}"#)]),
        ("e.zip", vec![("backup.json", r#"{"kind":"backup","version":1,"at":"2026-03-04T08:00:00Z"}"#)]),
    ] {
        desk.put(name, zipped(&files));
        let ended = desk.run(&format!("restore {name} new"));
        assert!(ended.tells("BACKUP_INVALID") && !desk.path("new").exists(), "{name}: {}", ended.stderr);
    }
    assert!(!desk.path("../out").exists());
    desk.run("restore orders.csv new")
}

fn restoring_onto_something() -> Ended {
    let desk = Desk::workspace();
    ends(&desk, "backup copy.zip", 0);
    assert!(desk.run("restore copy.zip .").tells("WORKSPACE_EXISTS"));
    assert!(desk.run("restore nothing.zip new").tells("FILE_NOT_FOUND"));
    desk.put("mine/x", "x");
    let ended = desk.run("restore copy.zip mine");
    assert_eq!(names(&desk.path("mine")), ["x"]);
    ended
}

/// A file with two lines that no other file has.
fn order(number: i64) -> String {
    format!("Réf;Qté;Commande client\n0070817965D;1;K-{number}\nMS-623210;2;K-{number}\n")
}

fn lines(home: &Path) -> (i64, i64) {
    let ledger = rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap();
    let ask = |question: &str| ledger.query_row(question, [], |row| row.get(0)).unwrap();
    (ask("SELECT count(*) FROM source_line"), ask("SELECT count(DISTINCT customer_order_number) FROM source_line"))
}

#[track_caller]
fn is_well(home: &Path) {
    let doctor = run(home, ["doctor"]);
    assert_eq!(doctor.code, Some(0), "{}{}", doctor.stdout, doctor.stderr);
}

/// Whether a file is one of those that were dropped; what lies beside it is not.
fn is_order(name: &str) -> bool {
    name.strip_suffix(".csv").is_some_and(|name| name.contains("order-"))
}

/// Files in which a line of these orders waits for its turn, or that were done.
fn files(home: &Path) -> usize {
    let all = ["inbox", "work/inbox", "done"].into_iter().flat_map(|folder| names(&home.join(folder)));
    all.filter(|name| is_order(name)).count()
}

/// As a backup finds them while somebody gives them their names: without the summary, which goes last.
#[test]
fn reports_that_were_not_whole_in_a_backup_hinder_nobody() {
    let desk = Desk::workspace();
    desk.put("out/import-000001/errors.csv", "half");
    desk.put("work/inbox/order-1.csv", order(1));
    ends(&desk, "backup copy.zip --files", 0);
    ends(&desk, "restore copy.zip new", 0);
    let new = desk.path("new");
    let worked = run(&new, ["run"]);
    assert_eq!(worked.code, Some(0), "{}{}", worked.stdout, worked.stderr);
    assert_eq!(names(&new.join("done")).iter().filter(|name| is_order(name)).count(), 1);
    assert_eq!((files(&new), lines(&new)), (1, (2, 1)));
    is_well(&new);
}

const ORDERS: i64 = 24;

#[test]
fn a_backup_written_while_others_work_loses_and_doubles_nothing() {
    let desk = Desk::workspace();
    let home = desk.path("");
    let mut watch = program(&home);
    watch.args(["watch", "--every", "1", "--settled", "0"]);
    watch.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut watch = watch.spawn().unwrap();
    let backups = 4;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..ORDERS {
                desk.put(&format!("typed-{number}.csv"), order(1000 + number));
                ends(&desk, &format!("import typed-{number}.csv"), 0);
                desk.put(&format!("inbox/.order-{number}"), order(number));
                fs::rename(
                    desk.path(&format!("inbox/.order-{number}")),
                    desk.path(&format!("inbox/order-{number}.csv")),
                )
                .unwrap();
                if number % 8 == 0 {
                    ends(&desk, "catalogue load catalogue.csv", 0);
                }
            }
        });
        for number in 0..backups {
            std::thread::sleep(std::time::Duration::from_millis(400));
            ends(&desk, &format!("backup {number}.zip --files"), 0);
        }
    });
    run(&home, ["stats"]);
    watch.kill().unwrap();
    watch.wait().unwrap();
    ends(&desk, "run", 0);
    assert_eq!(lines(&home), (4 * ORDERS, 2 * ORDERS));
    let before = tree(&home.join("done"));
    for number in 0..backups {
        // Of the backup alone: whatever had been dropped is there, done or to be done.
        ends(&desk, &format!("restore {number}.zip restored-{number}"), 0);
        let restored = desk.path(&format!("restored-{number}"));
        is_well(&restored);
        let worked = run(&restored, ["run"]);
        is_well(&restored);
        let (all, orders) = lines(&restored);
        assert_eq!(all, 2 * orders, "every line once");
        let dropped = names(&restored.join("done")).iter().filter(|name| is_order(name)).count();
        assert!(
            usize::try_from(orders).unwrap() >= dropped && files(&restored) == dropped,
            "{orders} orders, {dropped} files done, {:?} and {:?} left by {:?}: {}{}",
            names(&restored.join("inbox")),
            names(&restored.join("work/inbox")),
            worked.code,
            worked.stdout,
            worked.stderr
        );
        // With the files of the one that was lost: everything that ever came in a file.
        ends(&desk, &format!("restore {number}.zip again-{number} --files-from . --json"), 0);
        let again = desk.path(&format!("again-{number}"));
        is_well(&again);
        let done = run(&again, ["run"]);
        assert!(matches!(done.code, Some(0 | 5)), "{}", done.stderr);
        is_well(&again);
        let ledger = rusqlite::Connection::open(again.join("ledger.sqlite")).unwrap();
        let of_inbox = "SELECT count(*), count(DISTINCT customer_order_number) FROM source_line WHERE length(customer_order_number) < 6";
        let found: (i64, i64) = ledger.query_row(of_inbox, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(found, (2 * ORDERS, ORDERS), "backup {number}");
    }
    assert_eq!(tree(&home.join("done")), before, "the one that was lost stays as it is");
}

#[test]
fn what_came_after_a_backup_is_done_again() {
    let desk = Desk::workspace();
    desk.put("inbox/first.csv", order(1));
    desk.put("inbox/claims-list.csv", fs::read(samples().join("deposits/claims-list.csv")).unwrap());
    desk.run("run");
    ends(&desk, "formats list --csv --save-search mine", 0);
    // Senders choose names.
    let names_of_senders = ["rejected/C:\\x.csv", "rejected/a\\..\\b.csv", "rejected/n\nl.csv", "rejected/-rf"];
    for name in names_of_senders {
        desk.put(name, name);
    }
    ends(&desk, "backup all.zip --files", 0);
    ends(&desk, "restore all.zip whole", 0);
    for name in names_of_senders {
        assert_eq!(fs::read_to_string(desk.path("whole").join(name)).unwrap(), name);
    }
    ends(&desk, "backup copy.zip", 0);
    desk.put("inbox/second.csv", order(2));
    desk.put("inbox/mandates.json", fs::read(samples().join("work-orders/new-mandates.json")).unwrap());
    desk.put("inbox/claims.xml", fs::read(samples().join("deposits/claims.xml")).unwrap());
    desk.run("run");
    desk.put("inbox/third.csv", order(3));
    let ended = ends(&desk, "restore copy.zip new --files-from . --json", 0);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&told["kind"], &told["at"]), (&"restored".into(), &"2026-03-04T08:00:00Z".into()));
    let new = desk.path("new");
    assert!(new.join("searches.toml").is_file());
    is_well(&new);
    let waiting = names(&new.join("inbox"));
    for name in ["second.csv", "third.csv", "mandates.json", "claims.xml"] {
        assert!(waiting.contains(&name.to_owned()), "{name}: {waiting:?}");
    }
    assert!(
        new.join("done/import-000001-first.csv").is_file() && new.join("done/deposit-000001-claims-list.csv").is_file()
    );
    assert!(!new.join("out/import-000002").exists(), "the next import has this number");
    run(&new, ["run"]);
    is_well(&new);
    assert_eq!(lines(&new), lines(&desk.path("")).max((6, 3)));
    let entries = |home: &Path| -> i64 {
        let ledger = rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap();
        ledger.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(entries(&new), entries(&desk.path("")));
    // What a deposit was read from is where it was.
    assert!(run(&new, ["deposits", "retry", "1", "--dry-run"]).code != Some(6));
}
