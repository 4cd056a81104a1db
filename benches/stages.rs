//! One benchmark per stage, each on one thread and on data that the stages before it made.

mod deposit_file;
mod order_file;
mod order_sheet;

use std::hint::black_box;
use std::io::{self, Cursor};

use bordereau::catalogue::{self, Catalogue, PartId};
use bordereau::decode::{HEAD_BYTES, KnownDialect, Rows as _, TableRow, WorkbookKind, sheet_rows, sniff, survey};
use bordereau::delimited::{Block, Charset, Chunk, Chunks, Dialect, Records};
use bordereau::diagnostic::Diagnostic;
use bordereau::export::{Profile, write_basket};
use bordereau::format::{DateForm, Registry};
use bordereau::map::{self, Draft, Forms, PriceForm, Reader, Rules};
use bordereau::model::Language;
use bordereau::pipeline::{DepositRequest, DepositSettings, Source, Stop, deposit, open_catalogue};
use bordereau::report::ErrorList;
use bordereau::split::{Baskets, MergeKey, Parcel};
use bordereau::validate::{OrderLine, Terms, check};
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, measurement::WallTime};

/// Records of the order file, parts of the catalogue.
const RECORDS: u64 = 50_000;
const PARTS: u64 = 50_000;
/// Rows of a workbook, claims of a deposit.
const SHEET_ROWS: u32 = 10_000;
const CLAIMS: u64 = 20_000;
/// As the pipeline cuts: bytes of a chunk, records of a block.
const CHUNK_BYTES: usize = 512 << 10;
const BLOCK: usize = 64;

const DIALECT: Dialect = Dialect { delimiter: b';', record_bytes: 1 << 20 };
const CHARSET: Charset = Charset::WINDOWS_1252;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    catalogues(&mut criterion);
    stages(&mut criterion);
    sheet(&mut criterion);
    deposit_judged(&mut criterion);
    criterion.final_summary();
}

/// Reading a catalogue as text and as compiled.
fn catalogues(criterion: &mut Criterion) {
    let text = order_file::catalogue(PARTS);
    let mut compiled = Vec::new();
    read(&text).write_to(&mut compiled).expect("memory");
    let mut group = criterion.benchmark_group("catalogue");
    group.throughput(Throughput::Elements(PARTS));
    group.bench_function("read text", |bencher| bencher.iter(|| read(&text)));
    group.bench_function("compile", |bencher| {
        let catalogue = read(&text);
        bencher.iter(|| catalogue.write_to(&mut io::sink()).expect("a sink"));
    });
    group.bench_function("read compiled", |bencher| {
        bencher.iter(|| Catalogue::read_compiled(compiled.as_slice(), compiled.len() as u64).expect("as written"));
    });
    group.finish();
}

fn read(text: &[u8]) -> Catalogue {
    catalogue::read("catalogue.csv", text, text.len() as u64).expect("a good catalogue").catalogue
}

