//! `docs/errors.md` is the catalogue of errors, rendered.

use std::fmt::Write as _;

use bordereau::diagnostic::{Code, Scope, Severity};
use bordereau::model::Language;

use crate::support::{expect, root, samples};

/// The scopes in the order of the page, with their titles and what they mean for the reader.
const SCOPES: [(Scope, &str, &str); 7] = [
    (Scope::Cell, "A cell", "The line is refused, or taken with a warning. The column is named by its own heading."),
    (Scope::Line, "A line", "The whole record is meant; no column is named."),
    (Scope::File, "A file", "The file cannot be read, or is refused as a whole."),
    (
        Scope::Catalogue,
        "The parts catalogue",
        "Nothing can be judged without a catalogue; single rows at fault are left out and counted.",
    ),
    (Scope::Format, "A format", "A file under `formats/` has to be corrected."),
    (Scope::Usage, "The command line", "What was typed cannot be done; nothing was written."),
    (Scope::System, "The machine", "Disk, permissions, signals; nothing was written under a final name."),
];

const HEAD: &str = "# Errors and warnings

<!-- Rendered from src/diagnostic/codes.toml: BORDEREAU_BLESS=1 cargo test --test it errors_page -->

Every fault has one code. `errors.csv`, `errors.xlsx`, `summary.json` and the terminal name it; `bordereau explain CODE`
says what stands here, in French or English. E refuses, W warns and takes the line. `{name}` is filled in, and `[…]`
left out, case by case. A code is retired, never reused. An exit code is that of a run, or of a file of it, which the
code stops; without one the run goes on: 3 when some lines are refused, 4 when none is accepted.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (scope, title, meaning) in SCOPES {
        write!(page, "\n## {title}\n\n{meaning}\n").unwrap();
        for code in Code::all().iter().copied().filter(|code| code.scope() == scope) {
            page.push_str(&section(code));
        }
    }
    page
}

fn section(code: Code) -> String {
    let severity = if code.severity() == Severity::Error { "E, error" } else { "W, warning" };
    let mut facts = format!("{severity} · since {}", code.since());
    if let Some(exit) = code.exit() {
        write!(facts, " · exit code {}", exit.code()).unwrap();
    }
    let folder = format!("samples/codes/{code}");
    if root().join(&folder).is_dir() {
        write!(facts, " · [sample](../{folder}/)").unwrap();
    }
    let mut section = format!("\n### {code}\n\n{facts}\n\n");
    for (name, language) in [("en", Language::English), ("fr", Language::French)] {
        let (message, remedy) = code.template(language);
        writeln!(section, "- {name}: **{}** {}", escaped(message), escaped(remedy)).unwrap();
    }
    section
}

/// Text that Markdown would take for markup.
fn escaped(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_").replace('[', "\\[").replace(']', "\\]")
}

#[test]
fn the_page_is_what_the_catalogue_of_errors_says() {
    expect(&root().join("docs/errors.md"), page().as_bytes());
}

#[test]
fn the_page_has_a_section_for_every_code_and_a_scope_for_every_section() {
    let page = page();
    let sections = page.lines().filter(|line| line.starts_with("### ")).count();
    assert_eq!(sections, Code::all().len());
    let links = page.matches("[sample](").count();
    let folders = std::fs::read_dir(samples().join("codes")).unwrap().count();
    assert_eq!(links, folders, "a folder of samples/codes that no code links to");
}
