//! What is asked of repair files and warranty claims: rule tables, nearly all of them by manufacturer.
//!
//! What enters: tables of `formats/reference/` and `formats/deposit/`, read by the headings of their columns.
//! What leaves: [`Rules`], looked up by manufacturer. What is refused: a rule about a field that nobody knows, a number that
//! is none, a severity that is neither E nor W.

use std::collections::{BTreeMap, BTreeSet};

use super::read::invalid;
use super::{EntryFields, FieldId, Registry, Requirement, Requirements, Shape, Table, nearest};
use crate::diagnostic::{Result, Severity};
use crate::model::{DepositKind, ManufacturerId};

/// A type of repair of a manufacturer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairType {
    /// Its id, as it is written.
    pub id: String,
    /// The condition that follows from it; empty when the table names none.
    pub condition: String,
}

/// What the codes of a field look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The field.
    pub field: FieldId,
    /// One of these must fit.
    pub shapes: Vec<Shape>,
    /// What it costs when none does.
    pub severity: Severity,
}

/// What one manufacturer asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManufacturerRules {
    /// What has to be given, by kind of deposit.
    pub required: [Requirements; 2],
    /// The shortest and the longest serial number.
    pub serial_length: Option<(usize, usize)>,
    /// Its types of repair.
    pub repair_types: Vec<RepairType>,
    /// What its codes look like.
    pub patterns: Vec<Pattern>,
    /// How many months a warranty lasts, by condition.
    pub warranty_months: BTreeMap<String, u32>,
}

/// What a status code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusNeed {
    /// Nothing.
    Nothing,
    /// When the appointment is.
    Appointment,
    /// A part, and with this severity the number of its order.
    Part(Severity),
    /// The platform sets it; nobody deposits it.
    Platform,
}

/// Codes that every entry is asked for. Short ones, as nearly all are, are compared as numbers.
#[derive(Clone, Debug)]
struct Codes {
    /// Sorted.
    short: Vec<u64>,
    long: BTreeSet<Vec<u8>>,
}

impl Codes {
    fn of(mut long: BTreeSet<Vec<u8>>) -> Self {
        let mut short: Vec<_> = long.iter().filter_map(|code| Self::number(code)).collect();
        short.sort_unstable();
        long.retain(|code| Self::number(code).is_none());
        Self { short, long }
    }

    #[inline]
    fn contains(&self, code: &[u8]) -> bool {
        Self::number(code).map_or_else(|| self.long.contains(code), |code| self.short.binary_search(&code).is_ok())
    }

    /// Its length and its bytes; none of a code that is longer than a number holds.
    #[inline]
    fn number(code: &[u8]) -> Option<u64> {
        (code.len() < 8).then(|| code.iter().fold(code.len() as u64, |number, c| number << 8 | u64::from(*c)))
    }
}

/// All rules.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Sorted by id.
    manufacturers: Vec<(ManufacturerId, ManufacturerRules)>,
    /// What is asked when the manufacturer is not known.
    everyone: ManufacturerRules,
    countries: Codes,
    /// Numbers of countries, by their codes of letters.
    lettered: BTreeMap<Vec<u8>, String>,
    titles: Codes,
    origins: BTreeSet<Vec<u8>>,
    /// Whether a bill may be named, by mode.
    modes: BTreeMap<Vec<u8>, bool>,
    statuses: BTreeMap<Vec<u8>, StatusNeed>,
    /// Yes or no, by word.
    flags: BTreeMap<Vec<u8>, bool>,
    /// Days within which a second repair of the same appliance is worth a look; 0 never.
    pub repeated_repair_days: u32,
    /// The country of consumers when none is given.
    pub default_country: Option<String>,
}

