//! What the program says and how it ends, word by word: `snapshots/` holds what people read.

use std::fmt::Write as _;

use crate::support::{Desk, expect, names, root, summary};

/// Runs commands one after the other in one folder and compares all that comes out.
pub(crate) fn snapshot(name: &str, desk: &Desk, commands: &[&str]) {
    let mut text = String::new();
    for command in commands {
        let ended = desk.run(command);
        let code = ended.code.unwrap();
        write!(text, "$ bordereau {command}\nexit code {code}\n").unwrap();
        for (stream, said) in [("standard output", &ended.stdout), ("standard error", &ended.stderr)] {
            if !said.is_empty() {
                write!(text, "--- {stream}\n{said}").unwrap();
            }
        }
        text.push('\n');
    }
    expect(&root().join("tests/it/snapshots").join(format!("{name}.txt")), text.as_bytes());
}

/// A desk with some samples on it.
fn desk(samples: &[&str]) -> Desk {
    let desk = Desk::new();
    for sample in samples {
        desk.bring(&format!("orders/{sample}"), sample.rsplit('/').next().unwrap());
    }
    desk
}

fn imports(language: &str) {
    let desk = desk(&[
        "atelier-export/atelier_2026-03-04.csv",
        "northgate-orders/northgate-2026-03-04.csv",
        "preamble-above-the-heading.csv",
        "several-manufacturers.csv",
        "forgotten-quote.csv",
    ]);
    desk.put("tous.csv", "Réf. pièce;Quantité\n0070817965D;2\n");
    desk.put("aucun.csv", "Réf. pièce;Quantité\n0070817965D;deux\n");
    let import = |file: &str, more: &str| {
        format!("import {file} --catalogue catalogue.csv --out {file}.result --lang {language}{more}")
    };
    let commands = [
        import("atelier_2026-03-04.csv", ""),
        import("northgate-2026-03-04.csv", ""),
        import("preamble-above-the-heading.csv", " --dry-run"),
        import("several-manufacturers.csv", " --supplier 4"),
        import("forgotten-quote.csv", " --reject-limit 0"),
        import("tous.csv", ""),
        import("tous.csv", " --quiet"),
        import("aucun.csv", ""),
        format!("import tous.csv catalogue.csv missing.csv --catalogue catalogue.csv --out several --lang {language}"),
    ];
    snapshot(&format!("import-{language}"), &desk, &commands.each_ref().map(String::as_str));
}

#[test]
fn an_import_is_told_in_french() {
    imports("fr");
}

#[test]
fn an_import_is_told_in_english() {
    imports("en");
}

#[test]
fn codes_are_explained() {
    snapshot(
        "explain",
        &desk(&[]),
        &[
            "explain QTY_NOT_INTEGER ref-mangled --lang fr",
            "explain QTY_NOT_INTEGER --lang en",
            "explain DISK_FULL --lang en --json",
            "explain --lang en",
        ],
    );
}

#[test]
fn formats_are_listed() {
    snapshot(
        "formats",
        &desk(&[]),
        &[
            "formats list --lang fr",
            "formats list --lang en --columns supplier,name --sort -supplier,name --limit 3",
            "formats list --lang en --columns name --csv --limit 2",
            "formats list --lang fr --json --limit 1",
            "formats manufacturers --lang fr --sort name",
            "formats show boutique-panier",
        ],
    );
}

#[test]
fn a_catalogue_is_shown_and_checked() {
    let desk = desk(&[]);
    desk.put(
        "faulty.csv",
        "manufacturer_id;reference;label;unit_price\n4;A1;Écrou;1.50\n4;A1;Écrou;1.60\n4;A2;Vis;gratuit\n",
    );
    snapshot(
        "catalogue",
        &desk,
        &[
            "catalogue show 00400001 --catalogue catalogue.csv --lang fr",
            "catalogue show 00999001 --catalogue catalogue.csv --lang en",
            "catalogue show 123456 --catalogue catalogue.csv --lang en",
            "catalogue check catalogue.csv --lang fr",
            "catalogue check faulty.csv --lang en",
            "catalogue build faulty.csv -o faulty.bdc --lang fr",
            "import orders.csv --catalogue faulty.csv --out out --lang en",
        ],
    );
}

