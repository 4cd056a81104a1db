//! One manufacturer's basket.

use std::borrow::Cow;

use super::MergeKey;
use super::orders::{Orders, length};
use crate::catalogue::PartId;
use crate::delimited::{Charset, RawCell};
use crate::model::Day;
use crate::validate::OrderLine;

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

    /// The line at a place.
    #[inline]
    pub fn line(&self, place: usize) -> BasketLine<'_> {
        let line = &self.lines[place];
        let head = self.orders.get(line.order as usize);
        let mut at = head.text as usize;
        let mut next = |length: usize| {
            let text = &self.text[at..at + length];
            at += length;
            text
        };
        let (account, number) = (next(usize::from(head.account)), next(usize::from(head.number)));
        at = line.text as usize;
        let mut next = |length: usize| {
            let text = &self.text[at..at + length];
            at += length;
            text
        };
        BasketLine {
            part: line.part,
            quantity: line.quantity,
            delivery_account: account,
            customer_order_number: number,
            work_order: next(usize::from(line.work_order)),
            countermark: next(usize::from(line.countermark)),
            comment: next(line.comment as usize),
            desired_delivery_date: Day::from_number(line.date),
        }
    }

    /// Takes an order line in and gives the place of the basket line it went to.
    #[inline]
    pub fn add(&mut self, line: &OrderLine<'_>, charset: Charset, key: MergeKey) -> Result<usize, Full> {
        let account = utf8(line.delivery_account(), charset);
        let number = utf8(line.customer_order_number(), charset);
        let order = self
            .orders
            .place(
                if key.delivery_account { &account } else { b"" },
                if key.customer_order_number { &number } else { b"" },
                &mut self.text,
            )
            .ok_or(Full)?;
        let work_order = utf8(line.work_order(), charset);
        let countermark = utf8(line.countermark(), charset);
        let date = line.desired_delivery_date().map_or(0, Day::number);
        let bit = bit(line.part());
        let quantity = u64::from(line.quantity());
        self.sources += 1;
        if self.orders.get(order).seen & bit != 0 {
            let mut at = self.orders.get(order).last;
            while let Some(place) = at.checked_sub(1) {
                let known = &self.lines[place as usize];
                let same = known.part == line.part()
                    && (!key.work_order || self.work_order(known) == &*work_order)
                    && (!key.countermark || self.countermark(known) == &*countermark)
                    && (!key.desired_delivery_date || known.date == date);
                if same {
                    self.lines[place as usize].quantity += quantity;
                    return Ok(place as usize);
                }
                at = known.before;
            }
        }
        let text = u32::try_from(self.text.len()).map_err(|_| Full)?;
        self.text.extend_from_slice(&work_order);
        self.text.extend_from_slice(&countermark);
        let comment = self.text.len();
        self.put(line.comment(), charset);
        let place = self.lines.len();
        let head = self.orders.get_mut(order);
        let before = head.last;
        head.last = u32::try_from(place + 1).map_err(|_| Full)?;
        head.seen |= bit;
        self.lines.push(Line {
            quantity,
            part: line.part(),
            order: u32::try_from(order).map_err(|_| Full)?,
            before,
            date,
            text,
            comment: u32::try_from(self.text.len() - comment).map_err(|_| Full)?,
            work_order: length(&work_order).ok_or(Full)?,
            countermark: length(&countermark).ok_or(Full)?,
        });
        Ok(place)
    }

    #[inline]
    fn put(&mut self, cell: RawCell<'_>, charset: Charset) {
        match cell.bytes() {
            Cow::Borrowed(bytes) => charset.decode_into(bytes, &mut self.text),
            Cow::Owned(bytes) => charset.decode_into(&bytes, &mut self.text),
        }
    }

    fn work_order(&self, line: &Line) -> &[u8] {
        let start = line.text as usize;
        &self.text[start..start + usize::from(line.work_order)]
    }

    fn countermark(&self, line: &Line) -> &[u8] {
        let start = line.text as usize + usize::from(line.work_order);
        &self.text[start..start + usize::from(line.countermark)]
    }
}

/// The bit of a part in the filter of its order.
#[inline]
fn bit(part: PartId) -> u64 {
    1 << ((part.index() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}

/// A cell as UTF-8, borrowed when it is ASCII.
#[inline]
fn utf8(cell: RawCell<'_>, charset: Charset) -> Cow<'_, [u8]> {
    match cell.bytes() {
        Cow::Borrowed(bytes) if bytes.is_ascii() => Cow::Borrowed(bytes),
        Cow::Borrowed(bytes) => Cow::Owned(charset.decode(bytes).into_owned().into_bytes()),
        Cow::Owned(bytes) => Cow::Owned(charset.decode(&bytes).into_owned().into_bytes()),
    }
}
