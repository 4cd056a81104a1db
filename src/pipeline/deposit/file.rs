//! One deposited file, from its plan to its result.

use std::path::PathBuf;

use super::entry::Keeper;
use super::hindsight::{Foresight, Hindsight, Memory};
use super::judge::Judge;
use super::known::Correction;
use super::pass::{Listener, Pass, Passed};
use super::plan::DepositPlan;
use super::reports::Reports;
use super::{DepositAccept, DepositRequest, DepositSettings, other_records, summarise};
use crate::diagnostic::Result;
use crate::export::{CreatedRows, EntryBodies};
use crate::format::{Account, Deposits};
use crate::ledger::{DepositEnd, DepositRecord, EntryId, KnownDeposits};
use crate::model::IgnoredReason;
use crate::pipeline::chunk::Wants;
use crate::pipeline::conveyor::Conveyor;
use crate::pipeline::folder::{Folder, SUMMARY, put};
use crate::pipeline::gather::Finished;
use crate::pipeline::pass::{PIECE_BYTES, check_counts};
use crate::pipeline::pieces::Pieces;
use crate::pipeline::source::Opened;
use crate::report::{Acknowledgement, DepositSummary, summary_json};
use crate::validate::EntryTerms;

/// A file while it is read.
pub(super) struct DepositFile<'f> {
    pub(super) request: &'f DepositRequest<'f>,
    pub(super) opened: &'f Opened,
    pub(super) plan: &'f DepositPlan,
    pub(super) settings: &'f DepositSettings,
    /// Who deposits.
    pub(super) account: Option<&'f Account>,
}

/// What a file is written down in.
pub(super) struct Written<'w> {
    pub(super) record: Box<dyn DepositRecord + 'w>,
    /// Where its reports will be, as the ledger keeps it.
    pub(super) kept_at: PathBuf,
    /// How it came.
    pub(super) received: Acknowledgement,
}

/// What a file shows before anything is written.
pub(super) struct Look {
    hindsight: Hindsight,
    /// Hash of what its entries say, in whatever order.
    pub(super) content: String,
    /// Whether it corrects only what came in before.
    pub(super) is_known: bool,
}

/// Hears nothing.
struct Nobody;

impl Listener for Nobody {
    fn judged(&mut self, _: &super::judge::Judged) -> Result<()> {
        Ok(())
    }
}

