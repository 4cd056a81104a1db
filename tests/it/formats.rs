//! Every format proves itself: its `[[test]]` entries, read through the whole pipeline.

use bordereau::diagnostic::Severity;
use bordereau::format::{Format, FormatTest};
use bordereau::pipeline::{Settings, open_catalogue};

use crate::support::{FORMATS, faults, import_with, root, settings};

/// What came of a sample: how many lines are accepted, the errors, the warnings.
fn outcome(format: Option<&str>, test: &FormatTest) -> (u64, Vec<String>, Vec<String>, String) {
    let catalogue = open_catalogue(&root().join(&test.catalogue)).unwrap();
    let settings = Settings { supplier: test.supplier.clone(), format: format.map(str::to_owned), ..settings() };
    let out = tempfile::tempdir().unwrap();
    let batch = import_with(&[root().join(&test.sample)], out.path(), &catalogue, &settings).unwrap();
    let summary = batch.files[0].result.as_ref().unwrap();
    let faults = faults(&out.path().join("errors.csv"));
    let told = |severity: Severity| {
        let rows = faults.iter().skip(1).filter(|row| row[3] == severity.letter());
        rows.map(|row| match row[1].as_str() {
            "" => format!("{} line {}", row[2], row[0]),
            column => format!("{} line {} column {column}", row[2], row[0]),
        })
        .collect()
    };
    (summary.counts.accepted, told(Severity::Error), told(Severity::Warning), summary.format.clone())
}

fn tests() -> impl Iterator<Item = (&'static Format, &'static FormatTest)> {
    FORMATS.formats().flat_map(|format| format.tests.iter().map(move |test| (format, test)))
}

#[test]
fn the_tests_of_every_format_hold() {
    for (format, test) in tests() {
        let (accepted, rejected, warned, _) = outcome(Some(&format.name), test);
        assert_eq!(accepted, test.accepted, "{}", test.sample);
        assert_eq!(rejected, test.rejected, "{}", test.sample);
        assert_eq!(warned, test.warned, "{}", test.sample);
    }
    assert!(tests().count() >= 8, "only {} tests", tests().count());
}

#[test]
fn every_sample_is_recognised_as_its_own_format() {
    for (format, test) in tests() {
        assert_eq!(outcome(None, test).3, format.name, "{}", test.sample);
    }
}
