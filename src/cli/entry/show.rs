//! `claim show` and `repair show`, and the objects of entries for programs.
//!
//! What enters: an entry of the ledger. What leaves: all that is known of it, what is wrong in words first.
//! What says who a person is is shown only to whoever asks for it.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::{EntryField, Item, Registry, ValueKind};
use bordereau::ledger::{Entry, EntryBook as _, EntryContent, JournalEntry, Remark};
use bordereau::model::{ClaimStatus, DepositKind, Language, Moment, Money, RepairState};
use bordereau::report::escape;
use bordereau::workspace::Workspace;
use bordereau::workspace::entry::{EntryBody, RepairStatus};
use clap::{ArgMatches, Command};
use serde::Serialize;
use serde_json::Value;

use super::super::columns::{fact_lines, table};
use super::super::command::{Builder, Page};
use super::super::order::{manufacturer_name, money};
use super::super::{Session, out, texts};
use super::{FaultObject, Told, claim_word, fault_lines, number, repair_word, state_word, typed_number};

/// What can be typed.
pub(super) fn command(builder: Builder, kind: DepositKind) -> Command {
    let is_claim = kind == DepositKind::Claims;
    let page = Page {
        about: if is_claim { texts::ABOUT_CLAIM_SHOW } else { texts::ABOUT_REPAIR_SHOW },
        usage: if is_claim { texts::USAGE_CLAIM_SHOW } else { texts::USAGE_REPAIR_SHOW },
        examples: Some(if is_claim { texts::EXAMPLES_CLAIM_SHOW } else { texts::EXAMPLES_REPAIR_SHOW }),
        after: None,
        exit_codes: false,
    };
    let personal = builder.flag("personal", texts::HELP_ENTRY_PERSONAL);
    builder.command("show", page, [number(builder, kind), personal, builder.json()])
}

/// Shows the entry.
pub(super) fn run(kind: DepositKind, matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let entry = workspace.entry(kind, typed_number(matches))?;
    let personal = matches.get_flag("personal");
    if matches.get_flag("json") {
        tell_json(&workspace, &registry, &entry, personal, session.language)?;
    } else {
        out::data(&page(&workspace, &registry, &entry, personal, session.language)?)?;
    }
    Ok(Exit::Accepted)
}

/// What is known of an entry besides its row.
struct Known {
    content: EntryContent,
    /// Nothing once it was purged.
    body: Option<EntryBody>,
    statuses: Vec<RepairStatus>,
    history: Vec<JournalEntry>,
}

impl Known {
    fn of(workspace: &Workspace, registry: &Registry, entry: &Entry, personal: bool) -> Result<Self> {
        let fields = &registry.deposits()?.fields;
        let content = workspace.ledger().entry_content(entry.id)?;
        let body = content.body.is_some().then(|| workspace.body_of(entry, &content, fields)).transpose()?;
        let statuses = match &body {
            Some(body) => workspace.repair_statuses(entry, body, registry)?,
            None => Vec::new(),
        };
        let body = body.map(|body| if personal { body } else { body.masked(fields) });
        let history = workspace.ledger().entry_history(entry.id)?;
        Ok(Self { content, body, statuses, history })
    }
}

/// An entry for people.
fn page(
    workspace: &Workspace,
    registry: &Registry,
    entry: &Entry,
    personal: bool,
    language: Language,
) -> Result<String> {
    let known = Known::of(workspace, registry, entry, personal)?;
    let fields = &registry.deposits()?.fields;
    let told = Told { fields, kind: entry.kind, personal, language };
    let word = |text: bordereau::report::text::Text| text.get(language);
    let title = match entry.kind {
        DepositKind::Claims => texts::CLAIM_TITLE,
        DepositKind::Repairs => texts::REPAIR_TITLE,
    };
    let state = state_word(entry).map_or("", |state| state.text.get(language));
    let title =
        [title.with(language, &[("number", &entry.id.0.to_string())]), escape(&entry.report_number), state.into()];
    let title: Vec<_> = title.into_iter().filter(|text| !text.is_empty()).collect();
    let mut text = title.join(" — ") + "\n" + &fact_lines(&facts(entry, registry, language));
    let mut section = |heading: &str, lines: String| {
        if !lines.is_empty() {
            text.extend(["\n", heading, "\n", &lines]);
        }
    };
    section(word(texts::SECTION_FAULTS), fault_lines(&known.content.faults, told));
    section(word(texts::SECTION_REMARKS), known.content.remarks.iter().map(remark_line).collect());
    if let Some(body) = &known.body {
        section(word(texts::SECTION_CONTENT), content_lines(body, told));
        section(word(texts::SECTION_PARTS), part_lines(body, told));
        section(word(texts::SECTION_STATUSES), status_lines(&known.statuses, registry, language)?);
    } else {
        section(word(texts::SECTION_CONTENT), format!("  {}\n", word(texts::ENTRY_IS_PURGED)));
    }
    section(word(texts::SECTION_HISTORY), known.history.iter().map(|event| event_line(event, language)).collect());
    Ok(text)
}

