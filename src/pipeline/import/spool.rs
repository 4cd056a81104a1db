//! Lines of a file that was read ahead, kept until it is their turn to be written down.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::Result;
use crate::ledger::{Earlier, EarlierLine, KnownImports, LineBook, Need, SourceLine};
use crate::model::{Day, ManufacturerId, Moment, Money};

/// The texts of a line.
const TEXTS: usize = 7;

/// What is reserved at a time.
const STEP: usize = 64 << 10;

/// How many bytes files that are read ahead may still keep, together.
#[derive(Debug)]
pub struct Room(AtomicUsize);

impl Room {
    /// Room for so many bytes.
    pub const fn new(bytes: usize) -> Self {
        Self(AtomicUsize::new(bytes))
    }

    fn reserve(&self, bytes: usize) -> bool {
        let less = |left: usize| left.checked_sub(bytes);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

/// The lines of a file, in its order.
pub(super) struct Spool<'r> {
    room: &'r Room,
    /// What of the room it has.
    reserved: usize,
    /// Whether a line found no room; then nothing of it is of use.
    is_full: bool,
    lines: Lines,
}

/// Lines as they will be written down.
#[derive(Default)]
pub(super) struct Lines {
    /// The texts of all accepted lines.
    texts: String,
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

struct Accepted {
    line: u64,
    manufacturer: ManufacturerId,
    place: usize,
    unit_price: Money,
    quantity: u32,
    desired_delivery_date: Option<Day>,
    merge_key: i64,
    /// The key of its need.
    need: Option<i64>,
    /// How long each of its texts is.
    lengths: [u32; TEXTS],
}

struct Refused {
    line: u64,
    record_hash: u64,
    stands_for: Option<u64>,
}

impl<'r> Spool<'r> {
    pub(super) fn new(room: &'r Room) -> Self {
        Self { room, reserved: 0, is_full: false, lines: Lines::default() }
    }

    /// What becomes of the lines, unless there was no room for them.
    pub(super) fn into_lines(self) -> Option<Lines> {
        (!self.is_full).then_some(self.lines)
    }

    /// Whether there is room for so many bytes more.
    fn has_room(&mut self, more: usize) -> bool {
        let lines = &self.lines;
        let held = lines.texts.len()
            + lines.accepted.len() * size_of::<Accepted>()
            + lines.refused.len() * size_of::<Refused>();
        if held + more > self.reserved {
            let wanted = more.max(STEP);
            self.is_full |= !self.room.reserve(wanted);
            self.reserved += wanted;
        }
        !self.is_full
    }
}

impl LineBook for Spool<'_> {
    fn restart(&mut self) -> Result<()> {
        self.lines = Lines::default();
        Ok(())
    }

    /// Its basket line has no number yet.
    fn take(&mut self, line: &SourceLine<'_>) -> Result<i64> {
        let need = &line.need;
        let texts: [&str; TEXTS] = [
            line.reference,
            line.label,
            need.delivery_account,
            need.customer_order_number,
            need.work_order,
            need.countermark,
            line.comment,
        ];
        if self.has_room(texts.iter().map(|text| text.len()).sum::<usize>() + size_of::<Accepted>()) {
            self.lines.texts.extend(texts);
            self.lines.accepted.push(Accepted {
                line: line.line,
                manufacturer: line.manufacturer,
                place: line.place,
                unit_price: line.unit_price,
                quantity: line.quantity,
                desired_delivery_date: line.desired_delivery_date,
                merge_key: line.merge_key,
                need: need.key(line.manufacturer, line.reference),
                // A text of a line is never longer than the room.
                lengths: texts.map(|text| u32::try_from(text.len()).unwrap_or(u32::MAX)),
            });
        }
        Ok(0)
    }

    fn refuse(&mut self, line: u64, record_hash: u64, stands_for: Option<u64>) -> Result<()> {
        if self.has_room(size_of::<Refused>()) {
            self.lines.refused.push(Refused { line, record_hash, stands_for });
        }
        Ok(())
    }

    fn corrects(&mut self, _line: u64) -> Result<()> {
        // Corrections are not read ahead: what they correct must be known.
        self.is_full = true;
        Ok(())
    }
}

/// Lines that other files brought for needs of one file: all that has to be known of them to judge it.
pub(super) struct Repeated(BTreeMap<i64, EarlierLine>);

impl Repeated {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Earlier for Repeated {
    fn find(&self, manufacturer: ManufacturerId, reference: &str, need: &Need<'_>) -> Result<Option<EarlierLine>> {
        Ok(need.key(manufacturer, reference).and_then(|key| self.0.get(&key)).cloned())
    }
}

impl Lines {
    /// What other files brought since a moment for the same needs.
    pub(super) fn repeated(&self, known: &dyn KnownImports, since: Moment) -> Result<Repeated> {
        let mut found = BTreeMap::new();
        self.each(|line, need| {
            if let Some(key) = need
                && let Some(earlier) = known.earlier_line(since, key, line)?
            {
                found.insert(key, earlier);
            }
            Ok(())
        })?;
        Ok(Repeated(found))
    }

    /// Writes all of them down.
    pub(super) fn write_down(&self, book: &mut (impl LineBook + ?Sized)) -> Result<()> {
        self.each(|line, _| book.take(line).map(drop))?;
        self.refused.iter().try_for_each(|line| book.refuse(line.line, line.record_hash, line.stands_for))
    }

    /// Each accepted line, with the key of its need.
    fn each(&self, mut hear: impl FnMut(&SourceLine<'_>, Option<i64>) -> Result<()>) -> Result<()> {
        let mut rest = self.texts.as_str();
        for line in &self.accepted {
            let [reference, label, delivery_account, customer_order_number, work_order, countermark, comment] =
                line.lengths.map(|length| {
                    let (text, behind) = rest.split_at(length as usize);
                    rest = behind;
                    text
                });
            let line_of_file = SourceLine {
                line: line.line,
                manufacturer: line.manufacturer,
                place: line.place,
                reference,
                label,
                unit_price: line.unit_price,
                quantity: line.quantity,
                need: Need { delivery_account, customer_order_number, work_order, countermark },
                desired_delivery_date: line.desired_delivery_date,
                comment,
                merge_key: line.merge_key,
            };
            hear(&line_of_file, line.need)?;
        }
        Ok(())
    }
}
