//! `catalogue build` and `catalogue check`; `find`, `show` and `update` have their own files.
//!
//! What enters: a catalogue file. What leaves: the prepared catalogue, or its rows at fault on standard output.
//! What is refused: a file that is no catalogue.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use bordereau::catalogue::Catalogue;
use bordereau::diagnostic::{Code, Diagnostic, Error, Exit, Result};
use bordereau::export::Profile;
use bordereau::format::Registry;
use bordereau::ledger::{CatalogueLoad, LoadKind, PartsBook as _};
use bordereau::model::Language;
use bordereau::pipeline;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::report::{CatalogueNote, ErrorList, render_catalogue};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, catalogue_find, catalogue_show, catalogue_update, clock, listing, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE,
        usage: texts::USAGE_CATALOGUE,
        examples: Some(texts::EXAMPLES_CATALOGUE),
        after: None,
        exit_codes: false,
    };
    let commands = [
        load_command(builder),
        loads_command(builder),
        build_command(builder),
        catalogue_update::command(builder),
        check_command(builder),
        catalogue_find::command(builder),
        catalogue_show::command(builder),
    ];
    builder.group("catalogue", page, commands)
}

fn load_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_LOAD,
        usage: texts::USAGE_CATALOGUE_LOAD,
        examples: Some(texts::EXAMPLES_CATALOGUE_LOAD),
        after: Some(texts::AFTER_CATALOGUE_LOAD),
        exit_codes: false,
    };
    let delta = builder.flag("delta", texts::HELP_DELTA);
    builder.command("load", page, [file(builder), delta, builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()])
}

fn loads_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_LOADS,
        usage: texts::USAGE_CATALOGUE_LOADS,
        examples: Some(texts::EXAMPLES_CATALOGUE_LOADS),
        after: None,
        exit_codes: false,
    };
    listing::command(builder, builder.command("loads", page, []))
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
        Some(("loads", matches)) => loads(matches, session),
        Some(("build", matches)) => build(matches, session),
        Some(("check", matches)) => check(matches, session),
        Some(("find", matches)) => catalogue_find::run(matches, session),
        Some(("update", matches)) => catalogue_update::run(matches, session),
        Some(("show", matches)) => catalogue_show::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// The catalogue that a command consults: the one that was named, else that of the workspace.
pub(crate) fn open(matches: &ArgMatches, session: &Session, registry: &Registry) -> Result<Catalogue> {
    Ok(super::workspace::catalogue(matches, session.workspace(registry)?.as_ref())?.catalogue)
}

pub(crate) fn path(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

/// Gives the workspace a catalogue, or changes the one it has.
fn load(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let (file, stamp) = (path(matches, "file"), clock::stamp()?);
    let dry_run = matches.get_flag("dry-run");
    if matches.get_flag("delta") {
        let update = workspace.update_catalogue(&file, dry_run, &stamp)?;
        return catalogue_update::tell(&update, None, matches, session);
    }
    let read = if dry_run { pipeline::open_catalogue(&file)? } else { workspace.load_catalogue(&file, &stamp)? };
    let note = read.note();
    out::talk(&render_catalogue(&note, session.language));
    if matches.get_flag("json") {
        out::json("catalogue-load", Object::new(&note, session.language))?;
    }
    Ok(if read.damaged > 0 { Exit::Partial } else { Exit::Accepted })
}

/// Lists what was loaded, the newest first.
fn loads(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<CatalogueLoad>;

    let loads = session.needed_workspace(&session.registry()?)?.ledger().loads()?;
    let columns = [
        Of::moment("loaded_at", texts::LOAD_AT, |load| Some(load.loaded_at)),
        Of::text("file", texts::IMPORT_FILE, |load| Some(Cow::from(&load.file))),
        Of::word("kind", texts::LOAD_KIND, |load| {
            let text = if load.kind == LoadKind::Full { texts::LOAD_FULL } else { texts::LOAD_DELTA };
            Some(Word { name: load.kind.name(), text })
        }),
        Of::number("parts", texts::LOAD_PARTS, |load| i64::try_from(load.parts).ok()),
        Of::text("loaded_by", texts::LOAD_BY, |load| Some(Cow::from(&load.loaded_by))),
        Of::text("report", texts::LOAD_REPORT, |load| Some(Cow::from(&load.report))).unusual(),
        Of::text("hash", texts::IMPORT_HASH, |load| Some(Cow::from(&load.hash))).unusual(),
    ];
    listing::show(Listing::new("catalogue-loads", columns, loads), "catalogue loads", matches, session)?;
    Ok(Exit::Accepted)
}

fn build(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let target = path(matches, "out");
    let sync = std::env::var_os(super::many::NO_SYNC).is_none();
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
    withdrawn: u64,
    rows: Vec<RowObject<'n>>,
}

#[derive(Serialize)]
pub(crate) struct RowObject<'n> {
    line: u64,
    code: &'static str,
    message: String,
    value: &'n str,
}

impl<'n> RowObject<'n> {
    pub(crate) fn new(row: &'n Diagnostic, language: Language) -> Self {
        Self {
            line: row.line,
            code: row.code.name(),
            message: row.code.message(language, &row.arguments).into_owned(),
            value: &row.value,
        }
    }
}

impl<'n> Object<'n> {
    fn new(note: &'n CatalogueNote, language: Language) -> Self {
        let rows = note.diagnostics.iter().map(|each| RowObject::new(each, language));
        Self {
            file: &note.file,
            parts: note.parts,
            damaged: note.damaged,
            repeated: note.repeated,
            withdrawn: note.withdrawn,
            rows: rows.collect(),
        }
    }
}
