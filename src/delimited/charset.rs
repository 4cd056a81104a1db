//! Encodings that keep ASCII as it is, cell by cell.

use std::borrow::Cow;

use encoding_rs::{Encoding, KOI8_R, KOI8_U, MACINTOSH, UTF_8, WINDOWS_1252};

use super::CodePage;
use super::code_page;

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
    /// The same, by a table of our own: the pages of DOS.
    Paged(&'static CodePage),
    /// UTF-8, and what is not UTF-8 in this single-byte encoding: files put together from several.
    Mixed(&'static Encoding),
}

impl Charset {
    /// Windows-1252, what Western software writes when it says nothing.
    pub const WINDOWS_1252: Self = Self::SingleByte(WINDOWS_1252);

    /// What the cells of a file in this encoding are in, once encodings that do not keep ASCII apart became UTF-8.
    pub fn of(encoding: &'static Encoding) -> Self {
        if encoding == UTF_8 {
            Self::Utf8
        } else if encoding.is_single_byte() && encoding.is_ascii_compatible() {
            Self::SingleByte(encoding)
        } else {
            Self::Transcoded(encoding)
        }
    }

    /// The name of the encoding, such as `windows-1252`.
    pub fn name(self) -> String {
        match self {
            Self::Utf8 | Self::Mixed(_) => "utf-8".to_owned(),
            Self::SingleByte(encoding) | Self::Transcoded(encoding) => encoding.name().to_ascii_lowercase(),
            Self::Paged(page) => page.name().to_owned(),
        }
    }

    /// The text; ASCII and clean UTF-8 are borrowed. What cannot be read becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        // What nearly all cells are needs no decoder.
        if let (true, Ok(text)) = (bytes.is_ascii(), std::str::from_utf8(bytes)) {
            return Cow::Borrowed(text);
        }
        match self {
            Self::Utf8 | Self::Transcoded(_) => String::from_utf8_lossy(bytes),
            Self::SingleByte(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Mixed(encoding) => {
                std::str::from_utf8(bytes).map_or_else(|_| encoding.decode_without_bom_handling(bytes).0, Cow::Borrowed)
            }
            Self::Paged(page) => {
                let mut text = Vec::new();
                page.decode_into(bytes, &mut text);
                Cow::Owned(String::from_utf8(text).unwrap_or_default())
            }
        }
    }

    /// The same as bytes.
    #[inline]
    pub fn utf8(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if bytes.is_ascii() {
            return Cow::Borrowed(bytes);
        }
        match self.decode(bytes) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }

    /// Appends the text as UTF-8.
    pub fn decode_into(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::SingleByte(encoding) if encoding == WINDOWS_1252 => code_page::WINDOWS_1252.decode_into(bytes, out),
            Self::SingleByte(encoding) if !bytes.is_ascii() => decode_by(encoding, bytes, out),
            Self::Paged(page) => page.decode_into(bytes, out),
            Self::Mixed(encoding) if !is_utf8(bytes) => decode_by(encoding, bytes, out),
            Self::Mixed(_) | Self::Utf8 | Self::Transcoded(_) | Self::SingleByte(_) => out.extend_from_slice(bytes),
        }
    }

    /// Whether every byte means something in this encoding.
    pub fn is_clean(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => is_utf8(bytes),
            Self::Mixed(encoding) => is_utf8(bytes) || Self::SingleByte(encoding).is_clean(bytes),
            Self::Transcoded(_) => memchr::memmem::find(bytes, "\u{FFFD}".as_bytes()).is_none(),
            // The five bytes that Windows-1252 leaves undefined.
            Self::SingleByte(encoding) if encoding == WINDOWS_1252 => {
                memchr::memchr3(0x81, 0x8D, 0x8F, bytes).is_none() && memchr::memchr2(0x90, 0x9D, bytes).is_none()
            }
            Self::SingleByte(encoding) => {
                bytes.is_ascii() || encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
            }
            Self::Paged(_) => true,
        }
    }

    /// The bytes without blanks at both ends. A blank is a space, a tab or a no-break space.
    #[inline]
    pub fn trim(self, bytes: &[u8]) -> &[u8] {
        match *bytes {
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => bytes,
            [only] if only.is_ascii_graphic() => bytes,
            [] => bytes,
            _ => self.without_blanks(bytes),
        }
    }

    fn without_blanks(self, bytes: &[u8]) -> &[u8] {
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
            _ => self.wide_blank(bytes, |blank| bytes.starts_with(blank)),
        }
    }

    #[inline]
    fn blank_at_end(self, bytes: &[u8]) -> Option<usize> {
        match *bytes.last()? {
            b' ' | b'\t' => Some(1),
            c if c.is_ascii() => None,
            _ => self.wide_blank(bytes, |blank| bytes.ends_with(blank)),
        }
    }

    /// The width of the no-break space that stands there, if one does.
    fn wide_blank(self, bytes: &[u8], stands_there: impl Fn(&[u8]) -> bool) -> Option<usize> {
        if let Self::Mixed(encoding) = self {
            return if is_utf8(bytes) { Self::Utf8 } else { Self::SingleByte(encoding) }
                .wide_blank(bytes, stands_there);
        }
        let blanks: &[&[u8]] = match self {
            // U+00A0 and the narrow U+202F.
            Self::Utf8 | Self::Transcoded(_) | Self::Mixed(_) => &[b"\xC2\xA0", b"\xE2\x80\xAF"],
            Self::SingleByte(encoding) if encoding == MACINTOSH => &[b"\xCA"],
            Self::SingleByte(encoding) if encoding == KOI8_R || encoding == KOI8_U => &[b"\x9A"],
            Self::SingleByte(_) => &[b"\xA0"],
            Self::Paged(page) => return stands_there(&[page.blank()]).then_some(1),
        };
        blanks.iter().find(|blank| stands_there(blank)).map(|blank| blank.len())
    }
}

