//! `deposits list`.
//!
//! What enters: filters. What leaves: deposits, the newest first. What is refused: a day or a manufacturer that cannot be.

use std::borrow::Cow;

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{DepositBook as _, DepositEntry, DepositFilter};
use bordereau::model::{DepositKind, DepositStatus, Moment};
use bordereau::report::listing::{Column, Listing};
use clap::builder::PossibleValuesParser;
use clap::{ArgAction, ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::order::{day, text};
use super::super::{Session, listing, texts};
use super::{kind_word, open, origin_word, status_word, updated};

/// A day in seconds.
const DAY: i64 = 24 * 60 * 60;

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSITS_LIST,
        usage: texts::USAGE_DEPOSITS_LIST,
        examples: Some(texts::EXAMPLES_DEPOSITS_LIST),
        after: None,
        exit_codes: false,
    };
    let statuses: Vec<_> = DepositStatus::ALL.iter().map(|status| status.name()).collect();
    let arguments = [
        builder
            .option("status", texts::VALUE_STATUS, texts::HELP_DEPOSITS_STATUS)
            .value_parser(PossibleValuesParser::new(statuses))
            .ignore_case(true)
            .hide_possible_values(true)
            .value_delimiter(',')
            .action(ArgAction::Append),
        builder.choice("kind", texts::VALUE_DEPOSIT_KIND, texts::HELP_DEPOSITS_KIND, &["claims", "repairs"]),
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_DEPOSITS_MANUFACTURER).short('m'),
        builder.option("from", texts::VALUE_DAY, texts::HELP_FROM).alias("since"),
        builder.option("to", texts::VALUE_DAY, texts::HELP_TO).alias("until"),
        builder.flag("deleted", texts::HELP_DEPOSITS_DELETED),
    ];
    listing::command(builder, builder.command("list", page, arguments))
}

/// Lists deposits.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<DepositEntry>;

    /// A count.
    const fn of(count: u64) -> i64 {
        count.cast_signed()
    }

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let filter = filter(matches, &registry)?;
    let deposits = workspace.ledger().deposits(&filter)?;
    let columns = [
        Of::number("deposit", texts::DEPOSIT_NUMBER, |deposit| Some(deposit.id.0)),
        Of::moment("received_at", texts::DEPOSIT_RECEIVED_AT, |deposit| Some(deposit.received_at)),
        Of::text("file", texts::IMPORT_FILE, |deposit| Some(Cow::from(&deposit.file))),
        Of::text("received_by", texts::DEPOSIT_RECEIVED_BY, |deposit| Some(Cow::from(&deposit.received_by))),
        Of::word("kind", texts::DEPOSIT_KIND, |deposit| deposit.kind.map(kind_word)),
        Of::word("status", texts::IMPORT_STATUS, |deposit| Some(status_word(deposit.status))),
        Of::number("claims", texts::DEPOSIT_CREATED_CLAIMS, |deposit| Some(of(deposit.claims))).totalled(),
        Of::number("repairs", texts::DEPOSIT_CREATED_REPAIRS, |deposit| Some(of(deposit.repairs))).totalled(),
        // What is refused in a correction was refused before: no sum of these would be true.
        Of::number("rejected", texts::DEPOSIT_REFUSED, |deposit| Some(of(deposit.rejected))),
        Of::number("open", texts::DEPOSIT_OPEN, |deposit| Some(of(open(deposit)))),
        Of::number("read", texts::DEPOSIT_READ, |deposit| Some(of(deposit.read))).unusual(),
        Of::number("accepted", texts::DEPOSIT_ACCEPTED, |deposit| Some(of(deposit.accepted))).unusual(),
        Of::number("ignored", texts::DEPOSIT_IGNORED, |deposit| Some(of(deposit.ignored))).unusual(),
        Of::number("updated", texts::DEPOSIT_UPDATED, |deposit| Some(of(updated(deposit)))).unusual(),
        Of::number("drafts", texts::DEPOSIT_DRAFTS, |deposit| Some(of(deposit.drafts))).unusual(),
        Of::number("corrected", texts::DEPOSIT_CORRECTED, |deposit| Some(of(deposit.corrected))).unusual(),
        Of::number("parent", texts::DEPOSIT_PARENT, |deposit| deposit.parent.map(|parent| parent.0)).unusual(),
        Of::word("origin", texts::IMPORT_ORIGIN, |deposit| Some(origin_word(deposit.origin))).unusual(),
        Of::number("bytes", texts::DEPOSIT_BYTES, |deposit| Some(of(deposit.bytes))).unusual(),
        Of::text("hash", texts::IMPORT_HASH, |deposit| Some(Cow::from(&deposit.hash))).unusual(),
        Of::text("kept", texts::DEPOSIT_FILE_KEPT, |deposit| {
            deposit.kept.as_deref().map(std::path::Path::to_string_lossy)
        })
        .unusual(),
        Of::text("reports", texts::IMPORT_REPORTS, |deposit| {
            deposit.reports.as_deref().map(std::path::Path::to_string_lossy)
        })
        .unusual(),
        Of::moment("deleted_at", texts::DEPOSIT_DELETED_AT, |deposit| deposit.deleted.as_ref().map(|stamp| stamp.at))
            .usual_if(filter.deleted),
        Of::text("deleted_by", texts::DEPOSIT_DELETED_BY, |deposit| {
            deposit.deleted.as_ref().map(|stamp| Cow::from(&stamp.by))
        })
        .unusual(),
    ];
    listing::show(Listing::new("deposits", columns, deposits), "deposits list", matches, session)?;
    Ok(Exit::Accepted)
}

fn filter(matches: &ArgMatches, registry: &Registry) -> Result<DepositFilter> {
    let midnight = |option: &str, name| -> Result<Option<Moment>> {
        let typed = text(matches, name).map(|typed| day(option, typed)).transpose()?;
        Ok(typed.and_then(|day| Moment::parse(&format!("{day}T00:00:00Z"))))
    };
    let statuses = matches.get_many::<String>("status").unwrap_or_default();
    Ok(DepositFilter {
        statuses: statuses.filter_map(|name| DepositStatus::from_name(name)).collect(),
        hash: None,
        kind: text(matches, "kind").and_then(DepositKind::from_name),
        manufacturer: text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?,
        from: midnight("--from", "from")?,
        before: midnight("--to", "to")?.and_then(|day| Moment::from_seconds(day.seconds() + DAY)),
        deleted: matches.get_flag("deleted"),
    })
}
