//! A week of a service centre, played through the program: every number adds up at every step.

use std::fs;

use serde_json::Value;

use crate::support::{Desk, Ended, records, samples, summary, written};

/// Lines, parts and ten-thousandths of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    lines: i64,
    quantity: i64,
    amount: i64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        let Self { lines, quantity, amount } = other;
        Self { lines: self.lines + lines, quantity: self.quantity + quantity, amount: self.amount + amount }
    }

    fn minus(self, other: Self) -> Self {
        let Self { lines, quantity, amount } = other;
        self.plus(Self { lines: -lines, quantity: -quantity, amount: -amount })
    }

    /// What the rows of a list come to.
    fn of(rows: &[Value]) -> Self {
        rows.iter().fold(Self::default(), |sums, row| {
            let number = |name: &str| row[name].as_i64().unwrap();
            sums.plus(Self { lines: number("lines"), quantity: number("quantity"), amount: money(&row["amount"]) })
        })
    }
}

/// Ten-thousandths of an amount such as `"12.50"`.
fn money(value: &Value) -> i64 {
    let text = value.as_str().unwrap();
    let (whole, decimals) = text.split_once('.').unwrap();
    whole.parse::<i64>().unwrap() * 10_000 + format!("{decimals:0<4}").parse::<i64>().unwrap()
}

/// The workspace, and what its baskets must come to.
struct Week {
    desk: Desk,
    now: &'static str,
    waiting: Sums,
    imports: u32,
}

impl Week {
    fn begin() -> Self {
        let desk = Desk::new();
        for line in ["init .", "catalogue load catalogue.csv"] {
            assert_eq!(desk.run(line).code, Some(0), "{line}");
        }
        let account = "account = \"0064100\"\ndelivery-accounts = [\"12345-02\", \"12345-09\"]\n";
        desk.put("bordereau.toml", account);
        Self { desk, now: "2026-03-02T08:00:00Z", waiting: Sums::default(), imports: 0 }
    }

    fn run(&self, line: &str, exit: i32) -> Ended {
        let ended = self.desk.run_at(self.now, line);
        assert_eq!(ended.code, Some(exit), "{line}: {}{}", ended.stdout, ended.stderr);
        ended
    }

    fn list(&self, line: &str) -> Vec<Value> {
        let json: Value = serde_json::from_str(&self.run(&format!("{line} --json"), 0).stdout).unwrap();
        json["rows"].as_array().unwrap().clone()
    }

    /// Imports a file and checks that the baskets got just what its summary says.
    fn import(&mut self, line: &str, exit: i32) -> Value {
        self.run(line, exit);
        self.imports += 1;
        let summary = summary(&self.desk.path(&format!("out/import-{:06}", self.imports)));
        let rows: Vec<_> = summary["manufacturers"].as_object().unwrap().values().cloned().collect();
        let came = rows.iter().fold(Sums::default(), |sums, row| {
            let lines = row["basket_lines"].as_i64().unwrap();
            sums.plus(Sums { lines, quantity: row["quantity"].as_i64().unwrap(), amount: money(&row["amount"]) })
        });
        self.waiting = self.waiting.plus(came);
        let count = |name: &str| summary[name].as_i64().unwrap();
        assert_eq!(count("read"), count("accepted") + count("rejected") + count("ignored"), "{line}");
        summary
    }

    /// Checks that the baskets come to what they must, however they are counted.
    #[track_caller]
    fn adds_up(&self) {
        let baskets = Sums::of(&self.list("basket list"));
        assert_eq!(baskets, self.waiting);
        let lines = self.list("basket show");
        let quantity: i64 = lines.iter().map(|row| row["quantity"].as_i64().unwrap()).sum();
        let amount: i64 = lines.iter().map(|row| money(&row["amount"])).sum();
        let shown = Sums { lines: i64::try_from(lines.len()).unwrap(), quantity, amount };
        assert_eq!(shown, self.waiting, "line by line");
        self.sheet_adds_up();
        let doctor = self.desk.run("doctor");
        assert_eq!(doctor.code, Some(0), "{}", doctor.stdout);
    }
}

