use std::io::Cursor;

use super::*;
use crate::decode::workbook::tests::{LIMITS, RELATIONS, limit_of, read, read_with, refusal, shown, zipped};
use crate::decode::{Rows as _, TableRow, WorkbookKind, sheet_rows};
use crate::diagnostic::Code;

type Record = (u16, Vec<u8>);

/// Records of a binary part.
fn records(list: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, data) in list {
        if *kind < 128 {
            bytes.push(u8::try_from(*kind).unwrap());
        } else {
            bytes.extend([u8::try_from(kind & 0x7F).unwrap() | 0x80, u8::try_from(kind >> 7).unwrap()]);
        }
        let length = |shift: u32| u8::try_from(data.len() >> shift & 0x7F).unwrap();
        bytes.extend([length(0) | 0x80, length(7) | 0x80, length(14)]);
        bytes.extend(data);
    }
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

fn cell(column: u32, style: u32, value: &[u8]) -> Vec<u8> {
    [column.to_le_bytes().as_slice(), &style.to_le_bytes(), value].concat()
}

fn row(row: u32, flags: u8) -> Record {
    (0, [row.to_le_bytes().as_slice(), &[0; 7], &[flags], &[0; 5]].concat())
}

/// The parts of a workbook as MS-XLSB describes it; no program at hand writes one.
struct Parts {
    book: Vec<Record>,
    styles: Vec<Record>,
    strings: Vec<Record>,
    sheet: Vec<Record>,
}

impl Parts {
    /// One sheet `A` with these rows.
    fn of(rows: &[Record], behind: &[Record]) -> Self {
        let book = vec![
            (131, vec![]),
            (153, vec![0; 8]),
            (156, [[0_u32, 1].map(u32::to_le_bytes).concat(), wide("r1"), wide("A")].concat()),
            (144, vec![]),
            (132, vec![]),
        ];
        let styles = vec![
            (615, 1_u32.to_le_bytes().to_vec()),
            (44, [164_u16.to_le_bytes().to_vec(), wide("yyyy-mm-dd hh:mm")].concat()),
            (616, vec![]),
            (617, 4_u32.to_le_bytes().to_vec()),
            (47, vec![0; 16]),
            (47, [[0, 0, 164, 0].as_slice(), &[0; 12]].concat()),
            (47, [[0, 0, 46, 0].as_slice(), &[0; 12]].concat()),
            (47, [[0, 0, 20, 0].as_slice(), &[0; 12]].concat()),
            (618, vec![]),
        ];
        let strings =
            vec![(159, vec![1, 0, 0, 0, 1, 0, 0, 0]), (19, [vec![0], wide("Référence")].concat()), (160, vec![])];
        let mut sheet = vec![(129, vec![]), (148, vec![0; 16]), (145, vec![])];
        sheet.extend_from_slice(rows);
        sheet.push((146, vec![]));
        sheet.extend_from_slice(behind);
        sheet.push((130, vec![]));
        Self { book, styles, strings, sheet }
    }

    fn zipped(&self) -> Vec<u8> {
        let relations = RELATIONS.replace(".xml", ".bin");
        zipped(&[
            ("xl/workbook.bin", &records(&self.book)),
            ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
            ("xl/worksheets/sheet1.bin", &records(&self.sheet)),
            ("xl/styles.bin", &records(&self.styles)),
            ("xl/sharedStrings.bin", &records(&self.strings)),
        ])
    }
}

fn example() -> Parts {
    let rows = [
        row(0, 0),
        (7, cell(0, 0, &0_u32.to_le_bytes())),
        (2, cell(1, 0, &((1234_u32 << 2) | 3).to_le_bytes())),
        (5, cell(2, 1, &46_082.5_f64.to_le_bytes())),
        (4, cell(3, 0, &[1])),
        (1, cell(4, 0, &[])),
        row(2, 0x10),
        (9, cell(1, 0, &[2.5_f64.to_le_bytes().as_slice(), &[0; 10]].concat())),
        (8, cell(2, 0, &[wide("é"), vec![0; 10]].concat())),
        (11, cell(3, 0, &[0x2A, 0, 0, 0, 0])),
    ];
    Parts::of(&rows, &[(176, [0_u32, 2, 0, 0].iter().flat_map(|place| place.to_le_bytes()).collect())])
}

