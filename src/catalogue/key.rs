//! What references are compared by.

use bytemuck::{Pod, Zeroable};

/// A reference as sixteen bytes: its own and zeros when it has no more, else two hashes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct Key([u8; WHOLE]);

/// The longest reference that a key holds whole.
const WHOLE: usize = 16;

impl Key {
    /// The key of a trimmed reference; ASCII letters count as upper case.
    #[inline]
    pub fn new(reference: &[u8]) -> Self {
        if reference.len() > WHOLE {
            return Self::hashed(reference);
        }
        let (low, high) = words(reference);
        Self::of(upper(low), upper(high))
    }

    #[inline]
    const fn of(low: u64, high: u64) -> Self {
        Self(((high as u128) << 64 | low as u128).to_le_bytes())
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the sixteen bytes")]
    const fn halves(self) -> (u64, u64) {
        let all = u128::from_le_bytes(self.0);
        (all as u64, (all >> 64) as u64)
    }

    #[cold]
    fn hashed(reference: &[u8]) -> Self {
        let mut low = reference.len() as u64;
        let mut high = !low;
        for c in reference {
            let c = u64::from(c.to_ascii_uppercase());
            low = fold(low ^ c, 0xE703_7ED1_A0B4_28DB);
            high = fold(high ^ c, 0x8EBC_6AF0_9C88_C6E3);
        }
        Self::of(low, high)
    }

    /// The reference of that length, in capitals; `None` when it is too long to be in its key.
    #[inline]
    pub(super) fn text(&self, length: usize) -> Option<&[u8]> {
        self.0.get(..length)
    }

    /// Whether a reference of that length is wholly in its key, so that equal keys mean equal references.
    #[inline]
    pub const fn holds(self, length: usize) -> bool {
        length <= WHOLE
    }

    #[inline]
    pub(super) fn hash(self) -> u64 {
        let (low, high) = self.halves();
        let hash = fold(low ^ 0xA076_1D64_78BD_642F, high ^ 0xE703_7ED1_A0B4_28DB);
        hash ^ (hash >> 29)
    }
}

/// Up to sixteen bytes as two words, zeros behind them. Words are read where they stand, so that nothing waits for bytes to be
/// put together in memory.
#[inline]
fn words(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // What the first word has, too, goes.
        let rest = if bytes.len() == 8 { 0 } else { u64::from_le_bytes(*last) >> (8 * (WHOLE - bytes.len())) };
        return (u64::from_le_bytes(*first), rest);
    }
    let word = if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
    } else {
        bytes.iter().rev().fold(0, |word, c| word << 8 | u64::from(*c))
    };
    (word, 0)
}

/// The upper and the lower half of a product, mixed.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves of the product")]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// `a` to `z` become `A` to `Z` in eight bytes at once; every other byte stays.
#[inline]
const fn upper(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = word & (0x7F * ONES);
    let from_a = low + (0x80 - b'a' as u64) * ONES;
    let beyond_z = low + (0x7F - b'z' as u64) * ONES;
    word ^ (((from_a & !beyond_z & !word) & (0x80 * ONES)) >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_reference_is_read_in_its_key() {
        assert_eq!(Key::new(b"ab-12").text(5), Some(b"AB-12".as_slice()));
        assert_eq!(Key::new(&[b'a'; 16]).text(16), Some([b'A'; 16].as_slice()));
        assert_eq!(Key::new(&[b'a'; 17]).text(17), None);
    }

    proptest! {
        #[test]
        fn words_are_the_bytes_and_zeros(bytes in proptest::collection::vec(any::<u8>(), 0..=WHOLE)) {
            let mut padded = [0; WHOLE];
            padded[..bytes.len()].copy_from_slice(&bytes);
            prop_assert_eq!(words(&bytes), Key(padded).halves());
        }

        #[test]
        fn letters_of_any_case_are_one_key(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let key = Key::new(&text);
            prop_assert_eq!(key, Key::new(&text.to_ascii_uppercase()));
            prop_assert_eq!(key, Key::new(&text.to_ascii_lowercase()));
        }

        #[test]
        fn other_references_have_other_keys(a in "[0-9A-Z-]{1,20}", b in "[0-9A-Z-]{1,20}") {
            prop_assert_eq!(Key::new(a.as_bytes()) == Key::new(b.as_bytes()), a == b);
        }
    }
}
