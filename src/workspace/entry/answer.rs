//! What manufacturers answer to claims, from a file: the results of the checks of the platform, and how far claims are.
//!
//! What enters: JSON with the member names of the platform's interface, in its envelope or without; or any table.
//! What leaves: for each claim of the file what became of its answer, with the manufacturer's words as they came.
//! What is refused: a file that names no claims; an envelope that says the call failed. A claim that nobody knows here, and one
//! that cannot have gone that way, are told and leave the others alone.

use serde_json::Value;

use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Exit, Result};
use crate::format::{Registry, ResponseField};
use crate::ledger::{ClaimAnswer, EntryBook as _, EntryId, Matched, Remark, SaidOfClaim, Stamp};
use crate::model::{ClaimStatus, DepositKind, Envelope, ValidationResult, WarrantyClaimResult};
use crate::pipeline::{Document, GuessSettings, Source, Table, read_document};
use crate::workspace::Workspace;
use crate::workspace::columns::{Cells, Columns};

/// What an answer says of a claim, and what became of it.
#[derive(Clone, Debug)]
pub struct AnsweredClaim {
    /// The line of the file, or the place in its list.
    pub line: u64,
    /// What is said, and of which claim.
    pub said: SaidOfClaim,
    /// What became of it.
    pub matched: Matched,
    /// The claim.
    pub entry: Option<EntryId>,
}

impl AnsweredClaim {
    /// What is said when nobody here knows the claim.
    pub fn unknown(&self) -> Option<Diagnostic> {
        let SaidOfClaim { report_number, answer, .. } = &self.said;
        let filled = [("claim", &answer.claim_number), ("report", report_number)];
        let filled = filled.into_iter().filter(|(_, text)| !text.is_empty());
        let arguments = filled.fold(Arguments::none(), |arguments, (name, text)| arguments.with(name, text));
        let unknown = || Diagnostic::new(Code::AnswerClaimUnknown, self.line, None, report_number.clone(), arguments);
        (self.matched == Matched::Unknown).then(unknown)
    }

    /// What is said when the answer contradicts what is known; the caller puts both statuses into words.
    pub fn contradiction(&self, known: &str, said: &str) -> Option<Diagnostic> {
        let id = self.entry.filter(|_| self.matched == Matched::Contradicts)?;
        let arguments = Arguments::none().with("number", id.0).with("status", known).with("said", said);
        Some(Diagnostic::new(Code::AnswerContradicts, self.line, None, self.said.answer.status.clone(), arguments))
    }
}

/// What became of a file of answers.
#[derive(Debug)]
pub struct ClaimAnswers {
    /// The bare name of the file.
    pub file: String,
    /// What the envelope says besides, word for word.
    pub message: String,
    /// Whether it says that something is wrong.
    pub is_error: bool,
    /// Each claim, in the order of the file.
    pub claims: Vec<AnsweredClaim>,
    /// What cannot be read.
    pub faults: Vec<Diagnostic>,
}

impl ClaimAnswers {
    /// How the file ended.
    pub fn exit(&self) -> Exit {
        let is_faulty = !self.faults.is_empty()
            || self.count(Matched::Unknown) + self.count(Matched::Contradicts) > 0
            || self.is_error;
        match (self.count(Matched::Taken), self.count(Matched::Known), is_faulty) {
            (0, 0, true) => Exit::Rejected,
            (_, _, true) => Exit::Partial,
            (0, known, false) if known > 0 => Exit::Duplicate,
            _ => Exit::Accepted,
        }
    }

    /// How many answers ended so.
    pub fn count(&self, matched: Matched) -> usize {
        self.claims.iter().filter(|claim| claim.matched == matched).count()
    }
}

/// What a file says, not yet believed.
struct Said {
    file: String,
    message: String,
    is_error: bool,
    lines: Vec<u64>,
    claims: Vec<SaidOfClaim>,
    faults: Vec<Diagnostic>,
}

impl Workspace {
    /// Takes the answers of a file in, those that can be true; nothing when `is_rehearsed`. A file about one claim may be said to
    /// be about `claim`, whatever numbers it bears.
    pub fn take_claim_answers(
        &mut self,
        source: &Source,
        settings: &GuessSettings,
        claim: Option<EntryId>,
        is_rehearsed: bool,
        registry: &Registry,
        stamp: &Stamp,
    ) -> Result<ClaimAnswers> {
        let format = registry.response("claim-answer")?;
        let document = read_document(source, registry, settings, &|text| format.field(text).is_some())?;
        let mut said = match document {
            Document::Json { file, value } => of_json(file, value)?,
            Document::Table(table) => of_table(table, registry)?,
        };
        if let Some(id) = claim {
            let claim = self.entry(DepositKind::Claims, id)?;
            let [one] = said.claims.as_mut_slice() else {
                let arguments = Arguments::none().with("path", &said.file).with("count", said.claims.len());
                return Err(Error::new(Code::AnswerNotOfOne, arguments));
            };
            one.entry = Some(claim.id);
        }
        let taken = self.ledger.take_answers(&said.claims, is_rehearsed, stamp)?;
        let claims = said.lines.into_iter().zip(said.claims).zip(taken);
        let claims = claims.map(|((line, said), (matched, entry))| AnsweredClaim { line, said, matched, entry });
        let claims = claims.collect();
        Ok(ClaimAnswers {
            file: said.file,
            message: said.message,
            is_error: said.is_error,
            claims,
            faults: said.faults,
        })
    }
}

