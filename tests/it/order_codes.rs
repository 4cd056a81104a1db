//! The codes of orders: what is typed wrong, what a check finds, what answers say that cannot be.

use crate::orders_workspace::{after_sending, answered, nearly, strictly};
use crate::raised::raises;
use crate::shop::Shop;
use crate::support::Ended;

raises! {
    ADDRESS_INCOMPLETE: an_address_is_whole => shop("order create -m 4 --address-name Martin --dry-run");
    ADDRESS_NOT_ALLOWED: an_address_of_its_own_must_be_possible => nearly("--delivery-option EXP --address-name M --address-street R --address-zip 1 --address-town T --address-country 250");
    DELIVERY_ACCOUNT_UNKNOWN: an_account_is_one_of_those_listed => nearly("--delivery-option EXP --delivery-account 12345-03");
    DELIVERY_NOTE_REPEATED: a_delivery_note_counts_once => received_twice();
    DELIVERY_OPTION_UNKNOWN: an_option_is_one_of_the_manufacturer => nearly("--delivery-option AIR");
    DESIRED_DATE_PAST: nobody_delivers_yesterday => shop("order create -m 4 --desired-date 03/03/2026");
    ORDER_DATUM_MISSING: what_is_mandatory_is_asked_for => nearly("");
    ORDER_EMPTY: an_order_has_lines => shop("order create -m 15");
    ORDER_LINE_UNKNOWN: only_lines_of_the_order_come => after_sending("order receive B26-000001 --delivery-note BL1 --line 9=1");
    ORDER_UNKNOWN: an_order_must_exist => shop("order show B26-000009");
    PART_WITHDRAWN: a_part_must_still_be_in_the_catalogue => withdrawn();
    RECEIPT_TOO_LARGE: no_more_comes_than_was_ordered => after_sending("order receive B26-000001 --delivery-note BL1 --line 1=3");
    RESPONSE_LINE_UNKNOWN: an_answer_names_a_line_of_the_order => answered("B26-000001;9;1;;");
    RESPONSE_NOT_EXPECTED: a_draft_gets_no_answer => to_a_draft();
    RESPONSE_ORDER_UNKNOWN: an_answer_names_an_order_of_ours => answered("B26-000009;1;1;;");
    RESPONSE_QTY_TOO_LARGE: no_more_is_shipped_than_was_ordered => answered("B26-000001;1;;3;");
    RESPONSE_REPEATED: the_same_answer_counts_once => answered_twice();
    RESPONSE_TOO_LATE: what_is_shipped_cannot_be_cancelled => cancelled_too_late();
    RESPONSE_UNREADABLE: an_answer_names_its_orders => without_orders();
    RESPONSE_VALUE_INVALID: a_quantity_of_an_answer_is_a_number => answered("B26-000001;1;two;;");
    TERMS_NOT_ACCEPTED: terms_must_be_accepted => strictly("--delivery-option EXP");
    TRANSITION_NOT_ALLOWED: an_order_is_sent_once => after_sending("order confirm B26-000001");
}

fn shop(command: &str) -> Ended {
    Shop::with(&[(4, "0070817965D", 249_000, 2, "")]).run(command)
}

fn withdrawn() -> Ended {
    Shop::with(&[(4, "99999999", 10_000, 1, "")]).run("order create -m 4")
}

fn received_twice() -> Ended {
    let shop = Shop::with(&[(4, "0070817965D", 249_000, 2, "")]);
    shop.done("order create -m 4 --confirm");
    shop.done("order receive B26-000001 --delivery-note BL1 --line 1=1");
    shop.run("order receive B26-000001 --delivery-note BL1 --line 1=1")
}

fn to_a_draft() -> Ended {
    let shop = Shop::with(&[(4, "0070817965D", 249_000, 2, "")]);
    shop.done("order create -m 4 --draft");
    shop.desk.put("answer.csv", "Order;Status\nB26-000001;208\n");
    shop.run("order response answer.csv")
}

fn answered_twice() -> Ended {
    let shop = Shop::with(&[(4, "0070817965D", 249_000, 2, "")]);
    shop.done("order create -m 4 --confirm");
    shop.desk.put("answer.csv", "Order;Status\nB26-000001;208\n");
    shop.done("order response answer.csv");
    shop.run("order response answer.csv")
}

fn cancelled_too_late() -> Ended {
    let shop = Shop::with(&[(4, "0070817965D", 249_000, 2, "")]);
    shop.done("order create -m 4 --confirm");
    shop.desk.put("answer.csv", "Order;Line;Status\nB26-000001;1;208\nB26-000001;1;207\n");
    let ended = shop.run("order response answer.csv");
    assert_eq!(ended.code, Some(3));
    // The first row was taken; alone the second one has the exit code that is looked for.
    shop.desk.put("answer.csv", "Order;Line;Status\nB26-000001;1;207\n");
    shop.run("order response answer.csv")
}

fn without_orders() -> Ended {
    let shop = Shop::new();
    shop.desk.put("answer.csv", "Line;Status\n1;208\n2;208\n");
    shop.run("order response answer.csv")
}

/// Codes that warn: they change no exit code, and stand beside the order that is made all the same.
pub(crate) const WARNED: [&str; 3] = ["ESTIMATE_INCOMPLETE", "PART_NOT_AVAILABLE", "PRICE_CHANGED"];

#[test]
fn warnings_are_shown_and_refuse_nothing() {
    let shop = Shop::with(&[(4, "0070817965D", 200_000, 2, ""), (4, "00400001", 980_000, 1, "")]);
    shop.desk.put("prices.csv", "Part;Price\n0070817965D;20.00\n");
    let ended = shop.run("order create -m 4 --estimate prices.csv --confirm");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for code in WARNED {
        assert_eq!(ended.stderr.matches(&format!("[{code}]")).count(), 1, "{code}: {}", ended.stderr);
    }
    assert!(
        ended.stderr.contains("20.00 → 24.90") && ended.stderr.contains("replacement: 00400002"),
        "{}",
        ended.stderr
    );
}
