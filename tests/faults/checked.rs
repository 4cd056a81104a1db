//! The checker itself: a workspace that is well is found well, and whatever is broken in it by hand is seen.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::checker::{Case, Dropped, Promise, judge};
use crate::house::{House, order, passed_over};
use crate::support::{names, root};

fn worked() -> House {
    let mut house = House::night();
    house.put("more.csv", order(3));
    house.work("before it is broken");
    assert!(house.judge().holds(), "{}", house.judge());
    house
}

/// Whether breaking a workspace is seen as what it is.
#[track_caller]
fn broken(promise: Promise, says: &str, breaking: impl FnOnce(&House)) {
    let house = worked();
    breaking(&house);
    let found = house.judge();
    assert!(found.faults(promise).iter().any(|fault| fault.contains(says)), "{says}\n{found}");
}

fn change(house: &House, words: &str) {
    let ledger = house.connection();
    ledger.execute_batch(&format!("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; {words}")).unwrap();
}

#[test]
fn a_file_that_is_gone_is_lost() {
    broken(Promise::NoLoss, "lost: facture.pdf (10 bytes)", |house| {
        fs::remove_file(house.path("rejected/facture.pdf")).unwrap();
    });
    broken(Promise::NoLoss, "has no file", |house| {
        fs::remove_file(house.path("done/deposit-000001-claims-list.csv")).unwrap();
    });
}

#[test]
fn a_file_in_two_places_is_seen() {
    broken(Promise::NoLoss, "in two places", |house| {
        fs::hard_link(house.path("rejected/facture.pdf"), house.path("inbox/facture.pdf")).unwrap();
    });
    broken(Promise::NoLoss, "dropped 1 times, there 2 times", |house| {
        fs::copy(house.path("done/mandates.json"), house.path("inbox/mandates.json")).unwrap();
    });
    broken(Promise::NoLoss, "left in between", |house| {
        fs::rename(house.path("done/mandates.json"), house.path("work/inbox/mandates.json")).unwrap();
    });
}

#[test]
fn a_file_that_is_not_what_it_was_is_seen() {
    let commande =
        |house: &House| names(&house.path("done")).into_iter().find(|name| name.ends_with("-commande.csv")).unwrap();
    broken(Promise::NoLie, "not the file that the ledger knows", |house| {
        let path = house.path("done").join(commande(house));
        fs::write(&path, fs::read_to_string(&path).unwrap().replace('2', "9")).unwrap();
    });
    broken(Promise::NoLoss, "the ledger knows no import 9", |house| {
        fs::rename(house.path("done").join(commande(house)), house.path("done/import-000009-commande.csv")).unwrap();
    });
    broken(Promise::NoLie, "is not what done/deposit-000002-repairs.xml holds", |house| {
        let path = house.path("done/deposit-000002-repairs.xml");
        fs::write(&path, fs::read_to_string(&path).unwrap().replace('1', "7")).unwrap();
    });
}

#[test]
fn a_line_that_counts_twice_is_seen() {
    let again = "CREATE TEMP TABLE more AS SELECT * FROM import WHERE accepted > 0 LIMIT 1;
        CREATE TEMP TABLE lines AS SELECT * FROM source_line WHERE import = (SELECT id FROM more);
        UPDATE more SET id = 99; UPDATE lines SET id = id + 1000, import = 99;
        INSERT INTO import SELECT * FROM more; INSERT INTO source_line SELECT * FROM lines";
    broken(Promise::NoDouble, "brought the same bytes", |house| change(house, again));
    broken(Promise::NoDouble, "source lines count more often than once", |house| change(house, again));
    broken(Promise::NoLie, "its sources ask for others", |house| change(house, again));
    broken(Promise::NoDouble, "entries count more often than once", |house| {
        change(house, "DROP INDEX entry_once; UPDATE entry SET identity = 1, kind = 'repairs', status = 'TO_PLAN'");
    });
}

#[test]
fn numbers_that_do_not_add_up_are_seen() {
    for (says, words) in [
        ("accounted for", "UPDATE import SET ignored = ignored + 1"),
        ("lines accepted", "DELETE FROM source_line WHERE id = (SELECT max(id) FROM source_line)"),
        ("lines rejected", "DELETE FROM refused_line"),
        ("totals differ", "UPDATE basket SET amount = amount + 1"),
        ("entries created", "UPDATE deposit SET claims = claims + 1 WHERE kind = 'claims'"),
        ("nothing was refused", "UPDATE import SET status = 'DONE' WHERE rejected > 0"),
        ("in its summary", "UPDATE import SET read = read + 1, accepted = accepted + 1"),
        ("of another file", "UPDATE deposit SET hash = 'x' || hash"),
    ] {
        broken(Promise::NoLie, says, |house| change(house, words));
    }
}

