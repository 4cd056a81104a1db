//! Clean tables: what a careful program writes.

use super::sheet::Sheet;

/// The clean tables by name.
pub(super) fn all() -> Vec<(&'static str, Sheet)> {
    vec![
        ("orders", orders()),
        ("plain", plain()),
        ("dates", dates()),
        ("wide", wide()),
        ("quoted", quoted()),
        ("long", long()),
    ]
}

/// The cells of lines with a bar between them.
fn sheet(delimiter: char, lines: &[&str]) -> Sheet {
    let cells = |line: &&str| line.split('|').map(str::to_owned).collect();
    Sheet::new(delimiter, lines.iter().map(cells).collect())
}

/// French orders: accents, decimal commas.
fn orders() -> Sheet {
    sheet(
        ';',
        &[
            "N° commande client|Réf. pièce|Désignation|Qté|Prix unitaire HT|Date livraison souhaitée|Commentaire",
            "CDE-1001|0070817965|Joint de porte rénové|2|12,50|16/03/2026|à livrer côté cour",
            "CDE-1001|0070817966|Pompe de vidange|1|34,90|16/03/2026|",
            "CDE-1002|0061200431|Résistance 2000 W|1|28,15|17/03/2026|fragile",
            "CDE-1003|C00012345|Poignée de réfrigérateur|4|7,80|18/03/2026|déjà payé",
            "CDE-1003|C00012346|Étagère en verre|2|19,99|18/03/2026|",
            "CDE-1004|MS-623210|Bec verseur|10|3,20|20/03/2026|très urgent",
            "CDE-1005|MS-623211|Réservoir à eau|1|45,00|20/03/2026|",
            "CDE-1006|00123456|Courroie|3|9,95|23/03/2026|rappeler le client",
            "CDE-1007|00123457|Clé de réglage|1|5,10|24/03/2026|",
            "CDE-1008|0070817970|Filtre à charbon|6|11,35|25/03/2026|pièce modifiée",
        ],
    )
}

/// English stock, nothing odd about it.
fn plain() -> Sheet {
    sheet(
        ',',
        &[
            "id|name|city|price|stock",
            "1|Ann Lee|London|12.50|3",
            "2|Bob Hope|Leeds|3.00|14",
            "3|Cid Moor|York|7.25|0",
            "4|Dan Ford|Bath|19.99|8",
            "5|Eve Hill|Hull|4.75|21",
            "6|Fay Wood|Derby|8.10|5",
            "7|Gus Lane|Ely|15.00|2",
            "8|Hal Park|Truro|6.45|11",
            "9|Ida West|Wells|22.30|7",
        ],
    )
}

/// Days and times, which hold marks that cut elsewhere.
fn dates() -> Sheet {
    sheet(
        '\t',
        &[
            "day|begun|ended|station|state",
            "2026-03-01|08:15|09:40|Atelier nord|réparé",
            "2026-03-01|10:05|10:55|Atelier sud|réparé",
            "2026-03-02|08:30|12:10|Atelier nord|en attente de pièce",
            "2026-03-02|13:20|14:00|Atelier sud|réparé",
            "2026-03-03|09:00|09:45|Dépôt|testé",
            "2026-03-03|11:10|11:50|Atelier nord|réparé",
            "2026-03-04|08:05|10:25|Dépôt|irréparable",
            "2026-03-04|14:30|15:15|Atelier sud|réparé",
        ],
    )
}

/// Forty columns, half of them numbers.
fn wide() -> Sheet {
    let heading = (0..40).map(|column| format!("field {}", letters(column))).collect();
    let row = |row: usize| {
        let cell = move |column: usize| match column % 2 {
            0 => (row * 37 + column * 11).to_string(),
            _ => format!("{} {}", letters(row + column), letters(row * 3 + column * 7 + 26)),
        };
        (0..40).map(cell).collect()
    };
    Sheet::new('|', std::iter::once(heading).chain((1..=12).map(row)).collect())
}

/// A number in letters.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    [letter(number / 26 + 2), letter(number), letter(number / 5 + 4)].into_iter().collect()
}

/// Delimiters, quotes and line breaks inside cells.
fn quoted() -> Sheet {
    sheet(
        ',',
        &[
            "ticket|customer|message|cost",
            "4711|Smith, John|first line\nsecond line|12.00",
            "4712|Lee, Ann|he said \"not now\", then left|3.50",
            "4713|Hope, Bob|a; b, c|7.25",
            "4714|Ford, Dan|nothing to say|9.10",
            "4715|Hill, Eve|it's broken: the 2\" pipe leaks|14.00",
            "4716|Wood, Fay|one\ntwo\nthree, four|1.99",
            "4717|Lane, Gus|\"quoted from the start\" he wrote|5.45",
            "4718|West, Ida|call again, please|8.00",
        ],
    )
}

/// A hundred rows of codes without blanks.
fn long() -> Sheet {
    let heading = ["reference", "quantity", "shelf", "counted"].map(str::to_owned).to_vec();
    let row = |row: usize| {
        let day = format!("{:02}/{:02}/2026", row % 28 + 1, row % 12 + 1);
        vec![format!("REF-{:05}", row * 7919 % 100_000), (row % 13 + 1).to_string(), letters(row), day]
    };
    Sheet::new(';', std::iter::once(heading).chain((1..=100).map(row)).collect())
}
