//! `claim` and `repair`: warranty claims and repair files one by one.
//!
//! What enters: the commands below them, each in a file of its own. What leaves: what they have in common: numbers, what is
//! wrong in the words of the user, statuses. What is refused: a number that no entry bears.

mod answer;
mod cancel;
mod close;
mod create;
mod list;
mod order;
mod show;
mod status;
mod transmit;
mod update;

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::{EntryFields, Registry};
use bordereau::ledger::{Entry, EntryId, KeptFault};
use bordereau::model::{ClaimStatus, DepositKind, Language, RepairState};
use bordereau::pipeline::CatalogueFile;
use bordereau::report::listing::Word;
use bordereau::report::{escape, text};
use bordereau::workspace::Workspace;
use bordereau::workspace::entry::Judging;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, texts};

/// What can be typed of claims.
pub(crate) fn claim_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CLAIM,
        usage: texts::USAGE_CLAIM,
        examples: Some(texts::EXAMPLES_CLAIM),
        after: None,
        exit_codes: false,
    };
    let commands = [
        create::command(builder, DepositKind::Claims),
        list::command(builder, DepositKind::Claims),
        show::command(builder, DepositKind::Claims),
        update::command(builder, DepositKind::Claims),
        transmit::claim_command(builder),
        answer::command(builder),
        cancel::command(builder),
    ];
    builder.group("claim", page, commands)
}

/// Does what was typed.
pub(crate) fn run_claim(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("create", matches)) => create::run(DepositKind::Claims, matches, session),
        Some(("list", matches)) => list::run(DepositKind::Claims, matches, session),
        Some(("show", matches)) => show::run(DepositKind::Claims, matches, session),
        Some(("update", matches)) => update::run(DepositKind::Claims, matches, session),
        Some(("transmit", matches)) => transmit::run_claims(matches, session),
        Some(("answer", matches)) => answer::run(matches, session),
        Some(("cancel", matches)) => cancel::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// What can be typed of repair files.
pub(crate) fn repair_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_REPAIR,
        usage: texts::USAGE_REPAIR,
        examples: Some(texts::EXAMPLES_REPAIR),
        after: None,
        exit_codes: false,
    };
    let commands = [
        create::command(builder, DepositKind::Repairs),
        list::command(builder, DepositKind::Repairs),
        show::command(builder, DepositKind::Repairs),
        update::command(builder, DepositKind::Repairs),
        status::command(builder),
        order::command(builder),
        close::command(builder),
        transmit::repair_command(builder),
    ];
    builder.group("repair", page, commands)
}

/// Does what was typed.
pub(crate) fn run_repair(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("create", matches)) => create::run(DepositKind::Repairs, matches, session),
        Some(("list", matches)) => list::run(DepositKind::Repairs, matches, session),
        Some(("show", matches)) => show::run(DepositKind::Repairs, matches, session),
        Some(("update", matches)) => update::run(DepositKind::Repairs, matches, session),
        Some(("status", matches)) => status::run(matches, session),
        Some(("order", matches)) => order::run(matches, session),
        Some(("close", matches)) => close::run(matches, session),
        Some(("transmit", matches)) => transmit::run_repairs(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// A workspace with what entries are judged by.
pub(crate) struct Desk {
    pub(crate) registry: Registry,
    pub(crate) workspace: Workspace,
    pub(crate) catalogue: CatalogueFile,
}

impl Desk {
    pub(crate) fn open(session: &Session) -> Result<Self> {
        let registry = session.registry()?;
        let workspace = session.needed_workspace(&registry)?;
        let catalogue = workspace.catalogue()?;
        Ok(Self { registry, workspace, catalogue })
    }

    /// The workspace, and what entries are judged by.
    pub(crate) fn parts(&mut self, language: Language) -> (&mut Workspace, Judging<'_>) {
        (&mut self.workspace, Judging { catalogue: &self.catalogue, registry: &self.registry, language })
    }
}

/// The number of a claim or of a repair file.
pub(crate) fn number(builder: Builder, kind: DepositKind) -> Arg {
    let help = match kind {
        DepositKind::Claims => texts::HELP_CLAIM_NUMBER,
        DepositKind::Repairs => texts::HELP_REPAIR_NUMBER,
    };
    let number = builder.positional("number", texts::VALUE_NUMBER, help).display_order(1);
    number.value_parser(value_parser!(i64).range(1..)).required(true)
}

/// The number that was typed.
pub(crate) fn typed_number(matches: &ArgMatches) -> EntryId {
    EntryId(matches.get_one::<i64>("number").copied().unwrap_or_default())
}

/// How far a claim is, in the words of people.
pub(crate) const fn claim_word(status: ClaimStatus) -> Word {
    let text = match status {
        ClaimStatus::NotValid => texts::CLAIM_NOT_VALID,
        ClaimStatus::Valid => texts::CLAIM_VALID,
        ClaimStatus::Waiting => texts::CLAIM_WAITING,
        ClaimStatus::NotConform => texts::CLAIM_NOT_CONFORM,
        ClaimStatus::Arbitration => texts::CLAIM_ARBITRATION,
        ClaimStatus::Accepted => texts::CLAIM_ACCEPTED,
        ClaimStatus::ClosedAccepted => texts::CLAIM_CLOSED_ACCEPTED,
        ClaimStatus::Refused => texts::CLAIM_REFUSED,
        ClaimStatus::Cancelled => texts::CLAIM_CANCELLED,
    };
    Word { name: status.name(), text }
}

/// How far a repair file is, in the words of people.
pub(crate) const fn repair_word(state: RepairState) -> Word {
    let text = match state {
        RepairState::ToPlan => texts::REPAIR_TO_PLAN,
        RepairState::Planned => texts::REPAIR_PLANNED,
        RepairState::InProgress => texts::REPAIR_IN_PROGRESS,
        RepairState::WaitingParts => texts::REPAIR_WAITING_PARTS,
        RepairState::ClosedWithClaim => texts::REPAIR_CLOSED_WITH_CLAIM,
        RepairState::ClosedWithoutClaim => texts::REPAIR_CLOSED_WITHOUT_CLAIM,
    };
    Word { name: state.name(), text }
}

/// How far an entry is.
pub(crate) fn state_word(entry: &Entry) -> Option<Word> {
    entry.claim_status.map(claim_word).or(entry.repair_state.map(repair_word))
}

/// How faults are shown.
#[derive(Clone, Copy)]
pub(crate) struct Told<'t> {
    pub(crate) fields: &'t EntryFields,
    pub(crate) kind: DepositKind,
    /// Whether what says who a person is may be seen.
    pub(crate) personal: bool,
    pub(crate) language: Language,
}

