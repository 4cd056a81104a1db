//! Lines of baskets as a list, with what the catalogue says of their parts now.

use std::borrow::Cow;

use bordereau::catalogue::Catalogue;
use bordereau::format::Registry;
use bordereau::ledger::WaitingLine;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::workspace::{Supply, supply};

use super::super::texts;

/// A line and what is known of its part.
pub(super) struct Row<'r> {
    line: WaitingLine,
    name: Option<&'r str>,
    /// None without a catalogue, or when that does not have the part.
    supply: Option<Supply<'r>>,
    /// Whether there is a catalogue.
    is_looked_up: bool,
}

impl<'r> Row<'r> {
    /// The line with what the catalogue and the formats say of it.
    pub(super) fn new(line: WaitingLine, catalogue: Option<&'r Catalogue>, registry: &'r Registry) -> Self {
        Self {
            name: registry.manufacturer_name(line.manufacturer),
            supply: catalogue.and_then(|catalogue| supply(catalogue, line.manufacturer, &line.reference)),
            is_looked_up: catalogue.is_some(),
            line,
        }
    }

    fn availability(&self) -> Option<Word> {
        Some(match &self.supply {
            Some(supply) if supply.part.available => Word { name: "available", text: texts::LINE_AVAILABLE },
            Some(_) => Word { name: "unavailable", text: texts::LINE_UNAVAILABLE },
            None if self.is_looked_up => Word { name: "not_in_catalogue", text: texts::LINE_NOT_IN_CATALOGUE },
            None => return None,
        })
    }
}

/// A text of the line; what is empty is not shown.
fn filled(text: &str) -> Option<Cow<'_, str>> {
    (!text.is_empty()).then_some(Cow::Borrowed(text))
}

/// The list. Columns that are empty in all lines are shown only when they are chosen.
pub(super) fn listing(rows: Vec<Row<'_>>) -> Listing<Row<'_>> {
    type Of<'r> = Column<Row<'r>>;

    let has = |filled: fn(&Row<'_>) -> bool| rows.iter().any(filled);
    let columns = [
        // A line that is only tried has no number yet.
        Of::number("line", texts::COLUMN_LINE, |row| Some(row.line.id.0).filter(|id| *id > 0)),
        Of::number("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.line.manufacturer.0.into())),
        Of::text("name", texts::COLUMN_NAME, |row| row.name.map(Cow::from)).unusual(),
        Of::text("reference", texts::COLUMN_REFERENCE, |row| filled(&row.line.reference)),
        Of::text("label", texts::COLUMN_LABEL, |row| filled(&row.line.label)),
        Of::number("quantity", texts::COLUMN_QUANTITY, |row| i64::try_from(row.line.quantity).ok()),
        Of::money("unit_price", texts::COLUMN_UNIT_PRICE, |row| Some(row.line.unit_price)),
        Of::money("amount", texts::COLUMN_AMOUNT, |row| row.line.amount()),
        Of::text("customer_order_number", texts::COLUMN_CUSTOMER_ORDER, |row| filled(&row.line.customer_order_number))
            .usual_if(has(|row| !row.line.customer_order_number.is_empty())),
        Of::text("mission_order", texts::COLUMN_MISSION_ORDER, |row| filled(&row.line.work_order))
            .usual_if(has(|row| !row.line.work_order.is_empty())),
        Of::text("countermark", texts::COLUMN_COUNTERMARK, |row| filled(&row.line.countermark))
            .usual_if(has(|row| !row.line.countermark.is_empty())),
        Of::text("delivery_account", texts::COLUMN_DELIVERY_ACCOUNT, |row| filled(&row.line.delivery_account))
            .usual_if(has(|row| !row.line.delivery_account.is_empty())),
        Of::day("desired_delivery_date", texts::COLUMN_DESIRED_DATE, |row| row.line.desired_delivery_date)
            .usual_if(has(|row| row.line.desired_delivery_date.is_some())),
        Of::text("comment", texts::COLUMN_COMMENT, |row| filled(&row.line.comment))
            .usual_if(has(|row| !row.line.comment.is_empty())),
        Of::word("availability", texts::COLUMN_AVAILABILITY, Row::availability).usual_if(has(|row| row.is_looked_up)),
        Of::text("replacement", texts::COLUMN_REPLACEMENT, |row| {
            row.supply?.replacement.map(|new| Cow::Borrowed(new.reference))
        })
        .usual_if(has(|row| row.supply.is_some_and(|supply| supply.replacement.is_some()))),
        Of::money("replacement_price", texts::COLUMN_REPLACEMENT_PRICE, |row| {
            Some(row.supply?.replacement?.part?.unit_price)
        })
        .usual_if(has(|row| row.supply.is_some_and(|supply| supply.replacement.is_some()))),
        Of::money("catalogue_price", texts::COLUMN_CATALOGUE_PRICE, |row| Some(row.supply?.part.unit_price))
            .usual_if(has(|row| row.supply.is_some_and(|supply| supply.part.unit_price != row.line.unit_price))),
        Of::text("asked_reference", texts::COLUMN_ASKED_REFERENCE, |row| {
            row.line.asked.as_ref().map(|asked| Cow::Borrowed(asked.reference.as_str()))
        })
        .usual_if(has(|row| row.line.asked.is_some())),
        Of::number("asked_manufacturer", texts::COLUMN_ASKED_MANUFACTURER, |row| {
            row.line.asked.as_ref().map(|asked| asked.manufacturer.0.into())
        })
        .usual_if(has(|row| row.line.asked.is_some())),
        Of::number("adjusted", texts::COLUMN_ADJUSTED, |row| Some(row.line.adjusted)).unusual(),
    ];
    Listing::new("basket-lines", columns, rows)
}
