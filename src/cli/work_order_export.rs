//! `workorder export` and `workorder print`: work orders into documents.
//!
//! What enters: files, which work orders of them are wanted, as what and where to; without files, those of the workspace. What leaves: documents under their final
//! names, a sentence on standard error, with `--json` an object on standard output.
//! What is refused: a document and a JSON object that would both go to standard output, a workbook on it.

use std::io;
use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result, Severity};
use bordereau::export::Profile;
use bordereau::ledger::WorkOrderBook as _;
use bordereau::model::Language;
use bordereau::pipeline::{self, ExportKind, ExportOrder, ExportTarget, Exported, Target, WorkOrders};
use clap::{ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::convert::Reading;
use super::work_order::{Call, arguments, exit};
use super::{Session, clock, out, signals, texts};

/// The kind of the object that programs get.
const KIND: &str = "work-orders-export";

/// What can be typed to export.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_EXPORT,
        usage: texts::USAGE_WORKORDER_EXPORT,
        examples: Some(texts::EXAMPLES_WORKORDER_EXPORT),
        after: Some(texts::AFTER_WORKORDER_EXPORT),
        exit_codes: false,
    };
    let own = [
        builder
            .choice("as", texts::VALUE_KIND, texts::HELP_WORKORDER_AS, &["xml", "csv", "xlsx", "json"])
            .required(true),
        target(builder),
        builder.flag("each", texts::HELP_WORKORDER_EACH),
        builder.option("format", texts::VALUE_NAME, texts::HELP_WORKORDER_FORMAT),
        builder.choice("profile", texts::VALUE_PROFILE, texts::HELP_PROFILE, &["machine", "excel-fr"]),
        builder.flag("keep-formulas", texts::HELP_KEEP_FORMULAS),
        builder.flag("since-last-export", texts::HELP_WORKORDER_SINCE),
        builder.flag("no-mark", texts::HELP_WORKORDER_NO_MARK),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
        builder.choice("fail-on", texts::VALUE_LEVEL, texts::HELP_WORKORDER_FAIL_ON, &["error", "warning"]),
        builder.flag("quiet", texts::HELP_WORKORDER_QUIET).short('q'),
    ];
    builder.command("export", page, arguments(builder).chain(own))
}

/// What can be typed to print.
pub(crate) fn print(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_PRINT,
        usage: texts::USAGE_WORKORDER_PRINT,
        examples: Some(texts::EXAMPLES_WORKORDER_PRINT),
        after: Some(texts::AFTER_WORKORDER_PRINT),
        exit_codes: false,
    };
    builder.command("print", page, arguments(builder).chain([target(builder)]))
}

fn target(builder: Builder) -> clap::Arg {
    builder
        .option("out", texts::VALUE_FILE, texts::HELP_WORKORDER_OUT)
        .short('o')
        .value_parser(value_parser!(PathBuf))
        .required(true)
}

/// What is to be written, and how it is told.
#[expect(clippy::struct_excessive_bools, reason = "switches that the user sets one by one")]
struct Wish {
    kind: ExportKind,
    target: Wanted,
    profile: Profile,
    keeps_formulas: bool,
    /// The least that gives an exit code other than 0.
    fail_on: Severity,
    json: bool,
    quiet: bool,
    /// Whether the ledger notes what was exported.
    marks: bool,
}

/// Where documents go.
enum Wanted {
    /// Nowhere: everything is checked, nothing is written.
    Nowhere,
    /// To standard output.
    Stdout,
    /// Into one file.
    One(PathBuf),
    /// Each into a file of its own in this folder.
    Each(PathBuf),
}

impl Wish {
    /// What does not go with standard output.
    fn conflict(&self) -> Option<&'static str> {
        match &self.target {
            Wanted::Each(path) if path.as_os_str() == "-" => Some("--each"),
            Wanted::Stdout if self.json => Some("--json"),
            Wanted::Stdout if self.kind == ExportKind::Xlsx => Some("--as xlsx"),
            _ => None,
        }
    }
}

/// Whether a path ends with what stands behind the name of a folder.
fn ends_like_a_folder(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

/// Exports work orders.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let word = |name| matches.get_one::<String>(name).map(String::as_str);
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let wish = Wish {
        kind: match word("as") {
            Some("xml") => ExportKind::Xml,
            Some("json") => ExportKind::Json,
            Some("csv") => ExportKind::Csv,
            // clap lets no other word through.
            _ => ExportKind::Xlsx,
        },
        target: match path {
            _ if matches.get_flag("dry-run") => Wanted::Nowhere,
            path if path.as_os_str() == "-" && !matches.get_flag("each") => Wanted::Stdout,
            path if matches.get_flag("each") || ends_like_a_folder(&path) => Wanted::Each(path),
            path => Wanted::One(path),
        },
        profile: if word("profile") == Some("excel-fr") { Profile::ExcelFr } else { Profile::Machine },
        keeps_formulas: matches.get_flag("keep-formulas"),
        fail_on: if word("fail-on") == Some("warning") { Severity::Warning } else { Severity::Error },
        json: matches.get_flag("json"),
        quiet: matches.get_flag("quiet"),
        marks: !matches.get_flag("no-mark") && !matches.get_flag("dry-run"),
    };
    let mut call = Call::new(matches, matches.get_one("format"), clock::now()?, session)?;
    if matches.get_flag("since-last-export") {
        call.only_unexported()?;
    }
    export(&mut call, &wish)
}

/// Makes pages to be printed.
pub(crate) fn run_print(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let wish = Wish {
        kind: ExportKind::Html,
        target: if path.as_os_str() == "-" { Wanted::Stdout } else { Wanted::One(path) },
        profile: Profile::Machine,
        keeps_formulas: false,
        fail_on: Severity::Error,
        json: false,
        quiet: false,
        marks: false,
    };
    export(&mut Call::new(matches, None, clock::now()?, session)?, &wish)
}

