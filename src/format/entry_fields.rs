//! The fields of repair files and warranty claims, as `formats/deposit/fields.csv` lists them.
//!
//! What enters: the table. What leaves: [`EntryFields`], asked by heading, by name, by [`Key`].
//! What is refused: a field given twice, a type that nobody knows, a field that the program has to know and the table lacks.

use std::collections::BTreeMap;
use std::fmt;

use super::read::invalid;
use super::{Table, fold};
use crate::diagnostic::Result;
use crate::model::{DepositKind, Language};

/// A field of an entry: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldId(u8);

impl FieldId {
    /// The place as a number.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Some fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet([u64; 4]);

impl FieldSet {
    /// Adds a field.
    #[inline]
    pub fn insert(&mut self, field: FieldId) {
        self.0[usize::from(field.0 / 64)] |= 1 << (field.0 % 64);
    }

    /// Whether all of the others are in it.
    #[inline]
    pub fn has_all(&self, others: &Self) -> bool {
        self.0.iter().zip(others.0).all(|(own, other)| other & !own == 0)
    }

    /// Whether one of the others is in it.
    #[inline]
    pub fn has_any(&self, others: &Self) -> bool {
        self.0.iter().zip(others.0).any(|(own, other)| other & own != 0)
    }
}

impl FromIterator<FieldId> for FieldSet {
    fn from_iter<I: IntoIterator<Item = FieldId>>(fields: I) -> Self {
        let mut set = Self::default();
        fields.into_iter().for_each(|field| set.insert(field));
        set
    }
}

/// What a field holds, and so how its cells are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Any text.
    Text,
    /// The id of a manufacturer.
    Manufacturer,
    /// A type of repair that the manufacturer knows.
    RepairType,
    /// The condition that follows from the type of repair.
    Condition,
    /// Whether parts are ordered or a credit is asked for.
    Mode,
    /// Who asked for the repair.
    Origin,
    /// A serial number.
    Serial,
    /// A day.
    Day,
    /// A day and a time.
    DayTime,
    /// How a person is addressed, as a number.
    Title,
    /// A country, by its number.
    Country,
    /// An e-mail address.
    Email,
    /// The reference of a part.
    Reference,
    /// A code of IRIS.
    Iris,
    /// A whole number.
    Whole,
    /// An amount of money.
    Money,
    /// Yes or no.
    Flag,
    /// References and quantities in one cell.
    Parts,
    /// A status code.
    Status,
}

impl ValueKind {
    const NAMES: [(&'static str, Self); 19] = [
        ("text", Self::Text),
        ("manufacturer", Self::Manufacturer),
        ("repair_type", Self::RepairType),
        ("condition", Self::Condition),
        ("mode", Self::Mode),
        ("origin", Self::Origin),
        ("serial", Self::Serial),
        ("day", Self::Day),
        ("day-time", Self::DayTime),
        ("title", Self::Title),
        ("country", Self::Country),
        ("email", Self::Email),
        ("reference", Self::Reference),
        ("iris", Self::Iris),
        ("whole", Self::Whole),
        ("money", Self::Money),
        ("flag", Self::Flag),
        ("parts", Self::Parts),
        ("status", Self::Status),
    ];
}

/// What a field is a part of when an entry has several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Of the entry itself.
    Entry,
    /// Of one of its parts.
    Part,
    /// Of one of its status codes.
    Status,
    /// Of a part of a status code.
    StatusPart,
}

