//! `catalogue build` and `catalogue check`; `catalogue show` has its own file.
//!
//! What enters: a catalogue file. What leaves: the prepared catalogue, or its rows at fault on standard output.
//! What is refused: a file that is no catalogue.

use std::io;
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Code, Diagnostic, Error, Exit, Result};
use bordereau::export::Profile;
use bordereau::model::Language;
use bordereau::pipeline;
use bordereau::report::{CatalogueNote, ErrorList, render_catalogue};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, catalogue_show, clock, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE,
        usage: texts::USAGE_CATALOGUE,
        examples: Some(texts::EXAMPLES_CATALOGUE),
        after: None,
        exit_codes: false,
    };
    let commands =
        [load_command(builder), build_command(builder), check_command(builder), catalogue_show::command(builder)];
    builder.group("catalogue", page, commands)
}

fn load_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_LOAD,
        usage: texts::USAGE_CATALOGUE_LOAD,
        examples: Some(texts::EXAMPLES_CATALOGUE_LOAD),
        after: None,
        exit_codes: false,
    };
    builder.command("load", page, [file(builder), builder.json()])
}

fn build_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_BUILD,
        usage: texts::USAGE_CATALOGUE_BUILD,
        examples: Some(texts::EXAMPLES_CATALOGUE_BUILD),
        after: Some(texts::AFTER_CATALOGUE_BUILD),
        exit_codes: false,
    };
    let out = builder
        .option("out", texts::VALUE_FILE, texts::HELP_CATALOGUE_OUT)
        .short('o')
        .value_parser(value_parser!(PathBuf))
        .required(true);
    builder.command("build", page, [file(builder), out, builder.json()])
}

fn check_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_CHECK,
        usage: texts::USAGE_CATALOGUE_CHECK,
        examples: Some(texts::EXAMPLES_CATALOGUE_CHECK),
        after: Some(texts::AFTER_CATALOGUE_CHECK),
        exit_codes: false,
    };
    builder.command("check", page, [file(builder), builder.json()])
}

fn file(builder: Builder) -> Arg {
    builder
        .positional("file", texts::VALUE_FILE, texts::HELP_CATALOGUE_FILE)
        .value_parser(value_parser!(PathBuf))
        .required(true)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("load", matches)) => load(matches, session),
        Some(("build", matches)) => build(matches, session),
        Some(("check", matches)) => check(matches, session),
        Some(("show", matches)) => catalogue_show::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

fn path(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

/// Gives the workspace a catalogue.
fn load(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let read = workspace.load_catalogue(&path(matches, "file"), &clock::stamp()?)?;
    let note = read.note();
    out::talk(&render_catalogue(&note, session.language));
    if matches.get_flag("json") {
        out::json("catalogue-load", Object::new(&note, session.language))?;
    }
    Ok(if read.damaged > 0 { Exit::Partial } else { Exit::Accepted })
}

fn build(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let target = path(matches, "out");
    let sync = std::env::var_os(super::import::NO_SYNC).is_none();
    let read = pipeline::build_catalogue(&path(matches, "file"), &target, sync)?;
    let note = read.note();
    out::talk(&render_catalogue(&note, session.language));
    out::talk(&format!("  → {}\n", bordereau::report::escape(&target.display().to_string())));
    if matches.get_flag("json") {
        out::json("catalogue-build", Object::new(&note, session.language))?;
    }
    Ok(if read.damaged > 0 { Exit::Partial } else { Exit::Accepted })
}

fn check(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let read = pipeline::open_catalogue(&path(matches, "file"))?;
    let note = read.note();
    if matches.get_flag("json") {
        out::json("catalogue-check", Object::new(&note, language))?;
    } else {
        let table = table(&note.diagnostics, language);
        out::data(&table.map_err(|error| Error::io(Path::new("stdout"), Code::WriteFailed, error))?)?;
    }
    out::talk(&render_catalogue(&CatalogueNote { diagnostics: Vec::new(), ..note.clone() }, language));
    let (shown, count) = (note.diagnostics.len() as u64, note.damaged + note.repeated);
    if shown < count {
        let more =
            texts::CATALOGUE_MORE.with(language, &[("shown", &shown.to_string()), ("count", &count.to_string())]);
        out::talk(&format!("{more}\n"));
    }
    Ok(if count > 0 { Exit::Partial } else { Exit::Accepted })
}

/// The rows at fault in the form of `errors.csv`.
fn table(diagnostics: &[Diagnostic], language: Language) -> io::Result<String> {
    let mut text = Vec::new();
    let mut list = ErrorList::begin(&mut text, Profile::Machine, language);
    for each in diagnostics {
        list.add(each, each.arguments.get("cause").unwrap_or_default())?;
    }
    list.finish()?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[derive(Serialize)]
struct Object<'n> {
    file: &'n str,
    parts: u64,
    damaged: u64,
    repeated: u64,
    rows: Vec<RowObject<'n>>,
}

#[derive(Serialize)]
struct RowObject<'n> {
    line: u64,
    code: &'static str,
    message: String,
    value: &'n str,
}

impl<'n> Object<'n> {
    fn new(note: &'n CatalogueNote, language: Language) -> Self {
        let rows = note.diagnostics.iter().map(|each| RowObject {
            line: each.line,
            code: each.code.name(),
            message: each.code.message(language, &each.arguments).into_owned(),
            value: &each.value,
        });
        Self {
            file: &note.file,
            parts: note.parts,
            damaged: note.damaged,
            repeated: note.repeated,
            rows: rows.collect(),
        }
    }
}
