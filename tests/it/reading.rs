//! What is seen of each file of the samples and fixtures, and what becomes of it: one table, kept as a snapshot.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Desk, expect, faults, names, root, run, summary};

/// The files that are looked at, by folder.
fn files() -> Vec<PathBuf> {
    let folders = ["samples/orders", "samples/codes", "tests/fixtures/workbooks", "tests/fixtures/archives"];
    let mut found: Vec<_> = folders.iter().flat_map(|folder| below(&root().join(folder))).collect();
    let is_table = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_other =
            ["README.md", "expected", "expected.csv", "arguments", "command", "catalogue.csv"].contains(&name);
        !is_other && !path.components().any(|part| part.as_os_str().to_str().unwrap().ends_with(".expected"))
    };
    found.retain(is_table);
    found.retain(|path| !path.components().any(|part| part.as_os_str() == "formats"));
    found
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let paths = names(folder).into_iter().map(|name| folder.join(name));
    paths.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

/// How a value stands in the table.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    }
}

/// What `guess` and `convert` say of a file.
fn row(path: &Path) -> String {
    let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    let out = tempfile::tempdir().unwrap();
    let copy = out.path().join("copy.csv");
    let guessed = run(out.path(), ["guess", "--json", path.to_str().unwrap()]);
    let copied = run(out.path(), ["convert", "--json", path.to_str().unwrap(), "-o", copy.to_str().unwrap()]);
    assert_eq!(guessed.code, copied.code, "{name}: {}{}", guessed.stderr, copied.stderr);
    if guessed.code != Some(0) {
        let code = guessed.stderr.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
        assert!(copied.tells(&code), "{name}: {}", copied.stderr);
        return format!("{name}\t{code}\n");
    }
    let (seen, told): (Value, Value) =
        (serde_json::from_str(&guessed.stdout).unwrap(), serde_json::from_str(&copied.stdout).unwrap());
    for key in ["encoding", "delimiter", "header", "columns", "source", "sheet"] {
        assert_eq!(seen[key], told[key], "{name}: {key}");
    }
    let count = |key: &str| told[key]["count"].as_u64().unwrap();
    let list = |key: &str| told[key].as_array().unwrap().len() as u64;
    let rows = told["rows"].as_u64().unwrap();
    let heading = u64::from(told["header"].as_bool().unwrap());
    let width = seen["columns"].as_array().unwrap().len();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&copy).unwrap();
    let kept: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(kept.len() as u64, rows + heading, "{name}");
    assert!(count("surplus") > 0 || kept.iter().all(|row| row.len() == width), "{name}: rows of one width");
    let fields = seen["columns"].as_array().unwrap().iter().map(|column| shown(&column["field"]));
    let facts = ["source", "sheet", "encoding", "delimiter", "quote", "escape", "line_ends", "header_line"];
    let facts: Vec<_> = facts.iter().map(|key| shown(&seen[key])).collect();
    let around = ["preamble", "footer", "comments"].map(|key| list(key).to_string());
    let odd = ["blank", "padded", "surplus", "unclosed", "headings", "others"].map(|key| count(key).to_string());
    let notes: Vec<_> = told["notes"].as_object().unwrap().keys().map(String::as_str).collect();
    format!(
        "{name}\t{}\t{}\t{rows}\t{}\t{}\t{}\n",
        facts.join("\t"),
        fields.collect::<Vec<_>>().join(","),
        around.join("+"),
        odd.join("+"),
        notes.join(",")
    )
}

#[test]
fn every_sample_is_seen_as_the_table_says() {
    let mut table = "file\tsource\tsheet\tencoding\tdelimiter\tquote\tescape\tline ends\theading\tfields\trows\t\
                     above+below+comments\tblank+padded+surplus+unclosed+headings+others\tnotes\n"
        .to_owned();
    for path in files() {
        table += &row(&path);
    }
    expect(&root().join("tests/it/snapshots/reading.tsv"), table.as_bytes());
}

/// Only records of the type that a format names are lines; the others are counted.
#[test]
fn records_of_another_type_are_no_lines() {
    let desk = Desk::new();
    desk.put("orders.txt", "H;CDE-1;20260301\nL;00123456;2\nL;0070817965D;deux\nT;2;\n");
    desk.put(
        "mine/import/typed.toml",
        "kind = \"order\"\n[decode]\nrecord-type = \"L\"\n[column.reference]\nposition = 2\n\
         [column.quantity]\nposition = 3\n",
    );
    let ended = desk.run("import orders.txt --catalogue catalogue.csv --out out --formats mine --format typed");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let counts = summary(&desk.path("out"));
    assert_eq!((counts["accepted"].as_u64(), counts["rejected"].as_u64()), (Some(1), Some(1)));
    assert_eq!(counts["ignored"].as_u64(), Some(2), "{}", ended.stderr);
    let told = faults(&desk.path("out/errors.csv"));
    assert_eq!((told.len(), told[1][2].as_str()), (2, "QTY_NOT_INTEGER"));
}

/// How an import of a few lines counts: read, accepted, rejected, ignored.
fn counted(text: &[u8]) -> [u64; 4] {
    let desk = Desk::new();
    desk.put("orders.txt", text);
    let ended = desk.run("import orders.txt --catalogue catalogue.csv --out out");
    assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
    let summary = summary(&desk.path("out"));
    ["read", "accepted", "rejected", "ignored"].map(|key| summary[key].as_u64().unwrap())
}

