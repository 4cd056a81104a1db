//! The numbers of the lines of a file, each of which stands there once.
//!
//! What enters: numbers. What leaves: whether one was there before. What is refused: more than may be held.
//!
//! Lines are mostly numbered without gaps, so whole ranges are kept: a file of any length takes a few bytes.

use std::collections::BTreeMap;

/// A set of numbers: ranges by their first number, with their last.
#[derive(Debug, Default)]
pub(super) struct Numbers(BTreeMap<u64, u64>);

/// What a range takes, roughly.
const RANGE_BYTES: u64 = 32;

impl Numbers {
    /// Adds a number; false when it is there already.
    pub(super) fn add(&mut self, number: u64) -> bool {
        let before = self.0.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        let first = before.filter(|(_, last)| last + 1 == number).map_or(number, |(first, _)| first);
        let behind = number.checked_add(1).and_then(|next| self.0.remove(&next));
        self.0.insert(first, behind.unwrap_or(number));
        true
    }

    /// How many bytes are held.
    pub(super) fn bytes(&self) -> u64 {
        self.0.len() as u64 * RANGE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_a_set(numbers in proptest::collection::vec(prop_oneof![0_u64..40, u64::MAX - 2..=u64::MAX], 0..80)) {
            let (mut ranges, mut set) = (Numbers::default(), BTreeSet::new());
            for number in numbers {
                prop_assert_eq!(ranges.add(number), set.insert(number));
            }
        }
    }

    #[test]
    fn numbers_without_gaps_take_no_memory() {
        let mut numbers = Numbers::default();
        assert!((0..100_000).rev().all(|number| numbers.add(number)));
        assert_eq!(numbers.bytes(), RANGE_BYTES);
    }
}
