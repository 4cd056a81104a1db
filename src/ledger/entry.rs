//! The book of entries: warranty claims and repair files, each from its deposit to its end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DepositId, JournalEntry, LineId, LineState, NewEntry, NewLine, Stamp};
use crate::diagnostic::{Arguments, Code, Diagnostic, Result, Severity};
use crate::model::{ClaimStatus, Day, DepositKind, ManufacturerId, Moment, Money, RepairState, words};

/// The number of a warranty claim or of a repair file. Both are numbered in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

/// What is wrong or doubtful with an entry, as it is kept: the sentence is made when it is read, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFault {
    /// The code.
    pub code: String,
    /// `E` or `W`.
    pub severity: String,
    /// The physical line, 0 when there is none.
    pub line: u64,
    /// The sender's own heading.
    pub column: String,
    /// The path of the field, such as `ClaimConso.LastName`.
    pub field: String,
    /// The value as written.
    pub value: String,
    /// What the message says beyond it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

impl KeptFault {
    /// A fault on its way into the ledger. `column` is the sender's heading, `field` the path of the field.
    pub fn of(diagnostic: &Diagnostic, column: String, field: String) -> Self {
        let names = diagnostic.code.arguments().iter();
        let arguments = names.filter_map(|name| Some(((*name).to_owned(), diagnostic.arguments.get(name)?.to_owned())));
        Self {
            code: diagnostic.code.name().to_owned(),
            severity: diagnostic.severity.letter().to_owned(),
            line: diagnostic.line,
            column,
            field,
            value: diagnostic.value.clone(),
            arguments: arguments.collect(),
        }
    }

    /// Whether it keeps the entry from being valid.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error.letter()
    }

    /// The code and what fills its message in; `None` for a code that this program does not know any more.
    pub fn code(&self) -> Option<(Code, Arguments)> {
        let code = Code::from_name(&self.code)?;
        let given = code.arguments().iter().filter_map(|name| Some((*name, self.arguments.get(*name)?)));
        let filled = given.fold(Arguments::none(), |arguments, (name, value)| match name {
            // A form of dates is written in the reader's letters.
            "form" => arguments.with_date_form(name, value),
            _ => arguments.with(name, value),
        });
        Some((code, filled))
    }
}

/// A warranty claim or repair file as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// What it is.
    pub kind: DepositKind,
    /// Its manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// The service centre's own number.
    pub report_number: String,
    /// Whether nothing keeps it from being transmitted.
    pub is_valid: bool,
    /// How far a claim is; nothing for a repair file.
    pub claim_status: Option<ClaimStatus>,
    /// How far a repair file is; nothing for a claim.
    pub repair_state: Option<RepairState>,
    /// What the manufacturer said last, as it was said.
    pub answer: String,
    /// The number of the claim on the platform.
    pub claim_number: String,
    /// The repair file on the platform.
    pub intervention: Option<u64>,
    /// The repair file that a claim was made of, or the claim that was made of a repair file.
    pub counterpart: Option<EntryId>,
    /// Why a repair file was closed without a claim.
    pub closing_reason: String,
    /// The deposit that brought it, and the line there.
    pub source: Option<(DepositId, u64)>,
    /// When it was created.
    pub created_at: Moment,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub changed_at: Moment,
    /// When it was transmitted last.
    pub transmitted_at: Option<Moment>,
    /// The draft invoice that approves it.
    pub draft_invoice: String,
    /// The service centre's invoice that asks for its money.
    pub invoice: String,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryContent {
    /// As JSON with the member names of the platform's interface; nothing once it was purged.
    pub body: Option<String>,
    /// What is wrong or doubtful, by our own checks.
    pub faults: Vec<KeptFault>,
    /// What the manufacturer found, word for word.
    pub remarks: Vec<Remark>,
}

/// What the manufacturer found wrong with an entry (`ValidationResult`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Remark {
    /// The field, in the manufacturer's words.
    pub field: String,
    /// The sentence.
    pub error_message: String,
    /// `E` or `W`.
    pub message_type: String,
}

