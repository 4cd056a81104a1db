//! The morning in the ledger itself: what is counted, and how it is found.

use rusqlite::Connection;

use super::morning::QUESTIONS;
use super::{APPLICATION, MIGRATIONS, SqliteLedger};
use crate::ledger::{Ledger as _, MorningBook as _, Night, Outcome, Waiting};
use crate::model::{Day, Errand, ManufacturerId, Moment};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// The night to 4 March 2026.
fn night() -> Night {
    Night {
        since: at("2026-03-03T17:00:00Z"),
        until: at("2026-03-04T06:00:00Z"),
        today: Day::new(2026, 3, 4).unwrap(),
        soon: at("2026-03-04T10:00:00Z"),
        answered_by: at("2026-02-27T06:00:00Z"),
        invoiced_by: at("2026-02-28T23:00:00Z"),
    }
}

/// A ledger with these rows; `@…@` in them is a moment.
fn ledger(rows: &str) -> (tempfile::TempDir, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::create(&folder.path().join("ledger.sqlite"), false).unwrap();
    ledger.connection.execute_batch(&filled(rows)).unwrap();
    (folder, ledger)
}

fn filled(rows: &str) -> String {
    let parts = rows.split('@').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { at(part).seconds().to_string() } else { part.to_owned() }).collect()
}

fn import(id: u32, status: &str, origin: &str, came: &str, [read, accepted, rejected]: [u32; 3]) -> String {
    format!(
        "INSERT INTO import (id, origin, status, file, hash, content, bytes, format, format_hash, settings, received_at,
             received_by, read, accepted, rejected, ignored, reports)
         VALUES ({id}, '{origin}', '{status}', 'f{id}.csv', '', '', 1, 'generic', '', '', @{came}@, '', {read}, {accepted},
             {rejected}, {read} - {accepted} - {rejected}, 'out/{id}');"
    )
}

const LATE: &str = "2026-03-03T17:00:00Z";
const EARLY: &str = "2026-03-03T16:59:59Z";

#[test]
fn only_the_night_counts_and_only_what_still_holds() {
    let rows = [
        import(1, "DONE", "FILE", EARLY, [9, 9, 0]),
        import(2, "PARTIAL", "FILE", LATE, [5, 3, 1]),
        import(3, "DONE", "CORRECTION", "2026-03-04T06:00:00Z", [1, 1, 0]),
        import(4, "UNDONE", "FILE", LATE, [4, 4, 0]),
        import(5, "DUPLICATE", "FILE", LATE, [0, 0, 0]),
        import(6, "DONE", "TYPED", LATE, [1, 1, 0]),
        import(7, "REJECTED", "FILE", LATE, [2, 0, 2]),
        import(8, "DONE", "FILE", "2026-03-04T06:00:01Z", [1, 1, 0]),
        "INSERT INTO import_share VALUES (1, 4, 9, 9, 9), (2, 4, 3, 6, 30), (3, 4, 1, 1, 5), (4, 4, 4, 4, 4), (6, 4, 1, 1, 1),
             (8, 4, 1, 1, 1);
         INSERT INTO import_cause VALUES (2, 'QTY_EMPTY', 1), (7, 'REF_UNKNOWN', 2), (7, 'QTY_EMPTY', 1);"
            .to_owned(),
    ];
    let (_folder, ledger) = ledger(&rows.concat());
    let morning = ledger.morning(&night()).unwrap();
    let files: Vec<_> = morning
        .files
        .iter()
        .map(|each| (each.outcome, each.files, [each.read, each.accepted, each.rejected]))
        .collect();
    assert_eq!(
        files,
        [
            (Outcome::Accepted, 1, [1, 1, 0]),
            (Outcome::Partial, 1, [5, 3, 1]),
            (Outcome::Rejected, 1, [2, 0, 2]),
            (Outcome::Duplicate, 1, [0, 0, 0]),
            (Outcome::Undone, 1, [4, 4, 0]),
        ]
    );
    assert!(morning.files.iter().all(|each| each.errand == Errand::Order));
    let [brought] = morning.brought.try_into().unwrap();
    assert_eq!((brought.totals.lines, brought.totals.quantity, brought.totals.amount.ten_thousandths()), (4, 7, 35));
    let refused: Vec<_> = morning.refused.iter().map(|file| (file.number, file.open, file.causes.len())).collect();
    assert_eq!(refused, [(7, 2, 2), (2, 1, 1)], "the worst first");
    assert_eq!((morning.refused[0].causes[0].code.as_str(), morning.refused[0].causes[0].times), ("REF_UNKNOWN", 2));
}

