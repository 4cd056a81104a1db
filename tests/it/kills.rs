//! Killed at any moment, a workspace stays consistent: what was begun is there as a whole or not at all, and the next
//! command makes the rest good.
//!
//! Where `strace` is at hand, the program is killed at its n-th call of each kind that writes, for growing n, until it
//! lives to the end. Everywhere it is killed after random times, 200 rounds in all.
//! `BORDEREAU_KILLS` sets another number of rounds.
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Desk, copy, program, run};

/// The calls by which something gets to the disk.
const CALLS: [&str; 8] = ["openat", "write", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "mkdir"];

/// What is interrupted: the words typed, and what must hold when they were carried out.
struct Deed {
    name: &'static str,
    words: &'static str,
    /// A question to the ledger that gives 0 before and 1 after.
    done: &'static str,
}

const DEEDS: [Deed; 9] = [
    Deed {
        name: "import",
        words: "import more.csv",
        done: "SELECT count(*) FROM import WHERE file = 'more.csv' AND status = 'PARTIAL'",
    },
    Deed {
        name: "basket change",
        words: "basket edit --all --quantity 7",
        done: "SELECT count(*) > 0 AND min(quantity) = 7 FROM basket_line WHERE state = 'WAITING'",
    },
    Deed {
        name: "order",
        words: "order create --manufacturer 4 --all --customer-order-number K-1 --delivery-account 12345-01 \
                --accept-terms --confirm",
        done: "SELECT count(*) FROM purchase_order WHERE status = 'SENT'",
    },
    Deed {
        name: "accepting work orders",
        words: "workorder accept --all-new",
        done: "SELECT count(*) = 2 FROM work_order WHERE status = 'ACCEPTED' AND id > 4711000",
    },
    // They come in, then they get their repair files.
    Deed {
        name: "taking work orders in",
        words: "workorder take accepted.json",
        done: "SELECT count(*) FROM work_order WHERE status = 'ACCEPTED' AND id = 4710998",
    },
    Deed {
        name: "deposit",
        words: "deposit claims.csv",
        done: "SELECT count(*) FROM deposit WHERE status = 'PARTIAL'",
    },
    Deed {
        name: "transmission",
        words: "claim transmit 1",
        done: "SELECT count(*) FROM entry WHERE status = 'WAITING'",
    },
    Deed {
        name: "status code",
        words: "repair status 2 205",
        done: "SELECT count(*) FROM entry WHERE status = 'WAITING_PARTS' AND transmitted_at IS NOT NULL AND body LIKE '%205%'",
    },
    Deed { name: "parts of a repair", words: "repair order 2", done: "SELECT count(*) FROM repair_part" },
];

/// A workspace with lines in two baskets and an order file to come.
fn template() -> Desk {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    let mut more = String::from("Commande client;Réf;Qté\n");
    for number in 0..200 {
        let reference = ["0070817965D", "MS-623210", "NOPE"][number % 3];
        writeln!(more, "K-{number};{reference};{}", number % 5 + 1).unwrap();
    }
    desk.put("more.csv", more);
    desk.bring("deposits/claims-list.csv", "claims.csv");
    desk.put("claim.json", crate::claims::claim("K-1").to_string());
    desk.put("file.json", crate::repairs::repair("K-2").to_string());
    for line in ["claim create claim.json", "repair create file.json"] {
        assert_eq!(desk.run(line).code, Some(0), "{line}");
    }
    desk.bring("work-orders/new-mandates.json", "new.json");
    desk.bring("work-orders/accepted-mandates.json", "accepted.json");
    assert_eq!(desk.run("workorder take new.json").code, Some(0));
    desk
}

fn ask(home: &Path, question: &str) -> i64 {
    rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap().query_row(question, [], |row| row.get(0)).unwrap()
}

/// Every source line of the files that came, whatever became of its basket line.
fn lines(home: &Path) -> i64 {
    ask(home, "SELECT count(*) FROM source_line")
}

/// Checks a workspace in which a deed was interrupted, then carries it out if it was not.
fn check(home: &Path, deed: &Deed, told: &str) -> bool {
    let doctor = run(home, ["doctor"]);
    assert_eq!(doctor.code, Some(0), "{told}: {}{}", doctor.stdout, doctor.stderr);
    let done = ask(home, deed.done) == 1;
    if done {
        whole(home, told);
    } else {
        let again = run(home, again(home, deed).split_whitespace());
        assert!(matches!(again.code, Some(0 | 3)), "{told}: again {:?} {}", again.code, again.stderr);
        assert_eq!(ask(home, deed.done), 1, "{told}: done again");
        let doctor = run(home, ["doctor"]);
        assert_eq!(doctor.code, Some(0), "{told}: after it was done again: {}", doctor.stdout);
        whole(home, told);
    }
    done
}

/// What is typed after an interruption: the same once more, but a draft that was kept is confirmed.
fn again(home: &Path, deed: &Deed) -> String {
    let draft = "SELECT coalesce(max(number), '') FROM purchase_order WHERE status IN ('DRAFT', 'ESTIMATED')";
    let ledger = rusqlite::Connection::open(home.join("ledger.sqlite")).unwrap();
    let number: String = ledger.query_row(draft, [], |row| row.get(0)).unwrap();
    if number.is_empty() { deed.words.to_owned() } else { format!("order confirm {number} --accept-terms") }
}

