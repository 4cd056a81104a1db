//! `deposits delete`.
//!
//! What enters: deposits. What leaves: the same hidden, without what they say of persons; a line for each on standard error.
//! What is refused: a deposit that nobody knows, or that is deleted already; then none is deleted.

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::{Deletion, DepositBook as _, DepositEntry};
use bordereau::model::Language;
use bordereau::report::{escape, text};
use bordereau::workspace::Workspace;
use clap::{ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::super::ask::{Ask as _, Choice, Item, Terminal};
use super::super::command::{Builder, Page};
use super::super::mistakes::missing;
use super::super::{Session, clock, out, texts};
use super::{argument, found};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_DELETE,
        usage: texts::USAGE_DEPOSITS_DELETE,
        examples: Some(texts::EXAMPLES_DEPOSITS_DELETE),
        after: Some(texts::AFTER_DEPOSITS_DELETE),
        exit_codes: false,
    };
    let arguments = [
        argument(builder).action(ArgAction::Append).num_args(1..),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.flag("yes", texts::HELP_DEPOSITS_YES),
        builder.json(),
    ];
    builder.command("delete", page, arguments)
}

/// What became of a deposit, for programs.
#[derive(Serialize)]
struct DeletedObject<'d> {
    deposit: i64,
    file: &'d str,
    purged: u64,
    kept: u64,
}

#[derive(Serialize)]
struct DeletionsObject<'d> {
    dry_run: bool,
    deposits: Vec<DeletedObject<'d>>,
}

/// Deletes deposits.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let deposits = meant(matches, &workspace)?;
    let is_rehearsed = matches.get_flag("dry-run");
    let mut deletions =
        deposits.iter().map(|deposit| workspace.ledger().deletion(deposit.id)).collect::<Result<Vec<_>>>()?;
    if !is_rehearsed {
        if !matches.get_flag("yes") && !is_sure(&deposits, &deletions, language)? {
            return Ok(Exit::Accepted);
        }
        let stamp = clock::stamp()?;
        for (deposit, deletion) in deposits.iter().zip(&mut deletions) {
            *deletion = workspace.delete_deposit(deposit.id, &stamp)?;
        }
    }
    let title = if is_rehearsed { texts::DEPOSIT_TO_DELETE } else { texts::DEPOSIT_DELETED_NOW };
    for (deposit, deletion) in deposits.iter().zip(&deletions) {
        out::talk(&(told(title, deposit, *deletion, language) + "\n"));
    }
    if matches.get_flag("json") {
        let each = deposits.iter().zip(&deletions).map(|(deposit, deletion)| DeletedObject {
            deposit: deposit.id.0,
            file: &deposit.file,
            purged: deletion.purged,
            kept: deletion.kept,
        });
        out::json("deposits-deleted", DeletionsObject { dry_run: is_rehearsed, deposits: each.collect() })?;
    }
    Ok(Exit::Accepted)
}

/// The deposits that were typed, each once; all of them can be deleted.
fn meant(matches: &ArgMatches, workspace: &Workspace) -> Result<Vec<DepositEntry>> {
    let mut deposits: Vec<DepositEntry> = Vec::new();
    for name in matches.get_many::<String>("deposit").unwrap_or_default() {
        let deposit = found(name, workspace)?;
        if deposit.deleted.is_some() {
            return Err(Error::new(Code::DepositDeleted, Arguments::none().with("number", deposit.id.0)));
        }
        if deposits.iter().all(|known| known.id != deposit.id) {
            deposits.push(deposit);
        }
    }
    Ok(deposits)
}

/// What deleting a deposit does.
fn told(title: text::Text, deposit: &DepositEntry, deletion: Deletion, language: Language) -> String {
    let said = [
        ("deposit", deposit.id.0.to_string()),
        ("file", deposit.file.clone()),
        ("purged", deletion.purged.to_string()),
        ("kept", deletion.kept.to_string()),
    ];
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    let stays = (deletion.kept > 0).then(|| texts::DEPOSIT_DELETION_KEEPS.with(language, &said));
    escape(&(title.with(language, &said) + &stays.map(|stays| format!(" {stays}")).unwrap_or_default()))
}

/// Whether they are really to be deleted: somebody says so.
fn is_sure(deposits: &[DepositEntry], deletions: &[Deletion], language: Language) -> Result<bool> {
    let Ok(mut terminal) = Terminal::of("deposits delete", language) else { return Err(missing("--yes")) };
    for (deposit, deletion) in deposits.iter().zip(deletions) {
        terminal.tell(&(told(texts::DEPOSIT_TO_DELETE, deposit, *deletion, language) + "\n"));
    }
    let choice = Choice {
        title: texts::DEPOSITS_DELETE_SURE.get(language).to_owned(),
        options: vec![Item::plain(text::NO.get(language)), Item::plain(text::YES.get(language))],
        first: 0,
        under: &|_| Vec::new(),
    };
    Ok(terminal.choose(&choice)? == Some(1))
}
