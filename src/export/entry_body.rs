//! An entry as JSON with the member names of the platform's interface.
//!
//! What enters: an entry as it was read, valid or not, and which column holds which field. What leaves: one compact object.
//! A value that is not what its field holds stands there as text, as it was written, so that nothing of a draft is lost;
//! empty cells are left out.

use crate::format::{FieldId, Item, Key, Rules, ValueKind};
use crate::map::{EntryDraft, EntryReader, part_list, whole};
use crate::model::{ManufacturerId, Money, write_integer};

/// Writes entries of one deposit.
#[derive(Clone, Debug)]
pub struct EntryBodies<'r> {
    reader: EntryReader<'r>,
    rules: &'r Rules,
    root: Branch,
    /// The cell with all parts.
    listed: Option<usize>,
    /// Whether a part belongs to the status code beside it.
    is_flat: bool,
}

/// An object, or a list of objects.
#[derive(Clone, Debug, Default)]
struct Branch {
    name: String,
    /// What it is one of, when it is a list.
    item: Option<Item>,
    leaves: Vec<Leaf>,
    branches: Vec<Branch>,
}

/// A value.
#[derive(Clone, Debug)]
struct Leaf {
    name: String,
    /// None where the value only follows from others.
    column: Option<usize>,
    field: FieldId,
}

/// What a listed part has.
const LISTED: [Key; 2] = [Key::PartReference, Key::PartQuantity];

impl<'r> EntryBodies<'r> {
    /// For the columns of a deposit. `is_flat` says that a part belongs to the status code beside it, as it does in a table.
    pub fn new(reader: EntryReader<'r>, rules: &'r Rules, is_flat: bool) -> Self {
        let mut root = Branch::default();
        let kind = reader.mapping.kind;
        for field in reader.fields.ids() {
            let facts = reader.fields.get(field);
            let Some(path) = facts.path(kind) else { continue };
            let column = reader.mapping.column(field);
            let can_follow = facts.kind == ValueKind::Condition || field == reader.fields.key(Key::Country);
            if column.is_none() && !can_follow {
                continue;
            }
            let (branch, name) = root.under(path, facts.item);
            branch.leaves.push(Leaf { name: name.to_owned(), column, field });
        }
        let listed = reader.mapping.column(reader.fields.key(Key::Parts));
        if listed.is_some() {
            let reference = reader.fields.get(reader.fields.key(Key::PartReference));
            reference.path(kind).map(|path| root.under(path, reference.item));
        }
        Self { reader, rules, root, listed, is_flat }
    }

    /// Appends an entry.
    pub fn write(&self, draft: &EntryDraft<'_, '_>, out: &mut Vec<u8>) {
        let mut writer = Writer { bodies: self, draft, out };
        if !writer.object(&self.root, 0, 0..draft.rows().len()) {
            writer.out.extend_from_slice(b"{}");
        }
    }
}

impl Branch {
    /// The branch that holds the last member of a path, and that member's name.
    fn under<'b, 'p>(&'b mut self, path: &'p str, item: Item) -> (&'b mut Self, &'p str) {
        let (way, name) = path.rsplit_once('/').map_or(("", path), |(way, name)| (way, name));
        let steps: Vec<_> = way.split('/').filter(|step| !step.is_empty()).collect();
        let mut branch = self;
        for (place, step) in steps.iter().enumerate() {
            let found = branch.branches.iter().position(|each| each.name == **step);
            let at = found.unwrap_or_else(|| {
                branch.branches.push(Self { name: (*step).to_owned(), ..Self::default() });
                branch.branches.len() - 1
            });
            branch = &mut branch.branches[at];
            branch.item = match item {
                Item::Entry => None,
                // A part of a status code stands in two lists, one in the other.
                Item::StatusPart if place + 1 < steps.len() => Some(Item::Status),
                item => Some(item),
            };
        }
        (branch, name)
    }
}

