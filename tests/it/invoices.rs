//! Draft invoices of manufacturers, through the program.

use std::fs;

use bordereau::model::InvoiceAnswer;
use serde_json::{Value, json};

use crate::claims::{claim, desk, ends, is_whole, message, snapshot, told};
use crate::raised::raises;
use crate::support::{Desk, Ended, names};

raises! {
    INVOICE_UNKNOWN: an_invoice_must_be_there => Desk::workspace().run("invoice show F-1");
}

const LIST: &str =
    "N° rapport;N° ISG;Montant HT;Devise\nR-1;C-1;38,50;EUR\n;C-2;12;EUR\nR-9;;10,00;\nR-3;;7,25;EUR\n;;67,75;\n";

/// Six claims: two that wait, one that is refused, one that was never sent, and two more that wait.
fn month() -> Desk {
    let claims: Vec<_> = (1..=6)
        .map(|number| {
            let mut claim = claim(&format!("R-{number}"));
            claim["ClaimType"]["SerialNumber"] = Value::Null;
            claim
        })
        .collect();
    let desk = desk(&[("claims.json", &json!({ "WarrantyClaims": claims }))]);
    ends(&desk, "deposit claims.json", 0);
    ends(&desk, "claim transmit 1 2 3 5", 0);
    let late = desk.run_at("2026-04-02T08:00:00Z", "claim transmit 6");
    assert_eq!(late.code, Some(0), "{}", late.stderr);
    desk.put("answer.csv", "report_number;claim_id;last_status\nR-1;C-1;WAITING\nR-2;C-2;ACCEPTED\nR-3;C-3;REFUSED\n");
    ends(&desk, "claim answer answer.csv", 0);
    desk.put("list.csv", LIST);
    desk
}

