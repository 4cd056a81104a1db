//! `map`: a format by questions.
//!
//! What enters: an order file, the user's answers. What leaves: a format among the user's own, and the command that
//! imports the file with it; questions and talk on standard error; the format on standard output, too, when that leads
//! into a file or a program.
//! What is refused: a run without a terminal, a name that is taken. Who leaves with Esc or Ctrl-C saves nothing.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::{Recognition, Registry, fold};
use bordereau::model::{Field, Language};
use bordereau::pipeline::{self, CatalogueFile, ColumnGuess, Guess, Preview, Settings, Source};
use bordereau::report::text::Text;
use bordereau::report::{escape, render_error};
use clap::{ArgMatches, Command, value_parser};

use super::ask::{Ask, Choice, Item, Terminal};
use super::command::{Builder, Page};
use super::convert::{file, settings};
use super::map_page as page;
use super::mistakes::missing;
use super::preset::{self, Columns};
use super::{Session, out, texts};

/// A guess that is as sure as this, of a thousand, is not asked about …
const SURE: u16 = 900;

/// … unless another field is as near as this.
const NEAR: u16 = 150;

/// Lines of the preview.
const LINES: usize = 5;

/// Fields without which nothing can be ordered.
const REQUIRED: [Field; 2] = [Field::Reference, Field::Quantity];

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_MAP,
        usage: texts::USAGE_MAP,
        examples: Some(texts::EXAMPLES_MAP),
        after: Some(texts::AFTER_MAP),
        exit_codes: false,
    };
    let arguments = [
        file(builder).help(builder.word(texts::HELP_MAP_FILE)),
        builder.option("catalogue", texts::VALUE_CATALOGUE, texts::HELP_CATALOGUE).value_parser(value_parser!(PathBuf)),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
        builder.option("save", texts::VALUE_NAME, texts::HELP_MAP_SAVE),
    ];
    builder.command("map", page, arguments)
}

/// Asks, shows and saves.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut terminal = Terminal::of("map", session.language)?;
    let folder = session.formats.clone().ok_or_else(|| missing("--formats"))?;
    let name = matches.get_one::<String>("save").cloned();
    if let Some(name) = &name {
        preset::free(&preset::target(name, Some(&folder))?)?;
    }
    // The first format makes the folder.
    let registry = if folder.exists() { session.registry()? } else { Registry::built_in() };
    let catalogue = matches.get_one::<PathBuf>("catalogue");
    let read = catalogue.map(|path| pipeline::open_catalogue(path)).transpose()?;
    let source = Source::File(matches.get_one::<PathBuf>("file").cloned().unwrap_or_default());
    let known = settings(matches, "delimiter")?;
    let found = pipeline::guess(&source, &registry, read.as_ref().map(|read| &read.catalogue), &known)?;
    if found.columns.len() < REQUIRED.len() {
        return Err(too_narrow(&found));
    }
    let left = || out::talk(&format!("{}\n", texts::MAP_LEFT.get(session.language)));
    let Some(found) = begin(found, &mut terminal, session.language)? else {
        left();
        return Ok(Exit::Accepted);
    };
    let mut interview = Interview {
        found: &found,
        source: &source,
        folder: &folder,
        catalogue: read.as_ref(),
        sheet: known.sheet.as_deref(),
        language: session.language,
        columns: preset::likeliest(&found),
        ask: &mut terminal,
    };
    let Some(kept) = interview.hold(name)? else {
        left();
        return Ok(Exit::Accepted);
    };
    out::talk(&told(&kept, &source, &folder, catalogue, known.sheet.as_deref(), session.language));
    if !io::stdout().is_terminal() {
        out::data(&kept.text)?;
    }
    Ok(Exit::Accepted)
}

