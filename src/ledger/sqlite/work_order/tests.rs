use rusqlite::Connection;

use crate::diagnostic::{Code, Result};
use crate::ledger::sqlite::deposit_tests::{Sent, healthy, ledger, sent, stamp};
use crate::ledger::{
    Acceptance, Accepted, AcceptedBy, Arrived, ArrivingWorkOrder, EntryBook as _, EntryChange, EntryId, Ledger as _,
    NewEntry, SqliteLedger, WorkOrderBook as _,
};
use crate::model::{
    CloseKind, DepositKind, ManufacturerId, Moment, RepairState, Trigger, WorkOrder, WorkOrderContent, WorkOrderFilter,
    WorkOrderId, WorkOrderStatus,
};

const ID: WorkOrderId = 4_711_001;

fn order(status: WorkOrderStatus) -> WorkOrder {
    WorkOrder::new(WorkOrderContent {
        id: Some(ID),
        number: "OM26-0004711".to_owned(),
        status: Some(status),
        manufacturer: Some(ManufacturerId(4)),
        deadline: Moment::parse("2026-03-04T19:00:00Z"),
        ..WorkOrderContent::default()
    })
    .unwrap()
}

fn arrive(ledger: &mut SqliteLedger, order: &WorkOrder, body: &str) -> Arrived {
    let mut arrived = Arrived::Known;
    ledger
        .take_work_orders(false, &stamp(), &mut |take| {
            arrived = take(&ArrivingWorkOrder { order, body })?;
            Ok(())
        })
        .unwrap();
    arrived
}

fn repair(report: &str) -> Sent {
    Sent { kind: DepositKind::Repairs, ..sent(0, report) }
}

fn accept(ledger: &mut SqliteLedger, report: &str) -> Result<Accepted> {
    let sent = repair(report);
    let wanted = [Acceptance { id: ID, repair_file: sent.entry(), by: AcceptedBy::User }];
    ledger.accept_work_orders(&wanted, &stamp()).map(|accepted| accepted[0])
}

fn status(ledger: &SqliteLedger) -> WorkOrderStatus {
    ledger.work_order(ID).unwrap().unwrap().status
}

fn repair_file(ledger: &SqliteLedger) -> Option<EntryId> {
    ledger.work_order(ID).unwrap().unwrap().repair_file
}

/// A ledger whose work order is in that state, brought there as people do.
fn brought_to(ledger: &mut SqliteLedger, wanted: WorkOrderStatus) {
    assert_eq!(arrive(ledger, &order(WorkOrderStatus::New), "{}"), Arrived::New);
    let change = match wanted {
        WorkOrderStatus::New => return,
        WorkOrderStatus::Refused => return ledger.refuse_work_orders(&[ID], "too far", false, &stamp()).unwrap(),
        WorkOrderStatus::Accepted => None,
        WorkOrderStatus::Planned => Some(EntryChange::Repair(RepairState::Planned)),
        WorkOrderStatus::InProgress => Some(EntryChange::Repair(RepairState::InProgress)),
        WorkOrderStatus::Closed => Some(EntryChange::CloseWithout("nobody at home".to_owned())),
    };
    let accepted = accept(ledger, "R-1").unwrap();
    assert!(!accepted.is_repeated);
    if let Some(change) = change {
        ledger.change_entry(accepted.repair_file, &change, &[], &stamp()).unwrap();
    }
    assert_eq!(status(ledger), wanted);
}

