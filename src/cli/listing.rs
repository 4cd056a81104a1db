//! What all lists have in common on the command line.
//!
//! What enters: a [`Listing`] and what was typed after its command. What leaves: the list, as a table, CSV, a workbook or
//! JSON, on standard output or in a file.
//! What is refused: a column that the list does not have, a workbook without a file to write it to.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::export::Profile;
use bordereau::pipeline;
use bordereau::report::listing::Listing;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use super::command::{Builder, root};
use super::mistakes::missing;
use super::{Session, out, searches, texts};

/// How many rows a terminal shows when nobody says.
const TERMINAL_ROWS: usize = 250;

/// The options that say in which form a list is written; one wins.
pub(crate) const FORMS: [&str; 3] = ["csv", "xlsx", "json"];

/// A command that shows a list.
pub(crate) fn command(builder: Builder, command: Command) -> Command {
    let heading = builder.word(texts::HEADING_LIST);
    let arguments = [
        builder.option("columns", texts::VALUE_COLUMNS, texts::HELP_COLUMNS),
        builder.option("sort", texts::VALUE_COLUMNS, texts::HELP_SORT).allow_hyphen_values(true),
        builder.option("limit", texts::VALUE_NUMBER, texts::HELP_LIMIT).value_parser(value_parser!(usize)),
        builder.flag("csv", texts::HELP_LIST_CSV),
        builder.flag("xlsx", texts::HELP_LIST_XLSX),
        builder.flag("json", texts::HELP_LIST_JSON),
        builder.choice("profile", texts::VALUE_PROFILE, texts::HELP_PROFILE, &["machine", "excel-fr"]),
        builder
            .option("out", texts::VALUE_FILE, texts::HELP_LIST_OUT)
            .short('o')
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Set),
        builder.option(searches::SAVE, texts::VALUE_NAME, texts::HELP_SAVE_SEARCH),
        builder.option(searches::FETCH, texts::VALUE_NAME, texts::HELP_SEARCH),
    ];
    command.args(arguments.map(|argument: Arg| argument.help_heading(heading))).group(ArgGroup::new("form").args(FORMS))
}

/// How many rows will be shown, of a list that keeps the order in which its rows come; `None`: all may be needed.
pub(crate) fn rows_in_order(matches: &ArgMatches) -> Option<usize> {
    let typed = matches.get_one::<usize>("limit").copied();
    let is_file = FORMS.into_iter().any(|form| matches.get_flag(form)) || matches.contains_id("out");
    let shown = limit(typed, !is_file && out::width().is_some());
    Some(shown).filter(|shown| *shown < usize::MAX && !matches.contains_id("sort"))
}

/// In which form a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table,
    Csv,
    Workbook,
    Json,
}

/// Shows the list of a command, `formats list`, and keeps the search if that was asked for.
pub(crate) fn show<R>(mut list: Listing<R>, command: &str, matches: &ArgMatches, session: &Session) -> Result<()> {
    if let Some(names) = matches.get_one::<String>("columns") {
        list.select(names)?;
    }
    if let Some(names) = matches.get_one::<String>("sort") {
        list.sort(names)?;
    }
    let target = matches.get_one::<PathBuf>("out").map(PathBuf::as_path).filter(|path| path.as_os_str() != "-");
    let form = form(matches, target)?;
    let to_terminal = out::width().filter(|_| form == Form::Table && target.is_none());
    list.limit(limit(matches.get_one::<usize>("limit").copied(), to_terminal.is_some()));
    if let Some(name) = searches::save(command, &root(session.language), matches, session.workspace.root().as_deref())?
    {
        out::talk(&format!("{}\n", texts::SEARCH_SAVED.with(session.language, &[("name", &name)])));
    }
    let profile = match matches.get_one::<String>("profile").map(String::as_str) {
        Some("excel-fr") => Profile::ExcelFr,
        _ => Profile::Machine,
    };
    let language = session.language;
    let write = |out: &mut dyn io::Write| match form {
        Form::Csv => list.write_csv(out, profile, language),
        Form::Json => list.write_json(out),
        Form::Table | Form::Workbook => list.write_table(out, to_terminal, language),
    };
    match target {
        Some(path) if form == Form::Workbook => {
            into_file(path, |file| list.write_workbook(file, &std::env::temp_dir(), language))?;
        }
        Some(path) => into_file(path, |file| {
            let mut file = BufWriter::with_capacity(1 << 16, file);
            write(&mut file)?;
            file.flush()
        })?,
        None => out::stream(write)?,
    }
    tell(&list, session);
    Ok(())
}

