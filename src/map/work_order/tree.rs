//! Work orders in JSON and XML: the platform's answers, and documents of our own.
//!
//! An answer is an object with `ResponseData`: a list, one object, or null. Our JSON has `kind`, `version` and
//! `work_orders`; our XML is that of `docs/work-orders-1.xsd`. The names of groups may end in `Light`, as the platform's
//! types do.

use std::collections::BTreeMap;

use super::values::number;
use super::{Clock, Heard, Room, Take, WorkOrderDraft};
use crate::decode::{Listener, RowError, TreeKind};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error};
use crate::format::Limits;
use crate::model::{SuggestedPart, WorkOrderField, WorkOrderStatus};

/// The version of our own documents.
const VERSION: &str = "1";

/// Characters of another version that a message shows.
const VERSION_LENGTH: usize = 20;

/// Characters of a cause that a message shows.
const CAUSE_LENGTH: usize = 100;

/// The kind of our own JSON.
const KIND: &str = "work-orders";

/// The root of our own XML.
const ROOT: &str = "WorkOrders";

/// The namespace of our own XML, without the version at its end.
const NAMESPACE: &str = "urn:bordereau:work-orders:";

/// Hears work orders.
pub struct WorkOrderListener<'t> {
    kind: TreeKind,
    take: Take<'t>,
    names: BTreeMap<String, WorkOrderField>,
    room: Room,
    /// What the source is called in messages.
    path: &'t str,
    /// How many elements or objects are open.
    depth: usize,
    /// The work order that is open.
    draft: Option<WorkOrderDraft>,
    /// Where in it, names with `/` between them.
    place: String,
    /// How long that was before each of what is open in it.
    lengths: Vec<usize>,
    /// Whether a part begins with the next thing that is said of one.
    is_new_part: bool,
    line: u64,
    /// What the whole answer says.
    answer: Answer,
    /// What is said of the work order that is open.
    told: Answer,
    /// Whether this is a source of work orders at all, even of none.
    is_known: bool,
    /// Whether statuses may be left out, as the platform's answers do.
    is_answer: bool,
}

/// What the platform says around its data.
#[derive(Default)]
struct Answer {
    status: String,
    is_valid: Option<bool>,
    message: String,
    error: String,
}

impl Answer {
    /// Takes a member of an envelope; false when it is none.
    fn take(&mut self, name: &str, text: &str) -> bool {
        match name {
            "ResponseStatus" => text.trim().clone_into(&mut self.status),
            "IsValid" => self.is_valid = (!text.is_empty()).then(|| text.eq_ignore_ascii_case("true")),
            "ResponseMessage" => text.trim().clone_into(&mut self.message),
            "ResponseErrorMessage" => text.trim().clone_into(&mut self.error),
            _ => return false,
        }
        true
    }

    fn is_refusal(&self) -> bool {
        self.is_valid == Some(false) || self.status.eq_ignore_ascii_case("E")
    }

    /// What it says in words; what it says of errors comes first.
    fn words(&self) -> &str {
        if self.error.is_empty() { &self.message } else { &self.error }
    }

    fn arguments(&self) -> Arguments {
        let words = self.words();
        if words.is_empty() { Arguments::none() } else { Arguments::none().with("message", words) }
    }
}

impl<'t> WorkOrderListener<'t> {
    /// Gives each work order to `take`. `path` is only named in errors.
    pub fn new(kind: TreeKind, limits: &Limits, path: &'t str, take: Take<'t>) -> Self {
        let mut names = BTreeMap::new();
        for field in WorkOrderField::ALL {
            names.insert(field.xml().to_owned(), field);
            names.insert(field.name().replace('.', "/"), field);
        }
        // The platform gives it twice.
        names.insert("InterventionTypeId".to_owned(), WorkOrderField::InterventionTypeId);
        Self {
            kind,
            take,
            names,
            room: Room::of(limits),
            path,
            depth: 0,
            draft: None,
            place: String::new(),
            lengths: Vec::new(),
            is_new_part: false,
            line: 1,
            answer: Answer::default(),
            told: Answer::default(),
            is_known: false,
            is_answer: false,
        }
    }

