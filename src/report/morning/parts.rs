//! The sections of the sheet but for what is to be done.

use std::collections::BTreeMap;

use super::{Block, Heading, ITEMS, Item, ROWS, Section, Speech};
use crate::ledger::{Outcome, Totals, WaitingBasket};
use crate::model::{DayTime, Errand, ManufacturerId};
use crate::report::terminal::Page;
use crate::report::text::{self, Text};

/// The kind of files, in the words of people.
const fn errand_text(errand: Errand) -> Text {
    match errand {
        Errand::Order => text::MORNING_ORDER_FILES,
        Errand::Deposit => text::MORNING_DEPOSITS,
        Errand::WorkOrder => text::MORNING_WORK_ORDER_FILES,
        Errand::OrderResponse => text::MORNING_ORDER_RESPONSES,
        Errand::ClaimAnswer => text::MORNING_CLAIM_ANSWERS,
        Errand::DraftInvoice => text::MORNING_DRAFT_INVOICES,
        Errand::Catalogue => text::MORNING_CATALOGUES,
    }
}

/// What became of files, in the words of people.
const fn outcome_text(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Accepted => text::MORNING_ACCEPTED,
        Outcome::Partial => text::MORNING_PARTIAL,
        Outcome::Rejected => text::MORNING_REJECTED,
        Outcome::Duplicate => text::MORNING_DUPLICATE,
        Outcome::Undone => text::MORNING_UNDONE,
        Outcome::Unfinished => text::MORNING_UNFINISHED,
    }
}

/// What they all come to. An amount beyond the range is left out.
fn sum(all: impl Iterator<Item = Totals>) -> Totals {
    all.fold(Totals::default(), |sum, more| Totals {
        lines: sum.lines + more.lines,
        quantity: sum.quantity + more.quantity,
        amount: sum.amount.plus(more.amount).unwrap_or(sum.amount),
    })
}

/// What stands above columns, and whether they hold numbers.
fn headings<const N: usize>(speech: &Speech<'_>, columns: [(Text, bool); N]) -> Vec<Heading> {
    columns.map(|(text, is_number)| Heading { text: speech.word(text), is_number }).into()
}