impl Rules {
    /// The rules of these tables.
    pub(super) fn read(registry: &Registry, fields: &EntryFields) -> Result<Self> {
        let read = Reading { registry, fields };
        let mut known: BTreeMap<ManufacturerId, ManufacturerRules> = BTreeMap::new();
        let mut everyone = ManufacturerRules::default();
        for (_, id) in read.ids("manufacturers")? {
            known.extend(id.map(|id| (id, ManufacturerRules::default())));
        }
        read.repair_types(&mut known)?;
        let mut owners = Owners { everyone: &mut everyone, known: &mut known };
        read.required(&mut owners)?;
        read.serial_lengths(&mut owners)?;
        read.patterns(&mut owners)?;
        read.warranty_periods(&mut owners)?;
        Ok(Self {
            manufacturers: known.into_iter().collect(),
            everyone,
            countries: Codes::of(read.codes("countries")?),
            lettered: read.lettered_countries()?,
            titles: Codes::of(read.codes("titles")?),
            origins: read.codes("repair_origins")?,
            modes: read.modes()?,
            statuses: read.statuses()?,
            flags: read.flags()?,
            repeated_repair_days: read.check("repeated_repair_days")?,
            default_country: Some(read.check("default_country")?)
                .filter(|code| *code > 0)
                .map(|code| format!("{code:03}")),
        })
    }

    /// What a manufacturer asks for; `None` when nobody knows it.
    pub fn of(&self, id: ManufacturerId) -> Option<&ManufacturerRules> {
        self.manufacturers.binary_search_by_key(&id, |(each, _)| *each).ok().map(|place| &self.manufacturers[place].1)
    }

    /// What is asked when the manufacturer is not known.
    pub fn of_everyone(&self) -> &ManufacturerRules {
        &self.everyone
    }

    /// Every manufacturer with its rules, by id.
    pub fn manufacturers(&self) -> impl Iterator<Item = (ManufacturerId, &ManufacturerRules)> {
        self.manufacturers.iter().map(|(id, rules)| (*id, rules))
    }

    /// Whether a country has this number.
    #[inline]
    pub fn is_country(&self, code: &[u8]) -> bool {
        self.countries.contains(code)
    }

    /// The number of a country that is told by its code of two or three letters.
    pub fn country_of_letters(&self, code: &[u8]) -> Option<&str> {
        self.lettered.get(&code.to_ascii_uppercase()).map(String::as_str)
    }

    /// Whether a person can be addressed so.
    #[inline]
    pub fn is_title(&self, code: &[u8]) -> bool {
        self.titles.contains(code)
    }

    /// Whether a repair can be asked for so.
    pub fn is_origin(&self, code: &[u8]) -> bool {
        self.origins.contains(code)
    }

    /// Whether a bill may be named in this mode; `None` when nobody knows the mode.
    pub fn allows_bill(&self, mode: &[u8]) -> Option<bool> {
        self.modes.get(mode).copied()
    }

    /// What a status code asks for; `None` when nobody knows it.
    pub fn status(&self, code: &[u8]) -> Option<StatusNeed> {
        self.statuses.get(code).copied()
    }

    /// Every status code and what it asks for.
    pub fn statuses(&self) -> impl Iterator<Item = (&[u8], StatusNeed)> {
        self.statuses.iter().map(|(code, need)| (code.as_slice(), *need))
    }

    /// Yes or no; `None` when the word says neither.
    pub fn flag(&self, word: &[u8]) -> Option<bool> {
        self.flags.get(word).or_else(|| self.flags.get(&word.to_ascii_lowercase())).copied()
    }

    /// Words for yes and no, for messages.
    pub fn flags(&self) -> String {
        joined(self.flags.keys())
    }

    /// Codes that may stand in a field, for messages.
    pub fn origins(&self) -> String {
        joined(self.origins.iter())
    }

    /// Modes that may stand in a field, for messages.
    pub fn modes(&self) -> String {
        joined(self.modes.keys())
    }
}

fn joined<'c>(codes: impl Iterator<Item = &'c Vec<u8>>) -> String {
    codes.map(|code| String::from_utf8_lossy(code).into_owned()).collect::<Vec<_>>().join(", ")
}

/// Whose a row of a table is: `*` is everybody's.
struct Owners<'o> {
    everyone: &'o mut ManufacturerRules,
    known: &'o mut BTreeMap<ManufacturerId, ManufacturerRules>,
}

