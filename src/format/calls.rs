//! The calls of the platform's interface: their names and paths, in one place.
//!
//! What enters: `formats/reference/calls.csv`. What leaves: a [`Call`] for each [`Purpose`].
//! What is refused: a purpose that nobody knows, or that the table lacks.

use super::read::invalid;
use super::{Registry, nearest};
use crate::diagnostic::Result;
use crate::model::words;

words! {
    /// What the platform is told.
    Purpose {
        /// A warranty claim that it does not know.
        NewClaim = "new_claim",
        /// A warranty claim that it had and that was corrected.
        ChangedClaim = "changed_claim",
        /// A repair file that it does not know.
        NewRepair = "new_repair",
        /// What is new of a repair file: its information, its status codes.
        ChangedRepair = "changed_repair",
        /// The service centre's invoice for a draft invoice.
        Invoice = "invoice",
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What it tells.
    pub purpose: Purpose,
    /// Its name.
    pub name: String,
    /// Its HTTP method.
    pub method: String,
    /// Its path.
    pub path: String,
}

/// Where the calls stand below `formats/`.
const TABLE: &str = "calls";

impl Registry {
    /// The call that tells something.
    pub fn call(&self, purpose: Purpose) -> Result<Call> {
        let path = format!("reference/{TABLE}.csv");
        let missing = || invalid(&path, 1, format_args!("`{}` = ?", purpose.name()));
        let table = self.reference_table(TABLE)?.ok_or_else(missing)?;
        let mut found = None;
        for (place, row) in table.rows().iter().enumerate() {
            let cell =
                |column: &str| table.column(column).and_then(|place| row.get(place)).map_or("", |cell| cell.trim());
            let written = cell("purpose");
            let known = Purpose::from_name(written).ok_or_else(|| {
                let near = nearest(written, Purpose::ALL.iter().map(|each| each.name())).unwrap_or("?");
                invalid(&path, place + 2, format_args!("`{written}` → `{near}`"))
            })?;
            if known == purpose && found.is_none() {
                let [name, method, path] = ["call", "method", "path"].map(|column| cell(column).to_owned());
                found = Some(Call { purpose, name, method, path });
            }
        }
        // The name becomes a part of the names of files.
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric());
        found.filter(|call| is_name(&call.name)).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::BUILT_IN;
    use super::*;

    #[test]
    fn everything_that_is_told_has_its_call() {
        let registry = Registry::built_in();
        for purpose in Purpose::ALL {
            let call = registry.call(*purpose).unwrap();
            assert!(call.path.ends_with(&call.name) && call.method == "POST", "{call:?}");
        }
    }

    #[test]
    fn a_table_without_a_call_is_told() {
        let cause = |text: &'static str| {
            let built_in = BUILT_IN.iter().map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text)));
            let own = (Cow::Borrowed("reference/calls.csv"), Cow::Borrowed(text));
            let fault = Registry::load(built_in.chain([own]).collect()).0.call(Purpose::Invoice).unwrap_err();
            fault.arguments.get("cause").unwrap().to_owned()
        };
        assert_eq!(cause("purpose;call;method;path\n"), "line 1: `invoice` = ?");
        assert_eq!(cause("purpose;call;method;path\ninvoise;X;POST;/X\n"), "line 2: `invoise` → `invoice`");
    }
}
