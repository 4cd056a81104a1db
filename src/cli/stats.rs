//! `stats`: what was ordered from whom.
//!
//! What enters: a workspace, perhaps a period. What leaves: orders and amounts by period and manufacturer, with shares, as a
//! list, as a picture. What is refused: a day that does not exist.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{OrderShare, Period, StatisticsBook as _};
use bordereau::model::{Day, ManufacturerId, Money};
use bordereau::pipeline;
use bordereau::report::listing::{Column, Listing};
use bordereau::report::{Bar, share_chart};
use clap::{ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::NO_SYNC;
use super::{Session, listing, texts, values};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_STATS,
        usage: texts::USAGE_STATS,
        examples: Some(texts::EXAMPLES_STATS),
        after: Some(texts::AFTER_STATS),
        exit_codes: false,
    };
    let arguments = [
        builder.option("from", texts::VALUE_DAY, texts::HELP_FROM),
        builder.option("to", texts::VALUE_DAY, texts::HELP_TO),
        builder.choice("per", texts::VALUE_PERIOD, texts::HELP_PER, &["day", "month", "year", "all"]),
        builder.option("svg", texts::VALUE_FILE, texts::HELP_SVG).value_parser(value_parser!(PathBuf)),
    ];
    listing::command(builder, builder.command("stats", page, arguments))
}

/// A share with what it is a share of.
struct Row {
    share: OrderShare,
    name: Option<String>,
    /// Of a thousand, of the amounts of its period.
    thousandths: Option<i64>,
}

/// Shows the shares.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let day = |name: &str| -> Result<Option<Day>> {
        matches.get_one::<String>(name).map(|text| values::day(&format!("--{name}"), text)).transpose()
    };
    let period = matches.get_one::<String>("per").and_then(|name| Period::from_name(name)).unwrap_or(Period::Month);
    let shares = workspace.ledger().order_shares(day("from")?, day("to")?, period)?;
    let name = |id: ManufacturerId| registry.manufacturer_name(id).map(str::to_owned);
    if let Some(path) = matches.get_one::<PathBuf>("svg") {
        let svg = share_chart(texts::STATS_TITLE.get(session.language), bars(&shares, name), session.language);
        pipeline::write_file(path, std::env::var_os(NO_SYNC).is_none(), |file| file.write_all(svg.as_bytes()))?;
    }
    let columns = [
        Of::text("period", texts::STATS_PERIOD, |row| Some(Cow::from(&row.share.period)))
            .usual_if(period != Period::All),
        Of::number("manufacturer", texts::STATS_MANUFACTURER, |row| Some(row.share.manufacturer.0.into())),
        Of::text("name", texts::STATS_NAME, |row| row.name.as_deref().map(Cow::from)),
        Of::number("orders", texts::STATS_ORDERS, |row| i64::try_from(row.share.orders).ok()).totalled(),
        Of::number("lines", texts::STATS_LINES, |row| i64::try_from(row.share.lines).ok()).totalled(),
        Of::number("quantity", texts::STATS_QUANTITY, |row| i64::try_from(row.share.quantity).ok()).totalled(),
        Of::money("amount", texts::STATS_AMOUNT, |row| Some(row.share.amount)).totalled(),
        Of::text("share", texts::STATS_SHARE, |row| {
            row.thousandths.map(|share| format!("{}.{} %", share / 10, share % 10).into())
        }),
    ];
    let mut totals = BTreeMap::<String, Money>::new();
    for share in &shares {
        let total = totals.entry(share.period.clone()).or_default();
        *total = total.plus(share.amount).unwrap_or(*total);
    }
    let rows = shares.into_iter().map(|share| {
        let total = totals.get(&share.period).map_or(0, |total| total.ten_thousandths());
        // Rounded: half a thousandth counts as a whole one.
        let doubled = share.amount.ten_thousandths().checked_mul(2000).and_then(|all| all.checked_add(total));
        let thousandths = doubled.and_then(|all| all.checked_div(total.checked_mul(2)?));
        Row { name: name(share.manufacturer), share, thousandths }
    });
    listing::show(Listing::new("stats", columns, rows.collect::<Vec<_>>()), "stats", matches, session)?;
    Ok(Exit::Accepted)
}

/// A bar for each manufacturer, all periods together.
fn bars(shares: &[OrderShare], name: impl Fn(ManufacturerId) -> Option<String>) -> Vec<Bar> {
    let mut amounts = BTreeMap::<ManufacturerId, Money>::new();
    for share in shares {
        let amount = amounts.entry(share.manufacturer).or_default();
        *amount = amount.plus(share.amount).unwrap_or(*amount);
    }
    let bar = |(id, amount)| Bar { label: name(id).unwrap_or_else(|| id.to_string()), amount };
    amounts.into_iter().map(bar).collect()
}
