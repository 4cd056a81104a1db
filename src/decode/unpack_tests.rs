use std::io::Cursor;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::format::Registry;

const ORDERS: &str = "Réf. pièce;Quantité;Commentaire\n0070817965D;2;\n0070817965D;1;urgent\n";

fn limits() -> Limits {
    Registry::built_in().format("generic").unwrap().limits
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/archives");
    std::fs::read(folder.join(name)).unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn names(bytes: &[u8]) -> Vec<String> {
    let found = members(Cursor::new(bytes), &limits(), "x.zip").unwrap();
    found.into_iter().map(|member| member.name).collect()
}

/// The code and its cause, or the limit.
fn told(error: RowError) -> String {
    let RowError::Refused(error) = error else { panic!("{error:?}") };
    let (cause, what) = (error.arguments.get("cause"), error.arguments.get("what"));
    format!("{} {}", error.code, cause.or(what).unwrap_or_default())
}

fn unpacked(bytes: &[u8], place: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    unpack_member(Cursor::new(bytes), place, &mut out, &limits(), "x.zip").map(|()| out).map_err(told)
}

fn ungzipped(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    unpack_gzip(bytes, &mut out, &limits(), "x.gz").map(|()| out).map_err(told)
}

fn refused(bytes: &[u8]) -> String {
    told(members(Cursor::new(bytes), &limits(), "x.zip").unwrap_err())
}

#[test]
fn names_are_names_and_nothing_else() {
    assert_eq!(
        names(&fixture("names.zip")),
        ["passwd", "shadow", "monday.csv", "new_line_[31m.csv", "_vsc.exe", "_", "CON_stream.csv", "é.csv"]
    );
    assert_eq!(bare_name("a/b/."), "_");
    assert_eq!(bare_name("x/ .. "), "_");
    assert_eq!(bare_name("nul\0.csv"), "nul_.csv");
    let long = bare_name(&format!("{}é.csv", "é".repeat(300)));
    assert!(long.len() <= NAME_BYTES && long.ends_with("é.csv"), "{long}");
}

#[test]
fn only_files_count() {
    assert_eq!(names(&fixture("leftovers.zip")), ["orders.csv"]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("orders", SimpleFileOptions::default()).unwrap();
    assert_eq!(refused(&writer.finish().unwrap().into_inner()), "ARCHIVE_EMPTY ");
    assert_eq!(refused(&zip(&[])), "ARCHIVE_EMPTY ");
}

#[test]
fn what_common_programs_write_is_read() {
    for name in ["stored.zip", "zip64.zip", "zip64-streamed.zip", "descriptors.zip"] {
        let bytes = fixture(name);
        assert_eq!(members(Cursor::new(&bytes), &limits(), name).unwrap().len(), 1, "{name}");
        assert_eq!(unpacked(&bytes, 0).as_deref(), Ok(ORDERS.as_bytes()), "{name}");
    }
    // The first of them is a folder.
    assert_eq!(unpacked(&fixture("leftovers.zip"), 1).as_deref(), Ok(ORDERS.as_bytes()));
    assert_eq!(ungzipped(&fixture("parts.csv.gz")).as_deref(), Ok(ORDERS.as_bytes()));
}

#[test]
fn large_files_before_the_list_do_not_count_as_list() {
    let bytes = {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file("a", stored).unwrap();
        writer.write_all(&vec![7; usize::try_from(LIST_BYTES).unwrap() + STEP]).unwrap();
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(names(&bytes), ["a"]);
    assert_eq!(unpacked(&bytes, 0).unwrap().len(), usize::try_from(LIST_BYTES).unwrap() + STEP);
}

#[test]
fn what_cannot_be_read_is_said() {
    assert_eq!(unpacked(&fixture("encrypted.zip"), 0), Err("ARCHIVE_DAMAGED encrypted".to_owned()));
    assert_eq!(refused(&fixture("twice.zip")), "ARCHIVE_DAMAGED two files of one name");
    let method = unpacked(&fixture("bzip2.zip"), 0).unwrap_err();
    assert!(method.starts_with("ARCHIVE_DAMAGED ") && method.contains("ompression"), "{method}");
    assert!(refused(b"PK\x03\x04 and then nothing of the kind").starts_with("ARCHIVE_DAMAGED "));
}

#[test]
fn no_damage_goes_unnoticed() {
    let whole = fixture("stored.zip");
    let content = whole.windows(6).position(|bytes| bytes == b"urgent").unwrap();
    let mut changed = whole;
    changed[content] ^= 1;
    assert_eq!(unpacked(&changed, 0), Err("ARCHIVE_DAMAGED Invalid checksum".to_owned()));
    let packed = gzip(ORDERS.as_bytes());
    for cut in 0..packed.len() {
        assert_eq!(ungzipped(&packed[..cut]), Err("ARCHIVE_DAMAGED it ends too early".to_owned()), "cut at {cut}");
    }
    for name in ["stored.zip", "zip64.zip", "descriptors.zip", "parts.csv.gz"] {
        let whole = fixture(name);
        let is_gzip = whole.starts_with(b"\x1F\x8B");
        let read = |bytes: &[u8]| {
            if is_gzip {
                return ungzipped(bytes);
            }
            let found = members(Cursor::new(bytes), &limits(), name).map_err(told)?;
            assert!(found.len() < 2, "{name}");
            unpacked(bytes, found[0].place)
        };
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x11;
            // Names and dates may change; what comes out is right or refused.
            if let Ok(out) = read(&bytes) {
                assert_eq!(out, ORDERS.as_bytes(), "{name} byte {place}");
            }
            if !is_gzip {
                assert!(read(&whole[..place]).is_err(), "{name} cut at {place}");
            }
        }
    }
}

#[test]
fn bytes_behind_the_end_of_gzip_are_not_passed_over() {
    let packed = gzip(ORDERS.as_bytes());
    assert_eq!(ungzipped(&[packed.as_slice(), &[0; 600]].concat()).as_deref(), Ok(ORDERS.as_bytes()));
    let twice = [packed.as_slice(), &[0; 3], &packed].concat();
    assert_eq!(ungzipped(&twice).unwrap(), ORDERS.repeat(2).as_bytes());
    let garbage = [packed.as_slice(), b"more"].concat();
    assert_eq!(ungzipped(&garbage), Err("ARCHIVE_DAMAGED something else behind its end".to_owned()));
    let other = [packed.as_slice(), b"\x1Fmore than a header"].concat();
    assert!(ungzipped(&other).unwrap_err().starts_with("ARCHIVE_DAMAGED "));
}

/// Counts what is written and keeps none of it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_bomb_is_given_up_at_the_limit() {
    let limits = Limits { unpacked_bytes: 1 << 20, ..limits() };
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        writer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = writer.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let mut out = Count(0);
    let error = unpack_gzip(bomb.as_slice(), &mut out, &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");
    assert!(out.0 <= limits.unpacked_bytes);
    // Many small parts are one large file.
    let parts = gzip(&vec![0; 1 << 16]).repeat(17);
    let error = unpack_gzip(parts.as_slice(), &mut Count(0), &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");

    let bomb = zip(&[("bomb.csv", &vec![0; 2 << 20])]);
    let error = members(Cursor::new(&bomb), &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");
    let error = unpack_member(Cursor::new(&bomb), 0, &mut out, &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");
    // An archive of files that are each allowed and together too much.
    let many = zip(&[("a", &vec![0; 1 << 19]), ("b", &vec![0; 1 << 19]), ("c", &[0])]);
    let error = members(Cursor::new(&many), &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");
}

/// Where the list of files says how many bytes a file has.
fn declared(bytes: &[u8]) -> usize {
    bytes.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap() + 24
}

#[test]
fn a_file_that_lies_about_its_size_is_given_up() {
    let mut bomb = zip(&[("bomb.csv", &vec![0; 2 << 20])]);
    let at = declared(&bomb);
    bomb[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    let mut out = Count(0);
    let found = members(Cursor::new(&bomb), &limits(), "x").unwrap();
    assert_eq!(found[0].bytes, 100);
    let error = unpack_member(Cursor::new(&bomb), 0, &mut out, &limits(), "x").unwrap_err();
    assert!(told(error).starts_with("ARCHIVE_DAMAGED ") && out.0 <= 100, "{}", out.0);
}

/// An archive whose list names its one file again and again, under other names, with a comment of so many bytes each.
fn repeated(content: &[u8], times: u16, comment: u16) -> Vec<u8> {
    let mut bytes = zip(&[("000.csv", content)]);
    let list = bytes.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
    let end = bytes.windows(4).rposition(|mark| mark == b"PK\x05\x06").unwrap();
    let mut tail = bytes.split_off(end);
    let mut entry = bytes.split_off(list);
    entry[32..34].copy_from_slice(&comment.to_le_bytes());
    entry.resize(entry.len() + usize::from(comment), b'x');
    let size = u32::from(times) * u32::try_from(entry.len()).unwrap();
    for number in 0..times {
        entry[46..49].copy_from_slice(format!("{number:03}").as_bytes());
        bytes.extend_from_slice(&entry);
    }
    tail[8..10].copy_from_slice(&times.to_le_bytes());
    tail[10..12].copy_from_slice(&times.to_le_bytes());
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    [bytes, tail].concat()
}

#[test]
fn files_that_share_their_bytes_are_counted_each() {
    let bytes = repeated(&vec![0; 1 << 19], 2, 0);
    assert_eq!(names(&bytes), ["000.csv", "001.csv"]);
    let limits = Limits { unpacked_bytes: (1 << 20) - 1, ..limits() };
    let error = members(Cursor::new(&bytes), &limits, "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED unpacked-bytes");
}

#[test]
fn a_list_of_files_that_would_fill_the_memory_is_given_up() {
    assert_eq!(names(&repeated(b"x", 200, u16::MAX)).len(), 200);
    assert_eq!(refused(&repeated(b"x", 300, u16::MAX)), "ARCHIVE_DAMAGED its list of files is too long");
}

#[test]
fn an_archive_has_so_many_files_and_no_more() {
    let names: Vec<_> = (0..4).map(|number| format!("{number}.csv")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let bytes = zip(&files);
    let limits = |archive_files| Limits { archive_files, ..limits() };
    assert_eq!(members(Cursor::new(&bytes), &limits(4), "x").unwrap().len(), 4);
    let error = members(Cursor::new(&bytes), &limits(3), "x").unwrap_err();
    assert_eq!(told(error), "LIMIT_EXCEEDED archive-files");
}

/// A source that fails when it is read from a place on.
struct Failing<S>(S, u64);

impl<S: Read + Seek> Read for Failing<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.stream_position()? >= self.1 {
            return Err(io::Error::other("the disk is gone"));
        }
        self.0.read(buffer)
    }
}

impl<S: Seek> Seek for Failing<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_failing_disk_is_no_damaged_archive() {
    let bytes = fixture("stored.zip");
    let error = members(Failing(Cursor::new(&bytes), 0), &limits(), "x").unwrap_err();
    assert!(matches!(error, RowError::Io(error) if error.to_string() == "the disk is gone"));
    let bytes = gzip(ORDERS.as_bytes());
    let error = unpack_gzip(Failing(Cursor::new(&bytes), 0), &mut Count(0), &limits(), "x").unwrap_err();
    assert!(matches!(error, RowError::Io(error) if error.to_string() == "the disk is gone"));
}
