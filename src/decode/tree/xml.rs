//! Reads XML.
//!
//! What enters: UTF-8 text. What leaves: its elements, attributes and texts, told to a [`Listener`].
//! Texts lose white space at both ends, but not what stands in CDATA. What is refused: what is not well-formed, a DOCTYPE,
//! an entity that XML itself does not know, a byte of zero, bytes that are no UTF-8.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::errors::{Error as XmlError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::row::RowError;
use super::{Listener, TreeKind, longest};
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::Limits;

const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// The encoding that the declaration of an XML text names, by the first bytes.
pub fn xml_encoding(head: &[u8]) -> Option<String> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.iter().position(|c| !c.is_ascii_whitespace())?;
    let rest = head[start..].strip_prefix(b"<?xml")?;
    let end = rest.windows(2).position(|pair| pair == b"?>")?;
    let declaration = str::from_utf8(&rest[..end]).ok()?;
    let (before, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, _) = value[1..].split_once(quote)?;
    (before.ends_with([' ', '\t', '\r', '\n']) && !name.is_empty()).then(|| name.to_owned())
}

/// A source that counts lines, and fails when one token of it is too long: the parser holds a token whole.
struct Metered<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// Up to where lines are counted and zeros looked for.
    settled: usize,
    /// Bytes and lines that are done.
    done: u64,
    line: u64,
    /// What the token may still take.
    left: usize,
    /// Whether a token is too long.
    over: bool,
    /// Whether a byte of zero was among what is done.
    zero: bool,
    /// The first bytes of the token.
    head: Vec<u8>,
}

impl<R: Read> Metered<R> {
    fn new(source: R) -> Self {
        let buffer = vec![0; 64 << 10];
        let head = Vec::with_capacity(DOCTYPE.len());
        Self { source, buffer, at: 0, end: 0, settled: 0, done: 0, line: 1, left: 0, over: false, zero: false, head }
    }

    /// A token begins.
    fn begin(&mut self, longest: usize) {
        self.left = longest;
        self.head.clear();
    }

    /// Counts the lines of what is done: once for each token, since a token is taken in several pieces.
    fn settle(&mut self) {
        let bytes = &self.buffer[self.settled..self.at];
        self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.zero |= memchr::memchr(0, bytes).is_some();
        self.settled = self.at;
    }

    fn is_doctype(&self) -> bool {
        self.head.eq_ignore_ascii_case(DOCTYPE)
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            self.settle();
            self.settled = 0;
            self.at = 0;
            self.end = 0;
            self.end = self.source.read(&mut self.buffer)?;
        }
        let given = (self.end - self.at).min(self.left);
        if given == 0 && self.at < self.end {
            self.over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(&self.buffer[self.at..self.at + given])
    }

    fn consume(&mut self, count: usize) {
        let bytes = &self.buffer[self.at..self.at + count];
        let missing = DOCTYPE.len() - self.head.len();
        self.head.extend_from_slice(&bytes[..missing.min(count)]);
        self.at += count;
        self.done += count as u64;
        self.left = self.left.saturating_sub(count);
    }
}

/// An element that is open.
#[derive(Default)]
struct Element {
    /// Where its text begins.
    start: usize,
    /// Where what stood in CDATA begins and ends.
    kept: Option<(usize, usize)>,
    /// Whether it has neither elements nor attributes.
    bare: bool,
    /// Whether the last thing in it was an element.
    after_child: bool,
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The texts of the elements that are open, one behind the other.
struct Texts {
    text: String,
    open: Vec<Element>,
    longest: usize,
}

impl Texts {
    fn add(&mut self, piece: &str, kept: bool) -> Result<(), RowError> {
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        let start = self.text.len();
        if !kept && piece.chars().all(is_blank) {
            // Between elements it says nothing, and there may be millions of them.
            if start == element.start || (element.after_child && self.text.ends_with(is_blank)) {
                return Ok(());
            }
            self.text.push_str(if element.after_child { " " } else { piece });
        } else {
            self.text.push_str(piece);
        }
        element.after_child = false;
        if kept {
            element.kept = Some((element.kept.map_or(start, |(from, _)| from), self.text.len()));
        }
        if self.text.len() > self.longest { Err(RowError::limit("record-bytes", self.longest)) } else { Ok(()) }
    }

    /// The text of an element, without white space at both ends unless that stood in CDATA.
    fn of(&self, element: &Element) -> &str {
        let text = &self.text[element.start..];
        let (from, to) = element.kept.map_or((text.len(), 0), |(from, to)| (from - element.start, to - element.start));
        let front = (text.len() - text.trim_start_matches(is_blank).len()).min(from);
        let back = text.trim_end_matches(is_blank).len().max(to).max(front);
        &text[front..back]
    }
}

/// Tells the listener what stands in the source.
pub(super) fn walk<L: Listener>(
    source: impl Read,
    limits: &Limits,
    path: &str,
    listener: &mut L,
) -> Result<(), L::Stop> {
    let longest = longest(limits);
    let mut reader = Reader::from_reader(Metered::new(source));
    let mut walk = Walk {
        listener,
        texts: Texts { text: String::new(), open: Vec::new(), longest },
        name: String::new(),
        depth: limits.depth,
        rooted: false,
        path,
        line: 1,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().begin(longest);
        let line = reader.get_ref().line;
        let event = reader.read_event_into(&mut buffer);
        reader.get_mut().settle();
        let source = reader.get_ref();
        walk.line = source.line;
        let event = match event {
            _ if source.zero => return Err(walk.invalid("a byte of zero").into()),
            Ok(event) => event,
            Err(error) => return Err(walk.fault(source, &error).into()),
        };
        walk.listener.at(source.done);
        if !walk.event(event, line)? {
            return Ok(());
        }
    }
}

struct Walk<'w, L> {
    listener: &'w mut L,
    texts: Texts,
    /// Room for the name of an attribute.
    name: String,
    depth: usize,
    /// Whether the root has begun.
    rooted: bool,
    path: &'w str,
    /// Where the last token ends.
    line: u64,
}

