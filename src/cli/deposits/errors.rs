//! `deposits errors`.
//!
//! What enters: a deposit. What leaves: what is wrong with its entries that wait for their correction, as a list without the
//! values; or one of the reports that were written when it was read, as it is.
//! What is refused: a report that is not there any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::{DepositEntry, EntryBook as _, EntryId, KeptFault, KnownDeposits as _};
use bordereau::model::Language;
use bordereau::pipeline;
use bordereau::report::listing::{Column, Listing};
use bordereau::workspace::Workspace;
use clap::{ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use super::super::command::{Builder, Page};
use super::super::many::NO_SYNC;
use super::super::mistakes::missing;
use super::super::{Session, listing, out, texts};
use super::{argument, typed};

/// The reports, by the option that asks for each.
const REPORTS: [(&str, &str); 3] = [("csv", "errors.csv"), ("xlsx", "errors.xlsx"), ("json", "validation.json")];

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_ERRORS,
        usage: texts::USAGE_DEPOSITS_ERRORS,
        examples: Some(texts::EXAMPLES_DEPOSITS_ERRORS),
        after: Some(texts::AFTER_DEPOSITS_ERRORS),
        exit_codes: false,
    };
    let arguments = [
        argument(builder),
        builder.flag("csv", texts::HELP_DEPOSITS_ERRORS_CSV),
        builder.flag("xlsx", texts::HELP_DEPOSITS_ERRORS_XLSX),
        builder.flag("json", texts::HELP_DEPOSITS_ERRORS_JSON),
        builder
            .option("out", texts::VALUE_FILE, texts::HELP_LIST_OUT)
            .short('o')
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Set),
    ];
    builder.command("errors", page, arguments).group(ArgGroup::new("form").args(REPORTS.map(|(option, _)| option)))
}

/// Shows what is wrong, or hands a report out.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let workspace = session.needed_workspace(&session.registry()?)?;
    let deposit = typed(matches, &workspace)?;
    if deposit.deleted.is_some() {
        return Err(Error::new(Code::DepositDeleted, Arguments::none().with("number", deposit.id.0)));
    }
    let target = matches.get_one::<PathBuf>("out").map(PathBuf::as_path);
    match report(matches, target)? {
        Some(name) => hand_out(&workspace, &deposit, name, target)?,
        None => list(&workspace, &deposit, session)?,
    }
    Ok(Exit::Accepted)
}

/// The report that was asked for, by an option or by the name of the file it goes to.
fn report(matches: &ArgMatches, target: Option<&Path>) -> Result<Option<&'static str>> {
    let typed = REPORTS.into_iter().find(|(option, _)| matches.get_flag(option));
    let ending = target.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
    let named = || REPORTS.into_iter().find(|(option, _)| ending.as_deref() == Some(*option));
    match (typed.or_else(named), target) {
        (Some(("xlsx", _)), None) => Err(missing("-o")),
        (Some((_, name)), _) => Ok(Some(name)),
        (None, Some(_)) => Err(missing("--csv, --xlsx, --json")),
        (None, None) => Ok(None),
    }
}

fn gone(deposit: &DepositEntry, name: &str) -> Error {
    Error::new(Code::DepositReportGone, Arguments::none().with("deposit", deposit.id.0).with("report", name))
}

/// Where a report is kept, when it is.
fn kept(workspace: &Workspace, deposit: &DepositEntry, name: &str) -> Option<PathBuf> {
    let path = workspace.root().join(deposit.reports.as_deref()?).join(name);
    path.is_file().then_some(path)
}

/// Hands a report out as it was written.
fn hand_out(workspace: &Workspace, deposit: &DepositEntry, name: &str, target: Option<&Path>) -> Result<()> {
    let path = kept(workspace, deposit, name).ok_or_else(|| gone(deposit, name))?;
    let mut report = File::open(&path).map_err(|error| Error::io(&path, Code::ReadFailed, error))?;
    match target.filter(|target| target.as_os_str() != "-") {
        Some(target) => pipeline::write_file(target, std::env::var_os(NO_SYNC).is_none(), |file| {
            io::copy(&mut report, file).map(drop)
        }),
        None => out::stream(|out| io::copy(&mut report, out).map(drop)),
    }
}

/// Something that is wrong with an entry that waits.
struct Row {
    line: u64,
    column: String,
    code: String,
    severity: String,
    message: String,
}

/// Lists what is wrong with the entries that wait.
fn list(workspace: &Workspace, deposit: &DepositEntry, session: &Session) -> Result<()> {
    type Of = Column<Row>;

    let (drafts, others) = waiting(workspace, deposit)?;
    let mut rows = Vec::new();
    for (draft, lines) in drafts {
        let found = workspace.ledger().entry_content(draft)?.faults;
        rows.extend(found.iter().map(|fault| of_draft(fault, &lines, session.language)));
    }
    if !others.is_empty() {
        match kept(workspace, deposit, REPORTS[0].1) {
            Some(path) => of_report(&path, &others, &mut rows)?,
            None => session.say(&gone(deposit, REPORTS[0].1)),
        }
    }
    rows.sort_by_key(|row| row.line);
    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| i64::try_from(row.line).ok().filter(|line| *line > 0)),
        Of::text("column", texts::ERROR_COLUMN, |row| Some(row.column.as_str().into())),
        Of::text("severity", texts::ERROR_SEVERITY, |row| Some(row.severity.as_str().into())),
        Of::text("code", texts::ERROR_CODE, |row| Some(row.code.as_str().into())),
        Of::text("message", texts::ERROR_MESSAGE, |row| Some(row.message.as_str().into())),
    ];
    listing::plain(Listing::new("deposit-errors", columns, rows), session)
}

/// Drafts, whose faults the ledger has, with the lines of each.
type Drafts = BTreeMap<EntryId, Vec<u64>>;

/// The entries that wait: those with a draft, and the lines of the others.
fn waiting(workspace: &Workspace, deposit: &DepositEntry) -> Result<(Drafts, BTreeSet<u64>)> {
    let (mut drafts, mut others) = (Drafts::new(), BTreeSet::new());
    for record in workspace.ledger().refused_records(deposit.id)? {
        match record.draft {
            _ if record.is_corrected => {}
            Some(draft) => drafts.entry(draft).or_default().push(record.row.line),
            None => {
                others.insert(record.row.line);
            }
        }
    }
    Ok((drafts, others))
}

/// A fault of a draft, on a line of this deposit: another one may have brought the draft up to date since.
fn of_draft(fault: &KeptFault, lines: &[u64], language: Language) -> Row {
    let message = fault.code().map(|(code, arguments)| code.message(language, &arguments).into_owned());
    let line = if lines.contains(&fault.line) { fault.line } else { lines.first().copied().unwrap_or_default() };
    Row {
        line,
        column: if fault.column.is_empty() { fault.field.clone() } else { fault.column.clone() },
        code: fault.code.clone(),
        severity: fault.severity.clone(),
        message: message.unwrap_or_default(),
    }
}

/// What the report says of lines.
fn of_report(path: &Path, lines: &BTreeSet<u64>, rows: &mut Vec<Row>) -> Result<()> {
    let failed = |error: csv::Error| Error::io(path, Code::ReadFailed, error.into());
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(path).map_err(failed)?;
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let cell = |place| record.get(place).unwrap_or_default().to_owned();
        let line = record.get(0).and_then(|line| line.parse().ok()).filter(|line| lines.contains(line));
        rows.extend(line.map(|line| Row { line, column: cell(1), code: cell(2), severity: cell(3), message: cell(4) }));
    }
    Ok(())
}
