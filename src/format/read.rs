//! TOML text to typed files, and every complaint about a file that somebody wrote by hand.
//!
//! What enters: the text of a file under `formats/`. What leaves: the file as its type says.
//! What is refused: what is no TOML, a key that is not known, a value of another kind.

use std::fmt;

use serde::de::DeserializeOwned;

use super::nearest::nearest;
use crate::diagnostic::{Arguments, Code, Error, Result};

/// Reads a file; `path` is only named in errors.
pub(super) fn toml<T: DeserializeOwned>(path: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| refusal(path, text, &error))
}

/// The error for a value that cannot be, on a line counted from 1.
pub(super) fn invalid(path: &str, line: usize, cause: impl fmt::Display) -> Error {
    fault(path, format_args!("line {line}: {cause}"))
}

/// The error for a file that does not hold together as a whole.
pub(super) fn fault(path: &str, cause: impl fmt::Display) -> Error {
    Error::new(Code::FormatInvalid, Arguments::none().with("path", path).with("cause", cause))
}

/// The line, from 1, on which a key is given; 1 when it is not given at all.
pub(super) fn line_of(text: &str, key: &str) -> usize {
    let is_key =
        |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(is_key).map_or(1, |place| place + 1)
}

/// What the reader of TOML said, as a code of the catalogue.
fn refusal(path: &str, text: &str, error: &toml::de::Error) -> Error {
    let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    // serde quotes the unknown key first, then each known one: asking it keeps the structs the only list of keys.
    if error.message().starts_with("unknown field") {
        let mut names = error.message().split('`').skip(1).step_by(2);
        let key = names.next().unwrap_or_default();
        let mut arguments = Arguments::none().with("path", format_args!("{path}:{line}")).with("key", key);
        if let Some(suggestion) = nearest(key, names) {
            arguments = arguments.with("suggestion", suggestion);
        }
        return Error::new(Code::FormatKeyUnknown, arguments);
    }
    invalid(path, line, error.message().lines().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Sample {
        #[serde(rename = "lines-limit")]
        _lines: u64,
        #[serde(rename = "title")]
        _title: Option<String>,
    }

    fn refused(text: &str) -> Error {
        toml::<Sample>("import/x.toml", text).unwrap_err()
    }

    #[test]
    fn an_unknown_key_comes_with_the_nearest_one() {
        let error = refused("lines-limit = 1\n\ntitel = \"x\"\n");
        assert_eq!(error.code, Code::FormatKeyUnknown);
        let said = ["path", "key", "suggestion"].map(|name| error.arguments.get(name));
        assert_eq!(said, [Some("import/x.toml:3"), Some("titel"), Some("title")]);
        assert_eq!(refused("lines-limit = 1\ncolour = 2\n").arguments.get("suggestion"), None);
    }

    #[test]
    fn a_value_of_another_kind_is_named_by_its_line() {
        for (text, line) in
            [("\nlines-limit = \"many\"\n", "line 2: "), ("lines-limit = 1\ntitle = \n", "line 2: "), ("", "line 1: ")]
        {
            let error = refused(text);
            assert_eq!(error.code, Code::FormatInvalid);
            assert!(error.arguments.get("cause").unwrap().starts_with(line), "{error}");
        }
    }

    #[test]
    fn a_key_is_found_on_its_line() {
        assert_eq!(line_of("a = 1\n# minimum\n  minimum = 3\n", "minimum"), 3);
        assert_eq!(line_of("a = 1\n", "b"), 1);
    }
}
