//! Several parts in one cell: `REF:QTY|REF:QTY`.

/// A part as it stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedPart<'c> {
    /// Its reference as typed, blanks and all.
    pub reference: &'c [u8],
    /// How many: 1 to 99.
    pub quantity: u32,
}

/// The parts of a list, each `None` that is not in its form: a reference without `:`, `|` and `,`, then a quantity from 1
/// to 99 without leading zeros. A list with one `None` is malformed as a whole.
pub fn part_list(text: &[u8]) -> impl Iterator<Item = Option<ListedPart<'_>>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr(b'|', text);
        rest = end.map(|end| &text[end + 1..]);
        Some(part(&text[..end.unwrap_or(text.len())]))
    })
}

#[inline]
fn part(text: &[u8]) -> Option<ListedPart<'_>> {
    let (reference, quantity) = match text {
        [reference @ .., b':', q @ b'1'..=b'9'] => (reference, u32::from(q - b'0')),
        [reference @ .., b':', t @ b'1'..=b'9', q @ b'0'..=b'9'] => {
            (reference, u32::from(t - b'0') * 10 + u32::from(q - b'0'))
        }
        _ => return None,
    };
    let is_clean = !reference.is_empty() && memchr::memchr2(b':', b',', reference).is_none();
    is_clean.then_some(ListedPart { reference, quantity })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<Vec<(String, u32)>> {
        let own = |part: ListedPart<'_>| (String::from_utf8_lossy(part.reference).into_owned(), part.quantity);
        part_list(text.as_bytes()).map(|part| part.map(own)).collect()
    }

    #[test]
    fn only_whole_lists_are_read() {
        assert_eq!(read("MS-1:1|X 2:99"), Some(vec![("MS-1".to_owned(), 1), ("X 2".to_owned(), 99)]));
        for text in
            ["", "A", "A:", "A:0", ":2", "A:1||B:2", "A:1,B:2", "A:100", "A:01", "A:1|", "A:-1", "A:1:2", "A:1 "]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(parts in proptest::collection::vec(("[^:|,]{1,8}", 1_u32..100), 1..6)) {
            let text: Vec<_> = parts.iter().map(|(reference, quantity)| format!("{reference}:{quantity}")).collect();
            prop_assert_eq!(read(&text.join("|")), Some(parts));
        }

        /// The grammar, said another way.
        #[test]
        fn any_text_is_read_as_the_grammar_says(text in "[a:|,019 ]{0,12}") {
            let is_part = |part: &str| part.split_once(':').is_some_and(|(reference, quantity)| {
                !reference.is_empty()
                    && !reference.contains(',')
                    && (1..=2).contains(&quantity.len())
                    && quantity.bytes().all(|c| c.is_ascii_digit())
                    && !quantity.starts_with('0')
            });
            prop_assert_eq!(read(&text).is_some(), text.split('|').all(is_part));
        }
    }
}
