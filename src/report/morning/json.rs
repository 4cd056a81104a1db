//! The sheet for programs: all of it, nothing cut.

use serde::Serialize;

use super::MorningSheet;
use crate::ledger::{Morning, Totals, Waiting, WaitingClaims, WaitingOrders, WaitingWorkOrders};
use crate::model::{ManufacturerId, Moment};

/// The content of the object of the kind `morning`, described in `docs/morning.md`.
#[derive(Debug, Serialize)]
pub struct MorningObject {
    since: String,
    until: String,
    files: Vec<FileObject>,
    work_orders_arrived: u64,
    claims_answered: u64,
    manufacturers: Vec<ManufacturerObject>,
    to_correct: Vec<ToCorrectObject>,
    put_aside: Vec<PutAsideObject>,
    older_put_aside: u64,
    repair_drafts: WaitingObject,
    solutions: WaitingObject,
    appointments: Vec<AppointmentObject>,
    inbox: u64,
    outbox: u64,
}

#[derive(Debug, Serialize)]
struct FileObject {
    errand: &'static str,
    outcome: &'static str,
    files: u64,
    read: u64,
    accepted: u64,
    rejected: u64,
}

#[derive(Debug, Serialize)]
struct TotalsObject {
    lines: u64,
    quantity: u64,
    amount: String,
}

impl From<Totals> for TotalsObject {
    fn from(Totals { lines, quantity, amount }: Totals) -> Self {
        Self { lines, quantity, amount: amount.to_string() }
    }
}

#[derive(Debug, Serialize)]
struct WaitingObject {
    count: u64,
    since: Option<String>,
}

impl From<Waiting> for WaitingObject {
    fn from(Waiting { count, since }: Waiting) -> Self {
        Self { count, since: shown(since) }
    }
}

fn shown(moment: Option<Moment>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}

/// All that came for a manufacturer and waits for it; without a number: where it is not known whose something is.
#[derive(Debug, Serialize)]
struct ManufacturerObject {
    manufacturer: Option<ManufacturerId>,
    name: Option<String>,
    came: TotalsObject,
    basket: TotalsObject,
    basket_since: Option<String>,
    order_drafts: WaitingObject,
    orders_unanswered: WaitingObject,
    orders_overdue: u64,
    back_orders: u64,
    back_order_quantity: u64,
    late_lines: u64,
    claim_drafts: WaitingObject,
    claims_sent_back: WaitingObject,
    claims_ready: WaitingObject,
    claims_unanswered: WaitingObject,
    claims_uninvoiced: u64,
    work_orders_arrived: u64,
    work_orders_undecided: WaitingObject,
    work_orders_overdue: u64,
    work_orders_due_soon: u64,
    next_deadline: Option<String>,
}

