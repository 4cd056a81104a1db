use rusqlite::Connection;

use crate::diagnostic::Code;
use crate::ledger::sqlite::deposit_tests::{Sent, deposit_of, fault, healthy, identity, ledger, sent, stamp, status};
use crate::ledger::{
    BasketBook as _, ClaimAnswer, DepositId, EntryBook as _, EntryChange, EntryFilter, EntryId, InvoiceBook as _,
    KnownDeposits as _, Ledger as _, LineState, Matched, Message, Need, NewLine, SaidOfClaim, SolutionBook as _,
    SolutionEntry, SolutionId, SolutionStatus, SqliteLedger,
};
use crate::model::{ClaimStatus, DepositKind, DepositStatus, ManufacturerId, Moment, Money, RepairState};

fn typed(ledger: &mut SqliteLedger, sent: &Sent) -> EntryId {
    ledger.create_entry(&sent.entry(), None, &stamp()).unwrap()
}

fn status_of(ledger: &SqliteLedger, id: EntryId) -> ClaimStatus {
    ledger.entry(id).unwrap().unwrap().claim_status.unwrap()
}

fn state_of(ledger: &SqliteLedger, id: EntryId) -> RepairState {
    ledger.entry(id).unwrap().unwrap().repair_state.unwrap()
}

fn moved(ledger: &mut SqliteLedger, id: EntryId, to: ClaimStatus) -> Option<Code> {
    ledger.change_entry(id, &EntryChange::Claim(to), &[], &stamp()).err().map(|error| error.code)
}

fn message(entry: EntryId, call: &str) -> Message {
    Message { entry: Some(entry), call: call.to_owned(), body: "{}".to_owned() }
}

fn events(ledger: &SqliteLedger, id: EntryId) -> Vec<String> {
    ledger.entry_history(id).unwrap().into_iter().map(|event| event.what).collect()
}

#[test]
fn a_claim_can_be_typed_corrected_and_handed_over() {
    let (_folder, _, mut ledger) = ledger();
    let id = typed(&mut ledger, &sent(0, "R-1").faulty());
    assert_eq!(status_of(&ledger, id), ClaimStatus::NotValid);
    assert_eq!(moved(&mut ledger, id, ClaimStatus::Waiting), Some(Code::EntryTransitionNotAllowed));
    assert_eq!(moved(&mut ledger, id, ClaimStatus::Valid), Some(Code::EntryTransitionNotAllowed), "it has errors");

    let known = ledger.entry(id).unwrap().unwrap().changed_at;
    ledger.amend_entry(id, &sent(0, "R-1").entry(), known, &stamp()).unwrap();
    assert_eq!(status_of(&ledger, id), ClaimStatus::Valid);
    let late = ledger.amend_entry(id, &sent(0, "R-1").faulty().entry(), known, &stamp()).unwrap_err();
    assert_eq!(late.code, Code::EntryChanged, "both changes fell into one second");

    let messages = [message(id, "CreateWarrantyClaims"), message(id, "TransmitWarrantyClaims")];
    ledger.change_entry(id, &EntryChange::Claim(ClaimStatus::Waiting), &messages, &stamp()).unwrap();
    let entry = ledger.entry(id).unwrap().unwrap();
    assert_eq!((entry.claim_status, entry.transmitted_at), (Some(ClaimStatus::Waiting), Some(stamp().at)));
    let again = ledger.change_entry(id, &EntryChange::Claim(ClaimStatus::Waiting), &messages, &stamp()).unwrap_err();
    assert_eq!(again.code, Code::EntryTransitionNotAllowed);
    let frozen = ledger.amend_entry(id, &sent(0, "R-1").entry(), entry.changed_at, &stamp()).unwrap_err();
    assert_eq!(frozen.code, Code::EntryTransitionNotAllowed);

    let pending = ledger.pending_messages().unwrap();
    assert_eq!(
        pending.iter().map(|each| each.message.call.as_str()).collect::<Vec<_>>(),
        ["CreateWarrantyClaims", "TransmitWarrantyClaims"]
    );
    ledger.release_messages(&[pending[0].number]).unwrap();
    assert_eq!(ledger.pending_messages().unwrap(), pending[1..]);
    let number = ledger.post_message(&Message { entry: None, ..pending[0].message.clone() }, &stamp()).unwrap();
    assert_eq!(ledger.pending_messages().unwrap()[1].number, number);
    assert_eq!(events(&ledger, id), ["entry.created", "entry.amended", "entry.waiting"]);
    healthy(&ledger);
}

