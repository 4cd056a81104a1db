//! Reads JSON.
//!
//! What enters: UTF-8 text with one value, or several one behind the other. What leaves: its objects and scalars, told to a
//! [`Listener`]; lists are only seen by what is in them. Numbers stay as they are written, `true` and `false` become `TRUE`
//! and `FALSE`, `null` is empty. What is refused: what RFC 8259 does not allow, bytes that are no UTF-8, half a surrogate pair.

use std::io::{self, Read};
use std::ops::Range;

use super::super::row::RowError;
use super::{Listener, TreeKind, longest};
use crate::format::Limits;

/// Tells the listener what stands in the source.
pub(super) fn walk<L: Listener>(
    source: impl Read,
    limits: &Limits,
    path: &str,
    listener: &mut L,
) -> Result<(), L::Stop> {
    let longest = longest(limits);
    let text = Text { source, buffer: vec![0; 64 << 10], at: 0, end: 0, before: 0, line: 1, longest, path };
    let mut walk = Walk {
        text,
        listener,
        open: Vec::new(),
        names: String::new(),
        key: String::new(),
        token: String::new(),
        fresh: false,
        depth: limits.depth,
    };
    let mut is_empty = true;
    while let Some(c) = walk.text.peek()? {
        is_empty = false;
        walk.key.clear();
        walk.value(c, None)?;
        while let Some(level) = walk.open.last() {
            let list = level.list.clone();
            walk.go_on(list)?;
        }
    }
    if is_empty { Err(walk.text.invalid("no value").into()) } else { Ok(()) }
}

/// An object or list that is open.
struct Level {
    /// Where the name of a list stands among the names; `None` for an object.
    list: Option<Range<usize>>,
}

struct Walk<'w, R, L> {
    text: Text<'w, R>,
    listener: &'w mut L,
    open: Vec<Level>,
    /// The names of the lists that are open.
    names: String,
    /// The name of the member that was read last.
    key: String,
    /// The string, number or word that was read last.
    token: String,
    /// Whether nothing was read yet in what is open.
    fresh: bool,
    depth: usize,
}

impl<R: Read, L: Listener> Walk<'_, R, L> {
    /// Takes the next thing in the list or object that is open: its end, or a value and what stands before that.
    fn go_on(&mut self, list: Option<Range<usize>>) -> Result<(), L::Stop> {
        let close = if list.is_some() { b']' } else { b'}' };
        let mut c = self.text.some()?;
        let was_fresh = std::mem::replace(&mut self.fresh, false);
        if c == close {
            self.text.at += 1;
            return self.close();
        }
        if !was_fresh {
            self.text.expect(b',')?;
            c = self.text.some()?;
        }
        if list.is_none() {
            if c != b'"' {
                return Err(self.text.unexpected(c).into());
            }
            self.text.string(&mut self.key)?;
            self.text.expect(b':')?;
            c = self.text.some()?;
        }
        self.value(c, list)
    }

    /// Takes the value that begins with `c`, in a list or as the member with the last key.
    fn value(&mut self, c: u8, list: Option<Range<usize>>) -> Result<(), L::Stop> {
        let line = self.text.line;
        let is_listed = list.is_some();
        if c == b'[' {
            // A list in a list has its name.
            let name = list.unwrap_or_else(|| {
                self.names.push_str(&self.key);
                self.names.len() - self.key.len()..self.names.len()
            });
            return self.begin(Level { list: Some(name) });
        }
        if c == b'{' {
            let name = list.map_or(&*self.key, |name| &self.names[name]);
            self.listener.open(name, is_listed, line)?;
            return self.begin(Level { list: None });
        }
        if c == b'"' {
            self.text.string(&mut self.token)?;
        } else {
            self.text.word(c, &mut self.token)?;
        }
        let name = list.map_or(&*self.key, |name| &self.names[name]);
        self.listener.value(name, is_listed, line, &self.token)
    }

    fn begin(&mut self, level: Level) -> Result<(), L::Stop> {
        if self.open.len() >= self.depth {
            return Err(RowError::limit("depth", self.depth).into());
        }
        self.text.at += 1;
        self.open.push(level);
        self.fresh = true;
        Ok(())
    }

    fn close(&mut self) -> Result<(), L::Stop> {
        match self.open.pop().and_then(|level| level.list) {
            None => {
                self.listener.at(self.text.before + self.text.at as u64);
                self.listener.close(None)
            }
            Some(name) => {
                let is_inner = self.open.last().is_some_and(|level| level.list.is_some());
                self.names.truncate(if is_inner { name.end } else { name.start });
                Ok(())
            }
        }
    }
}

/// A window on the text.
struct Text<'t, R> {
    source: R,
    buffer: Vec<u8>,
    /// What is read next, and where what is there ends.
    at: usize,
    end: usize,
    /// Bytes before the window.
    before: u64,
    line: u64,
    longest: usize,
    path: &'t str,
}

