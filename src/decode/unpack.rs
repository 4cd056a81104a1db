//! Archives: which files are in them, and their bytes.
//!
//! What enters: a ZIP archive or a file packed by gzip, and the limits. What leaves: [`Member`]s with harmless names, and
//! unpacked bytes. No path is ever taken from an archive.
//! What is refused: what is damaged, encrypted or larger than allowed; bytes are counted while they are unpacked, because
//! an archive may say of itself what it likes.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use flate2::bufread::GzDecoder;
use zip::ZipArchive;
use zip::read::{OwnedZipFileEntry, ZipReadOptions};
use zip::result::ZipError;

use super::row::RowError;
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::Limits;

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its bare name: no folders, nothing that a terminal or a file system takes for more than a name.
    pub name: String,
    /// Its place in the archive.
    pub place: usize,
    /// How many bytes it is said to have when unpacked.
    pub bytes: u64,
}

/// Bytes that are read at most to find the list of files: one needs 46 at least, so this bounds the memory as well.
const LIST_BYTES: u64 = 16 << 20;

/// Bytes of a name; with more, file systems make no folder of it.
const NAME_BYTES: usize = 200;

/// Bytes unpacked at once.
const STEP: usize = 256 << 10;

/// The kind of file in the mode of Unix, and the kinds without content. A pipe has some: it is what `zip` was fed with.
const MODE_KIND: u32 = 0o170_000;
const MODE_FOLDER: u32 = 0o040_000;
const MODE_LINK: u32 = 0o120_000;

/// The files of a ZIP archive: no folders, no links, nothing that systems and programs leave behind.
pub fn members(source: impl Read + Seek, limits: &Limits, path: &str) -> Result<Vec<Member>, RowError> {
    let mut source = Watched::new(source);
    let listed = list(&mut source, limits);
    let found = listed.map_err(|refusal| source.explain(refusal, path))?;
    if found.is_empty() {
        return Err(Error::new(Code::ArchiveEmpty, Arguments::none().with("path", path)).into());
    }
    Ok(found)
}

fn list(source: &mut Watched<impl Read + Seek>, limits: &Limits) -> Result<Vec<Member>, Refusal> {
    let archive = open(source)?;
    let mut found = Vec::new();
    let mut bytes = 0_u64;
    for place in 0..archive.len() {
        let entry = archive.by_index_data(place)?;
        // Names in no encoding that is known are bytes; what cannot be said of them is marked.
        let full = entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Into::into);
        let has_content = entry.unix_mode().is_none_or(|mode| !matches!(mode & MODE_KIND, MODE_FOLDER | MODE_LINK));
        if !has_content || is_leftover(&full) {
            continue;
        }
        if found.len() == limits.archive_files {
            return Err(Refusal::limit("archive-files", limits.archive_files as u64));
        }
        bytes = bytes.saturating_add(entry.size());
        if bytes > limits.unpacked_bytes {
            return Err(Refusal::limit("unpacked-bytes", limits.unpacked_bytes));
        }
        found.push(Member { name: bare_name(&full), place, bytes: entry.size() });
    }
    Ok(found)
}

/// Unpacks a file of a ZIP archive, by its place.
pub fn unpack_member(
    source: impl Read + Seek,
    place: usize,
    out: &mut impl Write,
    limits: &Limits,
    path: &str,
) -> Result<(), RowError> {
    let mut source = Watched::new(source);
    let unpacked = unpack_place(&mut source, place, out, limits);
    unpacked.map_err(|refusal| source.explain(refusal, path))
}

fn unpack_place(
    source: &mut Watched<impl Read + Seek>,
    place: usize,
    out: &mut impl Write,
    limits: &Limits,
) -> Result<(), Refusal> {
    let entry = OwnedZipFileEntry::from(open(source)?.by_index_data(place)?);
    if entry.encrypted() {
        return Err(Refusal::Damaged("encrypted".to_owned()));
    }
    source.left = u64::MAX;
    let mut file = entry.as_ref().with_reader(source, ZipReadOptions::new())?;
    copy(&mut file, out, &mut Room::of(limits))
}

/// Unpacks what gzip packed; packed files one behind the other are one file.
pub fn unpack_gzip(source: impl Read, out: &mut impl Write, limits: &Limits, path: &str) -> Result<(), RowError> {
    let mut source = BufReader::with_capacity(STEP, Watched::new(source));
    source.get_mut().left = u64::MAX;
    let unpacked = unpack_parts(&mut source, out, limits);
    unpacked.map_err(|refusal| source.into_inner().explain(refusal, path))
}