#[test]
fn a_report_is_there_once() {
    let (_folder, _, mut ledger) = ledger();
    let first = typed(&mut ledger, &sent(0, "R-1"));
    let twice = ledger.create_entry(&sent(0, "R-1").entry(), None, &stamp()).unwrap_err();
    assert_eq!((twice.code, twice.arguments.get("number")), (Code::EntryExists, Some("1")));
    let other = typed(&mut ledger, &sent(0, "R-2"));
    let known = ledger.entry(other).unwrap().unwrap().changed_at;
    let taken = ledger.amend_entry(other, &sent(0, "R-1").entry(), known, &stamp()).unwrap_err();
    assert_eq!(taken.code, Code::EntryExists);
    assert_eq!(events(&ledger, other), ["entry.created"], "nothing was changed");

    assert_eq!(moved(&mut ledger, first, ClaimStatus::Cancelled), None);
    ledger.amend_entry(other, &sent(0, "R-1").entry(), known, &stamp()).unwrap();
    assert_eq!(ledger.entry_of_identity(DepositKind::Claims, identity("R-1")).unwrap().unwrap().id, other);
    // A repair file of that report is something else.
    typed(&mut ledger, &sent(0, "R-1").repair(1));
    healthy(&ledger);
}

#[test]
fn a_draft_that_a_command_corrects_counts_for_its_deposits() {
    let (_folder, _, mut ledger) = ledger();
    let first = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]).id;
    let second =
        deposit_of(&mut ledger, "b.csv", Some(first), &[sent(2, "R-7"), sent(3, "R-2").faulty().correcting(3)]).id;
    let draft = ledger.refused_records(second).unwrap()[0].draft.unwrap();
    let known = ledger.entry(draft).unwrap().unwrap().changed_at;
    ledger.amend_entry(draft, &sent(0, "R-2").faulty().entry(), known, &stamp()).unwrap();
    assert_eq!(status(&ledger, first), (DepositStatus::Partial, 0));
    let known = ledger.entry(draft).unwrap().unwrap().changed_at;
    ledger.amend_entry(draft, &sent(0, "R-2").entry(), known, &stamp()).unwrap();
    for deposit in [first, second] {
        assert_eq!(status(&ledger, deposit), (DepositStatus::Superseded, 1));
        let records = ledger.refused_records(deposit).unwrap();
        assert!(records.iter().all(|record| record.is_corrected && record.corrected_by.is_none()));
    }
    healthy(&ledger);
}

