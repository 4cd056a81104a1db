//! `convert`: a clean copy of any table.
//!
//! What enters: a table in delimited text of any dialect and encoding, a workbook, XML or JSON. What leaves: the copy as
//! delimited text; what was found, and every row that is not as it was, on standard error; with `--json` as one line on
//! standard output.
//! What is refused: a copy and a JSON object that would both go to standard output.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::model::Language;
use bordereau::pipeline::{self, ConvertRequest, Converted, Ends, GuessSettings, Noted, Outside, Source, Target};
use bordereau::report::escape;
use bordereau::report::text::Text;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::guess::{ColumnObject, escape_mark, facts, quote};
use super::{Session, out, progress, signals, texts, values};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CONVERT,
        usage: texts::USAGE_CONVERT,
        examples: Some(texts::EXAMPLES_CONVERT),
        after: Some(texts::AFTER_CONVERT),
        exit_codes: false,
    };
    let target = builder
        .option("out", texts::VALUE_FILE, texts::HELP_CONVERT_OUT)
        .short('o')
        .value_parser(value_parser!(PathBuf))
        .required(true);
    let character = |name, help| builder.option(name, texts::VALUE_CHARACTER, help).allow_hyphen_values(true);
    let arguments = [
        file(builder),
        target,
        character("delimiter", texts::HELP_CONVERT_DELIMITER),
        character("input-delimiter", texts::HELP_INPUT_DELIMITER),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
        builder.flag("no-header", texts::HELP_NO_HEADER),
        builder.json(),
    ];
    builder.command("convert", page, arguments)
}

/// The one file of a command.
pub(crate) fn file(builder: Builder) -> Arg {
    builder.positional("file", texts::VALUE_FILE, texts::HELP_TABLE).value_parser(value_parser!(PathBuf)).required(true)
}

/// The file that was typed; `-` is standard input.
pub(crate) fn source(matches: &ArgMatches) -> Source {
    let path = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) }
}

/// What can be typed of a table that is read besides: delimiter, encoding, sheet. [`settings`] reads it.
pub(crate) fn table_arguments(builder: Builder) -> [Arg; 3] {
    [
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_INPUT_DELIMITER).allow_hyphen_values(true),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
    ]
}

/// The encoding and the delimiter of the file, as the user knows them.
pub(crate) fn settings(matches: &ArgMatches, delimiter: &str) -> Result<GuessSettings> {
    let encoding = matches.get_one::<String>("encoding").cloned();
    if let Some(name) = &encoding {
        known_encoding(name)?;
    }
    let delimiter = matches.get_one::<String>(delimiter).map(|text| values::delimiter(text)).transpose()?;
    let sheet = matches.get_one::<String>("sheet").cloned();
    Ok(GuessSettings { encoding, delimiter, sheet, no_heading: false })
}

/// Copies the table.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let json = matches.get_flag("json");
    let to_stdout = path.as_os_str() == "-";
    if json && to_stdout {
        let arguments = Arguments::none().with("argument", "--json").with("other", "-o -");
        return Err(Error::new(Code::ArgumentConflict, arguments));
    }
    let delimiter = matches.get_one::<String>("delimiter").map(|text| values::delimiter(text)).transpose()?;
    let settings = GuessSettings { no_heading: matches.get_flag("no-header"), ..settings(matches, "input-delimiter")? };
    let registry = session.registry()?;
    let bar = progress::Bar::new(out::is_watched() && !to_stdout);
    let stop = signals::listen(session.language);
    let request = ConvertRequest {
        source: &source(matches),
        registry: &registry,
        settings: &settings,
        delimiter: delimiter.unwrap_or(b','),
        sync: std::env::var_os(super::many::NO_SYNC).is_none(),
        progress: &bar,
        stop: &stop,
    };
    let mut stdout = Reading(io::stdout().lock());
    let target = if to_stdout { Target::Stream(&mut stdout) } else { Target::File(&path) };
    let told = pipeline::convert(&request, target)?;
    drop(stdout);
    out::talk(&page(&told, session.language));
    if json {
        // One line: programs read it from a stream.
        let text = serde_json::to_string(&Object::new(&told)).unwrap_or_default();
        out::data(&(text + "\n"))?;
    }
    Ok(Exit::Accepted)
}

/// Standard output as long as somebody reads; that nobody reads on is no fault.
pub(crate) struct Reading<W>(pub(crate) W);

impl<W: io::Write> io::Write for Reading<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// How many lines are named to people.
const SHOWN: usize = 10;

