//! Wherever a stream is cut, its records are those of the whole, with the same lines, and no byte is lost.
//!
//! Three bytes say the delimiter, the size of chunks and the longest record; the rest is the text.
#![no_main]

use bordereau::delimited::{Block, Charset, Chunks, Dialect, Records};
use libfuzzer_sys::fuzz_target;

fn records(chunk: &[u8], dialect: Dialect, first_line: u64) -> Vec<(u64, bool, Vec<String>)> {
    let mut records = Records::new(chunk, dialect);
    let mut block = Block::default();
    let mut out = Vec::new();
    loop {
        records.fill(&mut block, 7);
        if block.is_empty() {
            return out;
        }
        out.extend(block.records(chunk).map(|record| {
            let cells = record.cells().map(|cell| cell.text(Charset::WINDOWS_1252)).collect();
            (first_line + u64::from(record.line()), record.is_unclosed(), cells)
        }));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [delimiter, size, longest, text @ ..] = bytes else { return };
    let delimiter = b";,\t|^~: \x1f\x1e\x01"[usize::from(*delimiter) % 11];
    let record_bytes = [4, 16, 100, 1 << 20][usize::from(*longest) % 4];
    let dialect = Dialect { delimiter, record_bytes };
    let mut chunks = Chunks::new(text, dialect, usize::from(*size) + 1);
    let (mut whole, mut found) = (Vec::new(), Vec::new());
    loop {
        match chunks.next(Vec::new()) {
            Ok(Some(chunk)) => {
                found.extend(records(&chunk.bytes, dialect, chunk.first_line));
                whole.extend(chunk.bytes);
            }
            Ok(None) => break,
            // Only a line far longer than the longest record.
            Err(_) => {
                assert!(text.len() > record_bytes * 16);
                return;
            }
        }
    }
    assert_eq!(whole, text, "no byte is lost");
    assert_eq!(found, records(text, dialect, 1));
});
