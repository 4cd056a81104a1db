use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};
use proptest::prelude::*;

use crate::decode::{choose, survey};

const WESTERN_NAMES: [&str; 5] = ["windows-1252", "iso-8859-15", "cp850", "macintosh", "cp437"];

/// Texts as order files have them, and the encodings they must be recognised in.
const TEXTS: [(&str, &str, &[&str]); 17] = [
    (
        "French",
        "RÉFÉRENCE;DÉSIGNATION;N° commande;Qté;Prix unitaire\nA1;Plaque de hors-d'œuvre;7;2;12,50 €\nB2;Évaporateur côté gauche;8;1;7,20 €\nC3;Pièce détachée à câble;9;1;3 €\n",
        &["windows-1252", "iso-8859-15", "macintosh"],
    ),
    (
        "French without new signs",
        "Référence;Désignation;N° commande;Qté;Délai\nA1;Poignée de porte dégrippée;7;2;à préciser\nB2;Évaporateur côté gauche;8;1;\nC3;Bouchon réservoir très renforcé;9;1;\n",
        &WESTERN_NAMES,
    ),
    (
        "French in capitals",
        "RÉFÉRENCE;DÉSIGNATION;QUANTITÉ\nA1;CÂBLE BLINDÉ CÔTÉ ENTRÉE;2\nB2;PIÈCE;1\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    ("French, few accents", "Référence;Qté\nA1;2\nB;Forêt;1\nC;Clé;1\n", &WESTERN_NAMES),
    (
        "German",
        "Artikelnummer;Stückzahl;Größe;Händler\nA1;2;für Türgriff;Müller Straße\nB2;1;Öldichtung;Kühlgerät\nC3;4;Schläuche;süß\n",
        &WESTERN_NAMES,
    ),
    (
        "Spanish",
        "Código;Descripción;Cantidad;Año\nA1;Bisagra pequeña;2;2024\nB2;Botón de extracción;1;2023\nC3;Cajón frigorífico;1;¿sí?\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    (
        "Italian",
        "Codice;Quantità;Unità\nA1;2;perché è così\nB2;1;più qualità\nC3;3;disponibilità lunedì però\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    (
        "Portuguese",
        "Código;Descrição;Quantidade;Preço\nA1;Botão de ligação;2;não\nB2;Peça de substituição;1;já há\nC3;Mangueiras e conexões;1;três\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    (
        "Swedish",
        "Artikelnummer;Antal;Benämning\nA1;2;Dörrhandtag för kylskåp\nB2;1;Tätning på låda\nC3;1;Slang höger sida nedåt\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    (
        "Danish",
        "Varenummer;Mængde;Beskrivelse\nA1;2;Dørhåndtag til køleskab\nB2;1;Pære på æske\nC3;1;Højre låge\n",
        &["windows-1252", "cp850", "macintosh"],
    ),
    (
        "Polish",
        "Numer części;Ilość;Opis\nA1;2;Uchwyt drzwi lodówki, biały\nB2;1;Wąż odpływowy\nC3;1;Grzałka zmywarki żółta\n",
        &["windows-1250", "iso-8859-2"],
    ),
    (
        "Czech",
        "Číslo dílu;Množství;Popis\nA1;2;Držák dveří chladničky\nB2;1;Těsnění myčky\nC3;1;Příslušenství žárovky\n",
        &["windows-1250", "iso-8859-2"],
    ),
    (
        "Hungarian",
        "Cikkszám;Mennyiség;Megnevezés\nA1;2;Hűtőszekrény ajtófogantyú\nB2;1;Szűrő betét\nC3;1;Tömítés mosogatógéphez\n",
        &["windows-1250", "iso-8859-2"],
    ),
    (
        "Russian",
        "Артикул;Количество;Наименование\nA1;2;Ручка двери холодильника\nB2;1;Фильтр сливного насоса\n",
        &["windows-1251", "koi8-r"],
    ),
    ("Greek", "Κωδικός;Ποσότητα;Περιγραφή\nA1;2;Λαβή πόρτας ψυγείου\nB2;1;Φίλτρο αντλίας νερού\n", &["windows-1253"]),
    (
        "Turkish",
        "Parça numarası;Miktar;Açıklama\nA1;2;Buzdolabı kapı kolu\nB2;1;Çamaşır makinesi hortumu sağ\nC3;1;Bulaşık süzgeci değişim\n",
        &["windows-1254"],
    ),
    (
        "Lithuanian",
        "Detalės numeris;Kiekis;Pavadinimas\nA1;2;Šaldytuvo durų rankena\nB2;1;Siurblio filtras, žarna įleidimo\n",
        &["windows-1257"],
    ),
];

fn encoded(text: &str, name: &str) -> Vec<u8> {
    if let Some(page) = crate::delimited::CodePage::named(name) {
        let byte = |c: char| {
            let place = page.upper().chars().position(|upper| upper == c).unwrap_or_else(|| panic!("{c} in {name}"));
            u8::try_from(place).unwrap() | 0x80
        };
        return text.chars().map(|c| if c.is_ascii() { c as u8 } else { byte(c) }).collect();
    }
    if name == "iso-8859-15" {
        // A text that this encoding was made for, or one that needs none of its letters.
        return text
            .chars()
            .flat_map(|c| Encoding::for_label(b"iso-8859-15").unwrap().encode(&c.to_string()).0.into_owned())
            .collect();
    }
    let (bytes, _, unmapped) = Encoding::for_label(name.as_bytes()).unwrap().encode(text);
    assert!(!unmapped, "{name} cannot write {text}");
    bytes.into_owned()
}

fn recognised(bytes: &[u8]) -> (String, u8, Option<(String, u8)>) {
    let choice = choose(&survey(bytes).unwrap(), None, None, "x").unwrap();
    (choice.reported(), choice.score, choice.runner_up())
}

/// Whether two encodings read the same text from the bytes.
fn reads_the_same(bytes: &[u8], text: &str) -> bool {
    choose(&survey(bytes).unwrap(), None, None, "x").unwrap().charset().decode(bytes) == text
}

#[test]
fn every_language_is_read_in_the_encoding_it_was_written_in() {
    let mut wrong = Vec::new();
    for (language, text, names) in TEXTS {
        for name in names {
            let bytes = encoded(text, name);
            let found = recognised(&bytes);
            println!("{language:26} {name:13} {found:?}");
            if !reads_the_same(&bytes, text) {
                wrong.push((language, *name, found));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn latin1_is_reported_and_read_as_windows_1252() {
    let name = |bytes: &[u8]| recognised(bytes).0;
    assert_eq!(name(b"R\xE9f\xE9rence;Qt\xE9\n"), "iso-8859-1");
    assert_eq!(name(b"R\xE9f\xE9rence;12 \x80\n"), "windows-1252");
    assert_eq!(name(b"hors-d'\x9Cuvre\n"), "windows-1252");
}

#[test]
fn few_accents_are_windows_1252_unless_they_cannot_be() {
    for text in [
        "Qté;1",
        "N° 3",
        "12 €",
        "Ø 12;1",
        "à",
        "Ø12",
        "Größe",
        "Año",
        "Été",
        "CÔTÉ",
        "l’été",
        "«a»",
        "½",
        "É",
        "m²",
        "5 µF",
        "½\"",
        "±5",
        "Ångström",
        "œuf",
        "d’eau; l’air; qu’il d’eau l’air d’un",
        "a – b – c – d – e – f – g",
        "a — b — c — d — e — f — g",
        "etc…; suite…; a…; b… ; c…; d…",
        "“mot” “mot” “mot” “mot” “mot”",
        "« mot » « a » « b » « c »",
        "CAFÉ;CLÉ;QTÉ;THÉ;BLÉ;PRÉ",
        "1\u{a0}234;2\u{a0}345;3\u{a0}456",
        "• a\n• b\n• c\n• d\n• e",
        "N°A12;N°B3",
        "2 × 3;4 × 5",
        "l´eau;d´eau",
        "½;½",
        "§ 3;§ 4",
        "È;QUALITÀ;PIÙ;QUANTITÀ",
    ] {
        let bytes = WINDOWS_1252.encode(text).0.into_owned();
        assert!(reads_the_same(&bytes, text), "{text} {:?}", recognised(&bytes));
    }
    // A low quote inside a word is none.
    assert_eq!(recognised(b"R\x82f;Qt\x82\n").0, "cp850");
    assert_eq!(recognised(b"R\x8Ef;1\n").0, "macintosh");
}

#[test]
fn one_word_over_and_over_proves_no_other_language() {
    let words = [
        "câble", "bûche", "pièce", "côté", "reçu", "être", "où", "boîte", "œuvre", "naïf", "Noël", "für", "Größe",
        "größer", "año", "más", "lunedì", "più", "però", "não", "botões", "está", "låda", "dør", "æske",
    ];
    for word in words {
        let text = format!("{word};1\n").repeat(50);
        let bytes = encoded(&text, "windows-1252");
        assert!(reads_the_same(&bytes, &text), "{word} {:?}", recognised(&bytes));
    }
}

#[test]
fn signs_stand_where_they_belong() {
    for (text, name) in [
        ("Prix;12,50 €\nPrix;3 €\nÉté;4 €\n", "iso-8859-15"),
        ("Cœur;1\nŒuvre;2\nÉté;4\n", "iso-8859-15"),
        ("N° article;Désignation\n1;Tôle 12 ± 3 µm\n", "cp850"),
        ("N° article;Désignation\n1;Tôle 12 ± 3 µm\n", "macintosh"),
        ("N° article;Désignation\n1;Câble 2,5 mm² ½ ®\n", "cp850"),
    ] {
        assert!(reads_the_same(&encoded(text, name), text), "{text} {name} {:?}", recognised(&encoded(text, name)));
    }
}

#[test]
fn east_asia_is_recognised_and_never_guessed_in_western_text() {
    let japanese = "部品番号;数量;品名\nA1;2;ドアハンドル\nA2;1;フィルターのセット\n";
    let korean = "부품번호;수량;품명\nA1;2;도어 핸들\nA2;1;필터 세트\n";
    let chinese = "零件号;数量;名称\nA1;2;车门把手\nA2;1;滤清器总成\n";
    let traditional = "零件編號;數量;名稱\nA1;2;車門把手\nA2;1;濾清器總成\n";
    for (encoding, text) in
        [(SHIFT_JIS, japanese), (EUC_JP, japanese), (EUC_KR, korean), (GBK, chinese), (BIG5, traditional)]
    {
        let bytes = encoding.encode(text).0.into_owned();
        assert_eq!(
            recognised(&bytes).0,
            encoding.name().to_ascii_lowercase(),
            "{:?}",
            survey(bytes.as_slice()).unwrap().readings
        );
    }
    for text in ["für\nStücke\nGeräte\nKühler\n", "Référe\nPièce\nentrée-"] {
        let bytes = WINDOWS_1252.encode(text).0.into_owned();
        assert_eq!(recognised(&bytes).0, "iso-8859-1");
    }
}

#[test]
fn a_file_in_utf8_that_breaks_off_is_windows_1252_from_there() {
    let mut bytes = "Référence;Qté;Désignation\n".repeat(1000).into_bytes();
    bytes.extend_from_slice(b"Pi\xE8ce d\xE9tach\xE9e;1;c\xF4t\xE9\n");
    assert_eq!(recognised(&bytes).0, "iso-8859-1");
}

#[test]
fn the_format_is_believed_as_long_as_it_can_be_right() {
    let text = TEXTS[1].1;
    let named = |bytes: &[u8], usual: &str| choose(&survey(bytes).unwrap(), None, Some(usual), "x").unwrap().name();
    assert_eq!(named(&encoded(text, "cp850"), "windows-1252"), "cp850");
    assert_eq!(named(&encoded(text, "windows-1252"), "iso-8859-15"), "iso-8859-15");
    assert_eq!(named(&encoded(text, "windows-1252"), "utf-8"), "windows-1252");
    assert_eq!(named(&encoded(text, "windows-1252"), "utf-16le"), "windows-1252");
    assert_eq!(named(text.as_bytes(), "windows-1252"), "utf-8");
    let wanted = choose(&survey(b"abc".as_slice()).unwrap(), Some("850"), None, "x").unwrap();
    assert_eq!((wanted.name().as_str(), wanted.score, wanted.runner_up()), ("cp850", 100, None));
}

const FRENCH: [&str; 24] = [
    "référence",
    "désignation",
    "quantité",
    "pièce",
    "détachée",
    "poignée",
    "réfrigérateur",
    "évaporateur",
    "câble",
    "côté",
    "tôle",
    "gâche",
    "clé",
    "forêt",
    "bûche",
    "reçu",
    "façade",
    "près",
    "déjà",
    "fenêtre",
    "intérieur",
    "extérieur",
    "arrière",
    "réservoir",
];

proptest! {
    #[test]
    fn french_words_in_any_order(places in proptest::collection::vec((0..FRENCH.len(), 0..4_usize, 1..999_u32), 5..60), name in proptest::sample::select(&WESTERN_NAMES[..])) {
        let mut text = String::from("Reference;Quantite;Libelle\n");
        for (place, form, number) in places {
            let word = FRENCH[place];
            // The first page of DOS has few accented capitals.
            let word = match form {
                0 if name != "cp437" => word.to_uppercase(),
                1 => format!("{}{}", &word[..word.chars().next().unwrap().len_utf8()].to_uppercase(), &word[word.chars().next().unwrap().len_utf8()..]),
                _ => word.to_owned(),
            };
            text.extend([format!("A{number};{number};{word} avant\n")]);
        }
        let bytes = encoded(&text, name);
        prop_assert!(reads_the_same(&bytes, &text), "{} {:?}\n{}", name, recognised(&bytes), text);
    }

    #[test]
    fn few_french_words_are_windows_1252(places in proptest::collection::vec(0..FRENCH.len(), 1..5), capitals in any::<bool>()) {
        let text = places.iter().map(|place| FRENCH[*place]).collect::<Vec<_>>().join(";1\n");
        let text = if capitals { text.to_uppercase() } else { text };
        let bytes = encoded(&text, "windows-1252");
        prop_assert!(reads_the_same(&bytes, &text), "{:?}\n{}", recognised(&bytes), text);
    }
}