/// What stands above the content.
fn facts(entry: &Entry, registry: &Registry, language: Language) -> Vec<(&'static str, String)> {
    let moment = |moment: Option<Moment>| moment.map(|moment| moment.to_string()).unwrap_or_default();
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let source = entry.source.map(|(deposit, line)| {
        texts::ENTRY_FROM_DEPOSIT.with(language, &[("deposit", &deposit.0.to_string()), ("line", &line.to_string())])
    });
    let counterpart = match entry.kind {
        DepositKind::Claims => texts::FACT_REPAIR,
        DepositKind::Repairs => texts::FACT_CLAIM,
    };
    vec![
        (
            texts::COLUMN_MANUFACTURER.get(language),
            entry.manufacturer.map(|id| manufacturer_name(registry, id)).unwrap_or_default(),
        ),
        (texts::COLUMN_CLAIM_NUMBER.get(language), entry.claim_number.clone()),
        (
            texts::COLUMN_INTERVENTION.get(language),
            entry.intervention.map(|number| number.to_string()).unwrap_or_default(),
        ),
        (counterpart.get(language), number(entry.counterpart.map(|id| id.0))),
        (texts::COLUMN_CLOSING_REASON.get(language), entry.closing_reason.clone()),
        (texts::COLUMN_ANSWER.get(language), entry.answer.clone()),
        (texts::COLUMN_DRAFT_INVOICE.get(language), entry.draft_invoice.clone()),
        (texts::COLUMN_INVOICE.get(language), entry.invoice.clone()),
        (texts::FACT_SOURCE.get(language), source.unwrap_or_default()),
        (texts::COLUMN_CREATED.get(language), moment(Some(entry.created_at))),
        (texts::COLUMN_BY.get(language), entry.created_by.clone()),
        (texts::COLUMN_TRANSMITTED.get(language), moment(entry.transmitted_at)),
    ]
}

/// What the manufacturer says, word for word.
pub(super) fn remark_line(remark: &Remark) -> String {
    let field = if remark.field.is_empty() { String::new() } else { format!("{}: ", escape(&remark.field)) };
    let kind =
        if remark.message_type.is_empty() { String::new() } else { format!("[{}] ", escape(&remark.message_type)) };
    format!("  {kind}{field}{}\n", escape(&remark.error_message))
}

fn content_lines(body: &EntryBody, told: Told<'_>) -> String {
    let fields = told.fields.ids().map(|id| told.fields.get(id));
    let filled: Vec<_> = fields
        .filter(|field| field.item == Item::Entry)
        .filter_map(|field| Some((field.label(told.language), shown(body, field, told.language)?)))
        .collect();
    fact_lines(&filled)
}

/// A value as people read it.
fn shown(body: &EntryBody, field: &EntryField, language: Language) -> Option<String> {
    let value = body.shown(field)?;
    let amount = Money::parse(value.as_bytes()).filter(|_| field.kind == ValueKind::Money);
    Some(amount.map_or(value, |amount| money(amount, language)))
}

/// The parts as rows, with the columns that any of them fills.
fn part_lines(body: &EntryBody, told: Told<'_>) -> String {
    let items = body.items(Item::Part, told.fields);
    let fields = told.fields.ids().map(|id| told.fields.get(id));
    let fields: Vec<&EntryField> = fields
        .filter(|field| field.item == Item::Part && items.iter().any(|item| body.item_value(item, field).is_some()))
        .collect();
    if fields.is_empty() {
        return String::new();
    }
    let mut rows = vec![fields.iter().map(|field| field.label(told.language).to_owned()).collect::<Vec<_>>()];
    rows.extend(items.iter().map(|item| {
        fields.iter().map(|field| escape(&body.item_value(item, field).unwrap_or_default())).collect::<Vec<_>>()
    }));
    table(&rows, &[])
}

/// The status codes, the newest on top.
fn status_lines(statuses: &[RepairStatus], registry: &Registry, language: Language) -> Result<String> {
    let codes = &registry.deposits()?.statuses;
    let row = |status: &RepairStatus| {
        let title = codes.get(&status.code).map_or("", |code| code.title(language));
        let comment = match status.automatic_since {
            Some(since) => texts::STATUS_AUTOMATIC.with(language, &[("moment", &since.to_string())]),
            None => escape(&status.comment),
        };
        let appointment = status.appointment.iter().filter(|text| !text.is_empty()).map(|text| escape(text));
        vec![escape(&status.code), title.to_owned(), appointment.collect::<Vec<_>>().join(" – "), comment]
    };
    Ok(table(&statuses.iter().rev().map(row).collect::<Vec<_>>(), &[]))
}

