//! `lines.csv`: every accepted source line and the basket line it went to.

use std::io::{self, Write};

use crate::export::{Profile, Row};
use crate::model::ManufacturerId;

/// The headings: the physical line of the record, the basket and the line in it (heading = 1), then what the source line
/// brought itself.
const HEADINGS: [&str; 6] = ["line", "manufacturer_id", "basket_line", "reference", "quantity", "comment"];

const BUFFER: usize = 64 << 10;

/// Writes accepted lines in the order of the file.
pub struct LineList<W> {
    out: W,
    buffer: Vec<u8>,
    profile: Profile,
}

impl<W: Write> LineList<W> {
    /// Begins the file.
    pub fn begin(out: W, profile: Profile) -> Self {
        let mut buffer = profile.mark().to_vec();
        let mut row = Row::begin(&mut buffer, profile);
        for heading in HEADINGS {
            row.raw(heading.as_bytes());
        }
        row.end();
        Self { out, buffer, profile }
    }

    /// Adds one.
    pub fn add(
        &mut self,
        line: u64,
        manufacturer: ManufacturerId,
        basket_line: u64,
        reference: &[u8],
        quantity: u64,
        comment: &[u8],
    ) -> io::Result<()> {
        let mut row = Row::begin(&mut self.buffer, self.profile);
        row.number(line)
            .number(u64::from(manufacturer.0))
            .number(basket_line)
            .text(reference)
            .number(quantity)
            .text(comment);
        row.end();
        if self.buffer.len() >= BUFFER {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}
