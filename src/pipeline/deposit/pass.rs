//! One pass over a deposit: pieces judged in parallel, results folded in the order of the file, entries that lie across the
//! ends of pieces put together.

use std::collections::BTreeMap;

use super::hindsight::{RepairSeen, ReportSeen};
use super::judge::{Ends, Judge, Judged};
use crate::decode::RowError;
use crate::diagnostic::{Diagnostic, Error, Result};
use crate::map::EntryReader;
use crate::model::{Counts, ManufacturerId};
use crate::pipeline::conveyor::Conveyor;
use crate::pipeline::pass::limit_exceeded;
use crate::pipeline::pieces::{Piece, Pieces};
use crate::report::Causes;
use crate::report::text::MASK;
use crate::validate::EntryTotals;

/// What is told while a pass goes on, in the order of the file.
pub(super) trait Listener {
    /// Everything that was found in a piece.
    fn judged(&mut self, judged: &Judged) -> Result<()>;
}

/// What a pass gives.
#[derive(Default)]
pub(super) struct Passed {
    pub(super) counts: Counts,
    pub(super) causes: Causes,
    pub(super) totals: BTreeMap<ManufacturerId, EntryTotals>,
    pub(super) reports: Vec<ReportSeen>,
    pub(super) repairs: Vec<RepairSeen>,
    /// Sum of the hashes of all entries.
    pub(super) content: u64,
}

/// A pass over one file.
pub(super) struct Pass<'p> {
    pub(super) judge: Judge<'p>,
    pub(super) conveyor: Conveyor<'p>,
}

/// What a pass has so far.
struct Fold<'f, 'p, L> {
    judge: &'f Judge<'p>,
    listener: &'f mut L,
    passed: Passed,
    /// The records of an entry whose end was not seen yet.
    carry: Piece,
    /// What the carry is judged into.
    spare: Judged,
}

impl Pass<'_> {
    /// Reads the file once. `read_failed` makes errors of what the source says.
    pub(super) fn run(
        &self,
        pieces: Pieces<'_>,
        listener: &mut impl Listener,
        read_failed: impl Fn(RowError) -> Error,
    ) -> Result<Passed> {
        let judge = &self.judge;
        let (passed, carry, spare) = (Passed::default(), Piece::default(), Judged::default());
        let mut fold = Fold { judge, listener, passed, carry, spare };
        self.conveyor.run(
            pieces,
            |piece, judged| judge.piece(piece, Ends::Open, judged),
            |judged| fold.take(judged),
            read_failed,
        )?;
        fold.settle()?;
        Ok(fold.passed)
    }
}

impl<L: Listener> Fold<'_, '_, L> {
    /// Takes a piece in: what was carried goes before it, what may go on behind it is carried.
    fn take(&mut self, judged: &mut Judged) -> Result<()> {
        if let Some(head) = judged.head.take() {
            self.carry.append(head);
            if judged.tail.is_some() {
                self.settle()?;
            }
        }
        self.absorb(judged)?;
        if let Some(tail) = judged.tail.take() {
            self.carry = tail;
        }
        let limits = &self.judge.plan.limits;
        let most = limits.record_bytes.saturating_mul(16);
        if self.carry.chunk.bytes.len() > most {
            return Err(limit_exceeded("record-bytes", limits.record_bytes));
        }
        if self.passed.counts.lines() > limits.lines {
            return Err(limit_exceeded("lines", limits.lines));
        }
        Ok(())
    }

    /// Judges what was carried: no further record belongs to it.
    fn settle(&mut self) -> Result<()> {
        let carry = std::mem::take(&mut self.carry);
        if carry.chunk.bytes.is_empty() {
            return Ok(());
        }
        let mut spare = std::mem::take(&mut self.spare);
        self.judge.piece(&carry, Ends::Closed, &mut spare);
        self.absorb(&mut spare)?;
        self.spare = spare;
        Ok(())
    }

    fn absorb(&mut self, judged: &mut Judged) -> Result<()> {
        if let Some(foresight) = self.judge.foresight {
            foresight.take(&judged.reports, &judged.repairs);
        }
        let passed = &mut self.passed;
        passed.counts.add(&judged.counts);
        for (id, totals) in &judged.totals {
            passed.totals.entry(*id).or_default().add(totals);
        }
        passed.reports.append(&mut judged.reports);
        passed.repairs.append(&mut judged.repairs);
        for entry in &judged.entries {
            passed.content = passed.content.wrapping_add(entry.content.cast_unsigned());
        }
        let headings = self.judge.plan.mapping.headings();
        let shown = |diagnostic: &Diagnostic| masked(diagnostic, &self.judge.terms.reader);
        for diagnostic in &judged.diagnostics {
            passed.causes.add_shown(diagnostic, |column| headings.name(column), shown);
        }
        self.listener.judged(judged)
    }
}

/// The diagnostic as summaries may show it: what says who a person is does not leave the reports that were asked for.
fn masked(diagnostic: &Diagnostic, reader: &EntryReader<'_>) -> Diagnostic {
    let field = diagnostic.column.and_then(|column| reader.mapping.field(column));
    // A whole record, or a column that nobody knows, may hold anything.
    let may_be_shown = field.is_some_and(|field| !reader.fields.get(field).is_personal);
    let is_shown = may_be_shown || diagnostic.value.trim().is_empty();
    let value = if is_shown { diagnostic.value.clone() } else { MASK.to_owned() };
    Diagnostic { value, arguments: diagnostic.arguments.clone(), ..*diagnostic }
}
