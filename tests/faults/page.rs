//! The page of faults says of each how it is tested; every test that it names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::root;

const PAGE: &str = "docs/reliability.md";

/// How many kinds of faults there are.
const FAULTS: usize = 47;

/// Names of all tests, with the name of their file: functions, and lines of `raises!`.
fn tests() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let stem = path.file_stem().unwrap().to_str().unwrap();
                // Of tests beside what they test the folder or the file says where they are.
                let module = match stem {
                    "mod" | "tests" => path.parent().unwrap().file_name().unwrap().to_str().unwrap(),
                    stem => stem.strip_suffix("_tests").unwrap_or(stem),
                };
                let text = fs::read_to_string(&path).unwrap();
                let functions =
                    text.split("#[test]").skip(1).filter_map(|rest| rest.split_once("fn ")?.1.split('(').next());
                let raised = text
                    .lines()
                    .filter_map(|line| line.trim().split_once(": ")?.1.split_once(" =>").map(|(name, _)| name));
                found.extend(functions.chain(raised).map(|name| format!("{module}::{name}")));
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(&root().join("tests"), &mut found);
    walk(&root().join("src"), &mut found);
    found
}

/// What stands between single backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_fault_has_a_row_and_every_test_that_is_named_is_there() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let tests = tests();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| F") && !line.starts_with("| Fault"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let numbers: Vec<_> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(numbers, (1..=FAULTS).map(|number| format!("F{number:02}")).collect::<Vec<_>>());
    for row in rows {
        let [number, _, expected, tested, measured] = row[..] else { panic!("{row:?} is no row of five cells") };
        assert!(!expected.is_empty() && !measured.is_empty(), "{number}");
        let named = quoted(tested);
        assert!(!named.is_empty() || tested.starts_with("not tested: "), "{number} names no test and no reason");
        for name in named {
            assert!(tests.contains(name), "{number}: there is no test {name}");
        }
    }
}

#[test]
fn every_test_of_a_fault_is_in_its_row() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    for test in tests() {
        let Some((_, name)) = test.split_once("::").filter(|(_, name)| name.starts_with('f')) else { continue };
        let Some(number) = name[1..].get(..2).filter(|number| number.chars().all(|c| c.is_ascii_digit())) else {
            continue;
        };
        let row = page.lines().find(|line| line.starts_with(&format!("| F{number} |"))).unwrap_or_default();
        assert!(quoted(row).contains(&test.as_str()), "{test} is not in the row of F{number}");
    }
}
