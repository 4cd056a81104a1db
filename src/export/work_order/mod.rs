//! Work orders as documents.
//!
//! What enters: a [`Head`], then work orders in the order in which they are to stand. What leaves: XML by
//! `docs/work-orders-1.xsd`, JSON by `docs/work-orders.md`, or CSV with the columns of a list; [`Cell`]s for workbooks.
//! What is refused: nothing. There is no clock here: when a document is written is told by the caller.

mod json;
mod table;
mod value;
mod xml;

pub use json::{JsonWorkOrders, push_work_order};
pub use table::{Cell, CsvWorkOrders, cell};
pub use value::{push_parts, push_value};
pub use xml::XmlWorkOrders;

use std::io::{self, Write};

use crate::model::{Moment, WorkOrder};

/// What a document says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// When it is written.
    pub exported_at: Moment,
    /// How many work orders there are.
    pub count: u64,
}

/// A document that is being written.
pub trait Document {
    /// Adds a work order.
    fn add(&mut self, order: &WorkOrder) -> io::Result<()>;

    /// Writes what is left, and the end.
    fn end(&mut self) -> io::Result<()>;
}

/// Bytes that are written at once.
const BUFFER: usize = 256 << 10;

/// What was made and is not written yet.
struct Buffer<W> {
    out: W,
    bytes: Vec<u8>,
}

impl<W: Write> Buffer<W> {
    fn new(out: W) -> Self {
        Self { out, bytes: Vec::with_capacity(BUFFER + (BUFFER >> 2)) }
    }

    /// Writes when there is enough.
    fn settle(&mut self) -> io::Result<()> {
        if self.bytes.len() < BUFFER { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.write()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
