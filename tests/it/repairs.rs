//! Repair files one by one, through the program: status codes, parts, closing; after-sales solution requests.

use std::fs;

use bordereau::diagnostic::Severity;
use bordereau::format::StatusNeed;
use bordereau::model::{CompleteRepairState, RepairState};
use serde_json::{Value, json};

use crate::claims::{claim, desk, ends, is_whole, message, snapshot, told};
use crate::raised::raises;
use crate::support::{Desk, Ended, FORMATS, names, records};

raises! {
    CLOSING_REASON_INVALID: a_reason_is_one_of_the_codes_or_words => opened().run("repair close 1 --without-claim --reason 102");
    REPAIR_NOT_VALID: a_file_with_errors_is_not_transmitted => transmitted_with_errors();
    SOLUTION_NOT_VALID: a_request_that_lacks_something_is_not_handed_over => handed_over_too_early();
}

/// A repair file without a fault, with two parts of which one is to be ordered.
pub(crate) fn repair(report: &str) -> Value {
    json!({
        "ManufacturerId": 4, "ReportNumber": report, "CommercialRef": "WAT28321FF",
        "ManufacturingCode": "FD9901", "PurchaseDate": "2025-01-10",
        "Consumer": {"Title": 3, "LastName": "Lefèvre", "FirstName": "Zoé", "Address1": "3 rue du Port", "Zip": "64100",
                     "Town": "Bayonne", "Country": 250, "Phone": "0500000001", "SMSCode": "0600000001"},
        "Intervention": {"InterventionType": 1, "RepairOriginCode": "CONSUMER", "CallDate": "2026-03-02",
                         "InterventionStartDate": "2026-03-03T09:00:00Z", "InterventionEndDate": "2026-03-03T10:00:00Z",
                         "FailureDescription": "ne vidange plus", "FIdent": "00999001", "DefaultCode": "E18"},
        "Parts": [{"Reference": "0070817965D", "Quantity": 1, "OrderNumber": "C-1001"},
                  {"Reference": "00999001", "Quantity": 2, "Note": "urgent", "ToBeOrdered": true}],
    })
}

/// A workspace with one repair file.
fn opened() -> Desk {
    let desk = desk(&[("file.json", &repair("D-1"))]);
    ends(&desk, "repair create file.json", 0);
    desk
}

fn transmitted_with_errors() -> Ended {
    let desk = opened();
    ends(&desk, "repair update 1 --set ManufacturingCode=", 3);
    let ended = desk.run("repair transmit 1");
    assert!(names(&desk.path("outbox")).is_empty());
    ended
}

fn handed_over_too_early() -> Ended {
    let desk = opened();
    ends(&desk, "solution create --repair 1", 3);
    let ended = desk.run("solution transmit 1 -o request.xml");
    assert!(!desk.path("request.xml").exists());
    ended
}

#[test]
fn a_repair_file_is_told_from_its_creation_to_its_claim() {
    let with_files = || desk(&[("file.json", &repair("D-1"))]);
    snapshot(
        "repairs",
        with_files,
        &[
            "repair create file.json",
            "repair status 1 102",
            "repair status 1 102 --appointment-start 05/03/2026 --appointment-end 05/03/2026",
            "repair status 1 102 --appointment-start 2026-03-05T09:30 --appointment-end 2026-03-05T10:30 --dry-run",
            "repair status 1 102 --appointment-start 2026-03-05T09:30 --appointment-end 2026-03-05T10:30",
            "repair order 1 --dry-run",
            "repair order 1",
            "repair order 1",
            "order create -m 4 --confirm",
            "repair status 1 200 --part 00999001:2",
            "repair show 1",
            "repair list",
            "solution create --repair 1 --kind exchange",
            "solution update 1 --problem vieille",
            "solution transmit 1 --as csv -o request.csv",
            "solution list",
            "solution answer 1 accordé",
            "solution show 1",
            "repair close 1 --with-claim --dry-run",
            "repair close 1 --with-claim",
            "repair close 1 --without-claim --reason 901",
            "repair show 1",
            "claim show 2",
        ],
    );
}

