//! Which encoding a file is in.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Survey;
use crate::delimited::Charset;
use crate::diagnostic::{Arguments, Code, Error};

/// The encoding of a file and what it means for reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingChoice {
    encoding: &'static Encoding,
    /// Bytes of the mark at the start of the file.
    pub mark: usize,
}

impl EncodingChoice {
    /// What the cells are in, once [`EncodingChoice::transcode_from`] was obeyed.
    pub fn charset(self) -> Charset {
        if self.encoding == UTF_8 {
            Charset::Utf8
        } else if self.encoding.is_single_byte() && self.encoding.is_ascii_compatible() {
            Charset::SingleByte(self.encoding)
        } else {
            Charset::Transcoded(self.encoding)
        }
    }

    /// The encoding that has to be turned into UTF-8 before records are cut, because it does not keep ASCII apart.
    pub fn transcode_from(self) -> Option<&'static Encoding> {
        if let Charset::Transcoded(encoding) = self.charset() { Some(encoding) } else { None }
    }

    /// The name, such as `windows-1252`.
    pub fn name(self) -> String {
        self.encoding.name().to_ascii_lowercase()
    }
}

/// The encoding of that name, by the labels that browsers know.
pub fn known_encoding(name: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(name.trim().as_bytes())
        .ok_or_else(|| Error::new(Code::EncodingUnknown, Arguments::none().with("name", name)))
}

/// The encoding: the one asked for, else that of the mark at the start, else UTF-8 if the whole file is, else what the
/// format says (`usual`), else Windows-1252. `path` is what the file is called in messages.
pub fn choose(survey: &Survey, wanted: Option<&str>, usual: Option<&str>, path: &str) -> Result<EncodingChoice, Error> {
    let marked = Encoding::for_bom(&survey.head);
    if let Some(name) = wanted {
        let encoding = known_encoding(name)?;
        let mark = marked.filter(|(found, _)| *found == encoding).map_or(0, |(_, mark)| mark);
        return Ok(EncodingChoice { encoding, mark });
    }
    if let Some((encoding, mark)) = marked.filter(|(encoding, _)| [UTF_8, UTF_16LE, UTF_16BE].contains(encoding)) {
        return Ok(EncodingChoice { encoding, mark });
    }
    if survey.has_nul || binary_kind(&survey.head).is_some() {
        let mut arguments = Arguments::none().with("path", path);
        if let Some(kind) = binary_kind(&survey.head) {
            arguments = arguments.with("kind", kind);
        }
        return Err(Error::new(Code::FileBinary, arguments));
    }
    let usual = usual.map(known_encoding).transpose()?.filter(|encoding| *encoding != UTF_8);
    Ok(EncodingChoice { encoding: if survey.is_utf8 { UTF_8 } else { usual.unwrap_or(WINDOWS_1252) }, mark: 0 })
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
    if let Some((_, name)) = KINDS.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(name);
    }
    // UTF-16 without a mark: nearly every second byte is zero.
    let sample = &head[..head.len().min(4096) & !1];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|c| **c == 0).count();
    match (zeros(0), zeros(1)) {
        (even, odd) if odd * 3 > sample.len() && even * 20 < sample.len() => Some("UTF-16LE"),
        (even, odd) if even * 3 > sample.len() && odd * 20 < sample.len() => Some("UTF-16BE"),
        _ => None,
    }
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
        assert_eq!(chosen("\u{feff}é".as_bytes()).unwrap(), "utf-8 3");
        assert_eq!(chosen("é".as_bytes()).unwrap(), "utf-8 0");
        assert_eq!(chosen(b"\xFF\xFEa\0").unwrap(), "utf-16le 2");
        assert_eq!(chosen(b"\xFE\xFF\0a").unwrap(), "utf-16be 2");
        assert_eq!(chosen(b"R\xE9f").unwrap(), "windows-1252 0");
    }

    #[test]
    fn a_binary_file_is_named_for_what_it_is() {
        for bytes in [b"PK\x03\x04abc".as_slice(), b"%PDF-1.7", b"a\0b", b"a\0b\0c\0d\0"] {
            assert_eq!(chosen(bytes), Err(Code::FileBinary));
        }
        assert_eq!(binary_kind(b"R\0e\0f\0;\0"), Some("UTF-16LE"));
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
