//! Records of an Agora order file in XML or JSON.
//!
//! What enters: a tree, by what a [`Listener`] hears. What leaves: its records in the order of the text form, each with the
//! line on which it starts; what is in an order comes when the order ends, the header when its version is known.
//! What is refused: a record that is too long, a second root. Elements and members that nobody knows are noted.

use super::super::feed::{Ended, Sink};
use super::super::row::{Note, RowError, TableRow};
use super::super::tree::{Listener, TreeKind};
use super::layout::{NAME, Record};
use crate::diagnostic::Code;

/// Unknown names that are told of one record.
const TOLD: usize = 8;

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Root,
    /// An element that only holds records of a type.
    List(Record),
    Inside(Record),
    /// The field of a record, by its place in the text form.
    Field(Record, usize),
    Unknown,
}

/// A record that is being read.
#[derive(Debug)]
struct Open {
    record: Record,
    line: u64,
    /// By place in the text form; `None` where nothing stands.
    cells: Vec<Option<String>>,
    unknown: Vec<String>,
    /// Whether it is none: a text or a number stands in its place.
    is_odd: bool,
}

impl Open {
    fn begin(record: Record, line: u64) -> Self {
        Self { record, line, cells: vec![None; record.fields().len() + 1], unknown: Vec::new(), is_odd: false }
    }

    /// Sets a field; what stands there more than once is joined, and then fits no form.
    fn set(&mut self, place: usize, text: &str) {
        match &mut self.cells[place] {
            Some(cell) => {
                cell.push('|');
                cell.push_str(text);
            }
            cell => *cell = Some(text.to_owned()),
        }
    }

    fn cell(&self, place: usize) -> &str {
        self.cells[place].as_deref().unwrap_or_default()
    }
}

/// Makes records.
pub(super) struct Writer<'s> {
    sink: &'s mut Sink,
    kind: TreeKind,
    path: String,
    row: TableRow,
    spots: Vec<Spot>,
    /// The record that is open.
    open: Option<Open>,
    /// The order around an address that is open.
    order: Option<Open>,
    /// The addresses of the order that is open.
    addresses: Vec<Open>,
    version: Option<String>,
    /// The header, while its version is not known.
    header: Option<Open>,
    /// Unknown names outside records, told with the next one.
    unknown: Vec<String>,
    has_root: bool,
    /// Bytes that are held for one order or record, and how many they may be.
    held: usize,
    longest: usize,
    position: u64,
    /// Where what was read last begins.
    line: u64,
}

impl<'s> Writer<'s> {
    pub(super) fn new(kind: TreeKind, path: String, longest: usize, sink: &'s mut Sink) -> Self {
        Self {
            sink,
            kind,
            path,
            row: TableRow::default(),
            spots: Vec::new(),
            open: None,
            order: None,
            addresses: Vec::new(),
            version: None,
            header: None,
            unknown: Vec::new(),
            has_root: false,
            held: 0,
            longest,
            position: 0,
            line: 0,
        }
    }

    /// What an element or object of this name is, where it stands.
    fn spot(&self, name: &str) -> Spot {
        let is_xml = self.kind == TreeKind::Xml;
        match self.spots.last() {
            None => Spot::Root,
            Some(Spot::Root) => match name {
                "Header" => Spot::Inside(Record::Header),
                "Trailer" => Spot::Inside(Record::Trailer),
                "Orders" if is_xml => Spot::List(Record::Order),
                "Lines" if is_xml => Spot::List(Record::Line),
                "Orders" => Spot::Inside(Record::Order),
                "Lines" => Spot::Inside(Record::Line),
                _ => Spot::Unknown,
            },
            Some(Spot::List(Record::Order)) if name == "Order" => Spot::Inside(Record::Order),
            Some(Spot::List(Record::Line)) if name == "Line" => Spot::Inside(Record::Line),
            Some(Spot::Inside(Record::Order)) if name == "DeliveryAddress" => Spot::Inside(Record::Address),
            Some(Spot::Inside(record)) => record.place(name).map_or(Spot::Unknown, |place| Spot::Field(*record, place)),
            _ => Spot::Unknown,
        }
    }

    fn unknown(&mut self, name: &str) {
        let names = self.open.as_mut().map_or(&mut self.unknown, |open| &mut open.unknown);
        if names.len() < TOLD {
            names.push(name.chars().take(80).collect());
        }
    }

    fn set(&mut self, place: usize, text: &str) -> Result<(), RowError> {
        self.held += text.len() + size_of::<String>();
        if self.held > self.longest {
            return Err(RowError::limit("record-bytes", self.longest));
        }
        if let Some(open) = &mut self.open {
            open.set(place, text);
        }
        Ok(())
    }

    /// Takes what the root says of itself.
    fn root(&mut self, name: &str, text: &str) -> Result<(), Ended> {
        match name.trim_start_matches('@') {
            "Version" if self.version.is_none() => {
                self.version = Some(text.to_owned());
                self.header()
            }
            "Format" => Ok(()),
            name => {
                self.unknown(name);
                Ok(())
            }
        }
    }

