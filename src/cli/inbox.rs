//! What `run` and `watch` have in common: what can be typed, and how what became of a file is told.
//!
//! What enters: arguments; what became of a file. What leaves: an [`InboxRequest`]; lines and lists for people, objects for
//! programs. What is refused: a folder that is not there, an ending of done-files that cannot be one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::{DropSettings, Registry};
use bordereau::model::{Errand, Language};
use bordereau::pipeline::{Progress, Stop};
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::report::text::Text;
use bordereau::workspace::{Delivered, InboxRequest, Observed};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use serde::Serialize;

use super::command::Builder;
use super::mistakes::invalid;
use super::{out, texts};

/// What files are there for, as it is typed.
const ERRANDS: [&str; 7] =
    ["order", "deposit", "work-order", "order-response", "claim-answer", "draft-invoice", "catalogue"];

/// What can be typed for both; `settled` is how long a file is left alone when nothing else is said.
pub(crate) fn arguments(builder: Builder, settled: &'static str) -> [Arg; 6] {
    [
        builder.positional("folder", texts::VALUE_FOLDER, texts::HELP_RUN_FOLDER).value_parser(value_parser!(PathBuf)),
        builder
            .choice("only", texts::VALUE_ERRAND, texts::HELP_RUN_ONLY, &ERRANDS)
            .value_delimiter(',')
            .action(ArgAction::Append),
        builder
            .option("settled", texts::VALUE_SECONDS, texts::HELP_RUN_SETTLED)
            .value_parser(value_parser!(u64).range(0..=86_400))
            .default_value(settled)
            .hide_default_value(true),
        builder
            .option("jobs", texts::VALUE_NUMBER, texts::HELP_RUN_JOBS)
            .value_parser(value_parser!(u64).range(1..=1024)),
        done_file(builder),
        builder.json(),
    ]
}

/// `--done-file ENDING`.
pub(crate) fn done_file(builder: Builder) -> Arg {
    builder.option("done-file", texts::VALUE_ENDING, texts::HELP_RUN_DONE_FILE)
}

/// What was typed.
pub(crate) struct Wish {
    pub(crate) folder: Option<PathBuf>,
    pub(crate) only: Vec<Errand>,
    pub(crate) settled: Duration,
    pub(crate) jobs: Option<usize>,
    pub(crate) done_file: Option<String>,
    pub(crate) json: bool,
}

impl Wish {
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self> {
        let only = matches.get_many::<String>("only").unwrap_or_default();
        let folder = matches.get_one::<PathBuf>("folder");
        if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Error::new(Code::FileNotFound, Arguments::none().with("path", missing.display())));
        }
        Ok(Self {
            // What the system tells of files is told by whole paths.
            folder: folder.map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone())),
            only: only.filter_map(|name| Errand::from_name(&name.replace('-', "_"))).collect(),
            settled: Duration::from_secs(matches.get_one::<u64>("settled").copied().unwrap_or_default()),
            jobs: matches.get_one::<u64>("jobs").and_then(|jobs| usize::try_from(*jobs).ok()),
            done_file: typed_done_file(matches)?,
            json: matches.get_flag("json"),
        })
    }

    pub(crate) fn request<'r>(&'r self, context: Context<'r>) -> InboxRequest<'r> {
        let Context { registry, observed, language, progress, stop, dry_run } = context;
        InboxRequest {
            folder: self.folder.as_deref(),
            only: &self.only,
            registry,
            done_file: self.done_file.as_deref(),
            observed,
            jobs: self.jobs,
            dry_run,
            language,
            progress,
            stop,
        }
    }
}

/// What a request needs besides what was typed.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) registry: &'c Registry,
    pub(crate) observed: &'c Observed,
    pub(crate) language: Language,
    pub(crate) progress: &'c dyn Progress,
    pub(crate) stop: &'c Stop,
    pub(crate) dry_run: bool,
}

/// What done-files end in, when it was typed.
pub(crate) fn typed_done_file(matches: &ArgMatches) -> Result<Option<String>> {
    let typed = matches.get_one::<String>("done-file");
    match typed.filter(|ending| !DropSettings::is_done_file(ending)) {
        Some(wrong) => Err(invalid("--done-file", wrong, Some(".ok, .done"))),
        None => Ok(typed.cloned()),
    }
}

/// How people and programs call what a file is there for.
pub(crate) const fn word(errand: Errand) -> Word {
    let text = match errand {
        Errand::Order => texts::ERRAND_ORDER,
        Errand::Deposit => texts::ERRAND_DEPOSIT,
        Errand::WorkOrder => texts::ERRAND_WORK_ORDER,
        Errand::OrderResponse => texts::ERRAND_ORDER_RESPONSE,
        Errand::ClaimAnswer => texts::ERRAND_CLAIM_ANSWER,
        Errand::DraftInvoice => texts::ERRAND_DRAFT_INVOICE,
        Errand::Catalogue => texts::ERRAND_CATALOGUE,
    };
    Word { name: errand.name(), text }
}

