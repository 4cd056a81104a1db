//! The multi-byte encodings of East Asia.
//!
//! What enters: a whole file, part by part. What leaves: the encoding whose rules all of it obeys and whose common
//! characters it is made of. Refused as soon as one byte breaks the rules. Western text may obey them by chance, so
//! nothing is asked here before every single-byte reading proved implausible.

use encoding_rs::{BIG5, Decoder, DecoderResult, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};

/// Where an encoding keeps the characters that most texts are made of, by the lead byte of a character of two bytes.
struct Layout {
    encoding: &'static Encoding,
    /// Lead bytes of common ideographs, syllables, signs and wide digits.
    common: &'static [(u8, u8)],
    /// Lead bytes of the syllables that prove the language, and how many of a hundred characters they have to be.
    proof: (&'static [(u8, u8)], usize),
    /// Bytes that are a character of their own: narrow katakana.
    narrow: Option<(u8, u8)>,
}

/// The encodings; of equals the first wins. What proves a language stands before what only fits.
static LAYOUTS: [Layout; 5] = [
    Layout {
        encoding: SHIFT_JIS,
        common: &[(0x81, 0x83), (0x88, 0x97)],
        proof: (&[(0x82, 0x83)], 10),
        narrow: Some((0xA1, 0xDF)),
    },
    Layout {
        encoding: EUC_JP,
        common: &[(0xA1, 0xA1), (0xA3, 0xA5), (0xB0, 0xCF)],
        proof: (&[(0xA4, 0xA5)], 10),
        narrow: None,
    },
    Layout {
        encoding: EUC_KR,
        common: &[(0xA1, 0xA1), (0xA3, 0xA3), (0xB0, 0xC8)],
        proof: (&[(0xB0, 0xC8)], 90),
        narrow: None,
    },
    Layout { encoding: BIG5, common: &[(0xA1, 0xC6)], proof: (&[], 0), narrow: None },
    Layout { encoding: GBK, common: &[(0xA1, 0xA1), (0xA3, 0xA3), (0xB0, 0xD7)], proof: (&[], 0), narrow: None },
];

/// The share of common characters, of a hundred, below which a text is not in an encoding.
const MOSTLY: usize = 85;

/// The encodings that the file obeys so far.
pub(super) struct Obeyed {
    decoders: Vec<(&'static Layout, Decoder)>,
    scratch: Vec<u8>,
}

impl Obeyed {
    pub(super) fn new() -> Self {
        let decoders = LAYOUTS.iter().map(|layout| (layout, layout.encoding.new_decoder_without_bom_handling()));
        Self { decoders: decoders.collect(), scratch: vec![0; 64 << 10] }
    }

    /// Looks at a further part.
    pub(super) fn take(&mut self, part: &[u8]) {
        let scratch = &mut self.scratch;
        self.decoders.retain_mut(|(_, decoder)| obeys(decoder, part, scratch, false));
    }

    /// The file is at its end: the encoding whose common characters it is made of. `head` begins the file.
    pub(super) fn finish(mut self, head: &[u8]) -> Option<(&'static Encoding, u8)> {
        let scratch = &mut self.scratch;
        self.decoders.retain_mut(|(_, decoder)| obeys(decoder, &[], scratch, true));
        let shares = self.decoders.iter().filter_map(|(layout, _)| Some((layout.encoding, layout.share(head)?)));
        // The first of equals wins, which `max_by_key` does not do.
        shares.fold(None, |best, next| if best.is_none_or(|(_, share)| next.1 > share) { Some(next) } else { best })
    }
}

fn obeys(decoder: &mut Decoder, part: &[u8], scratch: &mut [u8], is_last: bool) -> bool {
    let mut rest = part;
    loop {
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(rest, scratch, is_last);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return false,
        }
    }
}

/// The share of characters whose second byte is above ASCII too; in Western text hardly any accent is followed by one.
const RUNS: usize = 35;

impl Layout {
    /// How many of a hundred characters beyond ASCII are common ones; `None` when it is not this language.
    fn share(&self, head: &[u8]) -> Option<u8> {
        let within =
            |ranges: &[(u8, u8)], byte: u8| ranges.iter().any(|(first, last)| (*first..=*last).contains(&byte));
        let is_narrow = |place: usize| {
            let byte = head.get(place).copied().unwrap_or_default();
            self.narrow.is_some_and(|(first, last)| (first..=last).contains(&byte))
        };
        let (mut all, mut common, mut proofs, mut runs) = (0_usize, 0_usize, 0_usize, 0_usize);
        let mut at = 0;
        while let Some(found) = head.get(at..).and_then(|rest| rest.iter().position(|byte| !byte.is_ascii())) {
            at += found;
            all += 1;
            if is_narrow(at) {
                // Alone it may be a Western sign.
                let is_run = is_narrow(at + 1) && (at > 0 && is_narrow(at - 1) || is_narrow(at + 2));
                let is_end = at > 1 && is_narrow(at - 1) && is_narrow(at - 2);
                let counts = usize::from(is_run || is_end);
                (common, proofs, runs) = (common + counts, proofs + counts, runs + counts);
                at += 1;
            } else {
                common += usize::from(within(self.common, head[at]));
                proofs += usize::from(within(self.proof.0, head[at]));
                runs += usize::from(head.get(at + 1).is_some_and(|byte| !byte.is_ascii()));
                at += 2;
            }
        }
        let reaches = |count: usize, share: usize| count * 100 >= all * share;
        let is_text = all > 0 && reaches(common, MOSTLY) && reaches(proofs, self.proof.1) && reaches(runs, RUNS);
        if is_text { u8::try_from(common * 100 / all).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Option<&'static str> {
        let mut obeyed = Obeyed::new();
        for part in bytes.chunks(3) {
            obeyed.take(part);
        }
        obeyed.finish(bytes).map(|(encoding, _)| encoding.name())
    }

    #[test]
    fn each_language_in_its_encodings() {
        let japanese = "部品番号;数量;品名\nA1;2;ドアハンドル\nA2;1;フィルターのセット\n";
        let korean = "부품번호;수량;품명\nA1;2;도어 핸들\nA2;1;필터 세트\n";
        let chinese = "零件号;数量;名称\nA1;2;车门把手\nA2;1;滤清器总成\n";
        let traditional = "零件編號;數量;名稱\nA1;2;車門把手\nA2;1;濾清器總成\n";
        for (encoding, text) in
            [(SHIFT_JIS, japanese), (EUC_JP, japanese), (EUC_KR, korean), (GBK, chinese), (BIG5, traditional)]
        {
            assert_eq!(found(&encoding.encode(text).0), Some(encoding.name()));
        }
        assert_eq!(found(b"Qt\xE9;N\xB0 \xE9"), None);
    }
}
