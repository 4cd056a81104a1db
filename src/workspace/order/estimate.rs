//! The second step, where the manufacturer has it: what the order will cost, and when it will come.

use std::collections::BTreeMap;

use super::{CheckedOrder, Proposal};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Arguments, Code, Diagnostic, Result};
use crate::format::{Registry, ResponseField};
use crate::ledger::{Estimate, LineEstimate};
use crate::model::{Day, ManufacturerId, Money, OrderStatus};
use crate::pipeline::{GuessSettings, Source, read_table};
use crate::workspace::Workspace;
use crate::workspace::columns::{Cells, Columns, day, price, whole};

/// Who estimates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstimateSource {
    /// The catalogue.
    Catalogue,
    /// A file of prices and availability.
    File(Source),
}

/// An order that may be sent: checked, and estimated where its manufacturer asks for that.
#[derive(Clone, Debug)]
pub struct ReadyOrder {
    proposal: Proposal,
    estimate: Option<Estimate>,
    /// What is worth a look in the estimate.
    pub findings: Vec<Diagnostic>,
}

impl ReadyOrder {
    /// The order.
    pub const fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// Its estimate, when one was made now.
    pub const fn estimate(&self) -> Option<&Estimate> {
        self.estimate.as_ref()
    }

    /// What its parts cost; `None` when that leaves the range.
    pub fn total(&self) -> Option<Money> {
        let mut lines = self.proposal.lines.iter();
        lines.try_fold(Money::ZERO, |sum, line| sum.plus(line.unit_price.times(line.quantity)?))
    }
}

impl CheckedOrder {
    /// Whether an estimate has to be made before the order may be sent.
    pub fn needs_estimate(&self) -> bool {
        let is_estimated = self.proposal.order.as_ref().is_some_and(|order| order.status == OrderStatus::Estimated);
        self.profile.has_estimate_step && !is_estimated
    }
}

impl Workspace {
    /// Makes a checked order ready to be sent. An estimate is made when the manufacturer asks for one, or somebody does.
    pub fn make_ready(
        &self,
        order: CheckedOrder,
        source: Option<&EstimateSource>,
        registry: &Registry,
    ) -> Result<ReadyOrder> {
        let usual = EstimateSource::Catalogue;
        let source = source.or(order.needs_estimate().then_some(&usual));
        let mut proposal = order.proposal;
        let Some(source) = source else { return Ok(ReadyOrder { proposal, estimate: None, findings: Vec::new() }) };
        let catalogue = self.catalogue()?.catalogue;
        let said = match source {
            EstimateSource::Catalogue => PriceList::default(),
            EstimateSource::File(file) => PriceList::read(file, registry)?,
        };
        let mut findings = Vec::new();
        let mut lines = Vec::with_capacity(proposal.lines.len());
        for line in &mut proposal.lines {
            let of_file = said.parts.get(&line.reference);
            if of_file.is_none() && *source != EstimateSource::Catalogue {
                let arguments = Arguments::none().with("reference", &line.reference);
                let (number, value) = (u64::from(line.number), line.reference.clone());
                findings.push(Diagnostic::new(Code::EstimateIncomplete, number, None, value, arguments));
            }
            let part = of_file.cloned().unwrap_or_default();
            line.unit_price = part.unit_price.unwrap_or(line.unit_price);
            lines.push(LineEstimate {
                number: line.number,
                unit_price: line.unit_price,
                is_available: part
                    .is_available
                    .or_else(|| available(&catalogue, proposal.manufacturer, &line.reference)),
                quantity: part.quantity.map(|quantity| quantity.min(line.quantity)),
                date: part.date,
            });
        }
        let estimate = Estimate { source: said.file, lines, fees: said.fees };
        Ok(ReadyOrder { proposal, estimate: Some(estimate), findings })
    }
}

fn available(catalogue: &Catalogue, manufacturer: ManufacturerId, reference: &str) -> Option<bool> {
    let part = catalogue.at_manufacturer(catalogue.find_text(reference)?, manufacturer)?;
    Some(catalogue.is_available(part))
}

/// What a file says of a part.
#[derive(Clone, Debug, Default)]
struct PartTerms {
    unit_price: Option<Money>,
    is_available: Option<bool>,
    quantity: Option<u64>,
    date: Option<Day>,
}

/// Prices and availability of a file.
#[derive(Debug, Default)]
struct PriceList {
    file: String,
    parts: BTreeMap<String, PartTerms>,
    fees: Money,
}

impl PriceList {
    /// Reads a file. A price list that cannot be read in every cell is not believed at all: it decides what is paid.
    fn read(source: &Source, registry: &Registry) -> Result<Self> {
        let format = registry.response("estimate")?;
        let table = read_table(source, registry, &GuessSettings::default(), &|text| format.field(text).is_some())?;
        let columns = Columns::of(&table.heading.cells, format, &table.file)?;
        let mut list = Self { file: table.file, ..Self::default() };
        for row in &table.rows {
            let cells = Cells { columns: &columns, texts: &row.cells, row: row.line };
            let reference = cells.text(ResponseField::Reference);
            if reference.is_empty() {
                continue;
            }
            let part = PartTerms {
                unit_price: cells.value(ResponseField::UnitPrice, price)?,
                is_available: cells.value(ResponseField::Available, |text| format.availability(text))?,
                quantity: cells.value(ResponseField::ConfirmedQuantity, whole)?,
                date: cells.value(ResponseField::DeliveryDate, day)?,
            };
            if let Some(fees) = cells.value(ResponseField::Fees, price)? {
                list.fees = list.fees.plus(fees).unwrap_or(list.fees);
            }
            list.parts.insert(reference.to_uppercase(), part);
        }
        Ok(list)
    }
}
