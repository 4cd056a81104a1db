//! Baskets of a workspace: what the catalogue says of their lines, and what is changed about them.
//!
//! What enters: which lines are meant, what is wished for them, the catalogue. What leaves: an [`Amendment`], which can be looked
//! at before it is carried out, as a whole or not at all.
//! What is refused: lines that do not wait, a part that the wished manufacturer does not have, a manufacturer that the
//! account may not order from.

use super::Workspace;
use crate::catalogue::{Catalogue, Part, PartId, Successor};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Account, Registry};
use crate::ledger::{
    BasketBook as _, Change, LineFilter, LineId, LineState, Need, NewLine, NotWaiting, Stamp, Totals, WaitingLine,
};
use crate::model::{Day, ManufacturerId, Money};
use crate::split::MergeKey;

/// How many references or numbers a message names.
const NAMED: usize = 20;

/// What the catalogue says of a part now.
#[derive(Clone, Copy, Debug)]
pub struct Supply<'c> {
    /// The part.
    pub part: Part<'c>,
    /// What takes its place once it cannot be had.
    pub replacement: Option<Replacement<'c>>,
}

/// What takes the place of a part.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'c> {
    /// Its reference.
    pub reference: &'c str,
    /// The part; none when the catalogue only names it.
    pub part: Option<Part<'c>>,
}

/// What the catalogue says of a manufacturer's part; `None` when it does not have it.
pub fn supply<'c>(catalogue: &'c Catalogue, manufacturer: ManufacturerId, reference: &str) -> Option<Supply<'c>> {
    let part = catalogue.at_manufacturer(catalogue.find_text(reference)?, manufacturer)?;
    let replacement = match catalogue.successor(part) {
        Successor::None | Successor::Circle(_) => None,
        Successor::Unknown(reference) => Some(Replacement { reference, part: None }),
        Successor::Part(last) => {
            let part = catalogue.part(last);
            Some(Replacement { reference: part.reference, part: Some(part) })
        }
    };
    Some(Supply { part: catalogue.part(part), replacement })
}

/// What is wished for lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineEdit {
    /// So many of each.
    pub quantity: Option<u32>,
    /// This comment.
    pub comment: Option<String>,
    /// The price and the label that the catalogue has now.
    pub refresh_prices: bool,
    /// The replacement of each part that cannot be had.
    pub take_replacement: bool,
}

/// Why a line does not get all that was wished for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The catalogue does not have its part any more.
    PartGone,
    /// Its part cannot be had, and the catalogue knows no replacement.
    NoReplacement,
    /// The account may not order from the manufacturer of the replacement.
    NotAuthorised,
}

/// A line and what becomes of it.
#[derive(Clone, Debug)]
pub struct AmendedLine<'p> {
    /// As it is.
    pub line: WaitingLine,
    /// What is to be changed.
    pub changes: Vec<Change<'p>>,
    /// What stands against a wish.
    pub obstacle: Option<Obstacle>,
}

impl AmendedLine<'_> {
    /// Whose part it will be, and which.
    pub fn part(&self) -> (ManufacturerId, &str) {
        let known = (self.line.manufacturer, self.line.reference.as_str());
        self.changes.iter().fold(known, |known, change| match change {
            Change::Part { manufacturer, reference, .. } => (*manufacturer, reference),
            _ => known,
        })
    }

    /// The price that will count.
    pub fn unit_price(&self) -> Money {
        self.changes.iter().fold(self.line.unit_price, |known, change| match change {
            Change::Part { unit_price, .. } | Change::Price { unit_price, .. } => *unit_price,
            _ => known,
        })
    }

    /// How many will be wanted; none of a line that is taken out.
    pub fn quantity(&self) -> u64 {
        self.changes.iter().fold(self.line.quantity, |known, change| match change {
            Change::Quantity(quantity) => u64::from(*quantity),
            Change::Remove => 0,
            _ => known,
        })
    }

    /// The comment that it will have.
    pub fn comment(&self) -> &str {
        self.changes.iter().fold(self.line.comment.as_str(), |known, change| match change {
            Change::Comment(comment) => comment,
            _ => known,
        })
    }

    /// Whether it leaves its basket for good.
    pub fn is_removed(&self) -> bool {
        self.changes.contains(&Change::Remove)
    }
}

/// What becomes of the lines that were meant.
#[derive(Clone, Debug, Default)]
pub struct Amendment<'p> {
    /// Every line that was meant.
    pub lines: Vec<AmendedLine<'p>>,
}

