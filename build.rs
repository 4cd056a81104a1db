//! Turns the texts and tables that people edit into Rust: the error catalogue, the words of the
//! command line, and the built-in tree of `formats/`. A text that lacks a language, or whose
//! placeholders differ between languages, stops the build here.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets the output folder"));
    write(&out.join("codes.rs"), &codes(&table(&root.join("src/diagnostic/codes.toml"))));
    write(&out.join("texts.rs"), &texts(&table(&root.join("src/report/texts.toml"))));
    write(&out.join("cli_texts.rs"), &texts(&table(&root.join("src/cli/texts.toml"))));
    write(&out.join("built_in.rs"), &built_in(&root.join("formats")));
    println!("cargo::rerun-if-changed=build.rs");
}

fn write(path: &Path, content: &str) {
    fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn table(path: &Path) -> Table {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text of `key` in `entry`; its absence is a mistake of whoever edited the file.
fn text<'t>(name: &str, entry: &'t Table, key: &str) -> &'t str {
    entry.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{name}: no text for `{key}`"))
}

/// The names between braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn camel(name: &str) -> String {
    name.split(['_', '-'])
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        })
        .collect()
}

/// The enum `Code` and the table of its entries.
fn codes(table: &Table) -> String {
    let mut variants = String::new();
    let mut entries = String::new();
    for (name, entry) in table {
        let entry = entry.as_table().unwrap_or_else(|| panic!("{name}: not a table"));
        let [fr, en] = ["fr", "en"].map(|key| text(name, entry, key));
        let [fix_fr, fix_en] = ["fix_fr", "fix_en"].map(|key| text(name, entry, key));
        assert_eq!(placeholders(fr), placeholders(en), "{name}: the languages take different arguments");
        let arguments: BTreeSet<_> = placeholders(fr).union(&placeholders(fix_fr)).copied().collect();
        let also: BTreeSet<_> = placeholders(en).union(&placeholders(fix_en)).copied().collect();
        assert_eq!(arguments, also, "{name}: the remedies take different arguments");
        let exit = entry
            .get("exit")
            .map_or("None".to_owned(), |exit| format!("Some(Exit::{})", exit.as_str().expect("the name of an exit")));
        writeln!(variants, "    /// {en}.\n    {},", camel(name)).expect("writing to a string");
        writeln!(
            entries,
            "    Entry {{ name: {name:?}, scope: Scope::{}, severity: Severity::{}, exit: {exit}, since: {:?}, arguments: &{:?}, \
             french: Wording {{ message: {fr:?}, remedy: {fix_fr:?} }}, english: Wording {{ message: {en:?}, remedy: {fix_en:?} }} }},",
            camel(text(name, entry, "scope")),
            if text(name, entry, "severity") == "W" { "Warning" } else { "Error" },
            text(name, entry, "since"),
            arguments.iter().collect::<Vec<_>>(),
        )
        .expect("writing to a string");
    }
    let all = table.keys().map(|name| format!("Code::{}", camel(name))).collect::<Vec<_>>().join(", ");
    format!(
        "/// A fault that data or a run can have; the name states it.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n\
         #[repr(u16)]\npub enum Code {{\n{variants}}}\n\n\
         static ALL: [Code; {n}] = [{all}];\n\n\
         static ENTRIES: [Entry; {n}] = [\n{entries}];\n",
        n = table.len()
    )
}

/// One constant per text of the command line.
fn texts(table: &Table) -> String {
    let mut out = String::new();
    for (name, entry) in table {
        let entry = entry.as_table().unwrap_or_else(|| panic!("{name}: not a table"));
        let [fr, en] = ["fr", "en"].map(|key| text(name, entry, key));
        assert_eq!(placeholders(fr), placeholders(en), "{name}: the languages take different arguments");
        let shown = en.replace('\n', "\n/// ");
        writeln!(
            out,
            "/// {shown}\npub const {}: Text = Text {{ french: {fr:?}, english: {en:?} }};",
            name.to_uppercase().replace('-', "_")
        )
        .expect("writing to a string");
    }
    out
}

/// Every file under `formats/` with its path from there.
fn built_in(root: &Path) -> String {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder that can be listed").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root, &mut found);
    found.sort();
    let mut out = String::from("static BUILT_IN: &[(&str, &str)] = &[\n");
    for path in found {
        println!("cargo::rerun-if-changed={}", path.display());
        let relative = path.strip_prefix(root).expect("a path below the root").to_string_lossy().replace('\\', "/");
        writeln!(out, "    ({relative:?}, include_str!({:?})),", path.display().to_string())
            .expect("writing to a string");
    }
    out + "];\n"
}