#[test]
fn reports_that_are_gone_or_torn_are_seen() {
    broken(Promise::NoLie, "has no summary", |house| {
        fs::remove_file(house.path("out/deposit-000001/summary.json")).unwrap();
    });
    for (name, length) in [("summary.json", 100), ("errors.xlsx", 3000), ("errors.csv", 90)] {
        broken(Promise::NotTorn, "half a file", |house| {
            let path = house.path("out/deposit-000001").join(name);
            fs::write(&path, &fs::read(&path).unwrap()[..length]).unwrap();
        });
    }
    broken(Promise::NotTorn, "half a file: out/events.ndjson", |house| {
        let path = house.path("out/events.ndjson");
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - 5]).unwrap();
    });
    for name in
        ["done/.bordereau-x", "outbox/.bordereau-y", "out/import-000001/.bordereau-partial", "work/deposit-9.csv.part"]
    {
        broken(Promise::NotTorn, "left beside", |house| fs::write(house.path(name), "").unwrap());
    }
}

/// What goes because its time is over is not lost.
#[test]
fn what_was_purged_is_not_missed() {
    let mut house = House::night();
    house.work("before its time is over");
    let settings = fs::read_to_string(house.path("bordereau.toml")).unwrap();
    fs::write(house.path("bordereau.toml"), format!("{settings}\n[retention]\noriginals = \"1 day\"\n")).unwrap();
    house.put("more.csv", order(3));
    // Files count from the moment at which they got their place.
    let ended = house.program().env("BORDEREAU_NOW", "2099-01-01T00:00:00Z").arg("purge").output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(!house.path("rejected/facture.pdf").exists(), "{}", String::from_utf8_lossy(&ended.stdout));
    house.work("after it");
    assert!(house.judge().holds(), "{}", house.judge());
}

#[test]
fn what_waits_for_somebody_is_seen() {
    for (says, words) in [
        ("have no names yet", "UPDATE import SET reports_pending = 1"),
        ("is PROCESSING", "UPDATE deposit SET status = 'PROCESSING' WHERE id = 1"),
        ("are in the file", "UPDATE event_stream SET written = 0"),
        ("names a row that is not there", "DELETE FROM import WHERE accepted > 0"),
    ] {
        broken(Promise::Recovers, says, |house| change(house, words));
    }
}

#[test]
fn a_refusal_that_is_not_told_is_seen() {
    broken(Promise::SaysSo, "no code beside rejected/facture.pdf", |house| {
        fs::remove_file(house.path("rejected/facture.pdf.txt")).unwrap();
    });
    broken(Promise::SaysSo, "no code beside rejected/answer.json", |house| {
        fs::write(house.path("rejected/answer.json.txt"), "something went wrong").unwrap();
    });
    broken(Promise::SaysSo, "no workbook to correct", |house| {
        let beside = names(&house.path("done")).into_iter().find(|name| name.ends_with("commande.csv.errors.xlsx"));
        fs::remove_file(house.path("done").join(beside.unwrap())).unwrap();
    });
}

#[test]
fn memory_is_held_against_its_cap() {
    let house = worked();
    let judged = |memory| judge(house.home(), &Case { dropped: None, memory }).unwrap();
    assert!(judged(Some((100, 100))).holds());
    assert!(!judged(Some((101, 100))).faults(Promise::Bounded).is_empty());
    assert!(judged(None).to_string().contains("I5 bounded: not judged"));
}

#[test]
fn a_list_of_what_was_dropped_reads_back() {
    let house = worked();
    let lines: String = house.dropped.iter().map(Dropped::line).collect();
    assert_eq!(lines.lines().map(Dropped::read).collect::<Option<Vec<_>>>().unwrap(), house.dropped);
    assert_eq!(Dropped::read("abc\tmany\tx"), None);
}

/// What the checker says may not come from the program that it judges.
#[test]
fn the_checker_knows_nothing_of_the_program() {
    let folder = root().join("tests/faults");
    let mut files: Vec<_> =
        names(&folder.join("checker")).iter().map(|name| folder.join("checker").join(name)).collect();
    files.push(folder.join("check_invariants.rs"));
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["bordereau::", "crate::support", "crate::house", "Command"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn as_a_program_it_says_the_same() {
    // Tests lie beside the folder of examples.
    let program =
        std::env::current_exe().unwrap().parent().unwrap().with_file_name("examples").join("check_invariants");
    let changed = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let folder = root().join("tests/faults/checker");
    let newest = names(&folder).iter().filter_map(|name| changed(&folder.join(name))).max();
    if changed(&program) < newest {
        return passed_over("check_invariants is not built, or not anew (cargo build --examples)");
    }
    let check = |words: &[&str]| Command::new(&program).args(words).output().unwrap();
    let house = worked();
    let home = house.home().to_str().unwrap();
    let list = house.path("list");
    fs::write(&list, house.dropped.iter().map(Dropped::line).collect::<String>()).unwrap();
    let words = [home, "--dropped", list.to_str().unwrap(), "--peak", "100"];
    let ended = check(&words);
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert_eq!(said.matches(": holds\n").count(), 7, "{said}");
    fs::remove_file(house.path("rejected/facture.pdf")).unwrap();
    let ended = check(&words);
    assert_eq!(ended.status.code(), Some(3), "{}", String::from_utf8_lossy(&ended.stdout));
    assert!(String::from_utf8_lossy(&ended.stdout).contains("10 bytes lost"));
    assert_eq!(check(&[]).status.code(), Some(2));
}