impl<'p> Amendment<'p> {
    fn of(lines: Vec<WaitingLine>, mut amend: impl FnMut(&WaitingLine) -> (Vec<Change<'p>>, Option<Obstacle>)) -> Self {
        let amended = lines.into_iter().map(|line| {
            let (changes, obstacle) = amend(&line);
            AmendedLine { line, changes, obstacle }
        });
        Self { lines: amended.collect() }
    }

    /// Takes the lines out of their baskets.
    pub fn removing(lines: Vec<WaitingLine>) -> Self {
        Self::of(lines, |_| (vec![Change::Remove], None))
    }

    /// How many lines change.
    pub fn changed(&self) -> usize {
        self.lines.iter().filter(|line| !line.changes.is_empty()).count()
    }

    /// What the lines come to now, and what they will come to. An amount beyond the range is left out.
    pub fn totals(&self) -> (Totals, Totals) {
        let mut totals = (Totals::default(), Totals::default());
        for amended in &self.lines {
            totals.0 = totals.0.with(amended.line.quantity, amended.line.unit_price);
            if !amended.is_removed() {
                totals.1 = totals.1.with(amended.quantity(), amended.unit_price());
            }
        }
        totals
    }
}

/// A line that somebody types.
#[derive(Clone, Copy, Debug)]
pub struct TypedLine<'t> {
    /// The part.
    pub part: PartId,
    /// How many.
    pub quantity: u32,
    /// The need it is for.
    pub need: Need<'t>,
    /// The wished day.
    pub desired_delivery_date: Option<Day>,
    /// Its comment.
    pub comment: &'t str,
}

impl Workspace {
    /// The waiting lines that are meant. A line that was named by its number must wait.
    pub fn select_lines(&self, filter: &LineFilter) -> Result<Vec<WaitingLine>> {
        let mut lines = Vec::new();
        self.ledger.waiting_lines(filter, &mut |line| {
            lines.push(line);
            Ok(())
        })?;
        let mut missing = Vec::new();
        for range in filter.lines.iter().filter(|range| range.start() == range.end()) {
            let id = LineId(*range.start());
            if lines.binary_search_by_key(&id, |line| line.id).is_err() {
                missing.push(NotWaiting { id, state: self.ledger.line_state(id)? });
            }
        }
        missing.retain(|each| each.state != Some(LineState::Waiting));
        if missing.is_empty() { Ok(lines) } else { Err(not_waiting(&missing)) }
    }

