//! The book of imports: which files came, and every line of theirs.

use std::path::{Path, PathBuf};

use super::Stamp;
use crate::diagnostic::{Code, Result};
use crate::model::{Counts, Day, ManufacturerId, Moment, Money, words};

/// The number of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(pub i64);

words! {
    /// How lines came in.
    ImportOrigin {
        /// In an order file.
        File = "FILE",
        /// In a corrected report of an earlier file.
        Correction = "CORRECTION",
        /// In an order preparation list.
        Preparation = "PREPARATION",
        /// One by one on the command line.
        Typed = "TYPED",
    }
}

words! {
    /// What became of an import.
    ImportStatus {
        /// Every line is in a basket.
        Done = "DONE",
        /// Some lines are, some were refused.
        Partial = "PARTIAL",
        /// No line is.
        Rejected = "REJECTED",
        /// The file was there already; nothing was taken.
        Duplicate = "DUPLICATE",
        /// Taken back.
        Undone = "UNDONE",
    }
}

/// What is known of an import before its lines are.
#[derive(Clone, Debug)]
pub struct ImportHead {
    /// How it came in.
    pub origin: ImportOrigin,
    /// What it corrects.
    pub parent: Option<ImportId>,
    /// The bare name of the file.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// How long it is.
    pub bytes: u64,
    /// The format that read it.
    pub format: String,
    /// Which version of that format: a hash of everything it says.
    pub format_hash: String,
    /// What the user chose, as JSON.
    pub settings: String,
    /// The sender's code and the name that the sender gave the file, where it bears them.
    pub reference: Option<(String, String)>,
    /// When it came, and who brought it.
    pub stamp: Stamp,
}

/// An accepted line on its way to the basket.
#[derive(Clone, Copy, Debug)]
pub struct SourceLine<'l> {
    /// The physical line.
    pub line: u64,
    /// Whose part it is.
    pub manufacturer: ManufacturerId,
    /// The basket line of this import that it belongs to, counted from 0 for each manufacturer.
    pub place: usize,
    /// The part as the catalogue has it.
    pub reference: &'l str,
    /// Its name.
    pub label: &'l str,
    /// The price that counts.
    pub unit_price: Money,
    /// How many.
    pub quantity: u32,
    /// The need it is for.
    pub need: Need<'l>,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its own comment.
    pub comment: &'l str,
    /// What it must agree in with a line that waits already, to be merged with it.
    pub merge_key: i64,
}

/// For what a part is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need<'n> {
    /// The account it goes to.
    pub delivery_account: &'n str,
    /// The customer's own order number.
    pub customer_order_number: &'n str,
    /// The work order.
    pub work_order: &'n str,
    /// The countermark.
    pub countermark: &'n str,
}

impl Need<'_> {
    /// The key by which the same need for the same part is found again; none when the line names no need.
    pub fn key(&self, manufacturer: ManufacturerId, reference: &str) -> Option<i64> {
        let is_named = !self.customer_order_number.is_empty() || !self.work_order.is_empty();
        is_named.then(|| {
            stable_hash(&[
                &manufacturer.0.to_le_bytes(),
                reference.as_bytes(),
                self.delivery_account.as_bytes(),
                self.customer_order_number.as_bytes(),
                self.work_order.as_bytes(),
                self.countermark.as_bytes(),
            ])
        })
    }
}

