//! What kind of file it is, by its content and never by its name.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_8};

use super::unpack::{Watched, open};

/// What a file is, as far as reading it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Delimited text, or something that only a closer look tells.
    Delimited,
    /// A workbook of a spreadsheet.
    Workbook(WorkbookKind),
    /// XML.
    Xml,
    /// One JSON value, or one on each line.
    Json,
    /// One file, packed by gzip.
    Gzip,
    /// Files in a ZIP archive.
    Zip,
}

/// The kinds of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkbookKind {
    /// `.xlsx` and `.xlsm`.
    Xlsx,
    /// `.xlsb`.
    Xlsb,
    /// `.xls`, of Excel 97 and before; also any other workbook that is encrypted.
    Xls,
    /// `.ods`.
    Ods,
}

/// Bytes of the beginning that tell XML and JSON.
const HEAD: u64 = 4096;

/// What the file is. Reads its beginning, and the list of files of a ZIP archive.
pub fn file_kind(source: &mut (impl Read + Seek)) -> io::Result<FileKind> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.starts_with(b"\x1F\x8B") {
        return Ok(FileKind::Gzip);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(FileKind::Workbook(WorkbookKind::Xls));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let workbook = in_zip(source).or_else(|| begun_workbook(&head));
        return Ok(workbook.map_or(FileKind::Zip, FileKind::Workbook));
    }
    Ok(of_text(&head))
}

/// The workbook that a ZIP archive is, if it is one.
fn in_zip(source: &mut (impl Read + Seek)) -> Option<WorkbookKind> {
    let mut source = Watched::new(source);
    let archive = open(&mut source).ok()?;
    let holds = |name: &str| archive.index_for_name(name).is_some();
    if holds("xl/workbook.bin") {
        Some(WorkbookKind::Xlsb)
    } else if holds("xl/workbook.xml") {
        Some(WorkbookKind::Xlsx)
    } else if holds("mimetype") && holds("content.xml") {
        Some(WorkbookKind::Ods)
    } else {
        // Some programs put the parts elsewhere; the list of types is always there.
        holds("[Content_Types].xml").then_some(WorkbookKind::Xlsx)
    }
}

/// The workbook that a file begins like, whose list of parts is lost.
fn begun_workbook(head: &[u8]) -> Option<WorkbookKind> {
    let holds = |text: &str| memchr::memmem::find(head, text.as_bytes()).is_some();
    if holds("opendocument.spreadsheet") {
        Some(WorkbookKind::Ods)
    } else {
        let parts = ["[Content_Types].xml", "docProps/", "_rels/.rels", "xl/"];
        parts.into_iter().any(holds).then_some(WorkbookKind::Xlsx)
    }
}

/// XML begins with a tag, JSON with an object or a list of something that no table begins with.
fn of_text(head: &[u8]) -> FileKind {
    let (encoding, mark) = Encoding::for_bom(head).unwrap_or((UTF_8, 0));
    let (text, _) = encoding.decode_without_bom_handling(&head[mark..]);
    let mut marks = text.chars().filter(|c| !c.is_whitespace() && *c != '\0');
    match (marks.next(), marks.next()) {
        (Some('<'), Some(c)) if c.is_alphabetic() || matches!(c, '?' | '!') => FileKind::Xml,
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | ']')) => FileKind::Json,
        _ => FileKind::Delimited,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells() {
        for (head, kind) in [
            (b"Ref;Qty\nA;1\n".as_slice(), FileKind::Delimited),
            (b"", FileKind::Delimited),
            (b"{x};1", FileKind::Delimited),
            (b"[1];2", FileKind::Delimited),
            (b"<5;3", FileKind::Delimited),
            (b"\xEF\xBB\xBF\n<?xml version=\"1.0\"?><a/>", FileKind::Xml),
            (b"\xFF\xFE<\0a\0>\0", FileKind::Xml),
            (b"<!-- x --><a/>", FileKind::Xml),
            (b" {\"a\": 1}", FileKind::Json),
            (b"[\n {", FileKind::Json),
            (b"\x1F\x8B\x08", FileKind::Gzip),
            (b"PK\x03\x04garbage", FileKind::Zip),
            (b"PK\x03\x04 docProps/app.xml cut", FileKind::Workbook(WorkbookKind::Xlsx)),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileKind::Workbook(WorkbookKind::Xls)),
        ] {
            assert_eq!(file_kind(&mut io::Cursor::new(head)).unwrap(), kind, "{head:?}");
        }
    }
}