/// Writes one entry.
struct Writer<'w, 'c, 'b> {
    bodies: &'w EntryBodies<'w>,
    draft: &'w EntryDraft<'c, 'b>,
    out: &'w mut Vec<u8>,
}

impl<'w> Writer<'w, '_, '_> {
    /// Writes an object of a row, whose lists stand in `rows`; whether anything is in it. Empty, nothing is written.
    fn object(&mut self, branch: &Branch, row: usize, rows: std::ops::Range<usize>) -> bool {
        let before = self.out.len();
        self.out.push(b'{');
        for leaf in &branch.leaves {
            let filled = leaf.column.filter(|column| !self.draft.cell(row, *column).is_empty());
            if let Some(column) = filled {
                self.name(&leaf.name);
                self.value(row, column, leaf.field);
            } else if let Some(condition) = self.condition(leaf.field) {
                self.name(&leaf.name);
                self.text(condition.as_bytes(), true);
            } else if let Some(country) = self.default_country(leaf.field) {
                self.name(&leaf.name);
                write_integer(self.out, u64::from(country));
            }
        }
        for inner in &branch.branches {
            let from = self.out.len();
            self.name(&inner.name);
            let is_there = match inner.item {
                None => self.object(inner, row, rows.clone()),
                Some(item) => self.list(inner, item, row, rows.clone()),
            };
            if !is_there {
                self.out.truncate(from);
            }
        }
        if self.out.len() == before + 1 {
            self.out.truncate(before);
            return false;
        }
        self.out.push(b'}');
        true
    }

    /// Writes a list of parts or status codes that stand in `rows`; whether there are any.
    fn list(&mut self, branch: &Branch, item: Item, row: usize, rows: std::ops::Range<usize>) -> bool {
        let before = self.out.len();
        self.out.push(b'[');
        if item == Item::Part {
            self.listed();
        }
        let is_one = |place: &usize| self.has(branch, *place);
        let places: Vec<_> = rows.clone().filter(is_one).collect();
        for (count, place) in places.iter().enumerate() {
            // What belongs to a status code stands in the rows up to the next one.
            let end = places.get(count + 1).copied().unwrap_or(rows.end);
            self.comma();
            self.object(branch, *place, *place..end);
        }
        if item == Item::StatusPart && places.is_empty() {
            self.part_beside(row);
        }
        if self.out.len() == before + 1 {
            self.out.truncate(before);
            return false;
        }
        self.out.push(b']');
        true
    }

    /// Whether a row holds anything of an element of a list, what is in it counted in.
    fn has(&self, branch: &Branch, row: usize) -> bool {
        branch.leaves.iter().filter_map(|leaf| leaf.column).any(|column| !self.draft.cell(row, column).is_empty())
    }

    /// In flat files a part on the line of a status code belongs to it.
    fn part_beside(&mut self, row: usize) {
        let parts = self.bodies.root.branches.iter().find(|each| each.item == Some(Item::Part));
        if let Some(parts) = parts.filter(|_| self.bodies.is_flat) {
            self.object(parts, row, row..row);
        }
    }

    /// Parts in one cell.
    fn listed(&mut self) {
        let Some(column) = self.bodies.listed else { return };
        let reader = &self.bodies.reader;
        let cell = self.draft.cell(0, column);
        if cell.is_empty() {
            return;
        }
        let names = LISTED.map(|key| {
            let path = reader.fields.get(reader.fields.key(key)).path(reader.mapping.kind).unwrap_or_default();
            path.rsplit('/').next().unwrap_or_default()
        });
        if part_list(cell).any(|part| part.is_none()) {
            // As it was written, for whoever corrects it.
            self.comma();
            self.out.push(b'{');
            self.name(names[0]);
            self.text(cell, false);
            self.out.push(b'}');
            return;
        }
        for part in part_list(cell).flatten() {
            self.comma();
            self.out.push(b'{');
            self.name(names[0]);
            self.text(reader.charset.trim(part.reference), true);
            self.name(names[1]);
            write_integer(self.out, u64::from(part.quantity));
            self.out.push(b'}');
        }
    }

