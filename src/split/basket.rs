//! The baskets of a file, one for each manufacturer.

use std::ops::Range;

use super::MergeKey;
use super::orders::Orders;
use super::parcel::{Line, Parcel, ParcelLine, Rack, Source};
use crate::catalogue::PartId;
use crate::model::Day;

/// Orders that are looked for together.
const BLOCK: usize = 32;

/// Of how many lines of a piece one may be merged away before what it leaves behind is dropped.
const WASTE: usize = 4;

/// Baskets that have no place left: more lines than can be numbered, or a text of the key beyond 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The parts that wait to be ordered, by manufacturer.
///
/// Made for many lines: a line stays where its parcel put it and bears a number, lines of an order are chained by their
/// numbers, and a basket is a list of them.
#[derive(Debug)]
pub struct Baskets {
    key: MergeKey,
    racks: Vec<Rack>,
    /// The number of the first line of each rack, and of the one that comes next.
    starts: Vec<u32>,
    orders: Orders,
    /// By place of the manufacturer in the catalogue.
    lists: Vec<List>,
    /// How many lines all baskets have.
    lines: u64,
    /// Of the last rack: which order each account and number belongs to, and how many lines there were.
    places: Vec<usize>,
    packed: usize,
}

/// The lines of one manufacturer.
#[derive(Debug, Default)]
struct List {
    /// Their numbers, in order of first appearance.
    lines: Vec<u32>,
    /// Source lines taken in.
    sources: u64,
}

/// The parts of one manufacturer that wait to be ordered.
#[doc(alias = "panier")]
#[derive(Clone, Copy, Debug)]
pub struct Basket<'b> {
    baskets: &'b Baskets,
    list: &'b List,
}

/// Lines of a basket that follow each other, near at hand.
#[derive(Clone, Debug)]
pub struct Nearby<'b> {
    lines: Vec<(&'b Rack, &'b Line)>,
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

impl Baskets {
    /// Empty ones, for so many manufacturers. Lines equal in the key become one.
    pub fn new(manufacturers: usize, key: MergeKey) -> Self {
        Self {
            key,
            racks: Vec::new(),
            starts: vec![0],
            orders: Orders::default(),
            lists: std::iter::repeat_with(List::default).take(manufacturers).collect(),
            lines: 0,
            places: Vec::new(),
            packed: 0,
        }
    }

    /// How many lines all of them have.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Each of them, by place of the manufacturer in the catalogue.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Basket<'_>> {
        self.lists.iter().map(|list| Basket { baskets: self, list })
    }

    /// Takes the lines of a parcel in.
    pub fn take(&mut self, parcel: &mut Parcel) -> Result<(), Full> {
        self.tidy();
        let rack = self.racks.len();
        let start = self.starts.last().copied().unwrap_or_default();
        self.packed = parcel.sources.len();
        self.racks.push(parcel.hand_over());
        self.starts.push(start);
        self.find_orders()?;
        for (place, source) in parcel.sources.iter_mut().enumerate() {
            let line = self.racks[rack].lines[place];
            let order = self.places[line.order as usize];
            self.lists[usize::from(line.manufacturer)].sources += 1;
            source.went_to = if let Some(known) = self.known(order, &line) {
                self.line_mut(known).quantity += line.quantity;
                parcel.merged.push(line);
                known
            } else {
                self.add(order, line)?
            };
        }
        let kept = (self.starts[rack + 1] - start) as usize;
        self.racks[rack].lines.truncate(kept);
        self.lines += kept as u64;
        Ok(())
    }

    /// Gives a new line of the last rack its number and its place: behind those that are kept already.
    #[inline]
    fn add(&mut self, order: usize, mut line: Line) -> Result<u32, Full> {
        let (Some(rack), [.., start, next]) = (self.racks.last_mut(), self.starts.as_mut_slice()) else {
            return Err(Full);
        };
        let number = *next;
        *next = number.checked_add(1).ok_or(Full)?;
        line.before = self.orders.chain(order, line.part, number)?;
        rack.lines[(number - *start) as usize] = line;
        self.lists[usize::from(line.manufacturer)].lines.push(number);
        Ok(number)
    }

    /// Drops what merged lines left on the last rack when it is much: memory follows what the baskets hold.
    fn tidy(&mut self) {
        let Some((here, rack)) = self.racks.iter_mut().enumerate().next_back() else { return };
        if (self.packed - rack.lines.len()) * WASTE <= self.packed {
            return;
        }
        // The rack had a place when its orders were found.
        let here = u32::try_from(here).unwrap_or(u32::MAX);
        for (from, to) in rack.shrink() {
            self.orders.moved(self.places[from as usize], (here, from), (here, to));
        }
    }

    /// Each source line of the parcel that was taken last, and the place in its basket of the line it went to.
    pub fn taken<'b>(&'b self, parcel: &'b Parcel) -> impl Iterator<Item = (ParcelLine<'b>, usize)> {
        let (rack, start) = (self.racks.last(), self.starts.iter().nth_back(1).copied().unwrap_or_default());
        let (mut kept, mut merged) = (0, parcel.merged.iter());
        parcel.sources.iter().filter_map(move |source| {
            let rack = rack?;
            let is_kept = source.went_to.checked_sub(start) == Some(kept);
            let line = if is_kept { rack.lines.get(kept as usize) } else { merged.next() };
            kept += u32::from(is_kept);
            line.map(|line| self.source_line(rack, line, *source))
        })
    }

    fn source_line<'b>(&'b self, rack: &'b Rack, line: &Line, source: Source) -> (ParcelLine<'b>, usize) {
        let list = &self.lists[usize::from(line.manufacturer)];
        let basket_line = list.lines.partition_point(|number| *number < source.went_to);
        let (delivery_account, customer_order_number) = rack.order(line.order as usize);
        let (work_order, countermark, comment) = rack.texts(line);
        let line = ParcelLine {
            line: source.line,
            part: line.part,
            quantity: source.quantity,
            delivery_account,
            customer_order_number,
            work_order,
            countermark,
            comment,
            desired_delivery_date: Day::from_number(line.date),
        };
        (line, basket_line)
    }

    /// Finds the orders that the last rack names.
    fn find_orders(&mut self) -> Result<(), Full> {
        let Self { key, racks, orders, places, .. } = self;
        places.clear();
        let Some((here, rack)) = racks.iter().enumerate().next_back() else { return Ok(()) };
        let here = u32::try_from(here).map_err(|_| Full)?;
        let text = |(rack, place): (u32, u32)| {
            let (account, number) = racks[rack as usize].order(place as usize);
            key.of_order(account, number)
        };
        for (block, named) in (0_u32..).step_by(BLOCK).zip(rack.orders.chunks(BLOCK)) {
            orders.fetch(named.iter().map(|order| order.hash));
            for (place, order) in (block..).zip(named) {
                let wanted = text((here, place));
                places.push(orders.place(order.hash, (here, place), |first| text(first) == wanted)?);
            }
        }
        Ok(())
    }

    /// The number of the line that a line of the last rack is merged with.
    #[inline]
    fn known(&self, order: usize, line: &Line) -> Option<u32> {
        self.orders.chains(order, line.part).into_iter().find_map(|last| self.search(last, line))
    }

    fn search(&self, mut last: u32, line: &Line) -> Option<u32> {
        while let Some(number) = last.checked_sub(1) {
            let (rack, known) = self.line(number);
            if known.part == line.part && self.is_merged(rack, known, line) {
                return Some(number);
            }
            last = known.before;
        }
        None
    }

    /// Whether a line of the same order and part is that line of the last rack.
    fn is_merged(&self, rack: &Rack, known: &Line, line: &Line) -> bool {
        let key = self.key;
        let (work_order, countermark, _) = rack.texts(known);
        let is_same = |(other_work_order, other_countermark, _): (&[u8], &[u8], &[u8])| {
            (!key.work_order || work_order == other_work_order)
                && (!key.countermark || countermark == other_countermark)
        };
        (!key.desired_delivery_date || known.date == line.date)
            && self.racks.last().is_some_and(|last| is_same(last.texts(line)))
    }

    /// The rack on which a line stands.
    #[inline]
    fn rack(&self, number: u32) -> usize {
        // Most lines that are asked for stand on the last one.
        match self.starts.as_slice() {
            [.., start, _] if *start <= number => self.racks.len() - 1,
            [starts @ .., _] => starts.partition_point(|start| *start <= number) - 1,
            [] => 0,
        }
    }

    #[inline]
    fn line(&self, number: u32) -> (&Rack, &Line) {
        let place = self.rack(number);
        let rack = &self.racks[place];
        (rack, &rack.lines[(number - self.starts[place]) as usize])
    }

    #[inline]
    fn line_mut(&mut self, number: u32) -> &mut Line {
        let place = self.rack(number);
        &mut self.racks[place].lines[(number - self.starts[place]) as usize]
    }
}