/// Every code of the table: without the data it asks for, and with it.
#[test]
fn every_status_code_asks_for_its_data_and_brings_the_file_on() {
    let deposits = FORMATS.deposits().unwrap();
    let (codes, rules) = (&deposits.statuses, &deposits.rules);
    let files: Vec<_> = codes
        .all()
        .iter()
        .map(|code| {
            let mut file = repair(&format!("D-{}", code.code));
            file["Parts"] = Value::Null;
            file
        })
        .collect();
    assert!(files.len() > 40);
    let desk = desk(&[("files.json", &json!({ "Repairs": files }))]);
    ends(&desk, "deposit files.json", 0);
    let mut sent = 0;
    for (number, code) in (1..).zip(codes.all()) {
        let need = rules.status(code.code.as_bytes()).unwrap();
        let (bare, lacks, with) = match need {
            StatusNeed::Nothing => (true, "", ""),
            StatusNeed::Appointment => (
                false,
                "APPOINTMENT_MISSING",
                " --appointment-start 2026-03-05T09:30 --appointment-end 2026-03-05T10:30",
            ),
            StatusNeed::Part(Severity::Error) => (false, "PART_ORDER_MISSING", " --part 00999001:2:C-7"),
            // A part that came broken is known without the number of its order.
            StatusNeed::Part(Severity::Warning) => (false, "PART_ORDER_MISSING", " --part 00999001:2"),
            StatusNeed::Platform => (false, "STATUS_UNKNOWN", ""),
        };
        let line = format!("repair status {number} {}", code.code);
        let ended = desk.run(&line);
        assert_eq!(ended.code, Some(if bare { 0 } else { 4 }), "{line}: {}", ended.stderr);
        assert!(bare || ended.tells(lacks), "{line}: {}", ended.stderr);
        sent += usize::from(bare);
        assert_eq!(names(&desk.path("outbox")).len(), sent, "{line}");
        if need == StatusNeed::Platform {
            assert_eq!(told(&desk, &format!("repair show {number}"))["status"], "TO_PLAN");
            continue;
        }
        if !bare {
            ends(&desk, &format!("{line}{with}"), 0);
            sent += 1;
        }
        let shown = told(&desk, &format!("repair show {number}"));
        let state = code.state.unwrap_or(RepairState::ToPlan);
        assert_eq!(
            (&shown["status"], &shown["statuses"][0]["code"]),
            (&state.name().into(), &code.code.as_str().into()),
            "{line}"
        );
        let (call, text) = message(&desk, sent);
        assert_eq!(call, "CreateRepair", "the platform does not know the file");
        let file: CompleteRepairState = serde_json::from_str(&text).unwrap();
        assert_eq!(file.report_number, Some(format!("D-{}", code.code)));
        let status = &file.state_natures[0];
        assert_eq!(status.code.as_deref(), Some(code.code.as_str()));
        assert_eq!(status.appointment_date.is_some(), need == StatusNeed::Appointment, "{line}");
        assert_eq!(status.parts.len(), usize::from(matches!(need, StatusNeed::Part(_))), "{line}");
    }
    is_whole(&desk);
}

