//! Notifications through the program, to servers on this machine that keep what they get and misbehave on request.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::notifications::peers::{HttpServer, MailServer, Mood};
use crate::raised::raises;
use crate::support::{Desk, Ended, program};

mod peers;

raises! {
    NOTIFICATION_POSTPONED: a_mail_that_is_asked_for_later_waits => refused_by(Mood::Later);
    NOTIFICATION_REFUSED: a_mail_that_is_refused_is_told => refused_by(Mood::Refuse);
    NOTIFY_NOT_SET: nobody_to_be_told_is_told => Desk::workspace().run("notify");
    SECRET_MISSING: a_password_that_is_not_there_is_told => without_a_password();
    SERVER_LOGIN_REFUSED: a_wrong_password_is_told_and_nothing_is_lost => with_a_wrong_password();
    SERVER_UNREACHABLE: a_server_that_is_down_is_told_and_nothing_is_lost => without_a_server();
}

/// When the events of these tests happen.
const NOW: &str = "2026-03-04T08:00:00Z";

/// When whatever waits may be tried again.
const LATER: &str = "2026-03-04T23:00:00Z";

/// Settings that tell one reader of everything.
fn by_mail(port: u16, more: &str) -> String {
    format!(
        "account = \"0064100\"\n[notify]\nlanguage = \"fr\"\n\
         smtp = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\", from = \"bordereau@example.org\", timeout = 1{more} }}\n\
         [[notify.rules]]\nto = [\"mailto:atelier@example.org\"]\n"
    )
}

/// Settings that tell a program of everything.
fn by_webhook(port: u16, more: &str) -> String {
    format!(
        "[notify]\nwebhook = {{ url = \"http://127.0.0.1:{port}/hook/T0KEN\", timeout = 1{more} }}\n\
         [[notify.rules]]\nto = [\"webhook\"]\n"
    )
}

/// A workspace with so many deposits of which nothing was created.
fn workspace(settings: &str, deposits: usize) -> Desk {
    let desk = Desk::workspace();
    desk.put("bordereau.toml", settings);
    let names: Vec<_> = (1..=deposits).map(|number| format!("wrong-{number}.csv")).collect();
    for name in &names {
        desk.put(name, format!("no;such;field\n1;2;{name}\n"));
    }
    if deposits > 0 {
        let ended = desk.run(&format!("deposit {}", names.join(" ")));
        assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    }
    desk
}

/// Hands over what is open and expects an exit code.
#[track_caller]
fn notified(desk: &Desk, now: &str, code: i32) -> Ended {
    let ended = desk.run_at(now, "notify");
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
    ended
}

/// What the ledger says of all notifications: how many are open, handed over, refused.
fn statuses(desk: &Desk) -> [usize; 3] {
    let ended = desk.run("notify --list --json");
    let list: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let rows = list["rows"].as_array().unwrap();
    ["OPEN", "DELIVERED", "REFUSED"].map(|status| rows.iter().filter(|row| row["status"] == status).count())
}

fn refused_by(mood: Mood) -> Ended {
    let server = MailServer::new(mood);
    let desk = workspace(&by_mail(server.port, ""), 1);
    let ended = desk.run("notify");
    assert!(server.mails().is_empty());
    server.set(Mood::Take);
    if mood == Mood::Later {
        assert_eq!(statuses(&desk), [1, 0, 0]);
        notified(&desk, NOW, 75);
        assert!(server.mails().is_empty(), "it is not tried before its moment");
    } else {
        assert_eq!(statuses(&desk), [0, 0, 1]);
        assert!(notified(&desk, LATER, 0).stderr.contains("Nothing"), "it is not tried again by itself");
        assert_eq!(desk.run_at(LATER, "notify --again").code, Some(0));
    }
    notified(&desk, LATER, 0);
    assert_eq!(server.mails().len(), 1);
    ended
}