fn export(call: &mut Call<'_>, wish: &Wish) -> Result<Exit> {
    if let Some(argument) = wish.conflict() {
        let arguments = Arguments::none().with("argument", argument).with("other", "-o -");
        return Err(Error::new(Code::ArgumentConflict, arguments));
    }
    let stop = signals::listen(call.session.language);
    let orders = match call.read(&stop, wish.json.then_some(KIND))? {
        Ok(orders) => orders,
        Err(exit) => return Ok(exit),
    };
    let order = ExportOrder {
        kind: wish.kind,
        format: call.format()?,
        zone: call.zone()?,
        profile: wish.profile,
        keeps_formulas: wish.keeps_formulas,
        language: call.session.language,
        now: call.now,
        sync: std::env::var_os(super::many::NO_SYNC).is_none(),
        stop: &stop,
    };
    let exit = exit(&orders, wish.fail_on);
    let written = write(&orders, &order, &wish.target);
    if written.is_ok() && wish.marks {
        mark(call, &orders)?;
    }
    if wish.json {
        let ended = written.as_ref().map_or_else(Error::exit, |_| exit);
        out::json(KIND, Object::new(&orders, written.as_ref().ok(), ended, call.session.language))?;
    }
    tell(&orders, &written?, wish, call.session.language);
    Ok(exit)
}

/// Notes in the ledger what was exported from it. Whoever is interrupted before gets it once more.
fn mark(call: &mut Call<'_>, orders: &WorkOrders) -> Result<()> {
    let Some(workspace) = call.workspace() else { return Ok(()) };
    let mut ids = Vec::new();
    orders.each(|order| {
        ids.push(order.id());
        Ok(())
    })?;
    workspace.ledger_mut().mark_exported(&ids, &clock::stamp()?)
}

fn write(orders: &WorkOrders, order: &ExportOrder<'_>, target: &Wanted) -> Result<Exported> {
    let mut stdout;
    let target = match target {
        Wanted::Nowhere if orders.is_empty() => return Err(orders.none()),
        Wanted::Nowhere => return Ok(Exported { orders: orders.len(), documents: 0 }),
        Wanted::Stdout => {
            stdout = Reading(io::stdout().lock());
            ExportTarget::One(Target::Stream(&mut stdout))
        }
        Wanted::One(path) => ExportTarget::One(Target::File(path)),
        Wanted::Each(folder) => ExportTarget::Each(folder),
    };
    pipeline::export_work_orders(orders, order, target)
}

/// Says what was written, without a word of consumers.
fn tell(orders: &WorkOrders, exported: &Exported, wish: &Wish, language: Language) {
    if wish.quiet && orders.refused() == 0 {
        return;
    }
    let count = |number: u64| number.to_string();
    let counts = [
        ("read", count(orders.read())),
        ("exported", count(exported.orders)),
        ("refused", count(orders.refused())),
        ("repeated", count(orders.repeated())),
        ("left", count(orders.left_out)),
    ];
    let counts: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    out::talk(&(texts::WORKORDER_EXPORTED.with(language, &counts) + "\n"));
    let (text, path) = match &wish.target {
        Wanted::Nowhere | Wanted::Stdout => return,
        Wanted::One(path) => (texts::WORKORDER_WRITTEN, path),
        Wanted::Each(path) => (texts::WORKORDER_WRITTEN_EACH, path),
    };
    let (path, documents) = (bordereau::report::escape(&path.display().to_string()), exported.documents.to_string());
    out::talk(&(text.with(language, &[("path", &path), ("count", &documents)]) + "\n"));
}

#[derive(Serialize)]
struct Object<'o> {
    read: u64,
    exported: u64,
    refused: u64,
    repeated: u64,
    left_out: u64,
    documents: u64,
    exit: u8,
    files: Vec<FileObject<'o>>,
    diagnostics: Vec<DiagnosticObject<'o>>,
    /// Diagnostics beyond those that are listed.
    more: u64,
}

#[derive(Serialize)]
struct FileObject<'o> {
    file: &'o str,
    read: u64,
    refused: u64,
    repeated: u64,
}

#[derive(Serialize)]
struct DiagnosticObject<'o> {
    file: &'o str,
    line: u64,
    work_order: Option<&'o str>,
    field: Option<&'o str>,
    code: &'static str,
    severity: &'static str,
    message: String,
    remedy: String,
    value: &'o str,
}

impl<'o> Object<'o> {
    fn new(orders: &'o WorkOrders, exported: Option<&Exported>, exit: Exit, language: Language) -> Self {
        let files = orders.files.iter().map(|file| FileObject {
            file: &file.name,
            read: file.read,
            refused: file.refused,
            repeated: file.repeated,
        });
        let diagnostics = orders.noticed.iter().map(|noticed| {
            let Diagnostic { code, line, value, arguments, severity, .. } = &noticed.diagnostic;
            DiagnosticObject {
                file: &orders.files[noticed.file].name,
                line: *line,
                work_order: arguments.get("mandate"),
                field: arguments.get("field"),
                code: code.name(),
                severity: severity.letter(),
                message: code.message(language, arguments).into_owned(),
                remedy: code.remedy(language, arguments).into_owned(),
                value,
            }
        });
        Self {
            read: orders.read(),
            exported: exported.map_or(0, |exported| exported.orders),
            refused: orders.refused(),
            repeated: orders.repeated(),
            left_out: orders.left_out,
            documents: exported.map_or(0, |exported| exported.documents),
            exit: exit.code(),
            files: files.collect(),
            diagnostics: diagnostics.collect(),
            more: orders.unsaid,
        }
    }
}
