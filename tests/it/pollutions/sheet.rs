//! A table on its way to a file: its lines, what each of them is, and how they are written.

use bordereau::decode::known_encoding;

/// What a line of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of the table, the heading or a row.
    Row,
    /// Above or below the table, or a comment: named, not copied.
    Outside,
    /// Nothing stands in it.
    Blank,
}

/// What is peculiar about how a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Nothing: as the file says.
    Usual,
    /// As text that knows nothing of delimiters and quotes.
    Raw,
    /// No cell stands in quotes, whatever is in it.
    Bare,
    /// The delimiter is not that of the file.
    OtherDelimiter,
    /// All cells stand in quotes that are not those of the file.
    OtherQuote,
    /// The end is not that of the file.
    OtherEnd,
    /// A quote opens the first cell and never closes; it stands for itself.
    Unclosed,
}

/// A line of the file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) role: Role,
    pub(super) cells: Vec<String>,
    pub(super) manner: Manner,
}

impl Line {
    pub(super) fn new(role: Role, cells: Vec<String>) -> Self {
        Self { role, cells, manner: Manner::Usual }
    }

    /// A line of text that knows nothing of cells.
    pub(super) fn raw(role: Role, text: &str) -> Self {
        Self { manner: Manner::Raw, ..Self::new(role, vec![text.to_owned()]) }
    }
}

/// When cells stand in quotes, and in which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoting {
    /// `None` when no cell ever does.
    pub(super) quote: Option<char>,
    /// All cells and not only those that need it.
    pub(super) all: bool,
    /// A quote inside is behind a backslash, not doubled.
    pub(super) backslash: bool,
}

/// A file to be.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    pub(super) width: usize,
    pub(super) delimiter: char,
    pub(super) quoting: Quoting,
    /// The ends of lines, one after the other and over again.
    pub(super) ends: &'static [&'static str],
    pub(super) encoding: &'static str,
    /// The mark before the text, or nothing.
    pub(super) mark: &'static str,
    /// Whether the last line has an end.
    pub(super) last_end: bool,
    /// Whether the first line is the heading, as it should be.
    pub(super) has_heading: bool,
    /// Whether a blank belongs to each delimiter.
    pub(super) blank_after: bool,
    /// What stands behind all lines.
    pub(super) tail: &'static str,
}

impl Sheet {
    pub(super) fn new(delimiter: char, lines: Vec<Vec<String>>) -> Self {
        Self {
            width: lines[0].len(),
            lines: lines.into_iter().map(|cells| Line::new(Role::Row, cells)).collect(),
            delimiter,
            quoting: Quoting { quote: Some('"'), all: false, backslash: false },
            ends: &["\n"],
            encoding: "utf-8",
            mark: "",
            last_end: true,
            has_heading: true,
            blank_after: false,
            tail: "",
        }
    }

    /// The rows that the copy must have, the heading first.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let row = |line: &Line| {
            let mut cells = line.cells.clone();
            if line.manner == Manner::Unclosed {
                cells[0].insert(0, '"');
            }
            while cells.len() > self.width && cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            cells.resize(cells.len().max(self.width), String::new());
            cells
        };
        self.lines.iter().filter(|line| line.role == Role::Row).map(row).collect()
    }

    /// How many lines are blank; the last one is none when nothing ends it.
    pub(super) fn blank(&self) -> u64 {
        let is_cut = |line: &Line| !self.last_end && line.role == Role::Blank && line.cells.concat().is_empty();
        self.count(Role::Blank) - u64::from(self.lines.last().is_some_and(is_cut))
    }

    /// How many lines have a role.
    pub(super) fn count(&self, role: Role) -> u64 {
        self.lines.iter().filter(|line| line.role == role).count() as u64
    }

    /// The text of the file; `None` when it cannot be written like this.
    pub(super) fn text(&self) -> Option<String> {
        let mut text = String::new();
        for (place, line) in self.lines.iter().enumerate() {
            text += &self.line(line)?;
            let end = self.ends[place % self.ends.len()];
            let end = match (line.manner == Manner::OtherEnd, end) {
                (false, end) => end,
                (true, "\n") => "\r\n",
                (true, _) => "\n",
            };
            // Among mixed ends, those around a blank line could make one end together.
            let is_mixed = self.ends.contains(&"\r") && self.ends.contains(&"\n");
            let is_blank = |place: usize| self.lines.get(place).is_some_and(|line| line.role == Role::Blank);
            let end = if is_mixed && (is_blank(place) || is_blank(place + 1)) { "\n" } else { end };
            if self.last_end || place + 1 < self.lines.len() {
                text += end;
            }
        }
        Some(text + self.tail)
    }

    fn line(&self, line: &Line) -> Option<String> {
        if line.manner == Manner::Raw {
            return Some(line.cells.concat());
        }
        let delimiter = match (line.manner == Manner::OtherDelimiter, self.delimiter) {
            (false, usual) => usual,
            (true, ';') => ',',
            (true, _) => ';',
        };
        let mut quoting = self.quoting;
        if line.manner == Manner::OtherQuote {
            let other = if quoting.quote == Some('\'') { '"' } else { '\'' };
            quoting = Quoting { quote: Some(other), all: true, backslash: false };
        }
        let mut text = String::new();
        for (place, cell) in line.cells.iter().enumerate() {
            if place > 0 {
                text.push(delimiter);
                if self.blank_after {
                    text.push(' ');
                }
            }
            if place == 0 && line.manner == Manner::Unclosed {
                text.push('"');
                text += cell;
            } else if line.manner == Manner::Bare {
                text += cell;
            } else {
                text += &written(cell, delimiter, quoting)?;
            }
        }
        Some(text)
    }

    /// The bytes of a text in the file's encoding; `None` when it lacks a character.
    pub(super) fn bytes(&self, text: &str) -> Option<Vec<u8>> {
        let marked = self.mark.to_owned() + text;
        Some(match self.encoding {
            "utf-8" => marked.into_bytes(),
            "utf-16le" => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            name => {
                let charset = known_encoding(name).unwrap();
                let upper: Vec<_> = (0x80..=0xFF_u8).map(|c| (charset.decode(&[c]).into_owned(), c)).collect();
                let byte = |c: char| match u8::try_from(c) {
                    Ok(c) if c.is_ascii() => Some(c),
                    _ => upper.iter().find(|(text, _)| text.starts_with(c)).map(|(_, byte)| *byte),
                };
                text.chars().map(byte).collect::<Option<Vec<_>>>()?
            }
        })
    }
}

/// A cell as it stands in the file; `None` when only quotes would keep it whole and there are none.
fn written(cell: &str, delimiter: char, quoting: Quoting) -> Option<String> {
    let needs_quotes =
        cell.contains([delimiter, '\n', '\r']) || quoting.quote.is_some_and(|quote| cell.contains(quote));
    match quoting.quote {
        Some(quote) if needs_quotes || quoting.all => {
            let escaped = format!("{}{quote}", if quoting.backslash { '\\' } else { quote });
            Some(format!("{quote}{}{quote}", cell.replace(quote, &escaped)))
        }
        None if needs_quotes || cell.starts_with(['"', '\'']) => None,
        _ => Some(cell.to_owned()),
    }
}
