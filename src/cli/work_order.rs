//! `workorder`: what its commands share. `work_order_export` and `work_order_show` have the commands.
//!
//! What enters: files with work orders, which of them are wanted. What leaves: work orders that were read, and what is to be
//! said of them. What is refused: a status, a manufacturer, a number or a time zone that cannot be, before any file is opened.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result, Severity};
use bordereau::format::{ExportFormat, Registry, Resolution, nearest};
use bordereau::model::{ManufacturerId, WorkOrderStatus, Zone};
use bordereau::pipeline::{self, Source, Stop, WorkOrderFilter, WorkOrderRequest, WorkOrders};
use bordereau::report::{error_json, escape, render_error, render_notices};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::{Session, out, progress, texts, work_order_export, work_order_show};

/// The list whose columns are used when nobody names one.
const LIST: &str = "work-orders";

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER,
        usage: texts::USAGE_WORKORDER,
        examples: Some(texts::EXAMPLES_WORKORDER),
        after: None,
        exit_codes: false,
    };
    let commands =
        [work_order_export::command(builder), work_order_show::command(builder), work_order_export::print(builder)];
    builder.group("workorder", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("export", matches)) => work_order_export::run(matches, session),
        Some(("print", matches)) => work_order_export::run_print(matches, session),
        Some(("show", matches)) => work_order_show::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// The files, and which of their work orders are wanted.
pub(crate) fn arguments(builder: Builder) -> [Arg; 5] {
    let several = |argument: Arg| argument.action(ArgAction::Append).value_delimiter(',');
    [
        builder
            .positional("files", texts::VALUE_FILE, texts::HELP_WORKORDER_FILES)
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required(true),
        several(builder.option("id", texts::VALUE_NUMBER, texts::HELP_WORKORDER_ID)),
        several(builder.option("status", texts::VALUE_STATUS, texts::HELP_WORKORDER_STATUS)),
        several(builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_WORKORDER_MANUFACTURER)),
        builder.option("time-zone", texts::VALUE_ZONE, texts::HELP_TIME_ZONE),
    ]
}

/// What one call of a command reads, and how it says things.
pub(crate) struct Call<'s> {
    files: Vec<Source>,
    filter: WorkOrderFilter,
    list: String,
    zone: Option<Zone>,
    pub(crate) registry: Registry,
    pub(crate) session: &'s Session,
    is_watched: bool,
}

impl<'s> Call<'s> {
    /// What was typed; `list` is the list that was named.
    pub(crate) fn new(matches: &ArgMatches, list: Option<&String>, session: &'s Session) -> Result<Self> {
        let registry = session.registry()?;
        let zone = matches.get_one::<String>("time-zone").map(|name| zone(name)).transpose()?;
        let list = list.map_or(LIST, String::as_str).to_owned();
        registry.export_format(&list)?;
        Ok(Self {
            files: super::many::sources(matches)?,
            filter: filter(matches, &registry)?,
            list,
            zone,
            registry,
            session,
            is_watched: out::is_watched(),
        })
    }

    /// The columns of tables.
    pub(crate) fn format(&self) -> Result<&ExportFormat> {
        self.registry.export_format(&self.list)
    }

    /// Whose clocks to go by.
    pub(crate) fn zone(&self) -> Result<&Zone> {
        Ok(self.zone.as_ref().unwrap_or(&self.format()?.zone))
    }

    /// Reads the files and says what is to be said of them; `json` is the kind of the object that programs get. The error
    /// is how a run ends that was told already.
    pub(crate) fn read(&self, stop: &Stop, json: Option<&'static str>) -> std::result::Result<WorkOrders, Exit> {
        let bar = progress::Bar::new(self.is_watched);
        let read = pipeline::read_work_orders(&WorkOrderRequest {
            files: &self.files,
            registry: &self.registry,
            format: &self.list,
            zone: self.zone.as_ref(),
            filter: &self.filter,
            progress: &bar,
            stop,
        });
        let language = self.session.language;
        read.inspect(|orders| {
            let said = orders.noticed.iter().map(|noticed| (&*orders.files[noticed.file].name, &noticed.diagnostic));
            out::talk(&render_notices(said, orders.unsaid, language));
        })
        .map_err(|failures| {
            if let (Some(kind), Some((name, error))) = (json, failures.first()) {
                // The way it ends is told by the exit code in any case.
                drop(out::data(&error_json(kind, name, error, language)));
            }
            let mut worst = Exit::Accepted;
            for (name, error) in &failures {
                if self.files.len() > 1 && !name.is_empty() {
                    out::talk(&format!("{}\n", escape(name)));
                }
                out::talk(&render_error(error, language));
                worst = worst.worst(error.exit());
            }
            worst
        })
    }
}

/// How a run ends whose work orders were read.
pub(crate) fn exit(orders: &WorkOrders, fail_on: Severity) -> Exit {
    let is_told = fail_on == Severity::Warning && !orders.noticed.is_empty();
    if orders.refused() > 0 || is_told { Exit::Partial } else { Exit::Accepted }
}

fn words<'m>(matches: &'m ArgMatches, name: &str) -> impl Iterator<Item = &'m str> {
    matches.get_many::<String>(name).unwrap_or_default().map(|text| text.trim())
}

fn filter(matches: &ArgMatches, registry: &Registry) -> Result<WorkOrderFilter> {
    let id = |text: &str| text.parse().map_err(|_| invalid("--id", text, Some("4711001")));
    let status = |text: &str| {
        let possible = WorkOrderStatus::ALL.map(WorkOrderStatus::name).join(", ");
        WorkOrderStatus::from_name(text).ok_or_else(|| invalid("--status", text, Some(&possible)))
    };
    Ok(WorkOrderFilter {
        ids: words(matches, "id").map(id).collect::<Result<_>>()?,
        statuses: words(matches, "status").map(status).collect::<Result<BTreeSet<_>>>()?,
        manufacturers: words(matches, "manufacturer")
            .map(|text| manufacturer(text, registry))
            .collect::<Result<BTreeSet<_>>>()?,
    })
}

/// The manufacturer that is meant; a number may be one that nobody knows yet.
fn manufacturer(text: &str, registry: &Registry) -> Result<ManufacturerId> {
    if let Some(id) = ManufacturerId::parse(text.as_bytes()) {
        return Ok(id);
    }
    let arguments = Arguments::none().with("name", text);
    match registry.manufacturer(text) {
        Resolution::One(id) => Ok(id),
        Resolution::Several(ids) => {
            let candidates = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Err(Error::new(Code::SupplierAmbiguous, arguments.with("candidates", candidates)))
        }
        Resolution::None { suggestion } => {
            let arguments = suggestion.into_iter().fold(arguments, |all, name| all.with("suggestion", name));
            Err(Error::new(Code::SupplierUnknown, arguments))
        }
    }
}

fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).ok_or_else(|| {
        let known = Zone::names();
        let suggestion = nearest(name, known.iter().map(String::as_str));
        let arguments = Arguments::none().with("name", name);
        let arguments = suggestion.into_iter().fold(arguments, |all, name| all.with("suggestion", name));
        Error::new(Code::TimeZoneUnknown, arguments)
    })
}
