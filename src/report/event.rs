//! Events as others are told of them: one line of JSON for programs, a short mail for people.

use serde::Serialize;

use super::morning::{MorningObject, MorningSheet, morning_html, render_morning};
use super::text::{self, Text};
use super::{escape, shown_moment};
use crate::format::Registry;
use crate::ledger::{DepositFacts, Event, EventFacts, ResponseFacts, WorkOrderFacts};
use crate::model::{Language, ManufacturerId, Moment};

/// The shape of the object; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct EventObject<'e, F> {
    kind: &'static str,
    version: u32,
    /// Its number in the ledger; 0 when it is only a test.
    number: i64,
    key: &'e str,
    event: &'static str,
    at: String,
    subject: &'e str,
    facts: F,
}

/// An event as one line of JSON, with its line feed.
pub fn event_json(event: &Event) -> String {
    line(&EventObject {
        kind: "event",
        version: VERSION,
        number: event.id.0,
        key: &event.key,
        event: event.facts.kind().name(),
        at: event.at.to_string(),
        subject: &event.subject,
        facts: &event.facts,
    })
}

fn line(object: &impl Serialize) -> String {
    // Texts and numbers always have a JSON form.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}

/// What is handed over of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What it is known by: whoever gets the same key twice was told the same twice.
    pub key: String,
    /// For programs: one line.
    pub json: String,
    /// The heading of a mail.
    pub subject: String,
    /// Its text, lines ended by line feeds.
    pub body: String,
    /// The same as a page, where there is one.
    pub page: Option<String>,
}

impl Announcement {
    /// What is told of an event, by somebody who works for this account.
    pub fn of(event: &Event, account: &str, registry: &Registry, language: Language) -> Self {
        let told = Told { registry, language };
        let (subject, body) = match &event.facts {
            EventFacts::NewWorkOrder(facts) => {
                told.work_order(text::MAIL_NEW_WORK_ORDER_SUBJECT, text::MAIL_NEW_WORK_ORDER, facts)
            }
            EventFacts::DeadlineNear(facts) => {
                told.work_order(text::MAIL_DEADLINE_NEAR_SUBJECT, text::MAIL_DEADLINE_NEAR, facts)
            }
            EventFacts::DepositRejected(facts) => told.deposit(facts, event.at),
            EventFacts::OrderResponse(facts) => told.response(facts, event.at),
        };
        Self {
            key: event.key.clone(),
            json: event_json(event),
            subject,
            body: body + &signature(account, &event.key, language),
            page: None,
        }
    }

    /// What shows that mails and calls arrive.
    pub fn test(at: Moment, account: &str, language: Language) -> Self {
        let key = format!("test:{}", at.seconds());
        let json = line(&EventObject {
            kind: "event",
            version: VERSION,
            number: 0,
            key: &key,
            event: "test",
            at: at.to_string(),
            subject: account,
            facts: serde_json::Map::new(),
        });
        let subject = text::MAIL_TEST_SUBJECT.get(language).to_owned();
        let body = text::MAIL_TEST.get(language).to_owned() + &signature(account, &key, language);
        Self { key, json, subject, body, page: None }
    }

    /// The sheet of a morning. The same moment of the same account is the same sheet.
    pub fn morning(sheet: &MorningSheet, language: Language) -> Self {
        /// As wide as mails are read.
        const WIDTH: usize = 76;
        let key = format!("morning:{}:{}", sheet.account, sheet.night.until.seconds());
        let json = line(&EventObject {
            kind: "event",
            version: VERSION,
            number: 0,
            key: &key,
            event: "morning",
            at: sheet.night.until.to_string(),
            subject: &sheet.account,
            facts: MorningObject::of(sheet),
        });
        let body = render_morning(sheet, WIDTH, language);
        // The first line of the sheet is its title.
        let subject = body.lines().next().unwrap_or_default().to_owned();
        let body = body + &signature(&sheet.account, &key, language);
        Self { key, json, subject, body, page: Some(morning_html(sheet, language)) }
    }
}

/// In whose words something is told.
struct Told<'t> {
    registry: &'t Registry,
    language: Language,
}

