//! The orders of a basket, found by account and number.

/// An order as a basket knows it: to which account, under which number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    hash: u64,
    /// One bit for each part that may be among the lines: most parts are seen to be new without walking the chain.
    pub(super) seen: u64,
    /// Where account and number stand in the text of the basket, the account first.
    pub(super) text: u32,
    /// The last line of the order, plus one; 0 is none. Lines are chained backwards.
    pub(super) last: u32,
    pub(super) account: u16,
    pub(super) number: u16,
    /// Whether neither needs quotes in a file of ours.
    pub(super) plain: bool,
}

/// What an order is looked for by.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) hash: u64,
    /// Account and number as far as they are in the merge key.
    pub(super) key: (&'w [u8], &'w [u8]),
    /// Account and number as the first line has them.
    pub(super) account: &'w [u8],
    pub(super) number: &'w [u8],
    pub(super) plain: bool,
}

/// Orders by account and number. Lines of one order mostly follow each other, so the last one is asked first.
#[derive(Debug, Default)]
pub(super) struct Orders {
    heads: Vec<Head>,
    /// Open addressing: the upper half of a hash, and a place in `heads` plus one; 0 is free. With the hash at hand, a
    /// head is only looked at when it is the one.
    table: Vec<u64>,
    recent: usize,
}

impl Orders {
    pub(super) fn get(&self, place: usize) -> &Head {
        &self.heads[place]
    }

    pub(super) fn get_mut(&mut self, place: usize) -> &mut Head {
        &mut self.heads[place]
    }

    /// The place of an order, made when it is new; `None` when no place is left. `same` tells whether a head of the same
    /// hash is the order; `text` is the text of the basket, which takes a new order's account and number.
    #[inline]
    pub(super) fn place(
        &mut self,
        wanted: Wanted<'_>,
        text: &mut Vec<u8>,
        same: impl Fn(&Head, &[u8], (&[u8], &[u8])) -> bool,
    ) -> Option<usize> {
        let is = |head: &Head, text: &[u8]| head.hash == wanted.hash && same(head, text, wanted.key);
        if self.heads.get(self.recent).is_some_and(|head| is(head, text)) {
            return Some(self.recent);
        }
        if (self.heads.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = slot(wanted.hash, mask);
        while self.table[slot] != 0 {
            let (tag, place) = apart(self.table[slot]);
            if tag == wanted.hash >> 32 && is(&self.heads[place], text) {
                self.recent = place;
                return Some(self.recent);
            }
            slot = (slot + 1) & mask;
        }
        let start = u32::try_from(text.len()).ok()?;
        text.extend_from_slice(wanted.account);
        text.extend_from_slice(wanted.number);
        self.recent = self.heads.len();
        self.heads.push(Head {
            hash: wanted.hash,
            seen: 0,
            text: start,
            last: 0,
            account: u16::try_from(wanted.account.len()).ok()?,
            number: u16::try_from(wanted.number.len()).ok()?,
            plain: wanted.plain,
        });
        self.table[slot] = word(wanted.hash, self.recent)?;
        Some(self.recent)
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
        self.table = vec![0; size];
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
