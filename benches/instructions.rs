//! How many instructions one import takes: 100 000 lines, one thread, counted by Valgrind.
//!
//! `just instructions` counts and compares with `benches/instructions.txt`; `just instructions bless` writes that file anew.
//! A time moves with whatever else the machine does, a count hardly at all, so that three in a hundred more is a change
//! of the program. It also depends on the compiler and, a little, on the processor: with another compiler than the file
//! was written with, the comparison is only told. Without Valgrind nothing is counted, and with `CI_STRICT` set that is a failure.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

mod order_file;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Lines of the order file, parts of the catalogue.
const RECORDS: u64 = 100_000;
const PARTS: u64 = 50_000;

/// How much more is let pass, in hundredths.
const MARGIN: u64 = 3;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");

fn main() -> ExitCode {
    if !answers("valgrind") {
        println!("instructions: valgrind is not installed, nothing is counted");
        return if std::env::var_os("CI_STRICT").is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let compiler = compiler();
    let count = counted();
    if std::env::args().any(|text| text == "bless") {
        let text = format!("instructions {count}\n{compiler}");
        fs::write(KEPT, text).expect("a file that can be written");
        println!("instructions: {count} written to benches/instructions.txt");
        return ExitCode::SUCCESS;
    }
    let kept = fs::read_to_string(KEPT).expect("benches/instructions.txt");
    let (first, noted) = kept.split_once('\n').expect("a count, then the compiler");
    let before: u64 = first.strip_prefix("instructions ").and_then(|text| text.parse().ok()).expect("a count");
    judge(count, before, compiler == noted)
}

/// Says how the count stands to the one before, and whether it may.
fn judge(count: u64, before: u64, same_compiler: bool) -> ExitCode {
    let (word, by) = if count > before { ("more", count - before) } else { ("fewer", before - count) };
    let share = by * 1000 / before.max(1);
    println!("instructions: {count}, {}.{} % {word} than the {before} noted", share / 10, share % 10);
    let too_many = count > before && by * 100 > before * MARGIN;
    match (too_many, same_compiler) {
        (_, false) => println!("they were counted with another compiler or for another target, so this is only told"),
        (true, true) => {
            println!(
                "that is over {MARGIN} % more: find out why (callgrind_annotate target/callgrind.out), or show what"
            );
            println!("they buy and write the new count with: just instructions bless");
            return ExitCode::FAILURE;
        }
        (false, true) if by * 100 > before * MARGIN => println!("note the gain with: just instructions bless"),
        (false, true) => {}
    }
    ExitCode::SUCCESS
}

fn answers(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// The release of the compiler and the machine it makes code for, as `rustc -vV` tells them.
fn compiler() -> String {
    let told = Command::new("rustc").arg("-vV").output().expect("rustc").stdout;
    let told = String::from_utf8(told).expect("text");
    told.lines()
        .filter(|line| line.starts_with("release:") || line.starts_with("host:"))
        .fold(String::new(), |text, line| text + &line.replace(':', "") + "\n")
}

/// One import under Valgrind; what each function took stays in `callgrind.out` below the target folder.
fn counted() -> u64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = |name: &str| folder.path().join(name);
    fs::write(place("catalogue.csv"), order_file::catalogue(PARTS)).expect("a writable temporary folder");
    let mut orders = Vec::new();
    order_file::write_orders(&mut orders, RECORDS, PARTS);
    fs::write(place("orders.csv"), orders).expect("a writable temporary folder");
    let program = Path::new(env!("CARGO_BIN_EXE_bordereau"));
    let target = program.parent().and_then(Path::parent).expect("a target folder");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", target.join("callgrind.out").display()))
        .arg(program)
        .args(["import", "orders.csv", "--catalogue", "catalogue.csv", "--out", "out", "--report", "csv,json"])
        .args(["--threads", "1", "--lang", "en", "--quiet", "--no-workspace"])
        .env("BORDEREAU_NO_SYNC", "1")
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .output()
        .expect("valgrind");
    // 3: done, and some lines were refused.
    assert!(run.status.code() == Some(3), "{}", String::from_utf8_lossy(&run.stderr));
    total(&target.join("callgrind.out"))
}

/// The sum of all instructions, which Callgrind writes in one line.
fn total(path: &Path) -> u64 {
    let text = fs::read_to_string(path).expect("what valgrind wrote");
    let sum = text.lines().find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")));
    sum.and_then(|sum| sum.trim().parse().ok()).expect("a count")
}
