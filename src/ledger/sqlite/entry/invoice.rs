//! The book of invoices in `SQLite`.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::json;

use super::answer::{agrees, find, go, way};
use super::{post, tell};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::sqlite::import::note;
use crate::ledger::sqlite::rows::{count, manufacturer, moment, money, number, word};
use crate::ledger::sqlite::{Connected as _, Halt, SqliteLedger};
use crate::ledger::{
    ApprovedClaim, DraftInvoice, Entry, EntryId, InvoiceBook, InvoiceEntry, InvoiceMatch, Matched, Message, Stamp,
};
use crate::model::{ClaimStatus, Moment};

impl InvoiceBook for SqliteLedger {
    fn invoices(&self) -> Result<Vec<InvoiceEntry>> {
        self.ask(invoices)
    }

    fn approved_claims(&self, draft: &str) -> Result<Vec<(ApprovedClaim, Matched, Option<EntryId>)>> {
        self.ask(|connection| approved(connection, draft))
    }

    fn match_invoice(&self, draft: &DraftInvoice) -> Result<InvoiceMatch> {
        self.ask(|connection| compare(connection, draft).map(|compared| compared.told()))
    }

    fn keep_invoice(
        &mut self,
        draft: &DraftInvoice,
        invoice: &str,
        answer: &Message,
        stamp: &Stamp,
    ) -> Result<InvoiceMatch> {
        self.decide(|transaction| keep(transaction, draft, invoice, answer, stamp))
    }
}

fn invoices(connection: &Connection) -> rusqlite::Result<Vec<InvoiceEntry>> {
    let mut statement = connection.prepare(
        "SELECT id, invoice, number, manufacturer, file, received_at, received_by,
             (SELECT count(*) FROM approved_claim WHERE draft_invoice = draft_invoice.id),
             (SELECT count(*) FROM approved_claim WHERE draft_invoice = draft_invoice.id AND matched = 'TAKEN')
         FROM draft_invoice ORDER BY id DESC",
    )?;
    let mut amounts = connection.prepare(
        "SELECT currency, sum(amount) FROM approved_claim WHERE draft_invoice = ?1 AND matched = 'TAKEN'
         GROUP BY currency ORDER BY currency",
    )?;
    let rows = statement.query_map([], |row| {
        let amounts = amounts.query_map([row.get::<_, i64>(0)?], |row| Ok((row.get(0)?, money(row, 1)?)))?;
        Ok(InvoiceEntry {
            invoice: row.get(1)?,
            draft: row.get(2)?,
            manufacturer: row.get::<_, Option<i64>>(3)?.map(|_| manufacturer(row, 3)).transpose()?,
            file: row.get(4)?,
            kept_at: moment(row, 5)?,
            kept_by: row.get(6)?,
            claims: number(row, 7)?,
            approved: number(row, 8)?,
            amounts: amounts.collect::<rusqlite::Result<_>>()?,
        })
    })?;
    rows.collect()
}

fn approved(connection: &Connection, draft: &str) -> rusqlite::Result<Vec<(ApprovedClaim, Matched, Option<EntryId>)>> {
    let mut statement = connection.prepare(
        "SELECT a.line, a.claim_number, a.report_number, a.amount, a.currency, a.matched, a.entry
         FROM approved_claim AS a JOIN draft_invoice AS i ON i.id = a.draft_invoice WHERE i.number = ?1 ORDER BY a.line",
    )?;
    let rows = statement.query_map([draft], |row| {
        let claim = ApprovedClaim {
            line: number(row, 0)?,
            claim_number: row.get(1)?,
            report_number: row.get(2)?,
            amount: money(row, 3)?,
            currency: row.get(4)?,
        };
        Ok((claim, word(row, 5, Matched::from_name)?, row.get::<_, Option<i64>>(6)?.map(EntryId)))
    })?;
    rows.collect()
}

/// A draft invoice beside what is known.
struct Compared {
    /// For each line: what it is about.
    lines: Vec<(Matched, Option<Entry>)>,
    missing: Vec<EntryId>,
}

impl Compared {
    fn told(&self) -> InvoiceMatch {
        let lines = self.lines.iter().map(|(matched, entry)| (*matched, entry.as_ref().map(|entry| entry.id)));
        InvoiceMatch { lines: lines.collect(), missing: self.missing.clone() }
    }
}

fn compare(connection: &Connection, draft: &DraftInvoice) -> rusqlite::Result<Compared> {
    let mut named = BTreeSet::new();
    let mut lines = Vec::with_capacity(draft.claims.len());
    for claim in &draft.claims {
        let found = find(connection, draft.manufacturer, &claim.claim_number, &claim.report_number)?;
        let matched = found.as_ref().map_or(Matched::Unknown, |entry| {
            let is_first = named.insert(entry.id);
            match judge(entry, claim) {
                // A claim that the list names twice is approved once.
                Matched::Taken if !is_first => Matched::Known,
                judged => judged,
            }
        });
        lines.push((matched, found));
    }
    let mut missing = awaited(connection, draft)?;
    missing.retain(|id| !named.contains(id));
    Ok(Compared { lines, missing })
}

