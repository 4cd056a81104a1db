//! Cells become rows.
//!
//! What enters: the cells of a sheet, row by row from left to right, and which of them are merged.
//! What leaves: [`TableRow`]s into a [`Sink`]: nothing for empty rows, nothing behind the last cell that is not empty,
//! the value of a merged cell in the rows below, too.
//! What is refused: more columns, rows or text than the limits allow; rows and cells that go back.

use std::collections::BTreeMap;

use super::fault::Fault;
use crate::decode::feed::Sink;
use crate::decode::row::TableRow;
use crate::diagnostic::Code;
use crate::format::Limits;

/// No spreadsheet keeps more in a cell: 65 535 characters of four bytes. A longer text, shared by many cells, would be given
/// out for each of them.
const CELL_BYTES: usize = 4 * 65_535;

/// A cell that spans several rows; rows and columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merge {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) column: u32,
}

/// What the text of a cell does not show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// It holds an error of the spreadsheet.
    pub(super) is_error: bool,
    /// It holds a formula.
    pub(super) is_formula: bool,
    /// It holds a formula whose value was never saved.
    pub(super) is_unsaved: bool,
}

/// Makes rows of cells.
pub(super) struct Grid<'s> {
    sink: &'s mut Sink,
    limits: Limits,
    row: TableRow,
    is_hidden: bool,
    /// Cells up to the last one that counts.
    used: usize,
    /// Sorted, the next one last.
    merges: Vec<Merge>,
    /// By column: the last row, and the value.
    open: BTreeMap<usize, (u64, Vec<u8>)>,
    spare: TableRow,
    /// Bytes and cells of the last row.
    size: (usize, usize),
    /// How much text and how many cells may still be given: a small file must not become an endless table.
    left: u64,
}

impl<'s> Grid<'s> {
    pub(super) fn new(sink: &'s mut Sink, limits: &Limits, mut merges: Vec<Merge>) -> Self {
        merges.retain(|merge| merge.first < merge.last);
        merges.sort_unstable_by(|a, b| b.cmp(a));
        let left = limits.unpacked_bytes;
        Self {
            sink,
            limits: *limits,
            row: TableRow::default(),
            is_hidden: false,
            used: 0,
            merges,
            open: BTreeMap::new(),
            spare: TableRow::default(),
            size: (0, 0),
            left,
        }
    }

    /// The sink of the rows.
    pub(super) fn sink(&self) -> &Sink {
        self.sink
    }

    /// Begins a row, counted from 1.
    pub(super) fn begin_row(&mut self, line: u64, is_hidden: bool) -> Result<(), Fault> {
        if line <= self.row.line {
            return Err(Fault::damaged(format!("row {line} stands behind row {}", self.row.line)));
        }
        self.row.begin(line);
        // Rows of a table are much alike.
        let (bytes, cells) = self.size;
        self.row.bytes.reserve(bytes);
        self.row.ends.reserve(cells);
        self.is_hidden = is_hidden;
        self.used = 0;
        Ok(())
    }

    /// Begins a cell; its text is to be added to what comes back, then [`Grid::close`] ends it.
    pub(super) fn open(&mut self, column: u32) -> Result<&mut Vec<u8>, Fault> {
        let column = column as usize;
        if column >= self.limits.columns {
            return Err(Fault::limit("columns", self.limits.columns));
        }
        if column < self.row.ends.len() {
            let line = self.row.line;
            return Err(Fault::damaged(format!("row {line} holds cells that are not in the order of the columns")));
        }
        self.row.pad(column);
        Ok(&mut self.row.bytes)
    }

    /// Ends the cell that was begun last.
    pub(super) fn close(&mut self, marks: Marks) -> Result<(), Fault> {
        let column = self.row.len();
        if self.row.bytes.len() > self.limits.record_bytes {
            return Err(Fault::limit("record-bytes", self.limits.record_bytes));
        }
        self.row.end_cell();
        if self.row.cell(column).len() > CELL_BYTES {
            return Err(Fault::limit("cell-bytes", CELL_BYTES));
        }
        if !self.row.cell(column).is_empty() || marks.is_unsaved {
            self.used = column + 1;
        }
        if marks.is_formula {
            self.row.note(Some(column), Code::CellFormula);
        }
        if marks.is_error {
            self.row.note(Some(column), Code::CellErrorValue);
        }
        Ok(())
    }