fn without_a_password() -> Ended {
    let desk = workspace(&by_mail(1, ", user = \"u\", password-env = \"BORDEREAU_NO_SUCH\""), 1);
    let ended = desk.run("notify");
    desk.put("empty", "\n");
    desk.put("bordereau.toml", by_mail(1, ", user = \"u\", password-file = \"empty\""));
    assert!(desk.run("notify").tells("SECRET_MISSING"));
    desk.put("bordereau.toml", by_mail(1, ", user = \"u\", password-file = \"nowhere\""));
    assert!(desk.run("notify").tells("FILE_NOT_FOUND"));
    assert_eq!(statuses(&desk), [0, 0, 0], "nothing is begun");
    ended
}

fn with_a_wrong_password() -> Ended {
    let server = MailServer::new(Mood::AskWho);
    let desk = workspace(&by_mail(server.port, ", user = \"u\", password-file = \"secret\""), 2);
    desk.put("secret", "wrong-pa55\n");
    let ended = desk.run("notify");
    assert_eq!(statuses(&desk), [2, 0, 0]);
    desk.put("secret", "pa55\n");
    notified(&desk, LATER, 0);
    assert_eq!((server.mails().len(), statuses(&desk)), (2, [0, 2, 0]));
    let list = desk.run("notify --list --json");
    assert!(![&ended.stderr, &list.stdout].into_iter().any(|text| text.contains("pa55")), "{}", ended.stderr);
    let ledger = fs::read(desk.path("ledger.sqlite")).unwrap();
    assert!(!ledger.windows(4).any(|bytes| bytes == b"pa55"), "the ledger has the password");
    ended
}

fn without_a_server() -> Ended {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 2);
    let port = server.port;
    drop(server);
    let ended = desk.run("notify");
    assert_eq!(statuses(&desk), [2, 0, 0]);
    let early = notified(&desk, "2026-03-04T08:00:30Z", 75);
    assert!(early.stderr.contains("2026-03-04 08:01:00 UTC") && !early.tells("SERVER_UNREACHABLE"), "{}", early.stderr);
    let server = MailServer::on(port, Mood::Take);
    notified(&desk, LATER, 0);
    assert_eq!((server.mails().len(), statuses(&desk)), (2, [0, 2, 0]));
    ended
}

#[test]
fn a_mail_is_handed_over_once_and_says_what_happened_and_what_to_do() {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 1);
    let foreseen = desk.run("notify --dry-run --lang en");
    assert!(foreseen.stdout.contains("mailto:atelier@example.org"), "{}{}", foreseen.stdout, foreseen.stderr);
    assert_eq!((foreseen.code, statuses(&desk)), (Some(0), [0, 0, 0]));
    assert!(notified(&desk, NOW, 0).stderr.contains("handed over: 1"));
    assert!(notified(&desk, LATER, 0).stderr.contains("Nothing to hand over"));
    let [mail] = server.mails().try_into().unwrap();
    assert_eq!(mail.to, ["atelier@example.org"]);
    assert!(mail.heading("Message-ID").ends_with(".deposit.1.rejected@example.org>"), "{}", mail.text);
    assert_eq!(mail.heading("Date"), "Wed, 04 Mar 2026 08:00:00 +0000");
    assert!(mail.heading("Content-Type").starts_with("text/plain; charset=utf-8"), "{}", mail.text);
    let body = mail.body();
    assert!(body.contains("wrong-1.csv") && body.contains("bordereau deposits errors 1"), "{body}");
    assert!(body.contains("Rien n'a été créé de cette dépose.") && body.contains("(0064100)"), "{body}");
    assert!(!mail.text.contains("claire"), "{}", mail.text);
    assert_eq!(statuses(&desk), [0, 1, 0]);
}

