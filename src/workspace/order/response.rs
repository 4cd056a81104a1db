//! What manufacturers answer to orders, from a file.

use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result};
use crate::format::{Registry, ResponseField, ResponseFormat};
use crate::ledger::{Answered, OrderAnswer, OrderBook as _, ResponseFile, Stamp};
use crate::model::Answer;
use crate::pipeline::{GuessSettings, Source, read_table};
use crate::workspace::Workspace;
use crate::workspace::columns::{Cells, Columns, day, whole};

/// The answers of a file, read and not yet believed.
#[derive(Debug)]
pub struct ReadAnswers {
    /// The file.
    pub file: ResponseFile,
    /// What can be read.
    pub answers: Vec<OrderAnswer>,
    /// What cannot.
    pub faults: Vec<Diagnostic>,
}

/// What became of the answers of a file.
#[derive(Debug)]
pub struct Response {
    /// How many rows it has.
    pub rows: u64,
    /// The file.
    pub file: ResponseFile,
    /// What was taken, and every row that was not, by line.
    pub answered: Answered,
}

impl Response {
    /// How the file ended.
    pub fn exit(&self) -> Exit {
        match (self.answered.taken, self.answered.refused.is_empty()) {
            (_, true) => Exit::Accepted,
            (0, false) => Exit::Rejected,
            (_, false) => Exit::Partial,
        }
    }
}

impl ReadAnswers {
    /// Reads a file.
    pub fn read(source: &Source, registry: &Registry, settings: &GuessSettings) -> Result<Self> {
        let format = registry.response("order-response")?;
        let table = read_table(source, registry, settings, &|text| format.field(text).is_some())?;
        let columns = Columns::of(&table.heading.cells, format, &table.file)?;
        let (mut answers, mut faults) = (Vec::new(), Vec::new());
        for row in &table.rows {
            let cells = Cells { columns: &columns, texts: &row.cells, row: row.line };
            match answer(&cells, format) {
                Ok(answer) => answers.push(answer),
                Err(more) => faults.extend(more),
            }
        }
        Ok(Self { file: ResponseFile { file: table.file, hash: table.hash }, answers, faults })
    }
}

/// The answer of a row, or everything that is wrong with it.
fn answer(cells: &Cells<'_>, format: &ResponseFormat) -> std::result::Result<OrderAnswer, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let text = |field| cells.text(field).to_owned();
    let line = taken(cells.read(ResponseField::Line, whole), &mut faults);
    let line = line.and_then(|line| u32::try_from(line).ok());
    let replacement = text(ResponseField::Replacement).to_uppercase();
    let answer = Answer {
        confirmed: taken(cells.read(ResponseField::ConfirmedQuantity, whole), &mut faults),
        promised: taken(cells.read(ResponseField::DeliveryDate, day), &mut faults),
        replacement: Some(replacement).filter(|text| !text.is_empty()),
        verdict: taken(cells.read(ResponseField::Status, |text| format.verdict(text)), &mut faults),
        shipped: taken(cells.read(ResponseField::ShippedQuantity, whole), &mut faults),
        message: text(ResponseField::Message),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(OrderAnswer {
        row: cells.row,
        order: text(ResponseField::Order),
        manufacturer_reference: text(ResponseField::ManufacturerReference),
        line,
        reference: text(ResponseField::Reference),
        answer,
    })
}

fn taken<T>(read: std::result::Result<Option<T>, Diagnostic>, faults: &mut Vec<Diagnostic>) -> Option<T> {
    read.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    })
}

impl Workspace {
    /// Takes the answers of a file in, those that can be true; nothing when `is_rehearsed`. The same bytes count once.
    pub fn respond(
        &mut self,
        source: &Source,
        settings: &GuessSettings,
        is_rehearsed: bool,
        registry: &Registry,
        stamp: &Stamp,
    ) -> Result<Response> {
        let read = ReadAnswers::read(source, registry, settings)?;
        if let Some(moment) = self.ledger.response_of_bytes(&read.file.hash)? {
            let arguments = Arguments::none().with("path", &read.file.file).with("moment", moment);
            return Err(Error::new(Code::ResponseRepeated, arguments));
        }
        let mut answered = self.ledger.answer_orders(&read.file, &read.answers, is_rehearsed, stamp)?;
        // What is in the ledger counts; the file of events is finished later when it cannot be written now.
        drop(self.write_events());
        let unread: std::collections::BTreeSet<_> = read.faults.iter().map(|fault| fault.line).collect();
        let rows = (read.answers.len() + unread.len()) as u64;
        answered.refused.extend(read.faults);
        answered.refused.sort_by_key(|fault| fault.line);
        Ok(Response { rows, file: read.file, answered })
    }
}
