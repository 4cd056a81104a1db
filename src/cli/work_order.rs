//! `workorder`: what its commands share; each has a file of its own.
//!
//! What enters: files with work orders, or none where a workspace keeps them; which of them are wanted. What leaves: work orders,
//! and what is to be said of them. What is refused: a status, a manufacturer, a number, a day or a time zone that cannot be,
//! before any file is opened.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result, Severity};
use bordereau::format::{ExportFormat, Registry, nearest};
use bordereau::ledger::WorkOrderEntry;
use bordereau::model::{
    DeadlineClass, DeadlineClock, ManufacturerId, Moment, WorkOrderFilter, WorkOrderId, WorkOrderStatus, Zone,
};
use bordereau::pipeline::{self, Source, Stop, WorkOrderRequest, WorkOrders};
use bordereau::report::{error_json, escape, render_error, render_notices};
use bordereau::workspace::Workspace;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::order::{day, text};
use super::{
    Session, out, progress, texts, work_order_decide, work_order_export, work_order_list, work_order_show,
    work_order_take,
};

/// The list whose columns are used when nobody names one.
const LIST: &str = "work-orders";

/// How many seconds a day has.
const DAY: i64 = 24 * 60 * 60;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER,
        usage: texts::USAGE_WORKORDER,
        examples: Some(texts::EXAMPLES_WORKORDER),
        after: None,
        exit_codes: false,
    };
    let commands = [
        work_order_take::command(builder),
        work_order_list::list_command(builder),
        work_order_list::due_command(builder),
        work_order_show::command(builder),
        work_order_decide::accept_command(builder),
        work_order_decide::refuse_command(builder),
        work_order_decide::reopen_command(builder),
        work_order_export::command(builder),
        work_order_export::print(builder),
    ];
    builder.group("workorder", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("take", matches)) => work_order_take::run(matches, session),
        Some(("list", matches)) => work_order_list::list(matches, session),
        Some(("due", matches)) => work_order_list::due(matches, session),
        Some(("show", matches)) => work_order_show::run(matches, session),
        Some(("accept", matches)) => work_order_decide::accept(matches, session),
        Some(("refuse", matches)) => work_order_decide::refuse(matches, session),
        Some(("reopen", matches)) => work_order_decide::reopen(matches, session),
        Some(("export", matches)) => work_order_export::run(matches, session),
        Some(("print", matches)) => work_order_export::run_print(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// The files or the numbers, and which work orders are wanted.
pub(crate) fn arguments(builder: Builder) -> impl Iterator<Item = Arg> {
    let files = builder
        .positional("files", texts::VALUE_FILE_OR_NUMBER, texts::HELP_WORKORDER_FILES)
        .value_parser(value_parser!(PathBuf))
        .action(ArgAction::Append)
        .num_args(0..);
    let ids = several(builder.option("id", texts::VALUE_NUMBER, texts::HELP_WORKORDER_ID));
    [files, ids, zone_argument(builder)].into_iter().chain(filters(builder))
}

/// By whose clocks moments are written.
pub(crate) fn zone_argument(builder: Builder) -> Arg {
    builder.option("time-zone", texts::VALUE_ZONE, texts::HELP_TIME_ZONE)
}

/// What choses among work orders.
pub(crate) fn filters(builder: Builder) -> [Arg; 7] {
    [
        several(builder.option("status", texts::VALUE_STATUS, texts::HELP_WORKORDER_STATUS)),
        several(builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_WORKORDER_MANUFACTURER)),
        builder.option("from", texts::VALUE_DAY, texts::HELP_WORKORDER_FROM),
        builder.option("to", texts::VALUE_DAY, texts::HELP_WORKORDER_TO),
        several(builder.option("deadline", texts::VALUE_DEADLINE, texts::HELP_WORKORDER_DEADLINE)),
        builder.option("zip", texts::VALUE_NUMBER_TEXT, texts::HELP_WORKORDER_ZIP),
        builder.option("product", texts::VALUE_TEXT, texts::HELP_WORKORDER_PRODUCT),
    ]
}

fn several(argument: Arg) -> Arg {
    argument.action(ArgAction::Append).value_delimiter(',')
}

/// Where work orders come from.
enum Origin {
    Files(Vec<Source>),
    Kept(Box<Workspace>),
}

/// What one call of a command reads, and how it says things.
pub(crate) struct Call<'s> {
    origin: Origin,
    filter: WorkOrderFilter,
    list: String,
    zone: Option<Zone>,
    pub(crate) registry: Registry,
    pub(crate) session: &'s Session,
    pub(crate) now: Moment,
    is_watched: bool,
}

