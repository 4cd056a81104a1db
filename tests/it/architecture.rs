//! The layers of the library, read from its source: who may name whom, and where foreign crates live.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bordereau::format::fold;

use crate::support::{FORMATS, root};

/// What a module is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    /// Named by everybody; among themselves only what stands before.
    Ground,
    /// A step of the data's way; names ground, and another stage only by [`HANDOVERS`].
    Stage,
    /// Names all of them.
    Conduct,
}

/// Every module of the library, in the order of `lib.rs`.
const MODULES: [(&str, Layer); 16] = [
    ("memory", Layer::Ground),
    ("model", Layer::Ground),
    ("diagnostic", Layer::Ground),
    ("delimited", Layer::Ground),
    ("catalogue", Layer::Ground),
    ("format", Layer::Ground),
    ("ledger", Layer::Ground),
    ("decode", Layer::Stage),
    ("map", Layer::Stage),
    ("validate", Layer::Stage),
    ("split", Layer::Stage),
    ("export", Layer::Stage),
    ("report", Layer::Stage),
    ("pipeline", Layer::Conduct),
    ("workspace", Layer::Conduct),
    ("notification", Layer::Conduct),
];

/// The stages that name another one: whose type they take over.
const HANDOVERS: [(&str, &str, &str); 8] = [
    ("map", "decode", "what is heard of XML and JSON, and the rows of a table, become drafts of work orders"),
    ("validate", "map", "a Draft becomes an OrderLine"),
    ("split", "validate", "an OrderLine joins a Basket"),
    ("export", "split", "a Basket becomes a file"),
    ("export", "map", "a created entry is written with the columns of its mapping"),
    ("export", "validate", "a CheckedEntry becomes a row of created.csv"),
    ("report", "validate", "reports tell the totals of created entries"),
    (
        "report",
        "export",
        "reports tell the totals of exported baskets and are written in the same profiles, lists have the same cells in workbooks, pages are documents",
    ),
];

/// The modules in which a foreign crate may be named; `cli` is the binary.
const HOMES: [(&str, &[&str]); 33] = [
    ("blake3", &["catalogue", "decode", "ledger", "pipeline"]),
    ("bytemuck", &["catalogue"]),
    ("calamine", &["decode"]),
    ("clap", &["cli"]),
    ("console", &["cli"]),
    // Only to read a report back, as any other program would.
    ("csv", &["cli"]),
    ("encoding_rs", &["delimited", "decode"]),
    ("flate2", &["decode"]),
    ("foldhash", &["split", "pipeline"]),
    ("fs4", &["workspace"]),
    ("indicatif", &["cli"]),
    ("jiff", &["model"]),
    // Whoever talks to a network does it there.
    ("lettre", &["notification"]),
    ("memchr", &["delimited", "catalogue", "decode", "map", "export", "pipeline"]),
    ("notify", &["cli"]),
    ("quick_xml", &["decode"]),
    ("rayon", &["catalogue", "decode", "pipeline", "workspace", "cli"]),
    // Another store would be another module of `ledger`.
    ("rusqlite", &["ledger"]),
    ("rust_xlsxwriter", &["export", "report"]),
    // What the disk of a folder has is forced to it at once.
    ("rustix", &["pipeline"]),
    ("schemars", &["model", "format"]),
    ("serde", &["model", "format", "ledger", "export", "report", "pipeline", "cli"]),
    ("serde_json", &["model", "ledger", "decode", "format", "export", "report", "pipeline", "workspace", "cli"]),
    ("signal_hook", &["cli"]),
    ("strsim", &["format"]),
    ("tempfile", &["pipeline", "workspace", "cli"]),
    // Formats, and the searches that users keep.
    ("toml", &["format", "cli"]),
    ("tracing", &["cli"]),
    ("tracing_subscriber", &["cli"]),
    ("unicode_normalization", &["model"]),
    ("ureq", &["notification"]),
    ("wide", &["delimited"]),
    ("zip", &["decode", "workspace"]),
];

/// Longer files say too many things.
const LONGEST: usize = 600;

/// A source file of the program.
struct Source {
    /// From `src/`.
    path: String,
    /// As it stands.
    text: String,
    /// Without comments and without unit tests.
    code: String,
}

