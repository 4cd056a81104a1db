use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use rusqlite::Connection;

use crate::diagnostic::Code;
use crate::ledger::sqlite::deposit_tests::{
    SEB, Sent, claims, deposit_of, end, fault, healthy, identity, ledger, reading, receive, sent, stamp, status, write,
};
use crate::ledger::{
    Deletion, DepositBook as _, DepositFilter, DepositId, DepositOrigin, DepositReading, EntryBook as _, EntryChange,
    EntryFilter, KnownDeposits as _, Ledger as _, SqliteLedger,
};
use crate::model::{ClaimStatus, Day, DepositKind, DepositStatus, ManufacturerId, RepairState};

#[test]
fn a_deposit_is_received_read_and_counted() {
    let (_folder, _, mut ledger) = ledger();
    let id = receive(&mut ledger, "march.csv", None);
    let received = ledger.deposit(id).unwrap().unwrap();
    assert_eq!(received.status, DepositStatus::Received);
    assert_eq!(received.kept.as_deref(), Some(Path::new("deposits/1/march.csv")));
    assert_eq!((received.kind, received.deleted.clone(), received.received_by.as_str()), (None, None, "anne"));

    let entries = [sent(2, "R-1"), sent(3, "R-2").faulty(), sent(5, "R-3"), sent(6, "R-4").faulty()];
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    assert_eq!(record.id(), id);
    write(&mut *record, &entries, true);
    let deposit = record.finish(&end(&entries)).unwrap();
    assert_eq!((deposit.status, deposit.kind), (DepositStatus::Partial, Some(DepositKind::Claims)));
    assert_eq!((deposit.read, deposit.accepted, deposit.rejected), (4, 2, 2));
    assert_eq!((deposit.drafts, deposit.claims, deposit.repairs, deposit.corrected), (2, 4, 0, 0));
    assert_eq!(ledger.deposit(id).unwrap(), Some(deposit.clone()));
    assert_eq!(
        claims(&ledger),
        [
            ("R-1", ClaimStatus::Valid),
            ("R-2", ClaimStatus::NotValid),
            ("R-3", ClaimStatus::Valid),
            ("R-4", ClaimStatus::NotValid)
        ]
        .map(|(report, status)| (report.to_owned(), status))
    );

    assert_eq!(ledger.held_deposits().unwrap(), std::slice::from_ref(&deposit));
    ledger.release_deposit(id).unwrap();
    assert_eq!(ledger.held_deposits().unwrap(), []);
    assert_eq!(ledger.deposit_of_bytes("hash of march.csv").unwrap(), Some(deposit.clone()));
    assert_eq!(ledger.deposit_of_content("content 4").unwrap(), Some(deposit));
    assert_eq!(ledger.deposit_of_content("").unwrap(), None);
    let refused = ledger.refused_records(id).unwrap();
    assert_eq!(
        refused.iter().map(|record| (record.entry, record.row.line)).collect::<Vec<_>>(),
        [(3, 3), (3, 4), (6, 6), (6, 7)]
    );
    assert!(refused.iter().all(|record| !record.is_corrected && record.draft.is_some()));
    healthy(&ledger);
}

#[test]
fn what_an_entry_says_is_kept_word_for_word() {
    let (_folder, _, mut ledger) = ledger();
    let deposit = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]);
    let filter = EntryFilter { valid: Some(false), ..EntryFilter::default() };
    let draft = ledger.entries(&filter).unwrap().pop().unwrap();
    assert_eq!((draft.source, draft.manufacturer), (Some((deposit.id, 3)), Some(SEB)));
    assert_eq!((draft.created_at, draft.changed_at, draft.created_by.as_str()), (stamp().at, stamp().at, "anne"));
    let content = ledger.entry_content(draft.id).unwrap();
    assert_eq!(content.body.as_deref(), Some("{\"ReportNumber\":\"R-2\"}"));
    assert_eq!(content.faults, [fault("W"), fault("E")]);
    let history = ledger.entry_history(draft.id).unwrap();
    assert_eq!(history.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["entry.created"]);
    assert_eq!(history[0].detail, "{\"deposit\":1,\"line\":3}");
}

