//! The parts of a workbook that is a ZIP archive.
//!
//! What enters: the archive. What leaves: parts as bytes that count themselves while they are unpacked.
//! What is refused: what is larger unpacked than the limits allow, whether the archive says so or not.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::rc::Rc;

use memchr::memmem;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::fault::{Exceeded, Fault};
use super::grid::Merge;
use crate::format::Limits;

/// Bytes that are unpacked at once.
const BLOCK: usize = 64 << 10;

/// A tag may be this long even when records must be shorter.
const TAG: usize = 64 << 10;

/// The archive of a workbook.
pub(super) struct Package<R> {
    zip: ZipArchive<R>,
    /// By name in lower case with plain slashes: some programs are not strict about their own names.
    places: BTreeMap<String, usize>,
    pub(super) limits: Limits,
}

impl<R: Read + Seek> Package<R> {
    pub(super) fn open(source: R, limits: &Limits) -> Result<Self, Fault> {
        let mut zip = ZipArchive::new(source)?;
        let mut places = BTreeMap::new();
        let mut unpacked = 0_u64;
        for place in 0..zip.len() {
            let part = zip.by_index_raw(place)?;
            unpacked = unpacked.saturating_add(part.size());
            places.insert(plain(&String::from_utf8_lossy(part.name_raw())), place);
        }
        if unpacked > limits.unpacked_bytes {
            return Err(Fault::limit("unpacked-bytes", limits.unpacked_bytes));
        }
        Ok(Self { zip, places, limits: *limits })
    }

    /// Whether there is such a part.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.places.contains_key(&plain(name))
    }

    /// Whether every part has a name of its own, however it is compared, and none leads elsewhere by dots.
    pub(super) fn is_plain(&self) -> bool {
        let leads_elsewhere = |name: &String| name.split('/').any(|step| matches!(step, "." | ".."));
        self.places.len() == self.zip.len() && !self.places.keys().any(leads_elsewhere)
    }

    /// A part that has to be there.
    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_, R>, Fault> {
        let place = self.places.get(&plain(name)).ok_or_else(|| Fault::damaged(format!("{name} is missing")))?;
        let file = self.zip.by_index(*place)?;
        let meter = Rc::new(Meter {
            unpacked: Cell::new(self.limits.unpacked_bytes),
            token: Cell::new(0),
            unpacked_bytes: self.limits.unpacked_bytes,
            token_bytes: self.limits.record_bytes.max(TAG) as u64,
        });
        meter.next_token();
        let size = file.size();
        Ok(Part { inner: BufReader::with_capacity(BLOCK, file), meter, size })
    }

    /// Looks through a part for a word, and gives what follows it to `found`: as many bytes as `behind`, fewer at the end.
    pub(super) fn scan(
        &mut self,
        name: &str,
        word: &[u8],
        behind: usize,
        mut found: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut part = self.part(name)?;
        let finder = memmem::Finder::new(word);
        let mut block = Vec::with_capacity(2 * BLOCK);
        loop {
            part.meter.next_token();
            let got = part.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
            let is_end = got < BLOCK;
            // A word too close to the end is looked at again with the next block.
            let reach = if is_end { block.len() } else { block.len().saturating_sub(word.len() + behind) };
            let mut from = 0;
            while let Some(at) = finder.find(&block[from..]).map(|at| from + at).filter(|at| *at < reach) {
                let rest = &block[at + word.len()..];
                found(&rest[..rest.len().min(behind)])?;
                from = at + word.len();
            }
            if is_end {
                return Ok(());
            }
            block.drain(..reach.max(from).min(block.len()));
        }
    }

    /// The cells of a sheet of XML that are merged over several rows. They stand behind the rows, so they are looked for
    /// before: unpacking alone, without a look at the XML, is quick.
    pub(super) fn merges(&mut self, name: &str) -> Result<Vec<Merge>, Fault> {
        let mut merges = Vec::new();
        let most = self.limits.held_bytes / size_of::<Merge>() as u64;
        let held_bytes = self.limits.held_bytes;
        self.scan(name, b"mergeCell ", 200, |behind| {
            let Some(merge) = merge(behind) else { return Ok(()) };
            if merge.first < merge.last {
                if merges.len() as u64 >= most {
                    return Err(Fault::limit("held-bytes", held_bytes));
                }
                merges.push(merge);
            }
            Ok(())
        })?;
        Ok(merges)
    }
}

/// What `ref="B2:C9"` in the bytes behind the name of a tag says.
fn merge(attributes: &[u8]) -> Option<Merge> {
    let end = memchr::memchr(b'>', attributes)?;
    let at = memmem::find(&attributes[..end], b"ref=")? + 4;
    let quote = *attributes.get(at)?;
    let reference = attributes.get(at + 1..end)?.split(|c| *c == quote).next()?;
    let (from, to) = std::str::from_utf8(reference).ok()?.split_once(':')?;
    let ((first, column), (last, _)) = (place(from)?, place(to)?);
    Some(Merge { first, last, column })
}

/// Row and column, from 0, of a cell such as `C7`.
pub(super) fn place(cell: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0_u32, 0_u32);
    let mut bytes = cell.bytes().filter(|c| *c != b'$').peekable();
    while let Some(letter) = bytes.next_if(u8::is_ascii_alphabetic) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    for digit in bytes {
        row = row.checked_mul(10)?.checked_add(digit.checked_sub(b'0').filter(|digit| *digit < 10)?.into())?;
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// How much of a file is done when so much of the whole of a part is.
pub(super) fn share(done: u64, whole: u64, file_bytes: u64) -> u64 {
    let share = u128::from(done.min(whole)) * u128::from(file_bytes) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(file_bytes)
}

/// A part name as it is compared.
fn plain(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_ascii_lowercase()
}

/// Counts what is unpacked of a part.
struct Meter {
    /// What may still come of the part.
    unpacked: Cell<u64>,
    /// What may still come before the next token ends.
    token: Cell<u64>,
    unpacked_bytes: u64,
    token_bytes: u64,
}

impl Meter {
    fn next_token(&self) {
        self.token.set(self.token_bytes + BLOCK as u64);
    }

    fn check(&self) -> io::Result<()> {
        let exceeded = |what, limit| Err(io::Error::other(Exceeded { what, limit }));
        if self.unpacked.get() == 0 {
            return exceeded("unpacked-bytes", self.unpacked_bytes);
        }
        if self.token.get() == 0 {
            return exceeded("record-bytes", self.token_bytes);
        }
        Ok(())
    }

    fn take(&self, bytes: usize) {
        self.unpacked.set(self.unpacked.get().saturating_sub(bytes as u64));
        self.token.set(self.token.get().saturating_sub(bytes as u64));
    }
}

/// A part, unpacked while it is read.
pub(super) struct Part<'p, R: Read> {
    inner: BufReader<ZipFile<'p, R>>,
    meter: Rc<Meter>,
    /// Its size as the archive tells it.
    pub(super) size: u64,
}

impl<R: Read> Part<'_, R> {
    /// Whoever reads has done with what came before; the next piece may be as long as a record.
    pub(super) fn next_token(&self) {
        self.meter.next_token();
    }

    /// How many bytes were unpacked.
    pub(super) fn unpacked(&self) -> u64 {
        self.meter.unpacked_bytes - self.meter.unpacked.get()
    }
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.meter.check()?;
        let count = self.inner.read(buffer)?;
        self.meter.take(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Part<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.meter.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.meter.take(count);
    }
}
