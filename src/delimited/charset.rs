//! Encodings that keep ASCII as it is, cell by cell.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{Encoding, WINDOWS_1252};

/// The encoding of the bytes in a chunk.
///
/// Others (UTF-16 and the like) are turned into UTF-8 before chunks are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 that was made of this encoding; U+FFFD stands for what could not be read.
    Transcoded(&'static Encoding),
    /// One byte, one character, the lower half ASCII.
    SingleByte(&'static Encoding),
}

impl Charset {
    /// Windows-1252, what Western software writes when it says nothing.
    pub const WINDOWS_1252: Self = Self::SingleByte(WINDOWS_1252);

    /// The name of the encoding, such as `windows-1252`.
    pub fn name(self) -> String {
        match self {
            Self::Utf8 => "utf-8".to_owned(),
            Self::SingleByte(encoding) | Self::Transcoded(encoding) => encoding.name().to_ascii_lowercase(),
        }
    }

    /// The text; ASCII and clean UTF-8 are borrowed. What cannot be read becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 | Self::Transcoded(_) => String::from_utf8_lossy(bytes),
            Self::SingleByte(encoding) => encoding.decode_without_bom_handling(bytes).0,
        }
    }

    /// Appends the text as UTF-8.
    pub fn decode_into(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::SingleByte(encoding) if encoding == WINDOWS_1252 => decode_western(bytes, out),
            Self::SingleByte(_) if !bytes.is_ascii() => out.extend_from_slice(self.decode(bytes).as_bytes()),
            Self::Utf8 | Self::Transcoded(_) | Self::SingleByte(_) => out.extend_from_slice(bytes),
        }
    }

    /// Whether every byte means something in this encoding.
    pub fn is_clean(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).is_ok(),
            Self::Transcoded(_) => memchr::memmem::find(bytes, "\u{FFFD}".as_bytes()).is_none(),
            // The five bytes that Windows-1252 leaves undefined; other single-byte encodings take every byte.
            Self::SingleByte(encoding) if encoding == WINDOWS_1252 => {
                memchr::memchr3(0x81, 0x8D, 0x8F, bytes).is_none() && memchr::memchr2(0x90, 0x9D, bytes).is_none()
            }
            Self::SingleByte(_) => true,
        }
    }

    /// The bytes without blanks at both ends. A blank is a space, a tab or a no-break space.
    #[inline]
    pub fn trim(self, bytes: &[u8]) -> &[u8] {
        let mut rest = bytes;
        while let Some(width) = self.blank_at_start(rest) {
            rest = &rest[width..];
        }
        while let Some(width) = self.blank_at_end(rest) {
            rest = &rest[..rest.len() - width];
        }
        rest
    }

    #[inline]
    fn blank_at_start(self, bytes: &[u8]) -> Option<usize> {
        match *bytes.first()? {
            b' ' | b'\t' => Some(1),
            c if c.is_ascii() => None,
            _ => self.wide_blank(|blank| bytes.starts_with(blank)),
        }
    }

    #[inline]
    fn blank_at_end(self, bytes: &[u8]) -> Option<usize> {
        match *bytes.last()? {
            b' ' | b'\t' => Some(1),
            c if c.is_ascii() => None,
            _ => self.wide_blank(|blank| bytes.ends_with(blank)),
        }
    }

    /// The width of the no-break space that stands there, if one does.
    fn wide_blank(self, stands_there: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let blanks: &[&[u8]] = match self {
            // U+00A0 and the narrow U+202F.
            Self::Utf8 | Self::Transcoded(_) => &[b"\xC2\xA0", b"\xE2\x80\xAF"],
            Self::SingleByte(_) => &[b"\xA0"],
        };
        blanks.iter().find(|blank| stands_there(blank)).map(|blank| blank.len())
    }
}

/// The upper half of Windows-1252 in UTF-8; filled from `encoding_rs` once.
static WESTERN: LazyLock<[([u8; 4], u8); 128]> = LazyLock::new(|| {
    std::array::from_fn(|place| {
        let byte = [u8::try_from(place).unwrap_or(0) | 0x80];
        let text = WINDOWS_1252.decode_without_bom_handling(&byte).0;
        let mut bytes = [0; 4];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        (bytes, u8::try_from(text.len()).unwrap_or(0))
    })
});

/// Windows-1252 to UTF-8: the common case, without a string for each cell that has an accent.
fn decode_western(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() * 3);
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|c| !c.is_ascii()) {
        out.extend_from_slice(&rest[..at]);
        let (text, length) = WESTERN[usize::from(rest[at] & 0x7F)];
        out.extend_from_slice(&text[..usize::from(length)]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_go_and_nothing_else() {
        assert_eq!(Charset::WINDOWS_1252.trim(b"\xA0 \tab c \xA0"), b"ab c");
        assert_eq!(Charset::Utf8.trim("\u{a0}\u{202f} é \u{a0}".as_bytes()), "é".as_bytes());
        assert_eq!(Charset::Utf8.trim(b" \t "), b"");
        assert_eq!(Charset::Utf8.trim(b"a\n"), b"a\n");
        assert_eq!(Charset::Utf8.trim(b"\xE2\x80"), b"\xE2\x80");
    }

    #[test]
    fn both_ways_of_decoding_agree() {
        let every: Vec<u8> = (0..=255).collect();
        let mut out = Vec::new();
        Charset::WINDOWS_1252.decode_into(&every, &mut out);
        assert_eq!(out, Charset::WINDOWS_1252.decode(&every).as_bytes());
    }

    #[test]
    fn ascii_is_borrowed_and_accents_are_read() {
        assert!(matches!(Charset::WINDOWS_1252.decode(b"abc"), Cow::Borrowed("abc")));
        assert_eq!(Charset::WINDOWS_1252.decode(b"R\xE9f \x80"), "Réf €");
        assert!(!Charset::WINDOWS_1252.is_clean(b"a\x81"));
        assert!(!Charset::Utf8.is_clean(b"R\xE9f"));
        let mut out = Vec::new();
        Charset::WINDOWS_1252.decode_into(b"\x9Cuvre", &mut out);
        assert_eq!(out, "œuvre".as_bytes());
    }
}
