use std::path::PathBuf;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::diagnostic::{Code, Result};
use crate::ledger::{
    Answered, BackOrderFilter, BasketBook as _, Delivery, DocumentForm, DraftPlan, Estimate, ImportBook as _,
    ImportHead, ImportOrigin, ImportTotals, Ledger as _, LineEstimate, LineFilter, Need, NewOrder, OrderAnswer,
    OrderBook as _, OrderEntry, OrderFilter, OrderId, OrderPlan, OrderTerms, ResponseFile, SourceLine, SqliteLedger,
    Stamp,
};
use crate::model::{Address, Answer, Counts, LineStatus, ManufacturerId, Moment, Money, OrderStatus, Verdict};

const SEB: ManufacturerId = ManufacturerId(15);

fn stamp() -> Stamp {
    Stamp { at: Moment::parse("2026-03-04T18:05:00Z").unwrap(), by: "anne".to_owned() }
}

/// A ledger with lines of these quantities in the basket, each of a part of its own.
fn ledger(quantities: &[u32]) -> (tempfile::TempDir, PathBuf, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = SqliteLedger::create(&path, false).unwrap();
    fill(&mut ledger, quantities);
    (folder, path, ledger)
}

fn fill(ledger: &mut SqliteLedger, quantities: &[u32]) {
    let head = ImportHead {
        origin: ImportOrigin::File,
        parent: None,
        file: "orders.csv".to_owned(),
        hash: "h".to_owned(),
        bytes: 1,
        format: "generic".to_owned(),
        format_hash: String::new(),
        settings: "{}".to_owned(),
        reference: None,
        stamp: stamp(),
    };
    let mut record = ledger.begin_import(&head).unwrap();
    for (place, quantity) in quantities.iter().enumerate() {
        let reference = format!("MS-{place:06}");
        record
            .take(&SourceLine {
                line: place as u64 + 2,
                manufacturer: SEB,
                place,
                reference: &reference,
                label: "Joint",
                unit_price: Money::from_ten_thousandths(12_500 + i64::try_from(place).unwrap()),
                quantity: *quantity,
                need: Need { customer_order_number: "C-1", ..Need::default() },
                desired_delivery_date: None,
                comment: "",
                merge_key: i64::try_from(place).unwrap(),
            })
            .unwrap();
    }
    let counts = Counts { valid: quantities.len() as u64, accepted: quantities.len() as u64, ..Counts::default() };
    let totals = ImportTotals { counts, content: String::new(), causes: Vec::new(), heads: Vec::new(), reports: None };
    record.finish(&totals).unwrap();
}

/// The numbers of the lines that wait.
fn waiting(ledger: &SqliteLedger) -> Vec<i64> {
    let mut lines = Vec::new();
    let filter = LineFilter { manufacturer: Some(SEB), ..LineFilter::default() };
    let taken = ledger.waiting_lines(&filter, &mut |line| {
        lines.push(line.id.0);
        Ok(())
    });
    taken.unwrap();
    lines
}

fn order_of(ledger: &mut SqliteLedger, lines: &[i64]) -> Result<OrderEntry> {
    let lines = lines.iter().map(|line| (*line, Money::from_ten_thousandths(20_000))).collect();
    let order = NewOrder { manufacturer: SEB, lines, terms: OrderTerms::default(), currency: "EUR".to_owned() };
    ledger.make_order(&OrderPlan { draft: DraftPlan::New(order), estimate: None, send: None }, &stamp())
}

/// An order of every line, handed over.
fn sent(ledger: &mut SqliteLedger) -> OrderEntry {
    let lines = waiting(ledger);
    let order = order_of(ledger, &lines).unwrap();
    send(ledger, order.id).unwrap()
}

fn send(ledger: &mut SqliteLedger, id: OrderId) -> Result<OrderEntry> {
    let send = Some(DocumentForm::default());
    ledger.make_order(&OrderPlan { draft: DraftPlan::AsItIs(id), estimate: None, send }, &stamp())
}

