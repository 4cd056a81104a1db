//! What must hold whatever the file: nothing is lost, nothing counts twice, threads change nothing, nothing panics.
//!
//! Files are made of rows whose faults are known beforehand, so that the result is held against a second, simpler
//! account of the rules and not against itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bordereau::diagnostic::Code;
use bordereau::format::{Accept, RejectLimit};
use bordereau::pipeline::Settings;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{faults, import_files, records, samples, settings, summary, tree, with_threads};

/// Cells with the fault they carry.
type Choice = (&'static str, Option<&'static str>);

const REFERENCES: [Choice; 9] = [
    ("0070817965D", None),
    (" 0070817965d ", None),
    ("00123456", None),
    ("MS-623210", None),
    ("C00012345", None),
    ("00999001", Some("REF_AMBIGUOUS")),
    ("INCONNU-1", Some("REF_UNKNOWN")),
    ("7,08E+07", Some("REF_MANGLED")),
    ("", Some("REF_EMPTY")),
];
const QUANTITIES: [Choice; 8] = [
    ("1", None),
    ("02", None),
    (" 7 ", None),
    ("9999", None),
    ("", Some("QTY_EMPTY")),
    ("1,5", Some("QTY_NOT_INTEGER")),
    ("0", Some("QTY_OUT_OF_RANGE")),
    ("99999999999999999999", Some("QTY_OUT_OF_RANGE")),
];
const PRICES: [Choice; 4] = [("", None), ("12,50", None), ("3.125", None), ("gratuit", Some("PRICE_INVALID"))];
const DATES: [Choice; 4] =
    [("", None), ("16/03/2026", None), ("31/02/2026", Some("DATE_INVALID")), ("demain", Some("DATE_INVALID"))];
const ORDERS: [&str; 4] = ["", "CDE-1", "CDE-2", " CDE-2 "];
const COMMENTS: [&str; 8] = [
    "",
    "livrer à l'œil, côté cour",
    "il a dit \"demain\"",
    "un ; deux , trois | quatre \t cinq",
    "sur\ndeux lignes",
    "=1+1",
    " 3 € ",
    "\"",
];

const HEADINGS: [&str; 6] =
    ["N° commande client", "Réf. pièce", "Qté", "Prix unitaire HT", "Date livraison souhaitée", "Commentaire"];

/// A row of an order file.
#[derive(Clone, Debug)]
enum Row {
    Line {
        order: &'static str,
        reference: Choice,
        quantity: Choice,
        price: Choice,
        date: Choice,
        comment: &'static str,
    },
    /// Cut off behind the reference.
    Short { order: &'static str, reference: Choice },
    /// Delimiters and nothing between them.
    Blank,
}

impl Row {
    fn cells(&self) -> Vec<&str> {
        match self {
            Self::Line { order, reference, quantity, price, date, comment } => {
                vec![order, reference.0, quantity.0, price.0, date.0, comment]
            }
            Self::Short { order, reference } => vec![order, reference.0],
            Self::Blank => vec![" ", "", "", "", "", ""],
        }
    }

    fn is_blank(&self) -> bool {
        self.cells().iter().all(|cell| cell.trim_matches([' ', '\t']).is_empty())
    }

    fn faults(&self) -> Vec<&'static str> {
        match self {
            _ if self.is_blank() => Vec::new(),
            Self::Line { reference, quantity, price, date, .. } => {
                [reference, quantity, price, date].into_iter().filter_map(|cell| cell.1).collect()
            }
            _ => vec!["LINE_TOO_SHORT"],
        }
    }

    fn order(&self) -> &str {
        self.cells()[0].trim()
    }

    fn quantity(&self) -> u64 {
        match self {
            Self::Line { quantity, .. } => quantity.0.trim().parse().unwrap_or(0),
            _ => 0,
        }
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
struct Writing {
    delimiter: u8,
    ends: csv::Terminator,
    always_quoted: bool,
    encoding: &'static str,
    last_end: bool,
}

fn row() -> impl Strategy<Value = Row> {
    let line =
        (select(&ORDERS), select(&REFERENCES), select(&QUANTITIES), select(&PRICES), select(&DATES), select(&COMMENTS))
            .prop_map(|(order, reference, quantity, price, date, comment)| {
                // A last row that names nothing to order would be a note below the table.
                let names_nothing = order.is_empty() && reference.0.is_empty() && quantity.0.is_empty();
                let order = if names_nothing { ORDERS[1] } else { order };
                Row::Line { order, reference, quantity, price, date, comment }
            });
    // Most lines of real files are right.
    let good = (select(&ORDERS), select(&REFERENCES[..5]), select(&QUANTITIES[..4]), select(&COMMENTS)).prop_map(
        |(order, reference, quantity, comment)| Row::Line {
            order,
            reference,
            quantity,
            price: PRICES[0],
            date: DATES[1],
            comment,
        },
    );
    let short = (select(&ORDERS), select(&REFERENCES)).prop_map(|(order, reference)| Row::Short { order, reference });
    prop_oneof![5 => line, 8 => good, 1 => short, 1 => Just(Row::Blank)]
}

fn writing() -> impl Strategy<Value = Writing> {
    let ends = select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]);
    (
        select(b";,\t|".to_vec()),
        ends,
        any::<bool>(),
        select(&["utf-8", "utf-8-bom", "windows-1252", "utf-16le", "utf-16be"]),
        any::<bool>(),
    )
        .prop_map(|(delimiter, ends, always_quoted, encoding, last_end)| Writing {
            delimiter,
            ends,
            always_quoted,
            encoding,
            last_end,
        })
}

