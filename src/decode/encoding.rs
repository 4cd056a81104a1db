//! Which encoding a file is in.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Survey;
use super::plausibility::Reading;
use crate::delimited::{Charset, CodePage};
use crate::diagnostic::{Arguments, Code, Error};

/// The encoding of a file and what it means for reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingChoice {
    charset: Charset,
    /// Bytes of the mark at the start of the file.
    pub mark: usize,
    /// How plausible the text is in this encoding, of a hundred; 100 when it was asked for, has a mark or is UTF-8.
    pub score: u8,
    /// The most plausible other encoding.
    other: Option<(Charset, u8)>,
    /// Whether the bytes are those of ISO-8859-1.
    is_latin1: bool,
    /// Whether zero bytes stand in the text, which mean nothing.
    pub has_zeros: bool,
    /// The other encoding of a mixed file, when most of its lines are in it.
    mostly: Option<Charset>,
}

impl EncodingChoice {
    /// One that leaves no doubt.
    fn sure(charset: Charset, mark: usize) -> Self {
        Self { charset, mark, score: SURE, other: None, is_latin1: false, has_zeros: false, mostly: None }
    }

    /// What the cells are in, once [`EncodingChoice::transcode_from`] was obeyed.
    pub fn charset(self) -> Charset {
        self.charset
    }

    /// The encoding that has to be turned into UTF-8 before records are cut, because it does not keep ASCII apart.
    pub fn transcode_from(self) -> Option<&'static Encoding> {
        if let Charset::Transcoded(encoding) = self.charset { Some(encoding) } else { None }
    }

    /// The name of the encoding that the file is read in, such as `windows-1252`.
    pub fn name(self) -> String {
        self.charset.name()
    }

    /// The name that says most of the file: `iso-8859-1` for Windows-1252 that uses none of its own characters.
    pub fn reported(self) -> String {
        self.reported_of(self.mostly.unwrap_or(self.charset))
    }

    /// Whether some lines are in another encoding than the others.
    pub fn is_mixed(self) -> bool {
        matches!(self.charset, Charset::Mixed(_))
    }

    /// Whether a record of a mixed file is in another encoding than most.
    pub fn is_odd(self, bytes: &[u8]) -> bool {
        self.is_mixed() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() == self.mostly.is_some()
    }

    /// The most plausible other encoding, by the name that says most, and its score; `None` when there was no doubt.
    pub fn runner_up(self) -> Option<(String, u8)> {
        self.other.map(|(charset, score)| (self.reported_of(charset), score))
    }

    fn reported_of(self, charset: Charset) -> String {
        if self.is_latin1 && charset == Charset::WINDOWS_1252 { "iso-8859-1".to_owned() } else { charset.name() }
    }
}

/// The score of what leaves no doubt.
const SURE: u8 = 100;

/// The encoding of that name: by the labels that browsers know, and by those of DOS and Mac Roman.
pub fn known_encoding(name: &str) -> Result<Charset, Error> {
    let label = name.trim().to_ascii_lowercase();
    let label = if matches!(label.as_str(), "macroman" | "mac-roman" | "mac_roman") { "macintosh" } else { &label };
    CodePage::named(label)
        .map(Charset::Paged)
        .or_else(|| Encoding::for_label(label.as_bytes()).map(Charset::of))
        .ok_or_else(|| Error::new(Code::EncodingUnknown, Arguments::none().with("name", name)))
}

