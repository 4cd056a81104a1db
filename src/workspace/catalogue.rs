//! The parts that a workspace knows.

use std::path::Path;

use super::Workspace;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{LoadKind, PartsBook as _, Stamp};
use crate::pipeline::{self, CatalogueFile, CatalogueUpdate};

impl Workspace {
    /// Makes a catalogue file the catalogue of the workspace. The old one counts until the new one is whole; whoever reads
    /// it goes on with what was opened.
    pub fn load_catalogue(&mut self, path: &Path, stamp: &Stamp) -> Result<CatalogueFile> {
        let loaded = pipeline::build_catalogue(path, &self.catalogue_path(), self.sync)?;
        let report = format!("{{\"damaged\":{},\"repeated\":{}}}", loaded.damaged, loaded.repeated);
        self.note_load(LoadKind::Full, path, loaded.catalogue.len() as u64, &report, stamp)?;
        Ok(loaded)
    }

    /// Changes the catalogue by what a file says has changed: new and changed parts, and those that were withdrawn.
    pub fn update_catalogue(&mut self, delta: &Path, dry_run: bool, stamp: &Stamp) -> Result<CatalogueUpdate> {
        let path = self.catalogue_path();
        if !path.exists() {
            return Err(Error::new(Code::CatalogueMissing, Arguments::none().with("path", path.display())));
        }
        let target = (!dry_run).then_some(path.as_path());
        let update = pipeline::update_catalogue(&path, delta, target, self.sync)?;
        if !dry_run {
            let counts = &update.report;
            let report = format!(
                "{{\"added\":{},\"changed\":{},\"prices\":{},\"availability\":{},\"replacements\":{},\"withdrawn\":{}}}",
                counts.added,
                counts.changed,
                counts.price_changed,
                counts.availability_changed,
                counts.replacement_changed,
                counts.withdrawn
            );
            self.note_load(LoadKind::Delta, delta, update.parts, &report, stamp)?;
        }
        Ok(update)
    }

    fn note_load(&mut self, kind: LoadKind, path: &Path, parts: u64, report: &str, stamp: &Stamp) -> Result<()> {
        let hash = pipeline::file_hash(&self.catalogue_path())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.ledger.note_load(kind, &name, &hash, parts, report, stamp)
    }
}
