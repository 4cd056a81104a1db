//! The book of catalogue loads: which parts were known since when.

use super::Stamp;
use crate::diagnostic::Result;
use crate::model::{Moment, words};

words! {
    /// What a catalogue file was.
    LoadKind {
        /// All parts.
        Full = "FULL",
        /// Only what changed.
        Delta = "DELTA",
    }
}

/// A catalogue file that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueLoad {
    /// What it was.
    pub kind: LoadKind,
    /// Its bare name.
    pub file: String,
    /// BLAKE3 of the catalogue as it was kept.
    pub hash: String,
    /// When.
    pub loaded_at: Moment,
    /// By whom.
    pub loaded_by: String,
    /// How many parts were known after it.
    pub parts: u64,
    /// What changed, as JSON.
    pub report: String,
}

/// The book of catalogue loads.
pub trait PartsBook {
    /// Writes a load down.
    fn note_load(
        &mut self,
        kind: LoadKind,
        file: &str,
        hash: &str,
        parts: u64,
        report: &str,
        stamp: &Stamp,
    ) -> Result<()>;
    /// Every load, the newest first.
    fn loads(&self) -> Result<Vec<CatalogueLoad>>;
}
