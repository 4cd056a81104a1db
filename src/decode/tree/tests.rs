use std::fmt::Write as _;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};

use super::*;
use crate::decode::{Rows, TableRow};

use super::TreeKind::{Json, Xml};

pub(super) fn limits() -> Limits {
    Limits {
        cell_bytes: 1000,
        record_bytes: 1000,
        columns: 50,
        lines: 1000,
        basket_lines: 1000,
        depth: 20,
        archive_files: 1,
        unpacked_bytes: 1,
        held_bytes: 1,
    }
}

fn wanted<'w>(records: &'w [&'w str]) -> Wanted<'w> {
    Wanted { records, items_apart: false }
}

/// What a feed gives: lines, cells and whether they are odd; and its error.
type Found = (Vec<(u64, Vec<String>, bool)>, Option<RowError>);

fn all(mut feed: Feed) -> Found {
    let mut row = TableRow::default();
    let mut found = Vec::new();
    loop {
        match feed.next(&mut row) {
            Ok(true) => {
                let cells = row.cells().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect();
                found.push((row.line, cells, !row.notes.is_empty()));
            }
            Ok(false) => return (found, None),
            Err(error) => return (found, Some(error)),
        }
    }
}

fn read(text: &str, kind: TreeKind, records: Option<&str>) -> (Outline, Found) {
    let outline = outline(text.as_bytes(), kind, wanted(records.as_slice()), &limits(), "x").unwrap();
    let feed = record_rows(io::Cursor::new(text.to_owned()), kind, &outline, &limits(), "x");
    (outline, all(feed))
}

/// The path of the records, the heading, and the rows with their lines; `!` before those that are odd.
fn shown(text: &str, kind: TreeKind, records: Option<&str>) -> Vec<String> {
    let (outline, (rows, error)) = read(text, kind, records);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(outline.count + 1, rows.len() as u64);
    assert_eq!((rows[0].0, &rows[0].1), (0, &outline.columns));
    let rows =
        rows.iter().map(|(line, cells, odd)| format!("{}{line} {}", if *odd { "!" } else { "" }, cells.join(";")));
    std::iter::once(outline.records).chain(rows).collect()
}

fn refused(text: impl AsRef<[u8]>, kind: TreeKind, records: Option<&str>) -> Error {
    match outline(text.as_ref(), kind, wanted(records.as_slice()), &limits(), "x") {
        Err(RowError::Refused(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn what(error: &Error) -> (Code, &str) {
    (error.code, error.arguments.get("what").or(error.arguments.get("line")).unwrap_or(""))
}

#[test]
fn xml_with_fields_before_and_behind_the_lines() {
    let text = "<?xml version=\"1.0\"?>\n<o:orders xmlns:o=\"urn:o\" date=\"2026-01-01\">\n <order number=\"C1\">\n  \
                <o:line id='1'><Ref>A</Ref><Article><EAN>1</EAN></Article></o:line>\n  <line><Ref> B &amp; &#66; \
                </Ref><Qty/><Tag>x</Tag><Tag>y</Tag></line><shop><city>Lyon</city></shop></order>\n <order \
                number=\"C2\"><line><Ref><![CDATA[ <C> ]]></Ref></line></order>\n <sent by=\"post\">today</sent></o:orders>\n";
    assert_eq!(
        shown(text, Xml, None),
        [
            "/orders/order/line",
            "0 @date;order/@number;order/shop/city;sent;sent/@by;@id;Ref;Article/EAN;Qty;Tag",
            "4 2026-01-01;C1;Lyon;today;post;1;A;1;;",
            "5 2026-01-01;C1;Lyon;today;post;;B & B;;;x|y",
            "6 2026-01-01;C2;;today;post;; <C> ;;;",
        ]
    );
}

#[test]
fn json_with_fields_before_and_behind_the_lines() {
    let text = r#"{"sender": "K\u00fc\ud83d\ude00", "orders": [
        {"number": "C1", "lines": [
            {"ref": "A", "qty": 1.50, "tags": ["x", null, 2], "art": {"ean": 12345678901234567890}},
            7, {"ref": "B\n", "qty": null, "ok": true, "rates": [{"r": 1}, {"r": -2e5}]}],
         "shop": {"city": "Lyon"}},
        {"number": "C2", "lines": [{"ref": "C"}, {"ref": "D", "ref": "E"}]}], "sent": false}"#;
    assert_eq!(
        shown(text, Json, None),
        [
            "/orders/lines",
            "0 sender;orders/number;orders/shop/city;sent;ref;qty;tags;art/ean;ok;rates/r",
            "3 Kü😀;C1;Lyon;FALSE;A;1.50;x||2;12345678901234567890;;",
            "!4 Kü😀;C1;Lyon;FALSE;7;;;;;",
            "5 Kü😀;C1;Lyon;FALSE;B\n;;;;TRUE;1|-2e5",
            "6 Kü😀;C2;;FALSE;C;;;;;",
            "7 Kü😀;C2;;FALSE;D|E;;;;;",
        ]
    );
    assert_eq!(
        shown(text, Json, Some("/orders/"))[1..3],
        [
            "0 sender;sent;number;lines;lines/ref;lines/qty;lines/tags;lines/art/ean;lines/ok;lines/rates/r;shop/city",
            "2 Kü😀;FALSE;C1;7;A|B\n;1.50|;x||2;12345678901234567890;TRUE;1|-2e5;Lyon",
        ]
    );
}

#[test]
fn lists_at_the_top_and_values_one_behind_the_other() {
    let expected = ["/", "0 a;b", "1 1;", "2 2;x"];
    assert_eq!(shown("[{\"a\":1},\n{\"a\":2,\"b\":\"x\"}]", Json, None), expected);
    assert_eq!(shown("{\"a\":1}\n{\"a\":2,\"b\":\"x\"}\n", Json, Some("/")), expected);
    let orders = "{\"n\":1,\"l\":[{\"a\":1},{\"a\":2}]}\n{\"l\":[{\"a\":3}],\"n\":2}";
    assert_eq!(shown(orders, Json, None), ["/l", "0 n;a", "1 1;1", "2 1;2", "3 2;3"]);
    let scalars = "[{\"a\":1}, \"x\", null, [5, {\"a\":2}]]";
    assert_eq!(shown(scalars, Json, None), ["/", "0 a", "1 1", "!2 x", "!3 ", "!4 5", "5 2"]);
}

#[test]
fn names_that_clash_get_more_of_their_path() {
    let text = "<orders id='0'><id>1</id><line id='2'><id>3</id></line><line/></orders>";
    assert_eq!(shown(text, Xml, None), ["/orders/line", "0 orders/@id;orders/id;@id;id", "1 0;1;2;3", "2 0;1;;"]);
    let text = r#"{"ref": "O", "lines": [{"ref": "A", "a/b": 1, "a": {"b": 2}}, {}]}"#;
    assert_eq!(shown(text, Json, None), ["/lines", "0 /ref;ref;a/b", "1 O;A;1|2", "2 O;;"]);
}

#[test]
fn a_single_record_is_found_by_its_name_or_its_fields() {
    let text = "<Order><Head><a/><b/><c/></Head><Lines><Line><Ref>A</Ref></Line></Lines></Order>";
    assert_eq!(shown(text, Xml, None), ["/Order/Lines/Line", "0 Head/a;Head/b;Head/c;Ref", "1 ;;;A"]);
    let text = "<Order><No>1</No><Entry><Ref>A</Ref><Qty>2</Qty></Entry></Order>";
    assert_eq!(shown(text, Xml, None), ["/Order/Entry", "0 No;Ref;Qty", "1 1;A;2"]);
    assert_eq!(shown("<Ref id=\"A\">2</Ref>", Xml, None), ["/Ref", "0 #text;@id", "1 2;A"]);
    assert_eq!(shown("{\"ref\": \"A\", \"qty\": 2}", Json, None), ["/", "0 ref;qty", "1 A;2"]);
    let text = "{\"n\": 1, \"lines\": [{\"ref\": \"A\", \"qty\": 2}]}";
    assert_eq!(shown(text, Json, None), ["/lines", "0 n;ref;qty", "1 1;A;2"]);
}

#[test]
fn the_list_with_most_records_is_chosen_unless_somebody_says_which() {
    let text = "<o><people><p n='1'/><p n='2'/></people><lines><l r='1'/><l r='2'/><l r='3'/></lines></o>";
    assert_eq!(shown(text, Xml, None)[0], "/o/lines/l");
    assert_eq!(shown(text, Xml, Some("/x:o/people/x:p/")), ["/o/people/p", "0 @n", "1 1", "2 2"]);
    assert_eq!(shown("<a>t<b>1</b><b>2</b></a>", Xml, Some("/a/b")), ["/a/b", "0 a/#text;#text", "1 t;1", "2 t;2"]);
    // One tax for each line: the lines have more fields.
    let text = r#"[{"r": 1, "q": 2, "t": [{"x": 1}]}, {"r": 1, "q": 2, "t": [{"x": 1}]}]"#;
    assert_eq!(shown(text, Json, None)[0], "/");
}

#[test]
fn records_that_are_not_there() {
    for (text, kind) in [("<a>x</a>", Xml), ("[]", Json), ("[1, 2]", Json), ("<a><b/></a>", Xml), ("5", Json)] {
        let error = refused(text, kind, Some("/a/c"));
        assert_eq!((error.code, error.arguments.get("place")), (Code::RecordsNotFound, Some("/a/c")), "{text}");
    }
    for (text, kind) in [("<a>x</a>", Xml), ("[]", Json), ("[1, 2]", Json), ("<a/>", Xml), ("5", Json)] {
        let error = refused(text, kind, None);
        assert_eq!((error.code, error.arguments.get("place")), (Code::RecordsNotFound, None), "{text}");
    }
    assert_eq!(refused("<A><b c='1'/></A>", Xml, Some("/a/b")).code, Code::RecordsNotFound);
}

#[test]
fn white_space_outside_cdata_goes() {
    let text =
        "<a><r><x>\t one\r\n two </x><y> <![CDATA[ 1 ]]> 2 <![CDATA[]]></y><z>&#160;&#32;</z></r><r>a<x/> b</r></a>";
    let expected = ["/a/r", "0 #text;x;y;z", "1 ;one\n two; 1  2 ;\u{a0}", "2 a b;;;"];
    assert_eq!(shown(text, Xml, None), expected);
}

#[test]
fn xml_that_is_none() {
    for (text, line) in [
        ("<a>\n<b>", "2"),
        ("<a>\n<b></a>", "2"),
        ("<a/>\n<b/>", "2"),
        ("<a/>x", "1"),
        ("x<a/>", "1"),
        ("<a/>&amp;", "1"),
        ("<a>&nbsp;</a>", "1"),
        ("<a>&amp</a>", "1"),
        ("<a>&#0;</a>", "1"),
        ("<a b='&x;'/>", "1"),
        ("<a b=1/>", "1"),
        ("<a b='1/>", "1"),
        ("<a>\n\0</a>", "2"),
        ("<!-- x", "1"),
        ("<a><![CDATA[x</a>", "1"),
        ("</a>", "1"),
        ("<>1</>", "1"),
        ("", "1"),
        ("<?xml version='1.0'?>", "1"),
    ] {
        assert_eq!(what(&refused(text, Xml, None)), (Code::XmlInvalid, line), "{text}");
    }
    assert_eq!(what(&refused(b"<a>\n\xE9</a>", Xml, None)), (Code::XmlInvalid, "2"));
}

#[test]
fn json_that_is_none() {
    for (text, line) in [
        ("", "1"),
        ("[\n{\"a\":1", "2"),
        ("[1", "1"),
        ("[tru", "1"),
        ("\"a", "1"),
        ("\"a\\", "1"),
        ("{\"a\" 1}", "1"),
        ("{\"a\":1,}", "1"),
        ("[1,]", "1"),
        ("[,1]", "1"),
        ("[1 2]", "1"),
        ("{a:1}", "1"),
        ("[1}", "1"),
        ("{\"a\":1}\n}", "2"),
        ("{}\nx", "2"),
        ("{},{}", "1"),
        ("[01]", "1"),
        ("[1.]", "1"),
        ("[.5]", "1"),
        ("[1e]", "1"),
        ("[+1]", "1"),
        ("[NaN]", "1"),
        ("[\"a\tb\"]", "1"),
        ("[\"\\x\"]", "1"),
        ("[\"\\ud800\"]", "1"),
        ("[1,\0]", "1"),
    ] {
        assert_eq!(what(&refused(text, Json, None)), (Code::JsonInvalid, line), "{text}");
    }
    assert_eq!(what(&refused(b"[\"\xE9\"]", Json, None)), (Code::JsonInvalid, "1"));
}

#[test]
fn a_doctype_is_refused_wherever_it_stands() {
    for text in [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_owned(),
        "<?xml version='1.0'?>\n<!doctype a><a/>".to_owned(),
        "<a><!DOCTYPE a></a>".to_owned(),
        "<!DOCTYPE a [".to_owned(),
        "<a/><!DOCTYPE".to_owned(),
        format!("<!DOCTYPE a [{}]><a/>", "<!ENTITY b 'c'>".repeat(10_000)),
    ] {
        assert_eq!(refused(text, Xml, None).code, Code::XmlDoctype);
    }
}

#[test]
fn levels_and_columns_have_their_limit() {
    for (piece, kind) in [("<a>", Xml), ("[", Json), ("{\"a\":", Json), ("[{\"a\":", Json)] {
        assert_eq!(what(&refused(piece.repeat(100_000), kind, None)), (Code::LimitExceeded, "depth"), "{piece}");
    }
    let nested = |levels: usize| format!("{}<x y='1'/>{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert!(outline(nested(19).as_bytes(), Xml, Wanted::default(), &limits(), "x").is_ok());
    assert_eq!(what(&refused(nested(20), Xml, None)).1, "depth");
    for count in [51, 1_000_000] {
        let members: Vec<String> = (0..count).map(|n| format!("\"k{n}\":1")).collect();
        assert_eq!(
            what(&refused(format!("[{{{}}}]", members.join(",")), Json, None)),
            (Code::LimitExceeded, "columns")
        );
        let records: Vec<String> = (0..count).map(|n| format!("<r><k{n}>1</k{n}></r>")).collect();
        let text = records.concat();
        assert_eq!(what(&refused(format!("<a>{text}</a>"), Xml, None)), (Code::LimitExceeded, "columns"));
    }
}

/// Gives a beginning, and then the same piece again and again.
struct Endless {
    text: Vec<u8>,
    piece: &'static [u8],
    given: Arc<AtomicU64>,
}

const ENDLESS: u64 = 2 << 30;

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given.load(Ordering::Relaxed) > ENDLESS {
            return Ok(0);
        }
        while self.text.len() < buffer.len() {
            self.text.extend_from_slice(self.piece);
        }
        buffer.copy_from_slice(&self.text[..buffer.len()]);
        self.text.drain(..buffer.len());
        self.given.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(buffer.len())
    }
}

#[test]
fn what_never_ends_is_given_up_early() {
    let long = "a".repeat(500);
    let names = format!("<{long}>");
    for (begin, piece, kind) in [
        ("<a>", &b"x"[..], Xml),
        ("<a b='", b"x", Xml),
        ("<a ", b"b='1' ", Xml),
        ("<a", b"a", Xml),
        ("<a>&", b"x", Xml),
        ("<a>", b"x&amp;", Xml),
        ("<a>", b"x<!-- -->", Xml),
        ("<a>", b"x<b/>", Xml),
        ("<!--", b"x", Xml),
        ("<?x ", b"x", Xml),
        ("<a><![CDATA[", b"x", Xml),
        ("</a", b"a", Xml),
        (&names.repeat(19), b"x", Xml),
        ("\"", b"x", Json),
        ("\"", b"\\n", Json),
        ("{\"", b"x", Json),
        ("[1", b"1", Json),
        ("[tr", b"ue", Json),
    ] {
        let given = Arc::new(AtomicU64::new(0));
        let source = Endless { text: begin.into(), piece, given: Arc::clone(&given) };
        match outline(source, kind, Wanted::default(), &limits(), "x") {
            Err(RowError::Refused(error)) => {
                assert_eq!(what(&error), (Code::LimitExceeded, "record-bytes"), "{begin}");
            }
            other => panic!("{begin}: {other:?}"),
        }
        let given = given.load(Ordering::Relaxed);
        assert!(given < 1 << 20, "{begin}: {given} bytes for at most {}", longest(&limits()));
    }
}

#[test]
fn a_record_and_what_is_held_have_their_limit() {
    let record = |count: usize| format!("[{{\"a\":[{}]}},{{\"a\":1}}]", vec!["12345"; count].join(","));
    let (_, (rows, error)) = read(&record(2000), Json, None);
    assert!(error.is_none() && rows.len() == 3);
    let (_, (_, error)) = read(&record(3000), Json, None);
    assert!(matches!(error, Some(RowError::Refused(error)) if what(&error).1 == "record-bytes"));
    // Orders that repeat are held; a single one is not.
    let lines = format!("<line><r>{}</r></line>", "x".repeat(10_000)).repeat(8000);
    let text = format!("<o><order n='1'>{lines}</order><order n='2'/></o>");
    let (_, (rows, error)) = read(&text, Xml, None);
    assert!(matches!(error, Some(RowError::Refused(error)) if what(&error).1 == "record-bytes"));
    assert!(rows.len() > 6000 && rows[6000].1[0] == "1", "what was read comes before the fault");
    let (_, (rows, error)) = read(&format!("<o><order n='1'>{lines}</order></o>"), Xml, None);
    assert!(error.is_none() && rows.len() == 8001);
}

#[test]
fn a_blank_between_millions_of_lines_is_no_text() {
    let text = format!("<a>note{}</a>", "\n  <b c='1'/>\n".repeat(10_000));
    let (outline, _) = read(&text, Xml, None);
    assert_eq!((outline.count, &*outline.columns.join(";")), (10_000, "#text;@c"));
}

#[test]
fn what_others_write_is_read() {
    // By xml.etree.ElementTree of Python 3.
    let text = "<?xml version='1.0' encoding='us-ascii'?>\n<ns0:commande xmlns:ns0=\"urn:x\" no=\"C &quot;1&quot; &amp; \
                &lt;2&gt;\"><ns0:ligne><ns0:reference ns0:cle=\"&#09;'x'\">A&amp;B</ns0:reference><ns0:quantite>1\
                </ns0:quantite></ns0:ligne><ns0:ligne><ns0:reference>&#201;\n&lt;2&gt;</ns0:reference><ns0:quantite />\
                </ns0:ligne></ns0:commande>";
    assert_eq!(
        shown(text, Xml, None),
        [
            "/commande/ligne",
            "0 @no;reference;reference/@cle;quantite",
            "2 C \"1\" & <2>;A&B;'x';1",
            "3 C \"1\" & <2>;É\n<2>;;"
        ]
    );
    // The samples in JSON are by json.dumps of Python 3.
    let order = shown(include_str!("../../../samples/orders/order.xml"), Xml, None);
    assert_eq!(
        (&*order[0], &*order[1], &*order[3]),
        (
            "/Commande/Lignes/Ligne",
            "0 Entete/NumeroCommande;Entete/DateCommande;Entete/Client/@code;Entete/Client/Nom;Entete/Client/Ville;\
             Pied/NombreLignes;@numero;Reference;Designation;Quantite;Quantite/@unite;PrixUnitaire;Commentaire",
            "19 CF-2026-00418;2026-02-03;C1187;Dépannage Bertin & Fils;Villeurbanne;4;20;0070817965D;Joint de porte;1;PCE;\
             24.90;Client <urgent>",
        )
    );
    let orders = shown(include_str!("../../../samples/orders/orders.json"), Json, None);
    assert_eq!(
        (&*orders[0], &*orders[1], &*orders[5]),
        (
            "/commandes/lignes",
            "0 destinataire;commandes/numero;commandes/date;commandes/client/code;commandes/client/nom;\
             commandes/livraison;reference;designation;quantite;prix_unitaire;commentaire",
            "44 Comptoir des Pièces;WEB-70113;2026-02-04;C0920;Électro Saône;normale;7328690;Joint de cuve;0;46.8;\
             pour info",
        )
    );
    let lines = shown(include_str!("../../../samples/orders/order-lines.ndjson"), Json, None);
    assert_eq!((&*lines[0], &*lines[2], lines.len()), ("/", "1 WEB-70112;00123456;Pompe de vidange;2;38.5;", 6));
}

#[test]
fn samples_of_codes_are_refused_with_them() {
    for (text, kind, code) in [
        (include_str!("../../../samples/codes/JSON_INVALID/orders.json"), Json, Code::JsonInvalid),
        (include_str!("../../../samples/codes/XML_INVALID/orders.xml"), Xml, Code::XmlInvalid),
        (include_str!("../../../samples/codes/XML_DOCTYPE/orders.xml"), Xml, Code::XmlDoctype),
        (include_str!("../../../samples/codes/RECORDS_NOT_FOUND/orders.xml"), Xml, Code::RecordsNotFound),
    ] {
        assert_eq!(refused(text, kind, None).code, code);
    }
    let odd = include_str!("../../../samples/codes/RECORD_UNREADABLE/orders.json");
    assert_eq!(
        shown(odd, Json, None),
        ["/", "0 reference;quantity", "2 00123456;2", "!3 voir la commande du 12;", "4 7328690;1"]
    );
}

#[test]
fn encodings_of_declarations() {
    for (head, name) in [
        ("<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a/>", Some("ISO-8859-15")),
        ("\u{feff}<?xml version='1.0'  encoding = 'utf-8' standalone='yes'?>", Some("utf-8")),
        ("<?xml version=\"1.0\"?><a encoding=\"x\"/>", None),
        ("<?xml version='1.0' encoding='", None),
        ("<?xml version='1.0' encoding=''?>", None),
        ("<a/>", None),
        ("", None),
    ] {
        assert_eq!(xml_encoding(head.as_bytes()).as_deref(), name, "{head}");
    }
}

type Table = Vec<Vec<String>>;

fn names(table: &Table) -> Vec<String> {
    (0..table[0].len()).map(|n| format!("f{n}")).collect()
}

fn as_xml(table: &Table) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let write_line = |writer: &mut Writer<Vec<u8>>, line: &Vec<String>| -> io::Result<()> {
        for (name, cell) in names(table).iter().zip(line) {
            writer.create_element(name.as_str()).write_text_content(BytesText::new(cell))?;
        }
        Ok(())
    };
    writer
        .create_element("rows")
        .write_inner_content(|writer| {
            for line in table {
                writer.create_element("row").write_inner_content(|writer| write_line(writer, line))?;
            }
            writer.write_event(Event::Comment(BytesText::new(" end ")))
        })
        .unwrap();
    String::from_utf8(writer.into_inner()).unwrap()
}

fn as_objects(table: &Table) -> Vec<serde_json::Value> {
    let object = |line: &Vec<String>| {
        serde_json::Value::Object(names(table).into_iter().zip(line.iter().cloned().map(Into::into)).collect())
    };
    table.iter().map(object).collect()
}

fn as_lines(table: &Table) -> String {
    let lines: Vec<String> = as_objects(table).iter().map(serde_json::Value::to_string).collect();
    lines.join("\n")
}

fn tables(cell: &'static str) -> impl Strategy<Value = Table> {
    (1..5usize, 1..8usize)
        .prop_flat_map(move |(width, height)| proptest::collection::vec(proptest::collection::vec(cell, width), height))
}

proptest! {
    #[test]
    fn a_table_comes_back_from_xml(table in tables("([!-~é€😀]([ -~é€😀\n]{0,8}[!-~é€😀])?)?")) {
        let (_, (rows, error)) = read(&as_xml(&table), Xml, Some("/rows/row"));
        prop_assert!(error.is_none());
        prop_assert_eq!(rows.into_iter().skip(1).map(|(_, cells, _)| cells).collect::<Table>(), table);
    }

    #[test]
    fn a_table_comes_back_from_json(table in tables("\\PC{0,8}|[\u{0}-\u{30}\"\\\\]{0,6}")) {
        let list = serde_json::Value::Array(as_objects(&table));
        for text in [list.to_string(), serde_json::to_string_pretty(&list).unwrap(), as_lines(&table)] {
            let (outline, (rows, error)) = read(&text, Json, None);
            prop_assert!(error.is_none());
            prop_assert_eq!(outline.columns, names(&table));
            prop_assert_eq!(rows.into_iter().skip(1).map(|(_, cells, _)| cells).collect::<Table>(), table.clone());
        }
    }

    #[test]
    fn a_cut_loses_nothing_before_it(table in tables("[a-c&<\"é]{0,4}"), share in 0..1000usize) {
        for (text, kind) in [(as_xml(&table), Xml), (as_lines(&table), Json),
                             (serde_json::Value::Array(as_objects(&table)).to_string(), Json)] {
            let (outline, (whole, _)) = read(&text, kind, Some(if kind == Xml { "/rows/row" } else { "/" }));
let cut = text.len() * share / 1000;
            let begin = text.as_bytes()[..cut].to_vec();
            let end = if kind == Xml { "</row>" } else { "}" };
            let complete = String::from_utf8_lossy(&begin).matches(end).count();
            drop(super::outline(&*begin, kind, Wanted::default(), &limits(), "x"));
            let (rows, error) = all(record_rows(io::Cursor::new(begin), kind, &outline, &limits(), "x"));
            prop_assert_eq!(rows.len(), complete + 1);
            prop_assert_eq!(&rows[..], &whole[..rows.len()]);
            prop_assert!(error.is_some() || rows.len() <= whole.len());
        }
    }

    #[test]
    fn nothing_panics(text in proptest::collection::vec(proptest::sample::select(
        vec!["<", ">", "/", "a", "b", "=", "'", "\"", "&", ";", "#", "!", "--", "[", "]", "{", "}", ",", ":", "1", "\\", "\n", " ",
             "<a>", "</a>", "<a/>", "\0", "é", "<![CDATA[", "]]>", "<?", "?>", "null"]), 0..40)) {
        let text = text.concat();
        for kind in [Xml, Json] {
            if let Ok(outline) = outline(text.as_bytes(), kind, Wanted::default(), &limits(), "x") {
                let (rows, error) = all(record_rows(io::Cursor::new(text.clone()), kind, &outline, &limits(), "x"));
                prop_assert!(error.is_none());
                prop_assert_eq!(rows.len() as u64, outline.count + 1);
            }
        }
    }
}

#[test]
#[ignore = "measures; run with --release --nocapture"]
fn speed() {
    let limits = Limits { record_bytes: 1 << 20, columns: 20_000, depth: 100, ..limits() };
    let mut xml = String::from("<?xml version=\"1.0\"?>\n<orders>\n<order number=\"C1\">\n");
    let mut json = String::from("{\"orders\":[{\"number\":\"C1\",\"lines\":[\n");
    for n in 0..200_000u32 {
        if n > 0 && n % 1000 == 0 {
            writeln!(xml, "</order>\n<order number=\"C{n}\">").unwrap();
            writeln!(json, "],\n\"city\":\"Lyon\"}},{{\"number\":\"C{n}\",\"lines\":[").unwrap();
        } else if n > 0 {
            json += ",\n";
        }
        writeln!(xml,
            "  <line id=\"{n}\">\n    <Reference>AS{n:08}</Reference>\n    <Label>Électrovanne &amp; joint</Label>\n    \
             <Quantity unit=\"PCE\">{}</Quantity>\n    <Price>{n}.50</Price>\n    <Comment/>\n  </line>",
            n % 9
        ).unwrap();
        write!(json,
            "  {{\"id\": {n}, \"reference\": \"AS{n:08}\", \"label\": \"\\u00c9lectrovanne et joint\", \"article\": \
             {{\"ean\": \"2000000481005\", \"unit\": \"PCE\"}}, \"quantity\": {}, \"price\": {n}.50, \"comment\": null}}",
            n % 9
        ).unwrap();
    }
    xml += "</order></orders>";
    json += "]}]}";
    for (text, kind) in [(xml, Xml), (json, Json)] {
        let start = std::time::Instant::now();
        let outline = outline(text.as_bytes(), kind, Wanted::default(), &limits, "x").unwrap();
        let first = start.elapsed();
        let length = text.len();
        let mut feed = record_rows(io::Cursor::new(text), kind, &outline, &limits, "x");
        let mut row = TableRow::default();
        let mut count = 0u64;
        while feed.next(&mut row).unwrap() {
            count += 1;
        }
        println!(
            "{kind:?}: {} MB, {count} rows, {first:?} and {:?}",
            length / 1_000_000,
            start.elapsed().saturating_sub(first)
        );
    }
}