impl Source {
    /// The module of the library it belongs to, `cli` for the binary, nothing for `lib.rs`.
    fn module(&self) -> Option<&str> {
        match self.path.split_once('/') {
            Some((folder, _)) => Some(folder),
            None if self.path == "lib.rs" => None,
            None if self.path == "main.rs" => Some("cli"),
            None => self.path.strip_suffix(".rs"),
        }
    }

    fn is_tests(&self) -> bool {
        self.path.ends_with("tests.rs")
    }

    /// How many `super` lead out of the file's own module of the library.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let home = root().join("src");
    let mut found = Vec::new();
    walk(&home, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&home).unwrap().to_str().unwrap().replace('\\', "/");
            Source { code: code(&text), path, text }
        })
        .collect()
}

/// The text without line comments and without its unit tests, which stand at the end of a file.
fn code(text: &str) -> String {
    let before_tests = text.lines().take_while(|line| *line != "#[cfg(test)]" || is_a_declaration(text, line));
    before_tests.map(without_comment).fold(String::new(), |code, line| code + line + "\n")
}

/// `#[cfg(test)]` before `mod tests;` ends no file.
fn is_a_declaration(text: &str, line: &str) -> bool {
    let at = line.as_ptr() as usize - text.as_ptr() as usize + line.len() + 1;
    text.get(at..).and_then(|rest| rest.lines().next()).is_some_and(|next| next.ends_with(';'))
}

