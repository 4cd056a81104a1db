//! What several tests need: the project's folders, an import through the library, the program, expected files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use bordereau::diagnostic::Result;
use bordereau::format::Registry;
use bordereau::model::Language;
use bordereau::pipeline::{
    Batch, CatalogueFile, DepositRequest, DepositSettings, ImportRequest, Settings, Source, Stop, deposit, import,
    open_catalogue,
};
use bordereau::report::DepositSummary;

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of samples.
pub(crate) fn samples() -> PathBuf {
    root().join("samples")
}

/// The catalogue of the samples, read once.
pub(crate) static CATALOGUE: LazyLock<CatalogueFile> =
    LazyLock::new(|| open_catalogue(&samples().join("catalogue.csv")).unwrap());

/// The formats that the program brings along, read once.
pub(crate) static FORMATS: LazyLock<Registry> = LazyLock::new(Registry::built_in);

/// What a user gets who chooses nothing, in French.
pub(crate) fn settings() -> Settings {
    Settings { report_csv: true, report_xlsx: true, language: Language::French, ..Settings::default() }
}

/// An import through the library, with the catalogue of the samples.
pub(crate) fn import_files(files: &[PathBuf], out: &Path, settings: &Settings) -> Result<Batch> {
    import_with(files, out, &CATALOGUE, settings)
}

/// An import through the library.
pub(crate) fn import_with(
    files: &[PathBuf],
    out: &Path,
    catalogue: &CatalogueFile,
    settings: &Settings,
) -> Result<Batch> {
    let files: Vec<_> = files.iter().cloned().map(Source::File).collect();
    import(
        &ImportRequest {
            files: &files,
            out: Some(out),
            catalogue,
            account: None,
            registry: &FORMATS,
            settings,
            progress: &(),
            stop: &Stop::default(),
        },
        None,
    )
}

/// What a user gets who chooses nothing, in French.
pub(crate) fn deposit_settings() -> DepositSettings {
    DepositSettings {
        report_csv: true,
        report_xlsx: true,
        report_json: true,
        language: Language::French,
        ..DepositSettings::default()
    }
}

/// A deposit through the library, with the catalogue of the samples.
pub(crate) fn deposit_with(
    file: &Path,
    out: &Path,
    registry: &Registry,
    settings: &DepositSettings,
) -> Result<DepositSummary> {
    let files = [Source::File(file.to_owned())];
    let request = DepositRequest {
        files: &files,
        out: Some(out),
        catalogue: &CATALOGUE,
        registry,
        settings,
        progress: &(),
        stop: &Stop::default(),
    };
    let mut batch = deposit(&request, None)?;
    batch.files.pop().unwrap().result
}

/// Runs with so many threads.
pub(crate) fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// The records of a file of ours, heading and all.
pub(crate) fn records(path: &Path) -> Vec<Vec<String>> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What `errors.csv` says without its message: `line;column;code;severity;value`.
pub(crate) fn faults(path: &Path) -> Vec<Vec<String>> {
    let rows = records(path).into_iter();
    rows.map(|row| [0, 1, 2, 3, 5].map(|column| row[column].clone()).to_vec()).collect()
}

/// Rows as a file of ours would write them.
pub(crate) fn written(rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Every file below a folder with its path from there.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                walk(&path, &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// Copies a folder with everything below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The names in a folder, sorted; none when it is not there.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// `summary.json` of an output folder.
pub(crate) fn summary(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap()
}

/// Compares with an expected file, or writes it when `BORDEREAU_BLESS` asks for it.
#[track_caller]
pub(crate) fn expect(path: &Path, found: &[u8]) {
    if std::env::var_os("BORDEREAU_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, found).unwrap();
        return;
    }
    let expected = fs::read(path).unwrap_or_default();
    if expected == found {
        return;
    }
    let (expected, found) = (String::from_utf8_lossy(&expected), String::from_utf8_lossy(found));
    let (mut wanted, mut came) = (expected.lines(), found.lines());
    let first = (1..).find_map(|number| match (wanted.next(), came.next()) {
        (None, None) => Some("the line ends".to_owned()),
        (wanted, came) => (wanted != came).then(|| format!("line {number}\n- {wanted:?}\n+ {came:?}")),
    });
    panic!("{} is not what comes out (BORDEREAU_BLESS=1 writes it anew): {}", path.display(), first.unwrap());
}

/// The program, with nothing of this machine's language and terminal in its surroundings.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bordereau"));
    command.current_dir(folder).env("LC_ALL", "C").env("NO_COLOR", "1").env("COLUMNS", "100");
    command.env("BORDEREAU_NOW", "2026-03-04T08:00:00Z").env("USER", "claire");
    for name in ["BORDEREAU_LANG", "BORDEREAU_FORMATS", "BORDEREAU_WORKSPACE", "LC_MESSAGES", "LANG", "LANGUAGE"] {
        command.env_remove(name);
    }
    command
}

/// A ZIP archive of these files.
pub(crate) fn zipped(files: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_ref(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_ref()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What gzip makes of it.
pub(crate) fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// What the program said and how it ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Whether an error of this code was told; `formats check` tells its findings as data.
    pub(crate) fn tells(&self, code: &str) -> bool {
        let told = format!("[{code}]");
        self.stderr.contains(&told) || self.stdout.contains(&told)
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A folder with the catalogue and an order file of the samples, and what the tests put beside them.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.bring("catalogue.csv", "catalogue.csv");
        desk.bring("orders/generic/commande.csv", "orders.csv");
        desk
    }

    /// A desk that is a workspace, too, with the catalogue of the samples loaded.
    pub(crate) fn workspace() -> Self {
        let desk = Self::new();
        for line in ["init .", "catalogue load catalogue.csv"] {
            let ended = desk.run(line);
            assert_eq!(ended.code, Some(0), "{line}: {}", ended.stderr);
        }
        desk
    }

    /// Runs the program there at another moment.
    pub(crate) fn run_at(&self, now: &str, arguments: &str) -> Ended {
        let mut command = program(self.folder.path());
        command.env("BORDEREAU_NOW", now).args(arguments.split_whitespace()).output().unwrap().into()
    }

    /// Copies a sample.
    pub(crate) fn bring(&self, sample: &str, name: &str) {
        fs::copy(samples().join(sample), self.path(name)).unwrap();
    }

    /// Writes a file, and the folders it stands in.
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program there; arguments are separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        run(self.folder.path(), arguments.split_whitespace())
    }

    /// Imports `orders.csv` into `out`, with more arguments.
    pub(crate) fn import(&self, more: &str) -> Ended {
        self.run(&format!("import orders.csv --catalogue catalogue.csv --out out {more}"))
    }

    /// Runs a line of shell there; `$BORDEREAU` is the program.
    #[cfg(unix)]
    pub(crate) fn shell(&self, line: &str) -> Ended {
        led_by("sh", &program(self.folder.path())).arg("-c").arg(line).output().unwrap().into()
    }
}

/// Another program that is to run this one, in its folder and its surroundings; `$BORDEREAU` is this one.
#[cfg(unix)]
pub(crate) fn led_by(other: &str, program: &Command) -> Command {
    let mut other = Command::new(other);
    other.env("BORDEREAU", program.get_program());
    other.current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    other
}

/// Runs the program in a folder.
pub(crate) fn run<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Ended {
    program(folder).args(arguments).output().unwrap().into()
}
