//! Whole imports of files of any kind: nothing panics, nothing is a fault of the program, and the numbers add up.
//!
//! Three bytes say the settings, one in which way the rest is the file: as it is, or as a part of a small workbook.
#![no_main]

mod packages;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bordereau::diagnostic::{Code, Exit};
use bordereau::export::Profile;
use bordereau::format::{Accept, Registry};
use bordereau::map::{Place, Wish};
use bordereau::model::{Field, Language};
use bordereau::pipeline::{CatalogueFile, ImportRequest, Settings, Source, Stop, import, open_catalogue};
use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    // In memory where there is such a place.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
});
static CATALOGUE: LazyLock<CatalogueFile> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/catalogue.csv");
    open_catalogue(&path).expect("a catalogue")
});

/// A format whose limits are soon reached.
const SMALL: &str = r##"kind = "order"
title = { fr = "Petit", en = "Small" }

[limits]
lines = 12
columns = 6
record-bytes = 300
depth = 6
"##;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let folder = FOLDER.path().join("formats");
    fs::create_dir_all(folder.join("import")).expect("a folder");
    fs::write(folder.join("import/small.toml"), SMALL).expect("a file");
    Registry::with_overlay(&folder).expect("formats")
});

const NAMES: [&str; 4] = ["orders.csv", "atelier_2026-03-04.csv", "orders.csv.gz", "-1.xlsx"];

fn settings(first: u8, second: u8, third: u8) -> Settings {
    let formats: Vec<_> = REGISTRY.formats().map(|format| format.name.clone()).collect();
    let maps = match second >> 5 {
        1 => vec![(Field::Reference, 0), (Field::Quantity, 1)],
        2 => vec![(Field::Reference, 1), (Field::Quantity, 0)],
        3 => vec![(Field::Reference, 0), (Field::Quantity, usize::from(third) % 40)],
        4 => vec![(Field::Reference, 2), (Field::Quantity, 3), (Field::UnitPrice, 1)],
        _ => Vec::new(),
    };
    let maps = maps.into_iter().map(|(field, column)| Wish { field, place: Place::Column(column) }).collect();
    Settings {
        format: formats.get(usize::from(second & 31)).cloned(),
        maps,
        accept: [None, Some(Accept::Lines), Some(Accept::Orders), Some(Accept::File)][usize::from(first & 3)],
        report_csv: first & 4 == 0,
        report_lines: first & 8 == 0,
        report_xlsx: first & 0x70 == 0x70,
        annotate_all: true,
        profile: if third & 0x80 == 0 { Profile::Machine } else { Profile::ExcelFr },
        language: if first & 0x80 == 0 { Language::English } else { Language::French },
        encoding: [None, None, None, Some("windows-1252"), Some("utf-16le"), Some("shift_jis"), Some("cp850"), None]
            [usize::from(third >> 4) % 8]
            .map(str::to_owned),
        delimiter: (third & 15 == 15).then_some(b';'),
        ..Settings::default()
    }
}

/// Records of a file of the result, without its heading.
fn rows(path: &Path) -> u64 {
    let Ok(file) = fs::File::open(path) else { return 0 };
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
    reader.byte_records().map(|row| row.expect("rows of one width")).count() as u64
}

fuzz_target!(|bytes: &[u8]| {
    let [first, second, third, way, input @ ..] = bytes else { return };
    let out = FOLDER.path().join("out");
    let name = NAMES[usize::from(third & 3)];
    let path: PathBuf = FOLDER.path().join(name);
    fs::write(&path, packages::wrapped(*way, input)).expect("a file");
    let settings = settings(*first, *second, *third);
    let request = ImportRequest {
        files: &[Source::File(path.clone())],
        out: Some(&out),
        catalogue: &CATALOGUE,
        account: None,
        registry: &REGISTRY,
        settings: &settings,
        progress: &(),
        stop: &Stop::default(),
    };
    let batch = match import(&request, None) {
        Ok(batch) => batch,
        Err(error) => panic!("only a file can be refused: {error}"),
    };
    assert_ne!(batch.exit, Exit::Internal);
    let mut written = false;
    for file in &batch.files {
        let below = if file.folder.is_empty() { out.clone() } else { out.join(&file.folder) };
        match &file.result {
            Ok(summary) => {
                let counts = &summary.counts;
                assert!(counts.add_up(), "{counts:?}");
                assert_eq!(counts.read(), counts.accepted + counts.rejected + counts.ignored());
                let sources: u64 = summary.manufacturers.iter().map(|manufacturer| manufacturer.lines).sum();
                assert_eq!(sources, counts.accepted);
                for manufacturer in &summary.manufacturers {
                    let basket = below.join(format!("baskets/{}.csv", manufacturer.id));
                    assert_eq!(rows(&basket), manufacturer.basket_lines);
                }
                if settings.report_lines {
                    assert_eq!(rows(&below.join("lines.csv")), counts.accepted);
                }
                if settings.report_csv {
                    let faults = rows(&below.join("errors.csv"));
                    assert!(faults >= counts.faulty, "{faults} of {}", counts.faulty);
                }
                written = true;
            }
            Err(error) => {
                assert_ne!(error.code, Code::InternalError, "{error}");
                assert_eq!(error.exit(), Exit::Unreadable, "{error}");
            }
        }
    }
    assert!(!written || out.is_dir());
    if out.exists() {
        fs::remove_dir_all(&out).expect("a folder of ours");
    }
    fs::remove_file(&path).expect("a file of ours");
});
