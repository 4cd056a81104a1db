//! When a watch takes a file: whole, once, at once if it can be.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::{Watch, order, status};
use crate::support::{Desk, names};

/// How many files are done; notes on them lie beside some.
fn done(desk: &Desk) -> u32 {
    let is_note = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "txt");
    u32::try_from(names(&desk.path("done")).iter().filter(|name| !is_note(name)).count()).unwrap()
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn what_is_moved_into_the_folder_is_done_at_once() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 3600 --settled 3600");
    desk.put("inbox/a.csv.part", order(2));
    fs::rename(desk.path("inbox/a.csv.part"), desk.path("inbox/a.csv")).unwrap();
    watch.wait_for(&desk.path("done/import-000001-a.csv"));
    // A folder that comes is heard of, too.
    desk.put("aside/b.csv", order(3));
    fs::rename(desk.path("aside"), desk.path("inbox/aside")).unwrap();
    pause(500);
    fs::rename(desk.path("inbox/aside/b.csv"), desk.path("inbox/aside/c.csv")).unwrap();
    watch.wait_for(&desk.path("done/import-000002-c.csv"));
}

#[test]
fn what_is_written_is_done_when_it_is_closed_and_left_alone() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 3600 --settled 1");
    let mut file = File::create(desk.path("inbox/a.csv")).unwrap();
    file.write_all(order(2).as_bytes()).unwrap();
    // Its writer pauses for longer than the file would have to be left alone.
    pause(2500);
    let (code, told) = status(&desk);
    assert_eq!((code, &told["files"][0]["standing"]), (Some(0), &"being-written".into()), "{told}");
    file.write_all(b"0070817965D;3\n").unwrap();
    drop(file);
    let closed = Instant::now();
    let done = desk.path("done/import-000001-a.csv");
    watch.wait_for(&done);
    assert!(closed.elapsed() > Duration::from_millis(900), "it might have been opened again");
    assert_eq!(fs::read_to_string(done).unwrap().lines().count(), 3, "whole");
    watch.wait_until("it says that both lines were read", || status(&desk).1["results"][0]["read"] == 2);
}

/// The times that stand in a file say nothing of who still writes to it.
#[test]
fn without_events_a_file_with_the_old_time_of_its_model_is_not_taken_half() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--poll --every 1 --settled 2");
    let path = desk.path("inbox/a.csv");
    let mut file = File::create(&path).unwrap();
    file.write_all("Réf;Qté\n".as_bytes()).unwrap();
    for time in [SystemTime::UNIX_EPOCH, SystemTime::now() + Duration::from_secs(1_000_000)].iter().cycle().take(8) {
        file.write_all(b"0070817965D;3\n").unwrap();
        file.set_modified(*time).unwrap();
        pause(500);
        assert!(path.exists(), "taken too soon");
    }
    drop(file);
    let done = desk.path("done/import-000001-a.csv");
    watch.wait_for(&done);
    assert_eq!(fs::read_to_string(done).unwrap().lines().count(), 9);
    assert!(!watch.said().contains("cannot tell"), "nobody wanted to hear: {}", watch.said());
}

#[test]
fn a_file_with_a_done_file_is_whole_and_no_other() {
    let desk = Desk::workspace();
    desk.put("inbox/below/inbox.toml", "done-file = \"_fini\"\n");
    let watch = Watch::begin(&desk, "--every 1 --settled 0 --done-file .ok");
    for name in ["a.csv", "below/b.csv", "c.csv"] {
        desk.put(&format!("inbox/{name}"), order(u32::from(name.as_bytes()[0])));
    }
    desk.put("inbox/a.csv.ok", "");
    desk.put("inbox/below/b.csv_fini", "");
    watch.wait_until("both are done", || done(&desk) == 2);
    pause(1500);
    let told = status(&desk).1;
    assert_eq!((&told["queue"]["unmarked"], &told["done_file"]), (&1.into(), &".ok".into()), "{told}");
    assert_eq!(names(&desk.path("inbox")), ["below", "c.csv"]);
    assert_eq!(names(&desk.path("inbox/below")), ["inbox.toml"], "a done-file goes with its file");
}

#[test]
fn a_run_knows_done_files_and_takes_those_away_that_a_killed_one_left() {
    let desk = Desk::workspace();
    desk.put("inbox/a.csv", order(2));
    assert_eq!(desk.run("run --done-file .ok").stdout, "");
    desk.put("inbox/a.csv.ok", "");
    assert_eq!(desk.run("run --done-file .ok").code, Some(0));
    assert!(names(&desk.path("inbox")).is_empty());
    // Killed when the file was claimed and its done-file was still there.
    desk.put("work/inbox/b.csv", order(3));
    desk.put("inbox/b.csv.ok", "");
    assert_eq!(desk.run("run --done-file .ok").code, Some(0));
    assert!(names(&desk.path("inbox")).is_empty());
    desk.put("inbox/inbox.toml", "done-file = \".pret\"\n");
    desk.put("inbox/c.csv", order(4));
    assert_eq!(desk.run("run").stdout, "", "the folder says it itself");
    for wrong in ["", "a/b"] {
        let ended = crate::support::run(&desk.path(""), ["run", "--done-file", wrong]);
        assert!(ended.code == Some(2) && ended.tells("ARGUMENT_INVALID"), "{}", ended.stderr);
    }
}

