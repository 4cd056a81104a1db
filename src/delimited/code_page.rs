//! Code pages by their own tables: the upper half of a single-byte encoding, character by character.
//!
//! What enters: bytes whose lower half is ASCII. What leaves: UTF-8. Nothing is refused: every byte has its character.

use std::fmt;

/// A single-byte encoding whose lower half is ASCII.
pub struct CodePage {
    name: &'static str,
    /// The characters of the bytes from 0x80 on, in order.
    upper: &'static str,
    /// The same in UTF-8: up to three bytes, and how many they are.
    utf8: [[u8; 4]; 128],
    /// The no-break space.
    blank: u8,
}

impl fmt::Debug for CodePage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for CodePage {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CodePage {}

/// DOS in Western Europe.
pub static CP850: CodePage = CodePage::new(
    "cp850",
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}",
    0xFF,
);

/// The first page of DOS, without most accented capitals.
pub static CP437: CodePage = CodePage::new(
    "cp437",
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
     └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
    0xFF,
);

/// Windows in Western Europe; the five bytes it leaves undefined are the control characters of their number.
pub(super) static WINDOWS_1252: CodePage = CodePage::new(
    "windows-1252",
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿\
     ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    0xA0,
);

/// Bytes that are looked at together.
const WORD: usize = 8;

/// The bits that ASCII does not have in such a word.
const UPPER: u64 = 0x8080_8080_8080_8080;

impl CodePage {
    const fn new(name: &'static str, upper: &'static str, blank: u8) -> Self {
        let bytes = upper.as_bytes();
        let mut utf8 = [[0; 4]; 128];
        let (mut place, mut at) = (0, 0);
        while place < 128 {
            let width = if bytes[at] < 0xE0 { 2 } else { 3 };
            let mut part = 0;
            while part < width {
                utf8[place][part] = bytes[at + part];
                part += 1;
            }
            utf8[place][3] = if width == 2 { 2 } else { 3 };
            at += width;
            place += 1;
        }
        assert!(at == bytes.len(), "128 characters, each of two or three bytes");
        Self { name, upper, utf8, blank }
    }

    /// The page of DOS with this name or number, such as `cp850`, `ibm850` or `850`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.trim().to_ascii_lowercase();
        let number = ["cp-", "cp", "ibm-", "ibm", "dos-", "dos"].iter().find_map(|start| name.strip_prefix(start));
        match number.unwrap_or(&name) {
            "850" => Some(&CP850),
            "437" => Some(&CP437),
            _ => None,
        }
    }

    /// The name, such as `cp850`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The byte of the no-break space.
    pub fn blank(&self) -> u8 {
        self.blank
    }

    /// The characters of the bytes from 0x80 on, in order.
    pub fn upper(&self) -> &'static str {
        self.upper
    }

    /// Appends the text as UTF-8; no memory but that of `out` is used.
    pub fn decode_into(&self, bytes: &[u8], out: &mut Vec<u8>) {
        if bytes.is_ascii() {
            return out.extend_from_slice(bytes);
        }
        let mut end = out.len();
        // A character is three bytes at most, and what is written of a word beyond its first other character goes.
        out.resize(end + bytes.len() * 3 + WORD, 0);
        let mut rest = bytes;
        while let Some(word) = rest.first_chunk::<WORD>() {
            out[end..end + WORD].copy_from_slice(word);
            let upper = u64::from_le_bytes(*word) & UPPER;
            let plain = upper.trailing_zeros() as usize / 8;
            end += plain;
            rest = &rest[plain..];
            if plain < WORD {
                end = self.put(rest[0], out, end);
                rest = &rest[1..];
            }
        }
        for c in rest {
            end = self.put(*c, out, end);
        }
        out.truncate(end);
    }

    /// Writes a character where three bytes have room. Gives the place behind it.
    #[inline]
    fn put(&self, c: u8, out: &mut [u8], at: usize) -> usize {
        let [one, two, three, width] = if c.is_ascii() { [c, 0, 0, 1] } else { self.utf8[usize::from(c & 0x7F)] };
        out[at..at + 3].copy_from_slice(&[one, two, three]);
        at + usize::from(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_say_what_the_standards_say() {
        let upper: Vec<u8> = (0x80..=0xFF).collect();
        assert_eq!(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&upper).0, WINDOWS_1252.upper());
        for page in [&CP850, &CP437] {
            let mut out = Vec::new();
            page.decode_into(b"R\x82f\x82rence \xF8 \x90", &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), "Référence ° É");
            let mut characters: Vec<_> = page.upper().chars().collect();
            assert_eq!(characters[usize::from(page.blank() & 0x7F)], '\u{A0}');
            characters.sort_unstable();
            characters.dedup();
            assert_eq!(characters.len(), 128);
        }
    }

    #[test]
    fn pages_are_known_by_name_and_number() {
        for name in ["cp850", "IBM850", "850", " cp-850 "] {
            assert_eq!(CodePage::named(name), Some(&CP850));
        }
        assert_eq!(CodePage::named("cp437"), Some(&CP437));
        assert_eq!(CodePage::named("cp851"), None);
    }
}
