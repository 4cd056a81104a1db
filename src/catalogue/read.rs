//! A catalogue as delimited text.

use std::borrow::Cow;
use std::io::{self, BufRead as _, Read};
use std::ops::Range;

use rayon::prelude::*;

use super::{AVAILABLE, Catalogue, Entry, Extra, Key, PLAIN, PartId, WITHDRAWN};
use crate::delimited::{Block, Charset, Chunk, Chunks, Dialect, RawRecord, Records, is_plain};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error};
use crate::model::{Day, ManufacturerId, Money};

/// A catalogue and what was wrong with its file.
#[derive(Debug)]
pub struct CatalogueReading {
    /// What can be used.
    pub catalogue: Catalogue,
    /// The first of the rows that cannot, and of those that repeat a part.
    pub diagnostics: Vec<Diagnostic>,
    /// Rows that cannot be used.
    pub damaged: u64,
    /// Rows that give a part a second time; the first counts.
    pub repeated: u64,
    /// Rows that withdraw their part; it is not in the catalogue.
    pub withdrawn: u64,
    /// The columns that the file has.
    columns: Columns,
    /// Whether withdrawn parts are kept, to be taken out of another catalogue.
    keeps_withdrawn: bool,
    /// About how long the file is.
    size: u64,
    /// The texts exceed what their places can number.
    is_full: bool,
}

/// Rows that add parts to a catalogue, replace them, or take them out.
#[derive(Debug)]
pub struct Delta {
    pub(super) parts: Catalogue,
    pub(super) columns: Columns,
    /// The first of the rows that cannot be used, and of those that repeat a part.
    pub diagnostics: Vec<Diagnostic>,
    /// Rows that cannot be used.
    pub damaged: u64,
    /// Rows that give a part a second time; the first counts.
    pub repeated: u64,
}

