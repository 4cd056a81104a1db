use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::model::{Day, Moment, Money};
use crate::report::text::Text;

struct Row {
    label: &'static str,
    count: i64,
    amount: Option<i64>,
    day: (u32, u32, u32),
    status: &'static str,
    is_open: bool,
}

const fn word(french: &'static str, english: &'static str) -> Text {
    Text { french, english }
}

fn list(rows: Vec<Row>) -> Listing<Row> {
    type Of = Column<Row>;

    let columns = [
        Of::text("label", word("désignation", "label"), |row| Some(row.label.into())),
        Of::number("count", word("nombre", "count"), |row| Some(row.count)).totalled(),
        Of::money("amount", word("montant", "amount"), |row| row.amount.map(Money::from_ten_thousandths)).totalled(),
        Of::day("day", word("jour", "day"), |row| Day::new(row.day.0, row.day.1, row.day.2)),
        Of::moment("moment", word("moment", "moment"), |row| {
            Moment::parse(&format!("{:04}-{:02}-{:02}T18:05:09Z", row.day.0, row.day.1, row.day.2))
        })
        .unusual(),
        Of::word("status", word("statut", "status"), |row| match row.status {
            "" => None,
            name => Some(Word { name, text: word("accepté", "accepted") }),
        }),
        Of::flag("open", word("ouvert", "open"), |row| Some(row.is_open)).unusual(),
    ];
    Listing::new("things", columns, rows)
}

fn rows() -> Vec<Row> {
    let row = |label, count, amount, day, status, is_open| Row { label, count, amount, day, status, is_open };
    vec![
        row("Zinc; \"fin\"", 2, Some(125_000), (2026, 3, 4), "accepted", true),
        row("écrou", -10, None, (1899, 12, 31), "", false),
        row("Écran\u{1b}[2J\n", 300, Some(-1), (2028, 2, 29), "accepted", false),
        row("=1+1", 2, Some(i64::MAX), (2026, 3, 4), "accepted", true),
    ]
}

fn table(list: &Listing<Row>, width: Option<usize>, language: Language) -> String {
    let mut out = Vec::new();
    list.write_table(&mut out, width, language).unwrap();
    String::from_utf8(out).unwrap()
}

fn csv(list: &Listing<Row>, profile: Profile) -> String {
    let mut out = Vec::new();
    list.write_csv(&mut out, profile, Language::French).unwrap();
    String::from_utf8(out).unwrap()
}

fn labels(list: &Listing<Row>) -> Vec<&'static str> {
    list.rows().iter().map(|row| row.label.trim_end()).collect()
}

#[test]
fn a_table_is_aligned_and_harmless() {
    let mut list = list(rows().into_iter().take(3).collect());
    assert_eq!(
        table(&list, None, Language::French),
        "désignation       nombre  montant  jour        statut\n\
         Zinc; \"fin\"            2    12,50  2026-03-04  accepté\n\
         écrou                -10           1899-12-31\n\
         Écran\\u{1b}[2J\\n     300  -0,0001  2028-02-29  accepté\n\
         Total                292  12,4999\n"
    );
    list.select("open,moment").unwrap();
    assert_eq!(
        table(&list, None, Language::English),
        "open  moment\nyes   2026-03-04 18:05\nno    1899-12-31 18:05\nno    2028-02-29 18:05\n"
    );
}

#[test]
fn only_texts_are_cut_to_the_terminal_and_not_to_nothing() {
    let mut list = list(rows().into_iter().take(1).collect());
    list.rows[0].label = "A label that is as long as labels get when nobody stops them";
    let cut = table(&list, Some(60), Language::English);
    assert!(cut.lines().all(|line| line.chars().count() <= 60) && cut.contains("A label that is as lon… "), "{cut}");
    let narrow = table(&list, Some(1), Language::English);
    assert!(narrow.contains("A label tha…") && narrow.contains("2026-03-04"), "{narrow}");
}

#[test]
fn sums_are_of_all_rows_and_none_when_they_leave_the_range() {
    let mut list = list(rows());
    list.limit(1);
    assert_eq!(table(&list, None, Language::English).lines().last().unwrap().split_whitespace().count(), 2);
    list.rows[3].amount = Some(60_000);
    let shown = table(&list, None, Language::English);
    let total: Vec<_> = shown.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(total, ["Total", "294", "18.4999"], "{shown}");
}

#[test]
fn rows_are_sorted_by_what_they_mean_and_stay_where_nothing_tells_them_apart() {
    let sorted = |names: &str| {
        let mut list = list(rows());
        list.sort(names).unwrap();
        labels(&list)
    };
    let [zinc, nut, screen, formula] = ["Zinc; \"fin\"", "écrou", "Écran\u{1b}[2J", "=1+1"];
    assert_eq!(sorted("label"), [formula, screen, nut, zinc]);
    assert_eq!(sorted("-count"), [screen, zinc, formula, nut]);
    assert_eq!(sorted("amount"), [screen, zinc, formula, nut], "what is empty stands last");
    assert_eq!(sorted("-amount"), [formula, zinc, screen, nut], "either way");
    assert_eq!(sorted("open, -day"), [screen, nut, zinc, formula]);
    assert_eq!(sorted("status"), [zinc, screen, formula, nut]);
}

