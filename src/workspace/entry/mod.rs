//! Warranty claims and repair files of a workspace, one by one, from their beginning to their end.
//!
//! What enters: entries as files of the platform's interface, edits, status codes, answers of manufacturers. What leaves: entries
//! in the ledger, judged as a deposit would judge them, and messages in the outbox.
//! What is refused: an entry that is there already, a step that its state does not allow; then nothing is changed.
//!
//! The ledger takes a step and its message together, or neither; files follow the ledger (`outbox.rs`).

mod answer;
mod body;
mod claim;
mod parts;
mod repair;

pub use answer::{AnsweredClaim, ClaimAnswers};
pub(super) use body::personal;
pub use body::{EntryBody, EntryEdit};
pub use claim::Chosen;
pub use parts::{OrderedPart, PartsOrder};
pub use repair::{Closing, NewStatus, RepairStatus};

use super::Workspace;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{EntryFields, Registry};
use crate::ledger::{Entry, EntryBook as _, EntryContent, EntryId, KeptFault, KnownDeposits as _, Stamp};
use crate::model::{DepositKind, Language};
use crate::pipeline::{self, CatalogueFile, EntryRequest, JudgedEntry};

/// What entries are judged by.
#[derive(Clone, Copy)]
pub struct Judging<'j> {
    /// The parts.
    pub catalogue: &'j CatalogueFile,
    /// Fields, rules and manufacturers.
    pub registry: &'j Registry,
    /// The language of what is said of values.
    pub language: Language,
}

impl<'j> Judging<'j> {
    fn fields(&self) -> Result<&'j EntryFields> {
        Ok(&self.registry.deposits()?.fields)
    }
}

/// What becomes of the content of an entry.
#[derive(Clone, Debug, Default)]
pub struct EntryUpdate {
    /// All of it is this: JSON or XML.
    pub whole: Option<Vec<u8>>,
    /// Then these changes.
    pub edits: Vec<EntryEdit>,
}

/// What became of an entry that was created or changed, or would become of it.
#[derive(Debug)]
pub struct Outcome {
    /// As it is now; none of a new one that was only tried.
    pub entry: Option<Entry>,
    /// What is wrong or doubtful.
    pub faults: Vec<KeptFault>,
    /// What was wrong or doubtful before, and is not any more.
    pub gone: Vec<KeptFault>,
    /// Whether the platform is told.
    pub is_told: bool,
}

impl Outcome {
    /// Whether nothing keeps it from being transmitted.
    pub fn is_valid(&self) -> bool {
        !self.faults.iter().any(KeptFault::is_error)
    }
}

/// What an entry is not compared with: itself, and what it was made of.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    entry: Option<EntryId>,
    counterpart: Option<EntryId>,
}

impl Own {
    const fn of(entry: &Entry) -> Self {
        Self { entry: Some(entry.id), counterpart: entry.counterpart }
    }
}

impl Workspace {
    /// An entry by its number.
    pub fn entry(&self, kind: DepositKind, id: EntryId) -> Result<Entry> {
        let found = self.ledger.entry(id)?.filter(|entry| entry.kind == kind);
        found.ok_or_else(|| Error::new(Code::EntryUnknown, Arguments::none().with("number", id.0)))
    }

    /// What an entry says, with the numbers of orders that its parts are on by now. Nothing is left of a purged one.
    pub fn entry_body(&self, entry: &Entry, fields: &EntryFields) -> Result<EntryBody> {
        let content = self.ledger.entry_content(entry.id)?;
        self.body_of(entry, &content, fields)
    }

    /// The same, of a content that was fetched already.
    pub fn body_of(&self, entry: &Entry, content: &EntryContent, fields: &EntryFields) -> Result<EntryBody> {
        let mut body = kept_body(entry, content)?;
        if entry.kind == DepositKind::Repairs {
            self.fill_order_numbers(entry, &mut body, fields)?;
        }
        Ok(body)
    }

