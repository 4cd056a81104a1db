//! Clean tables, spoiled in every way that is known, one trap at a time and two together: what `convert` makes of them.
//!
//! What the copy must be is known beforehand, because the traps are set on a table whose cells are known. Where nobody
//! could say what is meant, only the account is held against it: nothing lost, everything counted, rows of one width.
//!
//! `pollutions/gaps.tsv` lists what still goes wrong: table, traps, what is seen, why. A gap that has closed must leave the
//! list, a new one must not come: both fail the test. `BORDEREAU_BLESS=1` writes the list anew and keeps its reasons.

mod sheet;
mod tables;
mod traps;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use bordereau::diagnostic::Code;
use bordereau::pipeline::{ConvertRequest, Converted, GuessSettings, Source, Stop, Target, convert};
use rayon::prelude::*;

use crate::support::{FORMATS, root};
use sheet::{Line, Manner, Role, Sheet};
use traps::{About, Must, TRAPS, Trap};

/// A table and the traps set on it.
#[derive(Clone, Copy)]
struct Case<'c> {
    table: &'static str,
    clean: &'c Sheet,
    traps: [Option<&'static Trap>; 2],
}

/// How a case is named in the list of gaps.
type Name = [&'static str; 3];

/// What came of a case: nothing to say, or what is wrong.
type Verdict = Result<(), String>;

/// A case, what must come of it, and whether it does.
type Judged<'c> = (Case<'c>, Must, Verdict);

impl Case<'_> {
    fn name(&self) -> Name {
        let trap = |place: usize| self.traps[place].map_or("-", |trap| trap.name);
        [self.table, trap(0), trap(1)]
    }

    /// Sets the traps and converts; `None` when they cannot be set on this table.
    fn judge(&self) -> Option<(Must, Verdict)> {
        let mut sheet = self.clean.clone();
        let mut traps: Vec<_> = self.traps.iter().flatten().collect();
        traps.sort_by_key(|trap| trap.about);
        for trap in &traps {
            (trap.set)(&mut sheet);
        }
        let text = sheet.text()?;
        let bytes = sheet.bytes(&text)?;
        let must = traps.iter().map(|trap| trap.must).max().unwrap_or(Must::Exact);
        let must = if is_doubtful(&sheet, &traps) { must.max(Must::Account) } else { must };
        // Of nothing nothing can be expected.
        (letters(&text) > 0).then(|| (must, judge(&sheet, &text, &bytes, must)))
    }
}

/// Whether two conventions meet so that nobody can say what is meant.
fn is_doubtful(sheet: &Sheet, traps: &[&&Trap]) -> bool {
    let is_about = |about: &[About]| traps.iter().any(|trap| about.contains(&trap.about));
    // What stands around a table is known by its columns and by the rows between.
    let around = [About::Above, About::Below, About::Comments, About::Heading, About::Rows, About::Tail];
    let is_small = sheet.width == 1 || sheet.count(Role::Row) < 4;
    // Words with a colon or a blank between them are words; the commas of one column could be delimiters.
    let is_faint =
        is_small && matches!(sheet.delimiter, ':' | ' ') || sheet.width == 1 && is_about(&[About::Delimiter]);
    let is_blank_cells = sheet.delimiter == ' ' && is_about(&[About::Blanks]);
    // Behind an open quote the next one closes it.
    let marks = [sheet.quoting.quote.unwrap_or('"'), '"', sheet.delimiter];
    let is_open = |line: &&Line| {
        line.manner == Manner::Unclosed && (sheet.quoting.all || line.cells.iter().any(|cell| cell.contains(marks)))
    };
    (is_small && is_about(&around)) || is_faint || is_blank_cells || sheet.lines.iter().any(|line| is_open(&line))
}

/// Converts a file and looks at what came out.
fn judge(sheet: &Sheet, text: &str, bytes: &[u8], must: Must) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, bytes).unwrap();
    let request = ConvertRequest {
        source: &Source::File(path),
        registry: &FORMATS,
        settings: &GuessSettings::default(),
        delimiter: b',',
        sync: false,
        progress: &(),
        stop: &Stop::default(),
    };
    let mut copy = Vec::new();
    let told = match convert(&request, Target::Stream(&mut copy)) {
        Ok(told) => told,
        Err(error) if must == Must::Refusable && error.code != Code::InternalError => return Ok(()),
        Err(error) => return Err(error.code.to_string()),
    };
    let rows = read(&copy)?;
    account(&told, text, &rows)?;
    if must == Must::Exact { exact(sheet, &told, &rows) } else { Ok(()) }
}

