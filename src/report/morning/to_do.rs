//! What is to be done: a line for each thing that waits, the most urgent first, with what to type.

use super::{Block, Item, Section, Speech};
use crate::ledger::{Waiting, WaitingClaims};
use crate::model::{ManufacturerId, Moment};
use crate::report::text::{self, Text};

/// Something that waits, for each manufacturer.
struct Task {
    what: Text,
    counts: Vec<(Option<ManufacturerId>, u64)>,
    /// Since when the oldest waits.
    since: Option<Moment>,
    /// Of how many it is said that they are late.
    late: u64,
    /// What else is said.
    note: String,
    next: &'static str,
}

impl Task {
    fn count(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

/// The counts and the oldest of what waits.
fn gather(
    all: impl Iterator<Item = (Option<ManufacturerId>, Waiting)>,
) -> (Vec<(Option<ManufacturerId>, u64)>, Option<Moment>) {
    let all: Vec<_> = all.collect();
    let since = all.iter().filter_map(|(_, waiting)| waiting.since).min();
    (all.into_iter().map(|(manufacturer, waiting)| (manufacturer, waiting.count)).collect(), since)
}

impl Speech<'_> {
    /// What is to be done.
    pub(super) fn to_do(&self) -> Option<Section> {
        let tasks = [self.work_orders()]
            .into_iter()
            .chain(self.claims())
            .chain(self.orders())
            .chain(self.the_rest())
            .filter(|task| task.count() > 0);
        let items: Vec<_> = tasks.map(|task| self.item(&task)).collect();
        let title = self.word(text::MORNING_TO_DO).to_owned();
        let nothing = || Block::Sentence(self.word(text::MORNING_NOTHING_WAITS).to_owned());
        let waits = !self.sheet.morning.baskets.is_empty() || !self.sheet.to_correct.is_empty();
        match (items.is_empty(), waits) {
            (true, true) => None,
            (true, false) => Some(Section { title, blocks: vec![nothing()] }),
            (false, _) => Some(Section { title, blocks: vec![Block::Items { items, more: 0 }] }),
        }
    }

    fn item(&self, task: &Task) -> Item {
        let count = task.count();
        let mut what = self.with(task.what, &[("count", &self.number(count))]);
        if task.late > 0 {
            what += &self.with(text::MORNING_LATE, &[("count", &self.number(task.late))]);
        }
        let names = if task.counts.iter().all(|(manufacturer, _)| manufacturer.is_none()) {
            String::new()
        } else {
            self.names(task.counts.iter().copied())
        };
        let age = task.since.map(|since| self.with(text::MORNING_OLDEST, &[("age", &self.age(Some(since)))]));
        let more = [names, task.note.clone(), age.unwrap_or_default()];
        let more: Vec<_> = more.into_iter().filter(|text| !text.is_empty()).collect();
        Item { what, more: more.join(" · "), next: task.next.to_owned() }
    }

    fn work_orders(&self) -> Task {
        let all = &self.sheet.morning.work_orders;
        let (counts, since) = gather(all.iter().map(|each| (Some(each.manufacturer), each.undecided)));
        let next = all.iter().filter_map(|each| each.next).min();
        Task {
            what: text::MORNING_WORK_ORDERS,
            counts,
            since,
            late: all.iter().map(|each| each.overdue).sum(),
            note: next
                .map(|next| self.with(text::MORNING_NEXT_DEADLINE, &[("moment", &self.moment(next))]))
                .unwrap_or_default(),
            next: "bordereau workorder due",
        }
    }

    fn claims(&self) -> impl Iterator<Item = Task> {
        type Which = fn(&WaitingClaims) -> Waiting;

        let all = &self.sheet.morning.claims;
        let tasks: [(Text, Which, &'static str); 5] = [
            (text::MORNING_CLAIMS_SENT_BACK, |each| each.sent_back, "bordereau claim list --status NOTCONFORM"),
            (text::MORNING_CLAIM_DRAFTS, |each| each.drafts, "bordereau claim list --status NOTVALID"),
            (text::MORNING_CLAIMS_READY, |each| each.ready, "bordereau claim transmit --all-valid"),
            (
                text::MORNING_CLAIMS_UNANSWERED,
                |each| each.unanswered,
                "bordereau claim list --status WAITING,ARBITRATION",
            ),
            (
                text::MORNING_CLAIMS_UNINVOICED,
                |each| Waiting { count: each.uninvoiced, since: None },
                "bordereau invoice match",
            ),
        ];
        tasks.into_iter().map(|(what, which, next)| {
            let (counts, since) = gather(all.iter().map(|each| (each.manufacturer, which(each))));
            Task { what, counts, since, late: 0, note: String::new(), next }
        })
    }

    fn orders(&self) -> impl Iterator<Item = Task> {
        let morning = &self.sheet.morning;
        let (drafts, drafted) = gather(morning.orders.iter().map(|each| (Some(each.manufacturer), each.drafts)));
        let (unanswered, sent) = gather(morning.orders.iter().map(|each| (Some(each.manufacturer), each.unanswered)));
        let parts: u64 = morning.owed.iter().map(|each| each.quantity).sum();
        // Lines that are late are shown even where none is on back-order.
        let late: u64 = morning.owed.iter().map(|each| each.late).sum();
        let back_orders = morning.owed.iter().map(|each| (Some(each.manufacturer), each.back_orders));
        let late_lines = morning.owed.iter().map(|each| (Some(each.manufacturer), each.late));
        let task = |what, counts, since, late, next| Task { what, counts, since, late, note: String::new(), next };
        [
            task(text::MORNING_ORDER_DRAFTS, drafts, drafted, 0, "bordereau order list --status DRAFT,ESTIMATED"),
            task(
                text::MORNING_ORDERS_UNANSWERED,
                unanswered,
                sent,
                morning.orders.iter().map(|each| each.overdue).sum(),
                "bordereau order list --status SENT",
            ),
            Task {
                note: self.with(text::MORNING_PARTS, &[("count", &self.number(parts))]),
                ..task(text::MORNING_BACK_ORDERS, back_orders.collect(), None, 0, "bordereau order backorders")
            },
            task(
                text::MORNING_LATE_LINES,
                if late > 0 { late_lines.collect() } else { Vec::new() },
                None,
                0,
                "bordereau order backorders --awaited",
            ),
        ]
        .into_iter()
    }

    fn the_rest(&self) -> impl Iterator<Item = Task> {
        let sheet = self.sheet;
        let task = |what, waiting: Waiting, next| Task {
            what,
            counts: vec![(None, waiting.count)],
            since: waiting.since,
            late: 0,
            note: String::new(),
            next,
        };
        let counted = |count| Waiting { count, since: None };
        [
            task(text::MORNING_REPAIR_DRAFTS, sheet.morning.repair_drafts, "bordereau repair list --valid no"),
            task(text::MORNING_SOLUTIONS, sheet.morning.solutions, "bordereau solution list"),
            task(text::MORNING_OUTBOX, counted(sheet.in_outbox), "outbox/"),
            task(text::MORNING_INBOX, counted(sheet.in_inbox), "bordereau run"),
        ]
        .into_iter()
    }
}