#[test]
fn a_deposit_that_is_dropped_leaves_nothing_but_that_it_came() {
    let (_folder, path, mut ledger) = ledger();
    let id = receive(&mut ledger, "a.csv", None);
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    write(&mut *record, &[sent(2, "R-1"), sent(3, "R-2").faulty()], true);
    drop(record);
    assert_eq!(status(&ledger, id), (DepositStatus::Processing, 0));
    let left = ledger.deposit(id).unwrap().unwrap();
    assert_eq!((left.settings.as_str(), left.kind), (reading().settings.as_str(), Some(DepositKind::Claims)));
    let rows = |table: &str| -> i64 {
        let question = format!("SELECT count(*) FROM {table}");
        Connection::open(&path).unwrap().query_row(&question, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((rows("entry"), rows("refused_record"), rows("journal")), (0, 0, 1));
    assert_eq!(ledger.deposit_of_bytes("hash of a.csv").unwrap(), None);
    healthy(&ledger);

    // It is read again.
    let entries = [sent(2, "R-1")];
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    write(&mut *record, &entries, true);
    assert_eq!(record.finish(&end(&entries)).unwrap().status, DepositStatus::Done);
    for again in [ledger.begin_deposit(id, &reading()).err(), ledger.turn_deposit(id, &fault("E"), None).err()] {
        assert_eq!(again.unwrap().code, Code::DepositFinished);
    }
    assert_eq!(ledger.begin_deposit(DepositId(9), &reading()).err().unwrap().code, Code::DepositUnknown);
}

#[test]
fn a_deposit_that_is_read_once_more_forgets_what_it_had() {
    let (_folder, _, mut ledger) = ledger();
    let parent = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]).id;
    let id = receive(&mut ledger, "b.csv", Some(parent));
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    write(&mut *record, &[sent(2, "R-2").correcting(3), sent(3, "R-9").faulty(), sent(9, "R-8")], true);
    record.restart().unwrap();
    assert_eq!(record.entry_of_identity(DepositKind::Claims, identity("R-8")).unwrap(), None);
    let entries = [sent(2, "R-7")];
    write(&mut *record, &entries, true);
    let known = record.entry_of_identity(DepositKind::Claims, identity("R-7")).unwrap().unwrap();
    assert_eq!((known.deposit, known.file.as_str(), known.is_open), (Some(id), "b.csv", true));
    let deposit = record.finish(&end(&entries)).unwrap();
    assert_eq!((deposit.status, deposit.claims, deposit.drafts), (DepositStatus::Done, 1, 0));
    assert_eq!(status(&ledger, parent), (DepositStatus::Partial, 0));
    assert_eq!(claims(&ledger).len(), 3);
    healthy(&ledger);
}

#[test]
fn a_deposit_without_a_valid_entry_leaves_no_drafts() {
    let (_folder, _, mut ledger) = ledger();
    let deposit = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1").faulty(), sent(4, "R-2").faulty()]);
    assert_eq!((deposit.status, deposit.rejected, deposit.drafts, deposit.claims), (DepositStatus::Rejected, 2, 0, 0));
    assert_eq!(claims(&ledger), []);
    assert_eq!(ledger.refused_records(deposit.id).unwrap().len(), 4);
    assert_eq!(ledger.deposit_of_bytes("hash of a.csv").unwrap(), None, "it may come again");
    assert_eq!(ledger.deposit_to_correct("hash of a.csv").unwrap().unwrap().id, deposit.id);
    healthy(&ledger);

    // What was refused can be corrected without a draft.
    let correction = deposit_of(&mut ledger, "b.csv", Some(deposit.id), &[sent(2, "R-1").correcting(2)]);
    assert_eq!((correction.status, correction.claims), (DepositStatus::Done, 1));
    assert_eq!(status(&ledger, deposit.id), (DepositStatus::Partial, 1));
    healthy(&ledger);
}

