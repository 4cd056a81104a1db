//! Several who want to work in one workspace, some of whom die, stand still, or lose sight of the folder.

use std::fs;
use std::time::Duration;

use crate::checker::Dropped;
use crate::house::{House, Watch, much, order, wait};
use crate::tally::Tally;

#[test]
fn f18_when_a_watch_is_killed_the_one_that_stands_by_takes_over() {
    let mut tally = Tally::of("F18");
    let mut house = House::new();
    let mut first = Watch::begin(&house, &[]);
    house.put("first.csv", order(1));
    wait(60, "the first file", || house.count("done") == 1);
    let mut second = Watch::begin(&house, &[]);
    let ended = house.run(["run"]);
    assert!(ended.code == Some(7) && ended.tells("ANOTHER_WORKS"), "a run does not wait: {:?}", ended.code);
    for number in 2..40 {
        house.put(&format!("file-{number}.csv"), order(number));
    }
    std::thread::sleep(Duration::from_millis(700));
    first.signal("KILL");
    assert_eq!(first.ended(30), None);
    wait(60, "the last file", || house.count("done") == 39);
    second.signal("TERM");
    assert_eq!(second.ended(30), Some(0));
    tally.count(&house, "taken over");
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 39);
}

/// On one machine a turn has no lease: it belongs to its process until that ends. Whoever stands still holds it, nobody takes
/// over, so that nothing is done twice when it goes on.
#[test]
fn f20_a_watch_that_stands_still_keeps_its_turn_and_goes_on_later() {
    let mut tally = Tally::of("F20");
    let mut house = House::new();
    let mut first = Watch::begin(&house, &[]);
    house.put("first.csv", order(1));
    wait(60, "the first file", || house.count("done") == 1);
    let mut second = Watch::begin(&house, &[]);
    for number in 2..20 {
        house.put(&format!("file-{number}.csv"), order(number));
    }
    std::thread::sleep(Duration::from_millis(u64::from(much(300_u32, 700))));
    first.signal("STOP");
    let done = house.count("done");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(house.count("done"), done, "nobody took over");
    assert!(second.0.try_wait().unwrap().is_none());
    first.signal("CONT");
    wait(60, "the last file", || house.count("done") == 19);
    for watch in [&mut first, &mut second] {
        watch.signal("TERM");
        assert_eq!(watch.ended(30), Some(0));
    }
    tally.count(&house, "stood still");
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 19);
}

#[test]
fn f21_files_that_come_while_nobody_can_hear_of_them_are_found() {
    let mut tally = Tally::of("F21");
    let count = much(200, 20_000);
    let mut house = House::new();
    let mut watch = Watch::begin(&house, &[]);
    house.put("first.csv", order(count));
    wait(60, "the first file", || house.count("done") == 1);
    watch.signal("STOP");
    // More than the system keeps in mind for one that listens, when all faults are wanted.
    for number in 0..count {
        house.put(&format!("file-{number}.csv"), order(number));
    }
    watch.signal("CONT");
    wait(much(60, 1800), "the last file", || house.count("inbox") == 0 && house.count("work/inbox") == 0);
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    tally.count(&house, "not heard of");
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), i64::try_from(count).unwrap() + 1);
}

#[test]
fn f23_a_folder_that_is_removed_and_comes_back_is_worked_off_again() {
    let mut tally = Tally::of("F23");
    let mut house = House::new();
    let mut watch = Watch::begin(&house, &[]);
    house.put("first.csv", order(1));
    wait(60, "the first file", || house.count("done") == 1);
    fs::remove_dir_all(house.path("inbox")).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(watch.0.try_wait().unwrap().is_none(), "it lives on");
    // Another folder comes in its place, with a file in it already.
    fs::create_dir(house.path("other")).unwrap();
    fs::write(house.path("other/second.csv"), order(2)).unwrap();
    fs::rename(house.path("other"), house.path("inbox")).unwrap();
    house.dropped.push(Dropped { name: "second.csv".to_owned(), ..of(&order(2)) });
    wait(60, "the second file", || house.count("done") == 2);
    house.put("third.csv", order(3));
    wait(60, "the third file", || house.count("done") == 3);
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    tally.count(&house, "removed and back");
}

/// What is known of a content.
fn of(content: &str) -> Dropped {
    let hash = blake3::hash(content.as_bytes()).to_hex().to_string();
    Dropped { hash, bytes: content.len() as u64, name: String::new() }
}

#[test]
fn f23_a_run_in_a_folder_that_is_gone_says_so_and_the_next_one_makes_it() {
    let mut tally = Tally::of("F23");
    let mut house = House::new();
    fs::remove_dir_all(house.path("inbox")).unwrap();
    let ended = house.work("without an inbox");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    house.put("first.csv", order(1));
    house.work("with one");
    tally.count(&house, "made anew");
    assert_eq!(house.count("done"), 1);
}
