//! One pass over a file: pieces judged in parallel, results folded in the order of the file.

use super::chunk::{Judge, Judged, Wants};
use super::conveyor::Conveyor;
use super::known::Known;
use super::pieces::Pieces;
use super::plan::Plan;
use super::verdict::{Beyond, Findings, Verdict};
use super::{Progress, Stop};
use crate::catalogue::Catalogue;
use crate::decode::RowError;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::map::{Lexicon, Reader};
use crate::model::Counts;
use crate::report::Causes;
use crate::split::{Baskets, Full, MergeKey, ParcelLine};
use crate::validate::Terms;

/// Bytes of a piece: small enough for the nearer caches, large enough that handing it out costs nothing.
pub(super) const PIECE_BYTES: usize = 512 << 10;

/// What is told while a pass goes on, in the order of the file.
pub(super) trait Listener {
    /// Everything that was found in a piece.
    fn judged(&mut self, judged: &Judged, plan: &Plan) -> Result<()>;
    /// An accepted line and where it went.
    fn accepted(&mut self, line: &Accepted<'_>) -> Result<()>;
    /// Whether [`Listener::accepted`] wants to be told.
    fn wants_lines(&self) -> bool;
    /// What it needs to know of rows.
    fn wants(&self) -> Wants;
}

/// An accepted source line and the place of the basket line it went to.
pub(super) struct Accepted<'a> {
    pub(super) line: ParcelLine<'a>,
    pub(super) basket_line: usize,
}

/// What a pass gives.
pub(super) struct Passed {
    pub(super) findings: Findings,
    pub(super) baskets: Baskets,
    pub(super) causes: Causes,
    /// The first records above and below the table that are not blank.
    pub(super) outside: Vec<(u64, String)>,
}

/// How many records outside the table are shown.
const OUTSIDE: usize = 8;

/// A pass over one file.
pub(super) struct Pass<'p> {
    pub(super) plan: &'p Plan,
    pub(super) terms: Terms<'p>,
    pub(super) verdict: &'p Verdict,
    /// Where the table ends, once a pass has shown it.
    pub(super) beyond: Option<Beyond>,
    /// What headings may stand for.
    pub(super) lexicon: &'p Lexicon<'p>,
    /// What a ledger knows of these lines.
    pub(super) known: Known<'p>,
    pub(super) progress: &'p dyn Progress,
    pub(super) stop: &'p Stop,
}

impl Pass<'_> {
    /// Reads the file once. `read_failed` makes errors of what the source says.
    pub(super) fn run(
        &self,
        pieces: Pieces<'_>,
        listener: &mut impl Listener,
        read_failed: impl Fn(RowError) -> Error,
    ) -> Result<Passed> {
        let judge = self.judge(listener.wants());
        let mut passed = Passed {
            findings: Findings::default(),
            baskets: Baskets::new(self.terms.catalogue.manufacturers().len(), judge.key),
            causes: Causes::default(),
            outside: Vec::new(),
        };
        let fold = |judged: &mut Judged| self.fold(judged, &mut passed, listener);
        let conveyor = Conveyor { progress: self.progress, stop: self.stop };
        conveyor.run(pieces, |piece, judged| judge.piece(piece, judged), fold, read_failed)?;
        Ok(passed)
    }

    /// What judges the pieces.
    pub(super) fn judge(&self, wants: Wants) -> Judge<'_> {
        let plan = self.plan;
        Judge {
            plan,
            reader: Reader::new(&plan.mapping, plan.charset(), plan.forms, plan.format.tolerant),
            terms: self.terms,
            verdict: self.verdict,
            beyond: self.beyond,
            lexicon: self.lexicon,
            known: self.known,
            mixed: plan.layout.encoding().filter(|encoding| encoding.is_mixed()),
            wants,
            key: MergeKey::of(&plan.format.merge_key),
        }
    }

    /// Takes what became of a piece in, in the order of the file.
    fn fold(&self, judged: &mut Judged, passed: &mut Passed, listener: &mut impl Listener) -> Result<()> {
        if let Some(failure) = judged.failure.take() {
            return Err(failure);
        }
        let taken = if judged.full { Err(Full) } else { passed.baskets.take(&mut judged.parcel) };
        taken.map_err(|Full| limit_exceeded("basket-lines", u32::MAX))?;
        let limits = self.plan.format.limits;
        if passed.baskets.lines() > limits.basket_lines {
            return Err(limit_exceeded("basket-lines", limits.basket_lines));
        }
        self.note(judged, passed);
        listener.judged(judged, self.plan)?;
        if listener.wants_lines() {
            for (line, basket_line) in passed.baskets.taken(&judged.parcel) {
                listener.accepted(&Accepted { line, basket_line })?;
            }
        }
        if passed.findings.counts.lines() > limits.lines {
            return Err(limit_exceeded("lines", limits.lines));
        }
        Ok(())
    }

    fn note(&self, judged: &Judged, passed: &mut Passed) {
        passed.findings.counts.add(&judged.counts);
        for (order, line) in &judged.bad_orders {
            passed.findings.bad_orders.entry(order.clone()).or_insert(*line);
        }
        if passed.findings.several_suppliers.is_none()
            && let Some(fault) = judged.file_fault()
        {
            passed.findings.several_suppliers = Some(Error::new(fault.code, fault.arguments.clone()));
        }
        for diagnostic in &judged.diagnostics {
            passed.causes.add(diagnostic, |column| self.plan.mapping.heading(column));
        }
        let room = OUTSIDE.saturating_sub(passed.outside.len());
        passed.outside.extend(judged.ignored.iter().take(room).cloned());
        passed.findings.take_outside(judged);
    }
}

/// The error of a file that is larger than its format allows.
pub(super) fn limit_exceeded(what: &str, limit: impl std::fmt::Display) -> Error {
    Error::new(Code::LimitExceeded, Arguments::none().with("what", what).with("limit", limit))
}

/// The diagnostic of a file that is refused as a whole; it stands above all lines.
pub(super) fn file_diagnostic(error: &Error) -> Diagnostic {
    Diagnostic::new(error.code, 0, None, String::new(), error.arguments.clone())
}

/// The terms under which the lines of a plan are judged.
pub(super) fn terms<'t>(plan: &'t Plan, catalogue: &'t Catalogue, registry: &'t crate::format::Registry) -> Terms<'t> {
    Terms {
        supplier: plan.supplier,
        usual_quantity: plan.usual_quantity,
        width: plan.mapping.width(),
        earliest: plan.earliest,
        ..Terms::of(&plan.format, catalogue, registry)
    }
}

/// Checks that the counts add up before anything gets its final name (invariant I3).
pub(super) fn check_counts(counts: &Counts, sources: u64) -> Result<()> {
    if counts.add_up() && counts.accepted == sources {
        return Ok(());
    }
    let cause = format!("{counts:?}, {sources} in baskets");
    Err(Error::new(Code::InternalError, Arguments::none().with("cause", cause)))
}
