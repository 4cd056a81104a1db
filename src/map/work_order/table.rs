//! Work orders of a table: a row for each.

use super::{Clock, Room, WorkOrderDraft};
use crate::decode::{RowError, TableRow};
use crate::delimited::Charset;
use crate::diagnostic::{Arguments, Code, Diagnostic, Error};
use crate::format::{ExportColumn, Limits, fold};
use crate::model::{WorkOrderField, Zone};

/// The columns that no table of work orders can do without.
const NEEDED: [WorkOrderField; 4] =
    [WorkOrderField::MandateId, WorkOrderField::OrderMission, WorkOrderField::Status, WorkOrderField::ManufacturerId];

/// Reads rows under a heading.
pub struct WorkOrderTable<'z> {
    /// What stands in each column.
    columns: Vec<Option<WorkOrderField>>,
    charset: Charset,
    zone: &'z Zone,
    /// Whether an apostrophe stands before texts that a spreadsheet would take for a formula.
    is_neutralised: bool,
    room: Room,
}

impl<'z> WorkOrderTable<'z> {
    /// The table under these headings: those of a list (`known`) or the names of the fields. `path` is only named in errors.
    pub fn new(
        headings: &[String],
        known: &[ExportColumn],
        charset: Charset,
        zone: &'z Zone,
        limits: &Limits,
        path: &str,
    ) -> Result<Self, Error> {
        let refused = |cause: String| {
            Error::new(Code::WorkOrdersNotFound, Arguments::none().with("path", path).with("cause", cause))
        };
        let mut columns: Vec<Option<WorkOrderField>> = Vec::with_capacity(headings.len());
        for heading in headings {
            let field = field_of(heading, known);
            if field.is_some() && columns.contains(&field) {
                return Err(refused(format!("2 × {heading}")));
            }
            columns.push(field);
        }
        let missing: Vec<_> =
            NEEDED.into_iter().filter(|field| !columns.contains(&Some(*field))).map(WorkOrderField::name).collect();
        if !missing.is_empty() {
            return Err(refused(format!("{} = ?", missing.join(", "))));
        }
        Ok(Self { columns, charset, zone, is_neutralised: false, room: Room::of(limits) })
    }

    /// The same of a file in which texts like formulas are neutralised by an apostrophe.
    #[must_use]
    pub fn neutralised(self, is_neutralised: bool) -> Self {
        Self { is_neutralised, ..self }
    }

    /// The work order of a row.
    pub fn draft(&self, row: &TableRow) -> Result<WorkOrderDraft, RowError> {
        let mut draft = WorkOrderDraft::begin(row.line);
        for (column, field) in self.columns.iter().enumerate() {
            let Some(field) = field else { continue };
            let cell = row.cell(column);
            if cell.is_empty() {
                continue;
            }
            if !self.charset.is_clean(cell) {
                let arguments = Arguments::none().with("encoding", self.charset.name());
                draft.diagnostics.push(Diagnostic::new(
                    Code::EncodingInvalid,
                    row.line,
                    None,
                    String::new(),
                    arguments,
                ));
            }
            let text = self.charset.decode(cell);
            let text = if self.is_neutralised { without_apostrophe(&text) } else { &text };
            draft.take(*field, text, row.line, Clock::Local(self.zone), self.room)?;
        }
        Ok(draft)
    }
}

/// The field that a heading stands for: one of a list, or the name of the field itself.
pub fn field_of(heading: &str, known: &[ExportColumn]) -> Option<WorkOrderField> {
    field_of_folded(&fold(heading), known)
}

/// The folded headings that stand for a field.
pub fn headings_of(field: WorkOrderField, known: &[ExportColumn]) -> Vec<String> {
    let listed = known.iter().map(|column| fold(&column.heading));
    let all = listed.chain([fold(field.name())]);
    all.filter(|folded| field_of_folded(folded, known) == Some(field)).collect()
}

fn field_of_folded(folded: &str, known: &[ExportColumn]) -> Option<WorkOrderField> {
    let listed = known.iter().find(|column| fold(&column.heading) == folded).map(|column| column.field);
    listed.or_else(|| WorkOrderField::ALL.into_iter().find(|field| fold(field.name()) == folded))
}

/// The text that stood before it was neutralised.
fn without_apostrophe(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => rest,
        _ => text,
    }
}
