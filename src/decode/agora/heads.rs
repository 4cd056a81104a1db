//! What an Agora order file says besides its lines.
//!
//! What enters: all records of a file, once, and once more when heads of orders stand behind lines. What leaves:
//! [`AgoraHeads`]: the header, and of each order its head or why it is refused.
//! What is refused: the whole file, for another version, a header that is faulty, missing or not the first, and a trailer
//! that does not agree with the lines, or no lines at all; more heads than may be held.
//!
//! A line never goes on without what the head of its order says: where that cannot be used, its lines are refused, too.

use std::collections::BTreeMap;

use super::super::row::{RowError, Rows, TableRow};
use super::check::{faults, manufacturer, number, text};
use super::layout::{AGORA_HEADINGS, MAJOR, Record};
use crate::diagnostic::{Arguments, Code, Error, Severity};
use crate::format::{DateForm, Registry};
use crate::model::{Address, AgoraContents, AgoraHeader, DEFAULT_CURRENCY, ManufacturerId, Moment, OrderHead};

/// What a head takes besides its texts, roughly.
const HEAD_BYTES: u64 = 512;

/// What is said of one order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// What its record O says, and the line of it.
    pub(super) order: Option<(OrderHead, u64)>,
    /// What its record A says, and the line of it.
    pub(super) address: Option<(Address, u64)>,
    /// The line of a record that cannot be used, for which the whole order is refused.
    pub(super) refused_by: Option<u64>,
    /// The first line that it serves, when that was looked for.
    first_served: Option<u64>,
}

impl Head {
    /// Whether a line that it serves stands before line `line`.
    pub(super) fn is_late(&self, line: u64) -> bool {
        self.first_served.is_some_and(|first| first < line)
    }

    fn refuse(&mut self, line: u64) {
        self.refused_by.get_or_insert(line);
    }
}

/// The header of an Agora order file and the heads of its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgoraHeads {
    header: AgoraHeader,
    heads: Vec<Head>,
    /// Places of heads by customer order number and manufacturer.
    places: BTreeMap<String, Vec<(ManufacturerId, usize)>>,
    /// Orders whose head names no manufacturer that is known: the line of it.
    lost: BTreeMap<String, u64>,
    /// The line of the trailer.
    pub(super) trailer: Option<u64>,
    /// Whether records must stand in an order.
    pub(super) is_ordered: bool,
}

impl AgoraHeads {
    /// The header and the heads of the orders that are not refused.
    pub fn contents(&self) -> AgoraContents {
        let heads = self.heads.iter().filter(|head| head.refused_by.is_none()).filter_map(|head| {
            let (order, _) = head.order.as_ref()?;
            Some(OrderHead { address: head.address.as_ref().map(|(address, _)| address.clone()), ..order.clone() })
        });
        AgoraContents { header: self.header.clone(), heads: heads.collect() }
    }

    /// The head of an order.
    pub(super) fn head(&self, order: &str, manufacturer: ManufacturerId) -> Option<&Head> {
        let place = place(&self.places, order, manufacturer)?;
        self.heads.get(place)
    }

    /// The line of a head that may be that of an order and says not for whom.
    pub(super) fn lost(&self, order: &str) -> Option<u64> {
        self.lost.get(order).copied()
    }

    /// Whether a record in this line stands behind the end of the file.
    pub(super) fn is_behind_end(&self, line: u64) -> bool {
        self.is_ordered && self.trailer.is_some_and(|trailer| line > trailer)
    }
}

fn place(
    places: &BTreeMap<String, Vec<(ManufacturerId, usize)>>,
    order: &str,
    manufacturer: ManufacturerId,
) -> Option<usize> {
    places.get(order)?.iter().find(|(id, _)| *id == manufacturer).map(|(_, place)| *place)
}

/// Where heads are collected from, and under which terms.
#[derive(Clone, Copy)]
pub(super) struct Terms<'t> {
    pub(super) registry: &'t Registry,
    /// Whether records must stand in an order, as they do in text.
    pub(super) is_ordered: bool,
    /// How many bytes of heads may be held.
    pub(super) held_bytes: u64,
    /// What the file is called in messages.
    pub(super) path: &'t str,
}

