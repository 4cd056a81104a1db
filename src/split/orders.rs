//! The orders of a file, found by account and number, and their lines.

use std::collections::BTreeMap;

use super::Full;
use crate::catalogue::PartId;
use crate::memory::zeros;

/// Where account and number of an order were first seen: a rack, and their place in it.
pub(super) type First = (u32, u32);

/// An order as baskets know it.
#[derive(Clone, Copy, Debug)]
struct Head {
    hash: u64,
    /// One bit for each part that may be among the lines: most parts are seen to be new without walking the chain.
    seen: u64,
    first: First,
    /// The last line of the order, plus one; 0 is none. Lines are chained backwards.
    last: u32,
    lines: u32,
}

/// So many lines of an order are chained one after the other; of those behind them each part has a chain of its own, so that
/// no order takes long to look through.
const CHAINED: u32 = 32;

/// Orders by account and number.
#[derive(Debug, Default)]
pub(super) struct Orders {
    heads: Vec<Head>,
    /// Open addressing: the upper half of a hash, and a place in `heads` plus one; 0 is free. With the hash at hand, a
    /// head is only looked at when it is the one.
    table: Vec<u64>,
    /// The last line of a part behind the chained ones of its order, plus one.
    later: BTreeMap<(usize, PartId), u32>,
}

impl Orders {
    /// The place of the order with a hash for which `is` holds, made when it is new: it is seen `first` there.
    #[inline]
    pub(super) fn place(&mut self, hash: u64, first: First, is: impl Fn(First) -> bool) -> Result<usize, Full> {
        if (self.heads.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = slot(hash, mask);
        while self.table[slot] != 0 {
            let (tag, place) = apart(self.table[slot]);
            if tag == hash >> 32 && self.heads[place].hash == hash && is(self.heads[place].first) {
                return Ok(place);
            }
            slot = (slot + 1) & mask;
        }
        let place = self.heads.len();
        self.table[slot] = word(hash, place).ok_or(Full)?;
        self.heads.push(Head { hash, seen: 0, first, last: 0, lines: 0 });
        Ok(place)
    }

    /// The lines of an order among which one with a part may be, as the last of each chain plus one; 0 is none.
    #[inline]
    pub(super) fn chains(&self, order: usize, part: PartId) -> [u32; 2] {
        let head = &self.heads[order];
        if head.seen & bit(part) == 0 {
            return [0; 2];
        }
        let later = if head.lines > CHAINED { self.later.get(&(order, part)).copied() } else { None };
        [head.last, later.unwrap_or(0)]
    }

    /// Adds a line to an order and tells the one before it in its chain, plus one; 0 is none.
    #[inline]
    pub(super) fn chain(&mut self, order: usize, part: PartId, number: u32) -> Result<u32, Full> {
        let head = &mut self.heads[order];
        let last = number.checked_add(1).ok_or(Full)?;
        head.seen |= bit(part);
        head.lines = head.lines.saturating_add(1);
        if head.lines > CHAINED {
            return Ok(self.later.insert((order, part), last).unwrap_or(0));
        }
        Ok(std::mem::replace(&mut head.last, last))
    }

    /// Account and number of an order that was first seen here went elsewhere.
    pub(super) fn moved(&mut self, order: usize, from: First, to: First) {
        let head = &mut self.heads[order];
        if head.first == from {
            head.first = to;
        }
    }

    /// Brings near where orders will be looked for: asked for together, the memory answers side by side.
    #[inline]
    pub(super) fn fetch(&self, hashes: impl Iterator<Item = u64>) {
        let mask = self.table.len().saturating_sub(1);
        let touched = hashes.fold(0, |touched, hash| touched ^ self.table.get(slot(hash, mask)).copied().unwrap_or(0));
        std::hint::black_box(touched);
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = zeros(size);
        for (place, head) in self.heads.iter().enumerate() {
            let mut slot = slot(head.hash, size - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            // Every place fitted into its word before.
            self.table[slot] = word(head.hash, place).unwrap_or(0);
        }
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the mask keeps fewer bits than the smallest usize")]
const fn slot(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

/// A word of the table; `None` when the place is beyond what a word can hold.
#[inline]
fn word(hash: u64, place: usize) -> Option<u64> {
    let place = u32::try_from(place).ok()?.checked_add(1)?;
    Some((hash >> 32 << 32) | u64::from(place))
}

/// The half of the hash and the place in a word that is not free.
#[inline]
const fn apart(word: u64) -> (u64, usize) {
    (word >> 32, (word & 0xFFFF_FFFF) as usize - 1)
}

/// The bit of a part in the filter of its order.
#[inline]
fn bit(part: PartId) -> u64 {
    1 << ((part.index() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}
