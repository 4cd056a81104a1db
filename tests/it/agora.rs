//! Agora order files: every sample of `samples/agora/`, the schemas, and what is written comes back.
//!
//! - `valid/NAME.…`: the same content in every form, as several programs write it; `NAME.expected` holds the baskets that each
//!   of them gives.
//! - `invalid/FILE`: named by what is wrong; `FILE.expected` holds the exit code and what is told: a code alone when the file
//!   is refused before its lines are read, else the errors and warnings in the order of the report.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bordereau::export::{OrderForm, Profile, write_agora, write_order};
use bordereau::model::{Address, AgoraHeader, Day, ManufacturerId, Moment, Money, OrderDocument, OrderDocumentLine};
use bordereau::pipeline::Settings;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{expect, faults, import_files, names, records, root, samples, settings, summary, tree};

fn folder(name: &str) -> PathBuf {
    samples().join("agora").join(name)
}

/// The sample files of a folder, without what is expected of them.
fn files(name: &str) -> Vec<String> {
    names(&folder(name)).into_iter().filter(|file| !file.ends_with(".expected")).collect()
}

/// The day of the import, so that dates can be too early.
fn on_a_day() -> Settings {
    Settings { today: Day::new(2026, 3, 4), report_lines: true, ..settings() }
}

#[test]
fn every_form_of_the_same_content_gives_the_same_baskets() {
    let mut contents = BTreeMap::new();
    for file in files("valid") {
        let (name, _) = file.split_once('.').unwrap();
        let out = tempfile::tempdir().unwrap();
        let batch = import_files(&[folder("valid").join(&file)], out.path(), &on_a_day()).unwrap();
        let read = batch.files[0].result.as_ref().unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(read.format, "agora-order", "{file}");
        assert_eq!(faults(&out.path().join("errors.csv")).len(), 1, "{file}");
        let mut found = String::new();
        for (path, bytes) in tree(&out.path().join("baskets")) {
            found.extend([path.as_str(), "\n", str::from_utf8(&bytes).unwrap()]);
        }
        expect(&folder("valid").join(format!("{name}.expected")), found.as_bytes());
        let said = read.agora.clone().unwrap();
        assert_eq!(summary(out.path())["agora"]["file_reference"], said.header.file_reference, "{file}");
        // A version may be written `1` or `1.0`.
        let said = (AgoraHeader { version: String::new(), ..said.header }, said.heads);
        let first = contents.entry(name.to_owned()).or_insert_with(|| said.clone());
        assert_eq!(*first, said, "{file}");
    }
    let (header, heads) = &contents["order"];
    assert_eq!((header.customer_code.as_str(), header.currency.as_str()), ("0064100", "EUR"));
    assert_eq!(heads[0].address.as_ref().unwrap().town, "Bayonne");
    assert!(files("valid").len() >= 7);
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    for file in files("invalid") {
        let out = tempfile::tempdir().unwrap();
        let batch = import_files(&[folder("invalid").join(&file)], out.path(), &on_a_day()).unwrap();
        let mut told = format!("{}\n", batch.exit.code());
        match &batch.files[0].result {
            Err(error) => told += error.code.name(),
            Ok(read) => {
                assert!(read.counts.add_up(), "{file}");
                for row in faults(&out.path().join("errors.csv")).iter().skip(1) {
                    let column = if row[1].is_empty() { String::new() } else { format!(" column {}", row[1]) };
                    told.extend([&row[2], " line ", &row[0], &column, "\n"]);
                }
            }
        }
        expect(&folder("invalid").join(format!("{file}.expected")), format!("{}\n", told.trim_end()).as_bytes());
    }
    assert!(files("invalid").len() >= 30);
}

/// Has `xmllint` find these files valid; false on a machine without it, which in CI is a failure.
fn validated(schema: &str, files: &[PathBuf]) -> bool {
    let schema = root().join("docs").join(schema);
    let ended = Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).args(files).output();
    match ended {
        Ok(ended) => assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr)),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "xmllint cannot be run: {error}");
            return false;
        }
    }
    true
}

