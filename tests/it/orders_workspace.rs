//! Orders of a workspace through the program, from the basket to the parts that came.

use std::fmt::Write as _;
use std::fs;

use bordereau::ledger::{BasketBook as _, LineFilter, OrderBook as _, OrderHead};
use bordereau::model::ManufacturerId;
use serde_json::Value;

use crate::shop::{Line, Shop};
use crate::support::{Ended, expect, root};

/// Lines of two manufacturers; the prices are those of the catalogue.
const LINES: [Line<'_>; 4] = [
    (4, "0070817965D", 249_000, 2, "CDE-117"),
    (4, "00123456", 385_000, 1, "CDE-117"),
    (4, "00123457", 96_000, 5, "CDE-118"),
    (1, "12X0345", 274_000, 1, ""),
];

/// A manufacturer that asks for everything; made up.
const STRICT: &str = "id = 4\nname = \"Orvélia\"\n[order]\nestimate-step = true\nterms-required = true\n\
    mandatory = [\"delivery_account\", \"delivery_option\"]\none-off-address = false\nform = \"xml\"\n\
    delivery-options = [{ code = \"EXP\", title = { fr = \"Express\", en = \"Express\" } }]\n";

fn shop() -> Shop {
    Shop::with(&LINES)
}

/// A shop whose manufacturer 4 asks for everything, and whose settings list the accounts.
fn strict() -> Shop {
    let mut shop = shop();
    shop.desk.put("formats/manufacturer/bsh-france.toml", STRICT);
    shop.general += " --formats formats";
    shop.desk.put("shop/bordereau.toml", "account = \"0064100\"\ndelivery-accounts = [\"12345-01\", \"12345-02\"]\n");
    shop
}

/// What the program says, in both languages.
fn snapshot(name: &str, shop: impl Fn() -> Shop, commands: &[&str]) {
    for language in ["fr", "en"] {
        let shop = shop();
        let mut text = String::new();
        for command in commands {
            let ended = shop.run(&format!("--lang {language} {command}"));
            writeln!(text, "$ bordereau {command}\nexit code {}", ended.code.unwrap()).unwrap();
            for (stream, said) in [("standard output", &ended.stdout), ("standard error", &ended.stderr)] {
                if !said.is_empty() {
                    write!(text, "--- {stream}\n{said}").unwrap();
                }
            }
            text.push('\n');
        }
        // The folder of a test has another name each time.
        let text = text.replace('\\', "/").replace(&shop.desk.path("").display().to_string(), "DESK/");
        expect(&root().join(format!("tests/it/snapshots/{name}-{language}.txt")), text.as_bytes());
        shop.is_whole();
    }
}

