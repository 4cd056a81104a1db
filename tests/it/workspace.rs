//! Workspaces through the program: made, filled, corrected, taken back, examined, backed up.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::raised::raises;
use crate::support::{Desk, Ended, names, records, summary};

raises! {
    CATALOGUE_MISSING: a_workspace_without_a_catalogue_says_so => bare("import orders.csv");
    IMPORT_NOT_UNDOABLE: what_is_taken_back_is_not_taken_back_twice => twice_undone();
    IMPORT_ORDERED: what_is_ordered_is_not_taken_back => undo_of_an_ordered_line();
    IMPORT_UNKNOWN: an_import_that_nobody_knows_is_told => Desk::workspace().run("import undo nothing.csv");
    LEDGER_BUSY: a_ledger_that_another_program_holds_is_waited_for => while_another_writes();
    LEDGER_DAMAGED: a_damaged_ledger_is_refused => with_ledger(|bytes| bytes[100..].fill(0x5A));
    LEDGER_FOREIGN: a_file_that_is_no_ledger_is_refused => with_ledger(|bytes| bytes.fill(b'x'));
    LEDGER_NEWER: a_ledger_of_a_newer_program_is_refused => newer();
    LEDGER_READ_ONLY: a_ledger_that_cannot_be_written_is_told => read_only();
    NOT_A_WORKSPACE: a_folder_that_is_no_workspace_is_told => Desk::new().run("--workspace . doctor");
    WORKSPACE_EXISTS: a_workspace_is_not_made_twice => Desk::workspace().run("init .");
}

fn bare(line: &str) -> Ended {
    let desk = Desk::new();
    assert_eq!(desk.run("init .").code, Some(0));
    desk.run(line)
}

fn twice_undone() -> Ended {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    assert_eq!(desk.run("import undo orders.csv").code, Some(0));
    desk.run("import undo 1")
}

/// The ledger itself, as any other program would open it.
fn ledger(desk: &Desk) -> rusqlite::Connection {
    rusqlite::Connection::open(desk.path("ledger.sqlite")).unwrap()
}

fn undo_of_an_ordered_line() -> Ended {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    ledger(&desk).execute("UPDATE basket_line SET state = 'ORDERED' WHERE id = 1", []).unwrap();
    let ended = desk.run("import undo 1");
    assert_eq!(count(&desk, "source_line"), 2, "nothing was changed");
    ended
}

fn count(desk: &Desk, table: &str) -> i64 {
    ledger(desk).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// What a command says of a ledger whose bytes were changed, which must stay as they are.
fn with_ledger(change: impl FnOnce(&mut Vec<u8>)) -> Ended {
    let desk = Desk::workspace();
    let mut bytes = fs::read(desk.path("ledger.sqlite")).unwrap();
    change(&mut bytes);
    desk.put("ledger.sqlite", &bytes);
    let ended = desk.run("import orders.csv");
    assert_eq!(fs::read(desk.path("ledger.sqlite")).unwrap(), bytes);
    ended
}

fn newer() -> Ended {
    let desk = Desk::workspace();
    ledger(&desk).pragma_update(None, "user_version", 99).unwrap();
    desk.run("import orders.csv")
}

/// Another program writes and does not end; the wait is cut short for the test.
fn while_another_writes() -> Ended {
    let desk = Desk::workspace();
    let other = ledger(&desk);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut command = crate::support::program(&desk.path(""));
    let ended = command.env("BORDEREAU_PATIENCE", "1").args(["import", "orders.csv"]).output().unwrap().into();
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(desk.run("import orders.csv").code, Some(3), "later it goes");
    ended
}

#[cfg(unix)]
fn read_only() -> Ended {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::workspace();
    ledger(&desk).pragma_update(None, "journal_mode", "DELETE").unwrap();
    let (folder, file) = (desk.path(""), desk.path("ledger.sqlite"));
    // The superuser may write anything, so the write is refused by the ledger itself.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let ended = desk.shell(
        "if [ \"$(id -u)\" = 0 ]; then chown -R 65534 . && exec setpriv --reuid 65534 --clear-groups \"$BORDEREAU\" import orders.csv; \
         else exec \"$BORDEREAU\" import orders.csv; fi",
    );
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    ended
}