/// The text of a file, and the physical line on which each row starts.
fn text(rows: &[Row], writing: Writing) -> (String, Vec<u64>) {
    let mut starts = Vec::new();
    let style = if writing.always_quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut text = String::new();
    let mut line = 0;
    for cells in std::iter::once(HEADINGS.to_vec()).chain(rows.iter().map(Row::cells)) {
        let mut builder = csv::WriterBuilder::new();
        builder.delimiter(writing.delimiter).terminator(writing.ends).quote_style(style).flexible(true);
        let mut writer = builder.from_writer(Vec::new());
        writer.write_record(&cells).unwrap();
        let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        starts.push(line + 1);
        line += written.matches('\n').count() as u64;
        text.push_str(&written);
    }
    if !writing.last_end {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    (text, starts.split_off(1))
}

fn bytes(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "windows-1252" => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        "utf-16le" => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        "utf-16be" => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        "utf-8-bom" => format!("\u{feff}{text}").into_bytes(),
        _ => text.as_bytes().to_vec(),
    }
}

/// A file of random rows in a folder of its own.
struct File {
    folder: tempfile::TempDir,
    rows: Vec<Row>,
    starts: Vec<u64>,
}

impl File {
    fn new(rows: Vec<Row>, writing: Writing) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (text, starts) = text(&rows, writing);
        fs::write(folder.path().join("orders.csv"), bytes(&text, writing.encoding)).unwrap();
        Self { folder, rows, starts }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Imports it; `false` when there is no line to judge, which is told.
    fn import(&self, settings: &Settings) -> bool {
        let files = [self.folder.path().join("orders.csv")];
        let batch = import_files(&files, &self.out(), settings).unwrap();
        if self.rows.iter().all(Row::is_blank) {
            assert_eq!(batch.files[0].result.as_ref().unwrap_err().code, Code::HeadingAlone);
            return false;
        }
        batch.files[0].result.as_ref().unwrap();
        true
    }

    /// Rows that are lines with their physical line.
    fn lines(&self) -> impl Iterator<Item = (&Row, u64)> {
        self.rows.iter().zip(self.starts.iter().copied()).filter(|(row, _)| !row.is_blank())
    }

    /// The faults of the lines themselves: line and code, as `errors.csv` must tell them.
    fn expected(&self) -> Vec<(u64, String)> {
        let mut faults: Vec<_> = self
            .lines()
            .flat_map(|(row, line)| row.faults().into_iter().map(move |code| (line, code.to_owned())))
            .collect();
        faults.sort();
        faults
    }
}

/// The errors that were told, without those that only say that something innocent fell with a faulty line.
fn told(out: &Path) -> (Vec<(u64, String)>, BTreeMap<u64, String>) {
    let mut own = Vec::new();
    let mut fallen = BTreeMap::new();
    for row in faults(&out.join("errors.csv")).into_iter().skip(1).filter(|row| row[3] == "E" && row[0] != "0") {
        let line = row[0].parse().unwrap();
        match row[2].as_str() {
            "ORDER_REFUSED" | "FILE_REFUSED" => drop(fallen.insert(line, row[2].clone())),
            code => own.push((line, code.to_owned())),
        }
    }
    own.sort();
    (own, fallen)
}

/// What stands in the baskets: quantities added up.
fn basket_quantity(out: &Path) -> u64 {
    let baskets = tree(out).into_keys().filter(|path| path.starts_with("baskets/"));
    baskets
        .flat_map(|path| records(&out.join(path)).into_iter().skip(1))
        .map(|row| row[5].parse::<u64>().unwrap())
        .sum()
}