impl DepositFile<'_> {
    /// Reads a file, as often as it takes, without writing anything: what it shows together, and beside what is kept.
    pub(super) fn look(&self, memory: Memory<'_>) -> Result<Look> {
        let deposits = self.deposits()?;
        let terms = self.terms(deposits);
        let bodies = EntryBodies::new(terms.reader, terms.rules, !self.plan.is_from_tree());
        let created = CreatedRows::new(&terms.reader, terms.rules);
        let keeper = Some(self.keeper(deposits, terms, &bodies, memory.correction));
        let mut hindsight = Hindsight::default();
        loop {
            let judge = Judge { keeper, ..self.judge(terms, &created, &hindsight) };
            let passed = self.pass(&judge, &mut Nobody)?;
            let shown = self.shown(&passed, &hindsight, deposits, Some(memory))?;
            if shown == hindsight {
                let content = crate::ledger::stable_hash(&[
                    &passed.content.to_le_bytes(),
                    &passed.counts.lines().to_le_bytes(),
                    self.plan.mapping.kind.name().as_bytes(),
                ]);
                let taken = passed.counts.ignored[IgnoredReason::AlreadyTaken as usize];
                let is_known = passed.counts.lines() == 0 && taken > 0;
                return Ok(Look { hindsight, content: format!("{content:016x}"), is_known });
            }
            hindsight = shown;
        }
    }

    /// Reads a file and writes its results into `out`, or only says what would become of it. Without a look before, each pass
    /// writes aside, and the pass that shows nothing more is the result.
    pub(super) fn read(
        &self,
        look: Option<(Look, Option<&Correction>)>,
        mut written: Option<Written<'_>>,
        out: Option<PathBuf>,
    ) -> Result<Finished<DepositSummary>> {
        let (plan, settings) = (self.plan, self.settings);
        let deposits = self.deposits()?;
        let terms = self.terms(deposits);
        let created = CreatedRows::new(&terms.reader, terms.rules);
        let bodies = EntryBodies::new(terms.reader, terms.rules, !plan.is_from_tree());
        let keeper = look.as_ref().map(|(_, correction)| self.keeper(deposits, terms, &bodies, *correction));
        let looked = look.is_some();
        let (mut hindsight, content) = look.map_or_else(Default::default, |(look, _)| (look.hindsight, look.content));
        // Whether a file is refused as a whole takes all of its faults.
        let may_foresee = !looked && settings.accept != DepositAccept::File;
        let mut foresight = may_foresee.then(|| Foresight::new(deposits.rules.repeated_repair_days));
        loop {
            let folder = out.as_deref().map(|out| Folder::take(out, settings.sync)).transpose()?;
            let record = written.as_mut().map(|written| written.record.as_mut());
            let mut reports = Reports::begin(folder.as_ref(), self.opened.name(), plan, &created, settings, record)?;
            let warning = other_records(plan);
            if let Some(warning) = &warning {
                reports.fault(warning)?;
            }
            let judge = Judge {
                keeper,
                validation: reports.tells_validation(),
                wants: reports.wants(),
                foresight: foresight.as_ref(),
                ..self.judge(terms, &created, &hindsight)
            };
            let mut passed = self.pass(&judge, &mut reports)?;
            let was_vain = foresight.take().is_some_and(|foresight| foresight.is_sure());
            if !looked {
                let shown = self.shown(&passed, &hindsight, deposits, None)?;
                if was_vain || shown != hindsight {
                    hindsight = shown;
                    continue;
                }
            }
            self.opened.check_unchanged()?;
            check_counts(&passed.counts, passed.counts.accepted)?;
            if passed.counts.accepted == 0 {
                // A deposit of which nothing is valid leaves nothing.
                passed.counts.drafts = 0;
            }
            if let Some(warning) = &warning {
                passed.causes.add(warning, |_| String::new());
            }
            let summary = summarise(self.opened.name().to_owned(), plan, passed, self.request);
            reports.finish(folder.as_ref(), &summary)?;
            let Some(mut folder) = folder else {
                return Ok(Finished { summary, out: None, number: None });
            };
            let exit = summary.exit(settings.warnings_fail);
            if let Some(written) = &written {
                written.received.clone().with(&summary.counts, exit).put(|name, text| put(&folder, name, text))?;
            }
            put(&folder, SUMMARY, &summary_json(&summary, &self.request.catalogue.note(), exit, settings.language))?;
            self.request.stop.check()?;
            let mut number = None;
            if let Some(written) = written {
                // From the moment on which the ledger has it, the next run would finish what this one does not.
                folder.hold()?;
                let (counts, causes) = (summary.counts, summary.errors());
                let end = DepositEnd { counts, causes, content, reports: Some(written.kept_at) };
                number = Some(written.record.finish(&end)?.id.0);
                folder.keep();
            }
            folder.commit()?;

            return Ok(Finished { summary, out, number });
        }
    }

    /// Judges every entry, and lets `listener` hear what is the result; `except` is no duplicate of itself.
    pub(super) fn judge_all(
        &self,
        known: &dyn KnownDeposits,
        except: Option<EntryId>,
        listener: &mut impl Listener,
    ) -> Result<()> {
        let deposits = self.deposits()?;
        let terms = self.terms(deposits);
        let bodies = EntryBodies::new(terms.reader, terms.rules, !self.plan.is_from_tree());
        let created = CreatedRows::new(&terms.reader, terms.rules);
        let Look { hindsight, .. } =
            self.look(Memory { known, correction: None, except, kind: self.plan.mapping.kind })?;
        let keeper = Some(self.keeper(deposits, terms, &bodies, None));
        self.pass(&Judge { keeper, ..self.judge(terms, &created, &hindsight) }, listener).map(drop)
    }

    fn deposits(&self) -> Result<&Deposits> {
        self.request.registry.deposits()
    }

    fn keeper<'k>(
        &self,
        deposits: &'k Deposits,
        terms: EntryTerms<'k>,
        bodies: &'k EntryBodies<'k>,
        correction: Option<&'k Correction>,
    ) -> Keeper<'k> {
        let statuses = &deposits.statuses;
        Keeper {
            reader: terms.reader,
            bodies,
            correction,
            statuses,
            drafts: self.settings.accept == DepositAccept::Drafts,
        }
    }

    fn judge<'j>(&'j self, terms: EntryTerms<'j>, created: &'j CreatedRows<'j>, hindsight: &'j Hindsight) -> Judge<'j> {
        let mixed = self.plan.layout.encoding().filter(|encoding| encoding.is_mixed());
        let wants = Wants { refused_cells: false, all_cells: false, content: false };
        Judge {
            plan: self.plan,
            terms,
            created,
            hindsight,
            foresight: None,
            mixed,
            keeper: None,
            validation: None,
            wants,
        }
    }

    fn pass(&self, judge: &Judge<'_>, listener: &mut impl Listener) -> Result<Passed> {
        let DepositRequest { registry, progress, stop, .. } = *self.request;
        let plan = self.plan;
        progress.begin(self.opened.name(), plan.survey.bytes);
        let pass = Pass { judge: *judge, conveyor: Conveyor { progress, stop } };
        let width = plan.mapping.headings().width();
        let pieces = Pieces::of(&plan.layout, width, self.opened, registry, &plan.limits, PIECE_BYTES)?;
        pass.run(pieces, listener, |error| self.opened.row_failed(error))
    }

    /// What a pass showed of the whole file; once a file is refused, it stays refused.
    fn shown(
        &self,
        passed: &Passed,
        before: &Hindsight,
        deposits: &Deposits,
        memory: Option<Memory<'_>>,
    ) -> Result<Hindsight> {
        let days = deposits.rules.repeated_repair_days;
        let mut shown = Hindsight::of(&passed.reports, &passed.repairs, days, memory)?;
        let is_refused = self.settings.accept == DepositAccept::File && passed.counts.faulty > 0;
        shown.refuses_all = before.refuses_all || is_refused;
        Ok(shown)
    }

    /// The terms under which the entries of a plan are judged.
    fn terms<'t>(&'t self, deposits: &'t Deposits) -> EntryTerms<'t> {
        EntryTerms {
            reader: self.plan.reader(&deposits.fields),
            rules: &deposits.rules,
            catalogue: &self.request.catalogue.catalogue,
            registry: self.request.registry,
            account: self.account,
            cell_bytes: self.plan.limits.cell_bytes,
            may_end_early: self.plan.layout.may_end_early(),
            content_is_identity: self.plan.is_from_tree(),
            check_characters: false,
        }
    }
}
