//! The user's own folder of formats, the only place where `format` touches the disk.
//!
//! What enters: a folder laid out like `formats/`. What leaves: the text of its files with their paths from there.
//! What is refused: what cannot be read, text that is not UTF-8, a format that lies where nobody would look for it.

use std::path::Path;
use std::{fs, io};

use super::read::fault;
use super::registry::Home;
use crate::diagnostic::{Code, Error, Result};

/// Every file of the folder that a registry knows what to do with, in the order of their paths.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for name in names(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            for below in names(&path)? {
                let relative = format!("{name}/{below}");
                if Home::of(&relative).is_some() {
                    files.push((relative, text(&path.join(&below))?));
                }
            }
        } else if Home::of(&name).is_some() {
            files.push((name, text(&path)?));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            // Left here it would never be used, and nobody would say so.
            let homes = ["import", "export", "manufacturer"].map(|home| format!("{home}/{name}")).join(" | ");
            return Err(fault(&path.display().to_string(), format_args!("→ {homes}")));
        }
    }
    Ok(files)
}

/// The names in a folder, sorted, hidden ones left out.
fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |error: io::Error| Error::io(folder, Code::ReadFailed, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Error::io(path, Code::ReadFailed, error))
}
