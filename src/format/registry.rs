//! All formats, manufacturers, headings and reference tables that a run knows.
//!
//! What enters: the built-in files, and those of the user's folder. What leaves: look-ups.
//! What is refused: the first file that is wrong, or all of them at once for `formats check`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use super::manufacturer::Directory;
use super::recognise::recognise;
use super::{
    BUILT_IN, Deposits, Dictionary, ExportFormat, Format, Manufacturer, Recognition, Resolution, ResponseFormat, Shape,
    Table, nearest, overlay, resolve,
};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::model::{ManufacturerId, Zone};

/// The format that every other lies over, and the one for files that no other recognises.
pub(super) const GENERIC: &str = "generic";

/// The list whose time zone is that of the clocks that people go by.
const CLOCKS: &str = "work-orders";

/// What a file of `formats/` is, by its place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home<'p> {
    /// `import/NAME.toml`
    Format(&'p str),
    /// `export/NAME.toml`
    Export(&'p str),
    /// `manufacturer/NAME.toml`
    Manufacturer,
    /// `reference/NAME.csv`
    Reference(&'p str),
    /// `deposit/NAME.csv`
    Deposit(&'p str),
    /// `response/NAME.toml`
    Response(&'p str),
    /// `headings.tsv`
    Headings,
}

impl<'p> Home<'p> {
    /// The home of a path; `None` when nothing is kept there.
    pub(super) fn of(path: &'p str) -> Option<Self> {
        match path.split_once('/') {
            Some(("import", file)) => file.strip_suffix(".toml").map(Self::Format),
            Some(("export", file)) => file.strip_suffix(".toml").map(Self::Export),
            Some(("manufacturer", file)) => file.strip_suffix(".toml").map(|_| Self::Manufacturer),
            Some(("response", file)) => file.strip_suffix(".toml").map(Self::Response),
            Some(("reference", file)) => file.strip_suffix(".csv").map(Self::Reference),
            Some(("deposit", file)) => file.strip_suffix(".csv").map(Self::Deposit),
            None if path == "headings.tsv" => Some(Self::Headings),
            _ => None,
        }
    }
}

/// A file of `formats/` and where it lies there.
type Files = BTreeMap<Cow<'static, str>, Cow<'static, str>>;

/// A format and the text it was read from.
#[derive(Debug)]
struct Preset {
    format: Format,
    source: Cow<'static, str>,
}

/// A list to be written and the text it was read from.
#[derive(Debug)]
struct ExportPreset {
    format: ExportFormat,
    source: Cow<'static, str>,
}

/// A reference table, read when somebody asks for it.
#[derive(Debug)]
struct Reference {
    text: Cow<'static, str>,
    table: OnceLock<Option<Table>>,
}

/// All that is known from `formats/`.
#[derive(Debug)]
pub struct Registry {
    presets: BTreeMap<String, Preset>,
    exports: BTreeMap<String, ExportPreset>,
    directory: Directory,
    /// Where each manufacturer was read, for `formats check`.
    pub(super) manufacturer_files: Vec<(String, ManufacturerId)>,
    dictionary: Dictionary,
    references: BTreeMap<String, Reference>,
    deposit_texts: BTreeMap<String, Cow<'static, str>>,
    deposits: OnceLock<Deposits>,
    responses: BTreeMap<String, ResponseFormat>,
}

impl Registry {
    /// What the program brings along.
    pub fn built_in() -> Self {
        // A test proves that the built-in files are without a fault.
        Self::load(built_in_files()).0
    }

    /// The built-in files with those of a folder over them: the same path replaces, a new one adds.
    ///
    /// The first fault of the folder's files is the error; [`Registry::check_folder`] gives all of them.
    pub fn with_overlay(folder: &Path) -> Result<Self> {
        let (registry, faults) = Self::overlaid(folder)?;
        faults.into_iter().next().map_or(Ok(registry), Err)
    }

    /// The registry of a folder over the built-in files, and what is wrong with them.
    pub(super) fn overlaid(folder: &Path) -> Result<(Self, Vec<Error>)> {
        let mut files = built_in_files();
        files.extend(overlay::read(folder)?.into_iter().map(|(path, text)| (Cow::Owned(path), Cow::Owned(text))));
        Ok(Self::load(files))
    }

    /// What can be read of these files, and what is wrong with the others.
    pub(super) fn load(files: Files) -> (Self, Vec<Error>) {
        let mut faults = Vec::new();
        let mut manufacturers = Vec::new();
        let mut registry = Self {
            presets: BTreeMap::new(),
            exports: BTreeMap::new(),
            directory: Directory::default(),
            manufacturer_files: Vec::new(),
            dictionary: Dictionary::default(),
            references: BTreeMap::new(),
            deposit_texts: BTreeMap::new(),
            deposits: OnceLock::new(),
            responses: BTreeMap::new(),
        };
        let generic = generic(&files, &mut faults);
        let base = generic.as_ref().map(|preset| preset.format.clone());
        registry.presets.extend(generic.map(|preset| (GENERIC.to_owned(), preset)));
        for (path, text) in files {
            match Home::of(&path) {
                Some(Home::Format(GENERIC)) | None => {}
                Some(Home::Format(name)) => match resolve::format(&path, name, &text, base.as_ref()) {
                    Ok(format) => drop(registry.presets.insert(name.to_owned(), Preset { format, source: text })),
                    Err(fault) => faults.push(fault),
                },
                Some(Home::Export(name)) => match ExportFormat::parse(&path, name, &text) {
                    Ok(format) => drop(registry.exports.insert(name.to_owned(), ExportPreset { format, source: text })),
                    Err(fault) => faults.push(fault),
                },
                Some(Home::Manufacturer) => match Manufacturer::parse(&path, &text) {
                    Ok(manufacturer) => {
                        registry.manufacturer_files.push((path.into_owned(), manufacturer.id));
                        manufacturers.push(manufacturer);
                    }
                    Err(fault) => faults.push(fault),
                },
                Some(Home::Reference(name)) => {
                    drop(registry.references.insert(name.to_owned(), Reference { text, table: OnceLock::new() }));
                }
                Some(Home::Deposit(name)) => drop(registry.deposit_texts.insert(name.to_owned(), text)),
                Some(Home::Response(name)) => match ResponseFormat::parse(&path, &text) {
                    Ok(format) => drop(registry.responses.insert(name.to_owned(), format)),
                    Err(fault) => faults.push(fault),
                },
                Some(Home::Headings) => match Dictionary::parse(&path, &text) {
                    Ok(dictionary) => registry.dictionary = dictionary,
                    Err(fault) => faults.push(fault),
                },
            }
        }
        registry.directory = Directory::new(manufacturers);
        (registry, faults)
    }

    /// The format of that name.
    pub fn format(&self, name: &str) -> Result<&Format> {
        let found = self.presets.get(name).map(|preset| &preset.format);
        found.ok_or_else(|| unknown(name, self.presets.keys()))
    }

    /// The list of that name.
    pub fn export_format(&self, name: &str) -> Result<&ExportFormat> {
        let found = self.exports.get(name).map(|preset| &preset.format);
        found.ok_or_else(|| unknown(name, self.exports.keys()))
    }

    /// The clocks that people go by.
    pub fn clocks(&self) -> Result<&Zone> {
        self.export_format(CLOCKS).map(|format| &format.zone)
    }

    /// Every list, by name.
    pub fn export_formats(&self) -> impl Iterator<Item = &ExportFormat> {
        self.exports.values().map(|preset| &preset.format)
    }

    /// The format of any order file, and of what is typed.
    pub fn generic(&self) -> Result<&Format> {
        self.format(GENERIC)
    }

    /// Every format, by name.
    pub fn formats(&self) -> impl Iterator<Item = &Format> {
        self.presets.values().map(|preset| &preset.format)
    }

    /// The text that a format or a list was read from; a format comes before a list of the same name.
    pub fn source(&self, name: &str) -> Result<&str> {
        let format = self.presets.get(name).map(|preset| preset.source.as_ref());
        let found = format.or_else(|| self.exports.get(name).map(|preset| preset.source.as_ref()));
        found.ok_or_else(|| unknown(name, self.presets.keys().chain(self.exports.keys())))
    }

    /// Which format a file is in, by its name and its headings; never `generic`, which is for all others.
    pub fn recognise(&self, file_name: &str, headings: &[&str]) -> Recognition<'_> {
        recognise(self.formats().filter(|format| format.name != GENERIC), file_name, headings)
    }

    /// Every manufacturer, by id.
    pub fn manufacturers(&self) -> &[Manufacturer] {
        self.directory.all()
    }

    /// The manufacturer that a text means: id first, then name or alias, compared folded.
    pub fn manufacturer(&self, text: &str) -> Resolution {
        self.directory.find(text)
    }

    /// What is known of a manufacturer.
    pub fn manufacturer_of(&self, id: ManufacturerId) -> Option<&Manufacturer> {
        self.directory.get(id)
    }

    /// How the answers of manufacturers are read: `order-response` or `estimate`.
    pub fn response(&self, name: &str) -> Result<&ResponseFormat> {
        let unknown = || Error::new(Code::FormatUnknown, Arguments::none().with("name", name));
        self.responses.get(name).ok_or_else(unknown)
    }

    /// The name of a manufacturer.
    pub fn manufacturer_name(&self, id: ManufacturerId) -> Option<&str> {
        self.directory.get(id).map(|manufacturer| manufacturer.name.as_str())
    }

    /// The longest reference that any manufacturer uses, for proposals.
    pub fn longest_reference(&self) -> usize {
        self.manufacturers().iter().flat_map(|each| &each.shapes).map(Shape::length).max().unwrap_or(0)
    }

    /// The one manufacturer that somebody named. A name of several is never guessed.
    pub fn one_manufacturer(&self, name: &str) -> Result<ManufacturerId> {
        let arguments = Arguments::none().with("name", name);
        match self.manufacturer(name) {
            Resolution::One(id) => Ok(id),
            Resolution::Several(ids) => {
                let names: Vec<_> = ids.iter().map(|id| self.manufacturer_title(*id)).collect();
                Err(Error::new(Code::SupplierAmbiguous, arguments.with("candidates", names.join(", "))))
            }
            Resolution::None { suggestion } => {
                let arguments =
                    suggestion.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
                Err(Error::new(Code::SupplierUnknown, arguments))
            }
        }
    }

    /// A manufacturer as messages name it: id and name, or the bare id of one that is only in the catalogue.
    pub fn manufacturer_title(&self, id: ManufacturerId) -> String {
        self.manufacturer_name(id).map_or_else(|| id.to_string(), |name| format!("{id} {name}"))
    }

    /// What headings stand for.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// A reference table by its name without the ending; `None` when there is none, or none that can be read.
    pub fn reference(&self, name: &str) -> Option<&Table> {
        let reference = self.references.get(name)?;
        reference.table.get_or_init(|| Table::parse(name, &reference.text).ok()).as_ref()
    }

    /// What deposits look like and what is asked of them.
    pub fn deposits(&self) -> Result<&Deposits> {
        match self.deposits.get() {
            Some(deposits) => Ok(deposits),
            None => Deposits::read(self).map(|deposits| self.deposits.get_or_init(|| deposits)),
        }
    }

    /// Whether there is any table about deposits.
    pub(super) fn has_deposits(&self) -> bool {
        !self.deposit_texts.is_empty()
    }

    /// A reference table, `None` when there is no such file.
    pub(super) fn reference_table(&self, name: &str) -> Result<Option<&Table>> {
        let Some(reference) = self.references.get(name) else { return Ok(None) };
        match self.reference(name) {
            Some(table) => Ok(Some(table)),
            None => Table::parse(&format!("reference/{name}.csv"), &reference.text).map(|_| None),
        }
    }

    /// The text of a table of `deposit/` by its name without the ending.
    pub(super) fn deposit_text(&self, name: &str) -> Option<&str> {
        self.deposit_texts.get(name).map(Cow::as_ref)
    }

    /// The three digits of ISO 3166-1 for a country that is given by them, by two letters or by three.
    pub fn country(&self, text: &str) -> Option<&str> {
        let table = self.reference("countries")?;
        let column = match (text.len(), text.bytes().all(|c| c.is_ascii_digit())) {
            (3, true) => "code",
            (2, false) => "alpha2",
            (3, false) => "alpha3",
            _ => return None,
        };
        let (code, column) = (table.column("code")?, table.column(column)?);
        let row = table.rows().iter().find(|row| row[column].eq_ignore_ascii_case(text))?;
        Some(&row[code])
    }

    /// The texts of the reference tables with their paths, for `formats check`.
    pub(super) fn reference_texts(&self) -> impl Iterator<Item = (String, &str)> {
        self.references.iter().map(|(name, reference)| (format!("reference/{name}.csv"), reference.text.as_ref()))
    }
}

/// The error for a name that nobody knows, with the nearest of those that are known.
fn unknown<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Error {
    let mut arguments = Arguments::none().with("name", name);
    if let Some(suggestion) = nearest(name, known.map(String::as_str)) {
        arguments = arguments.with("suggestion", suggestion);
    }
    Error::new(Code::FormatUnknown, arguments)
}

fn built_in_files() -> Files {
    BUILT_IN.iter().map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text))).collect()
}

