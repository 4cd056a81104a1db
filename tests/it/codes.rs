//! Every code about the data has a sample that raises it, and only it.
//!
//! A folder of `samples/codes/` bears the name of its code and holds
//!
//! - an order file or a deposit, under any other name than those below;
//! - `expected`: the exit code, and the code that is told when the file is refused before its lines are read;
//! - `expected.csv`, when lines are read: `errors.csv` without its messages, or for codes about the catalogue what is
//!   said of its rows;
//! - perhaps `command`, the command that reads the file (else `import`); one that writes no `errors.csv` is judged by what
//!   it says;
//! - perhaps `catalogue.csv` (else that of the samples), `arguments` (one a line) and `formats/`;
//! - perhaps `earlier.csv`, which is imported before into a workspace with the `bordereau.toml` of the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Code, Scope};
use bordereau::pipeline::open_catalogue;

use crate::support::{Ended, expect, faults, names, run, samples, written};

/// Codes that other codes necessarily bring with them, and why.
const COMPANIONS: [(&str, &[&str], &str); 8] = [
    (
        "AGORA_ORDER_MISSING",
        &["ORDER_REFUSED"],
        "an address that no order announces is not the only thing that is lost",
    ),
    ("AGORA_RECORD_MISPLACED", &["ORDER_REFUSED"], "the lines of an order fall with its head"),
    ("AGORA_RECORD_REPEATED", &["ORDER_REFUSED"], "the lines of an order fall with its head"),
    ("COUNTRY_UNKNOWN", &["ORDER_REFUSED"], "the lines of an order fall with its address"),
    ("ORDER_REFUSED", &["QTY_EMPTY"], "an order is refused because of a faulty line"),
    ("FILE_REFUSED", &["QTY_EMPTY"], "under --accept file a faulty line refuses the innocent ones"),
    (
        "REJECT_LIMIT_EXCEEDED",
        &["QTY_EMPTY", "QTY_NOT_INTEGER", "FILE_REFUSED"],
        "refused lines exceed the limit, the others fall with the file",
    ),
    ("SEVERAL_SUPPLIERS", &["FILE_REFUSED"], "the lines of the right supplier fall with the file"),
];

/// Codes about the catalogue that no text file can show: a compiled one is damaged or stale on purpose in `system`.
const COMPILED: [Code; 2] = [Code::CatalogueDamaged, Code::CatalogueStale];

/// The command whose results are documents: it has no catalogue and writes no `errors.csv`.
const WORK_ORDERS: &str = "workorder export";

fn folder(code: &str) -> PathBuf {
    samples().join("codes").join(code)
}

fn is_about_data(code: Code) -> bool {
    use crate::order_codes::{RAISED, WARNED};

    let elsewhere =
        [RAISED, &WARNED, crate::claims::RAISED, &[crate::deposit_tracking::TOLD, crate::work_order_life::TOLD]];
    if elsewhere.iter().any(|names| names.contains(&code.name())) {
        return false;
    }
    matches!(code.scope(), Scope::Cell | Scope::Line | Scope::File | Scope::Catalogue) && !COMPILED.contains(&code)
}

/// The file that a sample is about: the only one that is none of the others.
fn input(folder: &Path) -> String {
    let others = [
        "catalogue.csv",
        "arguments",
        "command",
        "expected",
        "expected.csv",
        "formats",
        "earlier.csv",
        "bordereau.toml",
    ];
    let files: Vec<_> = names(folder).into_iter().filter(|name| !others.contains(&name.as_str())).collect();
    assert_eq!(files.len(), 1, "{}: {files:?}", folder.display());
    files.into_iter().next().unwrap()
}

fn catalogue(folder: &Path) -> PathBuf {
    let own = folder.join("catalogue.csv");
    if own.is_file() { own } else { samples().join("catalogue.csv") }
}

/// The command that reads a sample.
fn command(folder: &Path) -> String {
    fs::read_to_string(folder.join("command")).map_or_else(|_| "import".to_owned(), |command| command.trim().to_owned())
}

fn read(folder: &Path, out: &Path) -> Ended {
    let workspace = out.with_file_name("workspace");
    let needs_workspace =
        ["earlier.csv", "bordereau.toml"].map(|name| folder.join(name)).iter().any(|path| path.exists());
    if needs_workspace {
        furnish(folder, &workspace);
    }
    let arguments = fs::read_to_string(folder.join("arguments")).unwrap_or_default();
    let command = command(folder);
    let (out, catalogue) = (out.to_str().unwrap(), catalogue(folder));
    let results: &[&str] = match command.as_str() {
        WORK_ORDERS => &["--as", "csv", "-o", out],
        _ => &["--catalogue", catalogue.to_str().unwrap(), "--out", out],
    };
    let mut command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
    command.extend([input(folder), "--lang".to_owned(), "en".to_owned()]);
    command.extend(results.iter().copied().map(str::to_owned));
    if needs_workspace {
        command.extend(["--workspace".to_owned(), workspace.to_str().unwrap().to_owned()]);
    }
    command.extend(arguments.lines().map(str::to_owned));
    run(folder, command)
}