impl Item {
    const NAMES: [(&'static str, Self); 4] =
        [("", Self::Entry), ("part", Self::Part), ("status", Self::Status), ("status_part", Self::StatusPart)];
}

/// A field that the program itself has to know, because a check is about more than its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as in `formats/deposit/fields.csv`, which says what it is")]
pub enum Key {
    ManufacturerId,
    ReportNumber,
    InterventionTypeId,
    InterventionId,
    ClaimMode,
    SerialNumber,
    PurchaseDate,
    Country,
    CallDate,
    InterventionStartDateTime,
    InterventionEndDateTime,
    LaborHours,
    LaborMinutes,
    TravelKilometers,
    Parts,
    PartReference,
    PartQuantity,
    PartBillNumber,
    PartOrderNumber,
    PartToBeOrdered,
    StatusCode,
    AppointmentDate,
    AppointmentEndDate,
    StatusPartReference,
    StatusPartQuantity,
    StatusPartOrderNumber,
}

impl Key {
    const ALL: [Self; 26] = [
        Self::ManufacturerId,
        Self::ReportNumber,
        Self::InterventionTypeId,
        Self::InterventionId,
        Self::ClaimMode,
        Self::SerialNumber,
        Self::PurchaseDate,
        Self::Country,
        Self::CallDate,
        Self::InterventionStartDateTime,
        Self::InterventionEndDateTime,
        Self::LaborHours,
        Self::LaborMinutes,
        Self::TravelKilometers,
        Self::Parts,
        Self::PartReference,
        Self::PartQuantity,
        Self::PartBillNumber,
        Self::PartOrderNumber,
        Self::PartToBeOrdered,
        Self::StatusCode,
        Self::AppointmentDate,
        Self::AppointmentEndDate,
        Self::StatusPartReference,
        Self::StatusPartQuantity,
        Self::StatusPartOrderNumber,
    ];
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What is known of a field.
#[derive(Clone, Debug)]
pub struct EntryField {
    /// Its name, which is also a heading.
    pub name: String,
    /// Where it stands in XML and JSON, by kind of deposit, such as `ClaimConso/LastName`.
    paths: [Option<String>; 2],
    /// Whether deposits of a kind have it.
    in_kinds: [bool; 2],
    /// What it holds.
    pub kind: ValueKind,
    /// What it is a part of.
    pub item: Item,
    /// The least that a number may be.
    pub minimum: u32,
    /// The most that a number may be.
    pub maximum: u32,
    /// A number beyond this one is unlikely.
    pub doubt: Option<u32>,
    /// Whether it says who a person is: such values are shown in reports only.
    pub is_personal: bool,
    /// What the platform calls it in its answers, where that is known.
    platform: String,
    /// Its headings in French and English.
    labels: [String; 2],
}

impl EntryField {
    /// Whether deposits of a kind have it.
    pub fn is_in(&self, kind: DepositKind) -> bool {
        self.in_kinds[kind as usize]
    }

    /// Where it stands in XML and JSON, such as `ClaimConso/LastName`.
    pub fn path(&self, kind: DepositKind) -> Option<&str> {
        self.paths[kind as usize].as_deref()
    }

    /// What the platform calls it in its answers; else its heading in a language.
    pub fn told(&self, language: Language) -> &str {
        let label = &self.labels[usize::from(language == Language::English)];
        [&self.platform, label, &self.name].into_iter().find(|name| !name.is_empty()).map_or("", String::as_str)
    }

    /// Its heading in a language; else its name.
    pub fn label(&self, language: Language) -> &str {
        let label = &self.labels[usize::from(language == Language::English)];
        if label.is_empty() { &self.name } else { label }
    }

    /// What messages call it: its path with dots, else its name.
    pub fn shown(&self, kind: DepositKind) -> String {
        self.path(kind).map_or_else(|| self.name.clone(), |path| path.replace('/', "."))
    }
}

/// All fields.
#[derive(Clone, Debug)]
pub struct EntryFields {
    fields: Vec<EntryField>,
    /// By folded heading.
    headings: BTreeMap<String, Named>,
    keys: [FieldId; Key::ALL.len()],
}

/// What a heading names.
#[derive(Clone, Debug, Default)]
struct Named {
    ids: Vec<FieldId>,
    /// The kinds of deposits in which it can stand.
    kinds: [bool; 2],
}

/// Where the fields stand below `formats/`.
pub(super) const FIELDS: &str = "deposit/fields.csv";

impl EntryFields {
    /// Reads the table of fields. `lists` gives, for a kind, the lists whose elements have a name of their own in XML.
    pub(super) fn read(table: &Table, lists: &[(DepositKind, String, String)]) -> Result<Self> {
        let columns = Columns::of(table)?;
        let mut found = Self { fields: Vec::new(), headings: BTreeMap::new(), keys: [FieldId(0); Key::ALL.len()] };
        for (place, row) in table.rows().iter().enumerate() {
            let line = place + 2;
            let fault = |cause: &str| invalid(FIELDS, line, format_args!("`{cause}`"));
            let cell = |column: &str| columns.cell(row, column);
            let id = FieldId(u8::try_from(place).map_err(|_| fault("255"))?);
            let name = cell("field");
            if name.is_empty() || found.id(name).is_some() {
                return Err(fault(name));
            }
            let path = |column| Some(cell(column).to_owned()).filter(|path| !path.is_empty());
            let number = |column: &str| -> Result<Option<u32>> {
                let text = cell(column);
                if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| fault(text)) }
            };
            let named = |text: &str| ValueKind::NAMES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
            let item = |text: &str| Item::NAMES.iter().find(|(name, _)| *name == text).map(|(_, item)| *item);
            let field = EntryField {
                name: name.to_owned(),
                paths: [path("claim_path"), path("repair_path")],
                in_kinds: [cell("kinds").contains('C'), cell("kinds").contains('R')],
                kind: named(cell("type")).ok_or_else(|| fault(cell("type")))?,
                item: item(cell("item")).ok_or_else(|| fault(cell("item")))?,
                minimum: number("minimum")?.unwrap_or(0),
                maximum: number("maximum")?.unwrap_or(u32::MAX),
                doubt: number("doubt")?,
                is_personal: cell("personal") == "1",
                platform: cell("platform").to_owned(),
                labels: ["french", "english"].map(|column| cell(column).to_owned()),
            };
            let written = ["field", "french", "english"].map(cell).into_iter().chain(cell("also").split('|'));
            let mut headings: Vec<_> = written.map(|heading| (fold(heading), field.in_kinds)).collect();
            for kind in DepositKind::ALL {
                let only = DepositKind::ALL.map(|each| each == kind);
                let spelled = field.path(kind).into_iter().flat_map(|path| spellings(path, kind, lists));
                headings.extend(spelled.map(|heading| (heading, only)));
            }
            for (heading, kinds) in headings.into_iter().filter(|(heading, _)| !heading.is_empty()) {
                let named = found.headings.entry(heading).or_default();
                if !named.ids.contains(&id) {
                    named.ids.push(id);
                }
                for (can, also) in named.kinds.iter_mut().zip(kinds) {
                    *can |= also;
                }
            }
            found.fields.push(field);
        }
        for (place, key) in Key::ALL.into_iter().enumerate() {
            let name = key.to_string();
            found.keys[place] = found.id(&name).ok_or_else(|| invalid(FIELDS, 1, format_args!("`{name}` = ?")))?;
        }
        Ok(found)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Every field.
    pub fn ids(&self) -> impl Iterator<Item = FieldId> {
        (0..=u8::MAX).map(FieldId).take(self.fields.len())
    }

    /// What is known of a field.
    #[inline]
    pub fn get(&self, id: FieldId) -> &EntryField {
        &self.fields[id.index()]
    }

    /// The field of a key.
    #[inline]
    pub fn key(&self, key: Key) -> FieldId {
        self.keys[key as usize]
    }

    /// The field of that name.
    pub fn id(&self, name: &str) -> Option<FieldId> {
        self.ids().find(|id| self.get(*id).name == name)
    }

    /// The fields that a heading may name, whatever the kind of deposit; compared folded.
    pub fn named(&self, heading: &str) -> &[FieldId] {
        self.named_folded(&fold(heading))
    }

    /// The fields that a folded heading may name.
    pub fn named_folded(&self, folded: &str) -> &[FieldId] {
        self.headings.get(folded).map_or(&[], |named| named.ids.as_slice())
    }

    /// Whether a heading can stand in deposits of one kind only, and in which; a path such as `ClaimConso/Zip` tells, too.
    pub fn only_kind(&self, heading: &str) -> Option<DepositKind> {
        let kinds = self.headings.get(&fold(heading))?.kinds;
        let mut can = DepositKind::ALL.into_iter().filter(|kind| kinds[*kind as usize]);
        can.next().filter(|_| can.next().is_none())
    }

    /// The field that a heading names in a kind of deposit.
    pub fn in_kind(&self, heading: &str, kind: DepositKind) -> Option<FieldId> {
        self.named(heading).iter().copied().find(|id| self.get(*id).is_in(kind))
    }
}

/// A path as it stands in JSON, and as it stands in XML, where the elements of lists have names of their own; folded.
fn spellings(path: &str, kind: DepositKind, lists: &[(DepositKind, String, String)]) -> Vec<String> {
    let mut whole = String::new();
    let mut written = String::new();
    for step in path.split('/') {
        if !whole.is_empty() {
            whole.push('/');
        }
        whole.push_str(step);
        written.push_str(step);
        let list = lists.iter().find(|(of, list, _)| *of == kind && *list == whole);
        written.push_str(list.map_or("", |(_, _, element)| element));
    }
    vec![fold(path), fold(&written)]
}

/// The columns of the table, by name.
struct Columns<'t>(Vec<(&'t str, usize)>);

