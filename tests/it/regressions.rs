//! Faults that were found once and must not come back; each test is named by what caused it.

use std::fmt::Write as _;
use std::fs;

use bordereau::pipeline::{GuessSettings, Source, guess};

use crate::support::{Desk, Ended, FORMATS, faults, names, records, summary, tree, zipped};

/// The codes of `errors.csv` with their lines.
fn codes(desk: &Desk, out: &str) -> Vec<(String, String)> {
    let rows = faults(&desk.path(out).join("errors.csv")).into_iter().skip(1);
    rows.map(|row| (row[0].clone(), row[2].clone())).collect()
}

/// A line of `errors.csv` as it must read.
fn at(line: &str, code: &str) -> (String, String) {
    (line.to_owned(), code.to_owned())
}

/// Imports files of the desk; the catalogue and the language need not be said.
fn import(desk: &Desk, arguments: &str) -> Ended {
    desk.run(&format!("import {arguments} --catalogue catalogue.csv --lang fr"))
}

/// A file that was refused before a line was read: its code, exit code 6, nothing written.
#[track_caller]
fn refused(desk: &Desk, file: &str, code: &str) -> String {
    let ended = import(desk, &format!("{file} --out refused"));
    assert!(ended.tells(code), "{}", ended.stderr);
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    assert!(!desk.path("refused").exists());
    ended.stderr
}

/// A file of one good line.
const GOOD: &str = "Référence;Quantité\n0070817965D;2\n";

/// What the folder of a single result holds.
const RESULT: [&str; 4] = ["baskets", "errors.csv", "errors.xlsx", "summary.json"];

// A copy once took the place of a device, and of a link.

