//! The basket file.

use std::ops::Range;

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

    /// Both together, unless the amount leaves the range of money; what is paid back or shared stays where it was then.
    #[inline]
    pub fn plus(&self, other: &Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            quantity: self.quantity + other.quantity,
            amount: self.amount.plus(other.amount).ok_or(OutOfRange)?,
            core_deposit: self.core_deposit.plus(other.core_deposit).unwrap_or(self.core_deposit),
            eco_contribution: self.eco_contribution.plus(other.eco_contribution).unwrap_or(self.eco_contribution),
        })
    }
}

/// An amount beyond the range of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

/// Lines that are brought near together, and their parts.
const NEARBY: usize = 32;

/// What every line of a basket file is written with; label and price are the catalogue's.
#[derive(Debug)]
pub struct BasketForm<'f> {
    /// The manufacturer, as it is written.
    id: String,
    catalogue: &'f Catalogue,
    profile: Profile,
}

impl<'f> BasketForm<'f> {
    /// For the basket of a manufacturer.
    pub fn new(manufacturer: ManufacturerId, catalogue: &'f Catalogue, profile: Profile) -> Self {
        Self { id: manufacturer.to_string(), catalogue, profile }
    }

    /// Appends what the file begins with.
    pub fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.profile.mark());
        let mut row = Row::begin(out, self.profile);
        for heading in BASKET_HEADINGS {
            row.text(heading.as_bytes());
        }
        row.end();
    }

    /// Appends some lines of the basket, by their places. Gives what they come to.
    pub fn lines(
        &self,
        basket: Basket<'_>,
        places: Range<usize>,
        out: &mut Vec<u8>,
    ) -> Result<BasketTotals, OutOfRange> {
        self.each(basket, places, |line, price, total| self.line(line, price, total, out))
    }

    /// What some lines of the basket come to.
    pub fn totals(&self, basket: Basket<'_>, places: Range<usize>) -> Result<BasketTotals, OutOfRange> {
        self.each(basket, places, |_, _, _| ())
    }

    /// Adds lines up, each of which is told with its price and its total.
    #[inline]
    fn each(
        &self,
        basket: Basket<'_>,
        places: Range<usize>,
        mut tell: impl FnMut(&BasketLine<'_>, Money, Money),
    ) -> Result<BasketTotals, OutOfRange> {
        let mut totals = BasketTotals::default();
        for place in places.clone().step_by(NEARBY) {
            let nearby = basket.nearby(place..places.end.min(place + NEARBY));
            // Parts lie all over the catalogue: asked for together, the memory brings them side by side.
            self.catalogue.fetch(nearby.parts());
            for line in nearby.lines() {
                let price = self.catalogue.unit_price(line.part);
                let total = price.times(line.quantity).ok_or(OutOfRange)?;
                totals = totals.plus(&self.of_line(&line, total))?;
                tell(&line, price, total);
            }
        }
        Ok(totals)
    }

    /// What a line comes to.
    #[inline]
    fn of_line(&self, line: &BasketLine<'_>, amount: Money) -> BasketTotals {
        let mut totals = BasketTotals { quantity: line.quantity, amount, ..BasketTotals::default() };
        if self.catalogue.has_extras() {
            let part = self.catalogue.part(line.part);
            let share = |each: Option<Money>| each.unwrap_or_default().times(line.quantity).unwrap_or_default();
            totals.core_deposit = share(part.core_deposit);
            totals.eco_contribution = share(part.eco_contribution);
        }
        totals
    }

    #[inline]
    fn line(&self, line: &BasketLine<'_>, price: Money, total: Money, out: &mut Vec<u8>) {
        let (reference, label) = self.catalogue.texts(line.part);
        let mut row = Row::begin(out, self.profile);
        let text = if line.is_plain { Row::plain_text } else { Row::text };
        let known = if self.catalogue.is_plain(line.part) { Row::plain_text } else { Row::text };
        row.raw(self.id.as_bytes());
        text(&mut row, line.delivery_account);
        text(&mut row, line.customer_order_number);
        known(&mut row, reference);
        known(&mut row, label);
        row.number(line.quantity).money(price).money(total);
        text(&mut row, line.work_order);
        text(&mut row, line.comment);
        row.day(line.desired_delivery_date);
        text(&mut row, line.countermark);
        row.end();
    }
}
