//! What deposits look like and what is asked of them.
//!
//! What enters: the tables of `formats/deposit/` and the rule tables of `formats/reference/`. What leaves: [`Deposits`].
//! What is refused: a table that misses a column or names what nobody knows.

use super::read::fault;
use super::{EntryFields, Registry, Rules, StatusCodes, Table};
use crate::diagnostic::Result;
use crate::model::DepositKind;

/// Where records stand in XML or JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// What they are; `None` when only their fields tell.
    pub kind: Option<DepositKind>,
    /// `xml` or `json`.
    pub source: String,
    /// Their path, such as `/Deposit/WarrantyClaims/WarrantyClaim`.
    pub path: String,
}

/// What deposits look like and what is asked of them.
#[derive(Clone, Debug)]
pub struct Deposits {
    /// The fields.
    pub fields: EntryFields,
    /// Where records stand, the likeliest place first.
    pub places: Vec<RecordPlace>,
    /// What is asked.
    pub rules: Rules,
    /// What status codes say of a repair file.
    pub statuses: StatusCodes,
}

impl Deposits {
    /// Reads the tables of a registry.
    pub(super) fn read(registry: &Registry) -> Result<Self> {
        let table = |name: &str| {
            let path = format!("deposit/{name}.csv");
            registry.deposit_text(name).ok_or_else(|| fault(&path, "= ?")).and_then(|text| Table::parse(&path, text))
        };
        let lists = rows(&table("lists")?, ["kind", "path", "element"]);
        let lists: Vec<_> = lists
            .into_iter()
            .filter_map(|[kind, path, element]| Some((DepositKind::from_name(&kind)?, path, element)))
            .collect();
        let places = rows(&table("records")?, ["kind", "source", "path"]).into_iter();
        let places = places
            .map(|[kind, source, path]| RecordPlace { kind: DepositKind::from_name(&kind), source, path })
            .collect();
        let fields = EntryFields::read(&table("fields")?, &lists)?;
        let rules = Rules::read(registry, &fields)?;
        Ok(Self { fields, places, rules, statuses: StatusCodes::read(registry)? })
    }
}

/// The cells of these columns; a column that is not there is empty.
fn rows<const N: usize>(table: &Table, columns: [&str; N]) -> Vec<[String; N]> {
    let places = columns.map(|column| table.column(column));
    let cell =
        |row: &[String], place: Option<usize>| place.and_then(|place| row.get(place)).cloned().unwrap_or_default();
    table.rows().iter().map(|row| places.map(|place| cell(row, place))).collect()
}
