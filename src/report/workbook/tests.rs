use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};

use super::*;
use crate::diagnostic::Severity;

fn words() -> Words {
    let word = str::to_owned;
    Words {
        status: word("Statut"),
        errors: word("Erreurs"),
        line: word("Ligne"),
        accepted: word("acceptée"),
        warned: word("acceptée, à vérifier"),
        refused: word("refusée"),
        warning: word("à vérifier"),
        cut: word("… cellule coupée"),
        sheet_lines: word("À corriger"),
        sheet_summary: word("Résumé"),
        sheet_codes: word("Codes"),
        code: word("Code"),
        severity: word("Gravité"),
        count: word("Nombre"),
        meaning: word("Sens"),
        remedy: word("Remède"),
    }
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

fn fault(severity: Severity, column: Option<usize>) -> Diagnostic {
    let code = Code::all().iter().copied().find(|code| code.severity() == severity);
    Diagnostic::new(code.unwrap(), 2, column, String::new(), Arguments::none())
}

/// A workbook of these cells and their faults, the first record on line 2.
fn workbook(headings: &[&str], rows: &[(Vec<String>, Vec<Diagnostic>)], limit: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let headings = strings(headings);
    let head = WorkbookHead {
        file_name: "commande.csv",
        file_hash: "00ab",
        headings: &headings,
        language: Language::French,
        words: words(),
        temporary: folder.path(),
    };
    let mut workbook = Workbook::begin_with(&head, limit).unwrap();
    for (line, (cells, faults)) in (2..).zip(rows) {
        let accepted = !faults.iter().any(Diagnostic::is_error);
        workbook.add(&AnnotatedRow { line, cells, faults, accepted, record_hash: 0xfeed }).unwrap();
    }
    let summary = [SummaryRow { name: "Fichier".to_owned(), value: "commande.csv".to_owned() }];
    let causes = [CauseRow {
        code: Code::all()[0],
        severity: Code::all()[0].severity(),
        count: 7,
        arguments: Arguments::none(),
    }];
    let mut out = Cursor::new(Vec::new());
    workbook.finish(&summary, &causes, &mut out).unwrap();
    out.into_inner()
}

fn read(bytes: &[u8]) -> Vec<(String, Range<Data>)> {
    Xlsx::new(Cursor::new(bytes)).unwrap().worksheets()
}

fn text(range: &Range<Data>, row: u32, column: u32) -> String {
    match range.get_value((row, column)) {
        Some(Data::String(text)) => text.clone(),
        None | Some(Data::Empty) => String::new(),
        other => panic!("not a text: {other:?}"),
    }
}

#[test]
fn the_senders_cells_stand_untouched_under_their_own_headings() {
    let cells = strings(&["0012300", "=1+1", "12345678901234567890", " é <&> \n_x0041_ "]);
    let faults = vec![fault(Severity::Error, Some(1)), fault(Severity::Warning, Some(2))];
    let bytes = workbook(&["Réf.", "Qté", "Commande", ""], &[(cells.clone(), faults.clone())], ROW_LIMIT);
    let sheets = read(&bytes);
    assert_eq!(sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["À corriger", "Résumé"]);
    let lines = &sheets[0].1;
    let headings: Vec<_> = (0..8).map(|column| text(lines, 0, column)).collect();
    assert_eq!(headings, ["Statut", "Erreurs", "Ligne", "Réf.", "Qté", "Commande", "", KEY_HEADING]);
    assert_eq!(text(lines, 1, 0), "refusée");
    assert_eq!(lines.get_value((1, 2)), Some(&Data::Float(2.0)));
    for (column, cell) in (3..).zip(&cells) {
        assert_eq!(&text(lines, 1, column), cell);
    }
    assert_eq!(text(lines, 1, 7), "00ab:2:000000000000feed");
    let (_, remedy) = faults[0].code.template(Language::French);
    let errors = text(lines, 1, 1);
    assert!(errors.starts_with("Qté : ") && errors.contains(" ; Commande : "), "{errors}");
    assert!(errors.contains(" (à vérifier) — "), "{errors}");
    assert!(remedy.contains('{') || errors.ends_with(remedy), "{errors}");
}

#[test]
fn the_summary_tells_counts_and_causes() {
    let sheets = read(&workbook(&["a"], &[], ROW_LIMIT));
    let summary = &sheets[1].1;
    assert_eq!(text(summary, 0, 0), "Fichier");
    assert_eq!(text(summary, 0, 1), "commande.csv");
    assert_eq!(text(summary, 2, 0), "Codes");
    assert_eq!(text(summary, 3, 3), "Sens");
    assert_eq!(text(summary, 4, 0), Code::all()[0].name());
    assert_eq!(text(summary, 4, 1), Code::all()[0].severity().letter());
    assert_eq!(summary.get_value((4, 2)), Some(&Data::Float(7.0)));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let rows: Vec<_> =
        (0..300).map(|n| (strings(&["A", &n.to_string()]), vec![fault(Severity::Error, Some(n % 2))])).collect();
    let once = workbook(&["Réf.", "Qté"], &rows, 100);
    assert!(once == workbook(&["Réf.", "Qté"], &rows, 100));
}

#[test]
fn a_full_sheet_is_followed_by_another_with_the_same_heading() {
    let rows: Vec<_> = (0..5).map(|n| (strings(&[&n.to_string()]), Vec::new())).collect();
    let sheets = read(&workbook(&["n"], &rows, 3));
    assert_eq!(
        sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["À corriger", "À corriger 2", "À corriger 3", "Résumé"]
    );
    for ((_, sheet), expected) in sheets.iter().zip([vec!["0", "1"], vec!["2", "3"], vec!["4"]]) {
        assert_eq!(text(sheet, 0, 3), "n");
        assert_eq!(sheet.height() - 1, expected.len());
        for (row, cell) in (1..).zip(expected) {
            assert_eq!(text(sheet, row, 3), cell);
            assert_eq!(text(sheet, row, 0), "acceptée");
        }
    }
}

#[test]
fn cells_that_do_not_fit_are_cut_and_named() {
    let long = strings(&["x", &"é".repeat(40_000)]);
    let wide: Vec<_> = (0..17_000).map(|n| n.to_string()).collect();
    let sheets = read(&workbook(&["Réf.", "Note"], &[(long, Vec::new()), (wide, Vec::new())], ROW_LIMIT));
    let lines = &sheets[0].1;
    assert_eq!(text(lines, 1, 4), "é".repeat(32_767));
    assert_eq!(text(lines, 1, 1), "Note : … cellule coupée");
    assert_eq!(text(lines, 2, 1), "… cellule coupée");
    assert_eq!(text(lines, 2, 16_383), "16379");
}

#[test]
fn surplus_cells_stand_behind_the_key_and_missing_ones_can_be_at_fault() {
    let rows = [
        (strings(&["a"]), vec![fault(Severity::Error, Some(1)), fault(Severity::Error, None)]),
        (strings(&["b", "c", "d", "e"]), vec![fault(Severity::Warning, Some(3)), fault(Severity::Error, Some(9))]),
    ];
    let sheets = read(&workbook(&["x", "y"], &rows, ROW_LIMIT));
    let lines = &sheets[0].1;
    assert_eq!(text(lines, 0, 5), KEY_HEADING);
    assert_eq!(text(lines, 2, 5), "00ab:3:000000000000feed");
    assert_eq!([text(lines, 0, 6), text(lines, 2, 6), text(lines, 2, 7)], ["", "d", "e"]);
}

#[test]
fn control_characters_leave_a_readable_file() {
    let cell = "a\0b\u{1}c\u{8}\r\n\t\u{1f}\u{7f}\u{85}\u{fffe}\u{ffff}z";
    let sheets = read(&workbook(&[cell], &[(strings(&[cell]), Vec::new())], ROW_LIMIT));
    for row in [0, 1] {
        assert_eq!(text(&sheets[0].1, row, 3), cell);
    }
}

/// A disk that takes nothing.
struct Full;

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for Full {
    fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn a_full_disk_is_told_as_such_and_a_missing_folder_too() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let mut head = WorkbookHead {
        file_name: "a.csv",
        file_hash: "00",
        headings: &[],
        language: Language::English,
        words: words(),
        temporary: folder.path(),
    };
    let error = Workbook::begin(&head).unwrap().finish(&[], &[], &mut Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    head.temporary = &missing;
    assert_eq!(Workbook::begin(&head).err().unwrap().kind(), io::ErrorKind::NotFound);
}
