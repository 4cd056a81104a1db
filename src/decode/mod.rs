//! STAGE 1: bytes become records.
//!
//! What enters: the bytes of a file and what the format or the user says of them.
//! What leaves: a [`Survey`] of the whole file, its encoding, its [`Detected`] delimiter and heading, and text in an
//! encoding that keeps ASCII, ready to be cut into records.
//! What is refused: an empty file, a binary one, an encoding that nobody knows.

mod dialect;
mod encoding;
mod survey;
mod transcode;

pub use dialect::{Claims, Detected, SampleRecord, detect, sample};
pub use encoding::{EncodingChoice, choose, known_encoding};
pub use survey::{HEAD_BYTES, Survey, survey};
pub use transcode::{LineEnds, Text};