#[test]
fn a_draft_becomes_valid_with_its_correction() {
    let (_folder, _, mut ledger) = ledger();
    let parent =
        deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty(), sent(5, "R-3").faulty()]);
    let drafts: Vec<_> = ledger.refused_records(parent.id).unwrap().iter().filter_map(|record| record.draft).collect();
    let other = Sent { body: "{\"better\":1}".to_owned(), ..sent(2, "R-2").correcting(3) };
    let correction = deposit_of(&mut ledger, "b.csv", Some(parent.id), &[other]);
    assert_eq!((correction.accepted, correction.claims, correction.status), (1, 0, DepositStatus::Done));
    assert_eq!(status(&ledger, parent.id), (DepositStatus::Partial, 1));
    assert_eq!(claims(&ledger).iter().filter(|(_, status)| *status == ClaimStatus::Valid).count(), 2);
    let entry = ledger.entry(drafts[0]).unwrap().unwrap();
    assert_eq!((entry.claim_status, entry.source), (Some(ClaimStatus::Valid), Some((parent.id, 3))));
    assert!(entry.changed_at > entry.created_at, "a change of the same second shows");
    let content = ledger.entry_content(drafts[0]).unwrap();
    assert_eq!((content.body.as_deref(), content.faults), (Some("{\"better\":1}"), Vec::new()));
    let history = ledger.entry_history(drafts[0]).unwrap();
    assert_eq!(history.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["entry.created", "entry.amended"]);
    let records = ledger.refused_records(parent.id).unwrap();
    let corrected: Vec<_> = records.iter().map(|record| (record.row.line, record.corrected_by)).collect();
    assert_eq!(corrected, [(3, Some(correction.id)), (4, Some(correction.id)), (5, None), (6, None)]);

    let of = EntryFilter { deposit: Some(correction.id), ..EntryFilter::default() };
    assert_eq!(ledger.entries(&of).unwrap().iter().map(|entry| entry.id).collect::<Vec<_>>(), drafts[..1]);

    let last = deposit_of(&mut ledger, "c.csv", Some(parent.id), &[sent(2, "R-3").correcting(5)]);
    assert_eq!(status(&ledger, parent.id), (DepositStatus::Superseded, 2));
    let corrections = ledger.corrections(parent.id).unwrap();
    assert_eq!(corrections.iter().map(|deposit| deposit.id).collect::<Vec<_>>(), [correction.id, last.id]);
    assert!(ledger.deposit_of_bytes("hash of a.csv").unwrap().is_some(), "it still counts");
    healthy(&ledger);
}