    /// What becomes of lines for which something is wished.
    pub fn edit_lines<'p>(
        &self,
        lines: Vec<WaitingLine>,
        edit: &'p LineEdit,
        catalogue: &'p Catalogue,
    ) -> Amendment<'p> {
        Amendment::of(lines, |line| {
            let mut changes = Vec::new();
            changes.extend(edit.quantity.filter(|new| u64::from(*new) != line.quantity).map(Change::Quantity));
            changes.extend(edit.comment.as_deref().filter(|new| *new != line.comment).map(Change::Comment));
            let part = if edit.refresh_prices || edit.take_replacement {
                part_change(line, edit, catalogue, &self.account)
            } else {
                Ok(None)
            };
            match part {
                Ok(change) => {
                    changes.extend(change);
                    (changes, None)
                }
                Err(obstacle) => (changes, Some(obstacle)),
            }
        })
    }

    /// What becomes of lines that are to be ordered from another manufacturer, who must have every one of the parts.
    pub fn move_lines<'p>(
        &self,
        lines: Vec<WaitingLine>,
        to: ManufacturerId,
        catalogue: &'p Catalogue,
        registry: &Registry,
    ) -> Result<Amendment<'p>> {
        self.authorise(to, registry)?;
        let mut missing: Vec<String> = Vec::new();
        let amendment = Amendment::of(lines, |line| {
            let part = catalogue.find_text(&line.reference).and_then(|first| catalogue.at_manufacturer(first, to));
            match part {
                _ if line.manufacturer == to => (Vec::new(), None),
                Some(part) => (vec![another_part(&catalogue.part(part))], None),
                None => {
                    missing.push(line.reference.clone());
                    (Vec::new(), Some(Obstacle::PartGone))
                }
            }
        });
        if missing.is_empty() {
            return Ok(amendment);
        }
        let arguments = Arguments::none()
            .with("manufacturer", registry.manufacturer_title(to))
            .with("references", named(missing.into_iter()));
        Err(Error::new(Code::RefNotAtManufacturer, arguments))
    }

    /// Makes the changes of an amendment, all of them or none.
    pub fn carry_out(&mut self, amendment: &Amendment<'_>, stamp: &Stamp) -> Result<u64> {
        let changes =
            amendment.lines.iter().flat_map(|amended| amended.changes.iter().map(|each| (amended.line.id, *each)));
        let changes: Vec<_> = changes.collect();
        self.ledger.change_lines(&changes, stamp)?.map_err(|lines| not_waiting(&lines))
    }

    /// The one part that is meant by a reference. A reference of several manufacturers is never guessed.
    pub fn find_part(
        &self,
        reference: &str,
        manufacturer: Option<ManufacturerId>,
        catalogue: &Catalogue,
        registry: &Registry,
    ) -> Result<PartId> {
        let title = |part| registry.manufacturer_title(catalogue.manufacturer(part));
        let Some(first) = catalogue.find_text(reference) else {
            let near = catalogue.suggest(reference, registry.longest_reference());
            let arguments = near.map(|near| Arguments::none().with("suggestion", catalogue.part(near).reference));
            return Err(Error::new(Code::RefUnknown, arguments.unwrap_or_default()));
        };
        let part = match manufacturer {
            Some(id) => catalogue.at_manufacturer(first, id).ok_or_else(|| {
                let arguments = Arguments::none()
                    .with("manufacturer", registry.manufacturer_title(id))
                    .with("references", catalogue.part(first).reference)
                    .with("owners", named(catalogue.bearers(first).map(title)));
                Error::new(Code::RefNotAtManufacturer, arguments)
            })?,
            None if catalogue.is_unique(first) => first,
            None => {
                let arguments = Arguments::none().with("manufacturers", named(catalogue.bearers(first).map(title)));
                return Err(Error::new(Code::RefAmbiguous, arguments));
            }
        };
        self.authorise(catalogue.manufacturer(part), registry)?;
        Ok(part)
    }

    /// Puts a typed line into its basket, and tells the line that it became or was merged with by `key`.
    pub fn add_line(
        &mut self,
        typed: &TypedLine<'_>,
        key: MergeKey,
        catalogue: &Catalogue,
        stamp: &Stamp,
    ) -> Result<LineId> {
        let part = catalogue.part(typed.part);
        let merge_key = key.number(part.manufacturer, part.reference, &typed.need, typed.desired_delivery_date);
        let line = NewLine {
            manufacturer: part.manufacturer,
            reference: part.reference,
            label: part.label,
            unit_price: part.unit_price,
            quantity: typed.quantity,
            need: typed.need,
            desired_delivery_date: typed.desired_delivery_date,
            comment: typed.comment,
            merge_key,
        };
        self.ledger.add_line(&line, stamp)
    }

    /// Refuses a manufacturer that the account may not order from.
    fn authorise(&self, manufacturer: ManufacturerId, registry: &Registry) -> Result<()> {
        if self.account.may_order_from(manufacturer) {
            return Ok(());
        }
        let arguments = Arguments::none().with("manufacturer", registry.manufacturer_title(manufacturer));
        Err(Error::new(Code::ManufacturerNotAuthorised, arguments))
    }
}

/// What the catalogue changes about a line: another part, or another price and label.
fn part_change<'p>(
    line: &WaitingLine,
    edit: &LineEdit,
    catalogue: &'p Catalogue,
    account: &Account,
) -> std::result::Result<Option<Change<'p>>, Obstacle> {
    let supply = supply(catalogue, line.manufacturer, &line.reference).ok_or(Obstacle::PartGone)?;
    // While a part can be had, its replacement is not taken.
    if edit.take_replacement && !supply.part.available {
        let new = supply.replacement.and_then(|replacement| replacement.part).ok_or(Obstacle::NoReplacement)?;
        return if account.may_order_from(new.manufacturer) {
            Ok(Some(another_part(&new)))
        } else {
            Err(Obstacle::NotAuthorised)
        };
    }
    let Part { label, unit_price, .. } = supply.part;
    let differs = edit.refresh_prices && (line.label.as_str(), line.unit_price) != (label, unit_price);
    Ok(differs.then_some(Change::Price { label, unit_price }))
}

fn another_part<'p>(part: &Part<'p>) -> Change<'p> {
    let Part { manufacturer, reference, label, unit_price, .. } = *part;
    Change::Part { manufacturer, reference, label, unit_price }
}

/// Lines that were meant and do not wait.
fn not_waiting(lines: &[NotWaiting]) -> Error {
    let of = |state| lines.iter().filter(move |line| line.state == state).map(|line| line.id.0.to_string());
    let states = [("ordered", Some(LineState::Ordered)), ("removed", Some(LineState::Removed)), ("unknown", None)];
    let arguments = states.into_iter().fold(Arguments::none(), |arguments, (name, state)| {
        if of(state).next().is_some() { arguments.with(name, named(of(state))) } else { arguments }
    });
    Error::new(Code::LineNotWaiting, arguments)
}

/// The first of several names.
fn named(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.take(NAMED + 1).collect();
    match names.get(..NAMED) {
        Some(first) if names.len() > NAMED => first.join(", ") + ", …",
        _ => names.join(", "),
    }
}
