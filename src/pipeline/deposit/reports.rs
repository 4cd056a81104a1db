//! Everything that is written while a deposit is read: its reports, and its entries in the ledger.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use super::DepositSettings;
use super::entry::Fate;
use super::judge::Judged;
use super::pass::Listener;
use super::plan::DepositPlan;
use crate::diagnostic::{Diagnostic, Result};
use crate::export::{CreatedRows, Profile};
use crate::ledger::DepositRecord;
use crate::model::Language;
use crate::pipeline::chunk::Wants;
use crate::pipeline::fault_reports::{FaultReports, Wanted};
use crate::pipeline::folder::{Folder, not_written};
use crate::report::{DepositSummary, ValidationList};

/// The file of created entries.
pub(super) const CREATED: &str = "created.csv";

/// The file of findings as the platform tells them.
const VALIDATION: &str = "validation.json";

/// The reports of one deposit, and its record in the ledger.
pub(super) struct Reports<'r, 'l> {
    created: Option<BufWriter<File>>,
    faults: FaultReports<'r>,
    validation: Option<ValidationList<BufWriter<File>>>,
    folder: Option<&'r Folder>,
    plan: &'r DepositPlan,
    settings: &'r DepositSettings,
    record: Option<&'r mut (dyn DepositRecord + 'l)>,
}

impl<'r, 'l> Reports<'r, 'l> {
    pub(super) fn begin(
        folder: Option<&'r Folder>,
        file: &str,
        plan: &'r DepositPlan,
        rows: &CreatedRows<'_>,
        settings: &'r DepositSettings,
        record: Option<&'r mut (dyn DepositRecord + 'l)>,
    ) -> Result<Self> {
        let is_kept = record.is_some();
        let mut reports =
            Self { created: None, faults: FaultReports::default(), validation: None, folder, plan, settings, record };
        let Some(folder) = folder else { return Ok(reports) };
        let headings = plan.mapping.headings();
        // The rows of a whole piece are longer and go past the buffer.
        let mut created = BufWriter::new(folder.create(CREATED)?);
        created.write_all(&rows.heading(headings.texts())).map_err(|error| folder.failed(CREATED, error))?;
        reports.created = Some(created);
        let names: Vec<_> = (0..headings.texts().len()).map(|column| headings.name(column)).collect();
        let wanted = Wanted {
            csv: settings.report_csv,
            xlsx: settings.report_xlsx,
            is_kept,
            profile: Profile::Machine,
            language: settings.language,
        };
        reports.faults = FaultReports::begin(folder, file, &plan.survey.hash, &names, wanted)?;
        if settings.report_json {
            let out = BufWriter::new(folder.create(VALIDATION)?);
            reports.validation =
                Some(ValidationList::begin(out, file).map_err(|error| folder.failed(VALIDATION, error))?);
        }
        Ok(reports)
    }

    /// Notes a fault of the whole file.
    pub(super) fn fault(&mut self, fault: &Diagnostic) -> Result<()> {
        self.faults.fault(fault)
    }

    pub(super) fn finish(self, folder: Option<&Folder>, summary: &DepositSummary) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        if let Some(mut created) = self.created {
            created.flush().map_err(|error| folder.failed(CREATED, error))?;
        }
        if let Some(validation) = self.validation {
            validation.finish().map_err(|error| folder.failed(VALIDATION, error))?;
        }
        self.faults.finish(summary)
    }

    pub(super) fn wants(&self) -> Wants {
        let all_cells = self.faults.annotates() && self.settings.annotate_all;
        Wants { refused_cells: self.faults.shows_refused(), all_cells, content: false }
    }

    /// The language in which findings are told as the platform does, where that is wanted.
    pub(super) fn tells_validation(&self) -> Option<Language> {
        self.validation.as_ref().map(|_| self.settings.language)
    }

    /// Writes the entries of a piece down.
    fn write_down(&mut self, judged: &Judged) -> Result<()> {
        let Some(record) = &mut self.record else { return Ok(()) };
        for entry in &judged.entries {
            let kept = match entry.fate {
                Fate::Refused => None,
                Fate::Created | Fate::Draft => Some(record.create(&entry.entry())?),
            };
            if entry.fate != Fate::Created {
                record.refuse(&entry.rows, kept, entry.stands_for)?;
            }
        }
        Ok(())
    }
}

impl Listener for Reports<'_, '_> {
    fn judged(&mut self, judged: &Judged) -> Result<()> {
        if let Some(created) = &mut self.created {
            created.write_all(&judged.created).map_err(|error| not_written(self.folder, CREATED, error))?;
        }
        if let Some(validation) = &mut self.validation {
            validation.add(&judged.validation).map_err(|error| not_written(self.folder, VALIDATION, error))?;
        }
        let headings = self.plan.mapping.headings();
        self.faults.judged(&judged.diagnostics, &judged.rows, |column| headings.name(column))?;
        self.write_down(judged)
    }
}
