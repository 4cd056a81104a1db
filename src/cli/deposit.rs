//! `deposit`: files of repair files or warranty claims into created entries.
//!
//! What enters: the files, the catalogue, where results go, and what the user chose; in a workspace, the files. What leaves: the
//! results in their folder, the summaries on standard error, with `--json` the result on standard output; in a workspace,
//! claims and repair files in its ledger.
//! What is refused: choices that cannot be, before any file is opened.

use std::path::PathBuf;

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::model::DepositKind;
use bordereau::pipeline::{self, Batch, DepositAccept, DepositRequest, DepositSettings, FileResult, Source};
use bordereau::report::{DepositSummary, DepositTotals, render_deposit};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::{Manner, NO_SYNC, catalogue_beside, sources, with_threads, word};
use super::{Session, clock, signals, texts, values};

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

fn arguments(builder: Builder) -> impl Iterator<Item = Arg> {
    [
        builder
            .positional("files", texts::VALUE_FILE, texts::HELP_DEPOSIT_FILES)
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required(true),
        builder.choice("kind", texts::VALUE_DEPOSIT_KIND, texts::HELP_DEPOSIT_KIND, &["claims", "repairs"]),
        builder.option("encoding", texts::VALUE_NAME, texts::HELP_ENCODING),
        builder.option("delimiter", texts::VALUE_CHARACTER, texts::HELP_DELIMITER).allow_hyphen_values(true),
        builder.option("sheet", texts::VALUE_NAME, texts::HELP_DEPOSIT_SHEET),
    ]
    .into_iter()
    .chain(choices(builder))
}

/// What can be chosen for files, and for one that is read again.
pub(crate) fn choices(builder: Builder) -> [Arg; 10] {
    [
        builder.catalogue(),
        builder.option("out", texts::VALUE_FOLDER, texts::HELP_OUT).value_parser(value_parser!(PathBuf)),
        builder.choice("accept", texts::VALUE_SCOPE, texts::HELP_DEPOSIT_ACCEPT, &["valid", "drafts", "file"]),
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
    let manner = Manner::of(matches, session, &files);
    with_threads(threads, || {
        manner.end(deposit(&files, matches, &manner, session), |file, summary, exit| page(file, summary, exit, session))
    })
}

/// What is said of a file that was read.
pub(crate) fn page(
    file: &FileResult<DepositSummary>,
    summary: &DepositSummary,
    exit: Exit,
    session: &Session,
) -> String {
    let language = session.language;
    let out = file.out.as_deref().map(|out| out.display().to_string());
    let counts = &summary.counts;
    let kept = file.number.map(|number| {
        let text = match (counts.accepted, counts.drafts) {
            (0, _) => texts::DEPOSIT_NOTED,
            (_, 0) => texts::DEPOSIT_KEPT,
            _ => texts::DEPOSIT_KEPT_DRAFTS,
        };
        let (number, drafts) = (number.to_string(), counts.drafts.to_string());
        text.with(language, &[("deposit", number.as_str()), ("drafts", &drafts)]) + "\n"
    });
    render_deposit(summary, out.as_deref(), exit, language) + &kept.unwrap_or_default()
}

fn deposit(
    files: &[Source],
    matches: &ArgMatches,
    manner: &Manner<'_>,
    session: &Session,
) -> Result<Batch<DepositTotals>> {
    let registry = session.registry()?;
    let mut workspace = session.workspace(&registry)?;
    let settings = settings(matches, session, workspace.is_some())?;
    if workspace.is_none() {
        check_alone(matches, &settings)?;
    }
    let mut files = files.to_vec();
    let catalogue = catalogue_beside(&mut files, matches, workspace.as_ref())?;
    let bar = manner.bar();
    let stop = signals::listen(session.language);
    let request = DepositRequest {
        files: &files,
        out: matches.get_one::<PathBuf>("out").map(PathBuf::as_path),
        catalogue: &catalogue,
        registry: &registry,
        settings: &settings,
        progress: &bar,
        stop: &stop,
    };
    match &mut workspace {
        Some(workspace) => workspace.deposit(&request, clock::stamp()?),
        None => pipeline::deposit(&request, None),
    }
}

/// Whether everything was given that a workspace would know.
fn check_alone(matches: &ArgMatches, settings: &DepositSettings) -> Result<()> {
    if settings.accept == DepositAccept::Drafts {
        return Err(Error::new(Code::WorkspaceNeeded, Arguments::none()));
    }
    super::many::check_alone(matches, settings.dry_run)
}

pub(crate) fn settings(matches: &ArgMatches, session: &Session, in_workspace: bool) -> Result<DepositSettings> {
    // Where a file is read again, how it is read is known.
    let typed = |name| matches.try_contains_id(name).unwrap_or_default().then(|| word(matches, name)).flatten();
    let text = |name| typed(name).map(str::to_owned);
    let reports: Vec<_> = matches.get_many::<String>("report").unwrap_or_default().map(String::as_str).collect();
    let wants = |name| reports.is_empty() || reports.contains(&name);
    if let Some(encoding) = typed("encoding") {
        known_encoding(encoding)?;
    }
    Ok(DepositSettings {
        kind: typed("kind").and_then(DepositKind::from_name),
        encoding: text("encoding"),
        delimiter: typed("delimiter").map(values::delimiter).transpose()?,
        sheet: text("sheet"),
        accept: match word(matches, "accept") {
            Some("file") => DepositAccept::File,
            Some("valid") => DepositAccept::Valid,
            Some(_) => DepositAccept::Drafts,
            None if in_workspace => DepositAccept::Drafts,
            None => DepositAccept::Valid,
        },
        report_csv: wants("csv"),
        report_xlsx: wants("xlsx"),
        report_json: wants("json"),
        annotate_all: word(matches, "annotate") == Some("all"),
        dry_run: matches.get_flag("dry-run"),
        sync: std::env::var_os(NO_SYNC).is_none(),
        warnings_fail: word(matches, "fail-on") == Some("warning"),
        language: session.language,
    })
}