/// Shows a list of which nothing can be chosen, as a table.
pub(crate) fn plain<R>(mut list: Listing<R>, session: &Session) -> Result<()> {
    let width = out::width();
    list.limit(limit(None, width.is_some()));
    out::stream(|out| list.write_table(out, width, session.language))?;
    tell(&list, session);
    Ok(())
}

/// Says what the list itself does not show.
fn tell<R>(list: &Listing<R>, session: &Session) {
    if list.is_empty() {
        out::talk(&format!("{}\n", texts::LIST_EMPTY.get(session.language)));
    } else if list.shown() < list.len() {
        let counts = [("shown", list.shown().to_string()), ("count", list.len().to_string())];
        let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        out::talk(&format!("{}\n", texts::LIST_LIMITED.with(session.language, &counts)));
    }
}

fn into_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    pipeline::write_file(path, std::env::var_os(super::many::NO_SYNC).is_none(), write)
}

/// How many rows are shown at most.
fn limit(typed: Option<usize>, is_terminal: bool) -> usize {
    typed.unwrap_or(if is_terminal { TERMINAL_ROWS } else { usize::MAX })
}

/// The form that was asked for, by an option or by the name of the file.
fn form(matches: &ArgMatches, target: Option<&Path>) -> Result<Form> {
    let typed = FORMS.into_iter().find(|form| matches.get_flag(form));
    let ending = target.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
    let form = match typed.or(ending.as_deref()) {
        Some("csv") => Form::Csv,
        Some("json") => Form::Json,
        Some("xlsx") => Form::Workbook,
        _ if target.is_some() => return Err(missing("--csv, --xlsx, --json")),
        _ => Form::Table,
    };
    if form == Form::Workbook && target.is_none() {
        if matches.contains_id("out") {
            // A workbook cannot be written from its beginning to its end.
            let arguments = Arguments::none().with("argument", "--xlsx").with("other", "-o -");
            return Err(Error::new(Code::ArgumentConflict, arguments));
        }
        return Err(missing("-o"));
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bordereau::model::Language;

    fn chosen(arguments: &str) -> std::result::Result<Form, Code> {
        let root = super::super::command::root(Language::English);
        let typed = format!("bordereau formats list {arguments}");
        let matches = root.try_get_matches_from(typed.split_whitespace()).unwrap();
        let matches = matches.subcommand().unwrap().1.subcommand().unwrap().1;
        let target = matches.get_one::<PathBuf>("out").map(PathBuf::as_path).filter(|path| path.as_os_str() != "-");
        form(matches, target).map_err(|error| error.code)
    }

    #[test]
    fn the_form_is_said_by_an_option_or_by_the_name_of_the_file() {
        for (arguments, form) in [
            ("", Ok(Form::Table)),
            ("--csv", Ok(Form::Csv)),
            ("--csv -o -", Ok(Form::Csv)),
            ("-o list.XLSX", Ok(Form::Workbook)),
            ("-o list.json", Ok(Form::Json)),
            ("-o list.txt --csv", Ok(Form::Csv)),
            ("-o list.csv --xlsx", Ok(Form::Workbook)),
            ("-o list.txt", Err(Code::ArgumentMissing)),
            ("--xlsx", Err(Code::ArgumentMissing)),
            ("--xlsx -o -", Err(Code::ArgumentConflict)),
        ] {
            assert_eq!(chosen(arguments), form, "{arguments}");
        }
    }

    #[test]
    fn only_a_terminal_is_spared_long_lists() {
        assert_eq!((limit(None, true), limit(None, false)), (TERMINAL_ROWS, usize::MAX));
        assert_eq!((limit(Some(7), true), limit(Some(9000), true)), (7, 9000));
    }
}
