//! The one way in which words of strangers are compared.
//!
//! What enters: a heading, a name, an alias, as somebody wrote it.
//! What leaves: its letters and digits in lower case without accents, equal for every spelling of one word.
//! What is refused: nothing; a text without letters folds to nothing.

use unicode_normalization::UnicodeNormalization;

/// The text in lower case, without accents, blanks and punctuation; only `#` stays, since `Part #` is not `Part`.
///
/// The rule of `docs/reading.md`: headings and manufacturers' names are compared after folding
/// case, accents, punctuation and blanks, and then exactly.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.extend(text.chars().filter(|c| is_kept(*c)).map(|c| c.to_ascii_lowercase()));
        return folded;
    }
    // The signs of "number" go first: decomposed, one of them would leave an `o` behind.
    let decomposed = text.chars().filter(|c| !matches!(c, '°' | 'º')).nfkd();
    for c in decomposed.flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            c if is_kept(c) => folded.push(c),
            _ => {}
        }
    }
    folded
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
    fn folding_twice_changes_nothing() {
        for text in ["N° İstanbul", "ﬁn ½ ẞ", "Ligne №7", "日付"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
