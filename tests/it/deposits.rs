//! Sample deposits against their expected results, and what holds for any of them.
//!
//! `samples/deposits/NAME` is read with the catalogue of the samples, the formats of `STEM.formats/` over the built-in ones
//! where there are any; `NAME.expected/` holds what must come: `created.csv`, `errors.csv` (in French) and the counts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bordereau::diagnostic::Code;
use bordereau::format::Registry;
use bordereau::model::{CompleteRepairState, DepositKind, WarrantyClaim};
use bordereau::pipeline::DepositSettings;

use crate::support::{
    Desk, FORMATS, deposit_settings, deposit_with, expect, names, records, root, samples, summary, tree, with_threads,
    written,
};

fn folder() -> PathBuf {
    samples().join("deposits")
}

fn registry(file: &Path) -> Registry {
    let formats = file.with_extension("formats");
    if formats.is_dir() { Registry::with_overlay(&formats).unwrap() } else { Registry::built_in() }
}

/// What is told of the whole, without what is not worth comparing.
fn counts(out: &Path) -> String {
    const KEYS: [&str; 15] = [
        "format",
        "encoding",
        "source",
        "sheet",
        "heading_line",
        "claims",
        "valid",
        "faulty",
        "read",
        "accepted",
        "rejected",
        "ignored",
        "errors",
        "warnings",
        "manufacturers",
    ];
    let summary = summary(out);
    let kept: serde_json::Map<_, _> = KEYS.iter().map(|key| ((*key).to_owned(), summary[*key].clone())).collect();
    serde_json::to_string_pretty(&kept).unwrap() + "\n"
}

#[test]
fn every_sample_gives_its_expected_result() {
    let mut seen = 0;
    for name in names(&folder()).iter().filter(|name| folder().join(name).is_file()) {
        let file = folder().join(name);
        let out = tempfile::tempdir().unwrap();
        deposit_with(&file, out.path(), &registry(&file), &deposit_settings())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = folder().join(format!("{name}.expected"));
        let mut found = tree(out.path());
        found.retain(|path, _| path == "created.csv" || path == "errors.csv");
        found.insert("counts.json".to_owned(), counts(out.path()).into_bytes());
        for (path, bytes) in &found {
            expect(&expected.join(path), bytes);
        }
        seen += 1;
    }
    assert!(seen > 10, "only {seen} samples");
}

#[test]
fn every_sample_is_told_of() {
    let readme = fs::read_to_string(samples().join("README.md")).unwrap();
    for name in names(&folder()).iter().filter(|name| folder().join(name).is_file()) {
        assert!(readme.contains(&format!("`{name}`")), "samples/README.md does not tell where {name} comes from");
    }
}

#[test]
fn the_six_faults_that_the_claim_interface_finds_are_found_and_no_other() {
    let file = folder().join("six-faults.json");
    let out = tempfile::tempdir().unwrap();
    deposit_with(&file, out.path(), &registry(&file), &deposit_settings()).unwrap();
    let rows = records(&out.path().join("errors.csv"));
    let mut found: Vec<_> = rows.iter().skip(1).map(|row| (row[2].as_str(), row[4].as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("MANDATORY", "Donnée obligatoire : ClaimConso.Address1"),
            ("MANDATORY", "Donnée obligatoire : ClaimConso.LastName"),
            ("MANDATORY", "Donnée obligatoire : ClaimConso.MobilePhone"),
            ("MANDATORY", "Donnée obligatoire : ClaimConso.Zip"),
            ("MANDATORY", "Donnée obligatoire : ClaimInfos.CallDate"),
            ("SERIAL_LENGTH", "Numéro de série d'une mauvaise longueur : 9 caractères au lieu de 19"),
        ]
    );
    assert!(rows.iter().skip(1).all(|row| row[3] == "E"));
}

#[test]
fn the_layouts_of_one_deposit_create_the_same() {
    let created = |name: &str| {
        let out = tempfile::tempdir().unwrap();
        deposit_with(&folder().join(name), out.path(), &FORMATS, &deposit_settings()).unwrap();
        (summary(out.path())["manufacturers"].clone(), summary(out.path())["errors"].clone())
    };
    for (one, other) in [
        ("claims-openpyxl.xlsx", "claims-libreoffice.xlsx"),
        ("claims-openpyxl.xlsx", "claims-list.csv"),
        ("claims-array.json", "claims.xml"),
        ("repairs-envelope.json", "repairs.xml"),
    ] {
        assert_eq!(created(one), created(other), "{one} and {other}");
    }
}