/// The answers of an envelope, of a list, or of one claim.
fn of_json(file: String, value: Value) -> Result<Said> {
    let unreadable = |cause: &str| {
        let arguments = Arguments::none().with("path", &file).with("cause", cause);
        Error::new(Code::AnswerUnreadable, arguments)
    };
    let is_envelope = ["ResponseData", "ResponseStatus"].iter().any(|member| value.get(member).is_some());
    let envelope: Envelope = if is_envelope {
        serde_json::from_value(value).map_err(|cause| unreadable(&cause.to_string()))?
    } else {
        Envelope { response_data: value, ..Envelope::default() }
    };
    let (is_error, message) = (envelope.is_error(), envelope.message().to_owned());
    let results = match envelope.response_data {
        Value::Null => Vec::new(),
        Value::Array(results) => results,
        one => vec![one],
    };
    if results.is_empty() && is_error {
        let arguments = Arguments::none().with("path", &file);
        let arguments = if message.is_empty() { arguments } else { arguments.with("message", message) };
        return Err(Error::new(Code::ResponseRefused, arguments));
    }
    if results.is_empty() {
        return Err(unreadable("ResponseData = []"));
    }
    let (mut lines, mut claims) = (Vec::new(), Vec::with_capacity(results.len()));
    for (place, result) in (1_u64..).zip(results) {
        let result: WarrantyClaimResult =
            serde_json::from_value(result).map_err(|cause| unreadable(&format!("#{place}: {cause}")))?;
        let said = read(result);
        if said.report_number.is_empty() && said.answer.claim_number.is_empty() {
            return Err(unreadable(&format!("#{place}: ReportNumber | ClaimID = ?")));
        }
        lines.push(place);
        claims.push(said);
    }
    Ok(Said { file, message, is_error, lines, claims, faults: Vec::new() })
}

/// What a result says.
fn read(result: WarrantyClaimResult) -> SaidOfClaim {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let mut remarks: Vec<_> = result.validation_errors.unwrap_or_default().into_iter().map(remark).collect();
    remarks.extend(filled(result.error_message).map(|error_message| Remark { error_message, ..Remark::default() }));
    let status = filled(result.last_status).map(|status| status.trim().to_owned());
    // A result of the checks says of the status only that a claim cannot be transmitted.
    let checked = || (result.is_valid == Some(false)).then(|| ClaimStatus::NotValid.name().to_owned());
    let answer = ClaimAnswer {
        status: status.or_else(checked).unwrap_or_default(),
        claim_number: WarrantyClaimResult::number(&result.claim_id),
        remarks,
    };
    SaidOfClaim {
        entry: None,
        manufacturer: result.manufacturer_id,
        report_number: WarrantyClaimResult::number(&result.report_number),
        answer,
    }
}

fn remark(result: ValidationResult) -> Remark {
    Remark {
        field: result.field.unwrap_or_default(),
        error_message: result.error_message.unwrap_or_default(),
        message_type: result.message_type.unwrap_or_default(),
    }
}

/// The answers of a table.
fn of_table(table: Table, registry: &Registry) -> Result<Said> {
    let format = registry.response("claim-answer")?;
    let columns = Columns::of(&table.heading.cells, format, &table.file)?;
    let (mut lines, mut claims, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for row in &table.rows {
        let cells = Cells { columns: &columns, texts: &row.cells, row: row.line };
        let text = |field| cells.text(field).to_owned();
        let (report_number, claim_number) = (text(ResponseField::ReportNumber), text(ResponseField::ClaimId));
        let manufacturer = cells.read(ResponseField::ManufacturerId, |text| registry.one_manufacturer(text).ok());
        let manufacturer = match manufacturer {
            Ok(manufacturer) => manufacturer,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        if report_number.is_empty() && claim_number.is_empty() {
            let arguments = Arguments::none().with("field", ResponseField::ClaimId.name());
            faults.push(Diagnostic::new(Code::Mandatory, row.line, None, String::new(), arguments));
            continue;
        }
        let message = text(ResponseField::Message);
        let remarks = Some(message).filter(|message| !message.is_empty());
        let answer = ClaimAnswer {
            status: text(ResponseField::Status),
            claim_number,
            remarks: remarks.into_iter().map(|error_message| Remark { error_message, ..Remark::default() }).collect(),
        };
        lines.push(row.line);
        claims.push(SaidOfClaim { entry: None, manufacturer, report_number, answer });
    }
    Ok(Said { file: table.file, message: String::new(), is_error: false, lines, claims, faults })
}