/// The generic format of these files; one of the user lies over the built-in one like any other format does.
fn generic(files: &Files, faults: &mut Vec<Error>) -> Option<Preset> {
    let path = format!("import/{GENERIC}.toml");
    let (_, built_in) = BUILT_IN.iter().find(|(each, _)| *each == path)?;
    let source = files.get(path.as_str())?;
    let format = resolve::format(&path, GENERIC, built_in, None).and_then(|format| match source.as_ref() {
        same if same == *built_in => Ok(format),
        own => resolve::format(&path, GENERIC, own, Some(&format)),
    });
    format.map_err(|fault| faults.push(fault)).ok().map(|format| Preset { format, source: source.clone() })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::Field;

    #[test]
    fn the_built_in_files_are_without_a_fault() {
        let (registry, faults) = Registry::load(built_in_files());
        assert!(faults.is_empty(), "{faults:?}");
        let faults = registry.check();
        assert!(faults.is_empty(), "{faults:?}");
        assert!(registry.formats().count() > 4);
        for format in registry.formats() {
            assert!(!format.title.fr.is_empty() && !format.title.en.is_empty(), "{}", format.name);
            assert!(format.name == GENERIC || !format.tests.is_empty(), "{} proves nothing", format.name);
            assert!(registry.source(&format.name).is_ok());
        }
        assert!(BUILT_IN.iter().all(|(path, _)| Home::of(path).is_some()), "a file that nobody reads");
    }

    #[test]
    fn the_dictionary_knows_the_usual_headings() {
        let registry = Registry::built_in();
        let claims = registry.dictionary().claims("N° COMMANDE CLIENT");
        assert_eq!(claims, [super::super::Claim { target: Some(Field::CustomerOrderNumber), strong: true }]);
        assert!(registry.dictionary().claims("Pos.").iter().all(|claim| claim.target.is_none()));
    }

    #[test]
    fn every_listed_manufacturer_is_found_by_its_id_and_its_names() {
        let registry = Registry::built_in();
        for manufacturer in registry.manufacturers() {
            assert_eq!(registry.manufacturer(&manufacturer.id.to_string()), Resolution::One(manufacturer.id));
            assert_eq!(registry.manufacturer_name(manufacturer.id), Some(manufacturer.name.as_str()));
        }
        let finds = |name: &str, wanted: &str| match registry.manufacturer(name) {
            Resolution::One(id) => id.to_string() == wanted,
            Resolution::Several(ids) => ids.iter().any(|id| id.to_string() == wanted),
            Resolution::None { .. } => false,
        };
        // Both columns of names in the table lead to the row's id, each name of a file to its own.
        for row in registry.reference("manufacturers").unwrap().rows() {
            for name in row[1..3].iter().filter(|name| !name.is_empty()) {
                assert!(finds(name, &row[0]), "{name}");
            }
        }
        for manufacturer in registry.manufacturers() {
            for name in manufacturer.names() {
                assert!(finds(name, &manufacturer.id.to_string()), "{name}");
            }
        }
    }

    #[test]
    fn a_country_is_found_by_each_of_its_codes() {
        let registry = Registry::built_in();
        for text in ["250", "FR", "fra"] {
            assert_eq!(registry.country(text), Some("250"), "{text}");
        }
        for text in ["", "F", "France", "25", "000", "XX", "XXX", "code"] {
            assert_eq!(registry.country(text), None, "{text}");
        }
        assert_eq!(registry.reference("countries").unwrap().rows().len(), 249);
    }

    #[test]
    fn an_unknown_format_comes_with_the_nearest_one() {
        let error = Registry::built_in().format("genric").unwrap_err();
        assert_eq!(error.code, Code::FormatUnknown);
        assert_eq!(error.arguments.get("suggestion"), Some(GENERIC));
    }

    /// A folder with these files in it.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_users_folder_replaces_and_adds() {
        let folder = folder(&[
            ("import/mine.toml", "kind = 'order'\n[limits]\nlines = 5\n"),
            ("import/generic.toml", "kind = 'order'\n[limits]\ncolumns = 12\n"),
            ("import/notes.md", "not a format"),
            ("manufacturer/kestrel.toml", "id = 700\nname = 'Kestrel'\naliases = ['Faucon']\n"),
            ("headings.tsv", "target_field\tlanguage\theading\tnote\nquantity\ten\tHow many\t\n"),
            ("reference/colours.csv", "code;name\n1;red\n"),
            ("samples/any.toml", "this is nobody's business ="),
        ]);
        let registry = Registry::with_overlay(folder.path()).unwrap();
        let mine = registry.format("mine").unwrap();
        assert_eq!((mine.limits.lines, mine.limits.columns, mine.quantity.maximum), (5, 12, 9999));
        assert_eq!(registry.manufacturer("faucon"), Resolution::One(ManufacturerId(700)));
        assert_eq!(registry.dictionary().claims("how-many").len(), 1);
        assert!(registry.dictionary().claims("Quantity").is_empty());
        assert_eq!(registry.reference("colours").unwrap().rows().len(), 1);
        assert!(registry.reference("sounds").is_none());
        // The new manufacturer stands in no table of ids.
        let faults = registry.check();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].arguments.get("cause"), Some("id = 700 ∉ reference/manufacturers.csv"));
    }

    #[test]
    fn every_fault_of_a_folder_is_found_and_the_first_one_stops() {
        let folder = folder(&[
            ("import/a.toml", "kind = 'order'\ntitel = 'x'\n"),
            ("import/b.toml", "kind = 'order'\nsupplier = 'Nobody'\n"),
            ("manufacturer/k.toml", "id = 'seven'\nname = 'K'\n"),
            ("reference/titles.csv", "code;label\n1\n"),
        ]);
        assert_eq!(Registry::with_overlay(folder.path()).unwrap_err().code, Code::FormatKeyUnknown);
        let faults = Registry::check_folder(Some(folder.path())).unwrap();
        let paths: Vec<_> = faults.iter().filter_map(|fault| fault.arguments.get("path")).collect();
        assert_eq!(paths, ["import/a.toml:2", "manufacturer/k.toml", "reference/titles.csv", "import/b.toml"]);
    }

    #[test]
    fn a_format_in_the_wrong_place_and_a_missing_folder_are_said() {
        let folder = folder(&[("mine.toml", "kind = 'order'\n")]);
        assert_eq!(Registry::with_overlay(folder.path()).unwrap_err().code, Code::FormatInvalid);
        assert_eq!(Registry::with_overlay(&folder.path().join("none")).unwrap_err().code, Code::FileNotFound);
    }
}
