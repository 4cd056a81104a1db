//! Calls to the system that fail, or are the last one: `strace` plants the fault at the n-th call of a kind.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::house::{House, is_full, is_there, much};
use crate::support::{Ended, led_by, tree};
use crate::tally::Tally;

/// Runs the inbox with a fault at the n-th of some calls.
fn planted(house: &House, calls: &str, fault: &str, when: &str) -> std::process::Output {
    let program = house.program();
    let mut traced = led_by("strace", &program);
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e"]).arg(format!("inject={calls}:{fault}:when={when}"));
    traced.arg(program.get_program()).arg("run");
    // Who waits for the disk is slow; it is done where waiting itself is what goes wrong.
    if calls.contains("sync") {
        traced.env_remove("BORDEREAU_NO_SYNC");
    }
    traced.output().unwrap()
}

/// The calls by which something gets to the disk, or to its name.
const CALLS: [&str; 7] = [
    "rename,renameat,renameat2,link,linkat",
    "unlink,unlinkat,rmdir",
    "fsync,fdatasync,syncfs",
    "write,pwrite64",
    "mkdir,mkdirat",
    "openat",
    "ftruncate",
];

/// What the night wrote below `out`: the kind of the folder, the name and the content of each file. A file that came in just
/// before a kill comes once more as a duplicate and takes a number, so numbers may differ; acknowledgements and events tell them.
fn reports(house: &House) -> BTreeSet<(String, String, Vec<u8>)> {
    let files = tree(&house.path("out")).into_iter();
    let apart = files.filter_map(|(name, content)| {
        let (folder, file) = name.split_once('/')?;
        let kind = folder.trim_end_matches(|c: char| c.is_ascii_digit());
        (!file.contains(".ack.")).then(|| (kind.to_owned(), file.to_owned(), content))
    });
    apart.collect()
}

/// Steps through the calls of a kind: each one when all faults are wanted, else with growing steps; the first two however long
/// they take.
fn steps(mut plant: impl FnMut(u32) -> bool, end: Instant) {
    let (mut n, mut step) = (1, 1);
    while (n < 3 || Instant::now() < end) && plant(n) {
        n += step;
        step = if is_full() { 1 } else { step + n / 4 + 1 };
    }
}

#[test]
fn f01_killed_at_any_call_a_night_ends_as_if_nothing_had_happened() {
    if !is_there("strace") {
        return;
    }
    // Of two files that are the same, which one counts depends on where a run ended.
    let template = House::evening();
    let undisturbed = template.again();
    undisturbed.work("undisturbed");
    let (sums, expected) = (undisturbed.sums(), reports(&undisturbed));
    let mut tally = Tally::of("F01");
    let (start, whole) = (Instant::now(), Duration::from_secs(much(20, 600)));
    for (share, calls) in (1..).zip(CALLS) {
        let kill = |n: u32| {
            let house = template.again();
            let ended = planted(&house, calls, "signal=KILL", &n.to_string());
            let told = format!("killed at {calls} {n}");
            house.work(&told);
            tally.count(&house, &told);
            assert_eq!(house.sums(), sums, "{told}");
            let names = |reports: Vec<&(String, String, Vec<u8>)>| {
                reports.into_iter().map(|(kind, file, _)| format!("{kind}{file}")).collect::<Vec<_>>()
            };
            let found = reports(&house);
            let other = expected.symmetric_difference(&found).collect::<Vec<_>>();
            assert!(other.is_empty(), "{told}: other reports: {:?}", names(other));
            ended.status.code().is_none_or(|code| code > 128)
        };
        steps(kill, start + whole * share / 7);
    }
    assert!(tally.planted() > 9, "{} kills are none worth the name", tally.planted());
}

/// A fault of the machine that may come at any call, once or from then on.
fn refused(fault: &'static str, calls: &[&str], error: &str, from_then_on: bool, seconds: u64) {
    if !is_there("strace") {
        return;
    }
    let template = House::night();
    let undisturbed = template.again();
    undisturbed.work("undisturbed");
    let mut tally = Tally::of(fault);
    let start = Instant::now();
    for (share, calls) in (1..).zip(calls) {
        let hurt = |n: u32| {
            let house = template.again();
            let when = if from_then_on { format!("{n}+") } else { n.to_string() };
            let first = planted(&house, calls, &format!("error={error}"), &when);
            let told = format!("{error} at {calls} {when}");
            let code = first.status.code();
            let said = String::from_utf8_lossy(&first.stderr).into_owned();
            assert!(code.is_some_and(|code| code != 101 && code < 128), "{told}: {code:?} {said}");
            assert_ne!(code, Some(1), "{told} is no fault of the program: {said}");
            let second: Ended = house.work(&told);
            tally.count(&house, &format!("{told}: {code:?} {said}, then {:?}", second.code));
            assert_eq!(house.sums(), undisturbed.sums(), "{told}: {code:?} {said}");
            // Beyond the last call nothing is hurt.
            code != Some(6) || n < 4
        };
        let end = start + Duration::from_secs(seconds) * share / u32::try_from(calls.len()).unwrap().max(1);
        steps(hurt, end);
    }
}

#[test]
fn f05_a_disk_that_is_full_from_some_write_on_loses_nothing() {
    refused("F05", &["write,pwrite64"], "ENOSPC", true, much(5, 240));
}

#[test]
fn f08_what_a_disk_did_not_keep_is_not_taken_for_kept() {
    refused("F08", &["fsync,fdatasync,syncfs"], "EIO", false, much(6, 240));
}

#[test]
fn f08_a_disk_that_fails_at_some_move_loses_nothing() {
    refused("F08", &["rename,renameat2,link,linkat", "unlink"], "EIO", false, much(6, 240));
}

#[test]
fn f07_no_file_can_be_opened_any_more() {
    refused("F07", &["openat"], "EMFILE", true, much(5, 240));
}
