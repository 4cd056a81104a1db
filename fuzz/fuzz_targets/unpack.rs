//! Any bytes as a ZIP archive and as what gzip packed: never more comes out than allowed, and names are harmless.
//!
//! The first byte says what the rest is: an archive, what gzip packed, what a head of gzip is put before, or lines that
//! become the names of an archive.
#![no_main]

use std::io::{self, Cursor, Write};

use bordereau::decode::{RowError, members, unpack_gzip, unpack_member};
use bordereau::diagnostic::Code;
use bordereau::format::Limits;
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const LIMITS: Limits = Limits {
    cell_bytes: 32_767,
    record_bytes: 64 << 10,
    columns: 500,
    lines: 20_000,
    basket_lines: 20_000,
    depth: 100,
    archive_files: 20,
    unpacked_bytes: 1 << 20,
    held_bytes: 4 << 20,
};

#[derive(Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        assert!(self.0 <= LIMITS.unpacked_bytes, "no more than allowed");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn refused(why: RowError) {
    match why {
        RowError::Refused(error) => assert_ne!(error.code, Code::InternalError, "{error}"),
        RowError::Io(error) => panic!("memory can be read: {error}"),
    }
}

fn archive(bytes: &[u8]) {
    let found = match members(Cursor::new(bytes), &LIMITS, "x") {
        Ok(found) => found,
        Err(why) => return refused(why),
    };
    assert!((1..=LIMITS.archive_files).contains(&found.len()));
    for member in &found {
        let name = &member.name;
        assert!(!name.is_empty() && name.len() <= 200 && name != "." && name != "..", "{name:?}");
        assert!(!name.contains(['/', '\\', ':']) && !name.chars().any(char::is_control), "{name:?}");
        assert!(!name.ends_with([' ', '.']), "{name:?}");
        if let Err(why) = unpack_member(Cursor::new(bytes), member.place, &mut Counted::default(), &LIMITS, "x") {
            refused(why);
        }
    }
}

fn gzip(bytes: &[u8]) {
    if let Err(why) = unpack_gzip(bytes, &mut Counted::default(), &LIMITS, "x") {
        refused(why);
    }
}

/// An archive of empty files with these names.
fn named(text: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in text.split('\n').take(LIMITS.archive_files) {
        // Names are refused by the writer when they come twice.
        if name.len() < 1000 && zip.start_file(name, options).is_ok() {
            zip.write_all(name.as_bytes()).expect("memory");
        }
    }
    zip.finish().expect("memory").into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, input)) = bytes.split_first() else { return };
    match first % 4 {
        0 => archive(input),
        1 => gzip(input),
        2 => gzip(&[b"\x1F\x8B\x08\0\0\0\0\0\0\xFF", input].concat()),
        _ => {
            let Ok(text) = std::str::from_utf8(input) else { return };
            archive(&named(text));
        }
    }
});
