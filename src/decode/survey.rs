//! One look at every byte of a file, before anything is read from it.

use std::io::{self, Read};

use encoding_rs::Encoding;

use super::census::Census;
use super::east_asian::Obeyed;
use super::plausibility::{Reading, rank};
use super::wide::Wide;

/// What the whole file shows. A sample would not do: a file can be UTF-8 for ten thousand lines and Windows-1252 after.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or not, each on its own")]
pub struct Survey {
    /// How long it is.
    pub bytes: u64,
    /// BLAKE3 of the bytes as they are, in hexadecimal: the identity of the file.
    pub hash: String,
    /// Whether all of it is UTF-8.
    pub is_utf8: bool,
    /// How many bytes are zero.
    pub zeros: u64,
    /// The first bytes, at most [`HEAD_BYTES`], for everything that a sample is enough for.
    pub head: Vec<u8>,
    /// What else it can be when it is not UTF-8, the most plausible first; empty when it is.
    pub(super) readings: Vec<Reading>,
    /// UTF-16 that no mark announces.
    pub(super) wide: Option<&'static Encoding>,
    /// Whether no byte from 0x80 to 0x9F was seen beside the UTF-8: Windows-1252 is ISO-8859-1 then.
    pub(super) is_latin1: bool,
    /// Whether there is UTF-8 beside what is none: only a look at each line can tell whether the file is mixed.
    pub may_be_mixed: bool,
    /// Whether a carriage return stands without a line feed behind it.
    pub has_lone_return: bool,
    /// What that look found.
    pub mixture: Option<Mixture>,
}

/// A file put together from several, some in UTF-8, some not.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// Lines with characters beyond ASCII, in UTF-8.
    pub utf8_lines: u64,
    /// Such lines in another encoding.
    pub other_lines: u64,
    /// What these others can be, the most plausible first.
    pub(super) readings: Vec<Reading>,
}

/// How much of the beginning is kept: several thousand lines.
pub const HEAD_BYTES: usize = 512 << 10;

/// How many bytes are looked at together.
const STEP: u64 = 1 << 20;

/// A shorter part is hashed by one thread.
const ALONE: usize = 128 << 10;

/// Reads `source` to its end. Memory does not grow with the file.
///
/// What one part shows as a text is found out while another core hashes it and reads the next one.
pub fn survey(mut source: impl Read + Send) -> io::Result<Survey> {
    let mut read = |part: &mut Vec<u8>| {
        part.clear();
        source.by_ref().take(STEP).read_to_end(part)
    };
    let mut hasher = blake3::Hasher::new();
    let (mut text, mut marks) = (Text::default(), Marks::default());
    let (mut part, mut next, mut head) = (Vec::new(), Vec::new(), Vec::new());
    read(&mut part)?;
    while !part.is_empty() {
        let wanted = HEAD_BYTES - head.len();
        head.extend_from_slice(&part[..wanted.min(part.len())]);
        let filled = if part.len() < ALONE {
            text.take(&part);
            hasher.update(&part);
            marks.take(&part);
            read(&mut next)
        } else {
            let rest = || {
                hasher.update_rayon(&part);
                marks.take(&part);
                read(&mut next)
            };
            rayon::join(|| text.take(&part), rest).1
        };
        filled?;
        std::mem::swap(&mut part, &mut next);
    }
    let Text { mut utf8, mut census, east_asian } = text;
    let is_utf8 = utf8.finish(&mut census);
    census.finish();
    let mut readings = if is_utf8 { Vec::new() } else { rank(&census) };
    if let Some((encoding, share)) = east_asian.flatten().and_then(|obeyed| obeyed.finish(&head))
        && !readings.first().is_some_and(Reading::is_convincing)
    {
        readings.insert(0, Reading::multi_byte(encoding, share));
    }
    Ok(Survey {
        bytes: hasher.count(),
        hash: hasher.finalize().to_hex().to_string(),
        is_utf8,
        zeros: marks.zeros,
        has_lone_return: marks.has_lone_return || marks.ends_in_return,
        may_be_mixed: utf8.broken && utf8.saw_characters,
        mixture: None,
        head,
        readings,
        wide: marks.wide.encoding().filter(|_| marks.zeros > 0),
        is_latin1: (0..0x20).all(|place| census.total(place) == 0),
    })
}

/// In which encoding the bytes can be.
#[derive(Default)]
struct Text {
    utf8: Utf8,
    census: Census,
    east_asian: Option<Option<Obeyed>>,
}

impl Text {
    fn take(&mut self, part: &[u8]) {
        self.utf8.take(part, &mut self.census);
        if self.utf8.broken {
            // Western files pay for no other decoder: their first accents tell.
            let census = &self.census;
            let obeyed = self.east_asian.get_or_insert_with(|| (!is_western(census)).then(Obeyed::new));
            if let Some(obeyed) = obeyed {
                obeyed.take(part);
            }
        }
    }
}

/// Line ends and zeros.
#[derive(Default)]
struct Marks {
    has_begun: bool,
    has_lone_return: bool,
    ends_in_return: bool,
    zeros: u64,
    wide: Wide,
}

impl Marks {
    fn take(&mut self, part: &[u8]) {
        let lone = |at: usize| part.get(at + 1).is_some_and(|c| *c != b'\n');
        self.has_lone_return = self.has_lone_return
            || (self.ends_in_return && part.first().is_some_and(|c| *c != b'\n'))
            || memchr::memchr_iter(b'\r', part).any(lone);
        self.ends_in_return = part.ends_with(b"\r");
        let zeros = memchr::memchr_iter(0, part).count() as u64;
        // UTF-16 has zeros from the start: in its line ends, if nowhere else.
        if self.zeros > 0 || (zeros > 0 && !self.has_begun) {
            self.wide.take(part);
        }
        self.zeros += zeros;
        self.has_begun = true;
    }
}

