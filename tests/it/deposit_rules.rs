//! The rule tables, row by row: every status code and every type of repair behaves as its table says.

use bordereau::diagnostic::{Code, Severity};
use bordereau::format::{ManufacturerRules, StatusNeed};
use bordereau::model::{DepositKind, ManufacturerId};
use bordereau::pipeline::DepositSettings;

use crate::support::{CATALOGUE, Desk, FORMATS, deposit_settings, deposit_with};

/// The codes that a deposit of this text raises, with their severity and count.
fn raised(desk: &Desk, text: &str, kind: DepositKind) -> (u64, Vec<(Code, Severity, u64)>) {
    desk.put("deposit.csv", text);
    let settings = DepositSettings { kind: Some(kind), dry_run: true, ..deposit_settings() };
    let summary = deposit_with(&desk.path("deposit.csv"), &desk.path("out"), &FORMATS, &settings).unwrap();
    let causes = summary.causes.iter().map(|cause| (cause.code, cause.severity, cause.count)).collect();
    (summary.counts.accepted, causes)
}

const REPAIR: &str = "ReportNumber;ManufacturerId;InterventionTypeId;RepairOriginCode;CommercialRef;ManufacturingCode;Title;LastName;FirstName;Address1;Zip;City;Country;Phone;StatusCode;AppointmentDate;AppointmentEndDate;PartReference;PartQuantity;PartOrderNumber\n";

fn repair(code: &str, appointment: &str, part: &str) -> String {
    format!("{REPAIR}D-{code};4;1;CONSUMER;W;FD;3;X;Y;a;1;t;250;05;{code};{appointment};{part}\n")
}

#[test]
fn every_status_code_asks_for_what_its_table_says() {
    let desk = Desk::new();
    let rules = &FORMATS.deposits().unwrap().rules;
    let (dates, part) = ("16/03/2026 08:00;16/03/2026 09:00", "0070817965D;1;C-1");
    let mut seen = [0; 4];
    for (code, need) in rules.statuses() {
        let code = std::str::from_utf8(code).unwrap();
        let given =
            |appointment: &str, part: &str| raised(&desk, &repair(code, appointment, part), DepositKind::Repairs);
        let nothing = (1, Vec::new());
        let error = |code, count| (0, vec![(code, Severity::Error, count)]);
        match need {
            StatusNeed::Nothing => {
                seen[0] += 1;
                assert_eq!(given(";", ";;"), nothing, "{code}");
                assert_eq!(given(dates, part), nothing, "{code}");
            }
            StatusNeed::Appointment => {
                seen[1] += 1;
                assert_eq!(given(dates, ";;"), nothing, "{code}");
                assert_eq!(given(";", ";;"), error(Code::AppointmentMissing, 2), "{code}");
                assert_eq!(given("16/03/2026 08:00;", ";;"), error(Code::AppointmentMissing, 1), "{code}");
                assert_eq!(given("16/03/2026 08:00;15/03/2026 08:00", ";;"), error(Code::DateOrder, 1), "{code}");
            }
            StatusNeed::Part(severity) => {
                seen[2] += 1;
                assert_eq!(given(";", part), nothing, "{code}");
                assert_eq!(given(";", ";;"), error(Code::PartOrderMissing, 1), "{code}");
                let accepted = u64::from(severity == Severity::Warning);
                let missing = (accepted, vec![(Code::PartOrderMissing, severity, 1)]);
                assert_eq!(given(";", "0070817965D;1;"), missing, "{code}");
            }
            StatusNeed::Platform => {
                seen[3] += 1;
                assert_eq!(given(dates, part), error(Code::StatusUnknown, 1), "{code}");
            }
        }
    }
    assert_eq!(seen, [39, 3, 4, 1], "codes that ask for nothing, an appointment, a part, and those of the platform");
    let unknown = raised(&desk, &repair("999", dates, part), DepositKind::Repairs);
    assert_eq!(unknown, (0, vec![(Code::StatusUnknown, Severity::Error, 1)]));
}

const CLAIM: &str = "ReportNumber;ManufacturerId;InterventionTypeId;ConditionCode;CommercialRef;LastName;Address1;Zip;MobilePhone;CallDate;DefaultCode\n";

fn claim(id: ManufacturerId, repair_type: &str, condition: &str) -> String {
    format!("{CLAIM}R;{id};{repair_type};{condition};X;N;a;1;06;14/03/2026;P\n")
}

#[test]
fn every_type_of_repair_is_allowed_at_its_manufacturers_and_nowhere_else() {
    let desk = Desk::new();
    let rules = &FORMATS.deposits().unwrap().rules;
    let all: Vec<(ManufacturerId, &ManufacturerRules)> = rules.manufacturers().collect();
    let mut types: Vec<&str> =
        all.iter().flat_map(|(_, rules)| &rules.repair_types).map(|each| each.id.as_str()).collect();
    types.extend(["0", "99", "x", "01"]);
    types.sort_unstable();
    types.dedup();
    let mut allowed = 0;
    for (id, rules) in &all {
        for repair_type in &types {
            let found = raised(&desk, &claim(*id, repair_type, ""), DepositKind::Claims);
            let known = rules.repair_types.iter().find(|each| each.id == **repair_type);
            let expected = match known {
                Some(_) => (1, Vec::new()),
                None if rules.repair_types.is_empty() => (1, vec![(Code::RepairTypesMissing, Severity::Warning, 1)]),
                None => (0, vec![(Code::TypeNotAllowed, Severity::Error, 1)]),
            };
            assert_eq!(found, expected, "{id} {repair_type}");
            let Some(known) = known else { continue };
            allowed += 1;
            for condition in ["WAR", "EXTENDEDWAR", "OUTOFWAR"] {
                let (accepted, causes) = raised(&desk, &claim(*id, repair_type, condition), DepositKind::Claims);
                let is_right = known.condition == condition;
                assert_eq!(accepted == 1, is_right, "{id} {repair_type} {condition}");
                assert_eq!(causes.iter().any(|(code, ..)| *code == Code::ConditionCode), !is_right);
            }
        }
    }
    assert_eq!(allowed, FORMATS.reference("repair_types").unwrap().rows().len());
}

#[test]
fn of_a_manufacturer_whose_parts_are_not_in_the_catalogue_any_part_is_taken() {
    let desk = Desk::new();
    let unlisted = ManufacturerId(9);
    assert!(!CATALOGUE.catalogue.manufacturers().contains(&unlisted));
    let text = claim(unlisted, "1", "").replace("DefaultCode", "DefaultCode;Parts").replace(";P\n", ";P;ABC:1\n");
    let found = raised(&desk, &text, DepositKind::Claims);
    assert_eq!(found, (1, vec![(Code::PartUnknown, Severity::Warning, 1)]));
}

#[test]
fn an_unknown_manufacturer_has_no_rules_of_its_own() {
    let desk = Desk::new();
    for id in ["98", "0", "04", "Groupe Seb"] {
        let text = format!("{CLAIM}R;{id};77;WAR;X;N;a;1;06;14/03/2026;P\n");
        let found = raised(&desk, &text, DepositKind::Claims);
        assert_eq!(found, (0, vec![(Code::ManufacturerUnknown, Severity::Error, 1)]), "{id}");
    }
}
