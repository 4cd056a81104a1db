//! The letters beyond ASCII that languages use, and how much each speaks for them.
//!
//! Weights grow with the frequency of a letter in running text: 6 for the commonest, 1 for those of loan words. A letter
//! that is not listed is foreign to the language. Capitals weigh what their lower-case letters do. Outside Western Europe no letter
//! weighs more than the accents of French: a file full of `câble` must not become Latvian.

/// A language, as far as its encodings are to be told apart.
#[derive(Debug)]
pub(super) struct Language {
    /// The letters beyond ASCII and their weights.
    pub(super) letters: &'static str,
    /// What is taken off: languages that order files are seldom in have to make up for it.
    pub(super) handicap: i64,
}

/// `letters` names groups of letters, each led by its weight.
const fn language(handicap: i64, letters: &'static str) -> Language {
    Language { letters, handicap }
}

/// Western Europe, which Windows-1252, ISO-8859-15, the first pages of DOS and Mac Roman were made for.
pub(super) static WESTERN: [Language; 10] = [
    // French, German, Spanish, Italian, Portuguese.
    language(0, "6é 5èàê 4çôœîûùâ 2ëïüæöÿä"),
    language(1, "6ü 5äöß 1éè"),
    language(1, "6ó 5íáé 4ñú 1üç"),
    language(1, "6à 5è 4ùòéì 1î"),
    language(1, "6ã 5çáéó 4íõê 3âúà 2ô 1ü"),
    // Swedish and Finnish; Danish and Norwegian; Icelandic; Dutch; Catalan.
    language(2, "6ä 5öå 2é 1üàš"),
    language(2, "6ø 5åæ 3é 1öäüòô"),
    language(5, "5ðíáó 4þéæöúý"),
    language(2, "5ë 4éï 2èöü 1óáêç"),
    language(2, "5ó 4àèéç 3íú 2òï 1ü"),
];

/// Central Europe: Polish, Czech, Slovak, Hungarian, Romanian, Croatian and Slovenian.
pub(super) static CENTRAL: [Language; 6] = [
    language(0, "4łóążę 3śćń 1ź 0é"),
    language(0, "4í 4áéěřščžý 3ů 2úťňď 0óö"),
    language(0, "4á 4íéšč 3žýúľťňď 2óôä 1ŕĺ 0ö"),
    language(0, "4áé 4öóő 3íüúű"),
    language(0, "4ă 4îşţ 3âșț"),
    language(0, "4č 4šž 3ćđ"),
];

/// Turkish.
pub(super) static TURKISH: [Language; 1] = [language(0, "4ı 4üşğöç 3i\u{307}İ 0âîû")];

/// The Baltic: Lithuanian, Latvian, Estonian.
pub(super) static BALTIC: [Language; 3] =
    [language(0, "4ė 4ųšžį 3ąčūę"), language(0, "4ā 4īēšū 3ņķļģčž"), language(1, "4ä 4õüö 1šž")];

/// Cyrillic: Russian, Ukrainian, Bulgarian.
pub(super) static CYRILLIC: [Language; 3] = [
    language(0, "6оеаинтрс 5влкмдпуыьяз 4гбчйхж 3шюцщэф 1ъё"),
    language(0, "6оаинтері 5влкмдпуяьзї 4гбчйхжєю 3шцщф 1ґ"),
    language(0, "6аоеинтр 5свлкмдпузъя 4гбчйхж 3шюцщф 1ь"),
];

/// Greek.
pub(super) static GREEK: [Language; 1] = [language(0, "6αοιετσν 5ηυρπκμλς 4ωγδόίάέήύώ 3θφχβξ 2ζψ 1ϊϋΐΰ")];

impl Language {
    /// What a lower-case letter weighs; `None` for one that is foreign to the language.
    pub(super) fn weight(&self, letter: char) -> Option<i64> {
        let mut weight = None;
        for c in self.letters.chars() {
            if let Some(digit) = c.to_digit(10) {
                weight = Some(i64::from(digit));
            } else if c == letter {
                return weight;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_weigh_what_their_group_does() {
        assert_eq!(WESTERN[0].weight('é'), Some(6));
        assert_eq!(WESTERN[0].weight('œ'), Some(4));
        assert_eq!(WESTERN[0].weight('ñ'), None);
        assert_eq!(GREEK[0].weight('ς'), Some(5));
    }

    #[test]
    fn no_letter_stands_twice_in_a_language() {
        for language in WESTERN.iter().chain(&CENTRAL).chain(&TURKISH).chain(&BALTIC).chain(&CYRILLIC).chain(&GREEK) {
            let mut letters: Vec<_> = language.letters.chars().filter(|c| c.is_alphabetic()).collect();
            let count = letters.len();
            letters.sort_unstable();
            letters.dedup();
            assert_eq!(letters.len(), count, "{}", language.letters);
        }
    }
}
