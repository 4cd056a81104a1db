//! One part, as it is shown and counted.

use super::{AVAILABLE, Catalogue, PLAIN, PartId};
use crate::model::{Day, ManufacturerId, Money};

/// Whether a manufacturer still makes a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does, or says nothing.
    Active,
    /// It does not.
    Discontinued,
}

impl Status {
    /// The word in catalogue files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Discontinued => "discontinued",
        }
    }
}

/// Everything the catalogue tells of a part.
#[doc(alias = "pièce")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'c> {
    /// Whose it is.
    pub manufacturer: ManufacturerId,
    /// Upper case, trimmed.
    pub reference: &'c str,
    /// Its name.
    pub label: &'c str,
    /// The price that counts.
    pub unit_price: Money,
    /// Whether it can be had now.
    pub available: bool,
    /// The reference that takes its place, if one does.
    pub replacement: Option<&'c str>,
    /// Its bar code.
    pub ean: Option<&'c str>,
    /// How many come in a pack.
    pub pack_quantity: Option<u32>,
    /// The least that can be ordered.
    pub minimum_quantity: Option<u32>,
    /// Whether it is still made.
    pub status: Status,
    /// What is paid back when the old part is returned.
    pub core_deposit: Option<Money>,
    /// The part's share of the cost of recycling.
    pub eco_contribution: Option<Money>,
    /// Since when the price holds.
    pub price_date: Option<Day>,
}

impl Catalogue {
    /// Everything that is known of a part.
    pub fn part(&self, part: PartId) -> Part<'_> {
        let entry = self.entry(part);
        let extra = self.extras.get(part.index()).copied().unwrap_or_default();
        let mut at = entry.text as usize;
        let mut next = |length: usize| {
            let text =
                self.text.get(at..at + length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
            at += length;
            text
        };
        let filled = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let money = |amount| (amount != 0).then(|| Money::from_ten_thousandths(amount));
        Part {
            manufacturer: self.manufacturer(part),
            reference: next(usize::from(entry.reference)),
            label: next(usize::from(entry.label)),
            unit_price: self.unit_price(part),
            available: self.is_available(part),
            replacement: filled(next(usize::from(entry.replacement))),
            ean: filled(next(usize::from(entry.ean))),
            pack_quantity: Some(extra.pack).filter(|pack| *pack != 0),
            minimum_quantity: Some(extra.minimum).filter(|minimum| *minimum != 0),
            status: if extra.discontinued == 0 { Status::Active } else { Status::Discontinued },
            core_deposit: money(extra.core_deposit),
            eco_contribution: money(extra.eco_contribution),
            price_date: Day::from_number(extra.price_date),
        }
    }

    /// Reference and label as UTF-8 bytes, for writers of many lines.
    #[inline]
    pub fn texts(&self, part: PartId) -> (&[u8], &[u8]) {
        let entry = self.entry(part);
        let start = entry.text as usize;
        let middle = start + usize::from(entry.reference);
        (&self.text[start..middle], &self.text[middle..middle + usize::from(entry.label)])
    }

    /// The bar code as bytes, empty when there is none.
    pub(super) fn ean_bytes(&self, part: PartId) -> &[u8] {
        let entry = self.entry(part);
        let start = entry.text as usize
            + usize::from(entry.reference)
            + usize::from(entry.label)
            + usize::from(entry.replacement);
        &self.text[start..start + usize::from(entry.ean)]
    }

    /// Whose part it is.
    #[inline]
    pub fn manufacturer(&self, part: PartId) -> ManufacturerId {
        self.manufacturers[self.manufacturer_place(part)]
    }

    /// The manufacturer's place in [`Catalogue::manufacturers`].
    #[inline]
    pub fn manufacturer_place(&self, part: PartId) -> usize {
        usize::from(self.entry(part).manufacturer)
    }

    /// The price that counts.
    #[inline]
    pub fn unit_price(&self, part: PartId) -> Money {
        Money::from_ten_thousandths(self.entry(part).price)
    }

    /// Whether the part can be had now.
    #[inline]
    pub fn is_available(&self, part: PartId) -> bool {
        self.entry(part).flags & AVAILABLE != 0
    }

    /// Whether reference and label need no quotes in a file of ours.
    #[inline]
    pub fn is_plain(&self, part: PartId) -> bool {
        self.entry(part).flags & PLAIN != 0
    }

    /// Brings parts near that will be asked for next.
    #[inline]
    pub fn fetch(&self, parts: impl Iterator<Item = PartId>) {
        let touched = parts.fold(0, |touched, part| {
            touched ^ self.text.get(self.entry(part).text as usize).copied().unwrap_or_default()
        });
        std::hint::black_box(touched);
    }

    /// Whether the catalogue names a replacement for the part.
    #[inline]
    pub fn has_replacement(&self, part: PartId) -> bool {
        self.entry(part).replacement != 0
    }

    /// Whether the catalogue's file had any of the optional columns.
    #[inline]
    pub fn has_extras(&self) -> bool {
        !self.extras.is_empty()
    }

    /// The part that replaces this one: of the same manufacturer if it has that reference, else of whoever has.
    pub fn replacement(&self, part: PartId) -> Option<PartId> {
        let first = self.find_text(self.part(part).replacement?)?;
        Some(self.at_manufacturer(first, self.manufacturer(part)).unwrap_or(first))
    }
}
