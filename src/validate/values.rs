//! Quantity, price and date.

use super::{Findings, Terms};
use crate::catalogue::PartId;
use crate::diagnostic::{Arguments, Code};
use crate::map::Reading;
use crate::model::{Day, Field, Money};

/// The quantity, if it is a whole number in range.
#[inline]
pub(super) fn quantity(findings: &mut Findings<'_>, terms: &Terms<'_>) -> Option<u32> {
    match findings.draft.quantity {
        Reading::Empty => findings.cell(Field::Quantity, Code::QtyEmpty, Arguments::none()),
        Reading::Unreadable => findings.cell(Field::Quantity, Code::QtyNotInteger, Arguments::none()),
        Reading::Value(number) => {
            let range = terms.quantity;
            let quantity = u32::try_from(number).ok().filter(|number| (range.minimum..=range.maximum).contains(number));
            if quantity.is_some() {
                return quantity;
            }
            let arguments = Arguments::none().with("minimum", range.minimum).with("maximum", range.maximum);
            findings.cell(Field::Quantity, Code::QtyOutOfRange, arguments);
        }
    }
    None
}

/// Notes a price that cannot be read. The price is informative: the catalogue's counts.
#[inline]
pub(super) fn price(findings: &mut Findings<'_>) {
    if findings.draft.unit_price == Reading::Unreadable {
        findings.cell(Field::UnitPrice, Code::PriceInvalid, Arguments::none());
    }
}

/// The desired day, if there is one.
#[inline]
pub(super) fn date(findings: &mut Findings<'_>, terms: &Terms<'_>) -> Option<Day> {
    match findings.draft.desired_delivery_date {
        Reading::Value(day) if terms.earliest.is_some_and(|earliest| day < earliest) => {
            let arguments = terms.earliest.into_iter().fold(Arguments::none(), |all, day| all.with("today", day));
            findings.cell(Field::DesiredDeliveryDate, Code::DatePast, arguments);
            None
        }
        Reading::Value(day) => Some(day),
        Reading::Empty => None,
        Reading::Unreadable => {
            let form = findings.reader.forms().date.pattern();
            findings.cell(
                Field::DesiredDeliveryDate,
                Code::DateInvalid,
                Arguments::none().with_date_form("form", form),
            );
            None
        }
    }
}

/// What is readable and yet unlikely: a quantity with a zero too many, a price of another part.
#[inline]
pub(super) fn doubts(findings: &mut Findings<'_>, terms: &Terms<'_>, part: PartId, quantity: Option<u32>) {
    if let (Some(usual), Some(quantity)) = (terms.usual_quantity, quantity) {
        let limit = usual.saturating_mul(terms.doubt.quantity_factor).max(terms.doubt.quantity_floor);
        if quantity >= limit {
            findings.cell(Field::Quantity, Code::QtyDoubtful, Arguments::none().with("usual", usual));
        }
    }
    if let Reading::Value(price) = findings.draft.unit_price {
        let known = terms.catalogue.unit_price(part);
        if is_far(price, known, terms.doubt.price_factor) {
            findings.cell(Field::UnitPrice, Code::PriceDoubtful, Arguments::none().with_amount("catalogue", known));
        }
    }
}

/// Whether one price is more than `factor` times the other. A price of zero says nothing.
#[inline]
fn is_far(price: Money, known: Money, factor: u32) -> bool {
    let (price, known, factor) = (price.ten_thousandths(), known.ten_thousandths(), i64::from(factor));
    price > 0 && known > 0 && (price > known.saturating_mul(factor) || known > price.saturating_mul(factor))
}
