//! Command lines and formats that are wrong: each is told by its own code, and nothing is written.

use std::fs;

use crate::raised::raises;
use crate::support::{Desk, Ended, names, samples, tree, zipped};

raises! {
    ARCHIVE_SEVERAL: which_file_of_an_archive_is_meant_is_not_guessed => choosing();
    ARGUMENT_CONFLICT: the_same_option_cannot_be_given_twice => Desk::new().import("--supplier 4 --supplier 15");
    ARGUMENT_INVALID: a_value_must_be_one_of_those_that_are_possible => with("--accept all");
    ARGUMENT_MISSING: what_is_needed_is_asked_for => Desk::new().run("import orders.csv");
    ARGUMENT_UNKNOWN: an_unknown_option_is_not_passed_over => with("--suplier 4");
    CODE_UNKNOWN: an_unknown_code_cannot_be_explained => suggesting("QTY_EMPTY", Desk::new().run("explain QTY_EMPY"));
    COLUMN_UNKNOWN: a_list_has_the_columns_it_has => suggesting("supplier", Desk::new().run("formats list --columns suplier"));
    COMMAND_UNKNOWN: an_unknown_command_is_not_guessed => suggesting("import", Desk::new().run("imprt orders.csv"));
    ENCODING_UNKNOWN: an_encoding_must_exist => with("--encoding ebcdic");
    EXPORT_EMPTY: an_export_of_nothing_writes_nothing => exporting("no-work-order.json", "");
    FIELD_UNKNOWN: a_field_must_exist => suggesting("quantity", with("--map quantty=Nb"));
    FORMAT_EXISTS: a_format_is_never_written_over => saved_twice();
    FORMAT_UNKNOWN: a_format_must_exist => suggesting("northgate-orders", with("--format northgate-order"));
    OUT_NOT_OURS: a_folder_of_others_is_not_touched => into_a_folder_of_others();
    PATH_IS_DIRECTORY: a_folder_is_no_order_file => Desk::new().run("import . --catalogue catalogue.csv --out out");
    SHEET_UNKNOWN: a_sheet_must_exist => suggesting("Commande", of_a_workbook("--sheet Feuil9"));
    SUPPLIER_AMBIGUOUS: a_name_of_several_manufacturers_is_not_guessed => with("--supplier Haier");
    SUPPLIER_UNKNOWN: a_supplier_must_exist => suggesting("Miele", with("--supplier Mielle"));
    TERMINAL_NEEDED: questions_need_somebody_to_answer => asking_nobody();
    TIME_ZONE_UNKNOWN: a_time_zone_must_exist => suggesting("Europe/Paris", exporting("new-mandates.json", "--time-zone Europe/Pari"));
    WORKSPACE_NEEDED: a_search_is_kept_in_a_workspace => Desk::new().run("formats list --csv --save-search mine");
    FORMAT_INVALID: a_format_with_an_impossible_value_is_refused => with_format("tolerant = \"perhaps\"");
    FORMAT_KEY_UNKNOWN: a_misspelt_key_of_a_format_is_refused => suggesting("tolerant", with_format("tolerent = 1"));
    FORMAT_TEST_FAILED: a_format_whose_sample_gives_something_else_is_told => with_a_wrong_expectation();
}

fn with(more: &str) -> Ended {
    refused(&Desk::new(), more)
}

/// An import that must leave nothing behind.
fn refused(desk: &Desk, more: &str) -> Ended {
    let ended = desk.import(more);
    assert!(!desk.path("out").exists(), "a refused command line leaves a folder");
    ended
}

#[track_caller]
fn suggesting(word: &str, ended: Ended) -> Ended {
    assert!(ended.stderr.contains(word), "no hint at {word}: {}", ended.stderr);
    ended
}

