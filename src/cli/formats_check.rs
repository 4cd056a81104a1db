//! `formats check`: the formats hold together, and their samples give what they promise.
//!
//! What enters: the formats, and the samples beside them. What leaves: every fault, not only the first.
//! What is refused: nothing; what is wrong is the result. Samples that are not there are counted, not passed over.

use std::path::{Path, PathBuf};

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::{Format, FormatTest, Registry};
use bordereau::model::Language;
use bordereau::pipeline::{self, ImportRequest, Settings, Source, Stop};
use bordereau::report::render_error;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_FORMATS_CHECK,
        usage: texts::USAGE_FORMATS_CHECK,
        examples: Some(texts::EXAMPLES_FORMATS_CHECK),
        after: Some(texts::AFTER_FORMATS_CHECK),
        exit_codes: false,
    };
    builder.command("check", page, [builder.json()])
}

/// What was found.
#[derive(Default)]
struct Findings {
    faults: Vec<Error>,
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Checks the formats.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let folder = session.formats.as_deref();
    let mut findings = Findings { faults: Registry::check_folder(folder)?, ..Findings::default() };
    // Formats that cannot be read have no samples that could be.
    if let Ok(registry) = session.registry() {
        let root = folder.map(|folder| folder.join("..")).unwrap_or_default();
        let check = Check { registry: &registry, folder, root };
        for format in registry.formats() {
            for test in &format.tests {
                check.test(format, test, &mut findings)?;
            }
        }
    }
    tell(&findings, matches.get_flag("json"), session.language)?;
    Ok(if findings.faults.is_empty() { Exit::Accepted } else { Exit::Partial })
}

fn tell(findings: &Findings, json: bool, language: Language) -> Result<()> {
    if json {
        out::json("formats-check", Object::new(findings, language))?;
    } else {
        let faults: String = findings.faults.iter().map(|fault| render_error(fault, language)).collect();
        out::data(&faults)?;
    }
    let counts = [
        ("faults", findings.faults.len() as u64),
        ("passed", findings.passed),
        ("failed", findings.failed),
        ("skipped", findings.skipped),
    ];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let counts: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    out::talk(&format!("{}\n", texts::FORMATS_CHECKED.with(language, &counts)));
    Ok(())
}

/// Where tests are run.
struct Check<'r> {
    registry: &'r Registry,
    folder: Option<&'r Path>,
    /// The folder that holds the one of the formats.
    root: PathBuf,
}

/// What came of a sample.
struct Outcome {
    accepted: u64,
    rejected: Vec<String>,
    warned: Vec<String>,
}

impl Check<'_> {
    /// Runs one test and notes how it ended.
    fn test(&self, format: &Format, test: &FormatTest, findings: &mut Findings) -> Result<()> {
        let path = format!("import/{}.toml", format.name);
        let own = self.folder.is_some_and(|folder| folder.join(&path).is_file());
        let there = [&test.sample, &test.catalogue].into_iter().all(|name| self.root.join(name).is_file());
        // The program brings its formats along, but not their samples.
        if !own && !there {
            findings.skipped += 1;
            return Ok(());
        }
        let faults = match self.run(format, test)? {
            Ok(outcome) => outcome.differences(test),
            Err(error) => vec![(error.code.name().to_owned(), format!("accepted {}", test.accepted))],
        };
        if faults.is_empty() {
            findings.passed += 1;
        } else {
            findings.failed += 1;
        }
        findings.faults.extend(faults.into_iter().map(|(found, expected)| {
            let arguments = Arguments::none()
                .with("path", &path)
                .with("sample", &test.sample)
                .with("found", found)
                .with("expected", expected);
            Error::new(Code::FormatTestFailed, arguments)
        }));
        Ok(())
    }

    /// Imports a sample into a folder that vanishes, and reads its errors back. The outer error is no fault of the format.
    fn run(&self, format: &Format, test: &FormatTest) -> Result<Result<Outcome>> {
        let scratch =
            tempfile::tempdir().map_err(|error| Error::io(&std::env::temp_dir(), Code::WriteFailed, error))?;
        let out = scratch.path().join("out");
        let settings = Settings {
            format: Some(format.name.clone()),
            supplier: test.supplier.clone(),
            report_csv: true,
            ..Settings::default()
        };
        let catalogue = match pipeline::open_catalogue(&self.root.join(&test.catalogue)) {
            Ok(catalogue) => catalogue,
            Err(error) => return Ok(Err(error)),
        };
        let files = [Source::File(self.root.join(&test.sample))];
        let request = ImportRequest {
            files: &files,
            out: Some(&out),
            catalogue: &catalogue,
            registry: self.registry,
            account: None,
            settings: &settings,
            progress: &(),
            stop: &Stop::default(),
        };
        let batch = pipeline::import(&request, None)?;
        let Some(summary) = batch.files.into_iter().next().map(|file| file.result) else {
            return Ok(Err(Error::new(Code::InternalError, Arguments::none())));
        };
        let errors = out.join("errors.csv");
        Ok(match summary {
            Ok(summary) => {
                let (rejected, warned) = read_errors(&errors)?;
                Ok(Outcome { accepted: summary.counts.accepted, rejected, warned })
            }
            Err(error) => Err(error),
        })
    }
}