#[test]
fn a_repair_file_is_closed_with_its_claim_or_for_a_reason() {
    let (_folder, _, mut ledger) = ledger();
    let repair = typed(&mut ledger, &sent(0, "R-1").repair(5));
    assert_eq!(state_of(&ledger, repair), RepairState::ToPlan);
    let change = |ledger: &mut SqliteLedger, id, change: EntryChange| {
        ledger.change_entry(id, &change, &[], &stamp()).err().map(|error| error.code)
    };
    assert_eq!(change(&mut ledger, repair, EntryChange::Repair(RepairState::WaitingParts)), None);
    assert_eq!(
        change(&mut ledger, repair, EntryChange::Repair(RepairState::ClosedWithoutClaim)),
        Some(Code::EntryTransitionNotAllowed),
        "a reason is wanted"
    );
    assert_eq!(
        change(&mut ledger, repair, EntryChange::Claim(ClaimStatus::Valid)),
        Some(Code::EntryTransitionNotAllowed)
    );

    let claim = ledger.create_entry(&sent(0, "R-1").entry(), Some(repair), &stamp()).unwrap();
    assert_eq!(state_of(&ledger, repair), RepairState::ClosedWithClaim);
    assert_eq!(ledger.entry(repair).unwrap().unwrap().counterpart, Some(claim));
    assert_eq!(ledger.entry(claim).unwrap().unwrap().counterpart, Some(repair));
    let again = ledger.create_entry(&sent(0, "R-2").entry(), Some(repair), &stamp()).unwrap_err();
    assert_eq!(again.code, Code::EntryTransitionNotAllowed);
    assert_eq!(ledger.entry_of_identity(DepositKind::Claims, identity("R-2")).unwrap(), None, "all or nothing");
    assert_eq!(
        change(&mut ledger, repair, EntryChange::Repair(RepairState::Planned)),
        Some(Code::EntryTransitionNotAllowed)
    );

    let other = typed(&mut ledger, &sent(0, "R-3").repair(6));
    assert_eq!(change(&mut ledger, other, EntryChange::CloseWith(claim)), Some(Code::EntryTransitionNotAllowed));
    assert_eq!(change(&mut ledger, other, EntryChange::CloseWith(repair)), Some(Code::EntryUnknown), "no claim");
    assert_eq!(change(&mut ledger, other, EntryChange::CloseWithout("exchanged".to_owned())), None);
    let closed = ledger.entry(other).unwrap().unwrap();
    assert_eq!((closed.closing_reason.as_str(), closed.counterpart), ("exchanged", None));
    let amended =
        ledger.amend_entry(other, &sent(0, "R-3").repair(6).entry(), closed.changed_at, &stamp()).unwrap_err();
    assert_eq!(amended.code, Code::EntryTransitionNotAllowed);
    assert_eq!(change(&mut ledger, EntryId(99), EntryChange::Claim(ClaimStatus::Valid)), Some(Code::EntryUnknown));
    healthy(&ledger);
}

#[test]
fn a_repair_file_is_handed_over_without_a_change() {
    let (_folder, _, mut ledger) = ledger();
    let repair = typed(&mut ledger, &sent(0, "R-1").repair(5));
    let messages = [message(repair, "CreateRepair")];
    ledger.change_entry(repair, &EntryChange::Repair(RepairState::ToPlan), &messages, &stamp()).unwrap();
    assert_eq!(ledger.entry(repair).unwrap().unwrap().transmitted_at, Some(stamp().at));
    assert_eq!(events(&ledger, repair), ["entry.created", "entry.transmitted"]);
    healthy(&ledger);
}

#[test]
fn entries_are_found_by_what_they_are() {
    let (_folder, _, mut ledger) = ledger();
    deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]);
    let repair = typed(&mut ledger, &sent(0, "R-3").repair(5));
    let found = |filter: &EntryFilter| -> Vec<EntryId> {
        ledger.entries(filter).unwrap().into_iter().map(|entry| entry.id).collect()
    };
    let any = EntryFilter::default;
    assert_eq!(found(&any()), [3, 2, 1].map(EntryId));
    assert_eq!(found(&EntryFilter { kind: Some(DepositKind::Repairs), ..any() }), [repair]);
    assert_eq!(found(&EntryFilter { claim_statuses: vec![ClaimStatus::Valid], ..any() }), [1].map(EntryId));
    let states = EntryFilter { repair_states: vec![RepairState::ToPlan], ..any() };
    assert_eq!(found(&EntryFilter { claim_statuses: vec![ClaimStatus::NotValid], ..states }), [3, 2].map(EntryId));
    assert_eq!(found(&EntryFilter { valid: Some(false), ..any() }), [2].map(EntryId));
    assert_eq!(found(&EntryFilter { manufacturer: Some(ManufacturerId(4)), ..any() }), []);
    assert_eq!(found(&EntryFilter { report_number: Some("R-1".to_owned()), ..any() }), [1].map(EntryId));
    assert_eq!(found(&EntryFilter { deposit: Some(DepositId(1)), ..any() }), [2, 1].map(EntryId));
    assert_eq!(found(&EntryFilter { from: Some(stamp().at), ..any() }), [3, 2, 1].map(EntryId));
    assert_eq!(found(&EntryFilter { before: Some(stamp().at), ..any() }), []);
    assert_eq!(ledger.entry_content(EntryId(9)).unwrap_err().code, Code::EntryUnknown);
}

