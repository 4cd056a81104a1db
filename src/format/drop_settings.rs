//! What a folder below the inbox says of the files in it: by its name, or by a small file in it.
//!
//! What enters: the text of `inbox.toml`, or the name of the folder. What leaves: [`DropSettings`]. What is refused: a key that
//! is not known, with the nearest one; a value that cannot be.

use serde::Deserialize;

use super::{Accept, Registry, Resolution, read};
use crate::diagnostic::Result;
use crate::model::Errand;

/// What is chosen for the files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropSettings {
    /// What they are there for; told by what stands in them when not chosen.
    pub errand: Option<Errand>,
    /// The one manufacturer that order files are for.
    pub supplier: Option<String>,
    /// The format that reads order files.
    pub format: Option<String>,
    /// What a faulty line of an order file costs.
    pub accept: Option<Accept>,
    /// What is added to the name of a file for the name of its done-file, without which it is not whole.
    pub done_file: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct SettingsFile {
    kind: Option<String>,
    supplier: Option<String>,
    format: Option<String>,
    accept: Option<Accept>,
    done_file: Option<String>,
}

impl DropSettings {
    /// Reads `inbox.toml`; `path` is only named in errors.
    pub fn read(path: &str, text: &str, registry: &Registry) -> Result<Self> {
        let file: SettingsFile = read::toml(path, text)?;
        let unknown = |kind: &str| read::invalid(path, read::line_of(text, "kind"), format_args!("kind = \"{kind}\""));
        let errand = file.kind.map(|kind| errand_of(&kind).ok_or_else(|| unknown(&kind))).transpose()?;
        if let Some(format) = &file.format {
            registry.format(format)?;
        }
        if let Some(supplier) = &file.supplier {
            registry.one_manufacturer(supplier)?;
        }
        if let Some(ending) = file.done_file.as_deref().filter(|ending| !Self::is_done_file(ending)) {
            let line = read::line_of(text, "done-file");
            return Err(read::invalid(path, line, format_args!("done-file = \"{ending}\"")));
        }
        let SettingsFile { supplier, format, accept, done_file, .. } = file;
        Ok(Self { errand, supplier, format, accept, done_file })
    }

    /// Whether a text can be what done-files end in.
    pub fn is_done_file(ending: &str) -> bool {
        !ending.is_empty() && !ending.contains(['/', '\\']) && !ending.chars().any(char::is_control)
    }

    /// What the name of a folder says; a name that says nothing chooses nothing.
    pub fn named(name: &str, registry: &Registry) -> Self {
        if let Some(errand) = errand_of(name) {
            return Self { errand: Some(errand), ..Self::default() };
        }
        if registry.formats().any(|format| format.name == name) {
            return Self { format: Some(name.to_owned()), ..Self::default() };
        }
        let supplier = matches!(registry.manufacturer(name), Resolution::One(_)).then(|| name.to_owned());
        Self { supplier, ..Self::default() }
    }
}

/// A kind of file, as folders and files call it: `work-orders`, `order`.
fn errand_of(name: &str) -> Option<Errand> {
    let word = name.to_uppercase().replace(['-', ' '], "_");
    Errand::from_name(&word).or_else(|| Errand::from_name(word.strip_suffix('S')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_say_what_is_in_them() {
        let registry = Registry::built_in();
        let named = |name: &str| DropSettings::named(name, &registry);
        assert_eq!(named("deposits").errand, Some(Errand::Deposit));
        assert_eq!(named("work-orders").errand, Some(Errand::WorkOrder));
        assert_eq!(named("generic").format.as_deref(), Some("generic"));
        assert_eq!(named("Miele").supplier.as_deref(), Some("Miele"));
        assert_eq!(named("from Claire"), DropSettings::default());
    }

    #[test]
    fn what_done_files_end_in_can_be_no_path() {
        let registry = Registry::built_in();
        let read = |text: &str| DropSettings::read("inbox.toml", text, &registry);
        assert_eq!(read("done-file = \".ok\"").unwrap().done_file.as_deref(), Some(".ok"));
        for wrong in ["", "/x", "a\\\\b"] {
            assert!(read(&format!("done-file = \"{wrong}\"")).is_err(), "{wrong}");
        }
    }
}