impl<'s> Call<'s> {
    /// What was typed; `list` is the list that was named.
    pub(crate) fn new(matches: &ArgMatches, list: Option<&String>, now: Moment, session: &'s Session) -> Result<Self> {
        let registry = session.registry()?;
        let (files, ids) = files_and_numbers(matches)?;
        let zone = zone(matches)?;
        let list = list.map_or(LIST, String::as_str).to_owned();
        registry.export_format(&list)?;
        let mut filter = filter(matches, &registry)?;
        filter.ids.extend(ids);
        let clock = DeadlineClock { now, soon: DeadlineClass::SOON };
        let (origin, clock) = if files.is_empty() {
            let workspace = session.needed_workspace(&registry)?;
            let clock = workspace.deadline_clock(now);
            (Origin::Kept(Box::new(workspace)), clock)
        } else {
            (Origin::Files(files), clock)
        };
        filter.clock = Some(clock);
        Ok(Self { origin, filter, list, zone, registry, session, now, is_watched: out::is_watched() })
    }

    /// Only those that were not exported yet.
    pub(crate) fn only_unexported(&mut self) -> Result<()> {
        self.filter.is_unexported = true;
        match self.origin {
            Origin::Kept(_) => Ok(()),
            Origin::Files(_) => {
                let arguments = Arguments::none().with("argument", "--since-last-export");
                let files = texts::VALUE_FILE.get(self.session.language);
                Err(Error::new(Code::ArgumentConflict, arguments.with("other", files)))
            }
        }
    }

    /// The workspace that keeps them, when no file was named.
    pub(crate) fn workspace(&mut self) -> Option<&mut Workspace> {
        match &mut self.origin {
            Origin::Kept(workspace) => Some(workspace),
            Origin::Files(_) => None,
        }
    }

    /// How many seconds before its deadline an answer is due soon.
    pub(crate) fn soon(&self) -> i64 {
        self.filter.clock.map_or(DeadlineClass::SOON, |clock| clock.soon)
    }

    /// The columns of tables.
    pub(crate) fn format(&self) -> Result<&ExportFormat> {
        self.registry.export_format(&self.list)
    }

    /// Whose clocks to go by.
    pub(crate) fn zone(&self) -> Result<&Zone> {
        Ok(self.zone.as_ref().unwrap_or(&self.format()?.zone))
    }

    /// Gets the work orders and says what is to be said of their files; `json` is the kind of the object that programs get.
    /// The inner error is how a run ends that was told already.
    pub(crate) fn read(
        &self,
        stop: &Stop,
        json: Option<&'static str>,
    ) -> Result<std::result::Result<WorkOrders, Exit>> {
        match &self.origin {
            Origin::Files(files) => Ok(self.read_files(files, stop, json)),
            Origin::Kept(workspace) => {
                let entries: Vec<WorkOrderEntry> = workspace.work_orders(&self.filter)?;
                workspace.whole_work_orders(&entries, stop).map(Ok)
            }
        }
    }

    fn read_files(
        &self,
        files: &[Source],
        stop: &Stop,
        json: Option<&'static str>,
    ) -> std::result::Result<WorkOrders, Exit> {
        let language = self.session.language;
        let reading = Reading {
            registry: &self.registry,
            list: &self.list,
            zone: self.zone.as_ref(),
            is_watched: self.is_watched,
        };
        let read = reading.read(files, &self.filter, stop);
        read.inspect(|orders| tell_notices(orders, self.session)).map_err(|failures| {
            if let (Some(kind), Some((name, error))) = (json, failures.first()) {
                // The way it ends is told by the exit code in any case.
                drop(out::data(&error_json(kind, name, error, language)));
            }
            let mut worst = Exit::Accepted;
            for (name, error) in &failures {
                if files.len() > 1 && !name.is_empty() {
                    out::talk(&format!("{}\n", escape(name)));
                }
                out::talk(&render_error(error, language));
                worst = worst.worst(error.exit());
            }
            worst
        })
    }
}

/// How files are read.
pub(crate) struct Reading<'r> {
    pub(crate) registry: &'r Registry,
    pub(crate) list: &'r str,
    pub(crate) zone: Option<&'r Zone>,
    pub(crate) is_watched: bool,
}

impl<'r> Reading<'r> {
    /// By the list that is used when nobody names one.
    pub(crate) fn usual(registry: &'r Registry, zone: Option<&'r Zone>) -> Self {
        Self { registry, list: LIST, zone, is_watched: out::is_watched() }
    }