/// The copy as another program reads it.
fn read(copy: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(copy);
    let row = |row: csv::Result<csv::StringRecord>| row.map(|row| row.iter().map(str::to_owned).collect());
    reader.records().map(row).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// What holds of every copy, whatever was meant.
fn account(told: &Converted, text: &str, rows: &[Vec<String>]) -> Verdict {
    let frame = &told.guess.sample.frame;
    let around = (told.preamble.len() + told.footer.len()) as u64 + told.comment_count;
    let named = frame.heading_rows as u64 + told.blank.count + told.headings.count + told.others.count + around;
    let count = rows.len() as u64;
    if told.read != told.rows + named || count != told.rows + u64::from(frame.has_heading()) {
        return Err(format!("{} read, {} rows told, {count} in the copy", told.read, told.rows));
    }
    let width = frame.width.max(1);
    let (narrow, wide) = (rows.iter().filter(|row| row.len() < width), rows.iter().filter(|row| row.len() > width));
    let (narrow, wide) = (narrow.count(), wide.count() as u64);
    if narrow > 0 || wide != told.surplus.count {
        return Err(format!("{narrow} rows too narrow, {wide} too wide, {} of these named", told.surplus.count));
    }
    let outside = || [&told.preamble, &told.footer, &told.comments].into_iter().flatten();
    let around: usize = outside().map(|each| letters(&each.text)).sum();
    let kept: usize = rows.iter().flatten().map(|cell| letters(cell)).sum();
    let (before, after) = (letters(text), kept + around);
    // Of a long line outside only the beginning is told, of another table only the lines, of a heading over two rows what
    // they do not share.
    let is_cut = outside().any(|each| each.text.len() >= 200)
        || told.others.count + told.headings.count > 0
        || frame.heading_rows > 1;
    if before == after || is_cut { Ok(()) } else { Err(format!("{after} letters of {before} are left")) }
}

/// What holds where it is clear what is meant.
fn exact(sheet: &Sheet, told: &Converted, rows: &[Vec<String>]) -> Verdict {
    let expected = sheet.rows();
    let width = told.guess.sample.frame.width;
    if width != sheet.width {
        return Err(format!("{width} columns, not {}", sheet.width));
    }
    let outside =
        (told.preamble.len() + told.footer.len()) as u64 + told.comment_count + told.others.count + told.headings.count;
    let around = sheet.count(Role::Outside);
    if outside != around {
        return Err(format!("{outside} lines left out, not {around}"));
    }
    if told.blank.count != sheet.blank() {
        return Err(format!("{} blank lines, not {}", told.blank.count, sheet.blank()));
    }
    let differs = expected.iter().zip(rows).position(|(expected, row)| expected != row);
    if let Some(place) = differs {
        let (wanted, found) = (&expected[place], &rows[place]);
        let cell = (0..wanted.len().max(found.len())).find(|cell| wanted.get(*cell) != found.get(*cell)).unwrap();
        let short = |row: &[String]| {
            row.get(cell)
                .map_or("nothing".to_owned(), |cell| format!("{:?}", cell.chars().take(20).collect::<String>()))
        };
        return Err(format!("row {place} cell {cell} is {}, not {}", short(found), short(wanted)));
    }
    if expected.len() == rows.len() { Ok(()) } else { Err(format!("{} rows, not {}", rows.len(), expected.len())) }
}

static TABLES: LazyLock<Vec<(&'static str, Sheet)>> = LazyLock::new(tables::all);

/// The cases with a verdict, in their order.
fn judged<'c>(cases: &[Case<'c>]) -> Vec<Judged<'c>> {
    cases.par_iter().filter_map(|case| case.judge().map(|(must, verdict)| (*case, must, verdict))).collect()
}

/// Every table with every trap, and as it is; heavy traps on the first table only.
fn alone() -> Vec<Case<'static>> {
    let traps = || std::iter::once(None).chain(TRAPS.iter().map(Some));
    let cases = |(table, clean): &'static (&'static str, Sheet)| {
        let fit = traps().filter(|trap| *table == TABLES[0].0 || !trap.is_some_and(|trap| trap.is_heavy));
        fit.map(|trap| Case { table, clean, traps: [trap, None] })
    };
    TABLES.iter().flat_map(cases).collect()
}

