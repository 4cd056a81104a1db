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

pub use compiled::{MAGIC, Refusal};
pub use delta::{DeltaReport, PriceChange};
pub use key::Key;
pub use part::{Part, Status};
pub use read::{CatalogueReading, Delta, read, read_delta};
pub use search::Search;
pub use successor::Successor;

use bytemuck::{Pod, Zeroable};

use crate::delimited::Charset;
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
    /// Where the texts begin: reference, label, replacement, bar code.
    text: u32,
    /// The next part with the same reference at another manufacturer, plus one; 0 is the end.
    next: u32,
    label: u16,
    /// Place in the list of manufacturers.
    manufacturer: u16,
    reference: u8,
    replacement: u8,
    ean: u8,
    /// Bits: [`AVAILABLE`], [`PLAIN`], [`WITHDRAWN`].
    flags: u8,
}

/// The part can be had now.
const AVAILABLE: u8 = 1;

/// Reference and label need no quotes in a file of ours.
const PLAIN: u8 = 2;

/// The part is to be taken out; only in a [`Delta`].
const WITHDRAWN: u8 = 4;

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
    /// Open addressing: the upper half of a hash, and a place in `entries` plus one; 0 is free.
    table: Vec<u64>,
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
            (word != 0).then(|| PartId(low_half(word) - 1))
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
        let tag = key.hash() >> 32;
        let mut slot = self.slot(key);
        loop {
            let word = *self.table.get(slot)?;
            if word == 0 {
                return None;
            }
            if word >> 32 == tag {
                let part = PartId(low_half(word) - 1);
                let entry = self.entry(part);
                if entry.key == key && (key.holds(reference.len()) || self.reference_is(entry, reference)) {
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

    fn reference_is(&self, entry: &Entry, reference: &[u8]) -> bool {
        self.text.get(entry.text as usize..entry.text as usize + usize::from(entry.reference)) == Some(reference)
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
        let start = entry.text as usize;
        let reference = start..start + usize::from(entry.reference);
        let tag = entry.key.hash() >> 32;
        let mut slot = self.slot(entry.key);
        let place = u64::try_from(self.entries.len()).unwrap_or(u64::MAX) + 1;
        loop {
            let word = self.table[slot];
            if word == 0 {
                self.table[slot] = tag << 32 | place;
                break;
            }
            if word >> 32 == tag {
                let first = PartId(low_half(word) - 1);
                let known = self.entry(first);
                let same = known.key == entry.key
                    && (entry.key.holds(reference.len()) || self.reference_is(known, &self.text[reference.clone()]));
                if same {
                    let mut last = first;
                    loop {
                        if self.entry(last).manufacturer == entry.manufacturer {
                            return false;
                        }
                        let Some(next) = self.next_bearer(last) else { break };
                        last = next;
                    }
                    self.entries[last.index()].next = low_half(place);
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
        let old = std::mem::replace(&mut self.table, vec![0; size]);
        for word in old.into_iter().filter(|word| *word != 0) {
            let mut slot = self.slot(self.entry(PartId(low_half(word) - 1)).key);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = word;
        }
    }
}

/// The lower 32 bits.
#[inline]
const fn low_half(word: u64) -> u32 {
    (word & 0xFFFF_FFFF) as u32
}