#[test]
fn a_correction_of_a_correction_corrects_both() {
    for with_drafts in [true, false] {
        let (_folder, _, mut ledger) = ledger();
        let mut deposit = |file: &str, parent: Option<DepositId>, entries: &[Sent]| {
            let id = receive(&mut ledger, file, parent);
            let mut record = ledger.begin_deposit(id, &reading()).unwrap();
            write(&mut *record, entries, with_drafts);
            record.finish(&end(entries)).unwrap().id
        };
        let first = deposit("a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty(), sent(5, "R-3").faulty()]);
        let second =
            deposit("b.csv", Some(first), &[sent(2, "R-3").correcting(5), sent(7, "R-2").faulty().correcting(3)]);
        let third = deposit("c.csv", Some(second), &[sent(4, "R-2").correcting(7)]);
        assert_eq!(status(&ledger, first), (DepositStatus::Superseded, 2), "drafts: {with_drafts}");
        assert_eq!(status(&ledger, second), (DepositStatus::Superseded, 1), "drafts: {with_drafts}");
        assert_eq!(status(&ledger, third), (DepositStatus::Done, 0));
        assert_eq!(claims(&ledger).len(), 3);
        assert!(claims(&ledger).iter().all(|(_, status)| *status == ClaimStatus::Valid));
        let family: Vec<_> = ledger.corrections(first).unwrap().iter().map(|deposit| deposit.id).collect();
        assert_eq!(family, [second, third]);
        healthy(&ledger);
    }
}

/// JSON without line feeds: every entry starts on line 1.
#[test]
fn entries_on_one_line_are_told_apart() {
    let (_folder, _, mut ledger) = ledger();
    let entries = [sent(1, "R-1"), sent(1, "R-2").faulty(), sent(1, "R-3").faulty()];
    let parent = deposit_of(&mut ledger, "a.json", None, &entries).id;
    deposit_of(&mut ledger, "b.json", Some(parent), &[sent(1, "R-3").correcting(1)]);
    assert_eq!(status(&ledger, parent), (DepositStatus::Partial, 1));
    let states: Vec<_> = claims(&ledger).into_iter().map(|(_, status)| status).collect();
    assert_eq!(states, [ClaimStatus::Valid, ClaimStatus::NotValid, ClaimStatus::Valid]);
    deposit_of(&mut ledger, "c.json", Some(parent), &[sent(1, "R-2").correcting(1)]);
    assert_eq!(status(&ledger, parent), (DepositStatus::Superseded, 2));
    healthy(&ledger);
}

#[test]
fn a_repair_file_that_is_known_is_brought_up_to_date() {
    let (_folder, _, mut ledger) = ledger();
    let first = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1").repair(77)]);
    assert_eq!((first.repairs, first.claims), (1, 0));
    let known = ledger.repair_of_intervention(77).unwrap().unwrap();
    assert_eq!((known.deposit, known.is_open), (Some(first.id), true));
    let id = known.id;
    ledger.change_entry(id, &EntryChange::Repair(RepairState::Planned), &[], &stamp()).unwrap();

    let newer = Sent { body: "{\"newer\":1}".to_owned(), ..sent(2, "R-1").repair(77) };
    let second = deposit_of(&mut ledger, "b.csv", None, &[newer]);
    assert_eq!((second.accepted, second.repairs), (1, 0));
    assert_eq!(ledger.entry(id).unwrap().unwrap().repair_state, Some(RepairState::Planned));
    assert_eq!(ledger.entry_content(id).unwrap().body.as_deref(), Some("{\"newer\":1}"));

    // One with an error leaves what is there as it is; its correction takes its place.
    let wrong = Sent { body: "{\"wrong\":1}".to_owned(), ..sent(3, "R-1").repair(77).faulty() };
    let third = deposit_of(&mut ledger, "c.csv", None, &[sent(2, "R-2").repair(78), wrong]);
    assert_eq!((third.rejected, third.drafts, third.repairs), (1, 0, 1));
    assert_eq!(ledger.entry_content(id).unwrap().body.as_deref(), Some("{\"newer\":1}"));
    let right = Sent { body: "{\"right\":1}".to_owned(), ..sent(2, "R-1").repair(77).correcting(3) };
    deposit_of(&mut ledger, "d.csv", Some(third.id), &[right]);
    assert_eq!(ledger.entry_content(id).unwrap().body.as_deref(), Some("{\"right\":1}"));
    assert_eq!(status(&ledger, third.id), (DepositStatus::Superseded, 1));

    ledger.change_entry(id, &EntryChange::CloseWithout("exchanged".to_owned()), &[], &stamp()).unwrap();
    assert!(!ledger.repair_of_intervention(77).unwrap().unwrap().is_open);
    let other = deposit_of(&mut ledger, "e.csv", None, &[sent(2, "R-9").repair(77)]);
    assert_eq!(other.repairs, 1, "a closed one does not change any more");
    healthy(&ledger);
}

#[test]
fn an_appliance_that_was_repaired_is_found() {
    let (_folder, _, mut ledger) = ledger();
    deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1")]);
    let appliance = identity("R-1") ^ 1;
    let day = |number| Day::new(2026, 3, number).unwrap();
    let found = ledger.repair_of_appliance(appliance, day(1), day(2)).unwrap().unwrap();
    assert_eq!((found.file.as_str(), found.created_at), ("a.csv", stamp().at));
    assert_eq!(ledger.repair_of_appliance(appliance, day(3), day(31)).unwrap(), None);
    assert_eq!(ledger.repair_of_appliance(appliance + 1, day(1), day(2)).unwrap(), None);
}

#[test]
fn a_file_can_be_turned_away_as_a_whole() {
    let (_folder, _, mut ledger) = ledger();
    let first = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1")]).id;
    let again = receive(&mut ledger, "a.csv", None);
    ledger.turn_deposit(again, &fault("E"), Some(first)).unwrap();
    let turned = ledger.deposit(again).unwrap().unwrap();
    assert_eq!(
        (turned.status, turned.parent, turned.refusal),
        (DepositStatus::Duplicate, Some(first), Some(fault("E")))
    );
    let odd = receive(&mut ledger, "odd.csv", None);
    ledger.turn_deposit(odd, &fault("E"), None).unwrap();
    assert_eq!(status(&ledger, odd), (DepositStatus::Rejected, 0));
    assert_eq!(ledger.deposit_of_bytes("hash of a.csv").unwrap().unwrap().id, first);
    assert_eq!(ledger.corrections(first).unwrap(), [], "a duplicate corrects nothing");
    ledger.move_deposit(odd, Some(PathBuf::from("rejected/odd.csv"))).unwrap();
    assert_eq!(ledger.deposit(odd).unwrap().unwrap().kept.as_deref(), Some(Path::new("rejected/odd.csv")));
    ledger.move_deposit(odd, None).unwrap();
    assert_eq!(ledger.deposit(odd).unwrap().unwrap().kept, None);
    healthy(&ledger);
}

#[test]
fn what_a_file_corrects_may_show_when_it_is_read() {
    let (_folder, _, mut ledger) = ledger();
    let parent = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]).id;
    let id = receive(&mut ledger, "b.csv", None);
    let reading = DepositReading { parent: Some(parent), ..reading() };
    let entries = [sent(2, "R-2").correcting(3)];
    let mut record = ledger.begin_deposit(id, &reading).unwrap();
    write(&mut *record, &entries, true);
    let deposit = record.finish(&end(&entries)).unwrap();
    assert_eq!((deposit.parent, deposit.origin), (Some(parent), DepositOrigin::Correction));
    assert_eq!(status(&ledger, parent), (DepositStatus::Superseded, 1));
}

