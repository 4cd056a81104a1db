//! The reports of what is wrong with a file: `errors.csv`, `refused.csv`, `errors.xlsx`. Order files and deposits have the same.

use std::fs::File;
use std::io::BufWriter;

use super::chunk::JudgedRow;
use super::folder::{Folder, not_written};
use crate::diagnostic::{Diagnostic, Result};
use crate::export::Profile;
use crate::model::Language;
use crate::report::{AnnotatedErrors, ErrorList, RefusedList, Summary};

/// Which reports are wanted, and how they are written.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// `errors.csv` and, with a ledger, `refused.csv`.
    pub(super) csv: bool,
    /// `errors.xlsx`.
    pub(super) xlsx: bool,
    /// Whether a ledger knows what a corrected list belongs to.
    pub(super) is_kept: bool,
    pub(super) profile: Profile,
    pub(super) language: Language,
}

/// The reports while the file is read; none without a folder.
#[derive(Default)]
pub(super) struct FaultReports<'f> {
    errors: Option<ErrorList<BufWriter<File>>>,
    refused: Option<RefusedList<BufWriter<File>>>,
    annotated: Option<AnnotatedErrors>,
    folder: Option<&'f Folder>,
}

impl<'f> FaultReports<'f> {
    /// Begins them. `headings` are what the columns of the file are called in them.
    pub(super) fn begin(
        folder: &'f Folder,
        file: &str,
        hash: &str,
        headings: &[String],
        wanted: Wanted,
    ) -> Result<Self> {
        let Wanted { csv, xlsx, is_kept, profile, language } = wanted;
        let create = |wanted: bool, name: &str| -> Result<Option<BufWriter<File>>> {
            wanted.then(|| folder.create(name).map(BufWriter::new)).transpose()
        };
        let annotated = xlsx.then(|| {
            AnnotatedErrors::begin(file, hash, headings, language, &folder.aside())
                .map_err(|error| folder.failed("errors.xlsx", error))
        });
        let errors = create(csv, "errors.csv")?.map(|out| ErrorList::begin(out, profile, language));
        let refused = create(csv && is_kept, "refused.csv")?;
        Ok(Self {
            errors,
            refused: refused.map(|out| RefusedList::begin(out, profile, language, hash, headings)),
            annotated: annotated.transpose()?,
            folder: Some(folder),
        })
    }

    /// Notes a fault of the whole file.
    pub(super) fn fault(&mut self, fault: &Diagnostic) -> Result<()> {
        let Some(errors) = &mut self.errors else { return Ok(()) };
        errors.add(fault, "").map_err(|error| not_written(self.folder, "errors.csv", error))
    }

    /// Notes everything that was found in a piece. `heading` is what a column is called.
    pub(super) fn judged(
        &mut self,
        diagnostics: &[Diagnostic],
        rows: &[JudgedRow],
        heading: impl Fn(usize) -> String,
    ) -> Result<()> {
        if let Some(errors) = &mut self.errors {
            for diagnostic in diagnostics {
                let heading = diagnostic.column.map(&heading).unwrap_or_default();
                errors.add(diagnostic, &heading).map_err(|error| not_written(self.folder, "errors.csv", error))?;
            }
        }
        for row in rows {
            let faults = &diagnostics[row.diagnostics.clone()];
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
        Ok(())
    }

    /// Whether the annotated workbook is written.
    pub(super) fn annotates(&self) -> bool {
        self.annotated.is_some()
    }

    /// Whether the cells of refused rows are shown.
    pub(super) fn shows_refused(&self) -> bool {
        self.annotates() || self.refused.is_some()
    }

    /// Ends them.
    pub(super) fn finish<M>(self, summary: &Summary<M>) -> Result<()> {
        let Some(folder) = self.folder else { return Ok(()) };
        if let Some(errors) = self.errors {
            errors.finish().map_err(|error| folder.failed("errors.csv", error))?;
        }
        if let Some(refused) = self.refused {
            refused.finish().map_err(|error| folder.failed("refused.csv", error))?;
        }
        if let Some(annotated) = self.annotated {
            let mut out = folder.create("errors.xlsx")?;
            annotated.finish(summary, &mut out).map_err(|error| folder.failed("errors.xlsx", error))?;
        }
        Ok(())
    }
}
