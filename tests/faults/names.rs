//! Names of files that lead elsewhere, cannot be shown, or look like something else.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use crate::house::{House, order};
use crate::support::names;
use crate::tally::Tally;

#[test]
fn f43_odd_names_lead_nowhere_and_are_shown_harmlessly() {
    let mut tally = Tally::of("F43");
    let mut house = House::new();
    let odd = [
        "new\nline.csv",
        "\u{1b}[31mred.csv",
        "-rf",
        "--help",
        "$(touch hacked).csv",
        "\u{202e}vsc.exe",
        "CON.csv",
        "x..csv",
        "a;b\"c'd.csv",
        "<script>alert(1)</script>",
        "ends with blank ",
    ];
    for (number, name) in (0..).zip(odd) {
        // A name may hold no slash.
        house.put(&name.replace('/', "\u{2215}"), order(number));
    }
    let ended = house.work("odd names");
    let said = |text: &str| text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}');
    assert!(said(&ended.stdout) && said(&ended.stderr), "{:?}{:?}", ended.stdout, ended.stderr);
    tally.count(&house, &format!("{}{}", ended.stdout, ended.stderr));
    assert_eq!(house.ask("SELECT count(*) FROM import WHERE status = 'DONE'"), 11, "{}", ended.stdout);
    let folders = ["aside", "hacked"];
    assert!(names(house.home()).iter().all(|name| !folders.contains(&name.as_str())));
}

#[test]
fn f43_a_name_that_is_no_text_stays_and_harms_nothing() {
    let mut tally = Tally::of("F43");
    let house = House::night();
    let path = house.path("inbox").join(OsStr::from_bytes(b"r\xe9f.csv"));
    fs::write(&path, order(7)).unwrap();
    house.work("a name in another encoding");
    assert!(path.exists(), "it cannot be told and is left alone");
    fs::remove_file(&path).unwrap();
    tally.count(&house, "a name in another encoding");
}

#[test]
fn f43_a_name_as_long_as_names_may_be_is_a_name() {
    let mut house = House::new();
    let mut tally = Tally::of("F43");
    let name = format!("{}.csv", "é".repeat(125));
    house.put(&name, order(1));
    let ended = house.run(["run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    tally.count(&house, "a long name");
}

#[test]
fn f43_a_file_named_like_what_is_said_of_another_is_not_written_over() {
    let mut tally = Tally::of("F43");
    let mut house = House::new();
    // The word for the second one is called as the first one is.
    house.put("scan.pdf.txt", b"%PDF-1.4\0 of the first");
    house.work("the first");
    house.put("scan.pdf", b"%PDF-1.4\0 of the second");
    house.work("the second");
    tally.count(&house, "a word over a file");
}
