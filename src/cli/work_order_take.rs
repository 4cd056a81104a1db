//! `workorder take`: work orders of files into the ledger of a workspace.
//!
//! What enters: files of any kind that `export` reads. What leaves: for each file, how many are new, known, changed, in conflict or
//! refused, and the repair files of those that are accepted with it. What is refused: a file that cannot be read, each by itself;
//! the others come in.

use std::path::PathBuf;
use std::sync::Arc;

use bordereau::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{Arrived, Stamp};
use bordereau::model::{Language, WorkOrderFilter, Zone};
use bordereau::pipeline::{Source, Stop, WorkOrders};
use bordereau::report::{escape, render_error};
use bordereau::workspace::Workspace;
use bordereau::workspace::work_order::{AcceptedWorkOrder, TakenFile};
use clap::{ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::order::findings;
use super::work_order::{Reading, tell_notices, zone, zone_argument};
use super::work_order_decide::{AcceptedObject, tell_accepted};
use super::{Session, clock, out, signals, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_TAKE,
        usage: texts::USAGE_WORKORDER_TAKE,
        examples: Some(texts::EXAMPLES_WORKORDER_TAKE),
        after: Some(texts::AFTER_WORKORDER_TAKE),
        exit_codes: false,
    };
    let files = builder
        .positional("files", texts::VALUE_FILE, texts::HELP_WORKORDER_TAKE)
        .value_parser(value_parser!(PathBuf))
        .action(ArgAction::Append)
        .num_args(1..)
        .required(true);
    let arguments = [files, zone_argument(builder), builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()];
    builder.command("take", page, arguments)
}

/// What a call works with.
struct Desk<'s> {
    workspace: Workspace,
    registry: Registry,
    zone: Option<Zone>,
    stop: Arc<Stop>,
    stamp: Stamp,
    is_rehearsed: bool,
    session: &'s Session,
}

/// What became of a file.
struct Outcome {
    name: String,
    orders: Option<WorkOrders>,
    taken: TakenFile,
    told: Vec<Diagnostic>,
    accepted: Vec<AcceptedWorkOrder>,
    error: Option<Error>,
}

/// Takes the files in, each by itself.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut desk = Desk {
        workspace: session.needed_workspace(&registry)?,
        zone: zone(matches)?,
        stop: signals::listen(session.language),
        stamp: clock::stamp()?,
        is_rehearsed: matches.get_flag("dry-run"),
        registry,
        session,
    };
    let (mut worst, mut objects) = (Exit::Accepted, Vec::new());
    for source in super::many::sources(matches)? {
        let outcome = desk.take(&source);
        desk.tell(&outcome);
        worst = worst.worst(outcome.exit());
        objects.push(FileObject::new(&outcome, session.language));
        if outcome.error.as_ref().is_some_and(|error| matches!(error.code, Code::Interrupted | Code::Terminated)) {
            break;
        }
    }
    if matches.get_flag("json") {
        out::json("work-orders-take", Object { exit: worst.code(), dry_run: desk.is_rehearsed, files: objects })?;
    }
    Ok(worst)
}

impl Desk<'_> {
    fn take(&mut self, source: &Source) -> Outcome {
        let mut outcome = Outcome {
            name: source.name(),
            orders: None,
            taken: TakenFile::default(),
            told: Vec::new(),
            accepted: Vec::new(),
            error: None,
        };
        let reading = Reading::usual(&self.registry, self.zone.as_ref());
        match reading.read(std::slice::from_ref(source), &WorkOrderFilter::default(), &self.stop) {
            Ok(orders) => {
                tell_notices(&orders, self.session);
                outcome.error = self.keep(&orders, &mut outcome).err();
                outcome.orders = Some(orders);
            }
            Err(failures) => outcome.error = failures.into_iter().next().map(|(_, error)| error),
        }
        outcome
    }

    fn keep(&mut self, orders: &WorkOrders, outcome: &mut Outcome) -> Result<()> {
        outcome.taken = self.workspace.take_work_orders(orders, self.is_rehearsed, &self.stamp)?;
        outcome.told = outcome.taken.orders.iter().filter_map(said).collect();
        if self.is_rehearsed {
            return Ok(());
        }
        let Outcome { taken, accepted, .. } = outcome;
        let mut hear = |order| accepted.push(order);
        self.workspace.accept_taken(taken, &self.registry, self.session.language, &self.stop, &self.stamp, &mut hear)
    }

    /// Says what became of a file, without a word of consumers.
    fn tell(&self, outcome: &Outcome) {
        let language = self.session.language;
        out::talk(&findings(&outcome.told, false, language));
        if outcome.orders.is_some() {
            let counts = outcome.counts();
            let counts = counts.each_ref().map(|(name, count)| (*name, count.to_string()));
            let mut said: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
            let name = escape(&outcome.name);
            said.push(("file", &name));
            let text = if self.is_rehearsed { texts::WORKORDER_TAKE_TRIED } else { texts::WORKORDER_TAKEN };
            out::talk(&(text.with(language, &said) + "\n"));
            tell_accepted(&outcome.accepted, language);
        }
        if let Some(error) = &outcome.error {
            out::talk(&format!("{}\n{}", escape(&outcome.name), render_error(error, language)));
        }
    }
}

