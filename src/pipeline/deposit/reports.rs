//! The reports of one deposit while it is read.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use super::judge::Judged;
use super::pass::Listener;
use super::plan::DepositPlan;
use super::{DepositRequest, DepositSettings};
use crate::diagnostic::{Diagnostic, Result};
use crate::export::{CreatedRows, Profile};
use crate::pipeline::chunk::Wants;
use crate::pipeline::folder::{Folder, not_written};
use crate::report::{AnnotatedErrors, DepositSummary, ErrorList};

/// The file of created entries.
pub(super) const CREATED: &str = "created.csv";

/// The reports of one deposit.
pub(super) struct Reports<'r> {
    created: Option<BufWriter<File>>,
    errors: Option<ErrorList<BufWriter<File>>>,
    annotated: Option<AnnotatedErrors>,
    folder: Option<&'r Folder>,
    plan: &'r DepositPlan,
    settings: &'r DepositSettings,
}

impl<'r> Reports<'r> {
    pub(super) fn begin(
        folder: Option<&'r Folder>,
        file: &str,
        plan: &'r DepositPlan,
        rows: &CreatedRows,
        request: &DepositRequest<'r>,
    ) -> Result<Self> {
        let settings = request.settings;
        let none = Self { created: None, errors: None, annotated: None, folder, plan, settings };
        let Some(folder) = folder else { return Ok(none) };
        let headings = plan.mapping.headings();
        let mut created = BufWriter::with_capacity(1 << 20, folder.create(CREATED)?);
        created.write_all(&rows.heading(headings.texts())).map_err(|error| folder.failed(CREATED, error))?;
        let errors = settings.report_csv.then(|| folder.create("errors.csv")).transpose()?;
        let annotated = settings.report_xlsx.then(|| {
            let names: Vec<_> = (0..headings.texts().len()).map(|column| headings.name(column)).collect();
            AnnotatedErrors::begin(file, &plan.survey.hash, &names, settings.language, &folder.aside())
                .map_err(|error| folder.failed("errors.xlsx", error))
        });
        Ok(Self {
            created: Some(created),
            errors: errors.map(|out| ErrorList::begin(BufWriter::new(out), Profile::Machine, settings.language)),
            annotated: annotated.transpose()?,
            ..none
        })
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
        if let Some(annotated) = self.annotated {
            let mut out = folder.create("errors.xlsx")?;
            annotated.finish(summary, &mut out).map_err(|error| folder.failed("errors.xlsx", error))?;
        }
        Ok(())
    }

    pub(super) fn wants(&self) -> Wants {
        let shown = self.annotated.is_some();
        Wants { refused_cells: shown, all_cells: shown && self.settings.annotate_all, content: false }
    }
}

impl Listener for Reports<'_> {
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
        if let Some(annotated) = &mut self.annotated {
            for row in &judged.rows {
                let faults = &judged.diagnostics[row.diagnostics.clone()];
                annotated
                    .add(row.line, &row.cells, faults, row.accepted, row.hash)
                    .map_err(|error| not_written(self.folder, "errors.xlsx", error))?;
            }
        }
        Ok(())
    }
}
