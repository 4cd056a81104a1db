//! Work orders on a terminal.

use super::{Speech, words};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Language, Moment, WorkOrder, WorkOrderField, Zone};
use crate::report::terminal::escape;
use crate::report::text;

/// All that is known of a work order, part by part.
pub fn render_work_order(order: &WorkOrder, zone: &Zone, language: Language) -> String {
    let speech = Speech { zone, language };
    let sections = speech.sections(order);
    let names = sections.iter().flat_map(|(_, fields)| fields.iter().map(|(name, _)| name.chars().count()));
    let width = names.max().unwrap_or(0);
    let mut out = String::new();
    for (title, fields) in sections {
        out.extend([title, "\n"]);
        for (name, value) in fields {
            // Lines of a text stay lines, below one another.
            for (place, line) in value.lines().enumerate() {
                let name = if place == 0 { name } else { "" };
                out += format!("  {name:width$}  {}", escape(line)).trim_end();
                out.push('\n');
            }
        }
    }
    if !order.content().parts.is_empty() {
        out.extend([text::WORK_ORDER_SECTION_PARTS.get(language), "\n"]);
        for part in &order.content().parts {
            let quantity = part.quantity.map(|quantity| format!("{quantity} × ")).unwrap_or_default();
            out.extend(["  ", &quantity, &escape(&part.reference)]);
            for text in [&part.label, &part.comment].into_iter().filter(|text| !text.is_empty()) {
                out.extend(["  ", &escape(text)]);
            }
            out.push('\n');
        }
    }
    out
}

/// Work orders, one on each line, without a word of their consumers.
pub fn render_work_orders(orders: &[WorkOrder], zone: &Zone, now: Moment, soon: i64, language: Language) -> String {
    let speech = Speech { zone, language };
    let fields = [
        WorkOrderField::MandateId,
        WorkOrderField::OrderMission,
        WorkOrderField::Status,
        WorkOrderField::ManufacturerId,
        WorkOrderField::CommercialRef,
        WorkOrderField::CreationDate,
        WorkOrderField::ResponseDeadline,
    ];
    let heading: Vec<_> = fields.iter().map(|field| words::label(*field).get(language).to_owned()).collect();
    let row = |order: &WorkOrder| {
        let cells = fields.iter().map(|field| escape(&speech.value(order, *field).unwrap_or_default()));
        let class = words::deadline(order.deadline_class(now, soon)).map_or("", |class| class.get(language));
        cells.chain([class.to_owned()]).collect::<Vec<_>>()
    };
    let rows: Vec<_> = std::iter::once(heading).chain(orders.iter().map(row)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..=fields.len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// What is said of files, with the remedy under the first of each kind. `more` is how much else there would be to say.
pub fn render_notices<'n>(
    notices: impl Iterator<Item = (&'n str, &'n Diagnostic)>,
    more: u64,
    language: Language,
) -> String {
    let mut out = String::new();
    let mut explained = Vec::new();
    for (file, diagnostic) in notices {
        let code = diagnostic.code;
        let message = escape(&code.message(language, &diagnostic.arguments));
        let (file, line) = (escape(file), diagnostic.line.to_string());
        let severity = match diagnostic.severity {
            Severity::Error => text::ERROR,
            Severity::Warning => text::WARNING,
        };
        let arguments = [
            ("severity", severity.get(language)),
            ("code", code.name()),
            ("file", &*file),
            ("line", &line),
            ("message", &message),
        ];
        out.extend([&*text::NOTICE.with(language, &arguments), "\n"]);
        if !explained.contains(&code) {
            explained.push(code);
            out.extend(["  → ", &*escape(&code.remedy(language, &diagnostic.arguments)), "\n"]);
        }
    }
    if more > 0 {
        out.extend([&*text::NOTICE_MORE.with(language, &[("count", &more.to_string())]), "\n"]);
    }
    out
}
