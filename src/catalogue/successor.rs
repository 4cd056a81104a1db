//! What takes the place of a part.

use super::{Catalogue, PartId};

/// The end of the chain of replacements of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Successor<'c> {
    /// The catalogue names none.
    None,
    /// This part: the first of the chain that can be had, else its last.
    Part(PartId),
    /// A reference that is itself not in the catalogue.
    Unknown(&'c str),
    /// The replacements go round in a circle: these parts, the last of them once more.
    Circle(Vec<PartId>),
}

impl Catalogue {
    /// What takes the place of a part, once nobody can have it.
    pub fn successor(&self, part: PartId) -> Successor<'_> {
        let mut chain = vec![part];
        let mut last = part;
        while let Some(next) = self.replacement(last) {
            let is_known = chain.contains(&next);
            chain.push(next);
            if is_known {
                return Successor::Circle(chain);
            }
            last = next;
            if self.is_available(next) {
                break;
            }
        }
        if last != part {
            return Successor::Part(last);
        }
        self.part(part).replacement.map_or(Successor::None, Successor::Unknown)
    }
}
