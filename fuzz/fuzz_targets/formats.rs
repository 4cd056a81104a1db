//! Any text as a file of the user's folder of formats: used or refused, and then asked.
//!
//! The first byte says which file it is, `0` to `4`.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use bordereau::format::Registry;
use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    for below in ["import", "manufacturer", "reference"] {
        fs::create_dir(folder.path().join(below)).expect("a folder");
    }
    folder
});

const PATHS: [&str; 5] =
    ["import/mine.toml", "import/generic.toml", "manufacturer/mine.toml", "reference/mine.csv", "headings.tsv"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let path = FOLDER.path().join(PATHS[usize::from(first.wrapping_sub(b'0')) % PATHS.len()]);
    fs::write(&path, text).expect("a file");
    let read = Registry::with_overlay(FOLDER.path());
    let checked = Registry::check_folder(Some(FOLDER.path()));
    fs::remove_file(&path).expect("the file that was written");
    if let Ok(registry) = read {
        let names: Vec<_> = registry.formats().map(|format| format.name.clone()).collect();
        for name in &names {
            assert!(registry.format(name).is_ok());
        }
        let text = String::from_utf8_lossy(text);
        let headings: Vec<_> = text.split(['\t', ';', '\n', '"', '\'']).take(60).collect();
        for heading in &headings {
            let _claims = registry.dictionary().claims(heading);
            let _found = registry.manufacturer(heading);
        }
        let _recognised = registry.recognise("mine.csv", &headings);
        let _table = registry.reference("mine");
    }
    if let Ok(faults) = checked {
        for fault in faults {
            assert!(!fault.to_string().is_empty());
        }
    }
});
