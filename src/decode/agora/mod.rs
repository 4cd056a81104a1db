//! Agora order files: records of an order platform, as text, XML or JSON (`docs/agora-order.md`).
//!
//! What enters: UTF-8 text without its mark, in one of the forms ([`AgoraForm`]). What leaves: by a first reading the
//! [`AgoraHeads`], by a second one rows under the columns of `layout`: one for each record, lines with what the head
//! of their order says; all three forms give the same rows for the same content.
//! What is refused: the file, for what the records around the lines say (`heads`); a record, by a note with its row.

use std::io::Read;
use std::sync::Arc;

use super::feed::Feed;
use super::row::{RowError, Rows};
use super::table::{TableDialect, TableReader};
use super::tree::{self, TreeKind};
use crate::delimited::QUOTE;
use crate::format::{Limits, Registry};

mod check;
mod heads;
mod layout;
mod numbers;
mod recognise;
mod rows;
mod tree_records;

pub use heads::AgoraHeads;
pub use recognise::{AgoraForm, agora_form};

/// What stands between the fields of the text form.
pub const AGORA_DELIMITER: u8 = b';';

/// Reads what a file says besides its lines. `open` opens it anew, at its beginning.
pub fn agora_heads<'r, S: Read + Send + 'static>(
    open: impl Fn() -> Result<S, RowError> + 'r,
    form: AgoraForm,
    registry: &Registry,
    limits: &Limits,
    path: &str,
) -> Result<AgoraHeads, RowError> {
    let terms = heads::Terms { registry, is_ordered: form == AgoraForm::Text, held_bytes: limits.held_bytes, path };
    heads::collect(&|| Ok(records(open()?, form, limits, path)), terms)
}

/// The rows of a file: line 0 is the heading, then comes a row for each record.
pub fn agora_rows<'r>(
    source: impl Read + Send + 'static,
    form: AgoraForm,
    heads: &Arc<AgoraHeads>,
    registry: &'r Registry,
    limits: &Limits,
    path: &str,
) -> Box<dyn Rows + 'r> {
    let records = records(source, form, limits, path);
    Box::new(rows::AgoraRows::new(records, Arc::clone(heads), registry, limits.held_bytes))
}

/// The records of a file, in the order of the text form.
fn records(source: impl Read + Send + 'static, form: AgoraForm, limits: &Limits, path: &str) -> Box<dyn Rows> {
    let kind = match form {
        AgoraForm::Text => {
            let dialect = TableDialect {
                delimiter: Some(AGORA_DELIMITER),
                quote: Some(QUOTE),
                backslash: false,
                blank_after: false,
                doubled: false,
                record_bytes: limits.record_bytes,
            };
            return Box::new(TableReader::new(source, dialect));
        }
        AgoraForm::Xml => TreeKind::Xml,
        AgoraForm::Json => TreeKind::Json,
    };
    let (limits, path) = (*limits, path.to_owned());
    Box::new(Feed::begin(move |sink| {
        let mut writer = tree_records::Writer::new(kind, path.clone(), tree::longest(&limits), sink);
        tree::walk(source, kind, &limits, &path, &mut writer)?;
        writer.finish()
    }))
}