#[test]
fn a_workspace_is_found_from_any_folder_in_it_and_can_be_left_out() {
    let desk = Desk::workspace();
    fs::create_dir_all(desk.path("inbox/monday")).unwrap();
    let ended = crate::support::run(&desk.path("inbox/monday"), ["doctor", "--lang", "en"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.lines().count() == 10 && ended.stdout.contains("ledger.sqlite"), "{}", ended.stdout);
    assert_eq!(desk.run("doctor --no-workspace").code, Some(2));
    // Without the workspace an import is what it always was.
    assert_eq!(desk.run("--no-workspace import orders.csv --catalogue catalogue.csv --out alone").code, Some(3));
    assert_eq!(names(&desk.path("alone")), ["baskets", "errors.csv", "errors.xlsx", "summary.json"]);
    assert_eq!(count(&desk, "import"), 0);
}

#[test]
fn lines_wait_in_baskets_and_a_file_comes_once() {
    let desk = Desk::workspace();
    let ended = desk.run("import orders.csv --lang en");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("Import 1: these lines wait in the baskets"), "{}", ended.stderr);
    let reports = desk.path("out/import-000001");
    assert_eq!(
        names(&reports),
        ["errors.csv", "errors.xlsx", "orders.csv.ack.json", "orders.csv.ack.xml", "refused.csv", "summary.json"]
    );
    assert_eq!(summary(&reports)["accepted"], 2);
    assert_eq!(desk.run("import orders.csv").code, Some(5));
    fs::copy(desk.path("orders.csv"), desk.path("renamed.csv")).unwrap();
    assert_eq!(desk.run("import renamed.csv --dry-run").code, Some(5));
    assert_eq!((count(&desk, "source_line"), count(&desk, "import")), (2, 2), "the dry run left nothing");
    assert_eq!(desk.run("import orders.csv --again").code, Some(3));
    // Lines without a need of their own are merged with those that wait.
    assert_eq!((count(&desk, "source_line"), count(&desk, "basket_line")), (4, 2));
    assert_eq!(desk.run("doctor").code, Some(0));
    let list = desk.run("import list --json");
    let list: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let statuses: Vec<_> = list["rows"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["PARTIAL", "DUPLICATE", "PARTIAL"]);
}

