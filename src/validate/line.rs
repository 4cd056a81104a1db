//! A line that can be split into baskets, and the terms under which lines are judged.

use crate::catalogue::{Catalogue, PartId};
use crate::delimited::RawCell;
use crate::format::{Account, Doubt, Format, Limits, QuantityRange, Registry};
use crate::map::{Draft, Reader};
use crate::model::{Day, Field, ManufacturerId};

/// What the lines of one file are judged by.
#[derive(Clone, Copy)]
pub struct Terms<'t> {
    /// The parts.
    pub catalogue: &'t Catalogue,
    /// Manufacturers by id, name or alias.
    pub registry: &'t Registry,
    /// Who orders, where that limits from whom.
    pub account: Option<&'t Account>,
    /// The one manufacturer that the file is for.
    pub supplier: Option<ManufacturerId>,
    /// How many of a part a line may order.
    pub quantity: QuantityRange,
    /// What is taken with a warning.
    pub doubt: Doubt,
    /// How long a cell may be, and the like.
    pub limits: Limits,
    /// Quantities that most lines of the file do not exceed; `None` when it has too few lines to tell.
    pub usual_quantity: Option<u32>,
    /// The first day on which delivery can be wished; without it any.
    pub earliest: Option<Day>,
    /// How many cells a record must have.
    pub width: usize,
    /// Whether a record that ends early is completed with empty cells.
    pub pad_short_lines: bool,
    /// Whether the chunk holds bytes that mean nothing in the encoding, so that each cell has to be looked at.
    pub check_characters: bool,
    /// The longest reference that any manufacturer uses, for proposals.
    pub longest_reference: usize,
}

impl<'t> Terms<'t> {
    /// The terms that a format sets; what depends on the file is added by the caller.
    pub fn of(format: &Format, catalogue: &'t Catalogue, registry: &'t Registry) -> Self {
        Self {
            catalogue,
            registry,
            account: None,
            supplier: None,
            quantity: format.quantity,
            doubt: format.doubt,
            limits: format.limits,
            usual_quantity: None,
            earliest: None,
            width: 0,
            pad_short_lines: format.decode.pad_short_lines,
            check_characters: false,
            longest_reference: registry.longest_reference(),
        }
    }
}

/// An order line without a fault: its part is in the catalogue, its quantity in range.
///
/// Only [`super::check`] makes one, so a line that was not checked cannot be split. Texts are borrowed from the chunk.
#[doc(alias = "ligne de commande")]
#[derive(Clone, Copy, Debug)]
pub struct OrderLine<'c> {
    part: PartId,
    quantity: u32,
    line: u64,
    desired_delivery_date: Option<Day>,
    customer_order_number: RawCell<'c>,
    delivery_account: RawCell<'c>,
    work_order: RawCell<'c>,
    countermark: RawCell<'c>,
    comment: RawCell<'c>,
}

impl<'c> OrderLine<'c> {
    #[inline]
    pub(super) fn new(
        draft: &Draft<'c, '_>,
        reader: Reader<'_>,
        part: PartId,
        quantity: u32,
        date: Option<Day>,
        line: u64,
    ) -> Self {
        let cell = |field| reader.cell(draft.record, field);
        Self {
            part,
            quantity,
            line,
            desired_delivery_date: date,
            customer_order_number: cell(Field::CustomerOrderNumber),
            delivery_account: cell(Field::DeliveryAccount),
            work_order: cell(Field::WorkOrder),
            countermark: cell(Field::Countermark),
            comment: cell(Field::Comment),
        }
    }

    /// The part in the catalogue.
    pub fn part(&self) -> PartId {
        self.part
    }

    /// How many are ordered.
    pub fn quantity(&self) -> u32 {
        self.quantity
    }

    /// The physical line of the record.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The day the customer wishes delivery.
    pub fn desired_delivery_date(&self) -> Option<Day> {
        self.desired_delivery_date
    }

    /// The customer's own order number, as it stands in the file.
    pub fn customer_order_number(&self) -> RawCell<'c> {
        self.customer_order_number
    }

    /// The account the parts go to, as it stands in the file.
    pub fn delivery_account(&self) -> RawCell<'c> {
        self.delivery_account
    }

    /// The work order, as it stands in the file.
    pub fn work_order(&self) -> RawCell<'c> {
        self.work_order
    }

    /// The countermark, as it stands in the file.
    pub fn countermark(&self) -> RawCell<'c> {
        self.countermark
    }

    /// The comment, as it stands in the file.
    pub fn comment(&self) -> RawCell<'c> {
        self.comment
    }
}