fn write(document: &OrderDocument, form: OrderForm, folder: &Path) -> PathBuf {
    let path = folder.join(format!("{}.{}", form.name(), form.extension()));
    let mut out = Vec::new();
    write_order(document, form, Profile::Machine, &mut out).unwrap();
    fs::write(&path, out).unwrap();
    path
}

#[test]
fn xml_fits_its_schema() {
    let folder_of_samples = folder("valid");
    let is_xml = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "xml");
    let valid: Vec<_> = files("valid").into_iter().filter(is_xml).map(|name| folder_of_samples.join(name)).collect();
    assert!(valid.len() >= 3);
    let out = tempfile::tempdir().unwrap();
    let agora = write(&document(vec![line(0)]), OrderForm::AgoraXml, out.path());
    let order = write(&document(vec![line(0), line(1)]), OrderForm::Xml, out.path());
    let is_done = validated("agora-order-1.xsd", &valid)
        && validated("agora-order-1.xsd", &[agora])
        && validated("order-1.xsd", &[order]);
    if !is_done {
        println!("skipped: xmllint cannot be run");
    }
}

/// What a JSON value breaks of a schema, as far as the schema uses these words.
fn breaks(value: &Value, schema: &Value, all: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return breaks(value, all.pointer(name.trim_start_matches('#')).unwrap(), all, at, found);
    }
    let types: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let own: &[&str] = match value {
        Value::Null => &["null"],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if number.is_u64() => &["integer", "number"],
        Value::Number(_) => &["number"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    };
    if !types.iter().any(|each| own.contains(each)) {
        found.push(format!("{at}: {own:?} instead of {types:?}"));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        found.push(format!("{at}: {value}"));
    }
    let length = value.as_str().map(|text| text.chars().count() as u64);
    let is_within = |number: Option<u64>, least: &str, most: &str| {
        number.is_none_or(|number| {
            schema[least].as_u64().is_none_or(|least| number >= least)
                && schema[most].as_u64().is_none_or(|most| number <= most)
        })
    };
    if !is_within(length, "minLength", "maxLength") || !is_within(value.as_u64(), "minimum", "maximum") {
        found.push(format!("{at}: {value} is too much or too little"));
    }
    for item in value.as_array().into_iter().flatten() {
        breaks(item, &schema["items"], all, &format!("{at}[]"), found);
    }
    if let Some(members) = value.as_object() {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(required.filter(|name| !members.contains_key(*name)).map(|name| format!("{at}: no {name}")));
        for (name, member) in members {
            match schema["properties"].get(name) {
                Some(schema) => breaks(member, schema, all, &format!("{at}.{name}"), found),
                None => found.push(format!("{at}: unknown {name}")),
            }
        }
    }
}

#[test]
fn json_fits_its_schema() {
    let schema: Value =
        serde_json::from_slice(&fs::read(root().join("docs/agora-order-1.schema.json")).unwrap()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut paths = vec![write(&document(vec![line(0), line(1)]), OrderForm::AgoraJson, out.path())];
    let is_json = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "json");
    paths.extend(files("valid").into_iter().filter(is_json).map(|name| folder("valid").join(name)));
    assert!(paths.len() >= 3);
    let broken = |bytes: &[u8]| {
        let mut found = Vec::new();
        breaks(&serde_json::from_slice(bytes).unwrap(), &schema, &schema, "", &mut found);
        found
    };
    for path in paths {
        assert_eq!(broken(&fs::read(&path).unwrap()), Vec::<String>::new(), "{}", path.display());
    }
    // The check itself sees what is wrong.
    assert_eq!(
        broken(b"{\"Format\": \"X\", \"Version\": true, \"Lines\": [{\"Number\": 1.5, \"Colour\": 1}]}").len(),
        8
    );
}

#[test]
fn the_examples_of_the_page_are_taken() {
    let page = fs::read_to_string(root().join("docs/agora-order.md")).unwrap();
    let examples: Vec<_> = ["text", "xml", "json"]
        .into_iter()
        .map(|kind| page.split_once(&format!("```{kind}\n")).unwrap().1.split_once("```").unwrap().0)
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for example in examples {
        let (file, out) = (folder.path().join("example"), tempfile::tempdir().unwrap());
        fs::write(&file, example).unwrap();
        let batch = import_files(&[file], out.path(), &on_a_day()).unwrap();
        let read = batch.files[0].result.as_ref().unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!((read.format.as_str(), batch.exit.code(), read.causes.len()), ("agora-order", 0, 0), "{example}");
    }
}

