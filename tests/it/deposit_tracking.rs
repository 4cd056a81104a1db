//! Deposits in a workspace: kept, compared, corrected, and every count adds up.

use std::fs;
use std::path::Path;

use crate::raised::raises;
use crate::support::{Desk, Ended, names, records, root, written};

raises! {
    DEPOSIT_FILE_GONE: a_file_that_is_gone_cannot_be_read_again => gone();
}

/// The code about data that no sample raises: only a workspace has repair files that are closed.
pub(crate) const TOLD: &str = "REPAIR_FILE_CLOSED";

#[test]
fn a_closed_repair_file_is_not_changed_by_a_deposit() {
    let desk = Desk::workspace();
    let text = fs::read_to_string(root().join("samples/deposits/repairs-envelope.json")).unwrap();
    let file = |report: &str| {
        text.replacen("\"ReportNumber\"", &format!("\"InterventionId\": 880012, {report}\"ReportNumber\""), 1)
    };
    desk.put("a.json", file(""));
    ok(&desk, "deposit a.json", 0);
    // A second file about the same repair changes it.
    desk.put("b.json", file("\"ConsumerContract\": \"K-1\", "));
    ok(&desk, "deposit b.json", 0);
    assert_eq!(rows(&desk, "SELECT count(*), min(body LIKE '%K-1%') FROM entry"), ["1 1"]);
    ledger(&desk).execute("UPDATE entry SET status = 'CLOSED_WITHOUT_CLAIM', closing_reason = '905'", []).unwrap();
    desk.put("c.json", file("\"ConsumerContract\": \"K-2\", "));
    ok(&desk, "deposit c.json", 4);
    let errors = records(&desk.path("out/deposit-000003/errors.csv"));
    assert_eq!(errors.iter().skip(1).map(|row| row[2].as_str()).filter(|code| *code == TOLD).count(), 1, "{errors:?}");
}

fn ledger(desk: &Desk) -> rusqlite::Connection {
    rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap()
}

/// Rows of the ledger, each as its cells joined by blanks.
fn rows(desk: &Desk, question: &str) -> Vec<String> {
    let ledger = ledger(desk);
    let mut statement = ledger.prepare(question).unwrap();
    let width = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cell = |column| row.get::<_, rusqlite::types::Value>(column).map(shown);
        (0..width).map(cell).collect::<rusqlite::Result<Vec<_>>>().map(|cells| cells.join(" "))
    };
    statement.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

fn shown(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Null => "-".to_owned(),
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}

fn deposits(desk: &Desk) -> Vec<String> {
    rows(
        desk,
        "SELECT id, parent, origin, status, accepted, rejected, ignored, drafts, corrected FROM deposit ORDER BY id",
    )
}

fn entries(desk: &Desk) -> Vec<String> {
    rows(desk, "SELECT report_number, status, valid FROM entry ORDER BY id")
}

fn ok(desk: &Desk, line: &str, code: i32) -> Ended {
    let ended = desk.run(line);
    assert_eq!(ended.code, Some(code), "{line}: {}", ended.stderr);
    ended
}

fn sound(desk: &Desk) {
    let ended = desk.run("doctor");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}

fn fixture(desk: &Desk, name: &str) {
    fs::copy(root().join("tests/fixtures/deposits").join(name), desk.path(name)).unwrap();
}

fn gone() -> Ended {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    ok(&desk, "deposit claims.csv", 3);
    fs::remove_file(desk.path("done/deposit-000001-claims.csv")).unwrap();
    desk.run("deposits retry 1")
}

