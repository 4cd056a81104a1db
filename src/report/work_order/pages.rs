//! Work orders on paper: a page for each.

use std::io::{self, Write};

use super::Speech;
use crate::export::Document;
use crate::model::{Language, SuggestedPart, WorkOrder, WorkOrderField, Zone};
use crate::report::html::Html;
use crate::report::text;

/// Writes pages to be printed.
pub struct WorkOrderPages<'z, W> {
    html: Html,
    out: W,
    speech: Speech<'z>,
}

impl<'z, W: Write> WorkOrderPages<'z, W> {
    /// Begins the document.
    pub fn begin(out: W, zone: &'z Zone, language: Language) -> Self {
        let html = Html::begin(text::WORK_ORDER_PAGE_TITLE.get(language), language);
        Self { html, out, speech: Speech { zone, language } }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.html.take().as_bytes())
    }
}

impl<W: Write> Document for WorkOrderPages<'_, W> {
    fn add(&mut self, order: &WorkOrder) -> io::Result<()> {
        let (speech, language, html) = (self.speech, self.speech.language, &mut self.html);
        html.open("section", "page");
        html.open("header", "");
        html.element("h1", &format!("{} {}", text::WORK_ORDER_ORDER_MISSION.get(language), order.content().number));
        let status = speech.value(order, WorkOrderField::Status).unwrap_or_default();
        html.element_of("p", "status", &status);
        html.close("header");
        html.open("div", "columns");
        for (title, fields) in speech.sections(order) {
            html.open("div", "part");
            html.element("h2", title);
            html.open("dl", "");
            for (name, value) in fields {
                html.element("dt", name);
                html.element("dd", &value);
            }
            html.close("dl");
            html.close("div");
        }
        html.close("div");
        push_parts(html, &order.content().parts, language);
        html.close("section");
        self.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.html.end();
        self.flush()?;
        self.out.flush()
    }
}

fn push_parts(html: &mut Html, parts: &[SuggestedPart], language: Language) {
    if parts.is_empty() {
        return;
    }
    html.element("h2", text::WORK_ORDER_SECTION_PARTS.get(language));
    let headings = [
        text::WORK_ORDER_PART_REFERENCE,
        text::WORK_ORDER_PART_QUANTITY,
        text::WORK_ORDER_PART_LABEL,
        text::WORK_ORDER_PART_COMMENT,
    ];
    html.table(&headings.map(|heading| heading.get(language)));
    for part in parts {
        let quantity = part.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
        html.row(&[&part.reference, &quantity, &part.label, &part.comment]);
    }
    html.end_table();
}
