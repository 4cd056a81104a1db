//! The text form of an Agora order file.
//!
//! What enters: records. What leaves: one on each line, in UTF-8 without a mark, `;` between fields, quotes by RFC 4180,
//! LF; empty fields at the end are left out. What is refused: nothing; a byte of zero, which no text has, is left out.

use std::io::{self, Write};

use super::super::csv::{Profile, Row};
use super::agora::{Field, Form, Head, VERSION};

pub(super) struct Writer<'o> {
    out: &'o mut dyn Write,
    buffer: Vec<u8>,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        Self { out, buffer: Vec::new() }
    }

    fn record<'f>(&mut self, cells: impl Iterator<Item = &'f str>) -> io::Result<()> {
        let mut cells: Vec<_> = cells.collect();
        while cells.last().is_some_and(|cell| cell.is_empty()) {
            cells.pop();
        }
        self.buffer.clear();
        let mut row = Row::begin(&mut self.buffer, Profile::Machine);
        for cell in cells {
            if cell.contains('\0') {
                row.raw(cell.replace('\0', "").as_bytes());
            } else {
                row.raw(cell.as_bytes());
            }
        }
        row.end();
        self.out.write_all(&self.buffer)
    }
}

fn values<'f>(fields: &'f [Field<'_>]) -> impl Iterator<Item = &'f str> {
    fields.iter().map(|(_, value)| &**value)
}

impl Form for Writer<'_> {
    fn begin(&mut self, header: &[Field<'_>]) -> io::Result<()> {
        self.record(["H", "AGORA-ORDER", VERSION].into_iter().chain(values(header)))
    }

    fn heads(&mut self, heads: &[Head<'_>]) -> io::Result<()> {
        for head in heads {
            self.record(std::iter::once("O").chain(values(&head.order)))?;
            if let Some(address) = &head.address {
                self.record(std::iter::once("A").chain(values(&head.order[..2])).chain(values(address)))?;
            }
        }
        Ok(())
    }

    fn line(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        self.record(std::iter::once("L").chain(values(fields)))
    }

    fn end(&mut self, trailer: &[Field<'_>]) -> io::Result<()> {
        self.record(std::iter::once("T").chain(values(trailer)))
    }
}
