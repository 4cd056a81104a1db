use std::io;

use super::TreeKind::{Json, Xml};
use super::tests::limits;
use super::*;
use crate::decode::{Rows as _, TableRow};

/// Whether each row continues the one before it, and its cells.
fn apart(text: &str, kind: TreeKind, records: &str) -> Vec<String> {
    let wanted = Wanted { records: &[records], items_apart: true };
    let outline = outline(text.as_bytes(), kind, wanted, &limits(), "x").unwrap();
    let mut feed = record_rows(io::Cursor::new(text.to_owned()), kind, &outline, &limits(), "x");
    let (mut row, mut found) = (TableRow::default(), Vec::new());
    while feed.next(&mut row).unwrap() {
        let cells: Vec<_> = row.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        found.push(format!("{}{}", if row.continues { "+" } else { "" }, cells.join(";")));
    }
    found
}

#[test]
fn what_repeats_inside_a_record_has_rows_of_its_own() {
    let json =
        r#"{"Version":1,"Claims":[{"Parts":[{"Ref":"a","Q":1},{"Q":2}],"Who":{"Name":"x"}},{"Who":{"Name":"y"}}]}"#;
    assert_eq!(apart(json, Json, "/Claims"), ["Parts/Ref;Parts/Q;Who/Name", ";;x", "+a;1;", "+;2;", ";;y"]);
    let xml = "<D v='1'><C><S><Code>1</Code><P><R>a</R></P><P><R>b</R></P></S><S><Code>2</Code></S><N>n</N></C>\
               <C><S><Code>3</Code></S></C></D>";
    assert_eq!(apart(xml, Xml, "/D/C"), ["S/Code;S/P/R;N", ";;n", "+1;;", "+;a;", "+;b;", "+2;;", ";;", "+3;;"]);
}

#[test]
fn the_first_wanted_place_that_exists_counts_and_the_others_are_named() {
    let text = r#"{"A":[{"x":1}],"B":[{"x":2}]}"#;
    let wanted = Wanted { records: &["/Z", "/B", "/A", "/"], items_apart: true };
    let found = outline(text.as_bytes(), Json, wanted, &limits(), "x").unwrap();
    assert_eq!((found.records.as_str(), found.others.as_slice()), ("/B", ["/A".to_owned(), "/".to_owned()].as_slice()));
}
