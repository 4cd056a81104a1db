//! A catalogue and what changed since: the next catalogue.
//!
//! What enters: a catalogue, and a [`Delta`] whose rows add parts, replace them, or take them out. What leaves: the new
//! catalogue, its parts in the old order and new ones behind them, and a [`DeltaReport`].
//! What is refused: a result beyond what places can number (4 GiB of text, 4096 manufacturers).
//!
//! A column that the delta does not have keeps what the catalogue says, so that a list of new prices loses no bar code. Only
//! the day of a price does not outlive its price.

use super::read::Columns;
use super::{AVAILABLE, Catalogue, Delta, Entry, Extra, PLAIN, Part, PartId, WITHDRAWN};
use crate::model::{ManufacturerId, Money};

/// How many changes of prices are told one by one; all are counted.
const KEPT_CHANGES: usize = 1000;

/// What a delta did to a catalogue. A changed part may have changed in several ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeltaReport {
    /// Parts that the catalogue did not have.
    pub added: u64,
    /// Parts that are no longer as they were.
    pub changed: u64,
    /// Of these: with another price.
    pub price_changed: u64,
    /// Of these: that can be had now or no longer.
    pub availability_changed: u64,
    /// Of these: with another replacement, with one or without.
    pub replacement_changed: u64,
    /// Of these: with another label.
    pub label_changed: u64,
    /// Parts that the delta gives as they were.
    pub unchanged: u64,
    /// Parts that were taken out.
    pub withdrawn: u64,
    /// Parts to be taken out that were not there.
    pub unknown_withdrawn: u64,
    /// The first changes of prices, in the order of the catalogue.
    pub prices: Vec<PriceChange>,
}

/// A price before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// Whose part.
    pub manufacturer: ManufacturerId,
    /// Which part.
    pub reference: String,
    /// What it cost.
    pub old: Money,
    /// What it costs now.
    pub new: Money,
}

impl DeltaReport {
    /// Rows of the delta, each in one of these ways.
    pub const fn rows(&self) -> u64 {
        self.added + self.changed + self.unchanged + self.withdrawn + self.unknown_withdrawn
    }

    /// Compares a part with itself before.
    fn compare(&mut self, old: &Part<'_>, new: &Part<'_>) {
        if old == new {
            self.unchanged += 1;
            return;
        }
        self.changed += 1;
        self.availability_changed += u64::from(old.available != new.available);
        self.replacement_changed += u64::from(old.replacement != new.replacement);
        self.label_changed += u64::from(old.label != new.label);
        if old.unit_price != new.unit_price {
            self.price_changed += 1;
            if self.prices.len() < KEPT_CHANGES {
                self.prices.push(PriceChange {
                    manufacturer: new.manufacturer,
                    reference: new.reference.to_owned(),
                    old: old.unit_price,
                    new: new.unit_price,
                });
            }
        }
    }
}

impl Catalogue {
    /// The catalogue after a delta, and what it changed; `None` when the result is beyond what places can number.
    pub fn with_delta(&self, delta: &Delta) -> Option<(Self, DeltaReport)> {
        let told = Told::new(&delta.columns);
        let parts = &delta.parts;
        let mut report = DeltaReport::default();
        let mut next = Builder::new(self.has_extras() || parts.has_extras(), self.len() + parts.len());
        for part in self.parts() {
            let old = self.part(part);
            match parts.twin(self, part) {
                None => next.add(&old, self.is_plain(part))?,
                Some(row) if parts.is_withdrawn(row) => report.withdrawn += 1,
                Some(row) => {
                    let new = told.over(&old, parts.part(row));
                    report.compare(&old, &new);
                    next.add(&new, parts.is_plain(row))?;
                }
            }
        }
        for row in parts.parts().filter(|row| self.twin(parts, *row).is_none()) {
            if parts.is_withdrawn(row) {
                report.unknown_withdrawn += 1;
            } else {
                report.added += 1;
                next.add(&parts.part(row), parts.is_plain(row))?;
            }
        }
        Some((next.catalogue, report))
    }

    /// The same part of another catalogue in this one.
    fn twin(&self, other: &Self, part: PartId) -> Option<PartId> {
        let first = self.find(other.entry(part).key, other.texts(part).0)?;
        self.at_manufacturer(first, other.manufacturer(part))
    }

    fn is_withdrawn(&self, part: PartId) -> bool {
        self.entry(part).flags & WITHDRAWN != 0
    }
}

