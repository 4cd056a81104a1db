//! One order file, from its plan to its result.

use std::path::{Path, PathBuf};

use super::super::folder::{Folder, SUMMARY, kept_path, put};
use super::super::gather::Finished;
use super::super::pass::{PIECE_BYTES, Pass, Passed, check_counts, file_diagnostic, terms};
use super::super::pieces::Pieces;
use super::super::plan::{Parent, Plan};
use super::super::source::Opened;
use super::super::verdict::Verdict;
use super::ImportRequest;
use super::baskets::write_baskets;
use super::booking::{Arrival, Booking, Turned, content_hash, import_head, reports_folder};
use super::reports::Reports;
use crate::decode::AgoraHeads;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result};
use crate::ledger::{self, ImportEntry, ImportHead, ImportId, ImportTotals, LineBook};
use crate::model::OrderHead;
use crate::report::{Acknowledgement, ColumnUse, ManufacturerTotals, OWN_COLUMNS, Summary, summary_json};
use crate::split::Basket;
use crate::validate::Terms;

/// Imports one file. Each pass writes aside; the pass that shows nothing more to refuse is the result.
pub(super) fn import_file(
    request: &ImportRequest<'_>,
    booking: Option<&mut Booking<'_>>,
    opened: &Opened,
    out: Option<PathBuf>,
) -> Result<Finished<Summary>> {
    let Some(booking) = booking else {
        let plan = plan(request, opened, None)?;
        let read = File { request, opened, plan: &plan, arrival: None }.read(None, out.as_deref())?;
        return read.commit(request, out);
    };
    let mut parent = None;
    let plan = plan(
        request,
        opened,
        Some(&mut |key| {
            let (import, settings) = booking.parent(key, request.settings)?;
            parent = Some(import);
            Ok(settings)
        }),
    )?;
    let head = import_head((booking.origin, &booking.stamp), opened.name(), &plan, parent.as_ref(), request);
    let booked = book(request, booking, opened, Booked { head: &head, plan, parent: parent.as_ref(), out });
    match &booked {
        // The import counts and its reports have their names; that the ledger knows so, the next command can see to.
        Ok(finished) => drop(finished.number.map(|id| booking.ledger.release_reports(&[ImportId(id)]))),
        Err(turned) => {
            if let Some(earlier) = turned.duplicate_of.filter(|_| !request.settings.dry_run) {
                booking.ledger.note_duplicate(&head, earlier)?;
            }
        }
    }
    booked.map_err(|turned| turned.error)
}

/// A file that is to be written down.
struct Booked<'f> {
    head: &'f ImportHead,
    plan: Plan,
    parent: Option<&'f ImportEntry>,
    out: Option<PathBuf>,
}

/// Imports a file into a ledger, or only says what would come of it.
fn book(
    request: &ImportRequest<'_>,
    booking: &mut Booking<'_>,
    opened: &Opened,
    file: Booked<'_>,
) -> std::result::Result<Finished<Summary>, Turned> {
    let Booked { head, plan, parent, out } = file;
    if request.settings.dry_run {
        let mut arrival = Arrival::new(head, &plan, parent, booking.again, booking.ledger)?;
        let read = File { request, opened, plan: &plan, arrival: Some(&mut arrival) }.read(None, None)?;
        arrival.check_content(&read.content, booking.ledger)?;
        return Ok(read.commit(request, None)?);
    }
    let mut record = booking.ledger.begin_import(head)?;
    let mut arrival = Arrival::new(head, &plan, parent, booking.again, record.as_ref())?;
    let out = out.unwrap_or_else(|| reports_folder(&booking.home, record.id()));
    let file = File { request, opened, plan: &plan, arrival: Some(&mut arrival) };
    let mut read = file.read(Some(record.as_mut()), Some(&out))?;
    arrival.check_content(&read.content, record.as_ref())?;
    read.put_summary(request, Some(Acknowledgement::of_import(record.id(), head)))?;
    // From the moment on which the ledger has it, the next run would finish what this one does not.
    read.folder.as_mut().map_or(Ok(()), Folder::hold)?;
    let id = record.finish(&read.totals(&out, &booking.home))?;
    if let Some(mut folder) = read.folder {
        folder.keep();
        folder.commit()?;
    }
    Ok(Finished { summary: read.summary, out: Some(out), number: Some(id.0) })
}

