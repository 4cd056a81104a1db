//! Any text as XML and as JSON: what the first pass accepts, the second one gives, record by record.
//!
//! The first byte says which of the two, whether the path of the records is given and whether items have rows of their own;
//! the rest is the text.
#![no_main]

use std::io::Cursor;

use bordereau::decode::{RowError, Rows, TableRow, TreeKind, Wanted, outline, record_rows, xml_encoding};
use bordereau::diagnostic::Code;
use bordereau::format::Limits;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    cell_bytes: 32_767,
    record_bytes: 4 << 10,
    columns: 500,
    lines: 20_000,
    basket_lines: 20_000,
    depth: 60,
    archive_files: 100,
    unpacked_bytes: 16 << 20,
    held_bytes: 4 << 20,
};

const PATHS: [&str; 6] = ["/", "/a", "/orders/order", "/orders/order/line", "//", "a/b"];

fn refused(why: RowError) {
    match why {
        RowError::Refused(error) => assert_ne!(error.code, Code::InternalError, "{error}"),
        RowError::Io(error) => panic!("memory can be read: {error}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let kind = if first & 1 == 0 { TreeKind::Xml } else { TreeKind::Json };
    let given = PATHS.get(usize::from(first >> 1) % 16).copied();
    let wanted = Wanted { records: given.as_slice(), items_apart: first & 0x80 != 0 };
    let _encoding = xml_encoding(text);
    let found = match outline(text, kind, wanted, &LIMITS, "x") {
        Ok(found) => found,
        Err(why) => return refused(why),
    };
    assert!(found.columns.len() <= LIMITS.columns);
    // What was found by itself is found by its name, unless a key of JSON has none or looks like a path.
    let is_odd = kind == TreeKind::Json
        && (text.windows(2).any(|pair| pair == b"\"\"") || text.iter().any(|c| matches!(c, b'/' | b'\\')));
    if given.is_none() && !is_odd {
        match outline(text, kind, Wanted { records: &[&found.records], ..wanted }, &LIMITS, "x") {
            Ok(named) => {
                assert_eq!((&named.records, &named.columns, named.count), (&found.records, &found.columns, found.count))
            }
            Err(why) => refused(why),
        }
    }
    let mut feed = record_rows(Cursor::new(text.to_vec()), kind, &found, &LIMITS, "x");
    let (mut row, mut count, mut line) = (TableRow::default(), 0_u64, 0);
    loop {
        match feed.next(&mut row) {
            Ok(true) => {}
            Ok(false) => {
                assert_eq!(count, found.count + 1, "a heading and a row for each record");
                break;
            }
            Err(why) => {
                refused(why);
                break;
            }
        }
        if count == 0 {
            assert_eq!(row.line, 0);
            assert!(row.cells().eq(found.columns.iter().map(String::as_bytes)));
        } else {
            assert!(row.line >= line.max(1), "records stand one behind the other");
            assert!(row.len() <= found.columns.len().max(1), "{} of {}", row.len(), found.columns.len());
        }
        assert!(row.cells().all(|cell| std::str::from_utf8(cell).is_ok()));
        line = row.line;
        count += u64::from(!row.continues);
        assert!(count <= found.count + 1);
    }
});