fn request(of: Option<EntryId>, is_valid: bool) -> SolutionEntry {
    SolutionEntry {
        id: SolutionId(0),
        manufacturer: Some(ManufacturerId(15)),
        of,
        status: SolutionStatus::NotTransmitted,
        is_valid,
        answer: String::new(),
        created_at: Moment::beginning(),
        created_by: String::new(),
        body: "{\"Question\":\"?\"}".to_owned(),
        faults: if is_valid { Vec::new() } else { vec![fault("E")] },
    }
}

#[test]
fn a_solution_request_goes_its_way() {
    use SolutionStatus::{Answered, NotTransmitted, Transmitted};

    let (_folder, _, mut ledger) = ledger();
    let of = typed(&mut ledger, &sent(0, "R-1"));
    let id = ledger.create_solution(&request(Some(of), true), &stamp()).unwrap();
    let faulty = ledger.create_solution(&request(None, false), &stamp()).unwrap();
    let mut change =
        |id, to, answer: &str| ledger.change_solution(id, to, answer, &stamp()).err().map(|error| error.code);
    assert_eq!(change(id, Answered, "?"), Some(Code::EntryTransitionNotAllowed));
    assert_eq!(change(faulty, Transmitted, ""), Some(Code::EntryTransitionNotAllowed));
    assert_eq!(change(id, Transmitted, ""), None);
    assert_eq!(change(id, Answered, "Exchange the module."), None);
    assert_eq!(change(id, NotTransmitted, ""), Some(Code::EntryTransitionNotAllowed));
    assert_eq!(change(SolutionId(9), Transmitted, ""), Some(Code::SolutionUnknown));
    let kept = ledger.solution(id).unwrap().unwrap();
    assert_eq!((kept.status, kept.answer.as_str(), kept.of), (Answered, "Exchange the module.", Some(of)));
    assert_eq!((kept.created_at, kept.created_by.as_str()), (stamp().at, "anne"));
    assert_eq!(ledger.solution(faulty).unwrap().unwrap().faults, [fault("E")]);
    assert_eq!(ledger.solutions().unwrap().iter().map(|each| each.id).collect::<Vec<_>>(), [faulty, id]);
    healthy(&ledger);
}

