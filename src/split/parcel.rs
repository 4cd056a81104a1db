//! Order lines of one piece of a file, packed for their baskets.

use std::hash::BuildHasher as _;

use super::{Full, MergeKey};
use crate::catalogue::PartId;
use crate::delimited::{Charset, RawCell, is_plain};
use crate::model::Day;
use crate::validate::OrderLine;

/// The lines of one piece, in the order of the file.
///
/// Everything that can be done without knowing the baskets is done here, piece by piece in parallel: texts become UTF-8,
/// account and number are hashed, both once for all lines of an order that follow each other. The baskets keep the lines
/// where they stand.
#[derive(Debug, Default)]
pub struct Parcel {
    rack: Rack,
    /// What is told of each line, and not kept.
    pub(super) sources: Vec<Source>,
    /// The lines that the baskets took in without keeping them.
    pub(super) merged: Vec<Line>,
    recent: Recent,
}

/// Lines as baskets keep them. All texts are UTF-8.
#[derive(Debug, Default)]
pub(super) struct Rack {
    pub(super) lines: Vec<Line>,
    pub(super) orders: Vec<OrderText>,
    text: Vec<u8>,
}

/// A line as it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Its own, then that of all lines merged into it.
    pub(super) quantity: u64,
    pub(super) part: PartId,
    /// Place of account and number among those of the rack.
    pub(super) order: u32,
    /// The line before it in the same order, plus one; 0 is none. The baskets know.
    pub(super) before: u32,
    /// `yyyymmdd`, 0 when there is none.
    pub(super) date: u32,
    /// Where work order, countermark and comment stand in the text.
    text: u32,
    comment: u32,
    work_order: u16,
    countermark: u16,
    /// Place of the manufacturer in the catalogue.
    pub(super) manufacturer: u16,
    /// Whether none of these texts needs quotes in a file of ours.
    pub(super) plain: bool,
}

/// Account and number of lines that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderText {
    /// Of both, as far as they are in the merge key.
    pub(super) hash: u64,
    /// Where they stand in the text, the account first.
    text: u32,
    account: u16,
    number: u16,
    /// Whether neither needs quotes in a file of ours.
    pub(super) plain: bool,
}

/// Where a line comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// The physical line.
    pub(super) line: u64,
    pub(super) quantity: u32,
    /// The number of the line it went to. The baskets know.
    pub(super) went_to: u32,
}

/// Account and number of the line before, as they stand in the file.
#[derive(Debug, Default)]
struct Recent {
    bytes: Vec<u8>,
    account: usize,
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

/// The same for every run, so that runs compare equal.
const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0);

impl Parcel {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.rack.lines.clear();
        self.rack.orders.clear();
        self.rack.text.clear();
        self.sources.clear();
        self.merged.clear();
    }

    /// Whether no line is in it.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Packs a line for the manufacturer at a place of the catalogue. A text of the merge key beyond 64 KiB is refused;
    /// checks refuse such cells long before.
    #[inline]
    pub fn pack(
        &mut self,
        line: &OrderLine<'_>,
        manufacturer: usize,
        charset: Charset,
        key: MergeKey,
    ) -> Result<(), Full> {
        let order = self.order(line, charset, key)?;
        let start = self.rack.text.len();
        let work_order = self.rack.put(line.work_order(), charset);
        let countermark = self.rack.put(line.countermark(), charset);
        let comment = self.rack.put(line.comment(), charset);
        self.rack.lines.push(Line {
            quantity: u64::from(line.quantity()),
            part: line.part(),
            order,
            before: 0,
            date: line.desired_delivery_date().map_or(0, Day::number),
            text: long(start)?,
            comment: long(comment)?,
            work_order: short(work_order)?,
            countermark: short(countermark)?,
            manufacturer: short(manufacturer)?,
            plain: is_plain(&self.rack.text[start..]),
        });
        self.sources.push(Source { line: line.line(), quantity: line.quantity(), went_to: 0 });
        Ok(())
    }

    /// The place of a line's account and number, packed unless they are those of the line before.
    #[inline]
    fn order(&mut self, line: &OrderLine<'_>, charset: Charset, key: MergeKey) -> Result<u32, Full> {
        let (account, number) = (line.delivery_account().bytes(), line.customer_order_number().bytes());
        if self.rack.orders.is_empty() || !self.recent.is(&account, &number) {
            self.recent.set(&account, &number);
            self.rack.add_order((&account, &number), charset, key)?;
        }
        long(self.rack.orders.len() - 1)
    }

    /// What the baskets keep of it.
    pub(super) fn hand_over(&mut self) -> Rack {
        let (lines, orders, text) = (self.rack.lines.len(), self.rack.orders.len(), self.rack.text.len());
        // The next piece is likely to be much like this one.
        let more = |length: usize| length + length / 8;
        let next = Rack {
            lines: Vec::with_capacity(more(lines)),
            orders: Vec::with_capacity(more(orders)),
            text: Vec::with_capacity(more(text)),
        };
        std::mem::replace(&mut self.rack, next)
    }
}