/// A fault in words.
#[derive(Serialize)]
pub(crate) struct FaultObject {
    code: String,
    severity: String,
    field: String,
    label: String,
    message: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
}

impl FaultObject {
    pub(crate) fn of(fault: &KeptFault, told: Told<'_>) -> Self {
        // One of several fields is asked for where several stand.
        let find = |path: &str| told.fields.in_kind(path, told.kind).map(|id| told.fields.get(id));
        let known = find(&fault.field);
        let label = |path| find(path).map_or(path, |field| field.label(told.language));
        let label = fault.field.split(" | ").map(label).collect::<Vec<_>>().join(" | ");
        let hides = !told.personal && known.is_none_or(|field| field.is_personal) && !fault.value.trim().is_empty();
        Self::with(fault, label, if hides { text::MASK.to_owned() } else { fault.value.clone() }, told.language)
    }

    /// The same, of a field that is called so.
    pub(crate) fn with(fault: &KeptFault, label: String, value: String, language: Language) -> Self {
        // People know a field by its heading.
        let mut named = fault.clone();
        named.arguments.insert("field".to_owned(), label.clone());
        let message = match named.code() {
            Some((code, arguments)) => {
                let message = code.message(language, &arguments).into_owned();
                let is_named = code.arguments().contains(&"field") || label.is_empty();
                if is_named {
                    message
                } else {
                    texts::ENTRY_FAULT_OF.with(language, &[("field", &label), ("fault", &message)])
                }
            }
            None => fault.code.clone(),
        };
        Self {
            code: fault.code.clone(),
            severity: fault.severity.clone(),
            field: fault.field.clone(),
            label,
            message,
            value,
            line: Some(fault.line).filter(|line| *line > 0),
        }
    }

    /// Whether it keeps the entry from being valid.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == "E"
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// As a line for people.
    pub(crate) fn line(&self, language: Language) -> String {
        let severity = if self.is_error() { text::ERROR } else { text::WARNING };
        let value = if self.value.is_empty() { String::new() } else { format!(" ({})", escape(&self.value)) };
        let said = [
            ("severity", severity.get(language)),
            ("message", &*escape(&self.message)),
            ("value", &value),
            ("code", &self.code),
        ];
        format!("  {}\n", texts::ENTRY_FAULT.with(language, &said))
    }
}

/// What is wrong, a line for each.
pub(crate) fn fault_lines(faults: &[KeptFault], told: Told<'_>) -> String {
    faults.iter().map(|fault| FaultObject::of(fault, told).line(told.language)).collect()
}

/// Errors, then warnings, as counts.
pub(crate) fn fault_counts(faults: &[KeptFault]) -> (usize, usize) {
    let errors = faults.iter().filter(|fault| fault.is_error()).count();
    (errors, faults.len() - errors)
}
