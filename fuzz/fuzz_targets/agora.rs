//! Any text as an Agora order file: what the first reading accepts, the second one gives, record by record.
//!
//! The first byte says in which form; the rest is the text.
#![no_main]

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use bordereau::decode::{AgoraForm, FileKind, RowError, TableRow, agora_form, agora_heads, agora_rows};
use bordereau::diagnostic::Code;
use bordereau::format::{Limits, Registry};
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::built_in);

const LIMITS: Limits = Limits {
    cell_bytes: 32_767,
    record_bytes: 4 << 10,
    columns: 500,
    lines: 20_000,
    basket_lines: 20_000,
    depth: 60,
    archive_files: 100,
    unpacked_bytes: 16 << 20,
    held_bytes: 1 << 20,
};

fn refused(why: RowError) {
    match why {
        RowError::Refused(error) => assert_ne!(error.code, Code::InternalError, "{error}"),
        RowError::Io(error) => panic!("memory can be read: {error}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let (form, kind) = [
        (AgoraForm::Text, FileKind::Delimited),
        (AgoraForm::Xml, FileKind::Xml),
        (AgoraForm::Json, FileKind::Json),
    ][usize::from(first % 3)];
    assert!(agora_form(text, kind).is_none_or(|found| found == form));
    let open = || Ok(Cursor::new(text.to_vec()));
    let heads = match agora_heads(open, form, &REGISTRY, &LIMITS, "x") {
        Ok(heads) => Arc::new(heads),
        Err(why) => return refused(why),
    };
    let contents = heads.contents();
    assert!(!contents.header.file_reference.is_empty());
    assert!(contents.heads.iter().all(|head| !head.customer_order_number.is_empty()));
    let mut rows = agora_rows(Cursor::new(text.to_vec()), form, &heads, &REGISTRY, &LIMITS, "x");
    let (mut row, mut lines, mut width) = (TableRow::default(), 0_u64, 0);
    loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => return refused(why),
        }
        width = width.max(row.len());
        if row.cell(0) == b"L" {
            lines += 1;
            assert_eq!(row.len(), 12, "a line has its own columns");
        }
        assert!(row.notes.iter().all(|note| note.column.is_none_or(|column| column < 29)));
    }
    assert!(lines > 0 && width >= 29, "a file without lines is refused");
});