/// Every two traps that are about different things, on one of the tables that bear each of them alone.
fn pairs(holds: &dyn Fn(&str, &Trap) -> bool) -> Vec<Case<'static>> {
    let mut found = Vec::new();
    for (place, first) in TRAPS.iter().enumerate().filter(|(_, trap)| !trap.is_heavy) {
        for (other, second) in TRAPS.iter().enumerate().skip(place + 1) {
            if second.is_heavy || second.about == first.about {
                continue;
            }
            // Another table each time, and the same one whatever becomes of other pairs.
            let from = (place * 31 + other * 17) % TABLES.len();
            let mut tables = TABLES.iter().cycle().skip(from).take(TABLES.len());
            if let Some((table, clean)) = tables.find(|(table, _)| holds(table, first) && holds(table, second)) {
                found.push(Case { table, clean, traps: [Some(first), Some(second)] });
            }
        }
    }
    found
}

const GAPS: &str = "tests/it/pollutions/gaps.tsv";

/// The reason that a gap has before somebody has looked at it.
const UNKNOWN: &str = "?";

/// The list of gaps: the reason by the case.
fn known() -> BTreeMap<[String; 3], String> {
    let text = fs::read_to_string(root().join(GAPS)).unwrap();
    let gap = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        let [Some(table), Some(first), Some(second), Some(_), Some(why), None] = std::array::from_fn(|_| cells.next())
        else {
            panic!("{GAPS}: {line}")
        };
        ([table, first, second], why)
    };
    text.lines().skip(1).map(gap).collect()
}

/// How many of the cases hold, by what their traps are about.
fn score(judged: &[Judged<'_>]) -> String {
    let mut held: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (case, must, verdict) in judged {
        let about: Vec<_> = case.traps.iter().flatten().map(|trap| format!("{:?}", trap.about)).collect();
        for key in [format!("{} traps", about.len()), format!("{must:?}")].into_iter().chain(about) {
            let (holds, all) = held.entry(key).or_default();
            *holds += usize::from(verdict.is_ok());
            *all += 1;
        }
    }
    held.iter().fold(String::new(), |mut text, (about, (holds, all))| {
        writeln!(text, "{about:>10} {holds:>5} of {all:>5}").unwrap();
        text
    })
}

#[test]
fn spoiled_tables_come_out_clean() {
    let alone = judged(&alone());
    let holds = |table: &str, trap: &Trap| {
        alone.iter().any(|(case, _, verdict)| verdict.is_ok() && case.name() == [table, trap.name, "-"])
    };
    let mut all = alone.clone();
    all.extend(judged(&pairs(&holds)));
    println!("{}", score(&all));
    let failed: Vec<_> =
        all.iter().filter_map(|(case, _, verdict)| Some((case.name(), verdict.as_ref().err()?))).collect();
    let mut known = known();
    if std::env::var_os("BORDEREAU_BLESS").is_some() {
        let mut text = "table\ttrap\ttrap\twhat is seen\twhy\n".to_owned();
        for (name, seen) in &failed {
            let why = known.remove(&name.map(str::to_owned)).unwrap_or_else(|| UNKNOWN.to_owned());
            writeln!(text, "{}\t{}\t{why}", name.join("\t"), seen.escape_debug()).unwrap();
        }
        fs::write(root().join(GAPS), text).unwrap();
        return;
    }
    let mut wrong = String::new();
    for (name, _) in known.iter().filter(|(_, why)| *why == UNKNOWN) {
        writeln!(wrong, "without a reason: {}", name.join(" + ")).unwrap();
    }
    for (name, seen) in &failed {
        if known.remove(&name.map(str::to_owned)).is_none() {
            writeln!(wrong, "new: {}: {seen}", name.join(" + ")).unwrap();
        }
    }
    for name in known.keys() {
        writeln!(wrong, "closed, or never set: {}", name.join(" + ")).unwrap();
    }
    assert!(wrong.is_empty(), "{GAPS} does not say what is (BORDEREAU_BLESS=1 writes it anew):\n{wrong}");
}