/// Checks the whole account of a result: `refused` says which lines must have been refused.
fn check_account(file: &File, refused: &dyn Fn(&Row) -> bool) {
    let out = file.out();
    let summary = summary(&out);
    let count = |name: &str| summary[name].as_u64().unwrap();
    let accepted: Vec<_> = file.lines().filter(|(row, _)| !refused(row)).collect();
    assert_eq!(count("read"), file.rows.len() as u64);
    assert_eq!(count("read"), count("accepted") + count("rejected") + count("ignored"));
    assert_eq!(count("ignored"), file.rows.iter().filter(|row| row.is_blank()).count() as u64);
    assert_eq!(count("accepted"), accepted.len() as u64);
    assert_eq!(count("faulty"), file.lines().filter(|(row, _)| !row.faults().is_empty()).count() as u64);
    let baskets = summary["manufacturers"].as_object().unwrap();
    let sum = |name: &str| baskets.values().map(|basket| basket[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum("lines"), accepted.len() as u64, "every accepted line is in one basket");
    let quantity: u64 = accepted.iter().map(|(row, _)| row.quantity()).sum();
    assert_eq!((sum("quantity"), basket_quantity(&out)), (quantity, quantity));
    let (own, fallen) = told(&out);
    assert_eq!(own, file.expected());
    let innocent: BTreeSet<_> =
        file.lines().filter(|(row, _)| refused(row) && row.faults().is_empty()).map(|(_, line)| line).collect();
    assert_eq!(fallen.into_keys().collect::<BTreeSet<_>>(), innocent);
}

/// Without the workbook, which says nothing more and takes longer.
fn quick() -> Settings {
    Settings { report_xlsx: false, ..settings() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_lost_and_every_fault_is_told(rows in prop::collection::vec(row(), 1..40), writing in writing()) {
        let file = File::new(rows, writing);
        if file.import(&quick()) {
            check_account(&file, &|row| !row.faults().is_empty());
        }
    }

    #[test]
    fn a_refused_order_takes_its_lines_with_it_and_no_others(
        rows in prop::collection::vec(row(), 1..25),
        writing in writing(),
    ) {
        let file = File::new(rows, writing);
        if file.import(&Settings { accept: Some(Accept::Orders), ..quick() }) {
            let faulty = file.lines().filter(|(row, _)| !row.faults().is_empty());
            // Lines without an order number are orders of their own.
            let bad: BTreeSet<_> =
                faulty.map(|(row, _)| row.order().to_owned()).filter(|order| !order.is_empty()).collect();
            check_account(&file, &|row| !row.faults().is_empty() || bad.contains(row.order()));
        }
    }

    #[test]
    fn a_refused_file_is_refused_to_the_last_line(
        rows in prop::collection::vec(row(), 1..12),
        limit in 0..6_u64,
        by_limit in any::<bool>(),
        writing in writing(),
    ) {
        let file = File::new(rows, writing);
        let policy = if by_limit {
            Settings { reject_limit: Some(RejectLimit::Count(limit)), ..quick() }
        } else {
            Settings { accept: Some(Accept::File), ..quick() }
        };
        if file.import(&policy) {
            let faulty = file.lines().filter(|(row, _)| !row.faults().is_empty()).count() as u64;
            let all = faulty > if by_limit { limit } else { 0 };
            check_account(&file, &|row| all || !row.faults().is_empty());
        }
    }

    #[test]
    fn damaged_bytes_end_in_a_result_or_an_error_and_never_in_a_panic(
        rows in prop::collection::vec(row(), 1..12),
        writing in writing(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let file = File::new(rows, writing);
        let path = file.folder.path().join("orders.csv");
        let mut bytes = fs::read(&path).unwrap();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        fs::write(&path, bytes).unwrap();
        let batch = import_files(&[path], &file.out(), &quick()).unwrap();
        if let Ok(summary) = &batch.files[0].result {
            prop_assert!(summary.counts.add_up());
        }
    }
}

#[test]
fn a_file_cut_at_any_byte_never_panics_and_still_adds_up() {
    let whole = fs::read(samples().join("orders/atelier-export/atelier_2026-03-04.csv")).unwrap();
    let utf16 = bytes(&encoding_rs::WINDOWS_1252.decode(&whole).0, "utf-16le");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let settings = Settings { dry_run: true, ..quick() };
    let (mut read, mut refused) = (0, 0);
    for (bytes, step) in [(&whole, 1), (&utf16, 7)] {
        for end in (0..bytes.len()).step_by(step) {
            fs::write(&path, &bytes[..end]).unwrap();
            let batch = import_files(std::slice::from_ref(&path), folder.path(), &settings).unwrap();
            match &batch.files[0].result {
                Ok(summary) => {
                    read += 1;
                    assert!(summary.counts.add_up(), "cut at {end}");
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.exit().code(), 6, "cut at {end}: {error}");
                }
            }
        }
    }
    assert!(read > 500 && refused > 50, "{read} read, {refused} refused");
}

/// Rows for a file of several chunks, always the same ones: good and bad, line breaks wherever a chunk may end.
static LARGE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |length: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % length
    };
    (0..40_000)
        .map(|_| Row::Line {
            order: ORDERS[next(ORDERS.len())],
            reference: REFERENCES[if next(20) == 0 { 5 + next(4) } else { next(5) }],
            quantity: QUANTITIES[if next(30) == 0 { 4 + next(4) } else { next(3) }],
            price: PRICES[next(3)],
            date: DATES[next(2)],
            comment: COMMENTS[next(COMMENTS.len())],
        })
        .collect()
});

