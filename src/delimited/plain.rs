//! Whether text can stand in a cell without quotes.

/// Whether none of `;`, `"`, LF and CR stands in the text, so that files of ours hold it without quotes.
///
/// Eight bytes at once, the last eight again if need be.
#[inline]
pub fn is_plain(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let found = words.iter().fold(0, |found, word| found | marks(u64::from_le_bytes(*word)));
    let last = match text.last_chunk::<8>() {
        Some(last) => marks(u64::from_le_bytes(*last)),
        None => u64::from(rest.iter().any(|c| matches!(c, b';' | b'"' | b'\n' | b'\r'))),
    };
    (found | last) == 0
}

/// Whether the text is plain ([`is_plain`]) and ASCII: files of ours hold it as it stands, whatever ASCII is a part of.
#[inline]
pub fn is_plain_ascii(text: &[u8]) -> bool {
    text.is_ascii() && is_plain(text)
}

/// Not zero when one of the eight bytes is `;`, `"`, LF or CR.
#[inline]
const fn marks(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7F * ONES;
    /// The top bit of each byte that is not zero.
    const fn filled(word: u64) -> u64 {
        ((word & LOW) + LOW) | word
    }
    !(filled(word ^ (b';' as u64 * ONES))
        & filled(word ^ (b'"' as u64 * ONES))
        & filled(word ^ (b'\n' as u64 * ONES))
        & filled(word ^ (b'\r' as u64 * ONES)))
        & !LOW
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sees_what_a_look_at_each_byte_sees(text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'"'), Just(b'\n'), Just(b'\r'), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>()], 0..40)) {
            prop_assert_eq!(is_plain(&text), !text.iter().any(|c| matches!(c, b';' | b'"' | b'\n' | b'\r')));
        }
    }
}
