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
    /// Open addressing: places in `heads` plus one; 0 is free.
    table: Vec<u32>,
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
        while let Some(place) = self.table[slot].checked_sub(1) {
            if is(&self.heads[place as usize], text) {
                self.recent = place as usize;
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
        self.table[slot] = u32::try_from(self.heads.len()).ok()?;
        Some(self.recent)
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![0; size];
        for (place, head) in self.heads.iter().enumerate() {
            let mut slot = slot(head.hash, size - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = u32::try_from(place + 1).unwrap_or(u32::MAX);
        }
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the mask keeps fewer bits than the smallest usize")]
const fn slot(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}
