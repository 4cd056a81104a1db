//! One piece of a file, judged: the work that is done in parallel.

use std::ops::Range;

use super::known::{Known, Row};
use super::pieces::Piece;
use super::plan::Plan;
use super::verdict::{Beyond, TAIL, TailRow, Verdict};
use crate::catalogue::PartId;
use crate::decode::{self, EncodingChoice, Frame};
use crate::delimited::{Block, Charset, RawRecord, Records};
use crate::diagnostic::{Arguments, Code, Diagnostic, Error, Scope};
use crate::format::Accept;
use crate::map::{Draft, Lexicon, Reader, Reading};
use crate::model::{Counts, Field, IgnoredReason};
use crate::split::{MergeKey, Parcel};
use crate::validate::{OrderLine, Terms, check};

/// Records that are mapped, looked up and judged together.
const BLOCK: usize = 64;

/// Fields that make two files the same order, besides the reference.
const CONTENT: [Field; 8] = [
    Field::Quantity,
    Field::DesiredDeliveryDate,
    Field::CustomerOrderNumber,
    Field::WorkOrder,
    Field::Countermark,
    Field::DeliveryAccount,
    Field::Manufacturer,
    Field::Comment,
];

/// Fields that say for which need a line is ordered.
const NEEDS: [Field; 4] = [Field::CustomerOrderNumber, Field::WorkOrder, Field::Countermark, Field::DeliveryAccount];

/// How the pieces of one file are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'j> {
    pub(super) plan: &'j Plan,
    pub(super) reader: Reader<'j>,
    pub(super) terms: Terms<'j>,
    pub(super) verdict: &'j Verdict,
    /// Where the table ends, once a pass has shown it.
    pub(super) beyond: Option<Beyond>,
    /// What headings may stand for.
    pub(super) lexicon: &'j Lexicon<'j>,
    /// What a ledger knows of these lines.
    pub(super) known: Known<'j>,
    /// The encodings of a mixed file.
    pub(super) mixed: Option<EncodingChoice>,
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
    /// A hash of what all lines say, whatever their order.
    pub(super) content: bool,
}

/// What became of a piece.
#[derive(Default)]
pub(super) struct Judged {
    /// Accepted lines.
    pub(super) parcel: Parcel,
    /// A line did not fit into the parcel.
    pub(super) full: bool,
    pub(super) counts: Counts,
    /// What was found, in the order of the file.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Rows that reports want to show.
    pub(super) rows: Vec<JudgedRow>,
    /// Orders with a fault, where a fault costs the order: number and line.
    pub(super) bad_orders: Vec<(String, u64)>,
    /// Ignored records that are worth naming.
    pub(super) ignored: Vec<(u64, String)>,
    /// Where another table begins.
    pub(super) other_table: Option<u64>,
    /// The last rows, when they may stand below the table.
    pub(super) tail: Vec<TailRow>,
    /// Whether the piece has any row that surely belongs to the table.
    pub(super) has_table_rows: bool,
    /// Sum of the hashes of its lines.
    pub(super) content: u128,
    /// Accepted rows of a corrected report: the row, and the line it stands for.
    pub(super) corrected: Vec<(u64, u64)>,
    /// What went wrong with the ledger.
    pub(super) failure: Option<Error>,
    behind_blank: bool,
}

/// A draft, where it stands, and whether a blank line stands above.
struct Placed<'c, 'b> {
    draft: Draft<'c, 'b>,
    place: usize,
    line: u64,
    behind_blank: bool,
    /// Whether it says itself that it is no line.
    is_other: bool,
}

/// A row as reports show it.
pub(super) struct JudgedRow {
    pub(super) line: u64,
    pub(super) accepted: bool,
    pub(super) cells: Vec<String>,
    /// Which diagnostics of the chunk are about it.
    pub(super) diagnostics: Range<usize>,
    pub(super) hash: u64,
    /// The line of an earlier file that it stands for.
    pub(super) stands_for: Option<u64>,
}

