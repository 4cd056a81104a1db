use proptest::prelude::*;

use super::{Connected as _, SqliteLedger};
use crate::ledger::{
    Asked, BasketBook as _, Change, ImportBook as _, ImportHead, ImportId, ImportOrigin, ImportTotals,
    KnownImports as _, Ledger as _, LineFilter, LineId, LineState, Need, NewLine, NotWaiting, SourceLine, Stamp,
    Totals, WaitingLine, stable_hash,
};
use crate::model::{Counts, Day, ManufacturerId, Moment, Money};

/// A ledger in a folder that goes with it.
struct Kept {
    ledger: SqliteLedger,
    _folder: tempfile::TempDir,
}

fn kept() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::create(&folder.path().join("ledger.sqlite"), false).unwrap();
    Kept { ledger, _folder: folder }
}

fn stamp() -> Stamp {
    Stamp { at: Moment::parse("2026-03-04T18:05:00Z").unwrap(), by: "anne".to_owned() }
}

fn price(amount: i64) -> Money {
    Money::from_ten_thousandths(amount)
}

/// What is asked for: manufacturer, reference, quantity, customer order number.
type Ask<'a> = (u32, &'a str, u32, &'a str);

fn merge_key((manufacturer, reference, _, order): Ask<'_>) -> i64 {
    stable_hash(&[&manufacturer.to_le_bytes(), reference.as_bytes(), order.as_bytes()])
}

