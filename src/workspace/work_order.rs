//! Work orders of a workspace: taken in, accepted with a repair file each, refused, exported.
//!
//! What enters: work orders that were read, and what somebody decides about them. What leaves: work orders in the ledger, repair
//! files of those that are accepted. What is refused: a number that nobody knows, a step that the state does not allow; then
//! nothing is changed.
//!
//! What a file has comes in at once. What is accepted with it follows, one by one: whoever is interrupted in between takes the
//! same file in again, and it goes on.

use std::collections::BTreeMap;

use super::Workspace;
use super::entry::Judging;
use crate::diagnostic::{Arguments, Code, Error, Exit, Result};
use crate::format::Registry;
use crate::ledger::{
    Acceptance, AcceptedBy, Arrived, ArrivingWorkOrder, EntryId, KeptFault, Stamp, WorkOrderBook as _, WorkOrderEntry,
    stable_hash,
};
use crate::model::{
    DeadlineClock, DepositKind, Language, Moment, WorkOrder, WorkOrderFilter, WorkOrderId, WorkOrderStatus,
};
use crate::pipeline::{self, EntryRequest, JudgedEntry, Stop, WorkOrders};

/// What became of one work order of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenWorkOrder {
    /// Its number.
    pub id: WorkOrderId,
    /// What the file says of its state.
    pub reported: WorkOrderStatus,
    /// What became of it.
    pub arrived: Arrived,
    /// Who says that it is accepted with that.
    pub by: Option<AcceptedBy>,
}

/// What became of the work orders of a file.
#[derive(Debug, Default)]
pub struct TakenFile {
    /// All of them, by their numbers.
    pub orders: Vec<TakenWorkOrder>,
}

impl TakenFile {
    /// How many of its work orders became that.
    pub fn count(&self, is_meant: impl Fn(&Arrived) -> bool) -> u64 {
        self.orders.iter().filter(|order| is_meant(&order.arrived)).count() as u64
    }

    /// How a file ends of which `read` work orders came, `refused` of them refused by themselves, and `accepted` were accepted
    /// with that.
    pub fn exit(&self, read: u64, refused: u64, accepted: u64) -> Exit {
        let new = self.count(|arrived| matches!(arrived, Arrived::New | Arrived::Moved { .. }));
        let known = self.count(|arrived| matches!(arrived, Arrived::Known | Arrived::Otherwise { .. }));
        match (self.count(|arrived| *arrived == Arrived::Conflict) + refused, new + accepted) {
            (0, 0) if read > 0 => Exit::Duplicate,
            (0, _) => Exit::Accepted,
            (_, 0) if known == 0 => Exit::Rejected,
            _ => Exit::Partial,
        }
    }
}

/// A work order that was accepted, or would be.
#[derive(Debug)]
pub struct AcceptedWorkOrder {
    /// The work order.
    pub id: WorkOrderId,
    /// Its repair file; none when it was only tried.
    pub repair_file: Option<EntryId>,
    /// Whether it was accepted before.
    pub is_repeated: bool,
    /// What is wrong or doubtful with a new repair file.
    pub faults: Vec<KeptFault>,
}

/// What becomes of a work order that would be accepted.
enum Plan {
    /// Its repair file is there.
    There(EntryId),
    /// This is its repair file.
    Make(Box<JudgedEntry>),
}

impl Workspace {
    /// The moment by which deadlines are judged here.
    pub fn deadline_clock(&self, now: Moment) -> DeadlineClock {
        DeadlineClock { now, soon: self.account.work_orders.soon() }
    }

    /// A work order by its number.
    pub fn work_order(&self, id: WorkOrderId) -> Result<WorkOrderEntry> {
        let unknown = || Error::new(Code::WorkOrderUnknown, Arguments::none().with("mandate", id));
        self.ledger.work_order(id)?.ok_or_else(unknown)
    }

    /// What it says, with the state that it has.
    pub fn work_order_content(&self, entry: &WorkOrderEntry) -> Result<WorkOrder> {
        pipeline::kept_work_order(entry, &self.ledger.work_order_body(entry.id)?.unwrap_or_default())
    }

    /// The work orders that are meant, by their numbers. Those that are named must be there, every one.
    pub fn work_orders(&self, filter: &WorkOrderFilter) -> Result<Vec<WorkOrderEntry>> {
        for id in &filter.ids {
            self.work_order(*id)?;
        }
        self.ledger.work_orders(filter)
    }

    /// The same with all that they say, aside, to be exported.
    pub fn whole_work_orders(&self, entries: &[WorkOrderEntry], stop: &Stop) -> Result<WorkOrders> {
        WorkOrders::kept(|give| {
            entries.iter().try_for_each(|entry| {
                stop.check()?;
                give(&self.work_order_content(entry)?)
            })
        })
    }

    /// Takes in what a file has, all of it at once, and tells which of its work orders are to be accepted with that.
    pub fn take_work_orders(&mut self, orders: &WorkOrders, is_rehearsed: bool, stamp: &Stamp) -> Result<TakenFile> {
        let (mut taken, rules) = (Vec::new(), &self.account.work_orders);
        self.ledger.take_work_orders(is_rehearsed, stamp, &mut |take| {
            orders.each(|order| {
                let body = pipeline::work_order_body(&order)?;
                let arrived = take(&ArrivingWorkOrder { order: &order, body: &body })?;
                let by = match order.status() {
                    WorkOrderStatus::Accepted => Some(AcceptedBy::Platform),
                    WorkOrderStatus::New if rules.accepts(&order) => Some(AcceptedBy::Rule),
                    _ => None,
                };
                taken.push(TakenWorkOrder { id: order.id(), reported: order.status(), arrived, by });
                Ok(())
            })
        })?;
        // What is in the ledger counts; the file of events is finished later when it cannot be written now.
        drop(self.write_events());
        Ok(TakenFile { orders: taken })
    }

