//! Work orders into documents, and out of them; XML beside the event writer of quick-xml with the same content.

use std::hint::black_box;
use std::io::Write as _;

use bordereau::decode::{TreeKind, walk};
use bordereau::export::{CsvWorkOrders, Document, Head, JsonWorkOrders, Profile, XmlWorkOrders, push_value};
use bordereau::format::Registry;
use bordereau::map::WorkOrderListener;
use bordereau::model::{
    Day, Moment, Slot, SuggestedPart, Value, WorkOrder, WorkOrderContent, WorkOrderField, WorkOrderStatus,
};
use criterion::{Criterion, Throughput};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Work orders of a document.
const ORDERS: u64 = 2_000;

/// A made-up work order, each field filled but a few, its texts with some characters that have to be escaped.
fn order(number: u64) -> WorkOrder {
    let mut content = WorkOrderContent::default();
    let day = Day::new(2026, 3, 4).expect("a day");
    for (place, field) in (0_u64..).zip(WorkOrderField::ALL) {
        match content.slot(field) {
            Slot::Text(slot) if place % 5 != 4 => *slot = format!("Pièce n° {number}-{place}, \"usée\" & <cassée>"),
            Slot::Number(slot) => *slot = Some(number * 100 + place),
            Slot::Manufacturer(slot) => *slot = bordereau::model::ManufacturerId::parse(b"15"),
            Slot::Flag(slot) => *slot = Some(number.is_multiple_of(2)),
            Slot::Moment(slot) => *slot = Moment::from_seconds(1_772_647_500 + i64::try_from(number).expect("small")),
            Slot::Day(slot) => *slot = Some(day),
            Slot::Status(slot) => *slot = Some(WorkOrderStatus::Accepted),
            Slot::Parts(slot) => {
                *slot = (0..2)
                    .map(|part| SuggestedPart {
                        reference: format!("MS-{number}{part}"),
                        quantity: Some(part + 1),
                        ..SuggestedPart::default()
                    })
                    .collect();
            }
            Slot::Text(_) | Slot::Time(_) | Slot::CloseKind(_) => {}
        }
    }
    content.id = Some(number);
    content.number = format!("OM26-{number:07}");
    WorkOrder::new(content).expect("a whole work order")
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let orders: Vec<_> = (0..ORDERS).map(order).collect();
    let registry = Registry::built_in();
    let format = registry.export_format("work-orders").expect("built in");
    let head = Head { exported_at: Moment::parse("2026-03-04T18:05:00Z").expect("a moment"), count: ORDERS };
    let (ours, theirs) = (xml(&orders, head), events(&orders, head));
    assert!(ours == theirs, "both write the same");
    let mut json = Vec::new();
    fill(&orders, JsonWorkOrders::begin(&mut json, head));

    let mut group = criterion.benchmark_group("work orders");
    group.throughput(Throughput::Bytes(ours.len() as u64));
    group.bench_function("write xml", |bencher| bencher.iter(|| xml(&orders, head).len()));
    group.bench_function("write xml by quick-xml events", |bencher| bencher.iter(|| events(&orders, head).len()));
    group.bench_function("read xml", |bencher| bencher.iter(|| read(TreeKind::Xml, &ours, &registry)));
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("write json", |bencher| {
        bencher.iter(|| {
            let mut out = Vec::with_capacity(json.len());
            fill(&orders, JsonWorkOrders::begin(&mut out, head));
            out.len()
        });
    });
    group.bench_function("read json", |bencher| bencher.iter(|| read(TreeKind::Json, &json, &registry)));
    group.throughput(Throughput::Elements(ORDERS));
    for profile in [Profile::Machine, Profile::ExcelFr] {
        group.bench_function(format!("write csv {}", profile.name()), |bencher| {
            bencher.iter(|| {
                let mut out = Vec::with_capacity(json.len());
                fill(&orders, CsvWorkOrders::begin(&mut out, format, &format.zone, profile, false));
                out.len()
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

fn fill(orders: &[WorkOrder], mut document: impl Document) {
    for order in orders {
        document.add(order).expect("memory");
    }
    document.end().expect("memory");
}

fn xml(orders: &[WorkOrder], head: Head) -> Vec<u8> {
    let mut out = Vec::with_capacity(orders.len() * 4096);
    fill(orders, XmlWorkOrders::begin(&mut out, head));
    out
}

fn read(kind: TreeKind, text: &[u8], registry: &Registry) -> usize {
    let limits = registry.format("generic").expect("built in").limits;
    let mut count = 0;
    let mut take = |heard| {
        black_box(heard);
        count += 1;
        Ok(())
    };
    let mut listener = WorkOrderListener::new(kind, &limits, "orders", &mut take);
    walk(text, kind, &limits, "orders", &mut listener).expect("as written");
    listener.end().expect("work orders");
    count
}

/// The same document, event by event.
fn events(orders: &[WorkOrder], head: Head) -> Vec<u8> {
    let mut out = Vec::with_capacity(orders.len() * 4096);
    let mut writer = Writer::new(&mut out);
    let mut emit = |event: Event<'_>| writer.write_event(event).expect("memory");
    let newline = |indent: &'static str| Event::Text(BytesText::from_escaped(indent));
    emit(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    emit(newline("\n"));
    let mut root = BytesStart::new("WorkOrders");
    root.push_attribute(("xmlns", "urn:bordereau:work-orders:1"));
    root.push_attribute(("Version", "1"));
    root.push_attribute(("ExportedAt", &*head.exported_at.to_string()));
    root.push_attribute(("Count", &*head.count.to_string()));
    emit(Event::Start(root));
    emit(newline("\n"));
    let mut text = String::new();
    for order in orders {
        emit(newline("  "));
        let mut start = BytesStart::new("WorkOrder");
        for field in WorkOrderField::ALL {
            if let Some(name) = field.xml().strip_prefix('@')
                && shown(order, field, &mut text)
            {
                start.push_attribute((name, &*text));
            }
        }
        emit(Event::Start(start));
        emit(newline("\n"));
        let mut group = "";
        for field in WorkOrderField::ALL.into_iter().filter(|field| !field.xml().starts_with('@')) {
            let (above, name) = field.xml().split_once('/').unwrap_or(("", field.xml()));
            if order.content().value(field) == Value::Nothing {
                continue;
            }
            if above != group {
                if !group.is_empty() {
                    emit(newline("    "));
                    emit(Event::End(BytesEnd::new(group)));
                    emit(newline("\n"));
                }
                if !above.is_empty() {
                    emit(newline("    "));
                    emit(Event::Start(BytesStart::new(above)));
                    emit(newline("\n"));
                }
                group = above;
            }
            if let Value::Parts(parts) = order.content().value(field) {
                emit(newline("    "));
                emit(Event::Start(BytesStart::new(name)));
                for part in parts {
                    emit(newline("\n      "));
                    emit(Event::Start(BytesStart::new("Part")));
                    let quantity = part.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
                    for (name, value) in [("Reference", &part.reference), ("Quantity", &quantity)] {
                        emit(newline("\n        "));
                        emit(Event::Start(BytesStart::new(name)));
                        emit(Event::Text(BytesText::new(value)));
                        emit(Event::End(BytesEnd::new(name)));
                    }
                    emit(newline("\n      "));
                    emit(Event::End(BytesEnd::new("Part")));
                }
                emit(newline("\n    "));
                emit(Event::End(BytesEnd::new(name)));
                emit(newline("\n"));
            } else if shown(order, field, &mut text) {
                emit(newline(if group.is_empty() { "    " } else { "      " }));
                emit(Event::Start(BytesStart::new(name)));
                let partial = BytesText::new(&text);
                emit(Event::Text(partial));
                emit(Event::End(BytesEnd::new(name)));
                emit(newline("\n"));
            }
        }
        emit(newline("  "));
        emit(Event::End(BytesEnd::new("WorkOrder")));
        emit(newline("\n"));
    }
    emit(Event::End(BytesEnd::new("WorkOrders")));
    emit(newline("\n"));
    out.flush().expect("memory");
    out
}

/// The value of a field as text; false when there is none.
fn shown(order: &WorkOrder, field: WorkOrderField, text: &mut String) -> bool {
    let mut bytes = std::mem::take(text).into_bytes();
    bytes.clear();
    push_value(&mut bytes, order.content().value(field));
    *text = String::from_utf8(bytes).expect("text");
    !text.is_empty()
}
