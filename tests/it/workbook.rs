//! `errors.xlsx`, read back as a spreadsheet program would.

use std::path::{Path, PathBuf};
use std::process::Command;

use bordereau::pipeline::Settings;
use bordereau::report::workbook::{FILE_PROPERTY, KEY_HEADING, KIND, KIND_PROPERTY, VERSION, VERSION_PROPERTY};
use calamine::{Data, Range, Reader as _, Xlsx, open_workbook};

use crate::support::{faults, import_files, records, samples, settings, summary};

/// The sender's columns begin behind status, errors and line.
const SENDER: u32 = 3;

const SAMPLE: &str = "orders/atelier-export/atelier_2026-03-04.csv";

struct Sheets {
    lines: Range<Data>,
    numbers: Range<Data>,
    faults: Vec<Vec<String>>,
    hash: String,
}

fn imported(sample: &str, settings: &Settings) -> Sheets {
    let out = tempfile::tempdir().unwrap();
    let batch = import_files(&[samples().join(sample)], out.path(), settings).unwrap();
    batch.files[0].result.as_ref().unwrap();
    let mut book: Xlsx<_> = open_workbook(out.path().join("errors.xlsx")).unwrap();
    let names = book.sheet_names();
    Sheets {
        lines: book.worksheet_range(&names[0]).unwrap(),
        numbers: book.worksheet_range(&names[1]).unwrap(),
        faults: faults(&out.path().join("errors.csv")),
        hash: summary(out.path())["hash"].as_str().unwrap().to_owned(),
    }
}

fn text(range: &Range<Data>, row: u32, column: u32) -> String {
    range.get_value((row, column)).map(ToString::to_string).unwrap_or_default()
}

fn column(range: &Range<Data>, column: u32) -> Vec<String> {
    (1..=range.end().unwrap().0).map(|row| text(range, row, column)).collect()
}

/// The records of a sample, decoded: the truth against which the workbook is held.
fn sent(sample: &str) -> Vec<Vec<String>> {
    let bytes = std::fs::read(samples().join(sample)).unwrap();
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("sent.csv");
    std::fs::write(&path, text.as_bytes()).unwrap();
    records(&path)
}

#[test]
fn only_the_lines_at_fault_are_there_with_their_own_line_numbers() {
    let sheets = imported(SAMPLE, &settings());
    let mut at_fault: Vec<_> =
        sheets.faults.iter().skip(1).filter(|row| row[3] == "E").map(|row| row[0].clone()).collect();
    at_fault.dedup();
    assert_eq!(column(&sheets.lines, 2), at_fault);
    assert_eq!(at_fault, ["7", "8", "10", "11", "12", "13"]);
}

#[test]
fn the_cells_of_the_sender_stand_as_they_were_with_zeros_and_accents() {
    let sheets = imported(SAMPLE, &settings());
    let sent = sent(SAMPLE);
    let headings: Vec<_> = (SENDER..).take(sent[0].len()).map(|column| text(&sheets.lines, 0, column)).collect();
    assert_eq!(headings, sent[0]);
    assert_eq!(headings[1], "Réf. pièce");
    // The seventh line is the sixth record: the third one holds a line break.
    let row: Vec<_> = (SENDER..).take(sent[0].len()).map(|column| text(&sheets.lines, 1, column)).collect();
    assert_eq!(row, sent[5]);
    let references = column(&sheets.lines, SENDER + 1);
    assert!(references.contains(&"00999001".to_owned()), "{references:?}");
    for row in 1..=sheets.lines.end().unwrap().0 {
        let reference = sheets.lines.get_value((row, SENDER + 1)).unwrap();
        assert!(matches!(reference, Data::String(_)), "{reference:?} would lose its zeros");
    }
}