/// What is said to people.
fn page(told: &Converted, language: Language) -> String {
    let mut text = facts(&told.guess, Some(told.has_quotes), language);
    let count = told.rows.to_string();
    text += &line(texts::CONVERT_ROWS, language, &[("count", &count)]);
    for (name, outside) in [
        (texts::CONVERT_PREAMBLE, &told.preamble),
        (texts::CONVERT_FOOTER, &told.footer),
        (texts::CONVERT_COMMENTS, &told.comments),
    ] {
        for each in outside.iter().take(SHOWN) {
            let place = each.line.to_string();
            text += &line(name, language, &[("line", &place), ("text", &escape(&each.text))]);
        }
        if outside.len() > SHOWN {
            text += "  …\n";
        }
    }
    let notes: [(Text, &Noted); 9] = [
        (texts::CONVERT_BLANK, &told.blank),
        (texts::CONVERT_HEADINGS, &told.headings),
        (texts::CONVERT_OTHERS, &told.others),
        (texts::CONVERT_PADDED, &told.padded),
        (texts::CONVERT_SURPLUS, &told.surplus),
        (texts::CONVERT_UNCLOSED, &told.unclosed),
        (texts::CONVERT_TRAILING, &told.trailing),
        (texts::CONVERT_FOREIGN, &told.foreign),
        (texts::CONVERT_UNREADABLE, &told.unreadable),
    ];
    for (name, noted) in notes.into_iter().filter(|(_, noted)| noted.count > 0) {
        text += &line(name, language, &[("count", &noted.count.to_string()), ("lines", &lines(noted))]);
    }
    for (code, noted) in &told.notes {
        let message = code.message(language, &Arguments::none());
        let arguments = [("message", &*message), ("count", &noted.count.to_string()), ("lines", &lines(noted))];
        text += &line(texts::CONVERT_NOTE, language, &arguments);
    }
    text
}

/// The first lines that share a peculiarity.
fn lines(noted: &Noted) -> String {
    let mut lines: Vec<_> = noted.lines.iter().take(SHOWN).map(u64::to_string).collect();
    if noted.count > lines.len() as u64 {
        lines.push("…".to_owned());
    }
    lines.join(", ")
}

fn line(name: Text, language: Language, arguments: &[(&str, &str)]) -> String {
    name.with(language, arguments) + "\n"
}

#[derive(Serialize)]
struct Object<'c> {
    kind: &'static str,
    version: u32,
    file: &'c str,
    encoding: String,
    delimiter: Option<char>,
    quote: Option<char>,
    header: bool,
    columns: Vec<ColumnObject<'c>>,
    escape: Option<char>,
    line_ends: Option<&'static str>,
    read: u64,
    rows: u64,
    preamble: Vec<OutsideObject<'c>>,
    footer: Vec<OutsideObject<'c>>,
    comments: Vec<OutsideObject<'c>>,
    blank: NotedObject<'c>,
    padded: NotedObject<'c>,
    surplus: NotedObject<'c>,
    unclosed: NotedObject<'c>,
    trailing: NotedObject<'c>,
    foreign: NotedObject<'c>,
    unreadable: NotedObject<'c>,
    headings: NotedObject<'c>,
    others: NotedObject<'c>,
    notes: BTreeMap<&'static str, NotedObject<'c>>,
    source: &'static str,
    sheet: Option<&'c str>,
}

#[derive(Serialize)]
struct OutsideObject<'c> {
    line: u64,
    text: &'c str,
}

#[derive(Serialize)]
struct NotedObject<'c> {
    count: u64,
    lines: &'c [u64],
}

impl<'c> Object<'c> {
    fn new(told: &'c Converted) -> Self {
        let outside = |lines: &'c [Outside]| {
            lines.iter().map(|each| OutsideObject { line: each.line, text: &each.text }).collect()
        };
        let noted = |noted: &'c Noted| NotedObject { count: noted.count, lines: &noted.lines };
        let layout = &told.guess.layout;
        Self {
            kind: "convert",
            version: 1,
            file: &told.guess.file,
            encoding: layout.encoding_name(),
            delimiter: layout.delimiter(),
            quote: quote(layout, told.has_quotes),
            header: told.guess.sample.frame.has_heading(),
            columns: told.guess.columns.iter().map(ColumnObject::new).collect(),
            escape: escape_mark(layout),
            line_ends: layout.ends().map(Ends::name),
            read: told.read,
            rows: told.rows,
            preamble: outside(&told.preamble),
            footer: outside(&told.footer),
            comments: outside(&told.comments),
            blank: noted(&told.blank),
            padded: noted(&told.padded),
            surplus: noted(&told.surplus),
            unclosed: noted(&told.unclosed),
            trailing: noted(&told.trailing),
            foreign: noted(&told.foreign),
            unreadable: noted(&told.unreadable),
            headings: noted(&told.headings),
            others: noted(&told.others),
            notes: told.notes.iter().map(|(code, lines)| (code.name(), noted(lines))).collect(),
            source: layout.kind(),
            sheet: layout.sheet(),
        }
    }
}
