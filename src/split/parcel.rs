//! Order lines of one manufacturer, packed for their basket.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use super::{Full, MergeKey};
use crate::catalogue::PartId;
use crate::delimited::{Charset, RawCell, is_plain};
use crate::model::Day;
use crate::validate::OrderLine;

/// The lines of one chunk for one manufacturer, in the order of the file.
///
/// Everything that can be done without knowing the basket is done here, chunk by chunk in parallel: texts become UTF-8
/// and stand one behind the other as the basket will keep them, the order is hashed. What is left for the basket, which
/// must see its lines in order, is little.
#[derive(Debug, Default)]
pub struct Parcel {
    pub(super) lines: Vec<Packed>,
    pub(super) text: Vec<u8>,
}

/// A source line as it lies in its parcel. All texts are UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct ParcelLine<'p> {
    /// The physical line.
    pub line: u64,
    /// The part.
    pub part: PartId,
    /// How many.
    pub quantity: u32,
    /// The account the part goes to.
    pub delivery_account: &'p [u8],
    /// The customer's own order number.
    pub customer_order_number: &'p [u8],
    /// The work order.
    pub work_order: &'p [u8],
    /// The need the part is bought for.
    pub countermark: &'p [u8],
    /// The line's own comment.
    pub comment: &'p [u8],
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
}

/// A line in its parcel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    /// Of account and number, as far as they are in the merge key.
    pub(super) order: u64,
    pub(super) line: u64,
    pub(super) part: PartId,
    pub(super) quantity: u32,
    /// `yyyymmdd`, 0 when there is none.
    pub(super) date: u32,
    /// Where the texts begin: account, number, work order, countermark, comment.
    pub(super) text: u32,
    pub(super) comment: u32,
    pub(super) account: u16,
    pub(super) number: u16,
    pub(super) work_order: u16,
    pub(super) countermark: u16,
    /// Whether no text of the order, and none of the line, needs quotes in a file of ours.
    pub(super) plain_order: bool,
    pub(super) plain_line: bool,
}

/// The same for every run, so that runs compare equal.
const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0);

impl Parcel {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.text.clear();
    }

    /// Whether no line is in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Packs a line. A text of the merge key beyond 64 KiB is refused; checks refuse such cells long before.
    #[inline]
    pub fn pack(&mut self, line: &OrderLine<'_>, charset: Charset, key: MergeKey) -> Result<(), Full> {
        let start = self.text.len();
        let account = self.put(line.delivery_account(), charset);
        let number = self.put(line.customer_order_number(), charset);
        let middle = self.text.len();
        let order = HASHER.hash_one((
            if key.delivery_account { &self.text[start..start + account] } else { &[] },
            if key.customer_order_number { &self.text[start + account..middle] } else { &[] },
        ));
        let work_order = self.put(line.work_order(), charset);
        let countermark = self.put(line.countermark(), charset);
        let comment = self.put(line.comment(), charset);
        let short = |length: usize| u16::try_from(length).map_err(|_| Full);
        let long = |length: usize| u32::try_from(length).map_err(|_| Full);
        self.lines.push(Packed {
            order,
            line: line.line(),
            part: line.part(),
            quantity: line.quantity(),
            date: line.desired_delivery_date().map_or(0, Day::number),
            text: long(start)?,
            comment: long(comment)?,
            account: short(account)?,
            number: short(number)?,
            work_order: short(work_order)?,
            countermark: short(countermark)?,
            plain_order: is_plain(&self.text[start..middle]),
            plain_line: is_plain(&self.text[middle..]),
        });
        Ok(())
    }

    /// Appends a cell as UTF-8 and gives its length.
    #[inline]
    fn put(&mut self, cell: RawCell<'_>, charset: Charset) -> usize {
        let before = self.text.len();
        match cell.bytes() {
            Cow::Borrowed(bytes) => charset.decode_into(bytes, &mut self.text),
            Cow::Owned(bytes) => charset.decode_into(&bytes, &mut self.text),
        }
        self.text.len() - before
    }

    /// Each line, in order.
    pub fn lines(&self) -> impl Iterator<Item = ParcelLine<'_>> {
        self.lines.iter().map(|line| {
            let mut at = line.text as usize;
            let mut next = |length: usize| {
                let text = self.text.get(at..at + length).unwrap_or_default();
                at += length;
                text
            };
            ParcelLine {
                line: line.line,
                part: line.part,
                quantity: line.quantity,
                delivery_account: next(usize::from(line.account)),
                customer_order_number: next(usize::from(line.number)),
                work_order: next(usize::from(line.work_order)),
                countermark: next(usize::from(line.countermark)),
                comment: next(line.comment as usize),
                desired_delivery_date: Day::from_number(line.date),
            }
        })
    }
}