fn judge(entry: &Entry, claim: &ApprovedClaim) -> Matched {
    let is_meant = agrees(entry, &claim.claim_number, &claim.report_number);
    if is_meant && !entry.draft_invoice.is_empty() {
        return Matched::Known;
    }
    let is_possible = entry.claim_status.is_some_and(|now| approval(now, entry.is_valid).is_some());
    if is_meant && is_possible { Matched::Taken } else { Matched::Contradicts }
}

/// The steps that bring a claim to its approval.
fn approval(now: ClaimStatus, is_valid: bool) -> Option<Vec<ClaimStatus>> {
    if now.is_approved() { Some(Vec::new()) } else { way(now, ClaimStatus::Accepted, is_valid) }
}

/// The claims that a list could name: handed over by then, and on no draft invoice yet.
fn awaited(connection: &Connection, draft: &DraftInvoice) -> rusqlite::Result<Vec<EntryId>> {
    let until = draft.until.and_then(|day| Moment::parse(&format!("{day}T23:59:59Z"))).map(Moment::seconds);
    let mut statement = connection.prepare(
        "SELECT id FROM entry WHERE kind = 'claims' AND status IN ('WAITING', 'ARBITRATION', 'ACCEPTED', 'CLOSEDACCEPTED')
             AND draft_invoice IS NULL AND (?1 IS NULL OR manufacturer = ?1) AND (?2 IS NULL OR transmitted_at <= ?2)
         ORDER BY id",
    )?;
    let values = params![draft.manufacturer.map(|id| id.0), until];
    statement.query_map(values, |row| row.get(0).map(EntryId))?.collect()
}

fn keep(
    connection: &Connection,
    draft: &DraftInvoice,
    invoice: &str,
    answer: &Message,
    stamp: &Stamp,
) -> std::result::Result<InvoiceMatch, Halt> {
    for (column, number, code) in
        [("number", draft.number.as_str(), Code::DraftInvoiceKnown), ("invoice", invoice, Code::InvoiceKnown)]
    {
        let is_known: bool = connection.query_row(
            &format!("SELECT EXISTS (SELECT 1 FROM draft_invoice WHERE {column} = ?1)"),
            [number],
            |row| row.get(0),
        )?;
        if is_known {
            return Err(Error::new(code, Arguments::none().with("number", number)).into());
        }
    }
    let compared = compare(connection, draft)?;
    connection.execute(
        "INSERT INTO draft_invoice (number, manufacturer, file, hash, received_at, received_by, invoice)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            draft.number,
            draft.manufacturer.map(|id| id.0),
            draft.file,
            draft.hash,
            stamp.at.seconds(),
            stamp.by,
            invoice,
        ],
    )?;
    let id = connection.last_insert_rowid();
    for (claim, (matched, entry)) in draft.claims.iter().zip(&compared.lines) {
        write(connection, id, claim, *matched, entry.as_ref())?;
        if let (Matched::Taken, Some(entry)) = (matched, entry) {
            approve(connection, entry, id, claim, stamp)?;
        }
    }
    post(connection, answer, stamp)?;
    let detail = json!({ "draft_invoice": draft.number, "claims": draft.claims.len() });
    note(connection, stamp, "invoice.kept", invoice, &detail.to_string())?;
    Ok(compared.told())
}

/// Keeps a line of the list.
fn write(
    connection: &Connection,
    draft: i64,
    claim: &ApprovedClaim,
    matched: Matched,
    entry: Option<&Entry>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO approved_claim (draft_invoice, line, entry, claim_number, report_number, amount, currency, matched)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            draft,
            count(claim.line),
            entry.map(|entry| entry.id.0),
            claim.claim_number,
            claim.report_number,
            claim.amount.ten_thousandths(),
            claim.currency,
            matched.name(),
        ])?;
    Ok(())
}

/// Writes down that a claim will be paid.
fn approve(
    connection: &Connection,
    entry: &Entry,
    draft: i64,
    claim: &ApprovedClaim,
    stamp: &Stamp,
) -> rusqlite::Result<()> {
    if let Some(now) = entry.claim_status {
        go(connection, entry, now, &approval(now, entry.is_valid).unwrap_or_default(), stamp)?;
    }
    connection
        .prepare_cached(
            "UPDATE entry SET draft_invoice = ?2, claim_number = CASE claim_number WHEN '' THEN ?3 ELSE claim_number END,
                 changed_at = max(changed_at + 1, ?4) WHERE id = ?1",
        )?
        .execute(params![entry.id.0, draft, claim.claim_number, stamp.at.seconds()])?;
    tell(connection, entry.id, "invoiced", &json!({ "draft_invoice": draft }).to_string(), stamp)
}
