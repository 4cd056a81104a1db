//! The orders of a basket, found by account and number.

use std::hash::BuildHasher as _;

/// An order as a basket knows it: to which account, under which number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    hash: u64,
    /// Where account and number stand in the text of the basket, the account first.
    pub(super) text: u32,
    pub(super) account: u16,
    pub(super) number: u16,
    /// The last line of the order, plus one; 0 is none. Lines are chained backwards.
    pub(super) last: u32,
    /// One bit for each part that may be among the lines: most parts are seen to be new without walking the chain.
    pub(super) seen: u64,
}

/// Orders by account and number. Lines of one order mostly follow each other, so the last one is asked first.
#[derive(Debug, Default)]
pub(super) struct Orders {
    heads: Vec<Head>,
    table: Vec<u32>,
    recent: usize,
    hasher: foldhash::fast::FixedState,
}

impl Orders {
    pub(super) fn get(&self, place: usize) -> &Head {
        &self.heads[place]
    }

    pub(super) fn get_mut(&mut self, place: usize) -> &mut Head {
        &mut self.heads[place]
    }

    /// The place of an order. `text` is the text of the basket, to which a new order's account and number are added.
    #[inline]
    pub(super) fn place(&mut self, account: &[u8], number: &[u8], text: &mut Vec<u8>) -> Option<usize> {
        if self.heads.get(self.recent).is_some_and(|head| is(head, account, number, text)) {
            return Some(self.recent);
        }
        if (self.heads.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one((account, number));
        let mask = self.table.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the mask keeps fewer bits than the smallest usize")]
        let mut slot = hash as usize & mask;
        loop {
            match self.table[slot].checked_sub(1) {
                None => break,
                Some(place) => {
                    let head = &self.heads[place as usize];
                    if head.hash == hash && is(head, account, number, text) {
                        self.recent = place as usize;
                        return Some(self.recent);
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
        let start = u32::try_from(text.len()).ok()?;
        let head = Head { hash, text: start, account: length(account)?, number: length(number)?, last: 0, seen: 0 };
        text.extend_from_slice(account);
        text.extend_from_slice(number);
        self.recent = self.heads.len();
        self.heads.push(head);
        self.table[slot] = u32::try_from(self.heads.len()).ok()?;
        Some(self.recent)
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![0; size];
        for (place, head) in self.heads.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "the mask keeps fewer bits than the smallest usize")]
            let mut slot = head.hash as usize & (size - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = u32::try_from(place + 1).unwrap_or(u32::MAX);
        }
    }
}

/// The length of a text of a key; cells are refused long before it is exceeded.
pub(super) fn length(text: &[u8]) -> Option<u16> {
    u16::try_from(text.len()).ok()
}

fn is(head: &Head, account: &[u8], number: &[u8], text: &[u8]) -> bool {
    let start = head.text as usize;
    let middle = start + usize::from(head.account);
    text[start..middle] == *account && text[middle..middle + usize::from(head.number)] == *number
}