/// A clean copy of an archive with more files than are named.
fn choosing() -> Ended {
    let desk = Desk::new();
    let files: Vec<_> = (1..=12).map(|number| (format!("{number}.csv"), "Ref;Qty\nA;1\n")).collect();
    desk.put("orders.zip", zipped(&files));
    let ended = desk.run("convert orders.zip -o clean.csv");
    assert!(!desk.path("clean.csv").exists());
    suggesting("1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv, 10.csv, …", ended)
}

/// A format is proposed and saved under one name twice.
fn saved_twice() -> Ended {
    let desk = Desk::new();
    fs::create_dir(desk.path("mine")).unwrap();
    let command = "guess orders.csv --formats mine --save workshop";
    assert_eq!(desk.run(command).code, Some(0));
    let first = fs::read(desk.path("mine/import/workshop.toml")).unwrap();
    let ended = desk.run(command);
    assert_eq!(fs::read(desk.path("mine/import/workshop.toml")).unwrap(), first, "the first one was touched");
    ended
}

/// An import of a sheet that is not there.
fn of_a_workbook(more: &str) -> Ended {
    let desk = Desk::new();
    desk.put("orders.xlsx", fs::read(samples().join("codes/ROW_HIDDEN/orders.xlsx")).unwrap());
    desk.run(&format!("import orders.xlsx --catalogue catalogue.csv --out out {more}"))
}

/// Questions without a terminal.
fn asking_nobody() -> Ended {
    let desk = Desk::new();
    let ended = desk.run("map orders.csv --formats mine --save workshop --catalogue catalogue.csv");
    assert!(!desk.path("mine").exists() && ended.stdout.is_empty());
    suggesting("guess FILE --save NAME", suggesting("--map field=heading", ended))
}

/// An export of work orders that must leave nothing behind.
fn exporting(sample: &str, more: &str) -> Ended {
    let desk = Desk::new();
    desk.bring(&format!("work-orders/{sample}"), "orders.json");
    let ended = desk.run(&format!("workorder export orders.json --as xml -o orders.xml {more}"));
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "orders.csv", "orders.json"], "{}", ended.stderr);
    ended
}

fn into_a_folder_of_others() -> Ended {
    let desk = Desk::new();
    desk.put("out/letter.txt", "mine");
    let before = tree(&desk.path("out"));
    let ended = desk.import("");
    assert_eq!(tree(&desk.path("out")), before);
    ended
}

/// An import with a format of the user that has this key.
fn with_format(key: &str) -> Ended {
    let desk = Desk::new();
    desk.put("formats/import/mine.toml", format!("kind = \"order\"\n{key}\n"));
    let ended = refused(&desk, "--formats formats");
    assert!(ended.stderr.contains("mine.toml"), "which file? {}", ended.stderr);
    ended
}

fn with_a_wrong_expectation() -> Ended {
    let desk = Desk::new();
    desk.put(
        "formats/import/mine.toml",
        "kind = \"order\"\ntitle = { fr = \"à moi\", en = \"mine\" }\n[[test]]\nsample = \"orders.csv\"\n\
         catalogue = \"catalogue.csv\"\naccepted = 3\nrejected = [\"QTY_NOT_INTEGER line 4 column Quantité\"]\n",
    );
    desk.run("--formats formats formats check")
}

#[test]
fn a_folder_of_formats_that_is_right_passes_its_check() {
    let desk = Desk::new();
    desk.put(
        "formats/import/mine.toml",
        "kind = \"order\"\ntitle = { fr = \"à moi\", en = \"mine\" }\n[[test]]\nsample = \"orders.csv\"\n\
         catalogue = \"catalogue.csv\"\naccepted = 2\nrejected = [\"QTY_NOT_INTEGER line 4 column Quantité\"]\n",
    );
    let ended = desk.run("--formats formats formats check");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
}

#[test]
fn what_the_sender_typed_is_told_back_harmless() {
    let desk = Desk::new();
    let ended = crate::support::run(&desk.path(""), ["explain", "\u{1b}[31mQTY"]);
    assert!(ended.tells("CODE_UNKNOWN") && !ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "orders.csv"]);
}
