use super::*;
use crate::model::{Address, AgoraHeader, Day, ManufacturerId, Moment, Money, OrderDocumentLine};

fn line(number: u32, reference: &str, quantity: u64) -> OrderDocumentLine {
    OrderDocumentLine {
        number,
        reference: reference.to_owned(),
        label: "Joint; « porte »".to_owned(),
        quantity,
        unit_price: Money::from_ten_thousandths(125_000),
        customer_order_number: String::new(),
        work_order: "OM26-1".to_owned(),
        countermark: String::new(),
        desired_delivery_date: None,
        delivery_account: String::new(),
        comment: "=1+1 & \"x\"\nfin".to_owned(),
    }
}

fn document() -> OrderDocument {
    OrderDocument {
        number: "BC-26-0001".to_owned(),
        manufacturer: ManufacturerId(4),
        manufacturer_name: "Kestrel".to_owned(),
        created_at: Moment::parse("2026-03-04T18:05:00Z").unwrap(),
        customer_code: "0064100".to_owned(),
        customer_order_number: "CDE-1".to_owned(),
        delivery_account: "12345-02".to_owned(),
        delivery_option: String::new(),
        desired_delivery_date: Day::new(2026, 3, 10),
        comment: String::new(),
        address: Some(Address {
            name: "Atelier Martin".to_owned(),
            address1: "12 rue Haute".to_owned(),
            zip: "64100".to_owned(),
            town: "Bayonne".to_owned(),
            country: "250".to_owned(),
            ..Address::default()
        }),
        currency: "EUR".to_owned(),
        lines: vec![line(1, "00400001", 2), line(2, "00400002", 10_000)],
    }
}

fn bytes(document: &OrderDocument, form: OrderForm, profile: Profile) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write_order(document, form, profile, &mut out).map(|()| out)
}

fn text(form: OrderForm) -> String {
    String::from_utf8(bytes(&document(), form, Profile::Machine).unwrap()).unwrap()
}

#[test]
fn a_form_comes_back_from_its_name() {
    for form in OrderForm::ALL {
        assert_eq!(OrderForm::parse(form.name()), Some(form));
        assert_eq!(form.name().starts_with("agora"), form.is_agora());
    }
    assert_eq!(OrderForm::parse("pdf"), None);
}

#[test]
fn text_is_quoted_and_long_lines_are_split() {
    assert_eq!(
        text(OrderForm::AgoraText),
        "H;AGORA-ORDER;1;BC-26-0001;2026-03-04T18:05:00Z;0064100;EUR\n\
         O;CDE-1;4;12345-02;;2026-03-10\n\
         A;CDE-1;4;Atelier Martin;12 rue Haute;;;64100;Bayonne;250\n\
         L;1;4;00400001;2;CDE-1;OM26-1;;\"=1+1 & \"\"x\"\"\nfin\";;;\"Joint; « porte »\"\n\
         L;2;4;00400002;9999;CDE-1;OM26-1;;\"=1+1 & \"\"x\"\"\nfin\";;;\"Joint; « porte »\"\n\
         L;3;4;00400002;1;CDE-1;OM26-1;;\"=1+1 & \"\"x\"\"\nfin\";;;\"Joint; « porte »\"\n\
         T;3;10002\n"
    );
}

#[test]
fn xml_and_json_say_the_same() {
    let xml = text(OrderForm::AgoraXml);
    assert!(xml.contains("<Comment>=1+1 &amp; &quot;x&quot;&#10;fin</Comment>"), "{xml}");
    assert!(xml.contains("<QuantityTotal>10002</QuantityTotal>"), "{xml}");
    let json: serde_json::Value = serde_json::from_str(&text(OrderForm::AgoraJson)).unwrap();
    assert_eq!(json["Lines"][1]["Quantity"], 9999);
    assert_eq!(json["Lines"][1]["Manufacturer"], "4");
    assert_eq!(json["Orders"][0]["DeliveryAddress"]["Country"], "250");
    assert_eq!(json["Trailer"]["LineCount"], 3);
    let json: serde_json::Value = serde_json::from_str(&text(OrderForm::Json)).unwrap();
    assert_eq!((&json["kind"], &json["version"]), (&"order".into(), &1.into()));
    assert_eq!(json["total"], "125025.00");
    assert_eq!(json["lines"][0]["line_total"], "25.00");
    assert!(text(OrderForm::Xml).contains("<Total>125025.00</Total>"));
}

