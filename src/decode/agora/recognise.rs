//! Tells an Agora order file from others by its beginning.
//!
//! What enters: the first bytes of a file, and its kind. What leaves: in which form it is, if it is one.
//! What is refused: nothing.

use encoding_rs::{Encoding, UTF_8};

use super::super::kind::FileKind;
use super::layout::NAME;

/// How an Agora order file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgoraForm {
    /// A record on each line.
    Text,
    /// XML.
    Xml,
    /// JSON.
    Json,
}

/// The header of a text stands within so many bytes.
const FIRST_LINES: usize = 16 << 10;

/// The root element in XML.
const ROOT: &str = "AgoraOrder";

/// The form of the Agora order file that begins with these bytes.
pub fn agora_form(head: &[u8], kind: FileKind) -> Option<AgoraForm> {
    let head = if kind == FileKind::Delimited { &head[..head.len().min(FIRST_LINES)] } else { head };
    let (encoding, mark) = Encoding::for_bom(head).unwrap_or((UTF_8, 0));
    let (text, _) = encoding.decode_without_bom_handling(head.get(mark..)?);
    // Every second byte of UTF-16 without a mark, as far as it matters here.
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    match kind {
        FileKind::Delimited if is_text(&text) => Some(AgoraForm::Text),
        FileKind::Xml if is_xml(&text) => Some(AgoraForm::Xml),
        FileKind::Json if is_json(&text) => Some(AgoraForm::Json),
        _ => None,
    }
}

/// Whether the first record is a header.
fn is_text(text: &str) -> bool {
    let first = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    let mut cells = first.unwrap_or_default().split(';').map(|cell| {
        let cell = cell.trim();
        cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
    });
    cells.next() == Some("H") && cells.next() == Some(NAME)
}

/// Whether the root element is the format's, whatever its prefix.
fn is_xml(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            break;
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    name.rsplit(':').next() == Some(ROOT)
}

/// Whether the object names the format, in a member of its own.
fn is_json(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let mark = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match mark {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {
                let Some((string, behind)) = string(rest) else { return false };
                rest = behind;
                if depth == 1 && string == "Format" {
                    let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
                    let value = value.and_then(|value| value.strip_prefix('"')).and_then(self::string);
                    return value.is_some_and(|(value, _)| value == NAME);
                }
            }
        }
    }
    false
}

/// The string whose opening quote was just read, as it is written, and what stands behind it.
fn string(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(['"', '\\'])?;
        if text.as_bytes()[at] == b'"' {
            return Some((&text[..at], &text[at + 1..]));
        }
        from = at + 1 + text[at + 1..].chars().next()?.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_tells() {
        for (head, kind, form) in [
            ("H;AGORA-ORDER;1;X", FileKind::Delimited, Some(AgoraForm::Text)),
            ("\u{feff}\r\n# H;NO\r\n  \n\"H\";\"AGORA-ORDER\";1", FileKind::Delimited, Some(AgoraForm::Text)),
            ("H;AGORA-ORDERS;1", FileKind::Delimited, None),
            ("L;1;4\nH;AGORA-ORDER;1", FileKind::Delimited, None),
            ("", FileKind::Delimited, None),
            ("<?xml version='1.0'?><!-- <x> -->\n<a:AgoraOrder xmlns:a='u'>", FileKind::Xml, Some(AgoraForm::Xml)),
            ("<AgoraOrder/>", FileKind::Xml, Some(AgoraForm::Xml)),
            ("<AgoraOrders><AgoraOrder/></AgoraOrders>", FileKind::Xml, None),
            ("<!-- <AgoraOrder>", FileKind::Xml, None),
            (
                "{\"Lines\":[{\"Format\":\"x\\\"{\"}],\"Format\" : \"AGORA-ORDER\"",
                FileKind::Json,
                Some(AgoraForm::Json),
            ),
            ("{\"Format\":\"OTHER\",\"x\":\"AGORA-ORDER\"}", FileKind::Json, None),
            ("{\"a\":{\"Format\":\"AGORA-ORDER\"}}", FileKind::Json, None),
            ("{\"a\\", FileKind::Json, None),
            ("H;AGORA-ORDER;1", FileKind::Zip, None),
        ] {
            assert_eq!(agora_form(head.as_bytes(), kind), form, "{head}");
            let wide: Vec<u8> = head.trim_start_matches('\u{feff}').encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(agora_form(&[b"\xFF\xFE", wide.as_slice()].concat(), kind), form, "{head} in UTF-16");
        }
    }
}
