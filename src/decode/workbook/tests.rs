use std::io::{Cursor, Write as _};
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::decode::{FileKind, Rows, TableRow, file_kind};
use crate::diagnostic::Code;

pub(super) const LIMITS: Limits = Limits {
    cell_bytes: 32_767,
    record_bytes: 1 << 20,
    columns: 20_000,
    lines: 50_000_000,
    basket_lines: 20_000_000,
    depth: 100,
    archive_files: 1000,
    unpacked_bytes: 1 << 32,
    held_bytes: 1 << 28,
};

fn kind_of(bytes: &[u8]) -> WorkbookKind {
    match file_kind(&mut Cursor::new(bytes)).unwrap() {
        FileKind::Workbook(kind) => kind,
        other => panic!("{other:?}"),
    }
}

pub(super) fn read_with(bytes: Vec<u8>, sheet: &str, limits: &Limits) -> Result<Vec<TableRow>, RowError> {
    let kind = kind_of(&bytes);
    let mut feed = sheet_rows(Cursor::new(bytes), kind, sheet, limits, "x.xlsx");
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    while feed.next(&mut row)? {
        rows.push(row.clone());
    }
    Ok(rows)
}

pub(super) fn read(bytes: Vec<u8>, sheet: &str) -> Vec<TableRow> {
    read_with(bytes, sheet, &LIMITS).unwrap()
}

