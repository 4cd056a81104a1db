//! Drafts of repair files and warranty claims become checked entries, or diagnostics.
//!
//! What enters: an [`EntryDraft`] and the [`EntryTerms`] of its deposit. What leaves: a [`CheckedEntry`]; beside it every
//! fault and doubt, by line, then by column, then in the order of the checks.
//! What is refused: an entry with one error in any of its records. Which fields, lengths, types and codes a manufacturer asks
//! for is in the tables of [`Rules`]; here are only the kinds of checks.

mod cells;
mod dates;
mod items;
mod manufacturer;
mod required;

use super::shape::Shape;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Arguments, Code, Diagnostic, Severity};
use crate::format::{Account, FieldId, Item, Key, ManufacturerRules, Registry, RepairType, Rules};
use crate::map::{EntryDraft, EntryReader, whole};
use crate::model::ManufacturerId;

/// What the entries of one deposit are judged by.
#[derive(Clone, Copy)]
pub struct EntryTerms<'t> {
    /// How its records are read.
    pub reader: EntryReader<'t>,
    /// What is asked of them.
    pub rules: &'t Rules,
    /// The parts.
    pub catalogue: &'t Catalogue,
    /// Manufacturers by name, for proposals.
    pub registry: &'t Registry,
    /// Who deposits, and for whom.
    pub account: Option<&'t Account>,
    /// Bytes of the longest cell.
    pub cell_bytes: usize,
    /// Whether a record may end early: in XML, JSON and workbooks empty cells are not written.
    pub may_end_early: bool,
    /// Whether an entry may lack a report number: in XML and JSON its content is its identity then.
    pub content_is_identity: bool,
    /// Whether the piece holds bytes that mean nothing in the encoding.
    pub check_characters: bool,
}

/// What an entry adds to the sums of its manufacturer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryTotals {
    /// Entries.
    pub entries: u64,
    /// Parts, however many of each.
    pub parts: u64,
    /// How many parts in all.
    pub part_quantity: u64,
    /// Minutes of labour, hours counted in.
    pub labour_minutes: u64,
    /// Kilometres of travel.
    pub travel_km: u64,
}

impl EntryTotals {
    /// Takes others in.
    pub fn add(&mut self, other: &Self) {
        self.entries += other.entries;
        self.parts += other.parts;
        self.part_quantity += other.part_quantity;
        self.labour_minutes += other.labour_minutes;
        self.travel_km += other.travel_km;
    }
}

/// An entry without a fault. Only [`check_entry`] makes one, so what was not checked cannot be created.
#[derive(Clone, Copy, Debug)]
pub struct CheckedEntry<'d, 'c, 'b> {
    draft: &'d EntryDraft<'c, 'b>,
    manufacturer: Option<ManufacturerId>,
    totals: EntryTotals,
}

impl<'d, 'c, 'b> CheckedEntry<'d, 'c, 'b> {
    /// As it was read.
    pub fn draft(&self) -> &'d EntryDraft<'c, 'b> {
        self.draft
    }

    /// Its manufacturer; `None` only where no rule asks for one.
    pub fn manufacturer(&self) -> Option<ManufacturerId> {
        self.manufacturer
    }

    /// What it adds to the sums of its manufacturer.
    pub fn totals(&self) -> EntryTotals {
        self.totals
    }
}

/// What is found while one entry is judged.
struct Findings<'f, 'c, 'b> {
    terms: &'f EntryTerms<'f>,
    draft: &'f EntryDraft<'c, 'b>,
    found: &'f mut Vec<Diagnostic>,
    faulty: bool,
    /// What the manufacturer asks for, or everybody when it is not known.
    rules: &'f ManufacturerRules,
    /// The manufacturer, when it is known.
    manufacturer: Option<ManufacturerId>,
    /// Its type of repair, when the manufacturer has it.
    repair_type: Option<&'f RepairType>,
}

impl<'f> Findings<'f, '_, '_> {
    /// The field that the code knows by a key.
    #[inline]
    fn key(&self, key: Key) -> FieldId {
        self.terms.reader.fields.key(key)
    }