impl Speech<'_> {
    /// What came, by kind and outcome.
    pub(super) fn came(&self) -> Section {
        let morning = &self.sheet.morning;
        let mut blocks = Vec::new();
        if !morning.files.is_empty() {
            let columns = [
                (text::MORNING_KIND, false),
                (text::MORNING_OUTCOME, false),
                (text::MORNING_FILES, true),
                (text::MORNING_READ, true),
                (text::MORNING_TAKEN, true),
                (text::MORNING_REFUSED, true),
            ];
            let rows = morning.files.iter().map(|each| {
                let words = [errand_text(each.errand), outcome_text(each.outcome)];
                let counts = [each.files, each.read, each.accepted, each.rejected];
                let words = words.map(|text| self.word(text).to_owned());
                words.into_iter().chain(counts.map(|count| self.number(count))).collect()
            });
            let columns = headings(self, columns);
            blocks.push(Block::Table { columns, rows: rows.collect(), foot: None, more: 0 });
        }
        let arrived = || morning.work_orders.iter().map(|each| (Some(each.manufacturer), each.arrived));
        let count: u64 = arrived().map(|(_, count)| count).sum();
        if count > 0 {
            let said = [("count", &*self.number(count)), ("names", &*self.names(arrived()))];
            blocks.push(Block::Sentence(self.with(text::MORNING_WORK_ORDERS_CAME, &said)));
        }
        if morning.answered_claims > 0 {
            let said = [("count", &*self.number(morning.answered_claims))];
            blocks.push(Block::Sentence(self.with(text::MORNING_CLAIMS_ANSWERED, &said)));
        }
        if blocks.is_empty() {
            blocks.push(Block::Sentence(self.word(text::MORNING_NOTHING_CAME).to_owned()));
        }
        Section { title: self.word(text::MORNING_CAME).to_owned(), blocks }
    }

    /// Lines that came for each manufacturer, and what waits in its basket.
    pub(super) fn by_manufacturer(&self) -> Option<Section> {
        let morning = &self.sheet.morning;
        let mut rows = BTreeMap::<ManufacturerId, (Totals, Option<WaitingBasket>)>::new();
        for each in &morning.brought {
            rows.entry(each.manufacturer).or_default().0 = each.totals;
        }
        for each in &morning.baskets {
            rows.entry(each.manufacturer).or_default().1 = Some(*each);
        }
        if rows.is_empty() {
            return None;
        }
        let page = Page { language: self.language };
        let amount = |totals: Totals| if totals.lines == 0 { String::new() } else { page.money(totals.amount) };
        let lines = |totals: Totals| if totals.lines == 0 { String::new() } else { self.number(totals.lines) };
        let cells = |name: String, came: Totals, basket: Totals, age: String| {
            vec![name, lines(came), amount(came), lines(basket), amount(basket), age]
        };
        let mut sorted: Vec<_> = rows.iter().collect();
        // The largest basket first: what is cut off is the least.
        let waits = |basket: &Option<WaitingBasket>| basket.map_or_else(Totals::default, |basket| basket.totals);
        sorted.sort_by_key(|(id, (came, basket))| (std::cmp::Reverse((waits(basket).amount, came.amount)), **id));
        let shown = sorted.iter().take(ROWS).map(|(id, (came, basket))| {
            cells(self.name(**id), *came, waits(basket), self.age(basket.and_then(|basket| basket.since)))
        });
        let came = sum(rows.values().map(|row| row.0));
        let basket = sum(rows.values().map(|row| waits(&row.1)));
        let foot = cells(self.word(text::SUMMARY_TOTAL).to_owned(), came, basket, String::new());
        let columns = [
            (text::MORNING_MANUFACTURER, false),
            (text::MORNING_LINES_CAME, true),
            (text::MORNING_AMOUNT, true),
            (text::MORNING_IN_BASKET, true),
            (text::MORNING_AMOUNT, true),
            (text::MORNING_SINCE, false),
        ];
        let table = Block::Table {
            columns: headings(self, columns),
            rows: shown.collect(),
            foot: (rows.len() > 1).then_some(foot),
            more: rows.len().saturating_sub(ROWS),
        };
        let mut blocks = vec![table];
        if !morning.baskets.is_empty() {
            blocks.push(Block::Sentence(self.word(text::MORNING_ORDER_THEM).to_owned()));
        }
        Some(Section { title: self.word(text::MORNING_BY_MANUFACTURER).to_owned(), blocks })
    }

    /// Files to be corrected, with why.
    pub(super) fn to_correct(&self) -> Option<Section> {
        /// Most codes that are named of a file.
        const CODES: usize = 4;
        let all = &self.sheet.to_correct;
        if all.is_empty() {
            return None;
        }
        let items = all.iter().take(ITEMS).map(|each| {
            let refused = &each.refused;
            let codes: Vec<_> = refused
                .causes
                .iter()
                .take(CODES)
                .map(|cause| format!("{} {}", cause.code, self.number(cause.times)))
                .collect();
            let left = refused.causes.len().saturating_sub(CODES);
            let dots = if left > 0 { format!(", +{left}") } else { String::new() };
            let what = match (refused.errand, refused.open) {
                (Errand::Deposit, 0) => text::MORNING_DEPOSIT_REFUSED,
                (Errand::Deposit, _) => text::MORNING_DEPOSIT_TO_CORRECT,
                _ => text::MORNING_IMPORT_TO_CORRECT,
            };
            let number = refused.number.to_string();
            let said = [("file", &*refused.file), ("number", &number), ("count", &self.number(refused.open))];
            Item {
                what: self.with(what, &said),
                more: codes.join(", ") + &dots,
                next: each.workbook.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
            }
        });
        let list = Block::Items { items: items.collect(), more: all.len().saturating_sub(ITEMS) };
        let blocks = vec![list, Block::Sentence(self.word(text::MORNING_CORRECT_THEM).to_owned())];
        Some(Section { title: self.word(text::MORNING_TO_CORRECT).to_owned(), blocks })
    }

    /// Files that nobody could take.
    pub(super) fn put_aside(&self) -> Option<Section> {
        let sheet = self.sheet;
        if sheet.put_aside.is_empty() && sheet.older_put_aside == 0 {
            return None;
        }
        let items = sheet.put_aside.iter().take(ITEMS).map(|each| Item {
            what: each.place.clone(),
            more: each.said.clone(),
            next: String::new(),
        });
        let items: Vec<_> = items.collect();
        let mut blocks = Vec::new();
        if !items.is_empty() {
            blocks.push(Block::Items { items, more: sheet.put_aside.len().saturating_sub(ITEMS) });
        }
        if sheet.older_put_aside > 0 {
            let said = [("count", &*self.number(sheet.older_put_aside))];
            blocks.push(Block::Sentence(self.with(text::MORNING_OLDER_ASIDE, &said)));
        }
        Some(Section { title: self.word(text::MORNING_ASIDE).to_owned(), blocks })
    }

    /// Repairs for which somebody is expected today.
    pub(super) fn appointments(&self) -> Option<Section> {
        let all = &self.sheet.morning.appointments;
        if all.is_empty() {
            return None;
        }
        let columns = [
            (text::MORNING_HOUR, false),
            (text::MORNING_REPAIR, true),
            (text::MORNING_REPORT_NUMBER, false),
            (text::MORNING_MANUFACTURER, false),
        ];
        let rows = all.iter().take(ITEMS).map(|each| {
            let at = DayTime::parse_iso(each.at.as_bytes()).map(DayTime::time);
            let hour = at.map_or_else(|| each.at.clone(), |(hour, minute)| format!("{hour:02}:{minute:02}"));
            let name = each.manufacturer.map(|id| self.name(id)).unwrap_or_default();
            vec![hour, each.repair.to_string(), each.report_number.clone(), name]
        });
        let columns = headings(self, columns);
        let table = Block::Table { columns, rows: rows.collect(), foot: None, more: all.len().saturating_sub(ITEMS) };
        Some(Section { title: self.word(text::MORNING_APPOINTMENTS).to_owned(), blocks: vec![table] })
    }
}
