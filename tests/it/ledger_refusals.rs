//! What the ledger itself refuses: whoever asks, and whatever was checked before.

use bordereau::diagnostic::Error;
use bordereau::ledger::{
    DepositBook as _, DepositEnd, DepositHead, DepositOrigin, DepositReading, DraftInvoice, EntryBook as _,
    EntryChange, EntryId, InvoiceBook as _, Message, NewEntry, SolutionBook as _, SolutionId, SolutionStatus,
    SqliteLedger, Stamp,
};
use bordereau::model::{ClaimStatus, Counts, DepositKind, Language, ManufacturerId, Moment};
use bordereau::report::render_error;

use crate::raised::raises;
use crate::support::Ended;

raises! {
    DEPOSIT_FINISHED: a_deposit_is_read_to_its_end_once => refused(read_twice);
    DRAFT_INVOICE_KNOWN: a_draft_invoice_is_answered_once => refused(|ledger| invoiced(ledger, ["P-1", "P-1"], ["F-1", "F-2"]));
    ENTRY_CHANGED: a_change_that_nobody_has_seen_is_not_written_over => refused(changed_twice);
    ENTRY_EXISTS: a_report_is_there_once => refused(|ledger| create(ledger).and_then(|_| create(ledger)).unwrap_err());
    ENTRY_TRANSITION_NOT_ALLOWED: a_claim_goes_only_where_it_can => refused(transmitted_twice);
    ENTRY_UNKNOWN: an_entry_must_be_there => refused(|ledger| waiting(ledger, EntryId(9)).unwrap_err());
    INVOICE_KNOWN: an_invoice_answers_one_draft => refused(|ledger| invoiced(ledger, ["P-1", "P-2"], ["F-1", "F-1"]));
    SOLUTION_UNKNOWN: a_solution_request_must_be_there => refused(asked);
}

/// What the program would say of it.
fn refused(refuse: impl FnOnce(&mut SqliteLedger) -> Error) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::create(&folder.path().join("ledger.sqlite"), false).unwrap();
    let error = refuse(&mut ledger);
    let stderr = render_error(&error, Language::English);
    Ended { code: Some(error.exit().code().into()), stdout: String::new(), stderr }
}

fn stamp() -> Stamp {
    Stamp { at: Moment::parse("2026-03-04T08:00:00Z").unwrap(), by: "claire".to_owned() }
}

const ENTRY: NewEntry<'static> = NewEntry {
    kind: DepositKind::Claims,
    line: 0,
    manufacturer: Some(ManufacturerId(15)),
    report_number: "R-1",
    identity: 1,
    content: 1,
    appliance: None,
    repaired_on: None,
    intervention: None,
    state: None,
    body: "{}",
    faults: &[],
    stands_for: None,
};

fn create(ledger: &mut SqliteLedger) -> Result<EntryId, Error> {
    ledger.create_entry(&ENTRY, None, &stamp())
}

fn read_twice(ledger: &mut SqliteLedger) -> Error {
    let (file, hash) = ("a.csv".to_owned(), "h".to_owned());
    let head = DepositHead { origin: DepositOrigin::File, parent: None, file, hash, bytes: 1, stamp: stamp() };
    let id = ledger.receive_deposit(&head, &|_| "work/a.csv".into()).unwrap();
    let reading = DepositReading { kind: DepositKind::Claims, settings: "{}".to_owned(), parent: None };
    let mut record = ledger.begin_deposit(id, &reading).unwrap();
    record.create(&ENTRY).unwrap();
    let counts = Counts { valid: 1, accepted: 1, ..Counts::default() };
    record.finish(&DepositEnd { counts, causes: Vec::new(), content: "c".to_owned(), reports: None }).unwrap();
    ledger.begin_deposit(id, &reading).err().unwrap()
}

fn changed_twice(ledger: &mut SqliteLedger) -> Error {
    let id = create(ledger).unwrap();
    let known = ledger.entry(id).unwrap().unwrap().changed_at;
    ledger.amend_entry(id, &ENTRY, known, &stamp()).unwrap();
    ledger.amend_entry(id, &ENTRY, known, &stamp()).unwrap_err()
}

fn waiting(ledger: &mut SqliteLedger, id: EntryId) -> Result<(), Error> {
    ledger.change_entry(id, &EntryChange::Claim(ClaimStatus::Waiting), &[], &stamp())
}

fn transmitted_twice(ledger: &mut SqliteLedger) -> Error {
    let id = create(ledger).unwrap();
    waiting(ledger, id).unwrap();
    waiting(ledger, id).unwrap_err()
}

fn invoiced(ledger: &mut SqliteLedger, drafts: [&str; 2], invoices: [&str; 2]) -> Error {
    let mut keep = |draft: &str, invoice: &str| {
        let draft = DraftInvoice {
            number: draft.to_owned(),
            manufacturer: None,
            file: "list.csv".to_owned(),
            hash: "h".to_owned(),
            until: None,
            claims: Vec::new(),
        };
        let answer = Message { entry: None, call: "Invoice".to_owned(), body: "{}".to_owned() };
        ledger.keep_invoice(&draft, invoice, &answer, &stamp())
    };
    keep(drafts[0], invoices[0]).unwrap();
    keep(drafts[1], invoices[1]).unwrap_err()
}

fn asked(ledger: &mut SqliteLedger) -> Error {
    ledger.change_solution(SolutionId(9), SolutionStatus::Transmitted, "", &stamp()).unwrap_err()
}