impl Recent {
    #[inline]
    fn is(&self, account: &[u8], number: &[u8]) -> bool {
        let (known_account, known_number) = self.bytes.split_at(self.account);
        known_account == account && known_number == number
    }

    fn set(&mut self, account: &[u8], number: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(account);
        self.bytes.extend_from_slice(number);
        self.account = account.len();
    }
}

impl Rack {
    fn add_order(&mut self, (account, number): (&[u8], &[u8]), charset: Charset, key: MergeKey) -> Result<(), Full> {
        let start = self.text.len();
        charset.decode_into(account, &mut self.text);
        let middle = self.text.len();
        charset.decode_into(number, &mut self.text);
        let texts = &self.text[start..];
        let (account, number) = texts.split_at(middle - start);
        self.orders.push(OrderText {
            hash: HASHER.hash_one(key.of_order(account, number)),
            text: long(start)?,
            account: short(account.len())?,
            number: short(number.len())?,
            plain: is_plain(texts),
        });
        Ok(())
    }

    /// Appends a cell as UTF-8 and gives its length.
    #[inline]
    fn put(&mut self, cell: RawCell<'_>, charset: Charset) -> usize {
        if cell.is_empty() {
            return 0;
        }
        let before = self.text.len();
        charset.decode_into(&cell.bytes(), &mut self.text);
        self.text.len() - before
    }

    /// Drops texts that none of the lines has. Tells which orders went from which place to which.
    pub(super) fn shrink(&mut self) -> Vec<(u32, u32)> {
        let mut kept = Self { lines: Vec::with_capacity(self.lines.len()), ..Self::default() };
        let mut moved: Vec<(u32, u32)> = Vec::new();
        // No place and no length grows.
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        for line in &self.lines {
            if moved.last().is_none_or(|(from, _)| *from != line.order) {
                moved.push((line.order, place(kept.orders.len())));
                let (account, number) = self.order(line.order as usize);
                let text = place(kept.text.len());
                kept.text.extend(account.iter().chain(number));
                kept.orders.push(OrderText { text, ..self.orders[line.order as usize] });
            }
            let (work_order, countermark, comment) = self.texts(line);
            let (order, text) = (place(kept.orders.len() - 1), place(kept.text.len()));
            kept.text.extend(work_order.iter().chain(countermark).chain(comment));
            kept.lines.push(Line { order, text, ..*line });
        }
        *self = kept;
        moved
    }

    /// Account and number.
    #[inline]
    pub(super) fn order(&self, place: usize) -> (&[u8], &[u8]) {
        let order = &self.orders[place];
        let start = order.text as usize;
        let middle = start + usize::from(order.account);
        (&self.text[start..middle], &self.text[middle..middle + usize::from(order.number)])
    }

    /// Asks for the texts of a line; what comes of it says nothing.
    #[inline]
    pub(super) fn touch(&self, line: &Line) -> u32 {
        let text = |at: u32| u32::from(self.text.get(at as usize).copied().unwrap_or_default());
        text(line.text) ^ text(self.orders[line.order as usize].text)
    }

    /// Work order, countermark and comment.
    #[inline]
    pub(super) fn texts(&self, line: &Line) -> (&[u8], &[u8], &[u8]) {
        let work_order = line.text as usize;
        let countermark = work_order + usize::from(line.work_order);
        let comment = countermark + usize::from(line.countermark);
        let end = comment + line.comment as usize;
        (&self.text[work_order..countermark], &self.text[countermark..comment], &self.text[comment..end])
    }
}

fn short(length: usize) -> Result<u16, Full> {
    u16::try_from(length).map_err(|_| Full)
}

fn long(length: usize) -> Result<u32, Full> {
    u32::try_from(length).map_err(|_| Full)
}