    /// Ends; a source in which nothing of work orders was heard is refused.
    pub fn end(self) -> Result<(), Error> {
        if self.is_known { Ok(()) } else { Err(self.not_found()) }
    }

    fn not_found(&self) -> Error {
        Error::new(Code::WorkOrdersNotFound, self.named())
    }

    fn named(&self) -> Arguments {
        Arguments::none().with("path", self.path)
    }

    fn is_record(&self, name: &str) -> bool {
        match self.kind {
            TreeKind::Xml => self.depth == 1 && self.is_known && name == "WorkOrder",
            TreeKind::Json => self.depth == 1 && matches!(name, "ResponseData" | "work_orders"),
        }
    }

    /// Takes what stands outside of work orders.
    fn outside(&mut self, name: &str, text: &str) -> Result<(), RowError> {
        match (self.kind, self.depth, name) {
            (TreeKind::Json, 1, "kind") => self.is_known |= text == KIND,
            (TreeKind::Json, 1, "version") if self.is_known => self.check_version(text)?,
            (TreeKind::Json, 1, "ResponseData") => self.is_known = true,
            (TreeKind::Xml, 1, "@Version") => self.check_version(text)?,
            (TreeKind::Json, 1, _) => self.is_known |= self.answer.take(name, text),
            _ => {}
        }
        Ok(())
    }

    fn check_version(&self, found: &str) -> Result<(), RowError> {
        if found == VERSION {
            return Ok(());
        }
        let found: String = found.chars().take(VERSION_LENGTH).collect();
        let arguments = Arguments::none().with("path", self.path).with("version", found).with("supported", VERSION);
        Err(Error::new(Code::VersionUnsupported, arguments).into())
    }

    /// Goes down into something below the work order.
    fn enter(&mut self, name: &str) {
        self.lengths.push(self.place.len());
        let name = name.strip_suffix("Light").filter(|name| !name.is_empty()).unwrap_or(name);
        // What the platform wraps in `Mandate` stands beside what it does not.
        if self.place.is_empty() && name == "Mandate" {
            return;
        }
        if !self.place.is_empty() {
            self.place.push('/');
        }
        self.place.push_str(name);
    }

    fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.place.truncate(length);
        }
    }

    /// Takes what stands at the place.
    fn put(&mut self, text: &str, line: u64) -> Result<(), RowError> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        if let Some(field) = self.names.get(&self.place) {
            return draft.take(*field, text, line, Clock::Utc, self.room);
        }
        if let Some(name) = self.place.strip_prefix("SuggestedParts/") {
            let name = name.strip_prefix("Part/").unwrap_or(name);
            return draft.take_part(name, text, line, &mut self.is_new_part, self.room);
        }
        if self.is_answer && !self.place.contains('/') {
            self.told.take(&self.place, text);
        }
        Ok(())
    }

    /// Gives the work order that ends.
    fn finish(&mut self) -> Result<(), RowError> {
        let Some(mut draft) = self.draft.take() else { return Ok(()) };
        let told = std::mem::take(&mut self.told);
        if self.is_answer {
            let content = &mut draft.content;
            let has_status_fault = draft.diagnostics.iter().any(|fault| fault.code == Code::WorkOrderStatusUnknown);
            if content.status.is_none() && !has_status_fault {
                // New ones are asked for, or accepted ones, which have a repair file.
                let is_accepted = content.repair_file.is_some();
                content.status = Some(if is_accepted { WorkOrderStatus::Accepted } else { WorkOrderStatus::New });
            }
            let is_refusal = told.status.eq_ignore_ascii_case("E") || (told.is_refusal() && !told.words().is_empty());
            if is_refusal {
                let line = draft.line;
                draft.fault(Code::RepairFileNotCreated, line, None, told.arguments());
            }
        }
        (self.take)(Heard::Draft(Box::new(draft)))?;
        Ok(())
    }

    /// What the answer says as a whole, once all of it was heard.
    fn conclude(&mut self) -> Result<(), RowError> {
        let answer = std::mem::take(&mut self.answer);
        if answer.is_refusal() {
            return Err(Error::new(Code::ResponseRefused, answer.arguments().with("path", self.path)).into());
        }
        if answer.status.eq_ignore_ascii_case("W") {
            let (line, code) = (self.line, Code::ResponseWarning);
            let (value, arguments) = (String::new(), answer.arguments());
            (self.take)(Heard::Said(Diagnostic::new(code, line, None, value, arguments)))?;
        }
        Ok(())
    }
}

