//! `basket show`: the lines that wait, with what the catalogue says of their parts now.
//!
//! What enters: which lines. What leaves: the list, and on standard error what all the lines meant come to, shown or not.

use std::borrow::Cow;
use std::rc::Rc;

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{BasketBook as _, LineFilter, SourceEntry, Totals, WaitingLine};
use bordereau::report::listing::{Column, Listing};
use bordereau::workspace::Workspace;
use clap::{ArgMatches, Command};

use super::super::command::Builder;
use super::super::{Session, listing, out, texts};
use super::lines::{self, Row};
use super::{Known, catalogue, filter, filters, page, totals};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_BASKET_SHOW, texts::USAGE_BASKET_SHOW, texts::EXAMPLES_BASKET_SHOW, None);
    let manufacturer = builder.positional("manufacturer", texts::VALUE_MANUFACTURER, texts::HELP_BASKET_MANUFACTURER);
    let sources = builder.flag("sources", texts::HELP_BASKET_SOURCES);
    let command = builder.command("show", page, [manufacturer, sources]).args(filters(builder));
    listing::command(builder, command)
}

/// Shows the lines.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let opened = catalogue(&workspace)?;
    let mut filter =
        filter(matches, &Known { registry: &registry, workspace: &workspace, catalogue: opened.as_ref() })?;
    filter.limit = listing::rows_in_order(matches);
    let lines = workspace.select_lines(&filter)?;
    let shown = lines.len();
    let count = match filter.limit {
        Some(_) => workspace.ledger().waiting_totals(&filter)?,
        None => Totals::of(&lines),
    };
    if matches.get_flag("sources") {
        listing::show(sources(&workspace, lines)?, "basket show", matches, session)?;
    } else {
        let catalogue = opened.as_ref().map(|file| &file.catalogue);
        let rows: Vec<_> = lines.into_iter().map(|line| Row::new(line, catalogue, &registry)).collect();
        listing::show(lines::listing(rows), "basket show", matches, session)?;
    }
    tell(&filter, shown, count, session);
    Ok(Exit::Accepted)
}

/// Says what the lines come to, and how many of them are not shown.
fn tell(filter: &LineFilter, shown: usize, count: Totals, session: &Session) {
    if count.lines == 0 {
        return;
    }
    if filter.limit.is_some() && (shown as u64) < count.lines {
        let counts = [("shown", shown.to_string()), ("count", count.lines.to_string())];
        let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        out::talk(&format!("{}\n", texts::LIST_LIMITED.with(session.language, &counts)));
    }
    out::talk(&format!("{}\n", totals(count, session.language)));
}

/// A source line and the basket line that it belongs to.
struct SourceRow {
    line: Rc<WaitingLine>,
    source: SourceEntry,
}

/// Every source line of these lines, below one another.
fn sources(workspace: &Workspace, lines: Vec<WaitingLine>) -> Result<Listing<SourceRow>> {
    type Of = Column<SourceRow>;

    let mut rows = Vec::new();
    for line in lines {
        let sources = workspace.ledger().source_lines(line.id)?;
        let line = Rc::new(line);
        rows.extend(sources.into_iter().map(|source| SourceRow { line: line.clone(), source }));
    }
    let filled = |text: fn(&SourceRow) -> &str| rows.iter().any(|row| !text(row).is_empty());
    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| Some(row.line.id.0)),
        Of::number("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.line.manufacturer.0.into())),
        Of::text("reference", texts::COLUMN_REFERENCE, |row| Some(Cow::Borrowed(&row.line.reference))),
        Of::text("label", texts::COLUMN_LABEL, |row| Some(Cow::Borrowed(&row.line.label))),
        Of::number("basket_quantity", texts::COLUMN_BASKET_QUANTITY, |row| i64::try_from(row.line.quantity).ok()),
        Of::number("import", texts::COLUMN_IMPORT, |row| Some(row.source.import.0)),
        Of::text("file", texts::COLUMN_FILE, |row| Some(Cow::Borrowed(&row.source.file))),
        Of::number("source_line", texts::COLUMN_SOURCE_LINE, |row| i64::try_from(row.source.line).ok()),
        Of::number("quantity", texts::COLUMN_QUANTITY, |row| i64::try_from(row.source.quantity).ok()),
        Of::text("customer_order_number", texts::COLUMN_CUSTOMER_ORDER, |row| {
            Some(Cow::Borrowed(&row.source.customer_order_number))
        })
        .usual_if(filled(|row| &row.source.customer_order_number)),
        Of::text("mission_order", texts::COLUMN_MISSION_ORDER, |row| Some(Cow::Borrowed(&row.source.work_order)))
            .usual_if(filled(|row| &row.source.work_order)),
        Of::text("countermark", texts::COLUMN_COUNTERMARK, |row| Some(Cow::Borrowed(&row.source.countermark)))
            .usual_if(filled(|row| &row.source.countermark)),
        Of::day("desired_delivery_date", texts::COLUMN_DESIRED_DATE, |row| row.source.desired_delivery_date)
            .usual_if(rows.iter().any(|row| row.source.desired_delivery_date.is_some())),
        Of::text("comment", texts::COLUMN_COMMENT, |row| Some(Cow::Borrowed(&row.source.comment)))
            .usual_if(filled(|row| &row.source.comment)),
    ];
    Ok(Listing::new("basket-sources", columns, rows))
}
