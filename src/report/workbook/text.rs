//! Texts in the limits of a cell.
//!
//! What enters: any text. What leaves: as much of it as a cell or a note holds. Nothing is refused.

use crate::diagnostic::Diagnostic;
use crate::model::Language;

use super::Words;

/// Characters of a cell, counted as UTF-16 units (Excel specifications and limits).
pub(super) const CELL: usize = 32_767;

/// The longest start of the text that has at most `limit` UTF-16 units, and whether something was cut off.
pub(super) fn start(text: &str, limit: usize) -> (&str, bool) {
    // UTF-8 never takes fewer bytes than UTF-16 takes units.
    if text.len() <= limit {
        return (text, false);
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > limit {
            return (&text[..at], true);
        }
    }
    (text, false)
}

/// The text in the limits of a cell, ending in `mark` when it had to be cut.
pub(super) fn marked(text: String, mark: &str) -> String {
    if text.len() <= CELL {
        return text;
    }
    let room = CELL.saturating_sub(mark.encode_utf16().count() + 1);
    match start(&text, room) {
        (start, true) => format!("{start} {mark}"),
        (_, false) => text,
    }
}

/// Between a name and what is said of it.
pub(super) const fn colon(language: Language) -> &'static str {
    match language {
        Language::French => " : ",
        Language::English => ": ",
    }
}

/// Between two faults of a row.
pub(super) const fn semicolon(language: Language) -> &'static str {
    match language {
        Language::French => " ; ",
        Language::English => "; ",
    }
}

/// The message of a fault, with the word for warnings where it only warns.
pub(super) fn message(fault: &Diagnostic, language: Language, words: &Words) -> String {
    let mut text = fault.code.message(language, &fault.arguments).into_owned();
    if !fault.is_error() && !words.warning.is_empty() {
        text = format!("{text} ({})", words.warning);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters_and_measured_as_excel_does() {
        assert_eq!(start("abc", 3), ("abc", false));
        assert_eq!(start("abcd", 3), ("abc", true));
        assert_eq!(start("ééé", 3), ("ééé", false));
        assert_eq!(start("a😀b", 2), ("a", true));
        assert_eq!(start("a😀b", 3), ("a😀", true));
        let long = marked("é".repeat(40_000), "CUT");
        assert_eq!(long.encode_utf16().count(), CELL);
        assert!(long.ends_with("é CUT"));
    }
}
