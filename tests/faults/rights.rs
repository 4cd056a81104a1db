//! Files and folders that may not be read or written. Whoever may do everything tries it as somebody who may not.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use crate::house::{House, is_there, wait};
use crate::support::{Ended, led_by, names};
use crate::tally::Tally;

/// Who may do little.
const NOBODY: u32 = 65534;

/// The program as an ordinary user, to whom the workspace belongs; nothing when that cannot be had here.
fn as_ordinary_user(house: &House) -> Option<Command> {
    if fs::metadata(house.home()).unwrap().uid() != 0 {
        return Some(house.program());
    }
    if !is_there("setpriv") {
        return None;
    }
    belongs(house.home());
    // The folder of the build may be closed to others, so the program comes along.
    let copied = house.path("program");
    if !copied.exists() {
        fs::copy(env!("CARGO_BIN_EXE_bordereau"), &copied).unwrap();
    }
    let mut command = led_by("setpriv", &house.program());
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copied);
    Some(command)
}

/// Gives a folder and what is in it to the ordinary user.
fn belongs(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            belongs(&entry.unwrap().path());
        }
    }
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn f10_a_file_that_may_not_be_read_waits_and_the_others_go_on() {
    let mut tally = Tally::of("F10");
    let house = House::night();
    set(&house.path("inbox/claims-list.csv"), 0o000);
    let Some(mut command) = as_ordinary_user(&house) else { return };
    let ended: Ended = command.arg("run").output().unwrap().into();
    assert!(ended.code == Some(74) && ended.tells("PERMISSION_DENIED"), "{:?} {}", ended.code, ended.stderr);
    assert!(house.path("inbox/claims-list.csv").exists(), "{}", ended.stderr);
    assert_eq!(house.count("done"), 3, "orders, repair files, work orders: {:?}", names(&house.path("done")));
    set(&house.path("inbox/claims-list.csv"), 0o644);
    let ended: Ended = as_ordinary_user(&house).unwrap().arg("run").output().unwrap().into();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    tally.count(&house, &ended.stderr);
}

#[test]
fn f10_a_folder_that_may_not_be_read_is_told_and_a_watch_lives_on() {
    let mut tally = Tally::of("F10");
    let house = House::night();
    set(&house.path("inbox"), 0o000);
    let Some(mut command) = as_ordinary_user(&house) else { return };
    let ended: Ended = command.arg("run").output().unwrap().into();
    assert!(ended.code == Some(74) && ended.tells("PERMISSION_DENIED"), "{:?} {}", ended.code, ended.stderr);
    let mut command = as_ordinary_user(&house).unwrap();
    command.args(["watch", "--every", "1", "--settled", "0"]);
    let quiet = std::process::Stdio::null;
    let mut watch = crate::house::Watch(command.stdout(quiet()).stderr(quiet()).spawn().unwrap());
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert!(watch.0.try_wait().unwrap().is_none(), "it lives on");
    set(&house.path("inbox"), 0o755);
    wait(60, "the end of the night", || house.count("inbox") == 0);
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    tally.count(&house, "a folder");
}

#[test]
fn f10_a_place_that_may_not_be_written_keeps_files_in_reach() {
    let mut tally = Tally::of("F10");
    let house = House::night();
    let Some(mut command) = as_ordinary_user(&house) else { return };
    set(&house.path("done"), 0o555);
    let ended: Ended = command.arg("run").output().unwrap().into();
    assert!(ended.code == Some(74) && ended.tells("PERMISSION_DENIED"), "{:?} {}", ended.code, ended.stderr);
    set(&house.path("done"), 0o755);
    let ended: Ended = as_ordinary_user(&house).unwrap().arg("run").output().unwrap().into();
    assert!(ended.code.is_some_and(|code| [0, 3, 4, 6].contains(&code)), "{:?} {}", ended.code, ended.stderr);
    tally.count(&house, &ended.stderr);
    assert_eq!(house.ask("SELECT count(*) FROM import WHERE status = 'PARTIAL'"), 1);
}
