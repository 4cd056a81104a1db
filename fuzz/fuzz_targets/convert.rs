//! A clean copy of any bytes: another reader finds in it as many rows as were told, all of one width.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use bordereau::diagnostic::Code;
use bordereau::format::Registry;
use bordereau::pipeline::{ConvertRequest, GuessSettings, Source, Stop, Target, convert};
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::built_in);
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
static FILE: LazyLock<PathBuf> = LazyLock::new(|| FOLDER.path().join("table.csv"));

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).expect("a file");
    let request = ConvertRequest {
        source: &Source::File(FILE.clone()),
        registry: &REGISTRY,
        settings: &GuessSettings::default(),
        delimiter: b',',
        sync: false,
        progress: &(),
        stop: &Stop::default(),
    };
    let mut copy = Vec::new();
    let told = match convert(&request, Target::Stream(&mut copy)) {
        Ok(told) => told,
        Err(error) => {
            assert_ne!(error.code, Code::InternalError, "{error}");
            return;
        }
    };
    let frame = &told.guess.sample.frame;
    let outside = (told.preamble.len() + told.footer.len()) as u64;
    let left_out = told.blank.count + told.headings.count + told.others.count + told.comment_count + outside;
    assert_eq!(told.read, told.rows + frame.heading_rows as u64 + left_out);
    // A heading of two rows is written as one.
    let heading = u64::from(frame.heading_rows > 0);
    let width = frame.width.max(1);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(copy.as_slice());
    let (mut rows, mut wider) = (0, 0);
    for row in reader.records() {
        let row = row.expect("the copy is UTF-8 and well formed");
        assert!(row.len() >= width, "a row of {} in a table of {width}", row.len());
        wider += u64::from(row.len() > width);
        rows += 1;
    }
    assert_eq!(rows, told.rows + heading);
    assert_eq!(wider, told.surplus.count);
});
