//! XML of a part, event by event.
//!
//! What enters: a part. What leaves: its events, and texts without entities.
//! What is refused: declarations of document types, unknown entities, elements too deep inside each other.

use std::borrow::Cow;
use std::io::{Read, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::fault::Fault;
use super::package::Part;

/// Reads the XML of a part.
pub(super) struct Xml<'p, R: Read> {
    reader: Reader<Part<'p, R>>,
    buffer: Vec<u8>,
    depth: usize,
    deepest: usize,
}

impl<'p, R: Read + Seek> Xml<'p, R> {
    pub(super) fn new(part: Part<'p, R>, deepest: usize) -> Self {
        let mut reader = Reader::from_reader(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        config.check_comments = false;
        Self { reader, buffer: Vec::with_capacity(1024), depth: 0, deepest }
    }

    /// The next event; never `Empty`, `DocType` or `Comment`.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Fault> {
        self.buffer.clear();
        // One long token must not keep its memory for the rest of the sheet.
        if self.buffer.capacity() > 1 << 20 {
            self.buffer.shrink_to(1 << 16);
        }
        self.reader.get_mut().next_token();
        let event = self.reader.read_event_into(&mut self.buffer)?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > self.deepest {
                    return Err(Fault::limit("depth", self.deepest));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(Fault::damaged("DOCTYPE")),
            Event::Eof if self.depth > 0 => return Err(ends_early()),
            _ => {}
        }
        Ok(event)
    }

    /// Skips the rest of the element that was begun last.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let outside = self.depth - 1;
        while self.depth > outside {
            if matches!(self.next()?, Event::Eof) {
                return Err(ends_early());
            }
        }
        Ok(())
    }

    /// Adds the text up to the end of the element that was begun last; elements inside count for nothing.
    pub(super) fn text(&mut self, text: &mut String, longest: usize) -> Result<(), Fault> {
        loop {
            match self.next()? {
                Event::Start(_) => self.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(ends_early()),
                event => push_event(&event, text)?,
            }
            if text.len() > longest {
                return Err(Fault::limit("record-bytes", longest));
            }
        }
    }

    /// How many bytes were unpacked, and how many there are.
    pub(super) fn progress(&mut self) -> (u64, u64) {
        let part = self.reader.get_mut();
        (part.unpacked(), part.size)
    }
}

/// Adds what an event says, if it says anything.
pub(super) fn push_event(event: &Event<'_>, text: &mut String) -> Result<(), Fault> {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(reference) => text.push(character(reference)?),
        _ => {}
    }
    Ok(())
}

fn character(reference: &BytesRef<'_>) -> Result<char, Fault> {
    if let Some(found) = reference.resolve_char_ref()? {
        return Ok(found);
    }
    match reference.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(Fault::damaged(format!("&{other};"))),
    }
}

pub(super) fn ends_early() -> Fault {
    Fault::damaged("the XML ends early")
}

/// Gives the attributes of an element, by their names without prefix; the values as they are written.
pub(super) fn attributes<'e>(
    element: &'e BytesStart<'_>,
) -> impl Iterator<Item = Result<(&'e str, Cow<'e, str>), Fault>> {
    let mut all = element.attributes();
    all.with_checks(false);
    all.map(|attribute| {
        let attribute = attribute?;
        let name = attribute.key.into_inner();
        let local = memchr::memrchr(b':', name.as_bytes()).map_or(0, |colon| colon + 1);
        Ok((&name[local..], attribute.value))
    })
}

/// The value of an attribute without entities.
pub(super) fn unescaped(value: &str) -> Result<String, Fault> {
    if !value.contains('&') {
        return Ok(value.to_owned());
    }
    quick_xml::escape::unescape(value).map(Cow::into_owned).map_err(Fault::damaged)
}
