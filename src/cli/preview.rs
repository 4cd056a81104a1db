//! `preview`: the first lines of a file as an import would take them.
//!
//! What enters: what `import` takes for one file. What leaves: a table on standard output: line, reference, quantity,
//! the other mapped fields, and what would be refused and why.
//! What is refused: what `import` refuses as a whole.

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Exit, Result};
use bordereau::model::{Field, Language};
use bordereau::pipeline::{self, Preview, PreviewLine, Settings};
use bordereau::report::escape;
use clap::{ArgAction, ArgMatches, Command};

use super::command::{Builder, Page};
use super::convert::{file, source};
use super::{Session, out, texts, values};

/// How many lines are shown.
const LINES: usize = 10;

/// The longest cell that is shown whole.
const CELL: usize = 24;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_PREVIEW,
        usage: texts::USAGE_PREVIEW,
        examples: Some(texts::EXAMPLES_PREVIEW),
        after: Some(texts::AFTER_PREVIEW),
        exit_codes: false,
    };
    let arguments = [
        file(builder),
        builder.catalogue(),
        builder.option("supplier", texts::VALUE_NAME, texts::HELP_SUPPLIER),
        builder.option("format", texts::VALUE_NAME, texts::HELP_FORMAT),
        builder.option("map", texts::VALUE_MAP, texts::HELP_MAP).action(ArgAction::Append),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
    ];
    builder.command("preview", page, arguments)
}

/// Shows the first lines.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let text = |name| matches.get_one::<String>(name).cloned();
    let encoding = text("encoding");
    if let Some(name) = &encoding {
        known_encoding(name)?;
    }
    let maps = matches.get_many::<String>("map").unwrap_or_default();
    let settings = Settings {
        supplier: text("supplier"),
        format: text("format"),
        maps: maps.map(|text| values::wish(text)).collect::<Result<_>>()?,
        encoding,
        delimiter: text("delimiter").map(|text| values::delimiter(&text)).transpose()?,
        sheet: text("sheet"),
        language: session.language,
        ..Settings::default()
    };
    let registry = session.registry()?;
    let catalogue = super::workspace::catalogue(matches, session.workspace(&registry)?.as_ref())?;
    let shown = pipeline::preview(&source(matches), &registry, &catalogue, &settings, LINES)?;
    out::data(&table(&shown, session.language))?;
    let refused = shown.lines.iter().filter(|line| !line.accepted).count();
    let (count, refused) = (shown.lines.len().to_string(), refused.to_string());
    let said = texts::PREVIEW_COUNT.with(session.language, &[("count", &count), ("refused", &refused)]);
    out::talk(&format!("{said}\n"));
    Ok(Exit::Accepted)
}

/// The table: a heading, then each line with what would be said of it beside it.
fn table(shown: &Preview, language: Language) -> String {
    let mapping = &shown.plan.mapping;
    let columns: Vec<_> =
        Field::ALL.into_iter().filter_map(|field| mapping.column(field).map(|column| (field, column))).collect();
    let heading = std::iter::once(texts::PREVIEW_LINE.get(language).to_owned())
        .chain(columns.iter().map(|(field, _)| field.name().to_owned()))
        .chain([String::new()]);
    let row = |line: &PreviewLine| {
        let cells = columns.iter().map(|(_, column)| cell(line.cells.get(*column).map_or("", |cell| cell)));
        let said = line
            .diagnostics
            .iter()
            .map(|each| format!("{} ({})", each.code.message(language, &each.arguments), each.code.name()));
        let verdict = if line.accepted { texts::PREVIEW_TAKEN } else { texts::PREVIEW_REFUSED };
        let verdict = std::iter::once(verdict.get(language).to_owned()).chain(said.map(|text| escape(&text)));
        let last = verdict.collect::<Vec<_>>().join("; ");
        std::iter::once(line.line.to_string()).chain(cells).chain([last]).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = std::iter::once(heading.collect()).chain(shown.lines.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..=columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let last = row.last().map_or("", |last| last);
        format!("{}  {last}", cells.join("  ")).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A cell as a terminal may show it, on one line and not too wide.
fn cell(text: &str) -> String {
    let text = escape(text.trim());
    if text.chars().count() <= CELL { text } else { text.chars().take(CELL - 1).chain(['…']).collect() }
}