impl Told<'_> {
    fn fill(&self, texts: [Text; 2], arguments: &[(&str, &str)]) -> (String, String) {
        let [subject, body] = texts.map(|text| text.with(self.language, arguments));
        (subject, body)
    }

    fn work_order(&self, subject: Text, body: Text, facts: &WorkOrderFacts) -> (String, String) {
        let manufacturer = ManufacturerId(facts.manufacturer);
        let name = self.registry.manufacturer_of(manufacturer).map(|each| each.name.clone());
        let none = || text::MAIL_NO_DEADLINE.get(self.language).to_owned();
        let deadline =
            facts.deadline.as_deref().map(|text| Moment::parse(text).map_or(text.to_owned(), |at| self.when(at)));
        self.fill(
            [subject, body],
            &[
                ("number", &facts.number.to_string()),
                ("mission", &escape(&facts.order_mission)),
                ("manufacturer", &name.unwrap_or_else(|| manufacturer.to_string())),
                ("deadline", &deadline.unwrap_or_else(none)),
            ],
        )
    }

    fn deposit(&self, facts: &DepositFacts, at: Moment) -> (String, String) {
        let why = facts.code.as_ref().map(|code| text::MAIL_DEPOSIT_CODE.with(self.language, &[("code", code)]));
        self.fill(
            [text::MAIL_DEPOSIT_REJECTED_SUBJECT, text::MAIL_DEPOSIT_REJECTED],
            &[
                ("deposit", &facts.deposit.to_string()),
                ("file", &escape(&facts.file)),
                ("at", &self.when(at)),
                ("read", &facts.read.to_string()),
                ("rejected", &facts.rejected.to_string()),
                ("why", &why.unwrap_or_default()),
            ],
        )
    }

    fn response(&self, facts: &ResponseFacts, at: Moment) -> (String, String) {
        self.fill(
            [text::MAIL_ORDER_RESPONSE_SUBJECT, text::MAIL_ORDER_RESPONSE],
            &[
                ("file", &escape(&facts.file)),
                ("at", &self.when(at)),
                ("orders", &facts.orders.to_string()),
                ("taken", &facts.taken.to_string()),
                ("refused", &facts.refused.to_string()),
            ],
        )
    }

    /// A moment as people read it off their own clocks.
    fn when(&self, at: Moment) -> String {
        self.registry.clocks().map_or_else(|_| at.to_string(), |zone| shown_moment(at, zone, self.language))
    }
}

/// Who writes, and the key, by which a mail that comes twice can be told.
fn signature(account: &str, key: &str, language: Language) -> String {
    let account = if account.is_empty() { String::new() } else { format!(" ({})", escape(account)) };
    text::MAIL_SIGNATURE.with(language, &[("account", &account), ("key", key)])
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::ledger::EventId;

    fn event(facts: EventFacts, subject: &str) -> Event {
        Event {
            id: EventId(7),
            key: format!("0123456789abcdef:{}", facts.kind().name()),
            at: Moment::parse("2026-03-04T18:05:00Z").unwrap(),
            by: "claire".to_owned(),
            subject: subject.to_owned(),
            facts,
        }
    }

    fn events() -> Vec<Event> {
        let deadline = Moment::parse("2026-03-05T10:00:00Z");
        let work_order = WorkOrderFacts::new(4_711_001, "OM26-0004711", ManufacturerId(15), deadline);
        let file = "claims\u{202E}.csv".to_owned();
        let deposit = DepositFacts { deposit: 12, file, read: 3, rejected: 3, code: None };
        let whole = DepositFacts { read: 0, rejected: 0, code: Some("FORMAT_UNKNOWN".to_owned()), ..deposit.clone() };
        let response = ResponseFacts { file: "answer.csv".to_owned(), orders: 1, taken: 2, refused: 0 };
        vec![
            event(EventFacts::NewWorkOrder(work_order.clone()), "4711001"),
            event(EventFacts::DeadlineNear(work_order.clone()), "4711001"),
            event(EventFacts::NewWorkOrder(WorkOrderFacts { deadline: None, ..work_order }), "4711001"),
            event(EventFacts::DepositRejected(deposit), "12"),
            event(EventFacts::DepositRejected(whole), "12"),
            event(EventFacts::OrderResponse(response), "answer.csv"),
        ]
    }

    #[test]
    fn mails_say_what_happened_and_what_to_type() {
        let registry = Registry::built_in();
        let mut pages = String::new();
        for language in [Language::French, Language::English] {
            for event in events() {
                let told = Announcement::of(&event, "0064100", &registry, language);
                let body = told.body.replace("\\u{202e}", "");
                assert!(!body.contains(['{', '}', '\u{202E}']) && !body.contains("claire"), "{body}");
                assert!(told.body.contains("\n  bordereau "), "{}", told.body);
                writeln!(pages, "Subject: {}\n\n{}\n---", told.subject, told.body).unwrap();
            }
            let told = Announcement::test(Moment::beginning(), "", language);
            writeln!(pages, "Subject: {}\n\n{}\n===", told.subject, told.body).unwrap();
        }
        insta::assert_snapshot!(pages);
    }

    #[test]
    fn programs_get_one_line() {
        let lines: String = events().iter().map(event_json).collect();
        assert_eq!(lines.lines().count(), events().len());
        insta::assert_snapshot!(lines);
    }
}
