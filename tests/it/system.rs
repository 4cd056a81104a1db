//! Faults of the machine: disks, permissions, signals, and catalogues that were damaged on the way.
//!
//! What a machine does not let us do is passed over, and said on standard error (`--nocapture` shows it).
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a test that is passed over must say so")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bordereau::model::Language;
use bordereau::pipeline::{ImportRequest, Progress, Source, Stop, import};
use bordereau::report::render_error;

use crate::raised::raises;
use crate::support::{CATALOGUE, Desk, Ended, FORMATS, names, program, settings, tree};

raises! {
    CATALOGUE_DAMAGED: a_compiled_catalogue_with_one_changed_bit_is_not_believed => with_compiled(flip_the_last_bit);
    CATALOGUE_STALE: a_compiled_catalogue_of_another_version_is_not_believed => with_compiled(|bytes| bytes[8] += 1);
    DISK_FULL: a_full_disk_leaves_nothing_behind => shell("ulimit -f 1; exec \"$BORDEREAU\" $IMPORT");
    FILE_CHANGED: a_file_that_grows_while_it_is_read_is_not_believed => a_growing_file();
    FILE_NOT_FOUND: a_file_that_is_not_there_is_told => shell("rm orders.csv; exec \"$BORDEREAU\" $IMPORT");
    INTERNAL_ERROR: what_the_program_cannot_do_by_itself_is_a_fault_of_its_own => threads_without_room();
    INTERRUPTED: an_interrupted_import_leaves_nothing_behind => signalled("INT");
    NOT_A_FILE: a_pipe_is_not_waited_for => shell("mkfifo a; \"$BORDEREAU\" import a --catalogue catalogue.csv --out out; c=$?; rm a; exit $c");
    PERMISSION_DENIED: a_file_that_may_not_be_read_is_told => as_nobody("orders.csv", 0o000, 0o777);
    READ_FAILED: a_file_that_cannot_be_read_is_told => unreadable();
    READ_ONLY_DISK: a_read_only_disk_is_told => on_a_disk_of_its_own("ro");
    TERMINATED: a_terminated_import_leaves_nothing_behind => signalled("TERM");
    WRITE_FAILED: a_folder_that_is_not_there_is_not_made_for_a_catalogue => shell("exec \"$BORDEREAU\" $BUILD");
}

/// What is typed behind the name of the program in most of these tests.
const IMPORT: &str = "import orders.csv --catalogue catalogue.csv --out out";

/// A line of shell that must leave no file on the desk; `$IMPORT` and `$BUILD` are arguments of the program.
fn shell(line: &str) -> Ended {
    let build = "catalogue build catalogue.csv -o missing/parts.bdc";
    let desk = Desk::new();
    let ended = desk.shell(&line.replace("$IMPORT", IMPORT).replace("$BUILD", build));
    let left = names(&desk.path(""));
    assert!(left.iter().all(|name| name == "catalogue.csv" || name == "orders.csv"), "{left:?} {}", ended.stderr);
    ended
}

fn flip_the_last_bit(bytes: &mut [u8]) {
    *bytes.last_mut().unwrap() ^= 1;
}

/// Says why a test is passed over.
fn passed_over(why: &str) -> Option<Ended> {
    eprintln!("passed over: {why}");
    None
}

/// Runs something that must leave the desk as it was.
fn left_nothing(desk: &Desk, run: impl FnOnce(&Desk) -> Ended) -> Ended {
    let before = names(&desk.path(""));
    let ended = run(desk);
    assert_eq!(names(&desk.path("")), before, "{}", ended.stderr);
    ended
}

/// An import with a compiled catalogue that was changed.
fn with_compiled(change: impl FnOnce(&mut [u8])) -> Ended {
    let desk = Desk::new();
    let built = desk.run("catalogue build catalogue.csv -o parts.bdc");
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let mut bytes = fs::read(desk.path("parts.bdc")).unwrap();
    change(&mut bytes);
    desk.put("parts.bdc", bytes);
    left_nothing(&desk, |desk| desk.run("import orders.csv --catalogue parts.bdc --out out"))
}

#[test]
fn a_compiled_catalogue_gives_the_same_result_as_its_source() {
    let desk = Desk::new();
    assert_eq!(desk.run("catalogue build catalogue.csv -o parts.bdc").code, Some(0));
    assert_eq!(desk.import("").code, Some(3));
    let ended = desk.run("import orders.csv --catalogue parts.bdc --out compiled");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let (mut source, mut compiled) = (tree(&desk.path("out")), tree(&desk.path("compiled")));
    // The summary names the file of the catalogue.
    assert_ne!(source.remove("summary.json"), compiled.remove("summary.json"));
    assert!(source == compiled);
}

#[test]
fn no_byte_of_a_compiled_catalogue_can_change_unnoticed_nor_be_missing() {
    let desk = Desk::new();
    desk.put("small.csv", "manufacturer_id;reference;label;unit_price\n4;0070817965D;Joint de porte;24.90\n");
    assert_eq!(desk.run("catalogue build small.csv -o parts.bdc").code, Some(0));
    let whole = fs::read(desk.path("parts.bdc")).unwrap();
    for place in 8..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        desk.put("parts.bdc", bytes);
        assert!(bordereau::pipeline::open_catalogue(&desk.path("parts.bdc")).is_err(), "byte {place}");
        desk.put("parts.bdc", &whole[..place]);
        assert!(bordereau::pipeline::open_catalogue(&desk.path("parts.bdc")).is_err(), "cut at {place}");
    }
    assert!(whole.len() > 100);
}

