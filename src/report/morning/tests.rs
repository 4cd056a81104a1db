//! The sheet in both languages, in two widths, with texts of strangers and with more than fits.

use super::*;
use crate::ledger::{
    Appointment, Brought, CodeCount, FileCount, Outcome, OwedParts, Totals, Waiting, WaitingBasket, WaitingClaims,
    WaitingOrders, WaitingWorkOrders,
};
use crate::model::{Errand, Money};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn totals(lines: u64, quantity: u64, amount: i64) -> Totals {
    Totals { lines, quantity, amount: Money::from_ten_thousandths(amount) }
}

fn waiting(count: u64, since: &str) -> Waiting {
    Waiting { count, since: Some(at(since)) }
}

fn none() -> Morning {
    Morning {
        files: Vec::new(),
        brought: Vec::new(),
        answered_claims: 0,
        refused: Vec::new(),
        baskets: Vec::new(),
        orders: Vec::new(),
        owed: Vec::new(),
        claims: Vec::new(),
        repair_drafts: Waiting::default(),
        work_orders: Vec::new(),
        appointments: Vec::new(),
        solutions: Waiting::default(),
    }
}

fn sheet(morning: Morning) -> MorningSheet {
    let names = [(4, "BSH (France)"), (15, "Groupe Seb")];
    MorningSheet {
        night: Night {
            since: at("2026-03-03T17:00:00Z"),
            until: at("2026-03-04T06:00:00Z"),
            today: Day::new(2026, 3, 4).unwrap(),
            soon: at("2026-03-04T10:00:00Z"),
            answered_by: at("2026-02-27T06:00:00Z"),
            invoiced_by: at("2026-02-28T23:00:00Z"),
        },
        zone: Zone::named("Europe/Paris").unwrap(),
        account: "0064100".to_owned(),
        morning,
        names: names.map(|(id, name)| (ManufacturerId(id), name.to_owned())).into(),
        to_correct: Vec::new(),
        put_aside: Vec::new(),
        older_put_aside: 0,
        in_inbox: 0,
        in_outbox: 0,
    }
}

/// A night in which everything happened, with so many manufacturers and files.
fn full(many: u32, file: &str) -> MorningSheet {
    let ids = || (0..many).map(|number| ManufacturerId(if number == 0 { 4 } else { 14 + number }));
    let outcomes =
        [(Errand::Order, Outcome::Accepted), (Errand::Order, Outcome::Partial), (Errand::Deposit, Outcome::Rejected)];
    let files = outcomes.map(|(errand, outcome)| FileCount {
        errand,
        outcome,
        files: 12,
        read: 1400,
        accepted: 1390,
        rejected: 10,
    });
    let old = "2026-03-02T23:30:00Z";
    let morning = Morning {
        files: files.into(),
        brought: ids().map(|manufacturer| Brought { manufacturer, totals: totals(1390, 2000, 123_456_700) }).collect(),
        answered_claims: 4,
        refused: Vec::new(),
        baskets: ids()
            .map(|manufacturer| WaitingBasket { manufacturer, totals: totals(7, 9, 12_345_000), since: Some(at(old)) })
            .collect(),
        orders: ids()
            .map(|manufacturer| WaitingOrders {
                manufacturer,
                drafts: waiting(1, old),
                unanswered: waiting(2, old),
                overdue: 1,
            })
            .collect(),
        owed: ids().map(|manufacturer| OwedParts { manufacturer, back_orders: 3, quantity: 8, late: 1 }).collect(),
        claims: ids()
            .map(|id| WaitingClaims {
                manufacturer: Some(id).filter(|id| id.0 != 4),
                drafts: waiting(2, old),
                sent_back: waiting(1, old),
                ready: waiting(5, old),
                unanswered: waiting(6, old),
                uninvoiced: 1,
            })
            .collect(),
        repair_drafts: waiting(1, old),
        work_orders: ids()
            .map(|manufacturer| WaitingWorkOrders {
                manufacturer,
                arrived: 2,
                undecided: waiting(3, old),
                overdue: 1,
                due_soon: 1,
                next: Some(at("2026-03-04T09:00:00Z")),
            })
            .collect(),
        appointments: (0..many)
            .map(|number| Appointment {
                repair: i64::from(number) + 7,
                manufacturer: Some(ManufacturerId(4)),
                report_number: format!("{file}{number}"),
                at: "2026-03-04T09:30".to_owned(),
            })
            .collect(),
        solutions: waiting(1, old),
    };
    let to_correct = (0..many).map(|number| ToCorrect {
        refused: RefusedFile {
            errand: if number % 2 == 0 { Errand::Order } else { Errand::Deposit },
            number: i64::from(number) + 1,
            file: file.to_owned(),
            open: u64::from(number % 3),
            causes: ["QTY_EMPTY", "REF_UNKNOWN", "DATE_INVALID", "MANDATORY", "CODE_UNKNOWN"]
                .map(|code| CodeCount { code: code.to_owned(), times: 3 })
                .into(),
            reports: None,
        },
        workbook: Some(PathBuf::from("out/import-000001/errors.xlsx")),
    });
    let aside = (0..many).map(|number| PutAside {
        place: format!("rejected/{file}{number}"),
        said: format!("error[FILE_BINARY]: {file} is no text file, and this sentence goes on for longer than a line"),
    });
    MorningSheet {
        to_correct: to_correct.collect(),
        put_aside: aside.collect(),
        older_put_aside: 3,
        in_inbox: 2,
        in_outbox: 11,
        ..sheet(morning)
    }
}

