//! Work orders through the program: read, shown, printed, exported, and read back as they were.

use std::fs;
use std::process::Command;

use bordereau::diagnostic::{Code, Error};
use bordereau::export::Profile;
use bordereau::format::ExportFormat;
use bordereau::model::{
    Appliance, Day, Language, ManufacturerId, Moment, Slot, SuggestedPart, TimeOfDay, Value, WorkOrder,
    WorkOrderContent, WorkOrderField, WorkOrderFilter, WorkOrderStatus,
};
use bordereau::pipeline::{
    ExportKind, ExportOrder, ExportTarget, Source, Stop, Target, WorkOrderRequest, WorkOrders, export_work_orders,
    read_work_orders,
};
use proptest::prelude::*;

use crate::support::{Desk, Ended, FORMATS, gzipped, names, program, records, root, zipped};

/// The moment of all runs here.
const NOW: &str = "2026-03-04T18:05:00Z";

/// A desk with samples of work orders.
fn desk(samples: &[&str]) -> Desk {
    let desk = Desk::new();
    for sample in samples {
        desk.bring(&format!("work-orders/{sample}"), sample);
    }
    desk
}

fn run(desk: &Desk, arguments: &str) -> Ended {
    let mut command = program(&desk.path(""));
    command.env("BORDEREAU_NOW", NOW).args(arguments.split_whitespace()).output().unwrap().into()
}

#[track_caller]
fn good(desk: &Desk, arguments: &str) -> Ended {
    let ended = run(desk, arguments);
    assert_eq!(ended.code, Some(0), "{arguments}\n{}", ended.stderr);
    ended
}

fn text(desk: &Desk, name: &str) -> String {
    fs::read_to_string(desk.path(name)).unwrap()
}

/// Personal data of the samples.
const PERSONS: [&str; 6] = ["Lefèvre", "Zoé", "Durand", "Etcheverry", "exemple.invalid", "Œuvre"];

#[track_caller]
fn names_nobody(text: &str) {
    assert!(!PERSONS.iter().any(|person| text.contains(person)), "{text}");
}

#[test]
fn the_same_work_orders_in_every_kind_of_document() {
    let desk = desk(&["new-mandates.json", "accepted-mandates.json"]);
    for kind in ["xml", "json", "csv", "xlsx"] {
        let ended =
            good(&desk, &format!("workorder export new-mandates.json accepted-mandates.json --as {kind} -o a.{kind}"));
        assert!(ended.stdout.is_empty() && ended.stderr.contains("3 read, 3 exported, 0 refused"), "{}", ended.stderr);
        names_nobody(&ended.stderr);
    }
    // What was written is read back: the same document comes out.
    for from in ["xml", "json"] {
        for to in ["xml", "json", "csv"] {
            good(&desk, &format!("workorder export a.{from} --as {to} -o b.{to}"));
            assert_eq!(text(&desk, &format!("b.{to}")), text(&desk, &format!("a.{to}")), "{from} → {to}");
        }
    }
    // Tables hold less, but all of that.
    for from in ["csv", "xlsx"] {
        good(&desk, &format!("workorder export a.{from} --as csv -o b.csv"));
        assert_eq!(text(&desk, "b.csv"), text(&desk, "a.csv"), "{from}");
    }
    good(&desk, "workorder export a.json --as csv --profile excel-fr -o fr.csv");
    good(&desk, "workorder export fr.csv --as csv -o b.csv");
    assert_eq!(text(&desk, "b.csv"), text(&desk, "a.csv"));
}