#[test]
fn the_page_and_the_schemas_name_the_same_fields() {
    let page = fs::read_to_string(root().join("docs/agora-order.md")).unwrap();
    let xsd = fs::read_to_string(root().join("docs/agora-order-1.xsd")).unwrap();
    let schema: Value =
        serde_json::from_slice(&fs::read(root().join("docs/agora-order-1.schema.json")).unwrap()).unwrap();
    let mut seen = 0;
    for object in schema["$defs"].as_object().unwrap().values() {
        let required: Vec<_> = object["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for (name, _) in object["properties"].as_object().unwrap() {
            assert!(page.contains(&format!("`{name}`")), "{name} is not on the page");
            assert!(xsd.contains(&format!("<xs:element name=\"{name}\"")), "{name} is not in the XSD");
            seen += 1;
        }
        assert!(!required.is_empty());
    }
    assert!(seen > 25);
}

const REFERENCES: [&str; 4] = ["0070817965D", "00123456", "00123457", "12005678"];

fn line(place: u32) -> OrderDocumentLine {
    OrderDocumentLine {
        number: place + 1,
        reference: REFERENCES[place as usize % REFERENCES.len()].to_owned(),
        label: "Pièce <1> & \"2\"".to_owned(),
        quantity: 3,
        unit_price: Money::from_ten_thousandths(249_000),
        customer_order_number: String::new(),
        // No two lines are merged.
        work_order: format!("OM-{place}"),
        countermark: String::new(),
        desired_delivery_date: None,
        delivery_account: String::new(),
        comment: "deux\nlignes".to_owned(),
    }
}

fn document(lines: Vec<OrderDocumentLine>) -> OrderDocument {
    OrderDocument {
        number: "BC-26-0001".to_owned(),
        manufacturer: ManufacturerId(4),
        manufacturer_name: "Kestrel".to_owned(),
        created_at: Moment::parse("2026-03-04T18:05:00Z").unwrap(),
        customer_code: "0064100".to_owned(),
        customer_order_number: "CDE-1".to_owned(),
        delivery_account: "12345-02".to_owned(),
        delivery_option: "EXP".to_owned(),
        desired_delivery_date: Day::new(2026, 3, 10),
        comment: "livrer lundi".to_owned(),
        address: Some(Address {
            name: "Atelier Martin".to_owned(),
            address1: "12 rue de l'Église".to_owned(),
            zip: "64100".to_owned(),
            town: "Bayonne".to_owned(),
            country: "250".to_owned(),
            ..Address::default()
        }),
        currency: "EUR".to_owned(),
        lines,
    }
}

/// What basket lines show of the lines of an order: they are in its order, since none are merged.
fn expected(document: &OrderDocument) -> Vec<Vec<String>> {
    let or = |own: &str, other: &str| if own.trim().is_empty() { other.to_owned() } else { own.trim().to_owned() };
    document
        .lines
        .iter()
        .map(|line| {
            let date = line.desired_delivery_date.or(document.desired_delivery_date);
            vec![
                or(&line.delivery_account, &document.delivery_account),
                or(&line.customer_order_number, &or(&document.customer_order_number, &document.number)),
                line.reference.clone(),
                line.quantity.to_string(),
                line.work_order.clone(),
                line.comment.trim().to_owned(),
                date.map(|day| day.to_string()).unwrap_or_default(),
                line.countermark.trim().to_owned(),
            ]
        })
        .collect()
}

fn read_back(path: &Path) -> (Vec<Vec<String>>, bordereau::model::AgoraContents) {
    let out = tempfile::tempdir().unwrap();
    let batch = import_files(&[path.to_owned()], out.path(), &settings()).unwrap();
    let read = batch.files[0].result.as_ref().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(read.counts.rejected, 0, "{:?}", read.causes);
    let rows = records(&out.path().join("baskets/4.csv")).into_iter().skip(1);
    let rows = rows.map(|row| [1, 2, 3, 5, 8, 9, 10, 11].map(|column| row[column].trim().to_owned()).to_vec());
    (rows.collect(), read.agora.clone().unwrap())
}

