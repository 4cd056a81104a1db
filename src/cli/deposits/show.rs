//! `deposits show`.
//!
//! What enters: a deposit. What leaves: all that is known of it and what is to be done next, as text on standard output or as
//! JSON. What is refused: a deposit that nobody knows.

use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{DepositBook as _, DepositEntry, KeptFault};
use bordereau::model::{DepositStatus, Language, Moment};
use bordereau::report::text::Text;
use bordereau::report::{escape, render_finding};
use bordereau::workspace::Workspace;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::super::columns::fact_lines;
use super::super::command::{Builder, Page};
use super::super::{Session, out, texts};
use super::{argument, kind_word, open, origin_word, shown, status_word, typed, updated};

/// The workbook of a deposit that is corrected and deposited again.
const WORKBOOK: &str = "errors.xlsx";

/// The refused records alone, for those without a spreadsheet.
const REFUSED: &str = "refused.csv";

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_SHOW,
        usage: texts::USAGE_DEPOSITS_SHOW,
        examples: Some(texts::EXAMPLES_DEPOSITS_SHOW),
        after: None,
        exit_codes: false,
    };
    builder.command("show", page, [argument(builder), builder.json()])
}

/// Shows a deposit.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let workspace = session.needed_workspace(&session.registry()?)?;
    let deposit = typed(matches, &workspace)?;
    let corrections = workspace.ledger().corrections(deposit.id)?;
    if matches.get_flag("json") {
        out::json("deposit-entry", DepositObject::new(&deposit, &corrections, session.language))?;
    } else {
        out::data(&page(&workspace, &deposit, &corrections, session.language))?;
    }
    Ok(Exit::Accepted)
}

/// A deposit for people.
fn page(workspace: &Workspace, deposit: &DepositEntry, corrections: &[DepositEntry], language: Language) -> String {
    let word = |text: Text| text.get(language);
    let with = |text: Text, said: &[(&str, String)]| {
        let said: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text.with(language, &said)
    };
    let is_read =
        !matches!(deposit.status, DepositStatus::Received | DepositStatus::Processing | DepositStatus::Duplicate)
            && deposit.refusal.is_none();
    let once_read = |text: String| if is_read { text } else { String::new() };
    let counts = [
        ("read", deposit.read.to_string()),
        ("accepted", deposit.accepted.to_string()),
        ("rejected", deposit.rejected.to_string()),
        ("ignored", deposit.ignored.to_string()),
    ];
    let created = [("claims", deposit.claims.to_string()), ("repairs", deposit.repairs.to_string())];
    let later = [("corrected", deposit.corrected.to_string()), ("open", open(deposit).to_string())];
    let number = |count: u64| if count == 0 { String::new() } else { count.to_string() };
    let parent = |deposit: &DepositEntry| deposit.parent.map(|parent| parent.0.to_string()).unwrap_or_default();
    let deleted = deposit.deleted.as_ref().map(|stamp| at_by(stamp.at, &stamp.by, language));
    let family: Vec<_> = corrections.iter().map(|each| each.id.0.to_string()).collect();
    let path = |path: &Option<PathBuf>| path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
    let facts = [
        (word(texts::DEPOSIT_RECEIVED_AT), at_by(deposit.received_at, &deposit.received_by, language)),
        (word(texts::IMPORT_STATUS), word(status_word(deposit.status).text).to_owned()),
        (word(texts::DEPOSIT_KIND), deposit.kind.map(|kind| word(kind_word(kind).text).to_owned()).unwrap_or_default()),
        (word(texts::IMPORT_ORIGIN), word(origin_word(deposit.origin).text).to_owned()),
        (word(texts::DEPOSIT_PARENT), parent(deposit)),
        (word(texts::DEPOSIT_READ), once_read(with(texts::DEPOSIT_SUM, &counts))),
        (word(texts::DEPOSIT_CREATED), once_read(with(texts::DEPOSIT_CREATED_BOTH, &created))),
        (word(texts::DEPOSIT_UPDATED), once_read(number(updated(deposit)))),
        (word(texts::DEPOSIT_DRAFTS), number(deposit.drafts)),
        (
            word(texts::DEPOSIT_CORRECTED),
            if deposit.rejected > 0 { with(texts::DEPOSIT_LATER, &later) } else { String::new() },
        ),
        (word(texts::DEPOSIT_CORRECTIONS), family.join(", ")),
        (word(texts::DEPOSIT_FILE_KEPT), path(&deposit.kept)),
        (word(texts::IMPORT_REPORTS), path(&deposit.reports)),
        (word(texts::DEPOSIT_DELETED_AT), deleted.unwrap_or_default()),
    ];
    let title = [("deposit", deposit.id.0.to_string()), ("file", escape(&deposit.file))];
    let mut text = format!("{}\n{}", with(texts::DEPOSIT_TITLE, &title), fact_lines(&facts));
    if let Some((code, arguments)) = deposit.refusal.as_ref().and_then(KeptFault::code) {
        text.extend(["\n", &render_finding(code, &arguments, language)]);
    }
    let next = next(deposit, workspace.root(), language);
    text + &next.map(|next| format!("\n→ {}\n", escape(&next))).unwrap_or_default()
}

