use crate::diagnostic::Code;
use crate::ledger::sqlite::deposit_tests::{SEB, healthy, ledger, sent, stamp};
use crate::ledger::{
    ApprovedClaim, ClaimAnswer, DraftInvoice, EntryBook as _, EntryChange, EntryId, InvoiceBook as _, Matched, Message,
    Remark, SqliteLedger,
};
use crate::model::{ClaimStatus, Day, ManufacturerId, Money};

fn claim(ledger: &mut SqliteLedger, report: &str, is_transmitted: bool) -> EntryId {
    let id = ledger.create_entry(&sent(0, report).entry(), None, &stamp()).unwrap();
    if is_transmitted {
        ledger.change_entry(id, &EntryChange::Claim(ClaimStatus::Waiting), &[], &stamp()).unwrap();
    }
    id
}

fn said(status: &str, claim_number: &str) -> ClaimAnswer {
    ClaimAnswer { status: status.to_owned(), claim_number: claim_number.to_owned(), remarks: Vec::new() }
}

fn take(ledger: &mut SqliteLedger, report: &str, answer: &ClaimAnswer) -> (Matched, Option<EntryId>) {
    ledger.take_answer(Some(SEB), report, answer, &stamp()).unwrap()
}

fn status(ledger: &SqliteLedger, id: EntryId) -> ClaimStatus {
    ledger.entry(id).unwrap().unwrap().claim_status.unwrap()
}

#[test]
fn an_answer_moves_the_claim_it_is_about() {
    let (_folder, _, mut ledger) = ledger();
    let id = claim(&mut ledger, "R-1", true);
    let remarks = vec![Remark {
        field: "Serial Number".to_owned(),
        error_message: "The size of the field should be 19 character(s)".to_owned(),
        message_type: "E".to_owned(),
    }];
    let answer = ClaimAnswer { remarks: remarks.clone(), ..said("NotConform", "C-1") };
    assert_eq!(take(&mut ledger, "R-1", &answer), (Matched::Taken, Some(id)));
    assert_eq!(take(&mut ledger, "R-1", &answer), (Matched::Known, Some(id)));
    let entry = ledger.entry(id).unwrap().unwrap();
    assert_eq!(entry.claim_status, Some(ClaimStatus::NotConform));
    assert_eq!((entry.answer.as_str(), entry.claim_number.as_str()), ("NotConform", "C-1"));
    assert_eq!(ledger.entry_content(id).unwrap().remarks, remarks);

    // Corrected and handed over again; the same word about it is another answer.
    ledger.amend_entry(id, &sent(0, "R-1").entry(), entry.changed_at, &stamp()).unwrap();
    assert_eq!(status(&ledger, id), ClaimStatus::Valid);
    ledger.change_entry(id, &EntryChange::Claim(ClaimStatus::Waiting), &[], &stamp()).unwrap();
    assert_eq!(take(&mut ledger, "R-1", &answer), (Matched::Taken, Some(id)));
    assert_eq!(status(&ledger, id), ClaimStatus::NotConform);

    // By its number alone; a status that nobody here knows is kept.
    let (matched, found) = ledger.take_answer(None, "", &said("In review (2)", "C-1"), &stamp()).unwrap();
    assert_eq!((matched, found), (Matched::Taken, Some(id)));
    let entry = ledger.entry(id).unwrap().unwrap();
    assert_eq!((entry.claim_status, entry.answer.as_str()), (Some(ClaimStatus::NotConform), "In review (2)"));
    let history = ledger.entry_history(id).unwrap();
    assert_eq!(history.last().unwrap().what, "entry.answered");
    assert!(history.iter().all(|event| !event.detail.contains("19 character")), "the journal is never purged");
    healthy(&ledger);
}

