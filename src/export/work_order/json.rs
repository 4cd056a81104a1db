//! Work orders as JSON: `{"kind": "work-orders", "version": 1, …, "work_orders": […]}`, members named as the platform does.

use std::io::{self, Write};

use super::value::push_value;
use super::{Buffer, Document, Head};
use crate::model::{SuggestedPart, Value, WorkOrder, WorkOrderContent, WorkOrderField, write_integer};

/// Writes JSON, a work order on each line.
pub struct JsonWorkOrders<W> {
    buffer: Buffer<W>,
    is_first: bool,
}

impl<W: Write> JsonWorkOrders<W> {
    /// Begins the document.
    pub fn begin(out: W, head: Head) -> Self {
        let mut buffer = Buffer::new(out);
        let Head { exported_at, count } = head;
        let begin = format!(
            "{{\n\"kind\": \"work-orders\",\n\"version\": 1,\n\"exported_at\": \"{exported_at}\",\n\"count\": {count},\n\
             \"work_orders\": ["
        );
        buffer.bytes.extend_from_slice(begin.as_bytes());
        Self { buffer, is_first: true }
    }
}

impl<W: Write> Document for JsonWorkOrders<W> {
    fn add(&mut self, order: &WorkOrder) -> io::Result<()> {
        self.buffer.bytes.extend_from_slice(if std::mem::take(&mut self.is_first) { b"\n" } else { b",\n" });
        push_work_order(&mut self.buffer.bytes, order.content())?;
        self.buffer.settle()
    }

    fn end(&mut self) -> io::Result<()> {
        self.buffer.bytes.extend_from_slice(b"\n]\n}\n");
        self.buffer.end()
    }
}

/// Adds what a work order says, as a JSON object: the same content gives the same bytes.
pub fn push_work_order(out: &mut Vec<u8>, content: &WorkOrderContent) -> io::Result<()> {
    out.push(b'{');
    let (mut group, mut separates) = ("", false);
    for field in WorkOrderField::ALL {
        let value = content.value(field);
        if value == Value::Nothing {
            continue;
        }
        let (above, name) = field.name().split_once('.').unwrap_or(("", field.name()));
        if above != group {
            if !group.is_empty() {
                out.push(b'}');
            }
            // Behind a group something stands already.
            separates |= !group.is_empty();
            if !above.is_empty() {
                push_name(out, above, &mut separates);
                out.push(b'{');
                separates = false;
            }
            group = above;
        }
        push_name(out, name, &mut separates);
        push_member(out, value)?;
    }
    out.extend_from_slice(if group.is_empty() { b"}" } else { b"}}" });
    Ok(())
}

/// Adds the name of a member, behind a comma unless it is the first.
fn push_name(out: &mut Vec<u8>, name: &str, separates: &mut bool) {
    if std::mem::replace(separates, true) {
        out.extend_from_slice(b", ");
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\": ");
}

fn push_member(out: &mut Vec<u8>, value: Value<'_>) -> io::Result<()> {
    match value {
        Value::Nothing => out.extend_from_slice(b"null"),
        Value::Text(text) => push_text(out, text)?,
        Value::Number(_) | Value::Flag(_) => push_value(out, value),
        Value::Parts(parts) => push_parts(out, parts)?,
        Value::Moment(_) | Value::Day(_) | Value::Time(_) => {
            out.push(b'"');
            push_value(out, value);
            out.push(b'"');
        }
    }
    Ok(())
}

fn push_parts(out: &mut Vec<u8>, parts: &[SuggestedPart]) -> io::Result<()> {
    out.push(b'[');
    for (place, part) in parts.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"{" } else { b", {" });
        let mut separates = false;
        push_name(out, "SuggestedPartRef", &mut separates);
        push_text(out, &part.reference)?;
        if let Some(quantity) = part.quantity {
            push_name(out, "Quantity", &mut separates);
            write_integer(out, quantity);
        }
        for (name, text) in [("Comment", &part.comment), ("Label", &part.label)] {
            if !text.is_empty() {
                push_name(out, name, &mut separates);
                push_text(out, text)?;
            }
        }
        out.push(b'}');
    }
    out.push(b']');
    Ok(())
}

fn push_text(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    Ok(serde_json::to_writer(out, text)?)
}
