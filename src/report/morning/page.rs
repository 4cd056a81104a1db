//! The sheet as a page for a browser, a mail, a printer.

use super::{Block, MorningSheet, Section, Speech};
use crate::export::{HtmlColumn, HtmlPages};
use crate::model::Language;
use crate::report::text;

/// The sheet as one HTML file, which fits on one page of A4.
pub fn morning_html(sheet: &MorningSheet, language: Language) -> String {
    let speech = Speech { sheet, language };
    let title = speech.title();
    let mut pages = HtmlPages::begin(&title, language);
    pages.begin_sheet(&title, &speech.subtitle());
    for Section { title, blocks } in speech.sections() {
        pages.heading(&title);
        for block in blocks {
            put(&mut pages, &speech, block);
        }
    }
    pages.end_page();
    pages.end()
}

fn put(pages: &mut HtmlPages, speech: &Speech<'_>, block: Block) {
    let more = match block {
        Block::Sentence(sentence) => {
            pages.sentence(&sentence);
            0
        }
        Block::Table { columns, rows, foot, more } => {
            let columns: Vec<_> =
                columns.iter().map(|column| HtmlColumn { heading: column.text, is_number: column.is_number }).collect();
            pages.table(&columns, rows, foot.as_deref());
            more
        }
        Block::Items { items, more } => {
            pages.items(items.iter().map(|item| (item.what.as_str(), item.more.as_str(), item.next.as_str())));
            more
        }
    };
    if more > 0 {
        pages.sentence(&speech.with(text::MORNING_MORE, &[("count", &speech.number(more as u64))]));
    }
}
