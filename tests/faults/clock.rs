//! Clocks that go backwards, jump, or come to the end of what they count.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::house::{House, order};
use crate::support::{Ended, records};
use crate::tally::Tally;

fn at(house: &House, now: &str, words: &str) -> Ended {
    house.program().env("BORDEREAU_NOW", now).args(words.split_whitespace()).output().unwrap().into()
}

#[test]
fn f47_a_clock_that_jumps_changes_no_order_and_doubles_nothing() {
    let mut tally = Tally::of("F47");
    let mut house = House::new();
    let moments = [
        "2027-03-28T00:59:59Z",
        "2027-03-28T01:00:01Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
        "2038-01-19T03:14:08Z",
        "2106-02-07T06:28:16Z",
        "1970-01-01T00:00:00Z",
        "2026-03-04T08:00:00Z",
    ];
    for (number, now) in (0..).zip(moments) {
        house.put(&format!("file-{number}.csv"), order(number));
        let ended = at(&house, now, "run");
        assert_eq!(ended.code, Some(0), "{now}: {}", ended.stderr);
        // The same once more, at a moment that comes before.
        house.put(&format!("again-{number}.csv"), order(number));
        let ended = at(&house, "2001-01-01T00:00:00Z", "run");
        assert_eq!(ended.code, Some(5), "{now}: {}", ended.stderr);
        tally.count(&house, now);
    }
    let list = at(&house, "2026-03-04T08:00:00Z", "import list --csv");
    std::fs::write(house.path("list.csv"), list.stdout).unwrap();
    assert_eq!(records(&house.path("list.csv")).len(), 1 + 2 * moments.len(), "each is in the list");
    let order = "SELECT count(*) FROM import AS a JOIN import AS b ON b.id > a.id WHERE b.file < a.file AND a.status = 'DONE' AND b.status = 'DONE'";
    assert_eq!(house.ask(order), 0, "numbers go with the order in which files came");
}

#[test]
fn f47_the_true_clock_may_jump_too() {
    if Command::new("faketime").arg("--version").output().is_err() {
        eprintln!("passed over: there is no faketime on this machine; BORDEREAU_NOW is set all the same");
        return;
    }
    let mut tally = Tally::of("F47");
    let mut house = House::new();
    for (number, time) in (0..).zip(["-1d", "@2027-03-28 01:59:55", "@2038-01-19 03:14:07", "@2050-01-01 00:00:00"]) {
        house.put(&format!("file-{number}.csv"), order(number));
        let program = house.program();
        let mut faked = Command::new("faketime");
        faked.args(["-f", time]).arg(program.get_program()).args(["run", "--settled", "0"]).current_dir(house.home());
        let ended = faked.env_remove("BORDEREAU_NOW").output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{time}: {}", String::from_utf8_lossy(&ended.stderr));
        tally.count(&house, time);
    }
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 4);
}

#[test]
fn f47_a_file_of_the_future_or_of_long_ago_is_taken() {
    let mut tally = Tally::of("F47");
    let mut house = House::new();
    let year = Duration::from_secs(365 * 86_400);
    for (number, time) in (0..).zip([SystemTime::now() + 30 * year, SystemTime::UNIX_EPOCH, SystemTime::now() + year]) {
        let name = format!("file-{number}.csv");
        house.put(&name, order(number));
        File::options().write(true).open(house.path("inbox").join(&name)).unwrap().set_modified(time).unwrap();
        let ended = house.run(["run", "--settled", "5"]);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.stderr);
        tally.count(&house, &name);
    }
    assert_eq!(house.count("done"), 3);
}