#[test]
fn deadlines_are_judged_by_the_moment() {
    let order = |id: u32, status: &str, deadline: &str| {
        let deadline = if deadline.is_empty() { "NULL".to_owned() } else { format!("@{deadline}@") };
        let decided = if status == "NEW" { "NULL" } else { "1" };
        format!(
            "INSERT INTO work_order (id, number, manufacturer, product, zip, deadline, hash, body, status, reported,
                 received_at, received_by, decided_at) VALUES ({id}, '', 15, '', '', {deadline}, '', '', '{status}', 'NEW',
                 @{LATE}@ - {id}, '', {decided});"
        )
    };
    let rows = [
        order(0, "NEW", ""),
        order(1, "NEW", "2026-03-04T05:59:59Z"),
        order(2, "NEW", "2026-03-04T06:00:00Z"),
        order(3, "NEW", "2026-03-04T09:59:59Z"),
        order(4, "NEW", "2026-03-04T10:00:00Z"),
        order(5, "REFUSED", "2026-03-04T05:00:00Z"),
    ];
    let (_folder, ledger) = ledger(&rows.concat());
    let [found] = ledger.morning(&night()).unwrap().work_orders.try_into().unwrap();
    assert_eq!((found.manufacturer, found.arrived, found.undecided.count), (ManufacturerId(15), 1, 5));
    assert_eq!((found.overdue, found.due_soon, found.next), (1, 2, Some(at("2026-03-04T06:00:00Z"))));
    assert_eq!(found.undecided.since, Moment::from_seconds(at(LATE).seconds() - 4));
}

#[test]
fn claims_orders_and_appointments_wait() {
    let claim = |id: u32, status: &str, transmitted: &str, manufacturer: &str| {
        let valid = u8::from(status != "NOTVALID");
        let transmitted = if transmitted.is_empty() { "NULL".to_owned() } else { format!("@{transmitted}@") };
        format!(
            "INSERT INTO entry (id, kind, line, manufacturer, report_number, identity, content, valid, status, created_at,
                 created_by, changed_at, transmitted_at, body, faults)
             VALUES ({id}, 'claims', 1, {manufacturer}, '', {id}, 1, {valid}, '{status}', {id}, '', 0, {transmitted}, '{{}}', '[]');"
        )
    };
    let repair = |id: u32, status: &str, dates: &str| {
        let states: Vec<_> = dates.split(' ').map(|date| format!("{{\"AppointmentDate\":{date}}}")).collect();
        format!(
            "INSERT INTO entry (id, kind, line, manufacturer, report_number, identity, content, valid, status, created_at,
                 created_by, changed_at, body, faults) VALUES ({id}, 'repairs', 1, 4, 'D-{id}', {id}, 1, 1, '{status}', 0, '', 0,
                 '{{\"StateNatures\":[{}]}}', '[]');",
            states.join(",")
        )
    };
    let order = |id: u32, status: &str, sent: &str| {
        let sent = if sent.is_empty() { "NULL".to_owned() } else { format!("@{sent}@") };
        format!(
            "INSERT INTO purchase_order (id, number, year, serial, manufacturer, status, created_at, created_by, sent_at,
                 lines, quantity, amount) VALUES ({id}, 'B{id}', 0, {id}, 4, '{status}', {id}, '', {sent}, 1, 1, 1);"
        )
    };
    let line = |id: u32, order: u32, status: &str, promised: u32, quantity: u32| {
        format!(
            "INSERT INTO order_line (id, purchase_order, number, status, reference, label, customer_order_number, quantity,
                 unit_price, promised_date) VALUES ({id}, {order}, {id}, '{status}', '', '', '', {quantity}, 1, {promised});"
        )
    };
    let rows = [
        claim(1, "NOTVALID", "", "NULL"),
        claim(2, "NOTVALID", "", "15"),
        claim(3, "VALID", "", "15"),
        claim(4, "WAITING", "2026-02-20T00:00:00Z", "15"),
        claim(5, "WAITING", "2026-03-01T00:00:00Z", "15"),
        claim(6, "NOTCONFORM", "2026-02-20T00:00:00Z", "15"),
        claim(7, "ACCEPTED", "2026-02-20T00:00:00Z", "15"),
        claim(8, "REFUSED", "2026-02-20T00:00:00Z", "15"),
        repair(20, "PLANNED", "\"2026-03-04T09:30\" null"),
        repair(21, "PLANNED", "\"2026-03-04T08:00\" \"2026-03-05T08:00\""),
        repair(22, "IN_PROGRESS", "\"2026-03-04T07:00\""),
        order(1, "DRAFT", ""),
        order(2, "SENT", "2026-02-27T05:00:00Z"),
        order(3, "SENT", "2026-02-27T07:00:00Z"),
        order(4, "CONFIRMED", "2026-02-01T00:00:00Z"),
        order(5, "CANCELLED", "2026-02-01T00:00:00Z"),
        line(1, 4, "BACKORDER", 20_260_303, 3),
        line(2, 4, "UNAVAILABLE", 0, 2),
        line(3, 4, "CONFIRMED", 20_260_304, 1),
        line(4, 5, "BACKORDER", 20_260_303, 9),
    ];
    let (_folder, ledger) = ledger(&rows.concat());
    let morning = ledger.morning(&night()).unwrap();
    let [unknown, known] = morning.claims.try_into().unwrap();
    assert_eq!((unknown.manufacturer, unknown.drafts.count), (None, 1));
    let waiting = |count, since: i64| Waiting { count, since: Moment::from_seconds(since) };
    assert_eq!((known.drafts, known.ready), (waiting(1, 2), waiting(1, 3)));
    assert_eq!(known.unanswered, waiting(2, at("2026-02-20T00:00:00Z").seconds()));
    assert_eq!((known.sent_back.count, known.uninvoiced), (1, 0), "nobody keeps draft invoices here");
    let [orders] = morning.orders.try_into().unwrap();
    assert_eq!((orders.drafts, orders.unanswered.count, orders.overdue), (waiting(1, 1), 2, 1));
    let [owed] = morning.owed.try_into().unwrap();
    assert_eq!((owed.back_orders, owed.quantity, owed.late), (2, 5, 1), "today is not late");
    let [appointment] = morning.appointments.try_into().unwrap();
    assert_eq!((appointment.repair, appointment.at.as_str()), (20, "2026-03-04T09:30"), "what was agreed last counts");
    let invoice = "INSERT INTO draft_invoice VALUES (1, 'PF', 15, '', '', 0, '', 'F')";
    ledger.connection.execute_batch(invoice).unwrap();
    assert_eq!(ledger.morning(&night()).unwrap().claims[1].uninvoiced, 2, "those of earlier months");
}