fn outcomes(ended: &Ended) -> Vec<(Value, Value)> {
    let list: Value = serde_json::from_str(&ended.stdout).unwrap();
    let rows = list["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["report_number"].clone(), row["outcome"].clone())).collect()
}

#[test]
fn a_list_is_compared_with_what_is_known() {
    let desk = month();
    let expected = |pairs: &[(Option<&str>, &str)]| {
        pairs.iter().map(|(report, outcome)| (json!(report), json!(outcome))).collect::<Vec<_>>()
    };
    let found = [(Some("R-1"), "APPROVED"), (None, "APPROVED"), (Some("R-9"), "UNKNOWN"), (Some("R-3"), "CONTRADICTS")];
    let with = |more: &[(Option<&'static str>, &'static str)]| expected(&[&found[..], more].concat());
    let ended = ends(&desk, "invoice match list.csv --draft PF-3 --json", 3);
    assert_eq!(outcomes(&ended), with(&[(Some("R-5"), "MISSING"), (Some("R-6"), "MISSING")]));
    // Nothing is missing that was sent later, or that another manufacturer owes.
    let ended = ends(&desk, "invoice match list.csv --draft PF-3 --month 2026-03 --json", 3);
    assert_eq!(outcomes(&ended), with(&[(Some("R-5"), "MISSING")]));
    let ended = ends(&desk, "invoice match list.csv --draft PF-3 --manufacturer 15 --month 03/2026 --json", 3);
    assert_eq!(outcomes(&ended).len(), 5);
    assert!(names(&desk.path("outbox")).iter().all(|name| !name.contains("Invoice")), "nothing was recorded");
    desk.put("good.csv", "report_number;amount;currency\nR-1;38.50;EUR\n");
    assert_eq!(ends(&desk, "invoice match good.csv --draft PF-3 --manufacturer 1 --json", 3).code, Some(3));
    is_whole(&desk);
}

#[test]
fn an_invoice_is_recorded_once_and_the_platform_is_told() {
    let desk = month();
    ends(&desk, "invoice match list.csv --draft PF-3 --invoice F-118 --month 2026-03", 3);
    let sent = names(&desk.path("outbox")).len();
    let (call, text) = message(&desk, sent);
    assert_eq!(call, "CreateeInvoice");
    let answer: InvoiceAnswer = serde_json::from_str(&text).unwrap();
    assert_eq!((answer.invoice_number.as_str(), answer.draft_invoice_number.as_str()), ("F-118", "PF-3"));
    let shown = told(&desk, "claim show 1");
    assert_eq!(
        (&shown["status"], &shown["draft_invoice"], &shown["invoice"]),
        (&"ACCEPTED".into(), &"PF-3".into(), &"F-118".into())
    );
    assert_eq!(told(&desk, "claim show 3")["draft_invoice"], "", "what is refused is not approved by a list");
    for (line, code) in [
        ("invoice match list.csv --draft PF-3 --invoice F-119", "DRAFT_INVOICE_KNOWN"),
        ("invoice match list.csv --draft PF-4 --invoice F-118", "INVOICE_KNOWN"),
    ] {
        assert!(ends(&desk, line, 2).tells(code), "{line}");
    }
    assert_eq!(names(&desk.path("outbox")).len(), sent, "nothing more is told");
    // What is paid is not paid by another list.
    let ended = ends(&desk, "invoice match list.csv --draft PF-4 --json", 3);
    assert_eq!(outcomes(&ended)[0], (json!("R-1"), json!("KNOWN")));
    let list = told(&desk, "invoice list");
    let row = &list["rows"][0];
    assert_eq!((&row["claims"], &row["approved"], &row["amounts"]), (&4.into(), &2.into(), &"50.50 EUR".into()));
    for number in ["F-118", "PF-3"] {
        assert_eq!(told(&desk, &format!("invoice show {number}"))["rows"].as_array().unwrap().len(), 4);
    }
    is_whole(&desk);
}

#[test]
fn a_list_in_which_every_claim_is_approved_ends_well() {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "claim transmit 1", 0);
    for (name, list) in [
        ("list.csv", "report_number;claim_id;amount;currency\nR-1;C-1;38.50;EUR\n"),
        (
            "list.json",
            r#"[{"ReportNumber":"R-1","Amount":"38.50","Currency":"EUR"},{"ReportNumber":"","Amount":"38.50","Currency":""}]"#,
        ),
    ] {
        desk.put(name, list);
        ends(&desk, &format!("invoice match {name} --draft PF-1"), 0);
    }
    ends(&desk, "invoice match list.csv --draft PF-1 --xlsx -o matched.xlsx", 0);
    assert!(fs::read(desk.path("matched.xlsx")).unwrap().starts_with(b"PK"));
    ends(&desk, "invoice match list.csv --draft PF-1 --invoice F-1", 0);
    assert_eq!(told(&desk, "claim show 1")["claim_number"], "C-1");
}

#[test]
fn a_list_that_cannot_be_believed_in_every_cell_is_not_believed_at_all() {
    let desk = month();
    for (list, exit, code) in [
        ("report_number;amount\nR-1;12,5O\n", 4, "RESPONSE_VALUE_INVALID"),
        ("report_number;amount\nR-1;\n", 4, "RESPONSE_VALUE_INVALID"),
        ("report_number;note\nR-1;x\n", 6, "RESPONSE_UNREADABLE"),
        ("amount;currency\n12;EUR\n", 6, "RESPONSE_UNREADABLE"),
    ] {
        desk.put("bad.csv", list);
        let ended = ends(&desk, "invoice match bad.csv --draft PF-3 --invoice F-1", exit);
        assert!(ended.tells(code), "{list}: {}", ended.stderr);
    }
    assert!(told(&desk, "invoice list")["rows"].as_array().unwrap().is_empty());
    for line in ["invoice match list.csv", "invoice match list.csv --draft PF-3 --month 2026-13"] {
        ends(&desk, line, 2);
    }
}

#[test]
fn invoices_are_told_in_both_languages() {
    snapshot(
        "invoices",
        month,
        &[
            "invoice match list.csv --draft PF-3 --month 2026-03",
            "invoice match list.csv --draft PF-3 --month 2026-03 --invoice F-118",
            "invoice match list.csv --draft PF-3 --invoice F-118",
            "invoice list",
            "invoice show F-118",
            "invoice show F-7",
        ],
    );
}
