//! How often each byte above ASCII stands between which neighbours.
//!
//! What enters: the bytes of a file, part by part, cut anywhere. What leaves: counts that do not depend on the cuts and
//! do not grow with the file. Nothing is refused. Which encoding they speak for is judged elsewhere.

use crate::memory::zeros;

/// What stands beside a byte, as far as ASCII tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// A blank, a line end, a delimiter, a quote; the start or the end of the file.
    Gap,
    /// Any other sign or control character.
    Sign,
    /// A digit.
    Digit,
    /// A lower-case letter.
    Lower,
    /// A capital.
    Upper,
    /// A byte above ASCII: what it is depends on the encoding.
    High,
}

impl Neighbour {
    /// All of them.
    pub(super) const ALL: [Self; 6] = [Self::Gap, Self::Sign, Self::Digit, Self::Lower, Self::Upper, Self::High];

    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b',' | b'|' | b'"' => Self::Gap,
            0x80..=0xFF => Self::High,
            _ => Self::Sign,
        }
    }
}

/// What each byte is beside another, as its place in [`Neighbour::ALL`].
static NEIGHBOURS: [u8; 256] = {
    let mut places = [0; 256];
    let mut byte = 0_u8;
    loop {
        places[byte as usize] = Neighbour::of(byte) as u8;
        if byte == u8::MAX {
            break places;
        }
        byte += 1;
    }
};

/// Bytes above ASCII.
const BYTES: usize = 128;
/// Ways to stand between two neighbours.
const CONTEXTS: usize = Neighbour::ALL.len() * Neighbour::ALL.len();

/// The counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Census {
    /// By byte and neighbours.
    alone: Vec<u64>,
    /// By byte and the byte above ASCII that follows it.
    pairs: Vec<u64>,
    /// The last byte seen.
    last: u8,
    /// A byte above ASCII at the very end, whose right neighbour has not come yet, and its left one.
    open: Option<(u8, u8)>,
}

impl Default for Census {
    fn default() -> Self {
        Self { alone: zeros(BYTES * CONTEXTS), pairs: zeros(BYTES * BYTES), last: b'\n', open: None }
    }
}

impl Census {
    /// Counts begin behind this byte.
    pub(super) fn begin_behind(&mut self, byte: u8) {
        self.last = byte;
    }

    /// Counts a further part. ASCII is skipped, a machine word at a time.
    pub(super) fn take(&mut self, part: &[u8]) {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { return };
        if let Some((before, byte)) = self.open.take() {
            self.note(before, byte, *first);
        }
        let (chunks, rest) = part.as_chunks::<32>();
        for (number, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| !chunk.is_ascii()) {
            for (quarter, word) in chunk.as_chunks::<8>().0.iter().enumerate() {
                // One bit for each byte above ASCII.
                let mut highs = u64::from_le_bytes(*word) & 0x8080_8080_8080_8080;
                while highs != 0 {
                    self.look(part, number * 32 + quarter * 8 + highs.trailing_zeros() as usize / 8);
                    highs &= highs - 1;
                }
            }
        }
        let from = part.len() - rest.len();
        for place in (from..part.len()).filter(|place| !part[*place].is_ascii()) {
            self.look(part, place);
        }
        self.last = *last;
    }

    /// The file is at its end.
    pub(super) fn finish(&mut self) {
        if let Some((before, byte)) = self.open.take() {
            self.note(before, byte, b'\n');
        }
    }

    #[inline]
    fn look(&mut self, part: &[u8], place: usize) {
        let before = if place == 0 { self.last } else { part[place - 1] };
        match part.get(place + 1) {
            Some(after) => self.note(before, part[place], *after),
            None => self.open = Some((before, part[place])),
        }
    }

    #[inline]
    fn note(&mut self, before: u8, byte: u8, after: u8) {
        let place = usize::from(byte & 0x7F);
        let (left, right) = (NEIGHBOURS[usize::from(before)], NEIGHBOURS[usize::from(after)]);
        self.alone[place * CONTEXTS + usize::from(left) * Neighbour::ALL.len() + usize::from(right)] += 1;
        if !after.is_ascii() {
            self.pairs[place * BYTES + usize::from(after & 0x7F)] += 1;
        }
    }

    /// All counts.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (&[u64], &[u64]) {
        (&self.alone, &self.pairs)
    }

    /// How often the byte at `place` of the upper half stands in the file.
    pub(super) fn total(&self, place: usize) -> u64 {
        self.alone[place * CONTEXTS..(place + 1) * CONTEXTS].iter().sum()
    }

    /// The neighbours between which the byte at `place` of the upper half stands, and how often.
    pub(super) fn contexts(&self, place: usize) -> impl Iterator<Item = (Neighbour, Neighbour, u64)> {
        let counts = &self.alone[place * CONTEXTS..(place + 1) * CONTEXTS];
        let contexts = Neighbour::ALL.into_iter().flat_map(|left| Neighbour::ALL.map(|right| (left, right)));
        contexts.zip(counts).filter(|(_, count)| **count > 0).map(|((left, right), count)| (left, right, *count))
    }

    /// The pairs of bytes of the upper half that stand side by side, and how often.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        let counts = self.pairs.iter().enumerate().filter(|(_, count)| **count > 0);
        counts.map(|(place, count)| (place / BYTES, place % BYTES, *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(bytes: &[u8]) -> Census {
        let mut census = Census::default();
        census.take(bytes);
        census.finish();
        census
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(bytes in proptest::collection::vec(prop_oneof![Just(b'a'), Just(b';'), Just(b'7'), 0x7E..=0xFF_u8], 0..150), cuts in proptest::collection::vec(1_usize..40, 1..20)) {
            let mut census = Census::default();
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (part, after) = rest.split_at((*cut).min(rest.len()));
                census.take(part);
                rest = after;
            }
            census.finish();
            let whole = whole(&bytes);
            prop_assert_eq!(census.counts(), whole.counts());
            let highs = bytes.iter().filter(|byte| !byte.is_ascii()).count() as u64;
            prop_assert_eq!((0..BYTES).map(|place| census.total(place)).sum::<u64>(), highs);
        }
    }

    #[test]
    fn neighbours_are_told_apart() {
        let census = whole(b"R\xE9f;N\xB0 3\x80\xE9");
        let seen = |byte: u8| census.contexts(usize::from(byte & 0x7F)).collect::<Vec<_>>();
        assert_eq!(seen(0xE9), [(Neighbour::Upper, Neighbour::Lower, 1), (Neighbour::High, Neighbour::Gap, 1)]);
        assert_eq!(seen(0xB0), [(Neighbour::Upper, Neighbour::Gap, 1)]);
        assert_eq!(seen(0x80), [(Neighbour::Digit, Neighbour::High, 1)]);
        assert_eq!(census.pairs().collect::<Vec<_>>(), [(0x00, 0x69, 1)]);
    }
}