    /// Gives the cell that was ended last so often again.
    pub(super) fn repeat(&mut self, times: usize) -> Result<(), Fault> {
        let Some(column) = self.row.len().checked_sub(1) else { return Ok(()) };
        if self.used <= column {
            // Empty cells are filled up when another one comes.
            return Ok(());
        }
        if times > self.limits.columns - self.row.len() {
            return Err(Fault::limit("columns", self.limits.columns));
        }
        let cell = self.row.cell(column).to_vec();
        let codes: Vec<Code> =
            self.row.notes.iter().filter(|note| note.column == Some(column)).map(|note| note.code).collect();
        for _ in 0..times {
            let column = self.row.len();
            self.row.push(&cell);
            for code in &codes {
                self.row.note(Some(column), *code);
            }
            if self.row.bytes.len() > self.limits.record_bytes {
                return Err(Fault::limit("record-bytes", self.limits.record_bytes));
            }
        }
        self.used = self.row.len();
        Ok(())
    }

    /// Says that a cell of this row is merged with rows below.
    pub(super) fn merge(&mut self, merge: Merge) {
        self.merges.push(merge);
    }

    /// Ends a row and gives it, `times` times on rows that follow each other.
    pub(super) fn end_row(&mut self, times: u64) -> Result<(), Fault> {
        let line = self.row.line;
        self.row.ends.truncate(self.used);
        let used = self.used;
        self.row.notes.retain(|note| note.column.is_none_or(|column| column < used));
        let is_empty = self.used == 0;
        let last = line.saturating_add(times.saturating_sub(1));
        if !is_empty && last > self.limits.lines {
            return Err(Fault::limit("lines", self.limits.lines));
        }
        self.fill(line);
        if is_empty {
            // The next row must stand behind the empty ones.
            self.row.line = last;
            return Ok(());
        }
        if self.is_hidden {
            self.row.note(None, Code::RowHidden);
        }
        if self.row.bytes.len() > self.limits.record_bytes {
            return Err(Fault::limit("record-bytes", self.limits.record_bytes));
        }
        self.size = (self.row.bytes.len(), self.row.len());
        let size = (self.row.bytes.len() + self.row.len()) as u64;
        for line in line..=last {
            self.left = self
                .left
                .checked_sub(size)
                .ok_or_else(|| Fault::limit("unpacked-bytes", self.limits.unpacked_bytes))?;
            if line == last {
                self.row.line = line;
                self.sink.give(&mut self.row)?;
            } else {
                let mut row = self.row.clone();
                row.line = line;
                self.sink.give(&mut row)?;
            }
        }
        self.row.line = last;
        Ok(())
    }

    /// Puts the values of merged cells that began above into the row, and keeps those that begin in it.
    fn fill(&mut self, line: u64) {
        if self.merges.is_empty() && self.open.is_empty() {
            return;
        }
        self.open.retain(|_, (last, _)| *last >= line);
        if self.used > 0 && !self.open.is_empty() {
            let spare = &mut self.spare;
            spare.begin(line);
            for (column, (_, value)) in &self.open {
                for before in spare.len()..*column {
                    spare.push(self.row.cell(before));
                }
                spare.push(value);
            }
            for behind in spare.len()..self.row.len() {
                spare.push(self.row.cell(behind));
            }
            // What stands under a merged cell is not seen, neither are its errors.
            let notes = self.row.notes.drain(..);
            spare.notes.extend(notes.filter(|note| note.column.is_none_or(|at| !self.open.contains_key(&at))));
            for column in self.open.keys() {
                spare.note(Some(*column), Code::CellMerged);
            }
            std::mem::swap(spare, &mut self.row);
        }
        while let Some(merge) = self.merges.pop_if(|merge| u64::from(merge.first) < line) {
            let value = self.row.cell(merge.column as usize);
            if u64::from(merge.first) + 1 == line && !value.is_empty() {
                self.open.insert(merge.column as usize, (u64::from(merge.last) + 1, value.to_vec()));
            }
        }
    }
}