#[test]
fn a_new_status_goes_to_the_platform_and_so_does_what_it_knows_already() {
    let desk = opened();
    ends(&desk, "repair status 1 406 --comment fuite", 0);
    assert_eq!(message(&desk, 1).0, "CreateRepair");
    ends(&desk, "repair status 1 305", 0);
    let (call, text) = message(&desk, 2);
    assert_eq!(call, "UpdateRepair");
    let file: CompleteRepairState = serde_json::from_str(&text).unwrap();
    let codes: Vec<_> = file.state_natures.iter().map(|status| status.code.as_deref().unwrap()).collect();
    assert_eq!((codes, file.state_natures[0].comment.as_deref()), (vec!["406", "305"], Some("fuite")));
    ends(&desk, "repair update 1 --set InterventionId=880012", 0);
    let (call, text) = message(&desk, 3);
    assert_eq!((call.as_str(), text.contains("880012")), ("UpdateRepair", true));
    // What the platform sent is a deposit as it stands, and brings the file up to date that it names.
    desk.put("sent.json", text.replace("fuite", "fuite d'eau"));
    ends(&desk, "deposit sent.json", 0);
    assert_eq!(told(&desk, "repair show 1")["statuses"][0]["comment"], "fuite d'eau");
    // A file with errors is not told, and a file that nobody knows there waits until somebody says so.
    ends(&desk, "repair update 1 --set Zip=", 3);
    assert_eq!(names(&desk.path("outbox")).len(), 3);
    desk.put("other.json", repair("D-2").to_string());
    ends(&desk, "repair create other.json", 0);
    ends(&desk, "repair update 2 --set Zip=64200", 0);
    assert_eq!(names(&desk.path("outbox")).len(), 3);
    ends(&desk, "repair transmit --all-valid --dry-run", 0);
    ends(&desk, "repair transmit --all-valid", 0);
    assert_eq!(message(&desk, 4).0, "CreateRepair");
    is_whole(&desk);
}

/// The order of the second part of the first repair file.
fn order_of(desk: &Desk) -> Value {
    told(desk, "repair show 1")["body"]["Parts"][1]["OrderNumber"].clone()
}

#[test]
fn parts_go_into_the_basket_once_and_come_back_with_their_order() {
    let desk = opened();
    ends(&desk, "repair update 1 --set OrderMission=OM-77", 0);
    let booked = |desk: &Desk| told(desk, "repair order 1")["rows"].as_array().unwrap().len();
    assert_eq!(booked(&desk), 1);
    assert_eq!(booked(&desk), 0);
    let line = told(&desk, "basket show")["rows"][0].clone();
    assert_eq!((&line["reference"], &line["quantity"]), (&"00999001".into(), &2.into()));
    assert_eq!((&line["countermark"], &line["mission_order"]), (&"D-1".into(), &"OM-77".into()));
    // Taken out of the basket, it can go there again; so can it when its import is undone.
    ends(&desk, "basket remove --line 1", 0);
    assert_eq!(booked(&desk), 1);
    ends(&desk, "import undo 2", 0);
    assert_eq!(booked(&desk), 1);
    assert_eq!(order_of(&desk), Value::Null);
    // A draft that is given up gives the part back.
    ends(&desk, "order create -m 4 --draft", 0);
    assert_eq!((order_of(&desk), booked(&desk)), ("B26-000001".into(), 0));
    ends(&desk, "order cancel B26-000001", 0);
    assert_eq!((order_of(&desk), booked(&desk)), (Value::Null, 0));
    ends(&desk, "order create -m 4 --confirm", 0);
    assert_eq!((order_of(&desk), booked(&desk)), ("B26-000002".into(), 0));
    // The platform gets the number, and is not asked to order the part once more.
    ends(&desk, "repair status 1 200 --part 00999001:2", 0);
    let file: CompleteRepairState = serde_json::from_str(&message(&desk, 1).1).unwrap();
    let part = &file.parts[1];
    assert_eq!((part.order_number.as_deref(), part.to_be_ordered), (Some("B26-000002"), None));
    assert_eq!(file.state_natures[0].parts[0].order_number.as_deref(), Some("B26-000002"));
    // What was sent and called off is wanted again.
    ends(&desk, "order cancel B26-000002", 0);
    assert_eq!((order_of(&desk), booked(&desk)), (Value::Null, 1));
    assert_eq!(told(&desk, "repair show 1")["body"]["Parts"][1]["ToBeOrdered"], true);
    is_whole(&desk);
}