/// Does what would bring a work order to a state; `None` when there is nobody to do it.
fn attempt(ledger: &mut SqliteLedger, to: WorkOrderStatus) -> Option<Code> {
    let change = match to {
        WorkOrderStatus::New => {
            return ledger.reopen_work_orders(&[ID], "given again", false, &stamp()).err().map(|error| error.code);
        }
        WorkOrderStatus::Accepted => return accept(ledger, "R-1").err().map(|error| error.code),
        WorkOrderStatus::Refused => {
            return ledger.refuse_work_orders(&[ID], "too far", false, &stamp()).err().map(|error| error.code);
        }
        WorkOrderStatus::Planned => EntryChange::Repair(RepairState::Planned),
        WorkOrderStatus::InProgress => EntryChange::Repair(RepairState::InProgress),
        WorkOrderStatus::Closed => EntryChange::CloseWithout("nobody at home".to_owned()),
    };
    // Without a repair file nothing of a repair can happen.
    let repair_file = repair_file(ledger)?;
    ledger.change_entry(repair_file, &change, &[], &stamp()).err().map(|error| error.code)
}

#[test]
fn every_pair_of_statuses_through_the_ledger() {
    for from in WorkOrderStatus::ALL {
        for to in WorkOrderStatus::ALL {
            let (_folder, _, mut ledger) = ledger();
            brought_to(&mut ledger, from);
            let before = ledger.work_order(ID).unwrap().unwrap();
            let refused = attempt(&mut ledger, to);
            let allowed = from.trigger(to);
            let after = ledger.work_order(ID).unwrap().unwrap();
            if allowed.is_some() {
                assert_eq!((after.status, refused), (to, None), "{from} → {to}");
            } else {
                assert_eq!(after, before, "{from} → {to}: nothing half done");
            }
            if allowed.is_none() && matches!(to, WorkOrderStatus::New | WorkOrderStatus::Refused) {
                assert_eq!(refused, Some(Code::WorkOrderTransitionNotAllowed), "{from} → {to}");
            }
            if (from, to) == (WorkOrderStatus::Refused, WorkOrderStatus::Accepted) {
                assert_eq!(refused, Some(Code::WorkOrderTransitionNotAllowed));
            }
            healthy(&ledger);
        }
    }
}

#[test]
fn every_status_that_the_platform_tells() {
    for from in WorkOrderStatus::ALL {
        for told in WorkOrderStatus::ALL {
            let (_folder, _, mut ledger) = ledger();
            brought_to(&mut ledger, from);
            let arrived = arrive(&mut ledger, &order(told), "{}");
            let wanted = match from.trigger(told) {
                // It was told so from the beginning.
                _ if told == WorkOrderStatus::New => Arrived::Known,
                // Its repair file comes first.
                Some(Trigger::Accept) => Arrived::Known,
                Some(_) => Arrived::Moved { from, to: told },
                None if from.follows(told) => Arrived::Known,
                None => Arrived::Otherwise { here: from },
            };
            assert_eq!(arrived, wanted, "{from}, told {told}");
            let to = if let Arrived::Moved { to, .. } = wanted { to } else { from };
            assert_eq!(status(&ledger), to, "{from}, told {told}");
            healthy(&ledger);
        }
    }
}

#[test]
fn what_was_told_before_gives_nothing_back() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::Accepted);
    assert_eq!(arrive(&mut ledger, &order(WorkOrderStatus::Accepted), "{}"), Arrived::Known);
    // An old file comes once more: whoever works on the order goes on.
    let here = WorkOrderStatus::Accepted;
    assert_eq!(arrive(&mut ledger, &order(WorkOrderStatus::New), "{}"), Arrived::Otherwise { here });
    assert_eq!(status(&ledger), here);
}