#[test]
fn what_the_model_writes_is_a_deposit_again() {
    let desk = Desk::new();
    let text = fs::read_to_string(folder().join("claims-array.json")).unwrap();
    let claims: Vec<WarrantyClaim> = serde_json::from_str(&text).unwrap();
    assert_eq!(claims[0].claim_conso.as_ref().unwrap().country, Some(250));
    assert_eq!(claims[1].claim_type.report_number, None);
    desk.put("again.json", serde_json::to_string(&claims).unwrap());
    let envelope: serde_json::Value =
        serde_json::from_slice(&fs::read(folder().join("repairs-envelope.json")).unwrap()).unwrap();
    let repairs: Vec<CompleteRepairState> = serde_json::from_value(envelope["Repairs"].clone()).unwrap();
    assert_eq!(repairs[0].state_natures.len(), 4);
    desk.put("repairs.json", serde_json::to_string(&repairs).unwrap());
    for (file, kind, entries) in [("again.json", DepositKind::Claims, 2), ("repairs.json", DepositKind::Repairs, 1)] {
        let settings = DepositSettings { kind: Some(kind), dry_run: true, ..deposit_settings() };
        let summary = deposit_with(&desk.path(file), &desk.path("out"), &FORMATS, &settings).unwrap();
        assert_eq!((summary.counts.accepted, summary.counts.rejected), (entries, 0), "{:?}", summary.causes);
    }
}

/// A deposit of many claims with several lines each, larger than many pieces.
fn long(claims: usize) -> String {
    let mut text = String::from(
        "ReportNumber;ManufacturerId;InterventionTypeId;CommercialRef;LastName;Address1;Zip;MobilePhone;CallDate;DefaultCode;LaborMinutes;PartReference;PartQuantity\n",
    );
    for claim in 0..claims {
        let lines = claim % 4 + 1;
        for line in 0..lines {
            let shared = if line == 0 {
                "1;EA8108;Lefèvre;\"3 rue; du \"\"Port\"\"\";64100;0600000001;14/03/2026;P1;30"
            } else {
                ";;;;;;;;"
            };
            writeln!(text, "R-{claim};15;{shared};ms-623210;{}", line + 1).unwrap();
        }
    }
    text
}

#[test]
fn threads_and_pieces_change_no_byte_and_lose_no_line() {
    let desk = Desk::new();
    let claims = 12_000;
    desk.put("long.csv", long(claims));
    let run = |threads: usize, name: &str| {
        let out = desk.path(name);
        with_threads(threads, || deposit_with(&desk.path("long.csv"), &out, &FORMATS, &deposit_settings()).unwrap());
        tree(&out)
    };
    let (one, eight) = (run(1, "one"), run(8, "eight"));
    assert!(one == eight);
    let found = summary(&desk.path("one"));
    assert_eq!(found["claims"], claims);
    assert_eq!(found["accepted"], claims);
    let lines = claims / 4 * (1 + 2 + 3 + 4);
    assert_eq!(found["manufacturers"]["15"]["parts"], lines);
    assert_eq!(found["manufacturers"]["15"]["part_quantity"], claims / 4 * (1 + 3 + 6 + 10));
    assert_eq!(found["manufacturers"]["15"]["labour_minutes"], claims * 30);
    let created = records(&desk.path("one").join("created.csv"));
    assert_eq!(created.len(), lines + 1);
    let numbers: Vec<usize> = created.iter().skip(1).map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(numbers, (2..=lines + 1).collect::<Vec<_>>());
    assert_eq!(created[1][5], "Lefèvre");
}

