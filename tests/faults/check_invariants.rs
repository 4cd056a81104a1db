//! Whether a workspace in which nobody works keeps its promises, judged without the library.
//!
//! `check_invariants WORKSPACE [--dropped LIST] [--peak KIB [--cap KIB]]` writes a line for each promise to standard output.
//! Exit code 0: all hold, 3: one does not, 2: it cannot be judged. `check_invariants --list FILE...` writes what LIST is:
//! BLAKE3, bytes and name of each file that is going to be dropped; with it, what was lost and what is there twice is told.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal")]

mod checker;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checker::{Case, Dropped, judge};

/// How it is called.
const USAGE: &str = "check_invariants WORKSPACE [--dropped LIST] [--peak KIB [--cap KIB]], or --list FILE...";

/// What a run may take unless somebody says so: 512 MiB.
const CAP: u64 = 512 * 1024;

/// What was typed.
enum Wish {
    Judge { home: PathBuf, dropped: Option<Vec<Dropped>>, memory: Option<(u64, u64)> },
    List(Vec<String>),
}

fn main() -> ExitCode {
    match wish().and_then(fulfil) {
        Ok(exit) => exit,
        Err(why) => {
            eprintln!("check_invariants: {why}");
            ExitCode::from(2)
        }
    }
}

fn fulfil(wish: Wish) -> Result<ExitCode, String> {
    match wish {
        Wish::Judge { home, dropped, memory } => {
            let found = judge(&home, &Case { dropped: dropped.as_deref(), memory })?;
            println!("{found}");
            Ok(ExitCode::from(if found.holds() { 0 } else { 3 }))
        }
        Wish::List(files) => {
            for file in files {
                let dropped = Dropped::of(Path::new(&file)).map_err(|error| format!("{file}: {error}"))?;
                print!("{}", dropped.line());
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn wish() -> Result<Wish, String> {
    let (mut home, mut dropped, mut peak, mut cap) = (None, None, None, CAP);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value; {USAGE}"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("no number: {text}"));
        match word.as_str() {
            "--list" => return Ok(Wish::List(words.collect())),
            "--dropped" => dropped = Some(read(&value()?)?),
            "--peak" => peak = Some(number(value()?)?),
            "--cap" => cap = number(value()?)?,
            option if option.starts_with("--") => return Err(format!("{option} is nothing that is known; {USAGE}")),
            _ => home = Some(PathBuf::from(&word)),
        }
    }
    let home = home.ok_or(USAGE)?;
    Ok(Wish::Judge { home, dropped, memory: peak.map(|peak| (peak, cap)) })
}

fn read(list: &str) -> Result<Vec<Dropped>, String> {
    let text = fs::read_to_string(list).map_err(|error| format!("{list}: {error}"))?;
    let line = |(number, line)| Dropped::read(line).ok_or(format!("{list}, line {number}: {line}"));
    (1..).zip(text.lines()).map(line).collect()
}
