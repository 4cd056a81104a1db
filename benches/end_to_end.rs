//! The whole import of a file: surveyed, read, judged, split and written to a folder.

mod order_file;

use std::fs;

use bordereau::format::Registry;
use bordereau::model::Language;
use bordereau::pipeline::{ImportRequest, Settings, Source, Stop, import, open_catalogue};
use criterion::{BenchmarkId, Criterion, Throughput};

/// Parts of the catalogue.
const PARTS: u64 = 100_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let catalogue = folder.path().join("catalogue.csv");
    fs::write(&catalogue, order_file::catalogue(PARTS)).expect("a writable temporary folder");
    let catalogue = open_catalogue(&catalogue).expect("a good catalogue");
    let registry = Registry::built_in();
    // The reports that other tools can be compared by; nothing is forced to the disk, whose speed is not ours.
    let settings = Settings { report_csv: true, language: Language::English, ..Settings::default() };
    let mut group = criterion.benchmark_group("import");
    group.sample_size(20);
    for records in [10_000, 100_000] {
        let path = folder.path().join(format!("orders-{records}.csv"));
        let mut bytes = Vec::new();
        order_file::write_orders(&mut bytes, records, PARTS);
        fs::write(&path, &bytes).expect("a writable temporary folder");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let files = [Source::File(path)];
        let request = ImportRequest {
            files: &files,
            out: Some(&folder.path().join("out")),
            catalogue: &catalogue,
            account: None,
            registry: &registry,
            settings: &settings,
            progress: &(),
            stop: &Stop::default(),
        };
        group.bench_function(BenchmarkId::from_parameter(records), |bencher| {
            bencher.iter(|| {
                let batch = import(&request, None).expect("a run that goes on");
                batch.files[0].result.as_ref().expect("a readable file").counts.accepted
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
