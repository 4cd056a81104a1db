//! Files that are not whole yet, change under their reader, or are none.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::checker::Dropped;
use crate::house::{House, Watch, wait};
use crate::support::names;
use crate::tally::Tally;

/// Order lines, each with a need of its own.
fn lines(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("K-{number};0070817965D;{}\n", number % 9 + 1)).collect()
}

const HEADING: &str = "Commande client;Réf;Qté\n";

/// Writes a file piece by piece while somebody watches; `time` is what it bears as the time of its last change, if not the true
/// one. Gives how many of its six lines came in.
fn slowly(time: Option<SystemTime>) -> (House, i64) {
    let mut house = House::new();
    let mut watch = Watch::begin(&house, &["--settled", "2"]);
    let path = house.path("inbox/slow.csv");
    let mut file = File::create(&path).unwrap();
    for piece in std::iter::once(HEADING.to_owned()).chain(lines(6)) {
        file.write_all(piece.as_bytes()).unwrap();
        if let Some(time) = time {
            file.set_modified(time).unwrap();
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(file);
    let place = |house: &House| {
        let found = |folder: &str| names(&house.path(folder)).into_iter().find(|name| name.ends_with("slow.csv"));
        ["done", "rejected"].into_iter().find_map(|folder| Some(house.path(folder).join(found(folder)?)))
    };
    wait(60, "the file", || place(&house).is_some());
    // What it does at the moment it does to the end.
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    house.dropped.push(Dropped::of(&place(&house).unwrap()).unwrap());
    let came = house.ask("SELECT count(*) FROM source_line");
    (house, came)
}

#[test]
fn f11_a_file_that_is_written_slowly_is_taken_when_it_is_whole() {
    let mut tally = Tally::of("F11");
    let (house, came) = slowly(None);
    tally.count(&house, "slowly");
    assert_eq!(came, 6, "none of its lines is missing");
}

#[test]
fn f11_a_file_that_is_copied_with_another_time_is_taken_when_it_is_whole() {
    let mut tally = Tally::of("F11");
    let day = Duration::from_secs(86_400);
    for time in [SystemTime::now() - day, SystemTime::now() + day] {
        let (house, came) = slowly(Some(time));
        tally.count(&house, "with another time of change");
        assert_eq!(came, 6, "none of its lines is missing");
    }
}

#[test]
fn f12_a_file_that_is_written_anew_while_it_is_read_is_not_believed() {
    let mut tally = Tally::of("F12");
    let mut house = House::new();
    let content =
        |round: usize| format!("{HEADING}{}", lines(20_000).concat().replace("K-", &format!("K{}-", round % 10)));
    house.put("orders.csv", content(0));
    house.dropped.clear();
    let mut file = OpenOptions::new().write(true).open(house.path("inbox/orders.csv")).unwrap();
    let ended = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let ended = Arc::clone(&ended);
        move || {
            let mut round = 0;
            while !ended.load(Ordering::Relaxed) {
                round += 1;
                file.set_len(0).unwrap();
                file.seek(SeekFrom::Start(0)).unwrap();
                file.write_all(content(round).as_bytes()).unwrap();
            }
        }
    });
    let ran = house.run(["run"]);
    ended.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    // Whatever was seen of it, no half of it was taken: it waits, or one of its states came in whole.
    let waits = house.path("inbox/orders.csv").exists();
    let came = house.ask("SELECT count(*) FROM source_line");
    let told = format!("{:?} {}", ran.code, ran.stderr);
    assert!(came == 0 || came == 20_000, "{came} lines {told}");
    let place = ["inbox", "rejected"].map(|folder| house.path(folder).join("orders.csv"));
    let place = place.into_iter().find(|path| path.exists()).unwrap();
    house.dropped.push(Dropped::of(&place).unwrap());
    if waits {
        house.work("when nobody writes any more");
        assert_eq!(house.ask("SELECT count(*) FROM source_line"), 20_000);
    } else {
        // It was empty at the moment, or no text.
        assert!(ran.code == Some(6) && came == 0, "{told}");
    }
    tally.count(&house, &told);
}

#[test]
fn f13_names_of_files_that_are_not_whole_are_passed_over() {
    let mut tally = Tally::of("F13");
    let mut house = House::new();
    let temporary = [
        ".~lock.a.csv#",
        "~$a.xlsx",
        "a.csv.part",
        "a.csv.crdownload",
        "a.tmp",
        "a.csv.filepart",
        ".a.csv.swp",
        "a.csv~",
    ];
    for name in temporary {
        house.put(name, "Réf;Qté\n0070817965D;2\n");
    }
    let ended = house.work("nothing is whole");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(house.count("inbox"), temporary.len(), "{}", ended.stderr);
    fs::rename(house.path("inbox/a.csv.part"), house.path("inbox/a.csv")).unwrap();
    house.work("one is renamed");
    tally.count(&house, "temporary names");
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 1);
}

#[test]
fn f44_links_pipes_sockets_and_folders_are_left_where_they_are() {
    let mut tally = Tally::of("F44");
    let mut house = House::night();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.csv"), "Réf;Qté\n0070817965D;99\n").unwrap();
    symlink(outside.path().join("secret.csv"), house.path("inbox/link.csv")).unwrap();
    symlink("loop.csv", house.path("inbox/loop.csv")).unwrap();
    assert!(Command::new("mkfifo").arg(house.path("inbox/pipe.csv")).status().unwrap().success());
    let socket = UnixListener::bind(house.path("inbox/socket.csv")).unwrap();
    house.put("folder.csv/inside/deep.csv", "Réf;Qté\n0070817965D;99\n");
    house.dropped.pop();
    // A second name of a file that is read elsewhere, too.
    fs::hard_link(house.path("orders.csv"), house.path("inbox/hard.csv")).unwrap();
    house.dropped.push(Dropped::of(&house.path("inbox/hard.csv")).unwrap());
    let ended = house.work("what is no file");
    drop(socket);
    for name in ["link.csv", "loop.csv", "pipe.csv", "socket.csv", "folder.csv/inside/deep.csv"] {
        assert!(house.path("inbox").join(name).symlink_metadata().is_ok(), "{name} stays: {}", ended.stderr);
    }
    assert!(house.path("orders.csv").is_file(), "the other name stays");
    tally.count(&house, "what is no file");
    assert_eq!(house.ask("SELECT count(*) FROM basket_line WHERE quantity >= 99"), 0, "nothing of others was read");
}

#[test]
fn f44_a_link_to_a_folder_is_not_followed() {
    let mut tally = Tally::of("F44");
    let house = House::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.csv"), "Réf;Qté\n0070817965D;99\n").unwrap();
    symlink(outside.path(), house.path("inbox/folder")).unwrap();
    house.work("a link to a folder");
    assert!(outside.path().join("secret.csv").exists(), "what is elsewhere stays there");
    tally.count(&house, "a link to a folder");
}