#[test]
fn deposits_are_found_by_what_they_are() {
    let (_folder, _, mut ledger) = ledger();
    let first = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]).id;
    let second = receive(&mut ledger, "b.csv", None);
    let found = |filter: &DepositFilter| -> Vec<_> {
        ledger.deposits(filter).unwrap().iter().map(|deposit| deposit.id).collect()
    };
    let any = DepositFilter::default;
    assert_eq!(found(&any()), [second, first]);
    assert_eq!(found(&DepositFilter { statuses: vec![DepositStatus::Partial, DepositStatus::Done], ..any() }), [first]);
    assert_eq!(found(&DepositFilter { hash: Some(ledger.deposit(first).unwrap().unwrap().hash), ..any() }), [first]);
    assert_eq!(found(&DepositFilter { hash: Some("ff".to_owned()), ..any() }), []);
    assert_eq!(found(&DepositFilter { kind: Some(DepositKind::Claims), ..any() }), [first]);
    assert_eq!(found(&DepositFilter { kind: Some(DepositKind::Repairs), ..any() }), []);
    assert_eq!(found(&DepositFilter { manufacturer: Some(SEB), ..any() }), [first]);
    assert_eq!(found(&DepositFilter { manufacturer: Some(ManufacturerId(4)), ..any() }), []);
    assert_eq!(found(&DepositFilter { from: Some(stamp().at), ..any() }).len(), 2);
    assert_eq!(found(&DepositFilter { before: Some(stamp().at), ..any() }), []);
}

