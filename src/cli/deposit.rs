//! `deposit`: files of repair files or warranty claims into created entries.
//!
//! What enters: the files, the catalogue, where results go, and what the user chose. What leaves: the results in their
//! folder, the summaries on standard error, with `--json` the result on standard output.
//! What is refused: choices that cannot be, before any file is opened.

use std::path::{Path, PathBuf};

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::pipeline::{self, Batch, DepositRequest, DepositSettings, FileResult, Source};
use bordereau::report::{DepositSummary, DepositTotals, render_deposit};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::{Manner, NO_SYNC, sources, with_threads, word};
use super::{Session, signals, texts, values};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DEPOSIT,
        usage: texts::USAGE_DEPOSIT,
        examples: Some(texts::EXAMPLES_DEPOSIT),
        after: Some(texts::AFTER_DEPOSIT),
        exit_codes: true,
    };
    builder.command("deposit", page, arguments(builder))
}

fn arguments(builder: Builder) -> Vec<Arg> {
    vec![
        builder
            .positional("files", texts::VALUE_FILE, texts::HELP_DEPOSIT_FILES)
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required(true),
        builder.catalogue(),
        builder
            .option("out", texts::VALUE_FOLDER, texts::HELP_OUT)
            .value_parser(value_parser!(PathBuf))
            .required_unless_present("dry-run"),
        builder.choice("kind", texts::VALUE_DEPOSIT_KIND, texts::HELP_DEPOSIT_KIND, &["claims", "repairs"]),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_DEPOSIT_SHEET),
        builder.choice("accept", texts::VALUE_SCOPE, texts::HELP_DEPOSIT_ACCEPT, &["valid", "file"]),
        builder
            .choice("report", texts::VALUE_REPORTS, texts::HELP_DEPOSIT_REPORT, &["csv", "xlsx", "json"])
            .value_delimiter(','),
        builder.choice("annotate", texts::VALUE_LINES, texts::HELP_ANNOTATE, &["refused", "all"]),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
        builder.option("threads", texts::VALUE_NUMBER, texts::HELP_THREADS),
        builder.choice("fail-on", texts::VALUE_LEVEL, texts::HELP_FAIL_ON, &["error", "warning", "never"]),
        builder.flag("quiet", texts::HELP_QUIET).short('q'),
    ]
}

/// Deposits the files.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let threads = matches.get_one::<String>("threads").map(|text| values::threads(text)).transpose()?;
    let files = sources(matches)?;
    let settings = settings(matches, session)?;
    let manner = Manner::of(matches, session, &files);
    let page = |file: &FileResult<DepositSummary>, summary: &DepositSummary, exit| {
        let out = file.out.as_deref().map(|out| out.display().to_string());
        render_deposit(summary, out.as_deref(), exit, session.language)
    };
    with_threads(threads, || manner.end(deposit(&files, &settings, matches, &manner, session), page))
}

fn deposit(
    files: &[Source],
    settings: &DepositSettings,
    matches: &ArgMatches,
    manner: &Manner<'_>,
    session: &Session,
) -> Result<Batch<DepositTotals>> {
    let registry = session.registry()?;
    let workspace = session.workspace(&registry)?;
    let catalogue = super::workspace::catalogue(matches, workspace.as_ref())?;
    let bar = manner.bar();
    let stop = signals::listen(session.language);
    pipeline::deposit(&DepositRequest {
        files,
        out: matches.get_one::<PathBuf>("out").map_or(Path::new(""), PathBuf::as_path),
        catalogue: &catalogue,
        registry: &registry,
        settings,
        progress: &bar,
        stop: &stop,
    })
}

fn settings(matches: &ArgMatches, session: &Session) -> Result<DepositSettings> {
    let text = |name| word(matches, name).map(str::to_owned);
    let reports: Vec<_> = matches.get_many::<String>("report").unwrap_or_default().map(String::as_str).collect();
    let wants = |name| reports.is_empty() || reports.contains(&name);
    if let Some(encoding) = word(matches, "encoding") {
        known_encoding(encoding)?;
    }
    Ok(DepositSettings {
        kind: word(matches, "kind").and_then(DepositKind::from_name),
        encoding: text("encoding"),
        delimiter: word(matches, "delimiter").map(values::delimiter).transpose()?,
        sheet: text("sheet"),
        all_or_nothing: word(matches, "accept") == Some("file"),
        report_csv: wants("csv"),
        report_xlsx: wants("xlsx"),
        annotate_all: word(matches, "annotate") == Some("all"),
        dry_run: matches.get_flag("dry-run"),
        sync: std::env::var_os(NO_SYNC).is_none(),
        warnings_fail: word(matches, "fail-on") == Some("warning"),
        language: session.language,
    })
}
