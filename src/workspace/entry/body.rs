//! What an entry says, as JSON whose members are found by the fields of `formats/deposit/fields.csv`.
//!
//! What enters: the body that the ledger keeps, edits as people type them. What leaves: values by field, a changed body, the
//! claim that a repair file becomes. What is refused: a field that entries of the kind do not have, a part or status code
//! that is not there. Values are not judged here: whatever is typed is written down and judged with the whole.

use serde_json::{Map, Value};

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{EntryField, EntryFields, FieldId, Item, Key, ValueKind, nearest};
use crate::map::part_list;
use crate::model::DepositKind;
use crate::report::text::MASK;

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryBody {
    kind: DepositKind,
    root: Value,
}

/// A change of an entry as somebody types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryEdit {
    /// The field: a heading, a name or a path.
    pub field: String,
    /// Which part or status code, from 1.
    pub place: Option<usize>,
    /// What it says from now on; nothing empties it.
    pub value: String,
}

/// The path of the lists that items stand in, and the member.
fn list_of(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A value as text.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl EntryBody {
    /// The body of an entry of a kind; an empty one when it is no JSON object.
    pub fn new(kind: DepositKind, text: &str) -> Self {
        let root = serde_json::from_str(text).ok().filter(Value::is_object);
        Self { kind, root: root.unwrap_or_else(|| Value::Object(Map::new())) }
    }

    /// As compact JSON.
    pub fn text(&self) -> String {
        self.root.to_string()
    }

    /// As JSON.
    pub fn json(&self) -> &Value {
        &self.root
    }

    /// The value of a field of the entry itself.
    pub fn value(&self, field: &EntryField) -> Option<String> {
        written(self.at(field.path(self.kind).filter(|_| field.item == Item::Entry)?)?)
    }

    /// The value of a field that the program knows by a key.
    pub fn key(&self, key: Key, fields: &EntryFields) -> Option<String> {
        self.value(fields.get(fields.key(key)))
    }

    /// The same as people read it: of a day only the day.
    pub fn shown(&self, field: &EntryField) -> Option<String> {
        let value = self.value(field)?;
        let day = value.strip_suffix("T00:00:00").filter(|_| field.kind == ValueKind::Day).map(str::to_owned);
        Some(day.unwrap_or(value))
    }

    fn at(&self, path: &str) -> Option<&Value> {
        path.split('/').try_fold(&self.root, |value, step| value.get(step))
    }

    fn at_mut(&mut self, path: &str) -> Option<&mut Value> {
        path.split('/').try_fold(&mut self.root, |value, step| value.get_mut(step))
    }

    /// The parts, or the status codes.
    pub fn items(&self, item: Item, fields: &EntryFields) -> &[Value] {
        let list = self.list_path(item, fields).and_then(|path| self.at(path)).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// The value of a field of a part or status code.
    pub fn item_value(&self, item: &Value, field: &EntryField) -> Option<String> {
        written(item.get(list_of(field.path(self.kind)?).1)?)
    }

    /// Where the list of items stands.
    fn list_path<'f>(&self, item: Item, fields: &'f EntryFields) -> Option<&'f str> {
        let mut paths = fields.ids().map(|id| fields.get(id)).filter(|field| field.item == item);
        paths.find_map(|field| field.path(self.kind)).map(|path| list_of(path).0)
    }

    /// The object at a path, made when it is not there.
    fn object(&mut self, path: &str) -> Option<&mut Map<String, Value>> {
        let mut value = &mut self.root;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            value = as_object(value)?.entry(step).or_insert(Value::Null);
        }
        as_object(value)
    }

    /// Writes a value down; an empty one takes the member out.
    fn put(&mut self, path: &str, value: Value) {
        let (way, member) = list_of(path);
        if let Some(object) = self.object(way) {
            put_member(object, member, value);
        }
    }

    /// Adds a part or a status code.
    pub fn push(&mut self, item: Item, value: Value, fields: &EntryFields) {
        let Some(path) = self.list_path(item, fields) else { return };
        let (way, member) = list_of(path);
        let Some(object) = self.object(way) else { return };
        match object.entry(member).or_insert(Value::Null) {
            Value::Array(items) => items.push(value),
            other => *other = Value::Array(vec![value]),
        }
    }

    /// Writes a value of a part or status code down.
    pub fn put_item(&mut self, place: usize, field: &EntryField, value: Value) {
        let Some((list, member)) = field.path(self.kind).map(list_of) else { return };
        let item = self.at_mut(list).and_then(|list| list.get_mut(place)).and_then(as_object);
        if let Some(item) = item {
            put_member(item, member, value);
        }
    }

    /// Adds a part to a status code.
    pub(super) fn push_part_of_status(&mut self, place: usize, values: &[(Key, &str)], fields: &EntryFields) {
        let Some(statuses) = self.list_path(Item::Status, fields) else { return };
        let mut object = Map::new();
        let mut list = "";
        for (key, value) in values {
            let Some((way, member)) = fields.get(fields.key(*key)).path(self.kind).map(list_of) else { continue };
            list = list_of(way).1;
            put_member(&mut object, member, Value::String((*value).to_owned()));
        }
        let status = self.at_mut(statuses).and_then(|items| items.get_mut(place)).and_then(as_object);
        let parts = status.map(|status| status.entry(list).or_insert_with(|| Value::Array(Vec::new())));
        if let Some(Value::Array(parts)) = parts {
            parts.push(Value::Object(object));
        }
    }

    /// The number of the order that a part is on.
    pub(super) fn order_number(&self, reference: &str, fields: &EntryFields) -> Option<String> {
        let field = |key| fields.get(fields.key(key));
        let parts = self.items(Item::Part, fields).iter();
        let mut those = parts.filter(|part| {
            let known = self.item_value(part, field(Key::PartReference));
            known.is_some_and(|known| known.trim().eq_ignore_ascii_case(reference.trim()))
        });
        those.find_map(|part| self.item_value(part, field(Key::PartOrderNumber)))
    }

    /// Makes a change.
    pub fn edit(&mut self, edit: &EntryEdit, fields: &EntryFields) -> Result<()> {
        let unknown = || self.unknown(&edit.field, fields);
        let id = fields.in_kind(&edit.field, self.kind).ok_or_else(unknown)?;
        let field = fields.get(id);
        if id == fields.key(Key::Parts) {
            return self.edit_parts(&edit.value, fields);
        }
        let value = Value::String(edit.value.trim().to_owned());
        match (field.item, edit.place) {
            (Item::Entry, None) => {
                let path = field.path(self.kind).ok_or_else(unknown)?;
                self.put(path, value);
                Ok(())
            }
            (Item::Part | Item::Status, place) => {
                let count = self.items(field.item, fields).len();
                // One that stands alone needs no number; the next number adds one.
                let place = place.or((count <= 1).then_some(1)).filter(|place| (1..=count + 1).contains(place));
                let Some(place) = place else {
                    let near = format!("{}#{}", field.name, count.max(1));
                    let name = edit.place.map_or_else(|| edit.field.clone(), |place| format!("{}#{place}", edit.field));
                    return Err(field_unknown(&name, Some(&near), &self.names(fields)));
                };
                if place > count {
                    self.push(field.item, Value::Object(Map::new()), fields);
                }
                self.put_item(place - 1, field, value);
                Ok(())
            }
            _ => Err(self.unknown(&edit.field, fields)),
        }
    }

    /// Takes a whole list of parts, `REF:QTY|REF:QTY`.
    fn edit_parts(&mut self, text: &str, fields: &EntryFields) -> Result<()> {
        let mut parts = Vec::new();
        for listed in part_list(text.trim().as_bytes()).filter(|_| !text.trim().is_empty()) {
            let part = listed.ok_or_else(|| Error::new(Code::PartsFormat, Arguments::none()))?;
            let mut object = Map::new();
            let reference = String::from_utf8_lossy(part.reference).trim().to_owned();
            for (key, value) in [(Key::PartReference, reference.into()), (Key::PartQuantity, part.quantity.into())] {
                let path = fields.get(fields.key(key)).path(self.kind).unwrap_or_default();
                object.insert(list_of(path).1.to_owned(), value);
            }
            parts.push(Value::Object(object));
        }
        if let Some(path) = self.list_path(Item::Part, fields) {
            self.put(path, Value::Array(parts));
        }
        Ok(())
    }

    fn names<'f>(&self, fields: &'f EntryFields) -> Vec<&'f str> {
        let known = fields.ids().map(|id| fields.get(id)).filter(|field| field.is_in(self.kind));
        known.map(|field| field.name.as_str()).collect()
    }

    fn unknown(&self, name: &str, fields: &EntryFields) -> Error {
        let names = self.names(fields);
        field_unknown(name, nearest(name, names.iter().copied()), &names)
    }

    /// The claim that a repair file becomes: every field that both have, and the parts.
    #[must_use]
    pub fn as_claim(&self, fields: &EntryFields) -> Self {
        let mut claim = Self::new(DepositKind::Claims, "");
        let shared = |id: &FieldId| {
            let field = fields.get(*id);
            Some((field, field.path(self.kind)?, field.path(DepositKind::Claims)?))
        };
        for (field, from, to) in fields.ids().filter_map(|id| shared(&id)) {
            if field.item == Item::Entry
                && let Some(value) = self.at(from).filter(|value| written(value).is_some())
            {
                claim.put(to, value.clone());
            }
        }
        for part in self.items(Item::Part, fields) {
            let mut object = Map::new();
            for (_, from, to) in
                fields.ids().filter_map(|id| shared(&id)).filter(|(field, ..)| field.item == Item::Part)
            {
                let value = part.get(list_of(from).1).cloned().unwrap_or_default();
                put_member(&mut object, list_of(to).1, value);
            }
            claim.push(Item::Part, Value::Object(object), fields);
        }
        claim
    }

    /// The same without what says who a person is.
    #[must_use]
    pub(in crate::workspace) fn without_persons(&self, fields: &EntryFields) -> Self {
        let mut left = self.clone();
        for path in personal(self.kind, fields) {
            let (way, member) = list_of(path);
            let holder = if way.is_empty() { Some(&mut left.root) } else { left.at_mut(way) };
            if let Some(members) = holder.and_then(Value::as_object_mut) {
                members.remove(member);
            }
        }
        left
    }

    /// The same with what says who a person is made unreadable.
    #[must_use]
    pub fn masked(&self, fields: &EntryFields) -> Self {
        let mut masked = self.clone();
        for path in personal(self.kind, fields) {
            if let Some(value) = masked.at_mut(path).filter(|value| !value.is_null()) {
                *value = Value::String(MASK.to_owned());
            }
        }
        masked
    }
}

