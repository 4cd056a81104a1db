//! The format that would read a file, as TOML, and its place among the user's own.
//!
//! What enters: what a file is, and which column holds which field. What leaves: the text of a format, and its file.
//! What is refused: a format that would replace another one, and one without a folder to go to.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::format::{Registry, fold};
use bordereau::model::{Field, Language};
use bordereau::pipeline::{Guess, write_file};

use super::mistakes::{invalid, missing};
use super::texts;

/// The column of each field, by the place of the field.
pub(crate) type Columns = [Option<usize>; Field::COUNT];

/// The columns as they were guessed.
pub(crate) fn likeliest(found: &Guess) -> Columns {
    Field::ALL.map(|field| found.column(field))
}

/// The file a new format goes to.
pub(crate) fn target(name: &str, formats: Option<&Path>) -> Result<PathBuf> {
    let folder = formats.ok_or_else(|| missing("--formats"))?;
    let is_name = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    // A format of a built-in name would change how other files are read.
    if !is_name || Registry::built_in().format(name).is_ok() {
        return Err(invalid("--save", name, Some("a-z 0-9 - _")));
    }
    Ok(folder.join("import").join(format!("{name}.toml")))
}

/// Refuses the place of another format.
pub(crate) fn free(path: &Path) -> Result<()> {
    if path.exists() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let arguments = Arguments::none().with("name", name).with("path", path.display());
        return Err(Error::new(Code::FormatExists, arguments));
    }
    Ok(())
}

/// Writes a format that is not there yet, and takes it back when it cannot be used.
pub(crate) fn save(path: &Path, format: &str) -> Result<()> {
    let failed = |error| Error::io(path, Code::WriteFailed, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    free(path)?;
    write_file(path, true, |file| file.write_all(format.as_bytes()))?;
    let formats = path.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    Registry::with_overlay(formats).map(drop).inspect_err(|_| drop(fs::remove_file(path)))
}

/// The format that would read the file.
pub(crate) fn text(found: &Guess, columns: &Columns) -> String {
    let title = |language| texts::GUESS_TITLE.with(language, &[("file", &found.file)]);
    let (fr, en) = (quoted(&title(Language::French)), quoted(&title(Language::English)));
    let mut lines = vec!["kind = \"order\"".to_owned(), format!("title = {{ fr = {fr}, en = {en} }}")];
    let fields: Vec<_> = (Field::ALL.into_iter().zip(columns))
        .filter_map(|(field, column)| column.map(|column| (field, column, heading(found, column))))
        .collect();
    let mut headings: Vec<&str> = Vec::new();
    for heading in fields.iter().filter_map(|(_, _, heading)| *heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    if !headings.is_empty() {
        let headings: Vec<_> = headings.into_iter().map(quoted).collect();
        lines.push(format!("\n[recognise]\nheader-contains = [{}]", headings.join(", ")));
    }
    let layout = &found.layout;
    let mut decode = Vec::new();
    let encoding = layout.encoding().filter(|encoding| !encoding.is_mixed());
    decode.extend(encoding.map(|encoding| format!("encoding = {}", quoted(&encoding.name()))));
    // Formats know the delimiters of the trade only.
    let delimiter = layout.delimiter().filter(|each| ";,\t|".contains(*each));
    decode.extend(delimiter.map(|delimiter| format!("delimiter = {}", quoted(&delimiter.to_string()))));
    decode.extend(layout.records().map(|path| format!("records = {}", quoted(path))));
    if !decode.is_empty() {
        lines.push(format!("\n[decode]\n{}", decode.join("\n")));
    }
    // Positions count only where all required fields have one, so one column without a name of its own asks for all.
    let by_position = fields.iter().any(|(_, column, _)| !is_named_alone(found, *column));
    for (field, column, heading) in fields {
        let heading = heading.map(|heading| format!("\nheader = [{}]", quoted(heading))).unwrap_or_default();
        let position = if by_position { format!("\nposition = {}", column + 1) } else { String::new() };
        lines.push(format!("\n[column.{field}]{heading}{position}"));
    }
    lines.join("\n") + "\n"
}

/// The heading of a column that has one.
pub(crate) fn heading(found: &Guess, column: usize) -> Option<&str> {
    found.columns.get(column)?.heading.as_deref().filter(|heading| !heading.is_empty())
}

/// Whether a column has a heading and no other column the same.
fn is_named_alone(found: &Guess, column: usize) -> bool {
    heading(found, column).is_some_and(|own| {
        let same = |other: &usize| heading(found, *other).is_some_and(|other| fold(other) == fold(own));
        (0..found.columns.len()).filter(same).count() == 1
    })
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_to_the_letter() {
        assert_eq!(quoted("a\"\\\t"), "\"a\\\"\\\\\\u0009\"");
    }

    #[test]
    fn a_format_is_saved_once_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = target("mine", Some(folder.path())).unwrap();
        let format = "kind = \"order\"\n\n[column.reference]\nheader = [\"Réf \\\"x\\\"\"]\n";
        save(&path, format).unwrap();
        assert_eq!(save(&path, format).unwrap_err().code, Code::FormatExists);
        assert!(Registry::with_overlay(folder.path()).unwrap().format("mine").is_ok());
        let bad = target("bad", Some(folder.path())).unwrap();
        assert!(save(&bad, "kind = 1").is_err() && !bad.exists());
        for name in ["", "../x", "generic", "a.b"] {
            assert_eq!(target(name, Some(folder.path())).unwrap_err().code, Code::ArgumentInvalid, "{name}");
        }
        assert_eq!(target("x", None).unwrap_err().code, Code::ArgumentMissing);
    }
}