    /// Reads files.
    pub(crate) fn read(
        &self,
        files: &[Source],
        filter: &WorkOrderFilter,
        stop: &Stop,
    ) -> std::result::Result<WorkOrders, Vec<(String, Error)>> {
        let bar = progress::Bar::new(self.is_watched);
        pipeline::read_work_orders(&WorkOrderRequest {
            files,
            registry: self.registry,
            format: self.list,
            zone: self.zone,
            filter,
            progress: &bar,
            stop,
        })
    }
}

/// Says what is to be said of files that were read.
pub(crate) fn tell_notices(orders: &WorkOrders, session: &Session) {
    let said = orders.noticed.iter().map(|noticed| (&*orders.files[noticed.file].name, &noticed.diagnostic));
    out::talk(&render_notices(said, orders.unsaid, session.language));
}

/// How a run ends whose work orders were read.
pub(crate) fn exit(orders: &WorkOrders, fail_on: Severity) -> Exit {
    let is_told = fail_on == Severity::Warning && !orders.noticed.is_empty();
    if orders.refused() > 0 || is_told { Exit::Partial } else { Exit::Accepted }
}

/// What was typed without a name: digits are the number of a work order, unless a file is called so.
fn files_and_numbers(matches: &ArgMatches) -> Result<(Vec<Source>, Vec<WorkOrderId>)> {
    let (mut files, mut ids) = (Vec::new(), Vec::new());
    for source in super::many::sources(matches)? {
        let number = match &source {
            Source::File(path) if !path.exists() => path.to_str().and_then(number),
            _ => None,
        };
        match number {
            Some(id) => ids.push(id),
            None => files.push(source),
        }
    }
    Ok((files, ids))
}

/// The number of a work order.
pub(crate) fn number(text: &str) -> Option<WorkOrderId> {
    if text.bytes().all(|c| c.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn words<'m>(matches: &'m ArgMatches, name: &str) -> impl Iterator<Item = &'m str> {
    // Not every command has every filter.
    matches.try_get_many::<String>(name).ok().flatten().unwrap_or_default().map(|text| text.trim())
}

/// Which work orders were typed; deadlines still lack their clock.
pub(crate) fn filter(matches: &ArgMatches, registry: &Registry) -> Result<WorkOrderFilter> {
    let id = |text: &str| number(text).ok_or_else(|| invalid("--id", text, Some("4711001")));
    let status = |text: &str| {
        let possible = WorkOrderStatus::ALL.map(WorkOrderStatus::name).join(", ");
        WorkOrderStatus::from_name(text).ok_or_else(|| invalid("--status", text, Some(&possible)))
    };
    let deadline = |text: &str| {
        let possible = DeadlineClass::ALL.map(DeadlineClass::name).join(", ");
        DeadlineClass::from_name(text).ok_or_else(|| invalid("--deadline", text, Some(&possible)))
    };
    let midnight = |option: &str, name| {
        let typed = text(matches, name).map(|typed| day(option, typed)).transpose()?;
        Ok::<_, Error>(typed.and_then(|day| Moment::parse(&format!("{day}T00:00:00Z"))))
    };
    let owned = |name| text(matches, name).unwrap_or_default().trim().to_owned();
    Ok(WorkOrderFilter {
        ids: words(matches, "id").map(id).collect::<Result<_>>()?,
        statuses: words(matches, "status").map(status).collect::<Result<_>>()?,
        manufacturers: words(matches, "manufacturer")
            // A number may be one that nobody knows yet.
            .map(|text| ManufacturerId::parse(text.as_bytes()).map_or_else(|| registry.one_manufacturer(text), Ok))
            .collect::<Result<_>>()?,
        from: midnight("--from", "from")?,
        before: midnight("--to", "to")?.and_then(|day| Moment::from_seconds(day.seconds() + DAY)),
        deadlines: words(matches, "deadline").map(deadline).collect::<Result<_>>()?,
        clock: None,
        zip: owned("zip"),
        product: owned("product"),
        is_unexported: false,
    })
}

/// The time zone that was typed.
pub(crate) fn zone(matches: &ArgMatches) -> Result<Option<Zone>> {
    let Some(name) = text(matches, "time-zone") else { return Ok(None) };
    let unknown = || {
        let known = Zone::names();
        let suggestion = nearest(name, known.iter().map(String::as_str));
        let arguments = Arguments::none().with("name", name);
        let arguments = suggestion.into_iter().fold(arguments, |all, name| all.with("suggestion", name));
        Error::new(Code::TimeZoneUnknown, arguments)
    };
    Zone::named(name).map(Some).ok_or_else(unknown)
}