/// What was done, in words.
fn event_line(event: &JournalEntry, language: Language) -> String {
    let what = event.what.strip_prefix("entry.").unwrap_or(&event.what);
    let text = match what {
        "created" => Some(texts::EVENT_CREATED),
        "amended" => Some(texts::EVENT_AMENDED),
        "answered" => Some(texts::EVENT_ANSWERED),
        "transmitted" => Some(texts::EVENT_TRANSMITTED),
        "ordered" => Some(texts::EVENT_ORDERED),
        "invoiced" => Some(texts::EVENT_INVOICED),
        _ => None,
    };
    let state = || ClaimStatus::from_name(what).map(claim_word).or(RepairState::from_name(what).map(repair_word));
    let words = text.or_else(|| state().map(|word| word.text)).map_or(what, |text| text.get(language));
    let by = if event.by.is_empty() { String::new() } else { format!("  {}", escape(&event.by)) };
    format!("  {}  {words}{by}\n", event.at)
}

/// An entry for programs.
pub(super) fn tell_json(
    workspace: &Workspace,
    registry: &Registry,
    entry: &Entry,
    personal: bool,
    language: Language,
) -> Result<()> {
    let known = Known::of(workspace, registry, entry, personal)?;
    let told = Told { fields: &registry.deposits()?.fields, kind: entry.kind, personal, language };
    out::json(entry.kind.record_name(), EntryObject::new(entry, &known, told))
}

/// An entry as an object.
#[derive(Serialize)]
pub(super) struct EntryObject<'e> {
    #[serde(flatten)]
    head: Option<HeadObject<'e>>,
    valid: bool,
    faults: Vec<FaultObject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<&'e Remark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'e Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<StatusObject<'e>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventObject<'e>>,
}

#[derive(Serialize)]
struct HeadObject<'e> {
    number: i64,
    report_number: &'e str,
    manufacturer: Option<u32>,
    status: &'static str,
    answer: &'e str,
    claim_number: &'e str,
    intervention_id: Option<u64>,
    counterpart: Option<i64>,
    closing_reason: &'e str,
    deposit: Option<i64>,
    line: Option<u64>,
    created_at: String,
    created_by: &'e str,
    changed_at: String,
    transmitted_at: Option<String>,
    draft_invoice: &'e str,
    invoice: &'e str,
}

#[derive(Serialize)]
struct StatusObject<'e> {
    code: &'e str,
    comment: &'e str,
    appointment_start: &'e str,
    appointment_end: &'e str,
    automatic: bool,
}

#[derive(Serialize)]
struct EventObject<'e> {
    at: String,
    by: &'e str,
    what: &'e str,
    detail: &'e str,
}

impl<'e> EntryObject<'e> {
    fn new(entry: &'e Entry, known: &'e Known, told: Told<'_>) -> Self {
        let statuses = known.statuses.iter().map(|status| StatusObject {
            code: &status.code,
            comment: &status.comment,
            appointment_start: &status.appointment[0],
            appointment_end: &status.appointment[1],
            automatic: status.automatic_since.is_some(),
        });
        let events = known.history.iter().map(|event| EventObject {
            at: event.at.to_string(),
            by: &event.by,
            what: &event.what,
            detail: &event.detail,
        });
        Self {
            head: Some(HeadObject {
                number: entry.id.0,
                report_number: &entry.report_number,
                manufacturer: entry.manufacturer.map(|id| id.0),
                status: state_word(entry).map_or("", |word| word.name),
                answer: &entry.answer,
                claim_number: &entry.claim_number,
                intervention_id: entry.intervention,
                counterpart: entry.counterpart.map(|id| id.0),
                closing_reason: &entry.closing_reason,
                deposit: entry.source.map(|(deposit, _)| deposit.0),
                line: entry.source.map(|(_, line)| line),
                created_at: entry.created_at.to_string(),
                created_by: &entry.created_by,
                changed_at: entry.changed_at.to_string(),
                transmitted_at: entry.transmitted_at.map(|moment| moment.to_string()),
                draft_invoice: &entry.draft_invoice,
                invoice: &entry.invoice,
            }),
            valid: entry.is_valid,
            faults: known.content.faults.iter().map(|fault| FaultObject::of(fault, told)).collect(),
            remarks: known.content.remarks.iter().collect(),
            body: known.body.as_ref().map(EntryBody::json),
            statuses: statuses.collect(),
            events: events.collect(),
        }
    }

    /// One that is not kept.
    pub(super) fn planned(faults: Vec<FaultObject>) -> Self {
        Self {
            head: None,
            valid: !faults.iter().any(FaultObject::is_error),
            faults,
            remarks: Vec::new(),
            body: None,
            statuses: Vec::new(),
            events: Vec::new(),
        }
    }
}