/// Reads what a file says besides its lines. `records` begins the file anew each time.
pub(super) fn collect<'r>(
    records: &dyn Fn() -> Result<Box<dyn Rows + 'r>, RowError>,
    terms: Terms<'_>,
) -> Result<AgoraHeads, RowError> {
    let mut collector = Collector { terms, header: None, heads: Heads::default(), counted: Counted::default() };
    each(&mut *records()?, |row, record, is_first| collector.take(row, record, is_first))?;
    let is_late = terms.is_ordered && collector.counted.head_behind_line;
    let mut found = collector.finish()?;
    if is_late {
        // Whether a head stands behind lines of its own order shows only when all heads are known.
        each(&mut *records()?, |row, record, _| {
            if record == Some(Record::Line)
                && let Ok(id) = manufacturer(&text(row, 2), terms.registry)
                && let Some(place) = place(&found.places, &text(row, 5), id)
            {
                found.heads[place].first_served.get_or_insert(row.line);
            }
            Ok(())
        })?;
        for head in &mut found.heads {
            let lines = [head.order.as_ref().map(|(_, line)| *line), head.address.as_ref().map(|(_, line)| *line)];
            for line in lines.into_iter().flatten().filter(|line| head.is_late(*line)).collect::<Vec<_>>() {
                head.refuse(line);
            }
        }
    }
    Ok(found)
}

/// Goes through the records of a file; blank lines and comments are none.
fn each(
    rows: &mut dyn Rows,
    mut take: impl FnMut(&TableRow, Option<Record>, bool) -> Result<(), RowError>,
) -> Result<(), RowError> {
    let mut row = TableRow::default();
    let mut is_first = true;
    while rows.next(&mut row)? {
        if !is_nothing(&row) {
            take(&row, Record::of(row.cell(0)), std::mem::replace(&mut is_first, false))?;
        }
    }
    Ok(())
}

/// Whether a line is blank or a comment.
pub(super) fn is_nothing(row: &TableRow) -> bool {
    row.is_blank_line() || row.cell(0).trim_ascii_start().starts_with(b"#")
}

#[derive(Default)]
struct Heads {
    all: Vec<Head>,
    places: BTreeMap<String, Vec<(ManufacturerId, usize)>>,
    lost: BTreeMap<String, u64>,
    bytes: u64,
}

impl Heads {
    /// The head of an order, made when there is none.
    fn of(&mut self, order: String, manufacturer: ManufacturerId) -> &mut Head {
        let found = place(&self.places, &order, manufacturer);
        let place = found.unwrap_or_else(|| {
            self.places.entry(order).or_default().push((manufacturer, self.all.len()));
            self.all.push(Head::default());
            self.all.len() - 1
        });
        &mut self.all[place]
    }
}

/// What is counted on the way.
#[derive(Default)]
struct Counted {
    lines: u64,
    /// Of all lines; `None` when one of them has none that can be read.
    quantity: Option<u64>,
    has_line: bool,
    /// Whether a head stands behind any line.
    head_behind_line: bool,
    /// The trailer: its line, and what it says.
    trailer: Option<(u64, String, String)>,
}

struct Collector<'t> {
    terms: Terms<'t>,
    header: Option<AgoraHeader>,
    heads: Heads,
    counted: Counted,
}