/// Where a repeated claim shows early that the file will be read again, the first reading does without judging; what comes of it
/// is the same but for that claim.
#[test]
fn an_early_repeat_changes_only_what_is_said_of_it() {
    let claims = 12_000;
    let file = |second: &str| {
        let mut text = String::from(
            "ReportNumber;ManufacturerId;InterventionTypeId;CommercialRef;LastName;Address1;Zip;MobilePhone;CallDate;DefaultCode;LaborMinutes\n",
        );
        let address = "3 rue du Port ".repeat(24);
        for claim in 0..claims {
            let number = match claim {
                1 => second.to_owned(),
                // The last two are the same.
                _ => format!("R-{}", claim.min(claims - 2)),
            };
            let minutes = if claim % 7 == 0 { "many" } else { "30" };
            writeln!(text, "{number};15;1;EA8108;Lefèvre;{address};64100;0600000001;14/03/2026;P1;{minutes}").unwrap();
        }
        text
    };
    let desk = Desk::new();
    let run = |name: &str, text: &str, threads| {
        desk.put("claims.csv", text);
        let out = desk.path(name);
        with_threads(threads, || deposit_with(&desk.path("claims.csv"), &out, &FORMATS, &deposit_settings()).unwrap());
        let rows = |report| records(&out.join(report));
        (rows("created.csv"), rows("errors.csv"), summary(&out))
    };
    let (created, errors, told) = run("late", &file("R-1"), 1);
    let (fewer_created, more_errors, told_early) = run("early", &file("R-0"), 1);
    assert!(run("side-by-side", &file("R-0"), 4) == (fewer_created.clone(), more_errors.clone(), told_early.clone()));
    let is_of = |row: &Vec<String>, line: &str| row[0] == line;
    assert_eq!(created[1][0], "3");
    assert_eq!(fewer_created.iter().skip(1).collect::<Vec<_>>(), created.iter().skip(2).collect::<Vec<_>>());
    assert!(more_errors.iter().any(|row| is_of(row, "3") && row[2] == "DUPLICATE_REPORT"));
    assert!(more_errors.iter().filter(|row| !is_of(row, "3")).eq(errors.iter()));
    assert_eq!(told["accepted"].as_u64(), told_early["accepted"].as_u64().map(|accepted| accepted + 1));
    assert_eq!(told["errors"]["DUPLICATE_REPORT"].as_u64(), Some(1));
}

#[test]
fn all_or_nothing_creates_nothing_and_says_why() {
    let desk = Desk::new();
    fs::copy(folder().join("claims-list.csv"), desk.path("claims.csv")).unwrap();
    let ended = desk.run("deposit claims.csv --catalogue catalogue.csv --out out --accept file --lang en");
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert_eq!(records(&desk.path("out/created.csv")).len(), 1);
    let found = summary(&desk.path("out"));
    assert_eq!(found["valid"].as_u64().unwrap(), found["errors"]["FILE_REFUSED"].as_u64().unwrap());
    assert_eq!((found["accepted"].as_u64(), found["rejected"].clone()), (Some(0), found["claims"].clone()));
}

