//! The parts that a workspace knows.

use super::Workspace;
use crate::diagnostic::Result;
use crate::ledger::{LoadKind, PartsBook as _, Stamp};
use crate::pipeline::{self, CatalogueFile};

impl Workspace {
    /// Makes a catalogue file the catalogue of the workspace. The old one counts until the new one is whole; whoever reads
    /// it goes on with what was opened.
    pub fn load_catalogue(&mut self, path: &std::path::Path, stamp: &Stamp) -> Result<CatalogueFile> {
        let target = self.catalogue_path();
        let loaded = pipeline::build_catalogue(path, &target, self.sync)?;
        let hash = pipeline::file_hash(&target)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parts = loaded.catalogue.len() as u64;
        let report = format!("{{\"damaged\":{},\"repeated\":{}}}", loaded.damaged, loaded.repeated);
        self.ledger.note_load(LoadKind::Full, &name, &hash, parts, &report, stamp)?;
        Ok(loaded)
    }
}
