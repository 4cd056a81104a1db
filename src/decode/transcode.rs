//! A file as text in which records can be cut: without its mark, in an encoding that keeps ASCII.

use std::io::{self, Read};

use encoding_rs::Decoder;

use super::EncodingChoice;
use crate::delimited::{Charset, CodePage};

/// Reads a file as text. Encodings that do not keep ASCII apart come out as UTF-8, all others unchanged.
pub struct Text<R> {
    source: R,
    /// Bytes of the mark that are still to be left out.
    mark: usize,
    decoder: Option<Converter>,
    /// Decoded and not yet given.
    ready: Vec<u8>,
    given: usize,
    raw: Vec<u8>,
    at_end: bool,
}

/// Makes UTF-8 of other bytes.
enum Converter {
    Decoder(Decoder),
    Page(&'static CodePage),
}

impl<R: Read> Text<R> {
    /// The text of `source`.
    pub fn new(source: R, choice: EncodingChoice) -> Self {
        Self {
            source,
            mark: choice.mark,
            decoder: (choice.transcode_from())
                .map(|encoding| Converter::Decoder(encoding.new_decoder_without_bom_handling())),
            ready: Vec::new(),
            given: 0,
            raw: Vec::new(),
            at_end: false,
        }
    }

    /// The same, in UTF-8 whatever the encoding of the file is.
    pub fn utf8(source: R, choice: EncodingChoice) -> Self {
        let decoder = match choice.charset() {
            Charset::Utf8 | Charset::Mixed(_) => None,
            Charset::Transcoded(encoding) | Charset::SingleByte(encoding) => {
                Some(Converter::Decoder(encoding.new_decoder_without_bom_handling()))
            }
            Charset::Paged(page) => Some(Converter::Page(page)),
        };
        Self { decoder, ..Self::new(source, choice) }
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        let mut mark = [0; 4];
        let length = self.mark.min(mark.len());
        self.mark = 0;
        self.source.read_exact(&mut mark[..length])
    }

    /// Decodes a further piece into `ready`.
    fn decode_more(&mut self) -> io::Result<()> {
        let Some(converter) = &mut self.decoder else { return Ok(()) };
        self.raw.resize(64 << 10, 0);
        let count = self.source.read(&mut self.raw)?;
        self.at_end = count == 0;
        self.ready.clear();
        self.given = 0;
        match converter {
            Converter::Decoder(decoder) => {
                let room = decoder.max_utf8_buffer_length(count).unwrap_or(count * 4 + 16);
                self.ready.resize(room, 0);
                let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..count], &mut self.ready, self.at_end);
                self.ready.truncate(written);
            }
            Converter::Page(page) => page.decode_into(&self.raw[..count], &mut self.ready),
        }
        Ok(())
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.mark > 0 {
            self.skip_mark()?;
        }
        let count = if self.decoder.is_some() {
            while self.given == self.ready.len() && !self.at_end {
                self.decode_more()?;
            }
            let count = buffer.len().min(self.ready.len() - self.given);
            buffer[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
            self.given += count;
            count
        } else {
            self.source.read(buffer)?
        };
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{choose, survey};

    fn text(bytes: &[u8]) -> Vec<u8> {
        let survey = survey(bytes).unwrap();
        let mut out = Vec::new();
        let choice = choose(&survey, None, None, "x").unwrap();
        Text::new(bytes, choice).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn marks_go_and_utf16_becomes_utf8() {
        let long = "é;€\r\n".repeat(40_000);
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(long.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(text(&utf16), long.as_bytes());
        assert_eq!(text("\u{feff}a;b".as_bytes()), b"a;b");
        assert_eq!(text(b"R\xE9f;1\n"), b"R\xE9f;1\n");
    }
}