/// A hash that means the same in every version of the program, because it is kept.
pub fn stable_hash(texts: &[&[u8]]) -> i64 {
    // Most of what is hashed is short, and in one piece it is hashed in half the time.
    let mut said = [0; 128];
    let mut end = 0;
    let mut put = |bytes: &[u8]| {
        let Some(room) = said.get_mut(end..end + bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        end += bytes.len();
        true
    };
    let is_short = texts.iter().all(|text| put(&(text.len() as u64).to_le_bytes()) && put(text));
    let hash = if is_short { blake3::hash(&said[..end]) } else { hash_of_parts(texts) };
    let mut word = [0; 8];
    word.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_le_bytes(word)
}

fn hash_of_parts(texts: &[&[u8]]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize()
}

/// What is known of an import at its end.
#[derive(Clone, Debug)]
pub struct ImportTotals {
    /// What became of its records.
    pub counts: Counts,
    /// Hash of what its lines say.
    pub content: String,
    /// The errors of its lines, and how often each.
    pub causes: Vec<(Code, u64)>,
    /// What the file says of its orders.
    pub heads: Vec<OrderHead>,
    /// The folder of its reports, which get their final names after the ledger has the import.
    pub reports: Option<PathBuf>,
}

/// What a file says of an order besides its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderHead {
    /// Whose parts it orders.
    pub manufacturer: u32,
    /// The customer's own order number.
    pub customer_order_number: String,
    /// The account it goes to.
    pub delivery_account: String,
    /// How it is to be delivered.
    pub delivery_option: String,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its comment.
    pub comment: String,
    /// Another address than the account's, as JSON; empty when there is none.
    pub address: String,
}

/// What a file that comes is compared with.
pub trait KnownImports {
    /// The import that took a file of these bytes, while its lines count.
    fn import_of_bytes(&self, hash: &str) -> Result<Option<ImportEntry>>;
    /// The import that took a file with the same lines, in whatever form.
    fn import_of_content(&self, content: &str) -> Result<Option<ImportEntry>>;
    /// The import of the file that its sender gave this name.
    fn import_of_reference(&self, customer_code: &str, file_reference: &str) -> Result<Option<ImportEntry>>;
    /// The refused lines of an import, in order.
    fn refused_lines(&self, id: ImportId) -> Result<Vec<RefusedLine>>;
    /// Lines that came since a moment, besides those of the `family`: an import, its parent and its corrections.
    fn earlier_lines(&self, since: Moment, family: Option<ImportId>) -> Result<Box<dyn Earlier>>;
    /// The line that brought this part for this need since a moment, if one did; `key` is that of the need.
    fn earlier_line(&self, since: Moment, key: i64, line: &SourceLine<'_>) -> Result<Option<EarlierLine>>;
}

/// Where the lines of a file are written down while it is read.
pub trait LineBook {
    /// Forgets every line: the file is read once more.
    fn restart(&mut self) -> Result<()>;
    /// Writes an accepted line down, in the order of the file, and gives the number of its basket line.
    fn take(&mut self, line: &SourceLine<'_>) -> Result<i64>;
    /// Writes a refused line down, and the line of the parent that it stands for.
    fn refuse(&mut self, line: u64, record_hash: u64, stands_for: Option<u64>) -> Result<()>;
    /// The line of the parent that an accepted line of a correction stands for.
    fn corrects(&mut self, line: u64) -> Result<()>;
}

/// An import while it is written down. Dropped before [`ImportRecord::finish`] it leaves nothing behind.
///
/// Nobody else writes meanwhile, so what it answers as [`KnownImports`] holds until it is finished.
pub trait ImportRecord: KnownImports + LineBook {
    /// The number it will have.
    fn id(&self) -> ImportId;
    /// Makes it count: from here on the lines are in their baskets; in a batch, from the end of the batch on.
    fn finish(self: Box<Self>, totals: &ImportTotals) -> Result<ImportId>;
}

/// Many imports that come to count together. Dropped before [`ImportBatch::commit`] it leaves nothing behind.
pub trait ImportBatch {
    /// What is known; its own imports are counted in, and nobody else writes meanwhile.
    fn known(&self) -> &dyn KnownImports;
    /// Begins to write an import down. One that is not finished spoils the batch: nothing of it can be taken back alone.
    fn begin_import<'b>(&'b mut self, head: &ImportHead) -> Result<Box<dyn ImportRecord + 'b>>;
    /// Notes that a file came that was there already.
    fn note_duplicate(&mut self, head: &ImportHead, of: ImportId) -> Result<ImportId>;
    /// Makes all of them count.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// An import as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportEntry {
    /// Its number.
    pub id: ImportId,
    /// What it corrects, or what it is a duplicate of.
    pub parent: Option<ImportId>,
    /// How it came in.
    pub origin: ImportOrigin,
    /// What became of it.
    pub status: ImportStatus,
    /// The bare name of the file.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// The format that read it.
    pub format: String,
    /// What the user chose, as JSON.
    pub settings: String,
    /// When it came.
    pub received_at: Moment,
    /// Who brought it.
    pub received_by: String,
    /// Records read.
    pub read: u64,
    /// Lines that went to baskets.
    pub accepted: u64,
    /// Lines that were refused.
    pub rejected: u64,
    /// Records that are no lines.
    pub ignored: u64,
    /// Refused lines that corrections have brought in.
    pub corrected: u64,
    /// The sender's code and the name that the sender gave the file.
    pub reference: Option<(String, String)>,
    /// Where its reports are.
    pub reports: Option<PathBuf>,
}

/// An import whose reports may still lack their final names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldImport {
    /// Its number.
    pub id: ImportId,
    /// The folder of its reports.
    pub reports: PathBuf,
}

