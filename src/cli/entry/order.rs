//! `repair order`: the parts of a repair file that are to be ordered go into the baskets.

use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing};
use bordereau::split::MergeKey;
use bordereau::workspace::entry::{OrderedPart, PartsOrder};
use clap::{ArgMatches, Command};

use super::super::command::{Builder, Page};
use super::super::{Session, clock, out, texts};
use super::{Desk, number, typed_number};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_REPAIR_ORDER,
        usage: texts::USAGE_REPAIR_ORDER,
        examples: Some(texts::EXAMPLES_REPAIR_ORDER),
        after: Some(texts::AFTER_REPAIR_ORDER),
        exit_codes: false,
    };
    let arguments =
        [number(builder, DepositKind::Repairs), builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()];
    builder.command("order", page, arguments)
}

/// Puts the parts into the baskets.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<OrderedPart>;

    let language = session.language;
    let is_tried = matches.get_flag("dry-run");
    let mut desk = Desk::open(session)?;
    let key = MergeKey::of(&desk.registry.generic()?.merge_key);
    let (workspace, judging) = desk.parts(language);
    let entry = workspace.entry(DepositKind::Repairs, typed_number(matches))?;
    let parts = match workspace.order_parts(&entry, &judging, key, is_tried, &clock::stamp()?)? {
        PartsOrder::Booked(parts) => parts,
        PartsOrder::Refused(faults) => {
            for (reference, error) in faults {
                out::talk(&(texts::ORDER_PART_REFUSED.with(language, &[("reference", &escape(&reference))]) + "\n"));
                session.say(&error);
            }
            return Ok(Exit::Rejected);
        }
    };
    let count = parts.len().to_string();
    let columns = [
        Of::text("reference", texts::COLUMN_REFERENCE, |part| Some(part.reference.as_str().into())).whole(),
        Of::number("quantity", texts::COLUMN_QUANTITY, |part| Some(part.quantity.into())),
        Of::number("basket_line", texts::COLUMN_BASKET_LINE, |part| part.line.map(|line| line.0)),
    ];
    let list = Listing::new("repair-order", columns, parts);
    if matches.get_flag("json") {
        out::stream(|out| list.write_json(out))?;
    } else if !list.is_empty() {
        out::stream(|out| list.write_table(out, out::width(), language))?;
    }
    let text = match (list.is_empty(), is_tried) {
        (true, _) => texts::REPAIR_ORDER_NONE,
        (false, true) => texts::REPAIR_ORDER_TRIED,
        (false, false) => texts::REPAIR_ORDERED,
    };
    out::talk(&(text.with(language, &[("count", &count), ("number", &entry.id.0.to_string())]) + "\n"));
    Ok(Exit::Accepted)
}
