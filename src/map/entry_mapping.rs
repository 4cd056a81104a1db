//! Headings of a deposit to the fields of its entries.

use super::Headings;
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::{EntryFields, FieldId, Item, Key};
use crate::model::DepositKind;

/// Fields to columns, for one deposit.
#[derive(Clone, Debug)]
pub struct EntryMapping {
    /// What the deposit holds.
    pub kind: DepositKind,
    headings: Headings,
    /// By field.
    columns: Vec<Option<usize>>,
    /// By column.
    fields: Vec<Option<FieldId>>,
    /// Columns that tell countries by letters throughout.
    lettered: Vec<usize>,
    /// Whether an entry may take several records: one for each part or status code.
    repeats: bool,
}

/// What these headings can only be: claims, repair files, or `None` when they do not tell.
pub fn kind_of(headings: &[String], fields: &EntryFields) -> Option<DepositKind> {
    let only = |kind| headings.iter().any(|heading| fields.only_kind(heading) == Some(kind));
    match (only(DepositKind::Claims), only(DepositKind::Repairs)) {
        (true, false) => Some(DepositKind::Claims),
        (false, true) => Some(DepositKind::Repairs),
        _ => None,
    }
}

impl EntryMapping {
    /// Gives each heading its field; headings that nobody knows are passed over. Two columns for one field are refused.
    pub fn assign(headings: Vec<String>, kind: DepositKind, known: &EntryFields) -> Result<Self, Error> {
        let mut columns = vec![None; known.len()];
        let mut fields = Vec::with_capacity(headings.len());
        let headings = Headings::new(headings);
        for (column, heading) in headings.texts().iter().enumerate() {
            let field = known.in_kind(heading, kind);
            fields.push(field);
            let Some(id) = field else { continue };
            if let Some(other) = columns[id.index()].replace(column) {
                let both = [other, column].map(|each| format!("{} (#{})", headings.name(each), each + 1));
                let arguments = Arguments::none().with("field", &known.get(id).name).with("headings", both.join(", "));
                return Err(Error::new(Code::FieldClaimedTwice, arguments));
            }
        }
        let repeats = fields.iter().flatten().any(|id| known.get(*id).item != Item::Entry);
        Ok(Self { kind, headings, columns, fields, lettered: Vec::new(), repeats })
    }

    /// Columns of countries whose cells are codes of letters throughout, as far as a sample shows.
    pub fn set_lettered(&mut self, columns: Vec<usize>) {
        self.lettered = columns;
    }

    /// Whether a column tells countries by letters.
    pub fn is_lettered(&self, column: usize) -> bool {
        self.lettered.contains(&column)
    }

    /// Takes the fields away from columns that are none of the sender's.
    pub fn forget(&mut self, is_other: impl Fn(usize) -> bool) {
        for column in (0..self.fields.len()).filter(|column| is_other(*column)) {
            if let Some(field) = self.fields[column].take() {
                self.columns[field.index()] = None;
            }
        }
    }

    /// The column of a field.
    #[inline]
    pub fn column(&self, field: FieldId) -> Option<usize> {
        self.columns[field.index()]
    }

    /// The field of a column.
    #[inline]
    pub fn field(&self, column: usize) -> Option<FieldId> {
        self.fields.get(column).copied().flatten()
    }

    /// Columns that hold a field.
    pub fn mapped(&self) -> impl Iterator<Item = (usize, FieldId)> {
        self.fields.iter().enumerate().filter_map(|(column, field)| field.map(|field| (column, field)))
    }

    /// The headings.
    pub fn headings(&self) -> &Headings {
        &self.headings
    }

    /// Whether an entry may take several records.
    pub fn repeats(&self) -> bool {
        self.repeats
    }

    /// Whether the columns that no deposit goes without are there.
    pub fn is_deposit(&self, known: &EntryFields) -> bool {
        [Key::ManufacturerId, Key::InterventionTypeId, Key::ReportNumber]
            .into_iter()
            .any(|key| self.column(known.key(key)).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    fn texts(headings: &str) -> Vec<String> {
        headings.split(';').map(str::to_owned).collect()
    }

    #[test]
    fn the_headings_tell_the_kind_when_they_can() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        for (headings, kind) in [
            ("N° rapport;Constructeur;Minutes", Some(DepositKind::Claims)),
            ("N° rapport;Constructeur;Origine;Pièces", Some(DepositKind::Repairs)),
            ("N° rapport;Constructeur;Nom;Parts", None),
            ("N° rapport;Minutes;Code état", None),
            ("ClaimType/ManufacturerId;ClaimConso/Zip", Some(DepositKind::Claims)),
            ("ManufacturerId;Consumer/Zip", Some(DepositKind::Repairs)),
            ("Couleur;Prix", None),
        ] {
            assert_eq!(kind_of(&texts(headings), fields), kind, "{headings}");
        }
    }

    #[test]
    fn columns_are_found_in_any_order_and_none_twice() {
        let registry = Registry::built_in();
        let fields = &registry.deposits().unwrap().fields;
        let mapping =
            EntryMapping::assign(texts("Nom;Couleur;report number;PIÈCES"), DepositKind::Claims, fields).unwrap();
        assert_eq!(mapping.column(fields.key(Key::ReportNumber)), Some(2));
        assert_eq!(mapping.mapped().count(), 3);
        assert!(!mapping.repeats());
        let twice = EntryMapping::assign(texts("Nom;Last name"), DepositKind::Claims, fields).unwrap_err();
        assert_eq!(twice.code, Code::FieldClaimedTwice);
        let repeated = EntryMapping::assign(texts("Nom;Réf. pièce"), DepositKind::Claims, fields).unwrap();
        assert!(repeated.repeats());
    }
}