impl Week {
    /// Checks that the sheet of the morning says of the week so far what the lists say.
    #[track_caller]
    fn sheet_adds_up(&self) {
        let sheet: Value = serde_json::from_str(&self.run("morning --since 2026-03-01 --json", 0).stdout).unwrap();
        let all = |rows: &[Value], names: [&str; 4]| {
            names.map(|name| rows.iter().map(|row| row[name].as_i64().unwrap_or(1)).sum::<i64>())
        };
        let files = sheet["files"].as_array().unwrap();
        let of = |errand: &str| files.iter().filter(|row| row["errand"] == errand).cloned().collect::<Vec<_>>();
        let imports: Vec<_> = self.list("import list").into_iter().filter(|row| row["origin"] != "TYPED").collect();
        let counts = ["files", "read", "accepted", "rejected"];
        assert_eq!(all(&of("ORDER"), counts), all(&imports, counts));
        assert_eq!(all(&of("DEPOSIT"), counts), all(&self.list("deposits list"), counts));
        let manufacturers: Vec<_> = sheet["manufacturers"].as_array().unwrap().clone();
        let part = |name: &str| manufacturers.iter().map(|each| each[name].clone()).collect::<Vec<_>>();
        assert_eq!(Sums::of(&part("basket")), self.waiting, "what waits");
        let held = imports.iter().filter(|row| row["status"] == "DONE" || row["status"] == "PARTIAL");
        let accepted: i64 = held.map(|row| row["accepted"].as_i64().unwrap()).sum();
        assert_eq!(Sums::of(&part("came")).lines, accepted, "what came");
        let sent = self.list("order list --status SENT").len();
        let unanswered: i64 = part("orders_unanswered").iter().map(|each| each["count"].as_i64().unwrap()).sum();
        assert_eq!(usize::try_from(unanswered), Ok(sent));
        let back_orders: i64 = manufacturers.iter().map(|each| each["back_orders"].as_i64().unwrap()).sum();
        assert_eq!(usize::try_from(back_orders), Ok(self.list("order backorders").len()));
        let faulty = imports.iter().filter(|row| row["status"] == "PARTIAL" || row["status"] == "REJECTED");
        let open: i64 = faulty.map(|row| row["rejected"].as_i64().unwrap() - row["corrected"].as_i64().unwrap()).sum();
        let to_correct = sheet["to_correct"].as_array().unwrap();
        let to_correct =
            to_correct.iter().filter(|file| file["errand"] == "ORDER").map(|file| file["open"].as_i64().unwrap());
        assert_eq!(to_correct.sum::<i64>(), open, "what is to be corrected");
    }
}

