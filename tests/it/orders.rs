//! Sample order files against their expected results.
//!
//! `samples/orders/NAME.csv` is read with the catalogue of the samples and without a choice of the user, but for what
//! [`choices`] says; `NAME.expected/` holds what must come: baskets, `errors.csv` (in French) and the counts.

use std::fs;
use std::path::{Path, PathBuf};

use bordereau::format::Accept;
use bordereau::map::{Place, Wish};
use bordereau::model::Field;
use bordereau::pipeline::Settings;

use crate::support::{expect, import_files, names, samples, settings, summary, tree};

/// What the user has to say for a sample, if anything.
fn choices(name: &str) -> Settings {
    let column = |field, column| Wish { field, place: Place::Column(column) };
    match name {
        "no-heading.csv" => {
            Settings { maps: vec![column(Field::Reference, 0), column(Field::Quantity, 1)], ..settings() }
        }
        "one-supplier-chosen.csv" => Settings { supplier: Some("BSH (France)".to_owned()), ..settings() },
        "whole-orders-only.csv" => Settings { accept: Some(Accept::Orders), ..settings() },
        _ => settings(),
    }
}

fn files() -> Vec<PathBuf> {
    let folder = samples().join("orders");
    names(&folder).iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
}

/// What is told of the whole, without what is not worth comparing (hashes, texts, the catalogue).
fn counts(out: &Path) -> String {
    const KEYS: [&str; 14] = [
        "format",
        "encoding",
        "delimiter",
        "heading_line",
        "columns",
        "supplier",
        "lines",
        "valid",
        "faulty",
        "read",
        "accepted",
        "rejected",
        "ignored",
        "manufacturers",
    ];
    let summary = summary(out);
    let kept: serde_json::Map<_, _> = KEYS.iter().map(|key| ((*key).to_owned(), summary[*key].clone())).collect();
    serde_json::to_string_pretty(&kept).unwrap() + "\n"
}

#[test]
fn every_sample_gives_its_expected_result() {
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let out = tempfile::tempdir().unwrap();
        let batch = import_files(std::slice::from_ref(&file), out.path(), &choices(name)).unwrap();
        batch.files[0].result.as_ref().unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = file.with_extension("expected");
        let mut found = tree(out.path());
        found.retain(|path, _| path.starts_with("baskets/") || path == "errors.csv");
        found.insert("counts.json".to_owned(), counts(out.path()).into_bytes());
        for (path, bytes) in &found {
            expect(&expected.join(path), bytes);
        }
        let kept: Vec<_> = tree(&expected).into_keys().collect();
        assert_eq!(kept, found.into_keys().collect::<Vec<_>>(), "{name}: files expected and found");
    }
}

#[test]
fn every_expected_result_has_its_sample_and_every_sample_is_told_of() {
    let folder = samples().join("orders");
    let readme = fs::read_to_string(samples().join("README.md")).unwrap();
    let mut results = 0;
    for name in names(&folder) {
        let stem = name.strip_suffix(".expected");
        if let Some(stem) = stem {
            results += 1;
            assert!(
                names(&folder).iter().any(|file| Path::new(file).file_stem().unwrap() == stem && *file != name),
                "{name}"
            );
        } else if folder.join(&name).is_file() {
            assert!(readme.contains(&format!("`{name}`")), "samples/README.md does not tell where {name} comes from");
        }
    }
    assert_eq!(results, files().len(), "every sample has its own stem");
    assert!(results >= 8, "only {results} samples");
}
