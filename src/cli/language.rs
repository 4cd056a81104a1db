//! The language, before anything else can be said.
//!
//! What enters: the arguments as typed, and the environment. What leaves: a [`Language`].
//! What is refused: nothing; a language that is not spoken here is English, and a wrong `--lang` is refused later.

use std::ffi::OsString;

use bordereau::model::Language;

/// The variables that name a language, the strongest first.
const VARIABLES: [&str; 4] = ["BORDEREAU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of `--lang`, else of the first variable that is filled.
pub(crate) fn choose(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Language {
    let environment = || VARIABLES.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    asked(arguments)
        .and_then(Language::from_code)
        .or_else(|| environment().and_then(|code| Language::from_code(&code)))
        .unwrap_or_default()
}

/// What the last `--lang` says.
fn asked(arguments: &[OsString]) -> Option<&str> {
    let mut texts = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    let mut found = None;
    while let Some(text) = texts.next() {
        if text == "--" {
            break;
        }
        match text.strip_prefix("--lang") {
            Some("") => found = texts.next().or(found),
            Some(value) => found = value.strip_prefix('=').or(found),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<_> =
            std::iter::once("bordereau").chain(arguments.iter().copied()).map(OsString::from).collect();
        choose(&arguments, |name| {
            variables.iter().find(|(each, _)| *each == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_argument_counts_more_than_the_environment() {
        let french = [("LC_ALL", "fr_FR.UTF-8")];
        assert_eq!(chosen(&[], &french), Language::French);
        assert_eq!(chosen(&["--lang", "en"], &french), Language::English);
        assert_eq!(chosen(&["import", "--lang=en"], &french), Language::English);
        assert_eq!(chosen(&["import", "--", "--lang=en"], &french), Language::French);
        assert_eq!(chosen(&["--language=en"], &french), Language::French);
        assert_eq!(chosen(&["--lang"], &french), Language::French);
    }

    #[test]
    fn the_first_filled_variable_decides() {
        assert_eq!(chosen(&[], &[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "C")]), Language::English);
        assert_eq!(chosen(&[], &[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "")]), Language::French);
        assert_eq!(chosen(&[], &[("LANG", "fr_FR"), ("LC_MESSAGES", "de_DE.UTF-8")]), Language::English);
        assert_eq!(chosen(&[], &[("LANG", "en_GB"), ("BORDEREAU_LANG", "fr")]), Language::French);
        assert_eq!(chosen(&[], &[]), Language::English);
    }
}
