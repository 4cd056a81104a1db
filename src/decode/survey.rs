//! One look at every byte of a file, before anything is read from it.

use std::io::{self, Read};

/// What the whole file shows. A sample would not do: a file can be UTF-8 for ten thousand lines and Windows-1252 after.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How long it is.
    pub bytes: u64,
    /// BLAKE3 of the bytes as they are, in hexadecimal: the identity of the file.
    pub hash: String,
    /// Whether all of it is UTF-8.
    pub is_utf8: bool,
    /// Whether any byte is zero.
    pub has_nul: bool,
    /// The first bytes, at most [`HEAD_BYTES`], for everything that a sample is enough for.
    pub head: Vec<u8>,
}

/// How much of the beginning is kept: several thousand lines.
pub const HEAD_BYTES: usize = 512 << 10;

/// Reads `source` to its end. Memory does not grow with the file.
pub fn survey(mut source: impl Read) -> io::Result<Survey> {
    let mut hasher = blake3::Hasher::new();
    let mut utf8 = Utf8::default();
    let mut buffer = vec![0; 1 << 20];
    let mut head = Vec::new();
    let (mut bytes, mut has_nul) = (0_u64, false);
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match source.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if filled == 0 {
            break;
        }
        let part = &buffer[..filled];
        bytes += filled as u64;
        let wanted = HEAD_BYTES - head.len();
        head.extend_from_slice(&part[..wanted.min(filled)]);
        hasher.update_rayon(part);
        utf8.take(part);
        has_nul = has_nul || memchr::memchr(0, part).is_some();
    }
    Ok(Survey { bytes, hash: hasher.finalize().to_hex().to_string(), is_utf8: utf8.holds(), has_nul, head })
}

/// Whether a stream is UTF-8, buffer by buffer.
#[derive(Default)]
struct Utf8 {
    /// A character cut in two by the end of the last buffer.
    rest: Vec<u8>,
    broken: bool,
}

impl Utf8 {
    fn take(&mut self, part: &[u8]) {
        if self.broken {
            return;
        }
        let mut part = part;
        while !self.rest.is_empty() {
            let Some((&c, after)) = part.split_first() else { return };
            self.rest.push(c);
            part = after;
            match std::str::from_utf8(&self.rest) {
                Ok(_) => self.rest.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
        if let Err(error) = std::str::from_utf8(part) {
            if error.error_len().is_none() {
                self.rest.extend_from_slice(&part[error.valid_up_to()..]);
            } else {
                self.broken = true;
            }
        }
    }

    fn holds(&self) -> bool {
        !self.broken && self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cuts_between_buffers_change_nothing(bytes in proptest::collection::vec(prop_oneof![Just(0xC3_u8), Just(0xA9), Just(0xE2), Just(0x82), Just(0xAC), Just(b'a')], 0..40), cuts in proptest::collection::vec(1_usize..5, 1..20)) {
            let mut utf8 = Utf8::default();
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (part, after) = rest.split_at((*cut).min(rest.len()));
                utf8.take(part);
                rest = after;
            }
            prop_assert_eq!(utf8.holds(), std::str::from_utf8(&bytes).is_ok());
        }
    }

    #[test]
    fn the_whole_file_decides() {
        let mut text = "é".repeat(HEAD_BYTES).into_bytes();
        assert!(survey(text.as_slice()).unwrap().is_utf8);
        text.push(0xE9);
        let survey = survey(text.as_slice()).unwrap();
        assert!(!survey.is_utf8 && !survey.has_nul);
        assert_eq!((survey.bytes, survey.head.len()), (text.len() as u64, HEAD_BYTES));
    }
}
