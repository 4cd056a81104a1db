//! Runs that are killed or asked to stop at random moments, and what reaches the disk before it counts.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::house::{Chance, House, is_there, much, signal};
use crate::support::led_by;
use crate::tally::Tally;

#[test]
fn f02_killed_at_random_moments_again_and_again_nothing_is_lost_and_nothing_doubled() {
    let mut tally = Tally::of("F02");
    let template = House::of_orders(40);
    let undisturbed = template.again();
    let start = Instant::now();
    undisturbed.work("undisturbed");
    let whole = start.elapsed();
    let mut chance = Chance::new(2);
    let mut killed = 0;
    let end = Instant::now() + Duration::from_secs(much(8, 300));
    for round in 0..much(20, 500) {
        let house = template.again();
        for _ in 0..4 {
            let mut child = house.program().arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(whole * u32::try_from(chance.below(400)).unwrap() / 1000);
            killed += u32::from(child.try_wait().unwrap().is_none());
            drop(child.kill());
            child.wait().unwrap();
        }
        let told = format!("round {round}");
        house.work(&told);
        tally.count(&house, &told);
        assert_eq!(house.sums(), undisturbed.sums(), "{told}");
        if Instant::now() > end {
            break;
        }
    }
    assert!(killed > 4, "{killed} kills are none worth the name");
}

#[test]
fn f04_asked_to_stop_it_stops_soon_and_the_next_run_goes_on() {
    let mut tally = Tally::of("F04");
    let template = House::of_orders(60);
    let mut chance = Chance::new(4);
    let mut stopped = 0;
    for (round, (name, code)) in [("TERM", 143), ("INT", 130)].into_iter().cycle().take(much(6, 100)).enumerate() {
        let house = template.again();
        let mut child = house.program().arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Whoever claims files listens, and a lot is long in coming to its end.
        let has_begun = || house.count("work/inbox") > 0 || house.count("done") > 0;
        crate::house::wait(60, "the first file", || has_begun() || child.try_wait().unwrap().is_some());
        // Every other one is asked at once, so that some are asked in time on the fastest machine.
        std::thread::sleep(Duration::from_millis(chance.below(150)) * u32::from(round % 4 > 1));
        if child.try_wait().unwrap().is_none() {
            signal(child.id(), name);
        }
        let asked = Instant::now();
        let ended = child.wait().unwrap().code();
        let told = format!("round {round}, {name}: {ended:?}");
        assert!(asked.elapsed() < Duration::from_secs(10), "{told}");
        assert!(ended == Some(code) || ended == Some(0), "{told}");
        stopped += u32::from(ended == Some(code));
        assert_eq!(house.count("work/inbox"), 0, "{told}: the file at hand is done or put back");
        house.work(&told);
        tally.count(&house, &told);
        assert_eq!(house.ask("SELECT count(*) FROM source_line"), 60, "{told}");
    }
    assert!(stopped > 0, "none was asked in time");
}

/// What a call did, as `strace -y` tells it: its name, and the paths in it.
fn calls(log: &str) -> Vec<(&str, Vec<&str>)> {
    log.lines()
        .filter_map(|line| {
            let rest = line.split_once(' ')?.1.trim_start();
            let (name, arguments) = rest.split_once('(')?;
            let paths = arguments.split(['"', '<', '>']).filter(|part| part.starts_with('/')).collect();
            Some((name, paths))
        })
        .collect()
}

/// Each report is on the disk with its name before the ledger says that it has one, and every name that a report gets is made to
/// last. That of a file that moves is not: after a power cut it may be back in the inbox, where it is known.
#[test]
fn f03_what_the_ledger_says_is_on_the_disk_before() {
    if !is_there("strace") {
        return;
    }
    let mut tally = Tally::of("F03");
    let house = House::night();
    let program = house.program();
    let mut traced = led_by("strace", &program);
    traced.args([
        "-f",
        "-y",
        "-qq",
        "-o",
        "log",
        "-e",
        "trace=rename,renameat,renameat2,link,linkat,fsync,fdatasync,syncfs",
    ]);
    traced.arg(program.get_program()).arg("run").env_remove("BORDEREAU_NO_SYNC");
    assert!(traced.output().unwrap().status.code().is_some_and(|code| code < 7));
    let log = fs::read_to_string(house.path("log")).unwrap();
    fs::remove_file(house.path("log")).unwrap();
    let calls = calls(&log);
    // A whole disk is synced for many files at once.
    let is_synced = |(name, paths): &(&str, Vec<&str>), path: &str| {
        *name == "syncfs" || name.ends_with("sync") && paths.first().is_some_and(|first| *first == path)
    };
    let synced = |from: usize, path: &str| calls[from..].iter().any(|call| is_synced(call, path));
    let mut named = 0;
    for (place, (name, paths)) in calls.iter().enumerate().filter(|(_, (name, _))| name.starts_with("rename")) {
        let Some(to) = paths
            .last()
            .filter(|to| ["/out/", "/done/", "/rejected/", "/duplicates/"].iter().any(|place| to.contains(place)))
        else {
            continue;
        };
        let folder = to.rsplit_once('/').unwrap().0;
        assert!(synced(place, folder), "the name of {to} is not made to last after {name}");
        named += 1;
        tally.survive();
    }
    assert!(named > 10, "{named} names of reports: {log}");
    // What is in a report is on the disk before the import that it tells of is in the ledger, and has its name after that.
    let first = |from: usize, is_it: &dyn Fn(&str, &[&str]) -> bool| {
        from + calls[from..].iter().position(|(name, paths)| is_it(name, paths)).unwrap()
    };
    let ends = |paths: &[&str], with: &str| paths.iter().any(|path| path.ends_with(with));
    let report = first(0, &|name, paths| name == "syncfs" || name == "fsync" && ends(paths, "/summary.json"));
    let ledger = first(report, &|name, paths| name.ends_with("sync") && ends(paths, "/ledger.sqlite-wal"));
    let named = first(0, &|name, paths| name.starts_with("rename") && ends(paths, "import-000001/summary.json"));
    assert!(report < ledger && ledger < named, "report {report}, ledger {ledger}, name {named}: {log}");
    tally.count(&house, "in order");
}
