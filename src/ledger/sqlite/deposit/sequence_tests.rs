use proptest::prelude::*;

use crate::diagnostic::Result;
use crate::ledger::sqlite::deposit_tests::{Sent, claims, end, fault, identity, ledger, reading, receive, sent, stamp};
use crate::ledger::{
    DepositBook as _, DepositFilter, DepositId, EntryBook as _, EntryChange, EntryFilter, KnownDeposits as _,
    Ledger as _, RefusedRow, SqliteLedger,
};
use crate::model::{ClaimStatus, DepositKind};

/// What somebody does to a ledger.
#[derive(Clone, Debug)]
enum Act {
    /// Deposits reports, faulty or not; with or without drafts.
    Deposit(Vec<(u8, bool)>, bool),
    /// Corrects what is open of a deposit: of each whether it is right now.
    Correct(usize, Vec<bool>, bool),
    Delete(usize),
    /// Changes how far an entry is.
    Move(usize, ClaimStatus),
    /// Corrects an entry by a command.
    Amend(usize, bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (prop::collection::vec((0_u8..24, any::<bool>()), 0..5), any::<bool>())
            .prop_map(|(reports, drafts)| Act::Deposit(reports, drafts)),
        4 => (any::<prop::sample::Index>(), prop::collection::vec(any::<bool>(), 0..4), any::<bool>())
            .prop_map(|(which, right, drafts)| Act::Correct(which.index(1 << 16), right, drafts)),
        1 => any::<prop::sample::Index>().prop_map(|which| Act::Delete(which.index(1 << 16))),
        2 => (any::<prop::sample::Index>(), prop::sample::select(ClaimStatus::ALL))
            .prop_map(|(which, to)| Act::Move(which.index(1 << 16), to)),
        2 => (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(which, valid)| Act::Amend(which.index(1 << 16), valid)),
    ]
}

/// A deposit as a pipeline makes it: a report that is there already is refused without a draft.
fn deposit_as_judged(ledger: &mut SqliteLedger, parent: Option<DepositId>, mut entries: Vec<Sent>, with_drafts: bool) {
    let id = receive(ledger, "x.csv", parent);
    let drafts: Vec<_> = parent.map(|parent| ledger.refused_records(parent).unwrap()).unwrap_or_default();
    let mut record = ledger.begin_deposit(id, &reading()).unwrap();
    for sent in &mut entries {
        let own = drafts.iter().find(|known| Some(known.entry) == sent.stands_for).and_then(|known| known.draft);
        let known = record.entry_of_identity(DepositKind::Claims, identity(&sent.report)).unwrap();
        let is_repeated = known.is_some_and(|known| Some(known.id) != own);
        if is_repeated {
            sent.faults = vec![fault("E")];
        }
        let entry = sent.entry();
        let created = (entry.is_valid() || (with_drafts && !is_repeated)).then(|| record.create(&entry).unwrap());
        if !entry.is_valid() {
            record.refuse(&[RefusedRow { line: sent.line, record_hash: 1 }], created, sent.stands_for).unwrap();
        }
    }
    record.finish(&end(&entries)).unwrap();
}

fn open_lines(ledger: &SqliteLedger, id: DepositId) -> Vec<u64> {
    let records = ledger.refused_records(id).unwrap();
    records.iter().filter(|record| !record.is_corrected).map(|record| record.entry).collect()
}

fn play(ledger: &mut SqliteLedger, act: Act, reports: &mut Vec<(DepositId, u64, String)>) -> Result<()> {
    let deposits = ledger.deposits(&DepositFilter { deleted: true, ..DepositFilter::default() })?;
    let entries = ledger.entries(&EntryFilter::default())?;
    match act {
        Act::Deposit(rows, drafts) => {
            let next = DepositId(i64::try_from(deposits.len()).unwrap() + 1);
            let entries: Vec<_> = (2..)
                .zip(rows)
                .map(|(line, (number, is_right))| {
                    let sent = sent(line, &format!("R-{number}"));
                    reports.push((next, line, sent.report.clone()));
                    if is_right { sent } else { sent.faulty() }
                })
                .collect();
            deposit_as_judged(ledger, None, entries, drafts);
        }
        Act::Correct(which, right, drafts) if !deposits.is_empty() => {
            let parent = deposits[which % deposits.len()].id;
            let next = DepositId(i64::try_from(deposits.len()).unwrap() + 1);
            let entries: Vec<_> = (2..)
                .zip(open_lines(ledger, parent))
                .zip(right)
                .map(|((line, open), is_right)| {
                    let report = reports.iter().find(|(id, at, _)| (*id, *at) == (parent, open)).unwrap().2.clone();
                    reports.push((next, line, report.clone()));
                    let sent = sent(line, &report).correcting(open);
                    if is_right { sent } else { sent.faulty() }
                })
                .collect();
            deposit_as_judged(ledger, Some(parent), entries, drafts);
        }
        Act::Delete(which) if !deposits.is_empty() => {
            drop(ledger.delete_deposit(deposits[which % deposits.len()].id, &stamp()));
        }
        Act::Move(which, to) if !entries.is_empty() => {
            drop(ledger.change_entry(entries[which % entries.len()].id, &EntryChange::Claim(to), &[], &stamp()));
        }
        Act::Amend(which, is_valid) if !entries.is_empty() => {
            let entry = &entries[which % entries.len()];
            let sent = sent(0, &entry.report_number);
            let sent = if is_valid { sent } else { sent.faulty() };
            drop(ledger.amend_entry(entry.id, &sent.entry(), entry.changed_at, &stamp()));
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is done in whatever order, counts are those of the rows, and a report is there once.
    #[test]
    fn no_sequence_of_changes_makes_a_ledger_contradict_itself(acts in prop::collection::vec(act(), 1..14)) {
        let (_folder, _, mut ledger) = ledger();
        let mut reports = Vec::new();
        for act in acts {
            play(&mut ledger, act.clone(), &mut reports).unwrap();
            prop_assert_eq!(ledger.faults().unwrap(), Vec::<String>::new(), "{:?}", act);
        }
        let mut there: Vec<_> = claims(&ledger);
        there.retain(|(_, status)| *status != ClaimStatus::Cancelled);
        let count = there.len();
        there.sort();
        there.dedup_by(|a, b| a.0 == b.0);
        prop_assert_eq!(there.len(), count);
    }
}
