//! `catalogue update`: a catalogue and what changed since become the next catalogue.
//!
//! What enters: a catalogue and a delta. What leaves: the new catalogue, compiled; what changed, on standard error and with
//! `--json` on standard output. What is refused: files that are no catalogues, a delta that leaves no part.

use std::path::{Path, PathBuf};

use bordereau::catalogue::PriceChange;
use bordereau::diagnostic::{Exit, Result};
use bordereau::model::Language;
use bordereau::pipeline::{self, CatalogueUpdate};
use bordereau::report::{escape, render_catalogue};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::catalogue::{RowObject, path};
use super::command::{Builder, Page};
use super::{Session, out, texts};

/// How many changes of prices are shown to people.
const SHOWN: usize = 10;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_UPDATE,
        usage: texts::USAGE_CATALOGUE_UPDATE,
        examples: Some(texts::EXAMPLES_CATALOGUE_UPDATE),
        after: Some(texts::AFTER_CATALOGUE_UPDATE),
        exit_codes: false,
    };
    let file = |argument: Arg| argument.value_parser(value_parser!(PathBuf)).required(true);
    let out = builder
        .option("out", texts::VALUE_FILE, texts::HELP_CATALOGUE_OUT)
        .short('o')
        .value_parser(value_parser!(PathBuf))
        .required_unless_present("dry-run");
    let arguments = [
        file(builder.positional("base", texts::VALUE_CATALOGUE, texts::HELP_CATALOGUE_FILE)),
        file(builder.positional("delta", texts::VALUE_DELTA, texts::HELP_CATALOGUE_DELTA)),
        out,
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("update", page, arguments)
}

/// Writes the next catalogue.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let target = matches.get_one::<PathBuf>("out").filter(|_| !matches.get_flag("dry-run"));
    let sync = std::env::var_os(super::many::NO_SYNC).is_none();
    let update = pipeline::update_catalogue(
        &path(matches, "base"),
        &path(matches, "delta"),
        target.map(PathBuf::as_path),
        sync,
    )?;
    tell(&update, target.map(PathBuf::as_path), matches, session)
}

/// Says what changed.
pub(crate) fn tell(
    update: &CatalogueUpdate,
    target: Option<&Path>,
    matches: &ArgMatches,
    session: &Session,
) -> Result<Exit> {
    if update.base.damaged > 0 {
        out::talk(&render_catalogue(&update.base.note(), session.language));
    }
    out::talk(&page(update, session.language));
    if let Some(target) = target {
        out::talk(&format!("  → {}\n", escape(&target.display().to_string())));
    }
    if matches.get_flag("json") {
        out::json("catalogue-update", Object::new(update, session.language))?;
    }
    Ok(if update.base.damaged + update.delta.damaged > 0 { Exit::Partial } else { Exit::Accepted })
}

/// What changed, for people.
fn page(update: &CatalogueUpdate, language: Language) -> String {
    let report = &update.report;
    let counts = [
        ("parts", update.parts),
        ("added", report.added),
        ("changed", report.changed),
        ("prices", report.price_changed),
        ("availability", report.availability_changed),
        ("replacements", report.replacement_changed),
        ("labels", report.label_changed),
        ("unchanged", report.unchanged),
        ("withdrawn", report.withdrawn),
        ("unknown", report.unknown_withdrawn),
    ];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let mut lines = vec![texts::UPDATED.with(language, &counts)];
    lines.extend(report.prices.iter().take(SHOWN).map(|change| price(change, language)));
    let rest = report.price_changed.saturating_sub(SHOWN as u64);
    if rest > 0 {
        let more = bordereau::report::text::SUMMARY_MORE.with(language, &[("count", &rest.to_string())]);
        lines.push(format!("    {more}"));
    }
    render_catalogue(&update.delta, language) + &lines.join("\n") + "\n"
}

fn price(change: &PriceChange, language: Language) -> String {
    let money = |amount| super::catalogue_show::money(amount, language);
    format!("    {}  {}  {} → {}", change.manufacturer, escape(&change.reference), money(change.old), money(change.new))
}

#[derive(Serialize)]
struct Object<'u> {
    base: FileObject,
    delta: DeltaObject<'u>,
    parts: u64,
    added: u64,
    changed: u64,
    price_changed: u64,
    availability_changed: u64,
    replacement_changed: u64,
    label_changed: u64,
    unchanged: u64,
    withdrawn: u64,
    unknown_withdrawn: u64,
    prices: Vec<PriceObject<'u>>,
}

#[derive(Serialize)]
struct FileObject {
    file: String,
    parts: u64,
    damaged: u64,
    repeated: u64,
}

#[derive(Serialize)]
struct DeltaObject<'u> {
    #[serde(flatten)]
    file: FileObject,
    rows: Vec<RowObject<'u>>,
}

#[derive(Serialize)]
struct PriceObject<'u> {
    manufacturer: u32,
    reference: &'u str,
    old: String,
    new: String,
}

impl<'u> Object<'u> {
    fn new(update: &'u CatalogueUpdate, language: Language) -> Self {
        let report = &update.report;
        let file = |note: &bordereau::report::CatalogueNote| FileObject {
            file: note.file.clone(),
            parts: note.parts,
            damaged: note.damaged,
            repeated: note.repeated,
        };
        let prices = report.prices.iter().map(|change| PriceObject {
            manufacturer: change.manufacturer.0,
            reference: &change.reference,
            old: change.old.to_string(),
            new: change.new.to_string(),
        });
        Self {
            base: file(&update.base.note()),
            delta: DeltaObject {
                file: file(&update.delta),
                rows: update.delta.diagnostics.iter().map(|row| RowObject::new(row, language)).collect(),
            },
            parts: update.parts,
            added: report.added,
            changed: report.changed,
            price_changed: report.price_changed,
            availability_changed: report.availability_changed,
            replacement_changed: report.replacement_changed,
            label_changed: report.label_changed,
            unchanged: report.unchanged,
            withdrawn: report.withdrawn,
            unknown_withdrawn: report.unknown_withdrawn,
            prices: prices.collect(),
        }
    }
}
