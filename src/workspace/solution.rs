//! After-sales solution requests: what is asked of a manufacturer when an appliance cannot be repaired.
//!
//! What enters: a product, a repair file or a claim, and what is asked. What leaves: a request that says what is missing, then a
//! file for the person who hands it over; the platform offers no call for it.
//! What is refused: a field that no request has, a request that is not valid, a step that its status does not allow.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::{Map, Value};

use super::Workspace;
use super::entry::{Judging, NewStatus, Outcome};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Result, Severity};
use crate::export::{Profile, SolutionColumn, SolutionDocument, SolutionFile, write_solutions};
use crate::format::{
    EntryFields, Registry, SOLUTION_KIND, SOLUTION_PROBLEM, SolutionField, SolutionForm, StatusRole, nearest,
};
use crate::ledger::{
    Entry, EntryBook as _, KeptFault, SolutionBook as _, SolutionEntry, SolutionId, SolutionStatus, Stamp,
};
use crate::model::{DepositKind, Language, ManufacturerId, RepairState};
use crate::pipeline::write_file;

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A product of a manufacturer.
    Product(ManufacturerId, String),
    /// A repair file or a claim.
    Entry(Box<Entry>),
}

/// What is said of a request besides its subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSolution {
    /// What is asked for.
    pub kind: Option<String>,
    /// What is wrong.
    pub problem: Option<String>,
    /// Other fields, by name or heading, with what they say.
    pub values: Vec<(String, String)>,
}

impl Workspace {
    /// A request by its number.
    pub fn solution(&self, id: SolutionId) -> Result<SolutionEntry> {
        let unknown = || Error::new(Code::SolutionUnknown, Arguments::none().with("number", id.0));
        self.ledger.solution(id)?.ok_or_else(unknown)
    }

    /// Makes a request; one that lacks something is kept, too, to be completed. Rehearsed, it has the number 0.
    pub fn create_solution(
        &mut self,
        subject: &Subject,
        said: &NewSolution,
        registry: &Registry,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<SolutionEntry> {
        let form = SolutionForm::read(registry)?;
        let fields = &registry.deposits()?.fields;
        let mut body = self.known(subject, &form, fields)?;
        say(&mut body, said, &form)?;
        let (manufacturer, of) = match subject {
            Subject::Product(manufacturer, _) => (Some(*manufacturer), None),
            Subject::Entry(entry) => (entry.manufacturer, Some(entry.id)),
        };
        let faults = faults(&body, &form);
        let mut solution = SolutionEntry {
            id: SolutionId(0),
            manufacturer,
            of,
            status: SolutionStatus::NotTransmitted,
            is_valid: !faults.iter().any(KeptFault::is_error),
            answer: String::new(),
            created_at: stamp.at,
            created_by: stamp.by.clone(),
            body: Value::Object(body).to_string(),
            faults,
        };
        if !is_rehearsed {
            solution.id = self.ledger.create_solution(&solution, stamp)?;
        }
        Ok(solution)
    }

    /// Changes what a request says that was not handed over yet.
    pub fn update_solution(
        &mut self,
        id: SolutionId,
        said: &NewSolution,
        registry: &Registry,
        stamp: &Stamp,
    ) -> Result<SolutionEntry> {
        let form = SolutionForm::read(registry)?;
        let solution = self.solution(id)?;
        let mut body = members(&solution.body);
        say(&mut body, said, &form)?;
        let faults = faults(&body, &form);
        self.ledger.amend_solution(id, &Value::Object(body).to_string(), &faults, stamp)?;
        self.solution(id)
    }

    /// What is known of a subject.
    fn known(&self, subject: &Subject, form: &SolutionForm, fields: &EntryFields) -> Result<Map<String, Value>> {
        let mut body = Map::new();
        match subject {
            Subject::Product(manufacturer, reference) => {
                for (name, value) in
                    [("ManufacturerId", manufacturer.to_string()), ("CommercialRef", reference.clone())]
                {
                    let field = form.fields.iter().find(|field| field.from.is_some() && field.from == fields.id(name));
                    put(&mut body, field, value);
                }
            }
            Subject::Entry(entry) => {
                let known = self.entry_body(entry, fields)?;
                for field in &form.fields {
                    let value = field.from.and_then(|from| known.shown(fields.get(from)));
                    put(&mut body, Some(field), value.unwrap_or_default());
                }
            }
        }
        Ok(body)
    }

    /// The requests that are to be handed over; each must be valid, and not handed over yet.
    pub fn solutions_to_transmit(&self, ids: &[SolutionId]) -> Result<Vec<SolutionEntry>> {
        let mut solutions: Vec<SolutionEntry> = Vec::with_capacity(ids.len());
        for id in ids {
            let solution = self.solution(*id)?;
            let number = Arguments::none().with("number", id.0);
            if solution.status != SolutionStatus::NotTransmitted {
                let arguments = number.with("status", solution.status.name());
                let arguments =
                    arguments.with("wanted", SolutionStatus::Transmitted.name()).with("command", "solution");
                return Err(Error::new(Code::EntryTransitionNotAllowed, arguments));
            }
            if !solution.is_valid {
                return Err(Error::new(Code::SolutionNotValid, number));
            }
            if !solutions.iter().any(|known| known.id == *id) {
                solutions.push(solution);
            }
        }
        Ok(solutions)
    }

    /// Writes requests into a file and notes that they are handed over.
    pub fn transmit_solutions(
        &mut self,
        solutions: &[SolutionEntry],
        (form, profile, to): (SolutionFile, Profile, &Path),
        (registry, language): (&Registry, Language),
        stamp: &Stamp,
    ) -> Result<()> {
        let document = document(solutions, registry, language)?;
        write_file(to, self.sync, |file| {
            let mut out = BufWriter::with_capacity(1 << 16, file);
            write_solutions(&document, form, profile, &mut out)?;
            out.flush()
        })?;
        for solution in solutions {
            self.ledger.change_solution(solution.id, SolutionStatus::Transmitted, "", stamp)?;
        }
        Ok(())
    }

    /// Adds the status code that announces a request to its repair file; `None` when it is of none that is open.
    pub fn announce_solution(
        &mut self,
        solution: &SolutionEntry,
        judging: &Judging<'_>,
        stamp: &Stamp,
    ) -> Result<Option<(Entry, Outcome)>> {
        let entry = solution.of.map(|of| self.ledger.entry(of)).transpose()?.flatten();
        let is_open = |entry: &Entry| entry.repair_state.is_some_and(|state: RepairState| !state.is_closed());
        let Some(entry) = entry.filter(|entry| entry.kind == DepositKind::Repairs && is_open(entry)) else {
            return Ok(None);
        };
        let codes = &judging.registry.deposits()?.statuses;
        let Some(code) = codes.of_role(StatusRole::Solution).next() else { return Ok(None) };
        let status = NewStatus { code: code.code.clone(), ..NewStatus::default() };
        let outcome = self.add_status(&entry, &status, judging, false, stamp)?;
        Ok(Some((entry, outcome)))
    }
}

/// What a request says, for each field of the form.
pub fn solution_values<'f>(solution: &SolutionEntry, form: &'f SolutionForm) -> Vec<(&'f SolutionField, String)> {
    let body = members(&solution.body);
    let value = |field: &SolutionField| body.get(&field.name).and_then(Value::as_str).unwrap_or_default().to_owned();
    form.fields.iter().map(|field| (field, value(field))).collect()
}