#[test]
fn a_deposit_is_kept_and_comes_once() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    ok(&desk, "deposit claims.csv --dry-run", 3);
    assert!(deposits(&desk).is_empty(), "only said");
    ok(&desk, "deposit claims.csv", 3);
    assert_eq!(deposits(&desk), ["1 - FILE PARTIAL 3 2 0 2 0"]);
    assert_eq!(
        entries(&desk),
        [
            "R-2026-0001 VALID 1",
            "R-2026-0002 VALID 1",
            "R-2026-0003 NOTVALID 0",
            "R-2026-0004 NOTVALID 0",
            "R-2026-0005 VALID 1"
        ]
    );
    assert_eq!(names(&desk.path("done")), ["deposit-000001-claims.csv"]);
    assert_eq!(names(&desk.path("work")), Vec::<String>::new());
    let reports = [
        "claims.csv.ack.json",
        "claims.csv.ack.xml",
        "created.csv",
        "errors.csv",
        "errors.xlsx",
        "refused.csv",
        "summary.json",
        "validation.json",
    ];
    assert_eq!(names(&desk.path("out/deposit-000001")), reports);
    // The same bytes under another name, and the same claims saved by another program.
    fs::copy(desk.path("claims.csv"), desk.path("renamed.csv")).unwrap();
    assert!(ok(&desk, "deposit renamed.csv", 5).tells("DUPLICATE_DEPOSIT"));
    let mut cells = records(&root().join("samples/codes/DUPLICATE_DEPOSIT/earlier.csv"));
    desk.put("first.csv", written(&cells));
    cells.swap(1, 2);
    for row in &mut cells {
        row.swap(0, 7);
    }
    desk.put("second.csv", written(&cells));
    sound(&desk);
    let elsewhere = Desk::workspace();
    fs::copy(desk.path("first.csv"), elsewhere.path("first.csv")).unwrap();
    fs::copy(desk.path("second.csv"), elsewhere.path("second.csv")).unwrap();
    ok(&elsewhere, "deposit first.csv", 0);
    assert!(ok(&elsewhere, "deposit second.csv", 5).tells("DUPLICATE_DEPOSIT"), "other order of columns and lines");
    assert_eq!(entries(&elsewhere).len(), 2);
    sound(&elsewhere);
}

#[test]
fn reports_corrected_and_saved_by_other_programs_come_in() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims-list.csv");
    for name in ["claims-openpyxl.xlsx", "claims-libreoffice.ods"] {
        fixture(&desk, name);
    }
    ok(&desk, "deposit claims-list.csv", 3);
    ok(&desk, "deposit claims-openpyxl.xlsx", 3);
    assert_eq!(deposits(&desk), ["1 - FILE PARTIAL 3 2 0 2 1", "2 1 CORRECTION PARTIAL 1 1 0 1 0"]);
    ok(&desk, "deposit claims-libreoffice.ods", 0);
    assert_eq!(
        deposits(&desk),
        ["1 - FILE SUPERSEDED 3 2 0 2 2", "2 1 CORRECTION SUPERSEDED 1 1 0 1 1", "3 1 CORRECTION DONE 1 0 1 0 0"]
    );
    assert!(entries(&desk).iter().all(|entry| entry.ends_with("VALID 1")), "{:?}", entries(&desk));
    assert_eq!(entries(&desk).len(), 5, "nothing is created twice");
    assert!(ok(&desk, "deposit claims-libreoffice.ods", 5).tells("DUPLICATE_DEPOSIT"));
    sound(&desk);
}

#[test]
fn a_repair_file_of_many_records_is_corrected_as_one() {
    let desk = Desk::workspace();
    for name in ["repairs.json", "repairs-libreoffice.xlsx"] {
        fixture(&desk, name);
    }
    ok(&desk, "deposit repairs.json", 3);
    ok(&desk, "deposit repairs-libreoffice.xlsx", 0);
    assert_eq!(deposits(&desk), ["1 - FILE SUPERSEDED 1 1 0 1 1", "2 1 CORRECTION DONE 1 0 0 0 0"]);
    let bodies = rows(&desk, "SELECT body FROM entry ORDER BY id");
    let first: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
    let mut second: serde_json::Value = serde_json::from_str(&bodies[1]).unwrap();
    assert_eq!(second["Consumer"]["LastName"], "Duval");
    for (name, value) in [("ReportNumber", "D-2026-0001"), ("SerialNumber", "0123456789")] {
        second[name] = value.into();
    }
    second["Consumer"]["LastName"] = first["Consumer"]["LastName"].clone();
    assert_eq!(first, second, "parts, status codes and the parts of those survive a spreadsheet");
    sound(&desk);
}

