//! `explain`: what a code means and what to do.
//!
//! What enters: codes, or none for all of them. What leaves: their entries of the error catalogue.
//! What is refused: a code that nobody knows, with the nearest known one.

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result, Scope, Severity};
use bordereau::format::nearest;
use bordereau::model::Language;
use clap::{ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_EXPLAIN,
        usage: texts::USAGE_EXPLAIN,
        examples: Some(texts::EXAMPLES_EXPLAIN),
        after: None,
        exit_codes: false,
    };
    let codes =
        builder.positional("codes", texts::VALUE_CODE, texts::HELP_CODES).action(ArgAction::Append).num_args(0..);
    builder.command("explain", page, [codes, builder.json()])
}

/// Explains the codes.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let names: Vec<_> = matches.get_many::<String>("codes").unwrap_or_default().collect();
    let codes = names.iter().map(|name| find(name)).collect::<Result<Vec<_>>>()?;
    let language = session.language;
    if matches.get_flag("json") {
        let shown = if codes.is_empty() { Code::all() } else { &codes };
        let codes = shown.iter().map(|code| CodeObject::new(*code, language)).collect();
        out::json("codes", Object { codes })?;
    } else if codes.is_empty() {
        out::data(&list(language))?;
    } else {
        let pages: Vec<_> = codes.iter().map(|code| page(*code, language)).collect();
        out::data(&pages.join("\n"))?;
    }
    Ok(Exit::Accepted)
}

/// The code of that name, however it is written.
fn find(name: &str) -> Result<Code> {
    let name = name.trim();
    Code::from_name(&name.to_ascii_uppercase().replace('-', "_")).ok_or_else(|| {
        let arguments = Arguments::none().with("name", name);
        let arguments = match nearest(name, Code::all().iter().map(|code| code.name())) {
            Some(suggestion) => arguments.with("suggestion", suggestion),
            None => arguments,
        };
        Error::new(Code::CodeUnknown, arguments)
    })
}

/// Every code on a line.
fn list(language: Language) -> String {
    let width = Code::all().iter().map(|code| code.name().len()).max().unwrap_or(0);
    let line = |code: &Code| format!("{:width$}  {}\n", code.name(), readable(code.template(language).0));
    Code::all().iter().map(line).collect()
}

/// One code for people.
fn page(code: Code, language: Language) -> String {
    let (message, remedy) = code.template(language);
    let severity = match code.severity() {
        Severity::Error => texts::EXPLAIN_ERROR,
        Severity::Warning => texts::EXPLAIN_WARNING,
    };
    let mut facts = vec![
        severity.get(language).to_owned(),
        texts::EXPLAIN_SCOPE.with(language, &[("scope", scope(code.scope(), language))]),
    ];
    facts.extend(code.exit().map(|exit| texts::EXPLAIN_EXIT.with(language, &[("exit", &exit.code().to_string())])));
    facts.push(texts::EXPLAIN_SINCE.with(language, &[("version", code.since())]));
    let (message, remedy, facts) = (readable(message), readable(remedy), facts.join(" · "));
    format!(
        "{code}
  {message}
  → {remedy}
  {facts}
"
    )
}

/// A template as people read it: what is filled in stands between angle brackets, what may be left out between square ones.
fn readable(template: &str) -> String {
    template
        .chars()
        .map(|c| match c {
            '{' => '<',
            '}' => '>',
            other => other,
        })
        .collect()
}

fn scope(scope: Scope, language: Language) -> &'static str {
    let text = match scope {
        Scope::Cell => texts::SCOPE_CELL,
        Scope::Line => texts::SCOPE_LINE,
        Scope::File => texts::SCOPE_FILE,
        Scope::Catalogue => texts::SCOPE_CATALOGUE,
        Scope::Format => texts::SCOPE_FORMAT,
        Scope::Usage => texts::SCOPE_USAGE,
        Scope::System => texts::SCOPE_SYSTEM,
    };
    text.get(language)
}

#[derive(Serialize)]
struct Object {
    codes: Vec<CodeObject>,
}

#[derive(Serialize)]
struct CodeObject {
    code: &'static str,
    severity: &'static str,
    scope: &'static str,
    exit: Option<u8>,
    since: &'static str,
    arguments: &'static [&'static str],
    message: &'static str,
    remedy: &'static str,
}

impl CodeObject {
    fn new(code: Code, language: Language) -> Self {
        let (message, remedy) = code.template(language);
        Self {
            code: code.name(),
            severity: code.severity().letter(),
            scope: code.scope().name(),
            exit: code.exit().map(Exit::code),
            since: code.since(),
            arguments: code.arguments(),
            message,
            remedy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_however_they_are_written() {
        assert_eq!(find("QTY_NOT_INTEGER").unwrap(), Code::QtyNotInteger);
        assert_eq!(find(" qty-not-integer").unwrap(), Code::QtyNotInteger);
        let error = find("QTY_NOT_INTEGR").unwrap_err();
        assert_eq!((error.code, error.arguments.get("suggestion")), (Code::CodeUnknown, Some("QTY_NOT_INTEGER")));
        assert_eq!(find("?").unwrap_err().arguments.get("suggestion"), None);
    }

    #[test]
    fn every_code_is_listed_and_has_a_page() {
        for language in [Language::French, Language::English] {
            assert_eq!(list(language).lines().count(), Code::all().len());
            for code in Code::all() {
                let page = page(*code, language);
                assert!(page.starts_with(code.name()) && !page.contains(['{', '}']), "{page}");
            }
        }
    }
}
