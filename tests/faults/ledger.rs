//! A ledger that another program holds, that is damaged, or that is none.

use std::fs;

use crate::checker::Dropped;
use crate::house::{Chance, House, Watch, much, order, wait};
use crate::support::{Ended, tree};
use crate::tally::Tally;

fn run_without_patience(house: &House) -> Ended {
    house.program().env("BORDEREAU_PATIENCE", "1").arg("run").output().unwrap().into()
}

#[test]
fn f25_a_ledger_that_another_program_holds_is_waited_for_and_nothing_is_lost() {
    let mut tally = Tally::of("F25");
    for begin in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let house = House::night();
        let other = house.connection();
        other.execute_batch(begin).unwrap();
        let ended = run_without_patience(&house);
        assert_eq!(ended.code, Some(75), "{begin}: {}", ended.stderr);
        assert!(ended.tells("LEDGER_BUSY"), "{begin}: {}", ended.stderr);
        assert!(house.path("inbox/commande.csv").exists(), "{begin}: it waits");
        other.execute_batch("ROLLBACK").unwrap();
        house.work(begin);
        tally.count(&house, begin);
    }
}

#[test]
fn f25_a_watch_goes_on_when_the_other_program_lets_go() {
    let mut tally = Tally::of("F25");
    let mut house = House::new();
    let mut command = house.program();
    command.env("BORDEREAU_PATIENCE", "1").args(["watch", "--every", "1", "--settled", "0"]);
    let quiet = std::process::Stdio::null;
    let mut watch = Watch(command.stdout(quiet()).stderr(quiet()).spawn().unwrap());
    house.put("first.csv", order(1));
    wait(60, "the first file", || house.count("done") == 1);
    let other = house.connection();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    house.put("second.csv", order(2));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert!(watch.0.try_wait().unwrap().is_none(), "it lives on");
    assert_eq!(house.count("done"), 1);
    other.execute_batch("ROLLBACK").unwrap();
    wait(60, "the second file", || house.count("done") == 2);
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    tally.count(&house, "held for a while");
}

/// A workspace with something in its ledger and more to come, the ledger in one file.
fn filled() -> House {
    let mut house = House::night();
    house.work("what is in the ledger");
    for number in 0..3 {
        house.put(&format!("more-{number}.csv"), order(number));
    }
    house.connection().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    house
}

/// Whether everything that was dropped is somewhere.
fn all_is_there(house: &House) -> bool {
    let hashes: Vec<_> =
        tree(house.home()).into_values().map(|content| blake3::hash(&content).to_hex().to_string()).collect();
    house.dropped.iter().all(|Dropped { hash, .. }| hashes.contains(hash))
}

#[test]
fn f26_whatever_bytes_of_the_ledger_change_no_file_is_lost() {
    let mut tally = Tally::of("F26");
    let template = filled();
    let whole = fs::read(template.path("ledger.sqlite")).unwrap();
    let mut chance = Chance::new(26);
    let (mut refused, mut lived) = (0, 0);
    for seed in 0..much(25, 200) {
        let house = template.again();
        let mut bytes = whole.clone();
        let place = usize::try_from(chance.below(bytes.len() as u64 - 16)).unwrap();
        for byte in &mut bytes[place..place + 16] {
            *byte = u8::try_from(chance.below(256)).unwrap();
        }
        fs::write(house.path("ledger.sqlite"), &bytes).unwrap();
        let ended = house.run(["run"]);
        let told = format!("seed {seed}, byte {place}: {:?} {}", ended.code, ended.stderr);
        assert!(ended.code.is_some_and(|code| code < 100), "{told}");
        assert!(all_is_there(&house), "{told}");
        if ended.code.is_some_and(|code| [0, 3, 5].contains(&code)) {
            lived += 1;
        } else {
            refused += 1;
        }
        tally.survive();
    }
    eprintln!("{refused} times it was refused, {lived} times the change did not matter");
}

#[test]
fn f26_a_ledger_that_is_cut_off_empty_or_gone_is_refused_and_left_alone() {
    let mut tally = Tally::of("F26");
    let template = filled();
    let whole = fs::read(template.path("ledger.sqlite")).unwrap();
    for length in [0, 1, 50, 100, 4096, whole.len() / 2] {
        let house = template.again();
        fs::write(house.path("ledger.sqlite"), &whole[..length]).unwrap();
        let ended = house.run(["run"]);
        let told = format!("{length} bytes: {:?} {}", ended.code, ended.stderr);
        assert!(ended.code.is_some_and(|code| code > 5 && code < 100), "{told}");
        assert!(ended.stderr.contains("[LEDGER_"), "{told}");
        assert_eq!(fs::read(house.path("ledger.sqlite")).unwrap(), &whole[..length], "{told}");
        assert_eq!(house.count("inbox"), 3, "{told}");
        // With the ledger of before everything goes on.
        fs::write(house.path("ledger.sqlite"), &whole).unwrap();
        house.work(&told);
        tally.count(&house, &told);
    }
    let house = template.again();
    fs::remove_file(house.path("ledger.sqlite")).unwrap();
    let ended = house.run(["run"]);
    assert!(
        ended.code == Some(74) && ended.tells("FILE_NOT_FOUND") || ended.code == Some(2),
        "{:?} {}",
        ended.code,
        ended.stderr
    );
    assert!(!house.path("ledger.sqlite").exists(), "none is made anew that would know nothing of before");
    tally.survive();
}

#[test]
fn f26_a_run_that_ended_in_the_ledger_leaves_a_log_that_the_next_one_reads() {
    let mut tally = Tally::of("F26");
    let house = filled();
    // Somebody copies the ledger away with its log while it is written, as a backup program does.
    let other = house.connection();
    other
        .execute_batch(
            "BEGIN; INSERT INTO journal (at, by, what, subject, detail) VALUES (0, '', 'x', '', '{}'); COMMIT",
        )
        .unwrap();
    let copied = house.again();
    drop(other);
    copied.work("a copy with its log");
    tally.count(&copied, "a copy with its log");
    assert_eq!(copied.ask("SELECT count(*) FROM journal WHERE what = 'x'"), 1);
}