#[test]
fn without_drafts_a_correction_creates_what_was_refused() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims-list.csv");
    fixture(&desk, "claims-libreoffice.ods");
    ok(&desk, "deposit claims-list.csv --accept valid", 3);
    assert_eq!(entries(&desk).len(), 3);
    ok(&desk, "deposit claims-libreoffice.ods --accept valid", 0);
    assert_eq!(entries(&desk).len(), 5);
    assert_eq!(deposits(&desk), ["1 - FILE SUPERSEDED 3 2 0 0 2", "2 1 CORRECTION DONE 2 0 0 0 0"]);
    sound(&desk);
}

#[test]
fn a_deposit_with_nothing_valid_leaves_nothing_but_its_reports() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims-list.csv");
    let mut cells = records(&root().join("samples/codes/REPORT_KNOWN/claims.csv"));
    cells.iter_mut().skip(1).for_each(|row| row[7] = String::new());
    desk.put("bad.csv", written(&cells));
    ok(&desk, "deposit bad.csv", 4);
    assert_eq!(deposits(&desk), ["1 - FILE REJECTED 0 2 0 0 0"]);
    assert!(entries(&desk).is_empty());
    assert_eq!(names(&desk.path("rejected")), ["deposit-000001-bad.csv"]);
    // What was rejected may come once more, and its corrected list brings it in.
    ok(&desk, "deposit bad.csv", 4);
    let mut refused = records(&desk.path("out/deposit-000001/refused.csv"));
    refused.iter_mut().skip(1).for_each(|row| row[7] = "Lefèvre".to_owned());
    desk.put("fixed.csv", written(&refused));
    ok(&desk, "deposit fixed.csv", 0);
    assert_eq!(entries(&desk).len(), 2);
    sound(&desk);
}

/// A newer catalogue lets in what an older one refused, without anybody touching the file.
#[test]
fn a_file_that_is_kept_is_read_again() {
    let desk = Desk::workspace();
    let mut cells = records(&root().join("samples/codes/REPORT_KNOWN/claims.csv"));
    let last = cells[0].len() - 1;
    cells[1][last] = "ZZ-NEW-1:2".to_owned();
    desk.put("claims.csv", written(&cells));
    ok(&desk, "deposit claims.csv", 3);
    ok(&desk, "deposits retry 1", 4);
    desk.put(
        "delta.csv",
        "manufacturer_id;reference;label;unit_price;available;replacement\n15;ZZ-NEW-1;Neu;1.00;1;\n",
    );
    ok(&desk, "catalogue load delta.csv --delta", 0);
    ok(&desk, "deposits retry 1", 0);
    assert_eq!(deposits(&desk)[0], "1 - FILE SUPERSEDED 1 1 0 1 1");
    assert_eq!(deposits(&desk)[2], "3 1 RETRY DONE 1 0 1 0 0");
    assert_eq!(entries(&desk), ["R-2026-0001 VALID 1", "R-2026-0002 VALID 1"]);
    assert!(desk.run("deposits retry 1").tells("DEPOSIT_NOT_RETRYABLE"));
    sound(&desk);
}