impl<R: Read> Text<'_, R> {
    fn invalid(&self, cause: &str) -> RowError {
        TreeKind::Json.invalid(self.path, self.line, cause)
    }

    fn unexpected(&self, c: u8) -> RowError {
        if c.is_ascii_graphic() {
            self.invalid(&format!("unexpected {:?}", char::from(c)))
        } else {
            self.invalid(&format!("unexpected byte {c:#04x}"))
        }
    }

    fn truncated(&self) -> RowError {
        self.invalid("the file ends within a value")
    }

    /// Reads on behind what is there, keeping all from `at` on; false at the end.
    fn more(&mut self) -> Result<bool, RowError> {
        self.buffer.copy_within(self.at..self.end, 0);
        self.before += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        if self.end > self.longest {
            return Err(RowError::limit("record-bytes", self.longest));
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The next byte that is no white space; `None` at the end.
    fn peek(&mut self) -> Result<Option<u8>, RowError> {
        loop {
            while self.at < self.end {
                match self.buffer[self.at] {
                    b'\n' => self.line += 1,
                    b' ' | b'\t' | b'\r' => {}
                    c => return Ok(Some(c)),
                }
                self.at += 1;
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// The next byte that is no white space.
    fn some(&mut self) -> Result<u8, RowError> {
        self.peek()?.ok_or_else(|| self.truncated())
    }

    fn expect(&mut self, expected: u8) -> Result<(), RowError> {
        let c = self.some()?;
        if c != expected {
            return Err(self.unexpected(c));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes the string that begins here.
    fn string(&mut self, into: &mut String) -> Result<(), RowError> {
        let mut length = 1;
        let mut is_escaped = false;
        loop {
            let rest = &self.buffer[(self.at + length).min(self.end)..self.end];
            match memchr::memchr2(b'"', b'\\', rest).map(|found| (found, rest[found])) {
                Some((found, b'"')) => {
                    length += found + 1;
                    break;
                }
                Some((found, _)) => {
                    is_escaped = true;
                    length += found + 2;
                }
                None => {
                    // The byte behind a backslash may be the first that is not there yet.
                    length = length.max(self.end - self.at);
                    if !self.more()? {
                        return Err(self.truncated());
                    }
                }
            }
        }
        if length > self.longest {
            return Err(RowError::limit("record-bytes", self.longest));
        }
        let quoted = &self.buffer[self.at..self.at + length];
        if quoted.iter().any(|c| *c < b' ') {
            return Err(self.invalid("a control character in a string"));
        }
        let quoted = str::from_utf8(quoted).map_err(|_| self.invalid("a string that is not UTF-8"))?;
        into.clear();
        if is_escaped {
            *into = serde_json::from_str(quoted).map_err(|_| self.invalid("an escape that means no character"))?;
        } else {
            into.push_str(&quoted[1..length - 1]);
        }
        self.at += length;
        Ok(())
    }

    /// Takes the number or word that begins here with `first`.
    fn word(&mut self, first: u8, into: &mut String) -> Result<(), RowError> {
        let is_part = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.');
        let mut length = 0;
        loop {
            let rest = &self.buffer[self.at + length..self.end];
            length += rest.iter().take_while(|c| is_part(c)).count();
            if self.at + length < self.end || !self.more()? {
                break;
            }
        }
        if length == 0 {
            return Err(self.unexpected(first));
        }
        if length > self.longest {
            return Err(RowError::limit("record-bytes", self.longest));
        }
        into.clear();
        match &self.buffer[self.at..self.at + length] {
            b"true" => into.push_str("TRUE"),
            b"false" => into.push_str("FALSE"),
            b"null" => {}
            word if is_number(word) => into.extend(word.iter().copied().map(char::from)),
            word if self.at + length == self.end && is_beginning(word) => return Err(self.truncated()),
            _ => return Err(self.invalid("a word that is neither number, true, false nor null")),
        }
        self.at += length;
        Ok(())
    }
}

/// Whether a word may only have been cut off.
fn is_beginning(word: &[u8]) -> bool {
    [b"true".as_slice(), b"false", b"null"].iter().any(|whole| whole.starts_with(word))
        || is_number(&[word, b"0"].concat())
}

/// Whether it is a number as JSON writes them.
fn is_number(word: &[u8]) -> bool {
    fn digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take_while(|c| c.is_ascii_digit()).count();
        (count, &text[count..])
    }
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let (count, mut rest) = digits(word);
    if count == 0 || (count > 1 && word[0] == b'0') {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let (count, behind) = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = behind;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let (count, behind) = digits(exponent);
        return count > 0 && behind.is_empty();
    }
    rest.is_empty()
}
