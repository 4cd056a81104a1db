//! Workbooks in the open format, `.ods`.
//!
//! What enters: their archive. What leaves: the list of sheets; the rows of one of them, as they are unpacked.
//! What is refused: encrypted ones.
//!
//! A row or cell may claim to be repeated a million times. Empty ones cost nothing; others meet the limits before they
//! are made. calamine would hold all sheets in memory with every repeat, so it is not asked.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::Sheet;
use super::fault::Fault;
use super::grid::{Grid, Marks, Merge};
use super::held::Held;
use super::package::{Package, share};
use super::value;
use super::xml::{Xml, attributes, ends_early, push_event, unescaped};
use crate::decode::feed::Sink;

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";

/// The sheets of a workbook.
pub(super) fn sheets<R: Read + Seek>(package: &mut Package<R>) -> Result<Vec<Sheet>, Fault> {
    check(package)?;
    let mut found = Vec::new();
    walk(package, |_, sheet, _| {
        found.push(sheet);
        Ok(false)
    })?;
    Ok(found)
}

/// Gives the rows of a sheet.
pub(super) fn rows<R: Read + Seek>(
    package: &mut Package<R>,
    sheet: &str,
    file_bytes: u64,
    sink: &mut Sink,
) -> Result<(), Fault> {
    check(package)?;
    let limits = package.limits;
    let mut others = Vec::new();
    let mut sink = Some(sink);
    walk(package, |xml, found, longest| {
        if found.name != sheet {
            others.push(found.name);
            return Ok(false);
        }
        let Some(sink) = sink.take() else { return Ok(true) };
        let grid = Grid::new(sink, &limits, Vec::new());
        Table { xml, grid, longest, file_bytes, text: String::new(), line: 1 }.read()?;
        Ok(true)
    })?;
    if sink.is_some() { Err(Fault::NoSheet(sheet.to_owned(), others)) } else { Ok(()) }
}

fn check<R: Read + Seek>(package: &mut Package<R>) -> Result<(), Fault> {
    if package.holds(MANIFEST) {
        package.scan(MANIFEST, b"encryption-data", 0, |_| Err(Fault::Protected))?;
    }
    // A text with tables is packed alike.
    let mut kind = String::new();
    package.part("mimetype")?.take(100).read_to_string(&mut kind)?;
    if kind.contains("opendocument.spreadsheet") { Ok(()) } else { Err(Fault::damaged(kind)) }
}

/// Goes through the sheets. `each` is given the reader right behind the beginning of a table; it says false when it has
/// read nothing, true when it wants no further one.
fn walk<R: Read + Seek>(
    package: &mut Package<R>,
    mut each: impl FnMut(&mut Xml<'_, R>, Sheet, usize) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let (deepest, longest, mut held) = (package.limits.depth, package.limits.record_bytes, Held::new(package));
    let mut xml = Xml::new(package.part(CONTENT)?, deepest);
    let mut hidden = BTreeSet::new();
    let mut style = String::new();
    loop {
        let sheet = match xml.next()? {
            Event::Start(element) => match element.name().into_inner() {
                "style:style" => {
                    style.clear();
                    for attribute in attributes(&element) {
                        if let ("name", value) = attribute? {
                            style = unescaped(&value)?;
                        }
                    }
                    continue;
                }
                "style:table-properties" => {
                    for attribute in attributes(&element) {
                        if matches!(attribute?, ("display", value) if value == "false") {
                            held.take(style.len() + 64)?;
                            hidden.insert(style.clone());
                        }
                    }
                    continue;
                }
                "table:table" => {
                    let mut sheet = Sheet { name: String::new(), is_visible: true };
                    for attribute in attributes(&element) {
                        match attribute? {
                            ("name", value) => sheet.name = unescaped(&value)?,
                            ("style-name", value) => sheet.is_visible = !hidden.contains(&unescaped(&value)?),
                            _ => {}
                        }
                    }
                    held.take(sheet.name.len() + size_of::<Sheet>())?;
                    Some(sheet)
                }
                // What was there before a change was accepted looks like a table, too.
                "table:tracked-changes" | "office:forms" => None,
                _ => continue,
            },
            Event::Eof => return Ok(()),
            _ => continue,
        };
        if let Some(sheet) = sheet
            && each(&mut xml, sheet, longest)?
        {
            return Ok(());
        }
        xml.skip()?;
    }
}

/// What a cell says of itself.
#[derive(Default)]
struct Head {
    kind: String,
    value: Option<String>,
    repeated: u32,
    rows: u32,
    marks: Marks,
}

/// Reads the rows of a table.
struct Table<'x, 'p, 's, R: Read> {
    xml: &'x mut Xml<'p, R>,
    grid: Grid<'s>,
    longest: usize,
    file_bytes: u64,
    text: String,
    line: u64,
}

