//! `doctor`: whether a workspace is well.
//!
//! What enters: a workspace. What leaves: what was looked at and what is wrong with it, on standard output.
//! What is refused: nothing that can be looked at; a fault found makes an exit code of 3.

use bordereau::diagnostic::{Exit, Result};
use bordereau::model::Language;
use bordereau::report::{escape, render_error};
use bordereau::workspace::{Check, CheckKind};
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_DOCTOR,
        usage: texts::USAGE_DOCTOR,
        examples: Some(texts::EXAMPLES_DOCTOR),
        after: Some(texts::AFTER_DOCTOR),
        exit_codes: false,
    };
    builder.command("doctor", page, [builder.json()])
}

/// Looks at the workspace.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let checks = session.needed_workspace(&session.registry()?)?.examine();
    let language = session.language;
    if matches.get_flag("json") {
        out::json("doctor", Object { checks: checks.iter().map(|check| CheckObject::new(check, language)).collect() })?;
    } else {
        out::data(&checks.iter().map(|check| page(check, language)).collect::<String>())?;
    }
    Ok(if checks.iter().all(Check::is_well) { Exit::Accepted } else { Exit::Partial })
}

/// One check for people.
fn page(check: &Check, language: Language) -> String {
    let verdict = if check.is_well() { texts::DOCTOR_WELL } else { texts::DOCTOR_ILL }.get(language);
    let what = match check.kind {
        CheckKind::Ledger => texts::DOCTOR_LEDGER,
        CheckKind::Folder => texts::DOCTOR_FOLDER,
        CheckKind::Catalogue => texts::DOCTOR_CATALOGUE,
    };
    let what = what.get(language);
    let mut text = format!("{verdict:<6} {what:<10} {}\n", escape(&check.path.display().to_string()));
    text.extend(check.faults.iter().map(|fault| format!("       {}\n", escape(fault))));
    if let Some(error) = &check.error {
        text.push_str(&render_error(error, language));
    }
    text
}

#[derive(Serialize)]
struct Object {
    checks: Vec<CheckObject>,
}

#[derive(Serialize)]
struct CheckObject {
    what: &'static str,
    path: String,
    well: bool,
    faults: Vec<String>,
}

impl CheckObject {
    fn new(check: &Check, language: Language) -> Self {
        let what = match check.kind {
            CheckKind::Ledger => "ledger",
            CheckKind::Folder => "folder",
            CheckKind::Catalogue => "catalogue",
        };
        let error = check.error.as_ref().map(|error| format!("{}: {}", error.code, error.message(language)));
        let faults = check.faults.iter().cloned().chain(error).collect();
        Self { what, path: check.path.display().to_string(), well: check.is_well(), faults }
    }
}