/// Each fault that `doctor` looks for, planted.
#[test]
fn what_contradicts_itself_is_told() {
    for (planted, told) in [
        ("UPDATE entry SET faults = '[{\"severity\":\"E\"}]' WHERE id = 1", "entry 1: is valid with errors"),
        ("UPDATE entry SET valid = 0 WHERE id = 2", "entry 2: is valid with errors, or not valid without one"),
        ("UPDATE entry SET transmitted_at = NULL WHERE id = 2", "entry 2: is WAITING, but was never transmitted"),
        ("UPDATE entry SET counterpart = NULL WHERE id = 4", "entry 3: names a counterpart that does not name it"),
        ("UPDATE entry SET counterpart = NULL WHERE id = 3", "entry 3: is closed with a claim that is not there"),
        ("UPDATE entry SET body = NULL WHERE id = 1", "entry 1: was purged, but still says something"),
        ("DELETE FROM approved_claim", "entry 5: is on a draft invoice that does not approve it"),
        ("UPDATE approved_claim SET entry = NULL", "draft invoice P-1, line 2: approves a claim that is not there"),
        ("UPDATE entry SET draft_invoice = NULL WHERE id = 5", "approves a claim that is not there, or is not on it"),
        (
            "INSERT INTO outbox (entry, call, posted_at, posted_by) SELECT id, 'X', 0, '' FROM entry WHERE body IS NULL",
            "is about an entry that was purged",
        ),
        ("UPDATE solution SET valid = 0", "solution 1: is valid with errors, or not valid without one"),
    ] {
        let (_folder, path, ledger) = full();
        healthy(&ledger);
        Connection::open(&path).unwrap().execute_batch(planted).unwrap();
        let faults = ledger.faults().unwrap();
        assert!(faults.iter().any(|fault| fault.contains(told)), "{planted}: {faults:?}");
    }
}

/// A ledger with something of each kind: valid (1), waiting (2), a repair file (3) and its claim (4), one that is
/// approved (5), one that was purged (6).
fn full() -> (tempfile::TempDir, std::path::PathBuf, SqliteLedger) {
    use crate::ledger::{ApprovedClaim, DepositBook as _, DraftInvoice};
    use crate::model::Money;

    let (folder, path, mut ledger) = ledger();
    typed(&mut ledger, &sent(0, "R-1"));
    let waiting = typed(&mut ledger, &sent(0, "R-2"));
    let repair = typed(&mut ledger, &sent(0, "R-3").repair(3));
    ledger.create_entry(&sent(0, "R-4").entry(), Some(repair), &stamp()).unwrap();
    let approved = typed(&mut ledger, &sent(0, "R-5"));
    for id in [waiting, approved] {
        assert_eq!(moved(&mut ledger, id, ClaimStatus::Waiting), None);
    }
    let draft = DraftInvoice {
        number: "P-1".to_owned(),
        manufacturer: None,
        file: "p.csv".to_owned(),
        hash: "h".to_owned(),
        until: None,
        claims: vec![ApprovedClaim {
            line: 2,
            claim_number: String::new(),
            report_number: "R-5".to_owned(),
            amount: Money::ZERO,
            currency: "EUR".to_owned(),
        }],
    };
    let answer = Message { entry: None, call: "SetInvoice".to_owned(), body: "{}".to_owned() };
    ledger.keep_invoice(&draft, "F-1", &answer, &stamp()).unwrap();
    let deposit = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-6")]).id;
    ledger.delete_deposit(deposit, &stamp()).unwrap();
    ledger.create_solution(&request(Some(repair), true), &stamp()).unwrap();
    (folder, path, ledger)
}

#[test]
fn a_step_its_content_and_its_message_are_one() {
    let (_folder, _, mut ledger) = ledger();
    let id = typed(&mut ledger, &sent(0, "R-1").repair(1));
    let known = ledger.entry(id).unwrap().unwrap().changed_at;
    let body = ledger.entry_content(id).unwrap().body;
    let (amended, update) = (sent(0, "R-2").repair(2), [message(id, "UpdateRepair")]);
    let mut advance = |change: &EntryChange, known| {
        ledger.advance_entry(id, &amended.entry(), known, Some(change), &update, &stamp()).map_err(|error| error.code)
    };
    // Nobody closes a file in passing: content and message stay away, too.
    assert_eq!(
        advance(&EntryChange::Repair(RepairState::ClosedWithClaim), known),
        Err(Code::EntryTransitionNotAllowed)
    );
    assert_eq!(advance(&EntryChange::CloseWithout("lost".to_owned()), known), Ok(()));
    assert_eq!(state_of(&ledger, id), RepairState::ClosedWithoutClaim);
    assert_ne!(ledger.entry_content(id).unwrap().body, body);
    assert_eq!(ledger.pending_messages().unwrap().len(), 1);
    let entry = ledger.entry(id).unwrap().unwrap();
    assert_eq!((entry.transmitted_at, entry.report_number.as_str()), (Some(stamp().at), "R-2"));
    let late = ledger.advance_entry(id, &sent(0, "R-2").repair(2).entry(), known, None, &[], &stamp()).unwrap_err();
    assert_eq!(late.code, Code::EntryChanged);
    healthy(&ledger);
}

