//! The basket file.

use std::io::{self, Write};

use super::csv::{Profile, Row};
use crate::catalogue::Catalogue;
use crate::model::{ManufacturerId, Money};
use crate::split::{Basket, BasketLine};

/// The headings of a basket file (design: output contracts).
pub const BASKET_HEADINGS: [&str; 12] = [
    "manufacturer_id",
    "delivery_account",
    "customer_order_number",
    "reference",
    "label",
    "quantity",
    "unit_price",
    "line_total",
    "mission_order",
    "comment",
    "desired_delivery_date",
    "countermark",
];

/// What a basket comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasketTotals {
    /// All quantities.
    pub quantity: u64,
    /// All line totals.
    pub amount: Money,
    /// What is paid back when old parts are returned.
    pub core_deposit: Money,
    /// The parts' share of the cost of recycling.
    pub eco_contribution: Money,
}

impl BasketTotals {
    /// Both together; an amount that leaves the range of money stays at its end, which only a display can meet.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let sum = |mine: Money, theirs: Money| mine.plus(theirs).unwrap_or(mine.max(theirs));
        Self {
            quantity: self.quantity.saturating_add(other.quantity),
            amount: sum(self.amount, other.amount),
            core_deposit: sum(self.core_deposit, other.core_deposit),
            eco_contribution: sum(self.eco_contribution, other.eco_contribution),
        }
    }
}

/// An amount beyond the range of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

/// How much is written at once.
const BUFFER: usize = 256 << 10;

/// Lines whose parts are looked up together.
const BLOCK: usize = 32;

/// Writes a basket; label and price are the catalogue's. Gives what it comes to.
pub fn write_basket(
    basket: Basket<'_>,
    manufacturer: ManufacturerId,
    catalogue: &Catalogue,
    profile: Profile,
    out: &mut dyn Write,
) -> io::Result<Result<BasketTotals, OutOfRange>> {
    let mut buffer = Vec::with_capacity(BUFFER + (BUFFER >> 2));
    buffer.extend_from_slice(profile.mark());
    let mut row = Row::begin(&mut buffer, profile);
    for heading in BASKET_HEADINGS {
        row.text(heading.as_bytes());
    }
    row.end();
    let id = manufacturer.to_string();
    let mut totals = BasketTotals::default();
    let mut lines = basket.lines();
    let mut block = Vec::with_capacity(BLOCK);
    for place in 0..basket.len() {
        if place % BLOCK == 0 {
            block.clear();
            block.extend(lines.by_ref().take(BLOCK));
            // Parts lie all over the catalogue: asked for together, the memory brings them side by side.
            catalogue.fetch(block.iter().map(|line: &BasketLine<'_>| line.part));
        }
        let line = &block[place % BLOCK];
        let (reference, label) = catalogue.texts(line.part);
        let unit_price = catalogue.unit_price(line.part);
        let Some((total, amount)) =
            unit_price.times(line.quantity).and_then(|total| Some((total, totals.amount.plus(total)?)))
        else {
            return Ok(Err(OutOfRange));
        };
        totals.quantity += line.quantity;
        totals.amount = amount;
        if catalogue.has_extras() {
            let part = catalogue.part(line.part);
            let share = |each: Option<Money>| each.unwrap_or_default().times(line.quantity).unwrap_or_default();
            totals.core_deposit = totals.core_deposit.plus(share(part.core_deposit)).unwrap_or(totals.core_deposit);
            totals.eco_contribution =
                totals.eco_contribution.plus(share(part.eco_contribution)).unwrap_or(totals.eco_contribution);
        }
        let mut row = Row::begin(&mut buffer, profile);
        let text = if line.is_plain { Row::plain_text } else { Row::text };
        let known = if catalogue.is_plain(line.part) { Row::plain_text } else { Row::text };
        row.raw(id.as_bytes());
        text(&mut row, line.delivery_account);
        text(&mut row, line.customer_order_number);
        known(&mut row, reference);
        known(&mut row, label);
        row.number(line.quantity).money(unit_price).money(total);
        text(&mut row, line.work_order);
        text(&mut row, line.comment);
        row.day(line.desired_delivery_date);
        text(&mut row, line.countermark);
        row.end();
        if buffer.len() >= BUFFER {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)?;
    Ok(Ok(totals))
}
