//! XML as it is written here: an element on each line, set in, empty ones left out.
//!
//! What enters: names and texts. What leaves: UTF-8 that is well-formed. What is refused: nothing; a character that XML
//! cannot hold becomes the one that says so.

use std::io::{self, Write};

pub(super) struct Xml<'o> {
    out: &'o mut dyn Write,
    text: String,
    depth: usize,
}

impl<'o> Xml<'o> {
    /// Begins with the declaration.
    pub(super) fn begin(out: &'o mut dyn Write) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        Ok(Self { out, text: String::new(), depth: 0 })
    }

    fn line(&mut self) -> io::Result<()> {
        self.text.push('\n');
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn begin_line(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape_xml(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// Opens an element that holds others.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.begin_line();
        self.start(name, attributes);
        self.depth += 1;
        self.line()
    }

    /// Closes it.
    pub(super) fn close(&mut self, name: &str) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        self.begin_line();
        self.end(name);
        self.line()
    }

    /// An element with a text, unless there is none.
    pub(super) fn element(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.with_attributes(name, &[], text)
    }

    /// The same with attributes, with which it is also there without a text.
    pub(super) fn with_attributes(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        if text.is_empty() && attributes.is_empty() {
            return Ok(());
        }
        self.begin_line();
        self.start(name, attributes);
        escape_xml(&mut self.text, text);
        self.end(name);
        self.line()
    }
}

/// Adds text in which nothing is markup. Line ends and tabs are kept as they are, whoever reads them.
pub fn escape_xml(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}
