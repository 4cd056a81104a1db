//! `formats check`: what is wrong with the files as a whole.
//!
//! What enters: a [`Registry`], or the folder one is made of. What leaves: every fault, not only the first.
//! What is refused: nothing here, saying is all. The `[[test]]`s of the formats are run by the pipeline.

use std::collections::BTreeMap;
use std::path::Path;

use super::read::fault;
use super::{Purpose, Registry, Resolution, SolutionForm, Table, fold, nearest};
use crate::diagnostic::{Code, Error, Result, Severity};
use crate::model::ManufacturerId;

/// The table that says which manufacturers there are.
const MANUFACTURERS: &str = "reference/manufacturers.csv";

impl Registry {
    /// Every fault of the folder's files over the built-in ones, or of the built-in ones alone; an error only when the folder cannot be read.
    pub fn check_folder(folder: Option<&Path>) -> Result<Vec<Error>> {
        let (registry, mut faults) = match folder {
            Some(folder) => Self::overlaid(folder)?,
            None => (Self::built_in(), Vec::new()),
        };
        faults.extend(registry.check());
        Ok(faults)
    }

    /// What does not hold together between files that are fine one by one.
    pub fn check(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        for (path, text) in self.reference_texts() {
            faults.extend(Table::parse(&path, text).err());
        }
        self.check_deposits(&mut faults);
        self.check_ids(&mut faults);
        self.check_names(&mut faults);
        self.check_suppliers(&mut faults);
        self.check_expectations(&mut faults);
        self.check_temporary_names(&mut faults);
        faults
    }

    /// What deposits look like and what is asked of them, where there are such tables.
    fn check_deposits(&self, faults: &mut Vec<Error>) {
        if !self.has_deposits() {
            return;
        }
        // A table that cannot be read was told already.
        let found = [
            self.deposits().err(),
            SolutionForm::read(self).err(),
            Purpose::ALL.iter().find_map(|purpose| self.call(*purpose).err()),
        ];
        for fault in found.into_iter().flatten() {
            if !faults.iter().any(|other| other.arguments == fault.arguments) {
                faults.push(fault);
            }
        }
    }

    /// One file for each manufacturer of the table, one row for each file.
    fn check_ids(&self, faults: &mut Vec<Error>) {
        let mut files = BTreeMap::new();
        for (path, id) in &self.manufacturer_files {
            if let Some(other) = files.insert(*id, path) {
                faults.push(fault(path, format_args!("id = {id}: {other}")));
            }
        }
        let table = self.reference("manufacturers");
        let Some((table, column)) = table.and_then(|table| Some((table, table.column("manufacturer_id")?))) else {
            faults.push(fault(MANUFACTURERS, "`manufacturer_id` = ?"));
            return;
        };
        let listed: Vec<_> =
            table.rows().iter().map(|row| (&row[column], ManufacturerId::parse(row[column].as_bytes()))).collect();
        for (text, id) in &listed {
            if id.is_none_or(|id| !files.contains_key(&id)) {
                faults.push(fault(MANUFACTURERS, format_args!("manufacturer_id = {text} ∉ manufacturer/*.toml")));
            }
        }
        for (id, path) in files {
            if !listed.iter().any(|(_, listed)| *listed == Some(id)) {
                faults.push(fault(path, format_args!("id = {id} ∉ {MANUFACTURERS}")));
            }
        }
    }

    /// Names that leave nothing to compare, and names that are the id of another.
    fn check_names(&self, faults: &mut Vec<Error>) {
        for (path, id) in &self.manufacturer_files {
            let names = self.manufacturers().iter().filter(|each| each.id == *id).flat_map(super::Manufacturer::names);
            for name in names {
                let taken = ManufacturerId::parse(name.trim().as_bytes())
                    .is_some_and(|id| self.manufacturer_name(id).is_some());
                if fold(name).is_empty() || taken {
                    faults.push(fault(path, format_args!("`{name}`")));
                }
            }
        }
    }