/// Which entries are meant.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    /// Of this kind.
    pub kind: Option<DepositKind>,
    /// Claims with one of these statuses.
    pub claim_statuses: Vec<ClaimStatus>,
    /// Repair files with one of these states.
    pub repair_states: Vec<RepairState>,
    /// Valid ones, or those that are not.
    pub valid: Option<bool>,
    /// Of this manufacturer.
    pub manufacturer: Option<ManufacturerId>,
    /// With this report number.
    pub report_number: Option<String>,
    /// Created by this deposit, or brought up to date by it last.
    pub deposit: Option<DepositId>,
    /// Created on this day or later.
    pub from: Option<Moment>,
    /// Created before.
    pub before: Option<Moment>,
}

/// What an answer says of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimAnswer {
    /// The status, as it was said (`LastStatus`); empty when nothing was said of it.
    pub status: String,
    /// The number of the claim on the platform.
    pub claim_number: String,
    /// What was found.
    pub remarks: Vec<Remark>,
}

/// An answer, and which claim it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidOfClaim {
    /// The claim itself, where somebody has said so.
    pub entry: Option<EntryId>,
    /// Whose claim it is, when that is said.
    pub manufacturer: Option<ManufacturerId>,
    /// The service centre's own number, when it is said.
    pub report_number: String,
    /// What is said.
    pub answer: ClaimAnswer,
}

words! {
    /// What became of a line of an answer or of an invoice.
    Matched {
        /// It is about an entry that is known.
        Taken = "TAKEN",
        /// It says what is known already.
        Known = "KNOWN",
        /// Nobody knows an entry that it could be about.
        Unknown = "UNKNOWN",
        /// It contradicts what is known.
        Contradicts = "CONTRADICTS",
    }
}

/// Something that the platform is to be told: the name of the call, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is about; nothing for an invoice.
    pub entry: Option<EntryId>,
    /// The call of the platform's interface, such as `CreateWarrantyClaims`.
    pub call: String,
    /// What it takes, as JSON.
    pub body: String,
}

/// A message that still has to be written into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingMessage {
    /// Its number, by which messages are in order.
    pub number: i64,
    /// The message.
    pub message: Message,
}

/// A part of a repair file that went into a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPart {
    /// The part, as the file calls it.
    pub reference: String,
    /// The basket line that it went to, perhaps with others.
    pub line: LineId,
    /// Where that line stands.
    pub state: LineState,
    /// The order that the line is on.
    pub order: Option<String>,
}

/// How an entry is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// A claim becomes that, by our own doing; a claim that is transmitted is waiting.
    Claim(ClaimStatus),
    /// A repair file becomes that.
    Repair(RepairState),
    /// A repair file is closed, without a claim and for a reason.
    CloseWithout(String),
    /// A repair file is closed with the claim that was made of it.
    CloseWith(EntryId),
}

