//! Whole jobs, as somebody has them: the program is started, does its work and ends.
//!
//! What a nightly run or a person at the counter waits for, with starting and reading the catalogue in it.
//! `BORDEREAU_BENCH=large cargo bench --bench jobs` also takes one and five million lines, to see how time grows.

mod deposit_file;
mod order_file;
mod order_sheet;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};

/// Parts of the catalogue.
const PARTS: u64 = 500_000;
const CLAIMS: u64 = 200_000;
const SHEET_ROWS: u32 = 200_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path();
    written(home, "catalogue.csv", |out| out.write_all(&order_file::catalogue(PARTS)).expect("a writable file"));
    run(home, &["catalogue", "build", "catalogue.csv", "--out", "catalogue.bdc"]);

    let mut group = criterion.benchmark_group("jobs");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("start", |bencher| bencher.iter(|| run(home, &["--version"])));
    group.bench_function("compile a catalogue", |bencher| {
        bencher.iter(|| run(home, &["catalogue", "build", "catalogue.csv", "--out", "again.bdc"]));
    });
    let large = std::env::var_os("BORDEREAU_BENCH").is_some_and(|size| size == "large");
    for lines in [10_000, 100_000, 1_000_000, 5_000_000].into_iter().filter(|lines| large || *lines <= 100_000) {
        let name = format!("orders-{lines}.csv");
        let bytes = written(home, &name, |out| order_file::write_orders(out, lines, PARTS));
        group.throughput(Throughput::Bytes(bytes));
        for catalogue in ["catalogue.csv", "catalogue.bdc"] {
            import(&mut group, home, &name, catalogue);
        }
        std::fs::remove_file(home.join(&name)).expect("a file of ours");
    }
    order_sheet::workbook(SHEET_ROWS, PARTS).save(home.join("orders.xlsx")).expect("a writable folder");
    group.throughput(Throughput::Elements(SHEET_ROWS.into()));
    import(&mut group, home, "orders.xlsx", "catalogue.bdc");
    group.bench_function("convert orders.xlsx", |bencher| {
        bencher.iter(|| run(home, &["convert", "orders.xlsx", "-o", "converted.csv"]));
    });
    written(home, "claims.csv", |out| deposit_file::write_claims(out, CLAIMS, PARTS));
    group.throughput(Throughput::Elements(CLAIMS));
    let deposit = ["deposit", "claims.csv", "--catalogue", "catalogue.bdc", "--out", "out", "--report", "csv,json"];
    group.bench_function("deposit claims.csv", |bencher| bencher.iter(|| run(home, &deposit)));
    group.finish();
    criterion.final_summary();
}

fn import(group: &mut BenchmarkGroup<'_, WallTime>, home: &Path, orders: &str, catalogue: &str) {
    let words = ["import", orders, "--catalogue", catalogue, "--out", "out", "--report", "csv,json"];
    group.bench_function(format!("import {orders} with {catalogue}"), |bencher| bencher.iter(|| run(home, &words)));
}

/// The program, in that folder. It does not wait for the disk, whose speed is not ours.
fn run(home: &Path, words: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bordereau"));
    command.args(words).args(["--lang", "en"]).current_dir(home).env("BORDEREAU_NO_SYNC", "1").stdout(Stdio::null());
    let ended = command.output().expect("the program");
    // 3: done, and some lines were refused.
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// How long the file became.
fn written(home: &Path, name: &str, write: impl FnOnce(&mut BufWriter<File>)) -> u64 {
    let path = home.join(name);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path).expect("a writable folder"));
    write(&mut out);
    out.flush().expect("a writable file");
    path.metadata().expect("a file of ours").len()
}
