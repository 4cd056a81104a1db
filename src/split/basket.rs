//! One manufacturer's basket.

use super::MergeKey;
use super::orders::{Head, Orders, Wanted};
use super::parcel::{Packed, Parcel};
use crate::catalogue::PartId;
use crate::model::Day;

/// Lines whose orders are looked for together.
const BLOCK: usize = 32;

/// A basket that has no place left: its texts exceed 4 GiB, or a text of the key 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The parts of one manufacturer that wait to be ordered.
///
/// Made for many lines: texts stand one after the other in one buffer, lines of an order are chained.
#[doc(alias = "panier")]
#[derive(Debug, Default)]
pub struct Basket {
    lines: Vec<Line>,
    orders: Orders,
    text: Vec<u8>,
    /// Source lines taken in.
    sources: u64,
}

/// A line as it is kept.
#[derive(Clone, Copy, Debug)]
struct Line {
    quantity: u64,
    part: PartId,
    order: u32,
    /// The line before it in the same order, plus one; 0 is none.
    before: u32,
    /// `yyyymmdd`, 0 when there is none.
    date: u32,
    /// Where work order, countermark and comment stand in the text.
    text: u32,
    comment: u32,
    work_order: u16,
    countermark: u16,
    /// Whether none of its texts needs quotes in a file of ours.
    plain: bool,
}

/// A line of a basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasketLine<'b> {
    /// The part.
    pub part: PartId,
    /// All quantities that were merged, added up.
    pub quantity: u64,
    /// The account the parts go to.
    pub delivery_account: &'b [u8],
    /// The customer's own order number.
    pub customer_order_number: &'b [u8],
    /// The work order.
    pub work_order: &'b [u8],
    /// The need the part is bought for.
    pub countermark: &'b [u8],
    /// The first line's comment.
    pub comment: &'b [u8],
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Whether none of the texts needs quotes in a file of ours.
    pub is_plain: bool,
}

impl Basket {
    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing waits in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many source lines it was made of.
    pub fn sources(&self) -> u64 {
        self.sources
    }

    /// The lines in order of first appearance. All texts are UTF-8.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = BasketLine<'_>> {
        (0..self.lines.len()).map(|place| self.line(place))
    }

    /// The part of the line at a place.
    #[inline]
    pub fn part(&self, place: usize) -> PartId {
        self.lines[place].part
    }

    /// The line at a place.
    #[inline]
    pub fn line(&self, place: usize) -> BasketLine<'_> {
        let line = &self.lines[place];
        let head = self.orders.get(line.order as usize);
        let (delivery_account, customer_order_number) = head_texts(head, &self.text);
        let mut at = line.text as usize;
        let mut next = |length: usize| {
            let text = &self.text[at..at + length];
            at += length;
            text
        };
        BasketLine {
            part: line.part,
            quantity: line.quantity,
            delivery_account,
            customer_order_number,
            work_order: next(usize::from(line.work_order)),
            countermark: next(usize::from(line.countermark)),
            comment: next(line.comment as usize),
            desired_delivery_date: Day::from_number(line.date),
            is_plain: line.plain && head.plain,
        }
    }

    /// Takes the lines of a parcel in and tells for each the place of the basket line it went to.
    pub fn take(&mut self, parcel: &Parcel, key: MergeKey, mut went_to: impl FnMut(usize)) -> Result<(), Full> {
        for block in parcel.lines.chunks(BLOCK) {
            self.orders.fetch(block.iter().map(|line| line.order));
            for line in block {
                went_to(self.add(line, &parcel.text[line.text as usize..], key)?);
            }
        }
        Ok(())
    }

    /// Takes one line in; `text` begins with its texts.
    #[inline]
    fn add(&mut self, line: &Packed, text: &[u8], key: MergeKey) -> Result<usize, Full> {
        let (account, rest) = text.split_at(usize::from(line.account));
        let (number, rest) = rest.split_at(usize::from(line.number));
        let tail = usize::from(line.work_order) + usize::from(line.countermark);
        let wanted =
            Wanted { hash: line.order, key: key.of_order(account, number), account, number, plain: line.plain_order };
        let same = |head: &Head, text: &[u8], wanted: (&[u8], &[u8])| {
            let (account, number) = head_texts(head, text);
            key.of_order(account, number) == wanted
        };
        let order = self.orders.place(wanted, &mut self.text, same).ok_or(Full)?;
        let bit = bit(line.part);
        self.sources += 1;
        let head = self.orders.get_mut(order);
        if head.seen & bit != 0 {
            let mut at = head.last;
            while let Some(place) = at.checked_sub(1) {
                let known = &self.lines[place as usize];
                if known.part == line.part && known.is_merged_with(&self.text, line, rest, key) {
                    self.lines[place as usize].quantity += u64::from(line.quantity);
                    return Ok(place as usize);
                }
                at = known.before;
            }
        }
        let start = u32::try_from(self.text.len()).map_err(|_| Full)?;
        self.text.extend_from_slice(&rest[..tail + line.comment as usize]);
        let place = self.lines.len();
        let before = head.last;
        head.last = u32::try_from(place + 1).map_err(|_| Full)?;
        head.seen |= bit;
        self.lines.push(Line {
            quantity: u64::from(line.quantity),
            part: line.part,
            order: u32::try_from(order).map_err(|_| Full)?,
            before,
            date: line.date,
            text: start,
            comment: line.comment,
            work_order: line.work_order,
            countermark: line.countermark,
            plain: line.plain_line,
        });
        Ok(place)
    }
}

impl Line {
    /// Whether a line of the same order and part is this line. `rest` begins with its work order.
    fn is_merged_with(&self, text: &[u8], line: &Packed, rest: &[u8], key: MergeKey) -> bool {
        let texts = |start: usize, work_order: u16, countermark: u16, text: &'_ [u8]| {
            let middle = start + usize::from(work_order);
            (text[start..middle].to_owned(), text[middle..middle + usize::from(countermark)].to_owned())
        };
        let same_length = self.work_order == line.work_order && self.countermark == line.countermark;
        let length = usize::from(self.work_order) + usize::from(self.countermark);
        let start = self.text as usize;
        if key.work_order && key.countermark {
            // Both stand one behind the other: one comparison.
            if !same_length || text[start..start + length] != rest[..length] {
                return false;
            }
        } else {
            let mine = texts(start, self.work_order, self.countermark, text);
            let theirs = texts(0, line.work_order, line.countermark, rest);
            if (key.work_order && mine.0 != theirs.0) || (key.countermark && mine.1 != theirs.1) {
                return false;
            }
        }
        !key.desired_delivery_date || self.date == line.date
    }
}

/// Account and number of an order in the text of its basket.
fn head_texts<'t>(head: &Head, text: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    let start = head.text as usize;
    let middle = start + usize::from(head.account);
    (&text[start..middle], &text[middle..middle + usize::from(head.number)])
}

/// The bit of a part in the filter of its order.
#[inline]
fn bit(part: PartId) -> u64 {
    1 << ((part.index() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}