#[test]
fn a_work_order_goes_the_way_of_its_repair_file() {
    let desk = Desk::workspace();
    desk.bring("work-orders/morning.json", "morning.json");
    ends(&desk, "workorder take morning.json", 0);
    ends(&desk, "workorder accept 4711020", 0);
    ends(
        &desk,
        "repair update 1 --set Origine=CONSUMER --set ManufacturingCode=X1 --set CallDate=02/03/2026 --set Portable=06",
        0,
    );
    let status = |desk: &Desk| {
        let list = told(desk, "workorder list");
        let row = list["rows"].as_array().unwrap().iter().find(|row| row["work_order"] == 4_711_020).unwrap().clone();
        row["status"].as_str().unwrap().to_owned()
    };
    for (line, expected) in [
        ("repair status 1 102 --appointment-start 2026-03-05T09:30 --appointment-end 2026-03-05T10:30", "PLANNED"),
        ("repair status 1 205", "PLANNED"),
        ("repair status 1 300", "INPROGRESS"),
        ("repair close 1 --with-claim", "CLOSED"),
    ] {
        ends(&desk, line, 0);
        assert_eq!(status(&desk), expected, "{line}");
    }
    // The platform knows the file: it sent the work order.
    assert_eq!(message(&desk, 1).0, "UpdateRepair");
    is_whole(&desk);
}

#[test]
fn a_part_that_cannot_be_ordered_keeps_the_others_out_of_the_basket() {
    let mut file = repair("D-1");
    file["Parts"] =
        json!([{"Reference": "00999001", "ToBeOrdered": true}, {"Reference": "0070817965D", "ToBeOrdered": true}]);
    let desk = desk(&[("file.json", &file)]);
    ends(&desk, "repair create file.json", 0);
    // A newer catalogue has one of them no more.
    let catalogue = fs::read_to_string(desk.path("catalogue.csv")).unwrap();
    let fewer: String = catalogue.split_inclusive('\n').filter(|line| !line.contains("00999001")).collect();
    desk.put("fewer.csv", fewer);
    ends(&desk, "catalogue load fewer.csv", 0);
    let ended = ends(&desk, "repair order 1", 4);
    assert!(ended.tells("REF_UNKNOWN") && ended.stderr.contains("00999001"), "{}", ended.stderr);
    assert!(told(&desk, "basket list")["rows"].as_array().unwrap().is_empty());
}

#[test]
fn a_file_is_closed_without_a_claim_for_a_reason() {
    for (reason, kept, calls) in [
        ("901", "Intervention refused by the consumer", 1),
        ("104", "Consumer has refused the intervention", 1),
        ("parti-sans-laisser-d'adresse", "parti-sans-laisser-d'adresse", 0),
    ] {
        let desk = opened();
        ends(&desk, &format!("repair close 1 --without-claim --reason {reason} --dry-run"), 0);
        assert_eq!(told(&desk, "repair show 1")["status"], "TO_PLAN");
        ends(&desk, &format!("repair close 1 --without-claim --reason {reason}"), 0);
        let shown = told(&desk, "repair show 1");
        assert_eq!((&shown["status"], &shown["closing_reason"]), (&"CLOSED_WITHOUT_CLAIM".into(), &kept.into()));
        assert_eq!(names(&desk.path("outbox")).len(), calls, "{reason}");
        if calls > 0 {
            let file: CompleteRepairState = serde_json::from_str(&message(&desk, 1).1).unwrap();
            assert_eq!(file.state_natures[0].code.as_deref(), Some(reason));
        }
        for line in [
            "repair close 1 --with-claim",
            "repair status 1 305",
            "repair transmit 1",
            "repair update 1 --set Zip=64200",
        ] {
            let ended = desk.run(line);
            assert!(ended.tells("ENTRY_TRANSITION_NOT_ALLOWED") && ended.code == Some(2), "{line}: {}", ended.stderr);
        }
        is_whole(&desk);
    }
    // At any time, even with errors; then nobody is told.
    let desk = opened();
    ends(&desk, "repair update 1 --set ManufacturingCode=", 3);
    ends(&desk, "repair close 1 --without-claim --reason 901", 0);
    assert!(names(&desk.path("outbox")).is_empty());
    for line in ["repair close 1", "repair close 1 --without-claim", "repair close 1 --with-claim --reason 901"] {
        assert_eq!(desk.run(line).code, Some(2), "{line}");
    }
}

