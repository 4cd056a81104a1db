//! `retry`: refused files, taken up again.
//!
//! What enters: refused files, by number or by name. What leaves: the same files in the inbox, and where they are now.
//! What is refused: a file that is not among those that were refused.

use std::path::Path;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::Owner;
use bordereau::model::Language;
use bordereau::report::escape;
use bordereau::report::text::Text;
use bordereau::workspace::PutAside;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::mistakes::{invalid, missing};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_RETRY,
        usage: texts::USAGE_RETRY,
        examples: Some(texts::EXAMPLES_RETRY),
        after: Some(texts::AFTER_RETRY),
        exit_codes: false,
    };
    let into = builder.option("into", texts::VALUE_NAME, texts::HELP_RETRY_INTO);
    builder.command(
        "retry",
        page,
        meant(builder, texts::VALUE_NUMBER_OR_NAME, texts::HELP_RETRY_FILE).into_iter().chain([into]),
    )
}

/// What says which files are meant, and how it is told.
pub(super) fn meant(builder: Builder, value: Text, help: Text) -> [Arg; 4] {
    [
        builder.positional("file", value, help).action(ArgAction::Append).num_args(1..),
        builder.flag("all", texts::HELP_RETRY_ALL).conflicts_with("file"),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ]
}

/// Takes files up again.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let below = matches.get_one::<String>("into").map(String::as_str);
    if let Some(below) = below.filter(|below| below.is_empty() || below.starts_with('.') || below.contains(['/', '\\']))
    {
        return Err(invalid("--into", below, Some("deposits")));
    }
    let mut rejected = workspace.rejected_files()?;
    if !matches.get_flag("all") {
        let typed: Vec<_> = matches.get_many::<String>("file").unwrap_or_default().collect();
        if typed.is_empty() {
            return Err(missing("--all"));
        }
        rejected = chosen(&typed, rejected)?;
    }
    let is_rehearsed = matches.get_flag("dry-run");
    let mut moved = Vec::new();
    for file in rejected {
        let to = if is_rehearsed { None } else { Some(workspace.take_up(&file, below)?) };
        moved.push(Moved::new(&file.path, to.as_deref()));
    }
    tell("retry", moved, is_rehearsed, matches.get_flag("json"), session.language)
}

/// The files that were typed, each once.
fn chosen(typed: &[&String], rejected: Vec<PutAside>) -> Result<Vec<PutAside>> {
    let mut chosen = vec![false; rejected.len()];
    for name in typed {
        let found: Vec<_> = (0..rejected.len()).filter(|place| is_meant(name, &rejected[*place])).collect();
        let is_number = name.parse::<i64>().is_ok();
        match found.as_slice() {
            [] => {
                let path = Path::new("rejected").join(name.as_str());
                return Err(Error::new(Code::FileNotFound, Arguments::none().with("path", path.display())));
            }
            [_, _, ..] if is_number => {
                return Err(invalid("NUMBER", name, Some(&format!("import-{name}, deposit-{name}"))));
            }
            _ => found.into_iter().for_each(|place| chosen[place] = true),
        }
    }
    Ok(rejected.into_iter().zip(chosen).filter_map(|(file, is_chosen)| is_chosen.then_some(file)).collect())
}

/// Whether a file is meant: by its number, or by a name that it has or had.
fn is_meant(typed: &str, file: &PutAside) -> bool {
    let bare = typed.rsplit('/').next().unwrap_or(typed);
    let is_number = |text: &str, word: &str, id: i64| {
        text.parse() == Ok(id) || text.strip_prefix(word).is_some_and(|number| number.parse() == Ok(id))
    };
    let is_numbered = match &file.owner {
        Some(Owner::Import(id)) => is_number(typed, "import-", id.0),
        Some(Owner::Deposit(id)) => is_number(typed, "deposit-", id.0),
        _ => false,
    };
    is_numbered || file.name == bare || file.path.file_name().is_some_and(|name| name == bare)
}

/// A file that is elsewhere now.
#[derive(Serialize)]
pub(super) struct Moved {
    from: String,
    to: Option<String>,
}

impl Moved {
    pub(super) fn new(from: &Path, to: Option<&Path>) -> Self {
        Self { from: from.display().to_string(), to: to.map(|to| to.display().to_string()) }
    }
}

#[derive(Serialize)]
struct MovedObject {
    dry_run: bool,
    files: Vec<Moved>,
}

/// Tells which files are where now.
pub(super) fn tell(
    kind: &'static str,
    files: Vec<Moved>,
    dry_run: bool,
    json: bool,
    language: Language,
) -> Result<Exit> {
    let count = files.len().to_string();
    if json {
        out::json(kind, MovedObject { dry_run, files })?;
    } else {
        let line = |file: &Moved| match &file.to {
            Some(to) => format!("{} → {}\n", escape(&file.from), escape(to)),
            None => format!("{}\n", escape(&file.from)),
        };
        out::data(&files.iter().map(line).collect::<String>())?;
    }
    let text = if dry_run { texts::RETRY_FORESEEN } else { texts::RETRY_DONE };
    out::talk(&(text.with(language, &[("count", &count)]) + "\n"));
    Ok(Exit::Accepted)
}
