//! A file that is deposited into a ledger: whether it comes in, and what becomes of it.

use std::path::{Path, PathBuf};

use super::booking::{DepositBooking, Kept, correction, reading};
use super::file::{DepositFile, Look, Written};
use super::hindsight::Memory;
use super::known::Correction;
use super::plan::DepositPlan;
use super::{DepositRequest, DepositSettings};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Account;
use crate::ledger::{DepositEntry, DepositHead, DepositId, KnownDeposits};
use crate::model::DepositKind;
use crate::pipeline::folder::kept_path;
use crate::pipeline::gather::Finished;
use crate::pipeline::source::Opened;
use crate::report::{Acknowledgement, DepositSummary};

/// Where reports go below the folder of a workspace, a folder for each deposit.
const REPORTS: &str = "out";

/// A file that does not come in.
struct Turned {
    error: Error,
    /// The deposit that brought it before.
    duplicate_of: Option<DepositId>,
}

impl From<Error> for Turned {
    fn from(error: Error) -> Self {
        Self { error, duplicate_of: None }
    }
}

impl Turned {
    fn duplicate(file: &str, earlier: &DepositEntry) -> Self {
        let day = earlier.received_at.day().map(|day| day.to_string()).unwrap_or_default();
        let arguments = Arguments::none().with("path", file).with("file", &earlier.file).with("deposit", earlier.id.0);
        let error = Error::new(Code::DuplicateDeposit, arguments.with("day", day));
        Self { error, duplicate_of: Some(earlier.id) }
    }
}

/// Deposits one file into a ledger, or only says what would become of it.
pub(super) fn arrive(
    request: &DepositRequest<'_>,
    booking: &mut DepositBooking<'_>,
    opened: &Opened,
    out: Option<PathBuf>,
) -> Result<Finished<DepositSummary>> {
    let read_again = booking.kept_again();
    let settings = read_again.map_or_else(|| request.settings.clone(), |kept| kept.settings(request.settings));
    let mut parent: Option<(DepositEntry, Kept)> = None;
    let plan = DepositPlan::make(
        opened,
        request.registry,
        &settings,
        Some(&mut |key| {
            let found = booking.parent(key)?;
            let kept = found.1.clone();
            parent = Some(found);
            Ok(kept)
        }),
    );
    let parent =
        parent.map(|(parent, _)| parent).or_else(|| booking.again.clone().filter(|each| !each.status.is_unfinished()));
    let (hash, bytes) = match &plan {
        Ok(plan) => (plan.survey.hash.clone(), plan.survey.bytes),
        // Of a file that says nothing it is still known that it came.
        Err(_) => opened.identity()?,
    };
    booking.take_up(&hash)?;
    let head = booking.head(opened, &hash, bytes);
    let arrival = Arrival { request, opened, settings: &settings, head: &head, parent: parent.as_ref(), out };
    if settings.dry_run {
        return arrival.rehearse(booking, &plan?).map_err(|turned| turned.error);
    }
    let kind = plan.as_ref().ok().map(|plan| plan.mapping.kind);
    if let Some(earlier) = arrival.earlier(booking.ledger, kind)? {
        let Turned { error, duplicate_of } = Turned::duplicate(&head.file, &earlier);
        // Its bytes are kept already.
        let id = booking.ledger.receive_deposit(&head, &|_| PathBuf::new())?;
        booking.turn(id, &error, duplicate_of)?;
        return Err(error);
    }
    let id = booking.receive(opened, &head, settings.sync)?;
    let read = plan.map_err(Turned::from).and_then(|plan| arrival.write(booking, id, &plan));
    match read {
        Ok(read) => {
            // The deposit counts and its reports have their names; that the ledger knows so, the next command can see to.
            drop(booking.settle(id).and_then(|()| booking.ledger.release_deposit(id)));
            Ok(read)
        }
        Err(Turned { error, duplicate_of }) => {
            booking.turn(id, &error, duplicate_of)?;
            Err(error)
        }
    }
}

