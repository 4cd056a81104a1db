//! The catalogue's reference that was probably meant.

use super::{Catalogue, PartId};

impl Catalogue {
    /// The part that an unknown reference probably means, or none. Never taken, only proposed.
    ///
    /// Looked for are the slips that cost references their zeros or mix up look-alikes:
    /// leading zeros lost (up to the length `longest`), the letter O for the digit 0 or the reverse, I or l for 1, and
    /// blanks, dots or dashes too many.
    pub fn suggest(&self, reference: &str, longest: usize) -> Option<PartId> {
        let reference = reference.trim().to_uppercase();
        if reference.is_empty() || reference.len() > longest.max(40) {
            return None;
        }
        let bare: String = reference.chars().filter(|c| c.is_alphanumeric()).collect();
        let digits = |text: &str| text.replace('O', "0").replace(['I', 'L'], "1");
        let letters = |text: &str| text.replace('0', "O");
        [reference.replace('O', "0"), digits(&reference), letters(&reference), bare.clone(), digits(&bare)]
            .into_iter()
            .chain(one_by_one(&reference))
            .filter(|candidate| *candidate != reference)
            .find_map(|candidate| self.find_text(&candidate))
            .or_else(|| self.with_zeros(&reference, longest))
    }

    fn with_zeros(&self, reference: &str, longest: usize) -> Option<PartId> {
        let missing = longest.saturating_sub(reference.len()).clamp(4, 12);
        (1..=missing).find_map(|zeros| self.find_text(&format!("{}{reference}", "0".repeat(zeros))))
    }
}

/// The reference with each single O or 0 exchanged for the other.
fn one_by_one(reference: &str) -> impl Iterator<Item = String> {
    reference.char_indices().filter_map(move |(at, c)| {
        let other = match c {
            'O' => "0",
            '0' => "O",
            _ => return None,
        };
        Some(format!("{}{other}{}", reference.get(..at)?, reference.get(at + 1..)?))
    })
}