/// Texts with everything that separates, quotes and escapes.
fn texts(most: usize) -> impl Strategy<Value = String> {
    let marks = prop_oneof![
        4 => "[a-zA-Z0-9éœ€ ]",
        2 => prop_oneof![Just(";".to_owned()), Just("\"".to_owned()), Just("#".to_owned()), Just("|".to_owned())],
        1 => prop_oneof![Just("<".to_owned()), Just("&".to_owned()), Just("]]>".to_owned()), Just("\\".to_owned())],
        1 => prop_oneof![Just("\n".to_owned()), Just("\t".to_owned()), Just("\u{1f}".to_owned()), Just("'".to_owned())],
    ];
    proptest::collection::vec(marks, 0..most).prop_map(|marks| marks.concat())
}

fn days() -> impl Strategy<Value = Option<Day>> {
    proptest::option::of((2026_u32..2030, 1_u32..=12, 1_u32..=28).prop_map(|(y, m, d)| Day::new(y, m, d).unwrap()))
}

fn lines() -> impl Strategy<Value = Vec<OrderDocumentLine>> {
    let one = (texts(12), texts(60), "[0-9-]{0,9}", "[A-Z0-9-]{0,8}", days(), prop_oneof![1_u64..9999, 1_u64..40_000]);
    proptest::collection::vec(one, 1..6).prop_map(|all| {
        let made = (0_u32..).zip(all).map(|(place, (countermark, comment, account, order, date, quantity))| {
            OrderDocumentLine {
                countermark: countermark.replace('\u{1f}', ""),
                comment: comment.replace('\u{1f}', ""),
                delivery_account: account,
                customer_order_number: order,
                desired_delivery_date: date,
                quantity,
                ..line(place)
            }
        });
        made.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_comes_back(lines in lines(), number in "[A-Z0-9-]{0,8}", date in days(), comment in texts(40)) {
        let comment = comment.replace('\u{1f}', "");
        let written =
            OrderDocument { customer_order_number: number, desired_delivery_date: date, comment, ..document(lines) };
        let folder = tempfile::tempdir().unwrap();
        for form in OrderForm::ALL.into_iter().filter(|form| form.is_agora()) {
            let (rows, contents) = read_back(&write(&written, form, folder.path()));
            prop_assert_eq!(rows, expected(&written), "{:?}", form);
            prop_assert_eq!(&contents.header.file_reference, &written.number);
            prop_assert_eq!(contents.heads[0].comment.as_str(), written.comment.trim());
            prop_assert_eq!(&contents.heads[0].address, &written.address);
            prop_assert_eq!(contents.heads[0].desired_delivery_date, written.desired_delivery_date);
        }
    }
}

#[test]
fn several_orders_in_one_file_keep_to_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let other = OrderDocument {
        customer_order_number: "CDE-2".to_owned(),
        delivery_account: "99999".to_owned(),
        address: None,
        ..document(vec![line(1)])
    };
    let header = AgoraHeader {
        version: "1".to_owned(),
        file_reference: "EXP-1".to_owned(),
        created_at: Moment::from_seconds(0).unwrap(),
        customer_code: String::new(),
        currency: String::new(),
        comment: "deux commandes".to_owned(),
    };
    for form in OrderForm::ALL.into_iter().filter(|form| form.is_agora()) {
        let path = folder.path().join("file");
        let mut out = Vec::new();
        write_agora(&header, &[document(vec![line(0)]), other.clone()], form, &mut out).unwrap();
        fs::write(&path, out).unwrap();
        let (rows, contents) = read_back(&path);
        assert_eq!(rows, [expected(&document(vec![line(0)])), expected(&other)].concat());
        assert_eq!(contents.heads.len(), 2);
        assert_eq!((contents.header.currency.as_str(), contents.header.comment.as_str()), ("EUR", "deux commandes"));
        assert_eq!(contents.heads[1].address, None);
    }
}
