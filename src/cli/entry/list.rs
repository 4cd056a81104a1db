//! `claim list` and `repair list`.
//!
//! What enters: filters. What leaves: entries, the newest first. No name and no address stands in a list.
//! What is refused: a status or a day that cannot be.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{DepositId, Entry, EntryBook as _, EntryFilter};
use bordereau::model::{ClaimStatus, DepositKind, Moment, RepairState};
use bordereau::report::listing::{Column, Listing};
use clap::builder::PossibleValuesParser;
use clap::{ArgAction, ArgMatches, Command, value_parser};

use super::super::command::{Builder, Page};
use super::super::order::{day, manufacturer_name, text};
use super::super::{Session, listing, texts};
use super::state_word;

/// What can be typed.
pub(super) fn command(builder: Builder, kind: DepositKind) -> Command {
    let is_claim = kind == DepositKind::Claims;
    let page = Page {
        about: if is_claim { texts::ABOUT_CLAIM_LIST } else { texts::ABOUT_REPAIR_LIST },
        usage: if is_claim { texts::USAGE_CLAIM_LIST } else { texts::USAGE_REPAIR_LIST },
        examples: Some(if is_claim { texts::EXAMPLES_CLAIM_LIST } else { texts::EXAMPLES_REPAIR_LIST }),
        after: None,
        exit_codes: false,
    };
    let statuses: Vec<_> = match kind {
        DepositKind::Claims => ClaimStatus::ALL.iter().map(|status| status.name()).collect(),
        DepositKind::Repairs => RepairState::ALL.iter().map(|state| state.name()).collect(),
    };
    let help = if is_claim { texts::HELP_FILTER_CLAIM_STATUS } else { texts::HELP_FILTER_REPAIR_STATE };
    let arguments = [
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_FILTER_MANUFACTURER).short('m'),
        builder
            .option("status", texts::VALUE_STATUS, help)
            .value_parser(PossibleValuesParser::new(statuses))
            .ignore_case(true)
            .hide_possible_values(true)
            .value_delimiter(',')
            .action(ArgAction::Append),
        builder.choice("valid", texts::VALUE_ANSWER, texts::HELP_FILTER_VALID, &["yes", "no", "oui", "non"]),
        builder.option("report-number", texts::VALUE_NUMBER_TEXT, texts::HELP_FILTER_REPORT),
        builder.option("deposit", texts::VALUE_NUMBER, texts::HELP_FILTER_DEPOSIT).value_parser(value_parser!(i64)),
        builder.option("since", texts::VALUE_DAY, texts::HELP_FILTER_CREATED_SINCE),
        builder.option("until", texts::VALUE_DAY, texts::HELP_FILTER_CREATED_UNTIL),
    ];
    listing::command(builder, builder.command("list", page, arguments))
}

/// An entry with the name of its manufacturer.
struct Row {
    entry: Entry,
    manufacturer: String,
}

/// Lists entries.
pub(super) fn run(kind: DepositKind, matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let entries = workspace.ledger().entries(&filter(kind, matches, &registry)?)?;
    let name = |entry: &Entry| entry.manufacturer.map(|id| manufacturer_name(&registry, id)).unwrap_or_default();
    let rows: Vec<_> = entries.into_iter().map(|entry| Row { manufacturer: name(&entry), entry }).collect();
    let is_claim = kind == DepositKind::Claims;
    let columns = [
        Of::number("number", texts::COLUMN_ENTRY, |row| Some(row.entry.id.0)),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.entry.report_number.as_str().into())).whole(),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.entry.manufacturer?.0.into()))
            .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::word("status", texts::COLUMN_STATUS, |row| state_word(&row.entry)),
        Of::flag("valid", texts::COLUMN_VALID, |row| Some(row.entry.is_valid)),
        Of::text("answer", texts::COLUMN_ANSWER, |row| Some(row.entry.answer.as_str().into())).usual_if(is_claim),
        Of::text("claim_number", texts::COLUMN_CLAIM_NUMBER, |row| Some(row.entry.claim_number.as_str().into()))
            .usual_if(is_claim),
        Of::number("intervention_id", texts::COLUMN_INTERVENTION, |row| i64::try_from(row.entry.intervention?).ok())
            .usual_if(!is_claim),
        Of::number("counterpart", texts::COLUMN_COUNTERPART, |row| row.entry.counterpart.map(|id| id.0)),
        Of::text("closing_reason", texts::COLUMN_CLOSING_REASON, |row| Some(row.entry.closing_reason.as_str().into()))
            .usual_if(!is_claim),
        Of::moment("created_at", texts::COLUMN_CREATED, |row| Some(row.entry.created_at)),
        Of::text("created_by", texts::COLUMN_BY, |row| Some(row.entry.created_by.as_str().into())).unusual(),
        Of::moment("changed_at", texts::COLUMN_CHANGED, |row| Some(row.entry.changed_at)).unusual(),
        Of::moment("transmitted_at", texts::COLUMN_TRANSMITTED, |row| row.entry.transmitted_at).unusual(),
        Of::number("deposit", texts::COLUMN_DEPOSIT, |row| row.entry.source.map(|(deposit, _)| deposit.0)).unusual(),
        Of::number("line", texts::COLUMN_LINE, |row| i64::try_from(row.entry.source?.1).ok()).unusual(),
        Of::text("draft_invoice", texts::COLUMN_DRAFT_INVOICE, |row| Some(row.entry.draft_invoice.as_str().into()))
            .unusual(),
        Of::text("invoice", texts::COLUMN_INVOICE, |row| Some(row.entry.invoice.as_str().into())).unusual(),
    ];
    let command = if is_claim { "claim list" } else { "repair list" };
    listing::show(Listing::new(kind.name(), columns, rows), command, matches, session)?;
    Ok(Exit::Accepted)
}

fn filter(kind: DepositKind, matches: &ArgMatches, registry: &Registry) -> Result<EntryFilter> {
    let midnight = |day| Moment::parse(&format!("{day}T00:00:00Z"));
    let start = |option: &str, name| text(matches, name).map(|typed| day(option, typed)).transpose();
    let statuses: Vec<_> = matches.get_many::<String>("status").unwrap_or_default().collect();
    let until = start("--until", "until")?.and_then(midnight);
    let is_claim = kind == DepositKind::Claims;
    Ok(EntryFilter {
        kind: Some(kind),
        claim_statuses: statuses.iter().filter(|_| is_claim).filter_map(|name| ClaimStatus::from_name(name)).collect(),
        repair_states: statuses.iter().filter(|_| !is_claim).filter_map(|name| RepairState::from_name(name)).collect(),
        valid: text(matches, "valid").map(|word| matches!(word, "yes" | "oui")),
        manufacturer: text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?,
        report_number: text(matches, "report-number").map(|text| text.trim().to_owned()),
        deposit: matches.get_one::<i64>("deposit").map(|number| DepositId(*number)),
        from: start("--since", "since")?.and_then(midnight),
        before: until.and_then(|day| Moment::from_seconds(day.seconds() + 24 * 60 * 60)),
    })
}
