//! Names under which programs write what is not whole yet, or what is not for us.
//!
//! What enters: the name of a file in a folder that files are dropped into. What leaves: the pattern of
//! `reference/temporary_names.csv` that it fits. What is refused: a table without the column `pattern`, by `formats check`.

use super::read::fault;
use super::recognise::glob;
use super::{Registry, Table};
use crate::diagnostic::Error;

const TABLE: &str = "temporary_names";

const PATTERN: &str = "pattern";

impl Registry {
    /// The pattern of temporary names that a name fits, whatever its case.
    pub fn temporary(&self, name: &str) -> Option<&str> {
        self.temporary_names().find(|pattern| glob(pattern, name))
    }

    /// The patterns of temporary names.
    pub fn temporary_names(&self) -> impl Iterator<Item = &str> {
        let table = self.reference(TABLE);
        let column = table.and_then(|table| table.column(PATTERN));
        let rows = table.map(Table::rows).unwrap_or_default().iter();
        rows.filter_map(move |row| row.get(column?).map(String::as_str))
    }

    /// A table that names nothing would let half files in.
    pub(super) fn check_temporary_names(&self, faults: &mut Vec<Error>) {
        if self.reference(TABLE).is_some_and(|table| table.column(PATTERN).is_none()) {
            faults.push(fault(&format!("reference/{TABLE}.csv"), format_args!("`{PATTERN}` = ?")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_half_files_are_known() {
        let registry = Registry::built_in();
        for (name, pattern) in [
            ("~$commande.xlsx", "~*"),
            (".~lock.commande.ods#", ".*"),
            ("commande.csv.PART", "*.part"),
            ("commande.csv~", "*~"),
            ("Thumbs.db", "thumbs.db"),
        ] {
            assert_eq!(registry.temporary(name), Some(pattern), "{name}");
        }
        for name in ["commande.csv", "part.csv", "tmp", "commande.tmp.csv"] {
            assert_eq!(registry.temporary(name), None, "{name}");
        }
    }
}