impl Collector<'_> {
    fn take(&mut self, row: &TableRow, record: Option<Record>, is_first: bool) -> Result<(), RowError> {
        let is_behind_end = self.terms.is_ordered && self.counted.trailer.is_some();
        match record {
            Some(Record::Header) => {
                if self.header.is_some() || (self.terms.is_ordered && !is_first) {
                    return Err(self.misplaced(Some(row.line)));
                }
                self.header = Some(self.read_header(row)?);
            }
            _ if self.terms.is_ordered && self.header.is_none() => return Err(self.misplaced(Some(row.line))),
            _ if is_behind_end => {}
            Some(Record::Order | Record::Address) => {
                self.counted.head_behind_line |= self.counted.has_line;
                self.head(row, record == Some(Record::Address))?;
            }
            Some(Record::Line) => {
                let sum = if self.counted.has_line { self.counted.quantity } else { Some(0) };
                self.counted.quantity = sum.zip(number(row.cell(4))).and_then(|(sum, more)| sum.checked_add(more));
                self.counted.lines += 1;
                self.counted.has_line = true;
            }
            Some(Record::Trailer) if self.counted.trailer.is_none() => {
                self.counted.trailer = Some((row.line, text(row, 1), text(row, 2)));
            }
            Some(Record::Trailer) | None => {}
        }
        Ok(())
    }

    fn misplaced(&self, line: Option<u64>) -> RowError {
        let arguments = Arguments::none().with("path", self.terms.path);
        let arguments = line.into_iter().fold(arguments, |arguments, line| arguments.with("line", line));
        RowError::Refused(Error::new(Code::AgoraHeaderMisplaced, arguments))
    }

    fn read_header(&self, row: &TableRow) -> Result<AgoraHeader, RowError> {
        let arguments = || Arguments::none().with("path", self.terms.path);
        let version = text(row, 2);
        let major = version.split('.').next().unwrap_or_default();
        if !version.is_empty() && major != MAJOR {
            let version: String = version.chars().take(20).collect();
            let arguments = arguments().with("version", version).with("supported", MAJOR);
            return Err(RowError::Refused(Error::new(Code::VersionUnsupported, arguments)));
        }
        let invalid = |column: usize| {
            let arguments = arguments().with("line", row.line).with("field", AGORA_HEADINGS[column]);
            RowError::Refused(Error::new(Code::AgoraHeaderInvalid, arguments))
        };
        let mut found = Vec::new();
        faults(row, Record::Header, self.terms.registry, &mut found);
        if let Some(column) = found.iter().find_map(|note| note.column) {
            return Err(invalid(column));
        }
        let currency = text(row, 6);
        Ok(AgoraHeader {
            version,
            file_reference: text(row, 3),
            created_at: Moment::parse(&text(row, 4)).ok_or_else(|| invalid(24))?,
            customer_code: text(row, 5),
            currency: if currency.is_empty() { DEFAULT_CURRENCY.to_owned() } else { currency },
            comment: text(row, 7),
        })
    }

    /// Takes the head of an order, or the address in it.
    fn head(&mut self, row: &TableRow, is_address: bool) -> Result<(), RowError> {
        self.heads.bytes += HEAD_BYTES + row.bytes().len() as u64;
        if self.heads.bytes > self.terms.held_bytes {
            return Err(RowError::limit("held-bytes", self.terms.held_bytes));
        }
        let number = text(row, 1);
        if number.is_empty() {
            return Ok(());
        }
        let Ok(id) = manufacturer(&text(row, 2), self.terms.registry) else {
            self.heads.lost.entry(number).or_insert(row.line);
            return Ok(());
        };
        let record = if is_address { Record::Address } else { Record::Order };
        let mut found = Vec::new();
        faults(row, record, self.terms.registry, &mut found);
        let is_faulty = found.iter().any(|note| note.code.severity() == Severity::Error);
        let registry = self.terms.registry;
        let head = self.heads.of(number.clone(), id);
        let is_repeated = if is_address { head.address.is_some() } else { head.order.is_some() };
        if is_faulty || is_repeated {
            head.refuse(row.line);
        }
        if is_repeated {
        } else if is_address {
            head.address = Some((address(row, registry), row.line));
        } else {
            head.order = Some((order(row, number, id), row.line));
        }
        Ok(())
    }

    fn finish(self) -> Result<AgoraHeads, RowError> {
        let Some(header) = self.header.clone() else { return Err(self.misplaced(None)) };
        self.check_trailer()?;
        if !self.counted.has_line {
            let arguments = Arguments::none().with("path", self.terms.path);
            return Err(RowError::Refused(Error::new(Code::HeadingAlone, arguments)));
        }
        let Heads { mut all, places, lost, .. } = self.heads;
        for head in &mut all {
            // An address belongs to nobody without the order it is in.
            if let (None, Some((_, line))) = (&head.order, &head.address) {
                head.refused_by = Some(*line);
            }
        }
        let trailer = self.counted.trailer.map(|(line, ..)| line);
        Ok(AgoraHeads { header, heads: all, places, lost, trailer, is_ordered: self.terms.is_ordered })
    }

    /// Refuses a file that is not as long as its trailer says. Quantities are only compared when all can be read.
    fn check_trailer(&self) -> Result<(), RowError> {
        let Some((line, lines, quantity)) = &self.counted.trailer else { return Ok(()) };
        let pairs = [
            (27, lines, Some(self.counted.lines)),
            (28, quantity, if self.counted.has_line { self.counted.quantity } else { Some(0) }),
        ];
        for (column, said, counted) in pairs {
            if let Some(counted) = counted
                && !said.is_empty()
                && number(said.as_bytes()) != Some(counted)
            {
                let said: String = said.chars().take(40).collect();
                let arguments = Arguments::none().with("path", self.terms.path).with("line", line);
                let arguments = arguments.with("field", AGORA_HEADINGS[column]);
                let arguments = arguments.with("found", counted).with("expected", said);
                return Err(RowError::Refused(Error::new(Code::TrailerMismatch, arguments)));
            }
        }
        Ok(())
    }
}

fn order(row: &TableRow, customer_order_number: String, manufacturer: ManufacturerId) -> OrderHead {
    OrderHead {
        customer_order_number,
        manufacturer,
        delivery_account: text(row, 3),
        delivery_option: text(row, 4),
        desired_delivery_date: DateForm::Iso.read(text(row, 5).as_bytes()),
        comment: text(row, 6),
        address: None,
    }
}

fn address(row: &TableRow, registry: &Registry) -> Address {
    Address {
        name: text(row, 3),
        address1: text(row, 4),
        address2: text(row, 5),
        address3: text(row, 6),
        zip: text(row, 7),
        town: text(row, 8),
        country: registry.country(&text(row, 9)).unwrap_or_default().to_owned(),
        phone: text(row, 10),
    }
}
