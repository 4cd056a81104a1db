//! The one way in which words of strangers are compared.
//!
//! What enters: a heading, a name, a reference, a label, as somebody wrote it.
//! What leaves: its letters and digits in lower case without accents, equal for every spelling of one word.
//! What is refused: nothing; a text without letters folds to nothing.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The text in lower case, without accents, blanks and punctuation; only `#` stays, since `Part #` is not `Part`.
///
/// The rule of `docs/reading.md`: headings and manufacturers' names are compared after folding
/// case, accents, punctuation and blanks, and then exactly.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// What [`fold`] makes of a text, at the end of `folded`: for half a million texts in the same memory.
pub fn fold_into(text: &str, folded: &mut String) {
    each_kept(text, |c| folded.extend(c));
}

/// The words of a text, each folded, with a blank after each.
pub fn fold_words(text: &str, folded: &mut String) {
    let mut is_open = false;
    each_kept(text, |c| {
        match c {
            Some(c) => folded.push(c),
            None if is_open => folded.push(' '),
            None => {}
        }
        is_open = c.is_some();
    });
    if is_open {
        folded.push(' ');
    }
}

/// Gives every letter and digit as it is compared, and `None` for what stands between words.
fn each_kept(text: &str, mut give: impl FnMut(Option<char>)) {
    for c in text.chars() {
        if c.is_ascii() {
            give(is_kept(c).then(|| c.to_ascii_lowercase()));
        // The signs of "number" go first: decomposed, one of them would leave an `o` behind.
        } else if matches!(c, '°' | 'º') {
            give(None);
        } else {
            decompose_compatible(c, |part| part.to_lowercase().for_each(|part| each_part(part, &mut give)));
        }
    }
}

/// A part of a character: a letter, or the accent on it, which is no end of a word.
fn each_part(part: char, give: &mut impl FnMut(Option<char>)) {
    match part {
        'œ' => "oe".chars().for_each(|c| give(Some(c))),
        'æ' => "ae".chars().for_each(|c| give(Some(c))),
        'ß' => "ss".chars().for_each(|c| give(Some(c))),
        part if is_kept(part) => give(Some(part)),
        part if is_combining_mark(part) => {}
        _ => give(None),
    }
}

fn is_kept(c: char) -> bool {
    c == '#' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_equal() {
        for (text, folded) in [
            ("N° commande client", "ncommandeclient"),
            ("nº pedido", "npedido"),
            ("Part #", "part#"),
            ("PREZZO LORDO €", "prezzolordo"),
            ("Re\u{301}f. pie\u{300}ce", "refpiece"),
            ("RÉF. PIÈCE", "refpiece"),
            ("Œillet", "oeillet"),
            ("Stück / Maß", "stuckmass"),
            ("\u{feff}order_quantity ", "orderquantity"),
            ("N\u{a0}/\u{2009}x", "nx"),
            ("---", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_stay_apart() {
        for (text, folded) in [
            ("Joint d'eau, Ø 12 / Pièce n°7", "joint d eau ø 12 piece n 7 "),
            ("  Re\u{301}sistance—2000W", "resistance 2000w "),
            ("½ œuf", "1 2 oeuf "),
            ("---", ""),
        ] {
            let mut words = String::new();
            fold_words(text, &mut words);
            assert_eq!(words, folded, "{text}");
            assert_eq!(words.replace(' ', ""), fold(text), "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["N° İstanbul", "ﬁn ½ ẞ", "Ligne №7", "日付"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