impl Judge<'_> {
    /// Judges a piece into `judged`, which serves piece after piece so that its memory is used again.
    pub(super) fn piece(&self, piece: &Piece, judged: &mut Judged) {
        let charset = self.plan.charset();
        let bytes = piece.chunk.bytes.as_slice();
        let mut this = *self;
        this.terms.check_characters = !charset.is_clean(bytes);
        judged.clear();
        let mut records = Records::new(bytes, self.plan.dialect);
        let mut block = Block::default();
        let mut found: Vec<Option<PartId>> = Vec::with_capacity(BLOCK);
        let (mut place, mut behind_blank) = (0, false);
        loop {
            records.fill(&mut block, BLOCK);
            if block.is_empty() {
                return;
            }
            let mut drafts: Vec<Placed<'_, '_>> = Vec::with_capacity(BLOCK);
            for record in block.records(bytes) {
                let line = piece.line(place, record);
                if record.is_blank(charset) {
                    judged.counts.ignored[IgnoredReason::Blank as usize] += 1;
                    behind_blank = true;
                } else if !this.is_outside(record, line, judged) {
                    let is_other = this.is_other(record);
                    if is_other && !piece.has_notes() {
                        this.ignore(record, line, Self::other_reason(record), judged);
                    } else {
                        drafts.push(Placed { draft: self.reader.draft(record), place, line, behind_blank, is_other });
                    }
                    behind_blank = false;
                }
                place += 1;
            }
            let keys = drafts.iter().map(|placed| (placed.draft.key, &*placed.draft.reference));
            self.terms.catalogue.find_block(keys, &mut found);
            for (placed, part) in drafts.iter().zip(&found) {
                if placed.is_other {
                    this.other(placed, piece, judged);
                } else {
                    this.record(placed, *part, piece, judged);
                }
            }
        }
    }

    /// Whether a record that is not blank stands outside the table: above it, below it, or as a comment in it.
    #[inline]
    fn is_outside(&self, record: RawRecord<'_, '_>, line: u64, judged: &mut Judged) -> bool {
        if line < self.plan.first_line {
            // The names of fields in XML and JSON come first, on no line.
            if line > 0 && self.plan.heading_line.is_none_or(|heading| line < heading) {
                self.above(record, line, judged);
            }
            return true;
        }
        if let Some(beyond) = self.beyond
            && line >= beyond.line
        {
            // The heading of another table is told as a fault: somebody has to know that its lines are not read.
            let is_its_heading = beyond.is_other_table() && line == beyond.line;
            if !is_its_heading {
                self.ignore(record, line, beyond.reason, judged);
            }
            return !is_its_heading;
        }
        match record.cell(0).first() {
            Some(b'#') if record.len() < self.terms.width && !decode::is_number_sign(&record.cell(0).bytes()) => {}
            Some(b'-' | b'=' | b'_' | b'*' | b'~' | b'+') if is_rule(record) => {}
            // What old systems write at the end of a text.
            Some(0x1A) if record.len() == 1 => {
                judged.counts.ignored[IgnoredReason::Blank as usize] += 1;
                return true;
            }
            _ => return false,
        }
        self.ignore(record, line, IgnoredReason::Comment, judged);
        true
    }

    /// Whether a record says itself that it is no line.
    #[inline]
    fn is_other(&self, record: RawRecord<'_, '_>) -> bool {
        let wanted = self.plan.format.decode.record_type.as_ref();
        wanted.is_some_and(|(column, wanted)| record.cell(*column).text(self.plan.charset()).trim() != wanted)
    }

    /// Why a record that is no line is ignored.
    fn other_reason(record: RawRecord<'_, '_>) -> IgnoredReason {
        let is_comment = record.cell(0).first() == Some(b'#');
        if is_comment { IgnoredReason::Comment } else { IgnoredReason::OtherRecord }
    }

    /// Judges a record that is no line: it may have a fault all the same, if its reader knows its type.
    fn other(&self, placed: &Placed<'_, '_>, piece: &Piece, judged: &mut Judged) {
        let (record, line) = (placed.draft.record, placed.line);
        let before = judged.diagnostics.len();
        if !self.notes(placed, piece, judged) {
            return self.ignore(record, line, Self::other_reason(record), judged);
        }
        judged.counts.faulty += 1;
        judged.counts.rejected += 1;
        if self.wants.refused_cells {
            let found = before..judged.diagnostics.len();
            judged.rows.push(self.row(record, line, false, found));
        }
    }

    /// A record above the heading: a title, unless it is the heading of another order, whose lines would go unheard.
    #[cold]
    fn above(&self, record: RawRecord<'_, '_>, line: u64, judged: &mut Judged) {
        let cells = self.cells(record);
        let claims = |heading: &str| self.lexicon.claims(heading);
        if !decode::names_an_order(cells.iter().map(String::as_str), &claims) {
            return self.ignore(record, line, IgnoredReason::Preamble, judged);
        }
        let before = judged.diagnostics.len();
        judged.diagnostics.push(Self::table_ignored(&cells, line));
        judged.counts.faulty += 1;
        judged.counts.rejected += 1;
        if self.wants.refused_cells {
            judged.rows.push(self.row(record, line, false, before..before + 1));
        }
    }

    fn table_ignored(cells: &[String], line: u64) -> Diagnostic {
        let value = cells.join(" ").trim().to_owned();
        Diagnostic::new(Code::TableIgnored, line, None, value, Arguments::none())
    }

    #[cold]
    fn ignore(&self, record: RawRecord<'_, '_>, line: u64, reason: IgnoredReason, judged: &mut Judged) {
        judged.counts.ignored[reason as usize] += 1;
        if matches!(reason, IgnoredReason::Preamble | IgnoredReason::Footer | IgnoredReason::Comment) {
            judged.ignored.push((line, self.cells(record).join(" ").trim().to_owned()));
        }
    }

    fn cells(&self, record: RawRecord<'_, '_>) -> Vec<String> {
        record.cells().map(|cell| cell.text(self.plan.charset())).collect()
    }

    /// Whether a faulty record is the heading once more, and is not a line at all; else takes note of what it may be
    /// instead of a line.
    #[cold]
    fn is_repeated_heading(&self, placed: &Placed<'_, '_>, part: Option<PartId>, judged: &mut Judged) -> bool {
        let record = placed.draft.record;
        let headings = self.plan.mapping.headings();
        if part.is_none() && !matches!(placed.draft.quantity, Reading::Value(_)) && !headings.is_empty() {
            let cells = self.cells(record);
            let texts = || cells.iter().map(|cell| cell.trim());
            let is_whole = cells.len() >= self.plan.mapping.width();
            if is_whole && texts().eq(headings.iter().map(|text| text.trim()).take(cells.len())) {
                return true;
            }
            let claims = |heading: &str| self.lexicon.claims(heading);
            if judged.other_table.is_none() && self.may_end() && decode::names_an_order(texts(), &claims) {
                judged.other_table = Some(placed.line);
            }
        }
        false
    }

    /// Takes note of a faulty record that may stand below the table. What may be meant as an order line never does: it
    /// would go unheard.
    #[cold]
    fn note_tail(&self, placed: &Placed<'_, '_>, part: Option<PartId>, judged: &mut Judged) {
        let draft = &placed.draft;
        let charset = self.plan.charset();
        let filled = draft.record.cells().filter(|cell| !charset.trim(&cell.bytes()).is_empty()).count();
        let is_code = |text: &[u8]| text.iter().any(u8::is_ascii_digit) && !charset.trim(text).contains(&b' ');
        let names_an_order = || NEEDS.iter().any(|field| is_code(&self.reader.cell(draft.record, *field).bytes()));
        let may_be_ordered = match &*draft.reference {
            [] => draft.quantity != Reading::Empty || names_an_order(),
            text => {
                let is_counted = matches!(draft.quantity, Reading::Value(_));
                part.is_some() || is_code(text) || (is_counted && !Frame::is_sum(&String::from_utf8_lossy(text)))
            }
        };
        judged.behind_blank |= placed.behind_blank;
        let first = || draft.record.cell(0).text(charset).into();
        let may_be_below = self.plan.frame.may_be_below(filled, first);
        if may_be_ordered || !may_be_below || judged.tail.len() == TAIL || !self.may_end() {
            judged.end_tail();
            return;
        }
        let cells = self.cells(draft.record);
        judged.tail.push(TailRow { line: placed.line, cells, behind_blank: judged.behind_blank });
    }

    /// Notes what its reader saw of a record; whether that refuses it.
    fn notes(&self, placed: &Placed<'_, '_>, piece: &Piece, judged: &mut Judged) -> bool {
        let before = judged.diagnostics.len();
        // What stands in a column that nobody reads does not matter, unless the file is made for us.
        let is_ours = self.plan.layout.agora().is_some();
        for note in piece.notes(placed.place) {
            let is_used = note.column.is_none_or(|column| is_ours || self.plan.mapping.field(column).is_some());
            if !is_used {
                continue;
            }
            let cell = |column| placed.draft.record.cell(column).text(self.plan.charset());
            let value = note.column.map_or_else(|| note.value.clone(), cell);
            judged.diagnostics.push(Diagnostic::new(
                note.code,
                placed.line,
                note.column,
                value,
                note.arguments.clone(),
            ));
        }
        judged.diagnostics[before..].iter().any(Diagnostic::is_error)
    }

    /// Notes that a record of a mixed file is in another encoding than most.
    #[cold]
    fn note_encoding(encoding: EncodingChoice, placed: &Placed<'_, '_>, judged: &mut Judged) {
        if placed.draft.record.cells().any(|cell| encoding.is_odd(&cell.bytes())) {
            let fault = Diagnostic::new(Code::EncodingMixed, placed.line, None, String::new(), Arguments::none());
            judged.diagnostics.push(fault);
        }
    }

    #[inline]
    fn record(&self, placed: &Placed<'_, '_>, part: Option<PartId>, piece: &Piece, judged: &mut Judged) {
        let Placed { draft, line, .. } = placed;
        let line = *line;
        let before = judged.diagnostics.len();
        let mut is_refused = piece.has_notes() && self.notes(placed, piece, judged);
        let mut stands_for = None;
        if let Some(correction) = self.known.correction {
            match correction.row(draft.record, line, self.plan.charset()) {
                Row::Taken => {
                    judged.end_tail();
                    judged.counts.ignored[IgnoredReason::AlreadyTaken as usize] += 1;
                    judged.diagnostics.truncate(before);
                    return;
                }
                Row::Refused(parent) => stands_for = Some(parent),
                Row::Unclear(fault) => {
                    judged.diagnostics.push(fault);
                    is_refused = true;
                }
            }
        }
        if let Some(encoding) = self.mixed {
            Self::note_encoding(encoding, placed, judged);
        }
        let noted = judged.diagnostics.len();
        let checked = check(draft, part, line, self.reader, &self.terms, &mut judged.diagnostics);
        if noted > before {
            tell_once(&mut judged.diagnostics, before, noted);
        }
        if checked.is_none() && self.is_repeated_heading(placed, part, judged) {
            judged.diagnostics.truncate(before);
            judged.counts.ignored[IgnoredReason::Heading as usize] += 1;
            return;
        }
        if self.beyond.is_some_and(|beyond| beyond.line == line) {
            // Only the heading of another table comes here.
            judged.diagnostics.truncate(before);
            judged.diagnostics.push(Self::table_ignored(&self.cells(draft.record), line));
        }
        let accepted = if let Some(order_line) = checked.filter(|_| !is_refused) {
            judged.end_tail();
            judged.counts.valid += 1;
            if self.wants.content {
                judged.content = judged.content.wrapping_add(self.content(draft));
            }
            let found = self.verdict.of(|| self.order(draft)).or_else(|| self.earlier(&order_line, judged));
            let fault = found.map(|(code, arguments)| Diagnostic::new(code, line, None, String::new(), arguments));
            let is_refused = fault.as_ref().is_some_and(Diagnostic::is_error);
            if let Some(fault) = fault {
                judged.diagnostics.insert(before, fault);
            }
            if is_refused {
                false
            } else {
                judged.corrected.extend(stands_for.map(|parent| (line, parent)));
                let manufacturer = self.terms.catalogue.manufacturer_place(order_line.part());
                judged.full |= judged.parcel.pack(&order_line, manufacturer, self.plan.charset(), self.key).is_err();
                true
            }
        } else {
            self.note_tail(placed, part, judged);
            judged.counts.faulty += 1;
            if self.wants.content {
                judged.content = judged.content.wrapping_add(self.content(draft));
            }
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
            let row = self.row(draft.record, line, accepted, before..judged.diagnostics.len());
            judged.rows.push(JudgedRow { stands_for, ..row });
        }
    }

    /// What is said of a line that an earlier file brought already.
    #[inline]
    fn earlier(&self, line: &OrderLine<'_>, judged: &mut Judged) -> Option<(Code, Arguments)> {
        let earlier = self.known.earlier?;
        let charset = self.plan.charset();
        let part = self.terms.catalogue.part(line.part());
        let found = earlier.find(line, part.reference, part.manufacturer, charset);
        found.unwrap_or_else(|failure| {
            judged.failure.get_or_insert(failure);
            None
        })
    }

    /// A hash of what a record says, however it is written.
    fn content(&self, draft: &Draft<'_, '_>) -> u128 {
        let charset = self.plan.charset();
        let mut hasher = blake3::Hasher::new();
        let mut put = |text: &[u8]| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text);
        };
        put(&draft.reference.to_ascii_uppercase());
        for field in CONTENT {
            let cell = self.reader.cell(draft.record, field);
            match field {
                Field::Quantity if matches!(draft.quantity, Reading::Value(_)) => {
                    let Reading::Value(quantity) = draft.quantity else { continue };
                    put(&quantity.to_le_bytes());
                }
                Field::DesiredDeliveryDate if matches!(draft.desired_delivery_date, Reading::Value(_)) => {
                    let Reading::Value(day) = draft.desired_delivery_date else { continue };
                    put(&day.number().to_le_bytes());
                }
                _ => put(charset.decode(charset.trim(&cell.bytes())).as_bytes()),
            }
        }
        let mut word = [0; 16];
        word.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        u128::from_le_bytes(word)
    }

    /// Whether a record may show that the table ends: not behind its end, nor where records say themselves that they are
    /// lines.
    fn may_end(&self) -> bool {
        self.beyond.is_none() && self.plan.format.decode.record_type.is_none()
    }

    fn order(&self, draft: &Draft<'_, '_>) -> String {
        self.reader.cell(draft.record, Field::CustomerOrderNumber).text(self.plan.charset()).trim().to_owned()
    }

    fn row(&self, record: RawRecord<'_, '_>, line: u64, accepted: bool, diagnostics: Range<usize>) -> JudgedRow {
        JudgedRow::of(record, self.plan.charset(), line, accepted, diagnostics)
    }
}

