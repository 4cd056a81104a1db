//! `guess`: what a file is, and the format that would read it.
//!
//! What enters: a delimited file. What leaves: what is seen of it on standard error; the proposed format as TOML on
//! standard output or, with `--save`, among the user's own formats; with `--json` one object instead.
//! What is refused: a format that would replace another one, and one without a folder to go to.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bordereau::decode::EncodingChoice;
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::{Field, Language};
use bordereau::pipeline::{self, ColumnGuess, Ends, Guess, Layout, write_file};
use bordereau::report::escape;
use clap::{ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::convert::{file, settings, source};
use super::mistakes::{invalid, missing};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_GUESS,
        usage: texts::USAGE_GUESS,
        examples: Some(texts::EXAMPLES_GUESS),
        after: Some(texts::AFTER_GUESS),
        exit_codes: false,
    };
    let arguments = [
        file(builder),
        builder.option("catalogue", texts::VALUE_CATALOGUE, texts::HELP_CATALOGUE).value_parser(value_parser!(PathBuf)),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
        builder.option("save", texts::VALUE_NAME, texts::HELP_SAVE),
        builder.json(),
    ];
    builder.command("guess", page, arguments)
}

/// Says what the file is.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let language = session.language;
    let target = matches.get_one::<String>("save").map(|name| target(name, session.formats.as_deref())).transpose()?;
    let registry = session.registry()?;
    let catalogue = matches.get_one::<PathBuf>("catalogue").map(|path| pipeline::open_catalogue(path)).transpose()?;
    let catalogue = catalogue.as_ref().map(|read| &read.catalogue);
    let found = pipeline::guess(&source(matches), &registry, catalogue, &settings(matches, "delimiter")?)?;
    let format = proposal(&found);
    if let Some(path) = &target {
        save(path, &format)?;
    }
    if matches.get_flag("json") {
        out::json("guess", Object::new(&found, &format))?;
        return Ok(Exit::Accepted);
    }
    out::talk(&(facts(&found, None, language) + &columns(&found, language)));
    match target {
        Some(path) => out::talk(&format!("  → {}\n", escape(&path.display().to_string()))),
        None => out::data(&format)?,
    }
    Ok(Exit::Accepted)
}

/// The file a new format goes to.
fn target(name: &str, formats: Option<&Path>) -> Result<PathBuf> {
    let folder = formats.ok_or_else(|| missing("--formats"))?;
    let is_name = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    // A format of a built-in name would change how other files are read.
    if !is_name || Registry::built_in().format(name).is_ok() {
        return Err(invalid("--save", name, Some("a-z 0-9 - _")));
    }
    Ok(folder.join("import").join(format!("{name}.toml")))
}

/// Writes a format that is not there yet, and takes it back when it cannot be used.
fn save(path: &Path, format: &str) -> Result<()> {
    let failed = |error| Error::io(path, Code::WriteFailed, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    if path.exists() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let arguments = Arguments::none().with("name", name).with("path", path.display());
        return Err(Error::new(Code::FormatExists, arguments));
    }
    write_file(path, true, |file| file.write_all(format.as_bytes()))?;
    let formats = path.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    Registry::with_overlay(formats).map(drop).inspect_err(|_| drop(fs::remove_file(path)))
}

/// What is seen of a file, for people. `has_quotes` is known when all of it was read.
pub(crate) fn facts(found: &Guess, has_quotes: Option<bool>, language: Language) -> String {
    let layout = &found.layout;
    let none = || texts::GUESS_NONE.get(language).to_owned();
    let heading = found.sample.heading();
    let heading = heading.map(|record| texts::GUESS_LINE.with(language, &[("line", &record.line.to_string())]));
    let mut rows = vec![(texts::GUESS_SOURCE, layout.kind().to_uppercase())];
    rows.extend(layout.sheet().map(|sheet| (texts::GUESS_SHEET, escape(sheet))));
    rows.extend(layout.records().map(|path| (texts::GUESS_RECORDS, escape(path))));
    if let Some(encoding) = layout.encoding() {
        rows.push((texts::GUESS_ENCODING, encoding_text(encoding, language)));
    }
    if let Some(ends) = layout.ends() {
        let quote = quote(layout, has_quotes.unwrap_or(found.sample.has_quotes)).map(|quote| quote.to_string());
        let quote = quote.map(|quote| if escape_mark(layout).is_some() { format!("{quote} (\\)") } else { quote });
        let delimiter = layout.delimiter().map(|delimiter| escape(&delimiter.to_string()));
        rows.push((texts::GUESS_DELIMITER, delimiter.unwrap_or_else(none)));
        rows.push((texts::GUESS_QUOTE, quote.unwrap_or_else(none)));
        rows.push((texts::GUESS_ENDS, ends.name().to_uppercase()));
    }
    rows.push((texts::GUESS_HEADING, heading.unwrap_or_else(none)));
    rows.push((texts::GUESS_COLUMNS, found.sample.frame.width.to_string()));
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| (name.get(language), value)).collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let title = std::iter::once(escape(&found.file) + "\n");
    title.chain(rows.iter().map(|(name, value)| format!("  {name:width$}  {value}\n"))).collect()
}

/// The encoding, how sure that is, and what else it could be.
fn encoding_text(encoding: EncodingChoice, language: Language) -> String {
    let name = encoding.reported();
    let Some((other, score)) = encoding.runner_up() else { return name };
    let other = texts::GUESS_RUNNER_UP.with(language, &[("field", &format!("{other} ({score} %)"))]);
    format!("{name} ({} %)  {other}", encoding.score)
}

