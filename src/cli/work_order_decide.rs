//! `workorder accept`, `workorder refuse` and `workorder reopen`: what somebody decides about work orders.
//!
//! What enters: their numbers, a reason. What leaves: the repair files of those that are accepted.
//! What is refused: a number that nobody knows, a step that the state does not allow, a reason without a word; then none of them
//! changes.

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{AcceptedBy, KeptFault, Stamp, WorkOrderBook as _};
use bordereau::model::{Language, WorkOrderId, WorkOrderStatus};
use bordereau::workspace::Workspace;
use bordereau::workspace::entry::Judging;
use bordereau::workspace::work_order::AcceptedWorkOrder;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::order::text;
use super::work_order::{filter, filters, number};
use super::{Session, clock, out, texts};

fn numbers(builder: Builder) -> Arg {
    builder
        .positional("numbers", texts::VALUE_NUMBER, texts::HELP_WORKORDER_NUMBERS)
        .action(ArgAction::Append)
        .num_args(1..)
}

fn reason(builder: Builder) -> Arg {
    builder.option("reason", texts::VALUE_TEXT, texts::HELP_WORKORDER_REASON).required(true)
}

/// The numbers that were typed, each once.
fn typed(matches: &ArgMatches) -> Result<Vec<WorkOrderId>> {
    let mut ids = Vec::new();
    for text in matches.get_many::<String>("numbers").unwrap_or_default() {
        let id = number(text).ok_or_else(|| invalid("workorder", text, Some("4711001")))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// What can be typed to accept.
pub(crate) fn accept_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_ACCEPT,
        usage: texts::USAGE_WORKORDER_ACCEPT,
        examples: Some(texts::EXAMPLES_WORKORDER_ACCEPT),
        after: Some(texts::AFTER_WORKORDER_ACCEPT),
        exit_codes: false,
    };
    let [_, of, from, to, deadline, zip, product] = filters(builder).map(|filter| filter.requires("all-new"));
    let arguments = [
        numbers(builder).required_unless_present("all-new"),
        builder.flag("all-new", texts::HELP_WORKORDER_ALL_NEW).conflicts_with("numbers"),
        of,
        from,
        to,
        deadline,
        zip,
        product,
        builder.catalogue(),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ];
    builder.command("accept", page, arguments)
}

/// Accepts work orders.
pub(crate) fn accept(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let ids = typed(matches)?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let stamp = clock::stamp()?;
    let ids = if matches.get_flag("all-new") { all_new(matches, &workspace, &registry, &stamp)? } else { ids };
    let wanted: Vec<_> = ids.into_iter().map(|id| (id, AcceptedBy::User)).collect();
    let is_rehearsed = matches.get_flag("dry-run");
    let catalogue = super::workspace::catalogue(matches, Some(&workspace))?;
    let judging = Judging { catalogue: &catalogue, registry: &registry, language: session.language };
    let accepted = workspace.accept_work_orders(&wanted, &judging, is_rehearsed, &stamp)?;
    if accepted.is_empty() {
        out::talk(&(texts::WORKORDER_NONE_NEW.get(session.language).to_owned() + "\n"));
    }
    tell_accepted(&accepted, session.language);
    if matches.get_flag("json") {
        let accepted = accepted.iter().map(AcceptedObject::new).collect();
        out::json("work-orders-accept", AcceptObject { dry_run: is_rehearsed, accepted })?;
    }
    Ok(Exit::Accepted)
}

/// Every new one that the filters take.
fn all_new(
    matches: &ArgMatches,
    workspace: &Workspace,
    registry: &bordereau::format::Registry,
    stamp: &Stamp,
) -> Result<Vec<WorkOrderId>> {
    let mut filter = filter(matches, registry)?;
    filter.clock = Some(workspace.deadline_clock(stamp.at));
    filter.statuses = [WorkOrderStatus::New].into();
    Ok(workspace.work_orders(&filter)?.into_iter().map(|order| order.id).collect())
}

