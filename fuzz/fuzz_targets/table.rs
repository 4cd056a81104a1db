//! Any dialect: a table read in pieces has the rows of the table read whole, and nothing but marks goes.
//!
//! Two bytes say the dialect, one where the reader's buffer ends; the rest is the text.
#![no_main]

use std::io::Read;

use bordereau::decode::{Rows, TableDialect, TableReader, TableRow};
use libfuzzer_sys::fuzz_target;

/// How many bytes the reader asks for at once.
const STEP: usize = 256 << 10;

/// Every row; `None` when a line has no end.
fn rows(source: impl Read + Send, dialect: TableDialect) -> Option<Vec<TableRow>> {
    let mut reader = TableReader::new(source, dialect);
    let mut row = TableRow::default();
    let mut found = Vec::new();
    while reader.next(&mut row).ok()? {
        found.push(row.clone());
    }
    Some(found)
}

fuzz_target!(|bytes: &[u8]| {
    let [first, second, cut, text @ ..] = bytes else { return };
    let delimiter = b";,\t|^~: \x1f\x1e\x01"[usize::from(*first >> 4) % 11];
    let dialect = TableDialect {
        delimiter: (first >> 4 != 11).then_some(delimiter),
        quote: [Some(b'"'), Some(b'\''), None, Some(b'"')][usize::from(*first) % 4],
        backslash: first & 4 != 0,
        blank_after: first & 8 != 0,
        doubled: second & 4 != 0,
        record_bytes: [1 << 20, 1 << 20, 1000, 20][usize::from(*second) % 4],
    };
    let Some(whole) = rows(text, dialect) else { panic!("a text within one step has an end") };
    // A row above that ends so that the buffer cuts the text where the input says.
    let above = STEP - 1 - usize::from(*cut).min(text.len());
    let source = std::io::repeat(b'x').take(above as u64).chain(b"\n".as_slice()).chain(text);
    match rows(source, dialect) {
        Some(found) => {
            assert_eq!(found.len(), whole.len() + 1);
            for (mut found, row) in found.into_iter().skip(1).zip(&whole) {
                found.line -= 1;
                assert_eq!(found, *row);
            }
        }
        None => assert!(text.len() > dialect.record_bytes * 16),
    }
    let mut line = 0;
    for row in &whole {
        assert!(!row.is_empty() && row.line > line, "rows stand one below the other");
        assert_eq!(row.cells().flatten().count(), row.bytes().len());
        line = row.line;
    }
    let is_kept = |c: &&u8| {
        !matches!(c, 0 | b'\n' | b'\r' | b'\\' | b' ' | b'\t')
            && Some(**c) != dialect.delimiter
            && Some(**c) != dialect.quote
    };
    assert!(text.iter().filter(is_kept).eq(whole.iter().flat_map(TableRow::bytes).filter(is_kept)), "nothing is lost");
});