/// Reads a workbook, whatever comes of it.
fn read_on(bytes: Vec<u8>) {
    let mut feed = sheet_rows(Cursor::new(bytes), WorkbookKind::Xlsb, "A", &LIMITS, "x");
    while feed.next(&mut TableRow::default()).unwrap_or(false) {}
}

#[test]
fn cells_of_every_kind_have_their_texts_and_notes() {
    assert_eq!(
        shown(&read(example().zipped(), "A")),
        [
            "1: Référence|12.34|2026-03-01 12:00:00|TRUE",
            "3: Référence|2.5|é|#N/A CELL_FORMULA@1 CELL_FORMULA@2 CELL_FORMULA@3 CELL_ERROR_VALUE@3 CELL_MERGED@0 ROW_HIDDEN",
        ]
    );
    let rows = [
        row(4, 0),
        (2, cell(0, 0, &((708_170_u32 << 2) | 2).to_le_bytes())),
        (2, cell(1, 1, &((46_082_u32 << 2) | 2).to_le_bytes())),
        (5, cell(2, 2, &1.25_f64.to_le_bytes())),
        (5, cell(3, 3, &0.354_166_666_666_666_7_f64.to_le_bytes())),
        (5, cell(4, 3, &0.999_999_9_f64.to_le_bytes())),
        (3, cell(5, 0, &[0x07])),
        (10, cell(6, 0, &[0; 11])),
        (6, cell(7, 0, &wide("a\nb"))),
        (62, cell(9, 0, &[vec![1], wide("two fonts"), vec![0; 8]].concat())),
    ];
    let mut book = Parts::of(&rows, &[]);
    assert_eq!(
        shown(&read(book.zipped(), "A")),
        [
            "5: 708170|2026-03-01|30:00:00|08:30:00|23:59:59|#DIV/0!|FALSE|a\nb||two fonts CELL_ERROR_VALUE@5 CELL_FORMULA@6"
        ]
    );
    book.book[1].1[0] = 1;
    assert!(shown(&read(book.zipped(), "A"))[0].starts_with("5: 708170|2030-03-02|30:00:00|08:30:00|23:59:59|"));
}