/// Which of the columns that need not be there a delta has.
#[expect(clippy::struct_excessive_bools, reason = "one for each column, asked for every row")]
struct Told {
    available: bool,
    replacement: bool,
    ean: bool,
    pack_quantity: bool,
    minimum_quantity: bool,
    status: bool,
    core_deposit: bool,
    eco_contribution: bool,
    price_date: bool,
}

impl Told {
    fn new(columns: &Columns) -> Self {
        Self {
            available: columns.has("available"),
            replacement: columns.has("replacement"),
            ean: columns.has("ean"),
            pack_quantity: columns.has("pack_quantity"),
            minimum_quantity: columns.has("minimum_quantity"),
            status: columns.has("status"),
            core_deposit: columns.has("core_deposit"),
            eco_contribution: columns.has("eco_contribution"),
            price_date: columns.has("price_date"),
        }
    }

    /// The new part, with what the delta does not tell from the old one.
    fn over<'c>(&self, old: &Part<'c>, new: Part<'c>) -> Part<'c> {
        let old_date = old.price_date.filter(|_| old.unit_price == new.unit_price);
        Part {
            available: if self.available { new.available } else { old.available },
            replacement: if self.replacement { new.replacement } else { old.replacement },
            ean: if self.ean { new.ean } else { old.ean },
            pack_quantity: if self.pack_quantity { new.pack_quantity } else { old.pack_quantity },
            minimum_quantity: if self.minimum_quantity { new.minimum_quantity } else { old.minimum_quantity },
            status: if self.status { new.status } else { old.status },
            core_deposit: if self.core_deposit { new.core_deposit } else { old.core_deposit },
            eco_contribution: if self.eco_contribution { new.eco_contribution } else { old.eco_contribution },
            price_date: if self.price_date { new.price_date } else { old_date },
            ..new
        }
    }
}

/// A catalogue that is put together part by part.
struct Builder {
    catalogue: Catalogue,
    has_extras: bool,
    /// The manufacturer of the last part, and its place: catalogues are sorted by manufacturer.
    last: Option<(ManufacturerId, u16)>,
}

impl Builder {
    fn new(has_extras: bool, parts: usize) -> Self {
        let mut catalogue = Catalogue::default();
        catalogue.reserve(parts, 0);
        Self { catalogue, has_extras, last: None }
    }

    /// Adds a part that is not there yet; `None` when there is no place for it.
    fn add(&mut self, part: &Part<'_>, is_plain: bool) -> Option<()> {
        let manufacturer = match self.last {
            Some((id, place)) if id == part.manufacturer => place,
            _ => self.catalogue.place_of(part.manufacturer)?,
        };
        self.last = Some((part.manufacturer, manufacturer));
        let key = super::Key::new(part.reference.as_bytes());
        let long_reference = if key.holds(part.reference.len()) { "" } else { part.reference };
        let texts = [part.label, long_reference, part.replacement.unwrap_or(""), part.ean.unwrap_or("")];
        let text = u32::try_from(self.catalogue.text.len()).ok()?;
        for each in texts {
            self.catalogue.text.extend_from_slice(each.as_bytes());
        }
        u32::try_from(self.catalogue.text.len()).ok()?;
        let [label, _, replacement, ean] = texts.map(str::len);
        let entry = Entry {
            key,
            price: part.unit_price.ten_thousandths(),
            text,
            next: 0,
            label: u16::try_from(label).ok()?,
            manufacturer,
            reference: u8::try_from(part.reference.len()).ok()?,
            replacement: u8::try_from(replacement).ok()?,
            ean: u8::try_from(ean).ok()?,
            flags: if part.available { AVAILABLE } else { 0 } | if is_plain { PLAIN } else { 0 },
        };
        self.catalogue.insert(entry, self.has_extras.then(|| Extra::of(part))).then_some(())
    }
}