/// The encoding: the one asked for, else that of the mark at the start, else UTF-8 if the whole file is, else what the
/// format says (`usual`) if the file can be read in it, else the one that makes the best text of the whole file. `path`
/// is what the file is called in messages.
pub fn choose(survey: &Survey, wanted: Option<&str>, usual: Option<&str>, path: &str) -> Result<EncodingChoice, Error> {
    let marked = Encoding::for_bom(&survey.head).map(|(encoding, mark)| (Charset::of(encoding), mark));
    if let Some(name) = wanted {
        let charset = known_encoding(name)?;
        let mark = marked.filter(|(found, _)| *found == charset).map_or(0, |(_, mark)| mark);
        let is_latin1 = survey.is_latin1 && !survey.is_utf8;
        let has_zeros = has_stray_zeros(survey, charset);
        return Ok(EncodingChoice { is_latin1, has_zeros, ..EncodingChoice::sure(charset, mark) });
    }
    if let Some((charset, mark)) = marked {
        let has_zeros = has_stray_zeros(survey, charset);
        return Ok(EncodingChoice { has_zeros, ..EncodingChoice::sure(charset, mark) });
    }
    let kind = binary_kind(&survey.head);
    if let (true, None, Some(encoding)) = (survey.zeros > 0, kind, survey.wide) {
        return Ok(EncodingChoice::sure(Charset::of(encoding), 0));
    }
    let has_zeros = survey.zeros > 0;
    if (has_zeros && !is_padded(survey)) || kind.is_some() {
        let arguments = Arguments::none().with("path", path);
        let arguments = kind.into_iter().fold(arguments, |arguments, kind| arguments.with("kind", kind));
        return Err(Error::new(Code::FileBinary, arguments));
    }
    let usual = usual.map(known_encoding).transpose()?;
    if survey.is_utf8 {
        return Ok(EncodingChoice { has_zeros, ..EncodingChoice::sure(Charset::Utf8, 0) });
    }
    if let Some(mixed) = mixed(survey) {
        return Ok(EncodingChoice { has_zeros, ..mixed });
    }
    let usual = usual.and_then(|charset| plausible(survey, charset));
    let best = survey.readings.first().map(|reading| (reading.charset, reading.score));
    let (charset, score) = usual.or(best).unwrap_or((Charset::WINDOWS_1252, 0));
    let other = survey.readings.iter().find(|reading| reading.charset != charset);
    let other = other.map(|reading| (reading.charset, reading.score));
    let choice = EncodingChoice { score, other, is_latin1: survey.is_latin1, ..EncodingChoice::sure(charset, 0) };
    Ok(EncodingChoice { has_zeros, ..choice })
}

/// Whether zero bytes stand in a text in this encoding; in UTF-16 they are halves of characters.
fn has_stray_zeros(survey: &Survey, charset: Charset) -> bool {
    survey.zeros > 0 && ![UTF_16LE, UTF_16BE].map(Charset::Transcoded).contains(&charset)
}

/// Whether zero bytes only fill up a text: the fewer, and no other byte that text does not have.
fn is_padded(survey: &Survey) -> bool {
    let is_strange = |c: &u8| matches!(c, 1..=8 | 11 | 14..=25 | 27);
    survey.zeros * 2 < survey.bytes && !survey.head.iter().any(is_strange)
}

/// The choice for a file of which some lines are UTF-8 and others are not.
fn mixed(survey: &Survey) -> Option<EncodingChoice> {
    let mixture = survey.mixture.as_ref().filter(|mixture| mixture.utf8_lines > 0 && mixture.other_lines > 0)?;
    let reading = mixture.readings.first();
    let encoding = match reading.map(|reading| reading.charset) {
        Some(Charset::SingleByte(encoding)) => encoding,
        // The pages of DOS have no place beside UTF-8: nobody writes both.
        _ => WINDOWS_1252,
    };
    let charset = Charset::SingleByte(encoding);
    let (mostly, other) =
        if mixture.other_lines > mixture.utf8_lines { (Some(charset), Charset::Utf8) } else { (None, charset) };
    let lines = mixture.utf8_lines + mixture.other_lines;
    let most = mixture.utf8_lines.max(mixture.other_lines);
    let score = u8::try_from(most * 100 / lines).unwrap_or(SURE);
    let choice = EncodingChoice::sure(Charset::Mixed(encoding), 0);
    Some(EncodingChoice { score, other: Some((other, SURE - score)), mostly, ..choice })
}

