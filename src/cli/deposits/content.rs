//! `deposits content`.
//!
//! What enters: a deposit. What leaves: the claims and repair files that it created or brought up to date, as a list without
//! anything of persons. What is refused: a deposit that nobody knows.

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{Entry, EntryBook as _, EntryFilter};
use bordereau::report::listing::{Column, Listing};
use clap::{ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::entry::state_word;
use super::super::order::manufacturer_name;
use super::super::{Session, listing, texts};
use super::{argument, kind_word, typed};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_CONTENT,
        usage: texts::USAGE_DEPOSITS_CONTENT,
        examples: Some(texts::EXAMPLES_DEPOSITS_CONTENT),
        after: None,
        exit_codes: false,
    };
    listing::command(builder, builder.command("content", page, [argument(builder)]))
}

/// An entry, with what the deposit did.
struct Row {
    entry: Entry,
    manufacturer: String,
    is_created: bool,
}

/// Lists what a deposit created or brought up to date, in the order of its file.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let deposit = typed(matches, &workspace)?;
    let filter = EntryFilter { deposit: Some(deposit.id), ..EntryFilter::default() };
    let mut rows: Vec<_> = workspace
        .ledger()
        .entries(&filter)?
        .into_iter()
        .map(|entry| Row {
            manufacturer: entry.manufacturer.map(|id| manufacturer_name(&registry, id)).unwrap_or_default(),
            is_created: entry.source.is_some_and(|(source, _)| source == deposit.id),
            entry,
        })
        .collect();
    rows.reverse();
    let columns = [
        Of::number("number", texts::COLUMN_ENTRY, |row| Some(row.entry.id.0)),
        Of::word("kind", texts::DEPOSIT_KIND, |row| Some(kind_word(row.entry.kind))).unusual(),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.entry.report_number.as_str().into())).whole(),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| {
            row.entry.manufacturer.map(|id| id.0.into())
        })
        .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::word("status", texts::COLUMN_STATUS, |row| state_word(&row.entry)),
        Of::flag("valid", texts::COLUMN_VALID, |row| Some(row.entry.is_valid)),
        Of::number("line", texts::COLUMN_LINE, |row| {
            let line = row.entry.source.filter(|_| row.is_created).map(|(_, line)| line);
            line.and_then(|line| i64::try_from(line).ok())
        }),
        Of::flag("created", texts::ENTRY_CREATED, |row| Some(row.is_created)).unusual(),
        Of::text("claim_number", texts::COLUMN_CLAIM_NUMBER, |row| Some(row.entry.claim_number.as_str().into()))
            .unusual(),
        Of::moment("changed_at", texts::COLUMN_CHANGED, |row| Some(row.entry.changed_at)).unusual(),
    ];
    listing::show(Listing::new("deposit-content", columns, rows), "deposits content", matches, session)?;
    Ok(Exit::Accepted)
}
