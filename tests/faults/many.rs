//! So many files that whatever grows with them shows.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::checker::{Case, judge};
use crate::house::{House, much};
use crate::tally::Tally;

/// How much memory a run took at most, in KiB, and how it ended. Looked at again and again: the last look counts.
pub(crate) fn peak(child: &mut Child) -> (u64, Option<i32>) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            return (peak, ended.code());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Works an inbox off and tells how much memory that took at most, and how long.
#[track_caller]
fn watched(house: &House) -> (u64, Duration) {
    let start = Instant::now();
    let mut child = house.program().arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (peak, code) = peak(&mut child);
    assert_eq!(code, Some(0));
    (peak, start.elapsed())
}

fn night_of(count: usize) -> (House, u64, Duration) {
    let house = House::of_orders(count);
    let (peak, time) = watched(&house);
    (house, peak, time)
}

#[test]
fn f24_many_small_files_are_done_in_time_that_grows_with_them_and_in_flat_memory() {
    let mut tally = Tally::of("F24");
    let many = much(1_000, 100_000);
    let (few, few_peak, few_time) = night_of(many / 10);
    tally.count(&few, "few");
    let (house, peak, time) = night_of(many);
    eprintln!("{many} files in {time:.1?} with {peak} KiB, {} in {few_time:.1?} with {few_peak} KiB", many / 10);
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), i64::try_from(many).unwrap());
    tally.count(&house, "many");
    // As many lines as wait to be written down may take 96 MiB, whatever comes; a row for each file is told at the end.
    let cap = 256 * 1024;
    let found = judge(house.home(), &Case { dropped: None, memory: Some((peak, cap)) }).unwrap();
    assert!(found.holds(), "{found}");
    assert!(time < few_time * 25 + Duration::from_secs(2), "ten times as many took {time:.1?}, few {few_time:.1?}");
}

#[test]
fn f36_a_large_file_is_read_in_flat_memory() {
    let mut tally = Tally::of("F36");
    let one = "0070817965D;1\n";
    let mut peaks = Vec::new();
    for lines in [much(10_000, 100_000), much(100_000, 10_000_000)] {
        let mut house = House::new();
        house.put("large.csv", format!("Réf;Qté\n{}", one.repeat(lines)));
        let (peak, time) = watched(&house);
        eprintln!("{lines} lines in {time:.1?} with {peak} KiB");
        peaks.push(peak);
        tally.count(&house, "a large file");
        assert_eq!(house.ask("SELECT sum(quantity) FROM basket_line"), i64::try_from(lines).unwrap());
    }
    // What a ledger holds in mind of a transaction has a bound of its own.
    assert!(peaks[1] < peaks[0] + 160 * 1024, "{peaks:?} KiB");
}