impl Delta {
    /// How many parts it tells of.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it tells of none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// Which of the columns a file has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns([bool; COLUMNS.len()]);

impl Columns {
    pub(super) fn has(&self, name: &str) -> bool {
        COLUMNS.iter().zip(self.0).any(|(column, is_there)| is_there && *column == name)
    }
}

/// How many manufacturers a catalogue may have; the platform knows some twenty.
const MANUFACTURERS: usize = 4096;

/// Rows whose places in the table are asked for together.
const BLOCK: usize = 32;

/// How many rows at fault are kept; all are counted.
const KEPT_DIAGNOSTICS: usize = 1000;

/// The columns by their names in the file.
const COLUMNS: [&str; 14] = [
    "manufacturer_id",
    "reference",
    "label",
    "unit_price",
    "available",
    "replacement",
    "ean",
    "pack_quantity",
    "minimum_quantity",
    "status",
    "core_deposit",
    "eco_contribution",
    "price_date",
    "withdrawn",
];

/// The column of rows that take a part out, and its other headings.
const WITHDRAWN_COLUMN: usize = 13;
const WITHDRAWN_ALIASES: [&str; 4] = ["retirée", "retiree", "retiré", "retire"];

/// Columns without which there is no catalogue: the first four.
const REQUIRED: usize = 4;

/// Columns from here on fill [`Extra`] (the bar code is a text, but as optional).
const OPTIONAL: Range<usize> = 6..13;

/// Reads a catalogue: UTF-8 (cells in Windows-1252 are recognised), `;` `,` or tab, one heading line, columns in any order.
///
/// `name` is what the file is called in messages; `size` about how long it is, so that the table is made in time.
pub fn read(name: &str, source: impl Read + Send, size: u64) -> Result<CatalogueReading, Error> {
    let reading = read_rows(name, source, size, false)?;
    if reading.catalogue.is_empty() {
        return Err(Error::new(Code::CatalogueEmpty, Arguments::none().with("path", name)));
    }
    Ok(reading)
}

/// Reads a delta, a file in the form of a catalogue. It may have no rows: then nothing has changed.
pub fn read_delta(name: &str, source: impl Read + Send, size: u64) -> Result<Delta, Error> {
    let CatalogueReading { catalogue, columns, diagnostics, damaged, repeated, .. } =
        read_rows(name, source, size, true)?;
    Ok(Delta { parts: catalogue, columns, diagnostics, damaged, repeated })
}

fn read_rows(
    name: &str,
    source: impl Read + Send,
    size: u64,
    keeps_withdrawn: bool,
) -> Result<CatalogueReading, Error> {
    let refuse = |cause: String| {
        Error::new(Code::CatalogueUnreadable, Arguments::none().with("path", name).with("cause", cause))
    };
    let failed = |error: &io::Error| refuse(error.to_string());
    let mut source = io::BufReader::with_capacity(1 << 16, source);
    let head = source.fill_buf().map_err(|error| failed(&error))?;
    let bom = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    if head.len() == bom {
        return Err(Error::new(Code::CatalogueEmpty, Arguments::none().with("path", name)));
    }
    let heading_end = memchr::memchr(b'\n', head).map_or(head.len(), |at| at + 1);
    let (delimiter, layout) = Layout::recognise(&head[bom..heading_end]).map_err(refuse)?;
    source.consume(heading_end);
    let dialect = Dialect { delimiter, record_bytes: 1 << 20 };
    let mut chunks = Chunks::new(source, dialect, 1 << 20);

    let mut reading = CatalogueReading {
        catalogue: Catalogue::default(),
        diagnostics: Vec::new(),
        damaged: 0,
        repeated: 0,
        withdrawn: 0,
        columns: Columns(layout.places.map(|place| place.is_some())),
        keeps_withdrawn,
        size,
        is_full: false,
    };
    // While one batch is parsed, the one before is taken in and the next is read. All memory is used again.
    let in_flight = rayon::current_num_threads() * 2;
    let mut spare: Vec<Vec<u8>> = Vec::new();
    let mut batch: Vec<Chunk> = Vec::new();
    let mut parsed: Vec<Parsed> = Vec::new();
    let mut waiting: Vec<Parsed> = Vec::new();
    let mut waits = 0;
    let mut at_end = false;
    while !(at_end && batch.is_empty() && waits == 0) {
        parsed.resize_with(parsed.len().max(batch.len()), Parsed::default);
        let ((), ((), next)) = rayon::join(
            || waiting[..waits].iter_mut().for_each(|part| reading.take(part)),
            || {
                rayon::join(
                    || {
                        let each = batch.par_iter().zip(&mut parsed).with_max_len(1);
                        each.for_each(|(chunk, parsed)| layout.parse(chunk, dialect, parsed));
                    },
                    || {
                        let next =
                            (0..in_flight).map_while(|_| chunks.next(spare.pop().unwrap_or_default()).transpose());
                        next.collect::<io::Result<Vec<_>>>()
                    },
                )
            },
        );
        waits = batch.len();
        std::mem::swap(&mut parsed, &mut waiting);
        spare.extend(batch.into_iter().map(|chunk| chunk.bytes));
        batch = next.map_err(|error| failed(&error))?;
        at_end = batch.is_empty();
    }
    if reading.is_full {
        return Err(refuse("> 4 GiB".to_owned()));
    }
    Ok(reading)
}

impl CatalogueReading {
    /// Takes a parsed chunk in.
    fn take(&mut self, parsed: &mut Parsed) {
        // The heading is line 1 and not among the chunks.
        let line = parsed.first_line + 1;
        let (Ok(shift), Ok(_)) =
            (u32::try_from(self.catalogue.text.len()), u32::try_from(self.catalogue.text.len() + parsed.text.len()))
        else {
            self.is_full = true;
            return;
        };
        if self.catalogue.is_empty() {
            // The first chunk tells how many rows the whole will have, and how much text.
            let share = |part: usize| {
                usize::try_from(self.size.saturating_mul(part as u64) / parsed.bytes.max(1)).unwrap_or(part)
            };
            self.catalogue.reserve(share(parsed.rows.len()), share(parsed.text.len()));
        }
        self.catalogue.text.extend_from_slice(&parsed.text);
        for (place, row) in parsed.rows.iter().enumerate() {
            if place % BLOCK == 0 {
                self.catalogue.fetch_slots(parsed.rows[place..].iter().take(BLOCK).map(|row| row.entry.key));
            }
            if row.entry.flags & WITHDRAWN != 0 {
                self.withdrawn += 1;
                if !self.keeps_withdrawn {
                    continue;
                }
            }
            let Some(manufacturer) = self.catalogue.place_of(row.manufacturer) else {
                parsed.damaged.push((row.line, COLUMNS[0], row.manufacturer.to_string()));
                continue;
            };
            let entry = Entry { text: row.entry.text + shift, manufacturer, ..row.entry };
            if !self.catalogue.insert(entry, parsed.extras.get(place).copied()) {
                self.repeated += 1;
                let reference = String::from_utf8_lossy(self.catalogue.reference(&entry)).into_owned();
                self.note(Code::CatalogueRowRepeated, line + u64::from(row.line), reference, Arguments::none());
            }
        }
        for (row, cause, value) in parsed.damaged.drain(..) {
            self.damaged += 1;
            self.note(Code::CatalogueRowDamaged, line + u64::from(row), value, Arguments::none().with("cause", cause));
        }
    }

