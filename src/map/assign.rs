//! Headings to fields.

use std::collections::BTreeMap;

use super::Mapping;
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::{Claim, Dictionary, Format, fold, nearest};
use crate::model::Field;

/// Where a user says a field stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Under this heading, compared folded.
    Heading(String),
    /// In this column, from 0.
    Column(usize),
}

/// One `--map field=heading` or `--map field=#3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What stands there.
    pub field: Field,
    /// Where it stands.
    pub place: Place,
}

/// Whether the cells of a column look like a field: `None` when the cells do not tell.
pub type Evidence<'e> = &'e dyn Fn(Field, usize) -> Option<bool>;

/// What headings are judged by, the strongest first: the user's wishes, the format's template, the dictionary.
#[derive(Clone, Copy)]
pub struct Rules<'r> {
    /// `--map`.
    pub wishes: &'r [Wish],
    /// The format's own headings and positions.
    pub format: &'r Format,
    /// Real headings of the trade.
    pub dictionary: &'r Dictionary,
    /// What the file is called in messages.
    pub path: &'r str,
}

impl Rules<'_> {
    /// The mapping of a file without a heading, when wishes and format place every required field by number.
    pub fn positions(&self) -> Option<Mapping> {
        let mut mapping = Mapping::default();
        for field in Field::ALL {
            let wished = self.wishes.iter().rev().find(|wish| wish.field == field);
            let place = match wished.map(|wish| &wish.place) {
                Some(Place::Column(column)) => Some(*column),
                Some(Place::Heading(_)) => return None,
                None => self.format.column(field).position,
            };
            match place {
                Some(column) => mapping.set(field, column),
                None if self.format.column(field).required => return None,
                None => {}
            }
        }
        Some(mapping)
    }
}

/// What headings may stand for, from all sources together: enough to recognise a heading row.
pub struct Lexicon<'r> {
    /// By folded heading: what the user and the format say.
    own: BTreeMap<String, Vec<Claim>>,
    dictionary: &'r Dictionary,
    /// What other formats say, for headings that nobody else knows.
    others: BTreeMap<String, Vec<Claim>>,
}

/// A longer cell is no heading.
const HEADING_BYTES: usize = 100;

impl<'r> Lexicon<'r> {
    /// The words of the rules; those of `others` count where nothing else is known.
    pub fn new(rules: Rules<'r>, others: impl Iterator<Item = &'r Format>) -> Self {
        let mut own = named(rules.format);
        for wish in rules.wishes {
            if let Place::Heading(name) = &wish.place {
                own.insert(fold(name), vec![Claim { target: Some(wish.field), strong: true }]);
            }
        }
        Self { own, dictionary: rules.dictionary, others: others.flat_map(named).collect() }
    }

    /// What a heading may stand for.
    pub fn claims(&self, heading: &str) -> &[Claim] {
        if heading.len() > HEADING_BYTES || !heading.chars().any(|c| c.is_alphabetic() || c == '#') {
            return &[];
        }
        let folded = fold(heading);
        let known = self.own.get(&folded).map_or_else(|| self.dictionary.claims_of_folded(&folded), Vec::as_slice);
        if known.is_empty() { self.others.get(&folded).map_or(&[], Vec::as_slice) } else { known }
    }
}

/// A format's own headings, folded.
fn named(format: &Format) -> BTreeMap<String, Vec<Claim>> {
    let mut words = BTreeMap::<String, Vec<Claim>>::new();
    for field in Field::ALL {
        for name in &format.column(field).headings {
            words.entry(fold(name)).or_default().push(Claim { target: Some(field), strong: true });
        }
    }
    words
}

/// Gives each field its column.
///
/// Order of the sources: `--map`, the format's headings, then the dictionary. There, a heading that can mean one field
/// only goes first; one that can mean several is settled by the fields that are already given and by the cells, and if
/// that leaves a doubt about it the user is asked (an error that says how to answer).
pub fn assign(headings: &[String], rules: Rules<'_>, evidence: Evidence<'_>) -> Result<Mapping, Error> {
    let mut work =
        Assignment { headings, rules, mapping: Mapping::new(headings.to_vec()), taken: vec![false; headings.len()] };
    work.wishes()?;
    work.template()?;
    work.dictionary(evidence)?;
    work.complete()?;
    Ok(work.mapping)
}

struct Assignment<'r> {
    headings: &'r [String],
    rules: Rules<'r>,
    mapping: Mapping,
    /// Columns that are spoken for, be it for no field.
    taken: Vec<bool>,
}