/// What may be an order line is never left out for a note, a comment or a heading.
#[test]
fn nothing_that_may_be_ordered_is_left_out() {
    let heading = "Reference;Label;Qty;Price;Date;Comment\n";
    let rows = "00123456;x;1;38,50;01/02/2026;a\n0070817965D;y;2;24,90;01/02/2026;b\n";
    for (last, expected) in [
        ("JOINT;;3;;;\n", [3, 2, 1, 0]),
        ("\n;;3;;;\n", [4, 2, 1, 1]),
        ("#124;;2\n", [3, 2, 1, 0]),
        ("Total;;3;63,40;;\n", [3, 2, 0, 1]),
        ("\nTotal;;3;88,30;01/02/2026;\n", [4, 2, 0, 2]),
        ("# pris par téléphone\n", [3, 2, 0, 1]),
        ("Reference;Label;Qty;Price;Date;Comment\n", [3, 2, 0, 1]),
        ("Merci de livrer lundi matin\n", [3, 2, 0, 1]),
    ] {
        assert_eq!(counted([heading, rows, last].concat().as_bytes()), expected, "{last}");
    }
}

/// A carriage return alone ends a line wherever it stands, and a quote opens behind blanks, too.
#[test]
fn no_line_hides_in_another() {
    let many = "00123456;2;a\n".repeat(60_000);
    let text = format!("Reference;Qty;Comment\n{many}00123456;2;a\r00123456;3;b\n");
    assert_eq!(counted(text.as_bytes()), [60_002, 60_002, 0, 0]);
    assert_eq!(counted(b"Reference;Qty;Comment\n00123456;1; \"a;b\"\n"), [1, 1, 0, 0]);
}

/// XML that was written down again in another encoding still bears the old name.
#[test]
fn a_wrong_declaration_does_not_hide_an_order() {
    let line = "<l><reference>00123456</reference><quantite>2</quantite></l>";
    for declared in ["utf-16", "x-unknown", "ISO-8859-1"] {
        let text = format!("<?xml version=\"1.0\" encoding=\"{declared}\"?><c>{line}{line}</c>");
        assert_eq!(counted(text.as_bytes()), [2, 2, 0, 0], "{declared}");
    }
}

/// The lines of one order, saved by every program and in every kind of file, give the same baskets.
#[test]
fn the_same_order_in_any_kind_of_file_gives_the_same_baskets() {
    let desk = Desk::new();
    let lines = [("00123456", 2), ("0070817965D", 1), ("11260931", 3)];
    let text = lines.map(|(reference, quantity)| format!("{reference};{quantity}\n")).concat();
    desk.put("plain.csv", format!("Référence;Quantité\n{text}"));
    desk.put(
        "quotes.csv",
        format!("'Référence';'Quantité'\n{}", lines.map(|(a, b)| format!("'{a}';'{b}'\n")).concat()),
    );
    desk.put("returns.csv", format!("Référence|Quantité\n{text}").replace(';', "|").replace('\n', "\r"));
    let wide: Vec<u8> =
        format!("Référence\tQuantité\n{text}").replace(';', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk.put("wide.txt", wide);
    desk.put(
        "typed.csv",
        format!("Total;;\nRéférence;Quantité;\n----;----;\n{text}\nTotal;6;\nMerci de livrer lundi\n"),
    );
    let item =
        |(reference, quantity): &(&str, i32)| format!("{{\"reference\": \"{reference}\", \"quantité\": {quantity}}}");
    let items: Vec<_> = lines.iter().map(item).collect();
    desk.put("list.json", format!("[{}]", items.join(",")));
    desk.put("lines.ndjson", items.join("\n"));
    let element = |(reference, quantity): &(&str, i32)| {
        format!("<ligne><Reference>{reference}</Reference><Quantite>{quantity}</Quantite></ligne>")
    };
    desk.put("order.xml", format!("<commande>{}</commande>", lines.iter().map(element).collect::<String>()));
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Lisez-moi").unwrap().write_string(0, 0, "Bon de commande").unwrap();
    let sheet = book.add_worksheet().set_name("Lignes").unwrap();
    sheet.write_row(2, 1, ["Référence", "Quantité"]).unwrap();
    for (place, (reference, quantity)) in (3..).zip(lines) {
        sheet.write_string(place, 1, reference).unwrap().write_number(place, 2, quantity).unwrap();
    }
    book.save(desk.path("book.xlsx")).unwrap();
    let basket = |file: &str| {
        let ended = desk.run(&format!("import {file} --catalogue catalogue.csv --out out-{file}"));
        assert_eq!(ended.code, Some(0), "{file}: {}", ended.stderr);
        let folder = desk.path(&format!("out-{file}/baskets"));
        names(&folder).iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect::<String>()
    };
    let expected = basket("plain.csv");
    for file in
        ["quotes.csv", "returns.csv", "wide.txt", "typed.csv", "list.json", "lines.ndjson", "order.xml", "book.xlsx"]
    {
        assert_eq!(basket(file), expected, "{file}");
    }
}
