//! What a dropped file is taken for: by its headings in whatever program it was saved, by its name, by its folder.

use std::fs;

use serde_json::{Value, json};

use crate::claims::{claim, desk, ends, told};
use crate::raised::raises;
use crate::support::{Desk, Ended, names, root, samples, tree};

raises! {
    DRAFT_INVOICE_DIFFERS: a_list_that_contradicts_is_not_recorded => dropped("PF-3__F-118.csv", "N° rapport;Montant HT\nR-9;1\n");
    INVOICE_NUMBER_MISSING: a_list_without_its_numbers_is_put_aside => dropped("liste.csv", "N° rapport;Montant HT\nR-1;38,50\n");
}

/// A workspace with a claim that was transmitted.
fn transmitted() -> Desk {
    let desk = desk(&[("claim.json", &claim("R-1"))]);
    ends(&desk, "claim create claim.json", 0);
    ends(&desk, "claim transmit 1", 0);
    desk
}

fn dropped(name: &str, content: &str) -> Ended {
    let desk = transmitted();
    desk.put(&format!("inbox/{name}"), content);
    desk.run("run")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/fixtures/inbox").join(name)).unwrap()
}

/// What each file of a run was taken for, by its name, and how it ended.
fn taken_for(ended: &Ended) -> Vec<(String, String, i64)> {
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let text = |file: &Value, key: &str| file[key].as_str().unwrap().to_owned();
    let mut all: Vec<_> = told["files"].as_array().unwrap().iter().collect();
    all.sort_by_key(|file| text(file, "file"));
    all.into_iter().map(|file| (text(file, "file"), text(file, "errand"), file["exit"].as_i64().unwrap())).collect()
}

#[test]
fn workbooks_are_told_by_their_headings() {
    for (name, errand, exit) in [
        ("work-orders-openpyxl.xlsx", "WORK_ORDER", 0),
        ("work-orders-libreoffice.ods", "WORK_ORDER", 0),
        ("claim-answers-openpyxl.xlsx", "CLAIM_ANSWER", 3),
        ("claim-answers-libreoffice.xls", "CLAIM_ANSWER", 3),
        ("approved-openpyxl.xlsx", "DRAFT_INVOICE", 4),
        ("approved-libreoffice.ods", "DRAFT_INVOICE", 4),
    ] {
        let desk = transmitted();
        desk.put(&format!("inbox/{name}"), fixture(name));
        let ended = desk.run("run --json");
        assert_eq!(taken_for(&ended), [(name.to_owned(), errand.to_owned(), exit)], "{}", ended.stderr);
        let count = |line: &str| told(&desk, line)["rows"].as_array().unwrap().len();
        let status = told(&desk, "claim show 1")["status"].clone();
        match errand {
            "WORK_ORDER" => assert_eq!(count("workorder list"), 2, "{name}"),
            "CLAIM_ANSWER" => {
                assert_eq!(status, "ACCEPTED", "{name}");
                let said = fs::read_to_string(desk.path(&format!("done/{name}.txt"))).unwrap();
                assert!(said.contains("ANSWER_CLAIM_UNKNOWN") && said.contains("R-9"), "{said}");
            }
            _ => assert_eq!(status, "WAITING", "a list without its numbers moves nothing"),
        }
        assert_eq!(desk.run("doctor").code, Some(0));
    }
}

/// Whatever the samples hold is taken for what it is.
#[test]
fn samples_are_taken_for_what_they_are() {
    /// Nothing in them says what they are.
    const NO_WORD: [&str; 2] = ["no-work-order.json", "refused-answer.json"];
    const OTHERS: [&str; 5] = [".md", ".toml", ".expected", ".expected/", ".formats/"];
    let desk = Desk::workspace();
    for (folder, errand) in
        [("orders", "ORDER"), ("agora", "ORDER"), ("deposits", "DEPOSIT"), ("work-orders", "WORK_ORDER")]
    {
        let mut count = 0;
        for (path, content) in tree(&samples().join(folder)) {
            let name = path.rsplit('/').next().unwrap();
            let is_other = |mark: &str| if mark.ends_with('/') { path.contains(mark) } else { path.ends_with(mark) };
            if !OTHERS.iter().any(|mark| is_other(mark)) && !NO_WORD.contains(&name) {
                // Each in a folder of its own: formats know names of files.
                desk.put(&format!("{folder}/below-{count}/{name}"), content);
                count += 1;
            }
        }
        let ended = desk.run(&format!("run {folder} --dry-run --json"));
        let found = taken_for(&ended);
        assert!(count > 5 && found.len() == count, "{folder}: {} of {count}", found.len());
        let wrong: Vec<_> = found.iter().filter(|(_, found, _)| found != errand).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn a_list_whose_name_gives_both_numbers_is_recorded_once() {
    let desk = transmitted();
    desk.put("inbox/PF-3__F-118.xlsx", fixture("approved-openpyxl.xlsx"));
    let ended = desk.run("run --json");
    assert_eq!(taken_for(&ended)[0].2, 0, "{}", ended.stderr);
    let shown = told(&desk, "claim show 1");
    assert_eq!((&shown["draft_invoice"], &shown["invoice"]), (&json!("PF-3"), &json!("F-118")));
    // It never waits in the inbox for something that will not happen.
    for (name, exit, place) in [("PF-3__F-119.ods", 5, "duplicates"), ("PF-4__F-118.ods", 4, "rejected")] {
        desk.put(&format!("inbox/{name}"), fixture("approved-libreoffice.ods"));
        assert_eq!(taken_for(&desk.run("run --json"))[0].2, exit, "{name}");
        assert!(desk.path(&format!("{place}/{name}")).is_file(), "{name}");
    }
    assert_eq!(told(&desk, "invoice list")["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn a_folder_says_that_it_holds_draft_invoices() {
    let desk = transmitted();
    desk.put("inbox/from Seb/PF-3__F-118.csv", "Claim;Total\nC-1;1\n");
    desk.put("inbox/from Seb/inbox.toml", "kind = \"draft-invoice\"\nsupplier = \"15\"\n");
    assert_eq!(taken_for(&desk.run("run --dry-run --json"))[0].1, "DRAFT_INVOICE");
    assert_eq!(desk.run("run").code, Some(4), "the claim has no such number here");
    assert_eq!(desk.run("run --only draft-invoice").code, Some(0));
}

/// By hand it is deposited once for each `--kind`.
#[test]
fn claims_and_repair_files_of_one_file_are_both_taken() {
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(samples().join("deposits").join(name)).unwrap()).unwrap()
    };
    let mut both = read("claims-envelope.json");
    both["Repairs"] = read("repairs-envelope.json")["Repairs"].clone();
    let desk = Desk::workspace();
    desk.put("inbox/both.json", both.to_string());
    let ended = desk.run("run --json");
    assert_eq!(taken_for(&ended)[0], ("both.json".to_owned(), "DEPOSIT".to_owned(), 3), "{}", ended.stderr);
    let deposits = told(&desk, "deposits list");
    let created: Vec<_> =
        deposits["rows"].as_array().unwrap().iter().map(|row| (&row["claims"], &row["repairs"])).collect();
    assert_eq!(created, [(&json!(0), &json!(1)), (&json!(2), &json!(0))]);
    assert!(names(&desk.path("inbox")).is_empty() && names(&desk.path("rejected")).is_empty());
    desk.put("inbox/again.json", both.to_string());
    assert_eq!(desk.run("run").code, Some(5), "both are known");
    assert_eq!(desk.run("doctor").code, Some(0));
}
