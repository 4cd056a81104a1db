//! What an after-sales solution request says, as `formats/reference/solution_fields.csv` lists it.
//!
//! What enters: the tables of its fields and of its kinds. What leaves: [`SolutionForm`].
//! What is refused: a field given twice, a severity that is neither E nor W, a field of claims that nobody knows.

use super::read::invalid;
use super::{FieldId, Localised, Registry, fold, nearest};
use crate::diagnostic::{Result, Severity};

/// A field of after-sales solution requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionField {
    /// Its name.
    pub name: String,
    /// The part of the form that it stands in.
    pub group: String,
    /// The field of claims and repair files that it is filled from.
    pub from: Option<FieldId>,
    /// What it costs when it is empty; nothing when it may be.
    pub severity: Option<Severity>,
    /// Whether it says who a person is.
    pub is_personal: bool,
    /// How people call it.
    pub title: Localised,
}

/// A kind of after-sales solution request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionKind {
    /// Its code.
    pub code: String,
    /// How people call it.
    pub title: Localised,
}

/// What after-sales solution requests say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionForm {
    /// The fields, in their order.
    pub fields: Vec<SolutionField>,
    /// The kinds.
    pub kinds: Vec<SolutionKind>,
}

/// The field that says what is asked for.
pub const SOLUTION_KIND: &str = "Kind";

/// The field that says what is wrong.
pub const SOLUTION_PROBLEM: &str = "Problem";

impl SolutionForm {
    /// The form of a registry.
    pub fn read(registry: &Registry) -> Result<Self> {
        let known = &registry.deposits()?.fields;
        let mut fields: Vec<SolutionField> = Vec::new();
        for (path, line, row) in rows(registry, "solution_fields")? {
            let fault = |cause: std::fmt::Arguments<'_>| invalid(&path, line, cause);
            let [name, group, from, severity, personal, french, english] =
                ["field", "group", "from", "severity", "personal", "french", "english"].map(&row);
            if name.is_empty() || fields.iter().any(|each| each.name == name) {
                return Err(fault(format_args!("`{name}`")));
            }
            let source = known.id(from);
            if source.is_none() && !from.is_empty() {
                let near = nearest(from, known.ids().map(|id| known.get(id).name.as_str())).unwrap_or("?");
                return Err(fault(format_args!("`{from}` → `{near}`")));
            }
            let severity = match severity {
                "" => None,
                "E" => Some(Severity::Error),
                "W" => Some(Severity::Warning),
                text => return Err(fault(format_args!("`{text}` → E | W"))),
            };
            fields.push(SolutionField {
                name: name.to_owned(),
                group: group.to_owned(),
                from: source,
                severity,
                is_personal: personal == "1",
                title: Localised { fr: french.to_owned(), en: english.to_owned() },
            });
        }
        let kinds = rows(registry, "solution_kinds")?.into_iter().map(|(_, _, row)| {
            let [code, fr, en] = ["code", "french", "english"].map(|column| row(column).to_owned());
            SolutionKind { code, title: Localised { fr, en } }
        });
        let form = Self { fields, kinds: kinds.collect() };
        for name in [SOLUTION_KIND, SOLUTION_PROBLEM] {
            if !form.fields.iter().any(|field| field.name == name) {
                return Err(invalid("reference/solution_fields.csv", 1, format_args!("`{name}` = ?")));
            }
        }
        Ok(form)
    }

    /// The field that a name or a heading means.
    pub fn field(&self, text: &str) -> Option<&SolutionField> {
        let wanted = fold(text);
        self.fields
            .iter()
            .find(|field| [&field.name, &field.title.fr, &field.title.en].into_iter().any(|name| fold(name) == wanted))
    }

    /// The kind that a code or a title means; the beginning of one title is enough.
    pub fn kind(&self, text: &str) -> Option<&SolutionKind> {
        let wanted = fold(text);
        let names = |kind: &SolutionKind| [&kind.code, &kind.title.fr, &kind.title.en].map(|name| fold(name));
        let mut begun = self.kinds.iter().filter(|kind| names(kind).iter().any(|name| name.starts_with(&wanted)));
        let whole = self.kinds.iter().find(|kind| names(kind).contains(&wanted));
        whole.or_else(|| begun.next().filter(|_| !wanted.is_empty() && begun.next().is_none()))
    }

    /// The codes of the kinds, for messages.
    pub fn kind_codes(&self) -> String {
        self.kinds.iter().map(|kind| kind.code.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The rows of a table: its path, the line, and the cell of a column.
type Rows<'t> = Vec<(String, usize, Box<dyn Fn(&str) -> &'t str + 't>)>;

fn rows<'r>(registry: &'r Registry, name: &str) -> Result<Rows<'r>> {
    let path = format!("reference/{name}.csv");
    let table = registry.reference_table(name)?.ok_or_else(|| invalid(&path, 1, "= ?"))?;
    let row = |(place, cells): (usize, &'r Vec<String>)| {
        let cell = move |column: &str| -> &'r str {
            table.column(column).and_then(|place| cells.get(place)).map_or("", |cell| cell.trim())
        };
        (path.clone(), place + 2, Box::new(cell) as Box<dyn Fn(&str) -> &'r str + 'r>)
    };
    Ok(table.rows().iter().enumerate().map(row).collect())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::BUILT_IN;
    use super::*;

    #[test]
    fn the_form_is_whole() {
        let form = SolutionForm::read(&Registry::built_in()).unwrap();
        for field in &form.fields {
            assert!(!field.title.fr.is_empty() && !field.title.en.is_empty() && !field.group.is_empty(), "{field:?}");
            assert!(field.from.is_some() || field.name == SOLUTION_KIND, "{} is typed alone", field.name);
            assert_eq!(form.field(&field.title.fr).map(|found| &found.name), Some(&field.name));
        }
        assert_eq!(form.kind("échange de l'appareil").unwrap().code, "EXCHANGE");
        assert_eq!(form.kind("autre").unwrap().code, "OTHER");
        // An exchange and nothing else begins so; many begin with nothing, and two with an A.
        assert!(form.kind("éch").is_some() && form.kind("").is_none() && form.kind("a").is_none());
        assert!(form.kind("lottery").is_none() && form.field("Colour").is_none());
    }

    #[test]
    fn a_field_of_claims_must_exist() {
        let table = "field;group;from;severity;personal;french;english\nKind;Request;ReportNumbr;E;;T;K\n";
        let built_in = BUILT_IN.iter().map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text)));
        let own = (Cow::Borrowed("reference/solution_fields.csv"), Cow::Borrowed(table));
        let fault = SolutionForm::read(&Registry::load(built_in.chain([own]).collect()).0).unwrap_err();
        assert_eq!(fault.arguments.get("cause"), Some("line 2: `ReportNumbr` → `ReportNumber`"));
    }
}