#[test]
fn a_deleted_deposit_says_nothing_of_persons_any_more() {
    let (_folder, _, mut ledger) = ledger();
    let entries = [sent(2, "R-1"), sent(3, "R-2").faulty(), sent(5, "R-3"), sent(6, "R-4")];
    let deposit = deposit_of(&mut ledger, "a.csv", None, &entries);
    let of = |ledger: &SqliteLedger, report: &str| {
        let filter = EntryFilter { report_number: Some(report.to_owned()), ..EntryFilter::default() };
        ledger.entries(&filter).unwrap()[0].id
    };
    let handed_over = of(&ledger, "R-3");
    ledger.change_entry(handed_over, &EntryChange::Claim(ClaimStatus::Waiting), &[], &stamp()).unwrap();
    let gone = of(&ledger, "R-1");

    let foreseen = ledger.deletion(deposit.id).unwrap();
    assert_eq!(foreseen, Deletion { purged: 3, kept: 1 });
    assert_eq!(ledger.delete_deposit(deposit.id, &stamp()).unwrap(), foreseen);
    assert_eq!(ledger.delete_deposit(deposit.id, &stamp()).unwrap_err().code, Code::DepositDeleted);
    assert_eq!(claims(&ledger), [("R-3".to_owned(), ClaimStatus::Waiting)]);
    let entry = ledger.entry(gone).unwrap().unwrap();
    assert_eq!((entry.claim_status, entry.is_valid), (Some(ClaimStatus::Cancelled), false));
    assert_eq!(ledger.entry_content(gone).unwrap().body, None);
    assert!(ledger.entry_content(handed_over).unwrap().body.is_some());
    assert_eq!(ledger.refused_records(deposit.id).unwrap(), []);

    let left = ledger.deposit(deposit.id).unwrap().unwrap();
    assert_eq!((left.deleted, left.read, left.accepted, left.rejected), (Some(stamp()), 4, 3, 1));
    assert_eq!(ledger.deposits(&DepositFilter::default()).unwrap(), []);
    assert_eq!(ledger.deposits(&DepositFilter { deleted: true, ..DepositFilter::default() }).unwrap().len(), 1);
    assert_eq!(ledger.deposit_of_bytes("hash of a.csv").unwrap(), None);
    assert_eq!(ledger.deposit_to_correct("hash of a.csv").unwrap(), None);
    assert_eq!(ledger.held_deposits().unwrap(), []);
    assert_eq!(ledger.purged_deposits().unwrap().len(), 1, "its files may still be there");
    ledger.release_deposit(deposit.id).unwrap();
    assert_eq!(ledger.purged_deposits().unwrap(), []);
    assert_eq!(ledger.deposit(deposit.id).unwrap().unwrap().kept, None);
    healthy(&ledger);

    // The reports of the others may come again.
    let again = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2")]);
    assert_eq!(again.status, DepositStatus::Done);
    healthy(&ledger);
}

