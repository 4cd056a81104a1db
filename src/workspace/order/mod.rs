//! Orders of a workspace, step by step.
//!
//! What enters: lines that wait in a basket and what somebody says of the order. What leaves: an order in the ledger and its
//! document under `out/orders/`. What is refused: a step before the one that it needs: only a [`Proposal`] can be checked,
//! only a [`CheckedOrder`] estimated, only a [`ReadyOrder`] sent.
//!
//! The ledger has the order before its document is written. A run that ends between the two is finished when the
//! workspace is opened again.

mod check;
mod document;
mod estimate;
mod proposal;
mod response;

pub use check::{Check, CheckedOrder};
pub use document::{document, write_document};
pub use estimate::{EstimateSource, ReadyOrder};
pub use proposal::{AddressWish, Proposal, ProposedLine, Wishes};
pub use response::{ReadAnswers, Response};

use std::path::PathBuf;

use super::Workspace;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{OrderFileProfile, OrderForm, Registry};
use crate::ledger::{DocumentForm, DraftPlan, NewOrder, OrderBook as _, OrderEntry, OrderPlan, Stamp};
use crate::model::DEFAULT_CURRENCY;

/// Where documents of orders go, below the folder of the workspace.
pub(super) const ORDERS: &str = "out/orders";

/// An order that was handed over, and where its document is.
#[derive(Debug)]
pub struct SentOrder {
    /// The order, frozen.
    pub order: OrderEntry,
    /// Its document.
    pub document: PathBuf,
}

impl Workspace {
    /// An order by its number.
    pub fn order(&self, number: &str) -> Result<OrderEntry> {
        let found = self.ledger.order(number.trim())?;
        found.ok_or_else(|| Error::new(Code::OrderUnknown, Arguments::none().with("number", number)))
    }

    /// Keeps a proposal as a draft, checked or not: its lines leave the basket.
    pub fn keep(&mut self, proposal: &Proposal, stamp: &Stamp) -> Result<OrderEntry> {
        self.ledger.make_order(&OrderPlan { draft: draft(proposal), estimate: None, send: None }, stamp)
    }

    /// Keeps an order that is ready, with its estimate, without sending it.
    pub fn keep_ready(&mut self, ready: &ReadyOrder, stamp: &Stamp) -> Result<OrderEntry> {
        self.ledger.make_order(&plan(ready), stamp)
    }

    /// Hands an order over: it is frozen in the ledger, at once or not at all, then its document is written.
    pub fn confirm(
        &mut self,
        ready: &ReadyOrder,
        form: Option<OrderForm>,
        registry: &Registry,
        stamp: &Stamp,
    ) -> Result<SentOrder> {
        let profile = registry.manufacturer_of(ready.proposal().manufacturer).map(|each| each.order.clone());
        let profile = profile.unwrap_or_default();
        let form = form.unwrap_or(profile.form);
        let words = DocumentForm { form: form.name().to_owned(), profile: profile.profile.name().to_owned() };
        let plan = OrderPlan { send: Some(words), ..plan(ready) };
        // What cannot be written must not be sent: afterwards nobody can change it any more.
        let (order, lines) = self.ledger.rehearse_order(&plan, stamp)?;
        let rehearsed = document(&order, &lines, registry, &self.account);
        write_document(&rehearsed, form, profile.profile, &mut std::io::sink())
            .map_err(|error| Error::io(&self.document_path(&order, form), Code::WriteFailed, error))?;
        let order = self.ledger.make_order(&plan, stamp)?;
        let document = self.write_order(&order, registry)?;
        Ok(SentOrder { order, document })
    }

    /// Writes the documents that a run left unwritten.
    pub(super) fn recover_orders(&mut self, registry: &Registry) -> Result<()> {
        for order in self.ledger.unwritten_orders()? {
            self.write_order(&order, registry)?;
        }
        Ok(())
    }

    /// Writes the document of a frozen order and notes that it is there. Done twice, it gives the same file.
    fn write_order(&mut self, order: &OrderEntry, registry: &Registry) -> Result<PathBuf> {
        let form = OrderForm::from_name(&order.document.form).unwrap_or_default();
        let profile = OrderFileProfile::from_name(&order.document.profile).unwrap_or_default();
        let lines = self.ledger.order_lines(order.id)?;
        let document = document(order, &lines, registry, &self.account);
        let path = self.document_path(order, form);
        let folder = self.root.join(ORDERS);
        std::fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, Code::WriteFailed, error))?;
        document::write_to(&path, self.sync, &document, form, profile)?;
        self.ledger.order_written(order.id)?;
        Ok(path)
    }

    /// Where the document of an order is, or will be.
    pub fn document_path(&self, order: &OrderEntry, form: OrderForm) -> PathBuf {
        self.root.join(ORDERS).join(format!("{}.{}", order.number, document::extension(form)))
    }

    /// Writes the document of an order to a place of its own, in a form of one's choice. Drafts have none.
    pub fn export_order(
        &self,
        order: &OrderEntry,
        form: OrderForm,
        profile: OrderFileProfile,
        registry: &Registry,
        to: &std::path::Path,
    ) -> Result<()> {
        let lines = self.ledger.order_lines(order.id)?;
        let document = document(order, &lines, registry, &self.account);
        document::write_to(to, self.sync, &document, form, profile)
    }
}

/// What is to be done about an order that is ready, short of sending it.
fn plan(ready: &ReadyOrder) -> OrderPlan {
    OrderPlan { draft: draft(ready.proposal()), estimate: ready.estimate().cloned(), send: None }
}

fn draft(proposal: &Proposal) -> DraftPlan {
    let prices = proposal.lines.iter().map(|line| line.unit_price);
    match &proposal.order {
        Some(order) => DraftPlan::Revised { id: order.id, terms: proposal.terms.clone(), prices: prices.collect() },
        None => DraftPlan::New(NewOrder {
            manufacturer: proposal.manufacturer,
            lines: proposal.lines.iter().map(|line| line.basket_line).zip(prices).collect(),
            terms: proposal.terms.clone(),
            currency: DEFAULT_CURRENCY.to_owned(),
        }),
    }
}