#[test]
fn parts_are_found_and_listed() {
    snapshot(
        "catalogue-find",
        &desk(&[]),
        &[
            "catalogue find 004-00 --catalogue catalogue.csv --lang fr",
            "catalogue find POIGNEE porte --catalogue catalogue.csv --lang en --columns reference,label,unit_price",
            "catalogue find --catalogue catalogue.csv --manufacturer seb --sort -unit_price --limit 3 --csv --lang fr",
            "catalogue find --catalogue catalogue.csv --replaced --discontinued --columns reference,replacement --lang en",
            "catalogue find 2000000481005 --catalogue catalogue.csv --json --lang en",
            "catalogue find 00999099 --catalogue catalogue.csv --lang fr",
            "catalogue find nothing --catalogue catalogue.csv --csv --lang en",
            "catalogue find --catalogue catalogue.csv --manufacturer Mielle --lang en",
            "catalogue find x --catalogue catalogue.csv --sort prx --lang fr",
            "catalogue find x --catalogue catalogue.csv --xlsx --lang fr",
        ],
    );
}

#[test]
fn a_catalogue_is_brought_up_to_date() {
    let desk = desk(&[]);
    desk.bring("catalogue-changes.csv", "changes.csv");
    desk.put("faulty.csv", "manufacturer_id;reference;label;unit_price\n1;12X0345;Thermostat;gratuit\n");
    snapshot(
        "catalogue-update",
        &desk,
        &[
            "catalogue update catalogue.csv changes.csv --dry-run --lang fr",
            "catalogue update catalogue.csv changes.csv -o next.bdc --json --lang en",
            "catalogue update next.bdc changes.csv -o next.bdc --lang en",
            "catalogue find 12X0345 --catalogue next.bdc --csv --lang en",
            "catalogue find 47X2210 --catalogue next.bdc --lang fr",
            "catalogue update next.bdc faulty.csv -o next.bdc --lang fr",
            "catalogue update next.bdc catalogue.bdc -o next.bdc --lang fr",
            "catalogue update next.bdc changes.csv --lang fr",
        ],
    );
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "changes.csv", "faulty.csv", "next.bdc", "orders.csv"]);
}

#[test]
fn every_command_has_its_help_in_both_languages() {
    const COMMANDS: [&str; 22] = [
        "",
        "import",
        "map",
        "catalogue",
        "catalogue build",
        "catalogue check",
        "catalogue find",
        "catalogue show",
        "catalogue update",
        "basket",
        "basket list",
        "basket show",
        "basket add",
        "basket edit",
        "basket move",
        "basket remove",
        "formats",
        "formats list",
        "formats manufacturers",
        "formats show",
        "formats check",
        "explain",
    ];
    for language in ["fr", "en"] {
        let commands = COMMANDS.map(|command| format!("{command} --help --lang {language}").trim().to_owned());
        snapshot(&format!("help-{language}"), &desk(&[]), &commands.each_ref().map(String::as_str));
    }
}

#[test]
fn wrong_arguments_are_told_in_both_languages() {
    for language in ["fr", "en"] {
        let commands = [
            "",
            "import",
            "imprt orders.csv",
            "import orders.csv --cataloge catalogue.csv",
            "import orders.csv --catalogue catalogue.csv --out out --accept all",
            "import orders.csv --catalogue catalogue.csv --out out --reject-limit many",
            "import orders.csv --catalogue catalogue.csv --out out --map quantty=Nb",
            "import orders.csv --catalogue catalogue.csv --out out --supplier Whirlpol",
            "import missing.csv --catalogue catalogue.csv --out out",
            "import orders.csv --catalogue missing.csv --out out",
            "explain QTY_EMPY",
            "formats show atelier",
        ]
        .map(|command| format!("{command} --lang {language}").trim().to_owned());
        snapshot(&format!("mistakes-{language}"), &desk(&[]), &commands.each_ref().map(String::as_str));
    }
}