/// When something was done, and by whom, when that is known.
fn at_by(moment: Moment, by: &str, language: Language) -> String {
    let moment = shown(moment);
    if by.is_empty() { moment } else { texts::DEPOSIT_AT_BY.with(language, &[("moment", &moment), ("by", by)]) }
}

/// What is to be done next, with the exact command; nothing when a finding above says it.
fn next(deposit: &DepositEntry, root: &Path, language: Language) -> Option<String> {
    let number = deposit.id.0.to_string();
    let parent = deposit.parent.map(|parent| parent.0.to_string()).unwrap_or_default();
    let open = open(deposit).to_string();
    let report = correctable(deposit, root).map(|path| quoted(&path)).unwrap_or_default();
    let said = [
        ("deposit", number.as_str()),
        ("parent", parent.as_str()),
        ("open", open.as_str()),
        ("report", report.as_str()),
    ];
    let text = match deposit.status {
        _ if deposit.deleted.is_some() => return None,
        DepositStatus::Received | DepositStatus::Processing => texts::DEPOSIT_NEXT_RETRY,
        DepositStatus::Duplicate => texts::DEPOSIT_NEXT_FIRST,
        DepositStatus::Done | DepositStatus::Superseded => texts::DEPOSIT_NEXT_CONTENT,
        _ if deposit.refusal.is_some() => return None,
        _ if report.is_empty() => texts::DEPOSIT_NEXT_ERRORS,
        _ => texts::DEPOSIT_NEXT_CORRECT,
    };
    Some(text.with(language, &said))
}

/// The report that can be corrected and deposited, when it is still there.
fn correctable(deposit: &DepositEntry, root: &Path) -> Option<PathBuf> {
    let reports = root.join(deposit.reports.as_deref()?);
    [WORKBOOK, REFUSED].into_iter().map(|name| reports.join(name)).find(|path| path.is_file())
}

/// A path as it is typed here.
fn quoted(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let near = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let text = near.display().to_string();
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text }
}

/// A deposit for programs.
#[derive(Serialize)]
struct DepositObject<'d> {
    deposit: i64,
    parent: Option<i64>,
    origin: &'static str,
    entries: Option<&'static str>,
    status: &'static str,
    file: &'d str,
    hash: &'d str,
    bytes: u64,
    received_at: String,
    received_by: &'d str,
    read: u64,
    accepted: u64,
    rejected: u64,
    ignored: u64,
    claims: u64,
    repairs: u64,
    updated: u64,
    drafts: u64,
    corrected: u64,
    open: u64,
    corrections: Vec<i64>,
    refusal: Option<RefusalObject<'d>>,
    kept: Option<&'d Path>,
    reports: Option<&'d Path>,
    deleted_at: Option<String>,
    deleted_by: Option<&'d str>,
}

/// Why a deposit was refused as a whole.
#[derive(Serialize)]
struct RefusalObject<'d> {
    code: &'d str,
    message: String,
}

impl<'d> DepositObject<'d> {
    fn new(deposit: &'d DepositEntry, corrections: &[DepositEntry], language: Language) -> Self {
        let refusal = deposit.refusal.as_ref().map(|fault| RefusalObject {
            code: &fault.code,
            message: fault
                .code()
                .map(|(code, arguments)| code.message(language, &arguments).into_owned())
                .unwrap_or_default(),
        });
        Self {
            deposit: deposit.id.0,
            parent: deposit.parent.map(|parent| parent.0),
            origin: deposit.origin.name(),
            entries: deposit.kind.map(bordereau::model::DepositKind::name),
            status: deposit.status.name(),
            file: &deposit.file,
            hash: &deposit.hash,
            bytes: deposit.bytes,
            received_at: deposit.received_at.to_string(),
            received_by: &deposit.received_by,
            read: deposit.read,
            accepted: deposit.accepted,
            rejected: deposit.rejected,
            ignored: deposit.ignored,
            claims: deposit.claims,
            repairs: deposit.repairs,
            updated: updated(deposit),
            drafts: deposit.drafts,
            corrected: deposit.corrected,
            open: open(deposit),
            corrections: corrections.iter().map(|each| each.id.0).collect(),
            refusal,
            kept: deposit.kept.as_deref(),
            reports: deposit.reports.as_deref(),
            deleted_at: deposit.deleted.as_ref().map(|stamp| stamp.at.to_string()),
            deleted_by: deposit.deleted.as_ref().map(|stamp| stamp.by.as_str()),
        }
    }
}
