//! Archives: their files are imported as if they had been given one by one.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use bordereau::diagnostic::Code;
use bordereau::pipeline::{ImportRequest, Progress, Source, Stop, import};

use crate::support::{
    CATALOGUE, Desk, Ended, FORMATS, gzipped, names, program, root, samples, settings, summary, tree, zipped,
};

fn order() -> Vec<u8> {
    fs::read(samples().join("orders/generic/commande.csv")).unwrap()
}

fn run(desk: &Desk, file: &str, out: &str) -> Ended {
    desk.run(&format!("import {file} --catalogue catalogue.csv --out {out}"))
}

/// A result without its summary, which names the file.
fn result(desk: &Desk, out: &str) -> Vec<(String, Vec<u8>)> {
    let files = tree(&desk.path(out)).into_iter();
    files.filter(|(name, _)| !["summary.json", "errors.xlsx"].contains(&name.as_str())).collect()
}

#[test]
fn an_archive_of_two_files_gives_two_folders() {
    let desk = Desk::new();
    let other = "Référence;Quantité\n0070817965D;1\n".as_bytes().to_vec();
    desk.put("orders.zip", zipped(&[("2026/monday.csv", order()), ("tuesday.csv", other.clone())]));
    desk.put("tuesday.csv", other);
    let ended = run(&desk, "orders.zip", "out");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(names(&desk.path("out")), ["monday.csv", "summary.json", "tuesday.csv"]);
    assert_eq!(run(&desk, "orders.csv tuesday.csv", "plain").code, Some(3));
    assert!(result(&desk, "out/monday.csv") == result(&desk, "plain/orders.csv"));
    assert!(result(&desk, "out/tuesday.csv") == result(&desk, "plain/tuesday.csv"));
    assert_eq!(summary(&desk.path("out/monday.csv"))["file"], "monday.csv");
}

#[test]
fn an_archive_of_one_file_is_that_file() {
    let desk = Desk::new();
    desk.put("packed.zip", zipped(&[("__MACOSX/._orders.csv", b"x".to_vec()), ("folder/orders.csv", order())]));
    assert_eq!(run(&desk, "packed.zip", "packed").code, Some(3));
    assert_eq!(run(&desk, "orders.csv", "plain").code, Some(3));
    assert!(tree(&desk.path("packed")) == tree(&desk.path("plain")), "byte for byte, names and all");
    for command in
        ["guess packed.zip --json", "preview packed.zip --catalogue catalogue.csv", "convert packed.zip -o -"]
    {
        let (packed, plain) = (desk.run(command), desk.run(&command.replace("packed.zip", "orders.csv")));
        assert_eq!((packed.code, packed.stdout), (plain.code, plain.stdout), "{command}: {}", packed.stderr);
    }
}

#[test]
fn a_file_packed_by_gzip_gives_the_same_baskets() {
    let desk = Desk::new();
    desk.put("orders.csv.gz", gzipped(&order()));
    assert_eq!(run(&desk, "orders.csv.gz", "packed").code, Some(3));
    assert_eq!(run(&desk, "orders.csv", "plain").code, Some(3));
    assert!(result(&desk, "packed") == result(&desk, "plain"));
    let (packed, plain) = (summary(&desk.path("packed")), summary(&desk.path("plain")));
    assert_eq!(packed["file"], "orders.csv.gz");
    for key in ["hash", "bytes", "counts"] {
        assert_eq!(packed[key], plain[key], "{key}");
    }
    let (packed, plain) = (desk.run("convert orders.csv.gz -o -"), desk.run("convert orders.csv -o -"));
    assert_eq!((packed.code, packed.stdout), (Some(0), plain.stdout));
}

#[test]
fn a_name_that_tells_the_format_tells_it_packed_as_well() {
    let desk = Desk::new();
    desk.put(
        "formats/import/mine.toml",
        "kind = \"order\"\ntitle = { fr = \"à moi\", en = \"mine\" }\nrecognise = { file-name = [\"*.csv\"] }\n",
    );
    desk.put("orders.csv.gz", gzipped(&order()));
    desk.put("packed.zip", zipped(&[("orders.csv.GZ", gzipped(&order()))]));
    for file in ["orders.csv", "orders.csv.gz", "packed.zip"] {
        let ended = run(&desk, &format!("{file} --formats formats"), "out");
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        assert_eq!(summary(&desk.path("out"))["format"], "mine", "{file}");
    }
}