#[test]
fn what_is_erased_is_not_in_the_file_any_more() {
    let (_folder, path, mut ledger) = ledger();
    let named =
        |line, report: &str| Sent { body: format!("{{\"LastName\":\"Person of {report}\"}}"), ..sent(line, report) };
    let deposit = deposit_of(&mut ledger, "a.csv", None, &[named(2, "R-1"), named(3, "R-2").faulty()]);
    let holds = |text: &str| {
        ["ledger.sqlite", "ledger.sqlite-wal"].iter().any(|name| {
            let bytes = std::fs::read(path.with_file_name(name)).unwrap_or_default();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(holds("Person of R-1") && holds("Person of R-2") && holds("Lef"));
    ledger.delete_deposit(deposit.id, &stamp()).unwrap();
    assert!(!holds("Person of") && !holds("Lef"));
    healthy(&ledger);
}

#[test]
fn what_a_deleted_correction_brought_in_alone_waits_again() {
    let (_folder, _, mut ledger) = ledger();
    // Nothing of the first is kept, so that its correction creates; of the second there is a draft.
    let first = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1").faulty(), sent(4, "R-2").faulty()]).id;
    let second = deposit_of(&mut ledger, "b.csv", None, &[sent(2, "R-5"), sent(3, "R-6").faulty()]).id;
    let correction = deposit_of(&mut ledger, "c.csv", Some(first), &[sent(2, "R-1").correcting(2)]).id;
    let amended = deposit_of(&mut ledger, "d.csv", Some(second), &[sent(2, "R-6").correcting(3)]).id;
    assert_eq!(status(&ledger, first), (DepositStatus::Partial, 1));
    assert_eq!(status(&ledger, second), (DepositStatus::Superseded, 1));

    assert_eq!(ledger.delete_deposit(correction, &stamp()).unwrap(), Deletion { purged: 1, kept: 0 });
    assert_eq!(status(&ledger, first), (DepositStatus::Rejected, 0));
    assert_eq!(ledger.delete_deposit(amended, &stamp()).unwrap(), Deletion { purged: 0, kept: 0 });
    assert_eq!(status(&ledger, second), (DepositStatus::Superseded, 1), "the draft is of the second, and valid");
    healthy(&ledger);
    let again = deposit_of(&mut ledger, "e.csv", Some(first), &[sent(2, "R-1").correcting(2)]);
    assert_eq!(again.claims, 1);
    assert_eq!(status(&ledger, first), (DepositStatus::Partial, 1));
    // A correction of what was deleted corrects nothing, and is a deposit like any other.
    ledger.delete_deposit(first, &stamp()).unwrap();
    let late = deposit_of(&mut ledger, "f.csv", Some(first), &[sent(2, "R-2").correcting(4)]);
    assert_eq!((late.status, late.claims), (DepositStatus::Done, 1));
    healthy(&ledger);
}

#[test]
fn an_unread_deposit_can_be_deleted_and_is_not_read_then() {
    let (_folder, _, mut ledger) = ledger();
    let id = receive(&mut ledger, "a.csv", None);
    assert_eq!(ledger.delete_deposit(id, &stamp()).unwrap(), Deletion::default());
    assert_eq!(ledger.begin_deposit(id, &reading()).err().unwrap().code, Code::DepositDeleted);
    assert_eq!(ledger.delete_deposit(DepositId(7), &stamp()).unwrap_err().code, Code::DepositUnknown);
    healthy(&ledger);
}

#[test]
fn a_second_writer_waits_for_the_deposit() {
    let (_folder, path, mut ledger) = ledger();
    let id = receive(&mut ledger, "a.csv", None);
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    let entries = [sent(2, "R-1")];
    write(&mut *record, &entries, true);
    let (told, tells) = mpsc::channel();
    let other = std::thread::spawn(move || {
        let mut other = SqliteLedger::open(&path, false).unwrap();
        // It sees that somebody is at it, and nothing of what is not finished.
        told.send(other.deposit(id).unwrap().unwrap().status).unwrap();
        told.send(DepositStatus::Received).unwrap();
        let begun = other.begin_deposit(id, &reading()).err().map(|error| error.code);
        (begun, receive(&mut other, "b.csv", None))
    });
    assert_eq!(tells.recv().unwrap(), DepositStatus::Processing);
    tells.recv().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(!other.is_finished(), "it waits");
    record.finish(&end(&entries)).unwrap();
    let (begun, second) = other.join().unwrap();
    assert_eq!(begun, Some(Code::DepositFinished));
    assert_eq!(second, DepositId(2));
    healthy(&ledger);
}

/// Each fault that `doctor` looks for, planted.
#[test]
fn what_contradicts_itself_is_told() {
    for (planted, told) in [
        ("UPDATE deposit SET claims = claims - 1 WHERE id = 1", "claims and"),
        ("INSERT INTO refused_record (deposit, entry_line, number, record, line, record_hash) VALUES (1, 90, 9, 1, 90, 1),
          (1, 91, 10, 1, 91, 1)", "entries were refused, more are kept"),
        ("UPDATE refused_record SET draft = NULL WHERE deposit = 1", "drafts, others are kept"),
        ("UPDATE deposit SET corrected = 0, status = 'PARTIAL' WHERE id = 1", "corrected, others are kept"),
        ("UPDATE refused_record SET draft = NULL WHERE deposit = 1 AND record = 2", "was corrected in part"),
        ("UPDATE deposit SET deleted_at = 1 WHERE id = 1", "is deleted, but what was refused is kept"),
        ("UPDATE deposit SET status = 'PROCESSING' WHERE id = 1", "was not read, but counts"),
        ("UPDATE deposit SET status = 'RECEIVED' WHERE id = 1", "of a deposit that was not taken"),
        ("UPDATE entry SET line = 0 WHERE id = 1", "or of no line of it"),
        ("UPDATE deposit SET status = 'DONE' WHERE id = 1", "is DONE, its counts say SUPERSEDED"),
    ] {
        let (_folder, path, mut ledger) = ledger();
        let parent = deposit_of(&mut ledger, "a.csv", None, &[sent(2, "R-1"), sent(3, "R-2").faulty()]).id;
        deposit_of(&mut ledger, "b.csv", Some(parent), &[sent(2, "R-2").correcting(3)]);
        healthy(&ledger);
        Connection::open(&path).unwrap().execute_batch(planted).unwrap();
        let faults = ledger.faults().unwrap();
        assert!(faults.iter().any(|fault| fault.contains(told)), "{planted}: {faults:?}");
    }
}