#[test]
fn a_file_is_closed_with_a_claim_that_says_what_it_said() {
    let desk = opened();
    let ended = ends(&desk, "repair close 1 --with-claim", 0);
    assert_eq!(ended.stdout, "2\n");
    let (file, made) = (told(&desk, "repair show 1"), told(&desk, "claim show 2 --personal"));
    assert_eq!((&file["status"], &file["counterpart"]), (&"CLOSED_WITH_CLAIM".into(), &2.into()));
    assert_eq!((&made["status"], &made["counterpart"]), (&"VALID".into(), &1.into()));
    let last = file["statuses"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["code"], &last["automatic"]), (&"601".into(), &true.into()));
    let body = &made["body"];
    assert_eq!(body["ClaimType"]["ReportNumber"], "D-1");
    assert_eq!(body["ClaimConso"]["LastName"], "Lefèvre");
    assert_eq!(body["ClaimConso"]["MobilePhone"], "0600000001");
    assert_eq!(body["ClaimInfos"]["DefaultPartRef"], "00999001");
    assert_eq!(body["ClaimParts"][1], json!({"PartReference": "00999001", "Quantity": 2, "Comments": "urgent"}));
    // It goes its own way from there; the same from the side of the claim.
    ends(&desk, "claim transmit 2", 0);
    assert_eq!(message(&desk, 1).0, "CreateWarrantyClaims");
    desk.put("faulty.json", {
        let mut faulty = repair("D-2");
        faulty["Intervention"]["CallDate"] = Value::Null;
        faulty.to_string()
    });
    ends(&desk, "repair create faulty.json", 0);
    let ended = ends(&desk, "claim create --from-repair 3", 3);
    assert!(ended.tells("MANDATORY") && ended.stdout == "4\n", "{}", ended.stderr);
    assert_eq!(told(&desk, "repair show 3")["status"], "CLOSED_WITH_CLAIM");
    ends(&desk, "claim create --from-repair 3", 2);
    is_whole(&desk);
}

#[test]
fn a_claim_that_is_there_already_leaves_the_file_open() {
    let mut there = claim("D-1");
    there["ClaimType"]["ManufacturerId"] = 4.into();
    there["ClaimParts"] = Value::Null;
    let desk = opened();
    desk.put("claim.json", there.to_string());
    ends(&desk, "claim create claim.json", 0);
    assert!(ends(&desk, "repair close 1 --with-claim", 2).tells("ENTRY_EXISTS"));
    assert_eq!(told(&desk, "repair show 1")["status"], "TO_PLAN");
}