impl ManufacturerObject {
    fn of(manufacturer: Option<ManufacturerId>, sheet: &MorningSheet) -> Self {
        let Morning { brought, baskets, orders, owed, claims, work_orders, .. } = &sheet.morning;
        let is = |id: ManufacturerId| Some(id) == manufacturer;
        let came = brought.iter().find(|each| is(each.manufacturer)).map(|each| each.totals);
        let basket = baskets.iter().find(|each| is(each.manufacturer));
        let orders = orders.iter().find(|each| is(each.manufacturer));
        let owed = owed.iter().find(|each| is(each.manufacturer));
        let claims = claims.iter().find(|each| each.manufacturer == manufacturer);
        let work_orders = work_orders.iter().find(|each| is(each.manufacturer));
        let of_orders = |which: fn(&WaitingOrders) -> Waiting| orders.map(which).unwrap_or_default().into();
        let of_claims = |which: fn(&WaitingClaims) -> Waiting| claims.map(which).unwrap_or_default().into();
        let of_work_orders = |which: fn(&WaitingWorkOrders) -> u64| work_orders.map(which).unwrap_or_default();
        Self {
            manufacturer,
            name: manufacturer.and_then(|id| sheet.names.get(&id).cloned()),
            came: came.unwrap_or_default().into(),
            basket: basket.map(|each| each.totals).unwrap_or_default().into(),
            basket_since: shown(basket.and_then(|each| each.since)),
            order_drafts: of_orders(|each| each.drafts),
            orders_unanswered: of_orders(|each| each.unanswered),
            orders_overdue: orders.map(|each| each.overdue).unwrap_or_default(),
            back_orders: owed.map(|each| each.back_orders).unwrap_or_default(),
            back_order_quantity: owed.map(|each| each.quantity).unwrap_or_default(),
            late_lines: owed.map(|each| each.late).unwrap_or_default(),
            claim_drafts: of_claims(|each| each.drafts),
            claims_sent_back: of_claims(|each| each.sent_back),
            claims_ready: of_claims(|each| each.ready),
            claims_unanswered: of_claims(|each| each.unanswered),
            claims_uninvoiced: claims.map(|each| each.uninvoiced).unwrap_or_default(),
            work_orders_arrived: of_work_orders(|each| each.arrived),
            work_orders_undecided: work_orders.map(|each| each.undecided).unwrap_or_default().into(),
            work_orders_overdue: of_work_orders(|each| each.overdue),
            work_orders_due_soon: of_work_orders(|each| each.due_soon),
            next_deadline: shown(work_orders.and_then(|each| each.next)),
        }
    }
}

#[derive(Debug, Serialize)]
struct ToCorrectObject {
    errand: &'static str,
    number: i64,
    file: String,
    open: u64,
    causes: Vec<CauseObject>,
    workbook: Option<String>,
}

#[derive(Debug, Serialize)]
struct CauseObject {
    code: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct PutAsideObject {
    place: String,
    said: String,
}

#[derive(Debug, Serialize)]
struct AppointmentObject {
    repair: i64,
    manufacturer: Option<ManufacturerId>,
    report_number: String,
    at: String,
}

impl MorningObject {
    /// The object of a sheet.
    pub fn of(sheet: &MorningSheet) -> Self {
        let morning = &sheet.morning;
        let files = morning.files.iter().map(|each| FileObject {
            errand: each.errand.name(),
            outcome: each.outcome.name(),
            files: each.files,
            read: each.read,
            accepted: each.accepted,
            rejected: each.rejected,
        });
        let to_correct = sheet.to_correct.iter().map(|each| ToCorrectObject {
            errand: each.refused.errand.name(),
            number: each.refused.number,
            file: each.refused.file.clone(),
            open: each.refused.open,
            causes: each
                .refused
                .causes
                .iter()
                .map(|cause| CauseObject { code: cause.code.clone(), count: cause.times })
                .collect(),
            workbook: each.workbook.as_ref().map(|path| path.display().to_string()),
        });
        let put_aside =
            sheet.put_aside.iter().map(|each| PutAsideObject { place: each.place.clone(), said: each.said.clone() });
        let appointments = morning.appointments.iter().map(|each| AppointmentObject {
            repair: each.repair,
            manufacturer: each.manufacturer,
            report_number: each.report_number.clone(),
            at: each.at.clone(),
        });
        Self {
            since: sheet.night.since.to_string(),
            until: sheet.night.until.to_string(),
            files: files.collect(),
            work_orders_arrived: morning.work_orders.iter().map(|each| each.arrived).sum(),
            claims_answered: morning.answered_claims,
            manufacturers: morning.manufacturers().into_iter().map(|id| ManufacturerObject::of(id, sheet)).collect(),
            to_correct: to_correct.collect(),
            put_aside: put_aside.collect(),
            older_put_aside: sheet.older_put_aside,
            repair_drafts: morning.repair_drafts.into(),
            solutions: morning.solutions.into(),
            appointments: appointments.collect(),
            inbox: sheet.in_inbox,
            outbox: sheet.in_outbox,
        }
    }
}
