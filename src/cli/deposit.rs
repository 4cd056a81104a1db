//! `deposit`: files of repair files or warranty claims into created entries.
//!
//! What enters: the files, the catalogue, where results go, and what the user chose. What leaves: the results in their
//! folder, the summaries on standard error, with `--json` the result on standard output.
//! What is refused: choices that cannot be, before any file is opened.

use std::path::PathBuf;

use bordereau::decode::known_encoding;
use bordereau::diagnostic::{Exit, Result};
use bordereau::model::DepositKind;
use bordereau::pipeline::{self, DepositBatch, DepositRequest, DepositSettings, FileResult, Source};
use bordereau::report::{
    DepositSummary, deposit_batch_json, deposit_error_json, deposit_json, render_catalogue, render_deposit,
};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::many::{NO_SYNC, sources, with_threads, word};
use super::{Session, out, progress, signals, texts, values};

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
    let deposit = Deposit {
        files: sources(matches)?,
        out: matches.get_one::<PathBuf>("out").cloned().unwrap_or_default(),
        matches,
        settings: settings(matches, session)?,
        json: matches.get_flag("json"),
        quiet: matches.get_flag("quiet"),
        never_fails: word(matches, "fail-on") == Some("never"),
        session,
    };
    with_threads(threads, || deposit.run())
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

/// One call of the command.
struct Deposit<'s> {
    files: Vec<Source>,
    out: PathBuf,
    matches: &'s ArgMatches,
    settings: DepositSettings,
    json: bool,
    quiet: bool,
    never_fails: bool,
    session: &'s Session,
}

impl Deposit<'_> {
    fn run(&self) -> Result<Exit> {
        match self.deposit() {
            Ok(batch) => {
                self.tell(&batch);
                let exit = self.exit(batch.exit);
                self.give(&batch, exit)?;
                Ok(exit)
            }
            Err(error) => {
                if self.json {
                    let name = self.files.first().map(Source::name).unwrap_or_default();
                    out::data(&deposit_error_json(&name, &error, self.session.language))?;
                }
                Err(error)
            }
        }
    }

    fn deposit(&self) -> Result<DepositBatch> {
        let registry = self.session.registry()?;
        let workspace = self.session.workspace(&registry)?;
        let catalogue = super::workspace::catalogue(self.matches, workspace.as_ref())?;
        let bar = progress::Bar::new(out::is_watched() && !self.quiet);
        let stop = signals::listen(self.session.language);
        pipeline::deposit(&DepositRequest {
            files: &self.files,
            out: &self.out,
            catalogue: &catalogue,
            registry: &registry,
            settings: &self.settings,
            progress: &bar,
            stop: &stop,
        })
    }

    /// The exit code the user wants to see.
    fn exit(&self, exit: Exit) -> Exit {
        if self.never_fails && matches!(exit, Exit::Partial | Exit::Rejected) { Exit::Accepted } else { exit }
    }

    /// Says what became of the files.
    fn tell(&self, batch: &DepositBatch) {
        let told: Vec<_> = batch.files.iter().filter_map(|file| self.page(file)).collect();
        out::talk(&told.join("\n"));
        let note = &batch.catalogue;
        if note.damaged + note.repeated > 0 {
            let before = if told.is_empty() { "" } else { "\n" };
            out::talk(&format!("{before}{}", render_catalogue(note, self.session.language)));
        }
    }

    /// What is said of one file, if anything.
    fn page(&self, file: &FileResult<DepositSummary>) -> Option<String> {
        let language = self.session.language;
        let summary = match &file.result {
            Ok(summary) => summary,
            Err(error) => {
                let name = bordereau::report::escape(&file.file);
                let error = bordereau::report::render_error(error, language);
                return Some(if self.files.len() > 1 { format!("{name}\n{error}") } else { error });
            }
        };
        let exit = file.exit(self.settings.warnings_fail);
        let out = file.out.as_deref().map(|out| out.display().to_string());
        (!self.quiet || exit != Exit::Accepted).then(|| render_deposit(summary, out.as_deref(), exit, language))
    }

    /// Gives the result to a program that asked for it.
    fn give(&self, batch: &DepositBatch, exit: Exit) -> Result<()> {
        let language = self.session.language;
        if !self.json {
            return Ok(());
        }
        let text = match batch.files.as_slice() {
            [FileResult { result: Ok(summary), .. }] => deposit_json(summary, &batch.catalogue, exit, language),
            [FileResult { file, result: Err(error), .. }] => deposit_error_json(file, error, language),
            _ => deposit_batch_json(batch.parts(), &batch.catalogue, exit, language),
        };
        out::data(&text)
    }
}
