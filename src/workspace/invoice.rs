//! Draft invoices of manufacturers, beside the claims that wait to be paid.
//!
//! What enters: the list of approved claims, the number of the draft invoice. What leaves: which claims are approved, missing,
//! unknown or contradict what is known; the answer to the platform, once the service centre has its invoice.
//! What is refused: a list that cannot be read in every cell, since it decides what is paid; a number that is recorded already.

use super::Workspace;
use super::columns::{Cells, Columns, price};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Purpose, Registry, ResponseField};
use crate::ledger::{
    ApprovedClaim, DraftInvoice, Entry, EntryBook as _, InvoiceBook as _, InvoiceMatch, Matched, Message, Stamp,
};
use crate::model::{DEFAULT_CURRENCY, Day, InvoiceAnswer, ManufacturerId, Money};
use crate::pipeline::{GuessSettings, Source, read_table};

/// A claim of a draft invoice, or one that it should have.
#[derive(Clone, Debug)]
pub struct InvoiceLine {
    /// The line of the list; none of a claim that it does not name.
    pub line: Option<u64>,
    /// What became of it; `None` of a claim that is missing.
    pub matched: Option<Matched>,
    /// The number of the claim on the platform, as the list says it, else as it is known.
    pub claim_number: String,
    /// The service centre's own number, likewise.
    pub report_number: String,
    /// What will be paid.
    pub amount: Option<Money>,
    /// In which currency.
    pub currency: String,
    /// The claim.
    pub entry: Option<Entry>,
}

/// A draft invoice beside what is known.
#[derive(Debug)]
pub struct MatchedInvoice {
    /// The draft invoice.
    pub draft: DraftInvoice,
    /// Its claims in their order, then those that are missing.
    pub lines: Vec<InvoiceLine>,
}

impl MatchedInvoice {
    /// How many lines ended so; `None` counts the missing claims.
    pub fn count(&self, matched: Option<Matched>) -> usize {
        self.lines.iter().filter(|line| line.matched == matched).count()
    }

    /// What the manufacturer approves of what is known, when all amounts have one currency.
    pub fn approved(&self) -> Option<(Money, &str)> {
        let approved = || self.lines.iter().filter(|line| line.matched == Some(Matched::Taken));
        let currency = approved().next().map_or(DEFAULT_CURRENCY, |line| line.currency.as_str());
        let mut amounts = approved().map(|line| line.amount.filter(|_| line.currency == currency));
        amounts.try_fold(Money::ZERO, |sum, amount| sum.plus(amount?)).map(|sum| (sum, currency))
    }

    /// Whether somebody has to look at it.
    pub fn has_findings(&self) -> bool {
        self.lines.iter().any(|line| line.matched != Some(Matched::Taken))
    }
}

impl Workspace {
    /// Reads the list of a draft invoice.
    pub fn read_draft_invoice(
        source: &Source,
        number: &str,
        manufacturer: Option<ManufacturerId>,
        until: Option<Day>,
        settings: &GuessSettings,
        registry: &Registry,
    ) -> Result<DraftInvoice> {
        let format = registry.response("draft-invoice")?;
        let table = read_table(source, registry, settings, &|text| format.field(text).is_some())?;
        let columns = Columns::of(&table.heading.cells, format, &table.file)?;
        let mut claims = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let cells = Cells { columns: &columns, texts: &row.cells, row: row.line };
            let text = |field| cells.text(field).to_owned();
            let (claim_number, report_number) = (text(ResponseField::ClaimId), text(ResponseField::ReportNumber));
            let amount = cells.value(ResponseField::Amount, price)?;
            // A row that names no claim is a sum below the list.
            if claim_number.is_empty() && report_number.is_empty() {
                continue;
            }
            let amount = amount.ok_or_else(|| {
                let arguments = Arguments::none().with("column", ResponseField::Amount.name()).with("value", "");
                Error::new(Code::ResponseValueInvalid, arguments)
            })?;
            let currency = Some(text(ResponseField::Currency)).filter(|text| !text.is_empty());
            let currency = currency.unwrap_or_else(|| DEFAULT_CURRENCY.to_owned());
            claims.push(ApprovedClaim { line: row.line, claim_number, report_number, amount, currency });
        }
        Ok(DraftInvoice { number: number.to_owned(), manufacturer, file: table.file, hash: table.hash, until, claims })
    }

    /// Compares a draft invoice with what is known.
    pub fn match_invoice(&self, draft: DraftInvoice) -> Result<MatchedInvoice> {
        let matched = self.ledger.match_invoice(&draft)?;
        self.matched(draft, &matched)
    }

    /// Records the service centre's invoice for a draft invoice, and puts the answer into the outbox.
    pub fn keep_invoice(
        &mut self,
        draft: DraftInvoice,
        invoice: &str,
        registry: &Registry,
        stamp: &Stamp,
    ) -> Result<MatchedInvoice> {
        let answer = InvoiceAnswer { invoice_number: invoice.to_owned(), draft_invoice_number: draft.number.clone() };
        let message = Message {
            entry: None,
            call: registry.call(Purpose::Invoice)?.name,
            // Two texts always have a JSON form.
            body: serde_json::to_string(&answer).unwrap_or_default(),
        };
        let matched = self.ledger.keep_invoice(&draft, invoice, &message, stamp)?;
        self.write_outbox()?;
        self.matched(draft, &matched)
    }

    fn matched(&self, draft: DraftInvoice, matched: &InvoiceMatch) -> Result<MatchedInvoice> {
        let mut lines = Vec::with_capacity(draft.claims.len() + matched.missing.len());
        for (claim, (matched, entry)) in draft.claims.iter().zip(&matched.lines) {
            lines.push(InvoiceLine {
                line: Some(claim.line),
                matched: Some(*matched),
                claim_number: claim.claim_number.clone(),
                report_number: claim.report_number.clone(),
                amount: Some(claim.amount),
                currency: claim.currency.clone(),
                entry: entry.map(|id| self.ledger.entry(id)).transpose()?.flatten(),
            });
        }
        for id in &matched.missing {
            let entry = self.ledger.entry(*id)?;
            let known = |text: fn(&Entry) -> &String| entry.as_ref().map(text).cloned().unwrap_or_default();
            lines.push(InvoiceLine {
                line: None,
                matched: None,
                claim_number: known(|entry| &entry.claim_number),
                report_number: known(|entry| &entry.report_number),
                amount: None,
                currency: String::new(),
                entry,
            });
        }
        Ok(MatchedInvoice { draft, lines })
    }
}
