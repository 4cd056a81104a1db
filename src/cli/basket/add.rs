//! `basket add`: one line, typed.
//!
//! What enters: a reference, a quantity, what it is for. What leaves: the basket line with price, availability and
//! replacement. What is refused: all that would refuse the line of a file; every fault is told.

use bordereau::catalogue::Catalogue;
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::{DateForm, Registry};
use bordereau::ledger::{LineFilter, LineId, Need, WaitingLine};
use bordereau::model::{Day, Field};
use bordereau::report::{escape, render_finding};
use bordereau::split::MergeKey;
use bordereau::validate::part_doubts;
use bordereau::workspace::{TypedLine, Workspace};
use clap::{ArgMatches, Command};

use super::super::command::Builder;
use super::super::mistakes::invalid;
use super::super::{Session, clock, out, texts};
use super::lines::{self, Row};
use super::{Known, page, quantity, refused, word};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let after = Some(texts::AFTER_BASKET_ADD);
    let page = page(texts::ABOUT_BASKET_ADD, texts::USAGE_BASKET_ADD, texts::EXAMPLES_BASKET_ADD, after);
    let arguments = [
        builder
            .positional("reference", texts::VALUE_REFERENCE, texts::HELP_BASKET_REFERENCE)
            .required(true)
            .display_order(1),
        builder
            .positional("quantity", texts::VALUE_NUMBER, texts::HELP_BASKET_ADD_QUANTITY)
            .required(true)
            .display_order(2),
        // As it is called where a file has one manufacturer only, and in the remedies of the codes.
        builder
            .option("manufacturer", texts::VALUE_MANUFACTURER, texts::HELP_BASKET_ADD_MANUFACTURER)
            .alias("supplier"),
        builder.option("customer-order-number", texts::VALUE_TEXT, texts::HELP_BASKET_ADD_CUSTOMER_ORDER),
        builder.option("mission-order", texts::VALUE_TEXT, texts::HELP_BASKET_ADD_MISSION_ORDER),
        builder.option("countermark", texts::VALUE_TEXT, texts::HELP_BASKET_ADD_COUNTERMARK),
        builder.option("delivery-account", texts::VALUE_TEXT, texts::HELP_BASKET_ADD_DELIVERY_ACCOUNT),
        builder.option("desired-date", texts::VALUE_DATE, texts::HELP_BASKET_ADD_DATE),
        builder.option("comment", texts::VALUE_TEXT, texts::HELP_BASKET_ADD_COMMENT),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("add", page, arguments)
}

/// Adds the line.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let opened = workspace.catalogue()?;
    let catalogue = &opened.catalogue;
    let known = Known { registry: &registry, workspace: &workspace, catalogue: Some(&opened) };
    let manufacturer = word(matches, "manufacturer").map(|name| known.manufacturer(name)).transpose()?;
    let text = |name| word(matches, name).unwrap_or_default().trim();
    let desired_delivery_date = word(matches, "desired-date").map(day).transpose()?;
    let part = workspace.find_part(text("reference"), manufacturer, catalogue, &registry);
    let (part, quantity) = match (part, quantity(text("quantity"), &registry)) {
        (Ok(part), Ok(quantity)) => (part, quantity),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => return refused(error, session),
        (Err(first), Err(second)) => {
            session.say(&second);
            return refused(first, session);
        }
    };
    let need = Need {
        delivery_account: text("delivery-account"),
        customer_order_number: text("customer-order-number"),
        work_order: text("mission-order"),
        countermark: text("countermark"),
    };
    let typed = TypedLine { part, quantity, need, desired_delivery_date, comment: text("comment") };
    part_doubts(catalogue, part, Some(quantity), |_: Field, code, arguments| {
        out::talk(&render_finding(code, &arguments, session.language));
    });
    let line = if matches.get_flag("dry-run") {
        tried(&typed, catalogue)
    } else {
        let id = workspace.add_line(&typed, merge_key(&registry)?, catalogue, &clock::stamp()?)?;
        added(&workspace, id)?
    };
    let title = escape(&registry.manufacturer_title(line.manufacturer));
    let (number, is_tried) = (line.id.0.to_string(), line.id.0 == 0);
    let list = lines::listing(vec![Row::new(line, Some(catalogue), &registry)]);
    let language = session.language;
    out::stream(|out| {
        if matches.get_flag("json") { list.write_json(out) } else { list.write_table(out, out::width(), language) }
    })?;
    let said = if is_tried {
        texts::BASKET_NOTHING_WRITTEN.get(language).to_owned()
    } else {
        texts::BASKET_ADDED.with(language, &[("line", &number), ("manufacturer", &title)])
    };
    out::talk(&(said + "\n"));
    Ok(Exit::Accepted)
}

/// `2026-03-10` or `10/03/2026`.
fn day(text: &str) -> Result<Day> {
    let forms = [DateForm::Iso, DateForm::from_pattern("DD/MM/YYYY").unwrap_or(DateForm::Iso)];
    let day = forms.into_iter().find_map(|form| form.read(text.trim().as_bytes()));
    day.ok_or_else(|| invalid("--desired-date", text, Some("2026-03-10, 10/03/2026")))
}

/// In what a typed line must agree with one that waits, to be merged with it: as any order file.
fn merge_key(registry: &Registry) -> Result<MergeKey> {
    Ok(MergeKey::of(&registry.generic()?.merge_key))
}

/// The basket line that a typed line went to.
fn added(workspace: &Workspace, id: LineId) -> Result<WaitingLine> {
    let filter = LineFilter { lines: vec![id.0..=id.0], ..LineFilter::default() };
    let lines = workspace.select_lines(&filter)?;
    lines.into_iter().next().ok_or_else(|| Error::new(Code::LineNotWaiting, Arguments::none().with("unknown", id.0)))
}

/// The line as it would be.
fn tried(typed: &TypedLine<'_>, catalogue: &Catalogue) -> WaitingLine {
    let part = catalogue.part(typed.part);
    WaitingLine {
        id: LineId(0),
        manufacturer: part.manufacturer,
        reference: part.reference.to_owned(),
        label: part.label.to_owned(),
        unit_price: part.unit_price,
        quantity: typed.quantity.into(),
        adjusted: 0,
        delivery_account: typed.need.delivery_account.to_owned(),
        customer_order_number: typed.need.customer_order_number.to_owned(),
        work_order: typed.need.work_order.to_owned(),
        countermark: typed.need.countermark.to_owned(),
        desired_delivery_date: typed.desired_delivery_date,
        comment: typed.comment.to_owned(),
        asked: None,
    }
}
