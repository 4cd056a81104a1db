//! One piece of a deposit, judged: the work that is done in parallel.
//!
//! An entry may take several records, and a piece may end between two of them. So where entries can do that, the first and
//! the last entry of a piece are not judged but handed on; [`super::pass`] puts them together.

use super::entry::{Fate, JudgedEntry, Keeper, Who, validation};
use super::hindsight::{Foresight, Hindsight, Reach, RepairSeen, ReportSeen};
use super::known::{Correction, Stands};
use super::plan::DepositPlan;
use crate::catalogue::{self, PartId};
use crate::decode::EncodingChoice;
use crate::delimited::{Block, Charset, RawRecord, Records};
use crate::diagnostic::{Arguments, Code, Diagnostic};
use crate::export::CreatedRows;
use crate::format::Key;
use crate::ledger::RefusedRow;
use crate::map::{EntryDraft, EntryRow, part_list};
use crate::model::{Counts, IgnoredReason, Language, ManufacturerId};
use crate::pipeline::chunk::{JudgedRow, Wants, record_hash, tell_once};
use crate::pipeline::pieces::Piece;
use crate::validate::{CheckedEntry, EntryTerms, EntryTotals, check_entry};

/// Records that are read together.
const BLOCK: usize = 64;

/// How the pieces of one deposit are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'j> {
    pub(super) plan: &'j DepositPlan,
    pub(super) terms: EntryTerms<'j>,
    pub(super) created: &'j CreatedRows<'j>,
    /// What an earlier pass showed.
    pub(super) hindsight: &'j Hindsight,
    /// Tells that nothing counts any more but who the entries are, while nobody knows it yet.
    pub(super) foresight: Option<&'j Foresight>,
    /// The encodings of a mixed file.
    pub(super) mixed: Option<EncodingChoice>,
    /// What makes entries for a ledger, where there is one.
    pub(super) keeper: Option<Keeper<'j>>,
    /// The language in which findings are told as the platform does.
    pub(super) validation: Option<Language>,
    pub(super) wants: Wants,
}

/// Whether entries can go on beyond the ends of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// They can: the first and the last one are handed on.
    Open,
    /// They cannot.
    Closed,
}

/// What became of a piece.
#[derive(Default)]
pub(super) struct Judged {
    /// Rows of `created.csv`.
    pub(super) created: Vec<u8>,
    pub(super) counts: Counts,
    /// What was found, in the order of the file.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Rows that reports want to show.
    pub(super) rows: Vec<JudgedRow>,
    /// What each entry adds up to, by manufacturer.
    pub(super) totals: Vec<(ManufacturerId, EntryTotals)>,
    /// Who each entry is.
    pub(super) reports: Vec<ReportSeen>,
    /// Which appliance was repaired when.
    pub(super) repairs: Vec<RepairSeen>,
    /// Entries for a ledger.
    pub(super) entries: Vec<JudgedEntry>,
    /// Findings as the platform tells them.
    pub(super) validation: Vec<u8>,
    /// The records of the first entry, when they may go on with the piece before.
    pub(super) head: Option<Piece>,
    /// The records of the last entry, when they may go on in the next piece; none when it is also the first.
    pub(super) tail: Option<Piece>,
    decoded: Vec<u8>,
}

impl Judged {
    pub(super) fn clear(&mut self) {
        self.created.clear();
        self.counts = Counts::default();
        self.diagnostics.clear();
        self.rows.clear();
        self.totals.clear();
        self.reports.clear();
        self.repairs.clear();
        self.entries.clear();
        self.validation.clear();
        self.head = None;
        self.tail = None;
    }

    /// Takes note of who an entry is.
    #[inline]
    fn remember(&mut self, who: &Who<'_>, stands_for: Option<u64>) {
        let Who { line, identity, intervention, .. } = *who;
        if identity.is_some() || stands_for.is_some() {
            self.reports.push(ReportSeen { identity, line, stands_for, intervention });
        }
        if let (Some(appliance), Some(day)) = (who.appliance, who.repaired_on) {
            self.repairs.push(RepairSeen { appliance, day, line });
        }
    }

    fn add(&mut self, id: ManufacturerId, totals: &EntryTotals) {
        match self.totals.iter_mut().find(|(each, _)| *each == id) {
            Some((_, sum)) => sum.add(totals),
            None => self.totals.push((id, *totals)),
        }
    }
}