/// A workspace in which the earlier file of a sample was imported.
fn furnish(folder: &Path, workspace: &Path) {
    let at = ["--workspace".to_owned(), workspace.to_str().unwrap().to_owned()];
    let ended = run(folder, ["init", workspace.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let settings = folder.join("bordereau.toml");
    if settings.is_file() {
        fs::copy(settings, workspace.join("bordereau.toml")).unwrap();
    }
    if folder.join("earlier.csv").is_file() {
        let catalogue = catalogue(folder);
        let command = fs::read_to_string(folder.join("command")).unwrap_or_else(|_| "import".to_owned());
        let line = [command.trim(), "earlier.csv", "--catalogue", catalogue.to_str().unwrap()].map(str::to_owned);
        let ended = run(folder, line.into_iter().chain(at));
        assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
    }
}

/// What is said of the rows of a catalogue, in the form of `errors.csv`.
fn catalogue_faults(folder: &Path) -> Vec<Vec<String>> {
    let heading = ["line", "column", "code", "severity", "value"].map(str::to_owned).to_vec();
    let read = open_catalogue(&catalogue(folder)).unwrap();
    let rows = read.diagnostics.iter().map(|fault| {
        let column = fault.arguments.get("cause").unwrap_or_default();
        [&fault.line.to_string(), column, fault.code.name(), fault.code.severity().letter(), &fault.value]
            .map(str::to_owned)
            .to_vec()
    });
    std::iter::once(heading).chain(rows).collect()
}

#[test]
fn every_sample_raises_its_code_and_only_it() {
    let companions: BTreeMap<_, _> = COMPANIONS.iter().map(|(code, others, _)| (*code, *others)).collect();
    let mut seen = 0;
    for name in names(&samples().join("codes")) {
        let folder = folder(&name);
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("out");
        let ended = read(&folder, &out);
        let told = format!("{name}: {}", ended.stderr);
        let expected = fs::read_to_string(folder.join("expected")).unwrap();
        let (exit, refused) = expected.trim().split_once(' ').unwrap_or((expected.trim(), ""));
        assert_eq!(ended.code, Some(exit.parse().unwrap()), "{told}");
        seen += 1;
        if !refused.is_empty() || command(&folder) == WORK_ORDERS {
            assert!(refused.is_empty() || refused == name, "a sample is named by the code it raises");
            assert!(ended.tells(&name), "{told}");
            let others = Code::all().iter().filter(|code| code.name() != name && ended.tells(code.name()));
            assert_eq!(others.collect::<Vec<_>>(), Vec::<&Code>::new(), "{told}");
            assert_eq!(out.exists(), refused.is_empty(), "{name}: a refused file leaves nothing behind");
            continue;
        }
        let code = Code::from_name(&name).unwrap();
        let rows = if code.scope() == Scope::Catalogue {
            assert_eq!(faults(&out.join("errors.csv")).len(), 1, "{told}");
            catalogue_faults(&folder)
        } else {
            faults(&out.join("errors.csv"))
        };
        let allowed = companions.get(name.as_str()).copied().unwrap_or_default();
        let codes: Vec<_> = rows.iter().skip(1).map(|row| row[2].as_str()).collect();
        assert!(codes.contains(&name.as_str()), "{name} is not raised: {codes:?}");
        assert!(codes.iter().all(|code| *code == name || allowed.contains(code)), "{name} is not alone: {codes:?}");
        expect(&folder.join("expected.csv"), written(&rows).as_bytes());
    }
    assert!(seen > 30, "only {seen} samples");
}

#[test]
fn no_code_about_data_lacks_a_sample_and_no_sample_a_code() {
    let wanted: Vec<_> = Code::all().iter().copied().filter(|code| is_about_data(*code)).map(Code::name).collect();
    assert_eq!(names(&samples().join("codes")), wanted, "folders of samples/codes against codes about data");
    for code in wanted {
        let folder = folder(code);
        assert!(folder.join("expected").is_file(), "{code} has no file `expected`");
        assert!(fs::metadata(folder.join(input(&folder))).unwrap().len() < 16 << 10, "{code}: a sample is small");
    }
}

#[test]
fn a_companion_is_never_the_code_of_the_sample_itself() {
    for (code, others, why) in COMPANIONS {
        assert!(Code::from_name(code).is_some() && others.iter().all(|other| Code::from_name(other).is_some()));
        assert!(!others.contains(&code) && !why.is_empty(), "{code}");
        let rows = fs::read_to_string(folder(code).join("expected.csv")).unwrap();
        assert!(others.iter().all(|other| rows.contains(other)), "{code}: a companion that does not come");
    }
}