    fn note(&mut self, code: Code, line: u64, value: String, arguments: Arguments) {
        if self.diagnostics.len() < KEPT_DIAGNOSTICS {
            self.diagnostics.push(Diagnostic::new(code, line, None, value, arguments));
        }
    }
}

impl Catalogue {
    /// The place of a manufacturer in the list, made when it is new; `None` when there are more than any trade has.
    pub(super) fn place_of(&mut self, manufacturer: ManufacturerId) -> Option<u16> {
        // Catalogues are sorted by manufacturer, so the last one is the likeliest.
        let known = self.manufacturers.iter().rposition(|each| *each == manufacturer);
        let place = known.unwrap_or(self.manufacturers.len());
        if known.is_none() && place < MANUFACTURERS {
            self.manufacturers.push(manufacturer);
        }
        u16::try_from(place).ok().filter(|_| place < MANUFACTURERS)
    }
}

/// Which column stands where.
struct Layout {
    places: [Option<usize>; COLUMNS.len()],
    has_extras: bool,
}

/// One usable row.
struct Row {
    manufacturer: ManufacturerId,
    entry: Entry,
    line: u32,
}

/// A chunk of the catalogue, read.
#[derive(Default)]
struct Parsed {
    rows: Vec<Row>,
    /// As long as `rows`, or empty when the file has none of the optional columns.
    extras: Vec<Extra>,
    text: Vec<u8>,
    /// Line in the chunk, the column at fault, the value.
    damaged: Vec<(u32, &'static str, String)>,
    first_line: u64,
    /// How long the chunk was.
    bytes: u64,
}

/// What all cells of a chunk have in common.
#[derive(Clone, Copy)]
struct Nature {
    is_utf8: bool,
    /// Whether only those of records with quotes may need some in a file of ours.
    is_plain: bool,
}

impl Nature {
    fn of(chunk: &[u8], dialect: Dialect) -> Self {
        // Where our own delimiter ends the cells, those without quotes hold none, nor a line feed.
        let ends_line = |at: usize| chunk.get(at + 1) == Some(&b'\n');
        let is_plain = dialect.delimiter == b';' && memchr::memchr_iter(b'\r', chunk).all(ends_line);
        Self { is_utf8: Charset::Utf8.is_clean(chunk), is_plain }
    }
}

impl Layout {
    /// The delimiter and the layout that a heading line shows, else why it shows none.
    fn recognise(heading: &[u8]) -> Result<(u8, Self), String> {
        let text = Charset::Utf8.decode(heading).to_lowercase();
        let mut missing = String::new();
        for delimiter in [b';', b',', b'\t', b'|'] {
            let names: Vec<_> = text.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"')).collect();
            let mut places = COLUMNS.map(|column| names.iter().position(|name| *name == column));
            let alias = || names.iter().position(|name| WITHDRAWN_ALIASES.contains(name));
            places[WITHDRAWN_COLUMN] = places[WITHDRAWN_COLUMN].or_else(alias);
            if let Some(column) = (0..REQUIRED).find(|column| places[*column].is_none()) {
                if missing.is_empty() || column > 0 {
                    COLUMNS[column].clone_into(&mut missing);
                }
                continue;
            }
            let has_extras = places[OPTIONAL].iter().any(Option::is_some);
            return Ok((delimiter, Self { places, has_extras }));
        }
        Err(missing)
    }