#[test]
fn columns_are_those_of_the_list() {
    let mut list = list(rows());
    for (names, suggestion) in [("lable", Some("label")), ("label,", None), ("", None), ("-label", Some("label"))] {
        let error = list.select(names).unwrap_err();
        assert_eq!((error.code, error.arguments.get("suggestion")), (Code::ColumnUnknown, suggestion), "{names}");
    }
    assert_eq!(list.sort("--label").unwrap_err().code, Code::ColumnUnknown);
    list.select("Désignation,amount,STATUT").unwrap();
    assert_eq!(csv(&list, Profile::Machine).lines().next(), Some("label;amount;status"));
    list.select("status, label,label").unwrap();
    assert_eq!(csv(&list, Profile::Machine).lines().next(), Some("status;label"));
}

#[test]
fn programs_read_names_and_people_headings() {
    let list = list(rows());
    assert_eq!(
        csv(&list, Profile::Machine),
        "label;count;amount;day;moment;status;open\n\
         \"Zinc; \"\"fin\"\"\";2;12.50;2026-03-04;2026-03-04T18:05:09Z;accepted;yes\n\
         écrou;-10;;1899-12-31;1899-12-31T18:05:09Z;;no\n\
         \"Écran\u{1b}[2J\n\";300;-0.0001;2028-02-29;2028-02-29T18:05:09Z;accepted;no\n\
         =1+1;2;922337203685477.5807;2026-03-04;2026-03-04T18:05:09Z;accepted;yes\n"
    );
    let people = csv(&list, Profile::ExcelFr);
    assert!(people.starts_with("\u{feff}désignation;nombre;montant;jour;moment;statut;ouvert\r\n"), "{people}");
    assert!(people.contains("\r\nécrou;-10;;31/12/1899;31/12/1899 18:05:09;;non\r\n"), "{people}");
    assert!(people.contains("\r\n'=1+1;2;"), "{people}");
}

#[test]
fn json_says_what_is_known_and_what_is_not() {
    let mut out = Vec::new();
    let mut list = list(rows());
    list.limit(2);
    list.write_json(&mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"kind": "things", "version": 1, "rows": [
            {"label": "Zinc; \"fin\"", "count": 2, "amount": "12.50", "day": "2026-03-04",
             "moment": "2026-03-04T18:05:09Z", "status": "accepted", "open": true},
            {"label": "écrou", "count": -10, "amount": null, "day": "1899-12-31",
             "moment": "1899-12-31T18:05:09Z", "status": null, "open": false},
        ]})
    );
    let text = String::from_utf8(out).unwrap();
    assert!(text.find("\"label\"") < text.find("\"count\""), "in the order of the columns");
}

#[test]
fn a_workbook_has_cells_of_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let write = || {
        let mut out = Cursor::new(Vec::new());
        list(rows()).write_workbook(&mut out, folder.path(), Language::French).unwrap();
        out.into_inner()
    };
    let bytes = write();
    assert_eq!(bytes, write(), "the same list gives the same bytes");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |row, column| sheet.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!((cell(0, 0), cell(0, 6)), (Data::String("désignation".into()), Data::String("ouvert".into())));
    assert_eq!((cell(1, 1), cell(1, 2)), (Data::Float(2.0), Data::Float(12.5)));
    // Days since 30 December 1899, as Python's datetime counts them.
    let days = |row, column| match cell(row, column) {
        Data::DateTime(moment) => moment.as_f64(),
        other => panic!("{other:?}"),
    };
    assert!((days(1, 3) - 46_085.0).abs() < 1e-9 && (days(1, 4) - 46_085.753_576).abs() < 1e-6);
    assert_eq!((cell(1, 5), cell(1, 6)), (Data::String("accepté".into()), Data::String("oui".into())));
    assert_eq!((cell(2, 2), cell(2, 3)), (Data::Empty, Data::String("1899-12-31".into())));
    assert_eq!((cell(4, 0), cell(4, 2)), (Data::String("=1+1".into()), Data::String("922337203685477.5807".into())));
}

#[test]
fn an_empty_list_has_headings_and_no_rows() {
    let list = list(Vec::new());
    assert_eq!(table(&list, Some(80), Language::English), "label  count  amount  day  status\n");
    assert_eq!(csv(&list, Profile::Machine), "label;count;amount;day;moment;status;open\n");
    let mut out = Vec::new();
    list.write_json(&mut out).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap()["rows"], serde_json::json!([]));
    let mut out = Cursor::new(Vec::new());
    list.write_workbook(&mut out, &std::env::temp_dir(), Language::English).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(out).unwrap();
    assert_eq!(book.worksheet_range_at(0).unwrap().unwrap().height(), 1);
}
