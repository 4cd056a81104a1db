//! Everything that is written while a file is read: its reports, and its lines in the ledger.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;

use super::super::chunk::{Judged, Wants};
use super::super::fault_reports::{FaultReports, Wanted};
use super::super::folder::{Folder, not_written};
use super::super::pass::{Accepted, Listener};
use super::super::plan::Plan;
use super::ImportRequest;
use super::booking::report_headings;
use crate::diagnostic::{Diagnostic, Result};
use crate::ledger::{LineBook, Need, SourceLine};
use crate::report::{LineList, Summary};
use crate::split::MergeKey;

/// The reports of one file while it is read, and where its lines are written down.
pub(super) struct Reports<'r, 'l> {
    faults: FaultReports<'r>,
    lines: Option<LineList<BufWriter<File>>>,
    folder: Option<&'r Folder>,
    request: &'r ImportRequest<'r>,
    book: Option<&'r mut (dyn LineBook + 'l)>,
    key: MergeKey,
    /// Lines of the corrected file for which a row stands already.
    corrected: BTreeSet<u64>,
    /// Rows that stand for one of them once more.
    pub(super) repeated: Vec<u64>,
    wants_content: bool,
    /// Sum of the hashes of all lines.
    pub(super) content: u128,
}

impl<'r, 'l> Reports<'r, 'l> {
    pub(super) fn begin(
        folder: Option<&'r Folder>,
        file: &str,
        plan: &Plan,
        request: &'r ImportRequest<'r>,
        book: Option<&'r mut (dyn LineBook + 'l)>,
        wants_content: bool,
    ) -> Result<Self> {
        let settings = request.settings;
        let mut reports = Self {
            faults: FaultReports::default(),
            lines: None,
            folder,
            request,
            key: MergeKey::of(&plan.format.merge_key),
            corrected: BTreeSet::new(),
            repeated: Vec::new(),
            content: 0,
            wants_content,
            book,
        };
        let Some(folder) = folder else { return Ok(reports) };
        let wanted = Wanted {
            csv: settings.report_csv,
            xlsx: settings.report_xlsx,
            is_kept: reports.book.is_some(),
            profile: settings.profile,
            language: settings.language,
        };
        reports.faults = FaultReports::begin(folder, file, &plan.survey.hash, &report_headings(plan), wanted)?;
        if settings.report_lines {
            let out = BufWriter::new(folder.create("lines.csv")?);
            reports.lines = Some(LineList::begin(out, settings.profile));
        }
        Ok(reports)
    }

    /// Notes a fault of the whole file.
    pub(super) fn fault(&mut self, fault: &Diagnostic) -> Result<()> {
        self.faults.fault(fault)
    }

    pub(super) fn finish(self, folder: Option<&Folder>, summary: &Summary) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        if let Some(lines) = self.lines {
            lines.finish().map_err(|error| folder.failed("lines.csv", error))?;
        }
        self.faults.finish(summary)
    }

    /// Writes down what the ledger keeps of a piece besides its accepted lines.
    fn write_down(&mut self, judged: &Judged) -> Result<()> {
        self.content = self.content.wrapping_add(judged.content);
        for (row, line) in &judged.corrected {
            if !self.corrected.insert(*line) {
                self.repeated.push(*row);
            } else if let Some(book) = &mut self.book {
                book.corrects(*line)?;
            }
        }
        let Some(book) = &mut self.book else { return Ok(()) };
        for row in judged.rows.iter().filter(|row| !row.accepted) {
            book.refuse(row.line, row.hash, row.stands_for)?;
        }
        Ok(())
    }

    /// Writes an accepted line down and gives the number of its basket line.
    fn take(&mut self, accepted: &Accepted<'_>) -> Result<Option<i64>> {
        let Some(book) = &mut self.book else { return Ok(None) };
        let line = &accepted.line;
        let part = self.request.catalogue.catalogue.part(line.part);
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default().trim();
        let need = Need {
            delivery_account: text(line.delivery_account),
            customer_order_number: text(line.customer_order_number),
            work_order: text(line.work_order),
            countermark: text(line.countermark),
        };
        let id = book.take(&SourceLine {
            line: line.line,
            manufacturer: part.manufacturer,
            place: accepted.basket_line,
            reference: part.reference,
            label: part.label,
            unit_price: part.unit_price,
            quantity: line.quantity,
            need,
            desired_delivery_date: line.desired_delivery_date,
            comment: text(line.comment),
            merge_key: self.key.number(part.manufacturer, part.reference, &need, line.desired_delivery_date),
        })?;
        Ok(Some(id))
    }
}

impl Listener for Reports<'_, '_> {
    fn judged(&mut self, judged: &Judged, plan: &Plan) -> Result<()> {
        self.faults.judged(&judged.diagnostics, &judged.rows, |column| plan.mapping.heading(column))?;
        self.write_down(judged)
    }

    fn accepted(&mut self, accepted: &Accepted<'_>) -> Result<()> {
        // In the file of a basket the heading is line 1.
        let basket_line =
            self.take(accepted)?.and_then(|id| u64::try_from(id).ok()).unwrap_or(accepted.basket_line as u64 + 2);
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let catalogue = &self.request.catalogue.catalogue;
        let line = &accepted.line;
        lines
            .add(
                line.line,
                catalogue.manufacturer(line.part),
                basket_line,
                catalogue.texts(line.part).0,
                u64::from(line.quantity),
                line.comment,
            )
            .map_err(|error| not_written(self.folder, "lines.csv", error))
    }

    fn wants_lines(&self) -> bool {
        self.lines.is_some() || self.book.is_some()
    }

    fn wants(&self) -> Wants {
        let shown = self.faults.annotates();
        let kept = self.book.is_some();
        Wants {
            refused_cells: shown || kept,
            all_cells: shown && self.request.settings.annotate_all,
            content: self.wants_content,
        }
    }
}