/// Somebody appends to the file as soon as it was looked at.
struct Appender(PathBuf);

impl Progress for Appender {
    fn begin(&self, _file: &str, _bytes: u64) {
        OpenOptions::new().append(true).open(&self.0).unwrap().write_all(b"MS-623210;1;\n").unwrap();
    }
    fn advance(&self, _bytes: u64) {}
    fn end(&self) {}
}

/// Through the library, because the moment has to be the right one.
fn a_growing_file() -> Ended {
    let desk = Desk::new();
    let path = desk.path("orders.csv");
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
    )
    .unwrap();
    assert!(!desk.path("out").exists());
    let error = batch.files[0].result.as_ref().unwrap_err();
    let code = Some(i32::from(batch.exit.code()));
    Ended { code, stdout: String::new(), stderr: render_error(error, Language::English) }
}

/// Threads with stacks larger than any address space, so that not even the first one can be had.
fn threads_without_room() -> Ended {
    shell("RUST_MIN_STACK=1125899906842624 exec \"$BORDEREAU\" $IMPORT --threads 2")
}

/// Sends a signal to a run that is surely at work: it has taken in more than a pipe holds.
fn signalled(signal: &str) -> Ended {
    let desk = Desk::new();
    let mut command = program(&desk.path(""));
    command.args(["import", "-", "--catalogue", "catalogue.csv", "--out", "out"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all("Réf. pièce;Quantité\n".as_bytes()).unwrap();
    let lines = "0070817965D;2\n".repeat(1 << 16);
    input.write_all(lines.as_bytes()).unwrap();
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", child.id())).status().unwrap();
    assert!(sent.success());
    // The signal is looked at between chunks and before the result gets its name: there are many of the former to come.
    input.write_all(lines.repeat(4).as_bytes()).unwrap();
    drop(input);
    let ended = child.wait_with_output().unwrap().into();
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "orders.csv"]);
    ended
}

/// Whether permissions do not count for us.
fn may_do_everything(desk: &Desk) -> bool {
    desk.put("closed", "");
    fs::set_permissions(desk.path("closed"), Permissions::from_mode(0o000)).unwrap();
    let opened = File::open(desk.path("closed")).is_ok();
    fs::remove_file(desk.path("closed")).unwrap();
    opened
}

/// Imports as a user who may do little; the file and the folder of the result have these permissions.
fn as_nobody(file: &str, of_file: u32, of_folder: u32) -> Option<Ended> {
    let desk = Desk::new();
    let user = if may_do_everything(&desk) { "setpriv --reuid=65534 --regid=65534 --clear-groups " } else { "" };
    // The folder of the build may be closed to others, so the program comes along.
    fs::copy(env!("CARGO_BIN_EXE_bordereau"), desk.path("program")).unwrap();
    fs::set_permissions(desk.path("catalogue.csv"), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(desk.path(file), Permissions::from_mode(of_file)).unwrap();
    fs::set_permissions(desk.path(""), Permissions::from_mode(of_folder)).unwrap();
    if desk.shell(&format!("{user}./program --version")).code != Some(0) {
        fs::set_permissions(desk.path(""), Permissions::from_mode(0o755)).unwrap();
        return passed_over("no ordinary user can be put on here (setpriv)");
    }
    let ended = desk.shell(&format!("{user}./program {IMPORT}"));
    // Else the folder could not be removed.
    fs::set_permissions(desk.path(""), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(names(&desk.path("")), ["catalogue.csv", "orders.csv", "program"]);
    Some(ended)
}

#[test]
fn a_folder_that_may_not_be_written_is_told() {
    crate::raised::check("PERMISSION_DENIED", as_nobody("orders.csv", 0o644, 0o555));
}

/// A file that is there, may be opened and gives no byte.
fn unreadable() -> Option<Ended> {
    let path = "/proc/self/mem";
    if File::open(path).is_err() {
        return passed_over("no file that opens and cannot be read");
    }
    Some(left_nothing(&Desk::new(), |desk| desk.run(&format!("import {path} --catalogue catalogue.csv --out out"))))
}

/// Runs the program with a small disk mounted on `disk`, in a space of mounts of its own.
fn on_a_disk_of_its_own(options: &str) -> Option<Ended> {
    let desk = Desk::new();
    fs::create_dir(desk.path("disk")).unwrap();
    let mount = format!("mount -t tmpfs -o size=64k,{options} tmpfs disk");
    let inside = |line: &str| desk.shell(&format!("exec unshare --mount --map-root-user sh -c '{line}'"));
    if inside(&mount).code != Some(0) {
        return passed_over("no disk can be mounted here (unshare)");
    }
    let import = IMPORT.replace("--out out", "--out disk/out");
    let ended = inside(&format!("{mount} && {{ \"$BORDEREAU\" {import}; code=$?; ls -A disk; exit $code; }}"));
    assert_eq!(ended.stdout, "", "left on the disk");
    Some(ended)
}

#[test]
fn a_small_disk_that_fills_up_leaves_nothing_behind() {
    // Less than the workbook alone takes.
    crate::raised::check("DISK_FULL", on_a_disk_of_its_own("size=8k"));
}