impl Listener for WorkOrderListener<'_> {
    type Stop = RowError;

    fn namespace(&mut self, namespace: &str) -> Result<(), RowError> {
        if let Some(version) = namespace.strip_prefix(NAMESPACE) {
            return self.check_version(version);
        }
        let cause: String = format!("xmlns = {namespace}").chars().take(CAUSE_LENGTH).collect();
        Err(Error::new(Code::WorkOrdersNotFound, self.named().with("cause", cause)).into())
    }

    fn open(&mut self, name: &str, _: bool, line: u64) -> Result<(), RowError> {
        self.line = line;
        if self.draft.is_some() {
            self.enter(name);
            self.is_new_part |= matches!(&*self.place, "SuggestedParts" | "SuggestedParts/Part");
        } else if self.is_record(name) {
            self.is_known = true;
            self.is_answer = name == "ResponseData";
            self.draft = Some(WorkOrderDraft::begin(line));
            self.lengths.clear();
            self.place.clear();
        } else if self.depth == 0 && self.kind == TreeKind::Xml {
            if name != ROOT {
                return Err(self.not_found().into());
            }
            self.is_known = true;
        }
        self.depth += 1;
        Ok(())
    }

    fn value(&mut self, name: &str, _: bool, line: u64, text: &str) -> Result<(), RowError> {
        self.line = line;
        if self.draft.is_none() {
            return self.outside(name, text);
        }
        self.enter(name);
        let put = self.put(text, line);
        self.leave();
        put
    }

    fn close(&mut self, text: Option<&str>) -> Result<(), RowError> {
        self.depth -= 1;
        if self.draft.is_some() {
            if self.lengths.is_empty() {
                return self.finish();
            }
            let put = text.map_or(Ok(()), |text| self.put(text, self.line));
            self.leave();
            return put;
        }
        if self.depth == 0 && self.kind == TreeKind::Json { self.conclude() } else { Ok(()) }
    }
}

impl WorkOrderDraft {
    /// Takes what is said of a part, by its name in JSON or XML.
    fn take_part(&mut self, name: &str, text: &str, line: u64, is_new: &mut bool, room: Room) -> Result<(), RowError> {
        self.hold(text.len(), room)?;
        let field = WorkOrderField::SuggestedParts;
        let Some(text) = self.clean(field.name(), false, text, line, room) else { return Ok(()) };
        if std::mem::take(is_new) || self.content.parts.is_empty() {
            self.hold(size_of::<SuggestedPart>(), room)?;
            self.content.parts.push(SuggestedPart::default());
        }
        let Some(part) = self.content.parts.last_mut() else { return Ok(()) };
        match name {
            "SuggestedPartRef" | "Reference" => part.reference = text.into_owned(),
            "Label" => part.label = text.into_owned(),
            "Comment" => part.comment = text.into_owned(),
            "Quantity" => {
                part.quantity = number(&text);
                if part.quantity.is_none() {
                    let arguments = Arguments::none().with("expected", "123").with("field", "SuggestedParts.Quantity");
                    self.fault(Code::WorkOrderValueInvalid, line, Some(&text), arguments);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
