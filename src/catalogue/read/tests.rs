use super::*;
use crate::catalogue::compiled::Refusal;

const HEAD: &str = "manufacturer_id;reference;label;unit_price;available;replacement\n";

fn catalogue(rows: &str) -> CatalogueReading {
    read("c.csv", format!("{HEAD}{rows}").as_bytes(), 0).unwrap()
}

#[test]
fn a_part_is_found_and_tells_what_the_file_told() {
    let read = catalogue("4;00123;\"Joint \"\"A\"\"; noir\";12.50;0;00124\n15;00123;Autre;1;1;\n");
    let catalogue = read.catalogue;
    let first = catalogue.find_text(" 00123 ").unwrap();
    let part = catalogue.part(first);
    assert_eq!((part.manufacturer, part.reference, part.label), (ManufacturerId(4), "00123", "Joint \"A\"; noir"));
    assert_eq!(
        (part.unit_price.to_string(), part.available, part.replacement),
        ("12.50".to_owned(), false, Some("00124"))
    );
    assert_eq!(catalogue.bearers(first).map(|part| catalogue.manufacturer(part).0).collect::<Vec<_>>(), [4, 15]);
    assert!(!catalogue.is_unique(first));
    assert_eq!(catalogue.find_text("00999"), None);
}

#[test]
fn rows_at_fault_are_named_and_the_others_kept() {
    let read = catalogue(
        "4;A;x;1.00;1;\nBSX;B;x;1;1;\n4;A;y;2.00;1;\n\n4;C;x;dear;1;\n4;;x;1;1;\n4;D;x;1;maybe;\n4;E;x;1;1;\n",
    );
    assert_eq!(read.catalogue.len(), 2);
    let found: Vec<_> =
        read.diagnostics.iter().map(|d| (d.line, d.code, d.arguments.get("cause").unwrap_or("").to_owned())).collect();
    assert_eq!(
        found,
        [
            (4, Code::CatalogueRowRepeated, String::new()),
            (3, Code::CatalogueRowDamaged, "manufacturer_id".to_owned()),
            (6, Code::CatalogueRowDamaged, "unit_price".to_owned()),
            (7, Code::CatalogueRowDamaged, "reference".to_owned()),
            (8, Code::CatalogueRowDamaged, "available".to_owned()),
        ]
    );
    let first = read.catalogue.find_text("A").unwrap();
    assert_eq!((first.place(), read.catalogue.part(first).label), (0, "x"));
}

#[test]
fn columns_may_stand_in_any_order_and_optional_ones_are_kept() {
    let text = "\u{feff}reference,manufacturer_id,unit_price,label,pack_quantity,status,price_date,ean\r\na-very-long-reference-of-a-part,7,\"3,125\",x,10,discontinued,2026-03-04,3210\r\n";
    let catalogue = read("c.csv", text.as_bytes(), 0).unwrap().catalogue;
    let part = catalogue.part(catalogue.find_text("A-VERY-LONG-REFERENCE-OF-A-PART").unwrap());
    assert_eq!((part.pack_quantity, part.status.name(), part.ean), (Some(10), "discontinued", Some("3210")));
    assert_eq!(
        (part.unit_price.to_string(), part.price_date.unwrap().to_string()),
        ("3.125".to_owned(), "2026-03-04".to_owned())
    );
    assert!(part.available && part.replacement.is_none());
}

#[test]
fn what_is_no_catalogue_is_refused() {
    assert_eq!(read("c", b"" as &[u8], 0).unwrap_err().code, Code::CatalogueEmpty);
    assert_eq!(read("c", HEAD.as_bytes(), 0).unwrap_err().code, Code::CatalogueEmpty);
    let error = read("c", b"manufacturer_id;reference;label\n" as &[u8], 0).unwrap_err();
    assert_eq!((error.code, error.arguments.get("cause")), (Code::CatalogueUnreadable, Some("unit_price")));
}

#[test]
fn the_compiled_form_is_the_same_catalogue_or_refused() {
    let catalogue = catalogue(
        "4;00123;Joint;12.50;0;00124\n15;00123;Autre;1;1;\n4;00124;é;1;1;\n4;00125;Joint;1;1;a-reference-beyond-keys\n\
         4;a-reference-beyond-keys;Joint;1;1;\n4;00126;Autre;1;1;\n",
    )
    .catalogue;
    let mut bytes = Vec::new();
    catalogue.write_to(&mut bytes).unwrap();
    let again = Catalogue::read_compiled(bytes.as_slice(), bytes.len() as u64).unwrap();
    for part in catalogue.parts() {
        assert_eq!(format!("{:?}", again.part(part)), format!("{:?}", catalogue.part(part)));
    }
    assert_eq!(again.find_text("00124").map(PartId::index), Some(2));
    assert_eq!(again.find_text("A-Reference-beyond-keys").map(PartId::index), Some(4));
    assert_eq!(String::from_utf8_lossy(&again.text).matches("Joint").count(), 1, "a label stands once");
    let mut twice = Vec::new();
    again.write_to(&mut twice).unwrap();
    assert!(twice == bytes, "what was compiled is compiled as it was");
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        assert!(Catalogue::read_compiled(other.as_slice(), other.len() as u64).is_err(), "byte {at} may change unseen");
    }
    for length in 0..bytes.len() {
        assert!(Catalogue::read_compiled(&bytes[..length], length as u64).is_err());
    }
    let stale = [&bytes[..8], &[9], &bytes[9..]].concat();
    assert!(matches!(
        Catalogue::read_compiled(stale.as_slice(), stale.len() as u64),
        Err(Refusal::Stale { found: 9, .. })
    ));
    assert!(matches!(Catalogue::read_compiled(b"PK\x03\x04".as_slice(), 4), Err(Refusal::Foreign)));
}

#[test]
fn a_reference_between_odd_blanks_is_found_as_it_is_kept() {
    let catalogue = catalogue("4;\u{b}A\u{2003};x;1;1;\n4; \u{a0}B\t;x;1;1;\n").catalogue;
    for part in catalogue.parts() {
        assert_eq!(catalogue.find_text(catalogue.part(part).reference), Some(part));
    }
    assert_eq!(catalogue.find_text(" B\u{a0}").map(PartId::index), Some(1));
}

#[test]
fn blanks_of_windows_go_as_others_do() {
    let bytes = b"manufacturer_id;reference;label;unit_price;available;replacement\n4;\xA000123\xA0;x;1.00\xA0;1;\n";
    let catalogue = read("x", bytes.as_slice(), bytes.len() as u64).unwrap().catalogue;
    let part = catalogue.parts().next().unwrap();
    assert_eq!(catalogue.part(part).reference, "00123");
}

#[test]
fn slips_are_recognised_but_never_taken() {
    let catalogue = catalogue("4;0070817;x;1;1;\n4;SS-200101;x;1;1;\n").catalogue;
    for (typed, meant) in [
        ("70817", Some(0)),
        ("OO70817", Some(0)),
        ("SS-2OO1O1", Some(1)),
        ("SS-200I01", Some(1)),
        ("ZZ", None),
        ("", None),
    ] {
        assert_eq!(catalogue.suggest(typed, 10).map(PartId::index), meant, "{typed}");
    }
}