fn sample(name: &str) -> String {
    samples().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_week_of_a_service_centre_adds_up() {
    let mut week = Week::begin();
    monday(&mut week);
    tuesday(&mut week);
    wednesday(&mut week);
    let ordered = thursday(&mut week);
    friday(&mut week, ordered);
}

/// The files of three senders, each in its own layout.
fn monday(week: &mut Week) {
    for (file, exit) in [
        ("orders/atelier-export/atelier_2026-03-04.csv", 3),
        ("orders/northgate-orders/northgate-2026-03-04.csv", 3),
        ("orders/cuisiniste-tableur/semaine_10.csv", 3),
    ] {
        week.import(&format!("import {}", sample(file)), exit);
        week.adds_up();
    }
}

/// An Agora file, of which one line is there already; the first file once more, renamed; its corrected list.
fn tuesday(week: &mut Week) {
    week.now = "2026-03-03T08:00:00Z";
    let agora = week.import(&format!("import {}", sample("agora/valid/order.txt")), 3);
    let faults = records(&week.desk.path("out/import-000004/errors.csv"));
    assert_eq!((agora["accepted"].as_i64(), faults[1][2].as_str()), (Some(2), "LINE_ALREADY_TAKEN"));
    week.adds_up();
    fs::copy(sample("orders/atelier-export/atelier_2026-03-04.csv"), week.desk.path("encore.csv")).unwrap();
    week.run("import encore.csv", 5);
    week.imports += 1;
    week.adds_up();
    let mut rows = records(&week.desk.path("out/import-000001/refused.csv"));
    let quantity = rows[0].iter().position(|heading| heading == "Qté").unwrap();
    for row in rows.iter_mut().skip(1).filter(|row| row[quantity] == "1,5") {
        "2".clone_into(&mut row[quantity]);
    }
    week.desk.put("corrected.csv", written(&rows));
    let corrected = week.import("import corrected.csv", 3);
    assert_eq!(corrected["accepted"].as_i64(), Some(1));
    week.adds_up();
    let imports = week.list("import list");
    let first = imports.iter().find(|row| row["import"] == 1).unwrap();
    assert_eq!(first["corrected"].as_i64(), Some(1), "the first file's counts follow");
}

/// A list for the workshop, a line typed, a line taken out, prices that changed.
fn wednesday(week: &mut Week) {
    week.now = "2026-03-04T08:00:00Z";
    week.desk.put("liste.txt", "0070817965D;2\nMS-623210;1\n");
    week.run("basket prepare liste.txt", 0);
    week.imports += 1;
    let before = week.waiting;
    week.waiting = Sums::of(&week.list("basket list"));
    let added = week.waiting.minus(before);
    assert_eq!((added.quantity, added.amount), (3, 2 * 249_000 + 62_000), "some of it joins lines that wait");
    week.run("basket add SS-203045 2 --mission-order OM26-1", 0);
    week.imports += 1;
    week.waiting = week.waiting.plus(Sums { lines: 1, quantity: 2, amount: 480_000 });
    week.adds_up();
    let gone = week.list("basket show --customer-order-number NG-1001");
    assert_eq!(gone.len(), 2);
    week.run("basket remove --customer-order-number NG-1001", 0);
    let amount = gone.iter().map(|row| money(&row["amount"])).sum();
    let quantity = gone.iter().map(|row| row["quantity"].as_i64().unwrap()).sum();
    week.waiting = week.waiting.minus(Sums { lines: 2, quantity, amount });
    week.adds_up();
}

/// Two orders of a part of their baskets.
fn thursday(week: &mut Week) -> Sums {
    week.now = "2026-03-05T08:00:00Z";
    let lines = |manufacturer: u32| -> Vec<String> {
        let rows = week.list(&format!("basket show {manufacturer}"));
        rows.iter().take(3).map(|row| row["line"].to_string()).collect()
    };
    for (manufacturer, chosen) in [(4, lines(4)), (15, lines(15))] {
        week.run(
            &format!(
                "order create --manufacturer {manufacturer} --line {} --customer-order-number S10 --accept-terms --confirm",
                chosen.join(",")
            ),
            0,
        );
    }
    let orders = week.list("order list");
    let ordered = Sums::of(&orders);
    assert_eq!((orders.len(), ordered.lines), (2, 6));
    week.waiting = week.waiting.minus(ordered);
    week.adds_up();
    let shares = week.list("stats");
    assert_eq!(Sums::of(&shares), ordered, "statistics count what was ordered");
    let document = records(&week.desk.path("out/orders/B26-000001.csv"));
    assert_eq!(document.len(), 1 + 3);
    ordered
}

/// An answer with a replacement, half a delivery, and every filter.
fn friday(week: &mut Week, ordered: Sums) {
    week.now = "2026-03-06T08:00:00Z";
    let document = records(&week.desk.path("out/orders/B26-000001.csv"));
    let reference = |line: usize| {
        let column = document[0].iter().position(|heading| heading == "reference").unwrap();
        document[line][column].clone()
    };
    week.desk.put(
        "reponse.csv",
        format!(
            "Commande;Ligne;Référence;Qté confirmée;Date de livraison;Remplacement;Statut;Qté expédiée\n\
             B26-000001;1;{};2;10/03/2026;;confirmée;\n\
             B26-000001;2;{};;;00123458;202;\n\
             B26-000001;3;{};;;;208;1\n",
            reference(1),
            reference(2),
            reference(3)
        ),
    );
    week.run("order response reponse.csv", 0);
    week.run("order response reponse.csv", 5);
    week.run("order receive B26-000001 --delivery-note BL-77 --line 3=1", 0);
    let backorders = week.list("order backorders");
    assert_eq!(backorders.len(), 1, "{backorders:?}");
    assert_eq!(backorders[0]["replacement"], "00123458");
    for (filter, found) in [
        ("--manufacturer 4", 1),
        ("--status SENT", 1),
        ("--status PARTLY_SHIPPED", 1),
        ("--since 2026-03-05 --until 2026-03-05", 2),
        ("--since 2026-03-06", 0),
        ("--customer-order-number S10", 2),
        ("--customer-order-number X", 0),
        ("--manufacturer-reference X", 0),
        (&format!("--part {}", reference(1)), 1),
    ] {
        assert_eq!(week.list(&format!("order list {filter}")).len(), found, "{filter}");
    }
    week.run("import undo 1", 4);
    week.adds_up();
    week.run(&format!("deposit {}", sample("deposits/claims-list.csv")), 3);
    week.run("deposit liste.txt", 6);
    week.run("import undo 2", 0);
    week.waiting = Sums::of(&week.list("basket list"));
    week.adds_up();
    assert_eq!(Sums::of(&week.list("order list")), ordered, "nothing of an order changes by what becomes of it");
}