/// The encoding and its score, if the file can be text in it.
fn plausible(survey: &Survey, charset: Charset) -> Option<(Charset, u8)> {
    if let Some(reading) = survey.readings.iter().find(|reading| reading.charset == charset) {
        return reading.is_plausible().then_some((charset, reading.score));
    }
    match charset {
        Charset::Utf8 | Charset::Mixed(_) => None,
        // Nobody weighs its letters; the beginning of the file obeying its rules has to do.
        Charset::SingleByte(_) | Charset::Paged(_) => {
            charset.is_clean(&survey.head).then_some((charset, Reading::FAIR))
        }
        Charset::Transcoded(encoding) => {
            let is_utf16 = [UTF_16LE, UTF_16BE].contains(&encoding);
            // The beginning may end inside a character.
            let obeys = |cut: usize| {
                let head = &survey.head[..survey.head.len().saturating_sub(cut)];
                encoding.decode_without_bom_handling_and_without_replacement(head).is_some()
            };
            (!is_utf16 && (0..4).any(obeys)).then_some((charset, Reading::FAIR))
        }
    }
}

/// What a binary file looks like by its first bytes. The names are the same in every language.
fn binary_kind(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (b"PK\x03\x04", "XLSX/ZIP"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "XLS"),
        (b"%PDF", "PDF"),
        (b"\x1F\x8B", "GZIP"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"7z\xBC\xAF\x27\x1C", "7Z"),
        (b"{\\rtf", "RTF"),
    ];
    // An archive of old tells itself behind the name of its first file.
    if head.get(257..262) == Some(b"ustar") {
        return Some("TAR");
    }
    KINDS.iter().find(|(start, _)| head.starts_with(start)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::survey;

    fn chosen(bytes: &[u8]) -> Result<String, Code> {
        choose(&survey(bytes).unwrap(), None, None, "x")
            .map(|choice| format!("{} {}", choice.name(), choice.mark))
            .map_err(|error| error.code)
    }

    #[test]
    fn marks_then_utf8_then_windows_1252() {
        assert_eq!(chosen(b"abc;1\n").unwrap(), "utf-8 0");
        assert_eq!(chosen(b"R\0e\0f\0;\0").unwrap(), "utf-16le 0");
        assert_eq!(chosen("\u{feff}é".as_bytes()).unwrap(), "utf-8 3");
        assert_eq!(chosen("é".as_bytes()).unwrap(), "utf-8 0");
        assert_eq!(chosen(b"\xFF\xFEa\0").unwrap(), "utf-16le 2");
        assert_eq!(chosen(b"\xFE\xFF\0a").unwrap(), "utf-16be 2");
        assert_eq!(chosen(b"R\xE9f").unwrap(), "windows-1252 0");
    }

    #[test]
    fn a_binary_file_is_named_for_what_it_is() {
        for bytes in [b"PK\x03\x04abc".as_slice(), b"%PDF-1.7", b"\x02a\0b", b"\0a\0\0b\0"] {
            assert_eq!(chosen(bytes), Err(Code::FileBinary));
        }
    }

    #[test]
    fn zeros_that_fill_up_make_no_file_binary() {
        assert_eq!(chosen(b"Ref\0\0;Qty\nA\0;1\n").unwrap(), "utf-8 0");
        assert_eq!(chosen(b"\x7FELF\x01\0abc;1\n"), Err(Code::FileBinary));
    }

    #[test]
    fn a_file_of_two_encodings_is_both() {
        let text = [b"R\xC3\xA9f;1\n".as_slice(), b"R\xE9f;1\n", b"a;1\n", b"\xE9t\xE9;1\n"].concat();
        let mut found = survey(text.as_slice()).unwrap();
        assert!(found.may_be_mixed);
        found.mixture = Some(crate::decode::mixture(text.as_slice()).unwrap());
        let choice = choose(&found, None, None, "x").unwrap();
        assert!(choice.is_mixed() && choice.is_odd("é".as_bytes()) && !choice.is_odd(b"\xE9"));
        assert_eq!((choice.reported().as_str(), choice.score), ("windows-1252", 66));
    }

    #[test]
    fn what_is_asked_for_wins_and_must_exist() {
        let survey = survey("é".as_bytes()).unwrap();
        let choice = choose(&survey, Some("latin1"), None, "x").unwrap();
        assert_eq!((choice.name().as_str(), choice.transcode_from()), ("windows-1252", None));
        let choice = choose(&survey, Some("shift_jis"), None, "x").unwrap();
        assert_eq!(choice.transcode_from().map(Encoding::name), Some("Shift_JIS"));
        assert_eq!(choose(&survey, Some("ebcdic"), None, "x").unwrap_err().code, Code::EncodingUnknown);
    }
}
