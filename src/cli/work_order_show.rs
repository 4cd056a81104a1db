//! `workorder show`: work orders on the terminal.
//!
//! What enters: files, and which work orders of them are wanted; without files, those of the workspace. What leaves: all of one
//! work order with what was done with it, or a line for each of several, on standard output; with `--json` the same document that `export --as json` writes.
//! What is refused: what `export` refuses.

use std::io;

use bordereau::diagnostic::{Exit, Result, Severity};
use bordereau::export::Profile;
use bordereau::ledger::{AcceptedBy, JournalEntry, WorkOrderBook as _};
use bordereau::model::{CloseKind, Language, WorkOrder, WorkOrderStatus};
use bordereau::pipeline::{self, ExportKind, ExportOrder, ExportTarget, Target};
use bordereau::report::text::Text;
use bordereau::report::{close_kind_word, escape, render_work_order, render_work_orders, work_order_status_word};
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
    builder.command("show", page, arguments(builder).chain([builder.json()]))
}

/// Shows work orders.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let mut call = Call::new(matches, None, clock::now()?, session)?;
    let (now, json) = (call.now, matches.get_flag("json"));
    let stop = signals::listen(session.language);
    let orders = match call.read(&stop, json.then_some("work-orders"))? {
        Ok(orders) => orders,
        Err(exit) => return Ok(exit),
    };
    let exit = exit(&orders, Severity::Error);
    if orders.is_empty() {
        return Err(orders.none());
    }
    let (zone, language, soon) = (call.zone()?, session.language, call.soon());
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
            several => render_work_orders(several, zone, now, soon, language),
        };
        waiting.clear();
        out::data(&page)
    };
    orders.each(|order| {
        waiting.push(order);
        if waiting.len() < TOGETHER { Ok(()) } else { flush(&mut waiting) }
    })?;
    flush(&mut waiting)?;
    if is_one {
        let mut id = None;
        orders.each(|order| {
            id = Some(order.id());
            Ok(())
        })?;
        if let (Some(id), Some(workspace)) = (id, call.workspace()) {
            out::data(&history(&workspace.ledger().work_order_history(id)?, language))?;
        }
    }
    Ok(exit)
}

/// What was done with a work order, a line for each step.
fn history(events: &[JournalEntry], language: Language) -> String {
    let mut page = texts::WORKORDER_HISTORY.get(language).to_owned() + "\n";
    for event in events {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let said = |name: &str| match &detail[name] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => escape(text),
            other => other.to_string(),
        };
        let what = word(&event.what).map_or(&*event.what, |text| text.get(language));
        let mut line = format!("  {}  {what}", event.at);
        let kind = CloseKind::from_name(&said("close_kind")).map(|kind| close_kind_word(kind).text.get(language));
        line.extend(kind.map(|kind| format!(" {kind}")));
        for (text, name) in [(texts::WORKORDER_EVENT_FILE, "repair_file"), (texts::WORKORDER_EVENT_REASON, "reason")] {
            let value = said(name);
            if !value.is_empty() {
                line += &text.with(language, &[(name, &value)]);
            }
        }
        let by = match AcceptedBy::from_name(&said("by")) {
            Some(AcceptedBy::Rule) => texts::WORKORDER_BY_RULE.get(language).to_owned(),
            Some(AcceptedBy::Platform) => texts::WORKORDER_BY_PLATFORM.get(language).to_owned(),
            _ => escape(&event.by),
        };
        page.extend([line.as_str(), if by.is_empty() { "" } else { "  " }, &by, "\n"]);
    }
    page
}

/// A word of the journal for people.
fn word(what: &str) -> Option<Text> {
    Some(match what.strip_prefix("workorder.")? {
        "received" => texts::WORKORDER_EVENT_RECEIVED,
        "exported" => texts::WORKORDER_EVENT_EXPORTED,
        "numbered" => texts::WORKORDER_EVENT_NUMBERED,
        "new" => texts::WORKORDER_EVENT_REOPENED,
        name => work_order_status_word(WorkOrderStatus::from_name(name)?).text,
    })
}