/// How a file ended, in a word.
pub(crate) const fn ending(exit: Exit) -> Word {
    match exit {
        Exit::Accepted => Word { name: "accepted", text: texts::ENDED_ACCEPTED },
        Exit::Partial => Word { name: "partial", text: texts::ENDED_PARTIAL },
        Exit::Duplicate => Word { name: "duplicate", text: texts::ENDED_DUPLICATE },
        Exit::Rejected | Exit::Unreadable => Word { name: "rejected", text: texts::ENDED_REJECTED },
        Exit::Internal => Word { name: "quarantined", text: texts::ENDED_QUARANTINED },
        _ => Word { name: "later", text: texts::ENDED_LATER },
    }
}

/// The same, by its name for programs.
pub(crate) fn ended(name: &str) -> Option<Text> {
    let ends = [Exit::Accepted, Exit::Partial, Exit::Duplicate, Exit::Rejected, Exit::Internal, Exit::TryLater];
    ends.map(ending).into_iter().find(|word| word.name == name).map(|word| word.text)
}

/// How a file ended; one that was put back, because there is no catalogue yet, has not.
pub(crate) fn outcome(delivered: &Delivered) -> Word {
    ending(if delivered.fault == Some(Code::CatalogueMissing) { Exit::TryLater } else { delivered.exit })
}

/// Whether a file was put back, to be done another time.
pub(crate) fn is_put_off(delivered: &Delivered) -> bool {
    outcome(delivered).name == ending(Exit::TryLater).name
}

/// Why a file could not be read.
pub(crate) fn tell_error(delivered: &Delivered) {
    if delivered.fault.is_some() {
        out::talk(&format!("{}\n{}", escape(&delivered.file), delivered.said));
    }
}

/// What became of a file, in a line.
pub(crate) fn line(delivered: &Delivered, language: Language) -> String {
    let counts = delivered.counts.map(|count| count.to_string());
    let place = delivered.place.as_deref().map(shown).unwrap_or_default();
    let filled = [
        ("file", &*escape(&delivered.file)),
        ("errand", word(delivered.errand).text.get(language)),
        ("ended", outcome(delivered).text.get(language)),
        ("taken", &counts[1]),
        ("refused", &counts[2]),
        ("place", &place),
    ];
    texts::WATCH_LINE.with(language, &filled)
}

pub(crate) fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

/// What became of a file, for lists and programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    file: String,
    bytes: u64,
    errand: &'static str,
    outcome: &'static str,
    exit: u8,
    number: Option<i64>,
    read: u64,
    taken: u64,
    refused: u64,
    place: Option<String>,
    error: Option<&'static str>,
    #[serde(skip)]
    words: (Word, Word),
}

impl Row {
    pub(crate) fn of(delivered: &Delivered) -> Self {
        let Delivered { file, bytes, errand, exit, number, counts: [read, taken, refused], place, fault, .. } =
            delivered;
        Self {
            file: file.clone(),
            bytes: *bytes,
            errand: errand.name(),
            outcome: outcome(delivered).name,
            exit: exit.code(),
            number: *number,
            read: *read,
            taken: *taken,
            refused: *refused,
            place: place.as_ref().map(|place| place.display().to_string()),
            error: fault.map(Code::name),
            words: (word(*errand), outcome(delivered)),
        }
    }
}

pub(crate) fn listing(rows: Vec<Row>) -> Listing<Row> {
    type Of = Column<Row>;

    let columns = [
        Of::text("file", texts::COLUMN_FILE, |row| Some(row.file.as_str().into())),
        Of::word("errand", texts::COLUMN_ERRAND, |row| Some(row.words.0)),
        Of::word("outcome", texts::COLUMN_OUTCOME, |row| row.place.as_ref().map(|_| row.words.1)),
        Of::number("read", texts::IMPORT_READ, |row| i64::try_from(row.read).ok()).totalled(),
        Of::number("taken", texts::IMPORT_ACCEPTED, |row| i64::try_from(row.taken).ok()).totalled(),
        Of::number("refused", texts::IMPORT_REJECTED, |row| i64::try_from(row.refused).ok()).totalled(),
        Of::text("place", texts::COLUMN_PLACE, |row| row.place.as_deref().map(Into::into)),
    ];
    Listing::new("inbox-run", columns, rows)
}
