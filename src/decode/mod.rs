//! STAGE 1: bytes become rows.
//!
//! What enters: the bytes of a file and what the format or the user says of them.
//! What leaves: its kind, a [`Survey`] of the whole file, its encoding, its dialect; a [`Sample`] with the [`Frame`] of the
//! table; [`Rows`] of any kind of file, and text in an encoding that keeps ASCII, ready to be cut into records.
//! What is refused: a binary file, an encoding that nobody knows; an archive, a workbook, XML or JSON that cannot be read.

mod agora;
mod census;
mod east_asian;
mod encoding;
mod feed;
mod footer;
mod frame;
mod kind;
mod languages;
mod look;
mod plausibility;
mod row;
mod sample;
mod sniff;
mod survey;
mod table;
mod transcode;
mod tree;
mod unpack;
mod wide;
mod workbook;

pub use agora::{AGORA_DELIMITER, AgoraForm, AgoraHeads, agora_form, agora_heads, agora_rows};
pub use encoding::{EncodingChoice, choose, known_encoding};
pub use feed::{Ended, Feed, Sink};
pub use frame::Frame;
pub use kind::{FileKind, WorkbookKind, file_kind};
pub use look::Look;
pub use row::{Note, RowError, Rows, TableRow, is_number_sign, is_rule};
pub use sample::{Claims, Sample, SampleRecord, names_an_order};
pub use sniff::{KnownDialect, sniff};
pub use survey::{HEAD_BYTES, Mixture, Survey, digest, mixture, survey};
pub use table::{TableDialect, TableReader};
pub use transcode::Text;
pub use tree::{Listener, Outline, TreeKind, Wanted, outline, record_rows, walk, xml_encoding};
pub use unpack::{Member, members, unpack_gzip, unpack_member};
pub use workbook::{Sheet, sheet_rows, sheets};