#[test]
fn tables_for_people_have_their_clocks_and_no_formulas() {
    let desk = desk(&["new-mandates.json"]);
    good(&desk, "workorder export new-mandates.json --as csv --profile excel-fr -o fr.csv");
    let bytes = fs::read(desk.path("fr.csv")).unwrap();
    assert!(bytes.starts_with(b"\xEF\xBB\xBFN\xC2\xB0 mandat;"));
    let rows = records(&desk.path("fr.csv"));
    let at = |heading: &str| rows[0].iter().position(|each| each == heading).unwrap();
    assert_eq!(rows[2][at("Reçu le")], "04/03/2026 08:45");
    assert_eq!(rows[2][at("Date d'achat")], "30/06/2025");
    assert_eq!(rows[2][at("RDV début")], "14:00");
    assert_eq!(rows[2][at("Remarques")], "'=Code 1234 au portail");
    assert_eq!(rows[2][at("Mobile")], "'+33 6 00 00 00 00");
    assert_eq!(rows[2][at("Pièces suggérées")], "00145212:1|00615079:2");
    assert_eq!(rows[2][at("Sous garantie")], "O");
    good(
        &desk,
        "workorder export new-mandates.json --as csv --profile excel-fr --keep-formulas -o raw.csv --time-zone Indian/Reunion",
    );
    let rows = records(&desk.path("raw.csv"));
    assert_eq!(
        (rows[2][at("Remarques")].as_str(), rows[2][at("Reçu le")].as_str()),
        ("=Code 1234 au portail", "04/03/2026 11:45")
    );
    good(&desk, "workorder export new-mandates.json --as csv -o machine.csv");
    let rows = records(&desk.path("machine.csv"));
    assert_eq!(
        (rows[2][at("Remarques")].as_str(), rows[2][at("Reçu le")].as_str()),
        ("=Code 1234 au portail", "2026-03-04T07:45:00Z")
    );
}

#[test]
fn xml_is_what_its_schema_says() {
    let desk = desk(&["new-mandates.json", "accepted-mandates.json"]);
    good(&desk, "workorder export new-mandates.json accepted-mandates.json --as xml -o a.xml");
    let schema = root().join("docs/work-orders-1.xsd");
    let linted = Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).arg(desk.path("a.xml")).output();
    match linted {
        Ok(linted) => assert!(linted.status.success(), "{}", String::from_utf8_lossy(&linted.stderr)),
        Err(error) if std::env::var_os("CI").is_none() => eprintln!("passed over: xmllint: {error}"),
        Err(error) => panic!("xmllint: {error}"),
    }
}

#[test]
fn each_into_a_document_of_its_own() {
    let desk = desk(&["new-mandates.json"]);
    good(&desk, "workorder export new-mandates.json --as xml -o each/");
    assert_eq!(names(&desk.path("each")), ["4711001.xml", "4711002.xml"]);
    assert!(text(&desk, "each/4711001.xml").contains("Count=\"1\""));
    good(&desk, "workorder export new-mandates.json --as xlsx --each -o each --id 4711002");
    assert_eq!(names(&desk.path("each")), ["4711001.xml", "4711002.xlsx", "4711002.xml"], "others stay");
    // A folder in the place of a document: nothing is written.
    fs::create_dir_all(desk.path("taken/4711002.xml")).unwrap();
    let ended = run(&desk, "workorder export new-mandates.json --as xml -o taken/");
    assert!(ended.code == Some(2) && ended.tells("PATH_IS_DIRECTORY"), "{}", ended.stderr);
    assert_eq!(names(&desk.path("taken")), ["4711002.xml"]);
}

