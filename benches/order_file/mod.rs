//! Made-up input for benchmarks: the same numbers give the same bytes on every machine.
//!
//! The files are shaped like real ones: orders of about four lines, a repeated part now and then, quoted comments with
//! delimiters and line ends, references in lower case or between blanks, three faulty lines in a hundred.

use std::fmt::Write as _;
use std::io::Write;

/// Manufacturers that the program knows, by id.
pub(crate) const MANUFACTURERS: [u64; 8] = [1, 2, 4, 5, 15, 17, 26, 27];

/// The headings of an order file.
pub(crate) const HEADINGS: [&str; 9] = [
    "N° commande client",
    "Réf. pièce",
    "Désignation",
    "Qté",
    "Prix unitaire HT",
    "Date livraison souhaitée",
    "Compte de livraison",
    "Ordre de mission",
    "Commentaire",
];

const LABELS: [&str; 6] = [
    "Joint de porte",
    "Pompe de vidange",
    "Résistance chauffante",
    "Carte électronique",
    "Bac à produits",
    "Amortisseur",
];

const COMMENTS: [&str; 6] = [
    "urgent",
    "livrer à l'atelier",
    "\"livrer lundi ; sinon mardi\"",
    "\"modèle dit \"\"Sérénité\"\"\"",
    "\"livrer à l'atelier\nà partir de 9 h\"",
    "prévenir avant expédition",
];

/// A catalogue of so many parts, as a CSV file.
pub(crate) fn catalogue(parts: u64) -> Vec<u8> {
    let mut text = String::from("manufacturer_id;reference;label;unit_price;available;replacement\n");
    let mut numbers = Numbers(7);
    for part in 0..parts {
        let manufacturer = MANUFACTURERS[place(part * 8 / parts.max(1), 8)];
        let label = LABELS[numbers.place(LABELS.len())];
        let (whole, cents, available) = (numbers.below(200), numbers.below(100), u64::from(numbers.below(10) > 0));
        writeln!(text, "{manufacturer};{};{label};{whole}.{cents:02};{available};", reference(part)).expect("memory");
    }
    text.into_bytes()
}

/// An order file of so many records in Windows-1252, for a catalogue of so many parts; no more than a record is held.
pub(crate) fn write_orders(out: &mut impl Write, records: u64, parts: u64) {
    let mut text = HEADINGS.join(";") + "\r\n";
    for cells in Orders::new(parts).take(usize::try_from(records).expect("as many as memory has")) {
        write_row(out, &mut text);
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
    }
    write_row(out, &mut text);
}

fn write_row(out: &mut impl Write, text: &mut String) {
    out.write_all(&encoding_rs::WINDOWS_1252.encode(text).0).expect("a writable file");
    text.clear();
}

/// The records of an order file, without end, quoted as they have to be in one with semicolons.
pub(crate) struct Orders {
    parts: u64,
    numbers: Numbers,
    order: u64,
    last: u64,
}

impl Orders {
    pub(crate) fn new(parts: u64) -> Self {
        Self { parts, numbers: Numbers(11), order: 0, last: 0 }
    }
}

impl Iterator for Orders {
    type Item = [String; 9];

    fn next(&mut self) -> Option<Self::Item> {
        let numbers = &mut self.numbers;
        if numbers.below(4) == 0 {
            self.order += 1;
        }
        let part = if numbers.below(16) == 0 { self.last } else { numbers.below(self.parts) };
        self.last = part;
        let written = match numbers.below(100) {
            0 => "À COMMANDER".to_owned(),
            1..=10 => reference(part).to_ascii_lowercase(),
            11..=16 => format!(" {}\u{a0}", reference(part)),
            _ => reference(part),
        };
        let quantity = match numbers.below(100) {
            0 => "1,5".to_owned(),
            _ => (1 + numbers.below(6)).to_string(),
        };
        let date = if numbers.below(100) == 0 { "31/02/2026" } else { "16/03/2026" };
        let comment = if numbers.below(4) == 0 { COMMENTS[numbers.place(COMMENTS.len())] } else { "" };
        let label = LABELS[numbers.place(LABELS.len())];
        let (whole, cents, order) = (numbers.below(200), numbers.below(100), self.order);
        Some([
            format!("CDE-2026-{order:07}"),
            written,
            label.to_owned(),
            quantity,
            format!("{whole},{cents:02}"),
            date.to_owned(),
            format!("12345-{:02}", order % 40),
            format!("OM26-{:07}", order / 3),
            comment.to_owned(),
        ])
    }
}

/// The reference of a part: nine to eleven characters, as they are at manufacturers of appliances.
pub(crate) fn reference(part: u64) -> String {
    match part % 3 {
        0 => format!("00{part:07}"),
        1 => format!("MS-{part:07}"),
        _ => format!("C0{part:08}D"),
    }
}

/// A small generator of even quality (splitmix64): what matters here is that it is the same everywhere.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    pub(crate) fn place(&mut self, length: usize) -> usize {
        place(self.below(length as u64), length)
    }
}

fn place(number: u64, length: usize) -> usize {
    usize::try_from(number).map_or(0, |number| number.min(length - 1))
}