fn unpack_parts(source: &mut impl BufRead, out: &mut impl Write, limits: &Limits) -> Result<(), Refusal> {
    let mut room = Room::of(limits);
    loop {
        copy(&mut GzDecoder::new(&mut *source), out, &mut room)?;
        // Tapes and blocks are filled up with zeros, which are no part of anything.
        let next = loop {
            let seen = source.fill_buf()?;
            let zeros = seen.iter().take_while(|byte| **byte == 0).count();
            let next = seen.get(zeros).copied();
            source.consume(zeros);
            if next.is_some() || zeros == 0 {
                break next;
            }
        };
        match next {
            None => return Ok(()),
            Some(0x1F) => {}
            Some(_) => return Err(Refusal::Damaged("something else behind its end".to_owned())),
        }
    }
}

/// Bytes that may still be unpacked.
struct Room {
    left: u64,
    limit: u64,
}

impl Room {
    fn of(limits: &Limits) -> Self {
        Self { left: limits.unpacked_bytes, limit: limits.unpacked_bytes }
    }
}

/// Copies what is being unpacked, and counts it.
fn copy(from: &mut impl Read, out: &mut impl Write, room: &mut Room) -> Result<(), Refusal> {
    let mut step = vec![0; STEP];
    loop {
        let count = match from.read(&mut step) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        room.left = room.left.checked_sub(count as u64).ok_or_else(|| Refusal::limit("unpacked-bytes", room.limit))?;
        out.write_all(&step[..count]).map_err(Refusal::Write)?;
    }
}

/// Opens a ZIP archive, whose list of files is held in memory.
pub(super) fn open<S: Read + Seek>(source: &mut Watched<S>) -> Result<ZipArchive<&mut Watched<S>>, Refusal> {
    source.left = LIST_BYTES;
    let archive = ZipArchive::new(source)?;
    // Only the last of them would be seen, and nobody could say which one was meant.
    if archive.has_duplicate_names() {
        return Err(Refusal::Damaged("two files of one name".to_owned()));
    }
    Ok(archive)
}

/// Why something is not unpacked.
pub(super) enum Refusal {
    /// It is not what it claims to be.
    Damaged(String),
    /// Reading failed: the source, or the bytes make no sense.
    Unread(io::Error),
    /// Writing failed.
    Write(io::Error),
    /// It is larger than allowed.
    Limit(RowError),
}

impl Refusal {
    fn limit(what: &str, limit: u64) -> Self {
        Self::Limit(RowError::limit(what, limit))
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Unread(error)
    }
}

impl From<ZipError> for Refusal {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Unread(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// A source of which it is known afterwards whether it failed itself.
pub(super) struct Watched<S> {
    source: S,
    /// How many bytes may still be read.
    left: u64,
    failed: Option<io::Error>,
}

impl<S> Watched<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, left: LIST_BYTES, failed: None }
    }

    /// What is said of it to others.
    fn explain(self, refusal: Refusal, path: &str) -> RowError {
        let cause = match (refusal, self.failed) {
            (_, Some(error)) | (Refusal::Write(error), None) => return error.into(),
            (Refusal::Limit(error), None) => return error,
            (Refusal::Damaged(cause), None) => cause,
            (Refusal::Unread(_), None) if self.left == 0 => "its list of files is too long".to_owned(),
            (Refusal::Unread(error), None) if error.kind() == io::ErrorKind::UnexpectedEof => {
                "it ends too early".to_owned()
            }
            (Refusal::Unread(error), None) => error.to_string(),
        };
        Error::new(Code::ArchiveDamaged, Arguments::none().with("path", path).with("cause", cause)).into()
    }
}

impl<S: Read> Read for Watched<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        match self.source.read(&mut buffer[..most]) {
            Ok(count) => {
                self.left -= count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
        }
    }
}

impl<S: Seek> Seek for Watched<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // That a damaged archive points to nowhere is no fault of the source.
        self.source.seek(to)
    }
}

/// Whether it is a folder, or something that a system or a program left in the archive.
fn is_leftover(full: &str) -> bool {
    let mut folders: Vec<_> = full.split(['/', '\\']).collect();
    let name = folders.pop().unwrap_or_default();
    let is_lock = name.starts_with("~$") || (name.starts_with(".~lock.") && name.ends_with('#'));
    name.is_empty()
        || is_lock
        || folders.contains(&"__MACOSX")
        || [".DS_Store", "Thumbs.db"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The name alone, with `_` for whatever could be more than a name.
fn bare_name(full: &str) -> String {
    let name = full.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = name.chars().map(|c| if is_harmful(c) { '_' } else { c }).collect::<String>();
    let mut from = harmless.len().saturating_sub(NAME_BYTES);
    while !harmless.is_char_boundary(from) {
        from += 1;
    }
    // The end tells the kind of file, so a long name loses its beginning. Windows takes away dots and blanks at the end.
    let kept = harmless[from..].trim_end_matches([' ', '.']).trim_start();
    if kept.is_empty() { "_".to_owned() } else { kept.to_owned() }
}

/// Control characters, marks that turn the direction of writing or are not seen, and what Windows takes for more.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
mod tests;
