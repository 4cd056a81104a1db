//! Disks that are full, read-only, or take no larger files, and what is done when they are well again.

use crate::house::{House, is_there, much, passed_over};
use crate::support::{Ended, led_by};
use crate::tally::Tally;

/// Runs a script in a space of mounts of its own; nothing when no disk can be mounted here.
fn with_own_mounts(house: &House, script: &str) -> Option<Ended> {
    let inside = |script: &str| -> Ended {
        let mut shell = led_by("unshare", &house.program());
        shell.args(["--mount", "--map-root-user", "sh", "-c", script]).output().unwrap().into()
    };
    if !is_there("unshare") {
        return None;
    }
    std::fs::create_dir_all(house.path("probe")).unwrap();
    let probe = inside("mount -t tmpfs -o size=64k tmpfs probe");
    std::fs::remove_dir(house.path("probe")).unwrap();
    if probe.code != Some(0) {
        passed_over("no disk can be mounted here (unshare)");
        return None;
    }
    Some(inside(script))
}

/// The exit codes that a script has told, one line each.
fn codes(ended: &Ended) -> Vec<i32> {
    ended.stdout.lines().filter_map(|line| line.strip_prefix("ended ")?.parse().ok()).collect()
}

/// `out/` on a disk with so little room, then with enough of it.
fn full(fault: &str, before: &str, after: &str) -> Option<(House, Ended)> {
    let house = House::night();
    let script = format!(
        "mount -t tmpfs -o size=1m tmpfs out || exit 99
         {before}
         \"$BORDEREAU\" run; echo \"ended $?\"
         {after}
         \"$BORDEREAU\" run; echo \"ended $?\"
         cp -a out kept"
    );
    let ended = with_own_mounts(&house, &script)?;
    assert_ne!(ended.code, Some(99), "{fault}: {}", ended.stderr);
    std::fs::remove_dir_all(house.path("out")).unwrap();
    std::fs::rename(house.path("kept"), house.path("out")).unwrap();
    Some((house, ended))
}

#[test]
fn f05_a_disk_that_is_full_for_reports_leaves_files_where_they_are_until_there_is_room() {
    let mut tally = Tally::of("F05");
    let fill = "dd if=/dev/zero of=out/filler bs=1k count=2000 2>/dev/null";
    let Some((house, ended)) = full("F05", fill, "rm out/filler") else { return };
    let codes = codes(&ended);
    assert_eq!(codes[0], 75, "{}", ended.stderr);
    assert!(ended.tells("DISK_FULL"), "{}", ended.stderr);
    assert!([3, 4, 6].contains(&codes[1]), "{codes:?} {}", ended.stderr);
    tally.count(&house, &format!("{codes:?} {}", ended.stderr));
    assert_eq!(house.ask("SELECT count(*) FROM import WHERE status = 'PARTIAL'"), 1);
}

#[test]
fn f09_a_disk_that_becomes_read_only_leaves_files_where_they_are_until_it_can_be_written() {
    let mut tally = Tally::of("F09");
    let Some((house, ended)) = full("F09", "mount -o remount,ro out", "mount -o remount,rw out") else { return };
    let codes = codes(&ended);
    assert_eq!(codes[0], 74, "{}", ended.stderr);
    assert!(ended.tells("READ_ONLY_DISK"), "{}", ended.stderr);
    tally.count(&house, &format!("{codes:?} {}", ended.stderr));
    assert_eq!(house.ask("SELECT count(*) FROM import WHERE status = 'PARTIAL'"), 1);
}

#[test]
fn f06_a_disk_that_is_full_for_the_ledger_damages_nothing() {
    let mut tally = Tally::of("F06");
    let rooms: &[u32] =
        much(&[0, 40, 120, 300], &[0, 4, 8, 16, 24, 40, 64, 80, 100, 120, 160, 200, 250, 300, 350, 400, 500]);
    for room in rooms {
        let house = House::night();
        let script = format!(
            "mkdir ../disk-$$ && disk=$(cd ../disk-$$ && pwd) && mount -t tmpfs -o size=16m tmpfs $disk || exit 99
             cp -a . $disk && home=$PWD && cd $disk
             dd if=/dev/zero of=room bs=1k count={room} 2>/dev/null
             dd if=/dev/zero of=filler bs=1k count=20000 2>/dev/null; rm room
             \"$BORDEREAU\" run; echo \"ended $?\"
             rm filler; sed -n p ledger.sqlite >/dev/null
             \"$BORDEREAU\" run; echo \"ended $?\"
             \"$BORDEREAU\" doctor >/dev/null; echo \"ended $?\"
             cp -a . $home/kept; cd $home; umount $disk; rmdir $disk"
        );
        let Some(ended) = with_own_mounts(&house, &script) else { return };
        assert_ne!(ended.code, Some(99), "{}", ended.stderr);
        let codes = codes(&ended);
        let told = format!("{room} KiB free: {codes:?} {}", ended.stderr);
        assert!([3, 4, 6, 74, 75].contains(&codes[0]) && codes[2] == 0, "{told}");
        assert!(codes[0] < 74 || ended.tells("DISK_FULL") || ended.tells("WRITE_FAILED"), "{told}");
        let house = house.moved("kept");
        tally.count(&house, &told);
        assert_eq!(house.ask("SELECT count(*) FROM import WHERE status = 'PARTIAL'"), 1, "{told}");
    }
}

#[test]
fn f07_no_size_of_files_ends_a_run_by_a_signal() {
    let mut tally = Tally::of("F07");
    let sizes: &[u32] =
        much(&[0, 1, 8, 40, 100], &[0, 1, 2, 4, 6, 8, 12, 16, 24, 32, 40, 48, 64, 80, 100, 150, 200, 300, 500]);
    let template = House::night();
    let undisturbed = template.again();
    undisturbed.work("undisturbed");
    for size in sizes {
        let house = template.again();
        let ended = limited(&house, *size, "run");
        let told = format!("{size} blocks: {:?} {}", ended.code, ended.stderr);
        assert!(ended.code.is_some_and(|code| [3, 4, 6, 74, 75].contains(&code)), "{told}");
        house.work(&told);
        tally.count(&house, &told);
        assert_eq!(house.sums(), undisturbed.sums(), "{told}");
    }
}

/// Runs the program where files may have no more than so many blocks.
fn limited(house: &House, blocks: u32, words: &str) -> Ended {
    let mut shell = led_by("sh", &house.program());
    shell.arg("-c").arg(format!("ulimit -f {blocks}; exec \"$BORDEREAU\" {words}")).output().unwrap().into()
}

#[test]
fn f07_no_command_dies_of_a_limit_that_it_can_tell() {
    let mut tally = Tally::of("F07");
    let house = House::night();
    house.work("before");
    for words in [
        "init new",
        "basket edit --all --quantity 7",
        "import orders.csv --again",
        "workorder accept --all-new",
        "repair status 3 205",
        "catalogue load catalogue.csv",
        "backup copy.zip",
        "order create --manufacturer 4 --all --customer-order-number K-1 --accept-terms",
        "convert orders.csv -o copy.csv",
    ] {
        let ended = limited(&house, 0, words);
        assert_ne!(ended.code, None, "{words} died of a signal: {}", ended.stderr);
        assert!(ended.code.is_some_and(|code| code > 1 && code < 100), "{words}: {:?} {}", ended.code, ended.stderr);
        tally.count(&house, words);
    }
}
