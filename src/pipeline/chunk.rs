//! One chunk, judged: the work that is done in parallel.

use std::ops::Range;

use super::plan::Plan;
use super::verdict::Verdict;
use crate::catalogue::PartId;
use crate::delimited::{Block, Chunk, RawRecord, Records};
use crate::diagnostic::{Code, Diagnostic, Scope};
use crate::format::Accept;
use crate::map::{Draft, Reader};
use crate::model::{Counts, Field, IgnoredReason};
use crate::split::{MergeKey, Parcel};
use crate::validate::{Terms, check};

/// Records that are mapped, looked up and judged together.
const BLOCK: usize = 64;

/// How chunks of one file are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'j> {
    pub(super) plan: &'j Plan,
    pub(super) reader: Reader<'j>,
    pub(super) terms: Terms<'j>,
    pub(super) verdict: &'j Verdict,
    pub(super) wants: Wants,
    pub(super) key: MergeKey,
}

/// What reports need to know of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wants {
    /// The cells of refused rows.
    pub(super) refused_cells: bool,
    /// The cells of all rows.
    pub(super) all_cells: bool,
}

/// What became of a chunk.
#[derive(Default)]
pub(super) struct Judged {
    /// Accepted lines by place of the manufacturer in the catalogue.
    pub(super) parcels: Vec<Parcel>,
    /// A line did not fit into its parcel.
    pub(super) full: bool,
    pub(super) counts: Counts,
    /// What was found, in the order of the file.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Rows that reports want to show.
    pub(super) rows: Vec<JudgedRow>,
    /// Orders with a fault, where a fault costs the order: number and line.
    pub(super) bad_orders: Vec<(String, u64)>,
    /// Ignored records that are not blank.
    pub(super) preamble: Vec<(u64, String)>,
}

/// A row as reports show it.
pub(super) struct JudgedRow {
    pub(super) line: u64,
    pub(super) accepted: bool,
    pub(super) cells: Vec<String>,
    /// Which diagnostics of the chunk are about it.
    pub(super) diagnostics: Range<usize>,
    pub(super) hash: u64,
}

impl Judge<'_> {
    /// Judges a chunk into `judged`, which serves chunk after chunk so that its memory is used again. The first `skip`
    /// records stand above the data, the last of them is the heading.
    pub(super) fn chunk(&self, chunk: &Chunk, skip: usize, judged: &mut Judged) {
        let charset = self.plan.charset();
        let mut this = *self;
        this.terms.check_characters = !charset.is_clean(&chunk.bytes);
        judged.clear(self.terms.catalogue.manufacturers().len());
        let mut records = Records::new(&chunk.bytes, self.plan.dialect);
        let mut block = Block::default();
        if skip > 0 {
            records.fill(&mut block, skip);
            let above = block.records(&chunk.bytes).take(block.len().saturating_sub(1));
            above.for_each(|record| this.ignore(record, chunk.first_line, judged));
        }
        let mut found: Vec<Option<PartId>> = Vec::with_capacity(BLOCK);
        loop {
            records.fill(&mut block, BLOCK);
            if block.is_empty() {
                return;
            }
            let mut drafts: Vec<Draft<'_, '_>> = Vec::with_capacity(BLOCK);
            for record in block.records(&chunk.bytes) {
                if record.is_blank(charset) {
                    this.ignore(record, chunk.first_line, judged);
                } else {
                    drafts.push(self.reader.draft(record));
                }
            }
            let keys = drafts.iter().map(|draft| (draft.key, &*draft.reference));
            self.terms.catalogue.find_block(keys, &mut found);
            for (draft, part) in drafts.iter().zip(&found) {
                this.record(draft, *part, chunk, judged);
            }
        }
    }

    fn ignore(&self, record: RawRecord<'_, '_>, first_line: u64, judged: &mut Judged) {
        let charset = self.plan.charset();
        if record.is_blank(charset) {
            judged.counts.ignored[IgnoredReason::Blank as usize] += 1;
            return;
        }
        judged.counts.ignored[IgnoredReason::Preamble as usize] += 1;
        let cells: Vec<_> = record.cells().map(|cell| cell.text(charset)).collect();
        judged.preamble.push((first_line + u64::from(record.line()), cells.join(" ").trim().to_owned()));
    }

    #[inline]
    fn record(&self, draft: &Draft<'_, '_>, part: Option<PartId>, chunk: &Chunk, judged: &mut Judged) {
        let line = chunk.first_line + u64::from(draft.record.line());
        let before = judged.diagnostics.len();
        let checked = check(draft, part, line, self.reader, &self.terms, &mut judged.diagnostics);
        let accepted = if let Some(order_line) = checked {
            judged.counts.valid += 1;
            if let Some((code, arguments)) = self.verdict.of(|| self.order(draft)) {
                judged
                    .diagnostics
                    .insert(before, Diagnostic { code, line, column: None, value: String::new(), arguments });
                false
            } else {
                let parcel = &mut judged.parcels[self.terms.catalogue.manufacturer_place(order_line.part())];
                judged.full |= parcel.pack(&order_line, self.plan.charset(), self.key).is_err();
                true
            }
        } else {
            judged.counts.faulty += 1;
            if self.plan.format.accept == Accept::Orders {
                judged.bad_orders.extend(Some((self.order(draft), line)).filter(|(order, _)| !order.is_empty()));
            }
            false
        };
        if accepted {
            judged.counts.accepted += 1;
            judged.counts.warned += u64::from(judged.diagnostics.len() > before);
        } else {
            judged.counts.rejected += 1;
        }
        if self.wants.all_cells || (self.wants.refused_cells && !accepted) {
            judged.rows.push(self.row(draft.record, line, accepted, before..judged.diagnostics.len()));
        }
    }

    fn order(&self, draft: &Draft<'_, '_>) -> String {
        self.reader.cell(draft.record, Field::CustomerOrderNumber).text(self.plan.charset()).trim().to_owned()
    }

    fn row(&self, record: RawRecord<'_, '_>, line: u64, accepted: bool, diagnostics: Range<usize>) -> JudgedRow {
        let cells: Vec<_> = record.cells().map(|cell| cell.text(self.plan.charset())).collect();
        let mut hasher = blake3::Hasher::new();
        for cell in &cells {
            hasher.update(&(cell.len() as u64).to_le_bytes());
            hasher.update(cell.as_bytes());
        }
        let mut word = [0; 8];
        word.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        JudgedRow { line, accepted, cells, diagnostics, hash: u64::from_be_bytes(word) }
    }
}

impl Judged {
    fn clear(&mut self, manufacturers: usize) {
        self.parcels.resize_with(manufacturers, Parcel::default);
        self.parcels.iter_mut().for_each(Parcel::clear);
        self.full = false;
        self.counts = Counts::default();
        self.diagnostics.clear();
        self.rows.clear();
        self.bad_orders.clear();
        self.preamble.clear();
    }

    /// A fault that refuses the whole file, if one was found.
    pub(super) fn file_fault(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|each| each.code.scope() == Scope::File && each.code != Code::FileRefused)
    }
}