    /// Suppliers that are exactly one manufacturer.
    fn check_suppliers(&self, faults: &mut Vec<Error>) {
        for format in self.formats() {
            let asked =
                format.tests.iter().filter_map(|test| test.supplier.as_deref()).chain(format.supplier.as_deref());
            for supplier in asked {
                let path = format!("import/{}.toml", format.name);
                match self.manufacturer(supplier) {
                    Resolution::One(_) => {}
                    Resolution::Several(ids) => {
                        let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
                        faults.push(fault(&path, format_args!("supplier = `{supplier}` → {ids}")));
                    }
                    Resolution::None { suggestion } => {
                        let suggestion = suggestion.unwrap_or_else(|| "?".to_owned());
                        faults.push(fault(&path, format_args!("supplier = `{supplier}` → {suggestion}")));
                    }
                }
            }
        }
    }

    /// Codes that a test expects among the errors or the warnings, and that can stand there.
    fn check_expectations(&self, faults: &mut Vec<Error>) {
        for format in self.formats() {
            let expected = format.tests.iter().flat_map(|test| {
                let rejected = test.rejected.iter().map(|line| (line, Severity::Error));
                rejected.chain(test.warned.iter().map(|line| (line, Severity::Warning)))
            });
            for (line, severity) in expected {
                let name = line.split(' ').next().unwrap_or_default();
                if Code::from_name(name).is_none_or(|code| code.severity() != severity) {
                    let codes = Code::all().iter().filter(|code| code.severity() == severity).map(|code| code.name());
                    let suggestion = nearest(name, codes).unwrap_or("?");
                    faults
                        .push(fault(&format!("import/{}.toml", format.name), format_args!("`{line}` → {suggestion}")));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    /// What is said of these files alone.
    fn causes(files: &[(&'static str, &'static str)]) -> Vec<String> {
        let generic = ("import/generic.toml", include_str!("../../formats/import/generic.toml"));
        let table = ("reference/manufacturers.csv", "manufacturer_id\n7\n8\n");
        let files = files.iter().chain([&generic, &table]);
        let (registry, faults) =
            Registry::load(files.map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text))).collect());
        assert!(faults.is_empty(), "{faults:?}");
        registry.check().iter().filter_map(|fault| fault.arguments.get("cause").map(str::to_owned)).collect()
    }

    #[test]
    fn files_must_hold_together() {
        const SEVEN: (&str, &str) = ("manufacturer/a.toml", "id = 7\nname = 'Kestrel'\naliases = ['KSTL']\n");
        const EIGHT: (&str, &str) = ("manufacturer/b.toml", "id = 8\nname = 'Orvélia'\naliases = ['kstl']\n");
        assert_eq!(causes(&[SEVEN, EIGHT]), [""; 0]);
        assert_eq!(causes(&[SEVEN]), ["manufacturer_id = 8 ∉ manufacturer/*.toml"]);
        let twice = ("manufacturer/c.toml", "id = 8\nname = '8'\naliases = ['--']\n");
        assert!(causes(&[SEVEN, EIGHT, twice]).contains(&"id = 8: manufacturer/b.toml".to_owned()));
        assert!(causes(&[SEVEN, EIGHT, twice]).contains(&"`--`".to_owned()));
        assert!(causes(&[SEVEN, EIGHT, twice]).contains(&"`8`".to_owned()));
        let shared = ("import/x.toml", "kind = 'order'\nsupplier = 'kstl'\n");
        assert_eq!(causes(&[SEVEN, EIGHT, shared]), ["supplier = `kstl` → 7 | 8"]);
        let tests = (
            "import/x.toml",
            "kind = 'order'\n[[test]]\nsample = 's'\ncatalogue = 'c'\naccepted = 1\n\
             rejected = ['QTY_EMPY line 2']\nwarned = ['QTY_EMPTY line 2']\n",
        );
        assert_eq!(causes(&[SEVEN, EIGHT, tests]), ["`QTY_EMPY line 2` → QTY_EMPTY", "`QTY_EMPTY line 2` → ?"]);
    }

    #[test]
    fn every_sample_of_a_built_in_format_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for test in Registry::built_in().formats().flat_map(|format| &format.tests) {
            assert!(root.join(&test.sample).is_file(), "{}", test.sample);
            assert!(root.join(&test.catalogue).is_file(), "{}", test.catalogue);
        }
    }
}