#[test]
fn an_answer_that_cannot_be_is_told_and_changes_nothing() {
    let (_folder, _, mut ledger) = ledger();
    let id = claim(&mut ledger, "R-1", true);
    assert_eq!(take(&mut ledger, "R-9", &said("ACCEPTED", "")), (Matched::Unknown, None));
    assert_eq!(take(&mut ledger, "", &said("ACCEPTED", "C-9")), (Matched::Unknown, None));
    let other = ledger.take_answer(Some(ManufacturerId(4)), "R-1", &said("ACCEPTED", ""), &stamp()).unwrap();
    assert_eq!(other, (Matched::Unknown, None));
    assert_eq!(take(&mut ledger, "R-1", &said("CLOSEDACCEPTED", "C-1")), (Matched::Taken, Some(id)));
    let before = ledger.entry(id).unwrap();
    assert_eq!(take(&mut ledger, "R-1", &said("REFUSED", "C-1")), (Matched::Contradicts, Some(id)));
    assert_eq!(take(&mut ledger, "R-1", &said("CLOSEDACCEPTED", "C-2")), (Matched::Contradicts, Some(id)));
    assert_eq!(take(&mut ledger, "R-2", &said("CLOSEDACCEPTED", "C-1")), (Matched::Contradicts, Some(id)));
    assert_eq!(ledger.entry(id).unwrap(), before);
    healthy(&ledger);
}

#[test]
fn an_answer_proves_that_a_claim_was_handed_over() {
    let (_folder, _, mut ledger) = ledger();
    for (report, word, goal) in [
        ("R-1", "VALID", ClaimStatus::Waiting),
        ("R-2", "WAITING", ClaimStatus::Waiting),
        ("R-3", "ACCEPTED", ClaimStatus::Accepted),
        ("R-4", "NOTVALID", ClaimStatus::NotValid),
        ("R-5", "REFUSED", ClaimStatus::Refused),
        ("R-6", "CANCELLED", ClaimStatus::Cancelled),
    ] {
        let id = claim(&mut ledger, report, false);
        assert_eq!(take(&mut ledger, report, &said(word, "")), (Matched::Taken, Some(id)), "{word}");
        let entry = ledger.entry(id).unwrap().unwrap();
        assert_eq!((entry.claim_status, entry.transmitted_at), (Some(goal), Some(stamp().at)), "{word}");
        assert_eq!(take(&mut ledger, report, &said(word, "")), (Matched::Known, Some(id)), "{word}");
    }
    let faulty = ledger.create_entry(&sent(0, "R-7").faulty().entry(), None, &stamp()).unwrap();
    assert_eq!(take(&mut ledger, "R-7", &said("ACCEPTED", "")), (Matched::Contradicts, Some(faulty)));
    // The platform takes back what it said of R-4, which has no errors of ours.
    assert_eq!(take(&mut ledger, "R-4", &said("VALID", "")).0, Matched::Taken);
    healthy(&ledger);
}

#[test]
fn the_claim_that_was_not_taken_back_is_meant() {
    let (_folder, _, mut ledger) = ledger();
    let first = claim(&mut ledger, "R-1", true);
    ledger.change_entry(first, &EntryChange::Claim(ClaimStatus::Cancelled), &[], &stamp()).unwrap();
    assert_eq!(take(&mut ledger, "R-1", &said("CANCELLED", "C-1")), (Matched::Taken, Some(first)));
    let second = claim(&mut ledger, "R-1", true);
    assert_eq!(take(&mut ledger, "R-1", &said("ACCEPTED", "C-2")), (Matched::Taken, Some(second)));
    assert_eq!(take(&mut ledger, "R-1", &said("CANCELLED", "C-1")), (Matched::Known, Some(first)));
    healthy(&ledger);
}

fn approved(line: u64, claim_number: &str, report_number: &str) -> ApprovedClaim {
    ApprovedClaim {
        line,
        claim_number: claim_number.to_owned(),
        report_number: report_number.to_owned(),
        amount: Money::from_ten_thousandths(421_500),
        currency: "EUR".to_owned(),
    }
}