/// One column cannot hold a reference and a quantity.
fn too_narrow(found: &Guess) -> Error {
    let headings: Vec<_> = (0..found.columns.len()).map(|column| page::column_name(found, column)).collect();
    let arguments = Arguments::none()
        .with("fields", REQUIRED.map(Field::name).join(", "))
        .with("headings", headings.join(", "))
        .with("path", &found.file);
    Error::new(Code::MappingIncomplete, arguments)
}

/// Shows what the file is. Where no heading was recognised, the user says whether the first row is one: headings may look
/// like the values below them. `None` when the user leaves.
fn begin(mut found: Guess, ask: &mut dyn Ask, language: Language) -> Result<Option<Guess>> {
    let width = ask.width();
    ask.tell(&format!("{}\n{}\n\n", page::facts(&found, language, width), page::rows(&found, width).join("\n")));
    let Some(first) = found.sample.body().first().filter(|_| !found.sample.frame.has_heading()) else {
        return Ok(Some(found));
    };
    let words = first.cells.clone();
    let has_digit = |cell: &String| cell.bytes().any(|c| c.is_ascii_digit());
    let below = found.sample.body().get(1).map_or(&[][..], |record| record.cells.as_slice());
    // A word above a number speaks for a heading, and so does a row without any number.
    let is_likely = words.iter().zip(below).any(|(cell, below)| !has_digit(cell) && has_digit(below))
        || !words.iter().any(has_digit);
    let options = [texts::MAP_NO_HEADING, texts::MAP_FIRST_ROW].map(|text| Item::plain(text.get(language))).to_vec();
    let title = texts::MAP_HEADING.get(language).to_owned();
    let choice = Choice { title, options, first: usize::from(is_likely), under: &|_| Vec::new() };
    let Some(answer) = ask.choose(&choice)? else { return Ok(None) };
    if answer == 1 {
        for (column, word) in found.columns.iter_mut().zip(&words) {
            column.heading = Some(word.trim().to_owned());
        }
        found.sample.frame.heading_rows = 1;
        found.sample.headings = words;
    }
    Ok(Some(found))
}

/// A format that was saved.
struct Kept {
    name: String,
    path: PathBuf,
    text: String,
    /// Whether a file like this one finds it by itself.
    is_recognised: bool,
}

/// What is said at the end: where the format is, and how to go on.
fn told(
    kept: &Kept,
    source: &Source,
    folder: &Path,
    catalogue: Option<&PathBuf>,
    sheet: Option<&str>,
    language: Language,
) -> String {
    let Source::File(file) = source else { return String::new() };
    let path = |path: &Path| word(&path.to_string_lossy());
    let catalogue = catalogue.map_or_else(|| texts::VALUE_CATALOGUE.get(language).to_owned(), |each| path(each));
    let mut words = vec!["bordereau --formats".to_owned(), path(folder), "import".to_owned(), path(file)];
    words.extend(["--catalogue".to_owned(), catalogue]);
    if !kept.is_recognised {
        words.extend(["--format".to_owned(), kept.name.clone()]);
    }
    words.extend(sheet.into_iter().flat_map(|sheet| ["--sheet".to_owned(), word(sheet)]));
    let out = default_name(&file.to_string_lossy(), texts::MAP_OUT.get(language));
    words.extend(["--out".to_owned(), out]);
    let command = words.join(" ");
    let saved = texts::MAP_SAVED.with(language, &[("path", &escape(&kept.path.display().to_string()))]);
    let known = if kept.is_recognised { texts::MAP_RECOGNISED } else { texts::MAP_BY_NAME };
    let known = known.with(language, &[("name", &kept.name)]);
    format!("{saved}\n{known}\n\n{}\n  {}\n", texts::MAP_IMPORT.get(language), escape(&command))
}

