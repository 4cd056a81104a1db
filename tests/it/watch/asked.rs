//! A watch that is asked how it fares: over HTTP, by `status`, by who reads its log.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Watch, order, status};
use crate::support::{Desk, names};

#[test]
fn only_short_and_proper_questions_are_answered() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--listen 127.0.0.1:0");
    let begins = |request: &[u8], status: &str| {
        let answer = watch.ask(request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    };
    begins(b"GET /healthz HTTP/1.1\r\n\r\n", "200");
    begins(b"GET /metrics HTTP/1.0\r\n\r\n", "200");
    begins(b"GET /etc/passwd HTTP/1.1\r\n\r\n", "404");
    begins(b"POST /healthz HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "405");
    begins(b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", "400");
    begins(&[b'x'; 5000], "431");
    // Who says nothing keeps nobody waiting, and is not waited for.
    let mut silent: Vec<_> = (0..4).map(|_| TcpStream::connect(address(&watch)).unwrap()).collect();
    silent[0].write_all(b"GET /hea").unwrap();
    begins(b"GET /healthz HTTP/1.1\r\n\r\n", "200");
    let asked = Instant::now();
    let mut buffer = [0; 16];
    silent[1].set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(std::io::Read::read(&mut silent[1], &mut buffer).unwrap_or_default(), 0);
    assert!(asked.elapsed() < Duration::from_secs(10));
}

fn address(watch: &Watch) -> String {
    watch.said().split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned()
}

#[test]
fn its_numbers_are_those_of_what_it_did() {
    let desk = Desk::workspace();
    let watch = Watch::begin(&desk, "--every 1 --settled 0 --json --listen 127.0.0.1:0");
    desk.put("inbox/a.csv", order(2));
    desk.put("inbox/b.pdf", "%PDF-1.4\0");
    desk.put("inbox/c.csv.part", "x");
    watch.wait_until("both are done", || names(&desk.path("done")).len() + names(&desk.path("rejected")).len() >= 3);
    watch.wait_until("it rests", || watch.number("bordereau_phase{phase=\"watching\"}") == 1);
    assert_eq!(watch.number("bordereau_files_total{errand=\"ORDER\",outcome=\"accepted\"}"), 1);
    assert_eq!(watch.number("bordereau_files_total{errand=\"ORDER\",outcome=\"rejected\"}"), 1);
    assert_eq!(watch.number("bordereau_lines_total{errand=\"ORDER\",result=\"taken\"}"), 1);
    watch.wait_until("it has looked", || watch.number("bordereau_queue_files{standing=\"temporary\"}") == 1);
    assert_eq!(watch.number("bordereau_queue_files{standing=\"waiting\"}"), 0);
    assert!(watch.number("bordereau_disk_free_bytes") > 0 && watch.number("bordereau_ledger_bytes") > 0);
    // Every line of numbers is told what it is, once.
    let page = watch.get("/metrics");
    let body = page.split("\r\n\r\n").nth(1).unwrap();
    for line in body.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        for what in ["HELP", "TYPE"] {
            assert_eq!(body.matches(&format!("# {what} {name} ")).count(), 1, "{line}");
        }
    }
    let objects: Vec<serde_json::Value> = watch
        .said()
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 2, "an object on each line: {}", watch.said());
    assert!(objects.iter().all(|object| object["kind"] == "inbox-file" && object["version"] == 1));
}