#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let desk = Desk::new();
    desk.put("orders.csv", GOOD);
    desk.put("elsewhere/copy.csv", "old");
    std::os::unix::fs::symlink("elsewhere/copy.csv", desk.path("link.csv")).unwrap();
    for target in ["/dev/null", "link.csv"] {
        let ended = desk.run(&format!("convert orders.csv -o {target}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(fs::symlink_metadata(desk.path("link.csv")).unwrap().is_symlink());
    assert!(fs::read_to_string(desk.path("elsewhere/copy.csv")).unwrap().starts_with("Référence,"));
}

// The cells of a column once counted against the only column that bears the name of a required field.

#[test]
fn a_reference_column_of_mostly_unknown_references_stays_the_reference_column() {
    let desk = Desk::new();
    // "Référence" can mean the order's, too: its cells are asked.
    let mut file = "Référence;Quantité\n".to_owned();
    (0..40).for_each(|number| writeln!(file, "INCONNU-{number};1").unwrap());
    desk.put("unknown.csv", file + "0070817965D;2\n");
    let ended = import(&desk, "unknown.csv --out out");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let told = codes(&desk, "out");
    assert_eq!(told.len(), 40);
    assert!(told.iter().all(|(_, code)| code == "REF_UNKNOWN"), "{told:?}");
    assert_eq!(records(&desk.path("out/baskets/4.csv"))[1][3], "0070817965D");
}

#[test]
fn a_heading_of_two_fields_whose_cells_speak_for_none_is_asked_about() {
    let desk = Desk::new();
    desk.put("unclear.csv", "Bestellnr.;Menge\nINCONNU-1;1\nINCONNU-2;2\n");
    let said = refused(&desk, "unclear.csv", "MAPPING_AMBIGUOUS");
    assert!(said.contains("« Bestellnr. »") && said.contains("reference, customer_order_number"), "{said}");
    desk.put("clear.csv", "Bestellnr.;Menge\n0070817965D;1\nMS-623210;2\n");
    assert_eq!(import(&desk, "clear.csv --out out").code, Some(0));
}

// What cannot be turned into UTF-8 was once replaced and not told.

#[test]
fn half_a_character_of_utf_16_is_a_fault_of_its_cell() {
    let desk = Desk::new();
    for big in [false, true] {
        let text =
            "\u{FEFF}N° commande client;Référence;Quantité\nCDE-1;0070817965D;1\nCDE-?;00123456;1\nCDE-3;MS-623210;1\n";
        // A high surrogate with nothing behind it.
        let units = text.encode_utf16().map(|unit| if unit == u16::from(b'?') { 0xD83D } else { unit });
        let bytes: Vec<_> = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
        desk.put("half.csv", bytes);
        let ended = import(&desk, "half.csv --out out");
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        let told = faults(&desk.path("out/errors.csv"));
        assert_eq!(told[1], ["3", "N° commande client", "ENCODING_INVALID", "E", "CDE-\u{FFFD}"]);
        assert_eq!(told.len(), 2);
        assert_eq!(summary(&desk.path("out"))["accepted"], 2);
    }
}

// Results of several files stood beside later ones that had not made them.

#[test]
fn a_file_that_is_empty_today_leaves_no_result_of_yesterday() {
    let desk = Desk::new();
    desk.put("one.csv", GOOD);
    desk.put("two.csv", GOOD);
    assert_eq!(import(&desk, "one.csv two.csv --out out").code, Some(0));
    assert_eq!(names(&desk.path("out")), ["one.csv", "summary.json", "two.csv"]);
    desk.put("one.csv", "");
    let ended = import(&desk, "one.csv two.csv --out out");
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    assert_eq!(names(&desk.path("out")), ["summary.json", "two.csv"]);
    let files = &summary(&desk.path("out"))["files"];
    assert_eq!((&files[0]["error"]["code"], &files[0]["accepted"]), (&"FILE_EMPTY".into(), &0.into()));
    assert_eq!((&files[1]["error"], &files[1]["accepted"]), (&serde_json::Value::Null, &1.into()));
    // A file that is not imported any more leaves none either.
    assert_eq!(import(&desk, "two.csv orders.csv --out out").code, Some(3));
    assert_eq!(names(&desk.path("out")), ["orders.csv", "summary.json", "two.csv"]);
}

#[test]
fn a_single_result_over_that_of_several_files_leaves_none_of_their_folders() {
    let desk = Desk::new();
    desk.put("one.csv", GOOD);
    desk.put("two.csv", GOOD);
    assert_eq!(import(&desk, "one.csv two.csv --out out").code, Some(0));
    assert_eq!(import(&desk, "one.csv --out out").code, Some(0));
    assert_eq!(names(&desk.path("out")), RESULT);
    assert_eq!(import(&desk, "one.csv --out alone").code, Some(0));
    assert!(tree(&desk.path("out")) == tree(&desk.path("alone")));
}

#[test]
fn the_results_of_several_files_leave_nothing_of_a_single_one() {
    let desk = Desk::new();
    desk.put("one.csv", GOOD);
    desk.put("two.csv", GOOD);
    assert_eq!(import(&desk, "one.csv --out out").code, Some(0));
    assert_eq!(import(&desk, "one.csv two.csv --out out").code, Some(0));
    assert_eq!(names(&desk.path("out")), ["one.csv", "summary.json", "two.csv"]);
}

#[test]
fn order_files_named_like_files_of_ours_get_folders_that_collide_with_none() {
    let desk = Desk::new();
    let files = ["summary.json", "errors.csv", "baskets"];
    for file in files {
        desk.put(file, GOOD);
    }
    let arguments = format!("{} --out out", files.join(" "));
    for _ in 0..2 {
        let ended = import(&desk, &arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(names(&desk.path("out")), ["baskets-2", "errors.csv-2", "summary.json", "summary.json-2"]);
    }
    let whole = summary(&desk.path("out"));
    assert_eq!(whole["kind"], "order-import-batch");
    for (place, file) in files.into_iter().enumerate() {
        assert_eq!(whole["files"][place]["file"], file);
        assert_eq!(names(&desk.path("out").join(whole["files"][place]["folder"].as_str().unwrap())), RESULT);
    }
}

// Bytes that are no text counted as content.

#[test]
fn a_file_of_a_mark_alone_is_empty() {
    let desk = Desk::new();
    for mark in [b"\xEF\xBB\xBF".as_slice(), b"\xFF\xFE", b"\xFE\xFF", b"\xEF\xBB\xBF\r\n \t\r\n"] {
        desk.put("mark.csv", mark);
        refused(&desk, "mark.csv", "FILE_EMPTY");
    }
}

#[test]
fn a_file_whose_first_line_is_long_is_not_empty() {
    let desk = Desk::new();
    desk.put("orders.csv", format!("{}\n{GOOD}", "a".repeat(600_000)));
    let ended = desk.import("");
    assert!(!ended.tells("FILE_EMPTY"), "{}", ended.stderr);
}

#[test]
fn a_misspelt_heading_of_map_is_told_as_one() {
    let desk = Desk::new();
    let ended = desk.import("--map quantity=Quantitée --lang fr");
    assert!(ended.tells("COLUMN_NOT_FOUND"), "{}", ended.stderr);
    assert_eq!(ended.code, Some(6));
    assert!(ended.stderr.contains("« Quantitée »") && ended.stderr.contains("« Quantité » ?"), "{}", ended.stderr);
}

// A line that does not end was kept whole, to look for its end.

#[cfg(target_os = "linux")]
#[test]
fn a_line_without_end_is_refused_and_never_kept() {
    let desk = Desk::new();
    let mut file = b"R\xC3\xA9f\xC3\xA9rence;Quantit\xC3\xA9\n".to_vec();
    file.resize(40 << 20, b'a');
    desk.put("endless.csv", file);
    // A line that is given up after 16 longest records fits into 56 MiB, one that is kept (in 64 MiB) does not. The limit
    // is the system's, because what a process took cannot be asked for when it has ended.
    let import = "import endless.csv --catalogue catalogue.csv --out out --lang fr --threads 1";
    let ended = desk.shell(&format!("ulimit -d 57344; exec \"$BORDEREAU\" {import}"));
    assert!(ended.tells("LIMIT_EXCEEDED"), "{}", ended.stderr);
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    assert!(ended.stderr.contains("record-bytes") && ended.stderr.contains("1048576"), "{}", ended.stderr);
    assert!(!desk.path("out").exists());
}

// The place of a manufacturer has 16 bits; those beyond the last place fell on others.

#[test]
fn manufacturers_beyond_the_places_of_a_catalogue_are_damaged_rows() {
    const MANUFACTURERS: u32 = 5000;
    const PLACES: u32 = 4096;
    let desk = Desk::new();
    let mut rows = "manufacturer_id;reference;label;unit_price\n".to_owned();
    (1..=MANUFACTURERS).for_each(|id| writeln!(rows, "{id};PART-{id};Pièce;1.00").unwrap());
    desk.put("many.csv", rows);
    let ended = desk.run("catalogue check many.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let read = bordereau::pipeline::open_catalogue(&desk.path("many.csv")).unwrap();
    assert_eq!(read.diagnostics.len(), usize::try_from(MANUFACTURERS - PLACES).unwrap());
    for (fault, id) in read.diagnostics.iter().zip(PLACES + 1..) {
        // The heading is line 1.
        assert_eq!((fault.code.name(), fault.line), ("CATALOGUE_ROW_DAMAGED", u64::from(id) + 1));
        assert_eq!(fault.value, id.to_string());
    }
    desk.put("orders.csv", "Référence;Quantité\nPART-4096;1\nPART-4097;1\n");
    assert_eq!(desk.run("import orders.csv --catalogue many.csv --out out").code, Some(3));
    assert_eq!(codes(&desk, "out"), [at("3", "REF_UNKNOWN")]);
    assert_eq!(names(&desk.path("out/baskets")), ["4096.csv"]);
}

// Arguments of messages were written the same in every language.

#[test]
fn amounts_and_forms_of_dates_are_written_in_the_language_of_the_message() {
    let desk = Desk::new();
    desk.put(
        "orders.csv",
        "Référence;Quantité;Prix unitaire HT;Date livraison souhaitée\n\
         0070817965D;1;249,00;16/03/2026\n0070817965D;1;24,90;bientôt\n",
    );
    for (language, amount, form) in [("fr", "24,90", "JJ/MM/AAAA"), ("en", "24.90", "DD/MM/YYYY")] {
        let ended = desk.import(&format!("--lang {language}"));
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        let told = records(&desk.path("out/errors.csv"));
        let message = |code: &str| &told.iter().find(|row| row[2] == code).unwrap()[4];
        assert!(message("PRICE_DOUBTFUL").contains(amount), "{told:?}");
        assert!(message("DATE_INVALID").contains(form), "{told:?}");
        assert!(ended.stderr.contains(amount) && ended.stderr.contains(form), "{}", ended.stderr);
    }
}

// What fell with a faulty line stood before it, because there was more of it.

#[test]
fn what_fell_with_a_faulty_line_is_told_after_the_fault() {
    let desk = Desk::new();
    let innocent = "CDE-2;MS-623210;1\n".repeat(5);
    desk.put(
        "orders.csv",
        format!("N° commande client;Référence;Quantité\nCDE-1;0070817965D;1\n{innocent}CDE-2;00123456;\n"),
    );
    let ended = desk.import("--accept orders --lang fr");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let place = |words: &str| ended.stderr.find(words).unwrap_or_else(|| panic!("{words}: {}", ended.stderr));
    assert!(place("1 × QTY_EMPTY") < place("5 × ORDER_REFUSED"), "{}", ended.stderr);
    assert!(ended.stderr.contains("CDE-2, à cause de la ligne 8"), "{}", ended.stderr);
    let causes = &summary(&desk.path("out"))["causes"];
    assert_eq!((&causes[0]["code"], &causes[1]["code"]), (&"QTY_EMPTY".into(), &"ORDER_REFUSED".into()));
}

// A line of another supplier was told of twice: by its manufacturer column and by its reference.

#[test]
fn a_line_that_names_another_supplier_has_one_fault_of_it() {
    let desk = Desk::new();
    desk.put(
        "orders.csv",
        "Constructeur;Référence;Quantité\n4;0070817965D;1\n15;MS-623210;2\nGroupe Seb;RS-RT12345;1\n",
    );
    let ended = desk.import("--supplier 4");
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert_eq!(
        codes(&desk, "out"),
        [at("2", "FILE_REFUSED"), at("3", "SEVERAL_SUPPLIERS"), at("4", "SEVERAL_SUPPLIERS"),]
    );
    assert!(!fs::exists(desk.path("out/baskets")).unwrap());
}

// The first rows of a workbook were all held at once, each as long as a record may be.

#[test]
fn a_small_workbook_of_long_rows_takes_little_memory() {
    let mut rows = String::new();
    (1..200).for_each(|row| write!(rows, "<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>").unwrap());
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let book = r#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let relations = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheet.xml"/></Relationships>"#;
    let desk = Desk::new();
    desk.put(
        "far.xlsx",
        zipped(&[("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", relations), ("xl/sheet.xml", &sheet)]),
    );
    let seen = guess(&Source::File(desk.path("far.xlsx")), &FORMATS, None, &GuessSettings::default()).unwrap();
    let cells: usize = seen.sample.records.iter().map(|record| record.cells.len()).sum();
    assert!((500_000..1_000_000).contains(&cells), "{cells}");
}

// Zero bytes behind a mark, or in an encoding that was asked for, stayed in the cells; `convert` then lost count.

#[test]
fn zero_bytes_go_whatever_tells_the_encoding() {
    let desk = Desk::new();
    desk.put("marked.csv", "\u{feff}R\0éférence;Quantité\n0070817965\0D;2\n");
    desk.put("plain.csv", "Reference;Quantity\n0070817965\0D;2\n");
    for (arguments, out) in [("marked.csv", "marked"), ("plain.csv --encoding windows-1252", "plain")] {
        let ended = import(&desk, &format!("{arguments} --out {out}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(codes(&desk, out).contains(&at("2", "NUL_REMOVED")), "{}", ended.stderr);
    }
    desk.put("zeros.csv", b"\xEF\xBB\xBF\0\0\0\0\n".as_slice());
    let ended = desk.run("convert zeros.csv -o -");
    assert!(ended.tells("FILE_EMPTY"), "{}", ended.stderr);
}