#[test]
fn a_work_order_never_changes() {
    let (_folder, _, mut ledger) = ledger();
    let new = order(WorkOrderStatus::New);
    assert_eq!(arrive(&mut ledger, &new, r#"{"a":1}"#), Arrived::New);
    assert_eq!(arrive(&mut ledger, &new, r#"{"a":1}"#), Arrived::Known);
    assert_eq!(arrive(&mut ledger, &new, r#"{"a":2}"#), Arrived::Conflict);
    assert_eq!(arrive(&mut ledger, &order(WorkOrderStatus::Refused), r#"{"a":2}"#), Arrived::Conflict);
    assert_eq!(ledger.work_order_body(ID).unwrap().as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(status(&ledger), WorkOrderStatus::New);
    let history: Vec<_> = ledger.work_order_history(ID).unwrap().into_iter().map(|event| event.what).collect();
    assert_eq!(history, ["workorder.received"]);
    healthy(&ledger);
}

#[test]
fn a_file_comes_in_as_a_whole_or_not_at_all() {
    let (_folder, _, mut ledger) = ledger();
    let gone = ledger.take_work_orders(false, &stamp(), &mut |take| {
        take(&ArrivingWorkOrder { order: &order(WorkOrderStatus::New), body: "{}" })?;
        Err(crate::diagnostic::Error::new(Code::Interrupted, crate::diagnostic::Arguments::none()))
    });
    assert_eq!(gone.unwrap_err().code, Code::Interrupted);
    assert!(ledger.work_order(ID).unwrap().is_none());
    ledger
        .take_work_orders(true, &stamp(), &mut |take| {
            take(&ArrivingWorkOrder { order: &order(WorkOrderStatus::New), body: "{}" }).map(|_| ())
        })
        .unwrap();
    assert!(ledger.work_order(ID).unwrap().is_none(), "it was only tried");
}

#[test]
fn accepting_twice_gives_the_repair_file_that_is_there() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::Accepted);
    let first = repair_file(&ledger).unwrap();
    let again = accept(&mut ledger, "R-2").unwrap();
    assert_eq!(again, Accepted { id: ID, repair_file: first, is_repeated: true });
    assert!(ledger.entry(EntryId(first.0 + 1)).unwrap().is_none(), "no second one");
    assert_eq!(ledger.work_order_acceptances(ID).unwrap(), 1);
}

#[test]
fn several_are_accepted_together_or_none_is() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::New);
    let (one, other) = (repair("R-1"), repair("R-2"));
    let wanted = [
        Acceptance { id: ID, repair_file: one.entry(), by: AcceptedBy::User },
        Acceptance { id: 1, repair_file: other.entry(), by: AcceptedBy::User },
    ];
    assert_eq!(ledger.accept_work_orders(&wanted, &stamp()).unwrap_err().code, Code::WorkOrderUnknown);
    assert_eq!((status(&ledger), repair_file(&ledger)), (WorkOrderStatus::New, None));
    assert!(ledger.entry(EntryId(1)).unwrap().is_none());
    healthy(&ledger);
}

#[test]
fn a_new_content_of_the_repair_file_brings_its_work_order_on() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::Accepted);
    let id = repair_file(&ledger).unwrap();
    let sent = repair("R-1");
    for (state, wanted) in [
        (RepairState::Planned, WorkOrderStatus::Planned),
        (RepairState::InProgress, WorkOrderStatus::InProgress),
        (RepairState::WaitingParts, WorkOrderStatus::InProgress),
        (RepairState::Planned, WorkOrderStatus::InProgress),
    ] {
        let known = ledger.entry(id).unwrap().unwrap().changed_at;
        let amended = NewEntry { state: Some(state), ..sent.entry() };
        ledger.amend_entry(id, &amended, known, &stamp()).unwrap();
        assert_eq!(status(&ledger), wanted, "{state:?}");
    }
    healthy(&ledger);
}

#[test]
fn a_work_order_is_closed_as_its_repair_file_is() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::InProgress);
    let claim = ledger.create_entry(&sent(0, "C-1").entry(), repair_file(&ledger), &stamp()).unwrap();
    let order = ledger.work_order(ID).unwrap().unwrap();
    assert_eq!((order.status, order.close_kind), (WorkOrderStatus::Closed, Some(CloseKind::WithClaim)));
    assert_eq!(ledger.entry(claim).unwrap().unwrap().counterpart, order.repair_file);
    healthy(&ledger);
}

#[test]
fn a_work_order_that_is_given_again_gets_another_repair_file() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::Planned);
    let first = repair_file(&ledger).unwrap();
    ledger.reopen_work_orders(&[ID], "given again", true, &stamp()).unwrap();
    assert_eq!(status(&ledger), WorkOrderStatus::Planned, "it was only tried");
    ledger.reopen_work_orders(&[ID], "given again", false, &stamp()).unwrap();
    let order = ledger.work_order(ID).unwrap().unwrap();
    assert_eq!((order.status, order.repair_file, order.decided_at), (WorkOrderStatus::New, None, None));
    let closed = ledger.entry(first).unwrap().unwrap();
    assert_eq!(closed.repair_state, Some(RepairState::ClosedWithoutClaim));
    assert_eq!(closed.closing_reason, "given again");
    let second = accept(&mut ledger, "R-2").unwrap().repair_file;
    assert_ne!(second, first);
    healthy(&ledger);
}