impl<'t> Columns<'t> {
    const NAMES: [&'static str; 14] = [
        "field",
        "kinds",
        "claim_path",
        "repair_path",
        "type",
        "minimum",
        "maximum",
        "doubt",
        "personal",
        "item",
        "french",
        "english",
        "also",
        "platform",
    ];

    fn of(table: &'t Table) -> Result<Self> {
        let column = |name: &'static str| {
            let place = table.column(name).ok_or_else(|| invalid(FIELDS, 1, format_args!("`{name}` = ?")))?;
            Ok((name, place))
        };
        Self::NAMES.into_iter().map(column).collect::<Result<_>>().map(Self)
    }

    fn cell<'r>(&self, row: &'r [String], name: &str) -> &'r str {
        let place = self.0.iter().find(|(each, _)| *each == name).map(|(_, place)| *place);
        place.and_then(|place| row.get(place)).map_or("", |cell| cell.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Registry;
    use super::*;

    #[test]
    fn headings_lead_to_their_fields_in_every_spelling() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        for (heading, kind, name) in [
            ("N° rapport", DepositKind::Claims, "ReportNumber"),
            ("REPORT NUMBER", DepositKind::Repairs, "ReportNumber"),
            ("IRISDefect", DepositKind::Claims, "IRISDefault"),
            ("ClaimConso/LastName", DepositKind::Claims, "LastName"),
            ("ClaimConso.LastName", DepositKind::Claims, "LastName"),
            ("ClaimParts/WarrantyClaimPart/PartReference", DepositKind::Claims, "PartReference"),
            ("StateNatures/StateNature/Parts/Part/OrderNumber", DepositKind::Repairs, "StatusPartOrderNumber"),
            ("Parts/OrderNumber", DepositKind::Repairs, "PartOrderNumber"),
            ("Consumer/Town", DepositKind::Repairs, "City"),
            ("ville", DepositKind::Claims, "City"),
        ] {
            let found = fields.in_kind(heading, kind).map(|id| fields.get(id).name.as_str());
            assert_eq!(found, Some(name), "{heading}");
        }
        assert_eq!(fields.in_kind("Origine", DepositKind::Claims), None);
        assert!(fields.named("Colour").is_empty());
    }

    #[test]
    fn no_heading_means_two_fields_of_one_kind() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        for (heading, Named { ids, .. }) in &fields.headings {
            for kind in DepositKind::ALL {
                let names: Vec<_> = ids
                    .iter()
                    .map(|id| fields.get(*id))
                    .filter(|field| field.is_in(kind))
                    .map(|field| &field.name)
                    .collect();
                assert!(names.len() < 2, "{heading}: {names:?}");
            }
        }
    }
}