    /// Of the work orders of a file, those that are accepted with it and were not before.
    pub fn to_accept(&self, taken: &TakenFile) -> Result<Vec<(WorkOrderId, AcceptedBy)>> {
        let mut wanted = Vec::new();
        for order in &taken.orders {
            let Some(by) = order.by.filter(|_| matches!(order.arrived, Arrived::New | Arrived::Known)) else {
                continue;
            };
            // One that was only tried is not there.
            let now = self.ledger.work_order(order.id)?.map_or(WorkOrderStatus::New, |now| now.status);
            if now == WorkOrderStatus::New {
                wanted.push((order.id, by));
            }
        }
        Ok(wanted)
    }

    /// Accepts what a file asks to be accepted, one by one: what is accepted stays so, whatever comes after. `hear` is told of each.
    pub fn accept_taken(
        &mut self,
        taken: &TakenFile,
        registry: &Registry,
        language: Language,
        stop: &Stop,
        stamp: &Stamp,
        hear: &mut dyn FnMut(AcceptedWorkOrder),
    ) -> Result<()> {
        let wanted = self.to_accept(taken)?;
        if wanted.is_empty() {
            return Ok(());
        }
        let catalogue = self.catalogue()?;
        let judging = Judging { catalogue: &catalogue, registry, language };
        for order in &wanted {
            stop.check()?;
            self.accept_work_orders(std::slice::from_ref(order), &judging, false, stamp)?
                .into_iter()
                .for_each(&mut *hear);
        }
        Ok(())
    }

    /// Accepts work orders, all of them or none: each begins a repair file with all that it says. One with errors is kept to
    /// be completed. One that was accepted keeps the file that it has.
    pub fn accept_work_orders(
        &mut self,
        wanted: &[(WorkOrderId, AcceptedBy)],
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Vec<AcceptedWorkOrder>> {
        let mut plans = Vec::with_capacity(wanted.len());
        for (id, _) in wanted {
            plans.push(self.plan(*id, judging)?);
        }
        let new = wanted.iter().zip(&plans).filter_map(|((id, by), plan)| match plan {
            Plan::Make(judged) => Some(Acceptance { id: *id, repair_file: judged.entry(), by: *by }),
            Plan::There(_) => None,
        });
        let new: Vec<_> = new.collect();
        let accepted = if is_rehearsed { Vec::new() } else { self.ledger.accept_work_orders(&new, stamp)? };
        drop(new);
        let by_id: BTreeMap<_, _> = accepted.iter().map(|accepted| (accepted.id, accepted)).collect();
        let found = |id: WorkOrderId| by_id.get(&id);
        let told = wanted.iter().zip(plans).map(|((id, _), plan)| match plan {
            Plan::There(entry) => {
                AcceptedWorkOrder { id: *id, repair_file: Some(entry), is_repeated: true, faults: Vec::new() }
            }
            Plan::Make(judged) => AcceptedWorkOrder {
                id: *id,
                repair_file: found(*id).map(|accepted| accepted.repair_file),
                is_repeated: found(*id).is_some_and(|accepted| accepted.is_repeated),
                faults: judged.faults,
            },
        });
        Ok(told.collect())
    }

    /// What becomes of a work order that is accepted.
    fn plan(&self, id: WorkOrderId, judging: &Judging<'_>) -> Result<Plan> {
        let entry = self.work_order(id)?;
        if let Some(repair_file) = entry.repair_file {
            return Ok(Plan::There(repair_file));
        }
        if !entry.status.may_become(WorkOrderStatus::Accepted) {
            let arguments = Arguments::none().with("mandate", id).with("status", entry.status);
            let arguments = arguments.with("wanted", WorkOrderStatus::Accepted);
            return Err(Error::new(Code::WorkOrderTransitionNotAllowed, arguments));
        }
        self.begin_repair(&entry, judging).map(|judged| Plan::Make(Box::new(judged)))
    }

    /// The repair file of a work order, judged as one that somebody types would be.
    fn begin_repair(&self, entry: &WorkOrderEntry, judging: &Judging<'_>) -> Result<JudgedEntry> {
        let file = self.work_order_content(entry)?.repair_file();
        let body = serde_json::to_string(&file)
            .map_err(|error| Error::new(Code::InternalError, Arguments::none().with("cause", error)))?;
        let request = EntryRequest {
            catalogue: judging.catalogue,
            registry: judging.registry,
            account: Some(&self.account),
            known: &self.ledger,
            except: None,
            language: judging.language,
        };
        let mut judged = pipeline::judge_entry(body.as_bytes(), DepositKind::Repairs, &request)?;
        // It has no report number yet: it is the file of this work order, accepted for the first time or once more.
        let (id, times) = (entry.id.to_string(), self.ledger.work_order_acceptances(entry.id)?.to_string());
        judged.identity = stable_hash(&[b"work order", id.as_bytes(), times.as_bytes()]);
        Ok(judged)
    }
}
