//! Deposits and entries that tests write down.

use std::path::PathBuf;

use crate::ledger::{
    DepositBook as _, DepositEnd, DepositEntry, DepositHead, DepositId, DepositOrigin, DepositReading, DepositRecord,
    EntryBook as _, EntryFilter, KeptFault, Ledger as _, NewEntry, RefusedRow, SqliteLedger, Stamp, stable_hash,
};
use crate::model::{ClaimStatus, Counts, Day, DepositKind, DepositStatus, ManufacturerId, Moment};

pub(super) const SEB: ManufacturerId = ManufacturerId(15);

pub(super) fn stamp() -> Stamp {
    Stamp { at: Moment::parse("2026-03-04T18:05:00Z").unwrap(), by: "anne".to_owned() }
}

pub(super) fn ledger() -> (tempfile::TempDir, PathBuf, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let ledger = SqliteLedger::create(&path, false).unwrap();
    (folder, path, ledger)
}

pub(super) fn fault(severity: &str) -> KeptFault {
    KeptFault {
        code: "MANDATORY".to_owned(),
        severity: severity.to_owned(),
        line: 2,
        column: "Nom".to_owned(),
        field: "ClaimConso.LastName".to_owned(),
        value: "Lefèvre".to_owned(),
        arguments: std::collections::BTreeMap::new(),
    }
}

pub(super) fn identity(report: &str) -> i64 {
    stable_hash(&[&SEB.0.to_le_bytes(), report.as_bytes()])
}

/// An entry as a file brings it.
pub(super) struct Sent {
    pub(super) line: u64,
    pub(super) report: String,
    pub(super) faults: Vec<KeptFault>,
    pub(super) stands_for: Option<u64>,
    pub(super) kind: DepositKind,
    pub(super) intervention: Option<u64>,
    pub(super) body: String,
}

pub(super) fn sent(line: u64, report: &str) -> Sent {
    Sent {
        line,
        report: report.to_owned(),
        faults: Vec::new(),
        stands_for: None,
        kind: DepositKind::Claims,
        intervention: None,
        body: format!("{{\"ReportNumber\":\"{report}\"}}"),
    }
}

impl Sent {
    pub(super) fn faulty(self) -> Self {
        Self { faults: vec![fault("W"), fault("E")], ..self }
    }

    pub(super) fn correcting(self, line: u64) -> Self {
        Self { stands_for: Some(line), ..self }
    }

    pub(super) fn repair(self, intervention: u64) -> Self {
        Self { kind: DepositKind::Repairs, intervention: Some(intervention), ..self }
    }

    pub(super) fn entry(&self) -> NewEntry<'_> {
        NewEntry {
            kind: self.kind,
            line: self.line,
            manufacturer: Some(SEB),
            report_number: &self.report,
            identity: identity(&self.report),
            content: stable_hash(&[self.body.as_bytes()]),
            appliance: Some(identity(&self.report) ^ 1),
            repaired_on: Day::new(2026, 3, 2),
            intervention: self.intervention,
            state: None,
            body: &self.body,
            faults: &self.faults,
            stands_for: self.stands_for,
        }
    }
}

pub(super) fn head(file: &str, parent: Option<DepositId>) -> DepositHead {
    let origin = if parent.is_some() { DepositOrigin::Correction } else { DepositOrigin::File };
    DepositHead { origin, parent, file: file.to_owned(), hash: format!("hash of {file}"), bytes: 7, stamp: stamp() }
}

pub(super) fn receive(ledger: &mut SqliteLedger, file: &str, parent: Option<DepositId>) -> DepositId {
    ledger.receive_deposit(&head(file, parent), &|id| PathBuf::from(format!("deposits/{}/{file}", id.0))).unwrap()
}

pub(super) fn reading() -> DepositReading {
    DepositReading { kind: DepositKind::Claims, settings: "{\"accept\":\"drafts\"}".to_owned(), parent: None }
}

pub(super) fn end(entries: &[Sent]) -> DepositEnd {
    let faulty = entries.iter().filter(|entry| !entry.entry().is_valid()).count() as u64;
    let valid = entries.len() as u64 - faulty;
    let counts = Counts { valid, faulty, accepted: valid, rejected: faulty, ..Counts::default() };
    DepositEnd {
        counts,
        causes: Vec::new(),
        content: format!("content {}", entries.len()),
        reports: Some(PathBuf::from("out/1")),
    }
}

/// Writes entries down; those with an error are refused, each with two records, and kept as drafts when that is asked for.
pub(super) fn write(record: &mut dyn DepositRecord, entries: &[Sent], with_drafts: bool) {
    for sent in entries {
        let entry = sent.entry();
        let created = (entry.is_valid() || with_drafts).then(|| record.create(&entry).unwrap());
        if !entry.is_valid() {
            let rows = [0, 1].map(|more| RefusedRow { line: sent.line + more, record_hash: sent.line * 31 + more });
            record.refuse(&rows, created, sent.stands_for).unwrap();
        }
    }
}

pub(super) fn deposit_of(
    ledger: &mut SqliteLedger,
    file: &str,
    parent: Option<DepositId>,
    entries: &[Sent],
) -> DepositEntry {
    let id = receive(ledger, file, parent);
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    write(&mut *record, entries, true);
    record.finish(&end(entries)).unwrap()
}

pub(super) fn status(ledger: &SqliteLedger, id: DepositId) -> (DepositStatus, u64) {
    let deposit = ledger.deposit(id).unwrap().unwrap();
    (deposit.status, deposit.corrected)
}

/// The entries, the oldest first: their reports, and how far they are.
pub(super) fn claims(ledger: &SqliteLedger) -> Vec<(String, ClaimStatus)> {
    let mut entries = ledger.entries(&EntryFilter::default()).unwrap();
    entries.reverse();
    entries.into_iter().map(|entry| (entry.report_number, entry.claim_status.unwrap())).collect()
}

#[track_caller]
pub(super) fn healthy(ledger: &SqliteLedger) {
    assert_eq!(ledger.faults().unwrap(), Vec::<String>::new());
}