impl Extra {
    fn of(part: &Part<'_>) -> Self {
        let amount = |amount: Option<Money>| amount.map_or(0, Money::ten_thousandths);
        Self {
            core_deposit: amount(part.core_deposit),
            eco_contribution: amount(part.eco_contribution),
            pack: part.pack_quantity.unwrap_or(0),
            minimum: part.minimum_quantity.unwrap_or(0),
            price_date: part.price_date.map_or(0, crate::model::Day::number),
            discontinued: u32::from(part.status == super::Status::Discontinued),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{read, read_delta};

    const BASE: &str = "manufacturer_id;reference;label;unit_price;available;replacement;ean;status;price_date\n\
        4;A;Joint;1.00;1;;111;active;2026-01-01\n\
        4;B;\"Pompe; noire\";2.00;1;;;discontinued;2026-01-01\n\
        15;A;Autre;3.00;0;B;;active;\n\
        4;a-reference-of-more-than-16;Vis;4.00;1;;;active;\n";

    fn after(delta: &str) -> (Catalogue, DeltaReport) {
        let base = read("base", BASE.as_bytes(), 0).unwrap().catalogue;
        base.with_delta(&read_delta("delta", delta.as_bytes(), 0).unwrap()).unwrap()
    }

    fn parts(catalogue: &Catalogue) -> Vec<Part<'_>> {
        catalogue.parts().map(|part| catalogue.part(part)).collect()
    }

    #[test]
    fn rows_add_replace_and_take_out() {
        let (catalogue, report) = after(
            "reference;manufacturer_id;label;unit_price;available;replacement;Retirée\n\
             A-Reference-of-more-than-16;4;Vis;4.50;0;A;N\n\
             a;4;Joint;1.00;1;;non\n\
             A;15;;;;;O\n\
             C;99;Neuf;9;1;;\n\
             Z;99;;;;;oui\n",
        );
        let references: Vec<_> = parts(&catalogue).iter().map(|part| (part.manufacturer.0, part.reference)).collect();
        assert_eq!(references, [(4, "A"), (4, "B"), (4, "A-REFERENCE-OF-MORE-THAN-16"), (99, "C")]);
        assert_eq!(catalogue.manufacturers(), [ManufacturerId(4), ManufacturerId(99)]);
        let screw = catalogue.part(catalogue.find_text("a-reference-OF-more-than-16").unwrap());
        assert_eq!((screw.unit_price, screw.available), (Money::from_ten_thousandths(45_000), false));
        let expected = DeltaReport {
            added: 1,
            changed: 1,
            price_changed: 1,
            availability_changed: 1,
            replacement_changed: 1,
            label_changed: 0,
            unchanged: 1,
            withdrawn: 1,
            unknown_withdrawn: 1,
            prices: vec![PriceChange {
                manufacturer: ManufacturerId(4),
                reference: "A-REFERENCE-OF-MORE-THAN-16".to_owned(),
                old: Money::from_ten_thousandths(40_000),
                new: Money::from_ten_thousandths(45_000),
            }],
        };
        assert_eq!((report.rows(), report), (5, expected));
    }

    #[test]
    fn what_a_delta_does_not_tell_stays() {
        let (catalogue, report) =
            after("manufacturer_id;reference;label;unit_price\n4;A;Joint;1.10\n4;B;Pompe;2.00\n15;A;Autre;3.00\n");
        let parts = parts(&catalogue);
        assert_eq!((parts[0].ean, parts[0].price_date), (Some("111"), None), "the day of the old price goes with it");
        assert_eq!(
            (parts[1].status.name(), parts[1].price_date.unwrap().to_string()),
            ("discontinued", "2026-01-01".to_owned())
        );
        assert_eq!((parts[2].available, parts[2].replacement), (false, Some("B")));
        assert_eq!((report.price_changed, report.label_changed, report.unchanged), (1, 1, 1));
    }

    #[test]
    fn what_a_delta_empties_is_empty() {
        let (catalogue, report) = after(
            "manufacturer_id;reference;label;unit_price;ean;available;replacement\n4;A;Joint;1.00;;1;\n15;A;Autre;3.00;;1;\n",
        );
        assert_eq!((parts(&catalogue)[0].ean, parts(&catalogue)[2].replacement), (None, None));
        assert_eq!((report.changed, report.availability_changed, report.replacement_changed), (2, 1, 1));
    }

    #[test]
    fn a_delta_without_rows_changes_nothing() {
        let (catalogue, report) = after("manufacturer_id;reference;label;unit_price\n");
        let base = read("base", BASE.as_bytes(), 0).unwrap().catalogue;
        assert_eq!(parts(&catalogue), parts(&base));
        assert_eq!(report, DeltaReport::default());
    }

    #[test]
    fn a_catalogue_has_no_withdrawn_parts() {
        let text = "manufacturer_id;reference;label;unit_price;withdrawn\n4;A;x;1;1\n4;B;y;1;0\n4;C;z;1;\n4;D;;;yes\n4;E;x;1;perhaps\n";
        let reading = read("c", text.as_bytes(), 0).unwrap();
        let references: Vec<_> = parts(&reading.catalogue).iter().map(|part| part.reference).collect();
        assert_eq!((references, reading.withdrawn, reading.damaged), (vec!["B", "C"], 2, 1));
        assert_eq!(reading.diagnostics[0].arguments.get("cause"), Some("withdrawn"));
    }
}