impl Owners<'_> {
    /// Gives everybody's rule to all first and then each manufacturer its own, so that the own one counts.
    fn give<T>(&mut self, rows: &[(Option<ManufacturerId>, T)], put: impl Fn(&mut ManufacturerRules, &T, bool)) {
        for (_, rule) in rows.iter().filter(|(owner, _)| owner.is_none()) {
            put(self.everyone, rule, false);
            self.known.values_mut().for_each(|rules| put(rules, rule, false));
        }
        for (owner, rule) in rows {
            if let Some(id) = owner {
                put(self.known.entry(*id).or_insert_with(|| self.everyone.clone()), rule, true);
            }
        }
    }
}

/// The tables being read.
struct Reading<'r> {
    registry: &'r Registry,
    fields: &'r EntryFields,
}

/// A row of a table with its line.
struct Line<'t> {
    path: String,
    number: usize,
    table: &'t Table,
    cells: &'t [String],
}

impl Line<'_> {
    fn cell(&self, column: &str) -> &str {
        self.table.column(column).and_then(|place| self.cells.get(place)).map_or("", |cell| cell.trim())
    }

    fn fault(&self, cause: impl std::fmt::Display) -> crate::diagnostic::Error {
        invalid(&self.path, self.number, cause)
    }

    fn owner(&self) -> Result<Option<ManufacturerId>> {
        let text = self.cell("manufacturer_id");
        if text == "*" {
            return Ok(None);
        }
        ManufacturerId::parse(text.as_bytes()).map(Some).ok_or_else(|| self.fault(format_args!("`{text}`")))
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Result<T> {
        let text = self.cell(column);
        text.parse().map_err(|_| self.fault(format_args!("{column} = `{text}`")))
    }

    fn severity(&self, column: &str) -> Result<Severity> {
        match self.cell(column) {
            "E" => Ok(Severity::Error),
            "W" => Ok(Severity::Warning),
            text => Err(self.fault(format_args!("`{text}` → E | W"))),
        }
    }
}

