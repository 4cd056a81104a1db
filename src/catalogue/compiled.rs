//! The catalogue as one file that is read in as it lies.
//!
//! Header (64 bytes, little-endian), then the words of the table, the entries, the extras, the manufacturers, the text.
//! The checksum covers everything behind the header and the header's own counts. A file that is not ours, of another
//! version, cut short or changed in a single bit is refused.

use std::io::{self, Read, Write};

use bytemuck::Zeroable as _;

use super::{Catalogue, Entry, Extra};
use crate::model::ManufacturerId;

/// The first bytes of a compiled catalogue.
pub const MAGIC: [u8; 8] = *b"BORDCAT\n";

/// Raised whenever the layout or the way of hashing changes.
const VERSION: u32 = 1;

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

impl Catalogue {
    /// Writes the compiled form.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let manufacturers: Vec<u32> = self.manufacturers.iter().map(|id| id.0).collect();
        let mut header = Header {
            magic: MAGIC,
            version: VERSION,
            manufacturers: u32::try_from(manufacturers.len()).unwrap_or(u32::MAX),
            table: self.table.len() as u64,
            entries: self.entries.len() as u64,
            extras: self.extras.len() as u64,
            text: self.text.len() as u64,
            checksum: [0; 16],
        };
        let sections = self.sections(&manufacturers);
        header.checksum = checksum(&header, &sections);
        out.write_all(bytemuck::bytes_of(&header))?;
        sections.iter().try_for_each(|section| out.write_all(section))
    }

    fn sections<'a>(&'a self, manufacturers: &'a [u32]) -> [&'a [u8]; 5] {
        [
            bytemuck::cast_slice(&self.table),
            bytemuck::cast_slice(&self.entries),
            bytemuck::cast_slice(&self.extras),
            bytemuck::cast_slice(manufacturers),
            &self.text,
        ]
    }

    /// Reads the compiled form; `size` is the length of the file, so that no header makes us ask for more memory.
    pub fn read_compiled(source: &mut dyn Read, size: u64) -> Result<Self, Refusal> {
        let mut header = Header::zeroed();
        match source.read_exact(bytemuck::bytes_of_mut(&mut header)) {
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
            section(header.table, 8),
            section(header.entries, size_of::<Entry>()),
            section(header.extras, size_of::<Extra>()),
            section(u64::from(header.manufacturers), 4),
            section(header.text, 1),
        ]
        .into_iter()
        .try_fold(size_of::<Header>() as u64, |sum, bytes| sum.checked_add(bytes?));
        if total != Some(size) {
            return Err(Refusal::Damaged);
        }
        let count = |number: u64| usize::try_from(number).map_err(|_| Refusal::Damaged);
        let mut catalogue = Self {
            table: vec![0; count(header.table)?],
            entries: vec![Entry::zeroed(); count(header.entries)?],
            extras: vec![Extra::zeroed(); count(header.extras)?],
            text: vec![0; count(header.text)?],
            manufacturers: Vec::new(),
        };
        let mut manufacturers = vec![0_u32; header.manufacturers as usize];
        source.read_exact(bytemuck::cast_slice_mut(&mut catalogue.table))?;
        source.read_exact(bytemuck::cast_slice_mut(&mut catalogue.entries))?;
        source.read_exact(bytemuck::cast_slice_mut(&mut catalogue.extras))?;
        source.read_exact(bytemuck::cast_slice_mut(&mut manufacturers))?;
        source.read_exact(&mut catalogue.text)?;
        if checksum(&header, &catalogue.sections(&manufacturers)) != header.checksum {
            return Err(Refusal::Damaged);
        }
        catalogue.manufacturers = manufacturers.into_iter().map(ManufacturerId).collect();
        Ok(catalogue)
    }
}

fn checksum(header: &Header, sections: &[&[u8]; 5]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytemuck::bytes_of(&Header { checksum: [0; 16], ..*header }));
    for section in sections {
        hasher.update_rayon(section);
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    out
}
