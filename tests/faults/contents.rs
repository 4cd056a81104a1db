//! Files that were made to harm: all of them in one inbox, and none holds up the others.

use std::fs;
use std::io::{Cursor, Write as _};
use std::process::Stdio;

use calamine::{Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

use crate::checker::{Case, judge};
use crate::house::{House, much, order};
use crate::support::{gzipped, names, root, zipped};
use crate::tally::Tally;

/// What becomes of a file: the folder it goes to, and the code that is told beside it.
struct Hostile {
    fault: &'static str,
    name: &'static str,
    content: Vec<u8>,
    place: &'static str,
    code: &'static str,
}

const fn refused(fault: &'static str, name: &'static str, content: Vec<u8>, code: &'static str) -> Hostile {
    Hostile { fault, name, content, place: "rejected", code }
}

const fn taken(fault: &'static str, name: &'static str, content: Vec<u8>) -> Hostile {
    Hostile { fault, name, content, place: "done", code: "" }
}

/// An archive with one file that is nothing but zeros, many times larger than itself.
fn bomb(mib: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("bomb.csv", SimpleFileOptions::default().large_file(true)).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..mib {
        writer.write_all(&zeros).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Two cells, the first and the last that a sheet can have.
fn far_apart() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, column, text) in
        [(0, 0, "Réf"), (0, 1, "Qté"), (1, 0, "0070817965D"), (1, 1, "2"), (1_048_575, 16_383, "x")]
    {
        sheet.write_string(line, column, text).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).unwrap()
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn hostile() -> Vec<Hostile> {
    let laughs =
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><l><line><ref>&b;</ref></line></l>";
    let deep_xml = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let open_quote = format!("Réf;Qté\n\"0070817965D;2\n{}", "MS-623210;1\n".repeat(much(100_000, 1_000_000)));
    let wide_row = format!("Réf;Qté{}\n", ";x".repeat(30_000));
    let nested = zipped(&[("inner.zip", zipped(&[("a.csv", order(1))]))]);
    let nan = "[{\"Réf\": \"0070817965D\", \"Qté\": NaN}]";
    vec![
        refused("F28", "bomb.zip", bomb(much(48, 5000)), much("HEADING_UNKNOWN", "LIMIT_EXCEEDED")),
        taken("F29", "far.xlsx", far_apart()),
        refused("F30", "secret.xlsx", fixture("samples/codes/WORKBOOK_PROTECTED/orders.xlsx"), "WORKBOOK_PROTECTED"),
        taken("F30", "text-named.xlsx", order(30).into_bytes()),
        refused(
            "F30",
            "page.xls",
            b"<html><body><table><tr><td>x</td></tr></table></body></html>".to_vec(),
            "MAPPING_INCOMPLETE",
        ),
        refused("F32", "nested.zip", nested, "ARCHIVE_DAMAGED"),
        refused("F32", "cut.csv.gz", gzipped(order(2).as_bytes())[..20].to_vec(), "ARCHIVE_DAMAGED"),
        refused("F33", "laughs.xml", laughs.into(), "XML_DOCTYPE"),
        refused("F34", "deep.xml", deep_xml.into_bytes(), "LIMIT_EXCEEDED"),
        refused("F35", "deep.json", "[".repeat(1_000_000).into_bytes(), "LIMIT_EXCEEDED"),
        refused("F35", "nan.json", nan.into(), "JSON_INVALID"),
        taken("F37", "quote.csv", open_quote.into_bytes()),
        refused("F38", "line.csv", vec![b'x'; much(3 << 20, 1 << 30)], "HEADING_UNKNOWN"),
        refused("F38", "wide.csv", wide_row.into_bytes(), "LIMIT_EXCEEDED"),
        refused("F38", "empty.csv", Vec::new(), "FILE_EMPTY"),
        refused("F38", "heading.csv", "Réf;Qté\n".into(), "HEADING_ALONE"),
        refused("F38", "mark.csv", b"\xEF\xBB\xBF".to_vec(), "FILE_EMPTY"),
        refused("F38", "blank.csv", b"\n\n \n\n".to_vec(), "FILE_EMPTY"),
        refused("F39", "zeros.csv", b"\0".repeat(5000), "FILE_BINARY"),
        taken("F39", "returns.csv", order(39).replace('\n', "\r").into_bytes()),
        taken("F40", "little.csv", [b"\xFF\xFE".to_vec(), wide(&order(40), false)].concat()),
        taken("F40", "big.csv", [b"\xFE\xFF".to_vec(), wide(&order(41), true)].concat()),
        taken("F40", "without-mark.csv", wide(&order(42), false)),
    ]
}

#[test]
fn f28_what_was_made_to_harm_holds_up_nothing_else() {
    let mut house = House::new();
    let all = hostile();
    for each in &all {
        house.put(each.name, &each.content);
    }
    house.put("zz-good.csv", order(99));
    let mut child = house.program().arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (peak, code) = crate::many::peak(&mut child);
    assert_eq!(code, Some(6));
    for Hostile { fault, name, place, code, .. } in all {
        let mut tally = Tally::of(fault);
        let found = names(&house.path(place)).into_iter().find(|found| found.ends_with(name));
        let found = found.unwrap_or_else(|| panic!("{name} is not in {place}: {:?}", names(&house.path("rejected"))));
        if place == "rejected" {
            let said = fs::read_to_string(house.path(place).join(format!("{found}.txt"))).unwrap();
            assert!(said.contains(&format!("[{code}]")), "{name}: {said}");
        }
        tally.count(&house, name);
    }
    assert!(names(&house.path("done")).iter().any(|name| name.ends_with("zz-good.csv")), "the good one is done");
    let memory = Some((peak, 320 * 1024));
    let found = judge(house.home(), &Case { dropped: Some(&house.dropped), memory }).unwrap();
    assert!(found.holds(), "{found}");
}

#[test]
fn f32_every_file_of_an_archive_is_told() {
    let mut tally = Tally::of("F32");
    let mut house = House::new();
    let binary = b"\0\0\0%PDF-1.4".to_vec();
    house.put("many.zip", zipped(&[("a.csv", binary), ("b.csv", order(1).into_bytes())]));
    let ended = house.work("the first one is no text");
    let beside = names(&house.path("done")).into_iter().find(|name| name.ends_with("many.zip.txt"));
    let said = beside.map(|name| fs::read_to_string(house.path("done").join(name)).unwrap()).unwrap_or_default();
    assert!(
        ended.code == Some(3) && said.contains("[HEADING_UNKNOWN]") && said.contains("a.csv"),
        "{:?} {said}",
        ended.code
    );
    tally.count(&house, "an archive of several files");
}

#[test]
fn f45_cells_that_a_spreadsheet_would_calculate_are_texts_in_every_workbook() {
    let mut tally = Tally::of("F45");
    let evil = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "＝1+1"];
    let rows = evil.map(|cell| format!("NOPE;1;\"{cell}\"\n")).concat();
    let text = format!("Réf;Qté;Commentaire\n{rows}0070817965D;2;good\n");
    let mut house = House::new();
    house.put("=evil.csv", text);
    house.work("formulas");
    let path = house.path("done/import-000001-=evil.csv.errors.xlsx");
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap();
        let there: Vec<_> = formulas.cells().filter(|(_, _, formula)| !formula.is_empty()).collect();
        assert!(there.is_empty(), "{sheet}: {there:?}");
    }
    let first = book.sheet_names().swap_remove(0);
    let cells: Vec<_> = book.worksheet_range(&first).unwrap().cells().map(|(_, _, cell)| cell.to_string()).collect();
    for cell in evil {
        assert!(cells.iter().any(|found| found.trim() == cell.trim()), "{cell} stands as it was: {cells:?}");
    }
    tally.count(&house, "formulas");
}
