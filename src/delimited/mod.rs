//! Delimited text: bytes cut into chunks, chunks into records, records into cells.
//!
//! What enters: bytes in an encoding that keeps ASCII as it is, and a [`Dialect`].
//! What leaves: [`Chunk`]s that end where a record ends, and [`RawRecord`]s whose cells are borrowed from their chunk.
//! What is refused: nothing is dropped; a quote that is never closed is marked on its record and reading goes on at the
//! next line.
//!
//! Ground for whoever reads such text: order files and the parts catalogue. Nothing is decoded here that nobody asks for:
//! an ASCII cell of a Windows-1252 file is UTF-8 already.

mod charset;
mod chunks;
mod code_page;
mod plain;
mod quotes;
mod records;
mod scanner;

pub use charset::Charset;
pub use chunks::{Chunk, Chunks};
pub use code_page::{CP437, CP850, CodePage};
pub use plain::{is_plain, is_plain_ascii};
pub use records::{Block, RawCell, RawRecord, Records};

/// How cells and records are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between two cells: one ASCII character.
    pub delimiter: u8,
    /// The longest record in bytes; a quote that stays open longer counts as never closed.
    pub record_bytes: usize,
}

/// The quote of RFC 4180; doubled inside quotes it stands for itself.
pub const QUOTE: u8 = b'"';