impl Kept {
    /// Imports lines, each to a place of its own.
    fn import(&mut self, file: &str, lines: &[Ask<'_>]) -> ImportId {
        let head = ImportHead {
            origin: ImportOrigin::File,
            parent: None,
            file: file.to_owned(),
            hash: file.to_owned(),
            bytes: 1,
            format: "generic".to_owned(),
            format_hash: String::new(),
            settings: "{}".to_owned(),
            reference: None,
            stamp: stamp(),
        };
        let mut record = self.ledger.begin_import(&head).unwrap();
        for (place, ask) in lines.iter().enumerate() {
            let (manufacturer, reference, quantity, order) = *ask;
            record
                .take(&SourceLine {
                    line: place as u64 + 2,
                    manufacturer: ManufacturerId(manufacturer),
                    place: lines[..place].iter().filter(|other| other.0 == manufacturer).count(),
                    reference,
                    label: "Écrou à ailettes",
                    unit_price: price(125_000),
                    quantity,
                    need: Need { customer_order_number: order, ..Need::default() },
                    desired_delivery_date: Day::new(2026, 3, 10),
                    comment: "",
                    merge_key: merge_key(*ask),
                })
                .unwrap();
        }
        let accepted = lines.len() as u64;
        let counts = Counts { valid: accepted, accepted, ..Counts::default() };
        record
            .finish(&ImportTotals {
                counts,
                content: file.to_owned(),
                causes: Vec::new(),
                heads: Vec::new(),
                reports: None,
            })
            .unwrap()
    }

    fn change(&mut self, changes: &[(i64, Change<'_>)]) -> Result<u64, Vec<NotWaiting>> {
        let changes: Vec<_> = changes.iter().map(|(id, change)| (LineId(*id), *change)).collect();
        self.ledger.change_lines(&changes, &stamp()).unwrap()
    }

    fn lines(&self, filter: &LineFilter) -> Vec<WaitingLine> {
        let mut lines = Vec::new();
        self.ledger
            .waiting_lines(filter, &mut |line| {
                lines.push(line);
                Ok(())
            })
            .unwrap();
        lines
    }

    fn ids(&self, filter: &LineFilter) -> Vec<i64> {
        self.lines(filter).iter().map(|line| line.id.0).collect()
    }

    fn line(&self, id: i64) -> WaitingLine {
        self.lines(&LineFilter { lines: vec![id..=id], ..LineFilter::default() }).remove(0)
    }

    /// Lines, quantity and amount by manufacturer.
    fn baskets(&self) -> Vec<(u32, u64, u64, i64)> {
        let baskets = self.ledger.baskets().unwrap().into_iter();
        baskets
            .map(|each| {
                let Totals { lines, quantity, amount } = each.totals;
                (each.manufacturer.0, lines, quantity, amount.ten_thousandths())
            })
            .collect()
    }

    fn journal(&self) -> Vec<(String, String, String)> {
        self.ledger
            .ask(|connection| {
                connection
                    .prepare("SELECT what, subject, detail FROM journal WHERE what LIKE 'basket.%' ORDER BY id")?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect()
            })
            .unwrap()
    }

    #[track_caller]
    fn is_whole(&self) {
        assert_eq!(self.ledger.faults().unwrap(), Vec::<String>::new());
    }
}

const OTHER: Change<'_> = Change::Part {
    manufacturer: ManufacturerId(15),
    reference: "NEW",
    label: "Neuf",
    unit_price: Money::from_ten_thousandths(10_000),
};

#[test]
fn waiting_lines_come_in_the_order_of_their_first_appearance_as_far_as_they_are_meant() {
    let mut kept = kept();
    kept.import("a.csv", &[(15, "B1", 1, "C1"), (4, "A1", 2, "C1"), (15, "B2", 3, "C2"), (4, "A2", 4, "")]);
    let with = |change: fn(&mut LineFilter)| {
        let mut filter = LineFilter::default();
        change(&mut filter);
        let totals = kept.ledger.waiting_totals(&filter).unwrap();
        let lines = kept.lines(&LineFilter { limit: None, ..filter.clone() });
        assert_eq!(totals.lines, lines.len() as u64);
        assert_eq!(totals.quantity, lines.iter().map(|line| line.quantity).sum::<u64>());
        assert_eq!(
            totals.amount,
            price(lines.iter().filter_map(WaitingLine::amount).map(Money::ten_thousandths).sum())
        );
        kept.ids(&filter)
    };
    assert_eq!(with(|_| ()), [2, 4, 1, 3], "basket by basket");
    assert_eq!(with(|filter| filter.limit = Some(3)), [2, 4, 1]);
    assert_eq!(with(|filter| filter.manufacturer = Some(ManufacturerId(15))), [1, 3]);
    assert_eq!(with(|filter| filter.customer_order_number = Some("C1".to_owned())), [2, 1]);
    assert_eq!(with(|filter| filter.lines = vec![3..=9, 1..=1, 3..=4]), [1, 3, 4], "each once");
    assert_eq!(with(|filter| filter.text = Some("b-1".to_owned())), [1]);
    assert_eq!(with(|filter| filter.text = Some("ECROU A".to_owned())).len(), 4);
    assert_eq!(with(|filter| filter.text = Some("--".to_owned())), [0; 0], "nothing is no word for everything");
    assert_eq!(with(|filter| filter.work_order = Some("OM".to_owned())), [0; 0]);
    assert_eq!(kept.baskets(), [(4, 2, 6, 750_000), (15, 2, 4, 500_000)]);
}

#[test]
fn what_is_set_by_hand_is_told_from_what_was_asked_for() {
    let mut kept = kept();
    kept.import("a.csv", &[(4, "A1", 2, "C1")]);
    kept.import("b.csv", &[(4, "A1", 3, "C1")]);
    assert_eq!(kept.change(&[(1, Change::Quantity(9)), (1, Change::Comment("l'ami; \"x\""))]), Ok(2));
    let line = kept.line(1);
    assert_eq!((line.quantity, line.adjusted, line.comment.as_str()), (9, 4, "l'ami; \"x\""));
    assert_eq!(kept.baskets(), [(4, 1, 9, 1_125_000)]);
    let sources = kept.ledger.source_lines(LineId(1)).unwrap();
    let sources: Vec<_> = sources.iter().map(|each| (each.file.as_str(), each.line, each.quantity)).collect();
    assert_eq!(sources, [("a.csv", 2, 2), ("b.csv", 2, 3)]);
    assert_eq!(kept.change(&[(1, Change::Quantity(9))]), Ok(0), "what is so already is no change");
    let journal = kept.journal();
    assert_eq!(journal[0], ("basket.quantity".to_owned(), "1".to_owned(), "{\"from\":5,\"to\":9}".to_owned()));
    assert_eq!(journal[1].2, "{\"from\":\"\",\"to\":\"l'ami; \\\"x\\\"\"}");
    assert_eq!(journal.len(), 2);
    kept.is_whole();
    kept.ledger.undo_import(ImportId(1), &stamp()).unwrap().unwrap();
    assert_eq!((kept.line(1).quantity, kept.line(1).adjusted), (7, 4));
    kept.is_whole();
}

#[test]
fn removed_lines_leave_the_totals_and_stay_in_the_ledger() {
    let mut kept = kept();
    kept.import("a.csv", &[(4, "A1", 2, "C1"), (4, "A2", 3, "C1")]);
    assert_eq!(kept.change(&[(1, Change::Remove)]), Ok(1));
    assert_eq!((kept.baskets(), kept.ids(&LineFilter::default())), (vec![(4, 1, 3, 375_000)], vec![2]));
    assert_eq!(kept.ledger.line_state(LineId(1)).unwrap(), Some(LineState::Removed));
    kept.is_whole();
    kept.import("b.csv", &[(4, "A1", 5, "C1")]);
    assert_eq!(kept.ids(&LineFilter::default()), [2, 3], "nothing is merged with what was taken out");
    kept.change(&[(2, Change::Remove), (3, Change::Remove)]).unwrap();
    assert_eq!(kept.baskets(), []);
    assert!(kept.ledger.undo_import(ImportId(1), &stamp()).unwrap().is_ok());
    kept.is_whole();
}

#[test]
fn one_line_that_does_not_wait_and_nothing_is_changed() {
    let mut kept = kept();
    kept.import("a.csv", &[(4, "A1", 2, "C1"), (4, "A2", 3, "C1"), (4, "A3", 1, "C1")]);
    kept.change(&[(1, Change::Remove)]).unwrap();
    kept.ledger
        .ask(|connection| connection.execute("UPDATE basket_line SET state = 'ORDERED' WHERE id = 2", []))
        .unwrap();
    let before = kept.line(3);
    let not_waiting = |id, state| NotWaiting { id: LineId(id), state };
    let told = kept.change(&[
        (3, Change::Quantity(7)),
        (1, Change::Quantity(7)),
        (1, Change::Comment("x")),
        (2, Change::Remove),
        (99, OTHER),
    ]);
    let expected =
        [not_waiting(1, Some(LineState::Removed)), not_waiting(2, Some(LineState::Ordered)), not_waiting(99, None)];
    assert_eq!(told, Err(expected.to_vec()));
    assert_eq!(kept.line(3), before);
    assert_eq!(kept.journal().len(), 1);
    let told = kept.change(&[(3, Change::Remove), (3, Change::Comment("x"))]);
    assert_eq!(told, Err(vec![not_waiting(3, Some(LineState::Removed))]));
    assert_eq!(kept.line(3), before, "a change that contradicts itself is none");
}

#[test]
fn another_part_remembers_which_was_asked_for_and_is_merged_with_none() {
    let mut kept = kept();
    kept.import("a.csv", &[(4, "A1", 2, "C1")]);
    assert_eq!(kept.change(&[(1, OTHER)]), Ok(1));
    let line = kept.line(1);
    assert_eq!((line.manufacturer.0, line.reference.as_str(), line.label.as_str()), (15, "NEW", "Neuf"));
    let asked = Asked { manufacturer: ManufacturerId(4), reference: "A1".to_owned() };
    assert_eq!(line.asked, Some(asked.clone()));
    assert_eq!(kept.baskets(), [(15, 1, 2, 20_000)], "an empty basket is none");
    kept.import("b.csv", &[(15, "NEW", 1, "C1"), (4, "A1", 1, "C1")]);
    assert_eq!(kept.ids(&LineFilter::default()), [3, 1, 2]);
    kept.is_whole();
    // A file that asks for the first part for the same need is a repetition all the same.
    let earlier = kept.ledger.earlier_lines(Moment::beginning(), Some(ImportId(2))).unwrap();
    let need = Need { customer_order_number: "C1", ..Need::default() };
    assert_eq!(earlier.find(ManufacturerId(4), "A1", &need).unwrap().unwrap().file, "a.csv");
    assert!(earlier.find(ManufacturerId(15), "NEW", &need).unwrap().is_none());
    let again = Change::Part { manufacturer: ManufacturerId(4), reference: "A2", label: "", unit_price: price(1) };
    kept.change(&[(1, again)]).unwrap();
    assert_eq!(kept.line(1).asked, Some(asked), "the first one counts");
    let back = Change::Part { manufacturer: ManufacturerId(4), reference: "A1", label: "", unit_price: price(1) };
    kept.change(&[(1, back)]).unwrap();
    assert_eq!(kept.line(1).asked, None);
    kept.is_whole();
    kept.change(&[(1, Change::Remove)]).unwrap();
    assert!(earlier.find(ManufacturerId(4), "A1", &need).unwrap().is_none(), "who took it out may have it again");
}

#[test]
fn a_typed_line_is_an_import_of_one_and_joins_a_line_that_is_the_same() {
    let mut kept = kept();
    kept.import("a.csv", &[(4, "A1", 2, "C1")]);
    let line = NewLine {
        manufacturer: ManufacturerId(4),
        reference: "A1",
        label: "Écrou",
        unit_price: price(999),
        quantity: 3,
        need: Need { customer_order_number: "C1", ..Need::default() },
        desired_delivery_date: None,
        comment: "typed",
        merge_key: merge_key((4, "A1", 0, "C1")),
    };
    assert_eq!(kept.ledger.add_line(&line, &stamp()).unwrap(), LineId(1));
    assert_eq!(kept.ledger.add_line(&NewLine { merge_key: 0, ..line }, &stamp()).unwrap(), LineId(2));
    assert_eq!((kept.line(1).quantity, kept.line(1).unit_price), (5, price(125_000)));
    let import = kept.ledger.imports().unwrap().remove(1);
    assert_eq!((import.origin, import.accepted, import.received_by.as_str()), (ImportOrigin::Typed, 1, "anne"));
    assert_eq!(kept.ledger.source_lines(LineId(1)).unwrap()[1].comment, "typed");
    kept.is_whole();
}

/// Something that is done to baskets.
#[derive(Clone, Debug)]
enum Deed {
    Import(Vec<(u32, u8, u32, u8)>),
    Quantity(i64, u32),
    Price(i64, i64),
    Part(i64, u32, u8),
    Remove(Vec<i64>),
    Undo(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let line = 1_i64..14;
    prop_oneof![
        proptest::collection::vec((1_u32..3, 0_u8..3, 1_u32..20, 0_u8..2), 1..4).prop_map(Deed::Import),
        (line.clone(), 1_u32..50).prop_map(|(line, quantity)| Deed::Quantity(line, quantity)),
        (line.clone(), 0_i64..1000).prop_map(|(line, price)| Deed::Price(line, price)),
        (line.clone(), 1_u32..3, 0_u8..3).prop_map(|(line, whose, part)| Deed::Part(line, whose, part)),
        proptest::collection::vec(line, 1..3).prop_map(Deed::Remove),
        (1_i64..6).prop_map(Deed::Undo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_done_the_totals_are_those_of_the_lines(deeds in proptest::collection::vec(deed(), 1..16)) {
        let mut kept = kept();
        for (number, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Import(lines) => {
                    let mut asks: Vec<(u32, String, u32, String)> = Vec::new();
                    for (whose, part, quantity, order) in lines {
                        let (part, order) = (format!("R{part}"), format!("C{order}"));
                        // Equal lines of one file are one basket line; that is done before they come here.
                        if !asks.iter().any(|ask| (ask.0, &ask.1, &ask.3) == (whose, &part, &order)) {
                            asks.push((whose, part, quantity, order));
                        }
                    }
                    let asks: Vec<_> = asks.iter().map(|ask| (ask.0, ask.1.as_str(), ask.2, ask.3.as_str())).collect();
                    kept.import(&number.to_string(), &asks);
                }
                Deed::Quantity(line, quantity) => drop(kept.change(&[(line, Change::Quantity(quantity))])),
                Deed::Price(line, amount) => {
                    drop(kept.change(&[(line, Change::Price { label: "L", unit_price: price(amount) })]));
                }
                Deed::Part(line, whose, part) => {
                    let manufacturer = ManufacturerId(whose);
                    let reference = &format!("R{part}");
                    let part = Change::Part { manufacturer, reference, label: "P", unit_price: price(77) };
                    drop(kept.change(&[(line, part)]));
                }
                Deed::Remove(lines) => {
                    let changes: Vec<_> = lines.into_iter().map(|line| (line, Change::Remove)).collect();
                    drop(kept.change(&changes));
                }
                Deed::Undo(import) => {
                    let status = kept.ledger.import(ImportId(import)).unwrap().map(|entry| entry.status);
                    if status.is_some_and(|status| status.name() != "UNDONE") {
                        kept.ledger.undo_import(ImportId(import), &stamp()).unwrap().unwrap();
                    }
                }
            }
            prop_assert_eq!(kept.ledger.faults().unwrap(), Vec::<String>::new());
            let lines = kept.lines(&LineFilter::default());
            let mut counted = std::collections::BTreeMap::<u32, (u64, u64, i64)>::new();
            for line in &lines {
                let basket = counted.entry(line.manufacturer.0).or_default();
                let amount = line.amount().unwrap().ten_thousandths();
                *basket = (basket.0 + 1, basket.1 + line.quantity, basket.2 + amount);
                let sources = kept.ledger.source_lines(line.id).unwrap();
                let asked: u64 = sources.iter().map(|source| source.quantity).sum();
                prop_assert_eq!(i64::try_from(line.quantity).unwrap(), i64::try_from(asked).unwrap() + line.adjusted);
            }
            let counted: Vec<_> = counted.into_iter().map(|(whose, (l, q, a))| (whose, l, q, a)).collect();
            prop_assert_eq!(kept.baskets(), counted);
        }
    }
}