/// The answer of the platform to a claim that says next to nothing: six faults, and no other.
#[test]
fn six_faults_are_told_as_the_platform_tells_them() {
    let desk = Desk::workspace();
    for name in names(&root().join("samples/deposits/six-faults.formats/reference")) {
        desk.bring(&format!("deposits/six-faults.formats/reference/{name}"), &name);
        desk.put(&format!("rules/reference/{name}"), fs::read(desk.path(&name)).unwrap());
    }
    desk.bring("deposits/six-faults.json", "six.json");
    ok(&desk, "deposit six.json --formats rules --lang en", 4);
    let told = fs::read_to_string(desk.path("out/deposit-000001/validation.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let faults: Vec<_> = told["ResponseData"][0]["ValidationErrors"].as_array().unwrap().iter().collect();
    let fields: Vec<_> = faults
        .iter()
        .filter(|fault| fault["MessageType"] == "E")
        .map(|fault| fault["Field"].as_str().unwrap())
        .collect();
    let mut expected = [
        "Serial Number",
        "Call date",
        "ConsumerDto.LastName",
        "ConsumerDto.Address1",
        "ConsumerDto.Zip",
        "ConsumerDto.MobilePhone",
    ];
    let mut fields = fields;
    fields.sort_unstable();
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert_eq!(told["ResponseData"][0]["IsValid"], false);
}

/// What a service centre deposits in a month: faults, corrections, corrections of corrections, files sent twice.
#[test]
fn a_month_of_deposits_adds_up() {
    let desk = Desk::workspace();
    let model = records(&root().join("samples/codes/REPORT_KNOWN/claims.csv"));
    let (mut sent, mut valid, mut open) = (0_usize, 0_usize, 0_usize);
    for day in 1..=12_usize {
        let mut cells = vec![model[0].clone()];
        let bad = |place: usize| (place * 7 + day).is_multiple_of(3);
        for place in 0..10 {
            let mut row = model[1].clone();
            row[0] = format!("R-{day:02}-{place:02}");
            row[4] = format!("12345678901234{day:02}{place:03}");
            if bad(place) {
                row[7] = String::new();
            }
            cells.push(row);
        }
        let file = format!("day-{day:02}.csv");
        desk.put(&file, written(&cells));
        let count = (0..10).filter(|place| bad(*place)).count();
        ok(&desk, &format!("deposit {file}"), 3);
        (sent, valid, open) = (sent + 10, valid + 10 - count, open + count);
        if day % 4 == 0 {
            ok(&desk, &format!("deposit {file}"), 5);
        }
        if day % 2 == 0 {
            // Half of what was refused is corrected at once, the rest in a second round.
            let number = newest(&desk, "FILE");
            let mut refused = records(&desk.path(&format!("out/deposit-{number:06}/refused.csv")));
            let half = refused.len() / 2;
            refused.iter_mut().skip(1).take(half).for_each(|row| row[7] = "Lefèvre".to_owned());
            desk.put("half.csv", written(&refused));
            ok(&desk, "deposit half.csv", if half == refused.len() - 1 { 0 } else { 3 });
            (valid, open) = (valid + half, open - half);
            if day % 6 == 0 {
                let number = newest(&desk, "CORRECTION");
                let rest = desk.path(&format!("out/deposit-{number:06}/refused.csv"));
                let mut refused = records(&rest);
                let left = refused.len() - 1;
                refused.iter_mut().skip(1).for_each(|row| row[7] = "Duval".to_owned());
                desk.put("rest.csv", written(&refused));
                ok(&desk, "deposit rest.csv", 0);
                (valid, open) = (valid + left, open - left);
            }
        }
        let count = |question: &str| rows(&desk, question)[0].parse::<usize>().unwrap();
        assert_eq!(count("SELECT count(*) FROM entry"), sent, "day {day}");
        assert_eq!(count("SELECT count(*) FROM entry WHERE status = 'VALID'"), valid, "day {day}");
        assert_eq!(count("SELECT count(*) FROM entry WHERE status = 'NOTVALID'"), open, "day {day}");
        let left = "SELECT sum(rejected - corrected) FROM deposit WHERE origin = 'FILE'";
        assert_eq!(count(left), open, "day {day}");
        sound(&desk);
    }
}

/// The newest deposit of an origin that was read to its end.
fn newest(desk: &Desk, origin: &str) -> usize {
    rows(desk, &format!("SELECT max(id) FROM deposit WHERE origin = '{origin}' AND status <> 'DUPLICATE'"))[0]
        .parse()
        .unwrap()
}

#[test]
fn a_deposit_that_was_interrupted_is_known_and_can_be_read_again() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "claims.csv");
    ok(&desk, "deposit claims.csv", 3);
    // As a power cut would leave it: the file is kept, nothing of it is read.
    ledger(&desk)
        .execute_batch(
            "DELETE FROM refused_record; DELETE FROM entry; UPDATE deposit SET status = 'PROCESSING', read = 0, accepted = 0,
                 rejected = 0, drafts = 0, claims = 0, content = '', reports = '', kept = 'work/deposit-000001-claims.csv'",
        )
        .unwrap();
    fs::rename(desk.path("done/deposit-000001-claims.csv"), desk.path("work/deposit-000001-claims.csv")).unwrap();
    fs::remove_dir_all(desk.path("out/deposit-000001")).unwrap();
    sound(&desk);
    assert!(
        Path::new(&desk.path("work/deposit-000001-claims.csv")).exists(),
        "nobody guesses whether it is to be read"
    );
    ok(&desk, "deposits retry 1", 3);
    assert_eq!(deposits(&desk), ["1 - FILE PARTIAL 3 2 0 2 0"]);
    assert_eq!(names(&desk.path("done")), ["deposit-000001-claims.csv"]);
    sound(&desk);
}

