//! Any bytes as a workbook: its sheets, and the rows of the first of them within the limits.
//!
//! The first byte says in which way the rest is a workbook: as it is, or as one part of a small one.
#![no_main]

mod packages;

use std::io::Cursor;

use bordereau::decode::{FileKind, RowError, Rows, TableRow, WorkbookKind, file_kind, sheet_rows, sheets};
use bordereau::diagnostic::Code;
use bordereau::format::Limits;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    cell_bytes: 32_767,
    record_bytes: 64 << 10,
    columns: 500,
    lines: 20_000,
    basket_lines: 20_000,
    depth: 100,
    archive_files: 100,
    unpacked_bytes: 16 << 20,
    held_bytes: 4 << 20,
};

/// Sheets whose rows are read.
const SHEETS: usize = 3;

fn refused(why: RowError) {
    match why {
        RowError::Refused(error) => assert_ne!(error.code, Code::InternalError, "{error}"),
        RowError::Io(error) => panic!("memory can be read: {error}"),
    }
}

fn look(bytes: &[u8], kind: WorkbookKind) {
    let list = match sheets(Cursor::new(bytes), kind, &LIMITS, "x") {
        Ok(list) => list,
        Err(why) => return refused(why),
    };
    for sheet in list.iter().take(SHEETS) {
        let mut feed = sheet_rows(Cursor::new(bytes.to_vec()), kind, &sheet.name, &LIMITS, "x");
        let (mut row, mut line, mut size) = (TableRow::default(), 0, 0_u64);
        loop {
            match feed.next(&mut row) {
                Ok(true) => {}
                Ok(false) => {
                    assert!(feed.position() <= bytes.len() as u64);
                    break;
                }
                Err(why) => {
                    refused(why);
                    break;
                }
            }
            assert!(row.line > line, "rows stand one below the other");
            assert!(row.line <= LIMITS.lines && (1..=LIMITS.columns).contains(&row.len()));
            assert!(row.bytes().len() <= LIMITS.record_bytes);
            assert!(std::str::from_utf8(row.bytes()).is_ok());
            for (place, cell) in row.cells().enumerate() {
                assert!(std::str::from_utf8(cell).is_ok(), "cell {place}");
            }
            for note in &row.notes {
                assert!(note.column.is_none_or(|column| column < row.len()), "{note:?} of {} cells", row.len());
            }
            size += (row.bytes().len() + row.len()) as u64;
            assert!(size <= LIMITS.unpacked_bytes);
            line = row.line;
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((way, input)) = bytes.split_first() else { return };
    let file = packages::wrapped(*way, input);
    match file_kind(&mut Cursor::new(&file)) {
        Ok(FileKind::Workbook(kind)) => look(&file, kind),
        Ok(other) => {
            assert!(way % packages::WAYS == 0, "{other:?}");
            // Whatever calls it a workbook, it ends with a refusal.
            for kind in [WorkbookKind::Xlsx, WorkbookKind::Xls, WorkbookKind::Xlsb, WorkbookKind::Ods] {
                look(&file, kind);
            }
        }
        Err(error) => panic!("memory can be read: {error}"),
    }
});