#[test]
fn a_night_is_told_in_both_languages() {
    let mut told = String::new();
    for language in [Language::French, Language::English] {
        for width in [80, 60] {
            let text = render_morning(&full(2, "commande.csv"), width, language);
            assert!(!text.contains(['{', '}']), "{text}");
            for line in text.lines().filter(|line| !line.starts_with("    → ")) {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
            told.extend([&*text, "======\n"]);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn an_empty_night_is_told_kindly() {
    let told = |language| render_morning(&sheet(none()), 80, language);
    let french = told(Language::French);
    assert!(
        french.contains("Rien n'est arrivé cette nuit. Bonne journée") && french.contains("tout est fait"),
        "{french}"
    );
    let english = told(Language::English);
    assert_eq!(
        english,
        "Morning sheet of 2026-03-04\nfrom 2026-03-03 18:00 to 2026-03-04 07:00 · 0064100\n\nWhat came in the night\n  \
         Nothing came this night. Have a good day!\n\nTo do\n  Nothing waits: all is done.\n"
    );
    assert!(morning_html(&sheet(none()), Language::French).contains("Bonne journée"));
}

#[test]
fn a_terrible_night_still_fits_on_a_page() {
    let sheet = full(500, "commande.csv");
    let page = morning_html(&sheet, Language::French);
    // Rows of tables and items of lists, at their size in print, with titles: see html.css.
    let rows = page.matches("<tr>").count() + page.matches("<li>").count();
    assert!(rows <= 47, "{rows} rows");
    assert!(page.contains("492 de plus"));
    let text = render_morning(&sheet, 80, Language::English);
    assert!(text.lines().count() < 130, "{}", text.lines().count());
    let object = serde_json::to_value(MorningObject::of(&sheet)).unwrap();
    assert_eq!(object["manufacturers"].as_array().unwrap().len(), 501, "programs get all of it");
    assert_eq!(object["to_correct"].as_array().unwrap().len(), 500);
}

#[test]
fn no_text_of_strangers_is_markup_or_moves_a_terminal() {
    let sheet = full(2, "<script>alert('x')</script>\u{1b}[2J\u{202E}&.csv");
    let page = morning_html(&sheet, Language::French);
    assert!(!page.contains("<script") && !page.contains(['\u{1b}', '\u{202E}']), "{page}");
    assert!(page.contains("Content-Security-Policy") && !page.contains("http://") && !page.contains("https://"));
    let text = render_morning(&sheet, 80, Language::French);
    assert!(!text.contains(['\u{1b}', '\u{202E}']), "{text}");
}

#[test]
fn the_object_adds_up() {
    let object = serde_json::to_value(MorningObject::of(&full(2, "a.csv"))).unwrap();
    assert_eq!((&object["since"], &object["work_orders_arrived"]), (&"2026-03-03T17:00:00Z".into(), &4.into()));
    let [unknown, bsh, seb] = object["manufacturers"].as_array().unwrap().as_slice() else { panic!("{object}") };
    assert_eq!((&unknown["manufacturer"], &unknown["claim_drafts"]["count"]), (&serde_json::Value::Null, &2.into()));
    assert_eq!((&bsh["name"], &bsh["claim_drafts"]["count"]), (&"BSH (France)".into(), &0.into()));
    assert_eq!(
        (&seb["basket"]["amount"], &seb["orders_unanswered"]["since"]),
        (&"1234.50".into(), &"2026-03-02T23:30:00Z".into())
    );
}