    /// Reads a chunk into `parsed`, whose memory is used again.
    fn parse(&self, chunk: &Chunk, dialect: Dialect, parsed: &mut Parsed) {
        let bytes = &chunk.bytes;
        parsed.rows.clear();
        parsed.extras.clear();
        parsed.text.clear();
        parsed.damaged.clear();
        parsed.first_line = chunk.first_line;
        parsed.bytes = bytes.len() as u64;
        let nature = Nature::of(bytes, dialect);
        let mut records = Records::new(bytes, dialect);
        let mut block = Block::default();
        loop {
            records.fill(&mut block, 64);
            if block.is_empty() {
                return;
            }
            for record in block.records(bytes).filter(|record| !record.is_blank(Charset::Utf8)) {
                let start = parsed.text.len();
                if let Err(column) = self.record(record, nature, parsed) {
                    parsed.text.truncate(start);
                    let value =
                        self.places[column].map(|place| record.cell(place).text(Charset::Utf8)).unwrap_or_default();
                    parsed.damaged.push((record.line(), COLUMNS[column], value));
                }
            }
        }
    }

    /// Reads one row; the error is the column at fault.
    fn record(&self, record: RawRecord<'_, '_>, nature: Nature, parsed: &mut Parsed) -> Result<(), usize> {
        if record.is_unclosed() {
            return Err(2);
        }
        let line = record.line();
        if record.has_quotes() {
            let cells: Vec<_> = record.cells().map(|cell| cell.bytes()).collect();
            let cell =
                |column: usize| self.places[column].and_then(|place| cells.get(place)).map_or(&[][..], |cell| cell);
            return self.row(&cell, line, Nature { is_plain: false, ..nature }, parsed);
        }
        let cell = |column: usize| self.places[column].and_then(|place| record.cell(place).plain()).unwrap_or_default();
        self.row(&cell, line, nature, parsed)
    }

