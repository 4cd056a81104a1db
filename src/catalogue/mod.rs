//! The parts catalogue: read, compiled, looked up.
//!
//! What enters: a catalogue file as delimited text ([`read`]) or as compiled by [`Catalogue::write_to`].
//! What leaves: for a reference, the parts that bear it, at one probe of a table; for some words, the parts that they may
//! mean ([`Search`]); with a [`Delta`], the next catalogue.
//! What is refused: damaged rows one by one, with their line; a stale, foreign or damaged compiled file as a whole.
//!
//! A catalogue of half a million parts is consulted for every order line, so the table is laid out for the memory and
//! not for the eye: [`Entry`] and the words of the table are plain bytes, the same in memory and in the compiled file.

mod compiled;
mod delta;
mod key;
mod part;
mod read;
mod search;
mod successor;
mod suggest;
mod sum;

pub use compiled::{MAGIC, Refusal, Source};
pub use delta::{DeltaReport, PriceChange};
pub use key::Key;
pub use part::{Part, Status};
pub use read::{CatalogueReading, Delta, read, read_delta};
pub use search::Search;
pub use successor::Successor;

use bytemuck::{Pod, Zeroable};

use crate::delimited::Charset;
use crate::memory::zeros;
use crate::model::ManufacturerId;

/// A part of the catalogue: its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(u32);

impl PartId {
    /// The place as a number, for tables that are kept beside the catalogue.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is asked of a part for every order line.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Entry {
    key: Key,
    /// Ten-thousandths.
    price: i64,
    /// Where the texts begin: the label, then the part's own: a reference that is not in its key, replacement, bar code.
    /// With [`APART`]: the place of the label as four bytes, then the part's own.
    text: u32,
    /// The next part with the same reference at another manufacturer, plus one; 0 is the end.
    next: u32,
    label: u16,
    /// Place in the list of manufacturers.
    manufacturer: u16,
    reference: u8,
    replacement: u8,
    ean: u8,
    /// Bits: [`AVAILABLE`], [`PLAIN`], [`WITHDRAWN`], [`APART`].
    flags: u8,
}

/// The part can be had now.
const AVAILABLE: u8 = 1;

/// Reference and label need no quotes in a file of ours.
const PLAIN: u8 = 2;

/// The part is to be taken out; only in a [`Delta`].
const WITHDRAWN: u8 = 4;

/// The label stands elsewhere, because other parts have it, too; only in a compiled catalogue.
const APART: u8 = 8;

/// What only some catalogues tell of a part.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Extra {
    core_deposit: i64,
    eco_contribution: i64,
    pack: u32,
    minimum: u32,
    /// `yyyymmdd`, 0 when not told.
    price_date: u32,
    discontinued: u32,
}

/// The parts of all manufacturers, ready for look-ups.
#[derive(Debug, Default)]
pub struct Catalogue {
    manufacturers: Vec<ManufacturerId>,
    /// Open addressing: a place in `entries` plus one, 0 is free; above the bits that this takes, bits of the hash.
    table: Vec<u32>,
    entries: Vec<Entry>,
    /// As long as `entries`, or empty when the file has none of the optional columns.
    extras: Vec<Extra>,
    text: Vec<u8>,
}

impl Catalogue {
    /// How many parts it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The manufacturers in the order in which the file names them; parts and baskets point into this list.
    pub fn manufacturers(&self) -> &[ManufacturerId] {
        &self.manufacturers
    }

    /// The first part for each of a block of references, as [`Catalogue::find`] gives it.
    ///
    /// The first words of the table are asked for before any answer is looked at, so that the memory, which is far
    /// slower than everything else here, answers them side by side.
    pub fn find_block<'r>(
        &self,
        block: impl Iterator<Item = (Key, &'r [u8])> + Clone,
        found: &mut Vec<Option<PartId>>,
    ) {
        found.clear();
        found.extend(block.clone().map(|(key, _)| {
            let word = self.table.get(self.slot(key)).copied().unwrap_or(0);
            (word & self.place_bits()).checked_sub(1).map(PartId)
        }));
        for ((key, reference), found) in block.zip(found) {
            // Mostly the first word is the right one; else the search goes its usual way.
            *found = found.and_then(|part| {
                let entry = self.entry(part);
                let same = entry.key == key && key.holds(reference.len());
                if same { Some(part) } else { self.find(key, reference) }
            });
        }
    }

