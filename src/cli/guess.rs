//! `guess`: what a file is, and the format that would read it.
//!
//! What enters: a file of any kind that is read. What leaves: what is seen of it on standard error; the proposed format
//! as TOML on standard output or, with `--save`, among the user's own formats; with `--json` one object instead.
//! What is refused: a format that would replace another one, and one without a folder to go to.

use std::path::PathBuf;

use bordereau::decode::EncodingChoice;
use bordereau::diagnostic::{Exit, Result};
use bordereau::model::{Field, Language};
use bordereau::pipeline::{self, ColumnGuess, Ends, Guess, Layout};
use bordereau::report::escape;
use clap::{ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::convert::{file, settings, source};
use super::{Session, out, preset, texts};

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
    let target =
        matches.get_one::<String>("save").map(|name| preset::target(name, session.formats.as_deref())).transpose()?;
    let registry = session.registry()?;
    let catalogue = matches.get_one::<PathBuf>("catalogue").map(|path| pipeline::open_catalogue(path)).transpose()?;
    let catalogue = catalogue.as_ref().map(|read| &read.catalogue);
    let found = pipeline::guess(&source(matches), &registry, catalogue, &settings(matches, "delimiter")?)?;
    let format = preset::text(&found, &preset::likeliest(&found));
    if let Some(path) = &target {
        preset::save(path, &format)?;
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

/// What is seen of a file, for people. `has_quotes` is known when all of it was read.
pub(crate) fn facts(found: &Guess, has_quotes: Option<bool>, language: Language) -> String {
    let layout = &found.layout;
    let none = || texts::GUESS_NONE.get(language).to_owned();
    let heading = found.sample.heading_line();
    let heading = heading.map(|line| texts::GUESS_LINE.with(language, &[("line", &line.to_string())]));
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
    if layout.records().is_none() {
        rows.push((texts::GUESS_HEADING, heading.unwrap_or_else(none)));
    }
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
            header_line: found.sample.heading_line(),
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
    fn shares_are_written_to_the_letter() {
        assert_eq!([share(950).to_string(), share(1000).to_string(), share(5).to_string()], ["0.95", "1", "0.005"]);
    }
}
