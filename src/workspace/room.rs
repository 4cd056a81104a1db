//! How much room a workspace takes and has left.
//!
//! What enters: a workspace. What leaves: bytes, and how many files wait for somebody in `quarantine/`.
//! What is refused: nothing; what cannot be asked is not known.

use std::fs;
use std::path::Path;

use super::inbox::place::BESIDE;
use super::{LEDGER, Workspace};

impl Workspace {
    /// How many bytes can still be written where the workspace is.
    pub fn free_space(&self) -> Option<u64> {
        fs4::available_space(&self.root).ok()
    }

    /// How long the ledger is, with what is not yet folded into it.
    pub fn ledger_bytes(&self) -> u64 {
        let length = |ending: &str| {
            let path = self.root.join(format!("{LEDGER}{ending}"));
            path.metadata().map_or(0, |metadata| metadata.len())
        };
        length("") + length("-wal")
    }

    /// How many files were put aside because the program is at fault.
    pub fn quarantined(&self) -> usize {
        count(&self.root.join("quarantine"))
    }
}

/// The files of a folder that are no notes on others.
fn count(folder: &Path) -> usize {
    let found = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = found.filter_map(|entry| entry.file_type().ok()?.is_file().then(|| entry.file_name()));
    let names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let is_note = |name: &str| {
        let of = BESIDE.iter().find_map(|ending| name.strip_suffix(ending));
        of.is_some_and(|of| folder.join(of).exists())
    };
    names.iter().filter(|name| !name.starts_with('.') && !is_note(name)).count()
}