/// A line that was refused and waits for its correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// The physical line.
    pub line: u64,
    /// Hash of its cells.
    pub record_hash: u64,
    /// The correction that brought it in.
    pub corrected_by: Option<ImportId>,
}

/// A source line as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEntry {
    /// The import that brought it.
    pub import: ImportId,
    /// The file.
    pub file: String,
    /// The physical line.
    pub line: u64,
    /// How many.
    pub quantity: u64,
    /// The customer's own order number.
    pub customer_order_number: String,
    /// The work order.
    pub work_order: String,
    /// The countermark.
    pub countermark: String,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its own comment.
    pub comment: String,
}

/// Lines that other files brought for the same needs.
pub trait Earlier: Sync {
    /// The line that brought this part for this need, if one did.
    fn find(&self, manufacturer: ManufacturerId, reference: &str, need: &Need<'_>) -> Result<Option<EarlierLine>>;
}

/// A line of an earlier file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierLine {
    /// The file.
    pub file: String,
    /// The physical line.
    pub line: u64,
    /// When it came.
    pub received_at: Moment,
}

/// The book of imports.
pub trait ImportBook: KnownImports {
    /// The newest import of a file of these bytes, be it that all its lines were refused.
    fn import_to_correct(&self, hash: &str) -> Result<Option<ImportEntry>>;
    /// An import by its number.
    fn import(&self, id: ImportId) -> Result<Option<ImportEntry>>;
    /// Every import, the newest first.
    fn imports(&self) -> Result<Vec<ImportEntry>>;
    /// Begins to write an import down.
    fn begin_import<'l>(&'l mut self, head: &ImportHead) -> Result<Box<dyn ImportRecord + 'l>>;
    /// Begins to write many imports down.
    fn begin_batch<'l>(&'l mut self) -> Result<Box<dyn ImportBatch + 'l>>;
    /// Notes that a file came that was there already.
    fn note_duplicate(&mut self, head: &ImportHead, of: ImportId) -> Result<ImportId>;
    /// Takes an import back, and its corrections with it: their lines leave the baskets, and what it corrected itself is
    /// refused again. Nothing is done when one of the lines is ordered; then those are told.
    fn undo_import(&mut self, id: ImportId, stamp: &Stamp) -> Result<std::result::Result<u64, Vec<u64>>>;
    /// Imports whose reports may still lack their final names.
    fn held_imports(&self) -> Result<Vec<HeldImport>>;
    /// The reports of these imports have their final names.
    fn release_reports(&mut self, ids: &[ImportId]) -> Result<()>;
    /// What the file of an import said of the order that a line belongs to.
    fn order_heads(&self, manufacturer: ManufacturerId) -> Result<Vec<OrderHead>>;
    /// Whether a folder holds the reports of an import.
    fn import_at(&self, reports: &Path) -> Result<Option<ImportId>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_has_the_hash_of_its_parts() {
        for length in [0, 1, 63, 109, 110, 111, 2000] {
            let text = vec![b'x'; length];
            let texts: [&[u8]; 2] = [b"ab", &text];
            assert_eq!(stable_hash(&texts).to_le_bytes(), hash_of_parts(&texts).as_bytes()[..8], "{length}");
        }
        assert_ne!(stable_hash(&[b"ab", b"c"]), stable_hash(&[b"a", b"bc"]));
    }
}
