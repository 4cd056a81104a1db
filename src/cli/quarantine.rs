//! `quarantine`: files at which the program failed, and what lies in the inbox and is no file.
//!
//! What enters: a workspace. What leaves: what is left alone, as a list; files back in the inbox. What is refused: letting go
//! of what is no file.

use std::borrow::Cow;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::workspace::{Quarantined, Reason};
use clap::{ArgMatches, Command};

use super::command::{Builder, Page};
use super::mistakes::missing;
use super::retry::{self, Moved};
use super::{Session, listing, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = |about, usage, examples, after| Page { about, usage, examples, after, exit_codes: false };
    let list =
        page(texts::ABOUT_QUARANTINE_LIST, texts::USAGE_QUARANTINE_LIST, None, Some(texts::AFTER_QUARANTINE_LIST));
    let release = page(texts::ABOUT_QUARANTINE_RELEASE, texts::USAGE_QUARANTINE_RELEASE, None, None);
    let meant = retry::meant(builder, texts::VALUE_NAME, texts::HELP_QUARANTINE_FILE);
    let commands =
        [listing::command(builder, builder.command("list", list, [])), builder.command("release", release, meant)];
    let group = page(texts::ABOUT_QUARANTINE, texts::USAGE_QUARANTINE, Some(texts::EXAMPLES_QUARANTINE), None);
    builder.group("quarantine", group, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("list", matches)) => list(matches, session),
        Some(("release", matches)) => release(matches, session),
        _ => Ok(Exit::Usage),
    }
}

fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Quarantined>;

    let quarantine = session.needed_workspace(&session.registry()?)?.quarantine()?;
    let columns = [
        Of::text("place", texts::COLUMN_LIES, |each| Some(each.file.path.to_string_lossy())),
        Of::word("reason", texts::COLUMN_REASON, |each| Some(word(each.reason))),
        Of::number("bytes", texts::COLUMN_BYTES, |each| i64::try_from(each.file.bytes).ok()).totalled(),
        Of::moment("since", texts::COLUMN_SINCE, |each| Some(each.file.since)),
        Of::text("file", texts::COLUMN_FILE, |each| Some(Cow::from(&each.file.name))).unusual(),
    ];
    listing::show(Listing::new("quarantine", columns, quarantine), "quarantine list", matches, session)?;
    Ok(Exit::Accepted)
}

const fn word(reason: Reason) -> Word {
    let text = match reason {
        Reason::Fault => texts::QUARANTINE_FAULT,
        Reason::Link => texts::QUARANTINE_LINK,
        Reason::Folder => texts::QUARANTINE_FOLDER,
        Reason::Pipe => texts::QUARANTINE_PIPE,
        Reason::Socket => texts::QUARANTINE_SOCKET,
        Reason::Device => texts::QUARANTINE_DEVICE,
        Reason::Name => texts::QUARANTINE_NAME,
    };
    Word { name: reason.name(), text }
}

fn release(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let mut quarantine = workspace.quarantine()?;
    if matches.get_flag("all") {
        quarantine.retain(|each| matches!(each.reason, Reason::Fault | Reason::Name));
    } else {
        let typed: Vec<_> = matches.get_many::<String>("file").unwrap_or_default().collect();
        if typed.is_empty() {
            return Err(missing("--all"));
        }
        let is_meant = |name: &str, each: &Quarantined| each.file.path.ends_with(name) || each.file.name == name;
        for name in &typed {
            if !quarantine.iter().any(|each| is_meant(name, each)) {
                let arguments = Arguments::none().with("path", std::path::Path::new("quarantine").join(name).display());
                return Err(Error::new(Code::FileNotFound, arguments));
            }
        }
        quarantine.retain(|each| typed.iter().any(|name| is_meant(name, each)));
    }
    let is_rehearsed = matches.get_flag("dry-run");
    let mut moved = Vec::new();
    for each in &quarantine {
        let to = if is_rehearsed { None } else { Some(workspace.release(each)?) };
        moved.push(Moved::new(&each.file.path, to.as_deref()));
    }
    retry::tell("quarantine-released", moved, is_rehearsed, matches.get_flag("json"), session.language)
}