pub(super) fn refusal(result: Result<Vec<TableRow>, RowError>) -> (Code, String) {
    match result {
        Err(RowError::Refused(error)) => (error.code, error.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Rows as one text: number, cells, notes.
pub(super) fn shown(rows: &[TableRow]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let cells: Vec<_> = row.cells().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect();
            let notes: Vec<_> = row
                .notes
                .iter()
                .map(|note| note.column.map_or(note.code.to_string(), |column| format!("{}@{column}", note.code)))
                .collect();
            format!("{}: {}{}{}", row.line, cells.join("|"), if notes.is_empty() { "" } else { " " }, notes.join(" "))
        })
        .collect()
}

pub(super) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORKBOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#;
pub(super) const RELATIONS: &str = r#"<Relationships>
<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/>
<Relationship Id="r3" Type="x/styles" Target="./styles.xml"/></Relationships>"#;

/// A workbook with one sheet `A`, and other parts.
fn xlsx_of(sheet: &str, others: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts = vec![
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend(others);
    zipped(&parts)
}

/// A sheet with these rows.
fn sheet_of(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

fn ods_of(table: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"A\">{table}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

fn fixture(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/workbooks");
    std::fs::read(root.join(name)).unwrap()
}

#[test]
fn every_kind_of_value_has_one_text() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let time = Format::new().set_num_format("hh:mm");
    let hours = Format::new().set_num_format("[h]:mm:ss");
    sheet.write_string(0, 0, "Référence").unwrap();
    sheet.write_string(0, 2, "a\n<b> & \"c\"").unwrap();
    for (column, value) in [708_170_965_000.0, 0.1, -2.5, 1e14, 12.0, 1.5e-7].into_iter().enumerate() {
        sheet.write_number(2, u16::try_from(column).unwrap() + 1, value).unwrap();
    }
    sheet.write_boolean(3, 0, true).unwrap();
    sheet.write_boolean(3, 1, false).unwrap();
    let day = ExcelDateTime::from_ymd(2026, 3, 1).unwrap();
    sheet.write_datetime_with_format(4, 0, &day, &date).unwrap();
    sheet.write_datetime_with_format(4, 1, day.and_hms(8, 30, 0.6).unwrap(), &moment).unwrap();
    sheet.write_number_with_format(4, 2, 0.5, &time).unwrap();
    sheet.write_number_with_format(4, 3, 1.25, &hours).unwrap();
    sheet.write_number_with_format(4, 4, 60.0, &date).unwrap();
    sheet.write_number_with_format(4, 5, 59.0, &date).unwrap();
    sheet.write_blank(5, 0, &date).unwrap();
    sheet.write_formula(6, 0, Formula::new("1+1").set_result("2")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(
        shown(&read(bytes, "Sheet1")),
        [
            "1: Référence||a\n<b> & \"c\"",
            "3: |708170965000|0.1|-2.5|100000000000000|12|0.00000015",
            "4: TRUE|FALSE",
            "5: 2026-03-01|2026-03-01 08:30:01|12:00:00|30:00:00|1900-02-29|1900-02-28",
            "7: 2 CELL_FORMULA@0",
        ]
    );
}

#[test]
fn what_a_text_does_not_show_is_noted() {
    let rows = r#"<row r="2" hidden="1"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>A1</f></c></row>
        <row r="3"><c r="A3"><f>A1</f></c></row><row r="4"><c r="A4" t="str"><f>""</f><v></v></c></row>"#;
    assert_eq!(
        shown(&read(xlsx_of(&sheet_of(rows), &[]), "A")),
        ["2: |#DIV/0!| CELL_FORMULA@1 CELL_ERROR_VALUE@1 CELL_FORMULA@2 ROW_HIDDEN", "3:  CELL_FORMULA@0",]
    );
}

#[test]
fn merged_rows_share_their_value() {
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="B1"><v>1</v></c></row>
        <row r="2"><c r="B2"><v>2</v></c></row><row r="3"><c r="A3"/></row><row r="4"><c r="B4"><v>4</v></c></row>
        <row r="5"><c r="B5"><v>5</v></c></row>"#;
    let sheet = format!(
        "<worksheet><sheetData>{rows}</sheetData><mergeCells count=\"2\"><mergeCell ref=\"A1:A4\"/>\
         <mergeCell  other=\"\" ref='B4:C5'/></mergeCells></worksheet>"
    );
    assert_eq!(
        shown(&read(xlsx_of(&sheet, &[]), "A")),
        ["1: x|1", "2: x|2 CELL_MERGED@0", "4: x|4 CELL_MERGED@0", "5: |4 CELL_MERGED@1"]
    );
}

#[test]
fn a_merged_cell_that_names_no_place_is_none() {
    let sheet = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><mergeCells><mergeCell ref=></worksheet>";
    assert_eq!(shown(&read(xlsx_of(sheet, &[]), "A")), ["1: 1"]);
}

#[test]
fn workbooks_of_other_programs_read_alike() {
    let open = |name: &str| read(fixture(name), "Commande");
    assert_eq!(
        shown(&open("openpyxl.xlsx")),
        [
            "1: Référence|Quantité|Prix|Livraison|Urgent|Total",
            "2: 00123456|2|38.5|2026-03-01|TRUE| CELL_FORMULA@5",
            "3: 708170965000|10|9.6|2026-03-02 14:30:00|FALSE| CELL_FORMULA@5",
            "4: 708170965000|1|12,50|08:15:00|| CELL_FORMULA@5",
            "5: AS0013725",
            "6: merged|5|1",
            "7: merged|6|1 CELL_MERGED@0",
            "8: hidden|7|1 ROW_HIDDEN",
            "10: |||||||loin",
        ]
    );
    let saved = open("libreoffice.xlsx");
    assert_eq!(
        shown(&saved)[1..4],
        [
            "2: 00123456|2|38.5|2026-03-01|TRUE|77 CELL_FORMULA@4 CELL_FORMULA@5",
            "3: 708170965000|10|9.6|2026-03-02 14:30:00|FALSE|96 CELL_FORMULA@4 CELL_FORMULA@5",
            "4: 708170965000|1|12,50|08:15:00||#N/A CELL_FORMULA@5 CELL_ERROR_VALUE@5",
        ]
    );
    assert_eq!(shown(&saved)[4..], shown(&open("openpyxl.xlsx"))[4..]);
    assert_eq!(open("libreoffice.xls"), saved);
    // There a truth is a number that is shown as a word.
    let ods =
        shown(&open("libreoffice.ods")).join("\n").replace("01|1|77", "01|TRUE|77").replace("00|0|96", "00|FALSE|96");
    assert_eq!(ods, shown(&saved).join("\n"));
    for name in ["openpyxl-1904.xlsx", "libreoffice-1904.xls"] {
        assert_eq!(shown(&open(name)), ["1: Date|2026-03-01|1904-01-02 06:00:00"], "{name}");
    }
    assert_eq!(shown(&read(fixture("openpyxl-rich.xlsx"), "Feuille 1")), ["1: texte|gras et maigre|1"]);
}

#[test]
fn texts_that_go_on_over_records_are_whole() {
    let rows = shown(&read(fixture("libreoffice-many-texts.xls"), "Longue"));
    for (number, row) in rows.iter().enumerate() {
        let text = if number % 3 > 0 { "pièce détachée" } else { "деталь № " };
        let text = text.repeat(1 + number % 3);
        assert_eq!(*row, format!("{}: REF-{number:05} {text}|{number}", number + 1));
    }
    assert_eq!(rows.len(), 220);
}

#[test]
fn calamine_reads_the_same_texts() {
    use calamine::{Data, Reader as _};
    for name in ["libreoffice.xlsx", "libreoffice.xls", "libreoffice.ods"] {
        let bytes = fixture(name);
        let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.clone())).unwrap();
        let range = book.worksheet_range("Commande").unwrap();
        for row in read(bytes, "Commande") {
            for (column, cell) in row.cells().enumerate() {
                let place = (u32::try_from(row.line - 1).unwrap(), u32::try_from(column).unwrap());
                if let Some(Data::String(text)) = range.get_value(place) {
                    assert_eq!(text.as_bytes(), cell, "{name} {place:?}");
                }
            }
        }
    }
}

#[test]
fn sheets_are_listed_as_the_workbook_shows_them() {
    for name in ["openpyxl.xlsx", "libreoffice.ods", "libreoffice.xls"] {
        let bytes = fixture(name);
        let found = sheets(Cursor::new(&bytes), kind_of(&bytes), &LIMITS, "x").unwrap();
        let names: Vec<_> = found.iter().map(|sheet| (sheet.name.as_str(), sheet.is_visible)).collect();
        assert_eq!(names[..2], [("Commande", true), ("Notes", false)], "{name}");
        let unknown = refusal(read_with(bytes, "Feuil1", &LIMITS));
        assert_eq!(unknown.0, Code::SheetUnknown);
        assert!(unknown.1.contains("Commande, Notes"), "{unknown:?}");
    }
    let bytes = fixture("openpyxl.xlsx");
    assert_eq!(sheets(Cursor::new(&bytes), WorkbookKind::Xlsx, &LIMITS, "x").unwrap().len(), 2);
}

#[test]
fn one_far_cell_is_one_wide_row() {
    let rows = read(xlsx_of(&sheet_of(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#), &[]), "A");
    assert_eq!(
        (rows.len(), rows[0].line, rows[0].len(), rows[0].cell(16_383)),
        (1, 1_048_576, 16_384, b"1".as_slice())
    );
    let beyond = xlsx_of(&sheet_of(r#"<row r="1"><c r="AAAA1"><v>1</v></c></row>"#), &[]);
    assert_eq!(refusal(read_with(beyond, "A", &Limits { columns: 100, ..LIMITS })).0, Code::LimitExceeded);
}

/// What is refused, and by which limit.
pub(super) fn limit_of(bytes: Vec<u8>, limits: &Limits) -> String {
    let (code, text) = refusal(read_with(bytes, "A", limits));
    assert_eq!(code, Code::LimitExceeded, "{text}");
    ["unpacked-bytes", "held-bytes", "record-bytes", "cell-bytes", "columns", "lines", "depth"]
        .into_iter()
        .find(|what| text.contains(what))
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

#[test]
fn bombs_do_not_go_off() {
    let small = Limits { unpacked_bytes: 1 << 20, held_bytes: 1 << 18, record_bytes: 1 << 12, ..LIMITS };
    let text = "x".repeat(1 << 17);
    let cell = |text: &str| sheet_of(&format!("<row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>"));
    assert_eq!(limit_of(xlsx_of(&cell(&text), &[]), &small), "record-bytes");
    let rich = format!("<row><c t=\"inlineStr\"><is>{}</is></c></row>", "<r><t>xxxxxxxxxx</t></r>".repeat(1000));
    assert_eq!(limit_of(xlsx_of(&sheet_of(&rich), &[]), &small), "record-bytes");
    let comment = format!("<!--{text}--><worksheet><sheetData/></worksheet>");
    assert_eq!(limit_of(xlsx_of(&comment, &[]), &small), "record-bytes");
    let attribute = format!("<worksheet a=\"{text}\"><sheetData/></worksheet>");
    assert_eq!(limit_of(xlsx_of(&attribute, &[]), &small), "record-bytes");
    let strings = format!("<sst uniqueCount=\"99999999999\">{}</sst>", "<si><t>xxxxxxxxxxxx</t></si>".repeat(20_000));
    assert_eq!(limit_of(xlsx_of(&cell("a"), &[("xl/sharedStrings.xml", strings.as_bytes())]), &small), "held-bytes");
    let strings = format!("<sst>{}</sst>", "<si/>".repeat(100_000));
    assert_eq!(limit_of(xlsx_of(&cell("a"), &[("xl/sharedStrings.xml", strings.as_bytes())]), &small), "held-bytes");
    let styles = format!("<s><cellXfs>{}</cellXfs></s>", "<xf/>".repeat(100_000));
    assert_eq!(limit_of(xlsx_of(&cell("a"), &[("xl/styles.xml", styles.as_bytes())]), &small), "held-bytes");
    let blanks = vec![b' '; 2 << 20];
    assert_eq!(limit_of(xlsx_of(&cell("a"), &[("xl/media/a.png", &blanks)]), &small), "unpacked-bytes");
    let list = "<mergeCell ref=\"A1:A2\"/>".repeat(30_000);
    let merged = format!("<worksheet><sheetData/><mergeCells>{list}</mergeCells></worksheet>");
    assert_eq!(limit_of(xlsx_of(&merged, &[]), &small), "held-bytes");
    let deep = "<a>".repeat(200);
    assert_eq!(limit_of(xlsx_of(&deep, &[]), &small), "depth");
}

/// Many references to one long text, and a merged value in many rows, make more text than the file has.
#[test]
fn a_small_file_makes_no_endless_table() {
    let small = Limits { unpacked_bytes: 1 << 20, ..LIMITS };
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(10_000));
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(1000);
    let strings = [("xl/sharedStrings.xml", strings.as_bytes())];
    assert_eq!(limit_of(xlsx_of(&sheet_of(&rows), &strings), &small), "unpacked-bytes");
    // Longer than any spreadsheet keeps.
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(300_000));
    let strings = [("xl/sharedStrings.xml", strings.as_bytes())];
    assert_eq!(limit_of(xlsx_of(&sheet_of(&rows), &strings), &LIMITS), "cell-bytes");
    let row = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
    let repeated = |rows: u64, cell: &str| {
        ods_of(&format!("<table:table-row table:number-rows-repeated=\"{rows}\">{cell}</table:table-row>"))
    };
    assert_eq!(limit_of(repeated(1_000_000_000, row), &LIMITS), "lines");
    assert_eq!(limit_of(repeated(1_000_000, row), &small), "unpacked-bytes");
    let wide = "<table:table-cell table:number-columns-repeated=\"1000000000\" office:value-type=\"float\" office:value=\"1\"/>";
    assert_eq!(limit_of(repeated(1, wide), &LIMITS), "columns");
    let empty = "<table:table-cell table:number-columns-repeated=\"1000000000\"/>";
    assert_eq!(read(repeated(u64::from(u32::MAX) * 4, empty), "A"), []);
    let after = format!(
        "<table:table-row table:number-rows-repeated=\"1048000\">{empty}</table:table-row>\
         <table:table-row table:visibility=\"filter\"><table:table-cell table:number-columns-repeated=\"3\"/>\
         <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>a <text:s text:c=\"2\"/>\
         <text:span>b</text:span></text:p><text:p>c</text:p></table:table-cell></table:table-row>"
    );
    assert_eq!(shown(&read(ods_of(&after), "A")), ["1048001: |||a   b\nc|a   b\nc ROW_HIDDEN"]);
}

#[test]
fn lies_about_sizes_are_found_out() {
    let sheet = sheet_of(&"<row><c><v>1</v></c></row>".repeat(100_000));
    let mut bytes = xlsx_of(&sheet, &[]);
    // The size unpacked, in both places where the archive tells it.
    let size = u32::try_from(sheet.len()).unwrap().to_le_bytes();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, &size).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let result = read_with(bytes, "A", &Limits { unpacked_bytes: 1 << 20, ..LIMITS });
    assert!(matches!(refusal(result).0, Code::LimitExceeded | Code::WorkbookDamaged));
}

#[test]
fn damage_is_told() {
    let damaged = |bytes: Vec<u8>| {
        let (code, text) = refusal(read_with(bytes, "A", &LIMITS));
        assert_eq!(code, Code::WorkbookDamaged, "{text}");
        text
    };
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let entity = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", sheet_of(rows));
    assert!(damaged(xlsx_of(&entity, &[])).contains("DOCTYPE"));
    damaged(xlsx_of(&sheet_of("<row><c t=\"str\"><v>&b;</v></c></row>"), &[]));
    damaged(xlsx_of("<worksheet><sheetData><row>", &[]));
    damaged(xlsx_of("", &[]));
    damaged(xlsx_of("no XML", &[]));
    damaged(xlsx_of(&sheet_of("<row><c t=\"s\"><v>7</v></c></row>"), &[]));
    damaged(xlsx_of(&sheet_of("<row r=\"2\"/><row r=\"1\"/>"), &[]));
    damaged(xlsx_of(&sheet_of("<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>"), &[]));
    damaged(xlsx_of(&sheet_of("<row r=\"1\"><c r=\"ZZZZZZZZZZ1\"><v>1</v></c></row>"), &[]));
    damaged(zipped(&[("xl/workbook.xml", WORKBOOK.as_bytes()), ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes())]));
    let document = b"<document/>".as_slice();
    damaged(zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", document)]));
    damaged(zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document)]));
    damaged(zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", document)]));
    damaged(zipped(&[("xl/workbook.xml", b"<workbook><sheets>")]));
    damaged(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec());
    let whole = xlsx_of(&sheet_of(rows), &[]);
    for length in (0..whole.len()).step_by(37) {
        let cut = whole[..length].to_vec();
        let mut feed = sheet_rows(Cursor::new(cut), WorkbookKind::Xlsx, "A", &LIMITS, "x");
        while feed.next(&mut TableRow::default()).unwrap_or(false) {}
    }
    for name in ["libreoffice.xls", "libreoffice-1904.xls", "libreoffice.ods"] {
        let whole = fixture(name);
        let kind = kind_of(&whole);
        for at in (0..whole.len()).step_by(23) {
            // Whatever a byte says, reading ends.
            let mut broken = whole.clone();
            broken[at] ^= 0xFF;
            let mut feed = sheet_rows(Cursor::new(broken), kind, "Commande", &LIMITS, "x");
            while feed.next(&mut TableRow::default()).unwrap_or(false) {}
            let mut feed = sheet_rows(Cursor::new(whole[..at].to_vec()), kind, "Commande", &LIMITS, "x");
            while feed.next(&mut TableRow::default()).unwrap_or(false) {}
        }
    }
}

#[test]
fn a_password_is_told() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/codes/WORKBOOK_PROTECTED/orders.xlsx");
    assert_eq!(refusal(read_with(std::fs::read(sample).unwrap(), "A", &LIMITS)).0, Code::WorkbookProtected);
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let ods = zipped(&[("mimetype", b"x"), ("META-INF/manifest.xml", manifest), ("content.xml", b"\x01\x02")]);
    assert_eq!(refusal(read_with(ods, "A", &LIMITS)).0, Code::WorkbookProtected);
    // The record that begins the workbook, and one that says it is encrypted in place of the next one.
    let mut xls = fixture("libreoffice.xls");
    let begin = memchr::memmem::find(&xls, b"\x09\x08\x10\x00\x00\x06").unwrap() + 20;
    xls[begin..begin + 2].copy_from_slice(&[0x2F, 0]);
    assert_eq!(refusal(read_with(xls, "A", &LIMITS)).0, Code::WorkbookProtected);
}

#[test]
fn an_old_workbook_is_held_within_its_limit() {
    let xls = fixture("libreoffice.xls");
    assert_eq!(limit_of(xls.clone(), &Limits { held_bytes: 1000, ..LIMITS }), "held-bytes");
    // The table of sectors leads every sector to itself.
    let mut circle = xls;
    let table = (u32::from_le_bytes(circle[76..80].try_into().unwrap()) as usize + 1) * 512;
    for sector in 0..128_u32 {
        let at = table + 4 * sector as usize;
        circle[at..at + 4].copy_from_slice(&sector.to_le_bytes());
    }
    assert_eq!(refusal(read_with(circle, "A", &LIMITS)).0, Code::WorkbookDamaged);
}

#[test]
fn samples_of_codes_raise_them_once() {
    let codes = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/codes");
    for code in [Code::CellErrorValue, Code::CellFormula, Code::CellMerged, Code::RowHidden] {
        let rows = read(std::fs::read(codes.join(code.name()).join("orders.xlsx")).unwrap(), "Commande");
        let notes: Vec<_> = rows.iter().flat_map(|row| row.notes.iter().map(|note| note.code)).collect();
        assert_eq!((rows.len(), notes), (3, vec![code]));
    }
    let damaged = std::fs::read(codes.join("WORKBOOK_DAMAGED/orders.xlsx")).unwrap();
    assert_eq!(refusal(read_with(damaged, "Commande", &LIMITS)).0, Code::WorkbookDamaged);
}

#[test]
fn a_reader_that_gives_up_costs_its_file_only() {
    let fault = unharmed::<()>(|| panic!("broken at {}", 7)).unwrap_err();
    match fault.into_row_error("x.xlsx") {
        RowError::Refused(error) => {
            assert_eq!(error.code, Code::WorkbookDamaged);
            assert!(error.to_string().contains("x.xlsx") && error.to_string().contains("broken at 7"));
        }
        other @ RowError::Io(_) => panic!("{other:?}"),
    }
}