#[test]
fn a_line_is_remembered_for_its_days_and_no_longer() {
    let desk = Desk::workspace();
    desk.put("a.csv", "Commande client;Réf;Qté\nC-1;0070817965D;1\n;12X0345;1\n");
    desk.put("b.csv", "Commande client;Réf;Qté\nC-1;0070817965D;2\n;12X0345;1\n");
    assert_eq!(desk.run_at("2026-03-01T00:00:00Z", "import a.csv").code, Some(0));
    let ended = desk.run_at("2026-03-30T23:59:59Z", "import b.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let faults = records(&desk.path("out/import-000002/errors.csv"));
    assert_eq!((faults.len(), faults[1][2].as_str()), (2, "LINE_ALREADY_TAKEN"), "a line without a number has no need");
    desk.put("c.csv", "Commande client;Réf;Qté\nC-1;0070817965D;3\n");
    assert_eq!(desk.run_at("2026-03-31T00:00:01Z", "import c.csv").code, Some(0));
    desk.put("d.csv", "Commande client;Réf;Qté\nC-1;0070817965D;4\n");
    assert_eq!(desk.run_at("2026-03-31T00:00:02Z", "import d.csv").code, Some(4), "nothing but lines that are there");
    assert_eq!(desk.run_at("2026-03-31T00:00:02Z", "import d.csv --again").code, Some(0));
    assert_eq!(desk.run("doctor").code, Some(0));
}

#[test]
fn blanks_around_a_number_make_no_other_need() {
    let desk = Desk::workspace();
    desk.put("a.csv", "Commande client;Réf;Qté\nC-1;0070817965D;1\n");
    desk.put("b.csv", "Commande client;Réf;Qté\n C-1 ;0070817965D;2\nC-2;0070817965D;2\n");
    assert_eq!(desk.run("import a.csv").code, Some(0));
    assert_eq!(desk.run("import b.csv").code, Some(3));
    assert_eq!(records(&desk.path("out/import-000002/errors.csv"))[1][2], "LINE_ALREADY_TAKEN");
}

/// Runs several commands at once and gives their exit codes, sorted.
fn at_once(desk: &Desk, lines: &[&str]) -> Vec<Option<i32>> {
    use std::process::Stdio;

    let begin = |line: &&str| {
        let mut command = crate::support::program(&desk.path(""));
        command.args(line.split(' ')).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = lines.iter().map(begin).collect();
    let mut codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn what_comes_twice_at_once_counts_once() {
    let desk = Desk::workspace();
    let lines: Vec<_> = (0..3000).map(|number| format!("C-{number};0070817965D;1")).collect();
    let text = format!("Commande client;Réf;Qté\n{}\nC-X;0070817965D;dix\n", lines.join("\n"));
    desk.put("a.csv", &text);
    // Another file for the same needs.
    desk.put("b.csv", text.replace(";1\n", ";2\n"));
    let codes = at_once(&desk, &["import a.csv", "import a.csv", "import b.csv", "import b.csv"]);
    assert_eq!(count(&desk, "source_line"), 3000, "{codes:?}");
    assert!(codes.contains(&Some(3)) && codes.contains(&Some(4)), "one is taken, the other has nothing new: {codes:?}");

    let report = if desk.path("out/import-000001/refused.csv").is_file() { 1 } else { 2 };
    let fixed = |quantity: &str| {
        edited(&desk, &format!("out/import-{report:06}/refused.csv"), |rows| {
            let row = rows.iter_mut().find(|row| row[0] == "C-X").unwrap();
            quantity.clone_into(&mut row[2]);
        })
    };
    desk.put("ten.csv", fixed("10"));
    desk.put("nine.csv", fixed("9"));
    let codes = at_once(&desk, &["import ten.csv", "import nine.csv"]);
    assert_eq!(count(&desk, "source_line"), 3001, "{codes:?}");
    assert_eq!(desk.run("doctor").code, Some(0));
}

/// Corrects refused lines with a program that we did not write.
fn edited(desk: &Desk, report: &str, edit: impl Fn(&mut Vec<Vec<String>>)) -> String {
    let mut rows = records(&desk.path(report));
    edit(&mut rows);
    crate::support::written(&rows)
}

#[test]
fn a_corrected_list_brings_in_the_corrected_lines_and_nothing_twice() {
    let desk = Desk::workspace();
    desk.put("a.csv", "Commande client;Réf;Qté\nC-1;0070817965D;dix\nC-1;NOPE;2\nC-2;12X0345;0\nC-3;12X0345;1\n");
    assert_eq!(desk.run("import a.csv").code, Some(3));
    let fixed = edited(&desk, "out/import-000001/refused.csv", |rows| {
        rows[1][2] = "10".to_owned();
        rows.swap(1, 3);
    });
    desk.put("fixed.csv", &fixed);
    let ended = desk.run("import fixed.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let sums = || -> (i64, i64, i64) {
        ledger(&desk)
            .query_row("SELECT accepted, rejected, corrected FROM import WHERE id = 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap()
    };
    assert_eq!(sums(), (1, 3, 1));
    // The list of the correction corrects what is left, and the first list has nothing more to give for that line.
    let fixed = edited(&desk, "out/import-000002/refused.csv", |rows| {
        rows.iter_mut().skip(1).for_each(|row| row[2] = "4".to_owned());
    });
    desk.put("fixed2.csv", &fixed);
    let ended = desk.run("import fixed2.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(sums(), (1, 3, 2), "the correction of a correction counts for the first file");
    let again = edited(&desk, "out/import-000001/refused.csv", |rows| {
        rows.iter_mut().skip(1).for_each(|row| row[2] = "7".to_owned());
        rows[2][1] = "MS-623210".to_owned();
    });
    desk.put("again.csv", &again);
    let ended = desk.run("import again.csv --lang en");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("taken already 2"), "{}", ended.stderr);
    assert_eq!(sums(), (1, 3, 3));
    assert_eq!(count(&desk, "source_line"), 4);
    assert_eq!(desk.run("doctor").code, Some(0));
    // Taken back, everything that corrected it goes with it.
    assert_eq!(desk.run("import undo a.csv").code, Some(0));
    assert_eq!((count(&desk, "source_line"), count(&desk, "basket_line")), (0, 0));
    assert_eq!(sums(), (1, 3, 0));
    assert_eq!(desk.run("doctor").code, Some(0));
    assert_eq!(desk.run("import a.csv").code, Some(3), "and may come again");
}

#[test]
fn the_annotated_workbook_comes_back_as_it_was_written() {
    let desk = Desk::workspace();
    desk.put("a.csv", "Commande client;Réf;Qté\nC-1;0070817965D;dix\nC-2;NOPE;1\nC-3;12X0345;1\n");
    assert_eq!(desk.run("import a.csv").code, Some(3));
    let ended = desk.run("import out/import-000001/errors.xlsx --lang en");
    assert_eq!(ended.code, Some(4), "nothing was corrected: {}", ended.stderr);
    assert!(ended.stderr.contains("read 2 = accepted 0 + rejected 2 + ignored 0"), "{}", ended.stderr);
    // The newer catalogue knows the part, so the report as it stands corrects that line.
    let more =
        fs::read_to_string(desk.path("catalogue.csv")).unwrap() + "4;NOPE;Pièce;1.00;1;;;;;active;;;2026-01-01\n";
    desk.put("more.csv", more);
    assert_eq!(desk.run("catalogue load more.csv").code, Some(0));
    let ended = desk.run("import out/import-000002/errors.xlsx");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(count(&desk, "source_line"), 2);
}

/// The annotated workbook of a sample, corrected in two lines, with one line left out and the others turned round, then saved
/// by programs that are not ours.
#[test]
fn a_workbook_corrected_and_saved_by_other_programs_is_taken() {
    let fixtures = crate::support::root().join("tests/fixtures/corrections");
    for name in ["openpyxl.xlsx", "libreoffice.xlsx", "libreoffice.ods"] {
        let desk = Desk::workspace();
        desk.bring("orders/atelier-export/atelier_2026-03-04.csv", "atelier_2026-03-04.csv");
        assert_eq!(desk.run("import atelier_2026-03-04.csv").code, Some(3));
        fs::copy(fixtures.join(name), desk.path(name)).unwrap();
        let ended = desk.run(&format!("import {name} --lang en"));
        assert_eq!(ended.code, Some(3), "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains("read 5 = accepted 3 + rejected 2 + ignored 0"), "{name}: {}", ended.stderr);
        assert_eq!(count(&desk, "source_line"), 6 + 3, "{name}");
        let parent = "SELECT corrected FROM import WHERE id = 1";
        assert_eq!(ledger(&desk).query_row(parent, [], |row| row.get::<_, i64>(0)).unwrap(), 3, "{name}");
    }
}

#[test]
fn rows_without_a_key_of_theirs_are_refused_and_a_copied_row_counts_once() {
    let desk = Desk::workspace();
    desk.put("a.csv", "Commande client;Réf;Qté\nC-1;0070817965D;dix\nC-3;12X0345;1\n");
    assert_eq!(desk.run("import a.csv").code, Some(3));
    let fixed = edited(&desk, "out/import-000001/refused.csv", |rows| {
        rows[1][2] = "10".to_owned();
        let mut stranger = rows[1].clone();
        rows.push(stranger.clone());
        *stranger.last_mut().unwrap() = String::new();
        rows.push(stranger);
    });
    desk.put("fixed.csv", &fixed);
    let ended = desk.run("import fixed.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let faults = records(&desk.path("out/import-000002/errors.csv"));
    let told: Vec<_> = faults.iter().skip(1).map(|row| (row[0].as_str(), row[2].as_str())).collect();
    assert_eq!(told, [("3", "CORRECTION_REPEATED"), ("4", "CORRECTION_KEY_LOST")]);
    assert_eq!(count(&desk, "source_line"), 2);
}

#[test]
fn a_file_without_headings_is_corrected_as_it_was_read() {
    let desk = Desk::workspace();
    desk.put("a.csv", "x;dix;0070817965D\ny;2;12X0345\n");
    let ended = desk.run("import a.csv --map reference=#3 --map quantity=#2 --supplier 4");
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    desk.put("b.csv", "x;dix;0070817965D\ny;2;12X0345\nz;1;00123456\n");
    let ended = desk.run("import b.csv --map reference=#3 --map quantity=#2 --map comment=#1 --supplier 4");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let fixed = edited(&desk, "out/import-000002/refused.csv", |rows| {
        assert_eq!(rows[0][..3], ["comment", "quantity", "reference"]);
        rows[1][1] = "5".to_owned();
    });
    desk.put("fixed.csv", &fixed);
    let ended = desk.run("import fixed.csv --lang en");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let faults = records(&desk.path("out/import-000003/errors.csv"));
    assert_eq!(faults[1][2], "REF_OTHER_MANUFACTURER", "the supplier counts for the correction, too");
    assert_eq!(count(&desk, "source_line"), 2);
    // A file of which no line was taken can be corrected, too.
    let fixed = edited(&desk, "out/import-000001/refused.csv", |rows| rows[1][1] = "6".to_owned());
    desk.put("fixed1.csv", &fixed);
    assert_eq!(desk.run("import fixed1.csv").code, Some(3));
    assert_eq!(desk.run("doctor").code, Some(0));
}

#[test]
fn an_interrupted_import_is_finished_by_the_next_command() {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    // The run ended after the ledger had the import and before its reports had their names.
    let reports = desk.path("out/import-000001");
    let aside = reports.join(".bordereau-partial");
    fs::create_dir(&aside).unwrap();
    for name in
        ["errors.csv", "errors.xlsx", "orders.csv.ack.json", "orders.csv.ack.xml", "refused.csv", "summary.json"]
    {
        fs::rename(reports.join(name), aside.join(name)).unwrap();
    }
    ledger(&desk).execute("UPDATE import SET reports_pending = 1", []).unwrap();
    assert_eq!(desk.run("doctor").code, Some(0));
    assert_eq!(
        names(&reports),
        ["errors.csv", "errors.xlsx", "orders.csv.ack.json", "orders.csv.ack.xml", "refused.csv", "summary.json"]
    );
    assert_eq!(
        ledger(&desk).query_row("SELECT reports_pending FROM import", [], |row| row.get::<_, i64>(0)).unwrap(),
        0
    );
}

#[test]
fn a_backup_unpacked_is_the_same_workspace() {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    let writer = ledger(&desk);
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE basket_line SET comment = 'half'").unwrap();
    assert_eq!(desk.run("backup copy.zip").code, Some(0), "others may be writing");
    writer.execute_batch("ROLLBACK").unwrap();
    let mut archive = zip::ZipArchive::new(fs::File::open(desk.path("copy.zip")).unwrap()).unwrap();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        drop(file);
        desk.put(&format!("restored/{name}"), content);
    }
    let restored = crate::support::run(&desk.path("restored"), ["doctor"]);
    assert_eq!(restored.code, Some(0), "{}{}", restored.stdout, restored.stderr);
    let again = crate::support::run(&desk.path("restored"), ["import", "../orders.csv"]);
    assert_eq!(again.code, Some(5), "{}", again.stderr);
}

#[test]
fn doctor_finds_what_does_not_add_up() {
    let desk = Desk::workspace();
    assert_eq!(desk.run("import orders.csv").code, Some(3));
    ledger(&desk).execute("UPDATE basket_line SET quantity = quantity + 1 WHERE id = 1", []).unwrap();
    fs::write(desk.path("catalogue.bdc"), "").unwrap();
    let ended = desk.run("doctor --lang fr");
    assert_eq!(ended.code, Some(3));
    assert_eq!(ended.stdout.matches("DÉFAUT").count(), 2, "{}", ended.stdout);
    assert!(Path::new(&desk.path("ledger.sqlite")).exists());
}

#[test]
fn records_on_one_line_come_in_each_on_its_own() {
    let desk = Desk::workspace();
    let lines: Vec<_> = (1..=4).map(|count| format!(r#"{{"reference":"MS-623210","quantity":{count}}}"#)).collect();
    desk.put(
        "one-line.json",
        format!(
            "[{},{{\"reference\":\"NONE\",\"quantity\":1}},{{\"reference\":\"NEVER\",\"quantity\":2}}]",
            lines.join(",")
        )
        .as_bytes(),
    );
    let ended = desk.run("import one-line.json");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!((count(&desk, "source_line"), count(&desk, "refused_line")), (4, 2));
}
