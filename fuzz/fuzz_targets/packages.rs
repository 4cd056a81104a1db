//! Small workbooks that hold the input as one of their parts, so that what is inside the archive is reached, not only
//! its frame.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const MAIN: (&str, &[u8]) = (
    "_rels/.rels",
    br#"<Relationships><Relationship Id="m" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
);
const XLSX: [(&str, &[u8]); 5] = [
    (
        "xl/worksheets/sheet1.xml",
        br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>"#,
    ),
    (
        "xl/sharedStrings.xml",
        b"<sst><si><t>R\xC3\xA9f\xC3\xA9rence</t></si><si><t>Quantit\xC3\xA9</t></si><si><t>0070817965D</t></si></sst>",
    ),
    (
        "xl/styles.xml",
        br#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts><cellXfs><xf/><xf numFmtId="1"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/workbook.xml",
        br#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="./styles.xml"/></Relationships>"#,
    ),
];
const XLSB: [(&str, &[u8]); 4] = [
    (
        "xl/worksheets/sheet1.bin",
        b"\x00\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\x0C\0\0\0\0\0\0\0\0\0\0\0\0\x92\x01\0\xB0\x01\x10\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0",
    ),
    ("xl/sharedStrings.bin", b"\x13\x07\0\x01\0\0\0A\0"),
    ("xl/styles.bin", b"\xE9\x04\x04\x01\0\0\0\x2F\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xEA\x04\0"),
    ("xl/workbook.bin", b"\x9C\x01\x16\0\0\0\0\x01\0\0\0\x02\0\0\0r\01\0\x01\0\0\0A\0"),
];
const XLSB_RELATIONS: (&str, &[u8]) = (
    "xl/_rels/workbook.bin.rels",
    br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.bin"/><Relationship Id="r3" Type="x/styles" Target="styles.bin"/></Relationships>"#,
);
const ODS: [(&str, &[u8]); 2] = [
    (
        "content.xml",
        br#"<office:document-content><office:body><office:spreadsheet><table:table table:name="A"><table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#,
    ),
    ("META-INF/manifest.xml", b"<manifest:manifest/>"),
];
const MIMETYPE: (&str, &[u8]) = ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet");

/// How many ways there are.
pub const WAYS: u8 = 13;

/// The input in one of the ways: as it is, as a part of a workbook, or as the stream of an old workbook.
pub fn wrapped(way: u8, input: &[u8]) -> Vec<u8> {
    let place = usize::from(way % WAYS);
    match place {
        0 => input.to_vec(),
        1..=5 => zipped(&[TYPES, MAIN], &XLSX, place - 1, input),
        6..=9 => zipped(&[TYPES, XLSB_RELATIONS], &XLSB, place - 6, input),
        10 | 11 => zipped(&[MIMETYPE], &ODS, place - 10, input),
        _ => old(input),
    }
}

fn zipped(first: &[(&str, &[u8])], parts: &[(&str, &[u8])], place: usize, input: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(input.len() + 4096)));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let others = parts.iter().enumerate().map(|(at, (name, bytes))| (*name, if at == place { input } else { *bytes }));
    for (name, bytes) in first.iter().copied().chain(others) {
        zip.start_file(name, options).expect("a name");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// An OLE container with the input as its only stream, `Workbook`.
fn old(input: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    // Shorter streams are kept in small sectors.
    let size = input.len().max(4096);
    let sectors = size.div_ceil(SECTOR);
    let mut head = vec![0; SECTOR];
    head[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    head[30] = 9;
    head[32] = 6;
    let mut put = |at: usize, number: u32| head[at..at + 4].copy_from_slice(&number.to_le_bytes());
    put(48, 0);
    put(60, END);
    put(68, END);
    // One sector of the table names 128 sectors.
    let tables = (sectors + 1).div_ceil(127);
    for place in 0..109 {
        put(76 + 4 * place, if place < tables { (1 + place) as u32 } else { u32::MAX });
    }
    let mut directory = vec![0; SECTOR];
    for (entry, name, start, size) in [(0, "Root Entry", END, 0), (1, "Workbook", (1 + tables) as u32, size as u32)] {
        let at = entry * 128;
        for (place, unit) in name.encode_utf16().enumerate() {
            directory[at + 2 * place..at + 2 * place + 2].copy_from_slice(&unit.to_le_bytes());
        }
        directory[at + 64] = (2 * name.len() + 2) as u8;
        directory[at + 66] = if entry == 0 { 5 } else { 2 };
        directory[at + 116..at + 120].copy_from_slice(&start.to_le_bytes());
        directory[at + 120..at + 124].copy_from_slice(&size.to_le_bytes());
    }
    let mut next = vec![END];
    next.extend(std::iter::repeat_n(0xFFFF_FFFD, tables));
    next.extend((0..sectors).map(|place| if place + 1 == sectors { END } else { (2 + tables + place) as u32 }));
    next.resize(tables * 128, u32::MAX);
    let mut file = [head, directory].concat();
    file.extend(next.iter().flat_map(|place| place.to_le_bytes()));
    file.extend_from_slice(input);
    // What pads it reads as records without a type.
    file.resize((2 + tables + sectors) * SECTOR, 0);
    file
}
