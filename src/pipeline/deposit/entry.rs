//! An entry as the ledger keeps it: what it says, who it is, what is wrong with it.

use std::borrow::Cow;

use super::hindsight::Reach;
use super::known::{Correction, Stands};
use crate::diagnostic::{Diagnostic, Scope};
use crate::export::EntryBodies;
use crate::format::{Key, StatusCodes};
use crate::ledger::{KeptFault, NewEntry, RefusedRow, stable_hash};
use crate::map::{EntryDraft, EntryReader, whole};
use crate::model::{Day, DayTime, DepositKind, Language, ManufacturerId, RepairState};
use crate::report::{FindingObject, ValidationObject};

/// What an entry is judged to be.
#[derive(Clone, Debug)]
pub struct JudgedEntry {
    /// A warranty claim or a repair file.
    pub kind: DepositKind,
    /// The physical line on which it starts.
    pub line: u64,
    /// Its manufacturer, where a number stands.
    pub manufacturer: Option<ManufacturerId>,
    /// The service centre's own number, or nothing.
    pub report_number: String,
    /// The same manufacturer and report number, or the same content, give the same hash.
    pub identity: i64,
    /// Hash of what it says.
    pub content: i64,
    /// Hash of manufacturer and serial number.
    pub appliance: Option<i64>,
    /// When the appliance was repaired.
    pub repaired_on: Option<Day>,
    /// The repair file on the platform.
    pub intervention: Option<u64>,
    /// How far a repair file is, by its status codes.
    pub state: Option<RepairState>,
    /// What it says, as JSON.
    pub body: String,
    /// What is wrong or doubtful.
    pub faults: Vec<KeptFault>,
    /// Its records, when it has an error.
    pub(super) rows: Vec<RefusedRow>,
    /// The refused entry that it corrects.
    pub(super) stands_for: Option<u64>,
    /// What becomes of it.
    pub(super) fate: Fate,
}

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is created.
    Created,
    /// It has an error and is kept, to be corrected.
    Draft,
    /// It is not kept.
    Refused,
}

impl JudgedEntry {
    /// As the ledger takes it.
    pub fn entry(&self) -> NewEntry<'_> {
        NewEntry {
            kind: self.kind,
            line: self.line,
            manufacturer: self.manufacturer,
            report_number: &self.report_number,
            identity: self.identity,
            content: self.content,
            appliance: self.appliance,
            repaired_on: self.repaired_on,
            intervention: self.intervention,
            state: self.state,
            body: &self.body,
            faults: &self.faults,
            stands_for: self.stands_for,
        }
    }
}

/// Who an entry is, as far as its cells tell.
pub(super) struct Who<'d> {
    pub(super) line: u64,
    pub(super) manufacturer: Option<ManufacturerId>,
    /// As it stands in the file, trimmed.
    pub(super) report_number: &'d [u8],
    /// Of manufacturer and report number, else of what it says; none where only the file itself is looked at and that does not
    /// count.
    pub(super) identity: Option<i64>,
    /// Whether it has a manufacturer and a report number.
    pub(super) is_numbered: bool,
    pub(super) appliance: Option<i64>,
    pub(super) repaired_on: Option<Day>,
    pub(super) intervention: Option<u64>,
}

impl<'d> Who<'d> {
    /// Reads it from the cells of an entry.
    #[inline]
    pub(super) fn of(
        draft: &'d EntryDraft<'_, '_>,
        reader: &EntryReader<'_>,
        content_is_identity: bool,
        reach: Reach,
    ) -> Option<Self> {
        let line = draft.rows().first()?.line;
        let cell = |key| draft.field(0, reader.fields.key(key), reader.mapping);
        let number = |key| whole(cell(key), 999_999_999);
        let date = |key| reader.mapping.column(reader.fields.key(key)).and_then(|column| draft.day_time(0, column));
        let id = number(Key::ManufacturerId);
        let manufacturer = match id {
            // A number is the same with zeros before it.
            Some(id) if cell(Key::ManufacturerId).starts_with(b"0") => Cow::Owned(id.to_string().into_bytes()),
            _ => reader.charset.utf8(cell(Key::ManufacturerId)),
        };
        let identity_of =
            |role, text| super::hindsight::identity(reach, role, [&manufacturer, &reader.charset.utf8(text)]);
        let report_number = cell(Key::ReportNumber);
        let is_numbered = !report_number.is_empty() && !manufacturer.is_empty();
        let identity = if is_numbered {
            Some(identity_of("report", report_number))
        } else if content_is_identity && report_number.is_empty() {
            let cells =
                (0..draft.rows().len()).flat_map(|row| (0..draft.width()).map(move |column| draft.cell(row, column)));
            Some(stable_hash(&cells.collect::<Vec<_>>()))
        } else {
            None
        };
        let serial = cell(Key::SerialNumber);
        let appliance = (!serial.is_empty()).then(|| identity_of("appliance", serial));
        let repaired_on = date(Key::InterventionStartDateTime).or_else(|| date(Key::CallDate)).map(DayTime::day);
        let intervention = number(Key::InterventionId).map(u64::from).filter(|number| *number > 0);
        Some(Self {
            line,
            manufacturer: id.map(ManufacturerId),
            report_number,
            identity,
            is_numbered,
            appliance,
            repaired_on,
            intervention,
        })
    }
}