/// Several times as fast as the standard library's check.
fn is_utf8(bytes: &[u8]) -> bool {
    Encoding::utf8_valid_up_to(bytes) == bytes.len()
}

/// Any other single-byte encoding to UTF-8, straight into `out`.
fn decode_by(encoding: &'static Encoding, bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    // A character of a single-byte encoding is three bytes at most, U+FFFD as well.
    out.resize(start + bytes.len() * 3 + 16, 0);
    let (_, _, written, _) = encoding.new_decoder_without_bom_handling().decode_to_utf8(bytes, &mut out[start..], true);
    out.truncate(start + written);
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

    const MAC_ROMAN: Charset = Charset::SingleByte(MACINTOSH);

    #[test]
    fn the_no_break_space_is_that_of_the_encoding() {
        assert_eq!(Charset::Paged(&code_page::CP850).trim(b"\xFF \xA0x\xFF"), b"\xA0x");
        assert_eq!(MAC_ROMAN.trim(b"\xCA\xA0x\xCA "), b"\xA0x");
        assert_eq!(Charset::SingleByte(KOI8_R).trim(b"\x9A\xA0"), b"\xA0");
    }

    #[test]
    fn both_ways_of_decoding_agree() {
        let every: Vec<u8> = (0..=255).collect();
        for charset in [
            Charset::WINDOWS_1252,
            MAC_ROMAN,
            Charset::of(encoding_rs::WINDOWS_1257),
            Charset::Paged(&code_page::CP850),
            Charset::Paged(&code_page::CP437),
        ] {
            let mut out = b"before".to_vec();
            charset.decode_into(&every, &mut out);
            assert_eq!(out[6..], *charset.decode(&every).as_bytes());
            assert_eq!(charset.utf8(&every), charset.decode(&every).as_bytes());
        }
        assert!(matches!(Charset::Paged(&code_page::CP850).decode(b"abc"), Cow::Borrowed("abc")));
        assert!(!Charset::of(encoding_rs::WINDOWS_1257).is_clean(b"\xA1") && MAC_ROMAN.is_clean(&every));
    }

    #[test]
    fn each_cell_of_a_mixed_file_is_what_it_is() {
        let mixed = Charset::Mixed(WINDOWS_1252);
        assert_eq!(mixed.decode("é".as_bytes()), "é");
        assert_eq!(mixed.decode(b"R\xE9f"), "Réf");
        assert_eq!(mixed.trim("à".as_bytes()), "à".as_bytes());
        assert_eq!((mixed.trim(b"\xE9\xA0"), mixed.trim("é\u{a0}".as_bytes())), (b"\xE9".as_slice(), "é".as_bytes()));
        let mut out = Vec::new();
        mixed.decode_into(b"\xE9", &mut out);
        mixed.decode_into("é".as_bytes(), &mut out);
        assert_eq!(out, "éé".as_bytes());
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