/// What the columns may hold, for people.
fn columns(found: &Guess, language: Language) -> String {
    let names: Vec<_> = found.columns.iter().enumerate().map(|(place, column)| name(place, column)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    let field = |field: Field, sure: u16| format!("{field} ({} %)", (sure + 5) / 10);
    let rows = found.columns.iter().zip(&names).map(|(column, name)| {
        let what = column.field.map_or_else(|| "–".to_owned(), |each| field(each, column.confidence));
        let next = column.runner_up.map(|(each, sure)| {
            let text = texts::GUESS_RUNNER_UP.with(language, &[("field", &field(each, sure))]);
            format!("  {text}")
        });
        format!("    {name:width$}  → {what}{}\n", next.unwrap_or_default())
    });
    rows.collect()
}

fn name(place: usize, column: &ColumnGuess) -> String {
    let heading = column.heading.as_deref().filter(|heading| !heading.is_empty());
    heading.map_or_else(|| format!("#{}", place + 1), |heading| escape(heading).chars().take(40).collect())
}

/// What stands around cells, where anything does.
pub(crate) fn quote(layout: &Layout, has_quotes: bool) -> Option<char> {
    layout.dialect().and_then(|dialect| dialect.quote).filter(|_| has_quotes).map(char::from)
}

/// What takes the meaning from the mark behind it.
pub(crate) fn escape_mark(layout: &Layout) -> Option<char> {
    layout.dialect().filter(|dialect| dialect.backslash).map(|_| '\\')
}

/// The format that would read the file.
fn proposal(found: &Guess) -> String {
    let title = |language| texts::GUESS_TITLE.with(language, &[("file", &found.file)]);
    let (fr, en) = (quoted(&title(Language::French)), quoted(&title(Language::English)));
    let mut lines = vec!["kind = \"order\"".to_owned(), format!("title = {{ fr = {fr}, en = {en} }}")];
    let fields = || {
        let column = |field| found.column(field).map(|column| (field, &found.columns[column], column));
        Field::ALL.into_iter().filter_map(column)
    };
    let headings: Vec<_> = fields()
        .filter_map(|(_, column, _)| column.heading.as_deref())
        .filter(|heading| !heading.is_empty())
        .map(quoted)
        .collect();
    if !headings.is_empty() {
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
    for (field, column, place) in fields() {
        let place = match column.heading.as_deref().filter(|heading| !heading.is_empty()) {
            Some(heading) => format!("header = [{}]", quoted(heading)),
            None => format!("position = {}", place + 1),
        };
        lines.push(format!("\n[column.{field}]\n{place}"));
    }
    lines.join("\n") + "\n"
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

#[derive(Serialize)]
struct Object<'g> {
    file: &'g str,
    bytes: u64,
    encoding: String,
    encoding_score: Option<u8>,
    encoding_runner_up: Option<EncodingObject>,
    delimiter: Option<char>,
    quote: Option<char>,
    escape: Option<char>,
    line_ends: Option<&'static str>,
    header: bool,
    header_line: Option<u64>,
    columns: Vec<ColumnObject<'g>>,
    format: &'g str,
    source: &'static str,
    sheet: Option<&'g str>,
    sheets: &'g [String],
    records: Option<&'g str>,
}

#[derive(Serialize)]
struct EncodingObject {
    encoding: String,
    score: u8,
}

/// A column as JSON gives it.
#[derive(Serialize)]
pub(crate) struct ColumnObject<'g> {
    heading: Option<&'g str>,
    field: Option<Field>,
    confidence: f64,
    runner_up: Option<RunnerUp>,
}

#[derive(Serialize)]
struct RunnerUp {
    field: Field,
    confidence: f64,
}

impl<'g> ColumnObject<'g> {
    /// The column of a guess.
    pub(crate) fn new(column: &'g ColumnGuess) -> Self {
        Self {
            heading: column.heading.as_deref(),
            field: column.field,
            confidence: share(column.confidence),
            runner_up: column.runner_up.map(|(field, sure)| RunnerUp { field, confidence: share(sure) }),
        }
    }
}

/// A share of a thousand as a number from 0 to 1, to the letter.
fn share(per_mille: u16) -> f64 {
    format!("{}.{:03}", per_mille / 1000, per_mille % 1000).parse().unwrap_or_default()
}

impl<'g> Object<'g> {
    fn new(found: &'g Guess, format: &'g str) -> Self {
        let layout = &found.layout;
        let other = layout.encoding().and_then(EncodingChoice::runner_up);
        Self {
            file: &found.file,
            bytes: found.survey.bytes,
            encoding: layout.encoding_name(),
            encoding_score: layout.encoding().map(|encoding| encoding.score),
            encoding_runner_up: other.map(|(encoding, score)| EncodingObject { encoding, score }),
            delimiter: layout.delimiter(),
            quote: quote(layout, found.sample.has_quotes),
            escape: escape_mark(layout),
            line_ends: layout.ends().map(Ends::name),
            header: found.sample.frame.has_heading(),
            header_line: found.sample.heading().map(|record| record.line),
            source: layout.kind(),
            sheet: layout.sheet(),
            sheets: if let Layout::Workbook { others, .. } = layout { others } else { &[] },
            records: layout.records(),
            columns: found.columns.iter().map(ColumnObject::new).collect(),
            format,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_shares_are_written_to_the_letter() {
        assert_eq!(quoted("a\"\\\t"), "\"a\\\"\\\\\\u0009\"");
        assert_eq!([share(950).to_string(), share(1000).to_string(), share(5).to_string()], ["0.95", "1", "0.005"]);
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
