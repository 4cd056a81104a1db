//! `import`: order files into baskets.
//!
//! What enters: the files, the catalogue, where results go, and what the user chose. What leaves: the results in their
//! folder, the summaries on standard error, with `--json` the result on standard output.
//! What is refused: choices that cannot be, before any file is opened.

use std::path::PathBuf;

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::export::Profile;
use bordereau::ledger::ImportOrigin;
use bordereau::pipeline::{self, Batch, FileResult, ImportRequest, Settings, Source};
use bordereau::report::{Summary, render_summary};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::{Manner, NO_SYNC, catalogue_beside, sources, with_threads, word};
use super::{Session, clock, imports, signals, texts, values};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_IMPORT,
        usage: texts::USAGE_IMPORT,
        examples: Some(texts::EXAMPLES_IMPORT),
        after: Some(texts::AFTER_IMPORT),
        exit_codes: true,
    };
    let below = [imports::undo_command(builder), imports::list_command(builder)];
    builder
        .command("import", page, arguments(builder))
        .subcommands(below)
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true)
}

/// What can be typed after a command that imports.
pub(crate) fn arguments(builder: Builder) -> Vec<Arg> {
    vec![
        builder
            .positional("files", texts::VALUE_FILE, texts::HELP_FILES)
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required(true),
        builder.catalogue(),
        builder.option("out", texts::VALUE_FOLDER, texts::HELP_OUT).value_parser(value_parser!(PathBuf)),
        builder.option("supplier", texts::VALUE_NAME, texts::HELP_SUPPLIER),
        builder.option("format", texts::VALUE_NAME, texts::HELP_FORMAT),
        builder.option("map", texts::VALUE_MAP, texts::HELP_MAP).action(ArgAction::Append),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_SHEET),
        builder.choice("accept", texts::VALUE_SCOPE, texts::HELP_ACCEPT, &["lines", "orders", "file"]),
        builder.option("today", texts::VALUE_DAY, texts::HELP_TODAY),
        builder.option("reject-limit", texts::VALUE_LIMIT, texts::HELP_REJECT_LIMIT),
        builder.choice("profile", texts::VALUE_PROFILE, texts::HELP_PROFILE, &["machine", "excel-fr"]),
        builder
            .choice("report", texts::VALUE_REPORTS, texts::HELP_REPORT, &["csv", "xlsx", "json", "lines"])
            .value_delimiter(','),
        builder.choice("annotate", texts::VALUE_LINES, texts::HELP_ANNOTATE, &["refused", "all"]),
        builder.flag("again", texts::HELP_AGAIN),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
        builder.option("threads", texts::VALUE_NUMBER, texts::HELP_THREADS),
        builder.choice("fail-on", texts::VALUE_LEVEL, texts::HELP_FAIL_ON, &["error", "warning", "never"]),
        builder.flag("quiet", texts::HELP_QUIET).short('q'),
    ]
}

/// Imports the files.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("undo", matches)) => return imports::undo(matches, session),
        Some(("list", matches)) => return imports::list(matches, session),
        _ => {}
    }
    run_as(ImportOrigin::File, matches, session)
}

/// Imports the files, however they came.
pub(crate) fn run_as(origin: ImportOrigin, matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let threads = matches.get_one::<String>("threads").map(|text| values::threads(text)).transpose()?;
    let import = Import { files: sources(matches)?, matches, settings: settings(matches, session)?, origin, session };
    let manner = Manner::of(matches, session, &import.files);
    with_threads(threads, || {
        manner.end(import.import(&manner), |file, summary, exit| page(file, summary, exit, session))
    })
}

/// What is said of a file that was read.
fn page(file: &FileResult, summary: &Summary, exit: Exit, session: &Session) -> String {
    let language = session.language;
    let out = file.out.as_deref().map(|out| out.display().to_string());
    let kept = file.number.map(|import| {
        let text = if summary.counts.accepted > 0 { texts::IMPORT_KEPT } else { texts::IMPORT_NOTED };
        text.with(language, &[("import", &import.to_string())]) + "\n"
    });
    render_summary(summary, out.as_deref(), exit, language) + &kept.unwrap_or_default()
}

fn settings(matches: &ArgMatches, session: &Session) -> Result<Settings> {
    let text = |name| word(matches, name).map(str::to_owned);
    let maps = matches.get_many::<String>("map").unwrap_or_default();
    let reports: Vec<_> = matches.get_many::<String>("report").unwrap_or_default().map(String::as_str).collect();
    // Without the option everything but `lines.csv` is written; `summary.json` always is.
    let wants = |name, usual| if reports.is_empty() { usual } else { reports.contains(&name) };
    if let Some(encoding) = word(matches, "encoding") {
        known_encoding(encoding)?;
    }
    Ok(Settings {
        supplier: text("supplier"),
        format: text("format"),
        maps: maps.map(|text| values::wish(text)).collect::<Result<_>>()?,
        encoding: text("encoding"),
        delimiter: word(matches, "delimiter").map(values::delimiter).transpose()?,
        sheet: text("sheet"),
        accept: word(matches, "accept").map(values::accept),
        reject_limit: word(matches, "reject-limit").map(values::reject_limit).transpose()?,
        profile: if word(matches, "profile") == Some("excel-fr") { Profile::ExcelFr } else { Profile::Machine },
        report_csv: wants("csv", true),
        report_xlsx: wants("xlsx", true),
        report_lines: wants("lines", false),
        annotate_all: word(matches, "annotate") == Some("all"),
        dry_run: matches.get_flag("dry-run"),
        sync: std::env::var_os(NO_SYNC).is_none(),
        today: word(matches, "today").map(|text| values::day("--today", text)).transpose()?,
        warnings_fail: word(matches, "fail-on") == Some("warning"),
        language: session.language,
    })
}