fn estimate(ledger: &mut SqliteLedger, id: OrderId, estimate: Estimate) -> Result<OrderEntry> {
    let estimate = Some(estimate);
    ledger.make_order(&OrderPlan { draft: DraftPlan::AsItIs(id), estimate, send: None }, &stamp())
}

fn revise(ledger: &mut SqliteLedger, id: OrderId, terms: &OrderTerms, prices: &[Money]) -> Result<OrderEntry> {
    let draft = DraftPlan::Revised { id, terms: terms.clone(), prices: prices.to_vec() };
    ledger.make_order(&OrderPlan { draft, estimate: None, send: None }, &stamp())
}

fn answer(order: &OrderEntry, line: Option<u32>, answer: Answer) -> OrderAnswer {
    OrderAnswer {
        row: 2,
        order: order.number.to_lowercase(),
        manufacturer_reference: String::new(),
        line,
        reference: String::new(),
        answer,
    }
}

fn said(ledger: &mut SqliteLedger, answers: &[OrderAnswer]) -> Answered {
    static FILES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = FILES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let file = ResponseFile { file: "answer.csv".to_owned(), hash: number.to_string() };
    ledger.answer_orders(&file, answers, false, &stamp()).unwrap()
}

fn statuses(ledger: &SqliteLedger, id: OrderId) -> Vec<LineStatus> {
    ledger.order_lines(id).unwrap().iter().map(|line| line.progress.status()).collect()
}