fn members(body: &str) -> Map<String, Value> {
    match serde_json::from_str(body) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn put(body: &mut Map<String, Value>, field: Option<&SolutionField>, value: String) {
    let Some(field) = field else { return };
    if value.is_empty() {
        body.remove(&field.name);
    } else {
        body.insert(field.name.clone(), Value::String(value));
    }
}

/// Writes down what is said; a kind by its code, when it is one.
fn say(body: &mut Map<String, Value>, said: &NewSolution, form: &SolutionForm) -> Result<()> {
    let own = [(SOLUTION_KIND, &said.kind), (SOLUTION_PROBLEM, &said.problem)];
    let own = own.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let others = said.values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(others) {
        let field = form.field(name).ok_or_else(|| {
            let names: Vec<_> = form.fields.iter().map(|field| field.name.as_str()).collect();
            let arguments = Arguments::none().with("name", name).with("fields", names.join(", "));
            let near = nearest(name, names.iter().copied());
            Error::new(Code::FieldUnknown, near.into_iter().fold(arguments, |all, near| all.with("suggestion", near)))
        })?;
        let value = value.trim();
        let code = form.kind(value).filter(|_| field.name == SOLUTION_KIND).map(|kind| kind.code.as_str());
        put(body, Some(field), code.unwrap_or(value).to_owned());
    }
    Ok(())
}

/// What a request lacks.
fn faults(body: &Map<String, Value>, form: &SolutionForm) -> Vec<KeptFault> {
    let mut faults = Vec::new();
    let mut add = |field: &SolutionField, code, severity, value: &str, arguments: Arguments| {
        let arguments = arguments.with("field", &field.name);
        let fault = Diagnostic { severity, ..Diagnostic::new(code, 0, None, value.to_owned(), arguments) };
        faults.push(KeptFault::of(&fault, String::new(), field.name.clone()));
    };
    for field in &form.fields {
        let value = body.get(&field.name).and_then(Value::as_str).unwrap_or_default();
        if let Some(severity) = field.severity.filter(|_| value.is_empty()) {
            add(field, Code::Mandatory, severity, "", Arguments::none());
        }
        if field.name == SOLUTION_KIND && !value.is_empty() && form.kind(value).is_none() {
            let possible = Arguments::none().with("possible", form.kind_codes());
            add(field, Code::ValueInvalid, Severity::Error, value, possible);
        }
    }
    faults
}

/// Requests as they are handed over.
fn document(solutions: &[SolutionEntry], registry: &Registry, language: Language) -> Result<SolutionDocument> {
    let form = SolutionForm::read(registry)?;
    let columns = form.fields.iter().map(|field| SolutionColumn {
        group: field.group.clone(),
        name: field.name.clone(),
        heading: field.title.get(language).to_owned(),
    });
    let requests = solutions.iter().map(|solution| {
        let body = members(&solution.body);
        let value =
            |field: &SolutionField| body.get(&field.name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (solution.id.0, form.fields.iter().map(value).collect())
    });
    Ok(SolutionDocument {
        number: crate::report::text::SOLUTION_NUMBER.get(language).to_owned(),
        columns: columns.collect(),
        requests: requests.collect(),
    })
}