/// What is to be said of a work order that contradicts what is known.
fn said(order: &bordereau::workspace::work_order::TakenWorkOrder) -> Option<Diagnostic> {
    let arguments = Arguments::none().with("mandate", order.id);
    let (code, arguments) = match order.arrived {
        Arrived::Conflict => (Code::WorkOrderConflict, arguments),
        Arrived::Otherwise { here } => {
            (Code::WorkOrderStatusDiffers, arguments.with("found", order.reported).with("status", here))
        }
        Arrived::New | Arrived::Known | Arrived::Moved { .. } => return None,
    };
    Some(Diagnostic::new(code, 0, None, order.id.to_string(), arguments))
}

impl Outcome {
    /// What the sentence and the object say.
    fn counts(&self) -> [(&'static str, u64); 7] {
        let orders = self.orders.as_ref();
        let count = |is_meant: fn(&Arrived) -> bool| self.taken.count(is_meant);
        [
            ("read", orders.map_or(0, WorkOrders::read)),
            ("new", count(|arrived| *arrived == Arrived::New)),
            ("known", count(|arrived| matches!(arrived, Arrived::Known | Arrived::Otherwise { .. }))),
            ("changed", count(|arrived| matches!(arrived, Arrived::Moved { .. }))),
            ("conflicts", count(|arrived| *arrived == Arrived::Conflict)),
            ("refused", orders.map_or(0, WorkOrders::refused)),
            ("accepted", self.accepted.iter().filter(|accepted| !accepted.is_repeated).count() as u64),
        ]
    }

    fn exit(&self) -> Exit {
        if let Some(error) = &self.error {
            return error.exit();
        }
        let [(_, read), .., (_, refused), (_, accepted)] = self.counts();
        self.taken.exit(read, refused, accepted)
    }
}

#[derive(Serialize)]
struct Object {
    exit: u8,
    dry_run: bool,
    files: Vec<FileObject>,
}

#[derive(Serialize)]
struct FileObject {
    file: String,
    read: u64,
    new: u64,
    known: u64,
    changed: u64,
    conflicts: u64,
    refused: u64,
    exit: u8,
    orders: Vec<OrderObject>,
    accepted: Vec<AcceptedObject>,
    error: Option<ErrorObject>,
}

#[derive(Serialize)]
struct OrderObject {
    work_order: u64,
    reported: &'static str,
    outcome: &'static str,
}

#[derive(Serialize)]
struct ErrorObject {
    code: &'static str,
    message: String,
    remedy: String,
}

impl FileObject {
    fn new(outcome: &Outcome, language: Language) -> Self {
        let [(_, read), (_, new), (_, known), (_, changed), (_, conflicts), (_, refused), _] = outcome.counts();
        let orders = outcome.taken.orders.iter().map(|order| OrderObject {
            work_order: order.id,
            reported: order.reported.name(),
            outcome: match order.arrived {
                Arrived::New => "new",
                Arrived::Known => "known",
                Arrived::Moved { .. } => "changed",
                Arrived::Otherwise { .. } => "differs",
                Arrived::Conflict => "conflict",
            },
        });
        let error = outcome.error.as_ref().map(|error| ErrorObject {
            code: error.code.name(),
            message: error.message(language),
            remedy: error.code.remedy(language, &error.arguments).into_owned(),
        });
        Self {
            file: outcome.name.clone(),
            read,
            new,
            known,
            changed,
            conflicts,
            refused,
            exit: outcome.exit().code(),
            orders: orders.collect(),
            accepted: outcome.accepted.iter().map(AcceptedObject::new).collect(),
            error,
        }
    }
}