/// One call of the command.
struct Import<'s> {
    files: Vec<Source>,
    matches: &'s ArgMatches,
    settings: Settings,
    origin: ImportOrigin,
    session: &'s Session,
}

impl Import<'_> {
    fn import(&self, manner: &Manner<'_>) -> Result<Batch> {
        let registry = self.session.registry()?;
        let mut workspace = self.session.workspace(&registry)?;
        if workspace.is_none() {
            self.check_alone()?;
        }
        let mut files = self.files.clone();
        let catalogue = catalogue_beside(&mut files, self.matches, workspace.as_ref())?;
        let bar = manner.bar();
        let stop = signals::listen(self.session.language);
        let request = ImportRequest {
            files: &files,
            out: self.matches.get_one::<PathBuf>("out").map(PathBuf::as_path),
            catalogue: &catalogue,
            registry: &registry,
            account: None,
            settings: &self.settings,
            progress: &bar,
            stop: &stop,
        };
        let again = self.matches.get_flag("again");
        let mut run = |request: &ImportRequest<'_>| match &mut workspace {
            Some(workspace) => workspace.import(request, self.origin, again, clock::stamp()?),
            None => pipeline::import(request, None),
        };
        let batch = run(&request)?;
        // A list that somebody typed has no headings: a reference, then how many.
        let has_no_heading =
            batch.files.iter().all(|file| matches!(&file.result, Err(error) if error.code == Code::HeadingUnknown));
        if self.origin != ImportOrigin::Preparation || !has_no_heading || !self.settings.maps.is_empty() {
            return Ok(batch);
        }
        let maps = ["reference=#1", "quantity=#2"].map(values::wish).into_iter().collect::<Result<_>>()?;
        run(&ImportRequest { settings: &Settings { maps, ..self.settings.clone() }, ..request })
    }

    /// Whether everything was given that a workspace would know.
    fn check_alone(&self) -> Result<()> {
        if self.matches.get_flag("again") {
            return Err(Error::new(Code::WorkspaceNeeded, Arguments::none()));
        }
        super::many::check_alone(self.matches, self.settings.dry_run)
    }
}

#[cfg(test)]
mod tests {
    use bordereau::format::{Accept, RejectLimit};
    use bordereau::model::Language;

    use super::*;

    fn chosen(arguments: &str) -> Result<Settings> {
        let typed = ["bordereau", "import", "a.csv", "--catalogue", "c", "--out", "o"];
        let matches = super::super::command::root(Language::English)
            .try_get_matches_from(typed.into_iter().chain(arguments.split_whitespace()))
            .unwrap();
        let session =
            Session { language: Language::English, formats: None, workspace: super::super::workspace::Choice::Never };
        settings(matches.subcommand_matches("import").unwrap(), &session)
    }

    #[test]
    fn what_is_not_chosen_is_usual() {
        let settings = chosen("").unwrap();
        assert!(settings.report_csv && settings.report_xlsx && !settings.report_lines);
        assert!(!settings.dry_run && !settings.warnings_fail && !settings.annotate_all);
        assert_eq!((settings.accept, settings.reject_limit, settings.profile), (None, None, Profile::Machine));
    }

    #[test]
    fn what_is_chosen_counts() {
        let settings = chosen(
            "--report lines,json --accept orders --reject-limit 5% --profile excel-fr --annotate all --fail-on warning \
             --delimiter , --map quantity=#2 --map label=Nom --encoding latin1 --today 2026-03-04 --supplier 7 --format generic",
        )
        .unwrap();
        assert!(!settings.report_csv && !settings.report_xlsx && settings.report_lines);
        assert!(settings.warnings_fail && settings.annotate_all);
        assert_eq!(settings.accept, Some(Accept::Orders));
        assert_eq!(settings.reject_limit, Some(RejectLimit::PerMille(50)));
        assert_eq!((settings.profile, settings.delimiter), (Profile::ExcelFr, Some(b',')));
        assert_eq!(settings.maps.len(), 2);
        assert_eq!(settings.today.map(|day| day.to_string()).as_deref(), Some("2026-03-04"));
        assert_eq!(chosen("--today 2026-02-30").unwrap_err().code, Code::ArgumentInvalid);
        assert_eq!((settings.supplier.as_deref(), settings.format.as_deref()), (Some("7"), Some("generic")));
        assert_eq!(chosen("--encoding utf-9").unwrap_err().code, Code::EncodingUnknown);
    }

    #[test]
    fn an_output_folder_is_not_needed_when_nothing_is_written() {
        let typed = ["bordereau", "import", "a.csv", "-", "--catalogue", "c", "--dry-run"];
        let matches = super::super::command::root(Language::French).try_get_matches_from(typed).unwrap();
        let matches = matches.subcommand_matches("import").unwrap();
        assert_eq!(sources(matches).unwrap(), [Source::File("a.csv".into()), Source::Stdin]);
        let twice = ["bordereau", "import", "-", "-", "--catalogue", "c", "--dry-run"];
        let matches = super::super::command::root(Language::French).try_get_matches_from(twice).unwrap();
        assert_eq!(sources(matches.subcommand_matches("import").unwrap()).unwrap_err().code, Code::ArgumentConflict);
    }
}
