//! The catalogue's reference that was probably meant.

use super::{Catalogue, PartId};

/// A longer text is no reference with a slip, but a remark.
const LONGEST_SLIP: usize = 40;

/// How many leading zeros may be lost, at least and at most.
const LOST_ZEROS: (usize, usize) = (4, 12);

impl Catalogue {
    /// The part that an unknown reference probably means, or none. Never taken, only proposed.
    ///
    /// Looked for are the slips that cost references their zeros or mix up look-alikes: the letter O for the digit 0 or
    /// the reverse, everywhere or once, I or L for 1, blanks, dots or dashes too many, leading zeros lost (up to the
    /// length `longest`).
    pub fn suggest(&self, reference: &str, longest: usize) -> Option<PartId> {
        let reference = reference.trim().to_uppercase().into_bytes();
        if reference.is_empty() || reference.len() > longest.max(LONGEST_SLIP) {
            return None;
        }
        let mut guess = Guess { catalogue: self, text: Vec::with_capacity(reference.len() + LOST_ZEROS.1) };
        let bare = || reference.iter().copied().filter(u8::is_ascii_alphanumeric);
        guess
            .is(reference.iter().map(|c| if *c == b'O' { b'0' } else { *c }))
            .or_else(|| guess.is(reference.iter().map(|c| as_digit(*c))))
            .or_else(|| guess.is(reference.iter().map(|c| if *c == b'0' { b'O' } else { *c })))
            .or_else(|| guess.is(bare()))
            .or_else(|| guess.is(bare().map(as_digit)))
            .or_else(|| (0..reference.len()).find_map(|at| guess.exchanged(&reference, at)))
            .or_else(|| guess.with_zeros(&reference, longest))
    }
}

/// One reference after the other is tried in the same memory.
struct Guess<'c> {
    catalogue: &'c Catalogue,
    text: Vec<u8>,
}

impl Guess<'_> {
    fn is(&mut self, reference: impl Iterator<Item = u8>) -> Option<PartId> {
        self.text.clear();
        self.text.extend(reference);
        self.catalogue.find_bytes(&self.text)
    }

    /// With the O or 0 at a place exchanged for the other.
    fn exchanged(&mut self, reference: &[u8], at: usize) -> Option<PartId> {
        let other = match reference[at] {
            b'O' => b'0',
            b'0' => b'O',
            _ => return None,
        };
        self.is(reference.iter().enumerate().map(|(place, c)| if place == at { other } else { *c }))
    }

    fn with_zeros(&mut self, reference: &[u8], longest: usize) -> Option<PartId> {
        let missing = longest.saturating_sub(reference.len()).clamp(LOST_ZEROS.0, LOST_ZEROS.1);
        (1..=missing).find_map(|zeros| self.is(std::iter::repeat_n(b'0', zeros).chain(reference.iter().copied())))
    }
}

/// The digit that a letter is mistaken for.
const fn as_digit(c: u8) -> u8 {
    match c {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    }
}
