//! Secrets, from where the settings say that they stand.
//!
//! What enters: the name of a variable or of a file. What leaves: what stands there, without the end of its line.
//! What is refused: a variable that is not set, a file that is empty or no text. The secret itself is in no message.

use std::path::Path;

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Secret;

/// The longest secret that is believed to be one.
const LONGEST: u64 = 4096;

/// Reads a secret; files are seen from the workspace.
pub(super) fn read(secret: &Secret, root: &Path) -> Result<String> {
    let missing = |name: &dyn std::fmt::Display| Error::new(Code::SecretMissing, Arguments::none().with("name", name));
    let text = match secret {
        Secret::Environment(name) => std::env::var(name).map_err(|_| missing(name))?,
        Secret::File(file) => {
            let path = root.join(file);
            let failed = |error| Error::io(&path, Code::ReadFailed, error);
            let length = std::fs::metadata(&path).map_err(failed)?.len();
            if length > LONGEST {
                return Err(missing(&path.display()));
            }
            std::fs::read_to_string(&path).map_err(failed)?
        }
    };
    let text = text.trim_end_matches(['\r', '\n']);
    match secret {
        _ if !text.is_empty() && !text.contains(char::is_control) => Ok(text.to_owned()),
        Secret::Environment(name) => Err(missing(name)),
        Secret::File(file) => Err(missing(&file.display())),
    }
}
