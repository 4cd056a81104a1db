//! What a machine is told of a file that came into a workspace: `NAME.ack.json` and `NAME.ack.xml`, one schema for orders and
//! deposits.

use serde::Serialize;

use crate::diagnostic::{Exit, Result};
use crate::export::escape_xml;
use crate::ledger::{DepositHead, DepositId, ImportHead, ImportId};
use crate::model::{Counts, fitting};

/// The shape of the objects; raised when a reader would have to change.
const VERSION: u32 = 1;

/// What became of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Acknowledgement {
    kind: &'static str,
    version: u32,
    /// What came: `order` or `deposit`.
    of: &'static str,
    /// Its number in the ledger.
    number: i64,
    /// What it corrects.
    parent: Option<i64>,
    file: String,
    hash: String,
    bytes: u64,
    received_at: String,
    /// What became of it, as `summary.json` says it.
    outcome: &'static str,
    exit: u8,
    read: u64,
    accepted: u64,
    rejected: u64,
    ignored: u64,
    /// Those of the rejected that are kept to be corrected.
    drafts: u64,
}

impl Acknowledgement {
    /// Of a deposit that came in.
    pub fn of_deposit(id: DepositId, head: &DepositHead, parent: Option<DepositId>) -> Self {
        let parent = parent.map(|parent| parent.0);
        let DepositHead { file, hash, bytes, stamp, .. } = head;
        Self::of("deposit", id.0, parent, (file, hash, *bytes), stamp.at.to_string())
    }

    /// Of an order file that came in.
    pub fn of_import(id: ImportId, head: &ImportHead) -> Self {
        let parent = head.parent.map(|parent| parent.0);
        let ImportHead { file, hash, bytes, stamp, .. } = head;
        Self::of("order", id.0, parent, (file, hash, *bytes), stamp.at.to_string())
    }

    fn of(
        of: &'static str,
        number: i64,
        parent: Option<i64>,
        (file, hash, bytes): (&str, &str, u64),
        received_at: String,
    ) -> Self {
        Self {
            kind: "acknowledgement",
            version: VERSION,
            of,
            number,
            parent,
            file: file.to_owned(),
            hash: hash.to_owned(),
            bytes,
            received_at,
            outcome: "",
            exit: 0,
            read: 0,
            accepted: 0,
            rejected: 0,
            ignored: 0,
            drafts: 0,
        }
    }

    /// With what became of its records.
    #[must_use]
    pub fn with(self, counts: &Counts, exit: Exit) -> Self {
        Self {
            outcome: super::json::outcome(exit),
            exit: exit.code(),
            read: counts.read(),
            accepted: counts.accepted,
            rejected: counts.rejected,
            ignored: counts.ignored(),
            drafts: counts.drafts,
            ..self
        }
    }

    /// Hands over both files, each by its name and its content.
    pub fn put(&self, mut put: impl FnMut(&str, &str) -> Result<()>) -> Result<()> {
        let bare = fitting(self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file));
        put(&format!("{bare}.ack.json"), &self.json())?;
        put(&format!("{bare}.ack.xml"), &self.xml())
    }

    /// As JSON.
    pub fn json(&self) -> String {
        super::json::render(self)
    }

    /// As XML.
    pub fn xml(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out += "<Acknowledgement xmlns=\"urn:bordereau:acknowledgement:1\" Version=\"1\">\n";
        let parent = self.parent.map(|parent| parent.to_string());
        let number = |number: u64| Some(number.to_string());
        for (name, value) in [
            ("Of", Some(self.of.to_owned())),
            ("Number", Some(self.number.to_string())),
            ("Parent", parent),
            ("File", Some(self.file.clone())),
            ("Hash", Some(self.hash.clone())),
            ("Bytes", number(self.bytes)),
            ("ReceivedAt", Some(self.received_at.clone())),
            ("Outcome", Some(self.outcome.to_owned())),
            ("Exit", number(self.exit.into())),
            ("Read", number(self.read)),
            ("Accepted", number(self.accepted)),
            ("Rejected", number(self.rejected)),
            ("Ignored", number(self.ignored)),
            ("Drafts", number(self.drafts)),
        ] {
            if let Some(value) = value {
                out += "  <";
                out += name;
                out += ">";
                escape_xml(&mut out, &value);
                out += "</";
                out += name;
                out += ">\n";
            }
        }
        out + "</Acknowledgement>\n"
    }
}
