//! What a file is there for, told by what stands in it.
//!
//! What enters: a file that nobody has said anything of. What leaves: its [`Errand`]. What is refused: a file that cannot be
//! opened. A file that says nothing is taken for an order: its reader will tell what is missing.
//!
//! Signs of whole documents stand in `formats/reference/errand_signs.csv`. Tables, in text or in workbooks, are told by their
//! headings: those of work orders, of the answers of `formats/response/`, of deposits, of orders.

use memchr::memmem;

use super::deposit::{DepositPlan, DepositSettings};
use super::guess::first_rows;
use super::known::read_key;
use super::source::{Opened, Source};
use crate::decode::{FileKind, SampleRecord};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Key, Recognition, Registry, ResponseField, ResponseFormat};
use crate::map::headings_of;
use crate::model::{DepositKind, Errand, WorkOrderField, fold};

/// How much of a file is looked at for signs.
const LOOKED_AT: u64 = 64 << 10;

/// How far down a heading is looked for.
const HEADING_ROWS: usize = 50;

/// The list whose headings a table of work orders may have.
const WORK_ORDERS: &str = "work-orders";

/// What a file is there for, or what it corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// That.
    Errand(Errand),
    /// It is the corrected report of the file of this hash.
    Correction(String),
}

/// Tells what a file is there for.
pub fn recognise(opened: &Opened, registry: &Registry) -> Result<Recognised> {
    let mut head = Vec::new();
    let read = std::io::Read::take(opened.rewind()?, LOOKED_AT);
    std::io::Read::read_to_end(&mut { read }, &mut head).map_err(|error| opened.failed(error))?;
    if let Some(errand) = sign(&head, registry) {
        return Ok(Recognised::Errand(errand));
    }
    let mut corrected = None;
    let deposit = DepositPlan::glance(opened, registry, &mut |key| {
        corrected = read_key(&key.first).map(|(hash, ..)| hash.to_owned());
        Err(Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path)))
    });
    if let Some(hash) = corrected {
        return Ok(Recognised::Correction(hash));
    }
    // A deposit of both kinds says so when it is read.
    let may_be_deposit = match &deposit {
        Ok(()) => true,
        Err(error) => matches!(error.code, Code::KindUnknown | Code::FieldClaimedTwice),
    };
    let is_tree = matches!(opened.kind()?, FileKind::Xml | FileKind::Json);
    if is_tree && may_be_deposit {
        return Ok(Recognised::Errand(Errand::Deposit));
    }
    let errand = Top::of(opened, registry).and_then(|top| top.errand(registry, may_be_deposit));
    // Whoever cannot be looked at is an order: its reader says why.
    Ok(Recognised::Errand(errand.unwrap_or(Errand::Order)))
}

/// The kinds of entries of a deposit that is to be read once for each, because it has a list of both; none of any other.
pub fn deposit_kinds(source: &Source, registry: &Registry) -> Result<Vec<DepositKind>> {
    let opened = source.open(&registry.format("generic")?.limits)?;
    let plan =
        |kind| DepositPlan::make(&opened, registry, &DepositSettings { kind, ..DepositSettings::default() }, None);
    let is_tree = matches!(opened.kind()?, FileKind::Xml | FileKind::Json);
    if !is_tree || !plan(None).is_err_and(|error| error.code == Code::KindUnknown) {
        return Ok(Vec::new());
    }
    Ok(DepositKind::ALL.into_iter().filter(|kind| plan(Some(*kind)).is_ok()).collect())
}

/// The errand that a sign in the head of a file tells.
fn sign(head: &[u8], registry: &Registry) -> Option<Errand> {
    let signs = registry.reference("errand_signs")?;
    let (sign, errand) = (signs.column("sign")?, signs.column("errand")?);
    signs.rows().iter().find_map(|row| {
        let is_there = memmem::find(head, row.get(sign)?.as_bytes()).is_some();
        is_there.then(|| Errand::from_name(row.get(errand)?)).flatten()
    })
}