/// Says what was accepted, a line for each.
pub(crate) fn tell_accepted(accepted: &[AcceptedWorkOrder], language: Language) {
    for order in accepted {
        let (errors, warnings) = counted(&order.faults);
        let said = [
            ("mandate", order.id.to_string()),
            ("number", order.repair_file.map(|entry| entry.0.to_string()).unwrap_or_default()),
            ("errors", errors.to_string()),
            ("warnings", warnings.to_string()),
        ];
        let said: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let text = match (order.repair_file, order.is_repeated, errors) {
            (None, ..) => texts::WORKORDER_ACCEPT_TRIED,
            (_, true, _) => texts::WORKORDER_ACCEPTED_BEFORE,
            (_, _, 0) => texts::WORKORDER_ACCEPTED,
            _ => texts::WORKORDER_ACCEPTED_INCOMPLETE,
        };
        out::talk(&(text.with(language, &said) + "\n"));
    }
}

/// How many errors and how many warnings.
fn counted(faults: &[KeptFault]) -> (usize, usize) {
    let errors = faults.iter().filter(|fault| fault.is_error()).count();
    (errors, faults.len() - errors)
}

#[derive(Serialize)]
struct AcceptObject {
    dry_run: bool,
    accepted: Vec<AcceptedObject>,
}

/// A work order that was accepted, for programs.
#[derive(Serialize)]
pub(crate) struct AcceptedObject {
    work_order: WorkOrderId,
    repair_file: Option<i64>,
    repeated: bool,
    errors: usize,
    warnings: usize,
}

impl AcceptedObject {
    pub(crate) fn new(order: &AcceptedWorkOrder) -> Self {
        let (errors, warnings) = counted(&order.faults);
        Self {
            work_order: order.id,
            repair_file: order.repair_file.map(|entry| entry.0),
            repeated: order.is_repeated,
            errors,
            warnings,
        }
    }
}

/// What can be typed to refuse.
pub(crate) fn refuse_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_REFUSE,
        usage: texts::USAGE_WORKORDER_REFUSE,
        examples: Some(texts::EXAMPLES_WORKORDER_REFUSE),
        after: Some(texts::AFTER_WORKORDER_REFUSE),
        exit_codes: false,
    };
    builder.command("refuse", page, decided(builder))
}

/// What can be typed to make new again.
pub(crate) fn reopen_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_REOPEN,
        usage: texts::USAGE_WORKORDER_REOPEN,
        examples: Some(texts::EXAMPLES_WORKORDER_REOPEN),
        after: Some(texts::AFTER_WORKORDER_REOPEN),
        exit_codes: false,
    };
    builder.command("reopen", page, decided(builder))
}

fn decided(builder: Builder) -> [Arg; 4] {
    [numbers(builder).required(true), reason(builder), builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()]
}

/// Refuses work orders.
pub(crate) fn refuse(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    decide(matches, session, WorkOrderStatus::Refused)
}

/// Makes work orders new again.
pub(crate) fn reopen(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    decide(matches, session, WorkOrderStatus::New)
}

fn decide(matches: &ArgMatches, session: &Session, to: WorkOrderStatus) -> Result<Exit> {
    let ids = typed(matches)?;
    let reason = text(matches, "reason").unwrap_or_default().trim();
    if reason.is_empty() {
        return Err(invalid("--reason", "", None));
    }
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let (is_rehearsed, stamp) = (matches.get_flag("dry-run"), clock::stamp()?);
    let ledger = workspace.ledger_mut();
    let done = if to == WorkOrderStatus::Refused {
        ledger.refuse_work_orders(&ids, reason, is_rehearsed, &stamp)?;
        texts::WORKORDER_REFUSED
    } else {
        ledger.reopen_work_orders(&ids, reason, is_rehearsed, &stamp)?;
        texts::WORKORDER_REOPENED
    };
    for id in &ids {
        let text = if is_rehearsed { texts::WORKORDER_DECIDE_TRIED } else { done };
        out::talk(&(text.with(session.language, &[("mandate", &id.to_string())]) + "\n"));
    }
    if matches.get_flag("json") {
        out::json("work-orders-decide", DecideObject { dry_run: is_rehearsed, status: to.name(), work_orders: ids })?;
    }
    Ok(Exit::Accepted)
}

#[derive(Serialize)]
struct DecideObject {
    dry_run: bool,
    status: &'static str,
    work_orders: Vec<WorkOrderId>,
}
