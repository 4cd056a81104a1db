//! Parts by a piece of their reference, words of their label, or their bar code.
//!
//! What enters: a text as somebody typed it, and what the parts must be. What leaves: the parts, the likeliest first.
//! What is refused: nothing; a text that says nothing finds nothing, no text finds all.
//!
//! Every part is looked at, on all cores: half a million take some hundredths of a second, and no index has to be kept.

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::{AVAILABLE, Catalogue, PartId};
use crate::model::{ManufacturerId, fold, fold_into, fold_words};

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A reference or its beginning or a piece of it, words of a label, a bar code; `None` is any part.
    pub text: Option<String>,
    /// Whose parts; none named is anybody's.
    pub manufacturers: Vec<ManufacturerId>,
    /// Only parts that can be had now.
    pub is_available: bool,
    /// Only parts that are no longer made.
    pub is_discontinued: bool,
    /// Only parts that have a replacement.
    pub is_replaced: bool,
}

/// Why a part is found: the likeliest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Reference,
    ReferenceBegins,
    BarCode,
    ReferenceContains,
    /// Each word stands in the label or in the reference.
    Words,
}

/// How many parts a thread takes at once.
const BLOCK: usize = 1 << 13;

impl Catalogue {
    /// The parts that are looked for: by rank, then by manufacturer and reference.
    pub fn search(&self, search: &Search) -> Vec<PartId> {
        let wanted = search.text.as_deref().map(Wanted::new);
        let places: Vec<_> = self.parts().collect();
        let mut found: Vec<_> = places
            .par_iter()
            .with_min_len(BLOCK)
            .map_init(Scratch::default, |scratch, part| {
                let is_meant = self.passes(*part, search);
                let rank = match &wanted {
                    _ if !is_meant => None,
                    Some(wanted) => wanted.rank(self, *part, scratch),
                    None => Some(Rank::Reference),
                };
                rank.map(|rank| (rank, *part))
            })
            .flatten_iter()
            .collect();
        found.par_sort_unstable_by_key(|(rank, part)| (*rank, self.manufacturer(*part), self.texts(*part).0, *part));
        found.into_iter().map(|(_, part)| part).collect()
    }

    fn passes(&self, part: PartId, search: &Search) -> bool {
        let is_discontinued = || self.extras.get(part.index()).is_some_and(|extra| extra.discontinued != 0);
        (!search.is_available || self.entry(part).flags & AVAILABLE != 0)
            && (!search.is_replaced || self.has_replacement(part))
            && (!search.is_discontinued || is_discontinued())
            && (search.manufacturers.is_empty() || search.manufacturers.contains(&self.manufacturer(part)))
    }
}

/// A text in the forms in which it is compared.
struct Wanted {
    /// Without blanks and punctuation.
    whole: String,
    inside: Finder<'static>,
    words: Vec<Word>,
}

/// What was typed between two blanks: a piece of a reference, `AB-12`, or words of a label, `d'eau`.
struct Word {
    whole: Finder<'static>,
    parts: Vec<Finder<'static>>,
}

impl Word {
    fn new(text: &str) -> Self {
        let mut parts = String::new();
        fold_words(text, &mut parts);
        Self { whole: finder(&fold(text)), parts: parts.split_whitespace().map(finder).collect() }
    }

    fn is_in(&self, reference: &str, label: &str) -> bool {
        let is_label = self.parts.iter().all(|part| part.find(label.as_bytes()).is_some());
        is_label || self.whole.find(reference.as_bytes()).is_some()
    }
}

fn finder(text: &str) -> Finder<'static> {
    Finder::new(text).into_owned()
}

/// Memory that is used again for every part.
#[derive(Default)]
struct Scratch {
    reference: String,
    label: String,
}

impl Wanted {
    fn new(text: &str) -> Self {
        let whole = fold(text);
        Self { inside: finder(&whole), whole, words: text.split_whitespace().map(Word::new).collect() }
    }

    fn rank(&self, catalogue: &Catalogue, part: PartId, scratch: &mut Scratch) -> Option<Rank> {
        if self.whole.is_empty() {
            return None;
        }
        let (reference, label) = catalogue.texts(part);
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        scratch.reference.clear();
        fold_into(text(reference), &mut scratch.reference);
        let reference = scratch.reference.as_str();
        if reference.starts_with(&self.whole) {
            let is_whole = reference.len() == self.whole.len();
            return Some(if is_whole { Rank::Reference } else { Rank::ReferenceBegins });
        }
        if catalogue.ean_bytes(part) == self.whole.as_bytes() {
            return Some(Rank::BarCode);
        }
        if self.inside.find(reference.as_bytes()).is_some() {
            return Some(Rank::ReferenceContains);
        }
        scratch.label.clear();
        fold_words(text(label), &mut scratch.label);
        self.words.iter().all(|word| word.is_in(reference, &scratch.label)).then_some(Rank::Words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::read;

    const ROWS: &str = "manufacturer_id;reference;label;unit_price;available;replacement;ean;status\n\
        4;00123456;Pompe de vidange;38.50;1;;3210000000017;\n\
        4;AB-123;Joint d'étanchéité, porte;1;0;AB-124;;discontinued\n\
        4;AB-124;Joint de porte;1;1;;;\n\
        15;AB 124;Résistance;1;1;;;\n\
        15;Z-AB-124;Pompe;1;1;;321;\n\
        2;321;Écrou;1;1;;;\n";

    fn catalogue() -> Catalogue {
        read("c", ROWS.as_bytes(), 0).unwrap().catalogue
    }

    fn found(search: &Search) -> Vec<usize> {
        catalogue().search(search).into_iter().map(PartId::index).collect()
    }

    fn by(text: &str) -> Search {
        Search { text: Some(text.to_owned()), ..Search::default() }
    }

    #[test]
    fn the_likeliest_part_comes_first() {
        for (text, parts) in [
            ("00123456", vec![0]),
            ("ab124", vec![2, 3, 4]),
            ("ab-12", vec![1, 2, 3, 4]),
            ("321", vec![5, 4]),
            ("3210000000017", vec![0]),
            ("ETANCHEITE", vec![1]),
            ("joint porte", vec![1, 2]),
            ("porte, d'étanchéité", vec![1]),
            ("pompe z-ab", vec![4]),
            ("tdeporte", vec![]),
            ("0-1-2", vec![0]),
            ("1-24", vec![2, 3, 4]),
            ("4-12", vec![]),
            ("joint pompe", vec![]),
            (" -- ", vec![]),
            ("ecrou", vec![5]),
        ] {
            assert_eq!(found(&by(text)), parts, "{text}");
        }
    }

    #[test]
    fn only_what_passes_is_found() {
        let all = Search::default();
        assert_eq!(found(&all), [5, 0, 1, 2, 3, 4], "by manufacturer and reference");
        assert_eq!(found(&Search { is_available: true, ..by("ab") }), [2, 3, 4]);
        assert_eq!(found(&Search { is_replaced: true, ..all.clone() }), [1]);
        assert_eq!(found(&Search { is_discontinued: true, ..all.clone() }), [1]);
        let manufacturers = vec![ManufacturerId(2), ManufacturerId(15)];
        assert_eq!(found(&Search { manufacturers, ..all }), [5, 3, 4]);
    }
}