/// The way of the data, stage by stage.
fn stages(criterion: &mut Criterion) {
    let mut file = Vec::new();
    order_file::write_orders(&mut file, RECORDS, PARTS);
    let catalogue = read(&order_file::catalogue(PARTS));
    let registry = Registry::built_in();
    let format = registry.format("generic").expect("built in");
    let headings = order_file::HEADINGS.map(str::to_owned);
    let rules = Rules { wishes: &[], format, dictionary: registry.dictionary(), path: "orders.csv" };
    let mapping = map::assign(&headings, rules, &|_, _| None).expect("known headings");
    let forms = Forms { date: DateForm::Slashes, typed_dates: false, price: PriceForm::default() };
    let reader = Reader::new(&mapping, CHARSET, forms, false);
    let terms = Terms { width: mapping.width(), ..Terms::of(format, &catalogue, &registry) };
    let key = MergeKey::of(&format.merge_key);

    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Bytes(file.len() as u64));
    group.bench_function("0 survey", |bencher| bencher.iter(|| survey(file.as_slice()).expect("memory")));
    group.bench_function("0 sniff", |bencher| {
        let claims = |heading: &str| registry.dictionary().claims(heading);
        let head = &file[..file.len().min(HEAD_BYTES)];
        let known = KnownDialect::default();
        bencher.iter(|| black_box(sniff(head, false, CHARSET, known, DIALECT.record_bytes, &claims)));
    });
    floor(&mut group, &file);
    group.bench_function("1 cut chunks", |bencher| bencher.iter(|| cut(&file)));
    let chunks = cut(&file);
    group.bench_function("2 split records", |bencher| bencher.iter(|| records(&chunks)));

    group.throughput(Throughput::Elements(RECORDS));
    let blocks: Vec<Vec<Block>> = chunks.iter().map(blocks).collect();
    let batches = || chunks.iter().zip(&blocks).flat_map(|(chunk, blocks)| blocks.iter().map(move |b| (chunk, b)));
    group.bench_function("3 draft", |bencher| {
        bencher.iter(|| {
            for (chunk, block) in batches() {
                block.records(&chunk.bytes).for_each(|record| drop(black_box(reader.draft(record))));
            }
        });
    });
    let drafts: Vec<Vec<Draft<'_, '_>>> = batches()
        .map(|(chunk, block)| block.records(&chunk.bytes).map(|record| reader.draft(record)).collect())
        .collect();
    look_up(&mut group, &catalogue, &drafts);
    let found: Vec<Vec<Option<PartId>>> = drafts.iter().map(|drafts| find(&catalogue, drafts)).collect();
    let judge = || judge(&drafts, &found, reader, &terms);
    group.bench_function("5 judge", |bencher| bencher.iter(judge));
    let (lines, diagnostics) = judge();
    group.bench_function("6 pack", |bencher| bencher.iter(|| pack(&lines, &catalogue, key)));
    let packed = || pack(&lines, &catalogue, key);
    group.bench_function("7 merge into baskets", |bencher| {
        bencher.iter_batched(packed, |parcel| merge(parcel, &catalogue, key), BatchSize::LargeInput);
    });
    write(&mut group, &catalogue, &merge(packed(), &catalogue, key));
    report(&mut group, &diagnostics);
    group.finish();
}

/// What the stages are held against: every byte touched once, copied once, and read as CSV by the csv crate.
fn floor(group: &mut BenchmarkGroup<'_, WallTime>, file: &[u8]) {
    group.bench_function("floor: count line ends", |bencher| {
        bencher.iter(|| memchr::memchr_iter(b'\n', file).count());
    });
    let mut copy = vec![0; file.len()];
    group.bench_function("floor: copy", |bencher| bencher.iter(|| black_box(&mut copy).copy_from_slice(file)));
    group.bench_function("floor: csv crate", |bencher| {
        bencher.iter(|| {
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(file);
            let mut record = csv::ByteRecord::new();
            let mut count = 0;
            while reader.read_byte_record(&mut record).expect("memory") {
                count += record.len();
            }
            count
        });
    });
}

fn cut(file: &[u8]) -> Vec<Chunk> {
    let heading = file.iter().position(|c| *c == b'\n').map_or(0, |at| at + 1);
    let mut chunks = Chunks::new(&file[heading..], DIALECT, CHUNK_BYTES);
    std::iter::from_fn(|| chunks.next(Vec::new()).expect("memory")).collect()
}

fn records(chunks: &[Chunk]) -> usize {
    let mut block = Block::default();
    let mut count = 0;
    for chunk in chunks {
        let mut records = Records::new(&chunk.bytes, DIALECT);
        loop {
            records.fill(&mut block, BLOCK);
            if block.is_empty() {
                break;
            }
            count += block.len();
        }
    }
    count
}

fn blocks(chunk: &Chunk) -> Vec<Block> {
    let mut records = Records::new(&chunk.bytes, DIALECT);
    let mut blocks = Vec::new();
    loop {
        let mut block = Block::default();
        records.fill(&mut block, BLOCK);
        if block.is_empty() {
            return blocks;
        }
        blocks.push(block);
    }
}

fn find(catalogue: &Catalogue, drafts: &[Draft<'_, '_>]) -> Vec<Option<PartId>> {
    let mut found = Vec::with_capacity(drafts.len());
    catalogue.find_block(drafts.iter().map(|draft| (draft.key, &*draft.reference)), &mut found);
    found
}

fn look_up(group: &mut BenchmarkGroup<'_, WallTime>, catalogue: &Catalogue, drafts: &[Vec<Draft<'_, '_>>]) {
    group.bench_function("4 look up", |bencher| {
        let mut found = Vec::with_capacity(BLOCK);
        bencher.iter(|| {
            for drafts in drafts {
                catalogue.find_block(drafts.iter().map(|draft| (draft.key, &*draft.reference)), &mut found);
                black_box(&found);
            }
        });
    });
}