#[test]
fn a_request_is_made_completed_handed_over_and_answered() {
    let desk = opened();
    desk.put("claim.json", claim("R-1").to_string());
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "solution create --repair 1 --kind échange-de-l'appareil --problem fuite", 0);
    ends(&desk, "solution create --claim 2 --kind credit --problem épuisée", 0);
    ends(&desk, "solution create --product Miele:WCE320 --kind advice", 3);
    assert_eq!(told(&desk, "solution update 3 --problem bruit")["valid"], true);
    let values = |number: u32| {
        let shown = told(&desk, &format!("solution show {number} --personal"));
        let values = shown["values"].as_array().unwrap().clone();
        move |field: &str| {
            values.iter().find(|each| each["field"] == field).map_or(Value::Null, |each| each["value"].clone())
        }
    };
    let first = values(1);
    assert_eq!(
        (first("Kind"), first("LastName"), first("PurchaseDate")),
        ("EXCHANGE".into(), "Lefèvre".into(), "2025-01-10".into())
    );
    assert_eq!((values(2)("ReportNumber"), values(3)("CommercialRef")), ("R-1".into(), "WCE320".into()));
    for (line, exit, code) in [
        ("solution create --product WCE320", 2, "ARGUMENT_INVALID"),
        ("solution create --product Nobody:WCE320", 2, "SUPPLIER_UNKNOWN"),
        ("solution create --repair 9", 2, "ENTRY_UNKNOWN"),
        ("solution create --repair 1 --set Colour=red", 2, "FIELD_UNKNOWN"),
        ("solution show 9", 2, "SOLUTION_UNKNOWN"),
        ("solution answer 1 oui", 2, "ENTRY_TRANSITION_NOT_ALLOWED"),
        ("solution transmit 1 -o requests.txt", 2, "ARGUMENT_MISSING"),
    ] {
        assert!(ends(&desk, line, exit).tells(code), "{line}");
    }
    ends(&desk, "solution transmit 1 2 3 -o requests.xlsx", 0);
    assert!(fs::read(desk.path("requests.xlsx")).unwrap().starts_with(b"PK"));
    // The repair file announces its request; the platform hears of it.
    let (call, text) = message(&desk, 1);
    assert_eq!((call.as_str(), text.contains("\"302\"")), ("CreateRepair", true), "{text}");
    assert_eq!(told(&desk, "repair show 1")["statuses"][0]["code"], "302");
    ends(&desk, "solution answer 2 refusé", 0);
    ends(&desk, "solution transmit 2 -o requests.csv", 2);
    ends(&desk, "solution update 2 --problem autre", 2);
    assert_eq!(told(&desk, "solution show 2")["answer"], "refusé");
    // A trial leaves nothing.
    let ended = ends(&desk, "solution create --repair 1 --kind other --problem bruit --dry-run", 0);
    assert_eq!((ended.stdout.as_str(), told(&desk, "solution list")["rows"].as_array().unwrap().len()), ("", 3));
    is_whole(&desk);
}

#[test]
fn requests_are_read_by_others_in_every_form() {
    let desk = opened();
    for number in 1..=3 {
        ends(&desk, &format!("solution create --repair 1 --kind part --problem <fuite&{number}>"), 0);
    }
    ends(&desk, "solution transmit 1 -o request.xml", 0);
    ends(&desk, "solution transmit 2 -o request.csv", 0);
    ends(&desk, "solution transmit 3 -o request.xlsx", 0);
    let rows = records(&desk.path("request.csv"));
    assert_eq!((rows[0][2].as_str(), rows[1][2].as_str()), ("Problem", "<fuite&2>"));
    // Any of them is a table that the program itself reads.
    for (file, problem) in [("request.xml", "<fuite&1>"), ("request.xlsx", "<fuite&3>")] {
        let ended = ends(&desk, &format!("convert {file} -o -"), 0);
        assert!(ended.stdout.contains(problem) && ended.stdout.contains("Lefèvre"), "{file}: {}", ended.stdout);
    }
}

#[test]
fn files_are_listed_by_state_validity_and_deposit() {
    let desk = opened();
    desk.bring("deposits/repairs-envelope.json", "more.json");
    ends(&desk, "deposit more.json", 0);
    ends(&desk, "repair update 1 --set ManufacturingCode=", 3);
    let count = |filter: &str| told(&desk, &format!("repair list {filter}"))["rows"].as_array().unwrap().len();
    let all = count("");
    assert!(all > 1);
    // How far a file is follows from its status codes, however it came.
    assert_eq!(count("--status in_progress"), 1);
    assert_eq!(count("--valid no"), 1);
    assert_eq!(count("--valid oui"), all - 1);
    assert_eq!(count("--deposit 1"), all - 1);
    assert_eq!(count("--report-number D-1"), 1);
    assert_eq!(count("--status to_plan,in_progress,planned,waiting_parts"), all);
    assert_eq!((count("--until 2026-03-03"), count("--since 2026-03-04 --until 2026-03-04")), (0, all));
    assert_eq!(count("--manufacturer Miele"), 0);
    assert!(desk.run("repair list --status VALID").tells("ARGUMENT_INVALID"));
    let listed = ends(&desk, "repair list --columns report_number,status --sort report_number --csv", 0).stdout;
    assert!(listed.starts_with("report_number;status\nD-1;TO_PLAN\n"), "{listed}");
}
