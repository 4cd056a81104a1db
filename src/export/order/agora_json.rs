//! The JSON form of an Agora order file.
//!
//! What enters: records. What leaves: UTF-8, a line and an order on each line of the file. Numbers are numbers, the
//! manufacturer is text. What is refused: nothing.

use std::io::{self, Write};

use super::agora::{Field, Form, Head, VERSION};

pub(super) struct Writer<'o> {
    out: &'o mut dyn Write,
    text: String,
    is_first: bool,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        Self { out, text: String::new(), is_first: true }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    /// Begins an element of a list.
    fn next(&mut self) {
        self.text.push_str(if std::mem::replace(&mut self.is_first, false) { "\n    " } else { ",\n    " });
    }

    /// An object, left open.
    fn members(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        let mut mark = '{';
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            self.text.push(mark);
            self.text.push('"');
            self.text.push_str(name);
            self.text.push_str("\": ");
            if matches!(*name, "Number" | "Quantity" | "LineCount" | "QuantityTotal") {
                self.text.push_str(value);
            } else {
                self.text.push_str(&serde_json::to_string(value)?);
            }
            mark = ',';
        }
        Ok(())
    }
}

impl Form for Writer<'_> {
    fn begin(&mut self, header: &[Field<'_>]) -> io::Result<()> {
        self.text.push_str("{\n  \"Format\": \"AGORA-ORDER\",\n  \"Version\": ");
        self.text.push_str(VERSION);
        self.text.push_str(",\n  \"Header\": ");
        self.members(header)?;
        self.text.push_str("},\n  \"Orders\": [");
        self.flush()
    }

    fn heads(&mut self, heads: &[Head<'_>]) -> io::Result<()> {
        for head in heads {
            self.next();
            self.members(&head.order)?;
            if let Some(address) = &head.address {
                self.text.push_str(",\"DeliveryAddress\": ");
                self.members(address)?;
                self.text.push('}');
            }
            self.text.push('}');
            self.flush()?;
        }
        self.is_first = true;
        self.text.push_str("\n  ],\n  \"Lines\": [");
        self.flush()
    }

    fn line(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        self.next();
        self.members(fields)?;
        self.text.push('}');
        self.flush()
    }

    fn end(&mut self, trailer: &[Field<'_>]) -> io::Result<()> {
        self.text.push_str("\n  ],\n  \"Trailer\": ");
        self.members(trailer)?;
        self.text.push_str("}\n}\n");
        self.flush()
    }
}