/// What an entry says, as JSON, and the hash of that.
pub(super) struct Said {
    body: String,
    pub(super) content: i64,
    state: Option<RepairState>,
}

/// Makes entries of what was judged.
#[derive(Clone, Copy)]
pub(super) struct Keeper<'k> {
    pub(super) reader: EntryReader<'k>,
    pub(super) bodies: &'k EntryBodies<'k>,
    pub(super) correction: Option<&'k Correction>,
    pub(super) statuses: &'k StatusCodes,
    /// Whether entries with errors are kept.
    pub(super) drafts: bool,
}

impl Keeper<'_> {
    /// Which refused entry of an earlier deposit this one stands for; `None`: this file corrects nothing.
    pub(super) fn stands(&self, draft: &EntryDraft<'_, '_>) -> Option<Stands> {
        self.correction.map(|correction| correction.entry(draft.rows(), self.reader.charset))
    }

    /// What an entry says.
    pub(super) fn said(&self, draft: &EntryDraft<'_, '_>) -> Said {
        let mut body = Vec::with_capacity(1024);
        self.bodies.write(draft, &mut body);
        let content = stable_hash(&[&body]);
        // What comes from a text decoder is UTF-8.
        Said { body: String::from_utf8(body).unwrap_or_default(), content, state: self.state(draft) }
    }

    /// How far a repair file is.
    fn state(&self, draft: &EntryDraft<'_, '_>) -> Option<RepairState> {
        let EntryReader { mapping, fields, charset, .. } = self.reader;
        if mapping.kind != DepositKind::Repairs {
            return None;
        }
        let column = mapping.column(fields.key(Key::StatusCode));
        let cells =
            column.into_iter().flat_map(|column| (0..draft.rows().len()).map(move |row| draft.cell(row, column)));
        let codes: Vec<_> = cells.map(|cell| charset.decode(cell)).collect();
        Some(self.statuses.state(codes.iter().map(AsRef::as_ref)))
    }

    /// What is kept of an entry, `created` or not.
    pub(super) fn keep(
        &self,
        who: &Who<'_>,
        said: Said,
        found: &[Diagnostic],
        created: bool,
        stands_for: Option<u64>,
    ) -> JudgedEntry {
        let Said { body, content, state } = said;
        // What is wrong with the record itself says nothing that could be corrected field by field.
        let is_whole = !found.iter().any(|each| each.is_error() && each.code.scope() != Scope::Cell);
        let fate = match (created, self.drafts && is_whole) {
            (true, _) => Fate::Created,
            (false, true) => Fate::Draft,
            (false, false) => Fate::Refused,
        };
        JudgedEntry {
            kind: self.reader.mapping.kind,
            line: who.line,
            manufacturer: who.manufacturer,
            identity: who.identity.unwrap_or(content),
            report_number: self.reader.charset.decode(who.report_number).into_owned(),
            content,
            appliance: who.appliance,
            repaired_on: who.repaired_on,
            intervention: who.intervention,
            state,
            body,
            faults: found.iter().map(|each| self.fault(each)).collect(),
            rows: Vec::new(),
            stands_for,
            fate,
        }
    }

    fn fault(&self, found: &Diagnostic) -> KeptFault {
        let mapping = self.reader.mapping;
        let heading = found.column.map(|column| mapping.headings().name(column)).unwrap_or_default();
        let field = found.column.and_then(|column| mapping.field(column));
        let path = field.map(|field| self.reader.fields.get(field).shown(mapping.kind));
        KeptFault::of(
            found,
            heading,
            path.or_else(|| found.arguments.get("field").map(str::to_owned)).unwrap_or_default(),
        )
    }
}

/// Appends what was found in an entry, as the platform would say it.
pub(super) fn validation(
    report_number: &[u8],
    found: &[Diagnostic],
    reader: &EntryReader<'_>,
    language: Language,
    out: &mut Vec<u8>,
) {
    let report_number = reader.charset.decode(report_number);
    ValidationObject {
        report_number: Some(&*report_number).filter(|number| !number.is_empty()),
        claim_id: None,
        is_valid: !found.iter().any(Diagnostic::is_error),
        validation_errors: found.iter().map(|each| finding(each, reader, language)).collect(),
        error_message: None,
    }
    .write(out);
}

fn finding<'f>(found: &'f Diagnostic, reader: &EntryReader<'f>, language: Language) -> FindingObject<'f> {
    let Diagnostic { code, line, column, value, arguments, severity } = found;
    // A field without a column is told by its path.
    let named = || {
        let path = arguments.get("field")?.replace('.', "/");
        reader.fields.in_kind(&path, reader.mapping.kind)
    };
    let field = column.and_then(|column| reader.mapping.field(column)).or_else(named);
    FindingObject {
        field: Cow::Borrowed(field.map_or("", |field| reader.fields.get(field).told(language))),
        error_message: code.message(language, arguments),
        message_type: severity.letter(),
        code: code.name(),
        line: *line,
        column: column.map(|column| Cow::Owned(reader.mapping.headings().name(column))).unwrap_or_default(),
        value,
    }
}