/// A ledger of years is asked along its indexes; only tables of few rows are read whole.
#[test]
fn no_large_table_is_read_whole() {
    let (_folder, ledger) = ledger("");
    for question in QUESTIONS {
        let mut plan = ledger.connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let parameters = vec![0; plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap).filter(|step| step.starts_with("SCAN ")) {
            let few = [
                "basket",
                "order_response",
                "catalogue_load",
                "draft_invoice",
                "solution",
                "came",
                "owed",
                "w",
                "found",
                "planned",
                "s",
                "(subquery",
            ];
            let name = step.split(' ').nth(1).unwrap();
            assert!(few.contains(&name) || step.contains("INDEX") || step.contains("VIRTUAL"), "{step} in {question}");
        }
    }
}

#[test]
fn what_imports_of_an_older_ledger_brought_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let old = Connection::open(&path).unwrap();
    for (version, migration) in (1_i32..).zip(&MIGRATIONS[..4]) {
        old.execute_batch(migration).unwrap();
        old.pragma_update(None, "user_version", version).unwrap();
    }
    old.pragma_update(None, "application_id", APPLICATION).unwrap();
    let lines = "INSERT INTO basket VALUES (4, 1, 5, 50);
         INSERT INTO basket_line (id, manufacturer, reference, label, unit_price, quantity, delivery_account,
             customer_order_number, work_order, desired_delivery_date, comment, countermark)
         VALUES (1, 4, 'A', '', 10, 5, '', '', '', 0, '', '');
         INSERT INTO source_line (import, line, basket_line, quantity, delivery_account, customer_order_number, work_order,
             countermark, desired_delivery_date, comment)
         VALUES (1, 2, 1, 2, '', '', '', '', 0, ''), (1, 3, 1, 3, '', '', '', '', 0, '');";
    old.execute_batch(&filled(&(import(1, "DONE", "FILE", LATE, [2, 2, 0]) + lines))).unwrap();
    drop(old);
    let ledger = SqliteLedger::open(&path, false).unwrap();
    let [brought] = ledger.morning(&night()).unwrap().brought.try_into().unwrap();
    assert_eq!((brought.totals.lines, brought.totals.quantity, brought.totals.amount.ten_thousandths()), (2, 5, 50));
    assert_eq!(ledger.faults().unwrap(), [""; 0]);
}
