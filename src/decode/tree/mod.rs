//! XML and JSON as tables.
//!
//! What enters: UTF-8 text without its mark, its [`TreeKind`], and the path of the records if somebody gave it.
//! What leaves: an [`Outline`], by a first pass, and a [`Feed`] of rows, by a second: a heading, then a row for each record.
//! What is refused: text that is no XML or JSON, also by a byte that is no UTF-8 (`XML_INVALID`, `JSON_INVALID`); a DOCTYPE
//! (`XML_DOCTYPE`); a file without records (`RECORDS_NOT_FOUND`); more levels, columns or longer records than allowed
//! (`LIMIT_EXCEEDED`). What a record may take, 16 times `record-bytes`, is also the most that one text, name or tag, one
//! comment and one open element's text may take. An element around the records that repeats, such as an order among
//! orders, is held until it ends, since its fields may stand behind its records: at most 64 MiB of them.
//!
//! # Paths
//!
//! `/orders/order/line` in XML, by local names. `/orders/lines` in JSON, where lists have no name of their own; `/` is the
//! value itself, or the elements of the list it is, or each of several values that stand one behind the other.
//!
//! # Which records
//!
//! What somebody named. Else, among elements that stand more than once in the same parent and objects of JSON lists:
//! those of which most have fields; then those with more fields directly in them; then the deeper ones. When nothing
//! repeats, the file has a single record: the deepest element with fields whose parent is named by its plural
//! (`Lines/Line`); else the one with most fields directly in it, the deeper of equals.
//!
//! # Columns
//!
//! Every text, attribute and scalar at or below a record, by its path from there (`Article/Ref`, `@id`, `#text` for the
//! record's own text); what stands there more than once is joined by `|`. Before them, what the elements around the
//! records hold outside lists, by its path without the root: `Header/FileReference`, `order/@number`; with the root where
//! that name is taken. Attributes that say how XML is to be read (`xmlns`, `xml:`, `xsi:`) are none. An element that is
//! empty is a column unless others of its path have something in them.
//!
//! # Items
//!
//! Where [`Wanted::items_apart`] asks for it, an element of a list inside a record has a row of its own: it continues the
//! record, and only its own columns are filled. An item in an item comes behind it in the same way.

use std::io::Read;

use super::feed::Feed;
use super::row::RowError;
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::Limits;

mod json;
mod outline;
mod paths;
mod rows;
mod xml;

#[cfg(test)]
mod items_tests;
#[cfg(test)]
mod tests;

pub use outline::Outline;
pub use xml::xml_encoding;

/// Bytes of one repeating element around the records that are held until it ends.
const HELD_BYTES: usize = 64 << 20;

/// How the text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeKind {
    /// XML.
    Xml,
    /// JSON: one value, or several one behind the other.
    Json,
}

impl TreeKind {
    /// The text cannot be read on.
    pub(super) fn invalid(self, path: &str, line: u64, cause: &str) -> RowError {
        let code = match self {
            Self::Xml => Code::XmlInvalid,
            Self::Json => Code::JsonInvalid,
        };
        // A cause may name an element, whose name may be anything.
        let cause: String = cause.chars().take(200).collect();
        let arguments = Arguments::none().with("path", path).with("line", line).with("cause", cause);
        RowError::Refused(Error::new(code, arguments))
    }
}

/// Which records are wanted, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'w> {
    /// Paths where they may stand: the first one that exists counts. Without any the likeliest place is looked for.
    pub records: &'w [&'w str],
    /// Whether what repeats inside a record has rows of its own, behind the row of the record, instead of being joined; what is
    /// around the records is left out then.
    pub items_apart: bool,
}

/// Reads all of the source once and says where the records are.
pub fn outline(
    source: impl Read,
    kind: TreeKind,
    wanted: Wanted<'_>,
    limits: &Limits,
    path: &str,
) -> Result<Outline, RowError> {
    let mut survey = outline::Survey::new(limits);
    walk(source, kind, limits, path, &mut survey)?;
    survey.outline(kind, wanted, path)
}

/// The rows of the source: line 0 is the heading, then comes a row for each record with the line on which it starts.
pub fn record_rows(
    source: impl Read + Send + 'static,
    kind: TreeKind,
    outline: &Outline,
    limits: &Limits,
    path: &str,
) -> Feed {
    let (outline, limits, path) = (outline.clone(), *limits, path.to_owned());
    Feed::begin(move |sink| {
        let mut rows = rows::Writer::begin(outline, &limits, sink)?;
        let ended = walk(source, kind, &limits, &path, &mut rows);
        // What was read before a fault comes before it.
        rows.flush()?;
        ended
    })
}

/// The most that a record, a text or a name may take.
pub(super) fn longest(limits: &Limits) -> usize {
    limits.record_bytes.saturating_mul(16)
}

/// Learns what stands in a text, in its order.
pub trait Listener {
    /// Why it wants to hear no more.
    type Stop: From<RowError>;

    /// An element or object begins; `listed` when it is in a list of JSON.
    fn open(&mut self, name: &str, listed: bool, line: u64) -> Result<(), Self::Stop>;

    /// An attribute or scalar in the element or object that is open.
    fn value(&mut self, name: &str, listed: bool, line: u64, text: &str) -> Result<(), Self::Stop>;

    /// What was opened last ends; its own text, unless it has none and something else in it.
    fn close(&mut self, text: Option<&str>) -> Result<(), Self::Stop>;

    /// The namespace of the root element, empty when it is in none: before the root is told. JSON has none.
    fn namespace(&mut self, _namespace: &str) -> Result<(), Self::Stop> {
        Ok(())
    }

    /// So many bytes are done.
    fn at(&mut self, _position: u64) {}
}

/// Tells the listener what stands in the source: UTF-8 text without its mark. `path` is only named in errors.
pub fn walk<L: Listener>(
    source: impl Read,
    kind: TreeKind,
    limits: &Limits,
    path: &str,
    listener: &mut L,
) -> Result<(), L::Stop> {
    match kind {
        TreeKind::Xml => xml::walk(source, limits, path, listener),
        TreeKind::Json => json::walk(source, limits, path, listener),
    }
}