#[test]
fn a_broken_file_does_not_hold_up_the_others() {
    let desk = Desk::new();
    let files = [("broken.csv.gz", gzipped(&order())[..40].to_vec()), ("orders.csv", order())];
    desk.put("orders.zip", zipped(&files));
    desk.put("damaged.zip", &fs::read(desk.path("orders.zip")).unwrap()[..200]);
    let ended = run(&desk, "damaged.zip orders.zip missing.csv", "out");
    assert_eq!(names(&desk.path("out")), ["orders.csv", "summary.json"], "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("[ARCHIVE_DAMAGED]").count(), 2, "{}", ended.stderr);
    assert!(ended.tells("FILE_NOT_FOUND") && ended.code == Some(74), "{}", ended.stderr);
    assert!(ended.stderr.contains("orders.zip/broken.csv.gz"), "{}", ended.stderr);
    assert_eq!(summary(&desk.path("out"))["files"].as_array().unwrap().len(), 4);
}

#[test]
fn archives_in_archives_are_not_opened() {
    let desk = Desk::new();
    let inner = zipped(&[("orders.csv", order())]);
    for (name, content) in [
        ("nested.zip", zipped(&[("inner.zip", &inner)])),
        ("packed.zip", zipped(&[("inner.zip.gz", gzipped(&inner))])),
        ("orders.zip.gz", gzipped(&inner)),
        ("orders.gz.gz", gzipped(&gzipped(&order()))),
    ] {
        desk.put(name, content);
        let ended = run(&desk, name, "out");
        assert_eq!(ended.code, Some(6), "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains("archive in an archive"), "{name}: {}", ended.stderr);
        assert!(!desk.path("out").exists());
    }
    // One layer of gzip inside is a file like any other.
    desk.put("orders.zip", zipped(&[("orders.csv.gz", gzipped(&order()))]));
    assert_eq!(run(&desk, "orders.zip", "out").code, Some(3));
}

#[test]
fn a_bomb_is_given_up_and_nothing_is_left() {
    let desk = Desk::new();
    desk.put(
        "formats/import/small.toml",
        "kind = \"order\"\ntitle = { fr = \"petit\", en = \"small\" }\nlimits = { unpacked-bytes = 1000, archive-files = 2 }\n",
    );
    desk.put("bomb.zip", zipped(&[("bomb.csv", vec![0; 1 << 20])]));
    desk.put("bomb.csv.gz", gzipped(&vec![0; 1 << 20]));
    desk.put("inside.zip", zipped(&[("bomb.csv.gz", gzipped(&vec![0; 1 << 18]))]));
    desk.put("many.zip", zipped(&[("1", b""), ("2", b""), ("3", b"")]));
    for (file, limit) in [
        ("bomb.zip", "unpacked-bytes"),
        ("bomb.csv.gz", "unpacked-bytes"),
        ("inside.zip", "unpacked-bytes"),
        ("many.zip", "archive-files"),
    ] {
        let ended = run(&desk, &format!("{file} --formats formats --format small"), "out");
        assert!(ended.code == Some(6) && ended.stderr.contains(limit), "{file}: {}", ended.stderr);
        assert!(!desk.path("out").exists());
    }
}

#[test]
fn no_name_leads_out_of_the_folder_and_no_two_share_one() {
    let desk = Desk::new();
    fs::copy(root().join("tests/fixtures/archives/names.zip"), desk.path("names.zip")).unwrap();
    let ended = run(&desk, "names.zip", "deep/out");
    assert!(ended.stderr.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", ended.stderr);
    let expected = ["CON_stream.csv", "_", "_vsc.exe", "monday.csv", "new_line_[31m.csv", "passwd", "shadow"];
    assert_eq!(names(&desk.path("deep/out")), [&expected[..], &["summary.json", "é.csv"]].concat());
    assert_eq!(names(&desk.path("deep")), ["out"]);
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "deep", "names.zip", "orders.csv"]);

    let files = ["a/o.csv", "b/o.csv", "c/O.CSV", "o.csv-2", "summary.json", ".bordereau-partial"];
    desk.put("same.zip", zipped(&files.map(|name| (name, order()))));
    assert_eq!(run(&desk, "same.zip", "same").code, Some(3));
    assert_eq!(
        names(&desk.path("same")),
        [".bordereau-partial-2", "O.CSV-3", "o.csv", "o.csv-2", "o.csv-2-2", "summary.json", "summary.json-2"]
    );
}

#[test]
fn standard_input_may_be_packed() {
    let desk = Desk::new();
    let piped = |content: &[u8], out: &str| {
        let mut command = program(&desk.path(""));
        command.args(["import", "-", "--catalogue", "catalogue.csv", "--out", out]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(content).unwrap();
        Ended::from(child.wait_with_output().unwrap())
    };
    assert_eq!(piped(&order(), "plain").code, Some(3));
    assert_eq!(piped(&gzipped(&order()), "gzip").code, Some(3));
    assert!(result(&desk, "plain") == result(&desk, "gzip"));
    let ended = piped(&zipped(&[("a.csv", order()), ("b.csv", order())]), "zip");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(names(&desk.path("zip")), ["a.csv", "b.csv", "summary.json"]);
    assert!(result(&desk, "zip/b.csv") == result(&desk, "plain"));
}

/// Somebody writes to the archive as soon as its first file is read.
struct Appender(PathBuf);

impl Progress for Appender {
    fn begin(&self, _file: &str, _bytes: u64) {
        OpenOptions::new().append(true).open(&self.0).unwrap().write_all(b"more").unwrap();
    }
    fn advance(&self, _bytes: u64) {}
    fn end(&self) {}
}

#[test]
fn an_archive_that_changes_is_not_believed() {
    for files in [&["a.csv", "b.csv"][..], &["a.csv.gz"]] {
        let desk = Desk::new();
        let path = desk.path("orders.zip");
        let packed = |name: &&str| (name.to_string(), if name.ends_with("gz") { gzipped(&order()) } else { order() });
        desk.put("orders.zip", zipped(&files.iter().map(packed).collect::<Vec<_>>()));
        let batch = import(
            &ImportRequest {
                files: &[Source::File(path.clone())],
                out: Some(&desk.path("out")),
                catalogue: &CATALOGUE,
                account: None,
                registry: &FORMATS,
                settings: &settings(),
                progress: &Appender(path),
                stop: &Stop::default(),
            },
            None,
        );
        let codes: Vec<_> = batch.unwrap().files.into_iter().map(|file| file.result.unwrap_err().code).collect();
        assert_eq!(codes, vec![Code::FileChanged; files.len()]);
    }
}

#[cfg(unix)]
#[test]
fn sockets_and_devices_are_no_order_files_and_links_are() {
    let desk = Desk::new();
    let socket = std::os::unix::net::UnixListener::bind(desk.path("socket")).unwrap();
    for file in ["socket", "/dev/null", "/dev/stdin"] {
        let ended = desk.shell(&format!("echo x | \"$BORDEREAU\" import {file} --catalogue catalogue.csv --out out"));
        assert!(ended.tells("NOT_A_FILE") && ended.code == Some(2), "{file}: {}", ended.stderr);
    }
    drop(socket);
    let ended = desk.shell("\"$BORDEREAU\" import orders.csv --catalogue /dev/null --out out");
    assert!(ended.tells("NOT_A_FILE") && ended.code == Some(2), "{}", ended.stderr);
    std::os::unix::fs::symlink("orders.csv", desk.path("link.csv")).unwrap();
    assert_eq!(run(&desk, "link.csv", "out").code, Some(3));
    let ended = desk.shell("\"$BORDEREAU\" import /dev/stdin --catalogue catalogue.csv --out out < orders.csv");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
}
