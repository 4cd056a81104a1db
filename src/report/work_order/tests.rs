//! What people see of a work order, and what they do not.

use super::*;
use crate::diagnostic::{Arguments, Code, Diagnostic};
use crate::export::Document as _;
use crate::model::{ManufacturerId, Moment, SuggestedPart, Symptom, WorkOrderConsumer, WorkOrderContent};

fn order() -> WorkOrder {
    WorkOrder::new(WorkOrderContent {
        id: Some(7),
        number: "OM7".to_owned(),
        status: Some(WorkOrderStatus::New),
        manufacturer: Some(ManufacturerId(15)),
        deadline: Moment::parse("2026-03-04T18:05:00Z"),
        consumer: WorkOrderConsumer {
            title: "3".to_owned(),
            last_name: "Dupont <b>".to_owned(),
            ..WorkOrderConsumer::default()
        },
        symptom: Symptom { description: "fuit\n\u{1b}[31mtrop".to_owned(), ..Symptom::default() },
        parts: vec![SuggestedPart { reference: "A".to_owned(), quantity: Some(2), ..SuggestedPart::default() }],
        ..WorkOrderContent::default()
    })
    .unwrap()
}

fn zone() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

#[test]
fn one_work_order_is_shown_with_all_that_is_known() {
    let french = render_work_order(&order(), &zone(), Language::French);
    let lines: Vec<_> = french.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in ["Statut nouveau", "Répondre avant 04/03/2026 19:05", "Civilité M.", "Pièces suggérées", "2 × A"]
    {
        assert!(lines.iter().any(|each| each == line), "{line}: {french}");
    }
    assert!(
        french.contains("Dupont <b>") && french.contains("\\u{1b}[31mtrop") && !french.contains('\u{1b}'),
        "{french}"
    );
    let english = render_work_order(&order(), &zone(), Language::English);
    assert!(english.contains("2026-03-04 19:05") && english.contains("Mr") && !english.contains("Wished"), "{english}");
}

#[test]
fn lines_of_several_name_no_consumer() {
    let now = Moment::parse("2026-03-04T18:30:00Z").unwrap();
    let text = render_work_orders(&[order()], &zone(), now, 1, Language::English);
    assert!(text.contains("OM7") && text.contains("overdue") && !text.contains("Dupont"), "{text}");
}

#[test]
fn a_page_shows_texts_as_texts() {
    let mut out = Vec::new();
    let zone = zone();
    let mut pages = WorkOrderPages::begin(&mut out, &zone, Language::French);
    pages.add(&order()).unwrap();
    pages.add(&order()).unwrap();
    pages.end().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.matches("<section class=\"page\">").count(), 2);
    assert!(text.contains("Dupont &lt;b&gt;") && !text.contains("<b>"));
    assert!(text.contains("<h1>Ordre de mission OM7</h1>"), "{text}");
}

#[test]
fn a_remedy_is_told_once() {
    let arguments = Arguments::none().with("found", 77).with("mandate", 7);
    let said = Diagnostic::new(Code::RepairTypeUnknown, 3, None, String::new(), arguments);
    let text = render_notices([("a.json", &said), ("b.json", &said)].into_iter(), 5, Language::English);
    assert_eq!((text.matches("  → ").count(), text.lines().count()), (1, 4), "{text}");
    assert!(text.starts_with("warning[REPAIR_TYPE_UNKNOWN]: a.json, line 3: "), "{text}");
}