#[test]
fn an_order_is_told_from_the_basket_to_its_end() {
    let with_answer = || {
        let shop = shop();
        shop.desk.put(
            "answer.csv",
            "Commande;Ligne;Qté confirmée;Date de livraison;Remplacement;Statut;Message\n\
             B26-000001;1;2;10/03/2026;;confirmée;\n\
             B26-000001;2;;;00123458;202;plus fabriquée\n\
             B26-000001;9;1;;;208;\n\
             B26-000009;1;1;;;208;\n\
             B26-000001;3;cinq;;;perdue;\n",
        );
        shop
    };
    snapshot(
        "orders",
        with_answer,
        &[
            "order create -m 4 --dry-run",
            "order create -m 4 --for-order CDE-117",
            "order confirm B26-000001 --comment urgent",
            "order create -m 4 --confirm --desired-date 2026-03-10",
            "order response answer.csv --dry-run",
            "order response answer.csv",
            "order response answer.csv",
            "order backorders",
            "order receive b26-000001 --delivery-note BL77 --line 1=1",
            "order show B26-000001",
            "order backorders",
            "order cancel B26-000001 --reason trop-long",
            "order list",
            "order list --status SENT --csv",
        ],
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    snapshot(
        "orders-strict",
        strict,
        &[
            "order create -m 4 --delivery-option AIR --delivery-account 12345-03 --desired-date 2026-03-03 \
             --address-name Martin",
            "order create -m 4 --draft",
            "order confirm B26-000001",
            "order confirm B26-000001 --delivery-option EXP --accept-terms",
            "order confirm B26-000001",
        ],
    );
}

#[test]
fn the_lines_of_a_draft_leave_the_basket_and_come_back() {
    let shop = shop();
    let waiting = |shop: &Shop| {
        let filter = LineFilter { manufacturer: Some(ManufacturerId(4)), ..LineFilter::default() };
        shop.ledger().waiting_totals(&filter).unwrap().lines
    };
    assert_eq!(shop.done("order create -m 4 --line 1,3"), "B26-000001\n");
    assert_eq!(waiting(&shop), 1);
    assert!(shop.run("order create -m 4 --line 1").tells("LINE_NOT_WAITING"));
    assert_eq!(shop.json("order cancel B26-000001")["status"], "CANCELLED");
    assert_eq!(waiting(&shop), 3);
    shop.is_whole();
}

#[test]
fn a_document_that_was_not_written_is_written_at_the_next_start() {
    let shop = shop();
    shop.done("order create -m 4 --confirm --as json");
    let path = shop.path("out/orders/B26-000001.json");
    let document = fs::read(&path).unwrap();
    // The run ends between ledger and document.
    fs::remove_file(&path).unwrap();
    let store = rusqlite_update(&shop, "UPDATE purchase_order SET document_pending = 1");
    assert_eq!(store, 1);
    shop.done("order list");
    assert_eq!(fs::read(&path).unwrap(), document, "the same order gives the same bytes");
    assert!(shop.ledger().unwritten_orders().unwrap().is_empty());
    fs::remove_file(&path).unwrap();
    shop.done("order list");
    assert!(!path.exists(), "what was written once is the user's to take away");
}

/// Changes the ledger behind the program's back.
fn rusqlite_update(shop: &Shop, change: &str) -> usize {
    rusqlite::Connection::open(shop.path("ledger.sqlite")).unwrap().execute(change, []).unwrap()
}

#[test]
fn every_form_holds_the_order_and_the_manufacturer_says_which_one() {
    let shop = strict();
    shop.done("order create -m 4 --delivery-option EXP --accept-terms --confirm");
    let written = fs::read_to_string(shop.path("out/orders/B26-000001.xml")).unwrap();
    assert!(written.contains("0070817965D") && written.contains("12345-01"), "{written}");
    for form in ["csv", "xml", "json", "agora", "agora-xml", "agora-json"] {
        let text = shop.done(&format!("order export B26-000001 --as {form} -o -"));
        assert!(text.contains("0070817965D") && text.contains("EXP"), "{form}: {text}");
    }
    shop.done("order export B26-000001 --as xlsx -o order.xlsx");
    assert!(fs::read(shop.desk.path("order.xlsx")).unwrap().starts_with(b"PK"));
    shop.done("order print B26-000001 -o order.html");
    let page = fs::read_to_string(shop.desk.path("order.html")).unwrap();
    assert!(page.contains("@page { size: A4") && page.contains("0070817965D") && !page.contains("://"));
}

#[test]
fn prices_are_those_of_today_and_the_change_is_shown() {
    let shop = Shop::with(&[(4, "0070817965D", 200_000, 2, ""), (4, "99999999", 10_000, 1, "")]);
    let ended = shop.run("order create -m 4 --dry-run");
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(ended.tells("PART_WITHDRAWN") && ended.stderr.contains("PRICE_CHANGED"), "{}", ended.stderr);
    let planned = shop.json("order create -m 4 --line 1 --dry-run");
    let line = &planned["planned_lines"][0];
    assert_eq!((&line["known_price"], &line["unit_price"]), (&Value::from("20.00"), &Value::from("24.90")));
    let order = shop.json("order create -m 4 --line 1 --draft");
    assert_eq!((&order["status"], &order["amount"]), (&Value::from("DRAFT"), &Value::from("49.80")));
    assert_eq!((&order["ready"], &order["findings"][0]["code"]), (&Value::Bool(true), &Value::from("PRICE_CHANGED")));
    let ended = shop.run("order create -m 4 --draft");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(4), "B26-000002\n"), "kept although something is wrong");
    shop.is_whole();
}

#[test]
fn an_estimate_comes_from_the_file_else_from_the_catalogue() {
    let shop = strict();
    shop.desk.put(
        "prices.csv",
        "Référence;Prix;Dispo;Quantité;Livraison;Frais\n0070817965D;20,00;oui;1;12/03/2026;7,50\n00123456;30;non;;;\n",
    );
    let order = shop.json("order create -m 4 --delivery-option EXP --accept-terms --estimate prices.csv --draft");
    assert_eq!((&order["status"], &order["fees"]), (&Value::from("ESTIMATED"), &Value::from("7.50")));
    // 2 × 20.00 + 1 × 30.00 + 5 × 9.60
    assert_eq!(order["amount"], "118.00");
    let shown = shop.json("order show B26-000001");
    let lines = &shown["order_lines"];
    assert_eq!((&lines[0]["available"], &lines[0]["promised_date"]), (&Value::Bool(true), &Value::from("2026-03-12")));
    assert_eq!((&lines[1]["available"], &lines[2]["available"]), (&Value::Bool(false), &Value::Bool(true)));
    let sent = shop.json("order confirm B26-000001");
    assert_eq!((&sent["status"], &sent["amount"]), (&Value::from("SENT"), &Value::from("118.00")));
    shop.desk.put("bad.csv", "Référence;Prix\n12X0345;douze\n");
    assert!(shop.run("order create -m 1 --estimate bad.csv").tells("RESPONSE_VALUE_INVALID"));
}

