//! What a binary workbook must not say before calamine reads it.
//!
//! What enters: its archive. What leaves: what the reader of rows needs to know besides.
//! What is refused: what calamine would believe. It makes room for a record by the length the record tells; a text that
//! is longer than its record is filled up with the record before, so that two bytes may become a megabyte of text; the
//! formulas of names are written out as text, one inside the other by a call inside a call.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::binary::{push_wide, u16_at, u32_at};
use super::fault::Fault;
use super::grid::Merge;
use super::held::Held;
use super::package::Package;
use super::records::{Records, wide_at};
use super::relations::relations;

/// The parts that calamine reads before any sheet, by these names and no others.
const BOOK: &str = "xl/workbook.bin";
const STYLES: &str = "xl/styles.bin";
const STRINGS: &str = "xl/sharedStrings.bin";

mod record {
    //! The records that count.
    pub(super) const STRING: u16 = 19;
    pub(super) const BEGIN_FUTURE: u16 = 35;
    pub(super) const END_FUTURE: u16 = 36;
    pub(super) const NAME: u16 = 39;
    pub(super) const FORMAT: u16 = 44;
    pub(super) const CELL_FORMAT: u16 = 47;
    pub(super) const SHEET: u16 = 156;
    pub(super) const BEGIN_STRINGS: u16 = 159;
    pub(super) const MERGED: u16 = 176;
    pub(super) const NAMED_SHEETS: u16 = 362;
    pub(super) const BEGIN_FORMATS: u16 = 615;
    pub(super) const BEGIN_CELL_FORMATS: u16 = 617;
}

/// Longest record of a name.
const NAME_BYTES: usize = 16 << 10;

/// The squares of the lengths of names, added up: text is put into the middle of a formula again and again.
const NAME_WORK: u64 = 1 << 32;

/// Bytes that begin a formula in a formula, or look like it.
const NESTED: usize = 128;

/// What a text in memory takes besides its bytes.
const TEXT: usize = 64;

/// What the reader of rows needs to know.
pub(super) struct Checked {
    /// Every sheet with its part.
    pub(super) sheets: Vec<(String, String)>,
    /// How many texts the cells share.
    pub(super) strings: u32,
}

/// Looks at all that calamine reads before any sheet.
pub(super) fn check<R: Read + Seek>(package: &mut Package<R>) -> Result<Checked, Fault> {
    if !package.is_plain() {
        return Err(Fault::damaged("two parts have one name"));
    }
    let mut held = Held::new(package);
    let strings = if package.holds(STRINGS) { strings(package, &mut held)? } else { 0 };
    if package.holds(STYLES) {
        styles(package, &mut held)?;
    }
    Ok(Checked { sheets: book(package, &mut held)?, strings })
}

/// How many texts there are.
fn strings<R: Read + Seek>(package: &mut Package<R>, held: &mut Held) -> Result<u32, Fault> {
    let mut records = Records::open(package, STRINGS)?;
    let (mut declared, mut found, mut is_future) = (None, 0, false);
    while let Some(kind) = records.next()? {
        match kind {
            record::BEGIN_STRINGS => {
                let count = u32_at(&records.data, 4)?;
                declared.get_or_insert(count);
            }
            record::BEGIN_FUTURE => is_future = true,
            record::END_FUTURE => is_future = false,
            record::STRING if !is_future => {
                // Three bytes of memory for each character of two.
                held.take(wide_at(&records.data, 1)?.len() / 2 * 3 + TEXT)?;
                found += 1;
            }
            _ => {}
        }
    }
    declared.filter(|declared| *declared <= found).ok_or_else(|| Fault::damaged("the shared texts end early"))
}

/// calamine looks for the two lists it needs without minding where records begin, so this does the same.
fn styles<R: Read + Seek>(package: &mut Package<R>, held: &mut Held) -> Result<(), Fault> {
    let mut records = Records::open(package, STYLES)?;
    loop {
        match records.kind()?.ok_or_else(no_styles)? {
            record::BEGIN_FORMATS => {
                records.body()?;
                for _ in 0..u32_at(&records.data, 0)? {
                    skip_to(&mut records, record::FORMAT)?;
                    wide_at(&records.data, 2)?;
                }
            }
            record::BEGIN_CELL_FORMATS => {
                records.body()?;
                for _ in 0..u32_at(&records.data, 0)? {
                    skip_to(&mut records, record::CELL_FORMAT)?;
                    u16_at(&records.data, 2)?;
                    held.take(2)?;
                }
                return Ok(());
            }
            _ => {}
        }
    }
}

fn skip_to<R: Read + Seek>(records: &mut Records<'_, R>, wanted: u16) -> Result<(), Fault> {
    while records.next()?.ok_or_else(no_styles)? != wanted {}
    Ok(())
}

fn no_styles() -> Fault {
    Fault::damaged("the styles end early")
}

/// The sheets with their parts.
fn book<R: Read + Seek>(package: &mut Package<R>, held: &mut Held) -> Result<Vec<(String, String)>, Fault> {
    let mut targets = BTreeMap::new();
    for relation in relations(package, BOOK)? {
        if targets.insert(relation.id, relation.target).is_some() {
            return Err(Fault::damaged("two relations have one name"));
        }
    }
    let mut sheets = Vec::new();
    // The longest text that a formula can name by a few bytes, and what writing formulas costs.
    let (mut longest, mut work) = (0, 0_u64);
    let mut records = Records::open(package, BOOK)?;
    while let Some(kind) = records.next()? {
        let data = &records.data;
        held.take(TEXT + 3 * data.len())?;
        match kind {
            record::SHEET if u32_at(data, 8)? != u32::MAX => {
                let (mut id, mut name) = (String::new(), String::new());
                let wide = wide_at(data, 8)?;
                push_wide(&mut id, wide);
                push_wide(&mut name, wide_at(data, 12 + wide.len())?);
                longest = longest.max(name.len());
                let target = targets.get(&id).ok_or_else(|| Fault::damaged("a sheet has no part"))?;
                sheets.push((name, target.clone()));
            }
            record::NAMED_SHEETS => {
                let count = u32_at(data, 0)? as usize;
                if (data.len() - 4) / 12 < count {
                    return Err(Fault::damaged("a list of sheets ends early"));
                }
                held.take((TEXT + longest).saturating_mul(count))?;
            }
            record::NAME => {
                let wide = wide_at(data, 9)?;
                let formula = &data[13 + wide.len()..];
                if data.len() > NAME_BYTES {
                    return Err(Fault::limit("record-bytes", NAME_BYTES));
                }
                work += (data.len() as u64).pow(2);
                if work > NAME_WORK || formula.iter().filter(|byte| matches!(byte, 0x29 | 0x49 | 0x69)).count() > NESTED
                {
                    return Err(Fault::damaged("the names hold formulas that no sheet needs"));
                }
                // Five bytes name another name, three a function.
                held.take((longest / 5 + 16).saturating_mul(formula.len()))?;
                longest = longest.max(wide.len() * 3 / 2);
            }
            _ => {}
        }
    }
    Ok(sheets)
}

/// Looks at every record of a sheet. What comes back are the merged cells, which stand behind the rows.
pub(super) fn merges<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Vec<Merge>, Fault> {
    let mut held = Held::new(package);
    let mut records = Records::open(package, part)?;
    let mut merges = Vec::new();
    while let Some(kind) = records.next()? {
        if kind == record::MERGED {
            held.take(size_of::<Merge>())?;
            let data = &records.data;
            merges.push(Merge { first: u32_at(data, 0)?, last: u32_at(data, 4)?, column: u32_at(data, 8)? });
        }
    }
    Ok(merges)
}
