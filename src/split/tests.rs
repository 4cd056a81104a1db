//! Baskets beside the plainest way to fill them.

use proptest::prelude::*;

use super::{Baskets, MergeKey, Parcel};
use crate::catalogue::{self, Catalogue};
use crate::delimited::{Block, Charset, Dialect, Records};
use crate::format::{Account, DateForm, Registry};
use crate::map::{self, Forms, PriceForm, Reader, Rules};
use crate::model::Field;
use crate::validate::{Terms, check};

const HEADINGS: [&str; 8] = [
    "delivery_account",
    "customer_order_number",
    "reference",
    "quantity",
    "work_order",
    "contremarque",
    "comment",
    "desired_delivery_date",
];

/// Two manufacturers, two parts each, and many of a third.
fn parts(many: usize) -> Catalogue {
    let rows = (0..many).map(|part| format!("17;M{part};Vis;1;1\n")).collect::<Vec<_>>().concat();
    let rows = format!(
        "manufacturer_id;reference;label;unit_price;available\n4;A1;Pompe;2;1\n4;A2;Pompe;2;1\n5;B1;Joint;3;1\n5;B2;Joint;3;1\n{rows}"
    );
    catalogue::read("c", rows.as_bytes(), 0).unwrap().catalogue
}

/// A line of a basket as text: account, number, reference, quantity, work order, countermark, comment, day.
type Told = [String; 8];

/// Fills baskets with lines, so many in a piece, and tells their lines by manufacturer.
fn filled(rows: &[[String; 8]], piece: usize, key: &[Field], catalogue: &Catalogue) -> Vec<Vec<Told>> {
    let registry = Registry::built_in();
    let format = registry.format("generic").unwrap();
    let headings = HEADINGS.map(str::to_owned);
    let rules = Rules { wishes: &[], format, dictionary: registry.dictionary(), path: "" };
    let mapping = map::assign(&headings, rules, &|_, _| None).unwrap();
    let forms = Forms { date: DateForm::Iso, typed_dates: false, price: PriceForm::default() };
    let reader = Reader::new(&mapping, Charset::WINDOWS_1252, forms, false);
    let terms = Terms { width: 8, account: None::<&Account>, ..Terms::of(format, catalogue, &registry) };
    let mut baskets = Baskets::new(catalogue.manufacturers().len(), MergeKey::of(key));
    let mut parcel = Parcel::default();
    for (place, rows) in rows.chunks(piece).enumerate() {
        let text: Vec<u8> = rows.iter().flat_map(|row| format!("{}\n", row.join(";")).into_bytes()).collect();
        let (mut block, mut found) = (Block::default(), Vec::new());
        Records::new(&text, Dialect { delimiter: b';', record_bytes: 1000 }).fill(&mut block, usize::MAX);
        parcel.clear();
        for record in block.records(&text) {
            let draft = reader.draft(record);
            let part = catalogue.find_text(std::str::from_utf8(&draft.reference).unwrap());
            let line = (place * piece) as u64 + u64::from(record.line());
            let order_line = check(&draft, part, line, reader, &terms, &mut found).unwrap();
            let manufacturer = catalogue.manufacturer_place(order_line.part());
            parcel.pack(&order_line, manufacturer, reader.charset(), MergeKey::of(key)).unwrap();
        }
        baskets.take(&mut parcel).unwrap();
        // What is told of the source lines is what they say, and they went to lines of their part.
        let told: Vec<_> = baskets.taken(&parcel).collect();
        assert_eq!(told.len(), rows.len());
        for ((source, basket_line), row) in told.iter().zip(rows) {
            let basket = baskets.iter().nth(catalogue.manufacturer_place(source.part)).unwrap();
            assert_eq!(basket.nearby(*basket_line..basket_line + 1).parts().next().unwrap(), source.part);
            let texts = [source.delivery_account, source.customer_order_number, source.work_order, source.comment];
            let texts = texts.map(|text| std::str::from_utf8(text).unwrap().to_owned());
            // The rows are UTF-8 and are read as Windows-1252: é is two characters.
            let decoded = |text: &String| Charset::WINDOWS_1252.decode(text.as_bytes()).into_owned();
            assert_eq!(texts, [&row[0], &row[1], &row[4], &row[6]].map(decoded));
            assert_eq!(source.quantity.to_string(), row[3]);
        }
    }
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().to_owned();
    let line = |line: super::BasketLine<'_>| {
        [
            text(line.delivery_account),
            text(line.customer_order_number),
            catalogue.part(line.part).reference.to_owned(),
            line.quantity.to_string(),
            text(line.work_order),
            text(line.countermark),
            text(line.comment),
            line.desired_delivery_date.map(|day| day.to_string()).unwrap_or_default(),
        ]
    };
    assert_eq!(baskets.lines(), baskets.iter().map(|basket| basket.len() as u64).sum::<u64>());
    assert_eq!(baskets.iter().map(super::Basket::sources).sum::<u64>(), rows.len() as u64);
    baskets.iter().map(|basket| basket.nearby(0..basket.len()).lines().map(line).collect()).collect()
}

