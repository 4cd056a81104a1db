//! What a workspace costs beside what the store itself costs, and how soon lists answer.
//!
//! `cargo bench --bench ledger -- 1000000` for a million lines (200 000 when nothing is said). Three times are taken in one
//! run: an import without a workspace, the same into an empty workspace, and the very rows that this wrote, inserted by
//! prepared statements into the same tables with the same indexes. What counts is the ratio.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bordereau::format::Registry;
use bordereau::ledger::{BasketBook as _, ImportOrigin, SqliteLedger, Stamp};
use bordereau::model::{Language, Moment};
use bordereau::pipeline::{ImportRequest, Settings, Source, Stop, import};
use bordereau::workspace::Workspace;
use rusqlite::types::Value;

/// How often each is measured; the median counts.
const ROUNDS: usize = 3;

fn main() {
    let lines = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(200_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (catalogue, orders) = (folder.path().join("catalogue.csv"), folder.path().join("orders.csv"));
    std::fs::write(&catalogue, parts()).expect("a catalogue");
    std::fs::write(&orders, order_lines(lines)).expect("an order file");

    let (mut alone, mut kept, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let home = folder.path().join(format!("workspace-{round}"));
        alone.push(timed(|| imported(&orders, &catalogue, &folder.path().join("out"), None)));
        kept.push(timed(|| imported(&orders, &catalogue, Path::new(""), Some(&home))));
        bare.push(inserted(&home.join("ledger.sqlite"), &folder.path().join(format!("bare-{round}.sqlite"))));
    }
    let (alone, kept, bare) = (median(alone), median(kept), median(bare));
    let share = kept.saturating_sub(alone).as_millis() * 100 / bare.as_millis().max(1);
    println!("{lines} lines: alone {alone:.2?}, into a workspace {kept:.2?}, bare INSERT {bare:.2?}");
    println!("a workspace costs {}.{:02} times the bare INSERT", share / 100, share % 100);

    let ledger = SqliteLedger::open(&folder.path().join("workspace-0/ledger.sqlite"), false).expect("a ledger");
    let answered = timed(|| drop(ledger.baskets().expect("baskets")));
    println!("basket list of {lines} lines: {answered:.2?}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Parts of three manufacturers.
fn parts() -> String {
    let mut text = String::from("manufacturer_id;reference;label;unit_price;available;replacement\n");
    for number in 0..60_000 {
        let manufacturer = [1, 4, 15][number % 3];
        writeln!(text, "{manufacturer};P{number:07};Pièce {number};{}.50;1;", number % 90 + 1).expect("text");
    }
    text
}

/// Orders of five lines; every part is known.
fn order_lines(count: u64) -> String {
    let mut text =
        String::from("Commande client;Réf. pièce;Quantité;Compte de livraison;Ordre de mission;Commentaire\n");
    for number in 0..count {
        // Scattered, and the same in every run.
        let part = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 60_000;
        let (order, quantity) = (number / 5, number % 7 + 1);
        writeln!(text, "CDE-{order:08};P{part:07};{quantity};{:05}-01;OM{order:08};livrer le matin", order % 400)
            .expect("text");
    }
    text
}

fn imported(orders: &Path, catalogue: &Path, out: &Path, home: Option<&Path>) {
    let registry = Registry::built_in();
    let catalogue = bordereau::pipeline::open_catalogue(catalogue).expect("a catalogue");
    let settings = Settings { report_csv: true, ..Settings::default() };
    let files = [Source::File(orders.to_owned())];
    let request = ImportRequest {
        files: &files,
        out: home.is_none().then_some(out),
        catalogue: &catalogue,
        registry: &registry,
        account: None,
        settings: &settings,
        progress: &(),
        stop: &Stop::default(),
    };
    let batch = match home {
        None => import(&request, None),
        Some(home) => {
            Workspace::init(home, Language::English, false).expect("a new workspace");
            let mut workspace = Workspace::open(home, &registry, false).expect("a workspace");
            let stamp = Stamp { at: Moment::parse("2026-03-04T08:00:00Z").expect("a moment"), by: String::new() };
            workspace.import(&request, ImportOrigin::File, false, stamp)
        }
    };
    let batch = batch.expect("a run that goes on");
    assert!(batch.files.iter().all(|file| file.result.as_ref().is_ok_and(|summary| summary.counts.rejected == 0)));
}

/// How long the rows of a ledger take to be inserted into tables like its own.
fn inserted(from: &Path, to: &Path) -> Duration {
    drop(SqliteLedger::create(to, false).expect("a ledger"));
    let source = rusqlite::Connection::open(from).expect("a ledger");
    let mut target = rusqlite::Connection::open(to).expect("a ledger");
    target
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536",
        )
        .expect("settings");
    let tables: Vec<_> = ["import", "basket_line", "source_line"].map(|table| (table, rows(&source, table))).into();
    let start = Instant::now();
    let transaction = target.transaction().expect("a transaction");
    for (table, rows) in &tables {
        let width = rows.first().map_or(0, Vec::len);
        let places = vec!["?"; width].join(", ");
        let mut statement =
            transaction.prepare(&format!("INSERT INTO {table} VALUES ({places})")).expect("a statement");
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row)).expect("a row");
        }
    }
    transaction.commit().expect("a commit");
    start.elapsed()
}

fn rows(source: &rusqlite::Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = source.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).expect("a table");
    let width = statement.column_count();
    let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column)).collect()).expect("rows");
    rows.collect::<Result<_, _>>().expect("a row")
}