    /// The first part with this reference (upper case, trimmed), whose key is `key`.
    #[inline]
    pub fn find(&self, key: Key, reference: &[u8]) -> Option<PartId> {
        let (tag, places) = (upper_half(key.hash()), self.place_bits());
        let mut slot = self.slot(key);
        loop {
            let word = *self.table.get(slot)?;
            if word == 0 {
                return None;
            }
            if (word ^ tag) & !places == 0 {
                let part = PartId((word & places) - 1);
                let entry = self.entry(part);
                if entry.key == key && (key.holds(reference.len()) || self.reference(entry) == reference) {
                    return Some(part);
                }
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
    }

    /// The first part with this reference, however it is written.
    pub fn find_text(&self, reference: &str) -> Option<PartId> {
        self.find_bytes(Charset::Utf8.trim(reference.as_bytes()))
    }

    /// The first part with this trimmed reference in UTF-8, in capitals or not.
    pub fn find_bytes(&self, reference: &[u8]) -> Option<PartId> {
        let key = Key::new(reference);
        if key.holds(reference.len()) {
            self.find(key, reference)
        } else {
            self.find(key, &reference.to_ascii_uppercase())
        }
    }

    /// A part and those of the same reference at other manufacturers, in the order of the file.
    pub fn bearers(&self, first: PartId) -> impl Iterator<Item = PartId> {
        std::iter::successors(Some(first), |part| self.next_bearer(*part))
    }

    /// Whether the reference is known at one manufacturer only.
    #[inline]
    pub fn is_unique(&self, part: PartId) -> bool {
        self.entry(part).next == 0
    }

    fn next_bearer(&self, part: PartId) -> Option<PartId> {
        self.entry(part).next.checked_sub(1).map(PartId)
    }

    /// The part of that reference at one manufacturer.
    pub fn at_manufacturer(&self, first: PartId, manufacturer: ManufacturerId) -> Option<PartId> {
        self.bearers(first).find(|part| self.manufacturer(*part) == manufacturer)
    }

    #[inline]
    fn entry(&self, part: PartId) -> &Entry {
        &self.entries[part.index()]
    }

    #[inline]
    fn slot(&self, key: Key) -> usize {
        // Truncation is meant: the low bits of the hash choose the slot.
        #[expect(clippy::cast_possible_truncation, reason = "the mask keeps fewer bits than the smallest usize")]
        let hash = key.hash() as usize;
        hash & self.table.len().wrapping_sub(1)
    }

    /// The bits of a word of the table that hold a place. At most half of the words are taken, so every place fits.
    #[inline]
    fn place_bits(&self) -> u32 {
        u32::try_from(self.table.len().wrapping_sub(1)).unwrap_or(u32::MAX)
    }

    /// Every part.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).map(PartId)
    }

    /// Brings near where keys will be looked for.
    fn fetch_slots(&self, keys: impl Iterator<Item = Key>) {
        let touched = keys.fold(0, |touched, key| touched ^ self.table.get(self.slot(key)).copied().unwrap_or(0));
        std::hint::black_box(touched);
    }

    /// Adds a part whose texts are in place; `false` when its manufacturer has this reference already.
    fn insert(&mut self, entry: Entry, extra: Option<Extra>) -> bool {
        if (self.entries.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let (tag, places) = (upper_half(entry.key.hash()), self.place_bits());
        let mut slot = self.slot(entry.key);
        let place = u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX);
        loop {
            let word = self.table[slot];
            if word == 0 {
                self.table[slot] = tag & !places | place;
                break;
            }
            if (word ^ tag) & !places == 0 {
                let first = PartId((word & places) - 1);
                let known = self.entry(first);
                let is_whole = entry.key.holds(usize::from(entry.reference));
                let same = known.key == entry.key && (is_whole || self.reference(known) == self.reference(&entry));
                if same {
                    let mut last = first;
                    loop {
                        if self.entry(last).manufacturer == entry.manufacturer {
                            return false;
                        }
                        let Some(next) = self.next_bearer(last) else { break };
                        last = next;
                    }
                    self.entries[last.index()].next = place;
                    break;
                }
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
        self.entries.push(entry);
        if let Some(extra) = extra {
            self.extras.push(extra);
        }
        true
    }

    /// Doubles the table, or makes it for `entries` at once.
    fn grow(&mut self) {
        let size = ((self.entries.len() + 1) * 4).next_power_of_two().max(64);
        self.resize(size);
    }

    /// Makes room for so many parts with so much text.
    fn reserve(&mut self, parts: usize, text: usize) {
        let size = (parts * 2).next_power_of_two().max(64);
        if size > self.table.len() {
            self.resize(size);
        }
        self.entries.reserve(parts);
        self.text.reserve(text + text / 16);
    }

    fn resize(&mut self, size: usize) {
        let old_places = self.place_bits();
        let old = std::mem::replace(&mut self.table, zeros(size));
        let places = self.place_bits();
        for place in old.into_iter().map(|word| word & old_places).filter(|place| *place != 0) {
            let key = self.entry(PartId(place - 1)).key;
            let mut slot = self.slot(key);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = upper_half(key.hash()) & !places | place;
        }
    }
}

/// The upper 32 bits; the lower ones choose the slot.
#[inline]
const fn upper_half(hash: u64) -> u32 {
    (hash >> 32) as u32
}