    fn comma(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[') | None) {
            self.out.push(b',');
        }
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// The condition that follows from the type of repair, for the field that tells it.
    fn condition(&self, field: FieldId) -> Option<&'w str> {
        let EntryBodies { reader, rules, .. } = self.bodies;
        if reader.fields.get(field).kind != ValueKind::Condition {
            return None;
        }
        let cell = |key| self.draft.field(0, reader.fields.key(key), reader.mapping);
        let id = ManufacturerId::parse(cell(Key::ManufacturerId))?;
        let types = &rules.of(id)?.repair_types;
        let known = types.iter().find(|each| each.id.as_bytes() == cell(Key::InterventionTypeId))?;
        Some(known.condition.as_str()).filter(|condition| !condition.is_empty())
    }

    /// The country of consumers when none is given.
    fn default_country(&self, field: FieldId) -> Option<u32> {
        let EntryBodies { reader, rules, .. } = self.bodies;
        let country = rules.default_country.as_deref().filter(|_| field == reader.fields.key(Key::Country))?;
        whole(country.as_bytes(), 999)
    }

    fn value(&mut self, row: usize, column: usize, field: FieldId) {
        let facts = self.bodies.reader.fields.get(field);
        let cell = self.draft.cell(row, column);
        let number = match facts.kind {
            ValueKind::Whole => whole(cell, facts.maximum),
            ValueKind::Manufacturer | ValueKind::RepairType | ValueKind::Title => whole(cell, 999_999),
            ValueKind::Country => whole(self.bodies.rules.country_of_letters(cell).map_or(cell, str::as_bytes), 999),
            _ => None,
        };
        if let Some(number) = number {
            return write_integer(self.out, u64::from(number));
        }
        let kind = facts.kind;
        let date = self.draft.day_time(row, column);
        match (kind, date) {
            (ValueKind::Day, Some(date)) => self.ascii(format_args!("\"{}T00:00:00\"", date.day())),
            (ValueKind::DayTime, Some(date)) => {
                let ((hour, minute), zone) = (date.time(), if date.is_utc() { "Z" } else { "" });
                self.ascii(format_args!("\"{}T{hour:02}:{minute:02}:00{zone}\"", date.day()));
            }
            (ValueKind::Money, _) => match Money::parse(cell) {
                Some(amount) => self.ascii(format_args!("{amount}")),
                None => self.text(cell, false),
            },
            (ValueKind::Flag, _) => match self.bodies.rules.flag(cell) {
                Some(flag) => self.ascii(format_args!("{flag}")),
                None => self.text(cell, false),
            },
            (
                ValueKind::Reference | ValueKind::Iris | ValueKind::Condition | ValueKind::Origin | ValueKind::Mode,
                _,
            ) => {
                self.text(cell, true);
            }
            _ => self.text(cell, false),
        }
    }

    fn ascii(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory cannot fail.
        drop(std::io::Write::write_fmt(self.out, text));
    }

    /// A text, escaped; in capitals where its letters are compared so.
    fn text(&mut self, cell: &[u8], in_capitals: bool) {
        self.out.push(b'"');
        let from = self.out.len();
        let is_plain = |c: &u8| (0x20..0x7F).contains(c) && *c != b'"' && *c != b'\\';
        if cell.iter().all(is_plain) {
            self.out.extend_from_slice(cell);
            if in_capitals {
                self.out[from..].make_ascii_uppercase();
            }
        } else {
            for c in self.bodies.reader.charset.decode(cell).chars() {
                match if in_capitals { c.to_ascii_uppercase() } else { c } {
                    c @ ('"' | '\\') => self.ascii(format_args!("\\{c}")),
                    c @ '\0'..='\x1F' => self.ascii(format_args!("\\u{:04x}", u32::from(c))),
                    c => self.ascii(format_args!("{c}")),
                }
            }
        }
        self.out.push(b'"');
    }
}
