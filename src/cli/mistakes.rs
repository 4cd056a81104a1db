//! What clap refuses, as errors of the catalogue.
//!
//! What enters: a [`clap::Error`], of which only kind and context are looked at. What leaves: an [`Error`].
//! What is refused: nothing; a kind that later versions of clap may know becomes an unknown argument.

use std::ffi::OsString;

use bordereau::diagnostic::{Arguments, Code, Error};
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The error of the catalogue that says what clap found.
pub(crate) fn translate(answer: &clap::Error, arguments: &[OsString]) -> Error {
    let get = |kind| answer.get(kind).map(text).filter(|text| !text.is_empty());
    let argument = get(ContextKind::InvalidArg).unwrap_or_default();
    match answer.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = get(ContextKind::InvalidSubcommand).unwrap_or_default();
            Error::new(
                Code::CommandUnknown,
                suggest(Arguments::none().with("name", name), answer, ContextKind::SuggestedSubcommand),
            )
        }
        ErrorKind::MissingRequiredArgument => missing(&argument),
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg).unwrap_or_else(|| argument.clone());
            Error::new(Code::ArgumentConflict, Arguments::none().with("argument", argument).with("other", other))
        }
        ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::NoEquals
        | ErrorKind::TooFewValues
        | ErrorKind::TooManyValues
        | ErrorKind::WrongNumberOfValues => match get(ContextKind::InvalidValue) {
            Some(value) => invalid(&argument, &value, get(ContextKind::ValidValue).as_deref()),
            None => missing(&argument),
        },
        ErrorKind::InvalidUtf8 => {
            let value = arguments.iter().find(|each| each.to_str().is_none());
            invalid("UTF-8", &value.map(|each| each.to_string_lossy()).unwrap_or_default(), None)
        }
        _ => Error::new(
            Code::ArgumentUnknown,
            suggest(Arguments::none().with("argument", argument), answer, ContextKind::SuggestedArg),
        ),
    }
}

/// Something that has to be given.
pub(crate) fn missing(arguments: &str) -> Error {
    Error::new(Code::ArgumentMissing, Arguments::none().with("arguments", arguments))
}

/// A value that cannot be, and those that can.
pub(crate) fn invalid(argument: &str, value: &str, possible: Option<&str>) -> Error {
    let arguments = Arguments::none().with("argument", argument).with("value", value);
    let arguments = match possible {
        Some(possible) => arguments.with("possible", possible),
        None => arguments,
    };
    Error::new(Code::ArgumentInvalid, arguments)
}

/// The arguments with the nearest known word, if clap knows one.
fn suggest(arguments: Arguments, answer: &clap::Error, kind: ContextKind) -> Arguments {
    // The likeliest of several stands last.
    let nearest = match answer.get(kind) {
        Some(ContextValue::String(word)) => Some(word),
        Some(ContextValue::Strings(words)) => words.last(),
        _ => None,
    };
    match nearest {
        Some(word) => arguments.with("suggestion", word),
        None => arguments,
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(word) => word.clone(),
        ContextValue::Strings(words) => words.join(", "),
        ContextValue::StyledStr(word) => word.to_string(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use bordereau::model::Language;

    use super::super::command;
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::French, Language::English];

    fn refused(arguments: &[&str], language: Language) -> Error {
        let typed: Vec<OsString> =
            std::iter::once("bordereau").chain(arguments.iter().copied()).map(OsString::from).collect();
        let answer = command::root(language).try_get_matches_from(&typed).unwrap_err();
        translate(&answer, &typed)
    }

    #[test]
    fn every_mistake_has_a_code_and_says_what_is_meant() {
        for (arguments, code, said) in [
            (vec!["imprt"], Code::CommandUnknown, "import"),
            (vec!["catalogue", "shwo"], Code::CommandUnknown, "show"),
            (vec!["import", "a.csv", "--cataloge", "c"], Code::ArgumentUnknown, "--catalogue"),
            (vec!["--unheard-of"], Code::ArgumentUnknown, "--unheard-of"),
            (vec!["formats", "list", "more"], Code::ArgumentUnknown, "more"),
            (vec!["--lang", "de", "formats", "list"], Code::ArgumentInvalid, "fr, en"),
            (
                vec!["import", "a", "--catalogue", "c", "--out", "o", "--accept", "all"],
                Code::ArgumentInvalid,
                "lines, orders, file",
            ),
            (vec!["import", "a", "--out", "o", "--catalogue"], Code::ArgumentMissing, "--catalogue"),
            (vec!["import", "a", "--catalogue", "c", "--out", "o", "--quiet=1"], Code::ArgumentInvalid, "--quiet"),
            (vec!["import", "a", "--catalogue", "c", "--catalogue", "d"], Code::ArgumentConflict, "--catalogue"),
            (vec!["formats", "show"], Code::ArgumentMissing, "<N"),
        ] {
            for language in LANGUAGES {
                let error = refused(&arguments, language);
                assert_eq!(error.code, code, "{arguments:?}");
                assert!(error.message(language).contains(said), "{arguments:?}: {}", error.message(language));
                assert_eq!(error.exit().code(), 2);
            }
        }
    }

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        for (language, names) in
            [(Language::French, ["<FICHIER>", "--out <FICHIER>"]), (Language::English, ["<FILE>", "--out <FILE>"])]
        {
            let error = refused(&["catalogue", "build"], language);
            assert_eq!(error.code, Code::ArgumentMissing);
            let message = error.message(language);
            assert!(names.iter().all(|name| message.contains(name)), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_shown() {
        use std::os::unix::ffi::OsStringExt as _;

        let typed = ["bordereau", "explain"].map(OsString::from).into_iter();
        let typed: Vec<_> = typed.chain([OsString::from_vec(vec![b'a', 0xE9])]).collect();
        let answer = command::root(Language::English).try_get_matches_from(&typed).unwrap_err();
        let error = translate(&answer, &typed);
        assert_eq!(error.code, Code::ArgumentInvalid);
        assert_eq!(error.arguments.get("value"), Some("a\u{FFFD}"));
    }
}