#[test]
fn a_server_that_dies_after_the_mail_gets_the_same_mail_again() {
    let server = MailServer::new(Mood::DieAfterData);
    let desk = workspace(&by_mail(server.port, ""), 1);
    notified(&desk, NOW, 75);
    server.set(Mood::Take);
    notified(&desk, LATER, 0);
    let mails = server.mails();
    assert!(mails.len() > 1, "the first one was taken without a word");
    assert!(mails.iter().all(|mail| mail.heading("Message-ID") == mails[0].heading("Message-ID")));
    assert_eq!(statuses(&desk), [0, 1, 0]);
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_long() {
    let server = MailServer::new(Mood::Silent);
    let desk = workspace(&by_mail(server.port, ""), 5);
    let begin = Instant::now();
    let ended = notified(&desk, NOW, 75);
    assert!(ended.tells("SERVER_UNREACHABLE") && ended.stderr.contains("timeout"), "{}", ended.stderr);
    let http = HttpServer::new(0);
    desk.put("bordereau.toml", by_webhook(http.port, ""));
    desk.put("more.csv", "no;such;field\n1;2;more\n");
    assert_eq!(desk.run("deposit more.csv").code, Some(6));
    assert!(notified(&desk, NOW, 75).tells("SERVER_UNREACHABLE"));
    // Three attempts of a second each, not as many as there are mails.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    http.set(200);
    assert_eq!(statuses(&desk), [6, 0, 0]);
    notified(&desk, LATER, 75);
    assert_eq!(
        (http.calls().last().unwrap().json()["facts"]["file"].as_str(), statuses(&desk)),
        (Some("more.csv"), [5, 1, 0])
    );
}

#[test]
fn a_program_is_called_with_the_key_and_a_secret() {
    let server = HttpServer::new(200);
    let desk = workspace(&by_webhook(server.port, ", secret-env = \"BORDEREAU_TEST_SECRET\""), 1);
    let notify = |arguments: &[&str]| -> Ended {
        let mut command = program(&desk.path(""));
        command.env("BORDEREAU_TEST_SECRET", "s3cret").arg("notify").args(arguments).output().unwrap().into()
    };
    let ended = notify(&["--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let list: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((list["kind"].as_str(), list["rows"][0]["status"].as_str()), (Some("notifications"), Some("DELIVERED")));
    assert_eq!(notify(&["--test", "webhook"]).code, Some(0));
    let [call, test] = server.calls().try_into().unwrap();
    let event = call.json();
    assert_eq!((event["event"].as_str(), event["number"].as_i64()), (Some("deposit-rejected"), Some(1)));
    assert_eq!(event["key"].as_str(), call.heading("Idempotency-Key"));
    assert!(event["key"].as_str().unwrap().ends_with(":deposit:1:rejected"), "{event}");
    assert_eq!(call.heading("Authorization"), Some("Bearer s3cret"));
    assert_eq!(test.json()["event"].as_str(), Some("test"));
    // The file has the same line.
    assert_eq!(fs::read_to_string(desk.path("out/events.ndjson")).unwrap().trim_end(), call.body);
}

#[test]
fn a_program_answers_by_its_status() {
    for (status, code, told, left) in [
        (404, 3, "NOTIFICATION_REFUSED", [0, 0, 1]),
        (302, 3, "NOTIFICATION_REFUSED", [0, 0, 1]),
        (503, 75, "NOTIFICATION_POSTPONED", [1, 0, 0]),
        (401, 75, "SERVER_LOGIN_REFUSED", [1, 0, 0]),
    ] {
        let server = HttpServer::new(status);
        let desk = workspace(&by_webhook(server.port, ""), 1);
        let ended = notified(&desk, NOW, code);
        assert!(ended.tells(told) && statuses(&desk) == left, "{status}: {}", ended.stderr);
        assert!(!ended.stderr.contains("T0KEN"), "{}", ended.stderr);
        let keys: Vec<_> =
            server.calls().iter().map(|call| call.heading("Idempotency-Key").map(str::to_owned)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]) && keys.len() <= 3, "{status}: {keys:?}");
    }
}

#[test]
fn two_runs_at_once_tell_each_event_once() {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 20);
    let start = || program(&desk.path("")).arg("notify").stderr(Stdio::piped()).spawn().unwrap();
    let runs: [Child; 2] = [start(), start()];
    for run in runs {
        let ended: Ended = run.wait_with_output().unwrap().into();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let mut names: Vec<_> = server.mails().iter().map(|mail| mail.heading("Message-ID").to_owned()).collect();
    names.sort();
    names.dedup();
    assert_eq!((server.mails().len(), names.len(), statuses(&desk)), (20, 20, [0, 20, 0]));
}

#[test]
fn whoever_is_killed_between_telling_and_noting_tells_it_again_with_the_same_key() {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 1);
    // Nobody can note anything from the moment on at which the mail has arrived.
    server.hold(&desk.path("ledger.sqlite"));
    let mut run = program(&desk.path("")).arg("notify").stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    while server.mails().is_empty() && begin.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(300));
    assert!(run.try_wait().unwrap().is_none(), "it noted something all the same");
    run.kill().unwrap();
    run.wait().unwrap();
    server.release();
    assert_eq!(statuses(&desk), [1, 0, 0]);
    notified(&desk, NOW, 0);
    assert_eq!(server.mails().len(), 1, "the claim of the dead run still holds");
    notified(&desk, LATER, 0);
    let [first, second] = server.mails().try_into().unwrap();
    assert_eq!(first.heading("Message-ID"), second.heading("Message-ID"));
    assert_eq!((statuses(&desk), desk.run("doctor").code), ([0, 1, 0], Some(0)));
}