impl<'b> Basket<'b> {
    /// How many lines it has.
    pub fn len(self) -> usize {
        self.list.lines.len()
    }

    /// Whether nothing waits in it.
    pub fn is_empty(self) -> bool {
        self.list.lines.is_empty()
    }

    /// How many source lines it was made of.
    pub fn sources(self) -> u64 {
        self.list.sources
    }

    /// Some of the lines by their places, in order of first appearance.
    pub fn nearby(self, places: Range<usize>) -> Nearby<'b> {
        let Baskets { racks, starts, .. } = self.baskets;
        let numbers = &self.list.lines[places];
        let mut rack = numbers.first().map_or(0, |first| self.baskets.rack(*first));
        let find = |number: &u32| {
            while starts[rack + 1] <= *number {
                rack += 1;
            }
            (&racks[rack], &racks[rack].lines[(*number - starts[rack]) as usize])
        };
        Nearby::new(numbers.iter().map(find))
    }
}

impl<'b> Nearby<'b> {
    /// Lines of a basket lie scattered among those of the others: asked for together, the memory brings them and then their
    /// texts side by side.
    fn new(lines: impl Iterator<Item = (&'b Rack, &'b Line)>) -> Self {
        let lines: Vec<_> = lines.collect();
        let touched = lines.iter().fold(0, |touched, (_, line)| touched ^ line.order);
        let touched = lines.iter().fold(touched, |touched, (rack, line)| touched ^ rack.touch(line));
        std::hint::black_box(touched);
        Self { lines }
    }

    /// Their parts.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        self.lines.iter().map(|(_, line)| line.part)
    }

    /// Each of them. All texts are UTF-8.
    pub fn lines(&self) -> impl Iterator<Item = BasketLine<'b>> {
        self.lines.iter().map(|(rack, line)| BasketLine::new(rack, line))
    }
}

impl<'b> BasketLine<'b> {
    #[inline]
    fn new(rack: &'b Rack, line: &Line) -> Self {
        let (delivery_account, customer_order_number) = rack.order(line.order as usize);
        let (work_order, countermark, comment) = rack.texts(line);
        Self {
            part: line.part,
            quantity: line.quantity,
            delivery_account,
            customer_order_number,
            work_order,
            countermark,
            comment,
            desired_delivery_date: Day::from_number(line.date),
            is_plain: line.plain && rack.orders[line.order as usize].plain,
        }
    }
}