#[test]
fn the_platform_names_the_repair_file() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::Accepted);
    let mut content = order(WorkOrderStatus::Accepted).content().clone();
    content.repair_file = Some(880_012);
    assert_eq!(arrive(&mut ledger, &WorkOrder::new(content).unwrap(), "{}"), Arrived::Known);
    let entry = ledger.entry(repair_file(&ledger).unwrap()).unwrap().unwrap();
    assert_eq!(entry.intervention, Some(880_012));
    assert!(ledger.entry_content(entry.id).unwrap().body.unwrap().contains("880012"));
    healthy(&ledger);
}

#[test]
fn exported_ones_are_known() {
    let (_folder, _, mut ledger) = ledger();
    brought_to(&mut ledger, WorkOrderStatus::New);
    let unexported = WorkOrderFilter { is_unexported: true, ..WorkOrderFilter::default() };
    assert_eq!(ledger.work_orders(&unexported).unwrap().len(), 1);
    ledger.mark_exported(&[ID], &stamp()).unwrap();
    assert_eq!(ledger.work_orders(&unexported).unwrap().len(), 0);
    assert_eq!(ledger.work_orders(&WorkOrderFilter::default()).unwrap()[0].exported_at, Some(stamp().at));
}

#[test]
fn the_largest_number_has_its_place() {
    let (_folder, _, mut ledger) = ledger();
    let content = WorkOrderContent { id: Some(u64::MAX), ..order(WorkOrderStatus::New).content().clone() };
    assert_eq!(arrive(&mut ledger, &WorkOrder::new(content).unwrap(), "{}"), Arrived::New);
    let filter = WorkOrderFilter { ids: [u64::MAX].into(), ..WorkOrderFilter::default() };
    assert_eq!(ledger.work_orders(&filter).unwrap()[0].id, u64::MAX);
    healthy(&ledger);
}

/// Each fault that `doctor` looks for, planted.
#[test]
fn what_contradicts_itself_is_told() {
    for (planted, told) in [
        ("UPDATE work_order SET body = '{\"a\":1}'", "says something else than it did"),
        ("UPDATE work_order SET hash = ''", "says something else than it did"),
        ("UPDATE entry SET status = 'CLOSED_WITHOUT_CLAIM'", "is ACCEPTED, its repair file is CLOSED_WITHOUT_CLAIM"),
        (
            "UPDATE entry SET status = 'CLOSED_WITHOUT_CLAIM';
             UPDATE work_order SET status = 'CLOSED', close_kind = 'WithClaim'",
            "is closed WithClaim, its repair file is CLOSED_WITHOUT_CLAIM",
        ),
        ("UPDATE entry SET kind = 'claims', status = 'VALID', valid = 1", "its repair file is no repair file"),
        ("UPDATE work_order SET id = 5", "came in and nobody wrote it down"),
    ] {
        let (_folder, path, mut ledger) = ledger();
        brought_to(&mut ledger, WorkOrderStatus::Accepted);
        healthy(&ledger);
        Connection::open(&path).unwrap().execute_batch(planted).unwrap();
        let faults = ledger.faults().unwrap();
        assert!(faults.iter().any(|fault| fault.contains(told)), "{planted}: {faults:?}");
    }
}