/// Both forms of what machines are told, of orders and of deposits; the schema is asked by a program that we did not write.
#[test]
fn machines_are_told_what_became_of_a_file() {
    let desk = Desk::workspace();
    desk.bring("deposits/claims-list.csv", "a & b.csv");
    let ended = crate::support::run(&desk.path(""), ["deposit", "a & b.csv"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    ok(&desk, "import orders.csv", 3);
    for (folder, of, file) in [("deposit-000001", "deposit", "a & b.csv"), ("import-000001", "order", "orders.csv")] {
        let path = |ending: &str| desk.path(&format!("out/{folder}/{file}.ack.{ending}"));
        let told: serde_json::Value = serde_json::from_slice(&fs::read(path("json")).unwrap()).unwrap();
        assert_eq!((&told["of"], &told["file"], &told["exit"]), (&of.into(), &file.into(), &3.into()));
        let sum = ["accepted", "rejected", "ignored"].iter().map(|name| told[*name].as_u64().unwrap()).sum::<u64>();
        assert_eq!(told["read"].as_u64(), Some(sum));
        let xml = fs::read_to_string(path("xml")).unwrap();
        assert!(xml.contains(&format!("<Read>{sum}</Read>")), "{xml}");
        let schema = root().join("docs/acknowledgement-1.xsd");
        match std::process::Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(path("xml")).output()
        {
            Ok(ended) => assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr)),
            Err(error) if std::env::var_os("CI").is_some() => panic!("xmllint: {error}"),
            Err(_) => println!("xmllint is not installed: {file} was not compared with the schema"),
        }
    }
}

/// Whatever came is in the list, with what became of it.
#[test]
fn a_file_that_cannot_be_read_is_known_all_the_same() {
    let desk = Desk::workspace();
    for (name, content) in [("empty.csv", &b""[..]), ("bill.pdf", b"%PDF-1.4 \0\0\x01"), ("other.csv", b"a;b\n1;2\n")] {
        desk.put(name, content);
        ok(&desk, &format!("deposit {name}"), 6);
    }
    let refused = rows(&desk, "SELECT file, status, json_extract(refusal, '$.code') FROM deposit ORDER BY id");
    assert_eq!(
        refused,
        ["empty.csv REJECTED FILE_EMPTY", "bill.pdf REJECTED FILE_BINARY", "other.csv REJECTED FIELDS_UNKNOWN"]
    );
    assert_eq!(names(&desk.path("rejected")).len(), 3);
    sound(&desk);
}