/// A word of a command line, in quotes where the shell would cut it or read into it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:=,+@%~".contains(c);
    match text {
        _ if !text.is_empty() && text.chars().all(is_plain) && (cfg!(windows) || !text.contains(['\\', '~'])) => {
            text.to_owned()
        }
        _ if cfg!(windows) => format!("\"{text}\""),
        _ => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// A name made of that of the file: what a format may be called, with something behind it.
fn default_name(file: &str, behind: &str) -> String {
    let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut name = String::new();
    for c in stem.chars().flat_map(char::to_lowercase) {
        let letters = if c.is_ascii_alphanumeric() { c.to_string() } else { fold(&c.to_string()) };
        if !letters.is_empty() && letters.bytes().all(|c| c.is_ascii_alphanumeric()) {
            name += &letters;
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(40);
    let name = name.trim_end_matches('-');
    let name = if name.is_empty() { "format" } else { name };
    if behind.is_empty() { name.to_owned() } else { format!("{name}-{behind}") }
}

/// Whether a field is asked about: its column is not sure, another field is near, or another column is for this field.
fn is_doubtful(found: &Guess, field: Field, at: usize) -> bool {
    let sure = found.columns[at].confidence;
    let is_near = |column: &ColumnGuess| column.runner_up.is_some_and(|(_, next)| next + NEAR > sure);
    let mut rivals = found
        .columns
        .iter()
        .enumerate()
        .filter(|(place, column)| *place == at || column.runner_up.is_some_and(|(other, _)| other == field));
    sure < SURE || rivals.any(|(_, column)| is_near(column))
}

/// The questions about a file, and the answers so far.
struct Interview<'i> {
    found: &'i Guess,
    source: &'i Source,
    folder: &'i Path,
    catalogue: Option<&'i CatalogueFile>,
    sheet: Option<&'i str>,
    language: Language,
    columns: Columns,
    ask: &'i mut dyn Ask,
}

/// What came of trying a format.
struct Rehearsal {
    /// Whether a file like this one finds it by itself.
    is_recognised: bool,
    /// Whether an import reads the file with it.
    is_readable: bool,
}

/// What the user wants at a turn.
enum Turn {
    Done,
    Change,
    Leave,
}

impl Interview<'_> {
    /// From the first question to the saved format; `None` when the user leaves.
    fn hold(&mut self, name: Option<String>) -> Result<Option<Kept>> {
        let asked = self.asked();
        let known: Vec<_> = self.mapped().filter(|field| !asked.contains(field)).collect();
        if !known.is_empty() {
            let list = page::settled(self.found, &self.columns, &known, self.language);
            self.say(&format!("{}\n{list}\n", texts::MAP_SURE.get(self.language)));
        }
        if !self.ask_all(asked)? {
            return Ok(None);
        }
        let mut name = name;
        loop {
            if !self.review()? {
                return Ok(None);
            }
            if name.is_none() {
                name = self.name()?;
            }
            let Some(name) = &name else { return Ok(None) };
            let text = preset::text(self.found, &self.columns);
            let Rehearsal { is_recognised, is_readable } = self.rehearse(name, &text)?;
            match self.confirm(name, is_readable)? {
                Turn::Done => {
                    let path = preset::target(name, Some(self.folder))?;
                    preset::save(&path, &text)?;
                    return Ok(Some(Kept { name: name.clone(), path, text, is_recognised }));
                }
                Turn::Change => {}
                Turn::Leave => return Ok(None),
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.ask.tell(text);
    }

    fn word(&self, text: Text) -> &'static str {
        text.get(self.language)
    }

    /// The fields that have a column.
    fn mapped(&self) -> impl Iterator<Item = Field> + use<> {
        let columns = self.columns;
        Field::ALL.into_iter().filter(move |field| columns[field.index()].is_some())
    }

    /// The fields to ask about.
    fn asked(&self) -> VecDeque<Field> {
        let column = |field: Field| self.columns[field.index()];
        let doubtful = |field: Field| column(field).is_some_and(|at| is_doubtful(self.found, field, at));
        Field::ALL.into_iter().filter(|field| REQUIRED.contains(field) || doubtful(*field)).collect()
    }

    /// Asks about fields until none is left, nor a required one without a column; whether the user stays.
    fn ask_all(&mut self, mut fields: VecDeque<Field>) -> Result<bool> {
        while let Some(field) = fields.pop_front() {
            if !self.column(field)? {
                return Ok(false);
            }
            // A column that was taken away from a required field leaves a question.
            for open in REQUIRED.into_iter().filter(|field| self.columns[field.index()].is_none()) {
                if !fields.contains(&open) {
                    fields.push_front(open);
                }
            }
        }
        Ok(true)
    }

    /// Asks for the column of a field; whether the user stays.
    fn column(&mut self, field: Field) -> Result<bool> {
        let count = self.found.columns.len();
        let mut options = page::options(self.found, &self.columns, field, self.language);
        if !REQUIRED.contains(&field) {
            options.push(Item::plain(self.word(texts::MAP_NONE)));
        }
        // Who asks for a field that has none wants to give it one.
        let free = (0..count).find(|column| !self.columns.contains(&Some(*column))).unwrap_or(options.len() - 1);
        let column = |place: usize| (place < count).then_some(place);
        let width = self.ask.width();
        let (found, columns, language) = (self.found, self.columns, self.language);
        let under = |place| page::mapped(found, &given(columns, field, column(place)), language, width);
        let title = texts::MAP_QUESTION.with(self.language, &[("field", page::name(field, self.language))]);
        let first = self.columns[field.index()].unwrap_or(free);
        let choice = Choice { title, options, first, under: &under };
        let Some(place) = self.ask.choose(&choice)? else { return Ok(false) };
        self.columns = given(columns, field, column(place));
        Ok(true)
    }

    /// Shows all fields until nothing is to be changed; whether the user stays.
    fn review(&mut self) -> Result<bool> {
        loop {
            let fields = page::fields(self.found, &self.columns, self.language);
            let options = std::iter::once(Item::plain(self.word(texts::MAP_ALL_WELL))).chain(fields).collect();
            let mut lines = page::mapped(self.found, &self.columns, self.language, self.ask.width());
            lines.extend(page::unused(self.found, &self.columns, self.language));
            let title = self.word(texts::MAP_CHANGE).to_owned();
            let choice = Choice { title, options, first: 0, under: &|_| lines.clone() };
            let field = match self.ask.choose(&choice)? {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(place) => Field::ALL[place - 1],
            };
            if !self.ask_all([field].into())? {
                return Ok(false);
            }
        }
    }

    /// The name to save under, which is free.
    fn name(&mut self) -> Result<Option<String>> {
        let (folder, language) = (self.folder, self.language);
        let fault = |name: &str| preset::target(name, Some(folder)).and_then(|path| preset::free(&path)).err();
        let check = |name: &str| {
            fault(name).map(|error| match error.code {
                Code::ArgumentInvalid => texts::MAP_NAME_BAD.get(language).to_owned(),
                _ => escape(&error.message(language)),
            })
        };
        let plain = default_name(&self.found.file, "");
        let numbered = (2..100).map(|number| format!("{plain}-{number}"));
        let proposal = std::iter::once(plain.clone()).chain(numbered).find(|name| check(name).is_none());
        let title = self.word(texts::MAP_NAME);
        self.ask.line(title, &proposal.unwrap_or(plain), &check)
    }

    /// Tries the format beside the user's own, in a folder that is thrown away, and shows what an import would take.
    fn rehearse(&mut self, name: &str, text: &str) -> Result<Rehearsal> {
        let scratch = scratch(self.folder, name, text)?;
        let registry = Registry::with_overlay(scratch.path())?;
        let Some(catalogue) = self.catalogue else {
            let headings: Vec<_> = self.found.sample.headings.iter().map(String::as_str).collect();
            let recognition = registry.recognise(&self.found.file, &headings);
            let is_recognised = matches!(recognition, Recognition::One(format) if format.name == name);
            return Ok(Rehearsal { is_recognised, is_readable: true });
        };
        let preview = |format: Option<&str>| {
            let settings = Settings {
                format: format.map(str::to_owned),
                sheet: self.sheet.map(str::to_owned),
                language: self.language,
                ..Settings::default()
            };
            pipeline::preview(self.source, &registry, catalogue, &settings, LINES)
        };
        let mut shown = preview(None);
        let is_recognised = shown.as_ref().is_ok_and(|shown| shown.plan.format.name == name);
        if !is_recognised {
            shown = preview(Some(name));
        }
        let is_readable = shown.is_ok();
        match shown {
            Ok(shown) => self.show(&shown),
            // What is wrong can be changed, so the questions go on.
            Err(error) => self.say(&render_error(&error, self.language)),
        }
        Ok(Rehearsal { is_recognised, is_readable })
    }

    /// The first lines, how many would be refused, and the fields that an import finds although none was chosen.
    fn show(&mut self, shown: &Preview) {
        let (language, width) = (self.language, self.ask.width());
        let lines = page::preview(shown, language, width);
        let refused = shown.lines.iter().filter(|line| !line.accepted).count().to_string();
        let count = shown.lines.len().to_string();
        let said = texts::PREVIEW_COUNT.with(language, &[("count", &count), ("refused", &refused)]);
        self.say(&format!("\n{lines}{said}\n"));
        let columns = self.columns;
        for field in Field::ALL.into_iter().filter(|field| columns[field.index()].is_none()) {
            if let Some(column) = shown.plan.mapping.column(field) {
                let heading = escape(&shown.plan.mapping.heading(column));
                let arguments = [("field", page::name(field, language)), ("heading", heading.as_str())];
                self.say(&(texts::MAP_ANYWAY.with(language, &arguments) + "\n"));
            }
        }
        self.say("\n");
    }

    /// What to do with the format; one that cannot read the file is rather changed.
    fn confirm(&mut self, name: &str, is_readable: bool) -> Result<Turn> {
        let save = texts::MAP_SAVE.with(self.language, &[("name", name)]);
        let options = [save.as_str(), self.word(texts::MAP_BACK), self.word(texts::MAP_LEAVE)];
        let options = options.map(Item::plain).to_vec();
        let title = self.word(texts::MAP_CONFIRM).to_owned();
        let choice = Choice { title, options, first: usize::from(!is_readable), under: &|_| Vec::new() };
        Ok(match self.ask.choose(&choice)? {
            Some(0) => Turn::Done,
            Some(1) => Turn::Change,
            _ => Turn::Leave,
        })
    }
}

/// The columns when a field has this one: another field that had it has none.
fn given(mut columns: Columns, field: Field, column: Option<usize>) -> Columns {
    for other in &mut columns {
        if column.is_some() && *other == column {
            *other = None;
        }
    }
    columns[field.index()] = column;
    columns
}

/// A copy of the user's formats with one more.
fn scratch(folder: &Path, name: &str, text: &str) -> Result<tempfile::TempDir> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::io(&path, Code::WriteFailed, error)
    };
    let copy = tempfile::tempdir().map_err(failed(&std::env::temp_dir()))?;
    for part in ["import", "manufacturer", "reference"] {
        let target = copy.path().join(part);
        fs::create_dir_all(&target).map_err(failed(&target))?;
        for entry in fs::read_dir(folder.join(part)).into_iter().flatten().flatten() {
            if entry.path().is_file() {
                fs::copy(entry.path(), target.join(entry.file_name())).map_err(failed(&entry.path()))?;
            }
        }
    }
    let headings = folder.join("headings.tsv");
    if headings.is_file() {
        fs::copy(&headings, copy.path().join("headings.tsv")).map_err(failed(&headings))?;
    }
    let path = copy.path().join("import").join(format!("{name}.toml"));
    fs::write(&path, text).map_err(failed(&path))?;
    Ok(copy)
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