fn without_comment(line: &str) -> &str {
    // `://` of an address in a string is no comment.
    let mut from = 0;
    while let Some(at) = line[from..].find("//").map(|at| at + from) {
        if at == 0 || !line[..at].ends_with(':') {
            return &line[..at];
        }
        from = at + 2;
    }
    line
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first names behind `start::` in paths and in grouped `use` declarations.
fn names_behind(code: &str, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let start = format!("{start}::");
    for (at, _) in code.match_indices(&start) {
        if code[..at].ends_with(|c| is_word(c) || c == ':') {
            continue;
        }
        let rest = &code[at + start.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut first = String::new();
            for c in group.chars() {
                match c {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => drop(found.insert(std::mem::take(&mut first))),
                    c if depth == 0 => first.push(c),
                    _ => {}
                }
            }
            found.insert(first);
        } else {
            found.insert(rest.to_owned());
        }
    }
    let first_name = |path: String| path.trim().chars().take_while(|c| is_word(*c)).collect::<String>();
    found.into_iter().map(first_name).filter(|name| !name.is_empty()).collect()
}

fn layer(module: &str) -> Option<Layer> {
    MODULES.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

fn place(module: &str) -> Option<usize> {
    MODULES.iter().position(|(name, _)| *name == module)
}

/// Whether a module of the library may name another one.
fn may_name(from: &str, to: &str) -> bool {
    match (layer(from), layer(to)) {
        _ if from == to => true,
        (Some(Layer::Stage), Some(Layer::Stage)) => {
            HANDOVERS.iter().any(|(taker, giver, _)| (*taker, *giver) == (from, to))
        }
        (Some(Layer::Stage), Some(Layer::Ground)) | (Some(Layer::Conduct), Some(Layer::Ground | Layer::Stage)) => true,
        (Some(Layer::Ground), Some(Layer::Ground)) | (Some(Layer::Conduct), Some(Layer::Conduct)) => {
            place(to) < place(from)
        }
        _ => false,
    }
}

#[test]
fn lib_rs_lists_the_modules_in_the_order_of_the_layers() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let lines = text.lines().map(|line| line.strip_prefix("pub ").unwrap_or(line));
    let listed: Vec<_> = lines.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    assert_eq!(listed, MODULES.map(|(name, _)| name));
}

#[test]
fn modules_name_only_what_their_layer_allows() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources().iter().filter(|source| !source.is_tests()) {
        let Some(module) = source.module().filter(|module| *module != "cli") else { continue };
        for named in names_behind(&source.code, "crate") {
            if place(&named).is_none() || !may_name(module, &named) {
                wrong.push(format!("{}: crate::{named}", source.path));
            }
            used.insert((module.to_owned(), named));
        }
        if names_behind(&source.code, env!("CARGO_PKG_NAME")).len() + names_behind(&source.code, "cli").len() > 0 {
            wrong.push(format!("{}: the library names its binary", source.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (taker, giver, reason) in HANDOVERS {
        assert!(used.contains(&(taker.to_owned(), giver.to_owned())), "{taker} does not take from {giver} ({reason})");
    }
}

#[test]
fn nobody_climbs_to_the_root_by_super() {
    for source in sources().iter().filter(|source| source.path.contains('/') && !source.is_tests()) {
        let climb = "super::".repeat(source.depth());
        assert!(!source.code.contains(&climb), "{}: {climb} is the root of the crate", source.path);
    }
}

#[test]
fn foreign_crates_stay_at_home() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let sources = sources();
    let local: BTreeMap<_, _> = sources.iter().map(|source| (source.path.clone(), declared(&source.text))).collect();
    let mut used: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, _) in manifest["dependencies"].as_table().unwrap() {
        let name = name.replace('-', "_");
        for source in sources.iter().filter(|source| !source.is_tests() && !local[&source.path].contains(&name)) {
            if !names_behind(&source.code, &name).is_empty() {
                used.entry(name.clone()).or_default().insert(source.module().unwrap_or("lib"));
            }
        }
    }
    let homes: BTreeMap<_, BTreeSet<_>> =
        HOMES.iter().map(|(name, homes)| ((*name).to_owned(), homes.iter().copied().collect())).collect();
    assert_eq!(used, homes, "found on the left, allowed on the right");
}

/// Modules that a file declares itself, which hide a crate of the same name.
fn declared(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<_> =
        sources().iter().map(|source| (source.text.lines().count(), source.path.clone())).collect();
    lengths.sort();
    let at = |share: usize| lengths[(lengths.len() - 1) * share / 100].0;
    println!("{} files, median {}, p90 {}, longest {:?}", lengths.len(), at(50), at(90), lengths.last().unwrap());
    let long: Vec<_> = lengths.iter().filter(|(length, _)| *length > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn every_file_says_first_what_it_is() {
    // A file of unit tests says it by its name.
    for source in sources().iter().filter(|source| !source.is_tests()) {
        assert!(source.text.starts_with("//! "), "{} does not open with //!", source.path);
    }
}

#[test]
fn nothing_is_allowed_without_being_expected() {
    for source in sources() {
        assert!(!source.text.contains("#[allow(") && !source.text.contains("#![allow("), "{}", source.path);
    }
}

#[test]
fn code_knows_no_manufacturer_by_name() {
    let mut names = BTreeSet::new();
    for manufacturer in FORMATS.manufacturers() {
        names.insert(fold(&manufacturer.name));
        names.extend(manufacturer.aliases.iter().map(|alias| fold(alias)));
    }
    for entry in fs::read_dir(root().join("formats/manufacturer")).unwrap() {
        names.insert(fold(entry.unwrap().path().file_stem().unwrap().to_str().unwrap()));
    }
    assert!(names.len() > 20, "{names:?}");
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_tests()) {
        for (number, line) in (1..).zip(source.code.lines()) {
            let words = line.split(|c: char| !is_word(c) && c != '-').map(fold);
            found.extend(
                words.filter(|word| names.contains(word)).map(|word| format!("{}:{number}: {word}", source.path)),
            );
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_reader_of_this_test_sees_through_groups_comments_and_tests() {
    let text = "use crate::{a::{b, c}, d};\n// crate::e\nlet x = crate::f::g; // crate::h\n#[cfg(test)]\nmod tests;\n\
                mycrate::i;\n#[cfg(test)]\nmod tests {\n    use crate::j;\n}\n";
    assert_eq!(names_behind(&code(text), "crate").into_iter().collect::<Vec<_>>(), ["a", "d", "f"]);
    assert!(may_name("delimited", "diagnostic") && !may_name("diagnostic", "delimited"));
    assert!(may_name("validate", "map") && !may_name("map", "validate") && !may_name("decode", "map"));
    assert!(!may_name("report", "pipeline") && may_name("pipeline", "report"));
}