    /// Reads the cells of one row.
    #[inline]
    fn row<'c>(
        &self,
        cell: &impl Fn(usize) -> &'c [u8],
        line: u32,
        nature: Nature,
        parsed: &mut Parsed,
    ) -> Result<(), usize> {
        let Nature { is_utf8, is_plain: all_plain } = nature;
        let manufacturer = ManufacturerId::parse(trim(cell(0), is_utf8)).ok_or(0_usize)?;
        let reference = utf8(trim(cell(1), is_utf8), is_utf8);
        let withdrawn = trim(cell(WITHDRAWN_COLUMN), is_utf8);
        let is_withdrawn = !withdrawn.is_empty() && flag(withdrawn).ok_or(WITHDRAWN_COLUMN)?;
        let price = match Money::parse(trim(cell(3), is_utf8)) {
            // Nobody needs the price of what cannot be ordered.
            None if is_withdrawn => Money::ZERO,
            price => price.ok_or(3_usize)?,
        };
        let available = flag(trim(cell(4), is_utf8)).ok_or(4_usize)?;
        let start = parsed.text.len();
        let mut put = |bytes: &[u8], most: usize| {
            let from = parsed.text.len();
            parsed.text.extend_from_slice(&utf8(bytes, is_utf8));
            let length = parsed.text.len() - from;
            (length <= most).then_some(length)
        };
        let short = |length: Option<usize>| length.and_then(|length| u8::try_from(length).ok());
        let reference_length = short(Some(reference.len())).filter(|length| *length > 0).ok_or(1_usize)?;
        let key = Key::new(&reference);
        let label = put(cell(2), usize::from(u16::MAX)).and_then(|length| u16::try_from(length).ok()).ok_or(2_usize)?;
        if !key.holds(reference.len()) {
            put(&reference.to_ascii_uppercase(), 255).ok_or(1_usize)?;
        }
        let replacement = short(put(trim(cell(5), is_utf8), 255)).ok_or(5_usize)?;
        let ean = short(put(trim(cell(6), is_utf8), 255)).ok_or(6_usize)?;
        let plain = all_plain || is_plain(&reference) && is_plain(&parsed.text[start..start + usize::from(label)]);
        let entry = Entry {
            key,
            price: price.ten_thousandths(),
            text: u32::try_from(start).unwrap_or(u32::MAX),
            next: 0,
            label,
            manufacturer: 0,
            reference: reference_length,
            replacement,
            ean,
            flags: [(available, AVAILABLE), (plain, PLAIN), (is_withdrawn, WITHDRAWN)]
                .into_iter()
                .fold(0, |flags, (is_so, flag)| if is_so { flags | flag } else { flags }),
        };
        if self.has_extras {
            parsed.extras.push(extra(cell)?);
        }
        parsed.rows.push(Row { manufacturer, entry, line });
        Ok(())
    }
}

/// The optional columns; the error is the column at fault.
fn extra<'c>(cell: &impl Fn(usize) -> &'c [u8]) -> Result<Extra, usize> {
    let number = |column: usize| match Charset::Utf8.trim(cell(column)) {
        b"" => Ok(0),
        text => std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(column),
    };
    let money = |column: usize| match Charset::Utf8.trim(cell(column)) {
        b"" => Ok(0),
        text => Money::parse(text).map(Money::ten_thousandths).ok_or(column),
    };
    let discontinued = match Charset::Utf8.trim(cell(9)).to_ascii_lowercase().as_slice() {
        b"" | b"active" => 0,
        b"discontinued" => 1,
        _ => return Err(9),
    };
    Ok(Extra {
        pack: number(7)?,
        minimum: number(8)?,
        discontinued,
        core_deposit: money(10)?,
        eco_contribution: money(11)?,
        price_date: iso_day(Charset::Utf8.trim(cell(12))).ok_or(12_usize)?,
    })
}

/// A day as `yyyy-mm-dd`, its number; 0 for an empty cell.
fn iso_day(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    let text = std::str::from_utf8(text).ok()?;
    let mut parts = text.splitn(3, '-').map(str::parse);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Day::new(year, month, day).map(Day::number)
}

/// Yes or no, as catalogues write it; an empty cell says yes.
#[inline]
fn flag(text: &[u8]) -> Option<bool> {
    match text {
        b"" | b"1" => Some(true),
        b"0" => Some(false),
        _ => word(text),
    }
}

fn word(text: &[u8]) -> Option<bool> {
    const YES: [&str; 5] = ["true", "yes", "y", "oui", "o"];
    const NO: [&str; 4] = ["false", "no", "n", "non"];
    let is = |word: &&str| text.eq_ignore_ascii_case(word.as_bytes());
    if YES.iter().any(is) { Some(true) } else { NO.iter().any(is).then_some(false) }
}

impl PartId {
    #[cfg(test)]
    const fn place(self) -> u32 {
        self.0
    }
}

/// A cell in UTF-8; what is none is Windows-1252.
#[inline]
fn utf8(bytes: &[u8], is_utf8: bool) -> Cow<'_, [u8]> {
    if is_utf8 || std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let mut text = Vec::with_capacity(bytes.len() * 2);
    Charset::WINDOWS_1252.decode_into(bytes, &mut text);
    Cow::Owned(text)
}

/// A cell without blanks at both ends; what is no UTF-8 is Windows-1252, which has a no-break space of its own.
#[inline]
fn trim(bytes: &[u8], is_utf8: bool) -> &[u8] {
    let charset = if is_utf8 || std::str::from_utf8(bytes).is_ok() { Charset::Utf8 } else { Charset::WINDOWS_1252 };
    charset.trim(bytes)
}

#[cfg(test)]
mod tests;