#[test]
fn data_goes_to_standard_output_and_talk_to_standard_error() {
    let desk = desk(&[]);
    let plain = desk.import("--lang fr");
    assert_eq!((plain.code, plain.stdout.as_str()), (Some(3), ""));
    assert!(!plain.stderr.is_empty());
    let json = desk.import("--lang fr --json");
    let told: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(told, summary(&desk.path("out")), "--json tells what summary.json holds");
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let desk = desk(&[]);
    let before = names(&desk.path(""));
    let dry = desk.import("--dry-run --json");
    assert_eq!(names(&desk.path("")), before);
    let wet = desk.import("--json");
    assert_eq!((dry.code, dry.stdout), (wet.code, wet.stdout));
}

#[test]
fn the_exit_code_follows_fail_on() {
    let desk = desk(&[]);
    desk.put("orders.csv", "Réf. pièce;Quantité\n00400001;1\n");
    for (more, code) in [("", 0), ("--fail-on warning", 3), ("--fail-on never", 0), ("--fail-on error", 0)] {
        assert_eq!(desk.import(more).code, Some(code), "{more}");
    }
    desk.put("orders.csv", "Réf. pièce;Quantité\n0070817965D;1\n0070817965D;deux\n");
    for (more, code) in [("", 3), ("--fail-on never", 0)] {
        assert_eq!(desk.import(more).code, Some(code), "{more}");
    }
}

#[test]
fn reports_are_written_as_they_were_chosen() {
    let desk = desk(&[]);
    for (reports, files) in [
        ("csv,xlsx,json", vec!["baskets", "errors.csv", "errors.xlsx", "summary.json"]),
        ("json", vec!["baskets", "summary.json"]),
        ("csv,lines", vec!["baskets", "errors.csv", "lines.csv", "summary.json"]),
    ] {
        desk.import(&format!("--report {reports}"));
        assert_eq!(names(&desk.path("out")), files);
    }
}

#[test]
fn the_profile_for_french_excel_neutralises_formulas_and_nothing_else() {
    let desk = desk(&[]);
    desk.put(
        "orders.csv",
        "Réf. pièce;Quantité;Commentaire;Date livraison souhaitée\n0070817965D;2;=1+1;16/03/2026\n-x;1;;\n",
    );
    desk.import("--profile excel-fr --lang fr");
    let basket = std::fs::read_to_string(desk.path("out/baskets/4.csv")).unwrap();
    assert!(basket.starts_with('\u{feff}') && basket.contains("\r\n"));
    assert!(basket.contains(";'=1+1;16/03/2026;") && basket.contains(";24,90;49,80;"), "{basket}");
    let errors = std::fs::read_to_string(desk.path("out/errors.csv")).unwrap();
    assert!(errors.contains(";-x\r\n"), "the value stands as written: {errors}");
    desk.import("--lang fr");
    let basket = std::fs::read_to_string(desk.path("out/baskets/4.csv")).unwrap();
    assert!(basket.contains(";=1+1;2026-03-16;") && !basket.contains('\r'), "{basket}");
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let desk = desk(&[]);
    let program = env!("CARGO_BIN_EXE_bordereau");
    let mut child = std::process::Command::new(program)
        .current_dir(desk.path(""))
        .args(["import", "-", "--catalogue", "catalogue.csv", "--out", "out", "--lang", "fr"])
        .stdin(std::fs::File::open(desk.path("orders.csv")).unwrap())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let from_stdin = std::fs::read(desk.path("out/errors.csv")).unwrap();
    desk.import("--lang fr");
    assert_eq!(from_stdin, std::fs::read(desk.path("out/errors.csv")).unwrap());
}
