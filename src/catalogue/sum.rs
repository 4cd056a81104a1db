//! A sum of bytes that shows whether they changed, as fast as memory gives them.
//!
//! What enters: a block of bytes. What leaves: 64 bits. It guards against disks and cables, not against people: a change
//! within eight bytes that lie together is always seen, any other with all but one chance in 2⁶⁴.

/// Each lane has an odd number of its own.
const LANES: [u64; 4] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0xD6E8_FEB8_6659_FD93];

/// The bytes that the lanes take together.
const STEP: usize = LANES.len() * size_of::<u64>();

/// The sum of a block.
pub(super) fn sum(block: &[u8]) -> u64 {
    let (steps, rest) = block.as_chunks::<STEP>();
    let mut last = [0; STEP];
    last[..rest.len()].copy_from_slice(rest);
    let mut lanes = LANES;
    for step in steps.iter().chain([&last]) {
        let (words, _) = step.as_chunks();
        for ((lane, odd), word) in lanes.iter_mut().zip(LANES).zip(words) {
            *lane = stir(*lane, u64::from_le_bytes(*word), odd);
        }
    }
    lanes.iter().fold(block.len() as u64, |sum, lane| stir(sum, *lane, LANES[0]))
}

/// With one of the first two fixed, every value of the other gives another result: a product with an odd number, and a
/// rotation, can be undone. So what differs in one word differs to the end.
#[inline]
const fn stir(state: u64, word: u64, odd: u64) -> u64 {
    (state ^ word).wrapping_mul(odd).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_change_within_a_word_is_seen(
            mut block in proptest::collection::vec(any::<u8>(), 1..200),
            place: prop::sample::Index,
            change in 1_u8..,
        ) {
            let before = sum(&block);
            let at = place.index(block.len());
            block[at] ^= change;
            prop_assert_ne!(sum(&block), before);
        }

        #[test]
        fn what_is_longer_or_changes_places_is_seen(block in proptest::collection::vec(any::<u8>(), 0..200), at in 0..200_usize) {
            let longer = [block.as_slice(), &[0]].concat();
            prop_assert_ne!(sum(&longer), sum(&block));
            let (left, right) = block.split_at(at.min(block.len()));
            let turned = [right, left].concat();
            prop_assert_eq!(sum(&turned) == sum(&block), turned == block);
        }
    }

    #[test]
    fn it_is_the_same_on_every_machine() {
        let block: Vec<u8> = (0..=255).collect();
        assert_eq!(sum(&block), 0x8899_47F4_D55B_5846);
        assert_ne!(sum(&[0; 32]), sum(&[0; 64]));
    }
}
