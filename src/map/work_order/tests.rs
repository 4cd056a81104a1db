//! Answers of the platform, our own documents, tables.

use super::*;
use crate::decode::{TableRow, TreeKind, walk};
use crate::delimited::Charset;
use crate::format::Registry;
use crate::model::{CloseKind, WorkOrderStatus, Zone};

/// What is heard of a text, and how that ends.
fn heard(kind: TreeKind, text: &str, limits: &Limits) -> (Vec<WorkOrderDraft>, Vec<Diagnostic>, Option<Error>) {
    let (mut drafts, mut said) = (Vec::new(), Vec::new());
    let mut take = |heard| {
        match heard {
            Heard::Draft(draft) => drafts.push(*draft),
            Heard::Said(diagnostic) => said.push(diagnostic),
        }
        Ok(())
    };
    let mut listener = WorkOrderListener::new(kind, limits, "a.json", &mut take);
    let ended = match walk(text.as_bytes(), kind, limits, "a.json", &mut listener) {
        Ok(()) => listener.end().err(),
        Err(RowError::Refused(error)) => Some(error),
        Err(RowError::Io(error)) => panic!("{error}"),
    };
    (drafts, said, ended)
}

fn limits() -> Limits {
    Registry::built_in().format("generic").unwrap().limits
}

fn drafts(kind: TreeKind, text: &str) -> Vec<WorkOrderDraft> {
    let (drafts, said, ended) = heard(kind, text, &limits());
    assert!(said.is_empty() && ended.is_none(), "{said:?} {ended:?}");
    drafts
}

fn refused(kind: TreeKind, text: &str) -> Error {
    heard(kind, text, &limits()).2.unwrap()
}

fn codes(draft: &WorkOrderDraft) -> Vec<Code> {
    draft.diagnostics.iter().map(|fault| fault.code).collect()
}

#[test]
fn an_answer_holds_a_list_an_object_or_nothing() {
    for (data, count) in [
        ("[{\"Mandate\": {\"MandateId\": 1}}, {\"Mandate\": {\"MandateId\": 2}}]", 2),
        ("{\"Mandate\": {\"MandateId\": 1}}", 1),
        ("{\"MandateId\": 1}", 1),
        ("[]", 0),
        ("null", 0),
    ] {
        let text = format!("{{\"ResponseData\": {data}, \"IsValid\": true, \"ResponseStatus\": \"S\"}}");
        assert_eq!(drafts(TreeKind::Json, &text).len(), count, "{text}");
    }
}

#[test]
fn null_and_empty_texts_say_nothing_and_unknown_members_are_passed_over() {
    let text = "{\"ResponseData\": [{\"Mandate\": {\"MandateId\": 1, \"OrderMission\": \" OM1\\r\\nx \", \"Brand\": null, \
                \"Family\": \"\", \"Unheard\": {\"MandateId\": 9, \"Of\": [{\"Brand\": \"no\"}]}, \
                \"ConsumerLight\": {\"LastName\": \"Dupont\", \"LastNames\": \"x\"}}, \"InterventionId\": 7}]}";
    let [draft] = &drafts(TreeKind::Json, text)[..] else { panic!("one") };
    let content = &draft.content;
    assert_eq!((content.id, content.number.as_str(), content.repair_file), (Some(1), "OM1\nx", Some(7)));
    assert_eq!((content.appliance.brand.as_str(), content.consumer.last_name.as_str()), ("", "Dupont"));
    assert_eq!(content.status, Some(WorkOrderStatus::Accepted), "it has a repair file");
    assert!(draft.diagnostics.is_empty());
}

#[test]
fn parts_are_told_apart() {
    let text = "{\"ResponseData\": {\"MandateId\": 1, \"SuggestedParts\": [{\"Label\": \"a\", \"SuggestedPartRef\": \"A\"}, \
                {\"Quantity\": 2, \"SuggestedPartRef\": \"B\", \"Comment\": null}, {}]}}";
    let parts = &drafts(TreeKind::Json, text)[0].content.parts;
    let told: Vec<_> = parts.iter().map(|part| (part.reference.as_str(), part.quantity, part.label.as_str())).collect();
    assert_eq!(told, [("A", None, "a"), ("B", Some(2), "")]);
}