fn draft(number: &str, until: Option<Day>, claims: Vec<ApprovedClaim>) -> DraftInvoice {
    DraftInvoice {
        number: number.to_owned(),
        manufacturer: Some(SEB),
        file: "march.csv".to_owned(),
        hash: "h".to_owned(),
        until,
        claims,
    }
}

#[test]
fn an_invoice_is_compared_with_what_is_known() {
    let (_folder, _, mut ledger) = ledger();
    let waiting = claim(&mut ledger, "R-1", true);
    let accepted = claim(&mut ledger, "R-2", true);
    take(&mut ledger, "R-2", &said("ACCEPTED", "C-2"));
    let refused = claim(&mut ledger, "R-3", true);
    take(&mut ledger, "R-3", &said("REFUSED", ""));
    let unsent = claim(&mut ledger, "R-4", false);
    let forgotten = claim(&mut ledger, "R-5", true);
    claim(&mut ledger, "R-6", false);

    let lines = vec![
        approved(2, "C-1", "R-1"),
        approved(3, "C-2", ""),
        approved(4, "", "R-3"),
        approved(5, "", "R-4"),
        approved(6, "", "R-9"),
        approved(7, "C-2", "R-2"),
    ];
    let march = draft("P-1", Day::new(2026, 3, 31), lines);
    let compared = ledger.match_invoice(&march).unwrap();
    assert_eq!(
        compared.lines,
        [
            (Matched::Taken, Some(waiting)),
            (Matched::Taken, Some(accepted)),
            (Matched::Contradicts, Some(refused)),
            (Matched::Taken, Some(unsent)),
            (Matched::Unknown, None),
            (Matched::Known, Some(accepted)),
        ]
    );
    assert_eq!(compared.missing, [forgotten]);
    assert_eq!(status(&ledger, waiting), ClaimStatus::Waiting, "nothing is kept");
    let february = draft("P-0", Day::new(2026, 2, 28), Vec::new());
    assert_eq!(ledger.match_invoice(&february).unwrap().missing, [], "handed over in March");
    let of_another = DraftInvoice { manufacturer: Some(ManufacturerId(4)), ..march.clone() };
    assert_eq!(ledger.match_invoice(&of_another).unwrap().lines[0], (Matched::Unknown, None));

    let answer = Message { entry: None, call: "SetInvoice".to_owned(), body: "{}".to_owned() };
    assert_eq!(ledger.keep_invoice(&march, "F-1", &answer, &stamp()).unwrap(), compared);
    for id in [waiting, accepted, unsent] {
        let entry = ledger.entry(id).unwrap().unwrap();
        assert_eq!(entry.claim_status, Some(ClaimStatus::Accepted));
        assert_eq!((entry.draft_invoice.as_str(), entry.invoice.as_str()), ("P-1", "F-1"));
    }
    assert_eq!(ledger.entry(waiting).unwrap().unwrap().claim_number, "C-1");
    assert_eq!(status(&ledger, refused), ClaimStatus::Refused);
    assert_eq!(ledger.pending_messages().unwrap().len(), 1);

    let again = ledger.keep_invoice(&march, "F-2", &answer, &stamp()).unwrap_err();
    assert_eq!(again.code, Code::DraftInvoiceKnown);
    let april = draft("P-2", None, vec![approved(2, "C-1", ""), approved(3, "", "R-5")]);
    assert_eq!(ledger.keep_invoice(&april, "F-1", &answer, &stamp()).unwrap_err().code, Code::InvoiceKnown);
    assert_eq!(ledger.pending_messages().unwrap().len(), 1, "all or nothing");
    let compared = ledger.keep_invoice(&april, "F-2", &answer, &stamp()).unwrap();
    assert_eq!(compared.lines, [(Matched::Known, Some(waiting)), (Matched::Taken, Some(forgotten))]);
    assert_eq!(compared.missing, []);
    healthy(&ledger);
}