pub(super) fn plan(request: &ImportRequest<'_>, opened: &Opened, parent: Option<Parent<'_>>) -> Result<Plan> {
    let catalogue = &request.catalogue.catalogue;
    Plan::make(opened.plain_name(), opened, request.registry, catalogue, request.settings, parent)
}

/// A file while it is read.
pub(super) struct File<'f> {
    pub(super) request: &'f ImportRequest<'f>,
    pub(super) opened: &'f Opened,
    pub(super) plan: &'f Plan,
    /// What a ledger says of it; nothing without one.
    pub(super) arrival: Option<&'f mut Arrival>,
}

/// A file that was read; its reports stand aside, without their summary.
pub(super) struct Read {
    pub(super) summary: Summary,
    /// A hash of what its lines say.
    pub(super) content: String,
    /// Its reports, when they are wanted.
    pub(super) folder: Option<Folder>,
}

impl Read {
    /// Gives the reports their final names.
    fn commit(self, request: &ImportRequest<'_>, out: Option<PathBuf>) -> Result<Finished<Summary>> {
        self.put_summary(request, None)?;
        self.folder.map_or(Ok(()), Folder::commit)?;
        Ok(Finished { summary: self.summary, out, number: None })
    }

    /// Writes what programs read of the result, the summary last.
    pub(super) fn put_summary(&self, request: &ImportRequest<'_>, received: Option<Acknowledgement>) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let ImportRequest { settings, stop, .. } = *request;
        let exit = self.summary.exit(settings.warnings_fail);
        if let Some(received) = received {
            received.with(&self.summary.counts, exit).put(|name, text| put(folder, name, text))?;
        }
        put(folder, SUMMARY, &summary_json(&self.summary, &request.catalogue.note(), exit, settings.language))?;
        stop.check()
    }

    /// What the ledger keeps of it besides its lines; its reports will be in `out`.
    pub(super) fn totals(&self, out: &Path, home: &Path) -> ImportTotals {
        let heads = self.summary.agora.iter().flat_map(|agora| agora.heads.iter().map(kept_head)).collect();
        let reports = Some(kept_path(out, home));
        let (counts, causes) = (self.summary.counts, self.summary.errors());
        ImportTotals { counts, causes, content: self.content.clone(), heads, reports }
    }
}

impl File<'_> {
    /// Reads the file until a pass shows nothing more to refuse. Its lines go to the book, its reports aside in `out`.
    pub(super) fn read(mut self, mut book: Option<&mut dyn LineBook>, out: Option<&Path>) -> Result<Read> {
        let ImportRequest { registry, settings, .. } = *self.request;
        let (mut verdict, mut beyond) = (Verdict::default(), None);
        let is_kept = book.is_some();
        loop {
            self.request.progress.begin(self.opened.name(), self.plan.survey.bytes);
            let folder = out.map(|out| Folder::take(out, settings.sync)).transpose()?;
            book.as_mut().map_or(Ok(()), |book| book.restart())?;
            let plan = self.plan;
            let wants_content = is_kept || self.arrival.is_some();
            let mut reports = Reports::begin(
                folder.as_ref(),
                self.opened.name(),
                plan,
                self.request,
                book.as_deref_mut(),
                wants_content,
            )?;
            let lexicon = plan.lexicon(registry);
            let pass = Pass {
                plan,
                terms: Terms {
                    account: self.request.account,
                    ..terms(plan, &self.request.catalogue.catalogue, registry)
                },
                verdict: &verdict,
                beyond,
                lexicon: &lexicon,
                known: self.arrival.as_ref().map(|arrival| arrival.known()).unwrap_or_default(),
                progress: self.request.progress,
                stop: self.request.stop,
            };
            let fault = match &verdict {
                Verdict::File(Some(refusal)) if !refusal.told_by_lines => Some(file_diagnostic(&refusal.error)),
                _ => None,
            };
            let told: Vec<_> = fault.into_iter().chain(other_sheets(plan)).collect();
            for each in &told {
                reports.fault(each)?;
            }
            let pieces = Pieces::of(
                &plan.layout,
                plan.mapping.width(),
                self.opened,
                registry,
                &plan.format.limits,
                PIECE_BYTES,
            )?;
            let mut passed = pass.run(pieces, &mut reports, |error| self.opened.row_failed(error))?;
            if beyond.is_none() {
                beyond = passed.findings.beyond(&plan.frame);
                if beyond.is_some() {
                    continue;
                }
            }
            let repeated = std::mem::take(&mut reports.repeated);
            if self.arrival.as_mut().is_some_and(|arrival| arrival.repeat(repeated)) {
                continue;
            }
            let one_only = one_supplier(plan, &passed, self.request);
            if let Some(stricter) = verdict.stricter(&plan.format, &passed.findings, one_only) {
                drop(reports);
                verdict = stricter;
                continue;
            }
            self.opened.check_unchanged()?;
            check_counts(&passed.findings.counts, passed.baskets.iter().map(Basket::sources).sum())?;
            for each in &told {
                passed.causes.add(each, |_| String::new());
            }
            let baskets = folder.as_ref().filter(|_| !is_kept);
            let manufacturers = write_baskets(&passed.baskets, baskets, self.request)?;
            let refusal = if let Verdict::File(Some(refusal)) = verdict { Some(refusal.error) } else { None };
            let content = content_hash(plan, passed.findings.counts.lines(), reports.content);
            drop(lexicon);
            let summary = summarise(self.opened.name().to_owned(), self.plan, passed, manufacturers, refusal);
            reports.finish(folder.as_ref(), &summary)?;
            return Ok(Read { summary, content, folder });
        }
    }
}

