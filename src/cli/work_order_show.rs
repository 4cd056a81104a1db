//! `workorder show`: work orders on the terminal.
//!
//! What enters: files, and which work orders of them are wanted. What leaves: all of one work order, or a line for each of
//! several, on standard output; with `--json` the same document that `export --as json` writes.
//! What is refused: what `export` refuses.

use std::io;

use bordereau::diagnostic::{Exit, Result, Severity};
use bordereau::export::Profile;
use bordereau::model::{DeadlineClass, WorkOrder};
use bordereau::pipeline::{self, ExportKind, ExportOrder, ExportTarget, Target};
use bordereau::report::{render_work_order, render_work_orders};
use clap::{ArgMatches, Command};

use super::command::{Builder, Page};
use super::convert::Reading;
use super::work_order::{Call, arguments, exit};
use super::{Session, clock, out, signals, texts};

/// Work orders that are set out together, so that their columns stand below one another.
const TOGETHER: usize = 1000;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_WORKORDER_SHOW,
        usage: texts::USAGE_WORKORDER_SHOW,
        examples: Some(texts::EXAMPLES_WORKORDER_SHOW),
        after: Some(texts::AFTER_WORKORDER_SHOW),
        exit_codes: false,
    };
    builder.command("show", page, arguments(builder).into_iter().chain([builder.json()]))
}

/// Shows work orders.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let call = Call::new(matches, None, session)?;
    let (now, json) = (clock::now()?, matches.get_flag("json"));
    let stop = signals::listen(session.language);
    let orders = match call.read(&stop, json.then_some("work-orders")) {
        Ok(orders) => orders,
        Err(exit) => return Ok(exit),
    };
    let exit = exit(&orders, Severity::Error);
    if orders.is_empty() {
        return Err(orders.none());
    }
    let (zone, language) = (call.zone()?, session.language);
    if json {
        let order = ExportOrder {
            kind: ExportKind::Json,
            format: call.format()?,
            zone,
            profile: Profile::Machine,
            keeps_formulas: false,
            language,
            now,
            sync: false,
            stop: &stop,
        };
        let mut stdout = Reading(io::stdout().lock());
        pipeline::export_work_orders(&orders, &order, ExportTarget::One(Target::Stream(&mut stdout)))?;
        return Ok(exit);
    }
    let is_one = orders.len() == 1;
    let mut waiting: Vec<WorkOrder> = Vec::new();
    let flush = |waiting: &mut Vec<WorkOrder>| {
        let page = match waiting.as_slice() {
            [] => return Ok(()),
            [order] if is_one => render_work_order(order, zone, language),
            several => render_work_orders(several, zone, now, DeadlineClass::SOON, language),
        };
        waiting.clear();
        out::data(&page)
    };
    orders.each(|order| {
        waiting.push(order);
        if waiting.len() < TOGETHER { Ok(()) } else { flush(&mut waiting) }
    })?;
    flush(&mut waiting)?;
    Ok(exit)
}