/// The same by looking through all lines of a basket for each row.
fn plainly(rows: &[[String; 8]], key: &[Field], catalogue: &Catalogue) -> Vec<Vec<Told>> {
    let mut baskets = vec![Vec::<Told>::new(); catalogue.manufacturers().len()];
    let columns = [(Field::DeliveryAccount, 0), (Field::CustomerOrderNumber, 1), (Field::WorkOrder, 4)];
    let columns = columns.into_iter().chain([(Field::Countermark, 5), (Field::DesiredDeliveryDate, 7)]);
    let columns: Vec<_> = columns.filter(|(field, _)| key.contains(field)).map(|(_, column)| column).collect();
    for row in rows {
        let row = row.clone().map(|text| Charset::WINDOWS_1252.decode(text.as_bytes()).into_owned());
        let basket = &mut baskets[catalogue.manufacturer_place(catalogue.find_text(&row[2]).unwrap())];
        let known = basket.iter_mut().find(|line| line[2] == row[2] && columns.iter().all(|at| line[*at] == row[*at]));
        match known {
            Some(line) => {
                line[3] = (line[3].parse::<u64>().unwrap() + row[3].parse::<u64>().unwrap()).to_string();
            }
            None => basket.push(row),
        }
    }
    baskets
}

fn row() -> impl Strategy<Value = [String; 8]> {
    ("(é|C1|)", "(|7|8|é)", "(A1|A2|B1|B2)", "[1-9]", "(|W|é)", "(|K)", "(|é|urgent)", "(|2026-03-01)")
        .prop_map(|(a, b, c, d, e, f, g, h)| [a, b, c, d, e, f, g, h])
}

proptest! {
    #[test]
    fn baskets_are_filled_as_plainly_as_can_be(
        rows in proptest::collection::vec(row(), 1..120),
        piece in 1_usize..40,
        key in proptest::sample::subsequence(vec![
            Field::DeliveryAccount,
            Field::CustomerOrderNumber,
            Field::WorkOrder,
            Field::Countermark,
            Field::DesiredDeliveryDate,
        ], 0..=5),
    ) {
        let catalogue = parts(0);
        prop_assert_eq!(filled(&rows, piece, &key, &catalogue), plainly(&rows, &key, &catalogue));
    }
}

/// Lines that are one order, of more parts than are chained, each part several times.
#[test]
fn a_large_order_is_merged_by_its_parts() {
    let catalogue = parts(200);
    let row = |number: usize| {
        let day = if number.is_multiple_of(3) { "2026-03-01" } else { "" };
        ["", "", &format!("M{}", number * 7 % 200), "1", "", "", "", day].map(str::to_owned)
    };
    let rows: Vec<_> = (0..2000).map(row).collect();
    for key in [&[][..], &[Field::DesiredDeliveryDate]] {
        assert_eq!(filled(&rows, 150, key, &catalogue), plainly(&rows, key, &catalogue));
    }
}