impl Judge<'_> {
    /// Judges a piece into `judged`, which serves piece after piece so that its memory is used again.
    pub(super) fn piece(&self, piece: &Piece, ends: Ends, judged: &mut Judged) {
        judged.clear();
        let bytes = piece.chunk.bytes.as_slice();
        let mut this = *self;
        this.terms.check_characters = !self.plan.charset().is_clean(bytes);
        let repeats = self.plan.mapping.repeats();
        let mut records = Records::new(bytes, self.plan.dialect);
        let mut block = Block::default();
        let (mut keys, mut found) = (Vec::new(), Vec::new());
        let mut place = 0;
        loop {
            // Entries of several records have to be seen whole.
            records.fill(&mut block, if repeats { usize::MAX } else { BLOCK });
            if block.is_empty() {
                return;
            }
            let mut rows = Vec::with_capacity(BLOCK);
            for record in block.records(bytes) {
                let line = piece.line(place, record);
                if !this.is_outside(record, line, judged) {
                    rows.push(EntryRow { record, line, place });
                }
                place += 1;
            }
            if !self.is_vain() {
                self.look_up(&rows, &mut keys, &mut found);
            }
            if repeats {
                this.groups(&rows, piece, ends, judged);
            } else {
                let mut draft = EntryDraft::default();
                for row in rows {
                    this.terms.reader.begin(&mut draft, row);
                    this.entry(&draft, piece, judged);
                }
            }
        }
    }

    /// Looks the listed parts of a block up together: the memory, which is far slower than all else here, brings them side by
    /// side, and each look-up behind finds them near.
    fn look_up<'c>(
        &self,
        rows: &[EntryRow<'c, '_>],
        keys: &mut Vec<(catalogue::Key, &'c [u8])>,
        found: &mut Vec<Option<PartId>>,
    ) {
        let reader = &self.terms.reader;
        let Some(column) = reader.mapping.column(reader.fields.key(Key::Parts)) else { return };
        keys.clear();
        for row in rows {
            let list = row.record.cell(column).plain().map_or(&[][..], |bytes| reader.charset.trim(bytes));
            let references = part_list(list).flatten().map(|part| reader.charset.trim(part.reference));
            keys.extend(references.map(|reference| (catalogue::Key::new(reference), reference)));
        }
        self.terms.catalogue.find_block(keys.iter().copied(), found);
    }

    /// Whether a record is no entry: blank, above the table, or a comment in it.
    #[inline]
    fn is_outside(&self, record: RawRecord<'_, '_>, line: u64, judged: &mut Judged) -> bool {
        let reason = if line < self.plan.first_line {
            // The heading itself is no record; the names of fields in XML and JSON come first, on no line.
            let is_above = line > 0 && self.plan.heading_line.is_none_or(|heading| line < heading);
            is_above.then_some(IgnoredReason::Preamble)
        } else {
            match record.cell(0).first() {
                Some(b'#') if record.len() < self.plan.mapping.headings().width() => Some(IgnoredReason::Comment),
                Some(b'-' | b'=' | b'_' | b'*' | b'~' | b'+') if crate::pipeline::chunk::is_rule(record) => {
                    Some(IgnoredReason::Comment)
                }
                // What old systems write at the end of a text.
                Some(0x1A) if record.len() == 1 => Some(IgnoredReason::Blank),
                _ if record.is_blank(self.plan.charset()) => Some(IgnoredReason::Blank),
                _ => return false,
            }
        };
        if let Some(reason) = reason {
            let reason = if record.is_blank(self.plan.charset()) { IgnoredReason::Blank } else { reason };
            judged.counts.ignored[reason as usize] += 1;
        }
        true
    }

    /// Puts the records of each entry together and judges it.
    fn groups(&self, rows: &[EntryRow<'_, '_>], piece: &Piece, ends: Ends, judged: &mut Judged) {
        let reader = &self.terms.reader;
        let correction = self.keeper.and_then(|keeper| keeper.correction);
        let goes_on = |before: &EntryRow<'_, '_>, row: &EntryRow<'_, '_>| {
            let told = correction.and_then(|each| each.goes_on(before, row, reader.charset));
            let is_same = || !self.plan.is_tree() && reader.goes_on(before.record, row.record);
            piece.continues(row.place) || told.unwrap_or_else(is_same)
        };
        let groups: Vec<_> = rows.chunk_by(goes_on).collect();
        let mut draft = EntryDraft::default();
        let last = groups.len().saturating_sub(1);
        for (place, group) in groups.iter().enumerate() {
            if ends == Ends::Open && (place == 0 || place == last) {
                let mut part = Piece::default();
                for row in *group {
                    part.take(piece, row.place, row.record, self.plan.dialect.delimiter);
                }
                *(if place == 0 { &mut judged.head } else { &mut judged.tail }) = Some(part);
                continue;
            }
            let Some((first, others)) = group.split_first() else { continue };
            reader.begin(&mut draft, *first);
            for row in others {
                reader.add(&mut draft, *row);
            }
            self.entry(&draft, piece, judged);
        }
    }

    /// Whether only who the entries are counts any more.
    fn is_vain(&self) -> bool {
        self.foresight.is_some_and(Foresight::is_sure)
    }

    /// Who an entry is.
    fn who<'d>(&self, draft: &'d EntryDraft<'_, '_>) -> Option<Who<'d>> {
        let reach = if self.keeper.is_some() { Reach::Ledger } else { Reach::File };
        Who::of(draft, &self.terms.reader, self.terms.content_is_identity, reach)
    }

    #[inline]
    fn entry(&self, draft: &EntryDraft<'_, '_>, piece: &Piece, judged: &mut Judged) {
        if self.is_vain() {
            if let Some(who) = self.who(draft) {
                judged.counts.valid += 1;
                judged.remember(&who, None);
            }
            return;
        }
        let reader = &self.terms.reader;
        let before = judged.diagnostics.len();
        let mut stands_for = None;
        match self.keeper.and_then(|keeper| keeper.stands(draft)) {
            Some(Stands::Taken) => {
                judged.counts.ignored[IgnoredReason::AlreadyTaken as usize] += 1;
                return;
            }
            Some(Stands::For(line)) => stands_for = Some(line),
            Some(Stands::Unclear) => self.unclear(draft, judged),
            None => {}
        }
        if piece.has_notes() {
            self.notes(draft, piece, judged);
        }
        if let Some(encoding) = self.mixed {
            Self::note_encoding(encoding, draft, judged);
        }
        let noted = judged.diagnostics.len();
        let checked = check_entry(draft, &self.terms, &mut judged.diagnostics);
        if noted > before {
            tell_once(&mut judged.diagnostics, before, noted);
        }
        if checked.is_none() && self.is_repeated_heading(draft) {
            judged.diagnostics.truncate(before);
            judged.counts.ignored[IgnoredReason::Heading as usize] += 1;
            return;
        }
        let Some(mut who) = self.who(draft) else { return };
        let said = self.keeper.map(|keeper| keeper.said(draft));
        if let Some(said) = said.as_ref().filter(|_| !who.is_numbered) {
            who.identity = Some(said.content);
        }
        judged.remember(&who, stands_for);
        self.recall(draft, who.line, judged);
        let is_valid = !judged.diagnostics[before..].iter().any(Diagnostic::is_error);
        let checked = checked.filter(|_| is_valid);
        if is_valid {
            judged.counts.valid += 1;
        } else {
            judged.counts.faulty += 1;
        }
        let is_created = match checked {
            Some(entry) if !self.hindsight.refuses_all => {
                self.create(&entry, judged);
                judged.counts.warned += u64::from(judged.diagnostics.len() > before);
                true
            }
            Some(_) => {
                let fault = Diagnostic::new(Code::FileRefused, who.line, None, String::new(), Arguments::none());
                judged.diagnostics.insert(before, fault);
                false
            }
            None => false,
        };
        judged.counts.accepted += u64::from(is_created);
        judged.counts.rejected += u64::from(!is_created);
        if let Some(language) = self.validation.filter(|_| judged.diagnostics.len() > before) {
            validation(who.report_number, &judged.diagnostics[before..], reader, language, &mut judged.validation);
        }
        if let Some((keeper, said)) = self.keeper.zip(said) {
            let mut entry = keeper.keep(&who, said, &judged.diagnostics[before..], is_created, stands_for);
            judged.counts.drafts += u64::from(entry.fate == Fate::Draft);
            if !is_created {
                let rows = draft.rows().iter().map(|row| refused_row(row.record, row.line, reader.charset));
                entry.rows.extend(rows);
            }
            judged.entries.push(entry);
        }
        if self.wants.all_cells || (self.wants.refused_cells && !is_created) {
            self.show(draft, before, is_created, judged);
        }
    }

    fn create(&self, entry: &CheckedEntry<'_, '_, '_>, judged: &mut Judged) {
        self.created.write(entry, &mut judged.created, &mut judged.decoded);
        if let Some(id) = entry.manufacturer() {
            judged.add(id, &entry.totals());
        }
    }

    /// Rows for reports, each with what was found on its line.
    #[cold]
    fn show(&self, draft: &EntryDraft<'_, '_>, before: usize, accepted: bool, judged: &mut Judged) {
        let mut from = before;
        judged.diagnostics[before..].sort_by_key(|each| each.line);
        for row in draft.rows() {
            let count = judged.diagnostics[from..].iter().take_while(|each| each.line <= row.line).count();
            let found = from..from + count;
            from += count;
            judged.rows.push(JudgedRow::of(row.record, self.plan.charset(), row.line, accepted, found));
        }
    }

    /// Notes that nobody can tell what a row of a corrected report stands for.
    #[cold]
    fn unclear(&self, draft: &EntryDraft<'_, '_>, judged: &mut Judged) {
        let column = self.keeper.and_then(|keeper| keeper.correction).and_then(Correction::column);
        for row in draft.rows().iter().take(1) {
            let value =
                column.map(|column| row.record.cell(column).text(self.terms.reader.charset)).unwrap_or_default();
            let fault = Diagnostic::new(Code::CorrectionKeyLost, row.line, column, value, Arguments::none());
            judged.diagnostics.push(fault);
        }
    }

    /// Says what an earlier pass showed of an entry.
    #[inline]
    fn recall(&self, draft: &EntryDraft<'_, '_>, line: u64, judged: &mut Judged) {
        let reader = &self.terms.reader;
        for told in self.hindsight.about(line) {
            let column = reader.mapping.column(reader.fields.key(told.key));
            let value = column.map(|column| draft.rows()[0].record.cell(column).text(reader.charset));
            let (value, arguments) = (value.unwrap_or_default(), told.arguments.clone());
            judged.diagnostics.push(Diagnostic::new(told.code, line, column, value, arguments));
        }
    }

    /// Whether a faulty record is the heading once more.
    #[cold]
    fn is_repeated_heading(&self, draft: &EntryDraft<'_, '_>) -> bool {
        let headings = self.plan.mapping.headings().texts();
        let [row] = draft.rows() else { return false };
        let count = row.record.len();
        let mut cells = row.record.cells().zip(headings);
        count >= self.plan.mapping.headings().width()
            && count <= headings.len()
            && cells.all(|(cell, heading)| cell.text(self.plan.charset()).trim() == heading.trim())
    }

    /// Notes what its reader saw of the records of an entry.
    #[cold]
    fn notes(&self, draft: &EntryDraft<'_, '_>, piece: &Piece, judged: &mut Judged) {
        for row in draft.rows() {
            for note in piece.notes(row.place) {
                if note.column.is_none_or(|column| self.plan.mapping.field(column).is_some()) {
                    let cell = |column| row.record.cell(column).text(self.plan.charset());
                    let value = note.column.map_or_else(|| note.value.clone(), cell);
                    judged.diagnostics.push(Diagnostic::new(
                        note.code,
                        row.line,
                        note.column,
                        value,
                        note.arguments.clone(),
                    ));
                }
            }
        }
    }

    /// Notes that a record of a mixed file is in another encoding than most.
    #[cold]
    fn note_encoding(encoding: EncodingChoice, draft: &EntryDraft<'_, '_>, judged: &mut Judged) {
        for row in draft.rows() {
            if row.record.cells().any(|cell| encoding.is_odd(&cell.bytes())) {
                let fault = Diagnostic::new(Code::EncodingMixed, row.line, None, String::new(), Arguments::none());
                judged.diagnostics.push(fault);
            }
        }
    }
}

/// A record as it is known again by its key.
fn refused_row(record: RawRecord<'_, '_>, line: u64, charset: Charset) -> RefusedRow {
    RefusedRow { line, record_hash: record_hash(record, charset) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_of_a_manufacturer_are_added_up() {
        let mut judged = Judged::default();
        let one = EntryTotals { entries: 1, parts: 2, part_quantity: 3, labour_minutes: 4, travel_km: 5 };
        for id in [4, 15, 4] {
            judged.add(ManufacturerId(id), &one);
        }
        assert_eq!(judged.totals.len(), 2);
        assert_eq!(judged.totals[0].1.part_quantity, 6);
    }
}
