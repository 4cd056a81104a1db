//! STAGE 1: bytes become records.
//!
//! What enters: the bytes of a file and what the format or the user says of them.
//! What leaves: a [`Survey`] of the whole file, its encoding, its [`Detected`] delimiter and heading, and text in an
//! encoding that keeps ASCII, ready to be cut into records.
//! What is refused: an empty file, a binary one, an encoding that nobody knows.

mod census;
mod dialect;
mod east_asian;
mod encoding;
mod feed;
mod frame;
mod kind;
mod languages;
mod look;
mod plausibility;
mod row;
mod sniff;
mod survey;
mod table;
mod transcode;
mod wide;

pub use dialect::{Claims, Detected, SampleRecord, detect, sample};
pub use encoding::{EncodingChoice, choose, known_encoding};
pub use feed::{Ended, Feed, Sink};
pub use frame::Frame;
pub use kind::{FileKind, WorkbookKind, file_kind};
pub use look::Look;
pub use row::{Note, RowError, Rows, TableRow};
pub use sniff::{Sniffed, sniff};
pub use survey::{HEAD_BYTES, Survey, survey};
pub use table::{TableDialect, TableReader};
pub use transcode::{LineEnds, Text};
