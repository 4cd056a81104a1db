//! Made-up warranty claims for benchmarks, for the catalogue of [`crate::order_file`]: 26 columns, up to three parts each,
//! a fault in one of a dozen columns of every twelfth claim.

use std::io::Write;

use crate::order_file::{MANUFACTURERS, Numbers, reference};

const HEADINGS: &str = "ManufacturerId;CommercialRef;SerialNumber;PurchaseDate;Title;LastName;FirstName;Address1;Zip;City;Country;\
    MobilePhone;Email;CallDate;InterventionStartDateTime;InterventionEndDateTime;InterventionTypeId;IRISCondition;\
    IRISSymptom;IRISSection;IRISDefect;IRISRepair;LaborMinutes;TravelKilometers;Parts;ReportNumber\r\n";

/// What is written instead of what is right: a column, and a value.
const FAULTS: [(usize, &str); 10] = [
    (0, "998"),
    (3, "31/02/2024"),
    (4, "Mme"),
    (5, ""),
    (10, "FRA"),
    (12, "dupont@"),
    (13, "01/01/2020"),
    (15, "hier"),
    (22, "une heure"),
    (24, "ZZ-0001:1"),
];

/// So many claims in Windows-1252, for a catalogue of so many parts.
pub(crate) fn write_claims(out: &mut impl Write, claims: u64, parts: u64) {
    let mut numbers = Numbers(13);
    let mut text = HEADINGS.to_owned();
    for number in 0..claims {
        let mut cells = claim(number, parts, &mut numbers);
        if numbers.below(12) == 0 {
            let (column, value) = FAULTS[numbers.place(FAULTS.len())];
            value.clone_into(&mut cells[column]);
        }
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
        out.write_all(&encoding_rs::WINDOWS_1252.encode(&text).0).expect("a writable file");
        text.clear();
    }
}

fn claim(number: u64, parts: u64, numbers: &mut Numbers) -> [String; 26] {
    let place = numbers.below(8);
    let manufacturer = MANUFACTURERS.get(usize::try_from(place).expect("small")).expect("eight of them");
    // The catalogue holds the parts of a manufacturer together.
    let own = parts / 8;
    let part =
        |numbers: &mut Numbers| format!("{}:{}", reference(place * own + numbers.below(own)), 1 + numbers.below(3));
    let parts: Vec<_> = (0..numbers.below(4)).map(|_| part(numbers)).collect();
    let (bought, called) = (1 + numbers.below(28), 1 + numbers.below(28));
    let began = 8 + numbers.below(9);
    [
        manufacturer.to_string(),
        format!("WMX{:05}/{:02}", numbers.below(100_000), numbers.below(30)),
        format!("{:012}", numbers.below(1_000_000_000_000)),
        format!("{bought:02}/03/2024"),
        (1 + numbers.below(3)).to_string(),
        "Béranger".to_owned(),
        "Hélène".to_owned(),
        format!("\"{} rue de l'Église ; bât. B\"", 1 + numbers.below(200)),
        "64100".to_owned(),
        "Bayonne".to_owned(),
        "250".to_owned(),
        format!("06{:08}", numbers.below(100_000_000)),
        format!("client{number}@courrier.example"),
        format!("{called:02}/09/2025"),
        format!("{called:02}/10/2025 {began:02}:15"),
        format!("{called:02}/10/2025 {began:02}:55"),
        "1".to_owned(),
        "1".to_owned(),
        format!("1{:02}", numbers.below(60)),
        format!("A{:02}", numbers.below(99)),
        format!("G{:02}", numbers.below(99)),
        format!("L{:02}", numbers.below(99)),
        (15 * (1 + numbers.below(12))).to_string(),
        numbers.below(120).to_string(),
        parts.join("|"),
        format!("R26{number:07}"),
    ]
}
