//! The records of which the parts of a binary workbook are made.
//!
//! What enters: a part. What leaves: the type and the bytes of one record after the other.
//! What is refused: records longer than a record of a table, records that end early.

use std::io::{Read, Seek};

use super::binary::u32_at;
use super::fault::Fault;
use super::package::{Package, Part};

/// The records of a part.
pub(super) struct Records<'p, R: Read> {
    pub(super) part: Part<'p, R>,
    longest: usize,
    /// The bytes of the last record.
    pub(super) data: Vec<u8>,
}

impl<'p, R: Read + Seek> Records<'p, R> {
    pub(super) fn open(package: &'p mut Package<R>, part: &str) -> Result<Self, Fault> {
        // Two bytes for a character, and what a formula adds.
        let longest = package.limits.record_bytes.saturating_mul(2).max(1 << 16);
        Ok(Self { part: package.part(part)?, longest, data: Vec::new() })
    }

    /// The type of the next record, whose bytes are in `data`; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<u16>, Fault> {
        let kind = self.kind()?;
        if kind.is_some() {
            self.body()?;
        }
        Ok(kind)
    }

    /// The type of the next record alone.
    pub(super) fn kind(&mut self) -> Result<Option<u16>, Fault> {
        self.part.next_token();
        let Some(low) = self.byte()? else { return Ok(None) };
        if low & 0x80 == 0 {
            return Ok(Some(low.into()));
        }
        Ok(Some(u16::from(low & 0x7F) | (u16::from(self.byte()?.ok_or_else(early)? & 0x7F) << 7)))
    }

    /// The bytes of the record whose type was read.
    pub(super) fn body(&mut self) -> Result<(), Fault> {
        let mut length = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?.ok_or_else(early)?;
            length |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > self.longest {
            return Err(Fault::limit("record-bytes", self.longest / 2));
        }
        self.data.resize(length, 0);
        let mut done = 0;
        while done < length {
            self.part.next_token();
            match self.part.read(&mut self.data[done..])? {
                0 => return Err(early()),
                count => done += count,
            }
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        Ok((self.part.read(&mut byte)? == 1).then_some(byte[0]))
    }
}

fn early() -> Fault {
    Fault::damaged("a record ends early")
}

/// The UTF-16 of the text whose length stands at a place.
pub(super) fn wide_at(data: &[u8], at: usize) -> Result<&[u8], Fault> {
    let bytes = u32_at(data, at)? as usize * 2;
    let wide = data.get(at + 4..).and_then(|rest| rest.get(..bytes));
    wide.ok_or_else(|| Fault::damaged("a text ends early"))
}