/// What a file says of an order, as the ledger keeps it.
fn kept_head(head: &OrderHead) -> ledger::OrderHead {
    let address = head.address.as_ref().and_then(|address| serde_json::to_string(address).ok());
    ledger::OrderHead {
        manufacturer: head.manufacturer.0,
        customer_order_number: head.customer_order_number.clone(),
        delivery_account: head.delivery_account.clone(),
        delivery_option: head.delivery_option.clone(),
        desired_delivery_date: head.desired_delivery_date,
        comment: head.comment.clone(),
        address: address.unwrap_or_default(),
    }
}

/// The warning that a workbook has further orders.
fn other_sheets(plan: &Plan) -> Option<Diagnostic> {
    let orders = plan.layout.other_orders();
    let arguments = Arguments::none().with("sheets", orders.join(", "));
    (!orders.is_empty()).then(|| file_diagnostic(&Error::new(Code::SheetIgnored, arguments)))
}

/// The fault of a file that must be for one manufacturer and is for several.
fn one_supplier(plan: &Plan, passed: &Passed, request: &ImportRequest<'_>) -> Option<Error> {
    let manufacturers = request.catalogue.catalogue.manufacturers();
    let filled = passed.baskets.iter().zip(manufacturers).filter(|(basket, _)| !basket.is_empty());
    let mut ids: Vec<_> = filled.map(|(_, id)| *id).collect();
    if !plan.format.one_supplier || plan.supplier.is_some() || ids.len() < 2 {
        return None;
    }
    ids.sort_unstable();
    let names: Vec<_> = ids.iter().map(|id| request.registry.manufacturer_title(*id)).collect();
    Some(Error::new(Code::SeveralSuppliers, Arguments::none().with("suppliers", names.join(", "))))
}

fn summarise(
    file: String,
    plan: &Plan,
    passed: Passed,
    manufacturers: Vec<ManufacturerTotals>,
    refusal: Option<Error>,
) -> Summary {
    let width = plan.mapping.headings().len().max(last_column(plan));
    // The columns of ours in a corrected report are none of the sender's.
    let own = plan.key.as_ref().map_or(0..width, |key| {
        if plan.layout.sheet().is_some() { OWN_COLUMNS..key.column } else { 0..key.column.saturating_sub(1) }
    });
    let columns = own
        .map(|column| ColumnUse {
            heading: plan.mapping.heading(column),
            field: plan.mapping.field(column).map(|field| field.name().to_owned()),
        })
        .collect();
    Summary {
        file,
        bytes: plan.survey.bytes,
        format: plan.format.name.clone(),
        source: plan.layout.kind(),
        sheet: plan.layout.sheet().map(str::to_owned),
        encoding: plan.layout.encoding_name(),
        delimiter: plan.layout.delimiter(),
        heading_line: plan.heading_line,
        columns,
        supplier: plan.supplier,
        counts: passed.findings.counts,
        manufacturers,
        causes: passed.causes.into_sorted(),
        refusal,
        outside: passed.outside,
        agora: plan.layout.agora().map(AgoraHeads::contents),
        hash: plan.survey.hash.clone(),
    }
}

/// The number of columns up to the last one that holds a field.
fn last_column(plan: &Plan) -> usize {
    crate::model::Field::ALL.into_iter().filter_map(|field| plan.mapping.column(field)).max().map_or(0, |last| last + 1)
}