/// The first rows of a table.
struct Top {
    /// Their cells, folded.
    rows: Vec<Vec<String>>,
    /// Whether they name a reference and a quantity, or a format of orders says that they are its own.
    is_order: bool,
}

impl Top {
    fn of(opened: &Opened, registry: &Registry) -> Option<Self> {
        let sample = first_rows(opened, registry).ok()?;
        let headings: Vec<_> = sample.headings.iter().map(String::as_str).collect();
        let is_order = sample.order_points(&|heading| registry.dictionary().claims(heading)) > 0
            || registry.recognise(opened.plain_name(), &headings) != Recognition::None;
        let folded = |record: &SampleRecord| record.cells.iter().map(|cell| fold(cell)).collect();
        let rows = sample.records.iter().take(HEADING_ROWS).map(folded).collect();
        Some(Self { rows, is_order })
    }

    /// What the table is there for; nothing when it does not say.
    fn errand(&self, registry: &Registry, may_be_deposit: bool) -> Option<Errand> {
        if self.is_of_work_orders(registry) {
            return Some(Errand::WorkOrder);
        }
        let is_mostly = |name: &str| registry.response(name).is_ok_and(|format| self.names(format) == Naming::Mostly);
        if is_mostly("claim-answer") {
            return Some(Errand::ClaimAnswer);
        }
        if is_mostly("draft-invoice") {
            return Some(Errand::DraftInvoice);
        }
        // Orders name manufacturers and work orders, too; reports and repair types only deposits.
        if may_be_deposit && (!self.is_order || self.names_entries(registry)) {
            return Some(Errand::Deposit);
        }
        let response = registry.response("order-response").ok()?;
        let is_response = self.names(response) > Naming::Less && (!self.is_order || self.answers(response));
        is_response.then_some(Errand::OrderResponse)
    }

    /// Whether a row names both numbers of a work order, as only their tables do.
    fn is_of_work_orders(&self, registry: &Registry) -> bool {
        let Ok(format) = registry.export_format(WORK_ORDERS) else { return false };
        let numbers =
            [WorkOrderField::MandateId, WorkOrderField::OrderMission].map(|field| headings_of(field, &format.columns));
        self.rows.iter().any(|row| numbers.iter().all(|names| row.iter().any(|cell| names.contains(cell))))
    }

    /// Whether a row names what only claims and repair files have.
    fn names_entries(&self, registry: &Registry) -> bool {
        let Ok(deposits) = registry.deposits() else { return false };
        let keys = [Key::ReportNumber, Key::InterventionTypeId].map(|key| deposits.fields.key(key));
        let cells = self.rows.iter().flatten();
        cells.map(|cell| deposits.fields.named_folded(cell)).any(|ids| ids.iter().any(|id| keys.contains(id)))
    }

    /// Whether a row names something that only answers to orders say.
    fn answers(&self, format: &ResponseFormat) -> bool {
        const SAID: [ResponseField; 4] = [
            ResponseField::ConfirmedQuantity,
            ResponseField::ShippedQuantity,
            ResponseField::Replacement,
            ResponseField::Status,
        ];
        let cells = self.rows.iter().flatten();
        cells.filter_map(|cell| format.field_of_folded(cell)).any(|field| SAID.contains(&field))
    }

    /// How far the row that names most of the headings of an answer is one of its headings.
    fn names(&self, format: &ResponseFormat) -> Naming {
        let judged = self.rows.iter().map(|row| {
            let filled = row.iter().filter(|cell| !cell.is_empty());
            let named: Vec<_> = filled.clone().filter_map(|cell| format.field_of_folded(cell)).collect();
            let is_enough = format.required.iter().all(|group| group.iter().any(|field| named.contains(field)));
            match (is_enough, named.len() * 2 >= filled.count()) {
                (true, true) => Naming::Mostly,
                (true, false) => Naming::Enough,
                (false, _) => Naming::Less,
            }
        });
        judged.max().unwrap_or(Naming::Less)
    }
}

/// How far a row is the heading of an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    /// It lacks a column.
    Less,
    /// It lacks none, and most of it is something else.
    Enough,
    /// It lacks none, and half of it or more is known.
    Mostly,
}