#[test]
fn a_run_that_is_to_wait_sees_who_still_writes() {
    let desk = Desk::workspace();
    desk.put("inbox/a.csv", order(2));
    desk.put("inbox/b.csv", order(3));
    let path = desk.path("inbox/b.csv");
    let writer = std::thread::spawn(move || {
        pause(1000);
        let mut file = File::options().append(true).open(path).unwrap();
        file.write_all(b"0070817965D;4\n").unwrap();
    });
    let ended = desk.run("run --settled 2 --json");
    writer.join().unwrap();
    let told: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((told["files"].as_array().unwrap().len(), &told["files"][0]["file"]), (1, &"a.csv".into()), "{told}");
    assert!(desk.path("inbox/b.csv").exists());
}

/// What cannot be done now goes back with its done-file, is left alone for a while, and done when it can be.
#[test]
fn what_could_not_be_done_is_done_later() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 1 --settled 0 --done-file .ok --listen 127.0.0.1:0");
    let other = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.put("inbox/a.csv", order(2));
    desk.put("inbox/a.csv.ok", "");
    watch.wait_until("it says so", || watch.get("/healthz").contains("LEDGER_BUSY"));
    assert!(watch.get("/healthz").starts_with("HTTP/1.1 503"));
    pause(2500);
    let tries = watch.number("bordereau_files_total{errand=\"ORDER\",outcome=\"later\"}");
    assert!(tries <= 2, "{tries} tries");
    let told = status(&desk).1;
    assert_eq!((&told["healthy"], &told["files"][0]["standing"]), (&false.into(), &"put-off".into()), "{told}");
    assert_eq!(names(&desk.path("inbox")), ["a.csv", "a.csv.ok"]);
    other.execute_batch("ROLLBACK").unwrap();
    watch.wait_for(&desk.path("done/import-000001-a.csv"));
    watch.wait_until("it is well again", || watch.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(names(&desk.path("inbox")).is_empty());
}

#[test]
fn without_a_catalogue_orders_wait_for_it() {
    let desk = Desk::new();
    assert_eq!(desk.run("init .").code, Some(0));
    let watch = Watch::begin(&desk, "--every 1 --settled 0 --listen 127.0.0.1:0");
    desk.put("inbox/a.csv", order(2));
    watch.wait_until("it says so", || watch.get("/healthz").contains("CATALOGUE_MISSING"));
    pause(1000);
    assert!(watch.number("bordereau_files_total{errand=\"ORDER\",outcome=\"later\"}") <= 2, "it is left alone");
    assert_eq!(desk.run("catalogue load catalogue.csv").code, Some(0));
    watch.wait_for(&desk.path("done/import-000001-a.csv"));
}

#[test]
fn names_of_half_files_are_passed_over_and_told() {
    let desk = Desk::workspace();
    for name in ["~$a.xlsx", ".~lock.a.ods#", "a.csv.part", "a.csv.CRDOWNLOAD", "Thumbs.db"] {
        desk.put(&format!("inbox/{name}"), "x");
    }
    std::os::unix::fs::symlink("/etc/passwd", desk.path("inbox/link.csv")).unwrap();
    assert_eq!(desk.run("run").stdout, "");
    let told = status(&desk).1;
    assert_eq!((&told["queue"]["temporary"], &told["queue"]["foreign"]), (&5.into(), &1.into()), "{told}");
    let page = desk.run("status --lang fr").stdout;
    assert!(page.contains("5 sous un nom temporaire") && page.contains("*.crdownload"), "{page}");
}

/// More happens than the system can tell: the next look finds all of it.
#[test]
fn what_the_system_could_not_tell_is_found_all_the_same() {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap_or_default();
    let Ok(limit) = limit.trim().parse::<usize>() else { return };
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 2 --settled 0 --listen 127.0.0.1:0");
    watch.signal("STOP");
    // Each is made, written to and closed; none of them is for us.
    for number in 0..limit.min(100_000) / 2 {
        fs::write(desk.path(&format!("inbox/.{number}")), "x").unwrap();
    }
    for number in 1..=3 {
        desk.put(&format!("inbox/{number}.csv"), order(number));
    }
    watch.signal("CONT");
    watch.wait_until("all are done", || done(&desk) == 3);
    watch.wait_until("it was told so", || watch.number("bordereau_event_overflows_total") > 0);
}

#[test]
fn a_folder_that_goes_and_comes_back_is_heard_of_again() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 1 --settled 0 --listen 127.0.0.1:0");
    for number in 1..=3 {
        match number {
            1 => fs::rename(desk.path("inbox"), desk.path("away")).unwrap(),
            _ => fs::remove_dir(desk.path("inbox")).unwrap(),
        }
        watch.wait_until("it says so", || watch.get("/healthz").contains("FILE_NOT_FOUND"));
        fs::create_dir(desk.path("inbox")).unwrap();
        watch.wait_until("it is well again", || watch.get("/healthz").starts_with("HTTP/1.1 200"));
        assert_eq!(watch.number("bordereau_events_heard"), 1);
        desk.put(&format!("inbox/{number}.csv"), order(number));
        watch.wait_until("it is done", || done(&desk) == number);
    }
    assert_eq!(watch.said().matches("error[FILE_NOT_FOUND]").count(), 3, "told once each time: {}", watch.said());
    assert_eq!(watch.said().matches("All is well again.").count(), 3);
}
