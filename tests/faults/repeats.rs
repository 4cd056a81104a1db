//! Files that come more often than once: at the same time, under other names, saved anew, or with other content.

use rust_xlsxwriter::Workbook;

use crate::house::{House, Watch, wait};
use crate::support::records;
use crate::tally::Tally;

const ROWS: [[&str; 3]; 4] = [
    ["Commande client", "Réf", "Qté"],
    ["K-1", "0070817965D", "2"],
    ["K-2", "MS-623210", "3"],
    ["K-3", "0070817965D", "1"],
];

fn text(rows: &[[&str; 3]], delimiter: &str) -> String {
    rows.iter().map(|row| row.join(delimiter) + "\n").collect()
}

fn workbook(rows: &[[&str; 3]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            match cell.parse::<f64>().ok().filter(|_| column == 2) {
                Some(number) => sheet.write_number(line, column, number).unwrap(),
                None => sheet.write_string(line, column, *cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn f14_the_same_file_many_times_at_once_counts_once() {
    let mut tally = Tally::of("F14");
    let mut house = House::new();
    let mut watch = Watch::begin(&house, &[]);
    for number in 0..12 {
        house.put(&format!("copy-{number}.csv"), text(&ROWS, ";"));
    }
    wait(90, "the last copy", || house.count("inbox") == 0 && house.count("done") + house.count("duplicates") == 12);
    watch.signal("TERM");
    assert_eq!(watch.ended(30), Some(0));
    tally.count(&house, "at once");
    assert_eq!((house.count("done"), house.count("duplicates")), (1, 11));
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 3);
}

#[test]
fn f14_a_command_and_a_watch_that_take_the_same_file_count_it_once() {
    let mut tally = Tally::of("F14");
    let mut house = House::new();
    std::fs::write(house.path("same.csv"), text(&ROWS, ";")).unwrap();
    house.put("same.csv", text(&ROWS, ";"));
    let mut other = house.program().arg("run").spawn().unwrap();
    let ended = house.run(["import", "same.csv"]);
    assert!(other.wait().unwrap().code().is_some_and(|code| code == 0 || code == 5));
    assert!(ended.code.is_some_and(|code| code == 0 || code == 5), "{:?} {}", ended.code, ended.stderr);
    tally.count(&house, "a command and a run");
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 3);
}

#[test]
fn f15_the_same_lines_in_another_form_are_a_duplicate() {
    let mut tally = Tally::of("F15");
    let mut turned = ROWS;
    turned[1..].reverse();
    let swapped = ROWS
        .map(|[order, reference, quantity]| {
            format!(
                "{quantity};{order};{reference}
"
            )
        })
        .concat();
    let windows = encoding_rs::WINDOWS_1252.encode(&text(&ROWS, ";")).0.into_owned();
    let forms: [(&str, Vec<u8>); 6] = [
        ("renamed.csv", text(&ROWS, ";").into_bytes()),
        ("commas.csv", text(&ROWS, ",").into_bytes()),
        ("windows.csv", windows),
        ("turned.csv", text(&turned, ";").into_bytes()),
        ("swapped.csv", swapped.into_bytes()),
        ("saved-anew.xlsx", workbook(&ROWS)),
    ];
    let mut house = House::new();
    house.put("orders.csv", text(&ROWS, ";"));
    house.work("the first time");
    for (name, form) in forms {
        house.put(name, form);
        let ended = house.work(name);
        assert_eq!(ended.code, Some(5), "{name}: {}", ended.stderr);
        assert!(ended.tells("DUPLICATE_FILE") || ended.tells("DUPLICATE_CONTENT"), "{name}: {}", ended.stderr);
        assert!(house.path("duplicates").join(name).exists());
        tally.count(&house, name);
    }
    assert_eq!(house.ask("SELECT count(*) FROM source_line"), 3);
}

#[test]
fn f16_the_same_order_with_another_quantity_is_refused_and_told() {
    let mut tally = Tally::of("F16");
    let mut house = House::new();
    house.put("orders.csv", text(&ROWS, ";"));
    house.work("the first time");
    let mut changed = ROWS;
    changed[1][2] = "9";
    changed[2][0] = "K-9";
    house.put("changed.csv", text(&changed, ";"));
    let ended = house.work("changed");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let told = records(&house.path("out/import-000002/errors.csv"));
    let codes: Vec<_> = told[1..].iter().map(|row| (row[0].as_str(), row[2].as_str())).collect();
    assert_eq!(codes, [("2", "LINE_ALREADY_TAKEN"), ("4", "LINE_ALREADY_TAKEN")], "{told:?}");
    tally.count(&house, "another quantity");
    assert_eq!(house.ask("SELECT sum(quantity) FROM basket_line"), 2 + 3 + 1 + 3, "only the new need is added");
}

#[test]
fn f17_the_same_name_with_another_content_is_another_file() {
    let mut tally = Tally::of("F17");
    let mut house = House::new();
    for round in 0..3 {
        house.put("orders.csv", crate::house::order(round));
        assert_eq!(house.work("under one name").code, Some(0));
    }
    tally.count(&house, "under one name");
    assert_eq!(house.count("done"), 3);
    assert_eq!(house.ask("SELECT count(DISTINCT reports) FROM import"), 3, "no report is written over");
}