impl<R: Read + Seek> Table<'_, '_, '_, R> {
    fn read(mut self) -> Result<(), Fault> {
        let mut inside = 1;
        while inside > 0 {
            let (times, is_hidden) = match self.xml.next()? {
                Event::Start(element) => match element.name().into_inner() {
                    // Groups of rows are rows.
                    "table:table-row-group" | "table:table-rows" | "table:table-header-rows" => {
                        inside += 1;
                        continue;
                    }
                    "table:table-row" => row_head(&element)?,
                    _ => {
                        self.xml.skip()?;
                        continue;
                    }
                },
                Event::End(_) => {
                    inside -= 1;
                    continue;
                }
                Event::Eof => return Err(ends_early()),
                _ => continue,
            };
            self.grid.begin_row(self.line, is_hidden)?;
            self.cells()?;
            self.grid.end_row(times)?;
            self.line = self.line.saturating_add(times);
            if self.line.is_multiple_of(64) {
                let (done, whole) = self.xml.progress();
                self.grid.sink().at(share(done, whole, self.file_bytes));
            }
        }
        Ok(())
    }

    fn cells(&mut self) -> Result<(), Fault> {
        let mut column = 0_u32;
        loop {
            let head = match self.xml.next()? {
                Event::Start(element) => match element.name().into_inner() {
                    "table:table-cell" | "table:covered-table-cell" => Some(cell_head(&element)?),
                    _ => None,
                },
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(ends_early()),
                _ => continue,
            };
            match head {
                Some(head) => {
                    let repeated = head.repeated;
                    self.cell(column, head)?;
                    column = column.saturating_add(repeated);
                }
                None => self.xml.skip()?,
            }
        }
    }

    /// Reads the rest of a cell.
    fn cell(&mut self, column: u32, head: Head) -> Result<(), Fault> {
        self.text.clear();
        self.paragraphs()?;
        let mut marks = head.marks;
        let is_empty = head.value.is_none() && self.text.is_empty();
        if is_empty && !marks.is_formula {
            return Ok(());
        }
        marks.is_unsaved = marks.is_formula && is_empty && head.kind.is_empty();
        let out = self.grid.open(column)?;
        match (head.kind.as_str(), head.value) {
            _ if marks.is_error => out.extend_from_slice(self.text.as_bytes()),
            ("float" | "currency" | "percentage", Some(value)) => {
                value::push_written(out, value.as_bytes(), value::Kind::Number, false);
            }
            ("date", Some(value)) => value::push_iso_date(out, &value),
            ("time", Some(value)) => value::push_iso_duration(out, &value),
            ("boolean", Some(value)) => out.extend_from_slice(value.to_ascii_uppercase().as_bytes()),
            ("string", Some(value)) => out.extend_from_slice(value.as_bytes()),
            _ => out.extend_from_slice(self.text.as_bytes()),
        }
        self.grid.close(marks)?;
        if head.rows > 1 {
            let first = u32::try_from(self.line - 1).unwrap_or(u32::MAX);
            self.grid.merge(Merge { first, last: first.saturating_add(head.rows - 1), column });
        }
        self.grid.repeat(head.repeated as usize - 1)
    }

    /// Takes the paragraphs up to the end of the cell; comments and drawings are none.
    fn paragraphs(&mut self) -> Result<(), Fault> {
        let mut is_first = true;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.name().into_inner() == "text:p" => {
                    if !is_first {
                        self.text.push('\n');
                    }
                    is_first = false;
                    self.paragraph()?;
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    /// Takes the text up to the end of the paragraph. Blanks that are written out count once; counted ones are elements.
    fn paragraph(&mut self) -> Result<(), Fault> {
        let mut inside = 1;
        let mut ends_blank = true;
        let mut piece = String::new();
        while inside > 0 {
            piece.clear();
            match self.xml.next()? {
                Event::Start(element) => {
                    inside += 1;
                    match element.name().into_inner() {
                        "text:s" => {
                            let mut count = 1;
                            for attribute in attributes(&element) {
                                if let ("c", value) = attribute? {
                                    count = value.parse().unwrap_or(1);
                                }
                            }
                            if count > self.longest {
                                return Err(Fault::limit("record-bytes", self.longest));
                            }
                            self.text.extend(std::iter::repeat_n(' ', count));
                            ends_blank = false;
                        }
                        "text:tab" => self.text.push('\t'),
                        "text:line-break" => self.text.push('\n'),
                        "office:annotation" | "text:note" | "text:ruby-text" => {
                            inside -= 1;
                            self.xml.skip()?;
                        }
                        _ => {}
                    }
                }
                Event::End(_) => inside -= 1,
                Event::Eof => return Err(ends_early()),
                event => {
                    push_event(&event, &mut piece)?;
                    for sign in piece.chars() {
                        let is_blank = matches!(sign, ' ' | '\t' | '\r' | '\n');
                        if !is_blank || !ends_blank {
                            self.text.push(if is_blank { ' ' } else { sign });
                        }
                        ends_blank = is_blank;
                    }
                }
            }
            if self.text.len() > self.longest {
                return Err(Fault::limit("record-bytes", self.longest));
            }
        }
        Ok(())
    }
}

/// How often a row is repeated, and whether it is hidden.
fn row_head(element: &BytesStart<'_>) -> Result<(u64, bool), Fault> {
    let (mut times, mut is_hidden) = (1, false);
    for attribute in attributes(element) {
        match attribute? {
            ("number-rows-repeated", value) => times = count(&value)?.into(),
            ("visibility", value) => is_hidden = value == "collapse" || value == "filter",
            _ => {}
        }
    }
    Ok((times, is_hidden))
}

fn cell_head(element: &BytesStart<'_>) -> Result<Head, Fault> {
    let mut head = Head { repeated: 1, rows: 1, ..Head::default() };
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute?;
        match attribute.key.into_inner() {
            "office:value-type" => head.kind = attribute.value.into_owned(),
            // The same again in other words, save for errors.
            "calcext:value-type" => head.marks.is_error = attribute.value == "error",
            "office:value"
            | "office:date-value"
            | "office:time-value"
            | "office:boolean-value"
            | "office:string-value" => head.value = Some(unescaped(&attribute.value)?),
            "table:formula" => head.marks.is_formula = true,
            "table:number-columns-repeated" => head.repeated = count(&attribute.value)?,
            "table:number-rows-spanned" => head.rows = count(&attribute.value)?,
            _ => {}
        }
    }
    Ok(head)
}

/// A count of rows or cells, one at least.
fn count(value: &str) -> Result<u32, Fault> {
    let count: u64 = value.trim().parse().map_err(|_| Fault::damaged(format!("{value} rows or cells")))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX).max(1))
}