/// The hash by which a record is known again when its report comes back.
pub(super) fn record_hash(record: RawRecord<'_, '_>, charset: Charset) -> u64 {
    let cells: Vec<_> = record.cells().map(|cell| cell.text(charset)).collect();
    hash_cells(cells.iter().map(String::as_str))
}

fn hash_cells<'c>(cells: impl Iterator<Item = &'c str>) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for cell in cells {
        hasher.update(&(cell.len() as u64).to_le_bytes());
        hasher.update(cell.as_bytes());
    }
    let mut word = [0; 8];
    word.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_be_bytes(word)
}

impl JudgedRow {
    /// The cells of a record with what was found in them.
    pub(super) fn of(
        record: RawRecord<'_, '_>,
        charset: Charset,
        line: u64,
        accepted: bool,
        diagnostics: Range<usize>,
    ) -> Self {
        let cells: Vec<_> = record.cells().map(|cell| cell.text(charset)).collect();
        let hash = hash_cells(cells.iter().map(String::as_str));
        Self { line, accepted, cells, diagnostics, hash, stands_for: None }
    }
}

/// Whether a record only draws a rule between lines.
pub(super) fn is_rule(record: RawRecord<'_, '_>) -> bool {
    let cells: Vec<_> = record.cells().map(|cell| cell.bytes()).collect();
    decode::is_rule(cells.iter().map(|cell| &**cell))
}

