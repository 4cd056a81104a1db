//! A workspace in one file, written while others go on working.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::{CATALOGUE, LEDGER, SETTINGS, Workspace};
use crate::diagnostic::{Code, Error, Result};
use crate::ledger::Ledger as _;
use crate::pipeline::write_file;

impl Workspace {
    /// Writes ledger, settings and catalogue as they are at this moment into an archive. An earlier file of that name is
    /// replaced when the new one is whole.
    pub fn back_up(&self, to: &Path) -> Result<()> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let aside = tempfile::Builder::new()
            .prefix(".bordereau-")
            .tempdir_in(folder)
            .map_err(|error| Error::io(folder, Code::WriteFailed, error))?;
        let copy = aside.path().join(LEDGER);
        self.ledger.copy_to(&copy)?;
        write_file(to, self.sync, |file| {
            let mut archive = ZipWriter::new(BufWriter::new(file));
            // Whoever needs a backup needs it at once: nothing is packed tightly.
            let options = SimpleFileOptions::default().compression_level(Some(1)).large_file(true);
            for (name, path) in [
                (LEDGER, copy.as_path()),
                (SETTINGS, &self.root.join(SETTINGS)),
                (CATALOGUE, &self.root.join(CATALOGUE)),
            ] {
                // A workspace may have no catalogue yet.
                let Some(mut source) = opened(path)? else { continue };
                archive.start_file(name, options)?;
                io::copy(&mut source, &mut archive)?;
            }
            archive.finish()?.flush()
        })
    }
}

fn opened(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}
