//! The catalogue as one file that is read in as it lies.
//!
//! Header (64 bytes, little-endian), then the words of the table, the entries, the extras, the manufacturers, the text.
//! A label that many parts have stands there once. Memory that is asked for and filled is most of what opening costs, so
//! the file is short, and all cores read it, a block each, and sum each block while it is near.
//! The checksum covers the sums of all blocks and the header's own counts. A file that is not ours, of another version,
//! cut short or changed in a single bit is refused.

use std::collections::BTreeMap;
use std::io::{self, Write};

use bytemuck::{Zeroable as _, cast_slice, cast_slice_mut, zeroed_vec};
use rayon::prelude::*;

use super::sum::sum;
use super::{APART, Catalogue, Entry, Extra};
use crate::model::ManufacturerId;

/// The first bytes of a compiled catalogue.
pub const MAGIC: [u8; 8] = *b"BORDCAT\n";

/// Raised whenever the layout or the way of hashing changes.
const VERSION: u32 = 2;

/// How many bytes of a section are read and summed together.
const BLOCK: usize = 256 << 10;

/// The words of the header behind magic and version.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    version: u32,
    manufacturers: u32,
    table: u64,
    entries: u64,
    extras: u64,
    text: u64,
    checksum: [u8; 16],
}

/// Why a compiled catalogue is not believed.
#[derive(Debug)]
pub enum Refusal {
    /// It does not begin as ours do.
    Foreign,
    /// Another version wrote it.
    Stale {
        /// The version in the file.
        found: u32,
        /// The version that this program reads.
        expected: u32,
    },
    /// Cut short or changed.
    Damaged,
    /// It cannot be read at all.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Damaged } else { Self::Io(error) }
    }
}

/// Bytes that several threads read at once.
pub trait Source: Sync {
    /// Fills `block` with what stands at `place`.
    fn read_at(&self, place: u64, block: &mut [u8]) -> io::Result<()>;
}

impl Source for [u8] {
    fn read_at(&self, place: u64, block: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(place).ok();
        let found = start.and_then(|start| self.get(start..)?.get(..block.len()));
        block.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Catalogue {
    /// Writes the compiled form.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let manufacturers: Vec<u32> = self.manufacturers.iter().map(|id| id.0).collect();
        let packed = self.packed();
        let (entries, text) = packed.as_ref().map_or((&self.entries, &self.text), |(entries, text)| (entries, text));
        let mut header = Header {
            magic: MAGIC,
            version: VERSION,
            manufacturers: u32::try_from(manufacturers.len()).unwrap_or(u32::MAX),
            table: self.table.len() as u64,
            entries: entries.len() as u64,
            extras: self.extras.len() as u64,
            text: text.len() as u64,
            checksum: [0; 16],
        };
        let sections: [&[u8]; 5] =
            [cast_slice(&self.table), cast_slice(entries), cast_slice(&self.extras), cast_slice(&manufacturers), text];
        let sums: Vec<_> = sections.iter().flat_map(|section| section.chunks(BLOCK)).map(sum).collect();
        header.checksum = checksum(&header, &sums);
        out.write_all(bytemuck::bytes_of(&header))?;
        sections.iter().try_for_each(|section| out.write_all(section))
    }

    /// Entries and texts with each label once; `None` when their places cannot be numbered.
    fn packed(&self) -> Option<(Vec<Entry>, Vec<u8>)> {
        let mut labels: BTreeMap<&[u8], u32> = BTreeMap::new();
        let mut text = Vec::new();
        let mut entries = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let label = self.label(entry);
            let end = u32::try_from(text.len()).ok()?;
            let place = *labels.entry(label).or_insert_with(|| {
                text.extend_from_slice(label);
                end
            });
            let own = self.own_texts(entry);
            entries.push(if own.is_empty() {
                Entry { text: place, flags: entry.flags & !APART, ..*entry }
            } else {
                let at = u32::try_from(text.len()).ok()?;
                text.extend_from_slice(&place.to_le_bytes());
                text.extend_from_slice(own);
                Entry { text: at, flags: entry.flags | APART, ..*entry }
            });
        }
        Some((entries, text))
    }

    /// Reads the compiled form; `size` is the length of the file, so that no header makes us ask for more memory.
    pub fn read_compiled(source: &(impl Source + ?Sized), size: u64) -> Result<Self, Refusal> {
        let mut header = Header::zeroed();
        match source.read_at(0, bytemuck::bytes_of_mut(&mut header)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Refusal::Foreign),
            other => other?,
        }
        if header.magic != MAGIC {
            return Err(Refusal::Foreign);
        }
        if header.version != VERSION {
            return Err(Refusal::Stale { found: header.version, expected: VERSION });
        }
        let section = |count: u64, width: usize| count.checked_mul(width as u64);
        let total = [
            section(header.table, size_of::<u32>()),
            section(header.entries, size_of::<Entry>()),
            section(header.extras, size_of::<Extra>()),
            section(u64::from(header.manufacturers), size_of::<u32>()),
            section(header.text, 1),
        ]
        .into_iter()
        .try_fold(size_of::<Header>() as u64, |sum, bytes| sum.checked_add(bytes?));
        if total != Some(size) {
            return Err(Refusal::Damaged);
        }
        let count = |number: u64| usize::try_from(number).map_err(|_| Refusal::Damaged);
        // Memory of zeros that nobody has touched yet costs nothing: the pages come when they are read into.
        let mut catalogue = Self {
            table: zeroed_vec(count(header.table)?),
            entries: zeroed_vec(count(header.entries)?),
            extras: zeroed_vec(count(header.extras)?),
            text: zeroed_vec(count(header.text)?),
            manufacturers: Vec::new(),
        };
        let mut manufacturers = vec![0_u32; header.manufacturers as usize];
        let sections: [&mut [u8]; 5] = [
            cast_slice_mut(&mut catalogue.table),
            cast_slice_mut(&mut catalogue.entries),
            cast_slice_mut(&mut catalogue.extras),
            cast_slice_mut(&mut manufacturers),
            &mut catalogue.text,
        ];
        let mut place = size_of::<Header>() as u64;
        let mut blocks = Vec::new();
        for block in sections.into_iter().flat_map(|section| section.chunks_mut(BLOCK)) {
            let start = place;
            place += block.len() as u64;
            blocks.push((start, block));
        }
        let read = |(place, block): (u64, &mut [u8])| source.read_at(place, block).map(|()| sum(block));
        let sums = blocks.into_par_iter().map(read).collect::<io::Result<Vec<_>>>()?;
        if checksum(&header, &sums) != header.checksum {
            return Err(Refusal::Damaged);
        }
        catalogue.manufacturers = manufacturers.into_iter().map(ManufacturerId).collect();
        Ok(catalogue)
    }
}

fn checksum(header: &Header, sums: &[u64]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytemuck::bytes_of(&Header { checksum: [0; 16], ..*header }));
    for sum in sums {
        hasher.update(&sum.to_le_bytes());
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    out
}