#[test]
fn every_row_carries_a_key_of_file_line_and_record() {
    let sheets = imported(SAMPLE, &settings());
    let place = (0..100).find(|place| text(&sheets.lines, 0, *place) == KEY_HEADING).unwrap();
    assert_eq!(place, SENDER + 9, "behind the nine columns of the sender");
    let (keys, lines) = (column(&sheets.lines, place), column(&sheets.lines, 2));
    for (key, line) in keys.iter().zip(&lines) {
        let parts: Vec<_> = key.split(':').collect();
        assert_eq!(parts[..2], [&sheets.hash, line], "{key}");
        assert!(parts.len() == 3 && parts[2].len() == 16 && u64::from_str_radix(parts[2], 16).is_ok(), "{key}");
    }
}

/// A part of the package as text; `None` when nothing here opens it.
#[expect(clippy::print_stderr, reason = "a test that is passed over must say so")]
fn part(book: &Path, name: &str) -> Option<String> {
    let open = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let unzip = Command::new("unzip").arg("-p").arg(book).arg(name).output();
    let python = || Command::new("python3").arg("-c").arg(open).arg(book).arg(name).output();
    let Ok(output) = unzip.or_else(|_| python()) else {
        eprintln!("passed over: neither unzip nor python3 is here to open {name}");
        return None;
    };
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_key_column_is_hidden_and_the_workbook_says_what_it_is() {
    let out = tempfile::tempdir().unwrap();
    import_files(&[samples().join(SAMPLE)], out.path(), &settings()).unwrap();
    let book = out.path().join("errors.xlsx");
    let hash = summary(out.path())["hash"].as_str().unwrap().to_owned();
    let Some(sheet) = part(&book, "xl/worksheets/sheet1.xml") else { return };
    let hidden: Vec<_> = sheet.split("<col ").skip(1).filter(|column| column.contains("hidden=\"1\"")).collect();
    // Three columns of ours and nine of the sender stand before it; columns are counted from 1.
    assert_eq!(hidden.len(), 1, "{hidden:?}");
    assert!(hidden[0].starts_with("min=\"13\" max=\"13\""), "{hidden:?}");
    let properties = part(&book, "docProps/custom.xml").unwrap();
    for (name, value) in [(FILE_PROPERTY, hash.as_str()), (KIND_PROPERTY, KIND), (VERSION_PROPERTY, VERSION)] {
        assert!(properties.contains(name) && properties.contains(&format!(">{value}<")), "{name}: {properties}");
    }
}

#[test]
fn annotating_all_shows_every_line_and_says_which_were_taken() {
    let all = Settings { annotate_all: true, ..settings() };
    let sheets = imported(SAMPLE, &all);
    let records = sent(SAMPLE).len() - 1;
    assert_eq!(sheets.lines.end().unwrap().0 as usize, records);
    let status = column(&sheets.lines, 0);
    let count = |word: &str| status.iter().filter(|each| *each == word).count();
    let words: Vec<_> = ["acceptée", "acceptée, à vérifier", "refusée"].map(count).to_vec();
    assert_eq!(words, [4, 2, 6], "{status:?}");
}

#[test]
fn errors_are_told_under_the_senders_heading_with_a_remedy() {
    let sheets = imported(SAMPLE, &settings());
    let told = text(&sheets.lines, 1, 1);
    assert!(told.starts_with("Qté\u{a0}: Quantité absente") || told.starts_with("Qté : Quantité absente"), "{told}");
    assert!(told.contains("Indiquez un nombre entier"), "{told}");
}

#[test]
fn the_summary_sheet_counts_what_the_summary_counts() {
    let sheets = imported(SAMPLE, &settings());
    let cells: Vec<_> =
        sheets.numbers.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>()).collect();
    let value = |name: &str| cells.iter().find(|row| row[0] == name).map(|row| row[1].clone());
    assert_eq!(cells[0][1], "atelier_2026-03-04.csv");
    assert!(cells.iter().any(|row| row.iter().any(|cell| cell == "12")), "{cells:?}");
    assert!(cells.iter().any(|row| row[0] == "QTY_EMPTY"), "{cells:?}");
    assert_eq!(value("no such name"), None);
}
