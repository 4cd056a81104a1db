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
use crate::pipeline::folder::{Folder, not_written};
use crate::report::{AnnotatedErrors, DepositSummary, ErrorList, RefusedList, ValidationList};

/// The file of created entries.
pub(super) const CREATED: &str = "created.csv";

/// The file of findings as the platform tells them.
const VALIDATION: &str = "validation.json";

/// The reports of one deposit, and its record in the ledger.
pub(super) struct Reports<'r, 'l> {
    created: Option<BufWriter<File>>,
    errors: Option<ErrorList<BufWriter<File>>>,
    refused: Option<RefusedList<BufWriter<File>>>,
    annotated: Option<AnnotatedErrors>,
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
        let mut reports = Self {
            created: None,
            errors: None,
            refused: None,
            annotated: None,
            validation: None,
            folder,
            plan,
            settings,
            record,
        };
        let Some(folder) = folder else { return Ok(reports) };
        let headings = plan.mapping.headings();
        let mut created = BufWriter::with_capacity(1 << 20, folder.create(CREATED)?);
        created.write_all(&rows.heading(headings.texts())).map_err(|error| folder.failed(CREATED, error))?;
        reports.created = Some(created);
        let names: Vec<_> = (0..headings.texts().len()).map(|column| headings.name(column)).collect();
        let create = |wanted: bool, name: &str| -> Result<Option<BufWriter<File>>> {
            wanted.then(|| folder.create(name).map(BufWriter::new)).transpose()
        };
        reports.errors = create(settings.report_csv, "errors.csv")?
            .map(|out| ErrorList::begin(out, Profile::Machine, settings.language));
        // Without a ledger nobody would know what a corrected list belongs to.
        reports.refused = create(settings.report_csv && is_kept, "refused.csv")?
            .map(|out| RefusedList::begin(out, Profile::Machine, settings.language, &plan.survey.hash, &names));
        reports.validation = create(settings.report_json, VALIDATION)?
            .map(|out| ValidationList::begin(out, file).map_err(|error| folder.failed(VALIDATION, error)))
            .transpose()?;
        if settings.report_xlsx {
            let annotated = AnnotatedErrors::begin(file, &plan.survey.hash, &names, settings.language, &folder.aside());
            reports.annotated = Some(annotated.map_err(|error| folder.failed("errors.xlsx", error))?);
        }
        Ok(reports)
    }

    /// Notes a fault of the whole file.
    pub(super) fn fault(&mut self, fault: &Diagnostic) -> Result<()> {
        let Some(errors) = &mut self.errors else { return Ok(()) };
        errors.add(fault, "").map_err(|error| not_written(self.folder, "errors.csv", error))
    }

    pub(super) fn finish(self, folder: Option<&Folder>, summary: &DepositSummary) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        if let Some(mut created) = self.created {
            created.flush().map_err(|error| folder.failed(CREATED, error))?;
        }
        if let Some(errors) = self.errors {
            errors.finish().map_err(|error| folder.failed("errors.csv", error))?;
        }
        if let Some(refused) = self.refused {
            refused.finish().map_err(|error| folder.failed("refused.csv", error))?;
        }
        if let Some(validation) = self.validation {
            validation.finish().map_err(|error| folder.failed(VALIDATION, error))?;
        }
        if let Some(annotated) = self.annotated {
            let mut out = folder.create("errors.xlsx")?;
            annotated.finish(summary, &mut out).map_err(|error| folder.failed("errors.xlsx", error))?;
        }
        Ok(())
    }

    pub(super) fn wants(&self) -> Wants {
        let shown = self.annotated.is_some();
        let refused_cells = shown || self.refused.is_some();
        Wants { refused_cells, all_cells: shown && self.settings.annotate_all, content: false }
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
        if let Some(errors) = &mut self.errors {
            for diagnostic in &judged.diagnostics {
                let heading = diagnostic.column.map(|column| self.plan.mapping.headings().name(column));
                errors
                    .add(diagnostic, &heading.unwrap_or_default())
                    .map_err(|error| not_written(self.folder, "errors.csv", error))?;
            }
        }
        if let Some(validation) = &mut self.validation {
            validation.add(&judged.validation).map_err(|error| not_written(self.folder, VALIDATION, error))?;
        }
        for row in &judged.rows {
            let faults = &judged.diagnostics[row.diagnostics.clone()];
            if let Some(annotated) = &mut self.annotated {
                annotated
                    .add(row.line, &row.cells, faults, row.accepted, row.hash)
                    .map_err(|error| not_written(self.folder, "errors.xlsx", error))?;
            }
            if let Some(refused) = self.refused.as_mut().filter(|_| !row.accepted) {
                refused
                    .add(row.line, &row.cells, faults, row.hash)
                    .map_err(|error| not_written(self.folder, "refused.csv", error))?;
            }
        }
        self.write_down(judged)
    }
}