#[test]
fn lines_leave_the_basket_with_an_order_and_come_back_with_a_cancelled_draft() {
    let (_folder, path, mut ledger) = ledger(&[2, 3, 4]);
    let order = order_of(&mut ledger, &[1, 3]).unwrap();
    assert_eq!((order.number.as_str(), order.lines, order.quantity), ("B26-000001", 2, 6));
    assert_eq!(order.amount, Money::from_ten_thousandths(120_000));
    assert_eq!(waiting(&ledger), [2]);
    assert_eq!(order_of(&mut ledger, &[1]).unwrap_err().code, Code::LineNotWaiting);
    assert_eq!(order_of(&mut ledger, &[]).unwrap_err().code, Code::OrderEmpty);
    assert!(ledger.faults().unwrap().is_empty());

    let cancelled = ledger.cancel_order(order.id, "typed twice", &stamp()).unwrap();
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert_eq!(waiting(&ledger), [1, 2, 3]);
    let basket: (i64, i64) = Connection::open(path)
        .unwrap()
        .query_row("SELECT lines, quantity FROM basket", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(basket, (3, 9));
    assert_eq!(order_of(&mut ledger, &[1]).unwrap().number, "B26-000002", "a refused order takes no number");
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn a_sent_order_is_frozen_and_keeps_its_lines_when_it_is_cancelled() {
    let (_folder, path, mut ledger) = ledger(&[2, 3]);
    let order = sent(&mut ledger);
    assert_eq!(order.status, OrderStatus::Sent);
    assert_eq!(ledger.unwritten_orders().unwrap().len(), 1);
    ledger.order_written(order.id).unwrap();
    assert!(ledger.unwritten_orders().unwrap().is_empty());
    let refused = [
        send(&mut ledger, order.id),
        revise(&mut ledger, order.id, &OrderTerms::default(), &[]),
        estimate(&mut ledger, order.id, Estimate::default()),
    ];
    assert!(refused.into_iter().all(|result| result.unwrap_err().code == Code::TransitionNotAllowed));
    let store = Connection::open(&path).unwrap();
    for change in [
        "UPDATE purchase_order SET comment = 'x'",
        "UPDATE order_line SET unit_price = 1",
        "DELETE FROM order_line",
        "DELETE FROM purchase_order",
    ] {
        assert!(store.execute(change, []).is_err(), "{change}");
    }
    let cancelled = ledger.cancel_order(order.id, "", &stamp()).unwrap();
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert!(waiting(&ledger).is_empty());
    assert_eq!(statuses(&ledger, order.id), [LineStatus::Cancelled, LineStatus::Cancelled]);
    assert_eq!(ledger.cancel_order(order.id, "", &stamp()).unwrap_err().code, Code::TransitionNotAllowed);
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn terms_and_estimates_are_kept_until_the_order_is_sent() {
    let (_folder, _path, mut ledger) = ledger(&[2]);
    let order = order_of(&mut ledger, &[1]).unwrap();
    let address = Address { name: "Atelier Martin".to_owned(), town: "Bayonne".to_owned(), ..Address::default() };
    let terms = OrderTerms { address: Some(address), are_terms_accepted: true, ..OrderTerms::default() };
    let order = revise(&mut ledger, order.id, &terms, &[Money::from_ten_thousandths(30_000)]).unwrap();
    assert_eq!((order.terms, order.amount), (terms, Money::from_ten_thousandths(60_000)));
    let line = LineEstimate {
        number: 1,
        unit_price: Money::from_ten_thousandths(10_000),
        is_available: Some(false),
        quantity: Some(1),
        date: None,
    };
    let fees = Money::from_ten_thousandths(50_000);
    let said = Estimate { source: "prices.csv".to_owned(), lines: vec![line], fees };
    let order = estimate(&mut ledger, order.id, said).unwrap();
    assert_eq!((order.status, order.fees), (OrderStatus::Estimated, fees));
    assert_eq!(order.amount, Money::from_ten_thousandths(20_000), "fees are no part of what the lines cost");
    let lines = ledger.order_lines(order.id).unwrap();
    assert_eq!((lines[0].is_available, lines[0].estimated_quantity), (Some(false), Some(1)));
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn answers_and_deliveries_move_an_order_to_its_end() {
    let (_folder, _path, mut ledger) = ledger(&[2, 3, 4]);
    let order = sent(&mut ledger);
    let status = |verdict| Answer { verdict: Some(verdict), ..Answer::default() };
    let done = said(
        &mut ledger,
        &[
            answer(&order, Some(1), Answer { confirmed: Some(2), message: "ok".to_owned(), ..Answer::default() }),
            answer(&order, Some(2), Answer { replacement: Some("MS-9".to_owned()), ..status(Verdict::Unavailable) }),
            answer(&order, Some(9), status(Verdict::Shipped)),
        ],
    );
    assert_eq!((done.taken, done.refused.len()), (2, 1));
    assert_eq!(done.refused[0].code, Code::ResponseLineUnknown);
    assert_eq!(done.replacements, [(order.number.clone(), 2, "MS-9".to_owned())]);
    assert_eq!(done.changed[0].to, OrderStatus::Confirmed);
    assert_eq!(statuses(&ledger, order.id), [LineStatus::Confirmed, LineStatus::Unavailable, LineStatus::Open]);
    let late = |ledger: &SqliteLedger, with_awaited| {
        let filter = BackOrderFilter { manufacturer: None, with_awaited };
        ledger.back_orders(&filter).unwrap().iter().map(|line| (line.line, line.outstanding)).collect::<Vec<_>>()
    };
    assert_eq!(late(&ledger, false), [(2, 3)]);
    assert_eq!(late(&ledger, true), [(1, 2), (2, 3), (3, 4)]);

    said(&mut ledger, &[answer(&order, Some(3), Answer { shipped: Some(1), ..Answer::default() })]);
    let delivery = |note: &str, lines: &[(u32, u64)]| Delivery {
        note: note.to_owned(),
        countermark: String::new(),
        lines: lines.to_vec(),
    };
    let order = ledger.receive(order.id, &delivery("BL1", &[(3, 1)]), &stamp()).unwrap();
    assert_eq!(order.status, OrderStatus::PartlyShipped);
    assert_eq!(late(&ledger, false), [(2, 3), (3, 3)]);
    let refused = |ledger: &mut SqliteLedger, note: &str, line, quantity| {
        ledger.receive(order.id, &delivery(note, &[(line, quantity)]), &stamp()).unwrap_err().code
    };
    assert_eq!(refused(&mut ledger, "BL1", 3, 1), Code::DeliveryNoteRepeated);
    assert_eq!(refused(&mut ledger, "BL2", 3, 4), Code::ReceiptTooLarge);
    assert_eq!(refused(&mut ledger, "BL2", 7, 1), Code::OrderLineUnknown);
    said(&mut ledger, &[answer(&order, Some(2), status(Verdict::Cancelled))]);
    let order = ledger.receive(order.id, &delivery("BL2", &[]), &stamp()).unwrap();
    assert_eq!(order.status, OrderStatus::Received);
    assert_eq!(statuses(&ledger, order.id), [LineStatus::Received, LineStatus::Cancelled, LineStatus::Received]);
    assert_eq!(refused(&mut ledger, "BL3", 1, 1), Code::TransitionNotAllowed);
    let told: Vec<_> = ledger.order_events(&order.number).unwrap().into_iter().map(|event| event.what).collect();
    assert_eq!(told.last().map(String::as_str), Some("order.received"));
    let way = ["order.sent", "order.confirmed", "order.partly_shipped", "order.shipped", "order.received"];
    assert!(way.iter().all(|what| told.iter().filter(|each| each == what).count() == 1), "{told:?}");
    assert_eq!(ledger.receipts(order.id).unwrap().len(), 2);
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn a_whole_order_can_be_refused_and_found_by_the_number_of_its_manufacturer() {
    let (_folder, _path, mut ledger) = ledger(&[2, 3]);
    let order = sent(&mut ledger);
    let reference = |verdict, own: &str| OrderAnswer {
        order: own.to_owned(),
        manufacturer_reference: "M-77".to_owned(),
        ..answer(&order, None, Answer { verdict: Some(verdict), ..Answer::default() })
    };
    assert_eq!(said(&mut ledger, &[reference(Verdict::Rejected, "")]).refused[0].code, Code::ResponseOrderUnknown);
    let confirmed = said(&mut ledger, &[reference(Verdict::Confirmed, &order.number)]);
    assert_eq!(confirmed.changed[0].to, OrderStatus::Confirmed);
    let found =
        ledger.orders(&OrderFilter { manufacturer_reference: Some("M-77".to_owned()), ..OrderFilter::default() });
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(said(&mut ledger, &[reference(Verdict::Rejected, "")]).changed[0].to, OrderStatus::Cancelled);
    assert_eq!(said(&mut ledger, &[reference(Verdict::Shipped, "")]).refused[0].code, Code::ResponseNotExpected);

    fill(&mut ledger, &[1]);
    let order = sent(&mut ledger);
    let refused =
        said(&mut ledger, &[answer(&order, None, Answer { verdict: Some(Verdict::Rejected), ..Answer::default() })]);
    assert_eq!(refused.changed[0].to, OrderStatus::Rejected);
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn an_order_is_made_as_a_whole_or_not_at_all() {
    let (_folder, _path, mut ledger) = ledger(&[2, 3]);
    let lines: Vec<_> = waiting(&ledger).into_iter().map(|line| (line, Money::from_ten_thousandths(1))).collect();
    let new = |lines: &[(i64, Money)]| {
        let terms = OrderTerms::default();
        let order = NewOrder { manufacturer: SEB, lines: lines.to_vec(), terms, currency: "EUR".to_owned() };
        let send = Some(DocumentForm::default());
        OrderPlan { draft: DraftPlan::New(order), estimate: Some(Estimate::default()), send }
    };
    let (order, rehearsed) = ledger.rehearse_order(&new(&lines), &stamp()).unwrap();
    assert_eq!((order.status, rehearsed.len()), (OrderStatus::Sent, 2));
    let twice = [lines.clone(), lines[..1].to_vec()].concat();
    assert_eq!(ledger.make_order(&new(&twice), &stamp()).unwrap_err().code, Code::LineNotWaiting);
    assert_eq!((waiting(&ledger).len(), ledger.orders(&OrderFilter::default()).unwrap().len()), (2, 0));
    assert_eq!(ledger.make_order(&new(&lines), &stamp()).unwrap(), order, "what was rehearsed comes true");
    assert!(ledger.faults().unwrap().is_empty());
}

#[test]
fn a_rehearsed_answer_leaves_no_trace() {
    let (_folder, _path, mut ledger) = ledger(&[2]);
    let order = sent(&mut ledger);
    let file = ResponseFile { file: "a.csv".to_owned(), hash: "h".to_owned() };
    let shipped = [answer(&order, None, Answer { verdict: Some(Verdict::Shipped), ..Answer::default() })];
    let rehearsed = ledger.answer_orders(&file, &shipped, true, &stamp()).unwrap();
    assert_eq!((rehearsed.taken, rehearsed.changed[0].to), (1, OrderStatus::Shipped));
    assert_eq!(ledger.response_of_bytes("h").unwrap(), None);
    assert_eq!(ledger.order(&order.number).unwrap().unwrap().status, OrderStatus::Sent);
}

#[test]
fn orders_are_found_by_every_filter() {
    let (_folder, _path, mut ledger) = ledger(&[1, 1, 1]);
    for line in 1..=3 {
        order_of(&mut ledger, &[line]).unwrap();
    }
    let order = ledger.order("b26-000002").unwrap().unwrap();
    send(&mut ledger, order.id).unwrap();
    let found =
        |filter: OrderFilter| ledger.orders(&filter).unwrap().into_iter().map(|order| order.id.0).collect::<Vec<_>>();
    let all = OrderFilter::default;
    let moment = |text| Moment::parse(text);
    assert_eq!(found(all()), [3, 2, 1]);
    assert_eq!(found(OrderFilter { limit: Some(2), ..all() }), [3, 2]);
    assert_eq!(found(OrderFilter { manufacturer: Some(ManufacturerId(4)), ..all() }), [0; 0]);
    assert_eq!(found(OrderFilter { statuses: vec![OrderStatus::Sent], ..all() }), [2]);
    assert_eq!(found(OrderFilter { reference: Some("ms-000002".to_owned()), ..all() }), [3]);
    assert_eq!(found(OrderFilter { customer_order_number: Some("C-1".to_owned()), ..all() }), [3, 2, 1]);
    assert_eq!(
        found(OrderFilter { since: moment("2026-03-04T18:05:00Z"), manufacturer: Some(SEB), ..all() }),
        [3, 2, 1]
    );
    assert_eq!(found(OrderFilter { before: moment("2026-03-04T18:05:00Z"), ..all() }), [0; 0]);
    let both = OrderFilter { statuses: vec![OrderStatus::Draft], reference: Some("MS-000001".to_owned()), ..all() };
    assert_eq!(found(both), [0; 0]);
}

#[test]
fn what_contradicts_itself_is_told() {
    for (damage, told) in [
        ("DROP TRIGGER order_line_frozen; UPDATE order_line SET unit_price = unit_price + 1", "totals differ"),
        (
            "DROP TRIGGER basket_line_frozen; UPDATE basket_line SET quantity = quantity + 1, adjusted = 1",
            "not as it was",
        ),
        ("UPDATE order_line SET shipped_quantity = 1, received_quantity = 1, status = 'BACKORDER'", "delivery notes"),
        ("UPDATE order_line SET status = 'SHIPPED'", "its quantities say OPEN"),
        ("UPDATE purchase_order SET status = 'SHIPPED'", "its lines say SENT"),
        ("DROP TRIGGER order_line_kept; DELETE FROM order_line", "no order has it"),
    ] {
        let (_folder, path, mut ledger) = ledger(&[2, 3]);
        sent(&mut ledger);
        assert!(ledger.faults().unwrap().is_empty());
        Connection::open(path).unwrap().execute_batch(damage).unwrap();
        let faults = ledger.faults().unwrap();
        assert!(faults.iter().any(|fault| fault.contains(told)), "{damage}: {faults:?}");
    }
}

/// Something that is done to the orders.
#[derive(Clone, Debug)]
enum Act {
    Order(Vec<bool>),
    Send(usize),
    Estimate(usize),
    Cancel(usize),
    Receive(usize, u32, u64),
    Answer(usize, Option<u32>, Option<u64>, Option<u64>, Option<usize>),
}

fn act() -> impl Strategy<Value = Act> {
    let which = 0_usize..4;
    prop_oneof![
        prop::collection::vec(any::<bool>(), 6).prop_map(Act::Order),
        which.clone().prop_map(Act::Send),
        which.clone().prop_map(Act::Estimate),
        which.clone().prop_map(Act::Cancel),
        (which.clone(), 1_u32..5, 0_u64..6).prop_map(|(order, line, quantity)| Act::Receive(order, line, quantity)),
        (
            which,
            prop::option::of(1_u32..5),
            prop::option::of(0_u64..6),
            prop::option::of(0_u64..6),
            prop::option::of(0_usize..5)
        )
            .prop_map(|(order, line, confirmed, shipped, verdict)| Act::Answer(
                order, line, confirmed, shipped, verdict
            )),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_nothing_is_lost(acts in prop::collection::vec(act(), 1..30)) {
        let quantities = [1, 2, 3, 4, 5, 6];
        let (_folder, path, mut ledger) = ledger(&quantities);
        for act in acts {
            let orders = ledger.orders(&OrderFilter::default()).unwrap();
            let id = |order: usize| orders.get(order).map(|order| order.id);
            match act {
                Act::Order(wanted) => {
                    let waiting = waiting(&ledger);
                    let lines: Vec<_> =
                        waiting.iter().zip(wanted).filter(|(_, is_wanted)| *is_wanted).map(|(line, _)| *line).collect();
                    drop(order_of(&mut ledger, &lines));
                }
                Act::Send(order) => {
                    let Some(id) = id(order) else { continue };
                    drop(send(&mut ledger, id));
                }
                Act::Estimate(order) => {
                    let Some(id) = id(order) else { continue };
                    let fees = Money::from_ten_thousandths(1);
                    drop(estimate(&mut ledger, id, Estimate { fees, ..Estimate::default() }));
                }
                Act::Cancel(order) => {
                    let Some(id) = id(order) else { continue };
                    drop(ledger.cancel_order(id, "", &stamp()));
                }
                Act::Receive(order, line, quantity) => {
                    let Some(id) = id(order) else { continue };
                    let note = format!("BL{quantity}-{line}-{order}-{}", ledger.receipts(id).unwrap().len());
                    let delivery = Delivery { note, countermark: String::new(), lines: vec![(line, quantity)] };
                    drop(ledger.receive(id, &delivery, &stamp()));
                }
                Act::Answer(order, line, confirmed, shipped, verdict) => {
                    let Some(order) = orders.get(order) else { continue };
                    let verdict = verdict.map(|verdict| Verdict::ALL[verdict]);
                    let about = Answer { confirmed, verdict, shipped, ..Answer::default() };
                    said(&mut ledger, &[answer(order, line, about)]);
                }
            }
            prop_assert_eq!(ledger.faults().unwrap(), Vec::<String>::new());
        }
        let store = Connection::open(path).unwrap();
        let sum = |question: &str| store.query_row(question, [], |row| row.get::<_, i64>(0)).unwrap();
        let waiting = sum("SELECT coalesce(sum(quantity), 0) FROM basket_line WHERE state = 'WAITING'");
        let ordered = sum("SELECT coalesce(sum(quantity), 0) FROM order_line WHERE basket_line IS NOT NULL");
        prop_assert_eq!(waiting + ordered, sum("SELECT sum(quantity) FROM source_line"));
        let accounted = "SELECT coalesce(sum(quantity - received_quantity - cancelled_quantity), 0) FROM order_line";
        for order in ledger.orders(&OrderFilter::default()).unwrap() {
            for line in ledger.order_lines(order.id).unwrap() {
                let progress = line.progress;
                prop_assert_eq!(progress.ordered, progress.received + progress.outstanding() + progress.cancelled);
            }
        }
        let awaited: u64 = ledger
            .back_orders(&BackOrderFilter { manufacturer: None, with_awaited: true })
            .unwrap()
            .iter()
            .map(|line| line.outstanding)
            .sum();
        let drafts = sum("SELECT coalesce(sum(quantity), 0) FROM purchase_order WHERE status IN ('DRAFT', 'ESTIMATED')");
        prop_assert_eq!(i64::try_from(awaited).unwrap() + drafts, sum(accounted));
    }
}