#[test]
fn what_an_agora_file_says_of_an_order_is_offered() {
    let shop = Shop::new();
    let head = OrderHead {
        manufacturer: 4,
        customer_order_number: "CDE-117".to_owned(),
        delivery_account: "12345-02".to_owned(),
        delivery_option: "EXP".to_owned(),
        comment: "livrer lundi".to_owned(),
        address: r#"{"name":"Atelier Martin","address1":"12 rue de l'Église","zip":"64100","town":"Bayonne","country":"250"}"#
            .to_owned(),
        ..OrderHead::default()
    };
    shop.fill(&LINES, vec![head]);
    let order = shop.json("order create -m 4 --for-order CDE-117 --draft");
    assert_eq!(
        (&order["delivery_account"], &order["comment"]),
        (&Value::from("12345-02"), &Value::from("livrer lundi"))
    );
    assert_eq!(order["address"]["town"], "Bayonne");
    assert_eq!(order["terms_accepted_at"], Value::Null, "no file accepts terms");
    let order = shop.json("order create -m 4 --comment autre --account-address --draft");
    assert_eq!((&order["comment"], &order["address"]), (&Value::from("autre"), &Value::Null));
}

#[test]
fn answers_of_any_kind_of_file_are_taken_once() {
    let shop = shop();
    shop.done("order create -m 4 --confirm");
    shop.desk.put(
        "answer.json",
        r#"[{"order":"B26-000001","line":1,"shipped quantity":2,"manufacturer reference":"M-9"},
            {"order":"B26-000001","line":2,"status":"208"}]"#,
    );
    let told = shop.json("order response answer.json");
    assert_eq!((&told["taken"], &told["changed"][0]["to"]), (&Value::from(2), &Value::from("PARTLY_SHIPPED")));
    let again = shop.run("order response answer.json");
    assert!(again.tells("RESPONSE_REPEATED") && again.code == Some(5), "{}", again.stderr);
    shop.desk.put("more.csv", "Manufacturer reference;Part;Shipped\nM-9;00123457;5\n");
    assert_eq!(shop.json("order response more.csv")["changed"][0]["to"], "SHIPPED");
    assert!(shop.done("order list --manufacturer-reference M-9 --csv").contains("B26-000001"));
    assert!(shop.done("order list --part 00123457 --csv").contains("B26-000001"));
    assert!(!shop.done("order list --until 2026-03-03 --csv").contains("B26-000001"));
    shop.done("order receive B26-000001 --delivery-note BL1 --all");
    assert_eq!(shop.json("order show B26-000001")["status"], "RECEIVED");
    shop.is_whole();
}

/// A command in a shop whose only order was sent.
pub(crate) fn after_sending(command: &str) -> Ended {
    let shop = shop();
    shop.done("order create -m 4 --confirm");
    let ended = shop.run(command);
    shop.is_whole();
    ended
}

/// An answer of one row about that order.
pub(crate) fn answered(row: &str) -> Ended {
    let shop = shop();
    shop.done("order create -m 4 --confirm");
    shop.desk.put("answer.csv", format!("Order;Line;Confirmed;Shipped;Status\n{row}\n"));
    let ended = shop.run("order response answer.csv");
    shop.is_whole();
    ended
}

/// An order of the manufacturer that asks for everything, with more said of it.
pub(crate) fn strictly(more: &str) -> Ended {
    strict().run(&format!("order create -m 4 {more} --dry-run"))
}

/// The same with all that it asks for.
pub(crate) fn nearly(more: &str) -> Ended {
    strictly(&format!("--accept-terms {more}"))
}

#[test]
fn the_samples_of_answers_are_read_whole() {
    for (file, rows, taken) in [("reponse.csv", 3, 3), ("answer.json", 2, 2), ("answer.xlsx", 2, 2)] {
        let shop = shop();
        shop.done("order create -m 4 --confirm");
        shop.desk.bring(&format!("responses/{file}"), file);
        let told = shop.json(&format!("order response {file}"));
        assert_eq!((&told["rows"], &told["taken"]), (&Value::from(rows), &Value::from(taken)), "{file}: {told}");
        shop.is_whole();
    }
    let shop = shop();
    shop.desk.bring("responses/prices.csv", "prices.csv");
    let order = shop.json("order create -m 4 --line 1,2 --estimate prices.csv --draft");
    assert_eq!((&order["status"], &order["amount"]), (&Value::from("ESTIMATED"), &Value::from("88.30")));
}
