//! Work orders as XML, namespace `urn:bordereau:work-orders:1`.

use std::io::{self, Write};

use super::value::push_value;
use super::{Buffer, Document, Head};
use crate::model::{SuggestedPart, Value, WorkOrder, WorkOrderField};

/// The namespace; its number is that of the version.
const NAMESPACE: &str = "urn:bordereau:work-orders:1";

/// Elements that stand even when they are empty, before the first field that would stand behind them.
const ALWAYS: [&str; 3] = ["InterventionType", "Device", "Consumer"];

/// Writes XML.
pub struct XmlWorkOrders<W> {
    buffer: Buffer<W>,
}

impl<W: Write> XmlWorkOrders<W> {
    /// Begins the document.
    pub fn begin(out: W, head: Head) -> Self {
        let mut buffer = Buffer::new(out);
        let Head { exported_at, count } = head;
        buffer.bytes.extend_from_slice(
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<WorkOrders xmlns=\"{NAMESPACE}\" Version=\"1\" \
                 ExportedAt=\"{exported_at}\" Count=\"{count}\">\n"
            )
            .as_bytes(),
        );
        Self { buffer }
    }
}

impl<W: Write> Document for XmlWorkOrders<W> {
    fn add(&mut self, order: &WorkOrder) -> io::Result<()> {
        push_order(&mut self.buffer.bytes, order);
        self.buffer.settle()
    }

    fn end(&mut self) -> io::Result<()> {
        self.buffer.bytes.extend_from_slice(b"</WorkOrders>\n");
        self.buffer.end()
    }
}

fn push_order(out: &mut Vec<u8>, order: &WorkOrder) {
    out.extend_from_slice(b"  <WorkOrder");
    let mut fields = WorkOrderField::ALL.into_iter().peekable();
    while let Some((field, name)) = fields.peek().and_then(|field| Some((*field, field.xml().strip_prefix('@')?))) {
        fields.next();
        push_attribute(out, name, order.content().value(field));
    }
    out.extend_from_slice(b">\n");
    let mut group = "";
    for field in fields {
        let (above, name) = field.xml().split_once('/').unwrap_or(("", field.xml()));
        let value = order.content().value(field);
        if value == Value::Nothing && !(ALWAYS.contains(&above) && above != group) {
            continue;
        }
        if above != group {
            leave(out, group);
            enter(out, above);
            group = above;
        }
        match value {
            Value::Nothing => {}
            Value::Parts(parts) => push_parts(out, name, parts),
            value => push_element(out, if group.is_empty() { "    " } else { "      " }, name, value),
        }
    }
    leave(out, group);
    out.extend_from_slice(b"  </WorkOrder>\n");
}

fn enter(out: &mut Vec<u8>, group: &str) {
    if !group.is_empty() {
        put(out, &[b"    <", group.as_bytes(), b">\n"]);
    }
}

fn leave(out: &mut Vec<u8>, group: &str) {
    if !group.is_empty() {
        put(out, &[b"    </", group.as_bytes(), b">\n"]);
    }
}

fn push_parts(out: &mut Vec<u8>, name: &str, parts: &[SuggestedPart]) {
    enter(out, name);
    for part in parts {
        out.extend_from_slice(b"      <Part>\n");
        let quantity = part.quantity.map_or(Value::Nothing, Value::Number);
        for (name, value) in [
            ("Reference", Value::Text(&part.reference)),
            ("Quantity", quantity),
            ("Label", Value::Text(&part.label)),
            ("Comment", Value::Text(&part.comment)),
        ] {
            if !matches!(value, Value::Nothing | Value::Text("")) {
                push_element(out, "        ", name, value);
            }
        }
        out.extend_from_slice(b"      </Part>\n");
    }
    leave(out, name);
}

fn push_element(out: &mut Vec<u8>, indent: &str, name: &str, value: Value<'_>) {
    put(out, &[indent.as_bytes(), b"<", name.as_bytes(), b">"]);
    push_content(out, value);
    put(out, &[b"</", name.as_bytes(), b">\n"]);
}

fn push_attribute(out: &mut Vec<u8>, name: &str, value: Value<'_>) {
    if value != Value::Nothing {
        put(out, &[b" ", name.as_bytes(), b"=\""]);
        push_content(out, value);
        out.push(b'"');
    }
}

fn push_content(out: &mut Vec<u8>, value: Value<'_>) {
    if let Value::Text(text) = value { push_text(out, text) } else { push_value(out, value) }
}

/// Adds text, with what has a meaning in XML escaped.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'&' => b"&amp;",
            b'"' => b"&quot;",
            _ => continue,
        };
        put(out, &[&text.as_bytes()[from..at], escape]);
        from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
}

fn put(out: &mut Vec<u8>, pieces: &[&[u8]]) {
    for piece in pieces {
        out.extend_from_slice(piece);
    }
}