    /// Judges the content of an entry as a deposit would.
    fn judge(&self, body: &[u8], kind: DepositKind, own: Own, judging: &Judging<'_>) -> Result<JudgedEntry> {
        let except = own.entry;
        let mut judged = pipeline::judge_entry(
            body,
            kind,
            &EntryRequest {
                catalogue: judging.catalogue,
                registry: judging.registry,
                account: Some(&self.account),
                known: &self.ledger,
                except,
                language: judging.language,
            },
        )?;
        // A claim is about the repair of its own repair file.
        let counterpart = own.counterpart.map(|id| id.0.to_string());
        let is_own = |fault: &KeptFault| {
            fault.code == Code::RepairedAgain.name() && fault.arguments.get("entry") == counterpart.as_ref()
        };
        judged.faults.retain(|fault| counterpart.is_none() || !is_own(fault));
        let other = self.ledger.entry_of_identity(kind, judged.identity)?.filter(|other| Some(other.id) != except);
        match other {
            Some(other) => {
                let arguments = Arguments::none().with("report", &judged.report_number).with("number", other.id.0);
                Err(Error::new(Code::EntryExists, arguments.with("command", kind.record_name())))
            }
            None => Ok(judged),
        }
    }

    /// Creates an entry that somebody hands over alone. One with errors is kept, too, to be corrected.
    pub fn create_entry(
        &mut self,
        kind: DepositKind,
        body: &[u8],
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Outcome> {
        let judged = self.judge(body, kind, Own::default(), judging)?;
        let mut entry = None;
        if !is_rehearsed {
            let id = self.ledger.create_entry(&judged.entry(), None, stamp)?;
            entry = self.ledger.entry(id)?;
        }
        Ok(Outcome { entry, faults: judged.faults, gone: Vec::new(), is_told: false })
    }

    /// Changes what an entry says, and judges it anew. What the platform knows of a repair file, it is told.
    pub fn update_entry(
        &mut self,
        entry: &Entry,
        update: &EntryUpdate,
        judging: &Judging<'_>,
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Outcome> {
        let before = self.ledger.entry_content(entry.id)?;
        let whole = match &update.whole {
            None => kept_body(entry, &before)?,
            // As it was handed over it may be XML; judged, it is the body that is kept.
            Some(bytes) => EntryBody::new(entry.kind, &self.judge(bytes, entry.kind, Own::of(entry), judging)?.body),
        };
        let mut body = whole;
        for edit in &update.edits {
            body.edit(edit, judging.fields()?)?;
        }
        let judged = self.judge(body.text().as_bytes(), entry.kind, Own::of(entry), judging)?;
        let is_told = entry.kind == DepositKind::Repairs && repair::is_on_platform(entry) && judged.entry().is_valid();
        let now = if is_rehearsed {
            Some(entry.clone())
        } else {
            let messages = if is_told { vec![self.repair_message(entry, &judged, judging)?] } else { Vec::new() };
            let amended = judged.entry();
            self.ledger.advance_entry(entry.id, &amended, entry.changed_at, None, &messages, stamp)?;
            self.write_outbox()?;
            self.ledger.entry(entry.id)?
        };
        let gone = before.faults.into_iter().filter(|fault| !judged.faults.iter().any(|other| is_same(fault, other)));
        Ok(Outcome { entry: now, gone: gone.collect(), faults: judged.faults, is_told })
    }
}

/// What an entry says, as it is kept. Nothing is left of a purged one.
fn kept_body(entry: &Entry, content: &EntryContent) -> Result<EntryBody> {
    let purged = || Error::new(Code::EntryPurged, Arguments::none().with("number", entry.id.0));
    Ok(EntryBody::new(entry.kind, content.body.as_deref().ok_or_else(purged)?))
}

/// Whether two faults say the same of the same field, be it of another value.
pub fn is_same(one: &KeptFault, other: &KeptFault) -> bool {
    (&one.code, &one.field) == (&other.code, &other.field)
}