#[test]
fn what_an_answer_says_of_itself_is_passed_on() {
    let error = refused(
        TreeKind::Json,
        "{\"ResponseData\": [{\"MandateId\": 1}], \"IsValid\": false, \"ResponseErrorMessage\": \"Key <unknown>\"}",
    );
    assert_eq!((error.code, error.arguments.get("message")), (Code::ResponseRefused, Some("Key <unknown>")));
    let text = "{\"ResponseStatus\": \"W\", \"IsValid\": true, \"ResponseMessage\": \"slow\", \"ResponseData\": null}";
    let (_, said, ended) = heard(TreeKind::Json, text, &limits());
    assert!(ended.is_none());
    assert_eq!((said[0].code, said[0].arguments.get("message")), (Code::ResponseWarning, Some("slow")));
    let text = "{\"ResponseData\": [{\"IsValid\": false, \"Mandate\": {\"MandateId\": 1}}, \
                {\"IsValid\": false, \"ResponseErrorMessage\": \"full\", \"Mandate\": {\"MandateId\": 2}}]}";
    let drafts = drafts(TreeKind::Json, text);
    // Without auto-accept the platform leaves these members as they are by default.
    assert_eq!((codes(&drafts[0]), codes(&drafts[1])), (vec![], vec![Code::RepairFileNotCreated]));
}

#[test]
fn our_own_documents_have_one_version() {
    let text = "<WorkOrders xmlns='urn:bordereau:work-orders:1' Version='1'><WorkOrder Id='1' Status='CLOSED' \
                CloseKind='WithClaim'><Device><Brand>B</Brand></Device>\
                <SuggestedParts><Part><Reference>R</Reference></Part></SuggestedParts></WorkOrder></WorkOrders>";
    let content = &drafts(TreeKind::Xml, text)[0].content;
    assert_eq!((content.close_kind, content.appliance.brand.as_str()), (Some(CloseKind::WithClaim), "B"));
    assert_eq!(content.parts[0].reference, "R");
    let text = "<w:WorkOrders Version='1' xmlns='urn:other' xmlns:w='urn:bordereau:work-orders:1'/>";
    assert!(drafts(TreeKind::Xml, text).is_empty(), "any prefix will do");
    for (kind, text) in [
        (TreeKind::Xml, "<WorkOrders xmlns='urn:bordereau:work-orders:2'/>"),
        (TreeKind::Xml, "<WorkOrders xmlns='urn:bordereau:work-orders:1' Version='2'/>"),
        (TreeKind::Json, "{\"kind\": \"work-orders\", \"version\": 2}"),
    ] {
        let error = refused(kind, text);
        assert_eq!((error.code, error.arguments.get("version")), (Code::VersionUnsupported, Some("2")), "{text}");
    }
    for (kind, text) in [
        (TreeKind::Xml, "<orders xmlns='urn:bordereau:work-orders:1'><WorkOrder Id='1'/></orders>"),
        (TreeKind::Xml, "<WorkOrders Version='1'><WorkOrder Id='1'/></WorkOrders>"),
        (TreeKind::Xml, "<w:WorkOrders xmlns='urn:bordereau:work-orders:1' xmlns:w='urn:other' Version='1'/>"),
        (TreeKind::Json, "{\"kind\": \"summary\", \"version\": 7}"),
        (TreeKind::Json, "[{\"MandateId\": 1}]"),
    ] {
        assert_eq!(refused(kind, text).code, Code::WorkOrdersNotFound, "{text}");
    }
}