impl<'r> Reading<'r> {
    /// The rows of a table; none when there is no such table.
    fn rows(&self, name: &str) -> Result<Vec<Line<'r>>> {
        let Some(table) = self.registry.reference_table(name)? else { return Ok(Vec::new()) };
        let line = |(place, cells): (usize, &'r Vec<String>)| Line {
            path: format!("reference/{name}.csv"),
            number: place + 2,
            table,
            cells: cells.as_slice(),
        };
        Ok(table.rows().iter().enumerate().map(line).collect())
    }

    fn ids(&self, name: &str) -> Result<Vec<(Line<'r>, Option<ManufacturerId>)>> {
        self.rows(name)?.into_iter().map(|line| line.owner().map(|owner| (line, owner))).collect()
    }

    fn codes(&self, name: &str) -> Result<BTreeSet<Vec<u8>>> {
        Ok(self.rows(name)?.iter().map(|line| line.cell("code").as_bytes().to_vec()).collect())
    }

    fn lettered_countries(&self) -> Result<BTreeMap<Vec<u8>, String>> {
        let rows = self.rows("countries")?;
        let named = rows.iter().flat_map(|line| {
            let letters = ["alpha2", "alpha3"].map(|column| line.cell(column).to_ascii_uppercase().into_bytes());
            letters.into_iter().filter(|code| !code.is_empty()).map(|code| (code, line.cell("code").to_owned()))
        });
        Ok(named.collect())
    }

    fn field(&self, line: &Line<'_>, name: &str) -> Result<FieldId> {
        self.fields.id(name).or_else(|| self.fields.named(name).first().copied()).ok_or_else(|| {
            let names = self.fields.ids().map(|id| self.fields.get(id).name.as_str());
            line.fault(format_args!("`{name}` → `{}`", nearest(name, names).unwrap_or("?")))
        })
    }

    fn repair_types(&self, known: &mut BTreeMap<ManufacturerId, ManufacturerRules>) -> Result<()> {
        for (line, owner) in self.ids("repair_types")? {
            let Some(id) = owner else { return Err(line.fault("*")) };
            known.entry(id).or_default().repair_types.push(RepairType {
                id: line.cell("intervention_type_id").to_owned(),
                condition: line.cell("warranty_claim_condition_code").to_owned(),
            });
        }
        Ok(())
    }

    fn required(&self, owners: &mut Owners<'_>) -> Result<()> {
        let mut rows = Vec::new();
        for (line, owner) in self.ids("mandatory_fields")? {
            let kind = line.cell("kind");
            let kind = DepositKind::ALL
                .into_iter()
                .find(|each| each.record_name() == kind)
                .ok_or_else(|| line.fault(format_args!("`{kind}` → claim | repair")))?;
            let fields = line.cell("field").split('|').map(|name| self.field(&line, name.trim()));
            let when = match line.cell("when").split_once('=') {
                Some((name, value)) => Some((self.field(&line, name.trim())?, value.trim().to_owned())),
                None if line.cell("when").is_empty() => None,
                None => return Err(line.fault(format_args!("`{}` → FIELD=VALUE", line.cell("when")))),
            };
            // A dash takes everybody's rule away from one manufacturer.
            let severity = if line.cell("severity") == "-" { None } else { Some(line.severity("severity")?) };
            rows.push((owner, (kind, fields.collect::<Result<Vec<_>>>()?, severity, when)));
        }
        owners.give(&rows, |rules, (kind, fields, severity, when), is_own| {
            let required = &mut rules.required[*kind as usize].rules;
            if is_own {
                required.retain(|each| each.fields != *fields || (when.is_some() && each.when != *when));
            }
            let requirement = |severity| Requirement { fields: fields.clone(), severity, when: when.clone() };
            required.extend(severity.map(requirement));
        });
        let all = owners.known.values_mut().chain([&mut *owners.everyone]);
        all.flat_map(|rules| &mut rules.required).for_each(Requirements::sum_up);
        Ok(())
    }

    fn serial_lengths(&self, owners: &mut Owners<'_>) -> Result<()> {
        let mut rows = Vec::new();
        for (line, owner) in self.ids("serial_lengths")? {
            let lengths: (usize, usize) = (line.number("min_length")?, line.number("max_length")?);
            if lengths.0 > lengths.1 {
                return Err(line.fault(format_args!("{} > {}", lengths.0, lengths.1)));
            }
            rows.push((owner, lengths));
        }
        owners.give(&rows, |rules, lengths, _| rules.serial_length = Some(*lengths));
        Ok(())
    }

    fn patterns(&self, owners: &mut Owners<'_>) -> Result<()> {
        let mut rows = Vec::new();
        for (line, owner) in self.ids("iris_patterns")? {
            let shapes = line.cell("pattern").split('|').map(|shape| Shape::try_from(shape.trim().to_owned()));
            let shapes = shapes.collect::<std::result::Result<_, _>>().map_err(|cause| line.fault(cause))?;
            let field = self.field(&line, line.cell("field"))?;
            rows.push((owner, Pattern { field, shapes, severity: line.severity("severity")? }));
        }
        owners.give(&rows, |rules, pattern, _| {
            rules.patterns.retain(|each| each.field != pattern.field);
            rules.patterns.push(pattern.clone());
        });
        Ok(())
    }

    fn warranty_periods(&self, owners: &mut Owners<'_>) -> Result<()> {
        let mut rows = Vec::new();
        for (line, owner) in self.ids("warranty_periods")? {
            rows.push((owner, (line.cell("condition_code").to_owned(), line.number::<u32>("months")?)));
        }
        owners.give(&rows, |rules, (condition, months), _| {
            rules.warranty_months.insert(condition.clone(), *months);
        });
        Ok(())
    }

    fn modes(&self) -> Result<BTreeMap<Vec<u8>, bool>> {
        let rows = self.rows("claim_modes")?;
        let mode = |line: &Line<'_>| match line.cell("bill_number") {
            "forbidden" => Ok((line.cell("code").as_bytes().to_vec(), false)),
            "allowed" => Ok((line.cell("code").as_bytes().to_vec(), true)),
            text => Err(line.fault(format_args!("`{text}` → forbidden | allowed"))),
        };
        rows.iter().map(mode).collect()
    }

    fn flags(&self) -> Result<BTreeMap<Vec<u8>, bool>> {
        let rows = self.rows("flags")?;
        let flag = |line: &Line<'_>| match line.cell("value") {
            "yes" => Ok((line.cell("word").as_bytes().to_vec(), true)),
            "no" => Ok((line.cell("word").as_bytes().to_vec(), false)),
            text => Err(line.fault(format_args!("`{text}` → yes | no"))),
        };
        rows.iter().map(flag).collect()
    }

    fn statuses(&self) -> Result<BTreeMap<Vec<u8>, StatusNeed>> {
        let rows = self.rows("status_codes")?;
        let status = |line: &Line<'_>| {
            let need = match line.cell("requires") {
                "" => StatusNeed::Nothing,
                "appointment" => StatusNeed::Appointment,
                "part" => StatusNeed::Part(line.severity("order_number")?),
                "platform" => StatusNeed::Platform,
                text => return Err(line.fault(format_args!("`{text}` → appointment | part | platform"))),
            };
            Ok((line.cell("code").as_bytes().to_vec(), need))
        };
        rows.iter().map(status).collect()
    }

    /// What a check is set to; 0 when the table says nothing of it.
    fn check(&self, name: &str) -> Result<u32> {
        let rows = self.rows("deposit_checks")?;
        let line = rows.iter().find(|line| line.cell("check") == name);
        line.map_or(Ok(0), |line| line.number("value"))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn codes_of_any_length_are_told_apart() {
        let all = ["", "1", "01", "250", "1234567", "12345678", "123456789"];
        let codes = Codes::of(all.iter().step_by(2).map(|code| code.as_bytes().to_vec()).collect());
        for (place, code) in all.iter().enumerate() {
            assert_eq!(codes.contains(code.as_bytes()), place % 2 == 0, "{code}");
        }
        assert!(!codes.contains(b"\x00250") && !codes.contains(b"\x001"));
    }

    fn with(files: &[(&'static str, &'static str)]) -> Registry {
        let built_in = super::super::BUILT_IN.iter().chain(files);
        Registry::load(built_in.map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text))).collect()).0
    }

    fn cause(path: &'static str, text: &'static str) -> String {
        let fault = with(&[(path, text)]).deposits().unwrap_err();
        fault.arguments.get("cause").unwrap().to_owned()
    }

    #[test]
    fn what_a_manufacturer_asks_for_itself_counts() {
        let table =
            "kind;manufacturer_id;field;severity\nclaim;*;Zip;E\nclaim;*;City;E\nclaim;15;Zip;W\nclaim;4;City;-\n";
        let registry = with(&[("reference/mandatory_fields.csv", table)]);
        let deposit = registry.deposits().unwrap();
        let asked = |id: u32| {
            let rules = deposit.rules.of(ManufacturerId(id)).unwrap();
            let claims = rules.required[DepositKind::Claims as usize].rules().iter();
            let mut asked: Vec<_> =
                claims.map(|each| (deposit.fields.get(each.fields[0]).name.clone(), each.severity)).collect();
            asked.sort();
            asked
        };
        let asked_of = |pairs: &[(&str, Severity)]| {
            pairs.iter().map(|(name, severity)| ((*name).to_owned(), *severity)).collect::<Vec<_>>()
        };
        assert_eq!(asked(1), asked_of(&[("City", Severity::Error), ("Zip", Severity::Error)]));
        assert_eq!(asked(15), asked_of(&[("City", Severity::Error), ("Zip", Severity::Warning)]));
        assert_eq!(asked(4), asked_of(&[("Zip", Severity::Error)]));
    }

    #[test]
    fn a_rule_that_cannot_be_is_named_by_its_line() {
        for (path, text, said) in [
            (
                "reference/mandatory_fields.csv",
                "kind;manufacturer_id;field;severity\nclaim;*;Zipp;E\n",
                "line 2: `Zipp` → `Zip`",
            ),
            (
                "reference/mandatory_fields.csv",
                "kind;manufacturer_id;field;severity\nclaim;*;Zip;F\n",
                "line 2: `F` → E | W",
            ),
            ("reference/serial_lengths.csv", "manufacturer_id;min_length;max_length\n4;20;18\n", "line 2: 20 > 18"),
            ("reference/serial_lengths.csv", "manufacturer_id;min_length;max_length\nx;2;3\n", "line 2: `x`"),
            ("reference/claim_modes.csv", "code;bill_number\nORDER;no\n", "line 2: `no` → forbidden | allowed"),
        ] {
            assert_eq!(cause(path, text), said, "{path}");
        }
    }
}