    /// Gives the header, once its version is known.
    fn header(&mut self) -> Result<(), Ended> {
        let Some(version) = &self.version else { return Ok(()) };
        let Some(mut header) = self.header.take() else { return Ok(()) };
        header.set(1, NAME);
        header.set(2, version);
        self.give(header)
    }

    fn give(&mut self, open: Open) -> Result<(), Ended> {
        self.row.begin(open.line);
        if open.is_odd {
            self.row.note(None, Code::RecordUnreadable);
        }
        self.row.push(open.record.tag().as_bytes());
        for place in 1..open.cells.len() {
            self.row.push(open.cell(place).as_bytes());
        }
        self.tell_unknown(open.unknown);
        self.sink.at(self.position);
        Ok(self.sink.give(&mut self.row)?)
    }

    /// Notes the names that nobody knows, outside records and in the one that is given.
    fn tell_unknown(&mut self, own: Vec<String>) {
        for value in std::mem::take(&mut self.unknown).into_iter().chain(own) {
            self.row.notes.push(Note { value, ..Note::plain(None, Code::ElementUnknown) });
        }
    }

    fn end(&mut self, record: Record) -> Result<(), Ended> {
        let Some(mut ended) = self.open.take() else { return Ok(()) };
        match record {
            Record::Header => {
                // A second header is given as it is, and found out by who counts them.
                let former = self.header.replace(ended);
                former.map_or(Ok(()), |former| self.give(former))?;
                self.held = 0;
                return self.header();
            }
            Record::Address => {
                self.addresses.push(ended);
                self.open = self.order.take();
                return Ok(());
            }
            Record::Order => {
                let key = [ended.cell(1).to_owned(), ended.cell(2).to_owned()];
                let addresses = std::mem::take(&mut self.addresses);
                let unknown = std::mem::take(&mut ended.unknown);
                self.unknown.extend(unknown);
                self.give(ended)?;
                for mut address in addresses {
                    for (place, text) in (1..).zip(&key) {
                        address.set(place, text);
                    }
                    self.give(address)?;
                }
            }
            Record::Line | Record::Trailer => self.give(ended)?,
        }
        self.held = 0;
        Ok(())
    }

    /// Gives what still waits when the file ends.
    pub(super) fn finish(&mut self) -> Result<(), Ended> {
        // Without a version the header says so by an empty field.
        self.version.get_or_insert_default();
        self.header()?;
        // What nobody knows at the end of the file is told with a record of its own, which is a comment.
        if let Some(first) = self.unknown.first() {
            self.row.begin(self.line);
            self.row.push(format!("# {first}").as_bytes());
            self.tell_unknown(Vec::new());
            self.sink.give(&mut self.row)?;
        }
        Ok(())
    }
}

impl Listener for Writer<'_> {
    type Stop = Ended;

    fn open(&mut self, name: &str, _: bool, line: u64) -> Result<(), Ended> {
        self.line = line;
        let spot = self.spot(name);
        match spot {
            Spot::Root if std::mem::replace(&mut self.has_root, true) => {
                return Err(self.kind.invalid(&self.path, line, "a second order file in the same file").into());
            }
            Spot::Inside(record) => {
                self.held += size_of::<Open>() + record.fields().len() * size_of::<Option<String>>();
                if self.held > self.longest {
                    return Err(RowError::limit("record-bytes", self.longest).into());
                }
                let around = self.open.replace(Open::begin(record, line));
                if record == Record::Address {
                    self.order = around;
                }
            }
            Spot::Unknown if !matches!(self.spots.last(), Some(Spot::Unknown)) => self.unknown(name),
            _ => {}
        }
        self.spots.push(spot);
        Ok(())
    }

    fn value(&mut self, name: &str, listed: bool, line: u64, text: &str) -> Result<(), Ended> {
        self.line = line;
        match self.spots.last() {
            Some(Spot::Root) => match self.spot(name) {
                // Something stands where an order or a line should.
                Spot::Inside(record @ (Record::Order | Record::Line)) if listed || !text.is_empty() => {
                    self.give(Open { is_odd: true, ..Open::begin(record, line) })?;
                }
                Spot::Inside(Record::Order | Record::Line) => {}
                _ => self.root(name, text)?,
            },
            Some(Spot::Inside(record)) => match record.place(name) {
                Some(place) => self.set(place, text)?,
                None => self.unknown(name.trim_start_matches('@')),
            },
            Some(Spot::Unknown) | None => {}
            Some(_) => self.unknown(name.trim_start_matches('@')),
        }
        Ok(())
    }

    fn close(&mut self, text: Option<&str>) -> Result<(), Ended> {
        match self.spots.pop() {
            Some(Spot::Field(_, place)) => self.set(place, text.unwrap_or_default())?,
            Some(Spot::Inside(record)) => self.end(record)?,
            _ => {}
        }
        Ok(())
    }

    fn at(&mut self, position: u64) {
        self.position = position;
    }
}