/// calamine passes over formulas whose value is an error; they stand in their row all the same.
#[test]
fn an_error_of_a_formula_does_not_vanish() {
    let bytes = Parts::of(&[row(0, 0), (11, cell(1, 0, &[0x17, 0, 0, 0, 0]))], &[]).zipped();
    let mut other = Xlsb::new(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(other.worksheet_cells_reader("A").unwrap().next_cell().unwrap().map(|cell| cell.get_position()), None);
    assert_eq!(shown(&read(bytes, "A")), ["1: |#REF! CELL_FORMULA@1 CELL_ERROR_VALUE@1"]);
}

#[test]
fn sheets_are_listed_and_an_unknown_one_is_told() {
    let mut book = example();
    book.book.insert(3, (156, [[2_u32, 2].map(u32::to_le_bytes).concat(), wide("r1"), wide("B")].concat()));
    let list = crate::decode::sheets(Cursor::new(book.zipped()), WorkbookKind::Xlsb, &LIMITS, "x").unwrap();
    let list: Vec<_> = list.iter().map(|sheet| (sheet.name.as_str(), sheet.is_visible)).collect();
    assert_eq!(list, [("A", true), ("B", false)]);
    let (code, text) = refusal(read_with(book.zipped(), "C", &LIMITS));
    assert!(code == Code::SheetUnknown && text.contains("A, B"), "{text}");
}

#[test]
fn limits_hold() {
    let small = Limits { unpacked_bytes: 1 << 20, held_bytes: 1 << 16, record_bytes: 1 << 12, ..LIMITS };
    let mut book = example();
    book.strings = vec![(159, [1_u32, 2000].map(u32::to_le_bytes).concat())];
    book.strings.extend(vec![(19, [vec![0], wide("x")].concat()); 2000]);
    assert_eq!(limit_of(book.zipped(), &small), "held-bytes");
    let mut book = example();
    book.sheet.insert(2, (300, vec![0; 1 << 18]));
    assert_eq!(limit_of(book.zipped(), &small), "record-bytes");
    let mut book = example();
    book.sheet.extend(vec![(300, vec![0; 1 << 12]); 300]);
    assert_eq!(limit_of(book.zipped(), &small), "unpacked-bytes");
    let wide = Parts::of(&[row(0, 0), (4, cell(20_000, 0, &[1]))], &[]);
    assert_eq!(limit_of(wide.zipped(), &LIMITS), "columns");
    let long = Parts::of(&[row(9, 0), (4, cell(0, 0, &[1]))], &[]);
    assert_eq!(limit_of(long.zipped(), &Limits { lines: 9, ..LIMITS }), "lines");
}

/// Everything here would cost calamine memory, its stack or the text of another cell.
#[test]
fn nothing_that_a_record_says_is_believed() {
    let damaged = |change: &dyn Fn(&mut Parts)| {
        let mut book = example();
        change(&mut book);
        let (code, text) = refusal(read_with(book.zipped(), "A", &LIMITS));
        assert_eq!(code, Code::WorkbookDamaged, "{text}");
        text
    };
    // A text longer than its record; more texts than there are; a text that is not there.
    damaged(&|book| book.strings.insert(2, (19, vec![])));
    damaged(&|book| book.strings[0].1[4] = 0xFF);
    assert!(damaged(&|book| book.sheet[4].1[8] = 1).contains("shared text"));
    for (place, length) in [(4, 11), (5, 11), (6, 15), (7, 8), (10, 15), (11, 13), (12, 8)] {
        damaged(&|book| book.sheet[place].1.truncate(length));
    }
    // Rows and cells that go back, a cell before all rows, a row beyond all rows.
    damaged(&|book| book.sheet.swap(3, 9));
    damaged(&|book| book.sheet.swap(4, 5));
    damaged(&|book| book.sheet.swap(3, 4));
    damaged(&|book| book.sheet[3] = row(0x0010_0001, 0));
    // No dimensions, no rows, no end of them.
    damaged(&|book| drop(book.sheet.remove(1)));
    damaged(&|book| book.sheet.truncate(2));
    damaged(&|book| book.sheet.truncate(10));
    // More formats than there are, and a sheet without a part.
    damaged(&|book| book.styles[3].1 = vec![0xFF; 4]);
    damaged(&|book| book.styles.truncate(2));
    damaged(&|book| book.book[2].1[14] = b'9');
    // A list of names that reserves memory; calls in calls, deeper than any stack.
    damaged(&|book| book.book.insert(4, (362, 900_000_u32.to_le_bytes().to_vec())));
    let name = |formula: Vec<u8>| {
        let length = u32::try_from(formula.len()).unwrap().to_le_bytes().to_vec();
        (39, [vec![0; 9], wide("n"), length, formula].concat())
    };
    let mut nested = Vec::new();
    for _ in 0..5000 {
        let length = u16::try_from(nested.len()).unwrap().to_le_bytes();
        nested = [[0x29].as_slice(), &length, &nested].concat();
        nested.truncate(16_000);
    }
    assert!(damaged(&|book| book.book.insert(4, name(nested.clone()))).contains("names"));
    assert!(damaged(&|book| drop(book.book.splice(4..4, vec![name(vec![0x16; 15_000]); 20]))).contains("names"));
    let mut named = example();
    named.book.insert(4, name(vec![0x1E, 7, 0]));
    assert_eq!(read(named.zipped(), "A").len(), 2);
}

#[test]
fn whatever_a_byte_says_reading_ends() {
    let whole = example().zipped();
    for at in (0..whole.len()).step_by(7) {
        let mut broken = whole.clone();
        broken[at] ^= 0xFF;
        read_on(broken);
        read_on(whole[..at].to_vec());
    }
    // Below the archive, where no checksum helps.
    for at in 0.. {
        let (mut book, mut place) = (example(), at);
        let all = [&mut book.book, &mut book.styles, &mut book.strings, &mut book.sheet];
        let byte = all.into_iter().flatten().find_map(|(_, data)| {
            let size = data.len();
            let found = data.get_mut(place);
            place = place.saturating_sub(if found.is_none() { size } else { 0 });
            found
        });
        let Some(byte) = byte else { return };
        *byte ^= 0xFF;
        read_on(book.zipped());
    }
}