#[test]
fn filters_choose_what_is_exported() {
    let desk = desk(&["new-mandates.json", "accepted-mandates.json"]);
    for (filter, ids) in [
        ("--id 4711001,4710998", vec!["4710998", "4711001"]),
        ("--status accepted", vec!["4710998"]),
        ("--manufacturer 15 --manufacturer beko", vec!["4710998", "4711001"]),
        ("--status NEW --manufacturer 4", vec!["4711002"]),
    ] {
        let ended = good(
            &desk,
            &format!("workorder export new-mandates.json accepted-mandates.json --as csv -o a.csv {filter}"),
        );
        let rows = records(&desk.path("a.csv"));
        assert_eq!(rows.iter().skip(1).map(|row| row[0].as_str()).collect::<Vec<_>>(), ids, "{filter}");
        assert!(ended.stderr.contains(&format!("{} left out by filters", 3 - ids.len())), "{}", ended.stderr);
    }
    for (filter, code) in [
        ("--status DONE", "ARGUMENT_INVALID"),
        ("--id x", "ARGUMENT_INVALID"),
        ("--manufacturer Mielle", "SUPPLIER_UNKNOWN"),
        ("--manufacturer Haier", "SUPPLIER_AMBIGUOUS"),
        ("--format work-order", "FORMAT_UNKNOWN"),
    ] {
        let ended = run(&desk, &format!("workorder export new-mandates.json --as csv -o b.csv {filter}"));
        assert!(
            ended.code == Some(2) && ended.tells(code) && !desk.path("b.csv").exists(),
            "{filter}: {}",
            ended.stderr
        );
    }
    // What is left out is still compared with: a conflict does not hide behind a filter.
    let first = "{\"ResponseData\": {\"MandateId\": 1, \"ManufacturerId\": 4, \"OrderMission\": \"OM1\"}}";
    desk.put("new.json", first);
    desk.put(
        "later.json",
        first.replace("}}", "}, \"ResponseStatus\": \"S\"}").replace("OM1\"", "OM1\", \"Status\": \"ACCEPTED\""),
    );
    let ended = run(&desk, "workorder export new.json later.json --as csv -o c.csv --status ACCEPTED");
    assert!(
        ended.code == Some(4) && ended.tells("WORK_ORDER_CONFLICT") && ended.tells("EXPORT_EMPTY"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_columns_are_those_of_the_users_own_list() {
    let desk = desk(&["new-mandates.json"]);
    desk.put(
        "formats/export/short.toml",
        "kind = \"work-orders\"\ntitle = { fr = \"Courte\", en = \"Short\" }\ntime-zone = \"America/Guadeloupe\"\n\
         [[column]]\nfield = \"Consumer.Town\"\nheading = \"Town\"\n[[column]]\nfield = \"CreationDate\"\nheading = \"Received\"\n",
    );
    good(
        &desk,
        "workorder export new-mandates.json --as csv --profile excel-fr --formats formats --format short -o a.csv",
    );
    assert_eq!(
        text(&desk, "a.csv"),
        "\u{feff}Town;Received\r\nBayonne;03/03/2026 04:12\r\nBayonne;04/03/2026 03:45\r\n"
    );
    let listed = good(&desk, "formats list --formats formats");
    assert!(
        listed.stdout.contains("short") && listed.stdout.contains("Short") && listed.stdout.contains("work-orders")
    );
    assert!(good(&desk, "formats show short --formats formats").stdout.starts_with("kind = \"work-orders\""));
    assert!(good(&desk, "formats show work-orders").stdout.contains("Consumer.LastName"));
    desk.put(
        "formats/export/short.toml",
        "kind = \"work-orders\"\n[[column]]\nfield = \"Consumer.Twon\"\nheading = \"T\"\n",
    );
    let checked = run(&desk, "formats check --formats formats");
    assert!(checked.code == Some(3) && checked.stdout.contains("Consumer.Town"), "{}", checked.stdout);
}

#[test]
fn packed_files_and_standard_input_are_read() {
    let desk = desk(&["new-mandates.json", "accepted-mandates.json"]);
    let (new, accepted) = (text(&desk, "new-mandates.json"), text(&desk, "accepted-mandates.json"));
    desk.put("both.zip", zipped(&[("new.json", &new), ("accepted.json", &accepted)]));
    desk.put("new.json.gz", gzipped(new.as_bytes()));
    let utf16: Vec<u8> = new.encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk.put("utf-16.json", [b"\xFF\xFE".as_slice(), &utf16].concat());
    good(&desk, "workorder export new-mandates.json --as xml -o a.xml");
    for packed in ["new.json.gz", "utf-16.json"] {
        good(&desk, &format!("workorder export {packed} --as xml -o b.xml"));
        assert_eq!(text(&desk, "b.xml"), text(&desk, "a.xml"), "{packed}");
    }
    let ended = good(&desk, "workorder export both.zip new.json.gz --as xml -o c.xml");
    assert!(ended.stderr.contains("5 read, 3 exported, 0 refused, 2 repeated"), "{}", ended.stderr);
    let piped = desk.shell(
        "BORDEREAU_NOW=2026-03-04T18:05:00Z \"$BORDEREAU\" workorder export - --as xml -o - < new-mandates.json",
    );
    assert_eq!((piped.code, piped.stdout), (Some(0), text(&desk, "a.xml")));
}

#[test]
fn a_file_that_cannot_be_taken_leaves_nothing_behind() {
    for (sample, exit, code) in [
        ("refused-answer.json", 4, "RESPONSE_REFUSED"),
        ("truncated.json", 6, "JSON_INVALID"),
        ("no-work-order.json", 4, "EXPORT_EMPTY"),
    ] {
        for language in ["fr", "en"] {
            let desk = desk(&[sample]);
            desk.put("a.xml", "as it was");
            let before = names(&desk.path(""));
            for command in
                ["export {} --as xml -o a.xml", "print {} -o a.xml", "export {} --as csv --each -o each", "show {}"]
            {
                let ended = run(&desk, &format!("workorder {} --lang {language}", command.replace("{}", sample)));
                assert!(
                    ended.code == Some(exit) && ended.tells(code) && ended.stdout.is_empty(),
                    "{sample}: {}",
                    ended.stderr
                );
                assert!(ended.stderr.contains("\n  → "), "{}", ended.stderr);
            }
            assert_eq!((names(&desk.path("")), text(&desk, "a.xml")), (before, "as it was".to_owned()), "{sample}");
        }
    }
    let desk = desk(&["refused-answer.json", "truncated.json", "new-mandates.json"]);
    let ended = run(&desk, "workorder export new-mandates.json refused-answer.json truncated.json --as xml -o a.xml");
    assert!(
        ended.tells("RESPONSE_REFUSED") && ended.tells("JSON_INVALID") && ended.code == Some(6),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("the manufacturer's message: \"The account 0064100 is locked.\""),
        "{}",
        ended.stderr
    );
    assert!(!desk.path("a.xml").exists());
    let json = run(&desk, "workorder export truncated.json --as xml -o a.xml --json");
    let object: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((object["error"]["code"].as_str(), json.code), (Some("JSON_INVALID"), Some(6)), "{object}");
    assert_eq!((object["kind"].as_str(), object["exit"].as_u64()), (Some("work-orders-export"), Some(6)), "{object}");
}

#[test]
fn a_target_that_cannot_be_written_is_told() {
    let desk = desk(&["new-mandates.json"]);
    desk.put("file", "mine");
    for (target, exit, codes) in [
        ("missing/a.xml", 74, ["WRITE_FAILED"].as_slice()),
        (".", 2, &["PATH_IS_DIRECTORY"]),
        ("file/", 74, &["WRITE_FAILED"]),
    ] {
        let ended = run(&desk, &format!("workorder export new-mandates.json --as xml -o {target}"));
        assert!(ended.code == Some(exit) && codes.iter().any(|code| ended.tells(code)), "{target}: {}", ended.stderr);
        assert_eq!(names(&desk.path("")), ["catalogue.csv", "file", "new-mandates.json", "orders.csv"]);
    }
    for (arguments, code) in [
        ("--as xlsx -o -", "ARGUMENT_CONFLICT"),
        ("--as xml -o - --json", "ARGUMENT_CONFLICT"),
        ("--as xml -o - --each", "ARGUMENT_CONFLICT"),
        ("--as pdf -o a.pdf", "ARGUMENT_INVALID"),
        ("--as xml", "ARGUMENT_MISSING"),
    ] {
        let ended = run(&desk, &format!("workorder export new-mandates.json {arguments}"));
        assert!(ended.code == Some(2) && ended.tells(code), "{arguments}: {}", ended.stderr);
    }
    let mut late = program(&desk.path(""));
    late.env("BORDEREAU_NOW", "yesterday").args(["workorder", "show", "new-mandates.json"]);
    let ended: Ended = late.output().unwrap().into();
    assert!(ended.code == Some(2) && ended.stderr.contains("BORDEREAU_NOW"), "{}", ended.stderr);
}

#[test]
fn good_work_orders_are_exported_and_the_others_told() {
    let desk = desk(&["unknown-status.json", "unknown-ids.json", "conflict.json"]);
    let ended = run(
        &desk,
        "workorder export unknown-status.json unknown-ids.json conflict.json --as csv -o a.csv --json --lang fr",
    );
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let object: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((object["kind"].as_str(), object["version"].as_u64()), (Some("work-orders-export"), Some(1)));
    let counts =
        ["read", "exported", "refused", "repeated", "documents", "exit"].map(|key| object[key].as_u64().unwrap());
    assert_eq!(counts, [6, 3, 2, 1, 1, 3]);
    let told: Vec<_> =
        object["diagnostics"].as_array().unwrap().iter().map(|each| each["code"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        ["WORK_ORDER_STATUS_UNKNOWN", "MANUFACTURER_ID_UNKNOWN", "REPAIR_TYPE_UNKNOWN", "WORK_ORDER_CONFLICT"]
    );
    assert!(
        ended
            .stderr
            .contains("erreur[WORK_ORDER_STATUS_UNKNOWN]\u{a0}: unknown-status.json, ligne 2\u{a0}: Statut inconnu"),
        "{}",
        ended.stderr
    );
    // Warnings refuse nothing, unless they shall.
    assert_eq!(run(&desk, "workorder export unknown-ids.json --as csv -o b.csv").code, Some(0));
    assert_eq!(run(&desk, "workorder export unknown-ids.json --as csv -o b.csv --fail-on warning").code, Some(3));
    let ended = good(&desk, "workorder export unknown-ids.json --as csv -o c.csv --dry-run");
    assert!(ended.stderr.contains("1 exported") && !desk.path("c.csv").exists());
}

#[test]
fn work_orders_are_shown_and_printed() {
    let desk = desk(&["new-mandates.json"]);
    let lines = good(&desk, "workorder show new-mandates.json --lang fr");
    assert!(lines.stdout.contains("OM26-0004712") && lines.stdout.contains("à répondre bientôt"), "{}", lines.stdout);
    names_nobody(&lines.stdout);
    let one = good(&desk, "workorder show new-mandates.json --id 4711002");
    assert!(
        one.stdout.contains("Lefèvre")
            && one.stdout.contains("2026-03-04 20:00")
            && one.stdout.contains("2 × 00615079")
    );
    let json = good(&desk, "workorder show new-mandates.json --json");
    good(&desk, "workorder export new-mandates.json --as json -o a.json");
    assert_eq!(json.stdout, text(&desk, "a.json"));
    for (language, title) in [("fr", "Ordre de mission OM26-0004712"), ("en", "Work order OM26-0004712")] {
        let ended = good(&desk, &format!("workorder print new-mandates.json -o page.html --lang {language}"));
        names_nobody(&ended.stderr);
        let page = text(&desk, "page.html");
        assert_eq!(page.matches("<section class=\"page\">").count(), 2);
        assert!(
            page.contains(title) && page.contains("&lt;erreur E18&gt; &amp; fuit") && !page.contains("src="),
            "{page}"
        );
    }
}

/// What comes out of reading files, in the order of the numbers.
fn read(paths: &[std::path::PathBuf]) -> Result<WorkOrders, Vec<(String, Error)>> {
    let files: Vec<_> = paths.iter().cloned().map(Source::File).collect();
    read_work_orders(&WorkOrderRequest {
        files: &files,
        registry: &FORMATS,
        format: "work-orders",
        zone: None,
        filter: &WorkOrderFilter::default(),
        progress: &(),
        stop: &Stop::default(),
    })
}

fn all(orders: &WorkOrders) -> Vec<WorkOrder> {
    let mut all = Vec::new();
    orders
        .each(|order| {
            all.push(order);
            Ok(())
        })
        .unwrap();
    all
}

#[test]
fn reading_can_be_stopped() {
    let desk = desk(&["new-mandates.json"]);
    let stop = Stop::default();
    stop.interrupt();
    let files = [Source::File(desk.path("new-mandates.json"))];
    let failures = read_work_orders(&WorkOrderRequest {
        files: &files,
        registry: &FORMATS,
        format: "work-orders",
        zone: None,
        filter: &WorkOrderFilter::default(),
        progress: &(),
        stop: &stop,
    })
    .err()
    .unwrap();
    assert_eq!(failures[0].1.code, Code::Interrupted);
}

/// Texts that documents may stumble over, as they are once they were read: without white space around them.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9]{1,4}",
        4 => "[;\"'<>&=+@|\\\\:,\t \n/#\\[\\]{}-]",
        1 => Just("é".to_owned()),
        1 => Just("😀".to_owned()),
        1 => Just("\u{a0}x".to_owned()),
        1 => Just("]]>".to_owned()),
        1 => Just("&amp;".to_owned()),
        1 => Just("＝".to_owned()),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat().trim().to_owned())
}

fn filled() -> impl Strategy<Value = String> {
    awkward().prop_filter("a text", |text| !text.is_empty())
}

fn part() -> impl Strategy<Value = SuggestedPart> {
    (filled(), proptest::option::of(any::<u32>()), awkward(), awkward()).prop_map(
        |(reference, quantity, label, comment)| SuggestedPart {
            reference,
            quantity: quantity.map(u64::from),
            label,
            comment,
        },
    )
}

/// A work order with anything in it.
fn order(id: u64) -> impl Strategy<Value = WorkOrder> {
    let fields = WorkOrderField::ALL.len();
    let texts = proptest::collection::vec(awkward(), fields);
    let numbers = proptest::collection::vec(proptest::option::of(any::<u32>()), fields);
    let moment = -62_135_596_800_i64..=253_402_300_799;
    let parts = proptest::collection::vec(part(), 0..3);
    (texts, numbers, filled(), moment, parts).prop_map(move |(texts, numbers, number, seconds, parts)| {
        let mut content = WorkOrderContent::default();
        for ((field, text), drawn) in WorkOrderField::ALL.into_iter().zip(texts).zip(numbers) {
            match content.slot(field) {
                Slot::Text(slot) => *slot = text,
                Slot::Number(slot) => *slot = drawn.map(u64::from),
                // Numbers that nobody knows, so that no name is filled in.
                Slot::Manufacturer(slot) => *slot = drawn.map(|drawn| ManufacturerId(drawn % 1000 + 500_000)),
                Slot::Flag(slot) => *slot = drawn.map(|drawn| drawn % 2 == 0),
                Slot::Moment(slot) => *slot = drawn.and_then(|_| Moment::from_seconds(seconds)),
                Slot::Day(slot) => {
                    *slot = drawn.and_then(|drawn| Day::new(drawn % 3000 + 1, drawn % 12 + 1, drawn % 28 + 1));
                }
                Slot::Time(slot) => *slot = drawn.and_then(|drawn| TimeOfDay::new(drawn % 24, drawn % 60, drawn % 59)),
                Slot::Status(slot) => *slot = Some(WorkOrderStatus::Closed),
                Slot::CloseKind(_) => {}
                Slot::Parts(slot) => slot.clone_from(&parts),
            }
        }
        let manufacturer = content.manufacturer.or(Some(ManufacturerId(500_000)));
        WorkOrder::new(WorkOrderContent { id: Some(id), number, manufacturer, ..content }).unwrap()
    })
}

/// Writes work orders as a document that is read with them, and reads it back.
fn there_and_back(orders: &[WorkOrder], kind: ExportKind, profile: Profile) -> Vec<WorkOrder> {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.json");
    let mut bytes = Vec::new();
    {
        use bordereau::export::{Document as _, Head, JsonWorkOrders};
        let head = Head { exported_at: Moment::parse(NOW).unwrap(), count: orders.len() as u64 };
        let mut document = JsonWorkOrders::begin(&mut bytes, head);
        for order in orders {
            document.add(order).unwrap();
        }
        document.end().unwrap();
    }
    fs::write(&first, bytes).unwrap();
    let read_once = read(&[first]).unwrap_or_else(|failures| panic!("{failures:?}"));
    let path = folder.path().join(format!("second.{}", kind.ending()));
    let format: &ExportFormat = FORMATS.export_format("work-orders").unwrap();
    let order = ExportOrder {
        kind,
        format,
        zone: &format.zone,
        profile,
        keeps_formulas: false,
        language: Language::French,
        now: Moment::parse(NOW).unwrap(),
        sync: false,
        stop: &Stop::default(),
    };
    export_work_orders(&read_once, &order, ExportTarget::One(Target::File(&path))).unwrap();
    let again = read(std::slice::from_ref(&path))
        .unwrap_or_else(|failures| panic!("{failures:?}\n{}", String::from_utf8_lossy(&fs::read(&path).unwrap())));
    assert_eq!(again.refused(), 0, "{:?}\n{}", again.noticed, String::from_utf8_lossy(&fs::read(&path).unwrap()));
    all(&again)
}

/// What of a work order the columns of the list hold.
fn on_columns(order: &WorkOrder) -> WorkOrder {
    let columns = &FORMATS.export_format("work-orders").unwrap().columns;
    let mut content = order.content().clone();
    for field in WorkOrderField::ALL {
        if columns.iter().any(|column| column.field == field) || content.value(field) == Value::Nothing {
            continue;
        }
        match content.slot(field) {
            Slot::Text(slot) => slot.clear(),
            Slot::Number(slot) => *slot = None,
            Slot::Manufacturer(slot) => *slot = None,
            slot => panic!("{slot:?} stands in no column"),
        }
    }
    for part in &mut content.parts {
        (part.label, part.comment) = (String::new(), String::new());
    }
    WorkOrder::new(content).unwrap()
}

#[test]
fn a_text_that_ends_with_a_backslash_is_read_back() {
    // With escapes, the cells have other borders and the row is as wide: `A&amp;é";;`, `&amp`, `4HUZ x"`.
    let content = WorkOrderContent {
        id: Some(3),
        number: "OM3".to_owned(),
        status: Some(WorkOrderStatus::Closed),
        manufacturer: Some(ManufacturerId(500_000)),
        appliance: Appliance {
            brand: "A&amp;é\\".to_owned(),
            family: String::new(),
            commercial_reference: ";&amp;4HUZ x".to_owned(),
            ..Appliance::default()
        },
        ..WorkOrderContent::default()
    };
    let orders = [WorkOrder::new(content).unwrap()];
    assert_eq!(there_and_back(&orders, ExportKind::Csv, Profile::Machine), orders);
    assert_eq!(there_and_back(&orders, ExportKind::Csv, Profile::ExcelFr), orders);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 24 } else { 96 }, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_is_read_back_equal(first in order(3), second in order(u64::MAX)) {
        let orders = [first, second];
        prop_assert_eq!(&there_and_back(&orders, ExportKind::Json, Profile::Machine), &orders);
        prop_assert_eq!(&there_and_back(&orders, ExportKind::Xml, Profile::Machine), &orders);
        let columns = orders.each_ref().map(on_columns);
        prop_assert_eq!(&there_and_back(&orders, ExportKind::Csv, Profile::Machine), &columns);
    }

    #[test]
    fn no_input_makes_it_panic(text in "[\\[\\]{}\":,a-zMandateIdResponseData0-9 <>/=\n]{0,200}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any");
        fs::write(&path, text).unwrap();
        drop(read(&[path]));
    }
}