impl<L: Listener> Walk<'_, L> {
    fn invalid(&self, cause: &str) -> RowError {
        TreeKind::Xml.invalid(self.path, self.line, cause)
    }

    fn doctype(&self) -> RowError {
        RowError::Refused(Error::new(Code::XmlDoctype, Arguments::none().with("path", self.path)))
    }

    fn fault<R: Read>(&self, source: &Metered<R>, error: &XmlError) -> RowError {
        match error {
            _ if source.is_doctype() => self.doctype(),
            XmlError::Syntax(SyntaxError::UnclosedDoctype) => self.doctype(),
            XmlError::Io(_) if source.over => RowError::limit("record-bytes", self.texts.longest),
            XmlError::Io(error) => RowError::Io(io::Error::new(error.kind(), error.to_string())),
            error => self.invalid(&error.to_string()),
        }
    }

    /// Takes an event that began at `line`; whether there may be more.
    fn event(&mut self, event: Event, line: u64) -> Result<bool, L::Stop> {
        match event {
            Event::Start(start) => self.open(&start, line)?,
            Event::Empty(start) => {
                self.open(&start, line)?;
                self.close()?;
            }
            Event::End(_) => self.close()?,
            Event::Text(text) => {
                if self.texts.open.is_empty() && !text.chars().all(is_blank) {
                    return Err(self.invalid("text outside the root element").into());
                }
                self.texts.add(&text.xml10_content(), false)?;
            }
            Event::CData(text) => {
                self.in_root()?;
                self.texts.add(&text.xml10_content(), true)?;
            }
            Event::GeneralRef(reference) => {
                self.in_root()?;
                self.reference(&reference)?;
            }
            Event::DocType(_) => return Err(self.doctype().into()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof if !self.texts.open.is_empty() => {
                return Err(self.invalid("the file ends within an element").into());
            }
            Event::Eof if !self.rooted => return Err(self.invalid("no element").into()),
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn in_root(&self) -> Result<(), RowError> {
        if self.texts.open.is_empty() { Err(self.invalid("text outside the root element")) } else { Ok(()) }
    }

    fn reference(&mut self, reference: &BytesRef) -> Result<(), RowError> {
        let mut room = [0; 4];
        let text = match reference.resolve_char_ref() {
            Ok(Some(c)) => &*c.encode_utf8(&mut room),
            Ok(None) => quick_xml::escape::resolve_xml_entity(reference)
                .ok_or_else(|| self.invalid(&format!("unknown entity &{};", &**reference)))?,
            Err(error) => return Err(self.invalid(&error.to_string())),
        };
        self.texts.add(text, false)
    }

    fn open(&mut self, start: &BytesStart, line: u64) -> Result<(), L::Stop> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        if name.is_empty() {
            return Err(self.invalid("an element without a name").into());
        }
        if self.texts.open.is_empty() && self.rooted {
            return Err(self.invalid("an element behind the root element").into());
        }
        if !self.rooted {
            self.listener.namespace(&self.namespace(start)?)?;
        }
        self.rooted = true;
        if self.texts.open.len() >= self.depth {
            return Err(RowError::limit("depth", self.depth).into());
        }
        if let Some(parent) = self.texts.open.last_mut() {
            parent.bare = false;
        }
        self.listener.open(name, false, line)?;
        let mut bare = true;
        // Looking for attributes of the same name would take the square of their number.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.invalid(&error.to_string()))?;
            let (name, prefix) = attribute.key.decompose();
            let name: &str = name.as_ref();
            let prefix = prefix.as_ref().map_or("", |prefix| prefix.as_ref());
            if matches!(prefix, "xmlns" | "xml" | "xsi") || (prefix.is_empty() && name == "xmlns") {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| self.invalid(&error.to_string()))?;
            self.name.clear();
            self.name.push('@');
            self.name.push_str(name);
            self.listener.value(&self.name, false, line, value.trim_matches(is_blank))?;
            bare = false;
        }
        self.texts.open.push(Element { start: self.texts.text.len(), bare, ..Element::default() });
        Ok(())
    }

    /// The namespace that the root element declares for itself.
    fn namespace(&self, root: &BytesStart) -> Result<String, RowError> {
        let name = root.name();
        let wanted = name.prefix().map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{}", prefix.as_ref()));
        for attribute in root.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.invalid(&error.to_string()))?;
            if attribute.key.as_ref() == wanted {
                let value = attribute.normalized_value(XmlVersion::Explicit1_0);
                return value.map(Cow::into_owned).map_err(|error| self.invalid(&error.to_string()));
            }
        }
        Ok(String::new())
    }

    fn close(&mut self) -> Result<(), L::Stop> {
        // An end without its start was refused by the parser.
        let Some(element) = self.texts.open.pop() else { return Ok(()) };
        let text = self.texts.of(&element);
        self.listener.close((element.bare || !text.is_empty()).then_some(text))?;
        self.texts.text.truncate(element.start);
        if let Some(parent) = self.texts.open.last_mut() {
            parent.after_child = true;
        }
        Ok(())
    }
}
