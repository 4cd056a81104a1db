//! "Did you mean …?": the known word that a mistyped one stands for.
//!
//! What enters: a word that nobody knows, and the words that are known.
//! What leaves: the nearest known word, if it is near enough to be worth a question.
//! What is refused: a guess; the answer only ever feeds a sentence.

/// The candidate with the fewest slips of the keyboard from `text`, when at most a third of its letters differ.
///
/// The first one wins among equals, so the answer depends on the order of the candidates alone.
pub fn nearest<'c>(text: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let text = text.to_lowercase();
    let length = text.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters = candidate.chars().count();
        let allowed = (letters / 3).max(1);
        // The lengths alone already tell most pairs apart, however long the text of a stranger is.
        if letters.abs_diff(length) > allowed {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&text, &candidate.to_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposes_what_was_meant_and_nothing_far() {
        let known = ["quantity", "reference", "required"];
        assert_eq!(nearest("quantty", known), Some("quantity"));
        assert_eq!(nearest("Refrence", known), Some("reference"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"q".repeat(100_000), known), None);
        assert_eq!(nearest("", known), None);
    }
}