#[test]
fn a_value_in_another_form_is_told_without_the_consumers_data() {
    let text = "{\"ResponseData\": {\"MandateId\": \"1x\", \"Status\": \"ACEPTED\", \"CreationDate\": \"2026-03-04T10:00:00\",\
                \n\"Consumer\": {\"Country\": \"Rue Haute 3\"}, \"OrderMission\": \"a\\u0001b\", \"Brand\": \"A\", \"Brand\": \"B\"}}";
    let draft = &drafts(TreeKind::Json, text)[0];
    let told: Vec<_> = draft.diagnostics.iter().map(|each| (each.code, each.line, each.value.as_str())).collect();
    assert_eq!(
        told,
        [
            (Code::WorkOrderValueInvalid, 1, "1x"),
            (Code::WorkOrderStatusUnknown, 1, "ACEPTED"),
            (Code::WorkOrderValueInvalid, 1, "2026-03-04T10:00:00"),
            (Code::WorkOrderValueInvalid, 2, ""),
            (Code::ControlRemoved, 2, ""),
            (Code::WorkOrderFieldTwice, 2, ""),
        ]
    );
    assert_eq!(draft.diagnostics[1].arguments.get("suggestion"), Some("ACCEPTED"));
    assert_eq!((draft.content.status, draft.content.number.as_str()), (None, "ab"));
    assert!(!format!("{:?}", draft.diagnostics).contains("Rue Haute"));
}

#[test]
fn a_work_order_without_end_is_given_up() {
    let small = Limits { record_bytes: 8, cell_bytes: 20, ..limits() };
    let part = "{\"SuggestedPartRef\": \"A\"},".repeat(10);
    let text = format!("{{\"ResponseData\": {{\"MandateId\": 1, \"SuggestedParts\": [{part}{{}}]}}}}");
    assert_eq!(heard(TreeKind::Json, &text, &small).2.unwrap().code, Code::LimitExceeded);
    let text = "{\"ResponseData\": {\"Brand\": \"123456789012345678901\"}}";
    let (drafts, _, ended) = heard(TreeKind::Json, text, &small);
    assert!(ended.is_none());
    assert_eq!(codes(&drafts[0]), [Code::CellTooLong]);
}

#[test]
fn rows_are_read_by_the_clocks_of_the_list() {
    let registry = Registry::built_in();
    let columns = &registry.export_format("work-orders").unwrap().columns;
    let zone = Zone::named("Europe/Paris").unwrap();
    let headings = [
        "N° mandat",
        "OrderMission",
        "STATUT",
        "Constructeur",
        "Reçu le",
        "Date d'achat",
        "Pièces suggérées",
        "Nom",
        "?",
    ]
    .map(str::to_owned);
    let table = |headings: &[String]| {
        WorkOrderTable::new(headings, columns, Charset::Utf8, &zone, &limits(), "a.csv").map(|t| t.neutralised(true))
    };
    let mut row = TableRow::default();
    row.begin(2);
    for cell in ["7", "OM7", "new", "4", "04/03/2026 19:05", "30/06/2025", "A|B:2|C\\|D:", "'=1", "x"] {
        row.push(cell.as_bytes());
    }
    let draft = table(&headings).unwrap().draft(&row).unwrap();
    assert!(draft.diagnostics.is_empty(), "{:?}", draft.diagnostics);
    let content = draft.content;
    assert_eq!(content.created.unwrap().to_string(), "2026-03-04T18:05:00Z");
    assert_eq!(content.appliance.purchased.unwrap().to_string(), "2025-06-30");
    assert_eq!(content.consumer.last_name, "=1");
    let parts: Vec<_> = content.parts.iter().map(|part| (part.reference.as_str(), part.quantity)).collect();
    assert_eq!(parts, [("A", None), ("B", Some(2)), ("C|D", None)]);
    let refused = table(&headings[1..]).err().unwrap();
    assert_eq!((refused.code, refused.arguments.get("cause")), (Code::WorkOrdersNotFound, Some("MandateId = ?")));
    let twice = ["N° mandat".to_owned(), "MandateId".to_owned()];
    assert_eq!(table(&twice).err().unwrap().arguments.get("cause"), Some("2 × MandateId"));
}
