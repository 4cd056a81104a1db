//! `basket list`: what waits at each manufacturer.

use std::borrow::Cow;

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{BasketBook as _, BasketTotals};
use bordereau::report::listing::{Column, Listing};
use clap::{ArgMatches, Command};

use super::super::command::Builder;
use super::super::{Session, listing, texts};
use super::page;

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_BASKET_LIST, texts::USAGE_BASKET_LIST, texts::EXAMPLES_BASKET_LIST, None);
    listing::command(builder, builder.command("list", page, []))
}

/// A basket with the name of its manufacturer.
struct Row<'r> {
    basket: BasketTotals,
    name: Option<&'r str>,
}

/// Lists the baskets.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of<'r> = Column<Row<'r>>;

    let registry = session.registry()?;
    let baskets = session.needed_workspace(&registry)?.ledger().baskets()?;
    let name = |basket: &BasketTotals| registry.manufacturer_name(basket.manufacturer);
    let rows: Vec<_> = baskets.into_iter().map(|basket| Row { name: name(&basket), basket }).collect();
    let columns = [
        Of::number("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.basket.manufacturer.0.into())),
        Of::text("name", texts::COLUMN_NAME, |row| row.name.map(Cow::from)),
        Of::number("lines", texts::COLUMN_LINES, |row| i64::try_from(row.basket.totals.lines).ok()).totalled(),
        Of::number("quantity", texts::COLUMN_QUANTITY, |row| i64::try_from(row.basket.totals.quantity).ok()).totalled(),
        Of::money("amount", texts::COLUMN_AMOUNT, |row| Some(row.basket.totals.amount)).totalled(),
    ];
    listing::show(Listing::new("baskets", columns, rows), "basket list", matches, session)?;
    Ok(Exit::Accepted)
}
