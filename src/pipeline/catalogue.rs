//! Opening, compiling and updating a catalogue.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::folder::write_file;
use super::source::open_file;
use crate::catalogue::{self, Catalogue, CatalogueReading, DeltaReport, MAGIC, Refusal, read, read_delta};
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
    /// Rows that withdraw their part.
    pub withdrawn: u64,
    /// The first of the rows at fault.
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
            withdrawn: self.withdrawn,
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
        return Ok(CatalogueFile {
            path,
            catalogue,
            compiled: true,
            damaged: 0,
            repeated: 0,
            withdrawn: 0,
            diagnostics: Vec::new(),
        });
    }
    let size = file.metadata().map_or(0, |facts| facts.len());
    let CatalogueReading { catalogue, diagnostics, damaged, repeated, withdrawn, .. } =
        read(&path.display().to_string(), file, size)?;
    Ok(CatalogueFile { path, catalogue, compiled: false, damaged, repeated, withdrawn, diagnostics })
}

/// A file that several threads read at any place.
struct Placed(File);

impl catalogue::Source for Placed {
    #[cfg(unix)]
    fn read_at(&self, place: u64, block: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, block, place)
    }

    #[cfg(not(unix))]
    fn read_at(&self, place: u64, block: &mut [u8]) -> io::Result<()> {
        // The file has one place for all who read it.
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = TURN.lock().map_err(|_| io::ErrorKind::Other)?;
        let mut file = &self.0;
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(block)
    }
}

fn open_compiled(path: &Path, file: File) -> Result<Catalogue> {
    let size = file.metadata().map_err(|error| Error::io(path, Code::ReadFailed, error))?.len();
    Catalogue::read_compiled(&Placed(file), size).map_err(|refusal| {
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
    write_compiled(&read.catalogue, out, sync)?;
    Ok(read)
}

fn write_compiled(catalogue: &Catalogue, out: &Path, sync: bool) -> Result<()> {
    write_file(out, sync, |file| {
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        catalogue.write_to(&mut writer)?;
        writer.flush()
    })
}

/// What became of a catalogue and its delta.
#[derive(Debug)]
pub struct CatalogueUpdate {
    /// The catalogue before.
    pub base: CatalogueFile,
    /// What is to be said of the delta's file; its parts are the rows that could be used.
    pub delta: CatalogueNote,
    /// What the delta changed.
    pub report: DeltaReport,
    /// The parts after it.
    pub parts: u64,
}

/// Applies a delta to a catalogue and writes the result to `out`, which may be the catalogue itself. Without `out`
/// nothing is written.
pub fn update_catalogue(base: &Path, delta: &Path, out: Option<&Path>, sync: bool) -> Result<CatalogueUpdate> {
    let base = open_catalogue(base)?;
    let file = open_file(delta)?;
    let size = file.metadata().map_or(0, |facts| facts.len());
    let read = read_delta(&delta.display().to_string(), file, size)?;
    let path = || Arguments::none().with("path", delta.display());
    let (next, report) = base
        .catalogue
        .with_delta(&read)
        .ok_or_else(|| Error::new(Code::CatalogueUnreadable, path().with("cause", "> 4 GiB")))?;
    if next.is_empty() {
        return Err(Error::new(Code::CatalogueEmpty, path()));
    }
    if let Some(out) = out {
        write_compiled(&next, out, sync)?;
    }
    let note = CatalogueNote {
        file: delta.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        parts: read.len() as u64,
        damaged: read.damaged,
        repeated: read.repeated,
        withdrawn: 0,
        diagnostics: read.diagnostics,
    };
    Ok(CatalogueUpdate { base, delta: note, report, parts: next.len() as u64 })
}