impl Assignment<'_> {
    fn wishes(&mut self) -> Result<(), Error> {
        for wish in self.rules.wishes {
            let column = match &wish.place {
                Place::Column(column) => *column,
                Place::Heading(name) => {
                    let columns = self.columns_named(name);
                    match columns.as_slice() {
                        [column] => *column,
                        [] => return Err(self.not_found(name)),
                        several => return Err(self.claimed_twice(wish.field, several)),
                    }
                }
            };
            self.give(wish.field, column);
        }
        Ok(())
    }

    fn template(&mut self) -> Result<(), Error> {
        for field in Field::ALL {
            let column = self.rules.format.column(field);
            if self.mapping.column(field).is_some() || column.headings.is_empty() {
                continue;
            }
            let mut columns: Vec<_> = column
                .headings
                .iter()
                .flat_map(|name| self.columns_named(name))
                .filter(|column| !self.taken[*column])
                .collect();
            columns.sort_unstable();
            columns.dedup();
            match columns.as_slice() {
                [] => {}
                [column] => self.give(field, *column),
                [first, ..] if column.informative => self.give(field, *first),
                several => return Err(self.claimed_twice(field, several)),
            }
        }
        Ok(())
    }

    fn dictionary(&mut self, evidence: Evidence<'_>) -> Result<(), Error> {
        // First what can be meant in one way only.
        for field in Field::ALL {
            if self.mapping.column(field).is_some() {
                continue;
            }
            let sure: Vec<_> = self
                .open_columns()
                .filter(|column| self.claims(*column) == [Claim { target: Some(field), strong: true }])
                .collect();
            match sure.as_slice() {
                [] => {}
                [column] => self.give(field, *column),
                [first, ..] if self.rules.format.column(field).informative => self.give(field, *first),
                several => return Err(self.claimed_twice(field, several)),
            }
        }
        // Then what is doubtful, by what is left and by the cells.
        let doubtful: Vec<_> = self.open_columns().collect();
        let mut settled: Vec<(Field, usize)> = Vec::new();
        for column in doubtful {
            let fields: Vec<_> = self
                .claims(column)
                .iter()
                .filter_map(|claim| claim.target)
                .filter(|field| self.mapping.column(*field).is_none())
                .collect();
            let convinced: Vec<_> =
                fields.iter().copied().filter(|field| evidence(*field, column) == Some(true)).collect();
            let possible: Vec<_> = fields
                .iter()
                .copied()
                .filter(|field| evidence(*field, column) != Some(false) || self.has_no_other(*field, column))
                .collect();
            let may_be_none = self.claims(column).iter().any(|claim| claim.target.is_none());
            match (convinced.as_slice(), possible.as_slice()) {
                ([field], _) => settled.push((*field, column)),
                // A heading that is often no field at all needs its cells to speak for it.
                (_, []) => {}
                (_, _) if may_be_none => {}
                ([], [field]) => settled.push((*field, column)),
                (_, several) => return Err(self.ambiguous(column, several)),
            }
        }
        for field in Field::ALL {
            let columns: Vec<_> =
                settled.iter().filter(|(each, _)| *each == field).map(|(_, column)| *column).collect();
            match columns.as_slice() {
                [] => {}
                [column] => self.give(field, *column),
                [first, ..] if self.rules.format.column(field).informative => self.give(field, *first),
                several => return Err(self.claimed_twice(field, several)),
            }
        }
        Ok(())
    }

    /// Whether a required field would be left without any column, so that its cells, however many are at fault, do not
    /// count against the one that bears its name.
    fn has_no_other(&self, field: Field, column: usize) -> bool {
        let claims = |other: usize| self.claims(other).iter().any(|claim| claim.target == Some(field));
        self.rules.format.column(field).required && !self.open_columns().any(|other| other != column && claims(other))
    }

    fn complete(&self) -> Result<(), Error> {
        let missing: Vec<_> = Field::ALL
            .into_iter()
            .filter(|field| self.rules.format.column(*field).required && self.mapping.column(*field).is_none())
            .map(Field::name)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let headings: Vec<_> =
            self.headings.iter().map(|heading| heading.trim()).filter(|heading| !heading.is_empty()).collect();
        let arguments = Arguments::none()
            .with("fields", missing.join(", "))
            .with("headings", headings.join(", "))
            .with("path", self.rules.path);
        Err(Error::new(Code::MappingIncomplete, arguments))
    }

    fn give(&mut self, field: Field, column: usize) {
        self.mapping.set(field, column);
        if let Some(taken) = self.taken.get_mut(column) {
            *taken = true;
        }
    }

    fn open_columns(&self) -> impl Iterator<Item = usize> {
        (0..self.headings.len()).filter(|column| !self.taken[*column])
    }

    fn claims(&self, column: usize) -> &[Claim] {
        self.rules.dictionary.claims(&self.headings[column])
    }

    fn columns_named(&self, name: &str) -> Vec<usize> {
        let folded = fold(name);
        (0..self.headings.len()).filter(|column| fold(&self.headings[*column]) == folded).collect()
    }

    fn not_found(&self, name: &str) -> Error {
        let mut arguments = Arguments::none().with("heading", name).with("path", self.rules.path);
        if let Some(near) = nearest(name, self.headings.iter().map(String::as_str)) {
            arguments = arguments.with("suggestion", near);
        }
        Error::new(Code::ColumnNotFound, arguments)
    }

    fn claimed_twice(&self, field: Field, columns: &[usize]) -> Error {
        let headings: Vec<_> =
            columns.iter().map(|column| format!("{} (#{})", self.mapping.heading(*column), column + 1)).collect();
        Error::new(
            Code::FieldClaimedTwice,
            Arguments::none().with("field", field).with("headings", headings.join(", ")),
        )
    }

    fn ambiguous(&self, column: usize, fields: &[Field]) -> Error {
        let fields: Vec<_> = fields.iter().map(|field| field.name()).collect();
        Error::new(
            Code::MappingAmbiguous,
            Arguments::none().with("heading", self.mapping.heading(column)).with("fields", fields.join(", ")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    fn mapped(headings: &str, wishes: &[Wish], evidence: Evidence<'_>) -> Result<Vec<(Field, usize)>, Code> {
        let registry = Registry::built_in();
        let rules = Rules {
            wishes,
            format: registry.format("generic").unwrap(),
            dictionary: registry.dictionary(),
            path: "x.csv",
        };
        let headings: Vec<_> = headings.split(';').map(str::to_owned).collect();
        let mapping = assign(&headings, rules, evidence).map_err(|error| error.code)?;
        Ok(Field::ALL.into_iter().filter_map(|field| mapping.column(field).map(|column| (field, column))).collect())
    }

    fn plain(headings: &str) -> Result<Vec<(Field, usize)>, Code> {
        mapped(headings, &[], &|_, _| None)
    }

    #[test]
    fn real_headings_find_their_fields() {
        use Field::{
            Comment, CustomerOrderNumber, DeliveryAccount, DesiredDeliveryDate, Label, Quantity, Reference, UnitPrice,
            WorkOrder,
        };
        let headings = "N° commande client;Réf. pièce;Désignation;Qté;Prix unitaire HT;Date livraison souhaitée;Compte de livraison;Ordre de mission;Commentaire";
        assert_eq!(
            plain(headings).unwrap(),
            [
                (Reference, 1),
                (Quantity, 3),
                (Label, 2),
                (CustomerOrderNumber, 0),
                (WorkOrder, 7),
                (Comment, 8),
                (DeliveryAccount, 6),
                (DesiredDeliveryDate, 5),
                (UnitPrice, 4)
            ]
        );
        assert_eq!(plain("Pos.;Artikelnummer;Menge").unwrap(), [(Reference, 1), (Quantity, 2)]);
    }

    #[test]
    fn a_doubtful_heading_is_settled_by_the_others_or_by_its_cells() {
        use Field::{CustomerOrderNumber, Quantity, Reference};
        assert_eq!(
            plain("Bestellnr.;Artikelnummer;Menge").unwrap(),
            [(Reference, 1), (Quantity, 2), (CustomerOrderNumber, 0)]
        );
        assert_eq!(plain("Bestellnr.;Menge"), Err(Code::MappingAmbiguous));
        let cells = |field, _| Some(field == Reference);
        assert_eq!(mapped("Bestellnr.;Menge", &[], &cells).unwrap(), [(Reference, 0), (Quantity, 1)]);
        assert_eq!(plain("No.;Référence;Qté").unwrap(), [(Reference, 1), (Quantity, 2)]);
        let nothing_known = |field, _| (field == Reference).then_some(false);
        assert_eq!(mapped("Référence;Qté", &[], &nothing_known).unwrap(), [(Reference, 0), (Quantity, 1)]);
        assert_eq!(mapped("Bestellnr.;Menge", &[], &nothing_known), Err(Code::MappingAmbiguous));
    }

    #[test]
    fn two_columns_for_one_field_are_never_guessed() {
        assert_eq!(plain("Réf;Réf;Qté"), Err(Code::FieldClaimedTwice));
        assert_eq!(plain("Référence;Désignation;Libellé;Qté").unwrap().len(), 3, "nothing depends on the label");
        let wish = [Wish { field: Field::Reference, place: Place::Column(1) }];
        assert_eq!(mapped("Réf;Réf;Qté", &wish, &|_, _| None).unwrap(), [(Field::Reference, 1), (Field::Quantity, 2)]);
    }

    #[test]
    fn what_is_missing_or_misspelt_is_said() {
        assert_eq!(plain("Désignation;Qté"), Err(Code::MappingIncomplete));
        let wish = [Wish { field: Field::Quantity, place: Place::Heading("Nb pieces".to_owned()) }];
        assert_eq!(
            mapped("Référence;Nb pièces", &wish, &|_, _| None).unwrap(),
            [(Field::Reference, 0), (Field::Quantity, 1)]
        );
        assert_eq!(mapped("Référence;Nb", &wish, &|_, _| None), Err(Code::ColumnNotFound));
    }
}
