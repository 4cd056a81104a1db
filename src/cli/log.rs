//! What a run or a watch does, for whoever looks into it later: a line for each event, as text or as JSON, into a file that
//! never grows without bound.
//!
//! What enters: `--log`, `--log-format`, `--log-rotate`, `--log-keep`; events with named fields. What leaves: lines.
//! What is refused: a file that cannot be opened, at the beginning; later nothing: a log that cannot be written stops no work.
//!
//! Files are named, lines are counted; what stands in them is nobody's business here.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bordereau::diagnostic::{Error, Exit, Result};
use bordereau::workspace::Delivered;
use clap::{Arg, ArgMatches, value_parser};
use tracing::{error, info, warn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use self::file::{LogFile, Rotation};
use super::command::Builder;
use super::mistakes::invalid;
use super::{clock, inbox, texts};

mod file;

/// What can be typed.
pub(crate) fn arguments(builder: Builder) -> [Arg; 4] {
    [
        builder.option("log", texts::VALUE_FILE, texts::HELP_LOG).value_parser(value_parser!(PathBuf)),
        builder
            .choice("log-format", texts::VALUE_FORM, texts::HELP_LOG_FORMAT, &["text", "json"])
            .default_value("text")
            .hide_default_value(true)
            .requires("log"),
        builder.option("log-rotate", texts::VALUE_ROTATION, texts::HELP_LOG_ROTATE).requires("log"),
        builder
            .option("log-keep", texts::VALUE_NUMBER, texts::HELP_LOG_KEEP)
            .value_parser(value_parser!(u32).range(0..=1000))
            .default_value("7")
            .hide_default_value(true)
            .requires("log"),
    ]
}

/// Where events go.
#[derive(Clone, Default)]
pub(crate) struct Log {
    file: Option<Arc<LogFile>>,
    is_talk: bool,
}

impl Log {
    /// Begins to write what was asked for.
    pub(crate) fn begin(matches: &ArgMatches) -> Result<Self> {
        let Some(path) = matches.get_one::<PathBuf>("log") else { return Ok(Self::default()) };
        let typed = matches.get_one::<String>("log-rotate");
        let rotation = match typed {
            None => Rotation::default(),
            Some(text) => {
                Rotation::parse(text).ok_or_else(|| invalid("--log-rotate", text, Some("day, never, 512K, 10M, 1G")))?
            }
        };
        let keep = matches.get_one::<u32>("log-keep").copied().unwrap_or_default();
        let file = if path.as_os_str() == "-" { None } else { Some(Arc::new(LogFile::open(path, rotation, keep)?)) };
        let writer = match &file {
            Some(file) => {
                let file = Arc::clone(file);
                BoxMakeWriter::new(move || file::Pen(Arc::clone(&file)))
            }
            None => BoxMakeWriter::new(std::io::stderr),
        };
        let written =
            tracing_subscriber::fmt().with_writer(writer).with_timer(Clock).with_target(false).with_ansi(false);
        // The program begins its log once.
        if matches.get_one::<String>("log-format").is_some_and(|form| form == "json") {
            drop(tracing::subscriber::set_global_default(written.json().flatten_event(true).finish()));
        } else {
            drop(tracing::subscriber::set_global_default(written.finish()));
        }
        Ok(Self { is_talk: file.is_none(), file })
    }

    /// Whether it goes where people are talked to, who then hear nothing else.
    pub(crate) const fn is_talk(&self) -> bool {
        self.is_talk
    }

    /// Opens the file anew: somebody has moved it away.
    pub(crate) fn reopen(&self) {
        if let Some(file) = &self.file {
            file.reopen();
        }
    }
}

/// Moments as everywhere here.
struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, out: &mut Writer<'_>) -> std::fmt::Result {
        // What is no moment was refused before.
        match clock::now() {
            Ok(now) => write!(out, "{now}"),
            Err(_) => Ok(()),
        }
    }
}

/// What a file ended as.
pub(crate) fn done(delivered: &Delivered, time: Duration) {
    let [read, taken, refused] = delivered.counts;
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let place = delivered.place.as_ref().map(|place| place.display().to_string());
    let (errand, outcome) = (inbox::word(delivered.errand).name, inbox::outcome(delivered).name);
    let code = delivered.fault.map(bordereau::diagnostic::Code::name);
    macro_rules! tell {
        ($level:ident) => {
            $level!(
                file = delivered.file,
                bytes = delivered.bytes,
                errand,
                outcome,
                exit = delivered.exit.code(),
                number = delivered.number,
                read,
                taken,
                refused,
                place,
                code,
                milliseconds,
                "file"
            )
        };
    }
    match delivered.exit {
        Exit::Accepted | Exit::Duplicate => tell!(info),
        Exit::Internal => tell!(error),
        _ => tell!(warn),
    }
}

/// What stands in the way.
pub(crate) fn trouble(fault: &Error) {
    warn!(
        code = fault.code.name(),
        path = fault.arguments.get("path"),
        cause = fault.arguments.get("cause"),
        "trouble"
    );
}

/// What stood in the way does not any more.
pub(crate) fn well_again() {
    info!("well again");
}

/// The system cannot tell what happens in a folder.
pub(crate) fn deaf(cause: &str) {
    warn!(cause, "events not heard");
}

/// Something else that happened, and to what.
pub(crate) fn event(what: &'static str, pid: u32, detail: &str) {
    info!(pid, detail, "{what}");
}