/// The book of entries.
pub trait EntryBook {
    /// An entry by its number.
    fn entry(&self, id: EntryId) -> Result<Option<Entry>>;
    /// What it says.
    fn entry_content(&self, id: EntryId) -> Result<EntryContent>;
    /// Entries, the newest first.
    fn entries(&self, filter: &EntryFilter) -> Result<Vec<Entry>>;
    /// What was done with it, the oldest first.
    fn entry_history(&self, id: EntryId) -> Result<Vec<JournalEntry>>;
    /// Creates an entry that came in no file; a claim may be made of a repair file, which is closed by it.
    fn create_entry(&mut self, entry: &NewEntry<'_>, of: Option<EntryId>, stamp: &Stamp) -> Result<EntryId>;
    /// Gives an entry that may still be changed another content; a refused entry of a deposit that it was kept for counts as
    /// corrected once it is valid. Refused when somebody else has changed it since `known_at`.
    fn amend_entry(&mut self, id: EntryId, entry: &NewEntry<'_>, known_at: Moment, stamp: &Stamp) -> Result<()>;
    /// Gives an entry another content and changes how far it is; what the platform is to be told goes into the outbox with it.
    /// All of it or nothing.
    fn advance_entry(
        &mut self,
        id: EntryId,
        entry: &NewEntry<'_>,
        known_at: Moment,
        change: Option<&EntryChange>,
        messages: &[Message],
        stamp: &Stamp,
    ) -> Result<()>;
    /// Changes how far an entry is, and puts what the platform is to be told into the outbox, both or nothing.
    fn change_entry(&mut self, id: EntryId, change: &EntryChange, messages: &[Message], stamp: &Stamp) -> Result<()>;
    /// Changes how far several entries are, all of them or none; with what the platform is to be told of each.
    fn change_entries(&mut self, changes: &[(EntryId, EntryChange, Option<Message>)], stamp: &Stamp) -> Result<()>;
    /// Takes in what the manufacturer says of a claim, found by its number on the platform, else by its report number.
    fn take_answer(
        &mut self,
        manufacturer: Option<ManufacturerId>,
        report_number: &str,
        answer: &ClaimAnswer,
        stamp: &Stamp,
    ) -> Result<(Matched, Option<EntryId>)>;
    /// The same for all answers of a file, one after the other; nothing is kept when they are only rehearsed.
    fn take_answers(
        &mut self,
        answers: &[SaidOfClaim],
        is_rehearsed: bool,
        stamp: &Stamp,
    ) -> Result<Vec<(Matched, Option<EntryId>)>>;
    /// Puts parts of a repair file into the baskets, each under the reference that the file has for it. All of them or none.
    fn book_parts(&mut self, id: EntryId, parts: &[(&str, NewLine<'_>)], stamp: &Stamp) -> Result<Vec<LineId>>;
    /// Parts of a repair file that went into a basket, in that order.
    fn booked_parts(&self, id: EntryId) -> Result<Vec<BookedPart>>;
    /// Messages that still have to be written into the outbox.
    fn pending_messages(&self) -> Result<Vec<PendingMessage>>;
    /// Puts a message into the outbox that is about no change of an entry.
    fn post_message(&mut self, message: &Message, stamp: &Stamp) -> Result<i64>;
    /// Messages were written.
    fn release_messages(&mut self, numbers: &[i64]) -> Result<()>;
}

/// The number of an after-sales solution request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SolutionId(pub i64);

words! {
    /// Whether an after-sales solution request was handed over.
    SolutionStatus {
        /// It was not.
        NotTransmitted = "NOT_TRANSMITTED",
        /// It was; the manufacturer has not answered.
        Transmitted = "TRANSMITTED",
        /// The manufacturer has answered.
        Answered = "ANSWERED",
    }
}

/// An after-sales solution request as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionEntry {
    /// Its number.
    pub id: SolutionId,
    /// Whose product it is.
    pub manufacturer: Option<ManufacturerId>,
    /// The repair file or claim it was made of.
    pub of: Option<EntryId>,
    /// How far it is.
    pub status: SolutionStatus,
    /// Whether it can be handed over.
    pub is_valid: bool,
    /// What the manufacturer said.
    pub answer: String,
    /// When it was made.
    pub created_at: Moment,
    /// By whom.
    pub created_by: String,
    /// What it says, as JSON.
    pub body: String,
    /// What is wrong or doubtful.
    pub faults: Vec<KeptFault>,
}

/// The book of after-sales solution requests.
pub trait SolutionBook {
    /// A request by its number.
    fn solution(&self, id: SolutionId) -> Result<Option<SolutionEntry>>;
    /// Requests, the newest first.
    fn solutions(&self) -> Result<Vec<SolutionEntry>>;
    /// Makes a request.
    fn create_solution(&mut self, solution: &SolutionEntry, stamp: &Stamp) -> Result<SolutionId>;
    /// Gives a request that was not handed over another content.
    fn amend_solution(&mut self, id: SolutionId, body: &str, faults: &[KeptFault], stamp: &Stamp) -> Result<()>;
    /// Changes how far a request is, and keeps what was answered.
    fn change_solution(&mut self, id: SolutionId, status: SolutionStatus, answer: &str, stamp: &Stamp) -> Result<()>;
}

/// A line of a draft invoice: a claim that the manufacturer approves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedClaim {
    /// The line of the file.
    pub line: u64,
    /// The number of the claim on the platform, when it is told.
    pub claim_number: String,
    /// The service centre's own number, when it is told.
    pub report_number: String,
    /// What will be paid.
    pub amount: Money,
    /// In which currency.
    pub currency: String,
}

/// A draft invoice of a manufacturer.
#[derive(Clone, Debug)]
pub struct DraftInvoice {
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub manufacturer: Option<ManufacturerId>,
    /// The bare name of its list.
    pub file: String,
    /// BLAKE3 of the list.
    pub hash: String,
    /// The month that it is about: its last day.
    pub until: Option<Day>,
    /// The claims it approves.
    pub claims: Vec<ApprovedClaim>,
}

/// What a draft invoice says, beside what is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceMatch {
    /// For each approved claim of the list, in its order: what it is about.
    pub lines: Vec<(Matched, Option<EntryId>)>,
    /// Claims that wait for their approval and that the list does not name.
    pub missing: Vec<EntryId>,
}

/// A draft invoice that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceEntry {
    /// The service centre's invoice.
    pub invoice: String,
    /// The number of the draft invoice.
    pub draft: String,
    /// Whose it is.
    pub manufacturer: Option<ManufacturerId>,
    /// The bare name of its list.
    pub file: String,
    /// When it was recorded.
    pub kept_at: Moment,
    /// By whom.
    pub kept_by: String,
    /// How many claims its list names.
    pub claims: u64,
    /// How many of them are known.
    pub approved: u64,
    /// What the known ones come to, by currency.
    pub amounts: Vec<(String, Money)>,
}

/// The book of invoices.
pub trait InvoiceBook {
    /// Draft invoices that were answered, the newest first.
    fn invoices(&self) -> Result<Vec<InvoiceEntry>>;
    /// The claims that such a draft invoice names, with what was known of each then; by the number of the draft invoice.
    fn approved_claims(&self, draft: &str) -> Result<Vec<(ApprovedClaim, Matched, Option<EntryId>)>>;
    /// Compares a draft invoice with what is known. Nothing is kept.
    fn match_invoice(&self, draft: &DraftInvoice) -> Result<InvoiceMatch>;
    /// Keeps a draft invoice and the service centre's invoice for it, and puts the answer into the outbox: all or nothing.
    /// Refused when the draft invoice, or the invoice number, is known already.
    fn keep_invoice(
        &mut self,
        draft: &DraftInvoice,
        invoice: &str,
        answer: &Message,
        stamp: &Stamp,
    ) -> Result<InvoiceMatch>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn a_kept_fault_says_the_same_in_either_language() {
        let arguments = Arguments::none().with_date_form("form", "DD/MM/YYYY");
        let found = Diagnostic::new(Code::DateInvalid, 4, None, "31/02/2026".to_owned(), arguments.clone());
        let kept = KeptFault::of(&found, "Date d'appel".to_owned(), "ClaimInfos.CallDate".to_owned());
        let text = serde_json::to_string(&kept).unwrap();
        let kept: KeptFault = serde_json::from_str(&text).unwrap();
        let (code, said) = kept.code().unwrap();
        for language in [Language::French, Language::English] {
            assert_eq!(code.message(language, &said), Code::DateInvalid.message(language, &arguments));
        }
        assert!(code.message(Language::French, &said).contains("JJ/MM/AAAA"));
        let unknown = KeptFault { code: "NO_LONGER_KNOWN".to_owned(), ..kept };
        assert!(unknown.code().is_none() && unknown.is_error());
    }
}
