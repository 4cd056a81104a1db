//! UTF-16 that no mark announces.
//!
//! What enters: the bytes of a file, part by part. What leaves: the order of its bytes, when all of it reads as UTF-16.
//! Refused: zero characters, control characters, files without a delimiter or a line end.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// What the bytes are when read two by two, the low or the high byte first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wide {
    /// A byte whose other half has not come yet.
    half: Option<u8>,
    low_first: Units,
    high_first: Units,
}

#[derive(Clone, Copy, Debug, Default)]
struct Units {
    all: u64,
    /// Printable ASCII, line ends and tabs.
    ascii: u64,
    /// Delimiters and line ends.
    cuts: u64,
    /// Zeros, control characters, and what no character is.
    impossible: u64,
}

impl Units {
    fn note(&mut self, unit: u16) {
        self.all += 1;
        match unit {
            0x09 | 0x0A | 0x0D | 0x2C | 0x3B | 0x7C => {
                self.ascii += 1;
                self.cuts += 1;
            }
            0x20..=0x7E => self.ascii += 1,
            // What separates units of data, and the end mark of old systems.
            0x1A | 0x1C..=0x1F => {}
            // Controls, surrogates alone or not (order files have none), private use, non-characters.
            0x00..=0x1B | 0x7F..=0x9F | 0xE000..=0xF8FF | 0xFFFE..=0xFFFF => self.impossible += 1,
            _ => {}
        }
    }

    /// One character in five at least is ASCII: digits, delimiters and line ends are, in any language.
    fn is_text(self) -> bool {
        self.cuts > 0 && self.impossible == 0 && self.ascii * 5 >= self.all
    }
}

impl Wide {
    /// Looks at a further part.
    pub(super) fn take(&mut self, part: &[u8]) {
        let mut part = part;
        if let (Some(half), Some((first, rest))) = (self.half, part.split_first()) {
            self.half = None;
            self.note([half, *first]);
            part = rest;
        }
        let (units, rest) = part.as_chunks::<2>();
        for unit in units {
            self.note(*unit);
        }
        if let [half] = rest {
            self.half = Some(*half);
        }
    }

    fn note(&mut self, bytes: [u8; 2]) {
        self.low_first.note(u16::from_le_bytes(bytes));
        self.high_first.note(u16::from_be_bytes(bytes));
    }

    /// The file is at its end: its encoding. Half a character at the very end makes none.
    pub(super) fn encoding(self) -> Option<&'static Encoding> {
        match (self.half, self.low_first.is_text(), self.high_first.is_text()) {
            (None, true, false) => Some(UTF_16LE),
            (None, false, true) => Some(UTF_16BE),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], size: usize) -> Option<&'static Encoding> {
        let mut wide = Wide::default();
        bytes.chunks(size).for_each(|part| wide.take(part));
        wide.encoding()
    }

    #[test]
    fn the_order_of_the_bytes_is_found() {
        for text in ["Référence;Qté\r\nA;1\r\n", "Артикул;Количество\nА1;12\n", "部品番号\t数量\nA1\t2\n"]
        {
            for size in [1, 2, 3, 1000] {
                let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
                assert_eq!((found(&low, size), found(&high, size)), (Some(UTF_16LE), Some(UTF_16BE)));
                assert_eq!(found(&low[1..], size), None);
            }
        }
    }

    #[test]
    fn zeros_alone_are_no_text() {
        assert_eq!(found(b"a;b\0;c\n", 9), None);
        assert_eq!(found(b"a\0b\0c\0d\0", 9), None);
        assert_eq!(found(b"\x01\0;\0\x02\0", 9), None);
        assert_eq!(found(b"a\0;\0\0\0", 9), None);
    }
}
