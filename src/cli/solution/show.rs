//! `solution list` and `solution show`, and the objects of requests for programs.
//!
//! What enters: requests of the ledger. What leaves: all that is known of them. What says who a person is is shown only to
//! whoever asks for it.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::SolutionForm;
use bordereau::ledger::{KeptFault, SolutionBook as _, SolutionEntry, SolutionStatus};
use bordereau::model::Language;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::report::text::MASK;
use bordereau::workspace::solution_values;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::super::columns::fact_lines;
use super::super::command::Builder;
use super::super::entry::FaultObject;
use super::super::order::manufacturer_name;
use super::super::{Session, listing, out, texts};
use super::{number, page, typed_number};

/// What a request lacks, in words.
pub(super) fn faults(solution: &SolutionEntry, form: &SolutionForm, language: Language) -> Vec<FaultObject> {
    let fault = |fault: &KeptFault| {
        let label = form.field(&fault.field).map_or(fault.field.as_str(), |field| field.title.get(language));
        FaultObject::with(fault, label.to_owned(), fault.value.clone(), language)
    };
    solution.faults.iter().map(fault).collect()
}

pub(super) const fn validity(is_valid: bool) -> Word {
    if is_valid {
        Word { name: "VALID", text: texts::SOLUTION_VALID }
    } else {
        Word { name: "NOTVALID", text: texts::SOLUTION_NOT_VALID }
    }
}

const fn status_word(status: SolutionStatus) -> Word {
    let text = match status {
        SolutionStatus::NotTransmitted => texts::SOLUTION_NOT_TRANSMITTED,
        SolutionStatus::Transmitted => texts::SOLUTION_TRANSMITTED,
        SolutionStatus::Answered => texts::SOLUTION_ANSWERED,
    };
    Word { name: status.name(), text }
}

/// What can be typed to list requests.
pub(super) fn list_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_LIST, texts::USAGE_SOLUTION_LIST, texts::EXAMPLES_SOLUTION_LIST, None);
    listing::command(builder, builder.command("list", page, []))
}

/// A request with the name of its manufacturer.
struct Row {
    solution: SolutionEntry,
    manufacturer: String,
}

/// Lists requests.
pub(super) fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let rows = workspace.ledger().solutions()?.into_iter().map(|solution| Row {
        manufacturer: solution.manufacturer.map(|id| manufacturer_name(&registry, id)).unwrap_or_default(),
        solution,
    });
    let columns = [
        Of::number("number", texts::COLUMN_SOLUTION, |row| Some(row.solution.id.0)),
        Of::number("manufacturer_id", texts::COLUMN_MANUFACTURER_ID, |row| Some(row.solution.manufacturer?.0.into()))
            .unusual(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::number("entry", texts::COLUMN_COUNTERPART, |row| row.solution.of.map(|of| of.0)),
        Of::word("valid", texts::COLUMN_VALID, |row| Some(validity(row.solution.is_valid))),
        Of::word("status", texts::COLUMN_STATUS, |row| Some(status_word(row.solution.status))),
        Of::text("answer", texts::COLUMN_ANSWER, |row| Some(row.solution.answer.as_str().into())),
        Of::moment("created_at", texts::COLUMN_CREATED, |row| Some(row.solution.created_at)),
        Of::text("created_by", texts::COLUMN_BY, |row| Some(row.solution.created_by.as_str().into())).unusual(),
    ];
    listing::show(Listing::new("solutions", columns, rows.collect()), "solution list", matches, session)?;
    Ok(Exit::Accepted)
}

/// What can be typed to show one.
pub(super) fn command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_SOLUTION_SHOW, texts::USAGE_SOLUTION_SHOW, texts::EXAMPLES_SOLUTION_SHOW, None);
    let personal = builder.flag("personal", texts::HELP_ENTRY_PERSONAL);
    builder.command("show", page, [number(builder), personal, builder.json()])
}

/// Shows a request.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let solution = workspace.solution(typed_number(matches))?;
    let (language, personal) = (session.language, matches.get_flag("personal"));
    let form = SolutionForm::read(&registry)?;
    let object = SolutionObject::new(&solution, &form, personal, language);
    if matches.get_flag("json") {
        out::json("solution", object)?;
        return Ok(Exit::Accepted);
    }
    let number = solution.id.0.to_string();
    let said = [
        ("number", number.as_str()),
        ("validity", validity(solution.is_valid).text.get(language)),
        ("state", status_word(solution.status).text.get(language)),
    ];
    let mut text = texts::SOLUTION_TITLE.with(language, &said) + "\n";
    let facts = [
        (texts::COLUMN_COUNTERPART.get(language), solution.of.map(|of| of.0.to_string()).unwrap_or_default()),
        (texts::COLUMN_ANSWER.get(language), solution.answer.clone()),
        (texts::COLUMN_CREATED.get(language), solution.created_at.to_string()),
        (texts::COLUMN_BY.get(language), solution.created_by.clone()),
    ];
    text += &fact_lines(&facts);
    let lacks: String = object.faults.iter().map(|fault| fault.line(language)).collect();
    if !lacks.is_empty() {
        text.extend(["\n", texts::SECTION_FAULTS.get(language), "\n", &lacks]);
    }
    let values: Vec<_> = object.values.iter().map(|value| (value.label.as_str(), value.value.clone())).collect();
    text.extend(["\n", texts::SECTION_CONTENT.get(language), "\n", &fact_lines(&values)]);
    out::data(&text)?;
    Ok(Exit::Accepted)
}

/// A request for programs.
#[derive(Serialize)]
pub(super) struct SolutionObject<'s> {
    number: i64,
    manufacturer: Option<u32>,
    entry: Option<i64>,
    status: &'static str,
    valid: bool,
    answer: &'s str,
    created_at: String,
    created_by: &'s str,
    faults: Vec<FaultObject>,
    values: Vec<ValueObject>,
}

#[derive(Serialize)]
struct ValueObject {
    field: String,
    label: String,
    value: String,
}

impl<'s> SolutionObject<'s> {
    pub(super) fn new(solution: &'s SolutionEntry, form: &SolutionForm, personal: bool, language: Language) -> Self {
        let values = solution_values(solution, form).into_iter().filter(|(_, value)| !value.is_empty());
        let values = values.map(|(field, value)| ValueObject {
            field: field.name.clone(),
            label: field.title.get(language).to_owned(),
            value: if field.is_personal && !personal { MASK.to_owned() } else { value },
        });
        Self {
            number: solution.id.0,
            manufacturer: solution.manufacturer.map(|id| id.0),
            entry: solution.of.map(|of| of.0),
            status: solution.status.name(),
            valid: solution.is_valid,
            answer: &solution.answer,
            created_at: solution.created_at.to_string(),
            created_by: &solution.created_by,
            faults: faults(solution, form, language),
            values: values.collect(),
        }
    }
}