/// The paths of what says who a person is.
pub(in crate::workspace) fn personal(kind: DepositKind, fields: &EntryFields) -> impl Iterator<Item = &str> {
    let personal = fields.ids().map(|id| fields.get(id)).filter(|field| field.is_personal);
    personal.filter_map(move |field| field.path(kind))
}

/// The value as an object, whatever it was before.
fn as_object(value: &mut Value) -> Option<&mut Map<String, Value>> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

fn put_member(object: &mut Map<String, Value>, member: &str, value: Value) {
    let is_empty = match &value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if is_empty {
        object.remove(member);
    } else {
        object.insert(member.to_owned(), value);
    }
}

/// A field that nobody knows, with the one that was probably meant.
pub(super) fn field_unknown(name: &str, near: Option<&str>, names: &[&str]) -> Error {
    let arguments = Arguments::none().with("name", name).with("fields", names.join(", "));
    let arguments = near.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
    Error::new(Code::FieldUnknown, arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;
    use crate::model::{CompleteRepairState, WarrantyClaim};

    fn edit(field: &str, place: Option<usize>, value: &str) -> EntryEdit {
        EntryEdit { field: field.to_owned(), place, value: value.to_owned() }
    }

    #[test]
    fn fields_are_found_by_heading_name_and_path() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        let mut body = EntryBody::new(DepositKind::Claims, r#"{"ClaimConso":{"LastName":"Lefèvre","Zip":"64100"}}"#);
        for (field, place, value) in [
            ("Date d'appel", None, "2026-03-14"),
            ("InterventionStartDateTime", None, "2026-03-14T09:30"),
            ("ClaimConso.LastName", None, "Martin"),
            ("Zip", None, ""),
            ("Parts", None, "MS-1:1|MS-2:3"),
            ("PartBillNumber", Some(2), "F-7"),
            ("Réf. pièce", Some(3), "MS-3"),
        ] {
            body.edit(&edit(field, place, value), fields).unwrap();
        }
        let claim: WarrantyClaim = serde_json::from_str(&body.text()).unwrap();
        let (consumer, infos) = (claim.claim_conso.unwrap(), claim.claim_infos.unwrap());
        assert_eq!((consumer.last_name.as_deref(), consumer.zip), (Some("Martin"), None));
        assert_eq!(infos.call_date.unwrap().to_string(), "2026-03-14");
        assert!(infos.intervention_start_date_time.is_some());
        let parts: Vec<_> =
            claim.claim_parts.iter().map(|part| (part.part_reference.as_deref(), part.quantity)).collect();
        assert_eq!(parts, [(Some("MS-1"), Some(1)), (Some("MS-2"), Some(3)), (Some("MS-3"), None)]);
        assert_eq!(claim.claim_parts[1].bill_number.as_deref(), Some("F-7"));
        for (field, place, suggestion) in [
            ("LastNme", None, Some("LastName")),
            ("Origine", None, Some("OriginCode")),
            ("PartQuantity", None, Some("PartQuantity#3")),
            ("PartQuantity", Some(9), Some("PartQuantity#3")),
        ] {
            let error = body.edit(&edit(field, place, "x"), fields).unwrap_err();
            assert_eq!((error.code, error.arguments.get("suggestion")), (Code::FieldUnknown, suggestion), "{field}");
        }
        assert_eq!(body.edit(&edit("Parts", None, "MS-1"), fields).unwrap_err().code, Code::PartsFormat);
    }

    #[test]
    fn a_claim_has_everything_that_its_repair_file_said() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        // Every field of repair files with a value, and two parts.
        let mut repair = EntryBody::new(DepositKind::Repairs, "");
        for field in fields.ids().map(|id| fields.get(id)).filter(|field| field.is_in(DepositKind::Repairs)) {
            if let Some(path) = field.path(DepositKind::Repairs).filter(|_| field.item == Item::Entry) {
                repair.put(path, Value::String(format!("<{}>", field.name)));
            }
        }
        repair.edit_parts("MS-1:1|MS-2:3", fields).unwrap();
        repair.put_item(1, fields.get(fields.in_kind("PartComment", DepositKind::Repairs).unwrap()), "urgent".into());
        let claim = repair.as_claim(fields);
        let mut shared = 0;
        for field in fields.ids().map(|id| fields.get(id)).filter(|field| field.item == Item::Entry) {
            if field.path(DepositKind::Claims).is_some() && field.path(DepositKind::Repairs).is_some() {
                assert_eq!(claim.value(field), Some(format!("<{}>", field.name)));
                shared += 1;
            }
        }
        assert!(shared > 40, "{shared}");
        let second = &claim.items(Item::Part, fields)[1];
        assert_eq!(second.to_string(), r#"{"Comments":"urgent","PartReference":"MS-2","Quantity":3}"#);
    }

    #[test]
    fn what_says_who_a_person_is_is_made_unreadable() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        let text = r#"{"CommercialRef":"EA8108","Consumer":{"LastName":"Lefèvre","Zip":"64100"}}"#;
        let masked = EntryBody::new(DepositKind::Repairs, text).masked(fields).text();
        assert!(!masked.contains("Lef") && !masked.contains("64100") && masked.contains("EA8108"), "{masked}");
        serde_json::from_str::<CompleteRepairState>(&masked).unwrap();
    }
}
