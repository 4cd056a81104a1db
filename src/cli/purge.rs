//! `purge`: what a workspace has kept long enough, by `[retention]` of its settings.
//!
//! What enters: a workspace. What leaves: the files that went, as a table or JSON; what else was purged, and what stays because
//! it is not finished, on standard error. What is refused: nothing.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{FileRemoval, PurgedTexts};
use bordereau::model::Language;
use bordereau::pipeline::Stop;
use bordereau::report::listing::{Column, Listing};
use bordereau::report::text::Text;
use bordereau::workspace::{Purge, Workspace};
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, clock, listing, out, signals, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_PURGE,
        usage: texts::USAGE_PURGE,
        examples: Some(texts::EXAMPLES_PURGE),
        after: Some(texts::AFTER_PURGE),
        exit_codes: false,
    };
    builder.command("purge", page, [builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()])
}

/// Purges.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let stop = signals::listen(session.language);
    let is_rehearsed = matches.get_flag("dry-run");
    let stamp = clock::stamp()?;
    let purge =
        if is_rehearsed { workspace.foresee_purge(stamp.at)? } else { workspace.purge(&registry, &stop, &stamp)? };
    if matches.get_flag("json") {
        out::json("purge", PurgeObject::new(&purge, is_rehearsed))?;
    } else if !purge.files.is_empty() {
        listing::plain(files(purge.files.clone()), session)?;
    }
    if workspace.account().retention.is_for_good() {
        out::talk(&format!("{}\n", texts::PURGE_FOR_GOOD.get(session.language)));
        return Ok(Exit::Accepted);
    }
    tell(&purge, is_rehearsed, session.language);
    Ok(Exit::Accepted)
}

/// Purges for those who come by often: at most once a day. What cannot be purged now is no reason to stop their work.
pub(super) fn daily(workspace: &mut Workspace, registry: &Registry, stop: &Stop, session: &Session) -> Result<()> {
    match workspace.purge_daily(registry, stop, &clock::stamp()?) {
        Ok(None) => {}
        Ok(Some(purge)) if purge.is_empty() => {}
        Ok(Some(purge)) => tell(&purge, false, session.language),
        Err(error) if stop.check().is_err() => return Err(error),
        Err(error) => session.say(&error),
    }
    Ok(())
}

/// Says how much went, and how much stays.
fn tell(purge: &Purge, is_rehearsed: bool, language: Language) {
    let title = if is_rehearsed { texts::PURGE_FORESEEN } else { texts::PURGE_DONE };
    let files = purge.files.len() as u64;
    out::talk(&said(title, files, purge.contents.sum(), purge.persons.sum(), language));
    if purge.unfinished_files + purge.unfinished.sum() > 0 {
        out::talk(&said(texts::PURGE_UNFINISHED, purge.unfinished_files, purge.unfinished.sum(), 0, language));
    }
}

fn said(text: Text, files: u64, contents: u64, persons: u64, language: Language) -> String {
    let counts = [files, contents, persons].map(|count| count.to_string());
    text.with(language, &[("files", &counts[0]), ("contents", &counts[1]), ("persons", &counts[2])]) + "\n"
}

fn files(files: Vec<FileRemoval>) -> Listing<FileRemoval> {
    type Of = Column<FileRemoval>;

    let columns = [
        Of::text("file", texts::COLUMN_FILE, |file| Some(file.path.to_string_lossy())),
        Of::number("bytes", texts::COLUMN_BYTES, |file| i64::try_from(file.bytes).ok()).totalled(),
    ];
    Listing::new("purged-files", columns, files)
}

/// What was purged, for programs.
#[derive(Serialize)]
struct PurgeObject<'p> {
    dry_run: bool,
    files: Vec<FileObject<'p>>,
    contents: TextsObject,
    persons: TextsObject,
    unfinished_files: u64,
    unfinished: TextsObject,
}

#[derive(Serialize)]
struct FileObject<'p> {
    file: std::borrow::Cow<'p, str>,
    bytes: u64,
    hash: Option<&'p str>,
}

#[derive(Serialize)]
struct TextsObject {
    imports: u64,
    entries: u64,
    solutions: u64,
    work_orders: u64,
    orders: u64,
}

impl TextsObject {
    fn new(texts: PurgedTexts) -> Self {
        let PurgedTexts { imports, entries, solutions, work_orders, orders } = texts;
        Self { imports, entries, solutions, work_orders, orders }
    }
}

impl<'p> PurgeObject<'p> {
    fn new(purge: &'p Purge, dry_run: bool) -> Self {
        let file = |file: &'p FileRemoval| FileObject {
            file: file.path.to_string_lossy(),
            bytes: file.bytes,
            hash: Some(file.hash.as_str()).filter(|hash| !hash.is_empty()),
        };
        Self {
            dry_run,
            files: purge.files.iter().map(file).collect(),
            contents: TextsObject::new(purge.contents),
            persons: TextsObject::new(purge.persons),
            unfinished_files: purge.unfinished_files,
            unfinished: TextsObject::new(purge.unfinished),
        }
    }
}
