//! The next delimiter, line end or quote: 64 bytes at a time.

use wide::u8x16;

use super::QUOTE;

/// Finds the bytes that give delimited text its structure, in order.
pub(super) struct Scanner<'c> {
    bytes: &'c [u8],
    delimiter: u8,
    /// Where the block of 64 begins whose marks are held.
    block: usize,
    /// One bit per byte of the block that is a mark and not yet given.
    marks: u64,
}

impl<'c> Scanner<'c> {
    pub(super) fn new(bytes: &'c [u8], delimiter: u8) -> Self {
        let mut scanner = Self { bytes, delimiter, block: 0, marks: 0 };
        scanner.marks = scanner.marks_at(0);
        scanner
    }

    /// The place of the next mark.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.marks == 0 {
            self.block += 64;
            if self.block >= self.bytes.len() {
                return None;
            }
            self.marks = self.marks_at(self.block);
        }
        let place = self.block + self.marks.trailing_zeros() as usize;
        self.marks &= self.marks - 1;
        Some(place)
    }

    /// Goes on at `place`, which is not before the last mark given.
    pub(super) fn go_to(&mut self, place: usize) {
        let block = place & !63;
        if block != self.block {
            self.block = block;
            self.marks = self.marks_at(block);
        }
        self.marks &= u64::MAX << (place & 63);
    }

    #[inline]
    fn marks_at(&self, block: usize) -> u64 {
        if let Some(bytes) = self.bytes.get(block..block + 64).and_then(|bytes| bytes.first_chunk::<64>()) {
            return marks(bytes, self.delimiter);
        }
        let rest = self.bytes.get(block..).unwrap_or_default();
        let mut padded = [0; 64];
        padded[..rest.len()].copy_from_slice(rest);
        marks(&padded, self.delimiter)
    }
}

/// One bit for each delimiter, line feed and quote.
///
/// Not inlined on purpose: inside the loop of its caller the compiler takes the comparisons apart and needs ten times as
/// many instructions.
#[inline(never)]
fn marks(bytes: &[u8; 64], delimiter: u8) -> u64 {
    let [delimiter, feed, quote] = [delimiter, b'\n', QUOTE].map(u8x16::splat);
    let (lanes, _) = bytes.as_chunks::<16>();
    lanes.iter().enumerate().fold(0, |marks, (place, lane)| {
        let lane = u8x16::new(*lane);
        let found = lane.simd_eq(delimiter) | lane.simd_eq(feed) | lane.simd_eq(quote);
        marks | (u64::from(found.to_bitmask()) << (place * 16))
    })
}

/// The same, byte by byte, to test against.
#[cfg(test)]
fn plain_marks(bytes: &[u8; 64], delimiter: u8) -> u64 {
    bytes
        .iter()
        .enumerate()
        .fold(0, |marks, (place, &c)| marks | (u64::from(c == delimiter || c == b'\n' || c == QUOTE) << place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_each_mark_once_and_in_order(bytes in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), any::<u8>()], 0..300)) {
            let mut scanner = Scanner::new(&bytes, b';');
            let found: Vec<_> = std::iter::from_fn(|| scanner.next()).collect();
            let expected: Vec<_> = (0..bytes.len()).filter(|&at| matches!(bytes[at], b';' | b'\n' | b'"')).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn goes_on_where_it_is_told(bytes in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'a')], 1..300), place in 0_usize..300) {
            let place = place.min(bytes.len());
            let mut scanner = Scanner::new(&bytes, b';');
            scanner.go_to(place);
            let expected = (place..bytes.len()).find(|&at| bytes[at] == b';');
            prop_assert_eq!(scanner.next(), expected);
        }

        #[test]
        fn both_ways_agree(bytes in proptest::array::uniform32(any::<u8>()), delimiter in any::<u8>()) {
            let mut block = [b'"'; 64];
            block[16..48].copy_from_slice(&bytes);
            prop_assert_eq!(marks(&block, delimiter), plain_marks(&block, delimiter));
        }
    }
}
