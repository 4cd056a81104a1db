//! A watch as a service: how it begins, lives, hands over and ends, and the units that come along.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Watch, order};
use crate::support::{Desk, program, root};

#[test]
fn asked_to_end_it_ends_cleanly_within_a_moment() {
    let desk = Desk::workspace();
    for (signal, code) in [("TERM", 0), ("INT", 130)] {
        let mut watch = Watch::begin(&desk, "--every 3600");
        let asked = Instant::now();
        assert_eq!(watch.end(signal), Some(code), "{signal}");
        assert!(asked.elapsed() < Duration::from_secs(5));
    }
    let watch = Watch::begin(&desk, "--every 3600 --settled 0");
    watch.signal("HUP");
    desk.put("inbox/a.csv", order(2));
    watch.wait_for(&desk.path("done/import-000001-a.csv"));
}

#[test]
fn the_next_one_takes_over_from_one_that_was_killed() {
    let desk = Desk::workspace();
    let mut first = Watch::begin(&desk, "--every 1 --settled 0");
    let second = Watch::start(&desk, "--every 1 --settled 0 --listen 127.0.0.1:0", |_| {});
    second.wait_until("it stands by", || second.said().contains("will take over"));
    assert!(second.get("/healthz").contains("\"phase\":\"standing-by\""));
    assert_eq!(desk.run("status").code, Some(0));
    first.end("KILL");
    desk.put("inbox/a.csv", order(2));
    second.wait_for(&desk.path("done/import-000001-a.csv"));
    assert!(second.get("/healthz").contains("\"healthy\":true"));
}

#[test]
fn the_service_manager_hears_that_it_is_ready_lives_and_stops() {
    let desk = Desk::workspace();
    let socket = desk.path("notify.sock");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let hear = || {
        let mut buffer = [0; 4096];
        let length = manager.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let mut watch = Watch::start(&desk, "--every 3600", |command| {
        command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "300000");
    });
    let mut heard = Vec::new();
    while !heard.iter().any(|each: &String| each.starts_with("READY=1\nSTATUS=Watching")) {
        heard.push(hear());
    }
    let signs = (0..5).map(|_| hear()).filter(|each| each == "WATCHDOG=1").count();
    assert!(signs >= 3, "signs of life: {signs}");
    assert_eq!(watch.end("TERM"), Some(0));
    while hear() != "STOPPING=1" {}
}

/// Ticks of a hundredth of a second that a process has used.
#[cfg(target_os = "linux")]
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn who_has_nothing_to_do_does_nothing() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "");
    std::thread::sleep(Duration::from_secs(1));
    let before = ticks(watch.child.id());
    std::thread::sleep(Duration::from_secs(5));
    let used = ticks(watch.child.id()) - before;
    assert!(used <= 5, "{used} hundredths of a second in five seconds");
}

/// The lines of a unit that begin what it is there for.
fn commands(unit: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/service").join(unit)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("ExecStart=")).map(str::to_owned).collect()
}

#[test]
fn the_units_say_what_the_program_understands() {
    for unit in ["bordereau-watch.service", "bordereau-run.service"] {
        let lines = commands(unit);
        assert_eq!(lines.len(), 1, "{unit}");
        let words: Vec<_> = lines[0].split_whitespace().skip(1).chain(["--help"]).collect();
        let ended = program(root()).args(&words).output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn the_units_are_understood_by_systemd() {
    // Where there is none, nobody can say.
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let desk = Desk::new();
    let program = program(root()).get_program().to_str().unwrap().to_owned();
    let units = ["bordereau-watch.service", "bordereau-run.service", "bordereau-run.timer"];
    for unit in units {
        let text = fs::read_to_string(root().join("docs/service").join(unit)).unwrap();
        // Neither the program nor its user are where the unit says on this machine.
        let text = text.replace("/usr/local/bin/bordereau", &program).replace("=bordereau\n", "=root\n");
        desk.put(unit, text);
    }
    let paths = units.map(|unit| desk.path(unit));
    let ended = Command::new("systemd-analyze").arg("verify").arg("--man=no").args(&paths).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && !said.contains("bordereau-"), "{said}");
}