/// What a file is compared with.
fn memory<'m>(known: &'m dyn KnownDeposits, correction: Option<&'m Correction>, plan: &DepositPlan) -> Memory<'m> {
    Memory { known, correction, except: None, kind: plan.mapping.kind }
}

/// A file on its way into a ledger.
struct Arrival<'a> {
    request: &'a DepositRequest<'a>,
    opened: &'a Opened,
    settings: &'a DepositSettings,
    head: &'a DepositHead,
    /// What it corrects, or what is read again.
    parent: Option<&'a DepositEntry>,
    out: Option<PathBuf>,
}

impl Arrival<'_> {
    /// The deposit that brought these bytes before.
    fn earlier(
        &self,
        known: &(impl KnownDeposits + ?Sized),
        kind: Option<DepositKind>,
    ) -> Result<Option<DepositEntry>> {
        let earlier = if self.parent.is_some() { None } else { known.deposit_of_bytes(&self.head.hash)? };
        // One file may hold claims and repair files, and comes once for each.
        Ok(earlier.filter(|earlier| kind.is_none() || earlier.kind == kind))
    }

    fn file<'f>(&'f self, plan: &'f DepositPlan, account: &'f Account) -> DepositFile<'f> {
        let Self { request, opened, settings, .. } = *self;
        DepositFile { request, opened, plan, settings, account: Some(account) }
    }

    /// Says what would become of it.
    fn rehearse(
        &self,
        booking: &DepositBooking<'_>,
        plan: &DepositPlan,
    ) -> std::result::Result<Finished<DepositSummary>, Turned> {
        if let Some(earlier) = self.earlier(booking.ledger, Some(plan.mapping.kind))? {
            return Err(Turned::duplicate(&self.head.file, &earlier));
        }
        let file = self.file(plan, booking.account);
        let correction = self.parent.map(|parent| correction(plan, parent, booking.ledger)).transpose()?;
        let look = file.look(memory(booking.ledger, correction.as_ref(), plan))?;
        self.check_content(&look, booking.ledger)?;
        Ok(file.read(Some((look, correction.as_ref())), None, None)?)
    }

    /// Writes it down.
    fn write(
        &self,
        booking: &mut DepositBooking<'_>,
        id: DepositId,
        plan: &DepositPlan,
    ) -> std::result::Result<Finished<DepositSummary>, Turned> {
        let (account, home) = (booking.account, booking.home.clone());
        let out = self.out.clone().unwrap_or_else(|| home.join(REPORTS).join(format!("deposit-{:06}", id.0)));
        let received = Acknowledgement::of_deposit(id, self.head, self.parent.map(|parent| parent.id));
        let reading = reading(plan, self.settings, self.parent.map(|parent| parent.id));
        let record = booking.ledger.begin_deposit(id, &reading)?;
        let file = self.file(plan, account);
        let correction = self.parent.map(|parent| correction(plan, parent, record.as_ref())).transpose()?;
        // While it is written down nobody else writes: what is known now is known until its end.
        if let Some(earlier) = self.earlier(record.as_ref(), Some(plan.mapping.kind))? {
            return Err(Turned::duplicate(&self.head.file, &earlier));
        }
        let look = file.look(memory(record.as_ref(), correction.as_ref(), plan))?;
        self.check_content(&look, record.as_ref())?;
        let written = Written { record, kept_at: kept_path(&out, Path::new(&home)), received };
        Ok(file.read(Some((look, correction.as_ref())), Some(written), Some(out))?)
    }

    /// Refuses entries that are there already in whatever other form.
    fn check_content(&self, look: &Look, known: &dyn KnownDeposits) -> std::result::Result<(), Turned> {
        let earlier = match self.parent {
            Some(parent) => look.is_known.then(|| parent.clone()),
            None => known.deposit_of_content(&look.content)?,
        };
        earlier.map_or(Ok(()), |earlier| Err(Turned::duplicate(&self.head.file, &earlier)))
    }
}
