//! Documents, byte for byte. That they are read back equal is tested with the whole program.

use super::*;
use crate::export::Profile;
use crate::format::Registry;
use crate::model::{
    Appliance, Day, ManufacturerId, SuggestedPart, TimeOfDay, WorkOrderConsumer, WorkOrderContent, WorkOrderField,
    WorkOrderStatus, Zone,
};

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn head(count: u64) -> Head {
    Head { exported_at: moment("2026-03-04T18:05:00Z"), count }
}

fn least(id: u64) -> WorkOrderContent {
    WorkOrderContent {
        id: Some(id),
        number: format!("OM{id}"),
        status: Some(WorkOrderStatus::New),
        manufacturer: Some(ManufacturerId(15)),
        ..WorkOrderContent::default()
    }
}

fn full() -> WorkOrder {
    let part = |reference: &str, quantity, label: &str| SuggestedPart {
        reference: reference.to_owned(),
        quantity,
        label: label.to_owned(),
        comment: String::new(),
    };
    WorkOrder::new(WorkOrderContent {
        created: Some(moment("2026-07-04T22:30:00Z")),
        appliance: Appliance { purchased: Day::new(2025, 6, 30), ..Appliance::default() },
        consumer: WorkOrderConsumer {
            last_name: "<O'Neil> & \"Cie\"".to_owned(),
            town: "=Bayonne".to_owned(),
            ..WorkOrderConsumer::default()
        },
        parts: vec![part("A|1", Some(2), "joint"), part("B", None, "")],
        ..least(7)
    })
    .unwrap()
}

/// What a document is once it is written.
macro_rules! written {
    ($order:expr, $out:ident => $begin:expr) => {{
        let mut bytes = Vec::new();
        let $out = &mut bytes;
        let mut document = $begin;
        document.add($order).unwrap();
        document.end().unwrap();
        drop(document);
        String::from_utf8(bytes).unwrap()
    }};
}

#[test]
fn xml_leaves_out_what_is_empty() {
    let text = written!(&full(), out => XmlWorkOrders::begin(out, head(1)));
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<WorkOrders xmlns="urn:bordereau:work-orders:1" Version="1" ExportedAt="2026-03-04T18:05:00Z" Count="1">
  <WorkOrder Id="7" Status="NEW">
    <OrderMission>OM7</OrderMission>
    <ManufacturerId>15</ManufacturerId>
    <CreationDate>2026-07-04T22:30:00Z</CreationDate>
    <InterventionType>
    </InterventionType>
    <Device>
      <PurchaseDate>2025-06-30</PurchaseDate>
    </Device>
    <Consumer>
      <LastName>&lt;O'Neil&gt; &amp; &quot;Cie&quot;</LastName>
      <Town>=Bayonne</Town>
    </Consumer>
    <SuggestedParts>
      <Part>
        <Reference>A|1</Reference>
        <Quantity>2</Quantity>
        <Label>joint</Label>
      </Part>
      <Part>
        <Reference>B</Reference>
      </Part>
    </SuggestedParts>
  </WorkOrder>
</WorkOrders>
"#;
    assert_eq!(text, expected);
}

#[test]
fn xml_always_has_its_three_groups_in_their_order() {
    let order = WorkOrder::new(WorkOrderContent { information: "x".to_owned(), ..least(7) }).unwrap();
    let text = written!(&order, out => XmlWorkOrders::begin(out, head(1)));
    let names = ["<InterventionType>", "</InterventionType>", "<ManufacturerInformation>", "<Device>", "<Consumer>"];
    let places: Vec<_> = names.iter().map(|name| text.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    assert!(!text.contains("Symptom") && !text.contains("Reseller"));
    assert!(names.iter().all(|name| text.matches(name).count() == 1), "{text}");
}

#[test]
fn json_has_the_names_of_the_platform() {
    let text = written!(&full(), out => JsonWorkOrders::begin(out, head(1)));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((value["kind"].as_str(), value["version"].as_u64()), (Some("work-orders"), Some(1)));
    assert_eq!((value["count"].as_u64(), value["exported_at"].as_str()), (Some(1), Some("2026-03-04T18:05:00Z")));
    let order = &value["work_orders"][0];
    assert_eq!((order["MandateId"].as_u64(), order["Status"].as_str()), (Some(7), Some("NEW")));
    assert_eq!(order["Consumer"]["LastName"].as_str(), Some("<O'Neil> & \"Cie\""));
    assert_eq!(order["SuggestedParts"][0]["Quantity"].as_u64(), Some(2));
    assert_eq!((order["SuggestedParts"][1].get("Quantity"), order.get("Brand")), (None, None));
}

#[test]
fn csv_is_written_for_programs_or_for_people() {
    let registry = Registry::built_in();
    let mut format = registry.export_format("work-orders").unwrap().clone();
    let shown = [
        WorkOrderField::CreationDate,
        WorkOrderField::PurchaseDate,
        WorkOrderField::ConsumerTown,
        WorkOrderField::SuggestedParts,
    ];
    format.columns.retain(|column| shown.contains(&column.field));
    let zone = Zone::named("Europe/Paris").unwrap();
    let csv =
        |profile, keeps: bool| written!(&full(), out => CsvWorkOrders::begin(out, &format, &zone, profile, keeps));
    assert_eq!(
        csv(Profile::Machine, false),
        "Reçu le;Date d'achat;Ville;Pièces suggérées\n2026-07-04T22:30:00Z;2025-06-30;=Bayonne;A\\|1:2|B:\n"
    );
    assert_eq!(
        csv(Profile::ExcelFr, false),
        "\u{feff}Reçu le;Date d'achat;Ville;Pièces suggérées\r\n05/07/2026 00:30;30/06/2025;'=Bayonne;A\\|1:2|B:\r\n"
    );
    assert!(csv(Profile::ExcelFr, true).contains(";=Bayonne;"));
}

#[test]
fn cells_have_the_kind_of_their_value() {
    let zone = Zone::named("Europe/Paris").unwrap();
    let (order, mut room) = (full(), Vec::new());
    assert_eq!(cell(&order, WorkOrderField::MandateId, &zone, &mut room), Cell::Text("7"));
    assert_eq!(cell(&order, WorkOrderField::Brand, &zone, &mut room), Cell::Empty);
    let (day, time) = (Day::new(2026, 7, 5).unwrap(), TimeOfDay::new(0, 30, 0).unwrap());
    assert_eq!(cell(&order, WorkOrderField::CreationDate, &zone, &mut room), Cell::Moment(day, time));
}