#[test]
fn who_a_person_is_stays_in_the_reports() {
    let desk = Desk::new();
    desk.put(
        "claims.csv",
        "ReportNumber;ManufacturerId;InterventionTypeId;CommercialRef;LastName;Address1;Zip;MobilePhone;CallDate;DefaultCode;LaborMinutes;Email\n\
         R1;15;1;X;Etcheverry;Chemin;64100;0601020304;14/03/2026;P1;30;not@secret\n\
         R2;15;1;X;Etcheverry;Chemin;64100;0601020304;14/03/2026;P1;30;a@b.fr;Etcheverry\n",
    );
    let ended = desk.run("deposit claims.csv --catalogue catalogue.csv --out out --json");
    let told = ended.stdout + &ended.stderr + &fs::read_to_string(desk.path("out/summary.json")).unwrap();
    for secret in ["Etcheverry", "0601020304", "secret"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    assert!(told.contains("EMAIL_INVALID") && told.contains("•••"), "{told}");
    assert!(fs::read_to_string(desk.path("out/errors.csv")).unwrap().contains("not@secret"));
}

#[test]
fn what_the_files_hold_can_be_told_and_is_never_guessed() {
    let desk = Desk::new();
    let both = fs::read(samples().join("codes/RECORDS_IGNORED/both.json")).unwrap();
    desk.put("both.json", both);
    for (kind, code) in [("", Some(6)), ("--kind claims", Some(0)), ("--kind repairs", Some(0))] {
        let ended = desk.run(&format!("deposit both.json --catalogue catalogue.csv --dry-run {kind}"));
        assert_eq!(ended.code, code, "{kind}: {}", ended.stderr);
    }
    assert!(desk.run("deposit both.json --catalogue catalogue.csv --dry-run").tells(Code::KindUnknown.name()));
    assert_eq!(desk.run("deposit both.json --catalogue catalogue.csv").code, Some(2));
    desk.bring("orders/order.xml", "order.xml");
    for other in ["order.xml", "orders.csv"] {
        let ended = desk.run(&format!("deposit {other} --catalogue catalogue.csv --dry-run"));
        assert!(ended.code == Some(6) && ended.stderr.contains("UNKNOWN]"), "{}", ended.stderr);
    }
    assert_eq!(desk.run("deposit none.csv --catalogue catalogue.csv --dry-run").code, Some(74));
}

#[test]
fn an_empty_field_is_at_most_missing() {
    let desk = Desk::new();
    let head =
        "ReportNumber;ManufacturerId;Title;Country;Email;SerialNumber;LaborMinutes;Parts;PurchaseDate;IRISSymptom";
    desk.put("claims.csv", format!("{head}\nR1; ;\u{a0};;;;;;;\n"));
    let settings = DepositSettings { kind: Some(DepositKind::Claims), dry_run: true, ..deposit_settings() };
    let summary = deposit_with(&desk.path("claims.csv"), &desk.path("out"), &FORMATS, &settings).unwrap();
    assert!(summary.causes.iter().all(|cause| cause.code == Code::Mandatory), "{:?}", summary.causes);
}

#[test]
fn the_samples_in_xml_are_as_the_schema_says() {
    let schema = root().join("docs/deposit-1.xsd");
    let lint = |file: &Path| Command::new("xmllint").arg("--noout").arg("--schema").arg(&schema).arg(file).output();
    for name in ["claims.xml", "repairs.xml"] {
        match lint(&folder().join(name)) {
            Ok(ended) => assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr)),
            Err(error) if std::env::var_os("CI").is_some() => panic!("xmllint: {error}"),
            Err(_) => println!("xmllint is not installed: {name} was not compared with the schema"),
        }
    }
}

/// A column of letters is read as one; letters among numbers are a slip.
#[test]
fn countries_are_told_by_letters_only_where_all_are() {
    let desk = Desk::new();
    let mut cells = records(&samples().join("codes/REPORT_KNOWN/claims.csv"));
    let country = cells[0].iter().position(|heading| heading == "Pays").unwrap();
    let out = |desk: &Desk, code| {
        let ended = desk.run("deposit claims.csv --catalogue catalogue.csv --out out");
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        let cells = records(&desk.path("out/created.csv"));
        cells.iter().skip(1).map(|row| row[country + 1].clone()).collect::<Vec<_>>()
    };
    cells[1][country] = "fr".to_owned();
    cells[2][country] = "BEL".to_owned();
    desk.put("claims.csv", written(&cells));
    assert_eq!(out(&desk, 0), ["250", "056"]);
    cells[2][country] = "056".to_owned();
    desk.put("claims.csv", written(&cells));
    assert_eq!(out(&desk, 3), ["056"]);
}

#[test]
fn a_country_that_is_not_given_is_the_usual_one_only_when_a_table_says_so() {
    let desk = Desk::workspace();
    let mut cells = records(&samples().join("codes/REPORT_KNOWN/claims.csv"));
    let country = cells[0].iter().position(|heading| heading == "Pays").unwrap();
    for row in cells.iter_mut().skip(1) {
        row[country] = String::new();
    }
    desk.put("claims.csv", written(&cells));
    desk.put("rules/reference/mandatory_fields.csv", "kind;manufacturer_id;field;severity\nclaim;*;Country;E\n");
    assert_eq!(desk.run("deposit claims.csv --formats rules").code, Some(4));
    desk.put("rules/reference/deposit_checks.csv", "check;value\ndefault_country;250\n");
    assert_eq!(desk.run("deposit claims.csv --formats rules").code, Some(0));
    let ledger = rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap();
    let told = "SELECT count(*) FROM entry WHERE body LIKE '%\"Country\":250%'";
    assert_eq!(ledger.query_row(told, [], |row| row.get::<_, i64>(0)).unwrap(), 2);
}