const PLAIN: Writing = Writing {
    delimiter: b';',
    ends: csv::Terminator::CRLF,
    always_quoted: false,
    encoding: "windows-1252",
    last_end: true,
};

fn everything() -> Settings {
    Settings { report_lines: true, ..settings() }
}

#[test]
fn one_thread_and_eight_give_the_same_bytes() {
    let file = File::new(LARGE.clone(), PLAIN);
    assert!(fs::metadata(file.folder.path().join("orders.csv")).unwrap().len() > 3 << 19, "several chunks");
    let results: Vec<_> = [1, 8]
        .into_iter()
        .map(|threads| {
            assert!(with_threads(threads, || file.import(&everything())));
            tree(&file.out())
        })
        .collect();
    for (name, bytes) in &results[0] {
        assert!(results[1].get(name) == Some(bytes), "{name} depends on the number of threads");
    }
    assert_eq!(results[0].len(), results[1].len());
    for name in ["errors.csv", "errors.xlsx", "lines.csv", "summary.json", "baskets/4.csv", "baskets/15.csv"] {
        assert!(results[0].contains_key(name), "{name} is missing");
    }
    check_account(&file, &|row| !row.faults().is_empty());
    assert_eq!(
        records(&file.out().join("lines.csv")).len() as u64 - 1,
        summary(&file.out())["accepted"].as_u64().unwrap()
    );
}

#[test]
fn the_same_import_twice_gives_the_same_bytes() {
    let file = File::new(LARGE[..500].to_vec(), PLAIN);
    assert!(file.import(&everything()));
    let first = tree(&file.out());
    assert!(file.import(&everything()));
    assert!(first == tree(&file.out()), "the second result is another one");
    assert!(first.len() >= 7, "{:?}", first.keys());
}

#[test]
fn several_files_give_what_each_gives_alone() {
    let one = File::new(LARGE[..200].to_vec(), PLAIN);
    let two = File::new(LARGE[200..300].to_vec(), Writing { encoding: "utf-16le", delimiter: b'\t', ..PLAIN });
    let folder = tempfile::tempdir().unwrap();
    let paths = ["first.csv", "second.csv"].map(|name| folder.path().join(name));
    for (file, path) in [&one, &two].into_iter().zip(&paths) {
        fs::copy(file.folder.path().join("orders.csv"), path).unwrap();
    }
    let together = folder.path().join("together");
    import_files(&paths, &together, &everything()).unwrap();
    for path in &paths {
        let alone = folder.path().join("alone");
        import_files(std::slice::from_ref(path), &alone, &everything()).unwrap();
        let name = path.file_name().unwrap();
        assert!(tree(&alone) == tree(&together.join(name)), "{}", name.display());
    }
}

#[test]
fn every_line_of_lines_csv_points_to_its_basket_line() {
    let file = File::new(LARGE[..2000].to_vec(), PLAIN);
    assert!(file.import(&everything()));
    let baskets: BTreeMap<_, _> = ["4", "15", "2"]
        .map(|manufacturer| (manufacturer, records(&file.out().join(format!("baskets/{manufacturer}.csv")))))
        .into();
    let mut sums: BTreeMap<(String, usize), u64> = BTreeMap::new();
    for row in records(&file.out().join("lines.csv")).into_iter().skip(1) {
        let place: usize = row[2].parse().unwrap();
        assert_eq!(baskets[row[1].as_str()][place - 1][3], row[3], "line {} points to another reference", row[0]);
        *sums.entry((row[1].clone(), place)).or_default() += row[4].parse::<u64>().unwrap();
    }
    assert_eq!(sums.len(), baskets.values().map(|basket| basket.len() - 1).sum::<usize>());
    for ((manufacturer, place), sum) in sums {
        assert_eq!(baskets[manufacturer.as_str()][place - 1][5], sum.to_string(), "{manufacturer}, line {place}");
    }
}