#[test]
fn a_rule_of_a_user_takes_the_place_of_the_usual_one_and_old_news_are_none() {
    let server = MailServer::new(Mood::Take);
    let own =
        "[[notify.rules]]\nevents = [\"deposit-rejected\"]\nto = [\"mailto:claire@example.org\"]\nuser = \"claire\"\n";
    let desk = workspace(&(by_mail(server.port, "") + own), 1);
    notified(&desk, NOW, 0);
    assert_eq!(server.mails()[0].to, ["claire@example.org"]);
    desk.put("late.csv", "no;such;field\n1;2;late\n");
    assert_eq!(desk.run("deposit late.csv").code, Some(6));
    assert!(notified(&desk, "2026-03-20T08:00:00Z", 0).stderr.contains("Nothing"), "16 days later it is no news");
    assert_eq!(server.mails().len(), 1);
}

#[test]
fn a_test_reaches_an_address_and_changes_nothing() {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 1);
    let ended = desk.run("notify --test paul@example.org --lang fr");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("mailto:paul@example.org"), "{}", ended.stderr);
    assert_eq!(
        (server.mails()[0].to.as_slice(), statuses(&desk)),
        (["paul@example.org".to_owned()].as_slice(), [0, 0, 0])
    );
    assert!(desk.run("notify --test webhook").tells("NOTIFY_NOT_SET"));
    assert!(desk.run("notify --test nobody").tells("ARGUMENT_INVALID"));
}

/// The numbers in the file of events.
fn numbers(desk: &Desk) -> Vec<i64> {
    let text = fs::read_to_string(desk.path("out/events.ndjson")).unwrap();
    assert!(text.ends_with('\n'), "{text:?}");
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["number"].as_i64().unwrap();
    text.lines().map(event).collect()
}

#[test]
fn the_file_of_events_has_each_once_and_in_order_whatever_happened_to_it() {
    let desk = workspace("", 3);
    assert_eq!(numbers(&desk), [1, 2, 3]);
    let path = desk.path("out/events.ndjson");
    let whole = fs::read(&path).unwrap();
    // A run that ended within its last line, before it could note anything.
    fs::write(&path, &whole[..whole.len() - 7]).unwrap();
    let ledger = || rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    ledger().execute("UPDATE event_stream SET written = 1", []).unwrap();
    assert_eq!(desk.run("doctor").code, Some(0));
    assert_eq!(fs::read(&path).unwrap(), whole);
    // One that wrote all and noted nothing.
    ledger().execute("UPDATE event_stream SET written = 0", []).unwrap();
    assert_eq!(desk.run("doctor").code, Some(0));
    assert_eq!(fs::read(&path).unwrap(), whole);
    // Somebody took the file away.
    fs::remove_file(&path).unwrap();
    desk.put("more.csv", "no;such;field\n1;2;more\n");
    assert_eq!(desk.run("deposit more.csv").code, Some(6));
    assert_eq!(numbers(&desk), [4]);
}