/// Length and hash of a file that is no text.
pub fn digest(mut source: impl Read) -> io::Result<Survey> {
    let (mut hasher, mut head) = (blake3::Hasher::new(), Vec::new());
    source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    hasher.update(&head);
    let bytes = head.len() as u64 + io::copy(&mut source, &mut hasher)?;
    let hash = hasher.finalize().to_hex().to_string();
    Ok(Survey {
        bytes,
        hash,
        is_utf8: false,
        zeros: 0,
        head,
        readings: Vec::new(),
        wide: None,
        is_latin1: false,
        has_lone_return: false,
        may_be_mixed: false,
        mixture: None,
    })
}

/// Looks at each line of a file that may be mixed. A line without end is looked at in pieces.
pub fn mixture(mut source: impl Read) -> io::Result<Mixture> {
    let (mut utf8_lines, mut other_lines, mut census) = (0, 0, Census::default());
    let (mut buffer, mut at_end) = (Vec::new(), false);
    while !at_end {
        let held = buffer.len() as u64;
        at_end = source.by_ref().take(PIECE).read_to_end(&mut buffer)? as u64 != PIECE;
        let end = match memchr::memrchr(b'\n', &buffer) {
            _ if at_end => buffer.len(),
            Some(at) => at + 1,
            None if held == 0 => continue,
            None => buffer.len(),
        };
        for line in buffer[..end].split(|c| *c == b'\n').filter(|line| !line.is_ascii()) {
            if std::str::from_utf8(line).is_ok() {
                utf8_lines += 1;
            } else {
                other_lines += 1;
                census.take(line);
                census.take(b"\n");
            }
        }
        buffer.drain(..end);
    }
    census.finish();
    Ok(Mixture { utf8_lines, other_lines, readings: rank(&census) })
}

/// Bytes that are read at once.
const PIECE: u64 = 1 << 20;

/// Whether the file can be in a single-byte encoding, as far as it has been seen.
fn is_western(census: &Census) -> bool {
    rank(census).first().is_some_and(Reading::is_convincing)
}

/// Whether a stream is UTF-8, buffer by buffer. From where it is not, its bytes are counted.
struct Utf8 {
    /// A character cut in two by the end of the last buffer.
    rest: Vec<u8>,
    broken: bool,
    /// The last byte that was UTF-8.
    last: u8,
    /// Whether characters beyond ASCII were seen in UTF-8, before it broke or after.
    saw_characters: bool,
}

impl Default for Utf8 {
    fn default() -> Self {
        Self { rest: Vec::new(), broken: false, last: b'\n', saw_characters: false }
    }
}

impl Utf8 {
    fn take(&mut self, part: &[u8], census: &mut Census) {
        let mut part = part;
        while !self.broken && !self.rest.is_empty() {
            let Some((&c, after)) = part.split_first() else { return };
            self.rest.push(c);
            part = after;
            match std::str::from_utf8(&self.rest) {
                Ok(_) => {
                    self.last = c;
                    self.rest.clear();
                }
                Err(error) if error.error_len().is_none() => {}
                Err(_) => self.give_up(census),
            }
        }
        if !self.broken {
            // Several times as fast as the standard library's check, which tells more of where it breaks.
            let valid = Encoding::utf8_valid_up_to(part);
            let (before, from) = part.split_at(valid);
            self.saw_characters = self.saw_characters || !before.is_ascii();
            self.last = before.last().copied().unwrap_or(self.last);
            let Err(error) = std::str::from_utf8(from) else { return };
            part = from;
            if error.error_len().is_none() {
                self.rest.extend_from_slice(part);
                return;
            }
            self.give_up(census);
        }
        // é and its like: hardly any text in another encoding has these two bytes side by side.
        self.saw_characters = self.saw_characters
            || memchr::memchr_iter(0xC3, part).any(|at| matches!(part.get(at + 1), Some(0xA0..=0xBF)));
        census.take(part);
    }

    fn give_up(&mut self, census: &mut Census) {
        self.broken = true;
        census.begin_behind(self.last);
        census.take(&self.rest);
    }

    /// The file is at its end: whether all of it is UTF-8.
    fn finish(&mut self, census: &mut Census) -> bool {
        if !self.broken && !self.rest.is_empty() {
            self.give_up(census);
        }
        !self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cuts_between_buffers_change_nothing(bytes in proptest::collection::vec(prop_oneof![Just(0xC3_u8), Just(0xA9), Just(0xE2), Just(0x82), Just(0xAC), Just(0xE9), Just(b'a')], 0..40), cuts in proptest::collection::vec(1_usize..5, 1..20)) {
            let (mut utf8, mut census) = (Utf8::default(), Census::default());
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (part, after) = rest.split_at((*cut).min(rest.len()));
                utf8.take(part, &mut census);
                rest = after;
            }
            prop_assert_eq!(utf8.finish(&mut census), std::str::from_utf8(&bytes).is_ok());
            census.finish();
            let (mut other, mut whole) = (Utf8::default(), Census::default());
            other.take(&bytes, &mut whole);
            other.finish(&mut whole);
            whole.finish();
            prop_assert_eq!((census.counts(), utf8.broken), (whole.counts(), other.broken));
        }
    }

    #[test]
    fn the_whole_file_decides() {
        let mut text = "é".repeat(HEAD_BYTES).into_bytes();
        assert!(survey(text.as_slice()).unwrap().is_utf8);
        text.push(0xE9);
        let survey = survey(text.as_slice()).unwrap();
        assert!(!survey.is_utf8 && survey.zeros == 0 && survey.may_be_mixed);
        assert_eq!((survey.bytes, survey.head.len()), (text.len() as u64, HEAD_BYTES));
    }
}
