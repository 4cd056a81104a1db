//! One part, as it is shown and counted.

use super::{APART, AVAILABLE, Catalogue, Entry, PLAIN, PartId};
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

impl Entry {
    /// How much of the texts is a reference that is not in its key.
    fn long_reference(&self) -> usize {
        let length = usize::from(self.reference);
        if self.key.holds(length) { 0 } else { length }
    }

    /// Where the texts begin that no other part has.
    fn own(&self) -> usize {
        let skipped = if self.flags & APART == 0 { usize::from(self.label) } else { size_of::<u32>() };
        self.text as usize + skipped
    }
}

impl Catalogue {
    /// Everything that is known of a part.
    pub fn part(&self, part: PartId) -> Part<'_> {
        let entry = self.entry(part);
        let extra = self.extras.get(part.index()).copied().unwrap_or_default();
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        let filled = |bytes| Some(text(bytes)).filter(|text| !text.is_empty());
        let money = |amount| (amount != 0).then(|| Money::from_ten_thousandths(amount));
        Part {
            manufacturer: self.manufacturer(part),
            reference: text(self.reference(entry)),
            label: text(self.label(entry)),
            unit_price: self.unit_price(part),
            available: self.is_available(part),
            replacement: filled(self.replacement_bytes(entry)),
            ean: filled(self.ean_bytes(part)),
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
        (self.reference(entry), self.label(entry))
    }

    /// The bar code as bytes, empty when there is none.
    pub(super) fn ean_bytes(&self, part: PartId) -> &[u8] {
        let entry = self.entry(part);
        self.text_at(entry.own() + entry.long_reference() + usize::from(entry.replacement), entry.ean)
    }

    fn replacement_bytes(&self, entry: &Entry) -> &[u8] {
        self.text_at(entry.own() + entry.long_reference(), entry.replacement)
    }

    /// The reference as bytes: in the key, or a text of its own.
    #[inline]
    pub(super) fn reference<'c>(&'c self, entry: &'c Entry) -> &'c [u8] {
        let in_key = entry.key.text(usize::from(entry.reference));
        in_key.unwrap_or_else(|| self.text_at(entry.own(), entry.reference))
    }

    /// The label as bytes.
    #[inline]
    pub(super) fn label(&self, entry: &Entry) -> &[u8] {
        let text = entry.text as usize;
        let place = if entry.flags & APART == 0 { text } else { self.label_place(text) };
        self.text_at(place, entry.label)
    }

    /// The texts that no other part has, as they lie one behind the other.
    pub(super) fn own_texts(&self, entry: &Entry) -> &[u8] {
        let others = u16::from(entry.replacement) + u16::from(entry.ean);
        self.text_at(entry.own(), entry.long_reference() + usize::from(others))
    }

    /// The place of a label that stands apart; no place at all where there is none.
    fn label_place(&self, at: usize) -> usize {
        self.text
            .get(at..)
            .and_then(|text| text.first_chunk())
            .map_or(usize::MAX, |place| u32::from_le_bytes(*place) as usize)
    }

    #[inline]
    fn text_at(&self, start: usize, length: impl Into<usize>) -> &[u8] {
        let end = start.saturating_add(length.into());
        self.text.get(start..end).unwrap_or_default()
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
