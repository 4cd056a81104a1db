//! Any bytes: an encoding or an error; then text in which ASCII is as it was and nothing is longer than it can be.
#![no_main]

use std::io::Read;

use bordereau::decode::{Text, choose, mixture, survey};
use bordereau::delimited::Charset;
use libfuzzer_sys::fuzz_target;

/// What is asked for; which one, the length of the file says.
const NAMES: [&str; 12] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "cp850",
    "cp437",
    "macroman",
    "shift_jis",
    "gb18030",
    "iso-2022-jp",
    "koi8-r",
    "euc-kr",
];

/// Gives a few bytes at a time.
struct Drip<'t>(&'t [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(self.1).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn is_ascii(c: &u8) -> bool {
    c.is_ascii()
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut found) = survey(bytes) else { panic!("memory cannot fail to be read") };
    found.mixture = found.may_be_mixed.then(|| mixture(bytes).expect("memory"));
    assert_eq!(found.bytes, bytes.len() as u64);
    assert_eq!(found.is_utf8, std::str::from_utf8(bytes).is_ok());
    let wanted = NAMES[bytes.len() % NAMES.len()];
    for wanted in [None, Some(wanted)] {
        // A format's usual encoding must not break anything either.
        let Ok(choice) = choose(&found, wanted, Some("iso-8859-15"), "x") else { continue };
        let name = choice.reported();
        assert!(!name.is_empty() && choice.score <= 100 && choice.mark <= bytes.len(), "{name}");
        let read = |size: usize| {
            let mut text = Vec::new();
            Text::new(Drip(bytes, size), choice).read_to_end(&mut text).expect("memory");
            text
        };
        let text = read(usize::MAX);
        assert_eq!(text, read(1 + bytes.len() % 7), "pieces change nothing");
        assert!(text.len() <= bytes.len() * 3 + 16, "{} bytes of {}", text.len(), bytes.len());
        let mut utf8 = Vec::new();
        Text::utf8(bytes, choice).read_to_end(&mut utf8).expect("memory");
        assert!(utf8.len() <= bytes.len() * 3 + 16, "{} bytes of {}", utf8.len(), bytes.len());
        if !matches!(choice.charset(), Charset::Utf8 | Charset::Mixed(_)) {
            assert!(std::str::from_utf8(&utf8).is_ok(), "{name}");
        }
        match choice.charset() {
            Charset::Transcoded(_) => assert!(std::str::from_utf8(&text).is_ok()),
            charset => {
                assert_eq!(text, bytes[choice.mark..], "{name} is read as it stands");
                let decoded = charset.decode(&text);
                let (before, after) =
                    (text.iter().filter(|c| is_ascii(c)), decoded.as_bytes().iter().filter(|c| is_ascii(c)));
                assert!(before.eq(after), "{name} keeps ASCII");
                let trimmed = charset.trim(&text);
                assert!(trimmed.len() <= text.len());
                if charset != Charset::Utf8 {
                    let mut into = Vec::new();
                    charset.decode_into(&text, &mut into);
                    assert_eq!(into, decoded.as_bytes(), "{name} has one way of decoding");
                }
            }
        }
        if wanted.is_none() && bytes.is_ascii() && found.zeros == 0 {
            assert_eq!(text, bytes, "{name}");
        }
    }
});