/// From `before` to `noted` stands what the reader saw of a record, behind it what was found by judging it. A cell or record
/// that is refused for what its reader saw has no further fault, unless it is only refused with others.
pub(super) fn tell_once(found: &mut Vec<Diagnostic>, before: usize, noted: usize) {
    let is_error = |each: &&Diagnostic| each.is_error() && !each.code.is_consequence();
    let refused: Vec<_> = found[before..noted].iter().filter(is_error).map(|each| each.column).collect();
    let is_covered = |each: &Diagnostic| refused.contains(&None) || refused.contains(&each.column);
    let kept: Vec<_> = found.drain(noted..).filter(|each| !is_covered(each)).collect();
    found.extend(kept);
    found[before..].sort_by_key(|each| each.column);
}

impl Judged {
    fn clear(&mut self) {
        self.parcel.clear();
        self.full = false;
        self.counts = Counts::default();
        self.diagnostics.clear();
        self.rows.clear();
        self.bad_orders.clear();
        self.ignored.clear();
        self.other_table = None;
        self.tail.clear();
        self.has_table_rows = false;
        self.content = 0;
        self.corrected.clear();
        self.failure = None;
        self.behind_blank = false;
    }

    /// A row of the table came: what was noted before it stands above it.
    fn end_tail(&mut self) {
        self.tail.clear();
        self.has_table_rows = true;
        self.behind_blank = false;
    }

    /// A fault that refuses the whole file, if one was found.
    pub(super) fn file_fault(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|each| each.code.scope() == Scope::File && each.code != Code::FileRefused)
    }
}