/// The good lines by place of their manufacturer, as the pipeline keeps them, and what is wrong with the others.
fn judge<'c>(
    drafts: &[Vec<Draft<'c, '_>>],
    found: &[Vec<Option<PartId>>],
    reader: Reader<'_>,
    terms: &Terms<'_>,
) -> (Vec<OrderLine<'c>>, Vec<Diagnostic>) {
    let (mut lines, mut diagnostics) = (Vec::new(), Vec::new());
    for (draft, part) in drafts.iter().flatten().zip(found.iter().flatten()) {
        lines.extend(check(draft, *part, 1, reader, terms, &mut diagnostics));
    }
    (lines, diagnostics)
}

/// One parcel for all lines; the pipeline makes one for each piece.
fn pack(lines: &[OrderLine<'_>], catalogue: &Catalogue, key: MergeKey) -> Parcel {
    let mut parcel = Parcel::default();
    for line in lines {
        parcel.pack(line, catalogue.manufacturer_place(line.part()), CHARSET, key).expect("room");
    }
    parcel
}

fn merge(mut parcel: Parcel, catalogue: &Catalogue, key: MergeKey) -> Baskets {
    let mut baskets = Baskets::new(catalogue.manufacturers().len(), key);
    baskets.take(&mut parcel).expect("room");
    baskets
}

fn write(group: &mut BenchmarkGroup<'_, WallTime>, catalogue: &Catalogue, baskets: &Baskets) {
    group.throughput(Throughput::Elements(baskets.lines()));
    group.bench_function("8 write baskets", |bencher| {
        bencher.iter(|| {
            for (basket, id) in baskets.iter().zip(catalogue.manufacturers()) {
                let totals = write_basket(basket, *id, catalogue, Profile::Machine, &mut io::sink());
                black_box(totals.expect("a sink").expect("in range"));
            }
        });
    });
}

/// What was found wrong, as rows of `errors.csv`.
fn report(group: &mut BenchmarkGroup<'_, WallTime>, diagnostics: &[Diagnostic]) {
    group.throughput(Throughput::Elements(diagnostics.len() as u64));
    group.bench_function("9 report", |bencher| {
        bencher.iter(|| {
            let mut list = ErrorList::begin(io::sink(), Profile::Machine, Language::French);
            for diagnostic in diagnostics {
                list.add(diagnostic, "Quantité").expect("a sink");
            }
            list.finish().expect("a sink");
        });
    });
}

/// Reading the rows of a workbook; they are unpacked on a thread of their own.
fn sheet(criterion: &mut Criterion) {
    let bytes = order_sheet::workbook(SHEET_ROWS, PARTS).save_to_buffer().expect("memory");
    let limits = Registry::built_in().format("generic").expect("built in").limits;
    let mut group = criterion.benchmark_group("workbook");
    group.throughput(Throughput::Elements(SHEET_ROWS.into()));
    group.bench_function("read rows", |bencher| {
        bencher.iter(|| {
            let source = Cursor::new(bytes.clone());
            let mut rows = sheet_rows(source, WorkbookKind::Xlsx, "Sheet1", &limits, "orders.xlsx");
            let mut row = TableRow::default();
            let mut count = 0;
            while rows.next(&mut row).expect("a good workbook") {
                count += 1;
            }
            assert!(count > SHEET_ROWS);
        });
    });
    group.finish();
}

/// A deposit read, judged and counted, with nothing written; on one thread.
fn deposit_judged(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (claims, parts) = (folder.path().join("claims.csv"), folder.path().join("catalogue.csv"));
    let mut file = Vec::new();
    deposit_file::write_claims(&mut file, CLAIMS, PARTS);
    std::fs::write(&claims, file).expect("a writable temporary folder");
    std::fs::write(&parts, order_file::catalogue(PARTS)).expect("a writable temporary folder");
    let request = DepositRequest {
        files: &[Source::File(claims)],
        out: None,
        catalogue: &open_catalogue(&parts).expect("a good catalogue"),
        registry: &Registry::built_in(),
        settings: &DepositSettings { dry_run: true, ..DepositSettings::default() },
        progress: &(),
        stop: &Stop::default(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("deposit");
    group.throughput(Throughput::Elements(CLAIMS));
    group.bench_function("judge", |bencher| {
        bencher.iter(|| {
            let batch = pool.install(|| deposit(&request, None)).expect("a run that goes on");
            let counts = batch.files[0].result.as_ref().expect("a readable file").counts;
            assert!(counts.accepted > CLAIMS / 10 * 9 && counts.rejected > 0, "{counts:?}");
        });
    });
    group.finish();
}