#[test]
fn an_answer_to_orders_is_told() {
    let server = HttpServer::new(200);
    let desk = workspace(&by_webhook(server.port, ""), 0);
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    let order = "order create --manufacturer 4 --all --customer-order-number K-1 --delivery-account 12345-01 \
                 --accept-terms --confirm";
    let ended = desk.run(order);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let number: String = {
        let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
        ledger.query_row("SELECT number FROM purchase_order", [], |row| row.get(0)).unwrap()
    };
    desk.put("answer.csv", format!("order;status\n{number};ACCEPTED\n"));
    let ended = desk.run("order response answer.csv");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    notified(&desk, NOW, 0);
    let [call] = server.calls().try_into().unwrap();
    let event = call.json();
    assert_eq!(event["event"].as_str(), Some("order-response"), "{event}");
    assert_eq!(event["facts"]["taken"].as_i64(), Some(1), "{event}");
}

#[test]
fn work_orders_are_told_of_when_they_come_and_when_they_have_to_be_answered() {
    let server = HttpServer::new(200);
    let desk = workspace(&by_webhook(server.port, ""), 0);
    desk.bring("work-orders/morning.json", "morning.json");
    for code in [0, 5] {
        assert_eq!(desk.run("workorder take morning.json").code, Some(code));
    }
    // One has ten hours left, the deadline of one has passed half an hour ago, one has none.
    let foreseen = desk.run("notify --dry-run --json");
    let list: serde_json::Value = serde_json::from_str(&foreseen.stdout).unwrap();
    assert_eq!(list["rows"].as_array().unwrap().len(), 4, "{}", foreseen.stdout);
    let told = |now: &str| {
        let before = server.calls().len();
        notified(&desk, now, 0);
        let calls = server.calls().split_off(before);
        let name = |call: &peers::Call| {
            let event = call.json();
            assert!(event["facts"].get("order_mission").is_some() && !call.body.contains("Lefèvre"), "{event}");
            format!("{} {}", event["event"].as_str().unwrap(), event["subject"].as_str().unwrap())
        };
        calls.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(
        told(NOW),
        ["new-work-order 4711020", "new-work-order 4711021", "new-work-order 4711022", "deadline-near 4711021"]
    );
    assert_eq!(told("2026-03-04T13:00:00Z"), Vec::<String>::new());
    assert_eq!(told("2026-03-04T14:00:01Z"), ["deadline-near 4711020"]);
    assert_eq!(told("2026-03-04T15:00:00Z"), Vec::<String>::new());
    assert_eq!(desk.run("doctor").code, Some(0));
}

/// One mail with the sheet as text and as a page, to those whom `[morning]` names.
#[test]
fn the_sheet_of_the_morning_is_a_mail_of_two_forms() {
    let server = MailServer::new(Mood::Take);
    let desk = workspace(&by_mail(server.port, ""), 1);
    let nobody = desk.run_at(NOW, "morning --mail");
    assert!(nobody.tells("NOTIFY_NOT_SET") && nobody.code == Some(2), "{}", nobody.stderr);
    desk.put("bordereau.toml", by_mail(server.port, "") + "[morning]\nto = [\"mailto:adv@example.org\"]\n");
    let ended = desk.run_at(NOW, "morning --mail --since 2026-03-01");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("mailto:adv@example.org"), "{}", ended.stderr);
    let [mail] = server.mails().try_into().unwrap();
    assert_eq!(mail.to, ["adv@example.org"]);
    assert!(mail.heading("Message-ID").starts_with("<morning.0064100."), "{}", mail.text);
    assert!(mail.heading("Content-Type").starts_with("multipart/alternative"), "{}", mail.text);
    let [text, page] = ["text/plain", "text/html"].map(|kind| mail.text.find(kind).unwrap());
    assert!(text < page, "readers prefer the last form");
    assert!(mail.text.contains("Feuille du matin du 04/03/2026"), "in the language of mails: {}", mail.text);
    // Nothing of it is kept: notifications are as before.
    assert_eq!(statuses(&desk), [0, 0, 0]);
}

#[test]
fn a_sheet_that_cannot_be_handed_over_says_so() {
    let server = MailServer::new(Mood::Later);
    let desk = workspace(&(by_mail(server.port, "") + "[morning]\nto = [\"mailto:adv@example.org\"]\n"), 0);
    let ended = desk.run_at(NOW, "morning --mail");
    assert!(ended.tells("NOTIFICATION_POSTPONED") && ended.code == Some(75), "{}", ended.stderr);
}