#[test]
fn csv_is_written_in_both_profiles() {
    let french = String::from_utf8(bytes(&document(), OrderForm::Csv, Profile::ExcelFr).unwrap()).unwrap();
    assert!(french.starts_with("\u{feff}order_number;") && french.contains("\r\n"));
    assert!(french.contains("'=1+1") && french.contains(";12,50;25,00;") && french.contains(";10/03/2026;"));
    let plain = text(OrderForm::Csv);
    let mut reader = ::csv::ReaderBuilder::new().delimiter(b';').from_reader(plain.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1][20], &rows[1][22], &rows[1][30]), ("00400002", "10000", "=1+1 & \"x\"\nfin"));
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    for form in OrderForm::ALL {
        let one = bytes(&document(), form, Profile::Machine).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!(one, bytes(&document(), form, Profile::Machine).unwrap(), "{form:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_and_free_text_cut() {
    let long = "é".repeat(300);
    let mut cut = document();
    cut.comment.clone_from(&long);
    cut.lines[0].comment.clone_from(&long);
    let written = String::from_utf8(bytes(&cut, OrderForm::AgoraText, Profile::Machine).unwrap()).unwrap();
    assert_eq!(written.matches('é').count(), 510);
    for spoil in [
        |order: &mut OrderDocument| order.lines[0].reference = "9".repeat(41),
        |order: &mut OrderDocument| order.lines[0].reference.clear(),
        |order: &mut OrderDocument| order.lines[0].countermark = "9".repeat(36),
        |order: &mut OrderDocument| order.lines[0].quantity = 0,
        |order: &mut OrderDocument| order.delivery_account = "9".repeat(21),
        |order: &mut OrderDocument| order.address.as_mut().unwrap().town.clear(),
        |order: &mut OrderDocument| order.number = "9".repeat(36),
    ] {
        let mut spoiled = document();
        spoil(&mut spoiled);
        for form in [OrderForm::AgoraText, OrderForm::AgoraXml, OrderForm::AgoraJson] {
            let error = bytes(&spoiled, form, Profile::Machine).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        }
    }
    let mut dear = document();
    dear.lines[0].unit_price = Money::from_ten_thousandths(i64::MAX);
    for form in [OrderForm::Csv, OrderForm::Xlsx, OrderForm::Xml, OrderForm::Json] {
        assert!(bytes(&dear, form, Profile::Machine).is_err(), "{form:?}");
    }
}

#[test]
fn several_orders_share_a_file_and_their_numbers_differ() {
    let header = AgoraHeader {
        version: String::new(),
        file_reference: "EXP-1".to_owned(),
        created_at: Moment::from_seconds(0).unwrap(),
        customer_code: String::new(),
        currency: String::new(),
        comment: String::new(),
    };
    let mut other = document();
    other.customer_order_number.clear();
    other.lines[0].customer_order_number = "CDE-77".to_owned();
    let mut out = Vec::new();
    write_agora(&header, &[document(), other], OrderForm::AgoraText, &mut out).unwrap();
    let written = String::from_utf8(out).unwrap();
    // An order that the customer gave no number goes by ours; a line with another number says itself where it goes.
    assert!(written.contains("\nO;BC-26-0001;4;12345-02;;2026-03-10\n"), "{written}");
    assert!(
        written.contains("\nL;4;4;00400001;2;CDE-77;OM26-1;;\"=1+1 & \"\"x\"\"\nfin\";12345-02;2026-03-10;"),
        "{written}"
    );
    let twice = write_agora(&header, &[document(), document()], OrderForm::AgoraText, &mut Vec::new());
    assert_eq!(twice.unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert!(write_agora(&header, &[], OrderForm::Csv, &mut Vec::new()).is_err());
}