#[test]
fn claims_are_transmitted_together_or_not_at_all() {
    let (_folder, _, mut ledger) = ledger();
    let ids = [typed(&mut ledger, &sent(0, "R-1")), typed(&mut ledger, &sent(0, "R-2").faulty())];
    let waiting = |id| (id, EntryChange::Claim(ClaimStatus::Waiting), Some(message(id, "CreateWarrantyClaims")));
    let refused = ledger.change_entries(&ids.map(waiting), &stamp()).unwrap_err();
    assert_eq!(refused.arguments.get("number"), Some("2"));
    assert_eq!((status_of(&ledger, ids[0]), ledger.pending_messages().unwrap().len()), (ClaimStatus::Valid, 0));
    ledger.change_entries(&[waiting(ids[0])], &stamp()).unwrap();
    assert_eq!((status_of(&ledger, ids[0]), ledger.pending_messages().unwrap().len()), (ClaimStatus::Waiting, 1));
    healthy(&ledger);
}

#[test]
fn answers_that_are_only_rehearsed_leave_nothing() {
    let (_folder, _, mut ledger) = ledger();
    let id = typed(&mut ledger, &sent(0, "R-1"));
    let said = |status: &str| SaidOfClaim {
        entry: None,
        manufacturer: None,
        report_number: "R-1".to_owned(),
        answer: ClaimAnswer { status: status.to_owned(), ..ClaimAnswer::default() },
    };
    let answers = [said("ACCEPTED"), said("ACCEPTED"), said("WAITING")];
    let expected = [Matched::Taken, Matched::Known, Matched::Contradicts].map(|matched| (matched, Some(id)));
    assert_eq!(ledger.take_answers(&answers, true, &stamp()).unwrap(), expected);
    assert_eq!(status_of(&ledger, id), ClaimStatus::Valid);
    assert_eq!(ledger.take_answers(&answers, false, &stamp()).unwrap(), expected);
    assert_eq!(status_of(&ledger, id), ClaimStatus::Accepted);
    healthy(&ledger);
}

#[test]
fn parts_are_known_by_the_file_that_asked_for_them() {
    let (_folder, _, mut ledger) = ledger();
    let id = typed(&mut ledger, &sent(0, "R-1").repair(1));
    let part = |merge_key| NewLine {
        manufacturer: ManufacturerId(4),
        reference: "00999001",
        label: "Pompe",
        unit_price: Money::from_ten_thousandths(10_000),
        quantity: 2,
        need: Need { countermark: "R-1", ..Need::default() },
        desired_delivery_date: None,
        comment: "",
        merge_key,
    };
    // Lines that are the same to an order are one, within the file and with what waits.
    let lines = ledger.book_parts(id, &[("a", part(1)), ("b", part(1)), ("c", part(2))], &stamp()).unwrap();
    assert_eq!((lines[0] == lines[1], lines[1] == lines[2]), (true, false));
    assert_eq!(ledger.book_parts(id, &[("d", part(2))], &stamp()).unwrap(), [lines[2]]);
    let booked = ledger.booked_parts(id).unwrap();
    assert_eq!(booked.iter().map(|part| part.reference.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert!(booked.iter().all(|part| part.state == LineState::Waiting && part.order.is_none()));
    assert_eq!(ledger.baskets().unwrap()[0].totals.quantity, 8);
    assert_eq!(events(&ledger, id).last().map(String::as_str), Some("entry.ordered"));
    healthy(&ledger);
}