    /// The trimmed cell of a field, empty when there is no such column.
    #[inline]
    fn cell(&self, row: usize, key: Key) -> &'f [u8] {
        self.draft.field(row, self.key(key), self.terms.reader.mapping)
    }

    /// The column of a field.
    #[inline]
    fn column(&self, key: Key) -> Option<usize> {
        self.terms.reader.mapping.column(self.key(key))
    }

    /// Text in the encoding of the file, for messages.
    fn text(&self, bytes: &[u8]) -> String {
        self.terms.reader.charset.decode(bytes).into_owned()
    }

    /// Notes a fault of a field in a row.
    #[cold]
    fn field(&mut self, row: usize, field: FieldId, code: Code, severity: Severity, arguments: Arguments) {
        let reader = &self.terms.reader;
        let column = reader.mapping.column(field);
        let record = self.draft.rows()[row].record;
        let value = column.map(|column| record.cell(column).text(reader.charset)).unwrap_or_default();
        let arguments = match arguments.get("field") {
            Some(_) => arguments,
            None => arguments.with("field", reader.fields.get(field).shown(reader.mapping.kind)),
        };
        self.note(row, code, severity, column, value, arguments);
    }

    /// Notes a fault of a field that the code knows by a key, as severe as its code says.
    fn fault(&mut self, row: usize, key: Key, code: Code, arguments: Arguments) {
        self.field(row, self.key(key), code, code.severity(), arguments);
    }

    fn note(
        &mut self,
        row: usize,
        code: Code,
        severity: Severity,
        column: Option<usize>,
        value: String,
        arguments: Arguments,
    ) {
        self.faulty |= severity == Severity::Error;
        let line = self.draft.rows()[row].line;
        self.found.push(Diagnostic { severity, ..Diagnostic::new(code, line, column, value, arguments) });
    }
}

/// Judges an entry: the checked entry, or `None` when it has an error. `found` gets everything that is wrong or doubtful.
pub fn check_entry<'d, 'c, 'b>(
    draft: &'d EntryDraft<'c, 'b>,
    terms: &EntryTerms<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<CheckedEntry<'d, 'c, 'b>> {
    let before = found.len();
    let everyone = terms.rules.of_everyone();
    let mut findings =
        Findings { terms, draft, found, faulty: false, rules: everyone, manufacturer: None, repair_type: None };
    if !shape(&mut findings) {
        return None;
    }
    manufacturer::check(&mut findings);
    required::check(&mut findings);
    cells::check(&mut findings);
    dates::check(&mut findings);
    let (parts, part_quantity) = items::check(&mut findings);
    let (faulty, manufacturer) = (findings.faulty, findings.manufacturer);
    if found.len() > before + 1 {
        found[before..].sort_by_key(|each| (each.line, each.column));
    }
    if faulty {
        return None;
    }
    let number = |key| {
        let field = terms.reader.fields.key(key);
        let text = draft.field(0, field, terms.reader.mapping);
        u64::from(whole(text, terms.reader.fields.get(field).maximum).unwrap_or(0))
    };
    let totals = EntryTotals {
        entries: 1,
        parts,
        part_quantity,
        labour_minutes: number(Key::LaborHours) * 60 + number(Key::LaborMinutes),
        travel_km: number(Key::TravelKilometers),
    };
    Some(CheckedEntry { draft, manufacturer, totals })
}

/// Whether the records of an entry can be judged at all: their cells, their length, their characters.
#[inline]
fn shape(findings: &mut Findings<'_, '_, '_>) -> bool {
    let EntryTerms { reader, may_end_early, cell_bytes, check_characters, .. } = *findings.terms;
    let headings = reader.mapping.headings();
    let mut can_be_judged = true;
    for (place, row) in findings.draft.rows().iter().enumerate() {
        let shape = Shape {
            record: row.record,
            charset: reader.charset,
            width: headings.width(),
            headings: headings.texts().len(),
            may_end_early,
            cell_bytes,
        };
        can_be_judged &= shape.check(&mut |code, column, value, arguments| {
            findings.note(place, code, code.severity(), column, value, arguments);
        });
        if check_characters {
            characters(findings, place);
        }
    }
    can_be_judged
}

/// Notes each mapped cell whose bytes mean nothing in the encoding.
fn characters(findings: &mut Findings<'_, '_, '_>, row: usize) {
    let reader = findings.terms.reader;
    for (column, field) in reader.mapping.mapped() {
        if !reader.charset.is_clean(findings.draft.cell(row, column)) {
            let arguments = Arguments::none().with("encoding", reader.charset.name());
            findings.field(row, field, Code::EncodingInvalid, Code::EncodingInvalid.severity(), arguments);
        }
    }
}

/// The fields of an entry itself that stand in a column.
fn own_fields<'t>(terms: &EntryTerms<'t>) -> impl Iterator<Item = (usize, FieldId)> + use<'t> {
    let EntryReader { mapping, fields, .. } = terms.reader;
    mapping.mapped().filter(|(_, field)| fields.get(*field).item == Item::Entry)
}
