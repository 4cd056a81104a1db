//! Work orders into documents: all in one, or one for each.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::read::WorkOrders;
use crate::diagnostic::{Code, Error, Result};
use crate::export::{CsvWorkOrders, Document, Head, JsonWorkOrders, Profile, XmlWorkOrders, cell};
use crate::format::ExportFormat;
use crate::model::{Language, Moment, WorkOrder, Zone};
use crate::pipeline::folder::{write_file, write_files};
use crate::pipeline::{Stop, Target};
use crate::report::{ListWorkbook, WorkOrderPages};

/// The kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// XML by `docs/work-orders-1.xsd`.
    Xml,
    /// JSON by `docs/work-orders.md`.
    Json,
    /// A table as text.
    Csv,
    /// A table as a workbook.
    Xlsx,
    /// Pages to be printed.
    Html,
}

impl ExportKind {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
        }
    }
}

/// How work orders are to be exported.
#[derive(Clone, Copy)]
pub struct ExportOrder<'e> {
    /// As what.
    pub kind: ExportKind,
    /// The columns of tables.
    pub format: &'e ExportFormat,
    /// By whose clocks moments are written for people.
    pub zone: &'e Zone,
    /// For whom CSV is written.
    pub profile: Profile,
    /// Whether texts like formulas stand in CSV as they are, whoever reads it.
    pub keeps_formulas: bool,
    /// The language of pages.
    pub language: Language,
    /// When the documents are written: there is no clock here.
    pub now: Moment,
    /// Whether they survive a power cut.
    pub sync: bool,
    /// Asked whether to stop.
    pub stop: &'e Stop,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Work orders.
    pub orders: u64,
    /// Documents.
    pub documents: u64,
}

/// Where documents go.
pub enum ExportTarget<'t> {
    /// All into one.
    One(Target<'t>),
    /// Each into a file of its own in this folder, named by its number.
    Each(&'t Path),
}

/// Writes the work orders. When something goes wrong, nothing has a final name.
pub fn export_work_orders(orders: &WorkOrders, order: &ExportOrder<'_>, target: ExportTarget<'_>) -> Result<Exported> {
    if orders.is_empty() {
        return Err(orders.none());
    }
    let documents = match target {
        ExportTarget::One(Target::File(path)) => {
            let mut stopped = None;
            let written = write_file(path, order.sync, |file| kept_aside(order.one(orders, file), &mut stopped));
            stopped.map_or(written, Err)?;
            1
        }
        ExportTarget::One(Target::Stream(stream)) => {
            let failed = |error| Error::io(Path::new("-"), Code::WriteFailed, error);
            order.stream(orders, stream).map_err(|ended| ended.into_error(failed))?;
            1
        }
        ExportTarget::Each(folder) => {
            let mut stopped = None;
            let written = write_files(folder, order.sync, |files| {
                let all = orders.each(|each| {
                    order.stop.check()?;
                    let name = format!("{}.{}", each.id(), order.kind.ending());
                    let path = folder.join(&name);
                    let mut file = files.create(&name)?;
                    let failed = |error| Error::io(&path, Code::WriteFailed, error);
                    order.single(&each, &mut file).map_err(|ended| ended.into_error(failed))
                });
                kept_aside(all.map_err(Ended::Refused), &mut stopped)
            });
            stopped.map_or(written, Err)?;
            orders.len()
        }
    };
    Ok(Exported { orders: orders.len(), documents })
}

/// Why writing ended early.
enum Ended {
    Write(io::Error),
    Refused(Error),
}

impl Ended {
    fn into_error(self, failed: impl FnOnce(io::Error) -> Error) -> Error {
        match self {
            Self::Write(error) => failed(error),
            Self::Refused(error) => error,
        }
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writers of files only know their own errors; others are kept aside.
fn kept_aside(ended: std::result::Result<(), Ended>, stopped: &mut Option<Error>) -> io::Result<()> {
    ended.map_err(|ended| match ended {
        Ended::Write(error) => error,
        Ended::Refused(error) => {
            *stopped = Some(error);
            io::ErrorKind::Other.into()
        }
    })
}

impl ExportOrder<'_> {
    /// All work orders into one file.
    fn one(&self, orders: &WorkOrders, file: &mut File) -> std::result::Result<(), Ended> {
        if self.kind != ExportKind::Xlsx {
            return self.stream(orders, file);
        }
        let mut workbook = self.workbook()?;
        self.fill(orders, |each| self.row(&mut workbook, each))?;
        Ok(workbook.finish(file)?)
    }

    /// All work orders into a stream; a workbook is none.
    fn stream(&self, orders: &WorkOrders, out: &mut dyn Write) -> std::result::Result<(), Ended> {
        let Some(mut document) = self.document(out, orders.len()) else {
            return Err(io::Error::from(io::ErrorKind::Unsupported).into());
        };
        self.fill(orders, |each| document.add(each))?;
        Ok(document.end()?)
    }

    /// One work order into a file of its own.
    fn single(&self, order: &WorkOrder, file: &mut File) -> std::result::Result<(), Ended> {
        if let Some(mut document) = self.document(&mut *file, 1) {
            document.add(order)?;
            return Ok(document.end()?);
        }
        let mut workbook = self.workbook()?;
        self.row(&mut workbook, order)?;
        Ok(workbook.finish(file)?)
    }

    fn fill(
        &self,
        orders: &WorkOrders,
        mut add: impl FnMut(&WorkOrder) -> io::Result<()>,
    ) -> std::result::Result<(), Ended> {
        let mut written = Ok(());
        let all = orders.each(|each| {
            self.stop.check()?;
            // The error is told behind the walk, which only knows its own.
            written = add(&each);
            if written.is_err() { Err(orders.none()) } else { Ok(()) }
        });
        written?;
        all.map_err(Ended::Refused)
    }

    fn document<'d>(&'d self, out: impl Write + 'd, count: u64) -> Option<Box<dyn Document + 'd>> {
        let head = Head { exported_at: self.now, count };
        Some(match self.kind {
            ExportKind::Xml => Box::new(XmlWorkOrders::begin(out, head)),
            ExportKind::Json => Box::new(JsonWorkOrders::begin(out, head)),
            ExportKind::Csv => {
                Box::new(CsvWorkOrders::begin(out, self.format, self.zone, self.profile, self.keeps_formulas))
            }
            ExportKind::Html => Box::new(WorkOrderPages::begin(out, self.zone, self.language)),
            ExportKind::Xlsx => return None,
        })
    }

    fn workbook(&self) -> io::Result<ListWorkbook> {
        let headings: Vec<_> = self.format.columns.iter().map(|column| column.heading.as_str()).collect();
        let title = match self.language {
            Language::French => &self.format.title.fr,
            Language::English => &self.format.title.en,
        };
        let temporary: PathBuf = std::env::temp_dir();
        ListWorkbook::begin(title, &headings, self.language, &temporary)
    }

    fn row(&self, workbook: &mut ListWorkbook, order: &WorkOrder) -> io::Result<()> {
        let mut room = Vec::new();
        for column in &self.format.columns {
            workbook.push(cell(order, column.field, self.zone, &mut room))?;
        }
        workbook.end_row()
    }
}