/// What is done has its files, under their final names, and nothing is left half done beside them.
fn whole(home: &Path, told: &str) {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let deposit = home.join("out/deposit-000001/summary.json");
    let (deposits, read) =
        (ask(home, "SELECT count(*) FROM deposit"), ask(home, "SELECT count(*) FROM deposit WHERE reports <> ''"));
    assert!(deposits < 2 && (read == 0 || deposit.is_file()), "{told}: {deposits} deposits, {read} read");
    let waiting = fs::read_dir(home.join("work")).unwrap().count();
    assert_eq!(waiting, 0, "{told}: what was read to its end waits for nothing");
    for import in ["import-000001", "import-000002"] {
        let summary = home.join("out").join(import).join("summary.json");
        let is_there =
            ask(home, &format!("SELECT count(*) FROM import WHERE reports LIKE '%{import}'")) == 0 || summary.is_file();
        assert!(is_there, "{told}: {} is missing", summary.display());
    }
    let orders = ask(home, "SELECT count(*) FROM purchase_order WHERE status = 'SENT'");
    let mut files = Vec::new();
    walk(&home.join("out"), &mut files);
    let written = files.iter().filter(|path| path.parent().is_some_and(|parent| parent.ends_with("orders"))).count();
    assert!(i64::try_from(written).unwrap() >= orders, "{told}: {orders} orders, {written} files: {files:?}");
    let messages = fs::read_dir(home.join("outbox")).unwrap().map(|file| file.unwrap().path());
    let messages = messages.filter(|path| path.extension().is_some_and(|ending| ending == "json")).count();
    assert_eq!(i64::try_from(messages).unwrap(), ask(home, "SELECT count(*) FROM outbox"), "{told}: messages");
}

/// What deeds come to when nothing interrupts them: lines, waiting lines, parts of all basket lines, claims.
type Sums = (i64, i64, i64, i64);

fn sums(home: &Path) -> Sums {
    (
        lines(home),
        ask(home, "SELECT coalesce(sum(lines), 0) FROM basket"),
        ask(home, "SELECT sum(quantity) FROM basket_line WHERE state <> 'REMOVED'"),
        ask(home, "SELECT count(*) FROM entry"),
    )
}

fn undisturbed(template: &Desk, deed: &Deed, room: &Path) -> Sums {
    let home = room.join("undisturbed");
    copy(&template.path(""), &home);
    let ended = run(&home, deed.words.split_whitespace());
    assert!(matches!(ended.code, Some(0 | 3)), "{}: {:?} {}", deed.name, ended.code, ended.stderr);
    assert_eq!(ask(&home, deed.done), 1, "{}", deed.name);
    sums(&home)
}

#[test]
fn killed_at_any_call_that_writes_nothing_is_lost_and_nothing_doubled() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        eprintln!("passed over: no strace on this machine; random kills are made all the same");
        return;
    }
    let template = template();
    let (start, many) = (Instant::now(), u32::try_from(DEEDS.len()).unwrap());
    let (mut rounds, mut killed) = (0, 0);
    for (share, deed) in (1..).zip(&DEEDS) {
        // What one deed leaves of its time the others have.
        let end = start + Duration::from_secs(60) * share / many;
        let room = tempfile::tempdir().unwrap();
        let expected = undisturbed(&template, deed, room.path());
        for call in CALLS {
            // Steps grow, so that the end of a long run is reached in time, too.
            let (mut n, mut step) = (1, 1);
            while Instant::now() < end {
                let home = room.path().join("home");
                copy(&template.path(""), &home);
                let bordereau = program(&home);
                let mut traced = Command::new("strace");
                traced.args(["-f", "-qq", "-o", "/dev/null", "-e"]).arg(format!("inject={call}:signal=KILL:when={n}"));
                traced.arg(bordereau.get_program()).args(deed.words.split_whitespace()).current_dir(&home);
                traced.env("BORDEREAU_NOW", "2026-03-04T08:00:00Z").env("USER", "claire").env("LC_ALL", "C");
                let ended = traced.output().unwrap();
                let lived = ended.status.code().is_some_and(|code| matches!(code, 0 | 3));
                let told = format!("{}, {call} {n}", deed.name);
                check(&home, deed, &told);
                assert_eq!(sums(&home), expected, "{told}");
                fs::remove_dir_all(&home).unwrap();
                rounds += 1;
                if lived {
                    break;
                }
                killed += 1;
                n += step;
                step += n / 12;
            }
        }
    }
    eprintln!("{rounds} rounds, {killed} of them killed");
    assert!(killed > 20, "{killed} kills are none worth the name");
}

#[test]
fn killed_at_random_moments_nothing_is_lost_and_nothing_doubled() {
    let rounds: u32 = std::env::var("BORDEREAU_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let template = template();
    // The same moments in every run that is as fast.
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    for deed in &DEEDS {
        let room = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let expected = undisturbed(&template, deed, room.path());
        let whole = start.elapsed();
        let (mut before, mut after) = (0, 0);
        for round in 0..rounds / u32::try_from(DEEDS.len()).unwrap() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let home = room.path().join("home");
            copy(&template.path(""), &home);
            let mut child = program(&home)
                .args(deed.words.split_whitespace())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let share = u32::try_from(random % 1000).unwrap();
            std::thread::sleep(whole * share / 1000);
            drop(child.kill());
            child.wait().unwrap();
            let told = format!("{}, round {round}, after {share} thousandths", deed.name);
            if check(&home, deed, &told) {
                after += 1;
            } else {
                before += 1;
            }
            assert_eq!(sums(&home), expected, "{told}");
            fs::remove_dir_all(&home).unwrap();
        }
        eprintln!("{}: {before} killed before it was done, {after} after", deed.name);
    }
}