#[test]
fn status_tells_who_watches_what_waits_and_what_became_of_the_last_files() {
    let desk = Desk::workspace();
    let mut watch = Watch::begin(&desk, "--every 1 --settled 0");
    desk.put("inbox/a.csv", order(2));
    watch.wait_for(&desk.path("done/import-000001-a.csv"));
    let told = || status(&desk).1;
    watch.wait_until("it tells", || told()["results"][0]["file"] == "a.csv");
    assert_eq!((&told()["watch"]["running"], &told()["watch"]["pid"]), (&true.into(), &watch.child.id().into()));
    assert!(desk.run("status --lang en").stdout.contains("running, process"));
    desk.put("quarantine/x.csv", "x");
    desk.put("quarantine/x.csv.txt", "why");
    assert_eq!(told()["quarantined"], 1);
    // Asking keeps nobody from working.
    assert_eq!(watch.end("TERM"), Some(0));
    let (code, told) = status(&desk);
    assert_eq!((code, &told["watch"]["running"]), (Some(0), &false.into()), "{told}");
    // One that is killed does not say that it ends; the lock tells.
    let mut watch = Watch::begin(&desk, "--every 1 --settled 0");
    watch.end("KILL");
    let (code, told) = status(&desk);
    assert_eq!((code, &told["reasons"][0]["code"]), (Some(3), &"WATCH_DIED".into()), "{told}");
    desk.put("work/inbox/b.csv", order(3));
    let page = desk.run("status --lang fr").stdout;
    assert!(page.contains("Interrompu        b.csv") && page.contains("s'est arrêtée sans le dire"), "{page}");
    assert_eq!(desk.run("run").code, Some(0));
    let (code, told) = status(&desk);
    assert_eq!((code, told["results"].as_array().unwrap().len()), (Some(0), 2), "{told}");
    // A file that says nothing is as good as none.
    desk.put("work/state.json", "{");
    assert_eq!(status(&desk).0, Some(0));
}

#[test]
fn a_log_has_an_event_on_each_line_and_can_be_moved_away() {
    let desk = Desk::workspace();
    let log = desk.path("log.json");
    let mut watch = Watch::begin(&desk, "--every 1 --settled 0 --log log.json --log-format json --log-rotate never");
    desk.put("inbox/a\u{1b}[31m.csv", order(2));
    watch.wait_until("it is told", || fs::read_to_string(&log).unwrap().contains("\"message\":\"file\""));
    fs::rename(&log, desk.path("log.old")).unwrap();
    watch.signal("HUP");
    watch.wait_for(&log);
    desk.put("inbox/b.pdf", "%PDF-1.4\0");
    watch.wait_until("it is told", || fs::read_to_string(&log).unwrap().contains("b.pdf"));
    assert_eq!(watch.end("TERM"), Some(0));
    let old = fs::read_to_string(desk.path("log.old")).unwrap();
    let text = old + &fs::read_to_string(&log).unwrap();
    let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files: Vec<_> = events.iter().filter(|event| event["message"] == "file").collect();
    assert_eq!((&files[0]["outcome"], &files[0]["taken"]), (&"accepted".into(), &1.into()), "{text}");
    assert_eq!((&files[1]["code"], &files[1]["level"]), (&"FILE_BINARY".into(), &"WARN".into()), "{text}");
    assert!(!text.contains('\u{1b}'), "names are written so that no terminal obeys them");
    assert_eq!(events.last().unwrap()["message"], "watch ends");
}

#[test]
fn a_log_in_place_of_sentences_and_logs_that_are_put_aside() {
    let desk = Desk::workspace();
    desk.put("inbox/a.pdf", "%PDF-1.4\0");
    let ended = desk.run("run --log - --lang fr");
    assert_eq!(ended.code, Some(6));
    assert!(ended.stderr.lines().all(|line| line.starts_with("2026-03-04T08:00:00Z ")), "{}", ended.stderr);
    assert!(ended.stderr.contains(" WARN file file=\"a.pdf\" bytes=9 errand=\"ORDER\""), "{}", ended.stderr);
    assert!(ended.stdout.contains("a.pdf"), "data is data");
    for _ in 0..5 {
        assert_eq!(desk.run("run --log run.log --log-rotate 100 --log-keep 2").code, Some(0));
    }
    let logs: Vec<_> = names(&desk.path("")).into_iter().filter(|name| name.starts_with("run.log")).collect();
    assert_eq!(logs, ["run.log", "run.log.1", "run.log.2"]);
    for wrong in ["--log run.log --log-rotate 10X", "--log run.log --log-format xml", "--log-keep 3"] {
        assert_eq!(desk.run(&format!("run {wrong}")).code, Some(2), "{wrong}");
    }
    assert_eq!(desk.run("run --log nowhere/run.log").code, Some(74));
}