/// The errors and the warnings of `errors.csv`, written as a test expects them.
fn read_errors(path: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let failed = |error: csv::Error| Error::io(path, Code::ReadFailed, error.into());
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(path).map_err(failed)?;
    let (mut rejected, mut warned) = (Vec::new(), Vec::new());
    for row in reader.deserialize() {
        let (line, column, code, severity, _, _): (u64, String, String, String, String, String) =
            row.map_err(failed)?;
        let place = if column.is_empty() { String::new() } else { format!(" column {column}") };
        if severity == "W" { &mut warned } else { &mut rejected }.push(format!("{code} line {line}{place}"));
    }
    Ok((rejected, warned))
}

impl Outcome {
    /// What was found and what was expected, wherever they differ.
    fn differences(mut self, test: &FormatTest) -> Vec<(String, String)> {
        let mut differences = Vec::new();
        if self.accepted != test.accepted {
            differences.push((format!("accepted {}", self.accepted), format!("accepted {}", test.accepted)));
        }
        for (found, expected) in [(&mut self.rejected, &test.rejected), (&mut self.warned, &test.warned)] {
            let missing: Vec<_> = expected.iter().filter(|line| !take(found, line)).cloned().collect();
            if !missing.is_empty() || !found.is_empty() {
                differences.push((listed(found), listed(&missing)));
            }
        }
        differences
    }
}

/// Takes one of the lines away, if it is there.
fn take(lines: &mut Vec<String>, line: &str) -> bool {
    let place = lines.iter().position(|each| each == line);
    place.map(|place| lines.remove(place)).is_some()
}

fn listed(lines: &[String]) -> String {
    if lines.is_empty() { "∅".to_owned() } else { lines.join(", ") }
}

#[derive(Serialize)]
struct Object {
    faults: Vec<FaultObject>,
    passed: u64,
    failed: u64,
    skipped: u64,
}

#[derive(Serialize)]
struct FaultObject {
    code: &'static str,
    message: String,
    remedy: String,
}

impl Object {
    fn new(findings: &Findings, language: Language) -> Self {
        let faults = findings.faults.iter().map(|fault| FaultObject {
            code: fault.code.name(),
            message: fault.message(language),
            remedy: fault.remedy(language),
        });
        let Findings { passed, failed, skipped, .. } = *findings;
        Self { faults: faults.collect(), passed, failed, skipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_what_is_too_much_and_what_lacks() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let test = FormatTest {
            sample: String::new(),
            catalogue: String::new(),
            supplier: None,
            accepted: 2,
            rejected: lines(&["A line 1", "B line 2"]),
            warned: lines(&["C line 3"]),
        };
        let outcome =
            |accepted, rejected: &[&str]| Outcome { accepted, rejected: lines(rejected), warned: lines(&["C line 3"]) };
        assert!(outcome(2, &["B line 2", "A line 1"]).differences(&test).is_empty());
        let found = outcome(3, &["A line 1", "A line 1"]).differences(&test);
        assert_eq!(found[0], ("accepted 3".to_owned(), "accepted 2".to_owned()));
        assert_eq!(found[1], ("A line 1".to_owned(), "B line 2".to_owned()));
        assert_eq!(found.len(), 2);
    }
}
