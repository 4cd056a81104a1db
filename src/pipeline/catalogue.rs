//! Opening and compiling a catalogue.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::folder::write_file;
use super::source::open_file;
use crate::catalogue::{Catalogue, CatalogueReading, MAGIC, Refusal, read};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::report::CatalogueNote;

/// A catalogue that is ready, and what was wrong with its file.
#[derive(Debug)]
pub struct CatalogueFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// The parts.
    pub catalogue: Catalogue,
    /// Whether the file was compiled before.
    pub compiled: bool,
    /// Rows that cannot be used.
    pub damaged: u64,
    /// Rows that give a part a second time.
    pub repeated: u64,
    /// The first of these rows.
    pub diagnostics: Vec<Diagnostic>,
}

impl CatalogueFile {
    /// What is to be said of it.
    pub fn note(&self) -> CatalogueNote {
        CatalogueNote {
            file: self.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            parts: self.catalogue.len() as u64,
            damaged: self.damaged,
            repeated: self.repeated,
            diagnostics: self.diagnostics.clone(),
        }
    }
}

/// Opens a catalogue: a compiled one by its first bytes, any other as delimited text.
pub fn open_catalogue(path: &Path) -> Result<CatalogueFile> {
    let mut file = open_file(path)?;
    let failed = |error| Error::io(path, Code::ReadFailed, error);
    let mut magic = Vec::with_capacity(MAGIC.len());
    (&mut file).take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let path = path.to_owned();
    if magic == MAGIC {
        let catalogue = open_compiled(&path, file)?;
        return Ok(CatalogueFile { path, catalogue, compiled: true, damaged: 0, repeated: 0, diagnostics: Vec::new() });
    }
    let size = file.metadata().map_or(0, |facts| facts.len());
    let CatalogueReading { catalogue, diagnostics, damaged, repeated, .. } =
        read(&path.display().to_string(), file, size)?;
    Ok(CatalogueFile { path, catalogue, compiled: false, damaged, repeated, diagnostics })
}

fn open_compiled(path: &Path, mut file: File) -> Result<Catalogue> {
    let size = file.metadata().map_err(|error| Error::io(path, Code::ReadFailed, error))?.len();
    Catalogue::read_compiled(&mut file, size).map_err(|refusal| {
        let arguments = Arguments::none().with("path", path.display());
        match refusal {
            Refusal::Stale { found, expected } => {
                Error::new(Code::CatalogueStale, arguments.with("found", found).with("expected", expected))
            }
            Refusal::Foreign | Refusal::Damaged => Error::new(Code::CatalogueDamaged, arguments),
            Refusal::Io(error) => Error::io(path, Code::ReadFailed, error),
        }
    })
}

/// Reads a catalogue and writes its compiled form to `out`, under its final name only when it is whole.
pub fn build_catalogue(path: &Path, out: &Path, sync: bool) -> Result<CatalogueFile> {
    let read = open_catalogue(path)?;
    write_file(out, sync, |file| {
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        read.catalogue.write_to(&mut writer)?;
        writer.flush()
    })?;
    Ok(read)
}
