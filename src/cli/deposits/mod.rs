//! `deposits`: what was deposited, what was created of it, what waits for its correction.
//!
//! What enters: the commands below it, each in a file of its own. What leaves: what they have in common: which deposit is
//! meant, its words. What is refused: a deposit that nobody knows.

mod content;
mod delete;
mod errors;
mod list;
mod retry;
mod show;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::{DepositEntry, DepositOrigin};
use bordereau::model::{DepositKind, DepositStatus, Moment};
use bordereau::report::listing::Word;
use bordereau::workspace::Workspace;
use clap::{Arg, ArgMatches, Command};

use super::command::{Builder, Page};
use super::{Session, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS,
        usage: texts::USAGE_DEPOSITS,
        examples: Some(texts::EXAMPLES_DEPOSITS),
        after: None,
        exit_codes: false,
    };
    let commands = [
        list::command(builder),
        show::command(builder),
        errors::command(builder),
        content::command(builder),
        retry::command(builder),
        delete::command(builder),
    ];
    builder.group("deposits", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("list", matches)) => list::run(matches, session),
        Some(("show", matches)) => show::run(matches, session),
        Some(("errors", matches)) => errors::run(matches, session),
        Some(("content", matches)) => content::run(matches, session),
        Some(("retry", matches)) => retry::run(matches, session),
        Some(("delete", matches)) => delete::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// Which deposit is meant.
fn argument(builder: Builder) -> Arg {
    builder.positional("deposit", texts::VALUE_DEPOSIT, texts::HELP_DEPOSIT_NAME).required(true)
}

/// The deposit that was typed.
fn typed(matches: &ArgMatches, workspace: &Workspace) -> Result<DepositEntry> {
    found(matches.get_one::<String>("deposit").map(String::as_str).unwrap_or_default(), workspace)
}

/// The deposit of that number, or the newest of a file of that name.
fn found(name: &str, workspace: &Workspace) -> Result<DepositEntry> {
    let unknown = || Error::new(Code::DepositUnknown, Arguments::none().with("number", name));
    workspace.find_deposit(name)?.ok_or_else(unknown)
}

/// How far a deposit is, in the words of people.
const fn status_word(status: DepositStatus) -> Word {
    let text = match status {
        DepositStatus::Received => texts::DEPOSIT_RECEIVED,
        DepositStatus::Processing => texts::DEPOSIT_PROCESSING,
        DepositStatus::Done => texts::DEPOSIT_DONE,
        DepositStatus::Partial => texts::DEPOSIT_PARTIAL,
        DepositStatus::Rejected => texts::DEPOSIT_REJECTED,
        DepositStatus::Duplicate => texts::DEPOSIT_DUPLICATE,
        DepositStatus::Superseded => texts::DEPOSIT_SUPERSEDED,
    };
    Word { name: status.name(), text }
}

/// What a deposit holds, in the words of people.
const fn kind_word(kind: DepositKind) -> Word {
    let text = match kind {
        DepositKind::Claims => texts::DEPOSIT_CLAIMS,
        DepositKind::Repairs => texts::DEPOSIT_REPAIRS,
    };
    Word { name: kind.name(), text }
}

/// How a deposit came in, in the words of people.
const fn origin_word(origin: DepositOrigin) -> Word {
    let text = match origin {
        DepositOrigin::File => texts::ORIGIN_FILE,
        DepositOrigin::Correction => texts::ORIGIN_CORRECTION,
        DepositOrigin::Retry => texts::ORIGIN_RETRY,
        DepositOrigin::Typed => texts::ORIGIN_TYPED,
    };
    Word { name: origin.name(), text }
}

/// Entries that still wait for their correction.
const fn open(deposit: &DepositEntry) -> u64 {
    deposit.rejected.saturating_sub(deposit.corrected)
}

/// Entries that were there and were brought up to date.
const fn updated(deposit: &DepositEntry) -> u64 {
    (deposit.accepted + deposit.drafts).saturating_sub(deposit.claims + deposit.repairs)
}

/// A moment as people read it.
fn shown(moment: Moment) -> String {
    moment.to_string().replace('T', " ").replace('Z', " UTC")
}
