//! Streams in an OLE container, the file system of a file in which old workbooks and encrypted ones are kept.
//!
//! What enters: the bytes of the file. What leaves: a stream by its name.
//! What is refused: chains of sectors that lead out of the file or round in a circle.

use super::binary::{u16_at, u32_at};
use super::fault::Fault;

/// The largest number that names a sector.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

/// Sectors of the table of sectors that the head names itself.
const NAMED_IN_HEAD: usize = 109;

/// Streams shorter than this are kept in a stream of small sectors.
const SMALL_STREAM: u64 = 4096;
const SMALL_SECTOR: usize = 64;

/// An OLE container.
pub(super) struct Ole<'f> {
    file: &'f [u8],
    sector: usize,
    /// For each sector the one that follows.
    next: Vec<u32>,
    next_small: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

/// A stream by its name.
struct Entry {
    name: String,
    start: u32,
    size: u64,
}

impl<'f> Ole<'f> {
    pub(super) fn open(file: &'f [u8]) -> Result<Self, Fault> {
        let sector = match u16_at(file, 30)? {
            9 => 512,
            12 => 4096,
            other => return Err(Fault::damaged(format!("sectors of 2^{other} bytes"))),
        };
        let mut ole =
            Ole { file, sector, next: Vec::new(), next_small: Vec::new(), small: Vec::new(), entries: Vec::new() };
        for place in ole.table()? {
            ole.next.extend(numbers(ole.sector(place)?));
        }
        let entries = ole.chain(u32_at(file, 48)?, u64::MAX)?;
        for entry in entries.chunks_exact(128) {
            let name = &entry[..usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62)];
            let mut text = String::new();
            super::binary::push_wide(&mut text, name);
            let (start, size) = (u32_at(entry, 116)?, u64::from(u32_at(entry, 120)?));
            ole.entries.push(Entry { name: text, start, size });
        }
        let (start, size) = ole
            .entries
            .first()
            .map(|root| (root.start, root.size))
            .ok_or_else(|| Fault::damaged("an empty container"))?;
        ole.small = ole.chain(start, size)?;
        ole.next_small = numbers(&ole.chain(u32_at(file, 60)?, u64::MAX)?).collect();
        Ok(ole)
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(entry) = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        if entry.size >= SMALL_STREAM {
            return self.chain(entry.start, entry.size).map(Some);
        }
        let mut stream = Vec::new();
        for place in places(entry.start, &self.next_small)? {
            let from = place as usize * SMALL_SECTOR;
            stream.extend_from_slice(self.small.get(from..from + SMALL_SECTOR).ok_or_else(out_of_file)?);
        }
        stream.truncate(usize::try_from(entry.size).unwrap_or(usize::MAX));
        Ok(Some(stream))
    }

    /// The sectors that hold the table of sectors.
    fn table(&self) -> Result<Vec<u32>, Fault> {
        let mut places: Vec<u32> =
            numbers(self.file.get(76..76 + 4 * NAMED_IN_HEAD).ok_or_else(out_of_file)?).collect();
        let mut further = u32_at(self.file, 68)?;
        while further < LAST_SECTOR {
            if places.len() > self.file.len() / self.sector + NAMED_IN_HEAD {
                return Err(circle());
            }
            places.extend(numbers(self.sector(further)?));
            further = places.pop().unwrap_or(LAST_SECTOR);
        }
        places.retain(|place| *place < LAST_SECTOR);
        if places.len() > self.file.len() / self.sector {
            return Err(circle());
        }
        Ok(places)
    }

    /// A sector; the last one of a file may be cut.
    fn sector(&self, place: u32) -> Result<&'f [u8], Fault> {
        let from = (place as usize + 1) * self.sector;
        let to = self.file.len().min(from + self.sector);
        self.file.get(from..to).filter(|bytes| !bytes.is_empty()).ok_or_else(out_of_file)
    }

    fn chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        for place in places(start, &self.next)? {
            bytes.extend_from_slice(self.sector(place)?);
            if bytes.len() as u64 >= size {
                break;
            }
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }
}

/// The sectors from one on.
fn places(start: u32, next: &[u32]) -> Result<Vec<u32>, Fault> {
    let mut found = Vec::new();
    let mut place = start;
    while place < LAST_SECTOR {
        if found.len() > next.len() {
            return Err(circle());
        }
        found.push(place);
        place = *next.get(place as usize).ok_or_else(out_of_file)?;
    }
    Ok(found)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|number| u32::from_le_bytes([number[0], number[1], number[2], number[3]]))
}

fn out_of_file() -> Fault {
    Fault::damaged("the file ends early")
}

fn circle() -> Fault {
    Fault::damaged("sectors that follow each other in a circle")
}
