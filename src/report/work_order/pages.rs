//! Work orders on paper: a page for each.

use std::io::{self, Write};

use super::Speech;
use crate::export::{Document, HtmlColumn, HtmlPages};
use crate::model::{Language, SuggestedPart, WorkOrder, WorkOrderField, Zone};
use crate::report::text;

/// Writes pages to be printed.
pub struct WorkOrderPages<'z, W> {
    pages: HtmlPages,
    out: W,
    speech: Speech<'z>,
}

impl<'z, W: Write> WorkOrderPages<'z, W> {
    /// Begins the document.
    pub fn begin(out: W, zone: &'z Zone, language: Language) -> Self {
        let pages = HtmlPages::begin(text::WORK_ORDER_PAGE_TITLE.get(language), language);
        Self { pages, out, speech: Speech { zone, language } }
    }
}

impl<W: Write> Document for WorkOrderPages<'_, W> {
    fn add(&mut self, order: &WorkOrder) -> io::Result<()> {
        let (speech, language, pages) = (self.speech, self.speech.language, &mut self.pages);
        let title = format!("{} {}", text::WORK_ORDER_ORDER_MISSION.get(language), order.content().number);
        pages.begin_page(&title, &speech.value(order, WorkOrderField::Status).unwrap_or_default());
        pages.parts(speech.sections(order));
        push_parts(pages, &order.content().parts, language);
        pages.end_page();
        self.out.write_all(pages.take().as_bytes())
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(self.pages.end().as_bytes())?;
        self.out.flush()
    }
}

fn push_parts(pages: &mut HtmlPages, parts: &[SuggestedPart], language: Language) {
    if parts.is_empty() {
        return;
    }
    pages.heading(text::WORK_ORDER_SECTION_PARTS.get(language));
    let columns = [
        (text::WORK_ORDER_PART_REFERENCE, false),
        (text::WORK_ORDER_PART_QUANTITY, true),
        (text::WORK_ORDER_PART_LABEL, false),
        (text::WORK_ORDER_PART_COMMENT, false),
    ];
    let columns = columns.map(|(heading, is_number)| HtmlColumn { heading: heading.get(language), is_number });
    let rows = parts.iter().map(|part| {
        let quantity = part.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
        vec![part.reference.clone(), quantity, part.label.clone(), part.comment.clone()]
    });
    pages.table(&columns, rows, None);
}
